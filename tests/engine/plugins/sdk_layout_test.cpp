#include <gtest/gtest.h>

#include <cstddef>

#include "evaluators/sdk/equivolve_evaluator.h"

extern "C" const std::size_t equivolve_test_c_layout[];
extern const std::size_t equivolve_test_cxx_layout[];

namespace {

// Layout of version 1.3, written down: structs grow at their end only; any other change breaks
// every evaluator that is out there. (1.0: eqv_output_sink ended where `known` begins, at 96. 1.2:
// eqv_instance_info where refines_genomes does, at 80, and eqv_evaluator where refine does, at
// 112.)
constexpr std::size_t kVersion1[] = {1280, 24, 56,  56, 32, 88, 56, 104, 16, 72, 544, 40,
                                     40,   56, 120, 16, 8,  32, 88, 56,  96, 24, 80,  112};

TEST(SdkLayout, IsTheSameInCAndCxxAndAsReleased) {
  for (std::size_t i = 0; i < std::size(kVersion1); ++i) {
    EXPECT_EQ(equivolve_test_c_layout[i], equivolve_test_cxx_layout[i]) << "entry " << i;
    EXPECT_EQ(equivolve_test_c_layout[i], kVersion1[i]) << "entry " << i;
  }
}

}  // namespace
