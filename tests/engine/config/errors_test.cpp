// Bad files, each with the message that a person gets.
#include <gtest/gtest.h>

#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

struct Bad {
  const char* name;
  std::string text;
  std::string message;
};

class Errors : public ::testing::TestWithParam<Bad> {};

TEST_P(Errors, SayPlaceFindingAndExpectation) {
  EXPECT_EQ(first_line(GetParam().text), GetParam().message);
}

const std::string kTop =
    "expected one of name, seed, evaluator, data, options, space, search, hashing, budget, final, "
    "vary, plugins, workers, store";

INSTANTIATE_TEST_SUITE_P(
    Table, Errors,
    ::testing::Values(
        Bad{"empty_file", "",
            "run.yaml:1:1: there is nothing in it; expected at least 'evaluator: ID'"},
        Bad{"comments_only", "# nothing\n",
            "run.yaml:1:1: there is nothing in it; expected at least 'evaluator: ID'"},
        Bad{"a_list", "- a\n- b\n",
            "run.yaml:1:1: the text is a list; expected a map with at least 'evaluator: ID'"},
        Bad{"a_scalar", "hello",
            "run.yaml:1:1: the text is 'hello'; expected a map with at least 'evaluator: ID'"},
        Bad{"no_evaluator", "seed: 1\n",
            "run.yaml:1:1: there is no key 'evaluator'; expected 'evaluator: ID' (`equivolve "
            "evaluators list` prints the ids)"},
        Bad{"unknown_key", "evaluator: toy\nsede: 7\n",
            "run.yaml:2:1: unknown key 'sede'; " + kTop + "; did you mean 'seed'?"},
        Bad{"unknown_key_far_off", "evaluator: toy\nwhatever_this_is: 7\n",
            "run.yaml:2:1: unknown key 'whatever_this_is'; " + kTop},
        Bad{"unknown_nested_key", "evaluator: toy\nbudget:\n  candidate: 7\n",
            "run.yaml:3:3: unknown key 'candidate' in budget; expected one of candidates, "
            "evaluations, time, target; did you "
            "mean 'candidates'?"},
        Bad{"duplicate_key", "evaluator: toy\nseed: 1\nname: a\nseed: 2\n",
            "run.yaml:4:1: key 'seed' is there twice, first in line 2; expected it once"},
        Bad{"duplicate_nested_key", "evaluator: toy\ndata: {a: 1, b: 2, \"a\": 3}\n",
            "run.yaml:2:20: key 'a' is there twice, first in line 2; expected it once"},
        Bad{"seed_is_text", "evaluator: toy\nseed: abc\n",
            "run.yaml:2:7: seed is 'abc'; expected an integer from 0 to 18446744073709551615"},
        Bad{"seed_is_quoted", "evaluator: toy\nseed: \"7\"\n",
            "run.yaml:2:7: seed is the text \"7\", which is a text because of its quotes; expected "
            "an integer from 0 to "
            "18446744073709551615"},
        Bad{"seed_is_negative", "evaluator: toy\nseed: -1\n",
            "run.yaml:2:7: seed is '-1', which is negative; expected an integer from 0 to "
            "18446744073709551615"},
        Bad{"seed_is_octal", "evaluator: toy\nseed: 010\n",
            "run.yaml:2:7: seed is '010', which starts with a zero; expected an integer from 0 to "
            "18446744073709551615"},
        Bad{"seed_is_2_to_the_64", "evaluator: toy\nseed: 18446744073709551616\n",
            "run.yaml:2:7: seed is '18446744073709551616', which is out of range; expected an "
            "integer from 0 to "
            "18446744073709551615"},
        Bad{"seed_is_a_float", "evaluator: toy\nseed: 1e3\n",
            "run.yaml:2:7: seed is '1e3', which is not written in plain digits; expected an "
            "integer from 0 to "
            "18446744073709551615"},
        Bad{"seed_is_hexadecimal", "evaluator: toy\nseed: 0x10\n",
            "run.yaml:2:7: seed is '0x10'; expected an integer from 0 to 18446744073709551615"},
        Bad{"seed_is_empty", "evaluator: toy\nseed:\nname: a\n",
            "run.yaml:2:1: seed is empty; expected an integer from 0 to 18446744073709551615"},
        Bad{"seed_is_null", "evaluator: toy\nseed: ~\n",
            "run.yaml:2:7: seed is empty; expected an integer from 0 to 18446744073709551615"},
        Bad{"seed_is_a_list", "evaluator: toy\nseed: [1]\n",
            "run.yaml:2:7: seed is a list; expected an integer from 0 to 18446744073709551615"},
        Bad{"population_zero", "evaluator: toy\nsearch: {population_size: 0}\n",
            "run.yaml:2:27: search.population_size is '0'; expected an integer from 1 to 10000000"},
        Bad{"probability_too_large", "evaluator: toy\nsearch:\n  mutation_probability: 1.5\n",
            "run.yaml:3:25: search.mutation_probability is '1.5'; expected a number from 0 to 1"},
        Bad{"probability_nan", "evaluator: toy\nsearch:\n  mutation_probability: nan\n",
            "run.yaml:3:25: search.mutation_probability is 'nan', which is not finite; expected a "
            "number from 0 to 1"},
        Bad{"probability_yaml_inf", "evaluator: toy\nsearch:\n  mutation_probability: .inf\n",
            "run.yaml:3:25: search.mutation_probability is '.inf'; expected a number from 0 to 1"},
        Bad{"bad_boolean", "evaluator: toy\nhashing: {record: yes}\n",
            "run.yaml:2:19: hashing.record is 'yes'; expected true or false"},
        Bad{"bad_choice", "evaluator: toy\nsearch: {algorithm: randam}\n",
            "run.yaml:2:21: search.algorithm is 'randam'; expected regularized_evolution or "
            "random; did you mean 'random'?"},
        Bad{"later_policy", "evaluator: toy\nhashing: {policy: forget}\n",
            "run.yaml:2:19: hashing.policy is 'forget', which is not available yet in this "
            "version; expected reuse or off"},
        Bad{"later_order", "evaluator: toy\nsearch: {order: arrival}\n",
            "run.yaml:2:17: search.order is 'arrival', which is not available yet in this version; "
            "expected ticket"},
        Bad{"later_isolation", "evaluator: {id: toy, isolation: process}\n",
            "run.yaml:1:33: evaluator.isolation is 'process', which is not available yet in this "
            "version; expected thread"},
        Bad{"later_command", "evaluator: {command: [python3, train.py]}\n",
            "run.yaml:1:13: evaluator.command is not available yet in this version; expected an "
            "evaluator's id; `equivolve "
            "evaluators list` prints them"},
        Bad{"later_repeats", "evaluator: toy\nsearch: {repeats: 3}\n",
            "run.yaml:2:19: search.repeats is '3'; expected 1 (the only one in this version)"},
        Bad{"later_vary", "evaluator: toy\nvary: {search.algorithm: [random]}\n",
            "run.yaml:2:1: vary is not available yet in this version; expected {}, or one file for "
            "each run"},
        Bad{"later_representation", "evaluator: toy\nspace: {representation: graph}\n",
            "run.yaml:2:25: space.representation is 'graph', which is not available yet in this "
            "version; expected program"},
        Bad{"duration_without_unit", "evaluator: toy\nbudget: {time: 10}\n",
            "run.yaml:2:16: budget.time is '10', which has no unit; expected a duration such as "
            "10m or 1.5h (units ns us ms s m "
            "h d), more than 0"},
        Bad{"duration_zero", "evaluator: toy\nbudget: {time: 0s}\n",
            "run.yaml:2:16: budget.time is '0s'; expected a duration such as 10m or 1.5h (units ns "
            "us ms s m h d), more than 0"},
        Bad{"duration_unknown_unit", "evaluator: {id: toy, deadline: 3 weeks}\n",
            "run.yaml:1:32: evaluator.deadline is '3 weeks', which has an unknown unit 'weeks'; "
            "expected a duration such as 10m "
            "or 1.5h (units ns us ms s m h d), or 0 for none"},
        Bad{"target_is_a_number", "evaluator: toy\nbudget: {target: 0.99}\n",
            "run.yaml:2:18: budget.target is '0.99'; expected a map of figures and numbers, as in "
            "{accuracy: 0.99}"},
        Bad{"target_name", "evaluator: toy\nbudget: {target: {my accuracy: 0.99}}\n",
            "run.yaml:2:19: budget.target names 'my accuracy'; expected names of figures: "
            "[A-Za-z][A-Za-z0-9_.-]{0,63}"},
        Bad{"section_empty", "evaluator: toy\nsearch:\nseed: 1\n",
            "run.yaml:2:1: search is empty; expected a value, or the line left out"},
        Bad{"section_scalar", "evaluator: toy\nsearch: random\n",
            "run.yaml:2:9: search is 'random'; expected a map of algorithm, population_size, "
            "tournament_size, "
            "mutation_probability, crossover_probability, restart_after, lookahead, repeats, "
            "order"},
        Bad{"evaluator_path", "evaluator: ../../evil\n",
            "run.yaml:1:12: evaluator.id is '../../evil', which cannot be an id; expected an "
            "evaluator's id: "
            "[A-Za-z][A-Za-z0-9_.-]{0,63}"},
        Bad{"evaluator_without_id", "evaluator: {deadline: 1m}\n",
            "run.yaml:1:12: evaluator has no key 'id'; expected {id: ID}"},
        Bad{"name_of_digits", "evaluator: toy\nname: 12\n",
            "run.yaml:2:7: name is '12', which would be read as a run's number or as 'the latest "
            "run'; expected a line of 1 to "
            "200 bytes that is neither all digits nor 'latest'"},
        Bad{"tournament_above_population",
            "evaluator: toy\nsearch: {tournament_size: 20, population_size: 10}\n",
            "run.yaml:2:27: search.tournament_size is 20, search.population_size is 10; expected a "
            "tournament no larger than "
            "the population"},
        Bad{"data_is_a_list", "evaluator: toy\ndata: [a.csv]\n",
            "run.yaml:2:7: data is a list; expected a map or the name of a file"},
        Bad{"option_octal", "evaluator: toy\noptions: {rate: 010}\n",
            "run.yaml:2:17: options: '010' is no safe number; expected one without leading zeros "
            "or plus, below 2^64, or "
            "quotes where it is a text"},
        Bad{"option_infinite", "evaluator: toy\noptions: {rate: .inf}\n",
            "run.yaml:2:17: options: '.inf' is not finite; expected a finite number"},
        Bad{"plugin_folders_scalar", "evaluator: toy\nplugins: {folders: /opt}\n",
            "run.yaml:2:20: plugins.folders is '/opt'; expected a list of paths"},
        Bad{"merge_key", "base: &b {seed: 1}\n<<: *b\n",
            "run.yaml:2:1: a merge key (<<) is not supported; expected the keys written out"},
        Bad{"custom_tag", "evaluator: !secret toy\n",
            "run.yaml:1:12: a tag (!secret) is not supported; expected the value alone, in quotes "
            "where it is a text"},
        Bad{"standard_tag", "evaluator: toy\nseed: !!int 5\n",
            "run.yaml:2:7: a tag (tag:yaml.org,2002:int) is not supported; expected the value "
            "alone, in quotes where it is a text"},
        Bad{"list_as_key", "evaluator: toy\n? [a, b]\n: 1\n",
            "run.yaml:2:3: a key is a list or a map; expected a name"},
        Bad{"empty_key", "evaluator: toy\n: 1\n", "run.yaml:2:1: a key is empty; expected a name"},
        Bad{"alias_as_key", "evaluator: &e toy\n*e : 1\n",
            "run.yaml:2:1: a key is an alias; expected it written out"},
        Bad{"second_document", "evaluator: toy\n---\nevaluator: toy\n",
            "run.yaml:2:1: more follows after the document's end; expected one document (is an "
            "indentation wrong?)"},
        Bad{"text_after_the_root", "{evaluator: toy}\n]\n",
            "run.yaml:2:1: this is no YAML: illegal flow end; expected no ']' or '}' without its "
            "opening one"},
        Bad{"cyclic_anchor", "evaluator: toy\ndata: &a {b: *a}\n",
            "run.yaml:2:14: the anchor contains itself; expected an alias of something finished"},
        Bad{"unknown_alias", "evaluator: *nobody\n",
            "run.yaml:1:12: this is no YAML: the referenced anchor is not defined; expected an "
            "alias (*name) after its anchor "
            "(&name), or quotes around a text with a *"},
        Bad{"tab_indent", "evaluator: toy\nsearch:\n\talgorithm: random\n",
            "run.yaml:3:11: this is no YAML: illegal map value; a tab cannot indent, expected "
            "spaces"},
        Bad{"unclosed_flow", "evaluator: toy\nsearch: {algorithm: random\n",
            "run.yaml:3:1: this is no YAML: end of map flow not found; expected a closing '}'"},
        Bad{"nul_byte", std::string("evaluator: toy\nname: a\0b\n", 25),
            "run.yaml:2:8: a NUL byte; expected UTF-8 text"},
        Bad{"not_utf8", "evaluator: toy\nname: \xff\n",
            "run.yaml:2:7: a byte that is no UTF-8; expected UTF-8 text"},
        Bad{"utf16", std::string("\xff\xfe\x65\x00", 4),
            "run.yaml:1:1: a byte that is no UTF-8; expected UTF-8 text"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(ErrorText, ShowsTheLineAndACaretUnderThePlace) {
  EXPECT_EQ(problems("evaluator: toy\nsearch: {lookahead: 0}   # no\n"),
            "run.yaml:2:21: search.lookahead is '0'; expected an integer from 1 to 65536\n"
            "  search: {lookahead: 0}   # no\n"
            "                      ^\n");
}

TEST(ErrorText, CountsCharactersAndNotBytes) {
  EXPECT_EQ(problems("evaluator: toy\noptions: {\"\xc3\xa9\xc3\xa9\": .nan}\n"),
            "run.yaml:2:17: options: '.nan' is not finite; expected a finite number\n"
            "  options: {\"\xc3\xa9\xc3\xa9\": .nan}\n"
            "                  ^\n");
}

TEST(ErrorText, LongLinesAreCutAroundThePlace) {
  const std::string text = problems("evaluator: toy\noptions: {a: " + std::string(5000, 'x') +
                                    ", b: .nan, c: " + std::string(5000, 'y') + "}\n");
  EXPECT_LT(text.size(), 400u);
  EXPECT_NE(text.find("xxx, b: .nan, c: yyy"), std::string::npos) << text;
}

TEST(Errors, AllOfThemAreReportedAtOnce) {
  const auto result =
      read("evaluatr: toy\nseed: x\nsearch: {lookahead: 0, order: arrival}\nbudget: {time: 1}\n");
  ASSERT_FALSE(result);
  std::vector<std::uint32_t> lines;
  for (const ConfigProblem& problem : result.error()) lines.push_back(problem.line);
  EXPECT_EQ(lines, (std::vector<std::uint32_t>{1, 2, 3, 3, 4, 1}));
}

}  // namespace
}  // namespace equivolve::engine::test
