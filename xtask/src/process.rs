//! Running other programs: each failure names the command and keeps its exit code.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};

use anyhow::{Context, Result};

use crate::root;

/// A command that ran and did not succeed.
#[derive(Debug)]
pub struct Failed {
    command: String,
    status: ExitStatus,
}

impl Failed {
    /// The command's own exit code, or 1 if a signal ended it.
    pub fn exit_code(&self) -> ExitCode {
        let code = self.status.code().and_then(|code| u8::try_from(code).ok());
        code.map_or(ExitCode::FAILURE, ExitCode::from)
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "`{}` failed ({})", self.command, self.status)
    }
}

impl std::error::Error for Failed {}

/// Cargo at the repository's root, the one that is running this.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments).current_dir(root());
    cargo
}

/// Runs a command to its end, its output shown.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    finish(command.stdin(Stdio::null())).map(drop)
}

/// Runs a command to its end and returns what it printed.
pub(crate) fn output_of(command: &mut Command) -> Result<String> {
    let printed = finish(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
    Ok(String::from_utf8_lossy(&printed).into_owned())
}

fn finish(command: &mut Command) -> Result<Vec<u8>> {
    let child = command.spawn().with_context(|| format!("cannot start `{}`", line_of(command)))?;
    let output = child.wait_with_output()?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let command = line_of(command);
    Err(Failed { command, status: output.status }.into())
}

/// The command as it would be typed; the program without its folder.
fn line_of(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// The first of these programs that is on the `PATH`, or, for one with a full path, that exists.
pub(crate) fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let places = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.map(|place| with_suffix(&place)).find(|place| place.is_file())
}

fn with_suffix(program: &Path) -> PathBuf {
    let mut name = program.as_os_str().to_owned();
    name.push(std::env::consts::EXE_SUFFIX);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_its_command_and_keeps_its_code() {
        let error =
            run(cargo(&["no-such-command"]).stderr(Stdio::null())).expect_err("cargo has no such command");
        assert!(error.to_string().contains("cargo no-such-command"), "{error}");
        let failed = error.downcast::<Failed>().expect("cargo ran");
        assert_eq!(failed.status.code(), Some(101));
    }

    #[test]
    fn a_program_is_found_by_any_of_its_names() {
        assert!(find_program(&["no-such-program", "cargo"]).is_some());
        assert!(find_program(&["no-such-program"]).is_none());
    }
}
