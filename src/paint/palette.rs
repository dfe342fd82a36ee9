//! Colours that stay distinct, for colour-blind eyes too, and who gets which.

use core::fmt;

use crate::point::{Bounds, Point};
use crate::voronoi::neighbours;

/// A colour in sRGB: red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    const fn hex(hex: u32) -> Self {
        Self((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
    }

    /// The colour at the fraction `t` of the way to another.
    #[must_use]
    pub fn mixed(self, other: Self, t: f64) -> Self {
        let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * t).round() as u8;
        Self(mix(self.0, other.0), mix(self.1, other.1), mix(self.2, other.2))
    }

    /// As CSS writes it: `#rrggbb`. Display says the same, through formatting that the Wasm does without.
    pub(crate) fn css(self) -> String {
        let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half % 16)]);
        let bytes = [self.0, self.1, self.2].into_iter();
        core::iter::once('#').chain(bytes.flat_map(|byte| [digit(byte / 16), digit(byte)])).collect()
    }

    /// Whether dark marks stand out from this colour more than light ones do.
    fn is_light(self) -> bool {
        // Luminance with a gamma of 2, at the value where black and white have the same contrast.
        let [red, green, blue] =
            [self.0, self.1, self.2].map(|byte| f64::from(byte) * f64::from(byte) / 65_025.0);
        0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179
    }
}

impl From<u32> for Rgb {
    /// From 0xRRGGBB.
    fn from(hex: u32) -> Self {
        Self::hex(hex)
    }
}

impl fmt::Display for Rgb {
    /// As CSS writes it: `#rrggbb`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.css())
    }
}

/// The colours of clusters on a light board.
///
/// Chosen by annealing in OKLCH, so that the first k differ as much as can be for every k: any two by at least 12 in
/// CIEDE2000 up to k = 10 and by 8 up to 20, for normal vision and for simulated protanopia, deuteranopia and
/// tritanopia (Machado, Oliveira & Fernandes 2009); each has a contrast of 3 : 1 to white.
pub const LIGHT: [Rgb; 20] = table([
    0x3d_75d9, 0xba_4600, 0x01_9f77, 0xb8_8b01, 0xc1_5795, 0x60_656c, 0x51_42ae, 0x86_0300, 0x07_6f4d,
    0x5f_2d4d, 0x6c_834b, 0xea_6778, 0x10_3f73, 0x99_7fb6, 0x18_98eb, 0x7e_1830, 0x6d_5181, 0x81_4930,
    0x0d_8288, 0x9b_5d60,
]);

/// The colours of clusters on a dark board, in the same families and under the same rules as [`LIGHT`].
pub const DARK: [Rgb; 20] = table([
    0x52_8fe7, 0xec_8d4b, 0x3e_d5a8, 0xfb_d660, 0xbd_89af, 0xc2_c7d1, 0xce_b2ff, 0xbf_5a1d, 0x38_896c,
    0x93_5c92, 0xdc_e6a2, 0xc7_6f7e, 0x57_6bc6, 0x8a_7cb5, 0x6d_b3d0, 0xdc_a08e, 0xff_d3fc, 0xa9_8152,
    0xac_f6e2, 0xa1_6355,
]);

const fn table(hex: [u32; 20]) -> [Rgb; 20] {
    let mut colours = [Rgb(0, 0, 0); 20];
    let mut i = 0;
    while i < 20 {
        colours[i] = Rgb::hex(hex[i]);
        i += 1;
    }
    colours
}

/// The colours of a picture's marks.
pub(super) struct Palette {
    clusters: &'static [Rgb; 20],
    /// What deeper shades tend to.
    deep: Rgb,
    /// Of points without a label.
    pub(super) unassigned: Rgb,
    /// How strongly a cell is shaded.
    pub(super) cell_opacity: f64,
}

static ON_LIGHT: Palette =
    Palette { clusters: &LIGHT, deep: Rgb::hex(0), unassigned: Rgb::hex(0x83_8892), cell_opacity: 0.12 };
static ON_DARK: Palette = Palette {
    clusters: &DARK,
    deep: Rgb::hex(0xff_ffff),
    unassigned: Rgb::hex(0x86_8c97),
    cell_opacity: 0.16,
};

impl Palette {
    /// The palette that stands out from a board's colour.
    pub(super) fn on(background: Rgb) -> &'static Self {
        if background.is_light() { &ON_LIGHT } else { &ON_DARK }
    }

    /// The first 20 places are the table's, the next 20 their deeper shades.
    pub(super) fn colour(&self, place: u8) -> Rgb {
        let colour = self.clusters[usize::from(place) % self.clusters.len()];
        if usize::from(place) < self.clusters.len() { colour } else { colour.mixed(self.deep, 0.4) }
    }
}

/// Each cluster's place in the palette, from the centroids that a run starts with; kept through the whole run.
///
/// Up to 20 clusters have 20 colours. Beyond, there are two shades of each, and every cluster takes in its turn a
/// colour that no neighbour in the Voronoi picture has, nor a neighbour's neighbour while there is one; among those,
/// the shade whose nearest holder is farthest away, for centroids move and holders may come near.
pub fn colours(start: &[Point]) -> Vec<u8> {
    const COLOURS: usize = LIGHT.len();
    if start.len() <= COLOURS {
        return (0..start.len() as u8).collect();
    }
    let neighbours = neighbours(start, &Bounds::around(start).grown(1.0));
    let mut taken: Vec<u8> = Vec::with_capacity(start.len());
    for j in 0..start.len() {
        let mut fitness = [f64::INFINITY; 2 * COLOURS];
        for (other, &place) in start.iter().zip(&taken) {
            let nearest = &mut fitness[usize::from(place)];
            *nearest = nearest.min(start[j].distance_squared(*other));
        }
        let mut avoid = |near: usize, penalty: f64| {
            if let Some(&place) = taken.get(near) {
                for shade in [0, COLOURS] {
                    let fitness = &mut fitness[usize::from(place) % COLOURS + shade];
                    *fitness = fitness.min(penalty);
                }
            }
        };
        for &near in &neighbours[j] {
            avoid(near, -2.0);
            neighbours[near].iter().for_each(|&next| avoid(next, -1.0));
        }
        let best = (0..2 * COLOURS).rev().max_by(|&a, &b| fitness[a].total_cmp(&fitness[b]));
        taken.push(best.unwrap_or(0) as u8);
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (WCAG 2.2).
    fn luminance(Rgb(red, green, blue): Rgb) -> f64 {
        let linear = |byte: u8| {
            let value = f64::from(byte) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    #[test]
    fn marks_stand_out_from_the_board() {
        let contrast = |a: Rgb, b: Rgb| {
            let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
            a.max(b) / a.min(b)
        };
        let white = Rgb::hex(0xff_ffff);
        let dark = Rgb::hex(0x10_1216);
        for (palette, board) in [(&ON_LIGHT, white), (&ON_DARK, dark)] {
            for mark in (0..40).map(|place| palette.colour(place)).chain([palette.unassigned]) {
                assert!(contrast(mark, board) >= 3.0, "{mark} on {board}");
            }
            assert!(core::ptr::eq(Palette::on(board), palette));
        }
    }
}
