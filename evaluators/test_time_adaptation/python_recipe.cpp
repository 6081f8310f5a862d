#include "evaluators/test_time_adaptation/python_recipe.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace equivolve::test_time_adaptation {
namespace {

using nlohmann::json;

/// The file below the recipe's own numbers, which stand in its head.
constexpr std::string_view kPython = R"PY(
import copy
import csv
import json
import math
import os

import torch
import torch.nn.functional as F
from torch import nn

DAMPING = 1e-6  # added to posterior variances


class MixedBatchNorm(nn.Module):
    """Batch norm whose statistics are `mix` parts of the batch's and the rest of the stored ones."""

    def __init__(self, weight, bias, mean, variance, eps=1e-5):
        super().__init__()
        self.weight, self.bias = nn.Parameter(weight.clone()), nn.Parameter(bias.clone())
        self.register_buffer("mean", mean.clone())
        self.register_buffer("variance", variance.clone())
        self.eps, self.mix = eps, 0.0

    def forward(self, x):
        shape = [1, -1] + [1] * (x.dim() - 2)
        mean, variance = self.mean, self.variance
        if self.mix > 0:
            axes = [0] + list(range(2, x.dim()))
            m = x.mean(axes)
            v = ((x - m.view(shape)) ** 2).mean(axes)
            mean = self.mix * m + (1 - self.mix) * mean
            variance = self.mix * v + (1 - self.mix) * variance
        x = (x - mean.view(shape)) / torch.sqrt(variance.view(shape) + self.eps)
        return x * self.weight.view(shape) + self.bias.view(shape)


def prepare(model):
    """A copy of a model, its BatchNorm modules replaced by MixedBatchNorm."""
    model = copy.deepcopy(model)
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, (nn.BatchNorm1d, nn.BatchNorm2d)):
                setattr(parent, name, MixedBatchNorm(child.weight.data, child.bias.data,
                                                     child.running_mean, child.running_var, child.eps))
    return model.eval()


def read_source(path=None):
    path = path or os.path.join(os.path.dirname(os.path.abspath(__file__)), "source_model.json")
    with open(path, encoding="utf-8") as file:
        return json.load(file)


class Inputs:
    """Of a model of a table: from rows, {column: cell} as csv.DictReader gives them, to what the model
    takes, scaled as in its training. `names(logits)`: the classes told."""

    def __init__(self, path=None, dtype=torch.float32):
        data = read_source(path)
        self.classes, self.shape, self.dtype = data["classes"], data["input"], dtype
        self.table = data.get("table")

    def read(self, path, separator=","):
        """Rows of a CSV file; of one without a header the columns are c1, c2, ..."""
        with open(path, newline="", encoding="utf-8-sig") as file:
            rows = list(csv.reader(file, delimiter=separator))
        rows = [row for row in rows if row]
        header = rows.pop(0) if self.table["header"] else [f"c{i + 1}" for i in range(len(rows[0]))]
        return [dict(zip(header, row)) for row in rows]

    def __call__(self, rows):
        features = [[x for column in self.table["columns"] for x in self.features(column, row[column["name"]])]
                    for row in rows]
        return torch.tensor(features, dtype=self.dtype).view([-1] + self.shape)

    def features(self, column, cell):
        if self.is_missing(cell):
            if not self.table["impute"]:
                raise ValueError(f"column '{column['name']}': missing value")
            raw = column["fills"]
        elif "levels" in column:
            raw = [float(cell == level) for level in column["levels"]] + [0.0] * column["missing_level"]
        else:
            raw = [self.number(cell)]
        return [(x - mean) / deviation if deviation else 0.0 for x, (mean, deviation) in zip(raw, column["scales"])]

    def number(self, cell):
        return float(cell.replace(",", ".")) if self.table["decimal"] == "," else float(cell)

    def is_missing(self, cell):
        if cell is None or cell == "":
            return True
        for token in self.table["missing_values"]:
            if cell.lower() == token.lower():
                return True
            try:
                if math.isfinite(self.number(token)) and self.number(token) == self.number(cell):
                    return True
            except ValueError:
                pass
        return False

    def names(self, logits):
        return [self.classes[i] for i in logits.argmax(1).tolist()]


