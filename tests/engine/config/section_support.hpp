// Short verbs for tests of one representation's part of the section `space`.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/config/space.hpp"

namespace equivolve::engine::test {

/// The space of a user's section over what an evaluator offers; fails the test where it is refused.
template <class Space>
Space space_over(search::Representation representation, const std::string& offered,
                 const std::string& user) {
  const auto result = space_section(representation).read(offered, user);
  if (result) return std::get<Space>(*result);
  for (const PointerProblem& problem : result.error())
    ADD_FAILURE() << problem.pointer << ": " << problem.message;
  return {};
}

inline std::vector<std::string> texts_of(const std::vector<PointerProblem>& problems) {
  std::vector<std::string> out;
  for (const PointerProblem& problem : problems)
    out.push_back(problem.pointer + " " + problem.message);
  return out;
}

/// "POINTER MESSAGE" of each problem.
inline std::vector<std::string> refusals_over(search::Representation representation,
                                              const std::string& offered, const std::string& user) {
  const auto result = space_section(representation).read(offered, user);
  return result ? std::vector<std::string>{} : texts_of(result.error());
}

}  // namespace equivolve::engine::test
