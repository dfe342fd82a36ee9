//! A surface that remembers what is painted on it.

use kmeans_board::paint::{Path, Raster, Rgb, Surface};

/// One command of a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Trace {
    Move(f64, f64),
    Line(f64, f64),
    Circle(f64, f64, f64),
    Close,
}

/// A path that was filled or stroked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mark {
    pub(crate) path: Vec<Trace>,
    pub(crate) colour: Rgb,
    pub(crate) opacity: f64,
    /// `None` for a fill.
    pub(crate) width: Option<f64>,
}

/// A surface that remembers what is painted on it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Recorder {
    pub(crate) path: Vec<Trace>,
    pub(crate) marks: Vec<Mark>,
    /// How many marks were there before pixels came.
    pub(crate) pixels_after: Vec<usize>,
}

impl Path for Recorder {
    fn move_to(&mut self, x: f64, y: f64) {
        self.path.push(Trace::Move(x, y));
    }

    fn line_to(&mut self, x: f64, y: f64) {
        self.path.push(Trace::Line(x, y));
    }

    fn circle(&mut self, x: f64, y: f64, radius: f64) {
        self.path.push(Trace::Circle(x, y, radius));
    }

    fn close(&mut self) {
        self.path.push(Trace::Close);
    }
}

impl Recorder {
    fn mark(&mut self, colour: Rgb, opacity: f64, width: Option<f64>) {
        self.marks.push(Mark { path: self.path.clone(), colour, opacity, width });
    }

    pub(crate) fn of_kind(&self, is_of_kind: fn(&Mark) -> bool) -> Vec<Mark> {
        self.marks.iter().filter(|mark| is_of_kind(mark)).cloned().collect()
    }

    /// Each dot with its colour, from left to right.
    pub(crate) fn dots(&self) -> Vec<(Trace, Rgb)> {
        let each = |mark: Mark| mark.path.into_iter().map(move |trace| (trace, mark.colour));
        let mut dots: Vec<_> = self.of_kind(is_dots).into_iter().flat_map(each).collect();
        dots.sort_by(|a, b| format!("{a:?}").cmp(&format!("{b:?}")));
        dots
    }
}

impl Surface for Recorder {
    fn begin(&mut self) {
        self.path.clear();
    }

    fn fill(&mut self, colour: Rgb, opacity: f64) {
        self.mark(colour, opacity, None);
    }

    fn stroke(&mut self, colour: Rgb, opacity: f64, width: f64) {
        self.mark(colour, opacity, Some(width));
    }

    fn pixels(&mut self, _: &mut Raster) {
        self.pixels_after.push(self.marks.len());
    }
}

pub(crate) fn is_dots(mark: &Mark) -> bool {
    mark.path.iter().all(|trace| matches!(trace, Trace::Circle(..)))
}
