//! f(K): Pham, Dimov & Nguyen, *Selection of K in K-means clustering*, Proceedings of the
//! Institution of Mechanical Engineers C 219, 2005.

/// A K with an f(K) below this can be recommended.
const ENOUGH: f64 = 0.85;
/// α₂ = 1 − 3/(4 N), where N is the number of dimensions.
const FIRST_WEIGHT: f64 = 1.0 - 3.0 / (4.0 * 2.0);

/// f(K) from the inertias of K clusters and of one fewer, where there are any.
pub(super) fn f(k: usize, inertia: f64, before: Option<f64>) -> f64 {
    match before {
        Some(before) if before != 0.0 => inertia / (weight(k) * before),
        _ => 1.0,
    }
}

/// αₖ: of the inertia with one cluster fewer, the share that is left where the points are spread evenly.
fn weight(k: usize) -> f64 {
    (2..k).fold(FIRST_WEIGHT, |weight, _| weight + (1.0 - weight) / 6.0)
}

/// The K of the lowest f(K), the smallest among equals.
pub(super) fn minimum(values: &[f64]) -> Option<usize> {
    super::best(values.iter().map(|value| -value))
}

/// Every K that can be recommended; 1 where there is none.
pub(super) fn recommended(values: &[f64]) -> Vec<usize> {
    let recommended: Vec<usize> = (1..).zip(values).filter(|(_, f)| **f < ENOUGH).map(|(k, _)| k).collect();
    if recommended.is_empty() { vec![1] } else { recommended }
}
