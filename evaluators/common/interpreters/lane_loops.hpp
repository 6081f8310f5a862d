// Loops of the lane kernels. Included, like lane_vectors.hpp, only by files compiled for one
// instruction set. L is the number of lanes (Fixed or Any), n a number of doubles. Sums
// over elements go in index order in each lane, as the scalar interpreter's do.
#pragma once

#include "evaluators/common/interpreters/lane_vectors.hpp"

namespace equivolve::interpreters {
namespace {

/// out = f(a) in one element of all lanes.
template <class Lanes, class F>
EQUIVOLVE_INLINE void map(double* out, const double* a, Lanes L, F f) {
  for_groups(L, [=](std::size_t at, auto v) { store(out + at, f(load<decltype(v)>(a + at))); });
}
template <class Lanes, class F>
EQUIVOLVE_INLINE void map(double* out, const double* a, const double* b, Lanes L, F f) {
  for_groups(L, [=](std::size_t at, auto v) {
    using V = decltype(v);
    store(out + at, f(load<V>(a + at), load<V>(b + at)));
  });
}
template <class Lanes>
EQUIVOLVE_INLINE void fill(double* out, double value, Lanes L) {
  for_groups(L, [=](std::size_t at, auto v) { store(out + at, splat(value, v)); });
}
template <class Lanes>
EQUIVOLVE_INLINE void copy(double* out, const double* a, Lanes L) {
  for_groups(L, [=](std::size_t at, auto v) { store(out + at, load<decltype(v)>(a + at)); });
}

// The same in `count` elements. Element by element, though they lie without gaps: so every load is
// of one earlier store, and need not wait for two to reach the cache.
template <class Lanes, class F>
EQUIVOLVE_INLINE void map(double* out, const double* a, std::size_t count, Lanes L, F f) {
  for (std::size_t i = 0; i < count; ++i) map(out + i * L, a + i * L, L, f);
}
template <class Lanes, class F>
EQUIVOLVE_INLINE void map(double* out, const double* a, const double* b, std::size_t count, Lanes L,
                          F f) {
  for (std::size_t i = 0; i < count; ++i) map(out + i * L, a + i * L, b + i * L, L, f);
}
template <class Lanes>
EQUIVOLVE_INLINE void fill(double* out, double value, std::size_t count, Lanes L) {
  for (std::size_t i = 0; i < count; ++i) fill(out + i * L, value, L);
}
template <class Lanes>
EQUIVOLVE_INLINE void copy(double* out, const double* a, std::size_t count, Lanes L) {
  for (std::size_t i = 0; i < count; ++i) copy(out + i * L, a + i * L, L);
}

/// out[i] = factor * a[i] for `count` elements; one factor a lane.
template <class Lanes>
EQUIVOLVE_INLINE void scale(double* out, const double* factor, const double* a, std::size_t count,
                            Lanes L) {
  for_groups(L, [=](std::size_t at, auto v) {
    using V = decltype(v);
    const V f = load<V>(factor + at);
    for (std::size_t i = 0; i < count; ++i) store(out + i * L + at, f * load<V>(a + i * L + at));
  });
}

/// out[i] = f(out[i], factor * a[i]) for `count` elements; one factor a lane.
template <class Lanes, class F>
EQUIVOLVE_INLINE void change_by_scaled(double* out, const double* factor, const double* a,
                                       std::size_t count, Lanes L, F f) {
  for_groups(L, [=](std::size_t at, auto v) {
    using V = decltype(v);
    const V by = load<V>(factor + at);
    for (std::size_t i = 0; i < count; ++i) {
      double* here = out + i * L + at;
      store(here, f(load<V>(here), by * load<V>(a + i * L + at)));
    }
  });
}

/// out[i] = a for `count` elements.
template <class Lanes>
EQUIVOLVE_INLINE void repeat(double* out, const double* a, std::size_t count, Lanes L) {
  for_groups(L, [=](std::size_t at, auto v) {
    const auto x = load<decltype(v)>(a + at);
    for (std::size_t i = 0; i < count; ++i) store(out + i * L + at, x);
  });
}

/// The sums of a fixed number of lanes, all groups at a time: a sum in order is a chain of
/// additions, and the chains of the groups run beside each other.
template <std::size_t kAt, std::size_t kLanes>
struct Sums {
  typedef Widest<kLanes - kAt> V;
  V sum;
  Sums<kAt + kWidth<V>, kLanes> rest;

