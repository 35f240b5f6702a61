#include "rpc/channel.h"

#include <google/protobuf/message_lite.h>
#include <nghttp2/nghttp2.h>

#include "rpc/h2.h"
#include "rpc/status.h"
#include "rt/fiber.h"
#include "rt/sync.h"

namespace vif::rpc {
namespace {

// A new connection is worth its cost when each of the others has this many calls.
constexpr size_t kBusyStreams = 100;

Error call_error(const Error& wait_error) {
  if (wait_error.code() == Code::kDeadlineExceeded) {
    return Error(Code::kDeadlineExceeded, "context deadline exceeded");
  }
  return Error(Code::kCanceled, "context canceled");
}

std::string_view h2_error_name(uint32_t code) {
  static constexpr std::string_view kNames[] = {"NO_ERROR",
                                                "PROTOCOL_ERROR",
                                                "INTERNAL_ERROR",
                                                "FLOW_CONTROL_ERROR",
                                                "SETTINGS_TIMEOUT",
                                                "STREAM_CLOSED",
                                                "FRAME_SIZE_ERROR",
                                                "REFUSED_STREAM",
                                                "CANCEL",
                                                "COMPRESSION_ERROR",
                                                "CONNECT_ERROR",
                                                "ENHANCE_YOUR_CALM",
                                                "INADEQUATE_SECURITY",
                                                "HTTP_1_1_REQUIRED"};
  return code < std::size(kNames) ? kNames[code] : "UNKNOWN";
}

// How a closed call ended.
Status final_status(const H2Stream& stream, const H2Connection& connection) {
  if (stream.grpc_status == 0) return {};
  if (stream.grpc_status > 0) return error_from_wire(stream.grpc_status, stream.grpc_message);
  if (connection.is_broken()) return Error(Code::kUnavailable, connection.error().message());
  if (stream.h2_error != 0) {
    return Error(code_from_h2(stream.h2_error),
                 fmt::format("stream terminated by RST_STREAM with error code: {}",
                             h2_error_name(stream.h2_error)));
  }
  if (stream.http_status != 200) {
    return Error(
        code_from_http(stream.http_status),
        fmt::format("unexpected HTTP status code received from server: {}", stream.http_status));
  }
  return Error(Code::kInternal, "server closed the stream without sending trailers");
}

std::string authority_of(const rt::Address& address, const ChannelOptions& options) {
  if (!options.authority.empty()) return options.authority;
  return address.unix_path.empty() ? address.to_string() : "localhost";
}

}  // namespace

class Connection final : public H2Connection {
 public:
  using H2Connection::H2Connection;
};

struct Channel::State {
  State(rt::Address address_, ChannelOptions options_)
      : address(std::move(address_)),
        options(std::move(options_)),
        authority(authority_of(address, options)) {}

  // A connection that takes calls, made if need be. Waits.
  Result<std::shared_ptr<Connection>> acquire(const CallOptions& call);
  Result<std::shared_ptr<Connection>> dial(rt::Deadline deadline);
  std::shared_ptr<Connection> pick();
  Status begin(H2Stream& stream, const std::shared_ptr<Connection>& connection,
               std::string_view method, const CallOptions& call) {
    return connection->start(stream, method, authority, options.tls != nullptr, options.metadata,
                             call.metadata, call.deadline);
  }
  // One try of a unary call. `refused` tells whether another connection may be tried.
  Status attempt(std::string_view method, const MessageLite& request, MessageLite& response,
                 const CallOptions& call, bool& refused);

