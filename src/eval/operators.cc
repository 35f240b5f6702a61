// Arithmetic, bits and logic.
#include <algorithm>
#include <cmath>

#include "eval/compared_side.h"
#include "eval/mariadb.h"
#include "eval/mariadb_typing.h"
#include "eval/node.h"
#include "eval/static_type.h"

namespace vif::eval {
namespace {

using Arithmetic = Operator::Arithmetic;
using Bits = Operator::Bits;
using Logic = Operator::Logic;

constexpr int kDivPrecisionIncrement = 4;
constexpr int kWordsMax = 9;
constexpr int kWordDigits = 9;  // the server keeps decimals in words of nine digits

std::string_view symbol(Arithmetic op) {
  switch (op) {
    case Arithmetic::kAdd: return "+";
    case Arithmetic::kSubtract: return "-";
    case Arithmetic::kMultiply: return "*";
    case Arithmetic::kDivide: return "/";
    case Arithmetic::kIntegerDivide: return "DIV";
    case Arithmetic::kModulo: return "%";
  }
  return {};
}

std::string shown(const Datum& a, Arithmetic op, const Datum& b) {
  return fmt::format("({} {} {})", to_text(a), symbol(op), to_text(b));
}

int scale_of(const Datum& d) { return d.form == Form::kDecimal ? d.scale : 0; }

// An exact whole number, as the 64-bit integer that the operands' signs ask for.
Datum whole(__int128 value, bool is_unsigned, const Datum& a, Arithmetic op, const Datum& b) {
  if (is_unsigned) {
    if (value < 0 || value > static_cast<__int128>(UINT64_MAX))
      out_of_range("BIGINT UNSIGNED", shown(a, op, b));
    return Datum::of_uint(static_cast<uint64_t>(value));
  }
  if (value < INT64_MIN || value > INT64_MAX) out_of_range("BIGINT", shown(a, op, b));
  return Datum::of_int(static_cast<int64_t>(value));
}

__int128 wide(const Datum& d) {
  return d.form == Form::kUint ? static_cast<__int128>(d.u) : static_cast<__int128>(d.i);
}

int words_of(int digits) { return (digits + kWordDigits - 1) / kWordDigits; }

// Decimals that nine words of nine digits have room for beside the whole part.
int room_beside(const Decimal& d) {
  return std::max(0, kWordsMax - words_of(d.integer_digits())) * kWordDigits;
}

Datum divide_decimals(const Datum& a, const Datum& b, bool mariadb) {
  const Decimal x = to_decimal(a);
  const Decimal y = to_decimal(b);
  if (y.is_zero()) return {};
  const int shown_scale = std::min(scale_of(a) + kDivPrecisionIncrement,
                                   mariadb ? kMariadbScaleMax : Decimal::kScaleMax);
  // As many whole words as the server computes, then rounded to what is shown.
  const int x_digits = words_of(x.scale()) * kWordDigits;
  const int y_digits = words_of(y.scale()) * kWordDigits;
  const int increment =
      std::max(kDivPrecisionIncrement - (x_digits - x.scale() + y_digits - y.scale()), 0);
  const int digits = words_of(x_digits + y_digits + increment) * kWordDigits;
  Decimal quotient = Decimal::divide(x, y, mariadb ? std::max(digits, shown_scale) : digits);
  if (!mariadb) {
    const int kept = std::min(shown_scale, room_beside(quotient));
    return Datum::of_decimal(quotient.rounded(kept), kept);
  }
  return Datum::of_decimal(std::move(quotient), shown_scale);
}

bool is_timestamp(const Datum& d) { return d.type == Type::kTimestamp && d.precision == 0; }

Datum integer_divide(const Datum& left, const Datum& right, const Context& context) {
  const auto exact = [&](const Datum& d) {
    const bool text = d.is_textual() && !d.is_hex_or_bit();
    if (d.form == Form::kFloat) (void)to_decimal(d, context);  // for its warning
    constexpr double kNineWords = 1e81;
    if (!context.env.mariadb && d.form == Form::kFloat && std::fabs(d.f) >= kNineWords) {
      // Cut to the most that a decimal has.
      const Decimal most = Decimal::parse_prefix(std::string(Decimal::kDigitsMax, '9'));
      return Datum::of_decimal(d.f < 0 ? most.negated() : most, 0);
    }
    if (context.env.mariadb && d.form == Form::kFloat && std::fabs(d.f) >= kNineWords)
      context.warn(1916, "Got overflow when converting '' to DECIMAL. Value truncated");
    return text || d.form == Form::kJson ? Datum::of_decimal(to_decimal(d, context), 0)
                                         : to_number(d, context);
  };
  const Datum a = exact(left);
  const Datum b = exact(right);
  const bool stamp = context.env.mariadb && (is_timestamp(left) || is_timestamp(right));
  const bool is_unsigned = a.form == Form::kUint || b.form == Form::kUint || stamp;
  const bool ints = a.form <= Form::kUint && b.form <= Form::kUint;
  if (ints) {
    if (wide(b) == 0) return {};
    const __int128 quotient = wide(a) / wide(b);
    // The server makes the least integer of its opposite, which is none.
    if (quotient == INT64_MIN && !context.env.mariadb)
      out_of_range("BIGINT", shown(a, Arithmetic::kIntegerDivide, b));
    return whole(quotient, is_unsigned, a, Arithmetic::kIntegerDivide, b);
  }
  // Nine words of nine digits hold what a double has after the point.
  const Decimal divisor =
      b.form == Form::kFloat ? to_decimal(b).truncated(kWordsMax * kWordDigits) : to_decimal(b);
  if (divisor.is_zero()) return {};
  const Decimal quotient = Decimal::divide(to_decimal(a), divisor, 0);
  if (is_unsigned) {
    const std::optional<uint64_t> u = quotient.to_uint64();
    if (!u) out_of_range("BIGINT UNSIGNED", shown(a, Arithmetic::kIntegerDivide, b));
    return Datum::of_uint(*u);
  }
  const std::optional<int64_t> i = quotient.to_int64();
  if (!i) out_of_range("BIGINT", shown(a, Arithmetic::kIntegerDivide, b));
  return Datum::of_int(*i);
}

Datum modulo(const Datum& a, const Datum& b, bool mariadb) {
  if (a.form == Form::kFloat || b.form == Form::kFloat) {
    const double divisor = to_double(b);
    return divisor == 0 ? Datum() : Datum::of_float(std::fmod(to_double(a), divisor));
  }
  if (a.form == Form::kDecimal || b.form == Form::kDecimal) {
    const Decimal divisor = to_decimal(b);
    if (divisor.is_zero()) return {};
    // Of what was negative and has decimals MariaDB leaves a zero with a sign.
    const Decimal dividend = to_decimal(a);
    const Decimal rest = Decimal::modulo(dividend, divisor);
    const int scale = std::max(scale_of(a), scale_of(b));
    const bool keeps_sign = mariadb && scale > 0 && !dividend.is_zero();
    return Datum::of_decimal(keeps_sign ? rest : rest + Decimal(), scale);
  }
  if (wide(b) == 0) return {};
  const __int128 rest = wide(a) % wide(b);
  return a.form == Form::kUint ? Datum::of_uint(static_cast<uint64_t>(rest))
                               : Datum::of_int(static_cast<int64_t>(rest));
}

Datum checked_float(double value, const Datum& a, Arithmetic op, const Datum& b) {
  if (!std::isfinite(value)) out_of_range("DOUBLE", shown(a, op, b));
  return Datum::of_float(value);
}

Datum apply_float(Arithmetic op, const Datum& a, const Datum& b) {
  const double x = to_double(a);
  const double y = to_double(b);
  switch (op) {
    case Arithmetic::kAdd: return checked_float(x + y, a, op, b);
    case Arithmetic::kSubtract: return checked_float(x - y, a, op, b);
    case Arithmetic::kMultiply: return checked_float(x * y, a, op, b);
    default: return y == 0 ? Datum() : checked_float(x / y, a, op, b);
  }
}

// Nine words of nine digits hold a product: what its whole part leaves to the fraction, the
// operands have to do with, the longer fraction losing first.
Datum decimal_product(const Decimal& x, int x_scale, const Decimal& y, int y_scale, bool mariadb) {
  const int scale = std::min(x_scale + y_scale, mariadb ? kMariadbScaleMax : Decimal::kScaleMax);
  const int whole = words_of(x.integer_digits() + y.integer_digits());
  // A time without a fraction has none to lose.
  int x_words = words_of(x.scale() == 0 ? 0 : x_scale);
  int y_words = words_of(y.scale() == 0 ? 0 : y_scale);
  const int over = x_words + y_words + whole - kWordsMax;
  if (over <= 0) {
    Decimal product = x * y;
    const int room = mariadb || scale == 0 ? scale : room_beside(product);
    return Datum::of_decimal(std::move(product), std::min(scale, room));
  }
  if (whole > kWordsMax) return Datum::of_decimal(x * y, scale);
  const bool first = x_words <= y_words;
  if (mariadb) {  // the longer one loses, word by word
    for (int i = 0; i < over; ++i) --(x_words > y_words ? x_words : y_words);
  } else {
    (first ? x_words : y_words) -= over / 2;
    (first ? y_words : x_words) -= over - over / 2;
  }
  const int left = (kWordsMax - whole) * kWordDigits;
  Decimal product = x.truncated(x_words * kWordDigits) * y.truncated(y_words * kWordDigits);
  // What the words then left have room for is shown.
  const int room = mariadb ? left : room_beside(product);
  return Datum::of_decimal(std::move(product), std::min(scale, room));
}

Datum apply_decimal(Arithmetic op, const Datum& a, const Datum& b, bool mariadb) {
  Decimal x = to_decimal(a);
  Decimal y = to_decimal(b);
  int wider = std::max(scale_of(a), scale_of(b));
  // A sum's fraction has the words that its whole part leaves.
  const int left = kWordsMax - words_of(std::max(x.integer_digits(), y.integer_digits()));
  if (op != Arithmetic::kMultiply && words_of(wider) > left) {
    wider = left * kWordDigits;
    x = x.truncated(wider);
    y = y.truncated(wider);
  }
  switch (op) {
    case Arithmetic::kAdd: return Datum::of_decimal(x + y, wider);
    case Arithmetic::kSubtract: return Datum::of_decimal(x - y, wider);
    default: return decimal_product(x, scale_of(a), y, scale_of(b), mariadb);
  }
}

// A time with a fraction has all its digits to MariaDB's division.
Datum with_microseconds(const Datum& number, const Datum& operand) {
  if (!operand.is_temporal() || operand.temporal.microsecond == 0) return number;
  Datum out = number;
  out.decimal = to_decimal(number) + Decimal::parse_prefix("0.000000");
  return out;
}

Datum whole_result(Arithmetic op, const Datum& a, const Datum& b, bool is_unsigned) {
  switch (op) {
    case Arithmetic::kAdd: return whole(wide(a) + wide(b), is_unsigned, a, op, b);
    case Arithmetic::kSubtract: return whole(wide(a) - wide(b), is_unsigned, a, op, b);
    default: {
      __int128 product = 0;
      if (__builtin_mul_overflow(wide(a), wide(b), &product))
        product = static_cast<__int128>(UINT64_MAX) + 1;
      return whole(product, is_unsigned, a, op, b);
    }
  }
}

// Whether a difference has a sign, whatever it is made of.
bool signs(const Context& context) { return has_sql_mode(context, "NO_UNSIGNED_SUBTRACTION"); }

Datum apply(Arithmetic op, const Datum& left, const Datum& right, const Context& context) {
  if (op == Arithmetic::kIntegerDivide) return integer_divide(left, right, context);
  const Datum a = to_number(left, context);
  const Datum b = to_number(right, context);
  if (op == Arithmetic::kModulo) {
    const bool seconds = left.is_temporal() && a.form == Form::kDecimal;
    return modulo(a, b, context.env.mariadb && !seconds);
  }
  if (a.form == Form::kFloat || b.form == Form::kFloat) return apply_float(op, a, b);
  if (op == Arithmetic::kDivide && context.env.mariadb)
    return divide_decimals(with_microseconds(a, left), with_microseconds(b, right), true);
  if (op == Arithmetic::kDivide) {
    Datum out = divide_decimals(a, b, false);
    if (!out.is_null() && out.decimal.integer_digits() > kWordsMax * kWordDigits)
      out_of_range("DECIMAL", shown(a, op, b));
    return out;
  }
  if (a.form == Form::kDecimal || b.form == Form::kDecimal) {
    Datum out = apply_decimal(op, a, b, context.env.mariadb);
    if (out.decimal.integer_digits() > kWordsMax * kWordDigits)
      out_of_range("DECIMAL", shown(a, op, b));
    return out;
  }
  const bool is_unsigned = a.form == Form::kUint || b.form == Form::kUint;
  return whole_result(op, a, b, is_unsigned && !(op == Arithmetic::kSubtract && signs(context)));
}

bool differ_in_sign(const Datum& a, const Datum& b) {
  return to_decimal(a).is_negative() != to_decimal(b).is_negative();
}

class ArithmeticNode final : public Operation {
 public:
  ArithmeticNode(Arithmetic op, std::vector<NodePtr> args) : Operation(std::move(args)), op_(op) {}

