// Lanes against the scalar interpreter, bit for bit: random programs over all operations, shapes,
// lane counts, layouts of rows and instruction sets.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

#include "evaluators/algorithm_discovery/lane_plan.hpp"
#include "search/variation/program_variation.hpp"
#include "tests/evaluators/support/cases.hpp"

namespace equivolve::algorithm_discovery {
namespace {

using hashing::Stream;
using interpreters::LaneKind;
using search::Function;
using search::Kind;

constexpr auto kNever = [] { return false; };

/// NaN is one NaN: which one comes out is no part of the language.
std::uint64_t bits(double x) {
  return std::isnan(x) ? 0x7ff8000000000000u : std::bit_cast<std::uint64_t>(x);
}

/// All that a run shows.
struct Shown {
  Ended ended;
  std::vector<std::uint64_t> scores;  // of judged rows, as far as they were predicted
  std::vector<std::uint64_t> state;   // live memories at the end
  bool operator==(const Shown& o) const {
    return ended.how == o.ended.how && ended.example == o.ended.example && scores == o.scores &&
           state == o.state;
  }
};

void PrintTo(const Shown& shown, std::ostream* out) {
  *out << "how " << static_cast<int>(shown.ended.how) << " example " << shown.ended.example
       << " scores";
  for (auto x : shown.scores) *out << ' ' << std::bit_cast<double>(x);
  *out << " state";
  for (auto x : shown.state) *out << ' ' << std::bit_cast<double>(x);
}

/// A random case: a program, rules and tasks.
struct Case {
  search::ProgramSpace space;
  search::Genome genome;
  Rules rules;
  std::vector<Task> tasks;
  LaneLimits limits;
};

std::uint32_t between(Stream& stream, std::uint32_t low, std::uint32_t high) {
  return low + static_cast<std::uint32_t>(stream.below(high - low + 1));
}

Examples random_examples(Stream& stream, std::uint32_t d, std::size_t rows, std::uint32_t classes,
                         double scale) {
  Examples out;
  out.stride = interpreters::padded(d);
  out.features.assign(rows * out.stride, 0.0);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::uint32_t i = 0; i < d; ++i)
      out.features[r * out.stride + i] = stream.chance(0.1) ? 0.0 : scale * stream.gaussian();
    if (classes > 0)
      out.classes.push_back(static_cast<std::uint32_t>(stream.below(classes)));
    else
      out.targets.push_back(stream.gaussian());
  }
  return out;
}

eqv_instruction instruction(search::Op op, std::uint32_t in1, std::uint32_t in2,
                            std::uint32_t out) {
  eqv_instruction i{};
  i.op = static_cast<std::uint8_t>(op);
  i.in1 = static_cast<std::uint8_t>(in1);
  i.in2 = static_cast<std::uint8_t>(in2);
  i.out = static_cast<std::uint8_t>(out);
  return i;
}

/// A product and, behind it, a sum or difference of it: what lanes may do as one instruction.
/// Random programs seldom have them.
void plant_product_and_sum(Stream& stream, const search::MemoryShape& shape,
                           std::vector<eqv_instruction>& code) {
  using search::Op;
  const bool matrices = shape.matrices > 0 && stream.chance(0.5);
  const auto any = [&](std::uint32_t count) { return between(stream, 0, count - 1); };
  const std::uint32_t count = matrices ? shape.matrices : shape.vectors;
  const std::uint32_t product = any(count), sum = any(count);
  if (matrices && stream.chance(0.5))
    code.push_back(instruction(Op::kOuter, any(shape.vectors), any(shape.vectors), product));
  else
    code.push_back(instruction(matrices ? Op::kScalarMatrixProduct : Op::kScalarVectorProduct,
                               any(shape.scalars), any(count), product));
  const Op op = stream.chance(0.5) ? (matrices ? Op::kMatrixSum : Op::kVectorSum)
                                   : (matrices ? Op::kMatrixDifference : Op::kVectorDifference);
  const bool first = stream.chance(0.5);
  const std::uint32_t other = stream.chance(0.8) ? sum : any(count);
  code.push_back(instruction(op, first ? product : other, first ? other : product, sum));
}

