#include "rpc/lean_client.h"

#include <google/protobuf/message_lite.h>

#include "base/bytes.h"
#include "base/log.h"
#include "rpc/lean.h"
#include "rpc/status.h"
#include "rt/fiber.h"

namespace vif::rpc {
namespace {

constexpr size_t kSizeBytes = 4;
constexpr rt::Duration kBackoffMin = std::chrono::milliseconds(100);
constexpr rt::Duration kBackoffMax = std::chrono::seconds(5);

Error call_error(const Error& wait_error) {
  if (wait_error.code() == Code::kDeadlineExceeded) {
    return Error(Code::kDeadlineExceeded, "context deadline exceeded");
  }
  return Error(Code::kCanceled, "context canceled");
}

}  // namespace

std::vector<std::string> LeanTarget::texts() const {
  std::vector<std::string> all;
  for (const rt::Address& address : addresses) all.push_back(address.to_string());
  return all;
}

class LeanClientLink final : public LeanLink {
 public:
  LeanClientLink(std::unique_ptr<rt::Stream> stream, const LeanOptions& options,
                 std::string_view already_read, uint32_t window_bytes)
      : LeanLink(std::move(stream), options, already_read), window_bytes_(window_bytes) {}

  bool usable() const { return !broken() && !draining_ && !retired_; }
  // Takes no more calls, and goes with the last of those it has.
  void retire() {
    retired_ = true;
    close_if_done();
  }

  template <typename Message>
  Status open(LeanCall& call, std::string_view method, const Message& request,
              rt::Deadline deadline);
  // The call is told nothing any more.
  void abandon(LeanCall& call);
  void took(LeanCall& call, size_t bytes);

 private:
  Status on_frame(const LeanHead& head, std::string_view payload) override;
  Status on_oversize(const LeanHead& head) override;
  void on_broken() override;
  bool has_calls() const override { return call_count_ != 0; }
  uint16_t number_of(std::string_view method);
  // Null when the call was abandoned. Errors: kUnavailable, there is no such call.
  Result<LeanCall*> find(uint32_t id) const;
  void end(uint32_t id, std::optional<Error> error, bool refused);
  void close_if_done() {
    if ((retired_ || draining_) && call_count_ == 0)
      fail(Error(Code::kUnavailable, "the connection is closing"));
  }

  const uint32_t window_bytes_;
  struct Slot {
    LeanCall* call = nullptr;  // null: abandoned
    bool busy = false;         // not ended by the server
  };
  std::vector<Slot> slots_;  // by the call's number
  std::vector<uint32_t> free_;
  size_t call_count_ = 0;  // busy slots
  std::vector<std::string> methods_;
  bool draining_ = false;
  bool retired_ = false;
};

uint16_t LeanClientLink::number_of(std::string_view method) {
  for (size_t i = 0; i < methods_.size(); ++i) {
    if (methods_[i] == method) return static_cast<uint16_t>(i);
  }
  const auto number = static_cast<uint16_t>(methods_.size());
  methods_.emplace_back(method);
  append({0, 0, LeanKind::kMethod, 0, number}, method);
  return number;
}

template <typename Message>
Status LeanClientLink::open(LeanCall& call, std::string_view method, const Message& request,
                            rt::Deadline deadline) {
  const uint16_t number = number_of(method);
  const bool fresh = free_.empty();
  const uint32_t id = fresh ? static_cast<uint32_t>(slots_.size()) : free_.back();
  int64_t timeout_us = 0;
  if (!deadline.is_never()) timeout_us = std::max<int64_t>(1, deadline.remaining().count() / 1000);
  char prefix[kLeanRequestPrefix];
  std::memcpy(prefix, &timeout_us, sizeof prefix);
  VIF_TRY(append({0, id, LeanKind::kRequest, 0, number}, {prefix, sizeof prefix}, request));
  if (fresh) {
    slots_.emplace_back();
  } else {
    free_.pop_back();
  }
  slots_[id] = {&call, true};
  ++call_count_;
  call.id_ = id;
  call.open_ = true;
  return {};
}

void LeanClientLink::abandon(LeanCall& call) {
  if (!call.open_) return;
  call.open_ = false;
  slots_[call.id_].call = nullptr;
  append({0, call.id_, LeanKind::kCancel, 0, 0}, {});
}

void LeanClientLink::took(LeanCall& call, size_t bytes) {
  call.taken_ += bytes;
  if (call.taken_ < window_bytes_ / 2 || !call.open_) return;
  const auto credit = static_cast<uint32_t>(std::exchange(call.taken_, 0));
  append({0, call.id_, LeanKind::kCredit, 0, 0},
         {reinterpret_cast<const char*>(&credit), sizeof credit});
}

Result<LeanCall*> LeanClientLink::find(uint32_t id) const {
  if (id >= slots_.size() || !slots_[id].busy) {
    return Error(Code::kUnavailable, "lean frame: message of a call that was not made");
  }
  return slots_[id].call;
}

void LeanClientLink::end(uint32_t id, std::optional<Error> error, bool refused) {
  LeanCall* call = std::exchange(slots_[id], Slot()).call;
  free_.push_back(id);
  --call_count_;
  if (call != nullptr) {
    call->open_ = false;
    call->refused_ = refused;
    if (error) call->error_ = std::move(error);
    call->changed_.notify_all();
  }
  close_if_done();
}

Status LeanClientLink::on_frame(const LeanHead& head, std::string_view payload) {
  switch (head.kind) {
    case LeanKind::kMessage: {
      LeanCall* call = VIF_TRY(find(head.call));
      if (call != nullptr) {
        if (call->in_at_ == call->in_.size()) {
          call->in_.clear();
          call->in_at_ = 0;
        }
        append_fixed(call->in_, payload.size(), kSizeBytes);
        call->in_.append(payload);
      }
      if ((head.flags & kLeanLast) != 0) {
        end(head.call, std::nullopt, false);
      } else if (call != nullptr) {
        call->changed_.notify_all();
      }
      return {};
    }
    case LeanKind::kEnd: {
      VIF_TRY(find(head.call));
      std::optional<Error> error;
      if (head.extra != 0) error = error_from_wire(head.extra, std::string(payload));
      end(head.call, std::move(error), (head.flags & kLeanRefused) != 0);
      return {};
    }
    case LeanKind::kGoAway:
      draining_ = true;
      close_if_done();
      return {};
    default:
      // Of a later version, to be passed over.
      return {};
  }
}

Status LeanClientLink::on_oversize(const LeanHead& head) {
  if (head.kind != LeanKind::kMessage)
    return Error(Code::kUnavailable, "lean frame: oversized frame");
  LeanCall* call = VIF_TRY(find(head.call));
  if (call != nullptr) call->error_ = too_large(head.size);
  if ((head.flags & kLeanLast) != 0) {
    end(head.call, std::nullopt, false);
  } else if (call != nullptr) {
    abandon(*call);
    call->changed_.notify_all();
  }
  return {};
}

void LeanClientLink::on_broken() {
  for (Slot& slot : slots_) {
    LeanCall* call = std::exchange(slot.call, nullptr);
    if (call == nullptr) continue;
    call->open_ = false;
    if (!call->error_) call->error_ = error();
    call->changed_.notify_all();
  }
}

struct LeanChannel::State {
  explicit State(ChannelOptions options_) : options(std::move(options_)) {}

