//! Lloyd's algorithm: its invariants on nasty boards, its naive twin, its past, and empty clusters.

mod common;

use std::sync::Arc;

use common::{Place, agrees_with_naive, board, nasty_boards, places, points, validate};
use kmeans_board::{Assigned, Board, Error, Lloyd, Phase, Point, Preset, Recipe, Seeding};
use proptest::prelude::*;

const SCALES: [f64; 3] = [1e-9, 1.0, 1e9];

/// Every clustering of the table: a name and a run that has been seeded.
fn for_each_start(n: usize, mut check: impl FnMut(&str, Lloyd)) {
    for (name, base) in nasty_boards(n) {
        for scale in SCALES {
            let scaled: Vec<Place> = base.iter().map(|p| (p.0 * scale, p.1 * scale)).collect();
            let board = Arc::new(board(&scaled));
            for k in [1, 2, 3, 8, 12] {
                if board.distinct_points(k) < k {
                    continue;
                }
                for info in Seeding::ALL {
                    for seed in [1, 0xffff_ffff] {
                        let what = format!("{name} × {scale:e}, k = {k}, {}, seed {seed}", info.name);
                        let lloyd = Lloyd::seeded(board.clone(), k, info.seeding, seed).expect(&what);
                        check(&what, lloyd);
                    }
                }
            }
        }
    }
}

#[test]
fn every_half_step_keeps_the_invariants() {
    for_each_start(48, |what, mut lloyd| {
        validate(&lloyd, what);
        for _ in 0..60 {
            let assigned = lloyd.assign();
            validate(&lloyd, what);
            assert_eq!(assigned.inertia, lloyd.inertia(), "{what}");
            let updated = lloyd.update();
            validate(&lloyd, what);
            assert_eq!(updated.inertia, lloyd.inertia(), "{what}");
            if lloyd.is_converged() {
                return;
            }
        }
        panic!("{what}: not converged after 60 iterations");
    });
}

#[test]
fn runs_agree_with_the_naive_twin() {
    for_each_start(60, |what, lloyd| agrees_with_naive(lloyd, 300, what));
}

/// Everything that can be seen of a run, floats as bits.
#[derive(Debug, PartialEq)]
struct State {
    labels: Vec<u32>,
    centroids: Vec<(u64, u64)>,
    counts: Vec<u32>,
    inertia: u64,
    phase: Phase,
    iteration: usize,
    converged: bool,
    assigned: Option<Assigned>,
}

impl State {
    fn of(lloyd: &Lloyd) -> Self {
        Self {
            labels: lloyd.labels(),
            centroids: lloyd.centroids().iter().map(|c| (c.x.to_bits(), c.y.to_bits())).collect(),
            counts: lloyd.counts(),
            inertia: lloyd.inertia().to_bits(),
            phase: lloyd.phase(),
            iteration: lloyd.iteration(),
            converged: lloyd.is_converged(),
            assigned: lloyd.assigned(),
        }
    }
}

/// Runs to the end; the state after each iteration, the seeding's first.
fn states_of_run(lloyd: &mut Lloyd) -> Vec<State> {
    let mut states = vec![State::of(lloyd)];
    while !lloyd.is_converged() {
        lloyd.step();
        states.push(State::of(lloyd));
    }
    states
}

/// Runs that are worth going back in, some with empty clusters refilled.
fn eventful_runs() -> Vec<Lloyd> {
    let peaked = Board::draw(Recipe::new(Preset::Peaked, 4)).expect("a board");
    let copies = board(&[(0.1, 0.7), (0.3, 0.2), (0.1, 0.1)].repeat(40));
    let far = points(&[(50.0, 50.0), (60.0, 50.0), (70.0, 50.0)]);
    let mixed = points(&[(0.0, 0.0), (0.0, 0.0), (9.0, 9.0), (-0.5, 0.2), (-9.0, 9.0)]);
    vec![
        Lloyd::seeded(peaked.clone(), 7, Seeding::Random, 3).expect("a start"),
        Lloyd::seeded(peaked.clone(), 5, Seeding::Partition, 2).expect("a start"),
        Lloyd::from_centroids(copies, far.clone()).expect("a start"),
        Lloyd::from_centroids(peaked.clone(), far).expect("a start"),
        Lloyd::from_centroids(peaked, mixed).expect("a start"),
    ]
}

