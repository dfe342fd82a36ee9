//! The command line: a table of tasks, and the parser of what was asked for.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail};

/// What `serve` listens on when nothing else is asked for.
const DEFAULT_PORT: u16 = 8080;

/// How each task is called, and its one sentence.
const TASKS: [(&str, &str); 5] = [
    ("build", "write the deployable static site to dist/"),
    ("serve [--port N]", "build, serve the page and print its address"),
    ("test", "run every test, browsers included"),
    ("bench [--sklearn]", "print how fast it is beside its rivals"),
    ("help", "print this"),
];

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Task {
    /// Write the site to `dist/`.
    Build,
    /// Build and serve the page.
    Serve {
        /// The port to listen on, if it is free.
        port: u16,
    },
    /// Run every test.
    Test,
    /// Print how fast it is beside its rivals.
    Bench {
        /// Whether scikit-learn is one of them.
        sklearn: bool,
    },
    /// Print the usage.
    Help,
}

/// Reads the arguments after `cargo xtask`.
pub fn parse(arguments: &[String]) -> Result<Task> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    Ok(match words[..] {
        [] | ["help" | "--help" | "-h"] => Task::Help,
        ["build"] => Task::Build,
        ["test"] => Task::Test,
        ["bench"] => Task::Bench { sklearn: false },
        ["bench", "--sklearn"] => Task::Bench { sklearn: true },
        ["serve"] => Task::Serve { port: DEFAULT_PORT },
        ["serve", "--port", port] => {
            Task::Serve { port: port.parse().with_context(|| format!("`{port}` is not a port"))? }
        }
        _ => bail!("there is no `cargo xtask {}`\n\n{}", words.join(" "), usage()),
    })
}

/// The table of tasks, ready to print.
pub fn usage() -> String {
    let mut text = String::from("Usage: cargo xtask <task>\n");
    for (call, sentence) in TASKS {
        write!(text, "\n  {call:<18}{sentence}").expect("a string takes any text");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Task> {
        let words: Vec<String> = line.split_whitespace().map(String::from).collect();
        parse(&words)
    }

    #[test]
    fn every_task_of_the_table_parses() {
        for (call, _) in TASKS {
            let name = call.split(' ').next().expect("a call starts with a name");
            assert!(parsed(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn nothing_asked_prints_the_usage() -> Result<()> {
        assert_eq!(parsed("")?, Task::Help);
        Ok(())
    }

    #[test]
    fn serve_takes_a_port() -> Result<()> {
        assert_eq!(parsed("serve")?, Task::Serve { port: DEFAULT_PORT });
        assert_eq!(parsed("serve --port 9000")?, Task::Serve { port: 9000 });
        Ok(())
    }

    #[test]
    fn a_wrong_line_is_refused_by_name() {
        for (line, named) in [
            ("srve", "`cargo xtask srve`"),
            ("build fast", "`cargo xtask build fast`"),
            ("serve --port", "`cargo xtask serve --port`"),
            ("serve --port 70000", "`70000`"),
        ] {
            let error = parsed(line).expect_err(line).to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
