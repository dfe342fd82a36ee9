//! The address: it brings the state back bit for bit, and no address breaks the page.

use std::time::Duration;

use anyhow::{Result, ensure};
use browser_tests::{Browser, Key};
use serde_json::json;

use crate::playground::{
    ask, built, enter, iteration, moving, pixels, press_on, problem, state, still, text, until, visit,
    written_address,
};

/// Fails unless there is a board that works, whatever the address asked for.
async fn sensible(browser: &Browser) -> Result<()> {
    let shown = "[kmeans.n > 0, kmeans.k > 0, kmeans.points.every(Number.isFinite)]";
    ensure!(ask(browser, shown).await? == json!([true, true, true]), "no sensible board");
    let intruders =
        "[...document.querySelectorAll('#problem *, #about *, figcaption *, script')].filter((element) =>
            element.localName !== 'script' || element.text.includes('ran=')).length";
    ensure!(
        browser.eval(&format!("[{intruders}, globalThis.ran ?? null]")).await? == json!([0, null]),
        "it ran"
    );
    let said = problem(browser).await?;
    ensure!(!said.contains("WebAssembly"), "wrongly said: {said}");
    browser.click("#run").await?;
    ensure!(ask(browser, "kmeans.converged").await? == true, "it does not run");
    browser.click("#reseed").await?;
    ensure!(iteration(browser).await? == 0, "it does not seed again");
    let errors: Vec<_> = browser.console().await?.into_iter().filter(|said| said.level == "SEVERE").collect();
    ensure!(errors.is_empty(), "{errors:?}");
    Ok(())
}

#[tokio::test]
async fn an_address_brings_everything_back_bit_for_bit() -> Result<()> {
    let browser = still("/").await?;
    browser.click("#presets input[value=gauss]").await?;
    enter(&browser, "#n", "250").await?;
    enter(&browser, "#clusters", "6").await?;
    enter(&browser, "#k", "5").await?;
    browser.click("#seedings input[value='k-means++']").await?;
    browser.click("#reseed").await?;
    browser.click("#step").await?;
    browser.click("#step").await?;
    for half_step in [false, true] {
        if half_step {
            browser.click("#half-step").await?;
        }
        let (set_up, picture) = (state(&browser).await?, pixels(&browser).await?);
        assert_eq!(set_up["iteration"], 2);
        let address = written_address(&browser).await?;
        visit(&browser, &address).await?;
        assert_eq!(state(&browser).await?, set_up, "{address}");
        assert_eq!(pixels(&browser).await?, picture, "{address}");
        browser.reload().await?;
        built(&browser).await?;
        assert_eq!(state(&browser).await?, set_up, "{address} reloaded");
        // For somebody else, on another machine as far as this one can tell.
        let other = still(&address).await?;
        assert_eq!(state(&other).await?, set_up, "{address} elsewhere");
    }
    Ok(())
}

#[tokio::test]
async fn an_address_with_a_place_in_it_waits_there() -> Result<()> {
    let browser = still("/#board=gauss&n=200&clusters=3&k=3&seed=54&i=2").await?;
    browser.emulate(&[]).await?;
    visit(&browser, "/#board=gauss&n=200&clusters=3&k=3&seed=54&i=2").await?;
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!((iteration(&browser).await?, ask(&browser, "board.playing").await?), (2, json!(false)));
    assert!(text(&browser, "#sentence").await?.contains("Iteration 2"));
    Ok(())
}

#[tokio::test]
async fn going_back_in_the_browser_brings_the_former_board() -> Result<()> {
    let browser = still("/#board=gauss&n=200&clusters=3&k=3&seed=7").await?;
    let first = state(&browser).await?;
    enter(&browser, "#k", "5").await?;
    let second = state(&browser).await?;
    browser.click("#presets input[value=moons]").await?;
    until(&browser, "kmeans.options.board === 'moons'").await?;
    browser.click("#figures a:nth-of-type(4)").await?;
    until(&browser, "kmeans.options.board === 'peaked'").await?;
    browser.eval("history.back()").await?;
    until(&browser, "kmeans.options.board === 'moons'").await?;
    assert_eq!(browser.eval("document.querySelector('#beside').checkVisibility()").await?, false);
    browser.eval("history.back()").await?;
    until(&browser, "kmeans.options.board === 'gauss'").await?;
    assert_eq!(state(&browser).await?, second);
    browser.eval("history.back()").await?;
    until(&browser, "kmeans.k === 3").await?;
    assert_eq!(state(&browser).await?, first);
    browser.eval("history.forward()").await?;
    until(&browser, "kmeans.k === 5").await?;
    assert_eq!(state(&browser).await?, second);
    Ok(())
}

#[tokio::test]
async fn a_place_just_gone_to_is_kept_when_another_board_comes_at_once() -> Result<()> {
    let browser = still("/#board=gauss&n=200&clusters=3&k=3&seed=54&i=1").await?;
    for elsewhere in ["#presets input[value=moons]", "#reseed", "#figures a"] {
        browser.eval("void document.querySelector('#step').click()").await?;
        let before = state(&browser).await?;
        browser.eval(&format!("void document.querySelector('{elsewhere}').click()")).await?;
        until(&browser, "kmeans.iteration === 0").await?;
        browser.eval("history.back()").await?;
        until(&browser, "kmeans.options.board === 'gauss' && kmeans.iteration > 0").await?;
        assert_eq!(state(&browser).await?, before, "{elsewhere}");
    }
    Ok(())
}

