// =, <, IN, LIKE and their like.
#include <algorithm>

#include "eval/charsets.h"
#include "eval/compare.h"
#include "eval/compared_side.h"
#include "eval/comparison_warnings.h"
#include "eval/constants.h"
#include "eval/json_datum.h"
#include "eval/mariadb.h"
#include "eval/node.h"
#include "eval/shared_collation.h"
#include "eval/static_type.h"
#include "types/collation/charset.h"

namespace vif::eval {
namespace {

using Comparison = Operator::Comparison;

bool holds(Comparison op, int order) {
  switch (op) {
    case Comparison::kEqual:
    case Comparison::kNullSafeEqual: return order == 0;
    case Comparison::kNotEqual: return order != 0;
    case Comparison::kLess: return order < 0;
    case Comparison::kLessEqual: return order <= 0;
    case Comparison::kGreater: return order > 0;
    case Comparison::kGreaterEqual: return order >= 0;
  }
  return false;
}

enum class Equal : uint8_t { kNo, kYes, kUnknown };

Equal equal(const Datum& a, const Datum& b, const Context& context) {
  if (a.form == Form::kTuple || b.form == Form::kTuple) {
    Equal all = Equal::kYes;
    for (size_t i = 0; i < a.tuple.size(); ++i) {
      const Equal one = equal(a.tuple[i], b.tuple[i], context);
      if (one == Equal::kNo) return one;
      if (one == Equal::kUnknown) all = one;
    }
    return all;
  }
  if (a.is_null() || b.is_null()) return Equal::kUnknown;
  return compare_datums(a, b, context) == 0 ? Equal::kYes : Equal::kNo;
}

bool null_safe_equal(const Datum& a, const Datum& b, const Context& context) {
  if (a.form == Form::kTuple) {
    for (size_t i = 0; i < a.tuple.size(); ++i) {
      if (!null_safe_equal(a.tuple[i], b.tuple[i], context)) return false;
    }
    return true;
  }
  if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
  return compare_datums(a, b, context) == 0;
}

// Rows compare by their first column that differs; a NULL before that leaves it open.
Datum compare_rows(Comparison op, const Datum& a, const Datum& b, const Context& context) {
  if (op == Comparison::kEqual || op == Comparison::kNotEqual) {
    const Equal e = equal(a, b, context);
    if (e == Equal::kUnknown) return {};
    return Datum::of_bool((e == Equal::kYes) == (op == Comparison::kEqual));
  }
  for (size_t i = 0; i < a.tuple.size(); ++i) {
    const Datum& x = a.tuple[i];
    const Datum& y = b.tuple[i];
    if (x.form == Form::kTuple) refuse("nested row values in an ordering comparison in the gate");
    if (x.is_null() || y.is_null()) return {};
    const int order = compare_datums(x, y, context);
    if (order != 0) return Datum::of_bool(holds(op, order));
  }
  return Datum::of_bool(holds(op, 0));
}

class ComparisonNode final : public Operation {
 public:
  ComparisonNode(Comparison op, std::vector<NodePtr> args) : Operation(std::move(args)), op_(op) {
    for (const int order : {-1, 0, 1}) holds_for_ |= holds(op, order) << (order + 1);
    if (!this->args()[1]->is_leaf() || !this->args()[1]->is_constant()) return;
    const Env env;
    Context context{{}, env};
    constant_ = this->args()[1]->quick(context);
  }
  void resolve(Context& context) const override {
    Operation::resolve(context);
    if (may_warn(*args()[0], *args()[1], context))
      warn_before_comparison(*args()[0], *args()[1], context);
  }
  bool ask_null(Context& context) const override {
    if (context.env.mariadb || args()[0]->columns()) return evaluate(context).is_null();
    return args()[0]->ask_null(context) || args()[1]->ask_null(context);
  }
  Datum evaluate(Context& context) const override {
    // Whether they are NULL is asked once more.
    const bool asks = op_ == Comparison::kNullSafeEqual && context.env.warnings &&
                      !context.env.mariadb && (!args()[0]->is_leaf() || !args()[1]->is_leaf());
    if (!asks && !may_warn(*args()[0], *args()[1], context)) return value(context);
    warn_of_comparison(op_, *args()[0], *args()[1], context);
    Quiet quiet(context);
    return value(quiet.context());
  }
  Datum value(Context& context) const {
    const int column = is_column(0) && is_fixed(1) ? 0 : is_column(1) && is_fixed(0) ? 1 : -1;
    if (column >= 0 && !context.env.mariadb &&
        is_null_column(static_cast<size_t>(column), context)) {
      // Nothing is made of the constant then, but text.
      if (column == 1) {
        const Datum constant = args()[0]->is_constant() ? arg(0, context) : Datum();
        if (constant.form == Form::kBytes) check_bytes_beside(constant, 1, context);
      }
      Env quiet_env = context.env;
      quiet_env.warnings = nullptr;
      Context quiet{context.row, quiet_env};
      const auto other = static_cast<size_t>(1 - column);
      if (op_ != Comparison::kNullSafeEqual) {
        // It may be an error, which is seen where it comes first or is stored as an integer.
        const bool seen = other == 0 || args()[0]->type(context).type == Type::kInt64;
        if (seen && args()[other]->is_constant() && !args()[other]->is_leaf())
          (void)arg(other, quiet);
        return {};
      }
      return Datum::of_bool(arg(static_cast<size_t>(1 - column), quiet).is_null());
    }
    Datum left = compared_arg(0, context);
    if (left.is_null() && op_ != Comparison::kNullSafeEqual && decides_alone(context)) return {};
    // A text beside a number is one before the number is looked at.
    const bool text =
        left.is_textual() && !left.is_hex_or_bit() && !left.is_member() && !args()[1]->is_leaf();
    if (text && types::is_number(args()[1]->type(context).type))
      left = context.env.mariadb ? mariadb_number_beside(left, *args()[1], context)
                                 : to_number(left, context);
    // NULL decides, but for a constant: that is stored, and warns, before there are rows. Not so
    // beside decimals.
    const bool decides = left.is_null() && op_ != Comparison::kNullSafeEqual;
    if (decides && (context.env.mariadb || !args()[1]->is_constant() ||
                    types::is_float(args()[1]->type(context).type)))
      return {};
    Datum right = compared_arg(1, context);
    if (context.env.mariadb) settle_mariadb_pair(left, right, args(), context);
    if (op_ == Comparison::kNullSafeEqual) {
      const bool mysql = !context.env.mariadb;
      const bool year = mysql && left.type == Type::kYear && is_column(0) && is_fixed(1);
      const bool other_year = mysql && right.type == Type::kYear && is_column(1) && is_fixed(0);
      if (other_year)
        return Datum::of_bool(null_safe_equal(as_column(right, left), right, context));
      return Datum::of_bool(null_safe_equal(left, year ? as_column(left, right) : right, context));
    }
    if (right.is_null() && left.form == Form::kBytes) check_bytes_beside(left, 1, context);
    if (left.is_null() || right.is_null()) return {};
    if (left.form == Form::kTuple) return compare_rows(op_, left, right, context);
    if (!context.env.mariadb && is_column(0) && is_fixed(1)) {
      return Datum::of_bool(holds(op_, compare_datums(left, as_column(left, right), context)));
    }
    if (!context.env.mariadb && is_column(1) && is_fixed(0)) {
      return Datum::of_bool(holds(op_, compare_datums(as_column(right, left), right, context)));
    }
    return Datum::of_bool(holds(op_, compare_datums(left, right, context)));
  }
  Quick quick(Context& context) const override {
    const Quick left = args()[0]->quick(context);
    if (left.kind == Quick::Kind::kNone) return {};
    // What conditions compare most, without a call.
    if (left.kind == Quick::Kind::kInt && constant_.kind == Quick::Kind::kInt) {
      return Quick::of_int(holds_for_ >> ((left.i > constant_.i) - (left.i < constant_.i) + 1) & 1);
    }
    const Quick right = args()[1]->quick(context);
    if (right.kind == Quick::Kind::kNone) return {};
    const bool left_null = left.kind == Quick::Kind::kNull;
    // A text is looked at before a NULL is, which may warn.
    if (left.kind == Quick::Kind::kText && right.kind == Quick::Kind::kNull) return {};
    if (left_null || right.kind == Quick::Kind::kNull) {
      if (context.env.mariadb && context.env.warnings) return {};
      if (op_ != Comparison::kNullSafeEqual) return Quick::null();
      return Quick::of_int(left_null && right.kind == Quick::Kind::kNull);
    }
    const std::optional<int> order = compare_quick(left, right);
    return order ? Quick::of_int(holds(op_, *order)) : Quick();
  }
  Truth quick_truth(Context& context) const override {
    int64_t left = 0;
    if (constant_.kind == Quick::Kind::kInt && args()[0]->quick_int(context, left))
      return truth_of(holds_for_ >> ((left > constant_.i) - (left < constant_.i) + 1) & 1);
    return Operation::quick_truth(context);
  }
  bool has_quick() const override { return args()[0]->has_quick() && args()[1]->has_quick(); }
  StaticType type(Context& context) const override {
    return truth_type(op_ != Comparison::kNullSafeEqual && either_nullable(args(), context));
  }

