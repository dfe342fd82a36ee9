//! The layout: targets for a finger, nothing beyond the screen's edge, the board in the first view.

use anyhow::Result;
use browser_tests::{Browser, Device};
use serde_json::json;

use crate::playground::{still, still_on, until};

const NARROW: Device = Device { width: 320, ..Device::PHONE };

/// A phone on its side, and two laptops whose pages are shown at twice their size.
const LOW: [Device; 3] = [
    Device { width: 844, height: 390, ..Device::PHONE },
    Device { width: 640, height: 400, scale: 2.0, ..Device::DESKTOP },
    Device { width: 960, height: 540, scale: 2.0, ..Device::DESKTOP },
];

/// What of these elements is not there for a finger: name and height.
async fn too_small(browser: &Browser, selector: &str) -> Result<serde_json::Value> {
    let small = format!(
        "[...document.querySelectorAll('{selector}')].filter((element) => element.checkVisibility())
            .map((element) => [element.id || element.innerText, element.getBoundingClientRect().height])
            .filter(([, height]) => height < 44)"
    );
    browser.eval(&small).await
}

#[tokio::test]
async fn a_finger_meets_targets_of_44_pixels_and_no_overflow() -> Result<()> {
    for device in [Device::PHONE, NARROW] {
        let browser = still_on(device, "/").await?;
        let small = too_small(
            &browser,
            "button, input[type=number], input[type=range], .tiles label, .segments label, #shows label",
        )
        .await?;
        assert_eq!(small, json!([]), "at {}", device.width);
        assert_no_overflow(&browser, device).await?;
        // A pair of boards and long numbers fit as well.
        browser.click("#figures a:nth-of-type(4)").await?;
        until(&browser, "kmeans.options.board === 'peaked'").await?;
        assert_no_overflow(&browser, device).await?;
    }
    Ok(())
}

/// On a phone `innerWidth` grows with what overflows, so the device's own width is the measure.
async fn assert_no_overflow(browser: &Browser, device: Device) -> Result<()> {
    let width = device.width;
    let widths = browser.eval("[document.scrollingElement.scrollWidth, innerWidth]").await?;
    let beyond = format!(
        "[...document.querySelectorAll('main *, header, footer')]
            .filter((element) => element.getBoundingClientRect().right > {width} && !element.closest('#figures'))
            .map(({{ id, className, tagName }}) => `${{tagName}} ${{id}} ${{className}}`)"
    );
    assert_eq!(widths, json!([width, width]), "beyond the edge: {}", browser.eval(&beyond).await?);
    Ok(())
}

#[tokio::test]
async fn a_desktops_first_view_has_the_board_and_the_transport() -> Result<()> {
    let browser = still_on(Device::DESKTOP, "/").await?;
    assert_no_overflow(&browser, Device::DESKTOP).await?;
    let view = f64::from(Device::DESKTOP.height);
    for part in ["#board", "#transport", "#timeline"] {
        let rect = browser.rect(part).await?;
        assert!(rect.y >= 0.0 && rect.y + rect.height <= view, "{part}: {rect:?}");
    }
    let board = browser.rect("#board").await?;
    assert!(board.width >= 400.0 && (board.width - board.height).abs() < 1.0, "{board:?}");
    Ok(())
}

#[tokio::test]
async fn a_low_screen_has_board_transport_and_sentence_at_once() -> Result<()> {
    for device in LOW {
        let browser = still_on(device, "/").await?;
        for figure in [1, 4] {
            browser
                .eval(&format!("void document.querySelector('#figures a:nth-of-type({figure})').click()"))
                .await?;
            until(&browser, if figure == 1 { "kmeans.k === 7" } else { "kmeans.k === 5" }).await?;
            browser.eval("scrollTo({ top: 0, behavior: 'instant' })").await?;
            browser.click("#step").await?;
            let (width, height) = (f64::from(device.width), f64::from(device.height));
            for part in ["#boards", "#transport", "#time", "#sentence"] {
                let rect = browser.rect(part).await?;
                let is_inside =
                    rect.x >= 0.0 && rect.x + rect.width <= width && rect.y + rect.height <= height;
                assert!(
                    is_inside && rect.height > 0.0,
                    "{part} of figure {figure} at {width} x {height}: {rect:?}"
                );
            }
            let board = browser.rect("#board").await?;
            assert!(figure == 4 || board.height > 0.7 * height, "{board:?} of {height}");
        }
        assert_no_overflow(&browser, device).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_finger_can_play_and_scrub() -> Result<()> {
    let browser = still_on(Device::PHONE, "/#board=uniform&n=200&k=3&seed=46&i=0").await?;
    browser.click("#step").await?;
    until(&browser, "kmeans.iteration === 1").await?;
    browser.click("#run").await?;
    until(&browser, "kmeans.converged").await?;
    browser
        .eval("document.querySelector('#timeline').scrollIntoView({ block: 'center', behavior: 'instant' })")
        .await?;
    let timeline = browser.rect("#timeline").await?;
    browser.click_at(timeline.at(0.5, 0.5)).await?;
    until(&browser, "kmeans.iteration > 0 && kmeans.iteration < kmeans.computed").await
}

#[tokio::test]
async fn the_canvas_has_a_pixel_for_each_of_the_devices() -> Result<()> {
    for device in [Device::PHONE, Device::DESKTOP] {
        let browser = still_on(device, "/").await?;
        let exact = "canvas.width === canvas.height && Math.abs(canvas.width - board.clientWidth * devicePixelRatio) <= 4";
        until(&browser, exact).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_page_that_is_zoomed_stays_crisp() -> Result<()> {
    let mut browser = still_on(Device::DESKTOP, "/").await?;
    let tiles = "[...document.querySelectorAll('.tiles canvas')]";
    let is_crisp = |pixels: u32| format!("{tiles}.every(({{ width }}) => width === {pixels})");
    until(&browser, &is_crisp(48)).await?;
    let (width, height) = (Device::DESKTOP.width / 2, Device::DESKTOP.height / 2);
    browser.become_device(Device { width, height, scale: 2.0, ..Device::DESKTOP }).await?;
    until(&browser, &is_crisp(96)).await?;
    until(&browser, "Math.abs(canvas.width - 2 * board.clientWidth) <= 4").await
}

#[tokio::test]
async fn a_colour_is_read_however_it_is_written() -> Result<()> {
    let browser = still("/").await?;
    let written = ["rgb(16, 18, 22)", "oklch(1 0 0)", "color-mix(in srgb, red, blue)", "transparent"];
    let read = "import('./kmeans-board-element.js').then(({ colourOf }) => WRITTEN.map(colourOf))";
    let colours = browser.eval(&read.replace("WRITTEN", &json!(written).to_string())).await?;
    assert_eq!(colours, json!([0x0010_1216, 0x00ff_ffff, 0x0080_0080, 0x00ff_ffff]));
    Ok(())
}
