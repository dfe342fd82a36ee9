//! A page in one file: all that it would fetch is in it, so it opens from a disk and works in a sandbox.
//!
//! Modules become `data:` addresses in an import map, each under a bare name, which is what they import one another by:
//! a relative one means nothing inside a `data:` address. Wasm becomes a response that is unpacked where it is needed. The
//! address of a worker's script becomes undefined: such pages can start none, and do what it would have done themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use oxc::allocator::Allocator;
use oxc::ast::ast::{
    Argument, ExportAllDeclaration, ExportFromDeclaration, Expression, ImportDeclaration, ImportExpression,
    ImportMeta, NewExpression, StringLiteral,
};
use oxc::ast_visit::{Visit, walk};
use oxc::parser::Parser;
use oxc::span::{GetSpan, SourceType, Span};
use serde_json::json;
use url::Url;

use crate::build::{gzipped, gzipped_size};

/// What the bare names of modules begin with, lest they meet those of a page that this is pasted into.
const PREFIX: &str = "kmeans-board/";

const TYPES: [(&str, &str); 5] = [
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("webp", "image/webp"),
    ("ico", "image/x-icon"),
    ("woff2", "font/woff2"),
];

/// What links are for that only foresee what will be fetched, or would make the page an app.
const FORESIGHT: [&str; 5] = ["modulepreload", "preload", "prefetch", "dns-prefetch", "manifest"];

/// A page of a site, its modules, Wasm and pictures in it; its links lead to the site, at that address.
///
/// # Errors
///
/// If something that it would fetch is not there, is not of the site, or can only be told while it runs.
pub fn one_file(site: &Path, page: &Path, address: &Url) -> Result<String> {
    let text =
        fs::read_to_string(site.join(page)).with_context(|| format!("there is no {}", page.display()))?;
    let mut modules = Modules { site, sources: BTreeMap::new() };
    let mut edits = Vec::new();
    let mut map_at = None;
    for tag in tags(&text) {
        if tag.is_module() {
            map_at.get_or_insert(tag.span.start);
            let name = modules.add(page, tag.value("src").with_context(|| inline_module(page))?)?;
            edits.push((tag.span, format!("<script type=\"module\">import{}", json!(name))));
        } else if let Some(href) = tag.value("href").filter(|href| tag.name == "a" && is_beside(href)) {
            edits.push((span_in(&text, href), address.join(href)?.into()));
        } else {
            edits.extend(edit_of(site, page, &text, &tag)?);
        }
    }
    if let Some(at) = map_at {
        edits.push((at..at, modules.import_map()?));
    }
    Ok(edited(&text, edits))
}

fn inline_module(page: &Path) -> String {
    format!("{} has a module without a file of its own", page.display())
}

/// How a tag changes: what foresees is gone with its line, a picture stands where its address stood, the rest stays.
fn edit_of(site: &Path, page: &Path, text: &str, tag: &Tag) -> Result<Option<(Range<usize>, String)>> {
    let relation = tag.value("rel").unwrap_or_default();
    if tag.name == "link" && FORESIGHT.contains(&relation) {
        let has_line = text[tag.span.end..].starts_with('\n');
        return Ok(Some((tag.span.start..tag.span.end + usize::from(has_line), String::new())));
    }
    ensure!(relation != "stylesheet", "{} has a stylesheet beside it: put that in first", page.display());
    let is_icon = tag.name == "link" && relation.split(' ').any(|word| word.ends_with("icon"));
    let address = tag.value(if is_icon { "href" } else { "src" });
    let Some(address) = address.filter(|address| !address.starts_with("data:")) else { return Ok(None) };
    let file = resolve(page, address)?;
    let data = data_address(type_of(&file)?, &read(site, page, &file)?)?;
    Ok(Some((span_in(text, address), data)))
}

/// Where a part of a text is in it.
fn span_in(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr() - text.as_ptr().addr();
    start..start + part.len()
}

