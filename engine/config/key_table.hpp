// The rows of the tables that say what a configuration may hold. Reading, writing back, messages,
// the schema and the reference page are all made from these rows, so a key's name, kind, range and
// help stand in one place (its default stands in configuration.hpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/configuration.hpp"
#include "engine/config/node.hpp"

namespace equivolve::engine {

/// Where relative paths start.
struct PathBase {
  std::filesystem::path file_folder;  ///< of the configuration's file
  std::filesystem::path current_folder;
};

/// The upper end of a whole number that has none of its own.
inline constexpr std::uint64_t kAny = std::numeric_limits<std::uint64_t>::max();

/// Why a value was refused. `found` follows the key ("is '0'"); `expected` is the key's own when
/// empty.
struct Complaint {
  std::string found;
  std::string expected;
  std::string suggestion;  ///< "; did you mean 'x'?" or ""
  Mark mark;
};

enum class KeyKind : std::uint8_t {
  kText,
  kInteger,
  kNumber,
  kBoolean,
  kChoice,
  kDuration,
  kSize,
  kCommand,
  kPath,
  kPaths,
  kFigures,
  kDescriptors,
  kWeights,
  kInitial,
  kTexts,
  kVariables,
  kMetrics,
  kNotYet
};

struct Key {
  std::string name;
  KeyKind kind = KeyKind::kText;
  std::string help;
  std::string expected;  ///< in words: "an integer from 1 to 9"
  std::string
      default_words;  ///< where Configuration{} does not tell the default: "the file's name"
  std::vector<std::string> choices;   ///< of kChoice
  std::vector<std::string> later;     ///< choices that a later version will have
  double low = 0, high = 0;           ///< of kNumber
  std::uint64_t least = 0, most = 0;  ///< of kInteger
  std::string pattern;                ///< of kText: the rule as an ECMA-262 expression, for editors
  bool zero_allowed = false;          ///< of kDuration
  /// Puts the value into the configuration.
  std::function<std::optional<Complaint>(const Node&, const PathBase&, Configuration&)> read;
  /// The value as JSON text; "" when there is none to write.
  std::function<std::string(const Configuration&)> write;
};

struct Section {
  std::string name;  ///< "" for the keys at the top
  std::string help;
  std::string
      short_form;  ///< the key that a lone scalar in the section's place stands for; "" for none
  bool free_form = false;  ///< the evaluator says what it may hold
  std::vector<Key> keys;
};

/// How a key's value is got from and put into a configuration.
template <class T>
struct Field {
  std::function<T(const Configuration&)> get;
  std::function<void(Configuration&, T)> set;
};
template <class T>
Field<T> field(T Configuration::*member) {
  return {[member](const Configuration& c) { return c.*member; },
          [member](Configuration& c, T value) { c.*member = std::move(value); }};
}
template <class Part, class T>
Field<T> field(Part Configuration::*part, T Part::*member) {
  return {[part, member](const Configuration& c) { return c.*part.*member; },
          [part, member](Configuration& c, T value) { c.*part.*member = std::move(value); }};
}

Key integer_key(std::string name, std::uint64_t low, std::uint64_t high, std::string help,
                Field<std::optional<std::uint64_t>> value);
Key number_key(std::string name, double low, double high, std::string help, Field<double> value);
Key boolean_key(std::string name, std::string help, Field<bool> value);
/// `value` is the choice's position.
Key choice_key(std::string name, std::vector<std::string> choices, std::vector<std::string> later,
               std::string help, Field<std::size_t> value);
Key text_choice_key(std::string name, std::vector<std::string> choices,
                    std::vector<std::string> later, std::string help, Field<std::string> value);
Key duration_key(std::string name, bool zero_allowed, std::string help,
                 Field<std::optional<std::chrono::nanoseconds>> value);
/// Bytes; 0 for no limit.
Key size_key(std::string name, std::string help, Field<std::optional<std::uint64_t>> value);
/// A list of texts. `folder` becomes the configuration's own where nothing else is said of it.
Key command_key(std::string name, std::string help, Field<std::vector<std::string>> value,
                Field<std::filesystem::path> folder);
/// A list of texts, or a line that is parted into them as a shell would.
Key line_key(std::string name, std::string help, Field<std::vector<std::string>> value);
/// Environment variables by name.
Key variables_key(std::string name, std::string help,
                  Field<std::map<std::string, std::string>> value);
/// Of the short form of scripts, which script_form.hpp takes out before anything is read.
Key metrics_key(std::string name, std::string help);
/// `refused` gives a text's fault, "" for none.
Key text_key(std::string name, std::string expected, std::string help,
             std::function<std::string(const std::string&)> refused, Field<std::string> value);
enum class RelativeTo : std::uint8_t { kFile, kCurrentFolder };
Key path_key(std::string name, RelativeTo base, std::string help,
             Field<std::filesystem::path> value);
Key paths_key(std::string name, std::string help, Field<std::vector<std::filesystem::path>> value);
Key figures_key(std::string name, std::string help, Field<std::map<std::string, double>> value);
/// A key of the agreed format that this version does not serve: refused with `instead`.
Key not_yet_key(std::string name, std::string instead);

/// The same key, with its default in words.
Key with_default(Key key, std::string words);
/// The same key, with its rule as an expression.
Key with_pattern(Key key, std::string pattern);

/// Whole-number members of any type as the optional 64-bit that integer_key takes.
template <class T>
Field<std::optional<std::uint64_t>> as_integer(Field<T> value) {
  return {[value](const Configuration& c) { return std::optional<std::uint64_t>(value.get(c)); },
          [value](Configuration& c, std::optional<std::uint64_t> v) {
            value.set(c, static_cast<T>(*v));
          }};
}

/// "is '0'", "is empty", "is a list", "is the text \"7\"".
std::string describe(const Node& node);

}  // namespace equivolve::engine
