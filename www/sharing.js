// What the playground's Share, Embed and Save do: loaded when one of them is asked for, with its own style.

import { written } from "./address.js";
import { positionOf } from "./kmeans-board-element.js";

const STYLE = `
#sharing { position: relative; }
[role="status"].said { position: absolute; z-index: 2; margin: 0; color: var(--ink); font-size: 13px; white-space: nowrap; }
#sharing .said { top: calc(100% + 4px); right: 4px; }
#sharing .said:not(:empty) { padding: 4px 12px; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; }
dialog.taking .said { position: static; min-height: 20px; white-space: normal; color: var(--soft); }
dialog.taking { box-sizing: border-box; width: min(720px, 100vw - 16px); max-width: none; max-height: calc(100dvh - 16px); padding: 0; color: var(--ink); background: var(--paper); border: 1px solid var(--line); border-radius: 6px; overflow: auto; }
dialog.taking::backdrop { background: rgb(0 0 0 / 0.4); }
dialog.taking.narrow { width: min(440px, 100vw - 16px); }
.taking > div { display: grid; gap: 12px; padding: 12px 24px 24px; }
.taking .head { display: flex; align-items: center; justify-content: space-between; }
.taking h2 { margin: 0; color: var(--ink); font: 700 18px/1.4 var(--serif); }
.taking .head button { margin-right: -12px; color: var(--soft); border-color: transparent; }
.taking p { margin: 0; font: 15px/1.4 var(--serif); }
.taking .soft { color: var(--soft); }
.taking .way { display: grid; grid-template-columns: minmax(0, 1fr) 320px; gap: 12px 24px; }
.taking .text { display: grid; gap: 12px; align-content: start; min-width: 0; }
.taking textarea, .taking input[readonly] { box-sizing: border-box; width: 100%; height: 168px; padding: 8px; font: 13px/1.5 ui-monospace, monospace; color: inherit; background: var(--chosen); border: 1px solid var(--edge); border-radius: 6px; resize: vertical; overflow-wrap: anywhere; }
.taking input[readonly] { height: 44px; }
.taking iframe { display: block; width: 320px; min-height: 412px; border: 0; } /* its room from the start: nothing moves away from under a pointer */
.taking .row a { display: inline-flex; align-items: center; min-height: 44px; color: var(--accent); }
.taking .kinds { display: grid; grid-template-columns: 1fr 1fr 1fr; gap: 8px; }
.taking .kinds button:nth-child(n + 4) { display: grid; grid-column: 1 / -1; grid-template-columns: 80px 1fr; justify-items: start; text-align: left; }
.taking .kinds small { color: var(--soft); font-size: 13px; }
@media (max-width: 760px) {
  .taking > div { padding: 8px 16px 16px; }
  .taking .way { grid-template-columns: minmax(0, 1fr); }
  .taking iframe { justify-self: center; max-width: 100%; }
  .taking textarea { height: 120px; }
}
`;

const board = document.getElementById("board");
const place = document.getElementById("sharing");
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
document.adoptedStyleSheets.push(sheet);

/** An element with properties and children. */
export const made = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};

// --- what is said, and how it is copied ---

const statusLine = () => made("p", { className: "said", role: "status" });
const heading = place.appendChild(statusLine());
let saidLast = 0;

/** Says something where it is seen and read aloud, for a while. */
function say(where, words) {
  clearTimeout(saidLast);
  where.textContent = words;
  saidLast = setTimeout(() => where.textContent = "", 4000);
}

/** Copies a text, or selects it where it stands: not every browser, nor every page's place in one, lets scripts copy. */
async function copy(text, what, field, where) {
  try {
    await navigator.clipboard.writeText(text);
    say(where, `${what} copied`);
  } catch {
    field.focus();
    field.select();
    where.textContent = `This browser does not let the page copy. The ${what.toLowerCase()} is selected: copy it with Ctrl C or ⌘ C.`;
  }
}

