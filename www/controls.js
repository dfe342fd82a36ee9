// The playground's controls around <kmeans-board>, its first user. They compute nothing; every number is the core's.

import { KMeans } from "./clustering.js";
import { FIGURES, isBare, options, read, whole, written } from "./address.js";
import { Chart } from "./chart.js";
import { AHEAD, colourOf, lookAhead, positionOf } from "./kmeans-board-element.js";
import { placeInWords, sentence, short, wholeNumber } from "./sentences.js";

const $ = (id) => document.getElementById(id);
$("rest").replaceWith($("rest").content); // what the first picture did not wait for
const board = $("board");
const beside = $("board-beside");
const SPEEDS = [0.25, 0.5, 1, 2, 5, 15, 60]; // iterations a second
const NUMBERS = { n: "Points", clusters: "Made of", k: "K", seed: "Seed" };
/** As far as an address may ask to go; runs end long before. */
const MAX_ITERATION = 100_000;
/** How long the page may be busy at a time, in milliseconds. */
const SLICE = 30;
/** As many points as the small picture of a figure shows. */
const MOST_IN_PICTURE = 2_000;
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

let state = {}; // what is asked for; what is shown, once it could be made
let isRestoring = false;
let journeys = 0; // counts them: whatever else happens ends the one under way
const chart = new Chart($("chart"), (iteration) => scrub(iteration));

const shown = () => (state.beside ? [board, beside] : [board]).filter(({ kmeans }) => kmeans);
const isPlaying = () => shown().some(({ playing }) => playing);
const position = ({ kmeans }) => positionOf(kmeans);

// --- state: made, shown, kept in the address ---

let arrivals = 0; // of boards

/** Makes what a state asks for, unless it is `opened` already; what cannot be made is said, and all stays as it was. */
async function show(asked, { keep = "push", play = false, iteration, opened } = {}) {
  journeys += 1;
  if (keep === "push") settle();
  const before = state;
  const slow = setTimeout(() => $("sentence").textContent = "The board is being made…", 300);
  try {
    const seedings = KMeans.seedings.map(({ name }) => name);
    if (asked.beside !== undefined && !seedings.includes(asked.beside)) {
      throw new Error(`there is no seeding called "${asked.beside}", there are ${seedings.join(", ")}`);
    }
    asked = await whole(asked);
    if (!(await (opened ?? board.init(options(asked))))) return false; // something else has been asked for since
    if (asked.beside && !(await beside.init({ ...board.kmeans.options, seeding: asked.beside }))) return false;
    if (state !== before) return false;
  } catch (error) {
    complain(error.message);
    return false;
  } finally {
    clearTimeout(slow);
  }
  const { n, options: made } = board.kmeans;
  state = { ...asked, ...(asked.own ? { n, k: made.k, seeding: made.seeding, seed: made.seed } : options(made)) };
  arrivals += 1;
  $("beside").hidden = !state.beside;
  $("boards").classList.toggle("pair", Boolean(state.beside));
  for (const each of shown()) lookAhead(each.kmeans);
  complain("");
  fill();
  fillShows();
  showAxes();
  openPane(state.pane);
  remember(keep);
  if (iteration !== undefined) await arrive(iteration);
  else if (play && !stillness.matches) all("play");
  refresh();
  return true;
}

/** To an iteration that an address names, or as far as the run goes; a long way is gone in slices. */
async function arrive(iteration) {
  const journey = ++journeys;
  const ways = shown().map(async (each) => {
    const { kmeans } = each;
    let until = performance.now() + SLICE;
    while (journey === journeys && kmeans.computed < iteration && !kmeans.converged) {
      kmeans.step();
      if (performance.now() > until) {
        await new Promise(requestAnimationFrame);
        until = performance.now() + SLICE;
      }
    }
    if (journey === journeys) each.seek(Math.min(iteration, kmeans.computed));
  });
  await Promise.all(ways);
}

