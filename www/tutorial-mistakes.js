// Mistakes of common implementations, made here on purpose. What is computed in this file, and nowhere else on the site,
// is what those programs compute wrongly; all else is the core's.

import { KMeans } from "./clustering.js";
import { made } from "./lab.js";
import { short } from "./sentences.js";
import { placeOf } from "./tutorial-drag.js";

const $ = (id) => document.getElementById(id);
/** The starts of the three runs whose average is taken. */
const STARTS = [0, 3, 4];

/** The sum of plain distances to the centroids, which k-means does not make small. */
function plainSum({ n, points, labels, centroids }) {
  let sum = 0;
  for (let i = 0; i < n; i += 1) {
    const j = labels[i];
    sum += Math.hypot(points[2 * i] - centroids[2 * j], points[2 * i + 1] - centroids[2 * j + 1]);
  }
  return sum;
}

/** One iteration of a program that forgets a star which no point is nearest to. */
function forgetfulStep(board) {
  if (board.kmeans.converged) return;
  board.seek(board.kmeans.iteration + 0.5);
  const { counts, centroids, seed } = board.kmeans;
  if (counts.includes(0)) board.reseed({ centroids: centroids.filter((_, i) => counts[i >> 1] > 0), seed });
  board.step();
}

/** The centroids of three runs, added up star by star and divided by three. */
async function averaged({ options: { seeding, ...options } }) {
  const boardSeed = options.boardSeed ?? options.seed;
  const runs = await Promise.all(STARTS.map((seed) => KMeans.init({ ...options, centroids: undefined, seeding: seeding ?? "random", boardSeed, seed })));
  const all = runs.map((kmeans) => {
    kmeans.run();
    const { centroids } = kmeans;
    kmeans.free();
    return centroids;
  });
  // The smallest first, so that the same three numbers have the same sum, whichever star has which of them.
  return all[0].map((_, i) => all.map((centroids) => centroids[i]).sort((a, b) => a - b).reduce((sum, value) => sum + value) / all.length);
}

export const ACTS = {
  "both": (board) => {
    forgetfulStep(board);
    $("kept").step();
  },
  "both-reset": async (board) => {
    for (const each of [board, $("kept")]) each.centroids = JSON.parse(each.dataset.centroids);
  },
  /** Plays until the plain sum does not fall. */
  "wrong-sum": (board) => {
    board.seek(0);
    let last = Infinity;
    const end = new AbortController(), { signal } = end;
    board.addEventListener("step", () => {
      const sum = plainSum(board.kmeans);
      if (sum >= last) board.pause();
      last = sum;
    }, { signal });
    board.play();
    board.addEventListener("statechange", () => board.playing || end.abort(), { signal });
  },
  "start": (board, seed) => {
    board.reseed({ k: 3, seeding: "random", seed: Number(seed) });
    board.run();
  },
  "average": async (board) => {
    board.reseed({ centroids: await averaged(board.kmeans), seed: board.kmeans.seed });
    board.seek(0.5);
  },
  /** The same points with the vertical axis in a unit that is so many times smaller. */
  "unit": async (board, times) => {
    board.points = undefined; // those of the attributes again
    const { n, clusters, k, seeding, seed } = board, start = { k, seeding, seed }, asked = { board: board.board, n, clusters, ...start };
    const drawn = await KMeans.init(asked), { points } = drawn;
    drawn.free();
    const scaled = points.map((value, i) => (i % 2 ? value * Number(times) : value));
    await board.init(times === "1" ? asked : { points: scaled, ...start });
    board.run();
  },
};

/** A row for each iteration: the inertia, which falls, and the plain sum, which may not. */
function sums(place, board) {
  const known = new Map(); // by iteration
  let of;
  board.addEventListener("statechange", () => {
    const { kmeans } = board;
    if (!kmeans) return;
    if (of !== kmeans) known.clear();
    of = kmeans;
    if (kmeans.iteration > 0 && kmeans.phase === "assign") known.set(kmeans.iteration, plainSum(kmeans));
    const rows = kmeans.history.slice(0, kmeans.iteration).map(({ iteration, inertia }) => {
      const rises = known.get(iteration) > known.get(iteration - 1);
      const plain = made("td", { textContent: known.has(iteration) ? short(known.get(iteration)) : "–", className: rises ? "rises" : "" });
      if (rises) plain.append(made("span", { className: "visually-hidden", textContent: " rises" }));
      return made("tr", {}, made("td", { textContent: iteration }), made("td", { textContent: short(inertia) }), plain);
    });
    const head = ["Iteration", "Squares", "Distances"].map((textContent) => made("th", { textContent, scope: "col" }));
    place.replaceChildren(made("table", {}, made("thead", {}, made("tr", {}, ...head)), made("tbody", {}, ...rows)));
  });
}

/** The number of each star beside it, so that their order is seen. */
function numbers(place, board) {
  board.addEventListener("statechange", () => {
    const { kmeans } = board;
    if (!kmeans) return;
    place.replaceChildren(...Array.from({ length: kmeans.k }, (_, j) => {
      const [across, down] = placeOf(kmeans, j), number = made("span", { className: "spot letter", textContent: j + 1 });
      // Stars on one spot have their numbers side by side.
      number.style.left = `calc(${100 * across}% + ${18 + 22 * j * isOnFirst(kmeans, j)}px)`;
      number.style.top = `calc(${100 * down}% - 18px)`;
      return number;
    }));
  });
}

const isOnFirst = ({ centroids }, j) => Number(j > 0 && Math.abs(centroids[0] - centroids[2 * j]) < 0.05 && Math.abs(centroids[1] - centroids[2 * j + 1]) < 0.05);

let begun = false;
/** Begins with the table and the numbers, once. */
export function begin() {
  if (begun) return;
  begun = true;
  sums(document.querySelector(".sums"), $("norm-board"));
  numbers(document.querySelector(".numbers"), $("average"));
  for (const id of ["norm-board", "average"]) $(id).ready.then((board) => board.dispatchEvent(new Event("statechange")));
}