 private:
  // Bytes are made the text's that they are beside before it is known to be NULL.
  void check_bytes_beside(const Datum& bytes, size_t i, Context& context) const {
    const StaticType t = args()[i]->type(context);
    const bool member = t.type == Type::kEnum || t.type == Type::kSet;
    const bool text = member || (types::is_text(t.type) && t.type != Type::kHexNum &&
                                 t.type != Type::kHexVal && t.type != Type::kBitNum);
    const bool firmer = static_cast<Coercibility>(t.coercibility) < bytes.coercibility;
    if (text && firmer && bytes.type != Type::kBit && !context.env.mariadb)
      (void)checked_utf8(bytes.bytes);
  }
  // Beside dates and the widest numbers the server has stored the constant before there is a row.
  bool is_null_column(size_t i, Context& context) const {
    const Type t = args()[i]->type(context).type;
    const bool ahead = t == Type::kDate || t == Type::kDatetime || t == Type::kTimestamp ||
                       t == Type::kTime || t == Type::kUint64;
    return !ahead && args()[i]->quick(context).kind == Quick::Kind::kNull;
  }
  // A NULL does; beside a column of dates a constant has been looked at before.
  bool decides_alone(Context& context) const {
    const Type t = args()[0]->type(context).type;
    return !(is_column(0) && is_fixed(1)) || (!types::is_quoted(t) && t != Type::kYear);
  }
  bool is_column(size_t i) const { return args()[i]->is_leaf() && !args()[i]->is_constant(); }
  bool is_fixed(size_t i) const {
    return args()[i]->is_constant() || args()[i]->is_bind_variable();
  }

