// Changing a KMeans by hand: points added, moved and removed, centroids moved, and all of it undone and done again.
// Importing this gives the class its methods for it.

import { KMeans, KMeansError, coreFor, flat, integer, number, openedAtOnce, openingOf, replace, standing } from "./clustering.js";

/** So many changes can be undone, fewer where they would keep more points than these in all. */
const MOST_KEPT = 100;
const MOST_POINTS = 4_000_000;

const pair = (x, y) => [number("x", x), number("y", y)];

let large; // the core for boards of any size, once it is there

/** The core for so many points, which may have to be fetched first: no edit waits for it. */
function coreOf(n, core) {
  const now = coreFor(n);
  if (now === core || core !== coreFor(1)) return core; // that for any size knows small boards, too
  if (large) return large;
  now.then((loaded) => large = loaded, () => {}); // the next edit tries again
  throw new KMeansError(`for ${n} points more has to be loaded, which has begun: try again`, "loading");
}

function remember(list, before) {
  list.push(before);
  const n = before.clustering.state()[7];
  while (list.length > Math.max(1, Math.min(MOST_KEPT, MOST_POINTS / n))) list.shift().clustering.free();
}

/**
 * The same run with other points or other centroids, from the centroids as they stand. Where points had labels, each is
 * given to its nearest centroid at once; nothing is left of the iterations before. The bounds stay unless a point lies
 * outside of them.
 */
function change(kmeans, { points, centroids = kmeans.centroids }) {
  const before = standing(kmeans);
  const board = points ? { points, n: points.length / 2, bounds: kmeans.bounds } : {};
  const core = points ? coreOf(board.n, before.core) : before.core;
  const opening = openingOf(core, board, { centroids, k: centroids.length / 2 }, points ? undefined : before.clustering);
  const clustering = openedAtOnce(opening, board);
  if (!Number.isNaN(kmeans.inertia)) clustering.assign();
  const start = { seed: before.start.seed, centroids, k: centroids.length / 2 };
  replace(kmeans, { clustering, core, board: points ? { points: undefined } : before.board, start });
  for (const { clustering: undone } of before.edits.ahead.splice(0)) undone.free();
  remember(before.edits.past, before);
}

/** Back to what one list has last; what stands goes to the other. Whether there was any. */
function exchange(kmeans, from, to) {
  const now = standing(kmeans), other = now.edits[from].pop();
  if (!other) return false;
  replace(kmeans, other);
  remember(now.edits[to], now);
  return true;
}

const EDITS = {
  /** One more point, after all others; its index. */
  addPoint(x, y) {
    const { n, points } = this, more = new Float64Array(2 * n + 2);
    more.set(points);
    more.set(pair(x, y), 2 * n);
    change(this, { points: more });
    return n;
  },

  /** Several more points, in one of the forms of the option `points`, as one change. */
  addPoints(value) {
    const { n, points } = this, some = flat("points", value), more = new Float64Array(2 * n + some.length);
    more.set(points);
    more.set(some, 2 * n);
    change(this, { points: more });
  },

  movePoint(i, x, y) {
    const { n, points } = this;
    points.set(pair(x, y), 2 * integer("i", i, 0, n - 1));
    change(this, { points });
  },

  /** The point of an index no more; those after it move up by one. */
  removePoint(i) {
    this.removePoints([integer("i", i, 0, this.n - 1)]);
  },

  /** Several points no more, as one change. */
  removePoints(indices) {
    const { n, points } = this, gone = new Set(indices);
    for (const i of gone) integer("i", i, 0, n - 1);
    change(this, { points: points.filter((_, at) => !gone.has(at >> 1)) });
  },

  moveCentroid(j, x, y) {
    const { k, centroids } = this;
    centroids.set(pair(x, y), 2 * integer("j", j, 0, k - 1));
    change(this, { centroids });
  },

  /** Takes back the last change by hand: everything stands as it did before. Whether there was one. */
  undo() { return exchange(this, "past", "ahead"); },

  /** Makes the change again that was undone last. Whether there was one. */
  redo() { return exchange(this, "ahead", "past"); },
};

for (const [name, value] of Object.entries(EDITS)) {
  Object.defineProperty(KMeans.prototype, name, { value, writable: true, configurable: true });
}
