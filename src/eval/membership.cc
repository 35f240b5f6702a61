// IN.
#include <algorithm>

#include "eval/charsets.h"
#include "eval/column_store.h"
#include "eval/compare.h"
#include "eval/compared_side.h"
#include "eval/comparison_warnings.h"
#include "eval/constants.h"
#include "eval/equality.h"
#include "eval/json_datum.h"
#include "eval/mariadb.h"
#include "eval/node.h"
#include "eval/shared_collation.h"
#include "eval/static_type.h"

namespace vif::eval {
namespace {

// In a list of several rows the left row's columns say as what they are compared.
Equal equal_as(Type type, const Datum& a, const Datum& b, const Context& context) {
  const auto answer = [](bool same) { return same ? Equal::kYes : Equal::kNo; };
  if (a.form == Form::kJson || b.form == Form::kJson)
    return answer(compare_datums(a, b, context) == 0);
  if (types::is_integral(type) || type == Type::kBit)
    return answer(static_cast<uint64_t>(whole_of(a, context)) ==
                  static_cast<uint64_t>(whole_of(b, context)));
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

// The item's columns are evaluated until one decides.
Equal equal_rows(const Node& row, const Datum& a, const Node& item, Context& context) {
  Equal all = Equal::kYes;
  for (size_t i = 0; i < a.tuple.size(); ++i) {
    const Datum& x = a.tuple[i];
    const Node& other = *(*item.columns())[i];
    const Datum y = other.columns() ? Datum() : other.evaluate(context);
    const Node& column = *(*row.columns())[i];
    Equal one = Equal::kUnknown;
    if (x.form == Form::kTuple)
      one = equal_rows(column, x, other, context);
    else if (!x.is_null() && !y.is_null())
      one = equal_as(column.type(context).type, x, y, context);
    else if (!y.is_null() && kind_of(column.type(context).type) == Kind::kInt)
      (void)whole_of(y, context);  // which is looked at beside NULL too
    if (one == Equal::kNo) return one;
    if (one == Equal::kUnknown) all = one;
  }
  return all;
}

// As what a list of several is looked through: the server's own choice.
class Membership {
 public:
  // Of `args`, the first of which is looked for in the others; all outlive this.
  Membership(const std::vector<NodePtr>& args, Context& context) : args_(args), context_(context) {
    bool constant = true;
    for (size_t i = 0; i < args.size(); ++i) {
      const Node& node = args[i]->as_written();
      types_.push_back(node.type(context));
      // What comes after the first that varies is not asked whether it is a document.
      json_ = json_ || (constant && types_[i].type == Type::kJson);
      if (i > 0 && !is_fixed(node)) constant = false;
      if (i > 0 && !is_null_literal(i)) found_ |= bit(kind_beside(i));
    }
    const Kind left = kind_of(types_[0].type);
    if (found_ == 0) found_ = bit(left);
    one_ = (found_ & (found_ - 1)) == 0;
    for (const Kind k : {Kind::kString, Kind::kReal, Kind::kInt, Kind::kDecimal}) {
      if (one_ && found_ == bit(k)) kind_ = k;
    }
    sorted_ = one_ && constant && !json_;
    choose_temporal();
    if ((found_ & bit(Kind::kString)) != 0) collation_ = collation_of_all();
  }

  // `matched`: which of the arguments was found.
  Datum find(bool negated, size_t& matched) {
    if (sorted_) return find_sorted(negated, matched);
    if (is_null_literal(0)) return {};
    bool unknown = false;
    bool text_seen = false;
    const Datum left = args_[0]->evaluate(context_);
    for (size_t i = 1; i < args_.size(); ++i) {
      if (is_null_literal(i)) {
        unknown = true;
        continue;
      }
      const bool first_text =
          kind_beside(i) == Kind::kString && !std::exchange(text_seen, true) && !json_;
      const bool as_text = first_text && temporal_ == Type::kNull && shown_ == Type::kNull;
      if (as_text && !left.is_null()) (void)order_as_texts(left, left, collation_);
      if (left.is_null() && (json_ || kind_beside(i) == Kind::kString)) {
        unknown = true;
        continue;
      }
      // Numbers are looked at beside NULL too, for their errors.
      const Datum item = args_[i]->evaluate(context_);
      if (item.is_null() || left.is_null()) {
        unknown = true;
      } else if (is_equal(left, item, kind_beside(i))) {
        matched = i;
        return in_result(true, false, negated);
      }
    }
    return in_result(false, unknown, negated);
  }

 private:
  // A column of bits has bytes here.
  uint32_t collation_of_all() const {
    std::vector<StaticType> types = types_;
    for (StaticType& t : types) {
      if (t.type == Type::kBit) t.type = Type::kVarbinary;
    }
    return merged_text(types, kUtf8mb4Collation).collation;
  }
  static unsigned bit(Kind k) { return 1u << static_cast<unsigned>(k); }
  Kind kind_beside(size_t i) const {
    return common_kind(kind_of(types_[0].type), kind_of(types_[i].type));
  }
  bool is_null_literal(size_t i) const {
    return types_[i].type == Type::kNull && is_written(args_[i]->as_written());
  }
  static bool is_temporal(Type t) { return is_dated(t) || t == Type::kTime; }
  static bool has_moment(Type t) { return t == Type::kDatetime || t == Type::kTimestamp; }

  // Dates and times among texts: `temporal_` is what they all are, `shown_` the one that says how
  // they are read when they vary.
  void choose_temporal() {
    const Type left = types_[0].type;
    if (!one_ || json_) return;
    if (kind_ == Kind::kReal && (is_temporal(left) || left == Type::kYear)) {
      if (sorted_) temporal_ = has_moment(left) ? Type::kDatetime : left;
      return;
    }
    if (kind_ != Kind::kString) return;
    Type shown = Type::kNull;
    for (const StaticType& t : types_) {
      if (!is_temporal(t.type)) continue;
      if (temporal_ == Type::kNull) {
        temporal_ = shown = t.type;
      } else if (temporal_ != t.type) {
        temporal_ = Type::kDatetime;
        if (!has_moment(shown)) shown = t.type;
      }
    }
    if (has_moment(temporal_)) temporal_ = Type::kDatetime;
    shown_ = shown;
  }

  bool is_equal(const Datum& left, const Datum& item, Kind kind) const {
    if (json_) return compare_datums(document(left), document(item)) == 0;
    switch (kind) {
      case Kind::kInt:
        return static_cast<uint64_t>(whole_of(left, context_)) ==
               static_cast<uint64_t>(whole_of(item, context_));
      case Kind::kReal: return to_double(left) == to_double(item);
      case Kind::kDecimal: return compare(to_decimal(left), to_decimal(item)) == 0;
      default: break;
    }
    const Type shown = shown_ != Type::kNull ? shown_ : types_[0].type;
    if (is_dated(shown))
      return types::compare_datetimes(instant_of(left, context_), instant_of(item, context_)) == 0;
    if (shown == Type::kTime) return equal_times_of(left, item);
    return order_as_texts(left, item, collation_) == 0;
  }
  // What is no time is like all else that is none.
  bool equal_times_of(const Datum& a, const Datum& b) const {
    const auto time = [&](const Datum& d) {
      Quiet quiet(context_);
      return to_time(d.form == Form::kTime ? d : Datum::of_text(to_text(d), kUtf8mb4Collation),
                     quiet.context());
    };
    const std::optional<types::ParsedTemporal> x = time(a);
    const std::optional<types::ParsedTemporal> y = time(b);
    if (!x || !y) return !x && !y;
    return types::compare_times(x->value, y->value) == 0;
  }

  // Constants of one kind are converted and sorted before there are rows.
  Datum find_sorted(bool negated, size_t& matched) {
    std::vector<Datum> items(args_.size());
    for (size_t i = 1; i < args_.size(); ++i) {
      items[i] = args_[i]->as_written().evaluate(context_);
      // Bytes must be texts, found or not.
      const bool text = kind_ == Kind::kString && temporal_ == Type::kNull;
      if (text && !items[i].is_null()) (void)order_as_texts(items[i], items[i], collation_);
    }
    if (kind_ == Kind::kReal) make_wholes(items);
    const Datum left = args_[0]->evaluate(context_);
    if (left.is_null()) return {};
    bool unknown = false;
    for (size_t i = 1; i < items.size(); ++i) {
      unknown = unknown || items[i].is_null();
      if (items[i].is_null() || matched < i || !is_same_sorted(left, items[i])) continue;
      matched = i;
    }
    return in_result(matched < items.size(), unknown, negated);
  }
  // Beside a long integer all are integers, but for a column that does not take them all.
  void make_wholes(std::vector<Datum>& items) {
    const Type t = types_[0].type;
    if (t != Type::kInt64 && t != Type::kUint64) return;
    const bool column = is_column(args_[0]->as_written());
    const Datum of_column = t == Type::kInt64 ? Datum::of_int(0) : Datum::of_uint(0);
    bool whole = true;
    for (size_t i = 1; column && i < items.size(); ++i) {
      std::optional<Datum> taken = stored_in(of_column, *args_[i], items[i], context_);
      if (taken) items[i] = *std::move(taken);
      whole = whole && (items[i].form == Form::kInt || items[i].form == Form::kUint);
    }
    if (!whole) return;
    kind_ = Kind::kInt;
    // Each must be one, found or not.
    for (size_t i = 1; i < items.size(); ++i) {
      if (!items[i].is_null()) (void)whole_of(items[i], context_);
    }
  }
  bool is_same_sorted(const Datum& left, const Datum& item) const {
    switch (temporal_) {
      case Type::kDate: return is_same_day(left, item);
      case Type::kDatetime:
        return types::compare_datetimes(instant_of(left, context_), instant_of(item, context_)) ==
               0;
      case Type::kTime: {
        // What is no time is the zero time in the list, and nowhere in it.
        Quiet quiet(context_);
        return to_time(left, quiet.context()) && equal_times(left, item, quiet.context());
      }
      case Type::kYear: return to_text(left) == to_text(item);
      default: break;
    }
    switch (kind_) {
      case Kind::kInt: return whole_of(left, context_) == whole_of(item, context_);
      case Kind::kReal: return to_double(left) == to_double(item);
      case Kind::kDecimal: return compare(to_decimal(left), to_decimal(item)) == 0;
      default: return order_as_texts(left, item, collation_) == 0;
    }
  }
  // A text in the list has no time of a day; what is no date equals nothing.
  bool is_same_day(const Datum& left, const Datum& item) const {
    Quiet quiet(context_);
    const auto day = [&](const Datum& d, bool exact) -> std::optional<Temporal> {
      const std::optional<types::ParsedTemporal> parsed = to_datetime(d, quiet.context());
      if (!parsed) return std::nullopt;
      Temporal t = parsed->value;
      const bool timed = t.hour != 0 || t.minute != 0 || t.second != 0 || t.microsecond != 0;
      if (exact && timed) return std::nullopt;
      t.hour = t.minute = t.second = t.microsecond = 0;
      return t;
    };
    const std::optional<Temporal> a = day(left, false);
    const std::optional<Temporal> b = day(item, item.is_textual());
    return a && b && types::compare_datetimes(*a, *b) == 0;
  }
  static Datum document(const Datum& d) {
    return d.form == Form::kJson ? d : Datum::of_json(json_from(d));
  }

  const std::vector<NodePtr>& args_;
  Context& context_;
  std::vector<StaticType> types_;
  unsigned found_ = 0;  // the kinds as which the first is compared with the others, a bit each
  bool one_ = false;    // there is one such kind, which is `kind_`
  Kind kind_ = Kind::kString;
  bool json_ = false;
  bool sorted_ = false;
  Type temporal_ = Type::kNull;
  Type shown_ = Type::kNull;
  uint32_t collation_ = kBinaryCollation;
};

class InNode final : public Operation {
 public:
  // The first argument is looked for among the others.
  InNode(std::vector<NodePtr> args, bool negated) : Operation(std::move(args)), negated_(negated) {
    std::vector<const Node*> compared;
    for (const NodePtr& arg : this->args()) compared.push_back(arg.get());
    if (compared.size() > 2) texts_ = SharedCollation(compared, true);
    if (this->args().size() == 2 && !this->args()[0]->columns())
      one_.emplace(Operator::Comparison::kEqual, *this->args()[0], *this->args()[1]);
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
    const bool one_row = args().size() == 2 && args()[0]->columns();
    if (context.env.mariadb && one_row) return false;  // as its = says
    if (context.env.mariadb || args().size() != 2 || one_row) return evaluate(context).is_null();
    return args()[0]->ask_null(context) || args()[1]->ask_null(context);
  }
  Datum evaluate(Context& context) const override {
    size_t matched = args().size();
    if (!warns(context)) return value(matched, context);
    Quiet quiet(context);
    Datum out = value(matched, quiet.context());
    if (args().size() == 2) {
      warn_of_comparison(Operator::Comparison::kEqual, *args()[0], *args()[1], context);
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
    if (context.env.mariadb) return evaluate_mariadb(context);
    if (one_) return negated(one_->value(context));
    if (!args()[0]->columns()) return Membership(args(), context).find(negated_, matched);
    const Datum left = arg(0, context);
    if (left.is_null()) return {};
    bool unknown = false;
    for (size_t i = 1; i < args().size(); ++i) {
      // A list of one is compared as = does.
      const Equal e = args().size() > 2 ? equal_rows(*args()[0], left, *args()[i], context)
                                        : equal(left, arg(i, context), context);
      if (e == Equal::kYes) {
        matched = i;
        return in_result(true, false, negated_);
      }
      unknown = unknown || e == Equal::kUnknown;
    }
    return in_result(false, unknown, negated_);
  }
  // What it is looked for among does not change as what it is compared.
  Quick quick(Context& context) const override {
    const Quick left = args()[0]->quick(context);
    if (left.kind == Quick::Kind::kNull) return context.env.warnings ? Quick() : left;
    if (left.kind == Quick::Kind::kNone) return {};
    bool found = false;
    for (size_t i = 1; i < args().size(); ++i) {
      const Quick item = args()[i]->quick(context);
      if (!is_quick(left, item)) return {};
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
  static bool is_quick(const Quick& left, const Quick& item) {
    using Kind = Quick::Kind;
    if (item.kind <= Kind::kNull) return false;
    if (item.kind == left.kind) return true;
    if (left.kind == Kind::kDecimal) return item.kind == Kind::kInt;
    return item.kind == Kind::kText || (left.kind == Kind::kDatetime && item.kind == Kind::kDate);
  }
  bool warns(Context& context) const {
    if (context.env.mariadb || !context.env.warnings) return false;
    return std::any_of(args().begin() + 1, args().end(),
                       [&](const NodePtr& item) { return may_warn(*args()[0], *item, context); });
  }
  Datum negated(Datum d) const {
    return d.is_null() ? Datum() : Datum::of_bool(to_bool(d) != negated_);
  }

  // Every pair is compared as what its two types say; of rows, every column as what all that stand
  // in it say.
  Datum evaluate_mariadb(Context& context) const {
    // One row alone is compared as = does.
    const bool rows = args()[0]->columns() && args().size() > 2;
    const std::vector<MariadbKind> kinds =
        rows ? mariadb_column_kinds(context) : std::vector<MariadbKind>();
    const std::vector<Datum> sorted = mariadb_sorted(kinds, context);
    const Datum left = compared_arg(0, context);
    if (left.is_null()) return {};
    std::vector<Datum> columns;
    for (size_t i = 0; i < kinds.size(); ++i)
      columns.push_back(mariadb_as(kinds[i], left.tuple[i], context));
    bool unknown = false;
    Datum value = left;
    const bool bytes = kinds.empty() && mariadb_compares_bytes(args(), context);
    if (bytes) as_mariadb_bytes(value);
    texts_.settle(value);
    const bool years = !rows && stores_mariadb_years(args(), context) &&
                       std::none_of(args().begin(), args().end(), [&](const NodePtr& a) {
                         return types::is_float(a->type(context).type);  // nothing is stored
                       });
    MariadbOperand operand(*args()[0], left, args()[0]->type(context));
    for (size_t i = 1; i < args().size(); ++i) {
      Datum item = sorted.empty() ? compared_arg(i, context) : sorted[i - 1];
      if (years) store_mariadb_year(*args()[i], item);
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
  std::vector<MariadbKind> mariadb_column_kinds(Context& context) const {
    std::vector<MariadbKind> kinds;
    for (size_t column = 0; column < args()[0]->width(); ++column) {
      std::vector<StaticType> types;
      for (const NodePtr& arg : args()) {
        const bool row = arg->columns() && (*arg->columns())[column]->width() == 1;
        if (!row) refuse("rows of rows in an IN of MariaDB in the gate");
        types.push_back((*arg->columns())[column]->type(context));
      }
      kinds.push_back(mariadb_kind(types));
    }
    return kinds;
  }
  // A list of constants of one kind is converted and sorted before there are rows; empty for any
  // other list. `kinds`: of rows, where all must be known, and none NULL.
  std::vector<Datum> mariadb_sorted(const std::vector<MariadbKind>& kinds, Context& context) const {
    if (args().size() <= 2 || !std::all_of(args().begin() + 1, args().end(),
                                           [](const NodePtr& a) { return a->is_constant(); }))
      return {};
    const bool rows = !kinds.empty();
    MariadbKind kind = MariadbKind::kOther;
    for (size_t i = 1; i < args().size() && !rows; ++i) {
      const StaticType pair[] = {args()[0]->type(context), args()[i]->type(context)};
      if (pair[1].type == Type::kNull) continue;
      const MariadbKind own = mariadb_kind(pair);
      if (own == MariadbKind::kOther || (kind != MariadbKind::kOther && own != kind)) return {};
      kind = own;
    }
    std::vector<Datum> out;
    Quiet quiet(context);
    for (size_t i = rows ? 0 : 1; i < args().size() && rows; ++i) {
      if (!args()[i]->is_constant()) return {};
      const Datum row = compared_arg(i, quiet.context());
      for (const Datum& d : row.tuple) {
        if (d.is_null()) return {};
      }
    }
    for (size_t i = 1; i < args().size(); ++i) {
      Datum item = compared_arg(i, context);
      if (!rows) item = mariadb_as(kind, item, context);
      for (size_t column = 0; column < kinds.size(); ++column)
        item.tuple[column] = mariadb_as(kinds[column], item.tuple[column], context);
      out.push_back(std::move(item));
    }
    return out;
  }

  bool negated_;
  std::optional<PairComparison> one_;  // a list of one is compared as = does
  SharedCollation texts_;              // of MariaDB's
};

}  // namespace

NodePtr make_in(NodePtr left, std::vector<NodePtr> list, bool negated) {
  list.insert(list.begin(), std::move(left));
  return std::make_unique<InNode>(std::move(list), negated);
}

}  // namespace vif::eval
