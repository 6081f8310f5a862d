// The same evaluator in a worker as in this process, and what the pool does with workers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "tests/engine/plugins/workers/workers_support.hpp"

namespace equivolve::engine::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A program space of its own for text forms, as a run would bind it.
void bind(Evaluator& evaluator) {
  auto space = std::make_shared<const search::Space>(search::ProgramSpace());
  const auto bound = evaluator.bind_space(space, "{\"representation\":\"program\"}");
  ASSERT_TRUE(bound) << bound.error().message;
}

TEST(WorkerPool, SaysWhatTheModuleSays) {
  const std::string config = R"({"options":{"byte":0}})";
  const Made here = make("toy_c", config), there = make_in_worker("toy_c", config);
  ASSERT_TRUE(there.evaluator) << there.error.message;
  const EvaluatorInfo &a = here.evaluator->info(), &b = there.evaluator->info();
  ASSERT_EQ(a.figures.size(), b.figures.size());
  for (std::size_t i = 0; i < a.figures.size(); ++i) {
    EXPECT_EQ(a.figures[i].name, b.figures[i].name);
    EXPECT_EQ(a.figures[i].unit, b.figures[i].unit);
    EXPECT_EQ(a.figures[i].role, b.figures[i].role);
    EXPECT_EQ(a.figures[i].minimize, b.figures[i].minimize);
    EXPECT_EQ(a.figures[i].low, b.figures[i].low);
    EXPECT_EQ(a.figures[i].high, b.figures[i].high);
    EXPECT_EQ(a.figures[i].reproducible, b.figures[i].reproducible);
  }
  ASSERT_EQ(a.levels.size(), b.levels.size());
  EXPECT_EQ(a.offers_test_split, b.offers_test_split);
  EXPECT_EQ(a.data_digest, b.data_digest);
  EXPECT_EQ(a.sink, b.sink);
  EXPECT_EQ(there.evaluator->descriptor().version, here.evaluator->descriptor().version);
  EXPECT_THAT(there.evaluator->default_space("program"), HasSubstr("\"dimension\":7"));
  EXPECT_EQ(there.evaluator->default_space("graph"), "{}");
  const auto references = there.evaluator->reference_candidates();
  ASSERT_EQ(references.size(), 2u);
  EXPECT_EQ(references[1].genome_text, "setup:\n");
}

TEST(WorkerPool, GivesTheSameDigestsAndOutcomes) {
  const std::string config = R"({"options":{"byte":0}})";
  const Made here = make("toy_c", config), there = make_in_worker("toy_c", config);
  for (Evaluator* one : {here.evaluator.get(), there.evaluator.get()}) bind(*one);
  for (std::size_t n = 0; n < 20; ++n) {
    const search::Genome one = genome(n);
    const ProbeResult p = here.evaluator->probe(view(one), 5),
                      q = there.evaluator->probe(view(one), 5);
    EXPECT_EQ(p.status, q.status);
    EXPECT_EQ(p.digest, q.digest);
    TrialRequest request;
    request.split = n % 2;
    request.threads = 2;
    request.common_seed = ~std::uint64_t{0} - n;
    const std::atomic<bool> stop{false};
    const TrialResult a = here.evaluator->evaluate(view(one), request, stop),
                      b = there.evaluator->evaluate(view(one), request, stop);
    EXPECT_EQ(a.status, b.status);
    EXPECT_EQ(a.figures, b.figures);
    EXPECT_EQ(a.items, b.items);
    EXPECT_EQ(a.cost, b.cost);
    ASSERT_EQ(a.intermediate.size(), b.intermediate.size());
    for (std::size_t i = 0; i < a.intermediate.size(); ++i)
      EXPECT_EQ(a.intermediate[i].value, b.intermediate[i].value);
  }
}

TEST(WorkerPool, NeighbouringDigestsCross) {
  const std::string config = R"({"options": {"do": "neighbours"}})";
  const Made here = make("unruly", config), there = make_in_worker("unruly", config);
  ASSERT_TRUE(there.evaluator) << there.error.message;
  for (Evaluator* one : {here.evaluator.get(), there.evaluator.get()}) bind(*one);
  const search::Genome one = genome(2);
  EXPECT_EQ(here.evaluator->probe(view(one), 1).digest,
            there.evaluator->probe(view(one), 1).digest);
}

