//! The points as dots: circles while they are few, a mosaic of pixels when they are many.

use std::borrow::Cow;
use std::sync::Arc;

use super::palette::{Palette, Rgb};
use super::{Look, Moment, Surface, View};
use crate::board::Board;
use crate::error::{Error, filled, room};
use crate::nearest::{Index, NONE};
use crate::point::{Point, sorted};

/// So many points can be given another colour between two frames; more of them take several, without a motion.
const MOST_COLOURED: usize = 200_000;
/// On boards with more points, to look for those that change takes too long for a motion.
pub(super) const MOST_IN_MOTION: usize = 1_500_000;

/// So many points are looked at together, whether any of them has changed.
const AT_ONCE: usize = 16;

/// A little transparency lets overlapping dots be told apart.
const OPACITY: f64 = 0.94;

/// The points, in the order of the board's index.
pub(super) struct Dots<'a> {
    index: &'a Index,
    moment: &'a Moment<'a>,
    palette: &'static Palette,
    view: &'a View,
    look: &'a Look,
}

/// The labels in the order of the board's index: now, and before while a motion tells what they were.
struct Change<'a> {
    now: Vec<u16>,
    before: Option<Cow<'a, [u16]>>,
}

impl<'a> Change<'a> {
    fn at(moment: &Moment<'a>, mut now: Vec<u16>) -> Self {
        let index = moment.lloyd.board().index();
        moment.lloyd.assignment().flatten(index, &mut now);
        let before = (moment.t < 1.0 && now.len() <= MOST_IN_MOTION).then(|| match &moment.before.labels {
            labels if labels.len() == now.len() => Cow::Borrowed(labels.as_slice()),
            _ => Cow::Owned(vec![NONE; now.len()]),
        });
        let is_little =
            |before: &Cow<'_, [u16]>| index.is_small() || differences(before, &now) <= MOST_COLOURED;
        let before = before.filter(is_little);
        Self { now, before }
    }

    fn before(&self) -> &[u16] {
        self.before.as_deref().unwrap_or(&self.now)
    }
}

impl<'a> Dots<'a> {
    pub(super) fn new(
        moment: &'a Moment<'a>,
        palette: &'static Palette,
        view: &'a View,
        look: &'a Look,
    ) -> Self {
        Self { index: moment.lloyd.board().index(), moment, palette, view, look }
    }

    pub(super) fn paint(&self, raster: &mut Raster, surface: &mut dyn Surface) -> Result<(), Error> {
        let every = surface.every_as_circle(self.index.len());
        if let Some(every) = every.or(self.index.is_small().then_some(1)) {
            self.trace(every, surface);
            return Ok(());
        }
        self.lay(raster)?;
        if raster.is_coloured {
            surface.pixels(raster);
        }
        Ok(())
    }

    fn colour_of(&self, label: u16) -> Rgb {
        // A label from before may be of a cluster that is no more.
        let place = self.moment.colours.get(usize::from(label));
        place.map_or(self.palette.unassigned, |place| self.palette.colour(*place))
    }

    fn mixed(&self, before: u16, now: u16) -> Rgb {
        self.colour_of(before).mixed(self.colour_of(now), self.moment.t)
    }

    /// All dots of one colour are one path; of all points, one in `every` has a dot.
    fn trace(&self, every: usize, surface: &mut dyn Surface) {
        let radius = dot_radius(self.look.size, self.index.len().div_ceil(every));
        let change = Change::at(self.moment, Vec::new());
        let (now, before) = (&change.now, change.before());
        let labels = now.iter().zip(before).step_by(every);
        let order = sorted(labels.map(|(&now, &before)| u64::from(now) << 16 | u64::from(before)));
        for alike in order.chunk_by(|a, b| a.0 == b.0) {
            surface.begin();
            for &(_, i) in alike {
                let place = self.view.place(self.index.point(i as usize * every));
                surface.circle(place.x, place.y, radius);
            }
            let first = alike[0].1 as usize * every;
            surface.fill(self.mixed(before[first], now[first]), OPACITY);
        }
    }