  Datum evaluate(Context& context) const override {
    Datum left = operand(arg(0, context), *args()[0], context);
    // An exact number that is NULL decides alone; other kinds look at both, for their errors.
    if (left.is_null() && type(context).type == Type::kDecimal) return {};
    if (left.is_null() && op_ == Arithmetic::kIntegerDivide && !divides_integers(context))
      return {};
    // The first operand is a number before the second is looked at.
    const bool text = (left.is_textual() && !left.is_hex_or_bit()) || left.form == Form::kJson;
    if (text && op_ == Arithmetic::kIntegerDivide)
      left = Datum::of_decimal(to_decimal(left, context), 0);
    else if (text)
      left = to_number(left, context);
    constexpr size_t kBytes = 8;
    const bool wide = left.is_hex_or_bit() && left.type != Type::kBit && left.bytes.size() > kBytes;
    if (wide && !context.env.mariadb) left = to_number(left, context);
    const Datum right = operand(arg(1, context), *args()[1], context);
    const bool looked_at = left.is_null() && (right.is_textual() || right.form == Form::kJson) &&
                           op_ != Arithmetic::kIntegerDivide;
    if (looked_at) (void)to_number(right, context);  // for its warning
    const bool wide_double = left.form == Form::kFloat && op_ == Arithmetic::kIntegerDivide;
    if (right.is_null() && wide_double && !context.env.mariadb) (void)to_decimal(left, context);
    if (right.is_null() && left.is_hex_or_bit() && op_ != Arithmetic::kIntegerDivide)
      (void)to_number(left, context);
    if (left.is_null() || right.is_null()) return {};
    // MariaDB does not see that the opposite of the least integer is none.
    const bool least = right.form == Form::kInt && right.i == INT64_MIN;
    const bool zero = (left.form == Form::kInt || left.is_temporal()) && !to_bool(left);
    if (context.env.mariadb && op_ == Arithmetic::kSubtract && zero && least) return right;
    Datum out = context.env.mariadb && (left.is_temporal() || right.is_temporal())
                    ? apply_dated(left, right, context)
                    : apply(op_, left, right, context);
    if (out.form == Form::kFloat && (left.scale != 0 || right.scale != 0)) {
      const StaticType known = type(context);
      if (known.fixed) out.scale = known.scale > 0 ? known.scale : kShownWhole;
    }
    // Sums keep their decimals, but for what takes away.
    const bool adds =
        op_ == Arithmetic::kAdd && out.form == Form::kDecimal && !differ_in_sign(left, right);
    out.computed = out.form == Form::kFloat || (out.form == Form::kDecimal && !adds);
    if (context.env.mariadb) {
      out.computed = out.form == Form::kFloat;
      if (out.computed) show_decimals(out, type(context));
    }
    // What is left of an unsigned number has no sign.
    const bool exact = left.form <= Form::kUint && right.form <= Form::kUint;
    if (op_ == Arithmetic::kIntegerDivide && out.form == Form::kInt && !exact &&
        !context.env.mariadb && type(context).type == Type::kUint64) {
      if (out.i < 0) out_of_range("BIGINT UNSIGNED", shown(left, op_, right));
      out = Datum::of_uint(out.u);
    }
    // Nothing else has no result.
    if (out.is_null() && has_sql_mode(context, "ERROR_FOR_DIVISION_BY_ZERO"))
      warn_division_by_zero(context);
    return out;
  }
  // Sums and products of numbers of one kind that stay within it.
  Quick quick(Context& context) const override {
    const Quick left = args()[0]->quick(context);
    const Quick right = args()[1]->quick(context);
    if (left.kind == Quick::Kind::kNull)
      return right.is_number() || right.kind == Quick::Kind::kNull ? left : Quick();
    if (right.kind == Quick::Kind::kNull && left.is_number()) return right;
    if (left.kind == Quick::Kind::kNone || right.is_null()) return {};
    return op_ == Arithmetic::kAdd        ? add_quick(left, right)
           : op_ == Arithmetic::kSubtract ? subtract_quick(left, right)
                                          : multiply_quick(left, right);
  }
  bool has_quick() const override {
    const bool simple =
        op_ == Arithmetic::kAdd || op_ == Arithmetic::kSubtract || op_ == Arithmetic::kMultiply;
    return simple && args()[0]->has_quick() && args()[1]->has_quick();
  }