/** Opens a dialog with these elements in it; closed, it gives the focus back to the button that asked for it. */
export function dialog(title, opener, isNarrow, ...elements) {
  const close = made("button", { textContent: "Close" });
  const name = made("h2", { textContent: title, id: "taking" });
  const element = made("dialog", { className: isNarrow ? "taking narrow" : "taking" }, made("div", {}, made("div", { className: "head" }, name, close), ...elements));
  element.setAttribute("aria-labelledby", name.id);
  element.setAttribute("closedby", "any");
  close.addEventListener("click", () => element.close());
  element.addEventListener("keydown", (event) => event.stopPropagation()); // the board's keys are not meant here
  element.addEventListener("close", () => {
    element.remove();
    document.getElementById(opener).focus();
  });
  document.body.append(element);
  element.showModal();
  return element;
}

const absolute = (relative) => new URL(relative, document.baseURI).href;

/** A state with the place in the run that is on screen now. */
const now = (state) => ({ ...state, iteration: positionOf(board.kmeans) });

// --- Share ---

/** Copies the page's address, with the state as it is on screen. */
export async function share(state) {
  if (!state.board) return; // there is nothing yet
  if (state.own && !state.points) return tooMany(state);
  const address = absolute(written(now(state)));
  const field = made("input", { value: address, readOnly: true, ariaLabel: "Address" });
  const where = statusLine();
  try {
    await navigator.clipboard.writeText(address);
    say(heading, "Address copied");
  } catch {
    dialog("The address of this board", "share", true, field, where);
    copy(address, "Address", field, where);
  }
}

/** Points that no address holds go as a file. */
function tooMany(state) {
  const where = statusLine(), button = made("button", { className: "primary", textContent: "Save the board as a file" });
  button.addEventListener("click", () => {
    const name = `${nameOf(state)}.board.json`;
    download(ownFile(state), name);
    say(where, `Saved as ${name}`);
  });
  const words = `These ${state.n.toLocaleString("en")} points are too many for an address: it would be cut off on its way. A file has all of them, and whoever gets it opens it here.`;
  dialog("Share this board", "share", true, made("p", { textContent: words }), made("div", { className: "row" }, button), where);
}

// --- Embed ---

/** What the element's attributes say of a state; a switch has no value. */
function attributesOf({ own, board: name, n, clusters, k, seeding, seed, speed = 1, cells, trails, halfSteps }) {
  const points = own ? { src: own.table } : { board: name, n, clusters };
  const values = Object.entries({ ...points, k, seeding, seed, speed: speed === 1 ? undefined : speed });
  const switches = { controls: true, voronoi: cells, trails, "half-steps": halfSteps };
  return [
    ...values.filter(([, value]) => value !== undefined),
    ...Object.keys(switches).filter((each) => switches[each]).map((each) => [each]),
  ];
}

const LISTENER = '<script>addEventListener("message", ({ data, source }) => { for (const frame of document.querySelectorAll("iframe")) if (frame.contentWindow === source && data?.type === "kmeans-board:height" && Number.isFinite(data.height)) frame.style.height = `${data.height}px`; });</script>';

/** Each way to embed: its name, the file that it needs, whether attributes are all that it has, and its text. */
const WAYS = [
  {
    name: "Tag",
    file: "kmeans-board.js",
    isOfAttributes: true,
    words: "The board becomes a part of the page, as wide as its place, and begins at the seeding.",
    text(state) {
      const attributes = attributesOf(state).map(([name, value]) => (value === undefined ? name : `${name}="${value}"`));
      return `<script type="module" src="${absolute(this.file)}"></script>\n<kmeans-board ${attributes.join(" ")}></kmeans-board>`;
    },
  },
  {
    name: "Iframe",
    file: "embed.html",
    isOfAttributes: true,
    words: "For pages that let nobody else’s scripts in; it begins at the seeding. The first line makes it as high as it has to be, once for all of a page.",
    text(state) {
      const asked = new URLSearchParams(attributesOf(state).map(([name, value = 1]) => [name, value]));
      const address = `${absolute(this.file)}?${asked}`.replaceAll("&", "&amp;");
      return `${LISTENER}\n<iframe src="${address}" sandbox="allow-scripts" title="k-means on a board" style="width:100%;border:0"></iframe>`;
    },
  },
  {
    name: "One file",
    file: "kmeans-board.html",
    words: "The whole playground in a file that needs no server and no network. What follows the # in its address says what it opens on.",
    text(state) {
      return `${this.file}${written(now(state))}`;
    },
  },
];

