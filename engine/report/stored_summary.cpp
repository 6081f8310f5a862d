#include "engine/report/stored_summary.hpp"

#include <nlohmann/json.hpp>

namespace equivolve::engine {

nlohmann::ordered_json summary_of(const RunInfo& run) {
  auto summary = nlohmann::ordered_json::parse(run.state.summary_json, nullptr, false);
  return summary.is_object() ? summary : nlohmann::ordered_json::object();
}

}  // namespace equivolve::engine
