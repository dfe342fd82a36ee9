//! Studies: what takes long is done by workers, or in slices, and comes to the same.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use browser_tests::Browser;
use serde_json::{Value, json};

/// What every script here may use.
const NAMES: &str = "const { KMeans, KMeansError } = await import('/kmeans.js');
    const text = (found) => JSON.stringify(found, (key, value) => (ArrayBuffer.isView(value) ? [...value] : value));
    const rejection = (promise) => promise.then(() => null, (error) => error);
    const rest = (time) => new Promise((resolve) => setTimeout(resolve, time));";

async fn run(browser: &Browser, body: &str) -> Result<Value> {
    browser.run(&format!("{NAMES}\n{body}")).await
}

/// How many workers the browser has now.
async fn workers(browser: &Browser) -> Result<usize> {
    let targets = browser.cdp("Target.getTargets", json!({})).await?;
    let targets = targets["targetInfos"].as_array().context("no targets")?;
    Ok(targets.iter().filter(|target| target["type"] == "worker").count())
}

/// Waits until the browser has no workers: those that are ended may take a while to go.
async fn wait_for_no_workers(browser: &Browser) -> Result<()> {
    let start = Instant::now();
    while workers(browser).await? > 0 {
        ensure!(
            start.elapsed() < Duration::from_secs(30),
            "{} workers are still there",
            workers(browser).await?
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

#[tokio::test]
async fn many_starts_come_to_the_same_with_any_number_of_workers() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let seen = run(
        &browser,
        "const boards = [
            { board: 'peaked', n: 300, clusters: 5, k: 5, seed: 1792 },
            { board: 'dense', n: 3000, k: 4, seed: 7 },
            { points: Array.from({ length: 40 }, (_, i) => [i % 7, i % 5]), k: 3, seed: 3 },
        ];
        const found = [];
        for (const options of boards) {
            const km = await KMeans.init(options), texts = [];
            for (KMeans.workers of [0, 1, 2, 3]) texts.push(text(await km.restarts({ runs: 200 })));
            const { inertias, iterations, places, optima, best } = JSON.parse(texts[0]);
            found.push([new Set(texts).size, inertias.length, iterations.length, places.length, optima.length > 1,
                text(best) === text(optima[0]), optima.reduce((sum, { runs }) => sum + runs, 0),
                optima.every(({ runs }, i) => places.filter((place) => place === i).length === runs),
                km.iteration]);
        }
        return found;",
    )
    .await?;
    let expected = json!([1, 200, 200, 200, true, true, 200, true, 0]);
    assert_eq!(seen, json!([expected, expected, expected]));
    Ok(())
}

/// As `tests/digest.rs` says it.
#[tokio::test]
async fn a_browser_computes_the_same_studies_to_the_bit() -> Result<()> {
    let expected =
        fs::read_to_string(xtask::root().join("tests/studies.txt")).context("no tests/studies.txt")?;
    let browser = Browser::start_bare().await?;
    let digest = run(
        &browser,
        "const parts = [], number = (value) => (Number.isNaN(value) ? 0 : value);
        for (const n of [150, 2500]) for (const board of ['uniform', 'peaked']) {
            const km = await KMeans.init({ board, n, clusters: 4, k: 4, seed: 1 });
            for (const method of ['gap', 'f(K)', 'silhouette', 'elbow']) {
                const { curve, choices } = await km.chooseK({ method, kMax: 5, references: 4, runs: 2, seed: 3 });
                for (const { value, error, inertia, seed } of curve) {
                    parts.push(Float64Array.of(value, error, inertia).map(number), Uint32Array.of(seed));
                }
                parts.push(Uint32Array.from(choices, ({ k }) => k ?? 0));
            }
            const { inertias, iterations } = await km.restarts({ runs: 50, seeding: 'random', seed: 3 });
            parts.push(inertias, iterations);
            km.free();
        }
        const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer()));
        return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');",
    )
    .await?;
    assert_eq!(digest, expected.trim());
    Ok(())
}

