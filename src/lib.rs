//! k-means on a board: Lloyd's algorithm, step by step.
//!
//! A *board* is a set of points in the plane with bounds around it. [`Board`] draws one from a preset and a seed, or
//! takes points that are given; [`Seeding`] chooses k initial centroids; [`Lloyd`] then takes the two half-steps by
//! turns, *assign* and *update*, forwards and back, until it has converged. [`cells`] gives the Voronoi cells, and
//! [`Opening`] makes a large board and a start on it in slices, for those who cannot wait. [`restarts`] tells where many
//! starts end, [`choose_k`] how many clusters a board has, by several methods that may disagree, and [`SlowSeeding`] shows
//! how the centroids of a start are drawn.
//!
//! ```
//! use kmeans_board::{Board, Lloyd, Preset, Recipe, Seeding};
//!
//! let board = Board::draw(Recipe::new(Preset::Gauss, 7))?;
//! let mut lloyd = Lloyd::seeded(board, 3, Seeding::KMeansPlusPlus, 7)?;
//!
//! let first = lloyd.step();
//! assert_eq!(first.assigned.changed, 200); // every point got its first label
//!
//! let run = lloyd.run(300);
//! assert!(run.converged && run.inertia < first.updated.inertia);
//!
//! lloyd.seek(1)?; // back to the state after the first iteration, to the bit
//! assert_eq!(lloyd.inertia(), first.updated.inertia);
//! # Ok::<(), kmeans_board::Error>(())
//! ```
//!
//! # Goals, in order
//!
//! 1. Someone who knows k-means recognises every name.
//! 2. The algorithm reads like the paper.
//! 3. One glance at the tree shows the layers: [`Point`] ← [`Board`] ← [`Seeding`] ← [`Lloyd`] ← the picture ← the
//!    browser. Nothing knows what stands to its right.
//! 4. Whatever a seed started can be started again, bit for bit, in any browser and natively. So the generator has
//!    a documented stream, `ln` comes from `libm`, no other function is used that IEEE 754 leaves open, and sums have one fixed order.
//! 5. Fast.
//! 6. Few files, few dependencies.
//!
//! Time is not known here: a step is a call, and whoever animates it wraps it.

mod board;
mod editing;
mod error;
mod lloyd;
mod nearest;
mod opening;
mod point;
mod presets;
mod random;
mod restarts;
mod seeding;
mod selection;
#[cfg(feature = "large")]
mod slow_seeding;
mod study;
mod voronoi;

pub mod paint;

#[cfg(target_arch = "wasm32")]
mod wasm;

pub use board::{Board, Origin};
pub use editing::Edit;
pub use error::{Error, MAX_COORDINATE, MAX_K, MAX_POINTS, SPREAD_LIMITS};
pub use lloyd::{Assigned, Iteration, Lloyd, Phase, Run, Updated};
pub use nearest::UNASSIGNED;
pub use opening::Opening;
pub use point::{Bounds, Point};
pub use presets::{Preset, PresetInfo, Recipe};
pub use restarts::{End, MAX_RUNS, Optimum, Restarts, restarts};
pub use seeding::{Seeding, SeedingInfo, Start};
pub use selection::{
    Choice, Evaluated, MAX_K_MAX, MAX_REFERENCES, Method, MethodInfo, Plan, Rule, RuleInfo, Selection,
    choose_k,
};
#[cfg(feature = "large")]
pub use slow_seeding::{Candidate, SlowSeeding};
pub use study::{MOST_ITERATIONS, Part, Study, complete};
pub use voronoi::{area, cells};

/// The Rust code of both READMEs, the repository's and the crate's, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[doc = include_str!("README.md")]
struct Readme;
