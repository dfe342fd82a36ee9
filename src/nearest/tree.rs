//! The points of a board in a tree of boxes, so that whole boxes can be given to a centroid at once.

use core::ops::Range;

use crate::point::{Bounds, Point, extent};

/// Boards of up to so many points are one leaf: for them, to look at every point takes less time than to look
/// at boxes first.
pub(super) const SMALL_BOARD: usize = 1_000;
/// A box with more points is divided.
const LEAF: usize = 32;
/// A box is divided at once into 4^levels cells, at most 4⁴ of them.
const MOST_LEVELS: u32 = 4;
/// A box is no longer divided whose side is below this share of the board's: single precision ends there.
const FINEST: f64 = 1e-6;

/// The points of a board in the order of a tree's leaves, and the tree.
///
/// A quadtree whose boxes are tight around their points, so that clumps of any size and distance are found.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    pub(super) x: Vec<f64>,
    pub(super) y: Vec<f64>,
    /// The index on the board of each point here.
    pub(super) order: Vec<u32>,
    /// The root alone stands in the last.
    pub(super) groups: Vec<Group>,
    pub(super) frame: Frame,
}

/// Four sibling nodes, or fewer, with their boxes side by side.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    pub(super) boxes: Boxes,
    pub(super) nodes: [Node; 4],
}

/// Centres and half sides of four boxes, in the frame's units and single precision, a little too large.
#[derive(Debug, Clone, Default)]
pub(super) struct Boxes {
    pub(super) x: [f32; 4],
    pub(super) y: [f32; 4],
    pub(super) half_width: [f32; 4],
    pub(super) half_height: [f32; 4],
}

/// A box's points: which they are, and what is needed of them where all have one label.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    pub(super) start: u32,
    /// 0 where a group has fewer than four nodes.
    pub(super) count: u32,
    /// The group of its four parts; none of a leaf.
    pub(super) parts: Option<u32>,
    /// The mean m, as near as there is a number.
    pub(super) mean: Point,
    /// Σ(x − m), which rounding left.
    dx: f64,
    dy: f64,
    /// Σ‖x − m‖².
    squares: f64,
}

impl Node {
    pub(super) fn range(&self) -> Range<usize> {
        self.start as usize..(self.start + self.count) as usize
    }

    /// Σ(x − c) and Σ‖x − c‖² for a place c.
    pub(super) fn about(&self, c: Point) -> (f64, f64, f64) {
        let count = f64::from(self.count);
        let (x, y) = (self.mean.x - c.x, self.mean.y - c.y);
        let squares = self.squares + 2.0 * (x * self.dx + y * self.dy) + count * (x * x + y * y);
        (self.dx + count * x, self.dy + count * y, squares)
    }

    /// Takes another node's points in; the mean of equal points is that very point.
    fn merge(&mut self, other: &Self) {
        let share = f64::from(other.count) / f64::from(self.count + other.count);
        let (dx, dy) = (other.mean.x - self.mean.x, other.mean.y - self.mean.y);
        let mean = Point::new(self.mean.x + dx * share, self.mean.y + dy * share);
        let (own, others) = (self.about(mean), other.about(mean));
        (self.dx, self.dy, self.squares) = (own.0 + others.0, own.1 + others.1, own.2 + others.2);
        self.mean = mean;
        self.count += other.count;
    }
}

/// The board's extent as the square [-1, 1]².
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    origin: Point,
    unit: f64,
}

impl Frame {
    fn around((min, max): (Point, Point)) -> Self {
        let half = (max.x - min.x).max(max.y - min.y) / 2.0;
        Self { origin: min.towards(max, 0.5), unit: if half > 0.0 { half } else { 1.0 } }
    }

    pub(super) fn place(&self, point: Point) -> Point {
        Point::new((point.x - self.origin.x) / self.unit, (point.y - self.origin.y) / self.unit)
    }
}

impl Boxes {
    /// More than what rounding to single precision takes from a box inside the frame.
    const MARGIN: f64 = 4e-7;

