//! Seeding, slowly: one centroid at a time, with what was drawn for each and what it changes.

use std::sync::Arc;

use crate::board::Board;
use crate::error::{Error, filled};
use crate::point::Point;
use crate::seeding::{self, Choosing, Seeding, Start};

/// A seeding that chooses one centroid at a time, and shows how.
///
/// It ends with exactly the centroids of [`Seeding::centroids`], to the bit: both are the same code. What each point
/// weighs is its D², the squared distance to the nearest centroid: [`weights`](Self::weights) are those that the last
/// centroid was chosen by, [`weights_after`](Self::weights_after) those that it leaves.
///
/// ```
/// use kmeans_board::{Board, Preset, Recipe, Seeding, SlowSeeding};
///
/// let board = Board::draw(Recipe::new(Preset::Peaked, 7))?;
/// let mut seeding = SlowSeeding::new(board.clone(), 5, Seeding::GreedyKMeansPlusPlus, 7)?;
/// while seeding.advance()? {
///     let taken = seeding.taken().expect("one was chosen");
///     println!("point {} leaves ΣD² = {}", taken.point, taken.inertia);
/// }
/// assert_eq!(seeding.centroids(), Seeding::GreedyKMeansPlusPlus.centroids(&board, 5, 7)?);
/// # Ok::<(), kmeans_board::Error>(())
/// ```
pub struct SlowSeeding {
    board: Arc<Board>,
    k: usize,
    seeding: Seeding,
    seed: u32,
    choosing: Choosing,
    /// As they were before the last centroid, in the order of the index: each point's D², infinite before the first, and
    /// the nearest of the centroids.
    before: Vec<f64>,
    labels: Vec<u16>,
    /// ΣD² then; NaN while there was none.
    inertia_before: f64,
    candidates: Vec<Candidate>,
    taken: usize,
}

/// A point that was drawn, or found, to become a centroid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Its index on the board.
    pub point: usize,
    /// The number that was drawn, as a share of the sum of all weights; `None` for the first centroid and for maximin,
    /// which draw none.
    pub drawn: Option<f64>,
    /// Where its weight begins and ends among all, put side by side, as shares of their sum: the number drawn lies
    /// between.
    pub share: [f64; 2],
    /// ΣD² with it among the centroids.
    pub inertia: f64,
}

/// How a point stands in a seeding, or would stand with another candidate taken.
pub(crate) struct Weighed {
    pub(crate) point: Point,
    /// Its weight before the last centroid, and after it.
    pub(crate) before: f64,
    pub(crate) after: f64,
    /// Its nearest centroid, the last one included; none as long as there is only one, which tells nothing.
    pub(crate) label: Option<u16>,
}

/// The seedings that choose one centroid after the other.
const ONE_BY_ONE: [Seeding; 3] = [Seeding::Maximin, Seeding::KMeansPlusPlus, Seeding::GreedyKMeansPlusPlus];

impl SlowSeeding {
    /// Before the first centroid.
    ///
    /// # Errors
    /// [`Error::UnknownName`] for a seeding that does not choose one centroid after the other, which only maximin,
    /// k-means++ and greedy k-means++ do; else those of [`Seeding::centroids`].
    pub fn new(board: impl Into<Arc<Board>>, k: usize, seeding: Seeding, seed: u32) -> Result<Self, Error> {
        if !ONE_BY_ONE.contains(&seeding) {
            let (of, name) = ("one-by-one seeding", seeding.info().name.to_owned());
            let known = ONE_BY_ONE.iter().map(|seeding| seeding.info().name).collect();
            return Err(Error::UnknownName { of, name, known });
        }
        let board = board.into();
        let n = board.points().len();
        Ok(Self {
            choosing: Choosing::new(Start::Seeded { k, seeding, seed }, &board)?,
            before: filled(f64::INFINITY, n)?,
            labels: filled(0, n)?,
            inertia_before: f64::NAN,
            candidates: Vec::new(),
            taken: 0,
            board,
            k,
            seeding,
            seed,
        })
    }

    /// Chooses the next centroid; whether there was one to choose.
    ///
    /// # Errors
    /// [`Error::Memory`] when there is none for a number beside each point.
    pub fn advance(&mut self) -> Result<bool, Error> {
        if self.centroids().len() == self.k {
            return Ok(false);
        }
        self.settle();
        self.inertia_before = self.inertia();
        let index = self.board.index();
        let mut drawn = Vec::new();
        let tell = |place, number| drawn.push((place, number));
        let next = self.choosing.next(index, self.k, self.seeding, tell)?;
        self.candidates = drawn.iter().map(|&(place, number)| self.candidate(place, number)).collect();
        self.taken = drawn.iter().position(|&(place, _)| place == next).unwrap_or(0);
        self.choosing.take(index, next);
        Ok(true)
    }

