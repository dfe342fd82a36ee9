//! `kmeans.js`: the clustering without a page, in a real browser.

use anyhow::{Context, Result};
use browser_tests::Browser;
use serde_json::{Value, json};

/// What every script here may use.
const NAMES: &str = "const { KMeans, KMeansError } = await import('/kmeans.js');
    await KMeans.load();
    const bits = (floats) => new BigUint64Array(floats.buffer).join();
    const state = (km) => JSON.stringify([bits(km.points), bits(km.centroids), km.labels.join(), km.counts.join(),
        km.iteration, km.phase, km.converged, km.seed, km.inertia, km.history, km.options]);";

/// What a function's body returns; it may `await`.
async fn run(browser: &Browser, body: &str) -> Result<Value> {
    browser.run(&format!("{NAMES}\n{body}")).await
}

#[tokio::test]
async fn init_takes_the_documented_defaults() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let made = run(
        &browser,
        "const km = await KMeans.init(), other = await KMeans.init({ k: undefined, seed: undefined });
        const row = KMeans.boards.find(({ name }) => name === 'uniform');
        const { seed, spread, ...options } = km.options;
        return { options, expected: { board: 'uniform', n: row.n, clusters: 7, k: 7, seeding: 'random' },
            seed: Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32 && seed === km.seed, other: other.seed !== seed,
            n: km.n === row.n, k: km.k, spread: spread.length };",
    )
    .await?;
    assert_eq!(made["options"], made["expected"]);
    let rest = ["seed", "other", "n", "k", "spread"].map(|name| made[name].clone());
    assert_eq!(rest, [json!(true), json!(true), json!(true), json!(7), json!(2)]);
    Ok(())
}

#[tokio::test]
async fn before_the_first_assign_nothing_is_assigned() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let start = run(
        &browser,
        "const km = await KMeans.init({ board: 'gauss', n: 90, k: 3, seed: 7 });
        return [KMeans.UNASSIGNED, km.labels.every((label) => label === KMeans.UNASSIGNED), km.counts.join(),
            Number.isNaN(km.inertia), km.iteration, km.phase, km.converged, km.history.length,
            [km.points, km.centroids].map((array) => array instanceof Float64Array && array.length),
            [km.labels, km.counts].map((array) => array instanceof Uint32Array && array.length)];",
    )
    .await?;
    let expected = json!([u32::MAX, true, "0,0,0", true, 0, "assign", false, 0, [180, 6], [90, 3]]);
    assert_eq!(start, expected);
    Ok(())
}

#[tokio::test]
async fn half_steps_make_a_step_and_steps_make_a_run() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let compared = run(
        &browser,
        "const options = { board: 'gauss', n: 200, clusters: 3, k: 4, seed: 7 };
        const [halves, steps, runs] = await Promise.all([0, 1, 2].map(() => KMeans.init(options)));
        const seen = [];
        for (let i = 1; i < 300; i += 1) {
            const assigned = halves.assign();
            seen.push(halves.phase === 'update', assigned.inertia === halves.inertia, assigned.changed > 0 || i > 1);
            const updated = halves.update();
            seen.push(halves.phase === 'assign', updated.inertia === halves.inertia, updated.inertia <= assigned.inertia);
            const step = steps.step();
            seen.push(step.iteration === i, step.changed === assigned.changed, step.shift === updated.shift,
                step.inertia === updated.inertia, step.relocated === 0, step.converged === steps.converged);
            seen.push(state(steps) === state(halves));
            if (step.converged) break;
        }
        const { iterations, inertia, converged } = runs.run();
        seen.push(state(runs) === state(steps), converged, iterations === runs.iteration, inertia === runs.inertia,
            runs.counts.reduce((a, b) => a + b) === 200);
        const row = runs.history.at(-1);
        seen.push(runs.history.length === iterations, row.iteration === iterations, row.changed === 0,
            row.inertia === inertia, typeof row.shift === 'number');
        return { wrong: seen.flatMap((right, i) => right ? [] : [i]), iterations };",
    )
    .await?;
    assert_eq!(compared["wrong"], json!([]), "{compared}");
    assert!(compared["iterations"].as_u64() > Some(2), "{compared}");
    Ok(())
}

