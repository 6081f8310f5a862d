#include "evaluators/algorithm_discovery/python_model.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "evaluators/algorithm_discovery/python_expression.hpp"
#include "evaluators/algorithm_discovery/python_operations.hpp"
#include "evaluators/algorithm_discovery/python_parts.hpp"
#include "evaluators/algorithm_discovery/python_table.hpp"

namespace equivolve::algorithm_discovery {
namespace {

using search::Function;

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

template <class Items, class Write>
std::string list_of(const Items& items, Write write) {
  std::string out = "[";
  for (const auto& item : items) out += (out.size() == 1 ? "" : ", ") + write(item);
  return out + "]";
}

std::string numbers(const std::vector<double>& values) {
  return list_of(values, python_number);
}

std::string wrapped_numbers(const std::vector<double>& values, const std::string& name) {
  return fmt::format("{} = np.array({})\n", name, numbers(values));
}

std::string scales_text(const PythonModel& model) {
  std::vector<double> means, deviations;
  for (const tables::Scale& scale : model.task.feature_scales) {
    means.push_back(scale.mean);
    deviations.push_back(scale.deviation);
  }
  return wrapped_numbers(model.task.fills, "FEATURE_FILLS") +
         wrapped_numbers(means, "FEATURE_MEANS") +
         wrapped_numbers(deviations, "FEATURE_DEVIATIONS") +
         fmt::format("TARGET_MEAN, TARGET_DEVIATION = {}, {}\n",
                     python_number(model.task.target_scale.mean),
                     python_number(model.task.target_scale.deviation));
}

const char* truth(bool value) {
  return value ? "True" : "False";
}

std::string commented(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += "#   " + text.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return out;
}

/// How files are read, and how their columns become features.
std::string table_text(const ProblemInfo& info) {
  constexpr const char* kMissing[] = {"refuse", "drop", "impute"};
  constexpr const char* kFill[] = {"own_level", "most_frequent"};
  const tables::TextFormat& format = info.format;
  std::string out = "# (name, levels or None for numbers, whether missing cells are a level too)\n";
  out += "COLUMNS = " +
         list_of(info.encoding.columns,
                 [](const tables::FeatureColumn& column) {
                   return fmt::format("({}, {}, {})", quoted(column.name),
                                      column.categorical ? list_of(column.levels, quoted) : "None",
                                      truth(column.missing_level));
                 }) +
         "\n";
  out += fmt::format(
      "HEADER = {}\nSEPARATOR = {}\nDECIMAL = \"{}\"\nMISSING_VALUES = {}\n"
      "MISSING, MISSING_CATEGORIES = \"{}\", \"{}\"\n",
      truth(info.header),
      format.separator ? quoted(std::string(1, *format.separator)) : "None  # by the first line",
      format.decimal, list_of(format.missing_values, quoted),
      kMissing[static_cast<std::size_t>(info.encoding.missing)],
      kFill[static_cast<std::size_t>(info.encoding.category_fill)]);
  if (!info.report.empty()) out += "# Of the data learnt from: " + quoted(info.report) + "\n";
  return out;
}

std::string columns_text(const ProblemInfo& info) {
  std::string out = fmt::format("CLASSIFICATION = {}\n",
                                info.kind == TaskKind::kClassification ? "True" : "False");
  out += "FEATURES = " + list_of(info.features, quoted) + "\n" + table_text(info);
  out += "TARGET = " + quoted(info.target) + "\n";
  if (info.kind == TaskKind::kClassification)
    out += "CLASSES = " +
           (info.numeric_classes
                ? list_of(info.class_names, [](const std::string& name) { return name; })
                : list_of(info.class_names, quoted)) +
           "\n";
  return out;
}

constexpr std::string_view kImports =
    "import csv\nimport difflib\nimport gzip\nimport io\nimport math\nimport re\nimport sys\n"
    "import zlib\n\nif __name__ == \"__main__\" and {\"-h\", \"--help\"} & set(sys.argv[1:]):\n"
    "    print(__doc__)\n    sys.exit()\n\ntry:\n    import numpy as np\nexcept ImportError:\n    "
    "if __name__ != "
    "\"__main__\":\n"
    "        raise\n    sys.exit(\"model.py needs numpy (Debian: python3-numpy; pip install "
    "numpy)\")\n\n";

std::string head(const std::string& what, bool learns) {
  return fmt::format(
      "#!/usr/bin/env python3\n\"\"\"{} Written by Equivolve (algorithm_discovery).\n\n"
      "On the command line, with the state that training left; without a second name to the "
      "terminal:\n\n"
      "    python3 model.py data.csv [predictions.csv]\n\n"
      "In Python (needs numpy only):\n\n"
      "    from model import Model, pretrained, read_features\n"
      "    X = read_features(\"data.csv\")       numbers: words become columns of 0 and 1, see "
      "COLUMNS\n"
      "    pretrained().predict(X)              as the command line does\n"
      "{}\n"
      "X has the columns FEATURES, in that order and in their own units. Words and empty cells are "
      "for\nread_features (read_table also gives row numbers and remarks), not for predict.\n"
      "\"\"\"\n{}",
      what, learns ? "    Model().fit(X, y).predict(X)         learns anew, from your rows\n" : "",
      kImports);
}

/// {address: value, ...}
template <class Values, class Write>
std::string by_address(const std::vector<std::uint8_t>& addresses, const Values& values,
                       Write write) {
  std::string out = "{";
  for (std::size_t i = 0; i < addresses.size(); ++i)
    out += fmt::format("{}{}: {}", i == 0 ? "" : ", ", addresses[i], write(values[i]));
  return out + "}";
}

std::string matrix_text(const std::vector<double>& values, std::uint32_t d) {
  std::string out = "[";
  for (std::uint32_t r = 0; r < d; ++r)
    out += (r == 0 ? "" : ", ") + numbers({values.begin() + r * d, values.begin() + (r + 1) * d});
  return out + "]";
}

std::string pretrained_text(const PythonModel& model, const search::PreparedProgram& program,
                            std::uint32_t d, const TrainedState& state) {
  std::string out = "\n\n# ---- the state that training left " + std::string(60, '-') + "\n\n";
  out += scales_text(model);
  out += fmt::format("STEP = {}\nRUNS = [\n", state.step);
  for (const TrainedState::Run& run : state.runs)
    out += fmt::format("    ({}, {}, {}, {}),\n", run.seed,
                       by_address(program.live_state[0], run.scalars, python_number),
                       by_address(program.live_state[1], run.vectors, numbers),
                       by_address(program.live_state[2], run.matrices,
                                  [d](const std::vector<double>& m) { return matrix_text(m, d); }));
  out +=
      "]\n\n\ndef pretrained():\n"
      "    \"\"\"The model as it was trained when this file was written.\"\"\"\n"
      "    model = Model()\n"
      "    model.n_features_in_ = D\n"
      "    model.fills_ = FEATURE_FILLS\n"
      "    model.feature_scale_ = FEATURE_MEANS, FEATURE_DEVIATIONS\n"
      "    model.target_scale_ = TARGET_MEAN, TARGET_DEVIATION\n"
      "    model.machines_ = [_Machine.restored(seed, STEP, s, v, m) for seed, s, v, m in RUNS]\n";
  if (model.info.kind == TaskKind::kClassification)
    out += "    model.classes_ = np.array(CLASSES)\n";
  out += "    return model\n";
  return out;
}

/// The columns that a formula reads, and itself over their features alone: no other has to be there
/// where it is used.
struct FormulaColumns {
  ProblemInfo info;
  Task task;  // no rows
  std::vector<eqv_expression_token> formula;

