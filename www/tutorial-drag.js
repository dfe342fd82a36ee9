// Stars that the reader can move, by mouse, finger or keyboard, and the meter that follows them. The board itself knows
// nothing of it: handles lie over it, and each move starts it anew from where the stars are.

import { ARROWS, KMeans, viewOf } from "./clustering.js";
import { short } from "./sentences.js";

/** How far an arrow key moves a star, as a share of the board's side; with Shift, less. */
const STRIDE = 0.02, SMALL_STRIDE = 0.005;
/** A speed at which nothing glides: a star is where the finger is. */
const AT_ONCE = 60;

/** Where a star is in the picture, as shares of its side from the left and from above. */
export function placeOf(kmeans, j) {
  const { left, top, side } = viewOf(kmeans), { centroids } = kmeans;
  return [(centroids[2 * j] - left) / side, (top - centroids[2 * j + 1]) / side];
}

/** A handle over each star of a board; `moved(j, x, y)` is told where one should go. */
function handles(board, moved) {
  const place = board.parentElement, canvas = () => board.getBoundingClientRect();
  const made = [];

  function handle(j) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "mover", ariaLabel: `Star ${j + 1}, moved by the arrow keys` });
    const to = (x, y) => {
      const [left, bottom, right, top] = board.kmeans.bounds;
      moved(j, Math.min(Math.max(x, left), right), Math.min(Math.max(y, bottom), top));
    };
    button.addEventListener("pointerdown", (event) => button.setPointerCapture(event.pointerId));
    button.addEventListener("pointermove", ({ pointerId, clientX, clientY }) => {
      if (!button.hasPointerCapture(pointerId)) return;
      const { left, top, side } = viewOf(board.kmeans), { x, y, width } = canvas();
      to(left + ((clientX - x) / width) * side, top - ((clientY - y) / width) * side);
    });
    button.addEventListener("keydown", (event) => {
      const [dx, dy] = ARROWS[event.key] ?? [];
      if (dx === undefined) return;
      event.preventDefault();
      const { side } = viewOf(board.kmeans), stride = side * (event.shiftKey ? SMALL_STRIDE : STRIDE), { centroids } = board.kmeans;
      to(centroids[2 * j] + dx * stride, centroids[2 * j + 1] + dy * stride);
      requestAnimationFrame(() => button.scrollIntoView({ block: "nearest" }));
    });
    place.append(button);
    return button;
  }

  function follow() {
    const { kmeans } = board;
    if (!kmeans) return;
    while (made.length < kmeans.k) made.push(handle(made.length));
    while (made.length > kmeans.k) made.pop().remove();
    made.forEach((button, j) => {
      const [across, down] = placeOf(kmeans, j);
      button.style.left = `${100 * across}%`;
      button.style.top = `${board.clientWidth * down}px`;
    });
  }
  board.addEventListener("statechange", follow);
  new ResizeObserver(follow).observe(board);
  follow();
}

/** The inertia as a bar that is full where it began; with `best`, a mark for the lowest that is known. */
function meter(place, board, best) {
  place.innerHTML = `<span>Inertia <b></b></span><span class="track"><i></i>${best === undefined ? "" : "<em></em>"}</span>`;
  const [value, bar, mark] = ["b", "i", "em"].map((name) => place.querySelector(name));
  let full = 0;
  const draw = () => {
    const inertia = board.kmeans?.inertia;
    if (!(inertia >= 0)) return;
    full = Math.max(full, inertia);
    value.textContent = short(inertia);
    bar.style.width = `${(100 * inertia) / full}%`;
    if (mark) mark.style.left = `${(100 * best) / full}%`;
  };
  board.addEventListener("statechange", draw);
  draw();
}

/** The lowest inertia that k-means finds on a board from a careful start. */
async function bestOf({ options }) {
  const careful = await KMeans.init({ ...options, centroids: undefined, seeding: "greedy-k-means++" });
  const { inertia } = careful.run();
  careful.free();
  return inertia;
}

/** Lets the reader move the stars of a board; `say` is for who hears it. */
export async function beginDragging(board, say) {
  await board.ready;
  const { speed } = board;
  let still = 0;
  handles(board, (j, x, y) => {
    const { centroids, seed } = board.kmeans;
    centroids[2 * j] = x;
    centroids[2 * j + 1] = y;
    board.speed = AT_ONCE;
    board.reseed({ centroids, seed });
    board.seek(0.5);
    clearTimeout(still);
    still = setTimeout(() => {
      board.speed = speed;
      say(`Inertia ${short(board.kmeans.inertia)}`);
    }, 300);
  });
  const place = document.querySelector(`.meter[data-of=${board.id}]`);
  // Of one star the best place is the question.
  meter(place, board, board.kmeans.k > 1 ? await bestOf(board.kmeans) : undefined);
}