#[tokio::test]
async fn back_and_seek_give_exactly_the_state_that_was() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let wrong = run(
        &browser,
        "const km = await KMeans.init({ board: 'uniform', n: 200, k: 3, seed: 46 });
        // History keeps what lies ahead, so it is no part of the comparison.
        const now = () => state(km).replace(JSON.stringify(km.history), '');
        const seen = [now()];
        while (!km.converged) { km.step(); seen.push(now()); }
        const wrong = [], last = km.iteration;
        for (let i = last - 1; i >= 0; i -= 1) { km.back(); if (now() !== seen[i]) wrong.push(['back', i]); }
        km.back();
        if (now() !== seen[0]) wrong.push('back at the start');
        for (const i of [last, 0, 3, 1, last - 1, 2]) { km.seek(i); if (now() !== seen[i]) wrong.push(['seek', i]); }
        km.assign();
        km.back();
        if (now() !== seen[2]) wrong.push('back from the middle of an iteration');
        if (km.history.length !== last) wrong.push('history');
        km.run();
        if (now() !== seen[last]) wrong.push('run again');
        return [last > 3, wrong];",
    )
    .await?;
    assert_eq!(wrong, json!([true, []]));
    Ok(())
}

#[tokio::test]
async fn a_run_stops_at_its_limit_without_an_error() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let runs = run(
        &browser,
        "const km = await KMeans.init({ board: 'uniform', n: 200, k: 3, seed: 46 });
        const short = km.run(2), none = km.run(0), { iterations, converged } = km.run();
        return [short.iterations, short.converged, none.iterations, iterations > 2, converged, km.run().iterations === iterations];",
    )
    .await?;
    assert_eq!(runs, json!([2, false, 2, true, true, true]));
    Ok(())
}

#[tokio::test]
async fn options_start_the_same_thing_again_bit_for_bit() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let wrong = run(
        &browser,
        "const wrong = [], own = [[0, 0], [1, 0.1], [5, 5], [6, 5.3], [9, 0.7]];
        const starts = [{}, { board: 'peaked', n: 120, clusters: 5, k: 4, seeding: 'maximin', seed: 11 },
            { board: 'gauss', spread: [0.02, 0.05], k: 3 }, { points: own, k: 2, seeding: 'partition' },
            { points: new Float64Array(own.flat()), centroids: [[0, 0], [9, 9]] },
            { board: 'moons', k: 3, centroids: new Float64Array([0, 0, 1, 1, 0, 1]) },
            ...KMeans.boards.flatMap(({ name }) => KMeans.seedings.map((row) => ({ board: name, n: 60, k: 5, seeding: row.name, seed: 5 })))];
        for (const options of starts) {
            const first = await KMeans.init(options);
            for (const reseeded of [false, true]) {
                if (reseeded) first.reseed({ k: 2, seeding: 'random' });
                const again = await KMeans.init(first.options);
                if (state(again) !== state(first)) wrong.push([options, reseeded, 'start']);
                first.run(); again.run();
                if (state(again) !== state(first)) wrong.push([options, reseeded, 'end']);
                const textual = await KMeans.init({ ...first.options, ...JSON.parse(JSON.stringify(first.options,
                    (_, value) => value instanceof Float64Array ? undefined : value)) });
                textual.run();
                if (state(textual) !== state(first)) wrong.push([options, reseeded, 'as JSON']);
                again.free(); textual.free();
            }
            first.free();
        }
        return wrong;",
    )
    .await?;
    assert_eq!(wrong, json!([]));
    Ok(())
}

