#include "engine/cli/completion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/cli/command_table.hpp"

namespace equivolve::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::UnorderedElementsAre;
using Words = std::vector<std::string>;

class Completing : public testing::Test {
 protected:
  std::unique_ptr<const CommandTable> table_ = make_command_table();
  std::optional<std::filesystem::path> asked_;
  std::string subject_;
  Shell shell_ = Shell::kNothing;

  Words offers(const Words& words) {
    Names names;
    names.runs = [this](const TypedLine& line) {
      asked_ = line.store;
      return std::vector<Offer>{{"1", "iris"}, {"iris", "finished"}, {"latest", ""}};
    };
    names.evaluators = [] { return std::vector<Offer>{{"algorithm_discovery", ""}}; };
    names.groups = [](const TypedLine&) { return std::vector<Offer>{{"g1", "a sweep"}}; };
    names.settings = [this](const TypedLine& line) {
      subject_ = line.subject;
      return std::vector<Setting>{{"budget.candidates", "", {}},
                                  {"budget.time", "", {}},
                                  {"search.algorithm", "", {"random", "regularized_evolution"}}};
    };
    names.further = [this](const TypedLine& line) {
      subject_ = line.subject;
      std::vector<OptionSpec> options;
      if (line.subject == "iris") {
        options.push_back({.name = "--data", .value = "VALUE", .help = "rows to predict"});
        options.back().into = static_cast<std::string*>(nullptr);
        options.back().completes = Completes::kFile;
        options.push_back(options.back());
        options.back().name = "--predictions-for";
        options.back().completes = Completes::kNothing;
        options.back().words = {"test", "pool", "all"};
      }
      return options;
    };
    const Completion out = complete(*table_, words, names);
    shell_ = out.shell;
    Words texts;
    for (const Offer& offer : out.offers) texts.push_back(offer.text);
    return texts;
  }
};

TEST_F(Completing, Commands) {
  EXPECT_THAT(offers({""}), IsSupersetOf({"run", "resume", "show", "store", "evaluators"}));
  EXPECT_THAT(offers({""}), Not(Contains("documentation")));
  EXPECT_THAT(offers({"res"}), ElementsAre("resume"));
  EXPECT_THAT(offers({"evaluators", ""}), UnorderedElementsAre("list", "describe", "check"));
  EXPECT_THAT(offers({"store", "ver"}), ElementsAre("verify"));
  EXPECT_THAT(offers({"frobnicate", ""}), IsEmpty());
  EXPECT_THAT(offers({}), IsSupersetOf({"run", "store"}));
}

TEST_F(Completing, OptionsThatWereNotGivenYet) {
  EXPECT_THAT(offers({"run", "--s"}),
              UnorderedElementsAre("--set", "--seed", "--seeds", "--store"));
  EXPECT_THAT(offers({"run", "x.yaml", "--seed", "3", "--s"}),
              UnorderedElementsAre("--set", "--seeds", "--store"));
  EXPECT_THAT(offers({"run", "--set", "a=b", "--set", "c=d", "--se"}),
              UnorderedElementsAre("--set", "--seed", "--seeds"));
  EXPECT_THAT(offers({"list", "-"}), Contains("--help"));
}

TEST_F(Completing, ValuesOfOptions) {
  EXPECT_THAT(offers({"resume", "1", "--executor", ""}), ElementsAre("tbb", "threads"));
  EXPECT_THAT(offers({"resume", "--executor", "th"}), ElementsAre("threads"));
  EXPECT_THAT(offers({"resume", "--executor=t"}),
              ElementsAre("--executor=tbb", "--executor=threads"));
  EXPECT_THAT(offers({"run", "--set", "bud"}), ElementsAre("budget.candidates=", "budget.time="));
  EXPECT_EQ(shell_, Shell::kNoSpace);
  EXPECT_THAT(offers({"list", "--store", ""}), IsEmpty());
  EXPECT_EQ(shell_, Shell::kFiles);
  EXPECT_THAT(offers({"apply", "1", "--out", ""}), IsEmpty());
  EXPECT_EQ(shell_, Shell::kFolders);
  EXPECT_THAT(offers({"run", "--seed", ""}), IsEmpty());
  EXPECT_EQ(shell_, Shell::kNothing);
}

