//! Seeding, slowly: it is the seeding, and it tells what was drawn.

mod common;

use std::sync::Arc;

use common::{board, distance_squared, drawn, nasty_boards, places};
use kmeans_board::{Board, Candidate, Error, Point, Preset, Seeding, SlowSeeding};

const ONE_BY_ONE: [Seeding; 3] = [Seeding::Maximin, Seeding::KMeansPlusPlus, Seeding::GreedyKMeansPlusPlus];

/// Boards of all kinds, also one that the index has in another order, and how many clusters each can have.
fn boards() -> Vec<(&'static str, Arc<Board>, usize)> {
    let nasty = nasty_boards(60).into_iter().map(|(name, places)| (name, board(&places)));
    let large = drawn(Preset::Gauss, 5_000, 4).expect("a board");
    let boards = nasty.chain([("large", large)]);
    boards
        .map(|(name, board)| (name, Arc::new(board)))
        .map(|(name, board)| {
            let most = board.distinct_points(12);
            (name, board, most)
        })
        .collect()
}

/// Calls with every state of every seeding of every board.
fn each_state(mut look: impl FnMut(&SlowSeeding, &str)) {
    for (name, board, k) in boards() {
        for seeding in ONE_BY_ONE {
            for seed in 0..3 {
                let what = format!("{name}, {seeding:?}, k = {k}, seed {seed}");
                let mut slowly = SlowSeeding::new(board.clone(), k, seeding, seed).expect(name);
                look(&slowly, &what);
                while slowly.advance().expect(name) {
                    look(&slowly, &what);
                }
            }
        }
    }
}

/// D² of each point, in plain loops; 1 without centroids.
fn weights(board: &Board, centroids: &[Point]) -> Vec<f64> {
    let d = |point| centroids.iter().map(|c| c.distance_squared(point)).fold(f64::INFINITY, f64::min);
    let all = board.points().iter().map(|&point| if centroids.is_empty() { 1.0 } else { d(point) });
    all.collect()
}

fn is_about(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * b.abs().max(f64::MIN_POSITIVE)
}

#[test]
fn slowly_is_the_same_seeding_to_the_bit() {
    let board = Arc::new(drawn(Preset::Peaked, 40_000, 9).expect("a board"));
    let large = [3, 30].map(|k| ("very large", board.clone(), k));
    for (name, board, most) in boards().into_iter().chain(large) {
        for seeding in ONE_BY_ONE {
            for k in [1, 2, most].into_iter().filter(|&k| k <= most) {
                for seed in [0, 7, u32::MAX] {
                    let mut slowly = SlowSeeding::new(board.clone(), k, seeding, seed).expect(name);
                    let quickly = seeding.centroids(&board, k, seed).expect(name);
                    for count in 0..k {
                        assert_eq!(slowly.centroids(), &quickly[..count], "{name}, {seeding:?}, seed {seed}");
                        assert!(slowly.advance().expect(name));
                    }
                    assert!(!slowly.advance().expect(name), "there are k");
                    assert_eq!(slowly.centroids(), quickly, "{name}, {seeding:?}, k = {k}, seed {seed}");
                }
            }
        }
    }
}

#[test]
fn weights_are_squared_distances_before_and_after_the_last_centroid() {
    each_state(|slowly, what| {
        let (board, centroids) = (slowly.board(), slowly.centroids());
        let before = &centroids[..centroids.len().saturating_sub(1)];
        assert_eq!(slowly.weights(), weights(board, before), "{what}");
        assert_eq!(slowly.weights_after(), weights(board, centroids), "{what}");
        if before.is_empty() {
            assert!(slowly.inertia_before().is_nan(), "{what}");
        } else {
            assert!(is_about(slowly.inertia_before(), slowly.weights().iter().sum()), "{what}");
        }
        if centroids.is_empty() {
            assert!(slowly.inertia().is_nan() && slowly.candidates().is_empty() && slowly.taken().is_none());
        } else {
            assert!(is_about(slowly.inertia(), slowly.weights_after().iter().sum()), "{what}");
        }
    });
}

#[test]
fn a_candidates_share_is_that_of_its_weight() {
    each_state(|slowly, what| {
        let weights = slowly.weights();
        let all: f64 = weights.iter().sum();
        for Candidate { point, share: [begin, end], .. } in slowly.candidates() {
            assert!((0.0..=1.0).contains(begin) && *end <= 1.0 + 1e-12, "{what}: {begin} to {end}");
            let weight = weights[*point] / all;
            assert!((end - begin - weight).abs() < 1e-12, "{what}: {begin} to {end}, not {weight}");
        }
    });
}

