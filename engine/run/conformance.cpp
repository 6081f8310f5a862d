#include "engine/run/conformance.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/config/evaluator_checks.hpp"
#include "engine/config/schema_check.hpp"
#include "engine/config/space.hpp"
#include "engine/plugins/plugin_names.hpp"
#include "engine/plugins/workers/conversation.hpp"
#include "engine/plugins/workers/program_answers.hpp"
#include "engine/plugins/workers/worker_info.hpp"
#include "engine/plugins/workers/worker_module.hpp"
#include "search/variation/variation.hpp"

namespace equivolve::engine {
namespace {

using protocol::Body;
using protocol::Message;

template <class Value>
using Or = tl::expected<Value, std::string>;

/// A program has as long to end.
constexpr std::chrono::seconds kPatienceAtEnd{5};

std::string type_of(const std::string& line) {
  const auto value = nlohmann::json::parse(line, nullptr, false);
  if (!value.is_object()) return "";
  const auto type = value.find("type");
  const bool is_text = type != value.end() && type->is_string();
  return is_text ? one_line(type->get_ref<const std::string&>(), 40) : "";
}

/// With a member that this version does not know: it is to be passed over.
std::string with_unknown_member(std::string line) {
  return line.insert(1, R"("of_a_later_version":{"a":[1,"}"]},)");
}

/// The answer to a question that carries something of the configuration.
template <class Wanted>
constexpr bool kIsOfConfiguration =
    std::is_same_v<Wanted, protocol::Info> || std::is_same_v<Wanted, protocol::SpaceText> ||
    std::is_same_v<Wanted, protocol::Done>;

bool is_part(const Body& body) {
  return std::holds_alternative<protocol::Progress>(body) ||
         std::holds_alternative<protocol::ItemsPart>(body);
}

class Check {
 public:
  Check(ReadConfiguration read, std::chrono::nanoseconds patience)
      : read_(std::move(read)), patience_(patience) {}

  ConformanceReport go();

 private:
  // A step each. The error is what was wrong.
  Or<void> greet();
  Or<void> ping();
  Or<void> ask_what_nobody_knows();
  Or<void> configure();
  Or<void> ask_for_space();
  Or<void> bind();
  Or<void> ask_for_references();
  Or<void> evaluate();
  Or<void> evaluate_again();
  Or<void> evaluate_queued();
  Or<void> stop_on_its_way();
  Or<void> cancel_what_is_over();
  Or<void> probe();
  Or<void> say_goodbye();
  Or<void> leave_without_a_word();

  bool step(const std::string& asked, Or<void> (Check::*ask)());
  void leave_out(const std::string& asked, const std::string& why) {
    report_.steps.push_back({asked, why, true, false});
  }
  Or<std::uint64_t> send(Body body);
  /// The next that is no log; it has to be of one of these questions.
  Or<Message> next(std::uint64_t id);
  template <class Wanted>
  Or<Wanted> answer(std::uint64_t id);
  template <class Wanted>
  Or<Wanted> ask(Body body);
  Or<std::vector<double>> figures_in(const protocol::Result& result) const;
  protocol::Evaluate trial(std::uint64_t number, bool wants_control = false) const;

