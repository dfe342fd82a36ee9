//! Exact search for the nearest centroid: the fast engine.
//!
//! A tree over the points tells boxes that can only be nearest to one centroid from those that have to be looked
//! into. The labels are those of a search through all centroids for every point, always: boxes are given away only
//! with more room to spare than rounding takes. Sums are exact, or their order depends on the labels alone, so they are
//! the same to the bit however much work was saved.

mod exact;
mod filter;
mod inertia;
mod small;
#[cfg(feature = "large")]
mod sorting;
mod split;
mod tree;

use std::collections::BinaryHeap;

use wide::f64x2;

use crate::error::{Error, KNOWS_LARGE, filled};
#[cfg(not(feature = "large"))]
use crate::point::Extent;
use crate::point::{Point, lanes, place, sort_key};
pub(crate) use filter::{assign, sums};
use small::Watch;
#[cfg(feature = "large")]
pub(crate) use sorting::Sorting;
#[cfg(feature = "large")]
use sorting::neighbours;
use split::Split;
pub(crate) use tree::Index;
pub(crate) use tree::SMALL_BOARD;
use tree::{Lane, Large};

/// What a build that knows small boards only never has.
#[cfg(not(feature = "large"))]
pub(crate) enum Sorting {}

#[cfg(not(feature = "large"))]
impl Sorting {
    pub(crate) fn new(n: usize, _: Extent) -> Result<Self, Error> {
        Err(Error::PointCount { n })
    }

    pub(crate) fn advance(&mut self, _: &[Point], _: usize) -> Result<Option<Index>, Error> {
        match *self {}
    }

    pub(crate) fn share(&self) -> f64 {
        match *self {}
    }
}

#[cfg(not(feature = "large"))]
fn neighbours(_: &[Point]) -> Vec<u32> {
    Vec::new()
}

/// The label of a point before the first assign: it belongs to no cluster yet.
pub const UNASSIGNED: u32 = u32::MAX;

/// A leaf whose points have two labels, or three: which, is told by its split.
const SPLIT: u16 = u16::MAX - 2;
/// A node whose points have different labels.
const MIXED: u16 = u16::MAX - 1;
/// A point, or a node's points, before the first assign.
pub(crate) const NONE: u16 = u16::MAX;

/// Whether the points of a node have one label, or none: it is neither `SPLIT` nor `MIXED`.
fn is_one(label: u16) -> bool {
    label.wrapping_sub(SPLIT) > MIXED - SPLIT
}

/// The least share that may be left of a difference: with it, thirteen of sixteen digits are.
const ENOUGH: f64 = 1e-3;

/// The points of a cluster, summed up.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Sum {
    /// How many they are.
    pub(crate) count: u32,
    /// A place among them: the first, or about the mean of all. They are summed as they lie from here, so that nothing is lost
    /// far from the origin.
    pivot: Point,
    /// Σ(x − pivot).
    dx: f64,
    dy: f64,
}

impl Sum {
    fn add_point(&mut self, point: Point) {
        if self.count == 0 {
            self.pivot = point;
        }
        self.count += 1;
        self.dx += point.x - self.pivot.x;
        self.dy += point.y - self.pivot.y;
    }

    /// The mean of the points, if there are any.
    pub(crate) fn mean(&self) -> Point {
        let count = f64x2::splat(self.count.max(1).into());
        place(lanes(self.pivot) + f64x2::new([self.dx, self.dy]) / count)
    }

    /// n‖mean − c‖² for a place c, from the mean before it is rounded to a place of the plane.
    fn off(&self, c: Point) -> f64 {
        let count = f64::from(self.count.max(1));
        let (dx, dy) = (self.pivot.x - c.x + self.dx / count, self.pivot.y - c.y + self.dy / count);
        count * (dx * dx + dy * dy)
    }
}

/// When the inertia is wanted of an assign; for its labels and clusters, that makes no difference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Measure {
    Always,
    /// Where it changes no label. Else it is there, or NaN where that is less work.
    AtRest,
}

/// What a pass over the points came to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sums {
    /// Each cluster.
    pub(crate) clusters: Vec<Sum>,
    /// Σ‖x − c‖², all points to the centroids of their labels.
    pub(crate) inertia: f64,
}

impl Sums {
    pub(crate) fn none(k: usize) -> Self {
        Self { clusters: vec![Sum::default(); k], inertia: 0.0 }
    }

    /// The inertia with every centroid moved to its mean, if enough is left of it to take the difference.
    fn inertia_about_means(&self, centroids: &[Point]) -> Option<f64> {
        let clusters = self.clusters.iter().zip(centroids);
        let off: f64 = clusters.map(|(sum, &centroid)| sum.off(centroid) - sum.off(sum.mean())).sum();
        let left = self.inertia - off;
        if self.inertia == 0.0 {
            return Some(0.0); // every point lies on its centroid
        }
        (left > ENOUGH * self.inertia).then_some(left)
    }
}

