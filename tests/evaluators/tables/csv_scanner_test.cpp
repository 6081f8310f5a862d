// The grammar: what is written comes back, however it is cut into pieces.
#include "evaluators/common/tables/csv_scanner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hashing/stream.hpp"

namespace equivolve::tables {
namespace {

using ::testing::ElementsAre;
using Row = std::vector<std::string>;

struct Scanned {
  std::vector<Row> rows;
  std::vector<std::size_t> lines;
  std::string fault;
};

/// Fed in pieces of `piece` bytes.
Scanned scan(const std::string& text, char separator = ',', std::size_t piece = 1 << 20) {
  Scanned out;
  CsvScanner scanner(separator, [&](const Record& record) -> CsvScanner::Outcome {
    Row& row = out.rows.emplace_back();
    for (std::size_t c = 0; c < record.size(); ++c) row.emplace_back(record.cell(c));
    out.lines.push_back(record.line());
    return {};
  });
  for (std::size_t at = 0; at < text.size(); at += piece)
    if (auto done = scanner.feed(std::string_view(text).substr(at, piece)); !done) {
      out.fault = done.error();
      return out;
    }
  if (auto done = scanner.finish(); !done) out.fault = done.error();
  return out;
}

TEST(CsvScanner, ReadsQuotesBlanksByteOrderMarkAndEveryLineEnd) {
  const std::string text =
      "\xEF\xBB\xBF"
      "\"first, name\" , b\r\n\"say \"\"hi\"\"\", 2 \r\n\r\n\"two\nlines\",3\r x ,4\n \n\" kept "
      "\",\"5\" 6";
  for (std::size_t piece : {1u, 2u, 3u, 7u, 1000u}) {
    const Scanned got = scan(text, ',', piece);
    EXPECT_EQ(got.fault, "");
    EXPECT_THAT(got.rows, ElementsAre(Row{"first, name", "b"}, Row{"say \"hi\"", "2"},
                                      Row{"two\nlines", "3"}, Row{"x", "4"}, Row{" kept ", "56"}));
    EXPECT_THAT(got.lines, ElementsAre(1u, 2u, 4u, 6u, 8u));
  }
}

TEST(CsvScanner, KeepsEmptyCells) {
  EXPECT_THAT(scan("a,b,c\n,,\n\"\",x,\n").rows,
              ElementsAre(Row{"a", "b", "c"}, Row{"", "", ""}, Row{"", "x", ""}));
  EXPECT_THAT(scan("a,b,").rows, ElementsAre(Row{"a", "b", ""}));
  EXPECT_THAT(scan("\"\"\n").rows, ElementsAre(Row{""}));  // a cell, not a blank line
  EXPECT_THAT(scan("\t\t\nx\t y\t\n", '\t').rows, ElementsAre(Row{"", "", ""}, Row{"x", "y", ""}));
  EXPECT_TRUE(scan("").rows.empty());
  EXPECT_TRUE(scan("\n \r\n\xEF\xBB").fault.empty());
}

TEST(CsvScanner, TakesRunsOfBlanks) {
  EXPECT_THAT(scan("  1   2.5\t3 \n\n4 \"a b\" \"\"\n   \n7 8 9", ' ').rows,
              ElementsAre(Row{"1", "2.5", "3"}, Row{"4", "a b", ""}, Row{"7", "8", "9"}));
}

TEST(CsvScanner, NamesTheLineOfWhatIsNoText) {
  EXPECT_EQ(scan("a,b\n1,\"2\n3,4\n").fault, "line 2: a quote is not closed");
  EXPECT_EQ(scan(std::string("a,b\n1,\0", 7)).fault, "line 2: a NUL byte; this is no text file");
}

TEST(CsvScanner, BoundsWhatItHolds) {
  const std::string piece(std::size_t{1} << 20, 'x');
  for (const char* start : {"a\n\"", "a\n"}) {
    CsvScanner scanner(',', [](const Record&) -> CsvScanner::Outcome { return {}; });
    CsvScanner::Outcome done = scanner.feed(start);
    for (int i = 0; done && i < 100; ++i) done = scanner.feed(piece);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error(), start[2] == '"'
                                ? "line 2: a quote is not closed within 64 MiB"
                                : "line 2: a row of more than 64 MiB; is this a table?");
  }
}

TEST(CsvScanner, GuessesTheSeparator) {
  EXPECT_EQ(guess_separator("a,b;c;d\n,,,,,,", false), ';');
  EXPECT_EQ(guess_separator("\n \n\"a;b;c\",d\n", false), ',');
  EXPECT_EQ(guess_separator("a\tb\n", false), '\t');
  EXPECT_EQ(guess_separator("a|b\n", false), '|');
  EXPECT_EQ(guess_separator("a|b|c,d\n", false), ',');
  EXPECT_EQ(guess_separator("alone\n", false), ',');
  EXPECT_EQ(guess_separator("1,5;2,5\n", true), ';');
}

/// A cell of nasty characters.
std::string random_cell(hashing::Stream& stream) {
  constexpr std::string_view kPieces[] = {",", ";", "\t", "\"",   "\"\"",     "\n", "\r\n", "\r",
                                          " ", "a", "7",  "-1e3", "\xC3\xA9", "|",  "x y"};
  std::string cell;
  for (std::uint64_t i = stream.below(5); i > 0; --i)
    cell += kPieces[stream.below(std::size(kPieces))];
  return cell;
}

std::string written(const std::string& cell, char separator, hashing::Stream& stream) {
  const bool plain = !cell.empty() && cell.find_first_of("\"\r\n\t |,;") == std::string::npos;
  if (plain && stream.below(2) == 0) return cell;
  if (cell.empty() && separator != ' ' && stream.below(2) == 0) return stream.below(2) ? " " : "";
  std::string out = "\"";
  for (char c : cell) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

TEST(CsvScanner, ReadsBackWhatIsWritten) {
  const char* line_ends[] = {"\n", "\r\n", "\r"};
  for (std::uint64_t round = 0; round < 600; ++round) {
    hashing::Stream stream(round, hashing::Purpose::kTest, 0);
    const char separator = ",;\t| "[stream.below(5)];
    const std::string line_end = line_ends[stream.below(3)];
    const std::size_t columns = 1 + stream.below(5);
    std::vector<Row> rows(stream.below(6));
    std::string text = stream.below(2) ? "\xEF\xBB\xBF" : "";
    for (Row& row : rows) {
      for (std::size_t c = 0; c < columns; ++c) {
        row.push_back(random_cell(stream));
        std::string cell = written(row.back(), separator, stream);
        if (columns == 1 && row.back().empty()) cell = "\"\"";
        text += (c > 0 ? std::string(1, separator) : "") + cell;
      }
      text += line_end;
      if (stream.below(4) == 0) text += line_end;
    }
    if (stream.below(2) && !rows.empty())
      while (text.ends_with(line_end)) text.resize(text.size() - line_end.size());
    const Scanned got = scan(text, separator, 1 + stream.below(9));
    EXPECT_EQ(got.fault, "") << "round " << round;
    EXPECT_EQ(got.rows, rows) << "round " << round << "\n" << text;
  }
}

}  // namespace
}  // namespace equivolve::tables
