//! The picture: what is painted, in which order, and how it moves from before to now.

mod common;

use common::recorder::{Mark, Recorder, Trace, is_dots};
use common::{board, drawn, points};
use kmeans_board::paint::{Before, LIGHT, Layers, Look, MAX_DOTS, Moment, Raster, Rgb, colours, paint, svg};
use kmeans_board::{Board, Lloyd, Point, Preset, Recipe, Seeding};

/// Ten corners and closed, as no other shape here is.
fn is_star(mark: &Mark) -> bool {
    mark.path.len() == 11 && mark.path[10] == Trace::Close && mark.opacity == 1.0
}

fn is_cell(mark: &Mark) -> bool {
    mark.path.last() == Some(&Trace::Close) && mark.opacity < 1.0 && mark.width.is_none()
}

fn is_line(mark: &Mark) -> bool {
    mark.width.is_some() && !mark.path.contains(&Trace::Close)
}

const ALL_LAYERS: Layers = Layers { cells: true, trails: true, centroids: true };

/// Without trails, which are dotted too, and know where a motion leads.
const NO_TRAILS: Layers = Layers { trails: false, ..ALL_LAYERS };

fn look(layers: Layers) -> Look {
    Look { size: 400.0, scale: 2.0, background: Rgb(255, 255, 255), ink: Rgb(0, 0, 0), layers }
}

fn painted(lloyd: &Lloyd, before: &Before, t: f64, layers: Layers) -> Recorder {
    painted_with_raster(lloyd, before, t, layers).0
}

fn painted_with_raster(lloyd: &Lloyd, before: &Before, t: f64, layers: Layers) -> (Recorder, Raster) {
    let colours = colours(lloyd.centroids_after(0));
    let (mut recorder, mut raster) = (Recorder::default(), Raster::default());
    paint(&Moment { lloyd, before, t, colours: &colours }, &look(layers), &mut raster, &mut recorder)
        .expect("room");
    (recorder, raster)
}

/// How a clustering stands, with nothing on the move.
fn still(lloyd: &Lloyd, layers: Layers) -> Recorder {
    painted(lloyd, &Before::of(lloyd), 1.0, layers)
}

fn seeded(n: usize, k: usize) -> Lloyd {
    let board = drawn(Preset::Peaked, n, 3).expect("a board");
    Lloyd::seeded(board, k, Seeding::Random, 5).expect("a start")
}

/// Where the picture has a point of the board: the square is grown by a fiftieth on each side.
fn in_picture(point: Point) -> (f64, f64) {
    let at = |v: f64| (v + 1.04) / 2.08 * 400.0;
    (at(point.x), at(-point.y))
}

#[test]
fn every_point_is_a_circle_in_its_place() {
    for n in [1, 2, 300, 2000] {
        let mut lloyd = seeded(n, 1);
        for _ in 0..2 {
            let picture = still(&lloyd, ALL_LAYERS);
            let dots = picture.dots();
            assert_eq!(dots.len(), n);
            assert!(picture.pixels_after.is_empty());
            for point in lloyd.board().points() {
                let (x, y) = in_picture(*point);
                let is_here = |dot: &&(Trace, Rgb)| {
                    matches!(dot.0, Trace::Circle(a, b, r)
                        if (a - x).abs() < 1e-9 && (b - y).abs() < 1e-9 && r >= 0.6)
                };
                assert!(dots.iter().any(|dot| is_here(&dot)), "{point:?} at {x}, {y}");
            }
            lloyd.assign();
        }
    }
}

#[test]
fn dots_have_the_colour_of_their_cluster() {
    let mut lloyd = seeded(300, 5);
    let grey = still(&lloyd, NO_TRAILS).dots()[0].1;
    assert!(!LIGHT.contains(&grey));
    assert!(still(&lloyd, NO_TRAILS).dots().iter().all(|dot| dot.1 == grey));
    lloyd.step();
    let dots = still(&lloyd, NO_TRAILS).dots();
    for (j, &count) in lloyd.counts().iter().enumerate() {
        assert_eq!(dots.iter().filter(|dot| dot.1 == LIGHT[j]).count(), count as usize);
    }
}

