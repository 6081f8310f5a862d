// Gradient ascent, BIB and COMs' ascent.
#include <algorithm>
#include <cmath>

#include "evaluators/sequence_design/adam.hpp"
#include "evaluators/sequence_design/methods.hpp"

namespace equivolve::sequence_design {
namespace {

/// What one design visited.
struct Path {
  std::vector<Sequence> visited;
  Sequence last;
  bool diverged = false;

  /// Keeps each new decoded iterate; one outside the set is brought into it from the start.
  void visit(const FeasibleSet& set, const Sequence& start, Sequence now) {
    if (now == last) return;
    visited.push_back(set.towards(start, now));
    last = std::move(now);
  }
};

Found joined(std::vector<Path> paths) {
  Found out;
  for (Path& path : paths) {
    out.visited.insert(out.visited.end(), path.visited.begin(), path.visited.end());
    out.raw.push_back(std::move(path.last));
    out.diverged += path.diverged ? 1 : 0;
  }
  return out;
}

bool all_finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// Each start on its own: follow(start) fills its path.
template <class Follow>
Found each_start(const OfflineView& view, const DesignerSettings& settings, const Work& work,
                 const Follow& follow) {
  const std::vector<Sequence> starts = start_sequences(view, settings.designs);
  std::vector<Path> paths(starts.size());
  work.spread(starts.size(), [&](std::size_t i) {
    paths[i].visit(view.set, starts[i], starts[i]);
    follow(starts[i], paths[i]);
  });
  return joined(std::move(paths));
}

}  // namespace

SoftSequence::SoftSequence(SequenceView start, std::size_t symbols, std::span<const double> noise)
    : symbols_(symbols), theta_(noise.begin(), noise.end()) {
  for (std::size_t i = 0; i < start.size(); ++i) {
    const auto row = std::span(theta_).subspan(i * symbols, symbols);
    std::iter_swap(std::max_element(row.begin(), row.end()), row.begin() + start[i]);
  }
}

bool SoftSequence::one_hot_of(std::span<double> p) const {
  const Sequence now = decoded();
  bool changes = false;
  for (std::size_t i = 0; i < now.size(); ++i) changes |= p[i * symbols_ + now[i]] != 1;
  one_hot(now, symbols_, p);
  return changes;
}

void SoftSequence::pull_back(std::span<double> gradient) const {
  std::vector<double> p(symbols_);
  for (std::size_t row = 0; row < theta_.size(); row += symbols_) {
    const double top =
        *std::max_element(theta_.begin() + static_cast<std::ptrdiff_t>(row),
                          theta_.begin() + static_cast<std::ptrdiff_t>(row + symbols_));
    double sum = 0, mean = 0;
    for (std::size_t a = 0; a < symbols_; ++a) {
      p[a] = std::exp(theta_[row + a] - top);
      sum += p[a];
    }
    for (std::size_t a = 0; a < symbols_; ++a) {
      p[a] /= sum;
      mean += p[a] * gradient[row + a];
    }
    for (std::size_t a = 0; a < symbols_; ++a)
      gradient[row + a] = p[a] * (gradient[row + a] - mean);
  }
}

std::vector<double> start_noise(const SequenceShape& shape, std::uint64_t seed) {
  hashing::Stream stream(seed, hashing::Purpose::kEvaluate, 0);
  std::vector<double> noise(shape.cells());
  for (double& one : noise) one = 0.1 * stream.gaussian();
  return noise;
}

Found ascend(const OfflineView& view, const DesignerSettings& settings, const Proxy& proxy,
             const Work& work) {
  const std::vector<double> noise = start_noise(view.shape(), settings.seed);
  return each_start(view, settings, work, [&](const Sequence& start, Path& path) {
    SoftSequence soft(start, view.shape().symbols(), noise);
    std::vector<double> p(noise.size()), uphill(noise.size()), g(noise.size()), u(noise.size());
    AdamDirection adam(noise.size());
    for (std::size_t step = 0; step < settings.steps && !work.stop(); ++step) {
      // The proxy sees the decoded sequence, which most steps leave as it is.
      if (soft.one_hot_of(p)) {
        const double score = proxy.gradient(p, uphill);
        if (!std::isfinite(score) || !all_finite(uphill)) {
          path.diverged = true;
          return;
        }
      }
      g = uphill;
      soft.pull_back(g);
      for (double& one : g) one = -one;
      adam.next(g, u);
      for (std::size_t i = 0; i < u.size(); ++i) soft.logits()[i] -= settings.rate * u[i];
      path.visit(view.set, start, soft.decoded());
    }
  });
}

BibLosses bib_losses(const FeatureMoments& moments, std::span<const double> w,
                     std::span<const double> phi, double target, double beta,
                     std::span<double> by_forward, std::span<double> by_backward) {
  const std::size_t d = phi.size();
  const double miss = dot(phi, w) - target, square = dot(phi, phi);
  const double s = target / ((1 + beta) * square), along = dot(phi, moments.cross);
  std::vector<double> g(d, 0.0);
  for (std::size_t i = 0; i < d; ++i)
    if (phi[i] != 0)
      for (std::size_t j = 0; j < d; ++j) g[j] += phi[i] * moments.gram[i * d + j];
  const double quadratic = dot(phi, g);
  const double by_s = 2 * s * quadratic - 2 * along;
  for (std::size_t i = 0; i < d; ++i) {
    by_forward[i] = 2 * miss * w[i];
    by_backward[i] = 2 * s * s * g[i] - 2 * s * moments.cross[i] - by_s * 2 * s * phi[i] / square;
  }
  return {miss * miss, s * s * quadratic - 2 * s * along + moments.square};
}

Found bib(const OfflineView& view, const DesignerSettings& settings, const FeatureMap& map,
          const FeatureMoments& moments, const std::vector<double>& w, const Proxy& auxiliary,
          const Work& work) {
  const std::vector<double> noise = start_noise(view.shape(), settings.seed);
  const std::size_t cells = noise.size();
  return each_start(view, settings, work, [&](const Sequence& start, Path& path) {
    SoftSequence soft(start, view.shape().symbols(), noise);
    std::vector<double> p(cells), forward(cells), backward(cells), up(cells), u(cells), g(cells);
    std::vector<double> forward_by_p(cells), backward_by_p(cells), up_by_p(cells);
    std::vector<double> phi(map.size()), by_forward(map.size()), by_backward(map.size());
    AdamDirection adam(cells), gamma_adam(1);
    double gamma = settings.gamma.value_or(0.5);
    const bool asks = !settings.gamma || settings.learned_rate;
    for (std::size_t step = 0; step < settings.steps && !work.stop(); ++step) {
      // Losses are of the decoded sequence, which most steps leave as it is.
      if (soft.one_hot_of(p)) {
        map.map(p, phi);
        const BibLosses losses =
            bib_losses(moments, w, phi, settings.target, settings.beta, by_forward, by_backward);
        if (!std::isfinite(losses.forward) || !std::isfinite(losses.backward)) {
          path.diverged = true;
          return;
        }
        map.pull_back(p, by_forward, forward_by_p);
        map.pull_back(p, by_backward, backward_by_p);
        if (asks) auxiliary.gradient(p, up_by_p);
      }
      forward = forward_by_p;
      backward = backward_by_p;
      up = up_by_p;
      soft.pull_back(forward);
      soft.pull_back(backward);
      if (asks) soft.pull_back(up);
      double rate = settings.rate;
      if (!settings.gamma) {
        const double delta[1] = {rate * (dot(up, forward) - dot(up, backward))};
        double move[1];
        gamma_adam.next(delta, move);
        gamma = std::clamp(gamma - 0.1 * move[0], 0.0, 1.0);
      }
      for (std::size_t i = 0; i < cells; ++i) g[i] = gamma * forward[i] + (1 - gamma) * backward[i];
      adam.next(g, u);
      if (settings.learned_rate && step > 0) rate = std::clamp(0.1 - 0.01 * dot(up, u), 1e-4, 0.5);
      for (std::size_t i = 0; i < cells; ++i) soft.logits()[i] -= rate * u[i];
      path.visit(view.set, start, soft.decoded());
    }
  });
}

double bdi_loss(const Landmarks& landmarks, std::span<const double> alpha, double target,
                Directions directions, std::span<const double> x, std::span<double> gradient,
                KernelRow& row) {
  const std::size_t n = landmarks.size();
  const auto d = static_cast<double>(landmarks.dimension());
  landmarks.evaluate(x, true, row);
  std::vector<double> c(n, 0.0);
  double loss = 0, along_x = 0;
  if (directions != Directions::kBackward) {
    const double miss = dot(alpha, row.kernel) - target;
    loss += miss * miss / 2;
    for (std::size_t i = 0; i < n; ++i) c[i] += miss * alpha[i];
  }
  if (directions != Directions::kForward) {
    const double own = row.norm * row.norm * (landmarks.depth() + 1) / d;
    const double s = target / own, weight = 1 / static_cast<double>(n);
    double pull = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double error = s * row.kernel[i] - landmarks.targets()[i];
      loss += weight * error * error / 2;
      c[i] += weight * error * s;
      pull += weight * error * row.kernel[i];
    }
    along_x = -pull * target / (own * own) * 2 * (landmarks.depth() + 1) / d;
  }
  landmarks.pull_back(x, row, c, gradient);
  for (std::size_t i = 0; i < x.size(); ++i) gradient[i] += along_x * x[i];
  return loss;
}

