//! `embed-guide.html`: its recipes do what its text promises, each alone in an empty page.

use anyhow::{Context, Result};
use browser_tests::{Browser, Device, PATIENCE, serve};
use serde_json::{Value, json};
use tempfile::TempDir;

/// What every script here may use; `board` is the page's first.
const NAMES: &str = "const board = document.querySelector('kmeans-board');
    const rest = (ms) => new Promise((done) => setTimeout(done, ms));
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const find = (selector) => document.querySelector(selector);
    const all = (selector) => [...document.querySelectorAll(selector)];
    const button = (name) => all('button').find(({ textContent }) => textContent === name);";

/// Lets a script go through the guide as a reader scrolls, until nothing more can begin.
const READ: &str = "for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight / 2) {
        scrollTo(0, y);
        await rest(60);
    }";

/// A page with one of the guide's pieces of code and nothing else, beside the site's own files.
struct Recipe {
    browser: Browser,
    folder: TempDir,
}

impl Recipe {
    /// The code in the figure with this id, as readers copy it, open and with its board ready.
    async fn of(figure: &str) -> Result<Self> {
        Self::altered(figure, "", "").await
    }

    /// The same with other words in place of some.
    async fn altered(figure: &str, words: &str, others: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        xtask::build::copy_folder(&xtask::root().join("dist"), folder.path())?;
        let recipe = Self { browser: Browser::serving(folder.path()).await?, folder };
        recipe.browser.open("/embed-guide.html").await?;
        let mut code = code_of(&recipe.browser, figure).await?;
        if !words.is_empty() {
            assert!(code.contains(words), "no {words} in {code}");
            code = code.replace(words, others);
        }
        let page = format!("<!doctype html><link rel=icon href=icon.svg>\n{code}");
        std::fs::write(recipe.folder.path().join("alone.html"), page)?;
        recipe.browser.open("/alone.html").await?;
        recipe.until("!board || board.kmeans || !find('script')").await?;
        Ok(recipe)
    }

    /// What a function's body returns; it may `await`.
    async fn run(&self, body: &str) -> Result<Value> {
        self.browser.run(&format!("{NAMES}\n{body}")).await
    }

    async fn until(&self, condition: &str) -> Result<()> {
        let condition = format!("(() => {{ {NAMES} return {condition} }})()");
        self.browser.wait_until(&condition, PATIENCE).await
    }

    /// Fails if anything has been complained about.
    async fn was_quiet(&self) -> Result<()> {
        assert_eq!(self.browser.console().await?, []);
        Ok(())
    }
}

async fn code_of(browser: &Browser, figure: &str) -> Result<String> {
    let code = browser.eval(&format!("document.querySelector('#{figure} code').textContent")).await?;
    code.as_str().map(String::from).with_context(|| format!("no code in #{figure}"))
}

async fn guide() -> Result<Browser> {
    let browser = Browser::start().await?;
    browser.open("/embed-guide.html").await?;
    Ok(browser)
}

#[tokio::test]
async fn one_tag_is_a_board_with_controls() -> Result<()> {
    let recipe = Recipe::of("snippet-one-tag").await?;
    recipe.until("board.shadowRoot.querySelector('#play')").await?;
    let options =
        recipe.run("const { board: name, n, k, seed } = board.kmeans.options; return [name, n, k, seed];");
    assert_eq!(options.await?, json!(["peaked", 300, 5, 11]));
    recipe.browser.click("kmeans-board >>> #play").await?;
    recipe.until("board.kmeans.iteration > 0").await?;
    recipe.was_quiet().await
}

