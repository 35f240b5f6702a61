// Numbers.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "eval/function.h"
#include "eval/static_type.h"

namespace vif::eval {
namespace {

// Functions of one number see a hexadecimal literal as a double; MySQL's a date or a time too.
Datum number_of(const Datum& d, const Call& call) {
  const bool bits = d.type == Type::kBit && !call.context.env.mariadb;
  const bool inexact =
      (d.is_hex_or_bit() && !bits) || (d.is_temporal() && !call.context.env.mariadb);
  if (!inexact) return to_number(d, call.context);
  return Datum::of_float(d.is_hex_or_bit() ? to_double(d, call.context) : to_double(d));
}

// So many digits that the whole part stays a DECIMAL.
bool is_long(const StaticType& t) {
  constexpr int kDigitsOfLong = 20;
  return t.size - t.scale >= kDigitsOfLong;
}

StaticType whole_type(const Call& call) {
  const StaticType t = call.arg_type(0);
  if (t.type == Type::kDecimal && is_long(t)) {
    StaticType out = static_type(Type::kDecimal);
    out.size = digits_of(t) - t.scale + (t.scale > 0 ? 2 : 1);
    return out;
  }
  if (t.type == Type::kBit && !call.context.env.mariadb) return static_type(Type::kUint64);
  if (t.type == Type::kDecimal || types::is_integral(t.type)) {
    return static_type(types::is_unsigned(t.type) ? Type::kUint64 : Type::kInt64);
  }
  return static_type(Type::kFloat64);
}
StaticType same_number_type(const Call& call) {
  const StaticType t = call.arg_type(0);
  if (t.type == Type::kDecimal) return static_type(Type::kDecimal, kBinaryCollation, t.scale);
  if (types::is_integral(t.type))
    return static_type(types::is_unsigned(t.type) ? Type::kUint64 : Type::kInt64);
  if (t.type == Type::kBit && !call.context.env.mariadb) return static_type(Type::kUint64);
  return static_type(Type::kFloat64);
}

Datum abs_function(const Call& call) {
  const Datum d = operand(call.arg(0), *call.args[0], call.context);
  if (d.is_null()) return {};
  const bool bits = d.type == Type::kBit || (call.context.env.mariadb && d.is_hex_or_bit());
  Datum n = bits ? to_number(d, call.context) : number_of(d, call);
  // A date's digits are a decimal to MariaDB.
  if (call.context.env.mariadb && d.is_temporal() && n.form == Form::kInt)
    n = Datum::of_decimal(Decimal::from_int(n.i), 0);
  switch (n.form) {
    case Form::kInt:
      if (n.i == INT64_MIN) out_of_range("BIGINT", fmt::format("abs({})", n.i));
      return Datum::of_int(std::abs(n.i));
    case Form::kUint: return n;
    case Form::kFloat: {
      Datum out = Datum::of_float(std::fabs(n.f));
      out.scale = d.is_temporal() ? d.precision : d.form == Form::kFloat ? d.scale : 0;
      return out;
    }
    default:
      return Datum::of_decimal(n.decimal.is_negative() ? n.decimal.negated() : n.decimal, n.scale);
  }
}

Datum whole(const Call& call, bool up) {
  const Datum d = operand(call.arg(0), *call.args[0], call.context);
  if (d.is_null()) return {};
  const Datum n = number_of(d, call);
  if (n.form == Form::kFloat) return Datum::of_float(up ? std::ceil(n.f) : std::floor(n.f));
  if (n.form != Form::kDecimal) return n;
  Decimal rounded = up ? n.decimal.ceil() : n.decimal.floor();
  if (const std::optional<int64_t> i = rounded.to_int64(); i && !is_long(call.arg_type(0)))
    return Datum::of_int(*i);
  return Datum::of_decimal(std::move(rounded), 0);
}
Datum ceil_function(const Call& call) { return whole(call, true); }
Datum floor_function(const Call& call) { return whole(call, false); }

double rounded_double(double value, int64_t digits, bool cut) {
  const double power = std::pow(10.0, static_cast<double>(std::abs(digits)));
  const double scaled = digits < 0 ? value / power : value * power;
  if (std::isinf(power)) return digits < 0 ? 0 : value;
  if (!std::isfinite(scaled)) return value;
  const double whole_part = cut ? std::trunc(scaled) : std::nearbyint(scaled);
  return digits < 0 ? whole_part * power : whole_part / power;
}

// A literal may have more digits behind the point than a result.
int places_most(const Call& call) {
  const bool all = call.size() == 1 || call.context.env.mariadb;
  return all ? Decimal::kDigitsMax : Decimal::kScaleMax;
}

Datum round_to(const Call& call, bool cut) {
  const Datum d = operand(call.arg(0), *call.args[0], call.context);
  if (d.is_null()) return {};
  const Datum n = number_of(d, call);
  int64_t digits = 0;
  if (call.size() > 1) {
    const Datum places = call.arg(1);
    if (places.is_null()) return {};
    constexpr int64_t kDigitsMost = 400;
    digits = places.form == Form::kUint
                 ? static_cast<int64_t>(std::min<uint64_t>(places.u, kDigitsMost))
                 : std::clamp<int64_t>(to_int(places, call.context), -kDigitsMost, kDigitsMost);
  }
  if (n.form == Form::kFloat) return Datum::of_float(rounded_double(n.f, digits, cut));
  const int most = places_most(call);
  const int shown = n.form == Form::kDecimal ? std::min(n.scale, most) : 0;
  const int scale = static_cast<int>(std::clamp<int64_t>(digits, -2 * Decimal::kDigitsMax, shown));
  const Decimal exact = to_decimal(n);
  const Decimal out = cut ? exact.truncated(scale) : exact.rounded(scale);
  // By a number of places that is not the statement's it keeps the decimals that it has.
  const bool fixed =
      call.size() < 2 || call.args[1]->is_constant() || call.args[1]->is_bind_variable();
  if (n.form == Form::kDecimal) return Datum::of_decimal(out, fixed ? std::max(scale, 0) : shown);
  if (n.form == Form::kUint) {
    const std::optional<uint64_t> u = out.to_uint64();
    if (!u) out_of_range("BIGINT UNSIGNED", "");
    return Datum::of_uint(*u);
  }
  const std::optional<int64_t> i = out.to_int64();
  if (!i) out_of_range("BIGINT", "");
  return Datum::of_int(*i);
}
Datum round_function(const Call& call) { return round_to(call, false); }
Datum truncate_function(const Call& call) { return round_to(call, true); }

bool negative_places(const Call& call) {
  if (call.size() < 2 || !call.args[1]->is_constant() || call.context.env.mariadb) return false;
  const Datum places = call.arg(1);
  return !places.is_null() && to_int(places) <= 0 && places.form != Form::kUint;
}

StaticType round_type(const Call& call) {
  StaticType t = same_number_type(call);
  if (t.type != Type::kDecimal) return t;
  if (call.size() == 1) {
    t.scale = 0;
  } else if (call.args[1]->is_constant()) {
    const Datum places = call.arg(1);
    const bool beyond = places.form == Form::kUint && places.u > INT64_MAX;
    t.scale = places.is_null() ? 0
              : beyond         ? t.scale
                               : static_cast<int>(std::clamp<int64_t>(to_int(places), 0, t.scale));
    t.scale = std::min(t.scale, places_most(call));
  }
  const StaticType from = call.arg_type(0);
  const int cut = from.scale - t.scale;
  // It may become a digit longer.
  const bool all = from.scale == 0 && !call.context.env.mariadb &&
                   (call.size() == 1 || !call.args[1]->is_constant() || call.arg(1).is_null());
  const bool longer = (cut > 0 || all || negative_places(call)) && call.name != "truncate";
  t.size = length_of_decimal(
      std::min(digits_of(from) - cut + (longer ? 1 : 0), Decimal::kDigitsMax), t.scale, false);
  return t;
}

Datum sign_function(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const Datum number = to_number(d, call.context);
  if (number.form == Form::kDecimal && number.decimal.is_zero()) return Datum::of_int(0);
  return Datum::of_int(compare_datums(number, Datum::of_int(0)));
}

bool not_negative(double x) { return x >= 0; }
bool positive(double x) { return x > 0; }

void warn_logarithm(const Call& call) {
  if (!call.context.env.mariadb)
    call.context.warn(3020, "Invalid argument for logarithm");
  else if (has_sql_mode(call.context, "ERROR_FOR_DIVISION_BY_ZERO"))
    warn_division_by_zero(call.context);
}

// A function of doubles that has no value outside its domain: NULL there.
Datum of_doubles(const Call& call, double (*f)(double), bool (*within)(double) = nullptr) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const double x = to_double(d, call.context);
  if (within && !within(x)) {
    if (within == positive) warn_logarithm(call);
    return {};
  }
  const double y = f(x);
  if (std::isinf(y)) out_of_range("DOUBLE", "");
  return std::isfinite(y) ? Datum::of_float(y) : Datum();
}

Datum sqrt_function(const Call& call) { return of_doubles(call, std::sqrt, not_negative); }
Datum exp_function(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const double y = std::exp(to_double(d, call.context));
  if (!std::isfinite(y)) out_of_range("DOUBLE", fmt::format("exp({})", to_text(d)));
  return Datum::of_float(y);
}
Datum ln_function(const Call& call) { return of_doubles(call, std::log, positive); }
Datum log2_function(const Call& call) {
  if (!call.context.env.mariadb) return of_doubles(call, std::log2, positive);
  return of_doubles(
      call, [](double x) { return std::log(x) / std::numbers::ln2; }, positive);
}
Datum log10_function(const Call& call) { return of_doubles(call, std::log10, positive); }
Datum sin_function(const Call& call) { return of_doubles(call, std::sin); }
Datum cos_function(const Call& call) { return of_doubles(call, std::cos); }
Datum tan_function(const Call& call) { return of_doubles(call, std::tan); }
Datum asin_function(const Call& call) { return of_doubles(call, std::asin); }
Datum acos_function(const Call& call) { return of_doubles(call, std::acos); }
Datum degrees(const Call& call) {
  return of_doubles(call, [](double x) { return x * (180 / std::numbers::pi); });
}
Datum radians(const Call& call) {
  return of_doubles(call, [](double x) { return x * (std::numbers::pi / 180); });
}
Datum cot_function(const Call& call) {
  const Datum d = call.arg(0);
  if (d.is_null()) return {};
  const double y = 1 / std::tan(to_double(d, call.context));
  if (!std::isfinite(y)) out_of_range("DOUBLE", fmt::format("cot({})", to_text(d)));
  return Datum::of_float(y);
}

Datum atan_function(const Call& call) {
  if (call.size() == 1) return of_doubles(call, std::atan);
  const Datum y = call.arg(0);
  if (y.is_null() && !call.context.env.mariadb) return {};
  const double first = y.is_null() ? 0 : to_double(y, call.context);
  const Datum x = call.arg(1);
  if (y.is_null() || x.is_null()) return {};
  return Datum::of_float(std::atan2(first, to_double(x, call.context)));
}

Datum log_function(const Call& call) {
  if (call.size() == 1) return ln_function(call);
  const Datum base = call.arg(0);
  if (base.is_null()) return {};
  const double b = to_double(base, call.context);
  // What is no base needs no number.
  const Datum value = b > 0 ? call.arg(1) : Datum::of_int(0);
  if (base.is_null() || value.is_null()) return {};
  const double v = b > 0 ? to_double(value, call.context) : 0;
  if (b <= 0 || v <= 0 || b == 1) {
    warn_logarithm(call);
    return {};
  }

  return Datum::of_float(std::log(v) / std::log(b));
}

Datum pow_function(const Call& call) {
  const Datum base = call.arg(0);
  if (base.is_null() && !call.context.env.mariadb) return {};
  const Datum exponent = call.arg(1);
  if (base.is_null() != exponent.is_null())
    (void)to_double(base.is_null() ? exponent : base, call.context);  // both are looked at
  if (base.is_null() || exponent.is_null()) return {};
  const double x = to_double(base, call.context);
  const double y = std::pow(x, to_double(exponent, call.context));
  if (!std::isfinite(y))
    out_of_range("DOUBLE", fmt::format("pow({},{})", to_text(base), to_text(exponent)));
  return Datum::of_float(y);
}

constexpr int kPiDecimals = 6;

Datum pi(const Call&) {
  Datum d = Datum::of_float(std::numbers::pi);
  d.scale = kPiDecimals;
  return d;
}
StaticType pi_type(const Call&) {
  StaticType t = static_type(Type::kFloat64, kBinaryCollation, kPiDecimals);
  t.size = kPiDecimals + 2;
  t.fixed = true;
  t.nullable = false;
  return t;
}

constexpr Function kFunctions[] = {
    {"abs", 1, 1, abs_function, same_number_type},
    {"ceil", 1, 1, ceil_function, whole_type},
    {"ceiling", 1, 1, ceil_function, whole_type},
    {"floor", 1, 1, floor_function, whole_type},
    {"round", 1, 2, round_function, round_type},
    {"truncate", 2, 2, truncate_function, round_type},
    {"sign", 1, 1, sign_function, int_type},
    {"sqrt", 1, 1, sqrt_function, float_type},
    {"exp", 1, 1, exp_function, float_type},
    {"ln", 1, 1, ln_function, float_type},
    {"log", 1, 2, log_function, float_type},
    {"log2", 1, 1, log2_function, float_type},
    {"log10", 1, 1, log10_function, float_type},
    {"pow", 2, 2, pow_function, float_type},
    {"power", 2, 2, pow_function, float_type},
    {"sin", 1, 1, sin_function, float_type},
    {"cos", 1, 1, cos_function, float_type},
    {"tan", 1, 1, tan_function, float_type},
    {"cot", 1, 1, cot_function, float_type},
    {"asin", 1, 1, asin_function, float_type},
    {"acos", 1, 1, acos_function, float_type},
    {"atan", 1, 2, atan_function, float_type},
    {"atan2", 1, 2, atan_function, float_type},
    {"degrees", 1, 1, degrees, float_type},
    {"radians", 1, 1, radians, float_type},
    {"pi", 0, 0, pi, pi_type},
};

}  // namespace

std::span<const Function> math_functions() { return kFunctions; }

}  // namespace vif::eval
