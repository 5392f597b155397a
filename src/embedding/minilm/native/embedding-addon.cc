// The default model for JavaScript: what the processor can run it with, loading it, and embedding token ids. A loaded model
// is shared by all threads of the process; a run belongs to the thread that calls.
//
// Nothing here lets a C++ exception out, and every value is looked at before it is used.

#include <map>
#include <mutex>
#include <new>
#include <string>

#include <node_api.h>

#include "js-values.h"
#include "minilm-model.h"

namespace {

using kms::MiniLm;
using kms::ProductKernel;

struct LoadedModel {
  std::shared_ptr<const MiniLm> model;
  ProductKernel kernel;
};

/** One copy for all threads, for as long as one of them has it. */
std::shared_ptr<const MiniLm> sharedModel(const std::string& path) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<const MiniLm>> models;
  const std::lock_guard<std::mutex> lock(mutex);
  std::shared_ptr<const MiniLm> model = models[path].lock();
  if (model == nullptr) models[path] = model = std::make_shared<const MiniLm>(path);
  return model;
}

/** kernels(): the names of those that this processor can run, the fastest first. */
napi_value kernels(napi_env env, napi_callback_info) {
  ProductKernel usable[kms::kernelsMax];
  const size_t count = kms::usableProducts(usable);
  napi_value names, name;
  napi_create_array_with_length(env, count, &names);
  for (size_t i = 0; i < count; i++) {
    napi_create_string_utf8(env, usable[i].name, NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, names, i, name);
  }
  return names;
}

/** load(path, kernel): the model in the file, to be run with that kernel. */
napi_value load(napi_env env, napi_callback_info info) {
  napi_value args[2], external;
  size_t count = 2;
  napi_get_cb_info(env, info, &count, args, nullptr, nullptr);
  std::string path, name;
  if (count < 2 || !readText(env, args[0], &path) || !readText(env, args[1], &name)) {
    return fail(env, "load takes the path of a model and the name of a kernel");
  }
  ProductKernel usable[kms::kernelsMax];
  const size_t kernelCount = kms::usableProducts(usable);
  const ProductKernel* wanted = nullptr;
  for (size_t i = 0; i < kernelCount; i++) {
    if (name == usable[i].name) wanted = &usable[i];
  }
  if (wanted == nullptr) return fail(env, "this processor has no kernel '" + name + "'");
  try {
    auto loaded = std::make_unique<LoadedModel>(LoadedModel{sharedModel(path), *wanted});
    const auto release = [](napi_env, void* data, void*) { delete static_cast<LoadedModel*>(data); };
    if (napi_create_external(env, loaded.get(), release, nullptr, &external) != napi_ok) {
      return fail(env, "the model could not be handed over");
    }
    loaded.release(); // the external has it
    return external;
  } catch (const std::exception& error) {
    return fail(env, error.what());
  }
}

#if defined(__x86_64__)

/** Checks what is to be embedded. Returns why it cannot be; empty when it can. */
std::string faultOf(const View<int32_t>& ids, const View<int32_t>& lengths, size_t vectorFloats) {
  size_t tokens = 0;
  for (size_t text = 0; text < lengths.length; text++) {
    const int32_t length = lengths.data[text];
    if (length < 1 || length > static_cast<int32_t>(kms::positions)) {
      return "text " + std::to_string(text) + " has " + std::to_string(length) + " tokens, not 1 to " +
             std::to_string(kms::positions);
    }
    tokens += static_cast<size_t>(length);
  }
  if (tokens != ids.length) {
    return "the lengths add up to " + std::to_string(tokens) + ", not to " + std::to_string(ids.length);
  }
  if (tokens > kms::runTokensMax) return "more than " + std::to_string(kms::runTokensMax) + " tokens in one run";
  if (vectorFloats != lengths.length * kms::hidden) return "the vectors must have room for each text and no more";
  for (size_t i = 0; i < ids.length; i++) {
    if (ids.data[i] < 0 || ids.data[i] >= static_cast<int32_t>(kms::vocabulary)) {
      return "token " + std::to_string(ids.data[i]) + " is not in the vocabulary";
    }
  }
  return {};
}

/** embed(model, ids, lengths, vectors): a vector of 384 floats for each text, of unit length. */
napi_value embed(napi_env env, napi_callback_info info) {
  napi_value args[4];
  size_t count = 4;
  napi_get_cb_info(env, info, &count, args, nullptr, nullptr);
  napi_valuetype type;
  void* data = nullptr;
  const bool isModel = count == 4 && napi_typeof(env, args[0], &type) == napi_ok && type == napi_external &&
                       napi_get_value_external(env, args[0], &data) == napi_ok && data != nullptr;
  if (!isModel) return fail(env, "embed takes a model, token ids, the number of tokens of each text, and room for vectors");
  const View<int32_t> ids(env, args[1], napi_int32_array), lengths(env, args[2], napi_int32_array);
  const View<float> vectors(env, args[3], napi_float32_array);
  if (ids.data == nullptr || lengths.data == nullptr || vectors.data == nullptr) {
    return fail(env, "ids and lengths are Int32Arrays with something in them, vectors a Float32Array");
  }
  const std::string fault = faultOf(ids, lengths, vectors.length);
  if (!fault.empty()) return fail(env, fault);
  try {
    const LoadedModel& loaded = *static_cast<const LoadedModel*>(data);
    thread_local std::unique_ptr<kms::RunRoom> room;
    if (room == nullptr) room = std::make_unique<kms::RunRoom>();
    kms::Text run[kms::runTokensMax];
    const int32_t* from = ids.data;
    for (size_t text = 0; text < lengths.length; text++) {
      run[text] = {from, static_cast<size_t>(lengths.data[text])};
      from += lengths.data[text];
    }
    kms::Run(*loaded.model, loaded.kernel, *room, run, lengths.length).embed(vectors.data);
  } catch (const std::exception& error) {
    return fail(env, error.what());
  }
  return nullptr;
}

#else

/** No kernel, so no model to call it with. */
napi_value embed(napi_env env, napi_callback_info) { return fail(env, "this processor has no kernel"); }

#endif

napi_value initialise(napi_env env, napi_value exports) {
  exportFunction(env, exports, "kernels", kernels);
  exportFunction(env, exports, "load", load);
  exportFunction(env, exports, "embed", embed);
  return exports;
}

} // namespace

NAPI_MODULE(NODE_GYP_MODULE_NAME, initialise)
