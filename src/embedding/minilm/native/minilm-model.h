// all-MiniLM-L6-v2 in int8, from token ids to a vector of unit length: BERT (Devlin et al. 2018) with 6 layers, 12 heads and
// 384 dimensions. The same graph as minilm-graph.ts builds for ONNX Runtime, with the same weights and the same
// quantisation, one scale for each text's activations; so several texts in one run get the vectors they get alone.

#pragma once

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "attention.h"
#include "float-rows.h"
#include "quantised-product.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace kms {

constexpr size_t layersMax = 6;
constexpr size_t heads = 12;
constexpr size_t hidden = 384;
constexpr size_t intermediate = 1536;
constexpr size_t vocabulary = 30522;
constexpr size_t positions = 512;
/** Tokens of one run, all texts together. */
constexpr size_t runTokensMax = 512;

/** Memory on large pages where the system has them: weights are read from end to end, again and again. */
class Block {
public:
  Block() = default;
  explicit Block(size_t bytes) {
    constexpr size_t page = size_t{1} << 21;
    const size_t whole = (bytes + page - 1) / page * page;
    start_ = static_cast<char*>(std::aligned_alloc(page, whole));
    if (start_ == nullptr) throw std::bad_alloc();
#if defined(__linux__)
    madvise(start_, whole, MADV_HUGEPAGE); // advice: without it, it is slower
#endif
  }
  ~Block() { std::free(start_); }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  char* start() const { return start_; }

private:
  char* start_ = nullptr;
};

struct Matrix {
  size_t depth = 0;
  size_t columns = 0;
  int8_t* tiles = nullptr;
  /** Of each column. */
  const float* scales = nullptr;
  const float* bias = nullptr;
  /** Σ of each column's weights: what a shift of all its inputs by one adds. */
  int32_t* sums = nullptr;
};

struct Norm {
  const float* gamma = nullptr;
  const float* beta = nullptr;
};

struct Layer {
  Matrix queryKeyValue, projection, expansion, contraction;
  Norm attentionNorm, outputNorm;
};

/** Written by minilm-weights.ts: see there for the order. Never changed once it is loaded. */
class MiniLm {
public:
  /** Throws when the file cannot be read, or has another length. */
  explicit MiniLm(const std::string& path);

  const uint16_t* words = nullptr;
  const float* places = nullptr;
  Norm embeddingNorm;
  Layer layers[layersMax];

private:
  void pack(Matrix& matrix, const char*& at, size_t depth, size_t columns);

  Block file_;
  Block packed_;
  size_t packedBytes_ = 0;
};

/** The lengths of all that stands in the file. */
constexpr size_t matrixBytes(size_t depth, size_t columns) { return depth * columns + 2 * columns * sizeof(float); }
constexpr size_t layerBytes = matrixBytes(hidden, 3 * hidden) + matrixBytes(hidden, hidden) +
                              matrixBytes(hidden, intermediate) + matrixBytes(intermediate, hidden) +
                              4 * hidden * sizeof(float);
constexpr size_t modelBytes = vocabulary * hidden * sizeof(uint16_t) +
                              (positions + 2) * hidden * sizeof(float) + layersMax * layerBytes;
constexpr size_t layerTileBytes = hidden * (3 * hidden + hidden + intermediate + intermediate);
constexpr size_t layerSums = 3 * hidden + hidden + intermediate + hidden;

inline size_t readWhole(const std::string& path, char* to, size_t length) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (file == nullptr) throw std::runtime_error("cannot open " + path);
  const size_t got = std::fread(to, 1, length, file.get());
  return got + (std::fgetc(file.get()) == EOF ? 0 : 1);
}

inline MiniLm::MiniLm(const std::string& path)
    : file_(modelBytes), packed_(layersMax * (layerTileBytes + layerSums * sizeof(int32_t))) {
  if (readWhole(path, file_.start(), modelBytes) != modelBytes) {
    throw std::runtime_error(path + " has not the " + std::to_string(modelBytes) + " bytes of the model");
  }
  const char* at = file_.start();
  const auto floats = [&at](size_t count) {
    const float* const values = reinterpret_cast<const float*>(at);
    at += count * sizeof(float);
    return values;
  };
  words = reinterpret_cast<const uint16_t*>(at);
  at += vocabulary * hidden * sizeof(uint16_t);
  places = floats(positions * hidden);
  embeddingNorm.gamma = floats(hidden);
  embeddingNorm.beta = floats(hidden);
  for (Layer& layer : layers) {
    pack(layer.queryKeyValue, at, hidden, 3 * hidden);
    pack(layer.projection, at, hidden, hidden);
    layer.attentionNorm.gamma = floats(hidden);
    layer.attentionNorm.beta = floats(hidden);
    pack(layer.expansion, at, hidden, intermediate);
    pack(layer.contraction, at, intermediate, hidden);
    layer.outputNorm.gamma = floats(hidden);
    layer.outputNorm.beta = floats(hidden);
  }
}

