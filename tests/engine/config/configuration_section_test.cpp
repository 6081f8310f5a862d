// The section of a configuration space: what is read, what is refused, and in which words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "engine/config/space.hpp"
#include "hashing/stream.hpp"
#include "search/variation/variation.hpp"
#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

using search::Clause;
using search::ConfigurationSpace;
using search::Parameter;
using search::ParameterKind;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const SpaceSection& section() {
  return space_section(search::Representation::kConfiguration);
}

const std::string kOffered = R"({"representation": "configuration", "parameters": {
  "lr": {"type": "float", "low": 1e-5, "high": 0.1, "log": true, "default": 0.01},
  "depth": {"type": "int", "low": 1, "high": 9, "default": 2},
  "kind": {"type": "choice", "values": ["adam", "sgd", "lion"], "default": "sgd"},
  "batch": {"type": "int", "low": 16, "high": 512, "step": 16, "when": {"kind": ["adam", "lion"]}},
  "nesterov": {"type": "bool", "when": {"kind": "sgd", "depth": {"low": 2, "high": 5}}}},
  "forbidden": [{"kind": "lion", "depth": 9}]})";

ConfigurationSpace space(const std::string& user, const std::string& offered = kOffered) {
  const auto result = section().read(offered, user);
  if (result) return std::get<ConfigurationSpace>(*result);
  for (const PointerProblem& problem : result.error())
    ADD_FAILURE() << problem.pointer << ": " << problem.message;
  return {};
}

Parameter parameter(const ConfigurationSpace& space, const std::string& name) {
  const auto at = search::position_of(space, name);
  if (at) return space.parameters[*at];
  ADD_FAILURE() << "no parameter " << name;
  return {};
}

// "POINTER MESSAGE" of each problem.
std::vector<std::string> lines(const std::vector<PointerProblem>& problems) {
  std::vector<std::string> out;
  for (const PointerProblem& problem : problems)
    out.push_back(problem.pointer + " " + problem.message);
  return out;
}

std::vector<std::string> refusals(const std::string& user, const std::string& offered = kOffered) {
  const auto result = section().read(offered, user);
  return result ? std::vector<std::string>() : lines(result.error());
}

// Of a space that is the user's alone, with these parameters.
std::vector<std::string> own(const std::string& parameters, const std::string& more = "") {
  return refusals("{\"parameters\": {" + parameters + "}" + more + "}", "{}");
}

TEST(ConfigurationSection, TheExampleOfTheDocs) {
  const ConfigurationSpace s = space(R"({"representation": "configuration", "parameters": {
    "lr": {"type": "float", "low": 1e-5, "high": 0.1, "log": true},
    "depth": {"type": "int", "low": 1, "high": 9},
    "kind": {"type": "choice", "values": ["a", "b"]},
    "m": {"type": "int", "low": 2, "high": 64, "when": {"kind": "a"}},
    "flag": {"type": "bool"}},
    "forbidden": [{"kind": "b", "depth": 9}]})",
                                     "{}");
  std::vector<std::string> names;
  for (const Parameter& p : s.parameters) names.push_back(p.name);
  EXPECT_THAT(names, ElementsAre("depth", "flag", "kind", "lr", "m")) << "by name";
  const Parameter lr = parameter(s, "lr");
  EXPECT_EQ(lr.kind, ParameterKind::kFloat);
  EXPECT_EQ(lr.low, 1e-5);
  EXPECT_EQ(lr.high, 0.1);
  EXPECT_TRUE(lr.log);
  EXPECT_EQ(lr.step, 0);
  EXPECT_THAT(parameter(s, "kind").choices, ElementsAre("a", "b"));
  const Parameter m = parameter(s, "m");
  ASSERT_EQ(m.when.size(), 1u);
  EXPECT_EQ(s.parameters[m.when[0].parameter].name, "kind");
  EXPECT_THAT(m.when[0].values, ElementsAre(0));
  ASSERT_EQ(s.forbidden.size(), 1u);
  EXPECT_EQ(s.forbidden[0].size(), 2u);
}

