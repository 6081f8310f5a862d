#include "engine/config/units.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace equivolve::engine {
namespace {

using std::chrono::nanoseconds;

TEST(Durations, KnownValues) {
  EXPECT_EQ(parse_duration("1ns"), nanoseconds(1));
  EXPECT_EQ(parse_duration("20us"), nanoseconds(20'000));
  EXPECT_EQ(parse_duration("3ms"), nanoseconds(3'000'000));
  EXPECT_EQ(parse_duration("10m"), std::chrono::minutes(10));
  EXPECT_EQ(parse_duration("1.5 h"), std::chrono::minutes(90));
  EXPECT_EQ(parse_duration("2d"), std::chrono::hours(48));
  EXPECT_EQ(parse_duration("0"), nanoseconds(0));
}

TEST(Durations, BadOnes) {
  for (const char* text : {"", "10", "m", "-1s", "1 fortnight", "1e3s", "nans", "infs", "010s",
                           "4000d", "1s2", "1..5s", "s1"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Durations, FormatAndParseAreInverse) {
  for (std::int64_t n : {std::int64_t{0}, std::int64_t{1}, std::int64_t{999}, std::int64_t{1'000},
                         std::int64_t{90'000'000'000}, std::int64_t{600'000'000'000},
                         std::int64_t{86'400'000'000'001}, std::int64_t{300'000'000'000'000'001}})
    EXPECT_EQ(parse_duration(format_duration(nanoseconds(n))), nanoseconds(n)) << n;
  EXPECT_EQ(format_duration(std::chrono::minutes(10)), "10m");
  EXPECT_EQ(format_duration(std::chrono::seconds(90)), "90s");
}

TEST(Sizes, KnownValues) {
  EXPECT_EQ(parse_size("2GiB"), std::uint64_t{2} << 30);
  EXPECT_EQ(parse_size("1.5kB"), 1500u);
  EXPECT_EQ(parse_size("7B"), 7u);
  for (const char* text : {"", "7", "-1B", "1 byte", "1gib", "99999999999TB"})
    EXPECT_FALSE(parse_size(text)) << text;
}

TEST(Integers, WholeRangeAndNothingElse) {
  EXPECT_EQ(parse_integer("0"), 0u);
  EXPECT_EQ(parse_integer("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
  for (const char* text : {"", "00", "01", "+1", "-1", " 1", "1 ", "1_000", "0x1", "1.0", "1e3",
                           "18446744073709551616"})
    EXPECT_FALSE(parse_integer(text)) << text;
}

TEST(Numbers, FiniteDecimals) {
  EXPECT_EQ(parse_number("-1.5e-3"), -0.0015);
  EXPECT_EQ(parse_number("0.5"), 0.5);
  for (const char* text : {"", "nan", "inf", "-inf", "1e999", "01.5", "0x1p3", "1,5", "1.5 "})
    EXPECT_FALSE(parse_number(text)) << text;
}

}  // namespace
}  // namespace equivolve::engine