  Comparison op_;
  Quick constant_;     // of the right side, kNone when it is none
  int holds_for_ = 0;  // bit 0: less, 1: equal, 2: greater
};

// Whether IN and BETWEEN compare these as dates: there is one among them, and no number.
bool compares_dates(const std::vector<NodePtr>& args, Context& context) {
  bool dates = false;
  for (const NodePtr& arg : args) {
    if (arg->width() != 1) return false;
    const Type t = arg->type(context).type;
    if (types::is_number(t)) return false;
    dates = dates || t == Type::kDate || t == Type::kDatetime || t == Type::kTimestamp;
  }
  return dates;
}

// Nothing for what is none. A time is on the current day.
std::optional<Temporal> as_date(const Datum& d, const Context& context) {
  if (d.form == Form::kTime) {
    const std::optional<types::ParsedTemporal> today = to_datetime(d, context);
    return today ? std::optional(today->value) : std::nullopt;
  }
  if (d.is_temporal()) return d.temporal;
  const std::optional<types::ParsedTemporal> parsed = types::parse_datetime(d.bytes);
  return parsed ? std::optional(parsed->value) : std::nullopt;
}

// In a list of several rows the left row's columns say as what they are compared.
Equal equal_as(Type type, const Datum& a, const Datum& b, const Context& context) {
  const auto answer = [](bool same) { return same ? Equal::kYes : Equal::kNo; };
  if (a.form == Form::kJson || b.form == Form::kJson)
    return answer(compare_datums(a, b, context) == 0);
  if (types::is_integral(type) || type == Type::kBit)
    return answer(to_int(a, context) == to_int(b, context));
  if (types::is_float(type)) return answer(to_double(a, context) == to_double(b, context));
  if (type == Type::kDecimal)
    return answer(compare(to_decimal(a, context), to_decimal(b, context)) == 0);
  // A date is no time, and what is none equals nothing; MariaDB has the zero time of both.
  if (type == Type::kTime)
    return answer((context.env.mariadb || b.form != Form::kDate) &&
                  equal_times(a, b, context, context.env.mariadb));
  if (a.is_temporal()) {
    if (b.is_textual() && b.type != Type::kBit && !context.env.mariadb) {
      const std::optional<types::ParsedTemporal> text = types::parse_datetime(b.bytes);
      return answer(text && types::compare_datetimes(a.temporal, text->value) == 0);
    }
    const std::optional<types::ParsedTemporal> parsed = to_datetime(b, context);
    return answer(parsed && types::compare_datetimes(a.temporal, parsed->value) == 0);
  }
  if (a.form == Form::kBytes)
    return answer(own_bytes(a) == (b.is_textual() ? own_bytes(b) : to_text(b)));
  if (b.form == Form::kBytes) (void)checked_utf8(b.bytes);
  const Result<bool> same = same_text(to_text(a), to_text(b), a.collation);
  if (!same.ok()) throw SqlError{same.error()};
  return answer(*same);
}

Equal equal_rows(const Node& row, const Datum& a, const Datum& b, Context& context) {
  Equal all = Equal::kYes;
  for (size_t i = 0; i < a.tuple.size(); ++i) {
    const Datum& x = a.tuple[i];
    const Datum& y = b.tuple[i];
    const Node& column = *(*row.columns())[i];
    Equal one = Equal::kUnknown;
    if (x.form == Form::kTuple)
      one = equal_rows(column, x, y, context);
    else if (!x.is_null() && !y.is_null())
      one = equal_as(column.type(context).type, x, y, context);
    if (one == Equal::kNo) return one;
    if (one == Equal::kUnknown) all = one;
  }
  return all;
}

// Among several texts and times all of them are times.
bool compares_times(const std::vector<NodePtr>& args, Context& context) {
  if (args.size() <= 2) return false;
  const Type left = args[0]->type(context).type;
  bool times = false;
  bool dates = false;
  for (const NodePtr& arg : args) {
    if (arg->width() != 1) return false;
    const Type t = arg->type(context).type;
    if (types::is_number(t) && (!arg->is_constant() || left != Type::kTime)) return false;
    times = times || t == Type::kTime;
    dates = dates || t == Type::kDate || t == Type::kDatetime || t == Type::kTimestamp;
  }
  if (times && dates && left != Type::kTime && !types::is_number(left))
    refuse("IN of times and dates in the gate");
  return times && !dates && (left == Type::kTime || types::is_text(left) || types::is_binary(left));
}

Datum in_result(bool found, bool unknown, bool negated) {
  if (!found && unknown) return {};
  return Datum::of_bool(found != negated);
}

class InNode final : public Operation {
 public:
  // The first argument is looked for among the others.
  InNode(std::vector<NodePtr> args, bool negated) : Operation(std::move(args)), negated_(negated) {
    std::vector<const Node*> compared;
    for (const NodePtr& arg : this->args()) compared.push_back(arg.get());
    if (compared.size() > 2) texts_ = SharedCollation(compared, true);
    const bool constants = std::all_of(compared.begin() + 1, compared.end(),
                                       [](const Node* node) { return node->is_constant(); });
    documents_ = constants && compared.size() > 2 && any_document(compared);
  }
  void resolve(Context& context) const override {
    Operation::resolve(context);
    if (!warns(context)) return;
    if (args().size() > 2)
      warn_before_in(args(), context);
    else
      warn_before_comparison(*args()[0], *args()[1], context);
  }
  bool ask_null(Context& context) const override {
    if (context.env.mariadb || args().size() != 2 || args()[0]->columns())
      return evaluate(context).is_null();
    return args()[0]->ask_null(context) || args()[1]->ask_null(context);
  }
  Datum evaluate(Context& context) const override {
    size_t matched = args().size();
    if (!warns(context)) return value(matched, context);
    Quiet quiet(context);
    Datum out = value(matched, quiet.context());
    if (args().size() == 2) {
      warn_of_comparison(Comparison::kEqual, *args()[0], *args()[1], context);
      return out;
    }
    const auto same_column = [&](size_t i, const Datum& a, const Datum& b) {
      const Type type = (*args()[0]->columns())[i]->type(context).type;
      return equal_as(type, a, b, quiet.context()) == Equal::kYes;
    };
    warn_of_in(args(), matched, same_column, context);
    return out;
  }
  // `matched`: which of the arguments was found.
  Datum value(size_t& matched, Context& context) const {
    Datum left = compared_arg(0, context);
    if (context.env.mariadb) return evaluate_mariadb(left, context);
    const uint32_t text =
        left.is_textual() && args().size() == 2 ? text_of_all(context) : kBinaryCollation;
    if (text != kBinaryCollation && left.form == Form::kBytes && left.type != Type::kBit)
      left = text_of_bytes(left, text);
    const bool integers = integer_among_texts(context);
    if (left.is_null() && texts_.has_faulty_bytes())
      refuse("IN of NULL among bytes that are no text in the gate");
    if (left.is_null()) return {};
    if (integers) return among_integers(to_int(left), context);
    bool unknown = false;
    const bool rows = args().size() > 2 && left.form == Form::kTuple && args()[0]->columns();
    // Beside constants only, what is no date equals nothing, and what is no time is 00:00:00; else
    // it is the zero date, and no time.
    const bool constants = std::all_of(args().begin() + 1, args().end(),
                                       [](const NodePtr& arg) { return arg->is_constant(); });
    const bool dates = (left.is_textual() || left.is_temporal()) && compares_dates(args(), context);
    const bool times = !context.env.mariadb && (left.is_textual() || left.form == Form::kTime) &&
                       compares_times(args(), context);
    const bool dated_only = dates && only_dates(context);
    // Among constants that are no numbers, nor NULLs beside a text.
    const bool sorted_times =
        constants && times && std::none_of(args().begin(), args().end(), [&](const NodePtr& arg) {
          const Type t = arg->type(context).type;
          return types::is_number(t) || (t == Type::kNull && left.form != Form::kTime);
        });
    // A list of constants is sorted before anything is looked for in it.
    for (size_t i = 1; constants && left.is_textual() && i < args().size(); ++i)
      texts_.check(arg(i, context));
    for (size_t i = 1; i < args().size(); ++i) {
      Datum item = arg(i, context);
      if (!item.is_null()) {
        // With one document among constants all are.
        const std::optional<bool> same =
            documents_ ? std::optional(compare_datums(document(left), item, context) == 0)
                       : texts_.equal(left, item, context);
        if (same && *same) {
          matched = i;
          return in_result(true, false, negated_);
        }
        if (same) continue;
      }
      if (text != kBinaryCollation && item.form == Form::kBytes && item.type != Type::kBit)
        item = text_of_bytes(item, text);
      Equal e = Equal::kUnknown;
      if (rows) {
        e = equal_rows(*args()[0], left, item, context);
      } else if ((times || (!dates && left.form == Form::kTime && item.is_textual() &&
                            item.type != Type::kBit && args().size() > 2)) &&
                 !item.is_null()) {
        e = equal_times(left, item, context, sorted_times) ? Equal::kYes : Equal::kNo;
      } else if (dates && !item.is_null()) {
        const std::optional<Temporal> a = as_date(left, context);
        const std::optional<Temporal> b = as_date(item, context);
        const bool known = (a && b) || !constants || !dated_only;
        const int order = types::compare_datetimes(a.value_or(Temporal()), b.value_or(Temporal()));
        e = known && order == 0 ? Equal::kYes : Equal::kNo;
      } else {
        // A list of one is compared as = does.
        e = equal(left, item, context);
      }
      if (e == Equal::kYes) {
        matched = i;
        return in_result(true, false, negated_);
      }
      unknown = unknown || e == Equal::kUnknown;
    }
    return in_result(false, unknown, negated_);
  }
  // No datetime among them.
  bool only_dates(Context& context) const {
    return std::none_of(args().begin(), args().end(), [&](const NodePtr& arg) {
      const Type t = arg->type(context).type;
      return t == Type::kDatetime || t == Type::kTimestamp;
    });
  }
  // An integer constant among constant texts and doubles, with dates or without, makes integers of
  // them all.
  bool integer_among_texts(Context& context) const {
    if (args().size() < 3 || !args()[0]->is_constant() ||
        !types::is_integral(args()[0]->type(context).type))
      return false;
    bool texts = false;
    for (size_t i = 1; i < args().size(); ++i) {
      const Type t = args()[i]->type(context).type;
      const bool dated = t == Type::kDate || t == Type::kDatetime || t == Type::kTime;
      const bool hex = t == Type::kHexNum || t == Type::kHexVal || t == Type::kBitNum;
      const bool text = types::is_text(t) || (types::is_binary(t) && !hex);
      const bool fits = text || types::is_float(t) || t == Type::kNull || dated;
      if (!args()[i]->is_constant() || !fits) return false;
      texts = texts || types::is_text(t) || types::is_binary(t) || types::is_float(t);
    }
    return texts;
  }
  Datum among_integers(int64_t left, Context& context) const {
    bool found = false;
    bool unknown = false;
    for (size_t i = 1; i < args().size(); ++i) {
      const Datum item = arg(i, context);
      unknown = unknown || item.is_null();
      found = (!item.is_null() && to_int(item, context) == left) || found;
    }
    return in_result(found, unknown, negated_);
  }
  // Of integers, or of texts, only.
  Quick quick(Context& context) const override {
    const Quick left = args()[0]->quick(context);
    if (left.kind == Quick::Kind::kNull) return context.env.warnings ? Quick() : left;
    if (left.kind != Quick::Kind::kInt && left.kind != Quick::Kind::kText) return {};
    bool found = false;
    for (size_t i = 1; i < args().size(); ++i) {
      const Quick item = args()[i]->quick(context);
      if (item.kind != left.kind) return {};
      const std::optional<int> order = compare_quick(left, item);
      if (!order) return {};
      found = found || *order == 0;
    }
    return Quick::of_int(found != negated_);
  }
  bool has_quick() const override {
    return std::all_of(args().begin(), args().end(),
                       [](const NodePtr& arg) { return arg->has_quick(); });
  }
  StaticType type(Context& context) const override {
    return truth_type(either_nullable(args(), context));
  }

