#include "rt/sim_world.h"

namespace vif::rt {
namespace {

constexpr size_t kWindow = 256 * 1024;  // bytes under way or unread, each direction

Error reset_error() { return Error(Code::kUnavailable, "connection reset by peer"); }
Error closed_error() { return Error(Code::kUnavailable, "connection is closed"); }

struct Message {
  std::string bytes;
  bool fin = false;
};

// Joins two ends; outlives either. Each arrival event takes the first message in flight, so none
// overtakes.
struct Link {
  SimStream* ends[2] = {nullptr, nullptr};
  uint32_t hosts[2] = {0, 0};
  std::deque<Message> in_flight[2];  // towards that end
};

void arrive(const std::shared_ptr<Link>& link, int to);

}  // namespace

class SimStream final : public Stream, private Runnable, private Timer {
 public:
  SimStream(std::shared_ptr<Link> link, int side, Address local, Address peer);
  ~SimStream();

  using Stream::write_all;
  Result<size_t> read_some(std::span<char> into, Deadline deadline) override;
  Status write_all(std::span<const std::string_view> pieces, Deadline deadline) override;
  Result<size_t> try_write(std::string_view bytes) override;
  Status wait_writable(Deadline deadline) override;
  void park(Parked& owner, Deadline deadline) override;
  void unpark() override;
  void shutdown_write() override;
  void close() override;
  bool is_unix() const override { return !peer_.unix_path.empty() || !local_.unix_path.empty(); }
  std::string local_address() const override { return text(local_); }
  std::string peer_address() const override { return text(peer_); }
  int fd() const override { return -1; }

  uint32_t host() const { return link_->hosts[side_]; }
  uint32_t peer_host() const { return link_->hosts[1 - side_]; }
  void reset();
  void receive(Message message);

 private:
  static std::string text(const Address& address) {
    return address.unix_path.empty() ? address.to_string() : address.unix_path;
  }
  SimStream* peer() const { return link_->ends[1 - side_]; }
  Status wait(Fiber*& slot, Deadline deadline);
  void wake(Fiber* fiber) {
    if (fiber != nullptr) scheduler_.wake(*fiber, Woken::kNotified);
  }
  void wake_owner(Wake reason);
  void send(Message message);
  size_t room() const { return kWindow - std::min(kWindow, unacknowledged_); }

  SimWorld& world_;
  Scheduler& scheduler_;
  std::shared_ptr<Link> link_;
  const int side_;
  const Address local_, peer_;
  const uint64_t number_;
  std::string inbox_;
  size_t taken_ = 0;           // of inbox_
  size_t unacknowledged_ = 0;  // sent and not yet read
  bool fin_seen_ = false, fin_sent_ = false, reset_ = false, closed_ = false;
  Fiber* reader_ = nullptr;
  Fiber* writer_ = nullptr;
  Parked* owner_ = nullptr;
  bool wake_started_ = false;
  Wake wake_reason_ = Wake::kReadable;
};

class SimListener final : public Listener {
 public:
  SimListener(SimWorld& world, Address address, uint32_t host)
      : world_(world), address_(std::move(address)), host_(host) {}
  ~SimListener() { close(); }

  Result<std::unique_ptr<Stream>> accept(Deadline deadline) override {
    while (!closed_ && backlog_.empty()) VIF_TRY(came_.wait(deadline));
    if (closed_) return Error(Code::kUnavailable, "listener is closed");
    std::unique_ptr<Stream> stream = std::move(backlog_.front());
    backlog_.pop_front();
    return stream;
  }
  void close() override {
    if (std::exchange(closed_, true)) return;
    world_.forget(*this);
    backlog_.clear();
    came_.notify_all();
  }
  Address address() const override { return address_; }
  uint32_t host() const { return host_; }
  void connect(std::unique_ptr<Stream> stream) {
    backlog_.push_back(std::move(stream));
    came_.notify_one();
  }

