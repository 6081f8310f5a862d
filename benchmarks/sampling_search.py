#!/usr/bin/env python3
"""What is found against each hand-made rule, on families of matrices that no search has seen.

  python3 benchmarks/sampling_search.py --program build/release/bin/equivolve [--seeds 5] [--candidates 1000] [--jobs 2] [--json]

One run a search seed, of formulas and of configurations (rule, scheme, share mixed with uniform), each with matrices of its own. Found
on gauss, t2 and cheb; the test split is spike, mix and lrs. Of each run: the mean over the test cells (family, p, rows) of
log(distortion of what was found / distortion of the rule), same samples for both. Over the seeds: the mean of these, its 95 % interval
(Student's t), and how many standard errors it is below 0. It is called an improvement where it is more than two standard errors below 0
against every rule, Lewis weights with pivotal sampling among them; else the verdict is "no improvement found".
"""
import argparse
import concurrent.futures
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile

T_975 = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}
CONFIGURATION = """name: sampling-search
seed: {seed}
evaluator: sensitivity_sampling
space: {{representation: {representation}}}
data: {{families: [gauss, t2, cheb], test_families: [spike, mix, lrs], rows: {rows}, columns: {columns}, seed: {seed}}}
options: {{powers: [1, 1.5, 4], rows_per_column: [20, 50], seeds: 5}}
workers: 1
budget: {{candidates: {candidates}}}
search: {{population_size: 50}}
final: {{top: 5, repeats: 10}}
"""


def run(args, representation, seed):
    """The text of what was found, and of each reference the mean log ratio on the test split."""
    with tempfile.TemporaryDirectory() as folder:
        config = os.path.join(folder, "search.yaml")
        with open(config, "w", encoding="utf-8") as out:
            out.write(CONFIGURATION.format(representation=representation, seed=seed, rows=args.rows, columns=args.columns,
                                           candidates=args.candidates))
        command = [args.program, "run", config, "--store", os.path.join(folder, "runs.db"), "--json", "--quiet"]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    answer = json.loads(done.stdout)
    # The program's differences are how much better what was found is.
    ratios = {name: -of["test_difference"]["mean"] for name, of in answer["references"].items()}
    print(f"{representation} seed {seed}: {' '.join(answer['best']['text'].split())}; "
          + ", ".join(f"{n} {r:+.4f}" for n, r in sorted(ratios.items())), file=sys.stderr, flush=True)
    return ratios


def summarise(runs):
    of = {}
    for name in sorted(runs[0]):
        values = [r[name] for r in runs]
        mean, error = statistics.mean(values), statistics.stdev(values) / math.sqrt(len(values))
        half = T_975[len(values) - 1] * error
        of[name] = {"mean": mean, "low": mean - half, "high": mean + half,
                    "errors_below_0": -mean / error if error > 0 else (math.inf if mean < 0 else 0.0)}
    least = min(entry["errors_below_0"] for entry in of.values())
    return {"against": of, "least_errors_below_0": least, "improved": least > 2,
            "verdict": "improvement over every rule" if least > 2 else "no improvement found"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--candidates", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--columns", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="runs at once, one thread each")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if not 2 <= args.seeds <= len(T_975) + 1:
        parser.error(f"--seeds is {args.seeds}; expected 2 to {len(T_975) + 1}")
    kinds = ("configuration", "expression")
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        jobs = {(kind, seed): pool.submit(run, args, kind, seed) for seed in range(1, args.seeds + 1) for kind in kinds}
        answer = {kind: summarise([jobs[kind, seed].result() for seed in range(1, args.seeds + 1)]) for kind in kinds}
    if args.json:
        print(json.dumps(answer))
        return
    for kind, of in answer.items():
        print(f"{kind}: {of['verdict']} ({args.seeds} search seeds)")
        for name, entry in of["against"].items():
            print(f"  found / {name:14} log ratio {entry['mean']:+.4f} [{entry['low']:+.4f}, {entry['high']:+.4f}]")


if __name__ == "__main__":
    main()
