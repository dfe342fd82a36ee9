//! A board and the start of a run on it, made ready a slice at a time, for those who cannot wait for large ones at once.

use std::sync::Arc;

use crate::board::{Board, Draft};
use crate::error::Error;
use crate::lloyd::Lloyd;
use crate::point::{Bounds, Point};
use crate::presets::Recipe;
use crate::seeding::{Choosing, Start};

/// So many points are drawn or looked at in a slice.
const SLICE: usize = 1 << 16;
/// Of the work for a board and its seeding, the part that the board is taken for.
const BOARD_SHARE: f64 = 0.7;

/// A board and the start of a run on it, in the making.
///
/// Sliced or not, the same board and the same start come out, to the bit.
///
/// ```
/// use kmeans_board::{Board, Lloyd, Opening, Preset, Recipe, Seeding, Start};
///
/// let recipe = Recipe::new(Preset::Uniform, 7).with_n(100_000);
/// let mut opening = Opening::drawn(recipe, Start::Seeded { k: 7, seeding: Seeding::Maximin, seed: 7 })?;
/// let lloyd = loop {
///     match opening.advance()? {
///         Some(lloyd) => break lloyd,
///         None => println!("{:.0} %", 100.0 * opening.share()), // and whatever else is to be done meanwhile
///     }
/// };
/// let at_once = Lloyd::seeded(Board::draw(recipe)?, 7, Seeding::Maximin, 7)?;
/// assert_eq!(lloyd.centroids(), at_once.centroids());
/// # Ok::<(), kmeans_board::Error>(())
/// ```
pub struct Opening {
    stage: Stage,
    /// Until there is a board to choose on.
    start: Option<Start>,
}

enum Stage {
    Board(Box<Draft>),
    Start(Arc<Board>, Choosing),
    Over,
}

impl Opening {
    /// On a board that is drawn from a recipe.
    ///
    /// # Errors
    /// Those of [`Board::draw`]; those of the start come when it is its turn.
    pub fn drawn(recipe: Recipe, start: Start) -> Result<Self, Error> {
        Ok(Self { stage: Stage::Board(Box::new(Draft::drawn(recipe)?)), start: Some(start) })
    }

    /// On a board of n points that [`add`](Self::add) brings.
    ///
    /// # Errors
    /// [`Error::PointCount`] for none or too many, [`Error::Memory`] when there is none for so many.
    pub fn given(n: usize, start: Start) -> Result<Self, Error> {
        Ok(Self { stage: Stage::Board(Box::new(Draft::given(n)?)), start: Some(start) })
    }

    /// On a board of n points that [`add`](Self::add) brings, in these bounds if all of them lie within.
    ///
    /// # Errors
    /// Those of [`given`](Self::given).
    pub fn within(bounds: Bounds, n: usize, start: Start) -> Result<Self, Error> {
        Ok(Self { stage: Stage::Board(Box::new(Draft::given(n)?.within(bounds))), start: Some(start) })
    }

    /// On a board that is there.
    ///
    /// # Errors
    /// [`Error::K`] for no clusters or too many, [`Error::TooFewDistinctPoints`] when the board has fewer.
    pub fn on(board: Arc<Board>, start: Start) -> Result<Self, Error> {
        let choosing = Choosing::new(start, &board)?;
        Ok(Self { stage: Stage::Start(board, choosing), start: None })
    }

    /// Brings some of the points of a board that is given; those beyond its n are left out.
    ///
    /// # Errors
    /// [`Error::Coordinate`] for one that cannot be calculated with.
    pub fn add(&mut self, points: impl IntoIterator<Item = Point>) -> Result<(), Error> {
        if let Stage::Board(draft) = &mut self.stage { draft.add(points) } else { Ok(()) }
    }

    /// Does the next slice of the work; the run, before its first assign, when it was the last.
    ///
    /// It waits for given points that have not been added, and after the run or an error there is nothing left to do.
    ///
    /// # Errors
    /// Those of [`Board::draw`], [`Lloyd::seeded`] and [`Lloyd::from_centroids`].
    pub fn advance(&mut self) -> Result<Option<Lloyd>, Error> {
        let (run, next) = match &mut self.stage {
            Stage::Board(draft) => match (draft.advance(SLICE)?, self.start.take()) {
                (Some(board), Some(start)) => {
                    self.stage = Stage::Over;
                    (None, Self::on(Arc::new(board), start)?.stage)
                }
                (_, start) => {
                    self.start = start;
                    return Ok(None);
                }
            },
            Stage::Start(board, choosing) => {
                let Some(centroids) = choosing.advance(board)? else { return Ok(None) };
                (Some(Lloyd::starting(board.clone(), centroids)?), Stage::Over)
            }
            Stage::Over => return Ok(None),
        };
        self.stage = next;
        Ok(run)
    }

    /// About how much of the work is done, from 0 to 1.
    pub fn share(&self) -> f64 {
        match &self.stage {
            Stage::Board(draft) => BOARD_SHARE * draft.share(),
            Stage::Start(_, choosing) => BOARD_SHARE + (1.0 - BOARD_SHARE) * choosing.share(),
            Stage::Over => 1.0,
        }
    }
}
