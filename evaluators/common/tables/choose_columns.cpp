#include "evaluators/common/tables/choose_columns.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "evaluators/common/tables/names.hpp"

namespace equivolve::tables {
namespace {

std::optional<long long> as_whole(std::string_view text) {
  long long number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::size_t> place_of(const Names& names, std::string_view wanted) {
  const auto found = std::find(names.names.begin(), names.names.end(), wanted);
  if (found != names.names.end()) return static_cast<std::size_t>(found - names.names.begin());
  const auto count = static_cast<long long>(names.names.size());
  const auto number = as_whole(wanted);
  if (!number || *number == 0 || *number > count || *number < -count) return std::nullopt;
  return static_cast<std::size_t>(*number > 0 ? *number - 1 : count + *number);
}

enum class Role { kFree, kSpecial, kFeature, kDropped };

class Choice {
 public:
  Choice(const std::string& file, const Names& names, const TableSettings& settings)
      : file_(file),
        names_(names),
        settings_(settings),
        roles_(names.names.size(), Role::kFree),
        categories_(names.names.size(), settings.categorical == Categorical::kAuto) {}

  tl::expected<ChosenColumns, Fault> make(const std::vector<SpecialColumn>& specials) {
    ChosenColumns chosen;
    for (const SpecialColumn& special : specials) {
      const auto place = place_of(names_, special.name);
      if (!place)
        return tl::unexpected(Fault{special.pointer, no_such_column(file_, names_, special.name)});
      if (roles_[*place] != Role::kFree)
        return fault(special.pointer, "column " + quoted(*place) + " already has a role");
      roles_[*place] = Role::kSpecial;
      chosen.specials.push_back(*place);
    }
    if (settings_.features)
      if (auto done = list("/features", *settings_.features, Role::kFeature); !done)
        return tl::unexpected(done.error());
    if (settings_.drop)
      if (auto done = list("/drop", *settings_.drop, Role::kDropped); !done)
        return tl::unexpected(done.error());
    if (auto done = mark_categories(); !done) return tl::unexpected(done.error());
    if (auto done = take_features(chosen); !done) return tl::unexpected(done.error());
    return chosen;
  }

 private:
  using Done = tl::expected<void, Fault>;

  static tl::unexpected<Fault> fault(const std::string& pointer, const std::string& text) {
    return tl::unexpected(Fault{pointer, text});
  }
  std::string quoted(std::size_t place) const { return "'" + shown(names_.names[place]) + "'"; }
  bool is_feature(std::size_t place) const {
    return roles_[place] == (settings_.features ? Role::kFeature : Role::kFree);
  }

  Done list(const std::string& pointer, const std::vector<std::string>& wanted, Role role) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const std::string at = pointer + "/" + std::to_string(i);
      const auto place = place_of(names_, wanted[i]);
      if (!place) return fault(at, no_such_column(file_, names_, wanted[i]));
      if (roles_[*place] == Role::kSpecial)
        return fault(at, "column " + quoted(*place) + " is the target, not a feature");
      roles_[*place] = role;
    }
    return {};
  }

  Done mark_categories() {
    if (settings_.categorical != Categorical::kNamed) return {};
    for (std::size_t i = 0; i < settings_.categories.size(); ++i) {
      const std::string at = "/categorical/" + std::to_string(i);
      const auto place = place_of(names_, settings_.categories[i]);
      if (!place) return fault(at, no_such_column(file_, names_, settings_.categories[i]));
      if (!is_feature(*place))
        return fault(at, "column " + quoted(*place) + " is not among the features");
      categories_[*place] = true;
    }
    return {};
  }

  Done take_features(ChosenColumns& chosen) {
    const ColumnUse category =
        settings_.categorical == Categorical::kAuto ? ColumnUse::kAuto : ColumnUse::kCategory;
    for (std::size_t place = 0; place < roles_.size(); ++place) {
      if (!is_feature(place)) continue;
      if (names_.unnamed[place] && !settings_.features) {
        const std::string number = std::to_string(place + 1);
        return fault("/file", "'" + file_ + "': column " + number +
                                  " has no name in the header (an index?); name it, or leave it "
                                  "out with drop: [" +
                                  number + "]");
      }
      ChosenColumn column;
      column.place = place;
      column.use = categories_[place] ? category : ColumnUse::kNumber;
      chosen.features.push_back(column);
    }
    if (chosen.features.empty())
      return fault(settings_.features ? "/features"
                   : settings_.drop   ? "/drop"
                                      : "/file",
                   "'" + file_ + "' has no column beside the target" +
                       (settings_.features || settings_.drop ? " that is left in" : ""));
    return {};
  }

  const std::string& file_;
  const Names& names_;
  const TableSettings& settings_;
  std::vector<Role> roles_;       // of each column
  std::vector<bool> categories_;  // words are allowed there
};

}  // namespace

std::string no_such_column(const std::string& file, const Names& names, std::string_view wanted) {
  std::string text =
      "'" + file + "' has no column '" + shown(wanted) + "'" + suggestion(wanted, names.names);
  if (!names.header)
    text += "; it has no header (say header: true if it has), its columns are c1 to c" +
            std::to_string(names.names.size());
  else if (as_whole(wanted))
    text += "; it has " + std::to_string(names.names.size());
  else if (names.names.size() == 1)
    text += "; it has one column, '" + shown(names.names[0]) + "': is the separator right?";
  return text;
}

tl::expected<ChosenColumns, Fault> choose_columns(const std::string& file, const Names& names,
                                                  const TableSettings& settings,
                                                  const std::vector<SpecialColumn>& specials) {
  return Choice(file, names, settings).make(specials);
}

}  // namespace equivolve::tables
