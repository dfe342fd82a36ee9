// The tutorial: what its words do to its boards, its questions, and what is loaded as the reader comes near.

import { KMeans } from "./clustering.js";
import { KMeansBoard, lookAhead, positionOf } from "./kmeans-board-element.js";
import { sentence, short } from "./sentences.js";

customElements.define("kmeans-board", KMeansBoard);

/** How far from the viewport something is loaded. */
const NEAR = "600px";
const $ = (id) => document.getElementById(id);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const boards = all("kmeans-board");
const live = $("live");

/** Says something to who hears the page. */
function say(words) {
  live.textContent = words;
}

// --- boards ---

const WHOLE = ["n", "clusters", "k", "seed"];
const WORDS = ["board", "seeding"];

/** The options that a board's attributes name. */
function optionsOf(board) {
  const options = {};
  for (const name of WORDS) if (board.hasAttribute(name)) options[name] = board.getAttribute(name);
  for (const name of WHOLE) if (board.hasAttribute(name)) options[name] = Number(board.getAttribute(name));
  return options;
}

/** Whether a board is the one of these options, and its start the one that they ask for. */
function isOf({ kmeans: { options } }, asked) {
  return !options.points && !options.centroids && Object.entries(asked).every(([name, value]) => options[name] === value);
}

/** The board of its attributes from the start, whatever the reader has made of it. */
async function begin(board) {
  const asked = optionsOf(board);
  if (isOf(board, asked)) {
    board.seek(0);
    return arrange(board);
  }
  board.points = board.centroids = undefined;
  if (await board.init(asked)) arrange(board);
  return undefined;
}

/** Brings a new board to where its figure begins. */
function arrange(board) {
  const { ahead, drag, run, start } = board.dataset;
  if (start !== undefined) board.reseed({ seed: Number(start) });
  if (ahead !== undefined) lookAhead(board.kmeans);
  if (drag !== undefined) board.seek(0.5);
  if (run !== undefined) board.run();
}

for (const board of boards) {
  for (const name of ["points", "centroids"]) if (board.dataset[name]) board[name] = JSON.parse(board.dataset[name]);
  // Where there can be none, words stand in for it; why there is none the board has said.
  board.ready.then(() => arrange(board), () => board.classList.add("failed"));
}

/** Resolves once a board rests. */
async function rested(board) {
  while (board.playing) await new Promise((changed) => board.addEventListener("statechange", changed, { once: true }));
}

/** Where a board stands, in words; of boards whose stars may vanish, how many there are. */
const wordsOf = (board) => (board.dataset.stars === undefined ? "" : `${board.kmeans.k} stars. `) + sentence(board.kmeans).join(" ");

for (const board of boards) {
  const places = all(`.told[data-of=${board.id}]`);
  board.addEventListener("statechange", () => {
    if (!board.kmeans) return;
    board.parentElement.classList.toggle("moved", positionOf(board.kmeans) >= 1);
    for (const place of places) place.textContent = wordsOf(board);
  });
}

// --- words that act ---

/** What a word of `data-do` does; what stands behind a colon comes second. */
const ACTS = {
  "step": (board) => board.step(),
  "half-step": (board) => board.halfStep(),
  "run": (board) => board.run(),
  "play": (board) => board.play(),
  "reset": (board) => board.seek(0),
  "seek": (board, at) => board.seek(Number(at)),
  "original": (board) => begin(board),
  "again": (board) => {
    board.seek(0);
    board.play();
  },
};
const acts = (file, names) => {
  for (const name of names) ACTS[name] = async (...values) => (await import(file)).ACTS[name](...values);
};
acts("./tutorial-k.js", ["throw"]);
acts("./tutorial-mistakes.js", ["both", "both-reset", "wrong-sum", "start", "average", "unit"]);

/** Does what some words say, by turns: attributes first, which make another board. */
async function act(board, words) {
  await board.ready;
  const parts = words.split(" "), changes = parts.filter((part) => part.includes("="));
  for (const change of changes) {
    const [name, value] = change.split("=");
    if (name === "voronoi") board.voronoi = value !== "off";
    else board.setAttribute(name, value);
  }
  if (changes.some((change) => !change.startsWith("voronoi"))) await begin(board);
  for (const part of parts) {
    const [name, value] = part.split(":");
    await ACTS[name]?.(board, value);
  }
}

