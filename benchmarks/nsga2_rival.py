#!/usr/bin/env python3
"""The hypervolume that DEAP's NSGA-II reaches where benchmarks/nsga2.cpp measures ours (Debian: python3-deap).

  benchmarks/nsga2_rival.py [--seeds 10] [--only ZDT1]

Settings of its example nsga2.py: population 100, 250 generations, simulated binary crossover (probability 0.9, index 20), polynomial
mutation (probability one over the parameters, index 20). Objectives are scaled by the ends of the true front; reference point
(1, ..., 1). Prints the mean of each problem, and its standard deviation over seeds: the figures in tests/search/support/hypervolume.cpp.
"""
import argparse
import copy
import random
import statistics

from deap import base, benchmarks, creator, tools
from deap.tools._hypervolume import hv

creator.create("Fitness2", base.Fitness, weights=(-1.0,) * 2)
creator.create("Fitness3", base.Fitness, weights=(-1.0,) * 3)
creator.create("Individual2", list, fitness=creator.Fitness2)
creator.create("Individual3", list, fitness=creator.Fitness3)

# Parameters, objectives, and the ends of the true front.
PROBLEMS = {
    "ZDT1": (30, benchmarks.zdt1, [0, 0], [1, 1]),
    "ZDT2": (30, benchmarks.zdt2, [0, 0], [1, 1]),
    "ZDT3": (30, benchmarks.zdt3, [0, -0.7733690012], [0.8518328654, 1]),
    "DTLZ2": (12, lambda x: benchmarks.dtlz2(x, 3), [0, 0, 0], [1, 1, 1]),
}


def evolve(name, seed, population_size=100, generations=250):
    parameters, objectives, best, _ = PROBLEMS[name]
    make = creator.Individual2 if len(best) == 2 else creator.Individual3
    random.seed(seed)
    population = [make(random.random() for _ in range(parameters)) for _ in range(population_size)]
    for one in population:
        one.fitness.values = objectives(one)
    population = tools.selNSGA2(population, population_size)
    for _ in range(generations - 1):
        children = [copy.deepcopy(one) for one in tools.selTournamentDCD(population, population_size)]
        for a, b in zip(children[::2], children[1::2]):
            if random.random() <= 0.9:
                tools.cxSimulatedBinaryBounded(a, b, eta=20.0, low=0.0, up=1.0)
            for child in (a, b):
                tools.mutPolynomialBounded(child, eta=20.0, low=0.0, up=1.0, indpb=1.0 / parameters)
                child.fitness.values = objectives(child)
        population = tools.selNSGA2(population + children, population_size)
    return [one.fitness.values for one in population]


def hypervolume(name, seed):
    _, _, best, worst = PROBLEMS[name]
    points = [[(v - b) / (w - b) for v, b, w in zip(point, best, worst)] for point in evolve(name, seed)]
    return hv.hypervolume(points, [1.0] * len(best))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--only", choices=PROBLEMS)
    args = parser.parse_args()
    for name in PROBLEMS:
        if args.only in (None, name):
            all_seeds = [hypervolume(name, seed) for seed in range(args.seeds)]
            print(f"{name:6} {statistics.mean(all_seeds):.4f} +- {statistics.stdev(all_seeds):.4f}", flush=True)


if __name__ == "__main__":
    main()
