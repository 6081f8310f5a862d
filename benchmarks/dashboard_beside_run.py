#!/usr/bin/env python3
"""What a run at full speed loses while the dashboard shows it: candidates a second of the same search, in turns without and with
`equivolve-dashboard --run latest` on the results file, its overview open (on Qt's offscreen platform, which draws everything in memory).

  benchmarks/dashboard_beside_run.py [--program build/release/bin/equivolve] [--dashboard ...] [--pairs 8] [--candidates 150000] [--json]

The loss is one minus the ratio of rates; of all pairs the median, so that one disturbed turn does not decide.
"""
import argparse
import json
import os
import signal
import statistics
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def rate(program, dashboard, candidates, seed):
    """Candidates a second of one run, as its summary has it; `dashboard` watches it, or nobody does."""
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, "runs.db")
        command = [program, "run", os.path.join(ROOT, "examples", "quickstart.yaml"), "--store", store, "--json", "--quiet",
                   "--set", f"budget.candidates={candidates}", "--set", f"seed={seed}", "--set", "final.repeats=1"]
        watcher = None
        if dashboard:
            # It is there first, and finds the file when the run makes it.
            environment = dict(os.environ, QT_QPA_PLATFORM="offscreen", XDG_CONFIG_HOME=folder)
            watcher = subprocess.Popen([dashboard, "--run", "latest", store], env=environment, stderr=subprocess.DEVNULL)
            time.sleep(1)
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        if watcher:
            if watcher.poll() is not None:
                raise SystemExit(f"the dashboard ended with {watcher.returncode} during the run")
            watcher.send_signal(signal.SIGTERM)
            watcher.wait()
    summary = json.loads(out.strip().splitlines()[-1])
    return summary["candidates"] / summary["seconds"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "release", "bin", "equivolve"))
    parser.add_argument("--dashboard", help="default: beside the program")
    parser.add_argument("--pairs", type=int, default=8)
    parser.add_argument("--candidates", type=int, default=150_000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    program = os.path.abspath(args.program)
    dashboard = args.dashboard or os.path.join(os.path.dirname(program), "equivolve-dashboard")
    pairs = []
    for pair in range(args.pairs):
        # Who goes first alternates, so that a machine that warms up favours neither.
        turns = [None, dashboard] if pair % 2 == 0 else [dashboard, None]
        rates = {turn: rate(program, turn, args.candidates, pair + 1) for turn in turns}
        pairs.append((rates[None], rates[dashboard]))
    losses = [1 - beside / alone for alone, beside in pairs]
    answer = {"loss": statistics.median(losses), "losses": losses,
              "rate_alone": statistics.median(alone for alone, _ in pairs), "rate_beside": statistics.median(beside for _, beside in pairs)}
    if args.json:
        print(json.dumps(answer))
    else:
        print(f"alone {answer['rate_alone']:.0f}/s, beside the dashboard {answer['rate_beside']:.0f}/s: loss {100 * answer['loss']:.1f} %"
              f" (pairs: {', '.join(f'{100 * loss:.1f}' for loss in losses)})")


if __name__ == "__main__":
    main()
