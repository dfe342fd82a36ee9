//! Many runs from one board.

use std::sync::Arc;

use kmeans_board::{Board, Error, Lloyd, Preset, Recipe, Run, Seeding, restarts};

#[test]
fn each_run_is_the_one_that_its_seed_starts() {
    for n in [200, 3_000] {
        let board = Arc::new(Board::draw(Recipe::new(Preset::Peaked, 4).with_n(n)).expect("a board"));
        for info in Seeding::ALL {
            let runs = restarts(&board, 5, info.seeding, 7..27).expect("runs");
            let alone = |seed| Lloyd::seeded(board.clone(), 5, info.seeding, seed).expect("a start").run(300);
            assert_eq!(runs, (7..27).map(alone).collect::<Vec<Run>>(), "n = {n}, {}", info.name);
        }
    }
}

#[test]
fn different_seeds_end_in_different_places() {
    let board = Arc::new(Board::draw(Recipe::new(Preset::Peaked, 1792)).expect("a board"));
    let runs = restarts(&board, 5, Seeding::Random, 0..100).expect("runs");
    let best = runs.iter().map(|run| run.inertia).fold(f64::INFINITY, f64::min);
    let found = runs.iter().filter(|run| run.inertia < best * 1.001).count();
    assert!((5..95).contains(&found), "{found} of 100 runs find the best");
    assert!(runs.iter().all(|run| run.converged));
}

#[test]
fn what_cannot_be_run_is_an_error() {
    let board = Arc::new(Board::draw(Recipe::new(Preset::Uniform, 1)).expect("a board"));
    assert_eq!(restarts(&board, 0, Seeding::Random, 0..3), Err(Error::K { k: 0 }));
    let too_many = Error::TooFewDistinctPoints { distinct: 100, k: 101 };
    assert_eq!(restarts(&board, 101, Seeding::Maximin, 0..3), Err(too_many));
    assert_eq!(restarts(&board, 101, Seeding::Random, 0..0), Ok(Vec::new()));
}
