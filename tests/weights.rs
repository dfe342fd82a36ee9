//! The picture of a seeding, slowly: areas are weights, the strip is what was drawn from, the stars are the centroids.

mod common;

use common::recorder::{Mark, Recorder, Trace};
use common::{board, drawn, nasty_boards};
use kmeans_board::paint::{LIGHT, Layers, Look, Rgb, Weights};
use kmeans_board::{Point, Preset, Seeding, SlowSeeding};

const SIZE: f64 = 400.0;
const HEIGHT: f64 = 40.0;
/// The strip's upper edge and its height, below the heads of the needles.
const TOP: f64 = 9.0;
const HIGH: f64 = HEIGHT - 1.0 - TOP;
const WHITE: Rgb = Rgb(255, 255, 255);
const INK: Rgb = Rgb(1, 2, 3);
const ONE_BY_ONE: [Seeding; 3] = [Seeding::Maximin, Seeding::KMeansPlusPlus, Seeding::GreedyKMeansPlusPlus];

fn look() -> Look {
    let layers = Layers { cells: false, trails: false, centroids: false };
    Look { size: SIZE, scale: 2.0, background: WHITE, ink: INK, layers }
}

/// A seeding of a board of n points with so many of its 7 centroids chosen.
fn chosen(n: usize, seeding: Seeding, count: usize) -> SlowSeeding {
    let board = drawn(Preset::Uniform, n, 3).expect("a board");
    let mut slowly = SlowSeeding::new(board, 7, seeding, 5).expect("a start");
    for _ in 0..count {
        assert!(slowly.advance().expect("room"));
    }
    slowly
}

fn painted(weights: &Weights, t: f64) -> Recorder {
    let mut recorder = Recorder::default();
    weights.paint(&look(), t, &mut recorder);
    recorder
}

fn strip(weights: &Weights, t: f64) -> Recorder {
    let mut recorder = Recorder::default();
    weights.paint_strip(&look(), HEIGHT, t, &mut recorder);
    recorder
}

/// A weight that is still there, or that the last centroid has taken.
fn is_left(mark: &Mark) -> bool {
    mark.width.is_none() && mark.opacity > 0.5 && mark.opacity < 1.0
}

fn was_there(mark: &Mark) -> bool {
    mark.width.is_none() && mark.opacity < 0.5
}

fn circles(marks: &[Mark]) -> Vec<(f64, f64, f64, Rgb)> {
    let of = |mark: &Mark| {
        let colour = mark.colour;
        let circles = mark.path.iter().map(move |trace| match *trace {
            Trace::Circle(x, y, radius) => (x, y, radius, colour),
            _ => panic!("{trace:?} among circles"),
        });
        circles.collect::<Vec<_>>()
    };
    marks.iter().flat_map(of).collect()
}

/// Left, top, right and bottom of each rectangle, from left to right.
fn rectangles(marks: &[Mark]) -> Vec<([f64; 4], Rgb)> {
    let of = |mark: &Mark| {
        let colour = mark.colour;
        let corners = mark.path.chunks(5).map(move |corners| match *corners {
            [Trace::Move(left, top), _, Trace::Line(right, bottom), _, Trace::Close] => {
                ([left, top, right, bottom], colour)
            }
            _ => panic!("{corners:?} is no rectangle"),
        });
        corners.collect::<Vec<_>>()
    };
    let mut rectangles: Vec<_> = marks.iter().flat_map(of).collect();
    rectangles.sort_by(|a, b| a.0[0].total_cmp(&b.0[0]));
    rectangles
}

/// Where the picture has a point: the square is grown by a twenty-fifth on each side, and then by a fiftieth.
fn in_picture(point: Point) -> (f64, f64) {
    let half = 1.08 * 1.04;
    let at = |v: f64| (v + half) / (2.0 * half) * SIZE;
    (at(point.x), at(-point.y))
}

/// The circle around the place of a point.
fn circle_of(point: Point, circles: &[(f64, f64, f64, Rgb)]) -> (f64, Rgb) {
    let (x, y) = in_picture(point);
    let here = circles.iter().find(|circle| (circle.0 - x).abs() < 1e-9 && (circle.1 - y).abs() < 1e-9);
    here.map(|circle| (circle.2, circle.3)).expect("a circle for each point")
}

