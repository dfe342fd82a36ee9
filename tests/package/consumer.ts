// Somebody's program, which uses every member that the declarations have; compiled strictly, then run in a browser.

import { KMeans, KMeansError, KMeansBoard } from "kmeans-board";
import type { BoardStart, Edit, Failure, KMeansBoardEventMap, PictureOptions } from "kmeans-board";
import { KMeansBoard as Unregistered } from "kmeans-board/element";
import { KMeans as Alone } from "kmeans-board/kmeans.js";
import type {
  AssignReport, BoardInfo, BoardName, Coordinates, HistoryRow, KMeansOptions, Limits, PaintOptions, Phase, PictureLayers,
  ResolvedOptions, RunReport, SavedKMeans, SeedingInfo, SeedingName, StartOptions, StepReport, SvgOptions, UpdateReport,
  WhileMaking, WhileStudying, RestartsOptions, Restarts, Optimum, ChooseKOptions, Choice, CurveRow, MethodName, RuleName,
} from "kmeans-board/kmeans.js";

function expect(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`not so: ${what}`);
}

/** The message of what a call throws, and its code. */
function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof KMeansError) return `${error.code}: ${error.message}`;
  }
  return "no error";
}

async function tables(): Promise<void> {
  await KMeans.load();
  const boards: readonly BoardInfo[] = KMeans.boards;
  const seedings: readonly SeedingInfo[] = KMeans.seedings;
  // These two name every one, so that one that is new, or gone, is noticed.
  const boardNames: Record<BoardName, true> = {
    uniform: true, gauss: true, peaked: true, dense: true, unequal: true, stretched: true,
    moons: true, rings: true, grid: true, blob: true, cells: true, places: true,
  };
  const seedingNames: Record<SeedingName, true> = {
    random: true, partition: true, maximin: true, "k-means++": true, "greedy-k-means++": true,
  };
  const names = (rows: readonly { name: string }[]): string => rows.map(({ name }) => name).sort().join();
  expect(names(boards) === Object.keys(boardNames).sort().join(), "all boards");
  expect(names(seedings) === Object.keys(seedingNames).sort().join(), "all seedings");
  expect(boards.every((row) => row.title && row.sentence && row.n > 0 && row.k > 0 && row.clusters !== 0), "rows");
  expect(seedings.every((row) => row.sentence.length > 0), "sentences");
  const limits: Limits = KMeans.limits;
  expect(limits.n === 4_000_000 && limits.k === 1024 && limits.seed === KMeans.UNASSIGNED && limits.spread[0] < limits.spread[1], "limits");
}

/** The reports of both half-steps, of whole steps and of a run. */
function steps(km: KMeans): void {
  const phase: Phase = km.phase;
  expect(phase === "assign" && km.labels[0] === KMeans.UNASSIGNED && Number.isNaN(km.inertia), "the start");
  expect(km.changed === undefined && km.counts.length === km.k, "before the first assign");
  const assigned: AssignReport = km.assign();
  expect(assigned.changed === km.n && assigned.inertia === km.inertia && km.changed === km.n, "an assign");
  const updated: UpdateReport = km.update();
  expect(updated.shift > 0 && updated.inertia === km.inertia && updated.relocated === 0, "an update");
  const step: StepReport = km.step();
  expect(step.iteration === km.iteration && step.converged === km.converged, "a step");
  const run: RunReport = km.run(100);
  expect(run.converged && run.iterations === km.iteration && run.inertia === km.inertia, "a run");
  const rows: HistoryRow[] = km.history;
  expect(rows.length === km.computed && rows.every((row) => row.assignedInertia >= row.inertia && row.shift >= 0 && row.changed >= 0 && row.relocated >= 0), "history");
  km.back();
  km.seek(0);
  expect(km.centroidsAfter(0).join() === km.centroids.join() && km.iteration === 0, "the seeding again");
  expect(refusal(() => km.seek(1000)).startsWith("not-computed:"), "an error with a code");
}

