//! The playground as the tests see it: ready to be used, its state, its pixels, its controls.

use anyhow::{Context, Result};
use browser_tests::{Browser, Device, Key, Media, PATIENCE};
use kmeans_board::paint::LIGHT;
use serde_json::{Value, json};

/// The figure on the board, and its canvas.
const NAMES: &str = "const board = document.querySelector('#board'), { kmeans } = board,
    canvas = board.shadowRoot.querySelector('canvas')";

/// What there is of each kind on the board's canvas, in pixels.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pixels {
    /// Of the colour of points that belong to no cluster yet.
    pub(crate) grey: u64,
    /// Of a cluster's colour.
    pub(crate) coloured: u64,
    /// Where nothing was painted.
    pub(crate) bare: u64,
    /// All of them.
    pub(crate) all: u64,
    /// Equal for equal pictures.
    pub(crate) digest: String,
}

/// Opens the playground for a reader who wants no motion, so that each control has all its effect at once.
pub(crate) async fn still(address: &str) -> Result<Browser> {
    still_on(Device::DESKTOP, address).await
}

/// The same on any device.
pub(crate) async fn still_on(device: Device, address: &str) -> Result<Browser> {
    let mut browser = Browser::start().await?;
    browser.become_device(device).await?;
    browser.emulate(&[Media::ReducedMotion]).await?;
    visit(&browser, address).await?;
    Ok(browser)
}

/// Opens the playground for a reader who likes motion.
pub(crate) async fn moving(address: &str) -> Result<Browser> {
    let browser = Browser::start().await?;
    visit(&browser, address).await?;
    Ok(browser)
}

/// Opens an address of the playground as a new load, also if only its fragment is another.
pub(crate) async fn visit(browser: &Browser, address: &str) -> Result<()> {
    browser.open("about:blank").await?;
    browser.open(address).await?;
    built(browser).await
}

/// Waits until there is a board, a sentence and all the figures.
pub(crate) async fn built(browser: &Browser) -> Result<()> {
    let condition = "document.querySelector('#board')?.kmeans
        && document.querySelector('#sentence').textContent.trim()
        && document.querySelectorAll('#figures a').length === 5";
    browser.wait_until(condition, PATIENCE).await
}

/// An expression about the board: `board`, `kmeans` and `canvas` are known in it.
pub(crate) async fn ask(browser: &Browser, expression: &str) -> Result<Value> {
    browser.eval(&format!("(() => {{ {NAMES}; return ({expression}) }})()")).await
}

/// Waits for an expression about the board.
pub(crate) async fn until(browser: &Browser, expression: &str) -> Result<()> {
    browser.wait_until(&format!("(() => {{ {NAMES}; return ({expression}) }})()"), PATIENCE).await
}

/// Everything that an address has to bring back, the coordinates as bits.
pub(crate) async fn state(browser: &Browser) -> Result<Value> {
    let bits = "const bits = (floats) => new BigUint64Array(floats.buffer).join()";
    let all =
        "{ points: bits(kmeans.points), centroids: bits(kmeans.centroids), labels: kmeans.labels.join(),
        iteration: kmeans.iteration, phase: kmeans.phase, seed: kmeans.seed, options: kmeans.options,
        history: kmeans.history.slice(0, kmeans.iteration) }";
    ask(browser, &format!("(() => {{ {bits}; return {all} }})()")).await
}

pub(crate) async fn iteration(browser: &Browser) -> Result<u64> {
    ask(browser, "kmeans.iteration").await?.as_u64().context("no iteration")
}

/// An option of the clustering on the board.
pub(crate) async fn option(browser: &Browser, name: &str) -> Result<Value> {
    ask(browser, &format!("kmeans.options[{}] ?? null", json!(name))).await
}

pub(crate) async fn text(browser: &Browser, selector: &str) -> Result<String> {
    let text = browser.eval(&format!("document.querySelector({}).textContent", json!(selector))).await?;
    Ok(text.as_str().context("no text")?.to_owned())
}

/// What is complained about; nothing while the complaint is hidden.
pub(crate) async fn problem(browser: &Browser) -> Result<String> {
    let said = browser.eval("document.querySelector('#problem').checkVisibility()").await?;
    if said == true { text(browser, "#problem").await } else { Ok(String::new()) }
}

/// Looks at the board's canvas; the palette is the core's.
pub(crate) async fn pixels(browser: &Browser) -> Result<Pixels> {
    let palette: Vec<[u8; 3]> = LIGHT.iter().map(|colour| [colour.0, colour.1, colour.2]).collect();
    let script = format!(
        "(async () => {{
            {NAMES};
            // What an attribute asks for is painted with the next frame.
            for (let i = 0; i < 2; i += 1) await new Promise(requestAnimationFrame);
            // A copy, because the browser complains about reading a canvas that it keeps elsewhere.
            const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', {{ willReadFrequently: true }});
            copy.drawImage(canvas, 0, 0);
            const {{ data }} = copy.getImageData(0, 0, canvas.width, canvas.height);
            const near = (i, [r, g, b]) => Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 12;
            const palette = {palette};
            const seen = {{ grey: 0, coloured: 0, bare: 0, all: data.length / 4 }};
            for (let i = 0; i < data.length; i += 4) {{
                if (data[i + 3] === 0) seen.bare += 1;
                else if (data[i + 3] < 200) continue;
                else if (near(i, [0x83, 0x88, 0x92])) seen.grey += 1;
                else if (palette.some((colour) => near(i, colour))) seen.coloured += 1;
            }}
            const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data)).join();
            return {{ ...seen, digest }};
        }})()",
        palette = json!(palette)
    );
    let seen = browser.eval(&script).await?;
    let count = |kind: &str| seen[kind].as_u64().with_context(|| format!("no {kind} pixels"));
    let digest = seen["digest"].as_str().context("no digest")?.to_owned();
    Ok(Pixels {
        grey: count("grey")?,
        coloured: count("coloured")?,
        bare: count("bare")?,
        all: count("all")?,
        digest,
    })
}

/// Types a number in place of the one in a field, and leaves the field.
pub(crate) async fn enter(browser: &Browser, field: &str, typed: &str) -> Result<()> {
    browser.eval(&format!("document.querySelector({}).select()", json!(field))).await?;
    browser.press(Key::Delete).await?;
    browser.type_text(typed).await?;
    browser.press(Key::Tab).await
}

/// The value that a field shows.
pub(crate) async fn value(browser: &Browser, field: &str) -> Result<String> {
    let value = browser.eval(&format!("document.querySelector({}).value", json!(field))).await?;
    Ok(value.as_str().context("no value")?.to_owned())
}

/// Gives the focus to an element, and presses a key.
pub(crate) async fn press_on(browser: &Browser, selector: &str, key: Key) -> Result<()> {
    browser.eval(&format!("document.querySelector({}).focus()", json!(selector))).await?;
    browser.press(key).await
}

/// Waits until the address says what the board shows, and returns it from the path on.
pub(crate) async fn written_address(browser: &Browser) -> Result<String> {
    let written = "((asked) => Number(asked.get('i') ?? NaN) === kmeans.iteration + (kmeans.phase === 'update' ? 0.5 : 0)
        && (asked.get('cells') !== '0') === board.voronoi && (asked.get('trails') !== '0') === board.trails)
        (new URLSearchParams(location.hash.slice(1)))";
    until(browser, written).await?;
    let address = browser.eval("location.pathname + location.hash").await?;
    Ok(address.as_str().context("no address")?.to_owned())
}
