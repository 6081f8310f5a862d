#include <gtest/gtest.h>

#include "search/algorithms/searcher.hpp"
#include "tests/search/support/programs.hpp"

namespace equivolve::search {
namespace {

TEST(RandomSearch, AsksForNewCandidatesWithoutEnd) {
  Searcher searcher(RandomSearch(), std::make_shared<const Space>(test::narrow_space()), 7);
  for (Ticket t = 0; t < 100; ++t) {
    auto request = searcher.ask(t);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->birth, t);
    EXPECT_EQ(searcher.vary(*request, 0).op, Operator::kRandom);
  }
}

TEST(Searcher, VaryIsPureAndAttemptsDiffer) {
  Searcher searcher(RandomSearch(), std::make_shared<const Space>(test::narrow_space()), 7);
  const Request request = *searcher.ask(0);
  EXPECT_EQ(searcher.vary(request, 0).genome, searcher.vary(request, 0).genome);
  EXPECT_NE(searcher.vary(request, 0).genome, searcher.vary(request, 1).genome);
}

}  // namespace
}  // namespace equivolve::search
