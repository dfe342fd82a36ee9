//! oEmbed: how another site that is given an address of ours learns what to show in its own pages.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use url::Url;

/// The description's name inside the site.
pub(crate) const FILE: &str = "oembed.json";

/// How large the board is where nobody asks it for its height: as wide as high, and the controls below.
const WIDTH: u32 = 600;
const HEIGHT: u32 = WIDTH + 48;

/// Writes the description of a site, for whoever finds it at this address, and the link to it into its first page.
pub(crate) fn write(site: &Path, address: &Url) -> Result<()> {
    let page = site.join("index.html");
    let text = fs::read_to_string(&page)?;
    let title = title_of(&text).with_context(|| format!("{} has no title", page.display()))?;
    fs::write(site.join(FILE), serde_json::to_string_pretty(&description(title, address))? + "\n")?;
    Ok(fs::write(&page, text.replacen("</head>", &(link(title, address) + "</head>"), 1))?)
}

fn title_of(page: &str) -> Option<&str> {
    Some(page.split_once("<title>")?.1.split_once("</title>")?.0)
}

/// By oEmbed 1.0, section 2.3.4: something that HTML can show.
fn description(title: &str, address: &Url) -> Value {
    let html = format!(
        r#"<iframe src="{address}embed.html" width="{WIDTH}" height="{HEIGHT}" sandbox="allow-scripts" title="{title}" style="border:0;max-width:100%"></iframe>"#
    );
    json!({
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": title,
        "provider_url": address.as_str(),
        "width": WIDTH,
        "height": HEIGHT,
        "html": html,
    })
}

fn link(title: &str, address: &Url) -> String {
    format!(
        "<link rel=\"alternate\" type=\"application/json+oembed\" href=\"{address}{FILE}\" title=\"{title}\">\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_says_how_it_is_embedded_from_anywhere() -> Result<()> {
        let site = tempfile::tempdir()?;
        let page = site.path().join("index.html");
        fs::write(&page, "<head>\n<title>A board</title>\n</head>\n<body></body>\n")?;
        write(site.path(), &Url::parse("https://example.org/kmeans/")?)?;
        let expected = "<head>\n<title>A board</title>\n<link rel=\"alternate\" type=\"application/json+oembed\" \
                        href=\"https://example.org/kmeans/oembed.json\" title=\"A board\">\n</head>\n<body></body>\n";
        assert_eq!(fs::read_to_string(&page)?, expected);
        let told: Value = serde_json::from_str(&fs::read_to_string(site.path().join(FILE))?)?;
        for (name, value) in [
            ("version", json!("1.0")),
            ("type", json!("rich")),
            ("title", json!("A board")),
            ("provider_name", json!("A board")),
            ("provider_url", json!("https://example.org/kmeans/")),
            ("width", json!(600)),
            ("height", json!(648)),
        ] {
            assert_eq!(told[name], value, "{name}");
        }
        let html = told["html"].as_str().context("no html")?;
        let frame =
            "<iframe src=\"https://example.org/kmeans/embed.html\" width=\"600\" height=\"648\" sandbox=";
        assert!(html.starts_with(frame) && html.contains("\"allow-scripts\" title=\"A board\""), "{html}");
        Ok(())
    }
}
