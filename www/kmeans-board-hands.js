// The reader's hands on a <kmeans-board interactive>: loaded with the first board that has them. What is dragged is one
// change, which can be undone as one, however many places it passed.

import { ANY_START, ARROWS, openedAtOnce, openingOf, standing, viewOf } from "./clustering.js";
import "./editing.js";
import { short } from "./sentences.js";

export const STYLE = `
:host([interactive]) canvas { cursor: crosshair; outline-offset: 2px; }
:host([interactive]) canvas:focus-visible { outline: 2px solid var(--kmeans-board-accent, light-dark(#3455d1, #8ea6ff)); }
:host([interactive]) canvas.over { cursor: grab; }
:host([interactive]) canvas.held { cursor: grabbing; }
#cursor {
  position: absolute; width: 24px; height: 24px; margin: -12px 0 0 -12px; box-sizing: border-box; pointer-events: none;
  border: 2px solid var(--kmeans-board-accent, light-dark(#3455d1, #8ea6ff)); border-radius: 50%;
  background: linear-gradient(currentColor, currentColor) center / 2px 2px no-repeat;
}
#cursor[hidden] { display: none; }
#said { position: absolute; clip-path: inset(50%); white-space: nowrap; }
`;

/** How near to a thing, in CSS pixels, it is grabbed: by a mouse, by a finger. */
const REACH = { centroid: [16, 26], point: [9, 18] };
/** How far the eraser reaches, in CSS pixels, and how far the brush spreads, as a share of the board's side. */
const ERASER = 14, SPREAD = 0.04;
/** So many points a second come from the brush, and with one stroke of a key. */
const FLOW = 200, PUFF = 20;
/** On boards with more points, what lies under the mouse is looked for when it is pressed only. */
const MANY = 20_000;
/** An arrow moves by this share of the board's side, with Shift by a fifth of it. */
const STRIDE = 0.025;

/** The σ of what the brush has, as the core draws it. */
const SIGMA = 0.3;

/** What the brush has: places around 0 from the normal distribution, one blob of the core's after the other. */
function* paint(core) {
  for (let boardSeed = 0; ; boardSeed += 1) {
    const board = { board: "blob", n: 1000, clusters: 1, spread: [SIGMA, SIGMA], boardSeed };
    const blob = openedAtOnce(openingOf(core, board, ANY_START), board), places = blob.points();
    blob.free();
    for (let i = 0; i < places.length; i += 2) yield [places[i], places[i + 1]];
  }
}

/** The pair that is nearest to a place, nearer than `reach`; -1 where there is none. */
function nearest(pairs, [x, y], reach) {
  let found = -1, least = reach * reach;
  for (let i = 0; i < pairs.length; i += 2) {
    const d = (pairs[i] - x) ** 2 + (pairs[i + 1] - y) ** 2;
    if (d < least) [found, least] = [i / 2, d];
  }
  return found;
}

/** A test whether a place is nearer than `reach` to the straight way between two others. */
function isOnWay([fromX, fromY], [toX, toY], reach) {
  const dx = toX - fromX, dy = toY - fromY, squared = dx * dx + dy * dy || 1;
  const left = Math.min(fromX, toX) - reach, right = Math.max(fromX, toX) + reach;
  return (x, y) => {
    if (x < left || x > right) return false;
    const t = Math.min(Math.max(((x - fromX) * dx + (y - fromY) * dy) / squared, 0), 1);
    return (x - fromX - t * dx) ** 2 + (y - fromY - t * dy) ** 2 < reach * reach;
  };
}

const hands = new WeakMap(); // by board

/** The hands of a board that has them. */
export const handsOf = (board) => hands.get(board);

/** What the hands hold or do: one change, made anew for each place it passes. */
class Stroke {
  #board;
  #live;
  #isMade = false;
  #detail;

  constructor(board, live) {
    this.#board = board;
    this.#live = live;
  }

  /** In the place of what it was so far. */
  make(change, detail) {
    const isDone = this.#board.edit((kmeans) => {
      if (this.#isMade) kmeans.undo();
      this.#isMade = false;
      change(kmeans);
      this.#isMade = true;
      if (this.#live) kmeans.run();
    });
    if (isDone) this.#detail = detail;
    return isDone;
  }

