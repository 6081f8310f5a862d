#include "engine/processes/line_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace equivolve::engine::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// All lines of a text that comes in pieces of these sizes, the last one again and again.
struct Read {
  std::vector<std::string> lines;
  std::uint64_t overlong = 0;
};
Read read(std::string_view text, std::size_t longest, const std::vector<std::size_t>& sizes) {
  LineReader reader(longest);
  Read out;
  for (std::size_t i = 0; !text.empty(); ++i) {
    const std::string_view piece = text.substr(0, sizes[std::min(i, sizes.size() - 1)]);
    text.remove_prefix(piece.size());
    reader.add(piece);
    while (const auto line = reader.next()) out.lines.emplace_back(*line);
  }
  if (const auto rest = reader.rest()) out.lines.emplace_back(*rest);
  EXPECT_FALSE(reader.rest());
  out.overlong = reader.overlong();
  return out;
}

/// The same by hand: split, strip, leave out.
Read expected(std::string_view text, std::size_t longest) {
  Read out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    const bool is_last = end == std::string_view::npos;
    text.remove_prefix(is_last ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > longest)
      ++out.overlong;
    else if (!is_last || !line.empty())
      out.lines.emplace_back(line);
  }
  return out;
}

TEST(LineReader, HandsOutLinesHoweverTheyCome) {
  const std::string text = "one\r\n\ntwo\nthree";
  for (std::size_t size : {1, 2, 3, 5, 100})
    EXPECT_THAT(read(text, 10, {size}).lines, ElementsAre("one", "", "two", "three")) << size;
  EXPECT_THAT(read("", 10, {1}).lines, IsEmpty());
}

TEST(LineReader, PassesOverWhatIsTooLong) {
  const std::string text = std::string(11, 'x') + "\nshort\n" + std::string(5000, 'y');
  for (std::size_t size : {1, 7, 11, 12, 13, 10000}) {
    const Read got = read(text, 10, {size});
    EXPECT_THAT(got.lines, ElementsAre("short")) << size;
    EXPECT_EQ(got.overlong, 2u) << size;
  }
}

TEST(LineReader, AgreesWithSplittingByHand) {
  std::mt19937 random(7);
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    const auto below = [&random](unsigned n) { return random() % n; };
    for (unsigned k = below(60); k > 0; --k) text += "ab\r\n"[below(4)];
    std::vector<std::size_t> sizes;
    for (unsigned k = below(20); k > 0; --k) sizes.push_back(1 + below(9));
    sizes.push_back(1 + below(9));
    const std::size_t longest = below(8);
    const Read got = read(text, longest, sizes), wanted = expected(text, longest);
    ASSERT_EQ(got.lines, wanted.lines) << testing::PrintToString(text) << longest;
    ASSERT_EQ(got.overlong, wanted.overlong) << testing::PrintToString(text) << longest;
  }
}

}  // namespace
}  // namespace equivolve::engine::test
