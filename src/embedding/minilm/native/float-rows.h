// What lies between the products, on rows of floats, sixteen at a time (AVX-512): the same arithmetic as ONNX Runtime's
// DynamicQuantizeLinear, SkipLayerNormalization and BiasGelu, to within rounding.

#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "quantised-product.h"

#if defined(__x86_64__)

namespace kms {

#define KMS_WIDE __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,f16c")))
#define KMS_WIDE_INLINE KMS_WIDE __attribute__((always_inline)) inline

/** How far bytes stand for floats: value = (byte - zero) × scale. */
struct ByteScale {
  float scale;
  int32_t zero;
};

/**
 * e^x for x from -87, as far as floats go, to 0: relative error below 3e-7 from -2 on, below 4e-6 at -87, where rounding x × log2 e
 * tells. 2^n × 2^f, and 2^f by its Taylor series for |f| ≤ 1/2.
 */
KMS_WIDE_INLINE __m512 exponential(__m512 x) {
  const __m512 powers = _mm512_mul_ps(_mm512_max_ps(x, _mm512_set1_ps(-87.0f)), _mm512_set1_ps(1.44269504f));
  const __m512 whole = _mm512_roundscale_ps(powers, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const __m512 f = _mm512_sub_ps(powers, whole);
  __m512 sum = _mm512_set1_ps(1.54035304e-4f); // ln(2)^6 / 6!, and so on
  sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(1.33335581e-3f));
  sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(9.61812911e-3f));
  sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(5.55041087e-2f));
  sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(2.40226507e-1f));
  sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(6.93147181e-1f));
  sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(1.0f));
  return _mm512_scalef_ps(sum, whole);
}

/**
 * x × Φ(x), Φ the normal distribution function: Gelu (Hendrycks & Gimpel 2016), with the error function by formula 7.1.26 of
 * Abramowitz & Stegun (1964), absolute error 1.5e-7.
 */
KMS_WIDE_INLINE __m512 gelu(__m512 x) {
  const __m512 magnitude = _mm512_mul_ps(_mm512_abs_ps(x), _mm512_set1_ps(0.707106781f));
  const __m512 t = _mm512_div_ps(_mm512_set1_ps(1.0f),
                                 _mm512_fmadd_ps(magnitude, _mm512_set1_ps(0.3275911f), _mm512_set1_ps(1.0f)));
  __m512 sum = _mm512_set1_ps(1.061405429f);
  sum = _mm512_fmadd_ps(sum, t, _mm512_set1_ps(-1.453152027f));
  sum = _mm512_fmadd_ps(sum, t, _mm512_set1_ps(1.421413741f));
  sum = _mm512_fmadd_ps(sum, t, _mm512_set1_ps(-0.284496736f));
  sum = _mm512_fmadd_ps(sum, t, _mm512_set1_ps(0.254829592f));
  sum = _mm512_mul_ps(sum, t);
  const __m512 decay = exponential(_mm512_mul_ps(_mm512_mul_ps(magnitude, magnitude), _mm512_set1_ps(-1.0f)));
  // Half of what the magnitude's error function lacks to 1; then x × (1 - that) where x is positive, x × that where not.
  const __m512 tail = _mm512_mul_ps(_mm512_mul_ps(sum, decay), _mm512_set1_ps(0.5f));
  const __mmask16 isNegative = _mm512_movepi32_mask(_mm512_castps_si512(x));
  const __m512 share = _mm512_mask_blend_ps(isNegative, _mm512_sub_ps(_mm512_set1_ps(1.0f), tail), tail);
  return _mm512_mul_ps(x, share);
}

/** Bytes for `count` floats, a multiple of 64, in one scale that holds them all and 0. */
KMS_WIDE inline ByteScale quantise(const float* values, size_t count, uint8_t* bytes) {
  __m512 least = _mm512_setzero_ps(), most = least, least2 = least, most2 = least;
  for (size_t i = 0; i < count; i += 32) {
    const __m512 a = _mm512_loadu_ps(values + i), b = _mm512_loadu_ps(values + i + 16);
    least = _mm512_min_ps(least, a);
    most = _mm512_max_ps(most, a);
    least2 = _mm512_min_ps(least2, b);
    most2 = _mm512_max_ps(most2, b);
  }
  const float low = _mm512_reduce_min_ps(_mm512_min_ps(least, least2));
  const float high = _mm512_reduce_max_ps(_mm512_max_ps(most, most2));
  const float scale = high == low ? 1.0f : (high - low) / 255.0f;
  const float zero = std::nearbyintf(std::fmin(255.0f, std::fmax(0.0f, -low / scale)));
  const __m512 inverse = _mm512_set1_ps(1.0f / scale);
  const __m512i shift = _mm512_set1_epi32(static_cast<int32_t>(zero));
  for (size_t i = 0; i < count; i += 64) {
    __m512i four[4];
#pragma GCC unroll 4
    for (int k = 0; k < 4; k++) {
      const __m512 scaled = _mm512_mul_ps(_mm512_loadu_ps(values + i + 16 * k), inverse);
      four[k] = _mm512_add_epi32(_mm512_cvtps_epi32(scaled), shift);
      const __m512i atLeast = _mm512_max_epi32(four[k], _mm512_setzero_si512());
      _mm_storeu_si128(reinterpret_cast<__m128i*>(bytes + i + 16 * k), _mm512_cvtusepi32_epi8(atLeast));
    }
  }
  return {scale, static_cast<int32_t>(zero)};
}

/** Each row to mean 0 and variance 1, then times `gamma` plus `beta`; in place. `width` is a multiple of 16. */
KMS_WIDE inline void normalise(float* rows, size_t count, size_t width, const float* gamma, const float* beta) {
  constexpr float epsilon = 1e-12f; // the model's
  for (size_t row = 0; row < count; row++) {
    float* const values = rows + row * width;
    __m512 sum = _mm512_setzero_ps(), squares = sum;
    for (size_t i = 0; i < width; i += 16) sum = _mm512_add_ps(sum, _mm512_loadu_ps(values + i));
    const __m512 mean = _mm512_set1_ps(_mm512_reduce_add_ps(sum) / static_cast<float>(width));
    for (size_t i = 0; i < width; i += 16) {
      const __m512 difference = _mm512_sub_ps(_mm512_loadu_ps(values + i), mean);
      squares = _mm512_fmadd_ps(difference, difference, squares);
    }
    const float variance = _mm512_reduce_add_ps(squares) / static_cast<float>(width);
    const __m512 factor = _mm512_set1_ps(1.0f / std::sqrt(variance + epsilon));
    for (size_t i = 0; i < width; i += 16) {
      const __m512 normal = _mm512_mul_ps(_mm512_sub_ps(_mm512_loadu_ps(values + i), mean), factor);
      _mm512_storeu_ps(values + i, _mm512_fmadd_ps(normal, _mm512_loadu_ps(gamma + i), _mm512_loadu_ps(beta + i)));
    }
  }
}

} // namespace kms

#endif
