#include "eval/datum.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "eval/charsets.h"
#include "eval/compare.h"
#include "eval/json_datum.h"
#include "types/collation/collation.h"
#include "types/float_text.h"

namespace vif::eval {
namespace {

std::string hex_bytes(std::string_view digits) {
  std::string out;
  const std::string padded = digits.size() % 2 ? "0" + std::string(digits) : std::string(digits);
  for (size_t i = 0; i + 1 < padded.size(); i += 2) {
    unsigned value = 0;
    std::from_chars(padded.data() + i, padded.data() + i + 2, value, 16);
    out += static_cast<char>(value);
  }
  return out;
}

std::string bit_bytes(std::string_view bits) {
  std::string out((bits.size() + 7) / 8, '\0');
  for (size_t i = 0; i < bits.size(); ++i) {
    if (bits[bits.size() - 1 - i] == '1')
      out[out.size() - 1 - i / 8] |= static_cast<char>(1 << i % 8);
  }
  return out;
}

Datum number_datum(const types::Value& value) {
  if (value.type == Type::kFloat32) {
    Datum d = Datum::of_float(
        static_cast<double>(static_cast<float>(types::parse_double_prefix(value.bytes))));
    d.type = value.type;
    return d;
  }
  if (types::is_float(value.type)) return Datum::of_float(types::parse_double_prefix(value.bytes));
  if (value.type == Type::kDecimal) {
    Decimal d = Decimal::parse_prefix(value.bytes);
    const int scale = d.scale();
    return Datum::of_decimal(std::move(d), scale);
  }
  if (types::is_unsigned(value.type)) {
    const Result<uint64_t> u = value.to_uint64();
    if (!u.ok()) throw SqlError{u.error()};
    Datum d = Datum::of_uint(*u);
    d.type = value.type;
    return d;
  }
  const Result<int64_t> i = value.to_int64();
  if (!i.ok()) throw SqlError{i.error()};
  Datum d = Datum::of_int(*i);
  d.type = value.type;
  return d;
}

Datum temporal_datum(const types::Value& value) {
  const bool time = value.type == Type::kTime;
  const std::optional<types::ParsedTemporal> parsed =
      time ? types::parse_time(value.bytes) : types::parse_datetime(value.bytes, true);
  if (!parsed)
    refuse(fmt::format("the {} value '{}' in the gate", types::type_name(value.type), value.bytes));
  if (time) return Datum::of_time(parsed->value, parsed->precision);
  if (value.type == Type::kDate) return Datum::of_date(parsed->value);
  Datum d = Datum::of_datetime(parsed->value, parsed->precision);
  d.type = value.type;
  return d;
}

// Only what is a date or a time: whether a string is one depends on who asks.
std::optional<types::ParsedTemporal> json_temporal(const types::Json& json) {
  using Kind = types::Json::Kind;
  if (json.kind() == Kind::kString) refuse("a JSON string as a date in the gate");
  if (json.kind() == Kind::kTime) refuse("a JSON TIME as a date in the gate");
  if (json.kind() != Kind::kDate && json.kind() != Kind::kDatetime) return std::nullopt;
  return types::ParsedTemporal{json.temporal(), json.kind() == Kind::kDate ? 0 : 6,
                               json.kind() == Kind::kDatetime, true};
}

// The integer that a string of bytes is, as a hexadecimal literal is one.
uint64_t big_endian(std::string_view bytes) {
  uint64_t value = 0;
  for (const unsigned char c : bytes) value = value << 8 | c;
  return value;
}

uint64_t member_index(const Datum& d) {
  if (d.i < 0 && d.type == Type::kEnum) refuse("the number of an ENUM whose members are not known");
  if (d.i == -1) refuse("the number of a SET whose members are not known");
  return d.u;
}

// What the text of a number takes, before it gets an exponent.
constexpr size_t kDoubleWidth = 22;
constexpr size_t kColumnWidth = 331;  // of a column it is written whole
constexpr size_t kFloatWidth = 12;

// A FLOAT is shown with six significant digits.
double short_float(double f) {
  char buffer[64];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, f, std::chars_format::scientific, 5).ptr;
  double rounded = 0;
  std::from_chars(buffer, end, rounded);
  return rounded;
}

int64_t rounded_int(double f) {
  constexpr double kLimit = 9223372036854775807.0;
  if (f >= kLimit) return INT64_MAX;
  if (f <= -kLimit) return INT64_MIN;
  return static_cast<int64_t>(std::nearbyint(f));
}

// The server knows a day for the years of columns, not for those that are computed.
bool is_year_column(const Datum& d) { return d.type == Type::kYear && !d.computed && d.i != 0; }
Temporal start_of_year(const Datum& year) {
  Temporal t;
  t.year = static_cast<int>(year.i);
  return t;
}
Temporal first_of_year(const Datum& year) {
  Temporal t;
  t.year = static_cast<int>(year.i);
  t.month = t.day = 1;
  return t;
}

}  // namespace

