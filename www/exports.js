// What can be taken away from a KMeans as text: the points as a table, everything as JSON, and programs that go on from
// here. Importing this gives the class its methods for it.

import { KMeans, KMeansError, flat, shown } from "./clustering.js";

/** Of up to so many points, a program has them written in; of more, it reads the table beside it. */
const MOST_WRITTEN = 1000;

/** The name that the table has for the programs that read it. */
const TABLE = "kmeans.csv";

const pairs = (flat) => Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);

/** The labels, or nothing before the first assign. */
const labelsOf = ({ labels, inertia }) => (Number.isNaN(inertia) ? null : labels);

/** A header and a row for each point, every number as short as it can be read back from. */
function csv(km) {
  const { points } = km, labels = labelsOf(km);
  let text = "x,y,label\n";
  for (let i = 0; i < points.length / 2; i += 1) text += `${points[2 * i]},${points[2 * i + 1]},${labels?.[i] ?? ""}\n`;
  return text;
}

/** Everything as plain objects and arrays; the options without points, which stand beside them. */
function json(km) {
  const { points, centroids, inertia, iteration, phase, converged, history, options: { points: _, ...options } } = km;
  if (options.centroids) options.centroids = pairs(options.centroids);
  const labels = labelsOf(km);
  return {
    options, iteration, phase, converged, inertia: labels && inertia, history,
    centroids: pairs(centroids), labels: labels && [...labels], points: pairs(points),
  };
}

/** Elements as Python writes them, so many to a line. */
function lines(elements, most) {
  let text = "";
  for (let i = 0; i < elements.length; i += most) text += `    ${elements.slice(i, i + most).join(", ")},\n`;
  return `[\n${text}]`;
}

const rows = (flat) => lines(pairs(flat).map((pair) => `[${pair.join(", ")}]`), 1);

/**
 * How others come to these labels: from the centroids after iteration `from`, which move `updates` times. They may
 * refill an empty cluster with another point, so they begin after the last time that one was; `taken` are the points
 * and labels that the last update itself refilled one with, beside others that are alone in their cluster.
 */
function wayTo(km) {
  const { iteration, phase, history, labels, counts } = km;
  const last = phase === "update" ? iteration : Math.max(iteration - 1, 0);
  const from = history.slice(0, last).findLastIndex(({ relocated }) => relocated) + 1;
  const hasTaken = phase === "assign" && history[iteration - 1]?.relocated;
  const taken = hasTaken ? [...labels.entries()].filter(([, j]) => counts[j] === 1) : [];
  const isOpen = km.converged || !labelsOf(km); // goes on until it converges
  return { from, updates: last - from, taken, isOpen, most: isOpen ? 300 : last - from };
}

function stand({ n, k, iteration, phase, converged, options: { board = "given points", seeding = "given centroids" } }) {
  const half = phase === "update" ? " and the next assign" : converged ? ", converged" : "";
  return `${n} points (${board}), k = ${k}, start: ${seeding}, iteration ${iteration}${half}`;
}

const origin = (from) => from
  ? `the centroids of iteration ${from}, the last that refilled an empty cluster`
  : "the board's own start";

/** A scikit-learn program that comes to the same labels and draws them. */
function python(km) {
  const { n, points, iteration, phase } = km, labels = labelsOf(km);
  const { from, updates, taken, isOpen, most } = wayTo(km);
  const isWritten = n <= MOST_WRITTEN;
  const fits = isOpen || updates > 0;
  const table = `np.loadtxt("${TABLE}", delimiter=",", skiprows=1, usecols=`;
  const moved = phase === "assign" && iteration > 0;
  return `"""k-means on a board: ${stand(km)}.

Needs: python -m pip install scikit-learn matplotlib${isWritten ? "" : `
Reads ${TABLE}, which toCSV() wrote at this iteration, as there are more than ${MOST_WRITTEN} points.`}
Begins with ${origin(from)}.
Of centroids equally near, rounding may choose another in scikit-learn; then the end says so.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.${fits ? "cluster import KMeans" : "metrics import pairwise_distances_argmin"}

points = ${isWritten ? `np.array(${rows(points)}, float)` : `${table}(0, 1), ndmin=2)`}
start = np.array(${rows(km.centroidsAfter(from))}, float)
${fits ? `
model = KMeans(n_clusters=len(start), init=start, n_init=1, max_iter=${most}, tol=0, algorithm="lloyd").fit(points)
labels, centroids = model.labels_, model.cluster_centers_
print(f"{model.n_iter_} iterations, inertia {model.inertia_:.6g}")
` : `
# The centroids have not moved since.
labels, centroids = pairwise_distances_argmin(points, start), start
`}${taken.length ? `# Points that empty clusters took.
for i, label in ${JSON.stringify(taken)}:
    labels[i] = label
` : ""}${labels && moved ? `# The update after that assign.
centroids = np.array([points[labels == j].mean(axis=0) for j in range(len(start))])
` : ""}
look = {"cmap": "tab20", "vmin": 0, "vmax": max(19, len(start) - 1)}
plt.figure(figsize=(6, 6))
plt.scatter(*points.T, c=labels, s=${n > 300 ? 4 : 14}, **look)
plt.scatter(*centroids.T, c=range(len(start)), s=220, marker="*", edgecolors="black", **look)
plt.axis("equal")
plt.show()
${labels ? `
expected = ${isWritten ? `np.array(${lines([...labels], 30)})` : `${table}2, dtype=int, ndmin=1)`}
assert np.array_equal(labels, expected), f"{np.sum(labels != expected)} of {len(points)} labels differ"
print("The labels are those of the board.")
` : ""}`;
}

