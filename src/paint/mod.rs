//! The picture of a board: geometry in, shapes out, for anything that has a path or pixels.

mod dots;
mod palette;
mod shapes;
mod svg;
#[cfg(feature = "large")]
mod weights;

pub use dots::Raster;
pub use palette::{DARK, LIGHT, Rgb, colours};
pub use svg::{MAX_DOTS, svg};
#[cfg(feature = "large")]
pub use weights::{MOST_DISCS, Weights};

use crate::error::Error;
use crate::lloyd::Lloyd;
use crate::point::{Bounds, Point};
use crate::voronoi;
use dots::{Dots, MOST_IN_MOTION};
use palette::Palette;

/// Anything that a shape can be traced on: a canvas, an SVG path, a recorder in a test.
pub trait Path {
    /// Starts a new line.
    fn move_to(&mut self, x: f64, y: f64);
    /// Draws the line on.
    fn line_to(&mut self, x: f64, y: f64);
    /// Adds a whole circle.
    fn circle(&mut self, x: f64, y: f64, radius: f64);
    /// Closes the line.
    fn close(&mut self);
}

/// A path that can be painted. Lengths are CSS pixels from the upper left corner; opacity goes from 0 to 1.
pub trait Surface: Path {
    /// Forgets the path that was traced.
    fn begin(&mut self);
    /// Fills the path.
    fn fill(&mut self, colour: Rgb, opacity: f64);
    /// Strokes the path.
    fn stroke(&mut self, colour: Rgb, opacity: f64, width: f64);
    /// Puts device pixels over the whole picture.
    fn pixels(&mut self, raster: &mut Raster);
    /// Of a board of n points, one in how many it takes as a circle; `None` where many points come as pixels.
    fn every_as_circle(&self, _n: usize) -> Option<usize> {
        None
    }
}

/// How a picture should look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// The side of the square picture, in CSS pixels.
    pub size: f64,
    /// Device pixels to a CSS pixel.
    pub scale: f64,
    /// The board's own colour.
    pub background: Rgb,
    /// The colour of outlines.
    pub ink: Rgb,
    /// Which layers are shown.
    pub layers: Layers,
}

/// The layers of a picture that can be left out; the points are always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layers {
    /// The Voronoi cells behind the points.
    pub cells: bool,
    /// The ways of the centroids since the seeding.
    pub trails: bool,
    /// The centroids.
    pub centroids: bool,
}

/// What was there before: a picture moves from here to how things stand.
#[derive(Debug, Clone, Default)]
pub struct Before {
    /// In the order of the board's index; none where there was nothing, or are too many for a motion.
    labels: Vec<u16>,
    has_clusters: bool,
    /// None of them where the centroids are new and appear.
    centroids: Vec<Point>,
}

impl Before {
    /// How a clustering stands now, to move on from.
    pub fn of(lloyd: &Lloyd) -> Self {
        let mut before = Self::default();
        before.become_now(lloyd);
        before
    }

    /// Takes how a clustering stands now in the place of what was there.
    pub fn become_now(&mut self, lloyd: &Lloyd) {
        let (index, labels) = (lloyd.board().index(), lloyd.assignment());
        self.labels.clear();
        if index.len() <= MOST_IN_MOTION {
            labels.flatten(index, &mut self.labels);
        }
        self.has_clusters = labels.are_given(index);
        lloyd.centroids().clone_into(&mut self.centroids);
    }

    /// The same labels, but no centroids: the next ones will appear where they are.
    #[must_use]
    pub fn without_centroids(self) -> Self {
        Self { centroids: Vec::new(), ..self }
    }
}

/// A moment on the way from before to now.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// How things stand now.
    pub lloyd: &'a Lloyd,
    /// How they stood before.
    pub before: &'a Before,
    /// How far the motion has come: 0 is before, 1 is now.
    pub t: f64,
    /// Each cluster's place in the palette, from [`colours`].
    pub colours: &'a [u8],
}

/// Paints a moment, from the cells at the back to the centroids on top.
///
/// # Errors
/// [`Error::Memory`] when there is none for the pixels of many points; they are left out then.
pub fn paint(
    moment: &Moment,
    look: &Look,
    raster: &mut Raster,
    surface: &mut dyn Surface,
) -> Result<(), Error> {
    let picture = Picture::new(moment, look);
    if look.layers.cells {
        picture.cells(surface);
    }
    let painted = Dots::new(moment, picture.palette, &picture.view, look).paint(raster, surface);
    if look.layers.trails {
        picture.trails(surface);
    }
    if look.layers.centroids {
        picture.stars(surface);
    }
    painted
}

/// The margin of a picture around its board's bounds, as a share of each side: no dot on their edge is cut.
pub(crate) const MARGIN: f64 = 0.02;

/// From the plane to the picture: y grows upwards there and downwards here.
#[derive(Debug, Clone, Copy)]
struct View {
    bounds: Bounds,
    unit: f64,
}

impl View {
    /// The board with its margin, from the upper left corner.
    fn new(bounds: Bounds, size: f64) -> Self {
        let bounds = bounds.grown(MARGIN);
        Self { bounds, unit: size / bounds.width().max(bounds.height()) }
    }

    fn place(&self, point: Point) -> Point {
        Point::new((point.x - self.bounds.min.x) * self.unit, (self.bounds.max.y - point.y) * self.unit)
    }
}

/// More clusters than this are painted by colour, with the thinnest lines that have their full strength: for so many,
/// one path each takes too long, and so do broad lines with round corners.
const MANY: usize = 100;

