// The chart of inertia by iteration: a line that follows the timeline and can be scrubbed.

import { positionOf } from "./kmeans-board-element.js";
import { short } from "./sentences.js";

const MARGIN = { left: 52, right: 8, top: 10, bottom: 24 };

/** Inertia after each half-step: the first assign stands at ½, the first update at 1 and so on. */
const curve = ({ history }) => history.flatMap(({ assignedInertia, inertia }) => [assignedInertia, inertia]);

/** Round numbers from low to high: at least two, if not about so many. */
export function ticks(low, high, count = 2) {
  const rough = (high - low) / count || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].findLast((factor) => factor * power <= rough);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

const UNITS = ["", "K", "M", "B", "T"];

/** From one of the round numbers to the next: 1, 2 or 5 times a power of ten, without what rounding left. */
export const stepOf = ([first, second]) => Number(Math.abs(second - first).toPrecision(1));

/** The numbers of an axis, all with as many decimals as tell them apart, large ones in thousands, millions and so on. */
export function axisNumbers(values, useGrouping = true) {
  const most = Math.max(0, ...values.map(Math.abs)), step = stepOf(values) || most || 1;
  const power = most >= 1e5 || (most && most < 1e-3) ? 3 * Math.floor(Math.log10(most) / 3 + 1e-9) : 0;
  const digits = Math.min(Math.max(0, Math.ceil(power - Math.log10(step) - 1e-9)), 12);
  const unit = UNITS[power / 3] ?? `e${power}`;
  const format = new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping });
  return values.map((value) => (value ? format.format(value / 10 ** power) + unit : "0").replaceAll("-", "\u2212"));
}

/** The markup of an element. */
export const element = (name, attributes, text = "") =>
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

  /** Draws the curves, the first one in the accent; each is seen up to where it stands and faint ahead. */
  draw(kmeanses) {
    const curves = kmeanses.map((kmeans) => ({ values: curve(kmeans), now: positionOf(kmeans), inertia: kmeans.inertia }));
    const all = curves.flatMap(({ values, now, inertia }) => (now ? [...values, inertia] : values));
    if (curves.length > 1) all.push(0); // what two boards have in common
    const { clientWidth: width, clientHeight: height } = this.#place;
    const [low, high] = all.length ? [Math.min(...all), Math.max(...all)] : [0, 1];
    this.#last = Math.max(1, ...curves.map(({ values, now }) => Math.max(values.length / 2, now)));
    const x = (i) => MARGIN.left + (i / this.#last) * (width - MARGIN.left - MARGIN.right);
    const y = (v) => MARGIN.top + (high === low ? 0.5 : (high - v) / (high - low)) * (height - MARGIN.top - MARGIN.bottom);
    const lines = curves.map((each, i) => this.#line(each, x, y, i)).reverse();
    this.#show(this.#axes(all.length ? ticks(low, high) : [], x, y, width, height) + lines.join(""));
    const [first] = curves;
    this.#place.firstChild.setAttribute("aria-label", first.values.length
      ? `Inertia by iteration, from ${short(first.values[0])} to ${short(first.values.at(-1))}` : "Inertia by iteration");
  }

  #show(marks) {
    if (marks !== this.#marks) this.#place.firstChild.innerHTML = this.#marks = marks;
  }

  #axes(levels, x, y, width, height) {
    const words = axisNumbers(levels);
    const rules = levels.map((level, i) =>
      element("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(level), y2: y(level) }) +
      element("text", { x: MARGIN.left - 8, y: y(level) + 4, "text-anchor": "end" }, words[i]));
    const every = Math.max(1, Math.ceil(this.#last / 6));
    const last = Math.floor(this.#last);
    const regular = Array.from({ length: Math.ceil((last - every / 2) / every) }, (_, i) => i * every);
    const numbers = [...regular, last].map((at) =>
      element("text", { x: x(at), y: height - 4, "text-anchor": "middle" }, at));
    return rules.join("") + numbers.join("");
  }

  #line({ values, now, inertia }, x, y, i) {
    const at = (index) => (index + 1) / 2;
    const points = values.map((value, index) => `${x(at(index)).toFixed(1)},${y(value).toFixed(1)}`);
    const here = now ? `${x(now).toFixed(1)},${y(inertia).toFixed(1)}` : "";
    const name = i === 0 ? "line" : "line beside";
    const dot = i === 0 ? "dot" : "beside-dot";
    const dots = values.length > 120 ? "" : values.map((value, index) => (index % 2 === 0 ? "" :
      element("circle", { class: `${dot}${at(index) > now ? " ahead" : ""}`, cx: x(at(index)), cy: y(value), r: 2.5 }))).join("");
    const marker = now ? element("circle", { class: dot, cx: x(now), cy: y(inertia), r: 5 }) : "";
    const done = Math.floor(2 * now);
    return element("polyline", { class: `${name} ahead`, points: [here, ...points.slice(done)].join(" ") }) +
      element("polyline", { class: name, points: [...points.slice(0, Math.max(0, done - 1)), here].join(" ") }) + dots + marker;
  }
}
