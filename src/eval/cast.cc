// CAST and CONVERT.
#include <algorithm>
#include <cmath>

#include "eval/charsets.h"
#include "eval/functions_extreme.h"
#include "eval/json_datum.h"
#include "eval/mariadb.h"
#include "eval/mariadb_typing.h"
#include "eval/static_type.h"
#include "eval/strictness.h"
#include "eval/text_call.h"

namespace vif::eval {
namespace {

uint64_t to_unsigned(const Datum& d) {
  switch (d.form) {
    case Form::kUint: return d.u;
    case Form::kDecimal:
      if (d.decimal.is_negative()) return static_cast<uint64_t>(to_int(d));
      return d.decimal.to_uint64().value_or(UINT64_MAX);
    case Form::kFloat: return static_cast<uint64_t>(to_int(d));
    case Form::kText:
    case Form::kBytes: {
      if (d.is_hex_or_bit() || d.is_member()) return to_unsigned(to_number(d));
      const Decimal whole = integer_prefix(d.bytes);
      if (whole.is_negative()) return static_cast<uint64_t>(to_int(d));
      return whole.to_uint64().value_or(UINT64_MAX);
    }
    default: return static_cast<uint64_t>(to_int(d));
  }
}

// Of "-0" too, to MySQL.
bool has_minus(std::string_view text, bool mariadb) {
  if (mariadb) return integer_prefix(text).is_negative();
  const size_t at = text.find_first_not_of(" \t\n\v\f\r");
  return at != std::string_view::npos && text[at] == '-' && at + 1 < text.size() &&
         text[at + 1] >= '0' && text[at + 1] <= '9';
}

constexpr const char* kMariadbComplement =
    "Cast to unsigned converted negative integer to it's positive complement";

Datum mariadb_unsigned(const Datum& d, const Context& context) {
  if (d.form == Form::kTime && d.temporal.negative) return Datum::of_uint(0);
  Datum out = mariadb_integer(d, true, context);
  if (out.form != Form::kInt) return out;
  if (out.i < 0) context.warn(1105, kMariadbComplement);
  return Datum::of_uint(static_cast<uint64_t>(out.i));
}

// GREATEST's text of dates is their number to an integer, COALESCE's document its text.
bool is_read_as_made(const Datum& d) {
  if (!d.made_of || (!d.numbers_only && d.form != Form::kJson)) return false;
  const Form made = d.made_of->form;
  return d.form == Form::kJson || made == Form::kDate || made == Form::kDatetime ||
         (made == Form::kInt && d.made_of->i == kNoDateNumber);
}

class CastNode final : public Operation {
 public:
  CastNode(std::vector<NodePtr> args, const CastTarget& target)
      : Operation(std::move(args)), target_(target) {}

