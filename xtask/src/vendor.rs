//! What others wrote and the site needs: from `vendor/`, where it is as npm has it, to modules in `www/vendor/`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::root;

/// How a file hands out what it has.
enum Kind {
    /// A module already.
    Module,
    /// `CommonJS`, whose `module.exports` becomes the default export.
    Common,
}

/// The packages, each with a folder and a file of its name.
const LIBRARIES: [(&str, Kind); 3] =
    [("papaparse", Kind::Common), ("sax", Kind::Common), ("idb-keyval", Kind::Module)];

/// Writes the modules, each with its licence in a comment that stays when it is minified.
pub(crate) fn write(www: &Path) -> Result<()> {
    let to = www.join("vendor");
    if to.exists() {
        fs::remove_dir_all(&to)?;
    }
    fs::create_dir_all(&to)?;
    for (name, kind) in LIBRARIES {
        let from = root().join("vendor").join(name);
        let read = |file: &str| {
            let path = from.join(file);
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
        };
        let (source, license) = (read(&format!("{name}.js"))?, read("LICENSE")?);
        ensure!(!license.contains("*/"), "the licence of {name} cannot be in a comment");
        let module = match kind {
            Kind::Module => source,
            Kind::Common => module_of(&source),
        };
        fs::write(to.join(format!("{name}.js")), format!("/*! {name}\n\n{license}*/\n{module}"))?;
    }
    Ok(())
}

/// `CommonJS` as a module: what it writes into `exports` is its default.
fn module_of(source: &str) -> String {
    format!(
        "const module = {{ exports: {{}} }};\n(function (module, exports) {{\n{source}\n}}).call(globalThis, module, module.exports);\nexport default module.exports;\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_library_is_a_module_that_begins_with_its_licence() -> Result<()> {
        let folder = tempfile::tempdir()?;
        write(folder.path())?;
        for ((name, _), words) in
            LIBRARIES.iter().zip(["The MIT License", "Blue Oak Model License", "Apache License"])
        {
            let module = fs::read_to_string(folder.path().join(format!("vendor/{name}.js")))?;
            let (license, source) = module.split_once("*/").context("no licence")?;
            assert!(license.starts_with(&format!("/*! {name}\n")) && license.contains(words), "{license}");
            assert!(source.contains("\nexport "), "{name}");
        }
        Ok(())
    }
}