#[tokio::test]
async fn seeding_again_keeps_the_board_and_draws_a_seed() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let right = run(
        &browser,
        "const km = await KMeans.init({ board: 'gauss', n: 200, clusters: 3, k: 3, seed: 7, seeding: 'maximin' });
        const points = bits(km.points), start = bits(km.centroids);
        km.run();
        km.reseed();
        const kept = [km.k, km.options.seeding, bits(km.points) === points, km.seed !== 7, km.options.boardSeed, km.iteration, km.history.length];
        km.reseed({ seed: 7 });
        const again = [bits(km.centroids) === start, km.options.boardSeed ?? null, km.seed];
        km.reseed({ k: 5, seeding: 'k-means++', seed: 9 });
        const other = [km.k, km.counts.length, km.options.seeding, km.seed, bits(km.points) === points];
        km.reseed({ centroids: [[0, 0], [1, 1]] });
        return [kept, again, other, [km.k, km.centroids.join()]];",
    )
    .await?;
    let expected = json!([
        [3, "maximin", true, true, 7, 0, 0],
        [true, null, 7],
        [5, 5, "k-means++", 9, true],
        [2, "0,0,1,1"]
    ]);
    assert_eq!(right, expected);
    Ok(())
}

#[tokio::test]
async fn own_points_and_centroids_come_in_both_forms_and_are_copied() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let right = run(
        &browser,
        "const pairs = [[0, 0], [1, 0], [9, 9], [9, 8]], flat = new Float64Array(pairs.flat());
        const start = [[0, 1], [8, 8]];
        const a = await KMeans.init({ points: pairs, centroids: start, seed: 1 });
        const b = await KMeans.init({ points: flat, centroids: new Float64Array(start.flat()), k: 2, seed: 1 });
        const same = state(a) === state(b);
        flat[0] = pairs[0][0] = start[0][0] = 77;
        a.points[0] = 88; a.centroids[0] = 88; a.options.points[0] = 88;
        a.labels[0] = 88;
        const untouched = state(a) === state(b) && a.points[0] === 0;
        a.run();
        return [same, untouched, a.k, a.n, a.labels.join(), a.centroids.join(), a.counts.join(), a.inertia];",
    )
    .await?;
    assert_eq!(right, json!([true, true, 2, 4, "0,0,1,1", "0.5,0,9,8.5", "2,2", 1]));
    Ok(())
}

#[tokio::test]
async fn cells_tile_the_bounds() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let wrong = run(
        &browser,
        "const wrong = [];
        const area = (cell) => { let twice = 0; const m = cell.length / 2;
            for (let i = 0; i < m; i += 1) { const j = (i + 1) % m; twice += cell[2 * i] * cell[2 * j + 1] - cell[2 * j] * cell[2 * i + 1]; }
            return Math.abs(twice) / 2; };
        for (const [board, k] of [['uniform', 1], ['uniform', 2], ['gauss', 7], ['dense', 16], ['rings', 100]]) {
            const km = await KMeans.init({ board, n: 500, clusters: 5, k, seed: 3 });
            km.run();
            const cells = km.cells(), [left, bottom, right, top] = km.bounds, whole = (right - left) * (top - bottom);
            const sum = cells.map(area).reduce((a, b) => a + b);
            const isInside = cells.every((cell) => cell.every((value, i) =>
                value >= [left, bottom][i % 2] - 1e-9 && value <= [right, top][i % 2] + 1e-9));
            if (cells.length !== k || !isInside || !(Math.abs(sum / whole - 1) < 1e-9)
                || !cells.every((cell) => cell instanceof Float64Array)) wrong.push([board, k, sum, whole]);
        }
        return wrong;",
    )
    .await?;
    assert_eq!(wrong, json!([]));
    Ok(())
}

