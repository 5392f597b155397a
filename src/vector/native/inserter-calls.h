// The thread that inserts, as JavaScript sees it. It ends with `stopInserter`, or with the thread that made it; JavaScript
// keeps the graphs of all points that are under way.

#pragma once

#include <memory>

#include "addon-values.h"
#include "graph-inserter.h"

namespace {

struct OwnedInserter {
  napi_threadsafe_function notice = nullptr;
  std::unique_ptr<kms::GraphInserter> inserter;
};

/** No insertion runs any more, and nobody is told of one. */
void endInserter(OwnedInserter* owned) {
  if (owned->inserter == nullptr) return;
  owned->inserter.reset();
  napi_release_threadsafe_function(owned->notice, napi_tsfn_abort);
}

void endWithThread(void* data) { endInserter(static_cast<OwnedInserter*>(data)); }

void deleteInserter(napi_env env, void* data, void*) {
  napi_remove_env_cleanup_hook(env, endWithThread, data);
  endInserter(static_cast<OwnedInserter*>(data));
  delete static_cast<OwnedInserter*>(data);
}

/** Null after an exception was thrown. */
kms::GraphInserter* inserterOf(napi_env env, napi_value value) {
  napi_valuetype type;
  void* data = nullptr;
  if (napi_typeof(env, value, &type) == napi_ok && type == napi_external) napi_get_value_external(env, value, &data);
  kms::GraphInserter* const inserter = data == nullptr ? nullptr : static_cast<OwnedInserter*>(data)->inserter.get();
  if (inserter == nullptr) fail(env, "not an inserter, or one that was stopped");
  return inserter;
}

/** startInserter(dimensions, capacity, niceness, onProgress) */
napi_value startInserter(napi_env env, napi_callback_info info) {
  napi_value args[4], name, answer;
  size_t count = 4;
  napi_get_cb_info(env, info, &count, args, nullptr, nullptr);
  uint32_t dimensions, capacity, niceness;
  const bool areNumbers = count == 4 && readWhole(env, args[0], &dimensions) && readWhole(env, args[1], &capacity) &&
                          readWhole(env, args[2], &niceness) && capacity > 0 && niceness < 20;
  if (!areNumbers) return fail(env, "startInserter takes dimensions, a capacity, a niceness below 20 and a function");
  auto owned = std::make_unique<OwnedInserter>();
  napi_create_string_utf8(env, "kms insertion", NAPI_AUTO_LENGTH, &name);
  napi_threadsafe_function notice;
  if (napi_create_threadsafe_function(env, args[3], nullptr, name, 0, 1, nullptr, nullptr, nullptr, nullptr, &notice) !=
      napi_ok) {
    return fail(env, "onProgress must be a function");
  }
  owned->notice = notice;
  napi_unref_threadsafe_function(env, notice); // keeps no process alive
  try {
    owned->inserter = std::make_unique<kms::GraphInserter>(
      kms::GraphInserter::Options{dimensions, capacity, static_cast<int>(niceness),
                                  [notice] { napi_call_threadsafe_function(notice, nullptr, napi_tsfn_nonblocking); }});
  } catch (const std::exception& error) {
    napi_release_threadsafe_function(notice, napi_tsfn_abort);
    return fail(env, std::string("no thread for insertions: ") + error.what());
  }
  // After the function was made: hooks run in the opposite order, and that one is not called after its end.
  napi_add_env_cleanup_hook(env, endWithThread, owned.get());
  napi_create_external(env, owned.get(), deleteInserter, nullptr, &answer);
  owned.release();
  return answer;
}

/** insertLater(inserter, index, vectors, offset, label): false when there is no room. */
napi_value insertLater(napi_env env, napi_callback_info info) {
  napi_value args[5], answer;
  size_t count = 5;
  napi_get_cb_info(env, info, &count, args, nullptr, nullptr);
  if (count < 5) return fail(env, "insertLater takes an inserter, an index, vectors, an offset and a label");
  kms::GraphInserter* const inserter = inserterOf(env, args[0]);
  if (inserter == nullptr) return nullptr;
  const Index index = indexOf(env, args[1]);
  if (index.graph == nullptr) return fail(env, "not an index, or one that is not initialised");
  if (index.dimensions != inserter->dimensions()) return fail(env, "index and inserter differ in their dimensions");
  uint32_t label;
  if (!readWhole(env, args[4], &label)) return fail(env, "a label must be a whole number of 32 bits");
  const float* vector = readVector(env, args[2], args[3], index.dimensions);
  if (vector == nullptr) return nullptr;
  napi_get_boolean(env, inserter->add(index.graph, vector, label), &answer);
  return answer;
}

/** settleInsertions(inserter): how many are done since the last call, in the order they came. Throws why one failed. */
napi_value settleInsertions(napi_env env, napi_callback_info info) {
  napi_value arg, answer;
  size_t count = 1;
  napi_get_cb_info(env, info, &count, &arg, nullptr, nullptr);
  kms::GraphInserter* const inserter = count < 1 ? nullptr : inserterOf(env, arg);
  if (inserter == nullptr) return nullptr;
  std::string failure;
  const size_t settled = inserter->settle(&failure);
  if (!failure.empty()) return fail(env, failure);
  napi_create_uint32(env, static_cast<uint32_t>(settled), &answer);
  return answer;
}

/** resizeBetween(inserter, index, capacity): between two insertions. */
napi_value resizeBetween(napi_env env, napi_callback_info info) {
  napi_value args[3];
  size_t count = 3;
  napi_get_cb_info(env, info, &count, args, nullptr, nullptr);
  kms::GraphInserter* const inserter = count < 3 ? nullptr : inserterOf(env, args[0]);
  if (inserter == nullptr) return nullptr;
  const Index index = indexOf(env, args[1]);
  uint32_t capacity;
  if (index.graph == nullptr || !readWhole(env, args[2], &capacity)) return fail(env, "an index and how many points");
  std::string failure;
  inserter->between([&] {
    try {
      index.graph->resizeIndex(capacity);
    } catch (const std::exception& error) {
      failure = error.what();
    }
  });
  return failure.empty() ? nullptr : fail(env, "hnswlib: " + failure);
}

/** stopInserter(inserter): waits for the insertion that runs. */
napi_value stopInserter(napi_env env, napi_callback_info info) {
  napi_value arg;
  size_t count = 1;
  napi_get_cb_info(env, info, &count, &arg, nullptr, nullptr);
  void* data = nullptr;
  if (count == 1 && napi_get_value_external(env, arg, &data) == napi_ok) endInserter(static_cast<OwnedInserter*>(data));
  return nullptr;
}

void exportInserter(napi_env env, napi_value exports) {
  exportFunction(env, exports, "startInserter", startInserter);
  exportFunction(env, exports, "insertLater", insertLater);
  exportFunction(env, exports, "settleInsertions", settleInsertions);
  exportFunction(env, exports, "resizeBetween", resizeBetween);
  exportFunction(env, exports, "stopInserter", stopInserter);
}

} // namespace
