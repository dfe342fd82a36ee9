//! A browser with the site open in it, for the tests of the page.
//!
//! Each [`Browser`] has its own Chromium, profile and server, and takes all of them down when it is dropped. It shows
//! what `cargo xtask build` last wrote to `dist/`. [`Browser::start_in`] starts another: of Chromium alone are the
//! console, the protocol behind [`Browser::cdp`], and what is emulated and pictured by it.
//!
//! ```no_run
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> anyhow::Result<()> {
//! use browser_tests::{Browser, Key};
//!
//! let browser = Browser::start().await?;
//! browser.open("/").await?;
//! browser.click("kmeans-board >>> button").await?;
//! browser.press(Key::Space).await?;
//! assert_eq!(browser.eval("document.title").await?, "k-means on a board");
//! assert_eq!(browser.console().await?, []);
//! # Ok(())
//! # }
//! ```
//!
//! Scripts are JavaScript expressions and may `await`. A selector is CSS, and `>>>` between two selectors enters the
//! shadow root of the first one's element.

#![allow(
    clippy::missing_errors_doc,
    reason = "a method fails if the driver refuses or the page's script throws"
)]

mod driver;
mod input;
mod look;
mod trace;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use fantoccini::Client;
use fantoccini::wd::TimeoutConfiguration;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;
use xtask::browser::Engine;

use crate::driver::{Driver, Extension};
pub use crate::input::Point;
pub use crate::look::{Device, Extent, Media, Pointer};
use crate::trace::{MARK, TRACED};
pub use fantoccini::key::Key;

/// How long a condition's script rests between two looks.
const POLL: Duration = Duration::from_millis(20);

/// How long a test waits for what must come: far longer than it takes, since machines can be busy.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How long a script may take.
const SCRIPT_PATIENCE: Duration = Duration::from_mins(2);

/// One browser, driven from here, and the site it is shown.
#[derive(Debug)]
pub struct Browser {
    engine: Engine,
    client: Client,
    site: Url,
    device: Device,
    // Dropped in this order: the browser ends before its profile is deleted.
    _driver: Driver,
    _profile: TempDir,
}

/// What the page, or the browser about the page, wrote to the console.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// `DEBUG`, `INFO`, `WARNING` or `SEVERE`, which uncaught errors and failed requests are.
    pub level: String,
    /// Where it was written, then what was written.
    pub text: String,
}

/// Where an element is in the viewport, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// The left edge.
    pub x: f64,
    /// The upper edge.
    pub y: f64,
    /// From the left edge to the right one.
    pub width: f64,
    /// From the upper edge to the lower one.
    pub height: f64,
}

impl Rect {
    /// The point at these fractions of the width and the height.
    pub fn at(&self, across: f64, down: f64) -> Point {
        (self.x + across * self.width, self.y + down * self.height)
    }
}

impl Browser {
    /// Starts Chromium, which shows the site as a desktop does.
    pub async fn start() -> Result<Self> {
        Self::start_in(Engine::Chromium).await
    }

    /// Starts any of the browsers, which shows the site as a desktop does.
    pub async fn start_in(engine: Engine) -> Result<Self> {
        Self::launch(engine, &dist()?, None).await
    }

    /// Chromium, which keeps an account of its tasks for [`Browser::tasks`]; a desktop.
    pub async fn start_traced() -> Result<Self> {
        Self::launch(Engine::Chromium, &dist()?, Some(TRACED)).await
    }

    /// Chromium, on a page of the site without scripts of its own.
    pub async fn start_bare() -> Result<Self> {
        let browser = Self::start().await?;
        browser.open("/board.svg").await?;
        Ok(browser)
    }

    /// Chromium, which shows any folder, as a desktop does.
    pub async fn serving(folder: &Path) -> Result<Self> {
        Self::launch(Engine::Chromium, folder, None).await
    }

