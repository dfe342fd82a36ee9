//! What a module loads, and the hashes by which a browser makes sure that nobody changed it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha384};

/// Where the import map with the hashes lies.
pub const FILE: &str = "integrity.json";

/// The module that pages load.
pub const ELEMENT: &str = "kmeans-board.js";

/// Writes the part of an import map that has the hash of each module a page with the element loads, now or later; the
/// paths are relative to the site.
pub fn write(site: &Path) -> Result<()> {
    Ok(fs::write(site.join(FILE), serde_json::to_string_pretty(&import_map(site, "./")?)? + "\n")?)
}

/// That part of an import map for modules that are found at an address, which ends with a slash.
pub fn import_map(site: &Path, address: &str) -> Result<Value> {
    let modules = reached_from(site, &[ELEMENT])?;
    let scripts = modules.iter().filter(|file| file.extension().is_some_and(|it| it == "js"));
    let hashed = |file: &PathBuf| Ok((format!("{address}{}", slashed(file)), hash(site, file)?.into()));
    let hashes = scripts.map(hashed).collect::<Result<Map<_, _>>>()?;
    Ok(json!({ "integrity": hashes }))
}

/// The hash of a file as `integrity` takes it.
pub fn hash(site: &Path, file: &Path) -> Result<String> {
    let content = fs::read(site.join(file)).with_context(|| format!("there is no {}", file.display()))?;
    Ok(format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(content))))
}

/// These modules of a site and all that they load, at once, later or as a worker, Wasm included.
pub fn reached_from(site: &Path, entries: &[&str]) -> Result<BTreeSet<PathBuf>> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<PathBuf> = entries.iter().map(PathBuf::from).collect();
    while let Some(file) = open.pop() {
        if file.extension().is_some_and(|it| it == "js") {
            let source = fs::read_to_string(site.join(&file));
            let source = source.with_context(|| format!("there is no {}", file.display()))?;
            let named = named_by(site, &file, &source);
            open.extend(named.into_iter().filter(|named| !reached.contains(named)));
        }
        reached.insert(file);
    }
    Ok(reached)
}

/// The modules and Wasm beside a script that it names in quotes of any kind: however it loads them, it has to.
fn named_by(site: &Path, script: &Path, source: &str) -> Vec<PathBuf> {
    let folder = script.parent().unwrap_or(Path::new(""));
    let quoted = source.split(['"', '\'', '`']);
    let loaded =
        quoted.filter(|text| Path::new(text).extension().is_some_and(|it| it == "js" || it == "wasm"));
    let paths = loaded.map(|text| plain(&folder.join(text)));
    paths.filter(|path| path.is_relative() && site.join(path).is_file()).collect()
}

/// A path without its detours.
fn plain(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    parts
}

fn slashed(file: &Path) -> String {
    file.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A site of a module that loads another in each way, and of one that nobody loads.
    fn site() -> Result<tempfile::TempDir> {
        let site = tempfile::tempdir()?;
        fs::create_dir_all(site.path().join("pkg"))?;
        for (name, source) in [
            (
                "kmeans-board.js",
                r#"import"./one.js";import(`./two.js`);new Worker(new URL('pkg/three.js',x))"#,
            ),
            ("one.js", r#"export*from"./kmeans-board.js";"absent.js""#),
            ("two.js", "1"),
            ("pkg/three.js", r#"import"../two.js";new URL("four.wasm",import.meta.url)"#),
            ("pkg/four.wasm", "\0asm"),
            ("playground.js", r#"import"./one.js""#),
        ] {
            fs::write(site.path().join(name), source)?;
        }
        Ok(site)
    }

    #[test]
    fn all_that_a_module_loads_is_found_and_nothing_else() -> Result<()> {
        let reached = reached_from(site()?.path(), &[ELEMENT])?;
        let expected = ["kmeans-board.js", "one.js", "pkg/four.wasm", "pkg/three.js", "two.js"];
        assert_eq!(reached, expected.map(PathBuf::from).into());
        assert!(reached_from(site()?.path(), &["none.js"]).is_err());
        Ok(())
    }

    #[test]
    fn the_map_has_the_hash_of_each_module() -> Result<()> {
        let map = import_map(site()?.path(), "https://example.org/")?;
        let hashes = map["integrity"].as_object().context("no hashes")?;
        assert_eq!(hashes.len(), 4);
        // printf 1 | openssl dgst -sha384 -binary | base64
        let expected = "sha384-R/BdNnsMMuQ4+2Pmz0pfNcKqL5DcdUP4pBoPlc6KQKMTq1zzYTSiBoxMlpy1Dbd2";
        assert_eq!(hashes["https://example.org/two.js"], expected);
        Ok(())
    }
}
