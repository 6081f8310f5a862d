#include "engine/plugins/reference_list.hpp"

#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/plugins/plugin_names.hpp"

namespace equivolve::engine {

tl::expected<std::vector<ReferenceCandidate>, std::string> read_references(
    const std::string& json) {
  const auto list = nlohmann::json::parse(json, nullptr, false);
  if (!list.is_array()) return tl::unexpected(std::string("they are no JSON list"));
  std::vector<ReferenceCandidate> out;
  std::set<std::string> names;
  for (const auto& item : list) {
    auto text = [&item](const char* key) {
      const auto found = item.find(key);
      return found != item.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    if (!item.is_object()) return tl::unexpected(std::string("an item is no JSON object"));
    ReferenceCandidate one{one_line(text("name"), 200), one_line(text("summary"), 500),
                           text("genome")};
    if (one.name.empty()) return tl::unexpected(std::string("one has no name"));
    if (!names.insert(one.name).second)
      return tl::unexpected(fmt::format("'{}' is there twice", one.name));
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace equivolve::engine
