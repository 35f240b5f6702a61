#include "topo/etcd_lock.h"

#include "proto/etcd.pb.h"
#include "rt/fiber.h"

namespace vif::topo {
namespace {

namespace pb = etcdserverpb;

constexpr rt::Duration kCleanupTimeout = std::chrono::seconds(2);

// A lease that is kept alive while this lives, and revoked after.
class Lease {
 public:
  Lease(std::shared_ptr<EtcdClient> client, int64_t id, int64_t ttl_s)
      : client_(std::move(client)), id_(id), ttl_(std::chrono::seconds(ttl_s)) {
    keeper_.spawn([this] { keep(); });
  }
  ~Lease() {
    keeper_.cancel();
    if (revoked_) return;
    const rt::Uncancelled cleanup;
    // Otherwise it runs out by itself.
    (void)client_->revoke(id_, rt::Deadline::in(kCleanupTimeout));
  }

  int64_t id() const { return id_; }
  EtcdClient& client() { return *client_; }
  Status check(rt::Deadline deadline) { return client_->keep_alive(id_, deadline); }
  Status revoke(rt::Deadline deadline) {
    revoked_ = true;
    return client_->revoke(id_, deadline);
  }

 private:
  void keep() {
    while (rt::sleep_for(ttl_ / 3).ok()) {
      auto kept = client_->keep_alive(id_, rt::Deadline::in(ttl_ / 3));
      // It is gone for good: check() will say so. Anything else may pass before the time is over.
      if (!kept.ok() && kept.error().code() == Code::kNotFound) return;
    }
  }

  std::shared_ptr<EtcdClient> client_;
  int64_t id_;
  rt::Duration ttl_;
  bool revoked_ = false;
  rt::TaskGroup keeper_;
};

class EtcdLock final : public Lock {
 public:
  EtcdLock(std::unique_ptr<Lease> lease, std::string path)
      : lease_(std::move(lease)), path_(std::move(path)) {}

  Status check(rt::Deadline deadline) override {
    if (unlocked_) return no_node("lease");
    return named(lease_->check(deadline));
  }
  Status unlock(rt::Deadline deadline) override {
    if (unlocked_) return no_node("lease");
    unlocked_ = true;
    return named(lease_->revoke(deadline));
  }

 private:
  Status named(Status status) const {
    if (status.ok()) return status;
    if (status.error().code() == Code::kNotFound) return no_node("lease");
    return interrupted(status.error(), path_);
  }
  std::unique_ptr<Lease> lease_;
  std::string path_;
  bool unlocked_ = false;
};

// Puts our key into the queue. Gives the revision that our place has.
Result<int64_t> enqueue(EtcdClient& client, const std::string& key, std::string_view contents,
                        int64_t lease, rt::Deadline deadline) {
  pb::TxnRequest request;
  pb::Compare& absent = *request.add_compare();
  absent.set_key(key);
  absent.set_target(pb::Compare::VERSION);
  absent.set_version(0);
  pb::PutRequest& put = *request.add_success()->mutable_request_put();
  put.set_key(key);
  put.set_value(std::string(contents));
  put.set_lease(lease);
  const auto response = VIF_TRY(client.txn(request, deadline));
  if (!response.succeeded())
    return Error(Code::kInternal, "etcd: a fresh lease's lock key exists already");
  return response.header().revision();
}

// The youngest key that stands before `revision` in the queue; empty when none does.
Result<std::string> key_before(EtcdClient& client, const std::string& queue, int64_t revision,
                               rt::Deadline deadline) {
  pb::RangeRequest request;
  request.set_key(queue);
  request.set_range_end(etcd_prefix_end(queue));
  request.set_sort_order(pb::RangeRequest::DESCEND);
  request.set_sort_target(pb::RangeRequest::MOD);
  request.set_max_mod_revision(revision - 1);
  request.set_limit(1);
  const auto response = VIF_TRY(client.range(request, deadline));
  return response.kvs_size() == 0 ? std::string() : response.kvs(0).key();
}

// Until `key` is deleted, or the watch has anything else to say: the queue is to be looked at again
// then.
Status wait_deleted(EtcdClient& client, const std::string& key, int64_t revision,
                    rt::Deadline deadline) {
  const auto stream = VIF_TRY(client.watch(key, "", revision, deadline));
  pb::WatchResponse response;
  for (;;) {
    VIF_TRY(stream->wait(deadline));
    if (!VIF_TRY(stream->receive(response)) || response.canceled()) return {};
    if (response.events_size() > 0) return {};
  }
}

}  // namespace

Result<std::unique_ptr<Lock>> etcd_lock(std::shared_ptr<EtcdClient> client, std::string dir,
                                        std::string_view path, std::string_view contents,
                                        int64_t ttl_s, rt::Deadline deadline) {
  const auto run = [&]() -> Result<std::unique_ptr<Lock>> {
    const int64_t id = VIF_TRY(client->grant(ttl_s, deadline));
    auto lease = std::make_unique<Lease>(client, id, ttl_s);
    const std::string queue = dir + "/locks/";
    const int64_t revision =
        VIF_TRY(enqueue(*client, queue + std::to_string(id), contents, id, deadline));
    for (;;) {
      const std::string before = VIF_TRY(key_before(*client, queue, revision, deadline));
      if (before.empty()) break;
      VIF_TRY(wait_deleted(*client, before, revision, deadline));
    }
    return std::unique_ptr<Lock>(std::make_unique<EtcdLock>(std::move(lease), std::string(path)));
  };
  auto lock = run();
  if (!lock.ok()) return interrupted(lock.error(), path);
  return lock;
}

}  // namespace vif::topo
