//! The command line: a table of tasks, and the parser of what was asked for.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail, ensure};
use url::Url;

/// What `serve` listens on when nothing else is asked for.
const DEFAULT_PORT: u16 = 8080;

/// How each task is called, and its one sentence.
const TASKS: [(&str, &str); 5] = [
    ("build [--address URL]", "write the deployable static site to dist/; oEmbed names its address"),
    ("serve [--port N]", "build, serve the page and print its address"),
    ("test", "run every test, browsers included"),
    ("bench [--sklearn] [--r]", "print how fast it is beside its rivals"),
    ("help", "print this"),
];

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// Write the site to `dist/`.
    Build {
        /// Where the site is to be found, if that was said.
        address: Option<Url>,
    },
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
        /// Whether R is one of them.
        r: bool,
    },
    /// Print the usage.
    Help,
}

/// Reads the arguments after `cargo xtask`.
pub fn parse(arguments: &[String]) -> Result<Task> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    Ok(match words[..] {
        [] | ["help" | "--help" | "-h"] => Task::Help,
        ["build"] => Task::Build { address: None },
        ["build", "--address", address] => Task::Build { address: Some(folder_address(address)?) },
        ["test"] => Task::Test,
        ["bench", ref rivals @ ..] if rivals.iter().all(|rival| ["--sklearn", "--r"].contains(rival)) => {
            Task::Bench { sklearn: rivals.contains(&"--sklearn"), r: rivals.contains(&"--r") }
        }
        ["serve"] => Task::Serve { port: DEFAULT_PORT },
        ["serve", "--port", port] => {
            Task::Serve { port: port.parse().with_context(|| format!("`{port}` is not a port"))? }
        }
        _ => bail!("there is no `cargo xtask {}`\n\n{}", words.join(" "), usage()),
    })
}

/// The address of a site's folder, with a slash at its end.
fn folder_address(text: &str) -> Result<Url> {
    let example = "such as https://example.org/kmeans/";
    let mut address = Url::parse(text).with_context(|| format!("`{text}` is no address, {example}"))?;
    let is_web = ["http", "https"].contains(&address.scheme());
    ensure!(is_web, "`{text}` is no address of http or https, {example}");
    let is_folder = address.query().is_none() && address.fragment().is_none();
    ensure!(is_folder, "`{text}` is no address of a folder, {example}: it has a `?` or a `#`");
    if !address.path().ends_with('/') {
        address.set_path(&format!("{}/", address.path()));
    }
    Ok(address)
}

/// Where `serve` listens when nothing else is asked for.
pub fn local_address() -> Result<Url> {
    Ok(Url::parse(&format!("http://127.0.0.1:{DEFAULT_PORT}/"))?)
}

/// The table of tasks, ready to print.
pub fn usage() -> String {
    let mut text = String::from("Usage: cargo xtask <task>\n");
    for (call, sentence) in TASKS {
        write!(text, "\n  {call:<25}{sentence}").expect("a string takes any text");
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
    fn bench_takes_its_rivals_in_any_order() -> Result<()> {
        for (line, sklearn, r) in [
            ("bench", false, false),
            ("bench --r", false, true),
            ("bench --sklearn --r", true, true),
            ("bench --r --sklearn", true, true),
        ] {
            assert_eq!(parsed(line)?, Task::Bench { sklearn, r }, "{line}");
        }
        Ok(())
    }

    #[test]
    fn build_takes_an_address_and_makes_it_a_folders() -> Result<()> {
        assert_eq!(parsed("build")?, Task::Build { address: None });
        for (given, meant) in [
            ("https://example.org/kmeans/", "https://example.org/kmeans/"),
            ("https://example.org/kmeans", "https://example.org/kmeans/"),
            ("HTTP://Example.org:8000", "http://example.org:8000/"),
        ] {
            let Task::Build { address: Some(address) } = parsed(&format!("build --address {given}"))? else {
                bail!("{given} is taken for something else");
            };
            assert_eq!(address.as_str(), meant);
        }
        Ok(())
    }

    #[test]
    fn a_wrong_line_is_refused_by_name() {
        for (line, named) in [
            ("srve", "`cargo xtask srve`"),
            ("build fast", "`cargo xtask build fast`"),
            ("bench --sklern", "`cargo xtask bench --sklern`"),
            ("build --address", "`cargo xtask build --address`"),
            ("build --address example.org", "`example.org` is no address, such as https://"),
            ("build --address ftp://example.org/", "`ftp://example.org/` is no address of http or https"),
            ("build --address https://example.org/?a", "`https://example.org/?a` is no address of a folder"),
            ("build --address https://example.org/#a", "`https://example.org/#a` is no address of a folder"),
            ("build --address https://", "`https://` is no address"),
            ("serve --port", "`cargo xtask serve --port`"),
            ("serve --port 70000", "`70000`"),
        ] {
            let error = parsed(line).expect_err(line).to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
