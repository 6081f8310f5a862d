// What goes into a results file comes out of it.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "engine/store/run_digests.hpp"
#include "tests/engine/store/store_fixture.hpp"

namespace equivolve::tests {
namespace {

using namespace equivolve::engine;
using hashing::Purpose;
using hashing::Stream;

// Numbers that a store might get wrong, often; any number else.
double random_double(Stream& stream) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr std::array<double, 10> kSpecial = {0.0,
                                               -0.0,
                                               1.0,
                                               -1.0,
                                               kInfinity,
                                               -kInfinity,
                                               std::numeric_limits<double>::quiet_NaN(),
                                               std::numeric_limits<double>::denorm_min(),
                                               std::numeric_limits<double>::max(),
                                               9007199254740993.0};
  if (stream.chance(0.4)) return kSpecial[stream.below(kSpecial.size())];
  return std::ldexp(stream.uniform(-1, 1), static_cast<int>(stream.below(2000)) - 1000);
}

std::vector<double> random_doubles(Stream& stream, std::uint64_t most) {
  std::vector<double> values(stream.below(most + 1));
  for (double& value : values) value = random_double(stream);
  return values;
}

std::uint64_t random_number(Stream& stream) {
  constexpr std::uint64_t kLimit = std::uint64_t{1} << 40;
  return stream.chance(0.2) ? kNone64 : stream.below(stream.chance(0.5) ? 100 : kLimit);
}

std::string random_text(Stream& stream) {
  constexpr std::array<const char*, 5> kHostile = {"'; DROP TABLE runs; --", "\"quoted\"",
                                                   "\xF0\x9F\xA6\x8A", "\xFF\xFE not UTF-8",
                                                   "line\nbreak"};
  std::string text;
  if (stream.chance(0.3)) return text;
  for (std::uint64_t i = stream.below(4); i > 0; --i)
    text += kHostile[stream.below(kHostile.size())];
  if (stream.chance(0.2)) text += std::string("nul\0inside", 10);
  return text;
}

OutcomeRow random_outcome(Stream& stream, std::uint64_t ticket) {
  OutcomeRow outcome;
  outcome.ticket = ticket;
  outcome.birth = stream.below(std::uint64_t{1} << 40);
  outcome.cls = random_number(stream);
  outcome.level = static_cast<std::uint32_t>(stream.next());
  outcome.hit = stream.chance(0.5);
  outcome.verified = stream.chance(0.5);
  outcome.wrong = stream.chance(0.5);
  outcome.status = static_cast<Status>(stream.below(5));
  outcome.reason = static_cast<Reason>(stream.below(8));
  outcome.told = random_doubles(stream, 4);
  outcome.genome_checksum = stream.next();
  return outcome;
}

TrialRow random_trial(Stream& stream) {
  TrialRow trial;
  trial.kind = static_cast<TrialKind>(stream.below(4));
  trial.subject = stream.below(std::uint64_t{1} << 40);
  trial.birth = random_number(stream);
  trial.cls = random_number(stream);
  trial.level = static_cast<std::uint32_t>(stream.next());
  trial.split = static_cast<std::uint32_t>(stream.below(2));
  trial.repeat = static_cast<std::uint32_t>(stream.next());
  if (stream.chance(0.5)) trial.common_seed = stream.next();
  if (stream.chance(0.5)) trial.own_seed = stream.next();
  trial.status = static_cast<Status>(stream.below(5));
  trial.reason = static_cast<Reason>(stream.below(8));
  trial.figures = random_doubles(stream, 16);
  trial.items = random_doubles(stream, 50);
  trial.seconds = random_double(stream);
  trial.cost = stream.next();
  trial.genome_checksum = static_cast<std::uint32_t>(stream.next());
  trial.message = random_text(stream);
  return trial;
}

GenomeRow random_genome(Stream& stream, std::uint64_t birth) {
  GenomeRow genome;
  genome.birth = birth;
  genome.parent = random_number(stream);
  genome.second_parent = random_number(stream);
  genome.operator_id = static_cast<std::uint8_t>(stream.below(256));
  genome.flat.resize(stream.below(3) == 0 ? 0 : stream.below(3000));
  for (std::byte& byte : genome.flat) byte = static_cast<std::byte>(stream.below(256));
  return genome;
}

class RoundTrip : public StoreTest {};

TEST_F(RoundTrip, OfRandomOutcomesAndTrials) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(seed);
  Stream stream(seed, Purpose::kTest, 0);
  std::vector<OutcomeRow> outcomes;
  std::vector<TrialRow> trials;
  std::vector<ClassRow> classes;
  auto writer = open_writer();
  const auto run = writer->begin_run(make_head());
  ASSERT_TRUE(run);
  for (std::uint64_t i = 0; i < 2000; ++i) {
    outcomes.push_back(random_outcome(stream, i));
    trials.push_back(random_trial(stream));
    classes.push_back({i, stream.next(), {stream.next(), stream.next()}});
    writer->push(outcomes.back());
    writer->push(trials.back());
    writer->push(classes.back());
  }
  ASSERT_TRUE(writer->finish_run());
  const auto data = open_reader()->replay(*run);
  ASSERT_TRUE(data) << data.error().message;
  ASSERT_EQ(data->outcomes.size(), 2000u);
  ASSERT_EQ(data->trials.size(), 2000u);
  ASSERT_EQ(data->classes.size(), 2000u);
  for (std::size_t i = 0; i < 2000; ++i) {
    EXPECT_TRUE(same(data->outcomes[i], outcomes[i])) << i;
    EXPECT_TRUE(same(data->trials[i], trials[i])) << i;
    EXPECT_EQ(data->classes[i].cls, classes[i].cls);
    EXPECT_EQ(data->classes[i].founder, classes[i].founder);
    EXPECT_EQ(data->classes[i].digest, classes[i].digest);
  }
}