TEST(ConfigurationSection, ParametersFollowTheirConditions) {
  const ConfigurationSpace s = space(R"({"parameters": {
    "a": {"type": "bool", "when": {"z": true}}, "z": {"type": "bool"}, "k": {"type": "bool"}}})",
                                     "{}");
  EXPECT_EQ(s.parameters[0].name, "k");
  EXPECT_EQ(s.parameters[1].name, "z");
  EXPECT_EQ(s.parameters[2].name, "a");
}

TEST(ConfigurationSection, ConditionsTakeValuesListsAndRanges) {
  const ConfigurationSpace s = space(R"({"parameters": {
    "n": {"type": "int", "low": 1, "high": 9}, "c": {"type": "choice", "values": [16, 0.5, true, "x"]},
    "a": {"type": "bool", "when": {"n": 3}}, "b": {"type": "bool", "when": {"n": [5, 3, 5]}},
    "d": {"type": "bool", "when": {"n": {"low": 4}}}, "e": {"type": "bool", "when": {"c": [0.5, 16]}},
    "f": {"type": "bool", "when": {"a": false, "n": {"high": 2.5}}}}})",
                                     "{}");
  EXPECT_THAT(parameter(s, "c").choices, ElementsAre("16", "0.5", "true", "x"));
  EXPECT_THAT(parameter(s, "a").when[0].values, ElementsAre(3));
  EXPECT_THAT(parameter(s, "b").when[0].values, ElementsAre(3, 5));
  EXPECT_TRUE(parameter(s, "d").when[0].is_range);
  EXPECT_EQ(parameter(s, "d").when[0].low, 4);
  EXPECT_EQ(parameter(s, "d").when[0].high, 9) << "the parameter's own";
  EXPECT_THAT(parameter(s, "e").when[0].values, ElementsAre(0, 1));
  EXPECT_EQ(parameter(s, "f").when.size(), 2u);
}

TEST(ConfigurationSection, TheUserNarrowsWhatIsOffered) {
  const ConfigurationSpace s = space(R"({"parameters": {
    "lr": {"low": 0.001, "high": 0.005}, "depth": {"high": 4, "log": true},
    "kind": {"type": "choice", "values": ["lion", "adam"]}, "batch": {"low": 32, "step": 64}},
    "forbidden": [{"depth": [1, 2], "kind": "adam"}]})");
  const Parameter lr = parameter(s, "lr");
  EXPECT_EQ(lr.low, 0.001);
  EXPECT_TRUE(lr.log) << "as offered";
  EXPECT_EQ(lr.default_value, 0.005) << "moved into the range";
  EXPECT_TRUE(parameter(s, "depth").log);
  EXPECT_EQ(parameter(s, "depth").low, 1);
  EXPECT_THAT(parameter(s, "kind").choices, ElementsAre("adam", "lion")) << "in the offered order";
  EXPECT_EQ(parameter(s, "kind").default_value, std::nullopt) << "sgd is gone";
  EXPECT_EQ(parameter(s, "batch").step, 64);
  EXPECT_THAT(parameter(s, "batch").when[0].values, ElementsAre(0, 1)) << "adam and lion";
  const Parameter nesterov = parameter(s, "nesterov");
  EXPECT_TRUE(std::any_of(nesterov.when.begin(), nesterov.when.end(), [](const Clause& clause) {
    return !clause.is_range && clause.values.empty();
  })) << "sgd was narrowed away: it is never active";
  ASSERT_EQ(s.forbidden.size(), 1u) << "a depth of 9 is not offered any more; the user's own is";
  EXPECT_EQ(s.forbidden[0].size(), 2u);
}

TEST(ConfigurationSection, AValueFixes) {
  const ConfigurationSpace s = space(R"({"parameters": {"lr": {"value": 0.01},
    "depth": {"value": 3}, "kind": {"value": "lion"}, "nesterov": {"value": true}}})");
  for (const char* name : {"lr", "depth", "kind", "nesterov"})
    EXPECT_TRUE(is_fixed(parameter(s, name))) << name;
  EXPECT_EQ(parameter(s, "lr").low, 0.01);
  EXPECT_THAT(parameter(s, "kind").choices, ElementsAre("lion"));
  EXPECT_EQ(parameter(s, "nesterov").low, 1);
  EXPECT_EQ(genome_text(default_genome(s).flat, s), "depth: 3\nkind: lion\nbatch: 16\nlr: 0.01\n");
  const ConfigurationSpace alone =
      space(R"({"parameters": {"a": {"value": 1}, "b": {"value": "x y"},
    "c": {"value": false}, "d": {"value": 1.5}, "e": {"type": "float", "value": 2}}})",
            "{}");
  EXPECT_EQ(genome_text(default_genome(alone).flat, alone),
            "a: 1\nb: \"x y\"\nc: false\nd: 1.5\ne: 2\n");
}

