//! Many runs from one board, and the optima where they ended.

use std::sync::Arc;

use kmeans_board::{
    Board, End, Error, Lloyd, Optimum, Point, Preset, Recipe, Restarts, Seeding, Study, UNASSIGNED, restarts,
};

fn board(preset: Preset, seed: u32) -> Arc<Board> {
    Arc::new(Board::draw(Recipe::new(preset, seed)).expect("a board"))
}

/// The run that a seed starts, at its end.
fn alone(board: &Arc<Board>, k: usize, seeding: Seeding, seed: u32) -> Lloyd {
    let mut lloyd = Lloyd::seeded(board.clone(), k, seeding, seed).expect("a start");
    lloyd.run(300);
    lloyd
}

/// Labels by the order in which clusters first appear, so that equal partitions are equal.
fn relabelled(labels: &[u32]) -> Vec<usize> {
    let mut seen = Vec::new();
    let place = |label| {
        seen.iter().position(|known| *known == label).unwrap_or_else(|| {
            assert_ne!(label, UNASSIGNED);
            seen.push(label);
            seen.len() - 1
        })
    };
    labels.iter().copied().map(place).collect()
}

#[test]
fn each_run_is_the_one_that_its_seed_starts() {
    for n in [200, 3_000] {
        let board = Arc::new(Board::draw(Recipe::new(Preset::Peaked, 4).with_n(n)).expect("a board"));
        for info in Seeding::ALL {
            let runs = restarts(board.clone(), 5, info.seeding, 20, 7).expect("runs");
            let ends: Vec<_> = runs.ends().map(|end| (end.inertia, end.iterations as usize)).collect();
            let alone = |seed| {
                let run = alone(&board, 5, info.seeding, seed);
                (run.inertia(), run.iteration())
            };
            assert_eq!(ends, (7..27).map(alone).collect::<Vec<_>>(), "n = {n}, {}", info.name);
        }
    }
}

#[test]
fn runs_are_of_one_optimum_exactly_where_their_partitions_are_equal() {
    let board = board(Preset::Gauss, 54);
    let runs = restarts(board.clone(), 4, Seeding::Random, 60, 1).expect("runs");
    let ends: Vec<End> = runs.ends().collect();
    let partitions: Vec<_> =
        (1..61).map(|seed| relabelled(&alone(&board, 4, Seeding::Random, seed).labels())).collect();
    for i in 0..60 {
        for j in 0..i {
            let are_equal = ends[i].partition == ends[j].partition;
            assert_eq!(are_equal, partitions[i] == partitions[j], "runs {i} and {j}");
        }
    }
    let mut distinct = partitions.clone();
    distinct.sort();
    distinct.dedup();
    assert!(distinct.len() > 1, "a board that tells nothing");
    assert_eq!(runs.optima().len(), distinct.len());
}

#[test]
fn optima_are_sorted_counted_and_come_again_from_their_seeds() {
    let board = board(Preset::Peaked, 1792);
    let runs = restarts(board.clone(), 5, Seeding::Random, 300, u32::MAX - 100).expect("runs");
    let optima = runs.optima();
    assert!(optima.is_sorted_by_key(|optimum| optimum.inertia));
    assert_eq!(optima.iter().map(|optimum| optimum.runs).sum::<u32>(), 300);
    for Optimum { inertia, seed, centroids, partition, .. } in optima {
        let again = alone(&board, 5, Seeding::Random, *seed);
        assert_eq!((again.inertia(), again.centroids()), (*inertia, &centroids[..]));
        let first = runs.ends().position(|end| end.partition == *partition).expect("a run that ended in it");
        assert_eq!(seed.wrapping_sub(u32::MAX - 100) as usize, first, "the first of its runs");
    }
}

/// The state after its parts were done in some order, each by itself.
fn done_in(order: impl Iterator<Item = usize>, board: &Arc<Board>, mut runs: Restarts) -> Restarts {
    for part in order {
        let mut work = runs.part(board, part).expect("a part");
        let result = loop {
            if let Some(result) = work.advance().expect("a slice") {
                break result;
            }
        };
        let result: Vec<f64> = result.iter().map(|number| f64::from_bits(number.to_bits())).collect();
        runs.take(part, &result);
        runs.take(part, &result); // once more tells nothing new
    }
    runs
}

#[test]
fn the_order_of_the_parts_changes_nothing() {
    for (board, k) in [(board(Preset::Gauss, 3), 5), (board(Preset::Dense, 3), 3)] {
        let new = || Restarts::new(&board, k, Seeding::Random, 200, 9).expect("runs");
        let parts = new().parts();
        assert!(parts > 2);
        let forwards = done_in(0..parts, &board, new());
        assert_eq!(done_in((0..parts).rev(), &board, new()), forwards);
        assert_eq!(restarts(board, k, Seeding::Random, 200, 9).expect("runs"), forwards);
    }
}

#[test]
fn what_is_no_result_of_a_part_changes_nothing() {
    let board = board(Preset::Gauss, 3);
    let mut runs = Restarts::new(&board, 3, Seeding::Random, 2, 9).expect("runs");
    let untouched = runs.clone();
    for nonsense in
        [&[][..], &[1.0, 2.0], &[1.0, 2.0, 3.0, 4.0, 1.0, 0.0], &[1.0, 2.0, 3.0, 4.0, 0.0], &[f64::NAN; 4]]
    {
        runs.take(0, nonsense);
        runs.take(99, nonsense);
        assert_eq!(runs, untouched);
    }
}

#[test]
fn one_random_start_often_misses_the_best_and_careful_seeding_rarely_does() {
    let board = board(Preset::Peaked, 1792);
    let share = |seeding| restarts(board.clone(), 5, seeding, 200, 1).expect("runs").optima()[0].runs;
    let (random, careful) = (share(Seeding::Random), share(Seeding::GreedyKMeansPlusPlus));
    assert!((10..150).contains(&random), "{random} of 200 random starts find the best");
    assert!(careful > 180, "{careful} of 200 greedy k-means++ starts find the best");
}

#[test]
fn equal_points_make_no_difference_to_what_is_found() {
    let points = [(0.0, 0.0), (0.0, 0.0), (1.0, 0.0), (1.0, 0.0), (5.0, 5.0)].map(|(x, y)| Point::new(x, y));
    let board = Board::from_points(points.to_vec()).expect("a board");
    let runs = restarts(board, 3, Seeding::Random, 50, 0).expect("runs");
    let [best] = &runs.optima()[..] else { panic!("one optimum: {:?}", runs.optima()) };
    assert_eq!((best.inertia, best.runs), (0.0, 50));
}

#[test]
fn what_cannot_be_run_is_an_error() {
    let board = board(Preset::Uniform, 1);
    let of = |k, runs| restarts(board.clone(), k, Seeding::Maximin, runs, 0).map(drop);
    assert_eq!(of(0, 3), Err(Error::K { k: 0 }));
    assert_eq!(of(101, 3), Err(Error::TooFewDistinctPoints { distinct: 100, k: 101 }));
    assert_eq!(of(7, 0), Err(Error::Runs { runs: 0, most: 100_000 }));
    assert_eq!(of(7, 100_001), Err(Error::Runs { runs: 100_001, most: 100_000 }));
    assert_eq!(of(80, 50_001), Err(Error::Runs { runs: 50_001, most: 50_000 }));
}
