//! What others wrote and the site needs: from `vendor/`, where it is as npm has it, to modules in `www/vendor/`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::root;

/// Where the licences of all of them are, in the site's folder.
pub const LICENSES: &str = "vendor/LICENSES.txt";

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

/// Writes the modules and their licences.
pub(crate) fn write(www: &Path) -> Result<()> {
    let to = www.join("vendor");
    fs::create_dir_all(&to)?;
    let mut licenses = String::new();
    for (name, kind) in LIBRARIES {
        let from = root().join("vendor").join(name);
        let read = |file: &str| {
            let path = from.join(file);
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
        };
        let source = read(&format!("{name}.js"))?;
        let module = match kind {
            Kind::Module => source,
            Kind::Common => module_of(&source),
        };
        fs::write(to.join(format!("{name}.js")), module)?;
        writeln!(licenses, "# {name}\n\n{}", read("LICENSE")?)?;
    }
    Ok(fs::write(www.join(LICENSES), licenses)?)
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
    fn every_library_has_its_licence_beside_it() -> Result<()> {
        let folder = tempfile::tempdir()?;
        write(folder.path())?;
        let licenses = fs::read_to_string(folder.path().join(LICENSES))?;
        for (name, _) in LIBRARIES {
            assert!(licenses.contains(&format!("# {name}\n")), "{name}");
            let module = fs::read_to_string(folder.path().join(format!("vendor/{name}.js")))?;
            assert!(module.contains("\nexport "), "{name}");
        }
        Ok(())
    }
}
