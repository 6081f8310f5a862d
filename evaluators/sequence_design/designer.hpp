// Designers: from what was measured to a pool of candidates with the proxy's scores. A designer
// gets an OfflineView, so that it cannot reach an oracle.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evaluators/sequence_design/features.hpp"
#include "evaluators/sequence_design/offline.hpp"
#include "evaluators/sequence_design/proxy.hpp"

namespace equivolve::sequence_design {

enum class Method {
  kOfflineBest,
  kRandom,
  kRandomSearch,
  kGradientAscent,
  kEnsembleMean,
  kEnsembleMin,
  kEvolution,
  kExhaustive,
  kCbas,
  kComs,
  kCmaEs,
  kBdi,
  kBib
};
std::vector<std::string> method_names();  ///< in that order

enum class ProxyKind { kRidgeOneHot, kRidgePairwise, kRidgeKmer, kRidgeLearned, kNtk, kMlp };
std::vector<std::string> proxy_names();

enum class Directions { kBoth, kForward, kBackward };  ///< of BDI
std::vector<std::string> direction_names();

/// One configuration. Which numbers count depends on the method and the proxy.
struct DesignerSettings {
  Method method = Method::kEvolution;
  ProxyKind proxy = ProxyKind::kRidgePairwise;  ///< of BIB the features alone count
  double lambda = 1e-3;                         ///< ridge proxies: times tr(F'F)/D
  double beta = 1e-6;                           ///< BDI, BIB and ntk: times tr(K)/n
  std::size_t depth = 5;                        ///< H of ntk
  std::size_t landmarks = 4096;                 ///< of ntk
  std::size_t max_memory_mb = 2048;
  std::size_t ensemble = 3;  ///< networks of the ensemble methods
  std::size_t width = 256;   ///< of networks
  std::size_t epochs = 12;
  std::size_t steps = 100;  ///< of gradient methods; generations of cma_es
  double rate = 0.1;        ///< Adam
  double target = 10;       ///< y_h, standardised
  Directions directions = Directions::kBoth;
  std::optional<double> gamma;   ///< of BIB: share of the forward loss; none: learned
  bool learned_rate = false;     ///< BIB's adaptive eta
  std::size_t population = 512;  ///< evolution, cbas
  std::size_t generations = 50;  ///< evolution, cbas
  double mutation = 1;           ///< mutations a child, expected
  double quantile = 0.9;         ///< cbas: of the scores, for the next threshold
  std::size_t random_draws = 10'000;
  std::size_t designs = 128;  ///< N; also the number of starts
  std::uint64_t seed = 0;
};

/// How work is spread and stopped. Results do not depend on either, unless stopped.
struct Work {
  std::function<void(std::size_t, const std::function<void(std::size_t)>&)> spread =
      [](std::size_t n, const std::function<void(std::size_t)>& body) {
        for (std::size_t i = 0; i < n; ++i) body(i);
      };
  std::function<bool()> stop = [] { return false; };
};

/// What a designer found: different feasible sequences, best first by the proxy.
struct Pool {
  std::vector<Sequence> sequences;
  std::vector<double> scores;  ///< the proxy's, standardised
  std::vector<Sequence> raw;   ///< the method's own output: N sequences, feasible or not
  std::size_t diverged = 0;    ///< designs whose loss left the finite numbers
};

/// The proxy of a configuration, fitted. Throws std::runtime_error with one line where it cannot be
/// (memory, singular systems, too few rows). `unlabelled`: for learned features; empty: none.
Proxy fit_proxy(const OfflineView& view, const DesignerSettings& settings,
                const std::vector<Sequence>& unlabelled, const Work& work);

struct Designed {
  Proxy proxy;  ///< that scored the pool
  Pool pool;
  double fit_seconds = 0, search_seconds = 0;
};
/// Fits and searches. Deterministic in the settings and the view. Throws as fit_proxy.
Designed design(const OfflineView& view, const DesignerSettings& settings,
                const std::vector<Sequence>& unlabelled, const Work& work);

// ---- Parts, for tests.

/// Different feasible ones of `found`, scored and sorted best first (equal scores: as found).
Pool make_pool(const OfflineView& view, const Proxy& proxy, const std::vector<Sequence>& found,
               std::vector<Sequence> raw);
/// The N best offline sequences that differ; as many as there are.
std::vector<Sequence> start_sequences(const OfflineView& view, std::size_t n);

}  // namespace equivolve::sequence_design
