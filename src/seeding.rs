//! Seeding: choosing the initial centroids.

use core::str::FromStr;

use rand::Rng;

use crate::board::{Board, checked};
use crate::error::{Error, MAX_K, named};
use crate::point::Point;
use crate::random::{Purpose, generator, index, shuffled, uniform};

/// How the initial centroids are chosen.
///
/// [`Seeding::ALL`] is the table of what each is called and does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seeding {
    /// k distinct points in the order of a random shuffle (Forgy, *Biometrics* 21, 1965).
    Random,
    /// Every point gets a random label; the centroids are the means. Every label is given at least once.
    Partition,
    /// A first point at random, then always the point farthest from those chosen (Gonzalez, *Theoretical Computer
    /// Science* 38, 1985).
    Maximin,
    /// A first point at random, then each point with a probability in proportion to its squared distance to the
    /// nearest chosen one (Arthur & Vassilvitskii, *k-means++: the advantages of careful seeding*, SODA 2007).
    KMeansPlusPlus,
    /// k-means++ that draws 2 + ⌊ln k⌋ candidates for each centroid and keeps the one that lowers the inertia most,
    /// also from Arthur & Vassilvitskii; the default of scikit-learn.
    GreedyKMeansPlusPlus,
}

/// A row of the table of seedings.
#[derive(Debug, Clone, Copy)]
pub struct SeedingInfo {
    /// Which seeding the row is about.
    pub seeding: Seeding,
    /// The name it is asked for by.
    pub name: &'static str,
    /// One sentence on what it does.
    pub sentence: &'static str,
}

impl Seeding {
    /// The table of seedings, in the order of a menu.
    pub const ALL: &[SeedingInfo] = &[
        SeedingInfo {
            seeding: Self::Random,
            name: "random",
            sentence: "The centroids begin on points drawn at random.",
        },
        SeedingInfo {
            seeding: Self::Partition,
            name: "partition",
            sentence: "Every point draws a cluster at random, and the centroids begin at the means.",
        },
        SeedingInfo {
            seeding: Self::Maximin,
            name: "maximin",
            sentence: "Each centroid begins on the point farthest from those before it.",
        },
        SeedingInfo {
            seeding: Self::KMeansPlusPlus,
            name: "k-means++",
            sentence: "Each centroid begins on a point drawn at random, far ones with better odds.",
        },
        SeedingInfo {
            seeding: Self::GreedyKMeansPlusPlus,
            name: "greedy-k-means++",
            sentence: "As k-means++, but the best of a few draws is kept each time.",
        },
    ];

    /// The seeding's row of the table.
    pub fn info(self) -> &'static SeedingInfo {
        &Self::ALL[self as usize]
    }

    /// Chooses k initial centroids on a board.
    ///
    /// The same board, k and seed give the same centroids to the bit, in the order in which they were chosen.
    ///
    /// # Errors
    /// [`Error::K`] when k is out of its limits, [`Error::TooFewDistinctPoints`] when the board has fewer than k.
    pub fn centroids(self, board: &Board, k: usize, seed: u32) -> Result<Vec<Point>, Error> {
        check_k(board, k)?;
        let points = board.points();
        let rng = &mut generator(seed, Purpose::Seeding);
        Ok(match self {
            Self::Random => random(points, k, rng),
            Self::Partition => partition(points, k, rng),
            Self::Maximin => maximin(points, k, rng),
            Self::KMeansPlusPlus => k_means_plus_plus(points, k, 1, rng),
            Self::GreedyKMeansPlusPlus => k_means_plus_plus(points, k, 2 + libm::log(k as f64) as usize, rng),
        })
    }
}

impl FromStr for Seeding {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        named("seeding", name, Self::ALL, |info| info.name).map(|info| info.seeding)
    }
}

/// Given centroids, if a run on the board can start from them.
pub(crate) fn explicit(board: &Board, centroids: Vec<Point>) -> Result<Vec<Point>, Error> {
    check_k(board, centroids.len())?;
    checked(centroids, "centroid")
}

fn check_k(board: &Board, k: usize) -> Result<(), Error> {
    if !(1..=MAX_K).contains(&k) {
        return Err(Error::K { k });
    }
    let distinct = board.distinct_points(k);
    if distinct < k { Err(Error::TooFewDistinctPoints { distinct, k }) } else { Ok(()) }
}