void refuse(std::string_view what) {
  throw SqlError{Error(Code::kUnimplemented, fmt::format("VT12001: unsupported: {}", what))};
}

void out_of_range(std::string_view type, const std::string& expression) {
  throw SqlError{Error(Code::kInvalidArgument, 1690, "22003",
                       expression.empty()
                           ? fmt::format("{} value is out of range", type)
                           : fmt::format("{} value is out of range in '{}'", type, expression))};
}

Datum Datum::of_int(int64_t v) {
  Datum d;
  d.form = Form::kInt;
  d.type = Type::kInt64;
  d.coercibility = Coercibility::kNumeric;
  d.i = v;
  return d;
}

Datum Datum::of_uint(uint64_t v) {
  Datum d = of_int(0);
  d.form = Form::kUint;
  d.type = Type::kUint64;
  d.u = v;
  return d;
}

Datum Datum::of_float(double v) {
  Datum d = of_int(0);
  d.form = Form::kFloat;
  d.type = Type::kFloat64;
  d.f = v;
  return d;
}

Datum Datum::of_decimal(Decimal v, int shown_scale) {
  Datum d = of_int(0);
  d.form = Form::kDecimal;
  d.type = Type::kDecimal;
  d.decimal = std::move(v);
  d.scale = shown_scale;
  return d;
}

Datum Datum::of_text(std::string v, uint32_t text_collation, Coercibility c) {
  if (text_collation == kBinaryCollation) return of_bytes(std::move(v));
  Datum d;
  d.form = Form::kText;
  d.type = Type::kVarchar;
  d.coercibility = c;
  d.collation = text_collation;
  d.bytes = std::move(v);
  return d;
}

Datum Datum::of_bytes(std::string v) {
  Datum d;
  d.form = Form::kBytes;
  d.type = Type::kVarbinary;
  d.coercibility = Coercibility::kCoercible;
  d.bytes = std::move(v);
  return d;
}

Datum Datum::of_date(const Temporal& v) {
  Datum d;
  d.form = Form::kDate;
  d.type = Type::kDate;
  d.coercibility = Coercibility::kNumeric;
  d.temporal = v;
  d.temporal.hour = d.temporal.minute = d.temporal.second = d.temporal.microsecond = 0;
  return d;
}

Datum Datum::of_datetime(const Temporal& v, int fraction_digits) {
  Datum d = of_date(v);
  d.form = Form::kDatetime;
  d.type = Type::kDatetime;
  d.temporal = v;
  d.precision = static_cast<uint8_t>(fraction_digits);
  return d;
}

Datum Datum::of_time(const Temporal& v, int fraction_digits) {
  Datum d = of_datetime(v, fraction_digits);
  d.form = Form::kTime;
  d.type = Type::kTime;
  return d;
}

Datum Datum::of_json(std::shared_ptr<const types::Json> v) {
  Datum d;
  d.form = Form::kJson;
  d.type = Type::kJson;
  d.coercibility = Coercibility::kImplicit;
  d.collation = kJsonCollation;
  d.json = std::move(v);
  return d;
}

Datum Datum::of_json(types::Json v) {
  return of_json(std::make_shared<const types::Json>(std::move(v)));
}

