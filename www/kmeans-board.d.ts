// The types of kmeans-board.js: importing it defines <kmeans-board>.

import type { KMeansBoard } from "./kmeans-board-element.js";

export { KMeans, KMeansError } from "./kmeans.js";
export type * from "./kmeans.js";
export * from "./kmeans-board-element.js";

declare global {
  interface HTMLElementTagNameMap {
    "kmeans-board": KMeansBoard;
  }
}
