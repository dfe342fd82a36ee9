//! Assigning through the tree: candidates are filtered on the way down.
//!
//! Kanungo, Mount, Netanyahu, Piatko, Silverman & Wu, *An efficient k-means clustering algorithm: analysis and
//! implementation*, IEEE Transactions on Pattern Analysis and Machine Intelligence 24(7), 2002.

use core::ops::Range;

use wide::{f32x4, f64x2};

use super::tree::{Boxes, Index, Node};
use super::{Labels, MIXED, Sum};
use crate::point::Point;

/// A centroid in the frame's units and in single precision.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    x: f32,
    y: f32,
    /// A bound of how far it is from any point, for how much single precision may have taken from it.
    reach: f32,
}

impl Candidate {
    fn new(index: &Index, centroid: Point) -> Self {
        let Point { x, y } = index.frame.place(centroid);
        Self { x: x as f32, y: y as f32, reach: (2.0 + x.abs() + y.abs()) as f32 }
    }
}

/// A centroid as the leaves need it: its place and its index.
#[derive(Debug, Clone, Copy)]
struct Near {
    x: f64,
    y: f64,
    /// The bits of a float, so that it can be chosen together with the distances.
    label: f64,
}

impl Near {
    fn new(centroid: Point, label: u16) -> Self {
        Self { x: centroid.x, y: centroid.y, label: f64::from_bits(u64::from(label)) }
    }
}

/// One pass over the tree.
struct Pass<'a> {
    index: &'a Index,
    centroids: &'a [Point],
    candidates: Vec<Candidate>,
    /// The candidates of all boxes on the way down, as a stack.
    lists: Vec<u16>,
    near: Vec<Near>,
    labels: &'a mut Labels,
    sums: &'a mut [Sum],
    changed: usize,
}

/// Gives every point the label of its nearest centroid, the lowest index among equals; how many labels changed.
///
/// The sums are those of the clusters about the centroids.
pub(super) fn assign(index: &Index, centroids: &[Point], labels: &mut Labels, sums: &mut [Sum]) -> usize {
    let candidates = centroids.iter().map(|&centroid| Candidate::new(index, centroid)).collect();
    let lists = (0..centroids.len() as u16).collect();
    let mut pass = Pass { index, centroids, candidates, lists, near: Vec::new(), labels, sums, changed: 0 };
    let root = index.root();
    if pass.group(root, 0..centroids.len()) != MIXED {
        pass.labels.add_uniform(index, root, centroids, pass.sums);
    }
    pass.changed
}

