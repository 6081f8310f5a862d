// A small evaluator of sequences: how much of a motif a strand carries, and where does not matter;
// '-' is silent. What is read, the strand without its silent symbols, is all that counts, so many
// sequences behave alike.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "evaluators/sdk/evaluator.hpp"
#include "search/genome/sequence.hpp"

namespace {

namespace sdk = equivolve::sdk;

constexpr std::string_view kMotif = "GATTACAGC";

/// The most symbols that agree where the motif is laid beside the strand.
int best_match(std::string_view strand) {
  int best = 0;
  const auto places = static_cast<std::ptrdiff_t>(strand.size());
  for (std::ptrdiff_t at = 1 - static_cast<std::ptrdiff_t>(kMotif.size()); at < places; ++at) {
    int agreeing = 0;
    for (std::size_t i = 0; i < kMotif.size(); ++i) {
      const std::ptrdiff_t place = at + static_cast<std::ptrdiff_t>(i);
      if (place >= 0 && place < places)
        agreeing += strand[static_cast<std::size_t>(place)] == kMotif[i];
    }
    best = std::max(best, agreeing);
  }
  return best;
}

class ToySequence {
 public:
  static const eqv_descriptor& descriptor() {
    static const std::uint32_t representations[] = {EQV_SEQUENCE};
    static const eqv_descriptor one{sizeof one,
                                    "toy_sequence",
                                    "1",
                                    "strands that carry a motif; '-' is silent",
                                    EQV_THREAD_SAFE | EQV_DETERMINISTIC | EQV_OFFERS_PROBE,
                                    representations,
                                    1};
    return one;
  }
  static std::string config_schema() { return "{}"; }

  ToySequence(sdk::Host, std::string_view) {}
  const eqv_instance_info& instance_info() const { return info_; }

  std::string default_space(std::uint32_t) const {
    return R"({"representation": "sequence", "alphabet": "ACGT-",
               "min_length": 4, "max_length": 16, "initial_length": 8})";
  }
  void bind_space(std::string_view text) {
    const auto space = nlohmann::json::parse(text);
    symbols_.clear();
    for (const auto& symbol : space["alphabet"]) symbols_ += symbol.get<std::string>();
    length_ = space["initial_length"];
  }
  std::string reference_candidates() const {
    std::string alternating;
    for (std::size_t i = 0; i < length_; ++i)
      alternating += symbols_[i % std::min<std::size_t>(symbols_.size(), 2)];
    return nlohmann::json{
        {{"name", "uniform"},
         {"summary", "one symbol throughout"},
         {"genome", std::string(length_, symbols_[0])}},
        {{"name", "alternating"}, {"summary", "two symbols in turn"}, {"genome", alternating}}}
        .dump();
  }

  eqv_status probe(const sdk::Candidate& candidate, const eqv_probe_request&,
                   sdk::OutputSink& sink) const {
    const auto strand = strand_of(candidate);
    if (!strand) return EQV_INVALID_CANDIDATE;
    sink.text(*strand);
    return EQV_OK;
  }

  eqv_status evaluate(const sdk::Candidate& candidate, const eqv_trial_request&,
                      sdk::Result& result) const {
    const auto strand = strand_of(candidate);
    if (!strand) return EQV_INVALID_CANDIDATE;
    result.figures()[0] = best_match(*strand) / static_cast<double>(kMotif.size());
    result.figures()[1] = static_cast<double>(strand->size());
    return EQV_OK;
  }

 private:
  std::optional<std::string> strand_of(const sdk::Candidate& candidate) const {
    const auto tokens = equivolve::search::view_sequence(candidate.genome());
    if (!tokens) return std::nullopt;
    std::string strand;
    for (const std::uint8_t token : *tokens) {
      if (token >= symbols_.size()) return std::nullopt;
      if (symbols_[token] != '-') strand += symbols_[token];
    }
    return strand;
  }

  std::string symbols_ = "ACGT-";
  std::size_t length_ = 8;
  eqv_figure figures_[2]{
      {sizeof(eqv_figure), "match", "", EQV_OBJECTIVE, EQV_MAXIMIZE, 0, 1, 1},
      {sizeof(eqv_figure), "read", "symbols", EQV_METRIC, EQV_MINIMIZE, 0, 65536, 1}};
  eqv_level level_{sizeof(eqv_level), "full", 1, 0};
  eqv_instance_info info_{sizeof(eqv_instance_info), figures_, 2, &level_, 1, 0, 0, {}, 0, 0};
};

}  // namespace

EQUIVOLVE_EVALUATOR(ToySequence)