Case random_case(std::uint64_t number) {
  Stream stream = test::test_stream(31, number);
  Case c;
  const search::MemoryShape shape{between(stream, 2, 5), between(stream, 1, 4),
                                  between(stream, 0, 2), between(stream, 1, 7)};
  c.space =
      test::full_space(shape, between(stream, 0, 8), between(stream, 1, 8), between(stream, 0, 10));
  if (shape.matrices == 0)
    for (auto& function : c.space.functions)
      std::erase_if(function.operations, [](search::Op op) {
        const auto& info = search::op_info(op);
        return info.in1 == Kind::kMatrix || info.in2 == Kind::kMatrix || info.out == Kind::kMatrix;
      });
  search::Program random = search::random_program(c.space, stream);
  for (auto& function : random.functions)
    if (stream.chance(0.4)) plant_product_and_sum(stream, shape, function);
  c.genome = search::to_genome(random);
  const double bounds[] = {0.4, 3, 100, 1e300};
  c.rules = {stream.chance(0.5), bounds[stream.below(4)], between(stream, 1, 2)};
  const std::uint32_t classes = !c.rules.classification ? 0 : stream.chance(0.5) ? 2 : 3;
  const std::uint32_t runs = between(stream, 1, number % 16 == 0 ? 36 : 17);
  const std::size_t train = between(stream, 1, 4), judged = between(stream, 0, 3);
  for (std::uint32_t t = 0; t < (runs + runs_of(classes) - 1) / runs_of(classes); ++t) {
    const double scale = stream.chance(0.1) ? 1e160 : std::pow(10, stream.uniform(-1, 1));
    Task task;
    task.dimension = shape.dimension;
    task.classes = classes;
    task.train = random_examples(stream, shape.dimension, train, classes, scale);
    task.judged = random_examples(stream, shape.dimension, judged, classes, scale);
    c.tasks.push_back(std::move(task));
  }
  const std::uint32_t most_lanes[] = {2, 3, 16, 32, 64};
  c.limits.lanes = most_lanes[stream.below(5)];
  c.limits.interleaved = stream.chance(0.3) ? 0 : 1000000;
  return c;
}

std::size_t elements(Kind kind, std::uint32_t d) {
  return kind == Kind::kScalar ? 1 : kind == Kind::kVector ? d : std::size_t{d} * d;
}

template <class Value>
std::vector<std::uint64_t> live_state(const search::PreparedProgram& program, std::uint32_t d,
                                      Value value) {
  std::vector<std::uint64_t> out;
  for (std::size_t k = 0; k < 3; ++k) {
    const auto kind = static_cast<Kind>(k + 1);
    for (std::uint8_t address : program.live_state[k])
      for (std::size_t e = 0; e < elements(kind, d); ++e)
        out.push_back(bits(value(kind, address, e)));
  }
  return out;
}

std::uint64_t seed_of(std::uint32_t task, std::uint32_t positive) {
  return hashing::derive_seed(5, hashing::Purpose::kTest, task, positive);
}

Shown run_scalar(const Case& c, const search::PreparedProgram& program, LaneOf of) {
  interpreters::Machine machine;
  machine.load(program, c.space.memories);
  const Task& task = c.tasks[of.task];
  const Labels labels(task.train, of.positive), judged(task.judged, of.positive);
  ProgramRun run(machine, c.rules, {seed_of(of.task, of.positive), hashing::Purpose::kEvaluate});
  std::vector<double> scores(task.judged.rows());
  Shown shown;
  const bool trained_all = run.train(task.train, labels, kNever);
  if (trained_all) {
    const std::uint64_t trained = run.ended().example;
    const bool all = run.judge(task.judged, &judged, scores, kNever);
    scores.resize(all ? scores.size() : run.ended().example - trained + 1);
    for (double score : scores) shown.scores.push_back(bits(score));
  }
  shown.ended = run.ended();
  // Lanes judge all rows before they check any, so what stands in memory then is not the same.
  if (trained_all && shown.ended.how != End::kFinished) return shown;
  const std::uint32_t d = task.dimension, row = interpreters::padded(d);
  shown.state = live_state(program, d, [&](Kind kind, std::uint8_t address, std::size_t e) {
    return kind == Kind::kScalar   ? machine.scalar(address)
           : kind == Kind::kVector ? machine.vector(address)[e]
                                   : machine.matrix(address)[e / d * row + e % d];
  });
  return shown;
}

/// A group of lanes, kept going until every lane has ended.
class LanesShown {
 public:
  LanesShown(const Case& c, const search::PreparedProgram& program, const LaneGroup& group,
             LaneKind kind, interpreters::LaneMachine& machine)
      : case_(c), program_(program), machine_(machine), shown_(group.lanes.size()) {
    const auto lanes = static_cast<std::uint32_t>(group.lanes.size());
    std::vector<std::uint64_t> seeds;
    for (const LaneOf& of : group.lanes) seeds.push_back(seed_of(of.task, of.positive));
    machine.load(program, c.space.memories, lanes, kind);
    LaneRun run(machine, c.rules, seeds);
    trained_ = std::uint64_t{c.rules.epochs} * group.train.count;
    scores_.assign(group.judged.count * machine.padded(), 0.0);
    const bool trained = follow(run, [&] { return run.train(group.train, kNever); });
    if (trained) follow(run, [&] { return run.judge(group.judged, scores_.data(), kNever); });
    for (std::uint32_t l = 0; l < lanes; ++l)
      if (run.alive() >> l & 1) show(run, l);
  }
  const std::vector<Shown>& get() const { return shown_; }

