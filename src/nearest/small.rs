//! Small boards: no tree, every point is looked at, unless it is known that its label stays.

use wide::f32x4;

use super::filter::{Candidate, Near, nearest_to, search, unpacked};
use super::tree::{Index, Quad, Small};
use super::{Labels, MIXED, Measure, Sum, Sums};
use crate::error::KNOWS_LARGE;
use crate::point::Point;

/// Gives every point the label of its nearest centroid, the lowest index among equals; how many labels changed.
///
/// The sums are of the labels given.
pub(super) fn assign(
    index: &Index,
    centroids: &[Point],
    labels: &mut Labels,
    sums: &mut Sums,
    measure: Measure,
) -> usize {
    labels.nodes[index.root()][0] = MIXED;
    let Labels { points: labels, watch, .. } = labels;
    let changed = if KNOWS_LARGE {
        watch.search(index, centroids, labels)
    } else {
        watch.clusters.clear();
        search(&index.points, labels, &all_near(centroids), |_, _, _| {})
    };
    if index.are_exact {
        if watch.clusters.is_empty() {
            watch.clusters = gathered(index, centroids.len(), labels);
        }
        for (sum, cluster) in sums.clusters.iter_mut().zip(&watch.clusters) {
            *sum = cluster.sum(index.digits);
        }
    } else {
        sums.clusters = summed(index, centroids.len(), labels);
    }
    sums.inertia =
        if measure == Measure::Always || changed == 0 { inertia(index, centroids, labels) } else { f64::NAN };
    changed
}

/// The sums of the labels as they stand.
pub(super) fn sums(index: &Index, labels: &Labels, centroids: &[Point]) -> Sums {
    let labels = &labels.points;
    let clusters = if index.are_exact {
        let clusters = gathered(index, centroids.len(), labels);
        clusters.iter().map(|cluster| cluster.sum(index.digits)).collect()
    } else {
        summed(index, centroids.len(), labels)
    };
    Sums { clusters, inertia: inertia(index, centroids, labels) }
}

fn all_near(centroids: &[Point]) -> Vec<Near> {
    centroids.iter().zip(0..).map(|(&centroid, label)| Near::new(centroid, label)).collect()
}

/// Σ‖x − c‖², in the order of the board.
fn inertia(index: &Index, centroids: &[Point], labels: &[u16]) -> f64 {
    let own = index.points.iter().zip(labels);
    own.map(|(point, &label)| point.distance_squared(centroids[usize::from(label)])).sum()
}

/// The clusters, if their sums are exact.
fn gathered(index: &Index, k: usize, labels: &[u16]) -> Vec<Small> {
    let mut clusters = vec![Small::default(); k];
    for (&point, &label) in index.points.iter().zip(labels) {
        clusters[usize::from(label)].add(&Small::of_point(index.digits, point));
    }
    clusters
}

/// The clusters summed in the order of the index, as their points lie from the first.
pub(super) fn summed(index: &Index, k: usize, labels: &[u16]) -> Vec<Sum> {
    let mut clusters = vec![Sum::default(); k];
    for (&point, &label) in index.points.iter().zip(labels) {
        clusters[usize::from(label)].add_point(point);
    }
    clusters
}

/// A centroid as four points look at it, in single precision.
#[derive(Debug, Clone, Copy)]
struct Single {
    x: f32x4,
    y: f32x4,
    label: f32x4,
}

/// All centroids as four points look at them, and what single precision may take.
#[derive(Debug, Clone, Default)]
struct Singles {
    centroids: Vec<Single>,
    /// From the difference of two squared distances.
    squared_margin: f32x4,
    /// From the difference of two distances.
    margin: f32x4,
}

impl Singles {
    fn follow(&mut self, index: &Index, centroids: &[Point]) {
        /// The share of reach, squared or not, that it may take, with plenty to spare.
        const ROUNDING: f32 = 2e-6;
        let mut reach = 0.0_f32;
        self.centroids.clear();
        self.centroids.extend(centroids.iter().zip(0..).map(|(&centroid, label): (_, u16)| {
            let candidate = Candidate::new(index, centroid);
            if candidate.reach > reach {
                reach = candidate.reach;
            }
            let [x, y, label] = [candidate.x, candidate.y, label.into()].map(f32x4::splat);
            Single { x, y, label }
        }));
        self.squared_margin = f32x4::splat(ROUNDING * reach * reach);
        self.margin = f32x4::splat(ROUNDING * reach);
    }

    /// The label of the nearest centroid to each of four points, if it is certain, and by how much the next centroid is
    /// farther at least.
    fn nearest_to(&self, quad: &Quad) -> (Option<f32x4>, f32x4) {
        let infinity = f32x4::splat(f32::INFINITY);
        let (mut labels, mut least, mut next) = (f32x4::ZERO, infinity, infinity);
        for centroid in &self.centroids {
            let (dx, dy) = (quad.x - centroid.x, quad.y - centroid.y);
            let d = dx * dx + dy * dy;
            labels = d.simd_lt(least).select(centroid.label, labels);
            next = d.fast_max(least).fast_min(next);
            least = d.fast_min(least);
        }
        let is_certain = all(next - least, self.squared_margin);
        (is_certain.then_some(labels), next.sqrt() - least.sqrt() - self.margin)
    }
}

