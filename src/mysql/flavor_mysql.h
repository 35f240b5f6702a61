// MySQL 8.0 and later; before 8.4 some statements have their old names.
#pragma once

#include "mysql/flavor.h"

namespace vif::mysql {

const Flavor& mysql_flavor(ServerVersion version);

}  // namespace vif::mysql
