#!/usr/bin/env python3
"""Random search over four parameters into a results file, against Optuna's RandomSampler into SQLite: CPU of a trial.

  benchmarks/random_rival.py [--bin build/release/bin] [--json]

Trials do nothing, so what is measured is drawing, hashing, deciding and storing. CPU of a trial is that of a whole process over its
trials, start-up left out: the difference of two runs over the difference of their trials. Optuna stores into SQLite with its
defaults, a commit and more for each trial, up to 1,000 trials (it would need an hour for 100,000); Equivolve commits groups of them.
Needs Debian's python3-optuna.
"""
import argparse
import json
import os
import resource
import subprocess
import tempfile

from engine_rates import Engine
from parts import ROOT

OURS = ("space.representation=configuration", "workers.count=1")
THEIRS = """
import sys, optuna
optuna.logging.set_verbosity(optuna.logging.ERROR)
def value(t):
    return (t.suggest_float("rate", 1e-5, 0.1, log=True) + t.suggest_float("momentum", 0, 1) + t.suggest_int("depth", 1, 9)
            + len(t.suggest_categorical("kind", ["a", "b", "c"])))
study = optuna.create_study(storage="sqlite:///" + sys.argv[1], sampler=optuna.samplers.RandomSampler(seed=1), direction="maximize")
study.optimize(value, n_trials=int(sys.argv[2]))
"""


def cpu_of(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Rivals:
    def __init__(self, bin_folder, folder):
        self.engine = Engine(bin_folder, folder)
        self.folder = folder
        self.runs = 0

    def ours(self, trials):
        return self.engine.run(self.engine.nothing, *OURS, f"budget.candidates={trials}")["cpu"]

    def theirs(self, trials):
        self.runs += 1
        store = os.path.join(self.folder, f"optuna{self.runs}.db")
        return cpu_of(["/usr/bin/python3", "-W", "ignore", "-c", THEIRS, store, str(trials)])


def microseconds_a_trial(cpu, few, many):
    """The least of two, as whatever else runs on the machine only adds."""
    return min(1e6 * (cpu(many) - cpu(few)) / (many - few) for _ in range(2))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"))
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rivals = Rivals(os.path.abspath(args.bin), folder)
        first = microseconds_a_trial(rivals.ours, 1000, 21000)
        early = microseconds_a_trial(rivals.ours, 20000, 60000)
        late = microseconds_a_trial(rivals.ours, 60000, 100000)
        theirs = microseconds_a_trial(rivals.theirs, 100, 1000)
    out = {"cpu_us": first, "optuna_cpu_us": theirs, "times_optuna": theirs / first, "growth": late / early}
    print(json.dumps(out) if args.json else "\n".join(f"{name:16} {value:.6g}" for name, value in out.items()))


if __name__ == "__main__":
    main()
