//! The points of a board in a tree of boxes, so that whole boxes can be given to a centroid at once.

use core::ops::Range;

use wide::{f32x4, f64x2};

use super::Sum;
use super::exact::{Digits, Exact};
use super::inertia::Whole;
use super::split::MOST;
#[cfg(feature = "large")]
use crate::error::Error;
use crate::error::{KNOWS_LARGE, MAX_POINTS};
use crate::point::{Extent, Point, extent, lanes};

/// Boards of up to so many points are one leaf: for them, to look at every point takes little time, and what looks at
/// boxes need not be loaded.
pub(crate) const SMALL_BOARD: usize = 2_000;

/// The points of a board in the order of a tree's leaves, and the tree.
///
/// A quadtree whose boxes are tight around their points, so that clumps of any size and distance are found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    pub(super) points: Vec<Point>,
    /// How each point lies from the middle of its leaf's box, x and y in turn, in the leaf's units; more follow than there are
    /// points.
    pub(super) offsets: Vec<i16>,
    /// The index on the board of each point here.
    pub(super) order: Vec<u32>,
    /// The root alone stands in the last.
    pub(super) groups: Vec<Group>,
    /// The points of each node, summed up; none on a small board.
    pub(super) sums: Vec<[Large; 4]>,
    /// Of each leaf, Σ‖x − m‖² with the mean m; none on a small board.
    pub(super) spreads: Vec<[f64; 4]>,
    pub(super) whole: Whole,
    pub(super) frame: Frame,
    /// Whether sums are exact: no coordinate has digits beyond those that are kept.
    pub(super) are_exact: bool,
    pub(super) digits: Digits,
    /// The points of a small board once more, four neighbours at a time.
    pub(super) quads: Vec<Quad>,
}

/// Points of a small board, summed up.
pub(super) type Small = Exact<2, 11>;
/// Points of a large board.
pub(super) type Large = Exact<3, 22>;
/// Points of a leaf, or some of a larger one.
pub(super) type Few = Exact<2, FEW_BITS>;
/// There may be 2 to this power of the few.
pub(super) const FEW_BITS: u32 = 7;

const _: () = assert!(
    SMALL_BOARD < 1 << 11 && MAX_POINTS < 1 << 22 && MOST < 1 << FEW_BITS,
    "more points would not sum up exactly"
);

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

/// A box's points.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    pub(super) start: u32,
    /// 0 where a group has fewer than four nodes.
    pub(super) count: u32,
    /// The group of its four parts, and 1; 0 of a leaf.
    pub(super) parts: u32,
    /// In a leaf, how many of the units of its points' offsets there are to one of the frame's; 0 where it cannot be split.
    pub(super) units: f32,
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

    #[cfg(feature = "large")]
    pub(super) fn is_leaf(&self) -> bool {
        self.count > 0 && self.parts == 0
    }

    /// Whether it is a leaf that two candidates are told apart in by a split.
    pub(super) fn can_be_split(&self) -> bool {
        KNOWS_LARGE && self.units > 0.0
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

    /// At least the squared distance of a point to any in the frame.
    pub(super) fn reach_squared(&self, point: Point) -> f64 {
        let Point { x, y } = self.place(point);
        let reach = (2.0 + x.abs() + y.abs()) * self.unit;
        reach * reach
    }

    /// The point of the plane at a place in the frame.
    pub(super) fn point_at(&self, x: f32, y: f32) -> Point {
        Point::new(self.origin.x + f64::from(x) * self.unit, self.origin.y + f64::from(y) * self.unit)
    }
}

#[cfg(feature = "large")]
impl Boxes {
    /// More than what rounding to single precision takes from a box inside the frame.
    const MARGIN: f64 = 4e-7;

    /// The middle of a box.
    pub(super) fn middle(frame: &Frame, (min, max): Extent) -> (f32, f32) {
        let (min, max) = (frame.place(min), frame.place(max));
        (f64::midpoint(min.x, max.x) as f32, f64::midpoint(min.y, max.y) as f32)
    }

