//! The lab's pane that asks which K: its numbers are those of `chooseK`, and each K is a press away.

use std::time::Duration;

use anyhow::{Context, Result};
use browser_tests::{Browser, Device, Key, PATIENCE};
use serde_json::{Value, json};

use crate::playground::{ask, enter, option, press_on, problem, still, still_on, text, until, value};

/// Five tight clouds, and a start that misses them.
const PEAKED: &str = "/#board=peaked&n=300&clusters=5&k=5&seeding=random&seed=1792&i=0&pane=k";
const GO: &str = "#lab .k .primary";

/// A browser on the pane.
async fn opened(address: &str) -> Result<Browser> {
    let browser = still(address).await?;
    there(&browser).await?;
    Ok(browser)
}

async fn there(browser: &Browser) -> Result<()> {
    browser.wait_until("document.querySelector('#lab .ks button')", PATIENCE).await
}

/// Asks for little, and waits for all of it.
async fn asked(browser: &Browser, k_max: u32) -> Result<()> {
    for (name, asked) in [("kMax", k_max), ("references", 8), ("runs", 3)] {
        enter(browser, &format!("#plan-{name}"), &asked.to_string()).await?;
    }
    browser.click(GO).await?;
    complete(browser).await
}

async fn complete(browser: &Browser) -> Result<()> {
    browser.wait_until("document.querySelector('#lab .verdict').textContent", Duration::from_mins(1)).await
}

/// The same from the core: for each method its curve and choices.
async fn chosen(browser: &Browser, k_max: u32) -> Result<Value> {
    let all = "Promise.all(['gap', 'f(K)', 'silhouette', 'elbow'].map((method) => document.querySelector('#board').kmeans
        .chooseK({ method, kMax: K_MAX, references: 8, runs: 3, seed: 1792 })))";
    browser.eval(&all.replace("K_MAX", &k_max.to_string())).await
}

fn number(value: &Value) -> Result<f64> {
    value.as_f64().with_context(|| format!("{value} is no number"))
}

#[tokio::test]
async fn the_numbers_are_those_of_choose_k() -> Result<()> {
    let browser = opened(PEAKED).await?;
    asked(&browser, 7).await?;
    let rows = "[...document.querySelectorAll('#lab .k tbody tr')].map((row) => [...row.cells].map(({ textContent }) => Number(textContent.replace(',', '').replace('−', '-'))))";
    let rows = browser.eval(rows).await?;
    let found = chosen(&browser, 7).await?;
    assert_eq!(rows.as_array().map(Vec::len), Some(7));
    let columns = [
        (0, "k"),
        (0, "value"),
        (0, "error"),
        (0, "logW"),
        (0, "referenceLogW"),
        (0, "bar"),
        (1, "value"),
        (2, "value"),
        (2, "error"),
        (3, "inertia"),
        (3, "seed"),
    ];
    for (row, k) in (0..7).map(|row| (row, row + 1)) {
        for (column, (method, name)) in columns.into_iter().enumerate() {
            let (seen, exact) = (&rows[row][column], &found[method]["curve"][row][name]);
            if exact.is_null() {
                assert!(seen.is_null(), "K = {k}, {name}: {seen}, but it is not defined");
            } else {
                let (seen, exact) = (number(seen)?, number(exact)?);
                assert!((seen - exact).abs() <= 5e-4 * exact.abs(), "K = {k}, {name}: {seen}, not {exact}");
            }
        }
    }
    assert_eq!(browser.console().await?, []);
    Ok(())
}

/// The middles of all marks of a curve, in pixels from the left of its plot, with the nearest K by the buttons.
const MARKED: &str = "[...document.querySelectorAll('#lab .curves svg.values')].map((plot) =>
    [...plot.querySelectorAll('.mark')].map((mark) => {
        const middle = (element) => { const { left, width } = element.getBoundingClientRect(); return left + width / 2; };
        const buttons = [...document.querySelectorAll('#lab .ks button')];
        const far = (button) => Math.abs(middle(button) - middle(mark));
        return Number(buttons.reduce((a, b) => (far(b) < far(a) ? b : a)).dataset.k);
    }).sort((a, b) => a - b))";

