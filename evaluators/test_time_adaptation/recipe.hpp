// An adaptation recipe: what a candidate of the `configuration` representation says.
// Methods: PETAL (Brahma, Rai 2023, CVPR, arXiv 2212.09713), CoTTA (Wang et al. 2022, CVPR), TENT
// (Wang et al. 2021, ICLR), pseudo-labels (Lee 2013), batch statistics at test time (Schneider et
// al. 2020, NeurIPS).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace equivolve::test_time_adaptation {

enum class Method : std::uint8_t {
  kSource,       ///< the trained model with the statistics of its training data
  kBatchNorm,    ///< the trained model with the statistics of each batch
  kPseudoLabel,  ///< cross entropy with the student's own argmax
  kTent,         ///< mean entropy of the student
  kCotta,        ///< a teacher, augmented views, stochastic restoration
  kPetalSres,    ///< as CoTTA, and the source posterior as prior
  kPetalFim,     ///< restoration of the weights with the least Fisher information instead
};
inline constexpr std::array<std::string_view, 7> kMethodNames = {
    "source", "batch_norm", "pseudo_label", "tent", "cotta", "petal_sres", "petal_fim"};

enum class OptimizerKind : std::uint8_t { kAdam, kSgd };
inline constexpr std::array<std::string_view, 2> kOptimizerNames = {"adam", "sgd"};

enum class Trainable : std::uint8_t { kBatchNormAffine, kAll, kAllButLast };
inline constexpr std::array<std::string_view, 3> kTrainableNames = {"bn_affine", "all",
                                                                    "all_but_last"};

struct Recipe {
  Method method = Method::kBatchNorm;
  double learning_rate = 1e-3;
  OptimizerKind optimizer = OptimizerKind::kAdam;  ///< SGD has momentum 0.9
  Trainable trainable = Trainable::kAll;
  double teacher_rate = 1e-3;  ///< 1 - momentum: teacher += rate (student - teacher)
  std::uint32_t augmentations = 0;
  double augmentation_strength = 1;
  double confidence_threshold = 1;  ///< views are used where the anchor's confidence is below
  double restore_probability = 0;   ///< cotta, petal_sres
  double fim_quantile = 0;          ///< petal_fim
  double prior_weight = 0;          ///< petal_sres, petal_fim
  double statistics_mix = 1;        ///< share of batch statistics in those used
  std::uint32_t reset_every = 0;    ///< batches; 0: never

  bool operator==(const Recipe&) const = default;
};

inline bool has_teacher(Method method) {
  return method >= Method::kCotta;
}
inline bool trains(Method method) {
  return method >= Method::kPseudoLabel;
}
inline bool has_prior(Method method) {
  return method >= Method::kPetalSres;
}

/// The recipe with everything that its method does not read as it is in a Recipe by default, so
/// that equal behaviour has equal settings. [any-thread]
Recipe without_inactive(const Recipe& recipe);

/// The recipe that stands for all that do the same, bit for bit, along streams of up to `batches`
/// batches: inactive settings, priors and restorations of nothing, resets that never come, teachers
/// without views, who teach nothing. [any-thread]
Recipe canonical(const Recipe& recipe, std::uint64_t batches);

/// The published settings of a method for networks of this size; `views` are those of CoTTA and
/// PETAL.
Recipe published(Method method, std::uint32_t views, double strength, double threshold);

/// Keys of a configuration and their values, one a line, inactive ones left out: recipe.yaml.
std::string to_yaml(const Recipe& recipe);

std::optional<Method> method_named(std::string_view name);

}  // namespace equivolve::test_time_adaptation
