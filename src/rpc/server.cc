#include "rpc/server.h"

#include <google/protobuf/message_lite.h>
#include <nghttp2/nghttp2.h>

#include "base/log.h"
#include "rpc/h2.h"
#include "rpc/handlers.h"
#include "rpc/health.h"
#include "rpc/lean_server.h"
#include "rpc/status.h"
#include "rpc/typed.h"
#include "rt/fiber.h"
#include "rt/sync.h"

namespace vif::rpc {
namespace {

constexpr rt::Duration kHandshakeTimeout = std::chrono::seconds(10);

// A client that says nothing is given up after this long.
constexpr rt::Duration kFirstBytesTimeout = std::chrono::seconds(120);
constexpr size_t kFirstBytes = 4096;

// One call: its traffic, its handler's fiber. Recycled when both the stream is closed and the
// handler has returned.
class Call final : public ServerCall {
 public:
  explicit Call(H2Connection& connection) : connection_(connection) { stream.owner = this; }

  std::string_view method() const override { return path; }
  const Metadata& metadata() const override { return stream.headers; }
  rt::Deadline deadline() const override { return deadline_; }
  std::string peer_address() const override { return connection_.transport().peer_address(); }
  std::string peer_common_name() const override {
    return connection_.transport().peer_common_name();
  }
  Result<bool> receive(MessageLite& message) override;
  Status send(const MessageLite& message) override;
  std::string& scratch() override { return scratch_; }
  void add_header(std::string key, std::string value) override {
    own_headers.emplace_back(key, value);
  }
  void add_trailer(std::string key, std::string value) override {
    extra_trailers.emplace_back(key, value);
  }

  // The handler has returned `status`: trailers go out after what was sent.
  void end(const Status& status);
  void reset(int32_t id);

  H2Stream stream;
  std::string path;
  std::string content_type;
  Metadata own_headers;
  Metadata extra_trailers;
  rt::Deadline deadline_ = rt::Deadline::never();
  bool responded = false;
  bool running = false;
  bool cancelled = false;
  std::optional<rt::TaskGroup> fiber;

 private:
  std::string scratch_;
  H2Connection& connection_;
};

Result<bool> Call::receive(MessageLite& message) {
  for (;;) {
    if (VIF_TRY(connection_.has_message(stream))) {
      VIF_TRY(connection_.take_message(stream, message));
      return true;
    }
    if (stream.in_end) {
      if (stream.in_at != stream.in.size())
        return Error(Code::kInternal, "grpc: unexpected end of a message");
      return false;
    }
    if (stream.closed) return Error(Code::kCanceled, "context canceled");
    VIF_TRY(stream.changed.wait(deadline_));
  }
}

Status Call::send(const MessageLite& message) {
  if (stream.closed) return Error(Code::kCanceled, "context canceled");
  VIF_TRY(connection_.append(stream, message));
  if (!responded) {
    responded = true;
    connection_.respond(stream, own_headers);
  } else {
    connection_.more(stream);
  }
  return connection_.wait_for_room(stream, deadline_);
}

void Call::end(const Status& status) {
  if (stream.closed) return;
  if (status.ok()) {
    stream.own_trailers.emplace_back("grpc-status", "0");
  } else {
    stream.own_trailers.emplace_back("grpc-status",
                                     std::to_string(static_cast<int>(status.error().code())));
    stream.own_trailers.emplace_back("grpc-message", percent_encode(wire_message(status.error())));
  }
  for (auto& trailer : extra_trailers) stream.own_trailers.push_back(std::move(trailer));
  stream.out_end = true;
  if (responded) {
    connection_.more(stream);
  } else {
    connection_.respond(stream, own_headers);
  }
}

void Call::reset(int32_t id) {
  // A cancelled group stays so.
  if (!fiber || cancelled) fiber.emplace();
  stream.id = id;
  stream.out = connection_.take_buffer();
  stream.in = connection_.take_buffer();
  stream.out_at = stream.in_at = stream.held = stream.metadata_bytes = 0;
  stream.out_end = stream.deferred = stream.sender_waits = stream.in_end = stream.closed =
      stream.refused = false;
  stream.headers_done = false;
  stream.h2_error = 0;
  stream.headers.clear();
  stream.trailers.clear();
  stream.own_trailers.clear();
  own_headers.clear();
  extra_trailers.clear();
  path.clear();
  content_type.clear();
  deadline_ = rt::Deadline::never();
  responded = running = cancelled = false;
}

class ServerConnection final : public H2Connection {
 public:
  ServerConnection(std::unique_ptr<rt::Stream> transport, const H2Options& h2,
                   std::string already_read, const ServerOptions& options, const Handlers& handlers)
      : H2Connection(std::move(transport), h2, std::move(already_read)),
        options_(options),
        handlers_(handlers) {}

