// The types of kmeans-board-element.js: the class behind <kmeans-board>, for those who register it themselves.

import type {
  BoardName, Coordinates, KMeans, KMeansOptions, RunReport, SavedKMeans, SeedingName, StartOptions, StepReport, WhileMaking,
} from "./kmeans.js";

/** What a reader's edit was: a new start of that seed on the same board, or what hands did to the board. */
export type Edit =
  | { edit: "reseed"; seed: number }
  | { edit: "movePoint" | "addPoint"; i: number; x: number; y: number }
  | { edit: "moveCentroid"; j: number; x: number; y: number }
  | { edit: "addPoints" | "removePoints"; count: number }
  | { edit: "undo" | "redo" };

/** Why a board could not be made. */
export interface Failure {
  /** A sentence that names the value and the limit. */
  message: string;
  /** That of a `KMeansError`; undefined for what is none, as a network that is down. */
  code: string | undefined;
}

/** The events of a board; all but `statechange` bubble and leave shadow trees. None answers what the author writes. */
export interface KMeansBoardEventMap extends Omit<HTMLElementEventMap, "change" | "error"> {
  /** There is a board to see; once, unless it was removed from the document meanwhile. */
  ready: CustomEvent<Record<string, never>>;
  /** An iteration was made; `run()` makes many at once and fires `converge` only. */
  step: CustomEvent<StepReport>;
  /** No point changed cluster. */
  converge: CustomEvent<RunReport>;
  /** The reader edited, as `controls` or `interactive` allow. */
  change: CustomEvent<Edit>;
  /** A board could not be made; what was there stays. */
  error: CustomEvent<Failure>;
  /** Whatever its state shows is another; stays on the element. */
  statechange: Event;
}

/** How a picture is written. */
export interface PictureOptions {
  /** Device pixels to one of CSS, at most 16; as on the screen. */
  scale?: number | undefined;
  /** From 0 to 1, for the types that know one. */
  quality?: number | undefined;
}

/**
 * A board that clusters itself. An attribute that is not valid counts as its default, with one warning on the console;
 * a property that is set to `null` or `undefined` removes its attribute; several changes at once make one new board.
 */
export class KMeansBoard extends HTMLElement {
  /** A board that is in no document yet, as `document.createElement("kmeans-board")` makes one. */
  constructor();

  /** The attributes that it follows. */
  static observedAttributes: string[];

  /** Fetches what is to be there, too, before a board is ready: kmeans-board.js has it fetch what `toCSV` and its like need. */
  static exports: () => Promise<unknown>;

  /** A preset's name, one of `KMeans.boards`; "uniform". Undefined before `ready` where no attribute says it. */
  get board(): BoardName | undefined;
  set board(value: BoardName | null | undefined);

  /** Points, 1 … 4,000,000; the preset's number. */
  get n(): number | undefined;
  set n(value: number | null | undefined);

  /** Clusters that the board is drawn with, 1 … 1,024; k. */
  get clusters(): number | undefined;
  set clusters(value: number | null | undefined);

  /** Clusters sought, 1 … 1,024; 7. */
  get k(): number | undefined;
  set k(value: number | null | undefined);

  /** How it starts, one of `KMeans.seedings`; "random". */
  get seeding(): SeedingName | undefined;
  set seeding(value: SeedingName | null | undefined);

  /** An integer from 0 to 2³² − 1: the same seed, the same picture; drawn anew each time. */
  get seed(): number | undefined;
  set seed(value: number | null | undefined);

  /** The address of a table, as CSV, whose first two columns of numbers are the points, in place of `board`, `n` and `clusters`; "". */
  get src(): string;
  set src(value: string | null | undefined);

  /** Whether there are controls under the board: seed again, back, play, step, a timeline and where the run stands. */
  get controls(): boolean;
  set controls(value: boolean);

  /** Whether the cells of the centroids are seen. */
  get voronoi(): boolean;
  set voronoi(value: boolean);

  /** Whether the ways of the centroids are seen. */
  get trails(): boolean;
  set trails(value: boolean);

