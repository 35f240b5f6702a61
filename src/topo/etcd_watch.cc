#include "topo/etcd_watch.h"

#include <deque>
#include <set>

#include "proto/etcd.pb.h"
#include "rt/fiber.h"

namespace vif::topo {
namespace {

namespace pb = etcdserverpb;

constexpr rt::Duration kRetryDelay = std::chrono::milliseconds(100);

// Follows one key, or all below a prefix. It first hands out what is there, then changes from that
// revision on; when etcd has forgotten that far back it reads everything again.
class EtcdWatch final : public Watch {
 public:
  EtcdWatch(std::shared_ptr<EtcdClient> client, std::string root, std::string key, bool recursive)
      : client_(std::move(client)),
        root_(std::move(root)),
        key_(std::move(key)),
        recursive_(recursive) {
    if (recursive_) range_end_ = etcd_prefix_end(key_);
  }

  // Reads what is there now. Errors: kNotFound when a single key is not.
  Status read_all(rt::Deadline deadline);
  // What was read is what the watch began with.
  void started() { initial_ = queue_.size(); }
  Result<WatchEvent> next(rt::Deadline deadline) override;
  bool caught_up() const override { return initial_ == 0; }

 private:
  Status follow(rt::Deadline deadline);
  void take(const pb::WatchResponse& response);
  std::string path_of(const std::string& key) const { return key.substr(root_.size()); }
  std::string name() const { return path_of(key_); }
  void push(const mvccpb::KeyValue& kv) {
    known_.insert(kv.key());
    queue_.push_back({{path_of(kv.key()), kv.value(), std::to_string(kv.mod_revision())}, false});
  }

  std::shared_ptr<EtcdClient> client_;
  std::string root_;
  std::string key_;
  std::string range_end_;
  bool recursive_;
  std::unique_ptr<rpc::ClientStream> stream_;
  int64_t next_revision_ = 0;
  std::set<std::string> known_;
  std::deque<WatchEvent> queue_;
  size_t initial_ = 0;  // of the queue: what stood when the watch began
  bool reread_ = false;
};

Status EtcdWatch::read_all(rt::Deadline deadline) {
  pb::RangeRequest request;
  request.set_key(key_);
  request.set_range_end(range_end_);
  const auto response = VIF_TRY(client_->range(request, deadline));
  if (!recursive_ && response.kvs_size() == 0) return no_node(name());
  std::set<std::string> before;
  before.swap(known_);
  for (const mvccpb::KeyValue& kv : response.kvs()) push(kv);
  for (const std::string& key : before) {
    if (!known_.contains(key)) queue_.push_back({{path_of(key), {}, {}}, true});
  }
  next_revision_ = response.header().revision() + 1;
  reread_ = false;
  stream_.reset();
  return {};
}

void EtcdWatch::take(const pb::WatchResponse& response) {
  for (const mvccpb::Event& event : response.events()) {
    if (event.kv().mod_revision() >= next_revision_) next_revision_ = event.kv().mod_revision() + 1;
    if (event.type() == mvccpb::Event::PUT) {
      push(event.kv());
    } else {
      known_.erase(event.kv().key());
      queue_.push_back({{path_of(event.kv().key()), {}, {}}, true});
    }
  }
}

// Takes what the stream has next; opens it again when it broke.
Status EtcdWatch::follow(rt::Deadline deadline) {
  if (reread_) return read_all(deadline);
  if (stream_ == nullptr) {
    auto opened = client_->watch(key_, range_end_, next_revision_, deadline);
    if (!opened.ok()) {
      if (opened.error().code() != Code::kUnavailable) return opened.error();
      return rt::sleep_until(std::min(rt::Deadline::in(kRetryDelay).instant(), deadline.instant()));
    }
    stream_ = std::move(opened).value();
  }
  VIF_TRY(stream_->wait(deadline));
  pb::WatchResponse response;
  auto received = stream_->receive(response);
  if (!received.ok() || !*received) {
    stream_.reset();
    return {};
  }
  if (response.canceled()) {
    stream_.reset();
    reread_ = true;  // compacted, or the server had enough of us
    return {};
  }
  take(response);
  return {};
}

Result<WatchEvent> EtcdWatch::next(rt::Deadline deadline) {
  while (queue_.empty()) {
    if (deadline.passed()) return interrupted(Error(Code::kDeadlineExceeded, ""), name());
    if (const Status status = follow(deadline); !status.ok())
      return interrupted(status.error(), name());
  }
  WatchEvent event = std::move(queue_.front());
  queue_.pop_front();
  if (initial_ > 0) --initial_;
  if (event.deleted && !recursive_) return no_node(name());
  return event;
}

}  // namespace

Result<std::unique_ptr<Watch>> etcd_watch(std::shared_ptr<EtcdClient> client, std::string root,
                                          std::string_view path, rt::Deadline deadline) {
  const std::string key = root + std::string(path);
  auto watch = std::make_unique<EtcdWatch>(std::move(client), std::move(root), key, false);
  if (const Status read = watch->read_all(deadline); !read.ok())
    return interrupted(read.error(), path);
  watch->started();
  return std::unique_ptr<Watch>(std::move(watch));
}

Result<std::unique_ptr<Watch>> etcd_watch_recursive(std::shared_ptr<EtcdClient> client,
                                                    std::string root, std::string_view dir,
                                                    rt::Deadline deadline) {
  const std::string key = root + std::string(dir);
  auto watch = std::make_unique<EtcdWatch>(std::move(client), std::move(root), key, true);
  if (const Status read = watch->read_all(deadline); !read.ok())
    return interrupted(read.error(), dir);
  watch->started();
  return std::unique_ptr<Watch>(std::move(watch));
}

}  // namespace vif::topo