def load_model(path=None, dtype=torch.float32):
    """The source model and {parameter name: variance}, from source_model.json beside this file."""
    data = read_source(path)
    layers, variances = [], {}

    def tensor(values, shape):
        return torch.tensor(values, dtype=dtype).view(shape)

    for layer in data["layers"]:
        at, kind = len(layers), layer["kind"]
        if kind in ("dense", "convolution"):
            weight = tensor(layer["weight"], layer["shape"])
            if kind == "dense":
                if layers and weight.shape[1] != layers_out(layers, data["input"], dtype):
                    raise ValueError("source_model.json: layers do not fit each other")
                module = nn.Linear(weight.shape[1], weight.shape[0], bias="bias" in layer)
            else:
                module = nn.Conv2d(weight.shape[1], weight.shape[0], weight.shape[2], layer["stride"],
                                   layer["padding"], bias="bias" in layer)
            module = module.to(dtype)
            module.weight.data = weight
            if "bias" in layer:
                module.bias.data = tensor(layer["bias"], [-1])
        elif kind == "batch_norm":
            module = MixedBatchNorm(*(tensor(layer[k], [-1]) for k in ("weight", "bias", "mean", "variance")),
                                    layer["eps"])
        else:
            module = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid,
                      "max_pool": lambda: nn.MaxPool2d(layer["window"]),
                      "mean_pool": lambda: nn.AvgPool2d(layer["window"]),
                      "mean_all": lambda: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
                      "flatten": nn.Flatten}[kind]()
        layers.append(module)
        for part in ("weight", "bias"):
            if part + "_variance" in layer:
                variances[f"{at}.{part}"] = tensor(layer[part + "_variance"], layer["shape"] if part == "weight" else [-1])
    return nn.Sequential(*layers).eval(), variances


def layers_out(layers, shape, dtype):
    with torch.no_grad():
        return nn.Sequential(*layers).eval()(torch.zeros([1] + shape, dtype=dtype)).flatten(1).shape[1]


def default_views(x, generator):
    """One augmented view of a batch; parameters are drawn once for all of it."""
    if FAMILY == "table":
        k = RECIPE["augmentation_strength"]
        gains = 1 - .1 * k + .2 * k * torch.rand(x.shape[1], generator=generator, dtype=x.dtype)
        return x * gains + .1 * k * torch.randn(x.shape, generator=generator, dtype=x.dtype)
    channels, height, width = SHAPE
    if x.dim() > 2:
        return image_view(x, generator)
    # Of a model that reads flat samples: the channels of a pixel lie beside each other.
    images = x.view(-1, height, width, channels).permute(0, 3, 1, 2)
    return image_view(images, generator).permute(0, 2, 3, 1).flatten(1)