TEST_F(RoundTrip, OfRandomGenomesEventsAndArtefacts) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(seed);
  Stream stream(seed, Purpose::kTest, 1);
  std::vector<GenomeRow> genomes;
  std::vector<EventRow> events;
  std::vector<ArtefactRow> artefacts;
  std::vector<IntermediateRow> values;
  auto writer = open_writer();
  const auto run = writer->begin_run(make_head());
  ASSERT_TRUE(run);
  for (std::uint64_t i = 0; i < 300; ++i) {
    genomes.push_back(random_genome(stream, i));
    events.push_back({random_text(stream), random_text(stream)});
    artefacts.push_back({random_text(stream), random_text(stream), random_text(stream)});
    TrialRow trial = trial_of(i);
    trial.intermediate.clear();
    for (std::uint64_t left = stream.below(4); left > 0; --left) {
      trial.intermediate.push_back(
          {stream.next(), static_cast<std::uint32_t>(stream.next()), random_double(stream)});
      values.push_back({i, trial.intermediate.back()});
    }
    writer->push(genomes.back());
    writer->push(events.back());
    writer->push(artefacts.back());
    writer->push(trial);
  }
  ASSERT_TRUE(writer->finish_run());
  const auto reader = open_reader();
  for (const GenomeRow& genome : genomes) {
    const auto found = reader->genome(*run, genome.birth);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_TRUE(same(*found, genome)) << genome.birth;
  }
  const auto found_events = reader->events(*run);
  const auto found_artefacts = reader->artefacts(*run);
  const auto found_values = reader->intermediate_values(*run);
  ASSERT_TRUE(found_events && found_artefacts && found_values);
  ASSERT_EQ(found_events->size(), 300u);
  ASSERT_EQ(found_artefacts->size(), 300u);
  ASSERT_EQ(found_values->size(), values.size());
  for (std::size_t i = 0; i < 300; ++i) {
    EXPECT_EQ((*found_events)[i].kind, events[i].kind);
    EXPECT_EQ((*found_events)[i].detail, events[i].detail);
    EXPECT_EQ((*found_artefacts)[i].name, artefacts[i].name);
    EXPECT_EQ((*found_artefacts)[i].media_type, artefacts[i].media_type);
    EXPECT_EQ((*found_artefacts)[i].content, artefacts[i].content);
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ((*found_values)[i].trial, values[i].trial);
    EXPECT_EQ((*found_values)[i].value.step, values[i].value.step);
    EXPECT_EQ((*found_values)[i].value.figure, values[i].value.figure);
    EXPECT_TRUE(same((*found_values)[i].value.value, values[i].value.value));
  }
}