#[tokio::test]
async fn marks_stand_over_the_k_that_a_rule_chooses() -> Result<()> {
    let browser = opened(PEAKED).await?;
    asked(&browser, 7).await?;
    let found = chosen(&browser, 7).await?;
    let expected: Vec<Vec<u64>> = found
        .as_array()
        .context("no methods")?
        .iter()
        .map(|one| {
            let choices = one["choices"].as_array().map_or(&[][..], Vec::as_slice);
            let mut ks: Vec<u64> = choices.iter().filter_map(|choice| choice["k"].as_u64()).collect();
            ks.sort_unstable();
            ks
        })
        .collect();
    assert!(expected[0].len() == 3 && expected[1].len() > 1 && expected[2].len() == 1, "{expected:?}");
    assert_eq!(browser.eval(MARKED).await?, json!(expected));
    browser.click("#lab [name=gap-view][value=bars]").await?;
    assert_eq!(browser.eval(MARKED).await?, json!(expected), "also on the bars");
    let said = text(&browser, "#lab .curves .choices").await?;
    let words = ["Tibshirani", "first SE max", "global maximum"];
    for (choice, words) in found[0]["choices"].as_array().context("no choices")?.iter().zip(words) {
        assert!(said.contains(&format!("{words}{}", choice["k"])), "{choice} in {said}");
    }
    Ok(())
}

#[tokio::test]
async fn bars_stand_below_zero_where_the_gap_still_widens() -> Result<()> {
    let browser = opened(PEAKED).await?;
    asked(&browser, 7).await?;
    browser.click("#lab [name=gap-view][value=bars]").await?;
    let seen = "[...document.querySelectorAll('#lab .curves svg.values')[0].querySelectorAll('rect')].map((bar) => [Number(bar.dataset.k), bar.getAttribute('class'), Number(bar.getAttribute('height'))])";
    let seen = browser.eval(seen).await?;
    let found = chosen(&browser, 7).await?;
    let curve = found[0]["curve"].as_array().context("no curve")?;
    let bars = curve.iter().map(|row| number(&row["bar"])).collect::<Result<Vec<f64>>>()?;
    assert!(bars.iter().any(|bar| *bar < 0.0) && bars.iter().any(|bar| *bar > 0.0), "{bars:?}");
    let longest = bars.iter().fold(0.0_f64, |longest, bar| longest.max(bar.abs()));
    let height = bars.iter().zip(0..).map(|(_, i)| number(&seen[i][2])).collect::<Result<Vec<f64>>>()?;
    let tallest = height.iter().fold(0.0_f64, |tallest, height| tallest.max(*height));
    for (i, bar) in bars.iter().enumerate() {
        assert_eq!(seen[i][0], i + 1);
        assert_eq!(seen[i][1], if *bar < 0.0 { "below" } else { "enough" }, "{bar}");
        assert!((height[i] - bar.abs() / longest * tallest).abs() < 0.2, "{bar}: {} of {tallest}", height[i]);
    }
    Ok(())
}

#[tokio::test]
async fn a_press_on_a_k_makes_the_board_show_its_clustering() -> Result<()> {
    let browser = opened(PEAKED).await?;
    asked(&browser, 7).await?;
    let found = chosen(&browser, 7).await?;
    let points = ask(&browser, "kmeans.points.join()").await?;
    browser.click("#lab .ks [data-k='4']").await?;
    until(&browser, "kmeans.k === 4").await?;
    browser.click("#run").await?;
    until(&browser, "kmeans.converged").await?;
    assert_eq!(ask(&browser, "kmeans.inertia").await?, found[3]["curve"][3]["inertia"]);
    assert_eq!(ask(&browser, "kmeans.points.join()").await?, points);
    // What was found is of these points, and is kept.
    assert_eq!(browser.eval(CURRENT).await?, json!(["4"]));
    assert!(text(&browser, "#lab .reading").await?.starts_with("K = 4"));
    assert!(!text(&browser, "#lab .verdict").await?.is_empty());
    // A column of a curve is as good.
    browser.eval("document.querySelectorAll('#lab svg.values')[1].scrollIntoView({ block: 'center', behavior: 'instant' })").await?;
    let plot = browser.rect("#lab svg.values").await?;
    browser.click_at(plot.at(5.5 / 7.0, 0.5)).await?;
    until(&browser, "kmeans.k === 6").await?;
    assert_eq!(browser.eval(CURRENT).await?, json!(["6"]));
    browser.click("#reseed").await?;
    assert_eq!(browser.eval(CURRENT).await?, json!([]), "another start of that K is another clustering");
    assert!(!text(&browser, "#lab .verdict").await?.is_empty());
    Ok(())
}

/// The Ks whose clustering the board is said to show.
const CURRENT: &str =
    "[...document.querySelectorAll('#lab .ks [aria-current=true]')].map(({ dataset }) => dataset.k)";

