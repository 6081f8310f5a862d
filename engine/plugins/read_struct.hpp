// The struct_size rule of the plugin line: what a module's struct does not reach is not there.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace equivolve::engine {

/// A copy of a module's struct in this host's layout. Members beyond its struct_size are zero ("not
/// offered"); members that only a later version knows are left behind.
template <class T>
T read_struct(const T* theirs) {
  T mine{};
  std::memcpy(static_cast<void*>(&mine), theirs,
              std::min<std::size_t>(theirs->struct_size, sizeof mine));
  return mine;
}

/// An array of such structs. Its elements lie struct_size bytes apart, which an older or newer
/// module may count differently; the first element's number holds for all.
template <class T>
std::vector<T> read_structs(const T* theirs, std::size_t count) {
  std::vector<T> mine;
  if (!theirs || count == 0 || theirs->struct_size < sizeof(std::uint32_t)) return mine;
  const std::size_t stride = theirs->struct_size;
  const auto* bytes = reinterpret_cast<const std::byte*>(theirs);
  for (std::size_t i = 0; i < count; ++i) {
    T one{};
    std::memcpy(static_cast<void*>(&one), bytes + i * stride, std::min(stride, sizeof one));
    mine.push_back(one);
  }
  return mine;
}

/// Whether a struct reaches as far as `member`, a member of it.
#define EQUIVOLVE_COVERS(object, member) \
  ((object).struct_size >=               \
   offsetof(std::remove_cvref_t<decltype(object)>, member) + sizeof((object).member))

}  // namespace equivolve::engine
