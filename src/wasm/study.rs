//! The binding of studies: many runs from one board, in parts that any worker can do.

use std::collections::BTreeMap;
use std::sync::Arc;

use js_sys::{Array, Float64Array, Object, Uint32Array};
use wasm_bindgen::prelude::*;

use super::{Clustering, flat, listed, object};
use crate::{Board, Optimum, Restarts, Study as _};

/// A study of a board, and how far it has come.
#[wasm_bindgen]
pub struct Study {
    board: Arc<Board>,
    kind: Kind,
}

enum Kind {
    Restarts(Restarts),
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

    /// The number of parts.
    pub fn parts(&self) -> usize {
        match &self.kind {
            Kind::Restarts(restarts) => restarts.parts(),
        }
    }

    /// One of the parts, not yet begun; none beyond the last.
    pub fn part(&self, part: usize) -> Result<Option<Part>, JsValue> {
        if part >= self.parts() {
            return Ok(None);
        }
        let part = match &self.kind {
            Kind::Restarts(restarts) => restarts.part(&self.board, part),
        }?;
        Ok(Some(Part { part }))
    }

    /// Takes in what a part came to.
    pub fn take(&mut self, part: usize, result: &[f64]) {
        match &mut self.kind {
            Kind::Restarts(restarts) => restarts.take(part, result),
        }
    }

    /// What has been found so far.
    pub fn outcome(&self) -> Object {
        match &self.kind {
            Kind::Restarts(restarts) => restarts_found(restarts),
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

/// The inertia, the iterations and the optimum of each run so far, and the optima.
fn restarts_found(restarts: &Restarts) -> Object {
    let optima = restarts.optima();
    let places: BTreeMap<u64, u32> = optima.iter().map(|optimum| optimum.partition).zip(0..).collect();
    let inertias: Vec<f64> = restarts.ends().map(|end| end.inertia).collect();
    let iterations: Vec<u32> = restarts.ends().map(|end| end.iterations).collect();
    let places: Vec<u32> = restarts.ends().map(|end| places[&end.partition]).collect();
    let optima: Array = listed(optima.into_iter().map(optimum_found));
    object(&[
        ("inertias", Float64Array::from(inertias.as_slice()).into()),
        ("iterations", Uint32Array::from(iterations.as_slice()).into()),
        ("places", Uint32Array::from(places.as_slice()).into()),
        ("best", optima.get(0)),
        ("optima", optima.into()),
    ])
}

fn optimum_found(optimum: &Optimum) -> Object {
    object(&[
        ("inertia", optimum.inertia.into()),
        ("runs", optimum.runs.into()),
        ("seed", optimum.seed.into()),
        ("centroids", Float64Array::from(flat(&optimum.centroids).as_slice()).into()),
    ])
}