 private:
  bool warns(Context& context) const {
    if (context.env.mariadb || !context.env.warnings) return false;
    return std::any_of(args().begin() + 1, args().end(),
                       [&](const NodePtr& item) { return may_warn(*args()[0], *item, context); });
  }
  // The collation of the texts among these when bytes are there too, and a firmer text.
  uint32_t text_of_all(Context& context) const {
    std::vector<StaticType> texts;
    bool bytes = false;
    for (const NodePtr& arg : args()) {
      const StaticType t = arg->type(context);
      const bool dated = t.type == Type::kDate || t.type == Type::kDatetime ||
                         t.type == Type::kTimestamp || t.type == Type::kTime;
      if (dated || t.type == Type::kJson) return kBinaryCollation;
      if (!is_string(*arg)) continue;
      const bool hex =
          t.type == Type::kHexNum || t.type == Type::kHexVal || t.type == Type::kBitNum;
      bytes = bytes || hex || types::is_binary(t.type);
      texts.push_back(t);
    }
    return bytes ? merged_text(texts, kUtf8mb4Collation).collation : kBinaryCollation;
  }

  // Every pair is compared as what its two types say; of rows, every column as what all that stand
  // in it say.
  Datum evaluate_mariadb(const Datum& left, Context& context) const {
    if (left.is_null()) return {};
    std::vector<MariadbKind> kinds;
    // One row alone is compared as = does.
    const bool rows = left.form == Form::kTuple && args().size() > 2;
    std::vector<Datum> columns;
    for (size_t column = 0; rows && column < left.tuple.size(); ++column) {
      std::vector<StaticType> types;
      for (const NodePtr& arg : args()) {
        if (!arg->columns()) refuse("rows of rows in an IN of MariaDB in the gate");
        types.push_back((*arg->columns())[column]->type(context));
      }
      kinds.push_back(mariadb_kind(types));
      if (left.tuple[column].form == Form::kTuple)
        refuse("rows of rows in an IN of MariaDB in the gate");
      columns.push_back(mariadb_as(kinds.back(), left.tuple[column], context));
    }
    bool unknown = false;
    Datum value = left;
    const bool bytes = kinds.empty() && mariadb_compares_bytes(args(), context);
    if (bytes) as_mariadb_bytes(value);
    texts_.settle(value);
    MariadbOperand operand(*args()[0], left, args()[0]->type(context));
    for (size_t i = 1; i < args().size(); ++i) {
      Datum item = compared_arg(i, context);
      std::optional<bool> same;
      if (!rows && args().size() > 2)
        same = operand.equals(item, args()[i]->type(context), context);
      if (same && *same) return in_result(true, false, negated_);
      unknown = unknown || (same && item.is_null());
      if (same) continue;
      if (item.is_null() && kinds.empty())
        warn_beside_mariadb_null(value, args()[i]->type(context), context);
      if (args().size() == 2 && args()[1]->is_constant()) as_mariadb_decimal(item, value, context);
      if (args().size() == 2) round_mariadb_pair(value, item);
      if (bytes) as_mariadb_bytes(item);
      texts_.settle(item);
      Equal e = rows ? Equal::kUnknown : equal(value, item, context);
      if (rows) same = mariadb_row_is(columns, item, kinds, context);
      if (same) e = *same ? Equal::kYes : Equal::kNo;
      if (e == Equal::kYes) return in_result(true, false, negated_);
      unknown = unknown || e == Equal::kUnknown;
    }
    return in_result(false, unknown, negated_);
  }
  static bool any_document(const std::vector<const Node*>& nodes) {
    const Env env;
    Context context{{}, env};
    try {
      return std::any_of(nodes.begin(), nodes.end(), [&](const Node* node) {
        return node->width() == 1 && node->type(context).type == Type::kJson;
      });
    } catch (const SqlError&) {
      return false;  // a bind variable
    }
  }
  static Datum document(const Datum& d) {
    return d.form == Form::kJson ? d : Datum::of_json(json_from(d));
  }

