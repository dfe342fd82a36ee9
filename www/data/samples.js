// Files for a reader who has none at hand, made here by the core's own generators: nobody measured them.

import { KMeans } from "../clustering.js";

async function pointsOf(options) {
  const kmeans = await KMeans.init({ ...options, k: 1 });
  const { points } = kmeans;
  kmeans.free();
  return points;
}

/** A picture as of cells under a microscope: discs where the preset has its points. */
async function cells() {
  const side = 480, canvas = new OffscreenCanvas(side, side), context = canvas.getContext("2d");
  context.fillStyle = "#f3efe6";
  context.fillRect(0, 0, side, side);
  context.fillStyle = "#6a4a86";
  const points = await pointsOf({ board: "cells", n: 3000, clusters: 12, seed: 5 });
  for (let i = 0; i < points.length; i += 2) {
    context.beginPath();
    context.arc((side * (1 + points[i])) / 2, (side * (1 - points[i + 1])) / 2, 4, 0, 2 * Math.PI);
    context.fill();
  }
  return new File([await canvas.convertToBlob()], "cells, drawn by us.png");
}

/** A table of positions as a telephone notes them in a day: the preset's, about three kilometres around a square. */
async function day() {
  const points = await pointsOf({ board: "places", n: 300, clusters: 4, seed: 8 });
  let text = "time,latitude,longitude\n";
  for (let i = 0; i < points.length / 2; i += 1) {
    const minutes = Math.floor((i * 2 * 1440) / points.length), two = (number) => String(number).padStart(2, "0");
    const latitude = 52.5219 + 0.0135 * points[2 * i + 1], longitude = 13.4132 + 0.022 * points[2 * i];
    text += `${two(Math.floor(minutes / 60))}:${two(minutes % 60)},${latitude.toFixed(5)},${longitude.toFixed(5)}\n`;
  }
  return new File([text], "a day of positions, made up by us.csv");
}

/** What there is: a name for the button, and what makes the file. */
export const SAMPLES = [["Cells, a picture", cells], ["A day of positions", day]];
