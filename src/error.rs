//! What can be wrong with what is asked for, and the limits.

use core::fmt;

/// The most points that a board may have.
pub const MAX_POINTS: usize = 4_000_000;
/// The most clusters that may be sought.
pub const MAX_K: usize = 1_024;
/// The largest coordinate by magnitude: the squared distances of [`MAX_POINTS`] such points can still be summed.
pub const MAX_COORDINATE: f64 = 1e150;
/// The smallest and the largest standard deviation that a preset may be drawn with.
pub const SPREAD_LIMITS: [f64; 2] = [0.001, 2.0];

/// Why a board, a seeding or a run cannot be had as asked; each variant carries the numbers.
///
/// Whatever was asked is then left exactly as it was.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// The number of points is zero or above [`MAX_POINTS`].
    PointCount {
        /// How many points were asked for.
        n: usize,
    },
    /// The number of clusters sought is zero or above [`MAX_K`].
    K {
        /// How many clusters were asked for.
        k: usize,
    },
    /// A board cannot be drawn with so many clusters: from 1 to as many as it has points, and to [`MAX_K`].
    Clusters {
        /// How many clusters were asked for.
        clusters: usize,
        /// How many points the board has.
        n: usize,
    },
    /// The standard deviations are not an ascending pair within [`SPREAD_LIMITS`].
    Spread {
        /// The smallest and the largest that were asked for.
        spread: [f64; 2],
    },
    /// There are fewer distinct points than clusters sought.
    TooFewDistinctPoints {
        /// How many distinct points there are.
        distinct: usize,
        /// How many clusters were asked for.
        k: usize,
    },
    /// A coordinate is not a number, infinite, or beyond [`MAX_COORDINATE`].
    Coordinate {
        /// What has the coordinate: `"point"` or `"centroid"`.
        of: &'static str,
        /// Its index.
        index: usize,
        /// The coordinate.
        value: f64,
    },
    /// There are not as many centroids as clusters sought.
    CentroidCount {
        /// How many centroids were given.
        given: usize,
        /// How many clusters were asked for.
        k: usize,
    },
    /// No iteration of that number has been computed.
    NotComputed {
        /// The iteration that was asked for.
        iteration: usize,
        /// The last iteration that has been computed.
        computed: usize,
    },
    /// No board, or no seeding, has that name.
    UnknownName {
        /// What the name should have named: `"board"` or `"seeding"`.
        of: &'static str,
        /// The name that was given.
        name: String,
        /// The names that exist.
        known: Vec<&'static str>,
    },
}

impl Error {
    /// A short stable name for programs to compare with, such as `"too-few-distinct-points"`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::PointCount { .. } => "point-count",
            Self::K { .. } => "k",
            Self::Clusters { .. } => "clusters",
            Self::Spread { .. } => "spread",
            Self::TooFewDistinctPoints { .. } => "too-few-distinct-points",
            Self::Coordinate { .. } => "coordinate",
            Self::CentroidCount { .. } => "centroid-count",
            Self::NotComputed { .. } => "not-computed",
            Self::UnknownName { .. } => "unknown-name",
        }
    }
}

/// The row of a table that has a name.
pub(crate) fn named<T>(
    of: &'static str,
    name: &str,
    table: &'static [T],
    name_of: fn(&T) -> &'static str,
) -> Result<&'static T, Error> {
    table.iter().find(|row| name_of(row) == name).ok_or_else(|| {
        let known = table.iter().map(name_of).collect();
        Error::UnknownName { of, name: name.to_owned(), known }
    })
}

impl Error {
    /// The message, its fractional numbers written by `number`: in a browser the platform writes them, which saves
    /// a sixth of the Wasm.
    pub(crate) fn message(&self, number: impl Fn(f64) -> String) -> String {
        match self {
            Self::PointCount { n } => format!("n must be from 1 to {MAX_POINTS} points, not {n}"),
            Self::K { k } => format!("k must be from 1 to {MAX_K}, not {k}"),
            Self::Clusters { clusters, n } => {
                let limit = MAX_K.min(*n);
                format!("clusters must be from 1 to {limit} on a board of {n} points, not {clusters}")
            }
            Self::Spread { spread } => {
                let ([low, high], [min, max]) = (SPREAD_LIMITS.map(&number), spread.map(&number));
                format!("spread must be an ascending pair from {low} to {high}, not {min} and {max}")
            }
            Self::TooFewDistinctPoints { distinct, k } => {
                format!("k is {k}, but the board has only {distinct} distinct points")
            }
            Self::Coordinate { of, index, value } => {
                let (value, limit) = (number(*value), number(MAX_COORDINATE));
                format!("{of} {index} has the coordinate {value}, which is not within ±{limit}")
            }
            Self::CentroidCount { given, k } => format!("k is {k}, but {given} centroids were given"),
            Self::NotComputed { iteration, computed } => {
                format!("iteration {iteration} has not been computed, the last one is {computed}")
            }
            Self::UnknownName { of, name, known } => {
                let known = known.join(", ");
                format!("there is no {of} called \"{name}\", there are {known}")
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |value: f64| {
            if value.abs() < 1e16 { value.to_string() } else { format!("{value:e}") }
        };
        f.write_str(&self.message(number))
    }
}

impl core::error::Error for Error {}
