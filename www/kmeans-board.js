// Defines <kmeans-board>; importing it twice, or late, does no harm.

import { KMeansBoard } from "./kmeans-board-element.js";

export { KMeans, KMeansError } from "./kmeans.js";
export { KMeansBoard };

if (!customElements.get("kmeans-board")) customElements.define("kmeans-board", KMeansBoard);
