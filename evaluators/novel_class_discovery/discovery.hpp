// A method at work: from rows to a partition of the unlabelled ones, and from that to other rows.
#pragma once

#include <functional>
#include <optional>

#include "evaluators/novel_class_discovery/class_count.hpp"
#include "evaluators/novel_class_discovery/method.hpp"
#include "evaluators/novel_class_discovery/tabular_network.hpp"

namespace equivolve::novel_class_discovery {

struct DiscoverySettings {
  std::optional<std::size_t> clusters;  ///< empty: estimated by `count`
  CountSettings count;
  bool mixed = false;  ///< unlabelled rows may be of known classes, whose centroids attract them
  std::size_t epochs = 200;
  std::size_t batch = 512;
  std::size_t restarts = 10;     ///< of k-means
  std::size_t most_rows = 6000;  ///< of a spectral embedding; the others follow the nearest
  std::uint64_t seed = 0;
  std::function<bool()> stop = {};  ///< asked each epoch and between steps; may be empty
};

/// Where a method counts classes: among the columns (also the methods that cluster a graph of the
/// rows or learn a cluster head, since both need the number), in codes divided by their length, or
/// in the embedding of known and unlabelled rows together.
enum class CountingSpace { kColumns, kCodes, kJointEmbedding };

enum class DiscoveryEnd { kDone, kNonFinite, kStopped, kNotConverged };

/// Copies are independent; const members may run in several threads at once.
class Discovery {
 public:
  /// As many unlabelled rows (those to be clustered) as clusters, at least 3.
  static Discovery run(const Method& method, const LearningRows& rows,
                       const DiscoverySettings& settings);

  DiscoveryEnd end() const { return end_; }
  std::size_t clusters() const { return clusters_; }
  /// Of the rows to be clustered, in their order: below clusters() a novel class, clusters() + c
  /// the known class c (mixed only).
  const Labels& labels() const { return labels_; }
  /// Where the number of classes was estimated.
  const std::optional<CountEstimate>& count() const { return count_; }
  const std::vector<double>& losses() const { return losses_; }

  /// Inductive: where other rows belong, by the nearest centroid in the method's space, the cluster
  /// head, or (spectral methods) the nearest of the rows that were clustered.
  Labels assign(PointsView x) const;
  /// Transductive: the same code, but `x` itself is clustered, into as many clusters, beside the
  /// known rows. nullopt: an eigensolver did not converge.
  std::optional<Labels> regroup(PointsView x) const;

  /// The space in which rows are compared: codes, or the rows themselves.
  Points space_of(PointsView x) const;
  CountingSpace counting_space() const;
  /// What was, or would have been, estimated of the rows that were clustered: of the same rows, in
  /// counting_space(), by the same draws. nullopt: an eigensolver did not converge.
  std::optional<CountEstimate> estimated() const;
  /// With the draws of this discovery.
  CountSettings count_settings() const;

 private:
  struct Clustered {
    Labels labels;
    Points centroids;  ///< as centroids_
  };
  struct Embedded {
    Points known, novel;
    std::vector<std::uint32_t> rows;  ///< which of the novel ones
    Labels classes_of_known;
  };

  Discovery(const Method& method, const LearningRows& rows, const DiscoverySettings& settings);
  void learn_code(const LearningRows& rows);
  void learn_tabular(const LearningRows& rows, const Points& novel);
  void choose_count();
  void finish(std::optional<Clustered> clustered);
  TrainSettings train_settings() const;
  GroupSettings group_settings(GroupStart start, std::size_t rows) const;
  /// Of rows in the method's space. nullopt: no convergence.
  std::optional<Clustered> clustered(const Points& novel) const;
  std::optional<Clustered> clustered_by_distance(const Points& novel, GroupStart start) const;
  std::optional<Clustered> clustered_by_graph(const Points& novel) const;
  std::optional<Clustered> clustered_jointly(const Points& novel) const;
  std::optional<Embedded> embedded_jointly(const Points& novel) const;
  Slot slot() const;
  bool stopped() const { return settings_.stop && settings_.stop(); }

  Method method_;
  DiscoverySettings settings_;
  DiscoveryEnd end_ = DiscoveryEnd::kDone;
  std::size_t clusters_ = 0, classes_ = 0;
  Labels labels_;
  std::optional<CountEstimate> count_;
  std::vector<double> losses_;

  std::optional<CodeNetwork<float>> encoder_;
  std::optional<TabularNetwork> tabular_;
  Points known_, novel_;  // known rows and those clustered, in the method's space
  Labels classes_of_known_;
  Points centroids_;  // of the new clusters and, in mixed, of the known classes; or none
};

}  // namespace equivolve::novel_class_discovery
