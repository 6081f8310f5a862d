"""Nearest neighbours in plain Python: a program that stays alive between trials (examples/program.yaml)."""

import csv
import os
import random

import equivolve

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "breast_cancer.csv")


def read_table():
    """Rows scaled to mean 0 and deviation 1, and their classes: half to look at, half to predict."""
    with open(DATA, newline="") as file:
        lines = list(csv.reader(file))[1:]
    random.Random(1).shuffle(lines)
    lines = lines[:60]
    columns = list(zip(*[[float(cell) for cell in line[:-1]] for line in lines]))
    means = [sum(column) / len(column) for column in columns]
    spreads = [(sum((x - mean) ** 2 for x in column) / len(column)) ** 0.5
               for column, mean in zip(columns, means)]
    rows = [[(float(cell) - mean) / spread for cell, mean, spread in zip(line, means, spreads)]
            for line in lines]
    labels = [line[-1] for line in lines]
    half = len(rows) // 2
    return rows[:half], labels[:half], rows[half:], labels[half:]


ROWS, LABELS, NEW_ROWS, NEW_LABELS = read_table()


@equivolve.evaluator(maximize="accuracy", deterministic=True)
def classify(neighbours, power, weights):
    right = 0
    for row, label in zip(NEW_ROWS, NEW_LABELS):
        distances = sorted(
            (sum(abs(a - b) ** power for a, b in zip(row, other)), LABELS[i])
            for i, other in enumerate(ROWS))[:neighbours]
        votes = {}
        for distance, one in distances:
            votes[one] = votes.get(one, 0) + (1 if weights == "uniform" else 1 / (distance + 1e-9))
        right += max(sorted(votes), key=votes.get) == label
    return right / len(NEW_ROWS)
