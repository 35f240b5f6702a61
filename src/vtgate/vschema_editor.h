// ALTER VSCHEMA: a statement's change of a keyspace's VSchema in the topology. Behaves as Vitess's
// gate does (topotools.ApplyVSchemaDDL), texts of errors included.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "rt/time.h"
#include "sql/ast.h"

namespace vif::topo {
class Server;
}
namespace vif::discovery {
class SrvWatch;
}
namespace vschema {
class Keyspace;
}

namespace vif::vtgate {

// What `ddl` makes of `record`, the VSchema of the keyspace `name`. Errors: kInternal: what it adds
// is there, what it drops or uses is not, not for a sharded keyspace.
Status change_vschema(::vschema::Keyspace& record, std::string_view name,
                      const sql::AlterVschema& ddl);

// `authorized_users` as --vschema_ddl_authorized_users has it: names, a comma list, or "%" for
// everybody. Errors: 1045.
Status check_vschema_user(std::string_view authorized_users, std::string_view user);

// Belongs to one scheduler.
class VSchemaEditor {
 public:
  VSchemaEditor(topo::Server& topology, discovery::SrvWatch& watch, std::string cell);

  // Changes the record and every cell's SrvVSchema. Returns when this gate has seen the change, or
  // at the deadline. Errors: those of change_vschema(); what is wrong with the VSchema as it would
  // be (nothing is written then); those of the topology.
  Status apply(const sql::AlterVschema& ddl, const std::string& keyspace, rt::Deadline deadline);

 private:
  Status wait_until_seen(rt::Deadline deadline);

  topo::Server& topology_;
  discovery::SrvWatch& watch_;
  const std::string cell_;
};

}  // namespace vif::vtgate
