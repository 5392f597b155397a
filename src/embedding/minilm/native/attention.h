// Scaled dot-product attention (Vaswani et al. 2017) of one text, in floats: softmax(Q Kᵀ / √width) V, head by head.

#pragma once

#include "float-rows.h"

#if defined(__x86_64__)

namespace kms {

constexpr size_t headWidth = 32;
/** Rows of queries that are worked on together. */
constexpr size_t queryRows = 8;

/**
 * Of one head, for `tokens` tokens: `queries`, `keys` and `values` are its columns of rows `stride` floats apart, and so is
 * `out` with `outStride`. `room` has (32 + 8) × `tokens` rounded up to 32 floats.
 */
KMS_WIDE inline void attend(const float* queries, const float* keys, const float* values, size_t tokens, size_t stride,
                            float* out, size_t outStride, float* room) {
  const size_t wide = (tokens + 31) / 32 * 32;
  float* const turned = room;                   // keys as columns: [32 × wide]
  float* const weights = room + headWidth * wide; // [8 × wide]
  for (size_t token = 0; token < tokens; token++) {
    for (size_t i = 0; i < headWidth; i++) turned[i * wide + token] = keys[token * stride + i];
  }
  for (size_t token = tokens; token < wide; token++) {
    for (size_t i = 0; i < headWidth; i++) turned[i * wide + token] = 0;
  }
  const __m512 scale = _mm512_set1_ps(0.176776695f); // 1 / √32
  for (size_t first = 0; first < tokens; first += queryRows) {
    const size_t rows = tokens - first < queryRows ? tokens - first : queryRows;
    const float* from[queryRows]; // beyond the last row, that one again
    for (size_t r = 0; r < queryRows; r++) from[r] = queries + (first + (r < rows ? r : rows - 1)) * stride;
    for (size_t token = 0; token < wide; token += 32) {
      __m512 left[queryRows], right[queryRows];
      for (size_t r = 0; r < queryRows; r++) left[r] = right[r] = _mm512_setzero_ps();
      for (size_t i = 0; i < headWidth; i++) {
        const __m512 k0 = _mm512_loadu_ps(turned + i * wide + token);
        const __m512 k1 = _mm512_loadu_ps(turned + i * wide + token + 16);
#pragma GCC unroll 8
        for (size_t r = 0; r < queryRows; r++) {
          const __m512 q = _mm512_set1_ps(from[r][i]);
          left[r] = _mm512_fmadd_ps(q, k0, left[r]);
          right[r] = _mm512_fmadd_ps(q, k1, right[r]);
        }
      }
      for (size_t r = 0; r < queryRows; r++) {
        _mm512_storeu_ps(weights + r * wide + token, left[r]);
        _mm512_storeu_ps(weights + r * wide + token + 16, right[r]);
      }
    }
    float shares[queryRows];
    for (size_t r = 0; r < rows; r++) {
      float* const row = weights + r * wide;
      for (size_t token = tokens; token < wide; token++) row[token] = -1e30f; // no token: its weight becomes 0
      __m512 most = _mm512_loadu_ps(row);
      for (size_t token = 16; token < wide; token += 16) most = _mm512_max_ps(most, _mm512_loadu_ps(row + token));
      const __m512 top = _mm512_set1_ps(_mm512_reduce_max_ps(most));
      __m512 sum = _mm512_setzero_ps();
      for (size_t token = 0; token < wide; token += 16) {
        const __m512 below = _mm512_mul_ps(_mm512_sub_ps(_mm512_loadu_ps(row + token), top), scale);
        const __m512 weight = exponential(below);
        sum = _mm512_add_ps(sum, weight);
        _mm512_storeu_ps(row + token, weight);
      }
      shares[r] = 1.0f / _mm512_reduce_add_ps(sum);
    }
    for (size_t r = rows; r < queryRows; r++) shares[r] = 0;
    __m512 left[queryRows], right[queryRows];
    for (size_t r = 0; r < queryRows; r++) left[r] = right[r] = _mm512_setzero_ps();
    for (size_t token = 0; token < tokens; token++) {
      const __m512 v0 = _mm512_loadu_ps(values + token * stride);
      const __m512 v1 = _mm512_loadu_ps(values + token * stride + 16);
#pragma GCC unroll 8
      for (size_t r = 0; r < queryRows; r++) {
        const __m512 weight = _mm512_set1_ps(weights[r * wide + token]);
        left[r] = _mm512_fmadd_ps(weight, v0, left[r]);
        right[r] = _mm512_fmadd_ps(weight, v1, right[r]);
      }
    }
    for (size_t r = 0; r < rows; r++) {
      const __m512 share = _mm512_set1_ps(shares[r]);
      float* const to = out + (first + r) * outStride;
      _mm512_storeu_ps(to, _mm512_mul_ps(left[r], share));
      _mm512_storeu_ps(to + 16, _mm512_mul_ps(right[r], share));
    }
  }
}

} // namespace kms

#endif
