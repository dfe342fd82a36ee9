//! What can be taken away as text: tables, JSON, pictures, and programs, which are run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex};

use anyhow::{Context, Result, ensure};
use browser_tests::Browser;
use serde_json::{Value, json};
use xtask::python;
use xtask::test::is_ci;

/// What every script here may use.
const NAMES: &str = "const { KMeans, KMeansError } = await import('/kmeans.js');
    await KMeans.load();
    const refusal = async (call) => { try { await call(); return 'no error'; } catch (error) {
        return error instanceof KMeansError ? `${error.code}: ${error.message}` : String(error); } };
    const own = [[0, 0], [1, 0.5], [0.2, 1], [5, 5], [9, 1], [8, 2], [1e-9, 1e21]];
    const cases = {};
    const add = async (name, options, go = () => {}) => { cases[name] = await KMeans.init(options); go(cases[name]); };";

/// Boards and where they stand: by the name of each what makes it and brings it there.
const CASES: &str = "
    const uniform = { board: 'uniform', n: 300, k: 7, seed: 5 };
    const outside = { board: 'uniform', n: 50, centroids: [[0, 0], [9, 9], [-9, 9], [0.5, 0.5]], seed: 1 };
    await add('start', uniform);
    await add('the first assign', { ...uniform, seeding: 'k-means++' }, (km) => km.assign());
    await add('one iteration', uniform, (km) => km.run(1));
    await add('mid-run', uniform, (km) => km.run(4));
    await add('after an assign', { ...uniform, seeding: 'k-means++' }, (km) => { km.run(3); km.assign(); });
    await add('converged', { board: 'gauss', n: 200, clusters: 3, k: 3, seed: 7 }, (km) => km.run());
    await add('gone back', { board: 'moons', n: 200, k: 4, seed: 7 }, (km) => { km.run(); km.seek(3); });
    await add('own points and centroids', { points: own.slice(0, 6), centroids: [[0, 0], [5, 5.5]], seed: 1 }, (km) => km.run());
    await add('seeded again', { ...uniform, seeding: 'partition' }, (km) => { km.reseed({ k: 5, seeding: 'maximin', seed: 3 }); km.run(2); });
    await add('just relocated', outside, (km) => { while (!km.step().relocated); });
    await add('an assign after a relocation', outside, (km) => { while (!km.step().relocated); km.assign(); });
    await add('long relocated', outside, (km) => km.run());
    await add('large', { board: 'gauss', n: 2500, clusters: 5, k: 5, seed: 3 }, (km) => km.run(5));";

/// What a function's body returns; it may `await`.
async fn run(browser: &Browser, body: &str) -> Result<Value> {
    browser.run(&format!("{NAMES}\n{body}")).await
}

#[tokio::test]
async fn a_table_has_every_bit_of_every_point() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let table = run(
        &browser,
        "const km = await KMeans.init({ points: own, k: 2, seed: 1 }), before = km.toCSV();
        km.run();
        const rows = km.toCSV().split('\\n'), points = km.points, labels = km.labels;
        const right = rows.slice(1, -1).every((row, i) => {
            const [x, y, label] = row.split(',').map(Number);
            return Object.is(x, points[2 * i]) && Object.is(y, points[2 * i + 1]) && label === labels[i];
        });
        return [before, rows[0], rows.length, rows.at(-1), right];",
    )
    .await?;
    let before = "x,y,label\n0,0,\n1,0.5,\n0.2,1,\n5,5,\n9,1,\n8,2,\n1e-9,1e+21,\n";
    assert_eq!(table, json!([before, "x,y,label", 9, "", true]));
    Ok(())
}

#[tokio::test]
async fn the_json_starts_the_same_thing_again_where_it_stood() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let body = format!(
        "{CASES}
        const bits = (floats) => new BigUint64Array(floats.buffer).join();
        const state = (km) => JSON.stringify([bits(km.points), bits(km.centroids), km.labels.join(), km.counts.join(),
            km.iteration, km.phase, km.converged, km.seed, km.inertia, km.history, km.computed]);
        const wrong = [];
        for (const [name, km] of Object.entries(cases)) {{
            const text = km.toJSON();
            if (typeof text !== 'string' || JSON.stringify(km) !== text) wrong.push([name, 'is no text']);
            if (JSON.stringify({{ km }}) !== `{{\"km\":${{text}}}}`) wrong.push([name, 'within other data']);
            for (const saved of [text, JSON.parse(text)]) {{
                const again = await KMeans.init(saved);
                if (state(again) !== state(km) || again.toJSON() !== text) wrong.push([name, typeof saved, 'then']);
                again.run();
                const on = await KMeans.init(km.options);
                on.run();
                if (again.centroids.join() !== on.centroids.join()) wrong.push([name, 'later']);
            }}
        }}
        const {{ options, iteration, phase, converged, inertia, history, centroids, labels, points }} = JSON.parse(cases.converged.toJSON());
        return [wrong, Object.keys(options), [iteration > 2, phase, converged, inertia > 0, history.length === iteration,
            Object.keys(history[0]), centroids.length, labels.length, points.length, points[0].length],
            JSON.parse(cases.start.toJSON()).labels];"
    );
    let seen = run(&browser, &body).await?;
    let row = ["iteration", "changed", "assignedInertia", "shift", "inertia", "relocated"];
    assert_eq!(seen[0], json!([]));
    assert_eq!(seen[1], json!(["board", "n", "clusters", "spread", "seed", "k", "seeding"]));
    assert_eq!(seen[2], json!([true, "assign", true, true, true, row, 3, 200, 200, 2]));
    assert_eq!(seen[3], Value::Null);
    Ok(())
}