    /// Brings the mosaic up to date: only the pixels of points that changed are touched.
    fn lay(&self, raster: &mut Raster) -> Result<(), Error> {
        let had_places = raster.has_places();
        raster.fit(self.moment.lloyd.board(), self.view, self.look)?;
        let unassigned = core::iter::once(self.palette.unassigned);
        let colours = self.moment.colours.iter().map(|place| self.palette.colour(*place));
        raster.wear(colours.chain(unassigned).collect());
        if !raster.has_places() {
            return Ok(());
        }
        if !had_places && self.index.len() > MOST_IN_MOTION {
            raster.is_behind = true; // that they were laid is enough for one moment
            return Ok(());
        }
        // Only now: while points are laid, the room for labels is needed for that.
        let change = Change::at(self.moment, core::mem::take(&mut raster.now));
        self.show(&change, raster);
        raster.now = change.now;
        Ok(())
    }

    /// Colours those that do not show what they should, as many as there is time for.
    fn show(&self, change: &Change<'_>, raster: &mut Raster) {
        let mut left = MOST_COLOURED;
        let (before_chunks, before_rest) = change.before().as_chunks::<AT_ONCE>();
        let (now_chunks, now_rest) = change.now.as_chunks::<AT_ONCE>();
        for (i, (before, now)) in before_chunks.iter().zip(now_chunks).enumerate() {
            let shown = raster.shown.as_chunks::<AT_ONCE>().0[i];
            let differences = before.iter().zip(now).zip(&shown);
            if differences.fold(0, |all, ((before, now), shown)| all | (before ^ now) | (now ^ shown)) != 0 {
                if left == 0 {
                    raster.is_behind = true;
                    return;
                }
                left = left.saturating_sub(AT_ONCE);
                self.colour(raster, AT_ONCE * i, before, now);
            }
        }
        raster.is_behind = false;
        raster.is_coloured = true;
        self.colour(raster, AT_ONCE * now_chunks.len(), before_rest, now_rest);
    }

    /// Colours the points from `first` on that do not show what they should.
    fn colour(&self, raster: &mut Raster, first: usize, before: &[u16], now: &[u16]) {
        // Neighbours mostly change alike.
        let (mut change, mut colour) = ((NONE, NONE), self.palette.unassigned);
        for (i, (&before, &now)) in (first..).zip(before.iter().zip(now)) {
            if before != now {
                if change != (before, now) {
                    (change, colour) = ((before, now), self.mixed(before, now));
                }
                raster.colour(i, colour);
                raster.shown[i] = STALE;
            } else if raster.shown[i] != now {
                raster.colour(i, self.colour_of(now));
                raster.shown[i] = now;
            }
        }
    }
}

/// How many labels differ.
fn differences(before: &[u16], now: &[u16]) -> usize {
    before.iter().zip(now).filter(|(before, now)| before != now).count()
}

/// Dots shrink as they become more, so that they cover about the same share of the board.
fn dot_radius(size: f64, n: usize) -> f64 {
    (0.14 * size / (n as f64).sqrt()).min(1.9 + size * 0.0042).max(0.6)
}

/// Where dots can shrink no more and begin to cover each other, they grow fainter, so that what shows is how dense
/// they lie.
fn opacity(side: usize, n: usize, radius: f64) -> f64 {
    /// So many dots over each place on average do no harm.
    const CROWDED: f64 = 0.3;
    let crowd = n as f64 * core::f64::consts::PI * radius * radius / (side * side) as f64;
    OPACITY * (CROWDED / crowd).sqrt().min(1.0)
}

/// In the place of a label: the pixels show no label's colour.
const STALE: u16 = NONE - 1;

/// A square picture of many points in device pixels: red, green, blue and opacity, a byte each, row by row.
///
/// Which pixels the points cover, and how much, never changes; so each pixel belongs to the point that covers it
/// most, and a point that changes its colour changes those pixels only. Where dots overlap, the opacity grows with
/// their number.
#[derive(Debug, Clone, Default)]
pub struct Raster {
    board: Option<Arc<Board>>,
    side: usize,
    radius: f64,
    rgba: Vec<u8>,
    /// How many points have been laid, when it has to go on.
    laid: usize,
    /// While points are laid, the point that covers each pixel most; its pixels are those that point to it.
    owners: Vec<u32>,
    /// How many pixels each point has, and where those of every sixteenth point begin in `pixels`.
    counts: Vec<u16>,
    starts: Vec<u32>,
    pixels: Vec<u32>,
    /// The label whose colour each point shows.
    shown: Vec<u16>,
    /// Room for the labels of a moment.
    now: Vec<u16>,
    /// Whether there was no time for all that have another label than they show.
    is_behind: bool,
    /// Whether every point has had a colour.
    is_coloured: bool,
    /// The colours by label, the last for points that have none.
    colours: Vec<Rgb>,
    /// The first and the last pixel that have changed since they were put anywhere.
    changed: Option<(u32, u32)>,
}

