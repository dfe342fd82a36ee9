// The types of kmeans.js: the clustering without a page.

/** Where a board comes from: a row of `KMeans.boards`. */
export type BoardName =
  | "uniform" | "gauss" | "peaked" | "dense" | "unequal" | "stretched"
  | "moons" | "rings" | "grid" | "blob" | "cells" | "places";

/** How the initial centroids are chosen: a row of `KMeans.seedings`. */
export type SeedingName = "random" | "partition" | "maximin" | "k-means++" | "greedy-k-means++";

/** Points or centroids as they are given: x and y in turn, or pairs. */
export type Coordinates = Float64Array | readonly (readonly [x: number, y: number])[];

/** Where a clustering stands within an iteration: the half-step that comes next. */
export type Phase = "assign" | "update";

/** The start of a run on a board. */
export interface StartOptions {
  /** Clusters sought, 1 … 1,024; 7. */
  k?: number | undefined;
  /** How the centroids are chosen; "random". Not beside `centroids`. */
  seeding?: SeedingName | undefined;
  /** The centroids to begin with; k is then their number. */
  centroids?: Coordinates | undefined;
  /** An integer from 0 to 2³² − 1; drawn from the system's randomness. */
  seed?: number | undefined;
}

/** What makes a board and a start on it; `undefined` takes the default, which stands last. */
export interface KMeansOptions extends StartOptions {
  /** A preset; "uniform". */
  board?: BoardName | undefined;
  /** Points, 1 … 4,000,000; the preset's number. */
  n?: number | undefined;
  /** Clusters that the board is drawn with, 1 … n; k. */
  clusters?: number | undefined;
  /** The smallest and the largest σ of the clusters, 0.001 … 2; the preset's. */
  spread?: readonly [min: number, max: number] | undefined;
  /** Points of one's own in place of a board: not beside `board`, `n`, `clusters`, `spread` and `boardSeed`. */
  points?: Coordinates | undefined;
  /** The seed of the board, where it is not that of the start: an integer from 0 to 2³² − 1; `seed`. */
  boardSeed?: number | undefined;
}

/** What goes on while a large board, or a start on one, is made. */
export interface WhileMaking {
  /** Ends the making; the promise is then rejected with its reason. */
  signal?: AbortSignal | undefined;
  /** Called between two slices of the work with the share that is done, from 0 to 1. */
  onProgress?: ((share: number) => void) | undefined;
}

/** Everything resolved: what `KMeans.options` says, and `KMeans.init` starts again. */
export interface ResolvedOptions {
  /** The preset; not with points of one's own. */
  board?: BoardName;
  /** Points of the preset's board; not with points of one's own. */
  n?: number;
  /** Clusters that the board was drawn with; not with points of one's own. */
  clusters?: number;
  /** The smallest and the largest σ; not with points of one's own. */
  spread?: [min: number, max: number];
  /** The points of one's own, x and y in turn: a copy. */
  points?: Float64Array;
  /** The board's seed, where it is not that of the start. */
  boardSeed?: number;
  /** Clusters sought. */
  k: number;
  /** How the centroids were chosen; not with centroids of one's own. */
  seeding?: SeedingName;
  /** The centroids that it began with, x and y in turn, where they were given: a copy. */
  centroids?: Float64Array;
  /** The seed of the start. */
  seed: number;
}

/** A row of the table of boards. */
export interface BoardInfo {
  /** What `board` is set to. */
  readonly name: BoardName;
  /** A few words. */
  readonly title: string;
  /** One sentence. */
  readonly sentence: string;
  /** Points, if nothing else is asked for. */
  readonly n: number;
  /** Clusters that it is drawn with, if nothing else is asked for; undefined where it is not made of clusters. */
  readonly clusters: number | undefined;
  /** Clusters to seek on it. */
  readonly k: number;
}

/** A row of the table of seedings. */
export interface SeedingInfo {
  /** What `seeding` is set to. */
  readonly name: SeedingName;
  /** One sentence. */
  readonly sentence: string;
}

/** What may be asked for at most. */
export interface Limits {
  /** The most points. */
  readonly n: number;
  /** The most clusters sought. */
  readonly k: number;
  /** The largest seed. */
  readonly seed: number;
  /** The smallest and the largest σ. */
  readonly spread: readonly [min: number, max: number];
}

/** What an assign did. */
export interface AssignReport {
  /** How many points got another label. */
  changed: number;
  /** The sum of squared distances of the points to the centroid of their label. */
  inertia: number;
}

/** What an update did. */
export interface UpdateReport {
  /** The farthest that a centroid moved, in the board's units. */
  shift: number;
  /** The inertia after it. */
  inertia: number;
  /** How many empty clusters were refilled with a far point. */
  relocated: number;
}

