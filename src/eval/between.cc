// BETWEEN.
#include <algorithm>

#include "eval/column_store.h"
#include "eval/compared_side.h"
#include "eval/comparison_warnings.h"
#include "eval/constants.h"
#include "eval/equality.h"
#include "eval/mariadb.h"
#include "eval/node.h"
#include "eval/shared_collation.h"
#include "eval/static_type.h"

namespace vif::eval {
namespace {

std::optional<bool> both(std::optional<bool> above, std::optional<bool> below) {
  if (above == false || below == false) return false;
  if (!above || !below) return std::nullopt;
  return true;
}

Datum answer(std::optional<bool> b) { return b ? Datum::of_bool(*b) : Datum(); }

// low <= value <= high, each as `read` reads it, once.
template <typename Read, typename NotAbove>
Datum within(const Datum (&d)[3], Read read, NotAbove not_above) {
  const auto value = read(d[0]);
  const auto side = [&](const Datum& bound, bool low) -> std::optional<bool> {
    if (bound.is_null()) return std::nullopt;
    const auto other = read(bound);
    return low ? not_above(other, value) : not_above(value, other);
  };
  const std::optional<bool> above = side(d[1], true);
  return answer(both(above, side(d[2], false)));
}

Temporal day_of(const Datum& d, const Context& context) {
  Temporal t = instant_of(d, context);
  t.hour = t.minute = t.second = t.microsecond = 0;
  return t;
}

// The zero time for what is none.
Temporal time_of(const Datum& d, const Context& context) {
  Quiet quiet(context);
  const std::optional<types::ParsedTemporal> parsed = to_time(d, quiet.context());
  return parsed ? parsed->value : Temporal();
}

bool is_temporal(Type t) { return is_dated(t) || t == Type::kTime; }

enum class As : uint8_t { kTexts, kInstants, kDays, kTimes, kWholes, kDecimals, kDoubles };

As as_of(Kind kind) {
  switch (kind) {
    case Kind::kInt: return As::kWholes;
    case Kind::kDecimal: return As::kDecimals;
    case Kind::kReal: return As::kDoubles;
    default: return As::kTexts;
  }
}

// The three values, and as what they are compared: the server's own choice.
class Range {
 public:
  // `d` are the values, the first of which is not NULL.
  Range(const std::vector<NodePtr>& args, Datum (&d)[3], Context& context)
      : args_(args), d_(d), context_(context) {
    Kind kind = Kind::kString;
    for (size_t i = 0; i < 3; ++i) {
      types_[i] = args[i]->as_written().type(context);
      const Kind own = kind_of(types_[i].type);
      kind = i == 0 ? own : common_kind(kind, own);
    }
    choose(kind);
  }

  Datum value() {
    switch (as_) {
      case As::kTexts: return as_texts();
      case As::kInstants:
        return within(
            d_, [&](const Datum& d) { return instant_of(d, context_); }, not_after);
      case As::kDays:
        return within(
            d_, [&](const Datum& d) { return day_of(d, context_); }, not_after);
      case As::kTimes:
        return within(
            d_, [&](const Datum& d) { return time_of(d, context_); },
            [](const Temporal& a, const Temporal& b) { return types::compare_times(a, b) <= 0; });
      case As::kWholes:
        return within(
            d_, [&](const Datum& d) { return whole_of(d, context_); },
            [](Whole a, Whole b) { return a <= b; });
      case As::kDecimals:
        return within(
            d_, [](const Datum& d) { return to_decimal(d); },
            [](const Decimal& a, const Decimal& b) { return compare(a, b) <= 0; });
      case As::kDoubles:
        return within(
            d_, [](const Datum& d) { return to_double(d); },
            [](double a, double b) { return a <= b; });
    }
    return {};
  }

 private:
  static bool not_after(const Temporal& a, const Temporal& b) {
    return types::compare_datetimes(a, b) <= 0;
  }

