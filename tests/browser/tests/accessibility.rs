//! axe-core over every page, as desktops, phones, the dark and forced colours show it, with all that opens open.

use anyhow::{Context, Result, ensure};
use browser_tests::{Browser, Device, Media};
use serde_json::json;
use xtask::node;
use xtask::test::is_ci;

/// What is done with a page after it has loaded, so that all that it can show is there; `rest` waits milliseconds.
struct Page {
    address: &'static str,
    ready: &'static str,
}

const PLAYGROUND: Page = Page {
    address: "/#board=peaked&n=300&clusters=5&k=5&seed=11",
    ready: "const board = document.querySelector('#board');
        while (!board.kmeans || !document.querySelector('#chart svg')) await rest(20);
        for (const details of document.querySelectorAll('details')) details.open = true;
        board.pause();",
};

const GUIDE: Page = Page {
    address: "/embed-guide.html",
    ready: "for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight / 2) {
            scrollTo(0, y);
            await rest(60);
        }
        const boards = () => [...document.querySelectorAll('iframe')].flatMap(({ contentDocument }) =>
            [...contentDocument.querySelectorAll('kmeans-board')]);
        for (const frame of document.querySelectorAll('iframe')) {
            frame.scrollIntoView();
            const { contentDocument } = frame;
            while (![...contentDocument.querySelectorAll('kmeans-board')].every(({ kmeans }) => kmeans)) await rest(20);
        }",
};

const TUTORIAL: Page = Page {
    address: "/tutorial.html",
    ready: "for (const details of document.querySelectorAll('details')) details.open = true;
        for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight / 2) {
            scrollTo(0, y);
            await rest(60);
        }
        for (const form of document.querySelectorAll('form.question')) {
            form.querySelector('input[type=number]')?.setAttribute('value', 9);
            const radio = form.querySelector('input[type=radio]');
            if (radio) radio.checked = true;
            form.requestSubmit();
        }
        while (!document.querySelector('[data-pane=k] .primary')) await rest(20);
        document.querySelector('.sums').closest('figure').querySelector('.handle').click();
        for (const name of ['starts', 'k']) document.querySelector(`[data-pane=${name}] .primary`).click();
        while (!document.querySelector('[data-pane=starts] .optima button')) await rest(20);
        document.querySelector('math [data-symbol]').focus();
        await rest(3000);",
};

const IFRAME: Page = Page {
    address: "/embed.html?board=peaked&n=300&clusters=5&k=5&seed=11",
    ready: "while (!document.querySelector('kmeans-board')?.shadowRoot.querySelector('#play')) await rest(20);",
};

const ONE_FILE: Page = Page { address: "/kmeans-board.html", ready: PLAYGROUND.ready };

/// The violations in what is open now, as lines that say the rule, the element and what is wrong with it.
async fn violations(browser: &Browser, axe: &str) -> Result<Vec<String>> {
    let frames = "const frames = [...document.querySelectorAll('iframe')].filter(({ contentDocument }) => contentDocument);";
    browser.run(&format!("const source = {}; (0, eval)(source);\n{frames}\nfor (const {{ contentWindow }} of frames) contentWindow.eval(source);", json!(axe))).await?;
    let found = browser
        .run(
            "const { violations, passes } = await axe.run(document, { resultTypes: ['violations'] });
            if (passes.length < 10) throw new Error(`only ${passes.length} rules were applied`);
            return violations.flatMap(({ id, nodes }) =>
                nodes.map(({ target, failureSummary }) => `${id}: ${target.flat().join(' ')}: ${failureSummary}`));",
        )
        .await?;
    serde_json::from_value(found).context("not a list of lines")
}

/// Opens a page, brings it to where all of it is there and, perhaps, further.
async fn open(browser: &Browser, page: &Page, then: &str) -> Result<()> {
    browser.open("/board.svg").await?;
    browser.open(page.address).await?;
    let rest = "const rest = (ms) => new Promise((done) => setTimeout(done, ms));";
    browser.run(&format!("{rest}\n{}\n{then}\nawait rest(300);", page.ready)).await?;
    Ok(())
}

/// Looks at a page, with `then` done to it, on every device and in every way that colours are asked for.
async fn has_no_violation(page: &Page, then: &str) -> Result<()> {
    let modules = match node::ensure(&node::AXE) {
        Err(missing) if !is_ci() => {
            eprintln!("SKIPPED: axe-core. {missing:#}");
            return Ok(());
        }
        modules => modules?,
    };
    let axe = std::fs::read_to_string(modules.join("axe-core/axe.min.js"))?;
    let mut browser = Browser::start().await?;
    let mut found = Vec::new();
    for device in [Device::DESKTOP, Device::PHONE] {
        browser.become_device(device).await?;
        for media in [&[][..], &[Media::Dark], &[Media::ForcedColors]] {
            browser.emulate(media).await?;
            open(&browser, page, then).await?;
            let seen = violations(&browser, &axe).await?;
            found.extend(seen.into_iter().map(|line| format!("{} {media:?}: {line}", device.width)));
        }
    }
    ensure!(found.is_empty(), "{}", found.join("\n\n"));
    Ok(())
}

