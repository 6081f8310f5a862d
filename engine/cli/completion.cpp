#include "engine/cli/completion.hpp"

#include <algorithm>

namespace equivolve::cli {
namespace {

/// bash cuts words at '=': "--store", "=", "x" are the option and its value again, and "a.b", "=",
/// "c" one word of which only what follows the sign is being typed.
struct Typed {
  std::vector<std::string> before;
  std::string word;    // being typed
  std::string hidden;  // what stands before the word and is not part of an offer
};

Typed join_at_signs(const std::vector<std::string>& words) {
  std::vector<std::string> joined;
  Typed typed;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] != "=" || joined.empty()) {
      joined.push_back(words[i]);
      continue;
    }
    const std::string value = i + 1 < words.size() ? words[++i] : std::string();
    if (joined.back().starts_with("--")) {
      joined.push_back(value);
    } else {
      typed.hidden = i + 1 >= words.size() ? joined.back() + "=" : "";
      joined.back() += "=" + value;
    }
  }
  if (!joined.empty()) {
    typed.word = joined.back();
    joined.pop_back();
  }
  typed.before = std::move(joined);
  return typed;
}

void keep(std::vector<Offer>& offers, const std::string& prefix) {
  std::erase_if(offers, [&](const Offer& offer) { return !offer.text.starts_with(prefix); });
}

const OptionSpec* find_option(const CommandSpec& command, const std::string& name) {
  for (const OptionSpec& option : command.options) {
    if (option.is_argument()) continue;
    const std::size_t comma = option.name.find(',');
    if (option.name.substr(0, comma) == name || long_name(option) == name) return &option;
  }
  return nullptr;
}

/// First words, or the second words of a group.
std::vector<Offer> command_words(const CommandTable& table, const std::string& group) {
  std::vector<Offer> offers;
  const std::string prefix = group.empty() ? "" : group + " ";
  for (const CommandSpec& command : table.commands) {
    if (command.part == Part::kHidden || !command.name.starts_with(prefix)) continue;
    const std::string rest = command.name.substr(prefix.size());
    if (rest.find(' ') == std::string::npos) offers.push_back({rest, command.summary});
  }
  for (const GroupSpec& entry : table.groups)
    if (group.empty() && entry.part != Part::kHidden) offers.push_back({entry.name, entry.summary});
  if (group.empty()) {
    offers.push_back({"help", "Print help, on a command too"});
    offers.push_back({"version", "Print the version"});
  }
  return offers;
}

/// Where the typed words have led.
struct Place {
  const CommandSpec* command = nullptr;
  std::string group;  // when a group was named and no command of it
  bool lost = false;  // words that are no command
  const OptionSpec* wants_value = nullptr;
  std::vector<const OptionSpec*> used;
  std::size_t arguments = 0;
  TypedLine line;
};

bool is_group(const CommandTable& table, const std::string& word) {
  return std::any_of(table.groups.begin(), table.groups.end(),
                     [&](const GroupSpec& group) { return group.name == word; });
}

void name_command(const CommandTable& table, const std::string& word, Place& place) {
  const std::string name = place.group.empty() ? word : place.group + " " + word;
  const auto found = std::find_if(table.commands.begin(), table.commands.end(),
                                  [&](const CommandSpec& command) { return command.name == name; });
  if (found != table.commands.end())
    place.command = &*found;
  else if (place.group.empty() && is_group(table, word))
    place.group = word;
  else
    place.lost = true;
}

void pass_word(const std::string& word, Place& place) {
  if (place.wants_value) {
    if (long_name(*place.wants_value) == "--store") place.line.store = word;
    place.wants_value = nullptr;
    return;
  }
  if (!word.starts_with("-")) {
    if (place.arguments++ == 0) place.line.subject = word;
    return;
  }
  const std::size_t sign = word.find('=');
  const OptionSpec* option = find_option(*place.command, word.substr(0, sign));
  if (!option) return;
  place.used.push_back(option);
  if (option->is_flag()) return;
  if (sign == std::string::npos)
    place.wants_value = option;
  else if (long_name(*option) == "--store")
    place.line.store = word.substr(sign + 1);
}

