//! Nothing that the playground does with a million points keeps the page from answering for long.

use anyhow::Result;
use browser_tests::Browser;
use serde_json::{Value, json};

use crate::playground::PATIENCE;

/// What a script here may use: `quiet` waits until what was asked for is on screen.
const NAMES: &str = "const board = document.querySelector('#board');
    const rest = (ms) => new Promise((done) => setTimeout(done, ms));
    const quiet = async () => {
        await rest(100);
        while (!board.kmeans || board.shadowRoot.querySelector('[part=progress]')) await rest(50);
        await rest(500);
    };
    const choose = async (selector) => { document.querySelector(selector).click(); await quiet(); };
    const tasks = [], ATTEMPTS = 12;
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
    observer.observe({ type: 'longtask' });
    await rest(100);
    tasks.length = 0;";

/// What `acts`, an array of functions, take in tasks of 50 milliseconds or more: on a busy machine a task waits for
/// its turn, too, so the best of several attempts at each counts.
async fn long_tasks_of(acts: &str) -> Result<Value> {
    let browser = Browser::start().await?;
    browser.be_patient(PATIENCE * 6).await?;
    browser.open("/index.html#board=uniform&n=1000000&k=50&seeding=random&seed=3").await?;
    let is_open = "document.querySelector('#board').kmeans?.n === 1000000 && document.querySelector('#run')";
    browser.wait_until(is_open, PATIENCE).await?;
    let script = format!(
        "{NAMES}
        await quiet();
        const found = {{}};
        for (const act of {acts}) {{
            for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {{
                tasks.length = 0;
                await act();
                await rest(50);
                if (!tasks.length) break;
                if (attempt === ATTEMPTS) found[act] = [...tasks];
            }}
        }}
        return found;"
    );
    browser.run(&script).await
}

#[tokio::test]
async fn a_million_points_of_any_board_never_hold_the_page_up() -> Result<()> {
    let acts = "(await import('./clustering.js')).KMeans.boards.map(({ name }) => async () => {
            for (const n of [100, 1000000]) {
                location.hash = `#board=${name}&n=${n}&clusters=50&k=50&seeding=k-means%2B%2B&seed=3`;
                await quiet();
            }
        })"; // another board comes first, so that the same is made again at each attempt
    assert_eq!(long_tasks_of(acts).await?, json!({}));
    Ok(())
}

#[tokio::test]
async fn no_seeding_and_no_step_of_a_million_points_holds_the_page_up() -> Result<()> {
    let acts =
        "[...['partition', 'maximin', 'k-means++', 'greedy-k-means++', 'random'].map((name) => async () => {
            await choose(`#seedings input[value=\"${name}\"]`);
            await choose('#reseed');
        }), ...['step', 'half-step', 'back', 'cells', 'trails', 'run'].map((id) => () => choose(`#${id}`))]";
    assert_eq!(long_tasks_of(acts).await?, json!({}));
    Ok(())
}

#[tokio::test]
async fn a_task_that_is_too_long_would_be_seen() -> Result<()> {
    let acts = "[async () => {
            setTimeout(() => { const end = performance.now() + 80; while (performance.now() < end); });
            await rest(200);
        }]";
    let found = long_tasks_of(acts).await?;
    assert_eq!(found.as_object().map(serde_json::Map::len), Some(1), "{found}");
    Ok(())
}
