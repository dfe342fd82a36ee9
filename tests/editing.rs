//! Changes by hand.

use kmeans_board::{Board, Bounds, Edit, Error, Lloyd, Phase, Point, Preset, Recipe, Seeding, UNASSIGNED};

mod common;

use common::validate;

fn run(n: usize, k: usize) -> Lloyd {
    let board = Board::draw(Recipe::new(Preset::Gauss, 7).with_n(n)).expect("a board");
    let mut lloyd = Lloyd::seeded(board, k, Seeding::KMeansPlusPlus, 7).expect("a start");
    lloyd.run(300);
    lloyd
}

const PLACE: Point = Point::new(0.25, -0.5);

#[test]
fn points_are_added_moved_and_removed_and_their_order_stays() {
    for n in [50, 3_000] {
        let before = run(n, 3);
        let points = before.board().points().to_vec();
        let after = |edit| before.edited(edit).expect("an edit").board().points().to_vec();
        assert_eq!(after(Edit::AddPoint(PLACE)), [points.as_slice(), &[PLACE]].concat());
        assert_eq!(after(Edit::MovePoint(4, PLACE)), [&points[..4], &[PLACE], &points[5..]].concat());
        assert_eq!(after(Edit::RemovePoint(4)), [&points[..4], &points[5..]].concat());
        assert_eq!(after(Edit::MoveCentroid(1, PLACE)), points);
        assert_eq!(before.board().points(), points, "the run before stays as it is");
        assert!(before.is_converged());
    }
}

#[test]
fn a_changed_board_starts_from_the_centroids_as_they_stand() {
    let before = run(200, 3);
    for edit in [Edit::AddPoint(PLACE), Edit::MovePoint(0, PLACE), Edit::RemovePoint(0)] {
        let mut after = before.edited(edit).expect("an edit");
        assert_eq!(after.centroids(), before.centroids());
        assert_eq!((after.iteration(), after.phase(), after.history().len()), (0, Phase::Update, 0));
        validate(&after, "an edited board");
        after.run(300);
        validate(&after, "an edited board, at the end");
    }
    let mut moved = before.edited(Edit::MoveCentroid(2, PLACE)).expect("an edit");
    assert_eq!(moved.centroids()[2], PLACE);
    assert_eq!(moved.centroids()[..2], before.centroids()[..2]);
    validate(&moved, "a moved centroid");
    moved.run(300);
    validate(&moved, "a moved centroid, at the end");
}

#[test]
fn a_moved_centroid_never_lowers_the_inertia_of_a_converged_run_of_one() {
    let before = run(200, 1);
    for step in -10..=10 {
        let to = Point::new(f64::from(step) / 10.0, 0.3);
        let moved = before.edited(Edit::MoveCentroid(0, to)).expect("an edit");
        assert!(moved.inertia() >= before.inertia());
    }
}

#[test]
fn points_without_labels_get_none() {
    let board = Board::draw(Recipe::new(Preset::Gauss, 7)).expect("a board");
    let before = Lloyd::seeded(board, 3, Seeding::Random, 7).expect("a start");
    let after = before.edited(Edit::AddPoint(PLACE)).expect("an edit");
    assert!(after.labels().iter().all(|label| *label == UNASSIGNED));
    assert_eq!(after.phase(), Phase::Assign);
}

#[test]
fn the_bounds_stay_unless_a_point_lies_outside() {
    let before = run(50, 3);
    let bounds = |point| before.edited(Edit::AddPoint(point)).expect("an edit").board().bounds();
    assert_eq!(bounds(Point::new(1.0, -1.0)), Bounds::SQUARE);
    let far = Point::new(3.0, 0.0);
    assert!(bounds(far).contains(far));
}

#[test]
fn an_edit_that_cannot_be_made_is_an_error() {
    let points = [0.0, 1.0, 1.0].map(|x| Point::new(x, 0.0)).to_vec();
    let board = Board::from_points(points).expect("a board");
    let lloyd = Lloyd::seeded(board, 2, Seeding::Random, 1).expect("a start");
    let refused = |edit| lloyd.edited(edit).expect_err("no edit");
    assert_eq!(refused(Edit::RemovePoint(0)), Error::TooFewDistinctPoints { distinct: 1, k: 2 });
    assert_eq!(
        refused(Edit::MovePoint(0, Point::new(1.0, 0.0))),
        Error::TooFewDistinctPoints { distinct: 1, k: 2 }
    );
    assert_eq!(refused(Edit::MovePoint(3, PLACE)), Error::Index { of: "point", index: 3, count: 3 });
    assert_eq!(refused(Edit::RemovePoint(9)), Error::Index { of: "point", index: 9, count: 3 });
    assert_eq!(refused(Edit::MoveCentroid(2, PLACE)), Error::Index { of: "centroid", index: 2, count: 2 });
    assert_eq!(refused(Edit::MovePoint(3, PLACE)).to_string(), "there is no point 3, the last is 2");
    let far = Point::new(0.0, f64::INFINITY);
    assert_eq!(
        refused(Edit::AddPoint(far)),
        Error::Coordinate { of: "point", index: 3, value: f64::INFINITY }
    );
    assert_eq!(
        refused(Edit::MoveCentroid(0, far)),
        Error::Coordinate { of: "centroid", index: 0, value: f64::INFINITY }
    );
    let one = Lloyd::seeded(Board::from_points(vec![PLACE]).expect("a board"), 1, Seeding::Random, 1);
    let last = one.expect("a start").edited(Edit::RemovePoint(0)).expect_err("no edit");
    assert_eq!(last, Error::PointCount { n: 0 });
}
