// The picture of a board as a file: loaded when somebody asks for one.

import { KMeansError, MAX_SIDE } from "./clustering.js";

/** Pixels on the board's background, as a canvas writes them. */
function pixelsOf(kmeans, look, type, quality) {
  // A scale that is out of range has its error from the painting.
  const side = Math.min(Math.max(Math.round(look.size * look.scale), 1), MAX_SIDE) || 1;
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext("2d");
  while (!kmeans.paint(context, look));
  context.resetTransform();
  context.globalAlpha = 1;
  context.globalCompositeOperation = "destination-over";
  context.fillStyle = `#${look.background.toString(16).padStart(6, "0")}`;
  context.fillRect(0, 0, side, side);
  return canvas.convertToBlob({ type, quality });
}

/** A board as it stands, at rest, in a look as `KMeans.paint` takes it. */
export async function pictureOf(kmeans, look, type, quality) {
  if (!kmeans) throw new KMeansError("there is no picture before there is a board: await ready first", "not-ready");
  if (type !== "image/svg+xml") return pixelsOf(kmeans, look, type, quality);
  return new Blob([kmeans.toSVG(look)], { type });
}
