//! Lloyd's algorithm: assign, update, step, run; history; convergence.

use std::sync::Arc;

use crate::board::Board;
use crate::error::Error;
use crate::nearest;
use crate::point::{Point, sort_key, sorted};
use crate::seeding::{Seeding, explicit};

/// The label of a point before the first assign: it belongs to no cluster yet.
pub const UNASSIGNED: u32 = u32::MAX;

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
    point: usize,
    cluster: u32,
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
    labels: Vec<u32>,
    counts: Vec<u32>,
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
        let board = board.into();
        let centroids = seeding.centroids(&board, k, seed)?;
        Ok(Self::starting(board, centroids))
    }

    /// Starts from given centroids, k of them, which may lie anywhere; no point has a label yet.
    ///
    /// # Errors
    /// [`Error::K`] for none or too many, [`Error::TooFewDistinctPoints`] when the board has fewer than k,
    /// [`Error::Coordinate`] for a centroid that cannot be calculated with.
    pub fn from_centroids(board: impl Into<Arc<Board>>, centroids: Vec<Point>) -> Result<Self, Error> {
        let board = board.into();
        let centroids = explicit(&board, centroids)?;
        Ok(Self::starting(board, centroids))
    }

    fn starting(board: Arc<Board>, start: Vec<Point>) -> Self {
        Self {
            centroids: start.clone(),
            labels: vec![UNASSIGNED; board.points().len()],
            counts: vec![0; start.len()],
            phase: Phase::Assign,
            iteration: 0,
            assigned: None,
            inertia: f64::NAN,
            past: Vec::new(),
            board,
            start,
        }
    }

    /// The first half-step: every point is given the label of its nearest centroid.
    ///
    /// Out of turn it changes nothing: the labels are already the nearest.
    pub fn assign(&mut self) -> Assigned {
        if self.phase == Phase::Update || self.is_converged() {
            return Assigned { changed: 0, inertia: self.inertia };
        }
        let (changed, inertia) = nearest::assign(self.board.points(), &self.centroids, &mut self.labels);
        let assigned = Assigned { changed, inertia };
        self.assigned = Some(assigned);
        self.inertia = inertia;
        self.counts = counts(&self.labels, self.k());
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
        let relocations = self.refill_empty_clusters();
        let centroids = self.means();
        let shift = farthest_move(&self.centroids, &centroids);
        self.centroids = centroids;
        self.inertia = inertia(self.board.points(), &self.labels, &self.centroids);
        self.phase = Phase::Assign;
        self.iteration += 1;
        let updated = Updated { shift, inertia: self.inertia, relocated: relocations.len() };
        self.remember(Iteration { iteration: self.iteration, assigned, updated }, relocations);
        updated
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
        self.phase = Phase::Assign;
        self.iteration = iteration;
        let Some(before) = iteration.checked_sub(1) else {
            *self = Self {
                past: core::mem::take(&mut self.past),
                ..Self::starting(self.board.clone(), core::mem::take(&mut self.start))
            };
            return;
        };
        let mut labels = core::mem::take(&mut self.labels);
        nearest::assign(self.board.points(), self.centroids_after(before), &mut labels);
        let past = &self.past[before];
        for relocation in &past.relocations {
            labels[relocation.point] = relocation.cluster;
        }
        self.centroids.clone_from(&past.centroids);
        self.assigned = Some(past.iteration.assigned);
        self.inertia = past.iteration.updated.inertia;
        self.counts = counts(&labels, self.centroids.len());
        self.labels = labels;
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
        let empty: Vec<u32> = (0..self.k() as u32).filter(|&j| self.counts[j as usize] == 0).collect();
        let mut relocations: Vec<Relocation> = Vec::with_capacity(empty.len());
        if empty.is_empty() {
            return relocations;
        }
        let points = self.board.points();
        let mut farthest_first = self.by_distance().into_iter();
        for cluster in empty {
            let point = farthest_first.find(|&i| {
                self.counts[self.labels[i] as usize] > 1
                    && !relocations.iter().any(|taken| points[taken.point] == points[i])
            });
            let Some(point) = point else { break };
            self.counts[self.labels[point] as usize] -= 1;
            self.counts[cluster as usize] = 1;
            self.labels[point] = cluster;
            relocations.push(Relocation { point, cluster });
        }
        relocations
    }

    /// The mean of each cluster; a cluster without points would keep its centroid.
    fn means(&self) -> Vec<Point> {
        let mut sums = vec![Sum::EMPTY; self.k()];
        for (point, &label) in self.board.points().iter().zip(&self.labels) {
            sums[label as usize].add(*point);
        }
        let clusters = sums.iter().zip(&self.counts).zip(&self.centroids);
        clusters.map(|((sum, &count), &before)| if count == 0 { before } else { sum.mean(count) }).collect()
    }

    /// The points by the squared distance to their own centroid, the farthest first, the lowest index among equals.
    fn by_distance(&self) -> Vec<usize> {
        let distances = distances_squared(self.board.points(), &self.labels, &self.centroids);
        let order = sorted(distances.map(|d| !sort_key(d)));
        order.into_iter().map(|(_, i)| i as usize).collect()
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

    /// The label of each point, [`UNASSIGNED`] before the first assign.
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }

    /// The number of points of each cluster; all 0 before the first assign.
    pub fn counts(&self) -> &[u32] {
        &self.counts
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

/// The number of points with each label.
fn counts(labels: &[u32], k: usize) -> Vec<u32> {
    let mut counts = vec![0; k];
    for &label in labels {
        counts[label as usize] += 1;
    }
    counts
}

/// A cluster's points, summed in the order of the board.
#[derive(Debug, Clone, Copy)]
struct Sum {
    x: f64,
    y: f64,
    min: Point,
    max: Point,
}

impl Sum {
    const EMPTY: Self = Self {
        x: 0.0,
        y: 0.0,
        min: Point::new(f64::INFINITY, f64::INFINITY),
        max: Point::new(f64::NEG_INFINITY, f64::NEG_INFINITY),
    };

    fn add(&mut self, point: Point) {
        self.x += point.x;
        self.y += point.y;
        self.min = Point::new(self.min.x.min(point.x), self.min.y.min(point.y));
        self.max = Point::new(self.max.x.max(point.x), self.max.y.max(point.y));
    }

    /// The mean of `count` points. Rounding does not carry it out of their extent: the mean of equal points is
    /// that very point, or an empty cluster refilled with one of them would empty theirs, for ever in turn.
    fn mean(&self, count: u32) -> Point {
        let count = f64::from(count);
        Point::new(
            (self.x / count).max(self.min.x).min(self.max.x),
            (self.y / count).max(self.min.y).min(self.max.y),
        )
    }
}

fn distances_squared<'a>(
    points: &'a [Point],
    labels: &'a [u32],
    centroids: &'a [Point],
) -> impl Iterator<Item = f64> + 'a {
    points.iter().zip(labels).map(|(point, &label)| point.distance_squared(centroids[label as usize]))
}

/// The sum of the squared distances of the points to their own centroid.
fn inertia(points: &[Point], labels: &[u32], centroids: &[Point]) -> f64 {
    distances_squared(points, labels, centroids).sum()
}

fn farthest_move(before: &[Point], after: &[Point]) -> f64 {
    before.iter().zip(after).map(|(a, b)| a.distance(*b)).fold(0.0, f64::max)
}
