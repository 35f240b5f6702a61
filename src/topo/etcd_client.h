// etcd's v3 API over our gRPC client: single calls, on whichever of the cluster's members answers.
// Private to topo/.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rpc/channel.h"
#include "rt/time.h"
#include "rt/tls.h"

namespace etcdserverpb {
class DeleteRangeRequest;
class DeleteRangeResponse;
class LeaseGrantRequest;
class LeaseGrantResponse;
class LeaseRevokeRequest;
class LeaseRevokeResponse;
class PutRequest;
class PutResponse;
class RangeRequest;
class RangeResponse;
class TxnRequest;
class TxnResponse;
}  // namespace etcdserverpb

namespace vif::topo {

// Errors are those of rpc/channel.h. Belongs to one scheduler.
class EtcdClient {
 public:
  // `addresses`: "host:port", several joined by commas, each with or without "http://" or
  // "https://".
  static Result<std::unique_ptr<EtcdClient>> make(std::string_view addresses,
                                                  rt::TlsContextPtr tls);

  Result<etcdserverpb::RangeResponse> range(const etcdserverpb::RangeRequest& request,
                                            rt::Deadline deadline);
  Result<etcdserverpb::PutResponse> put(const etcdserverpb::PutRequest& request,
                                        rt::Deadline deadline);
  Result<etcdserverpb::DeleteRangeResponse> delete_range(
      const etcdserverpb::DeleteRangeRequest& request, rt::Deadline deadline);
  Result<etcdserverpb::TxnResponse> txn(const etcdserverpb::TxnRequest& request,
                                        rt::Deadline deadline);
  // The new lease's id.
  Result<int64_t> grant(int64_t ttl_s, rt::Deadline deadline);
  Status revoke(int64_t lease, rt::Deadline deadline);
  // Starts the lease's time anew. Errors: kNotFound when it is gone.
  Status keep_alive(int64_t lease, rt::Deadline deadline);
  // A stream of changes under `key` (and up to `range_end`, when not empty), from `revision` on;
  // the request is sent.
  Result<std::unique_ptr<rpc::ClientStream>> watch(std::string_view key, std::string_view range_end,
                                                   int64_t revision, rt::Deadline deadline);

 private:
  template <typename Response, typename Request>
  Result<Response> call(std::string_view method, const Request& request, rt::Deadline deadline);
  rpc::Channel& channel() { return *channels_[current_]; }
  // Whether another member may be asked after `error`, which then is current.
  bool next_member(const Error& error, size_t& tries);

  std::vector<std::unique_ptr<rpc::Channel>> channels_;
  size_t current_ = 0;
};

// The end of the range of keys that begin with `prefix`.
std::string etcd_prefix_end(std::string prefix);

}  // namespace vif::topo
