#!/usr/bin/env python3
"""Lewis weights and exact l_p sensitivities against batched numpy and scipy, one thread each.

  /usr/bin/python3 benchmarks/sampling_rival.py [--bin build/release/bin] [--rounds 3] [--json]

Both get the same Gaussian matrices. Lewis weights of 100,000 x 50 for p = 1 and 3, from the raw matrix, to 1e-6: the rival makes a
Gram matrix and its Cholesky factor each round (the same fixed point). Sensitivities of 10,000 x 20 for p = 3 and 1.5, of the first
rows in batches of 32, from the Lewis basis: the rival takes the same steps to a relative change of 1e-10, with the weighted Gram
matrices of a batch as one matrix product of all products of columns, and gives no certificates (ours does). The answers must agree to
1e-5. Figures are CPU seconds and theirs over ours. Needs Debian's python3-scipy, libopenblas0-pthread.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import numpy  # noqa: E402
import scipy.linalg  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def lewis_weights(a, p, tolerance=1e-6):
    theta = p / 2 if p <= 2 else 1

    def scores(scaled):
        factor = scipy.linalg.cholesky(scaled.T @ scaled, lower=True, check_finite=False)
        solved = scipy.linalg.solve_triangular(factor, scaled.T, lower=True, check_finite=False)
        return numpy.einsum("ij,ij->j", solved, solved)

    w = scores(a)
    for _ in range(200):
        step = numpy.log(scores(a * (w ** (0.5 - 1 / p))[:, None])) - numpy.log(w)
        w = w * numpy.exp(theta * step)
        if numpy.abs(step).max() < tolerance:
            break
    return w


def lewis_basis(a, p):
    w = lewis_weights(a, p)
    r = numpy.linalg.qr(a * (w ** (0.5 - 1 / p))[:, None], mode="r")
    return scipy.linalg.solve_triangular(r, a.T, trans=1, check_finite=False).T.copy()


def sensitivities(c, targets, p, products, batch=32):
    n, d = c.shape
    upper = numpy.triu_indices(d)
    out = []
    for at in range(0, targets, batch):
        a = c[at:min(at + batch, targets)]
        x = (a / (a * a).sum(1)[:, None]).T
        value = (numpy.abs(c @ x) ** p).sum(0)
        best, going = value.copy(), numpy.arange(len(a))
        for k in range(30):
            y = numpy.abs(c @ x[:, going])
            if p < 2:
                y = numpy.maximum(y, (value[going] / n) ** (1 / p) * max(1e-8, 10 ** (-1 - k / 4)))
            packed = (products.T @ (y if p == 3 else 1 / numpy.sqrt(y) if p == 1.5 else y ** (p - 2))).T
            h = numpy.empty((len(going), d, d))
            h[:, upper[0], upper[1]] = packed
            h[:, upper[1], upper[0]] = packed
            z = numpy.linalg.solve(h, a[going][:, :, None])[:, :, 0]
            z /= (z * a[going]).sum(1)[:, None]
            x[:, going] += (1 if p <= 2 else 1 / (p - 1)) * (z.T - x[:, going])
            size = numpy.abs(c @ x[:, going])
            now = (size * size * size if p == 3 else size * numpy.sqrt(size) if p == 1.5 else size ** p).sum(0)
            moved = numpy.abs(value[going] - now) > 1e-10 * value[going]
            value[going] = now
            best = numpy.minimum(best, value)
            going = going[moved] if p > 2 or k >= 8 else going
            if not len(going):
                break
        out.append(1 / best)
    return numpy.concatenate(out)


def timed(action, rounds):
    seconds = []
    for _ in range(rounds):
        before = time.process_time()
        answer = action()
        seconds.append(time.process_time() - before)
    return statistics.median(seconds), answer


def ours(args, folder, what, matrix, *numbers):
    file = os.path.join(folder, "matrix")
    numpy.ascontiguousarray(matrix, dtype=numpy.float64).tofile(file)
    command = [os.path.join(args.bin, "sampling_rates"), what, file, *map(str, matrix.shape), *map(str, numbers)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def compare(label, their_seconds, theirs, answer):
    apart = float(numpy.max(numpy.abs(numpy.array(answer["figures"]) / theirs[:len(answer["figures"])] - 1)))
    if apart > 1e-5:
        sys.exit(f"{label}: the answers differ by {apart}")
    return {"ours": answer["seconds"], "theirs": their_seconds, "times": their_seconds / answer["seconds"], "apart": apart}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default=os.path.join(ROOT, "build/release/bin"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--targets", type=int, default=256)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    answer = {}
    random = numpy.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        tall = random.standard_normal((100000, 50))
        for p in (1, 3):
            seconds, theirs = timed(lambda: lewis_weights(tall, p), args.rounds)
            answer[f"lewis_p{p}"] = compare("lewis", seconds, theirs, ours(args, folder, "lewis", tall, p, args.rounds))
        small = random.standard_normal((10000, 20))
        for p in (1.5, 3):
            basis = lewis_basis(small, p)
            upper = numpy.triu_indices(20)
            products = basis[:, upper[0]] * basis[:, upper[1]]
            seconds, theirs = timed(lambda: sensitivities(basis, args.targets, p, products), args.rounds)
            answer[f"exact_p{p}"] = compare("exact", seconds, theirs,
                                            ours(args, folder, "exact", small, p, args.rounds, args.targets))
    answer["lewis_least"] = min(answer["lewis_p1"]["times"], answer["lewis_p3"]["times"])
    answer["exact_least"] = min(answer["exact_p1.5"]["times"], answer["exact_p3"]["times"])
    print(json.dumps(answer) if args.json else json.dumps(answer, indent=1))


if __name__ == "__main__":
    main()
