// From labels to places in a graph: what hnswlib keeps in a std::unordered_map, which takes 40 bytes a point and stops the
// thread for 11 ms when it grows at 700,000 points. Here a point takes 11 to 22 bytes, and no growth is long: the table is
// many small ones, each of which doubles by itself.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace kms {

/** The part of std::unordered_map that hnswlib needs. Labels and places are of 32 bits. */
class LabelTable {
public:
  struct Entry {
    uint32_t first; // label
    uint32_t second = unused; // place
  };

  class Iterator {
  public:
    Iterator(const LabelTable* table, size_t part, size_t slot) : table_(table), part_(part), slot_(slot) { skip(); }

    const Entry& operator*() const { return table_->parts_[part_].slots[slot_]; }
    const Entry* operator->() const { return &**this; }
    bool operator==(const Iterator& other) const { return part_ == other.part_ && slot_ == other.slot_; }
    bool operator!=(const Iterator& other) const { return !(*this == other); }
    Iterator& operator++() {
      slot_++;
      skip();
      return *this;
    }

  private:
    /** On to the next entry that is used; past the last part when there is none. */
    void skip() {
      for (; part_ < partCount; part_++, slot_ = 0) {
        const std::vector<Entry>& slots = table_->parts_[part_].slots;
        while (slot_ < slots.size() && slots[slot_].second == unused) slot_++;
        if (slot_ < slots.size()) return;
      }
    }

    const LabelTable* table_;
    size_t part_;
    size_t slot_;
  };

  Iterator begin() const { return Iterator(this, 0, 0); }
  Iterator end() const { return Iterator(this, partCount, 0); }

  size_t size() const {
    size_t count = 0;
    for (const Part& part : parts_) count += part.used;
    return count;
  }

  Iterator find(size_t label) const {
    const uint64_t hash = hashOf(label);
    const std::vector<Entry>& slots = parts_[partOf(hash)].slots;
    if (slots.empty()) return end();
    const size_t slot = slotOf(slots, hash, label);
    return slots[slot].second == unused ? end() : Iterator(this, partOf(hash), slot);
  }

  /** For a thread that does not insert: whether the label, whose insertion is done, is there, and its place. */
  bool placeOf(size_t label, uint32_t* place) const {
    const ::std::lock_guard<::std::mutex> guard(changing_);
    const Iterator found = find(label);
    if (found == end()) return false;
    *place = found->second;
    return true;
  }

  /** The place of the label, to be written at once where the label is new. */
  uint32_t& operator[](size_t label) {
    const ::std::lock_guard<::std::mutex> guard(changing_);
    const uint64_t hash = hashOf(label);
    Part& part = parts_[partOf(hash)];
    if (4 * (part.used + 1) > 3 * part.slots.size()) grow(part);
    Entry& entry = part.slots[slotOf(part.slots, hash, label)];
    if (entry.second == unused) {
      part.used++;
      entry = {static_cast<uint32_t>(label), 0};
    }
    return entry.second;
  }

  /** Only for hnswlib's replacement of deleted points, which no graph of ours asks for. */
  void erase(size_t) { throw std::runtime_error("this build replaces no deleted points"); }

private:
  struct Part {
    std::vector<Entry> slots; // a power of two, a quarter of them free
    size_t used = 0;
  };

  static constexpr uint32_t unused = UINT32_MAX; // hnswlib's places end before
  /** At a million points a part has 16,000 entries, and doubling it takes 0.1 ms. */
  static constexpr unsigned partBits = 6;
  static constexpr size_t partCount = size_t{1} << partBits;
  static constexpr size_t slotsMin = 8;

  /** Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4): labels that follow each other spread evenly. */
  static uint64_t hashOf(size_t label) { return static_cast<uint64_t>(label) * 0x9e3779b97f4a7c15u; }
  static size_t partOf(uint64_t hash) { return hash >> (64 - partBits); }

  /** Where the label is, or where it would be. */
  static size_t slotOf(const std::vector<Entry>& slots, uint64_t hash, size_t label) {
    const size_t mask = slots.size() - 1;
    size_t slot = (hash >> 24) & mask;
    while (slots[slot].second != unused && slots[slot].first != label) slot = (slot + 1) & mask;
    return slot;
  }

  static void grow(Part& part) {
    std::vector<Entry> grown(part.slots.empty() ? slotsMin : 2 * part.slots.size());
    for (const Entry& entry : part.slots) {
      if (entry.second != unused) grown[slotOf(grown, hashOf(entry.first), entry.first)] = entry;
    }
    part.slots.swap(grown);
  }

  std::array<Part, partCount> parts_;
  mutable ::std::mutex changing_;
};

} // namespace kms
