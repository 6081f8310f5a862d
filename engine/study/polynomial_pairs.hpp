// Pairs of formulas of which is known whether they are the same polynomial, and probes that are
// hard on them.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/study/formula.hpp"
#include "hashing/stream.hpp"

namespace equivolve::study {

/// Random sums, differences and products of constants, x and y: not constant, of degree <= 5, of
/// at most 40 nodes. Constants are whole or tenths, hundredths, thirds, sevenths, from -3 to 3.
/// Also its polynomial.
struct KnownFormula {
  Formula formula;
  Polynomial polynomial;
};
KnownFormula random_formula(hashing::Stream& stream);

/// Another spelling of the same polynomial: laws at random places (a + b = b + a, a b = b a,
/// (a b) c = a (b c) and that of sums and differences, a (b + c) = a b + a c and back,
/// a - b = a + (-1) b), and one time in three a term added somewhere and taken away again. Below
/// about 200 nodes.
Formula respelled(hashing::Stream& stream, Formula formula);

struct FormulaPair {
  Formula first, second;
  Polynomial polynomial;  ///< of the first
  double change = 0;      ///< relative, of one coefficient of the second; 0: they are equal
};

/// The second is respelled from the first's formula, its sum of terms or its Horner form.
FormulaPair equal_pair(hashing::Stream& stream);
/// The second is respelled from the first's sum of terms, in which one coefficient is multiplied
/// by 1 + change or 1 - change, change log-uniform in [low, high).
FormulaPair different_pair(hashing::Stream& stream, double low, double high);

/// Probes: tenths and thousandths from -2 to 2; of every ten the fourth lies at a root of the first
/// formula, as near as 12 steps of the Illinois method come, where there is one for its y and |x|
/// <= 2.
struct Inputs {
  std::vector<double> x, y;
  static constexpr bool is_for_root(std::size_t i) { return i % 10 == 3; }
};
Inputs inputs_for(const FormulaPair& pair, std::size_t count, hashing::Stream& stream);

}  // namespace equivolve::study
