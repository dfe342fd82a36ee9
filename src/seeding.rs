//! Seeding: choosing the initial centroids.

use core::ops::Range;
use core::str::FromStr;

use rand::Rng;
use rand_pcg::Pcg32;
use wide::f64x2;

use crate::board::{Board, checked};
use crate::error::{Error, KNOWS_LARGE, MAX_K, filled, place_of, room};
use crate::nearest::Index;
use crate::point::{Point, extent, lanes, place};
use crate::random::{Purpose, draw_to, generator, index, indices, shuffled, uniform};

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
    /// [`Error::K`] when k is out of its limits, [`Error::TooFewDistinctPoints`] when the board has fewer than k,
    /// [`Error::Memory`] when there is none for a number beside each point.
    pub fn centroids(self, board: &Board, k: usize, seed: u32) -> Result<Vec<Point>, Error> {
        Start::Seeded { k, seeding: self, seed }.centroids(board)
    }
}

/// Where a run starts.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// From k centroids that a seeding chooses.
    Seeded {
        /// The number of clusters.
        k: usize,
        /// How the centroids are chosen.
        seeding: Seeding,
        /// The integer that starts the random numbers.
        seed: u32,
    },
    /// From given centroids, k of them.
    Given(Vec<Point>),
}

impl Start {
    pub(crate) fn centroids(self, board: &Board) -> Result<Vec<Point>, Error> {
        let mut choosing = Choosing::new(self, board)?;
        loop {
            if let Some(centroids) = choosing.advance(board)? {
                return Ok(centroids);
            }
        }
    }
}

impl FromStr for Seeding {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let names = Self::ALL.iter().map(|info| info.name);
        place_of("seeding", name, names).map(|row| Self::ALL[row].seeding)
    }
}

fn check_k(board: &Board, k: usize) -> Result<(), Error> {
    if !(1..=MAX_K).contains(&k) {
        return Err(Error::K { k });
    }
    let distinct = board.distinct_points(k);
    if distinct < k { Err(Error::TooFewDistinctPoints { distinct, k }) } else { Ok(()) }
}

/// Initial centroids in the making: where each depends on those before it, one at a time.
pub(crate) struct Choosing {
    start: Start,
    rng: Pcg32,
    chosen: Chosen,
}

impl Choosing {
    pub(crate) fn new(start: Start, board: &Board) -> Result<Self, Error> {
        let (k, seed) = match &start {
            Start::Seeded { k, seed, .. } => (*k, *seed),
            Start::Given(centroids) => (centroids.len(), 0),
        };
        check_k(board, k)?;
        Ok(Self { start, rng: generator(seed, Purpose::Seeding), chosen: Chosen::default() })
    }

