#include "eval/quick.h"

#include <algorithm>
#include <cmath>

#include "eval/compare.h"
#include "eval/whole_number.h"
#include "types/collation/charset.h"
#include "types/collation/collation.h"

namespace vif::eval {
namespace {

using Kind = Quick::Kind;

template <typename T>
int order_of(T a, T b) {
  return a < b ? -1 : a > b;
}

// Digits of which a product with a power of ten is still exact in 128 bits; and in a double.
constexpr size_t kDecimalDigits = 18;
constexpr int64_t kExactInDouble = int64_t{1} << 53;
// Texts of more digits are not the same number to all comparisons.
constexpr size_t kTextDigits = 15;

constexpr int64_t power_of_ten(unsigned n) {
  int64_t out = 1;
  for (; n > 0; --n) out *= 10;
  return out;
}

// "-12.50": the digits, and how many of them are behind the point.
bool parse_decimal(std::string_view text, size_t digits_max, int64_t& digits, uint8_t& scale) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.front() == '.' || text.back() == '.' || text.size() > digits_max + 1)
    return false;
  int64_t value = 0;
  size_t count = 0;
  size_t point = text.size();
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c >= '0' && c <= '9' && count < digits_max) {
      value = value * 10 + (c - '0');
      ++count;
    } else if (c == '.' && point == text.size()) {
      point = at;
    } else {
      return false;
    }
  }
  const size_t behind = point == text.size() ? 0 : text.size() - point - 1;
  digits = negative ? -value : value;
  scale = static_cast<uint8_t>(behind);
  return true;
}

// Reads texts of a fixed form.
class Fixed {
 public:
  explicit Fixed(std::string_view text) : text_(text) {}
  bool number(size_t digits, int64_t& out) {
    if (text_.size() < digits) return false;
    out = 0;
    for (const char c : text_.substr(0, digits)) {
      if (c < '0' || c > '9') return false;
      out = out * 10 + (c - '0');
    }
    text_.remove_prefix(digits);
    return true;
  }
  bool mark(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  // ".5", or nothing.
  bool fraction(int64_t& microseconds) {
    microseconds = 0;
    if (!mark('.')) return true;
    const size_t digits = text_.size();
    if (digits == 0 || digits > 6 || !number(digits, microseconds)) return false;
    microseconds *= power_of_ten(static_cast<unsigned>(6 - digits));
    return true;
  }
  bool at_end() const { return text_.empty(); }
  size_t left() const { return text_.size(); }

 private:
  std::string_view text_;
};

struct Moment {
  int64_t year = 0;
  int64_t month = 0;
  int64_t day = 0;
  int64_t hour = 0;
  int64_t minute = 0;
  int64_t second = 0;
  int64_t microsecond = 0;
};

// Within the parts' bits, the order of the moments.
constexpr int kTimeBits = 5 + 6 + 6 + 20;
int64_t packed(const Moment& m) {
  const int64_t day = m.year << 9 | m.month << 5 | m.day;
  const int64_t clock = ((m.hour << 6 | m.minute) << 6 | m.second) << 20 | m.microsecond;
  return day << kTimeBits | clock;
}
bool has_clock(int64_t moment) { return (moment & ((int64_t{1} << kTimeBits) - 1)) != 0; }

// "2024-02-29", "2024-02-29 12:34:56.5". False for all else, dates with zeros among it.
bool parse_moment(std::string_view text, Moment& m) {
  Fixed in(text);
  if (!in.number(4, m.year) || !in.mark('-') || !in.number(2, m.month) || !in.mark('-') ||
      !in.number(2, m.day))
    return false;
  if (m.month < 1 || m.month > 12 || m.day < 1 || m.day > 31) return false;
  if (m.day > 28 &&
      m.day > types::days_in_month(static_cast<int>(m.year), static_cast<int>(m.month)))
    return false;
  if (in.at_end()) return true;
  return in.mark(' ') && in.number(2, m.hour) && in.mark(':') && in.number(2, m.minute) &&
         in.mark(':') && in.number(2, m.second) && in.fraction(m.microsecond) && in.at_end() &&
         m.hour < 24 && m.minute < 60 && m.second < 60;
}

// "-838:59:59.5"
bool parse_length(std::string_view text, int64_t& microseconds) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  Fixed in(text);
  Moment m;
  const size_t hours = text.find(':');
  if ((hours != 2 && hours != 3) || !in.number(hours, m.hour) || !in.mark(':') ||
      !in.number(2, m.minute) || !in.mark(':') || !in.number(2, m.second) ||
      !in.fraction(m.microsecond) || !in.at_end())
    return false;
  microseconds = ((m.hour * 60 + m.minute) * 60 + m.second) * 1000000 + m.microsecond;
  if (negative) microseconds = -microseconds;
  return true;
}