 private:
  SimWorld& world_;
  const Address address_;
  const uint32_t host_;
  bool closed_ = false;
  std::deque<std::unique_ptr<Stream>> backlog_;
  WaitQueue came_;
};

// Streams.

SimStream::SimStream(std::shared_ptr<Link> link, int side, Address local, Address peer_address)
    : world_(SimWorld::current()),
      scheduler_(Scheduler::current()),
      link_(std::move(link)),
      side_(side),
      local_(std::move(local)),
      peer_(std::move(peer_address)),
      number_(world_.next_number()) {
  link_->ends[side_] = this;
  world_.streams()[number_] = this;
  Runnable::run = [](Runnable* runnable) {
    auto& self = static_cast<SimStream&>(*runnable);
    self.scheduler_.fiber()->host = self.host();
    self.wake_started_ = false;
    std::exchange(self.owner_, nullptr)->on_wake(self.wake_reason_);
  };
  Timer::fire = [](Timer* park) { static_cast<SimStream*>(park)->wake_owner(Wake::kDeadline); };
}

SimStream::~SimStream() {
  if (wake_started_) scheduler_.take_back(*this);
  owner_ = nullptr;
  close();
  scheduler_.timers().remove(*this);
  link_->ends[side_] = nullptr;
  world_.streams().erase(number_);
}

Status SimStream::wait(Fiber*& slot, Deadline deadline) {
  VIF_ASSERT(slot == nullptr);
  slot = scheduler_.fiber();
  const Woken woken = scheduler_.suspend(deadline);
  slot = nullptr;
  return wait_status(woken);
}

Result<size_t> SimStream::read_some(std::span<char> into, Deadline deadline) {
  for (;;) {
    if (closed_) return closed_error();
    if (reset_) return reset_error();
    const size_t count = std::min(into.size(), inbox_.size() - taken_);
    if (count > 0) {
      std::memcpy(into.data(), inbox_.data() + taken_, count);
      taken_ += count;
      if (taken_ == inbox_.size()) {
        inbox_.clear();
        taken_ = 0;
      }
      if (SimStream* sender = peer()) {
        sender->unacknowledged_ -= count;
        sender->wake(sender->writer_);
      }
      return count;
    }
    if (fin_seen_) return 0;
    VIF_TRY(wait(reader_, deadline));
  }
}

Result<size_t> SimStream::try_write(std::string_view bytes) {
  if (closed_ || fin_sent_) return closed_error();
  if (reset_) return reset_error();
  const size_t count = std::min(bytes.size(), room());
  if (count == 0) return 0;
  if (world_.draw_reset()) {
    if (SimStream* other = peer()) other->reset();
    reset();
    return reset_error();
  }
  // What was written at once may well arrive in two parts.
  const size_t part = world_.below(4) == 0 ? world_.below(count + 1) : count;
  if (part > 0) send({std::string(bytes.substr(0, part))});
  if (part < count) send({std::string(bytes.substr(part, count - part))});
  return count;
}

Status SimStream::write_all(std::span<const std::string_view> pieces, Deadline deadline) {
  std::string whole;
  for (const std::string_view piece : pieces) whole += piece;
  for (size_t sent = 0; sent < whole.size();) {
    VIF_TRY(wait_writable(deadline));
    sent += VIF_TRY(try_write(std::string_view(whole).substr(sent)));
  }
  return {};
}

Status SimStream::wait_writable(Deadline deadline) {
  while (room() == 0 && !reset_ && !closed_) VIF_TRY(wait(writer_, deadline));
  if (closed_) return closed_error();
  if (reset_) return reset_error();
  return {};
}

void SimStream::send(Message message) {
  unacknowledged_ += message.bytes.size();
  link_->in_flight[1 - side_].push_back(std::move(message));
  world_.at(world_.clock_ns() + world_.draw_latency_ns(host(), peer_host()),
            [link = link_, to = 1 - side_] { arrive(link, to); });
}

namespace {

void arrive(const std::shared_ptr<Link>& link, int to) {
  SimWorld& world = SimWorld::current();
  if (world.partitioned(link->hosts[0], link->hosts[1])) {
    world.hold(link->hosts[0], link->hosts[1], [link, to] { arrive(link, to); });
    return;
  }
  std::deque<Message>& in_flight = link->in_flight[to];
  if (in_flight.empty()) return;  // lost in a reset
  Message message = std::move(in_flight.front());
  in_flight.pop_front();
  if (SimStream* receiver = link->ends[to]) {
    receiver->receive(std::move(message));
  } else if (SimStream* sender = link->ends[1 - to]; sender != nullptr && !message.fin) {
    sender->reset();  // nobody is there to read it
  }
}

}  // namespace

void SimStream::receive(Message message) {
  if (reset_) return;
  if (closed_) {
    if (!message.fin && peer() != nullptr) peer()->reset();
    return;
  }
  inbox_ += message.bytes;
  if (message.fin) fin_seen_ = true;
  wake(reader_);
  if (owner_ != nullptr) wake_owner(Wake::kReadable);
}

void SimStream::reset() {
  if (reset_) return;
  reset_ = true;
  link_->in_flight[side_].clear();
  inbox_.clear();
  taken_ = 0;
  wake(reader_);
  wake(writer_);
  if (owner_ != nullptr) wake_owner(Wake::kReadable);
}

void SimStream::shutdown_write() {
  if (fin_sent_ || reset_ || closed_) return;
  fin_sent_ = true;
  send({"", true});
}

void SimStream::close() {
  if (closed_) return;
  shutdown_write();
  closed_ = true;
  wake(reader_);
  wake(writer_);
  unpark();
}

void SimStream::park(Parked& owner, Deadline deadline) {
  VIF_ASSERT(owner_ == nullptr && reader_ == nullptr);
  owner_ = &owner;
  if (!inbox_.empty() || fin_seen_ || reset_ || closed_) {
    wake_owner(Wake::kReadable);
  } else if (!deadline.is_never()) {
    scheduler_.timers().arm(*this, deadline.instant().ns);
  }
}

void SimStream::unpark() {
  if (owner_ != nullptr) wake_owner(Wake::kUnparked);
}

void SimStream::wake_owner(Wake reason) {
  if (wake_started_) return;
  disarm();
  wake_reason_ = reason;
  wake_started_ = true;
  scheduler_.start(*this);
}

// The network.

uint32_t SimWorld::host_id(const std::string& name) {
  const auto [at, added] = host_ids_.emplace(name, static_cast<uint32_t>(host_names_.size()));
  if (added) host_names_.push_back(name);
  return at->second;
}

uint32_t SimWorld::here() const {
  const Fiber* fiber = scheduler_->fiber();
  return fiber == nullptr ? 0 : fiber->host;
}

int64_t SimWorld::draw_latency_ns(uint32_t a, uint32_t b) {
  if (a == b) return 5'000 + static_cast<int64_t>(below(15'000));
  const auto least = options_.latency_min.count();
  return least + static_cast<int64_t>(
                     below(static_cast<uint64_t>(options_.latency_max.count() - least) + 1));
}