Found bdi(const OfflineView& view, const DesignerSettings& settings, const Landmarks& landmarks,
          const std::vector<double>& alpha, const Work& work) {
  return each_start(view, settings, work, [&](const Sequence& start, Path& path) {
    std::vector<double> x(landmarks.dimension()), g(x.size()), u(x.size());
    landmarks.encoding().encode(SequenceView(start), x);
    AdamDirection adam(x.size());
    KernelRow row;
    for (std::size_t step = 0; step < settings.steps && !work.stop(); ++step) {
      const double loss =
          bdi_loss(landmarks, alpha, settings.target, settings.directions, x, g, row);
      if (!std::isfinite(loss) || !all_finite(g)) {
        path.diverged = true;
        return;
      }
      adam.next(g, u);
      for (std::size_t i = 0; i < x.size(); ++i) x[i] -= settings.rate * u[i];
      path.visit(view.set, start, landmarks.encoding().decode(x));
    }
  });
}

Found conservative_ascent(const OfflineView& view, const DesignerSettings& settings,
                          const ConservativeModel& model, std::size_t steps, const Work& work) {
  return each_start(view, settings, work, [&](const Sequence& start, Path& path) {
    std::vector<double> x(model.encoding->size()), g(x.size());
    model.encoding->encode(SequenceView(start), x);
    for (std::size_t step = 0; step < steps && !work.stop(); ++step) {
      model.gradient(x, g);
      if (!all_finite(g)) {
        path.diverged = true;
        return;
      }
      for (std::size_t i = 0; i < x.size(); ++i) x[i] += model.ascent_rate * g[i];
      path.visit(view.set, start, model.encoding->decode(x));
    }
  });
}

}  // namespace equivolve::sequence_design
