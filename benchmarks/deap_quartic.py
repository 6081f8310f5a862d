#!/usr/bin/env python3
"""DEAP's symbolic regression example on the quartic: individuals evaluated, CPU, and whether the formula was found.

  benchmarks/deap_quartic.py [--seeds 20]

Koza's x^4 + x^3 + x^2 + x on 20 points of [-1, 1), as DEAP's own example has it (examples/gp/symbreg): operations, random formulas
(ramped half-and-half of depth 1 to 2), tournament of 3, one-point crossover of half of the pairs, uniform mutation of a tenth,
height of at most 17, 40 generations; population 300. Prints one JSON object: for each seed the individuals bred, those of them that
were evaluated (DEAP does not evaluate unchanged ones again), CPU seconds of the run alone, the generations' mean size, and the root
mean squared error of the best. Needs Debian's python3-deap.
"""
import argparse
import json
import math
import operator
import random
import statistics
import time

from deap import algorithms, base, creator, gp, tools

POINTS = [i / 10 for i in range(-10, 10)]
POPULATION, GENERATIONS, TOURNAMENT = 300, 40, 3
CROSSOVER, MUTATION, HEIGHT = 0.5, 0.1, 17


def quartic(x):
    return x ** 4 + x ** 3 + x ** 2 + x


def protected_division(left, right):
    try:
        return left / right
    except ZeroDivisionError:
        return 1


def random_constant():
    return random.randint(-1, 1)


def primitives():
    out = gp.PrimitiveSet("MAIN", 1)
    for operation, operands in ((operator.add, 2), (operator.sub, 2), (operator.mul, 2), (protected_division, 2), (operator.neg, 1),
                                (math.cos, 1), (math.sin, 1)):
        out.addPrimitive(operation, operands)
    out.addEphemeralConstant("constant", random_constant)
    out.renameArguments(ARG0="x")
    return out


def tools_for(pset):
    box = base.Toolbox()
    box.register("expr", gp.genHalfAndHalf, pset=pset, min_=1, max_=2)
    box.register("individual", tools.initIterate, creator.Individual, box.expr)
    box.register("population", tools.initRepeat, list, box.individual)
    box.register("compile", gp.compile, pset=pset)

    def mean_squared_error(individual):
        function = box.compile(expr=individual)
        return math.fsum((function(x) - quartic(x)) ** 2 for x in POINTS) / len(POINTS),

    box.register("evaluate", mean_squared_error)
    box.register("select", tools.selTournament, tournsize=TOURNAMENT)
    box.register("mate", gp.cxOnePoint)
    box.register("grown", gp.genFull, min_=0, max_=2)
    box.register("mutate", gp.mutUniform, expr=box.grown, pset=pset)
    for operation in ("mate", "mutate"):
        box.decorate(operation, gp.staticLimit(key=operator.attrgetter("height"), max_value=HEIGHT))
    return box


def run(box, seed):
    random.seed(seed)
    size = tools.Statistics(len)
    size.register("mean", statistics.fmean)
    best = tools.HallOfFame(1)
    before = time.process_time()
    _, log = algorithms.eaSimple(box.population(n=POPULATION), box, CROSSOVER, MUTATION, GENERATIONS, stats=size, halloffame=best,
                                 verbose=False)
    cpu = time.process_time() - before
    return {"bred": POPULATION * (GENERATIONS + 1), "evaluated": sum(log.select("nevals")), "cpu": cpu,
            "size": statistics.fmean(log.select("mean")), "rmse": math.sqrt(best[0].fitness.values[0])}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    args = parser.parse_args()
    creator.create("Least", base.Fitness, weights=(-1.0,))
    creator.create("Individual", gp.PrimitiveTree, fitness=creator.Least)
    box = tools_for(primitives())
    print(json.dumps([run(box, seed) for seed in range(1, args.seeds + 1)]))


if __name__ == "__main__":
    main()