  rt::Address address;
  ChannelOptions options;
  std::string authority;
  std::vector<std::shared_ptr<Connection>> connections;
  bool closed = false;
  rt::Mutex dialing;
  std::optional<Error> dial_error;  // of the last dial, while it failed
  rt::Instant dial_after{};
  rt::Duration backoff{};
  rt::TaskGroup fibers;  // last: its fibers use the rest
};

std::shared_ptr<Connection> Channel::State::pick() {
  std::erase_if(connections, [](const auto& connection) { return !connection->usable(); });
  std::shared_ptr<Connection> best;
  for (const auto& connection : connections) {
    if (best == nullptr || connection->streams() < best->streams()) best = connection;
  }
  const bool may_grow = connections.size() < static_cast<size_t>(options.connections_max);
  if (best != nullptr && may_grow && best->streams() >= kBusyStreams && !dial_error) return nullptr;
  return best;
}

Result<std::shared_ptr<Connection>> Channel::State::acquire(const CallOptions& call) {
  for (;;) {
    if (closed) return Error(Code::kUnavailable, "the channel is closed");
    if (auto connection = pick()) return connection;
    if (auto locked = dialing.lock(call.deadline); !locked.ok()) return call_error(locked.error());
    auto connection = pick();
    if (connection != nullptr) {
      dialing.unlock();
      return connection;
    }
    if (dial_error && rt::now() < dial_after) {
      const Error error = *dial_error;
      dialing.unlock();
      if (!call.wait_for_ready) return error;
      if (auto slept = rt::sleep_until(std::min(dial_after, call.deadline.instant()));
          !slept.ok()) {
        return call_error(slept.error());
      }
      if (call.deadline.passed()) return error;
      continue;
    }
    auto dialed = dial(call.deadline);
    dialing.unlock();
    if (dialed.ok() || !call.wait_for_ready || dialed.error().code() != Code::kUnavailable)
      return dialed;
  }
}

Result<std::shared_ptr<Connection>> Channel::State::dial(rt::Deadline deadline) {
  const rt::Deadline connect_deadline = rt::Deadline::in(options.connect_timeout);
  const auto connect = [&]() -> Result<std::unique_ptr<rt::Stream>> {
    auto stream = VIF_TRY(rt::dial(address, deadline.earlier(connect_deadline)));
    if (options.tls == nullptr) return stream;
    const std::string& name =
        options.tls_server_name.empty() ? address.host : options.tls_server_name;
    return rt::tls_connect(std::move(stream), options.tls, name, deadline.earlier(connect_deadline),
                           "h2");
  };
  auto stream = connect();
  if (!stream.ok()) {
    // The caller's own end says nothing about the server.
    if (stream.error().code() == Code::kCanceled || deadline.passed())
      return call_error(stream.error());
    backoff = std::clamp(backoff * 2, options.backoff_min, options.backoff_max);
    dial_after = rt::now() + backoff;
    dial_error =
        Error(Code::kUnavailable,
              fmt::format("connection error: desc = \"transport: Error while dialing: {}\"",
                          stream.error().message()));
    return *dial_error;
  }
  dial_error.reset();
  backoff = {};
  H2Options h2;
  h2.message_bytes_max = options.message_bytes_max;
  h2.window_bytes = options.window_bytes;
  h2.keepalive_time = options.keepalive_time;
  h2.keepalive_timeout = options.keepalive_timeout;
  auto connection = std::make_shared<Connection>(std::move(stream).value(), h2);
  connections.push_back(connection);
  fibers.spawn([connection] { connection->read_loop(); });
  fibers.spawn([connection] { connection->write_loop(); });
  return connection;
}

Status Channel::State::attempt(std::string_view method, const MessageLite& request,
                               MessageLite& response, const CallOptions& call, bool& refused) {
  const std::shared_ptr<Connection> connection = VIF_TRY(acquire(call));
  H2Stream stream;
  stream.in = connection->take_buffer();
  stream.out = connection->take_buffer();
  stream.out_end = true;
  const auto run = [&]() -> Status {
    VIF_TRY(connection->append(stream, request));
    VIF_TRY(begin(stream, connection, method, call));
    while (!stream.closed) {
      if (auto woken = stream.changed.wait(call.deadline); !woken.ok())
        return call_error(woken.error());
      if (auto whole = connection->has_message(stream); !whole.ok()) return whole.error();
    }
    VIF_TRY(final_status(stream, *connection));
    if (!VIF_TRY(connection->has_message(stream))) {
      return Error(Code::kInternal, "the server sent no response to a unary call");
    }
    return connection->take_message(stream, response);
  };
  Status status = run();
  refused = stream.refused;
  connection->forget(stream, NGHTTP2_CANCEL);
  connection->give_buffer(std::move(stream.in));
  connection->give_buffer(std::move(stream.out));
  return status;
}

Channel::Channel(rt::Address address, ChannelOptions options)
    : state_(std::make_unique<State>(std::move(address), std::move(options))) {}

Channel::~Channel() { close(); }

const rt::Address& Channel::address() const { return state_->address; }
const ChannelOptions& Channel::options() const { return state_->options; }

void Channel::close() {
  state_->closed = true;
  for (const auto& connection : state_->connections) {
    connection->fail(Error(Code::kUnavailable, "the channel is closed"));
  }
}

Status Channel::connect(rt::Deadline deadline) {
  VIF_TRY(state_->acquire({.deadline = deadline}));
  return {};
}

Status Channel::unary(std::string_view method, const MessageLite& request, MessageLite& response,
                      const CallOptions& options) {
  bool refused = false;
  Status status = state_->attempt(method, request, response, options, refused);
  // A server that is going away did not look at the call.
  if (!status.ok() && refused)
    status = state_->attempt(method, request, response, options, refused);
  return status;
}

struct ClientStream::State {
  std::shared_ptr<Connection> connection;
  H2Stream stream;
  rt::Deadline deadline = rt::Deadline::never();
  std::optional<Error> error;  // ours, which ended the call

