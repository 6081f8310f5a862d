#include "engine/store/fault_point.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace equivolve::engine {
namespace {

struct Plan {
  std::string name;  // empty: no plan
  std::uint64_t pass = 0;
};

// A plan that can never happen would make a fault test pass for nothing, so it ends the process.
Plan read_plan() {
  const char* text = std::getenv("EQUIVOLVE_FAULT");
  if (text == nullptr || *text == '\0') return {};
  const std::string_view plan(text);
  const std::size_t colon = plan.rfind(':');
  if (colon != std::string_view::npos) {
    const std::string_view name = plan.substr(0, colon);
    const std::uint64_t pass = std::strtoull(text + colon + 1, nullptr, 10);
    const std::vector<std::string> known = all_fault_points();
    if (std::ranges::find(known, name) != known.end() && pass > 0) {
      return {std::string(name), pass};
    }
  }
  std::fprintf(stderr, "EQUIVOLVE_FAULT=%s: not NAME:K with a known name and K from 1\n", text);
  std::_Exit(1);
}

}  // namespace

std::vector<std::string> all_fault_points() {
  std::vector<std::string> names(kFaultPoints.begin(), kFaultPoints.end());
  for (const std::string_view commit : kCommits)
    for (const char* when : {".before", ".after"}) names.push_back(std::string(commit) + when);
  return names;
}

void pass_fault_point(std::string_view name) {
  static const Plan kPlan = read_plan();
  static std::atomic<std::uint64_t> passes{0};
  if (kPlan.name.empty() || name != kPlan.name) return;
  if (passes.fetch_add(1) + 1 == kPlan.pass) kill(getpid(), SIGKILL);
}

}  // namespace equivolve::engine