#[test]
fn a_dark_board_has_the_dark_colours() {
    let mut lloyd = seeded(300, 5);
    lloyd.step();
    let (mut recorder, mut raster) = (Recorder::default(), Raster::default());
    let dark = Look { background: Rgb(0x10, 0x12, 0x16), ..look(ALL_LAYERS) };
    let moment = Moment { lloyd: &lloyd, before: &Before::of(&lloyd), t: 1.0, colours: &[0, 1, 2, 3, 4] };
    paint(&moment, &dark, &mut raster, &mut recorder).expect("room");
    assert!(recorder.dots().iter().all(|dot| kmeans_board::paint::DARK[..5].contains(&dot.1)));
}

#[test]
fn stars_come_last_one_for_each_centroid() {
    let mut lloyd = seeded(300, 5);
    for _ in 0..3 {
        let picture = still(&lloyd, ALL_LAYERS);
        let stars = picture.of_kind(is_star);
        assert_eq!(stars.iter().filter(|mark| mark.width.is_none()).count(), 5);
        assert_eq!(picture.marks[picture.marks.len() - stars.len()..], stars);
        lloyd.step();
    }
}

#[test]
fn stars_stand_on_their_centroids() {
    let mut lloyd = seeded(300, 5);
    lloyd.step();
    let stars = still(&lloyd, ALL_LAYERS).of_kind(|mark| is_star(mark) && mark.width.is_none());
    for (j, (star, centroid)) in stars.iter().zip(lloyd.centroids()).enumerate() {
        let (x, y) = in_picture(*centroid);
        let Trace::Move(top_x, top_y) = star.path[0] else { panic!("{star:?}") };
        assert!((top_x - x).abs() < 1e-9 && top_y < y, "the first corner is above {x}, {y}");
        assert_eq!(star.colour, LIGHT[j]);
    }
}

#[test]
fn stars_leave_most_of_any_board_free() {
    for k in [1, 7, 100, 1024] {
        let lloyd = seeded(2000, k);
        for size in [120.0, 400.0, 800.0] {
            let (mut recorder, look) = (Recorder::default(), Look { size, ..look(NO_TRAILS) });
            let (before, colours) = (Before::of(&lloyd), colours(lloyd.centroids()));
            let moment = Moment { lloyd: &lloyd, before: &before, t: 1.0, colours: &colours };
            paint(&moment, &look, &mut Raster::default(), &mut recorder).expect("room");
            let star = &recorder.marks.last().expect("a star").path;
            let height = |trace: &Trace| match *trace {
                Trace::Move(_, y) | Trace::Line(_, y) => y,
                _ => f64::NAN,
            };
            // From its first corner, on top, to the lowest of its ten.
            let extent = star[..10].iter().map(height).fold(0.0, f64::max) - height(&star[0]);
            assert!(extent > 1.5, "{k} stars on {size} px are {extent} px high");
            assert!(extent * extent * k as f64 <= size * size / 4.0, "{k} stars of {extent} px on {size} px");
        }
    }
}

#[test]
fn very_many_clusters_are_painted_by_colour_and_with_thin_lines() {
    let mut lloyd = seeded(600, 150);
    lloyd.step();
    let picture = still(&lloyd, NO_TRAILS);
    // A whole pixel of the device is half a pixel of CSS.
    assert!(picture.marks.iter().all(|mark| mark.width.is_none_or(|width| width <= 0.5)));
    let is_cluster =
        |mark: &&Mark| mark.width.is_none() && mark.colour != Rgb(255, 255, 255) && !is_dots(mark);
    let (cells, stars): (Vec<&Mark>, Vec<&Mark>) =
        picture.marks.iter().filter(is_cluster).partition(|mark| mark.opacity < 1.0);
    let begun = |marks: &[&Mark]| {
        marks.iter().flat_map(|mark| &mark.path).filter(|trace| matches!(trace, Trace::Move(..))).count()
    };
    assert_eq!(begun(&cells), 150);
    assert_eq!(begun(&stars), 150);
    let colours = colours(lloyd.centroids_after(0));
    let distinct = (0..40).filter(|place| colours.contains(place)).count();
    assert_eq!([cells.len(), stars.len()], [distinct; 2]);
}