#[test]
fn back_restores_every_state_to_the_bit() {
    for mut lloyd in eventful_runs() {
        let states = states_of_run(&mut lloyd);
        for state in states.iter().rev().skip(1) {
            lloyd.back();
            assert_eq!(&State::of(&lloyd), state);
        }
        lloyd.back();
        assert_eq!(State::of(&lloyd), states[0], "at the start it stays");
        assert_eq!(lloyd.history().len(), states.len() - 1, "the iterations ahead stay computed");
    }
}

#[test]
fn seek_restores_every_state_to_the_bit() {
    for mut lloyd in eventful_runs() {
        let states = states_of_run(&mut lloyd);
        for from in 0..states.len() {
            for (to, state) in states.iter().enumerate() {
                lloyd.seek(from).expect("computed");
                lloyd.seek(to).expect("computed");
                assert_eq!(&State::of(&lloyd), state, "from {from} to {to}");
            }
        }
    }
}

#[test]
fn going_back_takes_back_a_half_step_only() {
    for mut lloyd in eventful_runs() {
        let states = states_of_run(&mut lloyd);
        for (i, state) in states[..states.len() - 1].iter().enumerate() {
            lloyd.seek(i).expect("computed");
            lloyd.assign();
            assert_eq!(lloyd.phase(), Phase::Update);
            lloyd.back();
            assert_eq!(&State::of(&lloyd), state);
            lloyd.assign();
            lloyd.seek(i).expect("computed");
            assert_eq!(&State::of(&lloyd), state);
        }
    }
}

#[test]
fn steps_after_going_back_repeat_the_run_to_the_bit() {
    for mut lloyd in eventful_runs() {
        let states = states_of_run(&mut lloyd);
        let history: Vec<_> = lloyd.history().collect();
        for i in 0..states.len() {
            lloyd.seek(i).expect("computed");
            for (state, past) in states[i + 1..].iter().zip(&history[i..]) {
                assert_eq!(lloyd.step(), *past);
                assert_eq!(&State::of(&lloyd), state);
            }
            assert_eq!(lloyd.history().collect::<Vec<_>>(), history);
        }
    }
}

#[test]
fn centroids_after_an_iteration_are_those_that_it_had() {
    for mut lloyd in eventful_runs() {
        let mut seen = vec![lloyd.centroids().to_vec()];
        while !lloyd.is_converged() {
            lloyd.step();
            seen.push(lloyd.centroids().to_vec());
        }
        for (i, centroids) in seen.iter().enumerate() {
            assert_eq!(lloyd.centroids_after(i), centroids);
        }
    }
}

#[test]
fn seeking_beyond_what_is_computed_changes_nothing() {
    let mut lloyd = eventful_runs().remove(0);
    lloyd.step();
    let before = State::of(&lloyd);
    let error = lloyd.seek(5).expect_err("not computed");
    assert_eq!(error, Error::NotComputed { iteration: 5, computed: 1 });
    assert_eq!(error.to_string(), "iteration 5 has not been computed, the last one is 1");
    assert_eq!(State::of(&lloyd), before);
}

#[test]
fn half_steps_out_of_turn_change_nothing() {
    for mut lloyd in eventful_runs() {
        let seeded = State::of(&lloyd);
        let updated = lloyd.update();
        assert_eq!((updated.shift, updated.relocated), (0.0, 0));
        assert!(updated.inertia.is_nan());
        assert_eq!(State::of(&lloyd), seeded);
        loop {
            lloyd.assign();
            let assigned = State::of(&lloyd);
            assert_eq!(lloyd.assign(), Assigned { changed: 0, inertia: lloyd.inertia() });
            assert_eq!(State::of(&lloyd), assigned);
            lloyd.update();
            let updated = State::of(&lloyd);
            assert_eq!((lloyd.update().shift, lloyd.update().relocated), (0.0, 0));
            assert_eq!(State::of(&lloyd), updated);
            if lloyd.is_converged() {
                break;
            }
        }
    }
}

#[test]
fn half_steps_by_turns_are_steps() {
    for start in eventful_runs() {
        let (mut halves, mut whole) = (start.clone(), start);
        for _ in 0..10 {
            halves.assign();
            halves.update();
            whole.step();
            assert_eq!(State::of(&halves), State::of(&whole));
        }
    }
}

