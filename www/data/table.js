// A table in the making: rows come in, columns of numbers are what is kept of them. And what is refused, in words.

import { KMeansError } from "../clustering.js";
import { whole } from "../sentences.js";

/** What a file may have; how many rows, the core says. */
export const LIMITS = Object.freeze({
  bytes: 200_000_000,
  columns: 256,
  /** In all columns together: as many as 320 MB hold. */
  numbers: 40_000_000,
  /** Characters of one line. */
  line: 1_000_000,
});

/** What may stand between two columns, the likeliest first, and what it is called. */
export const SEPARATORS = Object.freeze({ ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space" });

/** Bytes in words. */
export function weight(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  const [power, unit] = bytes < 1e6 ? [1e3, "KB"] : [1e6, "MB"];
  return `${whole(Number((bytes / power).toPrecision(3)))} ${unit}`;
}

/** An error that says why something cannot be read; `code` is for programs. */
export const refusal = (message, code) => new KMeansError(message, code);

/** After so many milliseconds the page may breathe, where there is no worker. */
const SPELL = 8;

/**
 * What reads is followed by: `tell(share)`, and `rest()`, in which the page goes on and may have given up. `most` is how
 * many rows there may be.
 */
export function followed({ signal, onProgress, breath, most }) {
  let end = performance.now() + SPELL;
  return {
    most,
    tell: (share) => onProgress?.(Math.min(share, 1)),
    rest: async () => {
      if (!breath || performance.now() < end) return;
      await breath();
      signal?.throwIfAborted();
      end = performance.now() + SPELL;
    },
  };
}

// --- numbers ---

// No way through these is tried twice, however long a text is.
const PLAIN = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const COMMA = /^[+-]?(?:\d+(?:,\d*)?|,\d+)(?:e[+-]?\d+)?$/i;
/** Thousands apart by what cannot be the decimal sign. */
const GROUPED = /^[+-]?\d{1,3}(?:[,'’\u00a0\u202f ]\d{3})+(?:\.\d+)?$/;
const COMMA_GROUPED = /^[+-]?\d{1,3}(?:[.'’\u00a0\u202f ]\d{3})+(?:,\d+)?$/;

/** The number that a text is, written with a decimal point; NaN where it is none. */
export function pointNumber(text) {
  const word = text.trim();
  if (PLAIN.test(word)) return Number(word);
  if (GROUPED.test(word)) return Number(word.replace(/[^\d.+-]/g, ""));
  return word.startsWith("\u2212") ? pointNumber(`-${word.slice(1)}`) : NaN;
}

/** The same with a decimal comma. */
export function commaNumber(text) {
  const word = text.trim();
  if (COMMA.test(word)) return Number(word.replace(",", "."));
  if (COMMA_GROUPED.test(word)) return Number(word.replace(/[^\d,+-]/g, "").replace(",", "."));
  return word.startsWith("\u2212") ? commaNumber(`-${word.slice(1)}`) : NaN;
}

// --- columns ---

/** So many rows are held together. */
const BLOCK = 65_536;

/** Columns that grow; a column without any number in a block takes no room there. */
export class Table {
  rows = 0;
  #columns = []; // of each, its blocks
  #lines = [];
  #numbers = 0;
  #what;
  #most;

  /** `what` the rows are: line, item, position; and how many there may be at `most`. */
  constructor(what, most) {
    [this.#what, this.#most] = [what, most];
  }

  /** A row, read from a line; each value is a number or NaN. */
  add(values, line) {
    const at = this.rows % BLOCK, block = (this.rows - at) / BLOCK;
    if (this.rows === this.#most) {
      throw refusal(`There are more than ${whole(this.#most)} rows, which is as many points as a board can have.`, "rows");
    }
    if (values.length > LIMITS.columns) {
      const [first, ...others] = this.#what;
      throw refusal(`${first.toUpperCase()}${others.join("")} ${whole(line)} has ${whole(values.length)} columns, and at most ${LIMITS.columns} can be read.`, "columns");
    }
    if (at === 0) this.#lines[block] = new Uint32Array(BLOCK);
    this.#lines[block][at] = line;
    for (let column = 0; column < values.length; column += 1) {
      this.#columns[column] ??= [];
      if (Number.isFinite(values[column])) (this.#columns[column][block] ??= this.#room())[at] = values[column];
    }
    this.rows += 1;
  }

  #room() {
    this.#numbers += BLOCK;
    if (this.#numbers > LIMITS.numbers) {
      throw refusal(`There are more than ${whole(LIMITS.numbers)} numbers, which is as many as can be held. Leave out rows, or columns.`, "numbers");
    }
    return new Float64Array(BLOCK).fill(NaN);
  }

  /** Each column's values, none where it has no number, and how many numbers it has; and the line of each row. */
  finish(names) {
    const { rows } = this;
    const columns = Array.from({ length: Math.max(this.#columns.length, names.length) }, (_, i) => {
      const blocks = this.#columns[i] ?? [];
      return { name: names[i] ?? "", ...(blocks.some(Boolean) ? joined(blocks, rows) : { numbers: 0 }) };
    });
    const lines = new Uint32Array(rows);
    this.#lines.forEach((block, i) => lines.set(block.subarray(0, rows - i * BLOCK), i * BLOCK));
    return { rows, columns, lines, what: this.#what };
  }
}

function joined(blocks, rows) {
  const values = new Float64Array(rows).fill(NaN);
  blocks.forEach((block, i) => block && values.set(block.subarray(0, rows - i * BLOCK), i * BLOCK));
  let numbers = 0;
  for (const value of values) if (value === value) numbers += 1;
  return { values, numbers };
}
