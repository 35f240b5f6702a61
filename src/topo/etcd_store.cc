#include "topo/etcd_store.h"

#include "proto/etcd.pb.h"
#include "topo/etcd_client.h"
#include "topo/etcd_lock.h"
#include "topo/etcd_watch.h"

namespace vif::topo {
namespace {

namespace pb = etcdserverpb;

constexpr int64_t kNamedLockTtlSeconds = 24 * 3600;

void compare_mod(pb::TxnRequest& request, const std::string& key, int64_t revision) {
  pb::Compare& compare = *request.add_compare();
  compare.set_key(key);
  compare.set_target(pb::Compare::MOD);
  compare.set_mod_revision(revision);
}

Result<int64_t> revision_of(const Version& version, std::string_view path) {
  int64_t revision = 0;
  for (char c : version) {
    if (c < '0' || c > '9') return bad_version(path);
    revision = revision * 10 + (c - '0');
  }
  return revision;
}

class EtcdConnection final : public Connection {
 public:
  EtcdConnection(std::shared_ptr<EtcdClient> client, std::string root, int64_t lease_ttl_s)
      : client_(std::move(client)), root_(std::move(root)), lease_ttl_s_(lease_ttl_s) {}

  Result<std::vector<DirEntry>> list_dir(std::string_view path, rt::Deadline deadline) override;
  Result<Version> create(std::string_view path, std::string_view contents,
                         rt::Deadline deadline) override;
  Result<Version> update(std::string_view path, std::string_view contents, const Version& version,
                         rt::Deadline deadline) override;
  Result<File> get(std::string_view path, rt::Deadline deadline) override;
  Result<std::vector<File>> list(std::string_view prefix, rt::Deadline deadline) override;
  Status remove(std::string_view path, const Version& version, rt::Deadline deadline) override;
  Result<std::unique_ptr<Lock>> lock(std::string_view dir, std::string_view contents,
                                     rt::Deadline deadline) override;
  Result<std::unique_ptr<Lock>> try_lock(std::string_view dir, std::string_view contents,
                                         rt::Deadline deadline) override;
  Result<std::unique_ptr<Lock>> lock_name(std::string_view dir, std::string_view contents,
                                          rt::Deadline deadline) override;
  Result<std::unique_ptr<Watch>> watch(std::string_view path, rt::Deadline deadline) override;
  Result<std::unique_ptr<Watch>> watch_recursive(std::string_view dir,
                                                 rt::Deadline deadline) override;

 private:
  std::string key(std::string_view path) const { return root_ + std::string(path); }
  Result<std::unique_ptr<Lock>> queue(std::string_view dir, std::string_view contents,
                                      int64_t ttl_s, rt::Deadline deadline) {
    return etcd_lock(client_, key(dir), dir, contents, ttl_s, deadline);
  }

