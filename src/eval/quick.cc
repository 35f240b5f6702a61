// Values without a Datum.
#include <cmath>

#include "eval/compare.h"
#include "eval/node.h"
#include "eval/whole_number.h"

namespace vif::eval {
namespace {

template <typename T>
int order_of(T a, T b) {
  return a < b ? -1 : a > b;
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
      q.kind = parse_signed(value.bytes, q.i) ? Quick::Kind::kInt : Quick::Kind::kNone;
    } else if (value.type != Type::kYear) {
      q.kind = parse_whole(value.bytes, q.u) ? Quick::Kind::kUint : Quick::Kind::kNone;
    }
    return q;
  }
  if (value.type == Type::kFloat64) {
    Quick q;
    if (parse_whole(value.bytes, q.f)) q.kind = Quick::Kind::kDouble;
    return q;
  }
  if (types::is_text(value.type) && collation != 0 && collation != kBinaryCollation)
    return Quick::of_text(value.bytes, collation);
  return {};
}

std::optional<int> compare_quick(const Quick& a, const Quick& b) {
  using Kind = Quick::Kind;
  if (a.kind == Kind::kInt && b.kind == Kind::kInt) return order_of(a.i, b.i);
  if (a.kind == Kind::kText && b.kind == Kind::kText) {
    if (a.collation != b.collation) return std::nullopt;
    const Result<int> order = compare_text(a.text, b.text, a.collation);
    if (!order.ok()) return std::nullopt;
    return *order;
  }
  if (!a.is_number() || !b.is_number()) return std::nullopt;
  if (a.kind == Kind::kDouble || b.kind == Kind::kDouble) {
    // Beside a column of integers a double is stored as one: they differ where it has not all
    // digits.
    constexpr double kExact = 9007199254740992.0;
    const double x = a.as_double();
    const double y = b.as_double();
    if (a.kind != b.kind && std::fabs(x) >= kExact && std::fabs(y) >= kExact) return std::nullopt;
    return order_of(x, y);
  }
  if (a.kind == Kind::kInt) return a.i < 0 ? -1 : order_of(static_cast<uint64_t>(a.i), b.u);
  if (b.kind == Kind::kInt) return b.i < 0 ? 1 : order_of(a.u, static_cast<uint64_t>(b.i));
  return order_of(a.u, b.u);
}

}  // namespace vif::eval
