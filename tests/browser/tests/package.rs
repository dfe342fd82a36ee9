//! The package for npm: packed, installed, compiled against, and run, in a browser and in Node.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use browser_tests::Browser;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use xtask::node;
use xtask::test::is_ci;

/// What a command prints; what it complains about is the error.
fn printed(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn npm(folder: &Path) -> Result<Command> {
    let mut npm = Command::new(node::npm()?);
    npm.current_dir(folder).env("npm_config_audit", "false").env("npm_config_fund", "false");
    Ok(npm)
}

fn built() -> std::path::PathBuf {
    xtask::root().join("dist/npm")
}

/// A folder into which the packed package was installed, with a page that knows it by name. Without Node a test fails
/// in CI, and elsewhere says what it skips.
fn installed() -> Result<Option<TempDir>> {
    match node::ensure(&node::TYPESCRIPT) {
        Err(missing) if !is_ci() => {
            eprintln!("SKIPPED: the package for npm. {missing:#}");
            Ok(None)
        }
        got => got.and_then(|_| install()).map(Some),
    }
}

fn install() -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    let packed = printed(npm(&built())?.args(["pack", "--silent", "--pack-destination"]).arg(folder.path()))?;
    std::fs::write(folder.path().join("package.json"), r#"{ "type": "module" }"#)?;
    let install = ["install", "--offline", "--no-package-lock", "--ignore-scripts"];
    printed(npm(folder.path())?.args(install).arg(format!("./{}", packed.trim())))?;
    let page = format!(
        "<!doctype html><link rel=icon href=data:,><script type=importmap>{}</script><body>",
        import_map(&folder.path().join("node_modules/kmeans-board"))?
    );
    std::fs::write(folder.path().join("index.html"), page)?;
    Ok(folder)
}

fn manifest(package: &Path) -> Result<Value> {
    Ok(serde_json::from_slice(&std::fs::read(package.join("package.json"))?)?)
}

/// The package's own words about what is imported by which name.
fn import_map(package: &Path) -> Result<Value> {
    let manifest = manifest(package)?;
    let exports = manifest["exports"].as_object().context("no exports")?;
    let modules = exports.iter().filter_map(|(name, entry)| Some((name, entry["default"].as_str()?)));
    let addresses = modules.map(|(name, file)| {
        let name = format!("kmeans-board{}", name.trim_start_matches('.'));
        (name, format!("/node_modules/kmeans-board/{}", file.trim_start_matches("./")).into())
    });
    Ok(json!({ "imports": addresses.collect::<Map<_, _>>() }))
}

/// What the compiler says of the consumer in a folder, where it leaves the compiled one.
fn compiled(folder: &Path) -> Result<Value> {
    let modules = node::ensure(&node::TYPESCRIPT)?;
    let sources = xtask::root().join("tests/package");
    std::fs::copy(sources.join("consumer.ts"), folder.join("consumer.ts"))?;
    let script = sources.join("declared.mjs");
    Ok(serde_json::from_str(&printed(Command::new("node").arg(script).arg(folder).arg(modules))?)?)
}

/// What there is of each class and module, as the declarations name it.
const THERE_IS: &str = "
    const own = (object, ...less) => Object.getOwnPropertyNames(object).filter((name) => !less.includes(name)).sort();
    const modules = {};
    for (const name of ['kmeans-board', 'kmeans-board/kmeans.js', 'kmeans-board/element']) modules[name] = Object.keys(await import(name)).sort();
    const { KMeans, KMeansBoard, KMeansError } = await import('kmeans-board');
    const callbacks = ['connectedCallback', 'disconnectedCallback', 'attributeChangedCallback'];
    const statics = (type) => own(type, 'length', 'name', 'prototype');
    return { modules, classes: {
        KMeans: { members: own(KMeans.prototype, 'constructor'), statics: statics(KMeans) },
        KMeansBoard: { members: own(KMeansBoard.prototype, 'constructor', ...callbacks), statics: statics(KMeansBoard) },
        KMeansError: { members: own(new KMeansError('', ''), 'stack', 'message', 'name'), statics: statics(KMeansError) },
    } };";

/// The elements' own, which are declared for the sake of their events' types.
const INHERITED: [&str; 2] = ["addEventListener", "removeEventListener"];

fn sorted(names: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = names.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    names.retain(|name| !INHERITED.contains(name));
    names.sort_unstable();
    names
}

#[tokio::test]
async fn the_declarations_name_what_there_is_and_a_strict_consumer_of_all_of_it_runs() -> Result<()> {
    let Some(folder) = installed()? else { return Ok(()) };
    let declared = compiled(folder.path())?;
    assert_eq!(declared["problems"], json!([]));
    assert_eq!(declared["unused"], json!([]), "the consumer has to use it");
    let browser = Browser::serving(folder.path()).await?;
    browser.open("/").await?;
    let there_is = browser.run(THERE_IS).await?;
    for name in ["KMeans", "KMeansBoard", "KMeansError"] {
        for kind in ["members", "statics"] {
            let (declared, there_is) = (&declared["classes"][name][kind], &there_is["classes"][name][kind]);
            assert_eq!(sorted(declared), sorted(there_is), "{kind} of {name}: declared, and there");
        }
    }
    for (name, there_is) in there_is["modules"].as_object().context("no modules")? {
        let (declared, mut there_is) = (sorted(&declared["values"][name]), sorted(there_is));
        // What else that module exports is for the element's own controls.
        there_is.retain(|value| name != "kmeans-board/element" || declared.contains(value));
        assert_eq!(declared, there_is, "{name}");
    }
    assert_eq!(browser.eval("import('/consumer.js').then(({ run }) => run())").await?, "KMeansError range");
    // Of which the network knows nothing, but the console: the board that could not be made is no error there.
    assert_eq!(browser.console().await?, []);
    Ok(())
}

/// The names in a list of the element's description.
fn described(class: &Value, list: &str) -> Value {
    class[list].as_array().into_iter().flatten().map(|it| it["name"].clone()).collect()
}

#[tokio::test]
async fn the_declarations_know_what_the_elements_description_names() -> Result<()> {
    let Some(folder) = installed()? else { return Ok(()) };
    let package = folder.path().join("node_modules/kmeans-board");
    let file = manifest(&package)?["customElements"].as_str().context("not described")?.to_owned();
    let description: Value = serde_json::from_slice(&std::fs::read(package.join(file))?)?;
    let class = &description["modules"][0]["declarations"][0];
    let declared = compiled(folder.path())?;
    let members = &declared["classes"]["KMeansBoard"]["members"];
    assert_eq!(sorted(&described(class, "members")), sorted(members));
    assert_eq!(sorted(&described(class, "events")), sorted(&declared["events"]));
    Ok(())
}

#[tokio::test]
async fn the_package_says_what_the_crate_says_and_has_no_playground() -> Result<()> {
    let Some(folder) = installed()? else { return Ok(()) };
    let package = folder.path().join("node_modules/kmeans-board");
    let manifest = manifest(&package)?;
    let cargo = std::fs::read_to_string(xtask::root().join("Cargo.toml"))?;
    for name in ["name", "version", "description"] {
        let line = format!("{name} = {}", manifest[name]);
        assert!(cargo.contains(&line), "{line}");
    }
    for file in ["playground.js", "controls.js", "address.js", "index.html", "playground.css", "embed.html"] {
        assert!(!package.join(file).exists(), "{file}");
    }
    for file in ["LICENSE-MIT", "LICENSE-APACHE", "README.md", "pkg/kmeans_board_large_bg.wasm"] {
        assert!(package.join(file).is_file(), "{file}");
    }
    let readme = std::fs::read_to_string(package.join("README.md"))?;
    assert!(readme.contains("integrity=\"sha384-") && !readme.contains("{integrity}"), "{readme}");
    assert_eq!(manifest["engines"]["node"], ">=20");
    assert!(readme.contains("in Node, too, from version 20 on"), "{readme}");
    for file in manifest["sideEffects"].as_array().context("no list")? {
        assert!(package.join(file.as_str().context("no name")?).is_file(), "{file}");
    }
    Ok(())
}

#[tokio::test]
async fn the_clustering_runs_in_node_to_the_same_bits_as_in_a_browser() -> Result<()> {
    let Some(folder) = installed()? else { return Ok(()) };
    let script = "const told = [];
        for (const n of [300, 5000]) {
            const km = await KMeans.init({ board: 'peaked', n, clusters: 5, k: 5, seed: 11 });
            km.run();
            told.push([km.toCSV(), km.inertia, km.toSVG().length]);
            km.free();
        }";
    let import = "const { KMeans } = await import('kmeans-board/kmeans.js');";
    let program = format!("{import}\n{script}\nconsole.log(JSON.stringify(told));");
    std::fs::write(folder.path().join("program.js"), program)?;
    let in_node = printed(Command::new("node").arg("program.js").current_dir(folder.path()))?;
    let browser = Browser::serving(folder.path()).await?;
    browser.open("/").await?;
    let in_browser = browser.run(&format!("{import}\n{script}\nreturn told;")).await?;
    assert_eq!(serde_json::from_str::<Value>(&in_node)?, in_browser);
    Ok(())
}

/// The first code block of this kind that has some text in it.
fn snippet<'t>(readme: &'t str, text: &str) -> Result<&'t str> {
    let blocks = readme.split("```html\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.into_iter().find(|block| block.contains(text)).with_context(|| format!("no lines with {text}"))
}

