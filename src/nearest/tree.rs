//! The points of a board in a tree of boxes, so that whole boxes can be given to a centroid at once.

use core::ops::Range;

use wide::f64x2;

use crate::point::{Point, extent, lanes, place};

/// Boards of up to so many points are one leaf: for them, to look at every point takes little time, and what looks at
/// boxes need not be loaded.
pub(crate) const SMALL_BOARD: usize = 2_000;
/// Whether this build knows larger boards.
const KNOWS_LARGE: bool = cfg!(feature = "large");
/// A box with more points is divided.
const LEAF: usize = 100;
/// A box is divided at once into 4^levels cells, at most 4⁴ of them.
const MOST_LEVELS: u32 = 4;
/// As many as that.
const CELLS: usize = 1 << (2 * MOST_LEVELS);
/// A box is no longer divided whose side is below this share of the board's: single precision ends there. So a clump that
/// is as small beside the whole board is searched point by point.
const FINEST: f64 = 1e-6;

/// The points of a board in the order of a tree's leaves, and the tree.
///
/// A quadtree whose boxes are tight around their points, so that clumps of any size and distance are found.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    pub(super) points: Vec<Point>,
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
    /// The mean m, as near as there is a number.
    pub(super) mean: Point,
    /// Σ‖x − m‖².
    pub(super) squares: f64,
    /// Σ(x − m), which rounding left.
    dx: f64,
    dy: f64,
    pub(super) start: u32,
    /// 0 where a group has fewer than four nodes.
    pub(super) count: u32,
    /// The group of its four parts, and 1; 0 of a leaf.
    parts: u32,
    /// Whether there are more than two places among the points of a leaf.
    pub(super) is_varied: bool,
}

impl Node {
    pub(super) fn range(&self) -> Range<usize> {
        self.start as usize..(self.start + self.count) as usize
    }

    /// The group of its parts; none of a leaf.
    pub(super) fn parts(&self) -> Option<usize> {
        if KNOWS_LARGE { (self.parts as usize).checked_sub(1) } else { None }
    }

    /// Σ(x − m), for the mean m as it is rounded.
    pub(super) fn residual(&self) -> (f64, f64) {
        (self.dx, self.dy)
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
        self.x[lane] = f64::midpoint(min.x, max.x) as f32;
        self.y[lane] = f64::midpoint(min.y, max.y) as f32;
        self.half_width[lane] = ((max.x - min.x) / 2.0 + Self::MARGIN) as f32;
        self.half_height[lane] = ((max.y - min.y) / 2.0 + Self::MARGIN) as f32;
    }
}

impl Index {
    pub(crate) fn new(points: &[Point]) -> Self {
        let (n, extent) = (points.len(), extent(points));
        let groups = Vec::with_capacity(1 + n / LEAF / 2);
        let mut index = Self { points: Vec::new(), order: Vec::new(), groups, frame: Frame::around(extent) };
        let root = if n <= SMALL_BOARD || !KNOWS_LARGE {
            index.points = points.to_vec();
            index.order = (0..n as u32).collect();
            index.leaf(0..n)
        } else {
            let grid = Grid::new(n, extent);
            let mut scratch = Scratch { cells: grid.cells(points), ..Scratch::default() };
            let starts = starts(&scratch.cells, 0);
            index.points = vec![Point::default(); n];
            index.order = vec![0; n];
            let all = points.iter().copied().zip(0..);
            scatter(all, &scratch.cells, &starts, &mut index.points, &mut index.order);
            index.nest(&starts, 0, grid.levels, &mut scratch).unwrap_or_default()
        };
        index.group([Some(root), None, None, None]);
        index.groups.shrink_to_fit();
        index
    }

    /// Whether the tree is one leaf.
    pub(crate) fn is_small(&self) -> bool {
        self.groups.len() == 1 || !KNOWS_LARGE
    }

    /// The number of points.
    pub(crate) fn len(&self) -> usize {
        self.points.len()
    }

    /// The group of the root.
    pub(super) fn root(&self) -> usize {
        self.groups.len() - 1
    }

    /// Which node of a group has the point at a place in the tree's order.
    pub(super) fn lane(&self, g: usize, place: u32) -> usize {
        let nodes = &self.groups[g].nodes;
        nodes.iter().position(|node| node.range().contains(&(place as usize))).unwrap_or(0)
    }

    pub(crate) fn point(&self, i: usize) -> Point {
        self.points[i]
    }

