//! `cargo xtask bench`: ours beside its rivals in one page of headless Chromium, as a table and as JSON.

#![allow(clippy::print_stdout, reason = "a table is what one runs this for")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use browser_tests::Browser;
use kmeans_board::{Board, Lloyd, Preset, Recipe, Seeding};
use serde_json::{Value, json};
use xtask::build::copy_folder;

/// Points, centroids, iterations that are timed together, and how often that is done.
const ITERATIONS: [(usize, usize, usize, usize); 14] = [
    (1_000, 7, 12, 200),
    (10_000, 2, 20, 40),
    (10_000, 7, 20, 40),
    (10_000, 50, 20, 20),
    (100_000, 7, 18, 10),
    (100_000, 50, 18, 10),
    (100_000, 256, 18, 4),
    (1_000_000, 2, 18, 5),
    (1_000_000, 7, 18, 5),
    (1_000_000, 50, 18, 5),
    (1_000_000, 256, 6, 3),
    (1_000_000, 1_024, 3, 3),
    (4_000_000, 50, 6, 3),
    (4_000_000, 1_024, 1, 3),
];
const RUNS: [(usize, usize); 3] = [(100_000, 50), (1_000_000, 7), (1_000_000, 50)];
const FRAMES: [usize; 5] = [100, 10_000, 100_000, 1_000_000, 4_000_000];
const BESIDE_RIVALS: [&str; 6] = ["ours", "spread", "JavaScript", "ratio", "scikit-learn", "ratio"];
/// The gap statistic: points, the largest K, references.
const GAP: (usize, usize, usize) = (1_000, 10, 50);
/// Runs of a small board: points, centroids, how many.
const RESTARTS: (usize, usize, usize) = (200, 7, 1_000);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let is_asked_for = |rival: &str| std::env::args().any(|argument| argument == rival);
    let site = site()?;
    let browser = Browser::serving(site.path()).await?;
    browser.be_patient(Duration::from_mins(10)).await?;
    browser.open("/bench.html").await?;
    let chromium = browser.eval("navigator.userAgent").await?;
    let chromium = chromium.as_str().and_then(|agent| agent.split("Chrome/").nth(1)).unwrap_or_default();
    println!("Chromium {}\n", chromium.split(' ').next().unwrap_or_default());

    let mut report = Report::default();
    let sklearn = if is_asked_for("--sklearn") { sklearn()? } else { BTreeMap::new() };
    // With the number of threads that suits it best.
    let fastest = |case: &str| {
        let fastest = sklearn.get(case)?.iter().copied().reduce(f64::min)?;
        Some(("scikit-learn", fastest))
    };
    Report::heading("an iteration, in milliseconds", &BESIDE_RIVALS);
    for (n, k, count, rounds) in ITERATIONS {
        let name = format!("n = {}, k = {}", grouped(n), grouped(k));
        let times = page(&browser, &format!("iterations({n}, {k}, {count}, {rounds})")).await?;
        report.compare(&name, &times, fastest(&format!("iteration {n} {k}")))?;
    }
    Report::heading("20 iterations from two arrays", &BESIDE_RIVALS);
    for (n, k) in RUNS {
        let name = format!("n = {}, k = {}", grouped(n), grouped(k));
        let times = page(&browser, &format!("run({n}, {k}, 5)")).await?;
        report.compare(&name, &times, fastest(&format!("run {n} {k}")))?;
    }
    let (n, k, runs) = RESTARTS;
    Report::heading("runs to convergence", &BESIDE_RIVALS);
    let times = page(&browser, &format!("restarts({n}, {k}, {runs}, 7)")).await?;
    report.compare(&format!("{} × n = {n}, k = {k}", grouped(runs)), &times, fastest("restarts"))?;
    let (n, k_max, references) = GAP;
    Report::heading("the gap statistic", &["ours", "spread", "JavaScript", "ratio", "R", "ratio"]);
    let times = page(&browser, &format!("gap({n}, {k_max}, {references}, 15)")).await?;
    let r = if is_asked_for("--r") { Some(("R", median(&clus_gap()?))) } else { None };
    report.compare(&format!("n = {}, K = 1 … {k_max}, B = {references}", grouped(n)), &times, r)?;
    Report::heading("a frame of 1000 × 1000 pixels", &["step", "paint", "both", "95 %", "gap", "95 %"]);
    for n in FRAMES {
        let times = page(&browser, &format!("frames({n}, {}, 200)", 50.min(n / 2))).await?;
        report.frames(&format!("n = {}", grouped(n)), &times)?;
    }
    drop(browser);
    Report::heading(
        "the first picture, in milliseconds",
        &["ours", "spread", "no script", "ratio", "bare page", "ratio"],
    );
    first_picture(site.path(), &mut report).await?;
    let path = xtask::root().join("target/bench.json");
    fs::write(&path, serde_json::to_string_pretty(&report.0)?)?;
    println!("\nwritten to target/bench.json");
    Ok(())
}

