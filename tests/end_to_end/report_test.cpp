// `report`: a page about a run or a group, written whole and over nothing that is not ours.
#include <cstdio>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/engine/report/html_check.hpp"
#include "tests/engine/store/store_fixture.hpp"
#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

class Report : public testing::Test {
 protected:
  TempFolder folder_;
  std::string store_ = folder_.path() / "runs.db";
  std::string page_ = folder_.path() / "page.html";

  Finished report(const std::string& subject, std::vector<std::string> more = {}) {
    std::vector<std::string> all = {"report", subject, "--html", page_, "--store", store_};
    all.insert(all.end(), more.begin(), more.end());
    return equivolve(all);
  }
  void run(const std::string& yaml) {
    const std::string file = folder_.path() / "small.yaml";
    write_file(file, yaml);
    const Finished done = equivolve({"run", file, "--store", store_, "--quiet"});
    ASSERT_EQ(done.exit_code, 0) << done.err;
  }
  void expect_shown(const std::string& text) {
    EXPECT_NE(visible_text(text_of(page_)).find(text), std::string::npos) << text;
  }
};

TEST_F(Report, OfARunSaysWhatShowSays) {
  run("# A comment & <more>\n" + small_yaml(300));
  const Finished done = report("latest");
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.last_line().find("next: equivolve show 1 --store"), std::string::npos) << done.out;
  const std::string page = text_of(page_);
  EXPECT_EQ(html_fault(page), "");
  const auto shown = answer(equivolve({"show", "1", "--store", store_, "--json"}));
  for (const char* key : {"result_digest", "trajectory_digest", "best_reference"})
    expect_shown(shown[key].get<std::string>());
  for (const auto& [name, reference] : shown["references"].items()) expect_shown(name);
  expect_shown("# A comment & <more>");
  std::size_t charts = 0;
  for (std::size_t at = page.find("<svg"); at != std::string::npos; at = page.find("<svg", at + 1))
    ++charts;
  EXPECT_EQ(charts, 4u);
  std::size_t levels = 0;
  for (std::size_t at = page.find("class=\"level\""); at != std::string::npos;
       at = page.find("class=\"level\"", at + 1))
    ++levels;
  EXPECT_EQ(levels, 2u) << "the best reference in both charts of the best value";
}

TEST_F(Report, OfAGroupSaysWhatCompareSays) {
  run(small_yaml(150) +
      "vary: {search.algorithm: [random, regularized_evolution], seed: [1, 2, 3]}\n");
  ASSERT_EQ(report("small", {"--quiet"}).exit_code, 0);
  EXPECT_EQ(html_fault(text_of(page_)), "");
  const auto compared = answer(equivolve({"compare", "g1", "--store", store_, "--json"}));
  for (const auto& side : compared["sides"]) {
    char median[32];
    std::snprintf(median, sizeof median, "%.4f", side["figures"][0]["median"].get<double>());
    // The page is about g1; its settings are named without it.
    expect_shown(side["label"].get<std::string>().substr(3) + " 3 " + median);
  }
  expect_shown("6 of 6 runs have a result");
  expect_shown("Of its run 1, as an example");
  EXPECT_EQ(visible_text(text_of(page_)).find("g1 search.algorithm"), std::string::npos);
  expect_shown("run 6 (small/6)");
  expect_shown("opened 6 times");
}

