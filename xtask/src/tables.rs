//! The guide's reference tables, from the one description of the element: `www/custom-elements.json`.
//!
//! Where a page says `<!-- table: attributes -->`, it gets the table of attributes; and so for `properties`, `methods`,
//! `events`, `css-properties` and `css-parts`.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// What a table is of: its name, what it is called, and its columns.
struct Table {
    name: &'static str,
    title: &'static str,
    columns: &'static [Column],
}

/// A column's heading, and what stands in it of an entry, as HTML.
type Column = (&'static str, fn(&Value) -> String);

const WHAT: Column = ("what", |entry| prose(text(&entry["description"])));
const NAME: Column = ("name", |entry| code(text(&entry["name"])));
const DEFAULT: Column = ("default", |entry| prose(text(&entry["default"])));
const TYPE: Column = ("type", |entry| {
    let read_only = if entry["readonly"] == true { ", read-only" } else { "" };
    code(text(&entry["type"]["text"])) + read_only
});

const TABLES: [Table; 6] = [
    Table {
        name: "attributes",
        title: "Attributes",
        columns: &[
            ("attribute", NAME.1),
            ("property", |entry| code(text(&entry["fieldName"]))),
            TYPE,
            DEFAULT,
            WHAT,
        ],
    },
    Table { name: "properties", title: "Other properties", columns: &[("property", NAME.1), TYPE, WHAT] },
    Table {
        name: "methods",
        title: "Methods",
        columns: &[("method", |entry| code(&signature(entry))), ("returns", returned), WHAT],
    },
    Table { name: "events", title: "Events", columns: &[("event", NAME.1), TYPE, WHAT] },
    Table {
        name: "css-properties",
        title: "Custom properties",
        columns: &[("property", NAME.1), DEFAULT, WHAT],
    },
    Table { name: "css-parts", title: "Parts", columns: &[("part", NAME.1), WHAT] },
];

/// The page with its tables.
pub(crate) fn with_tables(page: &str, manifest: &str) -> Result<String> {
    const BEFORE: &str = "<!-- table: ";
    let mut result = String::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once(BEFORE) {
        let (name, after) = after.split_once(" -->").context("a table's name does not end")?;
        let table = TABLES.iter().find(|table| table.name == name).with_context(|| unknown(name))?;
        result += before;
        result += &html(table, &entries(&serde_json::from_str(manifest)?, name)?);
        rest = after;
    }
    Ok(result + rest)
}

fn unknown(name: &str) -> String {
    let names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
    format!("there is no table \"{name}\", there are {}", names.join(", "))
}

/// What the manifest says of the element under this name.
fn entries(manifest: &Value, name: &str) -> Result<Vec<Value>> {
    let element = &manifest["modules"][0]["declarations"][0];
    let members = |is_of: fn(&Value) -> bool| {
        let members = element["members"].as_array().map(Vec::as_slice).unwrap_or_default();
        Value::from(members.iter().filter(|member| is_of(member)).cloned().collect::<Vec<_>>())
    };
    let list = match name {
        "properties" => members(|member| member["kind"] == "field" && member["attribute"].is_null()),
        "methods" => members(|member| member["kind"] == "method"),
        "css-properties" => element["cssProperties"].clone(),
        "css-parts" => element["cssParts"].clone(),
        _ => element[name].clone(),
    };
    match list {
        Value::Array(entries) if !entries.is_empty() => Ok(entries),
        _ => bail!("the element's description has no {name}"),
    }
}

fn html(table: &Table, entries: &[Value]) -> String {
    let mut html = format!(
        "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">\n<table>\n<thead><tr>",
        table.title
    );
    for (heading, _) in table.columns {
        let _ = write!(html, "<th scope=\"col\">{heading}</th>");
    }
    html += "</tr></thead>\n<tbody>\n";
    for entry in entries {
        let _ = write!(html, "<tr id=\"{}-{}\">", table.name, text(&entry["name"]).trim_start_matches('-'));
        for (i, (_, cell)) in table.columns.iter().enumerate() {
            let tag = if i == 0 { "th scope=\"row\"" } else { "td" };
            let _ = write!(html, "<{tag}>{}</{}>", cell(entry), &tag[..2]);
        }
        html += "</tr>\n";
    }
    html + "</tbody>\n</table>\n</div>"
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn prose(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", prose(text))
}

/// A method as it is called: `seek(iteration)`, `run(max = 300)`.
fn signature(method: &Value) -> String {
    let parameters = method["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    let written = parameters.iter().map(|parameter| match text(&parameter["default"]) {
        "" => text(&parameter["name"]).to_owned(),
        default => format!("{} = {default}", text(&parameter["name"])),
    });
    format!("{}({})", text(&method["name"]), written.collect::<Vec<_>>().join(", "))
}

fn returned(method: &Value) -> String {
    let about = prose(text(&method["return"]["description"]));
    match text(&method["return"]["type"]["text"]) {
        "undefined" | "" => String::new(),
        returned if about.is_empty() => code(returned),
        returned => format!("{} {about}", code(returned)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = include_str!("../../www/custom-elements.json");

    #[test]
    fn every_table_has_a_row_for_each_entry() -> Result<()> {
        for table in &TABLES {
            let page = with_tables(&format!("a<!-- table: {} -->b", table.name), MANIFEST)?;
            let count = entries(&serde_json::from_str(MANIFEST)?, table.name)?.len();
            assert_eq!(page.matches("<tr id=").count(), count, "{page}");
            assert_eq!(page.matches("<td>").count(), count * (table.columns.len() - 1), "{page}");
            assert!(page.starts_with("a<div") && page.ends_with("</div>b"), "{page}");
        }
        Ok(())
    }

    #[test]
    fn methods_are_written_as_they_are_called() -> Result<()> {
        let page = with_tables("<!-- table: methods -->", MANIFEST)?;
        for call in ["<code>run(max = 300)</code>", "<code>seek(iteration)</code>", "<code>play()</code>"] {
            assert!(page.contains(call), "{page}");
        }
        assert!(page.contains("<tr id=\"methods-seek\">"), "{page}");
        Ok(())
    }

    #[test]
    fn what_stands_for_code_does_not_become_markup() -> Result<()> {
        let page = with_tables("<!-- table: properties -->", MANIFEST)?;
        assert!(page.contains("<code>Promise&lt;KMeansBoard></code>, read-only"), "{page}");
        Ok(())
    }

    #[test]
    fn a_table_that_is_not_known_is_an_error_that_names_those_that_are() {
        let error = with_tables("<!-- table: atributes -->", MANIFEST).expect_err("a typo").to_string();
        assert!(error.contains("\"atributes\"") && error.contains("attributes, properties"), "{error}");
    }
}
