#include "evaluators/algorithm_discovery/apply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "evaluators/algorithm_discovery/encoded_rows.hpp"
#include "evaluators/algorithm_discovery/python_model.hpp"
#include "evaluators/algorithm_discovery/trial.hpp"
#include "evaluators/common/tables/table_reader.hpp"

namespace equivolve::algorithm_discovery {
namespace {

using sdk::Refused;

/// A person may want to know what became of these cells.
void warn_of_cells(const ApplyContext& context, const std::string& path,
                   const tables::Table& table) {
  if (table.rows < table.rows_in_file)
    context.warn(fmt::format("'{}': {} of {} rows have missing values and get no prediction", path,
                             table.rows_in_file - table.rows, table.rows_in_file));
  for (const tables::Column& column : table.features)
    if (column.unseen > 0)
      context.warn(fmt::format(
          "'{}': column '{}' has {} cell{} with a level that the run's data does not have; such a "
          "row is of none of the levels",
          path, column.name, column.unseen, column.unseen == 1 ? "" : "s"));
}

/// The feature columns of a person's file, found by name.
RowsToPredict rows_of_file(const std::string& path, const ApplyContext& context, const Task& task) {
  const ProblemInfo& info = context.problem.info();
  const auto table = tables::read_rows(path, info.format, info.header, info.encoding);
  if (!table) throw Refused("/data", table.error().text);
  warn_of_cells(context, path, *table);
  tables::Rows rows(table->rows);
  std::iota(rows.begin(), rows.end(), 0u);
  RowsToPredict out;
  out.examples = encoded_rows(info.encoding, table->features, rows, task);
  for (std::uint32_t row : rows) out.numbers.push_back(table->row_number(row));
  return out;
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
    std::vector<double> predictions;
    for (double score : scores.first(n)) predictions.push_back(task.target_scale.undo(score));
    return predictions_csv(rows, predictions);
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

RowsToPredict rows_wanted(const ApplyContext& context, const Task& task) {
  if (context.settings.data) return rows_of_file(*context.settings.data, context, task);
  const bool has_test = context.problem.info().has_test;
  const RowsWanted wanted =
      context.settings.predictions_for.value_or(has_test ? RowsWanted::kTest : RowsWanted::kAll);
  if (wanted == RowsWanted::kTest && !has_test)
    throw Refused("/predictions_for", "there is no test split: data.test_share is 0");
  RowsToPredict rows = context.problem.own_rows(task, wanted);
  static constexpr const char* kWhich[] = {"the test rows", "the rows outside the test split",
                                           "all rows"};
  context.note(
      fmt::format("predictions.csv: {} of the run's own data, {} (--predictions-for test, pool or "
                  "all); another "
                  "file's with --data FILE",
                  kWhich[static_cast<std::size_t>(wanted)], rows.numbers.size()));
  return rows;
}

std::string predictions_csv(const RowsToPredict& rows, std::span<const double> predictions) {
  std::string out = "row,prediction\n";
  for (std::size_t r = 0; r < predictions.size(); ++r)
    out += fmt::format("{},{}\n", rows.numbers[r], predictions[r]);
  return out;
}

void apply_program(const ApplyContext& context, const search::ProgramView& program,
                   const search::PreparedProgram& prepared, const search::MemoryShape& shape,
                   sdk::ArtefactSink& sink) {
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
    context.warn(
        "training did not stay finite or passed the error bound: no predictions, no trained state "
        "in model.py");
  else if (!std::all_of(scores.begin(), scores.end(), [](double s) { return std::isfinite(s); }))
    context.warn("a prediction is not finite: no predictions.csv");
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
