// Tables as text: what separates the columns, which sign the decimals have, whether the first line has names, and the
// numbers. Papa Parse knows what quotes do; it is given piece after piece, so that a file need not fit into one text.

import Papa from "../vendor/papaparse.js";
import { whole } from "../sentences.js";
import { LIMITS, SEPARATORS, Table, commaNumber, pointNumber, refusal } from "./table.js";

/** So many bytes are read at a time: some milliseconds of work. */
const PIECE = 1 << 18;
/** So many lines say what kind of table it is. */
const SAMPLE = 60;

/** Both signs that decimals may have. */
const DECIMALS = { ".": pointNumber, ",": commaNumber };

const isDecimalComma = (text) => /^\s*[+-]?\d*,\d+(e[+-]?\d+)?\s*$/i.test(text);
const isThousand = (text) => /^\s*[+-]?[1-9]\d{0,2}(,\d{3})+\s*$/.test(text);
const isDecimalPoint = (text) => /^\s*[+-]?\d*\.\d+(e[+-]?\d+)?\s*$/i.test(text);

/** The sign that the decimals of some fields have. */
function decimalOf(fields, separator) {
  const commas = fields.filter((field) => isDecimalComma(field) && !(separator === "," && isThousand(field)));
  return commas.length > fields.filter(isDecimalPoint).length ? "," : ".";
}

/** The rows of a text; the last one only if it is whole. */
function parsed(text, separator, newline, isEnd = true) {
  const { data, errors, meta } = new Papa.Parser({ delimiter: separator, newline }).parse(text, 0, !isEnd);
  return { rows: data, open: errors.find(({ code }) => code === "MissingQuotes"), used: meta.cursor };
}

const isEmpty = (row) => row.length === 1 && row[0].trim() === "";

/**
 * The separator under which the lines have most alike columns, and most numbers in them: a decimal comma makes as many
 * columns as one that separates, but hardly any numbers.
 */
