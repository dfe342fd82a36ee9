//! Boards: the points, their bounds, and how they were made; the table of presets and their generators.

use core::str::FromStr;
use std::sync::OnceLock;

use rand::Rng;

use crate::error::{Error, MAX_COORDINATE, MAX_K, MAX_POINTS, SPREAD_LIMITS, named};
use crate::nearest::Index;
use crate::point::{Bounds, Point};
use crate::random::{Purpose, generator, normal_pair, uniform};

/// The playing field: points, bounds, and how they were made.
///
/// Every board has from 1 to [`MAX_POINTS`] points with coordinates within ±[`MAX_COORDINATE`], all inside the
/// bounds; a board drawn from a [`Recipe`] is the same to the bit wherever it is drawn.
#[derive(Debug, Clone)]
pub struct Board {
    points: Vec<Point>,
    bounds: Bounds,
    origin: Origin,
    /// Made when it is first needed.
    index: OnceLock<Index>,
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

/// Everything that a drawn board depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recipe {
    /// Which generator draws it.
    pub preset: Preset,
    /// The number of points.
    pub n: usize,
    /// The number of clusters it is drawn with, at most n and at most [`MAX_K`]; presets that are not made of clusters do not look at it.
    pub clusters: usize,
    /// The smallest and the largest standard deviation σ; presets without one do not look at it.
    pub spread: [f64; 2],
    /// The integer that starts the random numbers.
    pub seed: u32,
}

impl Recipe {
    /// A preset's own recipe, with the defaults of the table.
    pub fn new(preset: Preset, seed: u32) -> Self {
        let PresetInfo { n, clusters, k, spread, .. } = *preset.info();
        Self { preset, n, clusters: clusters.unwrap_or(k), spread, seed }
    }

    /// The same recipe with `n` points, and with no more clusters than that.
    #[must_use]
    pub fn with_n(self, n: usize) -> Self {
        Self { n, clusters: self.clusters.min(n), ..self }
    }

    /// The same recipe with `clusters` clusters.
    #[must_use]
    pub fn with_clusters(self, clusters: usize) -> Self {
        Self { clusters, ..self }
    }

    fn check(&self) -> Result<(), Error> {
        let &Self { n, clusters, spread, .. } = self;
        let [low, high] = SPREAD_LIMITS;
        if !(1..=MAX_POINTS).contains(&n) {
            return Err(Error::PointCount { n });
        }
        if !(1..=n.min(MAX_K)).contains(&clusters) {
            return Err(Error::Clusters { clusters, n });
        }
        // Written so that a spread that is not a number fails too.
        if !(low <= spread[0] && spread[0] <= spread[1] && spread[1] <= high) {
            return Err(Error::Spread { spread });
        }
        Ok(())
    }
}

impl Board {
    /// Draws a board from a recipe.
    ///
    /// The points lie inside [-1, 1]², exactly `n` of them.
    ///
    /// # Errors
    /// [`Error::PointCount`], [`Error::Clusters`] or [`Error::Spread`] when the recipe is out of its limits.
    pub fn draw(recipe: Recipe) -> Result<Self, Error> {
        recipe.check()?;
        let points = (recipe.preset.info().draw)(&recipe, &mut generator(recipe.seed, Purpose::Board));
        let points: Vec<Point> = points.into_iter().map(flushed).collect();
        debug_assert_eq!(points.len(), recipe.n);
        let origin = Origin::Drawn(recipe);
        Ok(Self { points, bounds: Bounds::SQUARE, origin, index: OnceLock::new() })
    }