    async fn launch(engine: Engine, folder: &Path, traced: Option<&str>) -> Result<Self> {
        let site = serve(folder).await?;
        let profile = tempfile::tempdir()?;
        let mut driver = Driver::start(engine)?;
        let client = driver.connect(profile.path(), traced).await?;
        let device = Device::DESKTOP;
        let mut browser = Self { engine, client, site, device, _driver: driver, _profile: profile };
        browser.be_patient(SCRIPT_PATIENCE).await?;
        if engine == Engine::Chromium {
            // Some versions give their only window no focus, and its page hears nothing of its own.
            browser.cdp("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).await?;
            browser.become_device(device).await?;
        } else {
            browser.client.set_window_size(device.width, device.height).await?;
        }
        Ok(browser)
    }

    /// The address of the site that it shows, at a port of its own.
    pub fn site(&self) -> &Url {
        &self.site
    }

    /// Opens a path of the site, or any full address, and waits until it has loaded.
    ///
    /// An address that differs from the open one in its fragment alone does not load anew: see [`Browser::reload`].
    pub async fn open(&self, path: &str) -> Result<()> {
        let address = self.site.join(path)?;
        self.client.goto(address.as_str()).await.with_context(|| format!("cannot open {address}"))
    }

    /// Goes to the page that was open before, or to where this one was.
    pub async fn back(&self) -> Result<()> {
        Ok(self.client.back().await?)
    }

    /// From now on scripts run in this iframe of the page, by its place among all of them.
    pub async fn enter_frame(&self, index: u16) -> Result<()> {
        self.client.enter_frame(index).await.with_context(|| format!("cannot enter iframe {index}"))
    }

    /// Scripts run in the page around the iframe again.
    pub async fn leave_frame(&self) -> Result<()> {
        Ok(self.client.enter_parent_frame().await?)
    }

    /// Loads the open page anew.
    pub async fn reload(&self) -> Result<()> {
        Ok(self.client.refresh().await?)
    }

    /// The value of a JavaScript expression in the page; promises are awaited, and what JSON lacks is `null`.
    pub async fn eval(&self, expression: &str) -> Result<Value> {
        let body = format!("return (async () => (\n{expression}\n))()");
        self.client.execute(&body, Vec::new()).await.with_context(|| format!("in `{expression}`"))
    }

    /// What a function's body returns; it may await.
    pub async fn run(&self, body: &str) -> Result<Value> {
        self.eval(&format!("await (async () => {{ {body} }})()")).await
    }

    /// Lets scripts take so long before they count as failed, rather than two minutes.
    pub async fn be_patient(&self, patience: Duration) -> Result<()> {
        let timeouts = TimeoutConfiguration::new(Some(patience), None, None);
        Ok(self.client.update_timeouts(timeouts).await?)
    }

    /// Waits until a JavaScript expression is true, and fails after this long.
    pub async fn wait_until(&self, condition: &str, patience: Duration) -> Result<()> {
        let start = Instant::now();
        while !is_true(&self.eval(&format!("Boolean({condition})")).await?) {
            ensure!(start.elapsed() < patience, "not true within {patience:?}: `{condition}`");
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// Where the element is in the viewport; it must be in the page.
    pub async fn rect(&self, selector: &str) -> Result<Rect> {
        let rect = self.eval(&format!("{}.getBoundingClientRect().toJSON()", element(selector))).await?;
        let side = |name: &str| rect[name].as_f64().with_context(|| format!("`{selector}` has no {name}"));
        Ok(Rect { x: side("x")?, y: side("y")?, width: side("width")?, height: side("height")? })
    }

    /// All that was written to the console since the last call, uncaught errors and failed requests included.
    pub async fn console(&self) -> Result<Vec<Message>> {
        self.log("browser").await?.iter().map(message).collect()
    }

    async fn log(&self, kind: &str) -> Result<Vec<Value>> {
        match self.extension("se/log", json!({ "type": kind })).await? {
            Value::Array(entries) => Ok(entries),
            other => bail!("the log is not a list: {other}"),
        }
    }

    /// How long each task of the page's own thread kept a processor busy since the last call, or since the start: a
    /// task that waits for its turn on a busy machine is not the longer for it.
    ///
    /// Fails unless the browser was started by [`Browser::start_traced`].
    pub async fn tasks(&self) -> Result<Vec<Duration>> {
        self.eval(&format!("void performance.mark('{MARK}')")).await?;
        let mut events = Vec::new();
        let start = Instant::now();
        // The driver keeps every other answer back until the next question.
        while !events.iter().any(trace::is_mark) {
            ensure!(start.elapsed() < PATIENCE, "no mark in the trace of this browser");
            events
                .extend(self.log("performance").await?.iter().map(trace::event).collect::<Result<Vec<_>>>()?);
        }
        trace::tasks(&events)
    }

    /// Calls a method of the Chrome `DevTools` Protocol.
    pub async fn cdp(&self, method: &str, parameters: Value) -> Result<Value> {
        let body = json!({ "cmd": method, "params": parameters });
        self.extension("goog/cdp/execute", body).await.with_context(|| format!("in {method}"))
    }

    async fn extension(&self, endpoint: &'static str, body: Value) -> Result<Value> {
        ensure!(self.engine == Engine::Chromium, "{} does not know {endpoint}", self.engine.name());
        Ok(self.client.issue_cmd(Extension { endpoint, body }).await?)
    }
}

/// The JavaScript expression for the element that a selector finds; `>>>` enters a shadow root.
pub fn element(selector: &str) -> String {
    let path: Vec<&str> = selector.split(">>>").map(str::trim).collect();
    let path = json!(path);
    format!("{path}.reduce((scope, part) => (scope.shadowRoot ?? scope).querySelector(part), document)")
}

/// The site as it was built.
fn dist() -> Result<PathBuf> {
    let dist = xtask::root().join("dist");
    ensure!(dist.is_dir(), "dist/ is missing: run `cargo xtask build`");
    Ok(dist)
}

/// Serves a folder, at an address of its own, for as long as the test runs.
pub async fn serve(folder: &Path) -> Result<Url> {
    let listener = xtask::server::listen(0).await?;
    let address = listener.local_addr()?;
    tokio::spawn(xtask::server::serve(listener, folder.to_owned()));
    Ok(Url::parse(&format!("http://{address}/"))?)
}

fn is_true(value: &Value) -> bool {
    value.as_bool().unwrap_or(false)
}

fn message(entry: &Value) -> Result<Message> {
    let text =
        |name: &str| entry[name].as_str().map(String::from).with_context(|| format!("no {name} in {entry}"));
    Ok(Message { level: text("level")?, text: text("message")? })
}
