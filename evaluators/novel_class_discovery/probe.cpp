#include "evaluators/novel_class_discovery/probe.hpp"

#include <algorithm>

#include "evaluators/novel_class_discovery/projection_network.hpp"
#include "evaluators/novel_class_discovery/tabular_network.hpp"

namespace equivolve::novel_class_discovery {
namespace {

constexpr std::size_t kRowsOfKind = 48;  // labelled ones, and as many unlabelled
constexpr std::size_t kShown = 24;       // rows whose codes are put out
constexpr std::size_t kSteps = 4;
constexpr std::size_t kClusters = 4;

std::vector<std::uint32_t> spread_over(std::size_t rows) {
  std::vector<std::uint32_t> out;
  const std::size_t count = std::min(rows, kRowsOfKind);
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(static_cast<std::uint32_t>(i * rows / count));
  return out;
}

TrainSettings few_steps(const Method& method, std::uint64_t seed) {
  TrainSettings s;
  s.epochs = kSteps;
  s.batch = 2 * kRowsOfKind;  // all of them: an epoch is a step
  s.learning_rate = method.learning_rate;
  s.seed = seed;
  return s;
}

void put(const Points& points, sdk::OutputSink& sink) {
  const std::vector<double> values(points.values.begin(), points.values.end());
  sink.values(values);
}

}  // namespace

MethodProbe::MethodProbe(const LearningRows& rows) {
  const auto known = spread_over(rows.known.rows), novel = spread_over(rows.unlabelled.rows);
  rows_.known = rows_of(rows.known.view(), known);
  rows_.unlabelled = rows_of(rows.unlabelled.view(), novel);
  for (std::uint32_t r : known) rows_.classes_of_known.push_back(rows.classes_of_known[r]);
  rows_.classes = rows.classes;
}

void MethodProbe::put_codes(const Method& method, std::uint64_t seed, sdk::OutputSink& sink) const {
  const bool baseline = method.kind == MethodKind::kLatentBaseline;
  const Points all = baseline ? rows_.known : stacked(rows_.known.view(), rows_.unlabelled.view());
  Labels labels = rows_.classes_of_known;
  labels.resize(all.rows, kUnlabelled);
  const TrainSettings how = few_steps(method, seed);
  ProjectionNetwork<float> network(method.code, rows_.classes, baseline ? 1 : method.label_weight,
                                   how.batch, how.seed);
  const TrainingReport report = train(network, all.view(), labels, how);
  sink.integer(static_cast<std::int64_t>(report.end));
  PointsView shown = rows_.unlabelled.view();
  shown.rows = std::min(shown.rows, kShown);
  put(codes_of(network.encoder(), shown), sink);
}

void MethodProbe::put_tabular(const Method& method, std::uint64_t seed,
                              sdk::OutputSink& sink) const {
  // Few rows have few neighbours: these numbers act on more.
  sink.integer(static_cast<std::int64_t>(method.neighbours));
  const double percent[] = {method.top_percent};
  sink.values(percent);
  TabularSettings s;
  s.code = method.code;
  s.clusters = kClusters;
  s.class_weight = method.class_weight;
  s.pair_weight = method.pair_weight;
  s.neighbours = method.neighbours;
  s.top_percent = method.top_percent;
  s.train = few_steps(method, seed);
  const TabularNetwork network = train_tabular(rows_, s);
  sink.integer(static_cast<std::int64_t>(network.report.end));
  PointsView shown = rows_.unlabelled.view();
  shown.rows = std::min(shown.rows, kShown);
  put(codes_of(network.encoder, shown), sink);
}

void MethodProbe::put_embedding(PointsView x, const EmbeddingSettings& how,
                                sdk::OutputSink& sink) const {
  const auto embedding = spectral_embedding(x, how);
  sink.integer(embedding ? 1 : 0);
  if (!embedding) return;
  // Signs of eigenvectors are arbitrary, distances are not.
  std::vector<double> distances;
  for (std::size_t i = 0; i < std::min(embedding->rows, kShown); ++i)
    for (std::size_t j = 0; j < i; ++j)
      distances.push_back(squared_distance(embedding->values.data() + i * embedding->columns,
                                           embedding->values.data() + j * embedding->columns,
                                           embedding->columns));
  sink.values(distances);
}

void MethodProbe::run(const Method& method, std::uint64_t seed, sdk::OutputSink& sink) const {
  switch (method.kind) {
    case MethodKind::kKMeans:
    case MethodKind::kNcdKMeans:
      // From random rows both are the same.
      sink.integer(0);
      sink.integer(static_cast<std::int64_t>(method.start));
      return;
    case MethodKind::kSpectral: {
      sink.integer(1);
      sink.integer(static_cast<std::int64_t>(method.spectral.affinity));
      if (method.spectral.affinity == Affinity::kNeighbours)
        return sink.integer(static_cast<std::int64_t>(method.spectral.neighbours));
      EmbeddingSettings how = method.spectral;
      how.components = kClusters;
      return put_embedding(rows_.unlabelled.view(), how, sink);
    }
    case MethodKind::kNcdSpectral: {
      sink.integer(2);
      sink.integer(method.seeded ? 1 : 0);
      sink.integer(static_cast<std::int64_t>(method.joint_components));
      EmbeddingSettings how;
      how.affinity = Affinity::kTree;
      how.min_dist = method.joint_min_dist;
      how.components = kClusters;
      return put_embedding(stacked(rows_.known.view(), rows_.unlabelled.view()).view(), how, sink);
    }
    case MethodKind::kTabularNcd:
      sink.integer(3);
      return put_tabular(method, seed, sink);
    case MethodKind::kPbn:
    case MethodKind::kLatentBaseline:
      sink.integer(method.kind == MethodKind::kPbn ? 4 : 5);
      sink.integer(static_cast<std::int64_t>(method.slot));
      // Graphs of codes and their centroids differ with it alike.
      sink.integer(method.normalized_codes ? 1 : 0);
      return put_codes(method, seed, sink);
  }
}

}  // namespace equivolve::novel_class_discovery
