#include "evaluators/sequence_design/mlp.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "evaluators/common/nn/network.hpp"
#include "evaluators/common/nn/optimizers/adam.hpp"
#include "evaluators/sequence_design/adam.hpp"

namespace equivolve::sequence_design {
namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic>;
using Column = Eigen::VectorXf;
using Net = nn::Network<float>;

/// The trained numbers of input - width - width - 1, for telling scores only.
struct Told {
  Matrix first, second;
  Column first_bias, second_bias, last;
  float last_bias = 0;

  explicit Told(const Net& net) {
    const auto block = [&](std::size_t i) {
      const nn::ParameterBlock& b = net.blocks()[i];
      using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
      return Matrix(Eigen::Map<const Rows>(net.parameters().data() + b.offset,
                                           static_cast<Eigen::Index>(b.rows),
                                           static_cast<Eigen::Index>(b.columns)));
    };
    first = block(0);
    first_bias = block(1);
    second = block(2);
    second_bias = block(3);
    last = block(4).transpose();
    last_bias = block(5)(0, 0);
  }

  /// Of columns before the first ReLU.
  Eigen::RowVectorXf scores(const Matrix& before) const {
    Matrix hidden = second * before.cwiseMax(0.0F);
    hidden.colwise() += second_bias;
    return (last.transpose() * hidden.cwiseMax(0.0F)).array() + last_bias;
  }

  double gradient(std::span<const double> x, std::span<double> out) const {
    Column before = first_bias;
    for (std::size_t i = 0; i < x.size(); ++i)
      if (x[i] != 0) before += static_cast<float>(x[i]) * first.col(static_cast<Eigen::Index>(i));
    const Column hidden = second * before.cwiseMax(0.0F) + second_bias;
    const float score = last.dot(hidden.cwiseMax(0.0F)) + last_bias;
    const Column by_hidden = (hidden.array() > 0).select(last, 0.0F);
    const Column by_second = second.transpose() * by_hidden;
    const Column by_before = (before.array() > 0).select(by_second, 0.0F);
    const Column by_x = first.transpose() * by_before;
    for (std::size_t i = 0; i < x.size(); ++i) out[i] = by_x[static_cast<Eigen::Index>(i)];
    return score;
  }
};

Net make_network(std::size_t inputs, const MlpSettings& settings) {
  const auto width = static_cast<std::uint32_t>(settings.width);
  auto net = Net::make({{.channels = static_cast<std::uint32_t>(inputs)},
                        {nn::dense(width), nn::relu(), nn::dense(width), nn::relu(), nn::dense(1)}},
                       settings.seed);
  if (!net) throw std::runtime_error("mlp: " + net.error());
  return *std::move(net);
}

/// Row numbers of one epoch, shuffled.
std::vector<std::size_t> shuffled(std::vector<std::size_t> rows, std::uint64_t seed,
                                  std::size_t epoch) {
  hashing::Stream stream(seed, hashing::Purpose::kEvaluate, epoch);
  for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[stream.below(i)]);
  return rows;
}

std::vector<std::size_t> rows_to_train(std::size_t n, const MlpSettings& settings) {
  std::vector<std::size_t> rows(n);
  hashing::Stream stream(settings.seed, hashing::Purpose::kBootstrap, 0);
  for (std::size_t i = 0; i < n; ++i) rows[i] = settings.bootstrap ? stream.below(n) : i;
  return rows;
}

/// Encoded rows, float, one after the other.
template <class Encode>
std::vector<float> encoded(const OfflineView& view, std::size_t inputs, const Encode& encode) {
  std::vector<float> out(view.size() * inputs);
  std::vector<double> x(inputs);
  for (std::size_t r = 0; r < view.size(); ++r) {
    encode(view.sequences[r], std::span(x));
    std::copy(x.begin(), x.end(), out.begin() + static_cast<std::ptrdiff_t>(r * inputs));
  }
  return out;
}

/// Calls step(rows) for every batch of every epoch.
template <class Step>
void each_batch(std::size_t n, const MlpSettings& settings, const std::function<bool()>& stop,
                const Step& step) {
  const std::vector<std::size_t> all = rows_to_train(n, settings);
  for (std::size_t epoch = 0; epoch < settings.epochs; ++epoch) {
    const std::vector<std::size_t> rows = shuffled(all, settings.seed, epoch);
    for (std::size_t begin = 0; begin < rows.size(); begin += settings.batch) {
      if (stop && stop()) return;
      step(std::span(rows).subspan(begin, std::min(settings.batch, rows.size() - begin)));
    }
  }
}

void gather(const std::vector<float>& x, std::size_t inputs, std::span<const std::size_t> rows,
            std::vector<float>& out) {
  out.resize(rows.size() * inputs);
  for (std::size_t r = 0; r < rows.size(); ++r)
    std::copy_n(x.begin() + static_cast<std::ptrdiff_t>(rows[r] * inputs), inputs,
                out.begin() + static_cast<std::ptrdiff_t>(r * inputs));
}

}  // namespace