/** The board that something speaks of: that which it names, else that of its figure. */
const boardOf = (element) => $(element.dataset.of ?? element.closest("[data-of]")?.dataset.of ?? element.closest("figure").querySelector("kmeans-board").id);

/** A board that has started, be it too far away to have done so by itself. */
async function started(board) {
  board.loading = "eager";
  await board.ready;
  return board;
}

/** Keeps a board in sight that a word somewhere else has moved. */
function show(board) {
  const { top, bottom } = board.getBoundingClientRect();
  if (bottom < 80 || top > innerHeight - 80) board.scrollIntoView({ block: "center" });
}

document.addEventListener("click", async ({ target }) => {
  const handle = target.closest?.(".handle");
  if (!handle) return;
  const board = boardOf(handle);
  show(board);
  await act(board, handle.dataset.do);
  await rested(board);
  say(wordsOf(board));
});

// --- questions ---

/** What was chosen, in its own words. */
function chosenIn(form) {
  const input = form.querySelector("input:checked") ?? form.querySelector("input[type=number]");
  return input && { value: input.value, words: input.type === "radio" ? input.parentElement.textContent.trim() : input.value };
}

/** What is said of an answer: the number that it should have been is the board's own. */
function verdictOf(form, chosen, board) {
  const { right } = form.dataset;
  if (right) {
    const words = form.querySelector(`input[value=${right}]`).parentElement.textContent.trim();
    return chosen.value === right ? `Yes: ${words}.` : `You said ${chosen.words}; it is ${words}.`;
  }
  const { iteration } = board.kmeans, off = Math.abs(iteration - Number(chosen.value));
  if (off === 0) return `${iteration} iterations: you were right.`;
  return off < 3 ? `${iteration} iterations: you were close.` : `${iteration} iterations, and you said ${chosen.value}.`;
}

async function answer(form) {
  const board = boardOf(form), verdict = form.querySelector(".verdict"), chosen = chosenIn(form);
  verdict.textContent = "";
  form.dataset.answered = "";
  const { inertia } = (await started(board)).kmeans;
  if (form.id === "question-k") {
    verdict.textContent = (await import("./tutorial-k.js")).verdict(board, Number(chosen.value));
    return;
  }
  await act(board, form.dataset.do);
  await rested(board);
  verdict.textContent = chosen ? verdictOf(form, chosen, board) : `Yours was ${short(inertia)}, the lowest is ${short(board.kmeans.inertia)}.`;
  form.querySelector("details").open = true;
}

for (const form of all("form.question")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(form);
  });
}
$("question-k").addEventListener("change", ({ target }) => act($("mystery"), `k=${target.value}`));

// What would give an answer away is blurred until there is one, or the reader wants to read on all the same.
for (const form of all("form.question")) {
  const gives = all(`[data-after="${form.id}"]`), unveil = () => gives.forEach((part) => part.classList.remove("veiled"));
  for (const part of gives) {
    part.classList.add("veiled");
    part.addEventListener("click", unveil);
  }
  for (const type of ["submit", "toggle"]) form.addEventListener(type, unveil, true);
  // Who has the answer computed has one, too.
  for (const pane of form.closest("section").querySelectorAll("[data-pane]")) {
    pane.addEventListener("click", ({ target }) => target.closest(".primary") && unveil());
  }
}

// Who touches a letter on a board has chosen it in the question that comes next.
document.addEventListener("click", ({ target }) => {
  const { choose } = target.dataset ?? {};
  if (!choose) return;
  const forms = all(`form[data-of=${boardOf(target).id}]`);
  const form = forms.find(({ dataset }) => !("answered" in dataset)) ?? forms.at(-1);
  form.querySelector(`input[value=${choose}]`).checked = true;
});

// --- what comes as the reader does ---

/** Calls once for each element that comes near. */
function near(elements, call) {
  const observer = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      call(target);
    }
  }, { rootMargin: NEAR });
  for (const element of elements) observer.observe(element);
}

