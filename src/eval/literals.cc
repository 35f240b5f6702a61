#include "eval/literals.h"

#include <cmath>

#include <algorithm>

#include "eval/leaf_nodes.h"
#include "eval/offset_text.h"
#include "eval/static_type.h"
#include "eval/strictness.h"
#include "types/any_datetime.h"
#include "types/float_text.h"

namespace vif::eval {
namespace {

NodePtr constant(Datum value) { return std::make_unique<ConstantNode>(std::move(value)); }

// Of more than eight bytes MariaDB takes the last ones for their number.
Datum bits_of(const types::Value& literal, bool mariadb) {
  constexpr size_t kNumberBytes = 8;
  Datum out = datum_from(literal, 0, Coercibility::kCoercible);
  if (!mariadb || out.bytes.size() <= kNumberBytes) return out;
  uint64_t number = 0;
  for (const char c : out.bytes.substr(out.bytes.size() - kNumberBytes))
    number = number << 8 | static_cast<unsigned char>(c);
  out.made_of = std::make_shared<const Datum>(Datum::of_uint(number));
  return out;
}

// The server keeps literals in nine words of nine digits: the fraction is cut, a longer whole
// part is the greatest number.
Decimal within_words(const Decimal& d) {
  constexpr int kWords = 9;
  constexpr int kWordDigits = 9;
  if (d.integer_digits() > kWords * kWordDigits) return d.clamped(Decimal::kDigitsMax, 0);
  const int whole_words = (d.integer_digits() + kWordDigits - 1) / kWordDigits;
  return d.scale() > (kWords - whole_words) * kWordDigits
             ? d.truncated((kWords - whole_words) * kWordDigits)
             : d;
}

// Of more digits before the point than those words hold, the last are shown.
// MariaDB's message has no value in it.
void warn_of_words(std::string_view text, bool mariadb, std::vector<Warning>& warnings) {
  constexpr size_t kDigitsMost = 81;
  std::string_view whole = text.substr(0, text.find('.'));
  whole.remove_prefix(std::min(whole.find_first_not_of("-0"), whole.size()));
  if (whole.size() <= kDigitsMost) return;
  if (mariadb) {
    warnings.push_back({1916, "Got overflow when converting '' to DECIMAL. Value truncated"});
    return;
  }
  whole.remove_prefix(whole.size() - kDigitsMost);
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size() - 1));
  warnings.push_back({1292, fmt::format("Truncated incorrect DECIMAL value: '{}'", whole)});
}

Datum integer(const std::string& text) {
  const types::Value value{Type::kInt64, text};
  if (const Result<int64_t> i = value.to_int64(); i.ok()) return Datum::of_int(*i);
  if (const Result<uint64_t> u = value.to_uint64(); u.ok()) return Datum::of_uint(*u);
  return Datum::of_decimal(within_words(Decimal::parse_prefix(text)), 0);
}

[[noreturn]] void incorrect(const sql::Literal& l) {
  const std::string_view name = l.type == sql::LiteralType::kTimeVal   ? "TIME"
                                : l.type == sql::LiteralType::kDateVal ? "DATE"
                                                                       : "DATETIME";
  throw SqlError{Error(Code::kInvalidArgument, 1525, "HY000",
                       fmt::format("Incorrect {} value: '{}'", name, l.text))};
}

// timestamp'2020-01-01 10:11:12+02:00' is in the session's time zone.
class OffsetLiteralNode final : public Node {
 public:
  OffsetLiteralNode(const sql::Literal& l, int digits)
      : text_(Datum::of_text(std::string(l.text), kUtf8mb4Collation)), digits_(digits) {}
  Datum evaluate(Context& context) const override {
    Env quiet = context.env;
    quiet.warnings = nullptr;
    const auto parsed = to_datetime(text_, {context.row, quiet});
    if (!parsed || parsed->value.year > 9999) refuse("a timestamp with such an offset in the gate");
    Datum out = Datum::of_datetime(parsed->value, digits_);
    out.origin = Origin::kLiteral;
    return out;
  }
  StaticType type(Context&) const override {
    StaticType out = static_type(Type::kDatetime, kBinaryCollation, digits_);
    out.nullable = false;
    return out;
  }
  bool is_constant() const override { return false; }

 private:
  Datum text_;
  int digits_;
};

// Which is no time to any server.
bool is_date_with_time(std::string_view text) {
  const std::optional<types::ParsedTemporal> any = types::parse_any_datetime(text);
  constexpr size_t kShortest = 12;
  if (!any || !any->has_time || text.size() < kShortest) return false;
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  return digits >= kShortest || text.find_first_of(" T", 1) != std::string_view::npos;
}

// MariaDB leaves out what follows six digits of a fraction, and tells of it.
std::string with_six_digits(const sql::Literal& l, std::vector<Warning>& warnings) {
  constexpr size_t kDigits = 6;
  const std::string text(l.text);
  const size_t point = text.find('.');
  if (point == std::string::npos || l.type == sql::LiteralType::kDateVal) return text;
  const size_t end = std::min(text.find_first_not_of("0123456789", point + 1), text.size());
  if (end - point - 1 <= kDigits) return text;
  const std::string_view kind = l.type == sql::LiteralType::kTimeVal ? "TIME" : "DATETIME";
  warnings.push_back({1292, fmt::format("Truncated incorrect {} value: '{}'", kind, text)});
  return text.substr(0, point + 1 + kDigits) + text.substr(end);
}

