//! The boards: what each preset promises, and what is refused.

mod common;

use common::drawn;
use kmeans_board::{Board, Bounds, Error, MAX_POINTS, Origin, Point, Preset, Recipe};

/// Clouds so tight that each is one place, to see where they are and how large.
const TIGHT: [f64; 2] = [0.001, 0.001];

fn tight(preset: Preset, n: usize, clusters: usize, seed: u32) -> Board {
    let recipe = Recipe::new(preset, seed).with_n(n).with_clusters(clusters);
    Board::draw(Recipe { spread: TIGHT, ..recipe }).expect("a board")
}

/// The points by the tight clouds that they follow each other in.
fn clouds(board: &Board) -> Vec<&[Point]> {
    board.points().chunk_by(|a, b| a.distance(*b) < 0.03).collect()
}

fn sizes(board: &Board) -> Vec<usize> {
    clouds(board).iter().map(|cloud| cloud.len()).collect()
}

fn mean(points: &[Point]) -> Point {
    let n = points.len() as f64;
    Point::new(points.iter().map(|p| p.x).sum::<f64>() / n, points.iter().map(|p| p.y).sum::<f64>() / n)
}

/// The standard deviation in the plane: the root of the average of both variances.
fn sigma(points: &[Point]) -> f64 {
    let centre = mean(points);
    let sum: f64 = points.iter().map(|p| p.distance_squared(centre)).sum();
    (sum / (2.0 * (points.len() - 1) as f64)).sqrt()
}

#[test]
fn every_preset_draws_exactly_n_points_inside_the_square() {
    for info in Preset::ALL {
        let clusters = info.clusters.unwrap_or(1);
        for n in [1, 7, 100, 1003, clusters, clusters + 1, info.n] {
            for seed in [0, 1, u32::MAX] {
                let board = drawn(info.preset, n, seed).expect(info.name);
                assert_eq!(board.points().len(), n, "{}", info.name);
                assert_eq!(board.bounds(), Bounds::SQUARE, "{}", info.name);
                let stray = board.points().iter().find(|p| !Bounds::SQUARE.contains(**p));
                assert_eq!(stray, None, "{}, n = {n}, seed {seed}", info.name);
            }
        }
    }
}

#[test]
fn every_preset_takes_any_number_of_clusters() {
    for info in Preset::ALL {
        for (n, clusters) in [(60, 1), (60, 2), (60, 37), (60, 60), (1024, 1024), (1500, 1024)] {
            let recipe = Recipe::new(info.preset, 3).with_n(n).with_clusters(clusters);
            assert_eq!(Board::draw(recipe).expect(info.name).points().len(), n, "{}", info.name);
        }
    }
}

#[test]
fn every_preset_takes_the_smallest_and_the_largest_spread() {
    for info in Preset::ALL {
        for spread in [TIGHT, [2.0, 2.0], [0.001, 2.0]] {
            let board = Board::draw(Recipe { spread, ..Recipe::new(info.preset, 3) }).expect(info.name);
            assert!(board.points().iter().all(|p| Bounds::SQUARE.contains(*p)), "{}", info.name);
        }
    }
}

#[test]
fn the_same_seed_is_the_same_board_and_another_is_another() {
    for info in Preset::ALL {
        for seed in [0, 7, u32::MAX] {
            let board = Board::draw(Recipe::new(info.preset, seed)).expect(info.name);
            assert_eq!(board.origin(), Origin::Drawn(Recipe::new(info.preset, seed)));
            let Origin::Drawn(recipe) = board.origin() else { unreachable!("drawn above") };
            assert_eq!(Board::draw(recipe).expect(info.name), board, "{}", info.name);
            let other = Board::draw(Recipe { seed: seed.wrapping_add(1), ..recipe }).expect(info.name);
            // A grid is not drawn by lot.
            assert_eq!(other.points() == board.points(), info.preset == Preset::Grid, "{}", info.name);
        }
    }
}

