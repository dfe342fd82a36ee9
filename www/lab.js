// The lab: what can be found out about the board on screen beside watching it. Loaded with the first of its panes that is
// opened; each pane is a module of its own. They compute nothing: every number is the core's.

import { KMeans, standing } from "./clustering.js";
import { Peek } from "./lab-peek.js";

const STYLE = `
.lab .pane { display: grid; grid-template-columns: minmax(0, 1fr); align-content: start; gap: 12px; min-width: 0; }
.lab p { font: 15px/1.5 var(--serif); }
.lab .soft { color: var(--soft); }
.lab .actions { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; min-height: 44px; }
.lab .actions label { display: inline-flex; align-items: center; gap: 4px; }
.lab .actions input[type="number"] { border-color: var(--line); }
.lab .working { display: grid; grid-template-columns: minmax(0, 1fr) auto auto; align-items: center; gap: 12px; min-height: 44px; }
.lab .working progress { width: 100%; height: 4px; accent-color: var(--accent); }
.lab .working output { font-size: 13px; color: var(--soft); }
.lab svg.plot { display: block; width: 100%; height: auto; overflow: visible; stroke-width: 1.5; }
.lab svg.plot text { font-size: 12px; fill: var(--soft); stroke: none; }
.lab svg.plot .grid { stroke: var(--line); stroke-width: 1; }
.lab table { width: 100%; border-collapse: collapse; font-size: 13px; }
.lab th, .lab td { padding: 4px 4px; border-bottom: 1px solid var(--line); text-align: right; font-weight: 400; }
.lab th { color: var(--soft); }
.lab summary { min-height: 36px; line-height: 36px; font-size: 13px; color: var(--soft); cursor: pointer; }
.lab .scroll { overflow-x: auto; }
`;
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
document.adoptedStyleSheets.push(sheet);

/** The panes by the names that the page's address has for them. */
const PANES = {
  "starts": async (...values) => (await import("./lab-starts.js")).startsPane(...values),
  "k": async (...values) => (await import("./lab-k.js")).kPane(...values),
  "seeding": async (...values) => (await import("./lab-seeding.js")).seedingLab(...values),
  "hands": async (...values) => (await import("./lab-hands.js")).handsPane(...values),
};

/** An element with properties and children. */
export const made = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};

/** Inertias of one partition differ only by rounding: by less than this share. */
export const ROUNDING = 1e-9;

/** Which points a clustering is of: equal for equal boards, whatever start they have. */
const identities = new WeakMap(); // of boards of one's own, and of each change to one by hand
export function boardOf(kmeans) {
  const made = standing(kmeans).board, { board, n, clusters, spread, boardSeed } = made;
  const isClustered = KMeans.boards.find(({ name }) => name === board)?.clusters !== undefined;
  if (board) return JSON.stringify([board, n, isClustered && clusters, spread, boardSeed]);
  if (!identities.has(made)) identities.set(made, crypto.randomUUID());
  return identities.get(made);
}

/** Seconds in words. */
function left(seconds) {
  if (seconds < 1) return "a moment left";
  if (seconds < 90) return `${Math.ceil(seconds)} s left`;
  return `${Math.ceil(seconds / 60)} min left`;
}

/**
 * A button that starts something that takes long and, while it goes on, how far it is, how long it will take and a button
 * that ends it. `work({ signal, onProgress })` does it; what it rejects with is said by `complain`.
 */
export class Work {
  #row;
  #idle;
  #busy;
  #controller;
  #work;
  #complain;

  constructor(idle, work, complain) {
    this.#work = work;
    this.#complain = complain;
    this.#idle = idle;
    const bar = made("progress", { max: 1, ariaLabel: "Progress" }), time = made("output");
    const cancel = made("button", { type: "button", textContent: "Cancel" });
    cancel.addEventListener("click", () => this.cancel());
    this.#busy = made("div", { className: "working", hidden: true }, bar, time, cancel);
    this.#row = made("div", {}, idle, this.#busy);
  }

  get element() { return this.#row; }

  get isBusy() { return this.#controller?.signal.aborted === false; }

  /** Starts it, in place of what goes on; resolves with whether it came to its end. */
  async start() {
    this.cancel();
    const controller = this.#controller = new AbortController(), { signal } = controller;
    const [bar, time, cancel] = this.#busy.children, begun = performance.now();
    bar.removeAttribute("value");
    time.textContent = "";
    const hadFocus = this.#idle.contains(document.activeElement);
    // What is soon over need not be seen.
    const slow = setTimeout(() => {
      this.#idle.hidden = true;
      this.#busy.hidden = false;
      if (hadFocus) cancel.focus();
    }, 150);
    signal.addEventListener("abort", () => clearTimeout(slow));
    const onProgress = (share) => {
      bar.value = share;
      const spent = (performance.now() - begun) / 1000;
      time.textContent = left(spent / share - spent);
    };
    try {
      await this.#work({ signal, onProgress });
      return !signal.aborted;
    } catch (error) {
      if (!signal.aborted) this.#complain(error.message);
      return false;
    } finally {
      clearTimeout(slow);
      if (this.#controller === controller) this.#end();
    }
  }

  /** At once, however long the work takes to notice. */
  cancel() {
    this.#controller?.abort();
    this.#end();
  }

  #end() {
    const isFocused = this.#busy.contains(document.activeElement);
    this.#controller = undefined;
    this.#idle.hidden = false;
    this.#busy.hidden = true;
    if (isFocused) this.#idle.querySelector("button").focus();
  }
}

/**
 * The lab in a place beside a board. `page` is what it needs of the page: `replay(start)` starts the board on screen with
 * `{ k, seeding, seed }` and plays, `complain(message)` says what is wrong, `take(change)` has its state follow what hands do. `open(name)` shows a pane, or none.
 */
export function lab(place, board, page) {
  const panes = {}, peek = new Peek(board);
  let shown; // its name
  const open = async (name) => {
    shown = name;
    peek.end();
    for (const [other, { element, pane }] of Object.entries(panes)) {
      element.hidden = other !== name;
      if (other !== name) pane?.hide();
    }
    if (!PANES[name]) return;
    if (!panes[name]) {
      const element = place.appendChild(made("div", { className: "pane" }));
      panes[name] = { element };
      try {
        panes[name].pane = await PANES[name](element, board, { ...page, peek });
      } catch (error) {
        element.remove();
        delete panes[name];
        throw error;
      }
    }
    if (shown === name) panes[name].pane.show();
  };
  return { open };
}
