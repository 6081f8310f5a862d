// A candidate, read: which method, and its hyperparameters.
// docs/evaluators/novel_class_discovery.md says what each does.
#pragma once

#include <array>
#include <string_view>

#include "evaluators/novel_class_discovery/encoder.hpp"
#include "evaluators/novel_class_discovery/grouping.hpp"
#include "evaluators/novel_class_discovery/spectral.hpp"

namespace equivolve::novel_class_discovery {

enum class MethodKind {
  kKMeans,
  kNcdKMeans,
  kSpectral,
  kNcdSpectral,
  kPbn,
  kLatentBaseline,
  kTabularNcd,
};
inline constexpr std::array<std::string_view, 7> kMethodNames{
    "kmeans", "ncd_kmeans", "spectral", "ncd_spectral", "pbn", "latent_baseline", "tabular_ncd"};

/// What clusters the codes of PBN and of the latent baseline.
enum class Slot { kKMeans, kNcdKMeans, kSpectral, kNcdSpectral };
inline constexpr std::array<std::string_view, 4> kSlotNames{"kmeans", "ncd_kmeans", "spectral",
                                                            "ncd_spectral"};

struct Method {
  MethodKind kind = MethodKind::kKMeans;
  GroupStart start = GroupStart::kPlusPlus;  ///< kmeans, ncd_kmeans (where it is kKnownAware)
  EmbeddingSettings spectral;                ///< spectral; its components are the clusters

  double joint_min_dist = 0.6;        ///< ncd_spectral
  std::size_t joint_components = 10;  ///< ncd_spectral
  bool seeded = false;                ///< ncd_spectral: clusters as ncd_kmeans does

  CodeSettings code;              ///< pbn, latent_baseline, tabular_ncd; inputs are the data's
  double learning_rate = 1e-3;    ///< the same
  double label_weight = 0.5;      ///< pbn: w
  Slot slot = Slot::kKMeans;      ///< pbn, latent_baseline
  bool normalized_codes = false;  ///< whether clusters are looked for among normalised codes

  double class_weight = 0.5;  ///< tabular_ncd, as the next three
  double pair_weight = 0.7;
  std::size_t neighbours = 15;
  double top_percent = 10;

  bool has_code() const { return kind >= MethodKind::kPbn; }
};

}  // namespace equivolve::novel_class_discovery
