//! Natively, with criterion: the fast engine beside the naive twin of the tests. `cargo bench --bench native`.

#![allow(missing_docs, reason = "criterion's macros write functions of their own")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use kmeans_board::{Board, Lloyd, Method, Plan, Preset, Recipe, Seeding, choose_k, restarts};

#[path = "../tests/common/mod.rs"]
mod common;

use common::{naive, places};

/// A run after its first two iterations, as most of them are.
fn started(n: usize, k: usize) -> Lloyd {
    let board = Board::draw(Recipe::new(Preset::Uniform, 1).with_n(n)).expect("a board");
    let mut lloyd = Lloyd::seeded(board, k, Seeding::Random, 1).expect("a start");
    lloyd.run(2);
    lloyd
}

fn iterations(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("iteration");
    for (n, k) in [(1_000, 7), (10_000, 7), (100_000, 50), (1_000_000, 50)] {
        let lloyd = started(n, k);
        let id = BenchmarkId::new("ours", format!("n = {n}, k = {k}"));
        group.bench_function(id, |bencher| {
            bencher.iter_batched_ref(
                || lloyd.clone(),
                |lloyd| black_box(lloyd.step()),
                BatchSize::LargeInput,
            );
        });
        if n <= 100_000 {
            let (points, centroids) = (places(lloyd.board().points()), places(lloyd.centroids()));
            let id = BenchmarkId::new("naive", format!("n = {n}, k = {k}"));
            group.bench_function(id, |bencher| bencher.iter(|| naive(black_box(&points), &centroids)));
        }
    }
    group.finish();
}

fn index(criterion: &mut Criterion) {
    let points = Board::draw(Recipe::new(Preset::Uniform, 1).with_n(1_000_000)).expect("a board");
    let points = points.points().to_vec();
    criterion.bench_function("a board of a million points, and its index", |bencher| {
        bencher.iter_batched(
            || points.clone(),
            |points| {
                let board = Board::from_points(points).expect("a board");
                Lloyd::seeded(board, 7, Seeding::Random, 1).expect("a start")
            },
            BatchSize::LargeInput,
        );
    });
}

fn many_runs(criterion: &mut Criterion) {
    let board = Arc::new(Board::draw(Recipe::new(Preset::Uniform, 1).with_n(200)).expect("a board"));
    criterion.bench_function("1,000 runs of n = 200, k = 7", |bencher| {
        bencher.iter(|| restarts(board.clone(), 7, Seeding::Random, 1_000, 0).expect("runs"));
    });
}

fn gap(criterion: &mut Criterion) {
    let board = Arc::new(Board::draw(Recipe::new(Preset::Uniform, 1).with_n(1_000)).expect("a board"));
    let plan = Plan::new(Method::Gap, 1).with_runs(1);
    criterion.bench_function(
        "the gap statistic of n = 1,000, K = 1 … 10, 50 references, one start each",
        |bencher| {
            bencher.iter(|| choose_k(board.clone(), plan).expect("a selection"));
        },
    );
}

fn silhouette(criterion: &mut Criterion) {
    let board = Arc::new(Board::draw(Recipe::new(Preset::Gauss, 1).with_n(10_000)).expect("a board"));
    let plan = Plan::new(Method::Silhouette, 1).with_k_max(5).with_runs(1);
    criterion.bench_function("the silhouettes of n = 10,000, k = 1 … 5", |bencher| {
        bencher.iter(|| choose_k(board.clone(), plan).expect("a selection"));
    });
}

criterion_group!(benches, iterations, index, many_runs, gap, silhouette);
criterion_main!(benches);
