#include "engine/config/schema_check.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "engine/config/units.hpp"
#include "engine/plugins/nearest_name.hpp"
#include "engine/plugins/plugin_names.hpp"

namespace equivolve::engine {
namespace {

using nlohmann::json;

std::string shown(const json& value) {
  const std::string text = one_line(value.dump(-1, ' ', false, json::error_handler_t::replace), 60);
  if (value.is_object()) return "a map";
  if (value.is_array()) return value.empty() ? "an empty list" : "a list";
  return text;
}

bool has_type(const json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (type == "number") return value.is_number();
  // 1e3 and 3.0 are fractions here, as they are for the keys of the engine.
  return type == "integer" && value.is_number_integer();
}

// Of a value that is refused: a whole number in another spelling than its digits.
const char* spelling_words(const json& value, const std::vector<std::string>& types) {
  const bool whole =
      value.is_number_float() && std::trunc(value.get<double>()) == value.get<double>();
  const auto takes = [&](const char* type) {
    return std::find(types.begin(), types.end(), type) != types.end();
  };
  return whole && takes("integer") && !takes("number") ? ", in digits alone" : "";
}

std::vector<std::string> types_of(const json& schema) {
  const json type = schema.value("type", json());
  if (type.is_string()) return {type.get<std::string>()};
  std::vector<std::string> types;
  if (type.is_array())
    for (const json& one : type)
      if (one.is_string()) types.push_back(one.get<std::string>());
  return types;
}

std::string type_words(const std::string& type) {
  if (type == "object") return "a map";
  if (type == "array") return "a list";
  if (type == "string") return "a text";
  if (type == "boolean") return "true or false";
  if (type == "integer") return "an integer";
  return type == "number" ? "a number" : type;
}

// The schemas of which a value has to fit one.
std::vector<const json*> forms_of(const json& schema) {
  std::vector<const json*> forms;
  for (const char* keyword : {"oneOf", "anyOf"})
    if (schema.contains(keyword) && schema[keyword].is_array())
      for (const json& form : schema[keyword])
        if (form.is_object()) forms.push_back(&form);
  return forms;
}

std::string limit_words(const json& schema, const char* keyword, const char* words) {
  return schema.contains(keyword) && schema[keyword].is_number()
             ? fmt::format(" {} {}", words, schema[keyword].dump())
             : "";
}

std::vector<std::string> required_names(const json& schema) {
  std::vector<std::string> names;
  if (schema.contains("required") && schema["required"].is_array())
    for (const json& one : schema["required"])
      if (one.is_string()) names.push_back(one.get<std::string>());
  return names;
}

// "a table (file, target)": a form by its title and the keys it needs.
std::string form_words(const json& form, const std::string& otherwise) {
  const std::string title = form.value("title", "");
  const std::vector<std::string> needed = required_names(form);
  const std::string& words = title.empty() ? otherwise : title;
  return needed.empty() ? words : fmt::format("{} ({})", words, fmt::join(needed, ", "));
}

// "with 1 to 9 items", "with at least 1 item"; "" where any number is fine.
std::string item_words(const json& schema) {
  const auto count = [&](const char* keyword) {
    const auto found = schema.find(keyword);
    return found != schema.end() && found->is_number() ? found->dump() : "";
  };
  const std::string least = count("minItems"), most = count("maxItems");
  if (least.empty() && most.empty()) return "";
  const std::string& last = most.empty() ? least : most;
  const char* noun = last == "1" ? "item" : "items";
  if (most.empty()) return fmt::format(" with at least {} {}", least, noun);
  if (least.empty()) return fmt::format(" with at most {} {}", most, noun);
  if (least == most) return fmt::format(" with {} {}", most, noun);
  return fmt::format(" with {} to {} {}", least, most, noun);
}

// What a value must look like, in words.
std::string expectation(const json& schema) {
  if (const auto forms = forms_of(schema); !forms.empty()) {
    std::vector<std::string> words;
    for (const json* form : forms) {
      std::string one = form_words(*form, expectation(*form));
      if (std::find(words.begin(), words.end(), one) == words.end())
        words.push_back(std::move(one));
    }
    return fmt::format("{}", fmt::join(words, " or "));
  }
  if (schema.contains("const"))
    return schema["const"].is_string() ? schema["const"].get<std::string>()
                                       : schema["const"].dump();
  if (schema.contains("enum") && schema["enum"].is_array()) {
    std::vector<std::string> names;
    for (const json& one : schema["enum"])
      names.push_back(one.is_string() ? one.get<std::string>() : one.dump());
    return fmt::format("{}", fmt::join(names, " or "));
  }
  const std::string format = schema.value("format", "");
  if (format == "duration") return std::string(kDurationWords);
  if (format == "size") return std::string(kSizeWords);
  std::vector<std::string> words;
  for (const std::string& type : types_of(schema))
    words.push_back(format == "path" ? "a path" : type_words(type));
  const std::string text =
      words.empty() ? "another value" : fmt::format("{}", fmt::join(words, " or "));
  const bool is_range = schema.contains("minimum") && schema.contains("maximum");
  return text + limit_words(schema, "minimum", is_range ? "from" : "of at least") +
         limit_words(schema, "exclusiveMinimum", "above") +
         limit_words(schema, "maximum", is_range ? "to" : "of at most") +
         limit_words(schema, "exclusiveMaximum", "below") +
         limit_words(schema, "minLength", "with a length of at least") +
         limit_words(schema, "maxLength", "with a length of at most") + item_words(schema);
}

double limit(const json& schema, const char* keyword, double otherwise) {
  return schema.contains(keyword) && schema[keyword].is_number() ? schema[keyword].get<double>()
                                                                 : otherwise;
}

// As JSON Schema counts them.
std::size_t character_count(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

bool within_limits(const json& value, const json& schema) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (value.is_number()) {
    const json most = schema.value("maximum", json());
    // Fractions do not tell integers above 2^53 apart.
    if (value.is_number_unsigned() && most.is_number_unsigned())
      if (value.get<std::uint64_t>() > most.get<std::uint64_t>()) return false;
    const double number = value.get<double>();
    return number >= limit(schema, "minimum", -kInfinity) &&
           number > limit(schema, "exclusiveMinimum", -kInfinity) &&
           number <= limit(schema, "maximum", kInfinity) &&
           number < limit(schema, "exclusiveMaximum", kInfinity);
  }
  if (value.is_array()) {
    const auto size = static_cast<double>(value.size());
    return size >= limit(schema, "minItems", 0) && size <= limit(schema, "maxItems", kInfinity);
  }
  if (!value.is_string()) return true;
  const std::string text = value.get<std::string>(), format = schema.value("format", "");
  if (format == "duration" && !parse_duration(text)) return false;
  if (format == "size" && !parse_size(text)) return false;
  if (format == "path" && text.empty()) return false;
  const auto length = static_cast<double>(character_count(text));
  return length >= limit(schema, "minLength", 0) && length <= limit(schema, "maxLength", kInfinity);
}

// The schema of an object's member; null when any value is fine.
const json* member_schema(const json& schema, const std::string& key, bool& known) {
  const auto properties = schema.find("properties");
  if (properties != schema.end() && properties->is_object() && properties->contains(key))
    return &(*properties)[key];
  const auto additional = schema.find("additionalProperties");
  known = additional == schema.end() || *additional != json(false);
  return additional != schema.end() && additional->is_object() ? &*additional : nullptr;
}

std::vector<std::string> member_names(const json& schema) {
  std::vector<std::string> names;
  if (schema.contains("properties") && schema["properties"].is_object())
    for (const auto& [key, ignored] : schema["properties"].items()) names.push_back(key);
  return names;
}

bool knows(const json& form, const std::string& key) {
  return form.contains("properties") && form["properties"].is_object() &&
         form["properties"].contains(key);
}

// How many keys of `value` are, or are nearly, keys of the form; -1 for a value of another type.
int likeness(const json& value, const json& form) {
  const std::vector<std::string> types = types_of(form);
  if (!types.empty() && std::none_of(types.begin(), types.end(), [&](const std::string& type) {
        return has_type(value, type);
      }))
    return -1;
  if (form.contains("enum") && form["enum"].is_array() &&
      std::none_of(form["enum"].begin(), form["enum"].end(),
                   [&](const json& one) { return one.type() == value.type(); }))
    return -1;
  if (!value.is_object()) return 1;
  int count = 0;
  std::size_t looked_at = 0;
  for (const auto& [key, ignored] : value.items())
    if (++looked_at > kMostProblems)
      break;
    else if (knows(form, key) || nearest_name(key, member_names(form)))
      ++count;
  return count;
}

// The one form that a value is most likely meant to have; null when several are as likely.
const json* likeliest_form(const json& value, const std::vector<const json*>& forms) {
  const json* best = nullptr;
  int best_likeness = -1;  // that of a form of another type
  for (const json* form : forms) {
    const int now = likeness(value, *form);
    if (now > best_likeness) {
      best = form;
      best_likeness = now;
    } else if (now == best_likeness) {
      best = nullptr;
    }
  }
  return best;
}

bool fits(const json& value, const json& schema);

// Whether a schema says no more than what is understood here: of `not` a keyword that is passed
// over would turn the meaning round.
bool is_understood(const json& schema) {
  static constexpr std::array<std::string_view, 8> kWords = {
      "type", "enum", "const", "minimum", "maximum", "title", "description", "default"};
  if (!schema.is_object()) return false;
  for (const auto& [word, ignored] : schema.items())
    if (std::find(kWords.begin(), kWords.end(), word) == kWords.end()) return false;
  return true;
}

// The form of `not` that is taken up: keys that may not stand together, perhaps at some values.
bool names_keys(const json& refused) {
  if (!refused.is_object() || required_names(refused).empty()) return false;
  for (const auto& [word, said] : refused.items()) {
    if (word == "required" || word == "description" || word == "title") continue;
    if (word != "properties" || !said.is_object()) return false;
    for (const auto& [key, property] : said.items())
      if (!is_understood(property)) return false;
  }
  return true;
}

class Check {
 public:
  std::vector<PointerProblem> problems;

