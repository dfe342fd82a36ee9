//! Node with packages that only tests need, in a folder of their own under `target/`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{find_program, run};
use crate::{browser, root};

/// What checks the declarations, in the last version whose compiler can be asked from a script.
pub const TYPESCRIPT: [&str; 1] = ["typescript@5.9.3"];

/// What looks for barriers to readers who cannot see the page, or not well, or use no mouse.
pub const AXE: [&str; 1] = ["axe-core@4.14.1"];

/// The folder `node_modules` that has these packages, each `name@version`; installs what is missing.
pub fn ensure(packages: &[&str]) -> Result<PathBuf> {
    let folder = root().join("target/node");
    let modules = folder.join("node_modules");
    let has = |package: &&str| {
        let (name, version) = package.rsplit_once('@').unwrap_or((package, ""));
        let manifest = std::fs::read_to_string(modules.join(name).join("package.json")).unwrap_or_default();
        manifest.contains(&format!("\"version\": \"{version}\""))
    };
    if !packages.iter().all(has) {
        std::fs::create_dir_all(&folder)?;
        let install = ["install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", "--prefix"];
        run(Command::new(npm()?).args(install).arg(&folder).args(packages))
            .with_context(|| format!("{} could not be installed with npm", packages.join(" and ")))?;
    }
    Ok(modules)
}

/// The program npm, installed on Debian where it is missing.
pub fn npm() -> Result<PathBuf> {
    let find = || find_program(&["npm"]).filter(|_| find_program(&["node"]).is_some());
    if find().is_none() {
        browser::install(&["nodejs", "npm"])?;
    }
    find().context("Node is missing: install it with npm, on Debian `apt-get install nodejs npm`")
}
