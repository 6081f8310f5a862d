#!/usr/bin/env python3
"""How many requests a search should keep open: births and wall time to a target, for lookaheads from 1 to 64.

  benchmarks/lookahead.py [--program build/release/bin/equivolve] [--seeds 20] [--workers 2] [--markdown]

A run that does not reach its target counts with its whole budget. Over the bundled domains: tumours (the quickstart), flats (words
and holes), linear (the AutoML-Zero demo's tasks).
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOOKAHEADS = (1, 2, 4, 8, 16, 32, 64)
LINEAR = """evaluator: algorithm_discovery
data: {synthetic: linear, tasks: 10, dimension: 4, train: 100, validation: 100}
search: {population_size: 1000, tournament_size: 10, restart_after: 30000}
"""
DOMAINS = {
    "tumours": ("examples/quickstart.yaml", "budget.target={accuracy: 0.965}"),
    "flats": ("examples/words_and_holes.yaml", "budget.target={accuracy: 0.925}"),
    "linear": (None, "budget.target={fitness: 0.42}"),
}


def one_run(program, file, folder, settings):
    store = os.path.join(folder, "runs.db")
    for suffix in ("", "-wal", "-shm"):
        if os.path.exists(store + suffix):
            os.remove(store + suffix)
    command = [program, "run", file, "--store", store, "--json", "--quiet"]
    for setting in settings:
        command += ["--set", setting]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(out.strip().splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "release", "bin", "equivolve"))
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--candidates", type=int, default=150000, help="budget of a run")
    parser.add_argument("--markdown", action="store_true")
    args = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        linear = os.path.join(folder, "linear.yaml")
        with open(linear, "w", encoding="utf-8") as file:
            file.write(LINEAR)
        for name, (file, target) in DOMAINS.items():
            path = os.path.join(ROOT, file) if file else linear
            runs = {lookahead: [] for lookahead in LOOKAHEADS}
            # All lookaheads of a seed one after the other, so that a disturbance of the machine meets them alike.
            for seed in range(1, args.seeds + 1):
                for lookahead in LOOKAHEADS:
                    settings = [target, f"budget.candidates={args.candidates}", f"seed={seed}", f"search.lookahead={lookahead}",
                                f"workers.count={min(args.workers, lookahead)}", "final.top=1", "final.repeats=1"]
                    runs[lookahead].append(one_run(args.program, path, folder, settings))
            for lookahead, done in runs.items():
                rows.append((name, lookahead, sum(r["stopped_by"] == "target" for r in done), len(done),
                             statistics.median(r["candidates"] for r in done), statistics.median(r["seconds"] for r in done)))
                if not args.markdown:
                    print("%-8s lookahead %2d  reached %2d of %d  births %8.0f  seconds %7.3f" % rows[-1], flush=True)
    if args.markdown:
        print("| domain | lookahead | reached | births, median | seconds, median |\n| --- | --- | --- | --- | --- |")
        for name, lookahead, reached, of, births, seconds in rows:
            print(f"| {name} | {lookahead} | {reached} of {of} | {births:,.0f} | {seconds:.2f} |")


if __name__ == "__main__":
    main()
