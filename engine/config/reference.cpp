#include "engine/config/reference.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/config/keys.hpp"

namespace equivolve::engine {
namespace {

std::string default_of(const Key& key) {
  if (!key.default_words.empty()) return key.default_words;
  std::string value = key.write(Configuration{});
  if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
  return value.empty() ? "none" : "`" + value + "`";
}

std::string row_of(const Key& key) {
  const std::string later =
      key.later.empty() ? "" : fmt::format(" (later: {})", fmt::join(key.later, ", "));
  return fmt::format("| `{}` | {}{} | {} | {} |\n", key.name, key.expected, later, default_of(key),
                     key.help);
}

}  // namespace

std::string key_reference() {
  std::string out;
  for (const Section& section : sections()) {
    out +=
        fmt::format("### {}\n\n{}", section.name.empty() ? "At the top" : "`" + section.name + "`",
                    section.help);
    if (!section.short_form.empty() && !section.free_form)
      out += fmt::format(" Short form: the value of `{}` alone.", section.short_form);
    out += "\n\n";
    if (key_names(section).empty()) continue;
    out += "| key | takes | default | meaning |\n| --- | --- | --- | --- |\n";
    for (const Key& key : section.keys)
      if (key.kind != KeyKind::kNotYet) out += row_of(key);
    out += "\n";
  }
  return out;
}

}  // namespace equivolve::engine