#[test]
fn the_table_is_complete_and_its_defaults_can_be_drawn() {
    assert_eq!(Preset::ALL.len(), 12);
    for info in Preset::ALL {
        assert_eq!(info.name.parse(), Ok(info.preset));
        assert_eq!(info.preset.info().name, info.name);
        assert!(info.sentence.ends_with(['.', '?']) && !info.title.is_empty());
        let board = Board::draw(Recipe::new(info.preset, 1)).expect(info.name);
        assert_eq!(board.points().len(), info.n);
        assert_eq!(board.distinct_points(info.k), info.k, "{}", info.name);
    }
    let error = "blobs".parse::<Preset>().expect_err("no preset");
    assert_eq!(error.code(), "unknown-name");
    assert!(error.to_string().starts_with("there is no board called \"blobs\", there are uniform, gauss, "));
}

#[test]
fn uniform_points_are_uniform() {
    for preset in [Preset::Uniform, Preset::Dense] {
        for seed in 1..=10 {
            let board = drawn(preset, 10_000, seed).expect("a board");
            let mut counts = [0.0; 100];
            for point in board.points() {
                let at = |v: f64| (((v + 1.0) * 5.0) as usize).min(9);
                counts[10 * at(point.y) + at(point.x)] += 1.0;
            }
            let chi_squared: f64 = counts.iter().map(|c| (c - 100.0_f64).powi(2) / 100.0).sum();
            // The 0.05 % and the 99.95 % quantile of χ² with 99 degrees of freedom: not too uneven, nor too even.
            assert!((58.0..152.0).contains(&chi_squared), "{preset:?}, seed {seed}: χ² = {chi_squared}");
        }
    }
}

#[test]
fn clouds_differ_in_size_by_one_at_most() {
    for preset in [Preset::Gauss, Preset::Peaked] {
        for (n, clusters) in [(100, 7), (100, 3), (12, 5), (5, 5), (200, 3), (99, 1)] {
            let sizes = sizes(&tight(preset, n, clusters, 4));
            assert_eq!(sizes.len(), clusters, "{preset:?}: {sizes:?}");
            assert!(sizes.iter().max() <= sizes.iter().min().map(|min| min + 1).as_ref(), "{sizes:?}");
        }
    }
}

#[test]
fn gauss_centres_are_anywhere_in_the_square() {
    let centres: Vec<Point> = (0..100)
        .flat_map(|seed| clouds(&tight(Preset::Gauss, 20, 4, seed)).into_iter().map(mean).collect::<Vec<_>>())
        .collect();
    let middle = mean(&centres);
    assert!(middle.distance(Point::default()) < 0.1, "{middle:?}");
    let sigma = sigma(&centres);
    // A uniform coordinate in [-1, 1] has the standard deviation 1/√3.
    assert!((sigma - 3.0_f64.sqrt().recip()).abs() < 0.04, "{sigma}");
}

#[test]
fn each_cloud_has_one_sigma_within_the_spread() {
    // So tight that the square's edge cuts nothing off: five σ from it.
    let spread = [0.01, 0.03];
    let mut found = Vec::new();
    for seed in 0..20 {
        let recipe = Recipe { spread, ..Recipe::new(Preset::Peaked, seed).with_n(5000) };
        let board = Board::draw(recipe).expect("a board");
        found.extend(board.points().chunks(1000).map(sigma));
    }
    let (min, max) = found.iter().fold((f64::INFINITY, 0.0_f64), |(a, b), s| (a.min(*s), b.max(*s)));
    assert!((0.0095..0.0115).contains(&min), "the smallest σ is {min}");
    assert!((0.0285..0.0315).contains(&max), "the largest σ is {max}");
    let average = found.iter().sum::<f64>() / found.len() as f64;
    assert!((average - 0.02).abs() < 0.002, "the average σ is {average}");
}

