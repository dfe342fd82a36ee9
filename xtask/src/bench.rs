//! How fast it is beside its rivals, as ratios of one run.

use anyhow::Result;

use crate::arguments::local_address;
use crate::process::{cargo, run};
use crate::{browser, build};

/// Builds the site and runs the benchmark in a browser, beside scikit-learn and R where that is asked for.
pub fn all(sklearn: bool, r: bool) -> Result<()> {
    build::site(&local_address()?)?;
    browser::ensure(browser::Engine::Chromium)?;
    // What is measured runs in the browser, not in this program.
    let arguments = ["bench", "--profile", "dev", "--package", "browser-tests", "--bench", "browser", "--"];
    run(cargo(&arguments).args(sklearn.then_some("--sklearn")).args(r.then_some("--r")))
}
