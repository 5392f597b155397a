// Memory of a graph. Its rows are one block, which hnswlib lets grow by realloc, and whose rows are read in no order:
// in pages of 4 KB a fifth of a search is address translation, and a copy of 170 MB would stop the thread for 50 ms. So blocks
// of 2 MB and more come from the system directly, in huge pages where it has them, and grow by moving their page table
// instead of their content. What a block has not used yet costs nothing.

#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#ifdef __linux__
#include <cstdint>
#include <sys/mman.h>
#endif

namespace kms {

/** In front of each block. */
struct BlockHeader {
  size_t bytes; // of the block itself
  size_t mappedBytes; // 0: from malloc
};

constexpr size_t hugePageBytes = size_t{2} << 20;
/** From the start of a mapping to its block: the header fits, and the block begins with a cache line. */
constexpr size_t mappedOffset = 64;

inline BlockHeader* headerOf(void* block) { return static_cast<BlockHeader*>(block) - 1; }
inline char* mappingOf(void* block) { return static_cast<char*>(block) - mappedOffset; }

inline void* blockIn(char* start, size_t offset, BlockHeader header) {
  void* const block = start + offset;
  *headerOf(block) = header;
  return block;
}

#ifdef __linux__

inline size_t mappedBytesFor(size_t bytes) {
  const size_t needed = bytes + mappedOffset;
  return needed < hugePageBytes ? 0 : (needed + hugePageBytes - 1) & ~(hugePageBytes - 1);
}

/** Address space at a multiple of the huge page, reserved and not usable yet; null when there is none. */
inline char* reserveAligned(size_t bytes) {
  const size_t reserved = bytes + hugePageBytes;
  void* start = mmap(nullptr, reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) return nullptr;
  char* const begin = static_cast<char*>(start);
  const size_t before = (hugePageBytes - reinterpret_cast<uintptr_t>(begin) % hugePageBytes) % hugePageBytes;
  if (before > 0) munmap(begin, before);
  munmap(begin + before + bytes, hugePageBytes - before);
  return begin + before;
}

/** Zeros, in huge pages if the system has any: a refusal is a slower graph and no failure. */
inline char* mapAligned(size_t bytes) {
  char* const begin = reserveAligned(bytes);
  if (begin == nullptr) return nullptr;
  if (mprotect(begin, bytes, PROT_READ | PROT_WRITE) != 0) {
    munmap(begin, bytes);
    return nullptr;
  }
  madvise(begin, bytes, MADV_HUGEPAGE);
  return begin;
}

/** Moves pages, not bytes: huge pages stay whole, because both places are aligned alike. Null: nothing has changed. */
inline char* moveMapping(char* begin, size_t from, size_t to) {
  char* const target = reserveAligned(to);
  if (target == nullptr) return nullptr;
  if (mremap(begin, from, to, MREMAP_MAYMOVE | MREMAP_FIXED, target) == MAP_FAILED) {
    // Older kernels have given the target back by now, and another thread may have it. Where it is still there, it costs
    // address space and no memory.
    return nullptr;
  }
  return target;
}

#else

inline size_t mappedBytesFor(size_t) { return 0; }
inline char* mapAligned(size_t) { return nullptr; }
inline char* moveMapping(char*, size_t, size_t) { return nullptr; }
inline int munmap(void*, size_t) { return 0; }

#endif

inline void* allocate(size_t bytes) {
  const size_t mapped = mappedBytesFor(bytes);
  char* const mapping = mapped > 0 ? mapAligned(mapped) : nullptr;
  if (mapping != nullptr) return blockIn(mapping, mappedOffset, {bytes, mapped});
  char* const start = static_cast<char*>(std::malloc(bytes + sizeof(BlockHeader)));
  return start == nullptr ? nullptr : blockIn(start, sizeof(BlockHeader), {bytes, 0});
}

inline void release(void* block) {
  if (block == nullptr) return;
  const size_t mapped = headerOf(block)->mappedBytes;
  if (mapped > 0) munmap(mappingOf(block), mapped);
  else std::free(headerOf(block));
}

/** As realloc: null leaves the block as it is. */
inline void* reallocate(void* block, size_t bytes) {
  if (block == nullptr) return allocate(bytes);
  const BlockHeader header = *headerOf(block);
  const size_t mapped = mappedBytesFor(bytes);
  if (header.mappedBytes > 0 && mapped > header.mappedBytes) {
    char* const moved = moveMapping(mappingOf(block), header.mappedBytes, mapped);
    if (moved != nullptr) return blockIn(moved, mappedOffset, {bytes, mapped});
  }
  void* const fresh = allocate(bytes);
  if (fresh == nullptr) return nullptr;
  std::memcpy(fresh, block, header.bytes < bytes ? header.bytes : bytes);
  release(block);
  return fresh;
}

} // namespace kms
