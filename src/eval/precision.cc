#include "eval/precision.h"

#include "eval/mariadb_typing.h"
#include "eval/static_type.h"

namespace vif::eval {
namespace {

using types::Decimal;

constexpr int kFractionMax = 6;
constexpr int kFloatBitsMax = 53;

[[noreturn]] void fail(int number, std::string message) {
  throw SqlError{Error(Code::kInvalidArgument, number, "42000", std::move(message))};
}

[[noreturn]] void too_precise(int digits, std::string_view of, int most, bool mariadb) {
  if (mariadb)
    fail(1426, fmt::format("Too big precision specified for '{}'. Maximum is {}", of, most));
  fail(1426,
       fmt::format("Too-big precision {} specified for '{}'. Maximum is {}.", digits, of, most));
}

void check_decimal(const CastTarget& target, const std::string& source, bool mariadb) {
  const int precision = target.length.value_or(10);
  const int scale = target.scale.value_or(0);
  // MariaDB looks at the precision first.
  const bool too_many = precision > Decimal::kDigitsMax;
  if (too_many && mariadb) too_precise(precision, source, Decimal::kDigitsMax, mariadb);
  if (precision < scale) {
    fail(1427, fmt::format("For float(M,D), double(M,D) or decimal(M,D), M must be >= D "
                           "(column ''){}",
                           mariadb ? "" : "."));
  }
  if (too_many) too_precise(precision, source, Decimal::kDigitsMax, mariadb);
  if (scale <= (mariadb ? kMariadbScaleMax : Decimal::kScaleMax)) return;
  if (mariadb) refuse(fmt::format("decimals with {} digits after the point in the gate", scale));
  fail(1425, fmt::format("Too big scale {} specified for column '{}'. Maximum is {}.", scale,
                         source, Decimal::kScaleMax));
}

}  // namespace

void check_cast(const CastTarget& target, const std::string& source, bool mariadb) {
  const int length = target.length.value_or(0);
  switch (target.kind) {
    case CastKind::kDecimal: return check_decimal(target, source, mariadb);
    case CastKind::kTime:
    case CastKind::kDatetime:
      if (length > kFractionMax)
        too_precise(length, mariadb ? source : "CAST", kFractionMax, mariadb);
      return;
    case CastKind::kFloat:
    case CastKind::kDouble:
      if (length > kFloatBitsMax) too_precise(length, "CAST", kFloatBitsMax, mariadb);
      return;
    default: return;
  }
}

void check_cast_characters(std::optional<int> count, uint32_t collation) {
  const StaticType one = {.type = Type::kVarchar, .collation = collation, .size = 1};
  const int64_t bytes = int64_t{count.value_or(0)} * field_of(one).column_length;
  if (bytes > UINT32_MAX) fail(1690, "char(n) value is out of range in 'cast_as_char'");
}

void check_single_unit(sql::IntervalType unit) {
  if (unit < sql::IntervalType::kYearMonth) return;
  fail(1064, fmt::format("You have an error in your SQL syntax near '{}'", sql::to_string(unit)));
}

void check_clock(std::string_view name, int digits, bool mariadb) {
  if (digits <= kFractionMax) return;
  if (name == "current_timestamp" || name == "localtime" || name == "localtimestamp" ||
      name == "now")
    name = mariadb ? "current_timestamp" : "now";
  if (name == "current_time") name = "curtime";
  too_precise(digits, name, kFractionMax, mariadb);
}

}  // namespace vif::eval
