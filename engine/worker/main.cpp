// equivolve-worker MODULE.so: an evaluator in a process of its own, started by the engine.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <utility>

#include "engine/worker/server.hpp"

namespace {

/// Away from the numbers that a module may print to, read from or close. -1: there is none.
int moved(int descriptor) {
  constexpr int kFirst = 20;
  return fcntl(descriptor, F_DUPFD_CLOEXEC, kFirst);
}

/// Questions come from a descriptor and answers go to one that nothing else knows of: what a module
/// prints goes to stderr, which is the log, and what it reads is empty.
std::pair<int, int> private_descriptors() {
  const int input = moved(0), output = moved(1);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(nothing, 0);
  dup2(2, 1);
  if (nothing > 2) close(nothing);
  return {input, output};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 || argv[1][0] == '-') {
    std::fprintf(stderr, "equivolve-worker " EQUIVOLVE_VERSION
                         ": started by equivolve for evaluator.isolation: process\n");
    return 2;
  }
  const auto [input, output] = private_descriptors();
  if (input < 0 || output < 0) {
    std::perror("equivolve-worker");
    return 5;
  }
  try {
    return equivolve::engine::Server(argv[1], input, output).run() ? 0 : 5;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "equivolve-worker: %s\n", e.what());
    return 5;
  }
}
