// Whatever bytes a server answers with, a channel must take them: its calls end, with an answer or
// an error. In the simulated world, so that deadlines cost nothing. The first byte chooses: even,
// HTTP/2 (the server's empty SETTINGS and the headers of its first answer sent already when the
// next bit is set); odd, the HTTP/1.1 client.
#include "proto/grpc_health.pb.h"
#include "rpc/channel.h"
#include "rpc/http_client.h"
#include "rt/fiber.h"
#include "rt/net.h"
#include "rt/sim.h"

namespace vif::rpc {
namespace {

using Text = grpc::health::v1::HealthCheckRequest;
using std::chrono::seconds;

constexpr std::string_view kSettings("\0\0\0\4\0\0\0\0\0", 9);
// HEADERS of stream 1, complete: ":status: 200" alone.
constexpr std::string_view kHeaders("\0\0\1\1\4\0\0\0\1\x88", 10);

void answer(rt::Listener& listener, std::string_view bytes) {
  while (true) {
    auto stream = listener.accept();
    if (!stream.ok()) return;
    char read[1024];
    (void)(*stream)->read_some(read, rt::Deadline::in(seconds(1))).ok();
    // In pieces, so that frames come torn.
    for (std::string_view rest = bytes; !rest.empty();) {
      const std::string_view piece = rest.substr(0, 57);
      if (!(*stream)->write_all(piece, rt::Deadline::in(seconds(1))).ok()) break;
      rest.remove_prefix(piece.size());
    }
  }
}

void call(const rt::Address& address) {
  Channel channel(address, {.message_bytes_max = 1 << 16});
  const CallOptions options{.deadline = rt::Deadline::in(seconds(5))};
  Text request, response;
  request.set_service("name");
  (void)channel.unary("/t.T/Unary", request, response, options).ok();
  auto stream = channel.open("/t.T/Stream", options);
  if (!stream.ok()) return;
  (void)(*stream)->send(request).ok();
  (void)(*stream)->headers().ok();
  while (true) {
    const auto more = (*stream)->receive(response);
    if (!more.ok() || !*more) break;
  }
}

Status run_one(bool http, std::string bytes) {
  auto listener = VIF_TRY(rt::listen(rt::Address::tcp("server", 0)));
  rt::TaskGroup server;
  server.spawn([&] { answer(*listener, bytes); });
  if (http)
    (void)http_get(listener->address(), "/path", rt::Deadline::in(seconds(5))).ok();
  else
    call(listener->address());
  return {};
}

}  // namespace
}  // namespace vif::rpc

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string bytes;
  if (data[0] % 4 == 2) bytes.append(vif::rpc::kSettings).append(vif::rpc::kHeaders);
  bytes.append(reinterpret_cast<const char*>(data + 1), size - 1);
  (void)vif::rt::sim::run({}, [&] {
    return vif::rpc::run_one(data[0] % 2 != 0, std::move(bytes));
  }).ok();
  return 0;
}
