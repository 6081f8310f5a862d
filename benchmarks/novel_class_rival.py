#!/usr/bin/env python3
"""PBN in PyTorch beside Equivolve's: the same table, network, batches and epochs, one thread each.

  benchmarks/novel_class_rival.py [--bin build/release/bin] [--data FILE --novel a,b,c] [--lr 1e-3 --w 0.5 --dropout 0.1 --latent M]
      [--epochs 20] [--rounds 5] [--accuracy SEEDS] [--json]

Trainings of both take turns in CPU time of the thread; the figure is the median over rounds of PyTorch's time over Equivolve's.
PyTorch runs eagerly, as one would write it, with torch.optim.AdamW in the faster of its two forms. With --accuracy neither is
timed: PyTorch's codes are clustered by scikit-learn's k-means, and the accuracy on the novel test rows is told, mean and
standard deviation over so many seeds (with --epochs 200, the independent figure for novel_class_methods' own). Needs Debian's
python3-torch with libopenblas0-pthread, and python3-sklearn for --accuracy.
"""
import argparse
import csv
import gzip
import io
import json
import os
import statistics
import subprocess
import time

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # before it is loaded

import numpy  # noqa: E402
import torch  # noqa: E402
from torch import nn  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BATCH = 512


class Table:
    """Columns standardised by the training rows, those that are constant there left out; -1: a row without a label."""

    def __init__(self, path, novel):
        opened = gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb")
        with opened as file:
            rows = list(csv.DictReader(io.TextIOWrapper(file, "utf-8")))
        names = [name for name in rows[0] if name not in ("label", "split")]
        x = numpy.array([[float(row[name]) for name in names] for row in rows])
        labels = numpy.array([row["label"] for row in rows])
        train = numpy.array([row["split"] == "train" for row in rows])
        deviation = x[train].std(0)
        x = ((x - x[train].mean(0))[:, deviation > 0] / deviation[deviation > 0]).astype(numpy.float32)
        known = sorted(set(labels) - set(novel))
        numbers = numpy.array([known.index(label) if label in known else -1 for label in labels])
        self.x, self.labels = torch.from_numpy(x[train]), torch.from_numpy(numbers[train])
        self.classes = len(known)
        self.test, self.truth = torch.from_numpy(x[~train & (numbers < 0)]), labels[~train & (numbers < 0)]


class Network(nn.Module):
    def __init__(self, inputs, classes, latent, dropout):
        super().__init__()
        wide, narrow = inputs * 3 // 4, inputs * 2 // 4
        self.encoder = nn.Sequential(*self.hidden(inputs, wide, dropout), *self.hidden(wide, narrow, dropout), nn.Linear(narrow, latent))
        self.decoder = nn.Sequential(*self.hidden(latent, narrow, dropout), *self.hidden(narrow, wide, dropout), nn.Linear(wide, inputs))
        self.classifier = nn.Linear(latent, classes)

    @staticmethod
    def hidden(inputs, outputs, dropout):
        return [nn.Linear(inputs, outputs), nn.ReLU(), nn.BatchNorm1d(outputs), nn.Dropout(dropout)]

    def loss(self, x, labels, w):
        code = nn.functional.normalize(self.encoder(x))
        rebuilt = (self.decoder(code) - x).square().sum(1).mean()
        labelled = labels >= 0
        told = nn.functional.cross_entropy(self.classifier(code)[labelled], labels[labelled])
        return w * told + (1 - w) * rebuilt


def trained(table, options, epochs, foreach):
    network = Network(table.x.shape[1], table.classes, options.latent, options.dropout)
    optimizer = torch.optim.AdamW(network.parameters(), lr=options.lr, weight_decay=0.01, foreach=foreach)
    for _ in range(epochs):
        for rows in torch.randperm(len(table.x)).split(BATCH):
            if len(rows) < 2:
                continue
            optimizer.zero_grad(set_to_none=True)
            network.loss(table.x[rows], table.labels[rows], options.w).backward()
            optimizer.step()
    return network


def timed(table, options):
    rates = [f"{value:.17g}" for value in (options.lr, options.w, options.dropout)]
    command = [os.path.join(options.bin, "novel_class_methods"), "--data", options.data, "--novel", options.novel, "--training",
               "--pbn", ",".join([*rates, str(options.latent)]), "--epochs", str(options.epochs), "--json"]
    ours, theirs = [], []
    for _ in range(options.rounds):
        ours.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["training_s"])
        forms = []
        for foreach in (False, True):
            start = time.thread_time()
            trained(table, options, options.epochs, foreach)
            forms.append(time.thread_time() - start)
        theirs.append(min(forms))
    return {"training_s": statistics.median(ours), "torch_s": statistics.median(theirs),
            "times_torch": statistics.median(b / a for a, b in zip(ours, theirs))}


def accuracies(table, options):
    from scipy.optimize import linear_sum_assignment
    from sklearn.cluster import KMeans
    names = sorted(set(table.truth))
    figures = []
    for seed in range(1, options.accuracy + 1):
        torch.manual_seed(seed)
        network = trained(table, options, options.epochs, True).eval()
        with torch.no_grad():
            train, test = (network.encoder(x).numpy() for x in (table.x[table.labels < 0], table.test))
        told = KMeans(len(names), n_init=10, random_state=seed).fit(train).predict(test)
        counts = numpy.array([[numpy.sum((told == c) & (table.truth == name)) for name in names] for c in range(len(names))])
        figures.append(100 * counts[linear_sum_assignment(-counts)].sum() / len(told))
        print(f"seed {seed}: {figures[-1]:.1f}", flush=True) if not options.json else None
    return {"torch_acc": statistics.mean(figures), "torch_acc_std": statistics.pstdev(figures)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"))
    parser.add_argument("--data", default=os.path.join(ROOT, "data", "optdigits.csv.gz"))
    parser.add_argument("--novel", default="0,3,4,5,6")
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--w", type=float, default=0.5)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--latent", type=int)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--accuracy", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    table = Table(options.data, options.novel.split(","))
    if options.latent is None:
        options.latent = max(8, table.x.shape[1] // 2)
    figures = accuracies(table, options) if options.accuracy else timed(table, options)
    print(json.dumps({"torch": torch.__version__, **figures}) if options.json else
          "   ".join(f"{name} {value:.3f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
