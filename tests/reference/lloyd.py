"""Make lloyd.json: reference runs of Lloyd's algorithm by scikit-learn, from given centroids.

Every run is

    KMeans(n_clusters=k, n_init=1, init=centroids, tol=0, algorithm="lloyd", max_iter=300).fit(points)

and records scikit-learn's labels, cluster_centers_, inertia_ and n_iter_ (the last pass, which changes no
label, counted). A start is kept only where its outcome is beyond dispute, which a plain Lloyd in numpy decides:

- no cluster is empty in any pass;
- in every pass the squared distances from each point to its nearest and its second nearest centroid differ by
  more than 1e-9 of the larger, so that no label hangs on rounding;
- a pass that changes no label comes within max_iter.

Where a start fails, the next one drawn is tried. The plain Lloyd must then agree with scikit-learn on every label
and on the number of iterations exactly, and on centres and inertia to 1e-9; else the script stops and writes nothing.

Coordinates are integers times a power of ten, so that their text is short and parses to exactly the double clustered.
Running twice on the same versions writes the same bytes.

    pip install numpy scikit-learn && pip install --no-deps plotnine    # plotnine only for its faithful.csv
    python tests/reference/lloyd.py

Last run with Python 3.11.7, numpy 2.4.6, scikit-learn 1.9.1, plotnine 0.15.9.
"""

import csv
import json
import platform
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris, load_wine
from threadpoolctl import threadpool_limits

SEED = 20131212
MAX_ITER = 300
GAP = 1e-9
AGREE = 1e-9
ATTEMPTS = 5000
DIGITS = 4
OUTPUT = Path(__file__).with_name("lloyd.json")


class Board(NamedTuple):
    """Points as whole numbers of 10**exponent."""

    whole: np.ndarray
    exponent: int

    def floats(self, whole):
        """The doubles nearest to the decimals `whole` stands for."""
        return np.array([float(f"{value}e{self.exponent}") for value in whole.ravel()]).reshape(whole.shape)


class Run(NamedTuple):
    """A board, a number of clusters, a kind of start, and the fewest iterations wanted."""

    board: str
    k: int
    start: str
    least: int = 1


class Lloyd(NamedTuple):
    """What the plain Lloyd ends with."""

    labels: np.ndarray
    centres: np.ndarray
    inertia: float
    iterations: int


def rng_for(name):
    """A generator of its own for each board and run, so that adding one leaves the others as they were."""
    return np.random.default_rng([SEED, crc32(name.encode())])


# Boards: each function returns points of about unit size.


def uniform(rng, n):
    return rng.uniform(-1, 1, (n, 2))


def gauss(rng, n, clusters, low, high):
    """Clusters of nearly equal sizes, each with one sigma between low and high."""
    centres = rng.uniform(-1, 1, (clusters, 2))
    sigmas = rng.uniform(low, high, clusters)
    which = np.arange(n) % clusters
    return centres[which] + sigmas[which, None] * rng.standard_normal((n, 2))


def unequal(rng, sizes):
    """One wide and crowded cluster beside small tight ones."""
    centres = np.array([[0, 0], [0.8, 0.7], [0.9, -0.6], [-0.8, 0.8]])[: len(sizes)]
    sigmas = np.array([0.35, 0.05, 0.08, 0.03])[: len(sizes)]
    which = np.repeat(np.arange(len(sizes)), sizes)
    return centres[which] + sigmas[which, None] * rng.standard_normal((len(which), 2))


def anisotropic(rng, n):
    return gauss(rng, n, 3, 0.15, 0.2) @ np.array([[0.6, -0.6], [-0.4, 0.8]])


def moons(rng, n):
    """Two half circles, one inside the other's opening."""
    angle = rng.uniform(0, np.pi, n)
    lower = np.arange(n) % 2
    sign = 1 - 2 * lower
    curve = np.column_stack([sign * np.cos(angle) + lower, sign * np.sin(angle) + lower / 2])
    return curve / 2 + 0.03 * rng.standard_normal((n, 2))


def circles(rng, n):
    """Two rings about one centre."""
    angle = rng.uniform(0, 2 * np.pi, n)
    radius = np.where(np.arange(n) % 2, 0.4, 0.9) + 0.03 * rng.standard_normal(n)
    return radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])


def blob(rng, n):
    return 0.3 * rng.standard_normal((n, 2))


