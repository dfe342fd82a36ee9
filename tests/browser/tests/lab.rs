//! The lab beside the board: what its panes show is what the core says, and the board goes where they point.

use anyhow::Result;
use browser_tests::{Browser, Device, Key, PATIENCE};
use serde_json::{Value, json};

const PEAKED: &str = "/#board=peaked&n=300&clusters=5&k=5&seeding=random&seed=1792&i=0";

/// What every script here may use.
const NAMES: &str = "const { KMeans } = await import('/kmeans.js');
    const $ = (selector) => document.querySelector(selector), $$ = (selector) => [...document.querySelectorAll(selector)];
    const board = $('#board');";

async fn run(browser: &Browser, body: &str) -> Result<Value> {
    browser.run(&format!("{NAMES}\n{body}")).await
}

/// The playground with a pane of the lab, once it is there.
async fn opened(address: &str, pane: &str) -> Result<Browser> {
    let browser = Browser::start().await?;
    open(&browser, address, pane).await?;
    Ok(browser)
}

async fn open(browser: &Browser, address: &str, pane: &str) -> Result<()> {
    browser.open("about:blank").await?;
    browser.open(&format!("{address}&pane={pane}")).await?;
    browser.wait_until("document.querySelector('#lab .pane:not([hidden]) button')", PATIENCE).await
}

/// Runs what the pane of many starts is set to, to its end.
async fn run_starts(browser: &Browser) -> Result<()> {
    browser.click("#lab .starts .primary").await?;
    browser.wait_until("document.querySelector('#lab .optima button')", PATIENCE).await
}

#[tokio::test]
async fn many_starts_are_those_of_the_core() -> Result<()> {
    let browser = opened(PEAKED, "starts").await?;
    run_starts(&browser).await?;
    let seen = run(
        &browser,
        "const km = await KMeans.init(board.kmeans.options);
        const { optima, inertias } = await km.restarts({ runs: 1000 });
        const [first, ...others] = $$('#lab tbody tr').map((row) => [...row.cells].map((cell) => cell.textContent));
        const bars = $$('#lab .way').length;
        return [first[1] === optima[0].runs.toLocaleString('en'), Number(first[3]) === optima[0].seed,
            1 + others.length === Math.min(50, optima.length), $$('#lab .optima button').length, bars,
            $('#lab .sentence').textContent.includes(`in ${Math.round(optima[0].runs / 10)} of 100`),
            $('#lab .ways output').textContent === `best in ${optima[0].runs} of ${inertias.length.toLocaleString('en')}`,
            $('#lab .sentence').textContent.includes(`${optima.length} different clusterings`)];",
    )
    .await?;
    assert_eq!(seen, json!([true, true, true, 6, 1, true, true, true]));
    assert_eq!(browser.console().await?, []);
    Ok(())
}

#[tokio::test]
async fn an_optimum_is_laid_over_the_board_and_then_replayed_there() -> Result<()> {
    let browser = opened(PEAKED, "starts").await?;
    run_starts(&browser).await?;
    let inertia = "document.querySelectorAll('#lab .optima button > span')[5].lastChild.textContent";
    let looked = run(
        &browser,
        "const before = board.kmeans.centroids.join(), peek = $('canvas.peek'), button = $$('#lab .optima button')[5];
        button.dispatchEvent(new PointerEvent('pointerenter'));
        for (let i = 0; i < 100 && peek.hidden; i += 1) await new Promise(requestAnimationFrame);
        const { width, height } = peek, place = peek.getBoundingClientRect(), own = board.getBoundingClientRect();
        const colours = new Set(new Uint32Array(peek.getContext('2d').getImageData(0, 0, width, height).data.buffer)).size;
        const isOver = place.x === own.x && place.y === own.y && place.width === own.width && place.height === own.height;
        button.dispatchEvent(new PointerEvent('pointerleave'));
        return [colours > 10, isOver, peek.hidden, board.kmeans.centroids.join() === before];",
    )
    .await?;
    assert_eq!(looked, json!([true, true, true, true]));

    let wanted = browser.eval(inertia).await?;
    browser.click("#lab .optima button:nth-child(6)").await?;
    browser.wait_until("document.querySelector('#board').playing", PATIENCE).await?;
    browser.wait_until("document.querySelector('#board').kmeans.converged", PATIENCE).await?;
    let shown = run(
        &browser,
        "const { short } = await import('/sentences.js');
        return [short(board.kmeans.inertia), $$('#lab .optima button').length,
            new URLSearchParams(location.hash.slice(1)).get('seed') === String(board.kmeans.seed)];",
    )
    .await?;
    assert_eq!(shown, json!([wanted, 6, true])); // and what was found is still there
    Ok(())
}

