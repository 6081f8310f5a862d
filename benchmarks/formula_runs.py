"""What the benchmarks of symbolic regression share: runs of formulas through `equivolve run`, and what came of them."""
import os
import re
import shutil
import subprocess
import tempfile

import numpy

from engine_rates import Engine

FUNCTIONS = {
    "sin": numpy.sin, "cos": numpy.cos, "tan": numpy.tan, "tanh": numpy.tanh, "exp": numpy.exp, "log": numpy.log, "log1p": numpy.log1p,
    "sqrt": numpy.sqrt, "abs": numpy.abs, "arcsin": numpy.arcsin, "arccos": numpy.arccos, "arctan": numpy.arctan,
    "square": lambda a: a * a, "cube": lambda a: a * a * a, "reciprocal": lambda a: 1 / a, "pi": numpy.pi}


def values_of(formula, inputs):
    """Of a formula's text (docs/spaces.md), or of a Python expression over the same names."""
    text = re.sub(r'"([^"]*)"', r"\1", formula).replace("^", "**")
    with numpy.errstate(all="ignore"):
        return eval(text, {"__builtins__": {}}, {**FUNCTIONS, **inputs}) + 0.0 * next(iter(inputs.values()))


def normalised_error(formula, truth, inputs):
    """Root mean squared error over the truth's standard deviation."""
    error = numpy.sqrt(numpy.mean((values_of(formula, inputs) - truth) ** 2)) / numpy.std(truth)
    return float(error) if numpy.isfinite(error) else float("inf")


def share(found):
    """Of true values: the share, with its 95 % interval (Wilson 1927)."""
    n, p, z = len(found), sum(found) / len(found), 1.959963984540054
    middle, half = p + z * z / (2 * n), z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    return {"of": n, "share": p, "low": (middle - half) / (1 + z * z / n), "high": (middle + half) / (1 + z * z / n)}


class FormulaRuns:
    def __init__(self, bin_folder, folder):
        self.engine = Engine(os.path.abspath(bin_folder), folder)
        self.folder = folder

    def write_rows(self, name, inputs, target):
        """A table of the inputs' columns and the target `y`."""
        columns = [*inputs.values(), target]
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(",".join([*inputs, "y"]) + "\n")
            for row in zip(*columns):
                file.write(",".join(repr(float(value)) for value in row) + "\n")

    def run(self, text, *settings):
        """Engine.run's answer, with `formula`: the winner as `equivolve apply` writes it, its numbers fitted to all rows."""
        out = self.engine.run(self.engine.write("formula.yaml", text), *settings)
        folder = tempfile.mkdtemp(dir=self.folder)
        command = [os.path.join(self.engine.bin, "equivolve"), "apply", "latest", "--store", os.path.join(self.folder, "runs.db"),
                   "--out", folder, "--quiet"]
        subprocess.run(command, check=True, capture_output=True)
        with open(os.path.join(folder, "formula.txt"), encoding="utf-8") as file:
            out["formula"] = " ".join(line.strip() for line in file if not line.startswith("#"))
        shutil.rmtree(folder)
        return out
