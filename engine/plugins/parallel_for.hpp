// Work inside one trial, on threads of its own.
#pragma once

#include <cstddef>
#include <cstdint>

namespace equivolve::engine {

/// body(context, i) for 0 <= i < n, each once, in any order, on at most `threads` threads, the
/// caller's being one of them. With fewer threads than asked for (the system refuses more) the
/// result is the same. Returns when all are done; false when a body threw, which is caught because
/// it may not cross the C interface (further bodies are then left out).
bool parallel_for(std::uint32_t threads, std::size_t n, void (*body)(void* context, std::size_t i),
                  void* context) noexcept;

}  // namespace equivolve::engine
