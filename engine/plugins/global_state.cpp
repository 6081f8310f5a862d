#include "engine/plugins/global_state.hpp"

#include <cfenv>
#include <clocale>

namespace equivolve::engine {
namespace {

std::string current_locale() {
  const char* name = std::setlocale(LC_ALL, nullptr);
  return name ? name : "C";
}

}  // namespace

void FloatingPointState::put_back() const {
  // Those who change the mode do so with fesetround, which also sets the x87 unit behind long
  // double.
  constexpr unsigned kRoundingShift = 13;
  constexpr int kModes[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
  std::fesetround(kModes[(control_ >> kRoundingShift) & 3u]);
  _mm_setcsr(control_);
}

LocaleState::LocaleState() : name_(current_locale()) {}

bool LocaleState::restore() const {
  if (current_locale() == name_) return false;
  std::setlocale(LC_ALL, name_.c_str());
  return true;
}

}  // namespace equivolve::engine
