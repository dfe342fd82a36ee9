//! The reader's own data: files that other programs wrote come to the board as they are, hostile ones to nothing; and
//! nothing of them is lost, or leaves the browser.

use std::time::Duration;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use browser_tests::{Browser, Device, Key, PATIENCE};
use serde_json::{Value, json};

/// What every script here may use.
const NAMES: &str = "const { KMeans } = await import('/clustering.js');
    const $ = (selector) => document.querySelector(selector), $$ = (selector) => [...document.querySelectorAll(selector)];
    const board = $('#board'), rest = (ms) => new Promise((done) => setTimeout(done, ms));
    const until = async (is) => { for (let i = 0; !is(); i += 1) { if (i > 1500) throw new Error(`never ${is}`); await rest(20); } };
    const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt());
    /** Drops a file somewhere on the page, and waits for what comes of it. */
    const drop = async (blob, name = 'dropped.csv') => {
        const { own } = globalThis, dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([blob], name));
        $$('dialog .end, dialog .wrong').forEach((one) => one.remove());
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
        await until(() => $('dialog .end') || $('dialog .wrong'));
        return $('dialog .wrong')?.textContent ?? 'understood';
    };
    const go = async () => {
        const before = board.kmeans;
        $('dialog .end .primary').click();
        await until(() => !$('dialog') && board.kmeans !== before && $('#boards .scales text'));
        await rest(60);
        for (const each of $$('kmeans-board')) each.pause();
    };
    /** Has columns taken as they are, unless they would be anyway. */
    const unscale = async () => {
        const end = $('dialog .end'), none = $('dialog input[value=none]');
        if (none.checked) return;
        none.click();
        await until(() => $('dialog .end') && $('dialog .end') !== end);
    };
    const choose = async (label, text) => {
        const select = $$('dialog label').find((one) => one.firstChild.textContent === label).querySelector('select');
        select.value = [...select.options].find((option) => option.textContent === text).value;
        const before = $('dialog .end');
        select.dispatchEvent(new Event('change'));
        await until(() => $('dialog .end') && $('dialog .end') !== before);
    };";

async fn run(browser: &Browser, body: &str) -> Result<Value> {
    browser.run(&format!("{NAMES}\n{body}")).await
}

/// The playground, once its controls are there; what was shown before is left.
async fn open(browser: &Browser, address: &str) -> Result<()> {
    browser.open("/board.svg").await?;
    browser.open(address).await?;
    browser.wait_until("document.querySelector('#panes input') && document.querySelector('#board').kmeans && document.querySelector('#position').textContent.includes(' of ')", PATIENCE).await
}

async fn opened() -> Result<Browser> {
    opened_in(Browser::start().await?).await
}

async fn opened_in(browser: Browser) -> Result<Browser> {
    open(&browser, "/").await?;
    browser.console().await?; // of the picture before it, which has no icon
    Ok(browser)
}

/// The longest that the page worked in one go since the last time.
async fn longest_task(browser: &Browser) -> Result<Duration> {
    browser.tasks().await?.into_iter().max().context("no task")
}

/// A file of `tests/fixtures`, as an expression of a script.
fn fixture(name: &str) -> Result<String> {
    let file = xtask::root().join("tests/fixtures").join(name);
    let content = std::fs::read(&file).with_context(|| format!("no {}", file.display()))?;
    Ok(format!("bytes('{}')", BASE64_STANDARD.encode(content)))
}

/// Drops a fixture, has what was understood clustered, and returns what `then` does.
async fn clustered(browser: &Browser, name: &str, then: &str) -> Result<Value> {
    let content = fixture(name)?;
    run(
        browser,
        &format!(
            "const said = await drop({content}, '{name}'); if (said !== 'understood') throw new Error(said);
            const understood = $('dialog .own p').textContent;
            await go();
            {then}"
        ),
    )
    .await
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

fn is_near(found: &[f64], expected: &[f64], by: f64) -> bool {
    found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() <= by)
}

#[tokio::test]
async fn iris_is_the_same_as_every_program_writes_it() -> Result<()> {
    let browser = opened().await?;
    let points = "return [understood, board.kmeans.n, [...board.kmeans.points], board.kmeans.k, $('#boards .scales').getAttribute('aria-label')];";
    let first = clustered(&browser, "iris.csv", points).await?;
    assert_eq!(
        first[0],
        "iris.csv: 150 rows of 5 columns, apart by comma, decimal point, the first line has their names."
    );
    assert_eq!(numbers(&first[2])[..6], [5.1, 3.5, 4.9, 3.0, 4.7, 3.2]);
    assert_eq!(first[4], "Across: sepal length (cm). Up: sepal width (cm).");
    for (name, understood) in [
        ("iris-comma.csv", ": 150 rows of 5 columns, apart by semicolon, decimal comma, no line with names."),
        ("iris.tsv", ": 150 rows of 5 columns, apart by tab, decimal point, the first line has their names."),
        ("iris.json", ": JSON, 150 rows of 5 columns."),
    ] {
        let other = clustered(&browser, name, points).await?;
        assert_eq!(other[0], format!("{name}{understood}"));
        assert_eq!(other[2], first[2], "{name}");
    }
    let columns = clustered(&browser, "iris-columns.json", points).await?;
    assert_eq!(numbers(&columns[2]), numbers(&first[2])[..40]);
    assert_eq!(browser.console().await?, []);
    Ok(())
}

#[tokio::test]
async fn what_is_quoted_is_read_and_rows_without_numbers_are_named_by_their_lines() -> Result<()> {
    let browser = opened().await?;
    let content = fixture("quoted.csv")?;
    let seen = run(
        &browser,
        &format!(
            "await drop({content}, 'quoted.csv');
            const left = $('dialog details').textContent, heads = $$('dialog th').map((th) => th.textContent), cells = $$('dialog td').map((td) => td.textContent);
            await go();
            return [left, heads, cells.slice(0, 6), [...board.kmeans.points]];"
        ),
    )
    .await?;
    assert_eq!(seen[0], "2 rows are left out, for they have not both numbers.Lines 5, 6.");
    assert_eq!(seen[1], json!(["Ort, genau", "Länge", "Größe"]));
    assert_eq!(seen[2], json!(["two\nlines", "1.5", "2.5", "a \"quote\"", "3.5", "4.5"]));
    assert_eq!(numbers(&seen[3]), [1.5, 2.5, 3.5, 4.5, -8.5, 0.001]);
    Ok(())
}

#[tokio::test]
async fn numbers_are_read_as_people_write_them() -> Result<()> {
    let browser = opened().await?;
    for (text, points) in [
        ("1,2\\n3,4", vec![1.0, 2.0, 3.0, 4.0]),
        ("1;2\\r\\n3;4\\r\\n", vec![1.0, 2.0, 3.0, 4.0]),
        ("1\\t2\\r3\\t4\\r", vec![1.0, 2.0, 3.0, 4.0]),
        ("1,5;2,25\\n1.234,5;-0,5", vec![1.5, 2.25, 1234.5, -0.5]),
        ("\"1,234.5\",2\\n\"12,000,000\",.5e1", vec![1234.5, 2.0, 12_000_000.0, 5.0]),
        ("\u{2212}1,2\\n+3,1e3", vec![-1.0, 2.0, 3.0, 1000.0]),
        ("\u{feff}a|b\\n1|2\\n\\n3|4", vec![1.0, 2.0, 3.0, 4.0]),
        ("x y\\n1 2\\n3 4", vec![1.0, 2.0, 3.0, 4.0]),
        ("1,2\\n0x10,3\\nInfinity,4\\n,5\\n6,7", vec![1.0, 2.0, 6.0, 7.0]),
        ("[[1,2],[3,4]]", vec![1.0, 2.0, 3.0, 4.0]),
        ("[{\"a\":1,\"b\":2},{\"b\":4,\"a\":\"3\"},{\"a\":null,\"b\":1}]", vec![1.0, 2.0, 3.0, 4.0]),
    ] {
        let found = run(
            &browser,
            &format!(
                "const said = await drop('{text}'); if (said !== 'understood') return said;
                const scaling = $$('dialog [name=scaling]')[0];
                if (!scaling.checked) {{ const before = $('dialog .end'); scaling.click(); await until(() => $('dialog .end') !== before); }}
                $('dialog .end input').value = 2; await go(); return [...board.kmeans.points];"
            ),
        )
        .await?;
        assert_eq!(numbers(&found), points, "{text}: {found}");
    }
    Ok(())
}

