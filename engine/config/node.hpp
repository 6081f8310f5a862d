// The tree of a configuration text, in own values: no YAML type leaves yaml_tree.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace equivolve::engine {

/// Where something was written.
struct Mark {
  std::uint32_t line = 0;             ///< 1-based; 0: not from the text
  std::uint32_t column = 0;           ///< 1-based, in bytes
  std::int32_t override_number = -1;  ///< 0-based: by this `--set`, and not in the text
};

struct Entry;

/// A value. Nodes along an alias are copies, so a tree has no sharing and no cycle.
struct Node {
  enum class Kind : std::uint8_t { kNull, kScalar, kSequence, kMap };
  Kind kind = Kind::kNull;
  bool quoted = false;  ///< a scalar in quotes or as a block: text, never a number
  std::string text;     ///< of a scalar, as written ("010", "~" is kNull)
  std::vector<Node> items;
  std::vector<Entry> entries;  ///< in the order written; keys are unique
  Mark mark;

  bool is_map() const { return kind == Kind::kMap; }
  bool is_scalar() const { return kind == Kind::kScalar; }
  const Node* find(std::string_view key) const;  ///< null when absent or this is no map
  Node* find(std::string_view key);
};

struct Entry {
  std::string key;
  Mark key_mark;
  Node value;
};

/// Parts of a JSON pointer (RFC 6901), unescaped: "/a~1b/0" is {"a/b", "0"}; "" is {}.
std::vector<std::string> pointer_parts(std::string_view pointer);
std::string escape_pointer_part(std::string_view part);

/// The deepest existing node on the pointer's way, and how many of its parts were found. `key_mark`
/// is where that node's key is written (the node itself for list items and the root).
struct Found {
  const Node* node;
  Mark key_mark;
  std::size_t parts;
};
Found find_deepest(const Node& root, const std::vector<std::string>& parts);

}  // namespace equivolve::engine
