//! One digest over many runs: the same seed is the same run, to the bit, here and in every browser.

use std::fmt::Write as _;
use std::sync::Arc;

use kmeans_board::{Board, Lloyd, Method, Plan, Point, Preset, Recipe, Seeding, choose_k, restarts};
use sha2::{Digest, Sha256};

/// x and y in turn, each as 8 bytes, little-endian.
fn add_points(digest: &mut Sha256, points: &[Point]) {
    for point in points {
        digest.update(point.x.to_le_bytes());
        digest.update(point.y.to_le_bytes());
    }
}

/// Pins boards, seedings and runs; `digest.txt` holds the SHA-256 in lower-case hexadecimal, a browser must find the
/// same.
///
/// Loops, from the outermost: n in 300, 3000; the presets in the order of their table (`KMeans.boards` in JavaScript), the seeds
/// 1, 2, 3, the seedings in the order of theirs (random, partition, maximin, k-means++, greedy-k-means++), k in 3, 8.
/// Each clustering has clusters = 5, the preset's own spread, and the one seed for board and seeding; it
/// runs to convergence, at most 300 iterations. Then it adds these bytes, every number little-endian, with nothing
/// in between:
///
/// 1. its n points: x0, y0, x1, y1, … as 64-bit floats (16 n bytes)
/// 2. its k centroids after the run, in the same form (16 k bytes)
/// 3. its n labels as unsigned 32-bit integers (4 n bytes)
/// 4. the iteration it ended in, as an unsigned 32-bit integer (4 bytes)
///
/// To bless a change that is meant, put the digest that the failing test prints in `digest.txt`. It breaks every
/// address that was shared before.
#[test]
fn the_same_seeds_are_the_same_runs_to_the_bit() {
    let mut digest = Sha256::new();
    for (n, info) in [300, 3_000].into_iter().flat_map(|n| Preset::ALL.iter().map(move |info| (n, info))) {
        for seed in 1..=3 {
            let recipe = Recipe::new(info.preset, seed).with_n(n).with_clusters(5);
            let board = Arc::new(Board::draw(recipe).expect("a board"));
            for seeding in Seeding::ALL {
                for k in [3, 8] {
                    let mut lloyd =
                        Lloyd::seeded(board.clone(), k, seeding.seeding, seed).expect("a clustering");
                    lloyd.run(300);
                    add_points(&mut digest, board.points());
                    add_points(&mut digest, lloyd.centroids());
                    lloyd.labels().iter().for_each(|label| digest.update(label.to_le_bytes()));
                    digest.update((lloyd.iteration() as u32).to_le_bytes());
                }
            }
        }
    }
    assert_eq!(hex(digest), include_str!("digest.txt").trim_end());
}

fn hex(digest: Sha256) -> String {
    digest.finalize().iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a string takes everything");
        hex
    })
}

/// Pins what studies come to; `studies.txt` holds the SHA-256 as `digest.txt` does, a browser must find the same.
///
/// Loops, from the outermost: n in 150, 2500; the presets `uniform` and `peaked`, with 4 clusters and the seed 1. For each
/// board it adds, as above with NaN as 0:
///
/// 1. for each method in the order of the table (gap, f(K), silhouette, elbow), with k to 5, 4 references, 2 runs and the
///    seed 3, the rows of the curve: value, error and inertia as 64-bit floats, the seed as an unsigned 32-bit integer
///    (28 bytes each); then the k of each choice as one, 0 for none
/// 2. of 50 random starts with 4 clusters from the seed 3 on, the inertias as 64-bit floats (400 bytes), then the numbers of
///    iterations as unsigned 32-bit integers (200 bytes)
#[test]
fn the_same_studies_come_to_the_same_to_the_bit() {
    let mut digest = Sha256::new();
    let number = |value: f64| if value.is_nan() { 0.0 } else { value }.to_le_bytes();
    for (n, preset) in [150, 2_500].into_iter().flat_map(|n| [(n, Preset::Uniform), (n, Preset::Peaked)]) {
        let recipe = Recipe::new(preset, 1).with_n(n).with_clusters(4);
        let board = Arc::new(Board::draw(recipe).expect("a board"));
        for info in Method::ALL {
            let plan = Plan::new(info.method, 3).with_k_max(5).with_references(4).with_runs(2);
            let selection = choose_k(board.clone(), plan).expect("a selection");
            for row in selection.curve() {
                for value in [row.value, row.error, row.inertia] {
                    digest.update(number(value));
                }
                digest.update(row.seed.to_le_bytes());
            }
            for choice in selection.choices() {
                digest.update((choice.k.unwrap_or(0) as u32).to_le_bytes());
            }
        }
        let runs = restarts(board, 4, Seeding::Random, 50, 3).expect("runs");
        runs.ends().for_each(|end| digest.update(number(end.inertia)));
        runs.ends().for_each(|end| digest.update(end.iterations.to_le_bytes()));
    }
    assert_eq!(hex(digest), include_str!("studies.txt").trim_end());
}
