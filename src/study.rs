//! Studies: long computations on a board, made of parts that can be done anywhere and in any order.
//!
//! Whoever has threads, or workers, gives each of them one part after the other; whoever has none does the parts in
//! slices. What comes out is the same to the bit, for a part knows nothing of the others, and its result crosses from
//! one memory to another as plain numbers.

use std::sync::Arc;

use crate::board::Board;
use crate::error::Error;
use crate::lloyd::Lloyd;
use crate::opening::Opening;
use crate::seeding::Start;

/// Runs of a study that are not at their end after so many iterations are cut short.
pub const MOST_ITERATIONS: usize = 300;

/// A long computation on a board, made of parts.
///
/// Its parts can be done in any order, each of them anywhere; what it comes to does not depend on that.
pub trait Study {
    /// The number of its parts, at least one.
    fn parts(&self) -> usize;

    /// One of its parts, not yet begun.
    ///
    /// # Errors
    /// What is wrong with the study on this board.
    ///
    /// # Panics
    /// From [`parts`](Self::parts) on.
    fn part(&self, board: &Arc<Board>, part: usize) -> Result<Box<dyn Part>, Error>;

    /// Takes in what a part came to; numbers that are no part's result, or those of one that has been taken, change
    /// nothing.
    fn take(&mut self, part: usize, result: &[f64]);
}

/// A part of a [`Study`] that is being done.
pub trait Part {
    /// Does a slice of the work, of a few milliseconds at most; the result when it was the last.
    ///
    /// # Errors
    /// Those of [`Opening::advance`].
    fn advance(&mut self) -> Result<Option<Vec<f64>>, Error>;
}

/// Does all parts of a study, on as many threads as the machine has cores.
///
/// # Errors
/// Those of its parts; the study then lacks some of them.
pub fn complete(study: &mut (impl Study + Sync), board: &Arc<Board>) -> Result<(), Error> {
    for (part, result) in results(study, board)? {
        study.take(part, &result);
    }
    Ok(())
}

fn done(mut part: Box<dyn Part>) -> Result<Vec<f64>, Error> {
    loop {
        if let Some(result) = part.advance()? {
            return Ok(result);
        }
    }
}

#[cfg(target_arch = "wasm32")]
fn results(study: &impl Study, board: &Arc<Board>) -> Result<Vec<(usize, Vec<f64>)>, Error> {
    (0..study.parts()).map(|part| Ok((part, done(study.part(board, part)?)?))).collect()
}

#[cfg(not(target_arch = "wasm32"))]
fn results(study: &(impl Study + Sync), board: &Arc<Board>) -> Result<Vec<(usize, Vec<f64>)>, Error> {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    let next = AtomicUsize::new(0);
    // Each thread takes the next part that nobody has, until there are no more.
    let work = || {
        let parts = core::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)));
        let parts = parts.take_while(|&part| part < study.parts());
        parts.map(|part| Ok((part, done(study.part(board, part)?)?))).collect::<Result<Vec<_>, Error>>()
    };
    let cores = thread::available_parallelism().map_or(1, core::num::NonZero::get).min(study.parts());
    let results: Result<Vec<_>, Error> = thread::scope(|scope| {
        let others: Vec<_> = (1..cores).map(|_| scope.spawn(work)).collect();
        let own = work();
        let others = others.into_iter().map(|other| match other.join() {
            Ok(results) => results,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        core::iter::once(own).chain(others).collect()
    });
    Ok(results?.into_iter().flatten().collect())
}

/// A run from a start to its end, a slice at a time, that keeps no past.
pub(crate) enum Descent {
    Opening(Opening),
    Running(Lloyd),
    Over,
}

impl Descent {
    /// From a start on a board.
    pub(crate) fn new(board: Arc<Board>, start: Start) -> Result<Self, Error> {
        Ok(Self::Opening(Opening::on(board, start)?))
    }

    /// Does a slice of the work; the run at its end when it was the last.
    pub(crate) fn advance(&mut self) -> Result<Option<Lloyd>, Error> {
        match core::mem::replace(self, Self::Over) {
            Self::Opening(mut opening) => {
                *self = match opening.advance()? {
                    Some(lloyd) => Self::Running(lloyd),
                    None => Self::Opening(opening),
                };
            }
            Self::Running(mut lloyd) => {
                if lloyd.step_on(MOST_ITERATIONS) {
                    return Ok(Some(lloyd));
                }
                *self = Self::Running(lloyd);
            }
            Self::Over => {}
        }
        Ok(None)
    }
}