  Datum evaluate(Context& context) const override {
    Datum d = arg(0, context);
    const bool dated = target_.kind == CastKind::kDate || target_.kind == CastKind::kDatetime;
    if (d.is_null() && dated) (void)to_datetime(d, context);  // of what is 0 to it
    if (d.is_null()) {
      // To who asks for a date it is 0.
      Datum out;
      if (target_.kind == CastKind::kDouble || target_.kind == CastKind::kFloat)
        out.source = kCastToReal;
      return out;
    }
    const bool integer = target_.kind == CastKind::kSigned || target_.kind == CastKind::kUnsigned;
    if (integer) {
      // A text is read as one, whatever CASE made it of.
      const bool made = is_read_as_made(d) && !context.env.mariadb;
      if (made) d = Datum(*d.made_of);
      if (made && d.form == Form::kDatetime) d = whole_seconds(d);
      d.origin = target_.kind == CastKind::kSigned ? Origin::kComputed : Origin::kLiteral;
      d.made_of = nullptr;
    }
    switch (target_.kind) {
      case CastKind::kSigned: {
        const Datum out = Datum::of_int(to_int(d, context));
        const bool text = d.is_textual() && !d.is_hex_or_bit() && !d.is_member();
        if (context.env.mariadb && text && out.i < 0 && integer_prefix(d.bytes).to_uint64())
          context.warn(1105,
                       "Cast to signed converted positive out-of-range integer to it's negative "
                       "complement");
        return out;
      }
      case CastKind::kUnsigned:
        if (context.env.mariadb && d.is_member())
          return Datum::of_uint(static_cast<uint64_t>(to_int(d)));
        if (context.env.mariadb && !d.is_textual()) return mariadb_unsigned(d, context);
        if (d.form == Form::kDecimal && !context.env.mariadb) warn_unsigned(d, context);
        if (d.is_temporal()) return Datum::of_uint(static_cast<uint64_t>(to_int(d, context)));
        if (!d.is_number() || d.form == Form::kFloat)
          (void)to_int(d, context);  // for its warnings and errors
        if (d.is_textual() && !d.is_hex_or_bit() && has_minus(d.bytes, context.env.mariadb)) {
          context.warn(
              1105, context.env.mariadb
                        ? kMariadbComplement
                        : "Cast to unsigned converted negative integer to its positive complement");
        }
        return Datum::of_uint(to_unsigned(d));
      case CastKind::kDouble: {
        Datum out = Datum::of_float(to_double(d, context));
        out.computed = true;
        out.source = kCastToReal;
        return out;
      }
      case CastKind::kFloat: {
        const double wide = to_double(d, context);
        const auto f = static_cast<float>(wide);
        if (std::isinf(f) && context.env.mariadb) refuse("so large a FLOAT of MariaDB in the gate");
        if (std::isinf(f) || std::fabs(wide) > std::numeric_limits<float>::max())
          out_of_range("DOUBLE", fmt::format("cast({} as float)", to_text(d)));
        Datum out = Datum::of_float(static_cast<double>(f));
        out.type = Type::kFloat32;
        out.computed = true;
        out.source = kCastToReal;
        return out;
      }
      case CastKind::kDecimal: {
        const int scale = target_.scale.value_or(0);
        const int precision = target_.length.value_or(0) == 0 ? 10 : *target_.length;
        Decimal value = to_decimal(d, context);
        constexpr int kWords = 81;  // nine words of nine digits
        const bool wide = value.integer_digits() > kWords;
        if (context.env.mariadb && d.form == Form::kFloat && wide)
          context.warn(1916, "Got overflow when converting '' to DECIMAL. Value truncated");
        // To MySQL it is the greatest number, and that is told already.
        if (wide && !context.env.mariadb) value = value.clamped(Decimal::kDigitsMax, 0);
        const bool over = value.rounded(scale).integer_digits() > precision - scale;
        if (over) {
          // What is told of before there are rows, and after something else, is of none.
          const bool none = context.env.mariadb && args()[0]->is_constant() &&
                            context.row.empty() && context.env.warnings &&
                            !context.env.warnings->empty();
          context.warn(1264, fmt::format("Out of range value for column '{}' at row {}",
                                         target_.name, none ? 0 : 1));
        }
        return Datum::of_decimal(value.clamped(precision, scale), scale);
      }
      case CastKind::kChar: return cast_text(d, context);
      case CastKind::kBinary: {
        Datum out = cast_bytes(d, context);
        out.coercibility = Coercibility::kImplicit;
        return out;
      }
      case CastKind::kDate: {
        const auto parsed = to_datetime(d, context, {takes_zeros(context), true, false, true});
        return parsed ? Datum::of_date(parsed->value) : Datum();
      }
      case CastKind::kDatetime: {
        const auto parsed = to_datetime(d, context, {takes_zeros(context), false, false, true});
        if (!parsed) return {};
        const int digits = target_.length.value_or(0);
        // The zero date has no next second.
        const bool zero = parsed->value.year == 0 && parsed->value.month == 0 &&
                          parsed->value.microsecond != 0 && !context.env.mariadb;
        if (zero && !cuts(context) && types::time_rounded(parsed->value, digits).second != 0)
          return {};
        if (cuts(context)) return Datum::of_datetime(cut(parsed->value, digits), digits);
        // Rounded beyond the last second there is none.
        const Temporal rounded = types::datetime_rounded(parsed->value, digits);
        if (types::compare_datetimes(rounded, cut(rounded, digits)) != 0) {
          if (context.env.mariadb) return Datum::of_datetime(cut(parsed->value, digits), digits);
          context.warn(1441, "Datetime function: datetime field overflow");
          return {};
        }
        return Datum::of_datetime(rounded, digits);
      }
      case CastKind::kTime: {
        const auto parsed = to_time(d, context);
        if (!parsed) return {};
        const int digits = target_.length.value_or(0);
        constexpr int kHourMost = 838;
        const Temporal& t = parsed->value;
        const bool longest = t.hour == kHourMost && t.minute == 59 && t.second == 59;
        if (cuts(context) || (longest && context.env.mariadb))
          return Datum::of_time(cut(parsed->value, digits), digits);
        return Datum::of_time(types::time_rounded(parsed->value, digits), digits);
      }
      case CastKind::kYear: return cast_year(d, context);
      case CastKind::kJson: return cast_json(d, context);
    }
    return {};
  }

