//! Random numbers that are the same everywhere: one generator, started by a seed for one purpose.

use std::collections::BTreeSet;

use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg32;

use crate::error::{Error, room};

/// What the numbers are for: the same seed gives each purpose a stream of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Board,
    Seeding,
    /// Which points are looked at where there are too many.
    Sample,
    /// The reference of that number.
    Reference(u32),
}

impl Purpose {
    fn number(self) -> u64 {
        match self {
            Self::Board => 0,
            Self::Seeding => 1,
            Self::Sample => 2,
            Self::Reference(b) => 3 + u64::from(b),
        }
    }
}

/// The generator that a seed starts: PCG32 (O'Neill 2014), whose stream is documented as stable.
pub(crate) fn generator(seed: u32, purpose: Purpose) -> Pcg32 {
    Pcg32::seed_from_u64(u64::from(seed) | purpose.number() << 32)
}

/// Uniform in [min, max).
#[cfg_attr(not(feature = "large"), inline(never))]
pub(crate) fn uniform(rng: &mut impl Rng, min: f64, max: f64) -> f64 {
    min + (max - min) * rng.random::<f64>()
}

/// A uniform index below `n`, which must not be zero; drawn as 32 bits on every platform.
#[cfg_attr(not(feature = "large"), inline(never))]
pub(crate) fn index(rng: &mut impl Rng, n: usize) -> usize {
    rng.random_range(0..n as u32) as usize
}

/// Two independent standard normal numbers, by the polar method (Marsaglia & Bray 1964).
///
/// Only `ln` is not exact by IEEE 754, and it comes from `libm`, so the bits are the same on every platform.
#[cfg_attr(not(feature = "large"), inline(never))]
pub(crate) fn normal_pair(rng: &mut impl Rng) -> (f64, f64) {
    loop {
        let (u, v) = (uniform(rng, -1.0, 1.0), uniform(rng, -1.0, 1.0));
        let s = u * u + v * v;
        if s > 0.0 && s < 1.0 {
            let factor = (-2.0 * libm::log(s) / s).sqrt();
            return (u * factor, v * factor);
        }
    }
}

/// So many distinct indices below `n` in ascending order, `n` of them at most; each set of them is as probable (R. Floyd,
/// *Programming pearls: a sample of brilliance*, Communications of the ACM 30, 1987).
pub(crate) fn sample(rng: &mut impl Rng, n: usize, count: usize) -> BTreeSet<usize> {
    let mut sample = BTreeSet::new();
    for last in n.saturating_sub(count)..n {
        let drawn = index(rng, last + 1);
        sample.insert(if sample.contains(&drawn) { last } else { drawn });
    }
    sample
}

/// The indices below `n`.
pub(crate) fn indices(n: usize) -> Result<Vec<u32>, Error> {
    let mut indices = room(n)?;
    indices.extend(0..n as u32);
    Ok(indices)
}

/// Brings one of the items from a place on to that place, at random: a step of a shuffle (Fisher & Yates 1938).
pub(crate) fn draw_to(place: usize, order: &mut [u32], rng: &mut impl Rng) {
    order.swap(place, place + index(rng, order.len() - place));
}

/// The indices below `n` in a random order, as far as the caller goes.
pub(crate) fn shuffled(n: usize, rng: &mut impl Rng) -> Result<impl Iterator<Item = usize>, Error> {
    let mut order = indices(n)?;
    Ok((0..n).map(move |i| {
        draw_to(i, &mut order, rng);
        order[i] as usize
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A seed in a shared address must mean the same board next year.
    #[test]
    fn the_streams_are_pinned() {
        let mut board = generator(7, Purpose::Board);
        let mut seeding = generator(7, Purpose::Seeding);
        assert_eq!(uniform(&mut board, 0.0, 1.0), 0.096_406_742_597_144_1);
        assert_eq!(normal_pair(&mut board).0, 0.961_829_961_999_185_1);
        assert_eq!(uniform(&mut seeding, 0.0, 1.0), 0.897_238_791_228_180_6);
        assert_eq!([10, 1000, 4_000_000].map(|n| index(&mut seeding, n)), [5, 649, 2_155_708]);
    }
}
