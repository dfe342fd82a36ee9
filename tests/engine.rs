//! The fast engine against the naive twin, on boards that are large enough for its tree and nasty.

mod common;

use std::sync::Arc;

use common::{Place, agrees_with_naive, board, points};
use kmeans_board::{Board, Lloyd, Point, Preset, Recipe, Seeding};
use proptest::prelude::*;

/// Enough for a tree of several levels.
const N: usize = 3_000;

/// A small generator of the tests' own: the values are in no pattern that the engine could know.
fn scattered(n: usize) -> impl Iterator<Item = Place> {
    let fraction = |i: usize, factor: f64| ((i as f64 + 0.5) * factor).fract() * 2.0 - 1.0;
    (0..n).map(move |i| (fraction(i, 0.754_877_666_246_692_7), fraction(i, 0.569_840_290_998_053_2)))
}

fn lattice(side: usize) -> Vec<Place> {
    (0..side * side).map(|i| ((i % side) as f64, (i / side) as f64)).collect()
}

/// Boards on which rounding, ties or empty space could lead astray.
fn nasty_boards() -> Vec<(&'static str, Vec<Place>)> {
    let clump = |x: f64, y: f64, size: f64| {
        scattered(N / 2).map(move |(dx, dy)| (x + dx * size, y + dy * size)).collect::<Vec<_>>()
    };
    let nested = (0..N as i32).map(|i| (0.5_f64.powi(i % 50), f64::from(i / 50))).collect();
    vec![
        ("scattered", scattered(N).collect()),
        ("a lattice full of ties", lattice(55)),
        ("a lattice, each point thrice", lattice(32).repeat(3)),
        (
            "all points equal but two",
            [(0.3, 0.7)].repeat(N).into_iter().chain([(0.0, 0.1), (9.0, 9.0)]).collect(),
        ),
        ("two clumps 1e9 apart", [clump(0.0, 0.0, 1.0), clump(1e9, 0.0, 1.0)].concat()),
        ("a clump within a clump", [clump(0.0, 0.0, 1.0), clump(0.2, 0.2, 1e-9)].concat()),
        ("upright", (0..N).map(|i| (0.1, i as f64)).collect()),
        ("slanted", (0..N).map(|i| (0.1 * i as f64, 0.3 * i as f64)).collect()),
        ("halved again and again", nested),
        ("far from the origin", clump(1e6, -1e6, 1.0)),
        ("tight clumps", [clump(0.0, 0.0, 1e-3), clump(1e9, 0.0, 1e-3), clump(3e8, 1e8, 1e-3)].concat()),
    ]
}

fn starts(board: &Arc<Board>, k: usize) -> Vec<(String, Lloyd)> {
    let seeded = [Seeding::Random, Seeding::Partition].map(|seeding| {
        (seeding.info().name.to_owned(), Lloyd::seeded(board.clone(), k, seeding, 5).expect("a start"))
    });
    let place = |i: usize| board.points()[(i * 7919) % board.points().len()];
    let same = vec![place(1); k];
    let pairs: Vec<Point> = (0..k).map(|j| place(j / 2)).collect();
    let between: Vec<Point> = (0..k).map(|j| place(j).towards(place(j + 1), 0.5)).collect();
    let far = (0..k).map(|j| Point::new(1e12 * (j as f64 - 0.5), 3e11)).collect();
    let given = [("all in one", same), ("in pairs", pairs), ("between points", between), ("far", far)];
    let given = given.map(|(name, centroids)| {
        (name.to_owned(), Lloyd::from_centroids(board.clone(), centroids).expect("a start"))
    });
    seeded.into_iter().chain(given).collect()
}

#[test]
fn labels_are_those_of_a_search_through_all_centroids() {
    for (name, places) in nasty_boards() {
        for scale in [1e-9, 1.0, 1e9] {
            let scaled: Vec<Place> = places.iter().map(|p| (p.0 * scale, p.1 * scale)).collect();
            let board = Arc::new(board(&scaled));
            for k in [1, 2, 3, 17].into_iter().filter(|&k| board.distinct_points(k) == k) {
                for (start, lloyd) in starts(&board, k) {
                    agrees_with_naive(lloyd, 4, &format!("{name} × {scale:e}, k = {k}, {start}"));
                }
            }
        }
    }
}

