// Whatever bytes a client sends, the server must take them: no crash, no leak, no endless loop. The first byte chooses:
// even, an HTTP/2 connection whose preface was sent already; odd, HTTP/1.1 for the debug port.
#include "proto/grpc_health.pb.h"
#include "rpc/http_server.h"
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
  explicit OneStream(std::string bytes) : stream_(std::make_unique<InputStream>(std::move(bytes), gone_)) {}
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

void serve_grpc(std::string bytes) {
  using Text = grpc::health::v1::HealthCheckRequest;
  ServerOptions options;
  options.message_bytes_max = 1 << 16;
  options.keepalive_time = {};
  Server server(options);
  unary<Text, Text>(server, "/t.T/E", [](ServerCall& call, const Text& request, Text& response) -> Status {
    response = request;
    for (const auto& [key, value] : call.metadata()) call.add_trailer(key, value);
    return {};
  });
  server.handle("/t.T/B", [](ServerCall& call) -> Status {
    Text message;
    while (VIF_TRY(call.receive(message))) VIF_TRY(call.send(message));
    return {};
  });
  OneStream listener("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + std::move(bytes));
  (void)server.serve(listener);
}

void serve_http(std::string bytes) {
  HttpServer server;
  server.handle("/", [](const HttpRequest& request) { return HttpResponse::text(200, request.path + request.body); });
  OneStream listener(std::move(bytes));
  (void)server.serve(listener);
}

}  // namespace
}  // namespace vif::rpc

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  (void)vif::rt::run({}, [&]() -> vif::Status {
    if (data[0] % 2 == 0) vif::rpc::serve_grpc(std::move(bytes));
    else vif::rpc::serve_http(std::move(bytes));
    return {};
  });
  return 0;
}