#[tokio::test]
async fn many_starts_are_counted_and_the_board_goes_to_the_best() -> Result<()> {
    let recipe = Recipe::of("snippet-studies").await?;
    recipe.until("/^tibshirani: K = \\d, /.test(find('#which').textContent)").await?;
    recipe.until("board.kmeans.converged").await?;
    let seen = recipe
        .run(
            "const { KMeans } = await import('/kmeans.js');
            const km = await KMeans.init({ board: 'peaked', n: 300, clusters: 5, k: 5, seed: 1792 });
            const { best, optima } = await km.restarts();
            const { choices } = await km.chooseK({ kMax: 8, references: 20, seed: board.kmeans.seed });
            return [find('#starts').textContent.startsWith(`${best.runs} of 1000 random starts`),
                find('#starts').textContent.includes(`in ${optima.length - 1} other`), board.kmeans.inertia === best.inertia,
                find('#which').textContent === choices.map(({ rule, k }) => `${rule}: K = ${k}`).join(', ')];",
        )
        .await?;
    assert_eq!(seen, json!([true, true, true, true]));
    recipe.was_quiet().await
}

#[tokio::test]
async fn from_another_server_everything_early_is_preloaded() -> Result<()> {
    let elsewhere = serve(&xtask::root().join("dist")).await?;
    let recipe =
        Recipe::altered("code-elsewhere", "https://cdn.example/kmeans-board/", elsewhere.as_str()).await?;
    recipe.until("board.shadowRoot.querySelector('#play')").await?;
    let unforeseen = recipe
        .run(
            "const foreseen = all('link[rel=modulepreload]').map(({ href }) => href);
            const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
            const scripts = loaded.filter((name) => name.endsWith('.js'));
            const wasm = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.wasm'));
            return [foreseen.filter((name) => !loaded.includes(name)),
                scripts.filter((name) => !foreseen.includes(name)).map((name) => new URL(name).pathname).sort(),
                wasm.map(({ initiatorType }) => initiatorType)];",
        )
        .await?;
    let later = json!(["/kmeans-board-controls.js", "/sentences.js"]);
    assert_eq!(unforeseen, json!([[], later, ["link"]]), "the Wasm once, by its link");
    recipe.was_quiet().await
}

#[tokio::test]
async fn what_the_policy_allows_is_enough() -> Result<()> {
    let recipe = Recipe::of("code-policy").await?;
    recipe.browser.open("/embed-guide.html").await?;
    let allowed = code_of(&recipe.browser, "code-policy").await?;
    let page = format!(
        "<!doctype html><meta http-equiv=Content-Security-Policy content=\"default-src 'none'; img-src 'self'; {allowed}\">
        <link rel=icon href=icon.svg><script type=module src=kmeans-board.js></script>
        <kmeans-board controls voronoi n=2500 k=3 seed=1><p>Three clusters.</p></kmeans-board>"
    );
    std::fs::write(recipe.folder.path().join("strict.html"), page)?;
    recipe.browser.open("/strict.html").await?;
    recipe.until("board.shadowRoot.querySelector('#play') && board.kmeans").await?;
    let seen = recipe
        .run(
            "await board.toBlob();
            const style = (id) => getComputedStyle(board.shadowRoot.querySelector(id));
            return [board.run().converged, style('canvas').position, style('#bar').display, find('p').checkVisibility(),
                board.offsetHeight - board.offsetWidth];",
        )
        .await?;
    assert_eq!(seen, json!([true, "absolute", "grid", false, 48]));
    recipe.was_quiet().await
}

/// Where README says the same, what tests it there tests it here.
#[tokio::test]
async fn the_iframe_and_the_room_are_those_of_the_readme() -> Result<()> {
    let (browser, readme) = (guide().await?, std::fs::read_to_string(xtask::root().join("README.md"))?);
    for (figure, text) in [("code-iframe", "<iframe"), ("code-room", "::after")] {
        let code = code_of(&browser, figure).await?;
        assert!(code.contains(text) && readme.contains(&code), "{code}");
    }
    Ok(())
}

#[tokio::test]
async fn the_fallback_is_seen_until_the_board_is() -> Result<()> {
    let recipe = Recipe::of("code-fallback").await?; // which has no script yet
    let seen = "(() => { const picture = find('img'); return [picture.checkVisibility(), picture.alt.length > 0] })()";
    assert_eq!(recipe.run(&format!("return {seen};")).await?, json!([true, true]));
    recipe.run("find('img').src = 'icon.svg'; await import('/kmeans-board.js'); await board.ready;").await?;
    let options = "return [find('img').checkVisibility(), board.kmeans.options.board, board.kmeans.n];";
    assert_eq!(recipe.run(options).await?, json!([false, "peaked", 300]));
    Ok(())
}

