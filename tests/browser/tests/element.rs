//! `kmeans-board.js`: the element in a page of somebody's own, in a real browser.

use std::path::Path;

use anyhow::{Context, Result};
use browser_tests::{Browser, Device, Key, Media, PATIENCE, Pointer, Rect};
use serde_json::{Value, json};
use tempfile::TempDir;

/// All that a page with a board may load for it, compressed.
const WEIGHT_LIMIT: usize = 50 * 1024;

/// What every script here may use; `put` fills the page and returns its first board, whether it is defined or not.
const NAMES: &str = "const put = (html) => { document.body.innerHTML = html; return document.querySelector('kmeans-board'); };
    const define = () => import('/kmeans-board.js');
    const rest = (ms) => new Promise((done) => setTimeout(done, ms));
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const part = (board, name) => board.shadowRoot.querySelector(`[part=${name}]`);
    const told = [];
    const tell = (target, ...names) => names.forEach((name) =>
        target.addEventListener(name, (event) => told.push(event.type)));";

/// A page without scripts beside the site's own files, and the folder that is served.
struct Page {
    browser: Browser,
    folder: TempDir,
}

impl Page {
    async fn new() -> Result<Self> {
        Self::with("").await
    }

    async fn with(body: &str) -> Result<Self> {
        let page = Self::unopened(body).await?;
        page.browser.open("/bare.html").await?;
        Ok(page)
    }

    /// The same before it is opened.
    async fn unopened(body: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        xtask::build::copy_folder(&xtask::root().join("dist"), folder.path())?;
        let html = format!(
            "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'>
            <meta name=color-scheme content='light dark'><link rel=icon href=icon.svg><title>bare</title>
            <body style='margin: 0'>{body}"
        );
        std::fs::write(folder.path().join("bare.html"), html)?;
        Ok(Self { browser: Browser::serving(folder.path()).await?, folder })
    }

    /// What a function's body returns; it may `await`.
    async fn run(&self, body: &str) -> Result<Value> {
        self.browser.run(&format!("{NAMES}\n{body}")).await
    }

    /// Waits for an expression about the page's first board.
    async fn until(&self, condition: &str) -> Result<()> {
        let condition = format!(
            "(() => {{ const board = document.querySelector('kmeans-board'); return {condition} }})()"
        );
        self.browser.wait_until(&condition, PATIENCE).await
    }

    /// A button or the timeline of the first board's controls.
    async fn rect(&self, control: &str) -> Result<Rect> {
        self.browser.rect(&format!("kmeans-board >>> {control}")).await
    }

    async fn click(&self, control: &str) -> Result<()> {
        self.browser.click(&format!("kmeans-board >>> {control}")).await
    }

    /// Fills the page with one board and waits until its controls are there.
    async fn controlled(&self, html: &str) -> Result<()> {
        self.run(&format!("put(`{html}`); await define();")).await?;
        self.until("board.kmeans && board.shadowRoot.querySelector('#play')").await
    }

    /// Warnings and worse that have been written to the console since the last call.
    async fn warnings(&self) -> Result<Vec<String>> {
        Ok(self.browser.console().await?.into_iter().map(|message| message.text).collect())
    }
}

#[tokio::test]
async fn every_attribute_is_a_property_and_back() -> Result<()> {
    let page = Page::new().await?;
    let wrong = page
        .run(
            "const { KMeansBoard } = await define();
            const board = put('<kmeans-board></kmeans-board>'), wrong = [];
            await board.ready;
            const values = { board: 'gauss', n: 50, clusters: 3, k: 4, seeding: 'maximin', seed: 9, speed: 2.5,
                loading: 'eager', label: 'Mine' };
            const switches = ['controls', 'voronoi', 'trails', 'autoplay', 'loop', 'half-steps'];
            const camel = (name) => name.replace(/-(.)/, (_, letter) => letter.toUpperCase());
            for (const [name, value] of Object.entries(values)) {
                board[name] = value;
                if (board.getAttribute(name) !== String(value)) wrong.push(['to the attribute', name]);
                board.removeAttribute(name);
                board.setAttribute(name, value);
                if (board[name] !== value) wrong.push(['to the property', name, board[name]]);
                board[name] = undefined;
                if (board.hasAttribute(name)) wrong.push(['removed', name]);
            }
            for (const name of switches) {
                if (board[camel(name)] !== false) wrong.push(['off', name]);
                board[camel(name)] = true;
                if (board.getAttribute(name) !== '') wrong.push(['on', name]);
                board.removeAttribute(name);
                if (board[camel(name)] !== false) wrong.push(['off again', name]);
            }
            const names = [...Object.keys(values), ...switches];
            if (names.some((name) => !KMeansBoard.observedAttributes.includes(name))) wrong.push('not observed');
            Object.assign(board, values);
            await board.init();
            const { n, clusters, k, seeding, seed } = board.kmeans.options;
            if (JSON.stringify([board.kmeans.options.board, n, clusters, k, seeding, seed])
                !== JSON.stringify(Object.values(values).slice(0, 6))) wrong.push(board.kmeans.options);
            if (part(board, 'canvas').ariaLabel !== 'Mine') wrong.push('label');
            return wrong;",
        )
        .await?;
    assert_eq!(wrong, json!([]));
    Ok(())
}

#[tokio::test]
async fn an_invalid_value_counts_as_the_default_with_one_warning() -> Result<()> {
    const INVALID: [(&str, &str, &[&str]); 9] = [
        ("board", "nope", &["nope", "uniform"]),
        ("n", "0", &["0", "4000000"]),
        ("clusters", "2.5", &["2.5", "1024"]),
        ("k", "abc", &["abc", "1024"]),
        ("seeding", "", &["k-means++"]),
        ("seed", "-1", &["-1", "4294967295"]),
        ("speed", "99", &["99", "0.1", "60"]),
        ("speed", "", &["0.1", "60"]),
        ("loading", "later", &["later", "lazy", "eager"]),
    ];
    let page = Page::new().await?;
    let body = "await define(); put('<kmeans-board k=3></kmeans-board>'); await document.querySelector('kmeans-board').ready;";
    page.run(body).await?;
    for (name, value, words) in INVALID {
        let read = page
            .run(&format!(
                "const board = document.querySelector('kmeans-board');
                board.setAttribute('{name}', '{value}');
                await board.init();
                await board.init();
                const read = [board.{name}, board.{name}];
                board.removeAttribute('{name}');
                await board.init();
                return [read[0] === board.{name} || '{name}' === 'seed', read[0] === read[1], board.kmeans.n > 0];"
            ))
            .await?;
        assert_eq!(read, json!([true, true, true]), "{name}");
        let warnings = page.warnings().await?;
        assert_eq!(warnings.len(), 1, "{name}: {warnings:?}");
        assert!(words.iter().all(|word| warnings[0].contains(word)), "{name}: {warnings:?}");
    }
    Ok(())
}

#[tokio::test]
async fn properties_set_before_the_definition_are_kept() -> Result<()> {
    let page = Page::new().await?;
    let kept = page
        .run(
            "const board = put('<kmeans-board k=3 board=gauss></kmeans-board>');
            Object.assign(board, { k: 2, seed: 5, halfSteps: true, points: [[0, 0], [1, 0], [9, 9]], centroids: [[0, 0], [9, 8]] });
            await define();
            await board.ready;
            return [board.kmeans.k, board.kmeans.seed, board.getAttribute('seed'), board.hasAttribute('half-steps'),
                board.points.join(), board.centroids.join(), Object.keys(board)];",
        )
        .await?;
    assert_eq!(kept, json!([2, 5, "5", true, "0,0,1,0,9,9", "0,0,9,8", []]));
    Ok(())
}

