// What the methods that choose K say of each K: four curves, one above the other on one axis, with the choice of each
// rule marked on them, and under them a button for each K.

import { axisNumbers, element, ticks } from "./chart.js";
import { made } from "./lab.js";
import { short } from "./sentences.js";

/** A plot's height, and what its curve leaves free of it: for the axis's title and marks above, for a mark below. */
const HEIGHT = 108, TOP = 34, BOTTOM = 12;
/** Marks stand so far from the end of what they mark, and so far from each other, in pixels. */
const AWAY = 9, APART = 9;

const STYLE = `
.lab .curves { container-type: inline-size; overflow-x: auto; }
.lab .curves .stack { position: relative; isolation: isolate; min-width: calc(48px + 24px * var(--k)); }
.lab .curves .words { position: sticky; left: 0; width: 100cqi; background: var(--paper); }
.lab .curves .head { display: flex; align-items: center; justify-content: space-between; gap: 12px; min-height: 28px; margin-top: 8px; line-height: 20px; }
.lab .curves h3 { display: inline; margin: 0 4px 0 0; font-size: 13px; font-weight: 600; }
.lab .curves .question { font: 14px/20px var(--serif); color: var(--soft); }
.lab .curves .segments { flex: none; grid: auto / repeat(2, auto); min-height: 0; }
.lab .curves .segments label { padding: 0 8px; }
.lab .curves .choices { display: flex; flex-wrap: wrap; gap: 0 8px; min-height: 20px; font-size: 13px; line-height: 20px; color: var(--soft); }
.lab .curves .choices span { display: inline-flex; align-items: center; gap: 4px; white-space: nowrap; }
.lab .curves .choices b { color: var(--ink); font-weight: 600; }
.lab .curves .choices svg { width: 12px; height: 12px; color: var(--ink); }
.lab .curves .plots, .lab .curves .ks { display: grid; }
.lab .curves .plots { grid-template-columns: 48px minmax(0, 1fr); }
.lab .curves svg.plot { height: ${HEIGHT}px; }
.lab .curves .axis { position: sticky; left: 0; z-index: 1; background: var(--paper); }
.lab .curves svg.values { cursor: pointer; }
.lab .curves .values .curve { fill: none; stroke: var(--accent); }
.lab .curves .values .dot { fill: var(--accent); stroke: none; }
.lab .curves .values .error { stroke: var(--accent); stroke-width: 1; }
.lab .curves .values .below { fill: none; stroke: var(--soft); }
.lab .curves .values .enough { fill: var(--accent); stroke: var(--accent); }
.lab .curves .values .line { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 4 3; }
.lab .curves .values .zero { stroke: var(--edge); stroke-width: 1; }
.lab .curves .mark { fill: currentColor; stroke: none; color: var(--ink); }
.lab .curves .mark.ring { fill: none; stroke: currentColor; stroke-width: 1.5; }
.lab .curves .ks { grid-template-columns: 48px repeat(var(--k), minmax(0, 1fr)); border-top: 1px solid var(--line); }
.lab .curves .ks i { position: sticky; left: 0; z-index: 1; display: grid; place-items: center end; padding-right: 8px; background: var(--paper); color: var(--soft); font-size: 13px; }
.lab .curves .ks button { min-width: 0; padding: 0; font-size: 13px; border-color: transparent; }
.lab .curves .ks button:focus-visible { outline-offset: -2px; }
.lab .curves .ks button:hover { border-color: var(--edge); }
.lab .curves .ks button:disabled { opacity: 1; }
.lab .curves .ks button[aria-current="true"] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); font-weight: 600; }
.lab .curves .column { position: absolute; z-index: -1; inset-block: 0; left: calc(48px + (100% - 48px) * (var(--at) - 1) / var(--k)); width: calc((100% - 48px) / var(--k)); background: var(--chosen); border-radius: 6px; pointer-events: none; }
@media (pointer: fine) { .lab .curves .ks button { min-height: 36px; } }
@media (forced-colors: active) {
  .lab .curves .column { outline: 1px solid Highlight; }
  .lab .curves .axis { background: Canvas; }
  .lab .curves svg text { fill: CanvasText; }
  .lab .curves .mark { color: CanvasText; }
  .lab .curves .values .curve, .lab .curves .values .error, .lab .curves .values .enough { stroke: Highlight; }
  .lab .curves .values .dot, .lab .curves .values .enough { fill: Highlight; }
  .lab .curves .ks button[aria-current="true"] { outline: 2px solid Highlight; outline-offset: -2px; }
}
`;
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
document.adoptedStyleSheets.push(sheet);