  takeBack() {
    if (this.#isMade) this.#board.edit((kmeans) => kmeans.undo());
    this.#isMade = false;
  }

  /** Tells of it; whether there is anything to tell. */
  end() {
    return this.#isMade && this.#board.edit(() => {}, this.#detail);
  }
}

class Hands {
  /** What they do: "move", "add", "brush" or "erase". */
  tool = "move";
  /** Whether the run goes to its end with every change. */
  live = false;
  #board;
  #canvas;
  #cursor;
  #said;
  #stroke; // under way
  #held; // { kind, at }: what is moved
  #place; // of the keyboard's cursor
  #points; // { of, points }: those that were looked at last
  #frame = 0;
  #pressed; // the pointer's last place, while it is pressed
  #paint; // what the brush has
  #cloud; // what the brush has brought
  #owed = 0; // the part of a point that the last frame has left
  #gone; // what the eraser has taken
  #originals; // the points before it came
  #wiped; // where it was last
  #centroid = -1; // where C went to last

  constructor(board, root) {
    this.#board = board;
    this.#canvas = root.querySelector("canvas");
    this.#cursor = Object.assign(document.createElement("div"), { id: "cursor", hidden: true });
    this.#said = Object.assign(document.createElement("div"), { id: "said", role: "status" });
    root.getElementById("place").append(this.#cursor, this.#said);
    const listen = (type, call, options) => this.#canvas.addEventListener(type, (event) => this.#isOn && call(event), options);
    listen("pointerdown", (event) => this.#press(event));
    listen("pointermove", (event) => (this.#stroke ? this.#drag(event) : this.#hover(event)));
    listen("pointerup", () => this.#release());
    listen("pointercancel", () => this.#giveUp());
    listen("touchstart", (event) => this.#keepFromScrolling(event), { passive: false });
    listen("keydown", (event) => this.#key(event));
    listen("blur", () => {
      this.#giveUp();
      this.#cursor.hidden = true;
      this.#say("");
    });
    board.addEventListener("statechange", () => this.#dress());
    this.#dress();
  }

  get #isOn() { return this.#board.interactive && this.#board.kmeans; }

  /** The keyboard comes to the board where there is something to do. */
  #dress() {
    const { interactive } = this.#board;
    if (interactive) this.#canvas.tabIndex = 0;
    else this.#canvas.removeAttribute("tabindex");
    this.#canvas.role = interactive ? "application" : "img";
    this.#canvas.ariaRoleDescription = interactive ? "board" : null;
    if (!interactive) this.#giveUp();
    if (!interactive) this.#cursor.hidden = true;
  }

  // --- places ---

  /** The square on screen, and the part of the plane that is seen in it. */
  get #view() {
    const box = this.#canvas.getBoundingClientRect(), side = Math.min(box.width, box.height);
    const { left, top, side: width } = viewOf(this.#board.kmeans);
    return {
      x: box.x + (box.width - side) / 2,
      y: box.y + (box.height - side) / 2,
      left,
      top,
      unit: side / width, // pixels to one of the board
    };
  }

  /** Where an event is on the board, at its edge where it is outside. */
  #at({ clientX, clientY }) {
    const { x, y, left, top, unit } = this.#view;
    return this.#inside([left + (clientX - x) / unit, top - (clientY - y) / unit]);
  }

  #inside([x, y]) {
    const [left, bottom, right, top] = this.#board.kmeans.bounds;
    return [Math.min(Math.max(x, left), right), Math.min(Math.max(y, bottom), top)];
  }

  get #side() {
    const [left, bottom, right, top] = this.#board.kmeans.bounds;
    return Math.max(right - left, top - bottom);
  }

  /** The points, copied once for each board. */
  #allPoints() {
    const { kmeans } = this.#board, of = standing(kmeans).board;
    if (this.#points?.of !== of) this.#points = { of, points: kmeans.points };
    return this.#points.points;
  }

  /** What can be grabbed at a place: a centroid before a point. */
  #thingAt(place, isTouch) {
    const { unit } = this.#view, { kmeans } = this.#board;
    const j = nearest(kmeans.centroids, place, REACH.centroid[Number(isTouch)] / unit);
    if (j >= 0) return { kind: "centroid", at: j };
    const i = nearest(this.#allPoints(), place, REACH.point[Number(isTouch)] / unit);
    return i >= 0 ? { kind: "point", at: i } : undefined;
  }

  // --- the pointer ---

  #keepFromScrolling(event) {
    if (event.touches.length > 1) return this.#giveUp(); // two fingers are the page's
    const isDrawing = this.tool === "brush" || this.tool === "erase";
    if (isDrawing || (this.tool === "move" && this.#thingAt(this.#at(event.touches[0]), true))) event.preventDefault();
  }

  #hover(event) {
    if (this.tool !== "move" || event.pointerType === "touch" || this.#board.kmeans.n > MANY) return;
    this.#canvas.classList.toggle("over", Boolean(this.#thingAt(this.#at(event), false)));
  }

  #press(event) {
    if (event.button !== 0 || !event.isPrimary) return;
    const place = this.#at(event), isTouch = event.pointerType === "touch";
    const held = this.tool === "move" ? this.#thingAt(place, isTouch) : undefined;
    if (this.tool === "move" && !held) return;
    this.#cursor.hidden = true;
    this.#begin(held);
    this.#pressed = place;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#canvas.classList.toggle("held", Boolean(held));
    if (this.tool === "brush" || this.tool === "erase") this.#next();
  }

  #drag(event) {
    this.#pressed = this.#at(event);
    if (this.tool !== "add") this.#next();
  }

  #release() {
    if (!this.#stroke) return;
    cancelAnimationFrame(this.#frame);
    if (this.tool === "add") this.#add(this.#pressed);
    else if (this.#frame || this.tool === "brush") this.#pass(this.#pressed);
    this.#end();
  }

  /** At most once a frame, however often the pointer tells; the brush goes on while it rests. */
  #next() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      if (!this.#stroke || !this.#pressed) return;
      this.#pass(this.#pressed);
      if (this.tool === "brush") this.#next();
    });
  }

  #pass(place) {
    if (this.tool === "move") this.#moveTo(place);
    if (this.tool === "brush") this.#spray(place, FLOW / 60);
    if (this.tool === "erase") this.#rub(place);
  }

  // --- what is done ---

  #begin(held) {
    this.#board.pause();
    this.#stroke = new Stroke(this.#board, this.live);
    this.#held = held;
    this.#cloud = [];
    this.#gone = new Set();
    this.#originals = this.#wiped = undefined;
  }

  #end() {
    this.#stroke?.end();
    this.#forget();
  }