near(all("[data-drag]"), async (board) => (await import("./tutorial-drag.js")).beginDragging(board, say));
near(all(".stairs"), async (place) => (await import("./tutorial-stairs.js")).stairs(place, boardOf(place)));
near(all("[data-pane]"), async (place) => (await import("./tutorial-labs.js")).fill(place, await started(boardOf(place))));
near(all("#norm-board, #average"), async () => (await import("./tutorial-mistakes.js")).begin());

// Steps that scroll: the step in the middle of the screen says where its board stands.
const steps = new IntersectionObserver((entries) => {
  const entered = entries.findLast(({ isIntersecting }) => isIntersecting)?.target;
  if (!entered) return;
  for (const step of all(".step")) step.classList.toggle("current", step === entered);
  const board = entered.closest(".scrolly").querySelector("kmeans-board");
  board.ready.then(() => entered.classList.contains("current") && board.seek(Number(entered.dataset.at)), () => {});
}, { rootMargin: "-50% 0px -50% 0px" });
for (const step of all(".step")) steps.observe(step);

// --- symbols ---

const explanation = $("explanation");

/** A symbol's entry in the legend of its formula. */
const entryOf = (symbol) => symbol.closest(".formula").querySelector(`.legend [data-symbol="${symbol.dataset.symbol}"]`);

function explain(symbol) {
  const { left, width, bottom } = symbol.getBoundingClientRect();
  explanation.textContent = entryOf(symbol).querySelector("dd").textContent;
  explanation.hidden = false;
  const middle = Math.min(Math.max(left + width / 2, explanation.offsetWidth / 2 + 8), document.documentElement.clientWidth - explanation.offsetWidth / 2 - 8);
  explanation.style.left = `${middle + scrollX}px`;
  explanation.style.top = `${bottom + scrollY + 6}px`;
}

for (const symbol of all("math [data-symbol]")) {
  const term = entryOf(symbol).querySelector("dd");
  term.id ||= `term-${symbol.closest(".formula").id}-${symbol.dataset.symbol}`;
  symbol.setAttribute("aria-describedby", term.id);
  for (const type of ["pointerenter", "focus"]) symbol.addEventListener(type, () => explain(symbol));
  for (const type of ["pointerleave", "blur"]) symbol.addEventListener(type, () => { explanation.hidden = true; });
}
document.addEventListener("keydown", ({ key }) => { if (key === "Escape") explanation.hidden = true; });

// --- where the reader is ---

const PLACE = "kmeans-board:tutorial";

/** What the browser keeps for this page, where it lets pages keep anything. */
function kept(value) {
  try {
    if (value === undefined) return localStorage.getItem(PLACE);
    localStorage.setItem(PLACE, value);
  } catch {
    // Not here.
  }
  return null;
}

const links = new Map(all(".contents a").map((link) => [link.hash.slice(1), link]));
const before = kept();
if (before && !location.hash && scrollY === 0 && links.has(before) && links.get(before) !== [...links.values()][0]) {
  const link = Object.assign(document.createElement("a"), { href: `#${before}`, textContent: links.get(before).textContent });
  $("resume").append("Go on where you were: ", link);
  $("resume").hidden = false;
}
const sections = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    for (const [id, link] of links) link.ariaCurrent = id === target.id ? "true" : null;
    if (scrollY > innerHeight) kept(target.id);
  }
}, { rootMargin: "-30% 0px -69% 0px" });
for (const id of links.keys()) sections.observe($(id));

// --- on paper: boards where they end, answers open ---

let printed = [];
addEventListener("beforeprint", () => {
  for (const board of boards) {
    const { kmeans, playing } = board;
    if (!kmeans || (kmeans.iteration > 0 && !playing)) continue; // the reader has been there
    const at = positionOf(kmeans);
    board.run();
    printed.push(() => {
      board.seek(at);
      if (playing) board.play();
    });
  }
  for (const details of all("details.answer:not([open])")) {
    details.open = true;
    printed.push(() => { details.open = false; });
  }
});
addEventListener("afterprint", () => {
  for (const undo of printed) undo();
  printed = [];
});
