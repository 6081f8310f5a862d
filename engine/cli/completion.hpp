// What a shell offers while a command line is typed. The shells' own scripts only pass the words on
// (`equivolve documentation complete`), so that all of them offer the same.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/cli/command_spec.hpp"

namespace equivolve::cli {

struct Offer {
  std::string text;
  std::string says;  ///< may be empty
  bool operator==(const Offer&) const = default;
};

/// What the shell adds, or leaves out, by itself.
enum class Shell : std::uint8_t { kNothing, kFiles, kFolders, kNoSpace };

struct Completion {
  std::vector<Offer> offers;
  Shell shell = Shell::kNothing;
};

/// What stands on the command line besides the word being typed.
struct TypedLine {
  std::optional<std::filesystem::path> store;  ///< --store
  std::string subject;  ///< the first argument: a run, a group, a file; "" when there is none yet
};

/// A key of a configuration and the words it takes; without any: what does not lie in a list.
struct Setting {
  std::string key;
  std::string says;
  std::vector<std::string> words;
};

/// Where names come from that only the machine knows. Empty functions offer nothing.
struct Names {
  std::function<std::vector<Offer>(const TypedLine&)> runs;
  std::function<std::vector<Offer>(const TypedLine&)> groups;
  std::function<std::vector<Offer>()> evaluators;
  std::function<std::vector<Setting>(const TypedLine&)> settings;
  /// The options that the subject's evaluator adds to a command which takes such.
  std::function<std::vector<OptionSpec>(const TypedLine&)> further;
};

/// `words` are those after the program's name; the last is being typed and may be empty. As bash
/// has it, "--store=x" may come as three words.
Completion complete(const CommandTable& table, std::vector<std::string> words, const Names& names);

/// The script that a shell ("bash", "zsh", "fish") sources; "" for another.
std::string completion_script(const std::string& shell);

}  // namespace equivolve::cli
