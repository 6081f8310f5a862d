#include "search/genome/expression_names.hpp"

#include <vector>

#include "search/genome/expression_ops.hpp"
#include "search/genome/nearest_name.hpp"

namespace equivolve::search {
namespace {

/// What operations are called elsewhere, and no misspelling leads to; others in a text, each
/// between spaces.
struct OtherNames {
  std::string_view name, others;
};
constexpr OtherNames kOtherNames[] = {
    {"add", " + plus addition "},
    {"sub", " - minus subtract "},
    {"mul", " * times multiply prod "},
    {"div", " / divide quotient "},
    {"negate", " neg negative "},
    {"reciprocal", " inv inverse recip "},
    {"sqrt", " root square_root "},
    {"square", " sq "},
    {"power", " ^ ** pow "},
    {"log", " ln "},
    {"arcsin", " asin "},
    {"arccos", " acos "},
    {"arctan", " atan "},
    {"min", " minimum "},
    {"max", " maximum "},
    {"heaviside", " step "},
    {"less", " < lt "},
    {"where", " if ifelse cond "},
    {"lse", " logaddexp logsumexp "},
    {"clamp", " clip "},
};

}  // namespace

std::string expression_op_suggestion(std::string_view name) {
  const std::string word = " " + std::string(name) + " ";
  for (const OtherNames& one : kOtherNames)
    if (one.others.find(word) != std::string_view::npos)
      return "; did you mean '" + std::string(one.name) + "'?";
  std::vector<std::string> names;
  for (const ExpressionOpInfo& info : expression_op_table())
    if (info.arity > 0) names.emplace_back(info.name);
  return suggestion(name, names);
}

}  // namespace equivolve::search
