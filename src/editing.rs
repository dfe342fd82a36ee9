//! Changes by hand: points added, moved and removed, centroids moved.

use std::sync::Arc;

use crate::error::Error;
use crate::lloyd::Lloyd;
use crate::point::Point;

/// A change by hand to the points of a board, or to the centroids of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Edit {
    /// One more point, after all others.
    AddPoint(Point),
    /// The point of an index somewhere else.
    MovePoint(usize, Point),
    /// The point of an index no more; those after it move up by one.
    RemovePoint(usize),
    /// The centroid of an index somewhere else.
    MoveCentroid(usize, Point),
}

impl Lloyd {
    /// A new run after a change by hand, from the centroids as they stand; this one stays as it is.
    ///
    /// Where points had labels, each is given to its nearest centroid at once, so that the inertia tells what the change
    /// was worth; where they had none, they still have none. Nothing is left of the iterations before. The bounds stay
    /// unless a point lies outside of them.
    ///
    /// # Errors
    /// [`Error::Index`] where there is no such point or centroid, [`Error::Coordinate`] for one that cannot be calculated
    /// with, [`Error::PointCount`] for one point too many or the last one removed, [`Error::TooFewDistinctPoints`] when
    /// fewer than k would be left, [`Error::Memory`] when there is none.
    ///
    /// ```
    /// use kmeans_board::{Board, Edit, Lloyd, Point, Preset, Recipe, Seeding};
    ///
    /// let board = Board::draw(Recipe::new(Preset::Gauss, 7))?;
    /// let mut lloyd = Lloyd::seeded(board, 3, Seeding::KMeansPlusPlus, 7)?;
    /// let best = lloyd.run(300).inertia;
    /// let mut moved = lloyd.edited(Edit::MoveCentroid(0, Point::new(0.0, 0.0)))?;
    /// assert!(moved.inertia() > best);
    /// moved.run(300);
    /// # Ok::<(), kmeans_board::Error>(())
    /// ```
    pub fn edited(&self, edit: Edit) -> Result<Self, Error> {
        let mut board = self.board().clone();
        let mut centroids = self.centroids().to_vec();
        if let Edit::MoveCentroid(j, to) = edit {
            *entry("centroid", &mut centroids, j)? = to;
        } else {
            board = Arc::new(board.with_points(edited(board.points(), edit)?)?);
        }
        let mut lloyd = Self::from_centroids(board, centroids)?;
        if self.assigned().is_some() {
            lloyd.assign();
        }
        Ok(lloyd)
    }
}

/// The points after a change to one of them.
fn edited(points: &[Point], edit: Edit) -> Result<Vec<Point>, Error> {
    let mut points = points.to_vec();
    match edit {
        Edit::AddPoint(point) => points.push(point),
        Edit::MovePoint(i, to) => *entry("point", &mut points, i)? = to,
        Edit::RemovePoint(i) => {
            entry("point", &mut points, i)?;
            points.remove(i);
        }
        Edit::MoveCentroid(..) => {}
    }
    Ok(points)
}

fn entry<'a>(of: &'static str, points: &'a mut [Point], index: usize) -> Result<&'a mut Point, Error> {
    let count = points.len();
    points.get_mut(index).ok_or(Error::Index { of, index, count })
}
