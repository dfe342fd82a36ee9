//! Share, Embed and Save: what is copied and what is downloaded is the board on screen, to the bit.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use browser_tests::{Browser, Device, Key, PATIENCE};
use serde_json::{Value, json};

use crate::playground::{ask, built, press_on, state, still, still_on, text, until, visit, written_address};

/// A board with nothing on it as it is by itself.
const UNUSUAL: &str =
    "/#board=peaked&n=310&clusters=6&k=5&seeding=k-means%2B%2B&seed=12&cells=0&half-steps=1&speed=5&i=2.5";

/// Whether scripts may copy.
async fn clipboard(browser: &Browser, setting: &str) -> Result<()> {
    for name in ["clipboard-read", "clipboard-write"] {
        let permission =
            json!({ "permission": { "name": name, "allowWithoutSanitization": false }, "setting": setting });
        browser.cdp("Browser.setPermission", permission).await?;
    }
    Ok(())
}

async fn copied(browser: &Browser) -> Result<String> {
    let text = browser.eval("navigator.clipboard.readText()").await?;
    Ok(text.as_str().context("no text")?.to_owned())
}

/// The playground for somebody whose browser lets pages copy.
async fn copying(address: &str) -> Result<Browser> {
    let browser = still(address).await?;
    clipboard(&browser, "granted").await?;
    Ok(browser)
}

/// Opens a dialog and waits until all is in it.
async fn open(browser: &Browser, button: &str) -> Result<()> {
    browser.click(button).await?;
    browser.wait_until("document.querySelector('dialog[open]')", PATIENCE).await
}

/// Chooses a way to embed, and copies its text.
async fn snippet(browser: &Browser, way: &str) -> Result<String> {
    browser.click(&format!("dialog input[value='{way}']")).await?;
    browser.click("dialog .text button").await?;
    browser
        .wait_until("document.querySelector('dialog .said').textContent.endsWith(' copied')", PATIENCE)
        .await?;
    let copied = copied(browser).await?;
    assert_eq!(browser.eval("document.querySelector('dialog textarea').value").await?, copied);
    Ok(copied)
}

/// Also where the header has no room for the site's subtitle.
#[tokio::test]
async fn that_the_address_is_copied_is_seen_on_every_device() -> Result<()> {
    let mut browser = copying("/").await?;
    for device in [Device::DESKTOP, Device { width: 800, ..Device::DESKTOP }, Device::PHONE] {
        browser.become_device(device).await?;
        browser.click("#share").await?;
        let said = "[...document.querySelectorAll('.said')].filter((one) => one.textContent === 'Address copied' && one.checkVisibility()).length";
        browser.wait_until(&format!("{said} === 1"), PATIENCE).await?;
        browser.wait_until(&format!("{said} === 0"), PATIENCE).await?;
    }
    Ok(())
}

/// What a board has to have in common with the one on screen, at its end.
const AT_THE_END: &str = "(() => {
    const bits = (floats) => new BigUint64Array(floats.buffer).join();
    kmeans.run();
    const { points, centroids, labels, inertia, history, options } = kmeans;
    return { points: bits(points), centroids: bits(centroids), labels: labels.join(), inertia, history, options,
        shows: ['voronoi', 'trails', 'halfSteps', 'speed'].map((name) => board[name]) };
})()";

/// The same of the only board in a page.
async fn end_of_lone_board(browser: &Browser) -> Result<Value> {
    browser.wait_until("document.querySelector('kmeans-board')?.kmeans", PATIENCE).await?;
    browser
        .run(&format!(
            "const board = document.querySelector('kmeans-board'), {{ kmeans }} = board; return {AT_THE_END};"
        ))
        .await
}

