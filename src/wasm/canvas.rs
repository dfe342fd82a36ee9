//! A canvas of the page as a surface to paint on.

use core::f64::consts::TAU;

use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, ImageData, OffscreenCanvas, OffscreenCanvasRenderingContext2d};

use crate::paint::{Path, Raster, Rgb, Surface};

/// A canvas, its lengths in CSS pixels.
///
/// The platform's calls that can fail do so only for sizes of zero, and then there is nothing to paint.
pub(super) struct Canvas<'a> {
    context: &'a CanvasRenderingContext2d,
    layer: &'a mut Layer,
}

impl<'a> Canvas<'a> {
    /// An empty canvas with `scale` device pixels to a CSS pixel.
    pub(super) fn cleared(context: &'a CanvasRenderingContext2d, scale: f64, layer: &'a mut Layer) -> Self {
        let _ = context.reset_transform();
        if let Some(canvas) = context.canvas() {
            context.clear_rect(0.0, 0.0, f64::from(canvas.width()), f64::from(canvas.height()));
        }
        let _ = context.scale(scale, scale);
        context.set_line_join("round");
        context.set_line_cap("round");
        Self { context, layer }
    }
}

impl Path for Canvas<'_> {
    fn move_to(&mut self, x: f64, y: f64) {
        self.context.move_to(x, y);
    }

    fn line_to(&mut self, x: f64, y: f64) {
        self.context.line_to(x, y);
    }

    fn circle(&mut self, x: f64, y: f64, radius: f64) {
        self.context.move_to(x + radius, y);
        let _ = self.context.arc(x, y, radius, 0.0, TAU);
    }

    fn close(&mut self) {
        self.context.close_path();
    }
}

impl Surface for Canvas<'_> {
    fn begin(&mut self) {
        self.context.begin_path();
    }

    fn fill(&mut self, colour: Rgb, opacity: f64) {
        self.context.set_global_alpha(opacity);
        self.context.set_fill_style_str(&colour.css());
        self.context.fill();
    }

    fn stroke(&mut self, colour: Rgb, opacity: f64, width: f64) {
        self.context.set_global_alpha(opacity);
        self.context.set_stroke_style_str(&colour.css());
        self.context.set_line_width(width);
        self.context.stroke();
    }

    fn pixels(&mut self, raster: &mut Raster) {
        if !cfg!(feature = "large") {
            return;
        }
        let _ = self.layer.put(raster).and_then(|()| {
            let Some(layer) = &self.layer.canvas else { return Ok(()) };
            self.context.save();
            self.context.reset_transform()?;
            self.context.set_global_alpha(1.0);
            let drawn = self.context.draw_image_with_offscreen_canvas(layer, 0.0, 0.0);
            self.context.restore();
            drawn
        });
    }
}

/// The pixels on a canvas of their own: put there they replace, drawn from there they cover.
#[derive(Default)]
pub(super) struct Layer {
    canvas: Option<OffscreenCanvas>,
    context: Option<OffscreenCanvasRenderingContext2d>,
}

impl Layer {
    /// Puts the rows that have changed.
    fn put(&mut self, raster: &mut Raster) -> Result<(), JsValue> {
        let side = raster.side() as u32;
        if self.canvas.as_ref().is_none_or(|canvas| canvas.width() != side) {
            let canvas = OffscreenCanvas::new(side, side)?;
            self.context = canvas.get_context("2d")?.map(JsCast::unchecked_into);
            self.canvas = Some(canvas);
        }
        let (Some(context), rows) = (&self.context, raster.take_changed()) else { return Ok(()) };
        if rows.is_empty() {
            return Ok(());
        }
        let rgba = &raster.rgba()[4 * raster.side() * rows.start..4 * raster.side() * rows.end];
        let image = ImageData::new_with_u8_clamped_array(Clamped(rgba), side)?;
        context.put_image_data(&image, 0.0, rows.start as f64)
    }
}
