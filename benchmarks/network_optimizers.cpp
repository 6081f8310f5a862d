// What optimisers and muP are worth, on the digits of data/digits.csv (1,797 images of 8 x 8).
//
//   network_optimizers [--only soap | mup] [--seeds 3] [--json]
//
// soap: an autoencoder 64-32-8-32-64 (tanh), mean squared error, batches of 64, 30 epochs. AdamW
// and SOAP, both with weight decay 0.01, have the best of the same rates, a factor 2 apart, by the
// mean over seeds of the loss after the last epoch. "epochs_share": the epochs after which SOAP's
// loss is at most AdamW's last one, over AdamW's (2 where it never is), mean over seeds.
//
// mup: an autoencoder 64-w-w-w-64 (ReLU), mean squared error, Adam, batches of 64, 5 epochs over
// the first 512 images. The best rate, a factor 2 apart, by the mean over seeds of the training
// loss after the last epoch, for w = 64 and w = 1024, in the standard parametrisation and with muP
// on a base of width 64. "mup" and "standard": the larger of the two best rates over the smaller.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "evaluators/common/nn/losses.hpp"
#include "evaluators/common/nn/network.hpp"
#include "evaluators/common/nn/optimizers/adam.hpp"
#include "evaluators/common/nn/optimizers/mup.hpp"
#include "evaluators/common/nn/optimizers/soap.hpp"
#include "hashing/stream.hpp"

namespace equivolve::benchmarks {
namespace {

using namespace equivolve::nn;  // NOLINT: a program of one file

constexpr std::size_t kPixels = 64, kBatch = 64;

struct Digits {
  std::vector<float> images;  // 0 to 1, one after the other
  std::size_t count() const { return images.size() / kPixels; }
};

Digits read_digits(const char* file) {
  std::ifstream in(file);
  if (!in) {
    std::fprintf(stderr, "%s: cannot be read; run this from the root of the tree\n", file);
    std::exit(2);
  }
  Digits digits;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    const char* at = line.c_str();
    char* end = nullptr;
    for (std::size_t i = 0; i < kPixels; ++i, at = end + 1)
      digits.images.push_back(std::strtof(at, &end) / 16);
  }
  return digits;
}

/// Another order of the samples each epoch.
std::vector<std::uint32_t> order_of(std::size_t count, std::uint64_t seed, std::uint64_t epoch) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  hashing::Stream stream(seed, hashing::Purpose::kTask, epoch);
  for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[stream.below(i)]);
  return order;
}

/// Samples put side by side.
struct Batch {
  std::vector<float> images;
  void take(const Digits& digits, const std::uint32_t* rows, std::size_t count) {
    images.clear();
    for (std::size_t i = 0; i < count; ++i) {
      const float* image = digits.images.data() + rows[i] * kPixels;
      images.insert(images.end(), image, image + kPixels);
    }
  }
};

/// Of outputs for a batch; writes the gradient.
double reconstruction(std::span<const float> outputs, const Batch& batch,
                      std::span<float> gradient) {
  return mean_squared_error<float>(outputs, std::span<const float>(batch.images), gradient);
}

double mean_loss(Network<float>& network, Workspace<float>& work, const Digits& digits,
                 std::size_t count) {
  Batch batch;
  std::vector<std::uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0u);
  double sum = 0;
  for (std::size_t at = 0; at < count; at += kBatch) {
    const std::size_t size = std::min(kBatch, count - at);
    batch.take(digits, rows.data() + at, size);
    const auto outputs = network.forward(batch.images, Pass::prediction(), work);
    sum += reconstruction(outputs, batch, work.output_gradient().first(outputs.size())) *
           static_cast<double>(size);
  }
  return sum / static_cast<double>(count);
}

/// The loss over all samples after each epoch.
template <class Optimizer>
std::vector<double> train(Network<float> network, Optimizer optimizer, double rate,
                          const Digits& digits, std::size_t count, std::size_t epochs,
                          std::uint64_t seed) {
  Workspace<float> work(network.plan(), kBatch);
  Batch batch;
  std::vector<double> losses;
  std::uint32_t step = 0;
  for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
    const auto order = order_of(count, seed, epoch);
    for (std::size_t at = 0; at + kBatch <= count; at += kBatch) {
      batch.take(digits, order.data() + at, kBatch);
      const auto outputs = network.forward(batch.images, Pass::training(seed, step++), work);
      reconstruction(outputs, batch, work.output_gradient());
      network.backward(work);
      optimizer.step(network.parameters(), network.gradients(), rate);
    }
    losses.push_back(mean_loss(network, work, digits, count));
  }
  return losses;
}

/// After the last epoch; what is not finite is the worst.
double last(const std::vector<double>& losses) {
  return std::isfinite(losses.back()) ? losses.back() : 1e30;
}

/// Rates a factor 2 apart.
std::vector<double> rates(int from, int to) {
  std::vector<double> out;
  for (int power = from; power <= to; ++power) out.push_back(std::ldexp(1.0, power));
  return out;
}

// ---- SOAP against AdamW

constexpr std::size_t kEpochs = 30;
constexpr double kWeightDecay = 0.01;

struct Course {
  double rate = 0, mean_last = 1e30;
  std::vector<std::vector<double>> losses;  // of each seed
};

