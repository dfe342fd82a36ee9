// The clustering without a page: KMeans wraps the generated package and checks what it is given.

import instantiate, * as small from "./pkg/kmeans_board.js";

/** What is wrong with what was asked for: the message names the value and the limit, `code` is for programs. */
export class KMeansError extends Error {
  constructor(message, code) {
    super(message);
    this.name = "KMeansError";
    this.code = code;
  }
}

const SEED_LIMIT = 2 ** 32 - 1;
/** The most device pixels that a picture's side may have. */
export const MAX_SIDE = 8192;
/** The most device pixels to one of CSS. */
const MAX_SCALE = 16;
const START = ["k", "seeding", "centroids", "seed"];
const OPTIONS = ["board", "n", "clusters", "spread", "points", "boardSeed", ...START];

let tables; // what the core lists, once it is there

/** Loads something for everybody who asks; what failed can be tried again. */
function once(load) {
  let loading;
  return () => (loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  }));
}

/** A module with nothing in it but a function of vectors. */
const VECTORS = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11);

const loadSmall = once(async () => {
  if (!WebAssembly.validate(VECTORS)) {
    throw new KMeansError("this browser's WebAssembly has no SIMD, as all have since 2023", "no-simd");
  }
  await instantiate();
  const [maxPoints, maxK, minSpread, maxSpread, smallBoard] = small.limits();
  const freeze = (rows) => Object.freeze(rows.map(Object.freeze));
  tables = {
    boards: freeze(small.boards()),
    seedings: freeze(small.seedings()),
    limits: Object.freeze({ n: maxPoints, k: maxK, seed: SEED_LIMIT, spread: Object.freeze([minSpread, maxSpread]) }),
    smallBoard,
  };
});

const loadLarge = once(async () => {
  const large = await import("./pkg/kmeans_board_large.js");
  await large.default();
  return large;
});

/** The core for so many points: the same functions and the same results, with or without what large boards need. */
const coreFor = (n) => (n > tables.smallBoard ? loadLarge() : small);

function table(name) {
  if (!tables) throw new KMeansError(`KMeans.${name} is known once KMeans.load() has resolved`, "not-loaded");
  return tables[name];
}

/** Runs a call of the core; what it throws becomes a KMeansError. */
function guarded(call) {
  try {
    return call();
  } catch (error) {
    throw error?.code ? new KMeansError(error.message, error.code) : error;
  }
}

const shown = (value) => (typeof value === "string" ? JSON.stringify(value) : Array.isArray(value) ? "an array" : String(value));

function integer(name, value, min, max) {
  if (!Number.isInteger(value)) throw new KMeansError(`${name} must be a whole number, not ${shown(value)}`, "type");
  if (value < min || value > max) throw new KMeansError(`${name} must be from ${min} to ${max}, not ${value}`, "range");
  return value;
}

function string(name, value) {
  if (typeof value !== "string") throw new KMeansError(`${name} must be a string, not ${shown(value)}`, "type");
  return value;
}

function number(name, value) {
  if (typeof value !== "number") throw new KMeansError(`${name} must be a number, not ${shown(value)}`, "type");
  return value;
}

/** [x0, y0, x1, y1, …]: that itself, or from an array of [x, y]. */
function flat(name, value) {
  if (value instanceof Float64Array) {
    if (value.length % 2) throw new KMeansError(`${name} must have an even number of coordinates, not ${value.length}`, "length");
    return value;
  }
  if (!Array.isArray(value)) {
    throw new KMeansError(`${name} must be a Float64Array or an array of [x, y], not ${shown(value)}`, "type");
  }
  const coordinates = new Float64Array(2 * value.length);
  for (const [i, pair] of value.entries()) {
    if (!(Array.isArray(pair) && pair.length === 2)) {
      throw new KMeansError(`${name}[${i}] must be a pair [x, y], not ${shown(pair)}`, "type");
    }
    coordinates[2 * i] = number(`${name}[${i}][0]`, pair[0]);
    coordinates[2 * i + 1] = number(`${name}[${i}][1]`, pair[1]);
  }
  return coordinates;
}

function pair(name, value) {
  if (!(Array.isArray(value) && value.length === 2)) {
    throw new KMeansError(`${name} must be a pair [min, max], not ${shown(value)}`, "type");
  }
  return [number(`${name}[0]`, value[0]), number(`${name}[1]`, value[1])];
}

/** A value or, only where it is undefined, another; null is no way to ask for a default. */
const otherwise = (value, other) => (value === undefined ? other : value);

/** The options that are given; undefined counts as not given, an unknown name is an error. */
function given(options = {}, known = OPTIONS) {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new KMeansError(`options must be an object, not ${shown(options)}`, "type");
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
    return { points: flat("points", points) };
  }
  const { n: maxPoints } = table("limits");
  const name = string("board", otherwise(board, "uniform"));
  const info = table("boards").find((row) => row.name === name);
  const count = n === undefined ? info?.n : integer("n", n, 1, maxPoints);
  return {
    board: name,
    n: count,
    clusters: clusters === undefined ? Math.min(start.k, count ?? start.k) : integer("clusters", clusters, 1, maxPoints),
    spread: spread === undefined ? undefined : pair("spread", spread),
    boardSeed: boardSeed === undefined ? start.seed : integer("boardSeed", boardSeed, 0, SEED_LIMIT),
  };
}

