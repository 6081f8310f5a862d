#include "engine/run/kernel.hpp"

namespace equivolve::engine {

std::string kernel_kind() {
#ifdef EQUIVOLVE_NATIVE_BUILD
  return "native";
#else
  return "x86-64-v3";
#endif
}

std::string missing_instructions() {
  std::string missing;
  auto need = [&](bool there, const char* name) {
    if (!there) missing += missing.empty() ? name : std::string(", ") + name;
  };
  need(__builtin_cpu_supports("avx2"), "AVX2");
  need(__builtin_cpu_supports("fma"), "FMA");
  need(__builtin_cpu_supports("bmi"), "BMI1");
  need(__builtin_cpu_supports("bmi2"), "BMI2");
  if (missing.empty()) return {};
  return "this processor lacks " + missing +
         "; Equivolve needs an x86-64-v3 machine (Intel Haswell, AMD Zen, or newer)";
}

}  // namespace equivolve::engine