impl Raster {
    /// The side in device pixels.
    pub fn side(&self) -> usize {
        self.side
    }

    /// The pixels, 4 · side² bytes, the colours not multiplied by the opacity.
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    /// Whether every point is in the picture in its colour; otherwise the next painting brings more.
    pub fn is_complete(&self) -> bool {
        self.board.is_none() || self.has_places() && !self.is_behind
    }

    /// Whether it is known which pixels the points have.
    fn has_places(&self) -> bool {
        !self.counts.is_empty()
    }

    /// The rows of pixels that have changed since the last call.
    pub fn take_changed(&mut self) -> core::ops::Range<usize> {
        let row = |at: u32| at as usize / self.side;
        self.changed.take().map_or(0..0, |(first, last)| row(first)..row(last) + 1)
    }

    /// Lays the points of a board, as many as take a moment; where they lie is kept until board or size change.
    ///
    /// # Errors
    /// [`Error::Memory`] when there is none for all that is kept of each pixel and each point; the picture stays empty then.
    fn fit(&mut self, board: &Arc<Board>, view: &View, look: &Look) -> Result<(), Error> {
        let side = (look.size * look.scale).round().max(1.0) as usize;
        let index = board.index();
        let radius = dot_radius(look.size, index.len()) * look.scale;
        let is_same = self.board.as_ref().is_some_and(|own| Arc::ptr_eq(own, board));
        if !is_same || (self.side, self.radius) != (side, radius) {
            let changed = Some((0, (side * side) as u32 - 1)); // also where no point is any more
            *self = Self::default(); // for the room that it takes
            let (rgba, mut owners) = (filled(0, 4 * side * side)?, room(side * side + AT_ONCE)?);
            owners.resize(side * side, u32::MAX); // and some room: two lists of labels will often have their place
            let board = Some(board.clone());
            *self = Self { board, side, radius, rgba, owners, changed, ..Self::default() };
        }
        if self.counts.is_empty() {
            self.lay(index, view, look.scale)?;
        }
        Ok(())
    }

    fn lay(&mut self, index: &Index, view: &View, scale: f64) -> Result<(), Error> {
        /// So many pixels are covered in a moment.
        const MOST_PIXELS: usize = 600_000;
        if self.laid == index.len() {
            return self.share_out(index.len());
        }
        let disc = Disc::new(self.radius, opacity(self.side, index.len(), self.radius));
        // A browser's compiler is slow in the first moment.
        let most = MOST_PIXELS / disc.most_pixels() / if self.laid == 0 { 4 } else { 1 };
        let start = self.laid;
        let until = index.len().min(start + most);
        for i in start..until {
            let place = view.place(index.point(i));
            self.stamp(&disc, place.x * scale, place.y * scale, i as u32);
        }
        self.laid = until;
        // To share them out takes a moment of its own.
        if until == index.len() && until - start < most / 2 {
            self.share_out(until)?;
        }
        Ok(())
    }

    /// Covers pixels with a disc: the opacity is kept where it belongs, the most that one point covers in red.
    fn stamp(&mut self, disc: &Disc, x: f64, y: f64, i: u32) {
        let (column, row) = (x.floor() as isize, y.floor() as isize);
        let side = self.side as isize;
        for &Covered { dx, dy, alpha } in disc.pixels(x, y) {
            let (x, y) = (column + isize::from(dx), row + isize::from(dy));
            if (0..side).contains(&x) && (0..side).contains(&y) {
                let at = (y * side + x) as usize;
                let pixel = &mut self.rgba[4 * at..4 * at + 4];
                // Source over destination (Porter & Duff 1984).
                pixel[3] += ((u32::from(alpha) * u32::from(255 - pixel[3]) + 127) / 255) as u8;
                if alpha > pixel[0] {
                    pixel[0] = alpha;
                    self.owners[at] = i;
                }
            }
        }
    }

