//! Assigning through the tree: candidates are filtered on the way down.
//!
//! Kanungo, Mount, Netanyahu, Piatko, Silverman & Wu, *An efficient k-means clustering algorithm: analysis and
//! implementation*, IEEE Transactions on Pattern Analysis and Machine Intelligence 24(7), 2002.

use core::ops::Range;

use wide::{f32x4, f64x2};

use super::small;
use super::split::{self, Bits, Part, Split};
use super::tree::{Boxes, Index, Lane, Node};
use super::{ENOUGH, Labels, MIXED, Measure, SPLIT, Sum, Sums, is_one};
use crate::error::KNOWS_LARGE;
use crate::point::Point;

/// A centroid in the frame's units and in single precision.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) x: f32,
    pub(super) y: f32,
    /// A bound of how far it is from any point, for how much single precision may have taken from it.
    pub(super) reach: f32,
}

impl Candidate {
    pub(super) fn new(index: &Index, centroid: Point) -> Self {
        let Point { x, y } = index.frame.place(centroid);
        Self { x: x as f32, y: y as f32, reach: (2.0 + x.abs() + y.abs()) as f32 }
    }
}

/// A centroid as the leaves look at it: everything in two lanes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Near {
    x: f64x2,
    y: f64x2,
    label: f64x2,
}

impl Near {
    pub(super) fn new(centroid: Point, label: u16) -> Self {
        Self { x: f64x2::splat(centroid.x), y: f64x2::splat(centroid.y), label: lanes_of(label) }
    }
}

/// Four numbers in lanes.
type Four = [f64x2; 2];

fn four([a, b, c, d]: [f64; 4]) -> Four {
    [f64x2::new([a, b]), f64x2::new([c, d])]
}

/// The coordinates of four points in lanes.
fn coordinates([a, b, c, d]: &[Point; 4]) -> (Four, Four) {
    (four([a.x, b.x, c.x, d.x]), four([a.y, b.y, c.y, d.y]))
}

/// Up to four of something, and fillers for those that are missing.
fn filled<T: Copy>(few: &[T], filler: T) -> [T; 4] {
    let mut four = [filler; 4];
    four[..few.len()].copy_from_slice(few);
    four
}

/// A label in two lanes, to be chosen as distances are: numbers whose lowest bits are the label, in the second lane 16
/// bits up.
fn lanes_of(label: u16) -> f64x2 {
    const EMPTY: u64 = 1075 << 52;
    let lane = |bits: u64| f64::from_bits(EMPTY | bits);
    f64x2::new([lane(label.into()), lane(u64::from(label) << 16)])
}

/// The labels in four lanes, packed.
fn labels_of(lanes: Four) -> u64 {
    let [low, high] = lanes.map(|two| {
        let [first, second] = two.to_array().map(f64::to_bits);
        (first | second) & 0xffff_ffff
    });
    low | high << 32
}

/// Four labels in one number.
fn packed([a, b, c, d]: [u16; 4]) -> u64 {
    u64::from(a) | u64::from(b) << 16 | u64::from(c) << 32 | u64::from(d) << 48
}

pub(super) fn unpacked(labels: u64) -> [u16; 4] {
    [0, 1, 2, 3].map(|i| (labels >> (16 * i)) as u16)
}

/// The label of the nearest centroid to each of four points, the first among equals.
pub(super) fn nearest_to(points: &[Point; 4], near: &[Near]) -> u64 {
    let (x, y) = coordinates(points);
    let (mut labels, mut least) = ([f64x2::ZERO; 2], [f64x2::splat(f64::INFINITY); 2]);
    for centroid in near {
        for half in 0..2 {
            let (dx, dy) = (x[half] - centroid.x, y[half] - centroid.y);
            let d = dx * dx + dy * dy;
            let is_less = d.simd_lt(least[half]);
            labels[half] = is_less.select(centroid.label, labels[half]);
            least[half] = d.fast_min(least[half]);
        }
    }
    labels_of(labels)
}

/// The share of squared reach that rounding may take from a test of boxes, with plenty to spare.
const ROUNDING: f32 = 1e-6;