def grid(rng, side):
    """A square grid, each point moved by less than a tenth of the spacing."""
    axis = np.linspace(-1, 1, side)
    points = np.column_stack([np.repeat(axis, side), np.tile(axis, side)])
    return points + rng.uniform(-0.1, 0.1, points.shape) * 2 / side


def line(rng, n, slope):
    """Exactly collinear for a whole slope, once rounded."""
    x = np.round(rng.uniform(-1, 1, n), DIGITS)
    return np.column_stack([x, slope * x])


def duplicated(rng, distinct, n):
    """n points at a few distinct places."""
    places = rng.uniform(-1, 1, (distinct, 2))
    return places[np.concatenate([np.arange(distinct), rng.integers(distinct, size=n - distinct)])]


def iris_petals():
    return load_iris().data[:, 2:4]


def wine():
    """Alcohol and colour intensity."""
    data = load_wine()
    columns = [data.feature_names.index(name) for name in ("alcohol", "color_intensity")]
    return data.data[:, columns]


def old_faithful():
    """Eruption and waiting time in minutes, from plotnine's copy of R's data set; plotnine itself is not imported."""
    path = Path(find_spec("plotnine").origin).with_name("data") / "faithful.csv"
    with path.open(newline="") as file:
        return np.array([[float(row["eruptions"]), float(row["waiting"])] for row in csv.DictReader(file)])


def board(points, scale=0, shift=(0, 0)):
    """Points moved by `shift`, rounded to DIGITS decimals, times 10**scale."""
    whole = np.round((points + np.array(shift)) * 10**DIGITS).astype(np.int64)
    return Board(whole, scale - DIGITS)


def make_boards():
    """All boards by name."""

    def draw(name, make, *options, **placing):
        return name, board(make(rng_for(name), *options), **placing)

    return dict(
        [
            draw("uniform-5", uniform, 5),
            draw("uniform-12", uniform, 12),
            draw("uniform-100", uniform, 100),
            draw("uniform-400", uniform, 400),
            draw("uniform-1000", uniform, 1000),
            draw("uniform-200-micro", uniform, 200, scale=-6),
            draw("uniform-200-mega", uniform, 200, scale=6),
            draw("uniform-200-far", uniform, 200, shift=(1000, 1000)),
            draw("gauss-5-tight", gauss, 150, 5, 0.02, 0.05),
            draw("gauss-5-peaked", gauss, 250, 5, 0.05, 0.15),
            draw("gauss-3-wide", gauss, 200, 3, 0.05, 0.5),
            draw("gauss-8-overlapping", gauss, 600, 8, 0.2, 0.3),
            draw("gauss-4-micro", gauss, 160, 4, 0.05, 0.2, scale=-6),
            draw("gauss-4-mega", gauss, 160, 4, 0.05, 0.2, scale=6),
            draw("gauss-4-far", gauss, 160, 4, 0.05, 0.2, shift=(1000, -3000)),
            draw("gauss-4-mega-far", gauss, 160, 4, 0.05, 0.2, scale=6, shift=(-1000, 1000)),
            draw("anisotropic", anisotropic, 300),
            draw("moons", moons, 200),
            draw("circles", circles, 240),
            draw("unequal", unequal, [250, 20, 30, 10]),
            draw("blob", blob, 300),
            draw("blob-far", blob, 50, shift=(-1000, 0)),
            draw("grid", grid, 15),
            draw("line-flat", line, 60, 0),
            draw("line-steep", line, 120, 2),
            draw("duplicates", duplicated, 30, 150),
            draw("duplicates-few", duplicated, 6, 40),
            ("iris-petals", board(iris_petals())),
            ("wine", board(wine())),
            ("old-faithful", board(old_faithful())),
        ]
    )


# Starts: each function returns k centroids in the board's whole numbers.


def random_start(rng, whole, k):
    """k distinct points."""
    distinct = np.unique(whole, axis=0)
    return distinct[rng.choice(len(distinct), k, replace=False)]


def plus_plus_start(rng, whole, k):
    """k points by k-means++: each with probability proportional to D squared."""
    chosen = [whole[rng.integers(len(whole))]]
    while len(chosen) < k:
        nearest = squared_distances(whole.astype(float), np.array(chosen, dtype=float)).min(axis=1)
        chosen.append(whole[rng.choice(len(whole), p=nearest / nearest.sum())])
    return np.array(chosen)


