// Seeding, slowly: how maximin, k-means++ and greedy k-means++ choose one centroid after the other, beside the page's
// board. It computes nothing: every number and every picture is the core's.

import { SPELL, breath, enlarged, loadLarge } from "./clustering.js";
import { colourOf } from "./kmeans-board-element.js";
import { boardOf, made } from "./lab.js";
import { short } from "./sentences.js";

const STYLE = `
.lab-seeding { display: grid; grid-template-columns: minmax(0, 1fr); align-content: start; gap: 12px; }
.lab-seeding canvas { display: block; width: 100%; box-sizing: border-box; color: var(--kmeans-board-ink, var(--ink)); background: var(--kmeans-board-background, light-dark(#ffffff, #101216)); border: 1px solid var(--line); border-radius: 6px; transition: background-color 1ms, color 1ms; }
.lab-seeding .board, .lab-seeding li canvas { aspect-ratio: 1; }
.lab-seeding .strip { height: 48px; padding: 4px; }
.lab-seeding .steps { display: flex; gap: 8px; }
.lab-seeding .steps .primary { flex: 1; }
.lab-seeding [aria-disabled="true"] { opacity: 0.5; cursor: default; }
.lab-seeding .sentence { min-height: 90px; font: 15px/1.5 var(--serif); }
.lab-seeding ol { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 8px; margin: 0; padding: 0; list-style: none; font-size: 13px; line-height: 18px; }
.lab-seeding ol:has(:nth-child(4)) { grid-template-columns: repeat(4, minmax(0, 1fr)); }
.lab-seeding li canvas { margin-bottom: 4px; }
.lab-seeding li.kept canvas { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
.lab-seeding li span { display: block; min-height: 18px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.lab-seeding li span + span, .lab-seeding .about { color: var(--soft); }
.lab-seeding li span:last-child { color: var(--ink); font-weight: 600; }
.lab-seeding .about { font: 14px/20px var(--serif); }
@media (forced-colors: active) {
  .lab-seeding li.kept canvas { outline: 2px solid Highlight; outline-offset: -2px; }
  .lab-seeding [aria-disabled="true"] { color: GrayText; border-color: GrayText; opacity: 1; }
}
`;

/** The seedings that choose one centroid after the other. */
const ONE_BY_ONE = ["maximin", "k-means++", "greedy-k-means++"];
/** How long a step moves, in milliseconds. */
const MOTION = 900;
const NUMBER = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const PERCENT = new Intl.NumberFormat("en", { style: "percent", maximumSignificantDigits: 2 });
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

/** Each step's button: what it is called, the key that does the same, and its picture or, as the main one, its name. */
const STEPS = {
  restart: ["Start over", "Home", "M14 3v10L8 8zM8 3v10L2 8z"],
  back: ["Back", "ArrowLeft", "M3 3h2v10H3zM13 3v10L6 8z"],
  next: ["Next centroid", "ArrowRight"],
  all: ["All centroids", "End", "M2 3v10l6-5zM8 3v10l6-5z"],
};

const ABOUT = "A disc’s area is its point’s D², the squared distance to the nearest star; the newest star has taken away what is faint. The strip has the points side by side, each as wide as its D² was and as high as what is left of it; together they are the total.";
const ABOUT_MANY = " Of so many points, neighbours share a disc.";

const percent = (share) => PERCENT.format(share).replace("%", "\u00a0%");

/** What the last centroid was chosen by. */
function choice(seeding, { chosen, draws, candidates, taken }) {
  const { point, drawn, share } = candidates[taken];
  if (chosen === 1) return `point ${point}, drawn from all points alike. From now on, a point weighs its D².`;
  const weight = `whose D² is ${percent(share)} of all`;
  if (seeding === "maximin") return `point ${point}, the farthest from the stars before it, ${weight}.`;
  const number = `${NUMBER.format(drawn)} of the total`;
  if (draws === 1) return `the number drawn was ${number}; it falls on point ${point}, ${weight}.`;
  return `of ${draws} numbers, ${number} leaves least; it falls on point ${point}, ${weight}.`;
}