#[tokio::test]
async fn several_changes_at_once_make_one_board() -> Result<()> {
    let page = Page::new().await?;
    let made = page
        .run(
            "const { KMeans } = await define();
            const board = put('<kmeans-board seed=1></kmeans-board>');
            await board.ready;
            let made = 0;
            const { init } = KMeans;
            KMeans.init = function (...options) { made += 1; return init.apply(this, options); };
            Object.assign(board, { k: 3, n: 60, board: 'gauss' });
            board.points = [[0, 0], [1, 1], [2, 0], [3, 3]];
            board.centroids = [[0, 0], [3, 3]];
            await rest(50);
            const once = [made, board.kmeans.n, board.kmeans.k];
            board.points = board.centroids = undefined;
            const last = await board.init({ k: 5 });
            await rest(50);
            return [...once, made, last, board.kmeans.k];",
        )
        .await?;
    assert_eq!(made, json!([1, 4, 2, 2, true, 5]), "the last word is the author's");
    Ok(())
}

#[tokio::test]
async fn several_changes_at_once_are_painted_once() -> Result<()> {
    let page = Page::new().await?;
    page.browser.emulate(&[Media::ReducedMotion]).await?;
    let painted = page
        .run(
            "await define();
            const board = put('<kmeans-board seed=1 style=\"width: 300px\"></kmeans-board>');
            await board.ready;
            board.run();
            await rest(100);
            const before = part(board, 'canvas').toDataURL(), { kmeans } = board, { paint } = kmeans;
            let painted = 0;
            kmeans.paint = function (...all) { painted += 1; return paint.apply(this, all); };
            Object.assign(board, { voronoi: true, trails: true, label: 'Mine', speed: 3, halfSteps: true });
            const atOnce = painted;
            await rest(100);
            return [atOnce, painted, part(board, 'canvas').toDataURL() !== before];",
        )
        .await?;
    assert_eq!(painted, json!([0, 1, true]));
    Ok(())
}

#[tokio::test]
async fn it_plays_when_it_is_told_to_play_by_itself_unless_it_was_paused() -> Result<()> {
    let page = Page::new().await?;
    let script = "await define();
        const board = put('<kmeans-board seed=1></kmeans-board>'), plays = [];
        await board.ready;
        for (const act of [() => { board.autoplay = true; }, () => board.pause(), () => { board.autoplay = false; board.autoplay = true; }]) {
            act();
            plays.push(board.playing);
        }
        return plays;";
    assert_eq!(page.run(script).await?, json!([true, false, false]));
    page.browser.emulate(&[Media::ReducedMotion]).await?;
    assert_eq!(page.run(script).await?, json!([false, false, false]));
    Ok(())
}

#[tokio::test]
async fn own_points_and_centroids_stand_in_for_the_attributes_until_they_are_undefined() -> Result<()> {
    let page = Page::new().await?;
    let seen = page
        .run(
            "await define();
            const board = put('<kmeans-board board=gauss n=50 clusters=2 k=5 seeding=maximin seed=3></kmeans-board>');
            const before = board.points ?? null;
            await board.ready;
            const drawn = board.points.join(), seen = [before];
            board.points = new Float64Array([0, 0, 1, 0, 9, 9, 9, 8, 5, 5]);
            board.centroids = [[0, 0], [9, 9]];
            await rest(50);
            seen.push([board.n, board.k, board.kmeans.options.seeding ?? null, board.points.length]);
            board.points[0] = 77;
            seen.push(board.points[0]);
            board.run();
            seen.push(board.centroids.length);
            board.centroids = undefined;
            await rest(50);
            seen.push([board.n, board.k, board.kmeans.options.seeding]);
            board.points = undefined;
            await rest(50);
            seen.push([board.points.join() === drawn, board.n, board.k]);
            return seen;",
        )
        .await?;
    let expected = json!([null, [5, 2, null, 10], 0, 4, [5, 5, "maximin"], [true, 50, 5]]);
    assert_eq!(seen, expected);
    Ok(())
}