    fn leaf(&self, range: Range<usize>) -> (Node, (Point, Point)) {
        let points = &self.points[range.clone()];
        let (first, count) = (lanes(points[0]), f64x2::splat(points.len() as f64));
        let (mut sum, mut min, mut max) = (f64x2::ZERO, first, first);
        for point in points.iter().copied().map(lanes) {
            sum += point - first;
            min = min.fast_min(point);
            max = max.fast_max(point);
        }
        let mean = first + sum / count;
        let (mut left, mut squares) = (f64x2::ZERO, f64x2::ZERO);
        for point in points.iter().copied().map(lanes) {
            let d = point - mean;
            left += d;
            squares += d * d;
        }
        let [dx, dy] = left.to_array();
        let (start, count, squares) = (range.start as u32, points.len() as u32, squares.reduce_add());
        let is_varied = has_three_places(points);
        (
            Node { start, count, mean: place(mean), squares, dx, dy, parts: 0, is_varied },
            (place(min), place(max)),
        )
    }

    /// Divides a range of points into cells, and the tree's nodes over them.
    fn divide(&mut self, range: Range<usize>, scratch: &mut Scratch) -> (Node, (Point, Point)) {
        let points = &mut self.points[range.clone()];
        let extent = extent(points);
        let grid = Grid::new(points.len(), extent);
        if points.len() <= LEAF || grid.side < FINEST * self.frame.unit {
            return self.leaf(range);
        }
        let order = &mut self.order[range.clone()];
        scratch.cells = grid.cells(points);
        scratch.points.clear();
        scratch.points.extend_from_slice(points);
        scratch.order.clear();
        scratch.order.extend_from_slice(order);
        let all = scratch.points.iter().copied().zip(scratch.order.iter().copied());
        let starts = starts(&scratch.cells, range.start);
        scatter(all, &scratch.cells, &starts, points, order);
        self.nest(&starts, 0, grid.levels, scratch).unwrap_or_default()
    }

    /// The node over 4^`levels` cells from `first` on; none where they are empty.
    fn nest(
        &mut self,
        starts: &Starts,
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
        node.parts = self.group(parts) + 1;
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

fn has_three_places(points: &[Point]) -> bool {
    let second = points.iter().find(|point| **point != points[0]);
    second.is_some_and(|second| points.iter().any(|point| point != second && *point != points[0]))
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
    points: Vec<Point>,
    order: Vec<u32>,
}

/// Square cells over some points, 2^levels by 2^levels of them, along the Z curve (Morton 1966).
struct Grid {
    corner: Point,
    side: f64,
    levels: u32,
}

impl Grid {
    /// As many cells as bring the points of most of them into a leaf.
    fn new(n: usize, (min, max): (Point, Point)) -> Self {
        let levels = (1..MOST_LEVELS).find(|levels| n >> (2 * levels) <= LEAF).unwrap_or(MOST_LEVELS);
        Self { corner: min, side: (max.x - min.x).max(max.y - min.y), levels }
    }

    /// The cell of each point.
    fn cells(&self, points: &[Point]) -> Vec<u8> {
        /// Adding it rounds to whole numbers, which are then the lowest bits.
        const WHOLE: f64 = (1_u64 << 52) as f64 + CELLS as f64;
        let last = (1_usize << self.levels) - 1;
        // Rounding to the nearest after taking a half off is rounding down, or on an edge to one side of it.
        let scale = f64x2::splat((last + 1) as f64 * (1.0 - 1e-9) / self.side);
        let (corner, half, whole) = (lanes(self.corner), f64x2::splat(0.5), f64x2::splat(WHOLE));
        let cell = |&point: &Point| {
            let place = (lanes(point) - corner) * scale - half + whole;
            let [column, row] = place.to_array().map(|place| place.to_bits() as usize & last);
            SPREAD[column] | SPREAD[row] << 1
        };
        points.iter().map(cell).collect()
    }
}

/// Where each cell starts, and where the last one ends.
type Starts = [u32; CELLS + 1];

/// Where each cell starts, counted on from `start`, and where the last ends.
fn starts(cells: &[u8], start: usize) -> Starts {
    let mut starts = [0; CELLS + 1];
    for &cell in cells {
        starts[usize::from(cell) + 1] += 1;
    }
    starts[0] = start as u32;
    for cell in 1..starts.len() {
        starts[cell] += starts[cell - 1];
    }
    starts
}

/// Puts points and their indices in the order of their cells.
fn scatter(
    all: impl Iterator<Item = (Point, u32)>,
    cells: &[u8],
    starts: &Starts,
    points: &mut [Point],
    order: &mut [u32],
) {
    let mut next = starts.map(|start| start - starts[0]);
    for ((point, i), &cell) in all.zip(cells) {
        let place = &mut next[usize::from(cell)];
        (points[*place as usize], order[*place as usize]) = (point, i);
        *place += 1;
    }
}
