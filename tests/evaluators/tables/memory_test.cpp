// What reading a table holds: its values and no text. Every allocation of this program is counted.
#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <new>

#include "evaluators/common/tables/table_reader.hpp"
#include "tests/evaluators/support/files.hpp"
#include "tests/evaluators/support/gzip.hpp"

namespace {

std::atomic<std::size_t> held{0}, peak{0};

void* counted(std::size_t size) {
  void* place = std::malloc(size == 0 ? 1 : size);
  if (!place) throw std::bad_alloc();
  const std::size_t now = held += malloc_usable_size(place);
  std::size_t before = peak;
  while (now > before && !peak.compare_exchange_weak(before, now)) {
  }
  return place;
}

void give_back(void* place) noexcept {
  if (place) held -= malloc_usable_size(place);
  std::free(place);
}

}  // namespace

void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new[](std::size_t size) {
  return counted(size);
}
void operator delete(void* place) noexcept {
  give_back(place);
}
void operator delete[](void* place) noexcept {
  give_back(place);
}
void operator delete(void* place, std::size_t) noexcept {
  give_back(place);
}
void operator delete[](void* place, std::size_t) noexcept {
  give_back(place);
}

namespace equivolve::tables {
namespace {

constexpr std::size_t kRows = 40000, kNumbers = 20;

/// 20 columns of numbers with 17 digits, one of words, and a target.
std::string wide_rows() {
  std::string text;
  for (std::size_t c = 0; c < kNumbers; ++c) text += "x" + std::to_string(c) + ",";
  text += "word,y\n";
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t c = 0; c < kNumbers; ++c)
      text += "0." + std::to_string(10000000000000000 + r * 7919 * (c + 1)) + ",";
    text += (r % 3 ? "some longer word," : "another,") + std::to_string(r % 2) + "\n";
  }
  return text;
}

class Memory : public ::testing::TestWithParam<bool> {};

TEST_P(Memory, IsThatOfTheValues) {
  test::TemporaryFolder folder;
  std::string path;
  std::size_t bytes_of_text = 0;
  {
    const std::string text = wide_rows();
    bytes_of_text = text.size();
    path = folder.write("t.csv", GetParam() ? test::packed(text) : text);
  }
  SpecialColumn target;
  target.name = "y";
  const std::size_t before = held;
  peak = before;
  const auto table = read_table(path, {}, {target});
  ASSERT_TRUE(table) << table.error().text;
  ASSERT_EQ(table->rows, kRows);
  const std::size_t values = kRows * (kNumbers * 8 + 4 + 12);
  constexpr std::size_t kPieces = std::size_t{3} << 20;  // of the file, of a record, names
  EXPECT_LE(peak - before, values + values / 2 + kPieces);
  EXPECT_LE(held - before, values + kPieces);
  // Which is much less than the cells as text would take.
  EXPECT_LT(2 * (peak - before), bytes_of_text + kRows * (kNumbers + 2) * sizeof(std::size_t));
}

INSTANTIATE_TEST_SUITE_P(Files, Memory, ::testing::Bool(), [](const auto& info) {
  return info.param ? std::string("packed") : std::string("plain");
});

}  // namespace
}  // namespace equivolve::tables