/** How a seeding stands, in words. */
function words(seeding, state) {
  const { k, chosen, before, inertia } = state;
  if (chosen === 0) return `No centroid yet. The first of ${k} is drawn from all points alike.`;
  const total = chosen === 1 ? `The total is ${short(inertia)}.` : `The total falls from ${short(before)} to ${short(inertia)}.`;
  return `Centroid ${chosen} of ${k}: ${choice(seeding, state)} ${total}`;
}

function stepButton([id, [name, key, picture]]) {
  const button = made("button", { type: "button", title: `${name} (${key.replace("ArrowLeft", "←").replace("ArrowRight", "→")})` });
  button.dataset.step = id;
  if (picture) {
    button.ariaLabel = name;
    button.innerHTML = `<svg viewBox="0 0 16 16" aria-hidden="true"><path class="solid" d="${picture}"/></svg>`;
  } else {
    button.textContent = name;
    button.className = "primary";
  }
  return button;
}

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
document.adoptedStyleSheets.push(sheet);

let panels = 0; // so many there are, each with a group of choices of its own

/** Fits a canvas to its place: its width and height in CSS pixels, device pixels to one of them, and its colours. */
function fitted(canvas) {
  const style = getComputedStyle(canvas);
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((length) => length - 2 * parseFloat(style.paddingTop));
  const scale = devicePixelRatio;
  const [w, h] = [width, height].map((length) => Math.max(1, Math.round(length * scale)));
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  return { context: canvas.getContext("2d"), width, height, scale, background: colourOf(style.backgroundColor), ink: colourOf(style.color) };
}

class SeedingLab {
  #board;
  #replay;
  #canvas = made("canvas", { className: "board" });
  #strip = made("canvas", { className: "strip" });
  #sentence = made("p", { className: "sentence", role: "status" });
  #candidates = made("ol", { ariaLabel: "Candidates" });
  #about = made("small", { className: "about" });
  #start = made("button", { type: "button", textContent: "Start with this seeding" });
  #steps; // by name, the buttons
  #radios;
  #seeding; // by name, what is shown
  #isReadersChoice = false;
  #isShown = false;
  #of; // whose seeding it is: the clustering, its board, k and seed
  #slowly; // the core's SlowSeeding
  #turn = 0; // counts what was asked for: whatever comes later ends what is under way
  #frame = 0;
  #t = 1;

