//! Sums of points that are exact, so that their order makes no difference: a cluster may lose and gain points one by one,
//! or box by box, and is what it would be if it were summed anew.
//!
//! Each coordinate is cut into parts of so few digits that any sum of equal parts is exact.

use wide::f64x2;

use super::Sum;
use crate::point::place;
#[cfg(feature = "large")]
use crate::point::{Extent, lanes};

/// Where the digits of a board's coordinates are cut in P parts, for sums of up to 2^`BITS` points.
///
/// A part is at most 2^(53 − `BITS`) times its last digit. If some coordinate is so much smaller than the largest that it has
/// digits yet beyond the last part, the sums of that part are not exact.
#[derive(Debug, Clone, Copy)]
pub(super) struct Digits<const P: usize, const BITS: u32> {
    /// What is added and taken off again, so that the digits of later parts are lost.
    rounding: [f64; P],
}

impl<const P: usize, const BITS: u32> Default for Digits<P, BITS> {
    fn default() -> Self {
        Self { rounding: [0.0; P] }
    }
}

impl<const P: usize, const BITS: u32> Digits<P, BITS> {
    /// Of coordinates up to this magnitude.
    pub(super) fn of(largest: f64) -> Self {
        let power = f64::from_bits(largest.to_bits() & f64::INFINITY.to_bits());
        let mut rounding = [1.5 * f64::from(1 << BITS) * power; P];
        for part in 1..P {
            rounding[part] = rounding[part - 1] / (1_u64 << (54 - BITS)) as f64;
        }
        Self { rounding }
    }

    fn round(&self, part: usize, numbers: f64x2) -> f64x2 {
        let rounding = f64x2::splat(self.rounding[part]);
        (numbers + rounding) - rounding
    }

    /// The parts, the highest digits first.
    pub(super) fn cut(&self, numbers: f64x2) -> [f64x2; P] {
        let (mut parts, mut rest) = ([numbers; P], numbers);
        for part in 0..P - 1 {
            parts[part] = self.round(part, rest);
            rest -= parts[part];
            parts[part + 1] = rest;
        }
        parts
    }

    /// Whether all points that extend over this are certain to have no digits beyond the last part: no coordinate is small.
    #[cfg(feature = "large")]
    pub(super) fn are_all_from(&self, (min, max): Extent) -> bool {
        // The last digit of a number from this on is at least that of the last part.
        let least = f64x2::splat(self.rounding[P - 1]);
        (lanes(min).simd_gt(least) | (-lanes(max)).simd_gt(least)).to_bitmask() == 0b11
    }

    /// Whether there are no digits beyond the last part.
    pub(super) fn are_all_of(&self, numbers: f64x2) -> bool {
        let last = self.cut(numbers)[P - 1];
        self.round(P - 1, last) == last
    }
}

/// Some points, summed up: x and y in lanes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Exact<const P: usize> {
    pub(super) count: u32,
    parts: [f64x2; P],
}

impl<const P: usize> Default for Exact<P> {
    fn default() -> Self {
        Self { count: 0, parts: [f64x2::ZERO; P] }
    }
}

impl<const P: usize> Exact<P> {
    /// Takes some points in.
    pub(super) fn add(&mut self, some: &Self) {
        self.count = self.count.wrapping_add(some.count);
        for (own, part) in self.parts.iter_mut().zip(some.parts) {
            *own += part;
        }
    }

    /// Lets some points go; more may go than are there, as long as others have come in the end.
    pub(super) fn remove(&mut self, some: &Self) {
        self.count = self.count.wrapping_sub(some.count);
        for (own, part) in self.parts.iter_mut().zip(some.parts) {
            *own -= part;
        }
    }

    /// Carries from each part what has come to more than its digits, as it does where points come one by one and go together.
    pub(super) fn carry<const BITS: u32>(&mut self, digits: &Digits<P, BITS>) {
        for part in (1..P).rev() {
            let carried = digits.round(part - 1, self.parts[part]);
            self.parts[part] -= carried;
            self.parts[part - 1] += carried;
        }
    }

    /// So many points, from the sums of their parts.
    pub(super) fn of(count: u32, parts: [f64x2; P]) -> Self {
        Self { count, parts }
    }

    /// The same sum, in more parts.
    pub(super) fn cut<const Q: usize, const BITS: u32>(&self, digits: &Digits<Q, BITS>) -> Exact<Q> {
        let mut sum = Exact::of(self.count, [f64x2::ZERO; Q]);
        for part in self.parts {
            sum.add(&Exact::of(0, digits.cut(part)));
        }
        sum
    }

    /// As any sum is, to about the last digit of twice as many as a number has; the mean of equal points is that very point.
    ///
    /// Long division: from each part a quotient of as many digits, the rest goes down to the next.
    pub(super) fn sum<const BITS: u32>(&self, digits: &Digits<P, BITS>) -> Sum {
        let count = f64x2::splat(self.count.max(1).into());
        let (mut pivot, mut lost, mut rest) = (f64x2::ZERO, f64x2::ZERO, f64x2::ZERO);
        for part in 0..P - 1 {
            rest += self.parts[part];
            let quotient = digits.round(part, rest / count);
            rest -= quotient * count;
            // What the pivot loses of it is what a number's last digit takes.
            let before = pivot;
            pivot += quotient;
            lost += (before - pivot) + quotient;
        }
        let [dx, dy] = (lost * count + (rest + self.parts[P - 1])).to_array();
        Sum { count: self.count, pivot: place(pivot), dx, dy }
    }
}