Datum datum_from(const types::Value& value, uint32_t collation, Coercibility coercibility) {
  if (value.is_null()) return {};
  if (types::is_number(value.type)) return number_datum(value);
  switch (value.type) {
    case Type::kDate:
    case Type::kDatetime:
    case Type::kTimestamp:
    case Type::kTime: return temporal_datum(value);
    case Type::kHexNum:
    case Type::kHexVal:
    case Type::kBitNum: {
      const bool quoted = value.bytes.size() > 2 && value.bytes[1] == '\'';
      const std::string digits = value.bytes.substr(std::min<size_t>(2, value.bytes.size()),
                                                    value.bytes.size() - (quoted ? 3 : 2));
      Datum d =
          Datum::of_bytes(value.type == Type::kBitNum ? bit_bytes(digits) : hex_bytes(digits));
      d.type = value.type;
      return d;
    }
    case Type::kJson: {
      types::JsonFault fault;
      std::optional<types::Json> json = types::parse_json(value.bytes, fault);
      if (!json) refuse(fmt::format("the JSON value '{}' in the gate", value.bytes));
      return Datum::of_json(*std::move(json));
    }
    case Type::kBit: {
      Datum d = Datum::of_bytes(value.bytes);
      d.type = value.type;
      d.coercibility = coercibility;
      return d;
    }
    default: break;
  }
  if (types::is_binary(value.type)) {
    Datum d = Datum::of_bytes(value.bytes);
    d.type = value.type;
    d.coercibility = coercibility;
    return d;
  }
  if (types::is_text(value.type)) {
    Datum d =
        Datum::of_text(value.bytes, collation == kBinaryCollation ? 0 : collation, coercibility);
    d.type = value.type;
    return d;
  }
  if (value.type == Type::kEnum || value.type == Type::kSet) {
    Datum d =
        Datum::of_text(value.bytes, collation == kBinaryCollation ? 0 : collation, coercibility);
    d.type = value.type;
    d.i = -1;
    return d;
  }
  refuse(fmt::format("evaluating {} in the gate", types::type_name(value.type)));
}

types::Value value_from(const Datum& d) {
  // What was chosen as a text must be one.
  if (d.form == Form::kText && d.made_of && d.made_of->form == Form::kBytes &&
      d.made_of->type != Type::kBit)
    (void)text_of_bytes(*d.made_of, d.collation);
  // A double or integer that was chosen has another text only where it becomes one.
  const bool own = d.form == Form::kDecimal || d.origin == Origin::kColumn ||
                   (d.form != Form::kFloat && d.origin != Origin::kChosen);
  if (d.is_number() && !d.bytes.empty() && own) return {d.type, d.bytes};
  switch (d.form) {
    case Form::kNull: return {};
    case Form::kInt:
      return {types::is_integral(d.type) ? d.type : Type::kInt64, std::to_string(d.i)};
    case Form::kUint:
      return {types::is_integral(d.type) || d.type == Type::kBit ? d.type : Type::kUint64,
              std::to_string(d.u)};
    case Form::kFloat: {
      const Type type = types::is_float(d.type) ? d.type : Type::kFloat64;
      if (d.scale != 0) return {type, to_text(d)};
      return {type, types::double_text(type == Type::kFloat32 ? short_float(d.f) : d.f)};
    }
    case Form::kDecimal: return {Type::kDecimal, to_text(d)};
    case Form::kTuple: refuse("a row value as a result");
    case Form::kBytes:
      return {d.is_hex_or_bit() && d.type != Type::kBit ? Type::kVarbinary : d.type, d.bytes};
    case Form::kTime: return {d.type, types::time_text(d.temporal, d.precision)};
    default: return {d.type, to_text(d)};
  }
}

