// By hand: tools for the board on screen, and a duel, where the reader's own start is measured against a hundred drawn ones.

import { KMeans, standing } from "./clustering.js";
import { ROUNDING, Work, boardOf, made } from "./lab.js";
import { handsOf } from "./kmeans-board-hands.js";
import { ofPoints, stateOf } from "./own-data.js";
import { short, whole } from "./sentences.js";

const STYLE = `
.lab .hands .keys { font-size: 13px; color: var(--soft); }
.lab .hands h3 { margin: 8px 0 0; font-size: 15px; font-weight: 600; }
.lab .hands .about { min-height: 23px; }
@media (pointer: coarse) { .lab .hands .keys { display: none; } }
@media (max-width: 900px) {
  main:has(.hands:not([hidden])) :is(#course, #figures, footer) { order: 1; } /* the tools beside the board */
}
`;
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
document.adoptedStyleSheets.push(sheet);

/** The tools by their names, with what they are called and what they do. */
const TOOLS = {
  move: ["Move", "Drag a star or a point to another place."],
  add: ["Add", "Click where there should be one more point."],
  brush: ["Brush", "Hold down and paint a cloud of points."],
  erase: ["Erase", "Drag over points to take them away."],
};
/** As many starts of each kind as there are in a duel. */
const RUNS = 100;
const RIVALS = ["random", "k-means++"];

/** What is remembered of a place that a hand has chosen: so many steps to the board's side. */
const STEPS = 100_000;

/** The points and the start of a board as own points, in the axes of those that it began with. */
function ownOf({ points, centroidsAfter, bounds: [left, bottom, right, top] }, { title = "Drawn by hand", axes } = {}) {
  const step = 10 ** Math.floor(Math.log10(Math.max(right - left, top - bottom) / STEPS));
  const asBrought = (value, i) => {
    const { offset = 0, factor = 1 } = axes?.[i % 2] ?? {};
    const rounded = step < 1 ? Math.round(value / step) / Math.round(1 / step) : Math.round(value / step) * step;
    return rounded * factor + offset;
  };
  return { ...ofPoints(points.map(asBrought), title), axes, start: centroidsAfter.map(asBrought) };
}

/** The playground's state for a board that hands have changed, or changed back to one that is drawn. */
async function stateAfter({ options, points, bounds, ...rest }, { own }, id) {
  const { board, n, clusters, k, seeding, seed, boardSeed } = options;
  if (board && seeding) return { board, n, clusters, k, seeding, seed, boardSeed, own: undefined, points: undefined, kept: undefined };
  return { ...await stateOf(ownOf({ points, bounds, ...rest }, own), id), k, seeding: undefined, seed };
}

/** A choice of one tool. */
function tool(name, isChosen, choose) {
  const [title] = TOOLS[name];
  const input = made("input", { type: "radio", name: "tool", value: name, checked: isChosen });
  input.addEventListener("change", () => choose(name));
  return made("label", {}, input, made("span", { textContent: title }));
}

/** Where the reader's start leads, and where the others do. */
async function duel(board, following) {
  const { kmeans } = board;
  const { points, centroids } = kmeans;
  const own = await KMeans.init({ points, centroids });
  const { inertia, iterations } = own.run();
  own.free();
  const rivals = [];
  for (const [i, seeding] of RIVALS.entries()) {
    const onProgress = (share) => following.onProgress((i + share) / RIVALS.length);
    const { inertias } = await kmeans.restarts({ runs: RUNS, seeding, signal: following.signal, onProgress });
    rivals.push({ seeding, worse: inertias.filter((other) => other > inertia * (1 + ROUNDING)).length, better: inertias.filter((other) => other < inertia * (1 - ROUNDING)).length, best: Math.min(...inertias) });
  }
  return { who: kmeans.options.seeding ? `This ${kmeans.options.seeding} start` : "Your start", inertia, iterations, rivals };
}

const below = (share) => (share < 0.001 ? "less than 0.1 %" : `${(100 * share).toFixed(1)} %`);

