// The checksum of a file, made on Node's pool of threads: on the thread that asks, a large graph would take its time from
// searches.

#pragma once

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "addon-values.h"
#include "xxh64.h"

namespace {

struct ChecksumWork {
  std::string path;
  std::string checksum;
  std::string failure;
  napi_async_work work = nullptr;
  napi_deferred deferred = nullptr;
};

constexpr size_t readBytes = size_t{1} << 20;

void runChecksum(napi_env, void* data) {
  ChecksumWork& work = *static_cast<ChecksumWork*>(data);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(work.path.c_str(), "rb"), std::fclose);
  if (file == nullptr) {
    work.failure = std::strerror(errno);
    return;
  }
  std::setvbuf(file.get(), nullptr, _IONBF, 0);
  try {
    std::vector<char> piece(readBytes);
    kms::Xxh64 hash;
    for (size_t got; (got = std::fread(piece.data(), 1, piece.size(), file.get())) > 0;) hash.update(piece.data(), got);
    if (std::ferror(file.get()) != 0) {
      work.failure = std::strerror(errno);
      return;
    }
    char hex[17];
    std::snprintf(hex, sizeof hex, "%016llx", static_cast<unsigned long long>(hash.digest()));
    work.checksum = hex;
  } catch (const std::exception& error) {
    work.failure = error.what();
  }
}

void endChecksum(napi_env env, napi_status, void* data) {
  const std::unique_ptr<ChecksumWork> work(static_cast<ChecksumWork*>(data));
  napi_value text, error;
  const bool isDone = work->failure.empty();
  const std::string& said = isDone ? work->checksum : work->failure;
  if (napi_create_string_utf8(env, said.c_str(), said.size(), &text) == napi_ok) {
    if (isDone) napi_resolve_deferred(env, work->deferred, text);
    else if (napi_create_error(env, nullptr, text, &error) == napi_ok) napi_reject_deferred(env, work->deferred, error);
  }
  napi_delete_async_work(env, work->work);
}

/** checksumOf(path): a promise of the XXH64 of the file's content, in hex. */
napi_value checksumOf(napi_env env, napi_callback_info info) {
  napi_value arg, promise, name;
  size_t count = 1;
  napi_get_cb_info(env, info, &count, &arg, nullptr, nullptr);
  auto work = std::make_unique<ChecksumWork>();
  if (count < 1 || !readText(env, arg, &work->path)) return fail(env, "checksumOf takes the path of a file");
  napi_create_string_utf8(env, "kms checksum", NAPI_AUTO_LENGTH, &name);
  const bool isReady = napi_create_promise(env, &work->deferred, &promise) == napi_ok &&
                       napi_create_async_work(env, nullptr, name, runChecksum, endChecksum, work.get(), &work->work) == napi_ok &&
                       napi_queue_async_work(env, work->work) == napi_ok;
  if (!isReady) return fail(env, "the checksum could not be begun");
  work.release(); // endChecksum has it
  return promise;
}

} // namespace
