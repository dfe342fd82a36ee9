// The class behind <kmeans-board>: attributes in, a picture and its motion out. It registers nothing.

import { KMeans, MAX_SIDE } from "./kmeans.js";

const STYLE = `
:host { display: block; position: relative; aspect-ratio: 1; contain: layout style; }
:host([hidden]) { display: none; }
canvas {
  position: absolute; inset: 0; box-sizing: border-box; width: 100%; height: 100%;
  background: var(--kmeans-board-background, light-dark(#ffffff, #101216));
  color: var(--kmeans-board-ink, light-dark(#1d1f24, #e9e7e2));
  border: 1px solid var(--kmeans-board-line, light-dark(#e2dfd8, #2b2f37));
  border-radius: var(--kmeans-board-radius, 6px);
  transition: background-color 1ms, color 1ms;
}
slot { display: block; position: relative; }
canvas.ready + slot { display: none; }
p { position: relative; margin: 16px; font: 15px/1.5 system-ui, sans-serif; }
`;

/** Longest motions, in milliseconds; at high speed they shorten with the half-step they belong to. */
const ASSIGN_MOTION = 150;
const UPDATE_MOTION = 400;
/** The share of an iteration that the assign takes, the rest is the update's. */
const ASSIGN_SHARE = 0.4;
/** At this speed and above, iterations are whole and without motion. */
const FRAME_SPEED = 30;
/** How long the first picture is seen before it changes. */
const FIRST_LOOK = 400;

const integerOf = (text) => (/^\d+$/.test(text) ? Number(text) : NaN);

/** Attributes that make the clustering: each is an option of KMeans.init, read as a word or a whole number. */
const OPTIONS = { board: String, n: integerOf, clusters: integerOf, k: integerOf, seeding: String, seed: integerOf };
const SWITCHES = ["voronoi", "trails", "autoplay", "loop", "half-steps"];
const MIN_SPEED = 0.1;
const MAX_SPEED = 60;

/** Whether an attribute's value can be an option, as far as that can be said of it alone. */
function isValid(name, value) {
  if (name === "board" || name === "seeding") return KMeans[`${name}s`].some((row) => row.name === value);
  if (name === "seed") return value >= 0 && value <= KMeans.limits.seed;
  return value >= 1 && value <= KMeans.limits[name === "n" ? "n" : "k"];
}

const camel = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
const stillness = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");

