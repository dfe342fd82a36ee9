// The reader's own data: a file that was opened or dropped, or a text that was pasted, is read, shown as it was understood
// and, on the reader's word, clustered. What was on the board before stays until then.

import { KMeans } from "../clustering.js";
import { brought, forget, fromFile, keptOnes, stateOf } from "../own-data.js";
import { counted, whole, wholeNumber } from "../sentences.js";
import { dialog, made } from "../sharing.js";
import { SCALINGS, chosen, firstPair, firstScaling, isLabel, isPositions, nameOf, numberColumns, scalingWords, survey } from "./choosing.js";
import { Sight } from "./sight.js";
import { read } from "./reading.js";
import { SEPARATORS, weight } from "./table.js";

const STYLE = `
.own { display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; min-width: 0; }
.own .row { flex-wrap: wrap; gap: 8px 12px; }
.own .brought { display: flex; align-items: start; justify-content: space-between; gap: 12px; }
.own .brought p { min-width: 0; overflow-wrap: anywhere; }
.own .brought button { flex: none; }
.own .row > label:first-child { flex: none; }
.own .row > label:has([type="range"]) { flex: 1; }
.own .row label { display: inline-flex; align-items: center; gap: 8px; min-height: 44px; }
.own textarea { height: 64px; }
.own > button { justify-self: start; }
.own .row input[type="range"] { flex: 1; min-width: 120px; }
.own select { min-height: 44px; max-width: 240px; padding: 0 8px; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--edge); border-radius: 6px; }
.own input[type="number"] { width: 84px; border-color: var(--edge); }
.own h3 { margin: 4px 0 0; color: var(--soft); font-size: 13px; font-weight: 600; }
.own ul { display: grid; margin: 0; padding: 0; list-style: none; }
.own li { display: flex; align-items: center; gap: 8px; padding: 8px 0; border-top: 1px solid var(--line); }
.own li span { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.own li small { color: var(--soft); font-size: 13px; }
.own .wrong { color: light-dark(#9c2f14, #ffa58a); }
.own .end .wrong { flex: 1 0 100%; }
.own progress { width: 100%; height: 4px; accent-color: var(--accent); }
.own .scroll { overflow-x: auto; }
.own table { border-collapse: collapse; font-size: 13px; }
.own th, .own td { max-width: 160px; padding: 4px 12px 4px 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; text-align: left; font-weight: 400; border-bottom: 1px solid var(--line); }
.own th { color: var(--soft); }
.own .used { color: var(--ink); font-weight: 600; }
.own .pairs { display: grid; grid-template-columns: repeat(auto-fill, minmax(88px, 1fr)); gap: 8px; }
.own .pairs label { position: relative; display: grid; justify-items: center; gap: 4px; min-width: 0; padding: 4px; border: 1px solid var(--line); border-radius: 6px; font-size: 12px; line-height: 16px; text-align: center; cursor: pointer; }
.own .pairs label:hover { border-color: var(--edge); }
.own .pairs label:has(:checked) { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
.own .pairs label:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 2px; }
.own .pairs input { position: absolute; opacity: 0; inset: 0; margin: 0; cursor: pointer; }
.own .pairs span { max-width: 100%; overflow: hidden; text-overflow: ellipsis; }
.own .pairs canvas { width: 76px; height: 76px; }
.own summary { min-height: 36px; line-height: 36px; cursor: pointer; }
.own .sight { position: relative; justify-self: center; max-width: 100%; touch-action: manipulation; }
.own .sight canvas { display: block; max-width: 100%; color: var(--accent); border: 1px solid var(--line); border-radius: 6px; cursor: crosshair; }
.own .end { position: sticky; bottom: 0; padding: 8px 0 12px; margin-bottom: -12px; background: var(--paper); border-top: 1px solid var(--line); }
@media (forced-colors: active) { .own .pairs label:has(:checked) { outline: 2px solid Highlight; outline-offset: -2px; } }
`;
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
document.adoptedStyleSheets.push(sheet);

