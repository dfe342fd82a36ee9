// A board whose number of clusters the reader is to guess.

import { KMeans } from "./clustering.js";

/** As many clouds as a board is thrown with: at least, and how many numbers there are from there on. */
const FEWEST = 2, NUMBERS = 6;

/** A seed that nobody chose. */
async function anySeed() {
  const any = await KMeans.init({ n: 1, k: 1 });
  const { seed } = any;
  any.free();
  return seed;
}

export const ACTS = {
  /** New clouds, how many is the seed's secret; one star, so that the picture gives nothing away. */
  async "throw"(board, preset = "peaked") {
    const seed = await anySeed(), form = document.getElementById("question-k");
    form.reset();
    form.querySelector(".verdict").textContent = "";
    const asked = { board: preset, n: 200, clusters: FEWEST + (seed % NUMBERS), k: 1, seed };
    for (const [name, value] of Object.entries(asked)) board.setAttribute(name, value);
    await board.init({ ...asked, seeding: board.seeding });
    board.run();
  },
};

/** What the board was made of, and what the reader saw. */
export function verdict({ kmeans }, k) {
  const { board, clusters } = kmeans.options;
  if (KMeans.boards.find(({ name }) => name === board).clusters === undefined) return `You see ${k}. This board is a single cloud.`;
  const drawn = `${clusters} ${clusters === 1 ? "cloud" : "clouds"}`;
  return clusters === k ? `You see ${k}, and ${drawn} were drawn.` : `You see ${k}; ${drawn} were drawn. Who is right depends on what for.`;
}