/** One iteration: an assign and an update. */
export interface HistoryRow {
  /** Its number; the first is 1. */
  iteration: number;
  /** How many points got another label. */
  changed: number;
  /** The inertia between its assign and its update. */
  assignedInertia: number;
  /** The farthest that a centroid moved, in the board's units. */
  shift: number;
  /** The inertia at its end. */
  inertia: number;
  /** How many empty clusters were refilled with a far point. */
  relocated: number;
}

/** What `step` tells of an iteration. */
export interface StepReport extends HistoryRow {
  /** Whether no label changed: that was the end. */
  converged: boolean;
}

/** What `run` tells. */
export interface RunReport {
  /** The iteration that was reached. */
  iterations: number;
  /** The inertia there. */
  inertia: number;
  /** Whether the last assign changed no label; not, if `max` came first. */
  converged: boolean;
}

/** Which layers a picture has. */
export interface PictureLayers {
  /** The Voronoi cells; shown. */
  cells?: boolean | undefined;
  /** The ways of the centroids; shown. */
  trails?: boolean | undefined;
  /** The centroids; shown. */
  centroids?: boolean | undefined;
}

/** How a picture on a canvas looks. */
export interface PaintOptions extends PictureLayers {
  /** The side in CSS pixels; times `scale`, 1 … 8,192. */
  size: number;
  /** Device pixels to one of CSS, at most 16; 1. */
  scale?: number | undefined;
  /** What lies behind the board, 0xRRGGBB; white. It is not painted, but the palette follows it. */
  background?: number | undefined;
  /** The colour of outlines, 0xRRGGBB; black. */
  ink?: number | undefined;
}

/** How a picture as SVG looks. */
export interface SvgOptions extends PictureLayers {
  /** The side in CSS pixels, 1 … 8,192; 600. */
  size?: number | undefined;
  /** The colour behind the board, 0xRRGGBB; white. */
  background?: number | undefined;
  /** The colour of outlines, 0xRRGGBB; nearly black. */
  ink?: number | undefined;
}

/** A clustering as plain data: what `toJSON` writes and `KMeans.init` goes on from. */
export interface SavedKMeans {
  /** The options, without the points of one's own, which are under `points`. */
  options: Omit<ResolvedOptions, "points" | "centroids"> & { centroids?: [x: number, y: number][] };
  /** Where it stood. */
  iteration: number;
  /** The half-step that came next. */
  phase: Phase;
  /** Whether the last assign changed no label. */
  converged: boolean;
  /** The inertia; null before the first assign. */
  inertia: number | null;
  /** Every iteration that had been computed. */
  history: HistoryRow[];
  /** The k centroids. */
  centroids: [x: number, y: number][];
  /** The n labels; null before the first assign. */
  labels: number[] | null;
  /** The n points. */
  points: [x: number, y: number][];
}

/** How what takes long is followed and ended. */
export interface WhileStudying<Found> {
  /** Ends it at once; the promise is then rejected with its reason. */
  signal?: AbortSignal | undefined;
  /** Called some ten times a second with the share that is done, up to 1, and what has been found so far. */
  onProgress?: ((share: number, soFar: Found) => void) | undefined;
}

/** Which starts `restarts` makes. */
export interface RestartsOptions extends WhileStudying<Restarts> {
  /** Starts, 1 … 100,000 and 4,000,000 ÷ k; 1,000. */
  runs?: number | undefined;
  /** How each of them is chosen; as this clustering was, or "random". */
  seeding?: SeedingName | undefined;
  /** The seed of the first start; the next has the next one. That of this clustering. */
  seed?: number | undefined;
}

/** A partition of the points in which starts ended. */
export interface Optimum {
  /** Its inertia. */
  inertia: number;
  /** How many starts ended in it. */
  runs: number;
  /** The seed of the first of them: `reseed({ seeding, seed })` and `run()` come to it again. */
  seed: number;
  /** Its k centroids, x and y in turn. */
  centroids: Float64Array;
}

/** Where many starts ended. */
export interface Restarts {
  /** The inertia at the end of each start. */
  inertias: Float64Array;
  /** How many iterations each start took. */
  iterations: Uint32Array;
  /** The place of each start's optimum among the optima. */
  places: Uint32Array;
  /** The partitions in which they ended, the best first. */
  optima: Optimum[];
  /** The best of them. */
  best: Optimum;
}

/** What is asked which K fits: the gap statistic, f(K), the silhouette, or the elbow, which does not answer. */
export type MethodName = "gap" | "f(K)" | "silhouette" | "elbow";

