// The products of the int8 model: unsigned bytes (activations) times signed bytes (weights), summed in 32 bits, which is
// exact, so every kernel gives the same sums. Written for AMX and for AVX-512 VNNI and chosen when the addon is loaded.
//
// Weights lie in tiles of 16 columns by 64 rows, four rows of a column side by side, as both instructions want them
// (Intel 64 and IA-32 Architectures Software Developer's Manual, TDPBUSD and VPDPBUSD).

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#if defined(__x86_64__) && defined(__linux__) && (defined(__clang__) ? __clang_major__ >= 12 : __GNUC__ >= 11)
#include <sys/syscall.h>
#include <unistd.h>
#define KMS_HAS_AMX 1
#endif

namespace kms {

constexpr size_t tileRows = 16;
constexpr size_t tileDepth = 64;
constexpr size_t tileBytes = tileRows * tileDepth;
/** Columns of a panel: two tiles side by side. */
constexpr size_t panelColumns = 32;

/**
 * `sums[row × 32 + column]` = Σ over depth of `values[row × depth + i]` × weight, for `rows` rows, a multiple of 16, and the
 * 32 columns whose tiles begin at `panel`. `depth` is a multiple of 64.
 */
using PanelProduct = void (*)(const uint8_t* values, size_t rows, const int8_t* panel, size_t depth, int32_t* sums);

struct ProductKernel {
  const char* name;
  PanelProduct product;
  /** Around a number of products on one thread; null where there is nothing to do. */
  void (*begin)();
  void (*end)();
};

/** Where a weight lies among the tiles of its matrix. */
inline size_t placeInTiles(size_t row, size_t column, size_t depth) {
  const size_t tile = (column / tileRows) * (depth / tileDepth) + row / tileDepth;
  const size_t inside = row % tileDepth;
  return tile * tileBytes + (inside / 4) * tileDepth + (column % tileRows) * 4 + inside % 4;
}

#if defined(__x86_64__)

#define KMS_VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))

/** Eight rows and 32 columns in sixteen registers. */
KMS_VNNI inline void productVnni(const uint8_t* values, size_t rows, const int8_t* panel, size_t depth, int32_t* sums) {
  const size_t tiles = depth / tileDepth;
  for (size_t row = 0; row < rows; row += 8) {
    __m512i left[8], right[8];
    for (int r = 0; r < 8; r++) left[r] = right[r] = _mm512_setzero_si512();
    for (size_t tile = 0; tile < tiles; tile++) {
      const int8_t* const first = panel + tile * tileBytes;
      const int8_t* const second = first + tiles * tileBytes;
      const uint8_t* const from = values + row * depth + tile * tileDepth;
      for (size_t four = 0; four < tileRows; four++) {
        const __m512i b0 = _mm512_load_si512(first + four * tileDepth);
        const __m512i b1 = _mm512_load_si512(second + four * tileDepth);
#pragma GCC unroll 8
        for (int r = 0; r < 8; r++) {
          int32_t bytes;
          std::memcpy(&bytes, from + r * depth + four * 4, sizeof bytes);
          const __m512i a = _mm512_set1_epi32(bytes);
          left[r] = _mm512_dpbusd_epi32(left[r], a, b0);
          right[r] = _mm512_dpbusd_epi32(right[r], a, b1);
        }
      }
    }
    for (int r = 0; r < 8; r++) {
      _mm512_storeu_si512(sums + (row + r) * panelColumns, left[r]);
      _mm512_storeu_si512(sums + (row + r) * panelColumns + tileRows, right[r]);
    }
  }
}

#endif

#if defined(KMS_HAS_AMX)

#define KMS_AMX __attribute__((target("amx-tile,amx-int8")))

struct alignas(64) TileConfig {
  uint8_t palette;
  uint8_t startRow;
  uint8_t reserved[14];
  uint16_t columnBytes[16];
  uint8_t rows[16];
};

/** All eight tiles whole: sixteen rows of 64 bytes. In memory, as the compiler does not see that all of it is read. */
static const TileConfig wholeTiles = {
  1, 0, {}, {64, 64, 64, 64, 64, 64, 64, 64}, {16, 16, 16, 16, 16, 16, 16, 16}};

KMS_AMX inline void beginAmx() { _tile_loadconfig(&wholeTiles); }

KMS_AMX inline void endAmx() { _tile_release(); }

/** Two tiles of rows by two of columns: each tile that is loaded is used twice. */
KMS_AMX inline void productAmx(const uint8_t* values, size_t rows, const int8_t* panel, size_t depth, int32_t* sums) {
  asm volatile("" ::: "memory"); // nor does it see what tiles are loaded from and stored to
  const size_t tiles = depth / tileDepth;
  const int8_t* const second = panel + tiles * tileBytes;
  size_t row = 0;
  for (; row + 2 * tileRows <= rows; row += 2 * tileRows) {
    const uint8_t* const upper = values + row * depth;
    const uint8_t* const lower = upper + tileRows * depth;
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (size_t tile = 0; tile < tiles; tile++) {
      _tile_loadd(6, panel + tile * tileBytes, tileDepth);
      _tile_loadd(4, upper + tile * tileDepth, depth);
      _tile_dpbusd(0, 4, 6);
      _tile_loadd(7, second + tile * tileBytes, tileDepth);
      _tile_dpbusd(1, 4, 7);
      _tile_loadd(5, lower + tile * tileDepth, depth);
      _tile_dpbusd(2, 5, 6);
      _tile_dpbusd(3, 5, 7);
    }
    int32_t* const out = sums + row * panelColumns;
    constexpr size_t stride = panelColumns * sizeof(int32_t);
    _tile_stored(0, out, stride);
    _tile_stored(1, out + tileRows, stride);
    _tile_stored(2, out + tileRows * panelColumns, stride);
    _tile_stored(3, out + tileRows * panelColumns + tileRows, stride);
  }
  for (; row < rows; row += tileRows) {
    _tile_zero(0);
    _tile_zero(1);
    for (size_t tile = 0; tile < tiles; tile++) {
      _tile_loadd(4, values + row * depth + tile * tileDepth, depth);
      _tile_loadd(6, panel + tile * tileBytes, tileDepth);
      _tile_dpbusd(0, 4, 6);
      _tile_loadd(7, second + tile * tileBytes, tileDepth);
      _tile_dpbusd(1, 4, 7);
    }
    _tile_stored(0, sums + row * panelColumns, panelColumns * sizeof(int32_t));
    _tile_stored(1, sums + row * panelColumns + tileRows, panelColumns * sizeof(int32_t));
  }
  asm volatile("" ::: "memory");
}

/** The processor has the instructions, and Linux lets this process keep 8 KiB of tiles a thread. */
inline bool mayUseAmx() {
  uint32_t a, b, c, d;
  __asm__("cpuid" : "=a"(a), "=b"(b), "=c"(c), "=d"(d) : "a"(7), "c"(0));
  constexpr uint32_t tile = 1u << 24, int8 = 1u << 25;
  if ((d & tile) == 0 || (d & int8) == 0) return false;
  constexpr long requestPermission = 0x1023, tileData = 18; // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
}

#endif

constexpr size_t kernelsMax = 2;

/** Those that this processor and its operating system can run, the fastest first. Returns how many. */
inline size_t usableProducts(ProductKernel (&kernels)[kernelsMax]) {
  size_t count = 0;
#if defined(__x86_64__)
  __builtin_cpu_init();
  // The arithmetic between the products needs AVX-512 with either.
  const bool isWide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  if (isWide && __builtin_cpu_supports("avx512vnni")) {
#if defined(KMS_HAS_AMX)
    if (mayUseAmx()) kernels[count++] = {"amx", productAmx, beginAmx, endAmx};
#endif
    kernels[count++] = {"avx512_vnni", productVnni, nullptr, nullptr};
  }
#endif
  return count;
}

} // namespace kms
