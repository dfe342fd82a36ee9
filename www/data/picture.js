// Pictures: how bright each pixel is, and which of them become points.

import { whole } from "../sentences.js";
import { refusal } from "./table.js";

/** The longest side of what is looked at, in pixels; larger pictures are made smaller. */
const SIDE = 1000;
/** As many pixels as a picture may have: more, unpacked, would fill the memory. */
const MOST = 100_000_000;

/** What a picture's first bytes say of its size: the kinds that can be small files of huge pictures. */
async function sizeOf(blob) {
  const view = new DataView(await blob.slice(0, 32).arrayBuffer());
  if (view.byteLength < 32) return [0, 0];
  const kind = view.getUint32(0);
  if (kind === 0x89504e47) return [view.getUint32(16), view.getUint32(20)];
  if (kind === 0x47494638) return [view.getUint16(6, true), view.getUint16(8, true)];
  if (kind >>> 16 === 0x424d) return [view.getInt32(18, true), Math.abs(view.getInt32(22, true))];
  return [0, 0];
}

/** The brightness of each pixel, from 0 to 255, row by row from the top; what is transparent is white. */
export async function readPicture(blob, { tell }) {
  const check = (width, height) => {
    if (width * height > MOST) throw refusal(`The picture has ${whole(width)} × ${whole(height)} pixels, and at most ${whole(MOST)} can be read.`, "pixels");
  };
  check(...await sizeOf(blob));
  let bitmap;
  try {
    bitmap = await createImageBitmap(blob);
  } catch {
    throw refusal("This is no picture that the browser can read.", "picture");
  }
  const { width, height } = bitmap;
  check(width, height);
  tell(0.5);
  const step = Math.max(1, Math.max(width, height) / SIDE);
  const columns = Math.max(1, Math.round(width / step)), rows = Math.max(1, Math.round(height / step));
  const context = new OffscreenCanvas(columns, rows).getContext("2d", { willReadFrequently: true });
  context.fillStyle = "white";
  context.fillRect(0, 0, columns, rows);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, columns, rows);
  bitmap.close();
  const { data } = context.getImageData(0, 0, columns, rows);
  const bright = new Uint8Array(columns * rows);
  // The luma of BT.601, which old and new televisions have in common.
  for (let i = 0; i < bright.length; i += 1) bright[i] = Math.round(0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]);
  return { kind: "picture", bright, columns, rows, step, width, height };
}

/**
 * The brightness that best divides dark pixels from bright ones: between the two, the variance is largest. N. Otsu, A
 * threshold selection method from gray-level histograms, IEEE Transactions on Systems, Man, and Cybernetics 9, 1979.
 */
export function thresholdOf(bright) {
  const counts = new Float64Array(256);
  for (const value of bright) counts[value] += 1;
  const all = counts.reduce((sum, count, value) => sum + count * value, 0);
  let best = 128, most = 0, dark = 0, below = 0;
  for (let value = 0; value < 255; value += 1) {
    dark += counts[value];
    below += counts[value] * value;
    const light = bright.length - dark;
    if (!dark || !light) continue;
    const variance = dark * light * (below / dark - (all - below) / light) ** 2;
    if (variance > most) [most, best] = [variance, value + 1];
  }
  return best;
}

/** How many pixels are darker than a threshold, or as bright and brighter. */
export function countOf({ bright }, threshold, isDark) {
  let count = 0;
  for (const value of bright) if ((value < threshold) === isDark) count += 1;
  return count;
}

/** Their middles, in pixels from the picture's left and lower edge: x and y. */
export function placesOf({ bright, columns, rows, step }, threshold, isDark) {
  const count = countOf({ bright }, threshold, isDark), x = new Float64Array(count), y = new Float64Array(count);
  let at = 0;
  for (let i = 0; i < bright.length; i += 1) {
    if ((bright[i] < threshold) !== isDark) continue;
    x[at] = ((i % columns) + 0.5) * step;
    y[at] = (rows - Math.floor(i / columns) - 0.5) * step;
    at += 1;
  }
  return { x, y };
}