  Datum evaluate_compared(Context& context) const override {
    const bool dated = target_.kind == CastKind::kDate || target_.kind == CastKind::kDatetime ||
                       target_.kind == CastKind::kTime;
    if (!dated || !context.env.mariadb) return evaluate(context);
    return mariadb_compared(arg(0, context), cast_type(target_).type, target_.length.value_or(0),
                            context);
  }

  StaticType type(Context& context) const override {
    StaticType out = cast_type(target_);
    const StaticType operand = args()[0]->type(context);
    switch (target_.kind) {
      case CastKind::kSigned:
      case CastKind::kUnsigned:
      case CastKind::kDouble:
      case CastKind::kFloat: out.nullable = operand.nullable; break;
      case CastKind::kDecimal: {
        const int digits = target_.length.value_or(0) == 0 ? 10 : *target_.length;
        out.nullable = operand.nullable;
        out.size = length_of_decimal(digits, out.scale, false);
        break;
      }
      case CastKind::kChar:
        out.size = target_.length ? *target_.length : text_size(operand);
        out.nullable = operand.nullable || is_strict(context);
        out.coercibility = static_cast<uint8_t>(Coercibility::kImplicit);
        break;
      case CastKind::kBinary: {
        StaticType bytes = operand;
        if (bytes.type == Type::kText) bytes.fixed = false;
        out.size = target_.length ? *target_.length : field_of(bytes).column_length;
        out.nullable = operand.nullable || is_strict(context);
        out.coercibility = static_cast<uint8_t>(Coercibility::kImplicit);
        break;
      }
      default: break;
    }
    if (!context.env.mariadb) return out;
    if (target_.kind == CastKind::kSigned || target_.kind == CastKind::kUnsigned)
      return mariadb_integer_cast_type(*args()[0], target_.kind == CastKind::kUnsigned, context);
    as_mariadb(out, operand);
    return out;
  }

 private:
  void as_mariadb(StaticType& out, const StaticType& operand) const {
    // Numbers are made of its texts without their decimals.
    if (target_.kind == CastKind::kChar || target_.kind == CastKind::kBinary) {
      out.fixed = true;
      out.scale = 0;
      const bool is_long = operand.type == Type::kText || operand.type == Type::kBlob;
      if (is_long && !target_.length)
        out.type = target_.kind == CastKind::kChar ? Type::kText : Type::kBlob;
    }
    if (target_.converts) {
      out.fixed = false;
      out.size = mariadb_characters(operand);
    }
    if (target_.kind == CastKind::kChar && !target_.length) out.size = mariadb_characters(operand);
    if (out.type == Type::kText && out.fixed) {
      StaticType bytes = out;
      bytes.fixed = false;
      out.size = field_of(bytes).column_length;
    }
    constexpr int kFloatLength = 12;
    if (target_.kind == CastKind::kFloat) {
      out.size = kFloatLength;
      out.nullable = true;
    }
    constexpr int kDoubleLength = 22;
    if (target_.kind == CastKind::kDouble) {
      out.size = kDoubleLength;
      out.nullable = true;
    }
  }

