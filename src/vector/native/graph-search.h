// A search that may run while another thread adds a point: hnswlib's own reads the entry and the height of the graph one
// after the other, and could find a point whose links are not there yet.
//
// What one writer changes meanwhile is harmless to a reader who looks at it so: a point's row is complete before any link
// leads to it; a list of links holds places of points at every moment, old ones or new ones; and a point that is linked in
// upper layers but has no links in the lowest yet is passed over, because a search that came down there would end there.
// Marks of deletion, growth and release belong to the thread that searches.
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
  explicit Links(const hnswlib::linklistsizeint* list)
      : count_(__atomic_load_n(reinterpret_cast<const uint16_t*>(list), __ATOMIC_ACQUIRE)), places_(list + 1) {}

  size_t count() const { return count_; }
  uint32_t operator[](size_t i) const { return __atomic_load_n(places_ + i, __ATOMIC_RELAXED); }

private:
  size_t count_;
  const hnswlib::tableint* places_;
};

inline unsigned char* deletionMark(const Graph& graph, uint32_t place) {
  return reinterpret_cast<unsigned char*>(graph.get_linklist0(place)) + 2; // behind the count, which an insertion writes
}

/** Hides the point from every search. False when it was hidden already. */
inline bool markDeleted(Graph& graph, uint32_t place) {
  unsigned char* const mark = deletionMark(graph, place);
  if ((*mark & Graph::DELETE_MARK) != 0) return false;
  *mark |= Graph::DELETE_MARK;
  graph.num_deleted_++;
  return true;
}

/** What a search needs besides the graph, kept by its thread from search to search. */
class SearchRoom {
public:
  std::vector<Met> candidates; // a heap, the nearest first
  std::vector<Met> nearest; // a heap, the farthest first
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
   * The nearest `ef` points that are not deleted and that `filter` (or null) lets through, in `room.nearest`, fewer where
   * it meets fewer.
   */
  void run(size_t ef, hnswlib::BaseFilterFunctor* filter) {
    room_.begin(graph_.max_elements_, graph_.maxM0_);
    const uint32_t entry = __atomic_load_n(&graph_.enterpoint_node_, __ATOMIC_ACQUIRE);
    if (entry == noEntry) return;
    const Met start = descend(entry);
    if (filter == nullptr && graph_.num_deleted_ == 0) searchLowest<false>(start, ef, nullptr);
    else searchLowest<true>(start, ef, filter);
  }

private:
  float distanceTo(uint32_t place) const {
    return graph_.fstdistfunc_(query_, graph_.getDataByInternalId(place), graph_.dist_func_param_);
  }
  bool isWanted(uint32_t place, hnswlib::BaseFilterFunctor* filter) const {
    if ((*deletionMark(graph_, place) & Graph::DELETE_MARK) != 0) return false;
    return filter == nullptr || (*filter)(graph_.getExternalLabel(place));
  }

  /** From the entry, whose own height is that of the graph, to where the lowest layer is entered. */
  Met descend(uint32_t entry) const {
    Met here{distanceTo(entry), entry};
    for (int level = graph_.element_levels_[entry]; level > 0; level--) {
      for (bool isMoved = true; isMoved;) {
        isMoved = false;
        const Links links(graph_.get_linklist(here.place, level));
        for (size_t i = 0; i < links.count(); i++) {
          const uint32_t place = links[i];
          const float distance = distanceTo(place);
          if (distance >= here.distance || !isEntered(place, level)) continue;
          here = {distance, place};
          isMoved = true;
        }
      }
    }
    return here;
  }

  /**
   * Whether a search may go on from there. The height too: a list's number of links and its newest link are two writes, and
   * who sees the number first reads a zero, the place of a point that need not be so high.
   */
  bool isEntered(uint32_t place, int level) const {
    return graph_.element_levels_[place] >= level && Links(graph_.get_linklist0(place)).count() > 0;
  }

  template <bool isSelective>
  void searchLowest(Met start, size_t ef, hnswlib::BaseFilterFunctor* filter) {
    std::vector<Met>& candidates = room_.candidates;
    std::vector<Met>& nearest = room_.nearest;
    room_.meet(start.place);
    candidates.push_back(start);
    float bound = std::numeric_limits<float>::max();
    if (!isSelective || isWanted(start.place, filter)) {
      nearest.push_back(start);
      bound = start.distance;
    }
    const std::vector<uint32_t>& fresh = room_.fresh;
    while (!candidates.empty()) {
      const Met here = candidates.front();
      if (here.distance > bound && nearest.size() >= ef) break;
      std::pop_heap(candidates.begin(), candidates.end(), IsFarther());
      candidates.pop_back();
      const size_t count = meetLinks(here.place);
      for (size_t i = 0; i < count; i++) {
        if (i + ahead < count) prefetchRow(fresh[i + ahead]);
        const Met met{distanceTo(fresh[i]), fresh[i]};
        if (nearest.size() >= ef && met.distance >= bound) continue;
        candidates.push_back(met);
        std::push_heap(candidates.begin(), candidates.end(), IsFarther());
        if (isSelective && !isWanted(met.place, filter)) continue;
        nearest.push_back(met);
        std::push_heap(nearest.begin(), nearest.end(), IsNearer());
        if (nearest.size() > ef) {
          std::pop_heap(nearest.begin(), nearest.end(), IsNearer());
          nearest.pop_back();
        }
        bound = nearest.front().distance;
      }
      if (!candidates.empty()) __builtin_prefetch(graph_.get_linklist0(candidates.front().place));
    }
  }

  /** How many of a point's neighbours are met for the first time; they are in `room.fresh`. */
  size_t meetLinks(uint32_t place) {
    const Links links(graph_.get_linklist0(place));
    const size_t count = std::min(links.count(), room_.fresh.size());
    for (size_t i = 0; i < count; i++) room_.prefetch(links[i]);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
      const uint32_t neighbour = links[i];
      if (!room_.meet(neighbour)) continue;
      if (found < ahead) prefetchRow(neighbour);
      room_.fresh[found++] = neighbour;
    }
    return found;
  }

  /** The first lines; the processor sees by itself that the others follow. */
  void prefetchRow(uint32_t place) const {
    const char* const vector = graph_.getDataByInternalId(place);
    for (size_t line = 0; line < prefetchedLines; line++) __builtin_prefetch(vector + 64 * line);
  }

  /** Of a graph without points. */
  static constexpr uint32_t noEntry = UINT32_MAX;
  static constexpr size_t ahead = 2;
  static constexpr size_t prefetchedLines = 4;

  const Graph& graph_;
  const float* query_;
  SearchRoom& room_;
};

} // namespace kms