TEST(ConfigurationSection, RefusalsOfRanges) {
  EXPECT_THAT(own(R"("x": {"type": "float", "low": 2, "high": 1})"),
              ElementsAre("/parameters/x/low space.parameters.x.low is 2, space.parameters.x.high "
                          "is 1; expected a range"));
  EXPECT_THAT(own(R"("x": {"type": "float", "low": 0, "high": 1, "log": true})"),
              ElementsAre("/parameters/x/log space.parameters.x.log is true, "
                          "space.parameters.x.low is 0; expected a low above 0"));
  EXPECT_THAT(own(R"("x": {"type": "int", "low": 1.5, "high": 1e3})"),
              ElementsAre("/parameters/x/low space.parameters.x.low is 1.5; expected an integer, "
                          "in digits alone, at most 2^53",
                          "/parameters/x/high space.parameters.x.high is 1000.0; expected an "
                          "integer, in digits alone, at most 2^53"));
  EXPECT_THAT(own(R"("x": {"type": "float", "low": -1e308, "high": 1.7e308})"),
              ElementsAre(HasSubstr("expected a narrower range")));
  EXPECT_THAT(own(R"("x": {"type": "float", "low": 0})"),
              ElementsAre("/parameters/x space.parameters.x has no key 'high'; expected a finite "
                          "number"));
  EXPECT_THAT(own(R"("x": {"low": 0, "high": 1})"),
              ElementsAre("/parameters/x space.parameters.x has no key 'type'; expected float, "
                          "int, choice or bool"));
  EXPECT_THAT(own(R"("x": {"type": "float", "low": 0, "high": 1, "step": 2})"),
              ElementsAre("/parameters/x/step space.parameters.x.step is 2; expected at most 1, "
                          "the width of its range"));
  EXPECT_THAT(own(R"("x": {"type": "float", "low": 0, "high": 1, "step": 1e-12})"),
              ElementsAre(HasSubstr("expected at least 1e-09, or the key left out")));
  EXPECT_THAT(own(R"("x": {"type": "float", "low": 1, "high": 2, "step": 0.5, "log": true})"),
              ElementsAre("/parameters/x/step space.parameters.x.step stands beside log; expected "
                          "one of them"));
  EXPECT_THAT(own(R"("x": {"type": "int", "low": 1, "high": 9, "step": 1.5})"),
              ElementsAre(HasSubstr("expected an integer of at least 1")));
}

