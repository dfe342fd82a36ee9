//! Lloyd's algorithm: assign, update, step, run; history; convergence.

use std::sync::Arc;

use crate::board::Board;
use crate::error::{Error, KNOWS_LARGE, room};
use crate::nearest::{self, Labels, Measure, Sum, Sums};
use crate::point::Point;
use crate::seeding::{Seeding, Start};

/// A half-step of Lloyd's algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Every point is given to its nearest centroid.
    Assign,
    /// Every centroid moves to the mean of its points.
    Update,
}

impl Phase {
    /// The half-step's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Update => "update",
        }
    }
}

/// What an assign did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Assigned {
    /// The number of points whose label changed.
    pub changed: usize,
    /// The inertia after it.
    pub inertia: f64,
}

/// What an update did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Updated {
    /// The farthest that a centroid moved, as a distance on the board.
    pub shift: f64,
    /// The inertia after it.
    pub inertia: f64,
    /// The number of empty clusters that were refilled.
    pub relocated: usize,
}

/// What an iteration did: one assign and one update.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Iteration {
    /// Its number, from 1.
    pub iteration: usize,
    /// The half-step that came first.
    pub assigned: Assigned,
    /// The half-step that came second.
    pub updated: Updated,
}

impl Iteration {
    /// Whether the assign changed no label, so that nothing will ever change again.
    pub fn converged(&self) -> bool {
        self.assigned.changed == 0
    }
}

/// Where a run ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Run {
    /// The iteration reached, counted from the seeding.
    pub iterations: usize,
    /// The inertia there.
    pub inertia: f64,
    /// Whether the last assign changed no label. Not to have converged is no error: the run was cut short.
    pub converged: bool,
}

/// A point that was moved into an empty cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Relocation {
    /// The point's place in the order of the board's index.
    place: u32,
    cluster: u16,
}

/// An iteration that has been computed, with what brings its state back.
#[derive(Debug, Clone, PartialEq)]
struct Past {
    iteration: Iteration,
    /// The centroids after the update.
    centroids: Vec<Point>,
    relocations: Vec<Relocation>,
}

/// Lloyd's algorithm on a board, as a value that is stepped.
///
/// It minimises the inertia, the sum of the squared distances of the points to their own centroid, by turns of two
/// half-steps: *assign* gives every point to its nearest centroid (the lowest index among equals), *update* moves
/// every centroid to the mean of its points. Neither ever makes the inertia larger. It has converged when an assign
/// changes no label; that confirming iteration counts.
///
/// There are exactly k clusters always: an update that finds a cluster without points moves its centroid to the
/// point farthest from its own centroid, out of a cluster with more than one point, several to several places.
///
/// The method is S. P. Lloyd's, *Least squares quantization in PCM*, IEEE Transactions on Information Theory 28,
/// 1982. It finds a local minimum: which one depends on the seeding.
#[derive(Debug, Clone)]
pub struct Lloyd {
    board: Arc<Board>,
    start: Vec<Point>,
    centroids: Vec<Point>,
    /// Where they were before they moved to the means of their points.
    before: Vec<Point>,
    labels: Labels,
    /// The clusters as the labels make them; after going back, their counts alone.
    sums: Sums,
    phase: Phase,
    iteration: usize,
    /// What the last assign did, unless there was none.
    assigned: Option<Assigned>,
    inertia: f64,
    past: Vec<Past>,
}

impl Lloyd {
    /// Seeds k centroids on a board; no point has a label yet.
    ///
    /// # Errors
    /// Those of [`Seeding::centroids`].
    pub fn seeded(
        board: impl Into<Arc<Board>>,
        k: usize,
        seeding: Seeding,
        seed: u32,
    ) -> Result<Self, Error> {
        Self::from_start(board, Start::Seeded { k, seeding, seed })
    }

    /// Starts from given centroids, k of them, which may lie anywhere; no point has a label yet.
    ///
    /// # Errors
    /// [`Error::K`] for none or too many, [`Error::TooFewDistinctPoints`] when the board has fewer than k,
    /// [`Error::Coordinate`] for a centroid that cannot be calculated with.
    pub fn from_centroids(board: impl Into<Arc<Board>>, centroids: Vec<Point>) -> Result<Self, Error> {
        Self::from_start(board, Start::Given(centroids))
    }