impl Pass<'_> {
    /// Assigns the nodes of a group; the label that all of them have, or `MIXED`.
    fn group(&mut self, g: usize, list: Range<usize>) -> u16 {
        let group = &self.index.groups[g];
        let base = self.lists.len();
        let lengths = self.filter(&group.boxes, list.clone());
        let (mut common, mut is_uniform) = (MIXED, true);
        for (lane, node) in group.nodes.iter().enumerate().filter(|(_, node)| node.count > 0) {
            let from = base + lane * list.len();
            let before = self.labels.nodes[g][lane];
            let now = self.node(node, before, from..from + lengths[lane]);
            self.labels.nodes[g][lane] = now;
            is_uniform &= now != MIXED && (lane == 0 || now == common);
            common = now;
        }
        self.lists.truncate(base);
        if is_uniform {
            return common;
        }
        self.labels.add_uniform(self.index, g, self.centroids, self.sums);
        MIXED
    }

    fn node(&mut self, node: &Node, before: u16, list: Range<usize>) -> u16 {
        if list.len() == 1 {
            let label = self.lists[list.start];
            self.changed += self.labels.others(self.index, node, before, label);
            return label;
        }
        let Some(parts) = node.parts else { return self.leaf(node, before, list) };
        if before != MIXED {
            self.labels.nodes[parts as usize] = [before; 4];
        }
        self.group(parts as usize, list)
    }

    /// Lists for each of four boxes the candidates that may be nearest to some place in it; how many each has.
    ///
    /// The others are farther from every place of the box than the candidate that is nearest to its middle.
    fn filter(&mut self, boxes: &Boxes, list: Range<usize>) -> [usize; 4] {
        /// The share of squared reach that rounding may take from the test, with plenty to spare.
        const ROUNDING: f32 = 1e-6;
        let (x, y) = (f32x4::new(boxes.x), f32x4::new(boxes.y));
        let (half_width, half_height) = (f32x4::new(boxes.half_width), f32x4::new(boxes.half_height));
        let first = self.candidates[usize::from(self.lists[list.start])];
        let (mut zx, mut zy, mut z_reach) =
            (f32x4::splat(first.x), f32x4::splat(first.y), f32x4::splat(first.reach));
        let mut least = f32x4::splat(f32::INFINITY);
        for &j in &self.lists[list.clone()] {
            let candidate = self.candidates[usize::from(j)];
            let (cx, cy) = (f32x4::splat(candidate.x), f32x4::splat(candidate.y));
            let (dx, dy) = (x - cx, y - cy);
            let d = dx * dx + dy * dy;
            let is_less = d.simd_lt(least);
            least = is_less.select(d, least);
            zx = is_less.select(cx, zx);
            zy = is_less.select(cy, zy);
            z_reach = is_less.select(f32x4::splat(candidate.reach), z_reach);
        }
        let (base, stride) = (self.lists.len(), list.len());
        self.lists.resize(base + 4 * stride, 0);
        let (lists, kept) = self.lists.split_at_mut(base);
        let mut lengths = [0; 4];
        for &j in &lists[list] {
            let candidate = self.candidates[usize::from(j)];
            let (cx, cy) = (f32x4::splat(candidate.x), f32x4::splat(candidate.y));
            let (wx, wy) = (cx - zx, cy - zy);
            // Half of ‖p − c‖² − ‖p − z‖² in the middle of the box, and how much less it may be elsewhere in it.
            let half = f32x4::splat(0.5);
            let middle = ((cx + zx) * half - x) * wx + ((cy + zy) * half - y) * wy;
            let less = half_width * wx.abs() + half_height * wy.abs();
            let reach = z_reach + f32x4::splat(candidate.reach);
            let is_out = (middle - less).simd_gt(reach * reach * f32x4::splat(ROUNDING)).to_bitmask();
            for (lane, length) in lengths.iter_mut().enumerate() {
                kept[lane * stride + *length] = j;
                *length += usize::from(is_out >> lane & 1 == 0);
            }
        }
        lengths
    }

    /// Assigns the points of a leaf, one by one; the label that all of them have, or `MIXED`.
    fn leaf(&mut self, node: &Node, before: u16, list: Range<usize>) -> u16 {
        let range = node.range();
        let labels = &mut self.labels.points[range.clone()];
        if before != MIXED {
            labels.fill(before);
        }
        self.near.clear();
        self.near.extend(
            self.lists[list].iter().map(|&label| Near::new(self.centroids[usize::from(label)], label)),
        );
        let (x, x_rest) = self.index.x[range.clone()].as_chunks();
        let (y, y_rest) = self.index.y[range].as_chunks();
        let (fours, rest) = labels.as_chunks_mut::<4>();
        for ((x, y), labels) in x.iter().zip(y).zip(fours) {
            let now = nearest_to_four(x, y, &self.near);
            self.changed += replace(labels, &now);
        }
        let now = nearest_to_four(&padded(x_rest), &padded(y_rest), &self.near);
        self.changed += replace(rest, &now);
        let first = self.labels.points[node.start as usize];
        if self.labels.points[node.range()].iter().all(|label| *label == first) {
            return first;
        }
        self.labels.add_points(self.index, node, self.centroids, self.sums);
        MIXED
    }
}

/// Puts labels in the place of others; how many are different.
fn replace(labels: &mut [u16], now: &[u16; 4]) -> usize {
    let pairs = labels.iter_mut().zip(now);
    pairs.map(|(label, now)| usize::from(core::mem::replace(label, *now) != *now)).sum()
}

/// Up to four coordinates and as many zeros as are missing.
fn padded(coordinates: &[f64]) -> [f64; 4] {
    let mut four = [0.0; 4];
    four[..coordinates.len()].copy_from_slice(coordinates);
    four
}

/// The label of the nearest centroid to each of four points, the lowest among equals.
fn nearest_to_four(x: &[f64; 4], y: &[f64; 4], near: &[Near]) -> [u16; 4] {
    let halves = |v: &[f64; 4]| [f64x2::new([v[0], v[1]]), f64x2::new([v[2], v[3]])];
    let (x, y) = (halves(x), halves(y));
    let mut least = [f64x2::splat(f64::INFINITY); 2];
    let mut labels = [f64x2::splat(0.0); 2];
    for centroid in near {
        for half in 0..2 {
            let (dx, dy) = (x[half] - f64x2::splat(centroid.x), y[half] - f64x2::splat(centroid.y));
            let d = dx * dx + dy * dy;
            let is_less = d.simd_lt(least[half]);
            least[half] = is_less.select(d, least[half]);
            labels[half] = is_less.select(f64x2::splat(centroid.label), labels[half]);
        }
    }
    let label = |i: usize| labels[i / 2].to_array()[i % 2].to_bits() as u16;
    [label(0), label(1), label(2), label(3)]
}
