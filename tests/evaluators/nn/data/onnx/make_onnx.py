"""Writes the ONNX files beside it and expected.json: small networks with random weights, exported by PyTorch, an input batch each and
the logits that PyTorch gives for it. Debian 12: python3-torch 1.13.1 (python3-onnx is not needed).

    /usr/bin/python3 make_onnx.py"""
import json
import os

import torch
from torch import nn
from torch.onnx import TrainingMode

HERE = os.path.dirname(os.path.abspath(__file__))


class Viewed(nn.Module):
    """Flattens by x.view(x.size(0), -1), whose shape is worked out within the exported graph."""

    def __init__(self, body, head):
        super().__init__()
        self.body, self.head = body, head

    def forward(self, x):
        x = self.body(x)
        return self.head(x.view(x.size(0), -1))


class Averaged(Viewed):
    def forward(self, x):
        return self.head(self.body(x).mean((2, 3)))


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.norm, self.last = nn.Linear(6, 6), nn.BatchNorm1d(6), nn.Linear(6, 3)

    def forward(self, x):
        return self.last(x + torch.relu(self.norm(self.first(x))))


def block(channels, out, **more):
    return [nn.Conv2d(channels, out, 3, **more), nn.BatchNorm2d(out), nn.ReLU()]


def models():
    yield "convolutions", Viewed(nn.Sequential(*block(2, 4, padding=1, bias=False), nn.MaxPool2d(2), *block(4, 6, stride=2, padding=1)),
                                 nn.Linear(6 * 2 * 2, 3)), (2, 8, 8), TrainingMode.PRESERVE
    yield "averages", Averaged(nn.Sequential(*block(1, 4, bias=False), nn.AvgPool2d(2), nn.Tanh()), nn.Linear(4, 3)), (1, 8, 8), TrainingMode.TRAINING
    yield "pooled", nn.Sequential(*block(1, 4, padding=1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(4, 3)), (1, 6, 6), TrainingMode.PRESERVE
    yield "perceptron", nn.Sequential(nn.Flatten(), nn.Linear(2 * 3 * 4, 5, bias=False), nn.BatchNorm1d(5, eps=1e-3), nn.Sigmoid(), nn.Dropout(0.1),
                                      nn.Linear(5, 3)), (2, 3, 4), TrainingMode.TRAINING
    yield "rows", nn.Sequential(nn.Linear(6, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 3)), (6,), TrainingMode.PRESERVE
    # Not to be read, or not to be adapted: a sum of two layers; batch norms folded into the convolutions.
    yield "residual", Residual(), (6,), TrainingMode.PRESERVE
    yield "folded", nn.Sequential(*block(1, 4, padding=1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3)), (1, 6, 6), TrainingMode.EVAL


def main():
    torch.manual_seed(1)
    expected = {}
    for name, model, shape, mode in models():
        for module in model.modules():
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
                for numbers in (module.weight, module.running_var):
                    numbers.data.uniform_(0.5, 2)
                for numbers in (module.bias, module.running_mean):
                    numbers.data.normal_()
        model.eval()
        x = torch.randn(4, *shape)
        torch.onnx.export(model, x, os.path.join(HERE, name + ".onnx"), training=mode, input_names=["x"], output_names=["logits"],
                          dynamic_axes={"x": {0: "batch"}})
        model.eval()  # and after the export: in training mode it moves the running statistics
        expected[name] = {"shape": list(shape), "x": x.flatten().tolist(), "logits": model(x).flatten().tolist()}
    with open(os.path.join(HERE, "expected.json"), "w") as file:
        json.dump(expected, file)
        file.write("\n")


main()
