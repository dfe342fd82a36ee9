// The way down: a stair for each half-step, as deep as the inertia that it took away.

import { positionOf } from "./kmeans-board-element.js";
import { axisNumbers, element, ticks } from "./chart.js";
import { short } from "./sentences.js";

const MARGIN = { left: 36, right: 4, top: 8, bottom: 20 };

/** Draws a board's run as stairs in a place, for as long as both are there. */
export function stairs(place, board) {
  const draw = () => {
    const { kmeans } = board, { clientWidth: width, clientHeight: height } = place;
    if (!kmeans || !width) return;
    // The first assign takes nothing away: before it there is no inertia.
    const levels = kmeans.history.flatMap(({ assignedInertia, inertia }) => [assignedInertia, inertia]);
    const now = 2 * positionOf(kmeans);
    const low = Math.min(...levels), high = Math.max(...levels);
    const x = (i) => MARGIN.left + (i / Math.max(levels.length, 2)) * (width - MARGIN.left - MARGIN.right);
    const y = (value) => MARGIN.top + (high === low ? 0.5 : (high - value) / (high - low)) * (height - MARGIN.top - MARGIN.bottom);
    const round = levels.length ? ticks(low, high) : [], words = axisNumbers(round);
    const rules = round.map((level, i) =>
      element("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(level), y2: y(level) }) +
      element("text", { x: MARGIN.left - 6, y: y(level) + 4, "text-anchor": "end" }, words[i]));
    const numbers = levels.filter((_, i) => i % 2 === 1).map((_, i) =>
      element("text", { x: x(2 * i + 1), y: height - 4, "text-anchor": "middle" }, i + 1));
    const treads = levels.map((level, i) => {
      const ahead = i >= now ? " ahead" : "", drop = i ? element("path", { class: `${i % 2 ? "update" : "assign"}${ahead}`, d: `M${x(i)} ${y(levels[i - 1])}V${y(level)}` }) : "";
      return element("path", { class: `tread${ahead}`, d: `M${x(i)} ${y(level)}H${x(i + 1)}` }) + drop;
    });
    const end = levels.length ? `, from ${short(levels[0])} to ${short(levels.at(-1))}` : "";
    place.innerHTML = `<svg role="img" aria-label="Inertia after each half-step${end}: it never rises">${rules.join("")}${numbers.join("")}${treads.join("")}</svg>`;
  };
  board.addEventListener("statechange", draw);
  board.ready.then(draw, () => {});
  new ResizeObserver(draw).observe(place);
}
