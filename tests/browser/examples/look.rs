//! Takes pictures of the page as different readers see it.
//!
//! `cargo run -p browser-tests --example look -- OUTDIR [PATH#FRAGMENT] [WAIT_MS] [viewport|page]`

#![allow(clippy::print_stdout, reason = "a command-line tool speaks through stdout")]

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use browser_tests::{Browser, Device, Extent, Media};

/// Each picture's name, the device, and what its reader prefers.
const LOOKS: [(&str, Device, &[Media]); 5] = [
    ("desktop-light", Device::DESKTOP, &[]),
    ("desktop-dark", Device::DESKTOP, &[Media::Dark]),
    ("desktop-forced-colors", Device::DESKTOP, &[Media::ForcedColors]),
    ("phone-light", Device::PHONE, &[]),
    ("phone-dark", Device::PHONE, &[Media::Dark]),
];

/// How long the page may move before its picture is taken, if the command line does not say.
const WAIT_MS: u64 = 1000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument = |index: usize| arguments.get(index).map(String::as_str);
    let folder = Path::new(argument(0).context("name a folder for the pictures")?);
    let path = argument(1).unwrap_or("/");
    let wait =
        argument(2).map_or(Ok(WAIT_MS), str::parse).context("the wait is not a number of milliseconds")?;
    let extent = extent_named(argument(3).unwrap_or("viewport"))?;

    std::fs::create_dir_all(folder)?;
    let mut browser = Browser::start().await?;
    for (name, device, preferences) in LOOKS {
        browser.become_device(device).await?;
        browser.emulate(preferences).await?;
        browser.open("about:blank").await?;
        browser.open(path).await?;
        tokio::time::sleep(Duration::from_millis(wait)).await;
        let file = folder.join(name).with_extension("png");
        browser.screenshot(extent, &file).await?;
        println!("{}", file.display());
        for message in browser.console().await? {
            println!("  {}: {}", message.level, message.text);
        }
    }
    Ok(())
}

fn extent_named(name: &str) -> Result<Extent> {
    Ok(match name {
        "viewport" => Extent::Viewport,
        "page" => Extent::Page,
        _ => bail!("`{name}` is neither viewport nor page"),
    })
}
