// What the axes of the reader's own points mean, around the board: names, ticks in the units of the columns, and the row
// behind a point that is pointed at. The board itself stays as it is.

import { element, ticks } from "./chart.js";
import { seen } from "./clustering.js";

const STYLE = `
#boards.axes { position: relative; padding: 0 0 44px 60px; }
#boards .scales { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; pointer-events: none; stroke-width: 1; stroke: var(--edge); }
#boards .scales text { font-size: 12px; fill: var(--soft); stroke: none; }
#boards .scales .name { fill: var(--ink); font-size: 13px; }
#boards .row-of { position: absolute; z-index: 1; max-width: min(280px, 90%); padding: 8px 12px; font-size: 13px; line-height: 18px; pointer-events: none; color: var(--ink); background: var(--paper); border: 1px solid var(--edge); border-radius: 6px; overflow-wrap: anywhere; }
#boards .row-of strong { font-weight: 600; }
#boards .row-of span { display: block; }
@media (max-width: 900px), (max-width: 1100px) and (max-height: 600px) {
  #boards.axes { padding-right: 16px; }
}
`;
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
document.adoptedStyleSheets.push(sheet);

/** The room for ticks and names, in CSS pixels: left of the board and below. */
const LEFT = 60, BELOW = 44;
/** Ticks are about so far apart, in CSS pixels. */
const APART = 80;
/** So near the pointer has to be, in CSS pixels. */
const NEAR = 8, NEAR_FINGER = 22;
/** As many columns as are shown of a row. */
const MOST_FIELDS = 12;
const LONGEST = 60;

const place = document.getElementById("boards");
const scales = place.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
scales.setAttribute("class", "scales");
scales.setAttribute("role", "img");
const note = place.appendChild(Object.assign(document.createElement("div"), { className: "row-of", hidden: true }));

let board, own;

