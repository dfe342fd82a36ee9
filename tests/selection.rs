//! Choosing k: what the methods say, and that they say it everywhere to the bit.

mod common;

use std::sync::{Arc, LazyLock};

use common::{Place, board as board_of, nasty_boards};
use kmeans_board::{
    Board, Bounds, Error, Evaluated, Lloyd, MAX_K_MAX, Method, Origin, Plan, Point, Preset, Recipe, Rule,
    Seeding, Selection, Study, choose_k, complete,
};
use serde_json::Value;

fn board(preset: Preset, n: usize, seed: u32) -> Arc<Board> {
    Arc::new(Board::draw(Recipe::new(preset, seed).with_n(n)).expect("a board"))
}

/// The best run of so many, by itself, and its seed.
fn best(board: &Arc<Board>, k: usize, runs: u32, seed: u32) -> (u32, Lloyd) {
    let run = |seed| {
        let mut lloyd =
            Lloyd::seeded(board.clone(), k, Seeding::GreedyKMeansPlusPlus, seed).expect("a start");
        lloyd.run(300);
        (seed, lloyd)
    };
    (0..runs)
        .map(|r| run(seed.wrapping_add(r)))
        .reduce(|best, next| if next.1.inertia() < best.1.inertia() { next } else { best })
        .expect("a run")
}

fn choices_of(selection: &Selection) -> Vec<(&'static str, Option<usize>)> {
    selection.choices().iter().map(|choice| (choice.rule.info().name, choice.k)).collect()
}

/// What a rule chooses, if it chooses one k.
fn chosen(selection: &Selection, rule: Rule) -> Option<usize> {
    selection.choices().iter().find(|choice| choice.rule == rule).expect("a rule of the method").k
}

fn assert_near(ours: f64, theirs: f64, tolerance: f64, what: &str) {
    assert!((ours - theirs).abs() <= tolerance, "{what}: {ours}, not {theirs}");
}

