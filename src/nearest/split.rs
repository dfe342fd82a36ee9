//! Leaves on the bisectors of two centroids, or of three: which of their points are beyond, and what those sum up to.
//!
//! For that the points are kept once more, as they lie in their leaf, in 16 bits a coordinate: four of them are told from
//! the bisector at a time, by whole numbers, and the few that lie too near to it are compared point by point.

use wide::{f64x2, i16x8, i32x4};

use super::tree::{Index, Node};
use crate::point::{Point, lanes};

/// A leaf with fewer points, or more, is searched point by point.
#[cfg(feature = "large")]
const FEWEST: u32 = 8;
#[cfg(feature = "large")]
const MOST: u32 = 127; // fewer than there are bits, so that all of them are told without a branch

/// The largest offset of a point from its leaf's mean, in the leaf's units.
const FULL: f64 = i16::MAX as f64;

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
        let (first, second) = (count.min(64), count.saturating_sub(64).min(63));
        let word = |count: u32| u64::MAX >> 1 >> (63 - count);
        Self([word(first.max(1) - 1) << 1 | 1, word(second)])
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

    /// Those that are set in one of both.
    pub(super) fn xor(self, other: Self) -> Self {
        Self([self.0[0] ^ other.0[0], self.0[1] ^ other.0[1]])
    }
}

/// The points of a leaf in two clusters.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Split {
    /// The two labels, the lower first.
    pub(super) labels: [u16; 2],
    /// Which points have the second.
    pub(super) bits: Bits,
    /// The sum of these, as they lie from the leaf's mean.
    sum: [f64; 2],
}

impl Split {
    /// Which points have a label.
    pub(super) fn with(&self, label: u16, count: u32) -> Bits {
        if label == self.labels[1] {
            self.bits
        } else if label == self.labels[0] {
            Bits::all(count).xor(self.bits)
        } else {
            Bits::default()
        }
    }

    pub(super) fn label_of(&self, i: usize) -> u16 {
        self.labels[usize::from(self.bits.has(i))]
    }

    /// Those of the second label, summed as they lie from the leaf's mean.
    pub(super) fn second(&self) -> Part {
        let [dx, dy] = self.sum;
        Part { label: self.labels[1], count: self.bits.count(), dx, dy }
    }

    /// With these of the leaf's points in the second cluster; which of them, or of the others, its sum is yet to learn of.
    ///
    /// It knows how it was between the same two before, if it was. Of the points as they are summed, every sum is exact: the
    /// way here makes no difference.
    pub(super) fn begun(node: &Node, labels: [u16; 2], bits: Bits, before: Option<&Self>) -> (Self, Bits) {
        let (dx, dy) = node.residual();
        let from_before = before.map_or((bits, [0.0; 2]), |before| (before.bits.xor(bits), before.sum));
        let ways = [(bits, [0.0; 2]), (Bits::all(node.count).xor(bits), [dx, dy]), from_before];
        // Which is the shortest way nobody can foresee, so it is looked up.
        let [none, all, before] = ways.map(|(others, _)| others.count());
        let nearer = usize::from(all < none);
        let (others, sum) = ways[if before < none.min(all) { 2 } else { nearer }];
        (Self { labels, bits, sum }, others)
    }

    /// Lets its sum learn of the others.
    pub(super) fn complete(&mut self, index: &Index, node: &Node, others: Bits) {
        self.sum = changed(self.sum, index, node, others, self.bits);
    }
}

/// A sum of some of a leaf's points once it has learnt of these: those that are there now are added, the others taken off.
fn changed(sum: [f64; 2], index: &Index, node: &Node, these: Bits, now: Bits) -> [f64; 2] {
    let (points, offset) = (&index.points[node.range()], Offset::in_leaf(index, node));
    let mut sum = f64x2::new(sum);
    for (points, (mut these, now)) in points.chunks(64).zip(these.0.into_iter().zip(now.0)) {
        while these != 0 {
            let i = these.trailing_zeros();
            these &= these - 1;
            // A sign costs less than a branch that nobody can foresee.
            let sign = f64x2::splat(f64::from_bits((!now >> i & 1) << 63));
            sum += offset.of(points[i as usize]) ^ sign;
        }
    }
    sum.to_array()
}

/// Those of a leaf's points that have one label, summed as they lie from the leaf's mean.
pub(super) struct Part {
    pub(super) label: u16,
    pub(super) count: u32,
    pub(super) dx: f64,
    pub(super) dy: f64,
}

impl Part {
    /// These points.
    pub(super) fn of(index: &Index, node: &Node, label: u16, bits: Bits) -> Self {
        let [dx, dy] = changed([0.0; 2], index, node, bits, bits);
        Self { label, count: bits.count(), dx, dy }
    }

    /// All that are in none of the other parts.
    pub(super) fn rest(node: &Node, label: u16, others: &[&Self]) -> Self {
        let (dx, dy) = node.residual();
        let rest = Self { label, count: node.count, dx, dy };
        others.iter().fold(rest, |rest, other| Self {
            count: rest.count - other.count,
            dx: rest.dx - other.dx,
            dy: rest.dy - other.dy,
            ..rest
        })
    }
}

/// How points lie from their leaf's mean, rounded to about 2⁻⁴⁴ of what the leaf extends over: the sum of any of them is
/// exact.
#[derive(Debug, Clone, Copy)]
pub(super) struct Offset {
    mean: f64x2,
    /// What is added and taken off again, so that smaller digits are lost.
    rounding: f64x2,
}

