//! Changes by hand: the methods of `KMeans`, the element's `interactive`, and the playground's pane.

use anyhow::Result;
use browser_tests::{Browser, Device, Key, Media, PATIENCE, Point};
use serde_json::{Value, json};

const NAMES: &str = "const { KMeans, KMeansError } = await import('/kmeans.js');
    await KMeans.load();
    const gauss = () => KMeans.init({ board: 'gauss', n: 200, k: 3, seed: 5 });
    const state = (km) => JSON.stringify([[...km.points], [...km.centroids], [...km.labels], km.iteration, km.phase, km.computed, km.inertia, km.options]);
    const error = (call) => { try { call(); return null; } catch (error) { return [error instanceof KMeansError, error.code, error.message]; } };";

async fn run(body: &str) -> Result<Value> {
    Browser::start_bare().await?.run(&format!("{NAMES}\n{body}")).await
}

#[tokio::test]
async fn points_and_centroids_are_changed_and_changed_back() -> Result<()> {
    let seen = run(
        "const km = await gauss();
        km.run();
        const states = [state(km)], seen = [];
        const edits = [() => km.addPoint(0.5, -0.5), () => km.movePoint(3, 0.25, 0.75), () => km.removePoint(0),
            () => km.moveCentroid(1, 0.125, 0), () => km.addPoints([[0, 0], [0.1, 0.1]]), () => km.removePoints([1, 5, 5])];
        for (const edit of edits) {
            const before = [km.n, [...km.points], km.bounds.join()];
            edit();
            seen.push([km.n, km.iteration, km.phase, km.bounds.join() === before[2]]);
            km.step(); // what is done between the edits comes back as well
            states.push(state(km));
        }
        const points = km.points, centroid = [...km.centroids];
        let isSame = true;
        for (let i = edits.length - 1; i >= 0; i -= 1) isSame &&= km.undo() && state(km) === states[i];
        const atTheEnd = km.undo();
        for (let i = 1; i <= edits.length; i += 1) isSame &&= km.redo();
        return { seen, isSame, atTheEnd, redone: km.redo(), n: km.n, points: points.length / 2, again: km.points.join() === points.join() };",
    )
    .await?;
    let steps = [201, 201, 200, 200, 202, 200].map(|n| json!([n, 0, "update", true]));
    assert_eq!(seen["seen"], json!(steps));
    assert_eq!(
        [&seen["isSame"], &seen["atTheEnd"], &seen["redone"], &seen["again"]],
        [true, false, false, true]
    );
    assert_eq!([&seen["n"], &seen["points"]], [200, 200]);
    Ok(())
}