Quick quick_time(Kind kind, std::string_view text) {
  Quick out;
  Moment m;
  if (kind == Kind::kTime) {
    if (parse_length(text, out.i)) out.kind = kind;
  } else if (parse_moment(text, m)) {
    out.i = packed(m);
    out.kind = kind;
  }
  return out;
}

// Both with as many digits behind the point.
struct Pair {
  __int128 a;
  __int128 b;
};
__int128 whole_digits(const Quick& q) {
  return q.kind == Kind::kUint ? static_cast<__int128>(q.u) : static_cast<__int128>(q.i);
}
Pair aligned(const Quick& a, const Quick& b) {
  Pair out = {whole_digits(a), whole_digits(b)};
  if (a.scale < b.scale) out.a *= power_of_ten(static_cast<unsigned>(b.scale - a.scale));
  if (b.scale < a.scale) out.b *= power_of_ten(static_cast<unsigned>(a.scale - b.scale));
  return out;
}

// The nearest double; nullopt when that takes more than a division.
std::optional<double> as_double(const Quick& q) {
  if (q.kind == Kind::kDouble) return q.f;
  if (q.kind == Kind::kUint) return static_cast<double>(q.u);
  if (q.scale == 0) return static_cast<double>(q.i);
  if (q.i >= kExactInDouble || q.i <= -kExactInDouble) return std::nullopt;
  return static_cast<double>(q.i) / static_cast<double>(power_of_ten(q.scale));
}

std::optional<int> compare_doubles(const Quick& a, const Quick& b) {
  // Beside a column of integers a double is stored as one: they differ where it has not all
  // digits.
  constexpr double kExact = kExactInDouble;
  const std::optional<double> x = as_double(a);
  const std::optional<double> y = as_double(b);
  if (!x || !y) return std::nullopt;
  if (a.kind != b.kind && std::fabs(*x) >= kExact && std::fabs(*y) >= kExact) return std::nullopt;
  return order_of(*x, *y);
}

// What a literal's text is beside `q`; kNone when that is not known.
Quick read_beside(const Quick& text, const Quick& q) {
  Quick out;
  const bool dated = q.kind == Kind::kDate || q.kind == Kind::kDatetime;
  if (dated && text.reads_as == Quick::ReadsAs::kDatetime) {
    out.i = text.i;
    out.kind = Kind::kDatetime;
    out.literal = true;
  } else if (q.is_number() && text.reads_as == Quick::ReadsAs::kNumber) {
    // An integer's column takes no part of a number; a decimal's has no more digits than a double.
    const bool whole = q.kind == Kind::kInt || q.kind == Kind::kUint;
    const int64_t limit = power_of_ten(kTextDigits);
    if ((whole && text.scale != 0) || (q.kind == Kind::kDecimal && (q.i >= limit || q.i <= -limit)))
      return out;
    out = Quick::of_decimal(text.i, text.scale);
  }
  return out;
}

std::optional<int> compare_numbers(const Quick& a, const Quick& b) {
  if (a.kind == Kind::kDouble || b.kind == Kind::kDouble) return compare_doubles(a, b);
  if (a.kind == Kind::kDecimal || b.kind == Kind::kDecimal) {
    const Pair p = aligned(a, b);
    return order_of(p.a, p.b);
  }
  if (a.kind == Kind::kInt) return a.i < 0 ? -1 : order_of(static_cast<uint64_t>(a.i), b.u);
  if (b.kind == Kind::kInt) return b.i < 0 ? 1 : order_of(a.u, static_cast<uint64_t>(b.i));
  return order_of(a.u, b.u);
}