const escaped = (text) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt()};`);
const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** Numbers of an axis, all with as many decimals as tell them apart. */
function written(values) {
  const step = Math.abs(values[1] - values[0]) || Math.abs(values[0]) || 1;
  const most = Math.max(...values.map(Math.abs));
  if (most >= 1e9 || most < 1e-4) return values.map((value) => String(Number(value.toPrecision(6))));
  const digits = Math.min(Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)), 12);
  const format = new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: most >= 10_000 });
  return values.map((value) => format.format(value === 0 ? 0 : value).replace("-", "\u2212"));
}

/** Shows them for own points, or takes them away where there are none with axes. */
export function show(on, points) {
  if (own === points) return;
  [board, own] = [on, points];
  note.hidden = true;
  place.classList.toggle("axes", Boolean(own?.axes));
  scales.toggleAttribute("hidden", !own?.axes);
  draw();
}

function draw() {
  scales.innerHTML = "";
  if (!own?.axes || !board.kmeans) return;
  const { left, top, side } = seen(board.kmeans), size = board.clientWidth;
  const [across, up] = own.axes;
  const valueOf = ({ offset, factor }, value) => offset + factor * value;
  const at = (axis, low, high) => {
    const [from, to] = [valueOf(axis, low), valueOf(axis, high)];
    const values = ticks(from, to, size / APART);
    const texts = written(values);
    return values.map((value, i) => [((value - from) / (to - from)) * size, texts[i]]);
  };
  const text = (x, y, anchor, words, more = {}) => element("text", { x, y, "text-anchor": anchor, ...more }, escaped(words));
  const marks = [
    ...at(across, left, left + side).map(([x, words]) => element("path", { d: `M${LEFT + x} ${size}v5` }) + text(LEFT + x, size + 18, "middle", words)),
    ...at(up, top - side, top).map(([y, words]) => element("path", { d: `M${LEFT} ${size - y}h-5` }) + text(LEFT - 8, size - y + 4, "end", words)),
    text(LEFT + size / 2, size + BELOW - 8, "middle", cut(across.name, size / 7), { class: "name" }),
    text(0, 0, "middle", cut(up.name, size / 7), { class: "name", transform: `translate(12 ${size / 2}) rotate(-90)` }),
  ];
  scales.innerHTML = marks.join("");
  scales.setAttribute("aria-label", `Across: ${across.name}. Up: ${up.name}.`);
}

// --- the row behind a point ---

/** The point nearest to a place on the board, in CSS pixels, if one is near enough; and how many more are there. */
function pointAt(x, y, near) {
  const { points } = own, { left, top, side } = seen(board.kmeans), unit = board.clientWidth / side;
  const [px, py] = [left + x / unit, top - y / unit];
  let best = (near / unit) ** 2, found = -1;
  for (let i = 0; i < points.length; i += 2) {
    const dx = points[i] - px;
    if (dx * dx > best) continue;
    const dy = points[i + 1] - py, distance = dx * dx + dy * dy;
    if (distance < best || (distance === best && found < 0)) [best, found] = [distance, i];
  }
  if (found < 0) return undefined;
  let more = -1;
  for (let i = 0; i < points.length; i += 2) if (points[i] === points[found] && points[i + 1] === points[found + 1]) more += 1;
  return { i: found / 2, more };
}

/** The row of a point as pairs of a name and a value: from the file where it is at hand, else the two columns. */
async function fieldsOf(i) {
  const { source, rows, axes, columns } = own;
  const two = axes.map(({ name }, axis) => [name, String(columns[axis][i])]);
  if (!source) return two;
  const { fieldsOfRow } = await import("./data/rows.js");
  return (await fieldsOfRow(source, rows[i]).catch(() => undefined)) ?? two;
}

let asked = 0;

async function tell({ clientX, clientY }, near) {
  const { left, top } = board.getBoundingClientRect(), [x, y] = [clientX - left, clientY - top];
  const mine = ++asked;
  const found = board.kmeans && pointAt(x, y, near);
  if (!found) {
    note.hidden = true;
    return;
  }
  const { i, more } = found, { lines, what } = own;
  const fields = await fieldsOf(i);
  if (mine !== asked || !own) return;
  const line = (words) => Object.assign(document.createElement("span"), { textContent: words });
  const title = Object.assign(document.createElement("strong"), { textContent: lines ? `${what} ${lines[i].toLocaleString("en")}` : `point ${(i + 1).toLocaleString("en")}` });
  const others = more ? [line(`and ${more.toLocaleString("en")} more at the same place`)] : [];
  const rest = fields.length > MOST_FIELDS ? [line(`and ${fields.length - MOST_FIELDS} more columns`)] : [];
  note.replaceChildren(title, ...fields.slice(0, MOST_FIELDS).map(([name, value]) => line(`${cut(name, LONGEST)}: ${cut(value, LONGEST)}`)), ...rest, ...others);
  note.hidden = false;
  const isRight = x > board.clientWidth / 2, isLow = y > board.clientWidth / 2;
  const origin = place.getBoundingClientRect();
  note.style.cssText = (isRight ? `right: ${origin.right - clientX + 12}px;` : `left: ${clientX - origin.left + 12}px;`)
    + (isLow ? `bottom: ${origin.bottom - clientY + 12}px` : `top: ${clientY - origin.top + 12}px`);
}

let frame = 0;
place.addEventListener("pointermove", (event) => {
  if (!own?.axes || event.pointerType === "touch" || event.buttons) return;
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(() => own && tell(event, NEAR));
});
place.addEventListener("pointerleave", () => {
  asked += 1;
  cancelAnimationFrame(frame);
  note.hidden = true;
});
// A finger has no hover: where it taps, the row stays until it taps elsewhere.
place.addEventListener("click", (event) => own?.axes && event.pointerType === "touch" && tell(event, NEAR_FINGER));
addEventListener("keydown", ({ key }) => key === "Escape" && (note.hidden = true));
new ResizeObserver(() => draw()).observe(document.getElementById("board"));
