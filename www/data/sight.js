// A picture as its pixels become points: a slider for what counts as dark, a preview, and stars where the reader clicks.

import { colourOf } from "../kmeans-board-element.js";
import { made } from "../sharing.js";
import { countOf, placesOf, thresholdOf } from "./picture.js";

/** The widest that a picture is shown, in CSS pixels. */
const WIDEST = 560, HIGHEST = 360;
/** How near a click takes a star away, in CSS pixels, and how large one is. */
const NEAR = 14, STAR = 9;

export class Sight {
  #picture;
  #tell;
  #threshold;
  #isDark;
  #marks = []; // [x, y] in pixels of what is looked at, from the upper left
  #canvas;
  #pixels;

  /** `tell(n, marks)` is called with how many pixels are chosen and, after a click, how many stars there are. */
  constructor(picture, tell) {
    [this.#picture, this.#tell] = [picture, tell];
    this.#threshold = thresholdOf(picture.bright);
    // What there is less of is what is looked for.
    this.#isDark = countOf(picture, this.#threshold, true) <= picture.bright.length / 2;
    const { columns, rows } = picture, share = Math.min(1, WIDEST / columns, HIGHEST / rows), zoom = columns < 200 ? Math.min(2, WIDEST / columns) : share;
    this.#canvas = made("canvas", { width: columns, height: rows });
    this.#canvas.style.width = `${Math.round(columns * zoom)}px`;
    this.#canvas.style.aspectRatio = `${columns} / ${rows}`;
    this.#canvas.setAttribute("role", "img");
    this.#canvas.addEventListener("click", (event) => this.#click(event));
    this.element = made("div", { className: "sight" }, this.#canvas);
    const input = made("input", { type: "range", min: 1, max: 255, value: this.#threshold });
    input.addEventListener("input", () => {
      this.#threshold = Number(input.value);
      this.draw();
    });
    this.slider = made("div", { className: "row" }, made("label", {}, "Brightness", input));
    this.#pixels = new ImageData(columns, rows);
  }

  get isDark() { return this.#isDark; }
  set isDark(value) {
    this.#isDark = value;
    this.draw();
  }

  /** How many stars there are. */
  get marks() { return this.#marks.length; }

  #click({ clientX, clientY }) {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect(), { columns, rows } = this.#picture;
    const x = ((clientX - left) / width) * columns, y = ((clientY - top) / height) * rows, near = (NEAR * columns) / width;
    const at = this.#marks.findIndex(([u, v]) => Math.hypot(u - x, v - y) < near);
    if (at < 0) this.#marks.push([x, y]);
    else this.#marks.splice(at, 1);
    this.draw(true);
  }

  /** The picture, pale, with the chosen pixels in the accent and the stars on top. */
  draw(isClick = false) {
    const { bright, columns } = this.#picture, { data } = this.#pixels, context = this.#canvas.getContext("2d");
    const colour = colourOf(getComputedStyle(this.#canvas).color), [red, green, blue] = [colour >> 16, (colour >> 8) & 255, colour & 255];
    for (let i = 0; i < bright.length; i += 1) {
      const isChosen = (bright[i] < this.#threshold) === this.#isDark, pale = 140 + bright[i] * 0.45;
      data[4 * i] = isChosen ? red : pale;
      data[4 * i + 1] = isChosen ? green : pale;
      data[4 * i + 2] = isChosen ? blue : pale;
      data[4 * i + 3] = 255;
    }
    context.putImageData(this.#pixels, 0, 0);
    const unit = columns / (this.#canvas.getBoundingClientRect().width || columns);
    for (const mark of this.#marks) star(context, mark, STAR * unit);
    const n = countOf(this.#picture, this.#threshold, this.#isDark), { length } = this.#marks;
    this.#canvas.setAttribute("aria-label", `The picture, ${n} pixels of it chosen, ${length} ${length === 1 ? "star" : "stars"}`);
    this.#tell(n, isClick ? length : 0);
  }

  /** The chosen pixels as own points, and the stars as their start. */
  own(title) {
    const { step, rows } = this.#picture, { x, y } = placesOf(this.#picture, this.#threshold, this.#isDark);
    const start = this.#marks.length ? Float64Array.from(this.#marks.flatMap(([u, v]) => [u * step, (rows - v) * step])) : undefined;
    return { title, columns: [x, y], start, axes: [{ name: "pixels from the left", offset: 0, factor: 1 }, { name: "pixels from below", offset: 0, factor: 1 }] };
  }
}

function star(context, [x, y], radius) {
  context.beginPath();
  for (let corner = 0; corner < 10; corner += 1) {
    const length = corner % 2 ? radius * 0.45 : radius, angle = (corner * Math.PI) / 5 - Math.PI / 2;
    context.lineTo(x + length * Math.cos(angle), y + length * Math.sin(angle));
  }
  context.closePath();
  context.lineWidth = radius / 3;
  context.strokeStyle = "white";
  context.stroke();
  context.fillStyle = "#1d1f24";
  context.fill();
}