/// Whether a link leads to another file of the site, by an address that means something only there.
fn is_beside(href: &str) -> bool {
    !href.starts_with('#') && !href.contains(':')
}

/// The modules of a page, by the names that they import one another by.
struct Modules<'s> {
    site: &'s Path,
    sources: BTreeMap<String, String>,
}

impl Modules<'_> {
    /// Takes in what a file imports as this, and all that this imports in turn; returns its bare name.
    fn add(&mut self, importer: &Path, specifier: &str) -> Result<String> {
        let file = resolve(importer, specifier)?;
        let name = format!("{PREFIX}{}", slashed(&file));
        if !self.sources.contains_key(&name) {
            let source = String::from_utf8(read(self.site, importer, &file)?)?;
            // There before what it imports, for that may import it.
            self.sources.insert(name.clone(), String::new());
            let rewritten = self.rewritten(&file, &source)?;
            self.sources.insert(name.clone(), rewritten);
        }
        Ok(name)
    }

    /// A module that imports by bare names, and has its Wasm in it.
    fn rewritten(&mut self, file: &Path, source: &str) -> Result<String> {
        let mut edits = Vec::new();
        for found in fetched_by(file, source)? {
            let instead = match &found.what {
                What::Module(specifier) if !specifier.starts_with('.') => {
                    bail!("{} imports {specifier}, which is not of this site", file.display());
                }
                What::Module(specifier) => json!(self.add(file, specifier)?).to_string(),
                What::Wasm(address) => response(&read(self.site, file, &resolve(file, address)?)?)?,
                What::Worker => "undefined".to_owned(),
            };
            edits.push((found.span, instead));
        }
        Ok(edited(source, edits))
    }

    fn import_map(&self) -> Result<String> {
        let address = |(name, source): (&String, &String)| {
            Ok((name.clone(), data_address("text/javascript", source.as_bytes())?))
        };
        let imports = self.sources.iter().map(address).collect::<Result<BTreeMap<_, _>>>()?;
        Ok(format!("<script type=\"importmap\">{}</script>\n", json!({ "imports": imports })))
    }
}

/// Something that a module fetches, and where it says so.
struct Found {
    span: Range<usize>,
    what: What,
}

enum What {
    /// Imported by this specifier.
    Module(String),
    /// At this address, relative to the module.
    Wasm(String),
    /// The address of a worker's script: a page from a disk, or in a sandbox, may start none.
    Worker,
}

/// All that a module fetches.
fn fetched_by(file: &Path, source: &str) -> Result<Vec<Found>> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, SourceType::mjs()).parse();
    ensure!(parsed.diagnostics.is_empty(), "{} is no JavaScript: {:?}", file.display(), parsed.diagnostics);
    let mut search = Search { source, found: Vec::new(), obscure: BTreeSet::new() };
    search.visit_program(&parsed.program);
    if let Some(obscure) = search.obscure.first() {
        bail!(
            "{} cannot be in one file: what `{obscure}` fetches is known only where it runs",
            file.display()
        );
    }
    Ok(search.found)
}

/// Walks through a module in search of what it fetches.
struct Search<'s> {
    source: &'s str,
    found: Vec<Found>,
    /// Code of which nobody can tell beforehand.
    obscure: BTreeSet<&'s str>,
}

impl<'s> Search<'s> {
    fn text(&self, span: Span) -> &'s str {
        &self.source[range(span)]
    }

    fn imports(&mut self, literal: &StringLiteral) {
        self.found.push(Found { span: range(literal.span), what: What::Module(literal.value.to_string()) });
    }

    /// The address in `new URL("…", import.meta.url)`, if that is what this is.
    fn address_beside(&self, new: &NewExpression) -> Option<String> {
        let [address, base] = &new.arguments[..] else { return None };
        let is_beside = new.callee.is_specific_id("URL") && self.text(base.span()) == "import.meta.url";
        address.as_expression().and_then(text_of).filter(|_| is_beside)
    }
}

