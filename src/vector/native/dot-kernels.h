// The product of two vectors, written for what the processor has and chosen when the addon is loaded: one binary that runs
// everywhere and is fast where it can be. hnswlib chooses at compile time, so its portable build knows SSE only.

#pragma once

#include <cstddef>
#include <vector>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "hnswlib/hnswlib.h"

namespace kms {

struct Kernel {
  const char* name;
  /** As hnswlib wants them: the length is behind the third pointer, the distance is 1 - product. */
  hnswlib::DISTFUNC<float> product;
  hnswlib::DISTFUNC<float> distance;
};

#if defined(__x86_64__)

#define KMS_AVX2 __attribute__((target("avx2,fma")))
#define KMS_AVX512 __attribute__((target("avx512f")))

/** Four sums at once: a multiplication with addition takes four cycles, and two may start in each. */
KMS_AVX2 inline float dotAvx2(const float* a, const float* b, size_t length) {
  __m256 sum0 = _mm256_setzero_ps(), sum1 = sum0, sum2 = sum0, sum3 = sum0;
  size_t i = 0;
  for (; i + 32 <= length; i += 32) {
    sum0 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i), sum0);
    sum1 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i + 8), _mm256_loadu_ps(b + i + 8), sum1);
    sum2 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i + 16), _mm256_loadu_ps(b + i + 16), sum2);
    sum3 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i + 24), _mm256_loadu_ps(b + i + 24), sum3);
  }
  for (; i + 8 <= length; i += 8) sum0 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i), sum0);
  const __m256 all = _mm256_add_ps(_mm256_add_ps(sum0, sum1), _mm256_add_ps(sum2, sum3));
  __m128 four = _mm_add_ps(_mm256_castps256_ps128(all), _mm256_extractf128_ps(all, 1));
  four = _mm_add_ps(four, _mm_movehl_ps(four, four));
  four = _mm_add_ss(four, _mm_movehdup_ps(four));
  float rest = _mm_cvtss_f32(four);
  for (; i < length; i++) rest += a[i] * b[i];
  return rest;
}

KMS_AVX512 inline float dotAvx512(const float* a, const float* b, size_t length) {
  __m512 sum0 = _mm512_setzero_ps(), sum1 = sum0, sum2 = sum0, sum3 = sum0;
  size_t i = 0;
  for (; i + 64 <= length; i += 64) {
    sum0 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i), sum0);
    sum1 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i + 16), _mm512_loadu_ps(b + i + 16), sum1);
    sum2 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i + 32), _mm512_loadu_ps(b + i + 32), sum2);
    sum3 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i + 48), _mm512_loadu_ps(b + i + 48), sum3);
  }
  for (; i < length; i += 16) {
    const __mmask16 lanes = length - i >= 16 ? 0xffff : static_cast<__mmask16>((1u << (length - i)) - 1);
    sum0 = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(lanes, a + i), _mm512_maskz_loadu_ps(lanes, b + i), sum0);
  }
  return _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(sum0, sum1), _mm512_add_ps(sum2, sum3)));
}

// Each for itself: a function for other instructions than its caller's is not inlined.
KMS_AVX2 inline float productAvx2(const void* a, const void* b, const void* length) {
  return dotAvx2(static_cast<const float*>(a), static_cast<const float*>(b), *static_cast<const size_t*>(length));
}

KMS_AVX2 inline float distanceAvx2(const void* a, const void* b, const void* length) {
  return 1.0f - dotAvx2(static_cast<const float*>(a), static_cast<const float*>(b), *static_cast<const size_t*>(length));
}

KMS_AVX512 inline float productAvx512(const void* a, const void* b, const void* length) {
  return dotAvx512(static_cast<const float*>(a), static_cast<const float*>(b), *static_cast<const size_t*>(length));
}

KMS_AVX512 inline float distanceAvx512(const void* a, const void* b, const void* length) {
  return 1.0f -
         dotAvx512(static_cast<const float*>(a), static_cast<const float*>(b), *static_cast<const size_t*>(length));
}

#endif

/** Those that this processor and its operating system can run, the fastest first. */
inline std::vector<Kernel> usableKernels() {
  std::vector<Kernel> kernels;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) kernels.push_back({"avx512", productAvx512, distanceAvx512});
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    kernels.push_back({"avx2", productAvx2, distanceAvx2});
  }
#endif
  // hnswlib's own: SSE on x86-64, what the compiler makes of a loop elsewhere.
  kernels.push_back({"baseline", nullptr, nullptr});
  return kernels;
}

/** Every space made from now on measures with it: these are what hnswlib's InnerProductSpace picks from. */
inline void useKernel(const Kernel& kernel) {
#if defined(USE_SSE)
  const bool isOwn = kernel.product != nullptr;
  hnswlib::InnerProductSIMD16Ext = isOwn ? kernel.product : hnswlib::InnerProductSIMD16ExtSSE;
  hnswlib::InnerProductSIMD4Ext = isOwn ? kernel.product : hnswlib::InnerProductSIMD4ExtSSE;
  hnswlib::InnerProductDistanceSIMD16Ext = isOwn ? kernel.distance : hnswlib::InnerProductDistanceSIMD16ExtSSE;
  hnswlib::InnerProductDistanceSIMD4Ext = isOwn ? kernel.distance : hnswlib::InnerProductDistanceSIMD4ExtSSE;
#endif
}

} // namespace kms
