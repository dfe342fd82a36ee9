//! What can be wrong with what is asked for, and the limits.

use core::fmt;

/// The most points that a board may have.
pub const MAX_POINTS: usize = 4_000_000;
/// The most clusters that may be sought.
pub const MAX_K: usize = 1_024;
/// Whether this build knows boards that are not small.
pub(crate) const KNOWS_LARGE: bool = cfg!(feature = "large");
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
    /// There is no point, or no centroid, of that index.
    Index {
        /// What it is an index of: `"point"` or `"centroid"`.
        of: &'static str,
        /// The index.
        index: usize,
        /// How many there are, the first at 0.
        count: usize,
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
    /// The number of runs is zero or too large.
    Runs {
        /// How many runs were asked for.
        runs: u32,
        /// How many there may be.
        most: u32,
    },
    /// The largest number of clusters that a selection tries is zero or too large.
    KMax {
        /// How many clusters were asked for.
        k_max: usize,
        /// How many there may be.
        most: usize,
    },
    /// The number of references is zero or too large.
    References {
        /// How many references were asked for.
        references: u32,
        /// How many there may be.
        most: u32,
    },
    /// There is no memory for what was asked.
    Memory {
        /// How many bytes could not be had.
        bytes: usize,
    },
    /// No board, no seeding or no method has that name.
    UnknownName {
        /// What the name should have named: `"board"`, `"seeding"`, `"one-by-one seeding"` or `"method"`.
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
            Self::Index { .. } => "index",
            Self::CentroidCount { .. } => "centroid-count",
            Self::NotComputed { .. } => "not-computed",
            Self::Runs { .. } => "runs",
            Self::KMax { .. } => "k-max",
            Self::References { .. } => "references",
            Self::Memory { .. } => "memory",
            Self::UnknownName { .. } => "unknown-name",
        }
    }
}

/// Whether a board may have so many points.
pub(crate) fn check_count(n: usize) -> Result<(), Error> {
    if (1..=MAX_POINTS).contains(&n) { Ok(()) } else { Err(Error::PointCount { n }) }
}

/// An empty vector with room for so many items; where boards are small, there always is.
pub(crate) fn room<T>(count: usize) -> Result<Vec<T>, Error> {
    if !KNOWS_LARGE {
        return Ok(Vec::with_capacity(count));
    }
    let mut room = Vec::new();
    match room.try_reserve_exact(count) {
        Ok(()) => Ok(room),
        Err(_) => Err(Error::Memory { bytes: count * size_of::<T>() }),
    }
}

/// So many times the same item.
pub(crate) fn filled<T: Clone>(item: T, count: usize) -> Result<Vec<T>, Error> {
    if !KNOWS_LARGE {
        return Ok(vec![item; count]);
    }
    let mut items = room(count)?;
    items.resize(count, item);
    Ok(items)
}

/// The place of a name among those that there are.
pub(crate) fn place_of(
    of: &'static str,
    name: &str,
    known: impl Iterator<Item = &'static str>,
) -> Result<usize, Error> {
    let known: Vec<_> = known.collect();
    known.iter().position(|known| *known == name).ok_or_else(|| Error::UnknownName {
        of,
        name: name.to_owned(),
        known,
    })
}

impl Error {
    /// The message, its numbers written by `number`: in a browser the platform writes them, which saves a sixth of the
    /// Wasm.
    pub(crate) fn message(&self, number: impl Fn(f64) -> String) -> String {
        if let Self::UnknownName { of, name, known } = self {
            return unknown(of, name, known);
        }
        let (template, values) = self.template();
        let mut message = String::new();
        let mut values = values.into_iter();
        for letter in template.chars() {
            match (letter, self) {
                ('#', _) => message += &values.next().map(&number).unwrap_or_default(),
                ('@', Self::Coordinate { of, .. } | Self::Index { of, .. }) => message += of,
                _ => message.push(letter),
            }
        }
        message
    }

    /// The message with a # for each of the numbers, and an @ for what has a coordinate or an index.
    fn template(&self) -> (&'static str, [f64; 4]) {
        let (most_points, most_k) = (MAX_POINTS as f64, MAX_K as f64);
        let numbers = |first: f64, second: f64| [first, second, 0.0, 0.0];
        match *self {
            // Nobody builds these who knows small boards only.
            Self::Runs { .. } | Self::KMax { .. } | Self::References { .. } | Self::Memory { .. }
                if !KNOWS_LARGE =>
            {
                ("", [0.0; 4])
            }
            Self::PointCount { n } => ("n must be from 1 to # points, not #", numbers(most_points, n as f64)),
            Self::K { k } => ("k must be from 1 to #, not #", numbers(most_k, k as f64)),
            Self::Clusters { clusters, n } => (
                "clusters must be from 1 to # on a board of # points, not #",
                [most_k.min(n as f64), n as f64, clusters as f64, 0.0],
            ),
            Self::Spread { spread: [min, max] } => (
                "spread must be an ascending pair from # to #, not # and #",
                [SPREAD_LIMITS[0], SPREAD_LIMITS[1], min, max],
            ),
            Self::TooFewDistinctPoints { distinct, k } => (
                "k must be from 1 to #, as many distinct points as the board has, not #",
                numbers(distinct as f64, k as f64),
            ),
            Self::Coordinate { index, value, .. } => (
                "@ # has the coordinate #, which is not within ±#",
                [index as f64, value, MAX_COORDINATE, 0.0],
            ),
            Self::Index { index, count, .. } => {
                ("there is no @ #, the last is #", numbers(index as f64, count as f64 - 1.0))
            }
            Self::CentroidCount { given, k } => {
                ("k is #, but # centroids were given", numbers(k as f64, given as f64))
            }
            Self::NotComputed { iteration, computed } => (
                "iteration # has not been computed, the last one is #",
                numbers(iteration as f64, computed as f64),
            ),
            Self::Runs { runs, most } => {
                ("runs must be from 1 to #, not #", numbers(f64::from(most), f64::from(runs)))
            }
            Self::KMax { k_max, most } => {
                ("the largest k must be from 1 to #, not #", numbers(most as f64, k_max as f64))
            }
            Self::References { references, most } => {
                ("references must be from 1 to #, not #", numbers(f64::from(most), f64::from(references)))
            }
            Self::Memory { bytes } => ("there is no memory left for # bytes", numbers(bytes as f64, 0.0)),
            Self::UnknownName { .. } => ("", [0.0; 4]),
        }
    }
}

/// That there is nothing of that name, and what there is.
fn unknown(of: &str, name: &str, known: &[&str]) -> String {
    let mut message = ["there is no ", of, " called \"", name, "\", there are "].concat();
    for (i, known) in known.iter().enumerate() {
        message += if i == 0 { "" } else { ", " };
        message += known;
    }
    message
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
