#include "evaluators/sequence_design/constraints.hpp"

#include <algorithm>
#include <span>

namespace equivolve::sequence_design {
namespace {

constexpr int kUniformTries = 3000, kWalks = 3000;

std::string at(std::size_t position) {
  return " at position " + std::to_string(position + 1);
}

/// Where `motif` stands first, or npos.
std::size_t find_motif(SequenceView in, SequenceView motif) {
  const auto found = std::search(in.begin(), in.end(), motif.begin(), motif.end());
  return found == in.end() ? std::string::npos : static_cast<std::size_t>(found - in.begin());
}

/// See FeasibleSet::ways_.
std::vector<double> ways_on(const SequenceShape& shape, const Constraints& rules) {
  const std::size_t symbols = shape.symbols();
  std::vector<double> ways(shape.length * symbols, 0.0);
  for (std::size_t i = shape.length; i-- > 0;) {
    const auto here = std::span(ways).subspan(i * symbols, symbols);
    for (std::size_t a = 0; a < symbols; ++a) {
      if (!rules.allowed.empty() && !rules.allowed[i][a]) continue;
      if (i + 1 == shape.length) here[a] = 1;
      for (std::size_t b = 0; i + 1 < shape.length && b < symbols; ++b)
        if (!rules.banned[a][b]) here[a] += ways[(i + 1) * symbols + b];
    }
    // Their number may leave what a double holds; only quotients at one position count.
    const double most = *std::max_element(here.begin(), here.end());
    for (double& one : here) one /= most > 0 ? most : 1;
  }
  return ways;
}

}  // namespace

FeasibleSet::FeasibleSet(SequenceShape shape, Constraints rules)
    : shape_(std::move(shape)), rules_(std::move(rules)) {
  if (!shape_.is_padded()) {
    if (!rules_.banned.empty())
      ways_ = std::make_shared<const std::vector<double>>(ways_on(shape_, rules_));
    return;
  }
  // After the end there is nothing.
  if (rules_.banned.empty())
    rules_.banned.assign(shape_.symbols(), std::vector<bool>(shape_.symbols(), false));
  for (std::size_t s = 0; s + 1 < shape_.symbols(); ++s) rules_.banned[shape_.pad()][s] = true;
}

std::string FeasibleSet::broken_rule(SequenceView sequence) const {
  const Constraints& r = rules_;
  if (sequence.size() != shape_.length) return "wrong length";
  const auto end = std::find(sequence.begin(), sequence.end(), shape_.pad());
  const auto length = static_cast<std::size_t>(end - sequence.begin());
  if (length < r.min_length) return "shorter than min_length";
  std::size_t run = 0, mutations = 0, gc = 0;
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    const Symbol s = sequence[i];
    if (s >= shape_.symbols()) return "no symbol" + at(i);
    if (!r.allowed.empty() && !r.allowed[i][s]) return "a symbol that is not allowed" + at(i);
    if (i > 0 && !r.banned.empty() && r.banned[sequence[i - 1]][s])
      return "a transition that is banned" + at(i);
    if (i < length) {
      run = i > 0 && sequence[i - 1] == s ? run + 1 : 1;
      if (r.longest_run > 0 && run > r.longest_run) return "a run that is too long" + at(i);
      gc += !r.gc_symbols.empty() && r.gc_symbols[s] ? 1 : 0;
    }
    if (!r.wild_type.empty()) mutations += r.wild_type[i] != s ? 1 : 0;
  }
  if (!r.wild_type.empty() && mutations > r.most_mutations)
    return std::to_string(mutations) + " mutations from the wild type";
  if (!r.gc_symbols.empty()) {
    const double share = static_cast<double>(gc) / static_cast<double>(length);
    if (share < r.gc_low || share > r.gc_high) return "GC share out of range";
  }
  for (const Sequence& motif : r.forbidden)
    if (const std::size_t found = find_motif(sequence, motif); found != std::string::npos)
      return "the forbidden motif " + sequence_text(motif, shape_) + at(found);
  return "";
}

bool FeasibleSet::contains(SequenceView sequence) const {
  return broken_rule(sequence).empty();
}

