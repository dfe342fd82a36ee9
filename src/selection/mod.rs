//! Choosing k: the gap statistic, f(K), the silhouette and the elbow, as curves with each rule's choice.

mod f_of_k;
mod gap;
mod methods;
mod parts;
mod silhouette;

use std::sync::Arc;

use crate::board::Board;
use crate::error::{Error, MAX_K};
use crate::restarts::MAX_RUNS;
use crate::study::{Part, Study, complete};
use gap::Gap;
pub use methods::{Method, MethodInfo, Rule, RuleInfo};
use parts::{OnBoard, OnReference};

/// The largest k up to which a selection may go: the gap statistic clusters with one more.
pub const MAX_K_MAX: usize = MAX_K - 1;
/// The most references of a selection.
pub const MAX_REFERENCES: u32 = 1_000;

/// Everything that a selection depends on, beside the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// How k is chosen.
    pub method: Method,
    /// The largest k that is tried, the smallest being 1; at most [`MAX_K_MAX`], and as many as the board has distinct
    /// points.
    pub k_max: usize,
    /// The number of references of the gap statistic, at most [`MAX_REFERENCES`]; the other methods do not look at it. A
    /// single one has no spread, so all errors are then 0.
    pub references: u32,
    /// The number of runs with each k, of which the best counts; at most [`MAX_RUNS`].
    pub runs: u32,
    /// The seed of the first run with each k; the next has the next seed, after the last of all comes 0. It also draws
    /// the references, and the points whose silhouettes are measured.
    pub seed: u32,
}

impl Plan {
    /// A method's plan with the defaults: k from 1 to 10, 50 references, 10 runs with each k.
    pub fn new(method: Method, seed: u32) -> Self {
        Self { method, k_max: 10, references: 50, runs: 10, seed }
    }

    /// The same plan with another largest k.
    #[must_use]
    pub fn with_k_max(self, k_max: usize) -> Self {
        Self { k_max, ..self }
    }

    /// The same plan with so many references.
    #[must_use]
    pub fn with_references(self, references: u32) -> Self {
        Self { references, ..self }
    }

    /// The same plan with so many runs with each k.
    #[must_use]
    pub fn with_runs(self, runs: u32) -> Self {
        Self { runs, ..self }
    }

    fn check(&self) -> Result<(), Error> {
        let &Self { k_max, references, runs, .. } = self;
        if !(1..=MAX_K_MAX).contains(&k_max) {
            return Err(Error::KMax { k_max, most: MAX_K_MAX });
        }
        if self.method == Method::Gap && !(1..=MAX_REFERENCES).contains(&references) {
            return Err(Error::References { references, most: MAX_REFERENCES });
        }
        if !(1..=MAX_RUNS).contains(&runs) {
            return Err(Error::Runs { runs, most: MAX_RUNS });
        }
        Ok(())
    }
}

/// Tries every k up to a largest one, on as many threads as the machine has cores.
///
/// # Errors
/// [`Error::KMax`], [`Error::References`] or [`Error::Runs`] when the plan is out of its limits,
/// [`Error::TooFewDistinctPoints`] when the board has fewer than the largest k, [`Error::Memory`] when there is none.
///
/// ```
/// use kmeans_board::{Board, Method, Plan, Preset, Recipe, Rule, choose_k};
///
/// let board = Board::draw(Recipe::new(Preset::Peaked, 1792))?; // five tight clouds
/// let gap = choose_k(board, Plan::new(Method::Gap, 1).with_k_max(8).with_references(20))?;
/// for row in gap.curve() {
///     println!("{}: {:.3} ± {:.3}", row.k, row.value, row.error);
/// }
/// for choice in gap.choices() {
///     match choice.k {
///         Some(k) => println!("{}: k = {k}", choice.rule.info().name),
///         None => println!("{}: none of these", choice.rule.info().name),
///     }
/// }
/// let widest = gap.choices().into_iter().find(|choice| choice.rule == Rule::GlobalMax);
/// assert_eq!(widest.and_then(|choice| choice.k), Some(5));
/// # Ok::<(), kmeans_board::Error>(())
/// ```
pub fn choose_k(board: impl Into<Arc<Board>>, plan: Plan) -> Result<Selection, Error> {
    let board = board.into();
    let mut selection = Selection::new(&board, plan)?;
    complete(&mut selection, &board)?;
    Ok(selection)
}

