#!/usr/bin/env python3
"""k-means against scikit-learn's and the partial eigensolver against ARPACK (scipy), one thread each.

  /usr/bin/python3 benchmarks/linalg_rival.py [--bin build/release/bin] [--rounds 7] [--json]

Both get the same matrices (numpy's generator, fixed seeds). k-means twice: `steps` from the first k rows until no label changes, where
both must end at the same inertia after the same work (Lloyd), and `fits` of 10 k-means++ starts with the default tolerance, whose
inertias are compared by their means over the rounds' seeds. Eigen: 10 greatest values of an affinity matrix of 2,000 points and of a
random symmetric one, tolerance 1e-10, Lanczos bases of 21; the values must agree to 1e-8. Figures are CPU seconds, medians over the
rounds, and ours over theirs (below 1: Equivolve is faster). Needs Debian's python3-sklearn, python3-scipy, libopenblas0-pthread.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import numpy  # noqa: E402
import scipy.sparse.linalg  # noqa: E402
from sklearn.cluster import KMeans  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# rows, columns, clusters, distance of the groups' centres in their spreads
KMEANS = {"small": (2000, 8, 5, 2.0), "digits": (5000, 64, 10, 1.0), "many": (10000, 16, 50, 1.5), "wide": (2000, 256, 20, 0.5)}


def timed(action):
    before = time.process_time()
    answer = action()
    return time.process_time() - before, answer


def groups(rows, columns, clusters, apart):
    random = numpy.random.default_rng(rows + columns)
    centres = apart * random.standard_normal((clusters, columns))
    return centres[random.integers(clusters, size=rows)] + random.standard_normal((rows, columns))


def ours(args, folder, what, matrix, *numbers):
    file = os.path.join(folder, "matrix")
    numpy.ascontiguousarray(matrix, dtype=numpy.float64).tofile(file)
    command = [os.path.join(args.bin, "linalg_rates"), what, file, *map(str, numbers), str(args.rounds)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def sklearn_fits(x, rounds, **settings):
    seconds, models = zip(*(timed(lambda: KMeans(random_state=r, **settings).fit(x)) for r in range(rounds)))
    return statistics.median(seconds), [float(m.inertia_) for m in models], [m.n_iter_ for m in models]


def kmeans(args, folder, rows, columns, clusters, apart):
    x = groups(rows, columns, clusters, apart)
    answer = {}
    for restarts, name in ((0, "steps"), (10, "fits")):
        mine = ours(args, folder, "kmeans", x, rows, columns, clusters, restarts)
        for kind, dtype in (("double", numpy.float64), ("float", numpy.float32)):
            data = x.astype(dtype)
            settings = {"n_clusters": clusters, "algorithm": "lloyd"}
            settings |= {"n_init": restarts} if restarts else {"n_init": 1, "init": data[:clusters].copy(), "tol": 0}
            seconds, inertias, iterations = sklearn_fits(data, args.rounds, **settings)
            least = statistics.fmean(mine[kind]["inertias"]) / statistics.fmean(inertias)
            if name == "steps" and kind == "double" and abs(least - 1) > 1e-9:
                sys.exit(f"linalg_rival: inertias differ: {mine[kind]['inertias'][0]} and {inertias[0]}")
            answer[f"{name}_{kind}"] = {"ours": mine[kind]["seconds"], "sklearn": seconds, "ratio": mine[kind]["seconds"] / seconds,
                                        "inertia_ratio": least, "iterations": [mine[kind]["iterations"][0], iterations[0]]}
    return answer


def affinity(n):
    x = groups(n, 10, 10, 1.0)
    squares = (x * x).sum(1)
    distances = squares[:, None] + squares - 2 * x @ x.T
    weights = numpy.exp(-distances / distances.mean() * 4)
    numpy.fill_diagonal(weights, 0)
    root = 1 / numpy.sqrt(weights.sum(1))
    return weights * root[:, None] * root


def random_symmetric(n):
    a = numpy.random.default_rng(n).standard_normal((n, n))
    return a + a.T


def eigen(args, folder, matrix):
    mine = ours(args, folder, "eigen", matrix, len(matrix), 10)
    runs = [timed(lambda: scipy.sparse.linalg.eigsh(matrix, 10, which="LA", tol=1e-10)) for _ in range(args.rounds)]
    theirs = sorted(runs[0][1][0], reverse=True)
    if numpy.abs(numpy.array(mine["values"]) - theirs).max() > 1e-8 * abs(theirs[0]):
        sys.exit(f"linalg_rival: values differ: {mine['values']} and {theirs}")
    seconds = statistics.median(r[0] for r in runs)
    return {"ours": mine["seconds"], "arpack": seconds, "ratio": mine["seconds"] / seconds}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    answer = {"kmeans": {}, "eigen": {}}
    with tempfile.TemporaryDirectory() as folder:
        for name, case in KMEANS.items():
            answer["kmeans"][name] = kmeans(args, folder, *case)
        for name, matrix in (("affinity", affinity(2000)), ("random", random_symmetric(2000))):
            answer["eigen"][name] = eigen(args, folder, matrix)
    for what, ratios in (("steps", [c[k]["ratio"] for c in answer["kmeans"].values() for k in c if k.startswith("steps")]),
                         ("fits", [c[k]["ratio"] for c in answer["kmeans"].values() for k in c if k.startswith("fits")])):
        answer[f"kmeans_{what}_slowest"] = max(ratios)
    answer["kmeans_inertia_most"] = max(c[k]["inertia_ratio"] for c in answer["kmeans"].values() for k in c if k.startswith("fits"))
    answer["eigen_slowest"] = max(c["ratio"] for c in answer["eigen"].values())
    if args.json:
        print(json.dumps(answer))
        return
    for name, case in answer["kmeans"].items():
        for kind, a in case.items():
            print(f"kmeans {name:8} {kind:14} {1e3 * a['ours']:9.2f} ms, scikit-learn {1e3 * a['sklearn']:9.2f}: {a['ratio']:.2f}; "
                  f"inertia {a['inertia_ratio']:.5f}, iterations {a['iterations']}")
    for name, a in answer["eigen"].items():
        print(f"eigen {name:9} {1e3 * a['ours']:9.2f} ms, ARPACK {1e3 * a['arpack']:9.2f}: {a['ratio']:.2f}")


if __name__ == "__main__":
    main()
