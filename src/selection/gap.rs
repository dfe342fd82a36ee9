//! The gap statistic: Tibshirani, Walther & Hastie, *Estimating the number of clusters in a data set via the gap
//! statistic*, J. R. Statist. Soc. B 63, 2001.

/// Gap(k) and what it is made of; NaN where a dispersion is 0, whose logarithm is nobody's measure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gap {
    pub(super) value: f64,
    /// sₖ.
    pub(super) error: f64,
    /// ln Wₖ.
    pub(super) log_dispersion: f64,
    /// The mean of ln W*ₖ over the references.
    pub(super) reference_log_dispersion: f64,
}

impl Gap {
    /// From the dispersion of the board and those of the references.
    pub(super) fn new(dispersion: f64, references: impl Iterator<Item = f64>) -> Self {
        let logs: Vec<f64> = references.map(ln).collect();
        let count = logs.len() as f64;
        let mean = logs.iter().sum::<f64>() / count;
        let variance = logs.iter().map(|log| (log - mean) * (log - mean)).sum::<f64>() / count;
        let log_dispersion = ln(dispersion);
        Self {
            value: mean - log_dispersion,
            error: variance.sqrt() * (1.0 + 1.0 / count).sqrt(),
            log_dispersion,
            reference_log_dispersion: mean,
        }
    }

    /// Gap(k) − (Gap(k+1) − sₖ₊₁): not negative where Tibshirani's rule is content with k.
    pub(super) fn bar(&self, next: &Self) -> f64 {
        self.value - (next.value - next.error)
    }
}

fn ln(dispersion: f64) -> f64 {
    if dispersion > 0.0 { libm::log(dispersion) } else { f64::NAN }
}

/// The smallest k whose bar is not negative. The gaps are those of k = 1, 2, …, one more than may be chosen.
pub(super) fn tibshirani(gaps: &[Gap]) -> Option<usize> {
    let is_enough = |pair: &[Gap]| pair[0].bar(&pair[1]) >= 0.0;
    gaps.windows(2).position(is_enough).map(|i| i + 1)
}

/// The smallest k whose gap is within its error of the first local maximum.
pub(super) fn first_se_max(gaps: &[Gap]) -> Option<usize> {
    let top = (1..gaps.len()).find(|&i| gaps[i].value <= gaps[i - 1].value).unwrap_or(gaps.len());
    let first = gaps.get(top.checked_sub(1)?)?;
    gaps.iter().position(|gap| gap.value >= first.value - first.error).map(|i| i + 1)
}

/// The k of the widest gap, the smallest among equals.
pub(super) fn global_max(gaps: &[Gap]) -> Option<usize> {
    super::best(gaps.iter().map(|gap| gap.value))
}
