#include "evaluators/novel_class_discovery/discovery.hpp"

#include <algorithm>
#include <numeric>

#include "evaluators/common/linalg/kmeans.hpp"
#include "evaluators/common/linalg/nearest_neighbours.hpp"
#include "hashing/stream.hpp"

namespace equivolve::novel_class_discovery {
namespace {

/// Seeds of the parts of one discovery.
enum Seeded : std::uint64_t { kNetwork = 1, kCount = 2, kGroups = 3, kSample = 4 };

std::uint64_t seed_of(std::uint64_t seed, Seeded part) {
  return hashing::derive_seed(seed, hashing::Purpose::kTask, part);
}

DiscoveryEnd end_of(TrainEnd end) {
  if (end == TrainEnd::kStopped) return DiscoveryEnd::kStopped;
  return end == TrainEnd::kNonFinite ? DiscoveryEnd::kNonFinite : DiscoveryEnd::kDone;
}

std::vector<std::uint32_t> all_rows(std::size_t rows) {
  std::vector<std::uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0u);
  return order;
}

/// Ascending; all where there are no more than `most`.
std::vector<std::uint32_t> sample_of(std::size_t rows, std::size_t most, hashing::Stream& stream) {
  std::vector<std::uint32_t> order = all_rows(rows);
  if (rows <= most) return order;
  for (std::size_t i = 0; i < most; ++i)
    std::swap(order[i], order[i + static_cast<std::size_t>(stream.below(rows - i))]);
  order.resize(most);
  std::sort(order.begin(), order.end());
  return order;
}

/// Of all rows, by those of some of them: the label of the nearest.
Labels spread_labels(const Points& all, const std::vector<std::uint32_t>& some, Labels labels) {
  if (some.size() == all.rows) return labels;
  const Points near = rows_of(all.view(), some);
  const auto found = linalg::nearest_neighbours<float>(all.view(), near.view(), 1);
  Labels out(all.rows);
  for (std::size_t r = 0; r < all.rows; ++r) out[r] = labels[found.indices[r]];
  return out;
}

}  // namespace

Discovery::Discovery(const Method& method, const LearningRows& rows,
                     const DiscoverySettings& settings)
    : method_(method),
      settings_(settings),
      classes_(rows.classes),
      classes_of_known_(rows.classes_of_known) {
  method_.code.inputs = rows.known.columns;
}

Discovery Discovery::run(const Method& method, const LearningRows& rows,
                         const DiscoverySettings& settings) {
  Discovery d(method, rows, settings);
  const Points novel =
      rows.grouped.empty() ? rows.unlabelled : rows_of(rows.unlabelled.view(), rows.grouped);
  if (method.kind == MethodKind::kTabularNcd) {
    d.learn_tabular(rows, novel);
    return d;
  }
  if (method.has_code()) d.learn_code(rows);
  if (d.end_ != DiscoveryEnd::kDone) return d;
  d.known_ = d.space_of(rows.known.view());
  d.novel_ = d.space_of(novel.view());
  d.choose_count();
  if (d.end_ != DiscoveryEnd::kDone) return d;
  d.finish(d.clustered(d.novel_));
  return d;
}

TrainSettings Discovery::train_settings() const {
  TrainSettings s;
  s.epochs = settings_.epochs;
  s.batch = settings_.batch;
  s.learning_rate = method_.learning_rate;
  s.seed = seed_of(settings_.seed, kNetwork);
  s.stop = settings_.stop;
  return s;
}

void Discovery::learn_code(const LearningRows& rows) {
  const bool baseline = method_.kind == MethodKind::kLatentBaseline;
  const Points all = baseline ? rows.known : stacked(rows.known.view(), rows.unlabelled.view());
  Labels labels = rows.classes_of_known;
  labels.resize(all.rows, kUnlabelled);
  const double w = baseline ? 1 : method_.label_weight;
  const TrainSettings how = train_settings();
  ProjectionNetwork<float> network(method_.code, rows.classes, w, how.batch, how.seed);
  TrainingReport report = train(network, all.view(), labels, how);
  end_ = end_of(report.end);
  losses_ = std::move(report.losses);
  encoder_ = std::move(network.encoder());
}

