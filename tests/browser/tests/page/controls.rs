//! Each control does what it says, and nonsense does nothing.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use browser_tests::{Browser, Key};
use serde_json::{Value, json};

use crate::playground::{
    ask, enter, iteration, moving, option, pixels, press_on, problem, state, still, text, until, value,
    written_address,
};

/// A board with a long run, at its start.
const LONG: &str = "/#board=uniform&n=200&k=3&seed=46&i=0";

async fn address(browser: &Browser) -> Result<String> {
    Ok(browser.eval("location.href").await?.as_str().context("no address")?.to_owned())
}

/// The names in one of the core's tables.
async fn names(browser: &Browser, table: &str) -> Result<Vec<String>> {
    let names = format!("(await import('/kmeans.js')).KMeans.{table}.map(({{ name }}) => name)");
    Ok(serde_json::from_value(browser.eval(&names).await?)?)
}

#[tokio::test]
async fn seeding_again_keeps_the_points_and_moves_the_start() -> Result<()> {
    let browser = still("/#board=gauss&n=200&clusters=3&k=4&seed=7").await?;
    let (before, address_before) = (state(&browser).await?, address(&browser).await?);
    browser.click("#reseed").await?;
    let after = state(&browser).await?;
    assert_eq!(after["points"], before["points"]);
    assert_ne!(after["centroids"], before["centroids"]);
    assert_ne!(after["seed"], before["seed"]);
    assert_eq!(value(&browser, "#seed").await?, after["seed"].to_string());
    assert_eq!((iteration(&browser).await?, ask(&browser, "kmeans.k").await?), (0, json!(4)));
    assert_ne!(address(&browser).await?, address_before);
    Ok(())
}

#[tokio::test]
async fn the_dice_throw_new_points_and_a_new_start() -> Result<()> {
    let browser = still("/#board=gauss&n=200&clusters=3&k=4&seed=7").await?;
    let before = state(&browser).await?;
    browser.click("#dice").await?;
    let after = state(&browser).await?;
    for part in ["points", "centroids", "seed"] {
        assert_ne!(after[part], before[part], "{part}");
    }
    for name in ["board", "n", "clusters", "k", "seeding"] {
        assert_eq!(after["options"][name], before["options"][name], "{name}");
    }
    assert_eq!(value(&browser, "#seed").await?, after["seed"].to_string());
    Ok(())
}

#[tokio::test]
async fn steps_half_steps_and_back_go_where_they_say() -> Result<()> {
    let browser = still(LONG).await?;
    let start = state(&browser).await?;
    browser.click("#half-step").await?;
    assert_eq!(ask(&browser, "[kmeans.iteration, kmeans.phase]").await?, json!([0, "update"]));
    assert!(text(&browser, "#sentence").await?.contains("assign"));
    assert!(text(&browser, "#position").await?.contains('½'));
    browser.click("#half-step").await?;
    assert_eq!(ask(&browser, "[kmeans.iteration, kmeans.phase]").await?, json!([1, "assign"]));
    let first = state(&browser).await?;
    browser.click("#step").await?;
    assert_eq!(iteration(&browser).await?, 2);
    assert!(text(&browser, "#sentence").await?.contains("Iteration 2"));
    browser.click("#back").await?;
    assert_eq!(state(&browser).await?, first);
    // A step from between the halves completes the iteration.
    browser.click("#half-step").await?;
    browser.click("#step").await?;
    assert_eq!(ask(&browser, "[kmeans.iteration, kmeans.phase]").await?, json!([2, "assign"]));
    for _ in 0..4 {
        browser.click("#back").await?;
    }
    assert_eq!(state(&browser).await?, start);
    Ok(())
}

#[tokio::test]
async fn running_to_the_end_is_the_end_and_playing_then_begins_again() -> Result<()> {
    let browser = still(LONG).await?;
    browser.click("#run").await?;
    let end = state(&browser).await?;
    assert_eq!(
        ask(&browser, "[kmeans.converged, kmeans.iteration === kmeans.computed]").await?,
        json!([true, true])
    );
    let inertia = text(&browser, "#sentence").await?;
    assert!(inertia.contains("Inertia"), "{inertia}");
    for idle in ["#step", "#half-step", "#run"] {
        browser.click(idle).await?;
        assert_eq!(state(&browser).await?, end, "{idle}");
    }
    browser.click("#play").await?;
    until(&browser, "board.playing && kmeans.iteration < kmeans.computed").await
}