#[test]
fn a_step_completes_a_half_made_iteration() {
    for start in eventful_runs() {
        let (mut half, mut whole) = (start.clone(), start);
        for _ in 0..10 {
            half.assign();
            assert_eq!(half.step(), whole.step());
            assert_eq!(State::of(&half), State::of(&whole));
        }
    }
}

#[test]
fn a_run_cut_short_is_no_error_and_goes_on() {
    for start in eventful_runs() {
        let mut whole = start.clone();
        let end = whole.run(300);
        assert!(end.converged);
        assert_eq!(end.iterations, whole.iteration());
        let mut pieces = start;
        assert_eq!(pieces.run(0).iterations, 0);
        let short = pieces.run(1);
        assert_eq!((short.iterations, short.converged), (1, false));
        assert_eq!(short.inertia, pieces.inertia());
        while !pieces.run(1).converged {}
        assert_eq!(State::of(&pieces), State::of(&whole));
    }
}

#[test]
fn nothing_changes_after_convergence() {
    for mut lloyd in eventful_runs() {
        let end = lloyd.run(300);
        let state = State::of(&lloyd);
        let last = lloyd.history().last().expect("an iteration");
        assert_eq!(lloyd.step(), last, "the last iteration is reported again");
        assert_eq!(lloyd.assign(), Assigned { changed: 0, inertia: end.inertia });
        assert_eq!(lloyd.update().shift, 0.0);
        assert_eq!(lloyd.run(10), end);
        assert_eq!(State::of(&lloyd), state);
        assert_eq!(lloyd.history().len(), end.iterations);
    }
}

#[test]
fn the_confirming_iteration_counts() {
    let mut lloyd = Lloyd::from_centroids(
        board(&[(0.0, 0.0), (0.0, 1.0), (4.0, 0.0), (4.0, 1.0)]),
        points(&[(0.0, 0.5), (4.0, 0.5)]),
    )
    .expect("a start");
    let first = lloyd.step();
    assert_eq!((first.assigned.changed, first.updated.shift, first.converged()), (4, 0.0, false));
    let second = lloyd.step();
    assert_eq!((second.iteration, second.assigned.changed, second.converged()), (2, 0, true));
    assert_eq!(lloyd.inertia(), 1.0);
}

#[test]
fn the_shift_is_the_farthest_move() {
    let board = board(&[(0.0, 0.0), (0.0, 2.0), (10.0, 0.0), (10.0, 6.0)]);
    let mut lloyd = Lloyd::from_centroids(board, points(&[(0.0, 0.0), (13.0, -1.0)])).expect("a start");
    // (0, 0) goes to (0, 1), and (13, -1) to (10, 3).
    assert_eq!(lloyd.step().updated.shift, 5.0);
}

#[test]
fn ties_go_to_the_lowest_index() {
    let board = board(&[(0.0, 0.0), (-1.0, 0.0), (1.0, 0.0)]);
    for start in [[(-1.0, 0.0), (1.0, 0.0)], [(1.0, 0.0), (-1.0, 0.0)]] {
        let mut lloyd = Lloyd::from_centroids(board.clone(), points(&start)).expect("a start");
        lloyd.assign();
        assert_eq!(lloyd.labels()[0], 0);
    }
}

/// Starts that leave clusters empty, for any k.
fn terrible_starts(k: usize) -> Vec<(&'static str, Vec<Point>)> {
    let numbers = || (0..k).map(|j| j as f64);
    vec![
        ("all far away", numbers().map(|j| Point::new(1e6 + j, 1e6)).collect()),
        ("all on one place", vec![Point::new(0.1, 0.1); k]),
        ("one near, the others far", numbers().map(|j| Point::new(0.1 + 1e9 * j, 0.1)).collect()),
        ("farther and farther", numbers().map(|j| Point::new(100.0 * 10_f64.powf(j), 0.0)).collect()),
        ("at the largest coordinate", vec![Point::new(1e150, -1e150); k]),
    ]
}

