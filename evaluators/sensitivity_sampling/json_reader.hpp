// One JSON object of a configuration, read key by key: every refusal says where, and no key goes
// unread.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace equivolve::sensitivity_sampling {

/// Throws sdk::Refused; `text` must be a JSON object.
nlohmann::json parse_object(std::string_view text);

/// Refers to `object`, which must outlive it.
class JsonReader {
 public:
  JsonReader(const nlohmann::json& object, std::string pointer);

  const nlohmann::json* raw(const std::string& key);  ///< null when absent
  bool has(const std::string& key) const;
  JsonReader object(const std::string& key);  ///< an empty one when absent
  std::optional<std::string> text(const std::string& key);
  /// Seeds beyond 2^53 also as decimal text.
  std::uint64_t whole(const std::string& key, std::uint64_t fallback, std::uint64_t low,
                      std::uint64_t high);
  double number(const std::string& key, double fallback, double low, double high);
  bool flag(const std::string& key, bool fallback);
  /// A list of different numbers, not empty, ascending when it is returned.
  std::vector<double> numbers(const std::string& key, std::vector<double> fallback, double low,
                              double high);
  /// A list of different names; empty when absent.
  std::optional<std::vector<std::string>> names(const std::string& key,
                                                const std::vector<std::string>& known);
  /// Refuses every key that was not asked for.
  void finish() const;
  std::string at(const std::string& key) const { return pointer_ + "/" + key; }
  const nlohmann::json& whole_object() const { return *object_; }

 private:
  const nlohmann::json* object_;
  std::string pointer_;
  std::vector<std::string> asked_;
};

}  // namespace equivolve::sensitivity_sampling
