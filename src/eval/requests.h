// Expressions for scripts: one JSON request in, one JSON answer out. `vif eval` is this over its
// standard input.
//
//   {"expr":"1 + '2a'","row":[{"type":"INT64","value":"7"}],"schema":[{"name":"column0","type":"INT64"}]}
//   {"ok":true,"type":"FLOAT64","value":"3","typed":"FLOAT64(3)","collation":"binary","warnings":[]}
//
// Or {"ok":false,"errno":1690,"error":"..."}. Columns without a schema are column0, column1, ... A
// schema's column may also have "collation", "column_type" ("enum('a','b')", "decimal(10,2)"),
// "column_length", "decimals" and "flags". "bindvars" is an object of values. With "rows" (a list
// of rows) in the place of "row", the expression is an aggregate of columns. The answer's "field"
// is what the server would say of the column: type, length in bytes, decimals, collation, nullable.
#pragma once

#include <string>
#include <string_view>

namespace vif::eval {

struct RequestOptions {
  int64_t now_us = 0;  // 0: the start of 1970
  std::string time_zone = "+00:00";
  // The server's default.
  std::string sql_mode =
      "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_"
      "ZERO,NO_ENGINE_SUBSTITUTION";
  bool mariadb = false;
  std::string collation = "utf8mb4_0900_ai_ci";  // the connection's
};

// The answer's line, without its newline.
std::string answer_eval_request(std::string_view request, const RequestOptions& options);

}  // namespace vif::eval
