//! From Rust to a site: the Wasm, its binding in `www/pkg/`, and all of `www/` in `dist/`.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use oxc::allocator::Allocator;
use oxc::codegen::{Codegen, CodegenOptions, CommentOptions, LegalComment};
use oxc::minifier::{Minifier, MinifierOptions};
use oxc::parser::Parser;
use oxc::span::SourceType;
use serde_json::Value;
use url::Url;
use wasm_bindgen_cli_support::Bindgen;

use crate::onefile::one_file;
use crate::prerender::with_opening;
use crate::process::{cargo, output_of, run};
use crate::shrink::shrink;
use crate::tables::with_tables;
use crate::{integrity, npm, oembed, root, social, vendor};

const TARGET: &str = "wasm32-unknown-unknown";
const PACKAGE: &str = "kmeans-board";

/// For what every page loads: less inlining than usual, loops neither unrolled nor rewritten, values not loaded ahead.
/// Together some ten in a hundred bytes less, gzipped.
const SMALLER: [&str; 5] = [
    "-Cllvm-args=-inline-threshold=45",
    "-Cllvm-args=-unroll-threshold=0",
    "-Cllvm-args=-unroll-runtime=false",
    "-Cllvm-args=-disable-lsr",
    "-Cllvm-args=-enable-load-pre=false",
];

/// The whole playground in one file.
const ONE_FILE: &str = "kmeans-board.html";

/// Writes the deployable site to `dist/`, its scripts minified, and prints what each file weighs; the address is where
/// it is to be found.
pub fn site(address: &Url) -> Result<()> {
    binding()?;
    let (www, dist) = (root().join("www"), root().join("dist"));
    if dist.exists() {
        fs::remove_dir_all(&dist)?;
    }
    let mut files = copy_folder(&www, &dist)?;
    for script in files.iter().filter(|file| has_extension(file, "js")) {
        minify(&dist.join(script))?;
    }
    for name in files.iter().filter(|file| has_extension(file, "html")) {
        let page = dist.join(name);
        fs::write(&page, social::with_card(&self::page(&page)?, &name.to_string_lossy(), address)?)?;
        inline_styles(&page)?;
    }
    put_into_one_file(&dist, address)?;
    oembed::write(&dist, address)?;
    integrity::write(&dist)?;
    npm::write(&dist)?;
    files.extend([ONE_FILE, oembed::FILE, integrity::FILE].map(PathBuf::from));
    files.sort();
    for left_out in files.extract_if(.., |file| is_no_visitors(file)) {
        fs::remove_file(dist.join(left_out))?;
    }
    print_weights(&dist, &files)?;
    let hash = integrity::hash(&dist, Path::new(integrity::ELEMENT))?;
    println!("\n{} is {hash}; {} has what it loads, too.", integrity::ELEMENT, integrity::FILE);
    Ok(())
}

/// Whether no visitor fetches this: pages have it in them, or only the package for npm needs it.
fn is_no_visitors(file: &Path) -> bool {
    ["css", "ts"].iter().any(|it| has_extension(file, it)) || file == Path::new("embed.js")
}

/// A page of a site, with what is drawn and listed in it.
pub fn page(file: &Path) -> Result<String> {
    let manifest = fs::read_to_string(file.with_file_name("custom-elements.json")).unwrap_or_default();
    let page = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    with_tables(&with_opening(&page)?, &manifest).with_context(|| format!("in {}", file.display()))
}

/// Writes the pages that need no other file: the playground, and what an iframe shows, which may fetch nothing there.
fn put_into_one_file(dist: &Path, address: &Url) -> Result<()> {
    for (page, written) in [("index.html", ONE_FILE), ("embed.html", "embed.html")] {
        fs::write(dist.join(written), one_file(dist, Path::new(page), address)?)?;
    }
    Ok(())
}

/// Makes all that is generated in `www/`: modules of what others wrote, and `pkg/`, the Wasm with its JavaScript, once
/// for small boards, which every page loads, and once for boards of any size, which a page loads where it has a large one.
pub fn binding() -> Result<()> {
    ensure_target()?;
    let pkg = root().join("www/pkg");
    if pkg.exists() {
        fs::remove_dir_all(&pkg)?;
    }
    let small = compile(&["--no-default-features"], &SMALLER)?;
    bind(&small, "kmeans_board", &pkg)?;
    let large = compile(&["--config", "profile.wasm.opt-level=3"], &[])?;
    bind(&large, "kmeans_board_large", &pkg)?;
    vendor::write(&root().join("www"))
}