  // Until the connection has ended and every handler has returned. Waits.
  void run() {
    {
      rt::TaskGroup writer;
      writer.spawn([this] { write_loop(); });
      read_loop();
    }
    const rt::Uncancelled cleanup;
    for (auto& call : calls_) {
      if (call->running) call->fiber->cancel();
    }
    while (running_ != 0) {
      if (!idle_.wait(rt::Deadline::never()).ok()) break;
    }
    calls_.clear();
  }

 private:
  H2Stream* on_request(int32_t id) override;
  void on_request_headers(H2Stream& stream) override;
  void on_own_header(H2Stream& stream, std::string_view name, std::string_view value) override;
  void on_closed(H2Stream& stream) override;
  Status handle(Call& call);
  void release(Call& call);
  static Call& call_of(H2Stream& stream) { return *static_cast<Call*>(stream.owner); }

  const ServerOptions& options_;
  const Handlers& handlers_;
  std::vector<std::unique_ptr<Call>> calls_;
  std::vector<Call*> spare_;
  size_t running_ = 0;
  rt::WaitQueue idle_;
};

H2Stream* ServerConnection::on_request(int32_t id) {
  if (spare_.empty()) {
    calls_.push_back(std::make_unique<Call>(*this));
    spare_.push_back(calls_.back().get());
  }
  Call& call = *spare_.back();
  spare_.pop_back();
  call.reset(id);
  return &call.stream;
}

void ServerConnection::on_own_header(H2Stream& stream, std::string_view name,
                                     std::string_view value) {
  Call& call = call_of(stream);
  if (name == ":path") {
    call.path = value;
  } else if (name == "content-type") {
    call.content_type = value;
  } else if (name == "grpc-timeout") {
    if (auto timeout = parse_timeout(value)) call.deadline_ = rt::Deadline::in(*timeout);
  }
}

void ServerConnection::on_request_headers(H2Stream& stream) {
  Call& call = call_of(stream);
  call.running = true;
  ++running_;
  call.fiber->spawn([this, &call] {
    call.end(handle(call));
    call.running = false;
    if (--running_ == 0) idle_.notify_all();
    if (call.stream.closed) release(call);
  });
}

Status ServerConnection::handle(Call& call) {
  if (!call.content_type.starts_with("application/grpc")) {
    return Error(Code::kInvalidArgument,
                 fmt::format("invalid gRPC request content-type \"{}\"", call.content_type));
  }
  const Handler* handler = VIF_TRY(find_handler(handlers_, call.path));
  if (options_.authorize) VIF_TRY(options_.authorize(call));
  return (*handler)(call);
}

void ServerConnection::on_closed(H2Stream& stream) {
  Call& call = call_of(stream);
  if (!call.running) {
    release(call);
  } else {
    call.cancelled = true;
    call.fiber->cancel();
  }
}

void ServerConnection::release(Call& call) {
  give_buffer(std::move(call.stream.in));
  give_buffer(std::move(call.stream.out));
  spare_.push_back(&call);
}

}  // namespace

Result<const Handler*> find_handler(const Handlers& handlers, const std::string& path) {
  const auto it = handlers.find(path);
  if (it != handlers.end()) return &it->second;
  const size_t slash = path.rfind('/');
  // A CONNECT request has no path at all.
  const std::string service =
      slash == std::string::npos || slash == 0 ? "" : path.substr(1, slash - 1);
  const std::string prefix = "/" + service + "/";
  const bool known = std::any_of(handlers.begin(), handlers.end(), [&](const auto& entry) {
    return entry.first.starts_with(prefix);
  });
  return Error(Code::kUnimplemented, known ? fmt::format("unknown method {} for service {}",
                                                         path.substr(slash + 1), service)
                                           : fmt::format("unknown service {}", service));
}

std::string_view ServerCall::metadata(std::string_view key) const {
  for (const auto& [name, value] : metadata()) {
    if (name == key) return value;
  }
  return {};
}

Result<std::string_view> ServerCall::receive_bytes() {
  return Error(Code::kUnimplemented, fmt::format("{} is served by lean frames only", method()));
}

Status ServerCall::send_bytes(std::string_view) {
  return Error(Code::kUnimplemented, fmt::format("{} is served by lean frames only", method()));
}

Status receive_request(ServerCall& call, MessageLite& request) {
  if (VIF_TRY(call.receive(request))) return {};
  return Error(Code::kInternal, "the client sent no request message");
}

struct Server::State {
  // What one scheduler serves; only its fibers touch it.
  struct Core {
    std::vector<rt::Stream*> silent;  // connections that have not said what they speak
    std::vector<ServerConnection*> connections;
    std::vector<LeanServerLink*> lean;
    rt::WaitQueue changed;
  };

  explicit State(ServerOptions options_)
      : options(std::move(options_)), cores(static_cast<size_t>(rt::core_count())) {}

  Core& core() { return *cores[static_cast<size_t>(rt::this_core())]; }
  void serve_connection(std::unique_ptr<rt::Stream> stream);
  Result<std::string> first_bytes(rt::Stream& stream);
  void serve_lean(std::unique_ptr<rt::Stream> stream, std::string_view already_read);