    /// Makes a board of given points, in their order.
    ///
    /// Its bounds are a square around them. Coordinates of a magnitude below 2⁻⁴⁸⁰ become 0, so that the squared
    /// distance of distinct points is never 0.
    ///
    /// # Errors
    /// [`Error::PointCount`] for none or too many, [`Error::Coordinate`] for one that cannot be calculated with.
    pub fn from_points(points: Vec<Point>) -> Result<Self, Error> {
        if !(1..=MAX_POINTS).contains(&points.len()) {
            return Err(Error::PointCount { n: points.len() });
        }
        let points = checked(points, "point")?;
        let bounds = Bounds::around(&points);
        Ok(Self { points, bounds, origin: Origin::Given, index: OnceLock::new() })
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
        self.index.get_or_init(|| Index::new(&self.points))
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

/// The points, flushed, if every coordinate can be calculated with.
pub(crate) fn checked(points: Vec<Point>, of: &'static str) -> Result<Vec<Point>, Error> {
    let is_good = |value: f64| value.abs() <= MAX_COORDINATE;
    for (index, &Point { x, y }) in points.iter().enumerate() {
        if !is_good(x) || !is_good(y) {
            return Err(Error::Coordinate { of, index, value: if is_good(x) { y } else { x } });
        }
    }
    Ok(points.into_iter().map(flushed).collect())
}

/// A point whose coordinates are 0 where they were so small that squares of such would vanish.
///
/// Never -0, whose sign `min` and `max` may keep or lose from one platform to the next.
fn flushed(point: Point) -> Point {
    const SMALLEST: f64 = f64::from_bits((1023 - 480) << 52);
    let flush = |value: f64| if value.abs() < SMALLEST { 0.0 } else { value };
    Point::new(flush(point.x), flush(point.y))
}

/// The presets that a board can be drawn from.
///
/// [`Preset::ALL`] is the table of what each is called and begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is described by its row of the table")]
pub enum Preset {
    Uniform,
    Gauss,
    Peaked,
    Dense,
    Unequal,
    Stretched,
    Moons,
    Rings,
    Grid,
    Blob,
    Cells,
    Places,
}

/// A row of the table of presets.
#[derive(Debug, Clone, Copy)]
pub struct PresetInfo {
    /// Which preset the row is about.
    pub preset: Preset,
    /// The name it is asked for by.
    pub name: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// One sentence on what it shows.
    pub sentence: &'static str,
    /// The number of points to begin with.
    pub n: usize,
    /// The number of clusters to begin with; `None` where the board is not made of clusters.
    pub clusters: Option<usize>,
    /// The number of clusters to seek to begin with.
    pub k: usize,
    /// The smallest and the largest σ that its clusters are drawn with.
    pub spread: [f64; 2],
    draw: fn(&Recipe, &mut rand_pcg::Pcg32) -> Vec<Point>,
}

impl Preset {
    /// The table of presets, in the order of a menu.
    pub const ALL: &[PresetInfo] = &[
        PresetInfo {
            preset: Self::Uniform,
            name: "uniform",
            title: "Uniform",
            sentence: "Points anywhere, with no clusters to find: k-means divides them all the same.",
            n: 100,
            clusters: None,
            k: 7,
            spread: [0.05, 0.5],
            draw: uniform_points,
        },
        PresetInfo {
            preset: Self::Gauss,
            name: "gauss",
            title: "Gaussian clouds",
            sentence: "Round clouds, some tight and some broad, that may overlap.",
            n: 200,
            clusters: Some(3),
            k: 3,
            spread: [0.05, 0.5],
            draw: gauss_points,
        },
        PresetInfo {
            preset: Self::Peaked,
            name: "peaked",
            title: "Peaked clouds",
            sentence: "Tight clouds kept apart: easy to see, and easy to miss for an unlucky start.",
            n: 300,
            clusters: Some(5),
            k: 5,
            spread: [0.05, 0.15],
            draw: peaked_points,
        },
        PresetInfo {
            preset: Self::Dense,
            name: "dense",
            title: "Dense",
            sentence: "So many points that the clusters fill the board like tiles.",
            n: 10_000,
            clusters: None,
            k: 16,
            spread: [0.05, 0.5],
            draw: uniform_points,
        },
        PresetInfo {
            preset: Self::Unequal,
            name: "unequal",
            title: "Unequal sizes",
            sentence: "One large cloud beside small ones: k-means likes clusters of one size, and cuts the large one.",
            n: 300,
            clusters: Some(3),
            k: 3,
            spread: [0.05, 0.3],
            draw: unequal_points,
        },
        PresetInfo {
            preset: Self::Stretched,
            name: "stretched",
            title: "Stretched",
            sentence: "Long parallel clouds: k-means looks for round clusters and cuts across.",
            n: 300,
            clusters: Some(3),
            k: 3,
            spread: [0.05, 0.07],
            draw: stretched_points,
        },
        PresetInfo {
            preset: Self::Moons,
            name: "moons",
            title: "Two moons",
            sentence: "Two crescents, one in the other's arms: no straight line divides them.",
            n: 200,
            clusters: None,
            k: 2,
            spread: [0.04, 0.04],
            draw: moon_points,
        },
        PresetInfo {
            preset: Self::Rings,
            name: "rings",
            title: "Rings",
            sentence: "Rings around one middle, and so with one and the same mean.",
            n: 300,
            clusters: None,
            k: 3,
            spread: [0.03, 0.03],
            draw: ring_points,
        },
        PresetInfo {
            preset: Self::Grid,
            name: "grid",
            title: "Grid",
            sentence: "A regular grid, where many points are equally near to two centroids.",
            n: 144,
            clusters: None,
            k: 4,
            spread: [0.05, 0.5],
            draw: grid_points,
        },
        PresetInfo {
            preset: Self::Blob,
            name: "blob",
            title: "One blob",
            sentence: "A single cloud: what do seven clusters in it mean?",
            n: 200,
            clusters: None,
            k: 7,
            spread: [0.3, 0.3],
            draw: blob_points,
        },
        PresetInfo {
            preset: Self::Cells,
            name: "cells",
            title: "Cells",
            sentence: "Cells under a microscope, drawn by us: find their middles.",
            n: 600,
            clusters: Some(12),
            k: 12,
            spread: [0.05, 0.08],
            draw: cell_points,
        },
        PresetInfo {
            preset: Self::Places,
            name: "places",
            title: "Places",
            sentence: "A day of somebody's positions, made up by us: find where they stayed.",
            n: 300,
            clusters: Some(4),
            k: 4,
            spread: [0.02, 0.04],
            draw: place_points,
        },
    ];

    /// The preset's row of the table.
    pub fn info(self) -> &'static PresetInfo {
        &Self::ALL[self as usize]
    }
}

impl FromStr for Preset {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        named("board", name, Self::ALL, |info| info.name).map(|info| info.preset)
    }
}