TEST_F(Completing, Arguments) {
  EXPECT_THAT(offers({"run", ""}), IsEmpty());
  EXPECT_EQ(shell_, Shell::kFiles);
  EXPECT_THAT(offers({"show", ""}), ElementsAre("1", "iris", "latest", "g1"));
  EXPECT_THAT(offers({"compare", "latest", "g"}), ElementsAre("g1"));
  EXPECT_THAT(offers({"export", ""}), ElementsAre("1", "iris", "latest"));  // takes no groups
  EXPECT_THAT(offers({"show", "i"}), ElementsAre("iris"));
  EXPECT_THAT(offers({"apply", "l"}), ElementsAre("latest"));
  EXPECT_EQ(shell_, Shell::kFiles);
  EXPECT_THAT(offers({"evaluators", "describe", "a"}), ElementsAre("algorithm_discovery"));
  EXPECT_THAT(offers({"show", "1", ""}), IsSupersetOf({"--store", "--json"}));
}

TEST_F(Completing, WhatASettingTakes) {
  EXPECT_THAT(offers({"run", "x.yaml", "--set", "search.algorithm=r"}),
              ElementsAre("search.algorithm=random", "search.algorithm=regularized_evolution"));
  EXPECT_EQ(shell_, Shell::kNothing);
  EXPECT_EQ(subject_, "x.yaml");
  EXPECT_THAT(offers({"run", "--set", "search.algorithm", "=", "ra"}), ElementsAre("random"));
  EXPECT_THAT(offers({"run", "--set", "budget.time=1"}), IsEmpty());
}

TEST_F(Completing, OptionsOfTheSubjectsEvaluator) {
  EXPECT_THAT(offers({"apply", "iris", "--d"}), ElementsAre("--data"));
  EXPECT_THAT(offers({"apply", "iris", "--predictions-for", ""}),
              ElementsAre("test", "pool", "all"));
  EXPECT_THAT(offers({"apply", "iris", "--data", ""}), IsEmpty());
  EXPECT_EQ(shell_, Shell::kFiles);
  EXPECT_THAT(offers({"apply", "iris", "--data", "x.csv", "--pre"}),
              ElementsAre("--predictions-for"));
  EXPECT_THAT(offers({"apply", "other", "--d"}), IsEmpty());
  EXPECT_THAT(offers({"show", "iris", "--d"}), IsEmpty());
}

TEST_F(Completing, HelpIsAWordToo) {
  EXPECT_THAT(offers({"h"}), ElementsAre("hash", "help"));
  EXPECT_THAT(offers({"help", "res"}), ElementsAre("resume"));
}

TEST_F(Completing, TheStoreOnTheLineIsTheOneAsked) {
  offers({"show", "--store", "other.db", ""});
  EXPECT_EQ(asked_, "other.db");
  offers({"show", "--store=third.db", ""});
  EXPECT_EQ(asked_, "third.db");
  offers({"show", ""});
  EXPECT_EQ(asked_, std::nullopt);
}

// bash hands "--store=x" on as three words, and "a=b" likewise.
TEST_F(Completing, WordsThatBashCutAtTheSign) {
  EXPECT_THAT(offers({"resume", "--executor", "=", "th"}), ElementsAre("threads"));
  EXPECT_THAT(offers({"resume", "--executor", "="}), ElementsAre("tbb", "threads"));
  offers({"show", "--store", "=", "b.db", ""});
  EXPECT_EQ(asked_, "b.db");
  EXPECT_THAT(offers({"run", "--set", "budget.time", "=", "1"}), IsEmpty());
  EXPECT_THAT(offers({"run", "--set", "budget.time", "=", "1m", "--work"}),
              ElementsAre("--workers"));
}

TEST(CompletionScripts, ThereIsOneForEachShell) {
  for (const char* shell : {"bash", "zsh", "fish"})
    EXPECT_NE(completion_script(shell).find("documentation complete"), std::string::npos) << shell;
  EXPECT_EQ(completion_script("csh"), "");
}

}  // namespace
}  // namespace equivolve::cli
