// CPU time of a training step of small networks (forward pass, cross entropy, backward pass, plain
// gradient descent), beside plain Eigen products of the same sizes, in turn in one process: ratios
// hold on a busy machine.
//
//   network_training [--rounds 41] [--seed 1] [--only NAME] [--json]
//
// What a step's products are: of each dense layer and convolution y = W x, its weights' gradient,
// and of all but the first the gradient at the input. "of_products": the time of those by Eigen's
// own expressions (which choose blocks by the caches and know nothing of biases, activations or
// losses) over that of the step; 1 would be a step that costs nothing but its products.
#include <Eigen/Core>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/measuring.hpp"
#include "evaluators/common/nn/losses.hpp"
#include "evaluators/common/nn/network.hpp"
#include "hashing/stream.hpp"

namespace equivolve::benchmarks {
namespace {

using namespace equivolve::nn;  // NOLINT: a program of one file

struct Arguments {
  int rounds = 41;
  std::uint64_t seed = 1;
  bool json = false;
  std::string_view only;
};

struct Problem {
  std::string name;
  Architecture architecture;
  std::size_t batch;
};

std::vector<Problem> problems() {
  return {
      {"wide", {{256, 1, 1}, {dense(128), relu(), dense(64)}}, 512},
      {"tiny", {{20, 1, 1}, {dense(32), relu(), dense(10)}}, 32},
      {"digits",
       {{64, 1, 1},
        {dense(64, false), batch_norm(), relu(), dense(64, false), batch_norm(), relu(),
         dense(10)}},
       50},
      {"million", {{784, 1, 1}, {dense(900), relu(), dense(320), relu(), dense(10)}}, 128},
      {"conv",
       {{1, 28, 28},
        {convolution(8), batch_norm(), relu(), max_pool(2), convolution(16), batch_norm(), relu(),
         max_pool(2), convolution(32), batch_norm(), relu(), mean_pool(), dense(10)}},
       100},
  };
}

/// Seconds of one call, of as many as take some milliseconds.
template <class Call>
double seconds_of(std::size_t calls, Call call) {
  const double start = cpu_seconds();
  for (std::size_t i = 0; i < calls; ++i) call();
  return (cpu_seconds() - start) / static_cast<double>(calls);
}

template <class Call>
std::size_t calls_of_milliseconds(Call call) {
  std::size_t calls = 1;
  while (seconds_of(calls, call) * static_cast<double>(calls) < 4e-3) calls *= 2;
  return calls;
}

template <class Scalar>
class Training {
 public:
  Training(const Problem& problem, std::uint64_t seed)
      : network_(*Network<Scalar>::make(problem.architecture, seed)),
        work_(network_.plan(), problem.batch),
        x_(problem.batch * network_.inputs()),
        labels_(problem.batch) {
    hashing::Stream stream(seed, hashing::Purpose::kTask, 0);
    for (Scalar& number : x_) number = static_cast<Scalar>(stream.gaussian());
    for (std::uint32_t& label : labels_)
      label = static_cast<std::uint32_t>(stream.below(network_.outputs()));
  }

  void step() {
    const auto logits = network_.forward(x_, Pass::training(1, 1), work_);
    loss_ = cross_entropy<Scalar>(logits, network_.outputs(),
                                  std::span<const std::uint32_t>(labels_), work_.output_gradient());
    network_.backward(work_);
    network_.update_statistics(work_);
    const Scalar rate = Scalar(1e-3);
    Scalar* w = network_.parameters().data();
    const Scalar* g = network_.gradients().data();
    for (std::size_t i = 0; i < network_.parameters().size(); ++i) w[i] -= rate * g[i];
  }
  double loss() const { return loss_; }
  const Plan& plan() const { return network_.plan(); }

 private:
  Network<Scalar> network_;
  Workspace<Scalar> work_;
  std::vector<Scalar> x_;
  std::vector<std::uint32_t> labels_;
  double loss_ = 0;
};

template <class Scalar>
class PlainProducts {
 public:
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
  using Weights = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  PlainProducts(const Plan& plan, std::size_t batch) {
    for (const LayerPlan& layer : plan.layers) {
      if (layer.columns == 0) continue;
      const auto units = static_cast<Eigen::Index>(layer.layer.units),
                 columns = static_cast<Eigen::Index>(layer.columns),
                 positions = static_cast<Eigen::Index>(batch * layer.out.pixels());
      sets_.push_back({Weights::Random(units, columns), Weights(units, columns),
                       Matrix::Random(columns, positions), Matrix(columns, positions),
                       Matrix::Random(units, positions)});
    }
  }

