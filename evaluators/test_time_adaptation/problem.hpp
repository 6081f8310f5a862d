// What all trials of a run share: the clean data, the source model, and the streams of a seed.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "evaluators/test_time_adaptation/data.hpp"
#include "evaluators/test_time_adaptation/settings.hpp"
#include "evaluators/test_time_adaptation/source_model.hpp"
#include "evaluators/test_time_adaptation/stream.hpp"

namespace equivolve::test_time_adaptation {

/// One stream of a trial: in this label order, in batches of this size.
struct Cell {
  LabelOrder label_order = LabelOrder::kShuffled;
  std::uint32_t batch = 64;
  std::string name() const;  ///< "shuffled.64"
};

using Cancelled = std::function<bool()>;

/// All const members [any-thread].
class Problem {
 public:
  /// Reads the data, and a network from a file where one is named; trains nothing yet. Throws
  /// sdk::Refused.
  explicit Problem(const Settings& settings);

  const CleanData& data() const { return data_; }
  /// Of a model from a file: what it is, and what its posterior is from. Else empty.
  std::string model_report() const;
  bool is_convolutional() const { return convolutional_; }
  const std::vector<Cell>& cells() const { return cells_; }
  std::uint32_t classes() const { return data_.training.classes; }
  /// Samples of each corruption at a level.
  std::size_t samples(bool test, bool screening) const;
  /// Of any trial's longest stream.
  std::uint64_t most_batches() const;
  std::uint32_t rounds(bool screening) const { return screening ? 1 : stream_.rounds; }

  /// Trained at the first call, while others wait. Null: `cancelled` said so. Throws
  /// std::runtime_error when training does not stay finite.
  std::shared_ptr<const SourceModel> source(const Cancelled& cancelled) const;

  /// Streams of one seed are made once.
  std::shared_ptr<const SampleStream> stream(LabelOrder order, std::uint64_t common_seed, bool test,
                                             bool screening) const;
  /// Names of the corruptions of a segment: "fog", "fog at 3".
  std::string name_of(const Segment& segment) const;

 private:
  struct Key {
    LabelOrder order;
    std::uint64_t seed;
    bool test, screening;
    bool operator==(const Key&) const = default;
  };
  struct Entry {
    Key key;
    std::shared_ptr<const SampleStream> stream;
  };

  std::vector<std::uint32_t> positions(const std::vector<std::string>& names,
                                       const std::string& pointer) const;
  void choose_corruptions();
  void read_model();
  nn::Architecture architecture() const;
  SourceTraining training() const;
  void give_posterior(SourceModel& model);
  SampleStream make(const Key& key) const;

  ModelSettings model_;
  StreamOptions stream_;
  std::uint32_t screening_samples_;
  CleanData data_;
  bool convolutional_ = false;
  std::vector<Cell> cells_;
  std::vector<std::uint32_t> seen_, reported_;  // corruptions of the two splits

  mutable std::mutex source_mutex_;
  mutable std::shared_ptr<const SourceModel> source_;  // protected by source_mutex_
  mutable std::mutex streams_mutex_;
  mutable std::list<Entry> streams_;  // protected by streams_mutex_; most recent first
};

/// Variances of a diagonal Laplace approximation at the weights of a classifier: 1 / (n F + 1 / v),
/// F the mean squared gradient of the log-likelihood of a sample's own label (the empirical Fisher
/// information), v = 0.01 the variance of the prior. (MacKay 1992, "A practical Bayesian framework
/// for backpropagation networks".)
std::vector<double> laplace_variances(const nn::Network<double>& network, const Samples& samples);

}  // namespace equivolve::test_time_adaptation
