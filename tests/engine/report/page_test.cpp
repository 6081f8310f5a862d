// Pages: true to the rows, well formed whatever is in them, and on their own.
#include "engine/report/page.hpp"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/report/compare.hpp"
#include "engine/report/html.hpp"
#include "tests/engine/report/html_check.hpp"
#include "tests/engine/store/store_fixture.hpp"

namespace equivolve::tests {
namespace {

using namespace equivolve::engine;

class Pages : public StoreTest {
 protected:
  std::string page_of(const std::string& run) {
    const auto reader = open_reader();
    const auto page = run_report(*reader, *reader->find_run(run), file);
    EXPECT_TRUE(page) << page.error().message;
    return page ? *page : "";
  }
  static void expect_shown(const std::string& page, const std::string& text) {
    EXPECT_NE(visible_text(page).find(text), std::string::npos) << text;
  }
  double number(const std::string& expression, const std::string& of) {
    return std::stod(query(file, "SELECT printf('%.17g', " + expression + ") FROM " + of).at(0));
  }
};

// Runs that Equivolve made, with a winner and references.
class RealPages : public Pages {
 protected:
  void SetUp() override {
    std::filesystem::copy_file(
        std::filesystem::path(EQUIVOLVE_SOURCE_DIR) / "tests/data/schema-1.db", file);
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }
  std::string of_summary(const std::string& path) {
    return query(file,
                 "SELECT json_extract(summary_json, '$." + path + "') FROM progress WHERE run = 1")
        .at(0);
  }
};

TEST_F(RealPages, FiguresAreThoseOfTheRows) {
  const std::string page = page_of("1");
  EXPECT_EQ(html_fault(page), "");
  const std::string birth = of_summary("best.birth");
  const std::string winner = "evaluations WHERE run = 1 AND kind = 'final' AND birth = " + birth;
  expect_shown(page,
               fmt::format("found (birth {}) {} {}", birth,
                           figure_text(number("max(fitness)",
                                              "candidates WHERE run = 1 AND birth = " + birth)),
                           figure_text(number("avg(f0)", winner + " AND split = 'validation'"))));
  expect_shown(page, figure_text(number("f0", winner + " AND split = 'test'")));
  expect_shown(page, "ridge " + figure_text(number("f0",
                                                   "evaluations WHERE run = 1 AND kind = "
                                                   "'reference' AND subject = 0 AND repeat = 0 AND "
                                                   "split = 'validation'")));
  expect_shown(page, figure_text(number("avg(f0)",
                                        "evaluations WHERE run = 1 AND kind = 'reference' AND "
                                        "subject = 0 AND repeat > 0 AND split = 'validation'")));
  expect_shown(page, "No improvement found over the best reference, ridge");
  expect_shown(
      page,
      fmt::format("Best fitness {} after 200 candidates; {:.1f} % of them known",
                  figure_text(number("max(fitness)", "candidates WHERE run = 1 AND status = 'ok'")),
                  number("100 * avg(hit)", "candidates WHERE run = 1")));
  expect_shown(
      page, query(file, "SELECT count(*) || ', 0 evicted' FROM classes WHERE id >> 40 = 1").at(0));
  for (const char* digest : {"result_digest", "trajectory_digest"})
    expect_shown(page, of_summary(digest));
  expect_shown(page, query(file, "SELECT lower(hex(context)) FROM runs WHERE run = 1").at(0));
  expect_shown(page, "equivolve reproduce 1 --store");
  expect_shown(page, "setup:");  // the program
}

TEST_F(RealPages, ARunThatHasNotEndedIsShownAsFarAsItCame) {
  const std::string page = page_of("2");
  EXPECT_EQ(html_fault(page), "");
  expect_shown(page, "There is no result yet");
  expect_shown(page, "after 150 candidates");
}

TEST_F(Pages, HostileTextStaysText) {
  const std::string text = "</title><script>alert(1)</script>\"' onload='x' &amp;";
  const std::string evil = text + " \x01 <!-- ";
  RunHead head = make_head(evil);
  head.evaluator = head.evaluator_version = head.kernel = head.config_as_written = evil;
  head.config_resolved = "{\"name\": \"<b>\"}";
  for (FigureRow& figure : head.figures) figure.name = evil;
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(head));
  for (Record& record : make_records(0, 40)) writer->push(std::move(record));
  RunState state = finished_state(40);
  nlohmann::json summary = nlohmann::json::parse(state.summary_json);
  const nlohmann::json contender = {{"validation", {{text, 0.5}}},
                                    {"confirmed", {{text, 0.25}}},
                                    {"test", {{text, 0.125}}},
                                    {"birth", 3},
                                    {"text", text}};
  summary["objective"] = summary["best_reference"] = text;
  summary["best"] = contender;
  summary["references"] = {{text, contender}};
  state.summary_json = summary.dump();
  state.stopped_by = text;
  ASSERT_TRUE(writer->update_run(state));
  ASSERT_TRUE(writer->finish_run());
  const std::string page = page_of("latest");
  EXPECT_EQ(html_fault(page), "");
  EXPECT_EQ(page.find("<script"), std::string::npos);
  expect_shown(page, text);
  expect_shown(page, "0.2500");
}

TEST_F(Pages, OfGroupsThatHaveNotBegunSaySo) {
  ASSERT_TRUE(open_writer()->begin_group(make_plan(3, "<i>sweep</i>")));
  const auto reader = open_reader();
  const auto page = group_report(*reader, *reader->find_group("g1"), file);
  ASSERT_TRUE(page);
  EXPECT_EQ(html_fault(*page), "");
  expect_shown(*page, "<i>sweep</i> group g1 of Equivolve; 0 of 3 runs have a result");
}

TEST(Compared, ManySidesHaveALetterEach) {
  ComparedFigures compared;
  SettingDifference sizes{"search.tournament_size", {}};
  for (std::size_t i = 0; i < 28; ++i) {
    compared.sides.push_back({fmt::format("size={}", i + 2), 1, 0, {{"", 1, 0.5, {}}}});
    sizes.values.push_back(std::to_string(i + 2));
  }
  for (std::size_t i = 1; i < 28; ++i) compared.pairs.push_back({0, i, false, {}, {}});
  compared.settings = {sizes};
  const std::string text = to_text(compared);
  for (const char* part :
       {"\nZ: size=27", "\nAA: size=28", "\nAB: size=29", "\nA - Z: ", "\nA - AA: ", ", AB 29\n"})
    EXPECT_NE(text.find(part), std::string::npos) << part << text;
  EXPECT_EQ(text.find("A - A:"), std::string::npos) << text;
  EXPECT_EQ(side_letter(26 + 26 * 26), "AAA");
}

TEST(Escaping, KeepsTextAndTakesMarkupAndControlCharacters) {
  EXPECT_EQ(escaped("a<b>&\"'\n\tz"), "a&lt;b&gt;&amp;&quot;&#39;\n\tz");
  EXPECT_EQ(escaped("\x01\x7f"), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(escaped("\xff"), "\xef\xbf\xbd");
  EXPECT_EQ(escaped("\xC3\xA4 \xF0\x9F\xA6\x8A"), "\xC3\xA4 \xF0\x9F\xA6\x8A");
}

TEST(Figures, OfAnIntervalAreWrittenAlike) {
  EXPECT_EQ(figure_text(0.95612), "0.9561");
  EXPECT_EQ(figure_text(2e-7), "2e-07");
  EXPECT_EQ(interval_html(-0.0026, 7e-6), "<small>[-0.0026, 0.0000]</small>");
  EXPECT_EQ(interval_html(-2e-7, 1.5e-6), "<small>[-2e-07, 1.5e-06]</small>");
}

TEST(HtmlCheck, FindsFaults) {
  const std::string start = "<!DOCTYPE html>\n";
  EXPECT_EQ(html_fault(start + "<p a=\"b\">x &amp; y<br/></p>"), "");
  for (const char* bad : {"<p>", "<p></b>", "<p a=b></p>", "<p>a & b</p>", "<p>a < b</p>",
                          "<script></script>", "<p onclick=\"x\"></p>", "<a href=\"x\"></a>"})
    EXPECT_NE(html_fault(start + bad), "") << bad;
}

}  // namespace
}  // namespace equivolve::tests
