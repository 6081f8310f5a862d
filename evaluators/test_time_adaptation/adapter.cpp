#include "evaluators/test_time_adaptation/adapter.hpp"

#include <algorithm>
#include <cmath>

#include "evaluators/common/nn/losses.hpp"
#include "evaluators/test_time_adaptation/draws.hpp"

namespace equivolve::test_time_adaptation {
namespace {

constexpr double kDamping = 1e-6;  // added to posterior variances

template <class Scalar>
double mean_confidence(std::span<const Scalar> logits, std::size_t classes) {
  double sum = 0;
  for (std::size_t at = 0; at < logits.size(); at += classes) {
    const auto row = logits.subspan(at, classes);
    const double greatest = *std::max_element(row.begin(), row.end());
    double total = 0;
    for (const Scalar logit : row) total += std::exp(logit - greatest);
    sum += 1 / total;
  }
  return sum * static_cast<double>(classes) / static_cast<double>(logits.size());
}

/// As a share of log(classes).
template <class Scalar>
double mean_entropy(std::span<const Scalar> logits, std::size_t classes) {
  double sum = 0;
  for (std::size_t at = 0; at < logits.size(); at += classes) {
    const auto row = logits.subspan(at, classes);
    const double greatest = *std::max_element(row.begin(), row.end());
    double total = 0, weighted = 0;
    for (const Scalar logit : row) {
      const double e = std::exp(logit - greatest);
      total += e;
      weighted += e * (logit - greatest);
    }
    sum += std::log(total) - weighted / total;
  }
  return sum /
         (static_cast<double>(logits.size() / classes) * std::log(static_cast<double>(classes)));
}

template <class Scalar>
void classes_told(std::span<const Scalar> logits, std::size_t classes,
                  std::vector<std::uint32_t>& told) {
  told.clear();
  for (std::size_t at = 0; at < logits.size(); at += classes) {
    const auto row = logits.subspan(at, classes);
    told.push_back(
        static_cast<std::uint32_t>(std::max_element(row.begin(), row.end()) - row.begin()));
  }
}

template <class Scalar>
nn::Network<Scalar> converted(const nn::Network<double>& network) {
  if constexpr (std::is_same_v<Scalar, double>)
    return network;
  else
    return network.as<Scalar>();
}

bool is_norm_block(const nn::Plan& plan, const nn::ParameterBlock& block) {
  return std::any_of(plan.layers.begin(), plan.layers.end(), [&](const nn::LayerPlan& layer) {
    return layer.layer.kind == nn::LayerKind::kBatchNorm &&
           (layer.weights == block.offset || layer.bias == block.offset);
  });
}

/// Where the parameters of the last layer that has any begin.
std::size_t last_layer_offset(const nn::Plan& plan) {
  std::size_t offset = plan.parameters;
  for (const nn::LayerPlan& layer : plan.layers)
    if (layer.has_parameters()) offset = layer.weights;
  return offset;
}

}  // namespace

double quantile_of(std::span<double> values, double delta) {
  const double h = delta * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(h);
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(low), values.end());
  const double below = values[low];
  if (low + 1 >= values.size()) return below;
  const double above =
      *std::min_element(values.begin() + static_cast<std::ptrdiff_t>(low) + 1, values.end());
  return below + (h - static_cast<double>(low)) * (above - below);
}

template <class Scalar>
Adapter<Scalar>::Adapter(const SourceModel& source, const Recipe& recipe, std::size_t most,
                         std::uint64_t seed, MakeView<Scalar> views,
                         std::optional<FormulaRule> rule)
    : recipe_(recipe),
      student_(converted<Scalar>(source.network)),
      teacher_(student_),
      home_(student_),
      variance_(source.variance),
      work_(student_.plan(), most),
      view_work_(student_.plan(), has_teacher(recipe.method) ? most : 1),
      views_(std::move(views)),
      rule_(std::move(rule)),
      seed_(seed),
      prediction_(most * student_.outputs()) {
  choose_trained();
  optimizer_ = fresh_optimizer();
}

