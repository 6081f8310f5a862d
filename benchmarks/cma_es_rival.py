#!/usr/bin/env python3
"""Evaluations to target of CMA-ES against DEAP's, on three functions of ten dimensions.

  benchmarks/cma_es_rival.py [--bin build/release/bin] [--seeds 25] [--json]

The functions and targets are those of benchmarks/cma_es_evaluations.cpp: the optimum at a random place of the middle 80 % of the
range, first mean in the middle, first standard deviation 0.3 of the range, population 10. DEAP's strategy has no restarts; here it
gets those that cma_es has: twice the population, from a random place, once the best of a generation has not moved for
10 + 30 n / lambda generations. Prints the mean of both with 95 % intervals, and their ratio (below 1: Equivolve needs fewer).
Needs Debian's python3-deap.
"""
import argparse
import json
import math
import os
import statistics
import subprocess

import numpy
from deap import base, cma, creator

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DIMENSIONS = 10
MOST = 1_000_000


def sphere(z):
    return float(z @ z)


def rosenbrock(z):
    x = z + 1
    return float(numpy.sum(100 * (x[:-1] ** 2 - x[1:]) ** 2 + (x[:-1] - 1) ** 2))


def rastrigin(z):
    return float(numpy.sum(z * z - 10 * numpy.cos(2 * math.pi * z) + 10))


FUNCTIONS = {"sphere": (sphere, 100, 1e-6), "rosenbrock": (rosenbrock, 100, 1e-2), "rastrigin": (rastrigin, 5, 1e-2)}


def rival_evaluations(function, reach, target, seed):
    numpy.random.seed(seed)
    optimum = numpy.random.uniform(-0.8 * reach, 0.8 * reach, DIMENSIONS)
    population, mean, told = 10, numpy.zeros(DIMENSIONS), 0
    while told < MOST:
        strategy = cma.Strategy(centroid=mean, sigma=0.6 * reach, lambda_=population)
        patience, best = 10 + math.ceil(30 * DIMENSIONS / population), []
        while len(best) < patience or max(best[-patience:]) - min(best[-patience:]) > 1e-12:
            members = strategy.generate(creator.Minimised)
            for member in members:
                told += 1
                value = function(numpy.asarray(member) - optimum)
                if value <= target:
                    return told
                member.fitness.values = (value,)
            strategy.update(members)
            best.append(min(member.fitness.values[0] for member in members))
        population, mean = 2 * population, numpy.random.uniform(-reach, reach, DIMENSIONS)
    return MOST


def summary(values):
    mean = statistics.fmean(values)
    half = 2.06 * statistics.stdev(values) / math.sqrt(len(values))
    return {"mean": mean, "low": mean - half, "high": mean + half, "least": min(values), "most": max(values)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"))
    parser.add_argument("--seeds", type=int, default=25)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    creator.create("Least", base.Fitness, weights=(-1.0,))
    creator.create("Minimised", list, fitness=creator.Least)
    ours = json.loads(subprocess.run([os.path.join(args.bin, "cma_es_evaluations"), str(args.seeds)],
                                     check=True, capture_output=True, text=True).stdout)
    answer = {}
    for name, (function, reach, target) in FUNCTIONS.items():
        rival = [rival_evaluations(function, reach, target, seed) for seed in range(1, args.seeds + 1)]
        answer[name] = {"cma_es": summary(ours[name]), "deap": summary(rival),
                        "ratio": statistics.fmean(ours[name]) / statistics.fmean(rival)}
        if not args.json:
            print(f"{name:12}" + "   ".join(f"{who} {a['mean']:9.0f} [{a['low']:9.0f}, {a['high']:9.0f}], {a['least']} to {a['most']}"
                                             for who, a in list(answer[name].items())[:2]) + f"   ratio {answer[name]['ratio']:.3f}")
    if args.json:
        print(json.dumps(answer))


if __name__ == "__main__":
    main()