#[test]
fn areas_are_in_proportion_to_the_weights() {
    for seeding in ONE_BY_ONE {
        let slowly = chosen(150, seeding, 4);
        let picture = painted(&Weights::of(&slowly), 1.0);
        for (marks, weights) in [
            (picture.of_kind(was_there), slowly.weights()),
            (picture.of_kind(is_left), slowly.weights_after()),
        ] {
            let circles = circles(&marks);
            assert_eq!(circles.len(), 150);
            let all: f64 = slowly.weights().iter().sum();
            let mut in_proportion = 0;
            for (point, weight) in slowly.board().points().iter().zip(weights) {
                let (radius, _) = circle_of(*point, &circles);
                let area = std::f64::consts::PI * radius * radius / (SIZE * SIZE);
                if radius > 0.81 && radius < 0.079 * SIZE {
                    assert!((area - 0.16 * weight / all).abs() < 1e-9, "{seeding:?}: {area} for {weight}");
                    in_proportion += 1;
                } else {
                    assert!((area >= 0.16 * weight / all) == (radius < 1.0), "seen, and not too large");
                }
            }
            assert!(in_proportion > 100, "{seeding:?}: {in_proportion}");
        }
    }
}

#[test]
fn points_have_the_colour_of_their_nearest_star() {
    let slowly = chosen(150, Seeding::KMeansPlusPlus, 5);
    let circles = circles(&painted(&Weights::of(&slowly), 1.0).of_kind(is_left));
    for point in slowly.board().points() {
        let d = |j: &usize| slowly.centroids()[*j].distance_squared(*point);
        let nearest = (0..5).min_by(|a, b| d(a).total_cmp(&d(b))).expect("five");
        assert_eq!(circle_of(*point, &circles).1, LIGHT[nearest], "{point:?}");
    }
}

#[test]
fn before_the_second_centroid_all_points_are_alike_and_grey() {
    for count in [0, 1] {
        let weights = Weights::of(&chosen(150, Seeding::KMeansPlusPlus, count));
        let circles = circles(&painted(&weights, 1.0).of_kind(is_left));
        assert!(circles.iter().all(|circle| (circle.2, circle.3) == (circles[0].2, circles[0].3)));
        assert!(!LIGHT.contains(&circles[0].3));
        let parts = rectangles(&strip(&weights, 1.0).of_kind(is_left));
        assert_eq!(parts.len(), 150);
        assert!(parts.iter().all(|part| (part.0[2] - part.0[0] - (SIZE - 2.0) / 150.0).abs() < 1e-9));
    }
}

/// Ten corners and closed, as no other shape here is.
fn stars(picture: &Recorder) -> Vec<Mark> {
    picture.of_kind(|mark| mark.path.len() == 11 && mark.width.is_none() && mark.opacity == 1.0)
}

fn rings(picture: &Recorder) -> Vec<(f64, f64)> {
    let rings = picture.of_kind(|mark| mark.width.is_some() && mark.colour == INK && mark.path.len() == 1);
    let place = |ring: &Mark| match ring.path[0] {
        Trace::Circle(x, y, _) => (x, y),
        _ => panic!("{ring:?}"),
    };
    rings.iter().map(place).collect()
}

fn is_near(a: (f64, f64), b: (f64, f64)) -> bool {
    (a.0 - b.0).abs() < 1e-9 && (a.1 - b.1).abs() < 1e-9
}

#[test]
fn stars_stand_on_the_centroids_and_rings_around_the_candidates() {
    for seeding in ONE_BY_ONE {
        let slowly = chosen(150, seeding, 4);
        let picture = painted(&Weights::of(&slowly), 1.0);
        let stars = stars(&picture);
        assert_eq!(stars.len(), 4);
        for (j, (star, centroid)) in stars.iter().zip(slowly.centroids()).enumerate() {
            let Trace::Move(x, _) = star.path[0] else { panic!("{star:?}") };
            assert!((x - in_picture(*centroid).0).abs() < 1e-9);
            assert_eq!(star.colour, LIGHT[j]);
        }
        let rings = rings(&picture);
        assert_eq!(rings.len(), slowly.candidates().len());
        for candidate in slowly.candidates() {
            let place = in_picture(slowly.board().points()[candidate.point]);
            assert!(rings.iter().any(|ring| is_near(*ring, place)), "{seeding:?}");
        }
        let last = in_picture(slowly.centroids()[3]);
        assert!(is_near(*rings.last().expect("one"), last), "that of the last is on top");
    }
}

