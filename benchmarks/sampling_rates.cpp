// Lewis weights and exact sensitivities of a matrix that benchmarks/sampling_rival.py wrote:
//   sampling_rates lewis FILE ROWS COLUMNS P ROUNDS
//   sampling_rates exact FILE ROWS COLUMNS P ROUNDS TARGETS
// FILE holds doubles, row after row. Prints one JSON object: CPU seconds (the median over the
// rounds) of one thread from the raw matrix to the weights, or from its Lewis basis to the
// sensitivities of the first TARGETS rows with their certificates; and the figures themselves.
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "benchmarks/measuring.hpp"
#include "evaluators/common/row_sampling/basis.hpp"
#include "evaluators/common/row_sampling/sensitivities.hpp"

namespace {

using namespace equivolve;
using namespace equivolve::row_sampling;

linalg::Matrix<double> read(const std::string& file, std::size_t rows, std::size_t columns) {
  linalg::Matrix<double> a(rows, columns);
  std::ifstream in(file, std::ios::binary);
  in.read(reinterpret_cast<char*>(a.values.data()),
          static_cast<std::streamsize>(a.values.size() * sizeof(double)));
  if (!in) {
    fmt::print(stderr, "sampling_rates: {} is too short\n", file);
    std::exit(2);
  }
  return a;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) {
    fmt::print(stderr, "sampling_rates lewis|exact FILE ROWS COLUMNS P ROUNDS [TARGETS]\n");
    return 2;
  }
  const std::string what = argv[1];
  const auto a = read(argv[2], std::stoul(argv[3]), std::stoul(argv[4]));
  const double p = std::stod(argv[5]);
  const std::size_t rounds = std::stoul(argv[6]);
  std::vector<double> seconds;
  nlohmann::json out;
  for (std::size_t round = 0; round < rounds; ++round) {
    if (what == "lewis") {
      const double before = benchmarks::cpu_seconds();
      const auto weights = lewis_weights(orthonormal_basis(a.view())->q, p);
      seconds.push_back(benchmarks::cpu_seconds() - before);
      out["figures"] = std::vector<double>(weights.weights.begin(), weights.weights.begin() + 100);
      out["rounds"] = weights.rounds;
      continue;
    }
    std::vector<std::uint32_t> targets(argc > 7 ? std::stoul(argv[7]) : a.rows);
    std::iota(targets.begin(), targets.end(), 0u);
    const LewisBasis basis = lewis_basis(orthonormal_basis(a.view())->q, p);
    const double before = benchmarks::cpu_seconds();
    const auto found = exact_sensitivities(basis, targets);
    seconds.push_back(benchmarks::cpu_seconds() - before);
    std::vector<double> low;
    double gap = 1;
    for (const Sensitivity& one : found) {
      low.push_back(one.low);
      gap = std::max(gap, one.high / one.low);
    }
    out["figures"] = low;
    out["largest_gap"] = gap;
  }
  out["seconds"] = benchmarks::median(seconds);
  fmt::print("{}\n", out.dump());
}