#[tokio::test]
async fn buttons_of_ones_own_drive_the_board_and_events_tell() -> Result<()> {
    let recipe = Recipe::of("snippet-scripting").await?;
    recipe.until("button('Moons')").await?;
    recipe.run("button('Step').click();").await?;
    recipe.until("find('#told').textContent === 'step: iteration 1, 200 points changed'").await?;
    recipe.run("board.speed = 60; button('Play').click();").await?;
    recipe.until("/^converge: settled after \\d+ iterations$/.test(find('#told').textContent)").await?;
    let iterations =
        recipe.run("return [find('#told').textContent.match(/\\d+/)[0], board.kmeans.iteration];").await?;
    assert_eq!(iterations[0], iterations[1].to_string());
    recipe.run("button('To the start').click(); await frame();").await?;
    recipe.until("board.kmeans.iteration === 0").await?;
    recipe.run("board.speed = 1; button('Play').click(); button('Pause').click();").await?;
    recipe.until("!board.playing").await?;
    recipe.run("button('Moons').click();").await?;
    recipe.until("board.kmeans.options.board === 'moons' && board.kmeans.k === 2").await?;
    recipe.was_quiet().await
}

#[tokio::test]
async fn every_file_that_is_taken_away_is_what_its_name_says() -> Result<()> {
    let recipe = Recipe::of("snippet-away").await?;
    recipe.until("button('kmeans.py')").await?;
    let files = recipe
        .run(
            "const { KMeans } = await import('/kmeans.js'), files = {};
            HTMLAnchorElement.prototype.click = function () {
                files[this.download] = fetch(this.href).then((answer) => answer.text());
            };
            for (const button of all('button')) button.click();
            while (Object.keys(files).length < 5) await rest(10);
            for (const name in files) files[name] = await files[name];
            return { ...files, same: files['kmeans.csv'] === board.kmeans.toCSV(),
                back: (await KMeans.init(files['kmeans.json'])).iteration === board.kmeans.iteration };",
        )
        .await?;
    let starts = [("png", "\u{fffd}PNG"), ("svg", "<svg"), ("csv", "x,y,label\n"), ("json", "{")];
    for (extension, start) in starts {
        let text = files[format!("kmeans.{extension}")].as_str().context("not written")?;
        assert!(text.starts_with(start), "{extension}: {}", text.chars().take(40).collect::<String>());
    }
    assert!(files["kmeans.py"].as_str().is_some_and(|program| program.contains("sklearn")));
    assert_eq!([&files["same"], &files["back"]], [&json!(true), &json!(true)]);
    recipe.was_quiet().await
}

#[tokio::test]
async fn scrolling_moves_the_iteration_both_ways() -> Result<()> {
    let recipe = Recipe::of("snippet-scroll").await?;
    recipe.until("board.kmeans.computed > 0").await?;
    let told = recipe
        .run(
            "const seen = [];
            const pass = async (step) => {
                step.scrollIntoView({ block: 'center', behavior: 'instant' });
                const start = performance.now();
                const wanted = Number(step.dataset.iteration);
                while (board.kmeans.iteration !== wanted && performance.now() - start < 3000) await rest(20);
                seen.push([wanted, board.kmeans.iteration, board.kmeans.converged]);
                const { top, bottom } = board.getBoundingClientRect();
                if (top < 0 || bottom > innerHeight) seen.push('the board has left');
            };
            const steps = all('[data-iteration]');
            for (const step of steps) await pass(step);
            for (const step of steps.reverse()) await pass(step);
            return seen;",
        )
        .await?;
    let passed = |i: u32| json!([i, i, i == 7]);
    assert_eq!(told, Value::from([0, 1, 3, 7, 7, 3, 1, 0].map(passed).to_vec()));
    recipe.was_quiet().await
}

