// What the axes of the reader's own points mean, around the board: names, ticks in the units of the columns, and the row
// behind a point that is pointed at, or come to by the arrow keys. The board itself stays as it is.

import { axisNumbers, element, stepOf, ticks } from "./chart.js";
import { ARROWS, viewOf } from "./clustering.js";
import { whole } from "./sentences.js";

/** The room for ticks and names, in CSS pixels: left of the board and below. */
const LEFT = 64, BELOW = 44;

const STYLE = `
#boards.axes { position: relative; padding: 0 0 ${BELOW}px ${LEFT}px; }
#boards .scales { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; pointer-events: none; stroke-width: 1; stroke: var(--edge); }
#boards .scales text { font-size: 12px; fill: var(--soft); stroke: none; }
#boards .scales:focus-visible { outline: 2px solid var(--accent); outline-offset: 4px; }
#boards .scales circle { fill: none; stroke: var(--ink); stroke-width: 2; }
#boards .scales .name { fill: var(--ink); font-size: 13px; }
#boards .row-of { position: absolute; z-index: 1; max-width: min(280px, 90%); padding: 8px 12px; font-size: 13px; line-height: 18px; pointer-events: none; color: var(--ink); background: var(--paper); border: 1px solid var(--edge); border-radius: 6px; overflow-wrap: anywhere; }
#boards .row-of strong { font-weight: 600; }
#boards .row-of span { display: block; }
@media (max-width: 900px), (max-width: 1100px) and (max-height: 600px) {
  #boards.axes { padding-right: 16px; }
  #boards .scales:focus-visible { outline-offset: -2px; }
}
`;
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
document.adoptedStyleSheets.push(sheet);

/** Ticks are about so far apart, in CSS pixels. */
const APART = 80;
/** As broad as a digit, and a little more. */
const DIGIT = 7;
/** As many characters have room beside the board. */
const LONG = 6;
/** So near the pointer has to be, in CSS pixels. */
const NEAR = 8, NEAR_FINGER = 22;
/** As many columns as are shown of a row. */
const MOST_FIELDS = 12;
const LONGEST = 60;

const place = document.getElementById("boards");
const scales = place.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
scales.setAttribute("class", "scales");
scales.setAttribute("role", "application");
scales.setAttribute("aria-roledescription", "axes");
scales.setAttribute("aria-description", "The arrow keys go from point to point");
const note = place.appendChild(Object.assign(document.createElement("div"), { className: "row-of", hidden: true }));

let board, own;
let current; // the point that the keyboard has come to