/// The built site with the benchmark's own pages beside it.
fn site() -> Result<tempfile::TempDir> {
    let site = tempfile::tempdir()?;
    let root = xtask::root();
    copy_folder(&root.join("dist"), site.path())?;
    for script in ["lloyd.js", "page.js"] {
        fs::copy(root.join("benches").join(script), site.path().join(script))?;
    }
    fs::write(site.path().join("bench.html"), "<!doctype html><title>bench</title>")?;
    // What the first picture is compared with: a canvas and a word, and the playground with all scripts taken out.
    let canvas =
        "<!doctype html><title>bare</title><h1>k-means</h1><canvas style='border: 1px solid'></canvas>";
    fs::write(site.path().join("bare.html"), canvas)?;
    let page = fs::read_to_string(site.path().join("index.html"))?;
    let is_loading = |line: &&str| line.contains("<script") || line.contains("preload");
    let still: String =
        page.lines().filter(|line| !is_loading(line)).map(|line| line.to_owned() + "\n").collect();
    let still = still.replace(
        "<kmeans-board id=\"board\"",
        "<canvas style='width: 100%; aspect-ratio: 1'></canvas><p hidden",
    );
    fs::write(site.path().join("still.html"), still)?;
    Ok(site)
}

/// What a function of `benches/page.js` returns.
async fn page(browser: &Browser, call: &str) -> Result<Value> {
    browser.eval(&format!("(await import('./page.js')).{call}")).await
}

/// How long it takes until something is painted: anything at all, which in the playground has the board's points in it,
/// and the board by its own first fill and the frame after it.
async fn first_picture(site: &Path, report: &mut Report) -> Result<()> {
    let watch = "const { fill } = CanvasRenderingContext2D.prototype;
        CanvasRenderingContext2D.prototype.fill = function (...values) {
            if (!globalThis.filled) {
                globalThis.filled = performance.now();
                const channel = new MessageChannel();
                channel.port1.onmessage = () => (globalThis.painted = performance.now());
                channel.port2.postMessage(0);
            }
            return fill.apply(this, values);
        }";
    let first = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime";
    let mut times: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for _ in 0..15 {
        for (path, measures) in [
            ("/bare.html", &[("bare", first)][..]),
            ("/still.html", &[("still", first)]),
            ("/", &[("points", first), ("alive", "globalThis.painted")]),
        ] {
            let browser = Browser::serving(site).await?;
            // The browser itself has to have started.
            browser.open("/bench.html").await?;
            browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": watch })).await?;
            browser.open(path).await?;
            for (name, time) in measures {
                browser.wait_until(&format!("({time}) > 0"), Duration::from_secs(20)).await?;
                times.entry(name).or_default().push(browser.eval(time).await?.as_f64().context("no time")?);
            }
        }
    }
    let (still, bare) = (median(&times["still"]), median(&times["bare"]));
    for (row, name) in [("the board's points", "points"), ("the board, alive", "alive")] {
        let ours = &times[name];
        report.row(
            row,
            &[
                ("ours", median(ours)),
                ("spread", spread(ours)),
                ("no script", still),
                ("ratio", median(ours) / still),
                ("bare page", bare),
                ("ratio to bare", median(ours) / bare),
            ],
        );
    }
    Ok(())
}

/// scikit-learn's milliseconds for the same points and centroids: one thread, and all of them.
fn sklearn() -> Result<BTreeMap<String, Vec<f64>>> {
    let folder = tempfile::tempdir()?;
    let mut cases = Vec::new();
    let runs = RUNS.iter().map(|&(n, k)| ("run", n, k));
    let iterations = ITERATIONS.iter().filter(|case| case.0 * case.1 <= 1_000_000_000);
    let (n, k, _) = RESTARTS;
    for (kind, n, k) in
        iterations.map(|&(n, k, ..)| ("iteration", n, k)).chain(runs).chain([("restarts", n, k)])
    {
        let board = Board::draw(Recipe::new(Preset::Uniform, 1).with_n(n))?;
        let points: Vec<u8> = bytes(board.points());
        let lloyd = Lloyd::seeded(board, k, Seeding::Random, 1)?;
        let file = folder.path().join(format!("{kind}-{n}-{k}"));
        fs::write(file.with_extension("points"), points)?;
        fs::write(file.with_extension("centroids"), bytes(lloyd.centroids()))?;
        cases.push(format!("{kind} {n} {k}"));
    }
    let script = xtask::root().join("benches/sklearn_lloyd.py");
    let python = xtask::python::ensure(&xtask::python::SKLEARN)?;
    let output = Command::new(python).arg(script).arg(folder.path()).args(&cases).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).context("the script printed no JSON")
}