  #giveUp() {
    if (this.#stroke && this.#pressed) this.#end(); // what a finger began before it scrolled
    else this.#stroke?.takeBack();
    this.#forget();
  }

  #forget() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#stroke = this.#held = this.#pressed = undefined;
    this.#canvas.classList.remove("held");
  }

  #moveTo([x, y]) {
    const { kind, at } = this.#held;
    if (kind === "centroid") this.#stroke.make((kmeans) => kmeans.moveCentroid(at, x, y), { edit: "moveCentroid", j: at, x, y });
    else this.#stroke.make((kmeans) => kmeans.movePoint(at, x, y), { edit: "movePoint", i: at, x, y });
  }

  #add([x, y]) {
    const i = this.#board.kmeans.n;
    if (this.#stroke.make((kmeans) => kmeans.addPoint(x, y), { edit: "addPoint", i, x, y })) this.#say(`Point added, ${i + 1} points`);
  }

  /** A cloud of so many points around a place; those that would lie off the board are left out. */
  #spray([x, y], count) {
    const { kmeans } = this.#board, { core } = standing(kmeans);
    this.#paint ??= paint(core);
    const unit = (SPREAD * this.#side) / SIGMA, [left, bottom, right, top] = kmeans.bounds;
    for (this.#owed += count; this.#owed >= 1; this.#owed -= 1) {
      const [dx, dy] = this.#paint.next().value, px = x + unit * dx, py = y + unit * dy;
      if (px >= left && px <= right && py >= bottom && py <= top) this.#cloud.push([px, py]);
    }
    const { length } = this.#cloud;
    if (length) this.#stroke.make((kmeans) => kmeans.addPoints(this.#cloud), { edit: "addPoints", count: length });
  }

  /** Takes the points on the way to a place away, but never so many that fewer than k would be left: whether there are more. */
  #rub(place) {
    this.#originals ??= this.#board.kmeans.points;
    const most = this.#originals.length / 2 - this.#board.kmeans.k, before = this.#gone.size;
    const isRubbed = isOnWay(this.#wiped ?? place, place, ERASER / this.#view.unit);
    this.#wiped = place;
    for (let i = 0; i < this.#originals.length && this.#gone.size < most; i += 2) {
      if (isRubbed(this.#originals[i], this.#originals[i + 1])) this.#gone.add(i / 2);
    }
    const { size } = this.#gone;
    if (size > before) this.#stroke.make((kmeans) => kmeans.removePoints([...this.#gone]), { edit: "removePoints", count: size });
    return size < most;
  }

  undo() { return this.#turn("undo"); }
  redo() { return this.#turn("redo"); }

  #turn(edit) {
    this.#giveUp();
    this.#board.pause();
    let isDone = false;
    this.#board.edit((kmeans) => isDone = kmeans[edit]());
    if (isDone) this.#board.edit(() => {}, { edit });
    this.#say(isDone ? `${edit === "undo" ? "Undone" : "Done again"}, ${this.#board.kmeans.n} points` : `Nothing to ${edit}`);
    return isDone;
  }

  // --- the keyboard ---

  #key(event) {
    const { key } = event, isCommand = event.ctrlKey || event.metaKey;
    if (isCommand && /^[zy]$/i.test(key)) this.#turn(key.toLowerCase() === "y" || event.shiftKey ? "redo" : "undo");
    else if (isCommand || event.altKey) return;
    else if (key in ARROWS) this.#go(ARROWS[key], event.shiftKey);
    else if (key === "Enter" || key === " ") this.#act();
    else if (key === "Escape" && this.#stroke) this.#letGo();
    else if (key.toLowerCase() === "c") this.#toCentroid();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  get #keyPlace() {
    const [left, bottom, right, top] = this.#board.kmeans.bounds;
    return this.#place ??= [(left + right) / 2, (bottom + top) / 2];
  }

  #go([dx, dy], isFine) {
    const stride = STRIDE * this.#side * (isFine ? 0.2 : 1), [x, y] = this.#keyPlace;
    this.#show(this.#inside([x + stride * dx, y + stride * dy]));
    if (this.#held) this.#moveTo(this.#place);
    this.#say(`At ${this.#place.map((value) => short(value)).join(", ")}`);
  }

  #show(place) {
    this.#place = place;
    const { x, y, left, top, unit } = this.#view, around = this.#cursor.offsetParent ?? this.#canvas, box = around.getBoundingClientRect();
    this.#cursor.style.left = `${x - box.x + (place[0] - left) * unit}px`;
    this.#cursor.style.top = `${y - box.y + (top - place[1]) * unit}px`;
    this.#cursor.hidden = false;
  }

  /** The tool's act at the cursor; what was picked up is put down. */
  #act() {
    this.#show(this.#keyPlace);
    if (this.#held) return this.#putDown();
    const place = this.#place;
    if (this.tool === "move") {
      const held = this.#thingAt(place, true);
      if (!held) return this.#say("Nothing to pick up here: C goes to a centroid");
      this.#begin(held);
      return this.#say(`${held.kind === "centroid" ? "Centroid" : "Point"} ${held.at + 1} picked up: arrows move it, Enter puts it down, Escape puts it back`);
    }
    this.#begin();
    if (this.tool === "add") this.#add(place);
    if (this.tool === "brush") this.#spray(place, PUFF);
    const isLast = this.tool === "erase" && !this.#rub(place);
    this.#end();
    const { n } = this.#board.kmeans;
    this.#say(isLast ? `${n} points: no more can go, for each centroid needs one` : `${n} points`);
  }

  #putDown() {
    this.#end();
    this.#say("Put down");
  }

  #letGo() {
    this.#stroke.takeBack();
    this.#forget();
    this.#say("Put back");
  }

  /** The cursor to the next centroid. */
  #toCentroid() {
    const { centroids, k } = this.#board.kmeans;
    this.#centroid = (this.#centroid + 1) % k;
    const j = this.#centroid;
    this.#show([centroids[2 * j], centroids[2 * j + 1]]);
    this.#say(`At centroid ${j + 1} of ${k}`);
  }

  #say(text) {
    this.#said.textContent = text;
  }
}

/** Gives a board its hands, once. */
export function add(board, root) {
  hands.set(board, new Hands(board, root));
}
