#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/config/config_support.hpp"
#include "tests/engine/config/section_support.hpp"

namespace equivolve::engine::test {
namespace {

using search::SequenceSpace;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kSequence = search::Representation::kSequence;
constexpr const char* kOffered = R"({"representation": "sequence", "alphabet": "ACGT",
  "min_length": 4, "max_length": 12, "initial_length": 8})";

const std::vector<std::string>& dna() {
  static const std::vector<std::string> symbols{"A", "C", "G", "T"};
  return symbols;
}

SequenceSpace space(const std::string& user, const std::string& offered = kOffered) {
  return space_over<SequenceSpace>(kSequence, offered, user);
}
std::vector<std::string> refusals(const std::string& user, const std::string& offered = kOffered) {
  return refusals_over(kSequence, offered, user);
}

TEST(SequenceSection, TheDefaultAlone) {
  EXPECT_EQ(space("{}"), (SequenceSpace{dna(), 4, 12, 8}));
  EXPECT_EQ(space(""), space("{}"));
}

TEST(SequenceSection, LengthsAsInAProgram) {
  EXPECT_EQ(space(R"({"length": 6})"), (SequenceSpace{dna(), 6, 6, 6}));
  EXPECT_EQ(space(R"({"min_length": 9})"), (SequenceSpace{dna(), 9, 12, 9}));
  EXPECT_EQ(space(R"({"max_length": 5, "initial_length": 4})"), (SequenceSpace{dna(), 4, 5, 4}));
  EXPECT_THAT(refusals(R"({"length": 6, "max_length": 7})"),
              ElementsAre(HasSubstr("/length space.length stands beside a length")));
  EXPECT_THAT(refusals(R"({"min_length": 13})"),
              ElementsAre("/min_length space.min_length is 13, space.max_length is 12; expected a "
                          "range"));
  EXPECT_THAT(refusals(R"({"initial_length": 3})"),
              ElementsAre("/initial_length space.initial_length is 3; expected 4 to 12, as its "
                          "lengths are"));
}

TEST(SequenceSection, AnAlphabetIsATextOrAList) {
  const auto alphabet = [](const std::string& value) {
    return space(R"({"length": 5, "alphabet": )" + value + "}", "{}").alphabet;
  };
  EXPECT_EQ(alphabet(R"("ACGT")"), dna());
  EXPECT_EQ(alphabet(R"(["A", "C", "G", "T"])"), dna());
  EXPECT_EQ(alphabet(R"("AACA")"), (std::vector<std::string>{"A", "C"}));
  EXPECT_EQ(alphabet(R"("αβ")"), (std::vector<std::string>{"α", "β"}));
  EXPECT_EQ(alphabet(R"(["H", "rot_y"])"), (std::vector<std::string>{"H", "rot_y"}));
}

TEST(SequenceSection, AlphabetsAreNarrowedInTheEvaluatorsOrder) {
  EXPECT_EQ(space(R"({"alphabet": "TA"})").alphabet, (std::vector<std::string>{"A", "T"}));
  EXPECT_EQ(space(R"({"alphabet": ["T", "A"]})").alphabet, (std::vector<std::string>{"A", "T"}));
  EXPECT_THAT(refusals(R"({"alphabet": "ACGU"})"),
              ElementsAre("/alphabet unknown symbol 'U'; expected one of A, C, G, T"));
  EXPECT_THAT(refusals(R"({"alphabet": ["H", "rotx"]})",
                       R"({"length": 3, "alphabet": ["H", "CX", "rot_x"]})"),
              ElementsAre("/alphabet/1 unknown symbol 'rotx'; expected one of H, CX, rot_x; did "
                          "you mean 'rot_x'?"));
}

TEST(SequenceSection, AllProblemsAreSaidAtOnce) {
  EXPECT_THAT(refusals(R"({"length": 0, "alfabet": "AC", "alphabet": ["N"]})"),
              testing::UnorderedElementsAre(
                  "/length space.length is 0; expected an integer from 1 to 65536",
                  HasSubstr("did you mean 'alphabet'?"), HasSubstr("unknown symbol 'N'")));
  EXPECT_THAT(refusals(R"({"max_length": 65537, "alphabet": 12})"),
              testing::UnorderedElementsAre(HasSubstr("/max_length"), HasSubstr("/alphabet")));
}