#[tokio::test]
async fn the_pair_has_the_same_points_and_goes_in_step() -> Result<()> {
    let recipe = Recipe::of("snippet-lockstep").await?;
    recipe.until("find('#step').onclick").await?;
    let both = "all('kmeans-board').map(({ kmeans }) => kmeans)";
    let same = recipe
        .run(&format!(
            "const [random, careful] = {both}, text = ({{ points, centroids }}) => [points, centroids].map(String);
            return [text(random)[0] === text(careful)[0], text(random)[1] === text(careful)[1]];"
        ))
        .await?;
    assert_eq!(same, json!([true, false]));
    for iteration in 1..=2 {
        recipe.browser.click("#step").await?;
        recipe.until(&format!("{both}.every(({{ iteration }}) => iteration === {iteration})")).await?;
        let captions = recipe.run("return all('figcaption').map(({ textContent }) => textContent);").await?;
        for (caption, seeding) in [(&captions[0], "random"), (&captions[1], "k-means++")] {
            let start = format!("{seeding}, iteration {iteration}: ");
            assert!(caption.as_str().is_some_and(|caption| caption.starts_with(&start)), "{captions}");
        }
    }
    recipe.browser.click("#start").await?;
    recipe.until(&format!("{both}.every(({{ iteration }}) => iteration === 0)")).await?;
    recipe.was_quiet().await
}

#[tokio::test]
async fn the_question_judges_right_close_and_wrong_guesses() -> Result<()> {
    let recipe = Recipe::of("snippet-quiz").await?;
    let verdicts = recipe
        .run(
            "const { KMeans } = await import('/kmeans.js');
            const { iterations } = (await KMeans.init(board.kmeans.options)).run();
            const { guess, verdict } = find('form').elements, verdicts = [iterations];
            board.speed = 60;
            for (const off of [0, 2, 3]) {
                guess.value = iterations + off;
                find('form').requestSubmit();
                verdicts.push(verdict.value);
                while (!board.kmeans.converged || board.playing) await rest(20);
                verdicts.push(verdict.value);
            }
            return verdicts;",
        )
        .await?;
    let took = format!("It took {} iterations", verdicts[0]);
    let wrong = format!("{took}, and you said {}.", verdicts[0].as_u64().context("no number")? + 3);
    let (right, close) = (format!("{took}: you were right."), format!("{took}: you were close."));
    let wait = "Watch the stars.";
    assert_eq!(verdicts, json!([verdicts[0], wait, right, wait, close, wait, wrong]));
    recipe.was_quiet().await
}

#[tokio::test]
async fn the_tables_rows_are_the_points_and_get_their_clusters() -> Result<()> {
    let recipe = Recipe::of("snippet-table").await?;
    recipe.until("find('tbody td:last-child').textContent").await?;
    let seen = recipe
        .run(
            "const rows = all('tbody tr').map(({ cells }) => [...cells].map(({ textContent }) => Number(textContent)));
            const { points, labels, converged, k } = board.kmeans;
            return [rows.flatMap(([length, depth]) => [length, depth]), [...points],
                rows.map(([, , cluster]) => cluster), [...labels].map((label) => label + 1), converged, k];",
        )
        .await?;
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[2], seen[3]);
    assert_eq!(
        [&seen[0][0], &seen[0][1], &seen[4], &seen[5]],
        [&json!(39.1), &json!(18.7), &json!(true), &json!(3)]
    );
    recipe.was_quiet().await
}

#[tokio::test]
async fn the_theme_reaches_paper_lines_and_parts() -> Result<()> {
    let recipe = Recipe::of("snippet-theme").await?;
    recipe.until("board.shadowRoot.querySelector('#play')").await?;
    let style = recipe
        .run(
            "const style = (name) => getComputedStyle(board.shadowRoot.querySelector(`[part=${name}]`));
            const paper = style('canvas');
            return [paper.backgroundColor, paper.borderTopColor, paper.color, paper.borderTopLeftRadius,
                style('button').borderTopLeftRadius, style('status').fontStyle];",
        )
        .await?;
    let wanted = ["rgb(255, 246, 227)", "rgb(216, 195, 156)", "rgb(58, 44, 34)", "0px", "50%", "italic"];
    assert_eq!(style, json!(wanted));
    recipe.was_quiet().await
}