/** Columns whose pairs are pictured, and the points of each picture. */
const MOST_PICTURED = 4, IN_PICTURE = 600;
/** Rows of the table that are shown. */
const SHOWN = 3, SHOWN_COLUMNS = 12;
/** The clusters that are sought unless the reader says otherwise. */
const K = 3;
/** What takes no longer, in milliseconds, is over before its progress need be seen. */
const SOON = 150;
/** A longer text is set right elsewhere. */
const LONGEST_TYPED = 100_000;

/** What the page says is wrong, to be said here instead. */
function problem() {
  const said = document.getElementById("problem");
  said.hidden = true;
  return said.textContent;
}

const KINDS = ".csv,.tsv,.txt,.json,.geojson,.gpx,.png,.jpg,.jpeg,.gif,.webp,.bmp,.avif,text/*,application/json,image/*";
const paragraph = (textContent, className = "") => made("p", { textContent, className });
/** A small picture of two columns. */
function scatter(canvas, { columns, hasNames, rows }, a, b) {
  const context = canvas.getContext("2d"), { width: side } = canvas, from = hasNames ? 1 : 0;
  const every = Math.max(1, Math.floor((rows - from) / IN_PICTURE)), places = [];
  for (let row = from; row < rows; row += every) {
    const [x, y] = [columns[a].values[row], columns[b].values[row]];
    if (x === x && y === y) places.push([x, y]);
  }
  const ends = [0, 1].map((axis) => places.reduce(([low, high], place) => [Math.min(low, place[axis]), Math.max(high, place[axis])], [Infinity, -Infinity]));
  const at = (value, [low, high]) => 6 + ((value - low) / (high - low || 1)) * (side - 16);
  context.fillStyle = getComputedStyle(canvas).color;
  context.globalAlpha = 0.6;
  for (const [x, y] of places) context.fillRect(at(x, ends[0]), side - 4 - at(y, ends[1]), 4, 4);
}

const button = (textContent, act, className = "") => {
  const element = made("button", { type: "button", textContent, className });
  element.addEventListener("click", act);
  return element;
};
/** A button for what cannot be undone: pressed once it asks, as broad as it was, pressed again it does it. */
function graveButton(words, of, act) {
  const grave = button(words, () => (grave.textContent === words ? name("Really?", `Really? ${words} ${of}`) : act()));
  const name = (textContent, ariaLabel) => Object.assign(grave, { textContent, ariaLabel: ariaLabel.trim() });
  const rest = () => name(words, `${words} ${of}`);
  grave.addEventListener("blur", rest);
  return rest();
}
const option = (value, textContent, selected) => made("option", { value, textContent, selected });
const chooser = (name, options, act) => {
  const select = made("select", { id: `own-${name.replace(" ", "-").toLowerCase()}` }, ...options);
  select.addEventListener("change", () => act(select.value));
  return made("label", {}, name, select);
};
/** Radio buttons in a row. */
const segments = (name, ariaLabel, choices, value, act) => made("div", { className: "segments", role: "radiogroup", ariaLabel }, ...choices.map(([each, text]) => {
  const input = made("input", { type: "radio", name, value: each, checked: each === value });
  input.addEventListener("change", () => act(each));
  return made("label", {}, input, made("span", { textContent: text }));
}));

let open; // the dialog that is, if one is

/** A box for a text: what is pasted is read at once, what is typed when its reader says so. It is kept until it is clustered. */
const box = made("textarea", { placeholder: "Or paste a table here, or type one", ariaLabel: "A table, pasted or typed" });
const readIt = button("Read this table", () => open.load(box.value));
box.addEventListener("input", ({ inputType }) => {
  readIt.hidden = !box.value.trim();
  if (!readIt.hidden && inputType?.startsWith("insertFrom")) open.load(box.value);
});
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !readIt.hidden) open.load(box.value);
});

/** Opens the dialog, for a file, a text or nothing yet; `show` is what brings a state on the board. */
export function bring(what, show, state) {
  open ??= new OwnData(show, state);
  if (what) open.load(what);
}