#[tokio::test]
async fn data_that_cannot_be_shown_is_an_error_and_leaves_what_was_there() -> Result<()> {
    let page = Page::new().await?;
    let seen = page
        .run(
            "await define();
            const board = put('<kmeans-board seed=3></kmeans-board>');
            await board.ready;
            const before = board.points.join(), errors = [];
            document.addEventListener('error', ({ target, detail }) => errors.push([target === board, detail]));
            board.points = [[0, 0], [1, NaN]];
            await rest(50);
            const kept = board.points.join() === before;
            board.points = [[0, 0], [1, 1]];
            board.k = 2;
            await rest(50);
            const { n } = board.kmeans;
            try {
                board.seek(0.3);
            } catch ({ code, message }) {
                errors.push([board, { code, message }]);
            }
            board.edit('undo');
            return [kept, errors[0][0], errors.map(({ 1: { code, message } }) => [code, message]), n];",
        )
        .await?;
    let nan = "point 1 has the coordinate NaN, which is not within ±1e+150";
    let errors = [
        ("coordinate", nan),
        ("type", "iteration must be a whole number, or halfway to the next, not 0.3"),
        ("type", "change must be a function, not \"undo\""),
    ];
    assert_eq!(seen, json!([true, true, errors, 2]));
    // Who set a property has no promise that tells.
    let warned = page.browser.console().await?;
    assert!(
        matches!(warned.as_slice(), [one] if one.text.contains(&format!("kmeans-board>: {nan}, so the board stays"))),
        "{warned:?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_board_is_as_narrow_as_what_it_stands_in() -> Result<()> {
    let page = Page::new().await?;
    let seen = page
        .run(
            "await define();
            const boards = '<kmeans-board controls></kmeans-board>'.repeat(3), widths = [];
            for (const style of ['display: flex', 'display: grid; grid-template-columns: 1fr 1fr 1fr']) {
                document.body.insertAdjacentHTML('beforeend', `<div style=\"width: 600px; ${style}\">${boards}</div>`);
                const made = [...document.body.lastChild.children];
                for (const one of made) one.style.flex = '1';
                await Promise.all(made.map((one) => one.ready));
                widths.push(...made.map((one) => one.getBoundingClientRect().width));
            }
            return widths;",
        )
        .await?;
    assert_eq!(seen, json!([200, 200, 200, 200, 200, 200]));
    Ok(())
}

/// A board with a long run, still until asked.
const LONG: &str =
    "<kmeans-board controls board=uniform n=200 k=3 seed=46 style='width: 600px'></kmeans-board>";

#[tokio::test]
async fn the_controls_do_what_they_say() -> Result<()> {
    let page = Page::new().await?;
    page.browser.emulate(&[Media::ReducedMotion]).await?;
    page.controlled(LONG).await?;
    let board = "const board = document.querySelector('kmeans-board')";
    let status = format!("{board}; return part(board, 'status').textContent;");
    assert!(page.run(&status).await?.as_str().is_some_and(|words| words.starts_with("Iteration 0 of ")));
    page.click("#step").await?;
    page.click("#step").await?;
    page.until("board.kmeans.iteration === 2").await?;
    page.click("#back").await?;
    page.until("board.kmeans.iteration === 1").await?;
    let words = page.run(&status).await?;
    assert!(
        words.as_str().is_some_and(|words| words.contains("1 of") && words.contains("inertia")),
        "{words}"
    );
    let timeline = page.rect("#timeline").await?;
    page.browser.drag(timeline.at(0.05, 0.5), timeline.at(0.97, 0.5)).await?;
    page.until("board.kmeans.iteration > 2").await?;
    page.click("#play").await?;
    page.until("board.playing || board.kmeans.converged").await?;
    let seeds = page.run(&format!("{board}; const {{ seed, k }} = board.kmeans; return [seed, k];")).await?;
    page.click("#reseed").await?;
    let now = format!("{board}; const {{ seed, k, iteration }} = board.kmeans; return [seed, k, iteration];");
    let after = page.run(&now).await?;
    assert_ne!(after[0], seeds[0]);
    assert_eq!([&after[1], &after[2]], [&seeds[1], &json!(0)]);
    Ok(())
}

#[tokio::test]
async fn the_controls_listen_to_the_keyboard_and_show_the_focus() -> Result<()> {
    let page = Page::new().await?;
    page.browser.emulate(&[Media::ReducedMotion]).await?;
    page.controlled(LONG).await?;
    let focus = "const board = document.querySelector('kmeans-board'), { activeElement } = board.shadowRoot;
        return [activeElement?.id ?? null, activeElement && getComputedStyle(activeElement).outlineStyle];";
    for id in ["reseed", "back", "play", "step", "timeline"] {
        page.browser.press(Key::Tab).await?;
        assert_eq!(page.run(focus).await?, json!([id, "solid"]));
    }
    page.browser.press(Key::Right).await?;
    page.until("board.kmeans.iteration === 1").await?;
    page.browser.press(' ').await?;
    page.until("board.playing").await?;
    page.browser.press(' ').await?;
    page.until("!board.playing").await?;
    let labels = page.run("return [...document.querySelector('kmeans-board').shadowRoot.querySelectorAll('button, input')].map(({ ariaLabel }) => ariaLabel)");
    assert_eq!(labels.await?, json!(["Seed again", "Back", "Play", "Step", "Iteration"]));
    page.run("document.querySelector('kmeans-board').controls = false").await?;
    page.browser.press(Key::Tab).await?;
    assert_eq!(page.run(focus).await?, json!([null, null]), "a quiet figure takes no focus");
    Ok(())
}

#[tokio::test]
async fn the_timeline_shows_where_the_run_leads_wherever_it_stands() -> Result<()> {
    let page = Page::new().await?;
    page.browser.emulate(&[Media::ReducedMotion]).await?;
    let seen = page
        .run(
            "await define();
            const board = put('<kmeans-board seed=7></kmeans-board>');
            await board.ready;
            board.step();
            board.halfStep();
            const before = [board.kmeans.inertia, board.kmeans.labels.join(), board.kmeans.changed];
            board.controls = true;
            while (!part(board, 'status')) await frame();
            const after = [board.kmeans.inertia, board.kmeans.labels.join(), board.kmeans.changed];
            const { iteration, phase, computed } = board.kmeans, { value, max } = part(board, 'timeline');
            return [String(after) === String(before), iteration, phase, computed > 2, value, Number(max) === computed,
                part(board, 'status').textContent.startsWith(`Iteration 1½ of ${computed}`)];",
        )
        .await?;
    assert_eq!(seen, json!([true, 1, "update", true, "1.5", true, true]));
    Ok(())
}

#[tokio::test]
async fn the_chart_over_the_timeline_is_the_inertia_of_the_run() -> Result<()> {
    let page = Page::new().await?;
    page.browser.emulate(&[Media::ReducedMotion]).await?;
    page.controlled(LONG).await?;
    let wrong = page
        .run(
            "const board = document.querySelector('kmeans-board'), chart = part(board, 'chart'), timeline = part(board, 'timeline'), wrong = [];
            const check = (name) => {
                const { history, computed } = board.kmeans, { x, width, bottom } = chart.getBoundingClientRect(), bar = timeline.getBoundingClientRect();
                const levels = history.flatMap(({ assignedInertia, inertia }) => [assignedInertia, inertia]);
                const corners = chart.firstChild.getAttribute('d').match(/[\\d.]+,[\\d.]+/g).slice(1).map((pair) => pair.split(',').map(Number));
                const [first, last] = [levels[0], levels.at(-1)];
                const isRight = ([x, y], i) => x === (i + 1) / 2 && Math.abs(last + (1 - y) * (first - last) - levels[i]) < 0.001 * first;
                if (corners.length !== 2 * computed || !corners.every(isRight)) wrong.push([name, corners]);
                if (chart.getAttribute('viewBox') !== `0 0 ${computed} 1`) wrong.push([name, 'is not as long as the run']);
                if (x < bar.left || x + width > bar.right || Math.abs(bottom - (bar.top + bar.bottom) / 2) > 2) wrong.push([name, 'is elsewhere']);
            };
            check('the start');
            board.seek(3);
            check('further on');
            await board.reseed({ seed: 5 });
            check('another start');
            await board.init({ n: 300000, k: 7, seed: 1 });
            if (board.kmeans.computed || chart.firstChild.getAttribute('d')) wrong.push('of what nobody has computed');
            return wrong;",
        )
        .await?;
    assert_eq!(wrong, json!([]));
    Ok(())
}

#[tokio::test]
async fn only_the_readers_edit_is_a_change_and_the_authors_writes_are_silent() -> Result<()> {
    let page = Page::new().await?;
    page.controlled(LONG).await?;
    let told = page
        .run(
            "const board = document.querySelector('kmeans-board');
            tell(window, 'ready', 'step', 'converge', 'change', 'error', 'input');
            globalThis.details = [];
            for (const name of ['step', 'converge', 'change', 'input']) {
                window.addEventListener(name, ({ target, detail }) => details.push([name, target === board, detail]));
            }
            Object.assign(board, { k: 4, seed: 8, voronoi: true, speed: 5, label: 'x', points: [[0, 0], [1, 1], [2, 0], [4, 4], [5, 5]] });
            await rest(100);
            Object.assign(board, { points: undefined, halfSteps: true });
            await rest(100);
            board.reseed();
            const silent = told.length;
            board.halfSteps = false;
            board.run();
            board.seek(0);
            return [silent, told];",
        )
        .await?;
    assert_eq!(told, json!([0, ["converge"]]));
    page.click("#reseed").await?;
    page.click("#step").await?;
    page.browser.wait_until("details.some(([name]) => name === 'step')", PATIENCE).await?;
    page.click("#timeline").await?;
    let details = page
        .run(
            "const { seed } = document.querySelector('kmeans-board').kmeans;
            const [converge, change, step] = details;
            return [details.length, converge[2].converged, change[0], change[1], change[2].edit, change[2].seed === seed,
                step[0], step[1], step[2].iteration, JSON.stringify(details) === JSON.stringify(structuredClone(details))];",
        )
        .await?;
    assert_eq!(details, json!([3, true, "change", true, "reseed", true, "step", true, 1, true]));
    Ok(())
}

#[tokio::test]
async fn a_readers_pause_stays_a_pause() -> Result<()> {
    let page = Page::new().await?;
    page.controlled(&LONG.replace("controls", "controls autoplay speed=2")).await?;
    page.until("board.playing").await?;
    page.click("#play").await?;
    let played = page
        .run(
            "const board = document.querySelector('kmeans-board'), played = [board.playing];
            board.k = 4;
            await rest(100);
            played.push(board.playing, board.kmeans.k);
            document.body.append(document.createElement('p'), board);
            await rest(100);
            played.push(board.playing);
            board.remove();
            await rest(50);
            document.body.append(board);
            await board.ready;
            await rest(100);
            return [...played, board.playing];",
        )
        .await?;
    assert_eq!(played, json!([false, false, 4, false, false]));
    page.click("#play").await?;
    page.until("board.playing").await
}

#[tokio::test]
async fn controls_have_their_room_before_they_are_there() -> Result<()> {
    let page = Page::new().await?;
    for (width, controls) in [(600, 48), (400, 48), (399, 92), (320, 92), (240, 92)] {
        let heights = page
            .run(&format!(
                "let style = document.querySelector('style') ?? document.head.appendChild(document.createElement('style'));
                style.textContent = '* {{ box-sizing: border-box }}';
                const put_ = put('<div style=\"width: {width}px\"><kmeans-board controls></kmeans-board></div>');
                await define();
                const board = put_, heights = [board.offsetHeight];
                await board.ready;
                while (!board.shadowRoot.querySelector('#play')) await frame();
                heights.push(board.offsetHeight);
                board.run();
                board.back();
                board.halfStep();
                const {{ scrollWidth, clientWidth }} = part(board, 'controls');
                const canvas = part(board, 'canvas');
                heights.push(board.offsetHeight, canvas.offsetHeight, canvas.offsetWidth, scrollWidth <= clientWidth);
                board.controls = false;
                heights.push(board.offsetHeight);
                return heights;"
            ))
            .await?;
        let all = width + controls;
        assert_eq!(heights, json!([all, all, all, width, width, true, width]), "at {width}");
    }
    Ok(())
}

/// The style that README has for boards whose script has not come yet.
fn documented_style() -> Result<String> {
    let readme = std::fs::read_to_string(xtask::root().join("README.md"))?;
    let style = readme.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>"));
    Ok(format!("<style>{}</style>", style.context("no style")?.0))
}

#[tokio::test]
async fn the_documented_rules_keep_the_room_before_the_definition() -> Result<()> {
    for (width, controls) in [(500, 48), (400, 48), (398, 92), (240, 92)] {
        let page = Page::with(&format!(
            "{}<div style='width: {width}px'><kmeans-board n=50 seed=1 controls><img alt=''><p>Five clusters.</p></kmeans-board>
            <kmeans-board n=50 seed=2></kmeans-board></div><p>Below.</p>",
            documented_style()?
        ))
        .await?;
        let shifts = page
            .run(
                "const shifts = [], boards = [...document.querySelectorAll('kmeans-board')];
                const heights = () => boards.map((board) => board.offsetHeight), before = heights();
                new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe({ type: 'layout-shift', buffered: true });
                await define();
                await Promise.all(boards.map(({ ready }) => ready));
                while (!boards[0].shadowRoot.querySelector('#play')) await frame();
                boards[0].run();
                await frame();
                await frame();
                return [before, heights(), shifts.map(({ value }) => value)];",
            )
            .await?;
        let heights = [width + controls, width];
        assert_eq!(shifts, json!([heights, heights, []]), "at {width}");
    }
    Ok(())
}

#[tokio::test]
async fn a_finger_meets_targets_of_44_pixels_also_at_240() -> Result<()> {
    let mut page = Page::new().await?;
    page.browser
        .become_device(Device { width: 240, height: 500, scale: 2.0, pointer: Pointer::Touch })
        .await?;
    page.controlled("<kmeans-board controls n=50 seed=1></kmeans-board>").await?;
    let sizes = page
        .run(
            "const targets = [...document.querySelector('kmeans-board').shadowRoot.querySelectorAll('button, input')];
            const boxes = targets.map((target) => target.getBoundingClientRect());
            const over = (a, b) => a.left < b.right - 0.01 && b.left < a.right - 0.01 && a.top < b.bottom - 0.01 && b.top < a.bottom - 0.01;
            return [boxes.filter(({ width, height }) => width < 44 || height < 44).length,
                boxes.filter((a, i) => boxes.some((b, j) => i < j && over(a, b))).length,
                boxes.every(({ left, right }) => left >= 0 && right <= 240), document.documentElement.scrollWidth];",
        )
        .await?;
    assert_eq!(sizes, json!([0, 0, true, 240]));
    page.click("#step").await?;
    page.until("board.kmeans.iteration === 1").await
}

#[tokio::test]
async fn a_board_with_a_height_of_its_own_is_not_distorted() -> Result<()> {
    let page = Page::new().await?;
    let seen = page
        .run(
            "await define();
            const board = put('<kmeans-board controls style=\"width: 500px; height: 348px\"></kmeans-board>');
            await board.ready;
            await frame();
            const canvas = part(board, 'canvas');
            return [board.offsetHeight, canvas.offsetHeight, canvas.width === canvas.height, canvas.width, getComputedStyle(canvas).objectFit];",
        )
        .await?;
    assert_eq!(seen, json!([348, 300, true, 298, "contain"]));
    Ok(())
}

#[tokio::test]
async fn a_picture_is_painted_at_the_scale_that_is_asked_for() -> Result<()> {
    let page = Page::new().await?;
    page.browser.emulate(&[Media::ReducedMotion]).await?;
    let seen = page
        .run(
            "const { KMeansError } = await define();
            const board = put('<kmeans-board style=\"width: 302px; --kmeans-board-background: #ffee00\" seed=1 voronoi></kmeans-board>');
            const early = await document.createElement('kmeans-board').toBlob().catch((error) => [error instanceof KMeansError, error.code]);
            await board.ready;
            board.run();
            await frame();
            const seen = [early];
            for (const [type, scale] of [[undefined, undefined], ['image/png', 3], ['image/jpeg', 2], ['image/webp', 0.5]]) {
                const blob = await board.toBlob(type, { scale });
                const picture = await createImageBitmap(blob);
                const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
                context.drawImage(picture, 0, 0);
                const { data } = context.getImageData(0, 0, picture.width, picture.height);
                let bare = 0;
                const colours = new Set();
                for (let i = 0; i < data.length; i += 4) {
                    if (data[i + 3] < 255) bare += 1;
                    colours.add((data[i] >> 5) * 64 + (data[i + 1] >> 5) * 8 + (data[i + 2] >> 5));
                }
                seen.push([blob.type, picture.width, picture.height, bare, colours.size > 7]);
            }
            const shown = part(board, 'canvas').toDataURL();
            await board.toBlob('image/png', { scale: 2 });
            board.voronoi = false;
            board.voronoi = true; // painted again
            await frame();
            seen.push(part(board, 'canvas').toDataURL() === shown);
            const misfits = [-1, 0, 0.0001, NaN, 17, '2'].map((scale) => board.toBlob('image/png', { scale }).then(() => scale, (error) => error instanceof KMeansError));
            seen.push((await Promise.all(misfits)).join());
            const svg = await board.toBlob('image/svg+xml').then((blob) => blob.type, (error) => error instanceof KMeansError && error.code);
            seen.push(svg === 'image/svg+xml');
            return seen;",
        )
        .await?;
    let expected = json!([
        [true, "not-ready"],
        ["image/png", 300, 300, 0, true],
        ["image/png", 900, 900, 0, true],
        ["image/jpeg", 600, 600, 0, true],
        ["image/webp", 150, 150, 0, true],
        true,
        "true,true,true,true,true,true",
        true
    ]);
    assert_eq!(seen, expected);
    Ok(())
}

#[tokio::test]
async fn an_svg_has_what_is_seen_in_the_colours_in_which_it_is_seen() -> Result<()> {
    let page = Page::new().await?;
    let pictures = page
        .run(
            "await define();
            const board = put('<kmeans-board seed=1 style=\"width: 302px\"></kmeans-board>'), wrong = [], pictures = new Set();
            await board.ready;
            board.run();
            await frame();
            for (const [scheme, background, ink] of [['light', 0xffffff, 0x1d1f24], ['dark', 0x101216, 0xe9e7e2]]) {
                for (const [cells, trails] of [[false, false], [true, false], [false, true], [true, true]]) {
                    Object.assign(board, { voronoi: cells, trails });
                    board.style.colorScheme = scheme;
                    await rest(50);
                    const text = await (await board.toBlob('image/svg+xml')).text();
                    if (text !== board.kmeans.toSVG({ size: 300, background, ink, cells, trails })) wrong.push([scheme, cells, trails]);
                    pictures.add(text);
                }
            }
            return [wrong, pictures.size];",
        )
        .await?;
    assert_eq!(pictures, json!([[], 8]));
    Ok(())
}

#[tokio::test]
async fn a_move_is_no_removal() -> Result<()> {
    let page = Page::new().await?;
    let seen = page
        .run(
            "await define();
            const board = put('<kmeans-board seed=4></kmeans-board><div></div>');
            await board.ready;
            board.run();
            const { kmeans } = board, { iteration } = kmeans;
            tell(board, 'ready');
            document.querySelector('div').append(board);
            const host = document.body.appendChild(document.createElement('div'));
            host.attachShadow({ mode: 'open' }).append(board);
            await rest(100);
            return [board.kmeans === kmeans, kmeans.iteration === iteration, told];",
        )
        .await?;
    assert_eq!(seen, json!([true, true, []]));
    Ok(())
}

#[tokio::test]
async fn what_is_removed_is_freed_and_shows_the_same_when_it_is_put_back() -> Result<()> {
    let page = Page::new().await?;
    let seen = page
        .run(
            "await define();
            const board = put('<kmeans-board></kmeans-board>');
            await board.ready;
            board.run();
            board.back();
            const before = board.kmeans, { seed, iteration } = before, picture = before.centroids.join();
            board.remove();
            await rest(20);
            let code;
            try { before.points; } catch (error) { ({ code } = error); }
            const seen = [code, board.kmeans ?? null, part(board, 'canvas').width];
            const { ready } = board;
            document.body.append(board);
            await ready;
            seen.push(board.kmeans.seed === seed, board.kmeans.iteration === iteration, board.centroids.join() === picture);
            board.remove();
            await rest(20);
            Object.assign(board, { k: 2, seed: 3 });
            document.body.append(board);
            await board.ready;
            seen.push([board.kmeans.k, board.kmeans.seed, board.kmeans.iteration]);
            return seen;",
        )
        .await?;
    assert_eq!(seen, json!(["freed", null, 0, true, true, true, [2, 3, 0]]));
    Ok(())
}

/// The bytes of the small core's memory, which never shrinks.
const MEMORY: &str = "(await (await import('/pkg/kmeans_board.js')).default()).memory.buffer.byteLength";

#[tokio::test]
async fn what_is_removed_while_it_is_made_is_made_when_it_is_put_back() -> Result<()> {
    let page = Page::new().await?;
    let shown = page
        .run(
            "await define();
            const shown = [], board = put('<kmeans-board></kmeans-board>');
            for (const options of [{ board: 'gauss', n: 90, k: 4, seed: 5 }, { board: 'moons', n: 80, k: 2, seed: 6 }]) {
                board.init(options);
                board.remove();
                await rest(50);
                document.body.append(board);
                while (board.kmeans?.n !== options.n) await rest(10);
                const { board: name, n, k, seed } = board.kmeans.options;
                shown.push([name, n, k, seed]);
            }
            return shown;",
        )
        .await?;
    assert_eq!(shown, json!([["gauss", 90, 4, 5], ["moons", 80, 2, 6]]));
    Ok(())
}

#[tokio::test]
async fn the_memory_of_removed_boards_is_used_again() -> Result<()> {
    let page = Page::new().await?;
    let grown = page
        .run(&format!(
            "await define();
            const round = async (seed) => {{
                put(`<kmeans-board loading=eager n=1000 k=9 seed=${{seed}} controls></kmeans-board>`.repeat(10));
                const boards = [...document.querySelectorAll('kmeans-board')];
                for (const board of boards) (await board.ready).run();
                document.body.replaceChildren();
                await rest(5);
            }};
            for (let i = 0; i < 10; i++) await round(i % 5);
            const before = {MEMORY};
            for (let i = 0; i < 40; i++) await round(i % 5);
            return {MEMORY} - before;"
        ))
        .await?;
    assert_eq!(grown, 0);
    Ok(())
}

#[tokio::test]
async fn fifty_boards_compile_once_and_take_little_memory() -> Result<()> {
    let page = Page::unopened("").await?;
    let watch = "globalThis.compiled = [];
        for (const name of ['compile', 'compileStreaming', 'instantiate', 'instantiateStreaming']) {
            const own = WebAssembly[name];
            WebAssembly[name] = (...all) => { compiled.push(name); return own.apply(WebAssembly, all); };
        }";
    page.browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": watch })).await?;
    page.browser.open("/bare.html").await?;
    let seen = page
        .run(&format!(
            "const html = '<kmeans-board loading=eager controls voronoi trails></kmeans-board>';
            const grid = (count) => put(`<div style='display: grid; grid-template-columns: repeat(10, 100px)'>${{html.repeat(count)}}</div>`);
            const lone = grid(1);
            await define();
            await lone.ready;
            lone.run();
            const one = {MEMORY};
            grid(50);
            const boards = [...document.querySelectorAll('kmeans-board')];
            await Promise.all(boards.map(({{ ready }}) => ready));
            for (const board of boards) board.run();
            await frame();
            const requests = performance.getEntriesByType('resource').filter(({{ name }}) => name.endsWith('.wasm'));
            return [compiled, requests.length, one, {MEMORY}];"
        ))
        .await?;
    assert_eq!([&seen[0], &seen[1]], [&json!(["instantiateStreaming"]), &json!(1)]);
    // They share what one begins with, and each has its few points and labels besides.
    assert!(seen[2].as_f64() <= Some(1.2e6), "{seen}");
    assert!(seen[3].as_f64() <= Some(1.2e6 + 49.0 * 20e3), "{seen}");
    Ok(())
}

#[tokio::test]
async fn a_page_of_fifty_boards_scrolls_smoothly() -> Result<()> {
    let page = Page::new().await?;
    let frames = page
        .run(
            "const html = '<kmeans-board board=peaked n=300 clusters=5 k=5 autoplay loop speed=20 controls voronoi trails style=\"width: 400px; margin: 60px\"></kmeans-board>';
            put(html.repeat(50));
            await define();
            const next = () => new Promise(requestAnimationFrame), times = [];
            for (let y = 0; y < document.documentElement.scrollHeight - innerHeight; y += 60) {
                scrollTo(0, y);
                times.push(await next());
            }
            const started = [...document.querySelectorAll('kmeans-board')].filter(({ kmeans }) => kmeans).length;
            return { started, frames: times.slice(1).map((time, i) => time - times[i]).sort((a, b) => a - b) };",
        )
        .await?;
    assert_eq!(frames["started"], 50);
    let frames = frames["frames"].as_array().context("no frames")?;
    assert!(frames.len() > 300, "{}", frames.len());
    // Half of them come as fast as the screen shows them, or every other; with all boards at work none does.
    let median = frames[frames.len() / 2].as_f64();
    assert!(median < Some(35.0), "{frames:?}");
    Ok(())
}

#[tokio::test]
async fn only_boards_near_the_view_start_and_only_those_in_view_work() -> Result<()> {
    let page = Page::new().await?;
    let seen = page
        .run(
            "put('<kmeans-board autoplay loop speed=20 style=\"margin-bottom: 2000px; width: 300px\"></kmeans-board>'.repeat(3)
                + '<kmeans-board loading=eager style=\"width: 300px\"></kmeans-board>');
            await define();
            const [first, second, third, eager] = document.querySelectorAll('kmeans-board');
            await first.ready;
            await eager.ready;
            const seen = [Boolean(second.kmeans), Boolean(third.kmeans)];
            second.scrollIntoView({ behavior: 'instant' });
            await second.ready;
            await rest(200);
            let steps = 0;
            first.addEventListener('step', () => { steps += 1; });
            tell(second, 'step');
            await rest(1000);
            return [...seen, Boolean(third.kmeans), steps, told.length > 2];",
        )
        .await?;
    assert_eq!(seen, json!([false, false, false, 0, true]));
    Ok(())
}

