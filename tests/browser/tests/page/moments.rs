//! Nothing that the playground does with a million points keeps the page from answering for long.

use std::time::Duration;

use anyhow::{Context, Result};
use browser_tests::{Browser, PATIENCE};

/// From this on a task is long: <https://www.w3.org/TR/longtasks/>.
const LONG: Duration = Duration::from_millis(50);

/// How often an act is tried: what shares the processor's caches makes a task longer, so the best attempt counts.
const ATTEMPTS: usize = 3;

/// What an act may use: `quiet` waits until what was asked for is on screen.
const NAMES: &str = "const board = document.querySelector('#board');
    const rest = (ms) => new Promise((done) => setTimeout(done, ms));
    const quiet = async () => {
        await rest(100);
        while (!board.kmeans || board.shadowRoot.querySelector('[part=progress]')) await rest(50);
        await rest(500);
    };
    const choose = async (selector) => { document.querySelector(selector).click(); await quiet(); };";

/// The acts that have a long task at every attempt, with the tasks of the last one.
async fn long_tasks_of(acts: &[String]) -> Result<Vec<(&str, Vec<Duration>)>> {
    let browser = Browser::start_traced().await?;
    browser.open("/index.html#board=uniform&n=1000000&k=50&seeding=random&seed=3").await?;
    let is_open = "document.querySelector('#board').kmeans?.n === 1000000 && document.querySelector('#run')";
    browser.wait_until(is_open, PATIENCE).await?;
    browser.run(&format!("{NAMES} await quiet();")).await?;
    browser.tasks().await?;
    let mut found = Vec::new();
    for act in acts {
        let mut long = Vec::new();
        for _ in 0..ATTEMPTS {
            browser.run(&format!("{NAMES} {act}")).await?;
            long = browser.tasks().await?;
            long.retain(|task| *task >= LONG);
            if long.is_empty() {
                break;
            }
        }
        if !long.is_empty() {
            found.push((act.as_str(), long));
        }
    }
    Ok(found)
}

#[tokio::test]
async fn a_million_points_of_any_board_never_hold_the_page_up() -> Result<()> {
    let browser = Browser::start().await?;
    browser.open("/").await?;
    browser.wait_until("document.querySelector('#board').kmeans", PATIENCE).await?;
    let boards =
        browser.eval("(await import('./clustering.js')).KMeans.boards.map(({ name }) => name)").await?;
    let boards = boards.as_array().context("no boards")?;
    let made = |board: &str| {
        // Another board comes first, so that the same is made again at each attempt.
        let [few, many] = [100, 1_000_000].map(|n| {
            format!("location.hash = '#board={board}&n={n}&clusters=50&k=50&seeding=k-means%2B%2B&seed=3'; await quiet();")
        });
        few + &many
    };
    let acts: Vec<_> = boards.iter().filter_map(|board| board.as_str()).map(made).collect();
    assert!(!acts.is_empty());
    assert_eq!(long_tasks_of(&acts).await?, []);
    Ok(())
}

#[tokio::test]
async fn no_seeding_and_no_step_of_a_million_points_holds_the_page_up() -> Result<()> {
    let seedings = ["partition", "maximin", "k-means++", "greedy-k-means++", "random"];
    let seeded = seedings
        .map(|name| format!("await choose('#seedings input[value=\"{name}\"]'); await choose('#reseed');"));
    let steps =
        ["step", "half-step", "back", "cells", "trails", "run"].map(|id| format!("await choose('#{id}');"));
    assert_eq!(long_tasks_of(&[seeded.as_slice(), &steps].concat()).await?, []);
    Ok(())
}

#[tokio::test]
async fn a_task_that_is_too_long_would_be_seen() -> Result<()> {
    let busy = "const end = performance.now() + 300; while (performance.now() < end);";
    let acts = [format!("setTimeout(() => {{ {busy} }}); await rest(400);"), "await rest(400);".into()];
    let found = long_tasks_of(&acts).await?;
    assert_eq!(found.iter().map(|(act, _)| *act).collect::<Vec<_>>(), [acts[0].as_str()]);
    Ok(())
}