#[test]
fn the_best_of_several_runs_counts_and_its_seed_comes_to_it_again() {
    for (n, seed) in [(200, 7), (3_000, u32::MAX - 1)] {
        let board = board(Preset::Uniform, n, 3);
        for info in Method::ALL {
            let plan = Plan::new(info.method, seed).with_k_max(6).with_runs(4).with_references(1);
            let curve = choose_k(board.clone(), plan).expect("a selection").curve();
            assert_eq!(curve.iter().map(|row| row.k).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
            for row in curve {
                let (seed, lloyd) = best(&board, row.k, 4, seed);
                assert_eq!((row.seed, row.inertia), (seed, lloyd.inertia()), "{}, k = {}", info.name, row.k);
            }
        }
    }
}

/// The part's result, done by itself.
fn done(selection: &Selection, board: &Arc<Board>, part: usize) -> (Vec<f64>, usize) {
    let (mut work, mut slices) = (selection.part(board, part).expect("a part"), 1);
    loop {
        if let Some(result) = work.advance().expect("a slice") {
            return (result, slices);
        }
        slices += 1;
    }
}

fn done_in(order: impl Iterator<Item = usize>, board: &Arc<Board>, mut selection: Selection) -> Selection {
    for part in order {
        let (result, _) = done(&selection, board, part);
        selection.take(part, &result);
        selection.take(part, &result); // once more tells nothing new
    }
    selection
}

#[test]
fn the_order_of_the_parts_changes_nothing() {
    for (n, info) in [200, 3_000].into_iter().flat_map(|n| Method::ALL.iter().map(move |info| (n, info))) {
        let board = board(Preset::Gauss, n, 3);
        let plan = Plan::new(info.method, 9).with_k_max(5).with_runs(2).with_references(4);
        let new = || Selection::new(&board, plan).expect("a selection");
        let parts = new().parts();
        assert_eq!(parts, if info.method == Method::Gap { 6 + 4 } else { 5 });
        let forwards = done_in(0..parts, &board, new());
        let backwards = done_in((0..parts).rev(), &board, new());
        let at_once = choose_k(board.clone(), plan).expect("a selection");
        for other in [backwards, at_once] {
            assert_eq!(other, forwards, "{}", info.name);
            assert_eq!(format!("{:?}", other.curve()), format!("{:?}", forwards.curve()), "{}", info.name);
        }
    }
}

#[test]
fn what_is_not_yet_known_is_left_out_and_nothing_is_chosen() {
    let board = board(Preset::Gauss, 200, 3);
    for info in Method::ALL {
        let plan = Plan::new(info.method, 9).with_k_max(4).with_runs(1).with_references(3);
        let whole = choose_k(board.clone(), plan).expect("a selection");
        let mut selection = Selection::new(&board, plan).expect("a selection");
        let parts = selection.parts();
        assert_eq!(selection.curve(), []);
        for (taken, part) in (0..parts).rev().enumerate() {
            assert_eq!(selection.choices(), [], "{} after {taken} parts", info.name);
            let (result, _) = done(&selection, &board, part);
            selection.take(part, &result);
            for row in selection.curve() {
                let known = &whole.curve()[row.k - 1];
                assert_eq!((row.inertia, row.seed), (known.inertia, known.seed), "{}", info.name);
            }
        }
        assert_eq!(selection, whole);
        assert_eq!(selection.choices().is_empty(), info.rules.is_empty());
    }
}

#[test]
fn what_is_no_result_of_a_part_changes_nothing() {
    let board = board(Preset::Gauss, 200, 3);
    let plan = Plan::new(Method::Gap, 9).with_k_max(2).with_references(2);
    let mut selection = Selection::new(&board, plan).expect("a selection");
    let untouched = selection.clone();
    for nonsense in [&[][..], &[1.0], &[1.0, 0.5], &[-1.0, 0.0, 0.0], &[f64::NAN; 3], &[f64::INFINITY; 4]] {
        for part in [0, 2, 3, 4, 5, 99] {
            selection.take(part, nonsense);
            assert_eq!(selection, untouched, "part {part}, {nonsense:?}");
        }
    }
}

#[test]
fn a_large_boards_parts_are_done_in_slices() {
    let board = board(Preset::Gauss, 150_000, 3);
    let slices = |method, part| {
        let plan = Plan::new(method, 9).with_k_max(3).with_runs(1).with_references(1);
        done(&Selection::new(&board, plan).expect("a selection"), &board, part).1
    };
    let runs = slices(Method::Elbow, 2);
    assert!(runs > 6, "{runs} for a run");
    // 2,000 points are measured against all.
    assert!(slices(Method::Silhouette, 2) > runs + 200);
    assert!(slices(Method::Gap, 4) > runs);
}

#[test]
fn a_reference_is_a_board_of_as_many_points_in_the_same_rectangle() {
    for (name, places) in nasty_boards(300) {
        let board = board_of(&places);
        let extent = |points: &[Point]| {
            let all = |fold: fn(f64, f64) -> f64, from: f64| {
                let of = |value: fn(&Point) -> f64| points.iter().map(value).fold(from, fold);
                Point::new(of(|point| point.x), of(|point| point.y))
            };
            Bounds { min: all(f64::min, f64::INFINITY), max: all(f64::max, f64::NEG_INFINITY) }
        };
        let rectangle = extent(board.points());
        let reference = board.reference(7, 3).expect(name);
        assert_eq!(reference.points().len(), places.len(), "{name}");
        assert!(reference.points().iter().all(|&point| rectangle.contains(point)), "{name}");
        assert_eq!(reference.origin(), Origin::Given);
        assert_eq!(reference, Board::from_points(reference.points().to_vec()).expect(name), "{name}");
        assert_eq!(reference, board.reference(7, 3).expect(name), "{name}");
        if rectangle.width() > 0.0 {
            assert_ne!(reference, board.reference(7, 4).expect(name), "{name}");
            assert_ne!(reference, board.reference(8, 3).expect(name), "{name}");
        }
    }
}

#[test]
fn references_are_uniform_and_not_clustered() {
    let clustered = board(Preset::Peaked, 40_000, 1);
    let reference = clustered.reference(1, 0).expect("a reference");
    // A hundred squares of equal size over the rectangle: χ² with 99 degrees of freedom.
    let chi_squared = |points: &[Point]| {
        let value = |of: fn(&Point) -> f64| {
            let values = || points.iter().map(of);
            (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max))
        };
        let (x, y) = (value(|point| point.x), value(|point| point.y));
        let cell =
            |value: f64, (min, max): (f64, f64)| (10.0 * (value - min) / (max - min)).min(9.0) as usize;
        let mut counts = [0.0; 100];
        for point in points {
            counts[10 * cell(point.x, x) + cell(point.y, y)] += 1.0;
        }
        let expected = points.len() as f64 / 100.0;
        counts.iter().map(|count| (count - expected) * (count - expected) / expected).sum::<f64>()
    };
    assert!(chi_squared(clustered.points()) > 10_000.0);
    assert!((50.0..170.0).contains(&chi_squared(reference.points())));
}

