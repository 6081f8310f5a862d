// What is left of a trial that ends the engine: where trials run on the engine's own threads, a
// crash ends the process, and the next session of the run would try the same candidate again. A
// signal handler writes its behaviour's name into a side file before the process ends.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/plugins/evaluator.hpp"

namespace equivolve::engine {

enum class Step : std::uint8_t { kRefine, kProbe, kTrial };

struct CrashNote {
  int signal = 0;
  Step step = Step::kTrial;
  std::uint64_t behaviour = 0;  ///< of its class, else of its genome (Behaviours::of_class)
};

/// While it lives, SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT of a thread that tries something
/// (Trying) are noted; then they do what they did before. What a fork of this process does is not
/// noted. [any-thread] Several may live.
class CrashNotes {
 public:
  /// `file` is made with the first note; `words` then go to stderr.
  CrashNotes(std::filesystem::path file, std::string words);
  ~CrashNotes();
  CrashNotes(const CrashNotes&) = delete;
  CrashNotes& operator=(const CrashNotes&) = delete;

  /// What earlier processes have noted; lines that are none are passed over.
  std::vector<CrashNote> read() const;

  const std::filesystem::path& file() const { return file_; }
  const std::string& words() const { return words_; }
  pid_t process() const { return process_; }

 private:
  pid_t process_;
  std::filesystem::path file_;
  std::string words_;
};

/// What a thread is about to try. What it refers to must outlive it.
struct Tried {
  const CrashNotes& notes;
  Step step;
  const CandidateView& candidate;
  const std::optional<hashing::Digest>& class_digest;
};

/// As long as it lives, this thread tries that; null: nothing.
class Trying {
 public:
  explicit Trying(const Tried* tried);
  ~Trying();
  Trying(const Trying&) = delete;
  Trying& operator=(const Trying&) = delete;

  /// What this thread tries, for threads that help it.
  static const Tried* now();

 private:
  const Tried* before_;
};

}  // namespace equivolve::engine
