//! The browser that the page is tested in: found, or installed where that can be done unasked.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{find_program, output_of, run};

const DRIVERS: [&str; 1] = ["chromedriver"];

/// By name on the `PATH`, then where installers put it elsewhere.
const BROWSERS: [&str; 6] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome",
];

/// Debian's names of both.
const DEBIAN_PACKAGES: [&str; 2] = ["chromium", "chromium-driver"];

/// A browser and the program that drives it.
#[derive(Debug)]
pub struct Programs {
    /// Chromium or Chrome.
    pub browser: PathBuf,
    /// Chromedriver, of the browser's version.
    pub driver: PathBuf,
}

const ADVICE: &str =
    "install it with the driver of its version, on Debian `apt-get install chromium chromium-driver`";

/// The browser and its driver, if this machine has both.
pub fn find() -> Result<Programs> {
    let missing = |program: &str| format!("{program} is missing: {ADVICE}");
    Ok(Programs {
        browser: find_program(&BROWSERS).with_context(|| missing("Chromium"))?,
        driver: find_program(&DRIVERS).with_context(|| missing("Chromium's chromedriver"))?,
    })
}

/// Finds the browser and its driver; on Debian, as root, installs what is missing.
pub fn ensure() -> Result<Programs> {
    if find().is_err() {
        install(&DEBIAN_PACKAGES)?;
    }
    find()
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
