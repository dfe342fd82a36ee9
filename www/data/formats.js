// What a file is, by what it begins with, whatever its name says; and who reads it. The same here and in a worker.

import { LIMITS, followed, refusal, weight } from "./table.js";

/** What begins with these bytes is no table; the words say what it is and what to do. */
const OTHERS = [
  [[0x50, 0x4b, 0x03, 0x04], "a zip archive, as Excel, OpenOffice and Google Earth write, too. Unpack it, or save the sheet as CSV", "zip"],
  [[0x50, 0x4b, 0x05, 0x06], "an empty zip archive", "zip"],
  [[0x1f, 0x8b], "packed with gzip. Unpack it first", "gzip"],
  [[0x37, 0x7a, 0xbc, 0xaf], "a 7-Zip archive. Unpack it first", "zip"],
  [[0x28, 0xb5, 0x2f, 0xfd], "packed with Zstandard. Unpack it first", "zip"],
  [[0xd0, 0xcf, 0x11, 0xe0], "an old Office document. Save the sheet as CSV", "office"],
  [[0x25, 0x50, 0x44, 0x46], "a PDF, which has no table to read", "pdf"],
  [[0x50, 0x41, 0x52, 0x31], "a Parquet file. Save it as CSV", "parquet"],
  [[0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], "an SQLite database. Save the table as CSV", "sqlite"],
  [[0x7f, 0x45, 0x4c, 0x46], "a program, which nobody runs here", "program"],
  [[0x4d, 0x5a], "a program, which nobody runs here", "program"],
];
const PICTURES = [
  [0x89, 0x50, 0x4e, 0x47], [0xff, 0xd8, 0xff], [0x47, 0x49, 0x46, 0x38], [0x42, 0x4d],
];

const begins = (bytes, start) => start.every((byte, i) => bytes[i] === byte);
const letters = (bytes, from, to) => String.fromCharCode(...bytes.subarray(from, to));

function isPicture(bytes) {
  const inside = letters(bytes, 4, 12);
  return PICTURES.some((start) => begins(bytes, start)) || (letters(bytes, 0, 4) === "RIFF" && inside.endsWith("WEBP"))
    || ["ftypavif", "ftypheic"].includes(inside);
}

/**
 * Reads what a blob has: a table `{ kind: "table", … }`, a picture `{ kind: "picture", … }` or a board that was saved
 * here `{ kind: "board", saved }`. `asked` is for tables as text: see csv.js.
 */
export async function readBlob(blob, asked, following) {
  try {
    return await readWhole(blob, asked, following);
  } catch (error) {
    if (!["NotReadableError", "NotFoundError"].includes(error.name)) throw error;
    throw refusal("It cannot be read, or not any more: it may have been changed, or taken away.", "unreadable");
  }
}

async function readWhole(blob, asked = {}, following = {}) {
  if (blob.size === 0) throw refusal("There is nothing in it.", "empty");
  if (blob.size > LIMITS.bytes) throw refusal(`It has ${weight(blob.size)}, and at most ${weight(LIMITS.bytes)} can be read here.`, "size");
  const bytes = new Uint8Array(await blob.slice(0, 1024).arrayBuffer());
  const path = followed(following);
  if (isPicture(bytes)) return (await import("./picture.js")).readPicture(blob, path);
  const other = OTHERS.find(([start]) => begins(bytes, start));
  if (other) throw refusal(`This is ${other[1]}.`, other[2]);
  const text = new TextDecoder().decode(bytes).trimStart();
  if (text.startsWith("<")) return (await import("./tracks.js")).readGpx(blob, path);
  if (/^[[{]/.test(text)) return (await import("./json.js")).readJson(blob, path);
  return { format: "text", ...await (await import("./csv.js")).readCsv(blob, asked, path) };
}
