#include "tests/fuzz/protocol_input.hpp"

#include <algorithm>
#include <vector>

#include "engine/plugins/protocol/messages.hpp"
#include "engine/processes/line_reader.hpp"

namespace equivolve::fuzz {
namespace {

using namespace engine;

std::vector<std::string> lines_of(const std::string& bytes, std::size_t piece) {
  LineReader reader(1 << 16);
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    reader.add(std::string_view(bytes).substr(at, piece));
    while (const auto line = reader.next()) lines.emplace_back(*line);
  }
  return lines;
}

std::string fault_of_line(const std::string& line) {
  const auto message = protocol::decode(line);
  if (!message) {
    const std::string& why = message.error().message;
    if (why.empty() || why.find('\n') != std::string::npos) return "a refusal without a line";
    return "";
  }
  const std::string written = protocol::encode(*message);
  if (written.find('\n') != std::string::npos) return "a message of two lines: " + written;
  const auto again = protocol::decode(written);
  if (!again) return "what was written is refused: " + again.error().message + ": " + written;
  if (protocol::encode(*again) != written) return "what was written is read as another: " + written;
  return "";
}

}  // namespace

std::string broken_protocol_promise(const std::string& bytes) {
  const std::vector<std::string> lines = lines_of(bytes, std::max<std::size_t>(bytes.size(), 1));
  if (lines_of(bytes, 7) != lines) return "the cuts between pieces make a difference";
  for (const std::string& line : lines)
    if (std::string fault = fault_of_line(line); !fault.empty()) return fault;
  return "";
}

}  // namespace equivolve::fuzz
