#include "engine/plugins/command_files.hpp"

#include <fstream>
#include <span>

#include <fmt/format.h>

namespace equivolve::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLargestFile = 64 * 1024 * 1024;

}  // namespace

std::string script_of(const std::vector<std::string>& command, const fs::path& folder) {
  std::error_code error;
  for (std::size_t i = 1; i < command.size(); ++i)
    if (!command[i].empty() && fs::is_regular_file(folder / command[i], error)) return command[i];
  return command.empty() ? "" : command.front();
}

std::string identity_of(const fs::path& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return "";
  const std::uintmax_t size = fs::file_size(file, error);
  if (error || size > kLargestFile)
    return fmt::format("{} {} ", size, fs::last_write_time(file, error).time_since_epoch().count());
  std::string bytes(size, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  return hashing::to_hex(hashing::digest_bytes(std::as_bytes(std::span(bytes)))) + ' ';
}

hashing::Digest digest_of_command(const std::vector<std::string>& command, const fs::path& folder) {
  std::string all;
  const auto add = [&all](const std::string& kind, const std::string& text) {
    all += fmt::format("{} {} {}\n", kind, text.size(), text);
  };
  for (const std::string& argument : command) {
    const std::size_t equal = argument.find('=');
    if (const std::string whole = identity_of(folder / argument); !whole.empty()) {
      add("file", whole);
    } else if (equal == std::string::npos) {
      add("text", argument);
    } else {
      const std::string value = identity_of(folder / argument.substr(equal + 1));
      add("text", value.empty() ? argument : argument.substr(0, equal));
      if (!value.empty()) add("file", value);
    }
  }
  return hashing::digest_bytes(std::as_bytes(std::span(all)));
}

}  // namespace equivolve::engine
