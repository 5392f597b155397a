// A search that may run while another thread adds a point: hnswlib's own reads the entry and the height of the graph one
// after the other, and could find a point whose links are not there yet.
//
// What one writer (graph-insertion.h) changes meanwhile is harmless to a reader who looks at it so: a point's row and its
// links in all lower layers are complete before any link leads to it, and a list of links holds places of points of its
// layer at every moment, old ones or new ones. Marks of deletion, growth and release belong to the thread that searches.
//
// Algorithms 2 and 5 of Malkov & Yashunin 2016, https://arxiv.org/abs/1603.09320.

#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "hnswlib/hnswlib.h"

namespace kms {

using Graph = hnswlib::HierarchicalNSW<float>;

/** A point and how far it is from the query. */
struct Met {
  float distance;
  uint32_t place;
};

struct IsNearer {
  bool operator()(const Met& a, const Met& b) const { return a.distance < b.distance; }
};
struct IsFarther {
  bool operator()(const Met& a, const Met& b) const { return a.distance > b.distance; }
};

/** The links of a point in one layer, as they are at this moment. */
class Links {
public:
  Links(const Graph& graph, uint32_t place, int level) : Links(graph.get_linklist_at_level(place, level)) {}

  size_t count() const { return count_; }
  uint32_t operator[](size_t i) const { return __atomic_load_n(places_ + i, __ATOMIC_ACQUIRE); }

private:
  explicit Links(const hnswlib::linklistsizeint* list)
      : count_(__atomic_load_n(reinterpret_cast<const uint16_t*>(list), __ATOMIC_ACQUIRE)), places_(list + 1) {}

  size_t count_;
  const hnswlib::tableint* places_;
};

inline unsigned char* deletionMark(const Graph& graph, uint32_t place) {
  return reinterpret_cast<unsigned char*>(graph.get_linklist0(place)) + 2; // behind the count, which an insertion writes
}

inline bool isDeleted(const Graph& graph, uint32_t place) {
  return (__atomic_load_n(deletionMark(graph, place), __ATOMIC_RELAXED) & Graph::DELETE_MARK) != 0;
}

/** Hides the point from every search. False when it was hidden already. */
inline bool markDeleted(Graph& graph, uint32_t place) {
  if (isDeleted(graph, place)) return false;
  __atomic_store_n(deletionMark(graph, place), Graph::DELETE_MARK, __ATOMIC_RELAXED);
  graph.num_deleted_++;
  return true;
}

/** How many vectors are asked for before they are needed, and how much of each: the processor sees by itself that more follows. */
constexpr size_t ahead = 3;
constexpr size_t prefetchedLines = 8;

inline void prefetchRow(const Graph& graph, uint32_t place) {
  const char* const vector = graph.getDataByInternalId(place);
  for (size_t line = 0; line < prefetchedLines; line++) __builtin_prefetch(vector + 64 * line);
}

/** What a search needs besides the graph, kept by its thread from search to search. */
class SearchRoom {
public:
  std::vector<Met> candidates; // a heap, the nearest first
  std::vector<Met> nearest; // what a search ends with
  std::vector<uint32_t> fresh; // neighbours of one point that were met for the first time

  void begin(size_t points, size_t linksMax) {
    candidates.clear();
    nearest.clear();
    fresh.resize(linksMax);
    if (marks_.size() < points) marks_.resize(points, 0);
    if (++mark_ != 0) return;
    std::fill(marks_.begin(), marks_.end(), 0);
    mark_ = 1;
  }

  void prefetch(uint32_t place) const { __builtin_prefetch(marks_.data() + place); }

  /** Whether it is met for the first time in this search. */
  bool meet(uint32_t place) {
    if (marks_[place] == mark_) return false;
    marks_[place] = mark_;
    return true;
  }

private:
  std::vector<uint16_t> marks_;
  uint16_t mark_ = 0;
};

class GraphSearch {
public:
  GraphSearch(const Graph& graph, const float* query, SearchRoom& room) : graph_(graph), query_(query), room_(room) {}

  /**
   * The nearest `ef` points that are not deleted and that `filter` (or null) lets through, in `room.nearest` in order, fewer
   * where it meets fewer.
   */
  void run(size_t ef, hnswlib::BaseFilterFunctor* filter) {
    room_.nearest.clear();
    const uint32_t entry = __atomic_load_n(&graph_.enterpoint_node_, __ATOMIC_ACQUIRE);
    if (entry == noEntry) return;
    // The entry's own height is that of the graph.
    searchLayer(descend(metAt(entry), graph_.element_levels_[entry], 0), 0, ef, filter);
  }

  Met metAt(uint32_t place) const {
    return {graph_.fstdistfunc_(query_, graph_.getDataByInternalId(place), graph_.dist_func_param_), place};
  }

  /** From `here`, through the layers above `bottom`, to the nearest point that is met on the way. */
  Met descend(Met here, int top, int bottom) const {
    for (int level = top; level > bottom; level--) {
      for (bool isMoved = true; isMoved;) {
        isMoved = false;
        const Links links(graph_, here.place, level);
        for (size_t i = 0; i < links.count(); i++) {
          const Met met = metAt(links[i]);
          if (!(met.distance < here.distance)) continue; // also NaN, which would lead back and forth for ever
          here = met;
          isMoved = true;
        }
      }
    }
    return here;
  }