/** What came of it, in words. */
function inWords({ who, inertia, iterations, rivals }) {
  const best = Math.min(...rivals.map((rival) => rival.best));
  const ranks = rivals.map(({ seeding, worse, better }) => `${worse} of ${RUNS} ${seeding} starts end higher, ${RUNS - worse - better} as low, ${better} lower`).join("; ");
  const compared = inertia > best * (1 + ROUNDING)
    ? `The best of all ends at ${short(best)}, ${below(1 - best / inertia)} below`
    : "None of them ends lower";
  return `${who} ends at ${short(inertia)} after ${whole(iterations)} iterations: ${ranks}. ${compared}.`;
}

/** The pane in its place. */
export async function handsPane(place, board, { complain, take }) {
  place.classList.add("hands");
  board.interactive = true;
  const hands = () => handsOf(board);
  const about = made("p", { className: "soft about" });
  const choose = (name) => {
    if (hands()) hands().tool = name;
    about.textContent = TOOLS[name][1];
    chosen = name;
  };
  let chosen = "move";
  const tools = made("div", { className: "segments", role: "radiogroup", ariaLabel: "Tool" },
    ...Object.keys(TOOLS).map((name) => tool(name, name === chosen, choose)));
  choose(chosen);

  const turn = (name, title) => {
    const button = made("button", { type: "button", textContent: title });
    button.addEventListener("click", () => hands()?.[name]());
    return button;
  };
  const live = made("input", { type: "checkbox" });
  live.addEventListener("change", () => {
    hands().live = live.checked;
    if (live.checked) board.run();
  });
  const undo = turn("undo", "Undo"), redo = turn("redo", "Redo");
  const row = made("div", { className: "actions" }, undo, redo,
    made("label", { title: "The clustering runs to its end while the hand moves" }, live, "live"));
  const keys = made("p", { className: "keys", textContent: "A change begins the run anew from where the stars are. By keyboard: on the board, arrows move a cursor (with Shift by little), C goes to the next star, Enter acts, Escape puts back, Ctrl+Z undoes." });

  const title = made("h3", { textContent: "Duel" });
  const rules = made("p", { className: "soft" });
  const verdict = made("p", { role: "status" });
  let of; // the board and the start that the verdict is of
  const now = () => `${boardOf(board.kmeans)} ${board.kmeans.centroidsAfter(0)}`;
  const work = new Work(made("div", { className: "actions" },
    Object.assign(made("button", { type: "button", textContent: `Against ${RUNS} of each` }), { onclick: () => work.start() }),
    Object.assign(made("button", { type: "button", textContent: "Back to the start" }), { onclick: () => { board.pause(); board.reset(); } })),
  async (following) => {
    board.pause();
    board.reset();
    const asked = now(), outcome = await duel(board, following);
    following.signal.throwIfAborted();
    of = asked;
    verdict.textContent = inWords(outcome);
    board.play();
  }, complain);

  const follow = () => {
    if (!board.kmeans) return;
    const { k } = board.kmeans, { past, ahead } = standing(board.kmeans).edits;
    undo.disabled = !past.length;
    redo.disabled = !ahead.length;
    rules.textContent = `Drag the ${k === 1 ? "star" : `${k} stars`} to where you expect the middles of the clusters. Then see how your start does beside random ones and those of k-means++.`;
    if (of !== undefined && of !== now()) {
      of = undefined;
      verdict.textContent = "";
    }
  };
  board.addEventListener("statechange", follow);
  let id; // of what is kept of this drawing
  let saving = Promise.resolve(); // one after the other: the last has the last word
  board.addEventListener("change", ({ detail }) => {
    work.cancel();
    if (detail.edit === "reseed") return;
    saving = saving.then(() => take(async (state) => {
      const { kmeans } = board, { options, points, bounds } = kmeans;
      const now = await stateAfter({ options, points, bounds, centroidsAfter: kmeans.centroidsAfter(0) }, state, isByHand(state) ? id : undefined);
      byHand = now.own;
      id = now.own?.id;
      return now;
    })).catch(({ message }) => complain(message));
  });
  let byHand; // the own points that the last edit left
  const isByHand = ({ own }) => own !== undefined && own === byHand;
  follow();
  place.append(tools, about, row, keys, title, rules, work.element, verdict);
  return {
    show() {
      board.interactive = true;
    },
    hide() {
      work.cancel();
      board.interactive = false;
    },
  };
}
