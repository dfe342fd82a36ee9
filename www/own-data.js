// Points of the reader's own, read from a file or drawn by hand: what the address has of them, what is kept in this
// browser, and what a file of them has. Loaded with the first of them.
//
// Own points are an object `{ title, columns: [x, y], axes, lines, what, start }`, of which all but the columns, two
// Float64Arrays, may be missing. `axes` say what the columns are: `{ name, offset, factor }`, where a point of the board
// is (value − offset) / factor. `lines` are those of the file, `what` they are. `start` are centroids, x and y in turn,
// as the columns have them. `ofPoints` makes one of the points of a board.

import { KMeans, KMeansError } from "./clustering.js";
import { createStore, del, get, set, update } from "./vendor/idb-keyval.js";

/** As many characters as an address may have of them: more is cut off by what people send addresses with. */
const MOST_IN_ADDRESS = 6_000;
/** Points of which nobody need try whether they fit. */
const MANY = 20_000;
/** What an address may unpack to, in bytes: it may be from anybody. */
const MOST_UNPACKED = 4_000_000;
/** As many as are kept; the oldest goes. */
const MOST_KEPT = 8;
const LONGEST_NAME = 200;

/** Points of a board, x and y in turn, as own points. */
export function ofPoints(points, title = "Drawn by hand") {
  const columns = [new Float64Array(points.length / 2), new Float64Array(points.length / 2)];
  for (let i = 0; i < points.length; i += 1) columns[i % 2][i >> 1] = points[i];
  return { title, columns };
}

/** Own points as a board has them, x and y in turn. */
function pointsOf({ columns, axes = [] }) {
  return flatOf(columns[0].length, (i, axis) => columns[axis][i], axes);
}

/** Where own points have their centroids to begin with, as a board has them; nothing where they have none. */
function startOf({ start, axes = [] }) {
  return start && flatOf(start.length / 2, (j, axis) => start[2 * j + axis], axes);
}

function flatOf(count, valueOf, axes) {
  const flat = new Float64Array(2 * count);
  for (const axis of [0, 1]) {
    const { offset = 0, factor = 1 } = axes[axis] ?? {};
    for (let i = 0; i < count; i += 1) flat[2 * i + axis] = (valueOf(i, axis) - offset) / factor;
  }
  return flat;
}

// --- as text ---

/** Each number's distance from the one before it: lines that follow one another are packed well. */
const steps = (lines) => Array.from(lines, (line, i) => line - (i ? lines[i - 1] : 0));

/** Own points as an object of JSON. */
function plain({ title, columns: [x, y], axes, lines, what, start }) {
  return {
    title, x: Array.from(x), y: Array.from(y), axes: axes?.map(({ name, offset, factor }) => [name, offset, factor]),
    lines: lines && steps(lines), what, start: start && Array.from(start),
  };
}

const wrong = (what) => new KMeansError(`these points cannot be read: ${what}`, "own-points");

/** Some numbers out of JSON, which anybody may have written. */
function numbers(name, list, type, length) {
  if (!Array.isArray(list) || !list.every(Number.isFinite)) throw wrong(`${name} is no list of numbers`);
  if (length !== undefined && list.length !== length) throw wrong(`${name} has ${list.length} numbers, not ${length}`);
  return type.from(list);
}

const word = (text, other) => (typeof text === "string" ? text.slice(0, LONGEST_NAME) : other);

/** And back. */
function fromPlain(value) {
  const { title, x, y, axes, lines, what, start } = value ?? {};
  const columns = [numbers("x", x, Float64Array), numbers("y", y, Float64Array, x?.length)];
  const axis = (one) => {
    const [name, offset, factor] = Array.isArray(one) ? one : [];
    if (!Number.isFinite(offset) || !(Number.isFinite(factor) && factor > 0)) throw wrong("an axis has no scale");
    return { name: word(name, ""), offset, factor };
  };
  if (axes !== undefined && axes?.length !== 2) throw wrong("there are not two axes");
  const own = { title: word(title, "Points of one’s own"), columns, axes: axes?.map(axis) };
  if (lines !== undefined) {
    const gaps = numbers("lines", lines, Float64Array, x.length);
    let line = 0;
    Object.assign(own, { lines: Uint32Array.from(gaps, (gap) => line += gap), what: word(what, "line") });
  }
  if (start !== undefined) own.start = numbers("start", start, Float64Array);
  return own;
}

// --- as a part of the address ---

const throughStream = (content, stream) => new Response(new Blob([content]).stream().pipeThrough(stream));

/** Bytes as an address takes them, and back. */
const toLetters = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const fromLetters = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt());

/** Own points packed for an address; nothing where they are too many for one. */
async function packed(own) {
  if (own.columns[0].length > MANY) return undefined;
  const bytes = new Uint8Array(await throughStream(JSON.stringify(plain(own)), new CompressionStream("deflate-raw")).arrayBuffer());
  return bytes.length * 4 / 3 > MOST_IN_ADDRESS ? undefined : toLetters(bytes);
}

