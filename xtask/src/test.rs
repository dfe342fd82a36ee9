//! Every test, one step after the other; the first step that fails ends it.

use anyhow::{Error, Result, bail};

use crate::arguments::local_address;
use crate::browser::Engine;
use crate::process::{cargo, run};
use crate::{browser, build, node, python};

/// Tests the core, this tool and the page, getting what is missing.
///
/// Without a browser, and with no way to get one, the page's tests fail in CI; elsewhere they are skipped, and the
/// last lines say so. The same goes for running the exported programs without Python, for the package without
/// Node, and for the other browsers.
pub fn everything() -> Result<()> {
    heading("the core");
    run(&mut cargo(&["test"]))?;
    heading("the tooling");
    run(&mut cargo(&["test", "--package", "xtask"]))?;
    heading("the site");
    build::site(&local_address()?)?;
    heading("the page, in a browser");
    match browser::ensure(Engine::Chromium) {
        Ok(_) => page(),
        Err(missing) if is_ci() => Err(missing),
        Err(missing) => {
            println!("\nSKIPPED: every test of the page in a browser. {missing:#}");
            Ok(())
        }
    }
}

fn page() -> Result<()> {
    let missing = missing();
    if is_ci() && !missing.is_empty() {
        bail!("not all of the page can be tested here: {missing:?}");
    }
    run(&mut cargo(&["test", "--package", "browser-tests", "--", "--test-threads=2"]))?;
    for (tests, missing) in missing {
        println!("\nSKIPPED: {tests}. {missing:#}");
    }
    Ok(())
}

/// The tests that are skipped, and for want of what.
fn missing() -> Vec<(String, Error)> {
    let programs = [python::ensure(&python::SKLEARN).err(), python::ensure_spark().err()];
    let programs =
        programs.into_iter().flatten().map(|missing| ("running exported programs".into(), missing));
    let package = node::ensure(&[node::TYPESCRIPT, node::AXE].concat());
    let package = package.err().map(|missing| ("the package for npm, and axe-core".into(), missing));
    let browsers = [Engine::Firefox, Engine::WebKit].into_iter().filter_map(|engine| {
        Some((format!("the site in {}", engine.name()), browser::ensure(engine).err()?))
    });
    programs.chain(package).chain(browsers).collect()
}

fn heading(step: &str) {
    println!("\n── {step} ──");
}

/// Whether nothing may be skipped.
pub fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty())
}
