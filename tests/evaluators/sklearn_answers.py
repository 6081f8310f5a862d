#!/usr/bin/env python3
"""Writes sklearn_answers.hpp: what scikit-learn says about the files of data/, for linalg_test.cpp.

    /usr/bin/python3 tests/evaluators/sklearn_answers.py > tests/evaluators/sklearn_answers.hpp

Made with scikit-learn 1.2.1 (Debian 12: python3-sklearn)."""
import csv
import os

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "data")


def read(name):
    rows = list(csv.reader(open(os.path.join(DATA, name))))[1:]
    return np.array([[float(x) for x in r[:-1]] for r in rows]), [r[-1] for r in rows]


def put(name, values):
    body = ",\n    ".join(repr(float(v)) for v in values)
    print(f"inline constexpr double {name}[] = {{\n    {body}}};\n")


def logistic(x, y, **options):
    return LogisticRegression(C=1, solver="newton-cholesky", tol=1e-14, max_iter=1000, **options).fit(x, y)


print("// Written by sklearn_answers.py; coefficients, then the intercept.\n#pragma once\n")
print("namespace equivolve::test {\n")

x, y = read("breast_cancer.csv")
x = StandardScaler().fit_transform(x)
y = np.array([1 if name == "malignant" else 0 for name in y])
for name, options in (("kLogistic", {}), ("kBalancedLogistic", {"class_weight": "balanced"})):
    model = logistic(x, y, **options)
    put(name, list(model.coef_[0]) + [model.intercept_[0]])

x, y = read("diabetes.csv")
x = StandardScaler().fit_transform(x)
model = Ridge(alpha=1).fit(x, np.array(y, dtype=float))
put("kRidge", list(model.coef_) + [model.intercept_])

x, y = read("digits.csv")
x = StandardScaler().fit_transform(x)
y = np.array([int(d) for d in y])
model = logistic(x, (y == 8).astype(int))
put("kDigitEight", list(model.coef_[0]) + [model.intercept_[0]])

print("}  // namespace equivolve::test")
