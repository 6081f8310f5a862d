#!/usr/bin/env python3
"""Seconds and peak memory of reading a CSV of a million rows, as `equivolve validate` does before any run."""
import argparse
import json
import os
import random
import resource
import subprocess
import tempfile
import time


def write_table(path, rows, columns):
    draw = random.Random(1)
    with open(path, "w", encoding="utf-8") as out:
        out.write(",".join(f"x{c}" for c in range(columns)) + ",y\n")
        for _ in range(rows):
            values = [draw.gauss(0, 1) for _ in range(columns)]
            out.write(",".join(f"{v:.6f}" for v in values) + f",{sum(values):.6f}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=6)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table, config = os.path.join(folder, "table.csv"), os.path.join(folder, "table.yaml")
        write_table(table, args.rows, args.columns)
        with open(config, "w", encoding="utf-8") as out:
            out.write("evaluator: algorithm_discovery\ndata: {file: table.csv, target: y}\noptions: {task: regression}\n")
        started = time.monotonic()
        subprocess.run([args.program, "validate", config, "--quiet"], check=True)
        seconds = time.monotonic() - started
        megabytes = os.path.getsize(table) / 1e6
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    numbers = args.rows * (args.columns + 1) * 8 / 2**20
    answer = {"seconds": seconds, "peak_mib": peak, "peak_over_numbers": peak / numbers, "megabytes_per_second": megabytes / seconds}
    print(json.dumps(answer) if args.json else "\n".join(f"{k} {v:.4g}" for k, v in answer.items()))


if __name__ == "__main__":
    main()
