// The points of a table at an address, for the element's `src`.

import { KMeansError } from "../clustering.js";
import { chosen, firstPair, isPositions, numberColumns, survey } from "./choosing.js";
import { read } from "./reading.js";
import { LIMITS, weight } from "./table.js";

/** They come as `[x0, y0, x1, y1, …]`; rows that have not both numbers are left out, with one warning on the console. */
export async function pointsAt(url, { signal, onProgress }) {
  const because = (why) => new KMeansError(`src ${JSON.stringify(url.href)} cannot be read: ${why}`, "src");
  let table;
  try {
    const answer = await fetch(url, { signal });
    if (!answer.ok) throw because(`its server answers ${answer.status}`);
    const size = Number(answer.headers.get("content-length"));
    if (size > LIMITS.bytes) throw because(`it has ${weight(size)}, and at most ${weight(LIMITS.bytes)} can be`);
    table = await read(await answer.blob(), {}, { signal, onProgress });
    if (table.kind !== "table") throw because("it is no table");
    return pointsOf(table, url);
  } catch (error) {
    signal.throwIfAborted();
    throw error.code === "src" ? error : because(error.message);
  }
}

/** Of the first two columns of numbers or, where there are longitudes and latitudes by those names, on a map. */
function pointsOf(table, url) {
  const first = firstPair(table), isMap = isPositions(table, first);
  const pair = isMap ? first : numberColumns(table).sort((a, b) => a - b).slice(0, 2);
  const found = survey(table, pair), { left, out } = found;
  if (left) console.warn(`<kmeans-board>: rows of src ${JSON.stringify(url.href)} that have not both numbers are left out: ${left}, the first in ${table.what} ${out[0]}`);
  const { columns: [x, y] } = chosen(table, pair, isMap ? "map" : "none", found);
  const points = new Float64Array(2 * x.length);
  for (let i = 0; i < points.length; i += 1) points[i] = (i % 2 ? y : x)[i >> 1];
  return points;
}
