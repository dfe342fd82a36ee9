//! The package for npm: the site's modules that others can import, their types, and what npm wants to know.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::build::copy_folder;
use crate::integrity::{ELEMENT, hash, import_map, reached_from};
use crate::process::{cargo, output_of};
use crate::root;

/// Where the package is written, in the site's folder.
pub const FOLDER: &str = "npm";

/// The modules that can be imported, each with its types beside it. What they load comes with them; the playground's
/// own does not.
const ENTRIES: [&str; 3] = [ELEMENT, "kmeans.js", "kmeans-board-element.js"];

/// What does something by being imported; a bundler may leave out any other module of which nothing is used.
const WITH_EFFECTS: [&str; 4] = ["./kmeans-board.js", "./kmeans.js", "./kmeans-node.js", "./exports.js"];

/// What the element imports before anything is seen: loaded by links, they come at once and are checked everywhere.
const AT_ONCE: [&str; 3] = ["kmeans-board-element.js", "clustering.js", "pkg/kmeans_board.js"];

/// What editors and catalogues read about elements; the package has it where the site has.
const CUSTOM_ELEMENTS: &str = "custom-elements.json";

/// Writes the package for a site that is built.
pub fn write(site: &Path) -> Result<()> {
    let package = site.join(FOLDER);
    copy_folder(&root().join("npm"), &package)?;
    for file in ["LICENSE-MIT", "LICENSE-APACHE"] {
        fs::copy(root().join(file), package.join(file))?;
    }
    for file in files(site)? {
        let to = package.join(&file);
        fs::create_dir_all(to.parent().context("a file is in a folder")?)?;
        fs::copy(site.join(&file), to).with_context(|| format!("there is no {}", file.display()))?;
    }
    let about = about()?;
    let manifest = manifest(&about, site.join(CUSTOM_ELEMENTS).exists());
    fs::write(package.join("package.json"), serde_json::to_string_pretty(&manifest)? + "\n")?;
    let readme = package.join("README.md");
    let filled = fs::read_to_string(&readme)?.replace("{integrity}", &checked_page(site, &about)?);
    Ok(fs::write(readme, filled)?)
}

/// The site's files that are in the package.
fn files(site: &Path) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = reached_from(site, &ENTRIES)?.into_iter().collect();
    files.extend(ENTRIES.map(types_of).map(PathBuf::from));
    if site.join(CUSTOM_ELEMENTS).exists() {
        files.push(CUSTOM_ELEMENTS.into());
    }
    Ok(files)
}

fn types_of(module: &str) -> String {
    module.replace(".js", ".d.ts")
}

/// What Cargo.toml says about the crate, so that nothing is said twice.
fn about() -> Result<Value> {
    let metadata = output_of(&mut cargo(&["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"].as_array().context("cargo knows no packages")?;
    packages.iter().find(|it| it["name"] == "kmeans-board").cloned().context("there is no crate kmeans-board")
}

fn manifest(about: &Value, has_custom_elements: bool) -> Value {
    let types = |module: &str| format!("./{}", types_of(module));
    let entry = |module: &str| json!({ "types": types(module), "default": format!("./{module}") });
    let [element, clustering, class] = ENTRIES;
    let element = entry(element);
    // Conditions are tried in the order in which they stand.
    let clustering = json!({
        "types": types(clustering),
        "node": "./kmeans-node.js",
        "default": format!("./{clustering}"),
    });
    let mut manifest = json!({
        "name": about["name"],
        "version": about["version"],
        "description": about["description"],
        "license": about["license"],
        "keywords": about["keywords"],
        "type": "module",
        "main": element["default"],
        "types": element["types"],
        "exports": {
            ".": element,
            "./kmeans-board.js": element,
            "./kmeans.js": clustering,
            "./element": entry(class),
            "./package.json": "./package.json",
        },
        "sideEffects": WITH_EFFECTS,
        "engines": { "node": ">=20" },
    });
    if has_custom_elements {
        manifest["customElements"] = CUSTOM_ELEMENTS.into();
        manifest["exports"][format!("./{CUSTOM_ELEMENTS}")] = format!("./{CUSTOM_ELEMENTS}").into();
    }
    manifest
}

/// A page that loads the element from a CDN and has the browser check all of its modules.
fn checked_page(site: &Path, about: &Value) -> Result<String> {
    let text = |name: &str| about[name].as_str().with_context(|| format!("the crate has no {name}"));
    let address = format!("https://cdn.jsdelivr.net/npm/{}@{}/", text("name")?, text("version")?);
    let map = serde_json::to_string_pretty(&import_map(site, &address)?)?;
    let checked = |file: &str| -> Result<String> {
        let hash = hash(site, Path::new(file))?;
        Ok(format!("=\"{address}{file}\" integrity=\"{hash}\" crossorigin=\"anonymous\">"))
    };
    let link = |file| Ok(format!("<link rel=\"modulepreload\" href{}\n", checked(file)?));
    let links = AT_ONCE.into_iter().map(link).collect::<Result<String>>()?;
    let script = format!("<script type=\"module\" src{}</script>", checked(ELEMENT)?);
    Ok(format!("<script type=\"importmap\">\n{map}\n</script>\n{links}{script}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_describes_elements_is_named_where_it_is_there() -> Result<()> {
        let about = about()?;
        let manifests = [false, true].map(|is_there| manifest(&about, is_there));
        assert_eq!(manifests[0].get("customElements"), None);
        assert_eq!(manifests[1]["customElements"], CUSTOM_ELEMENTS);
        assert_eq!(manifests[1]["exports"]["./custom-elements.json"], "./custom-elements.json");
        Ok(())
    }

    #[test]
    fn the_default_is_the_last_condition() -> Result<()> {
        let manifest = manifest(&about()?, false);
        let conditions = manifest["exports"]["./kmeans.js"].as_object().context("no conditions")?;
        assert_eq!(conditions.keys().collect::<Vec<_>>(), ["types", "node", "default"]);
        Ok(())
    }
}
