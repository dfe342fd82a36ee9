// The transport under a <kmeans-board controls>: loaded with the first board that has one.

import { lookAhead, positionOf } from "./kmeans-board-element.js";
import { placeInWords, short } from "./sentences.js";

export const STYLE = `
#bar {
  all: initial; color-scheme: inherit; color: inherit; visibility: inherit; direction: ltr;
  --soft: var(--kmeans-board-soft, light-dark(#5d626d, #a0a5b0));
  --accent: var(--kmeans-board-accent, light-dark(#3455d1, #8ea6ff));
  display: grid; grid: "buttons timeline status" 47px / auto 1fr auto; align-items: center; column-gap: 8px;
  height: 100%; padding: 0 4px; box-sizing: border-box;
  font: 13px/16px system-ui, sans-serif; font-variant-numeric: tabular-nums;
  accent-color: var(--accent); -webkit-tap-highlight-color: transparent;
}
#buttons { grid-area: buttons; display: flex; }
button {
  display: grid; place-items: center; width: 40px; height: 40px; margin: 0; padding: 0; border: 0; border-radius: 4px;
  color: inherit; background: none; cursor: pointer; touch-action: manipulation;
}
button[aria-disabled="true"] { color: var(--soft); opacity: 0.5; cursor: default; }
#play { color: var(--accent); }
svg { width: 16px; height: 16px; fill: currentColor; }
svg .line { fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
#play svg { width: 20px; height: 20px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
#chart { grid-area: timeline; align-self: start; width: calc(100% - 16px); height: 50%; margin: 0 8px; padding: 5px 0 2px; box-sizing: border-box; color: var(--accent); fill-opacity: 0.3; pointer-events: none; }
input { grid-area: timeline; width: 100%; min-width: 0; height: 40px; margin: 0; background: none; border-radius: 4px; cursor: pointer; touch-action: pan-y; }
#status { grid-area: status; position: relative; overflow: clip; width: 128px; margin: 0 8px 0 0; text-align: right; white-space: nowrap; }
#status span { display: block; overflow: hidden; text-overflow: ellipsis; color: var(--soft); }
@container (width < 400px) {
  #bar { grid: "timeline status" 44px "buttons buttons" 44px / 1fr auto; align-content: center; }
  #buttons { justify-content: space-evenly; }
  input { width: auto; margin-left: 8px; }
  #status { width: 88px; }
  #status b { position: absolute; clip-path: inset(50%); }
}
#status b { font-weight: inherit; }
@media (hover: hover) { button:not([aria-disabled="true"]):hover { background: color-mix(in srgb, currentColor 10%, transparent); } }
@media (pointer: coarse) { button { width: 44px; height: 44px; } input { height: 44px; } }
@media (forced-colors: active) { button[aria-disabled="true"] { color: GrayText; opacity: 1; } }
`;

const PLAY = "M4 3l9 5-9 5z";
const PAUSE = "M4 3h3v10H4zM9 3h3v10H9z";
/** Each button's name and its picture. */
const BUTTONS = {
  reseed: ["Seed again", '<path class="line" d="M12.5 8a4.5 4.5 0 1 1-1.6-3.4M11.4 1.6v3.2H8.2"/>'],
  back: ["Back", '<path d="M3 3h2v10H3zM13 3v10L6 8z"/>'],
  play: ["Play", `<path d="${PLAY}"/>`],
  step: ["Step", '<path d="M11 3h2v10h-2zM3 3v10l7-5z"/>'],
};

const button = ([id, [name, picture]]) =>
  `<button type="button" id="${id}" part="button" title="${name}" aria-label="${name}"><svg viewBox="0 0 16 16" aria-hidden="true">${picture}</svg></button>`;

/** What the reader's hands do; unlike the author's calls, a seed of theirs is news. */
const ACTIONS = {
  async reseed(board) {
    try {
      if (!(await board.reseed())) return;
    } catch {
      return; // The board has reported it.
    }
    const detail = { edit: "reseed", seed: board.kmeans.seed };
    board.dispatchEvent(new CustomEvent("change", { detail, bubbles: true, composed: true }));
  },
  back(board) {
    board.pause();
    board.back();
  },
  play: (board) => (board.playing ? board.pause() : board.play()),
  step(board) {
    board.pause();
    board.halfSteps ? board.halfStep() : board.step();
  },
};