#[tokio::test]
async fn what_is_pointed_at_is_lit_in_every_curve_and_laid_over_the_board() -> Result<()> {
    let browser = opened(PEAKED).await?;
    asked(&browser, 7).await?;
    let (state, options) = ("kmeans.labels.join()", "kmeans.options");
    let before = [ask(&browser, state).await?, ask(&browser, options).await?];
    let isolated = "document.querySelector('#lab .ks').scrollIntoView({ block: 'end', behavior: 'instant' })";
    browser.eval(isolated).await?;
    for hovered in [
        browser.rect("#lab .ks [data-k='5']").await?.at(0.5, 0.5),
        browser.rect("#lab .curves .plots:nth-last-of-type(3) svg.values").await?.at(4.5 / 7.0, 0.6),
    ] {
        browser.hover((4.0, 4.0)).await?;
        browser.wait_until("document.querySelector('.peek').hidden", PATIENCE).await?;
        browser.hover(hovered).await?;
        browser.wait_until("!document.querySelector('.peek').hidden", PATIENCE).await?;
        let (column, button) =
            (browser.rect("#lab .column").await?, browser.rect("#lab .ks [data-k='5']").await?);
        assert!(
            (column.x - button.x).abs() < 1.0 && (column.width - button.width).abs() < 1.0,
            "{column:?} {button:?}"
        );
        let plots = browser.rect("#lab .curves .stack").await?;
        assert!((column.height - plots.height).abs() < 1.0, "{column:?} {plots:?}");
        assert!(text(&browser, "#lab .reading").await?.starts_with("K = 5"));
    }
    assert_eq!([ask(&browser, state).await?, ask(&browser, options).await?], before);
    assert_eq!(browser.console().await?, []);
    Ok(())
}

#[tokio::test]
async fn keys_walk_along_the_ks() -> Result<()> {
    let browser = opened(PEAKED).await?;
    asked(&browser, 7).await?;
    let at = "document.activeElement.dataset.k ?? null";
    press_on(&browser, "#lab .ks [tabindex='0']", Key::Right).await?;
    assert_eq!(browser.eval(at).await?, "2");
    browser.press(Key::End).await?;
    assert_eq!(browser.eval(at).await?, "7");
    browser.press(Key::Left).await?;
    assert_eq!(browser.eval(at).await?, "6");
    browser.wait_until("!document.querySelector('.peek').hidden", PATIENCE).await?;
    assert_eq!(ask(&browser, "[kmeans.k, kmeans.iteration]").await?, json!([5, 0]), "the board itself stays");
    browser.press(Key::Enter).await?;
    until(&browser, "kmeans.k === 6").await?;
    assert_eq!(browser.eval("document.querySelector('.peek').hidden").await?, true);
    assert_eq!(browser.eval(at).await?, "6", "the focus stays");
    browser.press(Key::Tab).await?;
    assert_eq!(browser.eval(at).await?, Value::Null, "all of them are one stop");
    Ok(())
}

#[tokio::test]
async fn a_finger_has_room_and_nothing_is_beyond_the_edge() -> Result<()> {
    for device in [Device::PHONE, Device { width: 320, ..Device::PHONE }] {
        let browser = still_on(device, PEAKED).await?;
        there(&browser).await?;
        asked(&browser, 10).await?;
        let small = "[...document.querySelectorAll('#lab .k button, #lab .k .segments label, #lab .k .plan input')]
            .filter((each) => each.checkVisibility()).map((each) => [each.textContent, each.getBoundingClientRect().width, each.getBoundingClientRect().height])
            .filter(([, width, height]) => width < 24 || height < 44)";
        assert_eq!(browser.eval(small).await?, json!([]), "at {}", device.width);
        let width = browser.eval("document.scrollingElement.scrollWidth").await?;
        assert_eq!(width, device.width);
        browser.click("#lab .ks [data-k='3']").await?;
        until(&browser, "kmeans.k === 3").await?;
        let board = browser.rect("#board").await?;
        assert!(board.y > -1.0 && board.y + board.height <= f64::from(device.height), "{board:?}");
    }
    Ok(())
}

