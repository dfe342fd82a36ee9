//! The seedings: points that they choose, how often, and what they refuse.

mod common;

use std::sync::Arc;

use common::{Place, board, drawn, nasty_boards, places};
use kmeans_board::{Board, Error, Lloyd, MAX_K, Point, Preset, Recipe, Seeding};

/// The seedings that begin on points of the board.
const ON_POINTS: [Seeding; 4] =
    [Seeding::Random, Seeding::Maximin, Seeding::KMeansPlusPlus, Seeding::GreedyKMeansPlusPlus];

/// Five places, no two distances alike.
const FIVE: [Place; 5] = [(0.0, 0.0), (1.0, 0.0), (0.0, 2.0), (3.5, 3.0), (-1.0, -2.5)];

/// The index on the board of each centroid.
fn indices(board: &Board, centroids: &[Point]) -> Vec<usize> {
    let index_of = |centroid| board.points().iter().position(|point| point == centroid);
    centroids.iter().map(|centroid| index_of(centroid).expect("a point of the board")).collect()
}

#[test]
fn seedings_choose_distinct_points_of_the_board() {
    for (name, base) in nasty_boards(60) {
        let board = board(&base);
        for seeding in ON_POINTS {
            for k in [1, 2, 3, 8, 12, 60].into_iter().filter(|&k| board.distinct_points(k) == k) {
                for seed in 0..10 {
                    let centroids = seeding.centroids(&board, k, seed).expect(name);
                    let mut chosen = indices(&board, &centroids);
                    chosen.sort_unstable();
                    chosen.dedup();
                    assert_eq!(chosen.len(), k, "{name}, {seeding:?}, k = {k}, seed {seed}");
                }
            }
        }
    }
}

/// A point whose D² is 0 equals a chosen one, so that it would be chosen twice.
#[test]
fn k_means_plus_plus_never_draws_a_point_at_no_distance() {
    let mut places = vec![(0.25, 0.25); 500];
    places.extend([(0.25, 0.250_000_000_1), (0.7, 0.1), (-0.3, 0.9)]);
    let board = board(&places);
    for seeding in [Seeding::KMeansPlusPlus, Seeding::GreedyKMeansPlusPlus] {
        for seed in 0..200 {
            let centroids = seeding.centroids(&board, 4, seed).expect("four distinct points");
            let copies = centroids.iter().filter(|c| **c == Point::new(0.25, 0.25)).count();
            assert_eq!(copies, 1, "{seeding:?}, seed {seed}: {centroids:?}");
        }
    }
}

/// Pearson's χ² of counts against what was expected.
fn chi_squared(counts: &[f64], expected: &[f64]) -> f64 {
    counts.iter().zip(expected).map(|(count, e)| (count - e).powi(2) / e).sum()
}

/// How often each ordered pair of points was chosen over many seeds, at 5 · first + second.
fn pair_counts(seeding: Seeding, seeds: u32) -> Vec<f64> {
    let board = board(&FIVE);
    let mut counts = vec![0.0; 25];
    for seed in 0..seeds {
        let centroids = seeding.centroids(&board, 2, seed).expect("two distinct points");
        let chosen = indices(&board, &centroids);
        counts[5 * chosen[0] + chosen[1]] += 1.0;
    }
    counts
}

/// Without the diagonal, where nothing is expected.
fn off_diagonal(values: &[f64]) -> Vec<f64> {
    let kept = values.iter().enumerate().filter(|(pair, _)| pair / 5 != pair % 5);
    kept.map(|(_, value)| *value).collect()
}

/// The 99.9 % quantile of χ² with 19 degrees of freedom.
const CHI_SQUARED_19: f64 = 43.82;

fn d_squared_expectation(seeds: u32) -> Vec<f64> {
    let d = |a: usize, b: usize| common::distance_squared(FIVE[a], FIVE[b]);
    let share = |a: usize, b: usize| d(a, b) / (0..5).map(|c| d(a, c)).sum::<f64>();
    (0..25).map(|pair| f64::from(seeds) / 5.0 * share(pair / 5, pair % 5)).collect()
}

#[test]
fn k_means_plus_plus_draws_in_proportion_to_the_squared_distance() {
    let seeds = 20_000;
    let counts = pair_counts(Seeding::KMeansPlusPlus, seeds);
    let expected = d_squared_expectation(seeds);
    let chi_squared = chi_squared(&off_diagonal(&counts), &off_diagonal(&expected));
    assert!(chi_squared < CHI_SQUARED_19, "χ² = {chi_squared}: {counts:?}, expected {expected:?}");
}

/// The test above would see it if the weights were something else.
#[test]
fn other_weights_than_the_squared_distance_would_be_noticed() {
    let seeds = 20_000;
    let counts = off_diagonal(&pair_counts(Seeding::Random, seeds));
    assert!(chi_squared(&counts, &off_diagonal(&d_squared_expectation(seeds))) > 10.0 * CHI_SQUARED_19);
}

