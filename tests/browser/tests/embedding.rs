//! The ways to embed: the playground in one file, a board in an iframe that may do nothing but run scripts, oEmbed.
//!
//! These depend on the browser as nothing else here does, so they run in all of them.

use std::time::Duration;

use anyhow::{Context, Result};
use browser_tests::{Browser, Device, Media, PATIENCE, serve};
use kmeans_board::paint::LIGHT;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;
use xtask::browser::{Engine, find};
use xtask::test::is_ci;

/// What the pages here may use: the board, and what of its canvas has a cluster's colour.
fn names() -> String {
    let palette: Vec<[u8; 3]> = LIGHT.iter().map(|colour| [colour.0, colour.1, colour.2]).collect();
    format!(
        "const board = document.querySelector('kmeans-board'), kmeans = board?.kmeans,
            canvas = board?.shadowRoot?.querySelector('canvas');
        const coloured = () => {{
            const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', {{ willReadFrequently: true }});
            copy.drawImage(canvas, 0, 0);
            const {{ data }} = copy.getImageData(0, 0, canvas.width, canvas.height);
            const near = (i, [r, g, b]) => Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 12;
            let count = 0;
            for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 200 && {}.some((colour) => near(i, colour))) count += 1;
            return count;
        }};",
        json!(palette)
    )
}

/// The value of an expression about the board.
async fn ask(browser: &Browser, expression: &str) -> Result<Value> {
    browser.run(&format!("{}\nreturn ({expression});", names())).await
}

/// Waits for an expression about the board.
async fn until(browser: &Browser, expression: &str) -> Result<()> {
    browser.wait_until(&format!("(() => {{ {}\nreturn ({expression}) }})()", names()), PATIENCE).await
}

/// The browser, if this machine has it; without it a test fails in CI, and elsewhere says what it skips.
async fn browser_of(engine: Engine) -> Result<Option<Browser>> {
    match find(engine) {
        Err(missing) if !is_ci() => {
            eprintln!("SKIPPED: the site in {}. {missing:#}", engine.name());
            Ok(None)
        }
        _ => Browser::start_in(engine).await.map(Some),
    }
}

// --- one file ---

/// Lets nothing be fetched, and notes whatever tries, fails or complains.
const WITNESS: &str = r#"<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' data: 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src data:">
<script>
var heard = [];
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => heard.push(`${violatedDirective}: ${blockedURI}`));
addEventListener("error", ({ message, target }) => heard.push(String(message ?? target.outerHTML)), true);
addEventListener("unhandledrejection", ({ reason }) => heard.push(String(reason)));
for (const level of ["warn", "error"]) console[level] = (...words) => heard.push(words.join(" "));
</script>"#;

/// The one file alone in a folder, as it is and with a witness in it; and their addresses on this disk.
fn one_file_alone() -> Result<(TempDir, Url, Url)> {
    let folder = tempfile::tempdir()?;
    // As a reader's disk may have it.
    let inner = folder.path().join("Größe & 100% #1");
    std::fs::create_dir(&inner)?;
    let text = std::fs::read_to_string(xtask::root().join("dist/kmeans-board.html"))?;
    let watched = text.replacen("<head>", &format!("<head>{WITNESS}"), 1);
    let write = |name: &str, text: &str| -> Result<Url> {
        let file = inner.join(name);
        std::fs::write(&file, text)?;
        Url::from_file_path(&file).ok().with_context(|| format!("{} is no path", file.display()))
    };
    let (as_it_is, watched) = (write("kmeans-board.html", &text)?, write("watched.html", &watched)?);
    Ok((folder, as_it_is, watched))
}

/// Opens an address as a new load, and waits until there is a board and all around it.
async fn visit(browser: &Browser, address: &str) -> Result<()> {
    browser.open("about:blank").await?;
    browser.open(address).await?;
    built(browser).await
}

/// Waits until there is a board, and the controls around it listen.
async fn built(browser: &Browser) -> Result<()> {
    until(browser, "kmeans && document.querySelectorAll('#figures a').length === 5").await
}

