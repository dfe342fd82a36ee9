// The playground's lab inside the tutorial: many starts, which K, and seeding slowly, each beside the board it speaks of.

import { made } from "./lab.js";
import { Peek } from "./lab-peek.js";

/** Fills a place with its pane, which shows what it finds on that board, one that has started. */
export async function fill(place, board) {
  const name = place.dataset.pane, problem = made("p", { className: "problem", hidden: true });
  problem.setAttribute("role", "alert");
  const complain = (message) => {
    problem.textContent = message;
    problem.hidden = !message;
  };
  const replay = async (start) => {
    board.scrollIntoView({ block: "nearest" }); // the reader has asked to see it
    try {
      if (await board.reseed(start)) board.play();
    } catch ({ message }) {
      complain(message);
    }
  };
  place.replaceChildren();
  const pane = await paneOf(name, place, board, { replay, complain, peek: new Peek(board) });
  place.append(problem);
  pane.show();
}

async function paneOf(name, place, board, page) {
  if (name === "starts") return (await import("./lab-starts.js")).startsPane(place, board, page);
  if (name === "k") return (await import("./lab-k.js")).kPane(place, board, page);
  return (await import("./lab-seeding.js")).seedingLab(place, board, page);
}
