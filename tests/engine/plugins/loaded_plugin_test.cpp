#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cfenv>
#include <clocale>
#include <cmath>

#include "tests/engine/plugins/modules_support.hpp"

namespace equivolve::engine::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(LoadedPlugin, TellsWhatTheInstanceOffers) {
  const Made made = make("toy_c", R"({"options":{"byte":0}})");
  ASSERT_TRUE(made.evaluator) << made.error.message;
  const EvaluatorInfo& info = made.evaluator->info();
  ASSERT_EQ(info.figures.size(), 2u);
  EXPECT_EQ(info.figures[0].name, "share");
  EXPECT_EQ(info.figures[1].unit, "B");
  EXPECT_EQ(info.figures[1].role, Role::kMetric);
  EXPECT_TRUE(info.figures[1].minimize);
  EXPECT_EQ(info.levels.size(), 1u);
  EXPECT_TRUE(info.offers_test_split);
  EXPECT_EQ(info.data_digest, (hashing::Digest{0, 42}));
  EXPECT_TRUE(info.sink.exact);
  EXPECT_THAT(made.evaluator->default_space("program"), HasSubstr("\"dimension\":7"));
  EXPECT_EQ(made.evaluator->default_space("graph"), "{}");
  const auto references = made.evaluator->reference_candidates();
  ASSERT_EQ(references.size(), 2u);
  EXPECT_EQ(references[0].genome_text, "");
  EXPECT_EQ(references[1].genome_text, "setup:\n");
}

TEST(LoadedPlugin, EvaluatesWithAnyNumberOfThreads) {
  const Made made = make("toy_c", R"({"options":{"byte":0}})");
  const search::Genome one = genome();
  std::size_t zeros = 0;
  for (std::byte b : one.flat) zeros += b == std::byte{0};
  for (std::uint32_t threads : {1u, 2u, 5u}) {
    TrialRequest request;
    request.threads = threads;
    const TrialResult result = evaluate(*made.evaluator, request);
    EXPECT_EQ(result.status, Status::kOk) << result.message;
    EXPECT_THAT(result.figures,
                ElementsAre(static_cast<double>(zeros) / one.flat.size(), one.flat.size()));
    EXPECT_EQ(result.cost, one.flat.size());
    EXPECT_GE(result.seconds, 0);
    ASSERT_EQ(result.intermediate.size(), 2u);
    EXPECT_EQ(result.intermediate[1].figure, 1u);
    EXPECT_THAT(result.items, IsEmpty()) << "items are for the test split";
  }
}

TEST(LoadedPlugin, KeepsItemsOfTheTestSplit) {
  const Made made = make("toy_c");
  TrialRequest request;
  request.split = 1;
  EXPECT_THAT(evaluate(*made.evaluator, request).items, ElementsAre(1, 2, 3));
}

TEST(LoadedPlugin, ProbesToADigestThatDependsOnWhatWasPutOut) {
  const Made made = make("toy_c", R"({"options":{"byte":1}})");
  const search::Genome one = genome(1), two = genome(2);
  const ProbeResult a = made.evaluator->probe(view(one), 1),
                    again = made.evaluator->probe(view(one), 1);
  ASSERT_EQ(a.status, Status::kOk) << a.message;
  EXPECT_EQ(a.digest, again.digest);
  EXPECT_NE(a.digest, made.evaluator->probe(view(two), 1).digest);
  EXPECT_NE(a.digest, made.evaluator->probe(view(one), 2).digest);
}

// The module's key is a genome's first byte, its output the genome's size.
TEST(LoadedPluginProbe, AKnownKeyNeedsNoRun) {
  const Made made = make_unruly("key_is_first_byte");
  const auto digest = [&](std::size_t size, int first, std::uint64_t seed = 1) {
    search::Genome raw;
    raw.flat.resize(size);
    raw.flat[0] = std::byte(first);
    const ProbeResult result = made.evaluator->probe(view(raw), seed);
    EXPECT_EQ(result.status, Status::kOk) << result.message;
    return result.digest;
  };
  const auto ten = digest(10, 1), eleven = digest(11, 2);
  EXPECT_NE(ten, eleven);
  EXPECT_EQ(digest(11, 1), ten) << "behaves as the key says";
  EXPECT_EQ(digest(12, 2), eleven);
  EXPECT_EQ(digest(10, 3), ten) << "another key is no other behaviour";
  EXPECT_NE(digest(11, 1, 2), ten) << "another seed is another probe";
}