  /** As `run`, in one layer from a point of it on. */
  void searchLayer(Met start, int level, size_t ef, hnswlib::BaseFilterFunctor* filter) {
    if (filter == nullptr && graph_.num_deleted_ == 0) searchAll(start, level, ef);
    else searchWanted(start, level, ef, filter);
  }

  /** As `searchLayer`, with deleted points as if they were none. */
  void searchAll(Met start, int level, size_t ef) {
    // Where every point counts, those to go on from are among the nearest: one list, in order, is both.
    room_.begin(graph_.max_elements_, graph_.maxM0_);
    std::vector<Met>& nearest = room_.nearest;
    nearest.resize(ef + 1);
    room_.meet(start.place);
    nearest[0] = start;
    size_t size = 1;
    const std::vector<uint32_t>& fresh = room_.fresh;
    for (size_t next = 0; next < size;) {
      const uint32_t here = nearest[next].place;
      nearest[next].place |= visited;
      size_t first = next + 1; // that may not have been visited
      const size_t count = meetLinks(here, level);
      for (size_t i = 0; i < count; i++) {
        if (i + ahead < count) prefetchRow(graph_, fresh[i + ahead]);
        const Met met = metAt(fresh[i]);
        if (size == ef && met.distance >= nearest[size - 1].distance) continue;
        const auto at = std::upper_bound(nearest.begin(), nearest.begin() + size, met, IsNearer());
        std::move_backward(at, nearest.begin() + size, nearest.begin() + size + 1);
        *at = met;
        if (size < ef) size++;
        first = std::min(first, static_cast<size_t>(at - nearest.begin()));
      }
      for (next = first; next < size && (nearest[next].place & visited) != 0;) next++;
      if (next < size) __builtin_prefetch(graph_.get_linklist_at_level(nearest[next].place, level));
    }
    nearest.resize(size);
    for (Met& met : nearest) met.place &= ~visited;
  }

  /** Of a graph without points. */
  static constexpr uint32_t noEntry = UINT32_MAX;

private:
  /** In a place of `searchAll`'s list: its links have been followed. So many points take 3 TB with the smallest vectors. */
  static constexpr uint32_t visited = uint32_t{1} << 31;

  bool isWanted(uint32_t place, hnswlib::BaseFilterFunctor* filter) const {
    return !isDeleted(graph_, place) && (filter == nullptr || (*filter)(graph_.getExternalLabel(place)));
  }

  /** Points that do not count lead on to others: what to go on from is a heap of its own. */
  void searchWanted(Met start, int level, size_t ef, hnswlib::BaseFilterFunctor* filter) {
    std::vector<Met>& candidates = room_.candidates;
    std::vector<Met>& nearest = room_.nearest; // a heap, the farthest first
    room_.begin(graph_.max_elements_, graph_.maxM0_);
    room_.meet(start.place);
    candidates.push_back(start);
    float bound = std::numeric_limits<float>::max();
    if (isWanted(start.place, filter)) {
      nearest.push_back(start);
      bound = start.distance;
    }
    const std::vector<uint32_t>& fresh = room_.fresh;
    while (!candidates.empty()) {
      const Met here = candidates.front();
      if (here.distance > bound && nearest.size() >= ef) break;
      std::pop_heap(candidates.begin(), candidates.end(), IsFarther());
      candidates.pop_back();
      const size_t count = meetLinks(here.place, level);
      for (size_t i = 0; i < count; i++) {
        if (i + ahead < count) prefetchRow(graph_, fresh[i + ahead]);
        const Met met = metAt(fresh[i]);
        if (nearest.size() >= ef && met.distance >= bound) continue;
        candidates.push_back(met);
        std::push_heap(candidates.begin(), candidates.end(), IsFarther());
        if (!isWanted(met.place, filter)) continue;
        nearest.push_back(met);
        std::push_heap(nearest.begin(), nearest.end(), IsNearer());
        if (nearest.size() > ef) {
          std::pop_heap(nearest.begin(), nearest.end(), IsNearer());
          nearest.pop_back();
        }
        bound = nearest.front().distance;
      }
      if (!candidates.empty()) __builtin_prefetch(graph_.get_linklist_at_level(candidates.front().place, level));
    }
    std::sort_heap(nearest.begin(), nearest.end(), IsNearer());
  }

  /** How many of a point's neighbours are met for the first time; they are in `room.fresh`. */
  size_t meetLinks(uint32_t place, int level) {
    const Links links(graph_, place, level);
    const size_t count = std::min(links.count(), room_.fresh.size());
    for (size_t i = 0; i < count; i++) room_.prefetch(links[i]);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
      const uint32_t neighbour = links[i];
      if (!room_.meet(neighbour)) continue;
      if (found < ahead) prefetchRow(graph_, neighbour);
      room_.fresh[found++] = neighbour;
    }
    return found;
  }

  const Graph& graph_;
  const float* query_;
  SearchRoom& room_;
};

} // namespace kms
