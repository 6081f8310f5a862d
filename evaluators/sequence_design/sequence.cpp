#include "evaluators/sequence_design/sequence.hpp"

#include <algorithm>

namespace equivolve::sequence_design {

tl::expected<Sequence, std::string> parse_sequence(std::string_view text,
                                                   const SequenceShape& shape) {
  Sequence out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t at = shape.alphabet.find(text[i]);
    if (at == std::string::npos || at == shape.pad())
      return tl::unexpected<std::string>("character " + std::to_string(i + 1) + " is " +
                                         shown(text[i]) + "; expected one of " + shape.alphabet);
    out.push_back(static_cast<Symbol>(at));
  }
  const bool fits =
      shape.is_padded() ? !out.empty() && out.size() <= shape.length : out.size() == shape.length;
  if (!fits)
    return tl::unexpected<std::string>("has " + std::to_string(out.size()) + " symbols; expected " +
                                       (shape.is_padded() ? "1 to " : "") +
                                       std::to_string(shape.length));
  out.resize(shape.length, static_cast<Symbol>(shape.pad()));
  return out;
}

std::string sequence_text(SequenceView sequence, const SequenceShape& shape) {
  std::string out;
  for (const Symbol s : sequence)
    if (s != shape.pad()) out += shape.alphabet[s];
  return out;
}

std::string shown(char character) {
  if (character >= ' ' && character <= '~') return std::string("'") + character + "'";
  constexpr const char* kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(character);
  return std::string("the byte 0x") + kDigits[byte >> 4] + kDigits[byte & 15];
}

std::size_t hamming_distance(SequenceView a, SequenceView b) {
  std::size_t different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) different += a[i] != b[i] ? 1 : 0;
  return different;
}

void one_hot(SequenceView sequence, std::size_t symbols, std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  for (std::size_t i = 0; i < sequence.size(); ++i) out[i * symbols + sequence[i]] = 1;
}

Sequence row_argmax(std::span<const double> p, std::size_t symbols) {
  Sequence out(p.size() / symbols);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto row = p.subspan(i * symbols, symbols);
    out[i] = static_cast<Symbol>(std::max_element(row.begin(), row.end()) - row.begin());
  }
  return out;
}

}  // namespace equivolve::sequence_design
