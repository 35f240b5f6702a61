// Whatever bytes a peer sends, we must take them: no crash, no leak, no endless loop. The first
// byte chooses, by its remainder of 4: 0, an HTTP/2 client whose preface was sent already; 1,
// HTTP/1.1 for the debug port; 2, a client of lean frames after its hello; 3, a server of them
// after its hello.
#include "proto/grpc_health.pb.h"
#include "rpc/http_server.h"
#include "rpc/lean.h"
#include "rpc/lean_client.h"
#include "rpc/server.h"
#include "rpc/typed.h"
#include "rt/fiber.h"
#include "rt/sync.h"

namespace vif::rpc {
namespace {

// Gives the input in small reads, then ends; takes all that is written.
class InputStream final : public rt::Stream {
 public:
  InputStream(std::string bytes, rt::Event& gone) : bytes_(std::move(bytes)), gone_(gone) {}
  ~InputStream() override { gone_.set(); }
  Result<size_t> read_some(std::span<char> into, rt::Deadline) override {
    rt::yield();
    if (closed_) return Error(Code::kUnavailable, "closed");
    const size_t size = std::min({into.size(), bytes_.size() - at_, size_t{97}});
    std::memcpy(into.data(), bytes_.data() + at_, size);
    at_ += size;
    return size;
  }
  Status write_all(std::span<const std::string_view>, rt::Deadline) override { return {}; }
  Result<size_t> try_write(std::string_view bytes) override { return bytes.size(); }
  Status wait_writable(rt::Deadline) override { return {}; }
  void park(rt::Parked&, rt::Deadline) override {}
  void unpark() override {}
  void shutdown_write() override {}
  void close() override { closed_ = true; }
  bool is_unix() const override { return false; }
  std::string local_address() const override { return {}; }
  std::string peer_address() const override { return {}; }
  int fd() const override { return -1; }

 private:
  std::string bytes_;
  size_t at_ = 0;
  bool closed_ = false;
  rt::Event& gone_;
};

class OneStream final : public rt::Listener {
 public:
  explicit OneStream(std::string bytes)
      : stream_(std::make_unique<InputStream>(std::move(bytes), gone_)) {}
  Result<std::unique_ptr<rt::Stream>> accept(rt::Deadline) override {
    if (stream_ == nullptr) {
      VIF_TRY(gone_.wait());
      return Error(Code::kUnavailable, "no more");
    }
    return std::unique_ptr<rt::Stream>(std::move(stream_));
  }
  void close() override {}
  rt::Address address() const override { return {}; }

 private:
  rt::Event gone_;
  std::unique_ptr<rt::Stream> stream_;
};

using Text = grpc::health::v1::HealthCheckRequest;

void serve_rpc(std::string bytes) {
  ServerOptions options;
  options.lean = true;
  options.message_bytes_max = 1 << 16;
  options.keepalive_time = {};
  Server server(options);
  unary<Text, Text>(server, "/t.T/E",
                    [](ServerCall& call, const Text& request, Text& response) -> Status {
                      response = request;
                      for (const auto& [key, value] : call.metadata()) call.add_trailer(key, value);
                      return {};
                    });
  server.handle("/t.T/B", [](ServerCall& call) -> Status {
    Text message;
    while (VIF_TRY(call.receive(message))) VIF_TRY(call.send(message));
    return {};
  });
  OneStream listener(std::move(bytes));
  (void)server.serve(listener);
}

std::string lean_frame(LeanKind kind, uint16_t extra, std::string_view payload) {
  std::string frame(kLeanHeadBytes, '\0');
  put_head(frame.data(), {static_cast<uint32_t>(payload.size()), 0, kind, 0, extra});
  return frame.append(payload);
}

std::string lean_client_hello() {
  LeanHello hello;
  hello.window_bytes = 1000;
  return std::string(kLeanPreface) + lean_frame(LeanKind::kHello, 0, hello.encode()) +
         lean_frame(LeanKind::kMethod, 0, "/t.T/E") + lean_frame(LeanKind::kMethod, 1, "/t.T/B");
}

// A client with calls in flight, and a server that answers them with `bytes`.
void call_lean(const std::string& bytes) {
  LeanHello hello;
  hello.instance = 1;
  const std::string answer = lean_frame(LeanKind::kHello, 0, hello.encode()) + bytes;
  auto listener = rt::listen(rt::Address::tcp("127.0.0.1", 0));
  if (!listener.ok()) return;
  rt::TaskGroup fibers;
  fibers.spawn([&] {
    auto stream = (*listener)->accept();
    if (!stream.ok()) return;
    char some[256];
    (void)(*stream)->read_some(some, rt::Deadline::in(std::chrono::seconds(1)));
    (void)(*stream)->write_all(answer, rt::Deadline::in(std::chrono::seconds(1)));
    (*stream)->shutdown_write();
    for (;;) {
      const auto count = (*stream)->read_some(some, rt::Deadline::in(std::chrono::seconds(1)));
      if (!count.ok() || *count == 0) return;
    }
  });
  ChannelOptions options;
  options.message_bytes_max = 1 << 16;
  LeanChannel channel(options);
  channel.set_target({{(*listener)->address()}, 1, ""});
  rt::TaskGroup calls;
  for (int i = 0; i < 3; ++i) {
    calls.spawn([&] {
      LeanCall call(channel);
      Text message;
      if (!call.start("/t.T/E", message, rt::Deadline::in(std::chrono::seconds(1))).ok()) return;
      for (;;) {
        const auto more = call.receive(message);
        if (!more.ok() || !*more) return;
      }
    });
  }
  (void)calls.wait();
}

void serve_http(std::string bytes) {
  HttpServer server;
  server.handle("/", [](const HttpRequest& request) {
    return HttpResponse::text(200, request.path + request.body);
  });
  OneStream listener(std::move(bytes));
  (void)server.serve(listener);
}

}  // namespace
}  // namespace vif::rpc

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  (void)vif::rt::run({}, [&]() -> vif::Status {
    switch (data[0] % 4) {
      case 0: vif::rpc::serve_rpc("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes); break;
      case 1: vif::rpc::serve_http(std::move(bytes)); break;
      case 2: vif::rpc::serve_rpc(vif::rpc::lean_client_hello() + bytes); break;
      default: vif::rpc::call_lean(bytes);
    }
    return {};
  });
  return 0;
}
