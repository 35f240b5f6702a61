// The vschema as it is planned against, for /debug/vschema: unlike its author's text it has the
// tracked columns, views and foreign keys, and says which keyspace has an error. Field names are
// those of Vitess's page, which its tests poll.
#pragma once

#include <string>

#include "sharding/vschema.h"

namespace vif::vtgate {

std::string vschema_json(const sharding::VSchema& vschema);

}  // namespace vif::vtgate
