//! The binding: each method converts, calls one function of the core, converts back.

#![allow(unreachable_pub, reason = "JavaScript reaches what is exported")]

mod canvas;

use std::sync::Arc;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::CanvasRenderingContext2d;

use crate::nearest::SMALL_BOARD;
use crate::paint::{self, Before, Layers, Look, Moment, Raster};
#[cfg(feature = "large")]
use crate::restarts;
use crate::{
    Board, Error, Lloyd, MAX_K, MAX_POINTS, Origin, Phase, Point, Preset, Recipe, SPREAD_LIMITS, Seeding,
    cells,
};
use canvas::{Canvas, Layer};

#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// An error of the core as one of JavaScript's, its code as a property.
impl From<Error> for JsValue {
    fn from(error: Error) -> Self {
        let number = |value: f64| {
            let written = js_sys::Number::from(value).to_string_with_radix(10);
            written.map_or_else(|_| String::new(), String::from)
        };
        let thrown = js_sys::Error::new(&error.message(number));
        set(&thrown, "code", &error.code().into());
        thrown.into()
    }
}

/// Sets a property of an object made here, which cannot refuse it.
fn set(object: &JsValue, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &name.into(), value);
}

fn object(properties: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in properties {
        set(&object, name, value);
    }
    object
}

fn listed(items: impl Iterator<Item: AsRef<JsValue>>) -> Array {
    let list = Array::new();
    for item in items {
        list.push(item.as_ref());
    }
    list
}

/// The table of presets.
#[wasm_bindgen]
pub fn boards() -> Array {
    let row = |info: &crate::PresetInfo| {
        object(&[
            ("name", info.name.into()),
            ("title", info.title.into()),
            ("sentence", info.sentence.into()),
            ("n", info.n.into()),
            ("clusters", info.clusters.into()),
            ("k", info.k.into()),
        ])
    };
    listed(Preset::ALL.iter().map(row))
}

/// The table of seedings.
#[wasm_bindgen]
pub fn seedings() -> Array {
    let row =
        |info: &crate::SeedingInfo| object(&[("name", info.name.into()), ("sentence", info.sentence.into())]);
    listed(Seeding::ALL.iter().map(row))
}

/// The most points, the most clusters, the smallest and the largest σ, and the most points of a small board.
#[wasm_bindgen]
pub fn limits() -> Vec<f64> {
    let [low, high] = SPREAD_LIMITS;
    vec![MAX_POINTS as f64, MAX_K as f64, low, high, SMALL_BOARD as f64]
}

/// A seed from the system's randomness.
#[wasm_bindgen(js_name = randomSeed)]
pub fn random_seed() -> Result<u32, JsError> {
    Ok(getrandom::u32()?)
}

/// A board, to start clusterings on.
#[wasm_bindgen]
pub struct Field(Arc<Board>);

#[wasm_bindgen]
impl Field {
    /// Draws a preset; what is not given is the preset's own.
    pub fn draw(
        preset: &str,
        n: Option<usize>,
        clusters: usize,
        spread: Option<Vec<f64>>,
        seed: u32,
    ) -> Result<Field, JsValue> {
        let own = Recipe::new(preset.parse()?, seed);
        let n = n.unwrap_or(own.n);
        let spread = spread.map_or(own.spread, |given| [given[0], given[1]]);
        Ok(Self(Arc::new(Board::draw(Recipe { n, clusters, spread, ..own })?)))
    }

    /// Makes a board of given points, x and y in turn.
    #[wasm_bindgen(js_name = fromPoints)]
    pub fn from_points(flat: &[f64]) -> Result<Field, JsValue> {
        Ok(Self(Arc::new(Board::from_points(pairs(flat))?)))
    }

    /// Seeds k centroids on the board.
    pub fn seeded(&self, k: usize, seeding: &str, seed: u32) -> Result<Clustering, JsValue> {
        Ok(Clustering::new(Lloyd::seeded(self.0.clone(), k, seeding.parse()?, seed)?))
    }

    /// Starts from k given centroids, x and y in turn.
    pub fn starting(&self, centroids: &[f64], k: usize) -> Result<Clustering, JsValue> {
        if centroids.len() != 2 * k {
            return Err(Error::CentroidCount { given: centroids.len() / 2, k }.into());
        }
        Ok(Clustering::new(Lloyd::from_centroids(self.0.clone(), pairs(centroids))?))
    }

    /// The number of points.
    #[wasm_bindgen(getter)]
    pub fn n(&self) -> usize {
        self.0.points().len()
    }

    /// The σ that a preset was drawn with, smallest and largest; nothing for given points.
    pub fn spread(&self) -> Option<Vec<f64>> {
        match self.0.origin() {
            Origin::Drawn(recipe) => Some(recipe.spread.to_vec()),
            Origin::Given => None,
        }
    }

    /// The corners of the bounds, lower left and upper right.
    pub fn bounds(&self) -> Vec<f64> {
        let bounds = self.0.bounds();
        flat(&[bounds.min, bounds.max])
    }

    /// The points, x and y in turn.
    pub fn points(&self) -> Vec<f64> {
        flat(self.0.points())
    }
}

#[cfg(feature = "large")]
#[wasm_bindgen]
impl Field {
    /// Sorts the points as they will be searched, which the first clustering does otherwise.
    pub fn prepare(&self) {
        self.0.index();
    }

    /// The inertia and the iterations of many runs, one for each seed from `seed` on.
    pub fn restarts(&self, k: usize, seeding: &str, runs: u32, seed: u32) -> Result<Vec<f64>, JsValue> {
        let seeds = (0..runs).map(|run| seed.wrapping_add(run));
        let runs = restarts(&self.0, k, seeding.parse()?, seeds)?;
        Ok(runs.into_iter().flat_map(|run| [run.inertia, run.iterations as f64]).collect())
    }
}