#[test]
fn the_gap_is_its_formula() {
    let (board, seed, references) = (board(Preset::Peaked, 120, 3), 5, 7);
    let plan = Plan::new(Method::Gap, seed).with_k_max(5).with_runs(2).with_references(references);
    let curve = choose_k(board.clone(), plan).expect("a selection").curve();
    let boards: Vec<_> =
        (0..references).map(|b| Arc::new(board.reference(seed, b).expect("a reference"))).collect();
    // Gap(k), s, ln W and the mean of ln W*.
    let gap = |k: usize| {
        let ln = |board: &Arc<Board>| best(board, k, 2, seed).1.inertia().ln();
        let logs: Vec<f64> = boards.iter().map(ln).collect();
        let count = f64::from(references);
        let mean = logs.iter().sum::<f64>() / count;
        let sd = (logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / count).sqrt();
        [mean - ln(&board), sd * (1.0 + 1.0 / count).sqrt(), ln(&board), mean]
    };
    for row in curve {
        let ([value, error, log, mean], next) = (gap(row.k), gap(row.k + 1));
        assert_near(row.value, value, 1e-12, "the gap");
        assert_near(row.error, error, 1e-12, "its error");
        assert_near(row.log_dispersion, log, 1e-12, "ln W");
        assert_near(row.reference_log_dispersion, mean, 1e-12, "the mean of ln W*");
        assert_near(row.bar, value - (next[0] - next[1]), 1e-12, "the bar");
    }
}

/// A selection by the gap with these dispersions, ln W and ln W* for k = 1, 2, …, the last k being one more than shown.
fn gap_from(log_dispersions: &[f64], references: [&[f64]; 2]) -> Selection {
    let plan = Plan::new(Method::Gap, 0).with_k_max(log_dispersions.len() - 1).with_references(2);
    let mut selection = Selection::new(&board(Preset::Uniform, 100, 1), plan).expect("a selection");
    for (part, log) in log_dispersions.iter().enumerate() {
        selection.take(part, &[log.exp(), 0.0]);
    }
    for (b, logs) in references.into_iter().enumerate() {
        selection.take(log_dispersions.len() + b, &logs.iter().map(|log| log.exp()).collect::<Vec<_>>());
    }
    selection
}

#[test]
fn where_no_k_satisfies_tibshirani_none_is_chosen() {
    let selection = gap_from(&[9.0, 8.0, 7.0, 6.0, 5.0], [&[9.0; 5]; 2]);
    assert!(selection.curve().iter().all(|row| row.bar < 0.0));
    let choices = [("tibshirani", None), ("first-se-max", Some(4)), ("global-max", Some(4))];
    assert_eq!(choices_of(&selection), choices);
}

