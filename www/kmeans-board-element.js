// The class behind <kmeans-board>: attributes in, a picture and its motion out. It registers nothing.

import { KMeans, MAX_SIDE, wrongType } from "./clustering.js";

// The controls' room is there as soon as their attribute is, long before they are.
const STYLE = `
:host { display: block; min-width: 0; contain: layout style; }
:host([hidden]) { display: none; }
#frame { display: grid; grid: minmax(0, 1fr) auto / minmax(0, 1fr); max-height: 100%; container-type: inline-size; contain-intrinsic-inline-size: 300px; }
#place { position: relative; place-self: stretch; aspect-ratio: 1; }
canvas, #controls {
  box-sizing: border-box;
  background: var(--kmeans-board-background, light-dark(#ffffff, #101216));
  color: var(--kmeans-board-ink, light-dark(#1d1f24, #e9e7e2));
  border: 1px solid var(--kmeans-board-line, light-dark(#e2dfd8, #2b2f37));
  border-radius: var(--kmeans-board-radius, 6px);
}
canvas {
  position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain;
  transition: background-color 1ms, color 1ms;
  print-color-adjust: exact;
}
canvas.print { color-scheme: light; transition: none; }
slot { display: block; position: relative; }
canvas.ready + slot { display: none; }
#place p { position: relative; margin: 16px; font: 15px/1.5 system-ui, sans-serif; }
#controls { display: none; height: 48px; border-top: 0; border-top-left-radius: 0; border-top-right-radius: 0; }
@container (width < 400px) { #controls { height: 92px; } }
@media screen {
  :host([controls]) #controls { display: block; }
  :host([controls]) canvas { border-bottom-left-radius: 0; border-bottom-right-radius: 0; }
}
`;

/** Longest motions, in milliseconds; at high speed they shorten with the half-step they belong to. */
const ASSIGN_MOTION = 150;
const UPDATE_MOTION = 400;
/** The share of an iteration that the assign takes, the rest is the update's. */
const ASSIGN_SHARE = 0.4;
/** At this speed and above, iterations are whole and without motion. */
const FRAME_SPEED = 30;
/** The side of a picture that has no place in the page, in CSS pixels. */
const SIZE = 600;
/** On boards with more points a start is chosen with breaks. */
const LARGE = 100_000;
/** What takes no longer than this, in milliseconds, is over before its progress need be seen. */
const SOON = 200;
/** How long the first picture is seen before it changes. */
const FIRST_LOOK = 400;

const integerOf = (text) => (/^\d+$/.test(text) ? Number(text) : NaN);

/** Attributes that make the clustering: each is an option of KMeans.init, read as a word or a whole number. */
const OPTIONS = { board: String, n: integerOf, clusters: integerOf, k: integerOf, seeding: String, seed: integerOf };
const VALUES = { ...OPTIONS, src: String, speed: (text) => Number(text || NaN), loading: String, label: String };
const SWITCHES = ["controls", "voronoi", "trails", "autoplay", "loop", "half-steps", "interactive"];
/** What some attributes bring with them. */
const ADDITIONS = {
  controls: () => import("./kmeans-board-controls.js"),
  interactive: () => import("./kmeans-board-hands.js"),
};
/** What own points, from a table or not, and own centroids stand in for. */
const OF_POINTS = ["board", "n", "clusters"];
const OF_CENTROIDS = ["k", "seeding"];
const MIN_SPEED = 0.1;
const MAX_SPEED = 60;

/** The words that an attribute may be, or the ends of its range. */
const ALLOWED = {
  board: () => KMeans.boards.map(({ name }) => name),
  seeding: () => KMeans.seedings.map(({ name }) => name),
  n: () => [1, KMeans.limits.n],
  clusters: () => [1, KMeans.limits.k],
  k: () => [1, KMeans.limits.k],
  seed: () => [0, KMeans.limits.seed],
  speed: () => [MIN_SPEED, MAX_SPEED],
  loading: () => ["lazy", "eager"],
};