  Datum cast_text(Datum d, const Context& context) const {
    const std::string whole = context.env.mariadb ? mariadb_text_shown(d) : std::string();
    size_t wrong = 0;
    if (d.form == Form::kBytes && context.env.mariadb && !is_utf8mb4(d.bytes, wrong)) {
      const Datum rest = Datum::of_bytes(d.bytes.substr(wrong));
      d.bytes = repaired_utf8(d.bytes);
      // What is cut is not looked at.
      const bool kept = !target_.length ||
                        characters(d.bytes, static_cast<size_t>(*target_.length)).size() > wrong;
      if (kept)
        context.warn(1300,
                     fmt::format("Invalid utf8mb4 character string: '{}'", shown_in_message(rest)));
    }
    if (d.form == Form::kBytes) {
      size_t bad = 0;
      if (!is_utf8mb4(d.bytes, bad)) {
        context.warn(1300, fmt::format("Invalid utf8mb4 character string: '{}'",
                                       invalid_bytes(d.bytes, charset_named("utf8mb4"))));
        if (is_strict(context)) return {};
        d.bytes.resize(bad);
      }
    }
    if (target_.length && !context.env.mariadb &&
        static_cast<size_t>(*target_.length) > length_max(context))
      return too_long("cast_as_char", context);
    std::string text = to_text(d);
    if (target_.length) {
      std::string cut = characters(text, static_cast<size_t>(*target_.length));
      if (cut.size() < text.size() && context.env.mariadb)
        warn_cut("CHAR", whole, context);
      else if (cut.size() < text.size())  // the bytes that are left
        context.warn(1292, fmt::format("Truncated incorrect CHAR({}) value: '{}'", cut.size(),
                                       shown_in_message(Datum::of_text(text, kUtf8mb4Collation))));
      text = std::move(cut);
    }
    return Datum::of_text(std::move(text), target_.collation, Coercibility::kImplicit);
  }

  // MariaDB does not round unless it is told to, MySQL does unless it is told not to.
  static bool cuts(const Context& context) {
    return context.env.mariadb ? !has_sql_mode(context, "TIME_ROUND_FRACTIONAL")
                               : truncates_fractions(context.env.sql_mode);
  }
  static Temporal cut(Temporal t, int digits) {
    int unit = 1;
    for (int i = digits; i < 6; ++i) unit *= 10;
    t.microsecond -= t.microsecond % unit;
    const bool zero = t.hour == 0 && t.minute == 0 && t.second == 0 && t.microsecond == 0;
    if (zero) t.negative = false;
    return t;
  }

  static bool starts_a_number(std::string_view text) {
    const size_t at = text.find_first_not_of(" \t\n\v\f\r+");
    return at != std::string_view::npos && text[at] >= '0' && text[at] <= '9';
  }

  static void warn_unsigned(const Datum& d, const Context& context) {
    const Decimal whole = d.decimal.rounded(0);
    if (whole.is_negative() ? whole.to_int64().has_value() : whole.to_uint64().has_value()) return;
    context.warn(1292, fmt::format("Truncated incorrect DECIMAL value: '{}'", to_text(d)));
  }

  // Of a text, the integer that it begins with.
  static int64_t year_of(const Datum& d, const Context& context) {
    const bool text = d.is_textual() && !d.is_hex_or_bit() && !d.is_member();
    if (!text || context.env.mariadb) return to_int(d, context);
    const size_t start = std::min(d.bytes.find_first_not_of(" \t\n\v\f\r+"), d.bytes.size());
    const size_t end = d.bytes.find_first_not_of("0123456789", start);
    if (end != std::string::npos &&
        d.bytes.find_first_not_of(" \t\n\v\f\r", end) != std::string::npos)
      context.warn(1292, fmt::format("Truncated incorrect YEAR value: '{}'", shown_in_message(d)));
    return to_int(d);
  }

