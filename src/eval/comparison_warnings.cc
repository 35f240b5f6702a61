#include "eval/comparison_warnings.h"

#include <algorithm>
#include <cmath>

#include "eval/column_store.h"
#include "eval/compared_side.h"

namespace vif::eval {
namespace {

using Comparison = Operator::Comparison;

bool takes_constants(const Side& column, const Side& constant) {
  if (!is_column(*column.node)) return false;
  if (is_dated(column.type)) return constant.kind() != Kind::kString;
  return column.type == Type::kInt64 || column.type == Type::kUint64 ||
         column.type == Type::kYear || column.type == Type::kTime;
}

// A date and time, of which a column of times takes the time only; or no number of one.
bool is_moment(const Datum& d) {
  if (d.form == Form::kUint) return d.u > INT64_MAX;
  if (!d.is_textual() || d.is_hex_or_bit() || d.bytes.find('-', 1) == std::string::npos)
    return false;
  const std::optional<types::ParsedTemporal> parsed = types::parse_datetime(d.bytes);
  return parsed && parsed->complete && parsed->has_time;
}

// What is stored, but not all of it: a day has no time and a time no day, and a number of a day has
// no fraction.
bool loses(const types::ParsedTemporal& stored, const Datum& d, Type type) {
  const Temporal& t = stored.value;
  constexpr double kFirstDated = 1e10;
  constexpr size_t kFirstDatedLength = 12;
  if (type == Type::kTime && d.is_textual()) {
    const std::optional<types::ParsedTemporal> dated = types::parse_datetime(d.bytes);
    return dated && dated->has_time && d.bytes.size() >= kFirstDatedLength;
  }
  if (type == Type::kTime) return d.is_number() && std::fabs(to_double(d)) >= kFirstDated;
  if (type == Type::kDate && (t.hour != 0 || t.minute != 0 || t.second != 0 || t.microsecond != 0))
    return true;
  return d.is_number() && !stored.has_time && to_double(d) != std::floor(to_double(d));
}

// A number with an exponent is no time, of which nothing is said.
bool ends_at_exponent(std::string_view text) {
  const size_t at = text.find_first_of("eE");
  if (at == std::string_view::npos || at + 1 >= text.size()) return false;
  if (text.substr(0, at).find_first_not_of(" -.:0123456789") != std::string_view::npos)
    return false;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool is_signed = text[at + 1] == '-' || text[at + 1] == '+';
  return is_digit(text[at + 1]) || (is_signed && at + 2 < text.size() && is_digit(text[at + 2]));
}

// Into a column of dates or times; false when it is none.
bool store_temporal(const Datum& d, const Side& into, Context& context) {
  const Type type = into.type;
  const std::string column = name_of(into, context).value_or("");
  if (d.is_temporal()) {
    const bool dated = d.form == Form::kDate || d.form == Form::kDatetime;
    if (type != Type::kTimestamp || !dated || d.temporal == Temporal() ||
        takes_timestamp({d.temporal}, d, context))
      return true;
    context.warn(1292, fmt::format("Incorrect datetime value: '{}' for column '{}' at row 1",
                                   to_text(d), column));
    return false;
  }
  if (type == Type::kTime && is_moment(d)) {
    if (d.is_textual()) {
      if (const auto parsed = types::parse_datetime(d.bytes)) warn_deprecated(d, *parsed, context);
    }
    context.warn(1292, fmt::format("Incorrect time value: '{}' for column '{}' at row 1",
                                   shown_in_message(d), column));
    return d.is_textual();  // its time is stored
  }
  Quiet quiet(context);
  // Without a day it is the zero date, unless it is rounded to one.
  if (d.is_number() && to_double(d) >= 0 &&
      to_decimal(d).rounded(into.node->type(quiet.context()).scale).truncated(0).is_zero())
    return true;
  const bool exact = d.is_number() && type != Type::kTime;
  std::optional<types::ParsedTemporal> stored =
      type == Type::kTime ? to_time(d, quiet.context())
      : exact             ? types::datetime_from_number(to_decimal(d), true)
      : d.is_textual()    ? date_for_column(d, type, quiet.context())
                          : to_datetime(d, quiet.context());
  const bool zeros = exact && stored && (stored->value.month == 0 || stored->value.day == 0);
  if (stored && !zeros && (stored->complete || d.is_number())) {
    if (d.is_textual() && type == Type::kTime)
      (void)to_time(d, context);
    else if (d.is_textual())
      warn_deprecated(d, *stored, context);
    const bool taken = type != Type::kTimestamp || takes_timestamp(*stored, d, context);
    if (taken && !loses(*stored, d, type)) return true;
    if (!taken) stored.reset();
  }
  const std::string text = d.form == Form::kFloat ? to_text(Datum::of_float(d.f)) : to_text(d);
  if (type == Type::kTime && text.find_first_not_of(" \t\n\v\f\r") == std::string::npos)
    return false;
  if (type == Type::kTime && d.is_textual() && ends_at_exponent(text)) return false;
  const std::string_view name = type == Type::kTime   ? "time"
                                : type == Type::kDate ? "date"
                                                      : "datetime";
  context.warn(1292, fmt::format("Incorrect {} value: '{}' for column '{}' at row 1", name,
                                 d.is_number() ? text : shown_in_message(d), column));
  return stored && !zeros && (stored->complete || d.is_number());
}

// Into a column of integers or years.
bool store_integer(const Datum& d, Type type) {
  if (d.is_temporal() || d.form == Form::kJson) return type != Type::kYear;
  constexpr size_t kBytesMost = 8;
  if (d.is_hex_or_bit() && d.bytes.size() > kBytesMost) return false;
  if (d.is_textual() && !d.is_hex_or_bit()) {
    std::string_view rest;
    const Decimal value = Decimal::parse_prefix(d.bytes, &rest);
    const bool whole = rest.find_first_not_of(' ') == std::string_view::npos;
    if ((!whole && type != Type::kYear) || rest.size() == d.bytes.size()) return false;
    if (type != Type::kYear) return value.to_int64() || value.to_uint64();
  }
  const Decimal value = to_decimal(d).rounded(0);
  if (type == Type::kYear) {
    const std::optional<int64_t> year = value.to_int64();
    return year && ((*year >= 0 && *year < 100) || (*year > 1900 && *year <= 2155));
  }
  return type == Type::kUint64 ? value.to_uint64().has_value() : value.to_int64().has_value();
}

// True when the constant is the column's from now on, and is not looked at again.
bool store_constant(const Side& column, Side& constant, Context& context) {
  if (!is_fixed(*constant.node) || !takes_constants(column, constant)) return false;
  const bool written = is_written(*constant.node);
  if (written && constant.type == column.type) return false;
  // Whether it is NULL, what it is.
  Datum d = quietly(*constant.node, context);
  if (!written) (void)constant.node->ask_null(context);
  if (d.is_null()) return false;
  if (!written) d = constant.node->evaluate(context);
  const bool integer = column.type == Type::kInt64 || column.type == Type::kUint64;
  // Too many bytes are told of as they are stored, and as that is compared with them.
  if (integer && d.is_hex_or_bit()) (void)to_double(d, context);
  if (d.form == Form::kJson && integer) {
    (void)to_int(d, context);
    (void)to_double(d, context);
    return true;
  }
  if (integer && d.form == Form::kDatetime) (void)to_int(d, context);
  const bool temporal = is_dated(column.type) || column.type == Type::kTime;
  if (d.form == Form::kJson && temporal)
    return column.type == Type::kTime && to_time(d, context).has_value();
  if (temporal) return store_temporal(d, column, context);
  if (!store_integer(d, column.type)) {
    // A text that is no integer is read once, at once.
    if (!integer || !d.is_textual() || d.is_hex_or_bit()) return false;
    (void)to_double(d, context);
    constant.done = true;
    return false;
  }
  // An integer's column is compared with what it has taken.
  const bool compared = column.type != Type::kYear && constant.kind() != Kind::kInt;
  if (compared && !written) (void)constant.node->evaluate(context);
  const Decimal value = to_decimal(d);
  return column.type == Type::kYear || compare(value, value.rounded(0)) == 0;
}

enum class How : uint8_t { kStored, kJson, kDates, kTimes, kYears, kKind, kRows };

struct Pair {
  Side left;
  Side right;
  How how = How::kKind;
  Kind kind = Kind::kString;
};

void choose(Pair& p) {
  p.kind = common_kind(p.left.kind(), p.right.kind());
  const Type a = p.left.type;
  const Type b = p.right.type;
  if (p.left.kind() == Kind::kRow || p.right.kind() == Kind::kRow) {
    p.how = How::kRows;
  } else if (a == Type::kJson || b == Type::kJson) {
    p.how = How::kJson;
  } else if ((is_dated(a) && (is_dated(b) || p.right.kind() == Kind::kString)) ||
             (is_dated(b) && p.left.kind() == Kind::kString)) {
    p.how = How::kDates;
  } else if (a == Type::kTime && b == Type::kTime) {
    p.how = How::kTimes;
  } else if (a == Type::kYear || b == Type::kYear) {
    if (is_dated(a) || is_dated(b)) p.how = How::kYears;
  } else if (p.kind == Kind::kReal) {
    // A decimal that varies is compared exactly with a constant text.
    const auto exact = [](const Side& decimal, const Side& text) {
      return decimal.type == Type::kDecimal && !is_fixed(*decimal.node) &&
             text.kind() == Kind::kString && text.node->is_constant();
    };
    if (exact(p.left, p.right) || exact(p.right, p.left)) p.kind = Kind::kDecimal;
  }
}

// A constant beside dates is a date before there are rows, unless it is none.
void convert_beside_dates(Side& constant, const Side& date, Context& context) {
  if (is_dated(constant.type) || !is_fixed(*constant.node)) return;
  constant.done = constant.type == Type::kTime ? !constant.node->evaluate(context).is_null()
                                               : read_date(constant, date, context);
}

// `stores`: constants are stored in columns first.
Pair resolved(const Node& left, const Node& right, bool stores, Context& context,
              std::span<const std::string> names = {}) {
  Pair p{side_of(left, context), side_of(right, context)};
  if (names.size() == 2) {
    p.left.name = names[0];
    p.right.name = names[1];
  }
  choose(p);
  if (p.how == How::kRows) return p;
  if (stores &&
      (store_constant(p.left, p.right, context) || store_constant(p.right, p.left, context))) {
    p.how = How::kStored;
    return p;
  }
  if (p.how == How::kDates) {
    if (!is_dated(p.left.type))
      convert_beside_dates(p.left, p.right, context);
    else
      convert_beside_dates(p.right, p.left, context);
  }
  return p;
}

// False when there is a NULL.
bool compare_pair(const Pair& p, Context& context) {
  const auto look = [&](const Side& side, const Side& other) {
    if (side.done) return true;
    switch (p.how) {
      case How::kDates: return read_date(side, other, context);
      case How::kTimes: return read_time(side, context);
      case How::kYears:
        return side.type == Type::kYear ? read_as(side, Kind::kString, context)
                                        : read_date(side, other, context);
      case How::kKind:
        // A constant of another kind is converted once.
        if (is_fixed(*side.node) && side.kind() != p.kind && !context.first_time(side.node)) {
          Quiet quiet(context);
          return read_as(side, p.kind, quiet.context());
        }
        return read_as(side, p.kind, context);
      default: return read_as(side, Kind::kString, context);
    }
  };
  if (p.how == How::kStored) {
    return (is_fixed(*p.left.node) || look(p.left, p.right)) &&
           (is_fixed(*p.right.node) || look(p.right, p.left));
  }
  return look(p.left, p.right) && look(p.right, p.left);
}

// What is there for <=> when one was NULL: both are asked whether they are.
void ask_for_null(const Pair& p, Context& context) {
  const bool left_null = quietly(*p.left.node, context).is_null();
  const auto ask = [&](const Side& side, bool seen) {
    if (side.node->is_leaf()) return;
    // A constant of another kind stands in a store of its own, and is evaluated once.
    const bool kept = p.how == How::kKind && is_fixed(*side.node) && p.kind != side.kind();
    if (p.how == How::kStored && is_fixed(*side.node)) return;
    if (!side.nullable && !kept) return;
    if (kept && (seen || !context.first_time(side.node))) return;
    (void)side.node->ask_null(context);
  };
  ask(p.left, true);
  ask(p.right, !left_null);
}

// Column by column, until one decides; a NULL decides an order.
void warn_of_rows(const Node& left, const Node& right, bool before, bool equality,
                  Context& context) {
  const std::vector<NodePtr>& a = *left.columns();
  const std::vector<NodePtr>& b = *right.columns();
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i]->columns() || b[i]->columns()) return;
    if (before) {
      (void)resolved(*a[i], *b[i], false, context);
      continue;
    }
    Quiet quiet(context);
    (void)compare_pair(resolved(*a[i], *b[i], false, quiet.context()), context);
    const Datum x = a[i]->evaluate(quiet.context());
    const Datum y = b[i]->evaluate(quiet.context());
    const bool null = x.is_null() || y.is_null();
    if (null ? !equality : compare_datums(x, y, quiet.context()) != 0) return;
  }
}

}  // namespace