#[test]
fn peaked_clouds_are_drawn_with_their_default_spread() {
    for seed in 0..20 {
        let board = drawn(Preset::Peaked, 5000, seed).expect("a board");
        for cloud in board.points().chunks(1000) {
            // The half of the points nearest to the middle, so that what the edge cut off matters little; in two
            // dimensions half of the points are within 1.1774 σ.
            let centre = mean(cloud);
            let mut distances: Vec<f64> = cloud.iter().map(|p| p.distance(centre)).collect();
            distances.sort_unstable_by(f64::total_cmp);
            let sigma = distances[500] / 1.1774;
            assert!((0.045..0.16).contains(&sigma), "seed {seed}: σ = {sigma}");
        }
    }
}

#[test]
fn peaked_centres_are_apart() {
    for seed in 0..200 {
        let board = tight(Preset::Peaked, 50, 5, seed);
        let centres: Vec<Point> = board.points().chunks(10).map(mean).collect();
        for (j, centre) in centres.iter().enumerate() {
            for other in &centres[..j] {
                let distance = centre.distance(*other);
                assert!(distance > 0.45, "seed {seed}: {distance}");
            }
        }
    }
}

#[test]
fn a_gauss_board_may_have_clouds_that_overlap() {
    let distance = |seed| {
        let board = tight(Preset::Gauss, 20, 2, seed);
        mean(&board.points()[..10]).distance(mean(&board.points()[10..]))
    };
    assert!((0..200).any(|seed| distance(seed) < 0.2));
}

#[test]
fn clouds_do_not_depend_on_how_many_points_they_have() {
    let centres = |n| clouds(&tight(Preset::Peaked, n, 5, 3)).into_iter().map(mean).collect::<Vec<_>>();
    for (few, many) in centres(50).into_iter().zip(centres(1000)) {
        assert!(few.distance(many) < 0.005);
    }
}

#[test]
fn unequal_clouds_halve() {
    let sizes = sizes(&tight(Preset::Unequal, 320, 5, 2));
    assert_eq!(sizes, [160, 80, 40, 20, 20]);
    let all_alone = tight(Preset::Unequal, 6, 6, 2);
    assert_eq!(all_alone.distinct_points(6), 6);
}

#[test]
fn stretched_clouds_are_eight_times_as_long_as_broad() {
    for seed in 0..10 {
        let recipe = Recipe { spread: [0.02, 0.02], ..Recipe::new(Preset::Stretched, seed).with_n(3000) };
        let board = Board::draw(recipe).expect("a board");
        for cloud in board.points().chunks(1000) {
            let (long, short) = principal_deviations(cloud);
            assert!((0.075..0.085).contains(&long), "seed {seed}: {long}");
            assert!((0.0093..0.0107).contains(&short), "seed {seed}: {short}");
        }
    }
}

/// The standard deviations along the two principal axes, the longer first.
fn principal_deviations(points: &[Point]) -> (f64, f64) {
    let centre = mean(points);
    let moment = |f: fn(f64, f64) -> f64| {
        points.iter().map(|p| f(p.x - centre.x, p.y - centre.y)).sum::<f64>() / points.len() as f64
    };
    let (xx, yy, xy) = (moment(|x, _| x * x), moment(|_, y| y * y), moment(|x, y| x * y));
    let (middle, reach) = (f64::midpoint(xx, yy), ((xx - yy) / 2.0).hypot(xy));
    ((middle + reach).sqrt(), (middle - reach).sqrt())
}

#[test]
fn moons_are_two_half_circles() {
    let board = tight(Preset::Moons, 201, 2, 1);
    for (i, point) in board.points().iter().enumerate() {
        let (side, upper) = if i < 101 { (1.0, true) } else { (-1.0, false) };
        let centre = Point::new(-0.29 * side, -0.145 * side);
        assert!((point.distance(centre) - 0.58).abs() < 0.006, "{point:?}");
        let is_above = point.y > centre.y - 0.006;
        let is_below = point.y < centre.y + 0.006;
        assert!(if upper { is_above } else { is_below }, "{point:?}");
    }
}