    /// To before the last centroid; whether there was one. The others are chosen again.
    ///
    /// # Errors
    /// Those of [`advance`](Self::advance); all stays as it was then.
    pub fn back(&mut self) -> Result<bool, Error> {
        let Some(count) = self.centroids().len().checked_sub(1) else { return Ok(false) };
        let mut again = Self::new(self.board.clone(), self.k, self.seeding, self.seed)?;
        while again.centroids().len() < count {
            again.advance()?;
        }
        *self = again;
        Ok(true)
    }

    /// Takes the last centroid for given: the next one is chosen by the weights after it.
    fn settle(&mut self) {
        let Some(last) = self.centroids().len().checked_sub(1) else { return };
        let after = &self.choosing.chosen().distances_squared;
        for ((before, label), &after) in self.before.iter_mut().zip(&mut self.labels).zip(after) {
            if after < *before {
                (*before, *label) = (after, last as u16);
            }
        }
    }

    /// What was drawn, as it is told before it is taken.
    ///
    /// The search for the point that a number falls on walks along the index, whose order is the board's only where the
    /// board is small: so the weights lie side by side in that order here, too.
    fn candidate(&self, place: usize, number: Option<f64>) -> Candidate {
        let (chosen, index) = (self.choosing.chosen(), self.board.index());
        let (weight, all) = if chosen.centroids.is_empty() {
            ([place as f64, (place + 1) as f64], self.before.len() as f64)
        } else {
            (chosen.interval(place), chosen.inertia())
        };
        Candidate {
            point: index.order()[place] as usize,
            drawn: number.map(|number| number / all),
            share: weight.map(|edge| edge / all),
            inertia: chosen.inertias_with(index, [index.point(place); 4])[0],
        }
    }

    /// The board.
    pub fn board(&self) -> &Arc<Board> {
        &self.board
    }

    /// The number of centroids that there will be.
    pub fn k(&self) -> usize {
        self.k
    }

    /// How they are chosen.
    pub fn seeding(&self) -> Seeding {
        self.seeding
    }

    /// The integer that started the random numbers.
    pub fn seed(&self) -> u32 {
        self.seed
    }

    /// The centroids so far, in the order in which they were chosen.
    pub fn centroids(&self) -> &[Point] {
        &self.choosing.chosen().centroids
    }

    /// The points that were drawn for the last centroid, in their order: several for greedy k-means++, but for its first.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// How many points are drawn, or found, for each centroid but the first, for which it is one always.
    pub fn draws(&self) -> usize {
        if self.seeding == Seeding::GreedyKMeansPlusPlus { seeding::candidates(self.k) } else { 1 }
    }

    /// The candidate that the last centroid was; `None` before the first.
    pub fn taken(&self) -> Option<&Candidate> {
        self.candidates.get(self.taken)
    }

    /// Its place among the candidates.
    pub(crate) fn taken_place(&self) -> usize {
        self.taken
    }

    /// What the points weighed when the last centroid was chosen, in the order of the board.
    ///
    /// Each weighs its D² to the centroids before it; for the first centroid, all weigh 1.
    pub fn weights(&self) -> Vec<f64> {
        self.listed(|weighed| weighed.before)
    }

    /// What the points weigh now, in the order of the board: each its D², or 1 before the first centroid.
    pub fn weights_after(&self) -> Vec<f64> {
        match self.choosing.chosen().distances_squared.as_slice() {
            [] => self.in_order(self.before.iter().map(|_| 1.0)),
            distances_squared => self.in_order(distances_squared.iter().copied()),
        }
    }

    /// ΣD², which is the inertia if every point goes to its nearest centroid; NaN before the first.
    pub fn inertia(&self) -> f64 {
        if self.centroids().is_empty() { f64::NAN } else { self.choosing.chosen().inertia() }
    }

    /// ΣD² before the last centroid; NaN before the second.
    pub fn inertia_before(&self) -> f64 {
        self.inertia_before
    }

    fn listed(&self, value: impl Fn(Weighed) -> f64) -> Vec<f64> {
        self.in_order(self.weighed(self.taken).map(value))
    }

    /// Numbers in the order of the index, put into that of the board.
    fn in_order(&self, numbers: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut listed = vec![0.0; self.before.len()];
        for (&i, number) in self.board.index().order().iter().zip(numbers) {
            listed[i as usize] = number;
        }
        listed
    }

    /// Each point in the order of the index, with a candidate taken as the last centroid.
    pub(crate) fn weighed(&self, candidate: usize) -> impl Iterator<Item = Weighed> + '_ {
        let candidate = self.candidates.get(candidate).map(|candidate| self.board.points()[candidate.point]);
        let last = self.centroids().len().saturating_sub(1) as u16;
        let known = self.before.iter().zip(&self.labels);
        self.board.index().points().iter().zip(known).map(
            move |(&point, (&before, &label))| match candidate {
                Some(candidate) if last > 0 => {
                    let own = point.distance_squared(candidate);
                    let (after, label) = if own < before { (own, last) } else { (before, label) };
                    Weighed { point, before, after, label: Some(label) }
                }
                _ => Weighed { point, before: 1.0, after: 1.0, label: None },
            },
        )
    }
}
