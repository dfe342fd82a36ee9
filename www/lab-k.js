// Which K: what four methods say of each number of clusters, as curves on one axis with the choices of their rules, each
// clustering a click away; and the boards without clusters that the gap statistic compares with.

import { Work, boardOf, made } from "./lab.js";
import { Curves, byRule, isAnyBelow } from "./lab-k-curves.js";
import { References } from "./lab-k-references.js";
import { short, wholeNumber } from "./sentences.js";
import { methods } from "./studies.js";

const STYLE = `
.lab .k .plan { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 8px; align-items: end; }
.lab .k .plan label { display: grid; gap: 4px; font-size: 12px; line-height: 16px; color: var(--soft); }
.lab .k .plan input { width: 100%; padding: 0 8px; border-color: var(--line); font-size: 15px; color: var(--ink); text-align: left; }
.lab .k .reading { min-height: 40px; font: 13px/20px system-ui, sans-serif; }
.lab .k .reading b { font-weight: 600; }
.lab .k .verdict { min-height: 90px; }
.lab .k dl { margin: 0; font-size: 13px; line-height: 20px; }
.lab .k dt { margin-top: 8px; font-weight: 600; }
.lab .k dd { margin: 0; }
.lab .k table { white-space: nowrap; }
.lab .k td, .lab .k th { padding: 4px 8px; }
@media (pointer: coarse) { .lab .k .plan input { height: 44px; } }
`;
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
document.adoptedStyleSheets.push(sheet);

/** Boards with more points are asked with fewer references and runs unless the reader wants more. */
const LARGE = 20_000;
/** What is asked for: its words, the most that can be asked for here, and the default on a board. */
const PLAN = {
  kMax: { words: "K up to", most: 100, usual: (n) => Math.min(10, n) },
  references: { words: "References", most: 1000, usual: (n) => (n > LARGE ? 10 : 50) },
  runs: { words: "Runs with each K", most: 1000, usual: (n) => (n > LARGE ? 3 : 10) },
};
/** The methods, cheap ones first, and about how long each takes, the elbow being 1. */
const ORDER = { "elbow": () => 1, "f(K)": () => 1, "silhouette": () => 3, "gap": ({ references }) => references + 1 };
/** How every clustering here starts. */
const SEEDING = "greedy-k-means++";

const number = (value) => (Number.isFinite(value) ? short(value) : "–");
/** The table's columns: a head, the method whose row it is from, and the number. */
const COLUMNS = [
  ["K", "elbow", ({ k }) => k],
  ["Gap(K)", "gap", ({ value }) => number(value)],
  ["s(K)", "gap", ({ error }) => number(error)],
  ["ln W", "gap", ({ logW }) => number(logW)],
  ["mean ln W*", "gap", ({ referenceLogW }) => number(referenceLogW)],
  ["Gap(K) − (Gap(K + 1) − s(K + 1))", "gap", ({ bar }) => number(bar)],
  ["f(K)", "f(K)", ({ value }) => number(value)],
  ["silhouette", "silhouette", ({ value }) => number(value)],
  ["its error", "silhouette", ({ error }) => number(error)],
  ["inertia", "elbow", ({ value }) => number(value)],
  ["seed", "elbow", ({ seed }) => seed],
];

/** What the rules find, in sentences: where one finds nothing, and whether they agree. */
function verdict(found, kMax) {
  const rules = new Map([...found.values()].flatMap(({ choices }) => byRule(choices)).map(({ rule, ks }) => [rule, ks]));
  const none = (rule) => rules.get(rule)?.length === 0;
  const said = [];
  if (none("global-max")) said.push("The gap is not defined on this board, whose points are all in the same place.");
  else if (none("tibshirani")) {
    const isKnown = found.get("gap").curve.every(({ bar }) => Number.isFinite(bar));
    said.push(`No K up to ${kMax} is enough for Tibshirani’s rule: the gap ${isKnown ? "still widens" : "widens as far as it is defined"}.`);
  }
  if (!isAnyBelow(found.get("f(K)").curve)) said.push("No f(K) is below 0.85; its authors then take one cluster.");
  if (none("maximum")) said.push("The silhouette needs two clusters at least.");
  const single = [...rules.values()].filter((ks) => ks.length === 1).flat();
  const low = Math.min(...single), high = Math.max(...single);
  said.push(low === high
    ? `All rules that choose one K choose ${low} here. That is agreement, not proof: none of them knows how many clusters there are.`
    : `The rules choose K from ${low} to ${high}, for they ask different questions: Tibshirani’s stops where the gap first does not clearly widen, f(K) favours coarse splits, the silhouette wants clusters far apart. None of them knows how many there are.`);
  return said.join(" ");
}

