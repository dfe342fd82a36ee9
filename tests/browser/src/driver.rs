//! Drivers: the process of one, the connection to it, and the commands that are Chromium's own.

use std::io::{BufRead, BufReader, Read, Write as _, copy, sink};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use url::{ParseError, Url};
use xtask::browser::{Engine, Programs, find, is_root};

use crate::PATIENCE;

/// Only what the test asks for, and no scrollbar in the layout.
const CHROMIUM_ARGUMENTS: [&str; 9] = [
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
];

/// A running driver; ends with the browser it started when it is dropped.
#[derive(Debug)]
pub(crate) struct Driver {
    engine: Engine,
    programs: Programs,
    process: Child,
    port: u16,
    /// The browser's session, once there is one.
    session: Option<String>,
    // Dropped after what is shown on it has ended.
    _screen: Option<Screen>,
}

impl Driver {
    /// Starts a driver on a free port and waits until it listens.
    pub(crate) fn start(engine: Engine) -> Result<Self> {
        let programs = find(engine)?;
        let screen = programs.screen.as_deref().map(Screen::start).transpose()?;
        let mut command = Command::new(&programs.driver);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        if let Some(screen) = &screen {
            command.env("DISPLAY", &screen.name);
        }
        let (process, port) = match engine {
            Engine::Chromium => announcing(command.arg("--port=0"), "successfully on port "),
            // Of two drivers at once, one would not get the usual port for its other protocol.
            Engine::Firefox => {
                announcing(command.args(["--port=0", "--websocket-port=0"]), "Listening on 127.0.0.1:")
            }
            Engine::WebKit => silent(&mut command),
        }
        .with_context(|| format!("cannot start the driver of {}", engine.name()))?;
        Ok(Self { engine, programs, process, port, session: None, _screen: screen })
    }

    /// Starts a browser with this profile; Chromium traces these categories, separated by commas, if there are any.
    pub(crate) async fn connect(&mut self, profile: &Path, traced: Option<&str>) -> Result<Client> {
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(self.capabilities(profile, traced)?)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
            .with_context(|| format!("the driver could not start {}", self.engine.name()))?;
        self.session = client.session_id().await?;
        Ok(client)
    }

    fn capabilities(&self, profile: &Path, traced: Option<&str>) -> Result<Capabilities> {
        let binary = &self.programs.browser;
        Ok(serde_json::from_value(match self.engine {
            Engine::Chromium => {
                let mut options = json!({ "binary": binary, "args": chromium_arguments(profile) });
                let mut logs = json!({ "browser": "ALL" });
                if let Some(categories) = traced {
                    options["perfLoggingPrefs"] =
                        json!({ "enableNetwork": false, "enablePage": false, "traceCategories": categories });
                    logs["performance"] = json!("ALL");
                }
                json!({ "goog:chromeOptions": options, "goog:loggingPrefs": logs })
            }
            Engine::Firefox => json!({
                "moz:firefoxOptions": { "binary": binary, "args": ["-headless", "-profile", profile] },
            }),
            Engine::WebKit => json!({
                "webkitgtk:browserOptions": { "binary": binary, "args": ["--automation"] },
            }),
        })?)
    }

    /// Asks the driver to end its browser, if that can be itself with it, and waits for the answer.
    fn shut_down(&self) -> std::io::Result<()> {
        match (self.engine, &self.session) {
            (Engine::Chromium, _) => self.ask("GET /shutdown"),
            (_, Some(session)) => self.ask(&format!("DELETE /session/{session}")),
            (_, None) => Ok(()),
        }
    }

