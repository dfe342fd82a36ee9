//! The harness itself: what a test of the page takes for granted about its browser.

use std::time::Duration;

use anyhow::Result;
use browser_tests::{Browser, Device, Extent, Key, Media, element};
use serde_json::json;

/// A page with a shadow root that notes what happens to it, and a style for every preference.
const PAGE: &str = r#"data:text/html,<!doctype html><meta name=viewport content="width=device-width">
<style>body{margin:0;height:3000px} x-box{position:absolute;top:100px;left:20px}</style><x-box></x-box><script>
const box = document.querySelector('x-box'), seen = [];
box.attachShadow({ mode: 'open' }).innerHTML = '<input style="width:200px;height:50px">';
for (const type of ['pointerdown', 'pointermove', 'pointerup', 'click', 'keydown'])
    box.addEventListener(type, event => seen.push([type, event.pointerType ?? event.key]));
</script>"#;

async fn page_on(device: Device) -> Result<Browser> {
    let mut browser = Browser::start().await?;
    browser.become_device(device).await?;
    browser.open(PAGE).await?;
    Ok(browser)
}

#[tokio::test]
async fn the_viewport_is_exactly_the_devices() -> Result<()> {
    for device in [Device::DESKTOP, Device::PHONE, Device { width: 320, ..Device::DESKTOP }] {
        let browser = page_on(device).await?;
        let size = browser.eval("[innerWidth, innerHeight, devicePixelRatio]").await?;
        assert_eq!(size, json!([device.width, device.height, device.scale as u32]));
    }
    Ok(())
}

#[tokio::test]
async fn the_page_has_the_focus() -> Result<()> {
    let browser = page_on(Device::DESKTOP).await?;
    for _ in 0..2 {
        assert_eq!(browser.eval("document.hasFocus()").await?, true);
        browser.reload().await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_site_is_served_and_its_wasm_starts() -> Result<()> {
    let browser = Browser::start().await?;
    browser.open("/").await?;
    for (path, media_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/pkg/kmeans_board.js", "text/javascript; charset=utf-8"),
        ("/pkg/kmeans_board_bg.wasm", "application/wasm"),
    ] {
        let got = browser.eval(&format!("(await fetch('{path}')).headers.get('content-type')")).await?;
        assert_eq!(got, media_type, "{path}");
    }
    browser.eval("(await import('/pkg/kmeans_board.js')).default().then(() => true)").await?;
    Ok(())
}

#[tokio::test]
async fn the_console_is_heard_once() -> Result<()> {
    let browser = page_on(Device::DESKTOP).await?;
    assert_eq!(browser.console().await?, []);
    browser.eval("console.log('said')").await?;
    browser.eval("void setTimeout(() => { throw new Error('uncaught') })").await?;
    browser.eval("void Promise.reject(new Error('unhandled'))").await?;
    browser.eval("void new Worker('data:text/javascript,throw new Error(`in the worker`)')").await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let heard: Vec<String> = browser.console().await?.into_iter().map(|message| message.text).collect();
    for words in ["said", "uncaught", "unhandled", "in the worker"] {
        assert!(heard.iter().any(|text| text.contains(words)), "{words}: {heard:#?}");
    }
    assert_eq!(browser.console().await?, []);
    Ok(())
}

#[tokio::test]
async fn a_script_that_throws_is_an_error() -> Result<()> {
    let browser = page_on(Device::DESKTOP).await?;
    let error = browser.eval("nothing.here").await.expect_err("there is no `nothing`");
    assert!(format!("{error:#}").contains("nothing is not defined"), "{error:#}");
    let late = browser.wait_until("false", Duration::from_millis(50)).await;
    assert!(late.expect_err("false is never true").to_string().contains("`false`"));
    Ok(())
}

#[tokio::test]
async fn preferences_reach_the_style_sheet_and_leave_it() -> Result<()> {
    let browser = page_on(Device::DESKTOP).await?;
    for (preference, query) in [
        (Media::Dark, "(prefers-color-scheme: dark)"),
        (Media::ReducedMotion, "(prefers-reduced-motion: reduce)"),
        (Media::ForcedColors, "(forced-colors: active)"),
        (Media::MoreContrast, "(prefers-contrast: more)"),
    ] {
        let matches = format!("matchMedia('{query}').matches");
        browser.emulate(&[preference]).await?;
        assert_eq!(browser.eval(&matches).await?, true, "{query}");
        browser.emulate(&[]).await?;
        assert_eq!(browser.eval(&matches).await?, false, "{query}");
    }
    Ok(())
}

#[tokio::test]
async fn mouse_and_keys_reach_into_a_shadow_root() -> Result<()> {
    let browser = page_on(Device::DESKTOP).await?;
    browser.click("x-box >>> input").await?;
    browser.type_text("k=3").await?;
    browser.chord(&[Key::Shift.into(), Key::Home.into()]).await?;
    browser.press(Key::Delete).await?;
    browser.type_text("é").await?;
    assert_eq!(browser.eval(&format!("{}.value", element("x-box >>> input"))).await?, "é");
    assert_eq!(browser.eval("seen.find(([type]) => type === 'click')").await?, json!(["click", "mouse"]));
    Ok(())
}

#[tokio::test]
async fn a_drag_moves_on_its_way() -> Result<()> {
    for (device, pointer) in [(Device::DESKTOP, "mouse"), (Device::PHONE, "touch")] {
        let browser = page_on(device).await?;
        browser.eval("void (box.style.touchAction = 'none')").await?;
        let input = browser.rect("x-box >>> input").await?;
        browser.drag(input.at(0.1, 0.5), input.at(0.9, 0.5)).await?;
        let moves =
            format!("seen.filter(([type, by]) => type === 'pointermove' && by === '{pointer}').length");
        assert!(browser.eval(&moves).await?.as_u64() > Some(3), "{pointer}: {}", browser.eval("seen").await?);
        assert_eq!(browser.eval("seen.filter(([type]) => type === 'pointerup').length").await?, 1);
    }
    Ok(())
}

#[tokio::test]
async fn a_picture_has_the_devices_pixels() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("page.png");
    let browser = page_on(Device::PHONE).await?;
    for (extent, height) in [(Extent::Viewport, 844 * 2), (Extent::Page, 3000 * 2)] {
        browser.screenshot(extent, &file).await?;
        let png = std::fs::read(&file)?;
        // A PNG's width and height are the eight bytes after its signature and its first chunk's head.
        assert_eq!(png[16..24], [u32::to_be_bytes(390 * 2), u32::to_be_bytes(height)].concat());
    }
    Ok(())
}
