//! Studies: long computations on a board, made of parts that can be done anywhere and in any order.
//!
//! Whoever has threads, or workers, gives each of them one part after the other; whoever has none does the parts in
//! slices. What comes out is the same to the bit, for a part knows nothing of the others, and its result crosses from
//! one memory to another as plain numbers.

use std::sync::Arc;

use crate::board::Board;
use crate::error::Error;
use crate::lloyd::Lloyd;
use crate::point::Point;

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
    /// Those of [`Opening::advance`](crate::Opening::advance).
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

/// So many points, times the number of clusters, are looked at in a slice.
const WORK_AT_ONCE: usize = 1 << 17;

/// Runs on a board, one after the other, each to its end a slice at a time; they keep no past.
pub(crate) struct Descent {
    board: Arc<Board>,
    /// The one that is on its way.
    run: Option<Box<Lloyd>>,
    /// One that nobody needs any more: the next takes its place in memory.
    spent: Option<Box<Lloyd>>,
}

impl Descent {
    pub(crate) fn on(board: Arc<Board>) -> Self {
        Self { board, run: None, spent: None }
    }

    pub(crate) fn board(&self) -> &Arc<Board> {
        &self.board
    }

    /// Whether there is a run on its way.
    pub(crate) fn is_begun(&self) -> bool {
        self.run.is_some()
    }

    /// Begins a run from these centroids.
    pub(crate) fn begin(&mut self, centroids: Vec<Point>) -> Result<(), Error> {
        self.run = Some(match self.spent.take() {
            Some(mut spent) => {
                spent.start_over(centroids);
                spent
            }
            None => Box::new(Lloyd::starting(self.board.clone(), centroids)?),
        });
        Ok(())
    }

    /// Does a slice of the work; the run at its end when it was the last.
    pub(crate) fn advance(&mut self) -> Option<Box<Lloyd>> {
        let run = self.run.as_mut()?;
        // A call from JavaScript costs as much as an iteration of a small board.
        let at_once = (WORK_AT_ONCE / (self.board.points().len() * run.k())).max(1);
        let is_over = (0..at_once).any(|_| run.step_on(MOST_ITERATIONS));
        if is_over { self.run.take() } else { None }
    }

    /// Takes back a run that nobody needs.
    pub(crate) fn spend(&mut self, run: Box<Lloyd>) {
        self.spent = Some(run);
    }
}