#[test]
fn cells_come_with_the_first_labels_and_lie_behind_the_points() {
    let mut lloyd = seeded(300, 5);
    assert!(still(&lloyd, ALL_LAYERS).of_kind(is_cell).is_empty());
    lloyd.assign();
    let picture = still(&lloyd, ALL_LAYERS);
    let cells = picture.of_kind(is_cell);
    assert_eq!(cells.len(), 5);
    assert_eq!(picture.marks[..5], cells);
}

#[test]
fn layers_that_are_off_are_not_painted() {
    let mut lloyd = seeded(300, 5);
    lloyd.run(300);
    let shown = |layers| {
        let picture = still(&lloyd, layers);
        let count = |kind: fn(&Mark) -> bool| picture.of_kind(kind).len();
        [count(is_cell) > 0, count(is_line) > 0, count(is_star) > 0]
    };
    for i in 0..8 {
        let [cells, trails, centroids] = [i & 1 > 0, i & 2 > 0, i & 4 > 0];
        assert_eq!(shown(Layers { cells, trails, centroids }), [cells, trails, centroids]);
    }
    let bare = still(&lloyd, Layers { cells: false, trails: false, centroids: false });
    assert!(bare.marks.iter().all(is_dots), "only points are left");
    assert_eq!(bare.dots().len(), 300);
}

#[test]
fn a_trail_leads_from_the_seeding_to_the_centroid() {
    let mut lloyd = seeded(300, 5);
    assert!(still(&lloyd, ALL_LAYERS).of_kind(is_line).is_empty(), "no way has been made yet");
    lloyd.run(300);
    let trails = still(&lloyd, ALL_LAYERS).of_kind(is_line);
    assert_eq!(trails.len(), 5);
    for (j, trail) in trails.iter().enumerate() {
        let (from, to) = (in_picture(lloyd.centroids_after(0)[j]), in_picture(lloyd.centroids()[j]));
        assert!(is_at(trail.path.first(), from) && is_at(trail.path.last(), to), "{trail:?}");
    }
}

fn is_at(trace: Option<&Trace>, (x, y): (f64, f64)) -> bool {
    matches!(trace, Some(Trace::Move(a, b) | Trace::Line(a, b)) if (a - x).abs() < 1e-9 && (b - y).abs() < 1e-9)
}

/// The half-steps of a run: how it stood before and after each.
fn half_steps() -> Vec<(Lloyd, Lloyd)> {
    let mut lloyd = seeded(300, 5);
    let mut pairs = Vec::new();
    for i in 0..6 {
        let before = lloyd.clone();
        if i % 2 == 0 {
            lloyd.assign();
        } else {
            lloyd.update();
        }
        pairs.push((before, lloyd.clone()));
    }
    pairs
}

#[test]
fn a_motion_begins_with_before_and_ends_with_now() {
    for (before, now) in half_steps() {
        for (t, there) in [(0.0, &before), (1.0, &now)] {
            let moving = painted(&now, &Before::of(&before), t, NO_TRAILS);
            let still = still(there, NO_TRAILS);
            assert_eq!(moving.dots(), still.dots(), "dots at {t}");
            assert_eq!(moving.of_kind(is_cell), still.of_kind(is_cell), "cells at {t}");
            assert_eq!(moving.of_kind(is_star), still.of_kind(is_star), "stars at {t}");
        }
    }
}

