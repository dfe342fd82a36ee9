//! R with its package cluster, whose gap statistic ours is timed beside.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::browser;
use crate::process::find_program;

/// What Debian calls them.
const PACKAGES: [&str; 2] = ["r-base-core", "r-cran-cluster"];

/// The program that runs a script, installed on Debian where it is missing.
pub fn ensure() -> Result<PathBuf> {
    let find = || find_program(&["Rscript"]);
    if find().is_none() {
        browser::install(&PACKAGES)?;
    }
    find().with_context(|| {
        format!("R is missing: install it with cluster, on Debian `apt-get install {}`", PACKAGES.join(" "))
    })
}