#[tokio::test]
async fn share_copies_the_address_of_what_is_on_screen() -> Result<()> {
    let browser = copying(UNUSUAL).await?;
    browser.click("#reseed").await?;
    browser.click("#step").await?;
    let on_screen = state(&browser).await?;
    browser.click("#share").await?;
    browser
        .wait_until("document.querySelector('#sharing .said')?.textContent === 'Address copied'", PATIENCE)
        .await?;
    assert_eq!(browser.eval("document.querySelector('#sharing .said').checkVisibility()").await?, true);
    let address = copied(&browser).await?;
    assert!(
        address.starts_with("http://") && address.ends_with(&written_address(&browser).await?),
        "{address}"
    );
    let other = still(&address).await?;
    assert_eq!(state(&other).await?, on_screen);
    assert_eq!(browser.eval("document.querySelectorAll('dialog').length").await?, 0);
    Ok(())
}

#[tokio::test]
async fn where_pages_may_not_copy_the_address_is_shown_selected() -> Result<()> {
    let browser = still(UNUSUAL).await?;
    clipboard(&browser, "denied").await?;
    open(&browser, "#share").await?;
    browser.wait_until("document.querySelector('dialog .said').textContent", PATIENCE).await?;
    // The page writes its own address after a moment.
    let selected = "(({ value, selectionStart, selectionEnd }) => value.slice(selectionStart, selectionEnd))";
    let is_address = format!("{selected}(document.activeElement) === location.href");
    browser.wait_until(&is_address, PATIENCE).await?;
    assert!(text(&browser, "dialog .said").await?.contains("selected"));
    Ok(())
}

#[tokio::test]
async fn the_tag_makes_the_same_board_in_an_empty_page_and_in_the_preview() -> Result<()> {
    for address in [UNUSUAL, "/", "/#board=dense&n=2500&k=16&seeding=random&seed=17&i=1"] {
        let browser = copying(address).await?;
        open(&browser, "#embed").await?;
        let tag = snippet(&browser, "Tag").await?;
        let shown = "document.querySelector('dialog iframe')?.contentDocument?.querySelector('kmeans-board')?.kmeans?.points.join()";
        browser.wait_until(shown, PATIENCE).await?;
        assert_eq!(browser.eval(shown).await?, ask(&browser, "kmeans.points.join()").await?);
        let end = ask(&browser, AT_THE_END).await?;
        // A page of this site with nothing else in it.
        let page = format!("<!doctype html><title>alone</title>{tag}");
        let open = "void (location.href = URL.createObjectURL(new Blob([PAGE], { type: 'text/html' })))";
        browser.eval(&open.replace("PAGE", &json!(page).to_string())).await?;
        browser.wait_until("document.title === 'alone'", PATIENCE).await?;
        assert_eq!(end_of_lone_board(&browser).await?, end, "{tag}");
        assert_eq!(browser.eval("document.querySelector('kmeans-board').controls").await?, true);
    }
    Ok(())
}

#[tokio::test]
async fn the_iframe_and_the_one_file_make_the_same_board() -> Result<()> {
    let browser = copying(UNUSUAL).await?;
    let on_screen = state(&browser).await?;
    open(&browser, "#embed").await?;
    let (iframe, file) = (snippet(&browser, "Iframe").await?, snippet(&browser, "One file").await?);
    let end = ask(&browser, AT_THE_END).await?;
    let address =
        iframe.split("src=\"").nth(1).and_then(|rest| rest.split('"').next()).context("no address")?;
    browser.open(&address.replace("&amp;", "&")).await?;
    assert_eq!(end_of_lone_board(&browser).await?, end, "{iframe}");
    visit(&browser, &format!("/{file}")).await?;
    assert_eq!(state(&browser).await?, on_screen, "{file}");
    Ok(())
}

#[tokio::test]
async fn the_previewed_iframe_is_as_high_as_its_board() -> Result<()> {
    let browser = still("/").await?;
    open(&browser, "#embed").await?;
    browser.click("dialog input[value=Iframe]").await?;
    let height = "document.querySelector('dialog iframe')?.contentDocument?.querySelector('iframe')?.getBoundingClientRect().height";
    // A board of 320 pixels with its controls, where they take two lines; an iframe by itself has 150.
    browser.wait_until(&format!("{height} === 412"), PATIENCE).await
}