/// `instead`: stands in the place of the command that is named; null: nothing does.
Place walk(const CommandTable& table, const std::vector<std::string>& words,
           const CommandSpec* instead = nullptr) {
  Place place;
  std::size_t at = 0;
  // `help run` is help on run.
  if (!words.empty() && words.front() == "help") ++at;
  for (; at < words.size() && !place.lost; ++at) {
    if (place.command) {
      pass_word(words[at], place);
      continue;
    }
    name_command(table, words[at], place);
    if (place.command && instead) place.command = instead;
  }
  return place;
}

void offer_settings(const std::string& word, const Place& place, const Names& names,
                    Completion& out) {
  if (!names.settings) return;
  const std::size_t sign = word.find('=');
  for (const Setting& setting : names.settings(place.line)) {
    if (sign == std::string::npos) {
      out.offers.push_back({setting.key + "=", setting.says});
      out.shell = Shell::kNoSpace;
    } else if (word.substr(0, sign) == setting.key) {
      for (const std::string& value : setting.words)
        out.offers.push_back({setting.key + "=" + value, ""});
    }
  }
}

/// `word`: the value as far as it is typed.
Completion values_of(const OptionSpec& option, const Place& place, const std::string& word,
                     const Names& names) {
  Completion out;
  for (const std::string& word : option.words) out.offers.push_back({word, ""});
  switch (option.completes) {
    case Completes::kFile:
      out.shell = Shell::kFiles;
      break;
    case Completes::kFolder:
      out.shell = Shell::kFolders;
      break;
    case Completes::kRunOrGroup:
      if (names.groups) out.offers = names.groups(place.line);
      [[fallthrough]];
    case Completes::kRun:
      if (names.runs) {
        const std::vector<Offer> runs = names.runs(place.line);
        out.offers.insert(out.offers.begin(), runs.begin(), runs.end());
      }
      if (option.name == "SUBJECT") out.shell = Shell::kFiles;
      break;
    case Completes::kEvaluator:
      if (names.evaluators) out.offers = names.evaluators();
      break;
    case Completes::kSetting:
      offer_settings(word, place, names, out);
      break;
    case Completes::kNothing:
      break;
  }
  return out;
}

std::vector<Offer> option_names(const Place& place) {
  std::vector<Offer> offers;
  for (const OptionSpec& option : place.command->options) {
    const bool used = std::find(place.used.begin(), place.used.end(), &option) != place.used.end();
    if (option.is_argument() || (used && !option.repeats())) continue;
    offers.push_back({long_name(option), option.help});
  }
  offers.push_back({"--help", "Print help and leave"});
  return offers;
}

const OptionSpec* next_argument(const Place& place) {
  std::size_t at = 0;
  for (const OptionSpec& option : place.command->options)
    if (option.is_argument() && (at++ == place.arguments || option.repeats())) return &option;
  return nullptr;
}

Completion in_command(const Place& place, const std::string& word, const Names& names) {
  if (place.wants_value) return values_of(*place.wants_value, place, word, names);
  const std::size_t sign = word.find('=');
  if (word.starts_with("--") && sign != std::string::npos) {
    const OptionSpec* option = find_option(*place.command, word.substr(0, sign));
    if (!option || option->is_flag()) return {};
    Completion out = values_of(*option, place, word.substr(sign + 1), names);
    for (Offer& offer : out.offers) offer.text = word.substr(0, sign + 1) + offer.text;
    return out;
  }
  if (!word.starts_with("-"))
    if (const OptionSpec* argument = next_argument(place))
      return values_of(*argument, place, word, names);
  return {option_names(place), Shell::kNothing};
}

}  // namespace

Completion complete(const CommandTable& table, std::vector<std::string> words, const Names& names) {
  const Typed typed = join_at_signs(words);
  Place place = walk(table, typed.before);
  if (place.lost) return {};
  CommandSpec with_further;  // the words once more, now that it is known what else they may be
  if (place.command && place.command->further && names.further) {
    with_further = *place.command;
    for (OptionSpec& option : names.further(place.line))
      with_further.options.push_back(std::move(option));
    place = walk(table, typed.before, &with_further);
  }
  Completion out = place.command ? in_command(place, typed.word, names)
                                 : Completion{command_words(table, place.group), Shell::kNothing};
  keep(out.offers, typed.word);
  for (Offer& offer : out.offers)
    if (offer.text.starts_with(typed.hidden)) offer.text.erase(0, typed.hidden.size());
  return out;
}

}  // namespace equivolve::cli