 private:
  template <class Step>
  bool follow(LaneRun& run, Step step) {
    for (;;) {
      if (step() == LaneRun::Progress::kFinished) return true;
      for (std::uint32_t l = 0; l < shown_.size(); ++l)
        if (run.failed() >> l & 1) show(run, l);
      if (run.alive() == 0) return false;
    }
  }

  void show(const LaneRun& run, std::uint32_t lane) {
    Shown& shown = shown_[lane];
    shown.ended = run.ended(lane);
    std::size_t rows = scores_.size() / machine_.padded();
    if (shown.ended.how != End::kFinished)
      rows = shown.ended.example < trained_ ? 0 : shown.ended.example - trained_ + 1;
    else
      shown.ended.example = trained_ + rows;
    for (std::size_t r = 0; r < rows; ++r)
      shown.scores.push_back(bits(scores_[r * machine_.padded() + lane]));
    if (shown.ended.how != End::kFinished && rows > 0) return;  // see run_scalar
    shown.state = live_state(program_, case_.space.memories.dimension,
                             [&](Kind kind, std::uint8_t address, std::size_t e) {
                               return machine_.value(kind, address, e, lane);
                             });
  }

  const Case& case_;
  const search::PreparedProgram& program_;
  interpreters::LaneMachine& machine_;
  std::uint64_t trained_ = 0;
  std::vector<double> scores_;
  std::vector<Shown> shown_;
};

struct Tally {
  int programs = 0, runs = 0, failed = 0, not_all_failed = 0, states = 0;
  std::map<std::uint8_t, int> ops;
};

void compare(std::uint64_t number, Tally& tally) {
  const Case c = random_case(number);
  const auto view = *search::view_program(c.genome.flat);
  const search::CycleConvention convention{c.rules.classification};
  // Every second one plain, so that all 65 operations run often.
  const auto program = number % 2 == 0 ? search::prepare_pruned(view, convention)
                                       : search::prepare_plain(view, convention);
  const LanePlan plan(c.tasks, c.limits);
  thread_local interpreters::LaneMachine machine;
  for (const LaneGroup& group : plan.groups()) {
    std::vector<Shown> expected;
    for (const LaneOf& of : group.lanes) expected.push_back(run_scalar(c, program, of));
    for (LaneKind kind : {LaneKind::kAvx2, LaneKind::kAvx512}) {
      if (!interpreters::is_supported(kind)) continue;
      const LanesShown lanes(c, program, group, kind, machine);
      ASSERT_EQ(lanes.get(), expected) << "case " << number << " " << lane_kind_name(kind) << "\n"
                                       << search::to_text(view);
    }
    int failed = 0;
    for (const Shown& one : expected) {
      failed += one.ended.how != End::kFinished;
      tally.states += !one.state.empty();
    }
    tally.runs += static_cast<int>(expected.size());
    tally.failed += failed;
    tally.not_all_failed += failed > 0 && failed < static_cast<int>(expected.size());
  }
  ++tally.programs;
  for (const auto& code : program.functions)
    for (const auto& i : code.instructions) ++tally.ops[i.op];
}

/// A hundred thousand programs in all.
class Lanes : public ::testing::TestWithParam<int> {};

TEST_P(Lanes, GiveWhatTheScalarInterpreterGives) {
  constexpr std::uint64_t kPrograms = 12500;
  Tally tally;
  for (std::uint64_t p = 0; p < kPrograms && !HasFailure(); ++p)
    compare(static_cast<std::uint64_t>(GetParam()) * kPrograms + p, tally);
  if (HasFailure()) return;
  // Or it would show little.
  EXPECT_GT(tally.failed, tally.runs / 20);
  EXPECT_LT(tally.failed, tally.runs / 2);
  EXPECT_GT(tally.not_all_failed, tally.programs / 100);
  EXPECT_GT(tally.states, tally.runs / 10);
  for (const auto& info : search::op_table())
    EXPECT_GT(tally.ops[static_cast<std::uint8_t>(info.op)], 100) << info.name;
}

INSTANTIATE_TEST_SUITE_P(Programs, Lanes, ::testing::Range(0, 8));