#[tokio::test]
async fn seedings_are_laid_over_one_another() -> Result<()> {
    let browser = opened(PEAKED, "starts").await?;
    run_starts(&browser).await?;
    browser.click("#lab .ways label:nth-child(5) input").await?;
    browser.wait_until("document.querySelectorAll('#lab .way').length === 2", PATIENCE).await?;
    browser
        .wait_until(
            "document.querySelectorAll('#lab .ways output')[4].textContent.endsWith('of 1,000') && !document.querySelector('#lab .primary').closest('[hidden]')",
            PATIENCE,
        )
        .await?;
    let found = run(
        &browser,
        "return $$('#lab .ways output').map((output) => Number(/best in ([\\d,]+)/.exec(output.textContent)?.[1].replace(',', '')));",
    )
    .await?;
    let (random, greedy) = (found[0].as_u64(), found[4].as_u64());
    assert!(random < Some(800) && greedy > Some(950), "{found}");
    // Without the first, the second alone is left.
    browser.click("#lab .ways label:nth-child(1) input").await?;
    let left = run(&browser, "return [$$('#lab .way').length, $('#lab h3').textContent];").await?;
    assert_eq!(left, json!([1, "Where greedy k-means++ starts end: the best, and most often"]));
    Ok(())
}

#[tokio::test]
async fn another_board_or_another_k_drops_what_was_found() -> Result<()> {
    let browser = opened(PEAKED, "starts").await?;
    for change in ["k: 4", "n: 299", "board: 'gauss'"] {
        run_starts(&browser).await?;
        run(
            &browser,
            &format!(
                "await board.init({{ ...board.kmeans.options, spread: undefined, {change} }}); return 0;"
            ),
        )
        .await?;
        let left =
            run(&browser, "return [$$('#lab .optima button').length, $$('#lab .way').length];").await?;
        assert_eq!(left, json!([0, 0]), "{change}");
    }
    Ok(())
}

#[tokio::test]
async fn what_takes_long_can_be_cancelled_and_the_page_goes_on_meanwhile() -> Result<()> {
    let browser = opened("/#board=dense&n=200000&k=50&seeding=random&seed=1&i=0", "starts").await?;
    browser.click("#lab .starts .primary").await?;
    browser.wait_until("!document.querySelector('#lab .working').hidden", PATIENCE).await?;
    browser
        .wait_until("document.querySelector('#lab .working output').textContent.endsWith('left')", PATIENCE)
        .await?;
    let went_on = run(
        &browser,
        "let frames = 0;
        const count = () => { frames += 1; requestAnimationFrame(count); };
        count();
        board.step();
        await new Promise((resolve) => setTimeout(resolve, 1000));
        const stepped = board.kmeans.iteration;
        $('#lab .working button').click();
        await new Promise((resolve) => setTimeout(resolve, 100));
        return [frames > 10, stepped, $('#lab .working').hidden, $('#lab .primary').closest('[hidden]') === null];",
    )
    .await?;
    assert_eq!(went_on, json!([true, 1, true, true]));
    Ok(())
}