  std::shared_ptr<EtcdClient> client_;
  std::string root_;  // with its final slash
  int64_t lease_ttl_s_;
};

Result<std::vector<DirEntry>> EtcdConnection::list_dir(std::string_view path,
                                                       rt::Deadline deadline) {
  const std::string prefix = path.empty() ? root_ : key(path) + "/";
  pb::RangeRequest request;
  request.set_key(prefix);
  request.set_range_end(etcd_prefix_end(prefix));
  request.set_keys_only(true);
  auto response = client_->range(request, deadline);
  if (!response.ok()) return interrupted(response.error(), path);
  if (response->kvs_size() == 0) return no_node(path);
  std::map<std::string, DirEntry> entries;
  for (const mvccpb::KeyValue& kv : response->kvs()) {
    const std::string rest = kv.key().substr(prefix.size());
    const size_t slash = rest.find('/');
    DirEntry fresh{rest.substr(0, slash), slash != std::string::npos, true};
    DirEntry& entry = entries.try_emplace(fresh.name, fresh).first->second;
    entry.directory = entry.directory || fresh.directory;
    entry.ephemeral = entry.ephemeral && kv.lease() != 0;
  }
  std::vector<DirEntry> sorted;
  for (auto& [name, entry] : entries) sorted.push_back(std::move(entry));
  return sorted;
}

Result<Version> EtcdConnection::create(std::string_view path, std::string_view contents,
                                       rt::Deadline deadline) {
  pb::TxnRequest request;
  pb::Compare& absent = *request.add_compare();
  absent.set_key(key(path));
  absent.set_target(pb::Compare::VERSION);
  absent.set_version(0);
  pb::PutRequest& put = *request.add_success()->mutable_request_put();
  put.set_key(key(path));
  put.set_value(std::string(contents));
  auto response = client_->txn(request, deadline);
  if (!response.ok()) return interrupted(response.error(), path);
  if (!response->succeeded()) return node_exists(path);
  return std::to_string(response->header().revision());
}

Result<Version> EtcdConnection::update(std::string_view path, std::string_view contents,
                                       const Version& version, rt::Deadline deadline) {
  pb::PutRequest put;
  put.set_key(key(path));
  put.set_value(std::string(contents));
  if (version.empty()) {
    auto response = client_->put(put, deadline);
    if (!response.ok()) return interrupted(response.error(), path);
    return std::to_string(response->header().revision());
  }
  pb::TxnRequest request;
  compare_mod(request, key(path), VIF_TRY(revision_of(version, path)));
  *request.add_success()->mutable_request_put() = put;
  request.add_failure()->mutable_request_range()->set_key(key(path));
  auto response = client_->txn(request, deadline);
  if (!response.ok()) return interrupted(response.error(), path);
  if (response->succeeded()) return std::to_string(response->header().revision());
  if (response->responses(0).response_range().kvs_size() == 0) return no_node(path);
  return bad_version(path);
}

Result<File> EtcdConnection::get(std::string_view path, rt::Deadline deadline) {
  pb::RangeRequest request;
  request.set_key(key(path));
  auto response = client_->range(request, deadline);
  if (!response.ok()) return interrupted(response.error(), path);
  if (response->kvs_size() == 0) return no_node(path);
  return File{std::string(path), response->kvs(0).value(),
              std::to_string(response->kvs(0).mod_revision())};
}

Result<std::vector<File>> EtcdConnection::list(std::string_view prefix, rt::Deadline deadline) {
  pb::RangeRequest request;
  request.set_key(key(prefix));
  request.set_range_end(etcd_prefix_end(key(prefix)));
  auto response = client_->range(request, deadline);
  if (!response.ok()) return interrupted(response.error(), prefix);
  if (response->kvs_size() == 0) return no_node(prefix);
  std::vector<File> files;
  for (const mvccpb::KeyValue& kv : response->kvs()) {
    files.push_back({kv.key().substr(root_.size()), kv.value(), std::to_string(kv.mod_revision())});
  }
  return files;
}

Status EtcdConnection::remove(std::string_view path, const Version& version,
                              rt::Deadline deadline) {
  pb::DeleteRangeRequest one;
  one.set_key(key(path));
  if (version.empty()) {
    auto response = client_->delete_range(one, deadline);
    if (!response.ok()) return interrupted(response.error(), path);
    if (response->deleted() == 0) return no_node(path);
    return {};
  }
  pb::TxnRequest request;
  compare_mod(request, key(path), VIF_TRY(revision_of(version, path)));
  *request.add_success()->mutable_request_delete_range() = one;
  request.add_failure()->mutable_request_range()->set_key(key(path));
  auto response = client_->txn(request, deadline);
  if (!response.ok()) return interrupted(response.error(), path);
  if (response->succeeded()) return {};
  if (response->responses(0).response_range().kvs_size() == 0) return no_node(path);
  return bad_version(path);
}

Result<std::unique_ptr<Lock>> EtcdConnection::lock(std::string_view dir, std::string_view contents,
                                                   rt::Deadline deadline) {
  VIF_TRY(list_dir(dir, deadline));
  return queue(dir, contents, lease_ttl_s_, deadline);
}

Result<std::unique_ptr<Lock>> EtcdConnection::try_lock(std::string_view dir,
                                                       std::string_view contents,
                                                       rt::Deadline deadline) {
  for (const DirEntry& entry : VIF_TRY(list_dir(dir, deadline))) {
    if (entry.name == "locks" && entry.directory && entry.ephemeral) {
      return node_exists(fmt::format("lock already exists at path {}", dir));
    }
  }
  return queue(dir, contents, lease_ttl_s_, deadline);
}

Result<std::unique_ptr<Lock>> EtcdConnection::lock_name(std::string_view dir,
                                                        std::string_view contents,
                                                        rt::Deadline deadline) {
  return queue(dir, contents, kNamedLockTtlSeconds, deadline);
}

Result<std::unique_ptr<Watch>> EtcdConnection::watch(std::string_view path, rt::Deadline deadline) {
  return etcd_watch(client_, root_, path, deadline);
}

Result<std::unique_ptr<Watch>> EtcdConnection::watch_recursive(std::string_view dir,
                                                               rt::Deadline deadline) {
  return etcd_watch_recursive(client_, root_, dir.empty() ? std::string() : std::string(dir) + "/",
                              deadline);
}

}  // namespace

Result<std::unique_ptr<Connection>> EtcdStore::connect(std::string_view, std::string_view address,
                                                       std::string_view root) {
  std::shared_ptr<EtcdClient> client = VIF_TRY(EtcdClient::make(address, options_.tls));
  // Roots are written with and without slashes at either end; "/" alone means none.
  while (root.ends_with('/')) root.remove_suffix(1);
  return std::unique_ptr<Connection>(std::make_unique<EtcdConnection>(
      std::move(client), std::string(root) + "/", options_.lease_ttl_s));
}

}  // namespace vif::topo
