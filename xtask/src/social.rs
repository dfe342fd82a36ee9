//! What other sites show of a page that somebody links to: its title, its description, and one picture for all of them.

use anyhow::{Context, Result};
use url::Url;

/// The picture; `cargo run -p browser-tests --example card` draws it.
const CARD: &str = "card.png";
const CARD_SIZE: [u32; 2] = [1200, 630];
const CARD_ALT: &str = "Twelve clumps of points in as many colours, each with a star in its middle";

/// A page of the site with its card, by the Open Graph protocol; one that does not describe itself stays as it is.
pub(crate) fn with_card(page: &str, file: &str, address: &Url) -> Result<String> {
    let Some(description) = between(page, "<meta name=\"description\" content=\"", "\"") else {
        return Ok(page.to_owned());
    };
    let title = between(page, "<title>", "</title>").with_context(|| format!("{file} has no title"))?;
    let place = address.join(if file == "index.html" { "" } else { file })?;
    let [width, height] = CARD_SIZE;
    let named = |name: &str, content: &str| format!("<meta property=\"og:{name}\" content=\"{content}\">\n");
    let card = [
        named("type", "website"),
        named("title", title),
        named("description", description),
        named("url", place.as_str()),
        named("image", address.join(CARD)?.as_str()),
        named("image:width", &width.to_string()),
        named("image:height", &height.to_string()),
        named("image:alt", CARD_ALT),
        "<meta name=\"twitter:card\" content=\"summary_large_image\">\n".to_owned(),
    ];
    Ok(page.replacen("</head>", &(card.concat() + "</head>"), 1))
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    Some(text.split_once(before)?.1.split_once(after)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str =
        "<head>\n<title>A page</title>\n<meta name=\"description\" content=\"What it has.\">\n</head>";

    #[test]
    fn a_page_has_its_own_words_and_the_picture_of_the_site() -> Result<()> {
        let address = Url::parse("https://example.org/kmeans/")?;
        let page = with_card(PAGE, "tutorial.html", &address)?;
        for (name, content) in [
            ("title", "A page"),
            ("description", "What it has."),
            ("url", "https://example.org/kmeans/tutorial.html"),
            ("image", "https://example.org/kmeans/card.png"),
        ] {
            let tag = format!("<meta property=\"og:{name}\" content=\"{content}\">");
            assert!(page.contains(&tag), "no {tag} in {page}");
        }
        let first = with_card(PAGE, "index.html", &address)?;
        assert!(first.contains("og:url\" content=\"https://example.org/kmeans/\""), "{first}");
        Ok(())
    }

    #[test]
    fn a_page_that_is_not_to_be_found_has_no_card() -> Result<()> {
        let page = "<head>\n<title>In an iframe</title>\n</head>";
        assert_eq!(with_card(page, "embed.html", &Url::parse("https://example.org/")?)?, page);
        Ok(())
    }

    #[test]
    fn the_picture_is_as_large_as_is_said() -> Result<()> {
        let png = std::fs::read(crate::root().join("www").join(CARD))?;
        // A PNG's width and height are the eight bytes after its signature and its first chunk's head.
        assert_eq!(png[16..24], CARD_SIZE.map(u32::to_be_bytes).concat());
        Ok(())
    }
}