TEST(Lanes, AsManyAsAMachineHolds) {
  Case c = random_case(4);
  c.tasks.resize(1);
  c.rules = {false, 100, 1};
  for (auto* examples : {&c.tasks[0].train, &c.tasks[0].judged}) {
    examples->classes.clear();
    examples->targets.assign(examples->rows(), 1.0);
  }
  c.tasks[0].classes = 0;
  while (c.tasks.size() < interpreters::kMostLanes) c.tasks.push_back(c.tasks[0]);
  const LanePlan plan(c.tasks, {interpreters::kMostLanes, 1000000});
  ASSERT_EQ(plan.groups().size(), 1u);
  ASSERT_EQ(plan.groups()[0].lanes.size(), interpreters::kMostLanes);
  const auto program = search::prepare_pruned(*search::view_program(c.genome.flat), {false});
  interpreters::LaneMachine machine;
  const LanesShown lanes(c, program, plan.groups()[0], LaneKind::kAvx2, machine);
  for (std::uint32_t l = 0; l < interpreters::kMostLanes; ++l)
    EXPECT_EQ(lanes.get()[l], run_scalar(c, program, plan.groups()[0].lanes[l])) << l;
}

/// Four regression tasks and a program for them.
Case case_of(const char* text) {
  Case c = random_case(4);
  c.rules = {false, 1e300, 2};
  c.tasks.resize(1);
  Task& first = c.tasks[0];
  first.classes = 0;
  for (auto* examples : {&first.train, &first.judged}) examples->classes.clear();
  for (double label : {1.0, -0.5, 0.25, 3.0}) {
    Task task = c.tasks[0];
    for (auto* examples : {&task.train, &task.judged})
      examples->targets.assign(examples->rows(), label);
    c.tasks.push_back(task);
  }
  c.tasks.erase(c.tasks.begin());
  c.space.memories = {5, 4, 0, c.tasks[0].dimension};
  c.genome = search::to_genome(search::parse_program(text, c.space.memories).value());
  return c;
}

// What predict and learn write the same in every row need not be written in every row, but where
// the first row still sees what was there before.
TEST(Lanes, ConstantsTakeEffectInTheRowThatWritesThem) {
  const char* const texts[] = {
      // Learn's, for learn alone.
      "setup:\npredict:\n  s1 = dot(v0, v1)\nlearn:\n  s2 = 0.01\n  s3 = s0 - s1\n"
      "  s3 = s2 * s3\n  v2 = s3 * v0\n  v1 = v1 + v2\n",
      // Predict's, read by learn.
      "setup:\npredict:\n  s2 = 0.5\n  s1 = dot(v0, v1)\nlearn:\n  v2 = s2 * v0\n"
      "  v1 = v1 + v2\n",
      // Learn's, read by the predict before it.
      "setup:\n  s2 = 0.5\npredict:\n  s3 = dot(v0, v0)\n  s1 = s2 * s3\nlearn:\n  s2 = 0.25\n",
      // Read by learn before it is written.
      "setup:\n  s2 = 2.0\npredict:\n  s1 = dot(v0, v1)\nlearn:\n  v2 = s2 * v0\n"
      "  v1 = v1 + v2\n  s2 = 0.5\n",
      // Written by both.
      "setup:\npredict:\n  s2 = 0.5\n  s3 = dot(v0, v1)\n  s1 = s2 * s3\nlearn:\n  s2 = 0.25\n"
      "  v2 = s2 * v0\n  v1 = v1 + v2\n",
      // The prediction itself.
      "setup:\npredict:\n  s1 = 0.5\nlearn:\n"};
  for (const char* text : texts) {
    const Case c = case_of(text);
    const auto program = search::prepare_pruned(*search::view_program(c.genome.flat), {false});
    const LanePlan plan(c.tasks);
    ASSERT_EQ(plan.groups().size(), 1u);
    interpreters::LaneMachine machine;
    for (LaneKind kind : {LaneKind::kAvx2, LaneKind::kAvx512}) {
      if (!interpreters::is_supported(kind)) continue;
      const LanesShown lanes(c, program, plan.groups()[0], kind, machine);
      for (std::uint32_t l = 0; l < c.tasks.size(); ++l)
        EXPECT_EQ(lanes.get()[l], run_scalar(c, program, plan.groups()[0].lanes[l])) << text << l;
    }
  }
}

TEST(Lanes, StopWhenAsked) {
  Case c = random_case(1);
  c.rules.epochs = 1'000'000'000;
  const auto program = search::prepare_pruned(
      *search::view_program(search::to_genome(search::Program{}).flat), {c.rules.classification});
  c.rules.error_bound = 1e300;
  const LanePlan plan(c.tasks);
  const LaneGroup& group = plan.groups()[0];
  interpreters::LaneMachine machine;
  machine.load(program, c.space.memories, static_cast<std::uint32_t>(group.lanes.size()),
               LaneKind::kAvx2);
  LaneRun run(machine, c.rules, std::vector<std::uint64_t>(group.lanes.size()));
  int asked = 0;
  EXPECT_EQ(run.train(group.train, [&] { return ++asked == 2; }), LaneRun::Progress::kCancelled);
}

}  // namespace
}  // namespace equivolve::algorithm_discovery
