#include "proto/topodata.pb.h"
#include "topo/record.h"

namespace vif::topo {

Result<std::vector<std::string>> Server::keyspace_names() {
  return names_under(*global_, "keyspaces");
}

Result<topodata::Keyspace> Server::get_keyspace(std::string_view keyspace) {
  VIF_TRY(validate_keyspace_name(keyspace));
  return read_record<topodata::Keyspace>(*global_, path::keyspace(keyspace), operation_deadline());
}

Status Server::create_keyspace(std::string_view keyspace, const topodata::Keyspace& value) {
  if (Status valid = validate_keyspace_name(keyspace); !valid.ok())
    return valid.error().with_prefix("CreateKeyspace");
  return create_record(*global_, path::keyspace(keyspace), value, operation_deadline());
}

Status Server::update_keyspace_fields(std::string_view keyspace,
                                      const Change<topodata::Keyspace>& change) {
  return update_record<topodata::Keyspace>(*global_, path::keyspace(keyspace), change,
                                           IfMissing::kFail, operation_deadline());
}

Status Server::delete_keyspace(std::string_view keyspace) {
  if (!VIF_TRY(shard_names(keyspace)).empty()) return node_not_empty(path::keyspace(keyspace));
  VIF_TRY(global_->remove(path::keyspace(keyspace), {}, operation_deadline()));
  if (Status removed = global_->remove(path::vschema(keyspace), {}, operation_deadline());
      !removed.ok() && removed.error().code() != Code::kNotFound) {
    return removed;
  }
  return {};
}

Result<std::string> Server::keyspace_durability(std::string_view keyspace) {
  return VIF_TRY(get_keyspace(keyspace)).durability_policy();
}

}  // namespace vif::topo
