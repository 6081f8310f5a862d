#include <gtest/gtest.h>

#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

const std::string kFile =
    "evaluator: toy\nseed: 1\nworkers: 2\ndata: x.csv\nbudget: {candidates: 5}\nplugins: {folders: "
    "[a, b]}\n";

TEST(Overrides, ReplaceAndAdd) {
  const Configuration c =
      configuration(kFile, {"seed=9", "budget.candidates=7", "search.algorithm=random",
                            "options.list=[1, 2]", "options.map={a: b}"});
  EXPECT_EQ(c.seed, 9u);
  EXPECT_EQ(c.budget.candidates, 7u);
  EXPECT_EQ(c.search.algorithm, "random");
  EXPECT_EQ(c.evaluator.config_json,
            R"({"data":{"file":"/runs/x.csv"},"options":{"list":[1,2],"map":{"a":"b"}}})");
}

TEST(Overrides, KeepWhatAShortFormSaid) {
  const Configuration c =
      configuration(kFile, {"workers.executor=threads", "evaluator.deadline=3s", "data.target=y"});
  EXPECT_EQ(c.workers, 2u);
  EXPECT_EQ(c.executor, "threads");
  EXPECT_EQ(c.evaluator.id, "toy");
  EXPECT_EQ(c.evaluator.deadline, std::chrono::seconds(3));
  EXPECT_NE(c.evaluator.config_json.find(R"("data":{"file":"/runs/x.csv","target":"y"})"),
            std::string::npos);
}

TEST(Overrides, ListItemsByNumberAndQuotedParts) {
  const Configuration c =
      configuration(kFile, {"plugins.folders.1=/z", "options.\"a.b\"=1", "options.\"c=d\"=e=f"});
  EXPECT_EQ(c.plugin_folders, (std::vector<std::filesystem::path>{"/runs/a", "/z"}));
  EXPECT_NE(c.evaluator.config_json.find(R"("options":{"a.b":1,"c=d":"e=f"})"), std::string::npos)
      << c.evaluator.config_json;
}

TEST(Overrides, LaterOnesWin) {
  EXPECT_EQ(configuration(kFile, {"seed=2", "seed=3"}).seed, 3u);
}

TEST(Overrides, MakeAWholeConfigurationOfNothing) {
  EXPECT_EQ(configuration("", {"evaluator=toy", "seed=4"}).seed, 4u);
}

TEST(Overrides, ListsGrowAtTheirEnd) {
  const Configuration c =
      configuration("", {"evaluator=toy", "plugins.folders.0=/a", "plugins.folders.1=/b"});
  EXPECT_EQ(c.plugin_folders, (std::vector<std::filesystem::path>{"/a", "/b"}));
}

TEST(Overrides, ProblemsNameThem) {
  EXPECT_EQ(first_line(kFile, {"seed=x"}),
            "--set seed=x: seed is 'x'; expected an integer from 0 to 18446744073709551615");
  EXPECT_EQ(first_line(kFile, {"sede=1"}).substr(0, 33), "--set sede=1: unknown key 'sede';");
  EXPECT_EQ(first_line(kFile, {"seed"}),
            "--set seed: there is no '='; expected KEY=VALUE, as in budget.candidates=1000");
  EXPECT_EQ(first_line(kFile, {"a..b=1"}),
            "--set a..b=1: the key has an empty part; expected names with dots between them, as in "
            "budget.candidates");
  EXPECT_EQ(first_line(kFile, {"seed.x=1"}),
            "--set seed.x=1: 'x' cannot be set: what is around it is no map; expected a key of a "
            "map, or the number of a "
            "list item or the one after the last");
  EXPECT_EQ(first_line(kFile, {"plugins.folders.3=x"}).substr(0, 45),
            "--set plugins.folders.3=x: '3' cannot be set:");
  EXPECT_NE(first_line(kFile, {"data=[1"}).find("the value cannot be read"), std::string::npos);
}

}  // namespace
}  // namespace equivolve::engine::test