async function isServed(file) {
  try {
    return (await fetch(file, { method: "HEAD" })).ok;
  } catch {
    return false; // as for a page from a disk
  }
}

/** A page with nothing but the snippet in it. */
const pageOf = (snippet) => `<!doctype html><meta name="color-scheme" content="light dark"><style>body { margin: 0; } iframe { display: block; }</style><body>${snippet}`;

/** Shows exactly what the snippet makes; a table that is yet to be put beside it comes from here. */
function preview(way, text, { own }) {
  const frame = made("iframe", { title: "Preview" });
  if (!way.isOfAttributes) return Object.assign(frame, { src: absolute(text) });
  frame.addEventListener("load", () => {
    const { contentWindow, contentDocument: { documentElement } } = frame;
    new contentWindow.ResizeObserver(() => frame.style.height = `${documentElement.offsetHeight}px`).observe(documentElement);
  });
  if (own) text = text.replace(`src="${own.table}"`, `src="${URL.createObjectURL(tableFile(board.kmeans))}"`);
  return Object.assign(frame, { srcdoc: pageOf(text) });
}

/** One way: its words, its text with a button that copies it, and what it makes. */
function shownWay(way, state, where) {
  const text = way.text(state);
  const field = made("textarea", { value: text, readOnly: true, spellcheck: false, ariaLabel: `${way.name}: text to copy` });
  const button = made("button", { className: "primary", textContent: "Copy" });
  const what = way.isOfAttributes ? "Snippet" : "Address";
  button.addEventListener("click", () => copy(text, what, field, where));
  const row = made("div", { className: "row" }, button);
  if (!way.isOfAttributes) row.append(made("a", { href: absolute(way.file), download: way.file, textContent: "Download the file" }));
  const words = made("p", { className: "soft", textContent: way.words });
  if (state.own && way.isOfAttributes) {
    words.textContent += " Its points are in the table, which goes beside the page.";
    const table = made("button", { textContent: "Save the table" });
    table.addEventListener("click", () => {
      download(tableFile(board.kmeans), state.own.table);
      say(where, `Saved as ${state.own.table}`);
    });
    row.append(table);
  }
  return [made("div", { className: "text" }, words, field, row, where), preview(way, text, state)];
}

/** What has to be said about a state before it is taken elsewhere. */
function remarks({ beside, seed, boardSeed, own, points, seeding }) {
  return [
    own?.centroids && !seeding && "A tag cannot say where stars were put by hand: it begins with random ones.",
    own && "An iframe cannot bring a table along: the tag has it in a file beside its page, the one file within.",
    own && !points && "The points are too many for an address, so the one file opens without them: save the board, and open it there.",
    beside && "Of the two boards, this is the first.",
    boardSeed !== undefined && `The points are those of seed ${boardSeed}, the start is of seed ${seed}. The attributes of a tag or an iframe have one seed for both, so neither can say this board; another seed, from the dice or typed, makes one that they can.`,
  ].filter(Boolean).map((textContent) => made("p", { textContent }));
}