  StaticType type(Context& context) const override {
    if (!context.env.mariadb) {
      StaticType out = arithmetic_type(op_, args()[0]->type(context), args()[1]->type(context));
      if (op_ == Arithmetic::kSubtract && out.type == Type::kUint64 && signs(context))
        out.type = Type::kInt64;
      return out;
    }
    StaticType out =
        mariadb_arithmetic_type(op_, args()[0]->type(context), args()[1]->type(context));
    const bool small = out.type == Type::kUint32;
    if (op_ == Arithmetic::kSubtract && (small || out.type == Type::kUint64) && signs(context))
      out.type = small ? Type::kInt32 : Type::kInt64;
    return out;
  }

 private:
  // MariaDB's dates and whole decimals beside them are integers together.
  Datum apply_dated(const Datum& left, const Datum& right, Context& context) const {
    const StaticType known = type(context);
    const bool is_unsigned = types::is_unsigned(known.type);
    const auto whole_of = [&](const Datum& d) {
      const Datum n = to_number(d, context);
      return n.form == Form::kDecimal ? mariadb_integer(n, false, context) : n;
    };
    if (op_ == Arithmetic::kIntegerDivide || !types::is_integral(known.type))
      return apply(op_, left, right, context);
    const Datum a = whole_of(left);
    const Datum b = whole_of(right);
    Datum out =
        op_ == Arithmetic::kModulo ? modulo(a, b, true) : whole_result(op_, a, b, is_unsigned);
    if (is_unsigned && out.form == Form::kInt) out = Datum::of_uint(static_cast<uint64_t>(out.i));
    return out;
  }

