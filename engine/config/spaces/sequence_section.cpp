#include "engine/config/spaces/sequence_section.hpp"

#include <nlohmann/json.hpp>

#include "engine/config/spaces/lengths.hpp"
#include "engine/config/spaces/name_choice.hpp"

namespace equivolve::engine {
namespace {

using nlohmann::json;
using search::SequenceSpace;

const std::string& sequence_schema() {
  static const std::string schema = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "representation": {"enum": ["sequence"]},
    "alphabet": {"type": ["string", "array"], "items": {"type": "string"},
                 "description": "a text of single characters, or a list of names"},
    "length": {"type": "integer", "minimum": 1, "maximum": 65536,
               "description": "sets the three lengths below"},
    "min_length": {"type": "integer", "minimum": 1, "maximum": 65536, "description": "symbols"},
    "max_length": {"type": "integer", "minimum": 1, "maximum": 65536},
    "initial_length": {"type": "integer", "minimum": 1, "maximum": 65536,
                       "description": "of random sequences"}
  }})";
  return schema;
}

const NameKind& symbol_kind() {
  static const NameKind kind{"symbol", "a symbol", search::is_symbol,
                             "up to 63 bytes of text without blanks", search::kMaxAlphabet};
  return kind;
}

/// The evaluator's document, then the user's over it.
class SequenceReading {
 public:
  std::vector<std::string> alphabet;
  Lengths lengths{1, search::kMaxSequenceLength, 1};
  std::vector<PointerProblem> problems;

  void read(const std::string& text) {
    problems = check_against_schema(text, sequence_schema(), "", "space");
    const json document = json::parse(text, nullptr, false);
    if (!document.is_object()) return;
    // Symbols are looked at even where something else is wrong, so that all is said at once.
    if (document.contains("alphabet"))
      alphabet = chosen_names(written(document["alphabet"]), alphabet, symbol_kind(), "/alphabet",
                              problems);
    if (!problems.empty()) return;
    read_lengths(document, "", "space", lengths, problems);
    has_min_ |= document.contains("min_length") || document.contains("length");
    has_max_ |= document.contains("max_length") || document.contains("length");
  }

  /// Of the whole: nothing may be missing.
  void require_all(const json& user) {
    if (!problems.empty()) return;
    if (alphabet.empty())
      problems.push_back({user.contains("alphabet") ? "/alphabet" : "", false,
                          "space.alphabet is empty; expected at least one symbol"});
    if (!has_min_ || !has_max_)
      problems.push_back(
          {"", false, "space has no length; expected length, or min_length and max_length"});
  }

 private:
  static std::vector<WrittenName> written(const json& value) {
    std::vector<WrittenName> out;
    if (value.is_string())
      for (std::string& symbol : search::characters_of(value.get<std::string>()))
        out.push_back({"/alphabet", std::move(symbol)});
    if (value.is_array())
      for (std::size_t i = 0; i < value.size(); ++i)
        if (value[i].is_string())
          out.push_back({"/alphabet/" + std::to_string(i), value[i].get<std::string>()});
    return out;
  }

  bool has_min_ = false, has_max_ = false;
};

ReadSpace read_sequence_space(const std::string& default_json, const std::string& user_json) {
  SequenceReading reading;
  reading.read(default_json.empty() ? "{}" : default_json);
  if (!reading.problems.empty()) return tl::unexpected(bad_default_space(reading.problems));
  const std::string user = user_json.empty() ? "{}" : user_json;
  reading.read(user);
  reading.require_all(json::parse(user, nullptr, false));
  if (!reading.problems.empty()) return tl::unexpected(std::move(reading.problems));
  const Lengths& lengths = reading.lengths;
  return search::Space(
      SequenceSpace{std::move(reading.alphabet), lengths.min, lengths.max, lengths.initial});
}

std::vector<PointerProblem> check_sequence_space(const std::string& user_json) {
  SequenceReading reading;
  reading.read(user_json);
  return std::move(reading.problems);
}

std::string sequence_space_json(const search::Space& any) {
  const auto& space = std::get<SequenceSpace>(any);
  return json{{"representation", "sequence"},
              {"alphabet", space.alphabet},
              {"min_length", space.min_length},
              {"max_length", space.max_length},
              {"initial_length", space.initial_length}}
      .dump();
}

}  // namespace

SpaceSection sequence_section() {
  return {search::Representation::kSequence,
          sequence_schema,
          [] { return sequence_schema(); },
          read_sequence_space,
          check_sequence_space,
          sequence_space_json};
}

}  // namespace equivolve::engine