/// The points in a random order, those left out that equal one taken before, until there are k.
fn random(points: &[Point], k: usize, rng: &mut impl Rng) -> Vec<Point> {
    let mut centroids: Vec<Point> = Vec::with_capacity(k);
    for i in shuffled(points.len(), rng) {
        if !centroids.contains(&points[i]) {
            centroids.push(points[i]);
        }
        if centroids.len() == k {
            break;
        }
    }
    centroids
}

fn partition(points: &[Point], k: usize, rng: &mut impl Rng) -> Vec<Point> {
    let order: Vec<usize> = shuffled(points.len(), rng).collect();
    let mut sums = vec![(Point::default(), 0.0); k];
    for (place, &i) in order.iter().enumerate() {
        let j = if place < k { place } else { index(rng, k) };
        let (sum, count) = &mut sums[j];
        *sum = Point::new(sum.x + points[i].x, sum.y + points[i].y);
        *count += 1.0;
    }
    sums.into_iter().map(|(sum, count)| Point::new(sum.x / count, sum.y / count)).collect()
}

fn maximin(points: &[Point], k: usize, rng: &mut impl Rng) -> Vec<Point> {
    let mut chosen = Chosen::new(points, index(rng, points.len()));
    while chosen.centroids.len() < k {
        let farthest = chosen.farthest();
        chosen.add(farthest);
    }
    chosen.centroids
}

fn k_means_plus_plus(points: &[Point], k: usize, candidates: usize, rng: &mut impl Rng) -> Vec<Point> {
    let mut chosen = Chosen::new(points, index(rng, points.len()));
    while chosen.centroids.len() < k {
        let drawn: Vec<usize> = (0..candidates).map(|_| chosen.draw(rng)).collect();
        let best = if candidates == 1 { drawn[0] } else { chosen.best(&drawn) };
        chosen.add(best);
    }
    chosen.centroids
}

/// The centroids chosen so far, and D²: each point's squared distance to the nearest of them.
///
/// As long as there are fewer centroids than distinct points, some D² is above 0.
struct Chosen<'a> {
    points: &'a [Point],
    centroids: Vec<Point>,
    distances_squared: Vec<f64>,
}

impl<'a> Chosen<'a> {
    fn new(points: &'a [Point], first: usize) -> Self {
        let mut chosen =
            Self { points, centroids: Vec::new(), distances_squared: vec![f64::INFINITY; points.len()] };
        chosen.add(first);
        chosen
    }

    fn add(&mut self, i: usize) {
        let centroid = self.points[i];
        self.centroids.push(centroid);
        for (d, point) in self.distances_squared.iter_mut().zip(self.points) {
            *d = d.min(point.distance_squared(centroid));
        }
    }

    /// The point with the largest D², the lowest index among equals.
    fn farthest(&self) -> usize {
        let mut farthest = 0;
        for (i, d) in self.distances_squared.iter().enumerate() {
            if *d > self.distances_squared[farthest] {
                farthest = i;
            }
        }
        farthest
    }

    /// A point drawn with probability D²/ΣD²; never one whose D² is 0.
    fn draw(&self, rng: &mut impl Rng) -> usize {
        let total: f64 = self.distances_squared.iter().sum();
        let target = uniform(rng, 0.0, total);
        let mut cumulative = 0.0;
        for (i, d) in self.distances_squared.iter().enumerate() {
            cumulative += d;
            if cumulative > target {
                return i;
            }
        }
        // Only where rounding has lifted the target to the total.
        self.farthest()
    }

    /// The candidate that leaves the smallest ΣD², the first among equals.
    fn best(&self, candidates: &[usize]) -> usize {
        let inertia_with = |i: usize| -> f64 {
            let pairs = self.distances_squared.iter().zip(self.points);
            pairs.map(|(d, point)| d.min(point.distance_squared(self.points[i]))).sum()
        };
        let mut best = (candidates[0], f64::INFINITY);
        for &i in candidates {
            let inertia = inertia_with(i);
            if inertia < best.1 {
                best = (i, inertia);
            }
        }
        best.0
    }
}