#[tokio::test]
async fn the_text_is_the_run_of_the_clustering() -> Result<()> {
    let recipe = Recipe::of("snippet-text").await?;
    recipe.until("/points in each/.test(find('#log').textContent)").await?;
    let seen = recipe
        .run(
            "const { KMeans } = await import('/kmeans.js');
            const km = await KMeans.init({ board: 'gauss', n: 200, clusters: 3, k: 3, seed: 7 }), lines = [];
            const { iterations, inertia } = km.run();
            for (const { iteration, changed } of km.history) lines.push(`iteration ${iteration}: ${changed} points changed`);
            lines.push(`converged, inertia ${inertia.toFixed(3)}`, `points in each cluster: ${[...km.counts].join(', ')}`);
            return [find('#log').textContent, lines.join('\\n') + '\\n', iterations];",
        )
        .await?;
    assert_eq!(seen[0], seen[1]);
    assert!(seen[2].as_u64() > Some(1), "{seen}");
    recipe.was_quiet().await
}

#[tokio::test]
async fn what_runs_in_the_guide_is_what_stands_there_and_nothing_jumps() -> Result<()> {
    let browser = guide().await?;
    let seen = browser
        .run(&format!(
            "{NAMES}
            const height = document.documentElement.scrollHeight, figures = all('figure.snippet');
            const first = all('iframe').length;
            {READ}
            const wrong = [];
            for (const figure of figures) {{
                figure.querySelector('.live').scrollIntoView();
                const frame = figure.querySelector('iframe');
                const code = figure.querySelector('code').textContent;
                if (!frame?.srcdoc.endsWith(code)) wrong.push([figure.id, 'runs something else']);
                if (!frame?.title) wrong.push([figure.id, 'has no title']);
                const start = performance.now(), page = frame.contentDocument;
                const isThere = () => [...page.querySelectorAll('kmeans-board')].every(({{ kmeans }}) => kmeans)
                    && page.querySelector('#log')?.textContent !== '';
                while (!isThere() && performance.now() - start < 5000) await rest(50);
                if (!isThere()) wrong.push([figure.id, 'is not ready']);
            }}
            return [figures.length, all('iframe').length, wrong, document.documentElement.scrollHeight - height,
                first < figures.length];"
        ))
        .await?;
    assert_eq!(seen, json!([10, 10, [], 0, true]));
    assert_eq!(browser.console().await?, []);
    Ok(())
}

#[tokio::test]
async fn nothing_in_the_guide_is_wider_than_a_phone() -> Result<()> {
    let mut browser = guide().await?;
    browser.become_device(Device::PHONE).await?;
    browser.reload().await?;
    let seen = browser
        .run(&format!(
            "{NAMES}
            {READ}
            await rest(500);
            const isWide = ({{ documentElement: root }}) => root.scrollWidth > root.clientWidth;
            const frames = all('iframe').filter(({{ contentDocument }}) => isWide(contentDocument));
            return [innerWidth, isWide(document), frames.map((frame) => frame.closest('figure').id)];"
        ))
        .await?;
    assert_eq!(seen, json!([390, false, []]));
    Ok(())
}

#[tokio::test]
async fn the_examples_fit_the_room_that_is_kept_for_them() -> Result<()> {
    let mut browser = guide().await?;
    for device in [Device::DESKTOP, Device::PHONE] {
        browser.become_device(device).await?;
        browser.reload().await?;
        let tall = browser
            .run(&format!(
                "{NAMES}
                {READ}
                await rest(500);
                const frames = all('iframe').filter(({{ contentDocument: {{ documentElement: root }} }}) =>
                    root.scrollHeight > root.clientHeight);
                return frames.map((frame) => frame.closest('figure').id);"
            ))
            .await?;
        assert_eq!(tall, json!(["snippet-scroll"]), "{device:?}");
    }
    Ok(())
}

