// MariaDB 10.11 and later.
#pragma once

#include "mysql/flavor.h"

namespace vif::mysql {

const Flavor& mariadb_flavor();

}  // namespace vif::mysql