#[tokio::test]
async fn a_cluster_keeps_its_colour_through_a_whole_run() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let seen = run(
        &browser,
        "const km = await KMeans.init({ n: 900, k: 30, seed: 4 }), size = 600;
        const context = new OffscreenCanvas(size, size).getContext('2d', { willReadFrequently: true });
        const [left, bottom, right, top] = km.bounds, unit = size / 1.04 / (right - left);
        const colours = Array.from({ length: km.k }, () => new Set());
        while (!km.converged) {
            km.step();
            km.paint(context, { size, cells: false, trails: false });
            const places = km.centroids, margin = 0.02 * (right - left);
            for (let j = 0; j < km.k; j += 1) {
                const [x, y] = [places[2 * j] - left + margin, top + margin - places[2 * j + 1]];
                // The middle of a star that no other lies upon.
                const isFree = colours.every((_, other) => other <= j
                    || Math.hypot(places[2 * j] - places[2 * other], places[2 * j + 1] - places[2 * other + 1]) * unit > 25);
                if (isFree) colours[j].add(context.getImageData(x * unit, y * unit, 1, 1).data.join());
            }
        }
        return [km.iteration, colours.map((own) => own.size), new Set(colours.flatMap((own) => [...own])).size];",
    )
    .await?;
    assert!(seen[0].as_u64() > Some(8), "{seen}");
    assert_eq!(seen[1], json!(vec![1; 30]));
    assert!(seen[2].as_u64() > Some(20), "{seen}");
    Ok(())
}

/// Options that `init` refuses, the error's code, and words that its message must have.
const REFUSED: &[(&str, &str, &[&str])] = &[
    ("{ n: 0 }", "range", &["n ", "1", "4000000", "0"]),
    ("{ n: 5_000_000 }", "range", &["n ", "4000000", "5000000"]),
    ("{ n: '12' }", "type", &["n ", "\"12\"", "whole number"]),
    ("{ n: null }", "type", &["n ", "null"]),
    ("{ n: 2.5 }", "type", &["n ", "2.5"]),
    ("{ n: NaN }", "type", &["n ", "NaN"]),
    ("{ k: 0 }", "range", &["k ", "1", "1024", "0"]),
    ("{ k: 2000 }", "range", &["k ", "1024", "2000"]),
    ("{ k: null }", "type", &["k ", "null"]),
    ("{ kluster: 3 }", "unknown-option", &["\"kluster\"", "clusters"]),
    ("{ seed: -1 }", "range", &["seed", "-1", "4294967295"]),
    ("{ seed: 2 ** 32 }", "range", &["seed", "4294967296", "4294967295"]),
    ("{ seed: '7' }", "type", &["seed", "\"7\""]),
    ("{ board: 'nope' }", "unknown-name", &["\"nope\"", "uniform"]),
    ("{ board: 3 }", "type", &["board", "3"]),
    ("{ seeding: 'nope' }", "unknown-name", &["\"nope\"", "k-means++"]),
    ("{ seeding: null }", "type", &["seeding", "null"]),
    ("{ board: 'gauss', spread: [2, 1] }", "spread", &["spread", "2", "1", "0.001"]),
    ("{ spread: 3 }", "type", &["spread", "3"]),
    ("{ n: 5, k: 2, clusters: 6 }", "clusters", &["clusters", "5", "6"]),
    ("{ clusters: 0 }", "range", &["clusters", "1024", "0"]),
    ("{ n: 3_000, clusters: 2_000 }", "range", &["clusters", "1024", "2000"]),
    ("{ points: new Float64Array([0, NaN]) , k: 1 }", "coordinate", &["point 0", "NaN", "1e+150"]),
    ("{ points: [[0, 0], [1, Infinity]], k: 1 }", "coordinate", &["point 1", "Infinity"]),
    ("{ points: new Float64Array([1, 2, 3]), k: 1 }", "length", &["points", "3", "even"]),
    ("{ points: 'abc' }", "type", &["points", "\"abc\""]),
    ("{ points: [[0, 0, 0]], k: 1 }", "type", &["points[0]", "pair"]),
    ("{ points: [['0', 0]], k: 1 }", "type", &["points[0][0]", "\"0\""]),
    ("{ points: [], k: 1 }", "point-count", &["1", "4000000", "0"]),
    ("{ points: [[0, 0]], n: 3, k: 1 }", "conflict", &["points", "n "]),
    ("{ k: 3, centroids: [[0, 0]] }", "centroid-count", &["3", "1"]),
    ("{ centroids: [] }", "range", &["k ", "1", "0"]),
    ("{ centroids: [[0, NaN]] }", "coordinate", &["centroid 0", "NaN"]),
    ("{ points: [[0, 0], [0, 0], [1, 1]], k: 3 }", "too-few-distinct-points", &["3", "2"]),
    ("{ n: 5, k: 6, clusters: 2 }", "too-few-distinct-points", &["6", "5"]),
    ("null", "type", &["options", "null"]),
    ("'gauss'", "json", &["options", "\"gauss\"", "toJSON()"]),
    ("[]", "type", &["options"]),
];

