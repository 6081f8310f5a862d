#include "search/space/sequence_space.hpp"

#include <algorithm>
#include <unordered_map>

#include "search/genome/nearest_name.hpp"
#include "search/genome/utf8.hpp"

namespace equivolve::search {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool all_single(const std::vector<std::string>& alphabet) {
  return std::all_of(alphabet.begin(), alphabet.end(), [](const std::string& symbol) {
    return !symbol.empty() && character_size(symbol) == symbol.size();
  });
}

/// Cuts a text into symbols, with their places.
class SymbolReader {
 public:
  SymbolReader(std::string_view text, bool single) : text_(text), single_(single) {}

  /// The next symbol; empty at the end.
  std::string_view next() {
    while (end_ < text_.size() && is_blank(text_[end_])) step(1);
    start_ = end_;
    start_line_ = line_;
    start_column_ = column_;
    if (end_ == text_.size()) return {};
    if (single_) {
      step(std::max<std::size_t>(character_size(text_.substr(end_)), 1));
    } else {
      while (end_ < text_.size() && !is_blank(text_[end_])) step(1);
    }
    return text_.substr(start_, end_ - start_);
  }
  /// An error at the symbol last read.
  tl::unexpected<Error> fail(std::string message) const {
    return tl::unexpected<Error>(Error{std::move(message), start_line_, start_column_});
  }

 private:
  void step(std::size_t bytes) {
    const bool breaks = text_[end_] == '\n';
    end_ += bytes;
    line_ += breaks ? 1 : 0;
    column_ = breaks ? 1 : column_ + bytes;
  }
  std::string_view text_;
  bool single_;
  std::size_t start_ = 0, end_ = 0;
  std::size_t line_ = 1, column_ = 1, start_line_ = 1, start_column_ = 1;
};

std::string expected_symbols(const std::vector<std::string>& alphabet) {
  std::string out;
  for (std::size_t i = 0; i < alphabet.size() && i < 24; ++i)
    out += (i == 0 ? "" : ", ") + alphabet[i];
  return alphabet.size() > 24 ? out + ", ..." : out;
}

std::string expected_lengths(const SequenceSpace& space) {
  return space.min_length == space.max_length
             ? std::to_string(space.min_length)
             : std::to_string(space.min_length) + " to " + std::to_string(space.max_length);
}

bool length_fits(std::size_t length, const SequenceSpace& space) {
  return length >= space.min_length && length <= space.max_length;
}

}  // namespace

bool is_symbol(std::string_view text) {
  if (text.empty() || text.size() > 63) return false;
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (size == 0 || first <= ' ' || first == 0x7f) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::vector<std::string> characters_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t size = std::max<std::size_t>(character_size(text), 1);
    out.emplace_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return out;
}

tl::expected<void, Error> check_genome(GenomeView flat, const SequenceSpace& space) {
  const auto tokens = view_sequence(flat);
  if (!tokens) return tl::unexpected<Error>(tokens.error());
  if (!length_fits(tokens->size(), space))
    return tl::unexpected<Error>(Error{"sequence of " + std::to_string(tokens->size()) +
                                       " tokens; expected " + expected_lengths(space)});
  for (std::size_t i = 0; i < tokens->size(); ++i)
    if ((*tokens)[i] >= space.alphabet.size())
      return tl::unexpected<Error>(
          Error{"token " + std::to_string(i + 1) + ": no symbol of the alphabet"});
  return {};
}

std::string genome_text(GenomeView flat, const SequenceSpace& space) {
  const auto tokens = view_sequence(flat);
  if (!tokens) return "";
  const bool single = all_single(space.alphabet);
  std::string out;
  for (const std::uint8_t token : *tokens) {
    if (!single && !out.empty()) out += ' ';
    out += token < space.alphabet.size() ? std::string_view(space.alphabet[token]) : "?";
  }
  return out;
}

tl::expected<Genome, Error> parse_genome(std::string_view text, const SequenceSpace& space) {
  std::unordered_map<std::string_view, std::uint8_t> positions;
  for (std::size_t i = 0; i < space.alphabet.size(); ++i)
    positions.emplace(space.alphabet[i], static_cast<std::uint8_t>(i));
  SymbolReader in(text, all_single(space.alphabet));
  std::vector<std::uint8_t> tokens;
  for (std::string_view symbol = in.next(); !symbol.empty(); symbol = in.next()) {
    const auto found = positions.find(symbol);
    if (found == positions.end())
      return in.fail("unknown symbol '" + std::string(symbol.substr(0, 64)) +
                     "'; expected one of " + expected_symbols(space.alphabet) +
                     suggestion(symbol.substr(0, 64), space.alphabet));
    if (tokens.size() == space.max_length)
      return in.fail("more than " + std::to_string(space.max_length) + " symbols; expected " +
                     expected_lengths(space));
    tokens.push_back(found->second);
  }
  if (!length_fits(tokens.size(), space))
    return in.fail("sequence of " + std::to_string(tokens.size()) + " symbols; expected " +
                   expected_lengths(space));
  Genome genome = blank_sequence(tokens.size());
  std::copy(tokens.begin(), tokens.end(), tokens_of(genome).begin());
  return genome;
}

std::vector<std::byte> structural_bytes(GenomeView flat, const SequenceSpace& /*space*/) {
  return {flat.begin(), flat.end()};
}

}  // namespace equivolve::search