#[test]
fn half_way_things_are_between() {
    for (before, now) in half_steps() {
        let picture = painted(&now, &Before::of(&before), 0.5, NO_TRAILS);
        assert_ne!(picture, still(&before, NO_TRAILS));
        assert_ne!(picture, still(&now, NO_TRAILS));
        let stars = picture.of_kind(|mark| is_star(mark) && mark.width.is_none());
        for ((star, a), b) in stars.iter().zip(before.centroids()).zip(now.centroids()) {
            let Trace::Move(x, _) = star.path[0] else { panic!("{star:?}") };
            assert!((x - in_picture(a.towards(*b, 0.5)).0).abs() < 1e-9);
        }
    }
}

#[test]
fn new_centroids_grow_where_they_are() {
    let lloyd = seeded(300, 5);
    let nothing = Before::default();
    assert!(painted(&lloyd, &nothing, 0.0, ALL_LAYERS).of_kind(is_star).is_empty());
    let half = painted(&lloyd, &Before::of(&lloyd).without_centroids(), 0.5, ALL_LAYERS).of_kind(is_star);
    let grown = painted(&lloyd, &nothing, 1.0, ALL_LAYERS).of_kind(is_star);
    assert_eq!((half.len(), grown.len()), (15, 15));
    let height = |star: &Mark| match (star.path[0], star.path[5]) {
        (Trace::Move(_, top), Trace::Line(_, bottom)) => bottom - top,
        _ => panic!("{star:?}"),
    };
    assert!(height(&half[0]) < height(&grown[0]));
    assert_eq!(grown, still(&lloyd, ALL_LAYERS).of_kind(is_star));
}

#[test]
fn a_label_from_before_may_be_of_a_cluster_that_is_no_more() {
    let mut many = seeded(300, 12);
    many.step();
    let mut few = seeded(300, 2);
    few.assign();
    assert_eq!(painted(&few, &Before::of(&many), 0.3, ALL_LAYERS).dots().len(), 300);
    let other_board = seeded(40, 12);
    assert_eq!(painted(&few, &Before::of(&other_board), 0.3, ALL_LAYERS).dots().len(), 300);
}

#[test]
fn everything_painted_is_finite_on_boards_of_any_scale() {
    for (name, base) in common::nasty_boards(60) {
        for scale in [1e-140, 1.0, 1e140] {
            let places: Vec<_> = base.iter().map(|p| (p.0 * scale, p.1 * scale)).collect();
            let mut lloyd = Lloyd::seeded(board(&places), 1, Seeding::Random, 1).expect(name);
            lloyd.run(300);
            for mark in still(&lloyd, ALL_LAYERS).marks {
                let is_good = |v: f64| (-1e4..1e4).contains(&v);
                assert!(
                    mark.path.iter().all(|trace| match *trace {
                        Trace::Move(x, y) | Trace::Line(x, y) => is_good(x) && is_good(y),
                        Trace::Circle(x, y, r) => is_good(x) && is_good(y) && r > 0.0,
                        Trace::Close => true,
                    }),
                    "{name} × {scale:e}: {mark:?}"
                );
            }
        }
    }
}

/// The opacity of a pixel.
fn alpha(raster: &Raster, x: usize, y: usize) -> u8 {
    raster.rgba()[4 * (y * raster.side() + x) + 3]
}

#[test]
fn many_points_are_pixels_between_the_cells_and_the_stars() {
    let mut lloyd = seeded(2001, 5);
    lloyd.step();
    let (picture, raster) = painted_with_raster(&lloyd, &Before::of(&lloyd), 1.0, NO_TRAILS);
    assert!(picture.dots().is_empty());
    assert_eq!((raster.side(), raster.rgba().len()), (800, 4 * 800 * 800));
    let cells = picture.marks.len() - picture.of_kind(is_star).len();
    assert_eq!(picture.pixels_after, [cells]);
}

