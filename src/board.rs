//! Boards: the points, their bounds, and how they were made.

use rand_pcg::Pcg32;
use wide::f64x2;

use crate::error::{Error, MAX_COORDINATE, check_count, room};
use crate::nearest::{Index, SMALL_BOARD, Sorting};
use crate::point::{Bounds, Extent, NOWHERE, Point, extended, extent, lanes, place};
use crate::presets::{Drawing, Recipe};
use crate::random::{Purpose, generator, uniform};

/// The playing field: points, bounds, and how they were made.
///
/// Every board has from 1 to [`MAX_POINTS`](crate::MAX_POINTS) points with coordinates within ±[`MAX_COORDINATE`], all inside the
/// bounds; a board drawn from a [`Recipe`] is the same to the bit wherever it is drawn.
#[derive(Debug, Clone)]
pub struct Board {
    points: Vec<Point>,
    bounds: Bounds,
    origin: Origin,
    index: Index,
}

impl PartialEq for Board {
    fn eq(&self, other: &Self) -> bool {
        self.points == other.points && self.bounds == other.bounds && self.origin == other.origin
    }
}

/// How a board was made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Origin {
    /// Drawn from a preset; the recipe draws the same board again.
    Drawn(Recipe),
    /// Made of points that were given.
    Given,
}

impl Board {
    /// Draws a board from a recipe.
    ///
    /// The points lie inside [-1, 1]², exactly `n` of them.
    ///
    /// # Errors
    /// [`Error::PointCount`], [`Error::Clusters`] or [`Error::Spread`] when the recipe is out of its limits,
    /// [`Error::Memory`] when there is none for so many points.
    pub fn draw(recipe: Recipe) -> Result<Self, Error> {
        Draft::drawn(recipe)?.finish()
    }

    /// Makes a board of given points, in their order.
    ///
    /// Its bounds are a square around them. Coordinates of a magnitude below 2⁻⁴⁸⁰ become 0, so that the squared
    /// distance of distinct points is never 0.
    ///
    /// # Errors
    /// [`Error::PointCount`] for none or too many, [`Error::Coordinate`] for one that cannot be calculated with,
    /// [`Error::Memory`] when there is none for so many.
    pub fn from_points(points: Vec<Point>) -> Result<Self, Error> {
        let mut draft = Draft::given(points.len())?;
        draft.add(points)?;
        draft.finish()
    }

    /// Draws reference `b` of this board: as many points, without clusters.
    ///
    /// They are uniform in the smallest upright rectangle around the points of this board, which is what the gap
    /// statistic compares a board with. Each pair of seed and number has random numbers of its own.
    ///
    /// # Errors
    /// [`Error::Memory`] when there is none for so many points.
    pub fn reference(&self, seed: u32, b: u32) -> Result<Self, Error> {
        let mut draft = Draft::given(self.points.len())?;
        draft.add(self.reference_points(seed, b))?;
        draft.finish()
    }

    /// The points of reference `b`, without end.
    pub(crate) fn reference_points(&self, seed: u32, b: u32) -> Uniform {
        let (min, max) = extent(&self.points);
        Uniform { min, max, rng: generator(seed, Purpose::Reference(b)) }
    }

    /// Other points on this board: its bounds stay, unless one lies outside of them.
    ///
    /// # Errors
    /// Those of [`Board::from_points`].
    pub(crate) fn with_points(&self, points: Vec<Point>) -> Result<Self, Error> {
        let mut draft = Draft::given(points.len())?.within(self.bounds);
        draft.add(points)?;
        draft.finish()
    }

    /// The points; their order never changes.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The playing field; no point lies outside.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The points in the order in which they are searched.
    pub(crate) fn index(&self) -> &Index {
        &self.index
    }

    /// How the board was made.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The number of distinct points, counted up to `limit` and no further.
    pub fn distinct_points(&self, limit: usize) -> usize {
        let mut found: Vec<Point> = Vec::with_capacity(limit.min(self.points.len()));
        for point in &self.points {
            if found.len() == limit {
                break;
            }
            let place = found.binary_search_by(|f| f.x.total_cmp(&point.x).then(f.y.total_cmp(&point.y)));
            if let Err(gap) = place {
                found.insert(gap, *point);
            }
        }
        found.len()
    }
}

/// Points anywhere in an upright rectangle, without end.
pub(crate) struct Uniform {
    min: Point,
    max: Point,
    rng: Pcg32,
}

impl Iterator for Uniform {
    type Item = Point;

    fn next(&mut self) -> Option<Point> {
        let x = uniform(&mut self.rng, self.min.x, self.max.x);
        Some(Point::new(x, uniform(&mut self.rng, self.min.y, self.max.y)))
    }
}

