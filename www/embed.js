// The iframe's target: what the query names become attributes of the board, and the parent is told the board's height.
// Nobody else is listened to.

import { KMeansBoard, camel } from "./kmeans-board-element.js";

const THEMES = ["light", "dark"];
const OFF = ["0", "false"];

customElements.define("kmeans-board", KMeansBoard);

const board = document.querySelector("kmeans-board");

/** Switches are what the board itself answers with yes or no to. */
const isSwitch = (name) => typeof board[camel(name)] === "boolean";

function complain(name, value, why) {
  console.warn(`embed.html: ${name}=${JSON.stringify(value)} is ${why}`);
}

/** Light or dark, whatever the reader prefers. */
function wear(theme) {
  if (THEMES.includes(theme)) document.documentElement.style.colorScheme = theme;
  else complain("theme", theme, `none of ${THEMES.join(", ")}, so the reader's own is used`);
}

/** One of the query's; a value that the board cannot use, it complains about itself. */
function apply(name, value) {
  if (name === "theme") wear(value);
  else if (!KMeansBoard.observedAttributes.includes(name)) complain(name, value, "nothing that a board has, so it is left out");
  else if (isSwitch(name)) board.toggleAttribute(name, !OFF.includes(value));
  else board.setAttribute(name, value);
}

/** Tells the parent how much room the board takes; no secret, so whoever that is may know. */
function tell([{ target }]) {
  parent.postMessage({ type: "kmeans-board:height", height: Math.ceil(target.getBoundingClientRect().height) }, "*");
}

// With controls, unless the query says otherwise; of a name that it has twice, the last counts.
for (const [name, value] of new Map([["controls", ""], ...new URLSearchParams(location.search)])) apply(name, value);
if (parent !== window) new ResizeObserver(tell).observe(board);
