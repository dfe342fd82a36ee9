//! Leaves on the bisectors of two centroids, or of three: which of their points are beyond.
//!
//! For that the points are kept once more, as they lie in their leaf, in 16 bits a coordinate: sixteen of them are told
//! from the bisector at a time, by whole numbers, and the few that lie too near to it are compared point by point.

use wide::bytemuck::cast;
use wide::{f64x2, i8x16, i16x8, i32x4};

use super::NONE;
use super::tree::{Few, Index, Lane, Large};
use crate::point::{Point, lanes, place};

/// A leaf with fewer points, or more, is searched point by point.
#[cfg(feature = "large")]
const FEWEST: u32 = 8;
pub(super) const MOST: u32 = 127; // fewer than there are bits, so that all of them are told without a branch

/// The largest offset of a point from the middle of its leaf, in the leaf's units.
const FULL: f64 = i16::MAX as f64;

/// The larger coordinate of a direction, so that the difference of a product with it and another such number is one of 32 bits.
const HALF: f64 = (i16::MAX / 2) as f64;

/// Products nearer to the bisector's than 2 to this tell nothing.
const DOUBT: i32 = 16;

/// Adding it rounds to whole numbers, which are then the lowest bits.
const WHOLE: f64 = 1.5 * (1_u64 << 52) as f64;

/// One bit for each point of a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Bits([u64; 2]);

impl Bits {
    /// Of so many points, those for which it is true.
    pub(super) fn of(points: impl Iterator<Item = bool>) -> Self {
        let mut bits = Self::default();
        for (i, is_set) in points.enumerate() {
            bits.0[i / 64] |= u64::from(is_set) << (i % 64);
        }
        bits
    }

    /// So many points, from 1 to `MOST`, all set.
    pub(super) fn all(count: u32) -> Self {
        // Without a branch, for leaves of up to and beyond 64 points come by turns.
        Self([u64::MAX >> (64 - count.clamp(1, 64)), (1 << (count.saturating_sub(64) & 63)) - 1])
    }

    pub(super) fn count(self) -> u32 {
        self.0[0].count_ones() + self.0[1].count_ones()
    }

    pub(super) fn has(self, i: usize) -> bool {
        self.0[i / 64] >> (i % 64) & 1 == 1
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self([self.0[0] & other.0[0], self.0[1] & other.0[1]])
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self([self.0[0] | other.0[0], self.0[1] | other.0[1]])
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self([self.0[0] & !other.0[0], self.0[1] & !other.0[1]])
    }
}

/// The points of a leaf in two or three clusters.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Split {
    /// The labels; the last is `NONE` where they are two.
    pub(super) labels: [u16; 3],
    /// How far the centroids of two may have come in all, in the frame's units, before a point may change; 0 where that is not
    /// known.
    pub(super) until: f32,
    /// Which points have the second label, and which the third.
    pub(super) bits: [Bits; 2],
}

impl Split {
    pub(super) fn of_two([first, second]: [u16; 2], of_second: Bits) -> Self {
        Self { labels: [first, second, NONE], until: 0.0, bits: [of_second, Bits::default()] }
    }

    /// The same, where one of three labels has none of so many points.
    pub(super) fn of_three(labels: [u16; 3], bits: [Bits; 2], count: u32) -> Self {
        let ([first, second, third], [of_second, of_third]) = (labels, bits);
        if of_third == Bits::default() {
            Self::of_two([first, second], of_second)
        } else if of_second == Bits::default() {
            Self::of_two([first, third], of_third)
        } else if of_second.or(of_third).count() == count {
            Self::of_two([second, third], of_third)
        } else {
            Self { labels, until: 0.0, bits }
        }
    }

