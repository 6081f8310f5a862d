#!/usr/bin/env python3
"""Nguyen's formulas 1 to 8: how many are recovered from 20 points in 60 seconds on two cores.

  benchmarks/nguyen.py [--bin build/release/bin] [--seeds 20] [--first 1] [--only 1,5] [--seconds 60] [--patience 1] [--json]

The formulas, ranges and operations {+, -, *, /, sin, cos, exp, log} without numbers are those of Uy et al. 2011, "Semantically-based
crossover in genetic programming", tables 1 and 2; each seed draws its own 20 points. 18 of them judge a formula (validation_share:
0.9). A run ends when a formula fits them to a root mean squared error below 2e-9 standard deviations. Recovered: the error of its
formula on 1,000 fresh points of the range is below 1e-6 standard deviations, and the run took no more than the CPU time of two cores
for that long. --patience: how often as long a run may take on a machine that others use, by the clock.
"""
import argparse
import json
import os
import statistics
import tempfile

import numpy

from parts import ROOT
from formula_runs import FormulaRuns, normalised_error, share, values_of

FORMULAS = {
    1: ("x**3 + x**2 + x", -1, 1),
    2: ("x**4 + x**3 + x**2 + x", -1, 1),
    3: ("x**5 + x**4 + x**3 + x**2 + x", -1, 1),
    4: ("x**6 + x**5 + x**4 + x**3 + x**2 + x", -1, 1),
    5: ("sin(x**2) * cos(x) - 1", -1, 1),
    6: ("sin(x) + sin(x + x**2)", -1, 1),
    7: ("log(x + 1) + log(x**2 + 1)", 0, 2),
    8: ("sqrt(x)", 0, 4)}
RUN = """evaluator: algorithm_discovery
data: {file: nguyen.csv, target: y, test_share: 0}
options: {resamplings: 1, validation_share: 0.9, complexity: false, constants: {fit: false}}
space: {representation: expression, operations: [add, sub, mul, div, sin, cos, exp, log], constants: false}
search: {population_size: 300, tournament_size: 5, crossover_probability: 0.5, mutation_probability: 1, restart_after: 10000}
budget: {target: {fitness: 0.999999999}}
final: {top: 1, repeats: 1}
workers: 2
store: {durability: relaxed}
"""
RECOVERED = 1e-6


def attempt(runs, number, seed, args):
    formula, low, high = FORMULAS[number]
    draw = numpy.random.default_rng([number, seed])
    points, fresh = ({"x": draw.uniform(low, high, count)} for count in (20, 1000))
    runs.write_rows("nguyen.csv", points, values_of(formula, points))
    out = runs.run(RUN, f"seed={seed}", f"budget.time={args.seconds * args.patience}s")
    error = normalised_error(out["formula"], values_of(formula, fresh), fresh)
    return {"recovered": error < RECOVERED and out["cpu"] <= 2 * args.seconds, "error": error, "cpu": out["cpu"],
            "candidates": out["candidates"], "formula": out["formula"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"))
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--only", default="1,2,3,4,5,6,7,8")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--patience", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    answer = {}
    with tempfile.TemporaryDirectory() as folder:
        runs = FormulaRuns(args.bin, folder)
        for number in map(int, args.only.split(",")):
            tries = [attempt(runs, number, seed, args) for seed in range(args.first, args.first + args.seeds)]
            name, found = f"nguyen{number}", share([t["recovered"] for t in tries])
            answer[name] = {**found, "median_cpu": statistics.median(t["cpu"] for t in tries),
                            "median_candidates": statistics.median(t["candidates"] for t in tries), "tries": tries}
            if not args.json:
                print(f"{name} {found['share']:5.2f} [{found['low']:.2f}, {found['high']:.2f}]   median {answer[name]['median_cpu']:6.1f} CPU s, "
                      f"{answer[name]['median_candidates']:9.0f} candidates   {tries[-1]['formula'][:60]}", flush=True)
    answer["least"] = min(part["share"] for part in answer.values())
    print(json.dumps(answer) if args.json else f"least   {answer['least']:.2f}")


if __name__ == "__main__":
    main()
