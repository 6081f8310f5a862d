// What numbers, bytes, text and integers have to do with the digest: one property a test.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "hashing/stream.hpp"
#include "tests/hashing/sink_support.hpp"

namespace equivolve::hashing {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kTiny = std::numeric_limits<double>::denorm_min();
constexpr double kHuge = std::numeric_limits<double>::max();

std::vector<double> random_values(std::uint64_t index, std::size_t count) {
  Stream stream(1, Purpose::kTest, index);
  std::vector<double> group(count);
  for (double& value : group) value = stream.gaussian();
  return group;
}

// Properties that hold on the grid and bit for bit.
class SinkValues : public testing::TestWithParam<SinkSettings> {
 protected:
  Digest of(const std::vector<double>& group) { return values(group, GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Settings, SinkValues,
                         testing::Values(SinkSettings{}, SinkSettings{12, 20, false}, kExact));

TEST_P(SinkValues, EqualForEqual) {
  EXPECT_EQ(of(random_values(1, 30)), of(random_values(1, 30)));
}

TEST_P(SinkValues, SensitiveToEveryValue) {
  std::vector<double> group = random_values(2, 50);
  std::set<Digest> seen{of(group)};
  for (double& value : group) {
    const double before = value;
    value += 0.01;
    seen.insert(of(group));
    value = before;
  }
  EXPECT_EQ(seen.size(), 51U);
}

TEST_P(SinkValues, SensitiveToTheOrderOfValues) {
  EXPECT_NE(of({1.1, 2.3}), of({2.3, 1.1}));
}

TEST_P(SinkValues, SensitiveToTheSign) {
  EXPECT_NE(of({1.3, 0.5}), of({-1.3, 0.5}));
}

TEST_P(SinkValues, SensitiveToTheCount) {
  std::set<Digest> seen;
  for (std::size_t count = 0; count < 40; ++count) seen.insert(of(std::vector<double>(count, 0.0)));
  EXPECT_EQ(seen.size(), 40U);
}

TEST_P(SinkValues, SensitiveToTheBoundariesOfGroups) {
  const std::array<double, 2> both{1.5, 1.7};
  const Digest together = key([&](OutputSink& s) { s.values(both); }, GetParam());
  const Digest apart = key(
      [&](OutputSink& s) {
        s.values(std::span(both).first(1));
        s.values(std::span(both).last(1));
      },
      GetParam());
  EXPECT_NE(together, apart);
}

TEST_P(SinkValues, SensitiveToTheOrderOfGroups) {
  const std::array<double, 1> a{1.5};
  const std::array<double, 1> b{3.7};
  const Digest ab = key([&](OutputSink& s) { s.values(a), s.values(b); }, GetParam());
  const Digest ba = key([&](OutputSink& s) { s.values(b), s.values(a); }, GetParam());
  EXPECT_NE(ab, ba);
}

TEST_P(SinkValues, AnEmptyGroupCounts) {
  const Digest nothing = key([](OutputSink&) {}, GetParam());
  EXPECT_NE(nothing, of({}));
  EXPECT_NE(of({}), key([](OutputSink& s) { s.values({}), s.values({}); }, GetParam()));
}

TEST_P(SinkValues, NegativeZeroIsZero) {
  EXPECT_EQ(of({-0.0, 1.25}), of({0.0, 1.25}));
}

TEST_P(SinkValues, AllNansAreOne) {
  const double negative = std::copysign(kNan, -1.0);
  const double payload = std::nan("0x1234");
  EXPECT_EQ(of({kNan, 1.25}), of({negative, 1.25}));
  EXPECT_EQ(of({kNan, 1.25}), of({payload, 1.25}));
}

TEST_P(SinkValues, NonFiniteValuesDifferFromEachOtherAndFromNumbers) {
  std::set<Digest> seen;
  for (const double value : {0.0, 1.25, kNan, kInf, -kInf, kHuge, -kHuge}) {
    seen.insert(of({value}));
    seen.insert(of({value, 1.25}));
  }
  EXPECT_EQ(seen.size(), 14U);
}

TEST_P(SinkValues, NonFiniteValuesLeaveTheOthersVisible) {
  EXPECT_NE(of({kInf, 1.25}), of({kInf, 1.35}));
  EXPECT_NE(of({kNan, 1e-300}), of({kNan, 2e-300}));
}

TEST_P(SinkValues, ExtremeMagnitudesAreToldApart) {
  std::set<Digest> seen;
  const std::vector<double> magnitudes{kTiny, 3 * kTiny, 1e-310, 2.3e-308, 1.3e300, 1.1e308, kHuge};
  for (const double magnitude : magnitudes) {
    seen.insert(of({magnitude, 0.0}));
    seen.insert(of({-magnitude, 0.0}));
    seen.insert(of({magnitude, magnitude}));
    seen.insert(of({magnitude, -magnitude}));
  }
  EXPECT_EQ(seen.size(), 4 * magnitudes.size());
}

TEST_P(SinkValues, ASinkIsReusableAfterClear) {
  OutputSink sink(GetParam());
  sink.open_set();
  sink.values(std::array{1.0, 0.3});
  sink.text("rest of an earlier probe");
  sink.clear();
  sink.values(std::array{1.5, 2.5});
  EXPECT_EQ(sink.finish().key, of({1.5, 2.5}));
  EXPECT_TRUE(sink.finish().alternatives.empty());
}

TEST_P(SinkValues, FinishDoesNotChangeTheSink) {
  OutputSink sink(GetParam());
  sink.values(std::array{1.0, 0.3});
  const ProbeDigest first = sink.finish();
  EXPECT_EQ(sink.finish(), first);
  sink.values(std::array{3.3});
  OutputSink whole(GetParam());
  whole.values(std::array{1.0, 0.3});
  whole.values(std::array{3.3});
  EXPECT_EQ(sink.finish(), whole.finish());
}

TEST_P(SinkValues, ACopyOfASinkGoesOnByItself) {
  OutputSink sink(GetParam());
  sink.values(std::array{1.5});
  OutputSink copy = sink;
  copy.values(std::array{2.5});
  EXPECT_EQ(sink.finish().key, of({1.5}));
  EXPECT_NE(copy.finish().key, sink.finish().key);
}

TEST(SinkGrid, NoiseBelowACellIsIgnoredBesideLargeValues) {
  EXPECT_EQ(values({1.5, 0.0}), values({1.5, 1e-17}));
  EXPECT_EQ(values({1.5, 0.7}), values({1.5, 0.7 + 1e-12}));
}

TEST(SinkGrid, AValueOfItsOwnIsNotZero) {
  EXPECT_NE(values({0.0}), values({1e-17}));
}

TEST(SinkGrid, CellsAreSharesOfTheScale) {
  // Scale 1, cells of 2^-24: a shift by one cell shows, one by a hundredth of a cell does not.
  const double cell = std::ldexp(1.0, -24);
  EXPECT_NE(values({1.5, 0.25}), values({1.5, 0.25 + cell}));
  EXPECT_EQ(values({1.5, 0.25}), values({1.5, 0.25 + cell / 100}));
  // The same beside a value of order 2^20: cells are 2^20 times as large.
  EXPECT_EQ(values({1.5 * 1048576, 0.25}), values({1.5 * 1048576, 0.25 + cell}));
}

TEST(SinkGrid, MantissaBitsSetTheSizeOfCells) {
  for (int bits = 1; bits <= 52; ++bits) {
    const SinkSettings settings{bits, 60, false};
    const double cell = std::ldexp(1.0, -bits);
    EXPECT_NE(values({1.25, 0.5}, settings), values({1.25, 0.5 + cell}, settings)) << bits;
    EXPECT_EQ(values({1.25, 0.5}, settings), values({1.25, 0.5 + cell / 4}, settings)) << bits;
  }
}

TEST(SinkGrid, TheScaleIsPartOfTheBehaviour) {
  // The same cells under another scale.
  EXPECT_NE(values({1.5, 0.75}), values({3.0, 1.5}));
}

TEST(SinkGrid, AValueAtMostAnEighthOfACellFromAnEdgeIsAmbiguousWhateverTheSettings) {
  // 40 edge bits would make every value ambiguous on a grid of 50 bits.
  EXPECT_TRUE(probe_values({1.5, 0.7, 0.3}, {50, 40, false}).alternatives.empty());
}

TEST(SinkExact, OneBitInTheLastPlaceCounts) {
  const double next = std::nextafter(0.7, 1.0);
  EXPECT_NE(values({1.5, 0.7}, kExact), values({1.5, next}, kExact));
  EXPECT_EQ(values({1.5, 0.7}), values({1.5, next}));
}

TEST(SinkExact, HasNoNeighbours) {
  EXPECT_TRUE(probe_values({1.0, std::ldexp(1.0, -25), 0.5}, kExact).alternatives.empty());
}

TEST(SinkKinds, EqualWordsOfDifferentKindsDiffer) {
  const std::array<double, 2> zeros{0, 0};
  const std::array<std::int64_t, 2> names{0, 0};
  const std::array<std::byte, 2> bytes{};
  std::set<Digest> seen;
  seen.insert(key([&](OutputSink& s) { s.values(zeros); }));
  seen.insert(key([&](OutputSink& s) { s.values(zeros); }, kExact));
  seen.insert(key([&](OutputSink& s) { s.direction(zeros); }));
  seen.insert(key([&](OutputSink& s) { s.ranking(zeros); }));
  seen.insert(key([&](OutputSink& s) { s.labels(names); }));
  seen.insert(key([&](OutputSink& s) { s.bytes(bytes); }));
  seen.insert(key([&](OutputSink& s) { s.text(std::string_view("\0\0", 2)); }));
  seen.insert(key([&](OutputSink& s) { s.integer(0), s.integer(0); }));
  EXPECT_EQ(seen.size(), 8U);
}

TEST(SinkKinds, TextIsItsBytesAndItsLength) {
  const auto text = [](std::string_view t) { return key([t](OutputSink& s) { s.text(t); }); };
  EXPECT_EQ(text("finished"), text("finished"));
  EXPECT_NE(text("finished"), text("Finished"));
  EXPECT_NE(text("a"), text(std::string_view("a\0", 2)));
  EXPECT_NE(text(""), key([](OutputSink&) {}));
  EXPECT_NE(key([](OutputSink& s) { s.text("ab"), s.text("c"); }),
            key([](OutputSink& s) { s.text("a"), s.text("bc"); }));
}

TEST(SinkKinds, BytesAreTheirContentAndLength) {
  const auto bytes = [](std::vector<std::byte> b) {
    return key([&b](OutputSink& s) { s.bytes(b); });
  };
  EXPECT_EQ(bytes({std::byte{1}, std::byte{2}}), bytes({std::byte{1}, std::byte{2}}));
  EXPECT_NE(bytes({std::byte{1}, std::byte{2}}), bytes({std::byte{2}, std::byte{1}}));
  EXPECT_NE(bytes({std::byte{1}}), bytes({std::byte{1}, std::byte{0}}));
}

TEST(SinkKinds, IntegersAreExactWhateverTheSettings) {
  const std::int64_t large = (std::int64_t{1} << 53) + 1;
  for (const SinkSettings& settings : {SinkSettings{1, 20, false}, kExact}) {
    const auto integer = [&](std::int64_t v) {
      return key([v](OutputSink& s) { s.integer(v); }, settings);
    };
    EXPECT_EQ(integer(large), integer(large));
    EXPECT_NE(integer(large), integer(large - 1));
    EXPECT_NE(integer(1), integer(-1));
  }
}

// A change of any of these makes every stored digest worthless: raise the format with it.
TEST(SinkKnownAnswers, DigestsStayTheSame) {
  EXPECT_EQ(to_hex(key([](OutputSink&) {})), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(to_hex(values({1.5, -0.25, 1e-17, kNan, kInf, -kInf})),
            "3e50b4c32eb5968f9a0d1d47a8ec0d68");
  EXPECT_EQ(to_hex(values({1.5, -0.25, 1e-17, kNan, kInf, -kInf}, kExact)),
            "5f35658c9b912fa8a61c2160b74579a2");
  EXPECT_EQ(to_hex(values({0.0, 0.0})), "ca968e7ea367f8405a3666ed521383ef");
  EXPECT_EQ(to_hex(values({0.1, 0.2, 0.3}, {12, 20, false})), "0e61f7af622dc9cf6c59381b0fac8357");
  EXPECT_EQ(to_hex(key([](OutputSink& s) {
              s.direction(std::array{3.0, -4.5});
            })),
            "300e7df8a8826087f00a15a88bf8309a");
  EXPECT_EQ(to_hex(key([](OutputSink& s) {
              s.ranking(std::array{3.0, -4.5, 3.0});
            })),
            "62e320e56ee2320bf3b35e6f0fb2e62a");
  EXPECT_EQ(to_hex(key([](OutputSink& s) {
              s.labels(std::array<std::int64_t, 3>{7, -1, 7});
            })),
            "f29270cdedb2104444e8f5ff89933a24");
  EXPECT_EQ(to_hex(key([](OutputSink& s) { s.text("finished"), s.integer(-42); })),
            "49a5673097187eb15650c77bbf5f0fb3");
  EXPECT_EQ(to_hex(key([](OutputSink& s) {
              s.open_set();
              s.text("b"), s.end_item();
              s.text("a"), s.integer(1), s.end_item();
              s.close_set();
            })),
            "1a615a90b2a1e5cc8de4d2aa26e076bc");
}

// The digest of the first group above from its definition: header, scale code, cells.
TEST(SinkKnownAnswers, WordsAreHeaderScaleAndCells) {
  const std::array<std::uint64_t, 5> words{std::uint64_t{1} << 56 | 3, 2048, 25165824,
                                           static_cast<std::uint64_t>(-4194304), 0};
  EXPECT_EQ(values({1.5, -0.25, 1e-17}), digest_bytes(std::as_bytes(std::span(words))));
}

}  // namespace
}  // namespace equivolve::hashing
