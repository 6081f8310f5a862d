#!/usr/bin/env python3
"""What the engine costs a candidate: in memory, into a results file, over short and long runs, with one and two workers.

  benchmarks/engine_rates.py PART [--bin build/release/bin] [--json]

PART: memory (an evaluator that does nothing; rate, and CPU and memory from 10^5 to 10^6 candidates), store (the same into a
results file, half the candidates known), workers (trials of 1 ms and of 10 us), demo (the AutoML-Zero demo through the engine, one
worker, no results file, and beside it as a library; five seeds).
"""
import json
import os
import resource
import subprocess
import time
from statistics import median

from parts import print_part, write

NOTHING = """evaluator: {{id: nothing, isolation: thread}}
plugins: {{folders: ["{modules}"]}}
options: {{duplicates: 0, busy_us: 0}}
budget: {{candidates: 100000}}
search: {{algorithm: random}}
hashing: {{capacity: 100000}}
final: {{top: 1, repeats: 1}}
workers: {{count: 2}}
"""
DEMO = """evaluator: algorithm_discovery
data: {synthetic: linear, tasks: 10, dimension: 4, train: 100, validation: 100}
search: {population_size: 1000, tournament_size: 10, mutation_probability: 0.9}
budget: {candidates: 300000}
workers: {count: 1}
"""


class Engine:
    def __init__(self, bin_folder, folder):
        self.bin = bin_folder
        self.folder = folder
        modules = os.path.join(os.path.dirname(bin_folder), "benchmarks", "modules")
        self.nothing = self.write("nothing.yaml", NOTHING.format(modules=modules))
        self.demo = self.write("demo.yaml", DEMO)

    def write(self, name, text):
        return write(self.folder, name, text)

    def search(self, file, *settings):
        """Without a results file."""
        command = [os.path.join(self.bin, "engine_rates"), file, *settings]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True, cwd=self.folder).stdout)

    def library(self, seed, *arguments):
        """The demo's search, interpreter and hash without the engine."""
        command = [os.path.join(self.bin, "demo_search"), "--seed", str(seed), *arguments]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    def run(self, file, *settings):
        """Into a new results file: the run's own JSON, with wall time, CPU time and the file's size."""
        store = os.path.join(self.folder, "runs.db")
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(store + suffix):
                os.remove(store + suffix)
        command = [os.path.join(self.bin, "equivolve"), "run", file, "--store", store, "--json", "--quiet"]
        for setting in settings:
            command += ["--set", setting]
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        wall = time.monotonic() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = json.loads(out.strip().splitlines()[-1])
        result["wall"] = wall
        result["cpu"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        result["bytes"] = os.path.getsize(store)
        return result


PAIRS = 5  # of a short and a long run, one after the other: the machine's pace changes from minute to minute, and within a pair it hardly does


def memory(engine):
    pairs = [[engine.search(engine.nothing, f"budget.candidates={n}") for n in (100000, 1000000)] for _ in range(PAIRS)]
    # A run of ten million, of which the map of classes forgets all but 100,000; between two short ones.
    longest = engine.search(engine.nothing, "budget.candidates=10000000")
    around = (pairs[-1][0]["cpu_us"] + engine.search(engine.nothing, "budget.candidates=100000")["cpu_us"]) / 2
    return {"rate": median(long["rate"] for _, long in pairs), "cpu_us": median(long["cpu_us"] for _, long in pairs),
            "cpu_growth": median(long["cpu_us"] / short["cpu_us"] for short, long in pairs),
            "memory_growth": median(long["peak_mib"] / short["peak_mib"] for short, long in pairs),
            "cpu_growth_to_ten_million": longest["cpu_us"] / around, "peak_mib": longest["peak_mib"]}


def store(engine):
    file = os.path.join(engine.folder, "acknowledged.db")
    command = [os.path.join(engine.bin, "store_rates"), file, "--candidates", "1000000", "--rate", "50000", "--json"]
    alone = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    run = engine.run(engine.nothing, "budget.candidates=1000000", "options.duplicates=0.5", "hashing.capacity=1000000")
    return {"rate": run["candidates"] / run["seconds"], "bytes": run["bytes"] / run["candidates"], "cpu_us": 1e6 * run["cpu"] / run["candidates"],
            "hit_share": run["cache_hits"] / run["candidates"], "writer_us": alone["writer_us"],
            "acknowledged_99_ms": alone["acknowledged_99_ms"]}


def overhead_us(engine, count):
    """CPU time of a trial beside its own 10 us, the median of five runs: where the machine puts its cores moves the figure for two."""
    runs = sorted(engine.search(engine.nothing, "budget.candidates=200000", "options.busy_us=10", f"workers.count={count}")["cpu_us"]
                  for _ in range(5))
    return runs[2] - 10


def workers(engine):
    one, two = (engine.search(engine.nothing, "budget.candidates=4000", "options.busy_us=1000", f"workers.count={n}") for n in (1, 2))
    idle = engine.search(engine.nothing, "budget.candidates=200000")
    return {"two_over_one": one["seconds"] / two["seconds"], "overhead_us": overhead_us(engine, 1), "overhead_two_us": overhead_us(engine, 2),
            "overhead_idle_us": idle["cpu_us"]}


def cpu(runs):
    return sum(r["cpu_us"] for r in runs)


def demo(engine):
    seeds = (1, 2, 3, 4, 5)
    on, off, library_on, library_off = [], [], [], []
    for s in seeds:  # in turn, so that shares hold on a busy machine
        library_on.append(engine.library(s))
        on.append(engine.search(engine.demo, f"seed={s}"))
        library_off.append(engine.library(s, "--candidates", "100000", "--no-cache"))
        off.append(engine.search(engine.demo, f"seed={s}", "budget.candidates=100000", "hashing.policy=off"))
    every = engine.search(engine.demo, "budget.candidates=400000", "hashing.verify_fraction=1")
    z, p, n = 1.959963984540054, every["wrong_hits"] / every["verified"], every["verified"]
    high = ((p + z * z / (2 * n)) + z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5) / (1 + z * z / n)
    return {"slowest_cache_on": min(r["rate"] for r in on), "slowest_cache_off": min(r["rate"] for r in off),
            "hit_share": sum(r["hits"] for r in on) / sum(r["candidates"] for r in on),
            "library_slowest_cache_on": min(r["rate"] for r in library_on), "library_slowest_cache_off": min(r["rate"] for r in library_off),
            "share_of_library_on": cpu(library_on) / cpu(on), "share_of_library_off": cpu(library_off) / cpu(off),
            "verified": n, "wrong_hits": every["wrong_hits"], "wrong_share_high": high}


if __name__ == "__main__":
    print_part(__doc__, {"memory": memory, "store": store, "workers": workers, "demo": demo}, Engine)
