#include "evaluators/algorithm_discovery/encoded_rows.hpp"

#include <numeric>

#include "evaluators/common/interpreters/machine.hpp"

namespace equivolve::algorithm_discovery {
namespace {

/// Calls see(feature number, its values in `rows`), feature by feature: a column at a time is all
/// that is held twice.
template <class See>
void for_each_feature(const tables::Encoding& encoding, std::span<const tables::Column> columns,
                      std::span<const std::uint32_t> rows, const tables::Fills& fills, See see) {
  std::vector<double> values(rows.size());
  std::size_t feature = 0;
  for (std::size_t c = 0; c < columns.size(); ++c)
    for (std::size_t level = 0; level < encoding.columns[c].width(); ++level, ++feature) {
      tables::encode(encoding.columns[c], columns[c], level, fills[feature], rows, values);
      see(feature, std::as_const(values));
    }
}

}  // namespace

void fit_features(const tables::Encoding& encoding, std::span<const tables::Column> columns,
                  std::span<const std::uint32_t> train, Task& task) {
  task.fills = tables::fit_fills(encoding, columns, train);
  tables::Rows positions(train.size());
  std::iota(positions.begin(), positions.end(), 0u);
  task.feature_scales.clear();
  for_each_feature(encoding, columns, train, task.fills,
                   [&](std::size_t, const std::vector<double>& values) {
                     task.feature_scales.push_back(tables::fit_scale(values, 1, positions));
                   });
}

Examples encoded_rows(const tables::Encoding& encoding, std::span<const tables::Column> columns,
                      std::span<const std::uint32_t> rows, const Task& task) {
  Examples out;
  out.stride = interpreters::padded(static_cast<std::uint32_t>(encoding.width()));
  out.features.assign(rows.size() * out.stride, 0.0);
  const bool formulas = task.units != FormulaUnits::kNone;
  if (formulas) out.inputs.reserve(rows.size() * encoding.width() + Examples::kSpareInputs);
  for_each_feature(
      encoding, columns, rows, task.fills,
      [&](std::size_t feature, const std::vector<double>& values) {
        const tables::Scale scale = task.feature_scales[feature];
        for (std::size_t i = 0; i < values.size(); ++i)
          out.features[i * out.stride + feature] = scale.apply(values[i]);
        if (!formulas) return;
        for (double value : values)
          out.inputs.push_back(task.units == FormulaUnits::kOwn ? value : scale.apply(value));
      });
  if (formulas) out.inputs.resize(out.inputs.size() + Examples::kSpareInputs);
  return out;
}

}  // namespace equivolve::algorithm_discovery
