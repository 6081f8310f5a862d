#include "engine/plugins/scripts/command_template.hpp"

#include <fmt/format.h>

namespace equivolve::engine {
namespace {

/// An argument in parts: text, or a name in braces.
struct Part {
  std::string text;
  bool is_name = false;
};

tl::expected<std::vector<Part>, std::string> parts_of(const std::string& argument) {
  std::vector<Part> parts;
  std::string text;
  const auto end_text = [&] {
    if (!text.empty()) parts.push_back({std::exchange(text, ""), false});
  };
  for (std::size_t i = 0; i < argument.size(); ++i) {
    const char c = argument[i];
    if ((c == '{' || c == '}') && i + 1 < argument.size() && argument[i + 1] == c) {
      text += c;
      ++i;
      continue;
    }
    if (c == '}') return tl::unexpected<std::string>("has a '}' without a '{'; a brace is '}}'");
    if (c != '{') {
      text += c;
      continue;
    }
    const std::size_t end = argument.find('}', i);
    if (end == std::string::npos)
      return tl::unexpected<std::string>("has a '{' without a '}'; a brace is '{{'");
    end_text();
    parts.push_back({argument.substr(i + 1, end - i - 1), true});
    i = end;
  }
  end_text();
  return parts;
}

/// Nothing where a name stands for nothing.
std::optional<std::string> filled(const std::string& argument, const ValueOf& value_of) {
  std::string out;
  for (const Part& part : parts_of(argument).value_or(std::vector<Part>{{argument, false}})) {
    if (!part.is_name) {
      out += part.text;
      continue;
    }
    const auto value = value_of(part.text);
    if (!value) return std::nullopt;
    out += *value;
  }
  return out;
}

}  // namespace

tl::expected<std::vector<std::string>, std::string> placeholders_of(const std::string& argument) {
  auto parts = parts_of(argument);
  if (!parts) return tl::unexpected<std::string>(std::move(parts.error()));
  std::vector<std::string> names;
  for (const Part& part : *parts)
    if (part.is_name) names.push_back(part.text);
  return names;
}

std::vector<std::string> filled_command(const std::vector<ArgumentGroup>& command,
                                        const ValueOf& value_of) {
  std::vector<std::string> out;
  for (const ArgumentGroup& group : command) {
    std::vector<std::string> arguments;
    for (const std::string& argument : group)
      if (auto value = filled(argument, value_of)) arguments.push_back(std::move(*value));
    if (arguments.size() < group.size()) continue;
    out.insert(out.end(), arguments.begin(), arguments.end());
  }
  return out;
}

}  // namespace equivolve::engine
