//! The picture of a seeding, slowly: what each point weighs, as the area of a disc and as a part of a strip.

use core::f64::consts::PI;

use super::palette::{LIGHT, Palette, Rgb};
use super::{Look, Surface, View, eased, halo, outline, shapes, star_radius};
use crate::point::{Bounds, Point, sorted};
use crate::slow_seeding::{SlowSeeding, Weighed};

/// Up to so many points have a disc each; of more, those in a square of a grid share one.
pub const MOST_DISCS: usize = 2_000;
/// The squares of that grid along a side.
const GRID: usize = 44;
/// The share of the board that the discs cover together, as far as they do not overlap: those of a grid hardly do.
const COVER: f64 = 0.16;
const GRID_COVER: f64 = 0.3;
/// The smallest radius, so that every point is seen, and the largest, as shares of the board's side.
const RADII: (f64, f64) = (0.002, 0.08);
/// The largest radius of a star, as such a share: there are small boards, too.
const STAR: f64 = 0.06;
/// The margin around the board, as a share of it, so that hardly a disc on its edge is cut.
const MARGIN: f64 = 0.04;
/// How strongly the weight is shown that the last centroid has taken away, and that which is left.
const TAKEN: f64 = 0.24;
const LEFT: f64 = 0.85;
/// The strip has so many parts at most, and shows no narrower ones than so many pixels: points side by side share one.
const MOST_PARTS: f64 = 1_500.0;
const NARROWEST: f64 = 1.0;
/// Parts that are as wide, in pixels, have a line between them.
const WIDE: f64 = 4.0;
/// The room for the heads of the needles above the strip, in pixels.
const HEADS: f64 = 9.0;
/// The share of a motion in which the discs grow to what they weigh among fewer; then the next centroid takes from them.
const GROWTH: f64 = 0.4;

/// What the points of a seeding weigh, ready to be painted.
///
/// These are the weights that the last centroid was chosen by, and what it leaves of them. To make this takes a look at
/// each point; to paint it takes no longer for a million of them than for a few thousand.
#[derive(Debug, Clone)]
pub struct Weights {
    bounds: Bounds,
    /// All weights together, and in the picture before this one.
    sum: f64,
    sum_before: f64,
    discs: Vec<Part>,
    cover: f64,
    strip: Vec<Part>,
    centroids: Vec<Point>,
    /// The last centroid, and the other candidates for it.
    last: Option<Needle>,
    others: Vec<Needle>,
}

/// What one point weighs, or several together.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    /// The sum of the points, and their number.
    sum: Point,
    count: f64,
    /// Where it begins on the strip, as a share of all weights.
    begin: f64,
    /// The weight before the last centroid, and after it.
    before: f64,
    after: f64,
    /// The label of most of the weight, and by how much it is ahead.
    label: Option<u16>,
    lead: f64,
}

impl Part {
    fn of(weighed: &Weighed, begin: f64) -> Self {
        let Weighed { point: sum, before, after, label } = *weighed;
        Self { sum, count: 1.0, begin, before, after, label, lead: before }
    }

    /// Takes another one in. The label is that of the majority, if there is one (Boyer & Moore 1981, with weights).
    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.sum = Point::new(self.sum.x + other.sum.x, self.sum.y + other.sum.y);
        self.before += other.before;
        self.after += other.after;
        if other.label == self.label {
            self.lead += other.lead;
        } else if other.lead > self.lead {
            (self.label, self.lead) = (other.label, other.lead - self.lead);
        } else {
            self.lead -= other.lead;
        }
    }

    fn mean(&self) -> Point {
        Point::new(self.sum.x / self.count, self.sum.y / self.count)
    }

    /// What it weighs when so much of what the last centroid takes has been taken.
    fn weight(&self, taken: f64) -> f64 {
        self.before + (self.after - self.before) * taken
    }
}

/// Where a candidate is.
#[derive(Debug, Clone, Copy)]
struct Needle {
    /// On the board.
    place: Point,
    /// On the strip: the number that was drawn, if there was one, and where the weight that it falls on begins and ends.
    number: Option<f64>,
    share: [f64; 2],
}

impl Weights {
    /// Of a seeding as it stands.
    pub fn of(seeding: &SlowSeeding) -> Self {
        let taken = seeding.taken_place();
        let others = (0..seeding.candidates().len()).filter(|&i| i != taken);
        let others = others.filter_map(|i| needle(seeding, i)).collect();
        Self { others, ..Self::with(seeding, taken) }
    }

