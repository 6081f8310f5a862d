// What bad modules do, each act a function.
#pragma once

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace hostile {

/// For ever; `deaf`: signals that can be blocked are.
[[noreturn]] inline void hang(bool deaf) {
  if (deaf) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    signal(SIGTERM, SIG_IGN);
  }
  while (true) pause();
}

/// Of a processor's time, in seconds.
inline void work(double seconds = 1e9) {
  const std::clock_t until =
      std::clock() + static_cast<std::clock_t>(seconds * static_cast<double>(CLOCKS_PER_SEC));
  while (std::clock() < until) continue;
}

/// How many descriptors it can have beside those that it has.
inline int open_files() {
  std::vector<int> all;
  for (int one = dup(2); one >= 0; one = dup(2)) all.push_back(one);
  for (const int one : all) close(one);
  return static_cast<int>(all.size());
}

/// As C code that never looks at what malloc gives. In large pages, which come faster.
[[noreturn]] inline void devour_memory() {
  constexpr std::size_t kPage = std::size_t{2} << 20, kPiece = 4 * kPage;
  while (true) {
    void* const piece = std::aligned_alloc(kPage, kPiece);
    madvise(piece, kPiece, MADV_HUGEPAGE);
    std::memset(piece, 1, kPiece);
  }
}

/// As devour_memory, but of pages that are all the same few: it takes all of a process's allowance
/// and next to nothing of the machine's, so that a thousand of them are no burden.
[[noreturn]] inline void devour_allowance() {
  constexpr std::size_t kSize = std::size_t{2} << 20, kStep = 4096;
  const int file = memfd_create("few", MFD_CLOEXEC);
  const std::string content(kSize, 'x');
  if (write(file, content.data(), content.size()) < 0) std::abort();
  while (true) {
    const auto* piece =
        static_cast<const volatile char*>(mmap(nullptr, kSize, PROT_READ, MAP_SHARED, file, 0));
    for (std::size_t at = 0; at < kSize; at += kStep) static_cast<void>(piece[at]);
  }
}

inline void throw_in_a_thread() {
  std::thread([] { throw std::runtime_error("in a thread"); }).join();
}

/// So many lines of a KiB to stdout, and to stderr.
inline void print(int lines) {
  const std::string line(1023, 'p');
  for (int i = 0; i < lines; ++i) {
    std::printf("%s\n", line.c_str());
    std::fprintf(stderr, "%s\n", line.c_str());
  }
  std::fflush(stdout);
}

/// The way to the engine is kept from a module: it has to look for it.
inline void write_to_engine(const std::string& text) {
  for (int descriptor = 3; descriptor < 64; ++descriptor)
    if (write(descriptor, text.data(), text.size()) < 0) continue;
}

/// 10 GB without the end of a line.
inline void flood_engine() {
  const std::string piece(1 << 16, 'x');
  for (int i = 0; i < 160'000; ++i) write_to_engine(piece);
}

inline void answer_another_question() {
  write_to_engine("{\"type\":\"result\",\"id\":\"4711\",\"figures\":[1,2]}\n");
}

[[noreturn]] inline void answer_in_part() {
  write_to_engine("{\"type\":\"result\",\"id\"");
  _exit(0);
}

/// Processes that start processes that ... until there are 2^depth, all of them deaf. (Without an
/// end it would be the machine's, for the limit on processes belongs to users.)
[[noreturn]] inline void fork_bomb(int depth) {
  for (int i = 0; i < depth; ++i)
    if (fork() < 0) break;
  hang(true);
}

/// One that has neither its group nor its session nor a parent, and hears nothing.
inline void start_daemon() {
  if (const pid_t child = fork(); child != 0) {
    waitpid(child, nullptr, 0);
    return;
  }
  setsid();
  if (fork() == 0) hang(true);
  _exit(0);
}

/// One that works on when its worker has ended.
inline void start_grandchild() {
  if (fork() == 0) {
    execlp("sleep", "sleep", "1000", static_cast<char*>(nullptr));
    _exit(1);
  }
}

}  // namespace hostile
