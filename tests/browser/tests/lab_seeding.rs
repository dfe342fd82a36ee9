//! `lab-seeding.js`: seeding, slowly, in a panel beside a board.

use std::time::Duration;

use anyhow::{Context, Result};
use browser_tests::{Browser, Device, Key, Media, PATIENCE};
use serde_json::{Value, json};
use tempfile::TempDir;

/// What the scripts here may use: `core` has the same seeding once more, straight from the Wasm.
const NAMES: &str =
    "const board = document.querySelector('kmeans-board'), place = document.querySelector('#place');
    const $ = (selector) => place.querySelector(selector);
    const core = async (seeding, count) => {
        const { loadLarge, enlarged } = await import('/clustering.js');
        const { SlowSeeding } = await loadLarge(), clustering = await enlarged(board.kmeans);
        const slowly = SlowSeeding.on(clustering, board.kmeans.k, seeding, board.kmeans.seed);
        clustering.free();
        for (let i = 0; i < count; i += 1) slowly.advance();
        return slowly;
    };";

/// A page with a board and the panel, both in the playground's style.
struct Page {
    browser: Browser,
    _folder: TempDir,
}

impl Page {
    async fn new(attributes: &str) -> Result<Self> {
        Self::on(Device::DESKTOP, attributes).await
    }

    async fn on(device: Device, attributes: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        xtask::build::copy_folder(&xtask::root().join("dist"), folder.path())?;
        let style = ["look", "playground"]
            .map(|name| std::fs::read_to_string(xtask::root().join(format!("www/{name}.css"))));
        let style = style.into_iter().collect::<Result<String, _>>()?;
        let html = format!(
            "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>
            <link rel=icon href=icon.svg><title>lab</title>
            <style>{style} #place {{ width: min(380px, 100vw - 32px); margin: 16px; }} kmeans-board {{ width: 200px; }}</style>
            <div id=place></div><kmeans-board loading=eager {attributes}></kmeans-board>
            <script type=module>
                import './kmeans-board.js';
                import {{ seedingLab }} from './lab-seeding.js';
                window.lab = seedingLab(document.querySelector('#place'), document.querySelector('kmeans-board'));
            </script>"
        );
        std::fs::write(folder.path().join("lab.html"), html)?;
        let mut browser = Browser::serving(folder.path()).await?;
        browser.become_device(device).await?;
        browser.emulate(&[Media::ReducedMotion]).await?;
        browser.open("/lab.html").await?;
        browser.wait_until("document.querySelector('kmeans-board').kmeans && window.lab", PATIENCE).await?;
        Ok(Self { browser, _folder: folder })
    }

    /// The same with the panel in sight.
    async fn shown(attributes: &str) -> Result<Self> {
        let page = Self::new(attributes).await?;
        page.show().await?;
        Ok(page)
    }

    async fn show(&self) -> Result<()> {
        self.run("lab.show();").await?;
        self.until("$('.sentence').textContent").await
    }

    async fn run(&self, body: &str) -> Result<Value> {
        self.browser.run(&format!("{NAMES}\n{body}")).await
    }

    async fn until(&self, condition: &str) -> Result<()> {
        self.browser.wait_until(&format!("(() => {{ {NAMES} return {condition}; }})()"), PATIENCE).await
    }

    async fn click(&self, step: &str) -> Result<()> {
        self.browser.click(&format!("#place [data-step={step}]")).await
    }

    async fn choose(&self, seeding: &str) -> Result<()> {
        self.browser.click(&format!("#place [value='{seeding}']")).await
    }

    async fn sentence(&self) -> Result<String> {
        let text = self.run("return $('.sentence').textContent;").await?;
        Ok(text.as_str().context("no sentence")?.to_owned())
    }

    /// How the core stands after so many centroids.
    async fn core(&self, seeding: &str, count: usize) -> Result<Value> {
        let script = format!(
            "const slowly = await core('{seeding}', {count}), state = slowly.state(); slowly.free(); return state;"
        );
        self.run(&script).await
    }
}

const BOARD: &str = "board=peaked n=200 clusters=5 k=5 seed=12";

/// A share as the panel writes it.
fn share(value: &Value) -> String {
    significant(value.as_f64().unwrap_or(f64::NAN), 3)
}

