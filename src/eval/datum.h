// A value while an expression is evaluated: typed, and in the form that arithmetic and comparison
// want.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "types/decimal.h"
#include "types/json.h"
#include "types/temporal.h"
#include "types/value.h"

namespace vif::eval {

using types::Decimal;
using types::Temporal;
using types::Type;

inline constexpr uint32_t kBinaryCollation = 63;
inline constexpr uint32_t kJsonCollation = 46;  // utf8mb4_bin
inline constexpr uint32_t kUtf8mb4Collation = 255;

// How firmly a text has its collation: the lower wins when two meet.
enum class Coercibility : uint8_t {
  kExplicit,
  kNoCollation,
  kImplicit,
  kSystem,
  kCoercible,
  kNumeric,
  kIgnorable
};

// What kind of value; the SQL type beside it may be finer (kChar, kBlob).
enum class Form : uint8_t {
  kNull,
  kInt,
  kUint,
  kFloat,
  kDecimal,
  kText,
  kBytes,
  kDate,
  kDatetime,
  kTime,
  kJson,
  kTuple
};

// Where it comes from: messages show what is in a column in another way than a text that stands in
// the statement.
// Of what a choice or a search gave, numbers are read in silence: exact ones by its searches only.
enum class Origin : uint8_t { kComputed, kLiteral, kColumn, kChosen, kSearched, kBits };

// Datum::scale of a double that is shown without a point, however large it is.
inline constexpr int kShownWhole = -1;
// Of one that MariaDB shows: all its digits, whatever place they take, and 0 without a sign; less 1
// for each decimal that is shown.
inline constexpr int kShownByMariadb = -2;

// Datum::source of UNIX_TIMESTAMP's seconds, whose integer has no part of their fraction.
inline constexpr std::string_view kUnixSeconds = "unix_timestamp";

// Of what was cast to a double: the least integer is no integer of it.
inline constexpr std::string_view kCastToReal = "cast to real";

// Of what MariaDB's JSON_EXTRACT found: `made_of` is what numbers are read from, in silence where
// they are doubles, and what a string is compared with.
inline constexpr std::string_view kJsonExtract = "json_extract";

struct Datum {
  Form form = Form::kNull;
  Type type = Type::kNull;
  Coercibility coercibility = Coercibility::kIgnorable;
  uint8_t precision = 0;      // digits of a temporal's fraction
  bool boolean = false;       // what a condition gives: true or false in JSON
  bool numbers_only = false;  // dates and times are not read from `made_of`
  Origin origin = Origin::kComputed;
  uint32_t collation = kBinaryCollation;
  bool computed =
      false;  // a double that an operation gave: out of an integer's range it is an error, not cut
  int scale =
      0;  // decimals shown; the decimal itself may have more; of a double 0 means as many as it needs
  union {
    int64_t i = 0;
    uint64_t u;
    double f;
  };
  Decimal decimal;
  Temporal temporal;
  std::string bytes;  // of a number: its text, where that has more zeros than it needs
  std::shared_ptr<const types::Json> json;
  std::shared_ptr<const Datum>
      made_of;              // what IF or CASE made this text of: numbers and dates are read from it
  std::string_view source;  // the function that made the JSON, for messages; static
  std::vector<Datum> tuple;

  bool is_null() const { return form == Form::kNull; }
  bool is_number() const { return form >= Form::kInt && form <= Form::kDecimal; }
  bool is_textual() const { return form == Form::kText || form == Form::kBytes; }
  bool is_temporal() const { return form >= Form::kDate && form <= Form::kTime; }
  // An ENUM or a SET: text whose number is `i`, -1 when that is not known.
  bool is_member() const {
    return form == Form::kText && (type == Type::kEnum || type == Type::kSet);
  }
  // Bytes that are a number where one is asked for: x'41', b'1', a BIT column.
  bool is_hex_or_bit() const {
    return type == Type::kHexNum || type == Type::kHexVal || type == Type::kBitNum ||
           type == Type::kBit;
  }

  // A number is read from it without a word, exact or not.
  bool is_silent() const { return origin >= Origin::kChosen; }

  static Datum null() { return {}; }
  static Datum of_int(int64_t v);
  static Datum of_uint(uint64_t v);
  static Datum of_bool(bool v) {
    Datum d = of_int(v ? 1 : 0);
    d.boolean = true;
    return d;
  }
  static Datum of_float(double v);
  static Datum of_decimal(Decimal v, int shown_scale);
  static Datum of_text(std::string v, uint32_t text_collation,
                       Coercibility c = Coercibility::kCoercible);
  static Datum of_bytes(std::string v);
  static Datum of_date(const Temporal& v);
  static Datum of_datetime(const Temporal& v, int fraction_digits);
  static Datum of_time(const Temporal& v, int fraction_digits);
  static Datum of_json(types::Json v);
  static Datum of_json(std::shared_ptr<const types::Json> v);
};

// From a row or a bind variable; `collation` is the column's (0: not known). Throws SqlError for
// types that cannot be evaluated here (enum, set, geometry).
Datum datum_from(const types::Value& value, uint32_t collation, Coercibility coercibility);
types::Value value_from(const Datum& d);

// The number that arithmetic sees: text is a double, dates are digits, hexadecimal literals are
// unsigned. Never null for a non-null.
Datum to_number(const Datum& d);
double to_double(const Datum& d);
Decimal to_decimal(const Datum& d);
// The integer that integer arguments and bit operations see: rounded; text by its integer prefix.
int64_t to_int(const Datum& d);
// A datetime without the fraction of its second.
Datum whole_seconds(Datum datetime);
// The digits at the start of a text; no point, no exponent.
Decimal integer_prefix(std::string_view text);
// For LIKE, CONCAT, ...: the characters. Numbers are ASCII in the connection's collation.
std::string to_text(const Datum& d);
// 0 or 1; REQUIRES: not null. Text is true when its number is not 0.
bool to_bool(const Datum& d);
// The datetime that a date context sees; nullopt when it is none. `d` may be text or a number.
std::optional<types::ParsedTemporal> to_datetime(const Datum& d);
std::optional<types::ParsedTemporal> to_time(const Datum& d);

// The name's or the id's text for messages.
std::string describe(const Datum& d);

[[noreturn]] void refuse(std::string_view what);  // VT12001: unsupported: <what>
[[noreturn]] void out_of_range(std::string_view type, const std::string& expression);

// Less than, equal to, greater than 0, as the comparison operators compare. REQUIRES: neither is
// null nor a tuple. Throws SqlError where the order is not known here.
int compare_datums(const Datum& a, const Datum& b);

// The collation in which two texts meet. Throws SqlError errno 1267 (illegal mix), or refuses.
uint32_t merged_collation(const Datum& a, const Datum& b, Coercibility& coercibility);
// Whether the bytes are UTF-8; `bad` is where they end to be.
bool is_utf8mb4(std::string_view bytes, size_t& bad);
// The bytes, as text. Throws SqlError errno 3854 when they are no UTF-8.
const std::string& checked_utf8(const std::string& bytes);
// Of a collation's charset. Throws SqlError errno 3854.
Datum text_of_bytes(const Datum& bytes, uint32_t collation);
[[noreturn]] void cannot_convert(std::string_view bytes, std::string_view from,
                                 std::string_view to);  // error 3854
bool is_case_insensitive(uint32_t collation);
// 0 when not known here.
uint32_t collation_id(std::string_view name);
std::string_view collation_name(uint32_t id);

}  // namespace vif::eval