  ServerOptions options;
  uint64_t lean_instance = 0;
  Handlers handlers;
  HealthService health;
  std::vector<std::unique_ptr<Core>> cores;
};

void Server::State::serve_connection(std::unique_ptr<rt::Stream> stream) {
  if (options.tls != nullptr) {
    const std::string peer = stream->peer_address();
    auto secured = rt::tls_accept(std::move(stream), options.tls,
                                  rt::Deadline::in(kHandshakeTimeout), {}, "h2");
    if (!secured.ok()) {
      VIF_LOG(kInfo, "gRPC: TLS handshake with {} failed: {}", peer, secured.error().message());
      return;
    }
    stream = std::move(secured).value();
  }
  auto first = first_bytes(*stream);
  if (!first.ok()) return;
  if (options.lean && first->starts_with(kLeanPreface)) {
    return serve_lean(std::move(stream), std::string_view(*first).substr(kLeanPreface.size()));
  }
  H2Options h2;
  h2.server = true;
  h2.message_bytes_max = options.message_bytes_max;
  h2.metadata_bytes_max = options.metadata_bytes_max;
  h2.window_bytes = options.window_bytes;
  h2.streams_max = options.streams_max;
  h2.keepalive_time = options.keepalive_time;
  h2.keepalive_timeout = options.keepalive_timeout;
  ServerConnection connection(std::move(stream), h2, *std::move(first), options, handlers);
  Core& mine = core();
  mine.connections.push_back(&connection);
  connection.run();
  std::erase(mine.connections, &connection);
  mine.changed.notify_all();
}

// Enough to tell the lean preface from HTTP/2's.
Result<std::string> Server::State::first_bytes(rt::Stream& stream) {
  Core& mine = core();
  mine.silent.push_back(&stream);
  std::string bytes(kFirstBytes, '\0');
  size_t got = 0;
  const auto undecided = [&] {
    return got < kLeanPreface.size() &&
           kLeanPreface.starts_with(std::string_view(bytes).substr(0, got));
  };
  Status status;
  while (status.ok() && undecided()) {
    const auto count = stream.read_some({bytes.data() + got, bytes.size() - got},
                                        rt::Deadline::in(kFirstBytesTimeout));
    if (!count.ok())
      status = count.error();
    else if (*count == 0)
      status = Error(Code::kUnavailable, "EOF");
    else
      got += *count;
  }
  std::erase(mine.silent, &stream);
  VIF_TRY(status);
  bytes.resize(got);
  return bytes;
}

void Server::State::serve_lean(std::unique_ptr<rt::Stream> stream, std::string_view already_read) {
  LeanOptions lean;
  lean.message_bytes_max = options.message_bytes_max;
  lean.keepalive_time = options.keepalive_time;
  lean.keepalive_timeout = options.keepalive_timeout;
  LeanServerLink link(std::move(stream), lean, options, handlers, lean_instance, already_read);
  Core& mine = core();
  mine.lean.push_back(&link);
  link.run();
  std::erase(mine.lean, &link);
  mine.changed.notify_all();
}

Server::Server(ServerOptions options) : state_(std::make_unique<State>(std::move(options))) {
  for (auto& core : state_->cores) core = std::make_unique<State::Core>();
  state_->health.add_to(*this);
  if (state_->options.lean) state_->lean_instance = rt::random_u64() | 1;
}

std::optional<LeanOffer> Server::lean_offer() const {
  if (!state_->options.lean) return std::nullopt;
  return LeanOffer{state_->lean_instance, state_->options.unix_path};
}

Server::~Server() = default;

void Server::handle(std::string path, Handler handler) {
  const bool fresh = state_->handlers.emplace(std::move(path), std::move(handler)).second;
  VIF_ASSERT(fresh);
}

bool Server::handles(std::string_view path) const {
  return state_->handlers.contains(std::string(path));
}

void Server::set_serving(std::string_view service, bool serving) {
  state_->health.set(service, serving);
}

Status Server::serve(rt::Listener& listener) {
  rt::TaskGroup connections;
  for (;;) {
    auto accepted = listener.accept();
    if (!accepted.ok()) {
      if (accepted.error().code() == Code::kUnavailable) return connections.wait();
      return accepted.error();
    }
    connections.spawn([state = state_.get(), stream = accepted->release()] {
      state->serve_connection(std::unique_ptr<rt::Stream>(stream));
    });
  }
}

Status Server::drain(rt::Deadline deadline) {
  State::Core& core = state_->core();
  for (rt::Stream* stream : core.silent) stream->close();
  for (ServerConnection* connection : core.connections) connection->drain();
  for (LeanServerLink* link : core.lean) link->drain();
  while (!core.connections.empty() || !core.lean.empty()) VIF_TRY(core.changed.wait(deadline));
  return {};
}

}  // namespace vif::rpc