/** To the end: at once where that takes no time, else as fast as the screen, so that it can be paused. */
function runToEnd() {
  if (shown().every(({ kmeans }) => kmeans.n * kmeans.k <= AHEAD)) return all("run");
  for (const each of shown()) each.speed = SPEEDS.at(-1);
  return all("play");
}

let pending;

/** Writes into the address's entry what it shows now. */
function note() {
  pending = clearTimeout(pending);
  history.replaceState(null, "", written({ ...state, iteration: Math.max(...shown().map(position)) }));
}

/** Writes what was to be written soon, before another entry follows. */
const settle = () => pending && note();

/** Puts the state into the address: at once as a new entry, or soon in place of this one; browsers refuse what comes too often. */
function remember(keep) {
  if (keep === "push") {
    pending = clearTimeout(pending);
    history.pushState(null, "", written(state));
  }
  if (keep === "replace") pending ??= setTimeout(note, 400);
}

async function restore(opened) {
  pending = clearTimeout(pending); // it was meant for another entry
  const { iteration, speed, ...asked } = read(location.hash);
  const shows = { cells: asked.cells, trails: asked.trails, halfSteps: asked.halfSteps, speed: SPEEDS.includes(speed) ? speed : 1 };
  const opening = { ...FIGURES[0].state, ...shows };
  const isEmpty = isBare();
  isRestoring = true;
  const where = Number.isFinite(iteration) ? Math.round(2 * Math.min(Math.max(0, iteration), MAX_ITERATION)) / 2 : undefined;
  const isShown = await show(isEmpty ? opening : { ...asked, ...shows }, { keep: "none", play: true, iteration: where, opened });
  if (!isShown && !state.board) {
    const problem = $("problem").textContent;
    await show(opening, { keep: "none" });
    complain(`${problem} So this is the first board.`);
  }
  isRestoring = false;
  if (!isEmpty) remember("replace"); // what was left open is settled now
}

// --- what the controls do ---

function all(method, ...values) {
  journeys += 1;
  for (const each of shown()) each[method](...values);
}

function scrub(iteration) {
  journeys += 1;
  for (const each of shown()) each.seek(Math.min(iteration, each.kmeans.computed));
}

/** The same board, another start: what is not asked for stays, but for the seed. */
async function reseed(start = {}, keep = "push") {
  journeys += 1;
  if (keep === "push") settle();
  const before = state;
  const boardSeed = state.boardSeed ?? state.seed;
  const { k, seeding } = { ...state, ...start };
  try {
    if (!(await board.reseed({ k, seeding, ...start }))) return;
    if (state.beside && !(await beside.reseed({ k, seeding: state.beside, seed: board.kmeans.seed }))) return;
  } catch (error) {
    return complain(error.message);
  }
  if (state !== before) return; // another board has come
  const { seed } = board.kmeans;
  state = { ...state, k, seeding: seeding ?? "random", seed, boardSeed: state.own || boardSeed === seed ? undefined : boardSeed };
  for (const each of shown()) lookAhead(each.kmeans);
  fill();
  remember(keep);
  refresh();
}

const toggle = () => (isPlaying() ? all("pause") : all("play"));
const ACTIONS = {
  "reseed": reseed,
  "back": () => all("back"),
  "play": toggle,
  "half-step": () => all("halfStep"),
  "step": () => all("step"),
  "run": runToEnd,
  "dice": () => show({ ...state, seed: undefined, boardSeed: undefined }, { play: isPlaying() }),
};
for (const [id, action] of Object.entries(ACTIONS)) $(id).addEventListener("click", () => action());

const taken = (module, act) => module.then(act).catch(({ message }) => complain(message));
const bring = (what) => taken(import("./data/dialog.js"), (dialog) => dialog.bring(what, show, state));
$("sharing").addEventListener("click", ({ target: { id } }) =>
  (id === "open" ? bring() : taken(import("./sharing.js"), (sharing) => sharing[id]?.(state))));
