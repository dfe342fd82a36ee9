//! Voronoi cells: they tile the bounds for any centroids.

mod common;

use common::{drawn, nasty_boards, points, validate_cells};
use kmeans_board::{Bounds, Point, Preset, area, cells};
use proptest::prelude::*;

/// Centroids scattered over a square, scaled.
fn scattered(k: usize, scale: f64) -> Vec<Point> {
    let board = drawn(Preset::Uniform, k, 17).expect("a board");
    board.points().iter().map(|p| Point::new(p.x * scale, p.y * scale)).collect()
}

fn square(half: f64) -> Bounds {
    Bounds { min: Point::new(-half, -half), max: Point::new(half, half) }
}

#[test]
fn cells_tile_the_bounds() {
    for k in [1, 2, 3, 7, 50] {
        for scale in [1e-150, 1e-9, 1.0, 1e9, 1e120] {
            validate_cells(&scattered(k, scale), &square(scale), 2000, &format!("k = {k} × {scale:e}"));
        }
    }
}

#[test]
fn cells_of_nasty_boards_tile_the_bounds() {
    for (name, base) in nasty_boards(60) {
        let centroids = points(&base);
        validate_cells(&centroids, &Bounds::around(&centroids), 500, name);
        validate_cells(&centroids, &Bounds::SQUARE, 500, name);
    }
}

#[test]
fn a_thousand_cells_tile_the_bounds() {
    validate_cells(&scattered(1024, 1.0), &Bounds::SQUARE, 5000, "uniform");
    for preset in [Preset::Gauss, Preset::Grid, Preset::Rings] {
        let board = drawn(preset, 1024, 2).expect("a board");
        validate_cells(board.points(), &Bounds::SQUARE, 5000, &format!("{preset:?}"));
    }
}

#[test]
fn one_cell_is_the_bounds() {
    for centroid in [Point::default(), Point::new(1.0, -1.0), Point::new(1e9, 3.0)] {
        assert_eq!(cells(&[centroid], &Bounds::SQUARE), [Bounds::SQUARE.corners().to_vec()]);
    }
}

#[test]
fn no_centroids_have_no_cells() {
    assert!(cells(&[], &Bounds::SQUARE).is_empty());
}

#[test]
fn two_cells_meet_half_way() {
    let cells = cells(&points(&[(-0.5, 0.0), (0.0, 0.0)]), &Bounds::SQUARE);
    assert_eq!(area(&cells[0]), 1.5);
    assert_eq!(area(&cells[1]), 2.5);
    assert!(cells[0].iter().all(|corner| corner.x <= -0.25));
    assert!(cells[1].iter().all(|corner| corner.x >= -0.25));
}

#[test]
fn of_equal_centroids_the_first_has_the_cell() {
    let centroids = points(&[(0.5, 0.5), (-0.5, 0.0), (0.5, 0.5), (-0.5, 0.0), (0.5, 0.5)]);
    let cells = cells(&centroids, &Bounds::SQUARE);
    assert_eq!(cells.iter().map(Vec::is_empty).collect::<Vec<_>>(), [false, false, true, true, true]);
    validate_cells(&centroids, &Bounds::SQUARE, 500, "equal centroids");
    validate_cells(&[Point::new(0.1, 0.1); 9], &Bounds::SQUARE, 500, "all equal");
    let signs = points(&[(0.0, 0.0), (-0.0, 0.0)]);
    validate_cells(&signs, &Bounds::SQUARE, 500, "zero and minus zero");
}

#[test]
fn collinear_centroids_have_strips() {
    for (dx, dy) in [(0.1, 0.0), (0.0, 0.1), (0.05, 0.05), (0.03, -0.07)] {
        let line: Vec<Point> =
            (-5..=5).map(|i| Point::new(f64::from(i) * dx, f64::from(i) * dy + 0.1)).collect();
        validate_cells(&line, &Bounds::SQUARE, 1000, "a line");
        assert!(cells(&line, &Bounds::SQUARE).iter().all(|cell| cell.len() >= 3));
    }
}

