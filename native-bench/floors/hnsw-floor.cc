// The physical reference: hnswlib alone, the very headers the engine's addon is made of, compiled with -O3
// -march=native. No Node, no gRPC, no disk: what is slower than this in the engine is the engine's own doing.
//
//   hnsw-floor vectors=FILE queries=FILE dimensions=384 m=16 ef_construction=100 ef=64,96 k=10 threads=1,2
//
// Files hold packed little-endian float32 rows of unit length. Prints one JSON object. Each number of threads builds a graph
// of its own; searches run on the first one.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "hnswlib/hnswlib.h"
#include "program-options.h"
#include "timing.h"

using Graph = hnswlib::HierarchicalNSW<float>;

// From malloc, in huge pages with glibc.malloc.hugetlb=1: the engine asks for them itself.
struct Rows {
  float* values;
  size_t count;
  size_t dimensions;
  const float* row(size_t i) const { return values + i * dimensions; }
};

static Rows read_rows(const std::string& path, size_t dimensions) {
  FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) throw std::runtime_error("cannot read " + path);
  std::fseek(file, 0, SEEK_END);
  size_t bytes = static_cast<size_t>(std::ftell(file));
  std::rewind(file);
  float* values = static_cast<float*>(std::malloc(bytes));
  if (values == nullptr || std::fread(values, 1, bytes, file) != bytes) throw std::runtime_error("cannot hold " + path);
  std::fclose(file);
  return {values, bytes / (dimensions * sizeof(float)), dimensions};
}

