// Sets: the order of items does not matter, everything else does.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "hashing/stream.hpp"
#include "tests/hashing/sink_support.hpp"

namespace equivolve::hashing {
namespace {

using Item = std::vector<double>;

void put_set(OutputSink& sink, const std::vector<Item>& items) {
  sink.open_set();
  for (const Item& item : items) {
    sink.values(item);
    sink.end_item();
  }
  sink.close_set();
}

ProbeDigest set_of(const std::vector<Item>& items) {
  return probe([&](OutputSink& s) { put_set(s, items); });
}

void put_texts(OutputSink& sink, const std::vector<std::string>& texts) {
  sink.open_set();
  for (const std::string& text : texts) {
    sink.text(text);
    sink.end_item();
  }
  sink.close_set();
}

TEST(Sets, IgnoreTheOrderOfItems) {
  Stream stream(5, Purpose::kTest, 0);
  for (int round = 0; round < 100; ++round) {
    std::vector<Item> items(stream.below(12));
    for (Item& item : items) {
      item.resize(stream.below(4));
      for (double& value : item) value = stream.gaussian();
    }
    std::vector<Item> shuffled = items;
    for (std::size_t i = shuffled.size(); i > 1; --i) {
      std::swap(shuffled[i - 1], shuffled[stream.below(i)]);
    }
    EXPECT_EQ(set_of(items).key, set_of(shuffled).key);
  }
}

TEST(Sets, SeeAChangeInOneItem) {
  EXPECT_NE(set_of({{1.5}, {2.5}, {3.5}}).key, set_of({{1.5}, {2.5}, {3.6}}).key);
}

TEST(Sets, SeeTheOrderInsideAnItem) {
  EXPECT_NE(set_of({{1.5, 2.5}}).key, set_of({{2.5, 1.5}}).key);
}

TEST(Sets, SeeHowOftenAnItemOccurs) {
  std::set<Digest> seen;
  for (std::size_t copies = 0; copies < 10; ++copies) {
    seen.insert(set_of(std::vector<Item>(copies, Item{1.5})).key);
  }
  EXPECT_EQ(seen.size(), 10U);
  EXPECT_NE(set_of({{1.5}, {1.5}, {2.5}}).key, set_of({{1.5}, {2.5}, {2.5}}).key);
}

TEST(Sets, SeeWhereItemsEnd) {
  const Digest two = key([](OutputSink& s) { put_texts(s, {"a", "b"}); });
  const Digest one = key([](OutputSink& s) {
    s.open_set();
    s.text("a"), s.text("b"), s.end_item();
    s.close_set();
  });
  EXPECT_NE(two, one);
}

TEST(Sets, DifferFromTheirItemsInSequence) {
  EXPECT_NE(key([](OutputSink& s) { put_texts(s, {"a"}); }),
            key([](OutputSink& s) { s.text("a"); }));
}

TEST(Sets, SeeWhatStandsBeforeAndAfter) {
  std::set<Digest> seen;
  seen.insert(key([](OutputSink& s) { put_texts(s, {"a", "b"}); }));
  seen.insert(key([](OutputSink& s) { s.integer(1), put_texts(s, {"a", "b"}); }));
  seen.insert(key([](OutputSink& s) { put_texts(s, {"a", "b"}), s.integer(1); }));
  seen.insert(key([](OutputSink& s) { put_texts(s, {"a"}), put_texts(s, {"b"}); }));
  seen.insert(key([](OutputSink& s) { put_texts(s, {"b"}), put_texts(s, {"a"}); }));
  EXPECT_EQ(seen.size(), 5U);
}

TEST(Sets, NestIgnoringOrderAtEachLevel) {
  const auto nested = [](const std::vector<std::vector<std::string>>& sets) {
    return key([&](OutputSink& s) {
      s.open_set();
      for (const auto& set : sets) {
        s.integer(static_cast<std::int64_t>(set.size()));
        put_texts(s, set);
        s.end_item();
      }
      s.close_set();
    });
  };
  EXPECT_EQ(nested({{"a", "b"}, {"c"}}), nested({{"c"}, {"b", "a"}}));
  EXPECT_NE(nested({{"a", "b"}, {"c"}}), nested({{"a", "c"}, {"b"}}));
  EXPECT_NE(nested({{"a"}}), key([](OutputSink& s) { put_texts(s, {"a"}); }));
  EXPECT_NE(nested({{}}), nested({}));
}

TEST(Sets, EmptyItemsCount) {
  const auto empty_items = [](int count) {
    return key([count](OutputSink& s) {
      s.open_set();
      for (int i = 0; i < count; ++i) s.end_item();
      s.close_set();
    });
  };
  EXPECT_NE(empty_items(0), empty_items(1));
  EXPECT_NE(empty_items(1), empty_items(2));
}

TEST(Sets, AnAmbiguousValueInAnItemHasBothReadings) {
  // Scale 1, cells of 2^-24: 2^-25 lies on the edge of cells 0 and 1; the items change places when
  // sorted anew.
  const double edge = std::ldexp(1.0, -25);
  const double noise = 1e-16;
  Stream stream(5, Purpose::kTest, 1);
  for (int round = 0; round < 50; ++round) {
    std::vector<Item> items(2 + stream.below(5));
    for (Item& item : items) item = {1.3 + stream.uniform() / 4, stream.uniform()};
    std::vector<Item> below = items;
    std::vector<Item> above = items;
    const std::size_t which = stream.below(items.size());
    below[which][1] = edge - noise;
    above[which][1] = edge + noise;
    std::reverse(above.begin(), above.end());
    EXPECT_NE(set_of(below).key, set_of(above).key);
    EXPECT_TRUE(meet(set_of(below), set_of(above)));
  }
}

TEST(Sets, AnAmbiguousScaleInAnItemHasBothReadings) {
  const ProbeDigest below = set_of({{1 - 1e-16, 0.3}, {5.5}});
  const ProbeDigest above = set_of({{5.5}, {1 + 1e-15, 0.3}});
  EXPECT_NE(below.key, above.key);
  EXPECT_TRUE(meet(below, above));
}

TEST(Sets, AlternativesThatAreTheSameSetAreListedOnce) {
  // Either of two equal items may flip: one digest.
  const double edge = std::ldexp(1.0, -25) - 1e-16;
  const ProbeDigest digest = set_of({{1.3, edge}, {1.3, edge}});
  EXPECT_EQ(digest.alternatives.size(), 2U);
}

// The calls may come from a plugin.
TEST(Sets, MisuseIsDefined) {
  const Digest one = key([](OutputSink& s) { put_texts(s, {"a"}); });
  EXPECT_EQ(key([](OutputSink& s) { s.open_set(), s.text("a"), s.close_set(); }), one);
  EXPECT_EQ(key([](OutputSink& s) { s.open_set(), s.text("a"), s.end_item(); }), one);
  std::set<Digest> seen{one, key([](OutputSink&) {}), key([](OutputSink& s) { s.end_item(); }),
                        key([](OutputSink& s) { s.close_set(); })};
  EXPECT_EQ(seen.size(), 4U);
}

}  // namespace
}  // namespace equivolve::hashing
