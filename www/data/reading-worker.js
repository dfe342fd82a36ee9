// A worker that reads one file and answers with what it has, its arrays handed over.

import { readBlob } from "./formats.js";

addEventListener("message", async ({ data: { blob, asked, most } }) => {
  try {
    const result = await readBlob(blob, asked, { most, onProgress: (share) => postMessage({ share }) });
    const { kind, columns, lines, bright } = result;
    const arrays = kind === "table" ? [lines, ...columns.map(({ values }) => values)] : [bright];
    postMessage({ result }, { transfer: arrays.filter(Boolean).map(({ buffer }) => buffer) });
  } catch ({ message, code }) {
    postMessage({ error: { message, code } });
  }
});