/// R's milliseconds for the gap statistic of the same points, several times.
fn clus_gap() -> Result<Vec<f64>> {
    let (n, k_max, references) = GAP;
    let board = Board::draw(Recipe::new(Preset::Uniform, 1).with_n(n))?;
    let lines: Vec<String> = board.points().iter().map(|point| format!("{},{}", point.x, point.y)).collect();
    let folder = tempfile::tempdir()?;
    let points = folder.path().join("points.csv");
    fs::write(&points, lines.join("\n"))?;
    let mut script = Command::new(xtask::r::ensure()?);
    script.arg(xtask::root().join("benches/clusgap.R")).arg(points);
    let output = script.args([k_max, references, 5].map(|number| number.to_string())).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let times = String::from_utf8_lossy(&output.stdout);
    times.lines().map(|time| time.parse().with_context(|| format!("`{time}` is no time"))).collect()
}

fn bytes(points: &[kmeans_board::Point]) -> Vec<u8> {
    points.iter().flat_map(|point| [point.x.to_le_bytes(), point.y.to_le_bytes()]).flatten().collect()
}

/// What is printed as tables and written as JSON.
#[derive(Default)]
struct Report(Vec<Value>);

impl Report {
    fn heading(title: &str, columns: &[&str]) {
        print!("{title:<36}");
        for column in columns {
            print!("{column:>13}");
        }
        println!();
    }

    fn row(&mut self, name: &str, values: &[(&str, f64)]) {
        print!("  {name:<34}");
        for (column, value) in values {
            let text = if column.starts_with("ratio") { format!("{value:.1} ×") } else { digits(*value) };
            print!("{text:>13}");
        }
        println!();
        let values: serde_json::Map<String, Value> =
            values.iter().map(|(column, value)| ((*column).to_owned(), json!(value))).collect();
        self.0.push(json!({ "what": name, "values": values }));
    }

    /// Medians and their ratio; beside another rival where there is one.
    fn compare(&mut self, name: &str, times: &Value, rival: Option<(&str, f64)>) -> Result<()> {
        let (ours, theirs) = (list(times, "ours")?, median(&list(times, "theirs")?));
        let own = median(&ours);
        let mut values =
            vec![("ours", own), ("spread", spread(&ours)), ("JavaScript", theirs), ("ratio", theirs / own)];
        let ratio = rival.map(|(rival, _)| format!("ratio to {rival}")).unwrap_or_default();
        if let Some((rival, time)) = rival {
            values.extend([(rival, time), (ratio.as_str(), time / own)]);
        }
        self.row(name, &values);
        Ok(())
    }

    fn frames(&mut self, name: &str, times: &Value) -> Result<()> {
        let (steps, paintings, gaps) =
            (list(times, "steps")?, list(times, "paintings")?, list(times, "gaps")?);
        let both: Vec<f64> = steps.iter().zip(&paintings).map(|(step, painting)| step + painting).collect();
        self.row(
            name,
            &[
                ("step", median(&steps)),
                ("paint", median(&paintings)),
                ("both", median(&both)),
                ("95 % of both", quantile(&both, 0.95)),
                ("gap", median(&gaps)),
                ("95 % of gaps", quantile(&gaps, 0.95)),
            ],
        );
        Ok(())
    }
}

fn list(times: &Value, name: &str) -> Result<Vec<f64>> {
    serde_json::from_value(times[name].clone()).with_context(|| format!("no {name} in {times}"))
}

fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * share).round() as usize]
}

fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// From the first quartile to the third.
fn spread(values: &[f64]) -> f64 {
    quantile(values, 0.75) - quantile(values, 0.25)
}

/// Three digits that say something.
fn digits(value: f64) -> String {
    let places = (2.0 - value.max(1e-6).log10().floor()).clamp(0.0, 5.0) as usize;
    format!("{value:.places$}")
}

/// 1000000 as 1,000,000.
fn grouped(value: usize) -> String {
    let digits = value.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    groups.join(",")
}