def image_view(images, generator):
    k, shape = RECIPE["augmentation_strength"], images.shape
    channels = shape[1]

    def uniform(low, high):
        return low + (high - low) * torch.rand([], generator=generator).item()

    def noise(deviation):
        return deviation * torch.randn(shape, generator=generator, dtype=images.dtype)

    flat = images.flatten(1).clamp(0, 1)
    steps = [lambda v, b=uniform(1 - .4 * k, 1 + .4 * k): v * b,
             lambda v, c=uniform(1 - .3 * k, 1 + .3 * k): (v - v.mean(1, True)) * c + v.mean(1, True),
             lambda v, e=uniform(1 - .3 * k, 1 + .3 * k): v ** e]
    for i in torch.randperm(3, generator=generator).tolist():
        flat = steps[i](flat).clamp(0, 1)
    images = flat.view(shape)
    if channels == 3:
        images = coloured(images, uniform(1 - .5 * k, 1 + .5 * k), uniform(-.06 * k, .06 * k))
    if FAMILY == "digits":
        return images + noise(.05 * k)
    angle, scale = math.radians(uniform(-15 * k, 15 * k)), uniform(1 - .1 * k, 1 + .1 * k)
    right, down = uniform(-k / 8, k / 8), uniform(-k / 8, k / 8)
    c, s = math.cos(angle) / scale, math.sin(angle) / scale
    theta = torch.tensor([[c, s, right], [-s, c, down]], dtype=images.dtype)
    grid = F.affine_grid(theta.expand(len(images), 2, 3), list(shape), align_corners=False)
    images = F.grid_sample(images, grid, padding_mode="border", align_corners=False)
    sigma = uniform(.001, max(.5 * k, .0011))
    taps = torch.exp(-.5 * (torch.arange(-2, 3, dtype=images.dtype) / sigma) ** 2)
    taps = (taps / taps.sum()).repeat(channels, 1)
    images = F.conv2d(F.pad(images, (2, 2, 0, 0), mode="replicate"), taps.view(channels, 1, 1, 5), groups=channels)
    images = F.conv2d(F.pad(images, (0, 0, 2, 2), mode="replicate"), taps.view(channels, 1, 5, 1), groups=channels)
    if uniform(0, 1) < .5 and k > 0:
        images = images.flip(-1)
    return (images + noise(.005)).clamp(0, 1)


def coloured(images, saturation, turn):
    """Saturation, and the hue turned by a share of the circle (HSV)."""
    grey = (images * torch.tensor([.299, .587, .114], dtype=images.dtype).view(1, 3, 1, 1)).sum(1, True)
    images = (grey + saturation * (images - grey)).clamp(0, 1)
    red, green, blue = images.unbind(1)
    value = images.max(1).values
    chroma = value - images.min(1).values
    safe = chroma.clamp(min=1e-12)
    sixths = torch.where(value == red, (green - blue) / safe,
                         torch.where(value == green, (blue - red) / safe + 2, (red - green) / safe + 4))

    def channel(n):
        k = (n + sixths + 6 * turn + 12) % 6
        return value - chroma * torch.minimum(k, 4 - k).clamp(0, 1)

    return torch.stack([channel(5), channel(3), channel(1)], 1)