TEST(LoadedPlugin, TheConfigurationsMantissaBitsWinOverTheEvaluators) {
  const hashing::SinkSettings own = make("toy_c").evaluator->info().sink;
  EXPECT_TRUE(own.exact);
  const hashing::SinkSettings set = make("toy_c", "{}", 7).evaluator->info().sink;
  EXPECT_FALSE(set.exact);
  EXPECT_EQ(set.mantissa_bits, 7);
  const hashing::SinkSettings floats = make_unruly("float_outputs").evaluator->info().sink;
  EXPECT_EQ(floats.mantissa_bits, 12);
  EXPECT_EQ(floats.edge_bits, 20);
  EXPECT_EQ(make_unruly("nothing").evaluator->info().sink, hashing::SinkSettings{})
      << "the host's default";

  // Two outputs 2^-30 apart are one behaviour at 12 bits and two at 40.
  auto digest = [](Evaluator& evaluator, std::size_t n) {
    search::Genome raw;
    raw.flat.resize(n);
    return evaluator.probe(view(raw), 0).digest.key;
  };
  const Made coarse = make_unruly("neighbours", 12), fine = make_unruly("neighbours", 40);
  EXPECT_EQ(digest(*coarse.evaluator, 2), digest(*coarse.evaluator, 3));
  EXPECT_NE(digest(*fine.evaluator, 2), digest(*fine.evaluator, 3));
}

TEST(LoadedPlugin, AppliesAndRefusesArtefactNames) {
  const Made made = make("toy_c");
  const auto artefacts = made.evaluator->apply({search::Representation::kProgram, {}, "nothing"},
                                               R"({"data":"/x"})", 0);
  ASSERT_TRUE(artefacts) << artefacts.error().message;
  ASSERT_EQ(artefacts->size(), 2u) << "a path and a second one of the same name are refused";
  EXPECT_EQ((*artefacts)[0].name, "options.json");
  EXPECT_EQ((*artefacts)[0].content, R"({"data":"/x"})");
  EXPECT_EQ((*artefacts)[1].content, "nothing");

  const search::Genome one = genome();
  const auto large = make_unruly("nothing").evaluator->apply(view(one), "{}", 0);
  ASSERT_TRUE(large) << large.error().message;
  EXPECT_EQ((*large)[0].content.size(), (std::size_t{5} << 20) + 3);
  EXPECT_FALSE(make_unruly("bad_artefact_name").evaluator->apply(view(one), "{}", 0));
  const auto refused = make_unruly("refuse_apply").evaluator->apply(view(one), "{}", 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().json_pointer, "/data");
  EXPECT_TRUE(refused.error().bad_input);
}

TEST(LoadedPlugin, ACandidatesTextIsItsProgram) {
  const Made made = make_unruly("tell_text");
  ASSERT_TRUE(made.evaluator->bind_space(
      std::make_shared<const search::Space>(search::ProgramSpace()), "{}"));
  const TrialResult result = evaluate(*made.evaluator);
  EXPECT_EQ(result.status, Status::kInfeasible);
  EXPECT_THAT(result.message, HasSubstr("s1 = s0 + s0"));
}

TEST(LoadedPluginCreate, RefusalsNameTheValue) {
  const Made toy = make("toy_c", R"({"options":{"byte":256}})");
  EXPECT_EQ(toy.error.json_pointer, "/options/byte");
  EXPECT_EQ(toy.error.message, "must be 0 to 255");
  EXPECT_TRUE(toy.error.bad_input);
  const Made refused = make_unruly("refuse_options");
  EXPECT_EQ(refused.error.json_pointer, "/options/do");
  EXPECT_TRUE(refused.error.bad_input);
}