/** The inertia after each half-step, as an outline that is as wide as so many iterations and 1 high. */
function hillOf({ history }) {
  const levels = history.flatMap(({ assignedInertia, inertia }) => [assignedInertia, inertia]);
  const low = levels.at(-1), high = levels[0] - low || 1;
  const corners = levels.map((level, i) => `${(i + 1) / 2},${(1 - (level - low) / high).toFixed(3)}`);
  return levels.length ? `M.5,1L${corners.join(" ")}V1z` : "";
}

/** Puts the controls of a board into their place, where they follow whatever happens to it. */
export function add(board, root) {
  const room = root.getElementById("controls");
  room.innerHTML = `<div id="bar" role="group" aria-label="Controls">
    <div id="buttons">${Object.entries(BUTTONS).map(button).join("")}</div>
    <svg id="chart" part="chart" preserveAspectRatio="none" aria-hidden="true"><path/></svg>
    <input type="range" id="timeline" part="timeline" min="0" value="0" aria-label="Iteration">
    <p id="status" part="status" role="status"></p></div>`;
  const $ = (id) => room.querySelector(`#${id}`);
  const timeline = $("timeline");
  for (const [id, act] of Object.entries(ACTIONS)) $(id).addEventListener("click", () => board.kmeans && act(board));
  timeline.addEventListener("input", (event) => {
    event.stopPropagation(); // it would leave the shadow tree
    const iteration = Number(timeline.value);
    board.pause();
    board.seek(iteration);
  });
  timeline.addEventListener("keydown", (event) => {
    if (event.key !== " ") return; // of which a slider makes no use
    event.preventDefault();
    $("play").click();
  });

  function name(id, words, d) {
    if ($(id).title === words) return;
    $(id).title = words;
    $(id).setAttribute("aria-label", words);
    $(id).querySelector("path").setAttribute("d", d);
  }

  /** Names the place and the inertia; aloud only at rest. */
  function say(now) {
    const { kmeans, playing } = board;
    const where = kmeans ? placeInWords(now, kmeans.computed, kmeans.converged) : "";
    const inertia = `inertia ${kmeans && now ? short(kmeans.inertia) : "–"}`;
    const words = where && `<b>Iteration </b>${where}<span>${inertia}</span>`;
    $("status").ariaLive = playing ? "off" : "polite";
    if ($("status").innerHTML !== words) $("status").innerHTML = words;
    timeline.setAttribute("aria-valuetext", `iteration ${where}, ${inertia}`);
  }

  /** What of the run is known, under the timeline and as long. */
  function draw(iterations) {
    const hill = board.kmeans ? hillOf(board.kmeans) : "", path = $("chart").firstChild;
    if (path.getAttribute("d") === hill) return;
    path.setAttribute("d", hill);
    $("chart").setAttribute("viewBox", `0 0 ${iterations} 1`);
  }

  function refresh() {
    const { kmeans, playing } = board;
    const now = kmeans ? positionOf(kmeans) : 0;
    if (kmeans) lookAhead(kmeans);
    const isEnd = !kmeans || (kmeans.converged && kmeans.phase === "assign");
    const idle = { reseed: !kmeans, back: now === 0, play: !kmeans, step: isEnd };
    // A button that holds the focus is not disabled under the reader's finger: it does nothing then.
    for (const [id, isIdle] of Object.entries(idle)) $(id).setAttribute("aria-disabled", isIdle);
    timeline.max = Math.max(kmeans?.computed ?? 0, now);
    draw(timeline.max);
    timeline.step = board.halfSteps || now % 1 ? 0.5 : 1;
    timeline.value = now;
    timeline.disabled = timeline.max === "0";
    name("play", playing ? "Pause" : isEnd && kmeans ? "Again" : "Play", playing ? PAUSE : PLAY);
    say(now);
  }

  board.addEventListener("statechange", refresh);
  refresh();
}
