#include "evaluators/sequence_design/designer.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>

#include "evaluators/sequence_design/masked_network.hpp"
#include "evaluators/sequence_design/methods.hpp"
#include "evaluators/sequence_design/sequence_index.hpp"

namespace equivolve::sequence_design {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::shared_ptr<const FeatureMap> make_features(const OfflineView& view, ProxyKind kind,
                                                const std::vector<Sequence>& unlabelled,
                                                std::uint64_t seed) {
  const SequenceShape& shape = view.shape();
  if (kind == ProxyKind::kRidgeLearned) {
    const bool own = unlabelled.empty();
    MaskedNetwork::Settings settings;
    settings.seed = seed;
    auto network = std::make_shared<const MaskedNetwork>(MaskedNetwork::train(
        own ? view.sequences : unlabelled, shape,
        own ? "trained on the offline sequences, which are biased to low scores"
            : "trained on the unlabelled file",
        settings));
    return std::make_shared<const FeatureMap>(std::move(network), shape);
  }
  const FeatureKind wanted = kind == ProxyKind::kRidgePairwise ? FeatureKind::kPairwise
                             : kind == ProxyKind::kRidgeKmer   ? FeatureKind::kKmer
                                                               : FeatureKind::kOneHot;
  return std::make_shared<const FeatureMap>(affordable(wanted, shape), shape);
}

KernelSettings kernel_settings(const DesignerSettings& s) {
  return {s.depth, s.beta, s.landmarks, s.designs, s.max_memory_mb, s.seed};
}

MlpSettings mlp_settings(const DesignerSettings& s, std::size_t member) {
  MlpSettings out;
  out.width = s.width;
  out.epochs = s.epochs;
  out.seed = hashing::derive_seed(s.seed, hashing::Purpose::kWeights, member);
  return out;
}

/// Half as wide as other networks: each batch costs a hundred passes.
ConservativeSettings conservative_settings(const DesignerSettings& s) {
  ConservativeSettings out;
  out.mlp.width = std::max<std::size_t>(2, s.width / 2);
  out.mlp.epochs = s.epochs;
  out.mlp.seed = s.seed;
  return out;
}

Proxy fit_ensemble(const OfflineView& view, const DesignerSettings& settings, Joining joining,
                   const Work& work) {
  std::vector<Proxy> members(settings.ensemble);
  work.spread(settings.ensemble, [&](std::size_t m) {
    members[m] = fit_mlp(view, mlp_settings(settings, m), work.stop);
  });
  return join(std::move(members), joining,
              (joining == Joining::kMin ? "least of " : "mean of ") +
                  std::to_string(settings.ensemble) + " mlps");
}

/// Bootstrap ridges with ten times the penalty: BIB's auxiliary model.
Proxy fit_auxiliary(const OfflineView& view, const std::shared_ptr<const FeatureMap>& map,
                    const DesignerSettings& settings, const Work& work) {
  constexpr std::size_t kMembers = 3;
  std::vector<Proxy> members(kMembers);
  work.spread(kMembers, [&](std::size_t m) {
    std::vector<double> weights(view.size(), 0.0);
    hashing::Stream stream(settings.seed, hashing::Purpose::kBootstrap, m);
    for (std::size_t i = 0; i < view.size(); ++i) weights[stream.below(view.size())] += 1;
    members[m] =
        linear_proxy(map,
                     solve_moments(feature_moments(*map, view, weights),
                                   10 * settings.lambda / static_cast<double>(map->size())),
                     "bootstrap ridge");
  });
  return join(std::move(members), Joining::kMean, "mean of 3 bootstrap ridges");
}

struct Searched {
  Proxy proxy;
  Found found;
  double fit_seconds = 0;
};

Searched search_bib(const OfflineView& view, const DesignerSettings& settings,
                    const std::vector<Sequence>& unlabelled, const Work& work) {
  const auto start = Clock::now();
  const auto map = make_features(view, settings.proxy, unlabelled, settings.seed);
  const FeatureMoments moments = feature_moments(*map, view);
  const std::vector<double> w =
      solve_moments(moments, settings.beta / static_cast<double>(view.size()));
  Proxy auxiliary;
  if (!settings.gamma || settings.learned_rate)
    auxiliary = fit_auxiliary(view, map, settings, work);
  const double fitted = seconds_since(start);
  Found found = bib(view, settings, *map, moments, w, auxiliary, work);
  return {linear_proxy(map, w, "bib on " + map->name()), std::move(found), fitted};
}

Searched search_bdi(const OfflineView& view, const DesignerSettings& settings, const Work& work) {
  const auto start = Clock::now();
  const auto landmarks = std::make_shared<const Landmarks>(view, kernel_settings(settings));
  const std::vector<double> alpha = solve_kernel(*landmarks, settings.beta);
  const double fitted = seconds_since(start);
  Found found = bdi(view, settings, *landmarks, alpha, work);
  return {kernel_proxy(landmarks, alpha), std::move(found), fitted};
}

Searched search_coms(const OfflineView& view, const DesignerSettings& settings, const Work& work) {
  const auto start = Clock::now();
  const ConservativeSettings conservative = conservative_settings(settings);
  const ConservativeModel model = fit_conservative(view, conservative, work.stop);
  const double fitted = seconds_since(start);
  Found found = conservative_ascent(view, settings, model, conservative.ascent_steps, work);
  return {model.proxy, std::move(found), fitted};
}

Found search_by(const Proxy& proxy, const OfflineView& view, const DesignerSettings& settings,
                const Work& work) {
  switch (settings.method) {
    case Method::kRandomSearch:
      return random_draws(view, settings.random_draws, settings.seed, work);
    case Method::kEvolution:
      return evolve(view, settings, proxy, work);
    case Method::kExhaustive:
      return enumerate(view, work);
    case Method::kCbas:
      return cbas(view, settings, proxy, work);
    case Method::kCmaEs:
      return cma_es(view, settings, proxy, work);
    default:
      return ascend(view, settings, proxy, work);
  }
}

/// No model: the order in which sequences are given is the score.
Designed without_model(Found found, const char* name) {
  Designed out;
  out.proxy.name = name;
  SequenceIndex different;
  for (const Sequence& x : found.visited)
    if (different.add(x)) out.pool.scores.push_back(0);
  out.pool.sequences = different.all();
  out.pool.raw = std::move(found.visited);
  return out;
}

}  // namespace