/// How JSON is damaged, and what the error says.
const DAMAGED: &[(&str, &[&str])] = &[
    ("text.slice(0, 90)", &["json: ", "must be of toJSON()"]),
    ("'{}'", &["json: ", "options must be as toJSON() wrote them, not undefined"]),
    ("'null'", &["json: ", "options must be as toJSON() wrote them, not undefined"]),
    ("'[1]'", &["json: ", "options must be as toJSON() wrote them, not undefined"]),
    ("{ ...saved, options: null }", &["json: ", "options must be as toJSON() wrote them, not null"]),
    ("{ ...saved, options: { ...saved.options, board: 'nope' } }", &["unknown-name: ", "\"nope\""]),
    ("{ ...saved, options: { ...saved.options, seed: 8 } }", &["json: ", "by its options"]),
    ("{ ...saved, options: { ...saved.options, kk: 8 } }", &["unknown-option: ", "\"kk\""]),
    ("{ ...saved, history: 3 }", &["json: ", "history must be an array, not 3"]),
    ("{ ...saved, history: [...saved.history, {}] }", &["json: ", "history["]),
    ("{ ...saved, history: [null, ...saved.history.slice(1)] }", &["json: ", "history[0]", "undefined"]),
    ("{ ...saved, phase: 'hop' }", &["json: ", "\"assign\" or \"update\", not \"hop\""]),
    ("{ ...saved, iteration: 99 }", &["not-computed: ", "99"]),
    ("{ ...saved, iteration: '1' }", &["type: ", "\"1\""]),
    ("{ ...saved, points: saved.points.slice(1) }", &["json: ", "points[length] must be 400", "398"]),
    ("{ ...saved, points: undefined }", &["type: ", "points", "undefined"]),
    ("{ ...saved, centroids: [[7, 0], ...saved.centroids.slice(1)] }", &["json: ", "centroids[0]", "not 7"]),
    ("{ ...saved, labels: null }", &["json: ", "labels[length] must be 200", "0"]),
    ("{ ...saved, labels: saved.labels.with(5, 9) }", &["json: ", "labels[5]", "not 9"]),
];

#[tokio::test]
async fn damaged_json_is_an_error_that_says_what_is_wrong() -> Result<()> {
    let browser = Browser::start_bare().await?;
    for (damage, words) in DAMAGED {
        let body = format!(
            "const km = await KMeans.init({{ board: 'gauss', n: 200, clusters: 3, k: 3, seed: 7 }});
            km.run();
            const text = km.toJSON(), saved = JSON.parse(text);
            return refusal(() => KMeans.init({damage}));"
        );
        let refusal = run(&browser, &body).await?;
        let refusal = refusal.as_str().context("no words")?;
        assert!(words.iter().all(|word| refusal.contains(word)), "{damage}: {refusal}");
    }
    Ok(())
}

#[tokio::test]
async fn a_picture_is_well_formed_and_has_a_dot_for_each_point() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let pictures = run(
        &browser,
        "const wrong = [];
        for (const [n, k, dots] of [[1, 1, 1], [300, 5, 300], [2000, 3, 2000], [2001, 3, 2001], [20001, 3, 10001]]) {
            const km = await KMeans.init({ board: 'gauss', n, clusters: k, k, seed: 4 });
            for (const went of [false, true]) {
                if (went) km.run();
                for (const options of [undefined, {}, { size: 300, background: 0x101216, ink: 0xe9e7e2, trails: false }]) {
                    const svg = new DOMParser().parseFromString(km.toSVG(options), 'image/svg+xml').documentElement;
                    const own = (selector) => [...svg.querySelectorAll(selector)];
                    const stars = own('path:not([stroke])').filter((path) => path.getAttribute('d').split('L').length === 10).length;
                    const seen = [svg.localName, svg.getAttribute('viewBox'), own('g[opacity=\"0.94\"] > circle').length,
                        stars, own('title, desc').every(({ textContent }) => textContent), own('rect')[0].getAttribute('fill')];
                    const size = options?.size ?? 600;
                    const expected = ['svg', `0 0 ${size} ${size}`, dots, k, true, options?.size ? '#101216' : '#ffffff'];
                    if (seen.join() !== expected.join()) wrong.push([n, went, seen, expected]);
                    if ((own('desc')[0].textContent.includes('One point in 2')) !== (dots < n)) wrong.push([n, 'desc']);
                }
            }
            km.free();
        }
        return [wrong, await refusal(async () => (await KMeans.init({ seed: 1 })).toSVG({ size: 9000 }))];",
    )
    .await?;
    assert_eq!(pictures, json!([[], "range: size × scale must be from 1 to 8192, not 9000"]));
    Ok(())
}

