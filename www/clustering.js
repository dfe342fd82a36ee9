// The clustering: KMeans wraps the generated package and checks what it is given. Its exports come with kmeans.js.

import instantiate, * as small from "./pkg/kmeans_board.js";

/** What is wrong with what was asked for: the message names the value and the limit, `code` is for programs. */
export class KMeansError extends Error {
  constructor(message, code) {
    super(message);
    this.name = "KMeansError";
    this.code = code;
  }
}

/** The largest seed, and the largest whole number that the core knows. */
export const SEED_LIMIT = 2 ** 32 - 1;
/** The most device pixels that a picture's side may have. */
export const MAX_SIDE = 8192;
/** The most device pixels to one of CSS. */
const MAX_SCALE = 16;
const START = ["k", "seeding", "centroids", "seed"];
const OPTIONS = ["board", "n", "clusters", "spread", "points", "boardSeed", ...START];
/** How anything that takes long is followed and ended. */
export const WHILE_MAKING = ["signal", "onProgress"];

let tables; // what the core lists, once it is there

/** Loads something for everybody who asks; what failed can be tried again. */
export function once(load) {
  let loading;
  return () => (loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  }));
}

/** A module with nothing in it but a function of vectors. */
const VECTORS = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11);

/** Starts a package; what browsers say where they cannot, not all readers understand. */
async function started(begin) {
  try {
    await begin();
  } catch ({ message }) {
    throw new KMeansError(`the WebAssembly could not be loaded: ${message}`, "no-wasm");
  }
}

const loadSmall = once(async () => {
  if (!globalThis.WebAssembly?.validate(VECTORS)) {
    throw new KMeansError("this browser has no WebAssembly with SIMD, as all have since 2023, or keeps it from pages", "no-simd");
  }
  await started(instantiate);
  const [maxPoints, maxK, minSpread, maxSpread, smallBoard, margin] = small.limits();
  const freeze = (rows) => Object.freeze(rows.map(Object.freeze));
  tables = {
    boards: freeze(small.boards()),
    seedings: freeze(small.seedings()),
    limits: Object.freeze({ n: maxPoints, k: maxK, seed: SEED_LIMIT, spread: Object.freeze([minSpread, maxSpread]) }),
    smallBoard,
    margin,
  };
});

/** The package for boards of any size. */
export const loadLarge = once(async () => {
  const large = await import("./pkg/kmeans_board_large.js");
  await started(large.default);
  return large;
});

/** The core for so many points: the same functions and the same results, with or without what large boards need. */
export const coreFor = (n) => (n > tables.smallBoard ? loadLarge() : small);

/** What a picture shows of the plane: the left and the upper edge of a square, and its side. */
export function viewOf({ bounds: [left, bottom, right, top] }) {
  const { margin } = tables, width = right - left, height = top - bottom;
  return { left: left - margin * width, top: top + margin * height, side: (1 + 2 * margin) * Math.max(width, height) };
}

/** Where the arrow keys go on the plane: x and y. */
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function table(name) {
  if (!tables) throw new KMeansError(`KMeans.${name} is known once KMeans.load() has resolved`, "not-loaded");
  return tables[name];
}

/** What the core throws, as a KMeansError. */
export const asOurs = (error) => (error?.code && error.constructor === Error ? new KMeansError(error.message, error.code) : error);

/** Runs a call of the core; what it throws becomes a KMeansError. */
function guarded(call) {
  try {
    return call();
  } catch (error) {
    throw asOurs(error);
  }
}

export const shown = (value) => (typeof value === "string" ? JSON.stringify(value) : Array.isArray(value) ? "an array" : String(value));

export const wrongType = (name, what, value) => new KMeansError(`${name} must be ${what}, not ${shown(value)}`, "type");

export function integer(name, value, min, max) {
  if (!Number.isInteger(value)) throw wrongType(name, "a whole number", value);
  if (value < min || value > max) throw new KMeansError(`${name} must be from ${min} to ${max}, not ${value}`, "range");
  return value;
}

export function string(name, value) {
  if (typeof value !== "string") throw wrongType(name, "a string", value);
  return value;
}

export function number(name, value) {
  if (typeof value !== "number") throw wrongType(name, "a number", value);
  return value;
}