#[test]
fn the_rules_of_the_gap_disagree_where_there_are_two_scales() {
    // Gaps 0, 2, 1.9, 2.5 and then 0, all with an error of √1.5/10.
    let selection = gap_from(&[8.0, 6.0, 6.1, 5.5, 8.0], [&[7.9; 5], &[8.1; 5]]);
    assert_eq!(
        choices_of(&selection),
        [("tibshirani", Some(2)), ("first-se-max", Some(2)), ("global-max", Some(4))]
    );
    // The first local maximum at 3 is within an error of 2.
    let selection = gap_from(&[8.0, 6.0, 5.9, 6.5, 8.0], [&[7.9; 5], &[8.1; 5]]);
    assert_eq!(chosen(&selection, Rule::FirstSeMax), Some(2));
    assert_eq!(chosen(&selection, Rule::GlobalMax), Some(3));
}

#[test]
fn the_gap_is_not_defined_where_a_dispersion_is_0() {
    let places: Vec<Place> = [(0.1, 0.7), (0.3, 0.2), (0.1, 0.1)].repeat(20);
    let board = Arc::new(board_of(&places));
    let gap = choose_k(board.clone(), Plan::new(Method::Gap, 1).with_k_max(3)).expect("a selection");
    let [one, two, three] = gap.curve()[..] else { panic!("three rows") };
    assert!(one.value.is_finite() && two.value.is_finite() && one.bar.is_finite());
    assert!(three.value.is_nan() && three.log_dispersion.is_nan() && three.bar.is_nan() && two.bar.is_nan());
    assert_eq!((three.inertia, three.reference_log_dispersion.is_finite()), (0.0, true));
    assert!(gap.choices().iter().all(|choice| choice.k.is_none_or(|k| k < 3)), "{:?}", gap.choices());
    // f(K) is 0 there, and says what there is to see.
    let f = choose_k(board, Plan::new(Method::FOfK, 1).with_k_max(3)).expect("a selection");
    assert_eq!((f.curve()[2].value, chosen(&f, Rule::Minimum)), (0.0, Some(3)));
}

#[test]
fn one_place_has_no_gap_and_no_silhouette_and_is_one_cluster() {
    for n in [1, 5] {
        let board = Arc::new(board_of(&vec![(0.3, -0.7); n]));
        for info in Method::ALL {
            let selection =
                choose_k(board.clone(), Plan::new(info.method, 1).with_k_max(1)).expect("a selection");
            let [Evaluated { value, error, inertia: 0.0, .. }] = selection.curve()[..] else {
                panic!("one row")
            };
            match info.method {
                Method::Gap | Method::Silhouette => assert!(value.is_nan() && !error.is_infinite()),
                Method::FOfK => assert_eq!(value, 1.0),
                Method::Elbow => assert_eq!(value, 0.0),
            }
            let expected = if info.method == Method::FOfK { Some(1) } else { None };
            assert!(selection.choices().iter().all(|choice| choice.k == expected), "{}", info.name);
        }
    }
}

#[test]
fn nasty_boards_have_curves_without_infinity() {
    for ((name, places), scale) in
        nasty_boards(60).into_iter().flat_map(|board| [(board.clone(), 1e-9), (board, 1e9)])
    {
        let board =
            Arc::new(board_of(&places.iter().map(|p| (scale * p.0, scale * p.1)).collect::<Vec<_>>()));
        let distinct = board.distinct_points(8);
        for info in Method::ALL {
            let plan = Plan::new(info.method, 1).with_k_max(distinct).with_runs(2).with_references(3);
            let selection = choose_k(board.clone(), plan).expect(name);
            for row in selection.curve() {
                let what = format!("{name} × {scale}, {}: {row:?}", info.name);
                assert!(
                    ![row.value, row.error, row.bar, row.inertia].iter().any(|v| v.is_infinite()),
                    "{what}"
                );
                let is_defined = match info.method {
                    Method::Gap => row.inertia > 0.0,
                    Method::Silhouette => row.k > 1,
                    Method::FOfK | Method::Elbow => true,
                };
                assert_eq!(row.value.is_nan(), !is_defined, "{what}");
            }
            assert!(
                selection.choices().iter().filter_map(|choice| choice.k).all(|k| (1..=distinct).contains(&k))
            );
        }
    }
}