/// A pass over the tree: what it needs beside the labels, what it comes to, and room to work in.
struct Pass<'a> {
    index: &'a Index,
    centroids: &'a [Point],
    sums: &'a mut Sums,
    candidates: Vec<Candidate>,
    /// The candidates of all boxes on the way down, as a stack.
    lists: Vec<u16>,
    near: Vec<Near>,
    waiting: Vec<Waiting>,
}

/// A leaf in two clusters that is yet to be summed.
///
/// Its points come from far off in memory. Side by side, with nothing else between them, many are fetched at the same time.
struct Waiting {
    at: Lane,
    split: Split,
    others: Bits,
}

/// Gives every point the label of its nearest centroid, the lowest index among equals; how many labels changed.
///
/// The sums are of the labels given.
pub(crate) fn assign(
    index: &Index,
    centroids: &[Point],
    labels: &mut Labels,
    sums: &mut Sums,
    measure: Measure,
) -> usize {
    if index.is_small() {
        return small::assign(index, centroids, labels, sums, measure);
    }
    let mut pass = Pass::new(index, centroids, sums);
    pass.lists = (0..centroids.len() as u16).collect();
    pass.candidates = centroids.iter().map(|&centroid| Candidate::new(index, centroid)).collect();
    let mut changed = 0;
    let common = pass.group(index.root(), 0..centroids.len(), labels, &mut changed);
    if is_one(common) {
        pass.add_boxes(index.root(), labels);
    }
    pass.add_splits(|(g, lane), split| {
        if labels.nodes[g][lane] == SPLIT {
            labels.splits[g][lane] = split;
        }
    });
    changed
}

/// The sums of the labels as they stand.
pub(crate) fn sums(index: &Index, labels: &Labels, centroids: &[Point]) -> Sums {
    if index.is_small() {
        return small::sums(index, labels, centroids);
    }
    let mut sums = Sums::none(centroids.len());
    let mut pass = Pass::new(index, centroids, &mut sums);
    pass.add_group(index.root(), labels);
    if is_one(labels.nodes[index.root()][0]) {
        pass.add_boxes(index.root(), labels);
    }
    pass.add_splits(|_, _| {});
    sums
}

impl<'a> Pass<'a> {
    fn new(index: &'a Index, centroids: &'a [Point], sums: &'a mut Sums) -> Self {
        sums.clusters.fill(Sum::default());
        sums.inertia = 0.0;
        let (candidates, lists, near) = (Vec::new(), Vec::new(), Vec::new());
        Self { index, centroids, sums, candidates, lists, near, waiting: Vec::new() }
    }

    /// Assigns the nodes of a group; the label that all of them have, or `MIXED`.
    fn group(&mut self, g: usize, list: Range<usize>, labels: &mut Labels, changed: &mut usize) -> u16 {
        let group = &self.index.groups[g];
        let base = self.lists.len();
        let lists = match self.lists[list.clone()] {
            [first, second] => self.between(&group.boxes, first, second, &list),
            _ => self.filter(&group.boxes, list),
        };
        let (mut common, mut are_one, mut difference) = (MIXED, true, 0);
        for (lane, _) in group.nodes.iter().enumerate().filter(|(_, node)| node.count > 0) {
            let now = self.node(g, lane, lists[lane].clone(), labels, changed);
            labels.nodes[g][lane] = now;
            are_one &= is_one(now);
            difference |= if lane == 0 { 0 } else { now ^ common };
            common = now;
        }
        self.lists.truncate(base);
        if are_one && difference == 0 {
            return common;
        }
        self.add_boxes(g, labels);
        MIXED
    }

