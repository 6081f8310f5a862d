// What the engine costs: the search of a configuration without a results file and without a final
// stage, and what it took.
//
//   engine_rates FILE.yaml [KEY=VALUE ...]     settings over the file's, as `run --set` takes them
//
// Prints one JSON object: candidates, evaluations, hits, verified, wrong_hits; seconds (wall), rate
// (candidates a second), cpu_us (CPU time of the process a candidate, search only), peak_mib.
#include <sys/resource.h>

#include <cstdio>

#include "engine/run/search_only.hpp"

namespace equivolve {
namespace {

double process_cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double peak_mib() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_maxrss) / 1024;
}

int fail(const engine::ConfigProblems& problems) {
  std::fprintf(stderr, "%s", engine::text_of(problems).c_str());
  return 2;
}

int measure(const std::string& file, const engine::ReadOptions& options) {
  auto read = engine::read_configuration_file(file, options);
  if (!read) return fail(read.error());
  const auto prepared = engine::prepare(std::move(*read));
  if (!prepared) return fail(prepared.error().problems);
  const double before = process_cpu_seconds();
  const auto done = engine::search_only(*prepared);
  const double cpu = process_cpu_seconds() - before;
  if (!done) {
    std::fprintf(stderr, "engine_rates: %s\n", done.error().c_str());
    return 1;
  }
  const engine::PipelineTotals& t = done->totals;
  const auto candidates = static_cast<double>(t.candidates);
  std::printf(
      "{\"candidates\": %llu, \"evaluations\": %llu, \"hits\": %llu, \"verified\": %llu, "
      "\"wrong_hits\": %llu, \"seconds\": %.4f, \"rate\": %.0f, \"cpu_us\": %.4f, "
      "\"peak_mib\": %.1f, \"result_digest\": \"%s\"}\n",
      static_cast<unsigned long long>(t.candidates), static_cast<unsigned long long>(t.evaluations),
      static_cast<unsigned long long>(t.told - t.evaluations),
      static_cast<unsigned long long>(t.verified), static_cast<unsigned long long>(t.wrong_hits),
      done->seconds, candidates / done->seconds, 1e6 * cpu / candidates, peak_mib(),
      done->result_digest.c_str());
  return 0;
}

}  // namespace
}  // namespace equivolve

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "engine_rates FILE.yaml [KEY=VALUE ...]\n");
    return 2;
  }
  equivolve::engine::ReadOptions options;
  options.overrides.assign(argv + 2, argv + argc);
  return equivolve::measure(argv[1], options);
}
