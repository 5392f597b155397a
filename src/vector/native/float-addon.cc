// hnswlib-node with typed arrays. The package takes and gives plain arrays, which costs two calls into Node for each of a
// vector's values; the functions here read Float32Arrays where they lie and write into arrays that the caller owns. They
// work on the package's own HierarchicalNSW objects: its source is part of this file, with all that it exports.
//
// Nothing here lets a C++ exception out, and every value is looked at before it can get into the graph.

#include <algorithm>
#include <cstring>

#include <napi.h>

#include "hnswlib-parts.h" // before hnswlib itself

#pragma push_macro("NODE_API_MODULE")
#undef NODE_API_MODULE
#define NODE_API_MODULE(name, init) // the package's own registration; ours is at the end
#include "addon.cc"
#pragma pop_macro("NODE_API_MODULE")

#include "addon-values.h" // after the package's classes
#include "checksum-calls.h"
#include "dot-kernels.h"
#include "graph-insertion.h"
#include "inserter-calls.h"
#include "memory-return.h"

namespace {

/** Asks JavaScript about a label. After it has thrown, everything passes: the sooner there is enough, the sooner it ends. */
class AskedFilter : public hnswlib::BaseFilterFunctor {
public:
  AskedFilter(napi_env env, napi_value callback) : env_(env), callback_(callback) {
    napi_get_undefined(env, &receiver_);
  }

  bool operator()(hnswlib::labeltype label) override {
    if (hasThrown_) return true;
    napi_handle_scope scope;
    napi_open_handle_scope(env_, &scope);
    napi_value argument, answer;
    bool isAllowed = true;
    napi_create_uint32(env_, static_cast<uint32_t>(label), &argument);
    hasThrown_ = napi_call_function(env_, receiver_, callback_, 1, &argument, &answer) != napi_ok;
    if (!hasThrown_) hasThrown_ = napi_get_value_bool(env_, answer, &isAllowed) != napi_ok;
    napi_close_handle_scope(env_, scope);
    return hasThrown_ || isAllowed;
  }