#[tokio::test]
async fn unlike_columns_are_standardised_unless_the_reader_wants_otherwise() -> Result<()> {
    let browser = opened().await?;
    let content = fixture("wine.csv")?;
    let seen = run(
        &browser,
        &format!(
            "await drop({content}, 'wine.csv');
            const pair = () => ['Across', 'Up'].map((name) => $$('dialog label').find((one) => one.firstChild.textContent === name).querySelector('select').selectedOptions[0].textContent);
            const first = [pair(), $$('dialog .pairs label').length, $('dialog [name=scaling]:checked').value];
            await choose('Up', 'proline');
            const words = $$('dialog p').find(({{ textContent }}) => textContent.startsWith('k-means')).textContent;
            const scaling = $('dialog [name=scaling]:checked').value;
            await go();
            const {{ points }} = board.kmeans, n = points.length / 2, sums = [0, 0], squares = [0, 0];
            points.forEach((value, i) => {{ sums[i % 2] += value / n; squares[i % 2] += value * value / n; }});
            const ticks = $$('#boards .scales text:not(.name)').map(({{ textContent }}) => Number(textContent.replace(',', '')));
            const asIs = [];
            for (const at of [0, 2]) {{
                await drop({content}, 'wine.csv');
                await choose('Up', 'proline');
                const before = $('dialog .end');
                $$('dialog [name=scaling]')[at].click();
                await until(() => $('dialog .end') !== before);
                await go();
                const all = [...board.kmeans.points];
                asIs.push(all.slice(0, 2), [Math.min(...all), Math.max(...all)]);
            }}
            return [first, words, scaling, sums, squares, ticks, asIs];"
        ),
    )
    .await?;
    assert_eq!(seen[0], json!([["alcohol", "malic_acid"], 6, "none"]));
    assert_eq!(
        seen[1],
        "k-means measures distances, and proline spreads 390 times as far as alcohol. Both columns count alike: 1 is a standard deviation of each."
    );
    assert_eq!(seen[2], "standard");
    assert!(
        is_near(&numbers(&seen[3]), &[0.0, 0.0], 1e-12) && is_near(&numbers(&seen[4]), &[1.0, 1.0], 1e-12)
    );
    // The ticks are the columns' own: alcohol in per cent, proline in the hundreds and thousands.
    let ticks = numbers(&seen[5]);
    assert!(
        ticks.contains(&13.0) && ticks.contains(&1000.0) && ticks.iter().all(|tick| tick.abs() < 3000.0),
        "{ticks:?}"
    );
    assert_eq!(seen[6][0], json!([14.23, 1065]));
    assert_eq!(seen[6][3], json!([0, 1]));
    Ok(())
}

#[tokio::test]
async fn what_was_guessed_wrong_is_set_right_and_what_cannot_be_leaves_all_as_it_was() -> Result<()> {
    let browser = opened().await?;
    let seen = run(
        &browser,
        "await drop('1.234;2.000\\n3.456;4.000\\n5.678;9.000', 'thousands.csv');
        const words = () => $('dialog .own p').textContent;
        const guessed = words();
        await choose('Decimal', 'comma');
        const right = [words(), document.activeElement.id];
        // So slowly that it is seen to read, in the place of all else.
        const { postMessage } = Worker.prototype;
        Worker.prototype.postMessage = async function (...what) { await rest(400); postMessage.apply(this, what); };
        const select = $('#own-apart-by');
        select.focus();
        select.value = '|';
        select.dispatchEvent(new Event('change'));
        await until(() => $('dialog [role=alert]'));
        const wrong = [$('dialog [role=alert]').textContent, words(), $('#own-apart-by').value, document.activeElement.id];
        $('dialog .end input').value = '0';
        $('dialog .end .primary').click();
        await rest(50);
        Worker.prototype.postMessage = postMessage;
        const k = $('dialog [role=alert]').textContent;
        $('dialog .end input').value = '4';
        $('dialog .end .primary').click();
        await rest(300);
        const distinct = $('dialog [role=alert]').textContent;
        $('dialog .end input').value = '2';
        await go();
        const { keptOnes } = await import('/own-data.js');
        return [guessed, right[0], wrong, k, distinct, [...board.kmeans.points], (await keptOnes()).length];",
    )
    .await?;
    let named = |decimal: &str| {
        format!(
            "thousands.csv: 3 rows of 2 columns, apart by semicolon, decimal {decimal}, no line with names."
        )
    };
    assert_eq!(seen[0], named("point"));
    assert_eq!(seen[1], named("comma"));
    assert_eq!(
        seen[2],
        json!([
            "thousands.csv: There is no column of numbers among 3 rows, and a board needs two. The board is as it was.",
            named("comma"),
            ";",
            "own-apart-by"
        ])
    );
    assert_eq!(seen[3], "K: 0 is not a whole number from 1 to 1,024.");
    assert_eq!(seen[4], "k must be from 1 to 3, as many distinct points as the board has, not 4.");
    assert_eq!(seen[5], json!([1234, 2000, 3456, 4000, 5678, 9000]));
    assert_eq!(seen[6], 1); // what could not be clustered is not kept
    Ok(())
}

#[tokio::test]
async fn tracks_lie_as_proj_has_them_and_the_axes_say_so() -> Result<()> {
    let browser = opened().await?;
    let expected: Vec<[f64; 2]> =
        serde_json::from_slice(&std::fs::read(xtask::root().join("tests/fixtures/walk-metres.json"))?)?;
    // The one has seven decimals of a degree, the other six.
    for (name, understood, by) in [
        ("walk.gpx", "walk.gpx: GPX, 40 rows of 3 columns.", 0.03),
        ("walk.geojson", "walk.geojson: GeoJSON, 40 rows of 2 columns.", 0.12),
    ] {
        let seen = clustered(
            &browser,
            name,
            "return [understood, [...board.kmeans.points], $('#boards .scales').getAttribute('aria-label')];",
        )
        .await?;
        assert_eq!(seen[0], understood);
        assert!(is_near(&numbers(&seen[1]), &expected.concat(), by), "{name}: {}", seen[1]);
        assert_eq!(seen[2], "Across: metres east of 52.5173° N, 13.3803° E. Up: metres north of it.");
    }
    let remark = run(
        &browser,
        &format!(
            "await drop({}, 'walk.geojson'); return $$('dialog p')[1].textContent;",
            fixture("walk.geojson")?
        ),
    )
    .await?;
    assert_eq!(remark, "1 area was left out: only points and lines are read.");
    Ok(())
}

#[tokio::test]
async fn a_track_over_the_date_line_is_in_one_piece_and_a_table_of_positions_is_a_map() -> Result<()> {
    let browser = opened().await?;
    let seen = run(
        &browser,
        "await drop('lat,lon\\n0,179.9\\n0,-179.9\\n0.1,180', 'dates.csv');
        const words = [$('dialog [name=scaling]:checked').value, $$('dialog p').at(-1).textContent];
        $('dialog .end input').value = 2; await go(); return [words, [...board.kmeans.points]];",
    )
    .await?;
    assert_eq!(seen[0][0], "map");
    // A degree of the equator is 111.32 km, one of the meridian there 110.57 km.
    assert!(
        is_near(&numbers(&seen[1]), &[-11132.0, -5528.7, 11132.0, -5528.7, 0.0, 5528.7], 1.0),
        "{}",
        seen[1]
    );
    Ok(())
}

