//! The presets that boards are drawn from: recipes, their table, and their generators.

use core::str::FromStr;

use rand::Rng;
use rand_pcg::Pcg32;

use crate::error::{Error, MAX_K, SPREAD_LIMITS, check_count, place_of};
use crate::point::Point;
use crate::random::{Purpose, generator, normal_pair, uniform};

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

    pub(crate) fn check(&self) -> Result<(), Error> {
        let &Self { n, clusters, spread, .. } = self;
        let [low, high] = SPREAD_LIMITS;
        check_count(n)?;
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

/// The points of a board, drawn one after the other.
///
/// Whatever the clusters are is drawn before, so that it does not depend on n.
pub(crate) struct Drawing {
    recipe: Recipe,
    /// The next point.
    i: usize,
    clouds: Vec<Cloud>,
    rng: Pcg32,
    point: fn(&mut Self) -> Point,
}

/// A cluster to draw from.
#[derive(Debug, Clone, Copy)]
struct Cloud {
    centre: Point,
    sigma: f64,
    /// Its long side, as a point of the unit circle.
    direction: (f64, f64),
    /// Its last point, and 1.
    end: usize,
}

impl Drawing {
    pub(crate) fn new(recipe: Recipe) -> Self {
        let info = recipe.preset.info();
        let mut rng = generator(recipe.seed, Purpose::Board);
        Self { recipe, i: 0, clouds: (info.clouds)(&recipe, &mut rng), rng, point: info.point }
    }

    /// The number of the cloud that the next point is of.
    fn j(&self) -> usize {
        self.clouds.partition_point(|cloud| cloud.end <= self.i)
    }

    /// A point of a cloud that lies inside the square; redrawn until it does.
    fn of(&mut self, centre: Point, sigma: f64) -> Point {
        let rng = &mut self.rng;
        draw_inside(|| {
            let (dx, dy) = normal_pair(rng);
            Point::new(centre.x + sigma * dx, centre.y + sigma * dy)
        })
    }
}

impl Iterator for Drawing {
    type Item = Point;

    fn next(&mut self) -> Option<Point> {
        if self.i == self.recipe.n {
            return None;
        }
        let point = (self.point)(self);
        self.i += 1;
        Some(point)
    }
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
    /// Draws what its clusters are.
    clouds: fn(&Recipe, &mut Pcg32) -> Vec<Cloud>,
    /// Draws its next point.
    point: fn(&mut Drawing) -> Point,
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
            clouds: no_clouds,
            point: anywhere,
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
            clouds: clouds_anywhere,
            point: of_cloud,
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
            clouds: clouds_apart,
            point: of_cloud,
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
            clouds: no_clouds,
            point: anywhere,
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
            clouds: unequal_clouds,
            point: of_cloud,
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
            clouds: parallel_clouds,
            point: of_stretched,
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
            clouds: one_cloud,
            point: of_moon,
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
            clouds: one_cloud,
            point: of_ring,
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
            clouds: no_clouds,
            point: of_grid,
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
            clouds: one_cloud,
            point: of_cloud,
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
            clouds: cells,
            point: of_cell,
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
            clouds: stays,
            point: of_place,
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
        let names = Self::ALL.iter().map(|info| info.name);
        place_of("board", name, names).map(|row| Self::ALL[row].preset)
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

fn no_clouds(_: &Recipe, _: &mut Pcg32) -> Vec<Cloud> {
    Vec::new()
}

/// All points are of one, whatever number of clusters is asked for.
fn one_cloud(recipe: &Recipe, rng: &mut Pcg32) -> Vec<Cloud> {
    clouds(recipe, vec![Point::default()], rng)
}

fn clouds_anywhere(recipe: &Recipe, rng: &mut Pcg32) -> Vec<Cloud> {
    let centres = (0..recipe.clusters).map(|_| place(rng, 1.0)).collect();
    clouds(recipe, centres, rng)
}

fn clouds_apart(recipe: &Recipe, rng: &mut Pcg32) -> Vec<Cloud> {
    apart(recipe, 0.85, rng)
}

fn stays(recipe: &Recipe, rng: &mut Pcg32) -> Vec<Cloud> {
    apart(recipe, 0.8, rng)
}

fn apart(recipe: &Recipe, half: f64, rng: &mut Pcg32) -> Vec<Cloud> {
    let centres = places_apart(recipe.clusters, half, rng);
    clouds(recipe, centres, rng)
}

/// Clouds around the centres, each with a σ of its own; n is handed out as evenly as integers allow: sizes differ by at
/// most 1, the larger ones first.
fn clouds(recipe: &Recipe, centres: Vec<Point>, rng: &mut Pcg32) -> Vec<Cloud> {
    let [min, max] = recipe.spread;
    let (size, larger) = (recipe.n / centres.len(), recipe.n % centres.len());
    let cloud = |(j, centre): (usize, Point)| Cloud {
        centre,
        sigma: uniform(rng, min, max),
        direction: (1.0, 0.0),
        end: size * (j + 1) + larger.min(j + 1),
    };
    centres.into_iter().enumerate().map(cloud).collect()
}

/// The first cloud has half of the points, the next half of the rest and so on; σ shrinks with the size.
fn unequal_clouds(recipe: &Recipe, rng: &mut Pcg32) -> Vec<Cloud> {
    let ([min, max], n) = (recipe.spread, recipe.n);
    let mut clouds = apart(recipe, 0.75, rng);
    let (mut end, mut clouds_after) = (0, clouds.len());
    for (j, cloud) in clouds.iter_mut().enumerate() {
        clouds_after -= 1;
        let half = ((n - end) / 2).min(n - end - clouds_after).max(1);
        end = if clouds_after == 0 { n } else { end + half };
        (cloud.end, cloud.sigma) = (end, min + (max - min) / f64::from(1_u32 << (2 * j).min(30)));
    }
    clouds
}

/// Clouds side by side, and all in one direction.
fn parallel_clouds(recipe: &Recipe, rng: &mut Pcg32) -> Vec<Cloud> {
    let (direction, pitch) = (direction(rng), 1.4 / recipe.clusters as f64);
    let across = |j: usize| (j as f64 + 0.5) * pitch - 0.7;
    let centres = (0..recipe.clusters).map(|j| Point::new(uniform(rng, -0.15, 0.15), across(j))).collect();
    let mut clouds = clouds(recipe, centres, rng);
    for cloud in &mut clouds {
        cloud.centre = turned(cloud.centre.x, cloud.centre.y, direction);
        cloud.direction = direction;
    }
    clouds
}

/// Clouds kept apart, each in a direction of its own.
fn cells(recipe: &Recipe, rng: &mut Pcg32) -> Vec<Cloud> {
    let mut clouds = clouds_apart(recipe, rng);
    for cloud in &mut clouds {
        cloud.direction = direction(rng);
    }
    clouds
}

fn anywhere(drawing: &mut Drawing) -> Point {
    place(&mut drawing.rng, 1.0)
}

fn of_cloud(drawing: &mut Drawing) -> Point {
    let Cloud { centre, sigma, .. } = drawing.clouds[drawing.j()];
    drawing.of(centre, sigma)
}

/// Four times as long as σ, half as broad.
fn of_stretched(drawing: &mut Drawing) -> Point {
    let Cloud { centre, sigma, direction, .. } = drawing.clouds[drawing.j()];
    draw_inside(|| {
        let (along, across) = normal_pair(&mut drawing.rng);
        let Point { x, y } = turned(4.0 * sigma * along, 0.5 * sigma * across, direction);
        Point::new(centre.x + x, centre.y + y)
    })
}

/// Of a filled ellipse, as broad as a uniform ellipse of that σ is (2 σ to the edge); across, of the smallest σ.
fn of_cell(drawing: &mut Drawing) -> Point {
    let Cloud { centre, sigma, direction, .. } = drawing.clouds[drawing.j()];
    draw_inside(|| {
        let (along, across) = disc_point(&mut drawing.rng);
        let Point { x, y } = turned(2.0 * sigma * along, 2.0 * drawing.recipe.spread[0] * across, direction);
        Point::new(centre.x + x, centre.y + y)
    })
}

/// Of two crescents, first all of the upper one.
fn of_moon(drawing: &mut Drawing) -> Point {
    let (cos, sin) = direction(&mut drawing.rng);
    let sin = sin.abs();
    let is_upper = drawing.i < drawing.recipe.n.div_ceil(2);
    let (x, y) = if is_upper { (cos - 0.5, sin - 0.25) } else { (0.5 - cos, 0.25 - sin) };
    drawing.of(Point::new(x * 0.58, y * 0.58), drawing.clouds[0].sigma)
}

/// Of three rings, the outer ones with two and three times the points of the inner one.
fn of_ring(drawing: &mut Drawing) -> Point {
    let radius = match drawing.i % 6 {
        0 => 0.15,
        1 | 2 => 0.5,
        _ => 0.85,
    };
    let (cos, sin) = direction(&mut drawing.rng);
    drawing.of(Point::new(radius * cos, radius * sin), drawing.clouds[0].sigma)
}

/// Row by row from the top; a last row that is not full when n is no square.
fn of_grid(drawing: &mut Drawing) -> Point {
    let columns = (drawing.recipe.n as f64).sqrt().ceil();
    let at = |i: usize| (i as f64 + 0.5) * (2.0 / columns) - 1.0;
    Point::new(at(drawing.i % columns as usize), -at(drawing.i / columns as usize))
}

/// Four positions of five at the places, the others on the straight ways between one place and the next.
fn of_place(drawing: &mut Drawing) -> Point {
    let (clouds, j) = (&drawing.clouds, drawing.j());
    let (here, next) = (clouds[j], clouds[(j + 1) % clouds.len()].centre);
    let first = if j == 0 { 0 } else { clouds[j - 1].end };
    let is_on_the_way = (drawing.i - first) % 5 == 4;
    let way = if is_on_the_way { uniform(&mut drawing.rng, 0.0, 1.0) } else { 0.0 };
    drawing.of(here.centre.towards(next, way), here.sigma)
}

/// A place as it lies along a direction and across it.
fn turned(along: f64, across: f64, (cos, sin): (f64, f64)) -> Point {
    Point::new(along * cos - across * sin, along * sin + across * cos)
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
