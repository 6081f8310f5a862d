#include "engine/plugins/workers/program_answers.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/plugins/plugin_names.hpp"
#include "engine/plugins/protocol/json_writer.hpp"
#include "search/space/configuration_space.hpp"

namespace equivolve::engine {
namespace {

using Value = nlohmann::json;

constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

std::optional<double> value_of(const Value& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_null() || value == "nan") return kNoValue;
  if (value == "inf") return std::numeric_limits<double>::infinity();
  if (value == "-inf") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

/// Nothing where an item is of another kind.
std::optional<std::vector<double>> doubles_in(const Value& list) {
  if (!list.is_array()) return std::nullopt;
  std::vector<double> out;
  for (const Value& item : list) {
    const auto value = value_of(item);
    if (!value) return std::nullopt;
    out.push_back(*value);
  }
  return out;
}

std::optional<std::vector<std::int64_t>> integers_in(const Value& list) {
  if (!list.is_array()) return std::nullopt;
  std::vector<std::int64_t> out;
  for (const Value& item : list) {
    if (!item.is_number_integer()) return std::nullopt;
    out.push_back(item.get<std::int64_t>());
  }
  return out;
}

bool put_groups(const Value& groups, hashing::OutputSink& sink);

bool put_set(const Value& items, hashing::OutputSink& sink) {
  if (!items.is_array()) return false;
  sink.open_set();
  for (const Value& item : items) {
    if (!put_groups(item, sink)) return false;
    sink.end_item();
  }
  sink.close_set();
  return true;
}

bool put_group(const std::string& kind, const Value& content, hashing::OutputSink& sink) {
  if (kind == "set") return put_set(content, sink);
  if (kind == "text" && content.is_string())
    return sink.text(content.get_ref<const std::string&>()), true;
  if (kind == "integer" && content.is_number_integer())
    return sink.integer(content.get<std::int64_t>()), true;
  if (kind == "labels") {
    const auto labels = integers_in(content);
    if (labels) sink.labels(*labels);
    return labels.has_value();
  }
  const auto numbers = doubles_in(content);
  if (!numbers) return false;
  if (kind == "values") return sink.values(*numbers), true;
  if (kind == "direction") return sink.direction(*numbers), true;
  if (kind == "ranking") return sink.ranking(*numbers), true;
  return false;
}

bool put_groups(const Value& groups, hashing::OutputSink& sink) {
  if (!groups.is_array()) return false;
  return std::ranges::all_of(groups, [&](const Value& group) {
    return group.is_object() && group.size() == 1 &&
           put_group(group.begin().key(), group.begin().value(), sink);
  });
}

}  // namespace

std::string values_json(search::GenomeView genome, const search::Space& space) {
  const auto* configurations = std::get_if<search::ConfigurationSpace>(&space);
  if (!configurations) return "";
  const search::ConfigurationView view(genome, *configurations);
  JsonWriter out;
  for (const search::Parameter& parameter : configurations->parameters) {
    if (!view.is_active(parameter.name)) continue;
    if (const auto choice = view.choice_of(parameter.name))
      out.text(parameter.name, *choice);
    else
      out.json(parameter.name, search::value_text(parameter, *view.number_of(parameter.name)));
  }
  return std::move(out).object();
}

protocol::WireCandidate wire_candidate(const CandidateView& candidate, bool as_bytes,
                                       const search::Space* space) {
  protocol::WireCandidate out;
  out.reference = candidate.reference;
  out.representation = search::representation_name(candidate.representation);
  if (!out.reference.empty()) return out;
  if (as_bytes) {
    out.flat.assign(candidate.genome.begin(), candidate.genome.end());
  } else if (space) {
    out.text = search::genome_text(candidate.genome, *space);
    out.values_json = values_json(candidate.genome, *space);
  }
  return out;
}

tl::expected<std::vector<double>, std::string> figures_by_name(
    const std::string& object_json, const std::vector<NamedFigure>& figures, bool in_part) {
  const Value object = Value::parse(object_json, nullptr, false);
  if (!object.is_object()) return tl::unexpected<std::string>("gave figures that are no object");
  std::vector<double> out(figures.size(), kNoValue);
  for (const auto& [name, content] : object.items()) {
    const auto figure = std::ranges::find(figures, std::string_view(name), &NamedFigure::name);
    if (figure == figures.end())
      return tl::unexpected(
          fmt::format("gave '{}', which is none of its figures", one_line(name, 80)));
    const auto value = value_of(content);
    if (!value) return tl::unexpected(fmt::format("gave '{}' as what is no number", name));
    out[static_cast<std::size_t>(figure - figures.begin())] = *value;
  }
  for (const NamedFigure& figure : figures) {
    const bool is_needed = figure.role == Role::kObjective || figure.role == Role::kConstraint;
    if (!in_part && is_needed && !object.contains(figure.name))
      return tl::unexpected(fmt::format("figure '{}' was not set", figure.name));
  }
  return out;
}

tl::expected<hashing::ProbeDigest, std::string> digest_of_outputs(
    const std::string& outputs_json, const hashing::SinkSettings& settings) {
  const Value groups = Value::parse(outputs_json, nullptr, false);
  hashing::OutputSink sink(settings);
  if (!put_groups(groups, sink))
    return tl::unexpected<std::string>("put out what is no list of groups");
  return sink.finish();
}

}  // namespace equivolve::engine
