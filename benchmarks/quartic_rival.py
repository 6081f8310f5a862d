#!/usr/bin/env python3
"""Genetic programming on the quartic against DEAP's: individuals per CPU second, and how often the formula is found.

  benchmarks/quartic_rival.py [--bin build/release/bin] [--seeds 20] [--json]

The problem and DEAP's settings are those of benchmarks/deap_quartic.py. Equivolve has the same operations, sizes of random formulas,
population, tournament and depth; of the children that DEAP evaluates 0.5 / 0.55 are crossed, which is the crossover probability
here, and the others are mutated. DEAP's numbers are -1, 0 and 1; here formulas have none (`plain`), or fitted ones (`fitted`, the
program's default). DEAP's division by 0 gives 1; here such a formula is not finite and the last. Regularized evolution stands for
DEAP's generations. Formulas are judged by 18 of the 20 points (validation_share: 0.9), so knowing less; found is an exact formula:
root mean squared error below 1e-6 on all 20.

Evaluations are those of DEAP's run with the same seed. With the cache on, candidates that behave like earlier ones cost none, so more
are bred. CPU of an individual: of DEAP its evolution's CPU over the individuals evaluated (those bred but unchanged, which are not
evaluated, cost next to nothing); of Equivolve the CPU of the same number of plain formulas, from the first on, start-up left out: in
memory (as DEAP keeps them) and stored in a results file, with the cache on and off, over the first five seeds.
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile

import numpy

from parts import ROOT
from formula_runs import FormulaRuns, normalised_error, share

QUARTIC = "x**4 + x**3 + x**2 + x"
POINTS = numpy.arange(-10, 10) / 10
RATE_SEEDS = 5
RUN = """evaluator: algorithm_discovery
data: {file: quartic.csv, target: y, test_share: 0}
options: {resamplings: 1, validation_share: 0.9, complexity: false, constants: {fit: false}}
space:
  representation: expression
  operations: [add, sub, mul, div, negate, cos, sin]
  constants: false
  max_size: 100
  max_depth: 17
  initial_depth: {low: 1, high: 2}
search: {algorithm: regularized_evolution, population_size: 300, tournament_size: 3, crossover_probability: 0.91, mutation_probability: 1}
final: {top: 1, repeats: 1}
workers: 1
"""
# Half of the points are fitted to, the other half judge.
FITTED = ("space.constants={range: 1}", "options.constants.fit=true", "options.validation_share=0.5")


class Ours:
    def __init__(self, bin_folder, folder):
        self.runs = FormulaRuns(bin_folder, folder)
        self.truth = POINTS ** 4 + POINTS ** 3 + POINTS ** 2 + POINTS
        self.runs.write_rows("quartic.csv", {"x": POINTS}, self.truth)
        self.file = self.runs.engine.write("quartic.yaml", RUN)

    def found(self, seed, evaluations, *settings):
        out = self.runs.run(RUN, f"seed={seed}", f"budget.evaluations={evaluations}", f"budget.candidates={20 * evaluations}", *settings)
        error = normalised_error(out["formula"], self.truth, {"x": POINTS}) * float(numpy.std(self.truth))
        return error < 1e-6

    def stored_cpu(self, seed, candidates, *settings):
        cpu = [self.runs.engine.run(self.file, f"seed={seed}", f"budget.candidates={n}", *settings)["cpu"] for n in (1, candidates)]
        return cpu[1] - cpu[0]

    def memory_cpu(self, seed, candidates, *settings):
        out = self.runs.engine.search(self.file, f"seed={seed}", f"budget.candidates={candidates}", *settings)
        return 1e-6 * out["cpu_us"] * candidates


def rate(measure, rivals, *settings):
    """Individuals per CPU second, start-up left out."""
    cpu = sum(measure(seed, rival["evaluated"], *settings) for seed, rival in enumerate(rivals, 1))
    return sum(rival["evaluated"] for rival in rivals) / cpu


def compare(ours, rivals):
    found, theirs = share([r["rmse"] < 1e-6 for r in rivals]), sum(r["evaluated"] for r in rivals) / sum(r["cpu"] for r in rivals)
    answer = {"deap": {"found": found, "rate": theirs, "evaluations": statistics.fmean(r["evaluated"] for r in rivals)}}
    for name, settings in (("plain", ()), ("fitted", FITTED)):
        for cache, policy in (("cache_on", "reuse"), ("cache_off", "off")):
            given = (*settings, f"hashing.policy={policy}")
            part = {"found": share([ours.found(seed, r["evaluated"], *given) for seed, r in enumerate(rivals, 1)])}
            part["found_minus_deap"] = part["found"]["share"] - found["share"]
            if name == "plain":
                part["rate"] = rate(ours.memory_cpu, rivals[:RATE_SEEDS], *given)
                part["rate_stored"] = rate(ours.stored_cpu, rivals[:RATE_SEEDS], *given)
                part["times_deap"], part["times_deap_stored"] = part["rate"] / theirs, part["rate_stored"] / theirs
            answer[f"{name}_{cache}"] = part
    return answer


def text_of(answer):
    lines = [f"{'':18} {'found':>5} {'95 % interval':>14} {'a CPU second':>13} {'x DEAP':>7} {'stored':>9} {'x DEAP':>7}"]
    for name, part in answer.items():
        f = part["found"]
        line = f"{name:18} {f['share']:5.2f} {f['low']:7.2f} - {f['high']:4.2f}"
        if "rate" in part:
            line += f" {part['rate']:13.0f}"
        if "times_deap" in part:
            line += f" {part['times_deap']:7.1f} {part['rate_stored']:9.0f} {part['times_deap_stored']:7.1f}"
        lines.append(line)
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"))
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    script = os.path.join(ROOT, "benchmarks", "deap_quartic.py")
    command = ["/usr/bin/python3", script, "--seeds", str(args.seeds)]
    rivals = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    with tempfile.TemporaryDirectory() as folder:
        answer = compare(Ours(args.bin, folder), rivals)
    print(json.dumps(answer) if args.json else text_of(answer))


if __name__ == "__main__":
    main()
