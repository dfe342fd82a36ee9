//! The board that the page opens on, drawn into the page itself: its points are there with the first paint.
//!
//! The element with the attribute `data-opening` gets its points as an SVG path among its children, which are seen until
//! the element paints. They come from the core, as they do in the browser, and so stand where the canvas has them. An
//! address that asks for another board takes them out before anything is painted.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use kmeans_board::paint::{Before, Layers, Look, Moment, Path, Raster, Rgb, Surface, colours, paint};
use kmeans_board::{Board, Lloyd, Recipe, Seeding};

/// The side of the picture that is written, in units so small that whole ones suffice.
const SIDE: f64 = 1000.0;
/// The usual sides of the board in the page, in pixels.
const DESKTOP: f64 = 540.0;
const PHONE: f64 = 390.0;
/// The backgrounds decide about the colour of points, in the light and in the dark.
const LIGHT: Rgb = Rgb(0xff, 0xff, 0xff);
const DARK: Rgb = Rgb(0x10, 0x12, 0x16);

/// Who asks for another board sees none of this.
const UNLESS_ASKED: &str =
    "<script>if(location.hash[1])document.currentScript.previousElementSibling.remove()</script>";

/// The page with the points of its opening, if it has one.
pub(crate) fn with_opening(page: &str) -> Result<String> {
    const BEFORE: &str = "data-opening=\"";
    let Some((before, rest)) = page.split_once(BEFORE) else { return Ok(page.to_owned()) };
    let (query, rest) = rest.split_once('"').context("data-opening does not end")?;
    let (tag, children) = rest.split_once('>').context("the tag of data-opening does not end")?;
    let board = opening(&query.replace("&amp;", "&"))?;
    let picture = picture(&Lloyd::seeded(board, 1, Seeding::Random, 0)?)?;
    Ok(format!("{before}{BEFORE}{query}\"{tag}>\n{picture}{UNLESS_ASKED}{children}"))
}

/// The board of an address's fragment.
fn opening(query: &str) -> Result<Board> {
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .find(|pair| pair.0 == name)
            .map(|pair| pair.1)
            .with_context(|| format!("data-opening has no {name}"))
    };
    let recipe = Recipe::new(value("board")?.parse()?, value("seed")?.parse()?);
    Ok(Board::draw(recipe.with_n(value("n")?.parse()?))?)
}

fn picture(lloyd: &Lloyd) -> Result<String> {
    let (mut light, dark) = (Dots::of(lloyd, SIDE, LIGHT)?, Dots::of(lloyd, SIDE, DARK)?);
    light.places.sort_unstable_by_key(|place| place.1); // downwards, each step is short to say
    let (large, small) = (width(lloyd, DESKTOP)?, width(lloyd, PHONE)?);
    let mut path = String::new();
    let mut last = (0, 0);
    for (x, y) in light.places {
        write!(path, "m{} {}h0", x - last.0, y - last.1)?;
        last = (x, y);
    }
    let path = path.replace(" -", "-");
    Ok(format!(
        "<svg viewBox=\"0 0 {SIDE} {SIDE}\" aria-hidden=\"true\"><style>#board>svg{{stroke:light-dark({},{});\
         stroke-opacity:{};stroke-width:{large}}}@media(width<=900px){{#board>svg{{stroke-width:{small}}}}}</style>\
         <path d=\"{path}\"/></svg>",
        light.colour, dark.colour, light.opacity,
    ))
}

/// How wide a dot is in units, on a board of this side in pixels: on a small one dots are larger beside it.
fn width(lloyd: &Lloyd, side: f64) -> Result<f64> {
    Ok((2.0 * Dots::of(lloyd, side, LIGHT)?.radius * SIDE / side).round())
}

/// What the painter made of the points.
struct Dots {
    places: Vec<(i32, i32)>,
    radius: f64,
    colour: Rgb,
    opacity: f64,
}

impl Dots {
    fn of(lloyd: &Lloyd, size: f64, background: Rgb) -> Result<Self> {
        let layers = Layers { cells: false, trails: false, centroids: false };
        let look = Look { size, scale: 1.0, background, ink: DARK, layers };
        let moment =
            Moment { lloyd, before: &Before::default(), t: 1.0, colours: &colours(lloyd.centroids()) };
        let mut dots = Self { places: Vec::new(), radius: 0.0, colour: background, opacity: 0.0 };
        paint(&moment, &look, &mut Raster::default(), &mut dots)?;
        Ok(dots)
    }
}

impl Path for Dots {
    fn move_to(&mut self, _: f64, _: f64) {}

    fn line_to(&mut self, _: f64, _: f64) {}

    fn circle(&mut self, x: f64, y: f64, radius: f64) {
        self.places.push((x.round() as i32, y.round() as i32));
        self.radius = radius;
    }

    fn close(&mut self) {}
}

impl Surface for Dots {
    fn begin(&mut self) {}

    fn fill(&mut self, colour: Rgb, opacity: f64) {
        (self.colour, self.opacity) = (colour, opacity);
    }

    fn stroke(&mut self, _: Rgb, _: f64, _: f64) {}

    fn pixels(&mut self, _: &mut Raster) {}

    /// Whatever their number, all of them.
    fn every_as_circle(&self, _: usize) -> Option<usize> {
        Some(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str =
        "<main>\n<b data-opening=\"board=uniform&amp;n=3&amp;seed=9\" id=\"b\">\n<i></i>\n</b>";

    #[test]
    fn a_page_gets_a_dot_for_each_point_of_its_opening() -> Result<()> {
        let page = with_opening(PAGE)?;
        assert_eq!(page.matches("h0").count(), 3, "{page}");
        assert!(page.contains("id=\"b\">\n<svg viewBox=\"0 0 1000 1000\""), "{page}");
        assert!(page.ends_with("</script>\n<i></i>\n</b>"), "{page}");
        let other = with_opening(&PAGE.replace("seed=9", "seed=8"))?;
        assert_ne!(page, other);
        Ok(())
    }

    #[test]
    fn the_dots_are_as_large_as_the_painter_would_have_them() -> Result<()> {
        let lloyd = Lloyd::seeded(opening("board=uniform&n=100&seed=1")?, 1, Seeding::Random, 0)?;
        let radius = |side| Dots::of(&lloyd, side, LIGHT).map(|dots| dots.radius);
        assert!((width(&lloyd, PHONE)? * PHONE / SIDE / 2.0 - radius(PHONE)?).abs() < 0.05);
        assert!(width(&lloyd, PHONE)? > width(&lloyd, DESKTOP)?);
        Ok(())
    }

    #[test]
    fn a_page_without_an_opening_stays_as_it_is() -> Result<()> {
        assert_eq!(with_opening("<p>text")?, "<p>text");
        Ok(())
    }

    #[test]
    fn an_opening_that_cannot_be_drawn_is_an_error_that_says_why() {
        for (from, to, message) in [
            ("uniform", "unknown", "no board called \"unknown\""),
            ("n=3&amp;", "", "no n"),
            ("n=3", "n=0", "from 1 to 4"),
            ("seed=9", "seed=x", "invalid digit"),
        ] {
            let error = with_opening(&PAGE.replace(from, to)).expect_err(to).to_string();
            assert!(error.contains(message), "{error}");
        }
    }
}