  template <class Term>
  EQUIVOLVE_INLINE void start(const Term& term) {
    sum = term(0, kAt, V{});
    rest.start(term);
  }
  template <class Term>
  EQUIVOLVE_INLINE void add(std::size_t i, const Term& term) {
    sum += term(i, kAt, V{});
    rest.add(i, term);
  }
  template <class Finish>
  EQUIVOLVE_INLINE void put(double* out, const Finish& finish) const {
    store(out + kAt, finish(sum));
    rest.put(out, finish);
  }
};
template <std::size_t kLanes>
struct Sums<kLanes, kLanes> {
  template <class Term>
  EQUIVOLVE_INLINE void start(const Term&) {}
  template <class Term>
  EQUIVOLVE_INLINE void add(std::size_t, const Term&) {}
  template <class Finish>
  EQUIVOLVE_INLINE void put(double*, const Finish&) const {}
};

/// out = finish(term(0) + term(1) + ... + term(count - 1)), where term(i, at, V{}) is element i of
/// the lanes from `at`.
template <std::size_t kLanes, class Term, class Finish>
EQUIVOLVE_INLINE void sum(double* out, std::size_t count, Fixed<kLanes>, Term term, Finish finish) {
  Sums<0, kLanes> sums;
  sums.start(term);
  for (std::size_t i = 1; i < count; ++i) sums.add(i, term);
  sums.put(out, finish);
}
template <class Term, class Finish>
inline void sum(double* out, std::size_t count, Any L, Term term, Finish finish) {
  for_runs_of_groups(L, [=]<class V, int kGroups>(std::size_t at) {
    V sums[kGroups];
    for (int g = 0; g < kGroups; ++g) sums[g] = term(0, at + g * kWidth<V>, V{});
    for (std::size_t i = 1; i < count; ++i)
      for (int g = 0; g < kGroups; ++g) sums[g] += term(i, at + g * kWidth<V>, V{});
    for (int g = 0; g < kGroups; ++g) store(out + at + g * kWidth<V>, finish(sums[g]));
  });
}

struct Keep {
  template <class V>
  V operator()(V x) const {
    return x;
  }
};
struct Root {
  template <class V>
  V operator()(V x) const {
    return root(x);
  }
};

/// Elements of a and b are `stride_a` and `stride_b` doubles apart.
template <class Finish, class Lanes>
EQUIVOLVE_INLINE void dot(double* out, const double* a, std::size_t stride_a, const double* b,
                          std::size_t stride_b, std::size_t count, Lanes L, Finish finish) {
  sum(
      out, count, L,
      [=](std::size_t i, std::size_t at, auto v) {
        using V = decltype(v);
        return load<V>(a + i * stride_a + at) * load<V>(b + i * stride_b + at);
      },
      finish);
}

template <class Lanes>
EQUIVOLVE_INLINE void norm(double* out, const double* a, std::size_t stride, std::size_t count,
                           Lanes L) {
  dot(out, a, stride, a, stride, count, L, Root{});
}

template <class Lanes>
EQUIVOLVE_INLINE void mean(double* out, const double* a, std::size_t count, Lanes L) {
  const double n = static_cast<double>(count);
  sum(
      out, count, L,
      [=](std::size_t i, std::size_t at, auto v) { return load<decltype(v)>(a + i * L + at); },
      [=](auto x) { return x / splat(n, x); });
}

template <class Lanes>
EQUIVOLVE_INLINE void deviation(double* out, const double* a, std::size_t count, Lanes L) {
  const double n = static_cast<double>(count);
  // `out` never overlaps a: a deviation is of another kind of memory than what it is of.
  mean(out, a, count, L);
  sum(
      out, count, L,
      [=](std::size_t i, std::size_t at, auto v) {
        using V = decltype(v);
        const V apart = load<V>(a + i * L + at) - load<V>(out + at);
        return apart * apart;
      },
      [=](auto x) { return root(x / splat(n, x)); });
}

/// out is neither a nor b.
template <class Lanes>
EQUIVOLVE_INLINE void times_vector(double* out, const double* a, const double* b, std::size_t d,
                                   Lanes L) {
  for (std::size_t r = 0; r < d; ++r) dot(out + r * L, a + r * d * L, L, b, L, d, L, Keep{});
}

/// One row of a product of matrices: `kColumns` elements of it, from column c on.
template <class V, int kColumns, class Lanes>
inline void row_times_columns(double* out, const double* row, const double* b, std::size_t d,
                              Lanes L) {
  V sums[kColumns];
  const V first = load<V>(row);
  for (int c = 0; c < kColumns; ++c) sums[c] = first * load<V>(b + c * L);
  for (std::size_t k = 1; k < d; ++k) {
    const V factor = load<V>(row + k * L);
    const double* of = b + k * d * L;
    for (int c = 0; c < kColumns; ++c) sums[c] += factor * load<V>(of + c * L);
  }
  for (int c = 0; c < kColumns; ++c) store(out + c * L, sums[c]);
}

/// out is neither a nor b.
template <class Lanes>
EQUIVOLVE_INLINE void times_matrix(double* out, const double* a, const double* b, std::size_t d,
                                   Lanes L) {
  for (std::size_t r = 0; r < d; ++r)
    for_groups(L, [=](std::size_t at, auto v) {
      using V = decltype(v);
      const double* row = a + r * d * L + at;
      std::size_t c = 0;
      for (; c + 4 <= d; c += 4)
        row_times_columns<V, 4>(out + (r * d + c) * L + at, row, b + c * L + at, d, L);
      for (; c < d; ++c)
        row_times_columns<V, 1>(out + (r * d + c) * L + at, row, b + c * L + at, d, L);
    });
}

}  // namespace
}  // namespace equivolve::interpreters
