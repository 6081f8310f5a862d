#!/usr/bin/env python3
"""Logistic regression by stochastic gradient descent, with nothing but Python: a training script as there are many.

It knows nothing of Equivolve: arguments in, one JSON line an epoch out. script.yaml tunes it.
"""
import argparse
import csv
import json
import math
import random

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("data", help="a CSV file: numbers, and in the last column one of two classes")
parser.add_argument("--rate", type=float, default=0.1, help="learning rate")
parser.add_argument("--momentum", type=float, default=0.0)
parser.add_argument("--decay", type=float, default=0.0, help="of weights, a step")
parser.add_argument("--epochs", type=int, default=10)
parser.add_argument("--seed", type=int, default=0)
arguments = parser.parse_args()
random.seed(arguments.seed)

with open(arguments.data, newline="") as file:
    cells = list(csv.reader(file))[1:]
labels = [int(row[-1] == cells[0][-1]) for row in cells]
table = [[float(cell) for cell in row[:-1]] for row in cells]
means = [sum(column) / len(column) for column in zip(*table)]
spreads = [math.sqrt(sum((x - mean) ** 2 for x in column) / len(column)) or 1 for column, mean in zip(zip(*table), means)]
table = [[(x - mean) / spread for x, mean, spread in zip(row, means, spreads)] + [1.0] for row in table]
rows = list(range(len(table)))
training, validation = rows[::2], rows[1::2]

weights = [0.0] * len(table[0])
speeds = [0.0] * len(table[0])


def chance(row):
    score = sum(w * x for w, x in zip(weights, row))
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, score))))


for epoch in range(1, arguments.epochs + 1):
    random.shuffle(training)
    for i in training:
        error = chance(table[i]) - labels[i]
        for j, x in enumerate(table[i]):
            speeds[j] = arguments.momentum * speeds[j] - arguments.rate * (error * x + arguments.decay * weights[j])
            weights[j] += speeds[j]
    chances = [min(max(chance(table[i]), 1e-12), 1 - 1e-12) for i in validation]
    loss = -sum(math.log(p if labels[i] == 1 else 1 - p) for p, i in zip(chances, validation)) / len(validation)
    accuracy = sum((p > 0.5) == (labels[i] == 1) for p, i in zip(chances, validation)) / len(validation)
    print(json.dumps({"step": epoch, "loss": loss, "accuracy": accuracy}), flush=True)