addEventListener("dragover", (event) => event.preventDefault());
for (const [type, from] of [["drop", "dataTransfer"], ["paste", "clipboardData"]]) {
  addEventListener(type, (event) => {
    const file = event[from].files[0];
    if (!file && event.target.closest?.("input, textarea")) return; // a text is the field's
    event.preventDefault();
    const what = file ?? event[from].getData("text");
    if (what) bring(what);
  });
}

let axes;

/** What the axes of own points mean, around the board. */
async function showAxes() {
  const { own } = state;
  if (own) axes ??= await import("./own-axes.js");
  if (own === state.own) axes?.show(board, own);
}

/** What hands have made of the board on screen: `change(state)` says what the state is then, unless another board comes. */
async function take(change) {
  const of = arrivals;
  let before, now;
  do now = await change(before = state); while (state !== before && arrivals === of); // another start came meanwhile
  if (arrivals !== of) return;
  state = { ...state, ...now };
  fill();
  note(); // at once: whoever leaves now has drawn it, too
  showAxes();
}

/** A start that the lab shows: from its seed, and in motion. */
async function replay(start) {
  $("stage").scrollIntoView({ block: "nearest" });
  await reseed(start);
  if (!stillness.matches) all("play");
}

let lab;

/** The settings, or a pane of the lab beside the board. */
async function openPane(name) {
  const inputs = [...document.getElementsByName("pane")];
  const { value } = inputs.find((input) => input.value === name) ?? inputs[0];
  for (const input of inputs) input.checked = input.value === value;
  state.pane = value || undefined;
  $("panel").hidden = Boolean(value);
  $("lab").hidden = !value;
  try {
    if (value) lab ??= (await import("./lab.js")).lab($("lab"), board, { replay, complain, take });
    await lab?.open(value);
  } catch ({ message }) {
    complain(message);
  }
}
$("panes").addEventListener("change", async ({ target }) => {
  const place = () => $("panes").getBoundingClientRect().top, before = place(), from = scrollY;
  const opening = openPane(target.value);
  remember("replace");
  await opening;
  if (scrollY === from) scrollBy(0, place() - before); // what was pressed stays under the finger
});

/** A new board's own numbers come with it. */
function choosePreset(name) {
  const { n, clusters, k } = KMeans.boards.find((row) => row.name === name);
  const none = Object.fromEntries(["beside", "boardSeed", "own", "points", "kept"].map((each) => [each, undefined]));
  show({ ...state, ...none, board: name, n, clusters, k }, { play: isPlaying() });
}

/** Whether another K or seeding is another start for the points on the board: what hands did to them can still be undone. */
const isStart = () => state.own && !state.beside;

function enter(id, keep) {
  const input = $(id);
  const value = wholeNumber(input, NUMBERS[id], complain);
  if (value === undefined) {
    input.value = state[id];
    return undefined;
  }
  complain("");
  if (value === state[id] && keep === "push") return undefined;
  if (id === "k" && isStart()) return reseed({ k: value, seed: state.seed }, keep);
  const seeds = id === "seed" ? { boardSeed: undefined } : {};
  return show({ ...state, ...seeds, [id]: value }, { keep, play: isPlaying() });
}

for (const id of Object.keys(NUMBERS)) $(id).addEventListener("change", () => enter(id, "push"));

// A slider's place as a number and back: points by their order of magnitude, clusters one by one up to 20, then by a quarter.
const round = (value) => Number(value.toPrecision(2));
const clustersFrom = (place) => Math.min(place <= 20 ? place : round(20 * 1.25 ** (place - 20)), KMeans.limits.k, state.n);
const clustersTo = (count) => (count <= 20 ? count : 20 + Math.log(count / 20) / Math.log(1.25));
const fromRange = { n: (place) => round(10 ** (1 + place / 25)), clusters: clustersFrom, k: clustersFrom };
const toRange = { n: (n) => 25 * (Math.log10(n) - 1), clusters: clustersTo, k: clustersTo };
for (const id of Object.keys(fromRange)) {
  const range = $(`${id}-range`);
  let isDragged = false;
  range.addEventListener("input", () => {
    const value = fromRange[id](Number(range.value));
    if (!isDragged && value === state[id]) return;
    if (!isDragged) {
      settle();
      remember("push"); // one entry for all that comes until it is let go
    }
    isDragged = true;
    $(id).value = value;
    enter(id, "replace");
  });
  for (const type of ["pointerdown", "blur"]) range.addEventListener(type, () => isDragged = false);
}

