// Locks and watches of records.
#include <pwd.h>
#include <unistd.h>

#include <ctime>

#include "rt/time.h"
#include "topo/server.h"

namespace vif::topo {
namespace {

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    if (static_cast<uint8_t>(c) < 0x20)
      out += fmt::format("\\u{:04x}", static_cast<uint8_t>(c));
    else
      out.push_back(c);
  }
  return out + '"';
}

// Vitess's Lock record, which `vtctldclient` users read in the store.
std::string holder_json(std::string_view action) {
  char host[256] = "unknown";
  ::gethostname(host, sizeof host - 1);
  const passwd* user = ::getpwuid(::getuid());
  const std::time_t seconds = rt::wall_now_us() / 1'000'000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  char time[32];
  std::strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return fmt::format(
      "{{\n  \"Action\": {},\n  \"HostName\": {},\n  \"UserName\": {},\n  \"Time\": \"{}\",\n  "
      "\"Options\": {{}},\n"
      "  \"Status\": \"Running\"\n}}",
      json_text(action), json_text(host), json_text(user ? user->pw_name : "unknown"), time);
}

std::string keyspace_dir(std::string_view keyspace) {
  return fmt::format("keyspaces/{}", keyspace);
}
std::string shard_dir(std::string_view keyspace, std::string_view shard) {
  return fmt::format("keyspaces/{}/shards/{}", keyspace, shard);
}

}  // namespace

Result<std::unique_ptr<Lock>> Server::lock_keyspace(std::string_view keyspace,
                                                    std::string_view action) {
  return global_->lock(keyspace_dir(keyspace), holder_json(action),
                       rt::Deadline::in(options_.lock_timeout));
}

Result<std::unique_ptr<Lock>> Server::lock_shard(std::string_view keyspace, std::string_view shard,
                                                 std::string_view action) {
  return global_->lock(shard_dir(keyspace, shard), holder_json(action),
                       rt::Deadline::in(options_.lock_timeout));
}

Result<std::unique_ptr<Lock>> Server::try_lock_shard(std::string_view keyspace,
                                                     std::string_view shard,
                                                     std::string_view action) {
  return global_->try_lock(shard_dir(keyspace, shard), holder_json(action), operation_deadline());
}

Result<std::unique_ptr<Lock>> Server::lock_routing_rules(std::string_view action) {
  return global_->lock_name("internal/named_locks/routing_rules", holder_json(action),
                            rt::Deadline::in(options_.lock_timeout));
}

Result<std::unique_ptr<Lock>> Server::lock_srv_vschema(std::string_view action) {
  return global_->lock_name("internal/named_locks/srv_vschema", holder_json(action),
                            rt::Deadline::in(options_.lock_timeout));
}

Result<std::unique_ptr<Watch>> Server::watch_shard(std::string_view keyspace,
                                                   std::string_view shard) {
  return global_->watch(path::shard(keyspace, shard), operation_deadline());
}

Result<std::unique_ptr<Watch>> Server::watch_srv_keyspace(std::string_view cell_name,
                                                          std::string_view keyspace) {
  Connection& connection = *VIF_TRY(cell(cell_name));
  return connection.watch(path::srv_keyspace(keyspace), operation_deadline());
}

Result<std::unique_ptr<Watch>> Server::watch_srv_vschema(std::string_view cell_name) {
  Connection& connection = *VIF_TRY(cell(cell_name));
  return connection.watch(path::kSrvVSchema, operation_deadline());
}

}  // namespace vif::topo