#[tokio::test]
async fn a_hidden_tab_rests() -> Result<()> {
    let page = Page::new().await?;
    page.controlled(&LONG.replace("controls", "controls autoplay loop speed=20")).await?;
    page.until("board.playing").await?;
    // Another tab in front of it, and no focus on it any more; the driver goes on talking to this one.
    page.browser.cdp("Emulation.setFocusEmulationEnabled", json!({ "enabled": false })).await?;
    page.browser.cdp("Target.createTarget", json!({ "url": "about:blank" })).await?;
    let steps = page
        .run(
            "while (document.visibilityState !== 'hidden') await rest(20);
            tell(document, 'step');
            await rest(1000);
            return told.length;",
        )
        .await?;
    assert_eq!(steps, 0);
    Ok(())
}

#[tokio::test]
async fn a_board_works_wherever_it_is_put() -> Result<()> {
    let page = Page::new().await?;
    let seen = page
        .run(
            "await define();
            const seen = [];
            document.body.style.width = '100px';
            const host = document.body.appendChild(document.createElement('div'));
            tell(document, 'ready');
            host.attachShadow({ mode: 'closed' }).innerHTML = '<kmeans-board seed=1></kmeans-board>';
            while (!told.length) await frame();
            const template = document.createElement('template');
            template.innerHTML = '<kmeans-board seed=1 k=3></kmeans-board>';
            const clone = template.content.cloneNode(true).firstChild;
            document.body.append(clone);
            await clone.ready;
            clone.run();
            seen.push(clone.kmeans.k);
            const made = document.createElement('kmeans-board');
            made.seed = 1;
            document.body.append(made);
            await made.ready;
            seen.push(made.kmeans.seed);
            const copy = clone.cloneNode();
            document.body.append(copy);
            await copy.ready;
            seen.push(copy.kmeans.k);
            const frameElement = document.body.appendChild(document.createElement('iframe'));
            frameElement.contentDocument.body.append(frameElement.contentDocument.adoptNode(clone));
            clone.kmeans ?? await clone.ready;
            await rest(100);
            clone.step();
            clone.style.width = '120px';
            await rest(300);
            const canvas = part(clone, 'canvas');
            seen.push([clone.ownerDocument !== document, clone.kmeans.k, canvas.width, canvas.height]);
            return seen;",
        )
        .await?;
    assert_eq!(seen, json!([3, 1, 3, [true, 3, 118, 118]]));
    assert_eq!(page.warnings().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn loading_the_script_twice_and_late_does_no_harm() -> Result<()> {
    let page = Page::new().await?;
    let seen = page
        .run(
            "const board = put('<kmeans-board k=3><b>later</b></kmeans-board>');
            const { KMeansBoard } = await define();
            const again = await import('/kmeans-board.js?again');
            await board.ready;
            return [board instanceof KMeansBoard, customElements.get('kmeans-board') === KMeansBoard, typeof again.KMeansBoard, board.kmeans.k];",
        )
        .await?;
    assert_eq!(seen, json!([true, true, "function", 3]));
    assert_eq!(page.warnings().await?, Vec::<String>::new());
    Ok(())
}

/// Some of what browsers have learnt since 2023.
const NEWER: &str = "delete Promise.withResolvers; delete Promise.try; delete Map.groupBy; delete Object.groupBy;
    delete Array.fromAsync; delete Set.prototype.union; delete Iterator.prototype.map; delete Uint8Array.fromBase64;
    delete URL.parse; delete AbortSignal.any; delete Symbol.dispose; delete String.prototype.isWellFormed;
    delete globalThis.scheduler; delete Element.prototype.moveBefore;";

#[tokio::test]
async fn a_browser_of_2023_shows_a_board() -> Result<()> {
    let page = Page::unopened("<kmeans-board controls voronoi seed=1></kmeans-board>").await?;
    page.browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": NEWER })).await?;
    page.browser.open("/bare.html").await?;
    page.run("await define();").await?;
    page.until("board.kmeans && board.shadowRoot.querySelector('#play')").await?;
    let ran = page
        .run("const board = document.querySelector('kmeans-board'); await board.init({ n: 3000, seed: 2 }); return board.run().converged;");
    assert_eq!(ran.await?, true);
    assert_eq!(page.warnings().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn wasm_of_another_media_type_works_as_well() -> Result<()> {
    let page = Page::unopened("<kmeans-board seed=1></kmeans-board>").await?;
    let plain = "const own = fetch;
        globalThis.fetch = async (...all) => new Response(await (await own(...all)).blob(),
            { headers: { 'content-type': 'application/octet-stream' } });";
    page.browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": plain })).await?;
    page.browser.open("/bare.html").await?;
    let ran = page
        .run(
            "await define();
            const board = document.querySelector('kmeans-board');
            await board.ready;
            return board.run().converged;",
        )
        .await?;
    assert_eq!(ran, true);
    Ok(())
}

/// What the reader is told first; then comes what the browser says.
const NOT_LOADED: &str = "This board cannot be shown: the WebAssembly could not be loaded: ";

/// What stands in a page's head, or in place of the Wasm; and what the reader is told then, and programs.
const WITHOUT_WASM: [(&str, &str, &str, &str); 3] = [
    ("", "<!doctype html><title>not found</title>", NOT_LOADED, "no-wasm"),
    ("<meta http-equiv=Content-Security-Policy content=\"script-src 'self'\">", "", NOT_LOADED, "no-wasm"),
    (
        "<script>delete globalThis.WebAssembly</script>",
        "",
        "This board cannot be shown: this browser has no WebAssembly with SIMD, ",
        "no-simd",
    ),
];

#[tokio::test]
async fn a_reader_is_told_in_a_sentence_why_there_is_no_board() -> Result<()> {
    const BODY: &str = "<script type=module src=kmeans-board.js></script><kmeans-board seed=1><p>Five clusters.</p></kmeans-board>";
    for (head, wasm, words, code) in WITHOUT_WASM {
        let page = Page::unopened(BODY).await?;
        let file = |name| page.folder.path().join(name);
        if !wasm.is_empty() {
            std::fs::write(file("pkg/kmeans_board_bg.wasm"), wasm)?;
        }
        let html = std::fs::read_to_string(file("bare.html"))?;
        std::fs::write(file("bare.html"), html.replace("<title>", &format!("{head}<title>")))?;
        page.browser.open("/bare.html").await?;
        page.until("board.shadowRoot?.querySelector('#place > p')").await?;
        let told = page
            .run(
                "const board = document.querySelector('kmeans-board');
                return [board.shadowRoot.querySelector('#place > p').textContent, board.querySelector('p').checkVisibility(),
                    await board.ready.then(() => 'ready', ({ code }) => code)];",
            )
            .await?;
        let sentence = told[0].as_str().context("no sentence")?;
        assert!(sentence.starts_with(words) && sentence.ends_with('.'), "{sentence}");
        assert!(!sentence.contains('\n') && !sentence.ends_with(".."), "{sentence}");
        assert_eq!([&told[1], &told[2]], [&json!(true), &json!(code)], "{sentence}");
    }
    Ok(())
}

#[tokio::test]
async fn without_wasm_the_children_are_seen_with_a_sentence_and_an_error() -> Result<()> {
    let page =
        Page::unopened("<kmeans-board controls style='width: 300px'><p>Five clusters.</p></kmeans-board>")
            .await?;
    page.browser.cdp("Network.enable", json!({})).await?;
    page.browser.cdp("Network.setBlockedURLs", json!({ "urls": ["*.wasm"] })).await?;
    page.browser.open("/bare.html").await?;
    let seen = page
        .run(
            "const board = document.querySelector('kmeans-board'), child = board.querySelector('p');
            const before = child.checkVisibility(), errors = [];
            document.addEventListener('error', ({ detail }) => errors.push(typeof detail.message));
            await define();
            const refused = await board.ready.then(() => false, () => true);
            const sentence = board.shadowRoot.querySelector('#place > p');
            const met = document.elementFromPoint(...[child].flatMap((each) => { const { left, top } = each.getBoundingClientRect(); return [left + 5, top + 5]; }));
            board.step(); board.run(); board.play(); board.back(); board.reset(); board.pause();
            return [before, errors, refused, child.checkVisibility(), met === child, sentence.checkVisibility(), sentence.textContent];",
        )
        .await?;
    let sentence = seen[6].as_str().context("no sentence")?.to_owned();
    assert_eq!(seen, json!([true, ["string"], true, true, true, true, sentence]));
    assert!(sentence.starts_with(NOT_LOADED) && sentence.ends_with('.'), "{sentence}");
    // Once it can be had, the next start brings the board, and a promise that knows it.
    page.browser.cdp("Network.setBlockedURLs", json!({ "urls": [] })).await?;
    let mended = page
        .run(
            "const board = document.querySelector('kmeans-board');
            board.k = 3;
            await rest(0);
            await board.ready;
            return [board.kmeans.k, board.querySelector('p').checkVisibility(), board.shadowRoot.querySelector('#place > p')];",
        )
        .await?;
    assert_eq!(mended, json!([3, false, null]));
    Ok(())
}

#[tokio::test]
async fn what_is_printed_is_at_rest_in_light_and_not_left_out() -> Result<()> {
    let page = Page::new().await?;
    page.browser.emulate(&[Media::Dark]).await?;
    page.run(
        "put('<kmeans-board controls speed=1 seed=1 style=\"margin-bottom: 3000px\"></kmeans-board><kmeans-board seed=2></kmeans-board>');
        await define();
        const boards = [...document.querySelectorAll('kmeans-board')];
        await boards[0].ready;
        globalThis.printed = [];
        const colour = (board) => getComputedStyle(part(board, 'canvas')).backgroundColor;
        const note = (type) => printed.push([type, boards.map((board) => Boolean(board.kmeans)), colour(boards[0])]);
        addEventListener('beforeprint', () => {
            if (printed.length < 2) note('before');
            globalThis.picture = part(boards[0], 'canvas').toDataURL();
        });
        addEventListener('afterprint', () => { globalThis.isPrinted = () => colour(boards[0]) !== 'rgb(255, 255, 255)'; });
        note('first');
        boards[0].run();",
    )
    .await?;
    let pdf = page.browser.cdp("Page.printToPDF", json!({ "printBackground": false })).await?;
    assert!(pdf["data"].as_str().is_some_and(|data| data.len() > 1000));
    page.browser.wait_until("globalThis.isPrinted?.()", PATIENCE).await?;
    let printed = page.browser.eval("printed").await?;
    let (light, dark) = ("rgb(255, 255, 255)", "rgb(16, 18, 22)");
    let expected = json!([["first", [true, false], dark], ["before", [true, true], light]]);
    assert_eq!(printed, expected);
    // Long after the last motion, what would be printed is the same.
    let same = "await rest(500);
        const first = picture;
        dispatchEvent(new Event('beforeprint'));
        dispatchEvent(new Event('afterprint'));
        return picture === first;";
    assert_eq!(page.run(same).await?, true);
    let exact =
        "return getComputedStyle(part(document.querySelector('kmeans-board'), 'canvas')).printColorAdjust";
    assert_eq!(page.run(exact).await?, "exact");
    Ok(())
}

#[tokio::test]
async fn style_goes_in_by_custom_properties_and_parts_alone() -> Result<()> {
    let page = Page::new().await?;
    let seen = page
        .run(
            "const style = document.head.appendChild(document.createElement('style'));
            style.textContent = `* { color: rgb(1, 2, 3); direction: rtl; text-transform: uppercase; } button, canvas, p, input { border: 9px solid red !important; width: 3px !important; }
                kmeans-board { width: 420px; --accent: rgb(7, 7, 7); --kmeans-board-background: rgb(250, 240, 230); --kmeans-board-ink: rgb(20, 20, 20);
                    --kmeans-board-line: rgb(9, 9, 9); --kmeans-board-radius: 2px; --kmeans-board-accent: rgb(200, 0, 0); }
                kmeans-board::part(button) { border-radius: 20px; } kmeans-board::part(status) { letter-spacing: 1px; }
                kmeans-board::part(canvas) { outline: 3px solid blue; } kmeans-board::part(controls) { opacity: 0.9; }`;
            const board = put('<kmeans-board controls><i>fallback</i></kmeans-board><i>outside</i>');
            await define();
            await board.ready;
            while (!board.shadowRoot.querySelector('#play')) await frame();
            const of = (element, name) => getComputedStyle(element)[name];
            const canvas = part(board, 'canvas'), play = board.shadowRoot.querySelector('#play');
            const seen = [of(board, 'display'), of(canvas, 'backgroundColor'), of(canvas, 'color'), of(canvas, 'borderTopColor'), of(canvas, 'borderTopLeftRadius'),
                of(play, 'color'), of(play, 'borderTopWidth'), of(play, 'borderRadius'), of(part(board, 'status'), 'letterSpacing'), of(canvas, 'outlineWidth'),
                of(part(board, 'controls'), 'opacity'), canvas.offsetWidth];
            const inside = board.querySelector('i'), outside = document.body.lastChild;
            const differing = Object.keys(Object.fromEntries([...getComputedStyle(outside)].map((name) => [name, 1]))).filter((name) =>
                name.startsWith('--') && getComputedStyle(inside).getPropertyValue(name) !== getComputedStyle(board).getPropertyValue(name));
            seen.push(of(part(board, 'status'), 'textTransform'), of(part(board, 'timeline'), 'direction'), differing, getComputedStyle(inside).getPropertyValue('--accent'), document.adoptedStyleSheets.length);
            board.hidden = true;
            seen.push(of(board, 'display'));
            return seen;",
        )
        .await?;
    let expected = json!([
        "block",
        "rgb(250, 240, 230)",
        "rgb(20, 20, 20)",
        "rgb(9, 9, 9)",
        "2px",
        "rgb(200, 0, 0)",
        "0px",
        "20px",
        "1px",
        "3px",
        "0.9",
        420,
        "none",
        "ltr",
        [],
        "rgb(7, 7, 7)",
        0,
        "none"
    ]);
    assert_eq!(seen, expected);
    Ok(())
}

#[tokio::test]
async fn who_wants_no_motion_sees_none_until_asking() -> Result<()> {
    let page = Page::new().await?;
    page.browser.emulate(&[Media::ReducedMotion]).await?;
    page.controlled(&LONG.replace("controls", "controls autoplay loop speed=20")).await?;
    let still = page
        .run(
            "const board = document.querySelector('kmeans-board'), canvas = part(board, 'canvas');
            const first = canvas.toDataURL();
            await rest(600);
            return [board.playing, board.kmeans.iteration, canvas.toDataURL() === first];",
        )
        .await?;
    assert_eq!(still, json!([false, 0, true]));
    page.click("#play").await?;
    page.until("board.kmeans.iteration > 0").await
}

#[tokio::test]
async fn asked_to_play_before_it_is_there_it_plays_when_it_is() -> Result<()> {
    let page = Page::new().await?;
    let played = page
        .run(
            "await define();
            const [first, second] = [put('<kmeans-board style=\"width: 90px\"></kmeans-board>'.repeat(2)), document.body.lastChild];
            first.play();
            second.play();
            second.pause();
            await Promise.all([first.ready, second.ready]);
            return [first.playing, second.playing];",
        )
        .await?;
    assert_eq!(played, json!([true, false]));
    Ok(())
}

#[tokio::test]
async fn a_board_that_takes_a_while_shows_how_far_it_is() -> Result<()> {
    let page = Page::new().await?;
    let seen = page
        .run(
            "const values = [], names = [], { now } = Performance.prototype;
            performance.now = () => 50 * now.call(performance); // so that it takes long
            const board = put('<kmeans-board n=\"1000000\" k=\"9\" seed=\"1\"></kmeans-board>');
            await define();
            const look = () => {
                const bar = part(board, 'progress');
                if (bar) { values.push(bar.value); names.push(bar.ariaLabel); }
                if (!board.kmeans) setTimeout(look);
            };
            look();
            await board.ready;
            await rest(50);
            return [values.length > 0, values.every((value, i) => value >= (values[i - 1] ?? 0) && value <= 1),
                new Set(names).size === 1 && names[0].length > 0, part(board, 'progress') === null];",
        )
        .await?;
    assert_eq!(seen, json!([true, true, true, true]));
    Ok(())
}

#[tokio::test]
async fn what_is_asked_for_last_is_what_comes_and_nothing_is_said_of_the_rest() -> Result<()> {
    let page = Page::new().await?;
    let seen = page
        .run(
            "const board = put('<kmeans-board n=\"1000000\" k=\"9\" seed=\"1\"></kmeans-board>');
            await define();
            const errors = [];
            addEventListener('error', (event) => errors.push(event.message), true);
            addEventListener('unhandledrejection', (event) => errors.push(String(event.reason)));
            await board.ready;
            const starts = [1, 2, 3].map((seed) => board.reseed({ k: 40, seeding: 'greedy-k-means++', seed }));
            const first = await Promise.all(starts), seed = board.kmeans.seed;
            const large = board.init({ n: 1000000, k: 5, seed: 5 });
            const again = board.reseed({ k: 30, seeding: 'greedy-k-means++', seed: 6 });
            const small = board.init({ n: 50, k: 3, seed: 7 });
            const second = await Promise.all([large, again, small]);
            await rest(50);
            return [first, seed, second, board.kmeans.n, errors];",
        )
        .await?;
    assert_eq!(seen, json!([[false, false, true], 3, [false, false, true], 50, []]));
    Ok(())
}

#[tokio::test]
async fn whoever_listens_may_ask_for_more_and_the_page_goes_on() -> Result<()> {
    let page = Page::new().await?;
    page.browser.emulate(&[Media::ReducedMotion]).await?;
    let seen = page
        .run(
            "const board = put('<kmeans-board n=\"40\" k=\"2\" seed=\"1\"></kmeans-board>');
            await define();
            await board.ready;
            let ends = 0;
            board.addEventListener('converge', () => { ends += 1; board.play(); }, { once: true });
            for (let i = 0; i < 100 && !ends; i++) board.step();
            const plays = board.playing;
            board.pause();
            return [ends, plays];",
        )
        .await?;
    assert_eq!(seen, json!([1, true]));
    Ok(())
}

#[tokio::test]
async fn a_new_start_plays_on_unless_it_was_paused_meanwhile() -> Result<()> {
    let page = Page::new().await?;
    let seen = page
        .run(
            "const board = put('<kmeans-board n=\"400000\" k=\"9\" seed=\"1\" speed=\"0.1\"></kmeans-board>');
            await define();
            await board.ready;
            const plays = [];
            for (const isPaused of [false, true]) {
                board.play();
                const start = board.reseed({ k: 30, seeding: 'greedy-k-means++' });
                if (isPaused) board.pause();
                plays.push(await start, board.playing);
            }
            return plays;",
        )
        .await?;
    assert_eq!(seen, json!([true, true, true, false]));
    Ok(())
}

/// The element and its Wasm; what a board can be taken away as comes beside them, for its picture does not need it.
#[tokio::test]
async fn a_board_weighs_at_most_50_kilobytes() -> Result<()> {
    let page = Page::new().await?;
    page.run("const board = put('<kmeans-board></kmeans-board>'); await define(); await board.ready;")
        .await?;
    let requested = "performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname.slice(1)).filter((name) => !['icon.svg', 'exports.js'].includes(name))";
    let requested: Vec<String> = serde_json::from_value(page.browser.eval(requested).await?)?;
    assert!(requested.iter().any(|name| Path::new(name).extension().is_some_and(|end| end == "wasm")));
    let weights = requested.iter().map(|name| {
        let file =
            std::fs::read(xtask::root().join("dist").join(name)).with_context(|| format!("no {name}"))?;
        Ok((xtask::build::gzipped_size(&file)?, name))
    });
    let weights = weights.collect::<Result<Vec<_>>>()?;
    let total: usize = weights.iter().map(|(weight, _)| weight).sum();
    assert!(total <= WEIGHT_LIMIT, "{total} bytes: {weights:#?}");
    Ok(())
}