$("timeline").addEventListener("input", (event) => scrub(Number(event.target.value)));
for (const [id, apply] of Object.entries({
  "cells": (on) => all("toggleAttribute", "voronoi", on),
  "trails": (on) => all("toggleAttribute", "trails", on),
  "half-steps": (on) => all("toggleAttribute", "half-steps", on),
})) {
  $(id).addEventListener("change", ({ target }) => {
    const name = id === "half-steps" ? "halfSteps" : id;
    state[name] = target.checked;
    apply(target.checked);
    remember("replace");
    refresh();
  });
}
$("speed").addEventListener("input", ({ target }) => {
  state.speed = SPEEDS[target.value];
  fillShows();
  remember("replace");
});
$("panel").addEventListener("input", () => complain(""), true);
$("panel").addEventListener("submit", (event) => event.preventDefault());

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  // What has a use for a key keeps it: space chooses and presses, but is nothing to sliders and to what is chosen already.
  const keeps = event.key === " " ? "button, input:not([type=range], [type=radio]:checked)" : "input";
  if (event.target.closest(keeps)) return;
  const action = { " ": toggle, ArrowRight: ACTIONS.step, ArrowLeft: ACTIONS.back }[event.key];
  if (!action || !board.kmeans) return;
  event.preventDefault();
  action();
});
addEventListener("popstate", () => restore());
addEventListener("pointerdown", () => complain("")); // whoever goes on has read it

// --- what the controls say ---

function complain(message) {
  $("problem").textContent = message && /[.!?]$/.test(message) ? message : message && `${message}.`;
  $("problem").hidden = !message;
  if (message) $("problem").classList.toggle("above", document.activeElement.getBoundingClientRect().top > innerHeight / 2); // not over what it is about
  if (message && state.board) {
    fill();
    refresh();
  }
}

/** The controls show the state that was made. */
function fill() {
  const made = { ...state, clusters: state.clusters ?? 1 };
  for (const id of Object.keys(NUMBERS)) $(id).value = made[id];
  for (const id of ["clusters", "k"]) $(`${id}-range`).max = Math.ceil(clustersTo(Math.min(KMeans.limits.k, state.n)));
  for (const id of Object.keys(toRange)) Object.assign($(`${id}-range`), { value: toRange[id](made[id]), ariaValueText: made[id] });
  const info = KMeans.boards.find(({ name }) => name === state.board);
  const isUnclustered = info?.clusters === undefined, isOwn = !info;
  $("clusters-row").hidden = $("n").disabled = $("n-range").disabled = isOwn;
  $("clusters-row").classList.toggle("none", isUnclustered);
  $("clusters").disabled = $("clusters-range").disabled = isUnclustered;
  $("hint").textContent = state.boardSeed === undefined ? "same seed, same picture" : `points of seed ${state.boardSeed}`;
  $("about").textContent = info?.sentence ?? state.own.title;
  $("about-seeding").textContent = KMeans.seedings.find(({ name }) => name === state.seeding)?.sentence ?? "The centroids begin where they were put.";
  for (const [group, value] of [["preset", state.board], ["seeding", state.seeding]]) {
    for (const input of document.getElementsByName(group)) input.checked = input.value === value;
  }
}