/// Calls that a clustering at iteration 2 of k = 3 refuses.
const REFUSED_LATER: &[(&str, &str, &[&str])] = &[
    ("km.seek(3)", "not-computed", &["3", "2"]),
    ("km.seek(-1)", "range", &["-1"]),
    ("km.seek(0.5)", "type", &["0.5"]),
    ("km.seek()", "type", &["undefined"]),
    ("km.run(-1)", "range", &["-1"]),
    ("km.run('9')", "type", &["\"9\""]),
    ("km.reseed({ k: 0 })", "range", &["0", "1024"]),
    ("km.reseed({ k: 2000 })", "range", &["2000", "1024"]),
    ("km.reseed({ k: 201 })", "too-few-distinct-points", &["201", "200"]),
    ("km.reseed({ seed: -1 })", "range", &["-1"]),
    ("km.reseed({ seeding: 'nope' })", "unknown-name", &["\"nope\""]),
    ("km.reseed({ n: 5 })", "unknown-option", &["\"n\""]),
    ("km.reseed({ k: 3, centroids: [[0, 0]] })", "centroid-count", &["3", "1"]),
    ("km.reseed({ centroids: [[0, NaN]] })", "coordinate", &["NaN"]),
    ("km.reseed(null)", "type", &["null"]),
];

/// What is not as it should be about the error of each call.
async fn misfits(browser: &Browser, setup: &str, calls: &[(&str, &str, &[&str])]) -> Result<Value> {
    let attempts: Vec<String> = calls
        .iter()
        .map(|(call, code, words)| {
            format!("[async () => ({call}), {}, {}, {}]", json!(call), json!(code), json!(words))
        })
        .collect();
    let body = format!(
        "{setup}
        const wrong = [], before = state(km);
        for (const [attempt, call, code, words] of [{}]) {{
            let error;
            try {{ await attempt(); }} catch (caught) {{ error = caught; }}
            if (!(error instanceof KMeansError && error instanceof Error)) wrong.push([call, `threw ${{error}}`]);
            else {{
                if (error.name !== 'KMeansError' || error.code !== code) wrong.push([call, 'code', error.code]);
                for (const word of words) if (!error.message.includes(word)) wrong.push([call, error.message, word]);
            }}
            if (state(km) !== before) wrong.push([call, 'changed the clustering']);
        }}
        km.step();
        return wrong;",
        attempts.join(",\n")
    );
    run(browser, &body).await
}

#[tokio::test]
async fn wrong_options_are_errors_that_name_the_value_and_the_limit() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let calls: Vec<(String, &str, &[&str])> = REFUSED
        .iter()
        .map(|(options, code, words)| (format!("await KMeans.init({options})"), *code, *words))
        .collect();
    let calls: Vec<(&str, &str, &[&str])> =
        calls.iter().map(|(call, code, words)| (call.as_str(), *code, *words)).collect();
    let setup =
        "const km = await KMeans.init({ board: 'gauss', n: 200, clusters: 3, k: 3, seed: 7 }); km.run(2);";
    assert_eq!(misfits(&browser, setup, &calls).await?, json!([]));
    Ok(())
}

