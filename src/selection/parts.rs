//! The parts of a selection: the best runs on the board with some k, and those on a reference with every k.

use std::sync::Arc;

use super::silhouette::Silhouettes;
use super::{Method, Plan};
use crate::board::{Board, Draft, Uniform};
use crate::error::Error;
use crate::lloyd::Lloyd;
use crate::seeding::{Choosing, Seeding, Start};
use crate::study::{Descent, Part};

/// So many points of a reference are drawn or looked at in a slice.
const SLICE: usize = 1 << 16;

/// So many numbers, one for each point and run, are kept of seedings to go on with.
const KEPT: usize = 1 << 17;

/// The best of several runs with k clusters on a board.
struct BestRun {
    k: usize,
    plan: Plan,
    /// The runs' seedings as far as they have come: of all runs so far where they are kept, else of the one that is being
    /// seeded.
    seedings: Vec<Choosing>,
    descent: Descent,
    /// How many runs have come to their end.
    runs: u32,
    /// The best of them, the first among equals.
    best: Option<(u32, Box<Lloyd>)>,
}

impl BestRun {
    fn new(board: Arc<Board>, k: usize, plan: Plan) -> Self {
        Self { k, plan, seedings: Vec::new(), descent: Descent::on(board), runs: 0, best: None }
    }

    /// Begins again with one more cluster: what has been seeded is gone on with, if a seeding with more clusters begins so.
    fn add_cluster(&mut self) -> Result<(), Error> {
        (self.k, self.runs) = (self.k + 1, 0);
        for seeding in &mut self.seedings {
            if !seeding.goes_on_to(self.k, self.descent.board())? {
                self.seedings.clear();
                break;
            }
        }
        Ok(())
    }

    /// Does a slice of the work; the best run's seed and the run when it was the last.
    fn advance(&mut self) -> Result<Option<(u32, Box<Lloyd>)>, Error> {
        let seed = self.plan.seed.wrapping_add(self.runs);
        if !self.descent.is_begun() {
            if self.runs == self.plan.runs {
                return Ok(self.best.take());
            }
            self.seed(seed)?;
        } else if let Some(run) = self.descent.advance() {
            self.runs += 1;
            let (best, other) = match self.best.take() {
                Some(best) if best.1.inertia() <= run.inertia() => (best, Some(run)),
                before => ((seed, run), before.map(|(_, run)| run)),
            };
            self.best = Some(best);
            if let Some(other) = other {
                self.descent.spend(other);
            }
        }
        Ok(None)
    }

    /// Does a slice of the next run's seeding, and begins the run when it was the last.
    fn seed(&mut self, seed: u32) -> Result<(), Error> {
        let board = self.descent.board();
        let are_kept = board.points().len().saturating_mul(self.plan.runs as usize) <= KEPT;
        let place = if are_kept { self.runs as usize } else { 0 };
        if self.seedings.len() == place {
            let start = Start::Seeded { k: self.k, seeding: Seeding::GreedyKMeansPlusPlus, seed };
            self.seedings.push(Choosing::new(start, board)?);
        }
        let Some(centroids) = self.seedings[place].advance(board)? else { return Ok(()) };
        if !are_kept {
            self.seedings.clear();
        }
        self.descent.begin(centroids)
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
            let Some((seed, run)) = self.best.advance()? else { return Ok(None) };
            self.result.extend([run.inertia(), f64::from(seed)]);
            if self.is_to_be_measured() {
                self.silhouettes = Some(Silhouettes::new(*run, self.best.plan.seed)?);
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
        let Some((_, run)) = best.advance()? else { return Ok(None) };
        self.dispersions.push(run.inertia());
        best.descent.spend(run);
        if best.k < best.descent.board().distinct_points(self.last) {
            best.add_cluster()?;
            return Ok(None);
        }
        // More clusters than distinct points have nothing to disperse.
        self.dispersions.resize(self.last, 0.0);
        Ok(Some(core::mem::take(&mut self.dispersions)))
    }
}