/** How many points there are in [x0, y0, x1, y1, …] or in an array of [x, y]. */
function countOf(name, value) {
  if (Array.isArray(value)) return value.length;
  if (!(value instanceof Float64Array)) {
    throw wrongType(name, "a Float64Array or an array of [x, y]", value);
  }
  if (value.length % 2) throw new KMeansError(`${name} must have an even number of coordinates, not ${value.length}`, "length");
  return value.length / 2;
}

/** Those from the one index to before the other as [x0, y0, x1, y1, …]. */
export function flat(name, value, from = 0, to = countOf(name, value)) {
  if (value instanceof Float64Array) return value.subarray(2 * from, 2 * to);
  const coordinates = new Float64Array(2 * (to - from));
  for (let i = from; i < to; i += 1) {
    const pair = value[i];
    if (!(Array.isArray(pair) && pair.length === 2)) {
      throw wrongType(`${name}[${i}]`, "a pair [x, y]", pair);
    }
    coordinates[2 * (i - from)] = number(`${name}[${i}][0]`, pair[0]);
    coordinates[2 * (i - from) + 1] = number(`${name}[${i}][1]`, pair[1]);
  }
  return coordinates;
}

function pair(name, value) {
  if (!(Array.isArray(value) && value.length === 2)) {
    throw wrongType(name, "a pair [min, max]", value);
  }
  return [number(`${name}[0]`, value[0]), number(`${name}[1]`, value[1])];
}

/** What is wrong with the two ways to follow and to end what takes long. */
export function checkFollowing({ signal, onProgress }) {
  if (!(signal === undefined || signal instanceof AbortSignal)) throw wrongType("signal", "an AbortSignal", signal);
  if (!["undefined", "function"].includes(typeof onProgress)) throw wrongType("onProgress", "a function", onProgress);
  signal?.throwIfAborted();
}

/** A value or, only where it is undefined, another; null is no way to ask for a default. */
const otherwise = (value, other) => (value === undefined ? other : value);

/** The options that are given; undefined counts as not given, an unknown name is an error. */
export function given(options = {}, known = OPTIONS) {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw wrongType("options", "an object", options);
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new KMeansError(`there is no option ${JSON.stringify(name)}, there are ${known.join(", ")}`, "unknown-option");
    }
  }
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** The part of the options that starts a run: the centroids themselves, or what chooses them. */
function resolvedStart({ k, seeding, centroids, seed }) {
  const { k: maxK } = table("limits");
  const start = { seed: seed === undefined ? small.randomSeed() : integer("seed", seed, 0, SEED_LIMIT) };
  if (centroids !== undefined) {
    if (seeding !== undefined) throw new KMeansError("centroids are given, so seeding can not be", "conflict");
    const own = flat("centroids", centroids).slice();
    return { ...start, centroids: own, k: integer("k", otherwise(k, own.length / 2), 1, maxK) };
  }
  return { ...start, k: integer("k", otherwise(k, 7), 1, maxK), seeding: string("seeding", otherwise(seeding, "random")) };
}

/** The part of the options that makes a board, for a start that is resolved. */
function resolvedBoard(options, start) {
  const { board, n, clusters, spread, points, boardSeed } = options;
  if (points !== undefined) {
    for (const name of ["board", "n", "clusters", "spread", "boardSeed"]) {
      if (options[name] !== undefined) throw new KMeansError(`points are given, so ${name} can not be`, "conflict");
    }
    return { n: countOf("points", points), points };
  }
  const { n: maxPoints, k: maxK } = table("limits");
  const name = string("board", otherwise(board, "uniform"));
  const info = table("boards").find((row) => row.name === name);
  const count = n === undefined ? info?.n : integer("n", n, 1, maxPoints);
  return {
    board: name,
    n: count,
    clusters: clusters === undefined ? Math.min(start.k, count ?? start.k) : integer("clusters", clusters, 1, maxK),
    spread: spread === undefined ? undefined : pair("spread", spread),
    boardSeed: boardSeed === undefined ? start.seed : integer("boardSeed", boardSeed, 0, SEED_LIMIT),
  };
}

