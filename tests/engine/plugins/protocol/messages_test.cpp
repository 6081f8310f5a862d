// Messages as text and back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

#include "engine/plugins/protocol/messages.hpp"

namespace equivolve::engine::protocol {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <class T>
T there_and_back(const T& body) {
  const std::string line = encode({7, body});
  EXPECT_THAT(line, Not(HasSubstr("\n")));
  EXPECT_TRUE(nlohmann::json::accept(line)) << line;
  const auto message = decode(line);
  if (!message) throw std::runtime_error(message.error().message);
  EXPECT_EQ(message->id, 7u);
  EXPECT_EQ(encode(*message), line) << "nothing is lost";
  return std::get<T>(message->body);
}

TEST(Messages, NumbersCrossBitForBit) {
  Result result;
  result.trial.status = Status::kOk;
  result.trial.figures = {
      0.1, 1.0 / 3, -0.0,      5e-324,    1.7976931348623157e308, 12345678901234567168.0, 1e22,
      3,   kNan,    kInfinity, -kInfinity};
  result.trial.items = {0.1, 5e-324, -0.0};
  result.trial.intermediate = {{~std::uint64_t{0}, 2, 0.1}};
  result.trial.cost = ~std::uint64_t{0};
  result.trial.seconds = 1.5e-7;
  const TrialResult back = there_and_back(result).trial;
  ASSERT_EQ(back.figures.size(), result.trial.figures.size());
  for (std::size_t i = 0; i < back.figures.size(); ++i) {
    const double a = result.trial.figures[i], b = back.figures[i];
    EXPECT_TRUE(std::isnan(a) ? std::isnan(b) : a == b && std::signbit(a) == std::signbit(b)) << i;
  }
  EXPECT_EQ(back.items, result.trial.items);
  EXPECT_TRUE(std::signbit(back.items[2]));
  EXPECT_EQ(back.intermediate[0].step, ~std::uint64_t{0});
  EXPECT_EQ(back.intermediate[0].value, 0.1);
  EXPECT_EQ(back.cost, ~std::uint64_t{0});
  EXPECT_EQ(back.seconds, 1.5e-7);
}

TEST(Messages, EveryKindCrosses) {
  const WireCandidate candidate{"program", {std::byte{1}, std::byte{0xff}}, "", "", ""};
  const WireCandidate text{"configuration", {}, "rate = 0.1\n\"x\"", R"({"rate":0.1})", ""};
  const WireCandidate reference{"", {}, "", "", "ridge"};
  there_and_back(Hello{1, "0.1"});
  there_and_back(
      Configure{R"({"data":null,"options":{"a":[1,2.5]}})", 12, hashing::GridKind::kShifted});
  there_and_back(AskSpace{"graph"});
  there_and_back(Bind{R"({"representation":"program"})"});
  there_and_back(AskReferences{});
  there_and_back(Refine{candidate});
  EXPECT_EQ(there_and_back(Probe{candidate, 5}).candidate.flat, candidate.flat);
  EXPECT_EQ(there_and_back(Evaluate{text, 1, 2, 1, 4, 5, 6, 1.5, true}).candidate.text, text.text);
  EXPECT_EQ(there_and_back(Apply{reference, R"({"data":"/x"})", 9}).candidate.reference, "ridge");
  there_and_back(Control{true});
  there_and_back(Cancel{});
  there_and_back(Ping{});
  there_and_back(Goodbye{});
  HelloOk hello;
  hello.build = "0.1";
  hello.descriptor = {"toy", "1", "s", true, true, true, true, {"program", "graph"}};
  hello.takes_flat = true;
  const HelloOk greeted = there_and_back(hello);
  EXPECT_EQ(greeted.descriptor.representations, hello.descriptor.representations);
  EXPECT_TRUE(greeted.descriptor.offers_apply && greeted.descriptor.deterministic);
  Info info;
  info.info.figures = {{"a", "s", Role::kConstraint, true, -kInfinity, 0, false}};
  info.info.levels = {{"low", 0.5, true}, {"full", 1, false}};
  info.info.data_digest = {1, ~std::uint64_t{0}};
  const EvaluatorInfo told = there_and_back(info).info;
  EXPECT_EQ(told.figures[0].role, Role::kConstraint);
  EXPECT_EQ(told.figures[0].low, -kInfinity);
  EXPECT_EQ(told.data_digest, info.info.data_digest);
  EXPECT_TRUE(told.levels[0].comparable_with_next);
  there_and_back(SpaceText{"{}"});
  there_and_back(References{{{"nothing", "always 0", ""}, {"one", "", "setup:\n"}}});
  there_and_back(Refined{{std::byte{3}}});
  const ProbeAnswer probe{Status::kOk, {{1, 2}, {{3, 4}, {5, 6}}}, "", ""};
  EXPECT_EQ(there_and_back(probe).digest, probe.digest);
  there_and_back(ProbeAnswer{Status::kOk, {}, R"([{"values":[1,2]}])", ""});
  there_and_back(Progress{1, 2, {0.5, kNan}, ""});
  there_and_back(Progress{1, 2, {}, R"({"loss":0.5})"});
  there_and_back(ItemsPart{{0.1, -1.0 / 3, 1e308}});
  there_and_back(ArtefactPart{"a.txt", "text/plain", {std::byte{10}}});
  there_and_back(Done{});
  there_and_back(Pong{});
  there_and_back(Log{1, "two\xffwords"});
  there_and_back(Failure{{"/options/x", "no", true}});
  Result failed;
  failed.trial.status = Status::kFailed;
  failed.trial.reason = Reason::kWrongShape;
  failed.trial.message = "why";
  EXPECT_EQ(there_and_back(failed).trial.reason, Reason::kWrongShape);
}

TEST(Messages, DocumentsOfEvaluatorsStayOnTheirLine) {
  HelloOk hello;
  hello.descriptor.id = "toy";
  hello.descriptor.version = "1";
  hello.config_schema = "{\n  \"type\": \"object\"\n}";
  hello.apply_schema = "no JSON";
  const HelloOk back = there_and_back(hello);
  EXPECT_EQ(back.config_schema, R"({"type":"object"})");
  EXPECT_EQ(back.apply_schema, "{}");
}

TEST(Messages, UnknownMembersArePassedOverUnknownTypesAreNot) {
  EXPECT_TRUE(decode(R"({"type":"ping","id":3,"later":[1,{"x":null}]})"));
  const auto unknown = decode(R"({"type":"dance","id":"3"})");
  ASSERT_FALSE(unknown);
  EXPECT_TRUE(unknown.error().unknown_type);
  EXPECT_EQ(unknown.error().id, 3u);
}

TEST(Messages, WhatIsWrongIsNamed) {
  struct Case {
    const char *line, *says;
  };
  for (const Case& one :
       {Case{"", "no JSON object"}, Case{"hello", "no JSON object: hello"},
        Case{"[1]", "no JSON object"}, Case{R"({"type":"ping","id":-1})", "'id'"},
        Case{R"({"type":"ping","id":"1x"})", "'id'"}, Case{R"({"id":1})", "no 'type'"},
        Case{R"({"type":4})", "'type' is no text"},
        Case{R"({"type":"result","figures":[1,"x"]})", "'figures' is no number"},
        Case{R"({"type":"result","status":"fine"})", "'status' is 'fine'"},
        Case{R"({"type":"result","items":"AAAA"})", "'items' are no doubles"},
        Case{R"({"type":"result","seconds":"nan"})", "'seconds'"},
        Case{R"({"type":"evaluate"})", "no 'candidate'"},
        Case{R"({"type":"evaluate","candidate":{"flat":"?"}})", "'flat' is no base64"},
        Case{R"({"type":"probe_ok","digest":"12"})", "'digest'"},
        Case{R"({"type":"info","figures":[3]})", "no object"},
        Case{"{\"type\":\"\xff\"}", "no JSON object"}}) {
    const auto message = decode(one.line);
    ASSERT_FALSE(message) << one.line;
    EXPECT_THAT(message.error().message, HasSubstr(one.says)) << one.line;
  }
}

TEST(Messages, DeepAndWideOnesAreRefusedBeforeTheyAreRead) {
  const std::string deep(1'000'000, '[');
  const auto refused = decode(deep);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("too deep"));
  std::string wide = R"({"type":"result","figures":[0)";
  for (int i = 0; i < 1'000'001; ++i) wide += ",0";
  EXPECT_FALSE(decode(wide + "]}"));
}

}  // namespace
}  // namespace equivolve::engine::protocol
