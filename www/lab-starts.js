// Many starts: where k-means ends from a thousand starts on the board on screen, as a histogram of inertias, and the
// optima that they end in, each of which the board can go to again.

import { KMeans } from "./clustering.js";
import { axisNumbers, element, ticks } from "./chart.js";
import { ROUNDING, Work, boardOf, made } from "./lab.js";
import { counted, short, whole, wholeNumber } from "./sentences.js";

const STYLE = `
.lab .starts .ways { display: grid; }
.lab .starts .ways label { display: grid; grid-template-columns: 16px 20px auto minmax(0, 1fr); align-items: center; gap: 8px; min-height: 36px; font-size: 14px; cursor: pointer; }
.lab .starts .ways svg { width: 20px; height: 8px; stroke-width: 2.5; }
.lab .starts .ways output { justify-self: end; color: var(--soft); font-size: 13px; text-align: right; }
.lab .starts .histogram { position: relative; height: 180px; }
.lab .starts .histogram svg { position: absolute; inset: 0; width: 100%; height: 100%; }
.lab .starts .histogram .bar { fill: transparent; stroke: none; }
.lab .starts .histogram .bar:hover { fill: var(--chosen); }
.lab .starts .histogram .way { fill: none; stroke: currentColor; }
.lab .starts .histogram .first { fill: color-mix(in srgb, currentColor 16%, transparent); }
.lab .starts .optima { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 8px; }
.lab .starts .optima button { display: grid; justify-items: center; gap: 0; min-width: 0; padding: 4px 4px 6px; font-size: 13px; line-height: 18px; }
.lab .starts .optima canvas { width: 100%; aspect-ratio: 1; border-radius: 3px; }
.lab .starts .optima canvas.none { display: none; }
.lab .starts .optima small { color: var(--soft); font-size: 12px; }
.lab .starts .sentence { min-height: 68px; }
.lab .starts h3 { margin: 0; color: var(--soft); font-size: 13px; font-weight: 600; }
@media (pointer: coarse) { .lab .starts .ways label { min-height: 44px; } }
`;
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
document.adoptedStyleSheets.push(sheet);

/** A line's colour and dashes for each seeding, in the order of their table. */
const LINES = [
  { color: "var(--accent)", dashes: "none" },
  { color: "light-dark(#b34f00, #ff9d5c)", dashes: "6 3" },
  { color: "light-dark(#0b7f5d, #5fd3a5)", dashes: "2 3" },
  { color: "light-dark(#a83d81, #e58fd0)", dashes: "9 3 2 3" },
  { color: "light-dark(#59636f, #a9b4c4)", dashes: "4 2" },
];
/** Inertias in the table, where one may differ from the next in its last digits. */
const FULL = new Intl.NumberFormat("en", { maximumSignificantDigits: 8 });
const MARGIN = { left: 44, right: 8, top: 24, bottom: 36 };
/** As many bars as the histogram has. */
const BARS = 40;
/** The most starts that are asked for here; the core takes more. */
const MOST_RUNS = 10_000;
/** On boards with more points there are fewer starts unless asked otherwise. */
const LARGE = 20_000;
/** As many optima have a picture, the best and the most frequent, and as many a row in the table. */
const PICTURES = 6, ROWS = 50;

const share = (count, of) => `${(100 * count / of).toFixed(count === of ? 0 : 1)} %`;
const named = (seeding) => seeding.replace("greedy-", "greedy ");

