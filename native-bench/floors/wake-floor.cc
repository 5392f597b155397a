// What the machine itself makes of answers that cross threads: each request passes through a row of threads that sleep until it
// comes, as a search passes through those of its client and of the engine, and each does a little work on it. No Node, no
// gRPC, nothing to collect and nothing to compile: what is left is how soon a thread that is woken gets a core.
//
//   wake-floor per_second=60 seconds=12 threads=6 work_us=100 seed=1
//
// Requests come at random moments (Poisson) and are timed from when they were due. Prints one JSON object.

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "program-options.h"
#include "timing.h"

// What a thread sleeps on. A request is the moment when it was due; the last one is `over`. Never holds more than the run has.
class Mailbox {
 public:
  void put(Clock::time_point due) {
    {
      std::lock_guard<std::mutex> guard(mutex_);
      requests_.push_back(due);
    }
    filled_.notify_one();
  }

  Clock::time_point take() {
    std::unique_lock<std::mutex> lock(mutex_);
    filled_.wait(lock, [&] { return !requests_.empty(); });
    auto due = requests_.front();
    requests_.pop_front();
    return due;
  }

 private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Clock::time_point> requests_;
};

static const Clock::time_point over = Clock::time_point::max();

// By turns and not by the clock, which goes on while a thread has no core.
static void work(size_t turns) {
  volatile size_t left = turns;
  while (left > 0) left = left - 1;
}

// The fastest of several tries: the others met something.
static size_t turns_a_microsecond() {
  constexpr size_t turns = 200'000;
  double best_seconds = 1;
  for (int i = 0; i < 20; i++) {
    auto start = Clock::now();
    work(turns);
    best_seconds = std::min(best_seconds, seconds_since(start));
  }
  return std::max<size_t>(1, static_cast<size_t>(turns / (best_seconds * 1e6)));
}

static std::vector<Clock::time_point> poisson(double per_second, double seconds, unsigned seed) {
  std::mt19937_64 random(seed);
  std::exponential_distribution<double> gap(per_second);
  std::vector<Clock::time_point> moments;
  auto start = Clock::now() + std::chrono::milliseconds(50);
  for (double at = gap(random); at < seconds; at += gap(random)) {
    moments.push_back(start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(at)));
  }
  return moments;
}

// The latency of each, in milliseconds.
static std::vector<double> relay(const std::vector<Clock::time_point>& due, size_t threads, size_t turns) {
  std::vector<std::unique_ptr<Mailbox>> boxes;
  for (size_t i = 0; i < threads; i++) boxes.push_back(std::make_unique<Mailbox>());
  std::vector<double> took;
  std::vector<std::thread> row;
  for (size_t i = 0; i < threads; i++) {
    row.emplace_back([&, i] {
      for (;;) {
        auto request = boxes[i]->take();
        if (request != over) work(turns);
        if (i + 1 < threads) {
          boxes[i + 1]->put(request);
        } else if (request != over) {
          took.push_back(seconds_since(request) * 1e3);
        }
        if (request == over) return;
      }
    });
  }
  for (auto moment : due) {
    std::this_thread::sleep_until(moment);
    boxes[0]->put(moment);
  }
  boxes[0]->put(over);
  for (auto& thread : row) thread.join();
  return took;
}

int main(int count, char** words) {
  return run_program("wake-floor", count - 1, words + 1, [](const Options& options) {
    auto number = [&](const char* name) { return std::stod(option(options, name)); };
    size_t turns = static_cast<size_t>(number("work_us")) * turns_a_microsecond();
    auto due = poisson(number("per_second"), number("seconds"), static_cast<unsigned>(number("seed")));
    auto took = relay(due, static_cast<size_t>(number("threads")), turns);
    if (took.empty()) throw std::runtime_error("no request came: more of per_second or seconds is needed");
    std::sort(took.begin(), took.end());
    std::printf("{\"p50Ms\":%.3f,\"p99Ms\":%.3f}\n", quantile(took, 0.5), quantile(took, 0.99));
  });
}
