// Defines <kmeans-board>; importing it twice, or late, does no harm.

import { once } from "./clustering.js";
import { KMeansBoard } from "./kmeans-board-element.js";

export { KMeans, KMeansError } from "./clustering.js";
export { KMeansBoard };

// Not needed for the picture, but for a KMeans to be whole: it comes beside the Wasm, and no board is ready before it.
KMeansBoard.exports = once(() => Promise.all([import("./exports.js"), import("./editing.js")]));

if (!customElements.get("kmeans-board")) customElements.define("kmeans-board", KMeansBoard);

await KMeansBoard.exports().catch(() => {}); // a board will say it