    /// Assigns the node in a lane of a group; the label that all its points have, `SPLIT` or `MIXED`.
    fn node(
        &mut self,
        g: usize,
        lane: usize,
        list: Range<usize>,
        labels: &mut Labels,
        changed: &mut usize,
    ) -> u16 {
        let (node, before) = (&self.index.groups[g].nodes[lane], labels.nodes[g][lane]);
        match (&self.lists[list.clone()], node.parts()) {
            (&[label], _) => {
                *changed += labels.others(self.index, (g, lane), label);
                label
            }
            (_, Some(parts)) => {
                if is_one(before) {
                    labels.nodes[parts] = [before; 4];
                }
                self.group(parts, list, labels, changed)
            }
            (&[first, second], None) if node.can_be_split() => {
                let bits = self.beyond(node, first, second);
                self.divide((g, lane), [first, second], bits, labels, changed)
            }
            (&[first, second, third], None) if node.can_be_split() => {
                self.divide_in_three((g, lane), [first, second, third], labels, changed)
            }
            (_, None) => {
                labels.spell(self.index, (g, lane));
                self.leaf((g, lane), list, &mut labels.points[node.range()], changed)
            }
        }
    }

    /// Of a list of two candidates, those that may be nearest to some place in each of four boxes.
    fn between(&self, boxes: &Boxes, first: u16, second: u16, list: &Range<usize>) -> [Range<usize>; 4] {
        let [first, second] = [first, second].map(|j| self.candidates[usize::from(j)]);
        let splat = f32x4::splat;
        let (wx, wy) = (splat(second.x - first.x), splat(second.y - first.y));
        let (mx, my) = (splat((first.x + second.x) * 0.5), splat((first.y + second.y) * 0.5));
        let middle = (mx - f32x4::new(boxes.x)) * wx + (my - f32x4::new(boxes.y)) * wy;
        let less = f32x4::new(boxes.half_width) * wx.abs() + f32x4::new(boxes.half_height) * wy.abs();
        let reach = first.reach + second.reach;
        let margin = splat(reach * reach * ROUNDING) + less;
        let (nearer, farther) = (middle.simd_gt(margin).to_bitmask(), (-middle).simd_gt(margin).to_bitmask());
        [0, 1, 2, 3].map(|lane| match (nearer >> lane & 1, farther >> lane & 1) {
            (1, _) => list.start..list.start + 1,
            (_, 1) => list.start + 1..list.end,
            _ => list.clone(),
        })
    }

    /// Lists for each of four boxes the candidates that may be nearest to some place in it.
    ///
    /// The others are farther from every place of the box than the candidate that is nearest to its middle.
    fn filter(&mut self, boxes: &Boxes, list: Range<usize>) -> [Range<usize>; 4] {
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
        [0, 1, 2, 3].map(|lane| base + lane * stride..base + lane * stride + lengths[lane])
    }

    /// Which of a leaf's points are nearer to the second candidate than to the first.
    fn beyond(&self, node: &Node, first: u16, second: u16) -> Bits {
        let [first, second] = [first, second].map(|label| self.centroids[usize::from(label)]);
        split::beyond(self.index, node, first, second)
    }

    /// Assigns the points of a leaf to the nearest of three candidates; the label that all of them have, `SPLIT` or `MIXED`.
    fn divide_in_three(
        &mut self,
        at: Lane,
        [first, second, third]: [u16; 3],
        labels: &mut Labels,
        changed: &mut usize,
    ) -> u16 {
        let node = self.index.node(at);
        let of_third = self.beyond(node, first, third).and(self.beyond(node, second, third));
        let not_of_first = self.beyond(node, first, second).or(of_third);
        let of_second = not_of_first.xor(of_third);
        if of_third.count() == 0 {
            return self.divide(at, [first, second], of_second, labels, changed);
        }
        if of_second.count() == 0 {
            return self.divide(at, [first, third], of_third, labels, changed);
        }
        if not_of_first.count() == node.count {
            return self.divide(at, [second, third], of_third, labels, changed);
        }
        labels.spell(self.index, at);
        for (i, label) in labels.points[node.range()].iter_mut().enumerate() {
            let now = [first, second, third][usize::from(not_of_first.has(i)) + usize::from(of_third.has(i))];
            *changed += usize::from(core::mem::replace(label, now) != now);
        }
        self.add_three(node, [first, second, third], [of_second, of_third]);
        MIXED
    }

