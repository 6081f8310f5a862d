// Exit codes: fixed, and documented in docs/commands.md.
#pragma once

namespace equivolve::cli {

inline constexpr int kFinished = 0;
inline constexpr int kDefect = 1;    // in Equivolve: please report
inline constexpr int kBadInput = 2;  // command line, configuration, data
inline constexpr int kStoreTrouble = 3;
inline constexpr int kEvaluatorTrouble = 4;
inline constexpr int kWorkerTrouble = 5;

}  // namespace equivolve::cli