    fn set(&mut self, lane: usize, frame: &Frame, (min, max): Extent) {
        (self.x[lane], self.y[lane]) = Self::middle(frame, (min, max));
        let (min, max) = (frame.place(min), frame.place(max));
        self.half_width[lane] = ((max.x - min.x) / 2.0 + Self::MARGIN) as f32;
        self.half_height[lane] = ((max.y - min.y) / 2.0 + Self::MARGIN) as f32;
    }
}

impl Index {
    /// The points of a small board, as they come.
    pub(crate) fn small(board: &[Point]) -> Self {
        let order = (0..board.len() as u32).collect();
        let extent = extent(board);
        let (frame, digits) = (Frame::around(extent), Digits::of(extent));
        let are_exact = board.iter().all(|&point| Small::has_all_of(digits, point));
        let mut root = Group::default();
        root.nodes[0].count = board.len() as u32;
        let (points, groups) = (board.to_vec(), vec![root]);
        let mut index = Self { points, order, groups, frame, are_exact, digits, ..Self::default() };
        if KNOWS_LARGE {
            let order = super::neighbours(board);
            index.quads = order.chunks(4).map(|places| Quad::new(board, &index.frame, places)).collect();
        }
        index
    }

    /// With the node over all points.
    #[cfg(feature = "large")]
    pub(super) fn rooted(mut self, root: Boxed) -> Result<Self, Error> {
        self.group([Some(root), None, None, None])?;
        self.groups.shrink_to_fit();
        self.sums.shrink_to_fit();
        self.spreads.shrink_to_fit();
        self.whole = Whole::of(&self);
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

    /// All points of a large board, summed up.
    pub(super) fn all(&self) -> Sum {
        self.sums[self.root()][0].sum(self.digits)
    }

    /// The middle of a node's box.
    pub(super) fn middle(&self, (g, lane): Lane) -> f64x2 {
        let boxes = &self.groups[g].boxes;
        lanes(self.frame.point_at(boxes.x[lane], boxes.y[lane]))
    }

    /// The offsets of a leaf's points, four points each, and of some more: so many at a time are whole.
    pub(super) fn offsets_of(&self, node: &Node, at_once: u32) -> &[[i16; 8]] {
        let (from, count) = (2 * node.start as usize, node.count.next_multiple_of(at_once) as usize);
        self.offsets[from..from + 2 * count].as_chunks().0
    }

    /// How many units a leaf's points have to one of the plane.
    pub(super) fn units(&self, at: Lane) -> f64 {
        f64::from(self.node(at).units) * self.frame.units
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
    #[cfg(feature = "large")]
    pub(super) fn group(&mut self, nodes: [Option<Boxed>; 4]) -> Result<u32, Error> {
        let (mut group, mut sums, mut spreads) = (Group::default(), [Large::default(); 4], [0.0; 4]);
        for (lane, Boxed { node, extent, sum, spread }) in nodes.into_iter().flatten().enumerate() {
            group.boxes.set(lane, &self.frame, extent);
            (group.nodes[lane], sums[lane], spreads[lane]) = (node, sum, spread);
        }
        let has_room = self.groups.try_reserve(1).is_ok()
            && self.sums.try_reserve(1).is_ok()
            && self.spreads.try_reserve(1).is_ok();
        if !has_room {
            let bytes = size_of_val(&group) + size_of_val(&sums) + size_of_val(&spreads);
            return Err(Error::Memory { bytes: bytes * (self.groups.len() + 1) });
        }
        self.groups.push(group);
        self.sums.push(sums);
        self.spreads.push(spreads);
        Ok(self.groups.len() as u32 - 1)
    }
}

/// A node and what else is known of its points.
#[cfg(feature = "large")]
#[derive(Clone)]
pub(super) struct Boxed {
    pub(super) node: Node,
    pub(super) extent: Extent,
    pub(super) sum: Large,
    /// Of a leaf, Σ‖x − m‖² with the mean m.
    pub(super) spread: f64,
}
