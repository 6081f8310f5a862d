// One JSON object of a configuration, read key by key: every refusal says where, and no key goes
// unread.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace equivolve::algorithm_discovery {

/// Throws sdk::Refused; `text` must be a JSON object.
nlohmann::json parse_object(std::string_view text);

/// Refers to `object`, which must outlive it.
class JsonReader {
 public:
  JsonReader(const nlohmann::json& object, std::string pointer);

  bool has(const std::string& key) const;
  JsonReader object(const std::string& key);  ///< an empty one when absent
  std::optional<std::string> text(const std::string& key);
  /// Whole numbers may be written as 3 or 3.0; seeds beyond 2^53 also as decimal text.
  std::uint64_t whole(const std::string& key, std::uint64_t fallback, std::uint64_t low,
                      std::uint64_t high);
  double number(const std::string& key, double fallback, double low, double high);
  bool flag(const std::string& key, bool fallback);  ///< true or false
  /// The position of the value among `names`; empty when absent.
  std::optional<std::size_t> choice(const std::string& key, const std::vector<std::string>& names);
  const nlohmann::json* raw(const std::string& key);               ///< null when absent
  const nlohmann::json& whole_object() const { return *object_; }  ///< asks for no key

  /// Refuses every key that was not asked for.
  void finish() const;
  std::string at(const std::string& key) const { return pointer_ + "/" + key; }

 private:
  const nlohmann::json* object_;
  std::string pointer_;
  std::vector<std::string> asked_;
};

}  // namespace equivolve::algorithm_discovery