/** The making of a run from a start, on a board to make or that of another run. */
export function openingOf({ Opening }, { board, n, clusters, spread, points, boardSeed, bounds = [] }, { k, seeding, centroids, seed }, before) {
  let opening;
  try {
    opening = centroids ? Opening.from(centroids, k) : Opening.seeded(k, seeding, seed);
    if (before) opening.on(before);
    else if (points) opening.take(n, Float64Array.from(bounds));
    else opening.draw(board, n, clusters, new Float64Array(spread ?? 0), boardSeed);
    return opening;
  } catch (error) {
    opening?.free();
    throw asOurs(error);
  }
}

/** So many given points are brought at a time. */
const PIECE = 8192;
/** After so many milliseconds of work the page may breathe. */
export const SPELL = 8;

export function breath() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

/** The slices of an opening; what they yield at last is the clustering. */
function* slices(opening, { n, points }) {
  for (let i = 0; points && i < n; i += PIECE) {
    const piece = flat("points", points, i, Math.min(i + PIECE, n));
    if (piece.length < 2 * Math.min(PIECE, n - i)) throw new KMeansError(`points were ${n}, but are fewer now`, "length");
    opening.add(piece);
    yield undefined;
  }
  for (let made; !made; yield made) made = opening.advance();
}

/** Makes a clustering without breaks. */
export function openedAtOnce(opening, board) {
  try {
    const [made] = guarded(() => [...slices(opening, board)].slice(-1));
    return made;
  } finally {
    opening.free();
  }
}

/** A start that takes no time, where only the board is wanted. */
export const ANY_START = { k: 1, seeding: "random", seed: 0 };

/** A clustering of a board, as a blueprint of one has it, in the core for boards of any size. */
export async function clusteringOf(board) {
  return opened(openingOf(await loadLarge(), board, ANY_START), board, {});
}

/** Makes a clustering with breaks, so that the page goes on meanwhile. */
async function opened(opening, board, { signal, onProgress }) {
  try {
    let end = performance.now() + SPELL;
    for (const made of slices(opening, board)) {
      if (made) return made;
      if (performance.now() < end) continue;
      onProgress?.(opening.share());
      await breath();
      signal?.throwIfAborted();
      end = performance.now() + SPELL;
    }
  } catch (error) {
    throw asOurs(error);
  } finally {
    opening.free();
  }
}

const iterationOf = ([iteration, changed, assignedInertia, shift, inertia, relocated]) =>
  ({ iteration, changed, assignedInertia, shift, inertia, relocated });

function checkSide(size, scale = 1) {
  const side = number("size", size) * number("scale", scale);
  if (!(scale > 0 && scale <= MAX_SCALE)) throw new KMeansError(`scale must be above 0 and at most ${MAX_SCALE}, not ${scale}`, "range");
  if (!(side >= 1 && side <= MAX_SIDE)) throw new KMeansError(`size × scale must be from 1 to ${MAX_SIDE}, not ${side}`, "range");
}

/** The layers of a picture as the core numbers them. */
const bitsOf = ({ cells = true, trails = true, centroids = true }) => cells | (trails << 1) | (centroids << 2);

const secret = Symbol("only init makes a KMeans");

/** What draws or has a KMeans's points, for `clusteringOf`, here or in a worker. */
export let blueprintOf;
/** A clustering of a KMeans's board in the core for boards of any size; whoever asks for it frees it. */
export let enlarged;
/** What stands behind a KMeans, and puts something else in its place: for editing.js. */
export let standing, replace;

/** A board and Lloyd's algorithm on it. Coordinates are the board's; arrays are copies. */
export class KMeans {
  /** The label of a point that belongs to no cluster yet. */
  static UNASSIGNED = 2 ** 32 - 1;

  /** The most workers at a time for a study; with 0, it is done in slices between which the page goes on. */
  static workers = globalThis.navigator?.hardwareConcurrency ?? 1;

  #clustering;
  #package;
  #board;
  #start;
  #edits = { past: [], ahead: [] }; // what stood here before changes by hand, and after those that were undone

  constructor(key, clustering, core, board, start) {
    if (key !== secret) throw new TypeError("a KMeans is made by KMeans.init(options)");
    this.#clustering = clustering;
    this.#package = core;
    this.#board = board;
    this.#start = start;
  }