/** Which Ks `chooseK` tries, and how. */
export interface ChooseKOptions extends WhileStudying<Choice> {
  /** The method; "gap". */
  method?: MethodName | undefined;
  /** The largest K, the smallest being 1: up to 1,023 and as many distinct points as there are; 10. */
  kMax?: number | undefined;
  /** Boards without clusters that the gap statistic compares with, 1 … 1,000; 50. */
  references?: number | undefined;
  /** Greedy k-means++ runs with each K, of which the best counts, 1 … 100,000; 10. */
  runs?: number | undefined;
  /** The seed of all of it; that of this clustering. */
  seed?: number | undefined;
}

/** What a method says of a K; NaN where a number is not defined. */
export interface CurveRow {
  /** The number of clusters. */
  k: number;
  /** Gap(K), f(K), the mean silhouette, or the inertia. */
  value: number;
  /** The standard error of it. */
  error: number;
  /** The inertia of the best run. */
  inertia: number;
  /** The seed of the best run: `reseed({ k, seeding: "greedy-k-means++", seed })` and `run()` come to it again. */
  seed: number;
  /** Of the gap: Gap(K) − (Gap(K + 1) − s(K + 1)). */
  bar?: number;
  /** Of the gap: the logarithm of the inertia. */
  logW?: number;
  /** Of the gap: the mean of that over the references. */
  referenceLogW?: number;
}

/** How a rule reads a K off a curve. */
export type RuleName = "tibshirani" | "first-se-max" | "global-max" | "minimum" | "below-0.85" | "maximum";

/** Which K a method's rules choose, and by which curve. */
export interface Choice {
  /** The method. */
  method: MethodName;
  /** A row for each K. */
  curve: CurveRow[];
  /** What each rule chooses, null where it finds none; a rule may choose several. */
  choices: { rule: RuleName; k: number | null }[];
}

/** What is wrong with what was asked for; the clustering is then exactly as it was. */
export class KMeansError extends Error {
  /** For those who make their own: the sentence, and its short name. */
  constructor(message: string, code: string);
  /** A short stable name for programs, such as "range", "type", "unknown-option", "too-few-distinct-points", "freed". */
  code: string;
}

/**
 * A board and Lloyd's algorithm on it. Coordinates are the board's; arrays are copies. Wrong arguments throw a
 * `KMeansError` that names the value and the limit, and after `free` everything throws one with the code "freed".
 */
export class KMeans {
  private constructor();

  /** The label of a point that belongs to no cluster yet: 2³² − 1. */
  static readonly UNASSIGNED: 4294967295;

  /** The most workers at a time for `restarts` and `chooseK`; as many as the machine has cores. With 0, none is had. */
  static workers: number;

  /** Loads the Wasm, once a page; `boards`, `seedings` and `limits` are known then. Rejects where it cannot be had. */
  static load(): Promise<void>;

  /** The table of presets. Throws a `KMeansError` before `load` or `init` has resolved. */
  static get boards(): readonly BoardInfo[];

  /** The table of seedings. Throws a `KMeansError` before `load` or `init` has resolved. */
  static get seedings(): readonly SeedingInfo[];

  /** What may be asked for at most. Throws a `KMeansError` before `load` or `init` has resolved. */
  static get limits(): Limits;

  /**
   * Makes a board and seeds the centroids; no point is assigned yet. Large boards are made in slices, between which
   * the page goes on. Rejects with a `KMeansError` that names the value and the limit, or with the signal's reason.
   */
  static init(options?: KMeansOptions & WhileMaking): Promise<KMeans>;

  /** Starts again what `toJSON` wrote, as text or as the object, and brings it to where it stood. */
  static init(saved: string | SavedKMeans): Promise<KMeans>;

  /** The n points, x and y in turn. */
  get points(): Float64Array;

  /** The k centroids, x and y in turn. */
  get centroids(): Float64Array;

  /** The n labels, each from 0 to k − 1; before the first assign all are `KMeans.UNASSIGNED`. */
  get labels(): Uint32Array;

  /** How many points each of the k clusters has; 0 before the first assign. */
  get counts(): Uint32Array;

  /** How many points there are. */
  get n(): number;

  /** How many clusters are sought. */
  get k(): number;

  /** The seed of the start, also where it was drawn. */
  get seed(): number;

  /** How many iterations led here; 0 is the seeding. */
  get iteration(): number;

  /** Whether the last assign changed no label. */
  get converged(): boolean;

  /** The half-step that comes next. */
  get phase(): Phase;

  /** The sum of squared distances of the points to the centroid of their label; NaN before the first assign. */
  get inertia(): number;

