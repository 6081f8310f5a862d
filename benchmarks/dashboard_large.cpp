// The dashboard on a run of a million candidates: opening, frames, stalls, memory.
//   dashboard_large [--candidates N] [--file FILE] [--json]
// The run is written first, to FILE where one is named: there it stays, and is not written again,
// so that a measurement takes seconds.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <string>
#include <utility>

#include <QApplication>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTimer>

#include "engine/store/writer.hpp"
#include "gui/pages/main_window.hpp"
#include "hashing/stream.hpp"

namespace {

using namespace equivolve;
using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

engine::RunHead head_of_run() {
  engine::RunHead head;
  head.name = "large";
  head.evaluator = "made_up";
  head.representation = "program";
  head.config_resolved = R"({"budget":{"candidates":1000000}})";
  head.figures = {{"accuracy", "", 0, false, true}, {"size", "nodes", 3, true, true}};
  return head;
}

/// Half of the candidates are duplicates; fitness rises slowly below much noise.
bool write_run(const std::string& file, std::uint64_t candidates) {
  auto writer = engine::StoreWriter::open(file);
  if (!writer || !(*writer)->begin_run(head_of_run())) return false;
  for (std::uint64_t ticket = 0; ticket < candidates; ++ticket) {
    hashing::Stream stream(7, hashing::Purpose::kTest, ticket);
    const bool hit = ticket % 2 == 1;
    const double done = static_cast<double>(ticket) / static_cast<double>(candidates);
    engine::OutcomeRow outcome;
    outcome.ticket = outcome.birth = ticket;
    outcome.cls = ticket / 2;
    outcome.hit = hit;
    outcome.told = {(0.5 + 0.4 * done) * (1 - 0.3 * stream.uniform() * stream.uniform())};
    engine::GenomeRow genome;
    genome.birth = ticket;
    genome.flat.resize(60);
    (*writer)->push(genome);
    if (!hit) {
      (*writer)->push(engine::ClassRow{outcome.cls, ticket, {stream.next(), stream.next()}});
      engine::TrialRow trial;
      trial.subject = trial.birth = ticket;
      trial.cls = outcome.cls;
      trial.figures = {outcome.told[0], static_cast<double>(stream.below(100))};
      trial.seconds = 1e-4 / (0.01 + stream.uniform());
      (*writer)->push(trial);
    }
    (*writer)->push(outcome);
  }
  return (*writer)->flush() && (*writer)->finish_run();
}

struct Stall {
  double wall_ms = 0, cpu_ms = 0;
  void join(Stall other) {
    wall_ms = std::max(wall_ms, other.wall_ms);
    cpu_ms = std::max(cpu_ms, other.cpu_ms);
  }
};

double thread_cpu_milliseconds() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return 1e3 * static_cast<double>(used.tv_sec) + 1e-6 * static_cast<double>(used.tv_nsec);
}

/// The longest time for which the event loop of this thread stood still, and the most that it
/// computed meanwhile.
class Stalls {
 public:
  Stalls() {
    QObject::connect(&timer_, &QTimer::timeout, [this] { look(); });
    timer_.setTimerType(Qt::PreciseTimer);
    timer_.start(kBeat);  // not 0, which would keep a core busy
  }
  /// Since the last call.
  Stall take() {
    look();
    return std::exchange(longest_, {});
  }

 private:
  static constexpr int kBeat = 1;  // milliseconds
  void look() {
    const double cpu = thread_cpu_milliseconds();
    longest_.wall_ms = std::max(longest_.wall_ms, milliseconds_since(last_) - kBeat);
    longest_.cpu_ms = std::max(longest_.cpu_ms, cpu - last_cpu_);
    last_ = Clock::now();
    last_cpu_ = cpu;
  }
  QTimer timer_;
  Clock::time_point last_ = Clock::now();
  double last_cpu_ = thread_cpu_milliseconds();
  Stall longest_;
};

struct Figures {
  double overview_ms = 0, all_ms = 0, frame_ms = 0, peak_mb = 0;
  double frame_cpu_ms = 0;  // of the slowest frame, whatever else the machine does
  Stall sorting, scrolling, filtering;
  double stall_ms() const {
    return std::max({sorting.wall_ms, scrolling.wall_ms, filtering.wall_ms});
  }
  double stall_cpu_ms() const {
    return std::max({sorting.cpu_ms, scrolling.cpu_ms, filtering.cpu_ms});
  }
};

/// Sleeps only as long as no event comes: QTest::qWaitFor would stall for 10 ms at a time.
template <class Condition>
bool wait(Condition condition) {
  QTimer beat;
  beat.start(5);
  const auto begin = Clock::now();
  while (!condition()) {
    if (milliseconds_since(begin) > 60'000) return false;
    QApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents);
  }
  return true;
}

