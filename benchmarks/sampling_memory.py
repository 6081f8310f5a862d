#!/usr/bin/env python3
"""Peak memory of `equivolve apply` for tables of n, 2 n and 4 n rows, ten columns: linear in the table?

  python3 benchmarks/sampling_memory.py --program build/release/bin/equivolve [--rows 50000] [--json]

`bend` is (peak(4n) - peak(2n)) / (2 (peak(2n) - peak(n))): 1 where memory grows with the rows, 2 where it grows with their square.
"""
import argparse
import json
import os
import random
import subprocess
import tempfile

CONFIGURATION = "evaluator: sensitivity_sampling\ndata: {families: [gauss], test_families: [], rows: 200, columns: 2}\n"


def write_table(path, rows, columns=10):
    draw = random.Random(1)
    with open(path, "w", encoding="utf-8") as out:
        out.write(",".join(f"x{c}" for c in range(columns)) + ",y\n")
        for _ in range(rows):
            out.write(",".join(f"{draw.gauss(0, 1):.5f}" for _ in range(columns + 1)) + "\n")


def peak_mib(args, folder, rows):
    table, config = os.path.join(folder, "table.csv"), os.path.join(folder, "rows.yaml")
    write_table(table, rows)
    with open(config, "w", encoding="utf-8") as out:
        out.write(CONFIGURATION)
    command = [args.program, "apply", config, "--candidate", "lewis", "--data", table, "--target", "y", "--p", "2", "--rows", "500", "--seeds", "2",
               "--threads", "1", "--out", os.path.join(folder, f"out{rows}"), "--quiet"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    return usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--rows", type=int, default=50000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        peaks = [peak_mib(args, folder, factor * args.rows) for factor in (1, 2, 4)]
    answer = {"peak_mib": peaks, "bend": (peaks[2] - peaks[1]) / (2 * (peaks[1] - peaks[0])),
              "bytes_a_number": (peaks[2] - peaks[1]) * 2**20 / (2 * args.rows * 11)}
    print(json.dumps(answer) if args.json else json.dumps(answer, indent=1))


if __name__ == "__main__":
    main()