/** What takes long: many starts, and which K. */
async function studies(km: KMeans): Promise<void> {
  KMeans.workers = 1;
  const following: WhileStudying<Restarts> = { signal: new AbortController().signal, onProgress: (share, soFar) => expect(share <= 1 && soFar.inertias.length <= 50, "a share") };
  const asked: RestartsOptions = { runs: 50, seeding: "random", seed: 3, ...following };
  const found: Restarts = await km.restarts(asked);
  const best: Optimum = found.best;
  expect(found.inertias.length === 50 && found.iterations.every((count) => count > 0) && found.optima[found.places[0] ?? 0] !== undefined, "starts");
  expect(best.runs > 0 && best.inertia === Math.min(...found.inertias) && best.centroids.length === 2 * km.k && best.seed >= 3, "the best");
  const options: ChooseKOptions = { method: "gap", kMax: 3, references: 5, runs: 2, seed: 1 };
  const choice: Choice = await km.chooseK(options);
  const row: CurveRow | undefined = choice.curve[0];
  expect(row !== undefined && row.k === 1 && row.value > -9 && row.error >= 0 && row.inertia > 0 && row.seed > 0, "a row");
  expect(Math.abs((row?.referenceLogW ?? NaN) - (row?.logW ?? NaN) - (row?.value ?? NaN)) < 1e-12 && typeof row?.bar === "number", "the gap");
  // These two name every one, so that one that is new, or gone, is noticed.
  const methods: Record<MethodName, number> = { gap: 3, "f(K)": 2, silhouette: 1, elbow: 0 };
  const rules: Record<RuleName, true> = { tibshirani: true, "first-se-max": true, "global-max": true, minimum: true, "below-0.85": true, maximum: true };
  for (const [method, least] of Object.entries(methods) as [MethodName, number][]) {
    const { method: name, choices } = await km.chooseK({ ...options, method });
    expect(name === method && choices.length >= least && choices.every(({ rule, k }) => rules[rule] && k !== 0), method);
  }
}

/** What it is made from, and what it says it was made from. */
async function options(): Promise<void> {
  const start: StartOptions = { k: 3, seeding: "k-means++", seed: 7 };
  const meanwhile: WhileMaking = { signal: new AbortController().signal, onProgress: (share) => expect(share <= 1, "a share") };
  const all: KMeansOptions = { board: "gauss", n: 200, clusters: 3, spread: [0.05, 0.1], boardSeed: 8, ...start };
  const km = await Alone.init({ ...all, ...meanwhile });
  const resolved: ResolvedOptions = km.options;
  expect([resolved.board, resolved.n, resolved.clusters, resolved.k, resolved.seeding, resolved.seed, resolved.boardSeed].join() === "gauss,200,3,3,k-means++,7,8", "options");
  expect(resolved.spread?.join() === "0.05,0.1" && km.seed === 7, "the spread");
  const again = await KMeans.init(resolved);
  expect(again.points.join() === km.points.join() && again.bounds.join() === km.bounds.join(), "the same again");
  again.reseed({ k: 4, seed: 1 });
  await again.reseedInSlices({ ...start, ...meanwhile });
  const changed = await KMeans.init(again.options);
  const added: number = changed.addPoint(0.5, 0.5);
  changed.addPoints([[0.25, 0.5]]);
  changed.movePoint(added, 0.75, 0.5);
  changed.removePoint(added);
  changed.removePoints([changed.n - 1]);
  changed.moveCentroid(0, 0, 0);
  expect(changed.undo() && changed.redo() && !changed.redo(), "what was undone is done again");
  changed.free();
  expect(again.centroids.join() === km.centroids.join(), "the same start");
  again.free();
  expect(refusal(() => again.n).startsWith("freed:"), "a freed one");
  steps(km);
  taken(km);
  await studies(km);
  const saved: SavedKMeans = km.toJSON("");
  expect(saved.options.seed === 7 && saved.iteration === km.iteration && saved.phase === km.phase && saved.converged === km.converged, "where it stands");
  expect(saved.history.length === km.computed && saved.centroids.length === 3 && saved.points.length === 200, "all of it");
  expect(saved.labels === null ? saved.inertia === null : saved.labels.length === 200, "labels, if any");
  for (const text of [km.toJSON(), saved]) expect((await resume(text)).iteration === km.iteration, "where it stood");
}

const resume = (saved: string | SavedKMeans): Promise<KMeans> => (typeof saved === "string" ? KMeans.init(saved) : KMeans.init(saved));

/** What can be taken away. */
function taken(km: KMeans): void {
  const layers: PictureLayers = { cells: false, trails: true, centroids: true };
  const svg: SvgOptions = { size: 300, background: 0xffffff, ink: 0x000000, ...layers };
  expect(km.toSVG(svg).startsWith("<svg") && km.toCSV().startsWith("x,y,label"), "texts");
  expect(km.toPython().includes("sklearn") && km.toPySpark().includes("pyspark"), "programs");
  const cells: Float64Array[] = km.cells();
  expect(cells.length === km.k, "cells");
  const look: PaintOptions = { size: 100, scale: 2, background: 0xffffff, ink: 0, ...layers };
  km.hold();
  expect(km.paint(new OffscreenCanvas(200, 200).getContext("2d")!, look, 1), "painted");
}