  bool divides_integers(Context& context) const {
    const auto is_whole = [&](size_t i) {
      const StaticType t = args()[i]->type(context);
      // To MySQL a date is no integer here.
      return types::is_integral(numeric_type(t).type) &&
             (context.env.mariadb || kind_of(t.type) == Kind::kInt);
    };
    return is_whole(0) && is_whole(1);
  }

  Arithmetic op_;
};

class NegationNode final : public Operation {
 public:
  // Once: a constant may be long to evaluate, and negations of negations ask each other.
  NegationNode(std::vector<NodePtr> list, bool compared)
      : Operation(std::move(list)), compared_(compared) {
    for (const bool mariadb : {false, true}) {
      Env env;
      env.mariadb = mariadb;
      Context context{{}, env};
      try {
        const StaticType t = args()[0]->type(context);
        const bool truth = mariadb && t.json;  // TRUE, and its opposite
        const bool bits = mariadb && (t.type == Type::kHexNum || t.type == Type::kBitNum);
        const bool whole = types::is_integral(t.type) || bits;
        if (args()[0]->is_constant() && whole && !(truth && t.fixed))
          leaves_integers_[mariadb] =
              leaves_integers(to_number(args()[0]->evaluate(context), context));
      } catch (const SqlError&) {  // the constant's own error comes when it is evaluated
        leaves_integers_[mariadb] = false;
      }
    }
  }
  // Whether a constant integer leaves the integers is known before there are rows.
  void resolve(Context& context) const override {
    Operation::resolve(context);
    const bool looks =
        args()[0]->is_constant() && !args()[0]->is_leaf() && !(context.env.mariadb && compared_);
    if (looks && types::is_integral(args()[0]->type(context).type)) (void)arg(0, context);
  }
  Datum evaluate(Context& context) const override {
    const Datum d = operand(arg(0, context), *args()[0], context);
    if (d.is_null()) return {};
    // Hexadecimal literals and times are exact numbers to the operators of two operands only.
    if (context.env.mariadb && d.is_temporal())
      return Datum::of_decimal(to_decimal(d).negated(), d.precision);
    const bool inexact =
        (d.is_hex_or_bit() && d.type != Type::kBit && !context.env.mariadb) || d.is_temporal();
    const Datum n = !inexact          ? to_number(d, context)
                    : d.is_temporal() ? Datum::of_float(to_double(d))
                                      : Datum::of_float(to_double(d, context));
    switch (n.form) {
      case Form::kInt:
        // A constant that is negative already leaves the integers.
        if (n.i < 0 && args()[0]->is_constant() && (!context.env.mariadb || leaves_integers_[true]))
          return Datum::of_decimal(Decimal::from_int(n.i).negated(), 0);
        if (n.i == INT64_MIN) out_of_range("BIGINT", fmt::format("-({})", n.i));
        return Datum::of_int(-n.i);
      case Form::kUint:
        if (n.u <= static_cast<uint64_t>(INT64_MAX) + 1)
          return Datum::of_int(static_cast<int64_t>(~n.u + 1));
        if (!args()[0]->is_constant()) out_of_range("BIGINT", fmt::format("-({})", n.u));
        return Datum::of_decimal(Decimal::from_uint(n.u).negated(), 0);
      case Form::kFloat: {
        Datum out = Datum::of_float(-n.f);
        out.computed = true;
        out.scale = d.form == Form::kFloat ? d.scale : 0;
        // Of a time or date it has those digits.
        if (d.is_temporal()) out.scale = d.precision > 0 ? d.precision : kShownWhole;
        if (context.env.mariadb) show_decimals(out, type(context));
        return out;
      }
      default: return Datum::of_decimal(n.decimal.negated(), n.scale);
    }
  }
  StaticType type(Context& context) const override {
    const StaticType operand = args()[0]->type(context);
    if (context.env.mariadb) return mariadb_negated_type(operand, leaves_integers_[true]);
    StaticType out = negated_type(operand);
    if (out.type != Type::kInt64) return out;
    if (leaves_integers_[false]) out.type = Type::kDecimal;
    return out;
  }

