// The rival: Lloyd's algorithm in JavaScript, as fast as typed arrays and plain loops make it.

/** Points and centroids as x and y in turn; `step` is one iteration, an assign and an update. */
export class Lloyd {
  constructor(points, centroids) {
    this.n = points.length / 2;
    this.k = centroids.length / 2;
    const column = (flat, offset) => Float64Array.from({ length: flat.length / 2 }, (_, i) => flat[2 * i + offset]);
    this.x = column(points, 0);
    this.y = column(points, 1);
    this.cx = column(centroids, 0);
    this.cy = column(centroids, 1);
    this.labels = new Uint16Array(this.n);
    this.sums = new Float64Array(3 * this.k);
    this.isFirst = true;
  }

  /** The labels that changed, and the inertia after the assign. */
  step() {
    const { n, k, x, y, cx, cy, labels, sums } = this;
    let changed = 0, inertia = 0;
    sums.fill(0);
    for (let i = 0; i < n; i++) {
      const px = x[i], py = y[i];
      // The last label is nearest more often than not: with its distance at hand, most others need one comparison.
      const last = labels[i];
      let label = last;
      let dx = px - cx[last], dy = py - cy[last];
      let least = dx * dx + dy * dy;
      for (let j = 0; j < k; j++) {
        dx = px - cx[j];
        dy = py - cy[j];
        const d = dx * dx + dy * dy;
        if (d < least) {
          least = d;
          label = j;
        }
      }
      if (label !== last) {
        labels[i] = label;
        changed += 1;
      }
      inertia += least;
      sums[3 * label] += px;
      sums[3 * label + 1] += py;
      sums[3 * label + 2] += 1;
    }
    for (let j = 0; j < k; j++) {
      const count = sums[3 * j + 2];
      if (count === 0) continue;
      cx[j] = sums[3 * j] / count;
      cy[j] = sums[3 * j + 1] / count;
    }
    if (this.isFirst) changed = n;
    this.isFirst = false;
    return { changed, inertia };
  }
}