    fn ask(&self, what: &str) -> std::io::Result<()> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        let port = self.port;
        write!(stream, "{what} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
        stream.read_to_end(&mut Vec::new()).map(drop)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let has_ended = self.shut_down().is_ok() && self.engine == Engine::Chromium;
        if !has_ended {
            // There is nobody left to tell if it is gone already.
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

fn chromium_arguments(profile: &Path) -> Vec<String> {
    let mut arguments: Vec<String> = CHROMIUM_ARGUMENTS.map(String::from).into();
    arguments.push(format!("--user-data-dir={}", profile.display()));
    if is_root() {
        arguments.push("--no-sandbox".into());
    }
    arguments
}

/// How often a driver is started at the most that chooses its port itself.
const ATTEMPTS: usize = 5;

/// A driver that chooses its port and says so, after these words; whatever it says later is not listened to.
///
/// Chromium's driver chooses a free port of `::1`, and ends if another program has the same one of `127.0.0.1`: where
/// tests run side by side, that happens once in some hundred starts. It chooses another one when it is started again.
fn announcing(command: &mut Command, words: &str) -> Result<(Child, u16)> {
    let mut failures = Vec::new();
    for _ in 0..ATTEMPTS {
        let mut process = command.spawn()?;
        let mut stdout = BufReader::new(process.stdout.take().context("it has no output")?);
        let (port, said) = announced_port(&mut stdout, words);
        if let Some(port) = port {
            // It would end on writing to a closed pipe, and wait at a full one.
            std::thread::spawn(move || copy(&mut stdout, &mut sink()));
            return Ok((process, port));
        }
        let _ = process.kill(); // should it go on without a port
        failures.push(format!("{}: {said}", process.wait()?));
    }
    bail!("it ended before it listened, {ATTEMPTS} times:\n{}", failures.join("\n"))
}

/// The port in a line such as `ChromeDriver was started successfully on port 1234.`, if there is one, and all that was
/// said until then.
fn announced_port(stdout: &mut BufReader<ChildStdout>, words: &str) -> (Option<u16>, String) {
    let mut said = String::new();
    for line in stdout.lines().map_while(Result::ok) {
        if let Some((_, port)) = line.split_once(words) {
            return (port.trim_end_matches('.').parse().ok(), line);
        }
        said.push_str(&line);
        said.push('\n');
    }
    (None, said)
}

/// A driver that says nothing, and takes the port it is given.
fn silent(command: &mut Command) -> Result<(Child, u16)> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let process = command.arg(format!("--port={port}")).stdout(Stdio::null()).spawn()?;
    let start = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        ensure!(start.elapsed() < PATIENCE, "it did not listen on port {port} within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok((process, port))
}

/// A screen that nobody sees; ends when it is dropped.
#[derive(Debug)]
struct Screen {
    process: Child,
    name: String,
}

impl Screen {
    fn start(xvfb: &Path) -> Result<Self> {
        let mut command = Command::new(xvfb);
        command.args(["-displayfd", "1", "-screen", "0", "1440x1000x24", "-nolisten", "tcp"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().context("cannot start Xvfb")?;
        let mut number = String::new();
        BufReader::new(process.stdout.take().context("Xvfb has no output")?).read_line(&mut number)?;
        ensure!(!number.is_empty(), "Xvfb found no free display");
        Ok(Self { process, name: format!(":{}", number.trim()) })
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A command of chromedriver's own, at an endpoint of the session.
#[derive(Debug)]
pub(crate) struct Extension {
    /// The endpoint's path inside the session.
    pub(crate) endpoint: &'static str,
    /// What is posted there.
    pub(crate) body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.endpoint))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program that writes down that it was started, says what it is told, and ends.
    fn program(folder: &Path, says: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("echo started >>starts; {says}")]);
        command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped());
        command
    }

    fn starts(folder: &Path) -> Result<usize> {
        Ok(std::fs::read_to_string(folder.join("starts"))?.lines().count())
    }

    #[test]
    fn a_driver_whose_port_is_taken_is_started_again() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let says = "[ $(wc -l <starts) = 3 ] && echo 'Listening on port 1234.' || echo 'Port taken.'";
        let (mut process, port) = announcing(&mut program(folder.path(), says), "Listening on port ")?;
        process.wait()?;
        assert_eq!((port, starts(folder.path())?), (1234, 3));
        Ok(())
    }

    #[test]
    fn a_driver_that_never_listens_is_given_up_with_what_it_said() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let refused = announcing(&mut program(folder.path(), "echo 'Port taken.'; exit 1"), "on port ");
        let message = refused.err().context("it listened")?.to_string();
        assert_eq!(
            (starts(folder.path())?, message.matches("1: Port taken.").count()),
            (ATTEMPTS, ATTEMPTS),
            "{message}"
        );
        Ok(())
    }
}