/// One Gaussian cloud to draw from.
#[derive(Debug, Clone, Copy)]
struct Cloud {
    centre: Point,
    sigma: f64,
}

impl Cloud {
    /// A point of the cloud that lies inside the square; redrawn until it does.
    fn draw(&self, rng: &mut impl Rng) -> Point {
        draw_inside(|| {
            let (dx, dy) = normal_pair(rng);
            Point::new(self.centre.x + self.sigma * dx, self.centre.y + self.sigma * dy)
        })
    }
}

/// The first point drawn that lies strictly inside the square.
fn draw_inside(mut draw: impl FnMut() -> Point) -> Point {
    loop {
        let point = draw();
        if point.x.abs() < 1.0 && point.y.abs() < 1.0 {
            return point;
        }
    }
}

/// A uniform point of the square with a half side of `half`.
fn place(rng: &mut impl Rng, half: f64) -> Point {
    let x = uniform(rng, -half, half);
    Point::new(x, uniform(rng, -half, half))
}

fn uniform_points(recipe: &Recipe, rng: &mut impl Rng) -> Vec<Point> {
    (0..recipe.n).map(|_| place(rng, 1.0)).collect()
}

/// Each cloud's place and σ are drawn first, so that they do not depend on n.
fn gauss_points(recipe: &Recipe, rng: &mut impl Rng) -> Vec<Point> {
    let centres = (0..recipe.clusters).map(|_| place(rng, 1.0)).collect();
    draw_clouds(recipe, centres, rng)
}

