#include "evaluators/common/tables/cells.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "evaluators/common/tables/data_file.hpp"
#include "evaluators/common/tables/names.hpp"
#include "tests/evaluators/support/files.hpp"
#include "tests/evaluators/support/gzip.hpp"

namespace equivolve::tables {
namespace {

using test::packed;
using ::testing::HasSubstr;

TEST(Cells, AreNumbers) {
  EXPECT_EQ(to_number("-2.5e3"), -2500.0);
  EXPECT_EQ(to_number("+0.5"), 0.5);
  EXPECT_EQ(to_number(".5"), 0.5);
  EXPECT_EQ(to_number("1."), 1.0);
  EXPECT_EQ(to_number("1e-300"), 1e-300);
  EXPECT_EQ(to_number("1e-999"), 0.0);
  EXPECT_EQ(to_number("123456789012345678901234567890"), 123456789012345678901234567890.0);
  EXPECT_EQ(to_number("1,5", ','), 1.5);
  EXPECT_EQ(to_number("-7", ','), -7.0);
}

TEST(Cells, AreNoNumbers) {
  for (const char* cell : {"",     "+",   "-",     ".",     "1,5",  "0x10",     "0x1p3", "inf",
                           "-inf", "nan", "NaN",   "1e999", "12 3", "abc",      "--1",   "+-1",
                           "-+1",  "++1", "1_000", "1e",    "1e+",  "\xD9\xA1", "1d"})
    EXPECT_EQ(to_number(cell), std::nullopt) << cell;
  for (const char* cell : {"1.5", "1,5,0", "1.000,5"})
    EXPECT_EQ(to_number(cell, ','), std::nullopt) << cell;
}

TEST(Cells, AreMissing) {
  const MissingValues is_missing(default_missing_values());
  for (const char* cell : {"", "?", "NA", "n/a", "NaN", "null", "None"})
    EXPECT_TRUE(is_missing(cell)) << cell;
  for (const char* cell : {"0", "no", "nano", "N", "-999"}) EXPECT_FALSE(is_missing(cell)) << cell;
  const std::vector<std::string> own = {"-999", "Unknown"};
  const MissingValues chosen(own);
  for (const char* cell : {"", "-999", "-999.0", "-9.99e2", "UNKNOWN"})
    EXPECT_TRUE(chosen(cell)) << cell;
  for (const char* cell : {"NA", "?", "999"}) EXPECT_FALSE(chosen(cell)) << cell;
  EXPECT_FALSE(MissingValues({})("NA"));
}

TEST(Cells, AreShownOnOneShortLine) {
  EXPECT_EQ(shown("a\nb\x1B[31m\xFF"), "a?b?[31m?");
  const std::string e = "\xC3\xA9";
  std::string many;
  for (int i = 0; i < 40; ++i) many += e;
  EXPECT_EQ(shown(many), many.substr(0, 60) + "...");
  EXPECT_EQ(shown("x" + many), "x" + many.substr(0, 58) + "...");
}

TEST(Cells, AreUtf8OrNot) {
  for (const char* good : {"", "abc", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"})
    EXPECT_EQ(first_non_utf8(good), std::string_view::npos) << good;
  // A lone continuation, Latin-1, overlong forms, a surrogate, beyond U+10FFFF, cut characters.
  for (const char* bad : {"\x80", "\xE9t", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80",
                          "\xF4\x90\x80\x80", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xFF"})
    EXPECT_EQ(first_non_utf8(std::string("ab") + bad), 2u) << bad;
}

/// Everything next() gives, and the fault that ended it.
struct Whole {
  std::string text, fault;
  DataDigest digest{};
};

Whole read_whole(const std::string& path) {
  Whole out;
  auto file = DataFile::open(path);
  if (!file) return {"", file.error(), {}};
  for (;;) {
    auto piece = file->next();
    if (!piece) out.fault = piece.error();
    if (!piece || piece->empty()) break;
    EXPECT_LE(piece->size(), std::size_t{1} << 18);
    out.text += *piece;
  }
  out.digest = file->digest();
  return out;
}

TEST(DataFile, ReadsPlainAndPackedAlike) {
  test::TemporaryFolder folder;
  std::string text = "a,b\n";
  for (int i = 0; i < 50000; ++i)
    text += std::to_string(i) + "," + std::to_string(i * 31 % 977) + "\n";
  const std::string once = packed(text),
                    members = packed(text.substr(0, 1000)) + packed("") + packed(text.substr(1000));
  EXPECT_EQ(read_whole(folder.write("t.csv", text)).text, text);
  EXPECT_EQ(read_whole(folder.write("t.csv.gz", once)).text, text);
  EXPECT_EQ(read_whole(folder.write("u.csv.gz", members)).text, text);
  // Of the bytes on the disk.
  EXPECT_EQ(read_whole(folder.path("t.csv")).digest, digest_of(text));
  EXPECT_EQ(read_whole(folder.path("t.csv.gz")).digest, digest_of(once));
  EXPECT_EQ(read_whole(folder.write("empty.csv", "")).text, "");
  // A few bytes on the disk that fill many pieces.
  for (std::size_t size :
       {std::size_t{1} << 20, (std::size_t{1} << 20) + 1, std::size_t{3000000}}) {
    const Whole got = read_whole(folder.write("same.gz", packed(std::string(size, '7'))));
    EXPECT_EQ(got.fault, "");
    EXPECT_EQ(got.text, std::string(size, '7'));
  }
}

TEST(DataFile, DigestIsXxh3) {
  // Known answer: XXH3-128 of "abc".
  const DataDigest expected = {0x06, 0xb0, 0x5a, 0xb6, 0x73, 0x3a, 0x61, 0x85,
                               0x78, 0xaf, 0x5f, 0x94, 0x89, 0x2f, 0x39, 0x50};
  EXPECT_EQ(digest_of("abc"), expected);
}

TEST(DataFile, RefusesMissingFoldersAndDamage) {
  test::TemporaryFolder folder;
  EXPECT_EQ(read_whole(folder.path("none.csv")).fault,
            "there is no file '" + folder.path("none.csv") + "'");
  EXPECT_EQ(read_whole(folder.path("")).fault, "'" + folder.path("") + "' is a folder");
  const std::string whole = packed("a,b\n1,2\n3,4\n");
  for (std::size_t cut = 2; cut < whole.size(); ++cut)
    EXPECT_EQ(read_whole(folder.write("cut.gz", whole.substr(0, cut))).fault,
              "'" + folder.path("cut.gz") + "' is cut or damaged (gzip)")
        << cut;
  std::string flipped = whole;
  flipped[whole.size() - 8] ^= 1;  // of the checksum
  EXPECT_THAT(read_whole(folder.write("bad.gz", flipped)).fault, HasSubstr("cut or damaged"));
  EXPECT_THAT(read_whole(folder.write("more.gz", whole + "x")).fault, HasSubstr("cut or damaged"));
}

TEST(DataFile, KnowsWhatIsNoText) {
  test::TemporaryFolder folder;
  const auto fault = [&](const std::string& content) {
    return read_whole(folder.write("f", content)).fault;
  };
  const std::string file = "'" + folder.path("f") + "' is ";
  EXPECT_EQ(fault("PK\x03\x04rest"),
            file + "a zip archive (an Excel workbook?); save the table as CSV");
  EXPECT_EQ(fault("PAR1rest"), file + "a Parquet file; save the table as CSV");
  EXPECT_EQ(fault("\xFD"
                  "7zXZ"),
            file + "packed with xz; unpack it, or pack it with gzip");
  EXPECT_EQ(fault("BZh9"), file + "packed with bzip2; unpack it, or pack it with gzip");
  EXPECT_EQ(fault("\x28\xB5\x2F\xFD"), file + "packed with zstd; unpack it, or pack it with gzip");
  EXPECT_EQ(fault(std::string("\xFF\xFE"
                              "a\0",
                              4)),
            file + "text in UTF-16; save it as UTF-8");
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
