// Reads files and pasted text, in a worker; where there is none to be had, in slices between which the page goes on.

import { KMeans, KMeansError, breath } from "../clustering.js";
import { startWorker } from "../workers.js";

/** The worker's script; undefined where everything is in one file. */
const SCRIPT = new URL("./reading-worker.js", import.meta.url);

let canHaveWorkers = globalThis.Worker !== undefined && SCRIPT !== undefined;

/** What a worker makes of it; nothing where it could not be started. */
function inWorker(blob, asked, { signal, onProgress, most }) {
  return new Promise((resolve, reject) => {
    let worker, hasSpoken = false;
    try {
      worker = startWorker(SCRIPT);
    } catch {
      return resolve(undefined);
    }
    const end = (settle, value) => {
      worker.terminate();
      signal?.removeEventListener("abort", give);
      settle(value);
    };
    const give = () => end(reject, signal.reason);
    signal?.addEventListener("abort", give);
    worker.onmessage = ({ data: { share, result, error } }) => {
      hasSpoken = true;
      if (error) end(reject, error.code ? new KMeansError(error.message, error.code) : new Error(error.message));
      else if (result) end(resolve, result);
      else onProgress?.(share);
    };
    worker.onerror = (event) => {
      event.preventDefault?.();
      if (hasSpoken) end(reject, new KMeansError("The file is too large for this browser's memory.", "memory"));
      else end(resolve, undefined);
    };
    worker.postMessage({ blob, asked, most });
  });
}

/** What a blob has: see `readBlob` of formats.js, whose `asked` this is. `signal` ends it at once. */
export async function read(blob, asked = {}, { signal, onProgress } = {}) {
  await KMeans.load();
  signal?.throwIfAborted();
  const { n: most } = KMeans.limits;
  const result = canHaveWorkers ? await inWorker(blob, asked, { signal, onProgress, most }) : undefined;
  if (result) return result;
  canHaveWorkers = false;
  return (await import("./formats.js")).readBlob(blob, asked, { signal, onProgress, breath, most });
}