TEST(LoadedPluginCreate, FailuresAreOneLine) {
  struct Case {
    const char* what;
    const char* message;
  };
  for (const Case& c :
       {Case{"throw_in_create", "cannot start"}, Case{"throw_a_number", "unknown exception"},
        Case{"out_of_memory_in_create", "out of memory"},
        Case{"bad_figure_name", "names a figure 'two words'"},
        Case{"no_objective", "names no objective"},
        Case{"figure_twice", "names figure 'score' twice"},
        Case{"too_many_bits", "asks for 53 mantissa bits"}}) {
    const Made made = make_unruly(c.what);
    ASSERT_FALSE(made.evaluator) << c.what;
    EXPECT_THAT(made.error.message, HasSubstr(c.message));
    EXPECT_FALSE(made.error.bad_input) << c.what;
  }
  const auto module = load_plugin("no_handle", {folder("bad")});
  ASSERT_TRUE(module);
  const auto made = (*module)->create("{}");
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("made no handle"));
}

TEST(LoadedPluginCreate, SpaceRefusalsNameTheValue) {
  EXPECT_TRUE(make_unruly("nothing").evaluator->bind_space(nullptr, "{}"));
  const auto bound = make_unruly("refuse_space").evaluator->bind_space(nullptr, "{}");
  ASSERT_FALSE(bound);
  EXPECT_EQ(bound.error().json_pointer, "/memories/scalars");
  EXPECT_TRUE(make("toy_c").evaluator->bind_space(nullptr, "{}"))
      << "not offered: nothing to refuse";
}

struct Expected {
  const char* what;
  Status status;
  Reason reason;
  const char* message;
};

class Misbehaviour : public ::testing::TestWithParam<Expected> {};