void SimWorld::partition(uint32_t a, uint32_t b) { cuts_.insert(std::minmax(a, b)); }

void SimWorld::hold(uint32_t a, uint32_t b, Task arrival) {
  held_.push_back({std::minmax(a, b), std::move(arrival)});
}

void SimWorld::heal(uint32_t a, uint32_t b) {
  if (cuts_.erase(std::minmax(a, b)) == 0) return;
  for (Held& held : std::exchange(held_, {})) {
    const auto [one, other] = held.hosts;
    if (partitioned(one, other)) {
      held_.push_back(std::move(held));
    } else {
      at(clock_ns_ + draw_latency_ns(one, other), std::move(held.arrival));
    }
  }
  cuts_changed_.notify_all();
}

void SimWorld::crash_host(uint32_t host) {
  for (auto& [number, stream] : streams_) {
    if (stream->host() == host || stream->peer_host() == host) stream->reset();
  }
  std::vector<SimListener*> closing;
  for (auto& [key, listener] : listeners_) {
    if (key.first == host) closing.push_back(listener);
  }
  for (SimListener* listener : closing) listener->close();
}

SimWorld::ListenKey SimWorld::listen_key(const Address& address) {
  if (!address.unix_path.empty()) return {here(), address.unix_path};
  static const std::set<std::string> kOwnNames = {"",    "*",       "localhost", "127.0.0.1",
                                                  "::1", "0.0.0.0", "::"};
  return {kOwnNames.contains(address.host) ? here() : host_id(address.host),
          std::to_string(address.port)};
}

void SimWorld::forget(const SimListener& listener) {
  std::erase_if(listeners_, [&](const auto& entry) { return entry.second == &listener; });
}

Result<std::unique_ptr<Listener>> SimWorld::listen(const Address& address, const ListenOptions&) {
  Address bound = address;
  if (bound.unix_path.empty() && bound.port == 0) bound.port = next_port_++;
  const ListenKey key = listen_key(bound);
  if (listeners_.contains(key)) {
    return Error(Code::kAlreadyExists,
                 fmt::format("cannot listen on {}: address in use", bound.to_string()));
  }
  auto listener = std::make_unique<SimListener>(*this, bound, key.first);
  listeners_[key] = listener.get();
  return std::unique_ptr<Listener>(std::move(listener));
}

Result<std::unique_ptr<Stream>> SimWorld::dial(const Address& address, Deadline deadline) {
  const ListenKey key = listen_key(address);
  const uint32_t from = here();
  // There and back; what is cut waits.
  for (int leg = 0; leg < 2; ++leg) {
    while (partitioned(from, key.first)) VIF_TRY(cuts_changed_.wait(deadline));
    const Instant arrival{clock_ns_ + draw_latency_ns(from, key.first)};
    if (arrival > deadline.instant()) {
      VIF_TRY(sleep_until(deadline.instant()));
      return wait_status(Woken::kDeadline).error();
    }
    VIF_TRY(sleep_until(arrival));
  }
  const auto found = listeners_.find(key);
  if (found == listeners_.end()) {
    return Error(Code::kUnavailable,
                 fmt::format("cannot dial {}: connection refused", address.to_string()));
  }
  auto link = std::make_shared<Link>();
  link->hosts[0] = from;
  link->hosts[1] = key.first;
  const Address near =
      address.unix_path.empty() ? Address::tcp(host_name(from), next_port_++) : Address();
  auto dialled = std::make_unique<SimStream>(link, 0, near, address);
  found->second->connect(std::make_unique<SimStream>(link, 1, address, near));
  return std::unique_ptr<Stream>(std::move(dialled));
}

}  // namespace vif::rt