bool FeasibleSet::fits_before(const Sequence& prefix, std::size_t i, Symbol s) const {
  const Constraints& r = rules_;
  if (!r.allowed.empty() && !r.allowed[i][s]) return false;
  if (s == shape_.pad()) return i >= r.min_length;
  if (i > 0 && !r.banned.empty() && r.banned[prefix[i - 1]][s]) return false;
  if (r.longest_run > 0 && i >= r.longest_run &&
      std::all_of(prefix.end() - static_cast<std::ptrdiff_t>(r.longest_run), prefix.end(),
                  [s](Symbol other) { return other == s; }))
    return false;
  for (const Sequence& motif : r.forbidden) {
    if (motif.size() > i + 1 || motif.back() != s) continue;
    if (std::equal(motif.begin(), motif.end() - 1,
                   prefix.end() - static_cast<std::ptrdiff_t>(motif.size() - 1)))
      return false;
  }
  return true;
}

/// A shorter one than asked where no symbol fits.
Sequence FeasibleSet::walk(hashing::Stream& stream) const {
  Sequence out;
  std::size_t end = shape_.length;
  if (shape_.is_padded())
    end = rules_.min_length + stream.below(shape_.length - rules_.min_length + 1);
  // From a wild type only so many positions may change.
  std::vector<bool> changes(shape_.length, rules_.wild_type.empty());
  if (!rules_.wild_type.empty()) {
    end = shape_.length;
    for (std::size_t k = stream.below(rules_.most_mutations + 1); k > 0; --k)
      changes[stream.below(shape_.length)] = true;
  }
  std::vector<Symbol> fitting;
  for (std::size_t i = 0; i < shape_.length; ++i) {
    fitting.clear();
    for (std::size_t s = 0; s < shape_.symbols(); ++s) {
      if (rules_.wild_type.empty() && shape_.is_padded() && (i >= end) != (s == shape_.pad()))
        continue;
      if (!changes[i] && rules_.wild_type[i] != s) continue;
      if (fits_before(out, i, static_cast<Symbol>(s))) fitting.push_back(static_cast<Symbol>(s));
    }
    if (fitting.empty()) return out;
    out.push_back(fitting[stream.below(fitting.size())]);
  }
  return out;
}

/// Uniform among those that keep to `allowed` and `banned`; a shorter one where there is none.
Sequence FeasibleSet::chain(hashing::Stream& stream) const {
  const std::size_t symbols = shape_.symbols();
  Sequence out;
  for (std::size_t i = 0; i < shape_.length; ++i) {
    if (!ways_) {
      // Positions that allow one symbol would make rejection hopeless.
      Symbol s = 0;
      do s = static_cast<Symbol>(stream.below(symbols));
      while (!rules_.allowed.empty() && !rules_.allowed[i][s]);
      out.push_back(s);
      continue;
    }
    const auto weight = [&](std::size_t s) {
      return i > 0 && rules_.banned[out.back()][s] ? 0 : (*ways_)[i * symbols + s];
    };
    double total = 0;
    for (std::size_t s = 0; s < symbols; ++s) total += weight(s);
    if (!(total > 0)) return out;
    double left = stream.uniform() * total;
    std::optional<Symbol> chosen;
    for (std::size_t s = 0; s < symbols && (!chosen || left >= 0); ++s) {
      if (weight(s) == 0) continue;
      chosen = static_cast<Symbol>(s);
      left -= weight(s);
    }
    out.push_back(*chosen);
  }
  return out;
}

std::optional<Sequence> FeasibleSet::draw(hashing::Stream& stream) const {
  const bool hopeless = !rules_.wild_type.empty() || shape_.is_padded();
  for (int i = 0; i < kUniformTries && !hopeless; ++i) {
    Sequence drawn = chain(stream);
    if (contains(drawn)) return drawn;
  }
  for (int i = 0; i < kWalks; ++i) {
    Sequence walked = walk(stream);
    if (contains(walked)) return walked;
  }
  if (!rules_.wild_type.empty() && contains(rules_.wild_type)) return rules_.wild_type;
  return std::nullopt;
}

Sequence FeasibleSet::towards(SequenceView from, SequenceView wish) const {
  if (contains(wish)) return {wish.begin(), wish.end()};
  Sequence out(from.begin(), from.end());
  for (std::size_t width = 1; width <= 2; ++width) {
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t i = 0; i + width <= out.size(); ++i) {
        Sequence next = out;
        std::copy_n(wish.begin() + static_cast<std::ptrdiff_t>(i), width,
                    next.begin() + static_cast<std::ptrdiff_t>(i));
        if (next == out || !contains(next)) continue;
        out = std::move(next);
        changed = true;
      }
    }
  }
  return out;
}

}  // namespace equivolve::sequence_design
