#include "topo/etcd_client.h"

#include "proto/etcd.pb.h"

namespace vif::topo {

namespace pb = etcdserverpb;

Result<std::unique_ptr<EtcdClient>> EtcdClient::make(std::string_view addresses,
                                                     rt::TlsContextPtr tls) {
  auto client = std::make_unique<EtcdClient>();
  while (!addresses.empty()) {
    const size_t comma = addresses.find(',');
    std::string_view one = addresses.substr(0, comma);
    addresses = comma == std::string_view::npos ? std::string_view() : addresses.substr(comma + 1);
    for (std::string_view scheme : {"http://", "https://"}) {
      if (one.starts_with(scheme)) one.remove_prefix(scheme.size());
    }
    while (one.ends_with('/')) one.remove_suffix(1);
    if (one.empty()) continue;
    rpc::ChannelOptions options;
    options.tls = tls;
    options.message_bytes_max = 64 << 20;
    client->channels_.push_back(
        std::make_unique<rpc::Channel>(VIF_TRY(rt::Address::parse(one)), options));
  }
  if (client->channels_.empty())
    return Error(Code::kInvalidArgument, "etcd: no server address is given");
  return client;
}

bool EtcdClient::next_member(const Error& error, size_t& tries) {
  // Only a call that never left may be made again: a write could have been done by a member that
  // then went away.
  if (error.code() != Code::kUnavailable || !error.message().starts_with("connection error"))
    return false;
  if (++tries >= channels_.size()) return false;
  current_ = (current_ + 1) % channels_.size();
  return true;
}

template <typename Response, typename Request>
Result<Response> EtcdClient::call(std::string_view method, const Request& request,
                                  rt::Deadline deadline) {
  for (size_t tries = 0;;) {
    Response response;
    const Status status = channel().unary(method, request, response, {.deadline = deadline});
    if (status.ok()) return response;
    if (!next_member(status.error(), tries)) return status.error();
  }
}

Result<pb::RangeResponse> EtcdClient::range(const pb::RangeRequest& request,
                                            rt::Deadline deadline) {
  return call<pb::RangeResponse>("/etcdserverpb.KV/Range", request, deadline);
}

Result<pb::PutResponse> EtcdClient::put(const pb::PutRequest& request, rt::Deadline deadline) {
  return call<pb::PutResponse>("/etcdserverpb.KV/Put", request, deadline);
}

Result<pb::DeleteRangeResponse> EtcdClient::delete_range(const pb::DeleteRangeRequest& request,
                                                         rt::Deadline deadline) {
  return call<pb::DeleteRangeResponse>("/etcdserverpb.KV/DeleteRange", request, deadline);
}

Result<pb::TxnResponse> EtcdClient::txn(const pb::TxnRequest& request, rt::Deadline deadline) {
  return call<pb::TxnResponse>("/etcdserverpb.KV/Txn", request, deadline);
}

Result<int64_t> EtcdClient::grant(int64_t ttl_s, rt::Deadline deadline) {
  pb::LeaseGrantRequest request;
  request.set_ttl(ttl_s);
  return VIF_TRY(call<pb::LeaseGrantResponse>("/etcdserverpb.Lease/LeaseGrant", request, deadline))
      .id();
}

Status EtcdClient::revoke(int64_t lease, rt::Deadline deadline) {
  pb::LeaseRevokeRequest request;
  request.set_id(lease);
  VIF_TRY(call<pb::LeaseRevokeResponse>("/etcdserverpb.Lease/LeaseRevoke", request, deadline));
  return {};
}

Status EtcdClient::keep_alive(int64_t lease, rt::Deadline deadline) {
  pb::LeaseKeepAliveRequest request;
  request.set_id(lease);
  for (size_t tries = 0;;) {
    auto stream = channel().open("/etcdserverpb.Lease/LeaseKeepAlive", {.deadline = deadline});
    if (!stream.ok()) {
      if (next_member(stream.error(), tries)) continue;
      return stream.error();
    }
    VIF_TRY((*stream)->send(request));
    pb::LeaseKeepAliveResponse response;
    if (!VIF_TRY((*stream)->receive(response)))
      return Error(Code::kUnavailable, "etcd: no answer to a keep-alive");
    if (response.ttl() <= 0) return Error(Code::kNotFound, "etcdserver: requested lease not found");
    return {};
  }
}

Result<std::unique_ptr<rpc::ClientStream>> EtcdClient::watch(std::string_view key,
                                                             std::string_view range_end,
                                                             int64_t revision,
                                                             rt::Deadline deadline) {
  pb::WatchRequest request;
  pb::WatchCreateRequest& create = *request.mutable_create_request();
  create.set_key(std::string(key));
  create.set_range_end(std::string(range_end));
  create.set_start_revision(revision);
  for (size_t tries = 0;;) {
    // The stream outlives the deadline, which bounds connecting only.
    if (const Status connected = channel().connect(deadline); !connected.ok()) {
      if (next_member(connected.error(), tries)) continue;
      return connected.error();
    }
    auto stream = VIF_TRY(channel().open("/etcdserverpb.Watch/Watch"));
    VIF_TRY(stream->send(request));
    return stream;
  }
}

std::string etcd_prefix_end(std::string prefix) {
  while (!prefix.empty() && static_cast<uint8_t>(prefix.back()) == 0xff) prefix.pop_back();
  if (prefix.empty()) return std::string(1, '\0');
  prefix.back() = static_cast<char>(static_cast<uint8_t>(prefix.back()) + 1);
  return prefix;
}

}  // namespace vif::topo
