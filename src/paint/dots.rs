//! The points as dots: circles while they are few, stamped into pixels when they are many.

use super::palette::{Palette, Rgb};
use super::{Look, Moment, Surface, View};
use crate::lloyd::UNASSIGNED;
use crate::point::{Point, sorted};

/// Up to so many points each dot is a circle of the surface; beyond, stamping takes less time than tracing.
const MOST_CIRCLES: usize = 2_000;

/// A little transparency lets overlapping dots be told apart.
const OPACITY: f64 = 0.94;

pub(super) struct Dots<'a> {
    pub(super) moment: &'a Moment<'a>,
    pub(super) palette: &'static Palette,
    pub(super) view: &'a View,
    pub(super) look: &'a Look,
}

impl Dots<'_> {
    pub(super) fn paint(&self, raster: &mut Raster, surface: &mut impl Surface) {
        if self.points().len() <= MOST_CIRCLES {
            self.trace(surface);
        } else {
            self.stamp(raster);
            surface.pixels(raster);
        }
    }

    fn points(&self) -> &[Point] {
        self.moment.lloyd.board().points()
    }

    /// The label before and the label now; at the end of a motion nothing tells what was before.
    fn labels(&self, i: usize) -> (u32, u32) {
        let now = self.moment.lloyd.labels()[i];
        (if self.moment.t < 1.0 { self.moment.before.label(i) } else { now }, now)
    }

    fn colour_of(&self, label: u32) -> Rgb {
        if label == UNASSIGNED {
            return self.palette.unassigned;
        }
        // A label from before may be of a cluster that is no more.
        self.moment.colours.get(label as usize).map_or(self.palette.unassigned, |c| self.palette.colour(*c))
    }

    fn colour(&self, (before, now): (u32, u32)) -> Rgb {
        self.colour_of(before).mixed(self.colour_of(now), self.moment.t)
    }

    /// All dots of one colour are one path.
    fn trace(&self, surface: &mut impl Surface) {
        let radius = dot_radius(self.look.size, self.points().len());
        let order = sorted((0..self.points().len()).map(|i| self.key(i)));
        for alike in order.chunk_by(|a, b| a.0 == b.0) {
            surface.begin();
            for &(_, i) in alike {
                let place = self.view.place(self.points()[i as usize]);
                surface.circle(place.x, place.y, radius);
            }
            surface.fill(self.colour(self.labels(alike[0].1 as usize)), OPACITY);
        }
    }

    /// Both labels in one number.
    fn key(&self, i: usize) -> u64 {
        let (before, now) = self.labels(i);
        u64::from(now) << 32 | u64::from(before)
    }

    fn stamp(&self, raster: &mut Raster) {
        let scale = self.look.scale;
        let disc = Disc::new(dot_radius(self.look.size, self.points().len()) * scale);
        raster.clear((self.look.size * scale).round() as usize);
        for (i, point) in self.points().iter().enumerate() {
            let place = self.view.place(*point);
            raster.stamp(&disc, place.x * scale, place.y * scale, self.colour(self.labels(i)));
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