  void value(const json& value, const json& schema, const std::string& pointer,
             const std::string& name) {
    if (!schema.is_object() || is_full()) return;
    const std::vector<std::string> types = types_of(schema);
    const bool right_type =
        types.empty() || std::any_of(types.begin(), types.end(), [&](const std::string& type) {
          return has_type(value, type);
        });
    if (!right_type || !within_limits(value, schema))
      return add(pointer, fmt::format("{} is {}; expected {}{}", name, shown(value),
                                      expectation(schema), spelling_words(value, types)));
    if (schema.contains("enum") && schema["enum"].is_array()) choice(value, schema, pointer, name);
    if (schema.contains("const") && value != schema["const"])
      return add(pointer,
                 fmt::format("{} is {}; expected {}", name, shown(value), expectation(schema)));
    if (value.is_object()) object(value, schema, pointer, name);
    rules(value, schema, pointer, name);
    if (const auto forms = forms_of(schema); !forms.empty())
      one_form(value, schema, forms, pointer, name);
    if (value.is_array() && schema.contains("items"))
      for (std::size_t i = 0; i < value.size(); ++i)
        this->value(value[i], schema["items"], fmt::format("{}/{}", pointer, i),
                    fmt::format("{}[{}]", name, i));
  }

 private:
  bool is_full() const { return problems.size() >= kMostProblems; }
  void add(std::string pointer, std::string message, bool at_key = false) {
    problems.push_back({std::move(pointer), at_key, std::move(message)});
  }

