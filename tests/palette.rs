//! The palette: colours that stay distinct for colour-blind eyes too, and neighbours that differ.

mod common;

use std::sync::Arc;

use common::drawn;
use kmeans_board::paint::{DARK, LIGHT, Rgb, colours};
use kmeans_board::{Board, Lloyd, Point, Preset, Seeding, cells};

type Triple = [f64; 3];

/// Red, green and blue as amounts of light, each from 0 to 1 (IEC 61966-2-1).
fn linear(Rgb(red, green, blue): Rgb) -> Triple {
    [red, green, blue].map(|byte| {
        let value = f64::from(byte) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    })
}

fn times(matrix: &[Triple; 3], vector: Triple) -> Triple {
    matrix.map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum())
}

/// How colours are seen: severity 1.0 of Machado, Oliveira & Fernandes, *A physiologically-based model for simulation
/// of color vision deficiency*, 2009.
const VISIONS: [(&str, [Triple; 3]); 4] = [
    ("normal", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protanopia",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "deuteranopia",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ),
    (
        "tritanopia",
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ),
];

/// CIE 1976 L*a*b*, with the white of sRGB.
fn lab(linear: Triple) -> Triple {
    const XYZ: [Triple; 3] = [
        [0.412_456_4, 0.357_576_1, 0.180_437_5],
        [0.212_672_9, 0.715_152_2, 0.072_175_0],
        [0.019_333_9, 0.119_192_0, 0.950_304_1],
    ];
    let white = times(&XYZ, [1.0; 3]);
    let xyz = times(&XYZ, linear);
    let [x, y, z] = [0, 1, 2].map(|i| {
        let t = xyz[i] / white[i];
        if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 }
    });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn seen(vision: &[Triple; 3], colour: Rgb) -> Triple {
    lab(times(vision, linear(colour)).map(|value| value.clamp(0.0, 1.0)))
}

/// CIEDE2000 (Sharma, Wu & Dalal, *The CIEDE2000 color-difference formula: implementation notes*, 2005).
fn difference([l1, a1, b1]: Triple, [l2, a2, b2]: Triple) -> f64 {
    // 25⁷
    let share = |c: f64| (c.powi(7) / (c.powi(7) + 6_103_515_625.0)).sqrt();
    let g = 0.5 * (1.0 - share(f64::midpoint(a1.hypot(b1), a2.hypot(b2))));
    let (a1, a2) = ((1.0 + g) * a1, (1.0 + g) * a2);
    let (c1, c2) = (a1.hypot(b1), a2.hypot(b2));
    let hue = |a: f64, b: f64| b.atan2(a).to_degrees().rem_euclid(360.0);
    let (h1, h2) = (hue(a1, b1), hue(a2, b2));
    let (dh, h) = hue_step_and_mean(h1, h2, c1 * c2 == 0.0);
    let dh = 2.0 * (c1 * c2).sqrt() * (dh / 2.0).to_radians().sin();
    let (l, c) = (f64::midpoint(l1, l2), f64::midpoint(c1, c2));
    let wave = |times: f64, phase: f64| (times * h + phase).to_radians().cos();
    let t = 1.0 - 0.17 * wave(1.0, -30.0) + 0.24 * wave(2.0, 0.0) + 0.32 * wave(3.0, 6.0)
        - 0.20 * wave(4.0, -63.0);
    let turn = 60.0 * (-((h - 275.0) / 25.0).powi(2)).exp();
    let rotation = -turn.to_radians().sin() * 2.0 * share(c);
    let light = (l2 - l1) / (1.0 + 0.015 * (l - 50.0).powi(2) / (20.0 + (l - 50.0).powi(2)).sqrt());
    let chroma = (c2 - c1) / (1.0 + 0.045 * c);
    let hue = dh / (1.0 + 0.015 * c * t);
    (light * light + chroma * chroma + hue * hue + rotation * chroma * hue).max(0.0).sqrt()
}

/// From one hue to the other the short way, and the hue half way, in degrees.
fn hue_step_and_mean(h1: f64, h2: f64, is_grey: bool) -> (f64, f64) {
    let (step, sum) = (h2 - h1, h1 + h2);
    if is_grey {
        (0.0, sum)
    } else if step.abs() <= 180.0 {
        (step, sum / 2.0)
    } else {
        let step = if step > 0.0 { step - 360.0 } else { step + 360.0 };
        (step, if sum < 360.0 { sum / 2.0 + 180.0 } else { sum / 2.0 - 180.0 })
    }
}

#[test]
fn the_colour_difference_is_the_published_one() {
    let pairs = [
        ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
        ([50.0, 0.0, 0.0], [50.0, -1.0, 2.0], 2.3669),
        ([50.0, 2.49, -0.001], [50.0, -2.49, 0.0009], 7.1792),
        ([50.0, 2.49, -0.001], [50.0, -2.49, 0.0011], 7.2195),
        ([50.0, -0.001, 2.49], [50.0, 0.0011, -2.49], 4.7461),
        ([50.0, 2.5, 0.0], [73.0, 25.0, -18.0], 27.1492),
        ([50.0, 2.5, 0.0], [56.0, -27.0, -3.0], 31.9030),
        ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
        ([22.7233, 20.0904, -46.6940], [23.0331, 14.9730, -42.5619], 2.0373),
        ([2.0776, 0.0795, -1.1350], [0.9033, -0.0636, -0.5514], 0.9082),
    ];
    for (a, b, published) in pairs {
        for found in [difference(a, b), difference(b, a)] {
            assert!((found - published).abs() < 5.1e-5, "{a:?} to {b:?}: {found}, not {published}");
        }
    }
}

/// The two colours that differ least, and by how much.
fn closest(colours: &[Rgb], vision: &[Triple; 3]) -> (f64, Rgb, Rgb) {
    let mut closest = (f64::INFINITY, colours[0], colours[0]);
    for (i, &a) in colours.iter().enumerate() {
        for &b in &colours[..i] {
            let found = difference(seen(vision, a), seen(vision, b));
            if found < closest.0 {
                closest = (found, a, b);
            }
        }
    }
    closest
}

#[test]
fn colours_differ_for_every_kind_of_eyes() {
    for (board, palette) in [("light", LIGHT), ("dark", DARK)] {
        for (vision, matrix) in &VISIONS {
            for (count, least) in [(7, 12.0), (10, 12.0), (20, 8.0)] {
                let (found, a, b) = closest(&palette[..count], matrix);
                assert!(found >= least, "{board}, {vision}, first {count}: {a} and {b} differ by {found}");
            }
        }
    }
}

/// The ratio of contrast (WCAG 2.2).
fn contrast(a: Rgb, b: Rgb) -> f64 {
    let luminance = |colour| {
        let [red, green, blue] = linear(colour);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    };
    let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
    a.max(b) / a.min(b)
}

#[test]
fn colours_stand_out_from_their_board() {
    assert!((contrast(Rgb(0, 0, 0), Rgb(255, 255, 255)) - 21.0).abs() < 1e-9);
    for (board, palette) in [(Rgb::from(0xff_ffff), LIGHT), (Rgb::from(0x10_1216), DARK)] {
        for colour in palette {
            assert!(contrast(colour, board) >= 3.0, "{colour} on {board}: {}", contrast(colour, board));
        }
    }
}

#[test]
fn up_to_twenty_clusters_have_a_colour_each() {
    for k in 0..=20 {
        let start: Vec<Point> = (0..k).map(|j| Point::new(f64::from(j), 0.0)).collect();
        assert_eq!(colours(&start), (0..k as u8).collect::<Vec<_>>());
    }
}

#[test]
fn every_cluster_has_a_place_in_the_palette_and_many_are_used() {
    // 20 colours, and a deeper shade of each.
    for (k, least) in [(21, 15), (40, 20), (100, 20), (1024, 40)] {
        let board = drawn(Preset::Uniform, k, 4).expect("a board");
        let mut used = colours(board.points());
        assert_eq!(used.len(), k);
        used.sort_unstable();
        used.dedup();
        assert!(used.len() >= least && used.iter().all(|&place| place < 40), "k = {k}: {used:?}");
    }
}

#[test]
fn equal_centroids_do_not_panic() {
    assert_eq!(colours(&[Point::new(0.1, 0.1); 300]).len(), 300);
}

/// The pairs of clusters of one colour whose cells share an edge, as (lower, higher) index.
fn clashes(centroids: &[Point], board: &Board, colours: &[u8]) -> Vec<(usize, usize)> {
    let width = board.bounds().width();
    let mut clashes = Vec::new();
    for (j, cell) in cells(centroids, &board.bounds()).iter().enumerate() {
        let alike: Vec<usize> = (0..j).filter(|&other| colours[other] == colours[j]).collect();
        for i in 0..cell.len() {
            let (a, b) = (cell[i], cell[(i + 1) % cell.len()]);
            let middle = a.towards(b, 0.5);
            let own = middle.distance(centroids[j]);
            // On the edge between two cells, the distance to both centroids is the same.
            let shares = |&&other: &&usize| (middle.distance(centroids[other]) - own).abs() < 1e-9 * width;
            if a.distance(b) > 1e-6 * width {
                clashes.extend(alike.iter().filter(shares).map(|&other| (other, j)));
            }
        }
    }
    clashes
}

/// The states of a run, the clashes in all of them, and the states that have one.
fn clashes_of_run(preset: Preset, k: usize, seeding: Seeding, seed: u32) -> (usize, usize, usize) {
    let n = if preset == Preset::Dense { 10_000.max(10 * k) } else { 10 * k };
    let board = Arc::new(drawn(preset, n, seed).expect("a board"));
    let mut lloyd = Lloyd::seeded(board.clone(), k, seeding, seed).expect("a start");
    let colours = colours(lloyd.centroids());
    let (mut all, mut bad) = (0, 0);
    loop {
        let found = clashes(lloyd.centroids(), &board, &colours).len();
        all += found;
        bad += usize::from(found > 0);
        if lloyd.is_converged() || lloyd.iteration() == 40 {
            return (lloyd.iteration() + 1, all, bad);
        }
        lloyd.step();
    }
}

#[test]
fn neighbours_never_have_the_same_colour() {
    let mut report = String::new();
    for k in [21, 40, 100, 300] {
        check_neighbours(k, 1..=2, &mut report);
    }
    assert!(report.is_empty(), "clusters of one colour with a common edge:\n{report}");
}

#[test]
#[ignore = "takes minutes without optimisation: cargo test --release -- --ignored"]
fn neighbours_never_have_the_same_colour_among_a_thousand() {
    let mut report = String::new();
    for k in [21, 40, 100, 300, 1024] {
        check_neighbours(k, 1..=5, &mut report);
    }
    assert!(report.is_empty(), "clusters of one colour with a common edge:\n{report}");
}

fn check_neighbours(k: usize, seeds: std::ops::RangeInclusive<u32>, report: &mut String) {
    use std::fmt::Write as _;
    for preset in [Preset::Uniform, Preset::Gauss, Preset::Dense] {
        for seeding in [Seeding::Random, Seeding::KMeansPlusPlus] {
            for seed in seeds.clone() {
                let (states, all, bad) = clashes_of_run(preset, k, seeding, seed);
                if all > 0 {
                    writeln!(report, "{preset:?}, k = {k}, {seeding:?}, seed {seed}: {all} pairs, in {bad} of {states} states")
                        .expect("a string takes everything");
                }
            }
        }
    }
}
