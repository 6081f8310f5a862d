#!/usr/bin/env python3
"""Twenty formulas of physics: how many are recovered with their constants.

  benchmarks/feynman.py [--bin build/release/bin] [--seeds 1] [--first 1] [--only I.12.1,I.16.6] [--evaluations 50000] [--json]

The formulas are the first twenty of the Feynman Symbolic Regression Database (Udrescu, Tegmark 2020, "AI Feynman: a physics-inspired
method for symbolic regression"), with the ranges published there; 200 rows each, drawn uniformly, without noise. The operations and
numbers are the program's defaults: numbers are fitted. A run ends with its evaluations, or when a formula fits to a root mean squared
error below 2e-9 standard deviations. Recovered: the error of its formula, as `equivolve apply` writes it, on 1,000 fresh rows is below 1e-6 standard deviations.
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
    "I.6.2a": ("exp(-theta**2 / 2) / sqrt(2 * pi)", {"theta": (1, 3)}),
    "I.6.2": ("exp(-(theta / sigma)**2 / 2) / (sqrt(2 * pi) * sigma)", {"sigma": (1, 3), "theta": (1, 3)}),
    "I.6.2b": ("exp(-((theta - theta1) / sigma)**2 / 2) / (sqrt(2 * pi) * sigma)", {"sigma": (1, 3), "theta": (1, 3), "theta1": (1, 3)}),
    "I.8.14": ("sqrt((x2 - x1)**2 + (y2 - y1)**2)", {"x1": (1, 5), "x2": (1, 5), "y1": (1, 5), "y2": (1, 5)}),
    "I.9.18": ("G * m1 * m2 / ((x2 - x1)**2 + (y2 - y1)**2 + (z2 - z1)**2)",
               {"m1": (1, 2), "m2": (1, 2), "G": (1, 2), "x1": (3, 4), "x2": (1, 2), "y1": (3, 4), "y2": (1, 2), "z1": (3, 4),
                "z2": (1, 2)}),
    "I.10.7": ("m_0 / sqrt(1 - v**2 / c**2)", {"m_0": (1, 5), "v": (1, 2), "c": (3, 10)}),
    "I.11.19": ("x1 * y1 + x2 * y2 + x3 * y3", {"x1": (1, 5), "x2": (1, 5), "x3": (1, 5), "y1": (1, 5), "y2": (1, 5), "y3": (1, 5)}),
    "I.12.1": ("mu * Nn", {"mu": (1, 5), "Nn": (1, 5)}),
    "I.12.2": ("q1 * q2 * r / (4 * pi * epsilon * r**3)", {"q1": (1, 5), "q2": (1, 5), "epsilon": (1, 5), "r": (1, 5)}),
    "I.12.4": ("q1 * r / (4 * pi * epsilon * r**3)", {"q1": (1, 5), "epsilon": (1, 5), "r": (1, 5)}),
    "I.12.5": ("q2 * Ef", {"q2": (1, 5), "Ef": (1, 5)}),
    "I.12.11": ("q * (Ef + B * v * sin(theta))", {"q": (1, 5), "Ef": (1, 5), "B": (1, 5), "v": (1, 5), "theta": (1, 5)}),
    "I.13.4": ("1 / 2 * m * (v**2 + u**2 + w**2)", {"m": (1, 5), "v": (1, 5), "u": (1, 5), "w": (1, 5)}),
    "I.13.12": ("G * m1 * m2 * (1 / r2 - 1 / r1)", {"m1": (1, 5), "m2": (1, 5), "r1": (1, 5), "r2": (1, 5), "G": (1, 5)}),
    "I.14.3": ("m * g * z", {"m": (1, 5), "g": (1, 5), "z": (1, 5)}),
    "I.14.4": ("1 / 2 * k_spring * x**2", {"k_spring": (1, 5), "x": (1, 5)}),
    "I.15.3x": ("(x - u * t) / sqrt(1 - u**2 / c**2)", {"x": (5, 10), "u": (1, 2), "c": (3, 20), "t": (1, 2)}),
    "I.15.3t": ("(t - u * x / c**2) / sqrt(1 - u**2 / c**2)", {"x": (1, 5), "c": (3, 10), "u": (1, 2), "t": (1, 5)}),
    "I.15.1": ("m_0 * v / sqrt(1 - v**2 / c**2)", {"m_0": (1, 5), "v": (1, 2), "c": (3, 10)}),
    "I.16.6": ("(u + v) / (1 + u * v / c**2)", {"c": (1, 5), "v": (1, 5), "u": (1, 5)})}
RUN = """evaluator: algorithm_discovery
data: {file: feynman.csv, target: y, test_share: 0}
options: {resamplings: 1, validation_share: 0.5, complexity: false}
space: {representation: expression}
search: {population_size: 300, tournament_size: 5, crossover_probability: 0.5, mutation_probability: 1, restart_after: 10000}
budget: {target: {fitness: 0.999999999}}
final: {top: 1, repeats: 1}
workers: 1
store: {durability: relaxed}
"""
RECOVERED = 1e-6


def draw(generator, ranges, count):
    return {name: generator.uniform(low, high, count) for name, (low, high) in ranges.items()}


def attempt(runs, number, seed, evaluations):
    formula, ranges = list(FORMULAS.values())[number]
    generator = numpy.random.default_rng([number, seed])
    rows, fresh = draw(generator, ranges, 200), draw(generator, ranges, 1000)
    runs.write_rows("feynman.csv", rows, values_of(formula, rows))
    out = runs.run(RUN, f"seed={seed}", f"budget.evaluations={evaluations}", f"budget.candidates={10 * evaluations}")
    return {"error": normalised_error(out["formula"], values_of(formula, fresh), fresh), "cpu": out["cpu"],
            "evaluations": out["evaluations"], "formula": out["formula"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"))
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--only", default=",".join(FORMULAS))
    parser.add_argument("--evaluations", type=int, default=50000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    answer, recovered, cpu = {"formulas": {}}, [], []
    with tempfile.TemporaryDirectory() as folder:
        runs = FormulaRuns(args.bin, folder)
        for name in args.only.split(","):
            tries = [attempt(runs, list(FORMULAS).index(name), seed, args.evaluations) for seed in range(args.first, args.first + args.seeds)]
            cpu += [t["cpu"] for t in tries]
            recovered += [t["error"] < RECOVERED for t in tries]
            answer["formulas"][name] = {"recovered": sum(t["error"] < RECOVERED for t in tries), "of": args.seeds, "last": tries[-1]}
            if not args.json:
                best = min(tries, key=lambda t: t["error"])
                print(f"{name:9} {answer['formulas'][name]['recovered']} of {args.seeds}   error {best['error']:.1e}, "
                      f"{best['evaluations']:6d} evaluations, {best['cpu']:5.1f} CPU s   {best['formula'][:90]}", flush=True)
    answer.update(recovered=share(recovered), median_cpu=statistics.median(cpu))
    r = answer["recovered"]
    print(json.dumps(answer) if args.json else f"recovered {r['share']:.2f} [{r['low']:.2f}, {r['high']:.2f}] of {r['of']}")


if __name__ == "__main__":
    main()