#[tokio::test]
async fn an_optimum_comes_again_from_its_seed() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let seen = run(
        &browser,
        "const km = await KMeans.init({ board: 'peaked', k: 5, seed: 1792 });
        const { optima } = await km.restarts({ runs: 100, seed: 2 ** 32 - 50 });
        return optima.slice(0, 4).map(({ seed, centroids, inertia }) => {
            km.reseed({ seed });
            return km.run().inertia === inertia && km.centroids.join() === centroids.join();
        });",
    )
    .await?;
    assert_eq!(seen, json!([true, true, true, true]));
    Ok(())
}

#[tokio::test]
async fn progress_tells_what_has_been_found_so_far() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let seen = run(
        &browser,
        "const km = await KMeans.init({ board: 'dense', n: 20000, k: 20, seed: 1 });
        const shares = [], lengths = [];
        let last;
        const found = await km.restarts({ runs: 300, onProgress(share, soFar) {
            shares.push(share); lengths.push(soFar.inertias.length); last = soFar;
        } });
        const rises = (list) => list.every((value, i) => value > (list[i - 1] ?? 0));
        return [shares.length > 2, rises(shares), shares.at(-1), rises(lengths), lengths.at(-1), text(last) === text(found)];",
    )
    .await?;
    assert_eq!(seen, json!([true, true, 1, true, 300, true]));
    Ok(())
}

#[tokio::test]
async fn a_signal_ends_it_at_once_with_its_workers() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let seen = run(
        &browser,
        "const km = await KMeans.init({ board: 'dense', n: 300000, k: 50, seed: 1 });
        const ended = [];
        for (KMeans.workers of [2, 0]) {
            const abortion = new AbortController(), { signal } = abortion;
            let told = 0, before;
            const study = rejection(km.restarts({ signal, onProgress: () => told += 1 }));
            await rest(700);
            before = told;
            abortion.abort(new Error('enough'));
            ended.push((await Promise.race([study, rest(2000)]))?.message);
            await rest(300);
            ended.push(told === before);
        }
        const early = AbortSignal.abort(new Error('never'));
        ended.push((await rejection(km.restarts({ signal: early }))).message);
        ended.push(km.step().changed);
        return ended;",
    )
    .await?;
    assert_eq!(seen, json!(["enough", true, "enough", true, "never", 300_000]));
    wait_for_no_workers(&browser).await
}

#[tokio::test]
async fn a_hundred_studies_given_up_leave_nothing_behind() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let seen = run(
        &browser,
        "const memory = async () => (await (await import('./pkg/kmeans_board_large.js')).default()).memory.buffer.byteLength;
        const km = await KMeans.init({ board: 'dense', n: 20000, k: 20, seed: 1 });
        const once = async (delay) => {
            const abortion = new AbortController();
            const study = rejection(km.restarts({ signal: abortion.signal }));
            await rest(delay);
            abortion.abort();
            return (await study)?.name;
        };
        for (let i = 0; i < 10; i += 1) await once(i);
        const before = await memory(), names = new Set();
        for (let i = 0; i < 100; i += 1) names.add(await once(i % 20));
        return [[...names], await memory() === before];",
    )
    .await?;
    assert_eq!(seen, json!([["AbortError"], true]));
    wait_for_no_workers(&browser).await
}

#[tokio::test]
async fn workers_rest_between_studies_but_not_for_ever() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let study = "KMeans.workers = 2; globalThis.km ??= await KMeans.init({ k: 3, seed: 1 });
        return (await km.restarts({ runs: 500 })).inertias.length;";
    for _ in 0..3 {
        assert_eq!(run(&browser, study).await?, 500);
        assert_eq!(workers(&browser).await?, 2);
    }
    tokio::time::sleep(Duration::from_secs(11)).await;
    assert_eq!(workers(&browser).await?, 0);
    assert_eq!(run(&browser, study).await?, 500);
    Ok(())
}

