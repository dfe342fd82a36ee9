//! One digest over many runs: the same seed is the same run, to the bit, here and in every browser.

use std::fmt::Write as _;
use std::sync::Arc;

use kmeans_board::{Board, Lloyd, Point, Preset, Recipe, Seeding};
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
    let hex = digest.finalize().iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a string takes everything");
        hex
    });
    assert_eq!(hex, include_str!("digest.txt").trim_end());
}