impl<'a> Visit<'a> for Search<'_> {
    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        self.imports(&it.source);
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        self.imports(&it.source);
    }

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        self.imports(&it.source);
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        match text_of(&it.source) {
            Some(specifier) => {
                self.found.push(Found { span: range(it.source.span()), what: What::Module(specifier) });
            }
            None => _ = self.obscure.insert(self.text(it.span)),
        }
    }

    fn visit_new_expression(&mut self, it: &NewExpression<'a>) {
        // Who starts a worker without asking whether there is a script for it would start none.
        if let Some(Expression::NewExpression(script)) =
            it.arguments.first().and_then(Argument::as_expression)
            && it.callee.is_specific_id("Worker")
        {
            self.obscure.insert(self.text(script.span));
            return;
        }
        let Some(address) = self.address_beside(it) else { return walk::walk_new_expression(self, it) };
        let what = match Path::new(&address).extension().and_then(OsStr::to_str) {
            Some("wasm") => What::Wasm(address),
            Some("js") => What::Worker,
            _ => {
                self.obscure.insert(self.text(it.span));
                return;
            }
        };
        self.found.push(Found { span: range(it.span), what });
    }

    fn visit_import_meta(&mut self, it: &ImportMeta) {
        self.obscure.insert(self.text(it.span));
    }
}

/// The text of a literal, in quotes or in backticks.
fn text_of(expression: &Expression) -> Option<String> {
    match expression {
        Expression::StringLiteral(literal) => Some(literal.value.to_string()),
        Expression::TemplateLiteral(literal) => literal.single_quasi().map(|text| text.to_string()),
        _ => None,
    }
}

fn range(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

/// The path inside the site of what a file names.
fn resolve(file: &Path, address: &str) -> Result<PathBuf> {
    let names = || format!("{} names {address}", file.display());
    let is_relative = !address.contains(':') && !address.starts_with('/');
    ensure!(is_relative, "{}, which is not of this site", names());
    let mut path = file.parent().unwrap_or(Path::new("")).to_owned();
    for part in Path::new(address).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => ensure!(path.pop(), "{}, which is outside of the site", names()),
            part => path.push(part),
        }
    }
    Ok(path)
}

fn read(site: &Path, by: &Path, file: &Path) -> Result<Vec<u8>> {
    let missing = || format!("{} needs {}, which is not there", by.display(), slashed(file));
    fs::read(site.join(file)).with_context(missing)
}

fn slashed(file: &Path) -> String {
    file.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn type_of(file: &Path) -> Result<&'static str> {
    let known = TYPES.iter().find(|(extension, _)| file.extension().is_some_and(|it| it == *extension));
    let names = || TYPES.map(|(extension, _)| extension).join(", ");
    known.map(|(_, media)| *media).with_context(|| format!("{} is none of {}", file.display(), names()))
}

/// The expression of a response with this Wasm, which is a third of its size until then.
fn response(wasm: &[u8]) -> Result<String> {
    let packed = BASE64_STANDARD.encode(gzipped(wasm, Compression::best())?);
    Ok(format!(
        r#"new Response(new Response(Uint8Array.from(atob("{packed}"),c=>c.charCodeAt())).body.pipeThrough(new DecompressionStream("gzip")),{{headers:{{"content-type":"application/wasm"}}}})"#
    ))
}

/// The content as an address, in whichever writing compresses better.
fn data_address(media: &str, content: &[u8]) -> Result<String> {
    let plain = format!("data:{media},{}", percent_encoded(content));
    let packed = format!("data:{media};base64,{}", BASE64_STANDARD.encode(content));
    let is_plain_smaller = gzipped_size(plain.as_bytes())? <= gzipped_size(packed.as_bytes())?;
    Ok(if is_plain_smaller { plain } else { packed })
}

