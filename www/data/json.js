// JSON: arrays of rows, of objects, or of columns; what GeoJSON says of places; and boards that were saved here.

import { Table, pointNumber, refusal } from "./table.js";
import { TrackPoints } from "./tracks.js";

/** So many rows are taken between two looks at the clock. */
const SPELL_ROWS = 4096;
const GEOMETRIES = ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"];

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** What a value is as a number; a text that is one counts. */
const numberOf = (value) => (typeof value === "number" ? value : typeof value === "string" ? pointNumber(value) : NaN);

export async function readJson(blob, following) {
  let value;
  try {
    value = JSON.parse((await blob.text()).replace(/^\uFEFF/, ""));
  } catch (error) {
    throw refusal(`This is no JSON: ${error.message}`, "json");
  }
  following.tell(0.5);
  if (isObject(value) && (value["kmeans-board"] || value.options !== undefined)) return { kind: "board", saved: value };
  if (isObject(value) && (GEOMETRIES.includes(value.type) || ["Feature", "FeatureCollection"].includes(value.type))) return readGeo(value, following);
  const { rows, names, fieldsOf } = rowsOf(value);
  const table = new Table("item", following.most);
  for (let i = 0; i < rows.length; i += 1) {
    table.add(fieldsOf(rows[i], i).map(numberOf), i + 1);
    if (i % SPELL_ROWS) continue;
    following.tell(0.5 + i / rows.length / 2);
    await following.rest();
  }
  const texts = (row) => fieldsOf(rows[row], row).map((field) => (isObject(field) || Array.isArray(field) ? JSON.stringify(field) : String(field ?? "")));
  // What a worker answers with has no functions in it: of short tables, the texts themselves.
  const fields = rows.length <= SPELL_ROWS ? rows.map((_, row) => texts(row)) : undefined;
  return { ...table.finish(names), kind: "table", format: "JSON", hasNames: false, fields };
}

/** The rows of a value, the names of their fields, and how a row's fields are had. */
function rowsOf(value) {
  if (isObject(value)) {
    const columns = Object.entries(value).filter(([, column]) => Array.isArray(column) || isObject(column));
    if (columns.length < 2) throw refusal("The JSON is an object without two columns. What can be read is an array of rows, an array of objects, or an object of columns.", "json");
    const cells = columns.map(([, column]) => Object.values(column));
    const rows = Array.from({ length: Math.max(...cells.map(({ length }) => length)) });
    return { rows, names: columns.map(([name]) => name), fieldsOf: (_, i) => cells.map((column) => column[i]) };
  }
  if (!Array.isArray(value)) throw refusal("The JSON is no array. What can be read is an array of rows, an array of objects, or an object of columns.", "json");
  if (value.some(isObject)) {
    const names = [...new Set(value.slice(0, 1000).filter(isObject).flatMap(Object.keys))];
    return { rows: value, names, fieldsOf: (row) => names.map((name) => (isObject(row) ? row[name] : undefined)) };
  }
  if (value.length && !value.some(Array.isArray)) throw refusal("The JSON is a list of single values, and a board needs two numbers for each point.", "json");
  return { rows: value, names: [], fieldsOf: (row) => (Array.isArray(row) ? row : [row]) };
}

/** The places of GeoJSON: of points and lines all, of areas none. */
async function readGeo(value, following) {
  const places = new TrackPoints("GeoJSON", following.most);
  const open = [{ of: value, properties: {} }];
  while (open.length) {
    const { of, properties } = open.pop();
    if (!isObject(of)) continue;
    const inside = of.features ?? of.geometries ?? (of.type === "Feature" ? [of.geometry] : undefined);
    if (Array.isArray(inside)) {
      for (let i = inside.length - 1; i >= 0; i -= 1) open.push({ of: inside[i], properties: of.properties ?? properties });
    } else if (of.type?.endsWith("Polygon")) {
      places.leaveOut();
    } else {
      addAll(of.coordinates, places, properties?.time);
    }
    await following.rest();
  }
  return places.finish();
}

function addAll(coordinates, places, time) {
  const open = [coordinates];
  while (open.length) {
    const one = open.pop();
    if (!Array.isArray(one)) continue;
    if (typeof one[0] === "number") places.add(one[0], one[1], one[2], time);
    else for (let i = one.length - 1; i >= 0; i -= 1) open.push(one[i]);
  }
}