    /// Of a seeding with one of its candidates as the last centroid, by its place among them.
    pub fn with(seeding: &SlowSeeding, candidate: usize) -> Self {
        let (bounds, last) = (seeding.board().bounds(), needle(seeding, candidate));
        let mut centroids = seeding.centroids().to_vec();
        if let (Some(centroid), Some(last)) = (centroids.last_mut(), last) {
            *centroid = last.place;
        }
        let n = seeding.board().points().len();
        let sum = if centroids.len() > 1 { seeding.inertia_before() } else { n as f64 };
        let mut strip = Vec::new();
        let mut discs = if n > MOST_DISCS { Discs::squares(&bounds) } else { Discs::single() };
        let mut begin = 0.0;
        for weighed in seeding.weighed(candidate) {
            let part = Part::of(&weighed, begin / sum);
            begin += part.before;
            join(&mut strip, part, sum / MOST_PARTS);
            discs.add(part);
        }
        let cover = discs.cover;
        let discs = discs.parts.into_iter().filter(|disc| disc.count > 0.0).collect();
        Self { bounds, sum, sum_before: sum, discs, cover, strip, centroids, last, others: Vec::new() }
    }

    /// The same, to move on from another picture of the seeding.
    #[must_use]
    pub fn following(self, other: &Self) -> Self {
        // The first centroid is chosen by weights of another kind.
        let sum_before =
            if self.centroids.len().min(other.centroids.len()) > 1 { other.sum } else { self.sum };
        Self { sum_before, ..self }
    }

    /// Paints the board: each point a disc whose area is its share of all weights, faint where the last centroid has taken
    /// it away; the centroids, a ring around the last and smaller ones around other candidates.
    ///
    /// The motion is at `t` of its way from 0 to 1. The look's layers mean nothing here.
    pub fn paint(&self, look: &Look, t: f64, surface: &mut dyn Surface) {
        let view = View::new(self.bounds.grown(MARGIN), look.size);
        let sum = self.sum_before + (self.sum - self.sum_before) * eased((t / GROWTH).min(1.0));
        let unit = look.size * (self.cover / (PI * sum)).sqrt();
        let radius = |weight: f64| (unit * weight.sqrt()).max(RADII.0 * look.size).min(RADII.1 * look.size);
        let trace = |disc: &Part, taken: f64, surface: &mut dyn Surface| {
            let place = view.place(disc.mean());
            surface.circle(place.x, place.y, radius(disc.weight(taken)));
        };
        fill(&self.discs, look, falling(t), trace, surface);
        self.stars(look, &view, falling(t), surface);
    }

    fn stars(&self, look: &Look, view: &View, growth: f64, surface: &mut dyn Surface) {
        let size = star_radius(look.size, self.centroids.len()).min(STAR * look.size);
        for other in &self.others {
            ring(view.place(other.place), size, 1.25, look, surface);
        }
        for (j, &centroid) in (0..).zip(&self.centroids) {
            let (place, is_last) = (view.place(centroid), usize::from(j) + 1 == self.centroids.len());
            let radius = if is_last { size * growth } else { size };
            if is_last {
                ring(place, 1.5 * size, 1.75, look, surface);
            }
            if radius < 0.5 {
                continue;
            }
            surface.begin();
            shapes::star(place, radius, surface);
            surface.stroke(look.background, 1.0, halo(radius));
            surface.fill(colour(Some(j), look), 1.0);
            surface.stroke(look.ink, 1.0, outline(radius));
        }
    }

    /// Paints the strip, as wide as the look's size: the weights side by side, in the order in which they are drawn from,
    /// and as high as what is left of each; the number drawn is a needle, and the part that it falls on is outlined.
    pub fn paint_strip(&self, look: &Look, height: f64, t: f64, surface: &mut dyn Surface) {
        let (width, bottom) = (look.size - 2.0, height - 1.0);
        let x = |share: f64| 1.0 + width * share;
        let mut parts = Vec::new();
        for part in &self.strip {
            join(&mut parts, *part, self.sum * NARROWEST / width);
        }
        let trace = |part: &Part, taken: f64, surface: &mut dyn Surface| {
            let top = bottom - (bottom - HEADS) * part.weight(taken) / part.before;
            rectangle(x(part.begin), top, x(part.begin + part.before / self.sum), bottom, surface);
        };
        fill(&parts, look, falling(t), trace, surface);
        surface.begin();
        for pair in parts.windows(2) {
            if width * pair[0].before.min(pair[1].before) >= WIDE * self.sum {
                surface.move_to(x(pair[1].begin), HEADS);
                surface.line_to(x(pair[1].begin), bottom);
            }
        }
        surface.stroke(look.background, 1.0, 1.0);
        for other in &self.others {
            other.paint(x, bottom, 0.55, falling(t), look, surface);
        }
        if let Some(last) = &self.last {
            let (middle, half) = last.extent(x);
            surface.begin();
            rectangle(middle - half, HEADS, middle + half, bottom, surface);
            surface.stroke(look.background, 1.0, 4.0);
            surface.stroke(look.ink, 1.0, 1.5);
            last.paint(x, bottom, 1.0, falling(t), look, surface);
        }
    }
}