#[test]
fn empty_clusters_are_refilled_and_k_stays() {
    for (name, places) in nasty_boards(60) {
        let board = Arc::new(board(&places));
        for k in [1, 2, 3, 8, 12].into_iter().filter(|&k| board.distinct_points(k) == k) {
            for (start, centroids) in terrible_starts(k) {
                let what = format!("{name}, k = {k}, {start}");
                let mut lloyd = Lloyd::from_centroids(board.clone(), centroids).expect(&what);
                lloyd.assign();
                let empty = lloyd.counts().iter().filter(|&&count| count == 0).count();
                assert_eq!(lloyd.update().relocated, empty, "{what}: relocated");
                assert!(lloyd.counts().iter().all(|&count| count > 0), "{what}: none empty");
                let run = lloyd.run(300);
                assert!(run.converged, "{what}: converges");
                validate(&lloyd, &what);
            }
        }
    }
}

#[test]
fn terrible_starts_agree_with_the_naive_twin() {
    for (name, places) in nasty_boards(60) {
        let board = Arc::new(board(&places));
        for k in [2, 3, 8].into_iter().filter(|&k| board.distinct_points(k) == k) {
            for (start, centroids) in terrible_starts(k) {
                let lloyd = Lloyd::from_centroids(board.clone(), centroids).expect("a start");
                agrees_with_naive(lloyd, 300, &format!("{name}, k = {k}, {start}"));
            }
        }
    }
}

/// Once an endless loop elsewhere (scikit-learn's issue 28055): the mean of 40 times 0.1 is not 0.1 when rounded, so
/// equal points seem to be at a distance from their own mean.
#[test]
fn equal_points_whose_mean_rounds_do_not_loop_for_ever() {
    // In the second, two of the places have no digit in common with the third.
    for (small, copies) in [1.0, 1e-20].into_iter().flat_map(|small| [3, 7, 10, 40, 41].map(|n| (small, n))) {
        let three = [(0.1 * small, 0.7 * small), (0.3 * small, 0.2 * small), (0.1, 0.1)];
        let board = Arc::new(board(&three.repeat(copies)));
        for (start, centroids) in terrible_starts(3) {
            let what = format!("{copies} copies × {small}, {start}");
            let mut lloyd = Lloyd::from_centroids(board.clone(), centroids).expect("a start");
            let run = lloyd.run(300);
            assert!(run.converged, "{what}");
            assert_eq!(run.inertia, 0.0, "{what}: each place has its cluster");
            assert!(run.iterations < 10, "{what}: {}", run.iterations);
        }
    }
}

#[test]
fn a_refilled_cluster_takes_the_farthest_point() {
    let board = board(&[(0.0, 0.0), (1.0, 0.0), (5.0, 0.0), (0.0, 3.0)]);
    let start = points(&[(0.0, 0.0), (100.0, 0.0), (0.0, 100.0)]);
    let mut lloyd = Lloyd::from_centroids(board, start).expect("a start");
    let first = lloyd.step();
    assert_eq!(first.updated.relocated, 2);
    assert_eq!(lloyd.labels(), [0, 0, 1, 2]);
    assert_eq!(places(lloyd.centroids()), [(0.5, 0.0), (5.0, 0.0), (0.0, 3.0)]);
}

