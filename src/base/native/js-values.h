// What every addon needs of JavaScript's values: a failure as an exception, texts and typed arrays looked at before they are used.

#pragma once

#include <string>

#include <node_api.h>

namespace {

napi_value fail(napi_env env, const std::string& message) {
  bool isPending = false;
  napi_is_exception_pending(env, &isPending);
  if (!isPending) napi_throw_error(env, nullptr, message.c_str());
  return nullptr;
}

/** A typed array of one kind; `data` is null when the value is something else. */
template <typename Value>
struct View {
  Value* data = nullptr;
  size_t length = 0;

  View(napi_env env, napi_value value, napi_typedarray_type wanted) {
    napi_typedarray_type type;
    void* start;
    size_t count;
    bool isTyped = false;
    if (napi_is_typedarray(env, value, &isTyped) != napi_ok || !isTyped) return;
    if (napi_get_typedarray_info(env, value, &type, &count, &start, nullptr, nullptr) != napi_ok) return;
    if (type != wanted || start == nullptr) return;
    data = static_cast<Value*>(start);
    length = count;
  }
};

bool readText(napi_env env, napi_value value, std::string* text) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) return false;
  text->resize(length);
  return napi_get_value_string_utf8(env, value, &(*text)[0], length + 1, &length) == napi_ok;
}

void exportFunction(napi_env env, napi_value exports, const char* name, napi_callback function) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value);
  napi_set_named_property(env, exports, name, value);
}

} // namespace
