#include "search/space/parameter.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "tests/search/support/configurations.hpp"

namespace equivolve::search {
namespace {

using test::boolean;
using test::choice;
using test::integer;
using test::number;

TEST(Parameter, CountsItsValues) {
  EXPECT_EQ(value_count(integer("n", 1, 9)), 9);
  EXPECT_EQ(value_count(integer("n", -3, 10, false, 4)), 4) << "-3, 1, 5, 9";
  EXPECT_EQ(value_count(number("x", 0, 1, false, 0.1)), 11) << "whatever rounding says of 1 / 0.1";
  EXPECT_EQ(value_count(number("x", 0, 1)), std::numeric_limits<double>::infinity());
  EXPECT_EQ(value_count(number("x", 2, 2)), 1);
  EXPECT_EQ(value_count(choice("c", {"a", "b"})), 2);
  EXPECT_EQ(value_count(boolean("b")), 2);
}

TEST(Parameter, StepsAreTheNumbersAPersonWrites) {
  const Parameter p = number("x", 0.1, 0.9, false, 0.1);
  EXPECT_EQ(value_at(p, 2), 0.3) << "not 0.30000000000000004";
  EXPECT_EQ(value_at(p, 8), 0.9);
  for (double index = 0; index < 9; ++index) EXPECT_TRUE(has_value(p, value_at(p, index))) << index;
  EXPECT_FALSE(has_value(p, 0.35));
}

TEST(Parameter, HasItsValuesAndNoOthers) {
  const Parameter n = integer("n", -3, 10, false, 4);
  for (double value : {-3.0, 1.0, 5.0, 9.0}) EXPECT_TRUE(has_value(n, value)) << value;
  for (double value : {-7.0, 0.0, 2.0, 10.0, 13.0, 1.5, std::nan("")})
    EXPECT_FALSE(has_value(n, value)) << value;
  const Parameter x = number("x", -1, 1);
  EXPECT_TRUE(has_value(x, 0.0));
  EXPECT_FALSE(has_value(x, -0.0)) << "one number, one form";
  EXPECT_FALSE(has_value(x, std::numeric_limits<double>::infinity()));
  EXPECT_FALSE(has_value(boolean("b"), 2));
}

TEST(UnitScale, CountedValuesComeBack) {
  for (const Parameter& p :
       {integer("n", -5, 40), integer("n", 1, 1000, true), integer("n", 0, 100, false, 7),
        number("x", 0, 2, false, 0.05), choice("c", {"a", "b", "c"}), boolean("b"),
        integer("n", 4, 4), integer("n", -0x1p53, 0x1p53, false, 0x1p44)}) {
    double last = -1;
    for (double index = 0; index < value_count(p); ++index) {
      const double value = value_at(p, index), unit = to_unit(p, value);
      EXPECT_GE(unit, 0);
      EXPECT_LE(unit, 1);
      EXPECT_GT(unit, last) << "ascending";
      EXPECT_EQ(from_unit(p, unit), value) << p.name << " " << value;
      last = unit;
    }
    EXPECT_EQ(from_unit(p, -3), value_at(p, 0));
    EXPECT_EQ(from_unit(p, 7), value_at(p, value_count(p) - 1));
  }
}

TEST(UnitScale, ContinuousOnesAreLinearOrLogarithmic) {
  const Parameter linear = number("x", -10, 30);
  EXPECT_EQ(from_unit(linear, 0), -10);
  EXPECT_EQ(from_unit(linear, 1), 30);
  EXPECT_EQ(from_unit(linear, 0.25), 0);
  EXPECT_EQ(to_unit(linear, 10), 0.5);
  const Parameter log = number("x", 1e-5, 0.1, true);
  EXPECT_EQ(from_unit(log, 0), 1e-5) << "ends are exact";
  EXPECT_EQ(from_unit(log, 1), 0.1);
  EXPECT_NEAR(from_unit(log, 0.5), 1e-3, 1e-15);
  EXPECT_NEAR(to_unit(log, 1e-4), 0.25, 1e-12);
}

TEST(ParameterName, LettersDigitsAndAFewSigns) {
  for (const char* name : {"lr", "_x", "model.depth", "learning-rate", "B2"})
    EXPECT_TRUE(is_parameter_name(name)) << name;
  for (const char* name : {"", "2b", "-x", ".x", "a b", "a:b", "a/b", "a+b", "\xc3\xa4"})
    EXPECT_FALSE(is_parameter_name(name)) << name;
  EXPECT_TRUE(is_parameter_name(std::string(64, 'a')));
  EXPECT_FALSE(is_parameter_name(std::string(65, 'a')));
}

TEST(ParameterText, SaysWhatIsExpected) {
  EXPECT_EQ(expected_values(number("x", 1e-5, 0.1)), "a number from 1e-05 to 0.1");
  EXPECT_EQ(expected_values(number("x", 0, 1, false, 0.25)),
            "a number from 0 to 1 in steps of 0.25");
  EXPECT_EQ(expected_values(integer("n", 2, 9)), "an integer from 2 to 9");
  EXPECT_EQ(expected_values(choice("c", {"a", "b c"})), "one of a, \"b c\"");
  EXPECT_EQ(expected_values(boolean("b")), "true or false");
  EXPECT_EQ(expected_values(integer("n", 3, 3)), "3");
  EXPECT_EQ(expected_values(choice("c", std::vector<std::string>(14, "v"))),
            "one of v, v, v, v, v, v, v, v, v, v, v, v and 2 more");
}

}  // namespace
}  // namespace equivolve::search