// Of dates and times.
std::optional<int> compare_moments(const Quick& a, const Quick& b) {
  if ((a.kind == Kind::kTime) != (b.kind == Kind::kTime)) return std::nullopt;
  // A column of dates takes no time of a day.
  const auto is_cut = [](const Quick& column, const Quick& constant) {
    return column.kind == Kind::kDate && constant.literal && has_clock(constant.i);
  };
  if (is_cut(a, b) || is_cut(b, a)) return std::nullopt;
  return order_of(a.i, b.i);
}

bool is_moment(const Quick& q) { return q.kind >= Kind::kDate && q.kind <= Kind::kTime; }

// Two integers, or doubles, or exact numbers of which one is a decimal.
template <typename Integers, typename Doubles, typename Decimals>
Quick combined(const Quick& a, const Quick& b, Integers integers, Doubles doubles,
               Decimals decimals) {
  if (a.kind == Kind::kInt && b.kind == Kind::kInt) {
    int64_t out = 0;
    return integers(a.i, b.i, &out) ? Quick() : Quick::of_int(out);
  }
  if (a.kind == Kind::kDouble && b.kind == Kind::kDouble) {
    const double out = doubles(a.f, b.f);
    return std::isfinite(out) ? Quick::of_double(out) : Quick();
  }
  const bool exact =
      a.is_number() && b.is_number() && a.kind != Kind::kDouble && b.kind != Kind::kDouble;
  if (!exact || (a.kind != Kind::kDecimal && b.kind != Kind::kDecimal)) return {};
  const auto [digits, scale] = decimals();
  const __int128 limit = power_of_ten(kDecimalDigits);
  if (scale > static_cast<int>(kDecimalDigits) || digits >= limit || digits <= -limit) return {};
  return Quick::of_decimal(static_cast<int64_t>(digits), static_cast<uint8_t>(scale));
}

}  // namespace

Quick quick_from(const types::Value& value, uint32_t collation) {
  if (value.type == Type::kInt64 || value.type == Type::kInt32) {
    // Parsed before there is a Quick: its words are stored once, as they are copied.
    int64_t number = 0;
    return parse_signed(value.bytes, number) ? Quick::of_int(number) : Quick();
  }
  if (value.is_null()) return Quick::null();
  if (types::is_integral(value.type)) {
    Quick q;
    if (!types::is_unsigned(value.type)) {
      q.kind = parse_signed(value.bytes, q.i) ? Kind::kInt : Kind::kNone;
    } else if (value.type != Type::kYear) {
      q.kind = parse_whole(value.bytes, q.u) ? Kind::kUint : Kind::kNone;
    }
    return q;
  }
  Quick q;
  switch (value.type) {
    case Type::kFloat64:
      if (parse_whole(value.bytes, q.f)) q.kind = Kind::kDouble;
      return q;
    case Type::kDecimal:
      if (parse_decimal(value.bytes, kDecimalDigits, q.i, q.scale)) q.kind = Kind::kDecimal;
      return q;
    case Type::kDate: return quick_time(Kind::kDate, value.bytes);
    case Type::kDatetime:
    case Type::kTimestamp: return quick_time(Kind::kDatetime, value.bytes);
    case Type::kTime: return quick_time(Kind::kTime, value.bytes);
    default: break;
  }
  if (types::is_text(value.type) && collation != 0 && collation != kBinaryCollation)
    return Quick::of_text(value.bytes, collation);
  return {};
}

uint32_t shared_collation(const Quick& a, const Quick& b) {
  if (a.collation == b.collation) return a.collation;
  if (a.literal == b.literal || (a.coercible && b.coercible)) return 0;
  return a.literal ? b.collation : a.collation;
}