fn bind(wasm: &Path, name: &str, pkg: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(wasm)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(false)
        .remove_producers_section(true)
        .out_name(name)
        .generate(pkg)
        .context("cannot write the JavaScript binding")?;
    let script = pkg.join(format!("{name}.js"));
    let text = fs::read_to_string(&script)?;
    // The other way to begin, which nobody here uses: what is not exported, the minifier leaves out.
    ensure!(text.contains("export { initSync, "), "{} exports in another way", script.display());
    fs::write(&script, text.replace("export { initSync, ", "export { "))?;
    shrink(&script, &pkg.join(format!("{name}_bg.wasm")))
}

fn ensure_target() -> Result<()> {
    let folder = output_of(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
    if Path::new(folder.trim()).exists() {
        return Ok(());
    }
    run(Command::new("rustup").args(["target", "add", TARGET]))
        .with_context(|| format!("Rust's target {TARGET} is missing here and could not be added"))
}

/// The path of the freshly built Wasm, as cargo reports it.
fn compile(options: &[&str], flags: &[&str]) -> Result<PathBuf> {
    let arguments = ["build", "--profile", "wasm", "--target", TARGET, "--package", PACKAGE, "--lib"];
    let format = "--message-format=json-render-diagnostics";
    // What a panic would print names files: not by where they lie on the machine that built them.
    let home = std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| home + "/.cargo"));
    let remapped = format!("--remap-path-prefix={}=", home.unwrap_or_default());
    let flags: Vec<&str> = flags.iter().copied().chain([remapped.as_str()]).collect();
    let flags = format!("target.{TARGET}.rustflags={}", Value::from(flags));
    let messages = output_of(cargo(&arguments).args(options).args(["--config", &flags, format]))?;
    messages.lines().find_map(wasm_of).context("cargo built no Wasm")
}

/// The Wasm file that a message of cargo's announces, if it does.
fn wasm_of(message: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    let files = message["filenames"].as_array()?.iter().filter_map(Value::as_str);
    files.map(PathBuf::from).find(|file| has_extension(file, "wasm"))
}

/// Copies a folder with all that is in it; returns the copied files' paths inside it, sorted.
pub fn copy_folder(from: &Path, to: &Path) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(to)?;
    let mut files = Vec::new();
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let name = PathBuf::from(entry.file_name());
        if entry.file_type()?.is_dir() {
            let inner = copy_folder(&entry.path(), &to.join(&name))?;
            files.extend(inner.iter().map(|file| name.join(file)));
        } else {
            fs::copy(entry.path(), to.join(&name))?;
            files.push(name);
        }
    }
    files.sort();
    Ok(files)
}

/// Rewrites a script as short as it can be said, private members by single letters too; licences stay in it.
fn minify(file: &Path) -> Result<()> {
    let source = fs::read_to_string(file)?;
    let allocator = Allocator::default();
    let mut parsed = Parser::new(&allocator, &source, SourceType::mjs()).parse();
    ensure!(parsed.diagnostics.is_empty(), "{} is no JavaScript: {:?}", file.display(), parsed.diagnostics);
    let licences = CommentOptions { legal: LegalComment::Inline, ..CommentOptions::disabled() };
    let minified = Minifier::new(MinifierOptions::default()).minify(&allocator, &mut parsed.program);
    let printer = Codegen::new()
        .with_options(CodegenOptions { comments: licences, ..CodegenOptions::minify() })
        .with_scoping(minified.scoping)
        .with_private_member_mappings(minified.class_private_mappings);
    Ok(fs::write(file, printer.build(&parsed.program).code)?)
}

/// The same text, each line without the spaces before it, which say nothing in HTML and CSS; inside `<pre>` they do.
fn without_indents(text: &str) -> String {
    let mut is_kept = false;
    let lines = text.lines().map(|line| {
        let kept = if is_kept { line } else { line.trim_start() };
        is_kept = match (line.rfind("<pre"), line.rfind("</pre>")) {
            (opened, closed) if opened != closed => opened > closed,
            _ => is_kept,
        };
        kept.to_owned() + "\n"
    });
    lines.collect()
}