async fn converges_in_colour(browser: &Browser) -> Result<()> {
    browser.click("#run").await?;
    until(browser, "kmeans.converged && !board.playing && coloured() > 1000").await
}

async fn a_large_board_converges(browser: &Browser, page: &str) -> Result<()> {
    visit(browser, &format!("{page}#board=gauss&n=5000&clusters=5&k=5&seed=1")).await?;
    assert_eq!(ask(browser, "[kmeans.n, kmeans.seed, kmeans.k]").await?, json!([5000, 1, 5]));
    converges_in_colour(browser).await
}

/// The state is in the fragment: another figure, back, and a reload.
async fn the_address_keeps_the_board(browser: &Browser) -> Result<()> {
    let seed = ask(browser, "kmeans.seed").await?;
    browser.click("#figures a:nth-of-type(3)").await?;
    until(browser, "kmeans.options.board === 'gauss' && location.hash.includes('board=gauss')").await?;
    let drawn = ask(browser, "kmeans.points.join()").await?;
    browser.reload().await?;
    built(browser).await?;
    assert_eq!(ask(browser, "kmeans.points.join()").await?, drawn);
    browser.back().await?;
    until(browser, &format!("kmeans?.options.board === 'uniform' && kmeans.seed === {seed}")).await
}

/// What is loaded only when somebody asks for it.
async fn what_comes_late_comes(browser: &Browser) -> Result<()> {
    let import = "import 'kmeans-board/exports.js'; document.body.dataset.isExporting = 'yes';";
    let late = format!(
        "{}
        const script = Object.assign(document.createElement('script'), {{ type: 'module', textContent: {} }});
        document.head.append(script);
        const types = [];
        for (const type of ['image/png', 'image/svg+xml']) types.push((await board.toBlob(type)).type);
        board.controls = true;
        const inner = board.shadowRoot;
        const watch = new MutationObserver(() => {{ document.body.dataset.hadProgress ||= inner.querySelector('progress') ? 'yes' : ''; }});
        watch.observe(inner, {{ childList: true, subtree: true }});
        const {{ now }} = Performance.prototype;
        performance.now = () => 50 * now.call(performance); // so that it takes long
        await board.init({{ board: 'uniform', n: 200000, k: 5, seed: 1 }});
        delete performance.now;
        return types;",
        names(),
        json!(import)
    );
    assert_eq!(browser.run(&late).await?, json!(["image/png", "image/svg+xml"]));
    until(browser, "board.shadowRoot.querySelector('#bar #play')").await?;
    until(browser, "document.body.dataset.hadProgress").await?;
    until(browser, "document.body.dataset.isExporting").await?;
    assert_eq!(ask(browser, "kmeans.toCSV().split('\\n').length").await?, 200_002);
    Ok(())
}

const REQUESTED: &str = "performance.getEntriesByType('resource').map(({ name }) => name.slice(0, 60)).filter((name) => !name.startsWith('data:'))";

async fn one_file_works_in(engine: Engine) -> Result<()> {
    let Some(browser) = browser_of(engine).await? else { return Ok(()) };
    let (_folder, as_it_is, watched) = one_file_alone()?;
    for page in [&as_it_is, &watched] {
        visit(&browser, page.as_str()).await?;
        converges_in_colour(&browser).await?;
        the_address_keeps_the_board(&browser).await?;
        assert_eq!(browser.eval(REQUESTED).await?, json!([]));
        what_comes_late_comes(&browser).await?;
        a_large_board_converges(&browser, page.as_str()).await?;
        assert_eq!(browser.eval(REQUESTED).await?, json!([]));
        assert_eq!(browser.eval("globalThis.heard ?? []").await?, json!([]), "{page}");
    }
    assert_eq!(browser.eval("typeof globalThis.heard").await?, "object");
    if engine == Engine::Chromium {
        assert_eq!(browser.console().await?, []);
    }
    Ok(())
}

#[tokio::test]
async fn one_file_opens_from_a_disk_in_chromium() -> Result<()> {
    one_file_works_in(Engine::Chromium).await
}

#[tokio::test]
async fn one_file_opens_from_a_disk_in_firefox() -> Result<()> {
    one_file_works_in(Engine::Firefox).await
}

