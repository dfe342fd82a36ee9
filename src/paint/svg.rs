//! The picture as an SVG document: true vectors, to print and to edit.

use core::fmt::{self, Write as _};

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
    let (size, background, every) = (Hundredths(look.size), look.background, every(n));
    let half = if lloyd.phase() == Phase::Update { "½" } else { "" };
    let converged = if lloyd.is_converged() { ", converged" } else { "" };
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{size}\" height=\"{size}\" viewBox=\"0 0 {size} {size}\" \
         role=\"img\" stroke-linejoin=\"round\" stroke-linecap=\"round\">\n\
         <title>k-means: n = {n}, k = {k}, iteration {iteration}{half}{converged}</title>\n\
         <desc>Dots are points in the colour of their cluster, stars are centroids."
    );
    if every > 1 {
        let _ = write!(text, " One point in {every} is shown.");
    }
    let _ = writeln!(text, "</desc>\n<rect width=\"{size}\" height=\"{size}\" fill=\"{background}\"/>");
    text
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
        let _ = write!(self.shape, "{command}{} {}", Hundredths(x), Hundredths(y));
    }

    /// Writes the shape in this style. Circles become a group, as opacity is meant for all of them together.
    fn mark(&mut self, style: fmt::Arguments, opacity: f64) {
        let (shape, opacity) = (&self.shape, Hundredths(opacity));
        let _ = if shape.starts_with('<') {
            writeln!(self.text, "<g {style} opacity=\"{opacity}\">{shape}</g>")
        } else {
            writeln!(self.text, "<path {style} opacity=\"{opacity}\" d=\"{shape}\"/>")
        };
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
        let [x, y, radius] = [x, y, radius].map(Hundredths);
        let _ = write!(self.shape, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>");
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
        self.mark(format_args!("fill=\"{colour}\""), opacity);
    }

    fn stroke(&mut self, colour: Rgb, opacity: f64, width: f64) {
        let width = Hundredths(width);
        self.mark(format_args!("fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\""), opacity);
    }

    fn every_as_circle(&self, n: usize) -> Option<usize> {
        Some(every(n))
    }

    fn pixels(&mut self, _: &mut Raster) {}
}

/// A number to two places, which come from integers: to write a fraction itself would add a tenth to the Wasm.
#[derive(Clone, Copy)]
struct Hundredths(f64);

impl fmt::Display for Hundredths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = (self.0 * 100.0).round() as i32;
        let (whole, part) = (hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
        let sign = if hundredths < 0 { "-" } else { "" };
        write!(f, "{sign}{whole}")?;
        if part == 0 { Ok(()) } else { write!(f, ".{part:02}") }
    }
}
