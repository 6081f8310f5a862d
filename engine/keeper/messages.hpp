// What the engine and a keeper (main.cpp) say to each other, over a socket of whole messages
// (SOCK_SEQPACKET) that is descriptor 3 of the keeper.
#pragma once

#include <cstdint>

namespace equivolve::keeper {

inline constexpr int kControl = 3;

/// Of the keeper. The first one is kStarted or kNotStarted, the last one kEnded.
struct Report {
  /// Not from 0: those are of keepers that did not ask for a version.
  enum Kind : std::uint32_t {
    kStarted = 3,  ///< value: the program's process id
    kNotStarted,   ///< value: an error number
    /// value: as of wait(2); of what the program had started nothing is left. SIGKILL as well where
    /// the program hangs in the system and does not end.
    kEnded
  };
  Kind kind;
  std::int32_t value;
  /// Of an end: bytes that any one process of the tree had resident at most, and CPU time of all
  /// that have ended.
  std::uint64_t peak_memory, cpu_nanoseconds;
};

/// Of the engine: one byte. The end of its side, however it comes, is kKill.
inline constexpr char kTerminate = 'T';  ///< SIGTERM to the program and its group
inline constexpr char kKill = 'K';       ///< SIGKILL to the whole tree

/// A keeper's arguments: the version of who starts it, without whose own it does nothing, as these
/// messages may be others in another one; the limits below in decimal digits, 0 standing for none;
/// then the program and its arguments.
inline constexpr char kVersion[] = EQUIVOLVE_VERSION;
enum Limit : int {
  kAddressSpace,  ///< bytes
  kData,          ///< bytes of private memory that can be written to
  kFileSize,      ///< bytes
  kCpuTime,       ///< seconds: then SIGXCPU, and SIGKILL 5 s later
  kOpenFiles,
  kLimits
};

}  // namespace equivolve::keeper
