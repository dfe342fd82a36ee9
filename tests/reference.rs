//! The same runs as scikit-learn's, from the same centroids; `reference/lloyd.py` made them.

use std::sync::Arc;

use kmeans_board::{Board, Lloyd, Point};
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|v| v.as_f64().expect("a number")).collect()
}

/// Points from x and y in turn.
fn points(value: &Value) -> Vec<Point> {
    numbers(value).chunks_exact(2).map(|pair| Point::new(pair[0], pair[1])).collect()
}

/// The longer side of the smallest rectangle around the points.
fn extent(points: &[Point]) -> f64 {
    let range = |values: &dyn Fn(&Point) -> f64| {
        let min = points.iter().map(values).fold(f64::INFINITY, f64::min);
        points.iter().map(values).fold(f64::NEG_INFINITY, f64::max) - min
    };
    range(&|p| p.x).max(range(&|p| p.y))
}

#[test]
fn runs_agree_with_scikit_learn() {
    let reference: Value = serde_json::from_str(include_str!("reference/lloyd.json")).expect("JSON");
    let runs = reference["runs"].as_array().expect("a list of runs");
    assert!(runs.len() > 60, "only {} runs", runs.len());
    for run in runs {
        check(run, points(&reference["boards"][run["board"].as_str().expect("a board's name")]));
    }
}

fn check(expected: &Value, points_of_board: Vec<Point>) {
    let name = expected["name"].as_str().expect("a name");
    let near = 1e-9 * extent(&points_of_board);
    let board = Arc::new(Board::from_points(points_of_board).expect(name));
    let mut lloyd = Lloyd::from_centroids(board, points(&expected["centroids"])).expect(name);
    let run = lloyd.run(300);

    let labels: Vec<f64> = lloyd.labels().iter().map(|&label| f64::from(label)).collect();
    assert_eq!(labels, numbers(&expected["labels"]), "{name}: labels");
    assert!(run.converged, "{name}: converged");
    assert_eq!(Some(run.iterations as u64), expected["iterations"].as_u64(), "{name}: iterations");
    let centres = points(&expected["centres"]);
    assert_eq!(centres.len(), lloyd.k(), "{name}: k");
    for (ours, theirs) in lloyd.centroids().iter().zip(&centres) {
        let off = (ours.x - theirs.x).abs().max((ours.y - theirs.y).abs());
        assert!(off <= near, "{name}: {ours:?}, but scikit-learn has {theirs:?}");
    }
    let inertia = expected["inertia"].as_f64().expect("a number");
    assert!(
        (run.inertia - inertia).abs() <= 1e-9 * inertia,
        "{name}: inertia {}, not {inertia}",
        run.inertia
    );
}
