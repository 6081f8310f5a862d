// Loops of the interpreter. Element-wise ones go four doubles at a time over the padding too; `out`
// may be an operand.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace equivolve::interpreters {

typedef double Four __attribute__((vector_size(32)));

inline Four load(const double* from) {
  Four four;
  std::memcpy(&four, from, sizeof four);
  return four;
}
inline void store(double* to, Four four) {
  std::memcpy(to, &four, sizeof four);
}

/// n is a multiple of 4.
template <class F>
inline void map(double* out, const double* a, std::size_t n, F f) {
  for (std::size_t i = 0; i < n; i += 4) store(out + i, f(load(a + i)));
}
template <class F>
inline void map(double* out, const double* a, const double* b, std::size_t n, F f) {
  for (std::size_t i = 0; i < n; i += 4) store(out + i, f(load(a + i), load(b + i)));
}
inline void fill(double* out, double value, std::size_t n) {
  const Four four = {value, value, value, value};
  for (std::size_t i = 0; i < n; i += 4) store(out + i, four);
}
inline void scale(double* out, double factor, const double* a, std::size_t n) {
  const Four four = {factor, factor, factor, factor};
  map(out, a, n, [four](Four x) { return four * x; });
}

inline Four heaviside(Four x) {
  const Four zero = {}, one = {1, 1, 1, 1};
  return x > zero ? one : zero;
}
inline Four absolute(Four x) {
  return Four{std::fabs(x[0]), std::fabs(x[1]), std::fabs(x[2]), std::fabs(x[3])};
}
inline Four reciprocal(Four x) {
  const Four one = {1, 1, 1, 1};
  return one / x;
}
inline Four smaller(Four a, Four b) {
  return a < b ? a : b;
}
inline Four larger(Four a, Four b) {
  return a > b ? a : b;
}

/// term(0) + term(1) + ... in this order; n >= 1.
template <class F>
inline double sum_in_order(std::uint32_t n, F term) {
  double sum = term(0);
  for (std::uint32_t i = 1; i < n; ++i) sum += term(i);
  return sum;
}

/// A d x d matrix whose rows are `row` doubles apart.
struct Square {
  double* at;
  std::uint32_t d;
  std::uint32_t row;
  double* operator[](std::uint32_t r) const { return at + std::size_t{r} * row; }
  std::size_t size() const { return std::size_t{d} * row; }
};

/// Over all elements in row-major order.
template <class F>
inline double sum_in_order(Square m, F term) {
  double sum = 0;
  for (std::uint32_t r = 0; r < m.d; ++r)
    for (std::uint32_t c = 0; c < m.d; ++c) sum = r + c == 0 ? term(m[0][0]) : sum + term(m[r][c]);
  return sum;
}

inline double dot(const double* a, const double* b, std::uint32_t d) {
  return sum_in_order(d, [=](std::uint32_t i) { return a[i] * b[i]; });
}
inline double mean(const double* a, std::uint32_t d) {
  return sum_in_order(d, [=](std::uint32_t i) { return a[i]; }) / d;
}
inline double deviation(const double* a, std::uint32_t d) {
  const double middle = mean(a, d);
  return std::sqrt(
      sum_in_order(d, [=](std::uint32_t i) { return (a[i] - middle) * (a[i] - middle); }) / d);
}
inline double mean(Square m) {
  return sum_in_order(m, [](double x) { return x; }) / (static_cast<double>(m.d) * m.d);
}
inline double deviation(Square m) {
  const double middle = mean(m);
  const double squares = sum_in_order(m, [=](double x) { return (x - middle) * (x - middle); });
  return std::sqrt(squares / (static_cast<double>(m.d) * m.d));
}
inline double norm(Square m) {
  return std::sqrt(sum_in_order(m, [](double x) { return x * x; }));
}

/// out must not be m or v; four rows at a time, since each row's sum is a chain.
inline void times_vector(double* out, Square m, const double* v) {
  std::uint32_t r = 0;
  for (; r + 4 <= m.d; r += 4) {
    const double *m0 = m[r], *m1 = m[r + 1], *m2 = m[r + 2], *m3 = m[r + 3];
    double s0 = m0[0] * v[0], s1 = m1[0] * v[0], s2 = m2[0] * v[0], s3 = m3[0] * v[0];
    for (std::uint32_t c = 1; c < m.d; ++c) {
      s0 += m0[c] * v[c];
      s1 += m1[c] * v[c];
      s2 += m2[c] * v[c];
      s3 += m3[c] * v[c];
    }
    out[r] = s0, out[r + 1] = s1, out[r + 2] = s2, out[r + 3] = s3;
  }
  for (; r < m.d; ++r) out[r] = dot(m[r], v, m.d);
}

/// out must be neither a nor b.
inline void times_matrix(Square out, Square a, Square b) {
  for (std::uint32_t r = 0; r < out.d; ++r) {
    scale(out[r], a[r][0], b[0], out.row);
    for (std::uint32_t k = 1; k < out.d; ++k) {
      const double factor = a[r][k];
      const Four four = {factor, factor, factor, factor};
      map(out[r], out[r], b[k], out.row, [four](Four sum, Four x) { return sum + four * x; });
    }
  }
}

}  // namespace equivolve::interpreters