template <class Scalar>
void Adapter<Scalar>::choose_trained() {
  if (!trains(recipe_.method)) return;
  const nn::Plan& plan = student_.plan();
  const std::size_t last = last_layer_offset(plan);
  for (const nn::ParameterBlock& block : student_.blocks()) {
    if (recipe_.trainable == Trainable::kBatchNormAffine && !is_norm_block(plan, block)) continue;
    if (recipe_.trainable == Trainable::kAllButLast && block.offset >= last) continue;
    blocks_.push_back(block);
    for (std::size_t i = 0; i < block.rows * block.columns; ++i)
      trained_.push_back(static_cast<std::uint32_t>(block.offset + i));
  }
}

template <class Scalar>
typename Adapter<Scalar>::Optimizer Adapter<Scalar>::fresh_optimizer() const {
  if (blocks_.empty()) return std::monostate{};
  if (recipe_.optimizer == OptimizerKind::kAdam) return nn::Adam<Scalar>(blocks_, {});
  return nn::Sgd<Scalar>(blocks_, {.momentum = 0.9});
}

template <class Scalar>
void Adapter<Scalar>::reset() {
  const auto home = home_.parameters();
  std::copy(home.begin(), home.end(), student_.parameters().begin());
  std::copy(home.begin(), home.end(), teacher_.parameters().begin());
  optimizer_ = fresh_optimizer();
  since_reset_ = 0;
}

template <class Scalar>
std::span<const Scalar> Adapter<Scalar>::forward(const nn::Network<Scalar>& network,
                                                 std::span<const Scalar> x,
                                                 nn::Workspace<Scalar>& work) {
  const std::size_t samples = x.size() / network.inputs();
  counts_.passes += samples;
  const bool small = samples < 2 && recipe_.statistics_mix >= 1;
  const bool source = recipe_.method == Method::kSource || small;
  return network.forward(x, {.batch_statistics = source ? 0 : recipe_.statistics_mix}, work);
}

template <class Scalar>
std::span<const Scalar> Adapter<Scalar>::step(std::span<const Scalar> x) {
  if (recipe_.reset_every > 0 && since_reset_ == recipe_.reset_every) reset();
  ++counts_.batches;
  ++since_reset_;
  const std::size_t samples = x.size() / student_.inputs();
  const auto predicted = std::span(prediction_).first(samples * student_.outputs());
  const bool small = samples < 2 && recipe_.statistics_mix >= 1;
  counts_.small += small && recipe_.method != Method::kSource;
  last_ = {};
  if (has_teacher(recipe_.method) && !small) {
    adapt_with_teacher(x);
    return predicted;
  }
  const auto& network = has_teacher(recipe_.method) ? teacher_ : student_;
  const auto logits = forward(network, x, work_);
  std::copy(logits.begin(), logits.end(), predicted.begin());
  if (trains(recipe_.method) && !small) adapt_alone(logits);
  return predicted;
}

template <class Scalar>
void Adapter<Scalar>::adapt_alone(std::span<const Scalar> logits) {
  const std::size_t classes = student_.outputs();
  if (recipe_.method == Method::kTent) {
    nn::entropy<Scalar>(logits, classes, work_.output_gradient());
  } else {
    thread_local std::vector<std::uint32_t> told;
    classes_told(logits, classes, told);
    nn::cross_entropy<Scalar>(logits, classes, std::span<const std::uint32_t>(told),
                              work_.output_gradient());
  }
  move_student();
}

