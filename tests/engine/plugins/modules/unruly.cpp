// An evaluator that misbehaves on request, through the C++ face: options.do says how.
#include <cfenv>
#include <clocale>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "evaluators/sdk/evaluator.hpp"
#include "search/genome/equivolve_genome.h"

namespace {

namespace sdk = equivolve::sdk;

class Unruly {
 public:
  static const eqv_descriptor& descriptor() {
    static const std::uint32_t representations[] = {EQV_PROGRAM};
    static const eqv_descriptor one{sizeof one,
                                    "unruly",
                                    "1",
                                    "misbehaves on request",
                                    EQV_THREAD_SAFE | EQV_OFFERS_PROBE | EQV_OFFERS_APPLY,
                                    representations,
                                    1};
    return one;
  }
  static std::string config_schema() { return "{}"; }

  Unruly(sdk::Host host, std::string_view config) : host_(host), config_(config) {
    if (asked("refuse_options")) throw sdk::Refused("/options/do", "not this way");
    if (asked("throw_in_create")) throw std::runtime_error("cannot\nstart");
    if (asked("throw_a_number")) throw 5;
    if (asked("out_of_memory_in_create")) throw std::bad_alloc();
    if (asked("locale_in_create")) std::setlocale(LC_ALL, "C.UTF-8");
    if (asked("bad_figure_name")) figures_[0].name = "two words";
    if (asked("no_objective")) figures_[0].role = EQV_METRIC;
    if (asked("figure_twice")) figures_[1].name = "score";
    if (asked("float_outputs")) info_.probe_mantissa_bits = 12;
    if (asked("too_many_bits")) info_.probe_mantissa_bits = 53;
  }
  const eqv_instance_info& instance_info() const { return info_; }

  void bind_space(std::string_view) {
    if (asked("refuse_space")) throw sdk::Refused("/memories/scalars", "too few");
  }
  std::string reference_candidates() const { return asked("bad_references") ? "[{]" : "[]"; }

  eqv_status evaluate(const sdk::Candidate& candidate, const eqv_trial_request& trial,
                      sdk::Result& result) {
    if (asked("leave_unset")) return EQV_OK;
    if (asked("drift")) return drift(candidate, result);
    result.figures()[0] = 0.5;
    result.figures()[1] = -0.0;
    if (asked("tell_text")) return result.message(candidate.text()), EQV_INFEASIBLE;
    if (asked("throw_in_evaluate")) throw std::runtime_error("went wrong");
    if (asked("not_a_number")) result.figures()[0] = std::numeric_limits<double>::quiet_NaN();
    if (asked("infinite_metric")) result.figures()[1] = std::numeric_limits<double>::infinity();
    if (asked("cancel_uninvited")) return EQV_CANCELLED;
    if (asked("strange_status")) return static_cast<eqv_status>(77);
    if (asked("change_rounding")) std::fesetround(FE_UPWARD);
    if (asked("change_locale")) std::setlocale(LC_ALL, "C.UTF-8");
    if (asked("non_finite")) return EQV_NON_FINITE;
    if (asked("out_of_memory")) throw std::bad_alloc();
    if (asked("until_cancelled")) return wait(trial);
    if (asked("until_report_stops")) return until_report_stops(trial, result);
    if (asked("flood")) flood(trial, result);
    if (asked("throw_in_parallel"))
      host_.parallel_for(trial, 8, [](std::size_t i) {
        if (i == 5) throw std::runtime_error("one part");
      });
    return EQV_OK;
  }

  eqv_status probe(const sdk::Candidate& candidate, const eqv_probe_request& request,
                   sdk::OutputSink& sink) {
    if (asked("key_is_first_byte")) return size_by_first_byte(candidate, request, sink);
    if (asked("throw_in_probe")) throw std::runtime_error("no probe today");
    if (asked("probe_non_finite")) return EQV_NON_FINITE;
    if (asked("open_only")) sink.open_set();
    if (asked("close_only")) sink.close_set();
    if (asked("item_only")) sink.end_item();
    if (asked("null_group")) sink.values({static_cast<const double*>(nullptr), 3});
    if (asked("neighbours")) {
      const double value = candidate.genome().size() % 2 == 0 ? 1.0 : 1.0 + 0x1p-30;
      sink.values({&value, 1});
    }
    const std::string text = candidate.text();
    sink.text(text);
    return EQV_OK;
  }

  eqv_status apply(const sdk::Candidate&, const eqv_apply_request&, sdk::ArtefactSink& sink) {
    if (asked("refuse_apply")) throw sdk::Refused("/data", "which?");
    sink.write("large.bin", "application/octet-stream",
               std::string((std::size_t{5} << 20) + 3, 'x'));
    if (asked("bad_artefact_name")) sink.write("a/b", "text/plain", "");
    return EQV_OK;
  }

 private:
  bool asked(const std::string& what) const {
    return config_.find("\"" + what + "\"") != std::string::npos;
  }

  /// A score of the genome's bytes, other ones where the environment says so: what is not to be
  /// done.
  eqv_status drift(const sdk::Candidate& candidate, sdk::Result& result) const {
    unsigned sum = 0;
    for (const std::byte b : std::as_bytes(std::span(candidate.genome())))
      sum = sum * 31 + std::to_integer<unsigned>(b);
    const bool drifts = std::getenv("EQUIVOLVE_TEST_DRIFT") != nullptr && sum % 16 == 0;
    result.figures()[0] = (sum % 1000) / 1000.0 + (drifts ? 1 : 0);
    result.figures()[1] = 0;
    return EQV_OK;
  }

  /// Of candidates with one first byte only the first's size is seen.
  static eqv_status size_by_first_byte(const sdk::Candidate& candidate,
                                       const eqv_probe_request& request, sdk::OutputSink& sink) {
    if (sink.known(candidate.genome().first(1))) return EQV_OK;
    sink.integer(static_cast<std::int64_t>(candidate.genome().size()));
    sink.integer(static_cast<std::int64_t>(request.seed));
    return EQV_OK;
  }

  eqv_status wait(const eqv_trial_request& trial) const {
    while (!host_.is_cancelled(trial)) {
    }
    return EQV_CANCELLED;
  }
  eqv_status until_report_stops(const eqv_trial_request& trial, sdk::Result& result) const {
    while (host_.report(trial, 1, 0, result.figures())) {
    }
    return EQV_OK;
  }
  void flood(const eqv_trial_request& trial, sdk::Result& result) const {
    for (std::uint64_t step = 0; step < 9'000; ++step)
      host_.report(trial, step, 9'000, result.figures());
  }

  sdk::Host host_;
  std::string config_;
  std::vector<eqv_figure> figures_{
      {sizeof(eqv_figure), "score", "", EQV_OBJECTIVE, EQV_MAXIMIZE, 0, 1, 1},
      {sizeof(eqv_figure), "extra", "s", EQV_METRIC, EQV_MINIMIZE, 0, 1, 0}};
  eqv_level level_{sizeof(eqv_level), "full", 1, 0};
  eqv_instance_info info_{
      sizeof(eqv_instance_info), figures_.data(), figures_.size(), &level_, 1, 0, 0, {}, 0, 0, 0};
};

}  // namespace

EQUIVOLVE_EVALUATOR(Unruly)
