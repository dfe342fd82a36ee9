// From a table to points: which two columns, how they are scaled, and which rows are left out.

import { whole } from "../sentences.js";
import { refusal } from "./table.js";
import { projected } from "./tracks.js";

/** How two columns become a board: a name, a title, what a file’s name has after it then, and what it does. */
export const SCALINGS = {
  "none": { title: "as they are", suffix: "", words: "Distances are taken in the columns’ own units." },
  "standard": { title: "standardised", suffix: ", standardised", words: "Both columns count alike: 1 is a standard deviation of each." },
  "range": { title: "0 … 1", suffix: ", each column from 0 to 1", words: "Both columns count alike: 0 is the smallest value of each, 1 the largest." },
  "map": { title: "as a map", suffix: "", words: "Longitude and latitude become metres east and north of the middle, on a flat map of the place." },
};

/** One spread may be so many times the other before k-means sees only that one. */
const UNLIKE = 3;
/** So many numbers of a column say whether it only counts the rows. */
const COUNTED = 1000;

/** As many classes as rows are likely to be told apart by. */
const FEW = 8;

const LONGITUDE = /^(lon|lng|long|longitude|x?longitude.*)$/i;
const LATITUDE = /^(lat|latitude.*)$/i;

/** Whether a column only numbers its rows. */
function counts({ values }, from) {
  const last = Math.min(values.length, from + COUNTED);
  for (let row = from + 1; row < last; row += 1) if (values[row] !== values[row - 1] + 1) return false;
  return last - from > 2;
}

/** Whether a column looks like a class of each row, not a measure: a few whole numbers, again and again. */
export function isLabel({ columns, hasNames }, i) {
  const some = columns[i].values.subarray(hasNames ? 1 : 0, COUNTED), distinct = new Set(some);
  return distinct.size <= FEW && some.length > 4 * distinct.size && [...distinct].every((value) => Number.isInteger(value) || Number.isNaN(value));
}

/** The columns of numbers, as their places in the table; classes come late, and what numbers the rows last. */
export function numberColumns({ columns, hasNames, rows }) {
  const from = hasNames ? 1 : 0;
  const good = columns.map((_, i) => i).filter((i) => columns[i].values && columns[i].numbers > (rows - from) / 10);
  const rank = (i) => (counts(columns[i], from) ? 2 : isLabel({ columns, hasNames }, i) ? 1 : 0);
  return good.sort((a, b) => rank(a) - rank(b) || a - b);
}

/** The first two columns; of positions, longitude before latitude. */
export function firstPair(table) {
  const good = numberColumns(table);
  if (good.length < 2) {
    const found = good.length ? "only one column" : "no column";
    throw refusal(`There is ${found} of numbers among ${whole(table.rows)} ${table.rows === 1 ? "row" : "rows"}, and a board needs two.`, "no-numbers");
  }
  const named = (pattern) => good.find((i) => pattern.test(table.columns[i].name.trim()));
  const [longitude, latitude] = [named(LONGITUDE), named(LATITUDE)];
  return longitude !== undefined && latitude !== undefined ? [longitude, latitude] : good.slice(0, 2);
}

/** Whether two columns are longitude and latitude, by their names. */
export const isPositions = ({ columns }, [x, y]) => LONGITUDE.test(columns[x].name.trim()) && LATITUDE.test(columns[y].name.trim());

/** A column's name, or its place. */
export const nameOf = ({ columns }, i) => columns[i].name || `column ${i + 1}`;

/** The rows in which both columns have numbers, and those left out. */
function rowsWith(table, [x, y]) {
  const from = table.hasNames ? 1 : 0, xs = table.columns[x].values, ys = table.columns[y].values;
  const kept = new Uint32Array(table.rows), out = [];
  let n = 0, left = 0;
  for (let row = from; row < table.rows; row += 1) {
    if (xs[row] === xs[row] && ys[row] === ys[row]) kept[n++] = row;
    else if (++left <= 100) out.push(table.lines[row]);
  }
  return { kept: kept.slice(0, n), left, out };
}

