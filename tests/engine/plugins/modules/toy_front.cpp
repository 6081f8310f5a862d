// An evaluator of configurations with all roles of figures: two objectives that pull apart, a
// constraint, and two descriptors. The problem is ZDT1 with four parameters (Zitzler, Deb, Thiele
// 2000), of which the part below x0 = 0.2 is ruled out.
//
//   x0 ... x3  float   0 to 1
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

#include "evaluators/sdk/evaluator.hpp"
#include "search/genome/equivolve_genome.h"

namespace {

namespace sdk = equivolve::sdk;

constexpr std::size_t kParameters = 4, kFigures = 5;

class ToyFront {
 public:
  static const eqv_descriptor& descriptor() {
    static const std::uint32_t representations[] = {EQV_CONFIGURATION};
    static const eqv_descriptor one{sizeof one,
                                    "toy_front",
                                    "1",
                                    "two objectives, a constraint and two descriptors",
                                    EQV_THREAD_SAFE | EQV_DETERMINISTIC | EQV_OFFERS_PROBE,
                                    representations,
                                    1};
    return one;
  }
  static std::string config_schema() { return "{}"; }

  ToyFront(sdk::Host, std::string_view) {}
  const eqv_instance_info& instance_info() const { return info_; }

  std::string default_space(std::uint32_t representation) const {
    if (representation != EQV_CONFIGURATION) return "{}";
    return R"({"representation": "configuration", "parameters": {
      "x0": {"type": "float", "low": 0, "high": 1}, "x1": {"type": "float", "low": 0, "high": 1},
      "x2": {"type": "float", "low": 0, "high": 1}, "x3": {"type": "float", "low": 0, "high": 1}}})";
  }
  void bind_space(std::string_view) {}
  std::string reference_candidates() const { return "[]"; }

  eqv_status probe(const sdk::Candidate& candidate, const eqv_probe_request&,
                   sdk::OutputSink& sink) const {
    std::array<double, kFigures> figures;
    if (!run(candidate, figures)) return EQV_INVALID_CANDIDATE;
    sink.values(figures);
    return EQV_OK;
  }

  eqv_status evaluate(const sdk::Candidate& candidate, const eqv_trial_request&,
                      sdk::Result& result) const {
    std::array<double, kFigures> figures;
    if (!run(candidate, figures)) return EQV_INVALID_CANDIDATE;
    for (std::size_t i = 0; i < kFigures; ++i) result.figures()[i] = figures[i];
    return EQV_OK;
  }

 private:
  static bool run(const sdk::Candidate& candidate, std::array<double, kFigures>& figures) {
    std::array<eqv_parameter_value, kParameters> x;
    if (candidate.genome().size() != sizeof x) return false;
    std::memcpy(x.data(), candidate.genome().data(), sizeof x);
    const double others = (x[1].number + x[2].number + x[3].number) / 3;
    const double g = 1 + 9 * others;
    figures = {x[0].number, g * (1 - std::sqrt(x[0].number / g)), 0.2 - x[0].number, x[1].number,
               x[2].number - x[3].number};
    return true;
  }

  static constexpr double kInfinity = std::numeric_limits<double>::infinity();
  static constexpr std::uint32_t kSize = sizeof(eqv_figure);
  std::array<eqv_figure, kFigures> figures_{
      eqv_figure{kSize, "near", "", EQV_OBJECTIVE, EQV_MINIMIZE, 0, 1, 1},
      eqv_figure{kSize, "far", "", EQV_OBJECTIVE, EQV_MINIMIZE, 0, kInfinity, 1},
      eqv_figure{kSize, "lack", "", EQV_CONSTRAINT, EQV_MINIMIZE, -1, 1, 1},
      eqv_figure{kSize, "height", "", EQV_DESCRIPTOR, EQV_MAXIMIZE, 0, 1, 1},
      eqv_figure{kSize, "slope", "", EQV_DESCRIPTOR, EQV_MAXIMIZE, -kInfinity, kInfinity, 1}};
  eqv_level level_{sizeof(eqv_level), "full", 1, 0};
  eqv_instance_info info_{.struct_size = sizeof(eqv_instance_info),
                          .figures = figures_.data(),
                          .figure_count = kFigures,
                          .levels = &level_,
                          .level_count = 1,
                          .offers_test_split = 0,
                          .typical_seconds = 0,
                          .data_digest = {},
                          .probe_mantissa_bits = 0,
                          .probe_exact = 1,
                          .refines_genomes = 0};
};

}  // namespace

EQUIVOLVE_EVALUATOR(ToyFront)