Datum to_number(const Datum& d) {
  // An unsigned integer that became a decimal is one to arithmetic.
  if (d.form == Form::kDecimal && d.made_of) return Datum::of_decimal(d.decimal, d.scale);
  if (d.made_of) return to_number(*d.made_of);
  switch (d.form) {
    case Form::kText:
      if (d.is_member()) return Datum::of_float(static_cast<double>(member_index(d)));
      return Datum::of_float(types::parse_double_prefix(d.bytes));
    case Form::kBytes:
      if (!d.is_hex_or_bit()) return Datum::of_float(types::parse_double_prefix(d.bytes));
      if (d.bytes.size() > 8 && d.bytes.find_first_not_of('\0') < d.bytes.size() - 8)
        return d.type == Type::kBitNum ? Datum::of_int(0) : Datum::of_uint(0);
      return d.type == Type::kBitNum ? Datum::of_int(static_cast<int64_t>(big_endian(d.bytes)))
                                     : Datum::of_uint(big_endian(d.bytes));
    case Form::kDate: return Datum::of_int(*types::date_number(d.temporal).to_int64());
    case Form::kDatetime:
    case Form::kTime: {
      const Decimal n = d.form == Form::kTime ? types::time_number(d.temporal, d.precision)
                                              : types::datetime_number(d.temporal, d.precision);
      if (d.precision == 0) return Datum::of_int(*n.to_int64());
      // Without microseconds the server's decimal has no fraction, whatever it shows.
      return Datum::of_decimal(d.temporal.microsecond == 0 ? n.truncated(0) : n, d.precision);
    }
    case Form::kJson: return Datum::of_float(to_double(d));
    case Form::kInt: return Datum::of_int(d.i);
    case Form::kUint: return Datum::of_uint(d.u);
    case Form::kFloat: {
      Datum out = Datum::of_float(d.f);
      out.computed = d.computed;
      return out;
    }
    default: return d;
  }
}

double to_double(const Datum& d) {
  if (d.made_of) return to_double(*d.made_of);
  bool exact = false;
  switch (d.form) {
    case Form::kInt: return static_cast<double>(d.i);
    case Form::kUint: return static_cast<double>(d.u);
    case Form::kFloat: return d.f;
    case Form::kDecimal: return d.decimal.to_double();
    case Form::kJson: return json_double(*d.json, exact);
    default: return to_double(to_number(d));
  }
}

Decimal to_decimal(const Datum& d) {
  if (d.made_of) return to_decimal(*d.made_of);
  bool exact = false;
  switch (d.form) {
    case Form::kInt: return Decimal::from_int(d.i);
    case Form::kUint: return Decimal::from_uint(d.u);
    case Form::kFloat: return Decimal::from_double(d.f);
    case Form::kDecimal: return d.decimal;
    case Form::kText:
      return d.is_member() ? Decimal::from_uint(member_index(d)) : Decimal::parse_prefix(d.bytes);
    case Form::kBytes:
      return d.is_hex_or_bit() ? to_decimal(to_number(d)) : Decimal::parse_prefix(d.bytes);
    case Form::kJson: return json_decimal(*d.json, exact);
    default: return to_decimal(to_number(d));
  }
}

Decimal integer_prefix(std::string_view text) {
  size_t end = text.find_first_not_of(" \t\n\v\f\r");
  if (end == std::string_view::npos) return {};
  if (text[end] == '-' || text[end] == '+') ++end;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  return Decimal::parse_prefix(text.substr(0, end));
}

Datum whole_seconds(Datum datetime) {
  datetime.temporal.microsecond = 0;
  return datetime;
}

int64_t to_int(const Datum& d) {
  if (d.made_of && d.numbers_only && d.made_of->form == Form::kDatetime)
    return to_int(whole_seconds(*d.made_of));
  if (d.made_of) return to_int(*d.made_of);
  bool exact = false;
  switch (d.form) {
    case Form::kInt: return d.i;
    case Form::kUint: return d.u > INT64_MAX ? static_cast<int64_t>(d.u) : d.i;
    case Form::kFloat:
      // Of an exact number that was chosen beside doubles it is that number's.
      if (!d.bytes.empty() && d.origin != Origin::kColumn)
        return to_int(Datum::of_decimal(Decimal::parse_prefix(d.bytes), 0));
      return rounded_int(d.f);
    case Form::kDecimal: {
      const bool seconds = d.source == kUnixSeconds;
      const std::optional<int64_t> i = (seconds ? d.decimal.truncated(0) : d.decimal).to_int64();
      return i ? *i : d.decimal.is_negative() ? INT64_MIN : INT64_MAX;
    }
    case Form::kText:
    case Form::kBytes: {
      if (d.is_member()) return static_cast<int64_t>(member_index(d));
      if (d.is_hex_or_bit()) return to_int(to_number(d));
      const Decimal whole = integer_prefix(d.bytes);
      if (const std::optional<int64_t> i = whole.to_int64()) return *i;
      if (whole.is_negative()) return INT64_MIN;
      if (d.origin == Origin::kSearched) return INT64_MAX;
      return static_cast<int64_t>(whole.to_uint64().value_or(UINT64_MAX));
    }
    case Form::kJson: return json_int(*d.json, exact);
    // The fraction carries into seconds, minutes and on.
    case Form::kTime:
      if (d.computed) return to_int(to_number(d));
      return *types::time_number(types::time_rounded(d.temporal, 0), 0).to_int64();
    case Form::kDatetime: {
      // What an interval gave is a decimal first, whose rounding carries nothing.
      if (d.computed) return to_int(to_number(d));
      const Temporal rounded = types::datetime_rounded(d.temporal, 0);
      constexpr int kHalfSecond = 500000;
      const Temporal end = {9999, 12, 31, 23, 59, 59, d.temporal.microsecond, false};
      if (d.temporal.microsecond < kHalfSecond || d.temporal != end)
        return *types::datetime_number(rounded, 0).to_int64();
      constexpr int64_t kTimeDigits =
          1000000;  // past the calendar's end the server keeps the day alone
      return *types::date_number(d.temporal).to_int64() * kTimeDigits;
    }
    default: return to_int(to_number(d));
  }
}