 private:
  static bool leaves_integers(const Datum& d) {
    return (d.form == Form::kInt && d.i < 0) ||
           (d.form == Form::kUint && d.u > static_cast<uint64_t>(INT64_MAX) + 1);
  }

  bool compared_;
  bool leaves_integers_[2] = {false, false};  // to MySQL, to MariaDB
};

uint64_t to_bits(const Datum& d, const Context& context) {
  if (context.env.mariadb) return mariadb_bits(d, context);
  if ((d.form == Form::kBytes && !d.is_hex_or_bit()) || d.form == Form::kText ||
      d.form == Form::kJson || d.is_temporal()) {
    return static_cast<uint64_t>(to_int(d, context));
  }
  // More than eight bytes are no number here.
  constexpr size_t kWordBytes = 8;
  if (d.is_hex_or_bit()) (void)to_double(d, context);  // for its warning
  const size_t first = d.is_hex_or_bit() ? d.bytes.find_first_not_of('\0') : std::string::npos;
  if (first != std::string::npos && d.bytes.size() - first > kWordBytes) return 0;
  if (d.form == Form::kDecimal && d.made_of) return static_cast<uint64_t>(to_int(d, context));
  if (d.form == Form::kFloat) return static_cast<uint64_t>(to_int(d, context));
  // Decimals and doubles are cut to a signed integer.
  const Datum n = to_number(d);
  return n.form == Form::kUint ? n.u : static_cast<uint64_t>(to_int(n, context));
}

// Binary strings are bits of their own, but for literals in hexadecimal, which are numbers unless
// one of them is beside a binary string.
bool is_bytes(const StaticType& t) {
  return types::is_binary(t.type) || t.type == Type::kHexNum || t.type == Type::kHexVal ||
         t.type == Type::kBitNum;
}
bool is_binary_string(const StaticType& t) { return types::is_binary(t.type); }
// What chooses among NULLs is a string of no bytes, where NULL itself is a number.
bool is_null_of_choices(const Node& node, const StaticType& t) {
  return t.type == Type::kNull && !node.is_leaf();
}

std::string shifted(const std::string& bytes, uint64_t count, bool left) {
  const size_t size = bytes.size();
  std::string out(size, '\0');
  const uint64_t whole = count / 8;
  const auto part = static_cast<unsigned>(count % 8);
  if (whole >= size) return out;
  for (size_t i = 0; i < size - whole; ++i) {
    const size_t from = left ? i + whole : size - 1 - i - whole;
    const size_t to = left ? i : size - 1 - i;
    const auto own = static_cast<unsigned char>(bytes[from]);
    unsigned byte = left ? own << part : own >> part;
    const bool has_next = left ? from + 1 < size : from > 0;
    if (part != 0 && has_next) {
      const auto next = static_cast<unsigned char>(bytes[left ? from + 1 : from - 1]);
      byte |= left ? next >> (8 - part) : static_cast<unsigned>(next) << (8 - part);
    }
    out[to] = static_cast<char>(byte & 0xff);
  }
  return out;
}

std::string combined(Bits op, const std::string& a, const std::string& b) {
  if (a.size() != b.size()) {
    throw SqlError{Error(Code::kInvalidArgument, 3513, "HY000",
                         "Binary operands of bitwise operators must be of equal length")};
  }
  std::string out(a.size(), '\0');
  for (size_t i = 0; i < a.size(); ++i) {
    out[i] = static_cast<char>(op == Bits::kAnd  ? a[i] & b[i]
                               : op == Bits::kOr ? a[i] | b[i]
                                                 : a[i] ^ b[i]);
  }
  return out;
}

class BitsNode final : public Operation {
 public:
  BitsNode(Bits op, std::vector<NodePtr> args) : Operation(std::move(args)), op_(op) {}
  Datum evaluate(Context& context) const override {
    const bool shift = op_ == Bits::kShiftLeft || op_ == Bits::kShiftRight;
    if (context.env.mariadb && !shift) return mariadb_bits_of(context);
    const Datum left = arg(0, context);
    if (left.is_null()) {
      if (context.env.mariadb) (void)to_count(arg(1, context), context);  // for its warning
      return {};
    }
    if (type(context).type == Type::kVarbinary) {
      const Datum right = arg(1, context);
      if (right.is_null()) return {};
      Datum out = Datum::of_bytes(
          shift ? shifted(left.bytes, to_bits(right, context), op_ == Bits::kShiftLeft)
                : combined(op_, left.bytes, right.bytes));
      out.origin = Origin::kBits;
      return out;
    }
    const uint64_t a = to_bits(left, context);
    const Datum right = arg(1, context);
    if (right.is_null()) return {};
    // MariaDB reads how far to shift as the integer that a text begins with.
    const bool shifts = op_ == Bits::kShiftLeft || op_ == Bits::kShiftRight;
    const bool whole =
        right.form == Form::kInt || right.form == Form::kUint || right.is_hex_or_bit();
    const bool count = shifts && context.env.mariadb && !whole;
    // It says nothing of doubles beyond the integers but of columns.
    constexpr double kEnd = 9223372036854775808.0;
    if (count && right.form == Form::kFloat && right.origin == Origin::kColumn &&
        std::fabs(right.f) >= kEnd)
      context.warn(1916, fmt::format("Got overflow when converting '{}' to INT. Value truncated",
                                     to_text(right)));
    uint64_t b = count && right.form == Form::kFloat ? static_cast<uint64_t>(to_int(right))
                 : count                             ? static_cast<uint64_t>(to_int(right, context))
                                                     : to_bits(right, context);
    if (shifts && context.env.mariadb)
      b = static_cast<uint32_t>(b);  // of how far, it looks at the lower half
    switch (op_) {
      case Bits::kAnd: return Datum::of_uint(a & b);
      case Bits::kOr: return Datum::of_uint(a | b);
      case Bits::kXor: return Datum::of_uint(a ^ b);
      case Bits::kShiftLeft: return Datum::of_uint(b < 64 ? a << b : 0);
      case Bits::kShiftRight: return Datum::of_uint(b < 64 ? a >> b : 0);
    }
    return {};
  }
  StaticType type(Context& context) const override {
    const StaticType a = args()[0]->type(context);
    const StaticType b = args()[1]->type(context);
    const bool shifts = op_ == Bits::kShiftLeft || op_ == Bits::kShiftRight;
    const bool first = is_binary_string(a) || is_null_of_choices(*args()[0], a);
    const bool second = is_binary_string(b) || is_null_of_choices(*args()[1], b);
    const bool bytes = shifts ? first
                              : (first && (is_bytes(b) || b.type == Type::kNull)) ||
                                    (second && (is_bytes(a) || a.type == Type::kNull));
    StaticType out = bits_type(a.nullable || b.nullable);
    if (!bytes || context.env.mariadb) return out;
    out.type = Type::kVarbinary;
    out.size = shifts ? a.size : std::max(a.size, b.size);
    return out;
  }