/** From top to bottom: what each method asks, in few words, and what its axis shows. */
const CURVES = [
  { method: "gap", question: "tighter than chance?", axis: "Gap(K)" },
  { method: "f(K)", question: "did one cluster more help?", axis: "f(K)" },
  { method: "silhouette", question: "nearer to its own than to the next?", axis: "silhouette" },
  { method: "elbow", question: "where does the fall slow down?", axis: "inertia" },
];
const BARS = { question: "first bar not below 0?", axis: "Gap(K) − (Gap(K + 1) − s(K + 1))" };

/** A rule's name for people, its mark, and on which side of the curve it stands. */
export const RULES = {
  "tibshirani": { words: "Tibshirani", path: "M0-4.5L4.5 4h-9z" },
  "first-se-max": { words: "first SE max", path: "M0-5L5 0 0 5-5 0z" },
  "global-max": { words: "global maximum", path: "M-3.5-3.5h7v7h-7z" },
  "minimum": { words: "minimum", path: "M0 4.5L4.5-4h-9z", isBelow: true },
  "below-0.85": { words: "below 0.85", path: "M-5.5 0a5.5 5.5 0 1 1 11 0a5.5 5.5 0 1 1-11 0z", isRing: true },
  "maximum": { words: "maximum", path: "M-3.5-3.5h7v7h-7z" },
};
/** The line that f(K) is held against. */
const ENOUGH = 0.85;

/** Whether f(K) is below its line anywhere. */
export const isAnyBelow = (curve) => curve.some(({ value }) => value < ENOUGH);

/** Errors, short. */
const ERROR = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });

/** Whole numbers in a row, short: 2, 4–7. */
function listed(numbers) {
  const rows = [];
  for (const k of numbers) {
    if (rows.at(-1)?.at(-1) === k - 1) rows.at(-1)[1] = k;
    else rows.push([k]);
  }
  return rows.map((row) => row.join("–")).join(", ");
}

/** The rules of some choices, in order, each with all that it chooses: none, one K or several. */
export function byRule(choices) {
  const rules = new Map(choices.map(({ rule }) => [rule, []]));
  for (const { rule, k } of choices) if (k !== null) rules.get(rule).push(k);
  return [...rules].map(([rule, ks]) => ({ rule, ks }));
}

/** Choices in words, rule by rule: "minimum 3, below 0.85 2–5". */
const choicesIn = (choices) => byRule(choices).map(({ rule, ks }) => `${RULES[rule].words} ${ks.length ? listed(ks) : "none"}`).join(", ");