bool may_warn(const Node& left, const Node& right, Context& context) {
  if (!context.env.warnings || context.env.mariadb) return false;
  const Type a = left.as_written().type(context).type;
  const Type b = right.as_written().type(context).type;
  const auto is_plain = [](Type t) { return types::is_text(t) || types::is_binary(t); };
  if (is_plain(a) && is_plain(b)) return false;
  return !types::is_number(a) || !types::is_number(b) || !left.is_leaf() || !right.is_leaf();
}

void warn_before_comparison(const Node& left, const Node& right, Context& context,
                            std::span<const std::string> names) {
  take([&] {
    if (left.columns() && right.columns())
      warn_of_rows(left, right, true, false, context);
    else
      (void)resolved(left, right, true, context, names);
  });
}

void warn_of_comparison(Comparison op, const Node& left, const Node& right, Context& context,
                        std::span<const std::string> names) {
  take([&] {
    if (left.columns() && right.columns())
      return warn_of_rows(left, right, false, op == Comparison::kEqual, context);
    Quiet quiet(context);
    const Pair p = resolved(left, right, true, quiet.context(), names);
    const bool known = compare_pair(p, context);
    if (!known && op == Comparison::kNullSafeEqual) ask_for_null(p, context);
  });
}

namespace {

struct Range {
  Side sides[3];  // value, low, high
  How how = How::kKind;
  Kind kind = Kind::kString;
  bool one = false;  // low and high are the same: it is an = with low
};

// Two constants that bound it are compared as texts first, to know whether they are the same. What
// is no text of them, a date, is one from then on.
void compare_bounds(Range& r, Context& context) {
  Side& low = r.sides[1];
  Side& high = r.sides[2];
  if (!low.node->is_constant() || !high.node->is_constant()) return;
  if (low.kind() != Kind::kString || high.kind() != Kind::kString) return;
  Quiet quiet(context);
  const bool both = low.type != high.type || is_dated(low.type);
  const auto is_temporal = [](Type t) { return is_dated(t) || t == Type::kTime; };
  const bool times = is_temporal(low.type) && is_temporal(high.type) && both;
  const Type value = r.sides[0].type;
  const bool bytes = types::is_binary(value) || value == Type::kHexNum || value == Type::kHexVal ||
                     value == Type::kBitNum;
  for (Side* side : {&low, &high}) {
    const bool temporal = is_dated(side->type) || (times && side->type == Type::kTime);
    const Datum d = side->node->evaluate(temporal ? context : quiet.context());
    if (!temporal) continue;
    side->text = d.is_null() ? Datum() : Datum::of_text(to_text(d), kUtf8mb4Collation);
    if (r.how != How::kDates || bytes) side->text.reset();
    if (side->text) side->type = Type::kVarchar;
  }
  const Datum x = value_of(low, quiet.context());
  const Datum y = value_of(high, quiet.context());
  r.one = x.is_textual() && y.is_textual() && compare_datums(x, y, quiet.context()) == 0;
}

Range resolved_range(std::span<const NodePtr> args, bool negated, Context& context) {
  Range r;
  bool json = false;
  int dated = 0;
  int timed = 0;
  for (size_t i = 0; i < 3; ++i) {
    r.sides[i] = side_of(*args[i], context);
    dated += is_dated(r.sides[i].type) ? 1 : 0;
    timed += r.sides[i].type == Type::kTime ? 1 : 0;
    json = json || r.sides[i].type == Type::kJson;
  }
  if (json) {
    context.warn(1235,
                 "This version of MySQL doesn't yet support 'comparison of JSON in the BETWEEN "
                 "operator'");
  }
  const Side& value = r.sides[0];
  r.kind = common_kind(common_kind(value.kind(), r.sides[1].kind()), r.sides[2].kind());
  if (r.kind != Kind::kString) dated = timed = 0;
  Side* const all[] = {&r.sides[0], &r.sides[1], &r.sides[2]};
  if (r.kind == Kind::kString) make_bytes(all, false, context);
  if (dated + timed == 3) {
    r.how = timed == 3 ? How::kTimes : How::kYears;
  } else if (dated > 0) {
    r.how = How::kDates;
  } else if (is_column(*value.node)) {
    Side constant = r.sides[1];
    constant.type = Type::kInt64;
    bool stored[2] = {};
    for (size_t i : {1, 2}) {
      const bool takes = is_dated(value.type) || takes_constants(value, constant);
      Side numbered = value;
      // Beside numbers, texts are stored in a column of dates as well.
      const bool text = is_dated(value.type) && r.sides[i].kind() == Kind::kString;
      if (!takes || !is_fixed(*r.sides[i].node)) continue;
      if (text) {
        const Datum d = r.sides[i].node->evaluate(context);
        stored[i - 1] = !d.is_null() && store_temporal(d, value, context);
      } else {
        stored[i - 1] = store_constant(numbered, r.sides[i], context);
      }
      r.sides[i].done = r.sides[i].done || stored[i - 1];
    }
    const bool temporal =
        is_dated(value.type) || value.type == Type::kTime || value.type == Type::kYear;
    if (temporal ? stored[0] || stored[1] : stored[0] && stored[1]) r.kind = Kind::kInt;
  }
  if (!negated) compare_bounds(r, context);
  return r;
}

void compare_range(const Range& r, Context& context) {
  const Side& value = r.sides[0];
  if (r.how == How::kDates) {
    Quiet quiet(context);
    for (size_t i : {1, 2}) {
      if (!read_date(value, r.sides[i], context)) return;
      (void)read_date(r.sides[i], value, context);
    }
    return;
  }
  for (const Side& side : r.sides) {
    if (side.done) continue;
    const bool known = r.how == How::kTimes   ? read_time(side, context)
                       : r.how == How::kYears ? read_as(side, Kind::kString, context)
                                              : read_as(side, r.kind, context);
    if (!known && &side == &value) return;
  }
}

}  // namespace