/// Bytes as they are where an address, JSON and HTML all leave them alone.
fn percent_encoded(content: &[u8]) -> String {
    let encoded = |&byte: &u8| {
        let is_plain = byte.is_ascii_graphic() && !br##""#%&<>\"##.contains(&byte);
        if is_plain { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    content.iter().map(encoded).collect()
}

/// A text with other texts in some places; of two at one place, the one that replaces nothing comes first.
fn edited(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(span, _)| (span.start, span.end));
    let mut result = String::new();
    let mut done = 0;
    for (span, instead) in edits {
        result += &text[done..span.start];
        result += &instead;
        done = span.end;
    }
    result + &text[done..]
}

/// An opening tag of a page.
struct Tag<'t> {
    span: Range<usize>,
    name: String,
    attributes: Vec<(String, &'t str)>,
}

impl<'t> Tag<'t> {
    fn value(&self, name: &str) -> Option<&'t str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }

    fn is_module(&self) -> bool {
        self.name == "script" && self.value("type") == Some("module")
    }
}

/// All opening tags, in order; what only looks like one, in comments, styles and scripts, is none.
fn tags(page: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(start) = page[at..].find('<').map(|found| at + found) {
        let rest = &page[start..];
        let length = if rest.starts_with("<!--") {
            rest.find("-->").map_or(rest.len(), |end| end + 3)
        } else if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            let tag = tag_at(page, start);
            let length = tag.span.len() + raw_length(&tag.name, &rest[tag.span.len()..]);
            tags.push(tag);
            length
        } else {
            1
        };
        at = start + length;
    }
    tags
}

/// How much text follows a tag that is no HTML.
fn raw_length(name: &str, rest: &str) -> usize {
    if !["script", "style"].contains(&name) {
        return 0;
    }
    rest.find(&format!("</{name}")).unwrap_or(rest.len())
}

fn tag_at(page: &str, start: usize) -> Tag<'_> {
    let inner = &page[start + 1..];
    let name_length = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(inner.len());
    let mut rest = &inner[name_length..];
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_whitespace() || "=>/".contains(c)).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if name.is_empty() {
            break;
        }
        let (value, after) = after.strip_prefix('=').map_or(("", after), value_at);
        attributes.push((name.to_ascii_lowercase(), value));
        rest = after;
    }
    let end = page.len() - rest.strip_prefix('>').unwrap_or(rest).len();
    let name = inner[..name_length].to_ascii_lowercase();
    Tag { span: start..end, name, attributes }
}