/** Opens a dialog with what to paste elsewhere so that this board is there. */
export async function embed(state) {
  if (!state.board) return;
  if (state.own) {
    await import("./exports.js");
    state = { ...state, own: { ...state.own, table: `${nameOf(state)}.csv` } };
  }
  const served = await Promise.all(WAYS.map(({ file }) => isServed(file)));
  const isSaid = ({ isOfAttributes, name }) => !isOfAttributes || (state.boardSeed === undefined && !(state.own && name === "Iframe"));
  const ways = WAYS.filter((way, i) => served[i] && isSaid(way));
  const shown = made("div", { className: "way" });
  const choices = ways.map((way) => {
    const input = made("input", { type: "radio", name: "way", value: way.name });
    input.addEventListener("change", () => shown.replaceChildren(...shownWay(way, state, statusLine())));
    return made("label", {}, input, made("span", { textContent: way.name }));
  });
  const segments = made("div", { className: "segments", role: "radiogroup", ariaLabel: "Way to embed" }, ...choices);
  if (!ways.length && state.boardSeed === undefined) shown.append(made("p", { textContent: "What would be embedded is not beside this page: open it where it is published." }));
  dialog("Embed this board", "embed", false, ...remarks(state), ...(ways.length ? [segments] : []), shown);
  choices[0]?.querySelector("input").click();
  choices[0]?.querySelector("input").focus();
}

// --- Save ---

/** A program that finds the table under the name that we save it by. */
const beside = (program, name) => program.replaceAll("kmeans.csv", `${name}.csv`);

const png = (scale) => [`PNG ${scale}×`, scale === 1 ? ".png" : `-${scale}x.png`, () => board.toBlob("image/png", { scale })];
const text = (type, write) => async (name) => new Blob([write(board.kmeans, name)], { type });

/** What can be saved: its name, how the file's name ends, its making, and a few words. */
const KINDS = [
  png(1), png(2), png(4),
  ["SVG", ".svg", () => board.toBlob("image/svg+xml"), "the picture as vectors"],
  ["CSV", ".csv", text("text/csv", (kmeans) => kmeans.toCSV()), "x, y and label of each point"],
  ["JSON", ".json", text("application/json", (kmeans) => kmeans.toJSON()), "all of it, to go on from in KMeans.init"],
  ["Python", ".py", text("text/x-python", (kmeans, name) => beside(kmeans.toPython(), name)), "scikit-learn; reads the CSV beyond 1,000 points"],
  ["PySpark", "-spark.py", text("text/x-python", (kmeans, name) => beside(kmeans.toPySpark(), name)), "Spark’s MLlib; reads the CSV"],
];

const nameOf = ({ board: name, n, k }) => `kmeans-board-${name}-${n}-${k}`;

/** The table that the element's `src` reads. */
const tableFile = (kmeans) => new Blob([kmeans.toCSV()], { type: "text/csv" });

/** Own points as a file that is opened here again. */
const ownFile = (state) => state.own.file(state);

function download(blob, name) {
  const link = made("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Opens a dialog that saves what is on the board; it pauses, so that what is saved is what was seen. */
export async function save(state) {
  if (!state.board) return;
  for (const each of document.querySelectorAll("#boards kmeans-board")) each.pause();
  await import("./exports.js");
  const where = statusLine();
  const own = state.own ? [["Board", ".board.json", async () => ownFile(state), "the points with their axes and lines, to open here again"]] : [];
  const buttons = [...KINDS, ...own].map(([kind, end, make, words]) => {
    const button = made("button", {}, kind, ...(words ? [made("small", { textContent: words })] : []));
    button.addEventListener("click", async () => {
      const { n, k } = board.kmeans;
      const name = nameOf({ ...state, n, k });
      try {
        download(await make(name), name + end);
        say(where, `Saved as ${name}${end}`);
      } catch ({ message }) {
        where.textContent = `${kind} cannot be saved: ${message}`;
      }
    });
    return button;
  });
  const remark = state.beside ? [made("p", { textContent: "Of the two boards, this is the first." })] : [];
  dialog("Save what is on the board", "save", true, ...remark, made("div", { className: "kinds" }, ...buttons), where);
}
