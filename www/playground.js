// The playground's first moments: the board that the address asks for. The controls come once it has been seen.

import { KMeans } from "./clustering.js";
import { KMeansBoard } from "./kmeans-board-element.js";
import { asked, options, whole } from "./address.js";

customElements.define("kmeans-board", KMeansBoard);

const board = document.getElementById("board");
const { hash } = location;
const opened = board.init(KMeans.load().then(() => whole(asked())).then(options));
await opened.catch(() => {}); // the controls say it
await new Promise((seen) => requestAnimationFrame(() => setTimeout(seen)));
const { begin } = await import("./controls.js");
await begin(location.hash === hash ? opened : undefined); // whoever went back meanwhile is elsewhere