#[tokio::test]
async fn play_plays_until_it_pauses() -> Result<()> {
    let browser = moving(LONG).await?;
    assert_eq!((iteration(&browser).await?, ask(&browser, "board.playing").await?), (0, json!(false)));
    browser.click("#play").await?;
    assert!(text(&browser, "#play").await?.contains("Pause"));
    until(&browser, "kmeans.iteration >= 1").await?;
    browser.click("#play").await?;
    assert!(text(&browser, "#play").await?.contains("Play"));
    let paused = state(&browser).await?;
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(state(&browser).await?, paused);
    Ok(())
}

#[tokio::test]
async fn speed_says_how_fast_it_plays() -> Result<()> {
    let browser = moving(LONG).await?;
    press_on(&browser, "#speed", Key::Home).await?;
    let slow = text(&browser, "#speed-out").await?;
    browser.click("#play").await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(iteration(&browser).await?, 0, "at {slow}");
    press_on(&browser, "#speed", Key::End).await?;
    assert_ne!(text(&browser, "#speed-out").await?, slow);
    browser.click("#run").await?;
    let iterations = iteration(&browser).await?;
    let start = Instant::now();
    browser.click("#play").await?;
    until(&browser, "kmeans.converged && !board.playing").await?;
    assert_eq!(iteration(&browser).await?, iterations);
    assert!(start.elapsed() < Duration::from_secs(3), "{iterations} iterations took {:?}", start.elapsed());
    Ok(())
}

#[tokio::test]
async fn at_full_speed_every_frame_is_an_iteration_however_many_the_screen_has() -> Result<()> {
    let browser = moving("/#board=uniform&n=2000&k=20&seed=3&speed=60&i=0").await?;
    // A screen of 144 frames a second, one after the other.
    let iterations = "(() => {
        const board = document.querySelector('#board'), { kmeans } = board, waiting = [];
        globalThis.requestAnimationFrame = (frame) => waiting.push(frame);
        board.play();
        const iterations = [];
        for (let now = performance.now() + 1000, i = 0; i < 12; i += 1, now += 1000 / 144) {
            for (const frame of waiting.splice(0)) frame(now);
            iterations.push(kmeans.iteration);
        }
        return iterations;
    })()";
    let iterations: Vec<u64> = serde_json::from_value(browser.eval(iterations).await?)?;
    assert!(iterations.iter().zip(&iterations[1..]).all(|(one, next)| one + 1 == *next), "{iterations:?}");
    Ok(())
}

/// As few digits as tell the numbers of an axis apart.
#[tokio::test]
async fn numbers_of_an_axis_are_short_and_differ() -> Result<()> {
    let browser = still("/").await?;
    let seen = browser
        .run(
            "const { axisNumbers } = await import('/chart.js'), { placeInWords, short } = await import('/sentences.js');
            const all = [[0, 0.5, 1], [5.5031, 5.5032, 5.5033], [2000, 2010], [20000, 30000], [-200000, 0, 200000], [4e8, 4.5e8], [1.2e16, 1.3e16], [2e-7, 4e-7], [7]];
            return [all.map((values) => axisNumbers(values).join(' ')), placeInWords(1.5, 1, true), placeInWords(1.5, 1, false), placeInWords(2, 5, true), [2.315e31, 1.592e-11, -0.16974, 12345.6].map(short)];",
        )
        .await?;
    let numbers = [
        "0 0.5 1.0",
        "5.5031 5.5032 5.5033",
        "2,000 2,010",
        "20,000 30,000",
        "−200K 0 200K",
        "400M 450M",
        "12e15 13e15",
        "200e−9 400e−9",
        "7",
    ];
    assert_eq!(
        seen,
        json!([numbers, "1½ of 2", "1½ so far", "2 of 5", ["2.315e+31", "1.592e−11", "−0.1697", "12,350"]])
    );
    Ok(())
}

