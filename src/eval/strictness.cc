#include "eval/strictness.h"

#include <algorithm>

#include "eval/node.h"
#include "types/any_datetime.h"

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

bool allows_any_day(std::string_view sql_mode) {
  return is_known(sql_mode) && names_mode(sql_mode, "ALLOW_INVALID_DATES");
}

bool truncates_fractions(std::string_view sql_mode) {
  return is_known(sql_mode) && names_mode(sql_mode, "TIME_TRUNCATE_FRACTIONAL");
}

std::string_view with_kept_digits(std::string_view text, std::string_view sql_mode) {
  if (!truncates_fractions(sql_mode)) return text;
  constexpr size_t kDigits = 6;
  const size_t point = text.rfind('.');
  if (point == std::string_view::npos) return text;
  const size_t end = std::min(text.find_first_not_of("0123456789", point + 1), text.size());
  return end == text.size() ? text.substr(0, std::min(point + 1 + kDigits, end)) : text;
}

std::optional<types::ParsedTemporal> date_in_mode(std::string_view text,
                                                  std::string_view sql_mode) {
  text = with_kept_digits(text, sql_mode);
  std::optional<types::ParsedTemporal> out = allows_any_day(sql_mode)
                                                 ? types::parse_any_datetime(text)
                                                 : types::parse_datetime(text, true);
  if (!out || allows_zero_parts(sql_mode)) return out;
  const Temporal& t = out->value;
  const bool partial = (t.month == 0 || t.day == 0) && (t.year | t.month | t.day) != 0;
  return partial ? std::nullopt : out;
}

}  // namespace vif::eval
