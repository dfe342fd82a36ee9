//! How fast it is beside its rivals, as ratios of one run.

use anyhow::Result;

use crate::process::{cargo, run};
use crate::{browser, build};

/// Builds the site and runs the benchmark in a browser; scikit-learn needs a Python that has it.
pub fn all(sklearn: bool) -> Result<()> {
    build::site()?;
    browser::ensure()?;
    let arguments = ["bench", "--package", "browser-tests", "--bench", "browser", "--"];
    run(cargo(&arguments).args(sklearn.then_some("--sklearn")))
}