    /// Starts from what a start chooses; no point has a label yet.
    ///
    /// # Errors
    /// Those of [`Lloyd::seeded`] and [`Lloyd::from_centroids`].
    pub fn from_start(board: impl Into<Arc<Board>>, start: Start) -> Result<Self, Error> {
        let board = board.into();
        let centroids = start.centroids(&board)?;
        Self::starting(board, centroids)
    }

    pub(crate) fn starting(board: Arc<Board>, start: Vec<Point>) -> Result<Self, Error> {
        let lloyd = Self {
            centroids: start.clone(),
            before: Vec::new(),
            labels: Labels::none(board.index())?,
            sums: Sums::none(start.len()),
            phase: Phase::Assign,
            iteration: 0,
            assigned: None,
            inertia: f64::NAN,
            past: Vec::new(),
            board,
            start,
        };
        if KNOWS_LARGE {
            leave_room(lloyd.board.points().len())?;
        }
        Ok(lloyd)
    }

    /// Begins anew from other centroids, as many as there may be, on the same board.
    pub(crate) fn start_over(&mut self, start: Vec<Point>) {
        self.past.clear();
        self.start = start;
        self.rewind();
    }

    /// Goes back to before the first assign.
    fn rewind(&mut self) {
        self.phase = Phase::Assign;
        self.iteration = 0;
        self.centroids.clone_from(&self.start);
        self.labels.clear();
        self.sums = Sums::none(self.k());
        self.assigned = None;
        self.inertia = f64::NAN;
    }

    /// The first half-step: every point is given the label of its nearest centroid.
    ///
    /// Out of turn it changes nothing: the labels are already the nearest.
    pub fn assign(&mut self) -> Assigned {
        if self.phase == Phase::Update || self.is_converged() {
            return Assigned { changed: 0, inertia: self.inertia };
        }
        let changed = nearest::assign(
            self.board.index(),
            &self.centroids,
            &mut self.labels,
            &mut self.sums,
            Measure::Always,
        );
        let assigned = Assigned { changed, inertia: self.sums.inertia };
        self.assigned = Some(assigned);
        self.inertia = assigned.inertia;
        self.phase = Phase::Update;
        assigned
    }

    /// The second half-step: every centroid moves to the mean of its points.
    ///
    /// Out of turn it changes nothing: the centroids are already the means, or no point has a label.
    pub fn update(&mut self) -> Updated {
        let (Phase::Update, Some(assigned)) = (self.phase, self.assigned) else {
            return Updated { shift: 0.0, inertia: self.inertia, relocated: 0 };
        };
        let relocations = self.move_to_means();
        self.measure();
        let shift = farthest_move(&self.before, &self.centroids);
        let updated = Updated { shift, inertia: self.inertia, relocated: relocations.len() };
        self.remember(Iteration { iteration: self.iteration, assigned, updated }, relocations);
        updated
    }

    /// Moves every centroid to the mean of its points; what went into empty clusters.
    fn move_to_means(&mut self) -> Vec<Relocation> {
        let relocations = self.refill_empty_clusters();
        core::mem::swap(&mut self.before, &mut self.centroids);
        self.centroids.clear();
        self.centroids.extend(self.sums.clusters.iter().map(Sum::mean));
        self.phase = Phase::Assign;
        self.iteration += 1;
        relocations
    }

    /// The inertia, from the sums about the centroids before.
    fn measure(&mut self) {
        let index = self.board.index();
        self.inertia =
            nearest::inertia_about_means(index, &self.labels, &self.sums, &self.before, &self.centroids);
    }

    /// An iteration on the way to the end, which comes after `most` at the latest: whether it is there.
    ///
    /// It cannot be gone back to, and there is an inertia at the end alone.
    pub(crate) fn step_on(&mut self, most: usize) -> bool {
        let measure = if self.iteration + 1 >= most { Measure::Always } else { Measure::AtRest };
        let index = self.board.index();
        let changed = nearest::assign(index, &self.centroids, &mut self.labels, &mut self.sums, measure);
        self.assigned = Some(Assigned { changed, inertia: self.sums.inertia });
        self.move_to_means();
        let is_over = changed == 0 || measure == Measure::Always;
        if is_over {
            self.measure();
        }
        is_over
    }

