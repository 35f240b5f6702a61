// Expressions for scripts: one JSON request in, one JSON answer out. `vif eval` is this over its standard input.
//
//   {"expr":"1 + '2a'","row":[{"type":"INT64","value":"7"}],"schema":[{"name":"column0","type":"INT64"}]}
//   {"ok":true,"type":"FLOAT64","value":"3","typed":"FLOAT64(3)","collation":"binary","warnings":[]}
//
// Or {"ok":false,"errno":1690,"error":"..."}. Columns without a schema are column0, column1, ...
#pragma once

#include <string>
#include <string_view>

namespace vif::eval {

struct RequestOptions {
  int64_t now_us = 0;  // 0: the start of 1970
  std::string time_zone = "+00:00";
  std::string sql_mode;
  std::string collation = "utf8mb4_0900_ai_ci";  // the connection's
};

// The answer's line, without its newline.
std::string answer_eval_request(std::string_view request, const RequestOptions& options);

}  // namespace vif::eval
