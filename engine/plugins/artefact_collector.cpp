#include "engine/plugins/artefact_collector.hpp"

#include "engine/plugins/plugin_names.hpp"

namespace equivolve::engine {
namespace {

constexpr std::size_t kLargestWrite = std::size_t{1} << 20;
constexpr std::size_t kMostBytes = std::size_t{1} << 30;

ArtefactCollector& self(void* context) {
  return *static_cast<ArtefactCollector*>(context);
}

}  // namespace

bool ArtefactCollector::known(const char* name) const {
  for (const Artefact& artefact : artefacts_)
    if (artefact.name == name) return true;
  return false;
}

int ArtefactCollector::begin(void* context, const char* name, const char* media_type) {
  ArtefactCollector& all = self(context);
  try {
    if (all.open_) all.fault_ = "began an artefact inside another";
    if (all.fault_ || !name || !is_artefact_name(name) || all.known(name)) return 0;
    all.artefacts_.push_back({name, one_line(media_type ? media_type : "", 100), ""});
    all.open_ = true;
    return 1;
  } catch (...) {
    all.fault_ = "wrote more artefacts than there is memory for";
    return 0;
  }
}

void ArtefactCollector::write(void* context, const void* data, std::size_t size) {
  ArtefactCollector& all = self(context);
  if (!all.open_) all.fault_ = "wrote outside any artefact";
  if (!data && size > 0) all.fault_ = "gave a null pointer as content";
  if (size > kLargestWrite) all.fault_ = "wrote more than 1 MiB at once";
  if (size > kMostBytes - all.total_) all.fault_ = "wrote more than 1 GiB of artefacts";
  if (all.fault_) return;
  try {
    all.artefacts_.back().content.append(static_cast<const char*>(data), size);
    all.total_ += size;
  } catch (...) {
    all.fault_ = "wrote more artefacts than there is memory for";
  }
}

void ArtefactCollector::end(void* context) {
  ArtefactCollector& all = self(context);
  if (!all.open_) all.fault_ = "ended an artefact that was not begun";
  all.open_ = false;
}

std::string ArtefactCollector::fault() const {
  if (fault_) return fault_;
  return open_ ? "left an artefact unfinished" : "";
}

}  // namespace equivolve::engine