/// The curve of a method over k on a board, and what its rules choose.
///
/// With each k, the best of several runs counts: greedy k-means++ from one seed after the other, each the run that
/// [`Lloyd::seeded`](crate::Lloyd::seeded) starts, to the bit, at most [`MOST_ITERATIONS`](crate::MOST_ITERATIONS)
/// iterations long. The references of the gap statistic are those of [`Board::reference`], numbered from 0, and their
/// runs have the same seeds.
///
/// It is a [`Study`]: [`choose_k`] does all of it; in parts, what has been taken in so far can be seen at any time.
///
/// ```
/// use kmeans_board::{Board, Lloyd, Method, Plan, Preset, Recipe, Seeding, choose_k};
///
/// let board = Board::draw(Recipe::new(Preset::Gauss, 7))?;
/// let silhouette = choose_k(board.clone(), Plan::new(Method::Silhouette, 7))?;
/// let [.., at_ten] = silhouette.curve()[..] else { unreachable!("a row for each k") };
///
/// let mut again = Lloyd::seeded(board, at_ten.k, Seeding::GreedyKMeansPlusPlus, at_ten.seed)?;
/// assert_eq!(again.run(300).inertia, at_ten.inertia);
/// # Ok::<(), kmeans_board::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    plan: Plan,
    /// The best run on the board with each k, if its part has been taken; for the gap statistic also with one k more,
    /// where there are points enough.
    best: Vec<Option<Best>>,
    /// The dispersions of each reference with each k.
    references: Vec<Option<Vec<f64>>>,
}

/// The best run with a k.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Best {
    inertia: f64,
    seed: u32,
    /// The mean silhouette and its error.
    silhouette: Option<[f64; 2]>,
}

/// What a method says of a k; NaN where a number is not defined.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evaluated {
    /// The number of clusters.
    pub k: usize,
    /// Gap(k), f(K), the mean silhouette, or the inertia.
    ///
    /// Gap(k) is not defined where a dispersion is 0, which has no logarithm: with as many clusters as distinct points.
    /// f(K) is 0 there. The mean silhouette is not defined for k = 1. Of boards of more than 10,000 points, it is an
    /// estimate, from 2,000 points that the seed draws, each of them measured against all points.
    pub value: f64,
    /// The standard error of the value: sₖ of the gap, that of the sample for the mean silhouette, 0 where that is
    /// exact. The others have none.
    pub error: f64,
    /// The inertia of the best run.
    pub inertia: f64,
    /// The seed of the best run, the first among equals, which comes to it again.
    pub seed: u32,
    /// Gap(k) − (Gap(k+1) − sₖ₊₁), not negative where Tibshirani's rule is content with k. Of the gap alone; not defined
    /// where Gap(k+1) is not.
    pub bar: f64,
    /// ln Wₖ, the logarithm of the inertia. Of the gap alone.
    pub log_dispersion: f64,
    /// The mean over the references of ln W*ₖ. Of the gap alone.
    pub reference_log_dispersion: f64,
}

/// What a rule chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The rule.
    pub rule: Rule,
    /// The number of clusters; `None` where no k satisfies it.
    pub k: Option<usize>,
}

impl Selection {
    /// A selection on a board, of which nothing has been done.
    ///
    /// # Errors
    /// [`Error::KMax`], [`Error::References`] or [`Error::Runs`] when the plan is out of its limits,
    /// [`Error::TooFewDistinctPoints`] when the board has fewer than the largest k.
    pub fn new(board: &Board, plan: Plan) -> Result<Self, Error> {
        plan.check()?;
        let Plan { k_max, method, .. } = plan;
        let (one_more, references) = if method == Method::Gap { (1, plan.references) } else { (0, 0) };
        let distinct = board.distinct_points(k_max + one_more);
        if distinct < k_max {
            return Err(Error::TooFewDistinctPoints { distinct, k: k_max });
        }
        Ok(Self { plan, best: vec![None; distinct], references: vec![None; references as usize] })
    }

    /// The plan.
    pub fn plan(&self) -> Plan {
        self.plan
    }

    /// What the method says of each k, ascending.
    ///
    /// Those whose part has not been taken in are left out; a gap is that over the references taken in so far.
    pub fn curve(&self) -> Vec<Evaluated> {
        let gaps = self.gaps();
        (1..=self.plan.k_max).filter_map(|k| self.evaluated(k, &gaps)).collect()
    }

    fn evaluated(&self, k: usize, gaps: &[Gap]) -> Option<Evaluated> {
        let Best { inertia, seed, silhouette } = self.best[k - 1]?;
        let gap = gaps.get(k - 1);
        let next = gap.zip(gaps.get(k));
        let [value, error] = match self.plan.method {
            Method::Gap => gap.map(|gap| [gap.value, gap.error]),
            Method::FOfK => self.f(k).map(|f| [f, f64::NAN]),
            Method::Silhouette => silhouette,
            Method::Elbow => Some([inertia, f64::NAN]),
        }
        .unwrap_or([f64::NAN; 2]);
        let bar = next.map_or(f64::NAN, |(gap, next)| gap.bar(next));
        let log_dispersion = gap.map_or(f64::NAN, |gap| gap.log_dispersion);
        let reference_log_dispersion = gap.map_or(f64::NAN, |gap| gap.reference_log_dispersion);
        Some(Evaluated { k, value, error, inertia, seed, bar, log_dispersion, reference_log_dispersion })
    }