class Adapter:
    """Predicts batch after batch and adapts itself. `model`: any module with batch norms, trained;
    `variances`: {parameter name: posterior variance}, or a number for all. `views`: a function of
    (batch, number of the view, x), in place of default_views."""

    def __init__(self, model, variances=1e-5, views=None, seed=0):
        self.generator = torch.Generator().manual_seed(seed)
        self.home = prepare(model)
        names = [name for name, _ in self.home.named_parameters()]
        if not isinstance(variances, dict):
            variances = {name: torch.full_like(p, variances) for name, p in self.home.named_parameters()}
        norms = {f"{name}.{part}" for name, module in self.home.named_modules()
                 if isinstance(module, MixedBatchNorm) for part in ("weight", "bias")}
        last = names[-1].rsplit(".", 1)[0] + "."
        self.trained = [name for name in names
                        if RECIPE["trainable"] == "all" or name in norms
                        or (RECIPE["trainable"] == "all_but_last" and not name.startswith(last))]
        self.variances, self.views, self.batch = variances, views, 0
        self.reset()

    def reset(self):
        self.student, self.teacher = copy.deepcopy(self.home), copy.deepcopy(self.home)
        self.weights, self.since_reset = dict(self.student.named_parameters()), 0
        parameters = [self.weights[name] for name in self.trained]
        if RECIPE["optimizer"] == "adam":
            self.optimizer = torch.optim.Adam(parameters, RECIPE["learning_rate"])
        else:
            self.optimizer = torch.optim.SGD(parameters, RECIPE["learning_rate"], momentum=0.9)

    def run(self, model, x):
        mix = RECIPE["statistics_mix"]
        if RECIPE["method"] == "source" or (len(x) < 2 and mix >= 1):
            mix = 0.0
        for module in model.modules():
            if isinstance(module, MixedBatchNorm):
                module.mix = mix
        return model(x)

    def step(self, x):
        """Logits of a batch; then adapts to it."""
        if RECIPE["reset_every"] and self.since_reset == RECIPE["reset_every"]:
            self.reset()
        self.batch += 1
        self.since_reset += 1
        method, small = RECIPE["method"], len(x) < 2 and RECIPE["statistics_mix"] >= 1
        taught = method in ("cotta", "petal_sres", "petal_fim")
        if small or method in ("source", "batch_norm"):
            with torch.no_grad():
                return self.run(self.teacher if taught else self.student, x)
        if taught:
            return self.step_with_teacher(x)
        logits = self.run(self.student, x)
        if method == "tent":
            logs = logits.log_softmax(1)
            loss = -(logs.exp() * logs).sum(1).mean()
        else:
            loss = F.cross_entropy(logits, logits.argmax(1).detach())
        self.move(loss)
        return logits.detach()

    def move(self, loss):
        self.optimizer.zero_grad()
        loss.backward()
        with torch.no_grad():
            if RECIPE["prior_weight"] > 0:
                home = dict(self.home.named_parameters())
                for name in self.trained:
                    p = self.weights[name]
                    p.grad += RECIPE["prior_weight"] * (p - home[name]) / (self.variances[name] + DAMPING)
        self.optimizer.step()

    def predict(self, x):
        with torch.no_grad():
            unsure = RECIPE["augmentations"] > 0
            if unsure and RECIPE["confidence_threshold"] < 1:
                sure = self.run(self.home, x).softmax(1).max(1).values.mean().item()
                unsure = sure < RECIPE["confidence_threshold"]
            if not unsure:
                return self.run(self.teacher, x), False
            total = 0
            for v in range(RECIPE["augmentations"]):
                view = self.views(self.batch - 1, v, x) if self.views else default_views(x, self.generator)
                total = total + self.run(self.teacher, view)
            return total / RECIPE["augmentations"], True

    def step_with_teacher(self, x):
        logits, viewed = self.predict(x)
        teacher = dict(self.teacher.named_parameters())
        if not viewed and all(torch.equal(self.weights[n], teacher[n]) for n in self.trained):
            return logits  # nothing to learn from
        own = self.run(self.student, x)
        facts = self.facts(logits, own.detach()) if RULE else {}
        self.move(-(logits.softmax(1) * own.log_softmax(1)).sum(1).mean())
        with torch.no_grad():
            alpha = 1 - RECIPE["teacher_rate"]
            if RULE == "momentum":
                alpha = min(max(float(formula(facts)), 0.0), 1.0)
            for name in self.trained:
                teacher[name].copy_(alpha * teacher[name] + (1 - alpha) * self.weights[name])
            self.restore(facts)
        return logits

    def restore(self, facts):
        home = dict(self.home.named_parameters())
        gradients = torch.cat([self.weights[n].grad.flatten() for n in self.trained]).double()
        fisher = gradients ** 2
        if RULE == "restoration":
            back = self.scores(fisher, home, facts) > 0
        elif RECIPE["method"] == "petal_fim":
            if RECIPE["fim_quantile"] <= 0:
                return
            ordered, h = fisher.sort().values, RECIPE["fim_quantile"] * (len(fisher) - 1)
            low = int(h)
            high = min(low + 1, len(fisher) - 1)
            back = fisher < ordered[low] + (h - low) * (ordered[high] - ordered[low])
        else:
            back = torch.rand(len(fisher), generator=self.generator) < RECIPE["restore_probability"]
        at = 0
        for name in self.trained:
            p = self.weights[name]
            mine = back[at:at + p.numel()].view(p.shape)
            p.copy_(torch.where(mine, home[name], p))
            at += p.numel()

    def facts(self, logits, own):
        classes = logits.shape[1]
        logs = own.log_softmax(1)
        teacher, home = dict(self.teacher.named_parameters()), dict(self.home.named_parameters())
        squares = torch.cat([((teacher[n] - home[n]) ** 2).flatten() for n in self.trained])
        return {"confidence": logits.softmax(1).max(1).values.mean().item(),
                "entropy": -(logs.exp() * logs).sum(1).mean().item() / math.log(classes),
                "disagreement": (logits.argmax(1) != own.argmax(1)).double().mean().item(),
                "drift": squares.mean().sqrt().item(),
                "age": 1 / (1 + self.since_reset)}

    def scores(self, fisher, home, facts):
        flat = lambda get: torch.cat([get(n).detach().flatten() for n in self.trained]).double()
        rank = torch.empty_like(fisher)
        rank[fisher.sort(stable=True).indices] = torch.arange(len(fisher), dtype=fisher.dtype) / len(fisher)
        return formula({**facts, "fisher": fisher, "fisher_rank": rank,
                        "distance": flat(lambda n: (self.weights[n] - home[n]).abs()),
                        "deviation": flat(lambda n: self.variances[n].sqrt()),
                        "magnitude": flat(lambda n: home[n].abs()),
                        "uniform": torch.rand(len(fisher), generator=self.generator, dtype=fisher.dtype)})