function fillShows() {
  const speed = state.speed ?? 1;
  for (const each of [board, beside]) each.speed = speed; // first: each attribute tells the page that something is another
  for (const each of [board, beside]) {
    each.toggleAttribute("voronoi", state.cells);
    each.toggleAttribute("trails", state.trails);
    each.toggleAttribute("half-steps", state.halfSteps);
  }
  $("cells").checked = state.cells;
  $("trails").checked = state.trails;
  $("half-steps").checked = state.halfSteps;
  $("speed").value = SPEEDS.indexOf(speed);
  $("speed-out").textContent = speed === SPEEDS.at(-1) ? "every frame" : `${speed} a second`;
}

function captions() {
  for (const [each, id, seeding] of [[board, "caption", state.seeding], [beside, "caption-beside", state.beside]]) {
    if (state.beside && each.kmeans) {
      const { inertia } = each.kmeans;
      const line = each === beside ? " (dashed)" : "";
      $(id).textContent = `${seeding}${line}${Number.isNaN(inertia) ? "" : `, inertia ${short(inertia)}`}`;
    }
  }
}

/** The sentence, the timeline and the chart say what the picture shows. */
function refresh() {
  const boards = shown();
  if (!boards.length) return;
  const farthest = boards.reduce((a, b) => (position(b) > position(a) ? b : a));
  const computed = Math.max(...boards.map(({ kmeans }) => kmeans.computed));
  const now = position(farthest);
  const timeline = $("timeline");
  timeline.max = Math.max(computed, now);
  timeline.step = state.halfSteps || now % 1 ? 0.5 : 1;
  timeline.value = now;
  timeline.disabled = timeline.max === "0";
  $("position").textContent = placeInWords(now, computed, farthest.kmeans.converged);
  timeline.setAttribute("aria-valuetext", `iteration ${$("position").textContent}`);
  const [words, inertia] = sentence(board.kmeans);
  const happened = state.beside ? `${state.seeding}: ${words}` : words;
  $("sentence").replaceChildren(`${happened} `, Object.assign(document.createElement("span"), { textContent: inertia }));
  captions();
  chart.draw(boards.map(({ kmeans }) => kmeans));
  refreshTransport(boards, `${happened} ${inertia}`);
}

function refreshTransport(boards, words) {
  const playing = isPlaying();
  const isEnd = boards.every(({ kmeans }) => kmeans.converged && kmeans.phase === "assign");
  const isStart = boards.every((each) => position(each) === 0);
  const play = $("play");
  const name = playing ? "Pause" : isEnd ? "Again" : "Play";
  if (play.lastChild.textContent !== name) {
    play.lastChild.textContent = name;
    play.querySelector("path").setAttribute("d", playing ? "M4 3h3v10H4zM9 3h3v10H9z" : "M4 3l9 5-9 5z");
    play.title = `${name} (space)`;
  }
  // A button that holds the focus is not disabled under the reader's finger: it does nothing then.
  for (const [id, isIdle] of [["back", isStart], ["half-step", isEnd], ["step", isEnd], ["run", isEnd]]) {
    $(id).setAttribute("aria-disabled", isIdle);
  }
  if (!isRestoring) remember("replace");
  if (playing) return;
  if (state.board && board.speed !== (state.speed ?? 1)) fillShows(); // after a run to the end
  if ($("live").textContent !== words) $("live").textContent = words;
}

// --- what is built from the core's tables ---

function choice(group, value, text, extra) {
  const label = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { type: "radio", name: group, value });
  label.append(input, ...extra, Object.assign(document.createElement("span"), { textContent: text }));
  return label;
}

const PANES = { "": "Settings", "starts": "Many starts", "k": "Which K", "seeding": "Seeding", "hands": "By hand" };