#[test]
fn pixels_are_where_points_are_and_nowhere_else() {
    for scale in [1.0, 2.0] {
        let lloyd = seeded(3000, 5);
        let (mut recorder, mut raster) = (Recorder::default(), Raster::default());
        let moment = Moment { lloyd: &lloyd, before: &Before::of(&lloyd), t: 1.0, colours: &[0, 1, 2, 3, 4] };
        let look = Look { scale, ..look(ALL_LAYERS) };
        // What an earlier picture left is gone.
        paint(&moment, &Look { scale: 3.0, ..look }, &mut raster, &mut recorder).expect("room");
        paint(&moment, &look, &mut raster, &mut recorder).expect("room");
        let side = (400.0 * scale) as usize;
        assert_eq!(raster.side(), side);
        let mut is_near = vec![false; side * side];
        for point in lloyd.board().points() {
            let (x, y) = in_picture(*point);
            let (x, y) = ((x * scale) as usize, (y * scale) as usize);
            assert!(alpha(&raster, x, y) > 60, "{point:?} at {x}, {y}: {}", alpha(&raster, x, y));
            for near_y in y.saturating_sub(4)..(y + 5).min(side) {
                is_near[near_y * side + x.saturating_sub(4)..near_y * side + (x + 5).min(side)].fill(true);
            }
        }
        let empty = (0..side * side).filter(|&i| !is_near[i]);
        assert!(empty.clone().count() > side * side / 4, "the test is of something");
        assert!(empty.clone().all(|i| raster.rgba()[4 * i..4 * i + 4] == [0; 4]));
    }
}

#[test]
fn pixels_have_the_colours_of_the_clusters() {
    let clump = |x: f64| (0..1000).map(move |i| (x + f64::from(i % 40) * 0.01, f64::from(i / 40) * 0.01));
    let places: Vec<_> = clump(0.0).chain(clump(10.0)).chain(clump(20.0)).collect();
    let start = points(&[(0.0, 0.0), (10.0, 0.0), (20.0, 0.0)]);
    let mut lloyd = Lloyd::from_centroids(board(&places), start).expect("a start");
    lloyd.step();
    let raster = painted_with_raster(&lloyd, &Before::of(&lloyd), 1.0, ALL_LAYERS).1;
    let mut seen = [0; 3];
    for (i, pixel) in raster.rgba().chunks_exact(4).enumerate().filter(|(_, pixel)| pixel[3] > 200) {
        let j = (i % raster.side()) * 3 / raster.side();
        let Rgb(red, green, blue) = LIGHT[j];
        let is_like = |(a, b): (u8, &u8)| a.abs_diff(*b) <= 2;
        assert!([red, green, blue].into_iter().zip(pixel).all(is_like), "cluster {j}: {pixel:?}");
        seen[j] += 1;
    }
    assert!(seen.iter().all(|&count| count > 20), "{seen:?}");
}

#[test]
fn points_on_the_edge_of_the_board_are_painted() {
    let grid = Board::draw(Recipe::new(Preset::Grid, 1).with_n(2500)).expect("a board");
    let board = Board::from_points(grid.points().to_vec()).expect("a board");
    let lloyd = Lloyd::seeded(board, 4, Seeding::Random, 1).expect("a start");
    let raster = painted_with_raster(&lloyd, &Before::of(&lloyd), 1.0, ALL_LAYERS).1;
    let last = raster.side() - 1;
    let border = (0..=last).flat_map(|i| [(i, 0), (i, last), (0, i), (last, i)]);
    assert!(border.clone().all(|(x, y)| alpha(&raster, x, y) == 0), "no dot is cut");
    assert!(
        raster.rgba().chunks_exact(4).filter(|pixel| pixel[3] > 60).count() >= 2500,
        "every dot is there"
    );
}