    fn set(&mut self, lane: usize, frame: &Frame, (min, max): (Point, Point)) {
        let (min, max) = (frame.place(min), frame.place(max));
        self.x[lane] = ((min.x + max.x) / 2.0) as f32;
        self.y[lane] = ((min.y + max.y) / 2.0) as f32;
        self.half_width[lane] = ((max.x - min.x) / 2.0 + Self::MARGIN) as f32;
        self.half_height[lane] = ((max.y - min.y) / 2.0 + Self::MARGIN) as f32;
    }
}

impl Index {
    pub(crate) fn new(points: &[Point]) -> Self {
        let bounds = extent(points).unwrap_or((Bounds::SQUARE.min, Bounds::SQUARE.max));
        let mut index = Self {
            x: points.iter().map(|point| point.x).collect(),
            y: points.iter().map(|point| point.y).collect(),
            order: (0..points.len() as u32).collect(),
            groups: Vec::new(),
            frame: Frame::around(bounds),
        };
        let all = 0..points.len();
        let root = if points.len() <= SMALL_BOARD {
            index.leaf(all)
        } else {
            index.divide(all, &mut Scratch::default())
        };
        index.group([Some(root), None, None, None]);
        index
    }

    /// The group of the root.
    pub(super) fn root(&self) -> usize {
        self.groups.len() - 1
    }

    /// Which node of a group has the point at a place in the tree's order.
    pub(super) fn lane(&self, g: u32, place: u32) -> usize {
        let nodes = &self.groups[g as usize].nodes;
        nodes.iter().position(|node| node.range().contains(&(place as usize))).unwrap_or(0)
    }

    pub(crate) fn point(&self, i: usize) -> Point {
        Point::new(self.x[i], self.y[i])
    }