#[tokio::test]
async fn the_timeline_and_the_chart_scrub_through_the_run() -> Result<()> {
    let browser = still(LONG).await?;
    browser.click("#run").await?;
    let end = state(&browser).await?;
    let last = iteration(&browser).await?;
    press_on(&browser, "#timeline", Key::Home).await?;
    assert_eq!(iteration(&browser).await?, 0);
    press_on(&browser, "#timeline", Key::Right).await?;
    assert_eq!(iteration(&browser).await?, 1);
    assert!(text(&browser, "#position").await?.contains(&last.to_string()));
    let timeline = browser.rect("#timeline").await?;
    browser.drag(timeline.at(0.2, 0.5), timeline.at(0.5, 0.5)).await?;
    let middle = iteration(&browser).await?;
    assert!(middle > 1 && middle < last, "{middle} of {last}");
    press_on(&browser, "#timeline", Key::End).await?;
    assert_eq!(state(&browser).await?, end);
    browser.eval("document.querySelector('#chart').scrollIntoView({ behavior: 'instant' })").await?;
    let chart = browser.rect("#chart svg").await?;
    browser.click_at(chart.at(0.02, 0.5)).await?;
    assert_eq!(iteration(&browser).await?, 0);
    browser.click_at(chart.at(0.55, 0.5)).await?;
    let middle = iteration(&browser).await?;
    assert!(middle > 0 && middle < last, "{middle} of {last}");
    browser.drag(chart.at(0.5, 0.5), chart.at(0.995, 0.5)).await?;
    assert_eq!(state(&browser).await?, end);
    assert_eq!(value(&browser, "#timeline").await?, last.to_string());
    Ok(())
}