// date '...', time '...', timestamp '...'.
NodePtr temporal(const sql::Literal& l, bool mariadb, std::string_view sql_mode,
                 std::vector<Warning>& warnings) {
  const bool time = l.type == sql::LiteralType::kTimeVal;
  const bool date = l.type == sql::LiteralType::kDateVal;
  const std::string read = mariadb ? with_six_digits(l, warnings) : std::string(l.text);
  std::optional<types::ParsedTemporal> parsed = time      ? types::parse_time(read)
                                                : mariadb ? types::parse_datetime(read, true)
                                                          : date_in_mode(read, sql_mode);
  if (!parsed && mariadb && !time && allows_any_day(sql_mode))
    parsed = date_in_mode(read, sql_mode);
  const bool zero = parsed && parsed->value.year == 0 && parsed->value.month == 0 &&
                    parsed->value.day == 0 && !time && !mariadb;
  if (zero && !allows_zero_dates(sql_mode)) parsed.reset();
  const std::optional<OffsetText> offset =
      time || date || mariadb ? std::nullopt : offset_text(l.text);
  if (parsed && time && !mariadb) cut_longest_time(*parsed);
  if (offset) parsed = offset->seconds ? types::parse_datetime(offset->local) : std::nullopt;
  const bool dated = time && is_date_with_time(l.text);
  if (!parsed || !parsed->complete || dated || (!time && date == parsed->has_time)) incorrect(l);
  const Datum text = Datum::of_text(std::string(l.text), kUtf8mb4Collation);
  const bool blank_first = time && l.text.find_first_of(" \t\n\v\f\r") == 0;
  if (blank_first && !mariadb) parsed->deprecated = types::DeprecatedDelimiter{0, l.text[0], '\0'};
  Env env;
  env.mariadb = mariadb;
  env.warnings = &warnings;
  warn_deprecated(text, *parsed, {{}, env});
  if (offset) return std::make_unique<OffsetLiteralNode>(l, parsed->precision);
  Datum d = time   ? Datum::of_time(parsed->value, parsed->precision)
            : date ? Datum::of_date(parsed->value)
                   : Datum::of_datetime(parsed->value, parsed->precision);
  NodePtr zeros = mariadb ? mariadb_zero_date(d, std::string(l.text)) : nullptr;
  return zeros ? std::move(zeros) : constant(std::move(d));
}

}  // namespace

NodePtr make_literal(const sql::Literal& l, uint32_t connection_collation, bool mariadb,
                     std::string_view sql_mode, std::vector<Warning>& warnings) {
  const std::string text(l.text);
  switch (l.type) {
    case sql::LiteralType::kStrVal:
      if (text.empty() && mariadb && names_mode(sql_mode, "EMPTY_STRING_IS_NULL"))
        return constant({});
      return constant(Datum::of_text(text, connection_collation));
    case sql::LiteralType::kIntVal: {
      warn_of_words(text, mariadb, warnings);
      Datum d = integer(text);
      StaticType type = literal_type(d);
      // As long as it is written.
      const size_t first = text.starts_with('-') ? 1 : 0;
      const size_t zeros = std::min(text.find_first_not_of('0', first), text.size() - 1) - first;
      if (!mariadb)
        type.size += static_cast<int64_t>(zeros);
      else if (zeros > 0)
        type.digits = static_cast<uint8_t>(std::min<size_t>(text.size() - first, UINT8_MAX));
      return std::make_unique<ConstantNode>(std::move(d), type);
    }
    case sql::LiteralType::kDecimalVal: {
      warn_of_words(text, mariadb, warnings);
      Decimal d = within_words(Decimal::parse_prefix(text));
      const int scale = d.scale();
      if (mariadb || (!text.starts_with('.') && !text.starts_with("-.")))
        return constant(Datum::of_decimal(std::move(d), scale));
      // ".5" has no digit before the point.
      StaticType type = static_type(Type::kDecimal, kBinaryCollation, scale);
      type.size = length_of_decimal(scale, scale, false);
      type.nullable = false;
      return std::make_unique<ConstantNode>(Datum::of_decimal(std::move(d), scale), type);
    }
    case sql::LiteralType::kFloatVal: {
      Datum d = Datum::of_float(types::parse_double_prefix(text));
      d.computed = std::signbit(d.f);  // by a minus
      StaticType type = literal_double_type(text);
      if (mariadb) type.size = static_cast<int64_t>(text.size());
      return std::make_unique<ConstantNode>(std::move(d), type);
    }
    case sql::LiteralType::kHexNum: return constant(bits_of({Type::kHexNum, text}, mariadb));
    case sql::LiteralType::kHexVal:
      if (mariadb) return mariadb_hexadecimal(text);
      return constant(datum_from({Type::kHexVal, "x'" + text + "'"}, 0, Coercibility::kCoercible));
    case sql::LiteralType::kBitNum: return constant(bits_of({Type::kBitNum, text}, mariadb));
    default: return temporal(l, mariadb, sql_mode, warnings);
  }
}

}  // namespace vif::eval