/// Whether all numbers are larger; not if one of them is none.
fn all(numbers: f32x4, larger_than: f32x4) -> bool {
    numbers.simd_gt(larger_than).to_bitmask() == 0b1111
}

/// What is known of a small board since its last assign: most points need not be looked at again.
///
/// As long as the next centroid has not come nearer to a point, and its own has not gone farther from it, by more than it
/// leads, its label stays (G. Hamerly, *Making k-means even faster*, SIAM International Conference on Data Mining 2010).
#[derive(Debug, Clone, Default)]
pub(super) struct Watch {
    /// The centroids of the last assign; none where the labels are not of it.
    centroids: Vec<Point>,
    singles: Singles,
    /// What the centroids' last moves may have taken from a lead at most: of the points of each, and of those of several.
    taken: Vec<f32x4>,
    quads: Vec<Watched>,
    /// Room for the quads that are to be looked at, then for those of them that change.
    due: Vec<u16>,
    /// The clusters as the last assign made them; none where they have to be gathered anew.
    clusters: Vec<Small>,
}

/// What is known of four points.
#[derive(Debug, Clone, Copy)]
struct Watched {
    /// By how much the next centroid is farther than the own one, at least, in the frame's units.
    lead: f32x4,
    labels: f32x4,
    /// The label of all four; k where they have several.
    common: u16,
}

impl Watch {
    /// Forgets all, for labels have been given otherwise.
    pub(super) fn forget(&mut self) {
        self.centroids.clear();
    }

    /// Labels all points; how many labels changed. The clusters learn of it, unless they have to be gathered anew.
    fn search(&mut self, index: &Index, centroids: &[Point], labels: &mut [u16]) -> usize {
        let k = centroids.len();
        if self.centroids.len() != k {
            let unknown =
                Watched { lead: f32x4::splat(-1.0), labels: f32x4::splat(f32::NAN), common: k as u16 };
            self.quads.clear();
            self.quads.resize(index.quads.len(), unknown);
            self.clusters.clear();
            self.centroids.clear();
            self.centroids.extend_from_slice(centroids);
        }
        self.follow(index, centroids);
        let Self { singles, taken, .. } = self;
        // Lists, for nobody can foresee which quads are to be looked at, and which of them change: branches would cost more.
        let mut due = core::mem::take(&mut self.due);
        due.clear();
        due.resize(index.quads.len(), 0);
        let mut count = 0;
        for (i, watched) in (0..).zip(&mut self.quads) {
            // The difference is never more than it is.
            watched.lead = (watched.lead - taken[usize::from(watched.common)]) * f32x4::splat(1.0 - 1e-6);
            due[count] = i;
            count += usize::from(!all(watched.lead, f32x4::ZERO));
        }
        let mut changing = 0;
        for place in 0..count {
            let i = due[place];
            let (quad, watched) = (&index.quads[usize::from(i)], &mut self.quads[usize::from(i)]);
            let (now, lead) = singles.nearest_to(quad);
            let now = now.unwrap_or_else(|| exactly_nearest_to(quad, index, centroids));
            due[changing] = i;
            changing += usize::from(now.simd_eq(watched.labels).to_bitmask() != 0b1111);
            (watched.labels, watched.lead) = (now, lead);
        }
        let mut changed = 0;
        for &i in &due[..changing] {
            let (quad, watched) = (&index.quads[usize::from(i)], &mut self.quads[usize::from(i)]);
            let now = watched.labels.to_array().map(|label| label as u16);
            watched.common = if now == [now[0]; 4] { now[0] } else { k as u16 };
            for (place, now) in quad.places.into_iter().zip(now) {
                let before = core::mem::replace(&mut labels[place as usize], now);
                changed += usize::from(before != now);
                if !self.clusters.is_empty() {
                    // A point that keeps its label is taken off and added again, exactly.
                    let point = Small::of_point(index.digits, index.points[place as usize]);
                    self.clusters[usize::from(before)].remove(&point);
                    self.clusters[usize::from(now)].add(&point);
                }
            }
        }
        self.due = due;
        changed
    }

    /// Goes with the centroids to where they are now.
    fn follow(&mut self, index: &Index, centroids: &[Point]) {
        let moves = self.centroids.iter().zip(centroids).map(|(before, now)| before.distance(*now));
        let (mut most, mut second) = (0.0_f64, 0.0_f64);
        for own in moves.clone() {
            if own > most {
                (most, second) = (own, most);
            } else if own > second {
                second = own;
            }
        }
        // Never less than it is.
        let taken = |taken: f64| f32x4::splat((taken * index.frame.units) as f32 * (1.0 + 1e-6));
        let of_one = moves.map(|own| taken(own + if own == most { second } else { most }));
        self.taken.clear();
        self.taken.extend(of_one.chain([taken(most + second)]));
        self.singles.follow(index, centroids);
        self.centroids.copy_from_slice(centroids);
    }
}

/// The same labels, compared point by point.
fn exactly_nearest_to(quad: &Quad, index: &Index, centroids: &[Point]) -> f32x4 {
    let points = quad.places.map(|place| index.points[place as usize]);
    let labels = unpacked(nearest_to(&points, &all_near(centroids)));
    f32x4::new(labels.map(f32::from))
}