TEST(ConfigurationSection, RefusalsOfKeysAndValues) {
  EXPECT_THAT(own(R"("x": {"type": "choice", "low": 1})"),
              ElementsAre("/parameters/x/low space.parameters.x.low stands in a parameter of type "
                          "choice; expected values",
                          "/parameters/x space.parameters.x has no key 'values'; expected a list "
                          "of its values"));
  EXPECT_THAT(own(R"("x": {"type": "integer", "low": 1, "high": 3})"),
              ElementsAre("/parameters/x/type space.parameters.x.type is \"integer\"; expected "
                          "float or int or choice or bool"));
  EXPECT_THAT(own(R"("x": {"type": "choice", "values": ["a", 1, "a", "1"]})"),
              ElementsAre("/parameters/x/values/2 space.parameters.x.values[2] is \"a\", which "
                          "stands twice; expected each value once",
                          HasSubstr("/parameters/x/values/3")));
  EXPECT_THAT(own(R"("x": {"type": "int", "low": 1, "high": 3, "value": 2})"),
              ElementsAre("/parameters/x/low space.parameters.x.low stands beside value; expected "
                          "one of them",
                          HasSubstr("/parameters/x/high")));
  EXPECT_THAT(own(R"("x": {"type": "int", "value": 2.5})"),
              ElementsAre(HasSubstr("space.parameters.x.value is 2.5; expected an integer")));
  EXPECT_THAT(own(R"("x": {"type": "bool", "default": "yes"})"),
              ElementsAre("/parameters/x/default space.parameters.x.default is \"yes\"; expected "
                          "true or false"));
  EXPECT_THAT(own(R"("x": {"type": "choice", "values": ["adam", "sgd"], "default": "adma"})"),
              ElementsAre(HasSubstr("expected one of adam, sgd; did you mean 'adam'?")));
  EXPECT_THAT(own(R"("2x": {"type": "bool"}, "a b": {"type": "bool"})"),
              ElementsAre("/parameters/2x '2x' is no parameter's name; expected letters, digits, "
                          "'_', '-' and '.', a letter or '_' first, at most 64",
                          HasSubstr("'a b' is no parameter's name")));
  EXPECT_THAT(own(R"("x": {"type": "bool", "whne": {}})"),
              ElementsAre(HasSubstr("did you mean 'when'?")));
  EXPECT_THAT(own(R"("x": {"type": "choice", "values": [")" + std::string(201, 'y') + "\"]}"),
              ElementsAre(HasSubstr("with a length of at most 200")));
  const auto strange = own(R"("a\nb": {"type": "bool", "when": {"c": 1}})");
  EXPECT_THAT(strange, ElementsAre(HasSubstr("is no parameter's name")));
  EXPECT_EQ(strange[0].substr(strange[0].find(' ')).find('\n'), std::string::npos) << "one line";
  EXPECT_THAT(refusals("{}", "{}"),
              ElementsAre(" space has no parameters; expected a map of them"));
  EXPECT_THAT(refusals("[]"), ElementsAre(HasSubstr("expected a map")));
}

TEST(ConfigurationSection, RefusalsOfConditions) {
  const std::string base =
      R"("n": {"type": "int", "low": 1, "high": 9}, "kind": {"type": "choice", "values": ["a", "bcd"]}, )";
  EXPECT_THAT(own(base + R"("x": {"type": "bool", "when": {"knid": "a"}})"),
              ElementsAre("/parameters/x/when/knid unknown parameter 'knid' in "
                          "space.parameters.x.when; expected one of kind, n, x; did you mean "
                          "'kind'?"));
  EXPECT_THAT(own(base + R"("x": {"type": "bool", "when": {"kind": ["a", "bce"]}})"),
              ElementsAre("/parameters/x/when/kind/1 space.parameters.x.when.kind[1] is \"bce\"; "
                          "expected one of a, bcd; did you mean 'bcd'?"));
  EXPECT_THAT(own(base + R"("x": {"type": "bool", "when": {"n": 10}})"),
              ElementsAre("/parameters/x/when/n space.parameters.x.when.n is 10; expected an "
                          "integer from 1 to 9"));
  EXPECT_THAT(own(base + R"("x": {"type": "bool", "when": {"kind": {"low": 1}}})"),
              ElementsAre("/parameters/x/when/kind space.parameters.x.when.kind is a range, kind "
                          "is of type choice; expected one of a, bcd"));
  EXPECT_THAT(own(base + R"("x": {"type": "bool", "when": {"n": {"low": 5, "high": 4}}})"),
              ElementsAre(HasSubstr("is a range from 5 to 4; expected its low end first")));
  EXPECT_THAT(
      own(base + R"("x": {"type": "bool", "when": {"n": {"lo": 5}}})"),
      ElementsAre(AllOf(HasSubstr("/parameters/x/when/n"), HasSubstr("did you mean 'low'?"))));
  EXPECT_THAT(own(R"("a": {"type": "bool", "when": {"b": true}},
                     "b": {"type": "bool", "when": {"c": true}},
                     "c": {"type": "bool", "when": {"a": true}}, "d": {"type": "bool"})"),
              ElementsAre("/parameters/a/when conditions go round in a circle: a needs b needs c "
                          "needs a; expected an order"));
  EXPECT_THAT(own(R"("a": {"type": "bool", "when": {"a": true}})"),
              ElementsAre(HasSubstr("a needs a; expected an order")));
}

