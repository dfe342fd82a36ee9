//! `custom-elements.json` beside the element that it describes: nothing is missing there, and nothing invented.

use anyhow::Result;
use browser_tests::Browser;
use serde_json::{Value, json};

/// The described element, a list's names in order, and a board with controls that has been there for a moment.
const NAMES: &str = "const { KMeansBoard } = await import('/kmeans-board.js');
    const manifest = await (await fetch('/custom-elements.json')).json();
    const [described] = manifest.modules[0].declarations;
    const names = (list) => list.map(({ name }) => name).sort();
    const rest = (ms) => new Promise((done) => setTimeout(done, ms));
    document.documentElement.innerHTML = '<body><kmeans-board controls n=40 k=3 seed=2></kmeans-board>';
    const board = document.querySelector('kmeans-board');
    await board.ready;
    while (!board.shadowRoot.querySelector('#play')) await rest(10);";

/// What a function's body returns; it may use those names.
async fn of(body: &str) -> Result<Value> {
    let browser = Browser::start().await?;
    browser.open("/embed-guide.html").await?; // which defines no element itself
    browser.run(&format!("{NAMES}\n{body}")).await
}

#[tokio::test]
async fn the_attributes_are_those_that_are_observed() -> Result<()> {
    let pair =
        of("return [names(described.attributes), [...KMeansBoard.observedAttributes].sort()];").await?;
    assert_eq!(pair[0], pair[1]);
    Ok(())
}

#[tokio::test]
async fn the_members_are_those_of_the_class() -> Result<()> {
    let pair = of("const ofThePlatform = /^(constructor|(dis)?connectedCallback|attributeChangedCallback)$/;
        const descriptors = Object.entries(Object.getOwnPropertyDescriptors(KMeansBoard.prototype));
        const own = descriptors.filter(([name]) => !ofThePlatform.test(name)).map(([name, { value, set }]) =>
            [name, value ? 'method' : 'field', Boolean(!value && !set)].join(' ')).sort();
        return [described.members.map(({ name, kind, readonly }) => [name, kind, Boolean(readonly)].join(' ')).sort(), own];")
    .await?;
    assert_eq!(pair[0], pair[1]);
    Ok(())
}

#[tokio::test]
async fn attributes_and_the_properties_that_reflect_them_say_the_same() -> Result<()> {
    let wrong = of("return described.attributes.filter(({ name, fieldName, type, default: usual, description }) => {
        const field = described.members.find((member) => member.attribute === name);
        return field?.name !== fieldName || field.type.text !== type.text || field.default !== usual || field.description !== description;
    });")
    .await?;
    assert_eq!(wrong, json!([]));
    Ok(())
}

#[tokio::test]
async fn the_defaults_are_those_of_an_element_without_attributes() -> Result<()> {
    let wrong = of("const bare = document.createElement('kmeans-board'), wrong = [];
        document.body.prepend(bare);
        await bare.ready;
        for (const { fieldName, default: usual } of described.attributes) {
            let expected;
            try { expected = JSON.parse(usual); } catch { continue; } // in words
            if (bare[fieldName] !== expected) wrong.push([fieldName, bare[fieldName] ?? null, expected]);
        }
        if (described.attributes.filter(({ default: usual }) => /^[\"\\dtf]/.test(usual)).length < 10) wrong.push('none was looked at');
        return wrong;")
    .await?;
    assert_eq!(wrong, json!([]));
    Ok(())
}

#[tokio::test]
async fn the_parts_are_those_of_its_shadow() -> Result<()> {
    let pair = of("const parts = new Set(), collect = () => {
            for (const { part } of board.shadowRoot.querySelectorAll('[part]')) for (const name of part) parts.add(name);
        };
        collect();
        new MutationObserver(collect).observe(board.shadowRoot, { childList: true, subtree: true });
        await import('/progress.js');
        const { now } = Performance.prototype;
        performance.now = () => 50 * now.call(performance); // so that it takes long
        await board.init({ board: 'gauss', n: 1e6, clusters: 5, k: 5, seed: 1 });
        return [names(described.cssParts), [...parts].sort()];")
    .await?;
    assert_eq!(pair[0], pair[1]);
    Ok(())
}

#[tokio::test]
async fn the_custom_properties_are_those_that_its_styles_use() -> Result<()> {
    let pair = of("const used = new Set();
        for (const file of ['kmeans-board-element.js', 'kmeans-board-controls.js', 'progress.js']) {
            const text = await (await fetch(`/${file}`)).text();
            for (const [name] of text.matchAll(/--kmeans-board-[a-z]+/g)) used.add(name);
        }
        return [names(described.cssProperties), [...used].sort()];")
    .await?;
    assert_eq!(pair[0], pair[1]);
    Ok(())
}

#[tokio::test]
async fn the_events_are_those_that_it_dispatches() -> Result<()> {
    let pair = of("const told = new Map(), { dispatchEvent } = EventTarget.prototype;
        EventTarget.prototype.dispatchEvent = function (event) {
            if (this instanceof KMeansBoard) told.set(event.type, [event.bubbles, Object.keys(event.detail ?? {}).sort().join()]);
            return dispatchEvent.call(this, event);
        };
        const other = document.createElement('kmeans-board');
        Object.assign(other, { controls: true, n: 40, k: 3, seed: 2, speed: 60 });
        document.body.prepend(other);
        await other.ready;
        while (!other.shadowRoot.querySelector('#reseed')) await rest(10);
        other.step();
        other.run();
        other.shadowRoot.querySelector('#reseed').click();
        await other.init({ k: 0 }).catch(() => {});
        for (let i = 0; i < 300 && told.size < described.events.length; i++) await rest(10);
        EventTarget.prototype.dispatchEvent = dispatchEvent;
        const told_ = [...told].map(([name, [bubbles, detail]]) => [name, bubbles, detail]).sort();
        const said = described.events.map(({ name, type: { text }, description }) =>
            [name, !description.includes('does not bubble'), (text.match(/\\{(.*)\\}/)?.[1] ?? '').split(',').map((word) => word.trim()).filter(Boolean).sort().join()]).sort();
        return [said, told_];")
    .await?;
    assert_eq!(pair[0], pair[1]);
    Ok(())
}