void warn_before_between(std::span<const NodePtr> args, bool negated, Context& context) {
  take([&] {
    const Range r = resolved_range(args, negated, context);
    if (r.one) (void)resolved(*args[0], *args[1], true, context);
  });
}

void warn_of_between(std::span<const NodePtr> args, bool negated, Context& context) {
  take([&] {
    Quiet quiet(context);
    const Range r = resolved_range(args, negated, quiet.context());
    if (r.one && r.sides[1].text)
      (void)args[0]->evaluate(context);
    else if (r.one)
      (void)compare_pair(resolved(*args[0], *args[1], true, quiet.context()), context);
    else
      compare_range(r, context);
  });
}

CaseWarnings::CaseWarnings(const Node& operand, std::span<const Node* const> conditions,
                           Context& context)
    : context_(context) {
  if (!context.env.warnings) return;
  take([&] {
    sides_.push_back(side_of(operand, context_));
    for (const Node* condition : conditions) sides_.push_back(side_of(*condition, context_));
    const auto texts = [&](const Side& side) {
      return common_kind(sides_[0].kind(), side.kind()) == Kind::kString;
    };
    std::vector<Side*> all;
    for (Side& side : sides_) all.push_back(&side);
    if (std::any_of(sides_.begin() + 1, sides_.end(), texts)) make_bytes(all, false, context_);
  });
}

bool CaseWarnings::beside(size_t condition) {
  bool known = true;
  take([&] {
    if (condition + 1 >= sides_.size()) return;
    const Side& operand = sides_[0];
    const Side& other = sides_[condition + 1];
    const Kind kind = common_kind(operand.kind(), other.kind());
    const bool json = operand.type == Type::kJson;
    const auto look = [&](const Side& side) {
      if (json || kind != Kind::kString) return read_as(side, kind, context_);
      if (is_dated(operand.type)) return read_date(side, operand, context_);
      return operand.type == Type::kTime ? read_time(side, context_)
                                         : read_as(side, kind, context_);
    };
    const unsigned bit = 1u << static_cast<unsigned>(kind);
    if ((seen_ & bit) == 0) known = look(operand);
    seen_ |= bit;
    if (known) (void)look(other);
  });
  return known;
}

}  // namespace vif::eval
