//! Boards and starts made in slices: the same as at once.

use std::sync::Arc;

use kmeans_board::{Board, Error, Lloyd, Opening, Point, Preset, Recipe, Seeding, Start};

/// Enough for several slices of everything.
const MANY: usize = 150_000;

/// What comes out, after how many slices; what it says of the work done never goes back.
fn finish(mut opening: Opening) -> Result<(Lloyd, usize), Error> {
    let mut slices = 1;
    loop {
        let share = opening.share();
        assert!((0.0..=1.0).contains(&share), "{share} of the work");
        if let Some(lloyd) = opening.advance()? {
            return Ok((lloyd, slices));
        }
        assert!(opening.share() >= share, "{share} and then {}", opening.share());
        slices += 1;
    }
}

fn assert_same(sliced: &Lloyd, at_once: &Lloyd, what: &str) {
    assert!(sliced.board() == at_once.board(), "{what}: the boards differ");
    assert_eq!(sliced.centroids(), at_once.centroids(), "{what}");
    let (mut sliced, mut at_once) = (sliced.clone(), at_once.clone());
    for _ in 0..3 {
        assert_eq!(sliced.step(), at_once.step(), "{what}");
    }
    assert!(sliced.labels() == at_once.labels(), "{what}: the labels differ");
}

#[test]
fn every_preset_in_slices_is_the_preset_at_once() -> Result<(), Error> {
    for (info, n) in Preset::ALL.iter().flat_map(|info| [(info, 500), (info, MANY)]) {
        let recipe = Recipe::new(info.preset, 7).with_n(n).with_clusters(4);
        let start = Start::Seeded { k: 5, seeding: Seeding::KMeansPlusPlus, seed: 7 };
        let (sliced, slices) = finish(Opening::drawn(recipe, start)?)?;
        let at_once = Lloyd::seeded(Board::draw(recipe)?, 5, Seeding::KMeansPlusPlus, 7)?;
        assert_same(&sliced, &at_once, info.name);
        assert_eq!(sliced.board().points().len(), n);
        assert!(n < MANY || slices > 6, "{} was made in {slices} slices", info.name);
    }
    Ok(())
}

#[test]
fn every_seeding_in_slices_is_the_seeding_at_once() -> Result<(), Error> {
    let board = Arc::new(Board::draw(Recipe::new(Preset::Gauss, 3).with_n(MANY))?);
    for info in Seeding::ALL {
        let start = Start::Seeded { k: 20, seeding: info.seeding, seed: 5 };
        let (sliced, _) = finish(Opening::on(board.clone(), start)?)?;
        assert_same(&sliced, &Lloyd::seeded(board.clone(), 20, info.seeding, 5)?, info.name);
    }
    Ok(())
}

#[test]
fn given_points_may_come_in_pieces() -> Result<(), Error> {
    let board = Board::draw(Recipe::new(Preset::Rings, 9).with_n(MANY))?;
    let start: Vec<Point> = board.points()[..6].to_vec();
    let mut opening = Opening::given(MANY, Start::Given(start.clone()))?;
    for piece in board.points().chunks(70_001) {
        opening.add(piece.iter().copied())?;
        // Nothing to do before all are there.
        assert!(opening.advance()?.is_none() || opening.share() > 0.5);
    }
    opening.add([Point::new(7.0, 7.0)])?; // one too many
    let (sliced, _) = finish(opening)?;
    let at_once = Lloyd::from_centroids(Board::from_points(board.points().to_vec())?, start)?;
    assert_same(&sliced, &at_once, "given points");
    Ok(())
}

#[test]
fn what_is_wrong_is_said_as_it_is_at_once() -> Result<(), Error> {
    let start = |k| Start::Seeded { k, seeding: Seeding::Random, seed: 1 };
    assert_eq!(Opening::given(0, start(1)).err(), Some(Error::PointCount { n: 0 }));
    let recipe = Recipe::new(Preset::Uniform, 1).with_n(5).with_clusters(5);
    assert_eq!(finish(Opening::drawn(recipe, start(0))?).err(), Some(Error::K { k: 0 }));
    let too_few = Error::TooFewDistinctPoints { distinct: 5, k: 6 };
    assert_eq!(finish(Opening::drawn(recipe, start(6))?).err(), Some(too_few));
    let mut opening = Opening::given(3, start(1))?;
    opening.add([Point::new(1.0, 2.0)])?;
    let wrong = opening.add([Point::new(1.0, f64::INFINITY)]).err();
    assert_eq!(wrong, Some(Error::Coordinate { of: "point", index: 1, value: f64::INFINITY }));
    let far = Start::Given(vec![Point::new(0.0, 0.0), Point::new(2e150, 0.0)]);
    let wrong = finish(Opening::drawn(recipe, far)?).err();
    assert_eq!(wrong, Some(Error::Coordinate { of: "centroid", index: 1, value: 2e150 }));
    Ok(())
}