/// The mean silhouette by its definition, in plain loops.
fn naive_silhouette(points: &[Point], labels: &[u32], k: usize) -> f64 {
    let silhouette = |i: usize| {
        let (mut sums, mut counts) = (vec![0.0; k], vec![0.0; k]);
        for (j, other) in points.iter().enumerate().filter(|(j, _)| *j != i) {
            sums[labels[j] as usize] += points[i].distance(*other);
            counts[labels[j] as usize] += 1.0;
        }
        let own = labels[i] as usize;
        let means = (0..k).filter(|&j| j != own).map(|j| sums[j] / counts[j]);
        let (a, b) = (sums[own] / counts[own], means.fold(f64::INFINITY, f64::min));
        if counts[own] == 0.0 { 0.0 } else { (b - a) / a.max(b) }
    };
    (0..points.len()).map(silhouette).sum::<f64>() / points.len() as f64
}

#[test]
fn the_mean_silhouette_is_its_definition_and_alone_in_a_cluster_is_0() {
    for (name, places) in nasty_boards(150) {
        let board = Arc::new(board_of(&places));
        let k_max = board.distinct_points(12);
        let plan = Plan::new(Method::Silhouette, 3).with_k_max(k_max).with_runs(2);
        let selection = choose_k(board.clone(), plan).expect(name);
        for row in &selection.curve()[1..] {
            let labels = best(&board, row.k, 2, 3).1.labels();
            let twin = naive_silhouette(board.points(), &labels, row.k);
            assert_near(row.value, twin, 1e-12, &format!("{name}, k = {}", row.k));
            assert_eq!(row.error, 0.0, "{name}: every point is measured");
        }
        if k_max == places.len() && k_max > 1 {
            assert_eq!(selection.curve()[k_max - 1].value, 0.0, "{name}: each is alone");
        }
    }
}

#[test]
fn of_a_large_board_the_mean_silhouette_is_estimated_with_an_honest_error() {
    let recipe = Recipe::new(Preset::Peaked, 3).with_n(10_001).with_clusters(3);
    let board = Arc::new(Board::draw(recipe).expect("a board"));
    let lloyd = best(&board, 3, 5, 0).1;
    let exact = naive_silhouette(board.points(), &lloyd.labels(), 3);
    let estimate = |seed| {
        let plan = Plan::new(Method::Silhouette, seed).with_k_max(3).with_runs(5);
        let row = choose_k(board.clone(), plan).expect("a selection").curve()[2];
        assert_near(row.inertia, lloyd.inertia(), 1e-9, "the same clusters");
        assert!(row.error > 0.0 && row.error < 0.01, "{row:?}");
        (row.value - exact) / row.error
    };
    let off: Vec<f64> = (0..12).map(estimate).collect();
    let mean_square = off.iter().map(|off| off * off).sum::<f64>() / off.len() as f64;
    assert!((0.3..2.3).contains(&mean_square), "off by {off:?} errors");
}

#[test]
fn f_of_k_chooses_its_minimum_and_every_k_below_its_line() {
    let f = |preset, seed, k_max| {
        let plan = Plan::new(Method::FOfK, 1).with_k_max(k_max);
        let selection = choose_k(board(preset, 300, seed), plan).expect("a selection");
        let values: Vec<f64> = selection.curve().iter().map(|row| row.value).collect();
        let lowest = (1..).zip(&values).min_by(|a, b| a.1.total_cmp(b.1)).map(|(k, _)| k);
        assert_eq!(chosen(&selection, Rule::Minimum), lowest);
        let below = (1..).zip(&values).filter(|(_, f)| **f < 0.85).map(|(k, _)| k);
        let recommended = selection.choices().into_iter().filter(|choice| choice.rule == Rule::Below085);
        (below.collect::<Vec<_>>(), recommended.filter_map(|choice| choice.k).collect::<Vec<_>>())
    };
    let (below, recommended) = f(Preset::Peaked, 1792, 10);
    assert!(below.len() > 1, "a board with several");
    assert_eq!(recommended, below);
    // No K helps; but a fourth would, for a square is four squares.
    assert_eq!(f(Preset::Uniform, 1, 3), (vec![], vec![1]));
    assert_eq!(f(Preset::Uniform, 1, 4).1, [4]);
}