/** The middle and the spread of some numbers, and their ends. */
function measured(values) {
  let min = Infinity, max = -Infinity, mean = 0, squares = 0, count = 0;
  for (const value of values) {
    count += 1;
    const step = value - mean;
    mean += step / count;
    squares += step * (value - mean);
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max, mean, deviation: Math.sqrt(squares / count) };
}

const picked = (values, rows) => {
  const some = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i += 1) some[i] = values[rows[i]];
  return some;
};

/** The two columns as they are scaled: `offset` is taken off, the rest divided by `factor`. */
function scaled({ min, max, mean, deviation }, scaling) {
  if (scaling === "standard") return { offset: mean, factor: deviation || 1 };
  if (scaling === "range") return { offset: min, factor: max - min || 1 };
  return { offset: 0, factor: 1 };
}

/**
 * What two columns of a table come to: the values of those rows that have both, the rows left out, and how far apart
 * the spreads of the two columns are.
 */
export function survey(table, pair) {
  const { kept, left, out } = rowsWith(table, pair);
  const values = pair.map((i) => picked(table.columns[i].values, kept));
  const measures = values.map(measured);
  const [a, b] = measures.map(({ deviation }) => deviation);
  return { kept, left, out, values, measures, isUnlike: Math.max(a, b) > UNLIKE * Math.min(a, b) };
}

/** The scaling to begin with. */
export function firstScaling(table, pair, { isUnlike }) {
  if (isPositions(table, pair)) return "map";
  return isUnlike ? "standard" : "none";
}

const RATIO = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });

/** Why the scaling matters, and what this one does. */
export function scalingWords(scaling, { measures }, names) {
  if (scaling === "map") return SCALINGS.map.words;
  const spreads = measures.map(({ deviation }) => deviation), wide = spreads[1] > spreads[0] ? 1 : 0, ratio = spreads[wide] / spreads[1 - wide];
  const why = ratio > 1.5 && Number.isFinite(ratio)
    ? `k-means measures distances, and ${names[wide]} spreads ${RATIO.format(ratio)} times as far as ${names[1 - wide]}${scaling === "none" ? ", so it decides more" : ""}.`
    : `k-means measures distances, so a column with a larger spread decides more${ratio === Infinity ? "" : "; these two are alike"}.`;
  return `${why} ${SCALINGS[scaling].words}`;
}

const degrees = (value, [positive, negative]) => `${Math.abs(value).toFixed(4)}° ${value < 0 ? negative : positive}`;

/** Points of one's own, as own-data.js takes them; `remark` is what has to be said of them. */
export function chosen(table, pair, scaling, { kept, values, measures }, title) {
  const lines = table.lines ? picked32(table.lines, kept) : undefined;
  if (!kept.length) throw refusal("Not one row has numbers in both columns, so there is nothing to cluster.", "no-numbers");
  if (scaling === "map") {
    const { x, y, longitude, latitude, isFar } = projected(values[0], values[1]);
    const middle = `${degrees(latitude, "NS")}, ${degrees(longitude, "EW")}`;
    const whole = x.map((value, i) => value + y[i]).every(Number.isFinite);
    if (!whole) throw refusal("Among the positions are some beyond 90° of latitude or 360° of longitude, so they are none. Choose another scaling.", "positions");
    return {
      title, lines, what: table.what, columns: [x, y], rows: kept,
      axes: [{ name: `metres east of ${middle}`, offset: 0, factor: 1 }, { name: "metres north of it", offset: 0, factor: 1 }],
      remark: isFar ? "So far apart, a flat map is visibly wrong at its edges." : undefined,
    };
  }
  const far = scaling === "none" ? -1 : measures.findIndex(({ deviation, min, max }) => !Number.isFinite(deviation + max - min));
  if (far >= 0) throw refusal(`The numbers of ${nameOf(table, pair[far])} are too far apart to be scaled: they go from ${measures[far].min} to ${measures[far].max}.`, "spread");
  const axes = pair.map((i, at) => ({ name: nameOf(table, i), ...scaled(measures[at], scaling) }));
  return { title: `${title}${SCALINGS[scaling].suffix}`, lines, what: table.what, columns: values, axes, rows: kept };
}

function picked32(values, rows) {
  const some = new Uint32Array(rows.length);
  for (let i = 0; i < rows.length; i += 1) some[i] = values[rows[i]];
  return some;
}
