//! Assigning through the tree: candidates are filtered on the way down.
//!
//! Kanungo, Mount, Netanyahu, Piatko, Silverman & Wu, *An efficient k-means clustering algorithm: analysis and
//! implementation*, IEEE Transactions on Pattern Analysis and Machine Intelligence 24(7), 2002.

use core::ops::Range;

use wide::{f32x4, f64x2};

use super::inertia::inertia;
use super::small;
use super::split::{self, Bisector, Bits, Split};
use super::tree::{Boxes, Index, Lane, Large, Node};
use super::{Labels, MIXED, Measure, NONE, SPLIT, Sums, is_one};
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

/// So many moves wait at most.
const AT_ONCE: usize = 1 << 8;

/// The share of squared reach that rounding may take from a test of boxes, with plenty to spare.
const ROUNDING: f32 = 1e-6;

/// A pass over the tree: what it needs beside the labels, what it comes to, and room to work in.
struct Pass<'a> {
    index: &'a Index,
    centroids: &'a [Point],
    /// The clusters by label, and last the points that have none.
    clusters: &'a mut [Large],
    /// How many labels changed.
    changed: usize,
    candidates: Vec<Candidate>,
    /// The candidates of all boxes on the way down, as a stack.
    lists: Vec<u16>,
    near: Vec<Near>,
    /// The last one, which most leaves share with the one before.
    bisector: Option<Bisector>,
    moves: Vec<Move>,
}

/// Points of a leaf that go from one cluster to another, and some that go from that one to the first.
///
/// They lie far off in memory. Side by side, with nothing else between them, many are fetched at the same time.
struct Move {
    /// Where the leaf's points start.
    start: u32,
    labels: [u16; 2],
    there: Bits,
    back: Bits,
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
    let k = centroids.len();
    let mut clusters = core::mem::take(&mut labels.clusters);
    if clusters.is_empty() {
        clusters.resize(k, Large::default());
        clusters.push(index.sums[index.root()][0]);
    }
    labels.drift.follow(index, centroids);
    let mut pass = Pass {
        index,
        centroids,
        clusters: &mut clusters,
        changed: 0,
        candidates: centroids.iter().map(|&centroid| Candidate::new(index, centroid)).collect(),
        lists: (0..k as u16).collect(),
        near: Vec::new(),
        bisector: None,
        moves: Vec::new(),
    };
    pass.group(index.root(), 0..k, labels);
    pass.arrive();
    pass.clusters.iter_mut().for_each(|cluster| cluster.carry(index.digits));
    let changed = pass.changed;
    labels.clusters = clusters;
    *sums = self::sums(index, labels, centroids);
    changed
}

/// The sums of the labels as they stand.
pub(crate) fn sums(index: &Index, labels: &Labels, centroids: &[Point]) -> Sums {
    if index.is_small() {
        return small::sums(index, labels, centroids);
    }
    let clusters = if index.are_exact {
        let clusters = labels.clusters[..centroids.len()].iter();
        clusters.map(|cluster| cluster.sum(index.digits)).collect()
    } else {
        small::summed(index, centroids.len(), &labels.flat(index))
    };
    let inertia = inertia(index, labels, &clusters, centroids);
    Sums { clusters, inertia }
}

