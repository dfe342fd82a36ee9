//! The methods to choose k by, and the rules that read a k off a curve: tables of what each is called and does.

use core::str::FromStr;

use crate::error::{Error, place_of};

/// How the number of clusters is chosen.
///
/// [`Method::ALL`] is the table of what each is called and does. They answer different questions, so they often
/// disagree; none of them knows how many clusters there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The gap statistic: how far the logarithm of the dispersion is below its mean on boards without clusters.
    ///
    /// Gap(k) = mean ln W*ₖ − ln Wₖ, where Wₖ is the dispersion, here the inertia, and W*ₖ that of a reference: as many
    /// points, uniform in the smallest upright rectangle around those of the board. With B references, the error of
    /// Gap(k) is sₖ = sdₖ √(1 + 1/B), where sdₖ is the standard deviation of the B logarithms about their mean, by B,
    /// not B − 1.
    Gap,
    /// f(K): how much lower the inertia is than it would be if the points of K − 1 clusters were spread evenly.
    ///
    /// f(1) = 1 and f(K) = Sₖ/(αₖ Sₖ₋₁), where Sₖ is the inertia with K clusters, or 1 where Sₖ₋₁ is 0; in the plane,
    /// α₂ = 5/8 and αₖ = αₖ₋₁ + (1 − αₖ₋₁)/6. About 1 where the points are spread evenly, less where a K brings out
    /// clusters.
    FOfK,
    /// The mean silhouette: how much nearer points are to their own cluster than to the next one.
    ///
    /// A point whose mean distance to the others of its cluster is a, and whose mean distance to the points of another
    /// cluster is b at least, has the silhouette (b − a)/max(a, b), from −1 to 1; a point alone in its cluster has 0. Not
    /// defined for one cluster.
    Silhouette,
    /// The curve of the inertia, in which one looks for a bend; no rule says where it is.
    Elbow,
}

/// A row of the table of methods.
#[derive(Debug, Clone, Copy)]
pub struct MethodInfo {
    /// Which method the row is about.
    pub method: Method,
    /// The name it is asked for by.
    pub name: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// One sentence on what it does.
    pub sentence: &'static str,
    /// Who published it, where and when.
    pub source: &'static str,
    /// How a k is chosen by its curve; there may be several rules, or none.
    pub rules: &'static [Rule],
}

impl Method {
    /// The table of methods, in the order of a menu.
    pub const ALL: &[MethodInfo] = &[
        MethodInfo {
            method: Self::Gap,
            name: "gap",
            title: "Gap statistic",
            sentence: "Compares the inertia with that of boards without clusters: the wider the gap, the better k fits.",
            source: "R. Tibshirani, G. Walther and T. Hastie, Estimating the number of clusters in a data set via the \
                     gap statistic, J. R. Statist. Soc. B 63, 2001",
            rules: &[Rule::Tibshirani, Rule::FirstSeMax, Rule::GlobalMax],
        },
        MethodInfo {
            method: Self::FOfK,
            name: "f(K)",
            title: "f(K)",
            sentence: "Compares the inertia with that of one cluster fewer: the lower f(K), the more this cluster helped.",
            source: "D. T. Pham, S. S. Dimov and C. D. Nguyen, Selection of K in K-means clustering, Proc. IMechE C 219, \
                     2005",
            rules: &[Rule::Minimum, Rule::Below085],
        },
        MethodInfo {
            method: Self::Silhouette,
            name: "silhouette",
            title: "Silhouette",
            sentence: "Asks each point how much nearer its own cluster is than the next one, and takes the mean.",
            source: "P. J. Rousseeuw, Silhouettes: a graphical aid to the interpretation and validation of cluster \
                     analysis, J. Comput. Appl. Math. 20, 1987",
            rules: &[Rule::Maximum],
        },
        MethodInfo {
            method: Self::Elbow,
            name: "elbow",
            title: "Elbow",
            sentence: "Shows how the inertia falls with k: look for a bend, if there is one.",
            source: "R. L. Thorndike, Who belongs in the family?, Psychometrika 18, 1953",
            rules: &[],
        },
    ];

    /// The method's row of the table.
    pub fn info(self) -> &'static MethodInfo {
        &Self::ALL[self as usize]
    }
}

impl FromStr for Method {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let names = Self::ALL.iter().map(|info| info.name);
        place_of("method", name, names).map(|row| Self::ALL[row].method)
    }
}

/// How a k is chosen by the curve of a method.
///
/// [`Rule::ALL`] is the table of what each is called and does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The smallest k with Gap(k) ≥ Gap(k+1) − sₖ₊₁, by Tibshirani, Walther & Hastie; it stops where the curve first
    /// does not clearly rise.
    Tibshirani,
    /// The smallest k whose gap is not below the first local maximum by more than its error: `firstSEmax` of R's
    /// `cluster::maxSE` (M. Maechler 2012).
    FirstSeMax,
    /// The k of the widest gap.
    GlobalMax,
    /// The K of the lowest f(K).
    Minimum,
    /// Every K with f(K) < 0.85, which Pham, Dimov & Nguyen recommend; K = 1 where there is none.
    Below085,
    /// The k of the largest mean silhouette.
    Maximum,
}

/// A row of the table of rules.
#[derive(Debug, Clone, Copy)]
pub struct RuleInfo {
    /// Which rule the row is about.
    pub rule: Rule,
    /// Its name.
    pub name: &'static str,
    /// One sentence on what it chooses.
    pub sentence: &'static str,
}

impl Rule {
    /// The table of rules.
    pub const ALL: &[RuleInfo] = &[
        RuleInfo {
            rule: Self::Tibshirani,
            name: "tibshirani",
            sentence: "The smallest k whose gap is at least the next one less its error.",
        },
        RuleInfo {
            rule: Self::FirstSeMax,
            name: "first-se-max",
            sentence: "The smallest k whose gap is within one error of the first local maximum.",
        },
        RuleInfo { rule: Self::GlobalMax, name: "global-max", sentence: "The k of the widest gap." },
        RuleInfo { rule: Self::Minimum, name: "minimum", sentence: "The K of the lowest f(K)." },
        RuleInfo {
            rule: Self::Below085,
            name: "below-0.85",
            sentence: "Every K with f(K) below 0.85, or 1 where there is none.",
        },
        RuleInfo { rule: Self::Maximum, name: "maximum", sentence: "The k of the largest mean silhouette." },
    ];

    /// The rule's row of the table.
    pub fn info(self) -> &'static RuleInfo {
        &Self::ALL[self as usize]
    }
}