std::vector<std::string> method_names() {
  return {"offline_best",
          "random",
          "random_search",
          "gradient_ascent",
          "ensemble_mean",
          "ensemble_min",
          "evolution",
          "exhaustive",
          "cbas",
          "coms",
          "cma_es",
          "bdi",
          "bib"};
}
std::vector<std::string> proxy_names() {
  return {"onehot", "pairwise", "kmer3", "learned", "ntk", "mlp"};
}
std::vector<std::string> direction_names() {
  return {"both", "forward", "backward"};
}

std::vector<Sequence> start_sequences(const OfflineView& view, std::size_t n) {
  std::vector<Sequence> out;
  std::vector<std::size_t> outside;
  for (const std::size_t r : best_first(view.scores)) {
    if (out.size() == n) return out;
    if (view.set.contains(view.sequences[r]))
      out.push_back(view.sequences[r]);
    else
      outside.push_back(r);
  }
  // Too few keep to the rules: the best others, brought into the set.
  const std::size_t inside = out.size();
  for (std::size_t i = 0; i < outside.size() && out.size() < n; ++i) {
    hashing::Stream stream(0, hashing::Purpose::kEvaluate, i);
    std::optional<Sequence> from;
    if (inside > 0)
      from = out[i % inside];
    else
      from = view.set.draw(stream);
    if (!from) throw std::runtime_error("no sequence was found that keeps to the constraints");
    out.push_back(view.set.towards(*from, view.sequences[outside[i]]));
  }
  return out;
}

