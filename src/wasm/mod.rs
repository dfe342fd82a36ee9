//! The binding: each method converts, calls one function of the core, converts back.

#![allow(unreachable_pub, reason = "JavaScript reaches what is exported")]

mod canvas;
#[cfg(feature = "large")]
mod slow_seeding;
#[cfg(feature = "large")]
mod study;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::CanvasRenderingContext2d;

use crate::nearest::SMALL_BOARD;
use crate::paint::{self, Before, Layers, Look, Moment, Raster};
use crate::{
    Bounds, Error, Lloyd, MAX_K, MAX_POINTS, Origin, Phase, Point, Preset, Recipe, SPREAD_LIMITS, Seeding,
    Start, cells,
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

/// The most points, the most clusters, the smallest and the largest σ, the most points of a small board, and the margin
/// of a picture.
#[wasm_bindgen]
pub fn limits() -> Vec<f64> {
    let [low, high] = SPREAD_LIMITS;
    vec![MAX_POINTS as f64, MAX_K as f64, low, high, SMALL_BOARD as f64, paint::MARGIN]
}

#[wasm_bindgen]
extern "C" {
    /// Fills with the system's randomness.
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn fill_randomly(numbers: &mut [u32]);
}

/// A seed from the system's randomness.
#[wasm_bindgen(js_name = randomSeed)]
pub fn random_seed() -> u32 {
    let mut seed = [0];
    fill_randomly(&mut seed);
    seed[0]
}

/// A board and the start of a run on it, in the making: first the start, then the board.
#[wasm_bindgen]
pub struct Opening {
    start: Option<Start>,
    opening: Option<crate::Opening>,
}

#[wasm_bindgen]
impl Opening {
    /// From k centroids that a seeding chooses.
    pub fn seeded(k: usize, seeding: &str, seed: u32) -> Result<Opening, JsValue> {
        let start = Start::Seeded { k, seeding: seeding.parse()?, seed };
        Ok(Self { start: Some(start), opening: None })
    }

    /// From k given centroids, x and y in turn.
    pub fn from(centroids: &[f64], k: usize) -> Result<Opening, JsValue> {
        if centroids.len() != 2 * k {
            return Err(Error::CentroidCount { given: centroids.len() / 2, k }.into());
        }
        Ok(Self { start: Some(Start::Given(pairs(centroids).collect())), opening: None })
    }

    /// On a preset's board; the spread is the preset's own where it is not a pair.
    pub fn draw(
        &mut self,
        preset: &str,
        n: usize,
        clusters: usize,
        spread: &[f64],
        seed: u32,
    ) -> Result<(), JsValue> {
        let own = Recipe::new(preset.parse()?, seed);
        let spread = spread.try_into().unwrap_or(own.spread);
        let recipe = Recipe { n, clusters, spread, ..own };
        self.opening = self.start.take().map(|start| crate::Opening::drawn(recipe, start)).transpose()?;
        Ok(())
    }

    /// On a board of n points that `add` brings; in bounds (left, bottom, right, top) if there are any and all lie within.
    pub fn take(&mut self, n: usize, bounds: &[f64]) -> Result<(), JsValue> {
        let on = |start| match *bounds {
            [left, bottom, right, top] => {
                let bounds = Bounds { min: Point::new(left, bottom), max: Point::new(right, top) };
                crate::Opening::within(bounds, n, start)
            }
            _ => crate::Opening::given(n, start),
        };
        self.opening = self.start.take().map(on).transpose()?;
        Ok(())
    }

    /// On the board of a clustering.
    pub fn on(&mut self, clustering: &Clustering) -> Result<(), JsValue> {
        let on = |start| crate::Opening::on(clustering.lloyd.board().clone(), start);
        self.opening = self.start.take().map(on).transpose()?;
        Ok(())
    }

    /// Brings some of the points, x and y in turn.
    pub fn add(&mut self, flat: &[f64]) -> Result<(), JsValue> {
        Ok(self.opening.as_mut().map_or(Ok(()), |opening| opening.add(pairs(flat)))?)
    }

    /// Does a slice of the work; the clustering when it was the last.
    pub fn advance(&mut self) -> Result<Option<Clustering>, JsValue> {
        let Some(opening) = &mut self.opening else { return Ok(None) };
        Ok(opening.advance()?.map(Clustering::new))
    }

    /// How much of the work is done, from 0 to 1.
    pub fn share(&self) -> f64 {
        self.opening.as_ref().map_or(0.0, crate::Opening::share)
    }
}

fn pairs(flat: &[f64]) -> impl Iterator<Item = Point> + '_ {
    flat.chunks_exact(2).map(|pair| Point::new(pair[0], pair[1]))
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

    /// Goes on with the picture of another clustering, from how that stands.
    fn take_picture(&mut self, other: &mut Self) {
        other.before.become_now(&other.lloyd);
        self.before = core::mem::take(&mut other.before);
        self.raster = core::mem::take(&mut other.raster);
        self.layer = core::mem::take(&mut other.layer);
    }
}

