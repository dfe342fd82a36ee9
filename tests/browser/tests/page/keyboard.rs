//! The keyboard reaches everything, and what is read aloud is told when things are at rest.

use anyhow::{Context, Result};
use browser_tests::Key;
use serde_json::{Value, json};

use crate::playground::{ask, iteration, moving, press_on, still, text, until};

/// A board with a long run, at its start.
const LONG: &str = "/#board=uniform&n=200&k=3&seed=46&i=0";

#[tokio::test]
async fn keys_play_step_and_go_back() -> Result<()> {
    let browser = moving(LONG).await?;
    browser.press(Key::Space).await?;
    assert_eq!(ask(&browser, "board.playing").await?, true);
    browser.press(Key::Space).await?;
    assert_eq!(ask(&browser, "board.playing").await?, false);
    browser.press(Key::Right).await?;
    until(&browser, "kmeans.iteration === 1 && kmeans.phase === 'assign'").await?;
    browser.press(Key::Right).await?;
    until(&browser, "kmeans.iteration === 2 && kmeans.phase === 'assign'").await?;
    browser.press(Key::Left).await?;
    assert_eq!(iteration(&browser).await?, 1);
    press_on(&browser, "#timeline", Key::Right).await?;
    press_on(&browser, "#timeline", Key::Right).await?;
    assert_eq!(iteration(&browser).await?, 3);
    press_on(&browser, "#timeline", Key::Left).await?;
    assert_eq!(iteration(&browser).await?, 2);
    press_on(&browser, "#step", Key::Space).await?;
    until(&browser, "kmeans.iteration === 3 && kmeans.phase === 'assign'").await?;
    assert_eq!(ask(&browser, "board.playing").await?, false);
    Ok(())
}

#[tokio::test]
async fn keys_in_a_field_are_the_fields_own() -> Result<()> {
    let browser = still(LONG).await?;
    for key in [Key::Space, Key::Right, Key::Left] {
        press_on(&browser, "#k", key).await?;
    }
    assert_eq!(
        ask(&browser, "[kmeans.iteration, kmeans.phase, board.playing]").await?,
        json!([0, "assign", false])
    );
    Ok(())
}

#[tokio::test]
async fn space_plays_wherever_it_has_no_other_use() -> Result<()> {
    let browser = moving(LONG).await?;
    for place in ["#presets :checked", "#seedings :checked", "#timeline", "#k-range", "#figures a"] {
        for playing in [true, false] {
            press_on(&browser, place, Key::Space).await?;
            assert_eq!(ask(&browser, "board.playing").await?, playing, "{place}");
        }
    }
    press_on(&browser, "#cells", Key::Space).await?;
    assert_eq!(ask(&browser, "[board.playing, board.voronoi]").await?, json!([false, false]));
    Ok(())
}

#[tokio::test]
async fn arrows_choose_among_tiles_and_seedings() -> Result<()> {
    let browser = still("/").await?;
    for (group, option) in [("presets", "board"), ("seedings", "seeding")] {
        let first = ask(&browser, &format!("kmeans.options.{option}")).await?;
        press_on(&browser, &format!("#{group} :checked"), Key::Right).await?;
        let next = format!("[...document.querySelectorAll('#{group} input')].map(({{ value }}) => value)[1]");
        let next = browser.eval(&next).await?;
        assert_ne!(next, first);
        until(&browser, &format!("kmeans.options.{option} === {next}")).await?;
        let focused = browser.eval("document.activeElement.value").await?;
        assert_eq!(focused, next, "the focus stays where the choice is");
        browser.press(Key::Left).await?;
        until(&browser, &format!("kmeans.options.{option} === {first}")).await?;
    }
    Ok(())
}

#[tokio::test]
async fn tab_reaches_every_control_and_shows_where_it_is() -> Result<()> {
    let browser = still("/#board=gauss&n=200&clusters=3&k=3&seed=7").await?;
    let reached = "void (globalThis.reached = [], addEventListener('focusin', ({ target }) => {
        // A choice hides its own circle: its label shows the focus.
        const seen = [target, target.closest('label')].filter(Boolean).map((element) => getComputedStyle(element));
        const isOutlined = ({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1;
        reached.push({ name: target.id || target.name || target.closest('section, fieldset')?.id, outlined: seen.some(isOutlined) });
    }))";
    browser.eval(reached).await?;
    let all = "[...document.querySelectorAll('button, input:not([tabindex=\"-1\"]), #figures a')]
        .filter((element) => element.checkVisibility())
        .map((element) => element.name || element.id || 'figures')";
    let all: Vec<String> = serde_json::from_value(browser.eval(all).await?)?;
    assert!(all.len() > 20, "{all:?}");
    for _ in 0..all.len() + 5 {
        browser.press(Key::Tab).await?;
        let is_last = "document.activeElement === [...document.querySelectorAll('#figures a')].at(-1)";
        if browser.eval(is_last).await? == true {
            break;
        }
    }
    let stops = browser.eval("reached").await?;
    let stops = stops.as_array().context("nothing was reached")?;
    for name in all {
        assert!(stops.iter().any(|stop| stop["name"] == name.as_str()), "{name} is not reached: {stops:?}");
    }
    let figures = stops.iter().filter(|stop| stop["name"] == "figures").count();
    assert_eq!(figures, 5);
    let unseen: Vec<&Value> = stops.iter().filter(|stop| stop["outlined"] != true).collect();
    assert!(unseen.is_empty(), "the focus is not seen on {unseen:?}");
    Ok(())
}

#[tokio::test]
async fn what_is_read_aloud_changes_at_rest() -> Result<()> {
    let browser = moving(LONG).await?;
    assert_eq!(browser.eval("document.querySelector('#live').role").await?, "status");
    let start = text(&browser, "#live").await?;
    browser.press(Key::Right).await?;
    until(&browser, "document.querySelector('#live').textContent.includes('Iteration 1')").await?;
    assert_ne!(text(&browser, "#live").await?, start);
    browser.click("#play").await?;
    let told = text(&browser, "#live").await?;
    until(&browser, "kmeans.iteration >= 3").await?;
    assert_eq!(text(&browser, "#live").await?, told, "nothing is told while it plays");
    browser.click("#play").await?;
    assert_ne!(text(&browser, "#live").await?, told);
    assert_eq!(text(&browser, "#live").await?, text(&browser, "#sentence").await?);
    Ok(())
}

#[tokio::test]
async fn every_control_has_a_name() -> Result<()> {
    let browser = still("/").await?;
    let tree = browser.cdp("Accessibility.getFullAXTree", json!({})).await?;
    let nodes = tree["nodes"].as_array().context("no tree")?;
    let roles = ["button", "slider", "spinbutton", "radio", "checkbox", "link", "img", "radiogroup"];
    let named = nodes.iter().filter(|node| node["ignored"] != true);
    let controls: Vec<_> =
        named.filter(|node| roles.iter().any(|role| node["role"]["value"] == *role)).collect();
    assert!(controls.len() > 30, "{}", controls.len());
    let nameless: Vec<_> = controls
        .iter()
        .filter(|node| node["name"]["value"].as_str().unwrap_or_default().trim().is_empty())
        .collect();
    assert!(nameless.is_empty(), "{nameless:#?}");
    Ok(())
}