/// A number with so many significant digits, and no zeros at its end.
fn significant(value: f64, digits: i32) -> String {
    let decimals = (digits - 1 - value.abs().log10().floor() as i32).max(0);
    let text = format!("{value:.*}", decimals as usize);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[tokio::test]
async fn every_sentence_agrees_with_the_core() -> Result<()> {
    let page = Page::shown(BOARD).await?;
    for seeding in ["maximin", "k-means++", "greedy-k-means++"] {
        page.choose(seeding).await?;
        assert_eq!(page.sentence().await?, "No centroid yet. The first of 5 is drawn from all points alike.");
        for count in 1..=5 {
            page.click("next").await?;
            let (said, state) = (page.sentence().await?, page.core(seeding, count).await?);
            assert_eq!(state["chosen"], count);
            let taken = &state["candidates"][state["taken"].as_u64().context("no place")? as usize];
            assert!(said.starts_with(&format!("Centroid {count} of 5: ")), "{said}");
            assert!(said.contains(&format!("point {}", taken["point"])), "{said}: {taken}");
            assert!(
                said.ends_with(&format!("{}.", significant(state["inertia"].as_f64().context("no ΣD²")?, 4))),
                "{said}: {state}"
            );
            if count > 1 {
                let percent = significant(100.0 * taken["share"].as_f64().context("no share")?, 2);
                assert!(said.contains(&format!("D² is {percent}\u{a0}% of all")), "{said}: {taken}");
            }
            if count > 1 && seeding != "maximin" {
                assert!(said.contains(&format!("{} ", share(&taken["drawn"]))), "{said}: {taken}");
            }
        }
    }
    assert_eq!(page.browser.console().await?, []);
    Ok(())
}

#[tokio::test]
async fn it_begins_with_the_boards_own_seeding_where_that_can_be_watched() -> Result<()> {
    for (own, shown) in
        [("maximin", "maximin"), ("greedy-k-means++", "greedy-k-means++"), ("random", "k-means++")]
    {
        let page = Page::shown(&format!("{BOARD} seeding={own}")).await?;
        assert_eq!(page.run("return $('input:checked').value;").await?, shown);
    }
    Ok(())
}

#[tokio::test]
async fn the_end_is_the_boards_own_start() -> Result<()> {
    for attributes in [BOARD, "board=gauss n=6000 clusters=4 k=9 seed=3"] {
        let page = Page::shown(attributes).await?;
        for seeding in ["maximin", "k-means++", "greedy-k-means++"] {
            page.choose(seeding).await?;
            page.click("all").await?;
            page.until("$('[data-step=all]').ariaDisabled === 'true'").await?;
            let changes = "window.changes = []; board.addEventListener('change', ({ detail }) => changes.push(detail), { once: true });";
            page.run(changes).await?;
            page.browser.click("#place > button").await?;
            page.until("changes.length").await?;
            let script = format!(
                "const {{ k, seed, centroids, options }} = board.kmeans, slowly = await core('{seeding}', k);
                const isSame = centroids.join() === slowly.centroids().join();
                slowly.free();
                return [isSame, options.seeding, changes[0]];"
            );
            let seed = page.run("return board.kmeans.seed;").await?;
            let detail = json!({ "edit": "reseed", "seed": seed, "seeding": seeding });
            assert_eq!(page.run(&script).await?, json!([true, seeding, detail]), "{attributes}");
            // It stands where it stood: the board's points, k and seed are the same.
            assert_eq!(page.run("return $('[data-step=all]').ariaDisabled;").await?, "true");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_page_that_replays_starts_is_asked_to() -> Result<()> {
    let page = Page::new(BOARD).await?;
    let asked = page
        .run(
            "const { seedingLab } = await import('/lab-seeding.js');
            const asked = [], before = board.kmeans.centroids.join();
            seedingLab(place.appendChild(document.createElement('div')), board, { replay: (start) => asked.push(start) }).show();
            const own = place.lastElementChild;
            while (!own.querySelector('.sentence').textContent) await new Promise((done) => setTimeout(done, 20));
            own.querySelector('[value=maximin]').click();
            [...own.children].find(({ localName }) => localName === 'button').click();
            return [asked, board.kmeans.centroids.join() === before];",
        )
        .await?;
    assert_eq!(asked, json!([[{ "k": 5, "seeding": "maximin", "seed": 12 }], true]));
    Ok(())
}

#[tokio::test]
async fn back_and_start_over_lead_to_what_was_said_before() -> Result<()> {
    let page = Page::shown(&format!("{BOARD} seeding=k-means++")).await?;
    let mut said = vec![page.sentence().await?];
    for _ in 0..5 {
        page.click("next").await?;
        said.push(page.sentence().await?);
    }
    page.click("next").await?;
    assert_eq!(&page.sentence().await?, &said[5], "there is no sixth");
    for i in (0..5).rev() {
        page.click("back").await?;
        assert_eq!(page.sentence().await?, said[i]);
    }
    page.click("all").await?;
    page.until("$('.sentence').textContent.startsWith('Centroid 5')").await?;
    assert_eq!(page.sentence().await?, said[5]);
    page.click("restart").await?;
    assert_eq!(page.sentence().await?, said[0]);
    Ok(())
}

#[tokio::test]
async fn keys_step_as_the_buttons_do_and_the_page_does_not() -> Result<()> {
    let page = Page::shown(&format!("{BOARD} seeding=k-means++")).await?;
    page.run("window.missed = []; addEventListener('keydown', (event) => event.defaultPrevented || missed.push(event.key)); $('[data-step=next]').focus();").await?;
    for (key, start) in [
        (Key::Right, "Centroid 1 of 5"),
        (Key::Right, "Centroid 2 of 5"),
        (Key::Left, "Centroid 1 of 5"),
        (Key::End, "Centroid 5 of 5"),
        (Key::Home, "No centroid yet"),
        (Key::Enter, "Centroid 1 of 5"),
    ] {
        page.browser.press(key).await?;
        page.until(&format!("$('.sentence').textContent.startsWith('{start}')")).await?;
    }
    assert_eq!(page.run("return missed;").await?, json!(["Enter"]));
    // Arrows on the choices choose.
    page.run("$('input:checked').focus();").await?;
    page.browser.press(Key::Right).await?;
    assert_eq!(page.run("return $('input:checked').value;").await?, "greedy-k-means++");
    Ok(())
}

#[tokio::test]
async fn greedys_candidates_are_side_by_side_with_the_kept_one_marked() -> Result<()> {
    let page = Page::shown(&format!("{BOARD} seeding=greedy-k-means++")).await?;
    let items = "[...$('ol').children].map((item) => [item.className, ...[...item.children].slice(1).map(({ textContent }) => textContent)])";
    let empty = json!([["", "", "", ""], ["", "", "", ""], ["", "", "", ""]]);
    let (before, height) =
        (page.run(&format!("return {items};")).await?, page.browser.rect("#place").await?.height);
    assert_eq!(before, empty, "the first centroid has no rivals");
    page.click("next").await?;
    assert_eq!(page.run(&format!("return {items};")).await?, empty);
    page.click("next").await?;
    let (shown, state) =
        (page.run(&format!("return {items};")).await?, page.core("greedy-k-means++", 2).await?);
    for (i, candidate) in state["candidates"].as_array().context("no candidates")?.iter().enumerate() {
        let kept = if state["taken"] == i { "kept" } else { "" };
        let left = significant(candidate["inertia"].as_f64().context("no ΣD²")?, 4);
        assert_eq!(shown[i], json!([kept, share(&candidate["drawn"]), format!("{left} left"), kept]));
    }
    assert_eq!(page.browser.rect("#place").await?.height, height);
    page.choose("maximin").await?;
    assert_eq!(page.run("return $('ol').checkVisibility();").await?, false);
    Ok(())
}

/// What is painted, as text that is equal for equal pictures, and the number of pixels that are not empty.
const PIXELS: &str = "const seen = (canvas) => {
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
        copy.drawImage(canvas, 0, 0);
        const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
        let painted = 0, sum = 0;
        for (let i = 0; i < data.length; i += 4) { painted += data[i + 3] > 0; sum = (31 * sum + data[i] + 7 * data[i + 1] + 13 * data[i + 2]) | 0; }
        return [painted, sum];
    };
    const pictures = () => [$('.board'), $('.strip'), ...place.querySelectorAll('li canvas')].map(seen);";

#[tokio::test]
async fn every_step_is_another_picture_and_back_the_same() -> Result<()> {
    let page = Page::shown(&format!("{BOARD} seeding=greedy-k-means++")).await?;
    // The candidates' pictures may come a little later.
    let pictures = format!("{PIXELS} await new Promise((done) => setTimeout(done, 60)); return pictures();");
    let mut past = Vec::new();
    for count in 0..=5 {
        let now = page.run(&pictures).await?;
        assert!(now[0][0].as_u64() > Some(2_000) && now[1][0].as_u64() > Some(5_000), "{count}: {now}");
        assert_eq!(now.as_array().map(Vec::len), Some(5));
        assert_eq!(
            now[2][0].as_u64() > Some(0),
            count > 1,
            "a candidate's, from the second centroid on: {now}"
        );
        assert!(!past.contains(&now), "{count}");
        past.push(now);
        page.click("next").await?;
    }
    for count in (0..5).rev() {
        page.click("back").await?;
        assert_eq!(page.run(&pictures).await?, past[count], "back to {count}");
    }
    Ok(())
}

#[tokio::test]
async fn a_hidden_panel_computes_nothing_and_loads_nothing() -> Result<()> {
    let page = Page::new(BOARD).await?;
    let loaded =
        "performance.getEntriesByType('resource').filter(({ name }) => name.includes('large')).length";
    page.run("board.run(); await board.reseed({ seed: 4 });").await?;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(page.run(&format!("return [{loaded}, $('.sentence').textContent];")).await?, json!([0, ""]));
    page.show().await?;
    page.click("next").await?;
    let said = page.sentence().await?;
    // Hidden and shown again, it stands where it stood, unless the board has become another meanwhile.
    page.run("lab.hide(); board.run(); lab.show();").await?;
    assert_eq!(page.sentence().await?, said);
    page.run("lab.hide(); await board.reseed({ seed: 5 });").await?;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(page.sentence().await?, said);
    page.run("lab.show();").await?;
    page.until("$('.sentence').textContent.startsWith('No centroid')").await
}

#[tokio::test]
async fn it_starts_over_with_another_board_k_or_seed_and_not_for_a_step() -> Result<()> {
    let page = Page::shown(&format!("{BOARD} seeding=k-means++")).await?;
    for change in [
        "board.k = 6;",
        "board.seed = 99;",
        "board.n = 120;",
        "await board.reseed({ seed: 77 });",
        "board.board = 'uniform';",
    ] {
        page.click("next").await?;
        // A step is no other board, nor is the same one made anew with another seeding.
        page.run("board.step(); board.run(); board.back(); await board.init({ ...board.kmeans.options, seeding: 'partition' });").await?;
        assert!(page.sentence().await?.starts_with("Centroid 1"), "it is the same board");
        page.run(change).await?;
        page.until("$('.sentence').textContent.startsWith('No centroid')").await?;
        page.until("$('[data-step=next]').ariaDisabled === 'false'").await?;
    }
    // What the reader has chosen to watch stays.
    page.choose("maximin").await?;
    page.run("board.seed = 5;").await?;
    page.click("next").await?;
    page.until(
        "$('.sentence').textContent.startsWith('Centroid 1') && $('input:checked').value === 'maximin'",
    )
    .await?;
    assert_eq!(page.browser.console().await?, []);
    Ok(())
}

#[tokio::test]
async fn on_a_phone_nothing_is_cut_nothing_jumps_and_fingers_have_room() -> Result<()> {
    for (attributes, draws) in [("board=uniform n=20000 k=12 seed=8", 4), (BOARD, 3)] {
        let page = Page::on(Device::PHONE, attributes).await?;
        page.show().await?;
        for seeding in ["maximin", "k-means++", "greedy-k-means++"] {
            page.choose(seeding).await?;
            let tops = "[...place.children].map((each) => each.getBoundingClientRect().top + scrollY)";
            let start = page.run(&format!("return {tops};")).await?;
            for _ in 0..5 {
                page.click("next").await?;
                assert_eq!(
                    page.run(&format!("return {tops};")).await?,
                    start,
                    "{seeding}: {}",
                    page.sentence().await?
                );
            }
            let narrow = "[...place.querySelectorAll('*')].filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth && !(each instanceof SVGElement)).map(({ className, textContent }) => className + textContent)";
            assert_eq!(page.run(&format!("return {narrow};")).await?, json!([]));
        }
        assert_eq!(page.run("return place.getBoundingClientRect().width;").await?, 358);
        assert_eq!(page.run("return $('ol').children.length;").await?, draws);
        let small = "[...place.querySelectorAll('button, label')].filter((each) => each.getBoundingClientRect().height < 44 || each.getBoundingClientRect().width < 44).length";
        assert_eq!(page.run(&format!("return {small};")).await?, 0);
    }
    Ok(())
}

#[tokio::test]
async fn a_step_moves_for_those_who_like_motion_and_ends_as_without() -> Result<()> {
    let page = Page::shown(&format!("{BOARD} seeding=k-means++")).await?;
    page.click("next").await?;
    page.click("next").await?;
    let pictures = format!("{PIXELS} return pictures();");
    let still = page.run(&pictures).await?;
    page.click("back").await?;
    page.browser.emulate(&[]).await?;
    let begins = page.run(&format!("{PIXELS} $('[data-step=next]').click(); await new Promise(requestAnimationFrame); return pictures();")).await?;
    assert_ne!(begins, still);
    page.browser
        .wait_until(
            &format!("(() => {{ {NAMES} {PIXELS} return JSON.stringify(pictures()) === '{still}'; }})()"),
            PATIENCE,
        )
        .await
}
