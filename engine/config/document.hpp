// A configuration's text and its tree, and the way from a value back to where it was written.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "engine/config/node.hpp"
#include "engine/config/problem.hpp"

namespace equivolve::engine {

class Document {
 public:
  /// `place` stands in messages. Limits and refusals: yaml_tree.hpp.
  static tl::expected<Document, ConfigProblem> parse(std::string text, std::string place);
  /// Reads a regular file of at most 1 MiB; pipes, devices and folders are refused unopened.
  /// `place` is the path as given.
  static tl::expected<Document, ConfigProblem> read(const std::filesystem::path& file);
  /// From JSON text, as to_json_text writes it. Nothing in it has a line.
  static tl::expected<Document, ConfigProblem> from_json(const std::string& json);

  /// `a.b=c`, as on the command line: sets a value, making the maps on its way. The value is a YAML
  /// scalar or flow collection; a part of the key with dots in it stands in double quotes. Where
  /// the file has a section's short form ("workers: 2"), it becomes the long one first. Lists are
  /// indexed from 0.
  tl::expected<void, ConfigProblem> set(const std::string& assignment);

  /// The same with a value that is a node already and keeps its own mark; `mark` is where the key
  /// stands in the text.
  tl::expected<void, ConfigProblem> set(const std::string& key, Node value, const Mark& mark);
  /// Takes a key out of the top; nothing when it is not there.
  void erase(std::string_view key);

  const Node& root() const { return root_; }
  const std::string& text() const { return text_; }

  ConfigProblem problem_at(const Mark& mark, std::string message) const;
  /// At the value, or the key, that a JSON pointer names; where it does not exist, at the nearest
  /// one around it.
  ConfigProblem problem_at_pointer(std::string_view pointer, bool at_key,
                                   std::string message) const;

 private:
  std::string text_, place_;
  Node root_;
  std::vector<std::string> overrides_;
};

/// A key as Document::set takes it, in parts: `a."b.c".d` is {a, b.c, d}. None when a part is
/// empty.
std::optional<std::vector<std::string>> key_parts(std::string_view key);
/// The key of KEY=VALUE.
std::string_view assigned_key(std::string_view assignment);

}  // namespace equivolve::engine