  /** Loads the Wasm, once a page; `boards`, `seedings` and `limits` are known then. */
  static load() {
    return loadSmall();
  }

  static get boards() { return table("boards"); }
  static get seedings() { return table("seedings"); }
  static get limits() { return table("limits"); }

  /**
   * Makes a board and seeds the centroids; no point is assigned yet. Large boards are made with breaks, in which the
   * page goes on: `onProgress` is called there with a share from 0 to 1, and `signal`, an AbortSignal, is obeyed.
   * What `toJSON` wrote, or the object parsed from it, is started again and brought to where it stood.
   */
  static async init(options) {
    if (typeof options === "string" || options?.options !== undefined) return (await import("./exports.js")).resumed(options);
    await KMeans.load();
    const { signal, onProgress, ...asked } = given(options, [...OPTIONS, ...WHILE_MAKING]);
    checkFollowing({ signal, onProgress });
    const start = resolvedStart(asked);
    const board = resolvedBoard(asked, start);
    const core = await coreFor(board.n);
    const clustering = await opened(openingOf(core, board, start), board, { signal, onProgress });
    // Large arrays stay in the core alone.
    const made = board.points ? { points: undefined } : { ...board, spread: [...clustering.state().slice(12)] };
    return new KMeans(secret, clustering, core, made, start);
  }