// Runs work(i) for every i below `count`; an index is taken by whichever thread is free.
template <typename Work>
static void in_threads(size_t threads, size_t count, Work work) {
  std::atomic<size_t> next{0};
  auto run = [&] {
    for (size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> others;
  for (size_t t = 1; t < threads; t++) others.emplace_back(run);
  run();
  for (auto& other : others) other.join();
}

// Several queries pass over a vector while it is in the cache, so memory is read once for all of them.
static std::vector<int32_t> exact_neighbours(const Rows& rows, const Rows& queries, size_t k, size_t threads) {
  constexpr size_t block = 16;
  hnswlib::InnerProductSpace space(rows.dimensions);
  auto distance = space.get_dist_func();
  void* parameter = space.get_dist_func_param();
  k = std::min(k, rows.count);
  std::vector<int32_t> labels(queries.count * k);
  in_threads(threads, (queries.count + block - 1) / block, [&](size_t b) {
    size_t first = b * block;
    size_t size = std::min(block, queries.count - first);
    std::vector<std::vector<std::pair<float, int32_t>>> heaps(size);
    for (size_t i = 0; i < rows.count; i++) {
      for (size_t q = 0; q < size; q++) {
        std::pair<float, int32_t> found{distance(queries.row(first + q), rows.row(i), parameter), static_cast<int32_t>(i)};
        auto& heap = heaps[q];
        if (heap.size() == k && !(found < heap.front())) continue;
        if (heap.size() == k) std::pop_heap(heap.begin(), heap.end()), heap.pop_back();
        heap.push_back(found), std::push_heap(heap.begin(), heap.end());
      }
    }
    for (size_t q = 0; q < size; q++) {
      std::sort_heap(heaps[q].begin(), heaps[q].end());
      for (size_t r = 0; r < k; r++) labels[(first + q) * k + r] = heaps[q][r].second;
    }
  });
  return labels;
}

struct Built {
  std::unique_ptr<Graph> graph;
  double vectors_per_second;
};

static Built build(hnswlib::InnerProductSpace& space, const Rows& rows, size_t m, size_t ef_construction, size_t threads) {
  auto graph = std::make_unique<Graph>(&space, rows.count, m, ef_construction);
  auto start = Clock::now();
  graph->addPoint(rows.row(0), 0);
  in_threads(threads, rows.count - 1, [&](size_t i) { graph->addPoint(rows.row(i + 1), i + 1); });
  return {std::move(graph), rows.count / seconds_since(start)};
}

// What a search is made of: each distance reads one vector of the graph from memory, wherever it lies.
static std::atomic<size_t> distances_counted{0};
static hnswlib::DISTFUNC<float> distance_counted = nullptr;

static float counting_distance(const void* left, const void* right, const void* parameter) {
  distances_counted++;
  return distance_counted(left, right, parameter);
}

static double distances_per_query(Graph& graph, const Rows& queries, size_t k) {
  distance_counted = graph.fstdistfunc_;
  distances_counted = 0;
  graph.fstdistfunc_ = counting_distance;
  for (size_t q = 0; q < queries.count; q++) graph.searchKnn(queries.row(q), k);
  graph.fstdistfunc_ = distance_counted;
  return double(distances_counted) / double(queries.count);
}

struct Searched {
  double queries_per_second, p50_us, p99_us, recall;
};

static Searched search(Graph& graph, const Rows& queries, const std::vector<int32_t>& exact, size_t k, size_t threads) {
  std::vector<double> took_us(queries.count);
  std::vector<size_t> met(queries.count);
  auto start = Clock::now();
  in_threads(threads, queries.count, [&](size_t q) {
    auto begin = Clock::now();
    auto found = graph.searchKnn(queries.row(q), k);
    took_us[q] = seconds_since(begin) * 1e6;
    for (; !found.empty(); found.pop()) {
      auto first = exact.begin() + static_cast<std::ptrdiff_t>(q * k);
      auto last = first + static_cast<std::ptrdiff_t>(k);
      if (std::find(first, last, static_cast<int32_t>(found.top().second)) != last) met[q]++;
    }
  });
  double queries_per_second = queries.count / seconds_since(start);
  std::sort(took_us.begin(), took_us.end());
  size_t hits = 0;
  for (size_t found : met) hits += found;
  return {queries_per_second, quantile(took_us, 0.5), quantile(took_us, 0.99), double(hits) / double(queries.count * k)};
}

static const char* simd_of_build() {
#if defined(USE_AVX512)
  if (AVX512Capable()) return "avx512";
#endif
#if defined(USE_AVX)
  if (AVXCapable()) return "avx";
#endif
#if defined(USE_SSE)
  return "sse";
#else
  return "none";
#endif
}

static void measure(const Options& options, const Rows& rows, const Rows& queries, size_t k) {
  hnswlib::InnerProductSpace space(rows.dimensions);
  auto threads = numbers(option(options, "threads"));
  std::unique_ptr<Graph> graph;
  std::printf("{\"simd\":\"%s\",\"vectors\":%zu,\"builds\":[", simd_of_build(), rows.count);
  for (size_t i = 0; i < threads.size(); i++) {
    size_t m = std::stoul(option(options, "m"));
    auto built = build(space, rows, m, std::stoul(option(options, "ef_construction")), threads[i]);
    std::printf("%s{\"threads\":%zu,\"vectorsPerSecond\":%.1f}", i == 0 ? "" : ",", threads[i], built.vectors_per_second);
    if (graph == nullptr) graph = std::move(built.graph);
  }
  auto exact = exact_neighbours(rows, queries, k, *std::max_element(threads.begin(), threads.end()));
  std::printf("],\"searches\":[");
  bool is_first = true;
  for (size_t ef : numbers(option(options, "ef"))) {
    graph->setEf(ef);
    double distances = distances_per_query(*graph, queries, k);  // and warms the caches up
    for (size_t count : threads) {
      auto s = search(*graph, queries, exact, k, count);
      std::printf("%s{\"ef\":%zu,\"threads\":%zu,\"queriesPerSecond\":%.1f,\"p50Us\":%.2f,\"p99Us\":%.2f,\"recall\":%.5f,"
                  "\"distancesPerQuery\":%.1f}",
                  is_first ? "" : ",", ef, count, s.queries_per_second, s.p50_us, s.p99_us, s.recall, distances);
      is_first = false;
    }
  }
  std::printf("]}\n");
}

int main(int count, char** words) {
  return run_program("hnsw-floor", count - 1, words + 1, [](const Options& options) {
    size_t dimensions = std::stoul(option(options, "dimensions"));
    Rows rows = read_rows(option(options, "vectors"), dimensions);
    Rows queries = read_rows(option(options, "queries"), dimensions);
    measure(options, rows, queries, std::min<size_t>(std::stoul(option(options, "k")), rows.count));
  });
}