#[tokio::test]
async fn where_no_worker_is_to_be_had_the_page_does_it_in_slices() -> Result<()> {
    let site = tempfile::tempdir()?;
    xtask::build::copy_folder(&xtask::root().join("dist"), site.path())?;
    let strict = "<meta http-equiv=Content-Security-Policy content=\"worker-src 'none'\">";
    for (name, page) in [("strict", strict), ("plain", "")] {
        let page = format!("<!doctype html><link rel=icon href=data:,><title>{name}</title>{page}");
        fs::write(site.path().join(format!("{name}.html")), page)?;
    }
    let browser = Browser::serving(site.path()).await?;
    let study = "let frames = 0;
        const count = () => { frames += 1; requestAnimationFrame(count); };
        count();
        const km = await KMeans.init({ board: 'dense', n: 30000, k: 30, seed: 1 });
        KMeans.workers = 2;
        let told = 0;
        const found = text(await km.restarts({ runs: 60, onProgress: () => told += 1 }));
        KMeans.workers = 0;
        return [found === text(await km.restarts({ runs: 60 })), told > 1, frames > 10];";
    browser.open("/strict.html").await?;
    assert_eq!(run(&browser, study).await?, json!([true, true, true]));
    // The policy was told of; nothing else is wrong.
    let console = browser.console().await?;
    assert!(console.iter().all(|it| it.text.contains("Content Security Policy")), "{console:?}");

    browser.open("/plain.html").await?;
    run(&browser, "globalThis.Worker = class { constructor() { throw new DOMException('no', 'SecurityError'); } }; return 0;").await?;
    assert_eq!(run(&browser, study).await?, json!([true, true, true]));

    fs::remove_file(site.path().join("study-worker.js"))?;
    browser.open("/plain.html").await?;
    assert_eq!(run(&browser, study).await?, json!([true, true, true]));
    Ok(())
}

#[tokio::test]
async fn workers_are_had_from_another_host_too() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let other = browser_tests::serve(&xtask::root().join("dist")).await?;
    let seen = browser
        .run(&format!(
            "const {{ KMeans }} = await import('{other}kmeans.js');
            KMeans.workers = 2;
            const km = await KMeans.init({{ k: 3, seed: 1 }});
            return (await km.restarts({{ runs: 100 }})).optima.length > 1;"
        ))
        .await?;
    assert_eq!(seen, true);
    assert_eq!(workers(&browser).await?, 2);
    Ok(())
}

#[tokio::test]
async fn what_is_asked_wrongly_is_an_error_that_names_it() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let seen = run(
        &browser,
        "const km = await KMeans.init({ n: 20, k: 3, seed: 1 });
        const asked = [{ runs: 0 }, { runs: '5' }, { runs: 1e9 }, { seeding: 'best' }, { seed: -1 }, { start: 3 }, { signal: 1 }, { onProgress: 1 }, null];
        const said = [];
        for (const options of asked) {
            const error = await rejection(km.restarts(options));
            said.push([error instanceof KMeansError, error?.message]);
        }
        KMeans.workers = -1;
        said.push([true, (await rejection(km.restarts({ runs: 2 })))?.message]);
        KMeans.workers = 1;
        km.free();
        said.push([true, (await rejection(km.restarts()))?.message]);
        return said;",
    )
    .await?;
    let expected = [
        "runs must be from 1 to 100000, not 0",
        "runs must be a whole number, not \"5\"",
        "runs must be from 1 to 100000, not 1000000000",
        "there is no seeding called \"best\"",
        "seed must be from 0 to 4294967295, not -1",
        "there is no option \"start\"",
        "signal must be an AbortSignal, not 1",
        "onProgress must be a function, not 1",
        "options must be an object, not null",
        "KMeans.workers must be from 0 to 1024, not -1",
        "this KMeans has been freed",
    ];
    let said = seen.as_array().context("a list")?;
    assert_eq!(said.len(), expected.len());
    for (said, expected) in said.iter().zip(expected) {
        assert_eq!(said[0], true, "{said}");
        assert!(said[1].as_str().is_some_and(|it| it.starts_with(expected)), "{said}, not {expected}");
    }
    Ok(())
}
