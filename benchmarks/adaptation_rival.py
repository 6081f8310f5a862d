"""A step of PETAL-FIM in PyTorch and in Equivolve: the same perceptron, batch and views, one thread each.

    /usr/bin/python3 benchmarks/adaptation_rival.py --bin FOLDER [--json]

Rounds of both take turns; figures are medians of CPU milliseconds a step."""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

STEPS, ROUNDS = 60, 5


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--bin", required=True)
    options.add_argument("--json", action="store_true")
    options = options.parse_args()
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        program = [os.path.join(options.bin, "adaptation_streams"), "step"]
        subprocess.run(program + ["--write", folder], check=True, stdout=subprocess.DEVNULL)
        sys.path.insert(0, folder)
        import torch
        import recipe
        torch.set_num_threads(1)
        with open(os.path.join(folder, "batch.json")) as file:
            x = torch.tensor(json.load(file)).view(-1, 64)
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(json.loads(subprocess.run(program, check=True, capture_output=True, text=True).stdout)["ms"])
            adapter = recipe.Adapter(*recipe.load_model(), lambda batch, view, x: x * (1 - view / 100))
            adapter.step(x)
            start = time.thread_time()
            for _ in range(STEPS):
                adapter.step(x)
            theirs.append(1000 * (time.thread_time() - start) / STEPS)
    figures = {"equivolve_ms": statistics.median(ours), "torch_ms": statistics.median(theirs)}
    figures["times_torch"] = figures["torch_ms"] / figures["equivolve_ms"]
    print(json.dumps(figures) if options.json else
          "{equivolve_ms:.3f} ms, PyTorch {torch_ms:.3f} ms: {times_torch:.1f} times".format(**figures))


main()