Proxy fit_mlp(const OfflineView& view, const MlpSettings& settings,
              const std::function<bool()>& stop) {
  const std::size_t inputs = view.shape().cells(), symbols = view.shape().symbols();
  Net net = make_network(inputs, settings);
  nn::Workspace<float> work(net.plan(), settings.batch);
  nn::Adam<float> adam(net.blocks(), {.weight_decay = settings.weight_decay});
  const std::vector<float> x = encoded(
      view, inputs, [&](const Sequence& s, std::span<double> out) { one_hot(s, symbols, out); });
  std::vector<float> batch;
  each_batch(view.size(), settings, stop, [&](std::span<const std::size_t> rows) {
    gather(x, inputs, rows, batch);
    const auto told = net.forward(batch, nn::Pass::training(settings.seed, 0), work);
    const auto gradient = work.output_gradient();
    for (std::size_t r = 0; r < rows.size(); ++r)
      gradient[r] = 2 * (told[r] - static_cast<float>(view.targets[rows[r]])) /
                    static_cast<float>(rows.size());
    net.backward(work);
    adam.step(net.parameters(), net.gradients(), settings.rate);
  });
  const auto model = std::make_shared<const Told>(net);
  Proxy out;
  out.name = "mlp";
  out.predict = [model, symbols](std::span<const Sequence> sequences, std::span<double> scores) {
    constexpr std::size_t kBlock = 256;
    for (std::size_t begin = 0; begin < sequences.size(); begin += kBlock) {
      const std::size_t count = std::min(kBlock, sequences.size() - begin);
      Matrix before(model->first_bias.size(), static_cast<Eigen::Index>(count));
      for (std::size_t r = 0; r < count; ++r) {
        auto column = before.col(static_cast<Eigen::Index>(r));
        column = model->first_bias;
        const Sequence& s = sequences[begin + r];
        for (std::size_t i = 0; i < s.size(); ++i)
          column += model->first.col(static_cast<Eigen::Index>(i * symbols + s[i]));
      }
      const Eigen::RowVectorXf told = model->scores(before);
      for (std::size_t r = 0; r < count; ++r)
        scores[begin + r] = told[static_cast<Eigen::Index>(r)];
    }
  };
  out.gradient = [model](std::span<const double> p, std::span<double> gradient) {
    return model->gradient(p, gradient);
  };
  return out;
}

ConservativeModel fit_conservative(const OfflineView& view, const ConservativeSettings& settings,
                                   const std::function<bool()>& stop) {
  const auto encoding = std::make_shared<const LogitEncoding>(view, LogitEncoding::Scale::kPlain);
  const std::size_t inputs = encoding->size();
  Net net = make_network(inputs, settings.mlp);
  nn::Workspace<float> work(net.plan(), settings.mlp.batch);
  nn::Adam<float> adam(net.blocks(), {});
  const std::vector<float> x = encoded(view, inputs, [&](const Sequence& s, std::span<double> out) {
    encoding->encode(SequenceView(s), out);
  });
  ConservativeModel out;
  out.ascent_rate = settings.ascent_rate * std::sqrt(static_cast<double>(inputs));
  double log_alpha = std::log(settings.multiplier);
  AdamDirection multiplier(1);
  std::vector<float> batch, ascended, kept;
  each_batch(view.size(), settings.mlp, stop, [&](std::span<const std::size_t> rows) {
    gather(x, inputs, rows, batch);
    ascended = batch;
    const auto n = static_cast<float>(rows.size());
    for (std::size_t step = 0; step < settings.ascent_steps; ++step) {
      net.forward(ascended, nn::Pass::prediction(), work);
      std::fill_n(work.output_gradient().begin(), rows.size(), 1.0F);
      const auto up = net.backward(work, {.all_weights = false, .input = true});
      for (std::size_t i = 0; i < ascended.size(); ++i)
        ascended[i] += static_cast<float>(out.ascent_rate) * up[i];
    }
    const double alpha = std::exp(log_alpha);
    const auto share = static_cast<float>(alpha) / n;
    double gap = 0;
    auto told = net.forward(ascended, nn::Pass::prediction(), work);
    for (std::size_t r = 0; r < rows.size(); ++r) gap += static_cast<double>(told[r]) / n;
    std::fill_n(work.output_gradient().begin(), rows.size(), share);
    net.backward(work);
    kept.assign(net.gradients().begin(), net.gradients().end());
    told = net.forward(batch, nn::Pass::training(settings.mlp.seed, 0), work);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      gap -= static_cast<double>(told[r]) / n;
      work.output_gradient()[r] =
          2 * (told[r] - static_cast<float>(view.targets[rows[r]])) / n - share;
    }
    net.backward(work);
    for (std::size_t i = 0; i < kept.size(); ++i) net.gradients()[i] += kept[i];
    adam.step(net.parameters(), net.gradients(), settings.mlp.rate);
    // Ascent on alpha (gap - limit), by log alpha.
    const double by_log[1] = {alpha * (settings.gap - gap)};
    double step[1];
    multiplier.next(by_log, step);
    log_alpha -= settings.multiplier_rate * step[0];
    out.gap = gap;
  });
  const auto model = std::make_shared<const Told>(net);
  out.encoding = encoding;
  out.gradient = [model](std::span<const double> at, std::span<double> gradient) {
    return model->gradient(at, gradient);
  };
  out.proxy.name = "conservative mlp";
  out.proxy.predict = [model, encoding](std::span<const Sequence> sequences,
                                        std::span<double> scores) {
    std::vector<double> at(encoding->size()), ignored(at.size());
    for (std::size_t i = 0; i < sequences.size(); ++i) {
      encoding->encode(SequenceView(sequences[i]), at);
      scores[i] = model->gradient(at, ignored);
    }
  };
  out.proxy.gradient = [model, encoding](std::span<const double> p, std::span<double> by_p) {
    std::vector<double> at(encoding->size()), by_x(at.size());
    encoding->encode(p, at);
    const double score = model->gradient(at, by_x);
    encoding->pull_back(by_x, by_p);
    return score;
  };
  return out;
}

}  // namespace equivolve::sequence_design