    /// Gives the points of a leaf two labels, the second to these; the label that all of them have, or `SPLIT`.
    fn divide(
        &mut self,
        at: Lane,
        pair: [u16; 2],
        bits: Bits,
        labels: &mut Labels,
        changed: &mut usize,
    ) -> u16 {
        let node = self.index.node(at);
        let before = labels.split(at).filter(|before| before.labels == pair).copied();
        *changed += before.map_or_else(
            || {
                let all = Bits::all(node.count);
                let same = [(pair[0], all.xor(bits)), (pair[1], bits)];
                let same = same.map(|(label, now)| now.and(labels.with(self.index, at, label)).count());
                node.count - same[0] - same[1]
            },
            |before| before.bits.xor(bits).count(),
        ) as usize;
        match bits.count() {
            0 => pair[0],
            count if count == node.count => pair[1],
            _ => {
                let (split, others) = Split::begun(node, pair, bits, before.as_ref());
                labels.splits[at.0][at.1] = split;
                self.waiting.push(Waiting { at, split, others });
                SPLIT
            }
        }
    }

    /// Assigns the points of a leaf, one by one; the label that all of them have, or `MIXED`.
    fn leaf(&mut self, at: Lane, list: Range<usize>, labels: &mut [u16], changed: &mut usize) -> u16 {
        let node = self.index.node(at);
        *changed += self.search(node, list, labels);
        if labels.iter().all(|label| *label == labels[0]) {
            return labels[0];
        }
        self.add_leaf(at, labels);
        MIXED
    }

    /// Labels a leaf's points by a search through the candidates; how many labels changed.
    fn search(&mut self, node: &Node, list: Range<usize>, labels: &mut [u16]) -> usize {
        self.near.clear();
        let near = self.lists[list].iter();
        self.near.extend(near.map(|&label| Near::new(self.centroids[usize::from(label)], label)));
        search(&self.index.points[node.range()], labels, &self.near)
    }

    /// Adds a leaf's points to the clusters of their labels.
    fn add_leaf(&mut self, at: Lane, labels: &[u16]) {
        let node = self.index.node(at);
        if node.can_be_split() {
            let ends = |some: &mut dyn Iterator<Item = u16>| {
                some.fold((MIXED, 0), |(low, high), label| (label.min(low), label.max(high)))
            };
            let (low, high) = ends(&mut labels.iter().copied());
            let with = |label: u16| Bits::of(labels.iter().map(|&own| own == label));
            match ends(&mut labels.iter().copied().filter(|&label| label != low && label != high)) {
                (MIXED, _) => {
                    let (split, others) = Split::begun(node, [low, high], with(high), None);
                    return self.waiting.push(Waiting { at, split, others });
                }
                (middle, other) if middle == other => {
                    return self.add_three(node, [low, middle, high], [with(middle), with(high)]);
                }
                _ => {}
            }
        }
        let mut inertia = 0.0;
        for (&point, &label) in self.index.points[node.range()].iter().zip(labels) {
            let label = usize::from(label);
            self.sums.clusters[label].add_point(point);
            inertia += point.distance_squared(self.centroids[label]);
        }
        self.sums.inertia += inertia;
    }

    /// Adds the leaves in two clusters, each told of when its sum is known.
    fn add_splits(&mut self, mut tell: impl FnMut(Lane, Split)) {
        for Waiting { at, mut split, others } in
            core::mem::take(&mut self.waiting).into_iter().filter(|_| KNOWS_LARGE)
        {
            let node = self.index.node(at);
            split.complete(self.index, node, others);
            self.add_two(node, &split);
            tell(at, split);
        }
    }

    /// Adds the points of a leaf with two labels.
    fn add_two(&mut self, node: &Node, split: &Split) {
        let second = split.second();
        let first = Part::rest(node, split.labels[0], &[&second]);
        self.add_parts(node, &[first, second], |i| split.label_of(i));
    }