/** The element with its attributes as properties, its events and its methods. */
async function element(): Promise<void> {
  const board: KMeansBoard = document.createElement("kmeans-board");
  expect(board instanceof Unregistered && document.querySelector("kmeans-board") === null, "the tag's class");
  expect(KMeansBoard.observedAttributes.includes("half-steps") && typeof KMeansBoard.exports === "function", "statics");
  const heard: (keyof KMeansBoardEventMap)[] = [];
  board.addEventListener("ready", ({ type }) => heard.push(type as "ready"));
  board.addEventListener("step", ({ detail }) => heard.push(detail.iteration > 0 ? "step" : "click"));
  board.addEventListener("converge", ({ detail }) => heard.push(detail.converged ? "converge" : "click"));
  const onChange = ({ detail }: CustomEvent<Edit>): void => expect(detail.edit === "reseed" ? detail.seed >= 0 : detail.edit === "moveCentroid" && detail.j === 0, "an edit");
  const onError = ({ detail }: CustomEvent<Failure>): void => { heard.push(detail.code === "range" && detail.message ? "error" : "click"); };
  board.addEventListener("change", onChange);
  board.addEventListener("error", onError);
  board.addEventListener("statechange", () => heard.push("statechange"), { once: true });
  Object.assign(board.style, { width: "300px" });
  board.board = "peaked";
  board.n = 300;
  board.clusters = 5;
  board.k = 5;
  board.seeding = "random";
  board.seed = 11;
  board.speed = 60;
  board.loading = "eager";
  board.label = "Five clusters";
  board.controls = board.voronoi = board.trails = board.halfSteps = true;
  board.autoplay = board.loop = false;
  document.body.append(board);
  expect((await board.ready) === board && board.kmeans instanceof KMeans && !board.playing, "ready");
  const said = [board.board, board.n, board.clusters, board.k, board.seeding, board.seed, board.speed, board.loading, board.label, board.src];
  expect(said.join() === "peaked,300,5,5,random,11,60,eager,Five clusters,", "attributes");
  expect([board.controls, board.voronoi, board.trails, board.halfSteps, board.autoplay, board.loop].join() === "true,true,true,true,false,false", "switches");
  board.step();
  board.interactive = true;
  expect(board.interactive && board.edit((kmeans) => kmeans.moveCentroid(0, 0, 0), { edit: "moveCentroid", j: 0, x: 0, y: 0 }), "a change by hand");
  board.edit((kmeans) => void kmeans.undo());
  board.interactive = false;
  board.halfStep();
  board.back();
  board.reset();
  board.seek(0);
  expect(board.run()?.converged === true, "a run");
  board.play();
  board.pause();
  expect(await board.reseed({ seeding: "maximin" }), "a new start");
  const picture: PictureOptions = { scale: 1, quality: 0.9 };
  expect((await board.toBlob("image/webp", picture)).size > 0 && (await board.toBlob()).type === "image/png", "pictures");
  board.src = null; // as it was
  const own: Coordinates = [[0, 0], [1, 1], [2, 0], [9, 9]];
  const asked: BoardStart = { points: own, centroids: Float64Array.of(0, 0, 9, 9) };
  expect(await board.init(Promise.resolve(asked)), "own points");
  expect(board.points?.length === 8 && board.centroids?.length === 4 && board.kmeans?.options.points?.length === 8 && board.kmeans.options.centroids?.length === 4, "own data");
  await board.init({ k: 0 }).catch(() => {});
  board.removeEventListener("change", onChange);
  board.removeEventListener("error", onError);
  board.points = null;
  board.centroids = undefined;
  expect((["ready", "converge", "error", "statechange"] as const).every((type) => heard.includes(type)), `events, not only ${heard.join()}`);
  board.remove();
}

/** All of it; what is not as declared, throws. */
export async function run(): Promise<string> {
  await tables();
  await options();
  await element();
  const made = new KMeansError("k must be from 1 to 1024, not 0", "range");
  // Of what is refused while it is compiled, some.
  // @ts-expect-error: a seed is a number
  void (() => KMeans.init({ seed: "7" }));
  // @ts-expect-error: there is no such option
  void (() => KMeans.init({ seeds: 7 }));
  // @ts-expect-error: a KMeans is made by init
  void (() => new KMeans());
  // @ts-expect-error: only read
  void ((km: KMeans) => { km.k = 3; });
  // @ts-expect-error: null is no way to ask for a default
  void (() => KMeans.init({ k: null }));
  return `${made.name} ${made.code}`;
}