void Discovery::learn_tabular(const LearningRows& rows, const Points& novel) {
  known_ = rows.known;
  novel_ = novel;
  choose_count();
  TabularSettings s;
  s.code = method_.code;
  s.clusters = clusters_;
  s.class_weight = method_.class_weight;
  s.pair_weight = method_.pair_weight;
  s.neighbours = method_.neighbours;
  s.top_percent = method_.top_percent;
  s.train = train_settings();
  tabular_ = train_tabular(rows, s);
  end_ = end_of(tabular_->report.end);
  losses_ = tabular_->report.losses;
  if (end_ == DiscoveryEnd::kDone) labels_ = tabular_->told(novel.view(), settings_.mixed);
}

/// Sets clusters_.
void Discovery::choose_count() {
  if (settings_.clusters) {
    clusters_ = std::min(*settings_.clusters, novel_.rows);
    return;
  }
  count_ = estimated();
  if (count_)
    clusters_ = count_->classes;
  else
    end_ = DiscoveryEnd::kNotConverged;
}

CountSettings Discovery::count_settings() const {
  CountSettings how = settings_.count;
  how.attract = settings_.mixed;
  how.seed = seed_of(settings_.seed, kCount);
  return how;
}

CountingSpace Discovery::counting_space() const {
  if (method_.kind == MethodKind::kNcdSpectral) return CountingSpace::kJointEmbedding;
  return encoder_ ? CountingSpace::kCodes : CountingSpace::kColumns;
}

std::optional<CountEstimate> Discovery::estimated() const {
  const auto count = [this](const Points& x, const Points& known, const Labels& classes) {
    return estimate_count(x.view(), known.view(), classes, classes_, count_settings());
  };
  switch (counting_space()) {
    case CountingSpace::kColumns:
      return count(novel_, known_, classes_of_known_);
    case CountingSpace::kCodes:
      return count(normalized(novel_), normalized(known_), classes_of_known_);
    case CountingSpace::kJointEmbedding:
      break;
  }
  const auto embedded = embedded_jointly(novel_);
  if (!embedded) return std::nullopt;
  return count(embedded->novel, embedded->known, embedded->classes_of_known);
}

void Discovery::finish(std::optional<Clustered> clustered) {
  if (stopped()) end_ = DiscoveryEnd::kStopped;
  if (!clustered) {
    if (end_ == DiscoveryEnd::kDone) end_ = DiscoveryEnd::kNotConverged;
    return;
  }
  labels_ = std::move(clustered->labels);
  centroids_ = std::move(clustered->centroids);
}

Slot Discovery::slot() const {
  switch (method_.kind) {
    case MethodKind::kKMeans:
      return Slot::kKMeans;
    case MethodKind::kNcdKMeans:
      return Slot::kNcdKMeans;
    case MethodKind::kSpectral:
      return Slot::kSpectral;
    case MethodKind::kNcdSpectral:
      return Slot::kNcdSpectral;
    default:
      return method_.slot;
  }
}

GroupSettings Discovery::group_settings(GroupStart start, std::size_t rows) const {
  GroupSettings s;
  s.clusters = std::min(clusters_, rows);
  s.start = start;
  s.attract = settings_.mixed;
  s.restarts = settings_.restarts;
  s.seed = seed_of(settings_.seed, kGroups);
  return s;
}

std::optional<Discovery::Clustered> Discovery::clustered(const Points& novel) const {
  constexpr std::size_t kFewestOfAGraph = 4;
  if (novel.rows < kFewestOfAGraph) return clustered_by_distance(novel, GroupStart::kPlusPlus);
  switch (slot()) {
    case Slot::kKMeans:
      return clustered_by_distance(
          novel, method_.kind == MethodKind::kKMeans ? method_.start : GroupStart::kPlusPlus);
    case Slot::kNcdKMeans:
      return clustered_by_distance(
          novel, method_.kind == MethodKind::kNcdKMeans ? method_.start : GroupStart::kKnownAware);
    case Slot::kSpectral:
      return clustered_by_graph(novel);
    case Slot::kNcdSpectral:
      break;
  }
  return clustered_jointly(novel);
}

std::optional<Discovery::Clustered> Discovery::clustered_by_distance(const Points& novel,
                                                                     GroupStart start) const {
  const Points means = class_means(known_.view(), classes_of_known_, classes_);
  Groups groups = group(novel.view(), means.view(), group_settings(start, novel.rows));
  Points centroids = settings_.mixed ? stacked(groups.centroids.view(), means.view())
                                     : std::move(groups.centroids);
  return Clustered{std::move(groups.labels), std::move(centroids)};
}

