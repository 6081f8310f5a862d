#include "evaluators/common/settings/json_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "evaluators/common/tables/names.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::settings {

using nlohmann::json;
using sdk::Refused;

namespace {

const json kNoObject = json::object();

std::optional<std::uint64_t> as_whole(const json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  if (value.is_number_float()) {
    const double number = value.get<double>();
    if (number >= 0 && number <= 0x1p53 && number == std::floor(number))
      return static_cast<std::uint64_t>(number);
  }
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    std::uint64_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code == std::errc() && end == text.data() + text.size()) return number;
  }
  return std::nullopt;
}

std::size_t position(const std::string& name, const std::vector<std::string>& known,
                     const std::string& place) {
  const auto found = std::find(known.begin(), known.end(), name);
  if (found == known.end())
    throw Refused(place, fmt::format("'{}' is not one of: {}{}", name, fmt::join(known, ", "),
                                     tables::suggestion(name, known)));
  return static_cast<std::size_t>(found - known.begin());
}

}  // namespace

json parse_object(std::string_view text) {
  json parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object()) throw Refused("", "the configuration is not a JSON object");
  return parsed;
}

JsonReader::JsonReader(const json& object, std::string pointer)
    : object_(&object), pointer_(std::move(pointer)) {
  if (!object.is_object()) throw Refused(pointer_, "must be a mapping of names to values");
}

const json* JsonReader::raw(const std::string& key) {
  asked_.push_back(key);
  const auto found = object_->find(key);
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

bool JsonReader::has(const std::string& key) const {
  return object_->contains(key);
}

JsonReader JsonReader::object(const std::string& key) {
  const json* value = raw(key);
  return JsonReader(value ? *value : kNoObject, at(key));
}

std::optional<std::string> JsonReader::text(const std::string& key) {
  const json* value = raw(key);
  if (!value) return std::nullopt;
  if (!value->is_string()) throw Refused(at(key), "must be text");
  return value->get<std::string>();
}

std::uint64_t JsonReader::whole(const std::string& key, std::uint64_t fallback, std::uint64_t low,
                                std::uint64_t high) {
  const json* value = raw(key);
  if (!value) return fallback;
  const auto number = as_whole(*value);
  if (!number || *number < low || *number > high)
    throw Refused(at(key), fmt::format("must be a whole number from {} to {}", low, high));
  return *number;
}

double JsonReader::number(const std::string& key, double fallback, double low, double high) {
  const json* value = raw(key);
  if (!value) return fallback;
  if (!value->is_number() || !(value->get<double>() >= low && value->get<double>() <= high))
    throw Refused(at(key), fmt::format("must be a number from {} to {}", low, high));
  return value->get<double>();
}

bool JsonReader::flag(const std::string& key, bool fallback) {
  const json* value = raw(key);
  if (!value) return fallback;
  if (!value->is_boolean()) throw Refused(at(key), "must be true or false");
  return value->get<bool>();
}

std::vector<double> JsonReader::numbers(const std::string& key, std::vector<double> fallback,
                                        double low, double high) {
  const json* value = raw(key);
  if (!value) return fallback;
  if (!value->is_array() || value->empty()) throw Refused(at(key), "must be a list of numbers");
  std::vector<double> out;
  for (std::size_t i = 0; i < value->size(); ++i) {
    const json& one = (*value)[i];
    const std::string place = fmt::format("{}/{}", at(key), i);
    if (!one.is_number() || !(one.get<double>() >= low && one.get<double>() <= high))
      throw Refused(place, fmt::format("must be a number from {} to {}", low, high));
    if (std::find(out.begin(), out.end(), one.get<double>()) != out.end())
      throw Refused(place, "stands there twice");
    out.push_back(one.get<double>());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::optional<std::size_t> JsonReader::choice(const std::string& key,
                                              const std::vector<std::string>& known) {
  const auto value = text(key);
  if (!value) return std::nullopt;
  return position(*value, known, at(key));
}

std::optional<std::vector<std::string>> JsonReader::texts(const std::string& key) {
  const json* value = raw(key);
  if (!value) return std::nullopt;
  if (!value->is_array()) throw Refused(at(key), "must be a list of texts");
  std::vector<std::string> out;
  for (std::size_t i = 0; i < value->size(); ++i) {
    if (!(*value)[i].is_string()) throw Refused(fmt::format("{}/{}", at(key), i), "must be text");
    out.push_back((*value)[i].get<std::string>());
  }
  return out;
}

std::optional<std::vector<std::string>> JsonReader::names(const std::string& key,
                                                          const std::vector<std::string>& known) {
  const auto out = texts(key);
  if (!out) return std::nullopt;
  for (auto name = out->begin(); name != out->end(); ++name) {
    const std::string place = fmt::format("{}/{}", at(key), name - out->begin());
    position(*name, known, place);
    if (std::find(out->begin(), name, *name) != name)
      throw Refused(place, fmt::format("'{}' stands there twice", *name));
  }
  return out;
}

void JsonReader::finish() const {
  for (const auto& item : object_->items())
    if (std::find(asked_.begin(), asked_.end(), item.key()) == asked_.end())
      throw Refused(at(item.key()), fmt::format("unknown key '{}'{}", item.key(),
                                                tables::suggestion(item.key(), asked_)));
}

}  // namespace equivolve::settings