void wait_milliseconds(int most) {
  const auto begin = Clock::now();
  wait([&] { return milliseconds_since(begin) >= most; });
}

bool measure(const std::string& file, std::uint64_t candidates, Figures& figures) {
  gui::MainWindow window;
  window.show();
  window.show_page(gui::MainWindow::kOverview);
  const auto begin = Clock::now();
  window.open(file);
  window.show_page(gui::MainWindow::kOverview);
  gui::Chart* best = window.overview_page().charts()[0];
  // Of all of the run, not of its beginning.
  const double nearly_all = 0.98 * static_cast<double>(candidates);
  const auto shown = [&] {
    return !best->chart().lines.empty() && !best->chart().lines[0].x.empty() &&
           best->chart().lines[0].x.back() >= nearly_all;
  };
  if (!wait(shown)) return false;
  figures.overview_ms = milliseconds_since(begin);
  const auto settled = [&] {
    return window.candidates().rowCount() == static_cast<int>(candidates) &&
           !window.candidates().is_busy() && !window.overview_page().is_busy();
  };
  if (!wait(settled)) return false;
  figures.all_ms = milliseconds_since(begin);
  for (gui::Chart* chart : window.overview_page().charts()) {
    for (int frame = 0; frame < 5; ++frame) {
      const auto started = Clock::now();
      const double cpu = thread_cpu_milliseconds();
      chart->replot(QCustomPlot::rpImmediateRefresh);
      figures.frame_cpu_ms = std::max(figures.frame_cpu_ms, thread_cpu_milliseconds() - cpu);
      figures.frame_ms = std::max(figures.frame_ms, milliseconds_since(started));
    }
  }
  window.show_page(gui::MainWindow::kCandidates);
  QTableView* table = window.candidates_page().view();
  Stalls stalls;
  wait_milliseconds(100);
  stalls.take();
  for (int column : {gui::kFirstFigureColumn + 0, static_cast<int>(gui::kClassColumn)}) {
    table->sortByColumn(column, Qt::DescendingOrder);
    if (!wait([&] { return !window.candidates().is_busy(); })) return false;
    wait_milliseconds(50);  // what it entails
    figures.sorting.join(stalls.take());
    for (int step = 0; step <= 20; ++step) {
      table->verticalScrollBar()->setValue(table->verticalScrollBar()->maximum() / 20 * step);
      wait_milliseconds(1);
    }
    figures.scrolling.join(stalls.take());
  }
  for (const char* filter : {"accuracy > 0.6 and new", ""}) {
    window.set_filter(filter);
    if (!wait([&] { return !window.candidates().is_busy(); })) return false;
    wait_milliseconds(50);
    figures.filtering.join(stalls.take());
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  figures.peak_mb = static_cast<double>(usage.ru_maxrss) / 1024;
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication application(argc, argv);
  QApplication::setOrganizationName("equivolve-benchmark");
  const QTemporaryDir folder;
  std::string file = folder.filePath("large.db").toStdString();
  std::uint64_t candidates = 1'000'000;
  bool json = false;
  for (int i = 1; i < argc; ++i) {
    json = json || std::strcmp(argv[i], "--json") == 0;
    if (std::strcmp(argv[i], "--candidates") == 0 && i + 1 < argc)
      candidates = std::stoull(argv[i + 1]);
    if (std::strcmp(argv[i], "--file") == 0 && i + 1 < argc) file = argv[i + 1];
  }
  Figures figures;
  const bool there = std::filesystem::exists(file) || write_run(file, candidates);
  if (!there || !measure(file, candidates, figures)) {
    std::fprintf(stderr, "dashboard_large: it did not come to an end\n");
    return 1;
  }
  const char* form =
      json
          ? "{\"overview_ms\": %.1f, \"all_ms\": %.1f, \"frame_ms\": %.2f, \"frame_cpu_ms\": %.2f, "
            "\"stall_ms\": %.1f, \"stall_cpu_ms\": %.1f, \"sorting_ms\": %.1f, "
            "\"scrolling_ms\": %.1f, \"filtering_ms\": %.1f, \"peak_mb\": %.0f}\n"
          : "overview %.1f ms, all read %.1f ms, slowest frame %.2f ms (%.2f ms of CPU), longest "
            "stall of the table %.1f ms (%.1f ms of CPU; sorting %.1f, scrolling %.1f, filtering "
            "%.1f ms), peak memory %.0f MiB\n";
  std::printf(form, figures.overview_ms, figures.all_ms, figures.frame_ms, figures.frame_cpu_ms,
              figures.stall_ms(), figures.stall_cpu_ms(), figures.sorting.wall_ms,
              figures.scrolling.wall_ms, figures.filtering.wall_ms, figures.peak_mb);
  return 0;
}
