#!/usr/bin/env python3
"""Training steps of small networks against PyTorch on one thread.

  benchmarks/network_rival.py [--bin build/release/bin] [--rounds 9] [--only NAME] [--json]

The networks, batches and steps are those of benchmarks/network_training.cpp: forward pass, cross entropy, backward pass, plain
gradient descent (torch.optim.SGD), batch norms with batch statistics and running moments, float. PyTorch runs eagerly, as one
would write it; for the convolutions the faster of its two memory formats counts. Both are measured in turn, in CPU time of the
thread; the figure is the median over rounds of PyTorch's time over Equivolve's. Needs Debian's python3-torch, and
libopenblas0-pthread: with Debian's reference BLAS its products are some 20 times slower, which would say little.
"""
import argparse
import json
import os
import statistics
import subprocess
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before it is loaded

import torch  # noqa: E402
from torch import nn  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def conv(channels_in, channels_out):
    return [nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False), nn.BatchNorm2d(channels_out), nn.ReLU()]


def normed(size):
    return [nn.Linear(64, size, bias=False), nn.BatchNorm1d(size), nn.ReLU()]


class MeanOfPixels(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


PROBLEMS = {
    "wide": ((512, 256), lambda: [nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 64)]),
    "tiny": ((32, 20), lambda: [nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 10)]),
    "digits": ((50, 64), lambda: [*normed(64), *normed(64), nn.Linear(64, 10)]),
    "million": ((128, 784), lambda: [nn.Linear(784, 900), nn.ReLU(), nn.Linear(900, 320), nn.ReLU(), nn.Linear(320, 10)]),
    "conv": ((100, 1, 28, 28), lambda: [*conv(1, 8), nn.MaxPool2d(2), *conv(8, 16), nn.MaxPool2d(2), *conv(16, 32), MeanOfPixels(),
                                        nn.Linear(32, 10)]),
}


class Rival:
    def __init__(self, name, memory_format):
        shape, layers = PROBLEMS[name]
        self.model = nn.Sequential(*layers())
        self.x = torch.randn(shape)
        if memory_format is not None:
            self.model = self.model.to(memory_format=memory_format)
            self.x = self.x.to(memory_format=memory_format)
        outputs = self.model[-1].out_features
        self.labels = torch.randint(0, outputs, (shape[0],))
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=1e-3)
        self.steps = 1
        while self.seconds() * self.steps < 0.1:
            self.steps *= 2

    def weights(self):
        return sum(p.numel() for p in self.model.parameters())

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        nn.functional.cross_entropy(self.model(self.x), self.labels).backward()
        self.optimizer.step()

    def seconds(self):
        start = time.thread_time()
        for _ in range(self.steps):
            self.step()
        return (time.thread_time() - start) / self.steps


def measure(name, binary, rounds):
    formats = [None, torch.channels_last] if name == "conv" else [None]
    rivals = [Rival(name, memory_format) for memory_format in formats]
    ours, theirs = [], []
    for _ in range(rounds):
        answer = subprocess.run([binary, "--only", name, "--rounds", "5", "--json"], check=True, capture_output=True, text=True)
        figures = json.loads(answer.stdout)[f"{name}_float"]
        assert figures["weights"] == rivals[0].weights(), name
        ours.append(figures["step_us"])
        theirs.append(1e6 * min(rival.seconds() for rival in rivals))
    return {"weights": rivals[0].weights(), "step_us": statistics.median(ours), "torch_us": statistics.median(theirs),
            "times_torch": statistics.median(b / a for a, b in zip(ours, theirs))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", choices=PROBLEMS)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    # On a CPU, backward passes then run in this thread, whose time is taken.
    torch.set_num_threads(1)
    program = os.path.join(args.bin, "network_training")
    results = {name: measure(name, program, args.rounds) for name in PROBLEMS if args.only in (None, name)}
    if args.json:
        print(json.dumps({"torch": torch.__version__, **results}))
        return
    for name, r in results.items():
        print(f"{name:8} {r['weights']:8} weights   step {r['step_us']:9.2f} us   PyTorch {r['torch_us']:9.2f} us   {r['times_torch']:6.2f} times")


if __name__ == "__main__":
    main()
