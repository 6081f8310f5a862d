#include "engine/plugins/workers/artefact_parts.hpp"

#include <algorithm>

#include "engine/plugins/plugin_names.hpp"

namespace equivolve::engine {
namespace {

constexpr std::size_t kMostArtefactBytes = std::size_t{1} << 30;  // of all
constexpr std::size_t kMostArtefacts = 10'000;

}  // namespace

std::string ArtefactParts::fault_of_next(const protocol::ArtefactPart& part) const {
  if (!is_artefact_name(part.name)) return "wrote an artefact of a name that is not allowed";
  if (bytes_ + part.content.size() > kMostArtefactBytes)
    return "wrote more than 1 GiB of artefacts";
  if (goes_on(part)) return "";
  if (std::ranges::find(all_, part.name, &Artefact::name) != all_.end())
    return "wrote an artefact twice";
  return all_.size() >= kMostArtefacts ? "wrote more than 10,000 artefacts" : "";
}

void ArtefactParts::take(protocol::ArtefactPart part) {
  if (fault_.empty()) fault_ = fault_of_next(part);
  if (!fault_.empty()) return;
  if (!goes_on(part)) all_.push_back({part.name, part.media_type, ""});
  bytes_ += part.content.size();
  all_.back().content.append(reinterpret_cast<const char*>(part.content.data()),
                             part.content.size());
}

}  // namespace equivolve::engine
