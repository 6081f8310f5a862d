#include "engine/run/executor.hpp"

#include <sched.h>

#ifdef EQUIVOLVE_TBB
#include "engine/run/tbb_executor.hpp"
#endif

namespace equivolve::engine {

tl::expected<std::unique_ptr<Executor>, std::string> make_executor(const std::string& kind,
                                                                   unsigned width) {
  if (kind == "threads") return make_thread_executor(width);
  if (kind == "tbb") {
#ifdef EQUIVOLVE_TBB
    return make_tbb_executor(width);
#else
    return tl::unexpected<std::string>("this build has no oneTBB; use workers.executor: threads");
#endif
  }
  return tl::unexpected<std::string>("unknown executor '" + kind + "'; expected tbb or threads");
}

unsigned available_cores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  const int count = CPU_COUNT(&set);
  return count > 0 ? static_cast<unsigned>(count) : 1;
}

}  // namespace equivolve::engine
