// How far the making of a large board has come: loaded when one takes a while.

const bars = new WeakMap(); // by the signal of what is made

/** Shows a share from 0 to 1 at the upper edge of a place, until the signal is aborted. */
export function show(place, share, signal) {
  if (signal.aborted) return;
  if (!bars.has(signal)) bars.set(signal, barIn(place, signal));
  bars.get(signal).value = share;
}

function barIn(place, signal) {
  const bar = Object.assign(document.createElement("progress"), { part: "progress", ariaLabel: "Making the board" });
  bar.style.cssText = "position: absolute; inset: 0 0 auto; width: 100%; height: 4px; accent-color: var(--kmeans-board-accent, auto)";
  place.append(bar);
  signal.addEventListener("abort", () => bar.remove());
  return bar;
}