fn peaked_points(recipe: &Recipe, rng: &mut impl Rng) -> Vec<Point> {
    let centres = places_apart(recipe.clusters, 0.85, rng);
    draw_clouds(recipe, centres, rng)
}

/// Clouds of equal size around the centres, each with a σ of its own.
fn draw_clouds(recipe: &Recipe, centres: Vec<Point>, rng: &mut impl Rng) -> Vec<Point> {
    let [min, max] = recipe.spread;
    let clouds: Vec<Cloud> =
        centres.into_iter().map(|centre| Cloud { centre, sigma: uniform(rng, min, max) }).collect();
    let mut points = Vec::with_capacity(recipe.n);
    for (cloud, size) in clouds.iter().zip(even_shares(recipe.n, clouds.len())) {
        points.extend((0..size).map(|_| cloud.draw(rng)));
    }
    points
}

/// The first cloud has half of the points, the next half of the rest and so on; σ shrinks with the size.
fn unequal_points(recipe: &Recipe, rng: &mut impl Rng) -> Vec<Point> {
    let [min, max] = recipe.spread;
    let centres = places_apart(recipe.clusters, 0.75, rng);
    let mut points = Vec::with_capacity(recipe.n);
    for (j, centre) in centres.into_iter().enumerate() {
        let clouds_left = recipe.clusters - j;
        let points_left = recipe.n - points.len();
        let size = if clouds_left == 1 {
            points_left
        } else {
            (points_left / 2).clamp(1, points_left + 1 - clouds_left)
        };
        let sigma = min + (max - min) / f64::from(1_u32 << (2 * j).min(30));
        points.extend((0..size).map(|_| Cloud { centre, sigma }.draw(rng)));
    }
    points
}

/// Clouds four times as long as their σ, half as broad, side by side and all in one direction.
fn stretched_points(recipe: &Recipe, rng: &mut impl Rng) -> Vec<Point> {
    let [min, max] = recipe.spread;
    let (cos, sin) = direction(rng);
    let pitch = 1.4 / recipe.clusters as f64;
    let mut points = Vec::with_capacity(recipe.n);
    for (j, size) in even_shares(recipe.n, recipe.clusters).enumerate() {
        let across = (j as f64 + 0.5) * pitch - 0.7;
        let along = uniform(rng, -0.15, 0.15);
        let sigma = uniform(rng, min, max);
        points.extend((0..size).map(|_| {
            draw_inside(|| {
                let (u, v) = normal_pair(rng);
                let (u, v) = (along + 4.0 * sigma * u, across + 0.5 * sigma * v);
                Point::new(u * cos - v * sin, u * sin + v * cos)
            })
        }));
    }
    points
}

fn moon_points(recipe: &Recipe, rng: &mut impl Rng) -> Vec<Point> {
    let [min, max] = recipe.spread;
    let sigma = uniform(rng, min, max);
    let upper = recipe.n.div_ceil(2);
    let mut points = Vec::with_capacity(recipe.n);
    for i in 0..recipe.n {
        let (cos, sin) = direction(rng);
        let sin = sin.abs();
        let (x, y) = if i < upper { (cos - 0.5, sin - 0.25) } else { (0.5 - cos, 0.25 - sin) };
        points.push(Cloud { centre: Point::new(x * 0.58, y * 0.58), sigma }.draw(rng));
    }
    points
}

/// Three rings, the outer ones with two and three times the points of the inner one.
fn ring_points(recipe: &Recipe, rng: &mut impl Rng) -> Vec<Point> {
    let [min, max] = recipe.spread;
    let sigma = uniform(rng, min, max);
    (0..recipe.n)
        .map(|i| {
            let radius = match i % 6 {
                0 => 0.15,
                1 | 2 => 0.5,
                _ => 0.85,
            };
            let (cos, sin) = direction(rng);
            Cloud { centre: Point::new(radius * cos, radius * sin), sigma }.draw(rng)
        })
        .collect()
}