def crowded_start(rng, whole, k):
    """A bad start: all k close to one point, in a box a tenth of the board wide."""
    reach = np.ptp(whole, axis=0) // 20
    return whole[rng.integers(len(whole))] + rng.integers(-reach, reach + 1, (k, 2))


def box_start(rng, whole, k):
    """k places anywhere in the bounding box."""
    return rng.integers(whole.min(axis=0), whole.max(axis=0) + 1, (k, 2))


STARTS = {"random": random_start, "k-means++": plus_plus_start, "crowded": crowded_start, "box": box_start}

RUNS = [
    Run("uniform-5", 2, "random"),
    Run("uniform-5", 3, "k-means++"),
    Run("uniform-12", 1, "random"),
    Run("uniform-12", 4, "crowded"),
    Run("uniform-12", 9, "random"),
    Run("uniform-100", 7, "random"),
    Run("uniform-100", 7, "crowded"),
    Run("uniform-100", 25, "k-means++"),
    Run("uniform-400", 3, "random", 15),
    Run("uniform-400", 12, "crowded", 25),
    Run("uniform-400", 30, "k-means++"),
    Run("uniform-1000", 1, "box"),
    Run("uniform-1000", 6, "crowded", 40),
    Run("uniform-1000", 15, "random", 30),
    Run("uniform-1000", 40, "k-means++", 20),
    Run("uniform-200-micro", 3, "random"),
    Run("uniform-200-micro", 10, "crowded", 15),
    Run("uniform-200-mega", 5, "k-means++"),
    Run("uniform-200-mega", 20, "random"),
    Run("uniform-200-far", 4, "crowded"),
    Run("uniform-200-far", 16, "random"),
    Run("gauss-5-tight", 5, "k-means++"),
    Run("gauss-5-tight", 5, "crowded"),
    Run("gauss-5-peaked", 5, "random"),
    Run("gauss-5-peaked", 5, "crowded"),
    Run("gauss-5-peaked", 8, "k-means++"),
    Run("gauss-3-wide", 3, "random"),
    Run("gauss-3-wide", 3, "crowded", 15),
    Run("gauss-8-overlapping", 8, "random", 30),
    Run("gauss-8-overlapping", 35, "k-means++"),
    Run("gauss-4-micro", 4, "k-means++"),
    Run("gauss-4-micro", 4, "crowded"),
    Run("gauss-4-mega", 4, "random"),
    Run("gauss-4-mega", 6, "crowded", 15),
    Run("gauss-4-far", 4, "k-means++"),
    Run("gauss-4-far", 11, "random"),
    Run("gauss-4-mega-far", 4, "crowded"),
    Run("anisotropic", 3, "random"),
    Run("anisotropic", 9, "crowded", 15),
    Run("moons", 2, "random"),
    Run("moons", 14, "k-means++"),
    Run("circles", 2, "box"),
    Run("circles", 10, "crowded", 15),
    Run("unequal", 4, "random"),
    Run("unequal", 4, "crowded"),
    Run("blob", 2, "random"),
    Run("blob", 18, "crowded", 15),
    Run("blob-far", 3, "box"),
    Run("grid", 4, "box"),
    Run("grid", 24, "random"),
    Run("line-flat", 3, "random"),
    Run("line-flat", 8, "k-means++"),
    Run("line-steep", 5, "crowded", 15),
    Run("duplicates", 6, "k-means++"),
    Run("duplicates", 13, "random"),
    Run("duplicates-few", 5, "random"),
    Run("iris-petals", 3, "random"),
    Run("iris-petals", 3, "crowded"),
    Run("iris-petals", 5, "box"),
    Run("wine", 3, "k-means++"),
    Run("wine", 6, "crowded", 15),
    Run("old-faithful", 2, "random"),
    Run("old-faithful", 7, "k-means++"),
    Run("old-faithful", 4, "crowded"),
]


# The plain Lloyd that says which starts are fit, and that scikit-learn must agree with.


