// Memory that JavaScript has and does not need for now, back to the system at once. The memory of a WebAssembly instance
// never shrinks, and to throw it away for a smaller one would leave it to the garbage collector, whenever that looks; but
// its pages can go one by one, and come again as zeros when they are next written.

#pragma once

#include <cstdint>

#include <node_api.h>
#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace kms {

/** Gives back the pages that lie wholly between both; returns their bytes, 0 where the system keeps them. */
inline size_t returnPages(char* begin, char* end) {
#ifdef __linux__
  static const uintptr_t pageBytes = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t first = (reinterpret_cast<uintptr_t>(begin) + pageBytes - 1) & ~(pageBytes - 1);
  const uintptr_t last = reinterpret_cast<uintptr_t>(end) & ~(pageBytes - 1);
  if (first >= last) return 0;
  return madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED) == 0 ? last - first : 0;
#else
  return 0;
#endif
}

/** giveBack(buffer, start, end): bytes that were given back; what they held is lost. */
inline napi_value giveBack(napi_env env, napi_callback_info info) {
  napi_value args[3];
  size_t count = 3;
  napi_get_cb_info(env, info, &count, args, nullptr, nullptr);
  void* data = nullptr;
  size_t bytes = 0;
  int64_t start = 0;
  int64_t end = 0;
  const bool isRange = count == 3 && napi_get_arraybuffer_info(env, args[0], &data, &bytes) == napi_ok &&
                       napi_get_value_int64(env, args[1], &start) == napi_ok &&
                       napi_get_value_int64(env, args[2], &end) == napi_ok && start >= 0 && start <= end &&
                       static_cast<uint64_t>(end) <= bytes;
  if (!isRange) {
    napi_throw_error(env, nullptr, "giveBack takes an ArrayBuffer and a range of its bytes");
    return nullptr;
  }
  char* const memory = static_cast<char*>(data);
  napi_value answer;
  napi_create_double(env, static_cast<double>(returnPages(memory + start, memory + end)), &answer);
  return answer;
}

} // namespace kms
