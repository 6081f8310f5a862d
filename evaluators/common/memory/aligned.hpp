// Memory that starts at a cache line: a load of 64 bytes that crosses one takes twice as long, and
// vector code takes the same path, and gives the same bits, wherever the heap puts it.
#pragma once

#include <new>
#include <vector>

namespace equivolve::memory {

template <class T>
struct AlignedAllocator {
  using value_type = T;
  static constexpr std::align_val_t kAlignment{64};

  AlignedAllocator() = default;
  template <class U>
  AlignedAllocator(const AlignedAllocator<U>&) {}  // NOLINT: allocators convert

  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), kAlignment));
  }
  void deallocate(T* place, std::size_t) { ::operator delete(place, kAlignment); }
  bool operator==(const AlignedAllocator&) const { return true; }
};

template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace equivolve::memory