    /// The gap with each k, one more than may be chosen where there are points enough; none for the other methods.
    fn gaps(&self) -> Vec<Gap> {
        if self.plan.method != Method::Gap {
            return Vec::new();
        }
        let gap = |(i, best): (usize, &Option<Best>)| {
            let references = self.references.iter().flatten().map(|dispersions| dispersions[i]);
            Gap::new(best.map_or(f64::NAN, |best| best.inertia), references)
        };
        self.best.iter().enumerate().map(gap).collect()
    }

    /// f(K), if the inertias are known.
    fn f(&self, k: usize) -> Option<f64> {
        let inertia = |k: usize| self.best[k - 1].map(|best| best.inertia);
        if k == 1 {
            return Some(f_of_k::f(k, inertia(k)?, None));
        }
        Some(f_of_k::f(k, inertia(k)?, Some(inertia(k - 1)?)))
    }

    /// What each rule of the method chooses; nothing before all parts have been taken in.
    ///
    /// Gaps that are not defined are not looked at, nor is k = 1 for the silhouette.
    pub fn choices(&self) -> Vec<Choice> {
        if !self.is_complete() {
            return Vec::new();
        }
        let rules = self.plan.method.info().rules;
        rules
            .iter()
            .flat_map(|&rule| self.chosen(rule).into_iter().map(move |k| Choice { rule, k }))
            .collect()
    }

    /// What a rule chooses: one k or none, or several.
    fn chosen(&self, rule: Rule) -> Vec<Option<usize>> {
        let gaps = self.gaps();
        let shown: Vec<Gap> =
            gaps.iter().take(self.plan.k_max).take_while(|gap| !gap.value.is_nan()).copied().collect();
        let values: Vec<f64> = self.curve().iter().map(|row| row.value).collect();
        vec![match rule {
            Rule::Tibshirani => gap::tibshirani(&gaps),
            Rule::FirstSeMax => gap::first_se_max(&shown),
            Rule::GlobalMax => gap::global_max(&shown),
            Rule::Minimum => f_of_k::minimum(&values),
            Rule::Maximum => best(values.into_iter()),
            Rule::Below085 => return f_of_k::recommended(&values).into_iter().map(Some).collect(),
        }]
    }

    fn is_complete(&self) -> bool {
        self.best.iter().all(Option::is_some) && self.references.iter().all(Option::is_some)
    }
}

/// The k of the largest value, the smallest among equals; those that are NaN are not looked at.
fn best(values: impl Iterator<Item = f64>) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for (k, value) in (1..).zip(values) {
        if best.map_or(!value.is_nan(), |(_, most)| value > most) {
            best = Some((k, value));
        }
    }
    best.map(|(k, _)| k)
}

impl Study for Selection {
    fn parts(&self) -> usize {
        self.best.len() + self.references.len()
    }

    fn part(&self, board: &Arc<Board>, part: usize) -> Result<Box<dyn Part>, Error> {
        let last = self.best.len();
        if part < last {
            return Ok(Box::new(OnBoard::new(board, part + 1, self.plan)));
        }
        assert!(part < self.parts(), "there is no part {part}");
        Ok(Box::new(OnReference::new(board, (part - last) as u32, last, self.plan)?))
    }

    fn take(&mut self, part: usize, result: &[f64]) {
        let last = self.best.len();
        if let Some(best @ None) = self.best.get_mut(part) {
            *best = Best::from(result);
        } else if let Some(reference @ None) = part.checked_sub(last).and_then(|b| self.references.get_mut(b))
            && result.len() == last
            && result.iter().all(|&dispersion| is_dispersion(dispersion))
        {
            *reference = Some(result.to_vec());
        }
    }
}

fn is_dispersion(value: f64) -> bool {
    (0.0..f64::INFINITY).contains(&value)
}

impl Best {
    /// From the result of a part.
    fn from(result: &[f64]) -> Option<Self> {
        let (&[inertia, seed], silhouette) = result.split_first_chunk()?;
        let silhouette = match *silhouette {
            [] => None,
            [value, error] => Some([value, error]),
            _ => return None,
        };
        let is_seed = f64::from(seed as u32) == seed;
        (is_dispersion(inertia) && is_seed).then_some(Self { inertia, seed: seed as u32, silhouette })
    }
}