#[tokio::test]
async fn a_pane_is_part_of_the_address_and_opens_by_the_keyboard() -> Result<()> {
    let browser = Browser::start().await?;
    browser.open(PEAKED).await?;
    browser.wait_until("document.querySelector('#panes input')", PATIENCE).await?;
    run(&browser, "$('#panes input').focus(); return 0;").await?;
    browser.press(Key::Right).await?;
    browser.wait_until("document.querySelector('#lab .starts button')", PATIENCE).await?;
    browser.wait_until("location.hash.includes('pane=starts')", PATIENCE).await?;
    let panes = "[document.querySelector('#panel').hidden, document.querySelector('#lab').hidden, document.querySelector('#panes input:checked').value]";
    assert_eq!(browser.eval(panes).await?, json!([true, false, "starts"]));
    browser.reload().await?;
    browser.wait_until("document.querySelector('#lab .starts button')", PATIENCE).await?;
    // A figure keeps the pane; settings take it out of the address; a name that there is not means settings.
    browser.wait_until("document.querySelectorAll('#figures a').length === 5", PATIENCE).await?;
    browser.click("#figures a:nth-child(2)").await?;
    browser.wait_until("document.querySelector('#board').kmeans.n === 200", PATIENCE).await?;
    assert_eq!(browser.eval(panes).await?, json!([true, false, "starts"]));
    browser.click("#panes label:first-child").await?;
    browser.wait_until("!location.hash.includes('pane')", PATIENCE).await?;
    assert_eq!(browser.eval(panes).await?, json!([false, true, ""]));
    browser.open("about:blank").await?;
    browser.open(&format!("{PEAKED}&pane=nonsense")).await?;
    browser.wait_until("document.querySelector('#panes input')", PATIENCE).await?;
    assert_eq!(browser.eval(panes).await?, json!([false, true, ""]));
    assert_eq!(browser.console().await?, []);
    Ok(())
}

#[tokio::test]
async fn on_a_phone_the_pane_has_room_and_the_board_comes_into_sight() -> Result<()> {
    let mut browser = Browser::start().await?;
    browser.become_device(Device::PHONE).await?;
    open(&browser, PEAKED, "starts").await?;
    run_starts(&browser).await?;
    let wide = run(
        &browser,
        "return [document.documentElement.scrollWidth <= innerWidth,
            $$('#lab button, #panes label, #lab .ways label').filter((it) => it.offsetHeight && it.offsetHeight < 44).length];",
    )
    .await?;
    assert_eq!(wide, json!([true, 0]));
    browser.click("#lab .optima button:nth-child(4)").await?;
    browser
        .wait_until("document.querySelector('#board').getBoundingClientRect().bottom > 200", PATIENCE)
        .await?;
    Ok(())
}

#[tokio::test]
async fn what_is_typed_wrongly_is_said() -> Result<()> {
    let browser = opened(PEAKED, "starts").await?;
    for (typed, said) in [
        ("0", "Starts: 0 is not a whole number from 1 to 10,000."),
        ("1.5", "Starts: 1.5 is not a whole number from 1 to 10,000."),
        ("", "Starts: type a whole number from 1 to 10,000."),
    ] {
        let body = format!(
            "$('#runs').value = '{typed}'; $('#runs').dispatchEvent(new Event('change'));
            const onceTyped = $('#problem').textContent;
            $('#lab .primary').click();
            return [onceTyped, $('#problem').textContent];"
        );
        assert_eq!(run(&browser, &body).await?, json!([said, said]));
    }
    // So it is where another seeding is ticked, which would run at once.
    run(&browser, "$('#runs').value = 10; $('#lab .primary').click();").await?;
    browser.wait_until("document.querySelector('#lab .optima button')", PATIENCE).await?;
    let tick = "$('#lab .ways input[value=maximin]').click();";
    let ticked = format!(
        "$('#runs').value = 100_000; {tick} return [$('#problem').textContent, $('#lab .working')?.checkVisibility() ?? false];"
    );
    let said = "Starts: 100000 is not a whole number from 1 to 10,000.";
    assert_eq!(run(&browser, &ticked).await?, json!([said, false]));
    run(&browser, tick).await?;
    let none = "$('#runs').value = 10; $('#lab .ways input:checked').click(); $('#lab .primary').click(); return $('#problem').textContent;";
    assert_eq!(run(&browser, none).await?, "Choose a seeding to start with.");
    Ok(())
}