/** The pane in its place. */
export async function kPane(place, board, { replay, complain, peek }) {
  const table = await methods();
  place.classList.add("k");
  const found = new Map(); // by method, what KMeans.chooseK tells
  let of; // the board that it was found on
  let plan; // what was asked for, as chooseK takes it
  let pointed; // the K that the reader points at

  const fields = Object.entries(PLAN).map(([name, { words, most }]) => {
    const input = made("input", { type: "number", id: `plan-${name}`, min: 1, max: most, required: true });
    input.addEventListener("input", () => {
      input.dataset.own = "";
      complain("");
    });
    input.addEventListener("change", () => wholeNumber(input, words, complain));
    return { name, input, label: made("label", {}, words, input) };
  });
  const go = made("button", { type: "button", className: "primary", textContent: "Ask four methods" });
  const work = new Work(made("div", { className: "actions" }, go), (following) => askAll(following), complain);
  const curves = new Curves(table, point, choose);
  const reading = made("p", { className: "reading" }), words = made("p", { className: "verdict", role: "status" });
  const references = new References(board, complain);
  const numbers = made("div", { className: "scroll", role: "region", ariaLabel: "Numbers", tabIndex: 0 });
  const numbersPlace = made("details", { hidden: true }, made("summary", { textContent: "Numbers" }), numbers);
  place.append(
    made("p", { className: "soft", textContent: "How many clusters are there? Four methods, each with a question of its own." }),
    made("div", { className: "plan" }, ...fields.map(({ label }) => label)),
    work.element, curves.element, reading, words, made("div", {}, references.element, explained(table), numbersPlace),
  );

  /** The plan that is typed; none, and a complaint, where a number is wrong. */
  function typed() {
    const asked = {};
    for (const { name, input } of fields) {
      asked[name] = wholeNumber(input, PLAN[name].words, complain);
      if (!asked[name]) {
        input.focus();
        return undefined;
      }
    }
    return asked;
  }

  /** One method after the other; all of them with the same runs, so that each K has one clustering. */
  async function askAll({ signal, onProgress }) {
    const parts = Object.entries(ORDER).map(([method, part]) => ({ method, part: part(plan) }));
    const all = parts.reduce((sum, { part }) => sum + part, 0);
    let before = 0;
    for (const { method, part } of parts) {
      const far = (share, soFar) => {
        onProgress((before + share * part) / all);
        found.set(method, soFar);
        draw();
      };
      found.set(method, { ...await board.kmeans.chooseK({ method, ...plan, signal, onProgress: far }), isWhole: true });
      before += part;
    }
  }

  go.addEventListener("click", async () => {
    const asked = typed();
    if (!asked) return;
    complain("");
    forget();
    // The board's own seed: whichever start is on screen, the answer is the same.
    const { boardSeed, seed } = board.kmeans.options;
    plan = { ...asked, seed: boardSeed ?? seed };
    if (!(await work.start())) found.forEach((one, method) => one.isWhole || found.delete(method));
    draw();
  });

  function forget() {
    work.cancel();
    found.clear();
    plan = pointed = undefined;
    references.drop();
  }

  /** Another board has nothing to do with what was found; another start, or another K, has. */
  function renew() {
    if (!board.kmeans) return;
    const now = boardOf(board.kmeans);
    if (now === of) return light();
    of = now;
    forget();
    for (const { name, input } of fields) if (!("own" in input.dataset)) input.value = PLAN[name].usual(board.kmeans.n);
    draw();
  }

  const rowOf = (k) => found.get("elbow")?.curve.find((row) => row.k === k);
  const startOf = ({ k, seed }) => ({ k, seeding: SEEDING, seed });

  /** The K whose clustering is the board's own. */
  function current() {
    const { k, options: { seeding, seed } } = board.kmeans;
    return seeding === SEEDING && rowOf(k)?.seed === seed ? k : undefined;
  }

  function point(k) {
    const row = rowOf(k);
    if (row?.k === pointed) return;
    pointed = row?.k;
    if (row) peek.show(startOf(row));
    else peek.end();
    light();
  }

  function choose(k) {
    const row = rowOf(k);
    if (!row) return;
    peek.end();
    board.scrollIntoView({ block: "nearest" });
    replay(startOf(row));
  }

  /** What is said of the K that is pointed at, or else shown by the board. */
  function light() {
    const shown = current(), k = pointed ?? shown;
    curves.light(k, shown);
    const said = k === undefined ? "" : curves.says(k);
    if (said) reading.replaceChildren(made("b", { textContent: `K = ${k}` }), ` · ${said}`);
    else reading.textContent = found.size ? "Press a K, and the board goes to its best clustering, from a greedy k-means++ start." : "";
    lookBehind(k ?? Math.min(board.kmeans.k, plan?.kMax));
  }

  /** The references of the gap, as it clusters them with a K, once it is known and where that takes no time. */
  function lookBehind(k) {
    const { isWhole, curve } = found.get("gap") ?? {};
    if (isWhole && peek.isQuick) references.show(plan, curve.find((row) => row.k === k));
  }

  const isComplete = () => table.every(({ name }) => found.get(name)?.isWhole);

  function draw() {
    curves.draw({ kMax: plan?.kMax ?? (fields[0].input.validity.valid ? Number(fields[0].input.value) : 10), found });
    words.textContent = isComplete() ? verdict(found, plan.kMax) : "";
    numbersPlace.hidden = !isComplete();
    if (isComplete()) numbers.replaceChildren(listed());
    light();
  }

  function listed() {
    const head = made("tr", {}, ...COLUMNS.map(([textContent]) => made("th", { textContent, scope: "col" })));
    const body = found.get("elbow").curve.map((_, i) => made("tr", {}, ...COLUMNS.map(([, method, of]) =>
      made("td", { textContent: of(found.get(method).curve[i]) }))));
    return made("table", {}, made("thead", {}, head), made("tbody", {}, ...body));
  }

  board.addEventListener("statechange", () => renew());
  return {
    show() {
      renew();
      draw();
    },
    hide() {
      work.cancel();
      references.end();
    },
  };
}

/** What each method asks and how its rules answer, in the core's words. */
function explained(table) {
  const terms = table.flatMap(({ title, sentence, source, rules }) => [
    made("dt", { textContent: title }),
    made("dd", { textContent: [sentence, ...rules.map((rule) => rule.sentence)].join(" ") }),
    made("dd", { className: "soft", textContent: source }),
  ]);
  return made("details", {}, made("summary", { textContent: "What each method asks" }), made("dl", {}, ...terms));
}