const escaped = (text) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt()};`);
const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** A column may have years: they have no comma. */
const numbersOf = (values) => axisNumbers(values, "min2");
const longestOf = (texts) => Math.max(...texts.map(({ length }) => length));

/** What is taken off all numbers of an axis that are long and differ in their last digits only. */
function commonIn(values) {
  const round = 100 * stepOf(values);
  return longestOf(numbersOf(values)) > LONG && Math.abs(values[0]) > round ? Math.floor(values[0] / round) * round : 0;
}

/** Round numbers from one to another, as what they are written, so few that they have room side by side, and what is said once. */
function scaleOf(from, to, size, apart = APART) {
  const count = Math.max(2, size / apart), values = ticks(from, to, count), common = commonIn(values);
  const all = numbersOf(values.map((value) => value - common));
  const [power] = /e.*$/.exec(all.at(-1)) ?? [""], texts = all.map((text) => text.replace(power, ""));
  const room = (size * (values[1] - values[0])) / (to - from), longest = longestOf(texts);
  return count > 2 && room < longest * DIGIT + 12 ? scaleOf(from, to, size, 1.5 * apart) : { values, common, power, texts };
}

/** A column's name, with what its numbers are without. */
function titled({ name }, { common, power }, size) {
  const off = common && ` ${common > 0 ? "\u2212" : "+"} ${Math.abs(common).toLocaleString("en", { maximumSignificantDigits: 15 })}`;
  const rest = `${off || ""}${power && ` (in 1${power})`}`;
  return cut(name, Math.max(4, size / DIGIT - rest.length)) + rest;
}

/** Shows them for own points, or takes them away where there are none with axes. */
export function show(on, points) {
  if (own === points) return;
  [board, own, current] = [on, points, undefined];
  hide();
  place.classList.toggle("axes", Boolean(own?.axes));
  scales.toggleAttribute("hidden", !own?.axes);
  scales.setAttribute("tabindex", own?.axes ? 0 : -1);
  draw();
  if (own?.axes && document.activeElement === scales) come(middle());
}

function draw() {
  scales.innerHTML = "";
  if (!own?.axes || !board.kmeans) return;
  const { left, top, side } = viewOf(board.kmeans), size = board.clientWidth;
  const [across, up] = own.axes;
  const valueOf = ({ offset, factor }, value) => offset + factor * value;
  const scaled = (axis, low, high) => {
    const [from, to] = [valueOf(axis, low), valueOf(axis, high)], scale = scaleOf(from, to, size);
    return { ...scale, at: scale.values.map((value, i) => [((value - from) / (to - from)) * size, scale.texts[i]]) };
  };
  const text = (x, y, anchor, words, more = {}) => element("text", { x, y, "text-anchor": anchor, ...more }, escaped(words));
  const [flat, upright] = [scaled(across, left, left + side), scaled(up, top - side, top)];
  const marks = [
    ...flat.at.map(([x, words]) => element("path", { d: `M${LEFT + x} ${size}v5` }) + text(LEFT + x, size + 18, "middle", words)),
    ...upright.at.map(([y, words]) => element("path", { d: `M${LEFT} ${size - y}h-5` }) + text(LEFT - 8, size - y + 4, "end", words)),
    text(LEFT + size / 2, size + BELOW - 8, "middle", titled(across, flat, size), { class: "name" }),
    text(0, 0, "middle", titled(up, upright, size), { class: "name", transform: `translate(12 ${size / 2}) rotate(-90)` }),
  ];
  scales.innerHTML = marks.join("");
  scales.setAttribute("aria-label", `Across: ${across.name}. Up: ${up.name}.`);
  mark();
}

// --- the row behind a point ---

/** Where the board's points lie in its picture: its left and upper edge, and how many CSS pixels there are to one. */
function view() {
  const { left, top, side } = viewOf(board.kmeans);
  return { left, top, unit: board.clientWidth / side };
}

/** Where a point is in the picture, in CSS pixels. */
function placeOf(i) {
  const { left, top, unit } = view();
  return [(own.points[2 * i] - left) * unit, (top - own.points[2 * i + 1]) * unit];
}

/** The point nearest to a place in the picture, in CSS pixels, if one is near enough. */
function pointAt(x, y, near) {
  const { points } = own, { left, top, unit } = view();
  const [px, py] = [left + x / unit, top - y / unit];
  let best = (near / unit) ** 2, found = -1;
  for (let i = 0; i < points.length; i += 2) {
    const dx = points[i] - px;
    if (dx * dx > best) continue;
    const dy = points[i + 1] - py, distance = dx * dx + dy * dy;
    if (distance < best || (distance === best && found < 0)) [best, found] = [distance, i];
  }
  return found < 0 ? undefined : found / 2;
}

/** The nearest point to the left of another, to its right, above or below; itself where there is none. */
function next(from, [right, up]) {
  const { points } = own, [x, y] = points.slice(2 * from, 2 * from + 2);
  let best = Infinity, found = from;
  for (let i = 0; i < points.length; i += 2) {
    const dx = points[i] - x, dy = points[i + 1] - y, along = right * dx + up * dy, across = right * dy + up * dx;
    if (along <= 0 || Math.abs(across) > along) continue;
    const distance = dx * dx + dy * dy;
    if (distance < best) [best, found] = [distance, i / 2];
  }
  return found;
}

/** How many other points are at the same place. */
function others(of) {
  const { points } = own;
  let count = -1;
  for (let i = 0; i < points.length; i += 2) if (points[i] === points[2 * of] && points[i + 1] === points[2 * of + 1]) count += 1;
  return count;
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

/** Tells a point's row, beside a place in the picture; no point's, if there is none. */
async function tell(i, [x, y]) {
  if (i === undefined) return hide();
  const mine = ++asked;
  const more = others(i), { lines, what } = own;
  const fields = await fieldsOf(i);
  if (mine !== asked || !own) return;
  const line = (words) => Object.assign(document.createElement("span"), { textContent: words });
  const title = Object.assign(document.createElement("strong"), { textContent: lines ? `${what} ${whole(lines[i])}` : `point ${whole(i + 1)}` });
  const alike = more ? [line(`and ${whole(more)} more at the same place`)] : [];
  const rest = fields.length > MOST_FIELDS ? [line(`and ${fields.length - MOST_FIELDS} more columns`)] : [];
  note.ariaLive = document.activeElement === scales ? "polite" : "off"; // a mouse passes many
  note.hidden = false; // first: what appears with its words is not read
  note.replaceChildren(title, ...fields.slice(0, MOST_FIELDS).map(([name, value]) => line(`${cut(name, LONGEST)}: ${cut(value, LONGEST)}`)), ...rest, ...alike);
  const isRight = x > board.clientWidth / 2, isLow = y > board.clientWidth / 2;
  const outer = place.getBoundingClientRect(), inner = board.getBoundingClientRect();
  const [left, top] = [inner.left - outer.left + x, inner.top - outer.top + y];
  note.style.cssText = (isRight ? `right: ${outer.width - left + 12}px;` : `left: ${left + 12}px;`)
    + (isLow ? `bottom: ${outer.height - top + 12}px` : `top: ${top + 12}px`);
}

function hide() {
  asked += 1;
  note.hidden = true;
}

/** Tells the row of the point under a pointer. */
function tellUnder({ clientX, clientY }, near) {
  if (!board.kmeans) return;
  const { left, top } = board.getBoundingClientRect(), at = [clientX - left, clientY - top];
  tell(pointAt(...at, near), at);
}

let frame = 0;
place.addEventListener("pointermove", (event) => {
  if (!own?.axes || event.pointerType === "touch" || event.buttons) return;
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(() => own && tellUnder(event, NEAR));
});
place.addEventListener("pointerleave", () => {
  cancelAnimationFrame(frame);
  hide();
});
// A finger has no hover: where it taps, the row stays until it taps elsewhere.
place.addEventListener("click", (event) => own?.axes && event.pointerType === "touch" && tellUnder(event, NEAR_FINGER));
addEventListener("keydown", ({ key }) => key === "Escape" && hide());

/** A ring around the point that the keyboard has come to, as long as the keyboard is here. */
function mark() {
  scales.querySelector("circle")?.remove();
  if (current === undefined || document.activeElement !== scales) return;
  const [x, y] = placeOf(current);
  scales.insertAdjacentHTML("beforeend", element("circle", { cx: LEFT + x, cy: y, r: 9 }));
}

function come(i) {
  current = i;
  mark();
  tell(i, placeOf(i));
}

const middle = () => pointAt(board.clientWidth / 2, board.clientWidth / 2, Infinity);

scales.addEventListener("focus", () => board.kmeans && come(current ?? middle()));
scales.addEventListener("blur", () => {
  mark();
  hide();
});
scales.addEventListener("keydown", (event) => {
  const way = ARROWS[event.key];
  if (!way || !board.kmeans || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault(); // elsewhere on the page they are the timeline's
  come(current === undefined ? middle() : next(current, way));
});
new ResizeObserver(() => draw()).observe(document.getElementById("board"));