/** From rows of bytes to tiles. */
inline void MiniLm::pack(Matrix& matrix, const char*& at, size_t depth, size_t columns) {
  const int8_t* const from = reinterpret_cast<const int8_t*>(at);
  matrix.depth = depth;
  matrix.columns = columns;
  matrix.tiles = reinterpret_cast<int8_t*>(packed_.start() + packedBytes_);
  packedBytes_ += depth * columns;
  matrix.sums = reinterpret_cast<int32_t*>(packed_.start() + packedBytes_);
  packedBytes_ += columns * sizeof(int32_t);
  std::memset(matrix.sums, 0, columns * sizeof(int32_t));
  for (size_t row = 0; row < depth; row++) {
    for (size_t column = 0; column < columns; column++) {
      const int8_t weight = from[row * columns + column];
      matrix.tiles[placeInTiles(row, column, depth)] = weight;
      matrix.sums[column] += weight;
    }
  }
  at += depth * columns;
  matrix.scales = reinterpret_cast<const float*>(at);
  matrix.bias = matrix.scales + columns;
  at += 2 * columns * sizeof(float);
}

struct Text {
  const int32_t* ids;
  size_t tokens;
};

#if defined(__x86_64__)

/** One thread's room for a run: 6 MiB. */
struct RunRoom {
  float state[runTokensMax * hidden];
  float middle[runTokensMax * hidden];
  float wide[runTokensMax * intermediate]; // queries, keys and values; later the expanded rows
  float attention[(headWidth + queryRows) * positions];
  alignas(64) uint8_t bytes[(runTokensMax + 2 * tileRows) * intermediate];
  alignas(64) int32_t sums[(runTokensMax + 2 * tileRows) * panelColumns];
  float scales[runTokensMax];
  int32_t zeros[runTokensMax];
};

/** What becomes of a product beyond its bias. */
enum class Finish { none, skip, gelu };

class Run {
public:
  Run(const MiniLm& model, const ProductKernel& kernel, RunRoom& room, const Text* texts, size_t count)
      : model_(model), kernel_(kernel), room_(room), texts_(texts), count_(count) {
    for (size_t i = 0; i < count; i++) tokens_ += texts[i].tokens;
  }