#[test]
fn random_chooses_every_pair_equally_often() {
    let seeds = 20_000;
    let counts = off_diagonal(&pair_counts(Seeding::Random, seeds));
    let chi_squared = chi_squared(&counts, &[f64::from(seeds) / 20.0; 20]);
    assert!(chi_squared < CHI_SQUARED_19, "χ² = {chi_squared}: {counts:?}");
}

#[test]
fn the_first_centroid_is_any_point_equally_often() {
    // The 99.9 % quantile of χ² with 99 degrees of freedom.
    const LIMIT: f64 = 148.23;
    let board = drawn(Preset::Uniform, 100, 3).expect("a board");
    for seeding in ON_POINTS {
        let mut counts = vec![0.0; 100];
        for seed in 0..10_000 {
            let centroids = seeding.centroids(&board, 1, seed).expect("a point");
            counts[indices(&board, &centroids)[0]] += 1.0;
        }
        let chi_squared = chi_squared(&counts, &[100.0; 100]);
        assert!(chi_squared < LIMIT, "{seeding:?}: χ² = {chi_squared}");
    }
}

#[test]
fn maximin_is_farthest_first() {
    for (name, base) in nasty_boards(60) {
        let board = board(&base);
        let k = board.distinct_points(12);
        for seed in 0..5 {
            let chosen = places(&Seeding::Maximin.centroids(&board, k, seed).expect(name));
            assert_eq!(chosen, farthest_first(&places(board.points()), chosen[0], k), "{name}, seed {seed}");
        }
    }
}

/// From a first place on: always the one farthest from those chosen, the lowest index among equals.
fn farthest_first(places: &[Place], first: Place, k: usize) -> Vec<Place> {
    let mut chosen = vec![first];
    while chosen.len() < k {
        let distance = |place: Place| {
            chosen.iter().map(|&c| common::distance_squared(place, c)).fold(f64::INFINITY, f64::min)
        };
        let mut farthest = places[0];
        for &place in places {
            if distance(place) > distance(farthest) {
                farthest = place;
            }
        }
        chosen.push(farthest);
    }
    chosen
}

#[test]
fn partition_starts_from_means() {
    for (name, base) in nasty_boards(60) {
        let board = board(&base);
        let bounds = board.bounds();
        for k in [1, 2, 3, 8].into_iter().filter(|&k| board.distinct_points(k) == k) {
            for seed in 0..10 {
                let centroids = Seeding::Partition.centroids(&board, k, seed).expect(name);
                assert_eq!(centroids.len(), k, "{name}");
                assert!(centroids.iter().all(|c| bounds.contains(*c)), "{name}, k = {k}: {centroids:?}");
            }
        }
    }
}

#[test]
fn a_partition_into_one_is_the_mean() {
    let centroids = Seeding::Partition.centroids(&board(&FIVE), 1, 9).expect("k = 1");
    assert!(centroids[0].distance(Point::new(0.7, 0.5)) < 1e-15, "{centroids:?}");
}

#[test]
fn a_partition_of_n_points_into_n_is_the_points() {
    let board = board(&FIVE);
    for seed in 0..50 {
        let mut chosen =
            indices(&board, &Seeding::Partition.centroids(&board, 5, seed).expect("five distinct points"));
        chosen.sort_unstable();
        assert_eq!(chosen, [0, 1, 2, 3, 4]);
    }
}

/// Random labels make means near the mean of all: that is what distinguishes this seeding on a large board.
#[test]
fn a_partition_crowds_around_the_mean() {
    let board = drawn(Preset::Uniform, 3000, 1).expect("a board");
    for seed in 0..20 {
        let centroids = Seeding::Partition.centroids(&board, 3, seed).expect("k = 3");
        assert!(centroids.iter().all(|c| c.distance(Point::default()) < 0.12), "{centroids:?}");
        assert!(centroids[0] != centroids[1] && centroids[1] != centroids[2]);
    }
}

/// The average inertia of the first assign over many seeds.
fn average_inertia(board: &Arc<Board>, k: usize, seeding: Seeding) -> f64 {
    let inertia = |seed| Lloyd::seeded(board.clone(), k, seeding, seed).expect("a start").assign().inertia;
    (0..200).map(inertia).sum::<f64>() / 200.0
}

#[test]
fn careful_seeding_lowers_the_inertia() {
    for (preset, k) in [(Preset::Peaked, 5), (Preset::Gauss, 8), (Preset::Uniform, 7)] {
        let board = Arc::new(drawn(preset, 200, 11).expect("a board"));
        let average = |seeding| average_inertia(&board, k, seeding);
        let (random, plain) = (average(Seeding::Random), average(Seeding::KMeansPlusPlus));
        let greedy = average(Seeding::GreedyKMeansPlusPlus);
        assert!(plain < random, "{preset:?}: {plain} against {random}");
        assert!(greedy < 0.95 * plain, "{preset:?}: {greedy} against {plain}");
    }
}