#[tokio::test]
async fn a_refused_call_leaves_the_clustering_exactly_as_it_was() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let setup =
        "const km = await KMeans.init({ board: 'gauss', n: 200, clusters: 3, k: 3, seed: 7 }); km.run(2);";
    assert_eq!(misfits(&browser, setup, REFUSED_LATER).await?, json!([]));
    // Also between the halves of an iteration.
    let between = format!("{setup} km.assign();");
    assert_eq!(misfits(&browser, &between, REFUSED_LATER).await?, json!([]));
    Ok(())
}

#[tokio::test]
async fn freeing_twice_is_harmless_and_use_afterwards_throws() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let silent = run(
        &browser,
        "const km = await KMeans.init({ seed: 1 }), other = await KMeans.init({ seed: 1 });
        const uses = { ...Object.fromEntries(['points', 'centroids', 'labels', 'counts', 'n', 'k', 'seed', 'iteration',
            'converged', 'phase', 'inertia', 'options', 'history'].map((name) => [name, () => km[name]])),
            assign: () => km.assign(), update: () => km.update(), step: () => km.step(), run: () => km.run(),
            back: () => km.back(), seek: () => km.seek(0), reseed: () => km.reseed(), cells: () => km.cells() };
        km.free();
        km.free();
        const silent = [];
        for (const [name, use] of Object.entries(uses)) {
            try { use(); silent.push(name); } catch (error) {
                if (!(error instanceof KMeansError && error.code === 'freed')) silent.push([name, String(error)]);
            }
        }
        other.run();
        return [silent, other.converged];",
    )
    .await?;
    assert_eq!(silent, json!([[], true]));
    Ok(())
}

#[tokio::test]
async fn the_tables_say_what_can_be_asked_for() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let tables = run(
        &browser,
        "const wrong = [];
        for (const { name, title, sentence, n, clusters } of KMeans.boards) {
            if (![name, title, sentence].every((text) => typeof text === 'string' && text)) wrong.push(name);
            const km = await KMeans.init({ board: name, seed: 1, clusters });
            if (km.n !== n || km.options.board !== name) wrong.push([name, km.n, n]);
            km.free();
        }
        return [wrong, KMeans.seedings.map(({ name }) => name), KMeans.limits.n, KMeans.limits.k];",
    )
    .await?;
    let seedings = ["random", "partition", "maximin", "k-means++", "greedy-k-means++"];
    assert_eq!(tables, json!([[], seedings, 4_000_000, 1_024]));
    Ok(())
}

/// Every board, seeding and a few seeds, run to the end, are the same bits here as natively.
#[tokio::test]
async fn a_browser_computes_the_same_bits_as_the_native_build() -> Result<()> {
    let expected =
        std::fs::read_to_string(xtask::root().join("tests/digest.txt")).context("no tests/digest.txt")?;
    let browser = Browser::start_bare().await?;
    let digest = run(
        &browser,
        "const parts = [];
        for (const n of [300, 3000]) for (const { name: board } of KMeans.boards) for (const seed of [1, 2, 3])
            for (const { name: seeding } of KMeans.seedings) for (const k of [3, 8]) {
                const km = await KMeans.init({ board, n, clusters: 5, k, seeding, seed });
                km.run(300);
                parts.push(km.points, km.centroids, km.labels, new Uint32Array([km.iteration]));
                km.free();
            }
        const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer()));
        return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');",
    )
    .await?;
    assert_eq!(digest, expected.trim());
    Ok(())
}

/// The bytes of the large core's memory, which never shrinks.
const MEMORY: &str =
    "(await (await import('./pkg/kmeans_board_large.js')).default()).memory.buffer.byteLength";