  // What keys say against each other: `not` names those that may not stand together.
  void rules(const json& value, const json& schema, const std::string& pointer,
             const std::string& name) {
    if (schema.contains("allOf") && schema["allOf"].is_array())
      for (const json& rule : schema["allOf"]) this->value(value, rule, pointer, name);
    if (!value.is_object() || !schema.contains("not") || !names_keys(schema["not"])) return;
    const json& refused = schema["not"];
    if (!fits(value, refused)) return;
    const std::vector<std::string> keys = required_names(refused);
    const auto said = [&](const std::string& key) {
      bool known = true;
      const bool by_value = member_schema(refused, key, known) != nullptr;
      return fmt::format("{}.{}{}", name, key, by_value ? " " + shown(value[key]) : "");
    };
    const std::string last = keys.back();
    std::vector<std::string> others;
    for (const std::string& key : keys)
      if (key != last) others.push_back(said(key));
    const std::string conflict =
        others.empty() ? said(last) + " is not taken here"
                       : fmt::format("{} contradicts {}", said(last), fmt::join(others, " and "));
    const std::string otherwise = others.empty() ? "this left out" : "one of them";
    add(pointer + "/" + escape_pointer_part(last),
        conflict + "; expected " + refused.value("description", otherwise), true);
  }

  // The first problem decides nothing: of several forms the one is spoken of that the value nearly
  // has, else all are named.
  void one_form(const json& value, const json& schema, const std::vector<const json*>& forms,
                const std::string& pointer, const std::string& name) {
    const auto fitting = std::count_if(forms.begin(), forms.end(),
                                       [&](const json* form) { return fits(value, *form); });
    const bool exactly_one = schema.contains("oneOf");
    if (fitting == 1 || (fitting > 1 && !exactly_one)) return;
    if (fitting > 1)
      return add(pointer, fmt::format("{} could be any of several; expected exactly one of {}",
                                      name, expectation(schema)));
    if (name_mixed_keys(value, schema, forms, pointer, name)) return;
    if (const json* form = likeliest_form(value, forms))
      return this->value(value, *form, pointer, name);
    const bool empty = value.is_object() && value.empty();
    add(pointer,
        fmt::format("{} is {}; expected {}", name, empty ? "empty" : shown(value),
                    expectation(schema)),
        value.is_object());
  }

