// A look at another clustering of the board on screen: it is laid over the board for as long as the reader points at
// something that stands for it, and the board itself knows nothing of it.

import { KMeans } from "./clustering.js";
import { boardOf } from "./lab.js";
import { colourOf } from "./kmeans-board-element.js";

const STYLE = "position: absolute; inset: 0; width: 100%; height: 100%; border-radius: var(--kmeans-board-radius, 6px); pointer-events: none";

/** So many points, or fewer, are clustered anew for a look without anybody noticing. */
const QUICK = 300_000;

/** Paints a clustering as it stands in a canvas of that side, in CSS pixels, with the look of a board. */
export function paint(kmeans, canvas, size, board) {
  kmeans.hold();
  const side = Math.round(size * devicePixelRatio);
  canvas.width = canvas.height = side;
  const style = getComputedStyle(board.shadowRoot.querySelector("canvas"));
  const look = {
    size, scale: side / size, background: colourOf(style.backgroundColor), ink: colourOf(style.color),
    cells: board.voronoi, trails: false,
  };
  canvas.style.background = style.backgroundColor;
  while (!kmeans.paint(canvas.getContext("2d"), look));
}

export class Peek {
  #board;
  #canvas;
  #kmeans;
  #of;
  #asked;

  constructor(board) {
    this.#board = board;
    this.#canvas = Object.assign(document.createElement("canvas"), { ariaHidden: "true", className: "peek", hidden: true });
    this.#canvas.style.cssText = STYLE;
    board.parentElement.style.position = "relative";
    board.after(this.#canvas);
  }

  /** Lays over the board what a start, as `KMeans.reseed` takes it, comes to. */
  async show(start) {
    const asked = this.#asked = {};
    if (!this.isQuick) return;
    const kmeans = await this.#clustering();
    if (this.#asked !== asked) return;
    this.#paint(kmeans, start, this.#canvas, this.#board.getBoundingClientRect().width);
    this.#canvas.hidden = false;
  }

  /** Paints what a start comes to in another canvas of that side, in CSS pixels. */
  async picture(start, canvas, size) {
    if (this.isQuick) this.#paint(await this.#clustering(), start, canvas, size);
  }

  /** Whether the board is small enough to be clustered again for a look. */
  get isQuick() { return this.#board.kmeans?.n <= QUICK; }

  /** Takes it away. */
  end() {
    this.#asked = undefined;
    this.#canvas.hidden = true;
  }

  /** A clustering of the points on screen, the same one as long as they are the same. */
  async #clustering() {
    const { kmeans } = this.#board, of = boardOf(kmeans);
    if (this.#of === of) return this.#kmeans;
    const made = await KMeans.init({ ...kmeans.options, k: 1, seeding: "random", centroids: undefined });
    if (this.#of !== of) {
      this.#kmeans?.free();
      this.#kmeans = made;
      this.#of = of;
    } else if (this.#kmeans !== made) made.free(); // two looks at once
    return this.#kmeans;
  }

  #paint(kmeans, start, canvas, size) {
    kmeans.reseed(start);
    kmeans.run();
    paint(kmeans, canvas, size, this.#board);
  }
}