#[test]
fn colours_mix_and_are_written_as_css_does() {
    let (a, b) = (Rgb(0, 100, 255), Rgb(255, 0, 255));
    assert_eq!((a.mixed(b, 0.0), a.mixed(b, 1.0), a.mixed(b, 0.5)), (a, b, Rgb(128, 50, 255)));
    assert_eq!(Rgb::from(0x0a_0bff), Rgb(10, 11, 255));
    assert_eq!(Rgb(10, 11, 255).to_string(), "#0a0bff");
}

/// The elements of a document that is well-formed, as it asserts: each tag's name and attributes.
fn elements(document: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut open: Vec<&str> = Vec::new();
    let mut elements = Vec::new();
    for part in document.split('<').skip(1) {
        let (tag, text) = part.split_once('>').expect("a tag that ends");
        assert!(!text.contains(['&', '"']) && (text.trim().is_empty() || !open.is_empty()), "{text}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
            continue;
        }
        let inner = tag.trim_end_matches('/');
        let (name, rest) = inner.split_once(' ').unwrap_or((inner, ""));
        let mut attributes = Vec::new();
        let mut parts = rest.split('"');
        while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
            attributes.push((key.trim().trim_end_matches('=').to_owned(), value.to_owned()));
        }
        elements.push((name.to_owned(), attributes));
        if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} do not end");
    elements
}

/// What a document shows: a row for each group of circles (its colour, opacity and circles) and for each path.
#[derive(Debug, Default)]
struct Shown {
    circles: Vec<(String, String, Vec<[f64; 3]>)>,
    /// Colour of the fill, colour of the stroke, data.
    paths: Vec<(String, String, String)>,
}

fn shown(document: &str) -> Shown {
    let mut shown = Shown::default();
    for (name, attributes) in elements(document) {
        let value = |key: &str| {
            let found = attributes.iter().find(|(own, _)| own == key);
            found.map_or(String::new(), |(_, value)| value.clone())
        };
        let number = |key: &str| value(key).parse().expect("a number");
        match name.as_str() {
            "g" => shown.circles.push((value("fill"), value("opacity"), Vec::new())),
            "circle" => {
                let group = &mut shown.circles.last_mut().expect("circles stand in a group").2;
                group.push([number("cx"), number("cy"), number("r")]);
            }
            "path" => shown.paths.push((value("fill"), value("stroke"), value("d"))),
            _ => {}
        }
    }
    shown
}

fn document(lloyd: &Lloyd, look: &Look) -> String {
    svg(lloyd, &colours(lloyd.centroids_after(0)), look)
}

/// A star's data: ten corners, closed.
fn is_star_data(data: &str) -> bool {
    data.matches('L').count() == 9 && data.ends_with('Z') && data.matches('Z').count() == 1
}

#[test]
fn an_svg_shows_what_the_canvas_does() {
    let mut lloyd = seeded(300, 5);
    for _ in 0..7 {
        let canvas = still(&lloyd, ALL_LAYERS);
        let shown = shown(&document(&lloyd, &look(ALL_LAYERS)));
        let mut dots: Vec<(String, [f64; 3])> = Vec::new();
        let mut stations = 0;
        for (fill, opacity, circles) in &shown.circles {
            match opacity.as_str() {
                "0.94" => dots.extend(circles.iter().map(|circle| (fill.clone(), *circle))),
                _ => stations += 1,
            }
        }
        let expected = canvas.dots().into_iter().filter_map(|(trace, colour)| match trace {
            Trace::Circle(x, y, r) if r > 1.75 => Some((colour.to_string(), [x, y, r])),
            _ => None,
        });
        let mut expected: Vec<_> = expected.collect();
        let order = |dot: &(String, [f64; 3])| [dot.1[0], dot.1[1]].map(|v| (v * 100.0).round() as i32);
        dots.sort_by_key(order);
        expected.sort_by_key(order);
        assert_eq!((dots.len(), expected.len()), (300, 300));
        for (dot, expected) in dots.iter().zip(&expected) {
            assert_eq!(dot.0, expected.0, "the colour of {dot:?}");
            assert!((0..3).all(|i| (dot.1[i] - expected.1[i]).abs() <= 0.005 + 1e-9), "{dot:?} {expected:?}");
        }
        let stars: Vec<_> =
            shown.paths.iter().filter(|path| is_star_data(&path.2) && path.1.is_empty()).collect();
        let fills: Vec<String> = stars.iter().map(|star| star.0.clone()).collect();
        assert_eq!(fills, LIGHT[..5].iter().map(Rgb::to_string).collect::<Vec<_>>());
        let marks = shown.paths.len() + shown.circles.len();
        assert_eq!(marks, canvas.marks.len(), "as many marks as on the canvas");
        assert_eq!(stations, canvas.of_kind(is_line).len(), "every trail has its stations");
        if lloyd.phase() == kmeans_board::Phase::Assign {
            lloyd.assign();
        } else {
            lloyd.update();
        }
    }
}