  Result<std::shared_ptr<LeanClientLink>> acquire(rt::Deadline deadline);
  Result<std::shared_ptr<LeanClientLink>> dial(const rt::Address& address, rt::Deadline deadline);
  void use(std::shared_ptr<LeanClientLink> fresh) {
    if (link != nullptr) link->retire();
    link = std::move(fresh);
  }

  ChannelOptions options;
  LeanTarget target;
  std::shared_ptr<LeanClientLink> link;
  bool closed = false;
  rt::Mutex dialing;
  rt::Instant dial_after{};
  rt::Duration backoff{};
  rt::TaskGroup fibers;  // last: its fibers use the rest
};

LeanChannel::LeanChannel(ChannelOptions options)
    : state_(std::make_unique<State>(std::move(options))) {}

LeanChannel::~LeanChannel() { close(); }

void LeanChannel::close() {
  state_->closed = true;
  if (state_->link != nullptr)
    state_->link->fail(Error(Code::kUnavailable, "the channel is closed"));
}

void LeanChannel::set_target(LeanTarget target) {
  if (target == state_->target) return;
  state_->target = std::move(target);
  state_->backoff = {};
  state_->dial_after = {};
  state_->use(nullptr);
}

bool LeanChannel::ready() const {
  const State& s = *state_;
  if (s.closed || s.target.instance == 0) return false;
  return (s.link != nullptr && s.link->usable()) || rt::now() >= s.dial_after;
}

Result<std::shared_ptr<LeanClientLink>> LeanChannel::State::acquire(rt::Deadline deadline) {
  if (link != nullptr && link->usable()) return link;
  if (auto locked = dialing.lock(deadline); !locked.ok()) return call_error(locked.error());
  struct Unlock {
    rt::Mutex& mutex;
    ~Unlock() { mutex.unlock(); }
  } unlock{dialing};
  if (link != nullptr && link->usable()) return link;
  if (closed || target.instance == 0 || rt::now() < dial_after) {
    return Error(Code::kUnavailable, "no lean connection");
  }
  const LeanTarget wanted = target;
  std::optional<Error> last;
  for (const rt::Address& address : wanted.addresses) {
    auto dialed = dial(address, deadline);
    if (dialed.ok() && wanted == target) {
      backoff = {};
      use(*dialed);
      return *dialed;
    }
    if (dialed.ok()) {
      (*dialed)->retire();
      return Error(Code::kUnavailable, "the tablet has moved");
    }
    last = dialed.error();
    if (last->code() == Code::kCanceled || deadline.passed()) return call_error(*last);
  }
  backoff = std::clamp(backoff * 2, kBackoffMin, kBackoffMax);
  dial_after = rt::now() + backoff;
  return last ? *last : Error(Code::kUnavailable, "no address");
}

Result<std::shared_ptr<LeanClientLink>> LeanChannel::State::dial(const rt::Address& address,
                                                                 rt::Deadline deadline) {
  const rt::Deadline until = deadline.earlier(rt::Deadline::in(options.connect_timeout));
  auto stream = VIF_TRY(rt::dial(address, until));
  if (options.tls != nullptr) {
    const std::string& name =
        options.tls_server_name.empty() ? target.host : options.tls_server_name;
    stream = VIF_TRY(rt::tls_connect(std::move(stream), options.tls, name, until, "h2"));
  }
  LeanHello hello;
  hello.window_bytes = options.window_bytes;
  hello.metadata = options.metadata;
  const std::string payload = hello.encode();
  std::string bytes(kLeanPreface);
  bytes.resize(bytes.size() + kLeanHeadBytes);
  put_head(bytes.data() + kLeanPreface.size(),
           {static_cast<uint32_t>(payload.size()), 0, LeanKind::kHello, 0, 0});
  VIF_TRY(stream->write_all(bytes + payload, until));

  char answer[512];
  size_t got = 0;
  LeanHead head;
  while (got < kLeanHeadBytes || got < kLeanHeadBytes + head.size) {
    const size_t count = VIF_TRY(stream->read_some({answer + got, sizeof answer - got}, until));
    if (count == 0) return Error(Code::kUnavailable, "the server speaks no lean frames");
    got += count;
    if (got < kLeanHeadBytes) continue;
    head = read_head(answer);
    if (head.kind != LeanKind::kHello || head.size > sizeof answer - kLeanHeadBytes) {
      return Error(Code::kUnavailable, "the server speaks no lean frames");
    }
  }
  const LeanHello theirs = VIF_TRY(LeanHello::parse({answer + kLeanHeadBytes, head.size}));
  if (theirs.version != kLeanVersion) {
    return Error(Code::kUnavailable,
                 fmt::format("the server speaks lean frames of version {}", theirs.version));
  }
  if (theirs.instance != target.instance)
    return Error(Code::kUnavailable, "another server answers there");
  const LeanOptions link_options{options.message_bytes_max, options.keepalive_time,
                                 options.keepalive_timeout};
  const size_t used = kLeanHeadBytes + head.size;
  auto made = std::make_shared<LeanClientLink>(std::move(stream), link_options,
                                               std::string_view(answer + used, got - used),
                                               options.window_bytes);
  fibers.spawn([made] { made->read_loop(); });
  fibers.spawn([made] { made->write_loop(); });
  return made;
}

LeanCall::~LeanCall() {
  if (link_ == nullptr) return;
  link_->abandon(*this);
  link_->give_buffer(std::move(in_));
}

Status LeanCall::start(std::string_view method, const MessageLite& request, rt::Deadline deadline) {
  VIF_TRY(connect(deadline));
  return send(method, request);
}

Status LeanCall::connect(rt::Deadline deadline) {
  deadline_ = deadline;
  refused_ = true;  // until something went out
  link_ = VIF_TRY(channel_.state_->acquire(deadline));
  in_ = link_->take_buffer();
  if (auto room = link_->wait_for_room(deadline); !room.ok()) {
    return link_->broken() ? room.error() : call_error(room.error());
  }
  return {};
}

template <typename Message>
Status LeanCall::open(std::string_view method, const Message& request) {
  VIF_TRY(link_->open(*this, method, request, deadline_));
  refused_ = false;
  return {};
}

Status LeanCall::send(std::string_view method, const MessageLite& request) {
  return open(method, request);
}

Status LeanCall::send_bytes(std::string_view method, std::string_view request) {
  return open(method, request);
}

Result<bool> LeanCall::receive(MessageLite& message) {
  std::string_view bytes;
  if (!VIF_TRY(receive_bytes(bytes))) return false;
  if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return true;
  link_->abandon(*this);
  return Error(Code::kInternal, "grpc: failed to unmarshal the received message");
}

Result<bool> LeanCall::receive_bytes(std::string_view& message) {
  for (;;) {
    if (in_at_ < in_.size()) {
      uint32_t size = 0;
      std::memcpy(&size, in_.data() + in_at_, kSizeBytes);
      message = std::string_view(in_).substr(in_at_ + kSizeBytes, size);
      in_at_ += kSizeBytes + size;
      link_->took(*this, size);
      return true;
    }
    if (error_) return *error_;
    if (!open_) return false;
    if (auto woken = changed_.wait(deadline_); !woken.ok()) {
      link_->abandon(*this);
      error_ = call_error(woken.error());
    }
  }
}

Status LeanChannel::unary(std::string_view method, const MessageLite& request,
                          MessageLite& response, rt::Deadline deadline, bool& refused) {
  LeanCall call(*this);
  const auto run = [&]() -> Status {
    VIF_TRY(call.start(method, request, deadline));
    if (VIF_TRY(call.receive(response))) return {};
    return Error(Code::kInternal, "the server sent no response to a unary call");
  };
  Status done = run();
  refused = call.refused();
  return done;
}

}  // namespace vif::rpc