std::optional<Discovery::Clustered> Discovery::clustered_by_graph(const Points& novel) const {
  hashing::Stream stream(settings_.seed, hashing::Purpose::kBootstrap, kSample);
  const auto rows = sample_of(novel.rows, settings_.most_rows, stream);
  const Points sample = rows_of(novel.view(), rows);
  EmbeddingSettings how =
      method_.kind == MethodKind::kSpectral ? method_.spectral : EmbeddingSettings{};
  GroupSettings grouping = group_settings(GroupStart::kPlusPlus, sample.rows);
  grouping.attract = false;  // known rows are not in this space
  how.components = grouping.clusters;
  const auto embedding = spectral_embedding(sample.view(), how);
  if (!embedding) return std::nullopt;
  return Clustered{spread_labels(novel, rows, group(embedding->view(), {}, grouping).labels), {}};
}

std::optional<Discovery::Embedded> Discovery::embedded_jointly(const Points& novel) const {
  const std::size_t all = known_.rows + novel.rows;
  std::size_t of_known = known_.rows, of_novel = novel.rows;
  if (all > settings_.most_rows) {
    of_known = std::max<std::size_t>(1, settings_.most_rows * known_.rows / all);
    of_novel = std::min(settings_.most_rows - of_known, novel.rows);
  }
  hashing::Stream stream(settings_.seed, hashing::Purpose::kBootstrap, kSample);
  const auto known_rows = sample_of(known_.rows, of_known, stream);
  Embedded out;
  out.rows = sample_of(novel.rows, of_novel, stream);
  EmbeddingSettings how;
  how.affinity = Affinity::kTree;
  how.min_dist = method_.joint_min_dist;
  how.components = method_.joint_components;
  const auto embedding = spectral_embedding(
      stacked(rows_of(known_.view(), known_rows).view(), rows_of(novel.view(), out.rows).view())
          .view(),
      how);
  if (!embedding) return std::nullopt;
  const PointsView above{embedding->values.data(), known_rows.size(), embedding->columns,
                         embedding->columns},
      below{embedding->values.data() + known_rows.size() * embedding->columns, out.rows.size(),
            embedding->columns, embedding->columns};
  out.known = rows_of(above, all_rows(above.rows));
  out.novel = rows_of(below, all_rows(below.rows));
  for (std::uint32_t r : known_rows) out.classes_of_known.push_back(classes_of_known_[r]);
  return out;
}

std::optional<Discovery::Clustered> Discovery::clustered_jointly(const Points& novel) const {
  const auto embedded = embedded_jointly(novel);
  if (!embedded) return std::nullopt;
  const Points means = class_means(embedded->known.view(), embedded->classes_of_known, classes_);
  const bool seeded = method_.kind != MethodKind::kNcdSpectral || method_.seeded;
  const GroupSettings how = group_settings(seeded ? GroupStart::kKnownAware : GroupStart::kPlusPlus,
                                           embedded->novel.rows);
  Labels labels = group(embedded->novel.view(), means.view(), how).labels;
  return Clustered{spread_labels(novel, embedded->rows, std::move(labels)), {}};
}

Points Discovery::space_of(PointsView x) const {
  if (!encoder_) return rows_of(x, all_rows(x.rows));
  Points codes = codes_of(*encoder_, x);
  return method_.normalized_codes ? normalized(std::move(codes)) : codes;
}

Labels Discovery::assign(PointsView x) const {
  if (tabular_) return tabular_->told(x, settings_.mixed);
  const Points space = space_of(x);
  if (centroids_.rows > 0) return linalg::nearest_centroids<float>(space.view(), centroids_.view());
  const auto near = linalg::nearest_neighbours<float>(space.view(), novel_.view(), 1);
  Labels out(x.rows);
  for (std::size_t r = 0; r < x.rows; ++r) out[r] = labels_[near.indices[r]];
  return out;
}

std::optional<Labels> Discovery::regroup(PointsView x) const {
  if (tabular_) return tabular_->told(x, settings_.mixed);
  auto found = clustered(space_of(x));
  if (!found) return std::nullopt;
  return std::move(found->labels);
}

}  // namespace equivolve::novel_class_discovery
