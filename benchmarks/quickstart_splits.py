#!/usr/bin/env python3
"""The quickstart over ten data splits and twenty seeds, and its cache on against off.

  benchmarks/quickstart_splits.py [--program build/release/bin/equivolve] [--splits 10] [--seeds 20] [--pairs 5] [--json]

Prints the mean paired difference to logistic regression (test split and confirmed, Student's t interval over splits), the
share of duplicates, in how many seeds the search's best is within two points of logistic regression, and the wall time with the
cache on against off at equal candidates, in turn, as a ratio a pair.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
T975 = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262, 14: 2.145, 19: 2.093}
RIVAL = "logistic_regression"


def run(program, folder, *settings):
    store = os.path.join(folder, "runs.db")
    for suffix in ("", "-wal", "-shm"):
        if os.path.exists(store + suffix):
            os.remove(store + suffix)
    command = [program, "run", os.path.join(ROOT, "examples", "quickstart.yaml"), "--store", store, "--json", "--quiet"]
    for setting in settings:
        command += ["--set", setting]
    started = time.monotonic()
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result = json.loads(out.strip().splitlines()[-1])
    result["wall"] = time.monotonic() - started
    return result


def interval(values):
    mean = statistics.fmean(values)
    if len(values) < 2:
        return mean, mean, mean
    t = T975.get(len(values) - 1, 2.0)
    half = t * statistics.stdev(values) / math.sqrt(len(values))
    return mean, mean - half, mean + half


def wilson_high(part, whole):
    z, p = 1.959963984540054, part / whole
    centre = (p + z * z / (2 * whole)) / (1 + z * z / whole)
    return centre + z / (1 + z * z / whole) * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))


def difference(result, stage):
    return result["best"][stage]["accuracy"] - result["references"][RIVAL][stage]["accuracy"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "release", "bin", "equivolve"))
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    out = {}
    with tempfile.TemporaryDirectory() as folder:
        splits = [run(args.program, folder, f"data.split_seed={s}", f"seed={s}") for s in range(args.splits)]
        for stage in ("test", "confirmed"):
            mean, low, high = interval([difference(r, stage) for r in splits])
            out[f"{stage}_difference"] = {"mean": mean, "low": low, "high": high}
        out["duplicate_share"] = statistics.fmean(r["cache_hits"] / r["candidates"] for r in splits)
        every = [run(args.program, folder, f"seed={s}", "budget.candidates=100000", "hashing.verify_fraction=1") for s in (1, 2, 3, 4, 5)]
        out["verified"] = sum(r["verified"] for r in every)
        out["wrong_hits"] = sum(r["wrong_hits"] for r in every)
        out["wrong_share_high"] = wilson_high(out["wrong_hits"], out["verified"])

        seeds = [run(args.program, folder, f"seed={s}", "final.repeats=2") for s in range(1, args.seeds + 1)]
        gaps = [difference(r, "validation") for r in seeds]
        out["seeds_within_two_points"] = sum(g >= -0.02 for g in gaps)
        out["seeds"] = len(gaps)
        out["worst_gap"] = min(gaps, default=0.0)
        out["seconds"] = statistics.median(r["wall"] for r in seeds) if seeds else 0.0
        out["slowest_seconds"] = max((r["wall"] for r in seeds), default=0.0)

        ratios = []
        for s in range(1, args.pairs + 1):
            same = (f"seed={s}", "budget.candidates=30000", "final.top=1", "final.repeats=1", "hashing.verify_fraction=0")
            on = run(args.program, folder, *same)
            off = run(args.program, folder, *same, "hashing.policy=off")
            if on["trajectory_digest"] != off["trajectory_digest"]:
                out["trajectories_differ"] = out.get("trajectories_differ", 0) + 1
            ratios.append(off["wall"] / on["wall"])
        if ratios:
            mean, low, high = interval(ratios)
            out["cache_speed_up"] = {"mean": mean, "low": low, "high": high}
    if args.json:
        print(json.dumps(out))
        return
    for key in ("test_difference", "confirmed_difference", "cache_speed_up"):
        if key in out:
            print(f"{key:24} {out[key]['mean']:+.4f}  95 % interval [{out[key]['low']:+.4f}, {out[key]['high']:+.4f}]")
    for key in ("duplicate_share", "verified", "wrong_hits", "wrong_share_high", "seeds_within_two_points", "seeds", "worst_gap", "seconds", "slowest_seconds"):
        print(f"{key:24} {out[key]:.4g}")


if __name__ == "__main__":
    main()
