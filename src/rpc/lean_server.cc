#include "rpc/lean_server.h"

#include <google/protobuf/message_lite.h>

#include "base/bytes.h"
#include "rpc/status.h"
#include "rt/fiber.h"

namespace vif::rpc {
namespace {

constexpr size_t kMethodsMax = 1000;
constexpr size_t kPathMax = 1000;
constexpr size_t kBytesKept = 16 << 10;

}  // namespace

// One call: its request, its handler's fiber. Used again for the next call of its number.
class LeanServerCall final : public ServerCall {
 public:
  LeanServerCall(LeanServerLink& link, uint32_t number) : id(number), link_(link) {}

  std::string_view method() const override { return link_.methods_[method_number].path; }
  const Metadata& metadata() const override { return link_.metadata_; }
  rt::Deadline deadline() const override { return deadline_; }
  std::string peer_address() const override { return link_.transport().peer_address(); }
  std::string peer_common_name() const override { return link_.transport().peer_common_name(); }
  Result<bool> receive(MessageLite& message) override;
  Status send(const MessageLite& message) override { return send_any(message); }
  Result<std::string_view> receive_bytes() override;
  Status send_bytes(std::string_view message) override { return send_any(message); }
  std::string& scratch() override { return scratch_; }
  // Nobody asks for these on the calls that lean frames are for.
  void add_header(std::string, std::string) override {}
  void add_trailer(std::string, std::string) override {}

  // The handler has returned `status`.
  void end(const Status& status);
  // Large ones do not wait for the next call.
  void release_buffers() {
    if (request.capacity() > kBytesKept) std::string().swap(request);
    if (scratch_.capacity() > kBytesKept) std::string().swap(scratch_);
  }

  const uint32_t id;
  uint16_t method_number = 0;
  std::string request;
  bool received = false;
  bool running = false;
  bool cancelled = false;
  int64_t credit = 0;  // bytes that the client still takes
  LeanLink::Place last_message;
  rt::Deadline deadline_ = rt::Deadline::never();
  rt::WaitQueue credited;
  std::optional<rt::TaskGroup> fiber;

 private:
  template <typename Message>
  Status send_any(const Message& message);

