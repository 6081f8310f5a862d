// Sequences over a finite alphabet. All of a task have one length; where lengths vary, shorter ones
// end in a symbol of their own, the pad, which stands last in the alphabet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace equivolve::sequence_design {

using Symbol = std::uint8_t;  ///< a position in the alphabet
using Sequence = std::vector<Symbol>;
using SequenceView = std::span<const Symbol>;

inline constexpr char kPad = '-';

struct SequenceShape {
  std::string alphabet;    ///< 2 to 64 different characters of ASCII; the pad, if any, last
  std::size_t length = 0;  ///< symbols of every sequence, pads included; >= 1

  std::size_t symbols() const { return alphabet.size(); }
  std::size_t cells() const { return length * symbols(); }  ///< numbers of a one-hot matrix
  bool is_padded() const { return !alphabet.empty() && alphabet.back() == kPad; }
  /// Position of the pad; one that no symbol has where there is none.
  std::size_t pad() const { return is_padded() ? symbols() - 1 : 256; }
  bool operator==(const SequenceShape&) const = default;
};

/// The symbols of a text, padded to the shape's length. The error says which character is wrong.
tl::expected<Sequence, std::string> parse_sequence(std::string_view text,
                                                   const SequenceShape& shape);
std::string sequence_text(SequenceView sequence, const SequenceShape& shape);  ///< pads left out

/// A character as a message can show it: 'x', or "the byte 0xC3" where it cannot be printed.
std::string shown(char character);

std::size_t hamming_distance(SequenceView a, SequenceView b);  ///< of equally long ones

/// length x symbols numbers, row by row: 1 where the symbol stands, else 0.
void one_hot(SequenceView sequence, std::size_t symbols, std::span<double> out);
/// Of each row of `p` the position of its greatest number, the first of equal ones.
Sequence row_argmax(std::span<const double> p, std::size_t symbols);

}  // namespace equivolve::sequence_design
