// =, <, IN, LIKE and their like.
#include <algorithm>

#include "eval/charsets.h"
#include "eval/column_store.h"
#include "eval/compare.h"
#include "eval/compared_side.h"
#include "eval/comparison_warnings.h"
#include "eval/equality.h"
#include "eval/mariadb.h"
#include "eval/node.h"
#include "eval/static_type.h"
#include "types/collation/charset.h"
#include "types/collation/collation.h"

namespace vif::eval {

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

// A node that is another's.
class BorrowedNode final : public Node {
 public:
  explicit BorrowedNode(const Node& node) : node_(node) {}
  const Node& owned() const { return node_; }
  Quick quick(Context& context) const override { return node_.quick(context); }
  bool is_leaf() const override { return node_.is_leaf(); }
  Datum evaluate(Context& context) const override { return node_.evaluate(context); }
  Datum evaluate_compared(Context& context) const override {
    return node_.evaluate_compared(context);
  }
  StaticType type(Context& context) const override { return node_.type(context); }
  const Node& as_written() const override { return node_.as_written(); }
  bool is_bind_variable() const override { return node_.is_bind_variable(); }
  bool is_choice() const override { return node_.is_choice(); }
  bool is_constant() const override { return node_.is_constant(); }
  size_t width() const override { return node_.width(); }