#[test]
fn rings_have_points_in_proportion_to_their_lengths() {
    let board = tight(Preset::Rings, 600, 1, 1);
    let of_radius = |radius: f64| {
        let is_near = |p: &&Point| (p.distance(Point::default()) - radius).abs() < 0.006;
        board.points().iter().filter(is_near).copied().collect::<Vec<_>>()
    };
    let rings = [0.15, 0.5, 0.85].map(of_radius);
    assert_eq!(rings.each_ref().map(Vec::len), [100, 200, 300]);
    assert!(rings.iter().all(|ring| mean(ring).distance(Point::default()) < 0.15), "they go all round");
}

#[test]
fn a_grid_is_a_lattice() {
    for (n, side) in [(1, 1), (4, 2), (7, 3), (144, 12), (145, 13)] {
        let board = drawn(Preset::Grid, n, 9).expect("a board");
        let pitch = 2.0 / f64::from(side);
        let mut seen: Vec<(i64, i64)> = Vec::new();
        for point in board.points() {
            let (column, row) = ((point.x + 1.0) / pitch - 0.5, (point.y + 1.0) / pitch - 0.5);
            assert!((column - column.round()).abs() < 1e-9 && (row - row.round()).abs() < 1e-9, "{point:?}");
            seen.push((column.round() as i64, row.round() as i64));
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), n, "each place once");
        assert!(seen.iter().all(|place| (0..side.into()).contains(&place.0)));
    }
}

#[test]
fn a_blob_is_one_cloud_in_the_middle() {
    let recipe = Recipe { spread: [0.1, 0.1], ..Recipe::new(Preset::Blob, 2).with_n(10_000) };
    let board = Board::draw(recipe).expect("a board");
    assert!(mean(board.points()).distance(Point::default()) < 0.005);
    assert!((sigma(board.points()) - 0.1).abs() < 0.002);
}

#[test]
fn cells_are_filled_ellipses_apart() {
    let board = drawn(Preset::Cells, 1200, 6).expect("a board");
    let cells: Vec<&[Point]> = board.points().chunks(100).collect();
    for cell in &cells {
        let centre = mean(cell);
        // No point of an ellipse is farther from its middle than the long half axis: 2 · 0.08.
        assert!(cell.iter().all(|p| p.distance(centre) < 0.16 + 0.03), "{centre:?}");
        assert!(sigma(cell) > 0.04, "filled, not a dot");
    }
    for (j, cell) in cells.iter().enumerate() {
        assert!(cells[..j].iter().all(|other| mean(other).distance(mean(cell)) > 0.2));
    }
}

#[test]
fn four_of_five_positions_are_at_the_places() {
    let board = tight(Preset::Places, 400, 4, 5);
    let by_place: Vec<&[Point]> = board.points().chunks(100).collect();
    for positions in by_place {
        let staying: Vec<Point> =
            positions.iter().enumerate().filter(|(i, _)| i % 5 != 4).map(|(_, p)| *p).collect();
        let place = mean(&staying);
        assert!(staying.iter().all(|p| p.distance(place) < 0.006));
        assert!(positions.iter().filter(|p| p.distance(place) > 0.05).count() > 10, "some are on the way");
    }
}

#[test]
fn a_board_of_given_points_keeps_them() {
    let points = vec![Point::new(3.0, -4.0), Point::new(1e-9, 2.0), Point::new(3.0, -4.0)];
    let board = Board::from_points(points.clone()).expect("a board");
    assert_eq!(board.points(), points);
    assert_eq!(board.origin(), Origin::Given);
    assert!(points.iter().all(|p| board.bounds().contains(*p)));
    assert_eq!((board.distinct_points(1), board.distinct_points(9)), (1, 2));
}

#[test]
fn coordinates_too_small_to_square_become_zero() {
    let board =
        Board::from_points(vec![Point::new(1e-200, -1e-200), Point::new(-0.0, 5e-324)]).expect("a board");
    let bits: Vec<(u64, u64)> = board.points().iter().map(|p| (p.x.to_bits(), p.y.to_bits())).collect();
    assert_eq!(bits, [(0, 0), (0, 0)]);
    assert_eq!(board.distinct_points(2), 1);
}

