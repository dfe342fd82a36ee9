// The clustering in Node, whose fetch reads no files: the Wasm is read from here, then all is as in a page.

import { readFile } from "node:fs/promises";
import small from "./pkg/kmeans_board.js";
import large from "./pkg/kmeans_board_large.js";

export { KMeans, KMeansError } from "./kmeans.js";

const read = (name) => ({ module_or_path: readFile(new URL(`pkg/${name}_bg.wasm`, import.meta.url)) });

await Promise.all([small(read("kmeans_board")), large(read("kmeans_board_large"))]);
