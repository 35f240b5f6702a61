// VSchemas and routing rules, in the global cell.
#include "proto/vschema.pb.h"
#include "topo/record.h"

namespace vif::topo {

Result<vschema::Keyspace> Server::get_vschema(std::string_view keyspace) {
  return read_record<vschema::Keyspace>(*global_, path::vschema(keyspace), operation_deadline());
}

Status Server::save_vschema(std::string_view keyspace, const vschema::Keyspace& value) {
  VIF_TRY(validate_keyspace_name(keyspace));
  return write_record(*global_, path::vschema(keyspace), value, operation_deadline());
}

Status Server::update_vschema(std::string_view keyspace, const Change<vschema::Keyspace>& change) {
  VIF_TRY(validate_keyspace_name(keyspace));
  return update_record<vschema::Keyspace>(*global_, path::vschema(keyspace), change,
                                          IfMissing::kCreate, operation_deadline());
}

Status Server::ensure_vschema(std::string_view keyspace) {
  const Status created =
      create_record(*global_, path::vschema(keyspace), vschema::Keyspace(), operation_deadline());
  if (!created.ok() && created.error().code() == Code::kAlreadyExists) return {};
  return created;
}

Result<vschema::RoutingRules> Server::get_routing_rules() {
  return read_record_or_empty<vschema::RoutingRules>(*global_, path::kRoutingRules,
                                                     operation_deadline());
}
Status Server::save_routing_rules(const vschema::RoutingRules& rules) {
  return write_record(*global_, path::kRoutingRules, rules, operation_deadline());
}
Result<vschema::ShardRoutingRules> Server::get_shard_routing_rules() {
  return read_record_or_empty<vschema::ShardRoutingRules>(*global_, path::kShardRoutingRules,
                                                          operation_deadline());
}
Status Server::save_shard_routing_rules(const vschema::ShardRoutingRules& rules) {
  return write_record(*global_, path::kShardRoutingRules, rules, operation_deadline());
}
Result<vschema::KeyspaceRoutingRules> Server::get_keyspace_routing_rules() {
  return read_record_or_empty<vschema::KeyspaceRoutingRules>(*global_, path::kKeyspaceRoutingRules,
                                                             operation_deadline());
}
Status Server::save_keyspace_routing_rules(const vschema::KeyspaceRoutingRules& rules) {
  return write_record(*global_, path::kKeyspaceRoutingRules, rules, operation_deadline());
}
Result<vschema::MirrorRules> Server::get_mirror_rules() {
  return read_record_or_empty<vschema::MirrorRules>(*global_, path::kMirrorRules,
                                                    operation_deadline());
}
Status Server::save_mirror_rules(const vschema::MirrorRules& rules) {
  return write_record(*global_, path::kMirrorRules, rules, operation_deadline());
}

}  // namespace vif::topo