def squared_distances(points, centres):
    """One row for each point, one column for each centre."""
    return ((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)


def has_close_call(distances):
    """Is some point's nearest centre nearer than the second by no more than GAP?"""
    if distances.shape[1] == 1:
        return False
    nearest, second = np.partition(distances, 1, axis=1)[:, :2].T
    return bool((second - nearest <= GAP * second).any())


def means(points, labels, k):
    return np.array([points[labels == cluster].mean(axis=0) for cluster in range(k)])


def lloyd(points, centres):
    """Lloyd's algorithm from `centres`; None where the start is unfit."""
    k = len(centres)
    labels = None
    for iteration in range(1, MAX_ITER + 1):
        distances = squared_distances(points, centres)
        before, labels = labels, distances.argmin(axis=1)
        if has_close_call(distances) or len(np.unique(labels)) < k:
            return None
        if np.array_equal(before, labels):
            return Lloyd(labels, centres, distances.min(axis=1).sum(), iteration)
        centres = means(points, labels, k)
    return None


def find_start(run, the_board, points, rng):
    """The first start drawn that is fit and long enough, and the plain Lloyd from it."""
    for _ in range(ATTEMPTS):
        centroids = the_board.floats(STARTS[run.start](rng, the_board.whole, run.k))
        plain = lloyd(points, centroids)
        if plain is not None and plain.iterations >= run.least:
            return centroids, plain
    raise SystemExit(f"{run}: no fit start in {ATTEMPTS} attempts")


def check(name, points, plain, fitted):
    """Stop unless the plain Lloyd and scikit-learn agree."""
    extent = np.ptp(points, axis=0).max()
    agreements = {
        "labels": np.array_equal(plain.labels, fitted.labels_),
        "iterations": plain.iterations == fitted.n_iter_,
        "centres": np.abs(plain.centres - fitted.cluster_centers_).max() <= AGREE * extent,
        "inertia": abs(plain.inertia - fitted.inertia_) <= AGREE * plain.inertia,
    }
    differing = [what for what, agree in agreements.items() if not agree]
    if differing:
        raise SystemExit(f"{name}: scikit-learn and the plain Lloyd differ in {', '.join(differing)}")


def make_run(run, the_board):
    """One run's record."""
    name = f"{run.board} k={run.k} {run.start}"
    points = the_board.floats(the_board.whole)
    centroids, plain = find_start(run, the_board, points, rng_for(name))
    fitted = KMeans(
        n_clusters=run.k, n_init=1, init=centroids, tol=0, algorithm="lloyd", max_iter=MAX_ITER
    ).fit(points)
    check(name, points, plain, fitted)
    return {
        "name": name,
        "board": run.board,
        "centroids": numbers(centroids),
        "labels": fitted.labels_.tolist(),
        "centres": numbers(fitted.cluster_centers_),
        "inertia": float(fitted.inertia_),
        "iterations": int(fitted.n_iter_),
    }


# The file.


def numbers(array):
    """A flat list; whole numbers as integers, which are shorter."""
    return [int(value) if value.is_integer() else value for value in array.ravel().tolist()]


def compact(value):
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def made_with():
    packages = {name: version(name) for name in ("numpy", "scikit-learn", "plotnine")}
    return {"python": platform.python_version(), **packages}


def to_text(boards, runs):
    """JSON with one board or run to a line."""
    board_lines = ",\n".join(f"{compact(name)}:{compact(numbers(b.floats(b.whole)))}" for name, b in boards.items())
    run_lines = ",\n".join(compact(run) for run in runs)
    return f'{{\n"made_with":{compact(made_with())},\n"boards":{{\n{board_lines}\n}},\n"runs":[\n{run_lines}\n]\n}}\n'


def summary(boards, runs):
    """The count of runs, and the spread of n, k and iterations."""
    spreads = {
        "n": [len(boards[run["board"]].whole) for run in runs],
        "k": [len(run["centroids"]) // 2 for run in runs],
        "iterations": [run["iterations"] for run in runs],
    }
    spread = ", ".join(f"{what} {min(values)} to {max(values)}" for what, values in spreads.items())
    return f"{len(runs)} runs on {len(boards)} boards: {spread}; {OUTPUT.stat().st_size} bytes"


def main():
    boards = make_boards()
    # One thread: the order of summation, so the last bits, would otherwise depend on the number of cores.
    with threadpool_limits(limits=1):
        runs = [make_run(run, boards[run.board]) for run in RUNS]
    OUTPUT.write_text(to_text(boards, runs), encoding="utf-8", newline="\n")
    print(summary(boards, runs))


if __name__ == "__main__":
    main()