/// The inertia once every centroid is the mean of its points, from the sums about the centroids before.
pub(crate) fn inertia_about_means(
    index: &Index,
    labels: &Labels,
    sums: &Sums,
    before: &[Point],
    means: &[Point],
) -> f64 {
    sums.inertia_about_means(before).unwrap_or_else(|| filter::sums(index, labels, means).inertia)
}

/// A point and how far it is from its own centroid: the smallest is the farthest, the lowest index among equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Far {
    distance: core::cmp::Reverse<u64>,
    /// The index on the board.
    i: u32,
    /// The place in the tree's order.
    pub(crate) place: u32,
}

/// The farthest points from their own centroids, `count` of them after one that is known, by labels in the tree's order;
/// the farthest first.
pub(crate) fn farthest(
    index: &Index,
    labels: &[u16],
    centroids: &[Point],
    after: Option<Far>,
    count: usize,
) -> Vec<Far> {
    let mut heap = BinaryHeap::with_capacity(count.min(index.len()) + 1);
    for (place, &label) in labels.iter().enumerate() {
        let d = index.point(place).distance_squared(centroids[usize::from(label)]);
        let far =
            Far { distance: core::cmp::Reverse(sort_key(d)), i: index.order[place], place: place as u32 };
        if Some(far) > after && (heap.len() < count || heap.peek().is_some_and(|last| far < *last)) {
            heap.push(far);
            if heap.len() > count {
                heap.pop();
            }
        }
    }
    heap.into_sorted_vec()
}

/// The label of every point.
///
/// A node of the tree whose points have one label has it too, and a leaf whose points have few may have a split; its
/// points' own labels are then out of date. On a small board they never are: its one leaf is `MIXED` once they are given,
/// also where they are all the same.
#[derive(Debug, Clone)]
pub(crate) struct Labels {
    nodes: Vec<[u16; 4]>,
    /// None on a small board.
    splits: Vec<[Split; 4]>,
    points: Vec<u16>,
    watch: Watch,
    /// The clusters of a large board by label, and last the points that have none; empty before the first assign.
    clusters: Vec<Large>,
    drift: Drift,
}

/// How far the centroids have come since the first assign, each in all, in the frame's units; on a large board.
///
/// As long as two centroids together have not come farther than it takes to be equally far from a point, the point stays
/// (G. Hamerly, *Making k-means even faster*, SIAM International Conference on Data Mining 2010).
#[derive(Debug, Clone, Default)]
struct Drift {
    centroids: Vec<Point>,
    ways: Vec<f64>,
}

impl Drift {
    /// Goes with the centroids to where they are now.
    fn follow(&mut self, index: &Index, centroids: &[Point]) {
        if self.centroids.len() != centroids.len() {
            (self.centroids, self.ways) = (centroids.to_vec(), vec![0.0; centroids.len()]);
        }
        for ((before, now), way) in self.centroids.iter_mut().zip(centroids).zip(&mut self.ways) {
            // Never less than it is.
            *way = (*way + before.distance(*now) * index.frame.units) * (1.0 + 1e-12);
            *before = *now;
        }
    }

    /// How far two of them have come.
    fn of(&self, pair: [u16; 2]) -> f64 {
        pair.into_iter().map(|label| self.ways[usize::from(label)]).sum()
    }
}

impl Labels {
    /// No point has a label.
    pub(crate) fn none(index: &Index) -> Result<Self, Error> {
        let (nodes, points) = (filled([NONE; 4], index.groups.len())?, filled(NONE, index.len())?);
        let splits = filled([Split::default(); 4], if index.is_small() { 0 } else { index.groups.len() })?;
        Ok(Self {
            nodes,
            splits,
            points,
            watch: Watch::default(),
            clusters: Vec::new(),
            drift: Drift::default(),
        })
    }

    /// Takes all labels back.
    pub(crate) fn clear(&mut self) {
        self.nodes.fill([NONE; 4]);
        self.points.fill(NONE);
        self.watch.forget();
        self.clusters.clear();
        self.drift = Drift::default();
    }

    /// Labels in the order of the board, [`UNASSIGNED`] for none.
    pub(crate) fn listed(&self, index: &Index) -> Vec<u32> {
        let mut listed = vec![UNASSIGNED; index.order.len()];
        for (label, &i) in self.flat(index).into_iter().zip(&index.order) {
            listed[i as usize] = if label == NONE { UNASSIGNED } else { u32::from(label) };
        }
        listed
    }

    /// Labels in the order of the tree.
    pub(crate) fn flat(&self, index: &Index) -> Vec<u16> {
        let mut flat = Vec::new();
        self.flatten(index, &mut flat);
        flat
    }

    /// The same, in the place of what is there: history grows into every gap, so large lists had better keep theirs.
    pub(crate) fn flatten(&self, index: &Index, flat: &mut Vec<u16>) {
        flat.clone_from(&self.points);
        self.spell_all(index, index.root(), flat);
    }

