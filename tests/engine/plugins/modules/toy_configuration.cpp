// An evaluator of configurations, small but complete: a curve is fitted to half a parabola. Its
// parameters choose the curve's form; some count under a condition only, and some do nothing in
// places, so that many configurations behave alike.
//
//   shape    choice  flat | line | power
//   x        float   the curve's factor; beyond -1 and 1 it is cut off there
//   y        float   log scale; the slope of a line, as its logarithm; nothing elsewhere
//   power    int     only when shape is power
//   tilt     bool    only when shape is line: whether `level` counts
//   level    int     what a tilted line is raised by, in tenths; nothing elsewhere
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "evaluators/sdk/evaluator.hpp"
#include "search/genome/equivolve_genome.h"

namespace {

namespace sdk = equivolve::sdk;

// The order of values in a genome: by name, but each behind those that its conditions name.
enum Position : std::size_t { kLevel, kShape, kPower, kTilt, kX, kY, kParameterCount };
using Values = std::array<eqv_parameter_value, kParameterCount>;

class ToyConfiguration {
 public:
  static const eqv_descriptor& descriptor() {
    static const std::uint32_t representations[] = {EQV_CONFIGURATION};
    static const eqv_descriptor one{sizeof one,
                                    "toy_configuration",
                                    "1",
                                    "fits a curve to half a parabola",
                                    EQV_THREAD_SAFE | EQV_DETERMINISTIC | EQV_OFFERS_PROBE,
                                    representations,
                                    1};
    return one;
  }
  static std::string config_schema() { return "{}"; }

  ToyConfiguration(sdk::Host, std::string_view) {}
  const eqv_instance_info& instance_info() const { return info_; }

  std::string default_space(std::uint32_t representation) const {
    if (representation != EQV_CONFIGURATION) return "{}";
    return R"({"representation": "configuration", "parameters": {
      "shape": {"type": "choice", "values": ["flat", "line", "power"]},
      "x": {"type": "float", "low": -5, "high": 5},
      "y": {"type": "float", "low": 0.001, "high": 1000, "log": true},
      "power": {"type": "int", "low": 1, "high": 6, "when": {"shape": "power"}},
      "tilt": {"type": "bool", "when": {"shape": "line"}},
      "level": {"type": "int", "low": 0, "high": 9}},
      "forbidden": [{"shape": "power", "power": 6, "level": {"low": 5}}]})";
  }

  /// A user may have narrowed the choices: positions are among those that are left.
  void bind_space(std::string_view space) {
    constexpr std::string_view kBegin = "\"shape\":{", kValues = "\"values\":[";
    const std::size_t shape = space.find(kBegin);
    const std::size_t from = space.find(kValues, shape == space.npos ? 0 : shape);
    if (shape == space.npos || from == space.npos)
      throw sdk::Refused("/parameters/shape", "has no values");
    const std::size_t first = from + kValues.size(), end = space.find(']', first);
    shapes_.clear();
    std::string_view rest = space.substr(first, end - first);
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      shapes_.emplace_back(rest.substr(1, comma - 2));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }

  std::string reference_candidates() const {
    return R"([{"name": "zero", "summary": "a curve that is 0 everywhere"},
      {"name": "cubic", "summary": "the cube",
       "genome": "shape: power\nx: 1\ny: 1\npower: 3\nlevel: 0\n"}])";
  }

  eqv_status probe(const sdk::Candidate& candidate, const eqv_probe_request&,
                   sdk::OutputSink& sink) const {
    std::array<double, 12> outputs;
    if (!run(candidate, outputs)) return EQV_INVALID_CANDIDATE;
    sink.values(outputs);
    return EQV_OK;
  }

  eqv_status evaluate(const sdk::Candidate& candidate, const eqv_trial_request&,
                      sdk::Result& result) const {
    std::array<double, 64> outputs;
    if (!run(candidate, outputs)) return EQV_INVALID_CANDIDATE;
    double sum = 0;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const double t = input(i, outputs.size()), miss = outputs[i] - 0.5 * t * t;
      sum += miss * miss;
    }
    result.figures()[0] = sum / static_cast<double>(outputs.size());
    result.cost(outputs.size());
    return EQV_OK;
  }

 private:
  static double input(std::size_t i, std::size_t count) {
    return 2.0 * static_cast<double>(i) / static_cast<double>(count - 1) - 1.0;
  }

  /// The curve at inputs from -1 to 1.
  bool run(const sdk::Candidate& candidate, std::span<double> outputs) const {
    std::fill(outputs.begin(), outputs.end(), 0.0);
    if (candidate.reference() == "zero") return true;
    Values values;
    if (candidate.genome().size() != sizeof values) return false;
    std::memcpy(values.data(), candidate.genome().data(), sizeof values);
    const auto position = static_cast<std::size_t>(values[kShape].number);
    if (position >= shapes_.size()) return false;
    for (std::size_t i = 0; i < outputs.size(); ++i)
      outputs[i] = curve(shapes_[position], values, input(i, outputs.size()));
    return true;
  }

  static double curve(std::string_view shape, const Values& v, double t) {
    if (shape == "power")
      return std::clamp(v[kX].number, -1.0, 1.0) * std::pow(std::abs(t), v[kPower].number);
    if (shape == "line")
      return std::log10(v[kY].number) * t + (v[kTilt].number != 0 ? v[kLevel].number / 10 : 0);
    return 0;
  }

  std::vector<std::string> shapes_{"flat", "line", "power"};
  eqv_figure figure_{sizeof(eqv_figure),
                     "loss",
                     "",
                     EQV_OBJECTIVE,
                     EQV_MINIMIZE,
                     0,
                     std::numeric_limits<double>::infinity(),
                     1};
  eqv_level level_{sizeof(eqv_level), "full", 1, 0};
  eqv_instance_info info_{.struct_size = sizeof(eqv_instance_info),
                          .figures = &figure_,
                          .figure_count = 1,
                          .levels = &level_,
                          .level_count = 1,
                          .offers_test_split = 0,
                          .typical_seconds = 0,
                          .data_digest = {},
                          .probe_mantissa_bits = 0,
                          .probe_exact = 1};
};

}  // namespace

EQUIVOLVE_EVALUATOR(ToyConfiguration)
