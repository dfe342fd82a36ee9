//! Sums of points that are exact, so that their order makes no difference: a cluster may lose and gain points one by one,
//! or box by box, and is what it would be if it were summed anew.
//!
//! Each coordinate is cut into parts of so few digits that any sum of equal parts is exact.

use wide::f64x2;

use super::Sum;
use crate::point::{Extent, Point, lanes, place};

/// How large a board's coordinates are, and so where their digits are cut.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Digits {
    /// The power of two in the largest by magnitude.
    power: f64,
}

impl Digits {
    pub(super) fn of((min, max): Extent) -> Self {
        let numbers = [min.x, min.y, max.x, max.y];
        let largest = numbers.into_iter().fold(0.0, |most: f64, number| most.max(number.abs()));
        Self { power: f64::from_bits(largest.to_bits() & f64::INFINITY.to_bits()) }
    }
}

/// Up to 2^`BITS` points, summed up in P parts: x and y in lanes.
///
/// A part of a coordinate is at most 2^(53 − `BITS`) times its last digit. If some coordinate is so much smaller than the largest
/// that it has digits yet beyond the last part, the sums of that part are not exact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Exact<const P: usize, const BITS: u32> {
    count: u32,
    parts: [f64x2; P],
}

impl<const P: usize, const BITS: u32> Default for Exact<P, BITS> {
    fn default() -> Self {
        Self::of(0, [f64x2::ZERO; P])
    }
}

impl<const P: usize, const BITS: u32> Exact<P, BITS> {
    /// What is added and taken off again, so that the digits of later parts are lost.
    fn rounding(digits: Digits, part: usize) -> f64x2 {
        let exponent = BITS as i32 - part as i32 * (54 - BITS as i32);
        let power = f64::from_bits(((1023 + exponent) as u64) << 52);
        f64x2::splat(1.5 * power * digits.power)
    }

    fn round(digits: Digits, part: usize, numbers: f64x2) -> f64x2 {
        let rounding = Self::rounding(digits, part);
        (numbers + rounding) - rounding
    }

    /// The parts of a number, the highest digits first.
    pub(super) fn cut(digits: Digits, numbers: f64x2) -> [f64x2; P] {
        let (mut parts, mut rest) = ([numbers; P], numbers);
        for part in 0..P - 1 {
            parts[part] = Self::round(digits, part, rest);
            rest -= parts[part];
            parts[part + 1] = rest;
        }
        parts
    }

    /// Whether all points that extend over this are certain to have no digits beyond the last part: no coordinate is small.
    #[cfg(feature = "large")]
    pub(super) fn has_all_from(digits: Digits, (min, max): Extent) -> bool {
        // The last digit of a number from this on is at least that of the last part.
        let least = Self::rounding(digits, P - 1);
        (lanes(min).simd_gt(least) | (-lanes(max)).simd_gt(least)).to_bitmask() == 0b11
    }

    /// Whether a point has no digits beyond the last part.
    pub(super) fn has_all_of(digits: Digits, point: Point) -> bool {
        let last = Self::cut(digits, lanes(point))[P - 1];
        Self::round(digits, P - 1, last) == last
    }

    /// So many points, from the sums of their parts.
    pub(super) fn of(count: u32, parts: [f64x2; P]) -> Self {
        Self { count, parts }
    }

    pub(super) fn of_point(digits: Digits, point: Point) -> Self {
        Self::of(1, Self::cut(digits, lanes(point)))
    }

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
    pub(super) fn carry(&mut self, digits: Digits) {
        for part in (1..P).rev() {
            let carried = Self::round(digits, part - 1, self.parts[part]);
            self.parts[part] -= carried;
            self.parts[part - 1] += carried;
        }
    }

    /// The same sum, in more parts.
    pub(super) fn spread<const Q: usize, const MORE: u32>(&self, digits: Digits) -> Exact<Q, MORE> {
        let mut sum = Exact::of(self.count, [f64x2::ZERO; Q]);
        for part in self.parts {
            sum.add(&Exact::of(0, Exact::<Q, MORE>::cut(digits, part)));
        }
        sum
    }

    /// As any sum is, to about the last digit of twice as many as a number has; the mean of equal points is that very point.
    ///
    /// Long division: from each part a quotient of as many digits, the rest goes down to the next.
    pub(super) fn sum(&self, digits: Digits) -> Sum {
        let count = f64x2::splat(self.count.max(1).into());
        let (mut pivot, mut lost, mut rest) = (f64x2::ZERO, f64x2::ZERO, f64x2::ZERO);
        for part in 0..P - 1 {
            rest += self.parts[part];
            let quotient = Self::round(digits, part, rest / count);
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