  bool negated_;
  bool documents_ = false;
  SharedCollation texts_;
};

class InListNode final : public Operation {
 public:
  InListNode(std::vector<NodePtr> args, std::string list, bool negated)
      : Operation(std::move(args)), list_(std::move(list)), negated_(negated) {}
  bool is_constant() const override { return false; }
  Datum evaluate(Context& context) const override {
    const types::BindVariables* variables = context.env.bind_variables;
    const auto found = variables ? variables->find(list_) : types::BindVariables::const_iterator();
    if (!variables || found == variables->end()) {
      throw SqlError{
          Error(Code::kInvalidArgument, fmt::format("query arguments missing for {}", list_))};
    }
    if (found->second.type != Type::kTuple) {
      throw SqlError{
          Error(Code::kInvalidArgument, fmt::format("query argument '{}' must be a tuple (is {})",
                                                    list_, types::type_name(found->second.type)))};
    }
    const Datum left = arg(0, context);
    if (left.is_null()) return {};
    bool unknown = false;
    for (const types::Value& value : found->second.values) {
      const Equal e = equal(left, datum_from(value, 255, Coercibility::kCoercible), context);
      if (e == Equal::kYes) return in_result(true, false, negated_);
      unknown = unknown || e == Equal::kUnknown;
    }
    return in_result(false, unknown, negated_);
  }
  StaticType type(Context& context) const override {
    return truth_type(either_nullable(args(), context));
  }