    /// A number for the partition of the points by their labels, whichever numbers the clusters have.
    ///
    /// Those of different partitions differ, but for one in 2⁶⁴: a cluster is a sum over its points, the partition one
    /// over its clusters, each term scrambled.
    pub(crate) fn partition(&self) -> u64 {
        let mut clusters = vec![0u64; self.k()];
        for (place, label) in self.labels.flat(self.board.index()).into_iter().enumerate() {
            let cluster = &mut clusters[usize::from(label)];
            *cluster = cluster.wrapping_add(scrambled(place as u64));
        }
        clusters.into_iter().map(scrambled).fold(0, u64::wrapping_add)
    }

    /// One iteration: an assign and an update, or only the update where the assign has been made.
    ///
    /// A run that has converged stays as it is, and the last iteration is reported again.
    pub fn step(&mut self) -> Iteration {
        if !self.is_converged() || self.phase == Phase::Update {
            self.assign();
            self.update();
        }
        self.past[self.iteration - 1].iteration
    }

    /// Steps until the run has converged, at most `max` times.
    pub fn run(&mut self, max: usize) -> Run {
        for _ in 0..max {
            if self.step().converged() {
                break;
            }
        }
        Run { iterations: self.iteration, inertia: self.inertia, converged: self.is_converged() }
    }

    /// Takes back the assign where only that has been made, else the last iteration; at the start it stays.
    ///
    /// The state is exactly the one that was there, and the iterations ahead stay computed.
    pub fn back(&mut self) {
        match self.phase {
            Phase::Update => self.restore(self.iteration),
            Phase::Assign => self.restore(self.iteration.saturating_sub(1)),
        }
    }

    /// Goes to an earlier or a later iteration that has been computed; the state is exactly the one it had.
    ///
    /// # Errors
    /// [`Error::NotComputed`] beyond the last one.
    pub fn seek(&mut self, iteration: usize) -> Result<(), Error> {
        let computed = self.past.len();
        if iteration > computed {
            return Err(Error::NotComputed { iteration, computed });
        }
        self.restore(iteration);
        Ok(())
    }

    /// Brings back the state after an iteration that has been computed; 0 is the start.
    fn restore(&mut self, iteration: usize) {
        if iteration == self.iteration && self.phase == Phase::Assign {
            return;
        }
        let Some(before) = iteration.checked_sub(1) else { return self.rewind() };
        self.phase = Phase::Assign;
        self.iteration = iteration;
        let Past { iteration, centroids, relocations } = self.past[before].clone();
        let start = self.centroids_after(before).to_vec();
        nearest::assign(self.board.index(), &start, &mut self.labels, &mut self.sums, Measure::Always);
        for relocation in relocations {
            self.relocate(relocation);
        }
        self.centroids = centroids;
        self.assigned = Some(iteration.assigned);
        self.inertia = iteration.updated.inertia;
    }

    /// Adds an iteration to the past, unless it has been computed before.
    fn remember(&mut self, iteration: Iteration, relocations: Vec<Relocation>) {
        if self.past.len() < self.iteration {
            self.past.push(Past { iteration, centroids: self.centroids.clone(), relocations });
        }
    }

