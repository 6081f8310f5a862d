#!/usr/bin/env python3
"""What it costs a trial that it runs in another process: beside a thread, in the engine's own worker, in a Python program.

  benchmarks/worker_rates.py PART [--bin build/release/bin] [--json]

PART: overhead (an evaluator that does nothing, one worker, one trial after the other, no probes, messages of about 300 bytes, in
turn on a thread, in the engine's worker and in a Python program, five rounds: NAME_us is wall time a trial, of the best round;
NAME_cpu_us CPU time a trial of engine and worker together, without their start; process_in_flight_us wall time with 16 trials in
flight at one worker; equal: 1 where all had one result), delays (a worker that takes 0.2 to 2 s to start and has every message 50 ms
on its way, as through srun at its worst: trials a second with 16 in flight, one_by_one with one, and gain, their ratio; equal: 1
where the result is that without delays).
"""
import json
import os
import resource
import subprocess

from parts import print_part, write

MODULE = """evaluator: {{id: nothing, isolation: {isolation}}}
plugins: {{folders: ["{modules}"]}}
options: {{duplicates: 0, busy_us: 0}}
budget: {{candidates: 20000}}
search: {{algorithm: random, lookahead: 64}}
hashing: {{policy: "off"}}
final: {{top: 1, repeats: 1}}
workers: {{count: 1}}
"""
PROGRAM = """evaluator: {command: [python3, tune.py]}
space:
  representation: configuration
  parameters:
    rate: {type: float, low: 1e-5, high: 0.1, log: true}
    momentum: {type: float, low: 0, high: 1}
    depth: {type: int, low: 1, high: 9}
    kind: {type: choice, values: [a, b, c]}
budget: {candidates: 20000}
search: {algorithm: random, lookahead: 64}
hashing: {policy: "off"}
final: {top: 1, repeats: 1}
workers: {count: 1}
"""
TUNE = """import equivolve

@equivolve.evaluator(maximize="fitness", deterministic=True)
def trial(rate, momentum, depth, kind):
    return rate
"""


class Engine:
    def __init__(self, bin_folder, folder):
        self.bin = bin_folder
        self.folder = folder
        modules = os.path.join(os.path.dirname(bin_folder), "benchmarks", "modules")
        self.thread = self.write("thread.yaml", MODULE.format(modules=modules, isolation="thread"))
        self.process = self.write("process.yaml", MODULE.format(modules=modules, isolation="process"))
        self.write("tune.py", TUNE)
        self.python = self.write("python.yaml", PROGRAM)

    def write(self, name, text):
        return write(self.folder, name, text)

    def search(self, file, *settings):
        """Without a results file; `cpu` is that of all its processes, their start included."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [os.path.join(self.bin, "engine_rates"), file, *settings]
        result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, cwd=self.folder).stdout)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        result["cpu"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        result["us"] = 1e6 * result["seconds"] / result["evaluations"]
        return result


def overhead(engine):
    """The rounds take turns, so that a busy moment of the machine meets all of them."""
    kinds = {"thread": engine.thread, "process": engine.process, "python": engine.python}
    runs = {kind: [] for kind in kinds}
    for _ in range(5):
        for kind, file in kinds.items():
            runs[kind].append(engine.search(file))
    start = {kind: min(engine.search(file, "budget.candidates=1000")["cpu"] for _ in range(3)) for kind, file in kinds.items()}
    out = {}
    for kind in kinds:
        out[kind + "_us"] = min(run["us"] for run in runs[kind])
        out[kind + "_cpu_us"] = 1e6 * (min(run["cpu"] for run in runs[kind]) - start[kind]) / 19000
    together = [engine.search(engine.process, "workers={count: 1, prefetch: 16}") for _ in range(3)]
    out["process_in_flight_us"] = min(run["us"] for run in together)
    out["equal"] = int(len({run["result_digest"] for run in runs["thread"] + runs["process"] + together}) == 1)
    return out


def delays(engine):
    proxy = os.path.join(engine.bin, "delaying_line")
    launcher = json.dumps([proxy, "delay=50", "start=200-2000", "--"])

    def far(count):
        return f"workers={{count: 1, prefetch: {count}, launcher: {launcher}}}"

    near = engine.search(engine.process, "budget.candidates=320")
    many = engine.search(engine.process, "budget.candidates=320", far(16))
    one = engine.search(engine.process, "budget.candidates=40", far(1))
    return {"trials_a_second": 1e6 / many["us"], "one_by_one": 1e6 / one["us"], "gain": one["us"] / many["us"],
            "equal": int(many["result_digest"] == near["result_digest"])}


if __name__ == "__main__":
    print_part(__doc__, {"overhead": overhead, "delays": delays}, Engine)
