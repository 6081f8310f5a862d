#include "evaluators/common/tables/encoding.hpp"

#include <algorithm>
#include <cmath>

namespace equivolve::tables {
namespace {

double median(std::vector<double>& values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  const double below = *std::max_element(values.begin(), middle);
  return below / 2 + *middle / 2;  // a sum might overflow
}

double median_of(const Column& column, std::span<const std::uint32_t> rows) {
  std::vector<double> values;
  values.reserve(rows.size());
  for (std::uint32_t row : rows)
    if (!std::isnan(column.numbers[row])) values.push_back(column.numbers[row]);
  return median(values);
}

void most_frequent(const FeatureColumn& feature, const Column& column,
                   std::span<const std::uint32_t> rows, std::span<double> fill) {
  std::vector<std::size_t> count(feature.levels.size(), 0);
  for (std::uint32_t row : rows)
    if (column.codes[row] < count.size()) ++count[column.codes[row]];
  const auto most = std::max_element(count.begin(), count.end());
  if (most != count.end() && *most > 0) fill[static_cast<std::size_t>(most - count.begin())] = 1;
}

}  // namespace

std::size_t Encoding::width() const {
  std::size_t sum = 0;
  for (const FeatureColumn& column : columns) sum += column.width();
  return sum;
}

std::vector<std::string> Encoding::feature_names() const {
  std::vector<std::string> names;
  for (const FeatureColumn& column : columns) {
    if (!column.categorical) names.push_back(column.name);
    for (const std::string& level : column.levels) names.push_back(column.name + "=" + level);
    if (column.missing_level) names.push_back(column.name + "=(missing)");
  }
  return names;
}

Encoding encoding_of(std::span<const Column> columns, const TableSettings& settings) {
  Encoding encoding;
  encoding.missing = settings.missing;
  encoding.category_fill = settings.category_fill;
  for (const Column& column : columns) {
    FeatureColumn feature;
    feature.name = column.name;
    feature.categorical = column.is_categorical();
    feature.levels = column.levels;
    feature.missing_level = feature.categorical && settings.missing == OnMissing::kImpute &&
                            settings.category_fill == CategoryFill::kOwnLevel &&
                            std::find(column.codes.begin(), column.codes.end(),
                                      Column::kMissingCode) != column.codes.end();
    encoding.columns.push_back(std::move(feature));
  }
  return encoding;
}

Fills fit_fills(const Encoding& encoding, std::span<const Column> columns,
                std::span<const std::uint32_t> rows) {
  Fills fills(encoding.width(), 0.0);
  if (encoding.missing != OnMissing::kImpute) return fills;
  std::size_t at = 0;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const FeatureColumn& feature = encoding.columns[c];
    if (!feature.categorical)
      fills[at] = median_of(columns[c], rows);
    else if (feature.missing_level)
      fills[at + feature.levels.size()] = 1;
    else if (encoding.category_fill == CategoryFill::kMostFrequent)
      most_frequent(feature, columns[c], rows, std::span(fills).subspan(at, feature.width()));
    at += feature.width();
  }
  return fills;
}

void encode(const FeatureColumn& feature, const Column& column, std::size_t level, double fill,
            std::span<const std::uint32_t> rows, std::span<double> out) {
  if (!feature.categorical) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double value = column.numbers[rows[i]];
      out[i] = std::isnan(value) ? fill : value;
    }
    return;
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t code = column.codes[rows[i]];
    out[i] = code == Column::kMissingCode ? fill : code == level ? 1.0 : 0.0;
  }
}

}  // namespace equivolve::tables
