#include "engine/config/spaces/name_choice.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/plugins/nearest_name.hpp"
#include "engine/plugins/plugin_names.hpp"

namespace equivolve::engine {
namespace {

bool has_name(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string shown_names(const std::vector<std::string>& names) {
  constexpr std::ptrdiff_t kShown = 16;
  if (names.size() <= kShown) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format("{}, ...", fmt::join(names.begin(), names.begin() + kShown, ", "));
}

std::string name_fault(const std::string& name, const std::vector<std::string>& offered,
                       const NameKind& kind) {
  if (offered.empty())
    return kind.fits(name) ? ""
                           : fmt::format("'{}' cannot be the name of {}; expected {}",
                                         one_line(name, 60), kind.one, kind.form);
  if (has_name(offered, name)) return "";
  return fmt::format("unknown {} '{}'; expected one of {}{}", kind.word, one_line(name, 60),
                     shown_names(offered), suggestion(name, offered));
}

}  // namespace

std::vector<std::string> chosen_names(const std::vector<WrittenName>& written,
                                      const std::vector<std::string>& offered, const NameKind& kind,
                                      const std::string& pointer,
                                      std::vector<PointerProblem>& problems) {
  std::vector<std::string> chosen;
  std::size_t refused = 0;
  for (const WrittenName& one : written) {
    if (refused == kMostProblems) break;
    if (std::string fault = name_fault(one.name, offered, kind); !fault.empty()) {
      problems.push_back({one.pointer, false, std::move(fault)});
      ++refused;
    } else if (!has_name(chosen, one.name)) {
      chosen.push_back(one.name);
    }
    if (chosen.size() > kind.most) {
      problems.push_back(
          {pointer, false,
           fmt::format("more than {} {}s; expected at most that many", kind.most, kind.word)});
      break;
    }
  }
  if (offered.empty()) return chosen;
  std::vector<std::string> ordered;
  for (const std::string& name : offered)
    if (has_name(chosen, name)) ordered.push_back(name);
  return ordered;
}

}  // namespace equivolve::engine
