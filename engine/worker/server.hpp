// A module of this process behind the worker protocol.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>

#include "engine/plugins/plugin_host.hpp"
#include "engine/plugins/protocol/messages.hpp"
#include "engine/worker/inbox.hpp"

namespace equivolve::engine {

class Server {
 public:
  /// Reads questions from `input` and writes answers to `output`. The module's file is opened with
  /// the first of them.
  Server(std::filesystem::path module, int input, int output);

  /// Until a goodbye or the end of input. False: what it says reaches nobody.
  bool run() noexcept;

 private:
  protocol::Body answer(const protocol::Message& question);
  protocol::Body answer_hello(const protocol::Hello& hello);
  protocol::Body answer_configure(const protocol::Configure& configure);
  protocol::Body answer_bind(const protocol::Bind& bind);
  protocol::Body answer_refine(std::uint64_t id, const protocol::Refine& refine);
  protocol::Body answer_probe(std::uint64_t id, const protocol::Probe& probe);
  protocol::Body answer_evaluate(std::uint64_t id, const protocol::Evaluate& evaluate);
  protocol::Body answer_apply(std::uint64_t id, const protocol::Apply& apply);

  /// Where the candidate's genome and names lie while it is looked at.
  struct Held {
    search::Genome genome;
    std::string reference;
    CandidateView view() const { return {genome.representation, genome.flat, reference}; }
  };
  tl::expected<Held, protocol::Failure> held(const protocol::WireCandidate& candidate) const;

  void send(std::uint64_t id, protocol::Body body);
  void send_large_items(std::uint64_t id, std::vector<double>& items);

  const std::filesystem::path file_;
  Inbox inbox_;
  const int output_;
  std::mutex output_lock_;  // held while a line is written
  bool reaches_nobody_ = false;
  bool marks_log_ = false;
  std::unique_ptr<PluginModule> module_;
  std::unique_ptr<Evaluator> evaluator_;
  std::shared_ptr<const search::Space> space_;
};

}  // namespace equivolve::engine