#[test]
fn the_elbow_is_the_curve_of_the_inertia_with_no_verdict() {
    let elbow = choose_k(board(Preset::Gauss, 200, 7), Plan::new(Method::Elbow, 1)).expect("a selection");
    assert!(elbow.curve().iter().all(|row| row.value == row.inertia && row.error.is_nan()));
    assert_eq!(elbow.choices(), []);
}

#[test]
fn methods_have_the_names_of_their_table() {
    for info in Method::ALL {
        assert_eq!(info.name.parse(), Ok(info.method));
        assert_eq!(info.method.info().name, info.name);
    }
    for info in Rule::ALL {
        assert_eq!(info.rule.info().name, info.name);
        assert_eq!(Method::ALL.iter().filter(|method| method.rules.contains(&info.rule)).count(), 1);
    }
    let error = "Gap".parse::<Method>().expect_err("no such method");
    assert_eq!(
        error.to_string(),
        "there is no method called \"Gap\", there are gap, f(K), silhouette, elbow"
    );
}

#[test]
fn what_cannot_be_chosen_is_an_error_that_names_value_and_limit() {
    let board = board(Preset::Uniform, 12, 1);
    let of = |plan: Plan| Selection::new(&board, plan).map(drop);
    let gap = Plan::new(Method::Gap, 0);
    assert_eq!(of(gap.with_k_max(0)), Err(Error::KMax { k_max: 0, most: 1_023 }));
    assert_eq!(of(gap.with_k_max(1_024)), Err(Error::KMax { k_max: 1_024, most: MAX_K_MAX }));
    assert_eq!(of(gap.with_k_max(13)), Err(Error::TooFewDistinctPoints { distinct: 12, k: 13 }));
    assert_eq!(of(gap.with_k_max(12)), Ok(()));
    assert_eq!(of(gap.with_references(0)), Err(Error::References { references: 0, most: 1_000 }));
    assert_eq!(of(gap.with_references(1_001)), Err(Error::References { references: 1_001, most: 1_000 }));
    assert_eq!(of(Plan::new(Method::Elbow, 0).with_references(0)), Ok(()));
    assert_eq!(of(gap.with_runs(0)), Err(Error::Runs { runs: 0, most: 100_000 }));
    let error = of(gap.with_k_max(2_000)).expect_err("too many");
    assert_eq!(
        (error.code(), error.to_string()),
        ("k-max", "the largest k must be from 1 to 1023, not 2000".into())
    );
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|number| number.as_f64().expect("a number")).collect()
}

/// A board that R and scikit-learn looked at.
struct Looked {
    name: String,
    board: Arc<Board>,
    /// What they found.
    expected: Value,
    /// What the parts of the silhouette come to for each k, and one more, with runs enough to find the best.
    results: Vec<Vec<f64>>,
}

static LOOKED: LazyLock<Vec<Looked>> = LazyLock::new(|| {
    let read = |text| serde_json::from_str::<Value>(text).expect("JSON");
    let shared = read(include_str!("reference/lloyd.json"));
    let own = read(include_str!("reference/selection.json"));
    let evaluated = own["evaluated"].as_array().expect("a list");
    assert!(evaluated.len() >= 10, "only {} boards", evaluated.len());
    let looked = |expected: &Value| {
        let name = expected["board"].as_str().expect("a name");
        let flat = [&own, &shared].into_iter().find_map(|file| file["boards"].get(name)).expect(name);
        let points = numbers(flat).chunks_exact(2).map(|pair| Point::new(pair[0], pair[1])).collect();
        let board = Arc::new(Board::from_points(points).expect(name));
        let k_max = numbers(&expected["gap"]["logW"]).len();
        let plan = Plan::new(Method::Silhouette, 1).with_k_max(k_max).with_runs(400);
        let selection = Selection::new(&board, plan).expect(name);
        let results = (0..k_max).map(|part| done(&selection, &board, part).0).collect();
        Looked { name: name.to_owned(), board, expected: expected.clone(), results }
    };
    evaluated.iter().map(looked).collect()
});