def _(x):
    return torch.as_tensor(x, dtype=torch.float64)


OPERATIONS = {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b, "negate": lambda a: -a, "abs": torch.abs, "reciprocal": lambda a: 1 / a,
    "sqrt": torch.sqrt, "square": lambda a: a * a, "cube": lambda a: a * a * a, "power": torch.pow,
    "exp": torch.exp, "log": torch.log, "log1p": torch.log1p, "sin": torch.sin, "cos": torch.cos,
    "tan": torch.tan, "tanh": torch.tanh, "arcsin": torch.asin, "arccos": torch.acos, "arctan": torch.atan,
    "min": torch.minimum, "max": torch.maximum, "heaviside": lambda a: (a > 0).double(),
    "less": lambda a, b: (a < b).double(), "where": lambda c, a, b: torch.where(c != 0, a, b),
    "and": lambda a, b: ((a != 0) & (b != 0)).double(), "or": lambda a, b: ((a != 0) | (b != 0)).double(),
    "not": lambda a: (a == 0).double(), "xor": lambda a, b: ((a != 0) ^ (b != 0)).double(),
    "nand": lambda a, b: (~((a != 0) & (b != 0))).double(), "lse": torch.logaddexp,
    "clamp": lambda a: a.clamp(-30, 30)}
)PY";

constexpr const char* kFamilyNames[] = {"images", "digits", "table"};

/// RECIPE's members, those that are not read too.
std::string python_settings(const Recipe& r) {
  const auto quoted = [](std::string_view text) { return fmt::format("\"{}\"", text); };
  return fmt::format(
      "RECIPE = {{\n    \"method\": {}, \"learning_rate\": {}, \"optimizer\": {}, \"trainable\": "
      "{},\n    \"teacher_rate\": {}, \"augmentations\": {}, \"augmentation_strength\": {},\n    "
      "\"confidence_threshold\": {}, \"restore_probability\": {}, \"fim_quantile\": {},\n    "
      "\"prior_weight\": {}, \"statistics_mix\": {}, \"reset_every\": {}}}\n",
      quoted(kMethodNames[static_cast<std::size_t>(r.method)]), r.learning_rate,
      quoted(kOptimizerNames[static_cast<std::size_t>(r.optimizer)]),
      quoted(kTrainableNames[static_cast<std::size_t>(r.trainable)]), r.teacher_rate,
      r.augmentations, r.augmentation_strength, r.confidence_threshold, r.restore_probability,
      r.fim_quantile, has_prior(r.method) ? r.prior_weight : 0, r.statistics_mix, r.reset_every);
}

