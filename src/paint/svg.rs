//! The picture as an SVG document: true vectors, to print and to edit.

use super::{Before, Look, Moment, Path, Raster, Rgb, Surface, paint};
use crate::lloyd::{Lloyd, Phase};

/// The most dots of a document; of more points only every second, third or so is shown, and its `<desc>` says so.
///
/// So many take 750 KB, which programs that edit vectors still open in a moment. Points are left out along the search
/// tree, in which neighbours follow each other: so those shown lie as densely as all do.
pub const MAX_DOTS: usize = 20_000;

/// How a clustering stands, as an SVG document.
///
/// It shows what [`paint`] does, in the same colours and at rest: a circle for each point, up to [`MAX_DOTS`], and
/// the layers that the look asks for. Lengths are rounded to 0.01 pixels. `colours` come from
/// [`colours`](super::colours); the look's `scale` means nothing here.
pub fn svg(lloyd: &Lloyd, colours: &[u8], look: &Look) -> String {
    let mut document = Document { text: opening(lloyd, look), shape: String::new() };
    let moment = Moment { lloyd, before: &Before::default(), t: 1.0, colours };
    // What can fail are pixels, and there are none.
    let _ = paint(&moment, look, &mut Raster::default(), &mut document);
    document.text + "</svg>\n"
}

/// What stands before the shapes: the size, what is seen, and the board itself.
fn opening(lloyd: &Lloyd, look: &Look) -> String {
    let (n, k, iteration) = (lloyd.board().points().len(), lloyd.k(), lloyd.iteration());
    let (size, background, every) = (hundredths(look.size), look.background.css(), every(n));
    let half = if lloyd.phase() == Phase::Update { "½" } else { "" };
    let converged = if lloyd.is_converged() { ", converged" } else { "" };
    let thinned =
        if every > 1 { [" One point in ", &whole(every), " is shown."].concat() } else { String::new() };
    [
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"",
        &size,
        "\" height=\"",
        &size,
        "\" viewBox=\"0 0 ",
        &size,
        " ",
        &size,
        "\" role=\"img\" stroke-linejoin=\"round\" stroke-linecap=\"round\">\n<title>k-means: n = ",
        &whole(n),
        ", k = ",
        &whole(k),
        ", iteration ",
        &whole(iteration),
        half,
        converged,
        "</title>\n<desc>Dots are points in the colour of their cluster, stars are centroids.",
        &thinned,
        "</desc>\n<rect width=\"",
        &size,
        "\" height=\"",
        &size,
        "\" fill=\"",
        &background,
        "\"/>\n",
    ]
    .concat()
}

/// Of so many points, one in how many is shown.
fn every(n: usize) -> usize {
    n.div_ceil(MAX_DOTS)
}

/// A document that is being written.
struct Document {
    text: String,
    /// What has been traced: the data of a path, or circles.
    shape: String,
}

impl Document {
    fn trace(&mut self, command: &str, x: f64, y: f64) {
        append(&mut self.shape, &[command, &hundredths(x), " ", &hundredths(y)]);
    }

    /// Writes the shape in this style. Circles become a group, as opacity is meant for all of them together.
    fn mark(&mut self, style: &str, opacity: f64) {
        let (shape, opacity) = (self.shape.as_str(), hundredths(opacity));
        let of_group = ["<g ", style, " opacity=\"", &opacity, "\">", shape, "</g>\n"];
        let of_path = ["<path ", style, " opacity=\"", &opacity, "\" d=\"", shape, "\"/>\n"];
        append(&mut self.text, if shape.starts_with('<') { &of_group } else { &of_path });
    }
}

impl Path for Document {
    fn move_to(&mut self, x: f64, y: f64) {
        self.trace("M", x, y);
    }

    fn line_to(&mut self, x: f64, y: f64) {
        self.trace("L", x, y);
    }

    fn circle(&mut self, x: f64, y: f64, radius: f64) {
        let [x, y, radius] = [x, y, radius].map(hundredths);
        append(&mut self.shape, &["<circle cx=\"", &x, "\" cy=\"", &y, "\" r=\"", &radius, "\"/>"]);
    }

    fn close(&mut self) {
        self.shape.push('Z');
    }
}

impl Surface for Document {
    fn begin(&mut self) {
        self.shape.clear();
    }

    fn fill(&mut self, colour: Rgb, opacity: f64) {
        self.mark(&["fill=\"", &colour.css(), "\""].concat(), opacity);
    }

    fn stroke(&mut self, colour: Rgb, opacity: f64, width: f64) {
        let (colour, width) = (colour.css(), hundredths(width));
        let style = ["fill=\"none\" stroke=\"", &colour, "\" stroke-width=\"", &width, "\""].concat();
        self.mark(&style, opacity);
    }

    fn every_as_circle(&self, n: usize) -> Option<usize> {
        Some(every(n))
    }

    fn pixels(&mut self, _: &mut Raster) {}
}

/// Writes one text after the other.
fn append(text: &mut String, parts: &[&str]) {
    for part in parts {
        *text += part;
    }
}

/// A number to two places, or to none where they are 0.
fn hundredths(number: f64) -> String {
    let all = (number * 100.0).round() as i32;
    let sign = if all < 0 { "-" } else { "" };
    let (units, part) = (whole(all.unsigned_abs() as usize / 100), all.unsigned_abs() as usize % 100);
    if part == 0 {
        [sign, &units].concat()
    } else {
        [sign, &units, ".", &whole(part / 10), &whole(part % 10)].concat()
    }
}

/// A number in digits. The standard library can write any number in any way, which is a twentieth of the Wasm.
fn whole(number: usize) -> String {
    let before = if number < 10 { String::new() } else { whole(number / 10) };
    before + ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"][number % 10]
}
