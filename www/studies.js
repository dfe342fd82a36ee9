// Studies of a board, which take long: done in parts by workers, as many as the machine has cores; where there are none
// to be had, as in a page from a disk or under a strict policy, in slices between which the page goes on.

import { KMeans, KMeansError, SEED_LIMIT, SPELL, WHILE_MAKING, asOurs, blueprintOf, breath, checkFollowing, enlarged, given, integer, loadLarge, string } from "./clustering.js";
import { startWorker } from "./workers.js";

/** The worker's script; undefined where everything is in one file. */
const SCRIPT = new URL("./study-worker.js", import.meta.url);
/** How long a worker without work is kept, in milliseconds. */
const KEPT = 10_000;
/** So many points, the workers' copies of the board together, are held at most, if one of them holds fewer. */
const MOST_POINTS = 8_000_000;
/** As many workers as anybody may ask for. */
const MOST_WORKERS = 1024;
/** How often it is told how far a study has come, in milliseconds. */
const OFTEN = 100;

// --- workers ---

const resting = new Set();
let canHaveWorkers = globalThis.Worker !== undefined && SCRIPT !== undefined;

/** A worker and what it has: the board it knows by its key, the study it is at, and who waits for its parts, in turn. */
class Hand {
  #worker = startWorker(SCRIPT);
  #board;
  #job;
  #waiting = [];
  #timer;

  constructor() {
    this.#worker.onmessage = ({ data: { result, error } }) => {
      const { resolve, reject } = this.#waiting.shift();
      if (error) reject(error.code ? new KMeansError(error.message, error.code) : new Error(error.message));
      else resolve(result);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault?.();
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(event.message ?? "the worker could not be started"));
    };
  }

  /** What a part comes to. A worker that is lost rejects with no KMeansError. */
  do(job, part) {
    const isNewBoard = this.#board !== job.board, isNewJob = isNewBoard || this.#job !== job;
    this.#board = job.board;
    this.#job = job;
    this.#worker.postMessage({ board: isNewBoard ? job.board : undefined, call: isNewJob ? job.call : undefined, part });
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Waits for other work, but not for ever. */
  rest() {
    this.#job = undefined;
    resting.add(this);
    this.#timer = setTimeout(() => this.end(), KEPT);
  }

  wake() {
    clearTimeout(this.#timer);
    resting.delete(this);
    return this;
  }

  end() {
    this.wake();
    this.#worker.terminate();
  }

  knows(board) { return this.#board === board; }
}

/** A worker that rests, one that knows the board if there is one; else a new one. */
function hire(board) {
  const known = [...resting].find((hand) => hand.knows(board)) ?? [...resting][0];
  return known?.wake() ?? new Hand();
}

/** The workers for a job; none where there can be none. */
function crewFor({ board, parts }) {
  const most = integer("KMeans.workers", KMeans.workers, 0, MOST_WORKERS);
  const size = canHaveWorkers ? Math.min(most, parts, Math.max(1, Math.floor(MOST_POINTS / board.n))) : 0;
  try {
    return Array.from({ length: size }, () => hire(board));
  } catch {
    canHaveWorkers = false;
    return [];
  }
}

// --- a study's parts ---

/** A study that is being done: its parts are handed out, and what they came to is taken in. */
class Job {
  #study;
  #signal;
  #tell;
  #left;
  #done = 0;
  #told = 0;
  #pauseAt = 0;

  constructor(study, board, call, { signal, onProgress }) {
    this.#study = study;
    this.board = board;
    this.call = call;
    this.parts = study.parts();
    this.#signal = signal;
    this.#tell = onProgress;
    this.#left = Array.from({ length: this.parts }, (_, i) => this.parts - 1 - i);
  }

  /** A worker does one part after the other until so many are left; returns whether it could: if not, others do what it did not. */
  async giveTo(hand, least = 0) {
    while (this.#left.length > least) {
      const part = this.#left.pop();
      let result;
      try {
        result = await hand.do(this, part);
      } catch (error) {
        if (error instanceof KMeansError) throw error;
        this.#left.push(part);
        return false;
      }
      this.#take(part, result);
    }
    return true;
  }

  /** What no worker did is done here. */
  async doHere() {
    this.#pauseAt = performance.now() + SPELL;
    while (this.#left.length) {
      const part = this.#left.pop();
      this.#take(part, await this.#inSlices(this.#study.part(part)));
    }
  }

  async #inSlices(part) {
    try {
      for (;;) {
        const result = part.advance();
        if (result) return result;
        if (performance.now() < this.#pauseAt) continue;
        await breath();
        this.#signal?.throwIfAborted();
        this.#pauseAt = performance.now() + SPELL;
      }
    } finally {
      part.free();
    }
  }

  #take(part, result) {
    this.#study.take(part, result);
    this.#done += 1;
    const now = performance.now();
    if (!this.#tell || this.#signal?.aborted || (now - this.#told < OFTEN && this.#done < this.parts)) return;
    this.#told = now;
    this.#tell(this.#done / this.parts, outcomeOf(this.#study));
  }
}

/** All parts of a job, by workers and, where there are none or they fail, here. */
async function complete(job, signal) {
  const crew = crewFor(job), over = new AbortController();
  const given = new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason), { signal: over.signal }));
  try {
    // Each has a part, and as long as there are enough for all a second one: it is at that while its answer is on its way.
    const turns = [0, crew.length].map((least) => Promise.all(crew.map((hand) => job.giveTo(hand, least))));
    const [first, second] = await Promise.race([given, Promise.all(turns)]);
    crew.forEach((hand, i) => (first[i] && second[i] ? hand.rest() : hand.end()));
    if (crew.length && !first.includes(true)) canHaveWorkers = false; // nor would the next study have any
  } catch (error) {
    for (const hand of crew) hand.end();
    throw error;
  } finally {
    over.abort();
  }
  await job.doHere();
}