  FormulaColumns(const PythonModel& model, search::ExpressionView of_all)
      : info(model.info), formula(of_all.begin(), of_all.end()) {
    std::vector<bool> is_read(model.info.features.size(), false);
    for (const eqv_expression_token& token : formula)
      if (search::op_of(token) == search::ExpressionOp::kInput) is_read[token.input] = true;
    task.units = model.task.units;
    task.target_scale = model.task.target_scale;
    info.features.clear();
    info.encoding.columns.clear();
    std::vector<std::uint16_t> places(is_read.size(), 0);
    std::size_t feature = 0;
    for (const tables::FeatureColumn& column : model.info.encoding.columns) {
      const std::size_t end = feature + column.width();
      const auto first = is_read.begin() + static_cast<std::ptrdiff_t>(feature);
      const bool is_kept = std::find(first, first + static_cast<std::ptrdiff_t>(column.width()),
                                     true) != first + static_cast<std::ptrdiff_t>(column.width());
      if (is_kept) info.encoding.columns.push_back(column);
      for (; feature < end; ++feature) {
        if (!is_kept) continue;
        places[feature] = static_cast<std::uint16_t>(info.features.size());
        info.features.push_back(model.info.features[feature]);
        task.feature_scales.push_back(model.task.feature_scales[feature]);
        task.fills.push_back(model.task.fills[feature]);
      }
    }
    for (eqv_expression_token& token : formula)
      if (search::op_of(token) == search::ExpressionOp::kInput) token.input = places[token.input];
  }
};

std::string function_text(const search::PreparedProgram& program, Function function) {
  const auto& code = program[function];
  std::string out = fmt::format("\n\ndef {}(s, v, m, draw):\n", search::function_name(function));
  if (code.instructions.empty()) out += "    pass\n";
  for (std::size_t at = 0; at < code.instructions.size(); ++at)
    out += "    " + python_statement(code.instructions[at], code.ordinal(at)) + "\n";
  return out;
}

}  // namespace

TrainedState::Run live_state_of(interpreters::Machine& machine,
                                const search::PreparedProgram& program, std::uint64_t seed) {
  const std::uint32_t d = machine.shape().dimension, row = interpreters::padded(d);
  TrainedState::Run run;
  run.seed = seed;
  for (std::uint8_t a : program.live_state[0]) run.scalars.push_back(machine.scalar(a));
  for (std::uint8_t a : program.live_state[1])
    run.vectors.emplace_back(machine.vector(a), machine.vector(a) + d);
  for (std::uint8_t a : program.live_state[2]) {
    std::vector<double>& matrix = run.matrices.emplace_back();
    for (std::uint32_t r = 0; r < d; ++r)
      matrix.insert(matrix.end(), machine.matrix(a) + std::size_t{r} * row,
                    machine.matrix(a) + std::size_t{r} * row + d);
  }
  return run;
}

std::string python_program(const PythonModel& model, const search::PreparedProgram& program,
                           const search::MemoryShape& shape, const std::string& text,
                           const std::optional<TrainedState>& state) {
  std::string out = head("A learning algorithm found by evolution.", true);
  out +=
      "# The program (dead instructions and all); setup, predict and learn below are what of it "
      "matters.\n#\n";
  out += commented(text);
  out += "\n" + columns_text(model.info);
  out += fmt::format("D, SCALARS, VECTORS, MATRICES = {}, {}, {}, {}\n", shape.dimension,
                     shape.scalars, shape.vectors, shape.matrices);
  out += fmt::format("EPOCHS = {}\nERROR_BOUND = {}\nCOMMON_SEED = {}\n", model.options.epochs,
                     python_number(model.options.error_bound), model.common_seed);
  out += fmt::format("PREPROCESS = {}  # standardise, and shuffle the training rows\n",
                     model.info.preprocessed ? "True" : "False");
  for (std::size_t f = 0; f < search::kFunctionCount; ++f)
    out += function_text(program, static_cast<Function>(f));
  out += "\n";
  out += kPythonTable;
  out += kPythonArithmetic;
  out += kPythonProgram;
  if (state) {
    out += pretrained_text(model, program, shape.dimension, *state);
  } else {
    out +=
        "\n\ndef pretrained():\n    raise ValueError(\"training did not end with finite numbers: "
        "nothing was kept\")\n";
  }
  out += kPythonMain;
  return out;
}

std::string python_formula(const PythonModel& of_all, search::ExpressionView of_all_inputs,
                           const std::string& text) {
  const FormulaColumns read(of_all, of_all_inputs);
  const PythonModel model{read.info, of_all.options, read.task, of_all.common_seed};
  const search::ExpressionView fitted = read.formula;
  std::string out = head("A formula found by evolution.", false);
  out += "# The formula, over the columns FEATURES, which are those it reads:\n#\n" +
         commented(text) + "\n";
  out += columns_text(model.info) + scales_text(model);
  out += fmt::format(
      "STANDARDISED = {}  # whether the formula reads features, and gives the target, so\n",
      truth(model.task.units == FormulaUnits::kStandardised));
  const PythonExpression python = python_expression(fitted);
  out += wrapped_numbers(python.constants, "CONSTANTS");
  out += "\n\ndef formula(x, c):\n";
  out += "    \"\"\"Of the columns x[:, 0], x[:, 1], ... and the numbers c.\"\"\"\n";
  out += "    return " + python.text + "\n";
  out += kPythonTable;
  out += kPythonFormula;
  out += kPythonMain;
  return out;
}

std::string python_rival(const PythonModel& model, const LinearRival& rival,
                         const std::string& name) {
  std::string out = head("The hand-made reference '" + name + "', fitted.", false);
  out += columns_text(model.info) + scales_text(model);
  std::vector<double> intercepts;
  std::string weights;
  for (const linalg::LinearModel& one : rival.models) {
    weights += "    " + numbers(one.weights) + ",\n";
    intercepts.push_back(one.intercept);
  }
  out += "WEIGHTS = np.array([\n" + weights + "])\n" + wrapped_numbers(intercepts, "INTERCEPTS");
  out += kPythonTable;
  out += kPythonLinear;
  out += kPythonMain;
  return out;
}

}  // namespace equivolve::algorithm_discovery