  /** The last iteration that has been computed: `seek` goes so far. */
  get computed(): number;

  /** How many labels the last assign changed; undefined before the first. */
  get changed(): number | undefined;

  /** The corners of the board: left, bottom, right, top. */
  get bounds(): Float64Array;

  /** Everything resolved: `KMeans.init(km.options)` starts the same thing again, bit for bit. */
  get options(): ResolvedOptions;

  /** Every iteration so far, also those ahead after going back. */
  get history(): HistoryRow[];

  /** The k centroids after an iteration that has been computed, 0 being the seeding; those of the last one beyond it. */
  centroidsAfter(iteration: number): Float64Array;

  /** The first half-step: each point gets the label of its nearest centroid. */
  assign(): AssignReport;

  /** The second half-step: each centroid moves to the mean of its points. */
  update(): UpdateReport;

  /** One iteration, or the rest of one whose assign was made. */
  step(): StepReport;

  /** Steps to convergence, at most `max` of them; reaching `max` is no error. 300. */
  run(max?: number): RunReport;

  /** To the half-step, or the iteration, before; at the start it stays. */
  back(): void;

  /** To any iteration that has been computed, exactly as it was; beyond `computed` it throws. */
  seek(iteration: number): void;

  /** The same board, a new start; what is not given stays as it is, but for the seed, which is drawn. */
  reseed(options?: StartOptions): void;

  /** The same in slices, between which the page goes on, for large boards. */
  reseedInSlices(options?: StartOptions & WhileMaking): Promise<void>;

  /**
   * One more point, after all others; its index. As with every change by hand, the run begins anew from the centroids as
   * they stand: where points had labels, each is given to its nearest centroid at once, and no iteration is left. The
   * bounds stay unless a point lies outside of them. What is wrong throws a `KMeansError`, and nothing is changed; with the
   * code "loading" a board has outgrown what is loaded, and can be changed so a moment later.
   */
  addPoint(x: number, y: number): number;

  /** Several more points, as one change. */
  addPoints(points: Coordinates): void;

  /** A point of this index to another place. */
  movePoint(i: number, x: number, y: number): void;

  /** A point no more; those after it move up by one. At least k distinct ones must stay. */
  removePoint(i: number): void;

  /** Several points no more, as one change. */
  removePoints(indices: Iterable<number>): void;

  /** A centroid to another place. */
  moveCentroid(j: number, x: number, y: number): void;

  /**
   * Takes back the last change by hand: everything stands as it did before it. Returns whether there was one; a hundred are
   * kept, of large boards fewer.
   */
  undo(): boolean;

  /** Makes the change again that was undone last. Returns whether there was one. */
  redo(): boolean;

  /**
   * Runs k-means from many starts on this board, and tells where they end; this clustering stays as it is. In workers,
   * where there are any, else in slices between which the page goes on. Rejects with a `KMeansError`, or with the
   * signal's reason.
   */
  restarts(options?: RestartsOptions): Promise<Restarts>;

  /** Clusters this board with one K after the other, and asks a method which fits; done as `restarts` is. */
  chooseK(options?: ChooseKOptions): Promise<Choice>;

  /** The Voronoi cells clipped to the bounds, which they tile: k polygons of x and y in turn. */
  cells(): Float64Array[];

  /** Lets the next motion of the picture start from how things stand now. */
  hold(): void;

  /**
   * Paints the board on a 2D context: the motion since `hold()`, at `t` of its way from 0 to 1, which is where it ends
   * and the default. Returns whether every point is in the picture: of very many, call it until it does.
   */
  paint(
    context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
    look: PaintOptions,
    t?: number,
  ): boolean;

  /** The picture as an SVG document. Of more than 20,000 points one in so many has a circle, which its <desc> says. */
  toSVG(look?: SvgOptions): string;

  /** A table: the header x,y,label and a row for each point, to the bit; labels are empty before the first assign. */
  toCSV(): string;

  /** The JSON text that `init` goes on from. */
  toJSON(): string;

  /** The same as an object: what JSON.stringify, which names a key, is given. */
  toJSON(key: string): SavedKMeans;

  /**
   * A scikit-learn program that begins with these centroids, comes to these labels and draws them. Beyond 1,000 points
   * it reads them from kmeans.csv, the text of `toCSV`.
   */
  toPython(): string;

  /** A program for Spark's MLlib that reads kmeans.csv, the text of `toCSV`, and begins with these centroids. */
  toPySpark(): string;

  /** Gives the memory back; using it afterwards throws a `KMeansError`, freeing it again does nothing. */
  free(): void;
}
