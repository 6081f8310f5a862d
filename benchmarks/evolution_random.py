#!/usr/bin/env python3
"""Regularized evolution against random search: programs for a learning task, and a space of cells that is known in full.

  benchmarks/evolution_random.py [--bin build/release/bin] [--seeds 20] [--candidates 20000] [--births 3000] [--json]

demo: the AutoML-Zero demo (linear regression tasks, programs of up to 19 instructions) through `equivolve run`, at its settings of
benchmarks/engine_rates.py; the fitness of the best after so many candidates. cells: benchmarks/graph_search.cpp, where the optimum
of all 64,542 cells is known; the regret of the best after so many births. Both algorithms get the same seeds; the difference of each
pair (evolution minus random) has a 95 % interval by Student's t.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import tempfile

from engine_rates import Engine
from parts import ROOT

ALGORITHMS = ("random", "regularized_evolution")
# Student's t, 97.5 %, by degrees of freedom; between them the larger.
T = {1: 12.71, 2: 4.303, 3: 3.182, 4: 2.776, 9: 2.262, 14: 2.145, 19: 2.093, 29: 2.045}


def interval(values):
    mean, freedom = statistics.fmean(values), len(values) - 1
    half = T[max(f for f in T if f <= freedom)] * statistics.stdev(values) / math.sqrt(len(values))
    return {"mean": mean, "low": mean - half, "high": mean + half}


def compared(of):
    out = {name: interval(of[name]) for name in ALGORITHMS}
    out["difference"] = interval([e - r for e, r in zip(of["regularized_evolution"], of["random"])])
    return out


def demo(bin_folder, seeds, candidates):
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(bin_folder, folder)
        best = {name: [] for name in ALGORITHMS}
        for name in ALGORITHMS:
            for seed in range(1, seeds + 1):
                out = engine.run(engine.demo, f"seed={seed}", f"budget.candidates={candidates}", f"search.algorithm={name}",
                                 "final={top: 1, repeats: 1}")
                best[name].append(out["best"]["validation"]["fitness"])
    return compared(best)


def cells(bin_folder, seeds, births):
    command = [os.path.join(bin_folder, "graph_search"), str(seeds), str(births)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    out = compared({name: found[name]["regret"] for name in ALGORITHMS})
    for name in ALGORITHMS:
        out[name]["met_optimum"] = sum(births is not None for births in found[name]["births_to_optimum"])
    return {**out, "classes": found["classes"], "optimum": found["optimum"], "quantiles": found["quantiles"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"))
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--candidates", type=int, default=20000)
    parser.add_argument("--births", type=int, default=3000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    bin_folder = os.path.abspath(args.bin)
    answer = {"demo": demo(bin_folder, args.seeds, args.candidates), "cells": cells(bin_folder, args.seeds, args.births)}
    if args.json:
        print(json.dumps(answer))
        return
    for problem, what in (("demo", "best fitness"), ("cells", "regret")):
        for name in (*ALGORITHMS, "difference"):
            of = answer[problem][name]
            met = f"   optimum met in {of['met_optimum']} of {args.seeds}" if "met_optimum" in of else ""
            print(f"{problem:6} {what:13} {name:22} {of['mean']:8.4f} [{of['low']:8.4f}, {of['high']:8.4f}]{met}")


if __name__ == "__main__":
    main()
