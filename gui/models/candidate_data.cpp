#include "gui/models/candidate_data.hpp"

#include <array>

namespace equivolve::gui {

std::size_t CandidateData::objective() const {
  std::size_t position = 0;
  while (position < figures_.size() && figures_[position].role != 0) ++position;
  return position;
}

const char* status_name(engine::Status status) {
  static constexpr std::array kNames = {"ok",        "infeasible", "non_finite", "failed",
                                        "cancelled", "pruned",     "partial"};
  const auto number = static_cast<std::size_t>(status);
  return number < kNames.size() ? kNames[number] : "unknown";
}

const char* reason_name(engine::Reason reason) {
  static constexpr std::array kNames = {"",         "wrong_shape", "evaluator_error",
                                        "crash",    "deadline",    "memory",
                                        "protocol", "lost_worker"};
  const auto number = static_cast<std::size_t>(reason);
  return number < kNames.size() ? kNames[number] : "unknown";
}

std::string status_text(engine::Status status, engine::Reason reason) {
  std::string text = status_name(status);
  if (reason != engine::Reason::kNone) text += std::string(" (") + reason_name(reason) + ")";
  return text;
}

}  // namespace equivolve::gui
