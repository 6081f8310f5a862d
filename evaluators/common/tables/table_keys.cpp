#include "evaluators/common/tables/table_keys.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "evaluators/common/tables/names.hpp"

namespace equivolve::tables {
namespace {

using nlohmann::json;

/// Reads one key after the other; the first fault stays.
class Keys {
 public:
  explicit Keys(const json& data) : data_(data) {}

  const json* value(const std::string& key) const {
    const auto found = data_.find(key);
    return found == data_.end() || found->is_null() ? nullptr : &*found;
  }

  void refuse(const std::string& pointer, std::string text) {
    if (!fault_) fault_ = Fault{pointer, std::move(text)};
  }

  /// The position among `names`, or `otherwise`.
  std::size_t choice(const std::string& key, const std::vector<std::string>& names,
                     std::size_t otherwise) {
    const json* given = value(key);
    if (!given) return otherwise;
    const std::string text = given->is_string()    ? given->get<std::string>()
                             : given->is_boolean() ? given->dump()
                                                   : "";
    const auto found = std::find(names.begin(), names.end(), text);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    std::string known;
    for (const std::string& name : names) known += (known.empty() ? "" : ", ") + name;
    refuse("/" + key, "'" + (text.empty() ? given->dump() : text) + "' is not one of: " + known +
                          suggestion(text, names));
    return otherwise;
  }

  /// Column names.
  std::vector<std::string> names(const std::string& key, const json& list) {
    std::vector<std::string> out;
    if (!list.is_array()) refuse("/" + key, "must be a list of column names");
    for (std::size_t i = 0; list.is_array() && i < list.size(); ++i) {
      auto name = read_column_name(list[i], "/" + key + "/" + std::to_string(i));
      if (name)
        out.push_back(std::move(*name));
      else
        refuse(name.error().pointer, name.error().text);
    }
    return out;
  }

  std::optional<std::vector<std::string>> names(const std::string& key) {
    const json* given = value(key);
    if (!given) return std::nullopt;
    return names(key, *given);
  }

  const std::optional<Fault>& fault() const { return fault_; }