impl Looked {
    /// What a method says, the best runs on the board being known.
    fn selection(&self, plan: Plan) -> Selection {
        let mut selection = Selection::new(&self.board, plan).expect("a selection");
        let width = if plan.method == Method::Silhouette { 4 } else { 2 };
        for (part, result) in self.results.iter().enumerate().take(selection.parts()) {
            selection.take(part, &result[..width.min(result.len())]);
        }
        complete(&mut selection, &self.board).expect("the other parts");
        selection
    }
}

#[test]
fn the_boards_that_r_and_scikit_learn_looked_at_are_ours() {
    for (name, preset, seed) in [
        ("peaked 1792", Preset::Peaked, 1792),
        ("gauss 7", Preset::Gauss, 7),
        ("uniform 1", Preset::Uniform, 1),
    ] {
        let kept = LOOKED.iter().find(|looked| looked.name == name).expect(name);
        let drawn = Board::draw(Recipe::new(preset, seed)).expect(name);
        assert_eq!(kept.board.points(), drawn.points(), "{name}");
    }
}

#[test]
fn f_of_k_and_the_silhouette_agree_with_scikit_learn() {
    for looked in LOOKED.iter() {
        let inertias = numbers(&looked.expected["inertia"]);
        let curve =
            |method| looked.selection(Plan::new(method, 1).with_k_max(inertias.len()).with_runs(1)).curve();
        let f_of_k = numbers(&looked.expected["f"]);
        for (i, (f, silhouette)) in curve(Method::FOfK).iter().zip(curve(Method::Silhouette)).enumerate() {
            let what = format!("{}, k = {}", looked.name, i + 1);
            assert_near(f.inertia, inertias[i], 1e-9 * inertias[i], &format!("{what}, inertia"));
            assert_near(f.value, f_of_k[i], 1e-9, &format!("{what}, f(K)"));
            match looked.expected["silhouette"][i].as_f64() {
                Some(theirs) => assert_near(silhouette.value, theirs, 1e-9, &format!("{what}, silhouette")),
                None => assert!(silhouette.value.is_nan(), "{what}"),
            }
        }
    }
}

#[test]
fn the_gap_agrees_with_r_within_the_noise_of_the_references() {
    const REFERENCES: u32 = 100;
    for looked in LOOKED.iter() {
        let column = |name: &str| numbers(&looked.expected["gap"][name]);
        let (log_w, e_log_w, se_sim) = (column("logW"), column("E.logW"), column("SE.sim"));
        let plan = Plan::new(Method::Gap, 1).with_k_max(log_w.len() - 1).with_references(REFERENCES);
        let gap = looked.selection(plan);
        // Ours is a mean of 100 draws, R's one of 500; and its W is half the inertia, by its power of 2.
        let noise = |i: usize| 4.0 * se_sim[i] * (1.0 / f64::from(REFERENCES) + 1.0 / 500.0).sqrt();
        let ln_2 = std::f64::consts::LN_2;
        for (i, row) in gap.curve().iter().enumerate() {
            let what = format!("{}, k = {}", looked.name, row.k);
            assert_near(row.log_dispersion, log_w[i] + ln_2, 1e-9, &format!("{what}, logW"));
            assert_near(
                row.reference_log_dispersion,
                e_log_w[i] + ln_2,
                noise(i),
                &format!("{what}, E.logW"),
            );
            assert_near(row.error / se_sim[i], 1.0, 0.35, &format!("{what}, SE.sim"));
        }
        for (rule, k) in choices_of(&gap) {
            let theirs = looked.expected["gap"]["choices"][rule].as_u64();
            assert_eq!(k.map(|k| k as u64), theirs, "{}, {rule}", looked.name);
        }
    }
}