/** And back; what is no such thing is an error, and so is what unpacks to more than an address can mean. */
async function unpacked(text) {
  let json = "";
  try {
    const reader = throughStream(fromLetters(text), new DecompressionStream("deflate-raw")).body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      json += value;
      if (json.length > MOST_UNPACKED) break;
    }
    if (json.length <= MOST_UNPACKED) json = JSON.parse(json);
  } catch {
    throw wrong("the address is not whole");
  }
  if (typeof json === "string") throw wrong(`they take more than ${MOST_UNPACKED.toLocaleString("en")} characters`);
  return fromPlain(json);
}

// --- kept in this browser ---

const last = {}; // the points that were brought last, and by what: a page asks twice as it opens
let store;
const kept = () => (store ??= createStore("kmeans-board", "own"));
/** The list of what is kept, the newest first: id, title, the two columns' names, n and when; the points are beside it, by
 * their ids. */
const LIST = "list";

/** What is kept in this browser; nothing where it keeps nothing for this page. */
export async function keptOnes() {
  try {
    return (await get(LIST, kept())) ?? [];
  } catch {
    return [];
  }
}

/** Forgets one that is kept, by its id. */
export async function forget(id) {
  last.by = undefined;
  await del(id, kept());
  await update(LIST, (list = []) => list.filter((row) => row.id !== id), kept());
}

/** Keeps own points under an id, in place of what was there. Whether it could. */
async function keep(own, id) {
  last.by = undefined;
  try {
    const { title, columns, axes, lines, what, start } = own;
    await set(id, { title, columns, axes, lines, what, start }, kept());
    let gone = [];
    await update(LIST, (list = []) => {
      const all = [{ id, title, pair: axes?.map(({ name }) => name), n: columns[0].length, at: Date.now() }, ...list.filter((row) => row.id !== id)];
      gone = all.slice(MOST_KEPT);
      return all.slice(0, MOST_KEPT);
    }, kept());
    for (const row of gone) await del(row.id, kept());
    return true;
  } catch {
    return false;
  }
}

/**
 * Own points with what a board takes of them, `points` and, where they have a start, `centroids`; and `file(state)`, of
 * them and of how they are clustered.
 */
const onBoard = (own) => ({ ...own, points: pointsOf(own), centroids: startOf(own), file: (state) => fileOf(own, state) });

const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, "0")).join("");

// --- as the playground's state ---

/**
 * What the playground's state says of own points: `own` with its `points` as the board has them, and for the address
 * `points`, or `kept` where they are too many for it, under the id by which this browser keeps them. They are kept in any
 * case, under `id` in place of what was there before, so that no reload loses them. `isLost` where neither was possible.
 */
export async function stateOf(own, id = newId()) {
  const [points, isKept] = await Promise.all([packed(own), keep(own, id)]);
  return {
    board: "own", n: own.columns[0].length, clusters: undefined, boardSeed: undefined, beside: undefined,
    own: { ...onBoard(own), id, isLost: !points && !isKept },
    points, kept: points || !isKept ? undefined : id,
  };
}

/** The own points that an address names, as `stateOf` has them. */
export function brought(state) {
  const by = state.points ?? state.kept;
  if (last.by !== by) Object.assign(last, { by, own: broughtBy(state) });
  last.own.catch(() => last.by = undefined);
  return last.own;
}

async function broughtBy({ points, kept: id }) {
  let own;
  if (points !== undefined) own = await unpacked(points);
  else {
    own = await get(id, kept()).catch(() => {});
    if (!own) throw new KMeansError("the points of this address are kept in the browser in which they were brought, and not here: they were too many for the address, but a file can have them", "not-kept");
  }
  return { ...onBoard(own), id };
}

// --- as a file ---

/** What a file begins with that the playground opens again. */
const MARK = "kmeans-board";

/** A file of own points and of how they are clustered. */
function fileOf(own, { k, seeding, seed }) {
  return new Blob([JSON.stringify({ [MARK]: 1, k, seeding, seed, own: plain(own) })], { type: "application/json" });
}

/** What such a file has, or one of KMeans.toJSON: `own` points, or the options of a `drawn` board; and k, seeding, seed. */
export function fromFile(saved) {
  if (saved[MARK]) return { own: fromPlain(saved.own), ...startOfFile(saved) };
  const { options, points } = saved;
  if (options?.board !== undefined) return { drawn: options };
  if (!Array.isArray(points) || !points.every((pair) => Array.isArray(pair) && pair.length === 2)) throw wrong("points is no list of pairs");
  return { own: fromPlain({ title: "Saved points", x: points.map(([x]) => x), y: points.map(([, y]) => y) }), ...startOfFile(options) };
}

/** What is no start counts as not given. */
function startOfFile(options) {
  const { k, seeding, seed } = options ?? {};
  const isGood = (value, most) => Number.isInteger(value) && value >= 0 && value <= most;
  return {
    k: isGood(k, KMeans.limits.k) && k ? k : undefined,
    seeding: KMeans.seedings.some(({ name }) => name === seeding) ? seeding : undefined,
    seed: isGood(seed, KMeans.limits.seed) ? seed : undefined,
  };
}
