//! Many runs from one board, and where they ended.

use std::sync::Arc;

use crate::board::Board;
use crate::error::Error;
use crate::lloyd::{Lloyd, Run};
use crate::seeding::Seeding;

/// Runs that are cut short after so many iterations.
const MOST_ITERATIONS: usize = 300;

/// Runs k-means once for each seed, at most 300 iterations each.
///
/// Each run is the one that [`Lloyd::seeded`] starts from the same seed, to the bit; they come in the order of the
/// seeds. One keeps the best of them: means of centroids of several runs are nobody's centroids.
///
/// # Errors
/// Those of [`Seeding::centroids`].
pub fn restarts(
    board: &Arc<Board>,
    k: usize,
    seeding: Seeding,
    seeds: impl IntoIterator<Item = u32>,
) -> Result<Vec<Run>, Error> {
    let run = |seed| Ok(Lloyd::seeded(board.clone(), k, seeding, seed)?.run_through(MOST_ITERATIONS));
    seeds.into_iter().map(run).collect()
}