 private:
  const Node& node_;
};

const Node& owned(const Node& node) {
  const auto* borrowed = dynamic_cast<const BorrowedNode*>(&node);
  return borrowed ? borrowed->owned() : node;
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
    if (op_ == Comparison::kNullSafeEqual && !context.env.mariadb) return false;
    // MariaDB asks its two operands, and a row is not NULL.
    if (args()[0]->columns()) return !context.env.mariadb && evaluate(context).is_null();
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
    if (args()[0]->columns() && args()[1]->columns() && !context.env.mariadb)
      return value_of_rows(context);
    const int column = is_column(0) && is_fixed(1) ? 0 : is_column(1) && is_fixed(0) ? 1 : -1;
    if (column >= 0 && !context.env.mariadb &&
        is_null_column(static_cast<size_t>(column), context)) {
      // Nothing is made of the constant then, but text.
      if (column == 1) {
        const Datum constant = args()[0]->is_constant() ? arg(0, context) : Datum();
        if (constant.form == Form::kBytes) check_bytes_beside(constant, *args()[1], context);
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
      if (column == 0 && asks_no_more(context)) return Datum::of_bool(false);
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
                    types::is_float(args()[1]->type(context).type) ||
                    args()[1]->type(context).type == Type::kJson))
      return {};
    if (left.is_null() && !decides && !context.env.mariadb && asks_no_more(context))
      return Datum::of_bool(false);
    if (context.env.mariadb) date_mariadb_left(left, args(), context);
    Datum right = compared_arg(1, context);
    if (context.env.mariadb) settle_mariadb_pair(left, right, args(), context);
    if (right.is_null() && left.form == Form::kBytes) check_bytes_beside(left, *args()[1], context);
    if (op_ == Comparison::kNullSafeEqual) {
      if (!context.env.mariadb) store_beside_column(left, right, context);
      return Datum::of_bool(null_safe_equal(left, right, context));
    }
    if (!context.env.mariadb && !left.is_number() && !right.is_number()) {
      check_chosen(left);
      check_chosen(right);
      check_units(left, *args()[0], right);
      check_units(right, *args()[1], left);
    }
    if (left.is_null() || right.is_null()) return {};
    if (left.form == Form::kTuple) return compare_rows(op_, left, right, context);
    if (!context.env.mariadb) store_beside_column(left, right, context);
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
    if (context.env.mariadb && context.env.warnings && right.kind == Quick::Kind::kText &&
        left.kind == Quick::Kind::kNull)
      return {};
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
  // Of <=>, whose left side is NULL: the right one cannot be, and is not converted before there are
  // rows.
  bool asks_no_more(Context& context) const {
    const StaticType right = args()[1]->type(context);
    if (right.nullable || op_ != Comparison::kNullSafeEqual || args()[1]->is_leaf()) return false;
    const Kind kind = kind_of(right.type);
    const StaticType left = args()[0]->type(context);
    if (left.type == Type::kJson || right.type == Type::kJson) return true;
    return !args()[1]->is_constant() || common_kind(kind_of(left.type), kind) == kind;
  }
  // What comes after the columns that decide is not evaluated.
  Datum value_of_rows(Context& context) const {
    const std::vector<NodePtr>& lefts = *args()[0]->columns();
    const std::vector<NodePtr>& rights = *args()[1]->columns();
    const bool equality = op_ == Comparison::kEqual || op_ == Comparison::kNotEqual;
    bool unknown = false;
    for (size_t i = 0; i < lefts.size(); ++i) {
      const Datum x = lefts[i]->evaluate(context);
      if (lefts[i]->columns() && !equality && op_ != Comparison::kNullSafeEqual)
        refuse("nested row values in an ordering comparison in the gate");
      if (op_ == Comparison::kNullSafeEqual) {
        if (!null_safe_equal(x, rights[i]->evaluate(context), context))
          return Datum::of_bool(false);
        continue;
      }
      const Datum y = x.is_null() ? Datum() : rights[i]->evaluate(context);
      if (y.is_null() && x.form == Form::kBytes) check_bytes_beside(x, *rights[i], context);
      const Equal same = equality ? equal(x, y, context) : Equal::kYes;
      if (same == Equal::kNo) return Datum::of_bool(op_ == Comparison::kNotEqual);
      unknown = unknown || same == Equal::kUnknown;
      if (equality) continue;
      if (x.is_null() || y.is_null()) return {};
      const int order = compare_datums(x, y, context);
      if (order != 0) return Datum::of_bool(holds(op_, order));
    }
    return unknown ? Datum() : Datum::of_bool(holds(op_, 0));
  }
  // Bytes that vary are not filled up to characters of two or four bytes.
  static void check_units(const Datum& bytes, const Node& node, const Datum& text) {
    if (bytes.form != Form::kBytes || text.form != Form::kText || node.is_constant()) return;
    const types::Collation* c = types::find_collation(text.collation);
    const bool firmer = text.coercibility < bytes.coercibility;
    if (c && firmer && !c->charset->holds_ascii() && !c->charset->valid(bytes.bytes))
      cannot_convert(bytes.bytes, "binary", c->charset->name);
  }
  // Bytes are made the text's that they are beside before it is known to be NULL.
  static void check_bytes_beside(const Datum& bytes, const Node& beside, Context& context) {
    const StaticType t = beside.type(context);
    const bool member = t.type == Type::kEnum || t.type == Type::kSet;
    const bool text = member || (types::is_text(t.type) && t.type != Type::kHexNum &&
                                 t.type != Type::kHexVal && t.type != Type::kBitNum);
    const bool firmer = static_cast<Coercibility>(t.coercibility) < bytes.coercibility;
    if (text && firmer && bytes.type != Type::kBit && !context.env.mariadb)
      (void)text_of_bytes(bytes, t.collation);
  }
  // Beside dates and the widest numbers the server has stored the constant before there is a row.
  bool is_null_column(size_t i, Context& context) const {
    const Type t = args()[i]->type(context).type;
    const bool ahead = t == Type::kDate || t == Type::kDatetime || t == Type::kTimestamp ||
                       t == Type::kTime || t == Type::kUint64;
    return !ahead && args()[i]->quick(context).kind == Quick::Kind::kNull;
  }
  void store_beside_column(Datum& left, Datum& right, Context& context) const {
    if (left.is_null() || right.is_null()) return;
    if (is_column(0) && is_fixed(1))
      right = stored(left, 1, right, context);
    else if (is_column(1) && is_fixed(0))
      left = stored(right, 0, left, context);
  }
  Datum stored(const Datum& column, size_t constant, const Datum& d, Context& context) const {
    const Node& written = args()[constant]->as_written();
    if (&written == &owned(*args()[constant]) || column.form == Form::kJson)
      return as_column(column, written, d, context);
    Quiet quiet(context);
    const Datum own = written.evaluate(quiet.context());
    return stored_in(column, written, own, context).value_or(d);
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

PairComparison::PairComparison(Comparison op, const Node& left, const Node& right)
    : node_(make_comparison(op, std::make_unique<BorrowedNode>(left),
                            std::make_unique<BorrowedNode>(right))) {}

Datum PairComparison::value(Context& context) const {
  return static_cast<const ComparisonNode&>(*node_).value(context);
}

NodePtr make_in_list(NodePtr left, std::string list, bool negated) {
  std::vector<NodePtr> args;
  args.push_back(std::move(left));
  return std::make_unique<InListNode>(std::move(args), std::move(list), negated);
}

}  // namespace vif::eval