  /** Whether it plays as soon as it can be seen; not for readers who want no motion. */
  get autoplay(): boolean;
  set autoplay(value: boolean);

  /** Whether it seeds again a while after the end, and plays on. */
  get loop(): boolean;
  set loop(value: boolean);

  /** Whether assign and update each take an iteration's time, and are steps of the controls. */
  get halfSteps(): boolean;
  set halfSteps(value: boolean);

  /** Whether the reader moves points and centroids: by mouse, by touch, by keyboard. */
  get interactive(): boolean;
  set interactive(value: boolean);

  /** Iterations a second, 0.1 … 60, which is one every frame; 1. */
  get speed(): number;
  set speed(value: number | null | undefined);

  /** "lazy", which starts near the viewport, or "eager". */
  get loading(): "lazy" | "eager";
  set loading(value: "lazy" | "eager" | null | undefined);

  /** The picture's accessible name; where it is empty, one that says how things stand. */
  get label(): string;
  set label(value: string | null | undefined);

  /** Points of one's own in place of a drawn board; read, a copy of those that are there, x and y in turn. */
  get points(): Float64Array | undefined;
  set points(value: Coordinates | null | undefined);

  /** Centroids of one's own to start from, k being their number; read, a copy of those of now. */
  get centroids(): Float64Array | undefined;
  set centroids(value: Coordinates | null | undefined);

  /** The clustering behind the board; undefined until `ready`. */
  get kmeans(): KMeans | undefined;

  /** Resolves with the element once there is a clustering to see; rejects if there can be none. */
  get ready(): Promise<this>;

  /** Whether it goes on by itself. */
  get playing(): boolean;

  /**
   * Starts anew with the options of `KMeans.init`, or a promise of them; without, with those of the attributes. Resolves
   * with whether this is what is there now: not where something else was asked for meanwhile. Rejects with a
   * `KMeansError`; what was there stays.
   */
  init(options?: BoardStart | PromiseLike<BoardStart>): Promise<boolean>;

  /** One iteration, in motion. */
  step(): void;

  /** One half-step, in motion. */
  halfStep(): void;

  /**
   * Shows what `change` does to the clustering by hand, at once; with a detail, as an edit of the reader's. Returns whether
   * it could be done: what is wrong is reported by an event.
   */
  edit(change: (kmeans: KMeans) => void, detail?: Edit): boolean;

  /** To convergence at once, or `max` iterations on, 300; undefined before `ready`. */
  run(max?: number): RunReport | undefined;

  /** To the half-step or the iteration before. */
  back(): void;

  /** To an iteration that has been computed; with one half more, to after its next assign. Beyond, a `KMeansError`. */
  seek(iteration: number): void;

  /** To the seeding. */
  reset(): void;

  /** The same board, a new start, as `KMeans.reseed` makes it; resolves with whether there is one. */
  reseed(options?: StartOptions): Promise<boolean>;

  /**
   * Goes on by itself until it has converged; from the end it begins again, before `ready` as soon as it can. After
   * `reseed()` it keeps playing; another board stands still unless it has `autoplay`.
   */
  play(): void;

  /** Stays where it is: also when it starts anew, whatever `autoplay` says. */
  pause(): void;

  /** The picture at rest, on the board's background: "image/png", what else a canvas can be, or "image/svg+xml". */
  toBlob(type?: string, options?: PictureOptions): Promise<Blob>;

  /** Listens to an event of `KMeansBoardEventMap`, whose detail is then known. */
  addEventListener<K extends keyof KMeansBoardEventMap>(
    type: K,
    listener: (this: KMeansBoard, event: KMeansBoardEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** Listens to any other event. */
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;

  /** Listens no longer to an event of `KMeansBoardEventMap`. */
  removeEventListener<K extends keyof KMeansBoardEventMap>(
    type: K,
    listener: (this: KMeansBoard, event: KMeansBoardEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  /** Listens no longer to any other event. */
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

/** What a board can start from. */
export type BoardStart = (KMeansOptions & WhileMaking) | SavedKMeans | string;
