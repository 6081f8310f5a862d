#include "engine/config/document.hpp"

#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/config/node_json.hpp"
#include "engine/config/yaml_tree.hpp"

namespace equivolve::engine {

tl::expected<Document, ConfigProblem> Document::parse(std::string text, std::string place) {
  Document document;
  document.text_ = std::move(text);
  document.place_ = std::move(place);
  auto tree = parse_yaml(document.text_);
  if (!tree) return tl::unexpected(document.problem_at(tree.error().mark, tree.error().message));
  document.root_ = std::move(*tree);
  return document;
}

tl::expected<Document, ConfigProblem> Document::read(const std::filesystem::path& file) {
  auto refuse = [&](std::string message) {
    return tl::unexpected(engine::problem_at(file.string(), "", 0, 0, std::move(message)));
  };
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status))
    return refuse("there is no such file; expected a configuration");
  if (!std::filesystem::is_regular_file(status))
    return refuse("this is no regular file; expected a configuration");
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  if (error) return refuse("the file cannot be read: " + error.message());
  if (size > YamlLimits::kText)
    return refuse(fmt::format("{} bytes; expected at most {}", size, YamlLimits::kText));
  std::ifstream in(file, std::ios::binary);
  // One byte more than allowed, should the file have grown meanwhile.
  std::string text(YamlLimits::kText + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (!in.eof() && in.fail()))
    return refuse("the file cannot be read; expected a configuration");
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse(std::move(text), file.string());
}

tl::expected<Document, ConfigProblem> Document::from_json(const std::string& json) {
  Document document;
  document.place_ = "configuration";
  const auto value = nlohmann::json::parse(json, nullptr, false);
  if (value.is_discarded())
    return tl::unexpected(
        document.problem_at({}, "this is no JSON; expected a stored configuration"));
  document.root_ = node_of(value);
  return document;
}

ConfigProblem Document::problem_at(const Mark& mark, std::string message) const {
  if (mark.override_number >= 0)
    return engine::problem_at("--set " + overrides_[static_cast<std::size_t>(mark.override_number)],
                              "", 0, 0, std::move(message));
  return engine::problem_at(place_, text_, mark.line, mark.column, std::move(message));
}

ConfigProblem Document::problem_at_pointer(std::string_view pointer, bool at_key,
                                           std::string message) const {
  const std::vector<std::string> parts = pointer_parts(pointer);
  const Found found = find_deepest(root_, parts);
  // A key that does not exist has no place of its own: its section's key stands for it.
  const bool exists = found.parts == parts.size();
  return problem_at(at_key || !exists ? found.key_mark : found.node->mark, std::move(message));
}

}  // namespace equivolve::engine
