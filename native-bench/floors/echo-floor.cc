// The transport's floor in C++: gRPC itself, with no JavaScript on the server's side, or on neither side. The messages
// are those of proto/kms/v1/search_service.proto.
//
//   echo-floor serve answer=FILE                             answers Search with the SearchResponse in FILE; prints its port
//   echo-floor call port=N queries=FILE dimensions=384 seconds=5 in_flight=1,32     prints one JSON array
//
// FILE of answer: a serialised SearchResponse. FILE of queries: packed little-endian float32 rows.

#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "kms/v1/search_service.grpc.pb.h"
#include "program-options.h"
#include "timing.h"

using kms::v1::SearchRequest;
using kms::v1::SearchResponse;
using kms::v1::SearchService;

static std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Echo final : public SearchService::CallbackService {
 public:
  explicit Echo(const std::string& answer) {
    if (!answer_.ParseFromString(answer)) throw std::runtime_error("the answer is no SearchResponse");
  }

  grpc::ServerUnaryReactor* Search(grpc::CallbackServerContext* context, const SearchRequest*,
                                   SearchResponse* response) override {
    response->CopyFrom(answer_);
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  SearchResponse answer_;
};

static void serve(const Options& options) {
  Echo echo(contents(option(options, "answer")));
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&echo);
  auto server = builder.BuildAndStart();
  if (server == nullptr) throw std::runtime_error("cannot listen");
  std::printf("%d\n", port);
  std::fflush(stdout);
  server->Wait();
}

// One call under way; its address is the tag that comes back.
struct Call {
  grpc::ClientContext context;
  SearchResponse response;
  grpc::Status status;
  std::unique_ptr<grpc::ClientAsyncResponseReader<SearchResponse>> reader;
  Clock::time_point start;
};

struct Measured {
  size_t in_flight;
  double p50_ms, p99_ms, per_second;
};

static Measured measure(SearchService::Stub& stub, const std::vector<SearchRequest>& requests, double seconds, size_t in_flight) {
  grpc::CompletionQueue queue;
  std::vector<double> took_ms;
  size_t next = 0;
  auto begin = [&] {
    auto* call = new Call();
    call->start = Clock::now();
    call->reader = stub.AsyncSearch(&call->context, requests[next++ % requests.size()], &queue);
    call->reader->Finish(&call->response, &call->status, call);
  };
  auto start = Clock::now();
  for (size_t i = 0; i < in_flight; i++) begin();
  size_t pending = in_flight;
  while (pending > 0) {
    void* tag = nullptr;
    bool is_ok = false;
    if (!queue.Next(&tag, &is_ok)) break;
    std::unique_ptr<Call> call(static_cast<Call*>(tag));
    if (!call->status.ok()) throw std::runtime_error(call->status.error_message());
    took_ms.push_back(seconds_since(call->start) * 1e3);
    if (seconds_since(start) < seconds) begin();
    else pending--;
  }
  double per_second = took_ms.size() / seconds_since(start);
  std::sort(took_ms.begin(), took_ms.end());
  return {in_flight, quantile(took_ms, 0.5), quantile(took_ms, 0.99), per_second};
}

static void call(const Options& options) {
  std::string rows = contents(option(options, "queries"));
  size_t row_bytes = std::stoul(option(options, "dimensions")) * sizeof(float);
  std::vector<SearchRequest> requests(rows.size() / row_bytes);
  for (size_t i = 0; i < requests.size(); i++) {
    requests[i].set_vector(rows.substr(i * row_bytes, row_bytes));
    requests[i].set_limit(10);
  }
  auto channel = grpc::CreateChannel("127.0.0.1:" + option(options, "port"), grpc::InsecureChannelCredentials());
  auto stub = SearchService::NewStub(channel);
  double seconds = std::stod(option(options, "seconds"));
  measure(*stub, requests, 0.5, 1);  // connects, warms up
  std::printf("[");
  bool is_first = true;
  for (size_t in_flight : numbers(option(options, "in_flight"))) {
    auto m = measure(*stub, requests, seconds, in_flight);
    std::printf("%s{\"inFlight\":%zu,\"p50Ms\":%.4f,\"p99Ms\":%.4f,\"perSecond\":%.1f}", is_first ? "" : ",", m.in_flight,
                m.p50_ms, m.p99_ms, m.per_second);
    is_first = false;
  }
  std::printf("]\n");
}

int main(int count, char** words) {
  const std::string mode = count > 1 ? words[1] : "";
  return run_program("echo-floor", std::max(0, count - 2), words + 2, [&](const Options& options) {
    if (mode == "serve") serve(options);
    else if (mode == "call") call(options);
    else throw std::runtime_error("expected serve or call");
  });
}
