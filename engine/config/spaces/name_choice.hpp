// Keys that list names which an evaluator gives meaning to: the operations of a graph, the symbols
// of a sequence.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/schema_check.hpp"

namespace equivolve::engine {

/// What the names are, in messages and in form.
struct NameKind {
  std::string word, one;                     ///< "operation", "an operation"
  bool (*fits)(std::string_view) = nullptr;  ///< whether something may be a name at all
  std::string form;                          ///< what does fit: "letters, digits or ..."
  std::size_t most = 0;                      ///< how many there can be
};

/// A name that was written, and where.
struct WrittenName {
  std::string pointer;
  std::string name;
};

/// The names chosen, in the order of those that the evaluator offers (order and repetition mean
/// nothing then); in their own order where it offers none. Problems are added for names that do not
/// fit, are not offered, or are too many; `pointer` is the list's.
std::vector<std::string> chosen_names(const std::vector<WrittenName>& written,
                                      const std::vector<std::string>& offered, const NameKind& kind,
                                      const std::string& pointer,
                                      std::vector<PointerProblem>& problems);

}  // namespace equivolve::engine
