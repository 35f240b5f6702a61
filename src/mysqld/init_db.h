// What a fresh server gets before anything connects: Vitess's accounts.
#pragma once

#include <string>

#include "mysqld/server_binary.h"

namespace vif::mysqld {

// The statements, one a line, that init_db.sql holds in Vitess: vt_dba, vt_app, vt_appdebug,
// vt_allprivs, vt_filtered and vt_monitoring at localhost, vt_repl at '%', without passwords;
// nothing of it is written to the binary log.
std::string init_db_sql(Flavor flavor);

}  // namespace vif::mysqld
