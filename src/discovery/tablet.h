// A tablet as its record in the topology has it, and its health as it reports it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "clients/query_service.h"

namespace vif::discovery {

struct Tablet {
  clients::TabletAlias alias;
  std::string keyspace;
  std::string shard;
  clients::TabletType type = clients::TabletType::kUnknown;
  std::string hostname;
  uint16_t grpc_port = 0;
  uint16_t web_port = 0;
  std::string mysql_hostname;
  uint16_t mysql_port = 0;
  int64_t primary_term_start_s = 0;
  bool operator==(const Tablet&) const = default;

  clients::Target target() const { return {keyspace, shard, type}; }
  // "host:port" of its gRPC server.
  std::string address() const { return hostname + ":" + std::to_string(grpc_port); }
};

// What is known of one tablet. Immutable once published; a new message makes a new one.
struct TabletHealth {
  Tablet tablet;
  clients::Target
      target;  // what the tablet says it is; before the first message, what its record says
  bool serving = false;
  int64_t primary_term_start_s = 0;
  uint32_t replication_lag_s = 0;
  double qps = 0;
  std::string error;  // of the tablet, or of the stream to it; empty when all is well
  std::shared_ptr<clients::QueryService> connection;  // null until connected

  bool usable() const { return serving && error.empty() && connection != nullptr; }
};
using TabletHealthPtr = std::shared_ptr<const TabletHealth>;

// Go's text form of the protobuf message, as Vitess's errors show it:
// keyspace:"commerce" shard:"-80" tablet_type:PRIMARY
std::string target_proto_text(const clients::Target& target);
// "commerce.-80.primary"
std::string target_dotted(const clients::Target& target);
// "PRIMARY": the upper-case name of a tablet type.
std::string tablet_type_upper(clients::TabletType type);

}  // namespace vif::discovery