#[tokio::test]
async fn a_browser_takes_the_modules_of_the_readmes_lines_and_none_that_was_changed() -> Result<()> {
    const BOARD: &str = "<kmeans-board n=20 k=2 seed=1 controls loading=eager></kmeans-board>";
    let Some(folder) = installed()? else { return Ok(()) };
    let package = folder.path().join("node_modules/kmeans-board");
    let readme = std::fs::read_to_string(package.join("README.md"))?;
    let lines = snippet(&readme, "integrity=")?;
    let address = lines.split("src=\"").nth(1).and_then(|rest| rest.split_once("kmeans-board.js"));
    let lines = lines.replace(address.context("no address")?.0, "/node_modules/kmeans-board/");
    assert!(
        lines.contains("<link rel=\"modulepreload\" href=\"/node_modules/kmeans-board/clustering.js\""),
        "{lines}"
    );
    let page = format!("<!doctype html><link rel=icon href=data:,>{lines}{BOARD}");
    std::fs::write(folder.path().join("checked.html"), page)?;
    let browser = Browser::serving(folder.path()).await?;
    let controls = "document.querySelector('kmeans-board').shadowRoot?.querySelector('#timeline')";
    browser.open("/checked.html").await?;
    browser.wait_until(controls, std::time::Duration::from_secs(10)).await?;
    assert_eq!(browser.console().await?, []);
    // One that is loaded at once, one that is loaded later, and the first of all.
    for (module, is_defined) in
        [("clustering.js", false), ("kmeans-board-controls.js", true), ("kmeans-board.js", false)]
    {
        let file = package.join(module);
        let source = std::fs::read_to_string(&file)?;
        std::fs::write(&file, format!("{source} "))?;
        browser.open("/checked.html").await?;
        // Nothing tells when a refusal is complete.
        browser.eval("new Promise((settled) => setTimeout(settled, 500))").await?;
        let seen = format!("[Boolean(customElements.get('kmeans-board')), Boolean({controls})]");
        assert_eq!(browser.eval(&seen).await?, json!([is_defined, false]), "{module}");
        let said = browser.console().await?;
        assert!(said.iter().any(|message| message.text.contains("integrity")), "{module}: {said:?}");
        std::fs::write(&file, source)?;
    }
    Ok(())
}
