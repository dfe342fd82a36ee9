//! Chromedriver: its process, the connection to it, and the commands that are Chromium's own.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result};
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use url::{ParseError, Url};
use xtask::browser::{Programs, find, is_root};

/// Only what the test asks for, and no scrollbar in the layout.
const ARGUMENTS: [&str; 9] = [
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

/// A running chromedriver; ends with the browser it started when it is dropped.
#[derive(Debug)]
pub(crate) struct Driver {
    programs: Programs,
    process: Child,
    port: u16,
    // Held open: the driver would end on writing to a closed one.
    _stdout: BufReader<ChildStdout>,
}

impl Driver {
    /// Starts a driver on a free port and waits until it listens.
    pub(crate) fn start() -> Result<Self> {
        let programs = find()?;
        let mut command = Command::new(&programs.driver);
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().context("cannot start chromedriver")?;
        let mut stdout = BufReader::new(process.stdout.take().context("chromedriver has no output")?);
        let port = announced_port(&mut stdout)?;
        Ok(Self { programs, process, port, _stdout: stdout })
    }

    /// Starts a browser with this profile.
    pub(crate) async fn connect(&self, profile: &Path) -> Result<Client> {
        ClientBuilder::new(HttpConnector::new())
            .capabilities(self.capabilities(profile)?)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
            .context("chromedriver could not start the browser")
    }

    fn capabilities(&self, profile: &Path) -> Result<Capabilities> {
        let mut arguments: Vec<String> = ARGUMENTS.map(String::from).into();
        arguments.push(format!("--user-data-dir={}", profile.display()));
        if is_root() {
            arguments.push("--no-sandbox".into());
        }
        Ok(serde_json::from_value(json!({
            "goog:chromeOptions": { "binary": self.programs.browser, "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL" },
        }))?)
    }

    /// Asks the driver to end its browser and itself, and waits for the answer.
    fn shut_down(&self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        write!(
            stream,
            "GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
            self.port
        )?;
        stream.read_to_end(&mut Vec::new()).map(drop)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if self.shut_down().is_err() {
            // It no longer answers; there is nobody left to tell if it is gone already.
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// The port in chromedriver's line `ChromeDriver was started successfully on port 1234.`
fn announced_port(stdout: &mut impl BufRead) -> Result<u16> {
    let lines = stdout.lines().map_while(Result::ok);
    let announced =
        lines.filter_map(|line| line.split_once("successfully on port ").map(|(_, port)| port.to_owned()));
    let port = announced.take(1).next().context("chromedriver ended before it listened")?;
    port.trim_end_matches('.').parse().context("chromedriver announced no port")
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