/** What an attribute may not be, in words; nothing where it is valid, or where only the core can tell, not yet there. */
function objection(name, value) {
  let allowed;
  try {
    allowed = ALLOWED[name]?.();
  } catch {
    // Only the core can tell.
  }
  if (!allowed) return "";
  const [min, max] = allowed;
  if (typeof value === "string") return allowed.includes(value) ? "" : `none of ${allowed.join(", ")}`;
  return value >= min && value <= max ? "" : `no ${name === "speed" ? "" : "whole "}number from ${min} to ${max}`;
}

/** Up to so many distances a pass, a whole run takes no time. */
export const AHEAD = 200_000;

/** Where a clustering stands: its iteration, and a half after the assign of the next. */
export const positionOf = ({ iteration, phase }) => iteration + (phase === "update" ? 0.5 : 0);

/** How things stand, for who hears the picture. */
function inWords({ n, k, iteration, converged, phase }) {
  const half = phase === "update" ? "½" : "";
  return `${n} ${n === 1 ? "point" : "points"}, ${k} ${k === 1 ? "cluster" : "clusters"}, iteration ${iteration}${half}${converged ? ", converged" : ""}`;
}

/** To a place in what has been computed. */
function seek(kmeans, position) {
  const isHalf = position % 1 === 0.5;
  if (!isHalf && !Number.isInteger(position)) throw wrongType("iteration", "a whole number, or halfway to the next", position);
  kmeans.seek(isHalf ? position - 0.5 : position);
  if (isHalf) kmeans.assign();
}

/** Computes the run ahead of the reader, where that takes no time, so that a timeline shows where it leads. */
export function lookAhead(kmeans) {
  const now = positionOf(kmeans);
  if (kmeans.n * kmeans.k > AHEAD || kmeans.converged || kmeans.computed > now) return;
  kmeans.run();
  seek(kmeans, now);
}

/** "half-steps" as "halfSteps". */
export const camel = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
const stillness = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");

/** A computed colour as 0xRRGGBB: "rgb(16, 18, 22)" is 0x101216; of any other, a pixel is filled and read. */
export function colourOf(text) {
  const [red, green, blue] = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(text)?.slice(1) ?? pixelOf(text);
  return (red << 16) | (green << 8) | blue;
}

const sheets = new WeakMap(); // by window, then by text

/**
 * A style as a sheet of this window's, the same for all of its boards. Unlike a `<style>`, which a page's content security
 * policy may forbid, it is let in everywhere.
 */
function sheetOf(text, window) {
  if (!sheets.has(window)) sheets.set(window, new Map());
  const known = sheets.get(window);
  if (!known.has(text)) {
    known.set(text, new window.CSSStyleSheet());
    known.get(text).replaceSync(text);
  }
  return known.get(text);
}

const pixels = new Map(); // by the colour's text

function pixelOf(text) {
  if (!pixels.has(text)) {
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    for (const colour of ["white", text]) {
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
    }
    pixels.set(text, context.getImageData(0, 0, 1, 1).data);
  }
  return pixels.get(text);
}