 private:
  std::string list_;
  bool negated_;
};

// BETWEEN compares all three as one kind: with a number among texts and dates, as doubles.
class BetweenNode final : public Operation {
 public:
  // `negated`: it stands beside NOT.
  BetweenNode(std::vector<NodePtr> args, bool negated)
      : Operation(std::move(args)), negated_(negated) {
    const std::vector<NodePtr>& all = this->args();
    const Node* const compared[] = {all[0].get(), all[1].get(), all[2].get()};
    texts_ = SharedCollation(compared, true);
  }
  void resolve(Context& context) const override {
    Operation::resolve(context);
    if (warns(context)) warn_before_between(args(), negated_, context);
  }
  Datum evaluate(Context& context) const override {
    if (context.env.mariadb) return evaluate_mariadb(context);
    if (!warns(context)) return value(context);
    warn_of_between(args(), negated_, context);
    Quiet quiet(context);
    return value(quiet.context());
  }
  Datum value(Context& context) const {
    Datum d[3];
    bool numbers = false;
    bool others = false;
    for (size_t i = 0; i < 3; ++i) {
      d[i] = arg(i, context);
      if (i == 0 && d[0].is_null()) return {};
      const Type t = d[i].is_null() ? args()[i]->type(context).type : d[i].type;
      const bool number =
          types::is_number(t) || t == Type::kBit || (!d[i].is_null() && d[i].is_number());
      numbers = numbers || number;
      others = others || (t != Type::kNull && !number && !d[i].is_hex_or_bit());
    }
    const bool dates = !numbers && compares_dates(args(), context);
    const bool fixed = args()[1]->is_constant() && args()[2]->is_constant();
    if (fixed && args()[0]->is_leaf() && !args()[0]->is_constant() && !d[0].is_null()) {
      d[1] = as_column(d[0], d[1]);
      d[2] = as_column(d[0], d[2]);
    }
    if (numbers && !others) make_numbers(d);
    if (!numbers && !dates) make_bytes(d, context);
    for (Datum& one : d) texts_.settle(one);
    const As as = dates ? As::kDates : numbers && others ? As::kDoubles : As::kThemselves;
    if (as == As::kDoubles) {
      // Each is read once.
      for (Datum& one : d) {
        if (!one.is_null()) one = Datum::of_float(to_double(one, context));
      }
    }
    const Equal above = not_above(d[1], d[0], as, context);
    const Equal below = not_above(d[0], d[2], as, context);
    if (above == Equal::kNo || below == Equal::kNo) return Datum::of_bool(false);
    return above == Equal::kYes && below == Equal::kYes ? Datum::of_bool(true) : Datum();
  }
  Quick quick(Context& context) const override {
    Quick q[3];
    for (size_t i = 0; i < 3; ++i) {
      q[i] = args()[i]->quick(context);
      if (q[i].kind != q[0].kind || (!q[i].is_number() && q[i].kind != Quick::Kind::kText))
        return {};
    }
    const std::optional<int> low = compare_quick(q[1], q[0]);
    const std::optional<int> high = compare_quick(q[0], q[2]);
    return low && high ? Quick::of_int(*low <= 0 && *high <= 0) : Quick();
  }
  bool has_quick() const override {
    return args()[0]->has_quick() && args()[1]->has_quick() && args()[2]->has_quick();
  }
  StaticType type(Context& context) const override {
    return truth_type(either_nullable(args(), context));
  }

