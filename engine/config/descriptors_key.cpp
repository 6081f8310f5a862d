#include "engine/config/descriptors_key.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/config/units.hpp"
#include "engine/plugins/nearest_name.hpp"
#include "engine/plugins/plugin_names.hpp"

namespace equivolve::engine {
namespace {

using MaybeComplaint = std::optional<Complaint>;

constexpr const char* kForm = "a map of descriptors, as in {speed: {low: 0, high: 10, bins: 20}}";

/// "", which is no number, for what is not plain.
std::string plain_text(const Node& node) {
  return node.is_scalar() && !node.quoted ? node.text : "";
}

Complaint complain_of(const std::string& descriptor, const std::string& part, const Node& node,
                      std::string expected) {
  return {fmt::format("has '{}', whose {} {}", descriptor, part, describe(node)),
          std::move(expected), "", node.mark};
}

MaybeComplaint read_part(const std::string& descriptor, const Entry& part, DescriptorConfig& out) {
  const Node& value = part.value;
  if (part.key == "bins") {
    const auto bins = parse_integer(plain_text(value));
    if (!bins || *bins < 1 || *bins > kMostCells)
      return complain_of(descriptor, part.key, value,
                         fmt::format("an integer from 1 to {}", kMostCells));
    out.bins = static_cast<std::uint32_t>(*bins);
    return std::nullopt;
  }
  if (part.key != "low" && part.key != "high")
    return Complaint{fmt::format("has '{}' with the key '{}'", descriptor, one_line(part.key, 60)),
                     "low, high or bins", suggestion(part.key, {"low", "high", "bins"}),
                     part.key_mark};
  const auto number = parse_number(plain_text(value));
  if (!number) return complain_of(descriptor, part.key, value, "a number");
  (part.key == "low" ? out.low : out.high) = *number;
  return std::nullopt;
}

MaybeComplaint read_descriptor(const Entry& entry, DescriptorConfig& out) {
  if (!is_plugin_name(entry.key))
    return Complaint{fmt::format("names '{}'", one_line(entry.key, 60)),
                     "names of figures: [A-Za-z][A-Za-z0-9_.-]{0,63}", "", entry.key_mark};
  if (!entry.value.is_map())
    return Complaint{fmt::format("has '{}', which {}", entry.key, describe(entry.value)),
                     "low, high and bins of it, as in {low: 0, high: 10, bins: 20}", "",
                     entry.value.mark};
  for (const Entry& part : entry.value.entries)
    if (auto complaint = read_part(entry.key, part, out)) return complaint;
  if (out.low && out.high && !(*out.low < *out.high))
    return Complaint{fmt::format("has '{}' from {} to {}", entry.key, *out.low, *out.high),
                     "low below high", "", entry.value.mark};
  return std::nullopt;
}

nlohmann::json descriptor_json(const DescriptorConfig& one) {
  nlohmann::json out = nlohmann::json::object();
  if (one.low) out["low"] = *one.low;
  if (one.high) out["high"] = *one.high;
  if (one.bins) out["bins"] = *one.bins;
  return out;
}

}  // namespace

Key descriptors_key(std::string name, std::string help,
                    Field<std::map<std::string, DescriptorConfig>> value) {
  Key key;
  key.name = std::move(name);
  key.kind = KeyKind::kDescriptors;
  key.expected = kForm;
  key.help = std::move(help);
  key.read = [value](const Node& node, const PathBase&, Configuration& out) -> MaybeComplaint {
    if (!node.is_map()) return Complaint{describe(node), "", "", node.mark};
    std::map<std::string, DescriptorConfig> all;
    for (const Entry& entry : node.entries)
      if (auto complaint = read_descriptor(entry, all[entry.key])) return complaint;
    value.set(out, std::move(all));
    return std::nullopt;
  };
  key.write = [value](const Configuration& in) {
    nlohmann::json out = nlohmann::json::object();
    const std::map<std::string, DescriptorConfig> all = value.get(in);
    for (const auto& one : all) out[one.first] = descriptor_json(one.second);
    return out.dump();
  };
  return key;
}

}  // namespace equivolve::engine