// Runs 1, 3, 5 are random search's, 2, 4, 6 evolution's: seeds are the outer loop.
TEST_F(Report, OfAGroupHasTheMediansAndSumsOfTheRows) {
  run(small_yaml(150) +
      "vary: {search.algorithm: [random, regularized_evolution], seed: [1, 2, 3]}\n");
  ASSERT_EQ(report("g1", {"--quiet"}).exit_code, 0);
  const auto median = [&](const std::string& figure, const std::string& rows) {
    const auto found =
        query(store_, "SELECT printf('%.4f', v) FROM (SELECT " + figure + " AS v FROM " + rows +
                          " GROUP BY run) ORDER BY v LIMIT 1 OFFSET 1");
    return found.empty() ? "none" : found[0];
  };
  const std::string winner =
      "(SELECT json_extract(p.summary_json, '$.best.birth') FROM progress p WHERE p.run = e.run)";
  const auto references =
      answer(equivolve({"show", "1", "--store", store_, "--json"}))["references"];
  ASSERT_FALSE(references.empty());
  for (const auto& [algorithm, runs] : {std::pair<std::string, std::string>("random", "(1, 3, 5)"),
                                        {"regularized_evolution", "(2, 4, 6)"}}) {
    const std::string all = "evaluations e WHERE run IN " + runs,
                      final_ = all + " AND kind = 'final' AND birth = " + winner;
    expect_shown("search.algorithm=" + algorithm + ": found 3 " +
                 median("fitness", "candidates e WHERE run IN " + runs + " AND birth = " + winner) +
                 " " + median("avg(f0)", final_ + " AND split = 'validation'") + " " +
                 median("avg(f0)", final_ + " AND split = 'test'"));
    const auto sums = query(store_,
                            "SELECT count(*) || ' ' || sum(NOT hit) FROM candidates WHERE "
                            "run IN " +
                                runs);
    expect_shown("search.algorithm=" + algorithm + " " + sums.at(0));
  }
  // References are the same whatever is searched with; json sorts their names as the page does.
  for (const auto& [name, reference] : references.items()) {
    const std::string subject =
        query(store_,
              "SELECT DISTINCT subject FROM evaluations e WHERE run = 1 AND kind = 'reference' "
              "AND repeat = 0 AND split = 'validation' AND f0 = " +
                  reference["validation"].begin()->dump())
            .at(0);
    const std::string rows =
        "evaluations e WHERE run IN (1, 3, 5) AND kind = 'reference' AND subject = " + subject;
    expect_shown(name + " 3 " +
                 median("avg(f0)", rows + " AND repeat = 0 AND split = 'validation'") + " " +
                 median("avg(f0)", rows + " AND repeat > 0 AND split = 'validation'") + " ");
  }
  expect_shown("all " +
               query(store_, "SELECT count(*) || ' ' || sum(NOT hit) FROM candidates").at(0));
  const auto compared = answer(equivolve({"compare", "g1", "--store", store_, "--json"}));
  ASSERT_FALSE(compared["settings"].empty());
  for (const auto& [key, values] : compared["settings"].items())
    expect_shown(key + " " + values[0].get<std::string>() + " " + values[1].get<std::string>());
}

TEST_F(Report, OfAGroupWithoutAResultSaysHowToGetOne) {
  ASSERT_TRUE((*engine::StoreWriter::open(store_))->begin_group(make_plan(2)));
  const Finished done = report("g1");
  EXPECT_EQ(done.exit_code, 0) << done.err;
  expect_shown("There is no result yet");
  EXPECT_EQ(done.last_line().find("next: equivolve resume g1"), 0u) << done.out;
}

TEST_F(Report, OfSeedsAloneHasOneSide) {
  run(small_yaml(100) + "vary: {seed: [1, 2]}\n");
  ASSERT_EQ(report("g1", {"--json"}).exit_code, 0);
  EXPECT_EQ(html_fault(text_of(page_)), "");
  expect_shown("confirmed 2 ");
}

TEST_F(Report, BadCallsLeaveNothing) {
  run(small_yaml(100));
  EXPECT_EQ(report("no_such_run").exit_code, 2);
  EXPECT_FALSE(std::filesystem::exists(page_));
  page_ = folder_.path() / "no_such_folder" / "page.html";
  EXPECT_NE(report("1").exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(page_));
  EXPECT_EQ(equivolve({"report", "1", "--store", store_}).exit_code, 2);
}

}  // namespace
}  // namespace equivolve::tests
