//! A canvas of the page as a surface to paint on.

use core::f64::consts::TAU;

use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, ImageData, OffscreenCanvas, OffscreenCanvasRenderingContext2d};

use crate::paint::{Path, Raster, Rgb, Surface};

/// A canvas, its lengths in CSS pixels.
///
/// The platform's calls that can fail do so only for sizes of zero, and then there is nothing to paint.
pub(super) struct Canvas<'a>(&'a CanvasRenderingContext2d);

impl<'a> Canvas<'a> {
    /// An empty canvas with `scale` device pixels to a CSS pixel.
    pub(super) fn cleared(context: &'a CanvasRenderingContext2d, scale: f64) -> Self {
        let _ = context.reset_transform();
        if let Some(canvas) = context.canvas() {
            context.clear_rect(0.0, 0.0, f64::from(canvas.width()), f64::from(canvas.height()));
        }
        let _ = context.scale(scale, scale);
        context.set_line_join("round");
        context.set_line_cap("round");
        Self(context)
    }
}

impl Path for Canvas<'_> {
    fn move_to(&mut self, x: f64, y: f64) {
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f64, y: f64) {
        self.0.line_to(x, y);
    }

    fn circle(&mut self, x: f64, y: f64, radius: f64) {
        self.0.move_to(x + radius, y);
        let _ = self.0.arc(x, y, radius, 0.0, TAU);
    }

    fn close(&mut self) {
        self.0.close_path();
    }
}

impl Surface for Canvas<'_> {
    fn begin(&mut self) {
        self.0.begin_path();
    }

    fn fill(&mut self, colour: Rgb, opacity: f64) {
        self.0.set_global_alpha(opacity);
        self.0.set_fill_style_str(&colour.to_string());
        self.0.fill();
    }

    fn stroke(&mut self, colour: Rgb, opacity: f64, width: f64) {
        self.0.set_global_alpha(opacity);
        self.0.set_stroke_style_str(&colour.to_string());
        self.0.set_line_width(width);
        self.0.stroke();
    }

    fn pixels(&mut self, raster: &Raster) {
        let _ = layer(raster).and_then(|layer| {
            self.0.save();
            self.0.reset_transform()?;
            self.0.set_global_alpha(1.0);
            let drawn = self.0.draw_image_with_offscreen_canvas(&layer, 0.0, 0.0);
            self.0.restore();
            drawn
        });
    }
}

/// The pixels on a canvas of their own: put there they replace, drawn from there they cover.
fn layer(raster: &Raster) -> Result<OffscreenCanvas, wasm_bindgen::JsValue> {
    let side = raster.side() as u32;
    let image = ImageData::new_with_u8_clamped_array(Clamped(raster.rgba()), side)?;
    let layer = OffscreenCanvas::new(side, side)?;
    if let Some(context) = layer.get_context("2d")? {
        let context: OffscreenCanvasRenderingContext2d = context.unchecked_into();
        context.put_image_data(&image, 0.0, 0.0)?;
    }
    Ok(layer)
}