#[tokio::test]
async fn cells_of_a_picture_that_are_clicked_get_their_centres() -> Result<()> {
    let browser = opened().await?;
    let content = fixture("cells.png")?;
    let seen = run(
        &browser,
        &format!(
            "await drop({content}, 'cells.png');
            const canvas = $('dialog .sight canvas'), {{ left, top, width, height }} = canvas.getBoundingClientRect();
            const click = (x, y) => canvas.dispatchEvent(new MouseEvent('click', {{ bubbles: true, clientX: left + x / 240 * width, clientY: top + y / 160 * height }}));
            // Two clicks take a star away again; one beside the middle of each cell stays.
            for (const [x, y] of [[120, 80], [120, 80], [44, 46], [186, 44], [66, 114], [184, 121]]) click(x, y);
            const [dark, k] = [$('dialog [role=status]').textContent, $('dialog .end input').value];
            $('dialog [value=bright]').click();
            const bright = $('dialog [role=status]').textContent;
            $('dialog [value=dark]').click();
            await go();
            const start = [...board.kmeans.centroidsAfter(0)];
            board.run();
            return [dark, bright, k, start, [...board.kmeans.centroids], $('#boards .scales').getAttribute('aria-label'), $$('#seedings input:checked').length];"
        ),
    )
    .await?;
    assert_eq!(seen[0], "2,444 pixels of 38,400 become points.");
    assert_eq!(seen[1], "35,956 pixels of 38,400 become points.");
    assert_eq!(seen[2], "4");
    assert!(
        is_near(&numbers(&seen[3]), &[44.0, 114.0, 186.0, 116.0, 66.0, 46.0, 184.0, 39.0], 1.0),
        "{}",
        seen[3]
    );
    // Counted from below; a pixel's middle is half a pixel from its edges.
    assert!(
        is_near(&numbers(&seen[4]), &[50.5, 119.5, 180.5, 109.5, 60.5, 39.5, 190.5, 44.5], 0.2),
        "{}",
        seen[4]
    );
    assert_eq!(seen[5], "Across: pixels from the left. Up: pixels from below.");
    assert_eq!(seen[6], 0);
    // The start is in the address, and begins there again; another seeding leaves it.
    browser.wait_until("location.hash.includes('points=')", PATIENCE).await?;
    browser.reload().await?;
    browser
        .wait_until(
            "document.querySelector('#seedings input') && document.querySelector('#board').kmeans",
            PATIENCE,
        )
        .await?;
    let again = run(&browser, "return [[...board.kmeans.centroidsAfter(0)], board.kmeans.n];").await?;
    assert_eq!(again, json!([seen[3], 2444]));
    browser.click("#seedings label:nth-child(4)").await?;
    browser.wait_until("location.hash.includes('seeding=k-means')", PATIENCE).await?;
    Ok(())
}

/// What is dropped, as an expression, and what the dialog says of it.
const HOSTILE: &[(&str, &str)] = &[
    (
        "new Blob(Array(3).fill('1'.repeat(1e6)))",
        "Line 1 is longer than 1,000,000 characters, so this is no table of rows.",
    ),
    (
        "new Blob(['a,b\\n1,2\\n\"', ...Array(3).fill('3,4\\n'.repeat(3e5))])",
        "Line 3 is longer than 1,000,000 characters, so this is no table of rows. A quote that is not closed can make it so long.",
    ),
    ("'a,b\\n1,2\\n\"3,4\\n5,6'", "A quoted field of the last rows, from line 3 on, has no end."),
    (
        "new Uint8Array([49, 44, 50, 10, 0, 0, 51, 44, 52, 10])",
        "There are NUL bytes in it, so this is no text. If a program wrote it as UTF-16, let it write UTF-8.",
    ),
    (
        "bytes('UEsDBBQAAAAIAA==')",
        "This is a zip archive, as Excel, OpenOffice and Google Earth write, too. Unpack it, or save the sheet as CSV.",
    ),
    ("new Uint8Array([0x1f, 0x8b, 8, 0])", "This is packed with gzip. Unpack it first."),
    ("'%PDF-1.7'", "This is a PDF, which has no table to read."),
    (
        "Array.from({ length: 3 }, () => Array(10000).fill(1).join()).join('\\n')",
        "Line 1 has 10,000 columns, and at most 256 can be read.",
    ),
    (
        "'=cmd(),=1+1\\n=HYPERLINK(\"x\"),@SUM(1)\\n'",
        "There is no column of numbers among 2 rows, and a board needs two.",
    ),
    ("'<b onmouseover=alert(1)>\\n'", "This is no GPX that can be read, in line"),
    ("'<gpx><trk><trkpt lat=\"1\" lon=\"2\">'", "This is no GPX that can be read, in line"),
    ("'<kml></kml>'", "This is XML, but no GPX: other kinds of it cannot be read."),
    (
        "'<!DOCTYPE a [<!ENTITY b \"&c;&c;\"><!ENTITY c \"ha\">]><gpx>&b;</gpx>'",
        "This is no GPX that can be read, in line 1: Invalid character entity.",
    ),
    ("'x,name\\n1,a\\n2,b'", "There is only one column of numbers among 3 rows, and a board needs two."),
    (
        "'1'.repeat(200000) + 'x,2\\n' + `${'7'.repeat(200000)}y,3\\n`",
        "There is only one column of numbers among 2 rows, and a board needs two.",
    ),
    ("'\"a'.repeat(500000)", "A quoted field of the last rows, from line 1 on, has no end."),
    ("''", "There is nothing in it."),
    ("'[1, 2'", "This is no JSON:"),
    ("'[1, 2]'", "The JSON is a list of single values, and a board needs two numbers for each point."),
    ("'{\"a\": 1}'", "The JSON is an object without two columns."),
    ("'[' + '['.repeat(1e6)", "This is no JSON:"),
    ("'{\"options\":null}'", "these points cannot be read: points is no list of pairs."),
    ("'{\"type\":\"FeatureCollection\",\"features\":[]}'", "There is no column of numbers among 0 rows"),
    (
        "'{\"kmeans-board\":1,\"own\":{\"x\":[1],\"y\":[1,2]}}'",
        "these points cannot be read: y has 2 numbers, not 1.",
    ),
    (
        "new Uint8Array([0x89, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60, 8, 6, 0, 0, 0, 0, 0, 0])",
        "The picture has 60,000 × 60,000 pixels, and at most 100,000,000 can be read.",
    ),
    ("new Uint8Array([0xff, 0xd8, 0xff, 0, 1, 2])", "This is no picture that the browser can read."),
    (
        "new Blob(Array(5).fill('1,2\\n'.repeat(9e5)))",
        "There are more than 4,000,000 rows, which is as many points as a board can have.",
    ),
    (
        "new Blob(Array(50).fill(new Uint8Array(1e7).fill(49)))",
        "It has 500 MB, and at most 200 MB can be read here.",
    ),
];

/// No page works longer in one go, whatever it is given to read.
const PAUSE: Duration = Duration::from_millis(100);

#[tokio::test]
async fn hostile_files_get_a_sentence_and_the_board_stays() -> Result<()> {
    let browser = opened_in(Browser::start_traced().await?).await?;
    let before = run(
        &browser,
        "globalThis.held = board.kmeans;
        globalThis.alert = globalThis.cmd = () => globalThis.executed = true;
        return [...board.kmeans.points];",
    )
    .await?;
    for (content, words) in HOSTILE {
        run(&browser, &format!("globalThis.hostile = new Blob([{content}]);")).await?;
        browser.tasks().await?; // to make half a gigabyte takes the page its time, too
        let said = run(&browser, "return await drop(hostile, 'hostile.csv');").await?;
        let said = said.as_str().context("no text")?;
        assert!(said.starts_with(&format!("hostile.csv: {words}")), "{content}: {said}");
        assert!(said.ends_with(" The board is as it was."), "{content}: {said}");
        let longest = longest_task(&browser).await?;
        assert!(longest < PAUSE, "the page stood still for {longest:?}: {content}");
    }
    let after = run(&browser, "return [board.kmeans === held, [...board.kmeans.points], globalThis.executed ?? null, $$('dialog').length, location.hash.includes('points')];").await?;
    assert_eq!(after, json!([true, before, null, 1, false]));
    assert_eq!(browser.console().await?, []);
    Ok(())
}

