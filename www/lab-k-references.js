// The boards behind the gap statistic: as many points without any clusters, each clustered as the gap statistic does it.

import { KMeans } from "./clustering.js";
import { made } from "./lab.js";
import { paint } from "./lab-peek.js";
import { short, whole } from "./sentences.js";
import { reference } from "./studies.js";

const STYLE = `
.lab .references .boards { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 8px; margin: 8px 0 4px; }
.lab .references figure { font-size: 12px; line-height: 16px; color: var(--soft); text-align: center; }
.lab .references canvas { display: block; width: 100%; aspect-ratio: 1; margin-bottom: 4px; border: 1px solid var(--line); border-radius: 3px; }
.lab .references .turn { display: flex; align-items: center; justify-content: space-between; gap: 12px; font-size: 13px; color: var(--soft); }
.lab .references p { min-height: 68px; }
@media (pointer: fine) { .lab .references button { min-height: 36px; } }
`;
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
document.adoptedStyleSheets.push(sheet);

/** So many at a time. */
const SHOWN = 3;
/** The side of each, in CSS pixels. */
const SIDE = 120;

/** A part of the page that opens on them. */
export class References {
  #board;
  #complain;
  #sentence = made("p", { className: "soft" });
  #boards = made("div", { className: "boards" });
  #where = made("output");
  #first = 0;
  #shown; // the plan, as chooseK takes it, and the gap's row of the K that they are clustered with
  #kmeanses = []; // of the references that are shown, as far as they have been made
  #ended = new AbortController();
  #isAtWork = false;

  constructor(board, complain) {
    this.#board = board;
    this.#complain = complain;
    const turn = (words, by) => {
      const button = made("button", { type: "button", textContent: words });
      button.addEventListener("click", () => this.#turn(by));
      return button;
    };
    const turns = made("div", { className: "turn" }, turn("Previous", -SHOWN), this.#where, turn("Next", SHOWN));
    const summary = made("summary", { textContent: "Reference boards" });
    this.element = made("details", { className: "references", hidden: true }, summary, this.#sentence, this.#boards, turns);
    this.element.addEventListener("toggle", () => this.#refresh());
  }

  /** Shows the references of a plan, clustered with the K of one of the gap's rows. */
  show(plan, row) {
    this.#shown = { plan, row };
    this.element.hidden = false;
    this.#refresh();
  }

  /** Another board has other references, another plan too. */
  drop() {
    this.end();
    this.#first = 0;
    this.#shown = undefined;
    this.element.hidden = true;
  }

  /** Ends what goes on, and frees what was looked at. */
  end() {
    this.#ended.abort();
    this.#ended = new AbortController();
    for (const kmeans of this.#kmeanses) kmeans?.free();
    this.#kmeanses = [];
    this.#boards.replaceChildren();
  }

  #turn(by) {
    const { references } = this.#shown.plan, first = this.#first + by;
    if (first < 0 || first >= references) return;
    this.end();
    this.#first = first;
    this.#refresh();
  }

  /** What is wanted last is done next; what was wanted meanwhile never is. */
  async #refresh() {
    if (!this.#shown || !this.element.open) return;
    this.#tell();
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    try {
      for (let done; this.#shown && done !== this.#wanted;) {
        const { signal } = this.#ended;
        done = this.#wanted;
        await this.#draw(signal).catch((error) => signal.aborted || this.#complain(error.message));
      }
    } finally {
      this.#isAtWork = false;
    }
  }

  get #wanted() { return this.#shown && JSON.stringify([this.#shown, this.#first]); }

  #tell() {
    const { plan: { references }, row: { k, value, logW, referenceLogW } } = this.#shown;
    const last = Math.min(this.#first + SHOWN, references), first = this.#first + 1;
    this.#where.textContent = `${first === last ? first : `${first}–${last}`} of ${whole(references)}`;
    this.#sentence.textContent = "As many points as here, spread evenly over the smallest rectangle around them. " +
      `With K = ${k} their ln W is ${short(referenceLogW)} on average, that of the board ${short(logW)}: the gap is ${short(value)}.`;
    const [previous, , next] = this.element.querySelector(".turn").children;
    previous.setAttribute("aria-disabled", this.#first === 0);
    next.setAttribute("aria-disabled", last === references);
  }

  async #draw(signal) {
    const { plan, row: { k } } = this.#shown, wanted = this.#wanted;
    if (!this.#boards.children.length) this.#boards.append(...this.#figures(plan));
    for (const [i, { children: [canvas, caption] }] of [...this.#boards.children].entries()) {
      const kmeans = this.#kmeanses[i] ??= await this.#clustering(plan.seed, this.#first + i, signal);
      const start = { k, seeding: "greedy-k-means++", seed: plan.seed };
      kmeans.reseed(start);
      const { best } = await kmeans.restarts({ runs: plan.runs, signal });
      if (wanted !== this.#wanted) return;
      kmeans.reseed({ ...start, seed: best.seed });
      kmeans.run();
      paint(kmeans, canvas, SIDE, this.#board);
      canvas.ariaLabel = `Reference ${this.#first + i + 1} with K = ${k}: inertia ${short(kmeans.inertia)}`;
      caption.textContent = short(kmeans.inertia);
    }
  }

  #figures({ references }) {
    return Array.from({ length: Math.min(SHOWN, references - this.#first) }, (_, i) => {
      const canvas = made("canvas", { width: 1, height: 1, role: "img", ariaLabel: `Reference ${this.#first + i + 1}` });
      return made("figure", {}, canvas, made("figcaption", { textContent: "…" }));
    });
  }

  /** A clustering of a reference. */
  async #clustering(seed, index, signal) {
    const points = await reference(this.#board.kmeans, seed, index);
    signal.throwIfAborted();
    return KMeans.init({ points, k: 1, seeding: "random", seed: 0, signal });
  }
}
