#include "evaluators/algorithm_discovery/settings.hpp"

#include "evaluators/common/settings/json_reader.hpp"
#include "evaluators/common/settings/table_section.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::algorithm_discovery {
namespace {

using sdk::Refused;
using settings::JsonReader;
using settings::kAnySeed;

template <class Enum>
std::optional<Enum> as(std::optional<std::size_t> choice) {
  if (!choice) return std::nullopt;
  return static_cast<Enum>(*choice);
}

TableData read_table(JsonReader& in) {
  TableData data;
  data.file = in.text("file").value_or("");
  if (data.file.empty()) throw Refused("/data/file", "names no file");
  const auto target = settings::read_column(in, "target");
  if (!target) throw Refused("/data", "'target' is missing: name the column to predict");
  data.target = *target;
  data.test_share = in.number("test_share", data.test_share, 0.0, 0.9);
  data.split_seed = in.whole("split_seed", data.split_seed, 0, kAnySeed);
  data.columns = settings::read_columns(in);
  return data;
}

SyntheticData read_synthetic(JsonReader& in) {
  SyntheticData data;
  data.kind = in.choice("synthetic", {"linear", "two_layer_teacher"}, data.kind);
  auto count = [&](const char* key, std::uint32_t fallback, std::uint64_t high) {
    return static_cast<std::uint32_t>(in.whole(key, fallback, 1, high));
  };
  data.tasks = count("tasks", data.tasks, 1000);
  data.dimension = count("dimension", data.dimension, 1000);
  data.train = count("train", data.train, 1'000'000);
  data.validation = count("validation", data.validation, 1'000'000);
  data.seed = in.whole("seed", data.seed, 0, kAnySeed);
  return data;
}

struct ForeignOption {
  const char* key;
  bool differs;  // from its default, which it keeps where it has no meaning
};

/// Refuses what the other representation alone has: all of it at once.
void refuse_foreign(const JsonReader& in, std::initializer_list<ForeignOption> options,
                    const char* whose, const char* representation) {
  std::vector<std::string> found;
  for (const ForeignOption& option : options)
    if (option.differs) found.emplace_back(option.key);
  if (found.empty()) return;
  std::string others;
  for (std::size_t i = 1; i < found.size(); ++i)
    others += (i == 1 ? ", as " : i + 1 == found.size() ? " and " : ", ") + found[i];
  if (!others.empty()) others += found.size() == 2 ? " is" : " are";
  throw Refused(in.at(found.front()), std::string("is of ") + whose + " alone" + others +
                                          "; expected space: {representation: " + representation +
                                          "}, or the key" + (others.empty() ? "" : "s") +
                                          " left out");
}

void refuse_program_options(const Options& options, const JsonReader& in) {
  const Options plain;
  refuse_foreign(
      in,
      {{"epochs", options.epochs != plain.epochs},
       {"class_weights", options.balanced != plain.balanced},
       {"max_live_instructions", options.max_live_instructions != plain.max_live_instructions},
       {"error_bound", options.error_bound != plain.error_bound}},
      "programs", "program");
}

void read_formula_options(JsonReader& in, search::Representation representation, Options& options) {
  const Options plain;
  const bool standardises = in.flag("standardize", false);
  options.complexity = in.flag("complexity", options.complexity);
  JsonReader constants = in.object("constants");
  options.fit = constants.flag("fit", options.fit);
  options.fit_iterations =
      static_cast<std::uint32_t>(constants.whole("iterations", options.fit_iterations, 1, 1000));
  options.inherit = constants.flag("inherit", options.inherit);
  constants.finish();
  if (representation != search::Representation::kExpression) {
    refuse_foreign(in,
                   {{"standardize", standardises},
                    {"complexity", options.complexity != plain.complexity},
                    {"constants", options.fit != plain.fit || options.inherit != plain.inherit ||
                                      options.fit_iterations != plain.fit_iterations}},
                   "formulas", "expression");
    return;
  }
  refuse_program_options(options, in);
  options.units = standardises ? FormulaUnits::kStandardised : FormulaUnits::kOwn;
  if (options.task == TaskKind::kClassification)
    throw Refused(
        in.at("task"),
        "is classification; expected regression, since a formula gives numbers, or space: "
        "{representation: program}");
}

Options read_options(JsonReader in, search::Representation representation) {
  Options options;
  options.task = as<TaskKind>(in.choice("task", {"classification", "regression"}));
  options.resamplings =
      static_cast<std::uint32_t>(in.whole("resamplings", options.resamplings, 1, 100));
  if (in.has("screening_tasks"))
    options.screening_tasks = static_cast<std::uint32_t>(in.whole("screening_tasks", 1, 1, 1000));
  options.validation_share = in.number("validation_share", options.validation_share, 0.01, 0.9);
  options.epochs = static_cast<std::uint32_t>(in.whole("epochs", options.epochs, 1, 1000));
  options.balanced = in.choice("class_weights", {"none", "balanced"}).value_or(0) == 1;
  options.max_live_instructions =
      in.whole("max_live_instructions", options.max_live_instructions, 1, std::uint64_t{1} << 53);
  options.error_bound = in.number("error_bound", options.error_bound, 1e-9, 1e300);
  options.aggregate = in.choice("aggregate", {"mean", "median"}, options.aggregate);
  read_formula_options(in, representation, options);
  in.finish();
  return options;
}

}  // namespace

Settings read_settings(std::string_view config_json) {
  const nlohmann::json config = settings::parse_object(config_json);
  JsonReader in(config, "");
  Settings settings;
  if (const auto name = in.text("representation")) {
    const auto representation = search::representation_named(*name);
    if (representation != search::Representation::kProgram &&
        representation != search::Representation::kExpression)
      throw Refused("/representation",
                    "this evaluator knows the representations 'program' and 'expression' only");
    settings.representation = *representation;
  }
  if (!in.has("data")) throw Refused("", "'data' is missing: give {file, target} or {synthetic}");
  JsonReader data = in.object("data");
  if (data.has("synthetic") && data.has("file"))
    throw Refused("/data/synthetic", "stands beside 'file'; give one of the two");
  if (data.has("synthetic"))
    settings.synthetic = read_synthetic(data);
  else if (data.has("file"))
    settings.table = read_table(data);
  else
    throw Refused("/data", "needs 'file' (a CSV file) or 'synthetic' (linear, two_layer_teacher)");
  data.finish();
  settings.options = read_options(in.object("options"), settings.representation);
  // What synthetic tasks have in common is their kind: numbers fitted to one are wrong in the next.
  settings.options.inherit = settings.options.inherit && settings.options.fit && settings.table &&
                             settings.representation == search::Representation::kExpression;
  if (settings.synthetic && settings.options.task == TaskKind::kClassification)
    throw Refused("/options/task",
                  "classification contradicts data.synthetic, whose tasks are regression; expected "
                  "regression, or a table in data");
  return settings;
}

ApplySettings read_apply_settings(std::string_view options_json) {
  const nlohmann::json options = settings::parse_object(options_json.empty() ? "{}" : options_json);
  JsonReader in(options, "");
  ApplySettings settings;
  settings.data = in.text("data");
  settings.predictions_for = as<RowsWanted>(in.choice("predictions_for", {"test", "pool", "all"}));
  in.finish();
  if (settings.data && settings.predictions_for)
    throw Refused("/predictions_for",
                  "chooses rows of the run's own data, and 'data' is another file: give one of the "
                  "two");
  return settings;
}

}  // namespace equivolve::algorithm_discovery
