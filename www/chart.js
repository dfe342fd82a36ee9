// The chart of inertia by iteration: a line that follows the timeline and can be scrubbed.

import { short } from "./sentences.js";

const MARGIN = { left: 52, right: 8, top: 10, bottom: 24 };

/** Inertia at each iteration; at 0, what the start is worth: the inertia of the first assign. */
function curve(kmeans) {
  const history = kmeans.history;
  return history.length ? [history[0].assignedInertia, ...history.map(({ inertia }) => inertia)] : [];
}

/** About three round numbers from low to high. */
function ticks(low, high) {
  const rough = (high - low) / 2 || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].findLast((factor) => factor * power <= rough);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

const element = (name, attributes, text = "") =>
  `<${name} ${Object.entries(attributes).map(([key, value]) => `${key}="${value}"`).join(" ")}>${text}</${name}>`;

/** Makes the chart in a place; `scrub(iteration)` is called where the reader points. */
export class Chart {
  #place;
  #last = 1;
  #marks = "";

  constructor(place, scrub) {
    this.#place = place;
    place.innerHTML = `<svg role="img"></svg>`;
    const at = (event) => {
      const { left, width } = place.getBoundingClientRect();
      const share = (event.clientX - left - MARGIN.left) / (width - MARGIN.left - MARGIN.right);
      scrub(Math.round(Math.min(Math.max(share, 0), 1) * this.#last));
    };
    const svg = place.firstChild;
    svg.addEventListener("pointerdown", (event) => {
      svg.setPointerCapture(event.pointerId);
      at(event);
    });
    svg.addEventListener("pointermove", (event) => svg.hasPointerCapture(event.pointerId) && at(event));
  }

  /** Draws the curves, the first one in the accent; each is seen up to its iteration and faint ahead. */
  draw(kmeanses) {
    const curves = kmeanses.map((kmeans) => ({ values: curve(kmeans), iteration: kmeans.iteration }));
    const all = curves.flatMap(({ values }) => values);
    const { clientWidth: width, clientHeight: height } = this.#place;
    const [low, high] = all.length ? [Math.min(...all), Math.max(...all)] : [0, 1];
    this.#last = Math.max(1, ...curves.map(({ values }) => values.length - 1));
    const x = (i) => MARGIN.left + (i / this.#last) * (width - MARGIN.left - MARGIN.right);
    const y = (v) => MARGIN.top + (high === low ? 0.5 : (high - v) / (high - low)) * (height - MARGIN.top - MARGIN.bottom);
    const lines = curves.map(({ values, iteration }, i) => this.#line(values, iteration, x, y, i)).reverse();
    this.#show(this.#axes(all.length ? ticks(low, high) : [], x, y, width, height) + lines.join(""));
    const [first] = curves;
    this.#place.firstChild.setAttribute("aria-label", first.values.length
      ? `Inertia by iteration, from ${short(first.values[0])} to ${short(first.values.at(-1))}` : "Inertia by iteration");
  }

  #show(marks) {
    if (marks !== this.#marks) this.#place.firstChild.innerHTML = this.#marks = marks;
  }

  #axes(levels, x, y, width, height) {
    const rules = levels.map((level) =>
      element("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(level), y2: y(level) }) +
      element("text", { x: MARGIN.left - 8, y: y(level) + 4, "text-anchor": "end" }, short(level)));
    const every = Math.max(1, Math.ceil(this.#last / 6));
    const numbers = Array.from({ length: Math.floor(this.#last / every) + 1 }, (_, i) =>
      element("text", { x: x(i * every), y: height - 4, "text-anchor": "middle" }, i * every));
    return rules.join("") + numbers.join("");
  }

  #line(values, iteration, x, y, i) {
    const points = values.map((value, at) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`);
    const name = i === 0 ? "line" : "line beside";
    const dot = i === 0 ? "dot" : "beside-dot";
    const dots = values.length > 60 ? "" : values.map((value, at) =>
      element("circle", { class: `${dot}${at > iteration ? " ahead" : ""}`, cx: x(at), cy: y(value), r: at === iteration ? 5 : 2.5 })).join("");
    const now = values.length > 60 ? element("circle", { class: dot, cx: x(iteration), cy: y(values[iteration]), r: 5 }) : "";
    return element("polyline", { class: `${name} ahead`, points: points.slice(iteration).join(" ") }) +
      element("polyline", { class: name, points: points.slice(0, iteration + 1).join(" ") }) + dots + now;
  }
}