template <class Optimizer, class Settings>
Course best_course(const Digits& digits, std::uint64_t seeds, const Settings& settings) {
  Course best;
  for (double rate : rates(-11, -3)) {
    Course course{rate, 0, {}};
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      auto network = *Network<float>::make(
          {{kPixels, 1, 1},
           {dense(32), nn::tanh(), dense(8), nn::tanh(), dense(32), nn::tanh(), dense(kPixels)}},
          seed);
      Optimizer optimizer(network.blocks(), settings);
      course.losses.push_back(train(std::move(network), std::move(optimizer), rate, digits,
                                    digits.count(), kEpochs, seed));
      course.mean_last += last(course.losses.back()) / static_cast<double>(seeds);
    }
    if (course.mean_last < best.mean_last) best = std::move(course);
  }
  return best;
}

struct SoapFigures {
  Course adamw, soap;
  double epochs_share = 0;
};

SoapFigures soap_against_adamw(const Digits& digits, std::uint64_t seeds) {
  SoapFigures figures;
  figures.adamw =
      best_course<Adam<float>>(digits, seeds, AdamSettings{.weight_decay = kWeightDecay});
  figures.soap =
      best_course<Soap<float>>(digits, seeds, SoapSettings{.weight_decay = kWeightDecay});
  for (std::size_t seed = 0; seed < seeds; ++seed) {
    const double goal = last(figures.adamw.losses[seed]);
    const auto& losses = figures.soap.losses[seed];
    const auto there = std::ranges::find_if(losses, [goal](double loss) { return loss <= goal; });
    const double epochs =
        there == losses.end() ? 2.0 * kEpochs : static_cast<double>(there - losses.begin() + 1);
    figures.epochs_share += epochs / static_cast<double>(kEpochs) / static_cast<double>(seeds);
  }
  return figures;
}

// ---- muP

Network<float> wide_autoencoder(std::uint32_t width, std::uint64_t seed) {
  return *Network<float>::make(
      {{kPixels, 1, 1},
       {dense(width), relu(), dense(width), relu(), dense(width), relu(), dense(kPixels)}},
      seed);
}

double best_rate(const Digits& digits, std::uint64_t seeds, std::uint32_t width, bool mup) {
  constexpr std::size_t kSamples = 512, kShortEpochs = 5;
  const Network<float> base = wide_autoencoder(64, 1);
  double best = 0, best_loss = 1e30;
  for (double rate : rates(-15, -3)) {
    double loss = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      Network<float> network = wide_autoencoder(width, seed);
      std::vector<double> of_blocks;
      if (mup) {
        const auto scales = mup_scales(network.blocks(), base.blocks(), MupRule::kAdam);
        scale_initial<float>(network.parameters(), network.blocks(), scales);
        for (const MupScale& scale : scales) of_blocks.push_back(scale.rate);
      }
      Adam<float> optimizer(network.blocks(), AdamSettings{}, of_blocks);
      loss += last(train(std::move(network), std::move(optimizer), rate, digits, kSamples,
                         kShortEpochs, seed)) /
              static_cast<double>(seeds);
    }
    if (loss < best_loss) best = rate, best_loss = loss;
  }
  return best;
}

double factor(double a, double b) {
  return std::max(a, b) / std::min(a, b);
}

}  // namespace
}  // namespace equivolve::benchmarks

int main(int argc, char** argv) {
  using namespace equivolve::benchmarks;  // NOLINT
  std::string_view only;
  std::uint64_t seeds = 3;
  bool json = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--json")
      json = true;
    else if (argument == "--only" && i + 1 < argc)
      only = argv[++i];
    else if (argument == "--seeds" && i + 1 < argc)
      seeds = std::strtoull(argv[++i], nullptr, 10);
    else
      return std::fprintf(stderr,
                          "usage: network_optimizers [--only soap | mup] [--seeds 3] [--json]\n"),
             2;
  }
  const Digits digits = read_digits("data/digits.csv");
  std::string out;
  char text[400];
  if (only != "mup") {
    const SoapFigures f = soap_against_adamw(digits, seeds);
    std::snprintf(
        text, sizeof text,
        json ? "\"soap\": {\"epochs_share\": %.4f, \"adamw_rate\": %g, \"adamw_loss\": %.6f, "
               "\"soap_rate\": %g, \"soap_loss\": %.6f}"
             : "soap: %.2f of AdamW's epochs (AdamW: rate %g, loss %.5f; SOAP: rate %g, loss "
               "%.5f)\n",
        f.epochs_share, f.adamw.rate, f.adamw.mean_last, f.soap.rate, f.soap.mean_last);
    out += text;
  }
  if (only != "soap") {
    const double narrow = best_rate(digits, seeds, 64, false),
                 wide = best_rate(digits, seeds, 1024, false),
                 mup = best_rate(digits, seeds, 1024, true);
    std::snprintf(
        text, sizeof text,
        json ? "%s\"mup\": {\"mup\": %g, \"standard\": %g, \"rate_64\": %g, \"rate_1024\": %g, "
               "\"rate_1024_mup\": %g}"
             : "%sbest rate's factor between widths 64 and 1024: muP %g, standard %g (rates %g, "
               "%g, with muP %g)\n",
        json && !out.empty() ? ", " : "", factor(narrow, mup), factor(narrow, wide), narrow, wide,
        mup);
    out += text;
  }
  std::printf(json ? "{%s}\n" : "%s", out.c_str());
  return 0;
}