impl Offset {
    fn in_leaf(index: &Index, node: &Node) -> Self {
        Self::new(lanes(node.mean), unit(index, node))
    }

    /// The unit is that of the leaf.
    pub(super) fn new(mean: f64x2, unit: f64) -> Self {
        // The offsets are below 2¹⁶ times the power of two in the unit, and what is added below 2⁵³ times their last digit.
        let power = f64::from_bits(unit.to_bits() & f64::INFINITY.to_bits());
        Self { mean, rounding: f64x2::splat(1.5 * f64::from(1 << 24) * power) }
    }

    pub(super) fn of(self, point: Point) -> f64x2 {
        (lanes(point) - self.mean + self.rounding) - self.rounding
    }
}

/// The unit in which a leaf's points have their 16 bits.
fn unit(index: &Index, node: &Node) -> f64 {
    f64::from(node.unit) * index.frame.unit
}

/// The unit for a leaf, as a share of the frame's; 0 for one that is searched point by point.
///
/// That is where rounding the offsets would not be lost beside the board's extent, and where all points lie in two places:
/// then the mean of the equal points in each is to be that very point.
#[cfg(feature = "large")]
pub(super) fn unit_of(count: u32, is_varied: bool, reach: f64, frame: f64) -> f32 {
    let unit = (reach / frame / FULL * (1.0 + 1e-6)) as f32;
    if (FEWEST..=MOST).contains(&count) && is_varied && reach <= frame && unit > 0.0 { unit } else { 0.0 }
}

/// A point's offset in 16 bits, with so many units to one.
#[cfg(feature = "large")]
pub(super) fn small(offset: f64x2, units: f64x2) -> [i16; 2] {
    /// Adding it rounds to whole numbers, which are then the lowest bits.
    const WHOLE: f64 = 1.5 * (1_u64 << 52) as f64;
    (offset * units + f64x2::splat(WHOLE)).to_array().map(|v| v.to_bits() as i16)
}

/// Which of a leaf's points are nearer to the second centroid than to the first.
pub(super) fn beyond(index: &Index, node: &Node, first: Point, second: Point) -> Bits {
    let (from, fours) = (2 * node.start as usize, node.count.div_ceil(4) as usize);
    let offsets = index.offsets[from..from + 8 * fours].as_chunks().0;
    Bisector::new(node, unit(index, node), first, second)
        .and_then(|bisector| bisector.beyond(offsets))
        .map_or_else(
            || {
                let points = index.points[node.range()].iter();
                Bits::of(points.map(|point| point.distance_squared(second) < point.distance_squared(first)))
            },
            |bits| bits.and(Bits::all(node.count)),
        )
}

/// The line of places that are equally far from two centroids, as the 16 bits of a leaf's points are told from it.
struct Bisector {
    /// From the first centroid to the second, x and y in turn.
    direction: i16x8,
    /// With a larger product, a point is beyond for certain.
    sure: i32x4,
    /// With a product that is not larger, it is not beyond for certain.
    possible: i32x4,
}

impl Bisector {
    /// Nothing where the numbers are too small or too large to tell.
    fn new(node: &Node, unit: f64, first: Point, second: Point) -> Option<Self> {
        /// The relative error of the squared distances and of the test, with plenty to spare.
        const ROUNDING: f64 = 32.0 * f64::EPSILON;
        /// Rounding to 16 bits moves a point and the direction by half a unit in each coordinate, so the product by half of
        /// the four coordinates' sum.
        const DOUBT: f64 = 2.0 * FULL + 8.0;
        let middle = first.towards(second, 0.5);
        let (dx, dy) = (second.x - first.x, second.y - first.y);
        let mean = (node.mean.x - middle.x) * dx + (node.mean.y - middle.y) * dy;
        // A bound of the squared distances, and one of what is lost where coordinates are large.
        let distances = node.mean.distance_squared(first) + node.mean.distance_squared(second) + node.squares;
        let magnitude = (middle.x.abs() + middle.y.abs()) * (dx.abs() + dy.abs());
        let certain = ROUNDING * (distances + magnitude) + f64::MIN_POSITIVE;
        let (width, height) = (dx.abs(), dy.abs());
        let longer = if width > height { width } else { height };
        let length = longer / FULL;
        let scale = 1.0 / (unit * length);
        let (threshold, doubt) = (-mean * scale, DOUBT + certain * scale);
        if !(scale.is_normal() && doubt.is_finite()) {
            return None;
        }
        let [dx, dy] = [dx, dy].map(|d| (d / length).round_ties_even() as i16);
        Some(Self {
            direction: i16x8::new([dx, dy, dx, dy, dx, dy, dx, dy]),
            sure: i32x4::splat((threshold + doubt).ceil() as i32),
            possible: i32x4::splat(((threshold - doubt).floor() as i32).saturating_sub(1)),
        })
    }

    /// Which points are beyond, if that is certain of each.
    fn beyond(&self, offsets: &[[i16; 8]]) -> Option<Bits> {
        let (mut bits, mut doubt) = (Bits::default(), i32x4::ZERO);
        for (word, offsets) in bits.0.iter_mut().zip(offsets.chunks(16)) {
            for (four, &offsets) in offsets.iter().enumerate() {
                let product = i16x8::new(offsets).dot(self.direction);
                let sure = product.simd_gt(self.sure);
                doubt |= sure ^ product.simd_gt(self.possible);
                *word |= u64::from(sure.to_bitmask()) << (4 * four);
            }
        }
        (doubt.to_bitmask() == 0).then_some(bits)
    }
}