#[tokio::test]
async fn many_ks_keep_their_width_and_scroll() -> Result<()> {
    let browser = opened(PEAKED).await?;
    asked(&browser, 30).await?;
    let narrow = "[...document.querySelectorAll('#lab .ks button')].filter((each) => each.getBoundingClientRect().width < 24).length";
    assert_eq!(browser.eval(narrow).await?, 0);
    press_on(&browser, "#lab .ks [data-k='1']", Key::End).await?;
    let (last, pane) = (browser.rect("#lab .ks [data-k='30']").await?, browser.rect("#lab .curves").await?);
    assert!(last.x >= pane.x && last.x + last.width <= pane.x + pane.width + 0.5, "{last:?} {pane:?}");
    assert_eq!(browser.eval("document.scrollingElement.scrollWidth === innerWidth").await?, true);
    Ok(())
}

#[tokio::test]
async fn the_references_are_clustered_as_the_gap_statistic_does_it() -> Result<()> {
    let browser = opened(PEAKED).await?;
    asked(&browser, 6).await?;
    browser.click("#lab .references summary").await?;
    browser.click("#lab .ks [data-k='3']").await?;
    let captions =
        "[...document.querySelectorAll('#lab .references canvas')].map(({ ariaLabel }) => ariaLabel)";
    let shown = |first: u32, last: u32| {
        format!(
            "{captions}.every((label, i) => label.startsWith(`Reference ${{i + {first}}} with K = 3`)) && {captions}.length === {last} - {first} + 1"
        )
    };
    browser.wait_until(&shown(1, 3), PATIENCE).await?;
    browser.click("#lab .references .turn button:last-child").await?;
    browser.click("#lab .references .turn button:last-child").await?;
    browser.wait_until(&shown(7, 8), PATIENCE).await?;
    assert!(text(&browser, "#lab .references output").await?.contains("7–8 of 8"));
    // The inertias come again from the points of the reference.
    let again = "await (async () => {
        const [{ KMeans }, { reference }] = await Promise.all([import('./clustering.js'), import('./studies.js')]);
        const found = [];
        for (const index of [6, 7]) {
            const points = await reference(document.querySelector('#board').kmeans, 1792, index);
            const kmeans = await KMeans.init({ points, k: 3, seeding: 'greedy-k-means++', seed: 1792 });
            found.push((await kmeans.restarts({ runs: 3 })).best.inertia);
        }
        return found;
    })()";
    let again = browser.eval(again).await?;
    let seen = browser.eval("[...document.querySelectorAll('#lab .references figcaption')].map(({ textContent }) => Number(textContent))").await?;
    for i in 0..2 {
        let (seen, again) = (number(&seen[i])?, number(&again[i])?);
        assert!((seen - again).abs() <= 5e-4 * again, "{seen}, not {again}");
    }
    let painted = "[...document.querySelectorAll('#lab .references canvas')].map((canvas) => {
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
        copy.drawImage(canvas, 0, 0);
        return copy.getImageData(0, 0, canvas.width, canvas.height).data.some((byte) => byte);
    })";
    assert_eq!(browser.eval(painted).await?, json!([true, true]));
    assert_eq!(browser.console().await?, []);
    Ok(())
}

/// A board on which all four methods take a while.
const SLOW: &str = "/#board=gauss&n=20000&clusters=5&k=5&seeding=random&seed=5&i=0&pane=k";
const BUSY: &str = "document.querySelector('#lab .k .working').checkVisibility() && document.querySelectorAll('#lab .ks button:enabled').length";