/// What is known of labels from one iteration to the next never keeps a point from the centroid that has become nearest.
#[test]
fn a_large_boards_labels_are_those_of_a_search_to_the_end() {
    for (preset, k) in [(Preset::Uniform, 20), (Preset::Gauss, 7), (Preset::Rings, 12)] {
        let board = Board::draw(Recipe::new(preset, 4).with_n(8_000)).expect("a board");
        let lloyd = Lloyd::seeded(board, k, Seeding::Random, 2).expect("a start");
        agrees_with_naive(lloyd, 200, &format!("{preset:?}, k = {k}"));
    }
    // However far a centroid has come, and however large that is as a number.
    let board = Arc::new(board(&scattered(8_000).collect::<Vec<_>>()));
    for far in [1e7, 1e40, 1e140] {
        let start = points(&[(far, 0.0), (-0.5, 0.0), (0.5, 0.0), (0.0, 0.5)]);
        let lloyd = Lloyd::from_centroids(board.clone(), start).expect("a start");
        agrees_with_naive(lloyd, 200, &format!("from {far:e}"));
    }
}

/// What is known of labels is right on any way, back and forth.
#[test]
fn what_is_known_of_labels_outlives_going_back() {
    let board = Board::draw(Recipe::new(Preset::Uniform, 4).with_n(8_000)).expect("a board");
    let mut lloyd = Lloyd::seeded(board.clone(), 12, Seeding::Random, 2).expect("a start");
    lloyd.run(100);
    let last = lloyd.iteration();
    assert!(last > 20, "too short a run for this test");
    for iteration in [last - 1, last / 2, last - 2, 3, last - 3, last - 4, last - 5, 1, last] {
        lloyd.seek(iteration).expect("an iteration that has been");
        let before = lloyd.centroids_after(iteration - 1).to_vec();
        let mut fresh = Lloyd::from_centroids(board.clone(), before).expect("a start");
        fresh.assign();
        assert_eq!(lloyd.labels(), fresh.labels(), "iteration {iteration}");
    }
}

/// The same, for small boards.
#[test]
fn a_small_boards_labels_are_those_of_a_search_to_the_end() {
    for (name, places) in common::nasty_boards(801) {
        for scale in [1e-9, 1e9] {
            let scaled: Vec<Place> = places.iter().map(|p| (p.0 * scale, p.1 * scale)).collect();
            let board = Arc::new(board(&scaled));
            for k in [2, 5, 40].into_iter().filter(|&k| board.distinct_points(k) == k) {
                for (start, lloyd) in starts(&board, k) {
                    agrees_with_naive(lloyd, 25, &format!("{name} × {scale:e}, k = {k}, {start}"));
                }
            }
        }
    }
}

#[test]
fn as_many_centroids_as_there_can_be_are_searched_as_exactly() {
    for places in [lattice(50), scattered(2_100).collect()] {
        let board = Arc::new(board(&places));
        let on_points = board.points()[..1_024].to_vec();
        let lloyd = Lloyd::from_centroids(board.clone(), on_points).expect("a start");
        agrees_with_naive(lloyd, 3, "k = 1,024");
        let lloyd = Lloyd::seeded(board, 1_024, Seeding::Partition, 2).expect("a start");
        agrees_with_naive(lloyd, 2, "k = 1,024, partition");
    }
}

#[test]
fn a_point_for_each_centroid_is_the_end() {
    let few: Vec<Place> = scattered(1_024).collect();
    let clumps: Vec<Place> = scattered(60).collect();
    for (k, places) in [(1_024, few.repeat(3)), (1_024, few), (60, clumps.repeat(40))] {
        let mut lloyd = Lloyd::seeded(board(&places), k, Seeding::Random, 1).expect("a start");
        let run = lloyd.run(10);
        assert_eq!((run.iterations, run.converged, run.inertia), (2, true, 0.0));
    }
}