namespace {

// A double without a point: the digits that tell it from others, then zeros.
std::string whole_text(double value) {
  if (value == 0) return "0";
  constexpr double kExact = 1e15;
  if (std::fabs(value) < kExact) {
    return fmt::format("{:.0f}", value);
  }
  const std::string text = types::double_text(value);
  const size_t e = text.find('e');
  if (e == std::string::npos) return text;
  std::string digits;
  size_t fraction = 0;
  bool after = false;
  for (const char c : text.substr(0, e)) {
    if (c == '.')
      after = true;
    else
      digits += c;
    if (after && c != '.') ++fraction;
  }
  const auto zeros = static_cast<size_t>(std::atoi(text.c_str() + e + 1)) - fraction;
  return digits + std::string(zeros, '0');
}

}  // namespace

namespace {

// With 17 digits its point may stand behind the sixteenth one.
std::string mariadb_text(const Datum& d) {
  if (const int decimals = kShownByMariadb - d.scale; decimals > 0)
    return (types::Decimal::from_double(d.f == 0 ? 0 : d.f).rounded(decimals)).to_string();
  if (d.f == 0) return "0";
  const double value = d.type == Type::kFloat32 ? short_float(d.f) : d.f;
  std::string text = types::double_text(value);
  constexpr size_t kDigits = 18;  // and the point
  const size_t e = text.find("e15");
  const size_t first = text.starts_with('-') ? 1 : 0;
  if (e == std::string::npos || e + 3 != text.size() || e - first != kDigits) return text;
  return fmt::format("{:.1f}", value);
}

}  // namespace

std::string to_text(const Datum& d) {
  if (d.is_number() && !d.bytes.empty()) return d.bytes;
  switch (d.form) {
    case Form::kInt: return std::to_string(d.i);
    case Form::kUint: return std::to_string(d.u);
    case Form::kFloat:
      if (d.scale <= kShownByMariadb) return mariadb_text(d);
      if (d.scale == kShownWhole) return whole_text(d.f);
      if (d.scale > 0) return fmt::format("{:.{}f}", d.f, d.scale);
      return d.type == Type::kFloat32
                 ? types::double_text_within(short_float(d.f), kFloatWidth)
                 : types::double_text_within(
                       d.f, d.origin == Origin::kColumn ? kColumnWidth : kDoubleWidth);
    case Form::kDecimal: return d.bytes.empty() ? d.decimal.rounded(d.scale).to_string() : d.bytes;
    case Form::kDate: return types::date_text(d.temporal);
    case Form::kDatetime: return types::datetime_text(d.temporal, d.precision);
    case Form::kTime:
      // As a text what was added up shows all the digits, or none.
      if (d.computed) return types::time_text(d.temporal, d.temporal.microsecond != 0 ? 6 : 0);
      return types::time_text(d.temporal, d.precision);
    case Form::kJson: return d.json->to_string();
    default: return d.bytes;
  }
}

bool to_bool(const Datum& d) {
  switch (d.form) {
    case Form::kInt: return d.i != 0;
    case Form::kUint: return d.u != 0;
    case Form::kDecimal: return !d.decimal.is_zero();
    case Form::kDate:
    case Form::kDatetime: {
      const Temporal& t = d.temporal;
      return t.year != 0 || t.month != 0 || t.day != 0 || to_double(d) != 0;
    }
    default: return to_double(d) != 0;
  }
}

