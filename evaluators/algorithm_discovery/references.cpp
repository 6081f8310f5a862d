#include "evaluators/algorithm_discovery/references.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "evaluators/common/linalg/logistic.hpp"
#include "evaluators/common/linalg/ridge.hpp"

namespace equivolve::algorithm_discovery {
namespace {

using linalg::LinearModel;
using nlohmann::json;

constexpr double kC = 1, kAlpha = 1;

// Stochastic gradient descent on the squared error; with the sigmoid in between it is that of the
// logistic loss (the gradient of log loss in the score is label - probability as well).
constexpr std::string_view kGradientDescent =
    "setup:\n  s2 = 0.05\n"
    "predict:\n  s1 = dot(v0, v1)\n"
    "learn:\n  s3 = s0 - s1\n  s3 = s2 * s3\n  v2 = s3 * v0\n  v1 = v1 + v2\n";

// Two layers, ReLU between them, trained by back-propagation: v1 output weights, m0 hidden weights,
// v2 hidden, v7 zero.
constexpr std::string_view kTwoLayers =
    "setup:\n  s2 = 0.01\n  m0 = gaussian(0, 0.5)\n  v1 = gaussian(0, 0.5)\n"
    "predict:\n  v2 = matvec(m0, v0)\n  v3 = max(v2, v7)\n  s1 = dot(v3, v1)\n"
    "learn:\n  s3 = s0 - s1\n  s3 = s2 * s3\n  v4 = s3 * v1\n  v5 = heaviside(v2)\n  v4 = v4 * v5\n"
    "  v6 = s3 * v3\n  v1 = v1 + v6\n  m1 = outer(v4, v0)\n  m0 = m0 + m1\n";

bool holds(const search::ProgramSpace& space, std::string_view text) {
  const auto program = search::parse_program(text, space.memories);
  if (!program) return false;
  for (std::size_t f = 0; f < search::kFunctionCount; ++f) {
    if (program->functions[f].size() > space.functions[f].max_length) return false;
    for (const eqv_instruction& i : program->functions[f])
      if (!std::binary_search(space.functions[f].operations.begin(),
                              space.functions[f].operations.end(), static_cast<search::Op>(i.op)))
        return false;
  }
  return true;
}

std::vector<std::size_t> count_classes(const Task& task) {
  std::vector<std::size_t> count(task.classes);
  for (std::uint32_t c : task.train.classes) ++count[c];
  return count;
}

LinearRival fit_constant(const Task& task) {
  LinearRival rival;
  LinearModel flat;
  flat.weights.assign(task.dimension, 0.0);
  if (task.classes == 0) {
    double sum = 0;
    for (double y : task.train.targets) sum += y;
    flat.intercept = sum / static_cast<double>(task.train.rows());
    rival.models.push_back(flat);
    return rival;
  }
  const auto count = count_classes(task);
  const auto most =
      static_cast<std::uint32_t>(std::max_element(count.begin(), count.end()) - count.begin());
  for (std::uint32_t run = 0; run < (task.classes > 2 ? task.classes : 1); ++run) {
    flat.intercept = (task.classes > 2 ? run == most : most == 1) ? 1 : -1;
    rival.models.push_back(flat);
  }
  return rival;
}

LinearRival fit_logistic_rival(const Task& task, bool balanced) {
  LinearRival rival;
  const auto count = count_classes(task);
  std::vector<double> weights;
  if (balanced)
    for (std::uint32_t c : task.train.classes)
      weights.push_back(static_cast<double>(task.train.rows()) /
                        (static_cast<double>(task.classes) * static_cast<double>(count[c])));
  for (std::uint32_t run = 0; run < (task.classes > 2 ? task.classes : 1); ++run) {
    const std::uint32_t wanted = task.classes > 2 ? run : 1;
    std::vector<unsigned char> positive;
    for (std::uint32_t c : task.train.classes) positive.push_back(c == wanted ? 1 : 0);
    rival.models.push_back(
        linalg::fit_logistic(view_of(task.train, task.dimension), positive, weights, kC));
  }
  return rival;
}

json rivals_of(const ProblemInfo& info) {
  json list = json::array();
  if (info.kind == TaskKind::kClassification) {
    list.push_back(
        {{"name", "logistic_regression"},
         {"summary",
          "L2, C = 1, on standardised features; one against the rest for more than two classes"}});
    list.push_back({{"name", "constant"}, {"summary", "always the most frequent class"}});
  } else {
    list.push_back({{"name", "ridge"},
                    {"summary", "least squares, alpha = 1, on standardised features and target"}});
    list.push_back({{"name", "constant"}, {"summary", "always the mean"}});
  }
  return list;
}

}  // namespace

void LinearRival::scores(const double* row, std::uint32_t dimension, std::span<double> out) const {
  for (std::size_t m = 0; m < models.size(); ++m) out[m] = models[m].score({row, dimension});
}

bool is_rival(std::string_view name, TaskKind kind) {
  return name == "constant" ||
         name == (kind == TaskKind::kClassification ? "logistic_regression" : "ridge");
}

LinearRival fit_rival(std::string_view name, const Task& task, bool balanced) {
  if (name == "constant") return fit_constant(task);
  if (task.classes > 0) return fit_logistic_rival(task, balanced);
  LinearRival rival;
  rival.models.push_back(
      linalg::fit_ridge(view_of(task.train, task.dimension), task.train.targets, kAlpha));
  return rival;
}

Told tell(const LinearRival& rival, const Task& task) {
  const std::size_t rows = task.judged.rows(), models = rival.models.size();
  std::vector<double> scores(rows * models), one(models);
  for (std::size_t r = 0; r < rows; ++r) {
    rival.scores(task.judged.row(r), task.dimension, one);
    for (std::size_t m = 0; m < models; ++m) scores[m * rows + r] = one[m];
  }
  Told told;
  if (task.classes == 0) {
    told.targets = std::move(scores);
  } else {
    told.classes.resize(rows);
    tell_classes(scores, task.classes, told.classes);
  }
  return told;
}

std::string list_rivals(const ProblemInfo& info) {
  return rivals_of(info).dump();
}

std::string list_references(const ProblemInfo& info, const search::ProgramSpace& space,
                            bool synthetic_two_layer) {
  json list = rivals_of(info);
  const bool classes = info.kind == TaskKind::kClassification;
  if (holds(space, kGradientDescent))
    list.push_back(
        {{"name", classes ? "logistic_sgd" : "linear_regression_sgd"},
         {"summary", "hand-written program: one-example gradient descent, rate 0.05, no intercept"},
         {"genome", kGradientDescent}});
  if (synthetic_two_layer && holds(space, kTwoLayers))
    list.push_back(
        {{"name", "two_layer_network"},
         {"summary", "hand-written program: two layers with ReLU, back-propagation, rate 0.01"},
         {"genome", kTwoLayers}});
  return list.dump();
}

}  // namespace equivolve::algorithm_discovery
