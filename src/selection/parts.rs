//! The parts of a selection: the best runs on the board with some k, and those on a reference with every k.

use std::sync::Arc;

use super::silhouette::Silhouettes;
use super::{Method, Plan};
use crate::board::{Board, Draft, Uniform};
use crate::error::Error;
use crate::lloyd::Lloyd;
use crate::seeding::{Seeding, Start};
use crate::study::{Descent, Part};

/// So many points of a reference are drawn or looked at in a slice.
const SLICE: usize = 1 << 16;

/// The best of several runs with k clusters on a board.
struct BestRun {
    board: Arc<Board>,
    k: usize,
    plan: Plan,
    /// How many runs have come to their end.
    runs: u32,
    descent: Option<Descent>,
    /// The best of them, the first among equals.
    best: Option<(u32, Lloyd)>,
}

impl BestRun {
    fn new(board: Arc<Board>, k: usize, plan: Plan) -> Self {
        Self { board, k, plan, runs: 0, descent: None, best: None }
    }

    /// Does a slice of the work; the best run's seed and the run when it was the last.
    fn advance(&mut self) -> Result<Option<(u32, Lloyd)>, Error> {
        let seed = self.plan.seed.wrapping_add(self.runs);
        let Some(descent) = &mut self.descent else {
            if self.runs == self.plan.runs {
                return Ok(self.best.take());
            }
            let start = Start::Seeded { k: self.k, seeding: Seeding::GreedyKMeansPlusPlus, seed };
            self.descent = Some(Descent::new(self.board.clone(), start)?);
            return Ok(None);
        };
        if let Some(lloyd) = descent.advance()? {
            self.descent = None;
            self.runs += 1;
            if self.best.as_ref().is_none_or(|(_, best)| lloyd.inertia() < best.inertia()) {
                self.best = Some((seed, lloyd));
            }
        }
        Ok(None)
    }
}

/// The best run on the board with some k, and its silhouette where that is the method; comes to the inertia, the seed,
/// and the mean silhouette with its error where there is one.
pub(super) struct OnBoard {
    best: BestRun,
    result: Vec<f64>,
    silhouettes: Option<Silhouettes>,
}

impl OnBoard {
    pub(super) fn new(board: &Arc<Board>, k: usize, plan: Plan) -> Self {
        Self { best: BestRun::new(board.clone(), k, plan), result: Vec::new(), silhouettes: None }
    }

    fn is_to_be_measured(&self) -> bool {
        self.best.plan.method == Method::Silhouette && self.best.k > 1
    }
}

impl Part for OnBoard {
    fn advance(&mut self) -> Result<Option<Vec<f64>>, Error> {
        if let Some(silhouettes) = &mut self.silhouettes {
            let Some(mean) = silhouettes.advance() else { return Ok(None) };
            self.result.extend([mean.value, mean.error]);
        } else {
            let Some((seed, lloyd)) = self.best.advance()? else { return Ok(None) };
            self.result.extend([lloyd.inertia(), f64::from(seed)]);
            if self.is_to_be_measured() {
                self.silhouettes = Some(Silhouettes::new(lloyd, self.best.plan.seed)?);
                return Ok(None);
            }
        }
        Ok(Some(core::mem::take(&mut self.result)))
    }
}

/// A reference with every k; comes to its dispersions.
pub(super) struct OnReference {
    plan: Plan,
    /// The largest k.
    last: usize,
    points: Uniform,
    /// How many points have not been drawn.
    missing: usize,
    draft: Draft,
    /// The runs with the k that it is at; none before there is a board.
    best: Option<BestRun>,
    dispersions: Vec<f64>,
}

impl OnReference {
    pub(super) fn new(board: &Board, b: u32, last: usize, plan: Plan) -> Result<Self, Error> {
        let missing = board.points().len();
        let (points, draft) = (board.reference_points(plan.seed, b), Draft::given(missing)?);
        Ok(Self { plan, last, points, missing, draft, best: None, dispersions: Vec::with_capacity(last) })
    }

    /// Draws some of the points, or has them sorted.
    fn draw(&mut self) -> Result<(), Error> {
        let drawn = SLICE.min(self.missing);
        self.missing -= drawn;
        self.draft.add(self.points.by_ref().take(drawn))?;
        let board = if drawn == 0 { self.draft.advance(SLICE)? } else { None };
        self.best = board.map(|board| BestRun::new(Arc::new(board), 1, self.plan));
        Ok(())
    }
}

impl Part for OnReference {
    fn advance(&mut self) -> Result<Option<Vec<f64>>, Error> {
        let Some(best) = &mut self.best else { return self.draw().map(|()| None) };
        let Some((_, lloyd)) = best.advance()? else { return Ok(None) };
        self.dispersions.push(lloyd.inertia());
        let (k, board) = (best.k, &best.board);
        if k < board.distinct_points(self.last) {
            *best = BestRun::new(board.clone(), k + 1, self.plan);
            return Ok(None);
        }
        // More clusters than distinct points have nothing to disperse.
        self.dispersions.resize(self.last, 0.0);
        Ok(Some(core::mem::take(&mut self.dispersions)))
    }
}