/// What all layers share.
struct Picture<'a> {
    moment: &'a Moment<'a>,
    look: &'a Look,
    palette: &'static Palette,
    view: View,
    /// Where the centroids are at this moment.
    centroids: Vec<Point>,
    /// The clusters that are painted together.
    groups: Vec<Vec<usize>>,
    is_crowded: bool,
}

impl<'a> Picture<'a> {
    fn new(moment: &'a Moment<'a>, look: &'a Look) -> Self {
        let palette = Palette::on(look.background);
        let view = View::new(moment.lloyd.board().bounds(), look.size);
        let centroids = centroids_at(moment);
        let k = centroids.len();
        let is_crowded = k > MANY;
        let mut groups = vec![Vec::new(); k];
        for j in 0..k {
            groups[if is_crowded { moment.colours[j].into() } else { j }].push(j);
        }
        groups.retain(|group| !group.is_empty());
        Self { moment, look, palette, view, centroids, groups, is_crowded }
    }

    fn colour(&self, j: usize) -> Rgb {
        self.palette.colour(self.moment.colours[j])
    }

    /// The cells come with the first labels.
    fn cells(&self, surface: &mut dyn Surface) {
        let lloyd = self.moment.lloyd;
        let before = f64::from(self.moment.before.has_clusters);
        let now = f64::from(lloyd.assignment().are_given(lloyd.board().index()));
        let presence = before + (now - before) * self.moment.t;
        if presence == 0.0 {
            return;
        }
        let cells = voronoi::cells(&self.centroids, &self.view.bounds);
        for group in &self.groups {
            self.trace_cells(&cells, group, surface);
            surface.fill(self.colour(group[0]), self.palette.cell_opacity * presence);
        }
        let all = [(0..cells.len()).collect()];
        let (groups, width) =
            if self.is_crowded { (&self.groups[..], self.hairline()) } else { (&all[..], 1.5) };
        for group in groups {
            self.trace_cells(&cells, group, surface);
            surface.stroke(self.look.background, presence, width);
        }
    }

    fn trace_cells(&self, cells: &[Vec<Point>], group: &[usize], surface: &mut dyn Surface) {
        surface.begin();
        for &j in group {
            shapes::polygon(cells[j].iter().map(|corner| self.view.place(*corner)), surface);
        }
    }

    fn trails(&self, surface: &mut dyn Surface) {
        let lloyd = self.moment.lloyd;
        for (j, &now) in self.centroids.iter().enumerate() {
            let past = (0..lloyd.iteration()).map(|i| lloyd.centroids_after(i)[j]);
            let stations = shapes::thinned(past.map(|point| self.view.place(point)));
            if stations.is_empty() {
                continue;
            }
            surface.begin();
            shapes::line(stations.iter().copied().chain([self.view.place(now)]), surface);
            if self.is_crowded {
                surface.stroke(self.colour(j), 0.85, self.hairline());
                continue;
            }
            surface.stroke(self.colour(j), 0.85, 1.25);
            surface.begin();
            for station in stations {
                surface.circle(station.x, station.y, 1.75);
            }
            surface.fill(self.colour(j), 0.85);
        }
    }

    fn stars(&self, surface: &mut dyn Surface) {
        let is_new = self.moment.before.centroids.len() != self.centroids.len();
        let growth = if is_new { eased(self.moment.t) } else { 1.0 };
        let radius = star_radius(self.look.size, self.centroids.len()) * growth;
        if radius < 0.5 {
            return;
        }
        let outline = if self.is_crowded { outline(radius).min(self.hairline()) } else { outline(radius) };
        for group in &self.groups {
            if self.is_crowded {
                self.trace_stars(group, 1.45 * radius, surface);
                surface.fill(self.look.background, 1.0);
            }
            self.trace_stars(group, radius, surface);
            if !self.is_crowded {
                surface.stroke(self.look.background, 1.0, halo(radius));
            }
            surface.fill(self.colour(group[0]), 1.0);
            surface.stroke(self.look.ink, 1.0, outline);
        }
    }

    fn trace_stars(&self, group: &[usize], radius: f64, surface: &mut dyn Surface) {
        surface.begin();
        for &j in group {
            shapes::star(self.view.place(self.centroids[j]), radius, surface);
        }
    }

    /// As broad as a device's pixel.
    fn hairline(&self) -> f64 {
        1.0 / self.look.scale
    }
}

fn centroids_at(moment: &Moment) -> Vec<Point> {
    let (before, now) = (&moment.before.centroids, moment.lloyd.centroids());
    if before.len() != now.len() {
        return now.to_vec();
    }
    let t = eased(moment.t);
    before.iter().zip(now).map(|(from, to)| from.towards(*to, t)).collect()
}

/// Ease in and out: slow at both ends.
fn eased(t: f64) -> f64 {
    t * t * (3.0 - 2.0 * t)
}

/// How wide a star's halo is traced, half of it outside.
fn halo(radius: f64) -> f64 {
    (radius * 0.45).min(5.0)
}

/// How wide a star's outline is.
fn outline(radius: f64) -> f64 {
    (radius * 0.12).min(1.4)
}

/// Stars shrink with the board, and where there are many: also on a small board all of them leave most of it free.
fn star_radius(size: f64, k: usize) -> f64 {
    (6.5 + size * 0.008).min(0.22 * size / (k as f64).sqrt()).max(1.0)
}