  void run() {
    bool is_first = true;
    for (Set& s : sets_) {
      s.y.noalias() = s.w * s.x;
      s.dw.noalias() = s.y * s.x.transpose();
      if (!is_first) s.dx.noalias() = s.w.transpose() * s.y;
      is_first = false;
    }
  }
  double flops() const {
    double sum = 0;
    for (const Set& s : sets_)
      sum += 2.0 * static_cast<double>(s.w.size()) * static_cast<double>(s.x.cols()) *
             (&s == &sets_.front() ? 2 : 3);
    return sum;
  }

 private:
  struct Set {
    Weights w, dw;
    Matrix x, dx, y;
  };
  std::vector<Set> sets_;
};

struct Measured {
  double step_us, products_us, of_products, products_gflops, loss;
  std::size_t weights;
};

template <class Scalar>
Measured measure(const Problem& problem, const Arguments& arguments) {
  Training<Scalar> training(problem, arguments.seed);
  PlainProducts<Scalar> products(training.plan(), problem.batch);
  const auto step = [&] { training.step(); };
  const auto product = [&] { products.run(); };
  const std::size_t steps = calls_of_milliseconds(step), runs = calls_of_milliseconds(product);
  std::vector<double> of_step, of_products, ratios;
  for (int round = 0; round < arguments.rounds; ++round) {
    of_step.push_back(seconds_of(steps, step));
    of_products.push_back(seconds_of(runs, product));
    ratios.push_back(of_products.back() / of_step.back());
  }
  return {1e6 * median(of_step), 1e6 * median(of_products),
          median(ratios),        1e-9 * products.flops() / median(of_products),
          training.loss(),       training.plan().parameters};
}

void print(const Problem& problem, const char* scalar, const Measured& m, bool json, bool first) {
  if (json) {
    std::printf(
        "%s\"%s_%s\": {\"step_us\": %.3f, \"products_us\": %.3f, \"of_products\": %.4f, "
        "\"products_gflops\": %.2f, \"weights\": %zu}",
        first ? "{" : ", ", problem.name.c_str(), scalar, m.step_us, m.products_us, m.of_products,
        m.products_gflops, m.weights);
    return;
  }
  std::printf("%-8s %-6s step %9.2f us   products alone %9.2f us (%6.1f GFLOP/s)   ratio %.3f\n",
              problem.name.c_str(), scalar, m.step_us, m.products_us, m.products_gflops,
              m.of_products);
}

int main_of(const Arguments& arguments) {
  bool first = true;
  for (const Problem& problem : problems()) {
    if (!arguments.only.empty() && arguments.only != problem.name) continue;
    const Measured of_floats = measure<float>(problem, arguments);
    print(problem, "float", of_floats, arguments.json, first);
    const Measured of_doubles = measure<double>(problem, arguments);
    print(problem, "double", of_doubles, arguments.json, false);
    first = false;
    if (std::isfinite(of_floats.loss) && std::isfinite(of_doubles.loss)) continue;
    std::fprintf(stderr, "network_training: %s: the loss is not finite\n", problem.name.c_str());
    return 1;
  }
  if (arguments.json) std::printf("}\n");
  return 0;
}

bool read_arguments(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view key = argv[i];
    if (key == "--json") {
      arguments.json = true;
    } else if (i + 1 < argc && key == "--rounds") {
      arguments.rounds = std::atoi(argv[++i]);
    } else if (i + 1 < argc && key == "--seed") {
      arguments.seed = std::strtoull(argv[++i], nullptr, 10);
    } else if (i + 1 < argc && key == "--only") {
      arguments.only = argv[++i];
    } else {
      return false;
    }
  }
  return arguments.rounds > 0;
}

}  // namespace
}  // namespace equivolve::benchmarks

int main(int argc, char** argv) {
  equivolve::benchmarks::Arguments arguments;
  if (!equivolve::benchmarks::read_arguments(argc, argv, arguments)) {
    std::fprintf(stderr,
                 "usage: network_training [--rounds N] [--seed N] [--only NAME] [--json]\n");
    return 2;
  }
  return equivolve::benchmarks::main_of(arguments);
}
