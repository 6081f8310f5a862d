#!/usr/bin/env python3
"""What a run at full speed loses while the dashboard shows it: the same search, same seed, in turns without and with
`equivolve-dashboard --run latest` on the results file, its overview open (on Qt's offscreen platform, which draws everything in memory).

  benchmarks/dashboard_beside_run.py [--program build/release/bin/equivolve] [--dashboard ...] [--pairs 12] [--candidates 300000] [--workers 1]
                                     [--to FILE] [--json]

Two losses are told, each the median over pairs with an interval of 95 % from order statistics, so that no single disturbed turn decides:
of wall time (1 - rate beside / rate alone) and of the run's own CPU time (how much more of it a candidate takes). Root runs both at real-time
priority (chrt), the dashboard below the run as its niceness has it, so that whatever else the machine does is kept out. --to appends each pair to a
file of JSON lines and counts those that are there, so that many pairs can be had in several short calls.
"""
import argparse
import json
import math
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def at_priority(level):
    return ["chrt", "-f", str(level)] if os.geteuid() == 0 and shutil.which("chrt") else []


def cpu_seconds_of(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        user, system = stat.read().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def measured_run(program, dashboard, candidates, workers):
    """Candidates a second of one run, and CPU microseconds a candidate, its own and the dashboard's; `dashboard` watches it, or nobody does."""
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, "runs.db")
        command = at_priority(10) + [
            program, "run", os.path.join(ROOT, "examples", "quickstart.yaml"), "--store", store, "--json", "--quiet", "--workers", str(workers),
            "--set", f"budget.candidates={candidates}", "--set", "seed=1", "--set", "final.repeats=1"]
        watcher, before, watched = None, 0, 0
        if dashboard:
            # It is there first, and finds the file when the run makes it.
            environment = dict(os.environ, QT_QPA_PLATFORM="offscreen", XDG_CONFIG_HOME=folder)
            watcher = subprocess.Popen(at_priority(9) + [dashboard, "--run", "latest", store], env=environment, stderr=subprocess.DEVNULL)
            time.sleep(1)
            before = cpu_seconds_of(watcher.pid)
        with open(os.path.join(folder, "out"), "w+", encoding="utf-8") as out:
            run = subprocess.Popen(command, stdout=out)
            _, status, used = os.wait4(run.pid, 0)
            run.returncode = os.waitstatus_to_exitcode(status)
            if watcher:
                if watcher.poll() is not None:
                    raise SystemExit(f"the dashboard ended with {watcher.returncode} during the run")
                watched = cpu_seconds_of(watcher.pid) - before
                watcher.send_signal(signal.SIGTERM)
                watcher.wait()
            if run.returncode != 0:
                raise SystemExit(f"the run ended with {run.returncode}")
            out.seek(0)
            summary = json.loads(out.read().strip().splitlines()[-1])
    return {"rate": summary["candidates"] / summary["seconds"], "cpu": 1e6 * (used.ru_utime + used.ru_stime) / summary["candidates"],
            "dashboard_cpu": 1e6 * watched / summary["candidates"]}


def median_interval(values):
    """Order statistics between which the median lies with at least 95 % (of all values where these are too few)."""
    values, n = sorted(values), len(values)
    below, left = 0.0, 0  # P(Binomial(n, 1/2) < left)
    while left < n // 2 and below + math.comb(n, left) / 2**n <= 0.025:
        below += math.comb(n, left) / 2**n
        left += 1
    first = max(0, left - 1)
    return values[first], values[n - 1 - first]


def answer_of(pairs):
    losses = {"loss": [1 - pair["beside"]["rate"] / pair["alone"]["rate"] for pair in pairs],
              "cpu_loss": [pair["beside"]["cpu"] / pair["alone"]["cpu"] - 1 for pair in pairs]}
    answer = {"pairs": len(pairs)}
    for name, values in losses.items():
        answer[name], answer[name + "_interval"] = statistics.median(values), median_interval(values)
    for turn in ("alone", "beside"):
        answer["rate_" + turn] = statistics.median(pair[turn]["rate"] for pair in pairs)
        answer["cpu_us_" + turn] = statistics.median(pair[turn]["cpu"] for pair in pairs)
    answer["dashboard_cpu_us"] = statistics.median(pair["beside"]["dashboard_cpu"] for pair in pairs)
    return answer


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "release", "bin", "equivolve"))
    parser.add_argument("--dashboard", help="default: beside the program")
    parser.add_argument("--pairs", type=int, default=12)
    parser.add_argument("--candidates", type=int, default=300_000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--to", metavar="FILE", help="JSON lines of pairs, appended to")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    program = os.path.abspath(args.program)
    dashboard = args.dashboard or os.path.join(os.path.dirname(program), "equivolve-dashboard")
    pairs = []
    if args.to and os.path.exists(args.to):
        with open(args.to, encoding="utf-8") as lines:
            pairs = [json.loads(line) for line in lines]
    for _ in range(args.pairs):
        # Who goes first alternates, so that a machine that warms up favours neither.
        turns = ["alone", "beside"] if len(pairs) % 2 == 0 else ["beside", "alone"]
        pairs.append({turn: measured_run(program, dashboard if turn == "beside" else None, args.candidates, args.workers) for turn in turns})
        if args.to:
            with open(args.to, "a", encoding="utf-8") as lines:
                lines.write(json.dumps(pairs[-1]) + "\n")
    if not pairs:
        sys.exit("no pairs")
    answer = answer_of(pairs)
    if args.json:
        print(json.dumps(answer))
        return
    for name, what in (("loss", "wall time"), ("cpu_loss", "the run's CPU time")):
        low, high = answer[name + "_interval"]
        print(f"{what}: loss {100 * answer[name]:.2f} % ({100 * low:.2f} to {100 * high:.2f})")
    print(f"{answer['pairs']} pairs; alone {answer['rate_alone']:.0f}/s, beside the dashboard {answer['rate_beside']:.0f}/s;"
          f" CPU microseconds a candidate: {answer['cpu_us_alone']:.2f}, {answer['cpu_us_beside']:.2f}, of the dashboard {answer['dashboard_cpu_us']:.2f}")


if __name__ == "__main__":
    main()
