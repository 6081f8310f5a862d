#include "search/variation/sequence_variation.hpp"

#include <algorithm>
#include <cmath>

namespace equivolve::search {
namespace {

using hashing::Stream;

std::uint8_t random_token(const SequenceSpace& space, Stream& stream) {
  return static_cast<std::uint8_t>(stream.below(space.alphabet.size()));
}

/// Another symbol than the token is. [two symbols or more]
void substitute(std::uint8_t& token, const SequenceSpace& space, Stream& stream) {
  const auto drawn = static_cast<std::uint8_t>(stream.below(space.alphabet.size() - 1));
  token = drawn < token ? drawn : static_cast<std::uint8_t>(drawn + 1);
}

Genome same_sequence(Tokens tokens) {
  Genome child = blank_sequence(tokens.size());
  std::copy(tokens.begin(), tokens.end(), tokens_of(child).begin());
  return child;
}

/// How many tokens are passed over before the next one that changes, where each does with
/// probability 1/length: geometric, by inversion (Devroye 1986, X.2).
std::size_t gap(std::size_t length, Stream& stream) {
  if (length == 1) return 0;
  const double passed =
      std::log(1.0 - stream.uniform()) / std::log1p(-1.0 / static_cast<double>(length));
  return passed < static_cast<double>(length) ? static_cast<std::size_t>(passed) : length;
}

Genome substituted(Tokens parent, const SequenceSpace& space, Stream& stream) {
  Genome child = same_sequence(parent);
  const std::span<std::uint8_t> tokens = tokens_of(child);
  std::size_t at = gap(tokens.size(), stream);
  while (at >= tokens.size()) at = gap(tokens.size(), stream);  // until one changes
  for (; at < tokens.size(); at += 1 + gap(tokens.size(), stream))
    substitute(tokens[at], space, stream);
  return child;
}

Genome inserted(Tokens parent, const SequenceSpace& space, Stream& stream) {
  Genome child = blank_sequence(parent.size() + 1);
  const std::size_t at = stream.below(parent.size() + 1);
  auto out = std::copy_n(parent.begin(), at, tokens_of(child).begin());
  *out++ = random_token(space, stream);
  std::copy(parent.begin() + static_cast<std::ptrdiff_t>(at), parent.end(), out);
  return child;
}

Genome deleted(Tokens parent, Stream& stream) {
  Genome child = blank_sequence(parent.size() - 1);
  const std::size_t at = stream.below(parent.size());
  const auto out = std::copy_n(parent.begin(), at, tokens_of(child).begin());
  std::copy(parent.begin() + static_cast<std::ptrdiff_t>(at) + 1, parent.end(), out);
  return child;
}

OperatorDraw choices_for(std::size_t length, const SequenceSpace& space,
                         const OperatorWeights& weights) {
  OperatorDraw choices(weights);
  if (space.alphabet.size() > 1) choices.offer(Operator::kSubstituteToken);
  if (length < space.max_length) choices.offer(Operator::kInsertToken);
  if (length > space.min_length) choices.offer(Operator::kDeleteToken);
  return choices;
}

Genome one_point(Tokens first, Tokens second, Stream& stream) {
  const std::size_t places = std::max<std::size_t>(std::min(first.size(), second.size() - 1), 1);
  const std::size_t cut = 1 + stream.below(places);
  Genome child = same_sequence(second);
  std::copy_n(first.begin(), cut, tokens_of(child).begin());
  return child;
}

/// [at least two places]
Genome two_points(Tokens first, Tokens second, std::size_t places, Stream& stream) {
  std::size_t from = stream.below(places), to = stream.below(places - 1);
  if (to >= from) ++to;
  if (to < from) std::swap(from, to);
  // The places are the cuts after 1, 2, ... tokens.
  Genome child = same_sequence(first);
  std::copy(second.begin() + static_cast<std::ptrdiff_t>(from) + 1,
            second.begin() + static_cast<std::ptrdiff_t>(to) + 1,
            tokens_of(child).begin() + static_cast<std::ptrdiff_t>(from) + 1);
  return child;
}

}  // namespace

Genome random_genome(const SequenceSpace& space, Stream& stream) {
  Genome genome = blank_sequence(space.initial_length);
  for (std::uint8_t& token : tokens_of(genome)) token = random_token(space, stream);
  return genome;
}

Bred mutate_genome(GenomeView parent, const SequenceSpace& space, Stream& stream,
                   const OperatorWeights& weights) {
  // Parents were bred here, so they can be read.
  const Tokens tokens = view_sequence(parent).value();
  const OperatorDraw choices = choices_for(tokens.size(), space, weights);
  if (choices.is_empty()) return {same_sequence(tokens), Operator::kCopy};
  const Operator op = choices.draw(stream);
  switch (op) {
    case Operator::kInsertToken:
      return {inserted(tokens, space, stream), op};
    case Operator::kDeleteToken:
      return {deleted(tokens, stream), op};
    default:
      return {substituted(tokens, space, stream), op};
  }
}

Bred cross_genomes(GenomeView first, GenomeView second, const SequenceSpace& /*space*/,
                   Stream& stream, const OperatorWeights& weights) {
  const Tokens a = view_sequence(first).value(), b = view_sequence(second).value();
  const std::size_t places = std::min(a.size() - 1, b.size());
  OperatorDraw choices(weights);
  choices.offer(Operator::kTwoPointCrossover);
  choices.offer(Operator::kOnePointCrossover);
  const Operator op = choices.draw(stream);
  if (op == Operator::kTwoPointCrossover && places >= 2)
    return {two_points(a, b, places, stream), op};
  if (weights[Operator::kOnePointCrossover] == 0) return {same_sequence(a), Operator::kCopy};
  return {one_point(a, b, stream), Operator::kOnePointCrossover};
}

}  // namespace equivolve::search
