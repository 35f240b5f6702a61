// The schema of a tablet's database as GetSchema of the tablet manager gives it.
#pragma once

#include "base/result.h"
#include "rt/time.h"

namespace tabletmanagerdata {
class GetSchemaRequest;
class SchemaDefinition;
}  // namespace tabletmanagerdata

namespace vif::vttablet {

class TabletManager;

// Tables (and views when asked for) that the request's names and exclusions select. Waits. Errors:
// of mysqld.
Status fill_schema_definition(TabletManager& manager,
                              const tabletmanagerdata::GetSchemaRequest& request,
                              tabletmanagerdata::SchemaDefinition& definition,
                              rt::Deadline deadline);

}  // namespace vif::vttablet