#[tokio::test]
async fn formulas_and_markup_in_a_table_are_nothing_but_text() -> Result<()> {
    let browser = opened().await?;
    let seen = run(
        &browser,
        "globalThis.executed = 0; globalThis.alert = () => globalThis.executed += 1;
        const markup = '<img src=x onerror=alert(1)>';
        await drop(`=cmd(),${markup},y\\n1,2,${markup}\\n3,4,=1+1\\n5,7,z`, `${markup}.csv`);
        const cells = $$('dialog th, dialog td').map(({ textContent }) => textContent);
        $('dialog .end input').value = 2;
        await go();
        const { left, top, width } = board.getBoundingClientRect();
        for (let y = 0; y < width; y += 6) for (let x = 0; x < width; x += 6) {
            board.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, pointerType: 'mouse', clientX: left + x, clientY: top + y }));
            if (x % 120 === 0) await rest(1);
        }
        await rest(300);
        return [cells, $$('img').length, executed, $('#about').textContent, $('#boards .scales').getAttribute('aria-label')];",
    )
    .await?;
    let markup = "<img src=x onerror=alert(1)>";
    assert_eq!(seen[0], json!(["=cmd()", markup, "y", "1", "2", markup, "3", "4", "=1+1", "5", "7", "z"]));
    assert_eq!([&seen[1], &seen[2], &seen[3]], [&json!(0), &json!(0), &json!(format!("{markup}.csv"))]);
    assert_eq!(seen[4], format!("Across: =cmd(). Up: {markup}."));
    Ok(())
}

/// A table of a million rows, as a script makes it.
const MILLION: &str = "const lines = []; for (let i = 0; i < 1e6; i += 1) lines.push(`${(i * 7919) % 1009},${(i * 104729) % 997}`);
    const million = new Blob([lines.join('\\n')]);";

#[tokio::test]
async fn a_million_rows_come_off_the_pages_thread_with_progress_and_can_be_cancelled() -> Result<()> {
    let browser = opened().await?;
    let seen = run(
        &browser,
        &format!(
            "{MILLION}
            const held = board.kmeans, shares = new Set();
            let frames = 0, isOver = false;
            const look = () => {{ frames += 1; const bar = $('dialog progress'); if (bar) shares.add(bar.value); if (!isOver) requestAnimationFrame(look); }};
            look();
            const reading = drop(million, 'million.csv');
            await until(() => $('dialog progress')?.value > 0);
            $$('dialog button').find(({{ textContent }}) => textContent === 'Cancel').click();
            const isBack = Boolean($('dialog textarea')) && board.kmeans === held;
            await rest(1500);
            const isStill = Boolean($('dialog textarea')) && !$('dialog .end');
            frames = 0;
            const said = await drop(million, 'million.csv');
            isOver = true;
            const during = frames;
            await reading;
            await go();
            return [isBack, isStill, said, during > 5, shares.size > 3, board.kmeans.n];"
        ),
    )
    .await?;
    assert_eq!(seen, json!([true, true, "understood", true, true, 1_000_000]));
    // Too many for the address, so kept in the browser: a reload has them again.
    browser.wait_until("/kept=[0-9a-f]{12}/.test(location.hash)", PATIENCE).await?;
    assert_eq!(browser.eval("location.hash.includes('points=')").await?, false);
    browser.reload().await?;
    browser.wait_until("document.querySelector('#board').kmeans?.n === 1000000", PATIENCE).await?;
    // Sharing says why there is no address, and saves a file instead.
    browser.wait_until("document.querySelector('#about')?.textContent === 'million.csv'", PATIENCE).await?;
    browser.click("#share").await?;
    browser.wait_until("document.querySelector('dialog p')?.textContent.startsWith('These 1,000,000 points are too many for an address')", PATIENCE).await?;
    // Elsewhere the address says so, and the first board is there.
    let address = browser.eval("location.hash").await?;
    let other = Browser::start().await?;
    open(&other, &format!("/{}", address.as_str().context("no address")?)).await?;
    let said = "document.querySelector('#problem').textContent";
    other.wait_until(&format!("{said}.includes('kept in the browser')"), PATIENCE).await?;
    assert_eq!(other.eval("document.querySelector('#board').kmeans.n").await?, 100);
    Ok(())
}

#[tokio::test]
async fn where_no_worker_starts_the_page_reads_in_slices() -> Result<()> {
    let browser = Browser::start_traced().await?;
    let none = "Object.defineProperty(globalThis, 'Worker', { value: undefined })";
    browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": none })).await?;
    open(&browser, "/").await?;
    run(&browser, &format!("{MILLION} globalThis.million = million;")).await?;
    browser.tasks().await?;
    assert_eq!(run(&browser, "return await drop(million, 'million.csv');").await?, "understood");
    let longest = longest_task(&browser).await?;
    assert!(longest < PAUSE, "the page stood still for {longest:?}");
    let iris = clustered(&browser, "iris.csv", "return [...board.kmeans.points].slice(0, 2);").await?;
    assert_eq!(iris, json!([5.1, 3.5]));
    Ok(())
}

#[tokio::test]
async fn an_address_has_small_data_and_shows_the_same_to_everybody() -> Result<()> {
    let browser = opened().await?;
    let state = "board.run(); return [[...board.kmeans.points], [...board.kmeans.centroids], board.kmeans.iteration, $('#boards .scales').textContent, $('#about').textContent];";
    let before = clustered(&browser, "wine.csv", state).await?;
    browser.wait_until("location.hash.includes('i=')", PATIENCE).await?;
    let address = browser.eval("location.hash").await?;
    let address = address.as_str().context("no address")?;
    assert!(address.len() < 2000, "{} characters", address.len());
    let other = Browser::start().await?;
    open(&other, &format!("/{address}")).await?;
    other.wait_until("document.querySelector('#boards .scales')?.textContent", PATIENCE).await?;
    assert_eq!(run(&other, state).await?, before);
    // Another seed is another start on the same points; a board of the core's has no axes any more.
    let changed = run(
        &other,
        "$('#reseed').click(); await rest(300);
        const same = [board.kmeans.n, $('#hint').textContent];
        $('#presets input[value=gauss]').click();
        await until(() => board.kmeans.n === 200);
        await rest(100);
        return [same, $('#boards').classList.contains('axes'), location.hash.includes('points=')];",
    )
    .await?;
    assert_eq!(changed, json!([[178, "same seed, same picture"], false, false]));
    // And going back has them again.
    other.back().await?;
    other.wait_until("document.querySelector('#board').kmeans.n === 178 && document.querySelector('#boards').classList.contains('axes')", PATIENCE).await?;
    Ok(())
}

#[tokio::test]
async fn points_without_a_file_go_the_same_way() -> Result<()> {
    let browser = opened().await?;
    let made = run(
        &browser,
        "const { ofPoints, stateOf, keptOnes } = await import('/own-data.js'), { written } = await import('/address.js');
        const points = Float64Array.from({ length: 120 }, (_, i) => Math.sin(i * i) / 3);
        const state = await stateOf(ofPoints(points), 'abc'), again = await stateOf(ofPoints(points.slice(0, 60)), 'abc');
        const list = await keptOnes(), many = await stateOf(ofPoints(new Float64Array(60000).map((_, i) => Math.cos(i))));
        return [written({ ...state, k: 3, seed: 1, cells: true, trails: true }), [...points], again.n, list.map(({ id, n }) => [id, n]), Boolean(many.points), many.kept.length];",
    )
    .await?;
    assert_eq!((&made[2], &made[3]), (&json!(30), &json!([["abc", 30]])));
    assert_eq!((&made[4], &made[5]), (&json!(false), &json!(12)));
    let other = Browser::start().await?;
    open(&other, &format!("/{}", made[0].as_str().context("no address")?)).await?;
    let seen = run(&other, "await rest(300); return [[...board.kmeans.points], $('#boards').classList.contains('axes'), $('#about').textContent];").await?;
    assert_eq!(seen, json!([made[1], false, "Drawn by hand"]));
    Ok(())
}