#[tokio::test]
async fn the_playground_has_no_violation() -> Result<()> {
    has_no_violation(&PLAYGROUND, "").await
}

#[tokio::test]
async fn the_embed_dialog_has_no_violation() -> Result<()> {
    has_no_violation(&PLAYGROUND, "document.querySelector('#embed').click(); while (!document.querySelector('dialog iframe')) await rest(20);").await
}

#[tokio::test]
async fn the_save_dialog_has_no_violation() -> Result<()> {
    has_no_violation(
        &PLAYGROUND,
        "document.querySelector('#save').click(); while (!document.querySelector('dialog')) await rest(20);",
    )
    .await
}

/// Brings a table on the way that a paste goes.
const PASTED: &str = "const clipboardData = new DataTransfer();
    clipboardData.setData('text', 'one,two,three\\n1,2,3\\n2,3,5\\n4,6,1\\n,7,9\\n,8,8');
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    while (!document.querySelector('dialog .end')) await rest(20);";

#[tokio::test]
async fn ones_own_data_have_no_violation() -> Result<()> {
    let asked = "document.querySelector('#open').click(); while (!document.querySelector('dialog .own .row button')) await rest(20);";
    has_no_violation(&PLAYGROUND, asked).await?;
    let wrong = PASTED
        .replace("1,2,3", "a,b,c")
        .replace("2,3,5", "a,b,c")
        .replace("4,6,1", "")
        .replace(",7,9", "")
        .replace(",8,8", "")
        .replace("dialog .end", "dialog .wrong");
    has_no_violation(&PLAYGROUND, &wrong).await?;
    let details = "for (const details of document.querySelectorAll('details')) details.open = true;";
    has_no_violation(&PLAYGROUND, &format!("{PASTED}{details}")).await?;
    let shown = "document.querySelector('dialog .end .primary').click(); while (document.querySelector('dialog') || !document.querySelector('.scales text')) await rest(20);";
    has_no_violation(&PLAYGROUND, &format!("{PASTED}{shown}")).await?;
    let picture = "document.querySelector('#open').click();
        const sample = () => [...document.querySelectorAll('dialog button')].find(({ textContent }) => textContent.startsWith('Cells'));
        while (!sample()) await rest(20);
        sample().click();
        while (!document.querySelector('dialog .end')) await rest(20);";
    has_no_violation(&PLAYGROUND, picture).await
}

#[tokio::test]
async fn the_lab_has_no_violation() -> Result<()> {
    has_no_violation(
        &PLAYGROUND,
        "document.querySelector('#panes input[value=starts]').click();
        const start = () => document.querySelector('#lab .pane:not([hidden]) .primary');
        while (!start()) await rest(20);
        start().click();
        while (!document.querySelector('#lab .optima button')) await rest(20);
        for (const details of document.querySelectorAll('details')) details.open = true;",
    )
    .await
}

#[tokio::test]
async fn which_k_has_no_violation() -> Result<()> {
    has_no_violation(
        &PLAYGROUND,
        "document.querySelector('#panes input[value=k]').click();
        const start = () => document.querySelector('#lab .pane:not([hidden]) .primary');
        while (!start()) await rest(20);
        document.querySelector('#plan-references').value = 5;
        start().click();
        while (!document.querySelector('#lab .verdict').textContent) await rest(20);
        for (const details of document.querySelectorAll('details')) details.open = true;
        document.querySelector('#lab .ks [data-k=\"3\"]').click();
        while (document.querySelectorAll('#lab .references canvas').length < 3) await rest(20);",
    )
    .await
}

#[tokio::test]
async fn the_guide_has_no_violation() -> Result<()> {
    has_no_violation(&GUIDE, "").await
}

#[tokio::test]
async fn the_tutorial_has_no_violation() -> Result<()> {
    has_no_violation(&TUTORIAL, "").await
}

#[tokio::test]
async fn the_iframes_page_has_no_violation() -> Result<()> {
    has_no_violation(&IFRAME, "").await
}

#[tokio::test]
async fn the_one_file_has_no_violation() -> Result<()> {
    has_no_violation(&ONE_FILE, "").await
}

#[tokio::test]
async fn a_violation_would_be_found() -> Result<()> {
    let failed = has_no_violation(&IFRAME, "document.querySelector('kmeans-board').shadowRoot.querySelector('#play').removeAttribute('aria-label'); document.body.append(document.createElement('img'));").await;
    let found = failed.map_or_else(|error| format!("{error:#}"), |()| String::new());
    assert!(is_skipped() || found.contains("image-alt"), "{found}");
    Ok(())
}

/// Whether this machine has no Node.
fn is_skipped() -> bool {
    !is_ci() && node::ensure(&node::AXE).is_err()
}

#[test]
fn every_page_is_looked_at() -> Result<()> {
    let mut pages = Vec::new();
    for file in std::fs::read_dir(xtask::root().join("dist"))? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "html") {
            pages.extend(path.file_name().map(std::ffi::OsStr::to_owned));
        }
    }
    pages.sort();
    assert_eq!(pages, ["embed-guide.html", "embed.html", "index.html", "kmeans-board.html", "tutorial.html"]);
    Ok(())
}
