// Scripts as evaluators: what comes of what they do.
#include "engine/plugins/scripts/script_evaluator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "search/space/configuration_space.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::engine::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

search::Space space_of_one() {
  search::Parameter x;
  x.name = "x";
  x.default_value = 0.25;
  return *search::make_configuration_space({x}, {});
}

/// A shell script as evaluator, over one parameter, x, which is 0.25.
class Script : public ::testing::Test {
 protected:
  static json options(const std::string& script) {
    return {{"command", {"sh", "-c", script}}, {"metrics", {{"loss", "minimize"}}}};
  }
  void make(const json& options, const LaunchSettings& launch = {}) {
    auto made = ScriptEvaluator::create(json{{"options", options}}.dump(), launch);
    ASSERT_TRUE(made) << made.error().message;
    evaluator_ = std::move(*made);
    const auto bound = evaluator_->bind_space(space_, "");
    ASSERT_TRUE(bound) << bound.error().message;
  }
  TrialResult evaluate(const TrialRequest& request = {}) {
    const std::atomic<bool> stop{false};
    return evaluator_->evaluate(candidate(), request, stop);
  }
  CandidateView candidate() const { return {search::Representation::kConfiguration, genome_, {}}; }
  TrialResult result_of(const std::string& script, const TrialRequest& request = {}) {
    make(options(script));
    return evaluate(request);
  }

  const std::shared_ptr<const search::Space> space_ =
      std::make_shared<const search::Space>(space_of_one());
  const search::Genome genome_owner_ =
      search::default_genome(std::get<search::ConfigurationSpace>(*space_));
  const search::GenomeView genome_ = genome_owner_.flat;
  std::unique_ptr<Evaluator> evaluator_;
};

TEST_F(Script, ItsFiguresAreWhatItPrints) {
  const TrialResult result = result_of("echo '{{\"loss\": {x}}}'");
  EXPECT_EQ(result.status, Status::kOk);
  EXPECT_EQ(result.figures, std::vector<double>{0.25});
  EXPECT_GT(result.seconds, 0);
}

TEST_F(Script, IsBoundByLimits) {
  LaunchSettings launch;
  launch.memory = std::uint64_t{300} << 20;
  launch.cpu_seconds = 1;
  launch.open_files = 55;
  make(options("echo '{{\"loss\": '$(ulimit -n)'}}'"), launch);
  EXPECT_EQ(evaluate().figures, std::vector<double>{55});
  make(options("while :; do :; done"), launch);
  const TrialResult busy = evaluate();
  EXPECT_EQ(busy.reason, Reason::kDeadline);
  EXPECT_THAT(busy.message, HasSubstr("took more than 1 s of CPU time; allow more with the key "
                                      "evaluator.cpu_time"));
  // What it has started counts: dd has one block of 200 MiB, the shell next to nothing.
  make(options("dd if=/dev/zero of=/dev/null bs=200M count=1; exit 3"), launch);
  const TrialResult large = evaluate();
  EXPECT_EQ(large.reason, Reason::kMemory) << large.message;
  EXPECT_THAT(large.message, HasSubstr("of the 300 MiB that evaluator.memory allows"));
}

TEST_F(Script, EveryFailureHasAReasonAndAMessage) {
  struct Case {
    const char* script;
    Reason reason;
    const char* message;
  };
  for (const Case& one :
       {Case{"echo no; echo 'no memory left' >&2; exit 3", Reason::kEvaluatorError,
             "exited with code 3: no memory left"},
        Case{"kill -SEGV $$", Reason::kCrash, "was ended by signal 11"},
        Case{"echo almost", Reason::kWrongShape, "printed no loss; its last line is 'almost'"}}) {
    const TrialResult result = result_of(one.script);
    EXPECT_EQ(result.status, Status::kFailed) << one.script;
    EXPECT_EQ(result.reason, one.reason) << one.script;
    EXPECT_THAT(result.message, HasSubstr(one.message));
    ASSERT_EQ(result.figures.size(), 1u);
    EXPECT_TRUE(std::isnan(result.figures[0]));
  }
  make({{"command", {"no-such-program"}}, {"metrics", {{"loss", "minimize"}}}});
  EXPECT_EQ(evaluate().message, "no-such-program: No such file or directory");
}

/// Crashes as long as the folder has fewer than so many files.
std::string crashes(int times, const tests::TempFolder& folder) {
  return "n=$(ls " + std::string(folder.path()) + " | wc -l); touch " + std::string(folder.path()) +
         "/$n; [ $n -ge " + std::to_string(times) + " ] || kill -SEGV $$; echo '{{\"loss\": 1}}'";
}
std::ptrdiff_t files_in(const tests::TempFolder& folder) {
  return std::distance(std::filesystem::directory_iterator(std::string(folder.path())), {});
}