    /// Whether it makes the same of a leaf.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (self.labels, self.bits) == (other.labels, other.bits)
    }

    pub(super) fn label_of(&self, i: usize) -> u16 {
        let [second, third] = self.bits;
        if third.has(i) { self.labels[2] } else { self.labels[usize::from(second.has(i))] }
    }

    /// The labels and which of so many points have them.
    pub(super) fn parts(&self, count: u32) -> [(u16, Bits); 3] {
        let ([first, second, third], [of_second, of_third]) = (self.labels, self.bits);
        let of_first = Bits::all(count).without(of_second.or(of_third));
        [(first, of_first), (second, of_second), (third, of_third)]
    }
}

/// The sum of some of a leaf's points, less that of others.
pub(super) fn difference(index: &Index, start: u32, some: Bits, others: Bits) -> Large {
    let points = &index.points[start as usize..];
    let mut sum = [f64x2::ZERO; 2];
    for ((mut some, mut others), points) in some.0.into_iter().zip(others.0).zip(points.chunks(64)) {
        let digits = |bits: u64| Few::cut(index.digits, lanes(points[bits.trailing_zeros() as usize]));
        while some != 0 {
            let [high, low] = digits(some);
            sum = [sum[0] + high, sum[1] + low];
            some &= some - 1;
        }
        while others != 0 {
            let [high, low] = digits(others);
            sum = [sum[0] - high, sum[1] - low];
            others &= others - 1;
        }
    }
    Few::of(some.count().wrapping_sub(others.count()), sum).spread(index.digits)
}

/// The units for a leaf, as many as there are to one of the frame's; 0 for one that is searched point by point.
#[cfg(feature = "large")]
pub(super) fn units_of(count: u32, reach: f64) -> f32 {
    let units = (FULL / reach * (1.0 - 1e-6)) as f32;
    if (FEWEST..=MOST).contains(&count) && units.is_finite() { units } else { 0.0 }
}

/// A point's offset in 16 bits, with so many units to one.
#[cfg(feature = "large")]
pub(super) fn small(offset: f64x2, units: f64x2) -> [i16; 2] {
    (offset * units + f64x2::splat(WHOLE)).to_array().map(|v| v.to_bits() as i16)
}

/// The line of places that are equally far from two centroids, as the 16 bits of a leaf's points are told from it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bisector {
    pub(super) labels: [u16; 2],
    centroids: [Point; 2],
    middle: f64x2,
    /// From the first centroid to the second.
    way: f64x2,
    /// How many units there are to one of it, for its longer coordinate to be `HALF`.
    scale: f64,
    /// It in these units, x and y in turn.
    direction: i16x8,
    /// What rounding may take from a product with it, at most.
    rounding: f64,
}

impl Bisector {
    pub(super) fn new(index: &Index, labels: [u16; 2], centroids: [Point; 2]) -> Self {
        /// The relative error of the squared distances and of the test, with plenty to spare.
        const ROUNDING: f64 = 32.0 * f64::EPSILON;
        let [first, second] = centroids;
        let middle = first.towards(second, 0.5);
        let (dx, dy) = (second.x - first.x, second.y - first.y);
        let (width, height) = (dx.abs(), dy.abs());
        let longer = if width > height { width } else { height };
        // A bound of the squared distances, and one of what is lost where coordinates are large.
        let distances = index.frame.reach_squared(first) + index.frame.reach_squared(second);
        let magnitude = (middle.x.abs() + middle.y.abs()) * (width + height);
        let scale = HALF / longer;
        let [x, y] = [dx, dy].map(|d| (d * scale).round_ties_even() as i16);
        Self {
            labels,
            centroids,
            middle: lanes(middle),
            way: f64x2::new([dx, dy]),
            scale,
            direction: i16x8::new([x, y, x, y, x, y, x, y]),
            rounding: ROUNDING * (distances + magnitude) + f64::MIN_POSITIVE,
        }
    }