/** An MLlib program for the table, from the same centroids, and its DataFrame twin from its own. */
function pySpark(km) {
  const { from, taken, most } = wayTo(km), { k, seed } = km;
  return `"""k-means with Spark's MLlib: ${stand(km)}.

Needs: python -m pip install pyspark, and Java 17 or newer
Reads ${TABLE}, which toCSV() wrote, or any file like it.
Begins with ${origin(from)}.
What differs: MLlib compares distances to six digits, so a point between two centroids may get the other label;
a cluster that loses all its points stays empty${taken.length ? ", as here in the last update" : ""}.
"""

from pyspark.ml.clustering import KMeans as DataFrameKMeans
from pyspark.ml.feature import VectorAssembler
from pyspark.mllib.clustering import KMeans, KMeansModel
from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("k-means board").getOrCreate()
board = spark.read.csv("${TABLE}", header=True, schema="x double, y double, label int")
start = ${rows(km.centroidsAfter(from))}

# Only the older API takes centroids to begin with.
points = board.rdd.map(lambda row: [row.x, row.y]).cache()
model = KMeans.train(points, ${k}, maxIterations=${most}, epsilon=0.0, initialModel=KMeansModel(start))
labels = board.rdd.map(lambda row: (row.label, model.predict([row.x, row.y])))
differing = labels.filter(lambda pair: pair[0] is not None and pair[0] != pair[1]).count()
print(f"inertia {model.computeCost(points):.6g}, {differing} of {points.count()} labels differ")

# On the DataFrame itself the seed draws another start.
features = VectorAssembler(inputCols=["x", "y"], outputCol="features").transform(board)
own = DataFrameKMeans(k=${k}, maxIter=300, tol=0.0, seed=${seed}, distanceMeasure="euclidean").fit(features)
print(f"from its own start: inertia {own.summary.trainingCost:.6g}")
spark.stop()
`;
}

/** What `toJSON` made, from text or object. */
function savedIn(value) {
  let saved = value;
  if (typeof value === "string") {
    try {
      saved = JSON.parse(value);
    } catch ({ message }) {
      throw new KMeansError(`options as text must be of toJSON(): ${message}`, "json");
    }
  }
  const check = (isRight, name, rule) => {
    if (!isRight) throw new KMeansError(`the JSON's ${name} must be ${rule}, not ${shown(saved?.[name])}`, "json");
  };
  check(typeof saved?.options === "object" && saved.options, "options", "as toJSON() wrote them");
  check(Array.isArray(saved.history), "history", "an array");
  check(["assign", "update"].includes(saved.phase), "phase", '"assign" or "update"');
  return saved;
}

/** Brings a fresh start to where it was when it was saved, and makes sure that it is the same. */
function resume(km, { iteration, phase, history, points, centroids, labels }) {
  const compare = (name, own, saved) => {
    const at = own.length === saved.length ? own.findIndex((value, i) => value !== saved[i]) : "length";
    if (at === -1) return;
    const [ours, theirs] = at === "length" ? [own.length, saved.length] : [own[at], saved[at]];
    throw new KMeansError(`the JSON's ${name}[${at}] must be ${ours} by its options, not ${shown(theirs)}`, "json");
  };
  km.run(history.length);
  const inertias = (rows) => rows.map((row) => row?.inertia);
  compare("history", inertias(km.history), inertias(history));
  km.seek(iteration);
  if (phase === "update") km.assign();
  compare("points", km.points, flat("points", points));
  compare("centroids", km.centroids, flat("centroids", centroids));
  compare("labels", labels === null && Number.isNaN(km.inertia) ? [] : km.labels, labels ?? []);
  return km;
}

/** Starts again what `toJSON` made, as text or object, and brings it to where it stood. */
export async function resumed(value) {
  const saved = savedIn(value);
  const km = await KMeans.init(saved.options.board === undefined ? { ...saved.options, points: saved.points } : saved.options);
  try {
    return resume(km, saved);
  } catch (error) {
    km.free();
    throw error;
  }
}

const methods = {
  /** A table: the header x,y,label and a row for each point, to the bit; labels are empty before the first assign. */
  toCSV() { return csv(this); },

  /**
   * The JSON text that `init` goes on from: options, where it stands, history, centroids, labels and points. Labels
   * are null before the first assign. Where JSON.stringify calls, which names a key, it gets the object instead:
   * so JSON.stringify(km) is this text too, and km within other data is not quoted twice.
   */
  toJSON(key) { return key === undefined ? JSON.stringify(json(this)) : json(this); },

  /**
   * A scikit-learn program that begins with our centroids, comes to our labels and draws them. Beyond 1,000 points
   * it reads them from kmeans.csv, the text of `toCSV`.
   */
  toPython() { return python(this); },

  /** A program for Spark's MLlib that reads kmeans.csv, the text of `toCSV`, and begins with our centroids. */
  toPySpark() { return pySpark(this); },
};
for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(KMeans.prototype, name, { value, writable: true, configurable: true });
}