#[tokio::test]
async fn the_dialog_stays_where_it_is_whatever_its_previews_come_to() -> Result<()> {
    let browser = still("/").await?;
    open(&browser, "#embed").await?;
    // A tag whose script does not come has no height.
    browser.cdp("Network.enable", json!({})).await?;
    browser.cdp("Network.setBlockedURLs", json!({ "urls": ["*kmeans-board.js"] })).await?;
    let room = browser.rect("dialog").await?;
    for way in ["Iframe", "One file", "Tag"] {
        browser.click(&format!("dialog input[value='{way}']")).await?;
        browser.wait_until("document.querySelector('dialog iframe')?.contentDocument?.querySelector('iframe, canvas, kmeans-board')", PATIENCE).await?;
        assert_eq!(browser.rect("dialog").await?, room, "{way}");
    }
    browser
        .wait_until("parseFloat(document.querySelector('dialog iframe').style.height) < 300", PATIENCE)
        .await?;
    assert_eq!(browser.rect("dialog").await?, room);
    Ok(())
}

#[tokio::test]
async fn what_attributes_cannot_say_is_said_and_no_wrong_snippet_given() -> Result<()> {
    let browser = copying("/#board=gauss&n=200&clusters=3&k=3&seed=7&board-seed=8&i=1").await?;
    let on_screen = state(&browser).await?;
    open(&browser, "#embed").await?;
    let words = text(&browser, "dialog p").await?;
    assert!(words.contains("seed 8") && words.contains("seed 7"), "{words}");
    let ways =
        browser.eval("[...document.querySelectorAll('dialog input')].map(({ value }) => value)").await?;
    assert_eq!(ways, json!(["One file"]));
    let file = snippet(&browser, "One file").await?;
    visit(&browser, &format!("/{file}")).await?;
    assert_eq!(state(&browser).await?, on_screen);
    // Of a pair it is the first.
    visit(&browser, "/").await?;
    browser.click("#figures a:nth-of-type(4)").await?;
    until(&browser, "kmeans.options.board === 'peaked'").await?;
    for button in ["#embed", "#save"] {
        open(&browser, button).await?;
        assert!(text(&browser, "dialog p").await?.contains("first"), "{button}");
        browser.press(Key::Escape).await?;
        browser.wait_until("!document.querySelector('dialog')", PATIENCE).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_way_whose_file_is_not_there_is_not_offered() -> Result<()> {
    let browser = still("/").await?;
    browser.cdp("Network.enable", json!({})).await?;
    browser.cdp("Network.setBlockedURLs", json!({ "urls": ["*kmeans-board.html", "*embed.html"] })).await?;
    open(&browser, "#embed").await?;
    let ways =
        browser.eval("[...document.querySelectorAll('dialog input')].map(({ value }) => value)").await?;
    assert_eq!(ways, json!(["Tag"]));
    Ok(())
}

/// Saves as one kind, and returns the file once it is complete.
async fn saved(browser: &Browser, folder: &Path, kind: usize, name: &str) -> Result<Vec<u8>> {
    browser.click(&format!("dialog .kinds button:nth-child({kind})")).await?;
    let said = format!("document.querySelector('dialog .said').textContent === 'Saved as {name}'");
    browser.wait_until(&said, PATIENCE).await?;
    let start = Instant::now();
    loop {
        // The browser keeps the name with an empty file, which the complete one takes the place of.
        let file = std::fs::read(folder.join(name)).unwrap_or_default();
        if !file.is_empty() {
            return Ok(file);
        }
        ensure!(start.elapsed() < PATIENCE, "no {name}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The width that a PNG's header names.
fn width(png: &[u8]) -> Result<u32> {
    Ok(u32::from_be_bytes(png.get(16..20).context("no header")?.try_into()?))
}

#[tokio::test]
async fn what_is_saved_is_the_clustering_on_screen() -> Result<()> {
    let browser = still("/#board=peaked&n=1200&clusters=5&k=5&seeding=random&seed=12&i=2").await?;
    let folder = tempfile::tempdir()?;
    let behaviour = json!({ "behavior": "allow", "downloadPath": folder.path() });
    browser.cdp("Browser.setDownloadBehavior", behaviour).await?;
    open(&browser, "#save").await?;
    let save = async |kind, end: &str| {
        saved(&browser, folder.path(), kind, &format!("kmeans-board-peaked-1200-5{end}")).await
    };
    let text = async |kind, end| -> Result<Value> { Ok(String::from_utf8(save(kind, end).await?)?.into()) };
    let side = u32::try_from(ask(&browser, "canvas.clientWidth + 2").await?.as_u64().context("no width")?)?;
    for (kind, end, scale) in [(1, ".png", 1), (2, "-2x.png", 2), (3, "-4x.png", 4)] {
        let width = width(&save(kind, end).await?)?;
        assert!(width.abs_diff(side * scale) <= 2 * scale, "{end}: {width}, not {scale} × {side}");
    }
    let svg = text(4, ".svg").await?;
    assert_eq!(
        ask(
            &browser,
            &format!(
                "board.toBlob('image/svg+xml').then((blob) => blob.text()).then((text) => text === {svg})"
            )
        )
        .await?,
        true
    );
    assert_eq!(text(5, ".csv").await?, ask(&browser, "kmeans.toCSV()").await?);
    assert_eq!(text(6, ".json").await?, ask(&browser, "kmeans.toJSON()").await?);
    for (kind, end, method) in [(7, ".py", "toPython"), (8, "-spark.py", "toPySpark")] {
        let program = ask(&browser, &format!("kmeans.{method}()")).await?;
        let program = program.as_str().context("no program")?;
        assert!(program.contains("\"kmeans.csv\""), "{program}");
        // It reads the table under the name that this was saved by.
        assert_eq!(text(kind, end).await?, program.replace("kmeans.csv", "kmeans-board-peaked-1200-5.csv"));
    }
    assert_eq!(browser.console().await?, []);
    Ok(())
}

#[tokio::test]
async fn the_keyboard_opens_and_closes_and_the_focus_returns() -> Result<()> {
    let browser = still(UNUSUAL).await?;
    let before = state(&browser).await?;
    for button in ["#embed", "#save"] {
        press_on(&browser, button, Key::Enter).await?;
        browser.wait_until("document.querySelector('dialog[open]')", PATIENCE).await?;
        browser.wait_until("document.activeElement.closest('dialog')", PATIENCE).await?;
        for key in [Key::Right, Key::Left, Key::Right] {
            browser.press(key).await?;
        }
        browser.press(Key::Escape).await?;
        browser.wait_until("!document.querySelector('dialog')", PATIENCE).await?;
        assert_eq!(browser.eval("`#${document.activeElement.id}`").await?, button);
    }
    assert_eq!(state(&browser).await?, before, "the board's own keys were not meant");
    Ok(())
}

#[tokio::test]
async fn a_phone_has_room_for_the_dialogs() -> Result<()> {
    for device in [Device::PHONE, Device { width: 320, ..Device::PHONE }] {
        let browser = still_on(device, "/").await?;
        built(&browser).await?;
        for button in ["#embed", "#save"] {
            open(&browser, button).await?;
            browser.wait_until("document.querySelector('dialog button')", PATIENCE).await?;
            let fits = "(({ scrollWidth, clientWidth, offsetLeft, offsetWidth }) => [scrollWidth - clientWidth, offsetLeft >= 0, offsetLeft + offsetWidth <= innerWidth])(document.querySelector('dialog'))";
            assert_eq!(browser.eval(fits).await?, json!([0, true, true]), "{button} at {}", device.width);
            let small = "[...document.querySelectorAll('dialog button, dialog label, #sharing button')].filter((each) => each.getBoundingClientRect().height < 44).map(({ textContent }) => textContent)";
            assert_eq!(browser.eval(small).await?, json!([]));
            browser.press(Key::Escape).await?;
            browser.wait_until("!document.querySelector('dialog')", PATIENCE).await?;
        }
    }
    Ok(())
}
