//! Every test, one step after the other; the first step that fails ends it.

use anyhow::{Result, bail};

use crate::arguments::local_address;
use crate::process::{cargo, run};
use crate::{browser, build, python};

/// Tests the core, this tool and the page, getting what is missing.
///
/// Without a browser, and with no way to get one, the page's tests fail in CI; elsewhere they are skipped, and the
/// last lines say so. The same goes for running the exported programs without Python.
pub fn everything() -> Result<()> {
    heading("the core");
    run(&mut cargo(&["test"]))?;
    heading("the tooling");
    run(&mut cargo(&["test", "--package", "xtask"]))?;
    heading("the site");
    build::site(&local_address())?;
    heading("the page, in a browser");
    match browser::ensure() {
        Ok(_) => page(),
        Err(missing) if is_ci() => Err(missing),
        Err(missing) => {
            println!("\nSKIPPED: every test of the page in a browser. {missing:#}");
            Ok(())
        }
    }
}

fn page() -> Result<()> {
    let missing = [python::ensure(&python::SKLEARN).err(), python::ensure_spark().err()];
    let missing: Vec<_> = missing.into_iter().flatten().collect();
    if is_ci() && !missing.is_empty() {
        bail!("programs cannot be run here: {missing:?}");
    }
    run(&mut cargo(&["test", "--package", "browser-tests", "--", "--test-threads=2"]))?;
    for missing in missing {
        println!("\nSKIPPED: running exported programs. {missing:#}");
    }
    Ok(())
}

fn heading(step: &str) {
    println!("\n── {step} ──");
}

/// Whether nothing may be skipped.
pub fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty())
}