Quick quick_from(const Datum& constant) {
  Quick q;
  switch (constant.form) {
    case Form::kNull: return Quick::null();
    case Form::kInt: return Quick::of_int(constant.i);
    case Form::kUint: return Quick::of_uint(constant.u);
    case Form::kFloat: return Quick::of_double(constant.f);
    case Form::kDecimal:
      if (parse_decimal(to_text(constant), kDecimalDigits, q.i, q.scale)) q.kind = Kind::kDecimal;
      return q;
    // A column may have fewer digits behind its seconds, and takes a rounded one.
    case Form::kDate:
    case Form::kDatetime: {
      const bool whole = constant.precision == 0;
      if (whole) q = quick_time(Kind::kDatetime, to_text(constant));
      if (constant.form == Form::kDate && q.kind != Kind::kNone) q.kind = Kind::kDate;
      q.literal = true;
      return q;
    }
    case Form::kTime:
      return constant.precision == 0 ? quick_time(Kind::kTime, to_text(constant)) : q;
    case Form::kText: break;
    default: return q;
  }
  q = Quick::of_text(constant.bytes, constant.collation);
  q.coercible = constant.coercibility == Coercibility::kCoercible;
  const types::Collation* collation = types::find_collation(constant.collation);
  if (!collation || !collation->charset || collation->charset->code_of('0') != '0') return q;
  q.literal = q.coercible &&
              std::all_of(q.text.begin(), q.text.end(), [](char c) { return (c & 0x80) == 0; });
  Moment m;
  int64_t digits = 0;
  if (parse_decimal(q.text, kTextDigits, digits, q.scale)) {
    q.reads_as = Quick::ReadsAs::kNumber;
    q.i = digits;
  } else if (parse_moment(q.text, m) && q.text.find('.') == std::string_view::npos) {
    q.reads_as = Quick::ReadsAs::kDatetime;
    q.i = packed(m);
  }
  return q;
}

std::optional<int> compare_quick(const Quick& a, const Quick& b) {
  if (a.kind == Kind::kInt && b.kind == Kind::kInt) return order_of(a.i, b.i);
  if (a.kind == Kind::kText && b.kind == Kind::kText) {
    const uint32_t collation = shared_collation(a, b);
    if (collation == 0) return std::nullopt;
    const Result<int> order = compare_text(a.text, b.text, collation);
    if (!order.ok()) return std::nullopt;
    return *order;
  }
  if (a.kind == Kind::kText || b.kind == Kind::kText) {
    const bool left = a.kind == Kind::kText;
    const Quick read = left ? read_beside(a, b) : read_beside(b, a);
    if (read.kind == Kind::kNone) return std::nullopt;
    return left ? compare_quick(read, b) : compare_quick(a, read);
  }
  if (a.is_number() && b.is_number()) return compare_numbers(a, b);
  return is_moment(a) && is_moment(b) ? compare_moments(a, b) : std::nullopt;
}

Quick add_quick(const Quick& a, const Quick& b) {
  return combined(
      a, b, [](int64_t x, int64_t y, int64_t* out) { return __builtin_add_overflow(x, y, out); },
      [](double x, double y) { return x + y; },
      [&] {
        const Pair p = aligned(a, b);
        return std::pair<__int128, int>(p.a + p.b, std::max(a.scale, b.scale));
      });
}

Quick subtract_quick(const Quick& a, const Quick& b) {
  return combined(
      a, b, [](int64_t x, int64_t y, int64_t* out) { return __builtin_sub_overflow(x, y, out); },
      [](double x, double y) { return x - y; },
      [&] {
        const Pair p = aligned(a, b);
        return std::pair<__int128, int>(p.a - p.b, std::max(a.scale, b.scale));
      });
}

Quick multiply_quick(const Quick& a, const Quick& b) {
  return combined(
      a, b, [](int64_t x, int64_t y, int64_t* out) { return __builtin_mul_overflow(x, y, out); },
      [](double x, double y) { return x * y; },
      [&] {
        return std::pair<__int128, int>(whole_digits(a) * whole_digits(b), a.scale + b.scale);
      });
}

}  // namespace vif::eval
