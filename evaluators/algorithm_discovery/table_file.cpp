#include "evaluators/algorithm_discovery/table_file.hpp"

#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::algorithm_discovery {

tables::Table read_table_file(const std::string& path, const std::string& pointer,
                              tables::DataDigest* digest) {
  auto file = tables::read_data_file(path);
  if (!file) throw sdk::Refused(pointer, file.error());
  if (digest) *digest = file->digest;
  auto table = tables::parse_csv(file->text);
  if (!table) throw sdk::Refused(pointer, "'" + path + "': " + table.error());
  return std::move(*table);
}

}  // namespace equivolve::algorithm_discovery