  static Datum cast_year(const Datum& given, const Context& context) {
    Datum d = given;
    if (d.made_of && d.is_textual() && !context.env.mariadb) {
      if (is_read_as_made(d)) d = Datum(*d.made_of);
      d.made_of = nullptr;
    }
    int64_t year = 0;
    if (d.is_temporal()) {
      const auto parsed = to_datetime(d, context, {true, false});
      if (!parsed) return {};
      year = parsed->value.year;
    } else {
      if (d.is_textual() && !d.is_hex_or_bit() && !d.is_member() && !starts_a_number(d.bytes)) {
        context.warn(1525, fmt::format("Incorrect YEAR value: '{}'",
                                       context.env.mariadb ? to_text(d) : shown_in_message(d)));
        return {};
      }
      year = year_of(d, context);
      constexpr int64_t kTwoDigits = 100;
      const bool text = d.is_textual() && !d.is_hex_or_bit() && !d.is_member();
      if (year >= 0 && year < kTwoDigits && (year > 0 || text)) year += year < 70 ? 2000 : 1900;
    }
    constexpr int64_t kFirst = 1901;
    constexpr int64_t kLast = 2155;
    if (year != 0 && (year < kFirst || year > kLast)) {
      context.warn(1292, fmt::format("Truncated incorrect YEAR value: '{}'", year));
      return {};
    }
    Datum out =
        context.env.mariadb ? Datum::of_int(year) : Datum::of_uint(static_cast<uint64_t>(year));
    out.type = Type::kYear;
    out.computed = true;
    return out;
  }

  // Text is parsed; everything else becomes the value that it is.
  Datum cast_json(const Datum& d, Context& context) const {
    const Call call{args(), context, target_.collation, "cast_as_json"};
    const bool parsed = (d.form == Form::kText && !d.is_member()) || d.form == Form::kJson;
    // Bytes are asked whether they are NULL, first.
    const bool asked = d.form == Form::kBytes && !args()[0]->is_leaf() && !context.env.mariadb;
    if (asked && context.env.warnings) (void)arg(0, context);
    Datum out = parsed ? Datum::of_json(json_document_of(d, call, 0))
                       : Datum::of_json(d.origin == Origin::kColumn ? json_argument(call, 0)
                                                                    : json_from(d));
    out.source = call.name;
    return out;
  }

  Datum cast_bytes(const Datum& d, const Context& context) const {
    std::string bytes = own_bytes(d);
    if (target_.length && static_cast<size_t>(*target_.length) > length_max(context))
      return too_long("cast_as_binary", context);
    if (target_.length) {
      auto length = static_cast<size_t>(*target_.length);
      // There a text is cut by its characters, but filled up with bytes.
      if (context.env.mariadb && d.form == Form::kText)
        length = std::max(length, std::min(bytes.size(), characters(bytes, length).size()));
      if (bytes.size() > length)
        warn_cut(
            "BINARY",
            context.env.mariadb ? mariadb_text_shown(d) : shown_in_message(Datum::of_bytes(bytes)),
            context);
      bytes.resize(length, '\0');
    }
    Datum out = Datum::of_bytes(std::move(bytes));
    if (d.form == Form::kJson && !target_.length) out.type = Type::kBlob;
    return out;
  }

  void warn_cut(std::string_view type, const std::string& value, const Context& context) const {
    context.warn(
        1292, fmt::format("Truncated incorrect {}({}) value: '{}'", type, *target_.length, value));
  }

  CastTarget target_;
};

}  // namespace

StaticType cast_type(const CastTarget& target) {
  switch (target.kind) {
    case CastKind::kSigned: return static_type(Type::kInt64);
    case CastKind::kUnsigned: return static_type(Type::kUint64);
    case CastKind::kDouble: return static_type(Type::kFloat64);
    case CastKind::kFloat: return static_type(Type::kFloat32);
    case CastKind::kDecimal:
      return static_type(Type::kDecimal, kBinaryCollation, target.scale.value_or(0));
    case CastKind::kChar: return static_type(Type::kVarchar, target.collation);
    case CastKind::kBinary: return static_type(Type::kVarbinary);
    case CastKind::kDate: return static_type(Type::kDate);
    case CastKind::kDatetime:
      return static_type(Type::kDatetime, kBinaryCollation, target.length.value_or(0));
    case CastKind::kTime:
      return static_type(Type::kTime, kBinaryCollation, target.length.value_or(0));
    case CastKind::kYear: return static_type(Type::kYear);
    case CastKind::kJson: return static_type(Type::kJson, kJsonCollation);
  }
  return {};
}

NodePtr make_cast(NodePtr arg, const CastTarget& target) {
  std::vector<NodePtr> args;
  args.push_back(std::move(arg));
  return std::make_unique<CastNode>(std::move(args), target);
}

}  // namespace vif::eval
