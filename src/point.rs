//! Plain types of the plane: a point, and the bounds of a board; and an order of points.

use std::collections::BinaryHeap;

use wide::f64x2;

/// One observation in the plane, or a centroid.
///
/// Equal means equal in both coordinates. Coordinates have no unit of their own: they are the board's.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
#[repr(C)]
pub struct Point {
    /// Horizontal coordinate, growing to the right.
    pub x: f64,
    /// Vertical coordinate, growing upwards.
    pub y: f64,
}

impl Point {
    /// A point from its coordinates.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// The squared Euclidean distance to another point.
    ///
    /// The same bits on every platform: one multiplication, one more, one addition, never fused.
    pub fn distance_squared(self, other: Self) -> f64 {
        let dx = self.x - other.x;
        let dy = self.y - other.y;
        dx * dx + dy * dy
    }

    /// The Euclidean distance to another point.
    pub fn distance(self, other: Self) -> f64 {
        self.distance_squared(other).sqrt()
    }

    /// The point at the fraction `t` of the way to another: this one at 0, exactly the other at 1.
    #[must_use]
    pub fn towards(self, other: Self, t: f64) -> Self {
        let s = 1.0 - t;
        Self::new(self.x * s + other.x * t, self.y * s + other.y * t)
    }
}

/// An upright rectangle: the playing field of a board.
///
/// `min` is the lower left corner and `max` the upper right one; both sides are longer than zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The lower left corner.
    pub min: Point,
    /// The upper right corner.
    pub max: Point,
}

impl Bounds {
    /// The square [-1, 1]² that every preset is drawn in.
    pub const SQUARE: Self = Self { min: Point::new(-1.0, -1.0), max: Point::new(1.0, 1.0) };

    /// The square around some points, with a margin of a twentieth of their extent.
    ///
    /// Never degenerate: for equal points it is a square of about their own magnitude. Without points it is
    /// [`Bounds::SQUARE`].
    pub fn around(points: &[Point]) -> Self {
        if points.is_empty() { Self::SQUARE } else { Self::around_extent(extent(points)) }
    }

    /// The same, of points that extend over this.
    pub(crate) fn around_extent((min, max): Extent) -> Self {
        let centre = min.towards(max, 0.5);
        let magnitude = centre.x.abs().max(centre.y.abs());
        let half = (max.x - min.x).max(max.y - min.y) / 2.0;
        // An extent below this share of the magnitude would be rounded away.
        let half = if half > magnitude * 1e-12 {
            half * 1.1
        } else if magnitude > 0.0 {
            magnitude * 1e-3
        } else {
            1.0
        };
        Self {
            min: Point::new(centre.x - half, centre.y - half),
            max: Point::new(centre.x + half, centre.y + half),
        }
    }

    /// The length of the horizontal side.
    pub fn width(&self) -> f64 {
        self.max.x - self.min.x
    }

    /// The length of the vertical side.
    pub fn height(&self) -> f64 {
        self.max.y - self.min.y
    }

    /// Whether a point lies inside or on the edge.
    pub fn contains(&self, point: Point) -> bool {
        (self.min.x..=self.max.x).contains(&point.x) && (self.min.y..=self.max.y).contains(&point.y)
    }

    /// The same rectangle with a margin all round, given as a share of each side.
    #[must_use]
    pub fn grown(&self, share: f64) -> Self {
        let (dx, dy) = (self.width() * share, self.height() * share);
        Self {
            min: Point::new(self.min.x - dx, self.min.y - dy),
            max: Point::new(self.max.x + dx, self.max.y + dy),
        }
    }

    /// The four corners, anticlockwise from the lower left.
    pub fn corners(&self) -> [Point; 4] {
        [self.min, Point::new(self.max.x, self.min.y), self.max, Point::new(self.min.x, self.max.y)]
    }
}

/// The smallest and the largest coordinates.
pub(crate) type Extent = (Point, Point);

/// What nothing extends over: infinite the wrong way round.
pub(crate) const NOWHERE: Extent =
    (Point::new(f64::INFINITY, f64::INFINITY), Point::new(f64::NEG_INFINITY, f64::NEG_INFINITY));

/// The extent with some points more.
pub(crate) fn extended((min, max): Extent, points: impl Iterator<Item = Point>) -> Extent {
    let (min, max) = points
        .map(lanes)
        .fold((lanes(min), lanes(max)), |(min, max), point| (min.fast_min(point), max.fast_max(point)));
    (place(min), place(max))
}

/// What some points extend over.
pub(crate) fn extent(points: &[Point]) -> Extent {
    extended(NOWHERE, points.iter().copied())
}

/// A point as two lanes.
pub(crate) fn lanes(point: Point) -> f64x2 {
    f64x2::new([point.x, point.y])
}

/// Two lanes as a point.
pub(crate) fn place(lanes: f64x2) -> Point {
    let [x, y] = lanes.to_array();
    Point::new(x, y)
}

/// A key that sorts as the number does.
pub(crate) fn sort_key(value: f64) -> u64 {
    let bits = value.to_bits();
    if value.is_sign_negative() { !bits } else { bits | 1 << 63 }
}

/// The indices of the keys in ascending order, the lowest index first among equals.
///
/// The one sort of this crate, through a heap: far less Wasm than quicksort, and no order here is long or frequent.
pub(crate) fn sorted(keys: impl Iterator<Item = u64>) -> Vec<(u64, u32)> {
    let keyed: Vec<(u64, u32)> = keys.zip(0..).collect();
    BinaryHeap::from(keyed).into_sorted_vec()
}
