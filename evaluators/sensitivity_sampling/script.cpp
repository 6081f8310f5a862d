#include "evaluators/sensitivity_sampling/script.hpp"

#include <fmt/format.h>

#include <string_view>

namespace equivolve::sensitivity_sampling {
namespace {

constexpr std::string_view kScript = R"PY(#!/usr/bin/env python3
"""Fits an l_p regression on the weighted rows of rows.csv, which lies beside this script.

  python3 use_rows.py YOUR.csv [TARGET [P]]

YOUR.csv is the table that was sampled (.gz allowed), with a header; TARGET the column to predict from the other columns of numbers
(here: @TARGET@); P the power of the residuals (here: @P@). Prints one coefficient a line. A row's weight multiplies |residual|^P, or
whatever loss you have. Needs numpy.
"""
import csv
import gzip
import math
import os
import sys

try:
    import numpy
except ImportError:
    sys.exit("use_rows.py: needs numpy (Debian: python3-numpy)")


def stop(text):
    sys.exit("use_rows.py: " + text)


def read_csv(file):
    """The rows of a table as dictionaries, whatever of , ; tab | parts its cells."""
    try:
        with (gzip.open if file.endswith(".gz") else open)(file, "rt", newline="", encoding="utf-8-sig") as lines:
            head = lines.readline()
            lines.seek(0)
            return list(csv.DictReader(lines, delimiter=max(",;\t|", key=head.count)))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        stop(f"{file} cannot be read: {problem}")


def weighted_rows(table, rows=os.path.join(os.path.dirname(os.path.abspath(__file__)), "rows.csv")):
    """The kept rows of a table, as dictionaries, and their weights."""
    try:
        weights = {int(r["row"]): float(r["weight"]) for r in read_csv(rows)}
    except (KeyError, TypeError, ValueError):
        stop(f"{rows} is not the file that was written beside this script")
    all_rows = read_csv(table)
    if not weights or max(weights) > len(all_rows):
        stop(f"{table} has {len(all_rows)} rows, and row {max(weights, default=0)} was kept: it is not the table that was sampled")
    kept = sorted(weights)
    return [all_rows[n - 1] for n in kept], numpy.array([weights[n] for n in kept])


def is_number(text):
    try:
        return math.isfinite(float(text))
    except (TypeError, ValueError):
        return False


def fit(x, y, weights, p, rounds=200):
    """min over beta of sum of weights |y - x beta|^p, by reweighted least squares. The last column of
    x is 1. Columns are centred and scaled first: a time in seconds would hide what varies."""
    centre = numpy.append(numpy.average(x[:, :-1], axis=0, weights=weights), 0.0)
    scale = numpy.abs(x - centre).max(axis=0)
    scale[scale == 0] = 1
    beta = fit_scaled((x - centre) / scale, y, weights, p, rounds) / scale
    beta[-1] -= centre @ beta
    return beta


def fit_scaled(x, y, weights, p, rounds):
    beta = None
    factor = weights
    for _ in range(rounds if p != 2 else 1):
        root = numpy.sqrt(factor)
        solved = numpy.linalg.lstsq(x * root[:, None], y * root, rcond=None)[0]
        step = 1 if p <= 2 or beta is None else 1 / (p - 1)
        beta = solved if beta is None else beta + step * (solved - beta)
        size = numpy.abs(y - x @ beta)
        if not size.any():
            break
        factor = weights * numpy.maximum(size, 1e-8 * size.mean()) ** (p - 2)
    return beta


def main():
    given = sys.argv[1:]
    target = given[1] if len(given) > 1 else @TARGET@
    if not 1 <= len(given) <= 3 or target is None:
        sys.exit(__doc__)
    if len(given) > 2 and not is_number(given[2]):
        stop(f"P is {given[2]}; expected a number from 1 on")
    p = float(given[2]) if len(given) > 2 else @P@
    if p < 1:
        stop(f"P is {p}; expected a number from 1 on")
    rows, weights = weighted_rows(given[0])
    if target not in rows[0]:
        stop(f"{given[0]} has no column {target!r}; it has: {', '.join(str(c) for c in rows[0])}")
    if not all(is_number(r[target]) for r in rows):
        stop(f"column {target!r} has cells that are no numbers")
    names = [c for c in rows[0] if c not in (target, None) and all(is_number(r[c]) for r in rows)]
    left_out = [str(c) for c in rows[0] if c not in names and c != target]
    if left_out:
        print("use_rows.py: left out, since not all cells are numbers: " + ", ".join(left_out), file=sys.stderr)
    x = numpy.array([[float(r[c]) for c in names] + [1.0] for r in rows])
    y = numpy.array([float(r[target]) for r in rows])
    for name, value in zip(names + ["intercept"], fit(x, y, weights, p)):
        print(f"{name},{value:.9g}")


if __name__ == "__main__":
    main()
)PY";

/// As a word of Python.
std::string python_text(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out + "\"";
}

}  // namespace

std::string use_script(const TableMatrix& table, double p) {
  std::string out(kScript);
  const auto put = [&](std::string_view place, const std::string& value) {
    for (std::size_t at = out.find(place); at != std::string::npos;
         at = out.find(place, at + value.size()))
      out.replace(at, place.size(), value);
  };
  put("@P@", fmt::format("{}", p));
  put("@TARGET@", table.has_target ? python_text(table.names.back()) : "None");
  return out;
}

}  // namespace equivolve::sensitivity_sampling