#[tokio::test]
async fn one_file_opens_from_a_disk_in_webkit() -> Result<()> {
    one_file_works_in(Engine::WebKit).await
}

#[tokio::test]
async fn the_witness_hears_whatever_is_fetched() -> Result<()> {
    for engine in Engine::ALL {
        let Some(browser) = browser_of(engine).await? else { continue };
        let (_folder, _, watched) = one_file_alone()?;
        visit(&browser, watched.as_str()).await?;
        browser.eval("void (new Image().src = 'https://example.org/a.png')").await?;
        browser.wait_until("globalThis.heard.some((words) => words.includes('img-src'))", PATIENCE).await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_site_works_in_the_other_browsers() -> Result<()> {
    for engine in [Engine::Firefox, Engine::WebKit] {
        let Some(browser) = browser_of(engine).await? else { continue };
        visit(&browser, browser.site().as_str()).await?;
        converges_in_colour(&browser).await?;
        a_large_board_converges(&browser, browser.site().as_str()).await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_lab_comes_to_the_same_numbers_in_every_browser() -> Result<()> {
    let mut before: Option<Value> = None;
    for engine in Engine::ALL {
        let Some(browser) = browser_of(engine).await? else { continue };
        visit(&browser, browser.site().join("#pane=starts")?.as_str()).await?;
        browser
            .wait_until("document.querySelector('#side svg [data-run], #side svg rect')", PATIENCE)
            .await?;
        let numbers = browser
            .run(
                "const { KMeans } = await import(new URL('kmeans.js', location));
                KMeans.workers = 2;
                const km = await KMeans.init({ board: 'gauss', n: 300, clusters: 4, k: 4, seed: 12 });
                const { optima, iterations } = await km.restarts({ runs: 200 });
                const { curve, choices } = await km.chooseK({ kMax: 4, references: 6, runs: 2 });
                await km.addPoint(0.25, -0.5);
                const { inertia } = km.run();
                km.free();
                return [optima.map(({ inertia, runs, seed }) => [inertia, runs, seed]), iterations.join(), curve, choices, inertia];",
            )
            .await?;
        assert!(numbers[0][0][1].as_u64() > Some(0), "{engine:?}: {numbers}");
        assert_eq!(before.get_or_insert_with(|| numbers.clone()), &numbers, "{engine:?}");
    }
    Ok(())
}

// --- the iframe ---

/// The address that README gives the site.
const EXAMPLE: &str = "https://example.org/kmeans/";

/// The two lines for a host, as README has them, for the site at this address.
fn snippet(site: &Url) -> Result<String> {
    let readme = std::fs::read_to_string(xtask::root().join("README.md"))?;
    let section = readme.split_once("## Ways to embed").context("README does not say how to embed")?.1;
    let block = section.split_once("```html\n").context("no HTML")?.1.split_once("```").context("no end")?.0;
    assert_eq!(block.lines().count(), 2, "{block}");
    assert!(block.contains(EXAMPLE), "{block}");
    Ok(block.replace(EXAMPLE, site.as_str()))
}

/// A page with this in its body, at a port, and so an origin, of its own.
async fn host(body: &str) -> Result<(TempDir, Url)> {
    let folder = tempfile::tempdir()?;
    let page = format!(
        "<!doctype html><meta charset=utf-8><link rel=icon href=data:,><title>A host</title><body style=\"margin:8px\">{body}"
    );
    std::fs::write(folder.path().join("index.html"), page)?;
    let address = serve(folder.path()).await?;
    Ok((folder, address))
}

/// Waits until the iframe is as high as a board of its width with its controls.
async fn frame_fits(browser: &Browser) -> Result<()> {
    let fits = "(() => {
        const { clientWidth: width, clientHeight: height } = document.querySelector('iframe');
        return height === width + (width < 400 ? 92 : 48);
    })()";
    browser.wait_until(fits, PATIENCE).await
}

#[tokio::test]
async fn readmes_two_lines_show_a_board_on_another_origin() -> Result<()> {
    for engine in Engine::ALL {
        let Some(browser) = browser_of(engine).await? else { continue };
        let (_folder, address) = host(&snippet(browser.site())?).await?;
        assert_ne!(address.origin(), browser.site().origin());
        browser.open(address.as_str()).await?;
        frame_fits(&browser).await?;
        for width in ["500px", "360px", "100%"] {
            browser.eval(&format!("void (document.querySelector('iframe').style.width = '{width}')")).await?;
            frame_fits(&browser).await?;
        }
        browser.enter_frame(0).await?;
        until(&browser, "kmeans").await?;
        let seen = ask(
            &browser,
            "[origin, kmeans.options.board, kmeans.n, kmeans.k, kmeans.seed, board.voronoi, board.trails, board.controls]",
        );
        assert_eq!(seen.await?, json!(["null", "peaked", 300, 5, 11, true, true, true]), "{engine:?}");
        ask(&browser, "board.run().converged").await?;
        until(&browser, "kmeans.converged && coloured() > 1000").await?;
        // No scrollbar, no space around the board.
        let room = "[document.documentElement.scrollHeight <= innerHeight, canvas.getBoundingClientRect().x, board.getBoundingClientRect().y]";
        assert_eq!(ask(&browser, room).await?, json!([true, 0, 0]), "{engine:?}");
        assert_eq!(
            ask(&browser, "getComputedStyle(document.documentElement).backgroundColor").await?,
            "rgba(0, 0, 0, 0)"
        );
        browser.leave_frame().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_large_board_works_in_the_sandbox_of_every_browser() -> Result<()> {
    for engine in Engine::ALL {
        let Some(browser) = browser_of(engine).await? else { continue };
        let frame = format!(
            "<iframe src=\"{}embed.html?n=5000&amp;seed=1\" sandbox=\"allow-scripts\">",
            browser.site()
        );
        let (_folder, address) = host(&frame).await?;
        browser.open(address.as_str()).await?;
        browser.enter_frame(0).await?;
        until(&browser, "kmeans?.n === 5000").await?;
        assert_eq!(ask(&browser, "board.run().converged").await?, true);
    }
    Ok(())
}

#[tokio::test]
async fn the_development_server_lets_a_sandbox_have_its_modules() -> Result<()> {
    let browser = Browser::start().await?;
    let site = serve(&xtask::root().join("www")).await?;
    let (_folder, address) = host(&snippet(&site)?).await?;
    browser.open(address.as_str()).await?;
    frame_fits(&browser).await?;
    browser.enter_frame(0).await?;
    until(&browser, "kmeans?.seed === 11").await?;
    assert_eq!(browser.console().await?, []);
    Ok(())
}

#[tokio::test]
async fn the_board_obeys_nothing_but_its_query() -> Result<()> {
    let browser = Browser::start().await?;
    let (_folder, address) = host(&snippet(browser.site())?).await?;
    browser.open(address.as_str()).await?;
    frame_fits(&browser).await?;
    let state = "[location.href, board.outerHTML, kmeans.options, kmeans.iteration, board.playing]";
    browser.enter_frame(0).await?;
    until(&browser, "kmeans").await?;
    let before = ask(&browser, state).await?;
    browser.leave_frame().await?;
    browser
        .run(
            "const frame = frames[0];
            const said = [{ k: 9 }, { type: 'kmeans-board:height', height: 9 }, { type: 'init', options: { k: 9 } }, 'run', 'k=9', null];
            for (const message of said) frame.postMessage(message, '*');
            frame.postMessage(said, '*', [new MessageChannel().port1]);
            await new Promise((done) => setTimeout(done, 500));",
        )
        .await?;
    frame_fits(&browser).await?;
    browser.enter_frame(0).await?;
    assert_eq!(ask(&browser, state).await?, before);
    assert_eq!(browser.console().await?, []);
    Ok(())
}

#[tokio::test]
async fn readmes_listener_believes_only_heights_of_the_frame_that_sent_them() -> Result<()> {
    let browser = Browser::start().await?;
    let liar = "<iframe srcdoc=\"<script>
        const type = 'kmeans-board:height';
        for (const said of [{ type, height: '77' }, { type, height: NaN }, { type, height: Infinity }, { type }, { type: 'other', height: 77 }, null, 77, 'text'])
            parent.postMessage(said, '*');
        parent.postMessage('done', '*');
    </script>\"></iframe>";
    let body = format!(
        "<script>addEventListener('message', ({{ data }}) => {{ if (data === 'done') globalThis.isDone = true; }})</script>{}{liar}",
        snippet(browser.site())?
    );
    let (_folder, address) = host(&body).await?;
    browser.open(address.as_str()).await?;
    frame_fits(&browser).await?;
    browser.wait_until("globalThis.isDone", PATIENCE).await?;
    let heights = "[...document.querySelectorAll('iframe')].map(({ style }) => style.height)";
    let board = browser.eval("`${document.querySelector('iframe').clientWidth + 48}px`").await?;
    assert_eq!(browser.eval(heights).await?, json!([board, ""]));
    browser.eval("void document.querySelectorAll('iframe')[1].contentWindow.parent.postMessage({ type: 'kmeans-board:height', height: 5 }, '*')").await?;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(browser.eval(heights).await?, json!([board, ""]));
    assert_eq!(browser.console().await?, []);
    Ok(())
}

/// Opens the iframe's page by itself, with this query, and waits for its board.
async fn embedded(query: &str) -> Result<Browser> {
    let browser = Browser::start().await?;
    browser.emulate(&[Media::ReducedMotion]).await?;
    browser.open(&format!("/embed.html{query}")).await?;
    until(&browser, "kmeans").await?;
    Ok(browser)
}

#[tokio::test]
async fn the_query_names_the_attributes() -> Result<()> {
    let query = "?board=gauss&n=200&clusters=3&k=4&seeding=maximin&seed=54&voronoi&trails=&half-steps=1&loop=0&autoplay=false&speed=2.5&label=Gau%C3%9F+%3Cb%3E%22&theme=dark";
    let browser = embedded(query).await?;
    let attributes = "Object.fromEntries([...board.attributes].map(({ name, value }) => [name, value]))";
    let expected = json!({
        "board": "gauss", "n": "200", "clusters": "3", "k": "4", "seeding": "maximin", "seed": "54", "speed": "2.5",
        "label": "Gauß <b>\"", "voronoi": "", "trails": "", "half-steps": "", "controls": "",
    });
    assert_eq!(ask(&browser, attributes).await?, expected);
    let options = ask(&browser, "kmeans.options").await?;
    for (name, value) in [
        ("board", json!("gauss")),
        ("n", json!(200)),
        ("k", json!(4)),
        ("seeding", json!("maximin")),
        ("seed", json!(54)),
    ] {
        assert_eq!(options[name], value, "{name}");
    }
    assert_eq!(ask(&browser, "getComputedStyle(canvas).backgroundColor").await?, "rgb(16, 18, 22)");
    assert_eq!(browser.console().await?, []);
    Ok(())
}

#[tokio::test]
async fn the_controls_are_there_unless_the_query_says_otherwise() -> Result<()> {
    for (query, height) in
        [("", 48), ("?controls", 48), ("?controls=1", 48), ("?controls=0", 0), ("?controls=false", 0)]
    {
        let browser = embedded(query).await?;
        let below =
            ask(&browser, "board.getBoundingClientRect().height - canvas.getBoundingClientRect().width")
                .await?;
        assert_eq!(below.as_f64(), Some(f64::from(height)), "{query}");
    }
    Ok(())
}

#[tokio::test]
async fn nonsense_in_the_query_is_complained_about_once_and_does_nothing() -> Result<()> {
    let browser = embedded(
        "?board=nope&n=-3&clusters=1.5&k=99999&seeding=luck&seed=&speed=fast&loading=never&theme=blue&colour=red&onclick=alert(1)&style=color:red&<b>=%00&voronoi=0",
    )
    .await?;
    // Which is asked for first where something moves.
    assert_eq!(ask(&browser, "board.speed").await?, 1);
    let heard: Vec<String> = browser.console().await?.into_iter().map(|message| message.text).collect();
    for said in [
        "board=\\\"nope\\\" is none of uniform",
        "n=\\\"-3\\\" is no whole number",
        "clusters=\\\"1.5\\\" is no whole number",
        "k=\\\"99999\\\" is no whole number from 1 to 1024",
        "seeding=\\\"luck\\\" is none of random",
        "seed=\\\"\\\" is no whole number",
        "speed=\\\"fast\\\" is no number",
        "loading=\\\"never\\\" is none of lazy, eager",
        "theme=\\\"blue\\\" is none of light, dark",
        "colour=\\\"red\\\" is nothing that a board has",
        "onclick=\\\"alert(1)\\\" is nothing that a board has",
        "style=\\\"color:red\\\" is nothing that a board has",
        "\\u003Cb>=",
    ] {
        assert_eq!(heard.iter().filter(|text| text.contains(said)).count(), 1, "{said}: {heard:#?}");
    }
    assert_eq!(heard.len(), 13, "{heard:#?}");
    let options = ask(&browser, "[kmeans.options.board, kmeans.n, kmeans.k, kmeans.options.seeding]").await?;
    assert_eq!(options, json!(["uniform", 100, 7, "random"]));
    let strange =
        "['onclick', 'style', 'colour', 'voronoi', 'theme'].filter((name) => board.hasAttribute(name))";
    assert_eq!(ask(&browser, strange).await?, json!([]));
    Ok(())
}

#[tokio::test]
async fn the_theme_is_the_readers_unless_the_query_has_one() -> Result<()> {
    for (query, reader, background) in [
        ("", Media::Dark, "rgb(16, 18, 22)"),
        ("?theme=light", Media::Dark, "rgb(255, 255, 255)"),
        ("", Media::ReducedMotion, "rgb(255, 255, 255)"),
    ] {
        let browser = embedded(query).await?;
        browser.emulate(&[reader]).await?;
        until(&browser, &format!("getComputedStyle(canvas).backgroundColor === '{background}'")).await?;
    }
    Ok(())
}

#[tokio::test]
async fn without_javascript_the_iframe_says_what_it_would_show() -> Result<()> {
    let mut browser = Browser::start().await?;
    browser.become_device(Device { width: 320, ..Device::PHONE }).await?;
    browser.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await?;
    browser.open("/embed.html").await?;
    let asked = json!({ "expression": "document.body.innerText", "returnByValue": true });
    let words = browser.cdp("Runtime.evaluate", asked).await?["result"]["value"].take();
    let words = words.as_str().context("no words")?;
    assert!(words.contains("needs JavaScript") && words.contains("k-means"), "{words}");
    Ok(())
}

// --- oEmbed ---

#[tokio::test]
async fn the_first_page_leads_to_an_oembed_that_shows_a_board() -> Result<()> {
    let browser = Browser::start().await?;
    browser.open("/").await?;
    let link = "document.querySelector('link[rel=alternate][type=\"application/json+oembed\"]')";
    let found = browser.eval(&format!("{link}.getAttribute('href')")).await?;
    let oembed: Value = serde_json::from_slice(&std::fs::read(xtask::root().join("dist/oembed.json"))?)?;
    let named = oembed["provider_url"].as_str().context("no provider_url")?;
    assert_eq!(found, format!("{named}oembed.json"));
    assert!(named.starts_with("http") && named.ends_with('/'), "{named}");
    let html = oembed["html"].as_str().context("no html")?.replace(named, browser.site().as_str());
    let (_folder, address) = host(&html).await?;
    browser.open(address.as_str()).await?;
    let frame = "(() => { const { clientWidth, clientHeight } = document.querySelector('iframe'); return [clientWidth, clientHeight] })()";
    assert_eq!(browser.eval(frame).await?, json!([oembed["width"], oembed["height"]]));
    browser.enter_frame(0).await?;
    until(&browser, "kmeans && board.shadowRoot.querySelector('#play')").await?;
    let is_whole = "document.documentElement.scrollHeight === innerHeight && document.documentElement.scrollWidth === innerWidth";
    assert_eq!(browser.eval(is_whole).await?, true);
    Ok(())
}