function makeField({ Field }, { board, n, clusters, spread, points, boardSeed }) {
  return guarded(() => points ? Field.fromPoints(points)
    : Field.draw(board, n, clusters, spread && new Float64Array(spread), boardSeed));
}

/** Boards of more points take a while, so that the page may breathe in between. */
const MOST_AT_ONCE = 200_000;

async function prepared(field) {
  const breath = () => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    port2.postMessage(0);
  });
  await breath();
  field.prepare();
  await breath();
}

function makeClustering(field, { k, seeding, centroids, seed }) {
  return guarded(() => centroids ? field.starting(centroids, k) : field.seeded(k, seeding, seed));
}

const iterationOf = ([iteration, changed, assignedInertia, shift, inertia, relocated]) =>
  ({ iteration, changed, assignedInertia, shift, inertia, relocated });

const secret = Symbol("only init makes a KMeans");

/** A board and Lloyd's algorithm on it. Coordinates are the board's; arrays are copies. */
export class KMeans {
  /** The label of a point that belongs to no cluster yet. */
  static UNASSIGNED = 2 ** 32 - 1;

  #field;
  #clustering;
  #board;
  #start;

  constructor(key, field, clustering, board, start) {
    if (key !== secret) throw new TypeError("a KMeans is made by KMeans.init(options)");
    this.#field = field;
    this.#clustering = clustering;
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

  /** Makes a board and seeds the centroids; no point is assigned yet. */
  static async init(options) {
    await KMeans.load();
    const asked = given(options);
    const start = resolvedStart(asked);
    const board = resolvedBoard(asked, start);
    const core = await coreFor(board.points ? board.points.length / 2 : board.n);
    const field = makeField(core, board);
    try {
      if (field.n > MOST_AT_ONCE) await prepared(field);
      const clustering = makeClustering(field, start);
      // Large arrays stay in the core alone.
      if (board.points) board.points = undefined;
      else board.spread = [...field.spread()];
      return new KMeans(secret, field, clustering, board, start);
    } catch (error) {
      field.free();
      throw error;
    }
  }

  get #core() {
    if (!this.#clustering) throw new KMeansError("this KMeans has been freed", "freed");
    return this.#clustering;
  }

  get #state() { return this.#core.state(); }

  get points() { this.#core; return this.#field.points(); }
  get centroids() { return this.#core.centroids(); }
  get labels() { return this.#core.labels(); }
  get counts() { return this.#core.counts(); }
  get n() { this.#core; return this.#field.n; }
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
  get bounds() { this.#core; return this.#field.bounds(); }

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

  back() { this.#core.back(); }

  seek(iteration) {
    const target = integer("iteration", iteration, 0, SEED_LIMIT);
    const core = this.#core;
    guarded(() => core.seek(target));
  }

  /** The same board, a new start; what is not given stays as it is, but for the seed, which is drawn. */
  reseed(options) {
    const asked = given(options, START);
    const kept = asked.centroids ? {} : { k: this.k, seeding: this.#start.seeding };
    const start = resolvedStart({ ...kept, ...asked });
    const before = this.#core;
    const clustering = makeClustering(this.#field, start);
    clustering.appearAfter(before);
    before.free();
    this.#clustering = clustering;
    this.#start = start;
  }

  /** k polygons, the Voronoi cells clipped to the board's bounds: `Float64Array` of x and y in turn. */
  cells() { return this.#core.cells(); }

  /** Lets the next motion of the picture start from how things stand now. */
  hold() { this.#core.hold(); }

  /**
   * Paints the board on a 2D context: the motion since `hold()`, at `t` of its way from 0 to 1.
   * `size` is the side in CSS pixels, `scale` device pixels to one, colours are 0xRRGGBB. Returns whether every point
   * is in the picture: very many are brought in with several paintings, so that none takes long.
   */
  paint(context, { size, scale = 1, background = 0xffffff, ink = 0, cells = true, trails = true, centroids = true }, t = 1) {
    const side = number("size", size) * number("scale", scale);
    if (!(scale > 0 && scale <= MAX_SCALE)) throw new KMeansError(`scale must be above 0 and at most ${MAX_SCALE}, not ${scale}`, "range");
    if (!(side > 0 && side <= MAX_SIDE)) throw new KMeansError(`size × scale must be above 0 and at most ${MAX_SIDE}, not ${side}`, "range");
    return this.#core.paint(context, size, scale, background, ink, cells | (trails << 1) | (centroids << 2), t);
  }

  free() {
    this.#clustering?.free();
    this.#field?.free();
    this.#clustering = this.#field = undefined;
  }
}
