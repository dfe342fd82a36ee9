//! The binding of seeding, slowly, and its pictures on canvases.

use js_sys::Object;
use wasm_bindgen::prelude::*;
use web_sys::CanvasRenderingContext2d;

use super::canvas::{Canvas, Layer};
use super::{Clustering, flat, listed, look, object};
use crate::paint::{MOST_DISCS, Weights};

/// A seeding, one centroid at a time. It has the clustering's board as its own; neither needs the other any more.
#[wasm_bindgen]
pub struct SlowSeeding {
    seeding: crate::SlowSeeding,
    /// What it weighs now, and with each of several candidates, once that has been painted; and what was painted before.
    weights: Option<Weights>,
    others: Vec<Option<Weights>>,
    before: Option<Weights>,
    layer: Layer,
}

impl SlowSeeding {
    fn new(seeding: crate::SlowSeeding) -> Self {
        Self { seeding, weights: None, others: Vec::new(), before: None, layer: Layer::default() }
    }

    /// What is to be painted is another.
    fn turn(&mut self) {
        self.before = self.weights.take().or(self.before.take());
        let rivals = self.seeding.candidates().len();
        self.others = if rivals > 1 { vec![None; rivals] } else { Vec::new() };
    }
}

/// The side of a picture, or its width, in CSS pixels, `scale` device pixels to one, and colours as 0xRRGGBB.
#[wasm_bindgen]
impl SlowSeeding {
    /// On the board of a clustering, before the first centroid.
    pub fn on(clustering: &Clustering, k: usize, seeding: &str, seed: u32) -> Result<SlowSeeding, JsValue> {
        let board = clustering.lloyd.board().clone();
        Ok(Self::new(crate::SlowSeeding::new(board, k, seeding.parse()?, seed)?))
    }

    /// The same board and the same seed, by another seeding.
    pub fn by(&self, seeding: &str) -> Result<SlowSeeding, JsValue> {
        let (board, k, seed) = (self.seeding.board().clone(), self.seeding.k(), self.seeding.seed());
        Ok(Self::new(crate::SlowSeeding::new(board, k, seeding.parse()?, seed)?))
    }

    /// Chooses the next centroid; whether there was one to choose.
    pub fn advance(&mut self) -> Result<bool, JsValue> {
        let has_advanced = self.seeding.advance()?;
        self.turn();
        Ok(has_advanced)
    }

    /// To before the last centroid; whether there was one.
    pub fn back(&mut self) -> Result<bool, JsValue> {
        let was_chosen = self.seeding.back()?;
        self.turn();
        Ok(was_chosen)
    }

    /// How it stands: k, how many centroids are `chosen`, how many `draws` each takes, ΣD² `before` the last and now (`inertia`), the `candidates` for the
    /// last and the place among them of the one that was `taken`.
    ///
    /// Where points are `sharing` discs, they are too many for one each. Of each candidate its `point`'s index, the number `drawn`, if there was one, and the `share` of its weight, both
    /// as shares of all weights, and the `inertia` that it leaves.
    pub fn state(&self) -> Object {
        let seeding = &self.seeding;
        let candidate = |each: &crate::Candidate| {
            object(&[
                ("point", each.point.into()),
                ("drawn", each.drawn.into()),
                ("share", (each.share[1] - each.share[0]).into()),
                ("inertia", each.inertia.into()),
            ])
        };
        object(&[
            ("k", seeding.k().into()),
            ("chosen", seeding.centroids().len().into()),
            ("draws", seeding.draws().into()),
            ("sharing", (seeding.board().points().len() > MOST_DISCS).into()),
            ("before", seeding.inertia_before().into()),
            ("inertia", seeding.inertia().into()),
            ("candidates", listed(seeding.candidates().iter().map(candidate)).into()),
            ("taken", seeding.taken_place().into()),
        ])
    }

    /// The centroids so far, x and y in turn.
    pub fn centroids(&self) -> Vec<f64> {
        flat(self.seeding.centroids())
    }

    /// Paints the board, the motion to here at `t` of its way from 0 to 1.
    pub fn paint(
        &mut self,
        context: &CanvasRenderingContext2d,
        size: f64,
        scale: f64,
        background: u32,
        ink: u32,
        t: f64,
    ) {
        let mut canvas = Canvas::cleared(context, scale, &mut self.layer);
        let weights = now(&mut self.weights, &self.seeding, self.before.as_ref());
        weights.paint(&look(size, scale, background, ink, 0), t, &mut canvas);
    }

    /// Paints the strip of all weights.
    #[allow(clippy::too_many_arguments, reason = "an object's getters and setters weigh more")]
    #[wasm_bindgen(js_name = paintStrip)]
    pub fn paint_strip(
        &mut self,
        context: &CanvasRenderingContext2d,
        width: f64,
        height: f64,
        scale: f64,
        background: u32,
        ink: u32,
        t: f64,
    ) {
        let mut canvas = Canvas::cleared(context, scale, &mut self.layer);
        let weights = now(&mut self.weights, &self.seeding, self.before.as_ref());
        weights.paint_strip(&look(width, scale, background, ink, 0), height, t, &mut canvas);
    }

    /// Paints the board as it would be with one of several candidates; nothing where there is none of that number.
    #[wasm_bindgen(js_name = paintCandidate)]
    pub fn paint_candidate(
        &mut self,
        candidate: usize,
        context: &CanvasRenderingContext2d,
        size: f64,
        scale: f64,
        background: u32,
        ink: u32,
    ) {
        let mut canvas = Canvas::cleared(context, scale, &mut self.layer);
        let Some(weights) = self.others.get_mut(candidate) else { return };
        let weights = weights.get_or_insert_with(|| Weights::with(&self.seeding, candidate));
        weights.paint(&look(size, scale, background, ink, 0), 1.0, &mut canvas);
    }
}

/// What a seeding weighs now, looked at once.
fn now<'a>(
    weights: &'a mut Option<Weights>,
    seeding: &crate::SlowSeeding,
    before: Option<&Weights>,
) -> &'a Weights {
    weights.get_or_insert_with(|| {
        let weights = Weights::of(seeding);
        if let Some(before) = before { weights.following(before) } else { weights }
    })
}