    /// Turns the owners of the pixels into the pixels of the owners.
    fn share_out(&mut self, n: usize) -> Result<(), Error> {
        let owned = || self.owners.iter().zip(0..).filter(|(owner, _)| **owner != u32::MAX);
        let mut counts = filled(0_u16, n)?;
        for (&owner, _) in owned() {
            counts[owner as usize] += 1;
        }
        let mut end = 0;
        let mut starts = room(n.div_ceil(AT_ONCE))?;
        for counts in counts.chunks(AT_ONCE) {
            starts.push(end);
            end += counts.iter().copied().map(u32::from).sum::<u32>();
        }
        let mut pixels = filled(0, end as usize)?;
        // First to sixteen points together, as they come; then among those.
        for (&owner, at) in owned() {
            let next: &mut u32 = &mut starts[owner as usize / AT_ONCE];
            pixels[*next as usize] = at;
            *next += 1;
        }
        starts.rotate_right(1);
        starts[0] = 0;
        let mut common = Vec::new();
        for (counts, &start) in counts.chunks(AT_ONCE).zip(&starts) {
            let mut next = [0; AT_ONCE];
            let mut end = start as usize;
            for (next, &count) in next.iter_mut().zip(counts) {
                *next = end;
                end += usize::from(count);
            }
            common.clear();
            common.extend_from_slice(&pixels[start as usize..end]);
            for &at in &common {
                let next = &mut next[self.owners[at as usize] as usize % AT_ONCE];
                pixels[*next] = at;
                *next += 1;
            }
        }
        self.owners = Vec::new(); // the labels that are shown have their place
        let shown = filled(STALE, n).inspect_err(|_| *self = Self::default())?;
        (self.counts, self.starts, self.pixels, self.shown) = (counts, starts, pixels, shown);
        Ok(())
    }

    /// Takes the colours of the labels; where they are others than before, no point shows its own.
    fn wear(&mut self, colours: Vec<Rgb>) {
        if colours != self.colours {
            self.shown.fill(STALE);
            self.colours = colours;
        }
    }

    /// Colours the pixels of a point.
    fn colour(&mut self, i: usize, Rgb(red, green, blue): Rgb) {
        let start = start_of(i, &self.starts, &self.counts);
        let own = &self.pixels[start..start + usize::from(self.counts[i])];
        for &at in own {
            let at = 4 * at as usize;
            self.rgba[at..at + 3].copy_from_slice(&[red, green, blue]);
        }
        if let (Some(&first), Some(&last)) = (own.first(), own.last()) {
            self.changed = Some(match self.changed {
                Some((least, most)) => (least.min(first), most.max(last)),
                None => (first, last),
            });
        }
    }
}

/// Where the pixels of a point begin.
fn start_of(i: usize, starts: &[u32], counts: &[u16]) -> usize {
    let first = i / AT_ONCE * AT_ONCE;
    let before: usize = counts[first..i].iter().copied().map(usize::from).sum();
    starts[i / AT_ONCE] as usize + before
}

/// A disc's coverage of the pixels, at each of a few places of its middle within a pixel.
struct Disc(Vec<Vec<Covered>>);

/// A pixel that a disc covers, as it lies from the disc's middle, and how much.
struct Covered {
    dx: i16,
    dy: i16,
    alpha: u8,
}

impl Disc {
    /// So many places to a pixel, in each direction.
    const PLACES: usize = 4;

    fn new(radius: f64, opacity: f64) -> Self {
        let at = |place: usize| (place as f64 + 0.5) / Self::PLACES as f64;
        let places = (0..Self::PLACES * Self::PLACES)
            .map(|place| Point::new(at(place % Self::PLACES), at(place / Self::PLACES)));
        Self(places.map(|middle| Self::around(middle, radius, opacity)).collect())
    }

    /// Coverage falls from 1 to 0 within one pixel across the edge; a disc smaller than a pixel is fainter.
    fn around(middle: Point, radius: f64, opacity: f64) -> Vec<Covered> {
        let reach = (radius + 1.0).ceil() as i16;
        let coverage = |dx: i16, dy: i16| {
            let pixel = Point::new(f64::from(dx) + 0.5, f64::from(dy) + 0.5);
            (radius + 0.5 - pixel.distance(middle)).min(2.0 * radius).min(1.0).max(0.0)
        };
        let pixels = (-reach..=reach).flat_map(|dy| (-reach..=reach).map(move |dx| (dx, dy)));
        let alpha = |(dx, dy)| Covered { dx, dy, alpha: (coverage(dx, dy) * opacity * 255.0).round() as u8 };
        pixels.map(alpha).filter(|covered| covered.alpha > 0).collect()
    }

    /// The pixels of a disc around a place.
    fn pixels(&self, x: f64, y: f64) -> &[Covered] {
        let place = |v: f64| ((v - v.floor()) * Self::PLACES as f64) as usize;
        &self.0[place(y) * Self::PLACES + place(x)]
    }

    fn most_pixels(&self) -> usize {
        self.0.iter().map(Vec::len).max().unwrap_or(1).max(1)
    }
}
