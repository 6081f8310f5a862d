#!/usr/bin/env python3
"""Random search over four parameters into a results file, against Optuna's RandomSampler into SQLite: CPU of a trial.

  benchmarks/random_rival.py [--bin build/release/bin] [--json]

Trials do nothing, so what is measured is drawing, hashing, deciding and storing. CPU of a trial is that of a whole process over its
trials, start-up left out: the difference of two runs over the difference of their trials. Optuna stores into SQLite with its
defaults, a commit and more for each trial, up to 1,000 trials (it would need an hour for 100,000); Equivolve commits groups of them. Needs Debian's python3-optuna.
"""
import argparse
import json
import os
import resource
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OURS = """evaluator: nothing
plugins: {{folders: ["{modules}"]}}
options: {{duplicates: 0, busy_us: 0}}
space: {{representation: configuration}}
search: {{algorithm: random}}
hashing: {{capacity: 100000}}
budget: {{candidates: 1000}}
final: {{top: 1, repeats: 1}}
workers: {{count: 1}}
"""
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
        self.program = os.path.join(bin_folder, "equivolve")
        self.folder = folder
        self.runs = 0
        self.file = os.path.join(folder, "random.yaml")
        with open(self.file, "w", encoding="utf-8") as file:
            file.write(OURS.format(modules=os.path.join(os.path.dirname(bin_folder), "benchmarks", "modules")))

    def new_store(self):
        self.runs += 1
        return os.path.join(self.folder, f"store{self.runs}.db")

    def ours(self, trials):
        return cpu_of([self.program, "run", self.file, "--store", self.new_store(), "--quiet", "--json", "--set", f"budget.candidates={trials}"])

    def theirs(self, trials):
        return cpu_of(["/usr/bin/python3", "-W", "ignore", "-c", THEIRS, self.new_store(), str(trials)])


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
