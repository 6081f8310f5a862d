// Files to typed columns, and every sentence that says why not.
#include "evaluators/common/tables/table_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "evaluators/common/tables/table_report.hpp"
#include "tests/evaluators/support/files.hpp"
#include "tests/evaluators/support/gzip.hpp"

namespace equivolve::tables {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
constexpr std::uint32_t kMissingCode = Column::kMissingCode;

class TableReader : public ::testing::Test {
 protected:
  TableReader() {
    target_.pointer = "/target";
    target_.name = "y";
  }

  tl::expected<Table, Fault> read(const std::string& text) {
    return read_table(folder_.write("t.csv", text), settings_, {target_});
  }
  Table table(const std::string& text) {
    auto got = read(text);
    if (!got) ADD_FAILURE() << got.error().text;
    return got ? std::move(*got) : Table();
  }
  /// The refusal, without the file's name.
  std::string fault(const std::string& text, const std::string& pointer = "/file") {
    const auto got = read(text);
    if (got) return "accepted";
    EXPECT_EQ(got.error().pointer, pointer);
    const std::string name = "'" + folder_.path("t.csv") + "'";
    EXPECT_TRUE(got.error().text.starts_with(name)) << got.error().text;
    return got.error().text.substr(std::min(got.error().text.size(), name.size()));
  }

