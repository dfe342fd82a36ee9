// The state of the playground as an address's fragment, and back; and the addresses of the article's five figures.

import { KMeans } from "./clustering.js";
import { camel } from "./kmeans-board-element.js";

const INTEGERS = ["n", "clusters", "k", "seed", "board-seed"];
const WORDS = ["board", "seeding", "beside", "pane", "kept", "points"];
const SWITCHED_OFF = ["cells", "trails"]; // shown unless the address says 0

/** The state that a fragment asks for; what it does not name is undefined, what is no number stays text. */
export function read(fragment) {
  const asked = new URLSearchParams(fragment.replace(/^#/, ""));
  const number = (name) => {
    const text = asked.get(name) ?? undefined;
    return text && !isNaN(text) ? Number(text) : text;
  };
  const state = {};
  for (const name of INTEGERS) state[camel(name)] = number(name);
  for (const name of WORDS) state[name] = asked.get(name) ?? undefined;
  for (const name of SWITCHED_OFF) state[name] = asked.get(name) !== "0";
  state.halfSteps = asked.get("half-steps") === "1";
  state.speed = number("speed");
  state.iteration = number("i");
  return state;
}

/** The fragment that says all of a state. */
export function written(state) {
  const asked = new URLSearchParams();
  for (const name of [...WORDS, ...INTEGERS]) {
    if (state[camel(name)] !== undefined) asked.set(name, state[camel(name)]);
  }
  for (const name of SWITCHED_OFF) if (!state[name]) asked.set(name, "0");
  if (state.halfSteps) asked.set("half-steps", "1");
  if (state.speed !== undefined && state.speed !== 1) asked.set("speed", state.speed);
  if (state.iteration !== undefined) asked.set("i", state.iteration);
  return `#${asked}`;
}

const { board, n, k, seeding, seed } = read(document.getElementById("board").dataset.opening);

/** Title, a word more, and the state; the first is what the page opens on. */
export const FIGURES = [
  { title: "100 points, 7 clusters", more: "uniform", state: { board, n, k, seeding, seed } },
  { title: "200 points, 3 clusters", more: "and more iterations", state: { board: "uniform", n: 200, k: 3, seeding: "random", seed: 46 } },
  { title: "Gaussian clouds", more: "200 points, K = 3", state: { board: "gauss", n: 200, clusters: 3, k: 3, seeding: "random", seed: 54 } },
  { title: "A bad start", more: "and what k-means++ makes of it", state: { board: "peaked", n: 300, clusters: 5, k: 5, seeding: "random", seed: 1792, beside: "k-means++" } },
  { title: "A dense board", more: "its Voronoi cells", state: { board: "dense", n: 10000, k: 16, seeding: "random", seed: 17 } },
];

/** Whether the page's address asks for nothing. */
export const isBare = () => location.hash.length < 2;

/** The state that the page's address asks for; without one, the first figure. */
export const asked = () => (isBare() ? FIGURES[0].state : read(location.hash));

/** A state with the points of the reader's own that its address names. */
export async function whole(state) {
  return !state.own && (state.points || state.kept) ? { ...state, beside: undefined, own: await (await import("./own-data.js")).brought(state) } : state;
}

/** The options of a state; a board that is not made of clusters is not asked for any. */
export function options({ board, n, clusters, k, seeding, seed, boardSeed, own }) {
  if (own) return { points: own.points, seed, ...(seeding || own.centroids?.length !== 2 * k ? { k, seeding } : { centroids: own.centroids }) };
  const info = KMeans.boards.find(({ name }) => name === board);
  return { board, n, clusters: info && info.clusters === undefined ? undefined : clusters, k, seeding, seed, boardSeed };
}
