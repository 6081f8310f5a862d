#include "engine/plugins/raw_candidate.hpp"

#include <cstdint>

#include "search/genome/program.hpp"

namespace equivolve::engine {

RawCandidate::RawCandidate(const CandidateView& view) : raw_{} {
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
  raw_.context = &raw_;
  raw_.text = &RawCandidate::write_text;
}

void RawCandidate::write_text(void* context, const eqv_text_sink* sink) {
  const auto& raw = *static_cast<const eqv_candidate*>(context);
  // A reference known by name has no genome, hence no text. Nothing may be thrown into the
  // evaluator.
  try {
    if (raw.genome_size == 0) return;
    const auto program =
        search::view_program({static_cast<const std::byte*>(raw.genome), raw.genome_size});
    if (!program) return;
    const std::string text = search::to_text(*program);
    sink->write(sink->context, text.data(), text.size());
  } catch (...) {
    return;
  }
}

}  // namespace equivolve::engine
