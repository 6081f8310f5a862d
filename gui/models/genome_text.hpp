// A genome as lines of text with what matters and what is dead, for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/store/records.hpp"

namespace equivolve::gui {

struct TextLine {
  std::string text;
  bool live = true;      ///< false: it cannot change what the candidate does
  bool heading = false;  ///< names a part, as "predict:"
  bool operator==(const TextLine&) const = default;
};

/// `config_resolved`: the run's, for the names of inputs, operations, parameters and symbols. A
/// genome that cannot be read gives one line that says why.
std::vector<TextLine> genome_text(const std::string& representation,
                                  const std::string& config_resolved,
                                  const std::vector<std::byte>& flat);

/// What a run of characters in a line is.
enum class Mark : unsigned char { kPlain, kName, kNumber, kOperand, kSign };
struct Span {
  std::string_view text;
  Mark mark;
};
/// The line in pieces, for colouring; operands are memories, as s1 or v0.
std::vector<Span> spans_of(std::string_view line);

/// One step from `before` to `after`: a line of one, of the other, or of both.
struct ChangedLine {
  enum class Side : unsigned char { kBoth, kRemoved, kAdded } side = Side::kBoth;
  TextLine line;
};
/// By a longest common subsequence of lines (as diff).
std::vector<ChangedLine> difference(const std::vector<TextLine>& before,
                                    const std::vector<TextLine>& after);

}  // namespace equivolve::gui
