#include "engine/processes/slots.hpp"

#include <string_view>

namespace equivolve::engine {

std::uint32_t Slots::take() {
  const std::lock_guard guard(lock_);
  std::uint32_t slot = 0;
  while (taken_.contains(slot)) ++slot;
  taken_.insert(slot);
  return slot;
}

void Slots::give_back(std::uint32_t slot) {
  const std::lock_guard guard(lock_);
  taken_.erase(slot);
}

std::string with_slot(std::string value, std::uint32_t slot) {
  constexpr std::string_view kSlot = "{slot}";
  const std::string number = std::to_string(slot);
  for (std::size_t at = value.find(kSlot); at != std::string::npos;
       at = value.find(kSlot, at + number.size()))
    value.replace(at, kSlot.size(), number);
  return value;
}

}  // namespace equivolve::engine
