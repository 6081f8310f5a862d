// k-means and the partial eigensolver on matrices that benchmarks/linalg_rival.py wrote:
//   linalg_rates kmeans FILE ROWS COLUMNS CLUSTERS RESTARTS ROUNDS
//   linalg_rates eigen FILE ROWS COUNT ROUNDS
// FILE holds doubles, row after row. With RESTARTS 0 k-means starts from the first CLUSTERS rows
// and goes on until nothing changes. Prints one JSON object; seconds are CPU time.
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "benchmarks/measuring.hpp"
#include "evaluators/common/linalg/kmeans.hpp"
#include "evaluators/common/linalg/symmetric_eigen.hpp"

namespace {

using namespace equivolve;

linalg::Matrix<double> read(const std::string& file, std::size_t rows, std::size_t columns) {
  linalg::Matrix<double> a(rows, columns);
  std::ifstream in(file, std::ios::binary);
  in.read(reinterpret_cast<char*>(a.values.data()),
          static_cast<std::streamsize>(a.values.size() * sizeof(double)));
  if (!in) {
    fmt::print(stderr, "linalg_rates: {} is too short\n", file);
    std::exit(2);
  }
  return a;
}

template <class Scalar>
nlohmann::json kmeans(const linalg::Matrix<double>& x, linalg::KMeansSettings settings,
                      std::size_t rounds) {
  linalg::Matrix<Scalar> rows(x.rows, x.columns);
  for (std::size_t i = 0; i < x.values.size(); ++i)
    rows.values[i] = static_cast<Scalar>(x.values[i]);
  const bool from_rows = settings.restarts == 0;
  if (from_rows) {
    settings.restarts = 1;
    settings.tolerance = 0;
  }
  nlohmann::json inertias = nlohmann::json::array(), iterations = inertias;
  std::vector<double> seconds;
  for (std::size_t round = 0; round < rounds; ++round) {
    settings.seed = round;
    const double before = benchmarks::cpu_seconds();
    const auto found =
        from_rows ? linalg::kmeans_from(
                        rows.view(), {rows.values.data(), settings.clusters, x.columns, x.columns},
                        settings)
                  : linalg::kmeans(rows.view(), settings);
    seconds.push_back(benchmarks::cpu_seconds() - before);
    inertias.push_back(found.inertia);
    iterations.push_back(found.iterations);
  }
  return {
      {"seconds", benchmarks::median(seconds)}, {"inertias", inertias}, {"iterations", iterations}};
}

nlohmann::json eigen(const linalg::Matrix<double>& a, std::size_t count, std::size_t rounds) {
  linalg::PartialEigenSettings settings;
  settings.count = count;
  std::vector<double> seconds, values;
  for (std::size_t round = 0; round < rounds; ++round) {
    const double before = benchmarks::cpu_seconds();
    const auto found = linalg::partial_symmetric_eigen(a.view(), settings);
    seconds.push_back(benchmarks::cpu_seconds() - before);
    if (found) values = found->values;
  }
  return {{"seconds", benchmarks::median(seconds)}, {"values", values}};
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto number = [&](std::size_t i) { return std::stoull(words[i]); };
  if (words.size() == 7 && words[0] == "kmeans") {
    const auto x = read(words[1], number(2), number(3));
    linalg::KMeansSettings settings;
    settings.clusters = number(4);
    settings.restarts = number(5);
    const nlohmann::json out = {{"double", kmeans<double>(x, settings, number(6))},
                                {"float", kmeans<float>(x, settings, number(6))}};
    fmt::print("{}\n", out.dump());
  } else if (words.size() == 5 && words[0] == "eigen") {
    fmt::print("{}\n", eigen(read(words[1], number(2), number(2)), number(3), number(4)).dump());
  } else {
    fmt::print(stderr, "linalg_rates kmeans|eigen FILE ...: see benchmarks/linalg_rival.py\n");
    return 2;
  }
}
