// Cells and their aliases.
#include "proto/topodata.pb.h"
#include "topo/record.h"

namespace vif::topo {

Result<std::vector<std::string>> Server::cell_names() { return names_under(*global_, "cells"); }

Result<topodata::CellInfo> Server::get_cell_info(std::string_view cell) {
  return read_record<topodata::CellInfo>(*global_, path::cell_info(cell), operation_deadline());
}

Status Server::create_cell_info(std::string_view cell, const topodata::CellInfo& info) {
  return create_record(*global_, path::cell_info(cell), info, operation_deadline());
}

Status Server::update_cell_info_fields(std::string_view cell,
                                       const Change<topodata::CellInfo>& change) {
  return update_record<topodata::CellInfo>(*global_, path::cell_info(cell), change,
                                           IfMissing::kCreate, operation_deadline());
}

Status Server::delete_cell_info(std::string_view cell, bool force) {
  if (!force) {
    const std::vector<std::string> keyspaces = VIF_TRY(srv_keyspace_names(cell));
    if (!keyspaces.empty()) {
      return Error(Code::kFailedPrecondition,
                   fmt::format("cell {} has serving keyspaces; use force to delete", cell));
    }
  }
  return global_->remove(path::cell_info(cell), {}, operation_deadline());
}

Result<std::map<std::string, topodata::CellsAlias>> Server::cells_aliases() {
  std::map<std::string, topodata::CellsAlias> aliases;
  for (const std::string& name : VIF_TRY(names_under(*global_, "cells_aliases"))) {
    aliases[name] = VIF_TRY(
        read_record<topodata::CellsAlias>(*global_, path::cells_alias(name), operation_deadline()));
  }
  return aliases;
}

Status Server::create_cells_alias(std::string_view alias, const topodata::CellsAlias& value) {
  return create_record(*global_, path::cells_alias(alias), value, operation_deadline());
}

Status Server::update_cells_alias(std::string_view alias,
                                  const Change<topodata::CellsAlias>& change) {
  return update_record<topodata::CellsAlias>(*global_, path::cells_alias(alias), change,
                                             IfMissing::kCreate, operation_deadline());
}

Status Server::delete_cells_alias(std::string_view alias) {
  return global_->remove(path::cells_alias(alias), {}, operation_deadline());
}

}  // namespace vif::topo
