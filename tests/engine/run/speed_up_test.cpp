#include "engine/run/speed_up.hpp"

#include <gtest/gtest.h>

#include "engine/run/probe_time.hpp"

namespace equivolve::engine {
namespace {

using namespace std::chrono_literals;

TEST(SpeedUp, ComparesTheSecondsWithAndWithoutHashing) {
  EXPECT_DOUBLE_EQ(measured_speed_up(1, 3, 9).value(), 3);
  EXPECT_DOUBLE_EQ(measured_speed_up(1, 1, 0).value(), 0.5) << "nothing was saved";
  EXPECT_FALSE(measured_speed_up(1, 0, 0)) << "nothing was evaluated";
  EXPECT_FALSE(measured_speed_up(0, 0, 0));
}

TEST(SpeedUp, IsComplainedAboutOnceAndOnlyWhenItStaysUnderOne) {
  SlowHashing slow;
  EXPECT_FALSE(slow.look(0s, std::nullopt));
  EXPECT_FALSE(slow.look(1s, 0.5));
  EXPECT_FALSE(slow.look(30s, 0.5));
  EXPECT_FALSE(slow.look(30500ms, 1.5)) << "it has recovered";
  EXPECT_FALSE(slow.look(32s, 0.9));
  EXPECT_FALSE(slow.look(61s, 0.9));
  EXPECT_TRUE(slow.look(62s, 0.9));
  EXPECT_FALSE(slow.look(63s, 0.9)) << "once";
  EXPECT_FALSE(slow.look(1000s, 0.9));
}

TEST(SpeedUp, TheAdviceNamesTheSetting) {
  const std::string advice = slow_hashing_advice(0.874);
  EXPECT_NE(advice.find("0.87x"), std::string::npos);
  EXPECT_NE(advice.find("hashing.policy: off"), std::string::npos);
}

TEST(ProbeTimes, AreThoseOfAllSessions) {
  const ProbeTime measured{200, 0.5};
  EXPECT_DOUBLE_EQ(measured.of_all(200).value(), 0.5);
  EXPECT_DOUBLE_EQ(measured.of_all(400).value(), 1) << "half of them in a session that was killed";
  EXPECT_EQ(ProbeTime{}.of_all(0), 0.0);
  EXPECT_FALSE(ProbeTime{}.of_all(10)) << "nobody knows";
}

TEST(ProbeTimes, ComeBackFromTheEvents) {
  const ProbeTime measured{300'000, 0.1 + 0.2};
  const std::vector<EventRow> events = {{"started", "{}"},
                                        probed_event({7, 1}),
                                        {"resumed", "{\"told\":7}"},
                                        probed_event(measured),
                                        {"finished", "{}"}};
  EXPECT_EQ(last_probed(events).probes, measured.probes);
  EXPECT_EQ(last_probed(events).seconds, measured.seconds);
  EXPECT_EQ(last_probed({{"started", "{}"}}).probes, 0u);
  EXPECT_EQ(last_probed({{"probed", "rubbish"}}).probes, 0u);
  EXPECT_EQ(last_probed({{"probed", R"({"probes":"many"})"}}).probes, 0u);
}

TEST(HashingOnlySaves, WhereItHasNoSayInWhatIsBredOrTold) {
  Configuration config;
  EXPECT_TRUE(hashing_only_saves(config));
  config.hashing.policy = hashing::Policy::kForget;
  EXPECT_TRUE(hashing_only_saves(config));
  config.hashing.policy = hashing::Policy::kAggregate;
  EXPECT_FALSE(hashing_only_saves(config)) << "it makes means of trials";
  config = {};
  config.search.functional_change = 1;
  EXPECT_FALSE(hashing_only_saves(config));
  config = {};
  config.search.tabu_limit = 1;
  EXPECT_FALSE(hashing_only_saves(config));
}

}  // namespace
}  // namespace equivolve::engine
