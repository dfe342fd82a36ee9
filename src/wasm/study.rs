//! The binding of studies: many runs from one board, and choosing k, in parts that any worker can do.

use std::collections::BTreeMap;
use std::sync::Arc;

use js_sys::{Array, Float64Array, Object, Uint32Array};
use wasm_bindgen::prelude::*;

use super::{Clustering, listed, object};
use crate::error::room;
use crate::{Board, Choice, Evaluated, Method, Plan, Restarts, Selection, Study as _};

/// The table of methods to choose k by.
#[wasm_bindgen]
pub fn methods() -> Array {
    let rule = |rule: &crate::Rule| {
        let info = rule.info();
        object(&[("name", info.name.into()), ("sentence", info.sentence.into())])
    };
    let row = |info: &crate::MethodInfo| {
        object(&[
            ("name", info.name.into()),
            ("title", info.title.into()),
            ("sentence", info.sentence.into()),
            ("source", info.source.into()),
            ("rules", listed(info.rules.iter().map(rule)).into()),
        ])
    };
    listed(Method::ALL.iter().map(row))
}

#[wasm_bindgen]
impl Clustering {
    /// The points of reference `b` of the board, x and y in turn.
    pub fn reference(&self, seed: u32, b: u32) -> Result<Vec<f64>, JsValue> {
        let board = self.lloyd.board();
        let count = board.points().len();
        let mut flat = room(2 * count)?;
        flat.extend(board.reference_points(seed, b).take(count).flat_map(|point| [point.x, point.y]));
        Ok(flat)
    }
}

/// A study of a board, and how far it has come.
#[wasm_bindgen]
pub struct Study {
    board: Arc<Board>,
    kind: Kind,
}

enum Kind {
    Restarts(Restarts),
    Selection(Selection),
}

impl Kind {
    fn study(&self) -> &dyn crate::Study {
        match self {
            Self::Restarts(restarts) => restarts,
            Self::Selection(selection) => selection,
        }
    }
}

#[wasm_bindgen]
impl Study {
    /// Many runs, one for each seed from `seed` on.
    pub fn restarts(
        clustering: &Clustering,
        k: usize,
        seeding: &str,
        runs: u32,
        seed: u32,
    ) -> Result<Study, JsValue> {
        let board = clustering.lloyd.board().clone();
        let restarts = Restarts::new(&board, k, seeding.parse()?, runs, seed)?;
        Ok(Self { board, kind: Kind::Restarts(restarts) })
    }

    /// Choosing k by a method; whatever it has no use for is not looked at.
    pub fn selection(
        clustering: &Clustering,
        method: &str,
        k_max: usize,
        references: u32,
        runs: u32,
        seed: u32,
    ) -> Result<Study, JsValue> {
        let board = clustering.lloyd.board().clone();
        let selection =
            Selection::new(&board, Plan { method: method.parse()?, k_max, references, runs, seed })?;
        Ok(Self { board, kind: Kind::Selection(selection) })
    }

    /// The number of parts.
    pub fn parts(&self) -> usize {
        self.kind.study().parts()
    }

    /// One of the parts, not yet begun; none beyond the last.
    pub fn part(&self, part: usize) -> Result<Option<Part>, JsValue> {
        if part >= self.parts() {
            return Ok(None);
        }
        Ok(Some(Part { part: self.kind.study().part(&self.board, part)? }))
    }

    /// Takes in what a part came to.
    pub fn take(&mut self, part: usize, result: &[f64]) {
        match &mut self.kind {
            Kind::Restarts(restarts) => restarts.take(part, result),
            Kind::Selection(selection) => selection.take(part, result),
        }
    }

    /// What has been found so far.
    pub fn outcome(&self) -> Object {
        match &self.kind {
            Kind::Restarts(restarts) => restarts_found(restarts),
            Kind::Selection(selection) => selection_found(selection),
        }
    }
}

/// A part of a study that is being done.
#[wasm_bindgen]
pub struct Part {
    part: Box<dyn crate::Part>,
}

#[wasm_bindgen]
impl Part {
    /// Does a slice of the work; the result when it was the last.
    pub fn advance(&mut self) -> Result<Option<Vec<f64>>, JsValue> {
        Ok(self.part.advance()?)
    }
}

/// The inertia, the iterations and the optimum's place of each run so far, and the optima, column by column: there may be
/// hundreds, and each name that crosses to JavaScript costs more than the numbers.
fn restarts_found(restarts: &Restarts) -> Object {
    let optima = restarts.optima();
    let places: BTreeMap<u64, u32> = optima.iter().map(|optimum| optimum.partition).zip(0..).collect();
    let inertias: Vec<f64> = restarts.ends().map(|end| end.inertia).collect();
    let iterations: Vec<u32> = restarts.ends().map(|end| end.iterations).collect();
    let places: Vec<u32> = restarts.ends().map(|end| places[&end.partition]).collect();
    let of_optima: Vec<f64> = optima.iter().map(|optimum| optimum.inertia).collect();
    let runs: Vec<u32> = optima.iter().map(|optimum| optimum.runs).collect();
    let seeds: Vec<u32> = optima.iter().map(|optimum| optimum.seed).collect();
    let centroids = optima.iter().flat_map(|optimum| &optimum.centroids).flat_map(|at| [at.x, at.y]);
    let centroids: Vec<f64> = centroids.collect();
    let optima = object(&[
        ("inertias", Float64Array::from(of_optima.as_slice()).into()),
        ("runs", Uint32Array::from(runs.as_slice()).into()),
        ("seeds", Uint32Array::from(seeds.as_slice()).into()),
        ("centroids", Float64Array::from(centroids.as_slice()).into()),
    ]);
    object(&[
        ("inertias", Float64Array::from(inertias.as_slice()).into()),
        ("iterations", Uint32Array::from(iterations.as_slice()).into()),
        ("places", Uint32Array::from(places.as_slice()).into()),
        ("optima", optima.into()),
    ])
}

/// The method, its curve so far, and the choices once it is complete.
fn selection_found(selection: &Selection) -> Object {
    let method = selection.plan().method;
    let row = |row: &Evaluated| evaluated(method, row);
    object(&[
        ("method", method.info().name.into()),
        ("curve", listed(selection.curve().iter().map(row)).into()),
        ("choices", listed(selection.choices().iter().map(chosen)).into()),
    ])
}

fn evaluated(method: Method, row: &Evaluated) -> Object {
    let mut properties = vec![
        ("k", row.k.into()),
        ("value", row.value.into()),
        ("error", row.error.into()),
        ("inertia", row.inertia.into()),
        ("seed", row.seed.into()),
    ];
    if method == Method::Gap {
        properties.extend([
            ("bar", row.bar.into()),
            ("logW", row.log_dispersion.into()),
            ("referenceLogW", row.reference_log_dispersion.into()),
        ]);
    }
    object(&properties)
}

/// The rule's name and its k, null where it finds none.
fn chosen(choice: &Choice) -> Object {
    let k = choice.k.map_or(JsValue::NULL, JsValue::from);
    object(&[("rule", choice.rule.info().name.into()), ("k", k)])
}
