#include "tests/fuzz/exchange_input.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <thread>
#include <vector>

#include "engine/plugins/protocol/messages.hpp"
#include "engine/plugins/workers/worker_process.hpp"
#include "engine/processes/line_reader.hpp"
#include "engine/worker/inbox.hpp"

namespace equivolve::fuzz {
namespace {

using namespace engine;

/// What an inbox makes of them.
struct Expected {
  std::vector<std::string> questions;  // as they would be written; "" for what is none
  std::set<std::uint64_t> cancelled;
};

Expected expected_of(const std::string& bytes) {
  Expected out;
  LineReader lines(protocol::kLongestMessage);
  lines.add(bytes);
  while (const auto line = lines.next()) {
    const auto message = protocol::decode(*line);
    const auto is = [&]<class Kind>() {
      return message && std::holds_alternative<Kind>(message->body);
    };
    if (is.operator()<protocol::Goodbye>()) break;
    if (is.operator()<protocol::Cancel>())
      out.cancelled.insert(message->id);
    else if (!is.operator()<protocol::Control>())
      out.questions.push_back(message ? protocol::encode(*message) : "");
  }
  return out;
}

std::string fault_of_ask(const tl::expected<WorkerReply, WorkerLoss>& answer) {
  if (answer) return "";
  const std::string& why = answer.error().message;
  if (why.empty() || why.find('\n') != std::string::npos) return "a loss without a line: " + why;
  return "";
}

/// A file with the bytes, gone with the object.
class File {
 public:
  explicit File(const std::string& bytes) {
    name_ = (std::filesystem::temp_directory_path() / "exchange-XXXXXX").string();
    const int descriptor = mkstemp(name_.data());
    if (descriptor >= 0) close(descriptor);
    std::ofstream(name_, std::ios::binary) << bytes;
  }
  ~File() {
    std::error_code ignored;
    std::filesystem::remove(name_, ignored);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

}  // namespace

std::string broken_inbox_promise(const std::string& bytes) {
  constexpr std::size_t kMost = 60'000;  // with the goodbye less than a pipe holds
  const std::string all = bytes.substr(0, kMost) + "\n{\"type\":\"goodbye\",\"id\":\"1\"}\n";
  const Expected expected = expected_of(all);
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const bool is_written =
      write(ends[1], all.data(), all.size()) == static_cast<ssize_t>(all.size());
  std::vector<std::string> found;
  std::string fault = is_written ? "" : "a pipe that holds too little";
  {
    Inbox inbox(ends[0]);
    if (!is_written && write(ends[1], "{\"type\":\"goodbye\"}\n", 19) < 0) fault += ", or nothing";
    while (auto item = inbox.next()) found.push_back(*item ? protocol::encode(**item) : "");
    // Numbers rise; what was cancelled under the one that is watched from the start has come too
    // late.
    for (const std::uint64_t id : expected.cancelled)
      if (id > 0 && !inbox.watch(id).load()) fault = "a cancel was not heard";
    constexpr std::uint64_t kLast = ~std::uint64_t{0};
    if (!expected.cancelled.contains(kLast) && inbox.watch(kLast).load())
      fault = "cancelled though nobody had said so";
  }
  close(ends[0]);
  close(ends[1]);
  if (fault.empty() && found != expected.questions) fault = "other questions than were asked";
  return fault;
}

std::string broken_exchange_promise(const std::string& bytes) {
  const File file(bytes);
  ChildSettings child;
  child.command = {"cat", file.name()};
  auto worker = WorkerProcess::start(child);
  if (!worker) return "cannot be started: " + worker.error();
  const Patience patience{std::chrono::seconds(30), nullptr};
  std::string behind;
  std::string fault;
  {
    std::jthread other([&] { behind = fault_of_ask((*worker)->ask(protocol::Ping{}, patience)); });
    const auto on_part = [](protocol::Body) -> std::optional<protocol::Body> {
      return protocol::Control{false};
    };
    fault = fault_of_ask((*worker)->ask(protocol::Evaluate{}, patience, on_part));
  }
  return fault.empty() ? behind : fault;
}

}  // namespace equivolve::fuzz