#[test]
fn an_svg_says_what_it_shows() {
    let mut lloyd = seeded(300, 5);
    lloyd.assign();
    let dark = Look { size: 250.5, background: Rgb(0x10, 0x12, 0x16), ..look(NO_TRAILS) };
    let text = document(&lloyd, &dark);
    assert!(
        text.starts_with(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"250.50\" height=\"250.50\" viewBox"
        )
    );
    assert!(text.contains("<title>k-means: n = 300, k = 5, iteration 0½</title>"), "{}", &text[..500]);
    assert!(text.contains("<desc>Dots are points") && !text.contains("One point in"));
    assert!(text.contains("<rect width=\"250.50\" height=\"250.50\" fill=\"#101216\"/>"));
    lloyd.run(300);
    assert!(document(&lloyd, &dark).contains(", converged</title>"));
    let bare = Layers { cells: false, trails: false, centroids: false };
    let shown = shown(&document(&lloyd, &look(bare)));
    assert!(shown.paths.is_empty() && shown.circles.iter().map(|group| group.2.len()).sum::<usize>() == 300);
}

#[test]
fn an_svg_has_circles_for_large_boards_and_thins_out_the_largest() {
    for (n, dots) in
        [(2_001, 2_001), (MAX_DOTS, MAX_DOTS), (MAX_DOTS + 1, MAX_DOTS / 2 + 1), (100_000, 20_000)]
    {
        let mut lloyd = seeded(n, 5);
        lloyd.step();
        let text = document(&lloyd, &look(NO_TRAILS));
        let shown = shown(&text);
        assert_eq!(shown.circles.iter().map(|group| group.2.len()).sum::<usize>(), dots, "{n} points");
        assert_eq!(text.contains("One point in"), dots < n);
        // All clusters are there, in about the share that they have.
        for (j, &count) in lloyd.counts().iter().enumerate() {
            let colour = LIGHT[j].to_string();
            let groups = shown.circles.iter().filter(|group| group.0 == colour);
            let own: usize = groups.map(|group| group.2.len()).sum();
            let share = own as f64 / dots as f64 * n as f64 / f64::from(count);
            assert!((0.9..1.1).contains(&share), "cluster {j} of {n} points: {share}");
        }
        assert!(text.len() < 1_000_000, "{} bytes", text.len());
    }
}

#[test]
fn an_svg_is_of_plain_numbers_on_boards_of_any_scale() {
    for (name, base) in common::nasty_boards(60) {
        for scale in [1e-140, 1.0, 1e140] {
            let places: Vec<_> = base.iter().map(|p| (p.0 * scale, p.1 * scale)).collect();
            let start = points(&[(1e150, -1e150)]);
            let mut lloyd = Lloyd::from_centroids(board(&places), start).expect(name);
            lloyd.step();
            let text = document(&lloyd, &look(ALL_LAYERS));
            elements(&text);
            let body = &text[text.find("<rect").expect("a board")..];
            assert!(!body.contains("NaN") && !body.contains("inf"), "{name} × {scale:e}");
        }
    }
}
