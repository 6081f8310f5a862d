#!/usr/bin/env python3
"""TPE against Optuna's on ten test functions, and the CPU of one proposal.

  benchmarks/tpe_rival.py [--bin build/release/bin] [--seeds 20] [--trials 100] [--json]

First holds the test functions of benchmarks/test_functions.cpp to those below, value by value. Prints, function by function, the
mean regret (best value minus optimum) of both with 95 % intervals; then the mean difference over all functions in units of the
regret of random search after as many trials, with its interval (below 0: Equivolve's is better); then milliseconds of CPU of a
trial after 1,000 and 10,000. Both run one trial at a time with their defaults. Needs Debian's python3-optuna.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import time
import warnings

import optuna

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
T19 = 2.093  # of 20 seeds


class Trial:
    """A trial of Optuna, with the words of the functions below."""

    def __init__(self, trial):
        self.trial = trial

    def number(self, name, low, high, log=False):
        return self.trial.suggest_float(name, low, high, log=log)

    def integer(self, name, low, high, log=False):
        return self.trial.suggest_int(name, low, high, log=log)

    def choice(self, name, count):
        return self.trial.suggest_categorical(name, list(range(count)))


class Given:
    """Values that are known."""

    def __init__(self, values):
        self.values = values

    def number(self, name, *_, **__):
        return self.values[name]

    integer = number

    def choice(self, name, _):
        return int(self.values[name])


def cube(s, n, low, high):
    return [s.number(f"x{i}", low, high) for i in range(n)]


def sphere(s):
    return sum((x - a) ** 2 for x, a in zip(cube(s, 5, -5, 5), (1.2, -2.3, 0.4, 3.1, -0.7)))


def rosenbrock(s):
    x = cube(s, 4, -2, 2)
    return sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(3))


def branin(s):
    a, b = s.number("x0", -5, 10), s.number("x1", 0, 15)
    return ((b - 5.1 / (4 * math.pi ** 2) * a ** 2 + 5 / math.pi * a - 6) ** 2
            + 10 * (1 - 1 / (8 * math.pi)) * math.cos(a) + 10)


HARTMANN_A = ((10, 3, 17, 3.5, 1.7, 8), (0.05, 10, 17, 0.1, 8, 14), (3, 3.5, 1.7, 10, 17, 8), (17, 8, 0.05, 10, 0.1, 14))
HARTMANN_P = ((0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886), (0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991),
              (0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650), (0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381))


def hartmann(s):
    x = cube(s, 6, 0, 1)
    return -sum(alpha * math.exp(-sum(a * (v - p) ** 2 for a, v, p in zip(row_a, x, row_p)))
                for alpha, row_a, row_p in zip((1.0, 1.2, 3.0, 3.2), HARTMANN_A, HARTMANN_P))


def ackley(s):
    z = [x - a for x, a in zip(cube(s, 5, -32.768, 32.768), (4.5, -11.0, 7.5, 2.0, -6.5))]
    return (-20 * math.exp(-0.2 * math.sqrt(sum(v * v for v in z) / 5))
            - math.exp(sum(math.cos(2 * math.pi * v) for v in z) / 5) + 20 + math.e)


def rastrigin(s):
    z = [x - a for x, a in zip(cube(s, 3, -5.12, 5.12), (0.9, -1.7, 2.4))]
    return sum(v * v - 10 * math.cos(2 * math.pi * v) + 10 for v in z)


def tuning(s):
    rate = math.log10(s.number("rate", 1e-5, 1, log=True)) + 2.5
    momentum = s.number("momentum", 0, 0.99) - 0.85
    batch, layers = s.integer("batch", 8, 512, log=True), s.integer("layers", 1, 8)
    return rate ** 2 + 4 * momentum ** 2 + rate * momentum + 0.3 * (math.log2(batch) - 6) ** 2 + 0.15 * (layers - 3) ** 2


def methods(s):
    method = s.choice("method", 3)
    if method == 0:
        c, gamma = s.number("c", 1e-3, 1e3, log=True), s.number("gamma", 1e-4, 10, log=True)
        return 0.15 + 0.03 * (math.log10(c) - 1) ** 2 + 0.05 * (math.log10(gamma) + 2) ** 2
    if method == 1:
        depth, trees = s.integer("depth", 1, 20), s.integer("trees", 10, 1000, log=True)
        return 0.12 + 0.002 * (depth - 9) ** 2 + 0.02 * math.log10(trees / 250) ** 2
    rate, units = s.number("rate", 1e-5, 1, log=True), s.integer("units", 4, 512, log=True)
    return (0.05 + 0.06 * (math.log10(rate) + 3) ** 2 + 0.02 * (math.log2(units) - 6) ** 2
            + (0.04 if s.choice("activation", 2) == 1 else 0))


def choices(s):
    c = [s.choice(name, 5) for name in "abcdef"]
    return (sum((i * 7 + c[i] * 11) % 13 / 13 for i in range(6))
            + sum((i * 5 + c[i] * 3 + c[i + 1] * 8) % 11 / 11 for i in range(5)))


def families(s):
    family, switch, n = s.choice("family", 4), s.choice("switch", 2), s.integer("n", 0, 30)
    value = (0.5, 0.3, 0.1, 0.4)[family] + 0.01 * (n - 17) ** 2
    value += (s.number("a", 0, 1) - 0.3) ** 2 if switch == 1 else 0.25
    return value + (2 * (s.number("b", 0, 1) - 0.6) ** 2 if family == 2 else 0.1)


FUNCTIONS = {f.__name__: f for f in (sphere, rosenbrock, branin, hartmann, ackley, rastrigin, tuning, methods, choices, families)}


def ours(binary, *arguments):
    return json.loads(subprocess.run([binary, *map(str, arguments)], check=True, capture_output=True, text=True).stdout)


def check_functions(binary):
    known = ours(binary, "--values", 200)
    assert set(known) == set(FUNCTIONS), set(known) ^ set(FUNCTIONS)
    for name, rows in known.items():
        for row in rows:
            value = FUNCTIONS[name](Given(row["parameters"]))
            assert math.isclose(value, row["value"], rel_tol=1e-12, abs_tol=1e-12), (name, row, value)


def optuna_best(function, seed, trials):
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(lambda trial: function(Trial(trial)), n_trials=trials)
    return study.best_value


def timing(s):
    x = cube(s, 5, -1, 1)
    s.number("rate", 1e-5, 1, log=True), s.integer("layers", 1, 8), s.integer("units", 4, 512, log=True)
    return sum(v * v for v in x) + s.choice("kind", 4) + s.choice("switch", 2)


def optuna_milliseconds(told, timed):
    filler = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    filler.optimize(lambda trial: timing(Trial(trial)), n_trials=told)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=1))
    study.add_trials(filler.get_trials(deepcopy=False))
    before = time.process_time()
    study.optimize(lambda trial: timing(Trial(trial)), n_trials=timed)
    return 1000 * (time.process_time() - before) / timed


def interval(values):
    mean = statistics.fmean(values)
    half = T19 * statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0.0
    return {"mean": mean, "low": mean - half, "high": mean + half}


def compare(mine, rivals, at_random):
    """The mean difference over functions in units of random search's regret, and its interval."""
    mean = variance = 0.0
    for name in mine:
        unit = statistics.fmean(at_random[name]) * len(mine)
        mean += (statistics.fmean(mine[name]) - statistics.fmean(rivals[name])) / unit
        for values in (mine[name], rivals[name]):
            variance += statistics.variance(values) / len(values) / unit ** 2
    half = 1.96 * math.sqrt(variance)
    return {"mean": mean, "low": mean - half, "high": mean + half}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"))
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter("ignore")
    binary = os.path.join(args.bin, "tpe_rival")
    check_functions(binary)

    runs = {kind: ours(binary, "--regrets", args.seeds, args.trials, kind) for kind in ("tpe", "univariate", "random")}
    optimum = ours(binary, "--optima")
    rivals = {name: [optuna_best(f, seed, args.trials) - optimum[name] for seed in range(1, args.seeds + 1)]
              for name, f in FUNCTIONS.items()}
    answer = {"optuna": optuna.__version__,
              "regret": {name: {"tpe": interval(runs["tpe"][name]), "univariate": interval(runs["univariate"][name]),
                                "random": interval(runs["random"][name]), "optuna": interval(rivals[name])} for name in FUNCTIONS},
              "difference": compare(runs["tpe"], rivals, runs["random"]),
              "difference_univariate": compare(runs["univariate"], rivals, runs["random"]),
              "ms_at_1000": {**ours(binary, "--time", 1000), "optuna": optuna_milliseconds(1000, 20)},
              "ms_at_10000": {**ours(binary, "--time", 10000), "optuna": optuna_milliseconds(10000, 5)}}
    for at in ("ms_at_1000", "ms_at_10000"):
        answer[at]["slower"] = max(answer[at]["univariate_ms"], answer[at]["multivariate_ms"])
    if args.json:
        print(json.dumps(answer))
        return
    print(f"{'mean regret':12}" + "".join(f"{kind:>30}" for kind in ("tpe", "univariate", "random", "optuna")))
    for name, kinds in answer["regret"].items():
        print(f"{name:12}" + "".join(f"{k['mean']:10.4g} [{k['low']:8.4g}, {k['high']:8.4g}]" for k in kinds.values()))
    for kind in ("difference", "difference_univariate"):
        print(f"{kind}, in random search's regrets: {answer[kind]['mean']:+.3f} [{answer[kind]['low']:+.3f}, {answer[kind]['high']:+.3f}]")
    for at in ("ms_at_1000", "ms_at_10000"):
        print(f"{at}: " + ", ".join(f"{k} {v:.3f}" for k, v in answer[at].items()))


if __name__ == "__main__":
    main()