std::string python_formula(search::ExpressionView formula, RulePart part) {
  std::vector<std::string> stack;
  for (const eqv_expression_token& token : formula) {
    const search::ExpressionOp op = search::op_of(token);
    if (op == search::ExpressionOp::kInput) {
      stack.push_back(fmt::format("_(facts[\"{}\"])", rule_inputs(part)[token.input]));
      continue;
    }
    if (op == search::ExpressionOp::kConstant) {
      stack.push_back(fmt::format("_({})", token.value));
      continue;
    }
    const auto& info = search::expression_op_info(op);
    std::string call = fmt::format("OPERATIONS[\"{}\"](", info.name);
    const std::size_t first = stack.size() - info.arity;
    for (std::size_t i = first; i < stack.size(); ++i) call += (i > first ? ", " : "") + stack[i];
    stack.resize(first);
    stack.push_back(call + ")");
  }
  return stack.back();
}

/// Weights of a convolution from channels last to channels first.
std::vector<double> channels_first(std::span<const double> values, std::size_t channels,
                                   std::size_t pixels) {
  std::vector<double> out(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t unit = i / (channels * pixels), within = i % (channels * pixels);
    out[unit * channels * pixels + within % channels * pixels + within / channels] = values[i];
  }
  return out;
}

std::vector<double> listed(std::span<const double> values) {
  return {values.begin(), values.end()};
}

json affine_json(const nn::LayerPlan& layer, std::span<const double> mean,
                 std::span<const double> variance) {
  const bool convolution = layer.layer.kind == nn::LayerKind::kConvolution;
  // A dense layer behind an image reads its pixels in PyTorch's order too.
  const std::size_t channels = layer.in.channels, pixels = layer.columns / channels;
  const std::size_t count = layer.layer.units * layer.columns;
  json out;
  out["kind"] = convolution ? "convolution" : "dense";
  if (convolution) {
    out["shape"] = {layer.layer.units, channels, layer.layer.window, layer.layer.window};
    out["stride"] = layer.layer.stride;
    out["padding"] = layer.layer.padding;
  } else {
    out["shape"] = {layer.layer.units, layer.columns};
  }
  out["weight"] = channels_first(mean.subspan(layer.weights, count), channels, pixels);
  out["weight_variance"] = channels_first(variance.subspan(layer.weights, count), channels, pixels);
  if (layer.layer.bias) {
    out["bias"] = listed(mean.subspan(layer.bias, layer.layer.units));
    out["bias_variance"] = listed(variance.subspan(layer.bias, layer.layer.units));
  }
  return out;
}

json norm_json(const nn::LayerPlan& layer, const SourceModel& model) {
  const std::size_t n = layer.in.channels;
  const std::span<const double> mean = model.network.parameters(), variance = model.variance,
                                statistics = model.network.statistics();
  return {{"kind", "batch_norm"},
          {"shape", {n}},
          {"eps", layer.layer.value},
          {"weight", listed(mean.subspan(layer.weights, n))},
          {"bias", listed(mean.subspan(layer.bias, n))},
          {"weight_variance", listed(variance.subspan(layer.weights, n))},
          {"bias_variance", listed(variance.subspan(layer.bias, n))},
          {"mean", listed(statistics.subspan(layer.statistics, n))},
          {"variance", listed(statistics.subspan(layer.statistics + n, n))}};
}

json layer_json(const nn::LayerPlan& layer, const SourceModel& model) {
  switch (layer.layer.kind) {
    case nn::LayerKind::kDense:
    case nn::LayerKind::kConvolution:
      return affine_json(layer, model.network.parameters(), model.variance);
    case nn::LayerKind::kBatchNorm:
      return norm_json(layer, model);
    case nn::LayerKind::kRelu:
      return {{"kind", "relu"}};
    case nn::LayerKind::kTanh:
      return {{"kind", "tanh"}};
    case nn::LayerKind::kSigmoid:
      return {{"kind", "sigmoid"}};
    case nn::LayerKind::kMaxPool:
      return {{"kind", "max_pool"}, {"window", layer.layer.window}};
    case nn::LayerKind::kMeanPool:
      if (layer.layer.window == 0) return {{"kind", "mean_all"}};
      return {{"kind", "mean_pool"}, {"window", layer.layer.window}};
    default:
      return nullptr;
  }
}

