#include "evaluators/common/tables/choose_columns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace equivolve::tables {
namespace {

using ::testing::ElementsAre;

class ChooseColumns : public ::testing::Test {
 protected:
  ChooseColumns() {
    names_.names = {"age", "city", "3", "sex"};
    names_.unnamed.assign(4, false);
    target_.pointer = "/target";
    target_.name = "sex";
  }
  std::vector<std::size_t> places() const {
    const auto chosen = choose_columns("t.csv", names_, settings_, {target_});
    if (!chosen) ADD_FAILURE() << chosen.error().text;
    std::vector<std::size_t> out;
    for (const ChosenColumn& column : chosen->features) out.push_back(column.place);
    return out;
  }
  std::string fault(const std::string& pointer) const {
    const auto chosen = choose_columns("t.csv", names_, settings_, {target_});
    if (chosen) return "accepted";
    EXPECT_EQ(chosen.error().pointer, pointer);
    return chosen.error().text;
  }

  Names names_;
  TableSettings settings_;
  SpecialColumn target_;
};

TEST_F(ChooseColumns, TakesAllButTheTarget) {
  EXPECT_THAT(places(), ElementsAre(0, 1, 2));
}

TEST_F(ChooseColumns, FindsColumnsByNameThenByNumber) {
  target_.name = "3";  // a name
  EXPECT_THAT(places(), ElementsAre(0, 1, 3));
  target_.name = "-1";
  EXPECT_THAT(places(), ElementsAre(0, 1, 2));
  target_.name = "1";
  settings_.drop = {"2"};
  EXPECT_THAT(places(), ElementsAre(2, 3));
  settings_.drop.reset();
  settings_.features = {"sex", "-3"};
  EXPECT_THAT(places(), ElementsAre(1, 3));  // in the file's order
}

TEST_F(ChooseColumns, RefusesWhatIsNotThere) {
  settings_.drop = {"age", "citty"};
  EXPECT_EQ(fault("/drop/1"), "'t.csv' has no column 'citty' (did you mean 'city'?)");
  settings_.drop = {"5"};
  EXPECT_EQ(fault("/drop/0"), "'t.csv' has no column '5'; it has 4");
  settings_.drop.reset();
  settings_.features = {"agee"};
  EXPECT_EQ(fault("/features/0"), "'t.csv' has no column 'agee' (did you mean 'age'?)");
  target_.name = "sexx";
  EXPECT_EQ(fault("/target"), "'t.csv' has no column 'sexx' (did you mean 'sex'?)");
  names_.header = false;
  names_.names = {"c1", "c2", "c3", "c4"};
  target_.name = "income";
  EXPECT_EQ(fault("/target"),
            "'t.csv' has no column 'income'; it has no header (say header: true if it has), its "
            "columns are c1 to c4");
  names_ = {{"age city sex"}, {false}, true};
  EXPECT_EQ(fault("/target"),
            "'t.csv' has no column 'income'; it has one column, 'age city sex': is the separator "
            "right?");
}

TEST_F(ChooseColumns, RefusesTwoRoles) {
  settings_.drop = {"sex"};
  EXPECT_EQ(fault("/drop/0"), "column 'sex' is the target, not a feature");
  settings_.drop = {"city"};
  settings_.categorical = Categorical::kNamed;
  settings_.categories = {"age", "city"};
  EXPECT_EQ(fault("/categorical/1"), "column 'city' is not among the features");
  settings_.categories = {};
  settings_.drop = {"age", "city", "3"};
  EXPECT_EQ(fault("/drop"), "'t.csv' has no column beside the target that is left in");
}

TEST_F(ChooseColumns, WantsNamelessColumnsNamedByNumber) {
  names_.names[0] = "c1";
  names_.unnamed[0] = true;
  EXPECT_EQ(fault("/file"),
            "'t.csv': column 1 has no name in the header (an index?); name it, or leave it out "
            "with drop: [1]");
  settings_.drop = {"1"};
  EXPECT_THAT(places(), ElementsAre(1, 2));
  settings_.drop.reset();
  settings_.features = {"1", "city"};
  EXPECT_THAT(places(), ElementsAre(0, 1));
}

TEST_F(ChooseColumns, SaysWhatColumnsMayHold) {
  const auto uses = [&] {
    const auto chosen = choose_columns("t.csv", names_, settings_, {target_});
    std::vector<ColumnUse> out;
    for (const ChosenColumn& column : chosen->features) out.push_back(column.use);
    return out;
  };
  EXPECT_THAT(uses(), ElementsAre(ColumnUse::kAuto, ColumnUse::kAuto, ColumnUse::kAuto));
  settings_.categorical = Categorical::kNamed;
  settings_.categories = {"city"};
  EXPECT_THAT(uses(), ElementsAre(ColumnUse::kNumber, ColumnUse::kCategory, ColumnUse::kNumber));
  settings_.categorical = Categorical::kNone;
  EXPECT_THAT(uses(), ElementsAre(ColumnUse::kNumber, ColumnUse::kNumber, ColumnUse::kNumber));
}

}  // namespace
}  // namespace equivolve::tables