 private:
  bool warns(Context& context) const {
    return may_warn(*args()[0], *args()[1], context) || may_warn(*args()[0], *args()[2], context);
  }
  // Beside numbers hexadecimal literals are numbers.
  static void make_numbers(Datum (&d)[3]) {
    for (Datum& one : d) {
      if (one.is_hex_or_bit() && one.type != Type::kBit) one = to_number(one);
    }
  }
  // Bytes among the three make bytes of them all.
  void make_bytes(Datum (&d)[3], Context& context) const {
    bool bytes = false;
    bool text = false;
    for (const Datum& one : d) {
      if (!one.is_textual()) return;
      bytes = bytes || one.form == Form::kBytes;
      text = text || one.form == Form::kText;
    }
    if (!bytes || !text) return;
    StaticType types[3];
    for (size_t i = 0; i < 3; ++i) types[i] = args()[i]->type(context);
    const uint32_t all = merged_text(types, kUtf8mb4Collation).collation;
    for (Datum& one : d) {
      if (all != kBinaryCollation && one.form == Form::kBytes && one.type != Type::kBit)
        one = text_of_bytes(one, all);
    }
    if (all != kBinaryCollation) return;
    for (Datum& one : d) {
      if (one.form == Form::kText) one = Datum::of_bytes(own_bytes(one));
    }
  }

