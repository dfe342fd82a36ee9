//! The inertia of a large board's clusters, from their sums alone.
//!
//! Σ‖x − m‖², all points to the mean of their cluster, is Σ‖x − M‖² to the mean of all, which never changes, less n‖m − M‖²
//! for each cluster of n points. Where little is left of the difference, leaf by leaf is summed instead.

use wide::f64x2;

use super::tree::Index;
use super::{ENOUGH, Labels, Sum};
use crate::point::{Point, lanes};

/// Numbers of twice as many digits, as two numbers each; x and y in lanes.
///
/// T. J. Dekker, *A floating-point technique for extending the available precision*, Numerische Mathematik 18, 1971.
#[derive(Debug, Clone, Copy)]
struct Double {
    high: f64x2,
    low: f64x2,
}

impl Double {
    const ZERO: Self = Self { high: f64x2::ZERO, low: f64x2::ZERO };

    #[cfg(feature = "large")]
    fn from(number: f64) -> Self {
        Self { high: f64x2::new([number, 0.0]), low: f64x2::ZERO }
    }

    /// The sum of two numbers, and what rounding it loses.
    fn sum(a: f64x2, b: f64x2) -> Self {
        let high = a + b;
        let of_b = high - a;
        Self { high, low: (a - (high - of_b)) + (b - of_b) }
    }

    /// The product of two numbers, and what rounding it loses.
    fn product(a: f64x2, b: f64x2) -> Self {
        let halves = |v: f64x2| {
            let shifted = v * f64x2::splat(f64::from((1 << 27) + 1));
            let upper = shifted - (shifted - v);
            (upper, v - upper)
        };
        let (high, (au, al), (bu, bl)) = (a * b, halves(a), halves(b));
        Self { high, low: ((au * bu - high) + au * bl + al * bu) + al * bl }
    }

    fn plus(self, other: Self) -> Self {
        let sum = Self::sum(self.high, other.high);
        Self::sum(sum.high, sum.low + (self.low + other.low))
    }

    fn minus(self, other: Self) -> Self {
        self.plus(Self { high: -other.high, low: -other.low })
    }

    /// Both lanes, added.
    fn total(self) -> f64 {
        let ([a, b], [c, d]) = (self.high.to_array(), self.low.to_array());
        let sum = Self::sum(f64x2::splat(a), f64x2::splat(b));
        (sum.high + (sum.low + f64x2::splat(c + d))).to_array()[0]
    }
}

/// How far all points of a large board lie from their mean M.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole {
    /// Σ‖x − M‖².
    spread: Double,
    /// The part of it that lies within the leaves.
    within_leaves: f64,
}

impl Default for Whole {
    fn default() -> Self {
        Self { spread: Double::ZERO, within_leaves: 0.0 }
    }
}

impl Whole {
    #[cfg(feature = "large")]
    pub(super) fn of(index: &Index) -> Self {
        let all = index.all();
        let mut whole = Self::default();
        for (g, group) in index.groups.iter().enumerate() {
            for (lane, _) in group.nodes.iter().enumerate().filter(|(_, node)| node.is_leaf()) {
                let (spread, own) = (index.spreads[g][lane], index.sums[g][lane].sum(index.digits));
                whole.within_leaves += spread;
                whole.spread = whole.spread.plus(Double::from(spread)).plus(between(&own, &all));
            }
        }
        whole
    }

    /// Σ‖x − m‖², all points to the mean of their cluster, if enough is left of it to take the difference.
    fn within(&self, clusters: &[Sum], all: &Sum) -> Option<f64> {
        /// The least share that may be left: 44 of a hundred binary digits may cancel out.
        const SHARE: f64 = 1.0 / (1_u64 << 44) as f64;
        let between = clusters.iter().fold(Double::ZERO, |some, cluster| some.plus(between(cluster, all)));
        let within = self.spread.minus(between).total();
        let is_enough = within > SHARE * self.spread.total() && within > ENOUGH * self.within_leaves;
        is_enough.then_some(within)
    }
}

/// n‖m − M‖² for some of the points.
fn between(some: &Sum, all: &Sum) -> Double {
    let mean_of = |sum: &Sum| f64x2::new([sum.dx, sum.dy]) / f64x2::splat(sum.count.max(1).into());
    let way = Double::sum(lanes(some.pivot), -lanes(all.pivot));
    let way = Double::sum(way.high, way.low + (mean_of(some) - mean_of(all)));
    let square = Double::product(way.high, way.high);
    let low = square.low + (way.high + way.high) * way.low;
    let count = f64x2::splat(some.count.into());
    let times = Double::product(square.high, count);
    Double::sum(times.high, times.low + low * count)
}

/// Σ‖x − c‖², all points to the centroids of their labels.
pub(super) fn inertia(index: &Index, labels: &Labels, clusters: &[Sum], centroids: &[Point]) -> f64 {
    let within = if index.are_exact { index.whole.within(clusters, &index.all()) } else { None };
    let off = || -> f64 { clusters.iter().zip(centroids).map(|(cluster, &c)| cluster.off(c)).sum() };
    within.map_or_else(|| by_leaves(index, labels, centroids), |within| within + off())
}

/// The same, summed leaf by leaf.
fn by_leaves(index: &Index, labels: &Labels, centroids: &[Point]) -> f64 {
    let mut inertia = 0.0;
    labels.each_leaf(index, index.root(), None, &mut |at, label| {
        let node = index.node(at);
        inertia += match label {
            Some(label) if index.are_exact => {
                let sum = index.sums[at.0][at.1].sum(index.digits);
                index.spreads[at.0][at.1] + sum.off(centroids[usize::from(label)])
            }
            _ => {
                let points = index.points[node.range()].iter().enumerate();
                points
                    .map(|(i, point)| {
                        let label = label.unwrap_or_else(|| labels.of_point(index, at, i));
                        point.distance_squared(centroids[usize::from(label)])
                    })
                    .sum()
            }
        };
    });
    inertia
}
