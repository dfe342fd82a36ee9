// A worker that does parts of studies: it has the board and the study again, and answers with what a part came to.

import { clusteringOf } from "./clustering.js";
import { Study } from "./pkg/kmeans_board_large.js";

let clustering, study;

/** One part, all of it at once: nobody waits here. */
function done(part) {
  try {
    for (;;) {
      const result = part.advance();
      if (result) return result;
    }
  } finally {
    part.free();
  }
}

/** A blueprint where the board is another, the study's kind and values where it is another, and the part. */
async function answer({ board, call, part }) {
  try {
    if (call) { // another board comes with another call; what fails leaves none to be asked further
      study?.free();
      study = undefined;
    }
    if (board) {
      clustering?.free();
      clustering = undefined;
      clustering = await clusteringOf(board);
    }
    if (call) study = Study[call.kind](clustering, ...call.values);
    const result = done(study.part(part));
    postMessage({ result }, { transfer: [result.buffer] });
  } catch ({ message, code }) {
    postMessage({ error: { message, code } });
  }
}

let last = Promise.resolve(); // one after the other, also where a board takes its time

addEventListener("message", ({ data }) => {
  last = last.then(() => answer(data));
});
