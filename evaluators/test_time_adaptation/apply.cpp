#include "evaluators/test_time_adaptation/apply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "evaluators/common/nn/losses.hpp"
#include "evaluators/common/nn/weights_file.hpp"
#include "evaluators/test_time_adaptation/chart.hpp"
#include "evaluators/test_time_adaptation/python_recipe.hpp"
#include "evaluators/test_time_adaptation/references.hpp"

namespace equivolve::test_time_adaptation {
namespace {

/// More error by so much from the first to the last quarter of a stream is warned of.
constexpr double kCollapse = 0.05;

std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

std::string_view text_of_bytes(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void write_model(const ApplyContext& context, const SourceModel& model, sdk::ArtefactSink& sink) {
  nn::Network<double> variances = model.network;
  std::copy(model.variance.begin(), model.variance.end(), variances.parameters().begin());
  sink.write("source_model.nn", "application/octet-stream",
             text_of_bytes(nn::to_bytes(model.network)));
  sink.write("source_variance.nn", "application/octet-stream",
             text_of_bytes(nn::to_bytes(variances)));
  sink.write("source_model.json", "application/json",
             model_json(model, &context.problem.data(), &context.settings.data));
}

/// One line a sample: its number, what was told, how probable that is.
class Predictions {
 public:
  Predictions(const std::vector<std::string>& classes, bool with_corruption)
      : classes_(classes), with_corruption_(with_corruption) {
    csv_ = with_corruption ? "sample,corruption,label,prediction,probability\n"
                           : "sample,prediction,probability\n";
  }
  void add(std::span<const float> logits, const Segment& segment, std::uint32_t first,
           const std::string& corruption) {
    std::vector<float> told(logits.size());
    nn::softmax<float>(logits, classes_.size(), told);
    for (std::size_t at = 0, i = first; at < told.size(); at += classes_.size(), ++i) {
      const auto row = std::span(told).subspan(at, classes_.size());
      const auto best = std::max_element(row.begin(), row.end());
      const std::string& name = classes_[static_cast<std::size_t>(best - row.begin())];
      ++sample_;
      if (with_corruption_)
        csv_ += fmt::format("{},{},{},{},{}\n", sample_, corruption,
                            csv_text(classes_[segment.samples.labels[i]]), csv_text(name), *best);
      else
        csv_ += fmt::format("{},{},{}\n", sample_, csv_text(name), *best);
      least_ = std::min(least_, static_cast<double>(*best));
      ++counts_[name];
    }
  }
  const std::string& csv() const { return csv_; }
  std::size_t samples() const { return sample_; }
  /// Share of the samples that were told the most frequent class.
  double greatest_share() const {
    std::size_t most = 0;
    for (const auto& [name, count] : counts_) most = std::max(most, count);
    return sample_ == 0 ? 0 : static_cast<double>(most) / static_cast<double>(sample_);
  }

 private:
  const std::vector<std::string>& classes_;
  bool with_corruption_;
  std::string csv_;
  std::size_t sample_ = 0;
  double least_ = 1;
  std::map<std::string, std::size_t> counts_;
};

/// A person's samples as a stream of one segment.
SampleStream stream_of(Samples samples, std::uint64_t seed) {
  SampleStream out;
  out.seed = seed;
  out.schedule = {0};
  Segment segment{0, 0, std::move(samples), {}};
  for (std::uint32_t i = 0; i < segment.samples.count(); ++i) segment.ids.push_back(i);
  out.segments.push_back(std::move(segment));
  return out;
}

double mean_error(std::span<const Scores> batches) {
  Scores sum;
  for (const Scores& scores : batches) sum.add(scores);
  return sum.error();
}

/// Errors of single batches, averaged over a window that ends there.
std::vector<double> smoothed(const std::vector<Scores>& batches) {
  constexpr std::size_t kWindow = 5;
  std::vector<double> out;
  for (std::size_t b = 0; b < batches.size(); ++b) {
    const std::size_t first = b + 1 > kWindow ? b + 1 - kWindow : 0;
    out.push_back(mean_error(std::span(batches).subspan(first, b + 1 - first)));
  }
  return out;
}

void write_course(const ApplyContext& context, const SampleStream& stream, const StreamRun& run,
                  const StreamRun& rival, sdk::ArtefactSink& sink) {
  std::string csv = "batch,corruption,samples,error,brier,nll,error_without_adaptation\n";
  std::vector<ChartMark> marks;
  const auto batches = batches_of(stream, context.apply.batch, 0);
  for (std::size_t b = 0; b < run.over_time.size(); ++b) {
    const StreamBatch& batch = batches[b % batches.size()];
    const std::string name = context.problem.name_of(stream.segments[batch.segment]);
    const Scores& scores = run.over_time[b];
    csv += fmt::format("{},{},{},{:.6g},{:.6g},{:.6g},{:.6g}\n", b + 1, name, scores.samples,
                       scores.error(), scores.mean_brier(), scores.mean_nll(),
                       rival.over_time[b].error());
    if (batch.begins_segment) marks.push_back({static_cast<double>(b), name});
  }
  sink.write("stream.csv", "text/csv", csv);
  const ChartLine lines[] = {{"adapted", smoothed(run.over_time)},
                             {"source", smoothed(rival.over_time)}};
  sink.write("error_over_stream.svg", "image/svg+xml",
             share_chart("Error over the stream (mean of five batches)", "batches", lines, marks));
}

/// With labels: more errors towards the end, against a rival that cannot collapse, on the same
/// samples.
void warn_of_collapse(const ApplyContext& context, const StreamRun& run, const StreamRun& rival) {
  const std::size_t quarter = run.over_time.size() / 4;
  if (quarter == 0) return;
  const auto rise = [&](const StreamRun& of) {
    return mean_error(std::span(of.over_time).last(quarter)) -
           mean_error(std::span(of.over_time).first(quarter));
  };
  const double excess = rise(run) - rise(rival);
  if (run.collapse() > kCollapse || excess > kCollapse)
    context.warn(fmt::format(
        "the recipe may be collapsing: from the first to the last {} its error rises by {:.1f} "
        "points{}",
        run.by_round.size() > 1 ? "round" : "quarter of the stream",
        100 * (run.by_round.size() > 1 ? run.collapse() : rise(run)),
        run.by_round.size() > 1
            ? ""
            : fmt::format(", that of plain batch statistics by {:.1f}", 100 * rise(rival))));
}

/// Without labels: nearly everything is told one class.
void warn_of_one_class(const ApplyContext& context, const Predictions& predictions) {
  if (predictions.samples() >= 50 && predictions.greatest_share() > 0.9)
    context.warn(
        fmt::format("{:.0f} % of the samples were told one class: the recipe may have "
                    "collapsed, or the stream is of one class",
                    100 * predictions.greatest_share()));
}

RunSettings run_settings(const ApplyContext& context, const Adaptation& adaptation,
                         std::uint64_t seed, bool own) {
  return {adaptation.recipe, adaptation.rule, context.apply.batch,
          own ? 1 : context.problem.rounds(false), seed};
}

}  // namespace

void apply_adaptation(const ApplyContext& context, const Adaptation& adaptation,
                      const std::string& formula, sdk::ArtefactSink& sink) {
  const Problem& problem = context.problem;
  const auto never = [] { return false; };
  const auto source = problem.source(never);
  const bool own = context.apply.data.has_value();
  const auto stream =
      own ? std::make_shared<const SampleStream>(stream_of(
                read_own_stream(*context.apply.data, problem.data(), context.settings.data),
                context.common_seed))
          : problem.stream(problem.cells().front().label_order, context.common_seed, true, false);
  Predictions predictions(problem.data().class_names, !own);
  const StreamRun run = run_along(
      *source, *stream, run_settings(context, adaptation, stream->seed, own), never,
      [&](const StreamBatch& batch, std::span<const float> logits) {
        const Segment& segment = stream->segments[batch.segment];
        predictions.add(logits, segment, batch.first, own ? "" : problem.name_of(segment));
      });
  std::string yaml = to_yaml(adaptation.recipe);
  std::vector<eqv_expression_token> tokens;
  if (adaptation.rule) {
    const bool restores = adaptation.rule->part() == RulePart::kRestoration;
    yaml += fmt::format("{}: \"{}\"\n", restores ? "restoration_rule" : "momentum_rule", formula);
    const auto view = adaptation.rule->formula();
    tokens.assign(view.begin(), view.end());
  }
  sink.write("recipe.yaml", "application/yaml", yaml);
  sink.write("recipe.py", "text/x-script.python",  // a module to import, no program to run
             python_recipe(adaptation, tokens, problem.data().training.shape));
  write_model(context, *source, sink);
  if (!run.finite) {
    context.warn("a prediction, a weight or a formula was not finite: no predictions.csv");
    return;
  }
  sink.write("predictions.csv", "text/csv", predictions.csv());
  context.note(fmt::format("predictions.csv: {} samples of {}, {} batches of up to {}, {} idle",
                           predictions.samples(),
                           own ? *context.apply.data : std::string("the run's test stream"),
                           run.counts.batches, context.apply.batch, run.counts.idle));
  warn_of_one_class(context, predictions);
  if (own) return;
  const auto rival_of = [&](Method method) {
    return run_along(*source, *stream,
                     run_settings(context, {{.method = method}, {}}, stream->seed, own), never);
  };
  warn_of_collapse(context, run, rival_of(Method::kBatchNorm));
  write_course(context, *stream, run, rival_of(Method::kSource), sink);
}

}  // namespace equivolve::test_time_adaptation