    /// How far both centroids may move, together and in the frame's units, before any of a leaf's points may be as near to the
    /// other one; not above 0 where that is not known.
    ///
    /// The difference of ‖p − a‖ and ‖p − b‖ is that of their squares over their sum.
    pub(super) fn room(&self, index: &Index, at: Lane) -> f64 {
        let Some(threshold) = self.threshold(index, at) else { return 0.0 };
        let mut least = i32x4::splat(i32::MAX);
        for &offsets in index.offsets_of(index.node(at), 4) {
            least = least.min((i16x8::new(offsets).dot(self.direction) - i32x4::splat(threshold)).abs());
        }
        let least = least.to_array().into_iter().fold(i32::MAX, i32::min) - (1 << DOUBT);
        let (units, middle) = (index.units(at), place(index.middle(at)));
        let [to_first, to_second] = self.centroids.map(|centroid| centroid.distance(middle));
        let farthest = to_first + to_second + 3.0 * FULL / units;
        f64::from(least) * 1.99 / (self.scale * units * farthest) * index.frame.units
    }

    /// Which of a leaf's points are nearer to the second centroid than to the first.
    pub(super) fn beyond(&self, index: &Index, at: Lane) -> Bits {
        self.threshold(index, at).and_then(|threshold| self.told_by(threshold, index, at)).unwrap_or_else(
            || {
                let [first, second] = self.centroids;
                let points = index.points[index.node(at).range()].iter();
                Bits::of(points.map(|point| point.distance_squared(second) < point.distance_squared(first)))
            },
        )
    }

    /// The product that points on the bisector have; those of others may be off by less than 2^`DOUBT`.
    ///
    /// Nothing where the numbers are too small or too large to tell.
    fn threshold(&self, index: &Index, leaf: Lane) -> Option<i32> {
        /// Rounding to 16 bits moves a point and the direction by half a unit in each coordinate, so the product by half of
        /// the four coordinates' sum; and some room for rounding numbers.
        const OFF: f64 = FULL + HALF + 8.0;
        const FARTHEST: f64 = 2.0 * HALF * FULL;
        let scale = self.scale * index.units(leaf);
        let is_sound = scale.is_normal() && OFF + self.rounding * scale < f64::from(1 << DOUBT);
        let threshold = -((index.middle(leaf) - self.middle) * self.way).reduce_add() * scale;
        let within =
            f64x2::splat(threshold).fast_min(f64x2::splat(FARTHEST)).fast_max(f64x2::splat(-FARTHEST));
        is_sound.then(|| (within + f64x2::splat(WHOLE)).to_array()[0].to_bits() as i32)
    }

    /// Which of a leaf's points are beyond, if that is certain of each.
    fn told_by(&self, threshold: i32, index: &Index, at: Lane) -> Option<Bits> {
        let node = index.node(at);
        let offsets: &[[[i16; 8]; 4]] = index.offsets_of(node, 16).as_chunks().0;
        let threshold = i32x4::splat(threshold);
        let (mut short, mut doubt) = (Bits::default(), i8x16::ZERO);
        for (short, offsets) in short.0.iter_mut().zip(offsets.chunks(4)) {
            for (i, sixteen) in offsets.iter().enumerate() {
                let beyond = narrow(
                    sixteen.map(|offsets| (i16x8::new(offsets).dot(self.direction) - threshold) >> DOUBT),
                );
                *short |= u64::from(beyond.to_bitmask()) << (16 * i);
                // Of certain ones it is neither -1 nor 0.
                doubt |= ((beyond + i8x16::ONE) & i8x16::splat(!1)).simd_eq(i8x16::ZERO);
            }
        }
        (doubt.to_bitmask() == 0).then(|| Bits::all(node.count).without(short))
    }
}

/// Sixteen numbers, side by side and no larger than they fit.
fn narrow([a, b, c, d]: [i32x4; 4]) -> i8x16 {
    let eights = [[a, b], [c, d]].map(|fours| i16x8::from_i32x8_saturate(cast(fours)));
    i8x16::from_i16x16_saturate(cast(eights))
}