fn refusal(recipe: Recipe) -> (Error, String) {
    let error = Board::draw(recipe).expect_err("out of limits");
    let message = error.to_string();
    (error, message)
}

#[test]
fn a_number_of_points_out_of_its_limits_is_an_error() {
    for info in Preset::ALL {
        for n in [0, MAX_POINTS + 1, 1 << 40] {
            let (error, message) = refusal(Recipe::new(info.preset, 1).with_n(n));
            assert_eq!((&error, error.code()), (&Error::PointCount { n }, "point-count"));
            assert_eq!(message, format!("n must be from 1 to 4000000 points, not {n}"));
        }
    }
    let none = Board::from_points(Vec::new()).expect_err("no points");
    assert_eq!(none, Error::PointCount { n: 0 });
    let many = Board::from_points(vec![Point::default(); MAX_POINTS + 1]).expect_err("too many points");
    assert_eq!(many, Error::PointCount { n: MAX_POINTS + 1 });
}

#[test]
fn a_number_of_clusters_out_of_its_limits_is_an_error() {
    for (n, clusters, limit) in [(20, 0, 20), (20, 21, 20), (1, 2, 1), (5000, 1025, 1024), (20, 1 << 40, 20)]
    {
        let (error, message) = refusal(Recipe::new(Preset::Gauss, 1).with_n(n).with_clusters(clusters));
        assert_eq!((&error, error.code()), (&Error::Clusters { clusters, n }, "clusters"));
        let expected = format!("clusters must be from 1 to {limit} on a board of {n} points, not {clusters}");
        assert_eq!(message, expected);
    }
}

#[test]
fn a_spread_that_is_no_ascending_pair_within_its_limits_is_an_error() {
    let bad = [
        ([f64::NAN, 0.1], "NaN and 0.1"),
        ([0.1, f64::NAN], "0.1 and NaN"),
        ([0.3, 0.2], "0.3 and 0.2"),
        ([0.0, 0.1], "0 and 0.1"),
        ([-0.1, 0.1], "-0.1 and 0.1"),
        ([0.1, 2.5], "0.1 and 2.5"),
        ([0.1, f64::INFINITY], "0.1 and inf"),
    ];
    for (spread, named) in bad {
        let (error, message) = refusal(Recipe { spread, ..Recipe::new(Preset::Gauss, 1) });
        assert_eq!(error.code(), "spread");
        assert_eq!(message, format!("spread must be an ascending pair from 0.001 to 2, not {named}"));
    }
}

#[test]
fn a_coordinate_that_cannot_be_calculated_with_is_an_error() {
    let bad = [
        (f64::NAN, "NaN"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
        (1e200, "1e200"),
        (-1.5e150, "-1.5e150"),
    ];
    for (value, named) in bad {
        for point in [Point::new(value, 0.0), Point::new(0.0, value)] {
            let points = vec![Point::default(), Point::default(), point];
            let error = Board::from_points(points).expect_err("a bad coordinate");
            assert_eq!(error.code(), "coordinate");
            let expected = format!("point 2 has the coordinate {named}, which is not within ±1e150");
            assert_eq!(error.to_string(), expected);
        }
    }
    Board::from_points(vec![Point::new(1e150, -1e150)]).expect("the limit itself is good");
}

/// The sign of a zero is not the same on every platform once `min` and `max` have seen it.
#[test]
fn no_coordinate_is_a_negative_zero() {
    let is_plain =
        |point: &Point| [point.x, point.y].iter().all(|value| value.to_bits() != (-0.0_f64).to_bits());
    let grid = Board::draw(Recipe::new(Preset::Grid, 1).with_n(9)).expect("a board");
    assert!(grid.points().iter().all(is_plain));
    let given = Board::from_points(vec![Point::new(-0.0, 1.0), Point::new(1.0, -0.0)]).expect("a board");
    assert!(given.points().iter().all(is_plain));
}