std::optional<types::ParsedTemporal> to_datetime(const Datum& d) {
  if (d.made_of && !d.numbers_only) return to_datetime(*d.made_of);
  switch (d.form) {
    case Form::kNull: return std::nullopt;
    case Form::kDate: return types::ParsedTemporal{d.temporal, 0, false, true};
    case Form::kDatetime: return types::ParsedTemporal{d.temporal, d.precision, true, true};
    case Form::kTime: refuse("a TIME as a date in the gate");
    case Form::kJson: return json_temporal(*d.json);
    case Form::kText:
    case Form::kBytes: return types::parse_datetime(d.bytes);
    default: {
      if (is_year_column(d)) return types::ParsedTemporal{first_of_year(d), 0, true, true};
      std::optional<types::ParsedTemporal> out = types::datetime_from_number(to_decimal(d));
      if (out && d.form == Form::kFloat) out->precision = 6;
      return out;
    }
  }
}

std::optional<types::ParsedTemporal> to_time(const Datum& d) {
  if (d.made_of && !d.numbers_only) return to_time(*d.made_of);
  switch (d.form) {
    case Form::kNull: return std::nullopt;
    case Form::kTime: return types::ParsedTemporal{d.temporal, d.precision, true, true};
    case Form::kDate:
    case Form::kDatetime: {
      types::ParsedTemporal out{d.temporal, d.precision, true, true};
      out.value.year = out.value.month = out.value.day = 0;
      return out;
    }
    case Form::kJson: {
      std::optional<types::ParsedTemporal> out = json_temporal(*d.json);
      if (out) out->value.year = out->value.month = out->value.day = 0;
      return out;
    }
    case Form::kText:
    case Form::kBytes: return types::parse_time(d.bytes);
    default: {
      if (d.form == Form::kUint && d.u > INT64_MAX) return to_time(Datum::of_int(d.i));
      if (std::fabs(to_double(d)) > 1e15) return std::nullopt;
      if (is_year_column(d)) return types::ParsedTemporal{{}, 0, true, true};
      std::optional<types::ParsedTemporal> out = types::time_from_number(to_decimal(d));
      if (out && d.form == Form::kFloat) out->precision = 6;
      return out;
    }
  }
}

std::string describe(const Datum& d) { return d.is_null() ? "NULL" : to_text(d); }

uint32_t collation_id(std::string_view name) {
  const types::Collation* c = types::find_collation(name);
  return c ? c->id : 0;
}

std::string_view collation_name(uint32_t id) {
  const types::Collation* c = types::find_collation(id);
  return c ? std::string_view(c->name) : "unknown";
}

bool is_case_insensitive(uint32_t collation) {
  const types::Collation* c = types::find_collation(collation);
  return c && c->is_case_insensitive();
}

bool holds_charset(const types::Collation& wide, const types::Collation& narrow) {
  const auto& name = wide.charset->name;
  const auto& other = narrow.charset->name;
  if (!wide.charset->is_unicode()) return other == "ascii" && name != "ascii" && name != "binary";
  // Of Unicode's own, UTF-32 and utf8mb4 hold the others, and each other: the first of them wins.
  if (!narrow.charset->is_unicode()) return true;
  return name != other && (name == "utf32" || name == "utf8mb4");
}

bool is_utf8mb4(std::string_view bytes, size_t& bad) {
  for (size_t at = 0; at < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[at]);
    const size_t size = lead < 0x80   ? 1
                        : lead < 0xc2 ? 0
                        : lead < 0xe0 ? 2
                        : lead < 0xf0 ? 3
                        : lead < 0xf5 ? 4
                                      : 0;
    bad = at;
    if (size == 0 || at + size > bytes.size()) return false;
    for (size_t i = 1; i < size; ++i) {
      if ((static_cast<unsigned char>(bytes[at + i]) & 0xc0) != 0x80) return false;
    }
    const auto second = size > 1 ? static_cast<unsigned char>(bytes[at + 1]) : 0;
    const bool outside = (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
                         (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f);
    if (outside) return false;
    at += size;
  }
  return true;
}

