//! The points as dots: circles while they are few, stamped into pixels when they are many.

use super::palette::{Palette, Rgb};
use super::{Look, Moment, Surface, View};
use crate::nearest::{Index, NONE};
use crate::point::{Point, sorted};

/// Up to so many points each dot is a circle of the surface; beyond, stamping takes less time than tracing.
const MOST_CIRCLES: usize = 2_000;

/// A little transparency lets overlapping dots be told apart.
const OPACITY: f64 = 0.94;

/// The points, in the order of the board's index.
pub(super) struct Dots<'a> {
    index: &'a Index,
    moment: &'a Moment<'a>,
    palette: &'static Palette,
    view: &'a View,
    look: &'a Look,
    /// The labels before and now; at the end of a motion nothing tells what was before.
    before: Vec<u16>,
    now: Vec<u16>,
}

impl<'a> Dots<'a> {
    pub(super) fn new(
        moment: &'a Moment<'a>,
        palette: &'static Palette,
        view: &'a View,
        look: &'a Look,
    ) -> Self {
        let index = moment.lloyd.board().index();
        let now = moment.lloyd.assignment().flat(index);
        let before = match &moment.before.labels {
            _ if moment.t >= 1.0 => now.clone(),
            Some(labels) if labels.fit(index) => labels.flat(index),
            _ => vec![NONE; now.len()],
        };
        Self { index, moment, palette, view, look, before, now }
    }

    pub(super) fn paint(&self, raster: &mut Raster, surface: &mut impl Surface) {
        if self.now.len() <= MOST_CIRCLES {
            self.trace(surface);
        } else {
            self.stamp(raster);
            surface.pixels(raster);
        }
    }

    fn colour_of(&self, label: u16) -> Rgb {
        // A label from before may be of a cluster that is no more.
        let place = self.moment.colours.get(usize::from(label));
        place.map_or(self.palette.unassigned, |place| self.palette.colour(*place))
    }

    fn colour(&self, i: usize) -> Rgb {
        self.colour_of(self.before[i]).mixed(self.colour_of(self.now[i]), self.moment.t)
    }

    fn place(&self, i: usize) -> Point {
        self.view.place(self.index.point(i))
    }

    /// All dots of one colour are one path.
    fn trace(&self, surface: &mut impl Surface) {
        let radius = dot_radius(self.look.size, self.now.len());
        let labels = self.now.iter().zip(&self.before);
        let order = sorted(labels.map(|(&now, &before)| u64::from(now) << 16 | u64::from(before)));
        for alike in order.chunk_by(|a, b| a.0 == b.0) {
            surface.begin();
            for &(_, i) in alike {
                let place = self.place(i as usize);
                surface.circle(place.x, place.y, radius);
            }
            surface.fill(self.colour(alike[0].1 as usize), OPACITY);
        }
    }

    fn stamp(&self, raster: &mut Raster) {
        let scale = self.look.scale;
        let disc = Disc::new(dot_radius(self.look.size, self.now.len()) * scale);
        raster.clear((self.look.size * scale).round() as usize);
        for i in 0..self.now.len() {
            let place = self.place(i);
            raster.stamp(&disc, place.x * scale, place.y * scale, self.colour(i));
        }
        raster.finish();
    }
}

/// Dots shrink as they become more, so that they cover about the same share of the board.
fn dot_radius(size: f64, n: usize) -> f64 {
    (0.14 * size / (n as f64).sqrt()).min(1.9 + size * 0.0042).max(0.6)
}

/// A square picture in device pixels: red, green, blue and opacity, a byte each, row by row.
#[derive(Debug, Clone, Default)]
pub struct Raster {
    side: usize,
    rgba: Vec<u8>,
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

    fn clear(&mut self, side: usize) {
        self.side = side;
        self.rgba.clear();
        self.rgba.resize(4 * side * side, 0);
    }

    /// Puts a disc over what is there; until `finish` the colours are multiplied by the opacity.
    fn stamp(&mut self, disc: &Disc, x: f64, y: f64, colour: Rgb) {
        let (column, row, mask) = disc.placed(x, y);
        for (dy, coverage) in mask.chunks_exact(disc.side).enumerate() {
            let y = row + dy as isize;
            if !(0..self.side as isize).contains(&y) {
                continue;
            }
            for (dx, &alpha) in coverage.iter().enumerate() {
                let x = column + dx as isize;
                if alpha > 0 && (0..self.side as isize).contains(&x) {
                    let at = 4 * (y as usize * self.side + x as usize);
                    blend(&mut self.rgba[at..at + 4], colour, u32::from(alpha));
                }
            }
        }
    }

    fn finish(&mut self) {
        for pixel in self.rgba.chunks_exact_mut(4).filter(|pixel| pixel[3] > 0) {
            let alpha = u32::from(pixel[3]);
            for channel in &mut pixel[..3] {
                *channel = ((u32::from(*channel) * 255 + alpha / 2) / alpha).min(255) as u8;
            }
        }
    }
}

/// Source over destination, both multiplied by their opacity (Porter & Duff 1984).
fn blend(pixel: &mut [u8], Rgb(red, green, blue): Rgb, alpha: u32) {
    for (channel, source) in pixel.iter_mut().zip([red, green, blue, 255]) {
        *channel = ((u32::from(source) * alpha + u32::from(*channel) * (255 - alpha) + 127) / 255) as u8;
    }
}

/// A disc's coverage of the pixels, at each of a few places of its middle within a pixel.
struct Disc {
    side: usize,
    masks: Vec<Vec<u8>>,
}

impl Disc {
    /// So many places to a pixel, in each direction.
    const PLACES: usize = 4;

    fn new(radius: f64) -> Self {
        let side = 2 * radius.ceil() as usize + 2;
        let at = |place: usize| (place as f64 + 0.5) / Self::PLACES as f64 + (side / 2 - 1) as f64;
        let places = (0..Self::PLACES * Self::PLACES)
            .map(|place| Point::new(at(place % Self::PLACES), at(place / Self::PLACES)));
        let masks = places.map(|middle| Self::mask(middle, radius, side)).collect();
        Self { side, masks }
    }

    /// Coverage falls from 1 to 0 within one pixel across the edge; a disc smaller than a pixel is fainter.
    fn mask(middle: Point, radius: f64, side: usize) -> Vec<u8> {
        let coverage = |i: usize| {
            let pixel = Point::new((i % side) as f64 + 0.5, (i / side) as f64 + 0.5);
            (radius + 0.5 - pixel.distance(middle)).min(2.0 * radius).min(1.0).max(0.0)
        };
        (0..side * side).map(|i| (coverage(i) * OPACITY * 255.0).round() as u8).collect()
    }

    /// The upper left pixel and the mask of a disc around a place.
    fn placed(&self, x: f64, y: f64) -> (isize, isize, &[u8]) {
        let place = |v: f64| ((v - v.floor()) * Self::PLACES as f64) as usize;
        let mask = &self.masks[place(y) * Self::PLACES + place(x)];
        let corner = self.side as isize / 2 - 1;
        (x.floor() as isize - corner, y.floor() as isize - corner, mask)
    }
}
