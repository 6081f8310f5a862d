#include "engine/config/document.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/config/node_json.hpp"
#include "engine/config/yaml_tree.hpp"

namespace equivolve::engine {
namespace {

class OpenFile {
 public:
  // Not blocking: some files that call themselves regular (/proc/kmsg) would wait for ever.
  explicit OpenFile(const std::filesystem::path& file)
      : descriptor_(open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)) {}
  ~OpenFile() {
    if (is_open()) close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

std::string cannot_be_read() {
  return fmt::format("the file cannot be read ({}); expected a configuration",
                     std::generic_category().message(errno));
}

// At most one byte more than is allowed, should the file have grown meanwhile.
bool read_all(int descriptor, std::string& text) {
  text.resize(YamlLimits::kText + 1);
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t now = ::read(descriptor, text.data() + size, text.size() - size);
    if (now < 0 && errno == EINTR) continue;
    if (now < 0) return false;
    if (now == 0) break;
    size += static_cast<std::size_t>(now);
  }
  text.resize(size);
  return true;
}

}  // namespace

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
  const OpenFile open_file(file);
  if (!open_file.is_open()) return refuse(cannot_be_read());
  struct stat now {};
  // Asked again of what was opened: the name may lead elsewhere by now.
  if (fstat(open_file.descriptor(), &now) != 0 || !S_ISREG(now.st_mode))
    return refuse("this is no regular file; expected a configuration");
  if (static_cast<std::uintmax_t>(now.st_size) > YamlLimits::kText)
    return refuse(fmt::format("{} bytes; expected at most {}", now.st_size, YamlLimits::kText));
  std::string text;
  if (!read_all(open_file.descriptor(), text)) return refuse(cannot_be_read());
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