#[tokio::test]
async fn an_address_that_somebody_made_up_is_an_error_and_no_more() -> Result<()> {
    let browser = opened().await?;
    let bomb = run(
        &browser,
        "const stream = new Blob([JSON.stringify({ x: Array(3e6).fill(0), y: [] })]).stream().pipeThrough(new CompressionStream('deflate-raw'));
        const packed = new Uint8Array(await new Response(stream).arrayBuffer());
        return btoa(String.fromCharCode(...packed)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');",
    )
    .await?;
    let packed = |json: &str| {
        format!(
            "btoa(String.fromCharCode(...new Uint8Array(await new Response(new Blob([`{json}`]).stream().pipeThrough(new CompressionStream('deflate-raw'))).arrayBuffer())))"
        )
    };
    let mut addresses = vec![
        ("nonsense".to_owned(), "the address is not whole"),
        ("%F0%9F%98%80".to_owned(), "the address is not whole"),
        (bomb.as_str().context("no bomb")?.to_owned(), "more than 4,000,000 characters"),
    ];
    for (json, words) in [
        (r#"{"x":[1,2],"y":[1]}"#, "y has 1 numbers, not 2"),
        (r#"{"x":[1,null],"y":[1,2]}"#, "x is no list of numbers"),
        (r#"{"x":[1,2],"y":[1,2],"axes":[["a",0,0],["b",0,1]]}"#, "an axis has no scale"),
        (r#"{"x":[],"y":[]}"#, "n must be from 1 to 4000000 points, not 0"),
        ("null", "x is no list of numbers"),
    ] {
        let text = browser.eval(&packed(json)).await?;
        addresses.push((
            text.as_str().context("no text")?.replace('+', "-").replace('/', "_").replace('=', ""),
            words,
        ));
    }
    for (text, words) in addresses {
        open(&browser, &format!("/#board=own&k=1&points={text}")).await?;
        browser.wait_until("!document.querySelector('#problem').hidden", PATIENCE).await?;
        let said = browser.eval("document.querySelector('#problem').textContent").await?;
        let said = said.as_str().unwrap_or_default();
        assert!(said.contains(words) && said.ends_with("So this is the first board."), "{said}");
        assert_eq!(browser.eval("document.querySelector('#board').kmeans.n").await?, 100);
    }
    Ok(())
}

#[tokio::test]
async fn what_was_brought_is_kept_until_it_is_forgotten() -> Result<()> {
    let browser = opened().await?;
    clustered(&browser, "iris.csv", "return 0;").await?;
    clustered(&browser, "walk.gpx", "return 0;").await?;
    open(&browser, "/").await?;
    browser.click("#open").await?;
    let titles = "[...document.querySelectorAll('dialog li span')].map(({ firstChild }) => firstChild.textContent).join()";
    browser.wait_until(&format!("{titles} === 'walk.gpx,iris.csv'"), PATIENCE).await?;
    browser.click("dialog li:nth-child(2) button").await?;
    browser
        .wait_until(
            "!document.querySelector('dialog') && document.querySelector('#board').kmeans.n === 150 && document.querySelector('#boards .scales text')",
            PATIENCE,
        )
        .await?;
    let points = run(
        &browser,
        "return [[...board.kmeans.points].slice(0, 2), $('#boards .scales').getAttribute('aria-label')];",
    )
    .await?;
    assert_eq!(points, json!([[5.1, 3.5], "Across: sepal length (cm). Up: sepal width (cm)."]));
    browser.click("#open").await?;
    browser.wait_until(&format!("{titles} === 'iris.csv,walk.gpx'"), PATIENCE).await?; // it was the last now
    for _ in 0..2 {
        browser.click("dialog li:nth-child(1) button:last-child").await?;
    }
    browser.wait_until(&format!("{titles} === 'walk.gpx'"), PATIENCE).await?;
    let left = "const databases = await indexedDB.databases();
        const database = await new Promise((done) => { const request = indexedDB.open('kmeans-board'); request.onsuccess = () => done(request.result); });
        return await new Promise((done) => { const all = database.transaction('own').objectStore('own').getAllKeys(); all.onsuccess = () => done(all.result.length); });";
    assert_eq!(run(&browser, left).await?, 2); // the list, and the walk
    for _ in 0..2 {
        browser.click("dialog li:nth-child(1) button:last-child").await?;
    }
    browser
        .wait_until("document.querySelector('dialog .own') && !document.querySelector('dialog li')", PATIENCE)
        .await?;
    assert_eq!(run(&browser, left).await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_board_saved_as_a_file_opens_again() -> Result<()> {
    let browser = opened().await?;
    let held = clustered(&browser, "wine.csv", "
        await import('/exports.js');
        const saved = {}, make = URL.createObjectURL;
        URL.createObjectURL = (blob) => { saved.blob = blob; return make(blob); };
        HTMLAnchorElement.prototype.click = function () { saved.name = this.download; };
        $('#save').click();
        await until(() => $('dialog .kinds'));
        const button = (name) => $$('dialog .kinds button').find(({ firstChild }) => firstChild.textContent === name);
        button('Board').click();
        await until(() => saved.blob);
        globalThis.file = saved.blob;
        const { name } = saved;
        $('dialog .head button').click();
        const state = () => [[...board.kmeans.points], board.kmeans.k, board.kmeans.seed, $('#boards .scales')?.textContent];
        const before = state();
        const json = board.kmeans.toJSON();
        const reopen = async (blob) => {
            const { kmeans } = board, dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([blob], 'again.json'));
            document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
            await until(() => board.kmeans !== kmeans && !$('dialog'));
            await rest(200);
            return state();
        };
        const own = await reopen(file), plain = await reopen(new Blob([json]));
        const drawn = await KMeans.init({ board: 'moons', n: 77, k: 3, seed: 9 });
        await reopen(new Blob([drawn.toJSON()]));
        return [name, JSON.stringify(own) === JSON.stringify(before), JSON.stringify(plain.slice(0, 3)) === JSON.stringify(before.slice(0, 3)), plain[3], board.kmeans.n, board.kmeans.options.board, $('#boards').classList.contains('axes')];").await?;
    assert_eq!(held, json!(["kmeans-board-own-178-3.board.json", true, true, "", 77, "moons", false]));
    Ok(())
}

/// Eleven by eleven points at whole numbers, brought.
const GRID: &str = "await drop(new Blob([['x,y', ...Array.from({ length: 121 }, (_, i) => `${i % 11},${Math.floor(i / 11)}`)].join('\\n')])); await go();";

/// Of eleven by eleven points at whole numbers, each is painted where the ticks of its two numbers meet, and nothing
/// halfway to the next.
#[tokio::test]
async fn a_point_lies_where_its_ticks_meet() -> Result<()> {
    let mut browser = opened().await?;
    for device in [Device::DESKTOP, Device::PHONE] {
        browser.become_device(device).await?;
        let seen = run(
            &browser,
            &format!(
                "if (board.kmeans.n !== 121) {{ {GRID} }}
                board.seek(0);
                const scales = $('#boards .scales').getBoundingClientRect(), place = board.getBoundingClientRect();
                const canvas = board.shadowRoot.querySelector('canvas'), context = canvas.getContext('2d');
                const scale = canvas.width / place.width;
                const texts = (anchor) => $$(`#boards .scales text[text-anchor=${{anchor}}]:not(.name)`);
                const across = texts('middle').map((text) => [Number(text.textContent), Number(text.getAttribute('x')) + scales.x - place.x]);
                const up = texts('end').map((text) => [Number(text.textContent), Number(text.getAttribute('y')) - 4 + scales.y - place.y]);
                const onBoard = (ticks) => ticks.filter(([value]) => Number.isInteger(value) && value >= 0 && value <= 10);
                const step = (onBoard(across)[1][1] - onBoard(across)[0][1]) / (onBoard(across)[1][0] - onBoard(across)[0][0]);
                const isMarked = (x, y) => context.getImageData(Math.round(x * scale), Math.round(y * scale), 1, 1).data[3] > 0;
                const places = onBoard(across).flatMap(([, x]) => onBoard(up).map(([, y]) => [x, y]));
                const between = () => places.filter(([x, y]) => isMarked(x + step / 2, y)).length;
                for (let i = 0; i < 50 && between() > 3; i += 1) await rest(100); // the cells fade
                return [places.length, places.filter(([x, y]) => isMarked(x, y)).length, between()];"
            ),
        )
        .await?;
        let counts: Vec<usize> = serde_json::from_value(seen)?;
        assert!(counts[0] >= 9 && counts[1] == counts[0] && counts[2] <= 3, "{device:?}: {counts:?}");
    }
    Ok(())
}

/// What is kept can be forgotten, each or all, but by nobody's slip: it is asked once more.
#[tokio::test]
async fn what_is_kept_is_forgotten_on_the_second_press() -> Result<()> {
    let browser = opened().await?;
    let seen = run(
        &browser,
        "for (let table = 1; table <= 3; table += 1) {
            await drop(new Blob([['x,y', ...Array.from({ length: 40 }, (_, i) => `${i},${i * table}`)].join('\\n')]), `table-${table}.csv`);
            await go();
        }
        const titles = () => $$('dialog li span').map(({ firstChild }) => firstChild.textContent).filter((text) => text.startsWith('table-'));
        const press = async (words) => {
            const pressed = $$('dialog button').find(({ textContent }) => textContent === words);
            pressed.focus();
            pressed.click();
            await rest(300);
            return pressed;
        };
        $('#open').click();
        await until(() => titles().length === 3);
        const all = titles(), asked = await press('Forget'), words = [asked.textContent, asked.ariaLabel, titles().length];
        asked.blur();
        words.push(asked.textContent);
        await press('Forget');
        await press('Really?');
        await until(() => titles().length === 2);
        const two = titles();
        await press('Forget all');
        words.push(titles().length);
        await press('Really?');
        await until(() => titles().length === 0);
        return [all.toSorted(), words, all.filter((title) => !two.includes(title)).length, $('dialog[open]') !== null];",
    )
    .await?;
    let titles = json!(["table-1.csv", "table-2.csv", "table-3.csv"]);
    let first = seen[1][1].as_str().context("no name")?;
    assert!(first.starts_with("Really? Forget table-"), "{first}");
    assert_eq!(seen, json!([titles, ["Really?", first, 3, "Forget", 2], 1, true]));
    Ok(())
}

/// What a hand has changed is kept, also where a step of the grid that it is rounded to is longer than 1.
#[tokio::test]
async fn points_a_million_apart_outlive_a_change_by_hand() -> Result<()> {
    let browser = opened().await?;
    let rows = "Array.from({ length: 60 }, (_, i) => `${i * 70001},${((i * 37) % 60) * 50003}`)";
    let before = run(
        &browser,
        &format!(
            "await drop(new Blob([['x,y', ...{rows}].join('\\n')]));
            await unscale();
            await go();
            $('#panes input[value=hands]').click();
            await until(() => $('#lab .hands h3'));
            const address = location.hash;
            board.edit((kmeans) => kmeans.movePoint(3, 123456, 654321), {{ edit: 'movePoint', i: 3, x: 123456, y: 654321 }});
            await until(() => location.hash !== address);
            return [...board.kmeans.points];"
        ),
    )
    .await?;
    browser.reload().await?;
    browser.wait_until("document.querySelector('#board').kmeans?.n === 60", PATIENCE).await?;
    let after = run(&browser, "return [...board.kmeans.points];").await?;
    let (before, after) = (numbers(&before), numbers(&after));
    assert_eq!(after.len(), 120);
    assert_eq!((before[6], before[7]), (123_456.0, 654_321.0));
    // To a hundred-thousandth of the side.
    assert!(is_near(&after, &before, 45.0), "{after:?}, not {before:?}");
    Ok(())
}

/// Whatever the numbers are: large, small, alike but for their last digits.
#[tokio::test]
async fn the_numbers_of_the_axes_have_room() -> Result<()> {
    let mut browser = opened().await?;
    for device in [Device::DESKTOP, Device::PHONE] {
        browser.become_device(device).await?;
        for (x, y, names) in [
            ("250000 + i * 7001", "(i * 37) % 170 - 300000", ["x", "y"]),
            (
                "1700000000 + (i * 7) % 23",
                "1700000000 + (i * 11) % 23",
                ["x − 1,700,000,000", "y − 1,700,000,000"],
            ),
            ("5 * i", "(i * 37) % 170 - 300000", ["x", "y + 305,000"]),
            ("1e-7 * ((i * 7) % 23)", "1e-7 * ((i * 11) % 23)", ["x (in 1e−6)", "y (in 1e−6)"]),
            ("1712345678.91 + i / 1500", "-1e-3 * i", ["x − 1,712,345,678", "y"]),
        ] {
            let seen = run(
                &browser,
                &format!(
                    "await drop(new Blob([['x,y', ...Array.from({{ length: 60 }}, (_, i) => `${{{x}}},${{{y}}}`)].join('\\n')]));
                    await unscale();
                    await go();
                    const boxes = (anchor) => $$(`#boards .scales text[text-anchor=${{anchor}}]:not(.name)`).map((text) => text.getBoundingClientRect());
                    const across = boxes('middle'), up = boxes('end'), names = $$('#boards .scales .name');
                    const isApart = across.every(({{ left }}, i) => !i || left > across[i - 1].right + 4);
                    const isInside = up.every(({{ left, right }}) => left > names[1].getBoundingClientRect().right && right < board.getBoundingClientRect().left);
                    // What is read off, with what the name says, is where it stands.
                    const plain = (text) => text.replaceAll('−', '-').replaceAll(',', ''), units = {{ K: 'e3', M: 'e6', B: 'e9', T: 'e12' }};
                    const [, sign = '+', common = '0'] = /([−+]) ([0-9,.]+)/.exec(names[0].textContent) ?? [], [, power = 'e0'] = /1(e.+)[)]/.exec(names[0].textContent) ?? [];
                    const {{ viewOf }} = await import('/clustering.js'), {{ left, side }} = viewOf(board.kmeans), place = board.getBoundingClientRect();
                    const texts = $$('#boards .scales text[text-anchor=middle]:not(.name)').map(({{ textContent }}) => textContent);
                    const off = texts.map((text, i) => {{
                        const read = Number(plain(text).replace(/[KMBT]/, (unit) => units[unit]) + plain(power).replace('e0', '')) + (sign === '+' ? -1 : 1) * Number(plain(common));
                        const stands = left + (across[i].x + across[i].width / 2 - place.x) / place.width * side;
                        return Math.abs(read - stands) / side;
                    }});
                    return [across.length > 1 && up.length > 1 && Math.max(...off) < 0.005, isApart, isInside, names.map(({{ textContent }}) => textContent)];"
                ),
            )
            .await?;
            assert_eq!(seen, json!([true, true, true, names]), "{device:?}, {x}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_arrow_keys_go_from_point_to_point_and_tell_their_rows() -> Result<()> {
    let browser = opened().await?;
    run(&browser, &format!("{GRID} board.seek(0); $('#boards .scales').focus();")).await?;
    let note = "document.querySelector('.row-of')";
    let lines = format!("[...{note}.children].map(({{ textContent }}) => textContent)");
    // The middle one first; from the upper edge there is no way up.
    let mut way =
        vec![(None, [5, 5]), (Some(Key::Right), [6, 5]), (Some(Key::Up), [6, 6]), (Some(Key::Left), [5, 6])];
    way.extend((7..=10).map(|y| (Some(Key::Up), [5, y])));
    way.extend([(Some(Key::Up), [5, 10]), (Some(Key::Down), [5, 9])]);
    for (key, [x, y]) in way {
        if let Some(key) = key {
            browser.press(key).await?;
        }
        let told = json!([format!("line {}", 2 + x + 11 * y), format!("x: {x}"), format!("y: {y}")]);
        browser.wait_until(&format!("JSON.stringify({lines}) === JSON.stringify({told})"), PATIENCE).await?;
    }
    // The ring is around that point, and the timeline has not moved.
    let ring = "return [getComputedStyle(document.activeElement).outlineStyle, board.kmeans.iteration,
        $$('#boards .scales circle').map((ring) => {
            const { x, y, width } = ring.getBoundingClientRect(), place = board.getBoundingClientRect();
            const context = board.shadowRoot.querySelector('canvas').getContext('2d'), scale = context.canvas.width / place.width;
            return context.getImageData((x + width / 2 - place.x) * scale, (y + width / 2 - place.y) * scale, 1, 1).data[3] > 0;
        })];";
    assert_eq!(run(&browser, ring).await?, json!(["solid", 0, [true]]));
    browser.press(Key::Escape).await?;
    assert_eq!(browser.eval(&format!("{note}.hidden")).await?, true);
    browser.press(Key::Down).await?;
    browser.wait_until(&format!("!{note}.hidden"), PATIENCE).await?;
    browser.press(Key::Tab).await?;
    assert_eq!(
        run(&browser, "return [$('.row-of').hidden, $$('#boards .scales circle').length];").await?,
        json!([true, 0])
    );
    Ok(())
}

#[tokio::test]
async fn a_point_that_is_pointed_at_tells_its_row() -> Result<()> {
    let browser = opened().await?;
    let place = clustered(
        &browser,
        "iris.csv",
        "const { viewOf } = await import('/clustering.js'), { left, top, side } = viewOf(board.kmeans);
        const [x, y] = board.kmeans.points.slice(2 * 41), place = board.getBoundingClientRect();
        return [place.left + (x - left) / side * place.width, place.top + (top - y) / side * place.height];",
    )
    .await?;
    let place = (place[0].as_f64().context("no x")?, place[1].as_f64().context("no y")?);
    browser.hover(place).await?;
    let note = "document.querySelector('.row-of')";
    browser.wait_until(&format!("!{note}.hidden"), PATIENCE).await?;
    // The line of the file: 42 rows, and the names before them.
    let lines = "[...document.querySelector('.row-of').children].map(({ textContent }) => textContent)";
    assert_eq!(
        browser.eval(lines).await?,
        json!([
            "line 43",
            "sepal length (cm): 4.5",
            "sepal width (cm): 2.3",
            "petal length (cm): 1.3",
            "petal width (cm): 0.3",
            "target: 0"
        ])
    );
    browser.hover((5.0, 5.0)).await?;
    browser.wait_until(&format!("{note}.hidden"), PATIENCE).await?;
    // After a reload there is no file, but the line and both columns.
    browser.wait_until("location.hash.includes('points=')", PATIENCE).await?;
    browser.reload().await?;
    browser.wait_until("document.querySelector('#boards .scales')?.textContent", PATIENCE).await?;
    browser.hover(place).await?;
    browser.wait_until(&format!("!{note}.hidden"), PATIENCE).await?;
    assert_eq!(
        browser.eval(lines).await?,
        json!(["line 43", "sepal length (cm): 4.5", "sepal width (cm): 2.3"])
    );
    Ok(())
}

#[tokio::test]
async fn rows_far_into_a_file_of_many_pieces_are_found_again() -> Result<()> {
    let browser = opened().await?;
    // Letters of one, two, three and four bytes, so that pieces begin within some; quoted line ends; empty lines.
    let wrong = run(
        &browser,
        "const { read } = await import('/data/reading.js'), { fieldsOfRow } = await import('/data/rows.js');
        const word = (i) => ['a', 'é', '€', '😀'][i % 4].repeat(1 + i % 7), lines = ['\u{feff}name,x,y'];
        for (let i = 0; i < 60000; i += 1) lines.push(`${i % 5 ? word(i) : `\"${word(i)}\n,\"`},${i},${-i}${i % 11 ? '' : '\\n'}`);
        const blob = new Blob([lines.join('\\n')]), table = await read(blob), wrong = [];
        for (let row = 1; row < table.rows; row += 997) {
            const fields = await fieldsOfRow({ blob, table }, row), i = row - 1;
            if (fields[1][1] !== String(i) || table.columns[2].values[row] !== -i || !fields[0][1].startsWith(word(i))) wrong.push([row, fields]);
        }
        const text = lines.join('\\n'), at = text.split('\\n').findIndex((line) => line.includes(',59999,'));
        return [table.rows, table.pieces.length > 3, wrong, table.lines[60000] - 1 === at];",
    )
    .await?;
    assert_eq!(wrong, json!([60001, true, [], true]));
    Ok(())
}

#[tokio::test]
async fn from_a_file_to_clusters_it_is_three_clicks_and_by_pasting_one() -> Result<()> {
    let mut browser = opened().await?;
    browser.become_device(Device::PHONE).await?;
    open(&browser, "/").await?;
    // The system's own dialog cannot be driven: what is chosen there is given to the input when it asks.
    let content = fixture("iris.csv")?;
    run(
        &browser,
        &format!(
            "const file = new File([{content}], 'iris.csv');
        HTMLInputElement.prototype.click = function () {{
            const list = new DataTransfer(); list.items.add(file);
            this.files = list.files; this.dispatchEvent(new Event('change'));
        }}; return 0;"
        ),
    )
    .await?;
    browser.click("#open").await?;
    browser.wait_until("document.querySelector('dialog .primary')", PATIENCE).await?;
    browser.click("dialog .primary").await?;
    browser.wait_until("document.querySelector('dialog .end .primary')", PATIENCE).await?;
    let fits = "document.documentElement.scrollWidth <= innerWidth && document.querySelector('dialog').scrollWidth <= document.querySelector('dialog').clientWidth";
    assert_eq!(browser.eval(fits).await?, true);
    browser.click("dialog .end .primary").await?;
    browser
        .wait_until(
            "!document.querySelector('dialog') && document.querySelector('#board').kmeans.n === 150 && document.querySelector('#board').kmeans.k === 3",
            PATIENCE,
        )
        .await?;
    assert_eq!(browser.eval("document.documentElement.scrollWidth <= innerWidth").await?, true);
    // Pasted anywhere; into a field it is the field's.
    let pasted = run(
        &browser,
        "const paste = (target, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData('text', text);
            target.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
        };
        paste($('#k'), '9'); paste(document.body, '');
        await rest(300);
        const none = $$('dialog').length;
        paste(document.body, 'a\\tb\\n1\\t2\\n3\\t4\\n5\\t7');
        await until(() => $('dialog .end'));
        const words = $('dialog .own p').textContent;
        await go();
        return [none, words, [...board.kmeans.points]];",
    )
    .await?;
    assert_eq!(
        pasted,
        json!([
            0,
            "Pasted table: 3 rows of 2 columns, apart by tab, decimal point, the first line has their names.",
            [1, 2, 3, 4, 5, 7]
        ])
    );
    Ok(())
}

#[tokio::test]
async fn a_newcomers_slips_lose_nothing() -> Result<()> {
    let browser = opened().await?;
    browser.click("#open").await?;
    browser.wait_until("document.querySelector('dialog textarea')", PATIENCE).await?;
    let seen = run(
        &browser,
        "const box = () => $('dialog textarea');
        const put = (text, inputType) => {
            box().value = text;
            box().dispatchEvent(new InputEvent('input', { inputType }));
        };
        // Nonsense stays where it can be set right, and nothing that is typed is read before it is said to be complete.
        put('no numbers', 'insertFromPaste');
        await until(() => $('dialog [role=alert]'));
        const kept = [box().value, document.activeElement === box()];
        put('a,b,c\\n1,2,9\\n3,4,8\\n5,7,7', 'insertText');
        await rest(300);
        const waits = Boolean(box());
        $$('dialog button').find((one) => one.textContent === 'Read this table').click();
        await until(() => $('dialog .end'));
        // Another file is a click away, also from a table.
        $$('dialog button').find((one) => one.textContent === 'Another file').click();
        const back = [box().value.length, Boolean($('dialog .end'))];
        $('dialog').close();
        await until(() => !$('dialog'));
        $('#open').click();
        await until(() => box());
        back.push(box().value.length);
        await drop('a,b,c\\n1,2,9\\n3,4,8\\n5,7,7', 'abc.csv');
        // A column is not taken twice: the other one gets what this one had.
        const pair = () => ['Across', 'Up'].map((name) => $$('dialog label').find((one) => one.firstChild.textContent === name).querySelector('select').selectedOptions[0].textContent);
        await choose('Across', 'b');
        const exchanged = pair();
        await go();
        $('#open').click();
        await until(() => $('dialog textarea'));
        await drop('a,b,c\\n1,2,9\\n3,4,8\\n5,7,7', 'abc.csv');
        await choose('Up', 'c');
        await go();
        $('#open').click();
        await until(() => $('dialog li'));
        const names = $$('dialog li small').map((one) => one.textContent.split(',')[0]);
        // What was typed waits until it has been clustered itself.
        const typed = [box().value.length];
        $$('dialog button').find((one) => one.textContent === 'Read this table').click();
        await until(() => $('dialog .end'));
        await go();
        $('#open').click();
        await until(() => $('dialog li'));
        typed.push(box().value.length);
        return [kept, waits, back, exchanged, names, typed];",
    )
    .await?;
    assert_eq!(
        seen,
        json!([["no numbers", true], true, [23, false, 23], ["b", "a"], ["a × c", "b × a"], [23, 0]])
    );
    Ok(())
}

#[tokio::test]
async fn nothing_of_it_is_sent_anywhere() -> Result<()> {
    let browser = opened().await?;
    run(&browser, "globalThis.sent = [];
        for (const name of ['fetch', 'open']) {
            const target = name === 'fetch' ? globalThis : XMLHttpRequest.prototype, own = target[name];
            target[name] = function (...values) { sent.push(String(values[0]?.url ?? values[0])); return own.apply(this, values); };
        }
        navigator.sendBeacon = (url) => sent.push(url);
        performance.clearResourceTimings(); return 0;").await?;
    for name in ["iris.csv", "walk.gpx", "cells.png", "iris.json"] {
        clustered(&browser, name, "return 0;").await?;
    }
    let asked = run(&browser, "return [sent.filter((url) => !url.endsWith('.wasm')), performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => !(name.startsWith(`${location.origin}/`) && /\\.(js|wasm)$/.test(name)))];").await?;
    assert_eq!(asked, json!([[], []]));
    Ok(())
}

#[tokio::test]
async fn the_samples_say_that_we_made_them() -> Result<()> {
    let browser = opened().await?;
    for (sample, title) in [
        ("Cells, a picture", "cells, drawn by us.png"),
        ("A day of positions", "a day of positions, made up by us.csv"),
    ] {
        let seen = run(
            &browser,
            &format!(
                "$('#open').click();
                const button = () => $$('dialog button').find(({{ textContent }}) => textContent === '{sample}');
                await until(button);
                const words = $('dialog h3').textContent;
                button().click();
                await until(() => $('dialog .end'));
                await go();
                return [words, $('#about').textContent, board.kmeans.n > 200];"
            ),
        )
        .await?;
        assert_eq!(
            seen,
            json!(["None at hand? Made by our own generators, measured by nobody:", title, true])
        );
    }
    Ok(())
}

/// A page with boards of tables, beside them.
async fn page_with(files: &[(&str, &str)], body: &str) -> Result<(Browser, tempfile::TempDir)> {
    let folder = tempfile::tempdir()?;
    xtask::build::copy_folder(&xtask::root().join("dist"), folder.path())?;
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content)?;
    }
    let page = format!(
        "<!doctype html><link rel=icon href=data:,><script type=module src=kmeans-board.js></script>{body}"
    );
    std::fs::write(folder.path().join("page.html"), page)?;
    let browser = Browser::serving(folder.path()).await?;
    browser.open("/page.html").await?;
    Ok((browser, folder))
}

#[tokio::test]
async fn an_element_takes_its_points_from_a_table() -> Result<()> {
    let table = "name;a;b\none;1,5;2\ntwo;3;4\nnone;;1\nthree;5;6,25\n";
    let files = [("table.csv", table), ("words.csv", "a,b\nc,d\n"), ("other.csv", "7,8\n9,10\n")];
    let body = "<kmeans-board src=table.csv k=2 seed=1 n=9 board=gauss loading=eager></kmeans-board>
        <kmeans-board src=words.csv loading=eager></kmeans-board><kmeans-board src=none.csv loading=eager></kmeans-board>";
    let (browser, _folder) = page_with(&files, body).await?;
    browser.wait_until("document.querySelector('kmeans-board').kmeans", PATIENCE).await?;
    let seen = browser
        .run(
            "const boards = [...document.querySelectorAll('kmeans-board')], [first] = boards;
            const words = (board) => board.ready.then(() => 'ready', ({ code, message }) => [code, message.replace(location.origin, '')]);
            const before = [[...first.points], first.k, first.src];
            const errors = [];
            first.addEventListener('error', ({ detail }) => errors.push(detail.code));
            const changed = async (act) => { const { kmeans } = first; act(); while (first.kmeans === kmeans) await new Promise((done) => setTimeout(done, 10)); return [...first.points]; };
            const other = await changed(() => first.src = 'other.csv');
            first.src = 'none.csv';
            while (!errors.length) await new Promise((done) => setTimeout(done, 10));
            const kept = [...first.points];
            const own = await changed(() => first.points = [[1, 2], [3, 4]]);
            const drawn = await changed(() => { first.points = undefined; first.src = null; });
            return [before, other, errors, kept, own, drawn.length, first.src, await words(boards[1]), await words(boards[2])];",
        )
        .await?;
    assert_eq!(seen[0], json!([[1.5, 2, 3, 4, 5, 6.25], 2, "table.csv"]));
    assert_eq!(seen[1], json!([7, 8, 9, 10]));
    assert_eq!(seen[2], json!(["src"]));
    assert_eq!(seen[3], seen[1]);
    assert_eq!(seen[4], json!([1, 2, 3, 4]));
    assert_eq!((&seen[5], &seen[6]), (&json!(18), &json!("")));
    assert_eq!(
        seen[7],
        json!([
            "src",
            "src \"/words.csv\" cannot be read: There is no column of numbers among 2 rows, and a board needs two."
        ])
    );
    assert_eq!(seen[8], json!(["src", "src \"/none.csv\" cannot be read: its server answers 404"]));
    let heard: Vec<String> = browser.console().await?.into_iter().map(|message| message.text).collect();
    let warned: Vec<&String> =
        heard.iter().filter(|text| text.contains("left out: 1, the first in line 4")).collect();
    assert_eq!(warned.len(), 1, "{heard:#?}");
    Ok(())
}

#[tokio::test]
async fn what_an_iframe_shows_takes_a_table_too() -> Result<()> {
    let (browser, _folder) = page_with(&[("table.csv", "x,y\n1,2\n3,4\n5,7\n")], "").await?;
    browser.open("/embed.html?src=table.csv&k=2&seed=1").await?;
    browser.wait_until("document.querySelector('kmeans-board').kmeans", PATIENCE).await?;
    let points = browser.eval("[...document.querySelector('kmeans-board').kmeans.points]").await?;
    assert_eq!(points, json!([1, 2, 3, 4, 5, 7]));
    Ok(())
}

#[tokio::test]
async fn an_embedded_board_of_ones_own_data_begins_as_it_does_here() -> Result<()> {
    let browser = opened().await?;
    let seen = clustered(
        &browser,
        "wine.csv",
        "const saved = [], click = HTMLAnchorElement.prototype.click;
        HTMLAnchorElement.prototype.click = function () { saved.push([this.download, this.href]); };
        $('#embed').click();
        const inside = () => $('dialog iframe')?.contentDocument.querySelector('kmeans-board');
        await until(() => inside()?.kmeans);
        const { kmeans } = inside(), ways = $$('dialog .segments label').map(({ textContent }) => textContent);
        const tag = $('dialog textarea').value.split('\\n')[1];
        $$('dialog button').find(({ textContent }) => textContent === 'Save the table').click();
        const [[name, href]] = saved, table = await (await fetch(href)).text();
        HTMLAnchorElement.prototype.click = click;
        const same = (ours, theirs) => JSON.stringify([...ours]) === JSON.stringify([...theirs]);
        return [ways, tag, same(kmeans.points, board.kmeans.points), same(kmeans.centroidsAfter(0), board.kmeans.centroidsAfter(0)), name, table.split('\\n').length];",
    )
    .await?;
    assert_eq!(
        seen,
        json!([
            ["Tag", "One file"],
            "<kmeans-board src=\"kmeans-board-own-178-3.csv\" k=\"3\" seeding=\"k-means++\" seed=\"83\" controls voronoi trails></kmeans-board>",
            true,
            true,
            "kmeans-board-own-178-3.csv",
            180
        ])
    );
    Ok(())
}

#[tokio::test]
async fn a_table_that_a_page_has_asked_for_no_longer_does_not_come() -> Result<()> {
    let files = [("one.csv", "1,2\n3,4\n"), ("two.csv", "5,6\n7,8\n9,1\n")];
    let (browser, _folder) =
        page_with(&files, "<kmeans-board src=one.csv k=1 loading=eager></kmeans-board>").await?;
    browser.wait_until("document.querySelector('kmeans-board').kmeans", PATIENCE).await?;
    let seen = browser
        .run(
            "const board = document.querySelector('kmeans-board'), own = globalThis.fetch, errors = [];
            board.addEventListener('error', ({ detail }) => errors.push(detail));
            globalThis.fetch = async (url, options) => {
                if (String(url).endsWith('two.csv')) await new Promise((done) => setTimeout(done, 400));
                return own(url, options);
            };
            board.src = 'two.csv';
            await new Promise((done) => setTimeout(done, 100));
            board.src = null;
            board.board = 'grid';
            await new Promise((done) => setTimeout(done, 1000));
            return [board.kmeans.n, errors];",
        )
        .await?;
    assert_eq!(seen, json!([144, []]));
    Ok(())
}