#[test]
fn centroids_outside_the_bounds_are_clipped() {
    let outside = points(&[(3.0, 0.1), (-4.0, 0.2), (0.3, 5.0), (0.2, -6.0)]);
    validate_cells(&outside, &Bounds::SQUARE, 1000, "all around");
    let hidden = points(&[(0.0, 0.0), (50.0, 0.0)]);
    assert_eq!(cells(&hidden, &Bounds::SQUARE), [Bounds::SQUARE.corners().to_vec(), vec![]]);
    let behind = points(&[(3.0, 0.0), (7.0, 0.0), (9.0, 1.0), (2.0, 1.5), (100.0, 0.0)]);
    validate_cells(&behind, &Bounds::SQUARE, 1000, "on one side");
    let far = points(&[(1e6, 1.0), (1e6, -1.0), (1e6 + 1.0, 0.0)]);
    validate_cells(&far, &Bounds::SQUARE, 0, "far on one side");
}

#[test]
fn cells_that_meet_in_a_point_tile_the_bounds() {
    let lattice: Vec<Point> =
        (0..49).map(|i| Point::new(f64::from(i % 7) * 0.3 - 0.9, f64::from(i / 7) * 0.3 - 0.9)).collect();
    validate_cells(&lattice, &Bounds::SQUARE, 1000, "a lattice");
    let circle: Vec<Point> = (0..12)
        .map(|i| {
            let angle = f64::from(i) * std::f64::consts::TAU / 12.0;
            Point::new(angle.cos() * 0.5, angle.sin() * 0.5)
        })
        .collect();
    validate_cells(&circle, &Bounds::SQUARE, 1000, "a circle");
}

#[test]
fn the_area_is_positive_anticlockwise() {
    let square = points(&[(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0)]);
    assert_eq!(area(&square), 4.0);
    assert_eq!(area(&square.iter().rev().copied().collect::<Vec<_>>()), -4.0);
    assert_eq!(area(&[]), 0.0);
    assert_eq!(area(&square[..2]), 0.0);
}

#[test]
fn bounds_hold_their_points_and_are_never_degenerate() {
    for (name, base) in nasty_boards(60) {
        for scale in [1e-140, 1e-9, 1.0, 1e9, 1e140] {
            let points: Vec<Point> = base.iter().map(|p| Point::new(p.0 * scale, p.1 * scale)).collect();
            let bounds = Bounds::around(&points);
            assert!(points.iter().all(|point| bounds.contains(*point)), "{name} × {scale:e}: {bounds:?}");
            assert!(bounds.width() > 0.0 && bounds.height() > 0.0, "{name} × {scale:e}: {bounds:?}");
        }
    }
    for magnitude in [0.0, 1e-140, 1e-3, 1.0, 1e9, 1e150] {
        let bounds = Bounds::around(&[Point::new(magnitude, -magnitude); 3]);
        assert!(bounds.width() > 0.0 && bounds.contains(Point::new(magnitude, -magnitude)), "{bounds:?}");
    }
    assert_eq!(Bounds::around(&[]), Bounds::SQUARE);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cells_of_any_lattice_places_tile_the_bounds(
        lattice in prop::collection::vec((-6_i32..=6, -6_i32..=6), 1..30), step in prop_oneof![Just(0.1), Just(0.25)],
    ) {
        let centroids: Vec<Point> =
            lattice.iter().map(|p| Point::new(f64::from(p.0) * step, f64::from(p.1) * step)).collect();
        validate_cells(&centroids, &Bounds::SQUARE, 40, "lattice places");
    }

    #[test]
    fn cells_of_any_places_tile_the_bounds(
        anywhere in prop::collection::vec((-2.0..2.0_f64, -2.0..2.0_f64), 1..30), scale in prop_oneof![Just(1e-9), Just(1.0), Just(1e9)],
    ) {
        let centroids: Vec<Point> = anywhere.iter().map(|p| Point::new(p.0 * scale, p.1 * scale)).collect();
        validate_cells(&centroids, &square(scale), 40, "any places");
    }
}