TEST(WorkerPool, RefusalsPointToTheirPlace) {
  const Made made = make_in_worker("unruly", R"({"options": {"do": "refuse_options"}})");
  EXPECT_EQ(made.error.json_pointer, "/options/do");
  EXPECT_EQ(made.error.message, "not this way");
  EXPECT_TRUE(made.error.bad_input);
  const Made thrown = make_in_worker("unruly", R"({"options": {"do": "throw_a_number"}})");
  EXPECT_FALSE(thrown.error.bad_input);
  const Made space = make_in_worker("unruly", R"({"options": {"do": "refuse_space"}})");
  const auto bound = space.evaluator->bind_space(
      std::make_shared<const search::Space>(search::ProgramSpace()), "{}");
  ASSERT_FALSE(bound);
  EXPECT_EQ(bound.error().json_pointer, "/memories/scalars");
}

TEST(WorkerPool, WhatCannotBeLoadedSaysWhy) {
  for (const char* id : {"no_entry", "undefined", "major", "no_evaluate", "not_served"}) {
    const auto here = load_plugin(id, {folder("bad")});
    const auto there = load_plugin_in_workers(id, {folder("bad")}, quick_settings());
    ASSERT_FALSE(there) << id;
    EXPECT_EQ(there.error().message, here.error().message);
    EXPECT_FALSE(there.error().bad_input);
  }
  const auto crash = load_plugin_in_workers("crashing_citizen", {folder("bad")}, quick_settings());
  ASSERT_FALSE(crash);
  EXPECT_THAT(crash.error().message, HasSubstr("crashing_citizen.so while it was loaded: " +
                                               caught("was ended by signal 11")));
  EXPECT_FALSE(crash.error().bad_input);
}

TEST(WorkerPool, LastWordsBeforeAGreetingAreSaid) {
  for (int i = 0; i < 20; ++i) {
    const auto none =
        load_program("", {"sh", "-c", "echo 'no licence' >&2; exit 3"}, "/", quick_settings());
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().message,
                HasSubstr("while it was loaded: exited with code 3: no licence"));
  }
}

TEST(WorkerPool, TheLogIsSaidOnceHoweverManyWorkers) {
  const Made made = make_citizen("steps");
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int k = 0; k < 5; ++k) EXPECT_EQ(evaluate(*made.evaluator).status, Status::kOk);
    });
  threads.clear();
  EXPECT_THAT(*made.log, ElementsAre("has read its data"));
}

// Broken files (P13): the words are those of the same file in this process.
TEST(WorkerPool, FilesThatAreNoWholeLibrariesAreRefused) {
  const TemporaryFolder temporary;
  const auto file = [&](const std::string& name) { return temporary.path() / (name + ".so"); };
  std::ifstream in(folder("good") / "toy_c.so", std::ios::binary);
  const std::string good{std::istreambuf_iterator<char>(in), {}};
  std::string foreign = good;
  foreign[18] = 8;  // e_machine: MIPS
  std::ofstream(file("foreign"), std::ios::binary) << foreign;
  std::ofstream(file("short"), std::ios::binary) << good.substr(0, good.size() / 2);
  std::ofstream(file("empty"), std::ios::binary);
  std::ofstream(file("text"), std::ios::binary) << "#!/bin/sh\n" << std::string(100, '#');
  const auto before = children();
  for (const char* id : {"foreign", "short", "empty", "text", "missing"}) {
    const auto here = load_plugin(id, {temporary.path()});
    const auto there = load_plugin_in_workers(id, {temporary.path()}, quick_settings());
    ASSERT_FALSE(there) << id;
    EXPECT_EQ(there.error().message, here.error().message);
    EXPECT_EQ(there.error().bad_input, here.error().bad_input) << id;
    EXPECT_EQ(there.error().message.find('\n'), std::string::npos);
  }
  const auto twice =
      load_plugin_in_workers("toy_c", {folder("good"), folder("other")}, quick_settings());
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error().message, HasSubstr("is there twice"));
  EXPECT_EQ(children(), before);
}

