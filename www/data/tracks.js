// Positions on the earth: GPX, read piece by piece, and the flat map around them that a board can show.

import { whole } from "../sentences.js";
import { Table, pointNumber, refusal } from "./table.js";

/** So many bytes are read at a time. */
const PIECE = 1 << 17;
/** What has a position in GPX. */
const PLACES = ["trkpt", "rtept", "wpt"];

/** Positions as they are read: longitude, latitude and, where there are any, elevations and times. */
export class TrackPoints {
  #table;
  #format;
  #times = [];
  #count = 0;
  #areas = 0;

  constructor(format, most) {
    this.#format = format;
    this.#table = new Table("position", most);
  }

  add(longitude, latitude, elevation = NaN, time = "") {
    this.#count += 1;
    this.#table.add([longitude, latitude, elevation], this.#count);
    this.#times.push(String(time));
  }

  /** An area, of which no point is taken. */
  leaveOut() { this.#areas += 1; }

  finish() {
    const { columns, ...table } = this.#table.finish(["longitude", "latitude", "elevation"]);
    const remark = this.#areas ? `${whole(this.#areas)} ${this.#areas === 1 ? "area was" : "areas were"} left out: only points and lines are read.` : undefined;
    return {
      ...table, columns: columns.slice(0, columns[2]?.values ? 3 : 2), kind: "table", format: this.#format, hasNames: false, remark,
      times: this.#times.some(Boolean) ? this.#times : undefined,
    };
  }
}

/** Reads GPX: tracks, routes and waypoints. */
export async function readGpx(blob, { tell, rest, most }) {
  const { default: sax } = await import("../vendor/sax.js");
  const parser = sax.parser(true), decoder = new TextDecoder(), places = new TrackPoints("GPX", most);
  let place, field, isGpx = false;
  const nameOf = (name) => name.slice(name.indexOf(":") + 1);
  parser.onerror = ({ message }) => {
    throw refusal(`This is no GPX that can be read, in line ${whole(parser.line + 1)}: ${message.split("\n")[0]}`, "gpx");
  };
  parser.onopentag = ({ name, attributes: { lat, lon } }) => {
    const own = nameOf(name);
    isGpx ||= own === "gpx";
    if (PLACES.includes(own)) place = { longitude: pointNumber(lon ?? ""), latitude: pointNumber(lat ?? "") };
    field = place && ["ele", "time"].includes(own) ? own : undefined;
  };
  parser.ontext = (text) => {
    if (field) place[field] = (place[field] ?? "") + text;
  };
  parser.onclosetag = (name) => {
    field = undefined;
    if (!PLACES.includes(nameOf(name))) return;
    places.add(place.longitude, place.latitude, pointNumber(place.ele ?? ""), place.time);
    place = undefined;
  };
  for (let at = 0; at < blob.size; at += PIECE) {
    const bytes = await blob.slice(at, at + PIECE).arrayBuffer();
    parser.write(decoder.decode(bytes, { stream: true }));
    tell((at + PIECE) / blob.size);
    await rest();
  }
  parser.close();
  if (!isGpx) throw refusal("This is XML, but no GPX: other kinds of it cannot be read.", "gpx");
  return places.finish();
}

/** The earth's, in metres, and its flattening squared: WGS 84. */
const RADIUS = 6_378_137;
const ECCENTRICITY = 0.006694379990141316;
/** A flat map of more metres than that is visibly wrong at its edges. */
const FAR = 500_000;

/**
 * Positions in metres east and north of the middle of all of them, on the plane that touches the earth there; rounded
 * to a centimetre, so that they are short to write. NaN where a position is none.
 */
export function projected(longitudes, latitudes) {
  const good = (i) => Math.abs(latitudes[i]) <= 90 && Math.abs(longitudes[i]) <= 360;
  let west = Infinity, east = -Infinity, south = Infinity, north = -Infinity, seam = 0;
  const survey = () => {
    [west, east] = [Infinity, -Infinity];
    for (let i = 0; i < longitudes.length; i += 1) {
      if (!good(i)) continue;
      const longitude = longitudes[i] < seam ? longitudes[i] + 360 : longitudes[i];
      west = Math.min(west, longitude);
      east = Math.max(east, longitude);
      south = Math.min(south, latitudes[i]);
      north = Math.max(north, latitudes[i]);
    }
  };
  seam = -Infinity;
  survey();
  if (east - west > 180) { // it may be the date line that is crossed
    const wide = [west, east];
    seam = 0;
    survey();
    if (east - west > 180) {
      seam = -Infinity;
      [west, east] = wide;
    }
  }
  const longitude = (west + east) / 2, latitude = (south + north) / 2, radians = Math.PI / 180;
  const bend = 1 - ECCENTRICITY * Math.sin(latitude * radians) ** 2;
  const perLongitude = (RADIUS / Math.sqrt(bend)) * Math.cos(latitude * radians) * radians;
  const perLatitude = ((RADIUS * (1 - ECCENTRICITY)) / bend ** 1.5) * radians;
  const x = new Float64Array(longitudes.length).fill(NaN), y = x.slice();
  const rounded = (metres) => Math.round(metres * 100) / 100;
  for (let i = 0; i < x.length; i += 1) {
    if (!good(i)) continue;
    x[i] = rounded(((longitudes[i] < seam ? longitudes[i] + 360 : longitudes[i]) - longitude) * perLongitude);
    y[i] = rounded((latitudes[i] - latitude) * perLatitude);
  }
  const width = (east - west) * perLongitude, height = (north - south) * perLatitude;
  return { x, y, longitude: longitude > 180 ? longitude - 360 : longitude, latitude, isFar: Math.max(width, height) > FAR };
}
