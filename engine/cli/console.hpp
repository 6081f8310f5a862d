// What people see while a command runs: a progress bar on a terminal, plain lines elsewhere,
// nothing with --quiet. Everything here goes to stderr; results go to stdout.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "engine/config/configuration.hpp"
#include "engine/run/run.hpp"

namespace equivolve::cli {

class Console {
 public:
  explicit Console(bool quiet);
  ~Console();  ///< finishes
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  void label(std::string text) { label_ = std::move(text); }  ///< begins each progress line
  void finish();                          ///< erases the progress line, before results are printed
  void note(const std::string& line);     ///< unless quiet
  void warning(const std::string& line);  ///< always
  void progress(const engine::ProgressReport& report, const engine::BudgetConfig& budget);

 private:
  void clear_line();
  std::string label_;
  bool quiet_;
  bool terminal_;
  bool open_ = false;      // a progress line stands without its line break
  double last_plain_ = 0;  // seconds at which the last plain line was written
};

/// One line: bar, rate, best, share of known behaviours, time left. `width` is the terminal's.
std::string progress_line(const engine::ProgressReport& report, const engine::BudgetConfig& budget,
                          unsigned width);

/// "3.2 s", "4 min 10 s", "2 h 5 min".
std::string duration_text(double seconds);

}  // namespace equivolve::cli
