// A condition on candidates, as people write it: accuracy > 0.9 and duplicate
//
//   or < and < not < comparisons (== != < <= > >=) < + - < * / < -x < numbers, names, ( )
//   numbers   the figures of the run, by name ("..." around names that are not words), birth,
//             ticket, class, level, seconds (of its trial)
//   truths    duplicate, new, verified, wrong, and each status: ok, failed, infeasible, non_finite,
//             cancelled, pruned, partial
// A comparison with a figure that a candidate lacks is false, != included.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "gui/models/candidate_data.hpp"

namespace equivolve::gui {

struct FilterError {
  std::string message;     ///< says what is wrong, and the nearest name
  std::size_t column = 0;  ///< 1-based, in bytes
};

/// A parsed condition, for runs with the figures it was parsed for. [any-thread]
class Filter {
 public:
  /// Blank text: everything matches.
  static tl::expected<Filter, FilterError> parse(std::string_view text,
                                                 const std::vector<engine::FigureRow>& figures);

  bool is_empty() const { return code_.empty(); }
  bool matches(const CandidateData& data, std::size_t row) const;

  /// One step of a stack machine.
  enum class Op : std::uint8_t {
    kNumber,
    kFigure,
    kBirth,
    kTicket,
    kClass,
    kLevel,
    kSeconds,
    kFlag,
    kNew,
    kStatus,
    kNot,
    kNegate,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kEqual,
    kUnequal,
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual,
    kAnd,
    kOr
  };
  struct Step {
    Op op = Op::kNumber;
    std::uint32_t index = 0;  ///< figure, flag or status
    double number = 0;
  };
  /// No condition may need a deeper stack.
  static constexpr std::size_t kMostDepth = 64;

 private:
  std::vector<Step> code_;
};

/// Every name that a condition may use for such a run, as it is written.
std::vector<std::string> filter_names(const std::vector<engine::FigureRow>& figures);

}  // namespace equivolve::gui