#[test]
fn the_strip_is_all_weights_side_by_side_and_as_high_as_what_is_left() {
    let slowly = chosen(60, Seeding::KMeansPlusPlus, 3);
    let picture = strip(&Weights::of(&slowly), 1.0);
    let (before, after) = (slowly.weights(), slowly.weights_after());
    let all: f64 = before.iter().sum();
    let faint = rectangles(&picture.of_kind(was_there));
    let left = rectangles(&picture.of_kind(is_left));
    assert_eq!(faint.len(), left.len());
    let mut edge = 1.0;
    for (part, kept) in faint.iter().zip(&left) {
        assert!((part.0[0] - edge).abs() < 1e-9, "no gap and no overlap at {edge}");
        assert!((part.0[1] - TOP).abs() < 1e-9 && part.0[3] == TOP + HIGH, "{part:?}");
        assert_eq!([part.0[0], part.0[2]], [kept.0[0], kept.0[2]]);
        edge = part.0[2];
    }
    assert!((edge - (SIZE - 1.0)).abs() < 1e-9, "to the very end, not {edge}");
    // Those that are wide enough have a part of their own, which are most.
    let mut begin = 0.0;
    let mut found = 0;
    for (weight, after) in before.iter().zip(after) {
        let (x, width) = (1.0 + (SIZE - 2.0) * begin / all, (SIZE - 2.0) * weight / all);
        let own =
            left.iter().find(|part| (part.0[0] - x).abs() < 1e-6 && (part.0[2] - x - width).abs() < 1e-6);
        if let Some(part) = own {
            assert!((part.0[3] - part.0[1] - HIGH * after / weight).abs() < 1e-6);
            found += 1;
        }
        begin += weight;
    }
    assert!(found > 40, "{found}");
}

/// The triangles above the strip: where each points at.
fn needles(picture: &Recorder) -> Vec<f64> {
    let heads = picture.of_kind(|mark| mark.path.len() == 4 && mark.colour == INK);
    let tip = |head: &Mark| match head.path[2] {
        Trace::Line(x, _) => x,
        _ => panic!("{head:?}"),
    };
    heads.iter().map(tip).collect()
}

