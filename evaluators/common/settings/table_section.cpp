#include "evaluators/common/settings/table_section.hpp"

#include "evaluators/common/tables/table_keys.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::settings {
namespace {

template <class Value>
Value accepted(tl::expected<Value, tables::Fault> value, const std::string& pointer) {
  if (!value) throw sdk::Refused(pointer + value.error().pointer, value.error().text);
  return std::move(*value);
}

}  // namespace

tables::TableSettings read_columns(JsonReader& in) {
  for (const std::string& key : tables::table_keys()) in.raw(key);
  return accepted(tables::read_table_keys(in.whole_object()), in.pointer());
}

std::optional<std::string> read_column(JsonReader& in, const std::string& key) {
  const nlohmann::json* value = in.raw(key);
  if (!value) return std::nullopt;
  return accepted(tables::read_column_name(*value, "/" + key), in.pointer());
}

}  // namespace equivolve::settings
