#!/usr/bin/env python3
"""The adaptation recipe that a search finds against every published method, on corruptions that the search never met.

  benchmarks/adaptation_search.py [--program build/release/bin/equivolve] [--config examples/test_time_adaptation.yaml]
      [--seeds 5] [--first 1] [--set KEY=VALUE ...] [--workers 0] [--rows FILE] [--json]
  benchmarks/adaptation_search.py --merge FILE ... [--json]

Every seed is one run with its own split of the data, its own source model, search, order and noise. For each method: the mean over
seeds of its test loss minus that of the recipe found (paired; Student's t interval, 95 %), and the same of the error. Verdict: "better"
where the interval against every method lies above 0, else "no improvement found". Every hit of the cache is evaluated all the same, so
that wrong merges are counted. --rows writes one line of JSON a run, --merge reads such files instead of running.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
T975 = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}
COUNTS = ("candidates", "evaluations", "cache_hits", "verified", "wrong_hits")


def interval(values):
    mean = statistics.fmean(values)
    if len(values) < 2:
        return {"mean": mean, "low": mean, "high": mean}
    half = T975.get(len(values) - 1, 2.0) * statistics.stdev(values) / math.sqrt(len(values))
    return {"mean": mean, "low": mean - half, "high": mean + half}


def run(args, seed):
    with tempfile.TemporaryDirectory() as folder:
        command = [args.program, "run", args.config, "--store", os.path.join(folder, "runs.db"), "--json", "--quiet",
                   "--workers", str(args.workers)]
        for setting in [f"seed={seed}", f"data.split_seed={seed}", f"options.model.seed={seed}", "hashing.verify_fraction=1"] + args.set:
            command += ["--set", setting]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result = json.loads(out.strip().splitlines()[-1])
    row = {"seed": seed, "recipe": result["best"]["text"], "found": result["best"]["test"], "improved": result["improved"],
           "methods": {name: reference["test"] for name, reference in result["references"].items()}}
    row.update({key: result[key] for key in COUNTS})
    return row


def summary(rows):
    out = {"seeds": len(rows), "said_improved": sum(row["improved"] for row in rows), "against": {}}
    for name in rows[0]["methods"]:
        out["against"][name] = {figure: interval([row["methods"][name][figure] - row["found"][figure] for row in rows])
                                for figure in ("nll", "error")}
    for figure in ("nll", "error"):
        out[figure] = statistics.fmean(row["found"][figure] for row in rows)
    out["least_low"] = min(against["nll"]["low"] for against in out["against"].values())
    out["least_low_adapting"] = min(against["nll"]["low"] for name, against in out["against"].items() if name != "source")
    out["verdict"] = "better" if out["least_low"] > 0 else "no improvement found"
    for key in COUNTS:
        out[key] = sum(row[key] for row in rows)
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "release", "bin", "equivolve"))
    parser.add_argument("--config", default=os.path.join(ROOT, "examples", "test_time_adaptation.yaml"))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--rows")
    parser.add_argument("--merge", nargs="+")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if args.merge:
        rows = [json.loads(line) for path in args.merge for line in open(path) if line.strip()]
    else:
        rows = [run(args, seed) for seed in range(args.first, args.first + args.seeds)]
    if args.rows:
        with open(args.rows, "w") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    out = summary(rows)
    if args.json:
        print(json.dumps(out))
        return
    print(f"{out['seeds']} seeds; the recipe found: nll {out['nll']:.3f}, error {100 * out['error']:.1f} %")
    for name, against in out["against"].items():
        nll, error = against["nll"], against["error"]
        print(f"{name:14} nll {nll['mean']:+.3f} [{nll['low']:+.3f}, {nll['high']:+.3f}]   error, points {100 * error['mean']:+.2f} "
              f"[{100 * error['low']:+.2f}, {100 * error['high']:+.2f}]")
    print(out["verdict"])
    print(f"{out['said_improved']} of {out['seeds']} runs said that they improved; "
          + ", ".join(f"{key} {out[key]}" for key in COUNTS))


if __name__ == "__main__":
    main()
