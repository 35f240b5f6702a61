// What a call costs over loopback, client and server on one core: time and CPU of both sides
// together, system calls included. Items are calls.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/assert.h"
#include "proto/grpc_health.pb.h"
#include "rpc/channel.h"
#include "rpc/lean_client.h"
#include "rpc/server.h"
#include "rpc/typed.h"
#include "rt/fiber.h"

namespace vif::rpc {
namespace {

using Text = grpc::health::v1::HealthCheckRequest;

void with_server(bool unix_socket, const std::function<void(Channel&, LeanChannel&)>& body) {
  const Status status = rt::run({}, [&]() -> Status {
    ServerOptions options;
    options.lean = true;
    Server server(options);
    unary<Text, Text>(server, "/bench.B/Echo",
                      [](ServerCall&, const Text& request, Text& response) -> Status {
                        response.set_service(request.service());
                        return {};
                      });
    server_stream<Text>(server, "/bench.B/Stream",
                        [](ServerCall& call, const Text& request) { return call.send(request); });
    const std::string path = fmt::format("/tmp/vif-call-bench-{}.sock", getpid());
    auto listener = VIF_TRY(rt::listen(unix_socket ? rt::Address::unix_socket(path)
                                                   : rt::Address::tcp("127.0.0.1", 0)));
    rt::TaskGroup group;
    group.spawn([&] { (void)server.serve(*listener); });
    Channel channel(listener->address());
    LeanChannel lean;
    lean.set_target({{listener->address()}, server.lean_offer()->instance, ""});
    body(channel, lean);
    ::unlink(path.c_str());
    return {};
  });
  VIF_ASSERT(status.ok());
}

void unary_call(benchmark::State& state) {
  with_server(state.range(0) == 1, [&](Channel& channel, LeanChannel&) {
    Text request;
    Text response;
    request.set_service(std::string(static_cast<size_t>(state.range(1)), 'x'));
    for (auto _ : state) VIF_ASSERT(channel.unary("/bench.B/Echo", request, response).ok());
    state.SetItemsProcessed(state.iterations());
  });
}
BENCHMARK(unary_call)
    ->ArgNames({"unix", "bytes"})
    ->Args({0, 100})
    ->Args({1, 100})
    ->Args({0, 10'000});

void lean_call(benchmark::State& state) {
  with_server(state.range(0) == 1, [&](Channel&, LeanChannel& channel) {
    Text request;
    Text response;
    request.set_service(std::string(static_cast<size_t>(state.range(1)), 'x'));
    bool refused = false;
    for (auto _ : state) {
      VIF_ASSERT(
          channel.unary("/bench.B/Echo", request, response, rt::Deadline::never(), refused).ok());
    }
    state.SetItemsProcessed(state.iterations());
  });
}
BENCHMARK(lean_call)
    ->ArgNames({"unix", "bytes"})
    ->Args({0, 100})
    ->Args({1, 100})
    ->Args({0, 10'000});

void one_message_stream(benchmark::State& state) {
  with_server(state.range(0) == 1, [&](Channel& channel, LeanChannel&) {
    Text request;
    Text response;
    request.set_service(std::string(100, 'x'));
    for (auto _ : state) {
      auto stream = channel.server_stream("/bench.B/Stream", request);
      VIF_ASSERT(stream.ok() && (*stream)->receive(response).value());
      VIF_ASSERT(!(*stream)->receive(response).value());
    }
    state.SetItemsProcessed(state.iterations());
  });
}
BENCHMARK(one_message_stream)->ArgName("unix")->Arg(0)->Arg(1);

void unary_calls_at_a_time(benchmark::State& state) {
  with_server(false, [&](Channel& channel, LeanChannel&) {
    const int64_t width = state.range(0);
    for (auto _ : state) {
      rt::TaskGroup group;
      for (int64_t i = 0; i < width; ++i) {
        group.spawn([&channel] {
          Text request;
          Text response;
          request.set_service(std::string(100, 'x'));
          for (int k = 0; k < 100; ++k)
            VIF_ASSERT(channel.unary("/bench.B/Echo", request, response).ok());
        });
      }
      VIF_ASSERT(group.wait().ok());
    }
    state.SetItemsProcessed(state.iterations() * width * 100);
  });
}
BENCHMARK(unary_calls_at_a_time)->ArgName("width")->Arg(1)->Arg(16)->Arg(128);

void lean_calls_at_a_time(benchmark::State& state) {
  with_server(false, [&](Channel&, LeanChannel& channel) {
    const int64_t width = state.range(0);
    for (auto _ : state) {
      rt::TaskGroup group;
      for (int64_t i = 0; i < width; ++i) {
        group.spawn([&channel] {
          Text request;
          Text response;
          request.set_service(std::string(100, 'x'));
          bool refused = false;
          for (int k = 0; k < 100; ++k) {
            VIF_ASSERT(
                channel.unary("/bench.B/Echo", request, response, rt::Deadline::never(), refused)
                    .ok());
          }
        });
      }
      VIF_ASSERT(group.wait().ok());
    }
    state.SetItemsProcessed(state.iterations() * width * 100);
  });
}
BENCHMARK(lean_calls_at_a_time)->ArgName("width")->Arg(1)->Arg(16)->Arg(128);

}  // namespace
}  // namespace vif::rpc
