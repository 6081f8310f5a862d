// What storing costs: candidates/s, CPU of the writer's thread, bytes, and how long an
// acknowledgement takes.
//
//   equivolve_measure_store FILE [CANDIDATES] [RATE]     RATE: candidates pushed a second; 0: as
//   fast as they go
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

#include "tests/engine/store/store_fixture.hpp"

namespace {

using namespace equivolve;
using namespace equivolve::engine;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double cpu_seconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

std::uint64_t bytes_written() {
  std::ifstream io("/proc/self/io");
  for (std::string word; io >> word;) {
    if (word == "write_bytes:" && io >> word) return std::stoull(word);
  }
  return 0;
}

int fail(const StoreError& error) {
  fmt::print(stderr, "{}\n", error.message);
  return 3;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::filesystem::path file = argv[1];
  const std::uint64_t count = argc > 2 ? std::stoull(argv[2]) : 1'000'000;
  const double rate = argc > 3 ? std::stod(argv[3]) : 0;
  // A stretch of made-up records, used again and again with new numbers, so that making them costs
  // next to nothing.
  constexpr std::uint64_t kStretch = 4096;
  const auto stretch = tests::make_records(0, kStretch);
  auto writer = StoreWriter::open(file);
  if (!writer) return fail(writer.error());
  RunHead head = tests::make_head();
  head.figures.resize(1);
  if (auto run = (*writer)->begin_run(head); !run) return fail(run.error());
  std::vector<Clock::time_point> pushed_at(count);
  std::vector<float> latency(count);
  double writer_cpu = 0;
  (*writer)->on_commit([&](const std::vector<OutcomeRow>& outcomes) {
    const auto now = Clock::now();
    for (const OutcomeRow& outcome : outcomes) {
      latency[outcome.ticket] =
          std::chrono::duration<float>(now - pushed_at[outcome.ticket]).count();
    }
    writer_cpu = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
  });
  const auto begin = Clock::now();
  const std::uint64_t written_before = bytes_written();
  for (std::uint64_t base = 0; base < count; base += kStretch) {
    for (const Record& original : stretch) {
      Record record = original;
      if (auto* genome = std::get_if<GenomeRow>(&record)) {
        genome->birth += base;
        if (genome->birth > 0) genome->parent = genome->birth - 1 - genome->birth % 100;
        if (genome->parent >= genome->birth) genome->parent = 0;
        genome->second_parent = kNone64;
      } else if (auto* cls = std::get_if<ClassRow>(&record)) {
        cls->cls += base / 2;
        cls->founder += base;
        cls->digest.hi ^= base;
      } else if (auto* trial = std::get_if<TrialRow>(&record)) {
        trial->subject += base;
        trial->birth += base;
        trial->cls += base / 2;
        trial->figures.resize(1);
      } else if (auto* outcome = std::get_if<OutcomeRow>(&record)) {
        outcome->ticket += base;
        outcome->birth += base;
        outcome->cls += base / 2;
        outcome->told.resize(1);
        if (outcome->ticket >= count) break;
        pushed_at[outcome->ticket] = Clock::now();
        if (rate > 0) {
          while (seconds_since(begin) * rate < static_cast<double>(outcome->ticket)) {
            std::this_thread::sleep_for(std::chrono::microseconds(200));
          }
          pushed_at[outcome->ticket] = Clock::now();
        }
      }
      (*writer)->push(std::move(record));
    }
  }
  if (auto flushed = (*writer)->flush(); !flushed) return fail(flushed.error());
  const double seconds = seconds_since(begin);
  const auto cpu = writer_cpu;
  if (auto finished = (*writer)->finish_run(); !finished) return fail(finished.error());
  const double n = static_cast<double>(count);
  std::ranges::sort(latency);
  fmt::print(
      "{} candidates in {:.2f} s: {:.0f}/s; writer CPU {:.2f} us a candidate; file {:.1f} bytes a "
      "candidate; "
      "written to disk {:.1f}; acknowledged within {:.1f} ms (median), {:.1f} ms (99 %)\n",
      count, seconds, n / seconds, cpu / n * 1e6,
      static_cast<double>(std::filesystem::file_size(file)) / n,
      static_cast<double>(bytes_written() - written_before) / n, latency[count / 2] * 1e3,
      latency[count * 99 / 100] * 1e3);
  return 0;
}