TEST(SequenceSection, SymbolsHaveNoBlanks) {
  EXPECT_THAT(refusals(R"({"length": 3, "alphabet": "A C"})", "{}"),
              ElementsAre("/alphabet '' cannot be the name of a symbol; expected up to 63 bytes "
                          "of text without blanks"));
  EXPECT_THAT(refusals(R"({"length": 3, "alphabet": ["A", "", "a b"]})", "{}"),
              ElementsAre(HasSubstr("/alphabet/1"), HasSubstr("/alphabet/2")));
}

TEST(SequenceSection, WithoutADefaultTheUserSaysAll) {
  EXPECT_THAT(refusals("{}", "{}"),
              ElementsAre(" space.alphabet is empty; expected at least one symbol",
                          " space has no length; expected length, or min_length and max_length"));
  EXPECT_THAT(refusals(R"({"alphabet": "AC", "max_length": 5})", "{}"),
              ElementsAre(HasSubstr("space has no length")));
  EXPECT_THAT(refusals(R"({"alphabet": "", "length": 5})", "{}"),
              ElementsAre(HasSubstr("/alphabet space.alphabet is empty")));
  EXPECT_EQ(space(R"({"alphabet": "AC", "min_length": 2, "max_length": 5})", "{}"),
            (SequenceSpace{{"A", "C"}, 2, 5, 2}));
}

TEST(SequenceSection, ADefaultMayLeaveTheLengthToTheUser) {
  EXPECT_THAT(refusals("{}", R"({"alphabet": "AC"})"),
              ElementsAre(HasSubstr("space has no length")));
  EXPECT_EQ(space(R"({"length": 3})", R"({"alphabet": "AC"})"),
            (SequenceSpace{{"A", "C"}, 3, 3, 3}));
}

TEST(SequenceSection, ABadDefaultIsTheEvaluatorsFault) {
  EXPECT_THAT(refusals("{}", R"({"alphabet": "AC", "length": 0})"),
              ElementsAre(HasSubstr("the evaluator's own default space is wrong at '/length'")));
}

TEST(SequenceSection, WithoutAnEvaluatorFormAndSymbolsAreChecked) {
  const auto alone = [](const std::string& user) {
    return texts_of(space_section(kSequence).check_alone(user));
  };
  EXPECT_THAT(alone("{}"), IsEmpty());
  EXPECT_THAT(alone(R"({"max_length": 5, "initial_length": 5})"), IsEmpty());
  EXPECT_THAT(alone(R"({"min_length": 5, "max_length": 4})"), ElementsAre(HasSubstr("a range")));
  EXPECT_THAT(alone(R"({"alphabet": ["a b"], "length": "3"})"),
              testing::UnorderedElementsAre(HasSubstr("/length"), HasSubstr("/alphabet/0")));
}

TEST(SequenceSection, RoundTrips) {
  for (const char* user : {"{}", R"({"length": 65536, "alphabet": "G"})",
                           R"({"min_length": 1, "max_length": 65536, "initial_length": 2})"}) {
    const search::Space any(space(user));
    EXPECT_EQ(space_section(kSequence).read(to_json(any), "{}"), any);
    EXPECT_EQ(space_section(kSequence).read("{}", to_json(any)), any);
    EXPECT_EQ(*space_of_resolved(R"({"space": )" + to_json(any) + "}"), any);
  }
}

TEST(SequenceSection, ProblemsHaveLines) {
  auto result =
      read("evaluator: toy\nspace:\n  representation: sequence\n  alphabet: ACGU\n  length: 8\n");
  ASSERT_TRUE(result) << text_of(result.error());
  const auto resolved = resolve_space(*result, kOffered);
  ASSERT_FALSE(resolved);
  EXPECT_THAT(text_of(resolved.error()), HasSubstr("run.yaml:4:13: unknown symbol 'U'"));
}

}  // namespace
}  // namespace equivolve::engine::test