void cannot_convert(std::string_view bytes, std::string_view from, std::string_view to) {
  constexpr size_t kShown = 6;
  std::string shown;
  for (const char c : bytes.substr(0, kShown)) {
    const auto byte = static_cast<unsigned char>(c);
    shown += byte >= 0x20 && byte < 0x7f ? std::string(1, c) : fmt::format("\\x{:02X}", byte);
  }
  if (bytes.size() > kShown) shown += "...";
  throw SqlError{Error(Code::kInvalidArgument, 3854, "HY000",
                       fmt::format("Cannot convert string '{}' from {} to {}", shown, from, to))};
}

const std::string& checked_utf8(const std::string& bytes) {
  size_t bad = 0;
  if (!is_utf8mb4(bytes, bad)) cannot_convert(bytes, "binary", "utf8mb4");
  return bytes;
}

uint32_t merged_collation(const Datum& a, const Datum& b, Coercibility& coercibility) {
  const bool left = a.coercibility <= b.coercibility;
  coercibility = left ? a.coercibility : b.coercibility;
  if (a.collation == b.collation) return a.collation;
  if (a.coercibility != b.coercibility) {
    // A number or NULL has no characters of its own.
    for (const Datum* d : {&a, &b}) {
      // The weights of a number are no text.
      const bool numeric = d->coercibility == Coercibility::kNumeric && d->form == Form::kBytes;
      const Datum& other = d == &a ? b : a;
      if (numeric && d->type != Type::kBit) (void)text_of_bytes(*d, other.collation);
    }
    if (a.coercibility >= Coercibility::kNumeric) return b.collation;
    if (b.coercibility >= Coercibility::kNumeric) return a.collation;
    const Datum& weaker = left ? b : a;
    const Datum& firmer = left ? a : b;
    if (weaker.form == Form::kBytes && firmer.form != Form::kBytes)
      (void)text_of_bytes(weaker, firmer.collation);
    return left ? a.collation : b.collation;
  }
  if (a.form == Form::kBytes || b.form == Form::kBytes) return kBinaryCollation;
  const types::Collation* x = types::find_collation(a.collation);
  const types::Collation* y = types::find_collation(b.collation);
  if (x && y && a.coercibility != Coercibility::kExplicit) {
    // In one charset the order of the numbers wins.
    if (holds_charset(*x, *y)) return a.collation;
    if (holds_charset(*y, *x)) return b.collation;
    if (x->charset == y->charset && x->is_binary() != y->is_binary())
      return x->is_binary() ? a.collation : b.collation;
  }
  if (a.coercibility == Coercibility::kExplicit) {
    throw SqlError{Error(Code::kInvalidArgument, 1267, "HY000",
                         fmt::format("Illegal mix of collations ({},EXPLICIT) and ({},EXPLICIT)",
                                     collation_name(a.collation), collation_name(b.collation)))};
  }
  if (x && y && x->charset != y->charset && a.coercibility == Coercibility::kImplicit) {
    throw SqlError{Error(Code::kInvalidArgument, 1267, "HY000",
                         fmt::format("Illegal mix of collations ({},IMPLICIT) and ({},IMPLICIT)",
                                     collation_name(a.collation), collation_name(b.collation)))};
  }
  // Literals that are ASCII, whatever their charset, may meet.
  const auto is_ascii = [](const Datum& d) {
    return std::none_of(d.bytes.begin(), d.bytes.end(), [](char c) { return (c & 0x80) != 0; });
  };
  if (is_ascii(b)) return a.collation;
  if (is_ascii(a)) return b.collation;
  refuse(fmt::format("text of collations {} and {} together in the gate",
                     collation_name(a.collation), collation_name(b.collation)));
}