/// An attribute's value, in quotes or not, and what follows it.
fn value_at(text: &str) -> (&str, &str) {
    let quote = text.chars().next().filter(|c| "\"'".contains(*c));
    match quote {
        Some(quote) => text[1..].split_once(quote).unwrap_or((&text[1..], "")),
        None => text.split_at(text.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(text.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use std::io::Read as _;

    /// A folder with these files.
    fn site_of(files: &[(&str, &[u8])]) -> Result<tempfile::TempDir> {
        let site = tempfile::tempdir()?;
        for (name, content) in files {
            let file = site.path().join(name);
            fs::create_dir_all(file.parent().context("a file is in a folder")?)?;
            fs::write(file, content)?;
        }
        Ok(site)
    }

    const PAGE: &[u8] = b"<body>\n<script type=\"module\" async src=\"page.js\"></script>\n</body>";

    fn page_of(files: &[(&str, &[u8])]) -> Result<String> {
        let address = Url::parse("https://example.org/here/")?;
        one_file(site_of(files)?.path(), Path::new("page.html"), &address)
    }

    /// The sources in a page's import map, decoded.
    fn sources(page: &str) -> Result<BTreeMap<String, String>> {
        let map = page.split_once("<script type=\"importmap\">").context("no map")?.1;
        let map: serde_json::Value = serde_json::from_str(map.split_once("</script>").context("no end")?.0)?;
        let map: BTreeMap<String, String> = serde_json::from_value(map["imports"].clone())?;
        map.into_iter().map(|(name, address)| Ok((name, decoded(&address)?))).collect()
    }

    fn decoded(address: &str) -> Result<String> {
        if let Some((_, packed)) = address.split_once(";base64,") {
            return Ok(String::from_utf8(BASE64_STANDARD.decode(packed)?)?);
        }
        let mut bytes = Vec::new();
        let mut rest = address.split_once(',').context("no data")?.1.as_bytes();
        while let [first, after @ ..] = rest {
            rest = after;
            bytes.push(*first);
            if *first == b'%' {
                *bytes.last_mut().context("one byte")? =
                    u8::from_str_radix(str::from_utf8(&after[..2])?, 16)?;
                rest = &after[2..];
            }
        }
        Ok(String::from_utf8(bytes)?)
    }

    #[test]
    fn modules_find_one_another_by_bare_names() -> Result<()> {
        let page = page_of(&[
            ("page.html", PAGE),
            (
                "page.js",
                b"import a from './inner/a.js'; export * from \"./b.js\"; const s = \"from './b.js'\"",
            ),
            ("inner/a.js", b"export { b } from '../b.js'; // import './none.js'"),
            ("b.js", "import './page.js'; import(`./lazy.js`); \"ü #%<&\\n\"".as_bytes()),
            ("lazy.js", b"1"),
            ("unused.js", b"0"),
        ])?;
        let expected = [
            ("b.js", "import \"kmeans-board/page.js\"; import(\"kmeans-board/lazy.js\"); \"ü #%<&\\n\""),
            ("inner/a.js", "export { b } from \"kmeans-board/b.js\"; // import './none.js'"),
            ("lazy.js", "1"),
            (
                "page.js",
                "import a from \"kmeans-board/inner/a.js\"; export * from \"kmeans-board/b.js\"; const s = \"from './b.js'\"",
            ),
        ];
        let expected = expected.map(|(name, source)| (format!("{PREFIX}{name}"), source.to_owned()));
        assert_eq!(sources(&page)?, BTreeMap::from(expected));
        let after_map = page.split_once("</script>").context("the map ends")?.1;
        assert_eq!(after_map, "\n<script type=\"module\">import\"kmeans-board/page.js\"</script>\n</body>");
        Ok(())
    }

    #[test]
    fn wasm_is_unpacked_where_it_was_fetched() -> Result<()> {
        let page = page_of(&[
            ("page.html", PAGE),
            ("page.js", b"import './pkg/k.js'"),
            ("pkg/k.js", b"let at; at ??= new URL('k.wasm', import.meta.url); await at"),
            ("pkg/k.wasm", b"\0asm, again and again and again and again"),
        ])?;
        let source = &sources(&page)?["kmeans-board/pkg/k.js"];
        let (before, rest) = source.split_once("atob(\"").context("no Wasm")?;
        let (packed, after) = rest.split_once('"').context("no end of it")?;
        assert_eq!(before, "let at; at ??= new Response(new Response(Uint8Array.from(");
        assert!(after.ends_with("{headers:{\"content-type\":\"application/wasm\"}}); await at"), "{after}");
        let mut wasm = Vec::new();
        GzDecoder::new(&BASE64_STANDARD.decode(packed)?[..]).read_to_end(&mut wasm)?;
        assert_eq!(wasm, b"\0asm, again and again and again and again");
        Ok(())
    }

    #[test]
    fn a_workers_script_is_not_there() -> Result<()> {
        let page = page_of(&[
            ("page.html", PAGE),
            ("page.js", b"const script = new URL('./w.js', import.meta.url); script && new Worker(script)"),
        ])?;
        let expected = "const script = undefined; script && new Worker(script)";
        assert_eq!(sources(&page)?["kmeans-board/page.js"], expected);
        Ok(())
    }

    #[test]
    fn pictures_come_in_and_foresight_goes() -> Result<()> {
        let page = page_of(&[
            (
                "page.html",
                b"<!-- <img src=none.png> --><style>a > b { c: '<img src=none.png>' }</style>
                <link rel=\"icon\" href=\"a/icon.svg\" type=\"image/svg+xml\">
<link rel=preload href=k.wasm as=fetch>
<link rel=\"modulepreload\" href=\"none.js\">
                <noscript><img alt='p.png > b' src='p.png' width=\"6\"/></noscript>
                <link rel=alternate href=other.json><a href=\"other.html\">x < y</a><a href='#up'></a>",
            ),
            ("a/icon.svg", b"<svg a=\"b\"/>"),
            ("p.png", &[0x89, 0, 255, 254, 253, 252, 251, 250]),
        ])?;
        let expected = "<!-- <img src=none.png> --><style>a > b { c: '<img src=none.png>' }</style>
                <link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg%20a=%22b%22/%3E\" type=\"image/svg+xml\">
                <noscript><img alt='p.png > b' src='data:image/png;base64,iQD//v38+/o=' width=\"6\"/></noscript>
                <link rel=alternate href=other.json><a href=\"https://example.org/here/other.html\">x < y</a><a href='#up'></a>";
        assert_eq!(page, expected);
        Ok(())
    }

    #[test]
    fn nothing_in_a_module_ends_its_script() -> Result<()> {
        let source = b"const end = '</script><script>', start = '<!--'; /* \xe2\x80\xa8 \\ ' */ end + start";
        let page = page_of(&[("page.html", PAGE), ("page.js", source)])?;
        assert_eq!(page.matches("</script>").count(), 2);
        assert_eq!(page.matches("<!--").count(), 0);
        assert_eq!(sources(&page)?["kmeans-board/page.js"].as_bytes(), source);
        Ok(())
    }

    #[test]
    fn what_cannot_be_in_one_file_is_refused_by_name() {
        for (source, named) in [
            ("import './none.js'", "page.js needs none.js, which is not there"),
            ("import('./in/none.js')", "page.js needs in/none.js, which is not there"),
            ("export * from 'bare'", "page.js imports bare, which is not of this site"),
            ("import '/page.js'", "page.js imports /page.js, which is not of this site"),
            ("import 'https://example.org/a.js'", "page.js imports https://example.org/a.js, which is not"),
            ("import '../a.js'", "page.js names ../a.js, which is outside of the site"),
            ("import(`./${name}.js`)", "`import(`./${name}.js`)`"),
            ("new Worker(new URL('./w.js', import.meta.url))", "`new URL('./w.js', import.meta.url)`"),
            ("fetch(import.meta.url + '/../a')", "`import.meta`"),
            ("new URL('none.wasm', import.meta.url)", "page.js needs none.wasm, which is not there"),
            ("import from", "page.js is no JavaScript"),
        ] {
            let refused = page_of(&[("page.html", PAGE), ("page.js", source.as_bytes())]);
            let error = format!("{:#}", refused.expect_err(source));
            assert!(error.contains(named), "{source}: {error}");
        }
        for (page, named) in [
            ("<img src=none.png>", "page.html needs none.png, which is not there"),
            (
                "<img src=https://example.org/a.png>",
                "page.html names https://example.org/a.png, which is not",
            ),
            ("<script type=module>1</script>", "page.html has a module without a file of its own"),
            ("<iframe src=page.html></iframe>", "page.html is none of svg, png"),
            ("<script src=page.html></script>", "page.html is none of svg, png"),
            ("<link href=a.css rel=stylesheet>", "page.html has a stylesheet beside it"),
        ] {
            let error = format!("{:#}", page_of(&[("page.html", page.as_bytes())]).expect_err(page));
            assert!(error.contains(named), "{page}: {error}");
        }
    }
}