  Datum evaluate_mariadb(Context& context) const {
    std::vector<StaticType> types;
    Datum d[3];
    for (size_t i = 0; i < 3; ++i) {
      d[i] = compared_arg(i, context);
      if (d[0].is_null()) return {};
      types.push_back(args()[i]->type(context));
    }
    if (mariadb_kind(types) == MariadbKind::kOther && mariadb_compares_bytes(args(), context)) {
      for (Datum& one : d) as_mariadb_bytes(one);
    }
    for (Datum& one : d) texts_.settle(one);
    return between_mariadb(d, types, context);
  }

  enum class As : uint8_t { kThemselves, kDoubles, kDates };
  // a <= b
  static Equal not_above(const Datum& a, const Datum& b, As as, const Context& context) {
    if (a.is_null() || b.is_null()) return Equal::kUnknown;
    bool holds_so = false;
    switch (as) {
      case As::kThemselves: holds_so = compare_datums(a, b, context) <= 0; break;
      case As::kDoubles: holds_so = to_double(a, context) <= to_double(b, context); break;
      case As::kDates:
        holds_so = types::compare_datetimes(as_date(a, context).value_or(Temporal()),
                                            as_date(b, context).value_or(Temporal())) <= 0;
        break;
    }
    return holds_so ? Equal::kYes : Equal::kNo;
  }

  bool negated_;
  SharedCollation texts_;
};

}  // namespace

void check_widths(const Node& left, const Node& right) {
  if (left.width() == right.width()) {
    if (!left.columns() || !right.columns()) return;
    for (size_t i = 0; i < left.width(); ++i)
      check_widths(*(*left.columns())[i], *(*right.columns())[i]);
    return;
  }
  throw SqlError{Error(Code::kInvalidArgument, 1241, "21000",
                       fmt::format("Operand should contain {} column(s)", left.width()))};
}

NodePtr make_comparison(Comparison op, NodePtr left, NodePtr right) {
  check_widths(*left, *right);
  std::vector<NodePtr> args;
  args.push_back(std::move(left));
  args.push_back(std::move(right));
  return std::make_unique<ComparisonNode>(op, std::move(args));
}

NodePtr make_between(NodePtr value, NodePtr low, NodePtr high, bool negated) {
  std::vector<NodePtr> args;
  args.push_back(std::move(value));
  args.push_back(std::move(low));
  args.push_back(std::move(high));
  return std::make_unique<BetweenNode>(std::move(args), negated);
}

NodePtr make_in(NodePtr left, std::vector<NodePtr> list, bool negated) {
  list.insert(list.begin(), std::move(left));
  return std::make_unique<InNode>(std::move(list), negated);
}

NodePtr make_in_list(NodePtr left, std::string list, bool negated) {
  std::vector<NodePtr> args;
  args.push_back(std::move(left));
  return std::make_unique<InListNode>(std::move(args), std::move(list), negated);
}

}  // namespace vif::eval