  /** Writes `count` vectors of 384 floats, of unit length. At most `runTokensMax` tokens, 1 to 512 a text, ids of the vocabulary. */
  void embed(float* vectors) {
    if (kernel_.begin != nullptr) kernel_.begin();
    embedTokens();
    for (const Layer& layer : model_.layers) {
      quantiseTexts(room_.state, hidden);
      multiply<Finish::none>(layer.queryKeyValue, room_.wide, nullptr);
      attendTexts();
      quantiseTexts(room_.middle, hidden);
      multiply<Finish::skip>(layer.projection, room_.middle, room_.state);
      normalise(room_.middle, tokens_, hidden, layer.attentionNorm.gamma, layer.attentionNorm.beta);
      quantiseTexts(room_.middle, hidden);
      multiply<Finish::gelu>(layer.expansion, room_.wide, nullptr);
      quantiseTexts(room_.wide, intermediate);
      multiply<Finish::skip>(layer.contraction, room_.state, room_.middle);
      normalise(room_.state, tokens_, hidden, layer.outputNorm.gamma, layer.outputNorm.beta);
    }
    if (kernel_.end != nullptr) kernel_.end();
    pool(vectors);
  }

private:
  KMS_WIDE void embedTokens() {
    float* out = room_.state;
    for (size_t text = 0; text < count_; text++) {
      for (size_t place = 0; place < texts_[text].tokens; place++, out += hidden) {
        const uint16_t* const word = model_.words + static_cast<size_t>(texts_[text].ids[place]) * hidden;
        const float* const position = model_.places + place * hidden;
        for (size_t i = 0; i < hidden; i += 16) {
          const __m512 value = _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(word + i)));
          _mm512_storeu_ps(out + i, _mm512_add_ps(value, _mm512_loadu_ps(position + i)));
        }
      }
    }
    normalise(room_.state, tokens_, hidden, model_.embeddingNorm.gamma, model_.embeddingNorm.beta);
  }

  /** Each text in a scale of its own: its vector must not depend on its neighbours. */
  void quantiseTexts(const float* rows, size_t width) {
    size_t row = 0;
    for (size_t text = 0; text < count_; text++) {
      const size_t tokens = texts_[text].tokens;
      const ByteScale scale = quantise(rows + row * width, tokens * width, room_.bytes + row * width);
      for (size_t end = row + tokens; row < end; row++) {
        room_.scales[row] = scale.scale;
        room_.zeros[row] = scale.zero;
      }
    }
  }

  /** out = bytes × matrix + bias, and what `finish` says; `skip` has the shape of `out`. */
  template <Finish finish>
  KMS_WIDE void multiply(const Matrix& matrix, float* out, const float* skip) {
    const size_t rows = (tokens_ + tileRows - 1) / tileRows * tileRows; // those beyond the last are of earlier runs
    for (size_t column = 0; column < matrix.columns; column += panelColumns) {
      kernel_.product(room_.bytes, rows, matrix.tiles + column * matrix.depth, matrix.depth, room_.sums);
      for (size_t half = 0; half < panelColumns; half += tileRows) {
        const size_t at = column + half;
        const __m512 scales = _mm512_loadu_ps(matrix.scales + at);
        const __m512 bias = _mm512_loadu_ps(matrix.bias + at);
        const __m512i shift = _mm512_loadu_si512(matrix.sums + at);
        for (size_t row = 0; row < tokens_; row++) {
          const __m512i sum = _mm512_loadu_si512(room_.sums + row * panelColumns + half);
          const __m512i zero = _mm512_mullo_epi32(_mm512_set1_epi32(room_.zeros[row]), shift);
          const __m512 product = _mm512_cvtepi32_ps(_mm512_sub_epi32(sum, zero));
          __m512 value = _mm512_fmadd_ps(product, _mm512_mul_ps(scales, _mm512_set1_ps(room_.scales[row])), bias);
          const size_t to = row * matrix.columns + at;
          if (finish == Finish::skip) value = _mm512_add_ps(value, _mm512_loadu_ps(skip + to));
          if (finish == Finish::gelu) value = gelu(value);
          _mm512_storeu_ps(out + to, value);
        }
      }
    }
  }

  void attendTexts() {
    constexpr size_t stride = 3 * hidden;
    size_t row = 0;
    for (size_t text = 0; text < count_; text++) {
      for (size_t head = 0; head < heads; head++) {
        const float* const queries = room_.wide + row * stride + head * headWidth;
        float* const out = room_.middle + row * hidden + head * headWidth;
        attend(queries, queries + hidden, queries + 2 * hidden, texts_[text].tokens, stride, out, hidden, room_.attention);
      }
      row += texts_[text].tokens;
    }
  }

  /** The sum over a text's tokens, at unit length. */
  KMS_WIDE void pool(float* vectors) {
    const float* from = room_.state;
    for (size_t text = 0; text < count_; text++, vectors += hidden) {
      __m512 squares = _mm512_setzero_ps();
      for (size_t i = 0; i < hidden; i += 16) {
        __m512 sum = _mm512_setzero_ps();
        for (size_t token = 0; token < texts_[text].tokens; token++) {
          sum = _mm512_add_ps(sum, _mm512_loadu_ps(from + token * hidden + i));
        }
        squares = _mm512_fmadd_ps(sum, sum, squares);
        _mm512_storeu_ps(vectors + i, sum);
      }
      const __m512 factor = _mm512_set1_ps(1.0f / std::sqrt(_mm512_reduce_add_ps(squares)));
      for (size_t i = 0; i < hidden; i += 16) {
        _mm512_storeu_ps(vectors + i, _mm512_mul_ps(_mm512_loadu_ps(vectors + i), factor));
      }
      from += texts_[text].tokens * hidden;
    }
  }

  const MiniLm& model_;
  const ProductKernel& kernel_;
  RunRoom& room_;
  const Text* texts_;
  size_t count_;
  size_t tokens_ = 0;
};

#endif

} // namespace kms