 private:
  const json& data_;
  std::optional<Fault> fault_;
};

void read_separator(Keys& keys, TextFormat& format) {
  constexpr char kCharacters[] = {',', ';', '\t', '|', ' '};
  const std::vector<std::string> names = {"auto", ",", ";", "tab", "|", "space"};
  const std::size_t which = keys.choice("separator", names, 0);
  if (which > 0) format.separator = kCharacters[which - 1];
  format.decimal = keys.choice("decimal", {".", ","}, 0) == 1 ? ',' : '.';
  if (format.decimal == ',' && format.separator == ',')
    keys.refuse("/decimal", "a comma cannot be the separator of cells and of decimals at once");
}

void read_missing_values(Keys& keys, TextFormat& format) {
  const json* given = keys.value("missing_values");
  if (!given) return;
  if (!given->is_array())
    return keys.refuse("/missing_values", "must be a list of texts or numbers");
  format.missing_values.clear();
  for (std::size_t i = 0; i < given->size(); ++i) {
    const json& token = (*given)[i];
    if (!token.is_string() && !token.is_number())
      return keys.refuse("/missing_values/" + std::to_string(i), "must be a text or a number");
    format.missing_values.push_back(token.is_string() ? token.get<std::string>() : token.dump());
  }
}

void read_categorical(Keys& keys, TableSettings& settings) {
  const json* given = keys.value("categorical");
  if (given && given->is_array()) {
    settings.categorical = Categorical::kNamed;
    settings.categories = keys.names("categorical", *given);
  } else if (given && !given->is_string()) {
    keys.refuse("/categorical", "must be auto, none, or a list of column names");
  } else if (keys.choice("categorical", {"auto", "none"}, 0) == 1) {
    settings.categorical = Categorical::kNone;
  }
  if (const json* most = keys.value("max_levels")) {
    const bool whole = most->is_number_integer() ||
                       (most->is_number_float() && *most == std::floor(most->get<double>()));
    if (!whole || *most < 2 || *most > 1000)
      keys.refuse("/max_levels", "must be a whole number from 2 to 1000");
    else
      settings.max_levels = most->get<std::size_t>();
  }
}

void read_missing(Keys& keys, TableSettings& settings) {
  settings.missing =
      static_cast<OnMissing>(keys.choice("missing", {"refuse", "drop", "impute"}, 0));
  settings.drop_missing_target = keys.choice("missing_target", {"refuse", "drop"}, 0) == 1 ||
                                 settings.missing == OnMissing::kDrop;
  settings.category_fill = static_cast<CategoryFill>(
      keys.choice("missing_categories", {"own_level", "most_frequent"}, 0));
}

}  // namespace

std::span<const std::string> table_keys() {
  static const std::vector<std::string> keys = {
      "header",      "separator",  "decimal", "missing_values",     "features",      "drop",
      "categorical", "max_levels", "missing", "missing_categories", "missing_target"};
  return keys;
}

tl::expected<std::string, Fault> read_column_name(const json& value, const std::string& pointer) {
  if (value.is_string() && !value.get_ref<const std::string&>().empty())
    return value.get<std::string>();
  if (value.is_number_integer()) return value.dump();
  if (value.is_number_float() && value == std::floor(value.get<double>()))
    return json(static_cast<std::int64_t>(value.get<double>())).dump();
  return tl::unexpected(Fault{pointer, "must be a column's name, or its number from 1"});
}

tl::expected<TableSettings, Fault> read_table_keys(const json& data) {
  Keys keys(data);
  TableSettings settings;
  if (const std::size_t header = keys.choice("header", {"auto", "true", "false"}, 0); header > 0)
    settings.format.header = header == 1;
  read_separator(keys, settings.format);
  read_missing_values(keys, settings.format);
  settings.features = keys.names("features");
  settings.drop = keys.names("drop");
  if (settings.features && settings.features->empty()) keys.refuse("/features", "names no column");
  if (settings.features && settings.drop)
    keys.refuse("/drop", "stands beside 'features'; give one of the two");
  read_categorical(keys, settings);
  read_missing(keys, settings);
  if (keys.fault()) return tl::unexpected(*keys.fault());
  return settings;
}

std::string table_schema(bool asks_for_targets) {
  std::string schema = R"(
            "header": {"enum": ["auto", true, false], "default": "auto", "description": "Whether the first row names the columns; auto: unless one of its cells is a number. Without a header columns are called c1, c2, ..."},
            "separator": {"enum": ["auto", ",", ";", "tab", "|", "space"], "default": "auto", "description": "What stands between cells; auto: comma, semicolon, tab or bar, by the first row. space: any run of blanks."},
            "decimal": {"enum": [".", ","], "default": ".", "description": "The decimal mark of numbers."},
            "missing_values": {"type": "array", "items": {"type": ["string", "number"]}, "default": ["?", "NA", "N/A", "NaN", "null", "none"], "description": "Cells that count as missing, in any case of their letters, beside empty ones, which always do."},
            "features": {"type": "array", "minItems": 1, "items": {"type": ["string", "integer"]}, "description": "The columns to learn from, by name or number (1 is the first, -1 the last). Without it: all but the target."},
            "drop": {"type": "array", "items": {"type": ["string", "integer"]}, "description": "Columns to leave out, by name or number."},
            "categorical": {"type": ["string", "array"], "anyOf": [{"enum": ["auto", "none"]}, {"title": "a list of columns", "type": "array", "items": {"type": ["string", "integer"]}}], "default": "auto", "description": "Columns of categories, a feature of 0 and 1 for each level. auto: those that hold words; none; or a list of columns."},
            "max_levels": {"type": "integer", "minimum": 2, "maximum": 1000, "default": 100, "description": "The most different levels a categorical column may have."},
            "missing": {"enum": ["refuse", "drop", "impute"], "default": "refuse", "description": "Missing values of features: refused, their rows dropped, or filled in by the training rows' median (numbers) and as missing_categories says."},
            "missing_categories": {"enum": ["own_level", "most_frequent"], "default": "own_level", "description": "With missing: impute, what a missing category becomes."})";
  if (asks_for_targets)
    schema += R"(,
            "missing_target": {"enum": ["refuse", "drop"], "default": "refuse", "description": "Rows without a target: refused, or dropped (as missing: drop does too). Targets are never imputed."})";
  return schema;
}

std::string_view table_rules() {
  return R"("allOf": [
            {"not": {"required": ["features", "drop"], "description": "one of the two"}},
            {"not": {"required": ["separator", "decimal"], "properties": {"separator": {"const": ","}, "decimal": {"const": ","}},
                     "description": "another separator, or decimal: '.'"}}])";
}

}  // namespace equivolve::tables
