// A thread that adds points to graphs, one after the other, beside the thread that owns and searches them: an insertion
// takes ten times as long as handing it over, and on a machine with few cores it can be made to wait for what answers.

#pragma once

#include <condition_variable>
#include <cstring>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>
#ifdef __linux__
#include <sys/resource.h>
#endif

#include "graph-insertion.h"

namespace kms {

/** All but the thread itself belongs to one other thread, the owner. */
class GraphInserter {
public:
  struct Options {
    size_t dimensions;
    /** Points that may be under way. */
    size_t capacity;
    /** Lowers the priority of the thread, where the system has one for each. */
    int niceness;
    /** Called on the thread when half of what fits is done, or all there is; not again before `settle`. */
    std::function<void()> onProgress;
  };

  explicit GraphInserter(Options options)
      : options_(std::move(options)), slots_(options_.capacity), vectors_(options_.capacity * options_.dimensions),
        thread_([this] { work(); }) {}

  ~GraphInserter() { stop(); }

  size_t dimensions() const { return options_.dimensions; }

  /** Copies the vector. False when as many as fit are under way. */
  bool add(Graph* graph, const float* vector, uint32_t label) {
    {
      const std::lock_guard<std::mutex> guard(queue_);
      if (offered_ - settled_ == slots_.size()) return false;
      const size_t slot = offered_ % slots_.size();
      std::memcpy(vectorAt(slot), vector, options_.dimensions * sizeof(float));
      slots_[slot] = {graph, label};
      offered_++;
    }
    work_.notify_one();
    return true;
  }

  /** How many are done since the last call, in the order they came; `failure` says what went wrong with the next one. */
  size_t settle(std::string* failure) {
    const std::lock_guard<std::mutex> guard(queue_);
    const size_t count = done_ - settled_;
    settled_ = done_;
    isTold_ = false;
    *failure = failure_;
    return count;
  }

  /**
   * Runs `change`, which touches a graph, between two insertions: the next one, and not when the thread happens to pause. A
   * mutex held for each insertion would be taken again before whoever waits for it has woken up.
   */
  template <typename Change>
  void between(Change change) {
    {
      std::unique_lock<std::mutex> guard(queue_);
      isChangeDue_ = true;
      idle_.wait(guard, [this] { return !isInserting_; });
      isChangeDue_ = false;
      change(); // with the lock, so that no insertion begins
    }
    work_.notify_one();
  }

  /** Waits for the insertion that runs; what else is under way is given up. */
  void stop() {
    {
      const std::lock_guard<std::mutex> guard(queue_);
      isStopped_ = true;
    }
    work_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

private:
  struct Slot {
    Graph* graph;
    uint32_t label;
  };

  float* vectorAt(size_t slot) { return vectors_.data() + slot * options_.dimensions; }

  void work() {
#ifdef __linux__
    // To the kernel a thread has a priority of its own; 0 is the calling one.
    setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + options_.niceness);
#endif
    for (;;) {
      size_t slot;
      {
        std::unique_lock<std::mutex> guard(queue_);
        work_.wait(guard, [this] { return isStopped_ || (failure_.empty() && offered_ > done_ && !isChangeDue_); });
        if (isStopped_) return;
        isInserting_ = true;
        slot = done_ % slots_.size();
      }
      const std::string failure = insert(slot);
      tell(failure);
    }
  }

  std::string insert(size_t slot) {
    try {
      GraphInsertion(*slots_[slot].graph, room_).add(vectorAt(slot), slots_[slot].label);
    } catch (const std::exception& error) {
      return error.what();
    }
    return {};
  }

  void tell(const std::string& failure) {
    {
      const std::lock_guard<std::mutex> guard(queue_);
      isInserting_ = false;
      if (isChangeDue_) idle_.notify_one();
      if (failure.empty()) done_++;
      else failure_ = failure;
      const bool isDue = done_ == offered_ || done_ - settled_ >= slots_.size() / 2 || !failure.empty();
      if (isTold_ || !isDue) return;
      isTold_ = true;
    }
    options_.onProgress();
  }

  const Options options_;
  std::mutex queue_;
  std::condition_variable work_;
  std::condition_variable idle_;
  std::vector<Slot> slots_; // by number modulo their count
  std::vector<float> vectors_;
  InsertionRoom room_; // the thread's
  size_t offered_ = 0;
  size_t done_ = 0;
  size_t settled_ = 0;
  bool isTold_ = false;
  bool isInserting_ = false;
  bool isChangeDue_ = false;
  bool isStopped_ = false;
  std::string failure_; // the first; nothing is inserted after it
  std::thread thread_; // last: it uses all others
};

} // namespace kms
