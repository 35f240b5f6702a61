// Vitess's numbered errors that the gate itself raises, with the errno and SQLSTATE that clients
// get. How an Error without an errno becomes one for a client is mysql::client_error().
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace vif::vtgate {

Error unknown_database(std::string_view name);                                      // VT05003, 1049
Error unknown_system_variable(std::string_view name);                               // VT05006, 1193
Error cannot_drop_database(std::string_view name);                                  // VT05001, 1008
Error cannot_create_database(std::string_view name);                                // VT06001, 1007
Error cannot_alter_database(std::string_view name);                                 // VT05002, 1049
Error no_database_selected();                                                       // VT09005, 1046
Error read_only_variable(std::string_view name);                                    // VT03010, 1238
Error wrong_value_for_variable(std::string_view name, std::string_view got);        // VT03009, 1231
Error statement_on_replica(std::string_view statement);                             // VT09002, 1874
Error unknown_prepared_statement(std::string_view name, std::string_view command);  // VT09011, 1243
Error previous_transaction_failed();                                                // VT09032
// What was done to other shards, or lookups, is undone with the transaction.
Error reversed(const Error& cause);
Error fatal_in_transaction(const Error& cause);  // VT15001
Error unsupported(std::string_view construct);   // VT12001
Error kill_denied(std::string_view why);         // VT07001, 1095
Error bug(std::string_view what);                // VT13001

// One error of several shards': the texts, one a line, and the most telling code and errno.
// REQUIRES: !errors.empty()
Error aggregate(std::span<const Error> errors);

}  // namespace vif::vtgate