function buildMenus() {
  $("panes").append(...Object.entries(PANES).map(([value, text]) => choice("pane", value, text, [])));
  const { n, k, seed } = KMeans.limits;
  for (const [id, max] of Object.entries({ n, clusters: k, k, seed })) $(id).max = max;
  const tiles = KMeans.boards.map(({ name, title }) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
    canvas.setAttribute("aria-hidden", "true");
    const label = choice("preset", name, name, [canvas]);
    label.title = title;
    return label;
  });
  $("presets").querySelector(".tiles").append(...tiles);
  $("presets").addEventListener("change", ({ target }) => choosePreset(target.value));
  const segments = KMeans.seedings.map(({ name, sentence: title }) => Object.assign(choice("seeding", name, name.replace("greedy-", "greedy "), []), { title }));
  $("seedings").append(...segments);
  $("seedings").addEventListener("change", ({ target: { value: seeding } }) =>
    (isStart() ? reseed({ seeding, seed: state.seed }) : show({ ...state, seeding, beside: undefined }, { play: isPlaying() })));
}

let tileScale;

/** Small pictures of the boards, from the boards themselves. */
async function paintTiles() {
  const scale = tileScale = devicePixelRatio;
  for (const canvas of document.querySelectorAll(".tiles canvas")) {
    const { value: name } = canvas.parentElement.querySelector("input");
    const { clusters, n } = KMeans.boards.find((row) => row.name === name);
    const kmeans = await KMeans.init({ board: name, n: name === "dense" ? 500 : Math.min(n, 120), clusters, k: 1, seed: 3 });
    const style = getComputedStyle(canvas);
    canvas.width = canvas.height = 48 * scale;
    kmeans.paint(canvas.getContext("2d"), {
      size: 48, scale, background: colourOf(style.backgroundColor), ink: colourOf(style.color), cells: false, trails: false, centroids: false,
    });
    kmeans.free();
  }
}

/** What a state comes to, small. */
function smallPicture({ n, ...shows }, label) {
  const picture = document.createElement("kmeans-board");
  // There is no room for more, and nothing has to be loaded for these.
  const attributes = { ...shows, n: Math.min(n, MOST_IN_PICTURE), speed: 60, label };
  for (const [name, value] of Object.entries(attributes)) picture.setAttribute(name, value);
  picture.toggleAttribute("voronoi", true);
  picture.addEventListener("ready", () => picture.run(), { once: true });
  return picture;
}

function buildFigures() {
  const figures = FIGURES.map(({ title, more, state: { beside, ...shows } }, i) => {
    const link = document.createElement("a");
    link.href = written({ ...FIGURES[i].state, cells: true, trails: true });
    const pictures = document.createElement("div");
    pictures.append(...beside
      ? [shows.seeding, beside].map((seeding) => smallPicture({ ...shows, seeding }, seeding))
      : [smallPicture(shows, title)]);
    link.append(pictures, Object.assign(document.createElement("strong"), { textContent: title }), Object.assign(document.createElement("small"), { textContent: more }));
    // Also when the address is that one already: the figure begins again.
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      settle();
      history.pushState(null, "", written({ ...read(link.hash), pane: state.pane }));
      restore();
      $("stage").scrollIntoView({ block: "nearest" });
    });
    return link;
  });
  $("figures").append(...figures);
}

const idle = globalThis.requestIdleCallback ?? ((call) => setTimeout(call, 200));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => paintTiles());
addEventListener("resize", () => devicePixelRatio !== tileScale && paintTiles()); // zoomed, or on another screen
for (const each of [board, beside]) each.addEventListener("statechange", () => refresh());
new ResizeObserver(() => refresh()).observe($("chart"));

/** Takes over the board that has been opened, or says why there is none. */
export async function begin(opened) {
  try {
    await KMeans.load();
  } catch (error) {
    const instead = Object.assign(document.createElement("div"), { id: "board", innerHTML: board.querySelector("noscript").textContent });
    board.replaceWith(instead); // what it would show
    complain(`This page needs WebAssembly, which could not be started here: ${error.message}`);
    return;
  }
  buildMenus();
  await restore(opened);
  requestAnimationFrame(() => idle(() => {
    paintTiles();
    buildFigures();
  }));
}