TEST_F(Script, OneThatCrashesIsTriedThreeTimesAndThenSetAside) {
  const tests::TempFolder twice, always;
  int anew = 0;
  TrialRequest request;
  request.starts_anew = [&] { ++anew; };
  EXPECT_EQ(result_of(crashes(2, twice), request).status, Status::kOk);
  EXPECT_EQ(anew, 2);
  EXPECT_EQ(evaluate().status, Status::kOk) << "it has cost two: it is not set aside";
  const TrialResult first = result_of(crashes(100, always));
  EXPECT_EQ(first.reason, Reason::kCrash) << first.message;
  EXPECT_EQ(files_in(always), 3);
  const TrialResult second = evaluate();
  EXPECT_EQ(second.reason, Reason::kCrash);
  EXPECT_THAT(second.message, HasSubstr("was set aside"));
  EXPECT_EQ(second.figures.size(), 1u);
  EXPECT_EQ(files_in(always), 3) << "nothing was started";
}

TEST_F(Script, WhatAnEarlierSessionHasPaidIsNotPaidAgain) {
  const tests::TempFolder folder;
  const TrialResult stored = result_of(crashes(100, folder));
  make(options(crashes(100, folder)));
  evaluator_->take_note(candidate(), std::nullopt, stored);
  EXPECT_THAT(evaluate().message, HasSubstr("was set aside"));
  EXPECT_EQ(files_in(folder), 3);
  make(options("exit 3"));
  evaluator_->take_note(candidate(), std::nullopt, evaluate());
  EXPECT_THAT(evaluate().message, HasSubstr("exited with code 3")) << "it has cost no process";
}

TEST_F(Script, WhatIsNotFiniteIsAnOutcome) {
  EXPECT_EQ(result_of("echo '{{\"loss\": NaN}}'").status, Status::kNonFinite);
}

TEST_F(Script, TheDeadlineEndsItAndNamesTheKey) {
  TrialRequest request;
  request.deadline = std::chrono::milliseconds(100);
  const TrialResult result = result_of("sleep 100", request);
  EXPECT_EQ(result.reason, Reason::kDeadline);
  EXPECT_THAT(result.message, HasSubstr("evaluator.deadline"));
}

TEST_F(Script, AStopIsNoFailure) {
  make(options("sleep 100"));
  const std::atomic<bool> stop{true};
  EXPECT_EQ(evaluator_->evaluate(candidate(), {}, stop).status, Status::kCancelled);
}

TEST_F(Script, StepsAreKeptAndMayEndIt) {
  const std::string script =
      "for i in 1 2 3 4 5 6 7 8 9; do echo \"{{\\\"step\\\": $i, \\\"loss\\\": 1$i}}\"; sleep "
      "0.05; done";
  TrialResult whole = result_of(script);
  EXPECT_EQ(whole.status, Status::kOk);
  EXPECT_EQ(whole.figures, std::vector<double>{19});
  ASSERT_EQ(whole.intermediate.size(), 9u);
  EXPECT_EQ(whole.intermediate[2].step, 3u);
  EXPECT_EQ(whole.intermediate[2].value, 13);

  TrialRequest request;
  request.stops_at = [](std::uint64_t step, std::span<const double> figures) {
    return step == 4 && figures[0] == 14;
  };
  // The last step is all that there is: nothing would be saved.
  TrialRequest at_the_end;
  at_the_end.stops_at = [](std::uint64_t step, std::span<const double>) { return step == 9; };
  EXPECT_EQ(result_of(script, at_the_end).status, Status::kOk);

  const TrialResult pruned = result_of(script, request);
  EXPECT_EQ(pruned.status, Status::kPruned);
  EXPECT_EQ(pruned.figures, std::vector<double>{14});
  EXPECT_EQ(pruned.intermediate.size(), 4u);
}

TEST_F(Script, KnowsItsSeedItsThreadsAndItsVariables) {
  TrialRequest request;
  request.own_seed = (std::uint64_t{1} << 40) + 17;
  request.threads = 3;
  json asked = options("echo \"{{\\\"loss\\\": {seed}${{OMP_NUM_THREADS}}{threads}$EXTRA}}\"");
  asked["environment"]["EXTRA"] = "9";
  make(asked);
  EXPECT_EQ(evaluate(request).figures, std::vector<double>{17339});
}

TEST_F(Script, VariablesOfItsOwnWin) {
  json asked = options("echo \"{{\\\"loss\\\": $OMP_NUM_THREADS}}\"");
  asked["environment"]["OMP_NUM_THREADS"] = "8";
  make(asked);
  EXPECT_EQ(evaluate().figures, std::vector<double>{8});
}

