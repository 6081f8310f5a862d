#include "engine/plugins/raw_candidate.hpp"

#include <cstdint>

namespace equivolve::engine {

RawCandidate::RawCandidate(const CandidateView& view, const search::Space* space)
    : space_(space), raw_{} {
  search::GenomeView genome = view.genome;
  if (reinterpret_cast<std::uintptr_t>(genome.data()) % 8 != 0) {
    aligned_.assign(genome.begin(), genome.end());
    genome = aligned_;
  }
  raw_.struct_size = sizeof raw_;
  raw_.representation = static_cast<std::uint32_t>(view.representation);
  raw_.genome = genome.data();
  raw_.genome_size = genome.size();
  raw_.reference = {view.reference.data() ? view.reference.data() : "", view.reference.size()};
  raw_.context = this;
  raw_.text = &RawCandidate::write_text;
}

void RawCandidate::write_text(void* context, const eqv_text_sink* sink) {
  const auto& self = *static_cast<const RawCandidate*>(context);
  // A reference known by name has no genome, hence no text. Nothing may be thrown into the
  // evaluator.
  try {
    if (self.raw_.genome_size == 0 || !self.space_) return;
    const std::string text = search::genome_text(
        {static_cast<const std::byte*>(self.raw_.genome), self.raw_.genome_size}, *self.space_);
    sink->write(sink->context, text.data(), text.size());
  } catch (...) {
    return;
  }
}

}  // namespace equivolve::engine