    /// Moves into each empty cluster the point farthest from its own centroid.
    ///
    /// A point is taken only out of a cluster with more than one, and never from a place that was taken already. As
    /// there are at least k distinct points, there is always such a point, and its distance is above 0: so the
    /// inertia falls each time, and equal points cannot make this go on for ever.
    fn refill_empty_clusters(&mut self) -> Vec<Relocation> {
        let empty: Vec<usize> = (0..self.k()).filter(|&j| self.sums.clusters[j].count == 0).collect();
        let mut relocations: Vec<Relocation> = Vec::with_capacity(empty.len());
        if empty.is_empty() {
            return relocations;
        }
        let (board, before) = (self.board.clone(), self.labels.flat(self.board.index()));
        let mut taken: Vec<Point> = Vec::with_capacity(empty.len());
        let mut farthest = Vec::new().into_iter();
        let (mut last, mut batch) = (None, 4 * empty.len());
        while let Some(&cluster) = empty.get(relocations.len()) {
            let Some(far) = farthest.next() else {
                // More than the last time, as those were not enough.
                farthest =
                    nearest::farthest(board.index(), &before, &self.centroids, last, batch).into_iter();
                batch = board.points().len().min(4 * batch);
                if farthest.len() == 0 {
                    break;
                }
                continue;
            };
            last = Some(far);
            let point = board.index().point(far.place as usize);
            let label = usize::from(self.labels.at(board.index(), far.place));
            if self.sums.clusters[label].count > 1 && !taken.contains(&point) {
                let relocation = Relocation { place: far.place, cluster: cluster as u16 };
                self.relocate(relocation);
                relocations.push(relocation);
                taken.push(point);
            }
        }
        self.sums = nearest::sums(board.index(), &self.labels, &self.centroids);
        relocations
    }

    fn relocate(&mut self, Relocation { place, cluster }: Relocation) {
        let index = self.board.index();
        let before = self.labels.at(index, place);
        self.sums.clusters[usize::from(before)].count -= 1;
        self.sums.clusters[usize::from(cluster)].count = 1;
        self.labels.set(index, place, cluster);
    }

    /// The board.
    pub fn board(&self) -> &Arc<Board> {
        &self.board
    }

    /// The number of clusters.
    pub fn k(&self) -> usize {
        self.start.len()
    }

    /// The centroids as they now stand, k of them.
    pub fn centroids(&self) -> &[Point] {
        &self.centroids
    }

    /// The label of each point, [`UNASSIGNED`](crate::UNASSIGNED) before the first assign.
    pub fn labels(&self) -> Vec<u32> {
        self.labels.listed(self.board.index())
    }

    /// The labels as the board's index has them.
    pub(crate) fn assignment(&self) -> &Labels {
        &self.labels
    }

    /// The number of points of each cluster; all 0 before the first assign.
    pub fn counts(&self) -> Vec<u32> {
        self.sums.clusters.iter().map(|sum| sum.count).collect()
    }

    /// The half-step that comes next.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The number of complete iterations since the seeding.
    pub fn iteration(&self) -> usize {
        self.iteration
    }

    /// Whether the last assign changed no label, so that nothing will ever change again.
    pub fn is_converged(&self) -> bool {
        self.assigned.is_some_and(|assigned| assigned.changed == 0)
    }

    /// The sum of the squared distances of the points to their own centroid, as labels and centroids now stand.
    ///
    /// NaN before the first assign.
    pub fn inertia(&self) -> f64 {
        self.inertia
    }

    /// What the last assign did; `None` before the first.
    pub fn assigned(&self) -> Option<Assigned> {
        self.assigned
    }

    /// Every iteration computed so far, also those ahead after going back.
    pub fn history(&self) -> impl ExactSizeIterator<Item = Iteration> + '_ {
        self.past.iter().map(|past| past.iteration)
    }

    /// The centroids after an iteration that has been computed; 0 is the seeding.
    ///
    /// # Panics
    /// Beyond the last iteration computed.
    pub fn centroids_after(&self, iteration: usize) -> &[Point] {
        match iteration.checked_sub(1) {
            None => &self.start,
            Some(before) => &self.past[before].centroids,
        }
    }
}

/// A number whose bits all depend on all bits of the given one: the last steps of `SplitMix64` (Steele, Lea & Flood 2014).
fn scrambled(number: u64) -> u64 {
    let z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn farthest_move(before: &[Point], after: &[Point]) -> f64 {
    before.iter().zip(after).map(|(a, b)| a.distance(*b)).fold(0.0, f64::max)
}

/// Sees that there is room for what a half-step, a motion or a list of labels needs for a moment, in pieces that may lie
/// anywhere.
fn leave_room(n: usize) -> Result<(), Error> {
    /// So many points, or fewer, share a piece.
    const PIECE: usize = 1 << 16;
    type Bytes = [u8; 8]; // a point's
    let pieces: Result<Vec<Vec<Bytes>>, Error> = (0..n.div_ceil(PIECE)).map(|_| room(PIECE.min(n))).collect();
    pieces.map(drop)
}