#[wasm_bindgen]
impl Clustering {
    /// The points, x and y in turn, copied piece by piece: there need not be room here for all of them again.
    pub fn points(&self) -> js_sys::Float64Array {
        const PIECE: usize = 1 << 13;
        let points = self.lloyd.board().points();
        let all = js_sys::Float64Array::new_with_length(2 * points.len() as u32);
        for (i, piece) in (0..).zip(points.chunks(PIECE)) {
            let start = (2 * PIECE * i) as u32;
            all.set(&js_sys::Float64Array::from(flat(piece).as_slice()), start);
        }
        all
    }

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

    /// To an iteration that has been computed.
    pub fn seek(&mut self, iteration: usize) -> Result<(), JsValue> {
        Ok(self.lloyd.seek(iteration)?)
    }

    /// Six numbers an iteration: see `row`.
    pub fn history(&self) -> Vec<f64> {
        self.lloyd.history().flat_map(row).collect()
    }

    /// How things stand: k, the iteration, how many have been computed, whether the run has converged, whether the
    /// update comes next, the inertia, how many labels the last assign changed (-1 before the first); then what stays:
    /// n, the bounds' left, bottom, right and top, and the smallest and the largest σ of a preset.
    pub fn state(&self) -> Vec<f64> {
        let (lloyd, board) = (&self.lloyd, self.lloyd.board());
        let bounds = board.bounds();
        let spread = match board.origin() {
            Origin::Drawn(recipe) => recipe.spread,
            Origin::Given => [f64::NAN; 2],
        };
        vec![
            lloyd.k() as f64,
            lloyd.iteration() as f64,
            lloyd.history().len() as f64,
            f64::from(lloyd.is_converged()),
            f64::from(lloyd.phase() == Phase::Update),
            lloyd.inertia(),
            lloyd.assigned().map_or(-1.0, |assigned| assigned.changed as f64),
            board.points().len() as f64,
            bounds.min.x,
            bounds.min.y,
            bounds.max.x,
            bounds.max.y,
            spread[0],
            spread[1],
        ]
    }

    /// The centroids, x and y in turn.
    pub fn centroids(&self) -> Vec<f64> {
        flat(self.lloyd.centroids())
    }

    /// The centroids after an iteration that has been computed, beyond them after the last.
    #[wasm_bindgen(js_name = centroidsAfter)]
    pub fn centroids_after(&self, iteration: usize) -> Vec<f64> {
        flat(self.lloyd.centroids_after(iteration.min(self.lloyd.history().len())))
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
        self.before.become_now(&self.lloyd);
    }

    /// Lets the next motion start from another clustering of the same board, whose centroids go and ours appear.
    #[wasm_bindgen(js_name = appearAfter)]
    pub fn appear_after(&mut self, other: &mut Clustering) {
        self.take_picture(other);
        self.before = core::mem::take(&mut self.before).without_centroids();
    }

    /// Goes on with the picture of another clustering, from which this came by hand, in its colours.
    pub fn follow(&mut self, other: &mut Clustering) {
        if self.colours.len() == other.colours.len() {
            self.colours.clone_from(&other.colours);
        }
        self.take_picture(other);
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
    ) -> Result<bool, JsValue> {
        let Self { lloyd, before, colours, raster, layer } = self;
        let moment = Moment { lloyd, before, t, colours };
        let look = look(size, scale, background, ink, layers);
        paint::paint(&moment, &look, raster, &mut Canvas::cleared(context, scale, layer))?;
        Ok(raster.is_complete())
    }

    /// The picture as an SVG document; what is given means what it does for `paint`.
    pub fn svg(&self, size: f64, background: u32, ink: u32, layers: u8) -> JsValue {
        paint::svg(&self.lloyd, &self.colours, &look(size, 1.0, background, ink, layers)).into()
    }
}

fn look(size: f64, scale: f64, background: u32, ink: u32, layers: u8) -> Look {
    let layers = Layers { cells: layers & 1 != 0, trails: layers & 2 != 0, centroids: layers & 4 != 0 };
    Look { size, scale, background: background.into(), ink: ink.into(), layers }
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