// P14: what is no name never becomes a file's name.
TEST(WorkerPool, HostileNamesStartNoWorker) {
  const std::size_t descriptors = open_descriptors();
  const auto before = children();
  for (const std::string& id : std::vector<std::string>{
           "../good/toy_c", "/etc/passwd", "good/toy_c", "toy_c.so/", "a\nb", "..", "", "-c",
           std::string(300, 'a'), "\xff\xfe", std::string("toy_c\0x", 7)}) {
    const auto module = load_plugin_in_workers(id, {folder("good")}, quick_settings());
    ASSERT_FALSE(module) << id;
    EXPECT_TRUE(module.error().bad_input) << id;
    EXPECT_EQ(module.error().message.find('\n'), std::string::npos);
  }
  EXPECT_EQ(children(), before);
  EXPECT_EQ(open_descriptors(), descriptors);
}

TEST(WorkerPool, WorkersThatLiveAtOnceHaveSlotsOfTheirOwn) {
  const TemporaryFolder meeting;
  WorkerSettings settings = quick_settings();
  settings.child.environment = {{"CITIZEN_SLOT", "{slot}"},
                                {"CITIZEN_MEETING", meeting.path().string()}};
  const Made made = make_citizen("slot", settings);
  std::mutex lock;
  std::multiset<double> slots;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      const TrialResult result = evaluate(*made.evaluator);  // waits for the three others
      EXPECT_EQ(result.status, Status::kOk) << result.message;
      const std::lock_guard guard(lock);
      slots.insert(result.figures[0]);
    });
  threads.clear();
  EXPECT_THAT(slots, ElementsAre(0, 1, 2, 3));
}

TEST(WorkerPool, TheSearchMayStopATrialOnItsWay) {
  const Made made = make_citizen("steps");
  TrialRequest request;
  std::vector<std::uint64_t> steps;
  request.stops_at = [&](std::uint64_t step, std::span<const double> figures) {
    steps.push_back(step);
    EXPECT_EQ(figures[0], static_cast<double>(step) / 100);
    return step == 3;
  };
  const TrialResult result = evaluate(*made.evaluator, request);
  EXPECT_EQ(result.status, Status::kPruned) << result.message;
  EXPECT_THAT(steps, ElementsAre(1, 2, 3));
  EXPECT_EQ(result.intermediate.size(), 3u);
  EXPECT_EQ(result.figures[0], 0.03);
}

TEST(WorkerPool, AStopCancelsTheTrialAndKeepsTheWorker) {
  const Made made = make_citizen("until_cancelled");
  const auto before = children();
  std::atomic<bool> stop{false};
  const search::Genome one = genome();
  std::jthread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    stop.store(true);
  });
  EXPECT_EQ(made.evaluator->evaluate(view(one), {}, stop).status, Status::kCancelled);
  EXPECT_EQ(children(), before);
}

TEST(WorkerPool, ArtefactsOfAnySizeCross) {
  const Made made = make_citizen("nothing");
  const search::Genome one = genome();
  const auto artefacts = made.evaluator->apply(view(one), "{}", 1);
  ASSERT_TRUE(artefacts) << artefacts.error().message;
  ASSERT_EQ(artefacts->size(), 2u);
  EXPECT_EQ((*artefacts)[0].content, std::string((std::size_t{20} << 20) + 3, 'x'));
  EXPECT_EQ((*artefacts)[0].media_type, "application/octet-stream");
  EXPECT_EQ((*artefacts)[1].content, "");
  const Made crash = make_citizen("crash_in_apply");
  const auto none = crash.evaluator->apply(view(one), "{}", 1);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr(caught("signal 11")));
}

TEST(WorkerPool, NothingIsLeftBehind) {
  const std::size_t descriptors = open_descriptors();
  const auto before = children();
  {
    const Made made = make_citizen("steps");
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) threads.emplace_back([&] { evaluate(*made.evaluator); });
    threads.clear();
    EXPECT_GT(children().size(), before.size());
  }
  EXPECT_EQ(children(), before);
  EXPECT_EQ(open_descriptors(), descriptors);
}

}  // namespace
}  // namespace equivolve::engine::test