function separatorOf(text, newline) {
  const mark = (separator) => {
    const rows = parsed(text, separator, newline).rows.filter((row) => !isEmpty(row)).slice(0, SAMPLE);
    const counts = new Map();
    for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
    const [columns = 1, alike = 0] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
    if (columns < 2) return 0;
    const fields = rows.flat(), numberOf = DECIMALS[decimalOf(fields, separator)];
    const numbers = fields.filter((field) => !Number.isNaN(numberOf(field))).length;
    return (alike / rows.length) * (0.1 + numbers / fields.length);
  };
  const marks = Object.keys(SEPARATORS).map((separator) => [separator, mark(separator)]);
  return marks.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

/** Whether the first row names what follows: it has no number where others have one, or nothing but words. */
function hasNames([first, ...others], numberOf) {
  if (!first || !others.length) return false;
  const isWord = (text) => Number.isNaN(numberOf(text ?? ""));
  return first.some((text, i) => isWord(text) && others.filter((row) => !isWord(row[i])).length > others.length / 2);
}

/** What a file begins with that says of itself how its letters are written. */
const MARKS = { "utf-8": [0xef, 0xbb, 0xbf], "utf-16le": [0xff, 0xfe], "utf-16be": [0xfe, 0xff] };

/** How many bytes a text has in an encoding. */
function bytesOf(text, encoding) {
  if (encoding === "utf-8") return new TextEncoder().encode(text).length;
  return encoding === "windows-1252" ? text.length : 2 * text.length;
}

/** What a part of a file says in an encoding. */
function decoded(decoder, bytes, stream) {
  const text = decoder.decode(bytes, { stream });
  if (text.includes("\0")) throw refusal("There are NUL bytes in it, so this is no text. If a program wrote it as UTF-16, let it write UTF-8.", "nul");
  return text;
}

/** What is to be known before the first row: as it is asked for, or found in the first piece. */
function kindOf(text, asked) {
  const newline = text.includes("\n") ? "\n" : "\r";
  const lines = text.split(newline, 4 * SAMPLE).join(newline);
  const separator = asked.separator ?? separatorOf(lines, newline);
  const sample = parsed(lines, separator, newline).rows.filter((row) => !isEmpty(row)).slice(0, SAMPLE);
  const decimal = asked.decimal ?? decimalOf(sample.flat(), separator);
  return { newline, separator, decimal, hasNames: asked.hasNames ?? hasNames(sample, DECIMALS[decimal]) };
}

/** How many lines a row goes over. */
const height = (row) => 1 + row.reduce((sum, field) => sum + (field.includes("\n") ? field.split("\n").length - 1 : 0), 0);

/**
 * Reads a table. `asked` may have `separator`, `decimal` ("." or ",") and `hasNames`; what it has not is found out.
 * Of each piece it is noted where it begins, so that `rowOf` can read one row again.
 */
export async function readCsv(blob, asked, following) {
  const head = new Uint8Array(await blob.slice(0, 3).arrayBuffer());
  const known = Object.keys(MARKS).find((name) => MARKS[name].every((byte, i) => byte === head[i]));
  if (known) return read(blob, known, false, asked, following);
  try {
    return await read(blob, "utf-8", true, asked, following);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // of the decoder: then it is as Windows writes
    return read(blob, "windows-1252", false, asked, following);
  }
}

async function read(blob, encoding, isGuess, asked, { tell, rest, most }) {
  const decoder = new TextDecoder(encoding, { fatal: isGuess });
  const table = new Table("line", most), pieces = [];
  let kind, numberOf, left = "", line = 1, first, byte = MARKS[encoding] && !isGuess ? MARKS[encoding].length : 0;
  for (let at = 0; at < blob.size; at += PIECE) {
    const bytes = await blob.slice(at, at + PIECE).arrayBuffer(), isEnd = at + PIECE >= blob.size;
    const text = left + decoded(decoder, bytes, !isEnd);
    kind ??= kindOf(text, asked);
    numberOf ??= DECIMALS[kind.decimal];
    const { rows, open, used } = parsed(text, kind.separator, kind.newline, isEnd);
    if (open) throw refusal(`A quoted field of the last rows, from line ${whole(line + rows.slice(0, -1).reduce((sum, row) => sum + height(row), 0))} on, has no end.`, "quotes");
    pieces.push({ row: table.rows, byte });
    const hasQuotes = text.includes('"');
    for (const row of rows) {
      const isNothing = isEmpty(row);
      if (!isNothing) {
        first ??= row;
        const values = new Array(row.length);
        for (let i = 0; i < row.length; i += 1) values[i] = numberOf(row[i]);
        table.add(values, line);
      }
      line += hasQuotes ? height(row) : 1;
    }
    byte += bytesOf(text.slice(0, used), encoding);
    left = text.slice(used);
    if (left.length > LIMITS.line) {
      const why = left.includes('"') ? " A quote that is not closed can make it so long." : "";
      throw refusal(`Line ${whole(line)} is longer than ${whole(LIMITS.line)} characters, so this is no table of rows.${why}`, "line");
    }
    tell((at + PIECE) / blob.size);
    await rest();
  }
  const names = kind?.hasNames ? first.map((name) => name.trim()) : [];
  return { ...table.finish(names), kind: "table", ...kind, encoding, pieces };
}

/** The fields of a row, read again from the file. */
export async function rowOf(blob, { separator, newline, encoding, pieces, lines }, row) {
  const i = pieces.findLastIndex((piece) => piece.row <= row);
  const after = pieces.find((piece) => piece.row > row);
  const bytes = await blob.slice(pieces[i].byte, after?.byte).arrayBuffer();
  const text = new TextDecoder(encoding).decode(bytes);
  const rows = parsed(text, separator, newline).rows.filter((fields) => !isEmpty(fields));
  return lines.length > row ? rows[row - pieces[i].row] : undefined;
}
