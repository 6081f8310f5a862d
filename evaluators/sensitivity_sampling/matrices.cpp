#include "evaluators/sensitivity_sampling/matrices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "evaluators/common/row_sampling/spread_order.hpp"
#include "evaluators/common/tables/encoding.hpp"
#include "evaluators/common/tables/table_reader.hpp"
#include "evaluators/common/tables/table_report.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::sensitivity_sampling {
namespace {

using row_sampling::Family;
using sdk::Refused;

const std::vector<Family>& families(const DrawnData& drawn, bool test) {
  return test ? drawn.test_families : drawn.families;
}

/// Their last column lives apart from the others: every sample of full rank fits it.
bool is_regressed(Family family) {
  return family != Family::kSpike && family != Family::kMix;
}

}  // namespace

TableMatrix read_matrix(const TableData& data) {
  std::vector<tables::SpecialColumn> specials;
  if (data.target) {
    specials.emplace_back();
    specials[0].pointer = "/target";
    specials[0].name = *data.target;
    specials[0].use = tables::ColumnUse::kNumber;
    if (data.columns.drop_missing_target) specials[0].missing = tables::OnMissing::kDrop;
  }
  auto table = tables::read_table(data.file, data.columns, specials);
  if (!table) throw Refused("/data" + table.error().pointer, table.error().text);
  const tables::Encoding encoding = tables::encoding_of(table->features, data.columns);
  std::vector<std::uint32_t> rows(table->rows);
  std::iota(rows.begin(), rows.end(), 0u);
  const tables::Fills fills = tables::fit_fills(encoding, table->features, rows);
  const std::vector<std::string> names = encoding.feature_names();

  TableMatrix out;
  std::vector<std::vector<double>> columns;
  std::vector<std::string> constant;
  std::size_t feature = 0;
  for (std::size_t c = 0; c < encoding.columns.size(); ++c)
    for (std::size_t level = 0; level < encoding.columns[c].width(); ++level, ++feature) {
      std::vector<double> values(table->rows);
      tables::encode(encoding.columns[c], table->features[c], level, fills[feature], rows, values);
      const tables::Scale scale = tables::fit_scale(values, 1, rows);
      if (scale.deviation == 0) {
        constant.push_back(names[feature]);
        continue;
      }
      for (double& value : values) value = scale.apply(value);
      columns.push_back(std::move(values));
      out.names.push_back(names[feature]);
      out.scales.push_back(scale);
    }
  if (columns.empty())
    throw Refused("/data/file",
                  "no feature varies from row to row: there is nothing to choose rows by");
  columns.emplace_back(table->rows, 1.0);
  out.names.emplace_back("intercept");
  if (data.target) {
    const auto& target = table->specials[0].numbers;
    columns.emplace_back(target.begin(), target.end());
    out.names.push_back(table->specials[0].name);
    out.has_target = true;
  }
  out.a = linalg::Matrix<double>(table->rows, columns.size());
  for (std::size_t c = 0; c < columns.size(); ++c)
    for (std::size_t r = 0; r < table->rows; ++r) out.a(r, c) = columns[c][r];
  for (std::size_t r = 0; r < table->rows; ++r) out.row_numbers.push_back(table->row_number(r));
  out.digest = table->digest;
  out.report = tables::report_of(*table, encoding);
  for (const std::string& name : constant)
    out.report += fmt::format("{}column '{}' is constant and is left out",
                              out.report.empty() ? "" : "; ", name);
  return out;
}

Prepared::Prepared(row_sampling::RowFeatures f, bool regresses)
    : features(std::move(f)),
      distortion(features.lewis),
      order(row_sampling::spread_order(features.lewis.rows)) {
  if (regresses && features.last_column_kept) regression.emplace(features.lewis);
}

Matrices::Matrices(const Settings& settings) : settings_(settings) {
  if (settings.table) table_ = read_matrix(*settings.table);
}

std::size_t Matrices::count(bool test) const {
  if (table_) return test ? 0 : 1;
  return families(*settings_.drawn, test).size();
}

std::size_t Matrices::rows() const {
  return table_ ? table_->a.rows : settings_.drawn->rows;
}

std::size_t Matrices::columns() const {
  return table_ ? table_->a.columns : settings_.drawn->columns;
}

bool Matrices::regresses(const MatrixKey& key) const {
  if (table_) return table_->has_target && table_->a.columns > 1;
  return settings_.drawn->columns > 1 &&
         is_regressed(families(*settings_.drawn, key.test)[key.number]);
}

bool Matrices::regresses(bool test) const {
  for (std::size_t k = 0; k < count(test); ++k)
    if (regresses(MatrixKey{test, k, rows(), 2})) return true;
  return false;
}

std::shared_ptr<const Prepared> Matrices::get(const MatrixKey& key) {
  std::lock_guard lock(mutex_);
  auto& made = made_[key];
  if (made) return made;
  linalg::Matrix<double> drawn;
  if (!table_)
    drawn = row_sampling::make_matrix(families(*settings_.drawn, key.test)[key.number], key.rows,
                                      settings_.drawn->columns, settings_.drawn->seed);
  auto features = row_sampling::row_features(table_ ? table_->a.view() : drawn.view(), key.p);
  if (!features) throw Refused("/data", features.error());
  made = std::make_shared<const Prepared>(std::move(*features), regresses(key));
  return made;
}

}  // namespace equivolve::sensitivity_sampling