/// On a small board the weights are side by side in its own order: the naive way to draw finds the same points.
#[test]
fn the_number_drawn_falls_on_the_candidate() {
    let mut numbers = 0;
    each_state(|slowly, what| {
        let weights = slowly.weights();
        let all: f64 = weights.iter().sum();
        for candidate in slowly.candidates() {
            let Some(number) = candidate.drawn else { continue };
            let [begin, end] = candidate.share;
            assert!(begin <= number && number < end, "{what}: {number} is not from {begin} to {end}");
            assert!((0.0..1.0).contains(&number));
            numbers += 1;
            if weights.len() <= 256 {
                let mut cumulative = 0.0;
                let at = weights.iter().position(|weight| {
                    cumulative += weight / all;
                    cumulative > number
                });
                let [naive, own] =
                    [at.expect("below 1"), candidate.point].map(|i| slowly.board().points()[i]);
                assert!(naive == own || (cumulative - number).abs() < 1e-12, "{what}: {naive:?}, {own:?}");
            }
        }
    });
    assert!(numbers > 1_000, "{numbers}");
}

#[test]
fn greedy_takes_the_candidate_that_leaves_least() {
    for (name, board, k) in boards() {
        for seed in 0..5 {
            let mut slowly =
                SlowSeeding::new(board.clone(), k, Seeding::GreedyKMeansPlusPlus, seed).expect(name);
            while slowly.advance().expect(name) {
                let count = slowly.centroids().len();
                let (candidates, weights) = (slowly.candidates(), slowly.weights());
                let expected = if count == 1 { 1 } else { 2 + (k as f64).ln().floor() as usize };
                assert!(count == 1 || slowly.draws() == expected, "{name}");
                assert_eq!(candidates.len(), expected, "{name}, k = {k}");
                let least = candidates.iter().map(|each| each.inertia).fold(f64::INFINITY, f64::min);
                let first = candidates.iter().find(|each| each.inertia == least);
                assert_eq!(slowly.taken(), first, "{name}, seed {seed}, centroid {count}");
                assert_eq!(slowly.inertia(), least);
                for candidate in candidates.iter().filter(|_| count > 1) {
                    let own = places(board.points())[candidate.point];
                    let each = places(board.points()).into_iter().zip(&weights);
                    let left: f64 = each.map(|(place, d)| distance_squared(place, own).min(*d)).sum();
                    assert!(is_about(candidate.inertia, left), "{name}: {} and {left}", candidate.inertia);
                }
            }
        }
    }
}

#[test]
fn the_first_centroid_and_those_of_maximin_are_found_without_a_number() {
    each_state(|slowly, what| {
        let Some(taken) = slowly.taken() else { return };
        assert_eq!(slowly.board().points()[taken.point], *slowly.centroids().last().expect("one"), "{what}");
        let has_number = slowly.seeding() != Seeding::Maximin && slowly.centroids().len() > 1;
        assert!(slowly.candidates().iter().all(|each| each.drawn.is_some() == has_number), "{what}");
        if slowly.seeding() == Seeding::Maximin {
            let weights = slowly.weights();
            assert!(weights.iter().all(|weight| *weight <= weights[taken.point]), "{what}");
        }
    });
}

/// All that a seeding shows.
fn shown(slowly: &SlowSeeding) -> String {
    let all = (slowly.centroids(), slowly.candidates(), slowly.taken(), slowly.weights());
    format!("{all:?} {:?} {}", slowly.weights_after(), slowly.inertia())
}

#[test]
fn back_is_exactly_how_it_stood_and_leads_on_as_before() {
    for (name, board, k) in boards() {
        for seeding in ONE_BY_ONE {
            let mut slowly = SlowSeeding::new(board.clone(), k, seeding, 3).expect(name);
            let mut past = vec![shown(&slowly)];
            while slowly.advance().expect(name) {
                past.push(shown(&slowly));
            }
            for i in (0..k).rev() {
                assert!(slowly.back().expect(name));
                assert_eq!(shown(&slowly), past[i], "{name}, {seeding:?}, back to {i}");
            }
            assert!(!slowly.back().expect(name), "there is nothing before");
            for state in &past[1..] {
                slowly.advance().expect(name);
                assert_eq!(&shown(&slowly), state, "{name}, {seeding:?}");
            }
        }
    }
}

#[test]
fn seedings_that_choose_all_at_once_are_an_error_that_says_so() {
    let board = Arc::new(drawn(Preset::Uniform, 50, 1).expect("a board"));
    for seeding in [Seeding::Random, Seeding::Partition] {
        let error = SlowSeeding::new(board.clone(), 3, seeding, 1).err().expect("all at once");
        assert_eq!(error.code(), "unknown-name");
        let message = format!(
            "there is no one-by-one seeding called \"{}\", there are maximin, k-means++, greedy-k-means++",
            seeding.info().name
        );
        assert_eq!(error.to_string(), message);
    }
    let error = SlowSeeding::new(board, 51, Seeding::Maximin, 1).err().expect("too many");
    assert_eq!(error, Error::TooFewDistinctPoints { distinct: 50, k: 51 });
}