    /// Whether greedy k-means++ has begun as it does for more centroids; if so, it goes on to those.
    pub(crate) fn goes_on_to(&mut self, more: usize, board: &Board) -> Result<bool, Error> {
        match &mut self.start {
            Start::Seeded { k, seeding: Seeding::GreedyKMeansPlusPlus, .. }
                if candidates(*k) == candidates(more) =>
            {
                check_k(board, more)?;
                *k = more;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// How much of the work is done, from 0 to 1.
    pub(crate) fn share(&self) -> f64 {
        match self.start {
            Start::Seeded { k, .. } => self.chosen.centroids.len() as f64 / k as f64,
            Start::Given(_) => 0.0,
        }
    }

    /// Chooses the next centroid, or all at once; the centroids when there are k.
    pub(crate) fn advance(&mut self, board: &Board) -> Result<Option<Vec<Point>>, Error> {
        let Self { start, rng, .. } = self;
        let (k, seeding) = match start {
            Start::Seeded { k, seeding, .. } => (*k, *seeding),
            Start::Given(centroids) => {
                for (j, centroid) in centroids.iter_mut().enumerate() {
                    *centroid = checked(*centroid, "centroid", j)?;
                }
                return Ok(Some(core::mem::take(centroids)));
            }
        };
        match seeding {
            Seeding::Random => return random(board.points(), k, rng).map(Some),
            Seeding::Partition => return partition(board.points(), k, rng).map(Some),
            _ => {}
        }
        let next = self.next(board.index(), k, seeding, |_, _| {})?;
        self.chosen.add(board.index(), next);
        let centroids = &self.chosen.centroids;
        Ok((centroids.len() == k).then(|| centroids.clone()))
    }

    /// The place of the point that is the next centroid, by a seeding that chooses one after the other; any point at
    /// first. Each candidate for it is told in its turn, with the number from 0 to ΣD² that was drawn, if there was one.
    pub(crate) fn next(
        &mut self,
        sorted: &Index,
        k: usize,
        seeding: Seeding,
        mut tell: impl FnMut(usize, Option<f64>),
    ) -> Result<usize, Error> {
        let Self { rng, chosen, .. } = self;
        let found = match seeding {
            _ if chosen.centroids.is_empty() => {
                *chosen = Chosen::none(sorted)?;
                index(rng, sorted.len())
            }
            Seeding::Maximin => chosen.farthest(sorted),
            Seeding::GreedyKMeansPlusPlus => {
                let drawn: Vec<usize> =
                    (0..candidates(k)).map(|_| chosen.draw(rng, sorted, &mut tell)).collect();
                return Ok(chosen.best(sorted, &drawn));
            }
            _ => return Ok(chosen.draw(rng, sorted, &mut tell)),
        };
        tell(found, None);
        Ok(found)
    }

    #[cfg(feature = "large")]
    /// Takes the point at a place of the index for a centroid.
    pub(crate) fn take(&mut self, sorted: &Index, place: usize) {
        self.chosen.add(sorted, place);
    }

    #[cfg(feature = "large")]
    /// What has been chosen so far.
    pub(crate) fn chosen(&self) -> &Chosen {
        &self.chosen
    }
}

/// How many candidates greedy k-means++ draws for each of k centroids.
pub(crate) fn candidates(k: usize) -> usize {
    2 + libm::log(k as f64) as usize
}

/// The points in a random order, those left out that equal one taken before, until there are k.
fn random(points: &[Point], k: usize, rng: &mut impl Rng) -> Result<Vec<Point>, Error> {
    let mut centroids: Vec<Point> = Vec::with_capacity(k);
    for i in shuffled(points.len(), rng)? {
        if !centroids.contains(&points[i]) {
            centroids.push(points[i]);
        }
        if centroids.len() == k {
            break;
        }
    }
    Ok(centroids)
}

/// Each of k points drawn at random gets a label of its own, each of the others one at random.
fn partition(points: &[Point], k: usize, rng: &mut impl Rng) -> Result<Vec<Point>, Error> {
    let mut order = indices(points.len())?;
    for place in 0..k {
        draw_to(place, &mut order, rng);
    }
    let mut sums = vec![(Point::default(), 0.0); k];
    for (place, &i) in order.iter().enumerate() {
        let (point, j) = (points[i as usize], if place < k { place } else { index(rng, k) });
        let (sum, count) = &mut sums[j];
        *sum = Point::new(sum.x + point.x, sum.y + point.y);
        *count += 1.0;
    }
    Ok(sums.into_iter().map(|(sum, count)| Point::new(sum.x / count, sum.y / count)).collect())
}

/// The centroids chosen so far, and D²: each point's squared distance to the nearest of them.
///
/// As long as there are fewer centroids than distinct points, some D² is above 0. The points are those of the index, in
/// its order, in blocks of neighbours; a block that is farther from a new centroid than any of its points is from its
/// own is not looked into.
#[derive(Default)]
pub(crate) struct Chosen {
    pub(crate) centroids: Vec<Point>,
    pub(crate) distances_squared: Vec<f64>,
    blocks: Vec<Block>,
}

/// So many points are a block.
const BLOCK: usize = 256;

/// Some points, side by side in the index.
#[derive(Clone)]
struct Block {
    /// The smallest and the largest coordinates.
    extent: (Point, Point),
    /// The sum and the largest of their D².
    sum: f64,
    most: f64,
}

impl Block {
    fn of(points: &[Point]) -> Self {
        let extent = if KNOWS_LARGE { extent(points) } else { Default::default() };
        Self { extent, sum: f64::INFINITY, most: f64::INFINITY }
    }

    /// Whether no point's D² gets smaller by a centroid. Rounding never turns a smaller distance into a larger one.
    fn is_beyond(&self, centroid: Point) -> bool {
        if !KNOWS_LARGE {
            return false;
        }
        let (min, max) = self.extent;
        let nearest = lanes(centroid).fast_max(lanes(min)).fast_min(lanes(max));
        place(nearest).distance_squared(centroid) >= self.most
    }
}

impl Chosen {
    fn none(index: &Index) -> Result<Self, Error> {
        let mut blocks = room(index.len().div_ceil(BLOCK))?;
        blocks.extend(index.points().chunks(BLOCK).map(Block::of));
        let distances_squared = filled(f64::INFINITY, index.len())?;
        Ok(Self { centroids: Vec::new(), distances_squared, blocks })
    }

    /// The places of a block's points.
    fn places(&self, b: usize) -> Range<usize> {
        BLOCK * b..self.distances_squared.len().min(BLOCK * (b + 1))
    }

    /// Takes the point at a place of the index.
    fn add(&mut self, index: &Index, place: usize) {
        let centroid = index.point(place);
        self.centroids.push(centroid);
        for b in 0..self.blocks.len() {
            if self.blocks[b].is_beyond(centroid) {
                continue;
            }
            let (mut sum, mut most) = (0.0, 0.0);
            for place in self.places(b) {
                let d = &mut self.distances_squared[place];
                let own = index.point(place).distance_squared(centroid);
                *d = if own < *d { own } else { *d };
                sum += *d;
                most = if *d > most { *d } else { most };
            }
            (self.blocks[b].sum, self.blocks[b].most) = (sum, most);
        }
    }

    /// The point with the largest D², the lowest index on the board among equals.
    fn farthest(&self, index: &Index) -> usize {
        let (mut farthest, mut most) = (0, 0.0);
        for (b, block) in self.blocks.iter().enumerate() {
            if block.most < most {
                continue;
            }
            for place in self.places(b) {
                let d = self.distances_squared[place];
                if d > most || d == most && index.order()[place] < index.order()[farthest] {
                    (farthest, most) = (place, d);
                }
            }
        }
        farthest
    }

    /// A point drawn with probability D²/ΣD²; never one whose D² is 0.
    fn draw(&self, rng: &mut impl Rng, index: &Index, tell: &mut impl FnMut(usize, Option<f64>)) -> usize {
        let number = uniform(rng, 0.0, self.inertia());
        let place = self.place_of(number, index);
        tell(place, Some(number));
        place
    }

    /// The point that a number from 0 to ΣD² falls on, the D² being side by side in the order of the index.
    fn place_of(&self, number: f64, index: &Index) -> usize {
        let mut before = 0.0;
        for (b, block) in self.blocks.iter().enumerate() {
            let mut cumulative = before;
            before += block.sum;
            if before > number {
                for place in self.places(b) {
                    cumulative += self.distances_squared[place];
                    if cumulative > number {
                        return place;
                    }
                }
            }
        }
        // Only where rounding has lifted the number to the total, or to a block's.
        self.farthest(index)
    }

    /// The candidate that leaves the smallest ΣD², the first among equals.
    fn best(&self, index: &Index, candidates: &[usize]) -> usize {
        let mut best = (candidates[0], f64::INFINITY);
        for some in candidates.chunks(4) {
            let four = [0, 1, 2, 3].map(|lane| index.point(*some.get(lane).unwrap_or(&some[0])));
            for (&candidate, inertia) in some.iter().zip(self.inertias_with(index, four)) {
                if inertia < best.1 {
                    best = (candidate, inertia);
                }
            }
        }
        best.0
    }

    /// ΣD².
    pub(crate) fn inertia(&self) -> f64 {
        self.blocks.iter().map(|block| block.sum).sum()
    }

    #[cfg(feature = "large")]
    /// The numbers that fall on the point at a place: from where its D² begins to where it ends.
    pub(crate) fn interval(&self, place: usize) -> [f64; 2] {
        let b = place / BLOCK;
        let before: f64 = self.blocks[..b].iter().map(|block| block.sum).sum();
        let begin = self.distances_squared[BLOCK * b..place].iter().fold(before, |sum, d| sum + d);
        [begin, begin + self.distances_squared[place]]
    }

    /// ΣD² with one more centroid, for each of four.
    pub(crate) fn inertias_with(&self, index: &Index, centroids: [Point; 4]) -> [f64; 4] {
        let [a, b, c, d] = centroids;
        let lanes = [(a, b), (c, d)].map(|(a, b)| (f64x2::new([a.x, b.x]), f64x2::new([a.y, b.y])));
        let mut inertias = [f64x2::ZERO; 2];
        for (b, block) in self.blocks.iter().enumerate() {
            let mut sums = [f64x2::splat(block.sum); 2];
            // The sum stays the same, to the bit, where only some of them are beyond.
            if !centroids.iter().all(|&centroid| block.is_beyond(centroid)) {
                sums = [f64x2::ZERO; 2];
                let places = self.places(b);
                let points = index.points()[places.clone()].iter();
                for (point, &d) in points.zip(&self.distances_squared[places]) {
                    let (px, py, d) = (f64x2::splat(point.x), f64x2::splat(point.y), f64x2::splat(d));
                    for ((x, y), sum) in lanes.iter().zip(&mut sums) {
                        let (dx, dy) = (px - *x, py - *y);
                        *sum += (dx * dx + dy * dy).fast_min(d);
                    }
                }
            }
            inertias = [inertias[0] + sums[0], inertias[1] + sums[1]];
        }
        let ([a, b], [c, d]) = (inertias[0].to_array(), inertias[1].to_array());
        [a, b, c, d]
    }
}
