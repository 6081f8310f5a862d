// Conditions on candidates: what they mean, and what is said of those that mean nothing.
#include "gui/models/filter.hpp"

#include <gmock/gmock.h>

#include "tests/gui/gui_support.hpp"

namespace equivolve::tests {
namespace {

using gui::Filter;

// Four candidates of a made-up run with two figures.
gui::CandidateData four() {
  gui::CandidateData data({{"accuracy", "", 0, false, true}, {"mean radius", "mm", 3, true, true}});
  auto chunk = std::make_shared<gui::CandidateChunk>();
  chunk->birth = {0, 1, 2, 3};
  chunk->cls = {0, 1, 1, engine::kNone64};
  chunk->trial = {0, 1, engine::kNone64, 2};
  chunk->level = {0, 0, 0, 1};
  chunk->status = {engine::Status::kOk, engine::Status::kOk, engine::Status::kOk,
                   engine::Status::kFailed};
  chunk->reason.resize(4);
  chunk->flags = {0, 0, gui::kDuplicate, 0};
  chunk->seconds = {0.5, 2, gui::kNothing, 1};
  chunk->figures = {{0.25, 0.75, 0.75, gui::kNothing}, {1, 2, gui::kNothing, 4}};
  data.chunks().push_back(chunk);
  return data;
}

std::string matching(const std::string& text) {
  const gui::CandidateData data = four();
  const auto filter = Filter::parse(text, data.figure_rows());
  if (!filter) return std::to_string(filter.error().column) + ": " + filter.error().message;
  std::string rows;
  for (std::size_t row = 0; row < data.rows(); ++row)
    if (filter->matches(data, row)) rows += std::to_string(row);
  return rows;
}

TEST(Filter, SelectsCandidates) {
  EXPECT_EQ(matching(""), "0123");
  EXPECT_EQ(matching("accuracy > 0.5"), "12");
  EXPECT_EQ(matching("accuracy > 0.5 and duplicate"), "2");
  EXPECT_EQ(matching("accuracy > 0.5 and new"), "1");
  EXPECT_EQ(matching("failed or accuracy <= .25"), "03");
  EXPECT_EQ(matching("not (failed or duplicate)"), "01");
  EXPECT_EQ(matching("\"mean radius\" == 2"), "1");
  EXPECT_EQ(matching("seconds * 2 - 1 >= 1"), "13");
  EXPECT_EQ(matching("-accuracy < -0.5"), "12");
  EXPECT_EQ(matching("class == 1 and birth < 2"), "1");
  EXPECT_EQ(matching("level = 1"), "3");
  EXPECT_EQ(matching("ticket > 0 and ticket < 1e0 + 2"), "12");
}

TEST(Filter, AndBindsTighterThanOr) {
  EXPECT_EQ(matching("failed or ok and duplicate"), "23");
  EXPECT_EQ(matching("(failed or ok) and duplicate"), "2");
  EXPECT_EQ(matching("not failed and duplicate"), "2");
}

TEST(Filter, WordsBetweenConditionsMayBeAsInSql) {
  EXPECT_EQ(matching("failed OR ok AND NOT duplicate"), "013");
}

TEST(Filter, AMissingFigureFailsEveryComparison) {
  for (const char* sign : {"==", "!=", "<", "<=", ">", ">="})
    EXPECT_EQ(matching("ticket == 3 and accuracy " + std::string(sign) + " 0.5"), "") << sign;
}

TEST(Filter, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(matching("acuracy > 0.9"), "1: there is no 'acuracy'; did you mean 'accuracy'?");
  EXPECT_EQ(matching("ok and duplicat"), "8: there is no 'duplicat'; did you mean 'duplicate'?");
  EXPECT_EQ(matching("\"main radius\" > 1"),
            "1: there is no 'main radius'; did you mean '\"mean radius\"'?");
  EXPECT_THAT(matching("recall > 0.9"),
              testing::StartsWith("1: there is no 'recall'; there are accuracy, \"mean radius\", "
                                  "birth, ticket, "));
  EXPECT_THAT(matching("accuracy"), testing::HasSubstr("1: this is a number"));
  EXPECT_THAT(matching("ok and accuracy"), testing::HasSubstr("8: this is a number"));
  EXPECT_THAT(matching("duplicate > 1"), testing::HasSubstr("1: this is true or false"));
  EXPECT_THAT(matching("(ok"), testing::HasSubstr("4: a ')' is missing"));
  EXPECT_THAT(matching("accuracy >"), testing::HasSubstr("11: the condition ends too early"));
  EXPECT_THAT(matching("ok ok"), testing::HasSubstr("4: 'ok' is more"));
  EXPECT_THAT(matching("\"mean"), testing::HasSubstr("1: the quotation mark"));
  EXPECT_THAT(matching("0 < level < 2"), testing::HasSubstr("11: compare twice"));
  EXPECT_THAT(matching("ok § failed"), testing::HasSubstr("4: "));
  EXPECT_THAT(matching(std::string(5000, '(')), testing::HasSubstr("nested too deeply"));
  EXPECT_THAT(matching(std::string(5000, '-') + "1 > 0"), testing::HasSubstr("nested too deeply"));
}

}  // namespace
}  // namespace equivolve::tests