  void choose(Kind kind) {
    as_ = as_of(kind);
    int dated = 0;
    int days = 0;
    int timed = 0;
    for (const StaticType& t : types_) {
      dated += is_dated(t.type) ? 1 : 0;
      days += t.type == Type::kDate ? 1 : 0;
      timed += t.type == Type::kTime ? 1 : 0;
    }
    if (kind == Kind::kString && dated + timed == 3) {
      as_ = timed == 3 ? As::kTimes : days == 3 ? As::kDays : As::kInstants;
    } else if (kind == Kind::kString && dated > 0) {
      as_ = As::kInstants;
    } else if (is_column(args_[0]->as_written())) {
      store();
    }
  }

  // Constants are stored in the column that they bound.
  void store() {
    bool stored[3] = {};
    for (size_t i : {1, 2}) {
      const Node& bound = args_[i]->as_written();
      if (!is_fixed(bound) || d_[i].is_null()) continue;
      Quiet quiet(context_);
      const Datum written = &bound == args_[i].get() ? d_[i] : bound.evaluate(quiet.context());
      std::optional<Datum> taken = stored_in(d_[0], bound, written, context_);
      stored[i] = taken.has_value();
      if (!taken) continue;
      d_[i] = *std::move(taken);
      types_[i].type = d_[i].type;
    }
    const Type column = types_[0].type;
    const bool dated = is_temporal(column);
    const bool temporal = dated || column == Type::kYear;
    if (temporal ? stored[1] || stored[2] : stored[1] && stored[2]) as_ = As::kWholes;
    // Among integers a stored instant is the number that it has inside, beyond all others but that
    // of the zero date.
    for (size_t i : {1, 2}) {
      if (stored[i] && d_[i].form == Form::kDatetime && !is_both_temporal())
        d_[i] = Datum::of_int(d_[i].temporal == Temporal() ? 0 : INT64_MAX);
    }
    if (!dated || !is_both_temporal()) return;
    as_ = column == Type::kTime ? As::kTimes : column == Type::kDate ? As::kDays : As::kInstants;
  }

  bool is_both_temporal() const {
    return is_temporal(types_[1].type) && is_temporal(types_[2].type);
  }

  Datum as_texts() const {
    const uint32_t collation = merged_text(types_, kUtf8mb4Collation).collation;
    const auto order = [&](const Datum& a, const Datum& b) -> std::optional<int> {
      if (a.is_null() || b.is_null()) return std::nullopt;
      return order_as_texts(a, b, collation);
    };
    const std::optional<int> low = order(d_[1], d_[0]);
    const std::optional<int> high = order(d_[0], d_[2]);
    return answer(both(low ? std::optional(*low <= 0) : std::nullopt,
                       high ? std::optional(*high <= 0) : std::nullopt));
  }

