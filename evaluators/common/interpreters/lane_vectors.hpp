// Explicit vector types of the lane kernels. Included by the files that are compiled for one
// instruction set, and by nothing else: all is in an unnamed namespace, so that each has its own.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace equivolve::interpreters {
namespace {

typedef double Four __attribute__((vector_size(32)));
typedef std::int64_t FourMask __attribute__((vector_size(32)));

template <class V>
inline constexpr std::size_t kWidth = sizeof(V) / sizeof(double);

template <class V>
inline V load(const double* from) {
  V v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}
template <class V>
inline void store(double* to, V v) {
  __builtin_memcpy(to, &v, sizeof v);
}

/// Integers of the same size.
inline FourMask whole(Four) {
  return FourMask{};
}
inline Four splat(double x, Four) {
  return Four{x, x, x, x};
}
inline Four root(Four x) {
  return _mm256_sqrt_pd(x);
}
inline Four magnitude(Four x) {
  return _mm256_andnot_pd(_mm256_set1_pd(-0.0), x);
}
/// A bit for each element that is finite.
inline unsigned finite_bits(Four x) {
  return static_cast<unsigned>(_mm256_movemask_pd(_mm256_cmp_pd(x - x, Four{}, _CMP_EQ_OQ)));
}
inline unsigned at_most_bits(Four x, Four bound) {
  return static_cast<unsigned>(_mm256_movemask_pd(_mm256_cmp_pd(x, bound, _CMP_LE_OQ)));
}
inline Four step_of(Four x) {
  return _mm256_and_pd(_mm256_cmp_pd(x, Four{}, _CMP_GT_OQ), _mm256_set1_pd(1));
}
// The instructions give the second operand where either is NaN or both are zeros: what the language
// says of min and max.
inline Four smaller(Four a, Four b) {
  return _mm256_min_pd(a, b);
}
inline Four larger(Four a, Four b) {
  return _mm256_max_pd(a, b);
}

#ifdef __AVX512F__
typedef double Eight __attribute__((vector_size(64)));

typedef std::int64_t EightMask __attribute__((vector_size(64)));

inline EightMask whole(Eight) {
  return EightMask{};
}

// With a mask of ones, since g++ 12 takes the plain forms for reads of uninitialised values.
inline constexpr __mmask8 kAllEight = 0xff;

inline Eight splat(double x, Eight) {
  return _mm512_set1_pd(x);
}
inline Eight root(Eight x) {
  return _mm512_maskz_sqrt_pd(kAllEight, x);
}
inline Eight magnitude(Eight x) {
  return _mm512_andnot_pd(_mm512_set1_pd(-0.0), x);
}
inline unsigned finite_bits(Eight x) {
  return _mm512_cmp_pd_mask(x - x, _mm512_setzero_pd(), _CMP_EQ_OQ);
}
inline unsigned at_most_bits(Eight x, Eight bound) {
  return _mm512_cmp_pd_mask(x, bound, _CMP_LE_OQ);
}
inline Eight step_of(Eight x) {
  const __mmask8 above = _mm512_cmp_pd_mask(x, _mm512_setzero_pd(), _CMP_GT_OQ);
  return _mm512_maskz_mov_pd(above, _mm512_set1_pd(1));
}
inline Eight smaller(Eight a, Eight b) {
  return _mm512_maskz_min_pd(kAllEight, a, b);
}
inline Eight larger(Eight a, Eight b) {
  return _mm512_maskz_max_pd(kAllEight, a, b);
}
#endif

#define EQUIVOLVE_INLINE inline __attribute__((always_inline))

/// Numbers of lanes known when compiled, so that loops over lanes are straight code...
template <std::size_t kLanes>
struct Fixed {
  constexpr operator std::size_t() const { return kLanes; }
};
/// ... and all others.
struct Any {
  std::size_t lanes;
  operator std::size_t() const { return lanes; }
};

/// f(offset, V{}) for groups of lanes, the widest first; n is a multiple of 4.
template <class F>
EQUIVOLVE_INLINE void for_groups(std::size_t n, F f) {
  std::size_t at = 0;
#ifdef __AVX512F__
  for (; at + 8 <= n; at += 8) f(at, Eight{});
#endif
  for (; at < n; at += 4) f(at, Four{});
}
template <class F>
EQUIVOLVE_INLINE void for_groups(Any n, F f) {
  for_groups(n.lanes, f);
}

#ifdef __AVX512F__
template <std::size_t kLeft>
struct WidestOf {
  typedef Eight Vector;
};
template <>
struct WidestOf<4> {
  typedef Four Vector;
};
#else
template <std::size_t kLeft>
struct WidestOf {
  typedef Four Vector;
};
#endif
template <std::size_t kLeft>
using Widest = typename WidestOf<kLeft>::Vector;

template <std::size_t kAt, std::size_t kLanes, class F>
EQUIVOLVE_INLINE void for_groups_from(F f) {
  if constexpr (kAt < kLanes) {
    typedef Widest<kLanes - kAt> V;
    f(kAt, V{});
    for_groups_from<kAt + kWidth<V>, kLanes>(f);
  }
}
template <std::size_t kLanes, class F>
EQUIVOLVE_INLINE void for_groups(Fixed<kLanes>, F f) {
  for_groups_from<0, kLanes>(f);
}

/// f(offset, V{}, count) for runs of up to 4 groups of one width, so that as many sums go on at a
/// time: a sum in order is a chain of additions.
template <class F>
EQUIVOLVE_INLINE void for_runs_of_groups(std::size_t n, F f) {
  std::size_t at = 0;
#ifdef __AVX512F__
  for (; at + 32 <= n; at += 32) f.template operator()<Eight, 4>(at);
  if (n - at >= 24) f.template operator()<Eight, 3>(at), at += 24;
  if (n - at >= 16) f.template operator()<Eight, 2>(at), at += 16;
  if (n - at >= 8) f.template operator()<Eight, 1>(at), at += 8;
#endif
  for (; at + 16 <= n; at += 16) f.template operator()<Four, 4>(at);
  if (n - at >= 12) f.template operator()<Four, 3>(at), at += 12;
  if (n - at >= 8) f.template operator()<Four, 2>(at), at += 8;
  if (n - at >= 4) f.template operator()<Four, 1>(at);
}

}  // namespace
}  // namespace equivolve::interpreters