  // Two keys that belong to different forms, and no form has both.
  bool name_mixed_keys(const json& value, const json& schema, const std::vector<const json*>& forms,
                       const std::string& pointer, const std::string& name) {
    if (!value.is_object()) return false;
    std::vector<std::string> keys;
    for (const auto& [key, ignored] : value.items())
      if (std::any_of(forms.begin(), forms.end(),
                      [&name = key](const json* form) { return knows(*form, name); }))
        keys.push_back(key);
    for (const std::string& one : keys) {
      for (const std::string& other : keys) {
        const bool together = std::any_of(forms.begin(), forms.end(), [&](const json* form) {
          return knows(*form, one) && knows(*form, other);
        });
        if (!(one < other) || together) continue;
        add(pointer + "/" + escape_pointer_part(other),
            fmt::format("{0}.{1} cannot stand beside {0}.{2}; expected {3}", name, other, one,
                        expectation(schema)),
            true);
        return true;
      }
    }
    return false;
  }

  void choice(const json& value, const json& schema, const std::string& pointer,
              const std::string& name) {
    std::vector<std::string> texts;
    for (const json& one : schema["enum"]) {
      if (one == value) return;
      if (one.is_string()) texts.push_back(one.get<std::string>());
    }
    add(pointer, fmt::format("{} is {}; expected {}{}", name, shown(value), expectation(schema),
                             value.is_string() ? suggestion(value.get<std::string>(), texts) : ""));
  }

  void object(const json& value, const json& schema, const std::string& pointer,
              const std::string& name) {
    std::set<std::string> meant;
    for (const auto& [key, item] : value.items()) {
      if (is_full()) return;
      const std::string place = pointer + "/" + escape_pointer_part(key);
      bool known = true;
      const json* of_item = member_schema(schema, key, known);
      if (!known) {
        if (auto nearest = nearest_name(key, member_names(schema))) meant.insert(*nearest);
        add(place,
            fmt::format("unknown key '{}' in {}; expected {}{}", one_line(key, 60), name,
                        member_names(schema).empty()
                            ? std::string("none")
                            : fmt::format("one of {}", fmt::join(member_names(schema), ", ")),
                        suggestion(key, member_names(schema))),
            true);
      } else if (of_item) {
        this->value(item, *of_item, place, fmt::format("{}.{}", name, one_line(key, 60)));
      }
    }
    // A key that is there, but misspelt, is not missing too.
    for (const std::string& key : required_names(schema))
      if (!value.contains(key) && !meant.contains(key)) missing(key, schema, pointer, name);
  }