#[tokio::test]
async fn every_tile_brings_its_board_with_its_own_numbers() -> Result<()> {
    let browser = still("/").await?;
    let boards = "(await import('/kmeans.js')).KMeans.boards";
    let boards: Vec<Value> = serde_json::from_value(browser.eval(boards).await?)?;
    assert!(boards.len() >= 4, "{boards:?}");
    for board in boards.iter().rev() {
        let name = board["name"].as_str().context("no name")?;
        browser.click(&format!("#presets input[value={name}]")).await?;
        until(&browser, &format!("kmeans.options.board === '{name}'")).await?;
        assert_eq!(
            (ask(&browser, "kmeans.n").await?, ask(&browser, "kmeans.k").await?),
            (board["n"].clone(), board["k"].clone()),
            "{name}"
        );
        assert_eq!(text(&browser, "#about").await?, board["sentence"], "{name}");
        assert_eq!(value(&browser, "#n").await?, board["n"].to_string(), "{name}");
        assert_eq!(browser.eval("document.querySelector('#presets :checked').value").await?, name);
        assert_eq!(problem(&browser).await?, "", "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn every_seeding_starts_the_same_points_its_own_way() -> Result<()> {
    let browser = still("/#board=gauss&n=300&clusters=5&k=5&seed=11&i=0").await?;
    let points = state(&browser).await?["points"].clone();
    let mut starts = vec![state(&browser).await?["centroids"].clone()];
    let mut said = vec![text(&browser, "#sentence").await?];
    for name in names(&browser, "seedings").await?.into_iter().filter(|name| name != "random") {
        browser.click(&format!("#seedings input[value='{name}']")).await?;
        until(&browser, &format!("kmeans.options.seeding === '{name}'")).await?;
        let now = state(&browser).await?;
        assert_eq!(now["points"], points, "{name}");
        assert_eq!((now["seed"].clone(), now["iteration"].clone()), (json!(11), json!(0)), "{name}");
        assert!(!starts.contains(&now["centroids"]), "{name}");
        starts.push(now["centroids"].clone());
        said.push(text(&browser, "#sentence").await?);
    }
    assert_eq!(starts.len(), 5);
    said.sort();
    said.dedup();
    assert!(said.len() == 5 && !said.iter().any(|words| words.contains("where they were put")), "{said:#?}");
    Ok(())
}

#[tokio::test]
async fn numbers_typed_or_dragged_are_what_the_board_is_made_with() -> Result<()> {
    let browser = still("/#board=gauss&n=200&clusters=3&k=3&seed=7&i=0").await?;
    for (field, name, typed) in
        [("#n", "n", 150), ("#clusters", "clusters", 6), ("#k", "k", 5), ("#seed", "seed", 4_294_967_295_u32)]
    {
        enter(&browser, field, &typed.to_string()).await?;
        assert_eq!(option(&browser, name).await?, typed, "{name}");
        assert_eq!(value(&browser, field).await?, typed.to_string());
        assert_eq!(problem(&browser).await?, "");
    }
    for (field, name) in [("#n", "n"), ("#clusters", "clusters"), ("#k", "k")] {
        let before = option(&browser, name).await?;
        let range = browser.rect(&format!("{field}-range")).await?;
        browser.click_at(range.at(0.45, 0.5)).await?;
        let after = option(&browser, name).await?;
        assert_ne!(after, before, "{name}");
        assert_eq!(value(&browser, field).await?, after.to_string());
    }
    // The same seed again is the same picture again.
    let before = state(&browser).await?;
    enter(&browser, "#seed", "1").await?;
    assert_ne!(state(&browser).await?["points"], before["points"]);
    enter(&browser, "#seed", "4294967295").await?;
    assert_eq!(state(&browser).await?, before);
    Ok(())
}

#[tokio::test]
async fn a_seed_that_is_typed_is_the_points_seed_too() -> Result<()> {
    let browser = still("/#board=gauss&n=200&clusters=3&k=3&seed=7&i=0").await?;
    let seven = state(&browser).await?;
    browser.click("#reseed").await?;
    enter(&browser, "#seed", "7").await?;
    assert_eq!(state(&browser).await?, seven);
    Ok(())
}

#[tokio::test]
async fn nonsense_leaves_the_board_as_it_was_and_is_named() -> Result<()> {
    let browser = still("/#board=gauss&n=100&clusters=3&k=3&seed=7").await?;
    browser.click("#step").await?;
    let before = state(&browser).await?;
    for (field, typed, named) in [
        ("#n", "", "4,000,000"),
        ("#n", "1e9", "4,000,000"),
        ("#n", "-3", "-3"),
        ("#n", "2.5", "2.5"),
        ("#n", "2", "2"),
        ("#clusters", "", "1,024"),
        ("#clusters", "101", "101"),
        ("#clusters", "2.5", "2.5"),
        ("#k", "", "1,024"),
        ("#k", "0", "0"),
        ("#k", "101", "100"),
        ("#k", "1e9", "1,024"),
        ("#seed", "-1", "-1"),
        ("#seed", "4294967296", "4,294,967,295"),
    ] {
        let shown = value(&browser, field).await?;
        enter(&browser, field, typed).await?;
        assert_eq!(state(&browser).await?, before, "{field} {typed}");
        let said = problem(&browser).await?;
        assert!(said.contains(named), "{field} {typed}: {said}");
        assert_eq!(value(&browser, field).await?, shown, "{field} {typed}");
        // What is possible again makes the complaint go.
        enter(&browser, "#seed", "8").await?;
        assert_eq!(problem(&browser).await?, "", "{field} {typed}");
        enter(&browser, "#seed", "7").await?;
        browser.click("#step").await?;
    }
    assert_eq!(browser.console().await?, []);
    Ok(())
}

#[tokio::test]
async fn the_sliders_go_from_few_to_as_many_as_the_board_allows() -> Result<()> {
    let browser = still("/#board=gauss&n=10&clusters=3&k=3&seed=5&i=0").await?;
    for (n, most) in [(10, 10), (100, 100), (2000, 1024)] {
        enter(&browser, "#n", &n.to_string()).await?;
        until(&browser, &format!("kmeans.n === {n}")).await?;
        for (slider, name) in [("#k-range", "k"), ("#clusters-range", "clusters")] {
            press_on(&browser, slider, Key::End).await?;
            until(&browser, &format!("kmeans.options.{name} === {most}")).await?;
            press_on(&browser, slider, Key::Home).await?;
            until(&browser, &format!("kmeans.options.{name} === 1")).await?;
            // One by one where it matters.
            for step in 2..=5 {
                press_on(&browser, slider, Key::Right).await?;
                until(&browser, &format!("kmeans.options.{name} === {step}")).await?;
            }
        }
    }
    press_on(&browser, "#n-range", Key::End).await?;
    until(&browser, "kmeans.n === 1_000_000").await?;
    press_on(&browser, "#n-range", Key::Home).await?;
    until(&browser, "kmeans.n === 10").await?;
    assert_eq!(problem(&browser).await?, "");
    Ok(())
}

#[tokio::test]
async fn the_sentence_says_the_cores_numbers_of_the_half_step_that_came_last() -> Result<()> {
    let browser = still(LONG).await?;
    browser.click("#run").await?;
    let last = iteration(&browser).await?;
    for at in 2..last {
        let seek = format!("(board.seek({at}), kmeans.history[{at} - 1])");
        let row = ask(&browser, &seek).await?;
        let said = text(&browser, "#sentence").await?;
        let (changed, inertia) = (&row["changed"], row["inertia"].as_f64().context("no inertia")?);
        let points = if changed == 1 { "point" } else { "points" };
        assert!(said.starts_with(&format!("Iteration {at}: {changed} {points} changed cluster.")), "{said}");
        let told = said.split("Inertia ").nth(1).and_then(|rest| rest.split([',', ' ']).next());
        let told: f64 = told.context("no inertia is told")?.trim_end_matches('.').parse()?;
        assert!((told - inertia).abs() < inertia / 1000.0, "{said} {inertia}");
    }
    ask(&browser, "board.seek(kmeans.computed)").await?;
    assert!(text(&browser, "#sentence").await?.starts_with(&format!("Iteration {last}: no point changed")));
    Ok(())
}

#[tokio::test]
async fn a_complaint_goes_when_its_reader_goes_on() -> Result<()> {
    let browser = still(LONG).await?;
    enter(&browser, "#k", "5000").await?;
    assert_ne!(problem(&browser).await?, "");
    browser.click("#step").await?;
    assert_eq!(problem(&browser).await?, "");
    assert_eq!(iteration(&browser).await?, 1);
    // One that the same press brings about is there to be read.
    browser.eval("document.querySelector('#k').select()").await?;
    browser.type_text("5000").await?;
    browser.click("#step").await?;
    assert!(problem(&browser).await?.contains("5000"));
    Ok(())
}

#[tokio::test]
async fn switches_show_and_hide_what_they_name() -> Result<()> {
    let browser = still(LONG).await?;
    for _ in 0..3 {
        browser.click("#step").await?;
    }
    until(&browser, "kmeans.iteration === 3").await?;
    let all = pixels(&browser).await?;
    browser.click("#cells").await?;
    let without_cells = pixels(&browser).await?;
    assert!(without_cells.bare > 2 * all.bare, "{all:?} {without_cells:?}");
    browser.click("#trails").await?;
    let without_either = pixels(&browser).await?;
    assert_ne!(without_either.digest, without_cells.digest);
    assert!(without_either.bare >= without_cells.bare, "{without_cells:?} {without_either:?}");
    let kept = written_address(&browser).await?;
    browser.click("#cells").await?;
    browser.click("#trails").await?;
    assert_eq!(pixels(&browser).await?, all);
    crate::playground::visit(&browser, &kept).await?;
    assert_eq!(pixels(&browser).await?, without_either);
    Ok(())
}

#[tokio::test]
async fn half_steps_put_the_halves_on_the_timeline_and_into_the_play() -> Result<()> {
    let browser = moving(LONG).await?;
    browser.click("#half-steps").await?;
    press_on(&browser, "#timeline", Key::Right).await?;
    assert_eq!(ask(&browser, "[kmeans.iteration, kmeans.phase]").await?, json!([0, "update"]));
    press_on(&browser, "#timeline", Key::Home).await?;
    let half = "performance.now()";
    browser.click("#play").await?;
    // Each half has the time of a whole, so that between them there is time to look.
    until(&browser, "kmeans.phase === 'update'").await?;
    let assigned = browser.eval(half).await?.as_f64().context("no time")?;
    until(&browser, "kmeans.phase === 'assign'").await?;
    let updated = browser.eval(half).await?.as_f64().context("no time")?;
    assert!(updated - assigned > 700.0, "{} ms", updated - assigned);
    Ok(())
}
