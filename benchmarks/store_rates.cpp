// What storing costs by itself: the writer's CPU time, bytes, and how long it takes until a
// candidate is acknowledged, with candidates at a given rate and a reader that polls, as the
// dashboard does.
//
//   store_rates FILE [--candidates 1000000] [--rate 50000] [--json]
//
// A candidate is a genome of 56 bytes and an outcome; every second one founds a class and has a
// trial. Durability is full. Acknowledged is what on_commit names, counted from the push of its
// outcome.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <thread>

#include "benchmarks/measuring.hpp"
#include "engine/store/reader.hpp"
#include "engine/store/writer.hpp"

namespace equivolve {
namespace {

using engine::StoreWriter;
using Clock = std::chrono::steady_clock;

struct Arguments {
  std::filesystem::path file;
  std::uint64_t candidates = 1'000'000;
  double rate = 50'000;
  bool json = false;
};

Arguments read_arguments(int argc, char** argv) {
  Arguments out;
  for (int i = 1; i < argc; ++i) {
    const std::string key = argv[i];
    if (key == "--json")
      out.json = true;
    else if (key == "--candidates" && i + 1 < argc)
      out.candidates = std::stoull(argv[++i]);
    else if (key == "--rate" && i + 1 < argc)
      out.rate = std::stod(argv[++i]);
    else
      out.file = key;
  }
  return out;
}

engine::RunHead head() {
  engine::RunHead head;
  head.name = "store_rates";
  head.evaluator = head.evaluator_version = head.representation = "none";
  head.config_resolved = "{}";
  head.figures = {{"fitness", "", 0, false, true}};
  head.engine_version = head.kernel = "none";
  return head;
}

/// Of ticket n, in the order in which an engine pushes them; the outcome is the last.
void push_records(StoreWriter& writer, std::uint64_t n, std::uint64_t& mixed) {
  mixed = (mixed + n) * 0x9e3779b97f4a7c15;
  const std::uint64_t cls = n / 2;
  const bool hit = n % 2 == 1;
  engine::GenomeRow genome;
  genome.birth = n;
  genome.parent = n > 100 ? n - 1 - mixed % 100 : engine::kNone64;
  genome.flat.resize(56);
  std::copy_n(reinterpret_cast<const std::byte*>(&mixed), sizeof mixed, genome.flat.begin());
  writer.push(std::move(genome));
  if (!hit) {
    writer.push(engine::ClassRow{cls, n, {mixed, ~mixed}});
    engine::TrialRow trial;
    trial.subject = trial.birth = n;
    trial.cls = cls;
    trial.genome_checksum =
        static_cast<std::uint32_t>(mixed);  // its seeds follow from the run's, as a rule
    trial.seconds = 1e-5;
    trial.figures = {static_cast<double>(mixed)};
    writer.push(std::move(trial));
  }
  engine::OutcomeRow outcome;
  outcome.ticket = outcome.birth = n;
  outcome.cls = cls;
  outcome.hit = hit;
  outcome.told = {static_cast<double>(mixed)};
  outcome.genome_checksum = mixed;
  writer.push(std::move(outcome));
}

/// Looks for what is new ten times a second.
void poll(const std::filesystem::path& file, engine::RunId run, const std::atomic<bool>& ends) {
  const auto reader = engine::StoreReader::open(file);
  if (!reader) return;
  std::uint64_t next = 0;
  while (!ends.load()) {
    while (true) {
      const auto rows = (*reader)->outcomes(run, next, 4096);
      if (!rows || rows->empty()) break;
      next = rows->back().ticket + 1;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

struct Measured {
  double seconds = 0, writer_cpu = 0;
  std::vector<float> milliseconds;  // until acknowledged, by ticket
};

Measured write_all(StoreWriter& writer, const Arguments& arguments) {
  Measured out;
  out.milliseconds.resize(arguments.candidates);
  std::vector<Clock::time_point> pushed(arguments.candidates);
  writer.on_commit([&](const std::vector<engine::OutcomeRow>& outcomes) {
    const auto now = Clock::now();
    for (const auto& outcome : outcomes)
      out.milliseconds[outcome.ticket] =
          std::chrono::duration<float, std::milli>(now - pushed[outcome.ticket]).count();
    out.writer_cpu = benchmarks::cpu_seconds();  // of the writer's thread
  });
  const auto begin = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  std::uint64_t mixed = 1;
  for (std::uint64_t n = 0; n < arguments.candidates; ++n) {
    while (elapsed() * arguments.rate < static_cast<double>(n))
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    pushed[n] = Clock::now();
    push_records(writer, n, mixed);
  }
  if (auto flushed = writer.flush(); !flushed)
    fmt::print(stderr, "store_rates: {}\n", flushed.error().message);
  out.seconds = elapsed();
  writer.on_commit({});
  return out;
}

void print(const Arguments& arguments, Measured measured) {
  std::sort(measured.milliseconds.begin(), measured.milliseconds.end());
  const auto n = static_cast<double>(arguments.candidates);
  const std::map<std::string, double> figures{
      {"rate", n / measured.seconds},
      {"writer_us", 1e6 * measured.writer_cpu / n},
      {"bytes", static_cast<double>(std::filesystem::file_size(arguments.file)) / n},
      {"acknowledged_median_ms", measured.milliseconds[measured.milliseconds.size() / 2]},
      {"acknowledged_99_ms", measured.milliseconds[measured.milliseconds.size() * 99 / 100]}};
  std::string text;
  for (const auto& [name, value] : figures)
    text += arguments.json ? fmt::format("{}\"{}\": {:.4f}", text.empty() ? "" : ", ", name, value)
                           : fmt::format("{:24} {:12.2f}\n", name, value);
  fmt::print("{}", arguments.json ? "{" + text + "}\n" : text);
}

int main_of(const Arguments& arguments) {
  const auto writer = StoreWriter::open(arguments.file);
  const auto run = writer ? (*writer)->begin_run(head())
                          : tl::expected<engine::RunId, engine::StoreError>(
                                tl::unexpected<engine::StoreError>(writer.error()));
  if (!run) {
    fmt::print(stderr, "store_rates: {}\n", run.error().message);
    return 3;
  }
  std::atomic<bool> ends{false};
  std::thread reader([&] { poll(arguments.file, *run, ends); });
  Measured measured = write_all(**writer, arguments);
  ends.store(true);
  reader.join();
  if (auto finished = (*writer)->finish_run(); !finished) {
    fmt::print(stderr, "store_rates: {}\n", finished.error().message);
    return 3;
  }
  print(arguments, std::move(measured));
  return 0;
}

}  // namespace
}  // namespace equivolve

int main(int argc, char** argv) {
  const auto arguments = equivolve::read_arguments(argc, argv);
  if (arguments.file.empty() || arguments.candidates == 0 || arguments.rate <= 0) {
    fmt::print(stderr, "store_rates FILE [--candidates N] [--rate R] [--json]\n");
    return 2;
  }
  return equivolve::main_of(arguments);
}
