// Adds a point with the links that hnswlib's addPoint gives it, in less time, and beside searches of graph-search.h.
//
// A reader must never meet what is half done. So first all layers are searched, which changes nothing; then the links are
// written, from the lowest layer up, and a new link before the number that counts it. A full list is written over: whoever
// reads it meanwhile finds links of before and of after.
//
// Algorithms 1 and 4 of Malkov & Yashunin 2016, https://arxiv.org/abs/1603.09320. As in hnswlib, neighbours that the heuristic
// leaves out are not kept. Unlike there, deleted points are linked to where hardly any others are met, and nowhere else.

#pragma once

#include <cstring>
#include <stdexcept>

#include "graph-search.h"

namespace kms {

/** What an insertion needs besides the graph, kept by its thread from insertion to insertion. */
class InsertionRoom {
public:
  SearchRoom search;
  /** What the point will be linked to, a layer each from the lowest, nearest first. */
  std::vector<std::vector<Met>> neighbours;
  /** The links of a neighbour that has too many. */
  std::vector<Met> links;
  std::vector<Met> kept;
};

class GraphInsertion {
public:
  GraphInsertion(Graph& graph, InsertionRoom& room) : graph_(graph), room_(room) {}

  /** Throws when the label is there already, or no room. */
  void add(const float* vector, uint32_t label) {
    if (graph_.label_lookup_.find(label) != graph_.label_lookup_.end()) throw std::runtime_error("the label is there already");
    const auto place = static_cast<uint32_t>(graph_.cur_element_count);
    if (place >= graph_.max_elements_) throw std::runtime_error("the graph is full");
    const int height = graph_.getRandomLevel(graph_.mult_);
    writeRow(place, vector, label, height);
    const uint32_t entry = graph_.enterpoint_node_;
    const int linkedHeight = entry == GraphSearch::noEntry ? -1 : std::min(height, graph_.maxlevel_);
    if (linkedHeight >= 0) findNeighbours(place, entry, linkedHeight);
    graph_.label_lookup_[label] = place;
    graph_.cur_element_count = place + 1;
    for (int level = 0; level <= linkedHeight; level++) connect(place, level);
    if (linkedHeight == height) return;
    graph_.maxlevel_ = height;
    __atomic_store_n(&graph_.enterpoint_node_, place, __ATOMIC_RELEASE);
  }

private:
  /** The point without its links; nobody can meet it yet. */
  void writeRow(uint32_t place, const float* vector, uint32_t label, int height) {
    std::memset(graph_.get_linklist0(place), 0, graph_.size_data_per_element_);
    const hnswlib::labeltype wideLabel = label;
    std::memcpy(graph_.getExternalLabeLp(place), &wideLabel, sizeof wideLabel);
    std::memcpy(graph_.getDataByInternalId(place), vector, graph_.data_size_);
    graph_.element_levels_[place] = height;
    if (height == 0) return;
    const size_t bytes = graph_.size_links_per_element_ * height + 1; // as hnswlib has it
    graph_.linkLists_[place] = static_cast<char*>(hnswlib::malloc(bytes));
    if (graph_.linkLists_[place] == nullptr) throw std::bad_alloc();
    std::memset(graph_.linkLists_[place], 0, bytes);
  }

  /** In `room.neighbours`, of the layers up to `height`. */
  void findNeighbours(uint32_t place, uint32_t entry, int height) {
    GraphSearch search(graph_, reinterpret_cast<const float*>(graph_.getDataByInternalId(place)), room_.search);
    Met here = search.descend(search.metAt(entry), graph_.maxlevel_, height);
    std::vector<Met>& found = room_.search.nearest;
    if (room_.neighbours.size() <= static_cast<size_t>(height)) room_.neighbours.resize(height + 1);
    for (int level = height; level >= 0; level--) {
      search.searchLayer(here, level, graph_.ef_construction_, nullptr);
      // With few links, to the same few points, it might never be found.
      if (found.size() < graph_.M_ && graph_.num_deleted_ > 0) search.searchAll(here, level, graph_.ef_construction_);
      choose(found, graph_.M_, room_.neighbours[level]);
      here = found.front();
    }
  }

  /**
   * Of `candidates`, nearest first, at most `count` into `chosen`: each that is nearer to the point than to all those chosen
   * before. All, where there are fewer than `count`.
   */
  void choose(const std::vector<Met>& candidates, size_t count, std::vector<Met>& chosen) {
    if (candidates.size() < count) {
      chosen = candidates;
      return;
    }
    chosen.clear();
    for (size_t i = 0; i < candidates.size() && chosen.size() < count; i++) {
      if (i + ahead < candidates.size()) prefetchRow(graph_, candidates[i + ahead].place);
      if (isApart(candidates[i], chosen)) chosen.push_back(candidates[i]);
    }
  }

  bool isApart(Met candidate, const std::vector<Met>& chosen) const {
    for (const Met& other : chosen) {
      if (distance(other.place, candidate.place) < candidate.distance) return false;
    }
    return true;
  }

  float distance(uint32_t a, uint32_t b) const {
    return graph_.fstdistfunc_(graph_.getDataByInternalId(a), graph_.getDataByInternalId(b), graph_.dist_func_param_);
  }

  /** Links the point to its neighbours, and then them to it. */
  void connect(uint32_t place, int level) {
    const std::vector<Met>& neighbours = room_.neighbours[level];
    writeLinks(place, level, neighbours);
    for (const Met& neighbour : neighbours) linkBack(neighbour, place, level);
  }

  void linkBack(Met neighbour, uint32_t place, int level) {
    const Links present(graph_, neighbour.place, level);
    const size_t countMax = level == 0 ? graph_.maxM0_ : graph_.maxM_;
    if (present.count() < countMax) {
      hnswlib::linklistsizeint* const list = graph_.get_linklist_at_level(neighbour.place, level);
      __atomic_store_n(list + 1 + present.count(), place, __ATOMIC_RELEASE);
      setCount(list, present.count() + 1);
      return;
    }
    std::vector<Met>& links = room_.links;
    links.clear();
    links.push_back({neighbour.distance, place});
    for (size_t i = 0; i < std::min(ahead, present.count()); i++) prefetchRow(graph_, present[i]);
    for (size_t i = 0; i < present.count(); i++) {
      if (i + ahead < present.count()) prefetchRow(graph_, present[i + ahead]);
      links.push_back({distance(present[i], neighbour.place), present[i]});
    }
    std::sort(links.begin(), links.end(), IsNearer());
    choose(links, countMax, room_.kept);
    writeLinks(neighbour.place, level, room_.kept);
  }

  /** `links`: nearest first. The farthest is written first, as hnswlib does. */
  void writeLinks(uint32_t place, int level, const std::vector<Met>& links) {
    hnswlib::linklistsizeint* const list = graph_.get_linklist_at_level(place, level);
    for (size_t i = 0; i < links.size(); i++) {
      __atomic_store_n(list + 1 + i, links[links.size() - 1 - i].place, __ATOMIC_RELEASE);
    }
    setCount(list, links.size());
  }

  /** Two bytes: the mark of deletion lies behind them, and is another thread's. */
  static void setCount(hnswlib::linklistsizeint* list, size_t count) {
    __atomic_store_n(reinterpret_cast<uint16_t*>(list), static_cast<uint16_t>(count), __ATOMIC_RELEASE);
  }

  Graph& graph_;
  InsertionRoom& room_;
};

} // namespace kms