/** What a study has found, as callers get it: optima come from the core column by column. */
function outcomeOf(study) {
  const found = study.outcome();
  if (!found.optima) return found;
  const { inertias, runs, seeds, centroids } = found.optima, width = centroids.length / runs.length;
  const optima = Array.from(runs, (_, i) => ({ inertia: inertias[i], runs: runs[i], seed: seeds[i], centroids: centroids.slice(i * width, (i + 1) * width) }));
  return { ...found, optima, best: optima[0] };
}

/** A study of a kind, with these values, of a clustering's board. */
async function studied(kmeans, call, following) {
  const board = blueprintOf(kmeans);
  const clustering = await enlarged(kmeans);
  let study;
  try {
    following.signal?.throwIfAborted();
    const { Study } = await loadLarge();
    study = Study[call.kind](clustering, ...call.values);
    await complete(new Job(study, board, call, following), following.signal);
    return outcomeOf(study);
  } catch (error) {
    throw asOurs(error);
  } finally {
    study?.free();
    clustering.free();
  }
}

/**
 * Runs k-means from many starts on a board. With `{ runs = 1000, seeding, seed, signal, onProgress }`, where `seeding` and
 * `seed` are those of the clustering if not given ("random" for one that was given its centroids); the run after takes
 * the seed after. Resolves with
 *
 *     { inertias, iterations, places, optima: [{ inertia, runs, seed, centroids }], best }
 *
 * `inertias` and `iterations` have a number for each run, `places` its optimum's place among `optima`. Runs that end in
 * the same partition of the points are of one optimum; the best comes first, and is `best`. `seed` is that of the first
 * run that ended there: `reseed({ seeding, seed })` and `run()` go there again.
 *
 * `onProgress(share, soFar)` is called some ten times a second, `soFar` being like the result; `signal`, an AbortSignal,
 * ends it at once. The result is the same to the bit with any number of workers.
 */
export async function restarts(kmeans, options) {
  const { signal, onProgress, ...asked } = given(options, ["runs", "seeding", "seed", ...WHILE_MAKING]);
  checkFollowing({ signal, onProgress });
  const { runs = 1000, seeding = kmeans.options.seeding ?? "random", seed = kmeans.seed } = asked;
  const values = [
    kmeans.k,
    string("seeding", seeding),
    integer("runs", runs, 0, SEED_LIMIT),
    integer("seed", seed, 0, SEED_LIMIT),
  ];
  return studied(kmeans, { kind: "restarts", values }, { signal, onProgress });
}

/**
 * Clusters a board with every k up to `kMax` and asks a method which k fits it. With `{ method = "gap", kMax = 10,
 * references = 50, runs = 10, seed, signal, onProgress }`: methods are "gap", "f(K)", "silhouette" and "elbow"; with each k
 * the best of `runs` greedy k-means++ runs counts, on the board and on each of the `references`, boards without clusters
 * that the gap statistic compares it with; `seed` is that of the clustering if not given. Resolves with
 *
 *     { method, curve: [{ k, value, error, inertia, seed }], choices: [{ rule, k }] }
 *
 * `value` is what the method says of k and `error` its standard error, NaN where there is none: see the crate's
 * `Evaluated`. `reseed({ k, seeding: "greedy-k-means++", seed })` and `run()` go to that clustering. The gap's rows have
 * `logW`, `referenceLogW` and `bar` too, which is Gap(k) − (Gap(k + 1) − s(k + 1)). A rule that finds no k has null.
 *
 * The rest is as in `restarts`; `soFar` has no choices.
 */
export async function chooseK(kmeans, options) {
  const { signal, onProgress, ...asked } = given(options, ["method", "kMax", "references", "runs", "seed", ...WHILE_MAKING]);
  checkFollowing({ signal, onProgress });
  const { method = "gap", kMax = 10, references = 50, runs = 10, seed = kmeans.seed } = asked;
  const values = [
    string("method", method),
    ...Object.entries({ kMax, references, runs }).map(([name, value]) => integer(name, value, 0, SEED_LIMIT)),
    integer("seed", seed, 0, SEED_LIMIT),
  ];
  return studied(kmeans, { kind: "selection", values }, { signal, onProgress });
}

/** The methods that `chooseK` knows: name, title, a sentence, a source, and the rules that read a k off each curve. */
export async function methods() {
  return (await loadLarge()).methods();
}

/** The points of a reference of the gap statistic, from 0 on: `[x0, y0, x1, y1, …]`. */
export async function reference(kmeans, seed, index) {
  const clustering = await enlarged(kmeans);
  try {
    return clustering.reference(integer("seed", seed, 0, SEED_LIMIT), integer("index", index, 0, SEED_LIMIT));
  } finally {
    clustering.free();
  }
}