  void end(Error why) {
    error = std::move(why);
    connection->forget(stream, NGHTTP2_CANCEL);
    stream.changed.notify_all();
  }
};

ClientStream::ClientStream(std::unique_ptr<State> state) : state_(std::move(state)) {}

ClientStream::~ClientStream() {
  state_->connection->forget(state_->stream, NGHTTP2_CANCEL);
  state_->connection->give_buffer(std::move(state_->stream.in));
  state_->connection->give_buffer(std::move(state_->stream.out));
}

Result<std::unique_ptr<ClientStream>> Channel::open(std::string_view method,
                                                    const CallOptions& options) {
  auto connection = VIF_TRY(state_->acquire(options));
  auto state = std::make_unique<ClientStream::State>();
  state->connection = std::move(connection);
  state->deadline = options.deadline;
  state->stream.in = state->connection->take_buffer();
  state->stream.out = state->connection->take_buffer();
  VIF_TRY(state_->begin(state->stream, state->connection, method, options));
  return std::unique_ptr<ClientStream>(new ClientStream(std::move(state)));
}

Result<std::unique_ptr<ClientStream>> Channel::server_stream(std::string_view method,
                                                             const MessageLite& request,
                                                             const CallOptions& options) {
  auto stream = VIF_TRY(open(method, options));
  VIF_TRY(stream->state_->connection->append(stream->state_->stream, request));
  stream->state_->stream.out_end = true;
  return stream;
}

Status ClientStream::send(const MessageLite& message) {
  State& s = *state_;
  if (s.stream.closed) return Error(Code::kUnavailable, "the call has ended");
  VIF_TRY(s.connection->append(s.stream, message));
  s.connection->more(s.stream);
  return s.connection->wait_for_room(s.stream, s.deadline);
}

void ClientStream::finish_sending() { state_->connection->finish(state_->stream); }

Result<bool> ClientStream::receive(MessageLite& message) {
  State& s = *state_;
  for (;;) {
    if (s.error) return *s.error;
    auto whole = s.connection->has_message(s.stream);
    if (!whole.ok()) {
      s.end(whole.error());
      continue;
    }
    if (*whole) {
      if (auto taken = s.connection->take_message(s.stream, message); !taken.ok())
        s.end(taken.error());
      else
        return true;
      continue;
    }
    if (s.stream.closed) {
      VIF_TRY(final_status(s.stream, *s.connection));
      return false;
    }
    if (auto woken = s.stream.changed.wait(s.deadline); !woken.ok())
      s.end(call_error(woken.error()));
  }
}

Status ClientStream::wait(rt::Deadline deadline) {
  State& s = *state_;
  for (;;) {
    auto whole = s.connection->has_message(s.stream);
    if (s.error || s.stream.closed || !whole.ok() || *whole) return {};
    VIF_TRY(s.stream.changed.wait(deadline));
  }
}

void ClientStream::cancel() {
  if (!state_->stream.closed) state_->end(Error(Code::kCanceled, "context canceled"));
}

Result<const Metadata*> ClientStream::headers() {
  State& s = *state_;
  while (!s.stream.headers_done && !s.stream.closed) {
    if (auto woken = s.stream.changed.wait(s.deadline); !woken.ok())
      s.end(call_error(woken.error()));
  }
  if (s.error) return *s.error;
  return &s.stream.headers;
}

const Metadata& ClientStream::trailers() const { return state_->stream.trailers; }

}  // namespace vif::rpc