 private:
  // MariaDB's ^ reads the second operand first; & and | read both before they are integers, the
  // second one first again.
  Datum mariadb_bits_of(Context& context) const {
    const auto bits = [&](const Datum& d) { return d.is_null() ? 0 : mariadb_bits(d, context); };
    Datum left;
    if (op_ != Bits::kXor) left = mariadb_bit_operand(arg(0, context), context);
    if (op_ != Bits::kXor && left.is_null()) return {};
    const Datum right = mariadb_bit_operand(arg(1, context), context);
    const uint64_t b = bits(right);
    if (op_ == Bits::kXor) left = mariadb_bit_operand(arg(0, context), context);
    const uint64_t a = bits(left);
    if (left.is_null() || right.is_null()) return {};
    return Datum::of_uint(op_ == Bits::kAnd ? a & b : op_ == Bits::kOr ? a | b : a ^ b);
  }
  static uint64_t to_count(const Datum& d, Context& context) {
    return d.is_null() ? 0 : static_cast<uint64_t>(to_int(d, context));
  }

  Bits op_;
};

class BitNotNode final : public Operation {
 public:
  using Operation::Operation;
  Datum evaluate(Context& context) const override {
    const Datum d = arg(0, context);
    if (d.is_null()) return {};
    if (d.form != Form::kBytes || d.is_hex_or_bit() || context.env.mariadb)
      return Datum::of_uint(~to_bits(d, context));
    std::string out = d.bytes;
    for (char& c : out) c = static_cast<char>(~c);
    Datum bytes = Datum::of_bytes(std::move(out));
    bytes.origin = Origin::kBits;
    return bytes;
  }
  StaticType type(Context& context) const override {
    const StaticType operand = args()[0]->type(context);
    StaticType out = bits_type(operand.nullable);
    const bool bytes = is_binary_string(operand) || is_null_of_choices(*args()[0], operand);
    if (!bytes || context.env.mariadb) return out;
    out.type = Type::kVarbinary;
    out.size = operand.size;
    return out;
  }
};

}  // namespace

void warn_before_condition(const Node& operand, Context& context) {
  if (context.env.mariadb || operand.type(context).type != Type::kJson) return;
  context.warn(3986,
               "Evaluating a JSON value in SQL boolean context does an implicit comparison "
               "against JSON integer 0; if this is not what you want, consider converting JSON to "
               "a SQL numeric type with JSON_VALUE RETURNING");
}

std::optional<bool> condition(const Node& operand, Context& context, bool as_double) {
  const bool once = context.env.warnings && !context.env.mariadb && operand.is_constant() &&
                    !types::is_number(operand.type(context).type);
  if (once && !context.first_time(&operand)) {
    Env quiet_env = context.env;
    quiet_env.warnings = nullptr;
    Context quiet{context.row, quiet_env};
    const Datum d = operand.evaluate(quiet);
    return d.is_null() ? std::nullopt : std::optional(truth(d, quiet));
  }
  Datum d = operand.evaluate(context);
  if (as_double && context.env.mariadb) d.origin = Origin::kComputed;
  return d.is_null() ? std::nullopt : std::optional(truth(d, context));
}

bool truth(const Datum& d, const Context& context) {
  return d.form == Form::kJson ? types::compare(*d.json, types::Json::of_int(0)) != 0
                               : to_bool(d, context);
}

namespace {

class LogicNode final : public Operation {
 public:
  LogicNode(Logic op, std::vector<NodePtr> args) : Operation(std::move(args)), op_(op) {
    for (size_t i : {0, 1}) quick_[i] = op != Logic::kXor && this->args()[i]->has_quick();
  }
  void resolve(Context& context) const override {
    for (const NodePtr& arg : args()) {
      arg->resolve(context);
      warn_before_condition(*arg, context);
    }
  }
  Datum evaluate(Context& context) const override {
    const std::optional<bool> left = side(0, context);
    if (op_ == Logic::kXor) {
      if (!left) return {};
      const std::optional<bool> right = side(1, context);
      return right ? Datum::of_bool(*left != *right) : Datum();
    }
    // The value that decides alone: false for AND, true for OR.
    const bool decides = op_ == Logic::kOr;
    if (left == decides) return Datum::of_bool(decides);
    const std::optional<bool> right = side(1, context);
    if (right == decides) return Datum::of_bool(decides);
    return left && right ? Datum::of_bool(!decides) : Datum();
  }
  Quick quick(Context& context) const override {
    const Quick left = args()[0]->quick(context);
    const bool left_null = left.kind == Quick::Kind::kNull;
    if ((!left_null && !left.is_number()) || op_ == Logic::kXor) return {};
    const bool decides = op_ == Logic::kOr;
    if (!left_null && left.is_true() == decides) return Quick::of_int(decides);
    const Quick right = args()[1]->quick(context);
    const bool right_null = right.kind == Quick::Kind::kNull;
    if (!right_null && !right.is_number()) return {};
    if (!right_null && right.is_true() == decides) return Quick::of_int(decides);
    return left_null || right_null ? Quick::null() : Quick::of_int(!decides);
  }
  Truth quick_truth(Context& context) const override {
    const Truth left = args()[0]->quick_truth(context);
    if (left == Truth::kNone || op_ == Logic::kXor) return Truth::kNone;
    const Truth decides = truth_of(op_ == Logic::kOr);
    if (left == decides) return left;
    const Truth right = args()[1]->quick_truth(context);
    if (right == Truth::kNone || right == decides) return right;
    return left == Truth::kNull ? left : right;
  }
  bool has_quick() const override {
    return args()[0]->has_quick() && args()[1]->has_quick() && op_ != Logic::kXor;
  }
  StaticType type(Context& context) const override {
    return truth_type(either_nullable(args(), context));
  }