TEST(ConfigurationSection, RefusalsOfForbiddenCombinations) {
  const std::string base = R"("n": {"type": "int", "low": 1, "high": 3}, "b": {"type": "bool"})";
  EXPECT_THAT(own(base, R"(, "forbidden": [{"b": true}, {"m": 3, "b": 1}, {}])"),
              ElementsAre("/forbidden/1/b space.forbidden[1].b is 1; expected true or false",
                          "/forbidden/1/m unknown parameter 'm' in space.forbidden[1]; expected "
                          "one of b, n",
                          "/forbidden/2 space.forbidden[2] is empty; expected at least one "
                          "parameter and its values"));
  EXPECT_THAT(own(base, R"(, "forbidden": [{"b": true, "n": {"low": 2}}, {"b": false}, {"n": 1}])"),
              ElementsAre("/forbidden space.forbidden leaves nothing; expected at least one "
                          "configuration to be allowed"));
}

TEST(ConfigurationSection, RefusalsOverAnOffer) {
  EXPECT_THAT(refusals(R"({"parameters": {"lr": {"high": 0.5}, "depth": {"low": 0}}})"),
              ElementsAre("/parameters/depth/low space.parameters.depth.low is 0; expected an "
                          "integer from 1 to 9, as the evaluator offers",
                          "/parameters/lr/high space.parameters.lr.high is 0.5; expected a number "
                          "from 1e-05 to 0.1, as the evaluator offers"));
  EXPECT_THAT(refusals(R"({"parameters": {"lr": {"type": "int"}}})"),
              ElementsAre("/parameters/lr/type space.parameters.lr.type is \"int\"; expected "
                          "float, as the evaluator offers"));
  EXPECT_THAT(refusals(R"({"parameters": {"kind": {"values": ["adam", "sdg"]}}})"),
              ElementsAre("/parameters/kind/values/1 space.parameters.kind.values[1] is \"sdg\"; "
                          "expected one of adam, sgd, lion, as the evaluator offers; did you mean "
                          "'sgd'?"));
  EXPECT_THAT(refusals(R"({"parameters": {"kind": {"value": "adan"}}})"),
              ElementsAre(HasSubstr("did you mean 'adam'?")));
  EXPECT_THAT(refusals(R"({"parameters": {"dept": {"value": 3}}})"),
              ElementsAre("/parameters/dept unknown parameter 'dept' in space.parameters; expected "
                          "one of batch, depth, kind, lr, nesterov; did you mean 'depth'?"));
  EXPECT_THAT(refusals(R"({"parameters": {"batch": {"low": 20}}})"),
              ElementsAre(HasSubstr("expected an integer from 16 to 512 in steps of 16")));
  EXPECT_THAT(refusals(R"({"parameters": {"batch": {"step": 24}}})"),
              ElementsAre(HasSubstr("expected a multiple of 16, as the evaluator offers")));
  EXPECT_THAT(refusals(R"({"parameters": {"batch": {"when": {"kind": "adam"}}}})"),
              ElementsAre("/parameters/batch/when space.parameters.batch.when differs from what "
                          "the evaluator asks; expected the key left out, or "
                          "{\"kind\":[\"adam\",\"lion\"]}"));
  EXPECT_THAT(refusals(R"({"parameters": {"batch": {"when": {"kind": ["lion", "adam"]}}}})"),
              IsEmpty())
      << "the same";
  EXPECT_THAT(refusals(R"({"parameters": {"lr": {"value": 0.01}}, "forbidden": [{"lr": 0.02}]})"),
              ElementsAre("/forbidden/0/lr space.forbidden[0].lr is 0.02; expected 0.01"));
}

TEST(ConfigurationSection, SaysAllProblemsAtOnce) {
  EXPECT_THAT(refusals(R"({"parameters": {"lr": {"low": "x"}, "depth": {"low": 0, "hihg": 3},
    "batch": {"step": 24}, "nobody": {}}, "forbidden": [{"kind": "abc"}, {"lr": 1}]})"),
              ElementsAre(HasSubstr("unknown key 'hihg'"), HasSubstr("space.parameters.lr.low"),
                          HasSubstr("expected a multiple of 16"),
                          HasSubstr("unknown parameter 'nobody'"), HasSubstr("/forbidden/0/kind")))
      << "and nothing of conditions on what could not be read";
}

