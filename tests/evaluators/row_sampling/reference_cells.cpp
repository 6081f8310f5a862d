#include "tests/evaluators/row_sampling/reference_cells.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace equivolve::test {
namespace {

using namespace row_sampling;

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(line);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

/// The mean of the middle two of an even number.
double middle(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace

std::vector<ReferenceCell> read_cells(const std::string& file) {
  std::ifstream in(file);
  std::vector<ReferenceCell> cells;
  std::string line;
  std::getline(in, line);
  const auto header = split(line, ',');
  while (std::getline(in, line)) {
    const auto row = split(line, ',');
    for (std::size_t c = 4; c < row.size(); ++c) {
      const auto parts = split(row[c], ':');
      ReferenceCell cell;
      cell.family = *family_named(row[0]);
      cell.columns = std::stoul(row[1]);
      cell.p = std::stod(row[2]);
      cell.m = std::stoul(row[3]);
      cell.rule = *rule_named(header[c]);
      cell.figure = std::stod(parts[0]);
      cell.deficient = parts.size() > 1 ? static_cast<unsigned>(std::stoul(parts[1])) : 0;
      cells.push_back(cell);
    }
  }
  return cells;
}

MeasuredCell measure_cell(const RowFeatures& features, const DistortionMeter& distortion,
                          const RegressionMeter* regression, Rule rule, std::size_t m,
                          unsigned seeds) {
  const auto budget = static_cast<double>(m);
  const auto q = inclusion_probabilities(*scores_of_logs(log_scores(rule, features)), budget);
  MeasuredCell cell;
  std::vector<double> distortions, errors;
  for (unsigned seed = 0; seed < seeds; ++seed) {
    const Sample sample = bernoulli_sample(q, sample_random(seed, budget));
    const Distortion found = distortion.measure(sample);
    distortions.push_back(found.distortion);
    cell.deficient += found.deficient;
    cell.rows += static_cast<double>(sample.rows.size()) / seeds;
    if (regression) errors.push_back(regression->error(sample));
  }
  cell.distortion = middle(distortions);
  if (regression) cell.regression_error = middle(errors);
  return cell;
}

}  // namespace equivolve::test
