// What novel_class_discovery needs for many rows: memory while a table is read, after it, and while
// each method is tried once on one fold, and CPU seconds.
//
//   novel_class_rows [--rows 1000000] [--columns 8] [--epochs 1] [--method NAME] [--json]
//
// The table has six Gaussian classes, three of them known, and is written into a folder of its own.
// Each method runs in a process of its own, which begins with the table read.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>

#include "benchmarks/arguments.hpp"
#include "benchmarks/measuring.hpp"
#include "evaluators/novel_class_discovery/trial.hpp"
#include "evaluators/sdk/evaluator.hpp"
#include "hashing/stream.hpp"

namespace equivolve::benchmarks {
namespace {

using namespace equivolve::novel_class_discovery;  // NOLINT: a program of one file
namespace fs = std::filesystem;

struct Arguments {
  std::size_t rows = 1'000'000, columns = 8, epochs = 1;
  std::string method;
  bool json = false;
};

constexpr std::size_t kClasses = 6, kKnown = 3;

void write_table(const fs::path& file, const Arguments& a) {
  std::ofstream out(file);
  for (std::size_t c = 0; c < a.columns; ++c) out << "f" << c << ",";
  out << "label\n";
  hashing::Stream stream(1, hashing::Purpose::kTask, 0);
  for (std::size_t r = 0; r < a.rows; ++r) {
    const std::size_t kind = r % kClasses;
    for (std::size_t c = 0; c < a.columns; ++c) {
      const double centre = (kind + c) % kClasses < 2 ? 4 : 0;
      char cell[32];
      std::snprintf(cell, sizeof cell, "%.4f,", centre + stream.gaussian());
      out << cell;
    }
    if (kind < kKnown) out << "known" << kind;
    out << "\n";
  }
}

/// Of this process so far, in MiB.
double peak_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}
double now_mb() {
  std::ifstream statm("/proc/self/statm");
  double total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

struct Measured {
  double peak = 0, seconds = 0, accuracy = 0;
  int end = 0;
};

/// In a child, whose figures come through a pipe.
Measured measured(MethodKind kind, const LearningRows& rows, const Arguments& a) {
  int ends[2];
  if (pipe(ends) != 0) std::exit(1);
  const pid_t child = fork();
  if (child == 0) {
    Method method;
    method.kind = kind;
    if (kind == MethodKind::kNcdKMeans) method.start = GroupStart::kKnownAware;
    method.code.code = 8;
    Options options;
    options.classes = kClasses - kKnown;
    TrialSettings how;
    how.epochs = a.epochs;
    how.most_folds = 1;
    how.parallel_for = [](std::size_t n, const std::function<void(std::size_t)>& body) {
      for (std::size_t i = 0; i < n; ++i) body(i);
    };
    const double start = cpu_seconds();
    const TrialOutcome out = validate(method, rows, options, how);
    const Measured m{peak_mb(), cpu_seconds() - start, out.inductive.accuracy,
                     static_cast<int>(out.end)};
    _exit(write(ends[1], &m, sizeof m) == sizeof m ? 0 : 1);
  }
  Measured m;
  if (read(ends[0], &m, sizeof m) != sizeof m) std::exit(1);
  close(ends[0]);
  close(ends[1]);
  waitpid(child, nullptr, 0);
  return m;
}

int main_of(const Arguments& a) {
  const fs::path folder =
      fs::temp_directory_path() / ("novel_class_rows." + std::to_string(getpid()));
  fs::create_directory(folder);
  DataSettings data;
  data.file = folder / "rows.csv";
  data.target = "label";
  data.test_share = 0;
  write_table(data.file, a);
  const double before = now_mb(), start = cpu_seconds();
  const OpenedProblem opened = open_problem(data);
  const double seconds = cpu_seconds() - start, reading = peak_mb() - before,
               kept = now_mb() - before;
  fs::remove_all(folder);
  const double cells = static_cast<double>(a.rows * a.columns) / (1 << 20);
  if (a.json)
    std::printf(
        "{\"reading_mb\": %.1f, \"reading_bytes_a_cell\": %.2f, \"kept_mb\": %.1f, "
        "\"reading_s\": %.2f",
        reading, reading / cells, kept, seconds);
  else
    std::printf("reading: %.0f MiB (%.1f bytes a cell), %.0f MiB after it, %.1f s\n", reading,
                reading / cells, kept, seconds);
  double most = 0;
  for (std::size_t k = 0; k < kMethodNames.size(); ++k) {
    const std::string name(kMethodNames[k]);
    if (!a.method.empty() && a.method != name) continue;
    const Measured m = measured(static_cast<MethodKind>(k), opened.problem.train, a);
    most = std::max(most, m.peak);
    if (a.json)
      std::printf(", \"%s\": {\"peak_mb\": %.1f, \"cpu_s\": %.2f}", name.c_str(), m.peak,
                  m.seconds);
    else
      std::printf("%-16s %6.0f MiB at most   %7.2f s   accuracy of the hidden classes %.3f%s\n",
                  name.c_str(), m.peak, m.seconds, m.accuracy, m.end == 0 ? "" : " (did not end)");
    std::fflush(stdout);
  }
  if (a.json) std::printf(", \"most_mb\": %.1f}\n", most);
  return 0;
}

bool read_arguments(int argc, char** argv, Arguments& a) {
  const Argument known[] = {{"--rows", &a.rows},
                            {"--columns", &a.columns},
                            {"--epochs", &a.epochs},
                            {"--method", &a.method},
                            {"--json", &a.json}};
  return parse_arguments(argc, argv, known) && a.rows >= 100 && a.columns > 0 && a.epochs > 0;
}

}  // namespace
}  // namespace equivolve::benchmarks

int main(int argc, char** argv) {
  equivolve::benchmarks::Arguments arguments;
  if (!equivolve::benchmarks::read_arguments(argc, argv, arguments)) {
    std::fprintf(stderr, "usage: novel_class_rows [--rows N] [--columns N] [--epochs N] ...\n");
    return 2;
  }
  try {
    return equivolve::benchmarks::main_of(arguments);
  } catch (const equivolve::sdk::Refused& refused) {
    std::fprintf(stderr, "novel_class_rows: %s\n", refused.what());
    return 1;
  }
}