 private:
  std::optional<bool> side(size_t i, Context& context) const {
    const Truth t = quick_[i] ? args()[i]->quick_truth(context) : Truth::kNone;
    if (t == Truth::kNull) return std::nullopt;
    if (t != Truth::kNone) return t == Truth::kTrue;
    return condition(*args()[i], context, op_ == Logic::kXor);
  }

  Logic op_;
  bool quick_[2];  // of each side, whether it may be had so
};

class NotNode final : public Operation {
 public:
  using Operation::Operation;
  void resolve(Context& context) const override {
    Operation::resolve(context);
    warn_before_condition(*args()[0], context);
  }
  // NOT is a comparison to the server.
  bool ask_null(Context& context) const override {
    return context.env.mariadb ? evaluate(context).is_null() : args()[0]->ask_null(context);
  }
  Datum evaluate(Context& context) const override {
    const std::optional<bool> truth = condition(*args()[0], context);
    return truth ? Datum::of_bool(!*truth) : Datum();
  }
  Quick quick(Context& context) const override {
    const Quick q = args()[0]->quick(context);
    return q.is_number() ? Quick::of_int(!q.is_true()) : q.kind == Quick::Kind::kNull ? q : Quick();
  }
  Truth quick_truth(Context& context) const override {
    const Truth t = args()[0]->quick_truth(context);
    return t == Truth::kTrue ? Truth::kFalse : t == Truth::kFalse ? Truth::kTrue : t;
  }
  bool has_quick() const override { return args()[0]->has_quick(); }
  StaticType type(Context& context) const override {
    return truth_type(either_nullable(args(), context));
  }
};

std::vector<NodePtr> list_of(NodePtr a, NodePtr b = nullptr) {
  std::vector<NodePtr> out;
  out.push_back(std::move(a));
  if (b) out.push_back(std::move(b));
  return out;
}

}  // namespace

NodePtr make_arithmetic(Arithmetic op, NodePtr left, NodePtr right) {
  return std::make_unique<ArithmeticNode>(op, list_of(std::move(left), std::move(right)));
}
NodePtr make_negation(NodePtr arg, bool compared) {
  return std::make_unique<NegationNode>(list_of(std::move(arg)), compared);
}
NodePtr make_bits(Bits op, NodePtr left, NodePtr right) {
  return std::make_unique<BitsNode>(op, list_of(std::move(left), std::move(right)));
}
NodePtr make_bit_not(NodePtr arg) { return std::make_unique<BitNotNode>(list_of(std::move(arg))); }
NodePtr make_logic(Logic op, NodePtr left, NodePtr right) {
  return std::make_unique<LogicNode>(op, list_of(std::move(left), std::move(right)));
}
NodePtr make_not(NodePtr arg) { return std::make_unique<NotNode>(list_of(std::move(arg))); }

}  // namespace vif::eval