#[tokio::test]
async fn a_freed_clustering_writes_nothing() -> Result<()> {
    let browser = Browser::start_bare().await?;
    let refusals = run(
        &browser,
        "const km = await KMeans.init({ seed: 1 }), all = ['toCSV', 'toJSON', 'toSVG', 'toPython', 'toPySpark'];
        km.free();
        return Promise.all(all.map((name) => refusal(() => km[name]())));",
    )
    .await?;
    assert_eq!(refusals, json!(vec!["freed: this KMeans has been freed"; 5]));
    Ok(())
}

/// The texts of every case: its name, what `member` writes, and the table.
async fn programs(member: &str) -> Result<Vec<(String, String, String)>> {
    let browser = Browser::start_bare().await?;
    let body = format!(
        "{CASES}\nreturn Object.entries(cases).map(([name, km]) => [name, km.{member}(), km.toCSV()]);"
    );
    let programs: Vec<(String, String, String)> = serde_json::from_value(run(&browser, &body).await?)?;
    ensure!(programs.len() > 10, "the cases are there");
    Ok(programs)
}

/// Two programs at once would both install what is missing.
static ALONE: LazyLock<Mutex<()>> = LazyLock::new(Mutex::default);

/// What `get` gets; without it the test fails in CI, and elsewhere says what it skips.
fn gotten(get: impl FnOnce() -> Result<PathBuf>) -> Option<PathBuf> {
    let _alone = ALONE.lock();
    match get() {
        Ok(program) => Some(program),
        Err(missing) if is_ci() => panic!("{missing:#}"),
        Err(missing) => {
            eprintln!("SKIPPED: running exported programs. {missing:#}");
            None
        }
    }
}

/// Runs a program beside its table; returns what it printed.
fn printed(python: &Path, arguments: &[&str], program: &str, table: &str) -> Result<String> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("program.py"), program)?;
    std::fs::write(folder.path().join("kmeans.csv"), table)?;
    let mut command = Command::new(python);
    command.args(arguments).arg("program.py").current_dir(folder.path()).env("MPLBACKEND", "Agg");
    let output = command.env("PYSPARK_PYTHON", python).output()?;
    ensure!(output.status.success(), "{}\n{program}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[tokio::test]
async fn scikit_learn_comes_to_the_same_labels_from_wherever_a_run_stands() -> Result<()> {
    let programs = programs("toPython").await?;
    let Some(python) = gotten(|| python::ensure(&python::SKLEARN)) else { return Ok(()) };
    for (name, program, table) in programs {
        let printed = printed(&python, &[], &program, &table).with_context(|| name.clone())?;
        assert_eq!(
            printed.contains("The labels are those of the board."),
            name != "start",
            "{name}: {printed}"
        );
        // A program that is given other labels says so.
        if name == "mid-run" {
            let (before, labels) = program.split_once("expected = np.array([\n    ").context("no labels")?;
            let other = format!("{before}expected = np.array([\n    9{}", &labels[1..]);
            let refusal = self::printed(&python, &[], &other, &table).expect_err("another label").to_string();
            assert!(refusal.contains("1 of 300 labels differ"), "{refusal}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn spark_comes_to_the_same_labels_from_the_same_centroids() -> Result<()> {
    let programs = programs("toPySpark").await?;
    let Some(python) = gotten(python::ensure_spark) else {
        let Some(python) = gotten(|| python::ensure(&[])) else { return Ok(()) };
        for (name, program, table) in programs {
            printed(&python, &["-m", "py_compile"], &program, &table).context(name)?;
        }
        return Ok(());
    };
    // One run of each takes some ten seconds: those that differ in what is asked of Spark.
    for (name, program, table) in programs {
        if !["after an assign", "long relocated", "large"].contains(&name.as_str()) {
            printed(&python, &["-m", "py_compile"], &program, &table).context(name)?;
            continue;
        }
        let printed = printed(&python, &[], &program, &table).with_context(|| name.clone())?;
        assert!(printed.contains(", 0 of "), "{name}: {printed}");
        assert!(printed.contains("from its own start: inertia"), "{name}: {printed}");
    }
    Ok(())
}