  test::TemporaryFolder folder_;
  TableSettings settings_;
  SpecialColumn target_;
};

TEST_F(TableReader, ReadsEachSeparator) {
  for (const std::string s : {",", ";", "\t", "|"}) {
    const Table got = table("a" + s + "y\n1" + s + "2\n3" + s + "4\n");
    ASSERT_EQ(got.features.size(), 1u);
    EXPECT_EQ(got.features[0].name, "a");
    EXPECT_THAT(got.features[0].numbers, ElementsAre(1, 3));
    EXPECT_THAT(got.specials[0].numbers, ElementsAre(2, 4));
  }
  settings_.format.separator = ' ';
  EXPECT_THAT(table(" a  y \n 1   2\n").features[0].numbers, ElementsAre(1));
}

TEST_F(TableReader, TypesColumnsByTheirCells) {
  const Table got = table("n,city,y\n1,b\xC3\xA9,x\n-2.5e3,a,7\n+0.5,b\xC3\xA9,x\n");
  EXPECT_THAT(got.features[0].numbers, ElementsAre(1, -2500, 0.5));
  EXPECT_THAT(got.features[0].codes, IsEmpty());
  EXPECT_THAT(got.features[1].levels, ElementsAre("a", "b\xC3\xA9"));
  EXPECT_THAT(got.features[1].codes, ElementsAre(1, 0, 1));
  EXPECT_THAT(got.features[1].numbers, IsEmpty());
  EXPECT_THAT(got.specials[0].levels, ElementsAre("7", "x"));  // a target may mix
  EXPECT_THAT(got.specials[0].codes, ElementsAre(1, 0, 1));
  EXPECT_FALSE(got.specials[0].is_numeric());
}

TEST_F(TableReader, KeepsBothMeaningsOfATargetWhileItCan) {
  const Table few = table("a,y\n1,3\n2,03\n3,4\n");
  EXPECT_THAT(few.specials[0].numbers, ElementsAre(3, 3, 4));
  EXPECT_THAT(few.specials[0].levels, ElementsAre("03", "3", "4"));
  target_.max_levels = 2;
  const Table many = table("a,y\n1,1\n2,2\n3,3\n4,4\n");
  EXPECT_THAT(many.specials[0].numbers, ElementsAre(1, 2, 3, 4));
  EXPECT_FALSE(many.specials[0].is_categorical());
  EXPECT_EQ(fault("a,y\n1,r\n2,s\n3,t\n", "/target"),
            ": column 'y' holds more than 2 different classes");
  EXPECT_EQ(fault("a,y\n1,1\n2,2\n3,3\n4,t\n", "/target"),
            ": 't' in row 4 (line 5), column 'y' is not a finite number");
}

TEST_F(TableReader, TellsAHeaderFromNumbers) {
  target_.name = "c3";
  const Table got = table("5.1,red,1\n4.9,blue,0\n");
  EXPECT_FALSE(got.header);
  EXPECT_EQ(got.rows, 2u);
  EXPECT_EQ(got.features[1].name, "c2");
  EXPECT_EQ(report_of(got, encoding_of(got.features, settings_)),
            "no header: columns are called c1, c2, ...; categories, a feature of 0 and 1 for each "
            "level: c2 (2 levels)");
  target_.name = "-1";
  settings_.format.header = false;
  EXPECT_EQ(table("a,b\nc,d\n").rows, 2u);
  settings_.format.header = true;
  EXPECT_EQ(table("2019,2020\n1,2\n").specials[0].name, "2020");
}

TEST_F(TableReader, LetsLinesEndWithASeparator) {
  EXPECT_EQ(table("a,y,\n1,2,\n3,4\n").rows, 2u);
  EXPECT_EQ(fault("a,y,\n1,2,\n3,4,5\n"), ": row 2 (line 3) has 3 cells, the header has 2");
  EXPECT_EQ(fault("a,y\n1,2,\n"),
            ": row 1 (line 2) has 3 cells, the header has 2; the line ends with a separator");
}

TEST_F(TableReader, NamesWhatIsWrongWithTheFile) {
  EXPECT_EQ(fault(""), ": the file is empty");
  EXPECT_EQ(fault("\n\n"), ": the file is empty");
  EXPECT_EQ(fault("a,y\n"), ": the file has a header but no rows");
  EXPECT_EQ(fault("a,,y\n1,2,3\n"),
            ": column 2 has no name in the header (an index?); name it, or leave it out with drop: "
            "[2]");
  EXPECT_EQ(fault("a,y,a\n1,2,3\n"),
            ": the header names column 'a' twice (if it is no header, say header: false)");
  EXPECT_EQ(fault("a,y\n1,2\n1,2,3\n"), ": row 2 (line 3) has 3 cells, the header has 2");
  EXPECT_EQ(fault("a,y\n1,2\n\n1\n"), ": row 2 (line 4) has 1 cell, the header has 2");
  EXPECT_EQ(fault("a,y\n1,\"2\n"), ": line 2: a quote is not closed");
  EXPECT_EQ(fault(std::string("a,y\n1,\0\n", 8)), ": line 2: a NUL byte; this is no text file");
  EXPECT_EQ(fault("a\xE9,y\n1,2\n"),
            ": the header is not UTF-8 text (name 1); save the file as UTF-8");
  EXPECT_EQ(fault("a,y\n\xE9,2\n"),
            ": row 1 (line 2), column 'a', is not UTF-8 text; save the file as UTF-8");
  EXPECT_EQ(fault("a,y\n1,2\n\xE9,2\n"),
            ": row 2 (line 3), column 'a', is not UTF-8 text; save the file as UTF-8");
  EXPECT_EQ(fault("a,y\n1,\xE9\n"),
            ": row 1 (line 2), column 'y', is not UTF-8 text; save the file as UTF-8");
  EXPECT_EQ(fault("y\n1\n"), " has no column beside the target");
  EXPECT_EQ(fault(std::string(std::size_t{17} << 20, 'x')),
            ": the first line is longer than 16 MiB; is this a table?");
  settings_.format.header = false;
  target_.name = "1";
  EXPECT_EQ(fault("1,2\n1,2,3\n"), ": row 2 (line 2) has 3 cells, row 1 has 2");
}

TEST_F(TableReader, NamesCellsThatAreNoNumbers) {
  for (const std::string cell : {"0x10", "-inf", "1e999", "12 3", "--1", "+-1"})
    EXPECT_EQ(fault("x;y\n1;2\n" + cell + ";3\n"),
              ": '" + cell + "' in row 2 (line 3), column 'x' is not a finite number" +
                  (cell == "-inf" ? "; if the column holds words, name it in categorical" : ""));
  EXPECT_EQ(fault("x;y\n1;2\n1,5;3\n"),
            ": '1,5' in row 2 (line 3), column 'x' is not a finite number; if it is a number "
            "with a decimal comma, say decimal: \",\"");
  EXPECT_EQ(fault("x,y\n999,2\n\"1,107\",3\n"),
            ": '1,107' in row 2 (line 3), column 'x' is not a finite number; if it is a number, "
            "write it without commas between thousands");
  EXPECT_EQ(fault("x,y\n1,2\nabc,3\n"),
            ": 'abc' in row 2 (line 3), column 'x' is not a finite number; if the column holds "
            "words, name it in categorical");
  EXPECT_EQ(fault("x,y\nabc,2\n5,3\n"),
            ": '5' in row 2 (line 3), column 'x' is a number, and cells above it are words; mend "
            "it, or name the column in categorical");
  settings_.categorical = Categorical::kNone;
  EXPECT_EQ(fault("x,y\nabc,2\n"),
            ": 'abc' in row 1 (line 2), column 'x' is not a finite number; if the column holds "
            "words, name it in categorical");
  settings_.format.decimal = ',';
  EXPECT_THAT(table("x;y\n1,5;2\n").features[0].numbers, ElementsAre(1.5));
}

TEST_F(TableReader, BoundsTheLevels) {
  settings_.max_levels = 2;
  EXPECT_EQ(fault("x,y\na,1\nb,2\nc,3\n"),
            ": column 'x' holds more than 2 different words; leave it out (drop), or raise "
            "max_levels");
  EXPECT_EQ(fault("x;y\n1,5;1\n2,5;2\n3,5;3\n"),
            ": column 'x' holds more than 2 different words; if '3,5' is a number with a "
            "decimal comma, say decimal: \",\"; leave it out (drop), or raise max_levels");
}

TEST_F(TableReader, ReadsNumbersAsCategoriesWhenToldTo) {
  settings_.categorical = Categorical::kNamed;
  settings_.categories = {"zip"};
  const Table got = table("zip,y\n01,1\n1,2\n01,3\n");
  EXPECT_THAT(got.features[0].levels, ElementsAre("01", "1"));
}

TEST_F(TableReader, RefusesMissingValues) {
  EXPECT_EQ(fault("x,y\n1,2\nNA,3\n"),
            ": missing value in row 2 (line 3), column 'x'; fill it in, or say missing: drop or "
            "missing: impute");
  EXPECT_EQ(fault("x,y\n1,2\n1,?\n"),
            ": missing value in row 2 (line 3), column 'y'; fill it in, or say missing_target: "
            "drop");
}

TEST_F(TableReader, DropsRowsAndRemembersTheirNumbers) {
  settings_.missing = OnMissing::kDrop;
  target_.missing = OnMissing::kDrop;
  const Table got = table("x,c,y\n1,a,1\n,,2\n3,b,?\n4,b,4\n5,NA,5\n6,a,6\n");
  EXPECT_EQ(got.rows, 3u);
  EXPECT_EQ(got.rows_in_file, 6u);
  EXPECT_THAT(got.features[0].numbers, ElementsAre(1, 4, 6));
  EXPECT_THAT(got.kept, ElementsAre(1, 4, 6));
  EXPECT_EQ(got.row_number(1), 4u);
  EXPECT_EQ(report_of(got, encoding_of(got.features, settings_)),
            "categories, a feature of 0 and 1 for each level: c (2 levels); 3 of 6 rows dropped, "
            "missing cells: x 1, c 2, y 1");
  EXPECT_EQ(fault("x,y\n,1\n,2\n"),
            ": each of its 2 rows has a missing value and would be dropped");
}

TEST_F(TableReader, KeepsHolesThatAreToBeFilled) {
  settings_.missing = OnMissing::kImpute;
  const Table got = table("x,c,d,y\n,,,1\n2,a,q,2\nNaN,b,q,3\n");
  EXPECT_TRUE(std::isnan(got.features[0].numbers[0]));
  EXPECT_EQ(got.features[0].numbers[1], 2);
  EXPECT_THAT(got.features[1].codes, ElementsAre(kMissingCode, 0, 1));
  EXPECT_EQ(got.features[0].missing, 2u);
  EXPECT_EQ(report_of(got, encoding_of(got.features, settings_)),
            "categories, a feature of 0 and 1 for each level: c (2 levels and missing), d (1 level "
            "and missing); missing cells filled in by what training rows say: x 2 (median), c 1 (a "
            "level of its own), d 1 (a level of its own)");
  EXPECT_EQ(fault("x,y\n,1\n,2\n"), ": column 'x' holds no value at all; leave it out (drop)");
  EXPECT_EQ(fault("x,y\n1,1\n2,\n"),
            ": missing value in row 2 (line 3), column 'y'; fill it in, or say missing_target: "
            "drop");
}

TEST_F(TableReader, IgnoresWhatIsLeftOut) {
  settings_.drop = {"note"};
  EXPECT_THAT(table("x,note,y\n1,\xE9,1\n2,,2\n").features[0].numbers, ElementsAre(1, 2));
}

TEST_F(TableReader, TakesTenThousandColumns) {
  std::string text = "y";
  for (int c = 0; c < 10000; ++c) text += ",x" + std::to_string(c);
  for (int r = 0; r < 3; ++r) {
    text += "\n" + std::to_string(r);
    for (int c = 0; c < 10000; ++c) text += "," + std::to_string(c * (r + 1));
  }
  const Table got = table(text);
  ASSERT_EQ(got.features.size(), 10000u);
  EXPECT_THAT(got.features[9999].numbers, ElementsAre(9999, 19998, 29997));
}

TEST_F(TableReader, AnotherFileGivesTheSameFeatures) {
  settings_.missing = OnMissing::kImpute;
  const Table first = table("x,c,y\n1,a,1\n2,b,2\n");
  const Encoding encoding = encoding_of(first.features, settings_);
  const auto again = [&](const std::string& text) {
    return read_rows(folder_.write("new.csv", text), settings_.format, first.header, encoding);
  };
  const auto got = again("note;c;x\nhi;b;7\nho;z;\n");
  ASSERT_TRUE(got) << got.error().text;
  EXPECT_EQ(got->features[0].numbers[0], 7);
  EXPECT_TRUE(std::isnan(got->features[0].numbers[1]));
  EXPECT_THAT(got->features[1].codes, ElementsAre(1, Column::kUnseenCode));
  EXPECT_EQ(got->features[1].unseen, 1u);
  EXPECT_TRUE(again("x,c\n,\n"));  // nothing is known of this row, and that is allowed
  const std::string name = "'" + folder_.path("new.csv") + "'";
  EXPECT_EQ(again("x,cc\n1,a\n").error().text, name + " has no column 'c'");
  EXPECT_EQ(again("x,c\na,b\n").error().text,
            name + ": 'a' in row 1 (line 2), column 'x' is not a finite number");
  Encoding strict = encoding;
  strict.missing = OnMissing::kRefuse;
  EXPECT_EQ(
      read_rows(folder_.write("new.csv", "x,c\n,a\n"), settings_.format, true, strict).error().text,
      name + ": missing value in row 1 (line 2), column 'x'; fill it in");
}

TEST_F(TableReader, ReadsPackedFilesAlike) {
  const std::string text = "a,y\n1,2\n3,4\n";
  EXPECT_THAT(table(test::packed(text)).features[0].numbers, ElementsAre(1, 3));
  const std::string cut = test::packed(text).substr(0, 20);
  EXPECT_EQ(fault(cut), " is cut or damaged (gzip)");
}

}  // namespace
}  // namespace equivolve::tables