class OwnData {
  #show;
  #state;
  #dialog;
  #body = made("div", { className: "own" });
  #reading;
  #blob;
  #name;
  #showing; // the last of what was to be shown
  #from; // what had the focus when a file was to be read, which may take the place of it for a while

  constructor(show, state) {
    [this.#show, this.#state] = [show, state];
    this.#dialog = dialog("Your data", "open", false, this.#body);
    this.#dialog.addEventListener("close", () => {
      this.#reading?.abort();
      open = undefined;
    });
    this.#ask();
  }

  // --- what to open ---

  /** Ways to bring something; what went wrong before is said first. */
  async #ask(wrong, isText = false) {
    this.#showing = undefined;
    const input = made("input", { type: "file", accept: KINDS, hidden: true });
    input.addEventListener("change", () => input.files[0] && this.load(input.files[0]));
    const pick = button("Choose a file", () => input.click(), "primary");
    const { selectionStart, selectionEnd, scrollTop } = box;
    readIt.hidden = !box.value.trim();
    const samples = made("div", { className: "row" });
    import("./samples.js").then(({ SAMPLES }) => samples.append(...SAMPLES.map(([name, make]) => button(name, async () => this.load(await make())))), () => {});
    this.#body.replaceChildren(
      ...(wrong ? [Object.assign(paragraph(wrong, "wrong"), { role: "alert" })] : []),
      paragraph("A table (CSV, TSV, JSON), a track (GPX, GeoJSON) or a picture, whose dark or bright pixels become points. It can also be dropped, or pasted, anywhere on the page."),
      made("div", { className: "row" }, pick, input), box, readIt,
      paragraph("Nothing leaves this browser: there is nobody that the page could send it to.", "soft"),
      made("h3", { textContent: "None at hand? Made by our own generators, measured by nobody:" }), samples,
    );
    if (isText) { // it is set right where it stands
      box.focus();
      box.setSelectionRange(selectionStart, selectionEnd);
      box.scrollTop = scrollTop;
    } else {
      pick.focus();
    }
    const list = await keptOnes();
    if (list.length && pick.isConnected) this.#body.append(...this.#keptList(list));
  }

  #keptList(list) {
    const rows = list.map(({ id, title, pair, n, at }) => {
      const when = new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
      const words = made("span", {}, title, made("br"), made("small", { textContent: [...(pair ? [pair.join(" × ")] : []), counted(n, "point"), when].join(", ") }));
      const again = Object.assign(button("Open", () => this.#openKept(id)), { ariaLabel: `Open ${title}` });
      const away = graveButton("Forget", title, async () => {
        await forget(id);
        this.#ask();
      });
      return made("li", {}, words, again, away);
    });
    const all = graveButton("Forget all", "", async () => {
      for (const { id } of list) await forget(id);
      this.#ask();
    });
    return [made("h3", { textContent: "Kept in this browser, so that no reload loses it" }), made("ul", {}, ...rows), ...(list.length > 1 ? [made("div", { className: "row" }, all)] : [])];
  }

  async #openKept(id) {
    try {
      await this.#finish(await brought({ kept: id }), {});
    } catch (error) {
      this.#ask(this.#sentence(error));
    }
  }

  // --- reading ---

  /** Reads a file or a text; `asked` is how, where the reader knows better. What is wrong is said, or returned. */
  async load(what, asked = {}, isAgain = false) {
    this.#reading?.abort();
    this.#from = document.activeElement;
    const reading = this.#reading = new AbortController(), { signal } = reading;
    const isText = typeof what === "string";
    if (isText && what.length <= LONGEST_TYPED) box.value = what;
    this.#blob = isText ? new Blob([what]) : what;
    this.#name = this.#blob.name ?? "Pasted table";
    const bar = made("progress", { max: 1, ariaLabel: "Reading" });
    const cancel = button("Cancel", () => {
      reading.abort();
      this.#ask();
    });
    const slow = setTimeout(() => {
      this.#body.replaceChildren(paragraph(`Reading ${this.#name}, ${weight(this.#blob.size)}…`), bar, made("div", { className: "row" }, cancel));
      cancel.focus();
    }, SOON);
    try {
      const result = await read(this.#blob, asked, { signal, onProgress: (share) => bar.value = share });
      if (signal.aborted) return undefined;
      clearTimeout(slow);
      await this.#understood(result, asked);
    } catch (error) {
      clearTimeout(slow);
      if (signal.aborted) return undefined;
      if (isAgain) return this.#sentence(error);
      this.#ask(this.#sentence(error), isText);
    }
    return undefined;
  }

  /** What is wrong, with the name of what it is wrong with. */
  #sentence({ message }) {
    const name = this.#name ? `${this.#name}: ` : "";
    return `${name}${message}${/[.!?]$/.test(message) ? "" : "."}${this.#state.board ? " The board is as it was." : ""}`;
  }

  async #understood(result, asked) {
    if (result.kind === "picture") return this.#seePicture(result);
    if (result.kind === "board") {
      const { own, drawn, ...start } = fromFile(result.saved);
      return own ? this.#finish(own, { ...start, isMarked: Boolean(own.start) && !start.seeding }) : this.#finishDrawn(drawn);
    }
    const pair = firstPair(result);
    return this.#seeTable(result, pair, asked);
  }

  // --- a table ---

  async #seeTable(table, pair, asked, scaling) {
    const before = this.#from ?? document.activeElement, showing = this.#showing = {};
    this.#from = undefined;
    const beginning = await this.#beginning(table, pair);
    if (this.#showing !== showing || !this.#dialog.open) return;
    const found = survey(table, pair);
    scaling ??= firstScaling(table, pair, found);
    const again = async (change) => {
      const wrong = await this.load(this.#blob, { ...asked, ...change }, true);
      if (!wrong) return;
      await this.#seeTable(table, pair, asked, scaling); // as it was
      this.#complain(wrong);
    };
    const choose = (next) => this.#seeTable(table, next, asked);
    const ways = Object.entries(SCALINGS).filter(([name]) => name !== "map" || isPositions(table, pair));
    const [x, y] = pair.map((i) => nameOf(table, i));
    this.#body.replaceChildren(
      this.#brought(this.#summary(table)),
      ...(table.remark ? [paragraph(table.remark)] : []),
      ...this.#reader(table, again),
      beginning,
      made("h3", { textContent: "Which two columns" }),
      ...this.#pairs(table, pair, choose),
      made("h3", { textContent: "Scaling" }),
      segments("scaling", "Scaling", ways.map(([name, { title }]) => [name, title]), scaling, (name) => this.#seeTable(table, pair, asked, name)),
      paragraph(scalingWords(scaling, found, [x, y])),
      ...(scaling === "map" ? this.#remarks(() => chosen(table, pair, scaling, found, this.#name)) : []),
      ...this.#leftOut(table, found),
      this.#end(found.kept.length, (k) => {
        const own = chosen(table, pair, scaling, found, this.#name);
        return this.#finish({ ...own, source: { blob: this.#blob, table } }, { k });
      }),
    );
    // Who changed something goes on from there.
    const same = before.id ? `#${before.id}` : before.name ? `[name="${before.name}"]:checked` : ".end .primary";
    (this.#body.querySelector(same) ?? this.#body.querySelector(".end .primary")).focus({ preventScroll: true });
  }

  /** What has been brought, and a way to bring something else. */
  #brought(words) {
    return made("div", { className: "brought" }, paragraph(words), button("Another file", () => this.#ask()));
  }

  #summary({ rows, columns, format, hasNames, separator, decimal }) {
    const all = `${counted(rows - (hasNames ? 1 : 0), "row")} of ${counted(columns.length, "column")}`;
    if (!separator) return `${this.#name}: ${format}, ${all}.`;
    return `${this.#name}: ${all}, apart by ${SEPARATORS[separator]}, decimal ${decimal === "," ? "comma" : "point"}, ${hasNames ? "the first line has their names" : "no line with names"}.`;
  }

  /** What is to be said of a map before it is made: that it is large, or that it cannot be. */
  #remarks(make) {
    let words;
    try {
      words = make().remark;
    } catch ({ message }) {
      words = message;
    }
    return words ? [paragraph(words, "soft")] : [];
  }

  /** How the text is read, to be set right where it was guessed wrong. */
  #reader({ separator, decimal, hasNames }, again) {
    if (!separator) return [];
    const names = made("input", { type: "checkbox", id: "own-names", checked: hasNames });
    names.addEventListener("change", () => again({ hasNames: names.checked }));
    return [made("div", { className: "row" },
      chooser("Apart by", Object.entries(SEPARATORS).map(([sign, name]) => option(sign, name, sign === separator)), (sign) => again({ separator: sign })),
      chooser("Decimal", [option(".", "point", decimal === "."), option(",", "comma", decimal === ",")], (sign) => again({ decimal: sign })),
      made("label", {}, names, "names first"),
    )];
  }

  /** The first rows as they are written. */
  async #beginning(table, pair) {
    const { fieldsOfRow } = await import("./rows.js");
    const from = table.hasNames ? 1 : 0;
    const rows = Array.from({ length: Math.min(SHOWN, table.rows - from) }, (_, i) => fieldsOfRow({ blob: this.#blob, table }, from + i));
    const texts = await Promise.all(rows);
    const shown = table.columns.slice(0, SHOWN_COLUMNS).map((_, i) => nameOf(table, i));
    if (table.times) shown.push("time");
    const cell = (name) => (text, i) => made(name, { textContent: text.slice(0, 60), className: pair.includes(i) ? "used" : "" });
    const head = shown.map(cell("th"));
    for (const each of head) each.scope = "col";
    const body = texts.map((fields) => made("tr", {}, ...fields.slice(0, SHOWN_COLUMNS).map(([, text]) => text).map(cell("td"))));
    const scroll = made("div", { className: "scroll", tabIndex: 0, role: "region", ariaLabel: "The first rows" });
    scroll.append(made("table", {}, made("thead", {}, made("tr", {}, ...head)), made("tbody", {}, ...body)));
    return scroll;
  }

  /** Which columns are across and up: by names and, where there are a few, by small pictures of each pair. */
  #pairs(table, [x, y], choose) {
    const good = numberColumns(table);
    const list = (chosenOne) => good.map((i) => option(i, nameOf(table, i), i === chosenOne));
    const selects = made("div", { className: "row" },
      chooser("Across", list(x), (i) => choose([Number(i), Number(i) === y ? x : y])), // the other's column is exchanged
      chooser("Up", list(y), (i) => choose([Number(i) === x ? y : x, Number(i)])));
    if (good.length < 3) return [selects];
    const likely = [x, y, ...good.filter((i) => !isLabel(table, i))].filter((i, at, all) => all.indexOf(i) === at);
    const some = likely.slice(0, MOST_PICTURED).sort((a, b) => a - b);
    if (some.length < 3) return [selects];
    const pictures = some.flatMap((a, i) => some.slice(i + 1).map((b) => {
      const input = made("input", { type: "radio", name: "pair", checked: (a === x && b === y) || (a === y && b === x) });
      input.addEventListener("change", () => choose([a, b]));
      const canvas = made("canvas", { width: 152, height: 152 });
      canvas.setAttribute("aria-hidden", "true");
      requestAnimationFrame(() => scatter(canvas, table, a, b));
      return made("label", {}, input, canvas, made("span", { textContent: `${nameOf(table, a)} × ${nameOf(table, b)}` }));
    }));
    return [made("div", { className: "pairs", role: "radiogroup", ariaLabel: "Pairs of columns" }, ...pictures), selects];
  }

  #leftOut({ lines, what }, { left, out }) {
    if (!left) return [];
    const words = left === 1 ? `1 row is left out, for it has not both numbers: ${what} ${whole(out[0])}.` : `${counted(left, "row")} are left out, for they have not both numbers.`;
    if (left === 1 || !lines) return [paragraph(words)];
    const more = left > out.length ? ` and ${whole(left - out.length)} more` : "";
    return [made("details", {}, made("summary", { textContent: words }), paragraph(`${what[0].toUpperCase()}${what.slice(1)}s ${out.map(whole).join(", ")}${more}.`))];
  }

  // --- a picture ---

  #seePicture(picture) {
    const count = paragraph("");
    count.role = "status";
    const k = this.#kInput(K);
    const sight = new Sight(picture, (n, marks) => {
      count.textContent = `${counted(n, "pixel")} of ${whole(picture.bright.length)} ${n === 1 ? "becomes a point" : "become points"}.`;
      if (marks) k.value = marks;
      go.disabled = n === 0;
    });
    const go = button("Cluster these", () => this.#checked(k, () => this.#finish(sight.own(this.#name), { k: Number(k.value), isMarked: sight.marks === Number(k.value) })), "primary");
    const small = picture.step > 1 ? ` For points it is looked at as ${whole(picture.columns)} × ${whole(picture.rows)}.` : "";
    this.#body.replaceChildren(
      this.#brought(`${this.#name}: a picture of ${whole(picture.width)} × ${whole(picture.height)} pixels.${small}`),
      segments("light", "Which pixels", [["dark", "dark pixels"], ["bright", "bright pixels"]], sight.isDark ? "dark" : "bright", (value) => sight.isDark = value === "dark"),
      sight.slider, sight.element, count,
      paragraph("Click on the cells that you are after: each click puts a star there to begin with, a click on a star takes it away. Without any, the start is random.", "soft"),
      made("div", { className: "row end" }, go, made("label", {}, "K", k)),
    );
    sight.draw();
    go.focus({ preventScroll: true });
  }

  // --- the end ---

  #kInput(value) {
    return made("input", { type: "number", min: 1, max: KMeans.limits.k, value, required: true });
  }

  /** Does it, if K can be; what goes wrong then is said. */
  async #checked(k, act) {
    if (!wholeNumber(k, "K", (wrong) => this.#complain(wrong))) return undefined;
    try {
      return await act();
    } catch ({ message }) {
      return this.#complain(message);
    }
  }

  #complain(message) {
    this.#body.querySelector(".end .wrong")?.remove();
    this.#body.querySelector(".end").prepend(Object.assign(paragraph(message, "wrong"), { role: "alert" }));
  }

  #end(n, act) {
    const { own, k: last, n: all } = this.#state, k = this.#kInput(Math.min(own && last < all ? last : K, n || 1));
    const words = n === 1 ? "Cluster this point" : `Cluster these ${counted(n, "point")}`;
    const go = button(n ? words : "No point to cluster", () => this.#checked(k, () => act(Number(k.value))), "primary");
    go.disabled = !n;
    return made("div", { className: "row end" }, go, made("label", {}, "K", k));
  }

  /** Brings own points on the board, clustered as is said or, where nothing is, as is likely to go well. */
  async #finish(own, { k = Math.min(K, own.columns[0].length), seeding = "k-means++", seed = this.#state.seed, isMarked }) {
    const { iteration: _, ...shows } = this.#state;
    const [state] = await Promise.all([stateOf(own, own.id), import("../own-axes.js")]);
    const isShown = await this.#show({ ...shows, ...state, k, seeding: isMarked ? undefined : seeding, seed }, { play: true });
    if (!isShown) {
      if (!own.id) await forget(state.own.id);
      return this.#body.querySelector(".end") ? this.#complain(problem()) : this.#ask(problem());
    }
    if (state.own.isLost) return this.#ask("The points are on the board, but too many for its address, and this browser keeps nothing for this page: save them, or a reload loses them.");
    if (this.#blob && !this.#blob.name) box.value = ""; // it was that
    return this.#dialog.close();
  }

  /** Brings a drawn board again that was saved. */
  async #finishDrawn({ board, n, clusters, k, seeding, seed, boardSeed }) {
    const { iteration: _, ...shows } = this.#state;
    if (await this.#show({ ...shows, own: undefined, points: undefined, kept: undefined, board, n, clusters, k, seeding, seed, boardSeed }, { play: true })) this.#dialog.close();
    else this.#ask(problem());
  }
}
