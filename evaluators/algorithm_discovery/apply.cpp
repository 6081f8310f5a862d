#include "evaluators/algorithm_discovery/apply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "evaluators/algorithm_discovery/python_model.hpp"
#include "evaluators/algorithm_discovery/table_file.hpp"
#include "evaluators/algorithm_discovery/trial.hpp"
#include "evaluators/common/tables/names.hpp"

namespace equivolve::algorithm_discovery {
namespace {

using sdk::Refused;

/// The feature columns of a person's file, found by name.
RowsToPredict rows_of_file(const std::string& path, const ProblemInfo& info, const Task& task) {
  const tables::Table table = read_table_file(path, "/data", nullptr);
  RowsToPredict out;
  out.examples.stride = interpreters::padded(info.dimension());
  out.examples.features.assign(table.rows() * out.examples.stride, 0.0);
  for (std::size_t c = 0; c < info.features.size(); ++c) {
    const auto column = table.column_named(info.features[c]);
    if (!column)
      throw Refused("/data", fmt::format("'{}' has no column '{}'{}", path, info.features[c],
                                         tables::suggestion(info.features[c], table.header())));
    const auto values = tables::numeric_column(table, *column);
    if (!values) throw Refused("/data", "'" + path + "': " + values.error());
    for (std::size_t r = 0; r < table.rows(); ++r)
      out.examples.features[r * out.examples.stride + c] =
          task.feature_scales[c].apply((*values)[r]);
  }
  for (std::uint32_t r = 0; r < table.rows(); ++r) out.numbers.push_back(r + 1);
  return out;
}

RowsToPredict rows_wanted(const ApplyContext& context, const Task& task) {
  if (context.settings.data)
    return rows_of_file(*context.settings.data, context.problem.info(), task);
  const bool has_test = context.problem.info().has_test;
  const RowsWanted wanted =
      context.settings.predictions_for.value_or(has_test ? RowsWanted::kTest : RowsWanted::kAll);
  if (wanted == RowsWanted::kTest && !has_test)
    throw Refused("/predictions_for", "there is no test split: data.test_share is 0");
  return context.problem.own_rows(task, wanted);
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

/// `scores`: a row-long list a run.
std::string predictions_csv(const ProblemInfo& info, const Task& task, const RowsToPredict& rows,
                            std::span<const double> scores) {
  const std::size_t n = rows.numbers.size();
  if (task.classes == 0) {
    std::string out = "row,prediction\n";
    for (std::size_t r = 0; r < n; ++r)
      out += fmt::format("{},{}\n", rows.numbers[r], task.target_scale.undo(scores[r]));
    return out;
  }
  std::vector<std::uint32_t> told(n);
  tell_classes(scores, task.classes, told);
  std::string out = "row,prediction,score\n";
  for (std::size_t r = 0; r < n; ++r)
    out += fmt::format("{},{},{}\n", rows.numbers[r], csv_cell(info.class_names[told[r]]),
                       scores[task.classes > 2 ? told[r] * n + r : r]);
  return out;
}

/// Trains and predicts, run by run.
class Application {
 public:
  Application(const ApplyContext& context, const search::PreparedProgram& program,
              const search::MemoryShape& shape, const Task& task)
      : context_(context), program_(program), task_(task) {
    machine_.load(program, shape);
  }

  /// Empty when training does not stay finite.
  std::optional<TrainedState> run(const RowsToPredict& rows, std::vector<double>& scores) {
    const auto never = [] { return false; };
    const std::size_t n = rows.numbers.size();
    scores.assign(runs_of(task_.classes) * n, 0.0);
    TrainedState state;
    state.step = 1 + 2 * std::uint64_t{context_.rules.epochs} * task_.train.rows();
    for (std::uint32_t r = 0; r < runs_of(task_.classes); ++r) {
      const std::uint32_t positive = positive_class(task_.classes, r);
      const std::uint64_t seed = draw_seed(context_.common_seed, 0, positive);
      ProgramRun run(machine_, context_.rules, {seed, hashing::Purpose::kEvaluate});
      if (!run.train(task_.train, Labels(task_.train, positive), never)) return std::nullopt;
      state.runs.push_back(live_state_of(machine_, program_, seed));
      run.judge(rows.examples, nullptr, std::span(scores).subspan(r * n, n), never);
    }
    return state;
  }

 private:
  const ApplyContext& context_;
  const search::PreparedProgram& program_;
  const Task& task_;
  interpreters::Machine machine_;
};

}  // namespace

void apply_program(const ApplyContext& context, const search::ProgramView& program,
                   const search::PreparedProgram& prepared, const search::MemoryShape& shape,
                   sdk::ArtefactSink& sink, const std::function<void(const std::string&)>& warn) {
  const ProblemInfo& info = context.problem.info();
  const Task task = context.problem.pool_task(context.common_seed);
  const RowsToPredict rows = rows_wanted(context, task);
  std::vector<double> scores;
  const auto state = Application(context, prepared, shape, task).run(rows, scores);
  const std::string text = search::to_text(program);
  sink.write("program.txt", "text/plain", text);
  sink.write("model.py", "text/x-python",
             python_program({info, context.options, task, context.common_seed}, prepared, shape,
                            text, state));
  if (!state)
    warn(
        "training did not stay finite or passed the error bound: no predictions, no trained state "
        "in model.py");
  else if (!std::all_of(scores.begin(), scores.end(), [](double s) { return std::isfinite(s); }))
    warn("a prediction is not finite: no predictions.csv");
  else
    sink.write("predictions.csv", "text/csv", predictions_csv(info, task, rows, scores));
}

void apply_rival(const ApplyContext& context, const std::string& name, sdk::ArtefactSink& sink) {
  const ProblemInfo& info = context.problem.info();
  const Task task = context.problem.pool_task(context.common_seed);
  const RowsToPredict rows = rows_wanted(context, task);
  const LinearRival rival = fit_rival(name, task, context.options.balanced);
  const std::size_t n = rows.numbers.size(), models = rival.models.size();
  std::vector<double> scores(n * models), one(models);
  for (std::size_t r = 0; r < n; ++r) {
    rival.scores(rows.examples.row(r), task.dimension, one);
    for (std::size_t m = 0; m < models; ++m) scores[m * n + r] = one[m];
  }
  sink.write("model.py", "text/x-python",
             python_rival({info, context.options, task, context.common_seed}, rival, name));
  sink.write("predictions.csv", "text/csv", predictions_csv(info, task, rows, scores));
}

}  // namespace equivolve::algorithm_discovery