#[test]
fn the_same_seed_is_the_same_start_and_others_differ() {
    let board = drawn(Preset::Uniform, 1000, 1).expect("a board");
    for info in Seeding::ALL {
        let start = |seed| info.seeding.centroids(&board, 5, seed).expect(info.name);
        for seed in [0, 1, 7, u32::MAX] {
            assert_eq!(start(seed), start(seed), "{}", info.name);
            assert_ne!(start(seed), start(seed.wrapping_add(1)), "{}", info.name);
        }
    }
}

#[test]
fn the_board_and_the_seeding_of_one_seed_have_nothing_in_common() {
    // The board's first point would always be the first centroid, or never, if both read the same numbers.
    let firsts = (0..400).filter(|&seed| {
        let board = drawn(Preset::Uniform, 10, seed).expect("a board");
        Seeding::Random.centroids(&board, 1, seed).expect("k = 1")[0] == board.points()[0]
    });
    let count = firsts.count();
    assert!((20..=62).contains(&count), "{count} of 400");
}

#[test]
fn equal_points_do_not_panic() {
    for copies in [1, 2, 1000] {
        let three = board(&[(0.1, 0.2), (0.1, 0.3), (0.2, 0.2)].repeat(copies));
        let one = board(&vec![(1e9, -1e-9); copies]);
        for info in Seeding::ALL {
            for seed in 0..20 {
                assert_eq!(info.seeding.centroids(&three, 3, seed).expect(info.name).len(), 3);
                let centroid = info.seeding.centroids(&one, 1, seed).expect(info.name)[0];
                assert!(centroid.distance(one.points()[0]) < 1e-3, "{}: {centroid:?}", info.name);
            }
        }
    }
}

#[test]
fn the_most_clusters_can_be_sought() {
    let board = drawn(Preset::Uniform, MAX_K, 1).expect("a board");
    for info in Seeding::ALL {
        assert_eq!(info.seeding.centroids(&board, MAX_K, 1).expect(info.name).len(), MAX_K);
    }
}

#[test]
fn a_k_out_of_its_limits_is_an_error() {
    let board = drawn(Preset::Uniform, 2000, 1).expect("a board");
    for info in Seeding::ALL {
        for k in [0, MAX_K + 1, 1 << 40] {
            let error = info.seeding.centroids(&board, k, 1).expect_err("out of limits");
            assert_eq!(error, Error::K { k });
            assert_eq!(error.code(), "k");
            assert_eq!(error.to_string(), format!("k must be from 1 to 1024, not {k}"));
        }
    }
}

#[test]
fn fewer_distinct_points_than_k_is_an_error_that_names_both() {
    let board = board(&[(0.1, 0.2), (0.1, 0.3), (0.2, 0.2)].repeat(40));
    for info in Seeding::ALL {
        let error = info.seeding.centroids(&board, 5, 1).expect_err("three distinct points");
        assert_eq!(error, Error::TooFewDistinctPoints { distinct: 3, k: 5 });
        assert_eq!(error.code(), "too-few-distinct-points");
        assert_eq!(
            error.to_string(),
            "k must be from 1 to 3, as many distinct points as the board has, not 5"
        );
        let error = Lloyd::seeded(board.clone(), 4, info.seeding, 1).expect_err("three distinct points");
        assert_eq!(error, Error::TooFewDistinctPoints { distinct: 3, k: 4 });
    }
}

#[test]
fn zero_and_minus_zero_are_one_place() {
    let board = board(&[(0.0, 1.0), (-0.0, 1.0)]);
    let error = Seeding::Random.centroids(&board, 2, 1).expect_err("one distinct point");
    assert_eq!(error, Error::TooFewDistinctPoints { distinct: 1, k: 2 });
}

#[test]
fn seedings_are_found_by_their_names() {
    let names = ["random", "partition", "maximin", "k-means++", "greedy-k-means++"];
    assert_eq!(Seeding::ALL.iter().map(|info| info.name).collect::<Vec<_>>(), names);
    for info in Seeding::ALL {
        assert_eq!(info.name.parse(), Ok(info.seeding));
        assert_eq!(info.seeding.info().name, info.name);
        assert!(info.sentence.ends_with('.'));
    }
    for name in ["", "Random", "kmeans++", " random"] {
        let error = name.parse::<Seeding>().expect_err("no seeding");
        assert_eq!(error.code(), "unknown-name");
        let message = format!("there is no seeding called \"{name}\", there are {}", names.join(", "));
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn a_start_does_not_depend_on_how_the_board_was_made() {
    let drawn = Board::draw(Recipe::new(Preset::Gauss, 3)).expect("a board");
    let given = Board::from_points(drawn.points().to_vec()).expect("a board");
    for info in Seeding::ALL {
        assert_eq!(info.seeding.centroids(&drawn, 4, 8), info.seeding.centroids(&given, 4, 8));
    }
}