/** A computed colour as 0xRRGGBB: "rgb(16, 18, 22)" is 0x101216; of any other, a pixel is filled and read. */
export function colourOf(text) {
  const [red, green, blue] = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(text)?.slice(1) ?? pixelOf(text);
  return (red << 16) | (green << 8) | blue;
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

/** A board that clusters itself: its attributes, properties, methods and events are its whole interface. */
export class KMeansBoard extends HTMLElement {
  static observedAttributes = [...Object.keys(OPTIONS), ...SWITCHES, "speed", "label"];

  #root = this.attachShadow({ mode: "open" });
  #canvas;
  #context;
  #look = { size: 0, scale: 1, background: 0xffffff, ink: 0, cells: false, trails: false, centroids: true };
  #kmeans;
  #ready = Promise.withResolvers();
  #start = 0; // counts the starts, so that an outdated one is dropped
  #isStarted = false;
  #isStartQueued = false;
  #isInView = true;
  #halfStepsLeft = 0; // to make on the way: Infinity while playing
  #motion; // { from, duration } in milliseconds, while something moves
  #isUnfinished = false; // while the picture has not all points yet
  #nextBeat = 0;
  #frame = 0;
  #loopTimer = 0;
  #isPaused = false; // by the reader, or the author: then no attribute starts it again
  #sizes = new ResizeObserver((entries) => this.#resize(entries.at(-1)));
  #views = new IntersectionObserver((entries) => this.#view(entries.at(-1)), { rootMargin: "200px" });

  constructor() {
    super();
    this.#root.innerHTML = `<style>${STYLE}</style><canvas part="canvas" role="img"></canvas><slot></slot>`;
    this.#canvas = this.#root.querySelector("canvas");
    this.#canvas.addEventListener("transitionend", () => this.#paint());
    this.#ready.promise.catch(() => {}); // whoever awaits it is told; nobody else need be
  }

  connectedCallback() {
    for (const name of [...Object.keys(OPTIONS), ...SWITCHES.map(camel), "speed", "label"]) this.#adopt(name);
    this.#context ??= this.#canvas.getContext("2d");
    this.#observeSize();
    this.#views.observe(this);
    if (!this.#isStarted && this.getAttribute("loading") === "eager") this.#queueStart();
    this.#schedule();
  }

  disconnectedCallback() {
    this.#sizes.disconnect();
    this.#views.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    // A move in the document removes and inserts at once: only who stays away is freed.
    queueMicrotask(() => this.isConnected || this.#free());
  }

  attributeChangedCallback(name, before, now) {
    if (before === now) return;
    if (name in OPTIONS) {
      if (this.#isStarted) this.#queueStart();
    } else {
      this.#paint();
      this.#describe();
    }
  }

  /** A property that was set before the element was defined hides the class's own: set it again. */
  #adopt(name) {
    if (!Object.hasOwn(this, name)) return;
    const value = this[name];
    delete this[name];
    this[name] = value;
  }

  #free() {
    this.#start += 1;
    this.#isStarted = false;
    this.#rest();
    this.#motion = undefined;
    if (this.#kmeans) this.#ready = Promise.withResolvers(); // for when it is put back
    this.#kmeans?.free();
    this.#kmeans = undefined;
    this.#canvas.classList.remove("ready");
  }

  // --- what it shows ---

  /** The clustering behind the board; undefined until `ready`. */
  get kmeans() { return this.#kmeans; }

  /** Resolves once there is a clustering to see; rejects if there can be none. */
  get ready() { return this.#ready.promise; }

  /** Whether it goes on by itself. */
  get playing() { return this.#halfStepsLeft === Infinity; }

  /** Iterations a second, from 0.1 to 60. */
  get speed() {
    const speed = Number(this.getAttribute("speed") || 1);
    return speed >= MIN_SPEED && speed <= MAX_SPEED ? speed : 1;
  }
  set speed(value) { this.setAttribute("speed", value); }

  /** The picture's accessible name; without it, one that says how things stand. */
  get label() { return this.getAttribute("label") ?? ""; }
  set label(value) { this.setAttribute("label", value); }

  /** The options that the attributes name; one that is not valid falls back to its default, with a warning. */
  async #options() {
    await KMeans.load();
    const options = {};
    for (const [name, read] of Object.entries(OPTIONS)) {
      if (!this.hasAttribute(name)) continue;
      const value = read(this.getAttribute(name));
      if (isValid(name, value)) options[name] = value;
      else console.warn(`<kmeans-board>: ${name}="${this.getAttribute(name)}" is not valid, so the default is used`);
    }
    return options;
  }

  #queueStart() {
    if (this.#isStartQueued) return;
    this.#isStartQueued = true;
    queueMicrotask(() => {
      this.#isStartQueued = false;
      if (this.isConnected) this.init().catch(() => {});
    });
  }

  /**
   * Starts anew with the options of KMeans.init, or a promise of them; what was there stays if they are wrong.
   * Resolves with whether this is what is there now: not where it was asked for something else meanwhile.
   */
  async init(options) {
    const start = ++this.#start;
    this.#isStarted = true;
    try {
      const kmeans = await KMeans.init(await (options ?? this.#options()));
      if (start !== this.#start) {
        kmeans.free();
        return false;
      }
      this.#take(kmeans);
      return true;
    } catch (error) {
      if (start === this.#start) this.#fail(error);
      throw error;
    }
  }

  #take(kmeans) {
    const isFirst = !this.#kmeans;
    this.#kmeans?.free();
    this.#kmeans = kmeans;
    this.#rest();
    this.#canvas.classList.add("ready");
    this.#root.querySelector("p")?.remove();
    this.#ready.resolve(this);
    this.#move(this.#duration("update"));
    this.#announce();
    if (isFirst) this.#emit("ready");
    if (this.autoplay && !this.#isPaused && !stillness?.matches) this.play();
  }

  #fail(error) {
    if (!this.#kmeans) {
      const sentence = this.#root.querySelector("p") ?? this.#root.appendChild(document.createElement("p"));
      sentence.textContent = `This board cannot be shown: ${error.message}.`;
      this.#ready.reject(error);
    }
    this.#emit("error", { message: error.message, code: error.code });
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
      while (this.#halfStepsLeft > 0) this.#halfStep();
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
    this.#jump((kmeans) => {
      const whole = Math.floor(iteration);
      kmeans.seek(whole);
      if (iteration > whole) kmeans.assign();
    });
  }

  /** To the seeding. */
  reset() {
    this.seek(0);
  }

  /** The same board, a new start: the options of `KMeans.reseed`. */
  reseed(options) {
    if (!this.#kmeans) return;
    this.#kmeans.reseed(options);
    this.#rest();
    this.#move(this.#duration("update"));
    this.#announce();
  }

  #jump(change) {
    if (!this.#kmeans) return undefined;
    this.#rest();
    this.#kmeans.hold();
    const wasConverged = this.#kmeans.converged;
    const result = change(this.#kmeans);
    this.#move(this.#duration("update"));
    this.#announce();
    if (!wasConverged && this.#kmeans.converged && result) this.#emit("converge", result);
    return result;
  }

  /** Goes on by itself until it has converged; from the end it begins again. */
  play() {
    if (!this.#kmeans) return;
    if (this.#kmeans.converged && this.#kmeans.phase === "assign") this.reset();
    this.#isPaused = false;
    this.#halfStepsLeft = Infinity;
    this.#nextBeat = performance.now() + (this.#kmeans.iteration === 0 ? FIRST_LOOK : 0);
    this.#schedule();
    this.#announce();
  }

  pause() {
    this.#isPaused = true;
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
    if (stillness?.matches || this.speed >= FRAME_SPEED) return 0;
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
    const playsOn = this.loop && this.playing;
    this.#halfStepsLeft = 0;
    this.#emit("converge", { iterations, inertia, converged: true });
    if (playsOn) {
      this.#loopTimer = setTimeout(() => {
        this.reseed({});
        this.play();
      }, 2000 / this.speed);
    }
  }

  /** Makes the next half-step when its time has come; at the speed of frames, the whole iteration. */
  #beat(now) {
    if (!this.#halfStepsLeft || now < this.#nextBeat) return;
    const isWhole = this.speed >= FRAME_SPEED && !this.halfSteps && this.#halfStepsLeft > 1;
    let phase = this.#halfStep();
    if (isWhole && phase === "assign" && this.#halfStepsLeft) phase = this.#halfStep();
    this.#nextBeat = now + (isWhole ? 1000 / this.speed - 8 : this.#slot(phase));
    this.#move(this.#duration(phase));
    this.#announce();
  }

  // --- the picture ---

  /** Moves from what was held to how things stand, or shows that at once. */
  #move(duration) {
    const isStill = duration === 0 || stillness?.matches;
    this.#motion = isStill ? undefined : { from: performance.now(), duration };
    this.#paint();
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
    if (!this.#kmeans || !this.#look.size) return;
    const style = getComputedStyle(this.#canvas);
    const t = this.#motion ? Math.min(Math.max((now - this.#motion.from) / this.#motion.duration, 0), 1) : 1;
    Object.assign(this.#look, {
      background: colourOf(style.backgroundColor),
      ink: colourOf(style.color),
      cells: this.voronoi,
      trails: this.trails,
    });
    this.#isUnfinished = !this.#kmeans.paint(this.#context, this.#look, t);
    if (this.#isUnfinished) this.#schedule();
  }

  /** Also where only the device's pixels change, as on another screen; not every browser can tell. */
  #observeSize() {
    try {
      this.#sizes.observe(this.#canvas, { box: "device-pixel-content-box" });
    } catch {
      this.#sizes.observe(this.#canvas);
    }
  }

  #resize(entry) {
    const { inlineSize: size } = entry.contentBoxSize[0];
    const about = size * devicePixelRatio;
    const exact = entry.devicePixelContentBoxSize?.[0].inlineSize ?? about;
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

  /** Tells whoever shows our state that it is another; not part of the story that events tell. */
  #announce() {
    this.#describe();
    this.dispatchEvent(new Event("statechange"));
  }

  #describe() {
    if (!this.#kmeans) return;
    const { n, k, iteration, converged } = this.#kmeans;
    const half = this.#kmeans.phase === "update" ? "½" : "";
    const state = `${n} ${n === 1 ? "point" : "points"}, ${k} ${k === 1 ? "cluster" : "clusters"}, iteration ${iteration}${half}${converged ? ", converged" : ""}`;
    this.#canvas.setAttribute("aria-label", this.label || `k-means board: ${state}`);
  }
}

for (const name of SWITCHES) {
  Object.defineProperty(KMeansBoard.prototype, camel(name), {
    get() { return this.hasAttribute(name); },
    set(value) { this.toggleAttribute(name, Boolean(value)); },
    enumerable: true,
    configurable: true,
  });
}
for (const name of Object.keys(OPTIONS)) {
  Object.defineProperty(KMeansBoard.prototype, name, {
    /** What the attribute says; without one that could be valid, what is in force. */
    get() {
      const value = this.hasAttribute(name) ? OPTIONS[name](this.getAttribute(name)) : NaN;
      if (!Number.isNaN(value)) return value;
      return this.kmeans && (name in this.kmeans ? this.kmeans[name] : this.kmeans.options[name]);
    },
    set(value) { value == null ? this.removeAttribute(name) : this.setAttribute(name, value); },
    enumerable: true,
    configurable: true,
  });
}