impl Pass<'_> {
    /// Assigns the nodes of a group; the label that all of them have, or `MIXED`.
    fn group(&mut self, g: usize, list: Range<usize>, labels: &mut Labels) -> u16 {
        let base = self.lists.len();
        let lists = self.filter(&self.index.groups[g].boxes, list);
        let common =
            self.each_node(g, labels, |pass, lane, labels| pass.node((g, lane), lists[lane].clone(), labels));
        self.lists.truncate(base);
        common
    }

    /// The same, where the candidates are two.
    fn group_of_two(&mut self, g: usize, pair: [u16; 2], labels: &mut Labels) -> u16 {
        let (nearer, farther) = self.between(&self.index.groups[g].boxes, pair);
        self.each_node(g, labels, |pass, lane, labels| match (nearer >> lane & 1, farther >> lane & 1) {
            (1, _) => pass.claim((g, lane), pair[0], labels),
            (_, 1) => pass.claim((g, lane), pair[1], labels),
            _ => pass.node_of_two((g, lane), pair, labels),
        })
    }

    /// Assigns the nodes of a group one by one.
    #[inline]
    fn each_node(
        &mut self,
        g: usize,
        labels: &mut Labels,
        mut assign: impl FnMut(&mut Self, usize, &mut Labels) -> u16,
    ) -> u16 {
        let (mut first, mut difference) = (None, 0);
        for (lane, _) in self.index.groups[g].nodes.iter().enumerate().take_while(|(_, node)| node.count > 0)
        {
            let now = assign(self, lane, labels);
            labels.nodes[g][lane] = now;
            difference |= now ^ *first.get_or_insert(now);
        }
        first.filter(|&label| difference == 0 && is_one(label)).unwrap_or(MIXED)
    }

    /// Assigns a node; the label that all its points have, `SPLIT` or `MIXED`.
    fn node(&mut self, at: Lane, list: Range<usize>, labels: &mut Labels) -> u16 {
        let node = self.index.node(at);
        match (&self.lists[list.clone()], node.parts()) {
            (&[label], _) => self.claim(at, label, labels),
            (&[first, second], _) => self.node_of_two(at, [first, second], labels),
            (_, Some(parts)) => {
                labels.hand_down(at, parts);
                self.group(parts, list, labels)
            }
            (&[first, second, third], None) if node.can_be_split() => {
                self.divide_in_three(at, [first, second, third], labels)
            }
            (_, None) => self.leaf(at, list, labels),
        }
    }

    /// The same, where the candidates are two.
    fn node_of_two(&mut self, at: Lane, pair: [u16; 2], labels: &mut Labels) -> u16 {
        let node = self.index.node(at);
        if let Some(parts) = node.parts() {
            labels.hand_down(at, parts);
            return self.group_of_two(parts, pair, labels);
        }
        if node.can_be_split() {
            if labels.stays(at, pair) {
                return SPLIT;
            }
            let (index, bisector) = (self.index, self.bisector(pair));
            let split = Split::of_two(pair, bisector.beyond(index, at));
            if labels.split(at).is_some_and(|own| own.is_like(&split)) {
                labels.stay(at, pair, bisector.room(index, at));
                return SPLIT;
            }
            return self.divide(at, split, labels);
        }
        let base = self.lists.len();
        self.lists.extend(pair);
        let label = self.leaf(at, base..base + 2, labels);
        self.lists.truncate(base);
        label
    }

    /// Which of four boxes are nearer to the first of two candidates, and which to the second, in every place; a bit for each.
    fn between(&self, boxes: &Boxes, pair: [u16; 2]) -> (u32, u32) {
        let [first, second] = pair.map(|j| self.candidates[usize::from(j)]);
        let splat = f32x4::splat;
        let (wx, wy) = (splat(second.x - first.x), splat(second.y - first.y));
        let (mx, my) = (splat((first.x + second.x) * 0.5), splat((first.y + second.y) * 0.5));
        let middle = (mx - f32x4::new(boxes.x)) * wx + (my - f32x4::new(boxes.y)) * wy;
        let less = f32x4::new(boxes.half_width) * wx.abs() + f32x4::new(boxes.half_height) * wy.abs();
        let reach = first.reach + second.reach;
        let margin = splat(reach * reach * ROUNDING) + less;
        (middle.simd_gt(margin).to_bitmask(), (-middle).simd_gt(margin).to_bitmask())
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

    /// The bisector of two candidates.
    #[inline]
    fn bisector(&mut self, pair: [u16; 2]) -> &Bisector {
        self.bisector.take_if(|last| last.labels != pair);
        self.bisector.get_or_insert_with(|| {
            let centroids = pair.map(|label| self.centroids[usize::from(label)]);
            Bisector::new(self.index, pair, centroids)
        })
    }

    /// Gives all points of a node one label.
    #[inline]
    fn claim(&mut self, at: Lane, label: u16, labels: &Labels) -> u16 {
        if labels.nodes[at.0][at.1] != label {
            self.take(at, label, labels);
        }
        label
    }

    /// Moves what has another label.
    fn take(&mut self, at: Lane, label: u16, labels: &Labels) {
        let (node, before) = (self.index.node(at), labels.nodes[at.0][at.1]);
        match (before, node.parts()) {
            (MIXED, Some(parts)) => {
                for lane in (0..4).filter(|&lane| self.index.groups[parts].nodes[lane].count > 0) {
                    self.claim((parts, lane), label, labels);
                }
            }
            (MIXED, None) => {
                for place in node.range() {
                    self.move_one(place, [labels.points[place], label]);
                }
            }
            (SPLIT, _) => {
                for (own, these) in labels.splits[at.0][at.1].parts(node.count) {
                    if own != label {
                        self.move_some(at, [own, label], these);
                    }
                }
            }
            _ => self.move_all(at, [before, label]),
        }
    }

    /// Gives the points of a leaf the labels of a split; the label that all of them have, or `SPLIT`.
    fn divide(&mut self, at: Lane, split: Split, labels: &mut Labels) -> u16 {
        let (node, before) = (self.index.node(at), labels.nodes[at.0][at.1]);
        match split.bits.map(Bits::count) {
            [0, 0] => return self.claim(at, split.labels[0], labels),
            [count, 0] if count == node.count => return self.claim(at, split.labels[1], labels),
            _ => {}
        }
        match before {
            SPLIT => {
                let own = labels.splits[at.0][at.1];
                if own.labels == split.labels && own.labels[2] == NONE {
                    let ([first, second, _], [was, _], [is, _]) = (own.labels, own.bits, split.bits);
                    self.push(node.start, [first, second], is.without(was), was.without(is));
                } else {
                    for (from, those) in own.parts(node.count) {
                        for (to, these) in split.parts(node.count).into_iter().filter(|(to, _)| *to != from) {
                            self.push(node.start, [from, to], those.and(these), Bits::default());
                        }
                    }
                }
            }
            MIXED => {
                for (i, place) in node.range().enumerate() {
                    self.move_one(place, [labels.points[place], split.label_of(i)]);
                }
            }
            _ => {
                let own =
                    if split.labels.contains(&before) && before != NONE { before } else { split.labels[0] };
                for (label, these) in split.parts(node.count) {
                    if label != own {
                        self.move_some(at, [own, label], these);
                    } else if own != before {
                        // First as if all were of this one.
                        self.exchange([before, own], &self.index.sums[at.0][at.1]);
                        self.changed += these.count() as usize;
                    }
                }
            }
        }
        labels.splits[at.0][at.1] = split;
        SPLIT
    }

    /// Assigns the points of a leaf to the nearest of three candidates; the label that all of them have, or `SPLIT`.
    fn divide_in_three(&mut self, at: Lane, [first, second, third]: [u16; 3], labels: &mut Labels) -> u16 {
        let index = self.index;
        let [of_second, not_of_first, not_of_second] = [[first, second], [first, third], [second, third]]
            .map(|pair| self.bisector(pair).beyond(index, at));
        let of_third = not_of_first.and(not_of_second);
        let bits = [of_second.without(of_third), of_third];
        self.divide(at, Split::of_three([first, second, third], bits, index.node(at).count), labels)
    }

    /// Assigns the points of a leaf, one by one; the label that all of them have, or `MIXED`.
    fn leaf(&mut self, at: Lane, list: Range<usize>, labels: &mut Labels) -> u16 {
        labels.spell(self.index, at);
        let range = self.index.node(at).range();
        let (points, own) = (&self.index.points[range.clone()], &mut labels.points[range]);
        let mut near = core::mem::take(&mut self.near);
        near.clear();
        let candidates = self.lists[list].iter();
        near.extend(candidates.map(|&label| Near::new(self.centroids[usize::from(label)], label)));
        self.changed += search(points, own, &near, |i, before, now| self.follow(points[i], [before, now]));
        self.near = near;
        if own.iter().all(|label| *label == own[0]) { own[0] } else { MIXED }
    }

    /// Moves a point from one cluster to another.
    fn follow(&mut self, point: Point, labels: [u16; 2]) {
        self.exchange(labels, &Large::of_point(self.index.digits, point));
    }

    fn exchange(&mut self, [from, to]: [u16; 2], some: &Large) {
        let none = self.clusters.len() - 1;
        self.clusters[none.min(from.into())].remove(some);
        self.clusters[none.min(to.into())].add(some);
    }

    /// Moves a node from one cluster to another.
    fn move_all(&mut self, at: Lane, labels: [u16; 2]) {
        self.changed += self.index.node(at).count as usize;
        self.exchange(labels, &self.index.sums[at.0][at.1]);
    }

    /// Moves some points of a leaf from one cluster to another, in the end.
    fn move_some(&mut self, at: Lane, [from, to]: [u16; 2], these: Bits) {
        let Node { start, count, .. } = *self.index.node(at);
        if 2 * these.count() <= count {
            return self.push(start, [from, to], these, Bits::default());
        }
        // All of them, and the others back.
        let others = Bits::all(count).without(these);
        self.exchange([from, to], &self.index.sums[at.0][at.1]);
        self.push(start, [from, to], Bits::default(), others);
        self.changed += (these.count() - others.count()) as usize;
    }

    /// Moves a point from one cluster to another.
    fn move_one(&mut self, place: usize, labels: [u16; 2]) {
        if labels[0] != labels[1] {
            self.changed += 1;
            self.follow(self.index.points[place], labels);
        }
    }

    fn push(&mut self, start: u32, labels: [u16; 2], there: Bits, back: Bits) {
        let changed = there.count() + back.count();
        if changed > 0 {
            self.changed += changed as usize;
            self.moves.push(Move { start, labels, there, back });
            if self.moves.len() == AT_ONCE {
                self.arrive();
            }
        }
    }

    /// Lets the clusters know of the points that have moved.
    fn arrive(&mut self) {
        let moves = core::mem::take(&mut self.moves);
        // Most leaves have the labels of the one before.
        for alike in moves.chunk_by(|a, b| a.labels == b.labels) {
            let mut sum = Large::default();
            for Move { start, there, back, .. } in alike {
                sum.add(&split::difference(self.index, *start, *there, *back));
            }
            self.exchange(alike[0].labels, &sum);
        }
        self.moves = moves;
        self.moves.clear();
    }
}