/**
 * A board that clusters itself: `<kmeans-board board="peaked" n="300" clusters="5" k="5" seed="11" controls>`.
 * Its children are seen until the board is, so without JavaScript or Wasm, too.
 *
 * Attributes, each a property as well, before and after the definition. One that is not valid counts as its default,
 * with one warning on the console; several changes at once make one new board.
 *
 * | attribute | property | what |
 * |---|---|---|
 * | `board` | `board` | a preset's name, one of `KMeans.boards`; "uniform" |
 * | `n` | `n` | points, from 1 to 4,000,000; the preset's number |
 * | `clusters` | `clusters` | clusters that the board is drawn with; k |
 * | `k` | `k` | clusters sought, from 1 to 1,024; 7 |
 * | `seeding` | `seeding` | how it starts, one of `KMeans.seedings`; "random" |
 * | `seed` | `seed` | from 0 to 2³² − 1: the same seed, the same picture; drawn anew each time |
 * | `src` | `src` | the address of a table, as CSV, whose first two columns of numbers are the points, in place of `board`, `n` and `clusters`; none |
 * | `controls` | `controls` | seed again, back, play, step, a timeline and where the run stands, under the board |
 * | `voronoi` | `voronoi` | the cells of the centroids |
 * | `trails` | `trails` | the ways of the centroids |
 * | `autoplay` | `autoplay` | plays as soon as it can be seen; not for readers who want no motion |
 * | `loop` | `loop` | seeds again a while after the end, and plays on |
 * | `half-steps` | `halfSteps` | assign and update each take an iteration's time, and are steps of the controls |
 * | `interactive` | `interactive` | the reader moves points and centroids: with a mouse, a finger or the keyboard |
 * | `speed` | `speed` | iterations a second, from 0.1 to 60, which is one every frame of whatever screen; 1 |
 * | `loading` | `loading` | "lazy", which starts near the viewport, or "eager" |
 * | `label` | `label` | the picture's accessible name; one that says how things stand |
 *
 * The properties `points` and `centroids` take data of one's own; `kmeans`, `ready` and `playing` tell.
 *
 * Events, which bubble and leave shadow trees; none answers a property that the author writes. `ready`: there is a
 * board. `step`: an iteration was made; the detail is that of `KMeans.step`. `converge`: no point changed cluster, with
 * `{ iterations, inertia, converged }`. `change`: the reader edited: `{ edit: "reseed", seed }` with the controls; `{ edit: "movePoint", i, x, y }`,
 * `"moveCentroid"` with j, and `"undo"`, `"redo"` by hand.
 * `error`: a board could not be made, with `{ message, code }`; what was there stays. And `statechange`, which stays
 * on the element: whatever its state shows is another.
 *
 * Style: a block as wide as its place and as high as wide, and 48 px more with controls, or 92 where it is narrower
 * than 400. Parts `canvas`, `progress`, `controls`, `button`, `timeline`, `chart`, `status`; custom properties
 * `--kmeans-board-background`, `-ink`, `-soft`, `-line`, `-accent`, `-radius`; light and dark follow `color-scheme`.
 * Nothing moves in the page once the board is there if its room is kept before the script is: README.md has the rules.
 *
 * It works only while it can be seen. A move in the document is no removal; once removed it gives its memory back, and
 * shows the same when it is put back.
 */
export class KMeansBoard extends HTMLElement {
  static observedAttributes = [...Object.keys(VALUES), ...SWITCHES];
  /** Fetches what is to be there, too, before a board is ready. */
  static exports = async () => {};

  #root = this.attachShadow({ mode: "open" });
  #canvas;
  #context;
  #look = { size: 0, scale: 1, background: 0xffffff, ink: 0, cells: false, trails: false, centroids: true };
  #kmeans;
  #points;
  #centroids;
  #ready;
  #making; // an AbortController, for the board or the start that is being made
  #isBeginning = false; // while a board is being made
  #isStarted = false;
  #isStartQueued = false;
  #hasFailed = false; // so that `ready` was rejected
  #left; // { options, position } when it was removed
  #additions = new Set(); // what has been fetched for attributes: controls, interactive
  #styles = [STYLE];
  #warned = {}; // by attribute, what was complained about
  #isInView = true;
  #isPrinting = false;
  #halfStepsLeft = 0; // to make on the way: Infinity while playing
  #motion; // { from, duration } in milliseconds, while something moves
  #isUnfinished = false; // while the picture has not all points yet, or what was changed
  #nextBeat = 0;
  #frame = 0;
  #loopTimer = 0;
  #isPaused = false; // by the reader, or the author: then no attribute starts it again
  #playsWhenReady = false;
  #sizes;
  #views;

  constructor() {
    super();
    this.#root.innerHTML = `<div id="frame"><div id="place"><canvas part="canvas" role="img"></canvas><slot></slot></div><div id="controls" part="controls"></div></div>`;
    this.#canvas = this.#root.querySelector("canvas");
    this.#canvas.addEventListener("transitionend", () => this.#paint());
    this.#renew();
  }