#[tokio::test]
async fn a_million_points_take_at_most_64_bytes_each() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let bytes = run(
        &browser,
        &format!(
            "const km = await KMeans.init({{ board: 'gauss', n: 1e6, clusters: 50, k: 50, seed: 1 }});
            const context = new OffscreenCanvas(1000, 1000).getContext('2d');
            while (!km.paint(context, {{ size: 1000 }}));
            for (let i = 0; i < 30; i++) {{
                km.hold();
                km.step();
                km.paint(context, {{ size: 1000 }}, 0.5);
                km.paint(context, {{ size: 1000 }});
            }}
            km.back();
            return {MEMORY};"
        ),
    )
    .await?;
    assert!(bytes.as_f64() <= Some(64e6), "{bytes} bytes");
    Ok(())
}

#[tokio::test]
async fn what_is_freed_is_used_again() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let grown = run(
        &browser,
        &format!(
            "const round = async (seed) => {{
                const km = await KMeans.init({{ board: 'gauss', n: 5000, clusters: 5, k: 9, seed }});
                km.run();
                km.reseed({{ k: 12, seed }});
                km.run(3);
                km.free();
            }};
            for (let i = 0; i < 100; i++) await round(i % 50);
            const before = {MEMORY};
            for (let i = 0; i < 1000; i++) await round(i % 50);
            return {MEMORY} - before;"
        ),
    )
    .await?;
    assert_eq!(grown, 0);
    Ok(())
}

#[tokio::test]
async fn a_large_board_is_made_with_breaks_and_says_how_far_it_is() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let seen = run(
        &browser,
        "const shares = [], others = [];
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => others.push(shares.length);
        const km = await KMeans.init({ board: 'gauss', n: 1e6, clusters: 9, k: 50, seeding: 'greedy-k-means++', seed: 1,
            onProgress: (share) => { shares.push(share); port2.postMessage(0); } });
        const { signal, onProgress, ...own } = km.options;
        return { ascending: shares.every((share, i) => share >= (shares[i - 1] ?? 0) && share <= 1), calls: shares.length > 4,
            between: new Set(others).size > 3, n: km.n, own: [signal, onProgress].every((option) => option === undefined) };",
    )
    .await?;
    assert_eq!(
        seen,
        json!({ "ascending": true, "calls": true, "between": true, "n": 1_000_000, "own": true })
    );
    Ok(())
}

#[tokio::test]
async fn the_making_of_a_board_can_be_given_up() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let seen = run(
        &browser,
        &format!(
            "const options = {{ board: 'gauss', n: 1e6, clusters: 9, k: 50, seed: 1 }};
            const giveUp = async () => {{
                const controller = new AbortController();
                const onProgress = () => controller.abort();
                return KMeans.init({{ ...options, signal: controller.signal, onProgress }}).then(() => 'made', ({{ name }}) => name);
            }};
            (await KMeans.init(options)).free();
            const before = {MEMORY}, ends = [];
            for (let i = 0; i < 20; i++) ends.push(await giveUp());
            const already = await KMeans.init({{ ...options, signal: AbortSignal.abort() }}).catch(({{ name }}) => name);
            (await KMeans.init(options)).free();
            return [[...new Set(ends)], already, {MEMORY} - before];"
        ),
    )
    .await?;
    assert_eq!(seen, json!([["AbortError"], "AbortError", 0]));
    Ok(())
}

/// Four million points take some 200 MB, and Wasm has 4 GB at most.
#[tokio::test]
async fn memory_that_is_not_there_is_an_error_and_what_was_made_goes_on() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let seen = run(
        &browser,
        "const made = [], options = { n: 4e6, k: 3, seed: 1 };
        let error;
        while (!error && made.length < 40) {
            await KMeans.init(options).then((km) => made.push(km), (thrown) => { error = thrown; });
        }
        const { inertia } = made[0].step();
        const labelled = made[0].labels.length;
        for (const km of made.splice(1)) km.free();
        const again = await KMeans.init(options);
        return [error instanceof KMeansError, error.code, /memory/.test(error.message), labelled, again.step().inertia === inertia];",
    )
    .await?;
    assert_eq!(seen, json!([true, "memory", true, 4_000_000, true]));
    Ok(())
}