  const std::vector<NodePtr>& args_;
  Datum (&d_)[3];
  Context& context_;
  StaticType types_[3];
  As as_ = As::kTexts;
};

}  // namespace

bool are_same(const Node& value, const Node& low, const Node& high) {
  const std::optional<Datum> a = constant_before_rows(low);
  const std::optional<Datum> b = constant_before_rows(high);
  if (!a || !b || a->is_null() || b->is_null()) return false;
  const Type x = type_before_rows(low).type;
  const Type y = type_before_rows(high).type;
  if (kind_of(x) != Kind::kString || kind_of(y) != Kind::kString)
    return x == y && low.is_leaf() && high.is_leaf() && to_text(*a) == to_text(*b);
  const StaticType t = type_before_rows(value);
  const bool numeric = types::is_number(t.type) || is_temporal(t.type);
  const bool text = t.collation != 0 && !types::is_binary(t.type) && t.type != Type::kNull;
  static const uint32_t kOfNumbers = collation_id("latin1_swedish_ci");
  // What is no character has no weight.
  const auto shown = [&](const Datum& d) {
    Datum out = Datum::of_text(to_text(d), kUtf8mb4Collation);
    std::erase_if(out.bytes, [&](char c) { return d.form == Form::kBytes && (c & 0x80) != 0; });
    return out;
  };
  try {
    return order_as_texts(shown(*a), shown(*b),
                          numeric ? kOfNumbers
                          : text  ? t.collation
                                  : kBinaryCollation) == 0;
  } catch (const SqlError&) {
    return false;
  }
}

namespace {

class BetweenNode final : public Operation {
 public:
  // `negated`: it stands beside NOT.
  BetweenNode(std::vector<NodePtr> args, bool negated)
      : Operation(std::move(args)), negated_(negated) {
    const std::vector<NodePtr>& a = this->args();
    if (!negated && are_same(*a[0], *a[1], *a[2]))
      one_.emplace(Operator::Comparison::kEqual, *a[0], *a[1]);
    const Node* const compared[] = {a[0].get(), a[1].get(), a[2].get()};
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
    if (one_) return one_->value(context);
    Datum d[3];
    for (size_t i = 0; i < 3; ++i) {
      d[i] = arg(i, context);
      if (i == 0 && d[0].is_null()) return {};
    }
    make_texts(d, context);
    return Range(args(), d, context).value();
  }
  Quick quick(Context& context) const override {
    Quick q[3];
    for (size_t i = 0; i < 3; ++i) {
      q[i] = args()[i]->quick(context);
      if (!is_quick(q[0], q[i])) return {};
    }
    // All three are compared in one collation.
    if (q[0].kind == Quick::Kind::kText && q[1].collation != q[2].collation) return {};
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
  // Two constants that bound it have been compared as texts, to know whether they are the same, and
  // are texts from then on.
  void make_texts(Datum (&d)[3], Context& context) const {
    const StaticType value = args()[0]->as_written().type(context);
    if (negated_ || !types::is_text(value.type) || value.collation == kBinaryCollation) return;
    for (size_t i : {1, 2}) {
      const bool string = kind_of(args()[i]->as_written().type(context).type) == Kind::kString;
      if (!args()[i]->is_constant() || !string) return;
    }
    for (size_t i : {1, 2}) {
      if (d[i].form == Form::kTime) d[i] = Datum::of_text(to_text(d[i]), kUtf8mb4Collation);
    }
  }
  bool warns(Context& context) const {
    return may_warn(*args()[0], *args()[1], context) || may_warn(*args()[0], *args()[2], context);
  }
  Datum evaluate_mariadb(Context& context) const {
    std::vector<StaticType> types;
    Datum d[3];
    for (size_t i = 0; i < 3; ++i) {
      d[i] = compared_arg(i, context);
      if (d[0].is_null()) return {};
      types.push_back(args()[i]->type(context));
    }
    const bool years = stores_mariadb_years(args(), context);
    for (size_t i = 1; i < 3 && years; ++i) {
      if (store_mariadb_year(*args()[i], d[i])) types[i] = types[0];
    }
    if (mariadb_kind(types) == MariadbKind::kOther && mariadb_compares_bytes(args(), context)) {
      for (Datum& one : d) as_mariadb_bytes(one);
    }
    for (Datum& one : d) texts_.settle(one);
    return between_mariadb(d, types, context);
  }

  // Whether a bound of that kind does not change as what the value is compared.
  static bool is_quick(const Quick& value, const Quick& bound) {
    using Kind = Quick::Kind;
    if (value.kind <= Kind::kNull || bound.kind <= Kind::kNull) return false;
    if (value.kind == bound.kind) return true;
    if (value.kind == Kind::kDecimal) return bound.kind == Kind::kInt;
    return bound.kind == Kind::kText ||
           (value.kind == Kind::kDatetime && bound.kind == Kind::kDate);
  }

  bool negated_;
  std::optional<PairComparison> one_;
  SharedCollation texts_;  // of MariaDB's
};

}  // namespace

NodePtr make_between(NodePtr value, NodePtr low, NodePtr high, bool negated) {
  std::vector<NodePtr> args;
  args.push_back(std::move(value));
  args.push_back(std::move(low));
  args.push_back(std::move(high));
  return std::make_unique<BetweenNode>(std::move(args), negated);
}

}  // namespace vif::eval