#[tokio::test]
async fn a_change_is_the_one_that_was_asked_for() -> Result<()> {
    let seen = run(
        "const km = await gauss(), points = [...km.points], centroids = [...km.centroids];
        const at = km.addPoint(0.5, -0.5);
        const added = JSON.stringify([...km.points]) === JSON.stringify([...points, 0.5, -0.5]);
        km.undo();
        km.movePoint(3, 0.25, 0.75);
        const moved = [...km.points].map((v, i) => v === points[i] ? null : [i, v]).filter(Boolean);
        km.undo();
        km.removePoint(7);
        const removed = km.points.join() === points.toSpliced(14, 2).join();
        km.undo();
        km.moveCentroid(2, 0.5, 0.25);
        const star = [...km.centroids].slice(4), others = km.centroids.slice(0, 4).join() === centroids.slice(0, 4).join();
        const again = await KMeans.init(km.options);
        return { at, added, moved, removed, star, others, unassigned: Number.isNaN(km.inertia), seed: again.seed === km.seed, same: again.run().inertia === km.run().inertia };",
    )
    .await?;
    let expected = json!({ "at": 200, "added": true, "moved": [[6, 0.25], [7, 0.75]], "removed": true, "star": [0.5, 0.25],
        "others": true, "unassigned": true, "seed": true, "same": true });
    assert_eq!(seen, expected);
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_is_said_and_changes_nothing() -> Result<()> {
    let seen = run(
        "const km = await KMeans.init({ points: [[0, 0], [1, 0], [0, 1]], k: 3, seed: 1 });
        km.run();
        const before = state(km);
        const errors = [() => km.movePoint(3, 0, 0), () => km.moveCentroid(-1, 0, 0), () => km.addPoint('1', 0), () => km.addPoint(NaN, 0),
            () => km.removePoint(0), () => km.removePoints([0, 9]), () => km.addPoints([[1]]), () => km.movePoint(0.5, 0, 0)].map(error);
        const same = state(km) === before, undo = km.undo();
        km.addPoint(2, 2);
        km.free();
        return { errors, same, undo, freed: error(() => km.undo())[1] };",
    )
    .await?;
    let errors = json!([
        [true, "range", "i must be from 0 to 2, not 3"],
        [true, "range", "j must be from 0 to 2, not -1"],
        [true, "type", "x must be a number, not \"1\""],
        [true, "coordinate", "point 3 has the coordinate NaN, which is not within ±1e+150"],
        [
            true,
            "too-few-distinct-points",
            "k must be from 1 to 2, as many distinct points as the board has, not 3"
        ],
        [true, "range", "i must be from 0 to 2, not 9"],
        [true, "type", "points[0] must be a pair [x, y], not an array"],
        [true, "type", "i must be a whole number, not 0.5"],
    ]);
    assert_eq!(seen, json!({ "errors": errors, "same": true, "undo": false, "freed": "freed" }));
    Ok(())
}

#[tokio::test]
async fn a_small_board_can_grow_large_and_back() -> Result<()> {
    let seen = run("const km = await KMeans.init({ n: 2000, k: 5, seed: 2 }), before = state(km);
        const first = error(() => km.addPoint(0, 0));
        for (let i = 0; i < 200 && km.n === 2000; i += 1) {
            await new Promise((resolve) => setTimeout(resolve, 50));
            error(() => km.addPoint(0, 0));
        }
        const grown = km.n, run = km.run().converged;
        return { code: first?.[1], grown, run, undone: km.undo() && state(km) === before };")
    .await?;
    assert_eq!(seen, json!({ "code": "loading", "grown": 2001, "run": true, "undone": true }));
    Ok(())
}

/// A hundred changes are kept, and no more of the memory than they need.
#[tokio::test]
async fn many_changes_leave_the_memory_as_it_is() -> Result<()> {
    let seen = run("const { memory } = await (await import('/pkg/kmeans_board.js')).default();
        const km = await gauss(), sizes = [];
        for (let i = 0; i < 1000; i += 1) {
            km.movePoint(i % 200, Math.sin(i), Math.cos(i) / 2);
            km.run();
            if (i % 250 === 249) sizes.push(memory.buffer.byteLength);
        }
        let undone = 0;
        while (km.undo()) undone += 1;
        return { undone, grown: sizes[3] - sizes[0] };")
    .await?;
    assert_eq!(seen, json!({ "undone": 100, "grown": 0 }));
    Ok(())
}

/// The keyboard comes to the board.
const FOCUS: &str = "document.querySelector('#board').shadowRoot.querySelector('canvas').focus();";
/// The last change is taken back.
const UNDO: &str = "[...document.querySelectorAll('#lab .hands button')].find(({ textContent }) => textContent === 'Undo').click();";

/// The playground, at rest before its first half-step, with the pane open.
async fn playground() -> Result<Browser> {
    let browser = Browser::start().await?;
    browser.emulate(&[Media::ReducedMotion]).await?;
    browser.open("/index.html#board=gauss&n=200&clusters=3&k=3&seeding=random&seed=5&pane=hands").await?;
    browser
        .wait_until(
            "document.querySelector('#lab .hands h3') && document.querySelector('#board').kmeans",
            PATIENCE,
        )
        .await?;
    browser.run("window.changes = []; document.querySelector('#board').addEventListener('change', ({ detail }) => changes.push(detail));").await?;
    Ok(browser)
}

/// Where a place of the board is in the window.
async fn on_screen(browser: &Browser, place: &str) -> Result<Point> {
    let at = browser
        .run(&format!(
            "const board = document.querySelector('#board'), {{ x, y, width, height }} = board.shadowRoot.querySelector('canvas').getBoundingClientRect();
            const side = Math.min(width, height), unit = side / 2.08, [px, py] = {place};
            return [x + (width - side) / 2 + (px + 1.04) * unit, y + (height - side) / 2 + (1.04 - py) * unit];"
        ))
        .await?;
    Ok((at[0].as_f64().unwrap_or(f64::NAN), at[1].as_f64().unwrap_or(f64::NAN)))
}

const STAR: &str = "document.querySelector('#board').kmeans.centroids";

#[tokio::test]
async fn a_star_is_dragged_to_another_place_as_one_change() -> Result<()> {
    let browser = playground().await?;
    let (from, to) = (on_screen(&browser, STAR).await?, on_screen(&browser, "[0.5, 0.5]").await?);
    browser.drag(from, to).await?;
    let seen = browser.run("const { kmeans } = document.querySelector('#board'); return [[...kmeans.centroids.slice(0, 2)], changes];").await?;
    let (x, y) = (seen[0][0].as_f64().unwrap_or(9.0), seen[0][1].as_f64().unwrap_or(9.0));
    assert!((x - 0.5).abs() < 0.01 && (y - 0.5).abs() < 0.01, "{x}, {y}");
    assert_eq!(seen[1], json!([{ "edit": "moveCentroid", "j": 0, "x": x, "y": y }]));
    browser.run(UNDO).await?;
    let seen =
        browser.run("return [document.querySelector('#board').kmeans.undo(), changes.at(-1).edit]").await?;
    assert_eq!(seen, json!([false, "undo"]));
    Ok(())
}

/// From one place to the next a pointer may leap: what lies between goes, too.
#[tokio::test]
async fn the_eraser_takes_what_is_on_its_way_however_fast_it_is() -> Result<()> {
    let browser = playground().await?;
    browser.click("#lab input[value=erase]").await?;
    let seen = browser
        .run(
            "const board = document.querySelector('#board'), canvas = board.shadowRoot.querySelector('canvas');
            await board.init({ points: Array.from({ length: 101 }, (_, i) => [i / 50 - 1, (i % 2) / 2]), k: 2, seed: 1 });
            const { viewOf } = await import('/clustering.js'), { left, top, side } = viewOf(board.kmeans);
            const { x, y, width } = canvas.getBoundingClientRect(), unit = width / side;
            const send = (type, px, py) => canvas.dispatchEvent(new PointerEvent(type, { pointerId: 1, isPrimary: true, button: 0, bubbles: true,
                clientX: x + (px - left) * unit, clientY: y + (top - py) * unit }));
            canvas.setPointerCapture = () => {};
            send('pointerdown', -0.5, 0);
            await new Promise(requestAnimationFrame); // the hand's own was asked for before
            send('pointermove', 0.5, 0);
            send('pointerup', 0.5, 0);
            const rest = [...board.kmeans.points].filter((_, i) => i % 2 === 0);
            const between = (low, high, odd) => Array.from({ length: 101 }, (_, i) => i).filter((i) => i % 2 === odd && i / 50 - 1 >= low && i / 50 - 1 <= high);
            const onWay = between(-0.5, 0.5, 0).filter((i) => rest.includes(i / 50 - 1)).length;
            const others = between(-1, 1, 1).filter((i) => rest.includes(i / 50 - 1)).length;
            return [onWay, others, rest.includes(-0.8), rest.includes(0.8)];",
        )
        .await?;
    assert_eq!(seen, json!([0, 50, true, true]));
    Ok(())
}

/// Another K is another start for the same points.
#[tokio::test]
async fn what_was_drawn_can_be_undone_after_another_k() -> Result<()> {
    let browser = playground().await?;
    let free = on_screen(&browser, "[0.9, 0.9]").await?;
    browser.click("#lab input[value=add]").await?;
    browser.click_at(free).await?;
    let stands =
        "(({ n, k, options: { seeding } }) => [n, k, seeding])(document.querySelector('#board').kmeans)";
    assert_eq!(browser.eval(stands).await?, json!([201, 3, null]));
    browser.wait_until("location.hash.includes('board=own')", PATIENCE).await?;
    browser.click("#panes input[value='']").await?;
    for (change, then) in [
        (
            "const k = document.querySelector('#k'); k.value = 5; k.dispatchEvent(new Event('change'));",
            "[201,5,\"random\"]",
        ),
        ("document.querySelector('#seedings input[value=maximin]').click();", "[201,5,\"maximin\"]"),
    ] {
        browser.run(change).await?;
        browser.wait_until(&format!("JSON.stringify({stands}) === '{then}'"), PATIENCE).await?;
    }
    // What the address brings back is the same.
    let inertia = "document.querySelector('#board').kmeans.run().inertia.toPrecision(4)";
    browser.wait_until("location.hash.includes('seeding=maximin')", PATIENCE).await?;
    let before = browser.eval(inertia).await?;
    browser.click("#panes input[value=hands]").await?;
    browser.run(UNDO).await?;
    assert_eq!(browser.eval("document.querySelector('#board').kmeans.n").await?, 200);
    browser.run("[...document.querySelectorAll('#lab .hands button')].find(({ textContent }) => textContent === 'Redo').click();").await?;
    browser
        .wait_until(
            "document.querySelector('#board').kmeans.n === 201 && location.hash.includes('board=own')",
            PATIENCE,
        )
        .await?;
    browser.reload().await?;
    browser.wait_until("document.querySelector('#board').kmeans?.n === 201", PATIENCE).await?;
    assert_eq!(browser.eval(inertia).await?, before);
    Ok(())
}

/// On a phone the tools come up beside the board; the tabs stay under the finger all the same.
#[tokio::test]
async fn on_a_phone_no_tab_moves_when_another_is_chosen() -> Result<()> {
    let mut browser = playground().await?;
    browser.become_device(Device::PHONE).await?;
    browser.run("document.querySelector('#panes input[value=\"\"]').click();").await?;
    browser.wait_until("document.querySelector('#panel').checkVisibility()", PATIENCE).await?;
    browser
        .run("await new Promise((done) => setTimeout(done, 100)); document.querySelector('#panes').scrollIntoView({ block: 'center' });")
        .await?;
    let top = "document.querySelector('#panes').getBoundingClientRect().top";
    let before = browser.eval(top).await?;
    for (pane, shown) in
        [("hands", ".lab .hands h3"), ("starts", ".lab .starts .ways"), ("hands", ".lab .hands h3")]
    {
        browser.run(&format!("document.querySelector('#panes input[value={pane}]').click();")).await?;
        browser
            .wait_until(&format!("document.querySelector('{shown}')?.checkVisibility()"), PATIENCE)
            .await?;
        // Scrolling goes by whole pixels of the screen.
        browser.wait_until(&format!("Math.abs({top} - {before}) <= 1.5"), PATIENCE).await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_tools_add_paint_and_erase() -> Result<()> {
    let browser = playground().await?;
    let (free, corner) = (on_screen(&browser, "[0.9, 0.9]").await?, on_screen(&browser, "[0.4, 0.9]").await?);
    let count = "document.querySelector('#board').kmeans.n";
    browser.click("#lab input[value=add]").await?;
    browser.click_at(free).await?;
    assert_eq!(browser.eval(count).await?, 201);
    browser.click("#lab input[value=brush]").await?;
    browser.drag(free, corner).await?;
    let painted = browser.eval(count).await?.as_u64().unwrap_or(0);
    assert!(painted > 203, "{painted} points");
    browser.click("#lab input[value=erase]").await?;
    browser.drag(free, corner).await?;
    let erased = browser.eval(count).await?.as_u64().unwrap_or(0);
    assert!(erased < painted, "{erased} of {painted} points");
    assert_eq!(
        browser.eval("changes.map(({ edit }) => edit)").await?,
        json!(["addPoint", "addPoints", "removePoints"])
    );
    // Painted and erased, each as one.
    assert_eq!(
        browser
            .eval(
                "(({ kmeans }) => [kmeans.undo(), kmeans.undo(), kmeans.n])(document.querySelector('#board'))"
            )
            .await?,
        json!([true, true, 201])
    );
    Ok(())
}

#[tokio::test]
async fn live_the_run_goes_to_its_end_with_the_hand() -> Result<()> {
    let browser = playground().await?;
    browser.click("#lab .hands input[type=checkbox]").await?;
    assert_eq!(browser.eval("document.querySelector('#board').kmeans.converged").await?, true);
    let (from, to) = (on_screen(&browser, STAR).await?, on_screen(&browser, "[0.9, 0.9]").await?);
    browser.drag(from, to).await?;
    assert_eq!(
        browser.eval("[document.querySelector('#board').kmeans.converged, changes.length]").await?,
        json!([true, 1])
    );
    Ok(())
}

/// Enter brings twenty points; their mean and σ are those of 400 from the normal distribution, none twice.
#[tokio::test]
async fn the_brush_paints_a_gaussian_cloud() -> Result<()> {
    let browser = playground().await?;
    browser.click("#lab input[value=brush]").await?;
    browser.run(FOCUS).await?;
    browser.press(Key::Enter).await?;
    let first = browser.eval("[...document.querySelector('#board').kmeans.points]").await?;
    for _ in 1..20 {
        browser.press(Key::Enter).await?;
    }
    let seen = browser
        .eval(
            "(({ points, n, bounds: [left, bottom, right, top] }) => {
                const painted = [...points].slice(2 * 200), count = painted.length / 2;
                const [x, y] = [0, 1].map((axis) => painted.filter((_, i) => i % 2 === axis));
                const mean = (values) => values.reduce((sum, value) => sum + value, 0) / count;
                const sigma = (values) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
                const side = right - left, different = new Set(x).size;
                return [n, different, ...[mean(x) - (left + right) / 2, mean(y) - (bottom + top) / 2, sigma(x), sigma(y)].map((v) => v / side)];
            })(document.querySelector('#board').kmeans)",
        )
        .await?;
    let numbers: Vec<f64> = serde_json::from_value(seen)?;
    assert_eq!(numbers[..2], [600.0, 400.0]);
    // Within four of their own standard deviations: 0.04/√400 and 0.04/√800.
    assert!(numbers[2..4].iter().all(|mean| mean.abs() < 0.008), "{numbers:?}");
    assert!(numbers[4..].iter().all(|sigma| (sigma - 0.04).abs() < 0.0057), "{numbers:?}");
    // They are the core's, so another reader's are the same.
    let other = playground().await?;
    other.click("#lab input[value=brush]").await?;
    other.run(FOCUS).await?;
    other.press(Key::Enter).await?;
    assert_eq!(other.eval("[...document.querySelector('#board').kmeans.points]").await?, first);
    Ok(())
}

#[tokio::test]
async fn the_keyboard_does_the_same() -> Result<()> {
    let browser = playground().await?;
    browser.run(FOCUS).await?;
    let said = "document.querySelector('#board').shadowRoot.querySelector('[role=status]').textContent";
    browser.press('c').await?;
    assert_eq!(browser.eval(said).await?, "At centroid 1 of 3");
    let before = browser.eval(&format!("[...{STAR}]")).await?;
    browser.press(Key::Enter).await?;
    for _ in 0..4 {
        browser.press(Key::Right).await?;
    }
    browser.press(Key::Enter).await?;
    let after = browser.eval(&format!("[...{STAR}]")).await?;
    let moved = after[0].as_f64().unwrap_or(9.0) - before[0].as_f64().unwrap_or(9.0);
    assert!((moved - 0.2).abs() < 1e-9, "{moved}");
    assert_eq!([&after[1], &after[2]], [&before[1], &before[2]]);
    // Escape puts back what is held, and the page's own keys do not hear of it.
    browser.press(Key::Enter).await?;
    browser.press(Key::Up).await?;
    browser.press(Key::Escape).await?;
    assert_eq!(browser.eval(&format!("[...{STAR}]")).await?, after);
    browser.chord(&[Key::Control.into(), 'z']).await?;
    assert_eq!(browser.eval(&format!("[...{STAR}]")).await?, before);
    assert_eq!(browser.eval("document.querySelector('#board').kmeans.iteration").await?, 0);
    browser.click("#lab input[value=add]").await?;
    browser.run(FOCUS).await?;
    browser.press(Key::Enter).await?;
    assert_eq!(browser.eval(said).await?, "201 points");
    Ok(())
}

/// A finger on a star moves it; beside one, it scrolls the page.
#[tokio::test]
async fn a_finger_scrolls_unless_it_holds_something() -> Result<()> {
    let browser = playground().await?;
    let (star, free) = (on_screen(&browser, STAR).await?, on_screen(&browser, "[0.98, 0.98]").await?);
    let mut prevented = Vec::new();
    for (x, y) in [star, free] {
        let touched = format!(
            "const canvas = document.querySelector('#board').shadowRoot.querySelector('canvas');
            const touches = [new Touch({{ identifier: 1, target: canvas, clientX: {x}, clientY: {y} }})];
            const event = new TouchEvent('touchstart', {{ touches, cancelable: true, bubbles: true }});
            canvas.dispatchEvent(event);
            return event.defaultPrevented;"
        );
        prevented.push(browser.run(&touched).await?);
    }
    assert_eq!(prevented, [true, false]);
    Ok(())
}

#[tokio::test]
async fn a_duel_measures_the_readers_start() -> Result<()> {
    let browser = playground().await?;
    browser.run("[...document.querySelectorAll('#lab .hands button')].find((button) => button.textContent.startsWith('Against')).click()").await?;
    let verdict = "document.querySelector('#lab .hands [role=status]').textContent";
    browser.wait_until(verdict, PATIENCE).await?;
    let expected = browser
        .run(
            "const { KMeans } = await import('/kmeans.js'), { kmeans } = document.querySelector('#board');
            const own = await KMeans.init({ points: kmeans.points, centroids: kmeans.centroidsAfter(0) }), { inertia } = own.run();
            const ranks = [];
            for (const seeding of ['random', 'k-means++']) {
                const { inertias } = await kmeans.restarts({ runs: 100, seeding });
                const off = inertias.map((other) => other / inertia - 1), count = (is) => off.filter(is).length;
                ranks.push(`${count((by) => by > 1e-9)} of 100 ${seeding} starts end higher, ${count((by) => Math.abs(by) <= 1e-9)} as low, ${count((by) => by < -1e-9)} lower`);
            }
            return ranks.join('; ');",
        )
        .await?;
    let said = browser.eval(verdict).await?;
    let (said, expected) = (said.as_str().unwrap_or(""), expected.as_str().unwrap_or("?"));
    assert!(said.contains(expected) && said.starts_with("This random start ends"), "{said}: {expected}");
    Ok(())
}

/// What stands between the tags makes room for the board, hands or not, and does not come back.
#[tokio::test]
async fn what_stands_in_for_the_board_goes_when_it_comes() -> Result<()> {
    let browser = Browser::start().await?;
    browser.open("/index.html").await?;
    browser
        .wait_until(
            "document.querySelector('#panes input[value=hands]') && document.querySelector('#board').kmeans",
            PATIENCE,
        )
        .await?;
    browser.run("document.querySelector('#panes input[value=hands]').click()").await?;
    browser
        .wait_until("document.querySelector('#board').shadowRoot.querySelector('#cursor')", PATIENCE)
        .await?;
    let seen = browser.eval("[...document.querySelector('#board').children].filter((child) => child.checkVisibility()).length").await?;
    assert_eq!(seen, 0);
    assert_eq!(browser.eval("[...document.querySelectorAll('#lab .hands .actions button')].slice(0, 2).map(({ disabled }) => disabled)").await?, json!([true, true]));
    Ok(())
}

/// Without the attribute a board is a picture.
#[tokio::test]
async fn nothing_moves_on_a_board_that_is_not_interactive() -> Result<()> {
    let browser = playground().await?;
    browser.click("#panes input[value='']").await?;
    let (from, to) = (on_screen(&browser, STAR).await?, on_screen(&browser, "[0.5, 0.5]").await?);
    browser.drag(from, to).await?;
    let canvas = "document.querySelector('#board').shadowRoot.querySelector('canvas')";
    assert_eq!(
        browser.eval(&format!("[changes.length, {canvas}.tabIndex, {canvas}.role]")).await?,
        json!([0, -1, "img"])
    );
    Ok(())
}

/// A drawing is in the address, and a reload brings it back; what is undone to the end is the drawn board again.
#[tokio::test]
async fn a_reload_never_loses_a_drawing() -> Result<()> {
    let browser = playground().await?;
    let (from, to, free) = (
        on_screen(&browser, STAR).await?,
        on_screen(&browser, "[0.5, 0.5]").await?,
        on_screen(&browser, "[0.9, 0.9]").await?,
    );
    browser.drag(from, to).await?;
    browser.click("#lab input[value=add]").await?;
    browser.click_at(free).await?;
    browser
        .wait_until(
            "location.hash.includes('points=') && document.querySelector('#n').value === '201'",
            PATIENCE,
        )
        .await?;
    let drawn = "(({ kmeans }) => [kmeans.n, ...kmeans.points, ...kmeans.centroidsAfter(0)])(document.querySelector('#board'))";
    let before = browser.eval(drawn).await?;
    browser.reload().await?;
    browser
        .wait_until(
            "document.querySelector('#board').kmeans?.n === 201 && document.querySelector('#lab .hands h3')",
            PATIENCE,
        )
        .await?;
    let after = browser.eval(drawn).await?;
    let numbers =
        |list: &Value| list.as_array().into_iter().flatten().filter_map(Value::as_f64).collect::<Vec<_>>();
    let (before, after) = (numbers(&before), numbers(&after));
    assert_eq!(after.len(), 1 + 2 * 201 + 2 * 3);
    // A hundred thousandth of the board's side is what the address has.
    let farthest =
        before.iter().zip(&after).map(|(before, after)| (before - after).abs()).fold(0.0, f64::max);
    assert!(before.len() == after.len() && farthest < 2e-5, "{farthest}");

    let browser = playground().await?;
    browser.drag(from, to).await?;
    browser.wait_until("location.hash.includes('points=')", PATIENCE).await?;
    browser.run(UNDO).await?;
    browser
        .wait_until("location.hash.includes('board=gauss') && !location.hash.includes('points=')", PATIENCE)
        .await?;
    Ok(())
}
