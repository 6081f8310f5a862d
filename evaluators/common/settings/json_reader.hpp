// One JSON object of a configuration, read key by key: every refusal says where, and no key goes
// unread.
#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace equivolve::settings {

constexpr std::uint64_t kAnySeed = std::numeric_limits<std::uint64_t>::max();

/// Throws sdk::Refused; `text` must be a JSON object.
nlohmann::json parse_object(std::string_view text);

/// Refers to `object`, which must outlive it. Every member that reads throws sdk::Refused with the
/// JSON pointer of what it refuses. A key with the value null counts as absent.
class JsonReader {
 public:
  JsonReader(const nlohmann::json& object, std::string pointer);

  const nlohmann::json* raw(const std::string& key);  ///< null when absent
  bool has(const std::string& key) const;             ///< asks for no key
  JsonReader object(const std::string& key);          ///< an empty one when absent
  std::optional<std::string> text(const std::string& key);
  /// Whole numbers may be written as 3 or 3.0; seeds beyond 2^53 also as decimal text.
  std::uint64_t whole(const std::string& key, std::uint64_t fallback, std::uint64_t low,
                      std::uint64_t high);
  double number(const std::string& key, double fallback, double low, double high);
  bool flag(const std::string& key, bool fallback);  ///< true or false
  /// The position of the value among `known`; empty when absent.
  std::optional<std::size_t> choice(const std::string& key, const std::vector<std::string>& known);
  /// The same for an enumeration whose values stand in the order of `known`.
  template <class Enum>
  Enum choice(const std::string& key, const std::vector<std::string>& known, Enum fallback) {
    const auto found = choice(key, known);
    return found ? static_cast<Enum>(*found) : fallback;
  }
  /// A list of different numbers, not empty, ascending when it is returned.
  std::vector<double> numbers(const std::string& key, std::vector<double> fallback, double low,
                              double high);
  /// A list of texts; empty when absent.
  std::optional<std::vector<std::string>> texts(const std::string& key);
  /// A list of different names out of `known`; empty when absent.
  std::optional<std::vector<std::string>> names(const std::string& key,
                                                const std::vector<std::string>& known);

  /// Refuses every key that was not asked for.
  void finish() const;
  std::string at(const std::string& key) const { return pointer_ + "/" + key; }
  const std::string& pointer() const { return pointer_; }
  const nlohmann::json& whole_object() const { return *object_; }  ///< asks for no key

 private:
  const nlohmann::json* object_;
  std::string pointer_;
  std::vector<std::string> asked_;
};

}  // namespace equivolve::settings
