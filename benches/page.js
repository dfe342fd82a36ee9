// What the benchmark does in the page: ours beside the rival, from the same points and the same centroids.

import { KMeans } from "./kmeans.js";
import { Lloyd } from "./lloyd.js";
import instantiate, { Opening, Study } from "./pkg/kmeans_board_large.js";

const uniform = (n, k, seed = 1) => KMeans.init({ board: "uniform", n, k, seed, seeding: "random" });
const timed = (call) => {
  const start = performance.now();
  const result = call();
  return [performance.now() - start, result];
};

function assertAlike(a, b, what) {
  if (!(Math.abs(a - b) <= 1e-9 * Math.abs(b))) throw new Error(`${what}: inertia ${a} is not ${b}`);
}

/** A run that has converged goes on for nothing, the rival's does not. */
function assertIterations({ history }, count) {
  if (history.length !== count) throw new Error(`converged after ${history.length} of ${count} iterations`);
}

/** Points and centroids to start from. */
async function start(n, k) {
  const km = await uniform(n, k);
  const { points, centroids } = km;
  km.free();
  return { points, centroids };
}

/** Milliseconds of an iteration, the first two left out: `rounds` values for each, means of `count` iterations. */
export async function iterations(n, k, count, rounds) {
  const { points, centroids } = await start(n, k);
  const ours = [], theirs = [];
  for (let round = 0; round < rounds; round++) {
    const km = await KMeans.init({ points, centroids });
    const rival = new Lloyd(points, centroids);
    for (let i = 0; i < 2; i++) km.step(), rival.step();
    ours.push(timed(() => { for (let i = 0; i < count; i++) km.step(); })[0] / count);
    const [time, { inertia }] = timed(() => {
      let last;
      for (let i = 0; i < count; i++) last = rival.step();
      return last;
    });
    theirs.push(time / count);
    assertIterations(km, count + 2);
    assertAlike(km.history.at(-1).assignedInertia, inertia, `n = ${n}, k = ${k}`);
    km.free();
  }
  return { ours, theirs };
}

/** Milliseconds of 20 iterations from the given arrays, copying in and building the index included. */
export async function run(n, k, rounds) {
  const { points, centroids } = await start(n, k);
  const ours = [], theirs = [];
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    const km = await KMeans.init({ points, centroids });
    km.run(20);
    ours.push(performance.now() - begun);
    const [time, inertia] = timed(() => {
      const rival = new Lloyd(points, centroids);
      let last;
      for (let i = 0; i < 20; i++) last = rival.step();
      return last.inertia;
    });
    theirs.push(time);
    assertIterations(km, 20);
    assertAlike(km.history.at(-1).assignedInertia, inertia, `run of n = ${n}, k = ${k}`);
    km.free();
  }
  return { ours, theirs };
}

/** Does all parts of a study here. */
function inertiasOf(study) {
  for (let i = 0; i < study.parts(); i++) {
    const part = study.part(i);
    let result;
    while (!result) result = part.advance();
    part.free();
    study.take(i, result);
  }
  const { inertias } = study.outcome();
  study.free();
  return inertias;
}

/** Milliseconds of many runs from random points to convergence; the best ends must be the same. */
export async function restarts(n, k, runs, rounds) {
  await instantiate();
  const { points } = await start(n, k);
  const opening = Opening.seeded(k, "random", 1);
  opening.take(n, new Float64Array(0));
  opening.add(points);
  let clustering;
  while (!clustering) clustering = opening.advance();
  opening.free();
  const ours = [], theirs = [];
  for (let round = 0; round < rounds; round++) {
    const [time, ends] = timed(() => inertiasOf(Study.restarts(clustering, k, "random", runs, 1)));
    ours.push(time);
    const [rivals, best] = timed(() => {
      let best = Infinity;
      for (let run = 0; run < runs; run++) best = Math.min(best, rivalRun(points, n, k));
      return best;
    });
    theirs.push(rivals);
    assertAlike(Math.min(...ends), best, "restarts");
  }
  clustering.free();
  return { ours, theirs };
}

/**
 * Milliseconds of the gap statistic, one start each, with K from 1 to `kMax` on the points and on so many boards without
 * clusters: ours in workers, as many as there are cores. For its last bar it clusters with one K more than it may choose.
 */
export async function gap(n, kMax, references, rounds) {
  const km = await uniform(n, 1);
  const { points } = km;
  const choose = () => km.chooseK({ method: "gap", kMax: kMax - 1, references, runs: 1, seed: 1 });
  await choose(); // the workers have to start
  const ours = [], theirs = [];
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    const { curve } = await choose();
    ours.push(performance.now() - begun);
    const [time, [inertia]] = timed(() => rivalGap(points, n, kMax, references));
    theirs.push(time);
    assertAlike(curve[0].inertia, inertia, "the inertia of one cluster");
  }
  km.free();
  return { ours, theirs };
}

/** The inertia for each K on the points, the references' being only computed. */
function rivalGap(points, n, kMax, references) {
  const inertias = (board) => Array.from({ length: kMax }, (_, i) => rivalRun(board, n, i + 1));
  for (let b = 0; b < references; b++) inertias(points.map(() => 2 * Math.random() - 1));
  return inertias(points);
}

function rivalRun(points, n, k) {
  const chosen = new Set();
  while (chosen.size < k) chosen.add(Math.floor(Math.random() * n));
  const rival = new Lloyd(points, Float64Array.from([...chosen].flatMap((i) => [points[2 * i], points[2 * i + 1]])));
  let last;
  do last = rival.step(); while (last.changed);
  return last.inertia;
}

/** Milliseconds of each step and painting, and between frames, of an animation with cells and trails. */
export async function frames(n, k, count) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1000;
  canvas.style = "display: block; width: 1000px; height: 1000px";
  document.body.replaceChildren(canvas);
  const context = canvas.getContext("2d");
  const km = await uniform(n, k);
  const look = { size: 1000, scale: 1, cells: true, trails: true };
  while (!km.paint(context, look)) await new Promise(requestAnimationFrame);
  const steps = [], paintings = [], gaps = [];
  for (let i = 0, last; i < count + 10; i++) {
    const now = await new Promise(requestAnimationFrame);
    if (km.converged) km.reseed({ k, seeding: "random", seed: i });
    const step = timed(() => km.step())[0];
    const painting = timed(() => km.paint(context, look))[0];
    if (i >= 10) {
      gaps.push(now - last);
      steps.push(step);
      paintings.push(painting);
    }
    last = now;
  }
  km.free();
  return { steps, paintings, gaps };
}