TEST_P(Misbehaviour, IsAStatusAReasonAndAMessage) {
  const Made made = make_unruly(GetParam().what);
  ASSERT_TRUE(made.evaluator) << made.error.message;
  const TrialResult result = evaluate(*made.evaluator);
  EXPECT_EQ(result.status, GetParam().status);
  EXPECT_EQ(result.reason, GetParam().reason);
  EXPECT_THAT(result.message, HasSubstr(GetParam().message));
  ASSERT_EQ(result.figures.size(), 2u);
  if (result.status == Status::kFailed) {
    EXPECT_TRUE(std::isnan(result.figures[0]) && std::isnan(result.figures[1]));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, Misbehaviour,
    ::testing::Values(
        Expected{"leave_unset", Status::kFailed, Reason::kWrongShape, "'score' was not set"},
        Expected{"throw_in_evaluate", Status::kFailed, Reason::kEvaluatorError, "went wrong"},
        Expected{"not_a_number", Status::kNonFinite, Reason::kNone, "'score' is nan"},
        Expected{"infinite_metric", Status::kOk, Reason::kNone, ""},
        Expected{"non_finite", Status::kNonFinite, Reason::kNone, ""},
        Expected{"cancel_uninvited", Status::kFailed, Reason::kEvaluatorError, "nobody had asked"},
        Expected{"strange_status", Status::kFailed, Reason::kEvaluatorError, "unknown status"},
        Expected{"out_of_memory", Status::kFailed, Reason::kMemory, "out of memory"},
        Expected{"throw_in_parallel", Status::kFailed, Reason::kEvaluatorError, "one part"}),
    [](const auto& info) { return std::string(info.param.what); });

TEST(LoadedPluginEvaluate, AThrowOnAnotherThreadFailsTheTrial) {
  const Made made = make_unruly("throw_in_parallel");
  TrialRequest request;
  request.threads = 3;
  const TrialResult result = evaluate(*made.evaluator, request);
  EXPECT_EQ(result.reason, Reason::kEvaluatorError);
  EXPECT_THAT(result.message, HasSubstr("parallel_for"));
}

TEST(LoadedPluginEvaluate, NegativeZeroBecomesZero) {
  const TrialResult result = evaluate(*make_unruly("nothing").evaluator);
  EXPECT_EQ(result.figures[1], 0);
  EXPECT_FALSE(std::signbit(result.figures[1]));
}

TEST(LoadedPluginEvaluate, ADeadlineIsAFailureThatNamesTheKey) {
  TrialRequest request;
  request.deadline = std::chrono::milliseconds(1);
  for (const char* what : {"until_cancelled", "until_report_stops"}) {
    const TrialResult result = evaluate(*make_unruly(what).evaluator, request);
    EXPECT_EQ(result.status, Status::kFailed);
    EXPECT_EQ(result.reason, Reason::kDeadline);
    EXPECT_THAT(result.message, HasSubstr("0.001 s"));
    EXPECT_THAT(result.message, HasSubstr("evaluator.deadline"));
  }
}

TEST(LoadedPluginEvaluate, AStoppedRunCancels) {
  for (const char* what : {"until_cancelled", "until_report_stops"})
    EXPECT_EQ(evaluate(*make_unruly(what).evaluator, {}, true).status, Status::kCancelled) << what;
  EXPECT_EQ(evaluate(*make_unruly("nothing").evaluator, {}, true).status, Status::kOk)
      << "what was finished all the same counts";
}

TEST(LoadedPluginEvaluate, IntermediateValuesAreBounded) {
  const TrialResult result = evaluate(*make_unruly("flood").evaluator);
  EXPECT_EQ(result.status, Status::kOk);
  EXPECT_EQ(result.intermediate.size(), 10'000u);
}

TEST(LoadedPluginEvaluate, TheRoundingModeIsPutBackAndNamedOnce) {
  const Made made = make_unruly("change_rounding");
  evaluate(*made.evaluator);
  EXPECT_EQ(std::fegetround(), FE_TONEAREST);
  evaluate(*made.evaluator);
  EXPECT_EQ(std::fegetround(), FE_TONEAREST);
  EXPECT_THAT(*made.log, ElementsAre(HasSubstr("changed the floating-point mode")));
}

TEST(LoadedPluginEvaluate, TheLocaleIsPutBackAndNamed) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  const Made made = make_unruly("change_locale");
  evaluate(*made.evaluator);
  EXPECT_EQ(std::setlocale(LC_ALL, nullptr), before);
  EXPECT_THAT(*made.log, ElementsAre(HasSubstr("locale")));
  const Made at_once = make_unruly("locale_in_create");
  EXPECT_EQ(std::setlocale(LC_ALL, nullptr), before);
  EXPECT_THAT(*at_once.log, ElementsAre(HasSubstr("create changed the process's locale")));
}

TEST(LoadedPluginProbe, FaultsSpoilTheProbeOnly) {
  struct Case {
    const char* what;
    Status status;
    const char* message;
  };
  const search::Genome one = genome();
  for (const Case& c : {Case{"throw_in_probe", Status::kFailed, "defect"},
                        Case{"probe_non_finite", Status::kNonFinite, ""},
                        Case{"open_only", Status::kFailed, "left a set open"},
                        Case{"close_only", Status::kFailed, "not open"},
                        Case{"item_only", Status::kFailed, "outside any set"},
                        Case{"null_group", Status::kFailed, "null pointer"}}) {
    const Made made = make_unruly(c.what);
    const ProbeResult result = made.evaluator->probe(view(one), 0);
    EXPECT_EQ(result.status, c.status) << c.what;
    EXPECT_THAT(result.message, HasSubstr(c.message));
  }
  // The sink that these shared is as good as new.
  EXPECT_EQ(make_unruly("nothing").evaluator->probe(view(one), 0).status, Status::kOk);
}

TEST(LoadedPluginReferences, BadOnesAreLeftOutWithAWarning) {
  const Made made = make_unruly("bad_references");
  EXPECT_THAT(made.evaluator->reference_candidates(), IsEmpty());
  EXPECT_THAT(*made.log, ElementsAre(HasSubstr("reference candidates are left out")));
}

}  // namespace
}  // namespace equivolve::engine::test