  std::string scratch_;
  LeanServerLink& link_;
};

Result<bool> LeanServerCall::receive(MessageLite& message) {
  if (received) return false;
  received = true;
  const bool parsed = message.ParseFromString(request);
  if (!parsed) return Error(Code::kInternal, "grpc: failed to unmarshal the received message");
  return true;
}

Result<std::string_view> LeanServerCall::receive_bytes() {
  if (received) return Error(Code::kInternal, "a call has one request");
  received = true;
  return std::string_view(request);
}

template <typename Message>
Status LeanServerCall::send_any(const Message& message) {
  while (credit <= 0 && !cancelled && !link_.broken()) VIF_TRY(credited.wait(deadline_));
  if (cancelled || link_.broken()) return Error(Code::kCanceled, "context canceled");
  const LeanLink::Place place = link_.next_place();
  VIF_TRY(link_.append({0, id, LeanKind::kMessage, 0, 0}, {}, message));
  last_message = place;
  if constexpr (requires { message.GetCachedSize(); }) {
    credit -= static_cast<int64_t>(message.GetCachedSize());
  } else {
    credit -= static_cast<int64_t>(message.size());
  }
  return link_.wait_for_room(deadline_);
}

void LeanServerCall::end(const Status& status) {
  if (!status.ok()) return link_.refuse(id, status.error(), 0);
  if (link_.add_flags(last_message, kLeanLast)) return;
  link_.append({0, id, LeanKind::kEnd, 0, 0}, {});
}

LeanServerLink::LeanServerLink(std::unique_ptr<rt::Stream> stream, const LeanOptions& lean,
                               const ServerOptions& options, const Handlers& handlers,
                               uint64_t instance, std::string_view already_read)
    : LeanLink(std::move(stream), lean, already_read),
      options_(options),
      handlers_(handlers),
      instance_(instance) {}

LeanServerLink::~LeanServerLink() = default;

void LeanServerLink::run() {
  {
    rt::TaskGroup writer;
    writer.spawn([this] { write_loop(); });
    read_loop();
  }
  const rt::Uncancelled cleanup;
  for (auto& call : calls_) {
    if (call == nullptr || !call->running) continue;
    call->cancelled = true;
    call->fiber->cancel();
  }
  while (running_ != 0) {
    if (!idle_.wait(rt::Deadline::never()).ok()) break;
  }
  calls_.clear();
}

void LeanServerLink::drain() {
  if (std::exchange(draining_, true)) return;
  append({0, 0, LeanKind::kGoAway, 0, 0}, {});
}

void LeanServerLink::refuse(uint32_t id, const Error& error, uint8_t flags) {
  append({0, id, LeanKind::kEnd, flags, static_cast<uint16_t>(error.code())}, wire_message(error));
}

Status LeanServerLink::on_frame(const LeanHead& head, std::string_view payload) {
  if (!greeted_ && head.kind != LeanKind::kHello)
    return Error(Code::kInvalidArgument, "lean frame: no hello");
  switch (head.kind) {
    case LeanKind::kHello: return on_hello(payload);
    case LeanKind::kMethod: return on_method(head, payload);
    case LeanKind::kRequest: return on_request(head, payload);
    case LeanKind::kCancel:
      if (LeanServerCall* call = find(head.call);
          call != nullptr && call->running && !call->cancelled) {
        call->cancelled = true;
        call->fiber->cancel();
      }
      return {};
    case LeanKind::kCredit: {
      ByteReader reader(payload);
      const uint32_t bytes = reader.u32();
      if (!reader.ok()) return Error(Code::kInvalidArgument, "lean frame: malformed credit");
      if (LeanServerCall* call = find(head.call); call != nullptr && call->running) {
        call->credit = std::min<int64_t>(call->credit + bytes, window_bytes_);
        call->credited.notify_all();
      }
      return {};
    }
    default:
      // Of a later version, to be passed over.
      return {};
  }
}

Status LeanServerLink::on_hello(std::string_view payload) {
  if (greeted_) return Error(Code::kInvalidArgument, "lean frame: a second hello");
  LeanHello theirs = VIF_TRY(LeanHello::parse(payload));
  if (theirs.version == 0 || theirs.window_bytes == 0) {
    return Error(Code::kInvalidArgument, "lean frame: malformed hello");
  }
  greeted_ = true;
  window_bytes_ = theirs.window_bytes;
  metadata_ = std::move(theirs.metadata);
  LeanHello ours;
  ours.instance = instance_;
  ours.version = std::min(theirs.version, kLeanVersion);
  append({0, 0, LeanKind::kHello, 0, 0}, ours.encode());
  return {};
}

Status LeanServerLink::on_method(const LeanHead& head, std::string_view path) {
  if (head.extra != methods_.size() || methods_.size() >= kMethodsMax || path.size() > kPathMax) {
    return Error(Code::kInvalidArgument, "lean frame: methods are numbered from 0 on");
  }
  std::string name(path);
  auto handler = find_handler(handlers_, name);
  methods_.push_back({std::move(name), std::move(handler)});
  return {};
}

Status LeanServerLink::on_request(const LeanHead& head, std::string_view payload) {
  ByteReader reader(payload);
  const uint64_t timeout_us = reader.u64();
  if (!reader.ok() || head.extra >= methods_.size()) {
    return Error(Code::kInvalidArgument, "lean frame: malformed request");
  }
  if (head.call >= options_.streams_max) {
    refuse(head.call, Error(Code::kUnavailable, "too many calls"), kLeanRefused);
    return {};
  }
  // Numbers are used again before higher ones are.
  if (head.call > calls_.size())
    return Error(Code::kInvalidArgument, "lean frame: calls are numbered from 0 on");
  if (head.call == calls_.size())
    calls_.push_back(std::make_unique<LeanServerCall>(*this, head.call));
  LeanServerCall& call = *calls_[head.call];
  if (call.running) return Error(Code::kInvalidArgument, "lean frame: the call's number is in use");
  if (draining_) {
    refuse(head.call, Error(Code::kUnavailable, "the server is going away"), kLeanRefused);
    return {};
  }
  // A cancelled group stays so.
  if (!call.fiber || call.cancelled) call.fiber.emplace();
  call.method_number = head.extra;
  call.request.assign(reader.rest());
  call.received = call.cancelled = false;
  call.running = true;
  call.credit = window_bytes_;
  call.last_message = {};
  constexpr uint64_t kTimeoutMaxUs = 100ull * 365 * 86400 * 1'000'000;
  call.deadline_ =
      timeout_us == 0
          ? rt::Deadline::never()
          : rt::Deadline::in(std::chrono::microseconds(std::min(timeout_us, kTimeoutMaxUs)));
  ++running_;
  call.fiber->spawn([this, &call] { run_call(call); });
  return {};
}

void LeanServerLink::run_call(LeanServerCall& call) {
  const auto handle = [&]() -> Status {
    const Handler* handler = VIF_TRY(methods_[call.method_number].handler);
    if (options_.authorize) VIF_TRY(options_.authorize(call));
    return (*handler)(call);
  };
  call.end(handle());
  call.release_buffers();
  call.running = false;
  if (--running_ == 0) idle_.notify_all();
}

Status LeanServerLink::on_oversize(const LeanHead& head) {
  if (!greeted_ || head.kind != LeanKind::kRequest) {
    return Error(Code::kInvalidArgument, "lean frame: oversized frame");
  }
  if (LeanServerCall* call = find(head.call); call != nullptr && call->running) {
    return Error(Code::kInvalidArgument, "lean frame: the call's number is in use");
  }
  if (head.call < options_.streams_max) {
    if (head.call > calls_.size())
      return Error(Code::kInvalidArgument, "lean frame: calls are numbered from 0 on");
    if (head.call == calls_.size())
      calls_.push_back(std::make_unique<LeanServerCall>(*this, head.call));
  }
  refuse(head.call, too_large(head.size - kLeanRequestPrefix), 0);
  return {};
}

}  // namespace vif::rpc
