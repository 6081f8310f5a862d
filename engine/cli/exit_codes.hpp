// Exit codes: fixed, and documented in docs/commands.md.
#pragma once

#include <array>

namespace equivolve::cli {

inline constexpr int kFinished = 0;
inline constexpr int kDefect = 1;    // in Equivolve: please report
inline constexpr int kBadInput = 2;  // command line, configuration, data
inline constexpr int kStoreTrouble = 3;
inline constexpr int kEvaluatorTrouble = 4;
inline constexpr int kWorkerTrouble = 5;

struct ExitCode {
  const char* code;
  const char* meaning;
};
inline constexpr std::array<ExitCode, 8> kExitCodes = {{
    {"0", "finished, or stopped by a wish"},
    {"1", "a defect in Equivolve: please report it"},
    {"2",
     "the command line, the configuration or the data; nothing was written (but the "
     "file of `init` that needs a change by you)"},
    {"3", "the store, or another file that cannot be written"},
    {"4", "the evaluator cannot be loaded, or too many trials failed"},
    {"5", "workers"},
    {"130", "stopped by SIGINT; everything is saved"},
    {"143", "stopped by SIGTERM; everything is saved"},
}};

}  // namespace equivolve::cli