Pool make_pool(const OfflineView& view, const Proxy& proxy, const std::vector<Sequence>& found,
               std::vector<Sequence> raw) {
  SequenceIndex different;
  for (const Sequence& x : found)
    if (view.set.contains(x)) different.add(x);
  const std::vector<double> told = proxy.of(different.all());
  Pool pool;
  for (const std::size_t i : best_first(told)) {
    if (!std::isfinite(told[i])) continue;
    pool.sequences.push_back(different.all()[i]);
    pool.scores.push_back(told[i]);
  }
  pool.raw = std::move(raw);
  return pool;
}

Proxy fit_proxy(const OfflineView& view, const DesignerSettings& settings,
                const std::vector<Sequence>& unlabelled, const Work& work) {
  if (settings.method == Method::kEnsembleMin)
    return fit_ensemble(view, settings, Joining::kMin, work);
  if (settings.method == Method::kEnsembleMean)
    return fit_ensemble(view, settings, Joining::kMean, work);
  if (settings.method == Method::kComs)
    return fit_conservative(view, conservative_settings(settings), work.stop).proxy;
  if (settings.method == Method::kBdi || settings.proxy == ProxyKind::kNtk) {
    const auto landmarks = std::make_shared<const Landmarks>(view, kernel_settings(settings));
    return kernel_proxy(landmarks, solve_kernel(*landmarks, settings.beta));
  }
  // As published, these two go by the mean of networks.
  if (settings.proxy == ProxyKind::kMlp &&
      (settings.method == Method::kCmaEs || settings.method == Method::kCbas))
    return fit_ensemble(view, settings, Joining::kMean, work);
  if (settings.proxy == ProxyKind::kMlp) return fit_mlp(view, mlp_settings(settings, 0), work.stop);
  auto map = make_features(view, settings.proxy, unlabelled, settings.seed);
  if (settings.method != Method::kBib)
    return fit_feature_ridge(std::move(map), view, settings.lambda);
  std::vector<double> w =
      solve_moments(feature_moments(*map, view), settings.beta / static_cast<double>(view.size()));
  return linear_proxy(map, std::move(w), "bib on " + map->name());
}

Designed design(const OfflineView& view, const DesignerSettings& settings,
                const std::vector<Sequence>& unlabelled, const Work& work) {
  const auto start = Clock::now();
  if (settings.method == Method::kOfflineBest) {
    Found found;
    found.visited = start_sequences(view, settings.designs);
    return without_model(std::move(found), "none: the measured scores");
  }
  if (settings.method == Method::kRandom)
    return without_model(random_draws(view, settings.designs, settings.seed, work), "none");
  Searched searched;
  if (settings.method == Method::kBib) {
    searched = search_bib(view, settings, unlabelled, work);
  } else if (settings.method == Method::kBdi) {
    searched = search_bdi(view, settings, work);
  } else if (settings.method == Method::kComs) {
    searched = search_coms(view, settings, work);
  } else {
    searched.proxy = fit_proxy(view, settings, unlabelled, work);
    searched.fit_seconds = seconds_since(start);
    searched.found = search_by(searched.proxy, view, settings, work);
  }
  Designed out;
  out.pool = make_pool(view, searched.proxy, searched.found.visited, std::move(searched.found.raw));
  // Methods without an output of their own hand over the best of what they met.
  if (out.pool.raw.empty())
    out.pool.raw.assign(
        out.pool.sequences.begin(),
        out.pool.sequences.begin() +
            static_cast<std::ptrdiff_t>(std::min(settings.designs, out.pool.sequences.size())));
  out.pool.diverged = searched.found.diverged;
  out.proxy = std::move(searched.proxy);
  out.fit_seconds = searched.fit_seconds;
  out.search_seconds = seconds_since(start) - searched.fit_seconds;
  return out;
}

}  // namespace equivolve::sequence_design
