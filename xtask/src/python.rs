//! Python with what the exported programs need, in an environment of its own under `target/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::process::{find_program, output_of, run};
use crate::{browser, root};

/// What the scikit-learn program imports, as packages.
pub const SKLEARN: [&str; 2] = ["scikit-learn", "matplotlib"];

/// What the Spark program imports.
pub const SPARK: [&str; 1] = ["pyspark"];

/// The program of an environment with these packages; makes it and installs what is missing.
pub fn ensure(packages: &[&str]) -> Result<PathBuf> {
    let folder = root().join("target/python");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if !python.is_file() || !has(&python, &["pip"]) {
        make(&folder)?;
    }
    if !has(&python, packages) {
        install(&python, packages, &folder.join("tmp"))
            .with_context(|| format!("{} could not be installed with pip", packages.join(" and ")))?;
    }
    Ok(python)
}

/// Installs packages. What pip unpacks and builds on the way, of Spark more than a gigabyte, is in a folder that is removed
/// then: where the system keeps what is temporary may be small, and nobody asks for it again.
fn install(python: &Path, packages: &[&str], temporary: &Path) -> Result<()> {
    fs::create_dir_all(temporary)?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-cache-dir"];
    let mut pip = Command::new(python);
    let installed = run(pip.args(install).args(packages).env("TMPDIR", temporary));
    fs::remove_dir_all(temporary)?;
    installed
}

/// The packages for Spark as well, where there is the Java that it runs on.
pub fn ensure_spark() -> Result<PathBuf> {
    find_program(&["java"]).context("Java is missing: Spark needs version 17 or newer")?;
    ensure(&SPARK)
}

fn make(folder: &Path) -> Result<()> {
    let system = || find_program(&["python3", "python"]);
    let venv = |python: PathBuf| run(Command::new(python).args(["-m", "venv", "--clear"]).arg(folder));
    if system().is_some_and(|python| venv(python).is_ok()) {
        return Ok(());
    }
    // Debian has what `venv` needs in a package of its own.
    browser::install(&["python3", "python3-venv"])?;
    let advice = "Python 3 with venv is missing: install it, on Debian `apt-get install python3-venv`";
    venv(system().context(advice)?).context(advice)
}

fn has(python: &Path, packages: &[&str]) -> bool {
    let mut show = Command::new(python);
    show.args(["-m", "pip", "show", "--quiet", "--disable-pip-version-check"]).args(packages);
    packages.is_empty() || output_of(show.stderr(Stdio::null())).is_ok()
}
