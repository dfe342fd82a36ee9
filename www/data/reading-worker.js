// A worker that reads one file and answers with what it has, its arrays handed over.

import { readBlob } from "./formats.js";

addEventListener("message", async ({ data: { blob, asked } }) => {
  try {
    const result = await readBlob(blob, asked, { onProgress: (share) => postMessage({ share }) });
    const arrays = [result.lines, result.bright, ...(result.columns ?? []).map(({ values }) => values)];
    postMessage({ result }, { transfer: arrays.filter(Boolean).map(({ buffer }) => buffer) });
  } catch ({ message, code }) {
    postMessage({ error: { message, code } });
  }
});