/// A board in the making: its points are drawn, or given, and then sorted, a slice at a time.
pub(crate) struct Draft {
    points: Vec<Point>,
    /// What they extend over.
    extent: Extent,
    n: usize,
    origin: Origin,
    /// What draws the points that are missing; nothing where they are given.
    drawing: Option<Drawing>,
    sorting: Option<Sorting>,
    /// The bounds of given points, unless one lies outside of them.
    bounds: Option<Bounds>,
}

impl Draft {
    pub(crate) fn drawn(recipe: Recipe) -> Result<Self, Error> {
        recipe.check()?;
        Ok(Self { drawing: Some(Drawing::new(recipe)), ..Self::of(recipe.n, Origin::Drawn(recipe))? })
    }

    /// Of n points that are yet to be added.
    pub(crate) fn given(n: usize) -> Result<Self, Error> {
        check_count(n)?;
        Self::of(n, Origin::Given)
    }

    fn of(n: usize, origin: Origin) -> Result<Self, Error> {
        Ok(Self { points: room(n)?, extent: NOWHERE, n, origin, drawing: None, sorting: None, bounds: None })
    }

    /// In these bounds, if the points that are given lie within them.
    pub(crate) fn within(self, bounds: Bounds) -> Self {
        Self { bounds: Some(bounds), ..self }
    }

    /// Adds given points, as many as are missing at most.
    pub(crate) fn add(&mut self, points: impl IntoIterator<Item = Point>) -> Result<(), Error> {
        let before = self.points.len();
        let added = points.into_iter().take(self.n - before).try_for_each(|point| {
            self.points.push(checked(point, "point", self.points.len())?);
            Ok(())
        });
        self.extend(before);
        added
    }

    /// The next slice; the board when it was the last. Points that are missing are drawn, or nothing happens.
    pub(crate) fn advance(&mut self, slice: usize) -> Result<Option<Board>, Error> {
        let missing = self.n - self.points.len();
        if missing > 0 {
            if let Some(drawing) = &mut self.drawing {
                let before = self.points.len();
                self.points.extend(drawing.by_ref().take(slice).map(flushed));
                self.extend(before);
            }
            return Ok(None);
        }
        let index = if self.n <= SMALL_BOARD {
            Index::small(&self.points)
        } else {
            let Some(index) = self.sort(slice)? else { return Ok(None) };
            index
        };
        let bounds = match self.origin {
            Origin::Drawn(_) => Bounds::SQUARE,
            Origin::Given => {
                let (min, max) = self.extent;
                let has_all = |bounds: &Bounds| bounds.contains(min) && bounds.contains(max);
                self.bounds.filter(has_all).unwrap_or_else(|| Bounds::around_extent(self.extent))
            }
        };
        Ok(Some(Board { points: core::mem::take(&mut self.points), bounds, origin: self.origin, index }))
    }

    /// Extends over the points from one on.
    fn extend(&mut self, from: usize) {
        self.extent = extended(self.extent, self.points[from..].iter().copied());
    }

    fn sort(&mut self, slice: usize) -> Result<Option<Index>, Error> {
        let sorting = match &mut self.sorting {
            Some(sorting) => sorting,
            none => none.insert(Sorting::new(self.n, self.extent)?),
        };
        sorting.advance(&self.points, slice)
    }

    /// How much of the work is done, from 0 to 1: sorting is taken for as much as drawing.
    pub(crate) fn share(&self) -> f64 {
        let sorted = self.sorting.as_ref().map_or(0.0, Sorting::share);
        f64::midpoint(self.points.len() as f64 / self.n as f64, sorted)
    }

    fn finish(mut self) -> Result<Board, Error> {
        loop {
            if let Some(board) = self.advance(usize::MAX)? {
                return Ok(board);
            }
        }
    }
}

/// A point, flushed, if both of its coordinates can be calculated with.
pub(crate) fn checked(point: Point, of: &'static str, index: usize) -> Result<Point, Error> {
    let good = lanes(point).abs().simd_le(f64x2::splat(MAX_COORDINATE)).to_bitmask();
    if good == 0b11 {
        return Ok(flushed(point));
    }
    Err(Error::Coordinate { of, index, value: if good & 1 == 1 { point.y } else { point.x } })
}

/// A point whose coordinates are 0 where they were so small that squares of such would vanish.
///
/// Never -0, whose sign `min` and `max` may keep or lose from one platform to the next.
fn flushed(point: Point) -> Point {
    const SMALLEST: f64 = f64::from_bits((1023 - 480) << 52);
    let numbers = lanes(point);
    place(numbers.abs().simd_lt(f64x2::splat(SMALLEST)).select(f64x2::ZERO, numbers))
}