impl Needle {
    /// The middle and half the width of the weight that it falls on, wide enough to be seen.
    fn extent(&self, x: impl Fn(f64) -> f64) -> (f64, f64) {
        let [begin, end] = self.share.map(x);
        (f64::midpoint(begin, end), (end - begin).max(3.0) / 2.0)
    }

    fn paint(
        &self,
        x: impl Fn(f64) -> f64,
        bottom: f64,
        opacity: f64,
        fall: f64,
        look: &Look,
        surface: &mut dyn Surface,
    ) {
        let Some(x) = self.number.map(x) else { return };
        surface.begin();
        surface.move_to(x, 1.0);
        surface.line_to(x, HEADS + (bottom - HEADS) * fall);
        surface.stroke(look.ink, opacity, 1.25);
        surface.begin();
        let head = [(-4.5, 0.5), (4.5, 0.5), (0.0, HEADS - 1.0)];
        shapes::polygon(head.map(|(dx, y)| Point::new(x + dx, y)).into_iter(), surface);
        surface.fill(look.ink, opacity);
    }
}

fn needle(seeding: &SlowSeeding, candidate: usize) -> Option<Needle> {
    let candidate = seeding.candidates().get(candidate)?;
    let place = seeding.board().points()[candidate.point];
    Some(Needle { place, number: candidate.drawn, share: candidate.share })
}

/// How far the needle has fallen, and how much the last centroid has taken.
fn falling(t: f64) -> f64 {
    eased(((t - GROWTH) / (1.0 - GROWTH)).max(0.0))
}

/// Fills parts, all of a colour together: as they were, faintly, then what is left of them.
fn fill(
    parts: &[Part],
    look: &Look,
    taken: f64,
    trace: impl Fn(&Part, f64, &mut dyn Surface),
    surface: &mut dyn Surface,
) {
    let key = |part: &Part| part.label.map_or(u64::MAX, |label| u64::from(label) % COLOURS);
    let order = sorted(parts.iter().map(key));
    for (opacity, taken) in [(TAKEN, 0.0), (LEFT, taken)] {
        for alike in order.chunk_by(|a, b| a.0 == b.0) {
            surface.begin();
            for &(_, i) in alike {
                trace(&parts[i as usize], taken, surface);
            }
            surface.fill(colour(parts[alike[0].1 as usize].label, look), opacity);
        }
    }
}

/// The colours of a palette with their deeper shades.
const COLOURS: u64 = 2 * LIGHT.len() as u64;

/// A centroid's colour, by its place in the order in which they were chosen; that of points without one.
fn colour(label: Option<u16>, look: &Look) -> Rgb {
    let palette = Palette::on(look.background);
    label.map_or(palette.unassigned, |label| palette.colour((u64::from(label) % COLOURS) as u8))
}

fn ring(place: Point, radius: f64, width: f64, look: &Look, surface: &mut dyn Surface) {
    surface.begin();
    surface.circle(place.x, place.y, radius);
    surface.stroke(look.background, 1.0, 2.5 * width);
    surface.stroke(look.ink, 1.0, width);
}

fn rectangle(left: f64, top: f64, right: f64, bottom: f64, surface: &mut dyn Surface) {
    let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
    shapes::polygon(corners.map(|(x, y)| Point::new(x, y)).into_iter(), surface);
}

/// Adds a part to others: to the last, if that weighs less than this. One that weighs nothing is left out.
fn join(parts: &mut Vec<Part>, part: Part, least: f64) {
    match parts.last_mut() {
        _ if part.before == 0.0 => {}
        Some(last) if last.before < least => last.add(&part),
        _ => parts.push(part),
    }
}

/// A disc for each point, or for those of each square of a grid together.
struct Discs {
    parts: Vec<Part>,
    cover: f64,
    /// The grid's lower left corner, and squares to a unit of length; none where each point has its own disc.
    grid: Option<(Point, f64)>,
}

impl Discs {
    fn single() -> Self {
        Self { parts: Vec::new(), cover: COVER, grid: None }
    }

    fn squares(bounds: &Bounds) -> Self {
        let fineness = GRID as f64 / bounds.width().max(bounds.height());
        Self {
            parts: vec![Part::default(); GRID * GRID],
            cover: GRID_COVER,
            grid: Some((bounds.min, fineness)),
        }
    }

    fn add(&mut self, part: Part) {
        let Some((corner, fineness)) = self.grid else { return self.parts.push(part) };
        let at = |offset: f64| ((offset * fineness) as usize).min(GRID - 1);
        let square = at(part.sum.y - corner.y) * GRID + at(part.sum.x - corner.x);
        self.parts[square].add(&part);
    }
}
