#!/usr/bin/env python3
"""What halving, hurdles, pruning and racing save, on noisy learning curves whose optimum is known.

  benchmarks/halving.py [--bin build/release/bin] [--seeds 20] [--trials 5000] [--json]

The evaluator (learning_curve.cpp) learns for 1, 3, 9 or 27 epochs, measures with noise (standard deviation 0.02, where losses
worth having lie between 0.05 and 0.1), and knows what it would measure without. Counted is what it costs, in trials at the last
level (27 epochs), until a candidate that went all the way is within 0.02 of the lowest loss without noise; each search goes on until it
gets there, or has spent as much as --trials of these (it is counted with all of it then). For each way: the mean over the seeds, the share of seeds that got there, and how many
times less than `full` it took (ratio of geometric means, with a 95 % interval by the paired bootstrap); `racing` is held against
`repeats`, five trials of each candidate without a race. Candidates are random, so that nothing but the schedule differs, and evolved.
"""
import argparse
import json
import math
import os
import random
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WAYS = {"full": {}, "hurdle": {"schedule": "hurdle"}, "successive_halving": {"schedule": "successive_halving"},
        "hyperband": {"schedule": "hyperband"}, "median": {"pruning": "median"},
        "repeats": {"repeats": 5, "racing": "false"}, "racing": {"repeats": 5}}
BASELINES = {"racing": "repeats"}  # of the others: full
LOWEST, NEAR = 0.05, 0.02
CONFIGURATION = """\
evaluator: {{id: learning_curve, isolation: thread}}
plugins: {{folders: [{modules}]}}
seed: {seed}
search: {{algorithm: {algorithm}, {keys}}}
budget: {{candidates: {candidates}, target: {{true_loss: {target}}}}}
final: {{top: 1, repeats: 1}}
workers: 1
"""


def trials_of(program, folder, modules, algorithm, keys, seed, trials):
    """The rows of the results file that a trial was made for, up to the optimum. No trial costs less than an epoch."""
    file, store, out = (os.path.join(folder, name) for name in ("curve.yaml", "curve.db", "curve.jsonl"))
    for stale in (store, out):
        if os.path.exists(stale):
            os.remove(stale)
    with open(file, "w", encoding="utf-8") as text:
        text.write(CONFIGURATION.format(modules=modules, seed=seed, algorithm=algorithm, candidates=27 * trials, target=LOWEST + NEAR,
                                        keys=", ".join(f"{k}: {v}" for k, v in keys.items()) or "lookahead: 16"))
    subprocess.run([program, "run", file, "--store", store, "--quiet", "--json"], check=True, capture_output=True)
    subprocess.run([program, "export", "1", "--store", store, "--out", out], check=True, capture_output=True)
    with open(out, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row for row in rows if not row["hit"]]


def cost_to_optimum(rows, most):
    spent = 0.0
    for row in rows:
        spent += row["cost"] / 27
        if spent > most:
            return most, False
        if row["status"] == "ok" and row["true_loss"] <= LOWEST + NEAR:
            return spent, True
    return spent, False


def ratio(full, other):
    """Of geometric means, full over other, and its 95 % interval."""
    logs = [math.log(a / b) for a, b in zip(full, other)]
    stream = random.Random(1)
    means = sorted(sum(stream.choices(logs, k=len(logs))) / len(logs) for _ in range(10_000))
    return {"mean": math.exp(sum(logs) / len(logs)), "low": math.exp(means[250]), "high": math.exp(means[9749])}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"))
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--trials", type=int, default=5000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    program = os.path.join(os.path.abspath(args.bin), "equivolve")
    modules = os.path.join(os.path.dirname(os.path.abspath(args.bin)), "benchmarks", "modules")
    out = {}
    with tempfile.TemporaryDirectory() as folder:
        for algorithm in ("random", "regularized_evolution"):
            costs = {way: [cost_to_optimum(trials_of(program, folder, modules, algorithm, keys, seed, args.trials), args.trials)
                           for seed in range(1, args.seeds + 1)] for way, keys in WAYS.items()}
            spent = {way: [cost for cost, _ in of] for way, of in costs.items()}
            out[algorithm] = {way: {"trials": sum(spent[way]) / len(of), "reached": sum(there for _, there in of) / len(of),
                                    "saves": ratio(spent[BASELINES.get(way, "full")], spent[way])} for way, of in costs.items()}
    if args.json:
        print(json.dumps(out))
        return
    for algorithm, ways in out.items():
        for way, of in ways.items():
            saves = of["saves"]
            print(f"{algorithm:22} {way:20} {of['trials']:8.1f} trials, {100 * of['reached']:3.0f} % there, "
                  f"{saves['mean']:.2f} [{saves['low']:.2f}, {saves['high']:.2f}] times less than {BASELINES.get(way, 'full')}")


if __name__ == "__main__":
    main()
