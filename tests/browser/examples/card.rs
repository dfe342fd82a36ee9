//! Draws the picture that other sites show with a link to this one, into `www/card.png`.
//!
//! `cargo run -p browser-tests --example card`, after `cargo xtask build`

use anyhow::Result;
use browser_tests::{Browser, Device, Extent};

const CARD: Device = Device { width: 1200, height: 630, ..Device::DESKTOP };

/// The first board of the tutorial at its end, beside the name of the site.
const DRAW: &str = r#"
    const { KMeansBoard } = await import("/kmeans-board.js");
    document.documentElement.innerHTML = `<head><style>
        body { display: grid; grid-template-columns: 630px 1fr; align-items: center; margin: 0; height: 630px; background: #fcfbf8; color: #1d1f24; font: 36px/1.35 ui-serif, Charter, Georgia, serif; }
        kmeans-board { width: 630px; --kmeans-board-radius: 0; --kmeans-board-line: transparent; }
        div { padding: 0 56px; }
        b { display: block; margin-bottom: 24px; font-size: 56px; line-height: 1.1; }
        span { color: #5d626d; }
    </style></head><body>
        <kmeans-board board="cells" n="600" clusters="12" k="12" seeding="k-means++" seed="60" voronoi trails></kmeans-board>
        <div><b>k-means board</b><span>Watch k-means find groups, and see why it sometimes does not.</span></div></body>`;
    const board = document.querySelector("kmeans-board");
    await board.ready;
    board.run();
    await new Promise((seen) => setTimeout(seen, 1000));"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut browser = Browser::start_bare().await?;
    browser.become_device(CARD).await?;
    browser.open("/embed-guide.html").await?; // which defines no element itself
    browser.run(DRAW).await?;
    browser.screenshot(Extent::Viewport, &xtask::root().join("www/card.png")).await
}
