// Memory that goes back to the system as soon as it is freed, where it is much: malloc keeps what
// is freed on a thread for that thread, and a buffer that was needed once would stay for good.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <memory>
#include <new>

namespace equivolve::engine {

template <class T>
struct ReturningAllocator {
  using value_type = T;

  ReturningAllocator() = default;
  template <class Other>
  ReturningAllocator(const ReturningAllocator<Other>&) {}

  T* allocate(std::size_t count) {
    if (!is_much(count)) return std::allocator<T>().allocate(count);
    void* const memory = mmap(nullptr, count * sizeof(T), PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) {
    if (!is_much(count)) return std::allocator<T>().deallocate(memory, count);
    munmap(memory, count * sizeof(T));
  }
  bool operator==(const ReturningAllocator&) const = default;

 private:
  static bool is_much(std::size_t count) { return count >= (std::size_t{1} << 20) / sizeof(T); }
};

}  // namespace equivolve::engine