fn has_extension(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|it| it == extension)
}

/// A stylesheet without its comments and the spaces that say nothing.
fn tight(style: &str) -> String {
    let mut parts = style.split("/*");
    let first = parts.next().unwrap_or_default().to_owned();
    let without_comments = parts.fold(first, |text, part| text + part.split_once("*/").map_or("", |it| it.1));
    let lines = without_comments.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut text = lines.collect::<Vec<_>>().join(" ");
    for (loose, tight) in [
        (" {", "{"),
        ("{ ", "{"),
        (" }", "}"),
        ("} ", "}"),
        ("; ", ";"),
        (";}", "}"),
        (": ", ":"),
        (", ", ","),
    ] {
        text = text.replace(loose, tight);
    }
    text
}

/// Puts a page's stylesheets into it: one request less before the first picture.
fn inline_styles(page: &Path) -> Result<()> {
    const BEFORE: &str = r#"<link rel="stylesheet" href=""#;
    let mut text = fs::read_to_string(page)?;
    while let Some(start) = text.find(BEFORE) {
        let (name, rest) =
            text[start + BEFORE.len()..].split_once("\">").context("a link that does not end")?;
        let style = fs::read_to_string(page.with_file_name(name))?;
        text = format!("{}<style>{}</style>{rest}", &text[..start], tight(&style));
    }
    Ok(fs::write(page, without_indents(&text))?)
}

/// Prints a table of the files, as they are and as a server sends them.
fn print_weights(folder: &Path, files: &[PathBuf]) -> Result<()> {
    println!("{:<32}{:>12}{:>12}", "dist/", "bytes", "gzipped");
    let mut total = (0, 0);
    for file in files {
        let content = fs::read(folder.join(file))?;
        let gzipped = gzipped_size(&content)?;
        println!("{:<32}{:>12}{gzipped:>12}", file.display(), content.len());
        total = (total.0 + content.len(), total.1 + gzipped);
    }
    println!("{:<32}{:>12}{:>12}", "total", total.0, total.1);
    Ok(())
}

/// How much a compressing server sends for this.
pub fn gzipped_size(content: &[u8]) -> Result<usize> {
    Ok(gzipped(content, Compression::default())?.len())
}

pub(crate) fn gzipped(content: &[u8], compression: Compression) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), compression);
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wasm_is_found_among_cargos_messages() {
        let other = r#"{"reason":"compiler-artifact","filenames":["/t/libm.rlib"]}"#;
        let built = r#"{"reason":"compiler-artifact","filenames":["/t/k.rlib","/t/k.wasm"]}"#;
        let found = [other, "not JSON", built].into_iter().find_map(wasm_of);
        assert_eq!(found, Some(PathBuf::from("/t/k.wasm")));
    }

    #[test]
    fn a_page_takes_its_styles_in() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let page = folder.path().join("page.html");
        fs::write(&page, "<head>\n  <link rel=\"stylesheet\" href=\"one.css\">\n</head>")?;
        fs::write(
            folder.path().join("one.css"),
            "/* i */\na,\nd {\n  b: c, e; /* j\n k */\n}\n\nf { g: h }\n",
        )?;
        inline_styles(&page)?;
        assert_eq!(fs::read_to_string(page)?, "<head>\n<style>a,d{b:c,e}f{g:h}</style>\n</head>\n");
        Ok(())
    }

    #[test]
    fn only_code_keeps_its_indents() {
        let page = "<p>\n  one\n  <pre><code>two\n    three\n  four</code></pre>\n  five\n";
        let tight = "<p>\none\n<pre><code>two\n    three\n  four</code></pre>\nfive\n";
        assert_eq!(without_indents(page), tight);
    }

    #[test]
    fn a_folder_is_copied_with_all_that_is_in_it() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(from.join("inner"))?;
        fs::write(from.join("page.html"), "page")?;
        fs::write(from.join("inner/style.css"), "style")?;
        let files = copy_folder(&from, &to)?;
        assert_eq!(files, [Path::new("inner/style.css"), Path::new("page.html")]);
        assert_eq!(fs::read_to_string(to.join("inner/style.css"))?, "style");
        Ok(())
    }
}
