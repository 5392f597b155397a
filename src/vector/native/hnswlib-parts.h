// What hnswlib is built from, replaced where another part serves better. Its headers are compiled as they are: inside its
// namespace a name is looked for there first, so `malloc` means hnswlib::malloc, and `std::mutex` means the mutex of
// hnswlib::std, which is this file's, while all other names of std are those of the library.

#pragma once

#include <atomic>
#include <cmath>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "graph-memory.h"
#include "label-table.h"

namespace hnswlib {

inline void* malloc(size_t bytes) { return kms::allocate(bytes); }
inline void* realloc(void* block, size_t bytes) { return kms::reallocate(block, bytes); }
inline void free(void* block) { kms::release(block); }

namespace std {
using namespace ::std;

/**
 * Locks nothing. A graph has one writer, graph-insertion.h, and whoever searches beside it reads as graph-search.h says; a
 * snapshot is written when nothing is inserted. hnswlib's own take 40 bytes for each point and 2.6 MB for each graph, and
 * are made anew, 2 ms for each 100,000 points, when the graph grows.
 */
class mutex {
public:
  void lock() {}
  void unlock() {}
};

template <typename Key, typename Value>
class unordered_map : public ::std::unordered_map<Key, Value> {};

/** From labels to places. */
template <>
class unordered_map<size_t, unsigned int> : public kms::LabelTable {};

} // namespace std
} // namespace hnswlib