fn pairs(flat: &[f64]) -> Vec<Point> {
    flat.chunks_exact(2).map(|pair| Point::new(pair[0], pair[1])).collect()
}

fn flat(points: &[Point]) -> Vec<f64> {
    points.iter().flat_map(|point| [point.x, point.y]).collect()
}

/// A clustering and its picture.
#[wasm_bindgen]
pub struct Clustering {
    lloyd: Lloyd,
    before: Before,
    colours: Vec<u8>,
    raster: Raster,
    layer: Layer,
}

impl Clustering {
    fn new(lloyd: Lloyd) -> Self {
        let colours = paint::colours(lloyd.centroids());
        let (before, raster, layer) = (Before::default(), Raster::default(), Layer::default());
        Self { lloyd, before, colours, raster, layer }
    }
}

#[wasm_bindgen]
impl Clustering {
    /// The labels that changed and the inertia.
    pub fn assign(&mut self) -> Vec<f64> {
        let assigned = self.lloyd.assign();
        vec![assigned.changed as f64, assigned.inertia]
    }

    /// The farthest move, the inertia and the number of empty clusters refilled.
    pub fn update(&mut self) -> Vec<f64> {
        let updated = self.lloyd.update();
        vec![updated.shift, updated.inertia, updated.relocated as f64]
    }

    /// A row of `history`.
    pub fn step(&mut self) -> Vec<f64> {
        row(self.lloyd.step()).to_vec()
    }

    /// Steps until it has converged, at most `max` times.
    pub fn run(&mut self, max: usize) {
        self.lloyd.run(max);
    }

    /// To the half-step or iteration before.
    pub fn back(&mut self) {
        self.lloyd.back();
    }

    /// To an iteration that has been computed.
    pub fn seek(&mut self, iteration: usize) -> Result<(), JsValue> {
        Ok(self.lloyd.seek(iteration)?)
    }

    /// Six numbers an iteration: see `row`.
    pub fn history(&self) -> Vec<f64> {
        self.lloyd.history().flat_map(row).collect()
    }

    /// How things stand: k, the iteration, how many have been computed, whether the run has converged, whether the
    /// update comes next, the inertia, and how many labels the last assign changed (-1 before the first).
    pub fn state(&self) -> Vec<f64> {
        let lloyd = &self.lloyd;
        vec![
            lloyd.k() as f64,
            lloyd.iteration() as f64,
            lloyd.history().len() as f64,
            f64::from(lloyd.is_converged()),
            f64::from(lloyd.phase() == Phase::Update),
            lloyd.inertia(),
            lloyd.assigned().map_or(-1.0, |assigned| assigned.changed as f64),
        ]
    }

    /// The centroids, x and y in turn.
    pub fn centroids(&self) -> Vec<f64> {
        flat(self.lloyd.centroids())
    }

    /// The label of each point.
    pub fn labels(&self) -> Vec<u32> {
        self.lloyd.labels()
    }

    /// The number of points of each cluster.
    pub fn counts(&self) -> Vec<u32> {
        self.lloyd.counts()
    }

    /// A polygon for each centroid.
    pub fn cells(&self) -> Array {
        let cells = cells(self.lloyd.centroids(), &self.lloyd.board().bounds());
        listed(cells.iter().map(|cell| js_sys::Float64Array::from(flat(cell).as_slice())))
    }

    /// Lets the next motion of the picture start from how things stand now.
    pub fn hold(&mut self) {
        self.before = Before::of(&self.lloyd);
    }

    /// Lets the next motion start from another clustering of the same board, whose centroids go and ours appear.
    #[wasm_bindgen(js_name = appearAfter)]
    pub fn appear_after(&mut self, other: &mut Clustering) {
        self.before = Before::of(&other.lloyd).without_centroids();
        self.raster = core::mem::take(&mut other.raster);
        self.layer = core::mem::take(&mut other.layer);
    }

    /// Paints the motion at `t` of its way, from 0 to 1. The side is in CSS pixels, with `scale` device pixels to one;
    /// colours are 0xRRGGBB; of the layers, 1 is the cells, 2 the trails, 4 the centroids. Returns whether every point
    /// is in the picture; of very many, the next painting brings more.
    #[allow(clippy::too_many_arguments, reason = "an object's getters and setters weigh more")]
    pub fn paint(
        &mut self,
        context: &CanvasRenderingContext2d,
        size: f64,
        scale: f64,
        background: u32,
        ink: u32,
        layers: u8,
        t: f64,
    ) -> bool {
        let Self { lloyd, before, colours, raster, layer } = self;
        let moment = Moment { lloyd, before, t, colours };
        let layers = Layers { cells: layers & 1 != 0, trails: layers & 2 != 0, centroids: layers & 4 != 0 };
        let look = Look { size, scale, background: background.into(), ink: ink.into(), layers };
        paint::paint(&moment, &look, raster, &mut Canvas::cleared(context, scale, layer));
        raster.is_complete()
    }
}

/// Iteration, labels changed, inertia after the assign, farthest move, inertia after the update, clusters refilled.
fn row(iteration: crate::Iteration) -> [f64; 6] {
    let crate::Iteration { iteration, assigned, updated } = iteration;
    [
        iteration as f64,
        assigned.changed as f64,
        assigned.inertia,
        updated.shift,
        updated.inertia,
        updated.relocated as f64,
    ]
}