TEST_F(RoundTrip, OfRunHeadAndState) {
  RunHead head = make_head(std::string("a '\"; name\0with NUL", 19));
  auto writer = open_writer();
  const auto run = writer->begin_run(head);
  ASSERT_TRUE(run);
  RunState state;
  state.status = RunStatus::kStopped;
  state.stopped_by = "signal";
  state.told = 17;
  state.seconds = 2.25;
  state.summary_json = R"({"a":1})";
  ASSERT_TRUE(writer->update_run(state));
  const auto found = open_reader()->find_run("latest");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->id, *run);
  EXPECT_EQ(found->head.name, head.name);
  EXPECT_EQ(found->head.seed, head.seed);
  EXPECT_EQ(found->head.evaluator, head.evaluator);
  EXPECT_EQ(found->head.evaluator_version, head.evaluator_version);
  EXPECT_EQ(found->head.representation, head.representation);
  EXPECT_EQ(found->head.config_as_written, head.config_as_written);
  EXPECT_EQ(found->head.config_resolved, head.config_resolved);
  EXPECT_EQ(found->head.context, head.context);
  EXPECT_EQ(found->head.engine_version, head.engine_version);
  EXPECT_EQ(found->head.kernel, head.kernel);
  ASSERT_EQ(found->head.figures.size(), 3u);
  EXPECT_EQ(found->head.figures[1].name, "size");
  EXPECT_EQ(found->head.figures[1].unit, "instructions");
  EXPECT_EQ(found->head.figures[1].role, 1u);
  EXPECT_TRUE(found->head.figures[1].minimize);
  EXPECT_FALSE(found->head.figures[2].reproducible);
  EXPECT_EQ(found->state.status, RunStatus::kStopped);
  EXPECT_EQ(found->state.stopped_by, "signal");
  EXPECT_EQ(found->state.told, 17u);
  EXPECT_EQ(found->state.seconds, 2.25);
  EXPECT_EQ(found->state.summary_json, state.summary_json);
  EXPECT_EQ(found->created.size(), std::string("2024-01-01T00:00:00.000Z").size());
  EXPECT_TRUE(found->locked);
  ASSERT_TRUE(writer->finish_run());
  EXPECT_FALSE(open_reader()->find_run("latest")->locked);
}

TEST_F(RoundTrip, ArbitraryValuesThatAreNoNumbersAreNull) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  OutcomeRow outcome = outcome_of(0);
  outcome.status = Status::kNonFinite;
  outcome.told = {std::numeric_limits<double>::infinity()};
  writer->push(genome_of(0));
  writer->push(outcome);
  ASSERT_TRUE(writer->finish_run());
  EXPECT_EQ(query(file, "SELECT fitness IS NULL, status FROM outcomes"),
            std::vector<std::string>{"1|2"});
}

TEST_F(RoundTrip, DigestsAreReadableAsHexInAnyTool) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  const hashing::Digest digest{0x0123456789ABCDEF, 0x00000000000000FF};
  writer->push(ClassRow{0, 0, digest});
  ASSERT_TRUE(writer->finish_run());
  EXPECT_EQ(query(file, "SELECT lower(hex(digest)) FROM classes"),
            std::vector<std::string>{hashing::to_hex(digest)});
}

TEST(RunDigests, SeeWhatTheySayAndNothingElse) {
  const OutcomeRow base = outcome_of(4);
  const auto digests = [](const OutcomeRow& outcome) {
    RunDigests digests;
    digests.add(outcome_of(3));
    digests.add(outcome);
    return std::pair(digests.result_digest(), digests.trajectory_digest());
  };
  const std::string result = digests(base).first;
  const std::string trajectory = digests(base).second;
  EXPECT_EQ(result.size(), 32u);
  EXPECT_NE(result, trajectory);
  const auto changed = [&](auto change) {
    OutcomeRow outcome = base;
    change(outcome);
    const auto now = digests(outcome);
    return std::pair(now.first != result, now.second != trajectory);
  };
  using Both = std::pair<bool, bool>;
  EXPECT_EQ(changed([](OutcomeRow& o) { o.birth = 99; }), Both(true, false));
  EXPECT_EQ(changed([](OutcomeRow& o) { o.cls = kNone64; }), Both(true, false));
  EXPECT_EQ(changed([](OutcomeRow& o) { o.hit = !o.hit; }), Both(true, false));
  EXPECT_EQ(changed([](OutcomeRow& o) { o.level = 1; }), Both(true, false));
  EXPECT_EQ(changed([](OutcomeRow& o) { o.status = Status::kFailed; }), Both(true, true));
  EXPECT_EQ(changed([](OutcomeRow& o) { o.reason = Reason::kCrash; }), Both(true, false));
  EXPECT_EQ(changed([](OutcomeRow& o) { o.told[0] += 1e-15; }), Both(true, true));
  EXPECT_EQ(changed([](OutcomeRow& o) { o.genome_checksum ^= 1; }), Both(true, true));
  EXPECT_EQ(changed([](OutcomeRow& o) { o.told.push_back(std::nan("")); }), Both(false, false));
  EXPECT_EQ(changed([](OutcomeRow& o) { o.verified = true; }), Both(false, false));
}

TEST(RunDigests, MeanTheSameAsEverBefore) {
  RunDigests digests;
  for (std::uint64_t ticket = 0; ticket < 3; ++ticket) {
    OutcomeRow outcome;
    outcome.ticket = outcome.birth = outcome.cls = ticket;
    outcome.told = {0.5 * static_cast<double>(ticket), -0.0};
    outcome.genome_checksum = 1000 + ticket;
    digests.add(outcome);
  }
  EXPECT_EQ(digests.result_digest(), "fb60ccd19c67e55e4d061e086cdd4af2");
  EXPECT_EQ(digests.trajectory_digest(), "f62813a8cc91c9b951442371a9d6672f");
}

}  // namespace
}  // namespace equivolve::tests