  constructor(place, board, replay) {
    this.#board = board;
    this.#replay = replay;
    place.classList.add("lab-seeding");
    this.#steps = Object.fromEntries(Object.entries(STEPS).map((step) => [step[0], stepButton(step)]));
    const bar = made("div", { className: "steps", role: "toolbar", ariaLabel: "Seeding, slowly" }, ...Object.values(this.#steps));
    place.append(this.#choices(), this.#canvas, this.#strip, bar, this.#sentence, this.#candidates, this.#start, this.#about);
    for (const canvas of [this.#canvas, this.#strip]) canvas.role = "img";
    bar.addEventListener("click", ({ target }) => this.#do(target.closest("button")?.dataset.step));
    place.addEventListener("keydown", (event) => this.#key(event));
    this.#start.addEventListener("click", () => this.#startBoard());
    board.addEventListener("statechange", () => this.#follow());
    this.#canvas.addEventListener("transitionend", () => this.#paint());
    new ResizeObserver(() => this.#paint()).observe(this.#canvas);
  }

  /** Shows how the board's start is chosen, or would be. */
  show() {
    this.#isShown = true;
    this.#follow();
    this.#paint();
  }

  /** Rests: nothing is computed until it is shown again, as it stood if the board is the same. */
  hide() {
    this.#isShown = false;
    this.#rest();
  }

  #choices() {
    const group = `lab-seeding-${panels += 1}`;
    const rows = ONE_BY_ONE.map((name) => {
      const input = made("input", { type: "radio", name: group, value: name });
      input.addEventListener("change", () => this.#choose(name));
      return [input, made("label", {}, input, made("span", { textContent: name.replace("greedy-", "greedy ") }))];
    });
    this.#radios = rows.map(([input]) => input);
    return made("div", { className: "segments", role: "radiogroup", ariaLabel: "Seeding to watch" }, ...rows.map(([, label]) => label));
  }

  // --- what it follows ---

  /** Starts over where the board has other points, or its start another k or seed. */
  #follow() {
    const { kmeans } = this.#board;
    if (kmeans && this.#of && this.#isOf(kmeans)) return;
    this.#rest();
    this.#slowly?.free();
    this.#slowly = this.#of = undefined;
    if (!this.#isShown || !kmeans) return;
    this.#of = { kmeans, board: boardOf(kmeans), k: kmeans.k, seed: kmeans.seed };
    this.#begin(kmeans);
  }

  /** Whether a clustering has the board, k and seed that are shown; it tells of every step, and is mostly the same. */
  #isOf(kmeans) {
    const { kmeans: known, board, k, seed } = this.#of;
    if (kmeans.k !== k || kmeans.seed !== seed) return false;
    if (kmeans !== known && boardOf(kmeans) !== board) return false;
    this.#of.kmeans = kmeans;
    return true;
  }

  async #begin(kmeans) {
    const turn = ++this.#turn, { k, seed } = kmeans;
    try {
      if (!this.#isReadersChoice) {
        const { seeding } = kmeans.options;
        this.#seeding = ONE_BY_ONE.includes(seeding) ? seeding : "k-means++";
      }
      const [{ SlowSeeding }, clustering] = await Promise.all([loadLarge(), enlarged(kmeans)]);
      try {
        if (turn === this.#turn) this.#take(SlowSeeding.on(clustering, k, this.#seeding, seed));
      } finally {
        clustering.free();
      }
    } catch (error) {
      if (turn === this.#turn) this.#fail(error);
    }
  }

  #take(slowly) {
    this.#slowly?.free();
    this.#slowly = slowly;
    this.#about.textContent = ABOUT + (slowly.state().sharing ? ABOUT_MANY : "");
    this.#arrive();
  }

  /** What went wrong is said; the next board, or start, may do better. */
  #fail({ message }) {
    this.#of = undefined;
    this.#sentence.textContent = `This cannot be shown: ${message}.`;
  }

  // --- what the reader does ---

  #choose(name) {
    this.#isReadersChoice = true;
    this.#seeding = name;
    if (!this.#slowly) return;
    this.#rest();
    this.#try(() => this.#take(this.#slowly.by(name)));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input")) return;
    const step = Object.keys(STEPS).find((id) => STEPS[id][1] === event.key);
    if (!step) return;
    event.preventDefault(); // nor does the page's own board step
    this.#do(step);
  }

  #do(step) {
    if (!this.#slowly || !step || this.#steps[step].ariaDisabled === "true") return;
    this.#rest();
    this.#try({
      restart: () => this.#take(this.#slowly.by(this.#seeding)),
      back: () => this.#slowly.back() && this.#arrive(),
      next: () => this.#slowly.advance() && this.#arrive(MOTION),
      all: () => this.#advanceToEnd(),
    }[step]);
  }

  #try(act) {
    try {
      act();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** All that are left, with breaks in which the page goes on. */
  async #advanceToEnd() {
    const turn = ++this.#turn;
    let end = performance.now() + SPELL;
    try {
      while (this.#slowly.advance()) {
        if (performance.now() < end) continue;
        await breath();
        if (turn !== this.#turn) return;
        end = performance.now() + SPELL;
      }
      this.#arrive();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #startBoard() {
    const { kmeans } = this.#board;
    if (!kmeans || !this.#slowly) return;
    const seeding = this.#seeding, { k, seed } = kmeans;
    if (this.#replay) {
      this.#replay({ k, seeding, seed });
      return;
    }
    try {
      if (!(await this.#board.reseed({ k, seeding, seed }))) return;
    } catch {
      return; // the board has reported it
    }
    const detail = { edit: "reseed", seed, seeding };
    this.#board.dispatchEvent(new CustomEvent("change", { detail, bubbles: true, composed: true }));
  }

  // --- what is shown ---

  /** Nothing is under way any more. */
  #rest() {
    this.#turn += 1;
    cancelAnimationFrame(this.#frame);
    this.#t = 1;
  }

  /** Shows how the seeding stands, after a motion to there. */
  #arrive(duration = 0) {
    this.#say(this.#slowly.state());
    if (!duration || stillness.matches) return this.#paint();
    const from = performance.now();
    const beat = (now) => {
      this.#t = Math.min(Math.max((now - from) / duration, 0), 1);
      this.#paintBoard();
      if (this.#t < 1) this.#frame = requestAnimationFrame(beat);
    };
    beat(from);
    this.#paintCandidates();
    return undefined;
  }

  #say(state) {
    const { k, chosen, draws, candidates, taken } = state;
    for (const radio of this.#radios) radio.checked = radio.value === this.#seeding;
    for (const [id, isIdle] of Object.entries({ restart: chosen === 0, back: chosen === 0, next: chosen === k, all: chosen === k })) {
      this.#steps[id].ariaDisabled = String(isIdle);
    }
    const said = words(this.#seeding, state);
    if (this.#sentence.textContent !== said) this.#sentence.textContent = said;
    this.#canvas.ariaLabel = `The board with ${chosen} of ${k} centroids, each point as large as its D²`;
    const drawn = candidates[taken]?.drawn;
    this.#strip.ariaLabel = `All D² side by side${drawn === undefined ? "" : `, and the number drawn, ${NUMBER.format(drawn)} of the total`}`;
    this.#candidates.hidden = draws === 1;
    if (draws > 1) this.#list(state);
  }

  /** A small board for each candidate; empty ones where the first centroid has none. */
  #list({ draws, candidates, taken }) {
    while (this.#candidates.children.length > draws) this.#candidates.lastChild.remove();
    while (this.#candidates.children.length < draws) {
      const canvas = made("canvas", { ariaHidden: "true" });
      this.#candidates.append(made("li", {}, canvas, made("span"), made("span"), made("span")));
    }
    const isDrawn = candidates.length === draws;
    [...this.#candidates.children].forEach((item, i) => {
      const isKept = isDrawn && i === taken;
      const [, number, left, kept] = item.children;
      item.className = isKept ? "kept" : "";
      number.textContent = isDrawn ? NUMBER.format(candidates[i].drawn) : "";
      left.textContent = isDrawn ? `${short(candidates[i].inertia)} left` : "";
      kept.textContent = isKept ? "kept" : "";
    });
  }

  #paint() {
    if (!this.#slowly || !this.#isShown || !this.#canvas.clientWidth) return;
    this.#paintBoard();
    this.#paintCandidates();
  }

  #paintBoard() {
    const board = fitted(this.#canvas), strip = fitted(this.#strip);
    this.#slowly.paint(board.context, board.width, board.scale, board.background, board.ink, this.#t);
    this.#slowly.paintStrip(strip.context, strip.width, strip.height, strip.scale, strip.background, strip.ink, this.#t);
  }

  /** One after the other, with breaks: of very many points, each takes a while. */
  async #paintCandidates() {
    const turn = this.#turn, items = this.#candidates.hidden ? [] : [...this.#candidates.children];
    let end = performance.now() + SPELL;
    for (const [i, { firstChild: canvas }] of items.entries()) {
      if (performance.now() > end) {
        await breath();
        if (turn !== this.#turn) return;
        end = performance.now() + SPELL;
      }
      const { context, width, scale, background, ink } = fitted(canvas);
      this.#slowly.paintCandidate(i, context, width, scale, background, ink);
    }
  }
}

/**
 * Fills an empty element with a seeding to watch, on the board that a `<kmeans-board>` shows, from the seed of its start.
 * It starts over where that board is another. The panel begins hidden: `show()` and `hide()` say whether it is seen, and
 * nothing is computed while it is not.
 *
 * "Start with this seeding" calls `replay({ k, seeding, seed })`, if that is given. Else it reseeds the board, which tells
 * of it by `change`, with `{ edit: "reseed", seed, seeding }`, as it is the reader's doing.
 */
export function seedingLab(place, board, { replay } = {}) {
  const lab = new SeedingLab(place, board, replay);
  return { show: () => lab.show(), hide: () => lab.hide() };
}