TEST(ConfigurationSection, ABadDefaultIsTheEvaluatorsFault) {
  EXPECT_THAT(
      refusals("{}", R"({"parameters": {"x": {"type": "int", "low": 2, "high": 1}}})"),
      ElementsAre(HasSubstr(" the evaluator's own default space is wrong at '/parameters/x/low'")));
  EXPECT_THAT(refusals("{}", R"({"parameters": {"x": {"type": "bool", "when": {"y": true}}}})"),
              ElementsAre(HasSubstr("wrong at '/parameters/x/when/y'")));
}

TEST(ConfigurationSection, ADefaultWithoutParametersLeavesThemToTheUser) {
  const std::string offered = R"({"representation": "configuration"})";
  EXPECT_THAT(refusals(R"({"parameters": {"x": {"type": "bool"}}})", offered), IsEmpty());
  EXPECT_THAT(refusals("{}", offered), ElementsAre(HasSubstr("no parameters")));
}

TEST(ConfigurationSection, AloneMissesNothingThatAnEvaluatorMayOffer) {
  const auto alone = [](const std::string& user) { return lines(section().check_alone(user)); };
  EXPECT_THAT(alone("{}"), IsEmpty());
  EXPECT_THAT(alone(R"({"parameters": {"lr": {"high": 0.01}, "depth": {"value": 3}},
                        "forbidden": [{"kind": "x", "lr": {"low": 0.005}, "depth": 3}]})"),
              IsEmpty());
  EXPECT_THAT(alone(R"({"parameters": {"lr": {"type": "float", "low": 2, "high": 1}}})"),
              ElementsAre(HasSubstr("expected a range")));
  EXPECT_THAT(alone(R"({"parameter": {}})"), ElementsAre(HasSubstr("did you mean 'parameters'?")));
}

TEST(ConfigurationSection, RoundTrips) {
  for (const char* user :
       {"{}", R"({"parameters": {"kind": {"values": ["adam", "lion"]}, "depth": {"high": 4}}})",
        R"({"parameters": {"kind": {"value": "adam"}, "lr": {"value": 0.1}, "depth": {"value": 3},
                           "nesterov": {"value": false}}})",
        R"({"parameters": {"batch": {"low": 32, "step": 32}}, "forbidden": [{"lr": {"low": 0.05}},
                           {"kind": "lion", "depth": 9}, {"kind": ["sgd", "adam"], "depth": [1, 2]}]})"}) {
    const search::Space one = *section().read(kOffered, user);
    const std::string json = section().to_json(one);
    EXPECT_EQ(section().read(json, "{}"), one) << json;
    EXPECT_EQ(section().read("{}", json), one) << json;
    EXPECT_EQ(section().read(kOffered, json), one) << json;
    EXPECT_EQ(*space_of_resolved(R"({"space": )" + json + "}"), one);
    // Names alone make the order, so genomes mean the same.
    hashing::Stream stream(1, hashing::Purpose::kTest, 0);
    const search::Genome genome = random_genome(one, stream);
    EXPECT_TRUE(check_genome(genome.flat, *section().read("{}", json)));
  }
}

TEST(ConfigurationSection, WritesEverythingOut) {
  EXPECT_EQ(section().to_json(search::Space(space(R"({"parameters": {
    "x": {"type": "float", "low": 0, "high": 1, "step": 0.25}, "n": {"type": "int", "low": 1, "high": 3},
    "c": {"type": "choice", "values": [1, "b"], "default": 1}, "b": {"type": "bool", "value": true},
    "y": {"type": "float", "low": 1, "high": 2, "when": {"n": {"low": 2}, "c": "b"}}},
    "forbidden": [{"n": 1, "c": "b"}]})",
                                                  "{}"))),
            R"({"forbidden":[{"c":["b"],"n":[1]}],"parameters":{"b":{"type":"bool","value":true},)"
            R"("c":{"default":"1","type":"choice","values":["1","b"]},)"
            R"("n":{"high":3,"log":false,"low":1,"step":1,"type":"int"},)"
            R"("x":{"high":1.0,"log":false,"low":0.0,"step":0.25,"type":"float"},)"
            R"("y":{"high":2.0,"log":false,"low":1.0,"type":"float",)"
            R"("when":{"c":["b"],"n":{"high":3.0,"low":2.0}}}},"representation":"configuration"})");
}