template <class Scalar>
void Adapter<Scalar>::move_student() {
  student_.backward(work_, {.all_weights = recipe_.trainable != Trainable::kBatchNormAffine});
  counts_.passes += 2 * (work_.outputs().size() / student_.outputs());
  const auto gradients = student_.gradients();
  if (recipe_.prior_weight > 0 && has_prior(recipe_.method))
    for (const std::uint32_t i : trained_)
      gradients[i] += static_cast<Scalar>(recipe_.prior_weight *
                                          (student_.parameters()[i] - home_.parameters()[i]) /
                                          (variance_[i] + kDamping));
  const std::size_t count = nn::parameter_count(blocks_);
  const auto weights = student_.parameters().first(count);
  const std::span<const Scalar> along = gradients.first(count);
  if (auto* adam = std::get_if<nn::Adam<Scalar>>(&optimizer_))
    adam->step(weights, along, recipe_.learning_rate);
  else if (auto* sgd = std::get_if<nn::Sgd<Scalar>>(&optimizer_))
    sgd->step(weights, along, recipe_.learning_rate);
  for (const std::uint32_t i : trained_) finite_ = finite_ && std::isfinite(weights[i]);
}

template <class Scalar>
bool Adapter<Scalar>::predict_with_teacher(std::span<const Scalar> x) {
  const std::size_t classes = student_.outputs(), numbers = x.size() / student_.inputs() * classes;
  const auto prediction = std::span(prediction_).first(numbers);
  bool unsure = recipe_.augmentations > 0;
  if (unsure && recipe_.confidence_threshold < 1)  // at 1 and above: always
    unsure = mean_confidence(forward(home_, x, view_work_), classes) < recipe_.confidence_threshold;
  if (!unsure) {
    const auto logits = forward(teacher_, x, view_work_);
    std::copy(logits.begin(), logits.end(), prediction.begin());
    return false;
  }
  ++counts_.augmented;
  std::fill(prediction.begin(), prediction.end(), Scalar{0});
  view_.resize(x.size());
  for (std::uint32_t v = 0; v < recipe_.augmentations; ++v) {
    views_(static_cast<std::uint32_t>(counts_.batches - 1), v, x, view_);
    const auto logits = forward(teacher_, view_, view_work_);
    for (std::size_t i = 0; i < numbers; ++i) prediction[i] += logits[i];
  }
  for (Scalar& number : prediction) number /= static_cast<Scalar>(recipe_.augmentations);
  return true;
}

template <class Scalar>
void Adapter<Scalar>::adapt_with_teacher(std::span<const Scalar> x) {
  const std::size_t classes = student_.outputs(), numbers = x.size() / student_.inputs() * classes;
  const bool viewed = predict_with_teacher(x);
  if (!viewed && std::equal(student_.parameters().begin(), student_.parameters().end(),
                            teacher_.parameters().begin())) {
    ++counts_.idle;
    return;
  }
  const auto prediction = std::span<const Scalar>(prediction_).first(numbers);
  targets_.resize(numbers);
  nn::softmax<Scalar>(prediction, classes, targets_);
  const auto logits = forward(student_, x, work_);
  nn::cross_entropy<Scalar>(logits, classes, std::span<const Scalar>(targets_),
                            work_.output_gradient());
  const BatchFacts facts = rule_ ? facts_of(logits) : BatchFacts{};
  move_student();
  move_teacher(facts);
  restore(facts);
}

template <class Scalar>
BatchFacts Adapter<Scalar>::facts_of(std::span<const Scalar> logits) const {
  const std::size_t classes = student_.outputs();
  const auto prediction = std::span<const Scalar>(prediction_).first(logits.size());
  std::vector<std::uint32_t> mine, theirs;
  classes_told(logits, classes, mine);
  classes_told(prediction, classes, theirs);
  BatchFacts facts;
  facts.confidence = mean_confidence(prediction, classes);
  facts.entropy = mean_entropy(logits, classes);
  for (std::size_t i = 0; i < mine.size(); ++i) facts.disagreement += mine[i] != theirs[i];
  facts.disagreement /= static_cast<double>(mine.size());
  for (const std::uint32_t i : trained_) {
    const double d = teacher_.parameters()[i] - home_.parameters()[i];
    facts.drift += d * d;
  }
  facts.drift =
      trained_.empty() ? 0 : std::sqrt(facts.drift / static_cast<double>(trained_.size()));
  facts.age = 1 / (1.0 + static_cast<double>(since_reset_));
  return facts;
}

