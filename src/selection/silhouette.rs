//! The mean silhouette: Rousseeuw, *Silhouettes: a graphical aid to the interpretation and validation of cluster
//! analysis*, J. Comput. Appl. Math. 20, 1987.

use core::ops::Range;
use std::collections::BTreeSet;

use wide::f64x2;

use crate::error::{Error, room};
use crate::lloyd::Lloyd;
use crate::point::Point;
use crate::random::{Purpose, generator, sample};

/// Of boards of up to so many points, every point's silhouette is measured.
pub(super) const MOST_EXACT: usize = 10_000;
/// Of larger boards, those of so many points.
pub(super) const SAMPLE: usize = 2_000;
/// So many points are brought to their cluster in a slice.
const MOVED: usize = 1 << 16;
/// So many distances are measured in a slice, or those of one point.
const DISTANCES: usize = 1 << 20;

/// The silhouettes of a board's points, or of a sample of them, being measured.
///
/// A point of the sample is measured against all points, so the mean is without bias, and its error is the sample's
/// alone.
pub(super) struct Silhouettes {
    lloyd: Lloyd,
    /// The label of each point, in the order of the index.
    labels: Vec<u16>,
    clusters: Vec<Cluster>,
    /// How many points are in their clusters.
    moved: usize,
    /// The points that are to be measured, by their places in the index; the next one last.
    places: Vec<usize>,
    measured: Vec<f64>,
}

/// The mean of the silhouettes and its standard error.
pub(super) struct Mean {
    pub(super) value: f64,
    pub(super) error: f64,
}

impl Silhouettes {
    /// Those of a run at its end; of a large board, of the points that a seed draws, the same for every k.
    pub(super) fn new(lloyd: Lloyd, seed: u32) -> Result<Self, Error> {
        let index = lloyd.board().index();
        let n = index.len();
        let places: BTreeSet<usize> = if n <= MOST_EXACT {
            (0..n).collect()
        } else {
            sample(&mut generator(seed, Purpose::Sample), n, SAMPLE)
        };
        let labels = lloyd.assignment().flat(index);
        let clusters = lloyd.counts().into_iter().map(|count| Cluster::with_room(count as usize));
        Ok(Self {
            clusters: clusters.collect::<Result<_, Error>>()?,
            moved: 0,
            measured: Vec::with_capacity(places.len()),
            places: places.into_iter().rev().collect(),
            labels,
            lloyd,
        })
    }

    /// Does a slice of the work; the mean when it was the last.
    pub(super) fn advance(&mut self) -> Option<Mean> {
        let n = self.labels.len();
        if self.moved < n {
            let some = self.moved..n.min(self.moved + MOVED);
            self.moved = some.end;
            self.gather(some);
            return None;
        }
        for _ in 0..(DISTANCES / n).max(1) {
            let Some(place) = self.places.pop() else { return Some(mean(&self.measured, n)) };
            self.measured.push(self.silhouette(place));
        }
        None
    }

    /// Brings some points to their clusters.
    fn gather(&mut self, some: Range<usize>) {
        let points = &self.lloyd.board().index().points()[some.clone()];
        for (point, &label) in points.iter().zip(&self.labels[some]) {
            self.clusters[usize::from(label)].push(*point);
        }
    }

    /// (b − a)/max(a, b), where a is the mean distance to the others of the own cluster, and b the mean distance to the
    /// points of the nearest other one; 0 for a point alone in its cluster, or where both are 0.
    fn silhouette(&self, place: usize) -> f64 {
        let (point, own) = (self.lloyd.board().index().point(place), usize::from(self.labels[place]));
        let others = self.clusters[own].len() - 1;
        if others == 0 {
            return 0.0;
        }
        let within = self.clusters[own].distances(point) / others as f64;
        let means = self.clusters.iter().enumerate().filter(|(j, _)| *j != own);
        let means = means.map(|(_, cluster)| cluster.distances(point) / cluster.len() as f64);
        let beyond = means.fold(f64::INFINITY, f64::min);
        let larger = within.max(beyond);
        if larger > 0.0 { (beyond - within) / larger } else { 0.0 }
    }
}

/// The mean of the silhouettes of some of n points, and its standard error: 0 where they are all of them.
fn mean(silhouettes: &[f64], n: usize) -> Mean {
    let count = silhouettes.len() as f64;
    let value = silhouettes.iter().sum::<f64>() / count;
    let squares: f64 = silhouettes.iter().map(|s| (s - value) * (s - value)).sum();
    let left_out = 1.0 - count / n as f64;
    Mean { value, error: (squares / (count - 1.0) / count * left_out).sqrt() }
}

/// The points of a cluster, x and y apart.
struct Cluster {
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Cluster {
    fn with_room(count: usize) -> Result<Self, Error> {
        Ok(Self { x: room(count)?, y: room(count)? })
    }

    fn push(&mut self, point: Point) {
        self.x.push(point.x);
        self.y.push(point.y);
    }

    fn len(&self) -> usize {
        self.x.len()
    }

    /// The sum of the distances from a point to all of them, in four lanes.
    fn distances(&self, from: Point) -> f64 {
        let ((xs, x_left), (ys, y_left)) = (self.x.as_chunks::<4>(), self.y.as_chunks::<4>());
        let (x, y) = (f64x2::splat(from.x), f64x2::splat(from.y));
        let mut sums = [f64x2::ZERO; 2];
        for (xs, ys) in xs.iter().zip(ys) {
            for (half, sum) in sums.iter_mut().enumerate() {
                let dx = f64x2::new([xs[2 * half], xs[2 * half + 1]]) - x;
                let dy = f64x2::new([ys[2 * half], ys[2 * half + 1]]) - y;
                *sum += (dx * dx + dy * dy).sqrt();
            }
        }
        let left = x_left.iter().zip(y_left).map(|(&x, &y)| from.distance(Point::new(x, y)));
        (sums[0] + sums[1]).reduce_add() + left.sum::<f64>()
    }
}
