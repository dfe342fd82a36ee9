//! The points of a board in a tree of boxes, so that whole boxes can be given to a centroid at once.

use core::ops::Range;

use wide::f32x4;

use super::small::Digits;
use crate::error::{Error, KNOWS_LARGE};
use crate::point::{Extent, Point, extent};

/// Boards of up to so many points are one leaf: for them, to look at every point takes little time, and what looks at
/// boxes need not be loaded.
pub(crate) const SMALL_BOARD: usize = 2_000;

/// The points of a board in the order of a tree's leaves, and the tree.
///
/// A quadtree whose boxes are tight around their points, so that clumps of any size and distance are found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    pub(super) points: Vec<Point>,
    /// How each point lies from its leaf's mean, x and y in turn, in the leaf's units; more follow than there are points.
    pub(super) offsets: Vec<i16>,
    /// The index on the board of each point here.
    pub(super) order: Vec<u32>,
    /// The root alone stands in the last.
    pub(super) groups: Vec<Group>,
    pub(super) frame: Frame,
    pub(super) digits: Digits,
    /// The points of a small board once more, four neighbours at a time.
    pub(super) quads: Vec<Quad>,
}

/// Up to four points, in the frame's units and single precision; the first fills the lanes that are left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quad {
    pub(super) x: f32x4,
    pub(super) y: f32x4,
    pub(super) places: [u32; 4],
}

impl Quad {
    fn new(points: &[Point], frame: &Frame, places: &[u32]) -> Self {
        let places = [0, 1, 2, 3].map(|lane| *places.get(lane).unwrap_or(&places[0]));
        let points = places.map(|place| frame.place(points[place as usize]));
        let (x, y) = (points.map(|point| point.x as f32), points.map(|point| point.y as f32));
        Self { x: f32x4::new(x), y: f32x4::new(y), places }
    }
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
    pub(super) dx: f64,
    pub(super) dy: f64,
    pub(super) start: u32,
    /// 0 where a group has fewer than four nodes.
    pub(super) count: u32,
    /// The group of its four parts, and 1; 0 of a leaf.
    pub(super) parts: u32,
    /// In a leaf, the unit of its points' offsets as a share of the frame's; 0 where it cannot be split.
    pub(super) unit: f32,
}

/// A node, by its group and its place there.
pub(super) type Lane = (usize, usize);

impl Node {
    pub(super) fn range(&self) -> Range<usize> {
        self.start as usize..(self.start + self.count) as usize
    }

    /// The group of its parts; none of a leaf.
    pub(super) fn parts(&self) -> Option<usize> {
        if KNOWS_LARGE { (self.parts as usize).checked_sub(1) } else { None }
    }

    /// Whether it is a leaf that two candidates are told apart in by a split.
    pub(super) fn can_be_split(&self) -> bool {
        KNOWS_LARGE && self.unit > 0.0
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

    #[cfg(feature = "large")]
    /// Takes another node's points in; the mean of equal points is that very point.
    pub(super) fn merge(&mut self, other: &Self) {
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
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Frame {
    origin: Point,
    /// Half the length of its longer side.
    pub(super) unit: f64,
    /// How many units there are to one.
    pub(super) units: f64,
}

impl Frame {
    pub(super) fn around((min, max): Extent) -> Self {
        let half = (max.x - min.x).max(max.y - min.y) / 2.0;
        let unit = if half > 0.0 { half } else { 1.0 };
        Self { origin: min.towards(max, 0.5), unit, units: 1.0 / unit }
    }

    pub(super) fn place(&self, point: Point) -> Point {
        Point::new((point.x - self.origin.x) * self.units, (point.y - self.origin.y) * self.units)
    }
}

impl Boxes {
    /// More than what rounding to single precision takes from a box inside the frame.
    const MARGIN: f64 = 4e-7;

    fn set(&mut self, lane: usize, frame: &Frame, (min, max): Extent) {
        let (min, max) = (frame.place(min), frame.place(max));
        self.x[lane] = f64::midpoint(min.x, max.x) as f32;
        self.y[lane] = f64::midpoint(min.y, max.y) as f32;
        self.half_width[lane] = ((max.x - min.x) / 2.0 + Self::MARGIN) as f32;
        self.half_height[lane] = ((max.y - min.y) / 2.0 + Self::MARGIN) as f32;
    }
}

impl Index {
    /// The points of a small board, as they come.
    pub(crate) fn small(board: &[Point]) -> Result<Self, Error> {
        let order = (0..board.len() as u32).collect();
        let extent = extent(board);
        let (frame, digits) = (Frame::around(extent), Digits::of(board));
        let mut index = Self { points: board.to_vec(), order, frame, digits, ..Self::default() };
        if KNOWS_LARGE {
            let order = super::neighbours(board);
            index.quads = order.chunks(4).map(|places| Quad::new(board, &index.frame, places)).collect();
        }
        let node = Node { count: board.len() as u32, ..Node::default() };
        index.rooted(Boxed { node, extent })
    }

    /// With the node over all points.
    pub(super) fn rooted(mut self, root: Boxed) -> Result<Self, Error> {
        self.group([Some(root), None, None, None])?;
        self.groups.shrink_to_fit();
        Ok(self)
    }

    /// Whether the tree is one leaf.
    pub(crate) fn is_small(&self) -> bool {
        !KNOWS_LARGE || self.len() <= SMALL_BOARD
    }

    /// The number of points.
    pub(crate) fn len(&self) -> usize {
        self.points.len()
    }

    /// The group of the root.
    pub(super) fn root(&self) -> usize {
        self.groups.len() - 1
    }

    pub(super) fn node(&self, (g, lane): Lane) -> &Node {
        &self.groups[g].nodes[lane]
    }

    /// Which node of a group has the point at a place in the tree's order.
    pub(super) fn lane(&self, g: usize, place: u32) -> usize {
        let nodes = &self.groups[g].nodes;
        nodes.iter().position(|node| node.range().contains(&(place as usize))).unwrap_or(0)
    }

    pub(crate) fn point(&self, i: usize) -> Point {
        self.points[i]
    }

    /// The points, in the tree's order.
    pub(crate) fn points(&self) -> &[Point] {
        &self.points
    }

    /// The index on the board of each point here.
    pub(crate) fn order(&self) -> &[u32] {
        &self.order
    }

    /// Adds a group; its number.
    pub(super) fn group(&mut self, nodes: [Option<Boxed>; 4]) -> Result<u32, Error> {
        let mut group = Group::default();
        for (lane, Boxed { node, extent }) in nodes.into_iter().flatten().enumerate() {
            group.boxes.set(lane, &self.frame, extent);
            group.nodes[lane] = node;
        }
        if KNOWS_LARGE && self.groups.try_reserve(1).is_err() {
            return Err(Error::Memory { bytes: size_of::<Group>() * (self.groups.len() + 1) });
        }
        self.groups.push(group);
        Ok(self.groups.len() as u32 - 1)
    }
}

/// A node and what it extends over.
#[derive(Clone)]
pub(super) struct Boxed {
    pub(super) node: Node,
    pub(super) extent: Extent,
}