/// Row by row from the top; a last row that is not full when n is no square.
fn grid_points(recipe: &Recipe, _: &mut impl Rng) -> Vec<Point> {
    let columns = recipe.n.isqrt() + usize::from(recipe.n.isqrt().pow(2) < recipe.n);
    let pitch = 2.0 / columns as f64;
    let at = |i: usize| (i as f64 + 0.5) * pitch - 1.0;
    (0..recipe.n).map(|i| Point::new(at(i % columns), -at(i / columns))).collect()
}

fn blob_points(recipe: &Recipe, rng: &mut impl Rng) -> Vec<Point> {
    let [min, max] = recipe.spread;
    let cloud = Cloud { centre: Point::default(), sigma: uniform(rng, min, max) };
    (0..recipe.n).map(|_| cloud.draw(rng)).collect()
}

/// Filled ellipses kept apart, as broad as a uniform ellipse of that σ is (2 σ to the edge).
fn cell_points(recipe: &Recipe, rng: &mut impl Rng) -> Vec<Point> {
    let [min, max] = recipe.spread;
    let mut points = Vec::with_capacity(recipe.n);
    let centres = places_apart(recipe.clusters, 0.85, rng);
    for (centre, size) in centres.into_iter().zip(even_shares(recipe.n, recipe.clusters)) {
        let (long, short) = (2.0 * uniform(rng, min, max), 2.0 * min);
        let (cos, sin) = direction(rng);
        points.extend((0..size).map(|_| {
            draw_inside(|| {
                let (u, v) = disc_point(rng);
                let (u, v) = (long * u, short * v);
                Point::new(centre.x + u * cos - v * sin, centre.y + u * sin + v * cos)
            })
        }));
    }
    points
}

/// A uniform direction, as the point of the unit circle that it meets; exact on every platform, as no angle is.
fn direction(rng: &mut impl Rng) -> (f64, f64) {
    loop {
        let (x, y) = disc_point(rng);
        let length = (x * x + y * y).sqrt();
        if length > 0.1 {
            return (x / length, y / length);
        }
    }
}

/// A uniform point of the unit disc.
fn disc_point(rng: &mut impl Rng) -> (f64, f64) {
    loop {
        let Point { x, y } = place(rng, 1.0);
        if x * x + y * y < 1.0 {
            return (x, y);
        }
    }
}

/// Four positions of five at the places, the others on the straight ways between one place and the next.
fn place_points(recipe: &Recipe, rng: &mut impl Rng) -> Vec<Point> {
    let [min, max] = recipe.spread;
    let stays: Vec<Cloud> = places_apart(recipe.clusters, 0.8, rng)
        .into_iter()
        .map(|centre| Cloud { centre, sigma: uniform(rng, min, max) })
        .collect();
    let mut points = Vec::with_capacity(recipe.n);
    for (j, size) in even_shares(recipe.n, stays.len()).enumerate() {
        let (here, next) = (stays[j], stays[(j + 1) % stays.len()]);
        points.extend((0..size).map(|i| {
            let on_the_way = if i % 5 == 4 { uniform(rng, 0.0, 1.0) } else { 0.0 };
            Cloud { centre: here.centre.towards(next.centre, on_the_way), ..here }.draw(rng)
        }));
    }
    points
}

/// `count` places in the square with a half side of `half`, kept apart by as much as darts thrown at random find room for.
fn places_apart(count: usize, half: f64, rng: &mut impl Rng) -> Vec<Point> {
    const DARTS: usize = 60;
    let mut gap = 2.0 * half / (count as f64).sqrt();
    let mut places: Vec<Point> = Vec::with_capacity(count);
    while places.len() < count {
        let is_free = |dart: &Point| places.iter().all(|place| place.distance_squared(*dart) >= gap * gap);
        match (0..DARTS).map(|_| place(rng, half)).find(is_free) {
            Some(dart) => places.push(dart),
            None => gap *= 0.9,
        }
    }
    places
}

/// `n` handed out as evenly as integers allow: sizes differ by at most 1, the larger ones first.
fn even_shares(n: usize, count: usize) -> impl Iterator<Item = usize> {
    (0..count).map(move |j| n / count + usize::from(j < n % count))
}
