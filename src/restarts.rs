//! Many runs from one board, and the optima where they ended.

use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use crate::board::Board;
use crate::error::{Error, MAX_K, MAX_POINTS};
use crate::lloyd::Lloyd;
use crate::point::{Point, sort_key};
use crate::seeding::{Choosing, Seeding, Start};
use crate::study::{Descent, Part, Study, complete};

/// The most runs of a study.
pub const MAX_RUNS: u32 = 100_000;
/// So many runs, or fewer, are a part.
const MOST_IN_PART: usize = 64;
/// So many points, times the number of clusters and of runs, are a part's: about a millisecond's work.
const WORK_IN_PART: usize = 100_000;

/// Many runs from one board, one for each seed from a first one on, and the optima where they ended.
///
/// A run is the one that [`Lloyd::seeded`] starts from its seed, to the bit, at most
/// [`MOST_ITERATIONS`](crate::MOST_ITERATIONS) iterations long. Runs that end in the same partition of the points are of
/// one [`Optimum`], whichever numbers the clusters have. One keeps the best of the runs: means of centroids of several
/// runs are nobody's centroids.
///
/// It is a [`Study`]: [`restarts`] does all of it; in parts, what has been taken in so far can be seen at any time.
#[derive(Debug, Clone, PartialEq)]
pub struct Restarts {
    k: usize,
    seeding: Seeding,
    runs: u32,
    seed: u32,
    in_part: u32,
    /// Where each run ended, if its part has been taken.
    ends: Vec<Option<End>>,
    optima: BTreeMap<u64, Optimum>,
}

/// Where a run of [`Restarts`] ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct End {
    /// The inertia there.
    pub inertia: f64,
    /// The number of iterations, the confirming one too.
    pub iterations: u32,
    /// Which partition of the points it is: equal ones have equal numbers.
    pub partition: u64,
}

/// A partition of the points in which runs ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimum {
    /// Its inertia.
    pub inertia: f64,
    /// How many of the runs ended in it.
    pub runs: u32,
    /// The seed of the first of them, which comes to it again.
    pub seed: u32,
    /// Its k centroids, in the order that this seed gives them.
    pub centroids: Vec<Point>,
    /// Which partition of the points it is.
    pub partition: u64,
}

/// Runs k-means once for each of so many seeds, on as many threads as the machine has cores.
///
/// # Errors
/// [`Error::Runs`] for none or too many, and those of [`Seeding::centroids`].
///
/// ```
/// use kmeans_board::{Board, Preset, Recipe, Seeding, restarts};
///
/// let board = Board::draw(Recipe::new(Preset::Peaked, 1792))?;
/// let thousand = restarts(board, 5, Seeding::Random, 1_000, 1)?;
/// let [best, next, ..] = &thousand.optima()[..] else { unreachable!("a board with several optima") };
/// assert!(best.inertia < next.inertia);
/// println!("{} of 1,000 random starts find the best", best.runs);
/// # Ok::<(), kmeans_board::Error>(())
/// ```
pub fn restarts(
    board: impl Into<Arc<Board>>,
    k: usize,
    seeding: Seeding,
    runs: u32,
    seed: u32,
) -> Result<Restarts, Error> {
    let board = board.into();
    let mut restarts = Restarts::new(&board, k, seeding, runs, seed)?;
    complete(&mut restarts, &board)?;
    Ok(restarts)
}

impl Restarts {
    /// So many runs on a board, none of which has been made.
    ///
    /// # Errors
    /// [`Error::Runs`] for none or more than [`MAX_RUNS`], or than have 4,000,000 centroids in all;
    /// [`Error::K`] when k is out of its limits.
    pub fn new(board: &Board, k: usize, seeding: Seeding, runs: u32, seed: u32) -> Result<Self, Error> {
        if !(1..=MAX_K).contains(&k) {
            return Err(Error::K { k });
        }
        let most = MAX_RUNS.min((MAX_POINTS / k) as u32);
        if !(1..=most).contains(&runs) {
            return Err(Error::Runs { runs, most });
        }
        let in_part = (WORK_IN_PART / (board.points().len() * k)).clamp(1, MOST_IN_PART) as u32;
        let ends = vec![None; runs as usize];
        Ok(Self { k, seeding, runs, seed, in_part, ends, optima: BTreeMap::new() })
    }

