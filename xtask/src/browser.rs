//! The browsers that the page is tested in: found, or installed where that can be done unasked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{cargo, find_program, output_of, run};
use crate::root;

/// A browser by what renders its pages. The tests of the page use Chromium; the others open what must work anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Of Chrome, Edge and most others.
    Chromium,
    /// Of Firefox.
    Firefox,
    /// Of Safari; here `WebKitGTK`, in the browser that comes with it for tests.
    WebKit,
}

/// A browser and the program that drives it.
#[derive(Debug)]
pub struct Programs {
    /// Such as Chromium or Chrome.
    pub browser: PathBuf,
    /// Chromedriver and its like, of a version that fits the browser.
    pub driver: PathBuf,
    /// The X server to show it to, for a browser that cannot do without one.
    pub screen: Option<PathBuf>,
}

/// Debian's package of `WebKitGTK`, with the browser for tests among its files, which no `PATH` has.
const WEBKIT_PACKAGE: &str = "libwebkit2gtk-4.1-0";

/// Firefox's driver is in no package of Debian's: it is built, of this version.
const GECKODRIVER: &str = "geckodriver@0.37.1";

impl Engine {
    /// All of them, the one that most tests are made in first.
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    /// The browser's usual name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
            Self::WebKit => "WebKitGTK",
        }
    }

    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &["chromium", "chromium-driver"],
            Self::Firefox => &["firefox-esr"],
            Self::WebKit => &["webkit2gtk-driver", "xvfb"],
        }
    }

    fn advice(self) -> String {
        let packages = self.packages().join(" ");
        match self {
            Self::Chromium => {
                format!("install it with the driver of its version, on Debian `apt-get install {packages}`")
            }
            Self::Firefox => format!(
                "install it, on Debian `apt-get install {packages}`, and `cargo install {GECKODRIVER}`"
            ),
            Self::WebKit => format!("install it, on Debian `apt-get install {packages}`"),
        }
    }

    /// By name on the `PATH`, then where installers put it elsewhere.
    fn browser(self) -> Option<PathBuf> {
        match self {
            Self::Chromium => find_program(&[
                "chromium",
                "chromium-browser",
                "google-chrome",
                "google-chrome-stable",
                "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
                r"C:\Program Files\Google\Chrome\Application\chrome",
            ]),
            Self::Firefox => find_program(&[
                "firefox-esr",
                "firefox",
                "/Applications/Firefox.app/Contents/MacOS/firefox",
                r"C:\Program Files\Mozilla Firefox\firefox",
            ]),
            Self::WebKit => mini_browser(),
        }
    }

    fn driver(self) -> Option<PathBuf> {
        match self {
            Self::Chromium => find_program(&["chromedriver"]),
            Self::Firefox => find_program(&["geckodriver"])
                .or_else(|| find_program(&[geckodriver_folder().join("bin/geckodriver").to_str()?])),
            Self::WebKit => find_program(&["WebKitWebDriver"]),
        }
    }
}

/// The browser that `WebKitGTK` is tested with, where Debian put it.
fn mini_browser() -> Option<PathBuf> {
    find_program(&["dpkg"])?;
    let files = output_of(Command::new("dpkg").args(["--listfiles", WEBKIT_PACKAGE])).ok()?;
    let file = files.lines().find(|file| file.ends_with("/MiniBrowser"))?;
    find_program(&[file])
}

fn geckodriver_folder() -> PathBuf {
    root().join("target/geckodriver")
}

/// The browser and its driver, if this machine has both.
pub fn find(engine: Engine) -> Result<Programs> {
    let missing = |what: &str| format!("{}{what} is missing: {}", engine.name(), engine.advice());
    let browser = engine.browser().with_context(|| missing(""))?;
    let driver = engine.driver().with_context(|| missing("'s driver"))?;
    let needs_screen = engine == Engine::WebKit;
    let xvfb = || find_program(&["Xvfb"]).with_context(|| missing("'s screen, Xvfb,"));
    Ok(Programs { browser, driver, screen: needs_screen.then(xvfb).transpose()? })
}

/// Finds the browser and its driver; what is missing it installs, on Debian as root, and builds Firefox's driver.
pub fn ensure(engine: Engine) -> Result<Programs> {
    let needs_packages =
        if engine == Engine::Firefox { engine.browser().is_none() } else { find(engine).is_err() };
    if needs_packages {
        install(engine.packages())?;
    }
    if engine == Engine::Firefox && engine.browser().is_some() && engine.driver().is_none() {
        build_geckodriver(&geckodriver_folder())?;
    }
    find(engine)
}

/// Builds Firefox's driver into a folder, of which nothing but the program is left.
fn build_geckodriver(folder: &Path) -> Result<()> {
    // Not optimised, it is built in half the time, and only passes on what it is told. Cargo would build it where the
    // system keeps what is temporary, which may be small.
    let build = folder.join("build");
    let mut install = cargo(&["install", "--quiet", "--locked", "--debug", GECKODRIVER, "--root"]);
    let built = run(install.arg(folder).arg("--target-dir").arg(&build).env("CARGO_PROFILE_DEV_DEBUG", "0"));
    if build.exists() {
        fs::remove_dir_all(&build).with_context(|| format!("cannot remove {}", build.display()))?;
    }
    built
}

/// Whether this user may do anything; Chromium's sandbox does not start for one who may.
pub fn is_root() -> bool {
    cfg!(unix) && output_of(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Installs packages on Debian, as root; elsewhere it leaves that to the reader.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    if find_program(&["apt-get"]).is_none() || !is_root() {
        return Ok(());
    }
    run(&mut apt_get(&["update"]))?;
    run(apt_get(&["install", "--yes", "--no-install-recommends"]).args(packages))
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut apt_get = Command::new("apt-get");
    apt_get.arg("-qq").args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    apt_get
}