  void missing(const std::string& key, const json& schema, const std::string& pointer,
               const std::string& name) {
    bool known = true;
    const json* of_key = member_schema(schema, key, known);
    const std::string description =
        of_key && of_key->is_object() ? of_key->value("description", "") : "";
    add(pointer,
        fmt::format("{} has no key '{}'; expected {}{}", name, key,
                    of_key && of_key->is_object() ? expectation(*of_key) : "one",
                    description.empty() ? "" : " (" + description + ")"),
        true);
  }
};

bool fits(const json& value, const json& schema) {
  Check check;
  check.value(value, schema, "", "");
  return check.problems.empty();
}

const json* fitting_form(const json& value, const json& schema) {
  for (const json* form : forms_of(schema))
    if (fits(value, *form)) return form;
  return nullptr;
}

void fill(json& value, const json& schema, const std::filesystem::path& folder) {
  if (!schema.is_object()) return;
  const std::vector<std::string> types = types_of(schema);
  const bool only_number = types.size() == 1 && types[0] == "number",
             only_integer = types.size() == 1 && types[0] == "integer";
  if (only_number && value.is_number_integer()) value = value.get<double>();
  if (only_integer && value.is_number_float() && std::abs(value.get<double>()) < 0x1p53)
    value = static_cast<std::int64_t>(value.get<double>());
  if (value.is_string() && schema.value("format", "") == "path" &&
      !value.get_ref<const std::string&>().empty())
    value = (folder / value.get<std::string>()).lexically_normal().string();
  if (value.is_array() && schema.contains("items"))
    for (json& item : value) fill(item, schema["items"], folder);
  if (const auto form = fitting_form(value, schema)) fill(value, *form, folder);
  if (!value.is_object()) return;
  if (schema.contains("properties") && schema["properties"].is_object()) {
    for (const auto& [key, of_key] : schema["properties"].items()) {
      if (value.contains(key) || !of_key.is_object()) continue;
      if (of_key.contains("default")) value[key] = of_key["default"];
    }
  }
  for (auto& [key, item] : value.items()) {
    bool known = true;
    if (const json* of_key = member_schema(schema, key, known)) fill(item, *of_key, folder);
  }
}

json schema_at(const std::string& schema_json, const std::string& pointer) {
  const json schema = json::parse(schema_json, nullptr, false);
  if (schema.is_discarded()) return {};
  const json::json_pointer place(pointer);
  return schema.contains(place) ? schema[place] : json();
}

}  // namespace

std::vector<PointerProblem> check_against_schema(const std::string& value_json,
                                                 const std::string& schema_json,
                                                 const std::string& schema_pointer,
                                                 const std::string& name) {
  Check check;
  const json value = json::parse(value_json, nullptr, false);
  if (value.is_discarded()) return {{"", false, fmt::format("{} is no JSON; expected JSON", name)}};
  try {
    check.value(value, schema_at(schema_json, schema_pointer), "", name);
  } catch (const json::exception& e) {
    return {
        {"", true, fmt::format("the evaluator's schema of {} cannot be used: {}", name, e.what())}};
  }
  return std::move(check.problems);
}

std::string with_schema_defaults(const std::string& value_json, const std::string& schema_json,
                                 const std::string& schema_pointer,
                                 const std::filesystem::path& folder) {
  json value = json::parse(value_json, nullptr, false);
  if (value.is_discarded()) return value_json;
  try {
    fill(value, schema_at(schema_json, schema_pointer), folder);
  } catch (const json::exception&) {
    return value_json;  // check_against_schema says why
  }
  return value.dump();
}

ConfigProblems apply_evaluator_schema(ReadConfiguration& read, const std::string& schema_json,
                                      const std::filesystem::path& folder) {
  ConfigProblems problems;
  json config = json::parse(read.configuration.evaluator.config_json);
  for (const std::string part : {"data", "options"}) {
    // What is no map has been refused; there is nothing to hold against the schema.
    if (read.faulty_sections.contains(part) && config[part].empty()) continue;
    std::string value = config[part].dump();
    const std::string place = "/properties/" + part;
    auto found = check_against_schema(value, schema_json, place, part);
    const std::string empty = part + " is empty";
    for (PointerProblem& problem : found) {
      if (!read.document.root().find(part) && problem.message.starts_with(empty))
        problem.message.replace(0, empty.size(), "there is no key '" + part + "'");
      problems.push_back(read.document.problem_at_pointer("/" + part + problem.pointer,
                                                          problem.at_key, problem.message));
    }
    if (!found.empty()) {
      read.faulty_sections.insert(part);
      if (part == "data") continue;
      value = "{}";
    }
    config[part] = json::parse(with_schema_defaults(value, schema_json, place, folder));
  }
  read.configuration.evaluator.config_json = config.dump();
  return problems;
}

}  // namespace equivolve::engine