template <class Scalar>
void Adapter<Scalar>::move_teacher(const BatchFacts& facts) {
  double momentum = 1 - recipe_.teacher_rate;
  if (rule_ && rule_->part() == RulePart::kMomentum) {
    momentum = rule_->momentum(facts);
    if (std::isnan(momentum)) {
      finite_ = false;
      return;
    }
  }
  const auto alpha = static_cast<Scalar>(momentum), rest = static_cast<Scalar>(1 - momentum);
  const auto teacher = teacher_.parameters();
  const auto student = student_.parameters();
  for (const std::uint32_t i : trained_) teacher[i] = alpha * teacher[i] + rest * student[i];
}

template <class Scalar>
void Adapter<Scalar>::restore(const BatchFacts& facts) {
  if (rule_ && rule_->part() == RulePart::kRestoration)
    restore_by_rule(facts);
  else if (recipe_.method == Method::kPetalFim)
    restore_least_informative(recipe_.fim_quantile);
  else
    restore_at_random(recipe_.restore_probability);
  counts_.restored += last_.restored;
}

/// The gap to the next weight that goes home has a geometric distribution: one draw for each that
/// does, rather than for each that may.
template <class Scalar>
void Adapter<Scalar>::restore_at_random(double probability) {
  if (probability <= 0) return;
  hashing::Stream stream =
      draws(seed_, Draw::kRestoration, 0, static_cast<std::uint32_t>(counts_.batches));
  const double scale = probability < 1 ? 1 / std::log1p(-probability) : 0;
  for (std::size_t i = 0;; ++i) {
    const double gap = std::floor(std::log(1 - stream.uniform()) * scale);
    if (!(gap < static_cast<double>(trained_.size() - i))) return;
    i += static_cast<std::size_t>(gap);
    student_.parameters()[trained_[i]] = home_.parameters()[trained_[i]];
    ++last_.restored;
    if (i + 1 >= trained_.size()) return;
  }
}

template <class Scalar>
void Adapter<Scalar>::restore_least_informative(double quantile) {
  if (quantile <= 0) return;
  fisher_.clear();
  for (const std::uint32_t i : trained_) {
    const double g = student_.gradients()[i];
    fisher_.push_back(g * g);
  }
  scores_ = fisher_;
  last_.threshold = quantile_of(scores_, quantile);
  for (std::size_t k = 0; k < trained_.size(); ++k)
    if (fisher_[k] < last_.threshold) {
      student_.parameters()[trained_[k]] = home_.parameters()[trained_[k]];
      ++last_.restored;
    }
}

template <class Scalar>
void Adapter<Scalar>::restore_by_rule(const BatchFacts& facts) {
  const std::size_t n = trained_.size();
  std::vector<double> distance(n), deviation(n), magnitude(n), uniform(n);
  fisher_.resize(n);
  scores_.resize(n);
  hashing::Stream stream =
      draws(seed_, Draw::kRestoration, 0, static_cast<std::uint32_t>(counts_.batches));
  for (std::size_t k = 0; k < n; ++k) {
    const std::uint32_t i = trained_[k];
    const double g = student_.gradients()[i];
    fisher_[k] = g * g;
    distance[k] = std::abs(double{student_.parameters()[i]} - home_.parameters()[i]);
    deviation[k] = std::sqrt(variance_[i]);
    magnitude[k] = std::abs(double{home_.parameters()[i]});
  }
  if (rule_->reads(5))
    for (double& number : uniform) number = stream.uniform();
  rule_->score({fisher_, distance, deviation, magnitude, uniform}, facts, scores_);
  for (std::size_t k = 0; k < n; ++k)
    if (scores_[k] > 0) {
      student_.parameters()[trained_[k]] = home_.parameters()[trained_[k]];
      ++last_.restored;
    }
}

template class Adapter<float>;
template class Adapter<double>;

}  // namespace equivolve::test_time_adaptation