  ReadConfiguration read_;
  const std::chrono::nanoseconds patience_;
  ConformanceReport report_;
  std::optional<Conversation> talk_;
  std::uint64_t asked_ = 0;
  std::string last_type_;
  bool is_refused_ = false;  // the configuration
  protocol::HelloOk hello_;
  EvaluatorInfo info_;
  std::string default_space_;
  ResolvedSpace space_;
  std::vector<double> first_;  // figures
};

// ---- talking

Or<std::uint64_t> Check::send(Body body) {
  const std::uint64_t id = ++asked_;
  if (auto told = talk_->tell(with_unknown_member(protocol::encode({id, std::move(body)}))); !told)
    return tl::unexpected(told.error());
  return id;
}

Or<Message> Check::next(std::uint64_t id) {
  while (true) {
    auto line = talk_->hear();
    if (!line) return tl::unexpected(line.error());
    last_type_ = type_of(*line);
    auto message = protocol::decode(*line);
    if (!message)
      return tl::unexpected("wrote what is no message: " + message.error().message + ": " +
                            one_line(*line, 200));
    if (std::holds_alternative<protocol::Log>(message->body)) continue;
    if (message->id != id)
      return tl::unexpected(fmt::format("answered under the id {}, the question had {}: {}",
                                        message->id, id, one_line(*line, 200)));
    return std::move(*message);
  }
}

template <class Wanted>
Or<Wanted> Check::answer(std::uint64_t id) {
  auto message = next(id);
  while (message && is_part(message->body)) message = next(id);
  if (!message) return tl::unexpected(message.error());
  if (auto* wanted = std::get_if<Wanted>(&message->body)) return std::move(*wanted);
  if (const auto* failure = std::get_if<protocol::Failure>(&message->body)) {
    is_refused_ = kIsOfConfiguration<Wanted> && failure->error.bad_input;
    return tl::unexpected("answered with an error: " + failure->error.message);
  }
  return tl::unexpected(fmt::format("answered with '{}'", last_type_));
}

template <class Wanted>
Or<Wanted> Check::ask(Body body) {
  const auto id = send(std::move(body));
  if (!id) return tl::unexpected(id.error());
  return answer<Wanted>(*id);
}

// ---- steps

Or<void> Check::greet() {
  auto talk = Conversation::start(
      child_of_program(read_.configuration.evaluator.command, read_.configuration.evaluator.folder),
      patience_);
  if (!talk) return tl::unexpected("cannot be started: " + talk.error());
  talk_.emplace(std::move(*talk));
  auto hello = ask<protocol::HelloOk>(protocol::Hello{protocol::kVersion, "check"});
  if (!hello) return tl::unexpected(hello.error());
  hello_ = std::move(*hello);
  const std::string fault = fault_of_greeting(hello_);
  return fault.empty() ? Or<void>() : tl::unexpected(fault);
}

Or<void> Check::ping() {
  return ask<protocol::Pong>(protocol::Ping{}).map([](const auto&) {});
}

Or<void> Check::ask_what_nobody_knows() {
  const std::uint64_t id = ++asked_;
  const auto told = talk_->tell(fmt::format(R"({{"type":"of_a_later_version","id":"{}"}})", id));
  if (!told) return tl::unexpected(told.error());
  auto message = next(id);
  if (!message) return tl::unexpected(message.error());
  if (std::holds_alternative<protocol::Failure>(message->body)) return {};
  return tl::unexpected(fmt::format("answered with '{}'; expected 'error'", last_type_));
}

Or<void> Check::configure() {
  ConfigProblems problems = settle_representation(read_, hello_.descriptor);
  add_new(problems, apply_evaluator_schema(read_, hello_.config_schema,
                                           read_.configuration.file.parent_path()));
  is_refused_ = !problems.empty();
  if (is_refused_) return tl::unexpected(one_line(problems.front().message));
  protocol::Configure question;
  question.config_json = read_.configuration.evaluator.config_json;
  auto said = ask<protocol::Info>(std::move(question));
  if (!said) return tl::unexpected(said.error());
  auto info = checked_info(said->info, {});
  if (!info) return tl::unexpected(info.error());
  info_ = std::move(*info);
  return {};
}

Or<void> Check::ask_for_space() {
  auto said = ask<protocol::SpaceText>(protocol::AskSpace{read_.configuration.representation});
  if (!said) return tl::unexpected(said.error());
  default_space_ = std::move(said->space_json);
  return {};
}

Or<void> Check::bind() {
  return ask<protocol::Done>(protocol::Bind{space_.json}).map([](const auto&) {});
}

Or<void> Check::ask_for_references() {
  return ask<protocol::References>(protocol::AskReferences{}).map([](const auto&) {});
}

/// Of candidates that are drawn from the space, each its own.
protocol::Evaluate Check::trial(std::uint64_t number, bool wants_control) const {
  hashing::Stream stream(1, hashing::Purpose::kVary, number);
  const search::Genome genome = search::random_genome(*space_.space, stream);
  protocol::Evaluate question;
  question.candidate = wire_candidate({genome.representation, genome.flat, {}}, hello_.takes_flat,
                                      space_.space.get());
  question.common_seed = 1;
  question.own_seed = number;
  question.wants_control = wants_control;
  return question;
}

Or<std::vector<double>> Check::figures_in(const protocol::Result& result) const {
  if (result.trial.status == Status::kFailed)
    return tl::unexpected("failed: " + result.trial.message);
  const bool in_part = result.trial.status != Status::kOk;
  if (!result.named_json.empty()) return figures_by_name(result.named_json, info_.figures, in_part);
  if (result.trial.figures.size() != info_.figures.size() && !in_part)
    return tl::unexpected(fmt::format("gave {} figures instead of {}", result.trial.figures.size(),
                                      info_.figures.size()));
  return result.trial.figures;
}

Or<void> Check::evaluate() {
  auto result = ask<protocol::Result>(trial(0));
  if (!result) return tl::unexpected(result.error());
  auto figures = figures_in(*result);
  if (!figures) return tl::unexpected(figures.error());
  first_ = std::move(*figures);
  return {};
}

Or<void> Check::evaluate_again() {
  auto result = ask<protocol::Result>(trial(0));
  if (!result) return tl::unexpected(result.error());
  const auto figures = figures_in(*result);
  if (!figures) return tl::unexpected(figures.error());
  for (std::size_t i = 0; i < std::min(figures->size(), first_.size()); ++i) {
    const bool are_equal =
        (*figures)[i] == first_[i] || (std::isnan((*figures)[i]) && std::isnan(first_[i]));
    if (info_.figures[i].reproducible && !are_equal)
      return tl::unexpected(fmt::format("says it is deterministic, and gave '{}' as {} and {}",
                                        info_.figures[i].name, first_[i], (*figures)[i]));
  }
  return {};
}

Or<void> Check::evaluate_queued() {
  std::vector<std::uint64_t> ids;
  for (std::uint64_t n = 1; n <= 3; ++n) {
    const auto id = send(trial(n));
    if (!id) return tl::unexpected(id.error());
    ids.push_back(*id);
  }
  for (const std::uint64_t id : ids)
    if (auto result = answer<protocol::Result>(id); !result) return tl::unexpected(result.error());
  return {};
}

/// One that reports nothing is not stopped.
Or<void> Check::stop_on_its_way() {
  const auto id = send(trial(4, true));
  if (!id) return tl::unexpected(id.error());
  bool was_stopped = false;
  while (true) {
    auto message = next(*id);
    if (!message) return tl::unexpected(message.error());
    if (std::holds_alternative<protocol::Result>(message->body)) return {};
    if (!is_part(message->body))
      return tl::unexpected(fmt::format("answered with '{}'", last_type_));
    if (!std::holds_alternative<protocol::Progress>(message->body)) continue;
    if (was_stopped) return tl::unexpected<std::string>("went on when it was told to stop");
    was_stopped = true;
    const auto told = talk_->tell(protocol::encode({*id, protocol::Control{true}}));
    if (!told) return tl::unexpected(told.error());
  }
}

/// It comes late where the answer is on its way.
Or<void> Check::cancel_what_is_over() {
  const auto told = talk_->tell(protocol::encode({asked_, protocol::Cancel{}}));
  return told ? ping() : tl::unexpected(told.error());
}

Or<void> Check::probe() {
  for (int i = 0; i < 2; ++i) {
    auto said = ask<protocol::ProbeAnswer>(protocol::Probe{trial(0).candidate, 1});
    if (!said) return tl::unexpected(said.error());
    if (said->status == Status::kOk && !hello_.hashes_probes)
      if (auto digest = digest_of_outputs(said->outputs_json, info_.sink); !digest)
        return tl::unexpected(digest.error());
  }
  return {};
}

Or<void> Check::say_goodbye() {
  if (auto id = send(protocol::Goodbye{}); !id) return tl::unexpected(id.error());
  return talk_->hear_its_end(kPatienceAtEnd).map([](const auto&) {});
}

/// As where the engine is killed. Another one is started, and asked nothing but its name.
Or<void> Check::leave_without_a_word() {
  report_.log = talk_->log();
  if (auto greeted = greet(); !greeted) return greeted;
  talk_->say_no_more();
  return talk_->hear_its_end(kPatienceAtEnd).map([](const auto&) {});
}

// ---- all of them

bool Check::step(const std::string& asked, Or<void> (Check::*ask)()) {
  auto done = (this->*ask)();
  report_.steps.push_back({asked, done ? "" : one_line(done.error()), false, is_refused_});
  return done.has_value();
}

ConformanceReport Check::go() {
  const auto asked_for_space = [&] {
    if (!step("its space", &Check::ask_for_space)) return false;
    auto space = resolve_space(read_, default_space_);
    if (space) space_ = std::move(*space);
    if (!space)
      leave_out("trials", "there is no space to draw candidates from (" +
                              one_line(space.error().front().message) +
                              "); name a configuration that has one with --config");
    return space.has_value();
  };
  const bool has_space = step("a greeting", &Check::greet) && step("a ping", &Check::ping) &&
                         step("what no version knows", &Check::ask_what_nobody_knows) &&
                         step("its figures (configure)", &Check::configure) && asked_for_space();
  const bool answers = has_space && step("to take the space (bind)", &Check::bind) &&
                       step("its references", &Check::ask_for_references) &&
                       step("an evaluation", &Check::evaluate);
  if (answers) {
    bool goes_on = true;
    if (hello_.descriptor.deterministic)
      goes_on = step("the same evaluation again", &Check::evaluate_again);
    else
      leave_out("the same evaluation again", "it does not say that it is deterministic");
    goes_on = goes_on && step("three evaluations at once", &Check::evaluate_queued) &&
              step("an evaluation that is told to stop", &Check::stop_on_its_way) &&
              step("to cancel what is over", &Check::cancel_what_is_over);
    if (!hello_.descriptor.offers_probe)
      leave_out("a probe, twice", "it offers none");
    else if (goes_on)
      goes_on = step("a probe, twice", &Check::probe);
    if (goes_on && step("to end (goodbye)", &Check::say_goodbye))
      step("nothing more: the end of its input", &Check::leave_without_a_word);
  }
  if (talk_ && report_.log.empty()) report_.log = talk_->log();
  return std::move(report_);
}

}  // namespace

bool ConformanceReport::is_conformant() const {
  return !steps.empty() && std::ranges::all_of(steps, [](const ConformanceStep& step) {
    return step.is_left_out ? step.asked != "trials" : step.fault.empty();
  });
}

ConformanceReport check_conformance(ReadConfiguration read, std::chrono::nanoseconds patience) {
  return Check(std::move(read), patience).go();
}

}  // namespace equivolve::engine