    /// Where each run ended, in the order of the seeds; those that have not been taken in are left out.
    pub fn ends(&self) -> impl Iterator<Item = End> + '_ {
        self.ends.iter().flatten().copied()
    }

    /// The optima of the runs so far, the best first; of equally good ones, the one that was found first.
    pub fn optima(&self) -> Vec<&Optimum> {
        let key =
            |optimum: &Optimum| (sort_key(optimum.inertia), self.run_of(optimum.seed), optimum.partition);
        let sorted = self.optima.values().map(key).collect::<BinaryHeap<_>>().into_sorted_vec();
        sorted.iter().filter_map(|(_, _, partition)| self.optima.get(partition)).collect()
    }

    fn seed_of(&self, run: u32) -> u32 {
        self.seed.wrapping_add(run)
    }

    fn run_of(&self, seed: u32) -> u32 {
        seed.wrapping_sub(self.seed)
    }

    /// The runs of a part.
    fn runs_of(&self, part: usize) -> core::ops::Range<u32> {
        let first = part as u32 * self.in_part;
        first..self.runs.min(first + self.in_part)
    }

    fn add(&mut self, run: u32, end: End, centroids: Option<Vec<Point>>) {
        let End { inertia, partition, .. } = end;
        let seed = self.seed_of(run);
        if let Some(known) = self.optima.get_mut(&partition) {
            known.runs += 1;
            if let Some(centroids) = centroids.filter(|_| run < known.seed.wrapping_sub(self.seed)) {
                *known = Optimum { inertia, seed, centroids, ..*known };
            }
        } else {
            let Some(centroids) = centroids else { return };
            self.optima.insert(partition, Optimum { inertia, runs: 1, seed, centroids, partition });
        }
        self.ends[run as usize] = Some(end);
    }
}

impl Study for Restarts {
    fn parts(&self) -> usize {
        self.runs.div_ceil(self.in_part) as usize
    }

    fn part(&self, board: &Arc<Board>, part: usize) -> Result<Box<dyn Part>, Error> {
        let Self { k, seeding, .. } = *self;
        let seeds: Vec<u32> = self.runs_of(part).map(|run| self.seed_of(run)).rev().collect();
        let result = Vec::with_capacity(seeds.len() * ROW);
        Ok(Box::new(Runs {
            k,
            seeding,
            seeds,
            choosing: None,
            descent: Descent::on(board.clone()),
            found: Vec::new(),
            result,
        }))
    }

    fn take(&mut self, part: usize, result: &[f64]) {
        if part >= self.parts() {
            return;
        }
        let mut rest = result;
        for run in self.runs_of(part) {
            let Some((&[inertia, iterations, high, low, is_new], after)) = rest.split_first_chunk::<ROW>()
            else {
                return;
            };
            let partition = (high as u64) << 32 | low as u64;
            let width = if is_new == 1.0 { 2 * self.k } else { 0 };
            let Some((centroids, after)) = after.split_at_checked(width) else { return };
            rest = after;
            if self.ends[run as usize].is_none() {
                let points = centroids.chunks_exact(2).map(|pair| Point::new(pair[0], pair[1])).collect();
                let end = End { inertia, iterations: iterations as u32, partition };
                self.add(run, end, (is_new == 1.0).then_some(points));
            }
        }
    }
}

/// The numbers of a run in a part's result: inertia, iterations, the halves of its partition's number, and 1 where that
/// is the first in the part, whose centroids then follow.
const ROW: usize = 5;

/// Some of the runs of [`Restarts`].
struct Runs {
    k: usize,
    seeding: Seeding,
    /// Those that are not yet begun, the next one last.
    seeds: Vec<u32>,
    /// The seeding that is being done.
    choosing: Option<Choosing>,
    descent: Descent,
    found: Vec<u64>,
    result: Vec<f64>,
}

impl Part for Runs {
    fn advance(&mut self) -> Result<Option<Vec<f64>>, Error> {
        if !self.descent.is_begun() {
            return self.seed();
        }
        if let Some(run) = self.descent.advance() {
            self.record(&run);
            self.descent.spend(run);
        }
        Ok(None)
    }
}

impl Runs {
    /// Does a slice of the next run's seeding, and begins the run when it was the last; the result where there is no next.
    fn seed(&mut self) -> Result<Option<Vec<f64>>, Error> {
        let mut choosing = if let Some(choosing) = self.choosing.take() {
            choosing
        } else {
            let Some(seed) = self.seeds.pop() else { return Ok(Some(core::mem::take(&mut self.result))) };
            let start = Start::Seeded { k: self.k, seeding: self.seeding, seed };
            Choosing::new(start, self.descent.board())?
        };
        match choosing.advance(self.descent.board())? {
            Some(centroids) => self.descent.begin(centroids)?,
            None => self.choosing = Some(choosing),
        }
        Ok(None)
    }

    fn record(&mut self, lloyd: &Lloyd) {
        let partition = lloyd.partition();
        let is_new = !self.found.contains(&partition);
        let halves = [(partition >> 32) as f64, f64::from(partition as u32)];
        self.result.extend([lloyd.inertia(), lloyd.iteration() as f64, halves[0], halves[1]]);
        self.result.push(f64::from(is_new));
        if is_new {
            self.found.push(partition);
            self.result.extend(lloyd.centroids().iter().flat_map(|centroid| [centroid.x, centroid.y]));
        }
    }
}