TEST(ConfigurationSection, ProblemsHaveLines) {
  auto result = read(
      "evaluator: toy\nspace:\n  representation: configuration\n  parameters:\n"
      "    lr: {high: 0.5}\n    dept: {value: 3}\n  forbidden: [{kind: adam, lr: 7}]\n");
  ASSERT_TRUE(result);
  const auto resolved = resolve_space(*result, kOffered);
  ASSERT_FALSE(resolved);
  const std::string text = text_of(resolved.error());
  EXPECT_THAT(text, HasSubstr("run.yaml:5:16: space.parameters.lr.high is 0.5"));
  EXPECT_THAT(text, HasSubstr("run.yaml:6:5: unknown parameter 'dept'"));
}

// The example and the text form on docs/spaces.md are a space and a candidate of it.
TEST(ConfigurationSection, ThePageIsTrue) {
  std::ifstream in(EQUIVOLVE_SOURCE "/docs/spaces.md");
  std::string page((std::istreambuf_iterator<char>(in)), {});
  page.erase(0, page.find("## `configuration`"));
  const auto block = [&](const std::string& fence) {
    const std::size_t from = page.find(fence) + fence.size(), to = page.find("```", from);
    const std::string text = page.substr(from, to - from);
    page.erase(0, to + 3);
    return text;
  };
  const std::string yaml = block("```yaml\n"), text = block("```\n");
  const auto configuration = read("evaluator: toy\n" + yaml);
  ASSERT_TRUE(configuration) << text_of(configuration.error());
  const auto resolved = resolve_space(*configuration, "{}");
  ASSERT_TRUE(resolved) << text_of(resolved.error());
  const auto genome = search::parse_genome(text, *resolved->space);
  ASSERT_TRUE(genome) << genome.error().message;
  EXPECT_EQ(search::genome_text(genome->flat, *resolved->space), text);
}

// Any JSON at any place is refused, or read; it never throws.
TEST(ConfigurationSection, StrangeDocumentsNeverHarm) {
  const std::vector<std::string> values{"null",
                                        "true",
                                        "0",
                                        "-1",
                                        "1e308",
                                        "1e-320",
                                        "\"\"",
                                        "\"a\"",
                                        "[]",
                                        "{}",
                                        "[[1]]",
                                        "[]",
                                        "0.1",
                                        "9007199254740993",
                                        "18446744073709551615",
                                        R"({"low": 1})",
                                        R"({"a": {"low": 1e300}})",
                                        R"({"a": [], "b": {}})",
                                        R"(["a", 1, true])",
                                        "\"int\"",
                                        "\"float\"",
                                        "\"choice\"",
                                        "\"bool\""};
  const std::vector<std::string> keys{"type",   "low",   "high",    "log",  "step",
                                      "values", "value", "default", "when", "other"};
  std::size_t accepted = 0;
  for (std::uint64_t n = 0; n < 4'000; ++n) {
    hashing::Stream stream(51, hashing::Purpose::kTest, n);
    const auto pick = [&](const std::vector<std::string>& from) {
      return from[stream.below(from.size())];
    };
    const auto parameter = [&] {
      std::string out = R"({"type": "int", "low": 1, "high": 5)";
      if (stream.chance(0.5)) out = R"({"type": "choice", "values": ["a", "b"])";
      for (std::uint64_t k = stream.below(3); k > 0; --k)
        out += ", \"" + pick(keys) + "\": " + pick(values);
      return out + "}";
    };
    std::string user = R"({"parameters": {"a": )" + parameter() + R"(, "b": )" + parameter() + "}";
    if (stream.chance(0.5)) user += R"(, "forbidden": [)" + pick(values) + "]";
    user += "}";
    const auto read = section().read("{}", user);
    section().check_alone(user);
    const auto over = section().read(user, user);
    if (!read) {
      EXPECT_FALSE(read.error().empty());
      continue;
    }
    ++accepted;
    EXPECT_TRUE(over && *over == *read) << user;
    EXPECT_EQ(section().read("{}", section().to_json(*read)), *read) << user;
    EXPECT_TRUE(check_genome(random_genome(*read, stream).flat, *read)) << user;
  }
  EXPECT_GT(accepted, 200u);
}

}  // namespace
}  // namespace equivolve::engine::test
