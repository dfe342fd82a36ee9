//! How the page is looked at: the device, the reader's preferences, and pictures of it.

use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use crate::Browser;

/// A screen and what points at it.
#[derive(Clone, Copy, Debug)]
pub struct Device {
    /// The viewport's width in CSS pixels.
    pub width: u32,
    /// The viewport's height in CSS pixels.
    pub height: u32,
    /// Device pixels to a CSS pixel.
    pub scale: f64,
    /// What points at it.
    pub pointer: Pointer,
}

/// What points at the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pointer {
    /// A mouse, on a desktop.
    Mouse,
    /// A finger, on a phone; the page's `viewport` tag counts.
    Touch,
}

impl Device {
    /// A laptop's screen.
    pub const DESKTOP: Self = Self { width: 1280, height: 800, scale: 1.0, pointer: Pointer::Mouse };
    /// A phone held upright.
    pub const PHONE: Self = Self { width: 390, height: 844, scale: 2.0, pointer: Pointer::Touch };
}

/// A preference of the reader, as the style sheet sees it.
#[derive(Clone, Copy, Debug)]
pub enum Media {
    /// `prefers-color-scheme: dark`
    Dark,
    /// `prefers-reduced-motion: reduce`
    ReducedMotion,
    /// `forced-colors: active`
    ForcedColors,
    /// `prefers-contrast: more`
    MoreContrast,
}

impl Media {
    fn feature(self) -> (&'static str, &'static str) {
        match self {
            Self::Dark => ("prefers-color-scheme", "dark"),
            Self::ReducedMotion => ("prefers-reduced-motion", "reduce"),
            Self::ForcedColors => ("forced-colors", "active"),
            Self::MoreContrast => ("prefers-contrast", "more"),
        }
    }
}

/// How much of the page is in a picture.
#[derive(Clone, Copy, Debug)]
pub enum Extent {
    /// What the reader sees without scrolling.
    Viewport,
    /// All of it, from top to bottom.
    Page,
}

impl Browser {
    /// Becomes another device; best before a page is opened.
    pub async fn become_device(&mut self, device: Device) -> Result<()> {
        let touch = device.pointer == Pointer::Touch;
        let screen = json!({
            "width": device.width,
            "height": device.height,
            "deviceScaleFactor": device.scale,
            "mobile": touch,
        });
        self.cdp("Emulation.setDeviceMetricsOverride", screen).await?;
        self.cdp("Emulation.setTouchEmulationEnabled", json!({ "enabled": touch })).await?;
        self.device = device;
        Ok(())
    }

    /// Shows the page to a reader with exactly these preferences.
    pub async fn emulate(&self, preferences: &[Media]) -> Result<()> {
        let features = preferences.iter().map(|media| media.feature());
        let features: Vec<_> =
            features.map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.cdp("Emulation.setEmulatedMedia", json!({ "features": features })).await.map(drop)
    }

    /// Writes a picture of the page as a PNG.
    pub async fn screenshot(&self, extent: Extent, file: &Path) -> Result<()> {
        let mut parameters = json!({ "format": "png" });
        if matches!(extent, Extent::Page) {
            let size = self.cdp("Page.getLayoutMetrics", json!({})).await?["cssContentSize"].take();
            parameters["captureBeyondViewport"] = true.into();
            parameters["clip"] =
                json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        }
        let picture = self.cdp("Page.captureScreenshot", parameters).await?;
        let picture = picture["data"].as_str().context("the browser sent no picture")?;
        Ok(std::fs::write(file, BASE64_STANDARD.decode(picture)?)?)
    }
}