/// Labels points by a search through centroids, and tells which changed, from what and to what; how many they are.
pub(super) fn search(
    points: &[Point],
    labels: &mut [u16],
    near: &[Near],
    mut tell: impl FnMut(usize, u16, u16),
) -> usize {
    let (points, last) = points.as_chunks();
    let (fours, rest) = labels.as_chunks_mut();
    let mut changed = 0;
    let mut first = 0;
    for (points, labels) in points.iter().zip(fours) {
        changed += replace(labels, nearest_to(points, near), |i, before, now| tell(first + i, before, now));
        first += 4;
    }
    if let [filler, ..] = *last {
        let now = nearest_to(&filled(last, filler), near);
        changed += replace_few(rest, now, |i, before, now| tell(first + i, before, now));
    }
    changed
}

/// Puts labels in the place of four others, and tells which are different; how many.
fn replace(labels: &mut [u16; 4], now: u64, mut tell: impl FnMut(usize, u16, u16)) -> usize {
    if packed(*labels) == now {
        return 0;
    }
    let before = core::mem::replace(labels, unpacked(now));
    let mut changed = 0;
    for (i, (&before, &now)) in before.iter().zip(&*labels).enumerate() {
        if before != now {
            tell(i, before, now);
            changed += 1;
        }
    }
    changed
}

/// The same for fewer than four.
fn replace_few(labels: &mut [u16], now: u64, tell: impl FnMut(usize, u16, u16)) -> usize {
    let real = (1 << (16 * labels.len())) - 1;
    let mut four = filled(labels, 0);
    let changed = replace(&mut four, now & real, tell);
    labels.copy_from_slice(&four[..labels.len()]);
    changed
}