/// What the guide says that something weighs, in words before a number of KB, and the files that this is.
const WEIGHTS: [(&str, &[&str]); 2] = [
    ("The controls are ", &["kmeans-board-controls.js", "sentences.js"]),
    ("made for size: ", &["pkg/kmeans_board_large.js", "pkg/kmeans_board_large_bg.wasm"]),
];

#[tokio::test]
async fn what_the_guide_says_of_weights_is_so() -> Result<()> {
    let text =
        guide().await?.eval("document.querySelector('#cost').textContent.replace(/\\s+/g, ' ')").await?;
    let text = text.as_str().context("no text")?;
    for (words, files) in WEIGHTS {
        let said = text.split_once(words).and_then(|(_, rest)| rest.split_once(" KB more")).context(words)?.0;
        let said: f64 = said.parse().with_context(|| said.to_owned())?;
        assert_is_about(said, files)?;
    }
    assert!(text.contains(" 3 KB more, and so is what a clustering can be taken away as"), "{text}");
    assert_is_about(3.0, &["exports.js"])?;
    assert!(
        text.contains(
            "what changes it by hand is 1 KB, and the reader’s hands, where a board is interactive, 3 KB"
        ),
        "{text}"
    );
    assert_is_about(1.0, &["editing.js"])?;
    assert_is_about(3.0, &["kmeans-board-hands.js"])
}

/// Whether files weigh so many KB together, compressed, give or take half of one or a twentieth.
fn assert_is_about(said: f64, files: &[&str]) -> Result<()> {
    let weights = files.iter().map(|name| {
        let file =
            std::fs::read(xtask::root().join("dist").join(name)).with_context(|| format!("no {name}"))?;
        xtask::build::gzipped_size(&file)
    });
    let weight = weights.sum::<Result<usize>>()? as f64 / 1000.0;
    assert!((weight - said).abs() <= (said / 20.0).max(0.5), "{files:?}: {weight} KB, not {said}");
    Ok(())
}

#[tokio::test]
async fn every_link_of_the_guide_leads_somewhere() -> Result<()> {
    let browser = guide().await?;
    let seen = browser
        .run(&format!(
            "{NAMES}
            const addresses = all('a[href]').map((link) => link.getAttribute('href'));
            const anchors = addresses.filter((address) => address.startsWith('#'));
            const lost = anchors.filter((anchor) => !document.getElementById(anchor.slice(1)));
            for (const address of addresses.filter((address) => !/^(#|https?:)/.test(address))) {{
                if ((await fetch(address)).status !== 200) lost.push(address);
            }}
            const listed = all('nav a').map((link) => link.getAttribute('href'));
            const unlisted = all('section[id]').filter(({{ id }}) => !listed.includes(`#${{id}}`));
            return [lost, listed.length > 10, unlisted.map(({{ id }}) => id)];"
        ))
        .await?;
    assert_eq!(seen, json!([[], true, []]));
    Ok(())
}

#[tokio::test]
async fn a_button_copies_the_code_as_it_stands() -> Result<()> {
    let browser = guide().await?;
    let permissions = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
    browser.cdp("Browser.grantPermissions", permissions).await?;
    browser.click("#snippet-quiz .copy").await?;
    let button = "document.querySelector('#snippet-quiz .copy').textContent";
    browser.wait_until(&format!("{button} === 'Copied'"), PATIENCE).await?;
    let copied = browser.eval("await navigator.clipboard.readText()").await?;
    assert_eq!(copied, json!(code_of(&browser, "snippet-quiz").await?));
    browser.wait_until(&format!("{button} === 'Copy'"), PATIENCE).await
}

#[tokio::test]
async fn without_scripts_all_the_code_stands_there() -> Result<()> {
    let browser = Browser::start_bare().await?;
    browser.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await?;
    browser.open("/embed-guide.html").await?;
    browser.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await?;
    let seen = browser
        .eval("[document.querySelectorAll('figure code').length, document.querySelectorAll('.live, .copy').length]")
        .await?;
    assert_eq!(seen, json!([15, 0]));
    Ok(())
}
