#include "eval/strictness.h"

#include <algorithm>

#include "eval/node.h"

namespace vif::eval {

bool names_mode(std::string_view sql_mode, std::string_view wanted) {
  for (size_t at = 0; at <= sql_mode.size();) {
    const size_t end = std::min(sql_mode.find(',', at), sql_mode.size());
    if (sql_mode.substr(at, end - at) == wanted) return true;
    at = end + 1;
  }
  return false;
}

namespace {

bool is_known(std::string_view sql_mode) { return sql_mode.data() != nullptr; }

}  // namespace

bool is_strict(const Context& context) {
  const std::string_view mode = context.env.sql_mode;
  return !is_known(mode) || names_mode(mode, "STRICT_TRANS_TABLES") ||
         names_mode(mode, "STRICT_ALL_TABLES");
}

bool allows_zero_parts(std::string_view sql_mode) {
  return is_known(sql_mode) && !names_mode(sql_mode, "NO_ZERO_IN_DATE");
}

bool allows_zero_dates(std::string_view sql_mode) {
  return is_known(sql_mode) && !names_mode(sql_mode, "NO_ZERO_DATE");
}

}  // namespace vif::eval