    /// Adds the points of a leaf with three labels, told which have the second and which the third.
    fn add_three(&mut self, node: &Node, labels: [u16; 3], [second, third]: [Bits; 2]) {
        let first = Bits::all(node.count).xor(second).xor(third);
        let mut parts = [(labels[0], first), (labels[1], second), (labels[2], third)];
        let label_of = |i| labels[usize::from(!first.has(i)) + usize::from(third.has(i))];
        // What is the most of them is the rest.
        for i in 0..2 {
            if parts[i].1.count() > parts[2].1.count() {
                parts.swap(i, 2);
            }
        }
        let [few, others, (most, _)] = parts;
        let [few, others] = [few, others].map(|(label, bits)| Part::of(self.index, node, label, bits));
        let most = Part::rest(node, most, &[&few, &others]);
        self.add_parts(node, &[few, others, most], label_of);
    }

    /// Adds all points of a leaf.
    fn add_parts(&mut self, node: &Node, parts: &[Part], label_of: impl Fn(usize) -> u16) {
        let (mut inertia, mut most) = (node.squares, node.squares);
        for part in parts {
            let centroid = self.centroids[usize::from(part.label)];
            let (dx, dy, count) = (node.mean.x - centroid.x, node.mean.y - centroid.y, f64::from(part.count));
            let squares = count * (dx * dx + dy * dy);
            inertia += 2.0 * (dx * part.dx + dy * part.dy) + squares;
            most += squares;
            self.sums.clusters[usize::from(part.label)].add_part(part, node.mean);
        }
        self.sums.inertia += if inertia > ENOUGH * most {
            inertia
        } else {
            let points = self.index.points[node.range()].iter().enumerate();
            points.map(|(i, point)| point.distance_squared(self.centroids[usize::from(label_of(i))])).sum()
        };
    }

    /// Adds the nodes of a group that have one label to their clusters.
    ///
    /// Those of a whole box that has one label are left to the box, so that the sums depend on the labels alone.
    fn add_boxes(&mut self, g: usize, labels: &Labels) {
        for (node, &label) in self.index.groups[g].nodes.iter().zip(&labels.nodes[g]) {
            if node.count > 0 && is_one(label) {
                self.sums.clusters[usize::from(label)].add_box(node);
                self.sums.inertia += node.about(self.centroids[usize::from(label)]).2;
            }
        }
    }

    /// Adds all that is below a group and has not one label, in the order in which `group` does.
    fn add_group(&mut self, g: usize, labels: &Labels) {
        for (lane, (node, &label)) in self.index.groups[g].nodes.iter().zip(&labels.nodes[g]).enumerate() {
            match (node.parts(), labels.split((g, lane))) {
                _ if node.count == 0 || is_one(label) => {}
                (Some(parts), _) => {
                    self.add_group(parts, labels);
                    self.add_boxes(parts, labels);
                }
                (_, Some(&split)) => {
                    self.waiting.push(Waiting { at: (g, lane), split, others: Bits::default() });
                }
                _ => self.add_leaf((g, lane), &labels.points[node.range()]),
            }
        }
    }
}

/// Labels points by a search through centroids; how many labels changed.
pub(super) fn search(points: &[Point], labels: &mut [u16], near: &[Near]) -> usize {
    let (points, last) = points.as_chunks();
    let (fours, rest) = labels.as_chunks_mut();
    let mut changed = 0;
    for (points, labels) in points.iter().zip(fours) {
        changed += replace(labels, nearest_to(points, near));
    }
    if let [first, ..] = *last {
        changed += replace_few(rest, nearest_to(&filled(last, first), near));
    }
    changed
}

/// Puts labels in the place of four others; how many are different.
fn replace(labels: &mut [u16; 4], now: u64) -> usize {
    let changed = packed(*labels) ^ now;
    if changed == 0 {
        return 0;
    }
    *labels = unpacked(now);
    unpacked(changed).into_iter().filter(|&lane| lane != 0).count()
}

/// The same for fewer than four.
fn replace_few(labels: &mut [u16], now: u64) -> usize {
    let real = (1 << (16 * labels.len())) - 1;
    let mut four = filled(labels, 0);
    let changed = replace(&mut four, now & real);
    labels.copy_from_slice(&four[..labels.len()]);
    changed
}