namespace {

int compare_numbers(const Datum& a, const Datum& b) {
  if (a.form == Form::kInt && b.form == Form::kInt) return a.i < b.i ? -1 : a.i > b.i;
  if (a.form == Form::kUint && b.form == Form::kUint) return a.u < b.u ? -1 : a.u > b.u;
  if (a.form == Form::kInt && b.form == Form::kUint) return a.i < 0 || a.u < b.u ? -1 : a.u > b.u;
  if (a.form == Form::kUint && b.form == Form::kInt)
    return b.i < 0 || a.u > b.u ? 1 : a.u < b.u ? -1 : 0;
  if (a.form == Form::kFloat || b.form == Form::kFloat) {
    const double x = to_double(a);
    const double y = to_double(b);
    return x < y ? -1 : x > y;
  }
  return compare(to_decimal(a), to_decimal(b));
}

// A date against text: the text is read as one. A time is compared as the text that it is shown as.
int compare_temporal_with_text(const Datum& t, const Datum& text) {
  if (t.form == Form::kTime) {
    const Result<int> order = compare_text(to_text(t), text.bytes, text.collation);
    if (!order.ok()) throw SqlError{order.error()};
    return *order;
  }
  const std::optional<types::ParsedTemporal> parsed = types::parse_datetime(text.bytes);
  // What is no date is the zero date (check_date_constants() has seen to literals).
  if (!parsed) return 1;
  return types::compare_datetimes(t.temporal, parsed->value);
}

}  // namespace

int compare_datums(const Datum& a, const Datum& b) {
  if (a.form == Form::kJson || b.form == Form::kJson)
    return types::compare(json_from(a), json_from(b));
  // The literal beside it, or beside an unsigned integer, has no sign.
  const auto is_unsigned = [](const Datum& d) {
    return d.type == Type::kBit || d.form == Form::kUint;
  };
  const auto number = [&](const Datum& d, const Datum& beside) {
    const bool literal = d.type == Type::kBitNum && d.form == Form::kBytes;
    Datum out = to_number(d);
    return literal && is_unsigned(beside) ? Datum::of_uint(out.u) : out;
  };
  // A column of bits is a number beside text.
  if ((a.type == Type::kBit) != (b.type == Type::kBit)) {
    const Datum& other = a.type == Type::kBit ? b : a;
    if (other.is_temporal() || other.is_hex_or_bit())
      return compare_numbers(number(a, b), number(b, a));
    if (other.is_textual() && !other.is_hex_or_bit()) {
      const double x = to_double(a);
      const double y = to_double(b);
      return x < y ? -1 : x > y;
    }
  }
  if (a.is_textual() && b.is_textual()) {
    Coercibility ignored;
    const uint32_t collation = merged_collation(a, b, ignored);
    const bool bytes = collation == kBinaryCollation;
    const auto text = [&](const Datum& d) {
      return d.form == Form::kBytes ? text_of_bytes(d, collation).bytes : d.bytes;
    };
    const bool mixed = a.form != b.form;
    const Result<int> order = bytes   ? compare_text(own_bytes(a), own_bytes(b), collation)
                              : mixed ? compare_text(text(a), text(b), collation)
                                      : compare_text(a.bytes, b.bytes, collation);
    if (!order.ok()) throw SqlError{order.error()};
    return *order;
  }
  if (a.is_number() && b.is_number()) return compare_numbers(a, b);
  if (a.is_temporal() && b.is_temporal()) {
    if (a.form == Form::kTime && b.form == Form::kTime)
      return types::compare_times(a.temporal, b.temporal);
    if (a.form != Form::kTime && b.form != Form::kTime)
      return types::compare_datetimes(a.temporal, b.temporal);
    refuse("comparing TIME with a date in the gate");
  }
  if (a.is_temporal() && b.is_textual()) return compare_temporal_with_text(a, b);
  if (a.is_textual() && b.is_temporal()) return -compare_temporal_with_text(b, a);
  if (a.is_temporal() || b.is_temporal()) {
    if (a.type == Type::kYear && b.form != Form::kTime)
      return types::compare_datetimes(start_of_year(a), b.temporal);
    if (b.type == Type::kYear && a.form != Form::kTime)
      return types::compare_datetimes(a.temporal, start_of_year(b));
    return compare_numbers(to_number(a), to_number(b));
  }
  // Text against a number, hexadecimal literals too: both as doubles. A column of bits is an
  // integer.
  const bool literal = a.type == Type::kBitNum || b.type == Type::kBitNum;
  const bool bits = a.type == Type::kBit || b.type == Type::kBit;
  if (bits || (literal && (a.form == Form::kUint || b.form == Form::kUint)))
    return compare_numbers(number(a, b), number(b, a));
  const double x = to_double(a);
  const double y = to_double(b);
  return x < y ? -1 : x > y;
}

}  // namespace vif::eval