  static {
    blueprintOf = (kmeans) => {
      kmeans.#core; // unless it has been freed
      return kmeans.#board.board ? kmeans.#board : { n: kmeans.n, points: kmeans.points };
    };
    enlarged = async (kmeans) => {
      const core = kmeans.#core, large = await loadLarge();
      if (kmeans.#package !== large) return clusteringOf(blueprintOf(kmeans));
      return opened(openingOf(large, {}, ANY_START, core), {}, {});
    };
    standing = (kmeans) =>
      ({ clustering: kmeans.#core, core: kmeans.#package, board: kmeans.#board, start: kmeans.#start, edits: kmeans.#edits });
    replace = (kmeans, { clustering, core, board, start }) => {
      if (core === kmeans.#package) clustering.follow(kmeans.#core);
      [kmeans.#clustering, kmeans.#package, kmeans.#board, kmeans.#start] = [clustering, core, board, start];
    };
  }

  get #core() {
    if (!this.#clustering) throw new KMeansError("this KMeans has been freed", "freed");
    return this.#clustering;
  }

  get #state() { return this.#core.state(); }

  get points() { return this.#core.points(); }
  get centroids() { return this.#core.centroids(); }
  get labels() { return this.#core.labels(); }
  get counts() { return this.#core.counts(); }
  get n() { return this.#state[7]; }
  get k() { return this.#state[0]; }
  get seed() { this.#core; return this.#start.seed; }
  get iteration() { return this.#state[1]; }
  get converged() { return this.#state[3] === 1; }
  get phase() { return this.#state[4] ? "update" : "assign"; }
  get inertia() { return this.#state[5]; }

  /** The last iteration that has been computed: `seek` goes so far. */
  get computed() { return this.#state[2]; }

  /** How many labels the last assign changed; undefined before the first. */
  get changed() {
    const changed = this.#state[6];
    return changed < 0 ? undefined : changed;
  }

  /** The corners of the board's bounds: `[left, bottom, right, top]`. */
  get bounds() { return this.#state.slice(8, 12); }

  /** Everything resolved: `KMeans.init(km.options)` starts the same thing again, bit for bit. */
  get options() {
    this.#core;
    const { boardSeed, ...board } = this.#board;
    const options = { ...board, ...this.#start };
    if ("points" in board) options.points = this.points;
    if (boardSeed !== undefined && boardSeed !== options.seed) options.boardSeed = boardSeed;
    for (const name of ["spread", "centroids"]) if (options[name]) options[name] = options[name].slice();
    return options;
  }

  /** The centroids after an iteration that has been computed, 0 being the seeding; those of the last one beyond it. */
  centroidsAfter(iteration) { return this.#core.centroidsAfter(integer("iteration", iteration, 0, SEED_LIMIT)); }

  /** Every iteration so far, also those ahead after going back. */
  get history() {
    const rows = this.#core.history();
    return Array.from({ length: rows.length / 6 }, (_, i) => iterationOf(rows.subarray(6 * i, 6 * i + 6)));
  }

  assign() {
    const [changed, inertia] = this.#core.assign();
    return { changed, inertia };
  }

  update() {
    const [shift, inertia, relocated] = this.#core.update();
    return { shift, inertia, relocated };
  }

  step() {
    const report = iterationOf(this.#core.step());
    return { ...report, converged: report.changed === 0 };
  }

  run(max = 300) {
    this.#core.run(integer("max", max, 0, SEED_LIMIT));
    return { iterations: this.iteration, inertia: this.inertia, converged: this.converged };
  }

  /** To the half-step, or the iteration, before; at the start it stays. */
  back() {
    const { iteration, phase } = this;
    this.seek(phase === "update" ? iteration : Math.max(iteration - 1, 0));
  }

  seek(iteration) {
    const target = integer("iteration", iteration, 0, SEED_LIMIT);
    const core = this.#core;
    guarded(() => core.seek(target));
  }

  /** The same board, a new start; what is not given stays as it is, but for the seed, which is drawn. */
  reseed(options) {
    const [start, opening] = this.#again(given(options, START));
    this.#become(openedAtOnce(opening, {}), start);
  }

  /** The same with breaks, for large boards; `signal` and `onProgress` are those of `init`. */
  async reseedInSlices(options) {
    const { signal, onProgress, ...asked } = given(options, [...START, ...WHILE_MAKING]);
    const [start, opening] = this.#again(asked);
    this.#become(await opened(opening, {}, { signal, onProgress }), start);
  }

  /** The start that is asked for, and its making on this board. */
  #again(asked) {
    const kept = asked.centroids !== undefined ? {} : { k: this.k, seeding: this.#start.seeding };
    const start = resolvedStart({ ...kept, ...asked });
    return [start, openingOf(this.#package, {}, start, this.#core)];
  }

  #become(clustering, start) {
    try {
      clustering.appearAfter(this.#core);
    } catch (error) {
      clustering.free(); // this was freed meanwhile
      throw error;
    }
    this.#core.free();
    this.#clustering = clustering;
    this.#start = start;
  }

  /**
   * Runs k-means from many starts on this board, in workers, and tells where they end; this clustering stays as it is.
   * `runs` is 1,000, `seeding` that of this clustering, `seed` its seed; the run after takes the seed after. See studies.js.
   */
  async restarts(options) { return (await import("./studies.js")).restarts(this, options); }

  /**
   * Asks a method which k fits this board: `gap`, `f(K)`, `silhouette` or `elbow`; `kMax` is 10. See studies.js.
   */
  async chooseK(options) { return (await import("./studies.js")).chooseK(this, options); }

  /** k polygons, the Voronoi cells clipped to the board's bounds: `Float64Array` of x and y in turn. */
  cells() { return this.#core.cells(); }

  /** Lets the next motion of the picture start from how things stand now. */
  hold() { this.#core.hold(); }

  /**
   * Paints the board on a 2D context: the motion since `hold()`, at `t` of its way from 0 to 1.
   * `size` is the side in CSS pixels, `scale` device pixels to one, colours are 0xRRGGBB. Returns whether every point
   * is in the picture: very many are brought in with several paintings, so that none takes long.
   */
  paint(context, { size, scale = 1, background = 0xffffff, ink = 0, ...layers }, t = 1) {
    checkSide(size, scale);
    return guarded(() => this.#core.paint(context, size, scale, background, ink, bitsOf(layers), t));
  }

  /**
   * The picture as an SVG document, its options those of `paint`. Up to 20,000 points each have a circle; of more,
   * one in so many has, which its <desc> says.
   */
  toSVG({ size = 600, background = 0xffffff, ink = 0x1d1f24, ...layers } = {}) {
    checkSide(size);
    return this.#core.svg(size, background, ink, bitsOf(layers));
  }

  free() {
    const { past, ahead } = this.#edits;
    for (const { clustering } of [{ clustering: this.#clustering }, ...past.splice(0), ...ahead.splice(0)]) clustering?.free();
    this.#clustering = undefined;
  }
}