#[tokio::test]
async fn it_grows_while_it_is_computed_and_cancelling_ends_it_at_once() -> Result<()> {
    let browser = opened(SLOW).await?;
    browser.click(GO).await?;
    browser
        .wait_until(
            "document.querySelectorAll('#lab svg.values')[0].querySelector('.dot')",
            Duration::from_mins(1),
        )
        .await?;
    assert_eq!(browser.eval(BUSY).await?, 10, "the gap is the last, all Ks can be seen");
    let took = browser
        .run("const pane = document.querySelector('#lab .k'), begun = performance.now();
            pane.querySelector('.working button').click();
            while (!pane.querySelector('.primary').checkVisibility()) await new Promise((frame) => requestAnimationFrame(frame));
            return performance.now() - begun;")
        .await?;
    assert!(number(&took)? < 100.0, "{took} ms");
    // What is not whole is not shown; what is, stays.
    let dots = "[...document.querySelectorAll('#lab svg.values')].map((plot) => plot.querySelectorAll('.dot').length)";
    assert_eq!(browser.eval(dots).await?, json!([0, 10, 9, 10]));
    assert_eq!(text(&browser, "#lab .verdict").await?, "");
    assert_eq!(browser.console().await?, []);
    Ok(())
}

#[tokio::test]
async fn another_board_ends_the_work_and_drops_what_was_found() -> Result<()> {
    let browser = opened(SLOW).await?;
    browser.click(GO).await?;
    browser.wait_until(BUSY, Duration::from_mins(1)).await?;
    browser.eval("location.hash = 'board=peaked&n=300&clusters=5&k=5&seed=1792&i=0&pane=k'").await?;
    until(&browser, "kmeans.options.board === 'peaked'").await?;
    let dropped = "!document.querySelector('#lab .working').checkVisibility() && !document.querySelector('#lab .curves .dot')
        && !document.querySelector('#lab .ks button:enabled')";
    browser.wait_until(dropped, PATIENCE).await?;
    asked(&browser, 6).await?;
    browser.click("#lab .references summary").await?;
    browser.wait_until("document.querySelectorAll('#lab .references canvas').length === 3", PATIENCE).await?;
    browser.eval("location.hash = 'board=peaked&n=300&clusters=5&k=5&seed=1793&i=0&pane=k'").await?;
    until(&browser, "kmeans.seed === 1793").await?;
    browser.wait_until(dropped, PATIENCE).await?;
    assert_eq!(text(&browser, "#lab .verdict").await?, "");
    assert_eq!(browser.eval("document.querySelector('#lab .references').checkVisibility()").await?, false);
    assert_eq!(browser.console().await?, []);
    Ok(())
}

#[tokio::test]
async fn a_plan_that_cannot_be_is_refused_with_a_reason() -> Result<()> {
    let browser = opened("/#board=uniform&n=6&k=2&seed=3&i=0&pane=k").await?;
    assert_eq!(value(&browser, "#plan-kMax").await?, "6", "no more than there are points");
    for (typed, said) in [
        ("0", "K up to: 0 is not a whole number from 1 to 100."),
        ("2.5", "K up to: 2.5 is not a whole number from 1 to 100."),
        ("", "K up to: type a whole number from 1 to 100."),
    ] {
        enter(&browser, "#plan-kMax", typed).await?;
        browser.click(GO).await?;
        assert_eq!(problem(&browser).await?, said);
    }
    enter(&browser, "#plan-kMax", "9").await?;
    assert_eq!(problem(&browser).await?, "");
    browser.click(GO).await?;
    browser.wait_until("document.querySelector('#problem').checkVisibility()", PATIENCE).await?;
    let said = problem(&browser).await?;
    assert!(said.contains('6') && said.contains('9'), "{said}");
    assert_eq!(option(&browser, "k").await?, 2);
    // As many clusters as points: the gap has no logarithm there, and the rest goes on.
    enter(&browser, "#plan-kMax", "6").await?;
    browser.click(GO).await?;
    complete(&browser).await?;
    assert_eq!(problem(&browser).await?, "");
    let dots = "[...document.querySelectorAll('#lab svg.values')].map((plot) => plot.querySelectorAll('.dot').length)";
    assert_eq!(browser.eval(dots).await?, json!([5, 6, 5, 6]));
    assert_eq!(browser.console().await?, []);
    Ok(())
}

#[tokio::test]
async fn where_no_k_is_enough_and_where_rules_differ_it_says_so() -> Result<()> {
    let browser = opened("/#board=moons&n=200&k=2&seed=5&i=0&pane=k").await?;
    asked(&browser, 3).await?;
    let found =
        "document.querySelector('#board').kmeans.chooseK({ kMax: 3, references: 8, runs: 3, seed: 5 })";
    let found = browser.eval(found).await?;
    assert_eq!(found["choices"][0], json!({ "rule": "tibshirani", "k": null }));
    let said = text(&browser, "#lab .verdict").await?;
    let none = "No K up to 3 is enough for Tibshirani’s rule: the gap still widens.";
    assert!(said.starts_with(none) && said.contains("different questions"), "{said}");
    assert!(said.ends_with("None of them knows how many there are."), "{said}");
    assert!(text(&browser, "#lab .curves .choices").await?.starts_with("Tibshiraninone"));
    Ok(())
}

#[tokio::test]
async fn nothing_moves_when_the_answer_comes() -> Result<()> {
    let browser = opened(PEAKED).await?;
    let tops = "['.curves', '.ks', '.reading', '.verdict'].map((part) => document.querySelector(`#lab ${part}`).offsetTop)";
    let before = browser.eval(tops).await?;
    asked(&browser, 10).await?;
    assert_eq!(browser.eval(tops).await?, before);
    Ok(())
}
