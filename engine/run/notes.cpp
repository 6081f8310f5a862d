#include "engine/run/notes.hpp"

#include <utility>

#include <nlohmann/json.hpp>

namespace equivolve::engine {
namespace {

/// What says more than this says nothing of the data.
constexpr std::size_t kMostNotes = 200;

}  // namespace

std::function<void(int, std::string_view)> Notes::keeping(
    const std::shared_ptr<Notes>& notes, std::function<void(int, std::string_view)> log) {
  return [notes, log = std::move(log)](int severity, std::string_view text) {
    {
      std::lock_guard lock(notes->mutex_);
      if (!notes->taken_ && notes->texts_.size() < kMostNotes) notes->texts_.emplace_back(text);
    }
    if (log) log(severity, text);
  };
}

std::vector<std::string> Notes::take() {
  std::lock_guard lock(mutex_);
  taken_ = true;
  return std::exchange(texts_, {});
}

std::string notes_json(const std::vector<std::string>& notes) {
  return nlohmann::json{{"notes", notes}}.dump(-1, ' ', false,
                                               nlohmann::json::error_handler_t::replace);
}

std::vector<std::string> notes_of(const std::string& json) {
  std::vector<std::string> notes;
  const auto value = nlohmann::json::parse(json, nullptr, false);
  if (!value.is_object() || !value.contains("notes") || !value["notes"].is_array()) return notes;
  for (const auto& note : value["notes"])
    if (note.is_string()) notes.push_back(note.get<std::string>());
  return notes;
}

}  // namespace equivolve::engine