#[tokio::test]
async fn a_slider_that_was_dragged_is_gone_back_from_at_once() -> Result<()> {
    let browser = still("/#board=gauss&n=200&clusters=3&k=3&seed=54&i=2").await?;
    let before = state(&browser).await?;
    for slider in ["#k-range", "#clusters-range", "#n-range"] {
        let range = browser.rect(slider).await?;
        browser.drag(range.at(0.15, 0.5), range.at(0.5, 0.5)).await?;
        until(&browser, "kmeans.iteration === 0").await?;
        written_address(&browser).await?;
        browser.eval("history.back()").await?;
        until(&browser, "kmeans.iteration === 2").await?;
        assert_eq!(state(&browser).await?, before, "{slider}");
    }
    for _ in 0..3 {
        press_on(&browser, "#k-range", Key::Right).await?;
    }
    until(&browser, "kmeans.k === 6").await?;
    browser.eval("history.back()").await?;
    until(&browser, "kmeans.k === 3").await?;
    assert_eq!(state(&browser).await?, before, "all keys at a slider are one entry");
    Ok(())
}

#[tokio::test]
async fn an_address_taken_while_it_plays_leads_to_what_was_on_screen() -> Result<()> {
    let browser = moving("/#board=uniform&n=200&k=3&seed=46&i=1").await?;
    browser.click("#play").await?;
    until(&browser, "board.playing && kmeans.iteration >= 4").await?;
    let written = "Number(new URLSearchParams(location.hash.slice(1)).get('i'))";
    until(&browser, &format!("board.playing && {written} >= 4")).await?;
    browser.reload().await?;
    built(&browser).await?;
    until(&browser, &format!("!board.playing && kmeans.iteration === Math.floor({written})")).await?;
    assert!(iteration(&browser).await? >= 4);
    Ok(())
}

#[tokio::test]
async fn the_place_of_a_pair_is_that_of_its_longer_run() -> Result<()> {
    let pair = "/#board=peaked&n=300&clusters=5&k=5&seeding=k-means%2B%2B&seed=1792&beside=random";
    let browser = still(pair).await?;
    browser.click("#run").await?;
    let places =
        "[...document.querySelectorAll('#boards kmeans-board')].map(({ kmeans }) => kmeans.iteration)";
    let ends = browser.eval(places).await?;
    assert!(ends[0].as_u64() < ends[1].as_u64(), "{ends}");
    let longer = format!("Number(new URLSearchParams(location.hash.slice(1)).get('i')) === {}", ends[1]);
    until(&browser, &longer).await?;
    browser.reload().await?;
    built(&browser).await?;
    assert_eq!(browser.eval(places).await?, ends);
    Ok(())
}

/// Fragments that ask for what there is not.
const IMPOSSIBLE: [&str; 12] = [
    "#n=abc",
    "#n=",
    "#n=1e9",
    "#board=<script>ran=1</script>",
    "#board=<img src=x onerror=ran=1>",
    "#k=99999",
    "#k=101&n=100",
    "#seed=-1",
    "#clusters=abc",
    "#board-seed=-1",
    "#seeding=<b>nope</b>",
    "#beside=<img src=x onerror=ran=1>",
];

/// Fragments that ask for something odd, of which what there is can be shown.
const ODD: [&str; 10] = [
    "#i=1e9",
    "#i=1e10",
    "#i=-1",
    "#i=0.3",
    "#i=abc",
    "#speed=abc",
    "#speed=-1",
    "#",
    "#nothing=here",
    "#%E0%A4%A&&==&constructor=1&__proto__=1",
];

/// Opens each fragment with `open`, and says which of them the page did not take well.
async fn assert_all_sensible(
    browser: &Browser,
    fragments: impl IntoIterator<Item = &str>,
    complaint: Complaint,
    open: impl AsyncFn(&str) -> Result<()>,
) -> Result<()> {
    let mut broken = Vec::new();
    for fragment in fragments {
        let taken = async {
            open(fragment).await?;
            ensure!(complaint == Complaint::None || !problem(browser).await?.is_empty(), "nothing is said");
            sensible(browser).await
        };
        if let Err(error) = taken.await {
            broken.push(format!("{fragment}: {error:#}"));
        }
        browser.console().await?;
    }
    assert!(broken.is_empty(), "{broken:#?}");
    Ok(())
}

/// Whether something has to be said about an address.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Complaint {
    Due,
    None,
}

#[tokio::test]
async fn an_address_that_asks_for_the_impossible_shows_a_board_and_says_so() -> Result<()> {
    let browser = still("/").await?;
    let load = async |fragment: &str| visit(&browser, &format!("/{fragment}")).await;
    assert_all_sensible(&browser, IMPOSSIBLE, Complaint::Due, load).await
}

#[tokio::test]
async fn an_odd_address_shows_what_there_is() -> Result<()> {
    let browser = still("/").await?;
    let load = async |fragment: &str| visit(&browser, &format!("/{fragment}")).await;
    assert_all_sensible(&browser, ODD, Complaint::None, load).await?;
    visit(&browser, "/#i=1e9").await?;
    assert_eq!(ask(&browser, "kmeans.converged").await?, true);
    visit(&browser, "/#i=-1").await?;
    assert_eq!(iteration(&browser).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_fragment_typed_into_an_open_page_leaves_a_board_that_works() -> Result<()> {
    let browser = still("/").await?;
    let type_in = async |fragment: &str| {
        visit(&browser, "/#board=gauss&n=100&clusters=3&k=3&seed=7").await?;
        browser.eval(&format!("void (location.hash = {})", json!(fragment))).await?;
        // Nothing tells when a refusal is complete; it takes no time.
        tokio::time::sleep(Duration::from_millis(100)).await;
        Ok(())
    };
    assert_all_sensible(&browser, IMPOSSIBLE, Complaint::Due, type_in).await?;
    visit(&browser, "/").await?;
    browser.eval("void (location.hash = '#board=moons&n=90&k=2&seed=3')").await?;
    until(&browser, "kmeans.options.board === 'moons' && kmeans.n === 90").await
}
