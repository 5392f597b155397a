// The default model for JavaScript: what the processor can run it with, loading it, and embedding token ids. A loaded model
// is shared by all threads of the process; a run belongs to the thread that calls.
//
// Nothing here lets a C++ exception out, and every value is looked at before it is used.

#include <map>
#include <mutex>
#include <new>
#include <string>

#include <node_api.h>

#include "minilm-model.h"

namespace {

using kms::MiniLm;
using kms::ProductKernel;

struct LoadedModel {
  std::shared_ptr<const MiniLm> model;
  ProductKernel kernel;
};

napi_value fail(napi_env env, const std::string& message) {
  napi_throw_error(env, nullptr, message.c_str());
  return nullptr;
}

bool readText(napi_env env, napi_value value, std::string* text) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) return false;
  text->resize(length);
  return napi_get_value_string_utf8(env, value, &(*text)[0], length + 1, &length) == napi_ok;
}

/** The values of a typed array of one kind; null when the value is something else. */
template <typename Value>
Value* readArray(napi_env env, napi_value value, napi_typedarray_type wanted, size_t* length) {
  bool isTyped = false;
  napi_typedarray_type type;
  void* start = nullptr;
  if (napi_is_typedarray(env, value, &isTyped) != napi_ok || !isTyped) return nullptr;
  if (napi_get_typedarray_info(env, value, &type, length, &start, nullptr, nullptr) != napi_ok) return nullptr;
  return type == wanted ? static_cast<Value*>(start) : nullptr;
}

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
std::string faultOf(const int32_t* ids, size_t idCount, const int32_t* lengths, size_t texts, size_t vectorFloats) {
  size_t tokens = 0;
  for (size_t text = 0; text < texts; text++) {
    if (lengths[text] < 1 || lengths[text] > static_cast<int32_t>(kms::positions)) {
      return "text " + std::to_string(text) + " has " + std::to_string(lengths[text]) + " tokens, not 1 to " +
             std::to_string(kms::positions);
    }
    tokens += static_cast<size_t>(lengths[text]);
  }
  if (tokens != idCount) return "the lengths add up to " + std::to_string(tokens) + ", not to " + std::to_string(idCount);
  if (tokens > kms::runTokensMax) return "more than " + std::to_string(kms::runTokensMax) + " tokens in one run";
  if (vectorFloats != texts * kms::hidden) return "the vectors must have room for each text and no more";
  for (size_t i = 0; i < idCount; i++) {
    if (ids[i] < 0 || ids[i] >= static_cast<int32_t>(kms::vocabulary)) {
      return "token " + std::to_string(ids[i]) + " is not in the vocabulary";
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
  size_t idCount = 0, texts = 0, vectorFloats = 0;
  const bool isModel = count == 4 && napi_typeof(env, args[0], &type) == napi_ok && type == napi_external &&
                       napi_get_value_external(env, args[0], &data) == napi_ok && data != nullptr;
  if (!isModel) return fail(env, "embed takes a model, token ids, the number of tokens of each text, and room for vectors");
  const int32_t* const ids = readArray<int32_t>(env, args[1], napi_int32_array, &idCount);
  const int32_t* const lengths = readArray<int32_t>(env, args[2], napi_int32_array, &texts);
  float* const vectors = readArray<float>(env, args[3], napi_float32_array, &vectorFloats);
  if (ids == nullptr || lengths == nullptr || vectors == nullptr) {
    return fail(env, "ids and lengths are Int32Arrays with something in them, vectors a Float32Array");
  }
  const std::string fault = faultOf(ids, idCount, lengths, texts, vectorFloats);
  if (!fault.empty()) return fail(env, fault);
  try {
    const LoadedModel& loaded = *static_cast<const LoadedModel*>(data);
    thread_local std::unique_ptr<kms::RunRoom> room;
    if (room == nullptr) room = std::make_unique<kms::RunRoom>();
    kms::Text run[kms::runTokensMax];
    const int32_t* from = ids;
    for (size_t text = 0; text < texts; text++) {
      run[text] = {from, static_cast<size_t>(lengths[text])};
      from += lengths[text];
    }
    kms::Run(*loaded.model, loaded.kernel, *room, run, texts).embed(vectors);
  } catch (const std::exception& error) {
    return fail(env, error.what());
  }
  return nullptr;
}

#else

/** No kernel, so no model to call it with. */
napi_value embed(napi_env env, napi_callback_info) { return fail(env, "this processor has no kernel"); }

#endif

void exportFunction(napi_env env, napi_value exports, const char* name, napi_callback function) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value);
  napi_set_named_property(env, exports, name, value);
}

napi_value initialise(napi_env env, napi_value exports) {
  exportFunction(env, exports, "kernels", kernels);
  exportFunction(env, exports, "load", load);
  exportFunction(env, exports, "embed", embed);
  return exports;
}

} // namespace

NAPI_MODULE(NODE_GYP_MODULE_NAME, initialise)