function mark({ path, isRing }, x, y) {
  return element("path", { class: `mark${isRing ? " ring" : ""}`, transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`, d: path });
}

const line = (kind, x1, y1, x2, y2) => element("line", { class: kind, x1: x1.toFixed(1), y1: y1.toFixed(1), x2: x2.toFixed(1), y2: y2.toFixed(1) });

/** A curve with what it is drawn from: of each K a height, how far its error reaches, and the levels of its axis. */
function drawnFrom(method, curve, isBars) {
  const rows = curve.map((row) => ({ k: row.k, value: isBars ? row.bar : row.value, error: isBars ? 0 : row.error || 0 }))
    .filter(({ value }) => Number.isFinite(value));
  const ends = rows.flatMap(({ value, error }) => [value - error, value + error]);
  if (method !== "gap" || isBars) ends.push(0);
  if (method === "f(K)") ends.push(1);
  const low = Math.min(...ends), high = Math.max(...ends);
  return { rows, low, high, levels: rows.length ? ticks(low, high) : [] };
}

/** The curves in a place; `point(k)` and `choose(k)` are called with the K that the reader points at, or goes to. */
export class Curves {
  #parts = {};
  #stack = made("div", { className: "stack" });
  #buttons = made("div", { className: "ks", role: "toolbar", ariaLabel: "K" });
  #column = made("div", { className: "column", hidden: true });
  #point;
  #choose;
  #of = { kMax: 0, found: new Map() };

  /** `methods` is their table. */
  constructor(methods, point, choose) {
    this.#point = point;
    this.#choose = choose;
    for (const { method, question } of CURVES) {
      const { title, rules } = methods.find(({ name }) => name === method);
      this.#stack.append(...this.#built(method, title, question));
      this.#parts[method].rules = rules.map(({ name }) => name);
    }
    this.#stack.append(this.#buttons, this.#column);
    this.#listen();
    this.element = made("div", { className: "curves" }, this.#stack);
    new ResizeObserver(() => this.#plot()).observe(this.element);
  }

  #built(method, title, question) {
    const asks = made("span", { className: "question", textContent: question });
    const head = made("div", { className: "head words" }, made("div", {}, made("h3", { textContent: title }), " ", asks));
    const choices = made("div", { className: "choices words" });
    const row = made("div", { className: "plots" });
    row.innerHTML = `<svg class="plot axis" aria-hidden="true"></svg><svg class="plot values" role="img"></svg>`;
    const [axis, plot] = row.children;
    if (method === "gap") head.append(this.#views());
    this.#follow(plot);
    this.#parts[method] = { asks, choices, axis, plot };
    return [head, choices, row];
  }

  /** The switch between the gaps and the bars by which Tibshirani's rule reads them. */
  #views() {
    const group = made("div", { className: "segments", role: "radiogroup", ariaLabel: "Gap statistic as" });
    for (const view of ["gaps", "bars"]) {
      const input = made("input", { type: "radio", name: "gap-view", value: view, checked: view === "gaps" });
      group.append(made("label", {}, input, made("span", { textContent: view })));
    }
    group.addEventListener("change", () => this.#plot());
    return group;
  }

  get #isBars() { return this.#stack.querySelector("[name=gap-view]:checked").value === "bars"; }

  /** A mouse points at what it is over; a finger only taps. */
  #follow(plot) {
    const at = ({ clientX }) => {
      const { left, width } = plot.getBoundingClientRect(), { kMax } = this.#of;
      return Math.min(Math.max(Math.floor(((clientX - left) / width) * kMax) + 1, 1), kMax);
    };
    plot.addEventListener("pointermove", (event) => event.pointerType !== "touch" && this.#point(at(event)));
    plot.addEventListener("pointerleave", () => this.#point());
    plot.addEventListener("click", (event) => this.#choose(at(event)));
  }

  #listen() {
    const buttons = this.#buttons, kOf = ({ target }) => Number(target.dataset?.k) || undefined;
    buttons.addEventListener("pointerover", (event) => event.pointerType !== "touch" && this.#point(kOf(event)));
    buttons.addEventListener("pointerleave", () => this.#point());
    buttons.addEventListener("focusin", (event) => this.#point(kOf(event)));
    buttons.addEventListener("focusout", () => this.#point());
    buttons.addEventListener("click", (event) => kOf(event) && this.#choose(kOf(event)));
    buttons.addEventListener("keydown", (event) => {
      const all = [...buttons.querySelectorAll("button:enabled")], here = all.indexOf(event.target);
      const next = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: all.length - 1 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      all[next]?.focus();
    });
  }

  /** Shows what has been found, by method; K goes from 1 to `kMax`. */
  draw({ kMax, found }) {
    if (kMax !== this.#of.kMax) this.#number(kMax);
    this.#of = { kMax, found };
    for (const button of this.#buttons.querySelectorAll("button")) {
      const said = this.says(Number(button.dataset.k));
      button.disabled = !said;
      button.ariaLabel = `K = ${button.dataset.k}${said && `: ${said}`}`;
    }
    for (const { method } of CURVES) this.#name(this.#parts[method], found.get(method));
    this.#plot();
  }

  #number(kMax) {
    this.#stack.style.setProperty("--k", kMax);
    const buttons = Array.from({ length: kMax }, (_, i) => {
      const button = made("button", { type: "button", textContent: i + 1, tabIndex: i ? -1 : 0 });
      button.dataset.k = i + 1;
      return button;
    });
    this.#buttons.replaceChildren(made("i", { textContent: "K" }), ...buttons);
  }

  /** What the methods say of a K, in words. */
  says(k) {
    return CURVES.flatMap(({ method, axis }) => {
      const row = this.#of.found.get(method)?.curve.find((each) => each.k === k);
      if (!row || !Number.isFinite(row.value)) return [];
      return `${method === "gap" ? "gap" : axis} ${short(row.value)}${row.error ? ` ± ${ERROR.format(row.error)}` : ""}`;
    }).join(" · ");
  }

  /** Lights up the column of a K, or none; `current` is the K that the board shows. */
  light(k, current) {
    this.#column.hidden = k === undefined;
    if (k !== undefined) this.#stack.style.setProperty("--at", k);
    const buttons = [...this.#buttons.querySelectorAll("button")];
    const first = buttons.find((button) => button === document.activeElement) ?? buttons[(current ?? 1) - 1] ?? buttons[0];
    for (const button of buttons) {
      button.ariaCurrent = Number(button.dataset.k) === current ? "true" : null;
      button.tabIndex = button === first ? 0 : -1;
    }
  }

  /** The rules by name, with what they choose once that is known. */
  #name({ choices: place, rules }, { curve, choices } = { choices: [] }) {
    const chosen = new Map(byRule(choices).map(({ rule, ks }) => [rule, ks.length ? listed(ks) : "none"]));
    if (chosen.has("below-0.85") && !isAnyBelow(curve)) chosen.set("below-0.85", "none, so 1");
    const named = rules.map((rule) => {
      const { words, path, isRing } = RULES[rule], span = made("span");
      span.innerHTML = `<svg viewBox="-6 -6 12 12" aria-hidden="true">${mark({ path, isRing }, 0, 0)}</svg>`;
      span.append(words, made("b", { textContent: chosen.get(rule) ?? "–" }));
      return span;
    });
    place.replaceChildren(...(rules.length ? named : ["no rule reads it"]));
  }

  #plot() {
    const { gap } = this.#parts;
    gap.asks.textContent = (this.#isBars ? BARS : CURVES[0]).question;
    for (const { method, axis } of CURVES) {
      const isBars = method === "gap" && this.#isBars;
      this.#draw(method, isBars ? BARS.axis : axis, isBars);
    }
  }

  #draw(method, title, isBars) {
    const { axis, plot } = this.#parts[method], { kMax, found } = this.#of;
    const width = plot.clientWidth, { curve = [], choices = [] } = found.get(method) ?? {};
    if (!width) return;
    const { rows, low, high, levels } = drawnFrom(method, curve, isBars);
    const x = (k) => ((k - 0.5) / kMax) * width;
    const y = (value) => TOP + (high === low ? 0.5 : (high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM);
    // The number at f(K)'s line has the room that it needs.
    const lines = method === "f(K)" && rows.length ? [ENOUGH] : [];
    const isApart = (level, i) => i % Math.ceil(levels.length / 4) === 0 && lines.every((each) => Math.abs(y(level) - y(each)) > 13);
    const others = levels.filter(isApart);
    const words = new Map(axisNumbers(levels).map((text, i) => [levels[i], text]));
    const number = (level) => element("text", { x: 42, y: y(level) + 4, "text-anchor": "end" }, words.get(level) ?? short(level));
    axis.innerHTML = [...others, ...lines].map(number).join("") + element("text", { x: 0, y: 14 }, title);
    const grid = [...others.map((level) => line(level === 0 ? "zero" : "grid", 0, y(level), width, y(level))), ...lines.map((level) => line("line", 0, y(level), width, y(level)))];
    const drawn = isBars ? barsOf(rows, x, y, width / kMax) : curveOf(rows, x, y);
    plot.innerHTML = `${grid.join("")}${drawn}${marksOf(choices, rows, x, y, isBars)}`;
    plot.ariaLabel = labelOf(title, rows, choices);
  }
}

/** Dots with their errors, and a line through those whose K are next to each other. */
function curveOf(rows, x, y) {
  const steps = rows.map(({ k, value }, i) => `${rows[i - 1]?.k === k - 1 ? "L" : "M"}${x(k).toFixed(1)} ${y(value).toFixed(1)}`);
  const errors = rows.filter(({ error }) => error).map(({ k, value, error }) => {
    const [top, end] = [y(value + error), y(value - error)];
    return line("error", x(k), top, x(k), end) + line("error", x(k) - 3, top, x(k) + 3, top) + line("error", x(k) - 3, end, x(k) + 3, end);
  });
  const dots = rows.map(({ k, value }) => element("circle", { class: "dot", "data-k": k, cx: x(k).toFixed(1), cy: y(value).toFixed(1), r: 2.5 }));
  return element("path", { class: "curve", d: steps.join("") || "M0 0" }) + errors.join("") + dots.join("");
}

/** Bars from zero; those by which Tibshirani's rule is content are filled. */
function barsOf(rows, x, y, step) {
  const half = Math.min(8, step / 4);
  return rows.map(({ k, value }) => element("rect", {
    class: value < 0 ? "below" : "enough", "data-k": k, x: (x(k) - half).toFixed(1), width: (2 * half).toFixed(1),
    y: y(Math.max(value, 0)).toFixed(1), height: Math.abs(y(value) - y(0)).toFixed(1),
  })).join("");
}

/** The marks of all rules: rings around what they choose, the others beside each other above or below it. */
function marksOf(choices, rows, x, y, isBars) {
  const at = new Map();
  for (const { rule, k } of choices) if (k !== null) at.set(k, [...(at.get(k) ?? []), RULES[rule]]);
  return [...at].flatMap(([k, rules]) => {
    const row = rows.find((each) => each.k === k);
    if (!row) return [];
    const beside = rules.filter(({ isRing }) => !isRing);
    const top = y(isBars ? Math.max(row.value, 0) : row.value + row.error) - AWAY;
    return [
      ...rules.filter(({ isRing }) => isRing).map((rule) => mark(rule, x(k), y(row.value))),
      ...beside.map((rule, i) => mark(rule, x(k) + (i - (beside.length - 1) / 2) * APART, rule.isBelow ? y(row.value) + AWAY + 2 : top)),
    ];
  }).join("");
}

function labelOf(title, rows, choices) {
  if (!rows.length) return `${title} by K: nothing has been computed yet`;
  const values = rows.map(({ k, value }) => `${k}: ${short(value)}`).join(", ");
  return `${title} by K. ${values}${choices.length ? `. Chosen: ${choicesIn(choices)}` : ""}`;
}