/// How a row becomes the model's numbers: (cell - mean) / deviation, or 1 for its level.
json table_json(const CleanData& data, const DataSettings& settings) {
  json columns = json::array();
  std::size_t feature = 0;
  for (const tables::FeatureColumn& column : data.encoding.columns) {
    json out{{"name", column.name}, {"fills", json::array()}, {"scales", json::array()}};
    if (column.categorical) {
      out["levels"] = column.levels;
      out["missing_level"] = column.missing_level ? 1 : 0;
    }
    for (std::size_t level = 0; level < column.width(); ++level, ++feature) {
      const tables::Scale scale =
          data.scales.empty() ? tables::Scale{0, settings.white} : data.scales[feature];
      out["fills"].push_back(data.fills[feature]);
      out["scales"].push_back({scale.mean, scale.deviation});
    }
    columns.push_back(std::move(out));
  }
  return {{"header", data.header},
          {"decimal", std::string(1, settings.columns.format.decimal)},
          {"missing_values", settings.columns.format.missing_values},
          {"impute", data.encoding.missing == tables::OnMissing::kImpute},
          {"columns", columns}};
}

}  // namespace

std::string python_recipe(const Adaptation& adaptation, search::ExpressionView formula,
                          const SampleShape& shape) {
  std::string out =
      "\"\"\"Test-time adaptation, found by Equivolve: predicts batch after batch and adapts "
      "itself.\n\n    model, variances = load_model()\n    adapter = Adapter(model, variances)\n"
      "    logits = adapter.step(x)    # x: a batch, in the order of the stream\n\n"
      "Of a table: inputs = Inputs(); x = inputs(inputs.read(\"rows.csv\")); "
      "inputs.names(logits)\n\n"
      "`Adapter(your_own_model)` does the same with any trained PyTorch module that has batch "
      "norms.\n\"\"\"\n";
  out += python_settings(adaptation.recipe);
  out += fmt::format(
      "FAMILY = \"{}\"  # which augmented views default_views makes\n"
      "SHAPE = ({}, {}, {})  # channels, rows and columns of a sample\n",
      kFamilyNames[static_cast<std::size_t>(shape.family)], shape.channels, shape.height,
      shape.width);
  const bool restores = adaptation.rule && adaptation.rule->part() == RulePart::kRestoration;
  out += fmt::format("RULE = {}  # the part of a step that `formula` stands for\n",
                     !adaptation.rule ? "None"
                     : restores       ? "\"restoration\""
                                      : "\"momentum\"");
  out += kPython;
  if (adaptation.rule)
    out += fmt::format("\n\ndef formula(facts):\n    return {}\n",
                       python_formula(formula, adaptation.rule->part()));
  return out;
}

std::string model_json(const SourceModel& model, const CleanData* data,
                       const DataSettings* settings) {
  const nn::Plan& plan = model.network.plan();
  const nn::Shape& input = model.network.architecture().input;
  json layers = json::array();
  bool image = input.pixels() > 1;  // PyTorch wants to be told that it becomes a vector
  for (const nn::LayerPlan& layer : plan.layers) {
    if (layer.layer.kind == nn::LayerKind::kDense && image) {
      layers.push_back({{"kind", "flatten"}});
      image = false;
    }
    if (layer.layer.kind == nn::LayerKind::kMeanPool && layer.layer.window == 0) image = false;
    if (json made = layer_json(layer, model); !made.is_null()) layers.push_back(std::move(made));
  }
  const json shape =
      input.pixels() > 1 ? json{input.channels, input.height, input.width} : json{input.channels};
  json out{{"input", shape}, {"layers", layers}, {"posterior", model.posterior}};
  if (data) out["classes"] = data->class_names;
  if (data && settings && settings->is_table()) out["table"] = table_json(*data, *settings);
  return out.dump();
}

}  // namespace equivolve::test_time_adaptation
