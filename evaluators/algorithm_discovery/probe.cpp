#include "evaluators/algorithm_discovery/probe.hpp"

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace equivolve::algorithm_discovery {
namespace {

constexpr std::size_t kTrain = 10, kJudged = 2, kExamples = kTrain + kJudged + 1;
constexpr double kLateFactor = 16;
/// The second start: so many training and judged examples, with the other labels; the last to learn
/// from is low.
constexpr std::size_t kAgainTrain = 5, kAgainJudged = 7;
/// The long start of programs with a threshold, on rows of its own: a max that always takes the
/// same side looks like none until a row comes that is far from the others.
constexpr std::size_t kLongTrain = 48, kLongJudged = 8, kLong = kLongTrain + kLongJudged;
/// Runs of a program with live random draws.
constexpr std::uint64_t kRepetitions = 3;
/// Which labels are 1, or positive. Not by the turns of a coin: sums over labels must pass zero
/// both ways, there must be runs and lone ones of both kinds, and the last training label must not
/// be 0, or programs that differ by a max, a sign or what they do between two validation rows look
/// alike.
constexpr std::array<bool, kExamples> kHigh = {true, false, false, false, true, false, true,
                                               true, true,  true,  false, true, false};

/// Sizes of a regression's labels, before a random factor: standardised targets come in all of
/// these.
constexpr std::array<double, kExamples> kSizes = {1,   0.5, 2.5, 0.25, 0.5, 1, 3,
                                                  0.3, 1.5, 2,   1,    0.5, 3};

/// Streams of the long start's rows; the others' are numbered from 0.
constexpr std::uint64_t kLongIndex = 100;

/// The probe's examples: a function of seed, dimension and kind of task.
struct Inputs {
  std::uint64_t seed = 0;
  std::uint32_t dimension = 0;
  bool classification = false;
  std::uint32_t row = 0;
  std::vector<double> features;
  std::array<double, kExamples> labels{};
  std::vector<double> long_features;
  std::array<double, kLong> long_labels{};

  bool fits(std::uint64_t s, std::uint32_t d, bool c) const {
    return seed == s && dimension == d && classification == c && !features.empty();
  }
  void draw(std::uint64_t s, std::uint32_t d, bool c) {
    seed = s, dimension = d, classification = c, row = interpreters::padded(d);
    features.assign(kExamples * row, 0.0);
    for (std::size_t e = 0; e < kExamples; ++e) {
      hashing::Stream stream(seed, hashing::Purpose::kTask, e);
      const double factor = e + 1 == kExamples ? kLateFactor : 1;
      // Features share a part, as those of real tables do: independent ones of a high dimension are
      // nearly orthogonal from row to row, so that a program with x . (x + w) would never see a sum
      // below zero.
      const double shared = stream.gaussian();
      for (std::uint32_t i = 0; i < d; ++i)
        features[e * row + i] = factor * (shared + stream.gaussian()) * std::numbers::sqrt2 / 2;
      const double size = classification ? 1.0 : kSizes[e] * stream.uniform(0.75, 1.25);
      labels[e] = kHigh[e] ? size : classification ? 0.0 : -size;
    }
    draw_long();
  }
  /// Rows of many sizes, whose labels lean to the side of their features, as those of tables do.
  void draw_long() {
    long_features.assign(kLong * row, 0.0);
    for (std::size_t e = 0; e < kLong; ++e) {
      hashing::Stream stream(seed, hashing::Purpose::kTask, kLongIndex + e);
      const double factor = std::exp2(stream.uniform(-1.5, 1.5));
      const double shared = stream.gaussian();
      for (std::uint32_t i = 0; i < dimension; ++i)
        long_features[e * row + i] =
            factor * (shared + stream.gaussian()) * std::numbers::sqrt2 / 2;
      const bool high = stream.chance(shared > 0 ? 0.75 : 0.25);
      const double size = classification ? 1.0 : stream.uniform(0.2, 3.0);
      long_labels[e] = high ? size : classification ? 0.0 : -size;
    }
  }
  const double* at(std::size_t example) const { return features.data() + example * row; }
  const double* long_at(std::size_t example) const { return long_features.data() + example * row; }
  double other_label(std::size_t example) const {
    return classification ? 1 - labels[example] : -labels[example];
  }
};

/// This thread's inputs: the same for every candidate of a run, so they are drawn once.
const Inputs& inputs_for(std::uint64_t seed, std::uint32_t dimension, bool classification) {
  thread_local Inputs inputs;
  if (!inputs.fits(seed, dimension, classification)) inputs.draw(seed, dimension, classification);
  return inputs;
}

void put_state(interpreters::Machine& machine, const search::PreparedProgram& program,
               sdk::OutputSink& sink) {
  const std::uint32_t d = machine.shape().dimension, row = interpreters::padded(d);
  std::array<double, 256> scalars;
  std::size_t count = 0;
  for (std::uint8_t address : program.live_state[0]) scalars[count++] = machine.scalar(address);
  sink.values({scalars.data(), count});
  for (std::uint8_t address : program.live_state[1]) sink.values({machine.vector(address), d});
  for (std::uint8_t address : program.live_state[2])
    for (std::uint32_t r = 0; r < d; ++r)
      sink.values({machine.matrix(address) + std::size_t{r} * row, d});
}

/// Whether an operation does one thing on one side of a threshold and another beyond it.
bool has_threshold(search::Op op) {
  using search::Op;
  switch (op) {
    case Op::kScalarAbs:
    case Op::kVectorAbs:
    case Op::kMatrixAbs:
    case Op::kScalarHeaviside:
    case Op::kVectorHeaviside:
    case Op::kMatrixHeaviside:
    case Op::kScalarMin:
    case Op::kVectorMin:
    case Op::kMatrixMin:
    case Op::kScalarMax:
    case Op::kVectorMax:
    case Op::kMatrixMax:
      return true;
    default:
      return false;
  }
}

bool has_threshold(const search::PreparedProgram& program) {
  for (const auto& code : program.functions)
    for (const eqv_instruction& i : code.instructions)
      if (i.op != search::kZeroFill && has_threshold(static_cast<search::Op>(i.op))) return true;
  return false;
}

/// What one start of the program put out.
class Outputs {
 public:
  explicit Outputs(const ProgramRun& run) : run_(run) {}
  double add(double prediction) { return predictions_[told_++] = prediction; }
  bool put(sdk::OutputSink& sink) const {
    sink.values({predictions_.data(), told_});
    sink.integer(static_cast<std::int64_t>(run_.ended().how));
    sink.integer(static_cast<std::int64_t>(told_));
    return run_.ended().how == End::kFinished;
  }

 private:
  const ProgramRun& run_;
  std::array<double, kLong> predictions_{};
  std::size_t told_ = 0;
};

/// Whether it came to its end.
bool first_start(interpreters::Machine& machine, const Rules& rules, const Inputs& inputs,
                 std::uint64_t draw_seed, sdk::OutputSink& sink) {
  ProgramRun run(machine, rules, {draw_seed, hashing::Purpose::kProbe});
  Outputs outputs(run);
  for (std::size_t e = 0; e < kExamples; ++e) {
    const bool judged = e >= kTrain && e < kTrain + kJudged;
    const double told = outputs.add(run.predict(inputs.at(e)));
    if (judged ? !run.check(told, inputs.labels[e]) : !run.learn(told, inputs.labels[e])) break;
  }
  return outputs.put(sink);
}

/// The same examples with the other labels, fewer to learn from and more to be judged on in a row.
/// Whether it came to its end.
bool second_start(interpreters::Machine& machine, const Rules& rules, const Inputs& inputs,
                  std::uint64_t draw_seed, sdk::OutputSink& sink) {
  ProgramRun run(machine, rules, {draw_seed, hashing::Purpose::kProbe});
  Outputs outputs(run);
  for (std::size_t e = 0; e < kAgainTrain + kAgainJudged; ++e) {
    const double told = outputs.add(run.predict(inputs.at(e)));
    const double label = inputs.other_label(e);
    if (e < kAgainTrain ? !run.learn(told, label) : !run.check(told, label)) break;
  }
  return outputs.put(sink);
}

/// Whether it came to its end.
bool long_start(interpreters::Machine& machine, const Rules& rules, const Inputs& inputs,
                std::uint64_t draw_seed, sdk::OutputSink& sink) {
  ProgramRun run(machine, rules, {draw_seed, hashing::Purpose::kProbe});
  Outputs outputs(run);
  for (std::size_t e = 0; e < kLong; ++e) {
    const double told = outputs.add(run.predict(inputs.long_at(e)));
    const double label = inputs.long_labels[e];
    if (e < kLongTrain ? !run.learn(told, label) : !run.check(told, label)) break;
  }
  return outputs.put(sink);
}

bool run_once(interpreters::Machine& machine, const search::PreparedProgram& program,
              const Rules& rules, const Inputs& inputs, std::uint64_t draw_seed,
              sdk::OutputSink& sink) {
  bool finished = first_start(machine, rules, inputs, draw_seed, sink);
  put_state(machine, program, sink);
  finished = second_start(machine, rules, inputs, draw_seed, sink) && finished;
  put_state(machine, program, sink);  // what judged rows leave behind is state as well
  if (has_threshold(program)) {
    finished = long_start(machine, rules, inputs, draw_seed, sink) && finished;
    put_state(machine, program, sink);
  }
  return finished;
}

}  // namespace

void run_probe(interpreters::Machine& machine, const search::PreparedProgram& program,
               const Rules& rules, std::uint64_t seed, ProbeVerdict verdict,
               sdk::OutputSink& sink) {
  const Inputs& inputs = inputs_for(seed, machine.shape().dimension, rules.classification);
  sink.integer(verdict.within_budget ? 1 : 0);
  bool finished = run_once(machine, program, rules, inputs, seed, sink);
  if (!search::draws_at_random(program)) return;
  for (std::uint64_t r = 1; r < kRepetitions; ++r) {
    const std::uint64_t draw_seed = hashing::derive_seed(seed, hashing::Purpose::kTask, 1000 + r);
    finished = run_once(machine, program, rules, inputs, draw_seed, sink) && finished;
  }
  // What ended early here may not end with other draws, and then little is known of it: only its
  // like is its equal.
  if (!finished) sink.bytes(search::canonical_bytes(program));
}

}  // namespace equivolve::algorithm_discovery
