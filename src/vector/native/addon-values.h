// Arguments of the functions that JavaScript calls, looked at before they are used.

#pragma once

#include <cmath>
#include <cstring>
#include <string>

#include <napi.h>

#include "graph-search.h"
#include "js-values.h"

namespace {

using kms::Graph;

struct Index {
  Graph* graph;
  uint32_t dimensions;
};

/** The native parts of a HierarchicalNSW; without a graph when it is none, or not initialised. */
Index indexOf(napi_env env, napi_value value) {
  napi_valuetype type;
  if (napi_typeof(env, value, &type) != napi_ok || type != napi_object) return {nullptr, 0};
  void* wrapped = nullptr; // by hand: where nothing can be thrown any more, Napi's Unwrap would end the process
  if (napi_unwrap(env, value, &wrapped) != napi_ok || wrapped == nullptr) return {nullptr, 0};
  const HierarchicalNSW* const index = static_cast<HierarchicalNSW*>(wrapped);
  return {index->index_, index->dim_};
}

/** A whole number from 0 to 2^32 - 1. */
bool readWhole(napi_env env, napi_value value, uint32_t* out) {
  double number;
  if (napi_get_value_double(env, value, &number) != napi_ok) return false;
  if (!(number >= 0 && number <= 4294967295.0) || number != std::floor(number)) return false;
  *out = static_cast<uint32_t>(number);
  return true;
}

/** All bits of the exponent set is infinity or NaN; compares whole registers, where isfinite goes value by value. */
bool areFinite(const float* values, size_t count) {
  bool areAll = true;
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    std::memcpy(&bits, values + i, sizeof bits);
    areAll &= (bits & 0x7f800000u) != 0x7f800000u;
  }
  return areAll;
}

/** The vector at `offset`; null after an exception was thrown. */
const float* readVector(napi_env env, napi_value vectors, napi_value at, uint32_t dimensions) {
  const View<float> view(env, vectors, napi_float32_array);
  uint32_t offset;
  if (view.data == nullptr || !readWhole(env, at, &offset)) {
    fail(env, "vectors must be a Float32Array, and the offset into it a whole number");
    return nullptr;
  }
  if (offset > view.length || view.length - offset < dimensions) {
    fail(env, "no vector of " + std::to_string(dimensions) + " values at " + std::to_string(offset) + " of " +
                std::to_string(view.length));
    return nullptr;
  }
  if (!areFinite(view.data + offset, dimensions)) {
    fail(env, "a value of the vector is not finite");
    return nullptr;
  }
  return view.data + offset;
}

} // namespace
