// Where a person has been: back and forward, as in a browser.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace equivolve::gui {

struct Place {
  int page = 0;
  std::int64_t run = 0;                 ///< 0: none
  std::optional<std::uint32_t> ticket;  ///< of the candidate
  bool operator==(const Place&) const = default;
};

class History {
 public:
  /// A step forward from here; what was forward is forgotten. The same place again is no step.
  void visit(const Place& place) {
    if (!places_.empty() && places_[at_] == place) return;
    if (!places_.empty()) places_.resize(at_ + 1);
    places_.push_back(place);
    at_ = places_.size() - 1;
  }
  /// Where one is has changed a little, without a step.
  void adjust(const Place& place) {
    if (!places_.empty()) places_[at_] = place;
  }
  bool can_go_back() const { return at_ > 0; }
  bool can_go_forward() const { return at_ + 1 < places_.size(); }
  const Place& back() { return places_[--at_]; }     ///< [can_go_back()]
  const Place& forward() { return places_[++at_]; }  ///< [can_go_forward()]
  void clear() { *this = History(); }

 private:
  std::vector<Place> places_;
  std::size_t at_ = 0;
};

}  // namespace equivolve::gui