/** The pane in its place. */
export async function startsPane(place, board, { replay, complain, peek }) {
  place.classList.add("starts");
  const found = new Map(); // by seeding, what KMeans.restarts tells
  let of; // the board and the k that it was found on
  let asked; // the seeding whose optima are to be shown
  let focus; // the one whose optima are shown

  const runs = made("input", { type: "number", id: "runs", min: 1, max: MOST_RUNS, required: true });
  const go = made("button", { type: "button", className: "primary" });
  const idle = made("div", { className: "actions" }, go, made("label", {}, "starts ", runs));
  const work = new Work(idle, (following) => runAll(following), complain);
  const ways = made("div", { className: "ways", role: "group", ariaLabel: "Seedings" });
  const histogram = made("div", { className: "histogram" });
  const sentence = made("p", { className: "sentence" });
  const optima = made("div", { className: "optima" });
  const title = made("h3");
  const table = made("details", {}, made("summary", { textContent: "Numbers" }), made("div", { className: "scroll" }));
  sentence.setAttribute("role", "status");
  place.append(
    made("p", { className: "soft", textContent: "Where k-means ends depends on where it starts. So start it many times, and keep the best." }),
    ways, work.element, histogram, sentence, title, optima, table,
  );
  const rows = KMeans.seedings.map(({ name, sentence: words }, i) => way(name, words, LINES[i]));
  ways.append(...rows.map(({ label }) => label));

  function way(name, words, { color, dashes }) {
    const input = made("input", { type: "checkbox", value: name });
    const result = made("output");
    const label = made("label", { title: words }, input);
    label.insertAdjacentHTML("beforeend", `<svg viewBox="0 0 20 8" aria-hidden="true" style="color: ${color}"><path d="M1 4h18" stroke-dasharray="${dashes}"/></svg>`);
    label.append(made("span", { textContent: named(name) }), result);
    input.addEventListener("change", () => {
      if (input.checked) asked = name;
      if (input.checked && found.size && !found.has(name) && wholeNumber(runs, "Starts", complain)) work.start().then(draw);
      draw();
    });
    return { name, input, label, result };
  }

  const chosen = () => rows.filter(({ input }) => input.checked).map(({ name }) => name);
  /** Those that are to be seen and have been run. */
  const seen = () => chosen().filter((name) => found.has(name));

  /** One seeding after the other, as far as they have not been run. */
  async function runAll({ signal, onProgress }) {
    const { kmeans } = board, left = chosen().filter((name) => !(found.get(name)?.isWhole));
    for (const [i, seeding] of left.entries()) {
      asked = seeding;
      const far = (share, soFar) => {
        onProgress((i + share) / left.length);
        found.set(seeding, soFar);
        draw();
      };
      const all = await kmeans.restarts({ runs: Number(runs.value), seeding, signal, onProgress: far });
      found.set(seeding, { ...all, isWhole: true });
    }
  }

  go.addEventListener("click", async () => {
    if (!chosen().length) return complain("Choose a seeding to start with");
    if (!wholeNumber(runs, "Starts", complain)) return;
    complain("");
    found.clear();
    draw();
    await work.start(); // what had been found when it was cancelled stays
    draw();
  });
  runs.addEventListener("input", () => {
    complain("");
    draw();
  });
  runs.addEventListener("change", () => wholeNumber(runs, "Starts", complain));

  /** Another board, or another k, has nothing to do with what was found. */
  function renew() {
    if (!board.kmeans) return;
    const { k, n, options } = board.kmeans, now = `${k} ${boardOf(board.kmeans)}`;
    if (now === of) return;
    if (of === undefined) {
      runs.value = n > LARGE ? 100 : 1000;
      asked = options.seeding ?? "random";
      for (const { name, input } of rows) input.checked = name === asked;
    }
    of = now;
    work.cancel();
    found.clear();
    draw();
  }

  function draw() {
    go.textContent = runs.checkValidity() ? `Run ${counted(Number(runs.value), "start")}` : "Run";
    const names = seen(), all = names.map((name) => found.get(name));
    const best = Math.min(...all.map((one) => one.best.inertia));
    for (const { name, result } of rows) result.textContent = found.has(name) ? hits(found.get(name), best) : "";
    focus = names.includes(asked) ? asked : names[0];
    plot(names, all);
    tell(best);
  }

  const hitsOf = ({ best: { inertia, runs } }, best) => (inertia <= best * (1 + ROUNDING) ? runs : 0);
  const hits = (one, best) => `best in ${whole(hitsOf(one, best))} of ${whole(one.inertias.length)}`;

  /** A share of all as so many of a hundred; neither none nor all are said where there are some and not all. */
  function ofHundred(some, all) {
    const share = (100 * some) / all;
    if (some > 0 && share < 1) return "fewer than 1";
    return some < all && share > 99 ? "more than 99" : Math.round(share);
  }

  function tell(best) {
    const one = found.get(focus);
    title.textContent = one ? `Where ${named(focus)} starts end: the best, and most often` : "";
    table.hidden = !one;
    optima.replaceChildren();
    if (!one) {
      sentence.textContent = "";
      return;
    }
    const count = one.inertias.length, ends = one.optima.length;
    const places = ends === 1 ? "all in the same clustering" : `in ${whole(ends)} different clusterings`;
    sentence.textContent = `${count === 1 ? "One start ends" : `${counted(count, "start")} end`} ${places}. One ${named(focus)} start finds the best, inertia ${short(best)}, in ${ofHundred(hitsOf(one, best), count)} of 100.`;
    if (work.isBusy) return; // pictures and rows when it is over
    const [first, ...others] = one.optima;
    const frequent = others.toSorted((a, b) => b.runs - a.runs).slice(0, PICTURES - 1);
    const pictured = [first, ...frequent].sort((a, b) => a.inertia - b.inertia);
    optima.append(...pictured.map((optimum) => picture(optimum, count)));
    table.lastChild.replaceChildren(listed(one));
  }

  const startOf = ({ seed }) => ({ k: board.kmeans.k, seeding: focus, seed });

  /** What is pointed at, or has the focus, is laid over the board; once it is clicked, the board goes there itself. */
  function pointsAt(target, start) {
    for (const type of ["pointerenter", "focus"]) target.addEventListener(type, () => peek.show(start));
    for (const type of ["pointerleave", "blur"]) target.addEventListener(type, () => peek.end());
    target.addEventListener("click", () => {
      peek.end();
      replay(start);
    });
  }

  function picture(optimum, count) {
    const canvas = made("canvas", { width: 1, height: 1, className: peek.isQuick ? "" : "none" });
    canvas.setAttribute("aria-hidden", "true");
    const words = `${share(optimum.runs, count)} of starts`;
    const name = made("span", {}, made("span", { className: "visually-hidden", textContent: "Inertia " }), short(optimum.inertia));
    const title = `Replay the first start that ended here, seed ${optimum.seed}`;
    const button = made("button", { type: "button", title }, canvas, name, made("small", { textContent: words }));
    pointsAt(button, startOf(optimum));
    peek.picture(startOf(optimum), canvas, 112);
    return button;
  }

  function listed({ optima: all, inertias }) {
    const head = made("tr", {}, ...["Inertia", "Starts", "Share", "First seed"].map((textContent) => made("th", { textContent, scope: "col" })));
    const body = all.slice(0, ROWS).map(({ inertia, runs, seed }) =>
      made("tr", {}, ...[FULL.format(inertia), whole(runs), share(runs, inertias.length), seed].map((textContent) => made("td", { textContent }))));
    const more = all.length > ROWS ? [made("caption", { textContent: `The best ${ROWS} of ${whole(all.length)}` })] : [];
    return made("table", {}, ...more, made("thead", {}, head), made("tbody", {}, ...body));
  }

  function plot(names, all) {
    const { clientWidth: width, clientHeight: height } = histogram;
    if (!width) return;
    const inertias = all.flatMap((one) => [one.inertias.reduce((a, b) => Math.min(a, b)), one.inertias.reduce((a, b) => Math.max(a, b))]);
    const low = Math.min(...inertias), spread = Math.max(...inertias) - low || Math.abs(low) * 0.1 || 1;
    const binOf = (inertia) => Math.min(BARS - 1, Math.floor(((inertia - low) / spread) * BARS));
    const counts = all.map((one) => {
      const bins = new Array(BARS).fill(0);
      for (const inertia of one.inertias) bins[binOf(inertia)] += 1;
      return bins;
    });
    const most = Math.max(1, ...counts.flat());
    const x = (bin) => MARGIN.left + (bin / BARS) * (width - MARGIN.left - MARGIN.right);
    const y = (count) => MARGIN.top + (1 - count / most) * (height - MARGIN.top - MARGIN.bottom);
    const floor = y(0);
    const levels = (all.length ? ticks(0, most) : [0]).filter(Number.isInteger).map((level) =>
      element("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(level), y2: y(level) }) +
      element("text", { x: MARGIN.left - 8, y: y(level) + 4, "text-anchor": "end" }, whole(level)));
    const places = all.length ? ticks(low, low + spread) : [];
    const words = axisNumbers(places);
    const values = places.map((value, i) =>
      element("text", { x: x(((value - low) / spread) * BARS), y: floor + 16, "text-anchor": "middle" }, words[i]));
    const titles = element("text", { x: 0, y: 12 }, "starts") +
      element("text", { x: width - MARGIN.right, y: height - 2, "text-anchor": "end" }, "inertia at the end");
    const outlines = names.map((name, i) => {
      const { color, dashes } = LINES[KMeans.seedings.findIndex((row) => row.name === name)];
      const steps = counts[i].map((count, bin) => `H${x(bin).toFixed(1)}V${y(count).toFixed(1)}H${x(bin + 1).toFixed(1)}`).join("");
      return element("path", { class: `way${name === focus ? " first" : ""}`, style: `color: ${color}`, "stroke-dasharray": dashes, d: `M${x(0)} ${floor}${steps}V${floor}` });
    });
    const bars = Array.from({ length: all.length ? BARS : 0 }, (_, bin) =>
      element("rect", { class: "bar", "data-bin": bin, x: x(bin), y: MARGIN.top, width: x(bin + 1) - x(bin), height: floor - MARGIN.top }));
    histogram.innerHTML = `<svg class="plot" role="img" aria-label="${labelOf(names, low, low + spread)}">${bars.join("")}${levels.join("")}${values.join("")}${titles}<g pointer-events="none">${outlines.join("")}</g></svg>`;
    for (const bar of histogram.querySelectorAll(".bar")) {
      const one = found.get(focus);
      const inside = one?.optima.filter(({ inertia }) => binOf(inertia) === Number(bar.dataset.bin)) ?? [];
      if (inside.length && !work.isBusy) pointsAt(bar, startOf(inside.reduce((a, b) => (b.runs > a.runs ? b : a))));
    }
  }

  const labelOf = (names, low, high) => (names.length
    ? `Histogram of the inertia at the end, from ${short(low)} to ${short(high)}: ${names.map((name) => `${named(name)}, ${hits(found.get(name), low)}`).join("; ")}`
    : "Histogram of the inertia at the end: nothing has been run yet");

  board.addEventListener("statechange", () => renew());
  new ResizeObserver(() => draw()).observe(histogram);
  return {
    show() {
      renew();
      draw();
    },
    hide() { work.cancel(); },
  };
}