    /// Gives their labels to the points below a group.
    fn spell_all(&self, index: &Index, g: usize, points: &mut [u16]) {
        for (lane, node) in index.groups[g].nodes.iter().enumerate() {
            match node.parts() {
                Some(parts) if !is_one(self.nodes[g][lane]) => self.spell_all(index, parts, points),
                _ if node.count > 0 => self.spell_node((g, lane), &mut points[node.range()]),
                _ => {}
            }
        }
    }

    /// Gives their labels to the points of a node, unless they have their own.
    fn spell_node(&self, at: Lane, points: &mut [u16]) {
        match (self.nodes[at.0][at.1], self.split(at)) {
            (_, Some(split)) => {
                points.iter_mut().enumerate().for_each(|(i, label)| *label = split.label_of(i));
            }
            (MIXED, _) => {}
            (label, _) => points.fill(label),
        }
    }

    /// Whether a leaf is known to be split between two centroids as it was before they moved.
    fn stays(&self, at: Lane, pair: [u16; 2]) -> bool {
        let [first, second] = pair;
        self.split(at).is_some_and(|split| {
            split.labels == [first, second, NONE] && self.drift.of(pair) < split.until.into()
        })
    }

    /// Notes that a leaf stays so until two centroids have come so much farther together.
    fn stay(&mut self, at: Lane, pair: [u16; 2], room: f64) {
        let until = self.drift.of(pair) + room;
        self.splits[at.0][at.1].until =
            if until < f32::MAX.into() { until as f32 * (1.0 - 1e-6) } else { 0.0 };
    }

    /// Gives its label to a node's parts, if it has one.
    fn hand_down(&mut self, at: Lane, parts: usize) {
        let label = self.nodes[at.0][at.1];
        if is_one(label) {
            self.nodes[parts] = [label; 4];
        }
    }

    /// Gives the points of a leaf labels of their own.
    fn spell(&mut self, index: &Index, at: Lane) {
        let range = index.node(at).range();
        let mut points = core::mem::take(&mut self.points);
        self.spell_node(at, &mut points[range]);
        self.points = points;
    }

    /// How a leaf is split, if it is.
    fn split(&self, (g, lane): Lane) -> Option<&Split> {
        if KNOWS_LARGE && self.nodes[g][lane] == SPLIT {
            self.splits.get(g).map(|group| &group[lane])
        } else {
            None
        }
    }

    /// The label of a point of a leaf.
    fn of_point(&self, index: &Index, at: Lane, i: usize) -> u16 {
        self.split(at).map_or_else(|| self.points[index.node(at).range()][i], |split| split.label_of(i))
    }

    /// Visits the leaves below a group, each with the label of all its points, if they have one.
    fn each_leaf(
        &self,
        index: &Index,
        g: usize,
        above: Option<u16>,
        visit: &mut impl FnMut(Lane, Option<u16>),
    ) {
        for (lane, node) in index.groups[g].nodes.iter().enumerate().filter(|(_, node)| node.count > 0) {
            let label = above.or(Some(self.nodes[g][lane]).filter(|&label| is_one(label)));
            match node.parts() {
                Some(parts) => self.each_leaf(index, parts, label, visit),
                None => visit((g, lane), label),
            }
        }
    }

    /// The label of the point at a place in the tree's order.
    pub(crate) fn at(&self, index: &Index, place: u32) -> u16 {
        let (mut g, mut lane) = (index.root(), 0);
        loop {
            let (node, label) = (&index.groups[g].nodes[lane], self.nodes[g][lane]);
            match node.parts() {
                _ if is_one(label) => return label,
                None => {
                    let split = self
                        .split((g, lane))
                        .map(|split| split.label_of(place as usize - node.start as usize));
                    return split.unwrap_or(self.points[place as usize]);
                }
                Some(parts) => (g, lane) = (parts, index.lane(parts, place)),
            }
        }
    }

    /// Gives another label, which no other point has, to the point at a place in the tree's order.
    pub(crate) fn set(&mut self, index: &Index, place: u32, new: u16) {
        self.watch.forget();
        if !self.clusters.is_empty() {
            let point = Large::of_point(index.digits, index.point(place as usize));
            let before = self.at(index, place);
            self.clusters[usize::from(before)].remove(&point);
            self.clusters[usize::from(new)].add(&point);
        }
        let (mut g, mut lane) = (index.root(), 0);
        loop {
            let node = &index.groups[g].nodes[lane];
            let label = &mut self.nodes[g][lane];
            if node.count == 1 {
                *label = new;
                return;
            }
            let before = *label;
            let Some(parts) = node.parts() else {
                self.spell(index, (g, lane));
                self.points[place as usize] = new;
                self.nodes[g][lane] = MIXED;
                return;
            };
            *label = MIXED;
            if is_one(before) {
                self.nodes[parts] = [before; 4];
            }
            (g, lane) = (parts, index.lane(parts, place));
        }
    }

    /// Whether the points have labels.
    pub(crate) fn are_given(&self, index: &Index) -> bool {
        self.nodes[index.root()][0] != NONE
    }
}