  bool hasThrown() const { return hasThrown_; }

private:
  napi_env env_;
  napi_value callback_;
  napi_value receiver_;
  bool hasThrown_ = false;
};

/** addFloats(index, vectors, offset, label) */
napi_value addFloats(napi_env env, napi_callback_info info) {
  napi_value args[4];
  size_t count = 4;
  napi_get_cb_info(env, info, &count, args, nullptr, nullptr);
  if (count < 4) return fail(env, "addFloats takes an index, vectors, an offset and a label");
  const Index index = indexOf(env, args[0]);
  if (index.graph == nullptr) return fail(env, "not an index, or one that is not initialised");
  uint32_t label;
  if (!readWhole(env, args[3], &label)) return fail(env, "a label must be a whole number of 32 bits");
  const float* vector = readVector(env, args[1], args[2], index.dimensions);
  if (vector == nullptr) return nullptr;
  try {
    thread_local kms::InsertionRoom room;
    kms::GraphInsertion(*index.graph, room).add(vector, label);
  } catch (const std::exception& error) {
    return fail(env, error.what());
  }
  return nullptr;
}

/** searchFloats(index, vectors, offset, k, ef, labelsOut, distancesOut, allows?): how many were found, best first. */
napi_value searchFloats(napi_env env, napi_callback_info info) {
  napi_value args[8];
  size_t count = 8;
  napi_get_cb_info(env, info, &count, args, nullptr, nullptr);
  if (count < 7) return fail(env, "searchFloats takes an index, vectors, an offset, k, ef and two arrays for the answer");
  const Index index = indexOf(env, args[0]);
  if (index.graph == nullptr) return fail(env, "not an index, or one that is not initialised");
  uint32_t k, ef;
  if (!readWhole(env, args[3], &k) || !readWhole(env, args[4], &ef)) return fail(env, "k and ef must be whole numbers");
  const View<uint32_t> labels(env, args[5], napi_uint32_array);
  const View<float> distances(env, args[6], napi_float32_array);
  if (labels.length < k || distances.length < k) {
    return fail(env, "the answer needs a Uint32Array and a Float32Array of at least k places");
  }
  napi_valuetype filterType = napi_undefined;
  if (count == 8) napi_typeof(env, args[7], &filterType);
  const bool isFiltered = filterType == napi_function;
  if (!isFiltered && filterType != napi_undefined && filterType != napi_null) {
    return fail(env, "allows must be a function");
  }
  const float* query = readVector(env, args[1], args[2], index.dimensions);
  if (query == nullptr) return nullptr;
  AskedFilter filter(env, isFiltered ? args[7] : nullptr);
  uint32_t found = 0;
  try {
    thread_local kms::SearchRoom room;
    kms::GraphSearch(*index.graph, query, room).run(std::max({ef, k, 1u}), isFiltered ? &filter : nullptr);
    const std::vector<kms::Met>& nearest = room.nearest;
    found = static_cast<uint32_t>(std::min<size_t>(k, nearest.size()));
    for (uint32_t i = 0; i < found; i++) {
      distances.data[i] = nearest[i].distance;
      labels.data[i] = static_cast<uint32_t>(index.graph->getExternalLabel(nearest[i].place));
    }
  } catch (const std::exception& error) {
    return fail(env, error.what());
  }
  if (filter.hasThrown()) return fail(env, "allows must answer true or false");
  napi_value answer;
  napi_create_uint32(env, found, &answer);
  return answer;
}

/** markDeleted(index, label): whether it was there and not marked. Beside an insertion, unlike the package's own. */
napi_value markDeleted(napi_env env, napi_callback_info info) {
  napi_value args[2];
  size_t count = 2;
  napi_get_cb_info(env, info, &count, args, nullptr, nullptr);
  const Index index = count < 2 ? Index{nullptr, 0} : indexOf(env, args[0]);
  if (index.graph == nullptr) return fail(env, "not an index, or one that is not initialised");
  uint32_t label, place;
  if (!readWhole(env, args[1], &label)) return fail(env, "a label must be a whole number of 32 bits");
  const bool isThere = index.graph->label_lookup_.placeOf(label, &place);
  napi_value answer;
  napi_get_boolean(env, isThere && kms::markDeleted(*index.graph, place), &answer);
  return answer;
}

/** labels(index): of all points, in no order, as a Uint32Array. */
napi_value labels(napi_env env, napi_callback_info info) {
  napi_value arg, buffer, answer;
  size_t count = 1;
  napi_get_cb_info(env, info, &count, &arg, nullptr, nullptr);
  const Index index = count < 1 ? Index{nullptr, 0} : indexOf(env, arg);
  if (index.graph == nullptr) return fail(env, "not an index, or one that is not initialised");
  const size_t points = index.graph->cur_element_count;
  void* data = nullptr;
  if (napi_create_arraybuffer(env, points * sizeof(uint32_t), &data, &buffer) != napi_ok) {
    return fail(env, "no memory for the labels");
  }
  uint32_t* const out = static_cast<uint32_t*>(data);
  for (size_t i = 0; i < points; i++) {
    out[i] = static_cast<uint32_t>(index.graph->getExternalLabel(static_cast<hnswlib::tableint>(i)));
  }
  napi_create_typedarray(env, napi_uint32_array, points, buffer, 0, &answer);
  return answer;
}

/** Of all threads. */
const char* kernelInUse = nullptr;

/** Best first; the first is in use until another one is asked for. */
const std::vector<kms::Kernel>& kernels() {
  static const std::vector<kms::Kernel> usable = [] {
    std::vector<kms::Kernel> found = kms::usableKernels();
    kms::useKernel(found.front());
    kernelInUse = found.front().name;
    return found;
  }();
  return usable;
}

/** kernel(name?): the name of the one in use, after `name` was put into use for all indexes made from then on. */
napi_value kernel(napi_env env, napi_callback_info info) {
  napi_value arg;
  size_t count = 1;
  napi_get_cb_info(env, info, &count, &arg, nullptr, nullptr);
  if (count == 1) {
    char name[16];
    size_t length = 0;
    if (napi_get_value_string_utf8(env, arg, name, sizeof name, &length) != napi_ok) {
      return fail(env, "the name of a kernel is a text");
    }
    const auto& all = kernels();
    const auto isWanted = [&](const kms::Kernel& each) { return std::strcmp(each.name, name) == 0; };
    const auto wanted = std::find_if(all.begin(), all.end(), isWanted);
    if (wanted == all.end()) return fail(env, "this processor has no kernel '" + std::string(name) + "'");
    kms::useKernel(*wanted);
    kernelInUse = wanted->name;
  }
  napi_value answer;
  napi_create_string_utf8(env, kernelInUse, NAPI_AUTO_LENGTH, &answer);
  return answer;
}

Napi::Object InitWithFloats(Napi::Env env, Napi::Object exports) {
  kernels();
  Init(env, exports);
  exportFunction(env, exports, "kernel", kernel);
  exportFunction(env, exports, "addFloats", addFloats);
  exportFunction(env, exports, "searchFloats", searchFloats);
  exportFunction(env, exports, "markDeleted", markDeleted);
  exportFunction(env, exports, "labels", labels);
  exportFunction(env, exports, "checksumOf", checksumOf);
  exportInserter(env, exports);
  exportFunction(env, exports, "giveBack", kms::giveBack);
  return exports;
}

} // namespace

NODE_API_MODULE(addon, InitWithFloats)