    fn extent(&self, range: Range<usize>) -> (Point, Point) {
        let span = |values: &[f64]| {
            values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), &v| (min.min(v), max.max(v)))
        };
        let ((left, right), (bottom, top)) = (span(&self.x[range.clone()]), span(&self.y[range]));
        (Point::new(left, bottom), Point::new(right, top))
    }

    fn leaf(&self, range: Range<usize>) -> (Node, (Point, Point)) {
        let first = self.point(range.start);
        let count = range.len() as f64;
        let mean = |values: &[f64], first: f64| first + values.iter().map(|v| v - first).sum::<f64>() / count;
        let mean = Point::new(mean(&self.x[range.clone()], first.x), mean(&self.y[range.clone()], first.y));
        let mut node = Node { start: range.start as u32, count: range.len() as u32, mean, ..Node::default() };
        for (x, y) in self.x[range.clone()].iter().zip(&self.y[range.clone()]) {
            let (dx, dy) = (x - mean.x, y - mean.y);
            node.dx += dx;
            node.dy += dy;
            node.squares += dx * dx + dy * dy;
        }
        (node, self.extent(range))
    }

    /// Divides a range of points into cells, and the tree's nodes over them.
    fn divide(&mut self, range: Range<usize>, scratch: &mut Scratch) -> (Node, (Point, Point)) {
        let (min, max) = self.extent(range.clone());
        let side = (max.x - min.x).max(max.y - min.y);
        if range.len() <= LEAF || side < FINEST * self.frame.unit {
            return self.leaf(range);
        }
        let levels = (1..MOST_LEVELS).find(|levels| range.len() >> (2 * levels) <= LEAF / 2);
        let levels = levels.unwrap_or(MOST_LEVELS);
        let starts = self.sort_into_cells(range, min, side, levels, scratch);
        self.nest(&starts, 0, levels, scratch).unwrap_or_default()
    }

    /// Sorts a range by its cell along the Z curve (Morton 1966); where each cell starts, and where the last ends.
    fn sort_into_cells(
        &mut self,
        range: Range<usize>,
        min: Point,
        side: f64,
        levels: u32,
        scratch: &mut Scratch,
    ) -> [u32; 257] {
        let cells = f64::from(1_u32 << levels);
        let last = (1_u32 << levels) - 1;
        let scale = cells / side;
        scratch.cells.clear();
        scratch.cells.extend(self.x[range.clone()].iter().zip(&self.y[range.clone()]).map(|(x, y)| {
            let (column, row) = (((x - min.x) * scale) as u32, ((y - min.y) * scale) as u32);
            SPREAD[column.min(last) as usize] | SPREAD[row.min(last) as usize] << 1
        }));
        let mut starts = [0; 257];
        for &cell in &scratch.cells {
            starts[usize::from(cell) + 1] += 1;
        }
        starts[0] = range.start as u32;
        for cell in 1..starts.len() {
            starts[cell] += starts[cell - 1];
        }
        scratch.sort(&mut self.x[range.clone()], &mut self.y[range.clone()], &mut self.order[range], &starts);
        starts
    }

    /// The node over 4^`levels` cells from `first` on; none where they are empty.
    fn nest(
        &mut self,
        starts: &[u32; 257],
        first: usize,
        levels: u32,
        scratch: &mut Scratch,
    ) -> Option<(Node, (Point, Point))> {
        let range = starts[first] as usize..starts[first + (1 << (2 * levels))] as usize;
        if range.is_empty() {
            return None;
        }
        if range.len() <= LEAF {
            return Some(self.leaf(range));
        }
        if levels == 0 {
            return Some(self.divide(range, scratch));
        }
        let quarter = 1 << (2 * (levels - 1));
        let parts = [0, 1, 2, 3].map(|part| self.nest(starts, first + part * quarter, levels - 1, scratch));
        let (mut node, extent) = parts.iter().flatten().cloned().reduce(|(mut node, a), (part, b)| {
            node.merge(&part);
            (node, union(a, b))
        })?;
        node.parts = Some(self.group(parts));
        Some((node, extent))
    }

    /// Adds a group; its number.
    fn group(&mut self, nodes: [Option<(Node, (Point, Point))>; 4]) -> u32 {
        let mut group = Group::default();
        for (lane, (node, extent)) in nodes.into_iter().flatten().enumerate() {
            group.boxes.set(lane, &self.frame, extent);
            group.nodes[lane] = node;
        }
        self.groups.push(group);
        self.groups.len() as u32 - 1
    }
}

fn union(a: (Point, Point), b: (Point, Point)) -> (Point, Point) {
    (Point::new(a.0.x.min(b.0.x), a.0.y.min(b.0.y)), Point::new(a.1.x.max(b.1.x), a.1.y.max(b.1.y)))
}

/// The four bits of a number with gaps between them.
const SPREAD: [u8; 16] = {
    let mut spread = [0; 16];
    let mut i = 0_u8;
    while i < 16 {
        spread[i as usize] = i & 1 | (i & 2) << 1 | (i & 4) << 2 | (i & 8) << 3;
        i += 1;
    }
    spread
};

/// Room to sort in.
#[derive(Default)]
struct Scratch {
    cells: Vec<u8>,
    x: Vec<f64>,
    y: Vec<f64>,
    order: Vec<u32>,
}

impl Scratch {
    /// Sorts by the cells, whose starts count from the range's own start on the board.
    fn sort(&mut self, x: &mut [f64], y: &mut [f64], order: &mut [u32], starts: &[u32; 257]) {
        self.x.clear();
        self.x.extend_from_slice(x);
        self.y.clear();
        self.y.extend_from_slice(y);
        self.order.clear();
        self.order.extend_from_slice(order);
        let mut next = *starts;
        for (i, &cell) in self.cells.iter().enumerate() {
            let place = &mut next[usize::from(cell)];
            let at = (*place - starts[0]) as usize;
            *place += 1;
            x[at] = self.x[i];
            y[at] = self.y[i];
            order[at] = self.order[i];
        }
    }
}