#[test]
fn the_only_point_of_a_cluster_is_never_taken() {
    // The point at 100 is by far the farthest from its centroid at 70, but it is alone there.
    let board = board(&[(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (100.0, 0.0)]);
    let start = points(&[(0.0, 0.0), (70.0, 0.0), (1e6, 0.0)]);
    let mut lloyd = Lloyd::from_centroids(board, start).expect("a start");
    assert_eq!(lloyd.step().updated.relocated, 1);
    assert_eq!(lloyd.labels(), [0, 0, 2, 1]);
}

#[test]
fn several_empty_clusters_take_points_of_different_places() {
    let board = board(&[(0.0, 0.0), (9.0, 9.0), (9.0, 9.0), (9.0, 9.0), (1.0, 0.0), (0.0, 1.0)]);
    let start = vec![Point::default(); 4];
    let mut lloyd = Lloyd::from_centroids(board, start).expect("a start");
    assert_eq!(lloyd.step().updated.relocated, 3);
    assert_eq!(lloyd.labels(), [0, 1, 0, 0, 2, 3]);
}

#[test]
fn explicit_centroids_that_cannot_be_used_are_errors() {
    let board = Arc::new(board(&[(0.0, 0.0), (1.0, 0.0), (1.0, 0.0)]));
    let start = |centroids: &[Place]| Lloyd::from_centroids(board.clone(), points(centroids)).map(|_| ());
    assert_eq!(start(&[]), Err(Error::K { k: 0 }));
    assert_eq!(start(&vec![(0.0, 0.0); 1025]), Err(Error::K { k: 1025 }));
    assert_eq!(start(&[(0.0, 0.0); 3]), Err(Error::TooFewDistinctPoints { distinct: 2, k: 3 }));
    for value in [f64::INFINITY, f64::NEG_INFINITY, 1e200, -1.1e150] {
        let error = Error::Coordinate { of: "centroid", index: 1, value };
        assert_eq!(start(&[(0.0, 0.0), (0.0, value)]), Err(error));
    }
    let error = start(&[(f64::NAN, 0.0), (0.0, 0.0)]).expect_err("not a number");
    assert_eq!(error.to_string(), "centroid 0 has the coordinate NaN, which is not within ±1e150");
}

#[test]
fn the_largest_coordinates_do_not_overflow() {
    let corners = [(1e150, 1e150), (-1e150, 1e150), (1e150, -1e150), (-1e150, -1e150), (0.0, 1e-140)];
    for k in 1..=5 {
        let mut lloyd =
            Lloyd::seeded(board(&corners), k, Seeding::KMeansPlusPlus, k as u32).expect("a start");
        let run = lloyd.run(300);
        assert!(run.converged && run.inertia.is_finite(), "k = {k}: {run:?}");
    }
}

#[test]
fn the_smallest_coordinates_keep_their_distances() {
    let tiny = 1e-140;
    let mut lloyd =
        Lloyd::seeded(board(&[(0.0, 0.0), (tiny, 0.0), (0.0, tiny)]), 3, Seeding::Maximin, 1).expect("k");
    assert!(lloyd.run(300).converged);
    assert_eq!(lloyd.counts(), [1, 1, 1]);
}

/// Small boards on a coarse lattice, with many equal points and many ties.
fn lattice_board() -> impl Strategy<Value = Vec<Place>> {
    let step = prop_oneof![Just(0.1), Just(1.0), Just(1e-9), Just(1e9 / 3.0)];
    (prop::collection::vec((-2_i32..=2, -1_i32..=2), 1..40), step)
        .prop_map(|(places, s)| places.iter().map(|p| (f64::from(p.0) * s, f64::from(p.1) * s)).collect())
}

fn any_seeding() -> impl Strategy<Value = Seeding> {
    (0..Seeding::ALL.len()).prop_map(|i| Seeding::ALL[i].seeding)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn runs_on_any_lattice_keep_the_invariants(
        places in lattice_board(), k in 1_usize..8, seeding in any_seeding(), seed: u32,
    ) {
        let board = Arc::new(board(&places));
        let k = board.distinct_points(k);
        let mut lloyd = Lloyd::seeded(board, k, seeding, seed).expect("k distinct points");
        agrees_with_naive(lloyd.clone(), 300, "lattice");
        while !lloyd.is_converged() {
            lloyd.assign();
            validate(&lloyd, "lattice");
            lloyd.update();
            validate(&lloyd, "lattice");
            prop_assert!(lloyd.iteration() < 100);
        }
    }

    #[test]
    fn runs_from_any_centroids_keep_the_invariants(
        places in lattice_board(), start in prop::collection::vec((-4_i32..=4, -4_i32..=4), 1..8),
    ) {
        let board = Arc::new(board(&places));
        let k = board.distinct_points(start.len());
        let start = start[..k].iter().map(|p| Point::new(f64::from(p.0), f64::from(p.1))).collect();
        let mut lloyd = Lloyd::from_centroids(board, start).expect("k distinct points");
        agrees_with_naive(lloyd.clone(), 300, "lattice");
        let states = states_of_run(&mut lloyd);
        validate(&lloyd, "lattice");
        for state in states.iter().rev() {
            prop_assert_eq!(&State::of(&lloyd), state);
            lloyd.back();
        }
    }

    #[test]
    fn the_same_seed_is_the_same_run(
        places in lattice_board(), k in 1_usize..8, seeding in any_seeding(), seed: u32,
    ) {
        let board = Arc::new(board(&places));
        let k = board.distinct_points(k);
        let run = || {
            let mut lloyd = Lloyd::seeded(board.clone(), k, seeding, seed).expect("k distinct points");
            states_of_run(&mut lloyd)
        };
        prop_assert_eq!(run(), run());
    }
}