  connectedCallback() {
    for (const name of [...Object.keys(VALUES), ...SWITCHES.map(camel), "points", "centroids"]) this.#adopt(name);
    this.#context ??= this.#canvas.getContext("2d");
    this.#dress();
    this.#observe(this.ownerDocument.defaultView ?? globalThis);
    for (const type of ["beforeprint", "afterprint"]) addEventListener(type, this.#print);
    this.#startEagerly();
    this.#schedule();
    this.#describe();
  }

  disconnectedCallback() {
    this.#sizes.disconnect();
    this.#views.disconnect();
    for (const type of ["beforeprint", "afterprint"]) removeEventListener(type, this.#print);
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    // A move in the document removes and inserts at once: only who stays away is freed.
    queueMicrotask(() => this.isConnected || this.#free());
  }

  attributeChangedCallback(name, before, now) {
    if (before === now) return;
    if (name in OPTIONS || name === "src") return this.#restart();
    if (name === "loading") return this.#startEagerly();
    if (name in ADDITIONS && this.#isStarted) this.#equip();
    if (name === "autoplay" && this.#kmeans && this.#isAutoplaying) this.play();
    this.#isUnfinished = true;
    this.#schedule();
    this.#announce();
  }

  /** A property that was set before the element was defined hides the class's own: set it again. */
  #adopt(name) {
    if (!Object.hasOwn(this, name)) return;
    const value = this[name];
    delete this[name];
    this[name] = value;
  }

  /** Puts its styles on: once more in another document, where no sheet is taken along. */
  #dress() {
    const { defaultView } = this.ownerDocument;
    if (defaultView) this.#root.adoptedStyleSheets = this.#styles.map((text) => sheetOf(text, defaultView));
  }

  #free() {
    this.#making?.abort();
    const wasBeginning = this.#isBeginning;
    this.#isBeginning = this.#isStarted = this.#isUnfinished = false;
    this.#rest();
    this.#motion = undefined;
    if (!this.#kmeans) return;
    if (!wasBeginning) this.#left = { options: this.#kmeans.options, position: positionOf(this.#kmeans) };
    this.#renew();
    this.#kmeans.free();
    this.#kmeans = undefined;
    this.#canvas.width = this.#canvas.height = 0;
    this.#canvas.classList.remove("ready");
    this.#announce();
  }

  /** A promise for the next board to come. */
  #renew() {
    const ready = this.#ready = {};
    ready.promise = new Promise((resolve, reject) => Object.assign(ready, { resolve, reject }));
    ready.promise.catch(() => {}); // whoever awaits it is told; nobody else need be
    this.#hasFailed = false;
  }

  // --- what it shows ---

  /** The clustering behind the board; undefined until `ready`. */
  get kmeans() { return this.#kmeans; }

  /** Resolves once there is a clustering to see; rejects if there can be none. */
  get ready() { return this.#ready.promise; }

  /** Whether it goes on by itself. */
  get playing() { return this.#halfStepsLeft === Infinity; }

  /**
   * Points of one's own in place of a drawn board: `Float64Array` of x and y in turn, or an array of `[x, y]`; read
   * when the board starts, so set them again after a change. `undefined` returns to the attributes. What is read is a
   * copy of the points that are there.
   */
  get points() { return this.#kmeans?.points; }
  set points(value) {
    this.#points = value ?? undefined;
    this.#restart();
  }

  /** Centroids of one's own to start from, in the forms of `points`; k is then their number. Read, those of now. */
  get centroids() { return this.#kmeans?.centroids; }
  set centroids(value) {
    this.#centroids = value ?? undefined;
    this.#restart();
  }

  /** What an attribute says; nothing without one or, after a warning, with one that is not valid. */
  #said(name) {
    const text = this.getAttribute(name);
    if (text === null || ((this.#points || this.getAttribute("src")) && OF_POINTS.includes(name)) || (this.#centroids && OF_CENTROIDS.includes(name))) {
      return undefined;
    }
    const value = VALUES[name](text);
    const wrong = objection(name, value);
    if (!wrong) return Number.isNaN(value) ? undefined : value;
    if (this.#warned[name] !== text) console.warn(`<kmeans-board>: ${name}="${text}" is ${wrong}, so the default is used`);
    this.#warned[name] = text;
    return undefined;
  }

  /** What the attribute says; without one that is valid, the default or, of an option, what is in force. */
  #value(name) {
    const value = this.#said(name) ?? { speed: 1, loading: "lazy", label: "", src: "" }[name];
    if (value !== undefined || !this.#kmeans) return value;
    return name in this.#kmeans ? this.#kmeans[name] : this.#kmeans.options[name];
  }

  static {
    const define = (name, get, set) =>
      Object.defineProperty(this.prototype, camel(name), { get, set, enumerable: true, configurable: true });
    for (const name of SWITCHES) {
      define(name, function () { return this.hasAttribute(name); }, function (value) { this.toggleAttribute(name, Boolean(value)); });
    }
    for (const name of Object.keys(VALUES)) {
      define(name, function () { return this.#value(name); }, function (value) {
        value == null ? this.removeAttribute(name) : this.setAttribute(name, value);
      });
    }
  }

  /** The options that attributes and properties name; points of a table are read first. */
  async #options(following) {
    await KMeans.load();
    const options = { points: this.#points, centroids: this.#centroids }, src = this.getAttribute("src");
    for (const name of Object.keys(OPTIONS)) options[name] = this.#said(name);
    if (src && !this.#points) {
      const { pointsAt } = await import("./data/source.js");
      options.points = await pointsAt(new URL(src, this.baseURI), following);
    }
    return options;
  }

  #startEagerly() {
    if (this.isConnected && !this.#isStarted && this.loading === "eager") this.#queueStart();
  }

  /** Starts anew, if it has started: with how it was left no more. */
  #restart() {
    this.#left = undefined;
    if (this.#isStarted) this.#queueStart();
  }

  #queueStart() {
    if (this.#isStartQueued) return;
    this.#isStartQueued = true;
    queueMicrotask(() => {
      const isDue = this.#isStartQueued && this.isConnected;
      this.#isStartQueued = false;
      if (!isDue) return;
      const begun = this.#begin(this.#left), making = this.#making;
      // Nobody has a promise of it; without a board, the place of one says what is wrong.
      begun.catch(({ message }) => making === this.#making && this.#kmeans && console.warn(`<kmeans-board>: ${message}, so the board stays as it was`));
    });
  }

  /**
   * Starts anew with the options of KMeans.init, or a promise of them; what was there stays if they are wrong.
   * Resolves with whether this is what is there now: not where it was asked for something else meanwhile.
   */
  init(options) {
    return this.#begin({ options });
  }

  /** A clustering, with its progress in sight while it takes a while. */
  #make(options, signal) {
    return KMeans.init(options === null || typeof options !== "object" ? options : { ...this.#meanwhile(signal), ...options });
  }

  /** Gives up what is being made. */
  #makeAnew() {
    this.#making?.abort();
    return this.#making = new AbortController();
  }

  /** What making takes, beside its options. */
  #meanwhile(signal) {
    const place = this.#canvas.parentNode, start = performance.now();
    const onProgress = (share) => performance.now() > start + SOON
      && import("./progress.js").then(({ show }) => show(place, share, signal), () => {});
    return { signal, onProgress };
  }

  async #begin(asked = {}) {
    const making = this.#makeAnew(), { signal } = making;
    const { options = this.#options(this.#meanwhile(signal)), position = 0 } = asked;
    this.#left = asked.options && asked; // should it be removed before there is anything
    this.#isStarted = true;
    this.#isStartQueued = false; // who asks now has the last word
    if (this.#hasFailed) this.#renew();
    this.#equip();
    this.#isBeginning = true;
    let kmeans;
    try {
      const [known] = await Promise.all([options, KMeansBoard.exports()]);
      kmeans = await this.#make(known, signal);
      signal.throwIfAborted();
      kmeans.run(Math.ceil(position));
      seek(kmeans, position);
      this.#take(kmeans);
      return true;
    } catch (error) {
      if (kmeans !== this.#kmeans) kmeans?.free();
      if (error === signal.reason) return false;
      if (!signal.aborted) {
        this.#left = undefined;
        this.#fail(error);
      }
      throw error;
    } finally {
      if (!signal.aborted) this.#isBeginning = false;
      making.abort();
    }
  }

  /** Fetches what an attribute asks for with the first board that has it: most pages have none. */
  #equip() {
    for (const [name, fetched] of Object.entries(ADDITIONS)) {
      if (this[name] && !this.#additions.has(name)) this.#add(name, fetched);
    }
  }

  async #add(name, fetched) {
    this.#additions.add(name);
    try {
      const { STYLE: style, add } = await fetched();
      this.#styles.push(style);
      this.#dress();
      add(this, this.#root);
    } catch (error) {
      this.#additions.delete(name);
      this.#report(error);
    }
  }

  #take(kmeans) {
    const isFirst = !this.#kmeans;
    this.#kmeans?.free();
    this.#kmeans = kmeans;
    this.#left = undefined;
    this.#rest();
    this.#canvas.classList.add("ready");
    this.#root.querySelector("#place p")?.remove();
    this.#ready.resolve(this);
    this.#move(this.#duration("update"));
    this.#paint();
    this.#announce();
    if (isFirst) this.#emit("ready");
    if (this.#playsWhenReady || this.#isAutoplaying) this.play();
  }

  get #isAutoplaying() { return this.autoplay && !this.#isPaused && !stillness?.matches; }

  #fail(error) {
    if (!this.#kmeans) {
      const place = this.#root.getElementById("place");
      const sentence = place.querySelector("p") ?? place.appendChild(document.createElement("p"));
      sentence.textContent = `This board cannot be shown: ${error.message.replace(/[\s.]+$/, "")}.`;
      this.#hasFailed = true;
      this.#ready.reject(error);
    }
    this.#report(error);
  }

  // --- what it does ---

  /** One iteration, in motion; a motion under way is brought to its end first. */
  step() {
    if (this.#halfStepsLeft === 1) this.#halfStep(); // the iteration under way is brought to its end
    this.#advance(this.#kmeans?.phase === "update" ? 1 : 2);
  }

  /** One half-step, in motion. */
  halfStep() {
    this.#advance(1);
  }

  #advance(halfSteps) {
    if (!this.#kmeans) return;
    this.#rest();
    this.#halfStepsLeft = this.#kmeans.converged && this.#kmeans.phase === "assign" ? 0 : halfSteps;
    this.#nextBeat = 0;
    if (this.#halfStepsLeft && this.#duration("update") === 0) {
      for (let left = halfSteps; left && this.#halfStepsLeft; left -= 1) this.#halfStep(); // whoever listens may ask for more
      this.#move(0);
    } else {
      this.#beat(performance.now());
    }
    this.#schedule();
    this.#announce();
  }

  /** To convergence at once; returns what `KMeans.run` does. */
  run(max) {
    return this.#jump((kmeans) => kmeans.run(max));
  }

  /** To the half-step or the iteration before. */
  back() {
    this.#jump((kmeans) => kmeans.back());
  }

  /** To an iteration that has been computed; with one half more, to after its next assign. */
  seek(iteration) {
    this.#jump((kmeans) => seek(kmeans, iteration));
  }

  /** To the seeding. */
  reset() {
    this.seek(0);
  }

  /**
   * The same board, a new start: the options of `KMeans.reseed`. At once, but for large boards; what plays goes on
   * playing. Resolves with whether there is a new start: not where another board is being made, or another start has
   * been asked for meanwhile.
   */
  async reseed(options) {
    if (!this.#kmeans || this.#isBeginning) return false;
    const wasPlaying = this.playing;
    const making = this.#makeAnew();
    try {
      if (this.#kmeans.n > LARGE) await this.#kmeans.reseedInSlices({ ...this.#meanwhile(making.signal), ...options });
      else this.#kmeans.reseed(options);
    } catch (error) {
      if (error === making.signal.reason) return false;
      this.#report(error);
      throw error;
    } finally {
      making.abort();
    }
    this.#rest();
    this.#move(this.#duration("update"));
    if (wasPlaying && !this.#isPaused) this.play();
    this.#announce();
    return true;
  }

  #jump(change) {
    if (!this.#kmeans) return undefined;
    this.#kmeans.hold();
    const wasConverged = this.#kmeans.converged;
    const result = change(this.#kmeans);
    this.#rest();
    this.#move(this.#duration("update"));
    this.#announce();
    if (!wasConverged && this.#kmeans.converged && result) this.#emit("converge", result);
    return result;
  }

  /**
   * Shows what `change(kmeans)` changes by hand, at once. If that was the reader, `detail` is what the event tells of it.
   * Returns whether it could be done; what is wrong has been reported.
   */
  edit(change, detail) {
    if (!this.#kmeans) return false;
    try {
      if (typeof change !== "function") throw wrongType("change", "a function", change);
      change(this.#kmeans);
    } catch (error) {
      this.#report(error);
      return false;
    }
    this.#rest();
    this.#motion = undefined;
    this.#isUnfinished = true;
    this.#schedule();
    this.#announce();
    if (detail) this.#emit("change", detail);
    return true;
  }

  /** Goes on by itself until it has converged; from the end it begins again, and before `ready` as soon as it can. */
  play() {
    this.#playsWhenReady = !this.#kmeans;
    if (!this.#kmeans) return;
    if (this.#kmeans.converged && this.#kmeans.phase === "assign") this.reset();
    this.#isPaused = false;
    this.#halfStepsLeft = Infinity;
    this.#nextBeat = performance.now() + (this.#kmeans.iteration === 0 ? FIRST_LOOK : 0);
    this.#schedule();
    this.#announce();
  }

  /** Stays where it is: also when it starts anew, whatever `autoplay` says. */
  pause() {
    this.#isPaused = true;
    this.#playsWhenReady = false;
    this.#rest();
    this.#announce();
  }

  /** Nothing goes on by itself any more. */
  #rest() {
    this.#halfStepsLeft = 0;
    clearTimeout(this.#loopTimer);
  }

  /** How long a half-step has before the next, in milliseconds. */
  #slot(phase) {
    const period = 1000 / this.speed;
    if (this.halfSteps) return period;
    return period * (phase === "assign" ? ASSIGN_SHARE : 1 - ASSIGN_SHARE);
  }

  /** How long a half-step moves. */
  #duration(phase) {
    if (stillness?.matches || this.#isPrinting || this.speed >= FRAME_SPEED) return 0;
    return Math.min(phase === "assign" ? ASSIGN_MOTION : UPDATE_MOTION, this.#slot(phase));
  }

  #halfStep() {
    const kmeans = this.#kmeans;
    const phase = kmeans.phase;
    kmeans.hold();
    this.#halfStepsLeft -= 1;
    if (phase === "assign") {
      kmeans.assign();
      return phase;
    }
    const report = kmeans.step();
    this.#emit("step", report);
    if (report.converged) this.#arrive();
    return phase;
  }

  #arrive() {
    const { iteration: iterations, inertia } = this.#kmeans;
    if (this.loop && this.playing) this.#loopTimer = setTimeout(() => this.#again(), 2000 / this.speed);
    this.#halfStepsLeft = 0;
    this.#emit("converge", { iterations, inertia, converged: true });
  }

  #again() {
    this.reseed({}).then((isNew) => isNew && !this.#isPaused && this.play(), () => {}); // what is wrong has been reported
  }

  /** Makes the next half-step when its time has come; at the speed of frames, the whole iteration. */
  #beat(now) {
    if (!this.#halfStepsLeft || now < this.#nextBeat) return;
    const isWhole = this.speed >= FRAME_SPEED && !this.halfSteps && this.#halfStepsLeft > 1;
    let phase = this.#halfStep();
    if (isWhole && phase === "assign" && this.#halfStepsLeft) phase = this.#halfStep();
    const untilNext = this.speed < MAX_SPEED ? 1000 / this.speed - 8 : 0; // between frames, or with the next
    this.#nextBeat = now + (isWhole ? untilNext : this.#slot(phase));
    this.#move(this.#duration(phase));
    this.#announce();
  }

  // --- the picture ---

  /** Moves from what was held to how things stand, or shows that at once. */
  #move(duration) {
    const isStill = duration === 0 || stillness?.matches;
    this.#motion = isStill ? undefined : { from: performance.now(), duration };
    if (isStill) this.#paint(); // a motion begins with what is there already
    this.#schedule();
  }

  #schedule() {
    const isBusy = this.#motion || this.#halfStepsLeft || this.#isUnfinished;
    if (isBusy && this.#isInView && this.isConnected && this.#kmeans) {
      this.#frame ||= requestAnimationFrame((now) => this.#tick(now));
    }
  }

  #tick(now) {
    this.#frame = 0;
    this.#beat(now);
    if (this.#motion || this.#isUnfinished) {
      this.#paint(now);
      if (this.#motion && now >= this.#motion.from + this.#motion.duration) this.#motion = undefined;
    }
    this.#schedule();
  }

  #paint(now = performance.now()) {
    this.#isUnfinished = false;
    if (!this.#kmeans || !this.#look.size) return;
    const t = this.#motion ? Math.min(Math.max((now - this.#motion.from) / this.#motion.duration, 0), 1) : 1;
    try {
      this.#isUnfinished = !this.#kmeans.paint(this.#context, this.#styled(), t);
    } catch (error) {
      this.#rest();
      this.#report(error);
    }
    if (this.#isUnfinished) this.#schedule();
  }

  /** How the picture is to look, as attributes and style say now. */
  #styled() {
    const style = getComputedStyle(this.#canvas);
    return Object.assign(this.#look, {
      background: colourOf(style.backgroundColor),
      ink: colourOf(style.color),
      cells: this.voronoi,
      trails: this.trails,
    });
  }

  /**
   * The picture as it stands, at rest and on the board's background: `image/png`, what else a canvas can be written
   * as, or `image/svg+xml`. `scale` is device pixels to one of CSS, as on the screen if not given; `quality` is from 0
   * to 1, for the types that know one.
   */
  async toBlob(type = "image/png", { scale = this.#look.scale, quality } = {}) {
    const { pictureOf } = await import("./picture.js");
    return pictureOf(this.#kmeans, { ...this.#styled(), size: this.#look.size || SIZE, scale }, type, quality);
  }

  /** On paper: in the colours for light, at rest, and also what nobody has scrolled to, if the core is there. */
  #print = ({ type }) => {
    this.#isPrinting = type === "beforeprint";
    this.#canvas.classList.toggle("print", this.#isPrinting);
    if (this.#isPrinting && !this.#isStarted) this.#queueStart();
    this.#motion = undefined;
    do this.#paint(); while (this.#isUnfinished);
  };

  /**
   * By the observers of the window it is in, which may be an iframe's. The size is observed also where only the device's
   * pixels change, as on another screen; not every browser can tell.
   */
  #observe({ ResizeObserver, IntersectionObserver }) {
    this.#sizes = new ResizeObserver((entries) => this.#resize(entries.at(-1)));
    this.#views = new IntersectionObserver((entries) => this.#view(entries.at(-1)), { rootMargin: "200px" });
    this.#views.observe(this);
    try {
      this.#sizes.observe(this.#canvas, { box: "device-pixel-content-box" });
    } catch {
      this.#sizes.observe(this.#canvas);
    }
  }

  #resize(entry) {
    const sideOf = (box) => Math.min(box.inlineSize, box.blockSize);
    const size = sideOf(entry.contentBoxSize[0]);
    const about = size * devicePixelRatio;
    const exact = entry.devicePixelContentBoxSize ? sideOf(entry.devicePixelContentBoxSize[0]) : about;
    // Where a device is only emulated, the exact size knows nothing of it.
    const side = Math.min(Math.round(Math.abs(exact - about) < 2 ? exact : about), MAX_SIDE);
    if (!size || (side === this.#canvas.width && size === this.#look.size)) return;
    this.#canvas.width = this.#canvas.height = side;
    Object.assign(this.#look, { size, scale: side / size });
    this.#paint();
  }

  #view(entry) {
    this.#isInView = entry.isIntersecting;
    if (this.#isInView && !this.#isStarted) this.#queueStart();
    this.#schedule();
  }

  // --- what it says ---

  #emit(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  #report({ message, code }) {
    this.#emit("error", { message, code });
  }

  /** Tells whoever shows our state, as the controls do, that it is another; not part of the story that events tell. */
  #announce() {
    this.#describe();
    this.dispatchEvent(new Event("statechange"));
  }

  #describe() {
    const state = this.#kmeans ? `: ${inWords(this.#kmeans)}` : "";
    this.#canvas.setAttribute("aria-label", this.label || `k-means board${state}`);
  }
}
