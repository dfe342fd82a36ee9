"""Times scikit-learn's Lloyd on the points and centroids of `cargo xtask bench --sklearn`; prints JSON.

For each case, milliseconds with one thread and with all.
"""

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

warnings.filterwarnings("ignore")


def seconds(call, rounds):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        result = call()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2], result


def measure(kind, points, centroids):
    k, rounds = len(centroids), 3
    if kind == "restarts":
        return seconds(lambda: KMeans(k, init="random", n_init=1000, tol=0, algorithm="lloyd").fit(points), 3)[0]
    fit = lambda count: KMeans(k, init=centroids, n_init=1, max_iter=count, tol=0, algorithm="lloyd").fit(points)
    if kind == "run":
        return seconds(lambda: fit(20), rounds)[0]
    # What is made once, like copies and checks, cancels out.
    few, many = (2, 6) if len(points) * k > 10**8 else (2, 20)
    return max(seconds(lambda: fit(many), rounds)[0] - seconds(lambda: fit(few), rounds)[0], 0) / (many - few)


folder, results = Path(sys.argv[1]), {}
for case in sys.argv[2:]:
    kind, n, k = case.split()
    points, centroids = (
        np.fromfile(folder / f"{kind}-{n}-{k}.{what}").reshape(-1, 2) for what in ("points", "centroids")
    )
    times = []
    for threads in (1, None):
        with threadpool_limits(threads):
            times.append(1000 * measure(kind, points, centroids))
    results["restarts" if kind == "restarts" else case] = times
print(json.dumps(results))
