// An evaluator of which three trials in ten fail, each in a way that follows from its genome alone
// (misdeeds.hpp). With the option `without: devour` none takes all memory; they abort instead. With
// `behave: well` all do.
#include "tests/engine/plugins/modules/misdeeds.hpp"

#include <string>

#include "evaluators/sdk/evaluator.hpp"
#include "search/genome/equivolve_genome.h"
#include "tests/engine/plugins/modules/hostile_acts.hpp"

namespace {

namespace sdk = equivolve::sdk;

class Misdeeds {
 public:
  static const eqv_descriptor& descriptor() {
    static const std::uint32_t representations[] = {EQV_PROGRAM};
    static const eqv_descriptor one{sizeof one,        "misdeeds",      "1", "fails in many ways",
                                    EQV_DETERMINISTIC, representations, 1};
    return one;
  }
  static std::string config_schema() { return "{}"; }

  Misdeeds(sdk::Host, std::string_view config)
      : behaves_(config.find("\"well\"") != std::string_view::npos),
        devours_(config.find("\"devour\"") == std::string_view::npos) {}
  const eqv_instance_info& instance_info() const { return info_; }

  eqv_status evaluate(const sdk::Candidate& candidate, const eqv_trial_request&,
                      sdk::Result& result) {
    result.figures()[0] = score_of(candidate.genome());
    return behaves_ ? EQV_OK : act(misdeed_of(candidate.genome()));
  }

 private:
  eqv_status act(Misdeed misdeed) const {
    switch (misdeed) {
      case Misdeed::kSegfault:
        raise(SIGSEGV);
        break;
      case Misdeed::kAbort:
        std::abort();
      case Misdeed::kExit:
        std::exit(3);
      case Misdeed::kThrow:
        hostile::throw_in_a_thread();
        break;
      case Misdeed::kDivide:
        raise(SIGFPE);
        break;
      case Misdeed::kHang:
        hostile::hang(false);
      case Misdeed::kHangDeaf:
        hostile::hang(true);
      case Misdeed::kDevour:
        if (!devours_) std::abort();
        hostile::devour_allowance();
      case Misdeed::kGarbage:
        hostile::write_to_engine("this is no message\n");
        break;
      case Misdeed::kPartial:
        hostile::answer_in_part();
      case Misdeed::kOtherQuestion:
        hostile::answer_another_question();
        break;
      case Misdeed::kFlood:
        hostile::flood_engine();
        break;
      case Misdeed::kPrint:
        hostile::print(1000);
        break;
      case Misdeed::kRefuse:
        return EQV_INTERNAL;
      case Misdeed::kNone:
        break;
    }
    return EQV_OK;
  }

  const bool behaves_, devours_;
  eqv_figure figure_{sizeof(eqv_figure), "score", "", EQV_OBJECTIVE, EQV_MAXIMIZE, 0, 1, 1};
  eqv_level level_{sizeof(eqv_level), "full", 1, 0};
  eqv_instance_info info_{sizeof(eqv_instance_info), &figure_, 1, &level_, 1, 0, 0, {}, 0, 0, 0};
};

}  // namespace

EQUIVOLVE_EVALUATOR(Misdeeds)
