#!/usr/bin/env python3
"""Weights after some steps of each optimiser, worked out with numpy from the papers' formulas and apart from the C++ code.

  tests/evaluators/optimizers/optimizer_answers.py > tests/evaluators/optimizers/optimizer_answers.hpp

Weight i of n starts at cos(i + 1); its gradient at step t (from 1) is sin(i i + 3 t + i t) + w_i / 4.
"""
import numpy

STEPS = 7


def trained(n, move, steps=STEPS):
    i = numpy.arange(n)
    w = numpy.cos(i + 1.0)
    for t in range(1, steps + 1):
        w = move(t, w, numpy.sin(i * i + 3.0 * t + i * t) + w / 4)
    return w


class Sgd:
    def __init__(self, rate, momentum, nesterov, decay):
        self.rate, self.momentum, self.nesterov, self.decay, self.v = rate, momentum, nesterov, decay, 0

    def __call__(self, t, w, g):
        g = g + self.decay * w
        self.v = self.momentum * self.v + g
        return w - self.rate * (g + self.momentum * self.v if self.nesterov else self.v)


class Adam:
    def __init__(self, rate, b1, b2, eps, coupled=0.0, decoupled=0.0):
        self.rate, self.b1, self.b2, self.eps, self.coupled, self.decoupled = rate, b1, b2, eps, coupled, decoupled
        self.m = self.v = 0

    def __call__(self, t, w, g):
        g = g + self.coupled * w
        self.m = self.b1 * self.m + (1 - self.b1) * g
        self.v = self.b2 * self.v + (1 - self.b2) * g**2
        m, v = self.m / (1 - self.b1**t), self.v / (1 - self.b2**t)
        return w - self.rate * (m / (numpy.sqrt(v) + self.eps) + self.decoupled * w)


class Soap:
    """Full bases by eigh at the start, then one QR step every `every` moves."""

    def __init__(self, shape, rate, b1, b2, eps, decay, every, left=True, right=True):
        self.shape, self.rate, self.b1, self.b2, self.eps, self.decay, self.every = shape, rate, b1, b2, eps, decay, every
        self.sides = left, right
        self.L, self.R = numpy.zeros((shape[0],) * 2), numpy.zeros((shape[1],) * 2)
        self.M = self.V = numpy.zeros(shape)

    @staticmethod
    def eigenbasis(a, wanted):
        return numpy.linalg.eigh(a)[1][:, ::-1] if wanted else numpy.eye(len(a))

    def gather(self, G):
        self.L = self.b2 * self.L + (1 - self.b2) * G @ G.T
        self.R = self.b2 * self.R + (1 - self.b2) * G.T @ G

    def __call__(self, t, w, g):
        W, G = w.reshape(self.shape), g.reshape(self.shape)
        if t == 1:
            self.gather(G)
            self.QL, self.QR = self.eigenbasis(self.L, self.sides[0]), self.eigenbasis(self.R, self.sides[1])
            return w
        t -= 1
        self.M = self.b1 * self.M + (1 - self.b1) * G
        self.V = self.b2 * self.V + (1 - self.b2) * (self.QL.T @ G @ self.QR) ** 2
        m, v = self.QL.T @ self.M @ self.QR / (1 - self.b1**t), self.V / (1 - self.b2**t)
        W = W - self.rate * (self.QL @ (m / (numpy.sqrt(v) + self.eps)) @ self.QR.T + self.decay * W)
        self.gather(G)
        if t % self.every == 0:
            if self.sides[0]:
                order = numpy.argsort(-numpy.diag(self.QL.T @ self.L @ self.QL))
                self.V = self.V[order]
                self.QL = numpy.linalg.qr(self.L @ self.QL[:, order])[0]
            if self.sides[1]:
                order = numpy.argsort(-numpy.diag(self.QR.T @ self.R @ self.QR))
                self.V = self.V[:, order]
                self.QR = numpy.linalg.qr(self.R @ self.QR[:, order])[0]
        return W.reshape(-1)


ANSWERS = [
    ("kPlainSgd", trained(4, Sgd(0.1, 0, False, 0))),
    ("kMomentum", trained(4, Sgd(0.1, 0.9, False, 0))),
    ("kNesterov", trained(4, Sgd(0.1, 0.9, True, 0.05))),
    ("kAdam", trained(4, Adam(0.1, 0.9, 0.999, 1e-8))),
    ("kAdamCoupled", trained(4, Adam(0.1, 0.8, 0.95, 1e-3, coupled=0.05))),
    ("kAdamDecoupled", trained(4, Adam(0.1, 0.8, 0.95, 1e-3, decoupled=0.05))),
    ("kSoapOneMove", trained(9, Soap((3, 3), 0.1, 0.9, 0.95, 1e-8, 0, 1), steps=2)),
    ("kSoapSevenSteps", trained(9, Soap((3, 3), 0.1, 0.9, 0.95, 1e-8, 0, 2))),
    ("kSoapDecayed", trained(9, Soap((3, 3), 0.1, 0.8, 0.9, 1e-4, 0.02, 1))),
    ("kSoapEightSquare", trained(64, Soap((8, 8), 0.1, 0.9, 0.95, 1e-8, 0, 2))),
    ("kSoapOneSided", trained(10, Soap((2, 5), 0.1, 0.8, 0.9, 1e-4, 0, 3, right=False))),
]

print("// Made by optimizer_answers.py with numpy " + numpy.__version__ + "; its first lines say what of.")
print("#pragma once\n\nnamespace equivolve::test {\n\n// clang-format off")
for name, w in ANSWERS:
    print(f"inline constexpr double {name}[] = {{{', '.join(repr(float(x)) for x in w)}}};")
print("// clang-format on\n\n}  // namespace equivolve::test")