/// The way there cannot be told from the state: a run that went back and on is the run that went straight.
#[test]
fn the_sums_depend_on_nothing_but_the_labels() {
    for n in [1_500, 20_000] {
        let board = Board::draw(Recipe::new(Preset::Gauss, 3).with_n(n)).expect("a board");
        depend_on_nothing_but_the_labels(&board.into());
    }
    // Their sums round: the digits of most coordinates begin where those of the others end.
    let shrunk = |(i, place): (usize, Place)| if i > 1 { (place.0 * 1e-30, place.1 * 1e-30) } else { place };
    for n in [900, 3_000] {
        let places: Vec<Place> = scattered(n).enumerate().map(shrunk).collect();
        depend_on_nothing_but_the_labels(&board(&places).into());
    }
}

/// Centroids are the means of their points to the last digit, as whole numbers of many digits have them.
#[test]
fn sums_are_exact() {
    /// How many units there are to one: the last digits of the coordinates here are larger.
    const UNITS: f64 = (1_u128 << 90) as f64;
    for n in [1_900, 50_000] {
        let board = Board::draw(Recipe::new(Preset::Gauss, 6).with_n(n)).expect("a board");
        let mut lloyd = Lloyd::seeded(board, 9, Seeding::Random, 1).expect("a start");
        lloyd.run(8);
        let mut sums = vec![(0, [0_i128; 2]); 9];
        for (point, label) in lloyd.board().points().iter().zip(lloyd.labels()) {
            let (count, sum) = &mut sums[label as usize];
            *count += 1;
            *sum = [sum[0] + (point.x * UNITS) as i128, sum[1] + (point.y * UNITS) as i128];
        }
        for (centroid, (count, sum)) in lloyd.centroids().iter().zip(sums) {
            for (coordinate, sum) in [centroid.x, centroid.y].into_iter().zip(sum) {
                let off = ((coordinate * UNITS) as i128 - sum / count) as f64 / UNITS;
                let last_digit = coordinate.abs() * f64::EPSILON;
                assert!(off.abs() <= 0.51 * last_digit, "{coordinate} is off by {off:e}, n = {n}");
            }
        }
    }
}

fn depend_on_nothing_but_the_labels(board: &Arc<Board>) {
    let mut straight = Lloyd::seeded(board.clone(), 12, Seeding::Random, 9).expect("a start");
    straight.run(12);
    for turn in [1, 4, 7] {
        let mut other = Lloyd::seeded(board.clone(), 12, Seeding::Random, 9).expect("a start");
        other.run(turn);
        let mut fresh = Lloyd::from_centroids(board.clone(), other.centroids().to_vec()).expect("a start");
        fresh.run(12 - turn);
        assert_eq!(fresh.centroids(), straight.centroids(), "from iteration {turn}");
        assert_eq!(fresh.inertia().to_bits(), straight.inertia().to_bits(), "from iteration {turn}");
        assert_eq!(fresh.labels(), straight.labels(), "from iteration {turn}");
        // And back there and on again.
        other.clone_from(&straight);
        other.seek(turn).expect("an iteration that has been");
        other.run(12 - turn);
        assert_eq!(other.centroids(), straight.centroids(), "back to iteration {turn}");
        assert_eq!(other.labels(), straight.labels(), "back to iteration {turn}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Lattice points and centroids on half lattice places: every bisector meets points.
    #[test]
    fn ties_go_to_the_lowest_index(
        side in 45_usize..60,
        scale in prop::sample::select(vec![1e-9, 0.1, 1.0, 1e9]),
        start in prop::collection::vec((0_i32..120, 0_i32..120), 1..40),
    ) {
        let places: Vec<Place> = lattice(side).into_iter().map(|p| (p.0 * scale, p.1 * scale)).collect();
        let halves: Vec<Place> =
            start.iter().map(|&(x, y)| (f64::from(x) * 0.5 * scale, f64::from(y) * 0.5 * scale)).collect();
        let lloyd = Lloyd::from_centroids(board(&places), points(&halves)).expect("a start");
        agrees_with_naive(lloyd, 3, "lattice");
    }
}
