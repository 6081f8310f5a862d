#include "engine/worker/server.hpp"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <thread>

#include <fmt/format.h>

#include "engine/config/space.hpp"
#include "engine/plugins/workers/question_logs.hpp"

namespace equivolve::engine {
namespace {

using protocol::Failure;

/// Bytes of an artefact or of items, so that their base64 fits into a message.
constexpr std::size_t kPiece = std::size_t{8} << 20;
/// For an engine that lives and finds its line closed: it ends this process sooner than that, and
/// says why.
constexpr std::chrono::seconds kUntilKilled{5};

Failure failure(std::string message) {
  return {{"", std::move(message), false}};
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

Server::Server(std::filesystem::path module, int input, int output)
    : file_(std::move(module)), inbox_(input), output_(output) {}

bool Server::run() noexcept {
  while (auto item = inbox_.next()) {
    if (*item && marks_log_) write_all(STDERR_FILENO, log_mark((*item)->id));
    if (*item)
      send((*item)->id, answer(**item));
    else
      send(item->error().id, failure(item->error().message));
    if (reaches_nobody_) {
      std::this_thread::sleep_for(kUntilKilled);
      return false;
    }
  }
  return true;
}

void Server::send(std::uint64_t id, protocol::Body body) {
  std::string line = protocol::encode({id, std::move(body)});
  if (line.size() > protocol::kLongestMessage)
    line = protocol::encode({id, failure("has more to say than fits into a message of 16 MiB")});
  line += '\n';
  std::fflush(stdout);  // what a module prints stands in the log before its answer
  const std::lock_guard guard(output_lock_);
  if (!write_all(output_, line)) reaches_nobody_ = true;
}

protocol::Body Server::answer(const protocol::Message& question) {
  const auto* hello = std::get_if<protocol::Hello>(&question.body);
  if (hello) return answer_hello(*hello);
  if (std::holds_alternative<protocol::Ping>(question.body)) return protocol::Pong{};
  if (!module_) return failure("was not greeted");
  if (const auto* q = std::get_if<protocol::Configure>(&question.body)) return answer_configure(*q);
  if (!evaluator_) return failure("is not configured");
  if (const auto* q = std::get_if<protocol::AskSpace>(&question.body))
    return protocol::SpaceText{evaluator_->default_space(q->representation)};
  if (const auto* q = std::get_if<protocol::Bind>(&question.body)) return answer_bind(*q);
  if (std::holds_alternative<protocol::AskReferences>(question.body))
    return protocol::References{evaluator_->reference_candidates()};
  if (const auto* q = std::get_if<protocol::Refine>(&question.body))
    return answer_refine(question.id, *q);
  if (const auto* q = std::get_if<protocol::Probe>(&question.body))
    return answer_probe(question.id, *q);
  if (const auto* q = std::get_if<protocol::Evaluate>(&question.body))
    return answer_evaluate(question.id, *q);
  if (const auto* q = std::get_if<protocol::Apply>(&question.body))
    return answer_apply(question.id, *q);
  return failure("was told what is no question");
}

protocol::Body Server::answer_hello(const protocol::Hello& hello) {
  if (hello.protocol != protocol::kVersion)
    return failure(fmt::format("speaks protocol {}, the engine ({}) speaks {}", protocol::kVersion,
                               hello.engine, hello.protocol));
  if (!module_) {
    auto module = load_plugin_file(file_);
    if (!module) return Failure{module.error()};
    module_ = std::move(*module);
  }
  protocol::HelloOk ok;
  ok.build = EQUIVOLVE_VERSION;
  ok.descriptor = module_->descriptor();
  ok.config_schema = module_->config_schema();
  ok.apply_schema = module_->apply_schema();
  ok.takes_flat = ok.hashes_probes = true;
  return ok;
}

protocol::Body Server::answer_configure(const protocol::Configure& configure) {
  CreateOptions options;
  options.mantissa_bits = static_cast<int>(configure.mantissa_bits);
  options.grid = configure.grid;
  options.log = [this](int severity, std::string_view text) {
    send(0, protocol::Log{static_cast<std::uint32_t>(severity), std::string(text)});
  };
  marks_log_ = configure.marks_log;
  evaluator_.reset();
  auto evaluator = module_->create(configure.config_json, options);
  if (!evaluator) return Failure{evaluator.error()};
  evaluator_ = std::move(*evaluator);
  return protocol::Info{evaluator_->info()};
}

protocol::Body Server::answer_bind(const protocol::Bind& bind) {
  space_ = space_of_resolved(fmt::format(R"({{"space": {}}})", bind.space_json));
  if (!space_) return failure("was given a space that cannot be read");
  if (auto bound = evaluator_->bind_space(space_, bind.space_json); !bound)
    return Failure{bound.error()};
  return protocol::Done{};
}

tl::expected<Server::Held, Failure> Server::held(const protocol::WireCandidate& candidate) const {
  Held out;
  out.reference = candidate.reference;
  if (!out.reference.empty()) return out;
  const auto representation = search::representation_named(candidate.representation);
  if (!representation) return tl::unexpected(failure("was given a genome it does not know"));
  out.genome.representation = *representation;
  if (candidate.text.empty()) {
    out.genome.flat = candidate.flat;
    return out;
  }
  if (!space_) return tl::unexpected(failure("was given a genome's text before its space"));
  auto parsed = search::parse_genome(candidate.text, *space_);
  if (!parsed) return tl::unexpected(failure(parsed.error().message));
  out.genome = std::move(*parsed);
  return out;
}

protocol::Body Server::answer_refine(std::uint64_t id, const protocol::Refine& refine) {
  auto candidate = held(refine.candidate);
  if (!candidate) return candidate.error();
  if (!space_) return failure("was asked to refine before it had a space");
  return protocol::Refined{evaluator_->refine(candidate->view(), inbox_.watch(id))};
}

protocol::Body Server::answer_probe(std::uint64_t id, const protocol::Probe& probe) {
  auto candidate = held(probe.candidate);
  if (!candidate) return candidate.error();
  ProbeResult result = evaluator_->probe(candidate->view(), probe.seed, inbox_.watch(id));
  return protocol::ProbeAnswer{result.status, std::move(result.digest), "",
                               std::move(result.message)};
}

protocol::Body Server::answer_evaluate(std::uint64_t id, const protocol::Evaluate& evaluate) {
  auto candidate = held(evaluate.candidate);
  if (!candidate) return candidate.error();
  TrialRequest request;
  request.level = evaluate.level;
  request.repeat = evaluate.repeat;
  request.split = evaluate.split;
  request.threads = evaluate.threads;
  request.common_seed = evaluate.common_seed;
  request.own_seed = evaluate.own_seed;
  request.deadline = std::chrono::nanoseconds(static_cast<std::int64_t>(evaluate.deadline * 1e9));
  const std::atomic<bool>& stop = inbox_.watch(id);
  if (evaluate.wants_control)
    request.stops_at = [&](std::uint64_t step, std::span<const double> figures) {
      send(id, protocol::Progress{step, 0, {figures.begin(), figures.end()}, ""});
      return inbox_.wait_for_control(id);
    };
  TrialResult result = evaluator_->evaluate(candidate->view(), request, stop);
  send_large_items(id, result.items);
  return protocol::Result{std::move(result), ""};
}

/// Ahead of the result where they would not fit into its message.
void Server::send_large_items(std::uint64_t id, std::vector<double>& items) {
  constexpr std::size_t kMost = kPiece / sizeof(double);
  if (items.size() <= kMost) return;
  for (std::size_t at = 0; at < items.size(); at += kMost) {
    const auto first = items.begin() + static_cast<std::ptrdiff_t>(at);
    const auto count = static_cast<std::ptrdiff_t>(std::min(kMost, items.size() - at));
    send(id, protocol::ItemsPart{{first, first + count}});
  }
  items.clear();
}

protocol::Body Server::answer_apply(std::uint64_t id, const protocol::Apply& apply) {
  auto candidate = held(apply.candidate);
  if (!candidate) return candidate.error();
  auto artefacts = evaluator_->apply(candidate->view(), apply.options_json, apply.common_seed);
  if (!artefacts) return Failure{artefacts.error()};
  for (const Artefact& artefact : *artefacts) {
    const auto bytes = std::as_bytes(std::span(artefact.content));
    std::size_t at = 0;
    do {
      const auto piece = bytes.subspan(at, std::min(kPiece, bytes.size() - at));
      send(id, protocol::ArtefactPart{
                   artefact.name, artefact.media_type, {piece.begin(), piece.end()}});
      at += piece.size();
    } while (at < bytes.size());
  }
  return protocol::Done{};
}

}  // namespace equivolve::engine