TEST_F(Script, StepsWithoutEndAreBounded) {
  const TrialResult result = result_of(
      "yes '{{\"step\": 1, \"loss\": 2}}' | head -n 30000; echo '{{\"step\": 2, \"loss\": inf}}'");
  EXPECT_EQ(result.status, Status::kNonFinite);
  EXPECT_EQ(result.message, "figure 'loss' is inf");
  EXPECT_EQ(result.intermediate.size(), 10'000u);
}

TEST_F(Script, ItsScratchFolderIsItsOwnAndGoesWithIt) {
  tests::TempFolder folder;
  json asked = options(
      "[ -z \"$(ls '{scratch}')\" ] && touch '{scratch}/made' && echo '{scratch}' > where && echo "
      "'{{\"loss\": 1}}'");
  asked["folder"] = folder.path().string();
  make(asked);
  EXPECT_EQ(evaluate().status, Status::kOk);
  std::ifstream in(folder.path() / "where");
  std::string where;
  std::getline(in, where);
  EXPECT_FALSE(where.empty());
  EXPECT_FALSE(std::filesystem::exists(where));
}

TEST_F(Script, TheObjectiveComesFirst) {
  json asked = options("echo '{{\"a\": 1, \"b\": 2, \"c\": 3}}'");
  asked["metrics"] = {{"a", "record"}, {"b", "minimize"}, {"c", "maximize"}};
  asked["objective"] = "c";
  make(asked);
  const auto& figures = evaluator_->info().figures;
  EXPECT_EQ(figures[0].name + figures[1].name + figures[2].name, "cba");
  EXPECT_FALSE(figures[0].minimize);
  EXPECT_TRUE(figures[1].minimize);
  EXPECT_EQ(figures[2].role, Role::kMetric);
  EXPECT_EQ(evaluate().figures, (std::vector<double>{3, 2, 1}));
}

TEST_F(Script, AnotherScriptIsAnotherContext) {
  tests::TempFolder folder;
  const auto digest_with = [&](const std::string& text) {
    std::ofstream(folder.path() / "train.sh") << text;
    make({{"command", {"sh", "train.sh"}},
          {"metrics", {{"loss", "minimize"}}},
          {"folder", folder.path().string()}});
    return evaluator_->info().data_digest;
  };
  const auto first = digest_with("echo 1");
  EXPECT_NE(digest_with("echo 2"), first);
  EXPECT_EQ(digest_with("echo 1"), first);
}

TEST_F(Script, ApplySaysWhatToType) {
  make(options("echo '{x}'"));
  const auto artefacts = evaluator_->apply(candidate(), "{}", 0);
  ASSERT_TRUE(artefacts);
  EXPECT_EQ(artefacts->at(0).name, "command.txt");
  EXPECT_EQ(artefacts->at(0).content, "sh -c 'echo '\\''0.25'\\'''\n");
}

TEST_F(Script, ContradictionsAreNamed) {
  const auto refused = [](json options) {
    const auto made = ScriptEvaluator::create(json{{"options", options}}.dump());
    return made ? std::string("taken") : made.error().json_pointer + ": " + made.error().message;
  };
  json asked = options("true");
  EXPECT_EQ(refused(asked), "taken");
  asked["metrics"]["loss"] = "record";
  EXPECT_THAT(refused(asked), HasSubstr("/options/metrics: has none to minimize"));
  asked["metrics"] = json::parse(R"({"loss": "minimize", "size": "minimize"})");
  EXPECT_THAT(refused(asked), HasSubstr("expected options.objective"));
  asked["objective"] = "lose";
  EXPECT_THAT(refused(asked), HasSubstr("/options/objective: is 'lose'"));
  asked = options("true");
  asked["patterns"]["loss"] = "(a)(b)";
  EXPECT_THAT(refused(asked), HasSubstr("/options/patterns/loss: has 2 groups"));
  asked["patterns"]["loss"] = "(a";
  EXPECT_THAT(refused(asked), HasSubstr("is no regular expression"));
  asked["patterns"] = json::parse(R"x({"lose": "(a)"})x");
  EXPECT_THAT(refused(asked), HasSubstr("names 'lose'"));
  EXPECT_THAT(refused(options("echo {x")), HasSubstr("'{' without a '}'"));
  asked = options("true");
  asked["folder"] = "/no/such/folder";
  EXPECT_THAT(refused(asked), HasSubstr("there is no folder /no/such/folder"));

  make(options("echo {x}"));
  auto other = ScriptEvaluator::create(json{{"options", options("echo {sead}")}}.dump());
  ASSERT_TRUE(other);
  EXPECT_EQ(
      (*other)->bind_space(space_, "").error().message,
      "options.command names {sead}; expected x, scratch, seed, threads; did you mean 'seed'?");
}

}  // namespace
}  // namespace equivolve::engine::test