#[test]
fn needles_stand_at_the_numbers_drawn_and_the_part_is_outlined() {
    for seeding in ONE_BY_ONE {
        let slowly = chosen(150, seeding, 4);
        let picture = strip(&Weights::of(&slowly), 1.0);
        let mut expected: Vec<f64> = slowly
            .candidates()
            .iter()
            .filter_map(|each| each.drawn)
            .map(|at| 1.0 + (SIZE - 2.0) * at)
            .collect();
        let mut needles = needles(&picture);
        let taken = slowly.taken().expect("four");
        if let (Some(drawn), Some(last)) = (taken.drawn, needles.last()) {
            assert!((last - 1.0 - (SIZE - 2.0) * drawn).abs() < 1e-9, "that of the last is on top");
        }
        expected.sort_by(f64::total_cmp);
        needles.sort_by(f64::total_cmp);
        assert_eq!(needles.len(), expected.len(), "{seeding:?}");
        assert!(needles.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{seeding:?}");
        let outline =
            picture.of_kind(|mark| mark.width.is_some() && mark.colour == INK && mark.path.len() == 5);
        let [([left, _, right, _], _)] = rectangles(&outline)[..] else { panic!("{outline:?}") };
        let [begin, end] = taken.share.map(|at| 1.0 + (SIZE - 2.0) * at);
        assert!(left <= begin + 1e-9 && end <= right + 1e-9 && right - left <= (end - begin).max(3.0) + 1e-9);
    }
}

#[test]
fn other_candidates_are_shown_with_what_they_would_leave() {
    let slowly = chosen(150, Seeding::GreedyKMeansPlusPlus, 4);
    let all: f64 = slowly.weights().iter().sum();
    for (i, candidate) in slowly.candidates().iter().enumerate() {
        let picture = painted(&Weights::with(&slowly, i), 1.0);
        let place = in_picture(slowly.board().points()[candidate.point]);
        assert!(matches!(rings(&picture)[..], [ring] if is_near(ring, place)), "its own alone");
        assert_eq!(stars(&picture).len(), 4);
        let area: f64 = circles(&picture.of_kind(is_left)).iter().map(|circle| circle.2.powi(2)).sum();
        let left = std::f64::consts::PI * area / (SIZE * SIZE) / 0.16 * all;
        assert!((left / candidate.inertia - 1.0).abs() < 0.05, "{left} for {}", candidate.inertia);
    }
}

#[test]
fn many_points_share_discs_and_weigh_the_same_together() {
    for n in [2_001, 40_000] {
        let slowly = chosen(n, Seeding::KMeansPlusPlus, 3);
        let weights = Weights::of(&slowly);
        let picture = painted(&weights, 1.0);
        let (all, left): (f64, f64) = (slowly.weights().iter().sum(), slowly.inertia());
        for (marks, weight) in [(picture.of_kind(was_there), all), (picture.of_kind(is_left), left)] {
            let circles = circles(&marks);
            assert!(circles.len() <= 44 * 44, "{}", circles.len());
            let area: f64 = circles.iter().map(|circle| circle.2.powi(2)).sum();
            let share = std::f64::consts::PI * area / (SIZE * SIZE);
            assert!((share / (0.3 * weight / all) - 1.0).abs() < 0.05, "n = {n}: {share}");
        }
        let parts = rectangles(&strip(&weights, 1.0).of_kind(is_left));
        assert!(parts.len() > 100 && parts.len() <= 400, "{}", parts.len());
        // The area of the strip is ΣD² that is left, of that which was.
        let area: f64 = parts.iter().map(|(p, _)| (p[2] - p[0]) * (p[3] - p[1])).sum();
        assert!((area / ((SIZE - 2.0) * HIGH) - left / all).abs() < 1e-6, "n = {n}");
    }
}

#[test]
fn a_motion_begins_with_the_discs_before_and_lets_the_centroid_grow() {
    let mut slowly = chosen(150, Seeding::KMeansPlusPlus, 3);
    let before = Weights::of(&slowly);
    slowly.advance().expect("room");
    let weights = Weights::of(&slowly).following(&before);
    let (was, begins) = (painted(&before, 1.0), painted(&weights, 0.0));
    for point in slowly.board().points() {
        let [was, begins] =
            [&was, &begins].map(|picture| circle_of(*point, &circles(&picture.of_kind(is_left))));
        assert!((was.0 - begins.0).abs() < 1e-9, "{was:?}, {begins:?}");
    }
    assert_eq!(stars(&begins).len(), 3, "the fourth is yet to grow");
    assert_eq!(painted(&weights, 1.0), painted(&Weights::of(&slowly), 1.0), "and it ends the same");
    assert_eq!(strip(&weights, 1.0), strip(&Weights::of(&slowly), 1.0));
    assert_ne!(strip(&weights, 0.5), strip(&weights, 1.0), "the needle falls");
}

#[test]
fn everything_painted_is_finite_on_boards_of_any_scale() {
    for (name, base) in nasty_boards(60) {
        for scale in [1e-140, 1.0, 1e140] {
            let places: Vec<_> = base.iter().map(|p| (p.0 * scale, p.1 * scale)).collect();
            let board = board(&places);
            let k = board.distinct_points(5);
            let mut slowly = SlowSeeding::new(board, k, Seeding::GreedyKMeansPlusPlus, 1).expect(name);
            loop {
                let weights = Weights::of(&slowly);
                for mark in painted(&weights, 1.0).marks.into_iter().chain(strip(&weights, 1.0).marks) {
                    let is_good = |v: f64| (-1e4..1e4).contains(&v);
                    let is_finite = mark.path.iter().all(|trace| match *trace {
                        Trace::Move(x, y) | Trace::Line(x, y) => is_good(x) && is_good(y),
                        Trace::Circle(x, y, r) => is_good(x) && is_good(y) && r > 0.0,
                        Trace::Close => true,
                    });
                    assert!(is_finite, "{name} × {scale:e}: {mark:?}");
                }
                if !slowly.advance().expect(name) {
                    break;
                }
            }
        }
    }
}
