"""Make selection.json: what R's clusGap and scikit-learn say of the number of clusters.

For each board and k from 1 to K_MAX, with one more for the gap:

- `gap`: logW, E.logW, gap and SE.sim of R's `cluster::clusGap(spaceH0="original", d.power=2)` with 500 references, and
  what its `maxSE` chooses; `selection.R`, which this script runs, says how;
- `inertia`: the best of scikit-learn's `KMeans(n_init=N_INIT, tol=0)`. R's logW must be the logarithm of half of it to
  1e-9, else the script stops and writes nothing;
- `f`: f(K) from these inertias, by the formula as Pham, Dimov and Nguyen print it;
- `silhouette`: scikit-learn's `silhouette_score` of those labels, null for k = 1.

The boards are some of lloyd.json, and some that the crate draws, whose points are kept in selection.json itself: the
test holds them to what `Board::draw` draws. Running twice on the same versions writes the same bytes.

    apt-get install r-base-core r-cran-cluster && pip install numpy scikit-learn
    python tests/reference/selection.py

Last run with Python 3.11.7, numpy 2.4.6, scikit-learn 1.9.1, R 4.2.2, cluster 2.1.4.
"""

import json
import math
import platform
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

K_MAX = 5
REFERENCES = 500
STARTS = 20
N_INIT = 1500
AGREE = 1e-9
FOLDER = Path(__file__).parent
OUTPUT = FOLDER / "selection.json"
SHARED = ["old-faithful", "iris-petals", "gauss-5-tight", "gauss-4-far", "moons", "gauss-3-wide", "uniform-200-micro"]
OWN = ["peaked 1792", "gauss 7", "uniform 1"]


def read(name):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def make_boards():
    """All boards by name, and those whose points are kept in selection.json."""
    shared = read("lloyd.json")["boards"]
    own = {name: read("selection.json")["boards"][name] for name in OWN}
    boards = {name: shared[name] for name in SHARED} | own
    return {name: np.array(flat).reshape(-1, 2) for name, flat in boards.items()}, own


def clus_gap(boards, best):
    """R's table and choices by the board's name, and R's versions."""
    with tempfile.TemporaryDirectory() as folder:
        for name, points in boards.items():
            write(Path(folder) / f"{name}.csv", points)
            for k, (_, labels) in enumerate(best[name], 1):
                write(Path(folder) / f"{name}.{k}.centres", means(points, labels))
        script = [FOLDER / "selection.R", folder, K_MAX, REFERENCES, STARTS]
        done = subprocess.run(["Rscript", *map(str, script)], check=True, stdout=subprocess.PIPE, text=True)
        return {name: parsed((Path(folder) / f"{name}.gap").read_text()) for name in boards}, done.stdout.split("\n")


def write(path, points):
    np.savetxt(path, points, fmt="%.17g", delimiter=",")


def means(points, labels):
    return np.array([points[labels == cluster].mean(axis=0) for cluster in range(labels.max() + 1)])


def parsed(text):
    *rows, chosen = [line.split() for line in text.splitlines()]
    tibshirani, first_se_max, global_max = map(int, chosen)
    columns = zip(("logW", "E.logW", "gap", "SE.sim"), zip(*(map(float, row) for row in rows)))
    return {name: list(column) for name, column in columns} | {
        "choices": {
            "tibshirani": tibshirani if tibshirani <= K_MAX else None,
            "first-se-max": first_se_max,
            "global-max": global_max,
        }
    }


def best_of_many(points, k):
    """The inertia and labels of the best run."""
    # Inertias are sums of squares, which scikit-learn takes about the origin.
    centred = points - points.mean(axis=0)
    fitted = KMeans(n_clusters=k, n_init=N_INIT, tol=0, max_iter=300, algorithm="lloyd", random_state=k).fit(centred)
    return float(((centred - means(centred, fitted.labels_)[fitted.labels_]) ** 2).sum()), fitted.labels_


def f_of_k(inertias, dimensions=2):
    """f(K) for K = 1, 2, ... by equations 2 to 4 of the paper."""
    values, alpha = [1.0], None
    for k in range(2, len(inertias) + 1):
        alpha = 1 - 3 / (4 * dimensions) if k == 2 else alpha + (1 - alpha) / 6
        values.append(inertias[k - 1] / (alpha * inertias[k - 2]) if inertias[k - 2] else 1.0)
    return values


def evaluate(name, points, best, gap):
    """A board's record."""
    for k, ((inertia, _), log_w) in enumerate(zip(best, gap["logW"]), 1):
        if abs(math.log(inertia / 2) - log_w) > AGREE:
            raise SystemExit(f"{name}, k = {k}: R has {log_w}, scikit-learn {math.log(inertia / 2)}")
    inertias = [inertia for inertia, _ in best[:K_MAX]]
    silhouettes = [float(silhouette_score(points, labels)) for _, labels in best[1:K_MAX]]
    return {
        "board": name,
        "gap": gap,
        "inertia": inertias,
        "f": f_of_k(inertias),
        "silhouette": [None, *silhouettes],
    }


def compact(value):
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def to_text(made_with, boards, evaluated):
    """JSON with one board to a line."""
    board_lines = ",\n".join(f"{compact(name)}:{compact(flat)}" for name, flat in boards.items())
    lines = ",\n".join(map(compact, evaluated))
    return f'{{\n"made_with":{compact(made_with)},\n"boards":{{\n{board_lines}\n}},\n"evaluated":[\n{lines}\n]\n}}\n'


def main():
    boards, own = make_boards()
    # One thread: the order of summation, so the last bits, would otherwise depend on the number of cores.
    with threadpool_limits(limits=1):
        best = {name: [best_of_many(points, k) for k in range(1, K_MAX + 2)] for name, points in boards.items()}
        gaps, (r, cluster, *_) = clus_gap(boards, best)
        evaluated = [evaluate(name, points, best[name], gaps[name]) for name, points in boards.items()]
    packages = {name: version(name) for name in ("numpy", "scikit-learn")}
    made_with = {"python": platform.python_version(), **packages, "r": r, "cluster": cluster}
    OUTPUT.write_text(to_text(made_with, own, evaluated), encoding="utf-8", newline="\n")
    print(f"{len(evaluated)} boards; {OUTPUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
