#include "evaluators/common/tables/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "evaluators/common/tables/data_file.hpp"
#include "evaluators/common/tables/names.hpp"
#include "tests/evaluators/support/files.hpp"

namespace equivolve::tables {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> row_of(const Table& table, std::size_t row) {
  std::vector<std::string> cells;
  for (std::size_t c = 0; c < table.columns(); ++c) cells.emplace_back(table.cell(row, c));
  return cells;
}

std::string fault_of(const std::string& text) {
  auto table = parse_csv(text);
  return table ? "" : table.error();
}

std::string packed(const std::string& text) {
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&z, text.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

TEST(Csv, ReadsEachSeparator) {
  for (const std::string s : {",", ";", "\t"}) {
    auto table = parse_csv("a" + s + "b\n1" + s + "2\n3" + s + "4\n");
    ASSERT_TRUE(table) << table.error();
    EXPECT_THAT(table->header(), ElementsAre("a", "b"));
    EXPECT_THAT(row_of(*table, 1), ElementsAre("3", "4"));
  }
}

TEST(Csv, ReadsQuotesBlanksByteOrderMarkAndWindowsLines) {
  auto table = parse_csv(
      "\xEF\xBB\xBF"
      "\"first, name\" , b\r\n\"say \"\"hi\"\"\", 2 \r\n\r\n\"two\nlines\",3\r\n x ,4");
  ASSERT_TRUE(table) << table.error();
  EXPECT_THAT(table->header(), ElementsAre("first, name", "b"));
  ASSERT_EQ(table->rows(), 3u);
  EXPECT_THAT(row_of(*table, 0), ElementsAre("say \"hi\"", "2"));
  EXPECT_THAT(row_of(*table, 1), ElementsAre("two\nlines", "3"));
  EXPECT_THAT(row_of(*table, 2), ElementsAre("x", "4"));
  EXPECT_EQ(table->line(1), 4u);
  EXPECT_EQ(table->place(2, 1), "row 3 (line 6), column 'b'");
}

TEST(Csv, KeepsEmptyCells) {
  auto table = parse_csv("a,b,c\n,,\n\"\",x,\n");
  ASSERT_TRUE(table) << table.error();
  EXPECT_THAT(row_of(*table, 0), ElementsAre("", "", ""));
  EXPECT_THAT(row_of(*table, 1), ElementsAre("", "x", ""));
}

TEST(Csv, NamesWhatIsWrong) {
  EXPECT_EQ(fault_of(""), "the file is empty");
  EXPECT_EQ(fault_of("a,b\n"), "the file has a header but no rows");
  EXPECT_EQ(fault_of("a,,c\n1,2,3\n"), "column 2 has no name in the header");
  EXPECT_EQ(fault_of("a,b,a\n1,2,3\n"), "the header names column 'a' twice");
  EXPECT_EQ(fault_of("a,b\n1,2\n1,2,3\n"), "row 2 (line 3) has 3 cells, the header has 2");
  EXPECT_EQ(fault_of("a,b\n1,\"2\n"), "line 2: a quote is not closed");
}

TEST(Csv, TurnsColumnsIntoNumbers) {
  auto table = parse_csv("x,y,z\n1, -2.5e3,1\n+0.5,1e-300,?\n");
  ASSERT_TRUE(table);
  EXPECT_THAT(*numeric_column(*table, 0), ElementsAre(1.0, 0.5));
  EXPECT_THAT(*numeric_column(*table, 1), ElementsAre(-2500.0, 1e-300));
  EXPECT_THAT(numeric_column(*table, 2).error(),
              HasSubstr("missing value in row 2 (line 3), column 'z'"));
}

TEST(Csv, RefusesWhatIsNoFiniteNumber) {
  for (const std::string cell : {"1,5", "0x10", "inf", "1e999", "12 3", "abc", "--1", "+-1"}) {
    auto table = parse_csv("x;y\n1;2\n" + cell + ";3\n");
    ASSERT_TRUE(table) << cell;
    EXPECT_THAT(numeric_column(*table, 0).error(),
                HasSubstr("'" + cell + "' in row 2 (line 3), column 'x' is not a finite number"));
  }
}

TEST(Csv, KnowsMissingValues) {
  for (const char* cell : {"", "?", "NA", "n/a", "NaN", "null", "None"})
    EXPECT_TRUE(is_missing(cell)) << cell;
  for (const char* cell : {"0", "no", "nano", "N"}) EXPECT_FALSE(is_missing(cell)) << cell;
}

TEST(DataFile, ReadsPlainAndPackedAlike) {
  test::TemporaryFolder folder;
  std::string text = "a,b\n";
  for (int i = 0; i < 50000; ++i)
    text += std::to_string(i) + "," + std::to_string(i * 31 % 977) + "\n";
  auto plain = read_data_file(folder.write("t.csv", text));
  auto once = read_data_file(folder.write("t.csv.gz", packed(text)));
  auto members = read_data_file(
      folder.write("u.csv.gz", packed(text.substr(0, 1000)) + packed(text.substr(1000))));
  ASSERT_TRUE(plain && once && members);
  EXPECT_EQ(plain->text, text);
  EXPECT_EQ(once->text, text);
  EXPECT_EQ(members->text, text);
  EXPECT_NE(plain->digest, once->digest);  // of the bytes on the disk
}

TEST(DataFile, DigestIsXxh3) {
  // Known answer: XXH3-128 of "abc".
  const DataDigest expected = {0x06, 0xb0, 0x5a, 0xb6, 0x73, 0x3a, 0x61, 0x85,
                               0x78, 0xaf, 0x5f, 0x94, 0x89, 0x2f, 0x39, 0x50};
  EXPECT_EQ(digest_of("abc"), expected);
}

TEST(DataFile, RefusesMissingFoldersAndDamage) {
  test::TemporaryFolder folder;
  EXPECT_THAT(read_data_file(folder.path("none.csv")).error(), HasSubstr("there is no file"));
  EXPECT_THAT(read_data_file(folder.path("")).error(), HasSubstr("is a folder"));
  const std::string whole = packed("a,b\n1,2\n3,4\n");
  for (std::size_t cut = 2; cut < whole.size(); ++cut)
    EXPECT_THAT(read_data_file(folder.write("cut.gz", whole.substr(0, cut))).error(),
                HasSubstr("cut or damaged"))
        << cut;
}

TEST(Names, SuggestsTheNearest) {
  const std::vector<std::string> names = {"mean_radius", "diagnosis", "area"};
  EXPECT_EQ(nearest_name("diagnoss", names), "diagnosis");
  EXPECT_EQ(nearest_name("Daignosis", names), "diagnosis");
  EXPECT_EQ(nearest_name("AREA", names), "area");
  EXPECT_EQ(nearest_name("zzzzzz", names), "");
  EXPECT_EQ(suggestion("mean_radios", names), " (did you mean 'mean_radius'?)");
}

}  // namespace
}  // namespace equivolve::tables
