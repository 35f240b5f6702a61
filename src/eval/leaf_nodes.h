// The nodes that compile() makes without an operator or a function: constants, columns, bind
// variables, tuples, IS and COLLATE.
#pragma once

#include "eval/charsets.h"
#include "eval/compared_side.h"
#include "eval/mariadb.h"
#include "eval/mariadb_typing.h"
#include "eval/node.h"
#include "eval/row_order.h"
#include "eval/static_type.h"
#include "eval/strictness.h"
#include "eval/whole_number.h"
#include "sql/ast_expr.h"

namespace vif::eval {

class ConstantNode final : public Node {
 public:
  explicit ConstantNode(Datum value, std::optional<StaticType> type = std::nullopt)
      : value_(std::move(value)), type_(type) {
    value_.origin = Origin::kLiteral;
    quick_ = quick_from(value_);
  }
  Datum evaluate(Context&) const override { return value_; }
  Quick quick(Context&) const override { return quick_; }
  bool has_quick() const override { return quick_.kind != Quick::Kind::kNone; }
  bool is_leaf() const override { return true; }
  StaticType type(Context& context) const override {
    StaticType out = type_ ? *type_ : literal_type(value_);
    return context.env.mariadb ? mariadb_literal_type(out, value_) : out;
  }
  bool is_constant() const override { return true; }

 private:
  Datum value_;
  Quick quick_;                     // of `value_`
  std::optional<StaticType> type_;  // where the value does not tell
};

class ColumnNode final : public Node {
 public:
  ColumnNode(size_t index, const StaticType& type, std::string name)
      : index_(index), type_(type), name_(std::move(name)) {}
  Datum evaluate(Context& context) const override {
    // An offset may stand in the text itself (":7").
    if (index_ >= context.row.size()) {
      throw SqlError{
          Error(Code::kInvalidArgument, fmt::format("column offset {} is beyond the row", index_))};
    }
    const StaticType& type = known(context);
    const types::Value& value = context.row[index_];
    if (context.env.mariadb && value.type == Type::kJson) return json_text(value);
    Datum d = datum_from(context.row[index_], type.collation, Coercibility::kImplicit);
    if (type.members && d.is_member()) d.u = member_number(context.row[index_], *type.members);
    // A ZEROFILL column's text has its zeros, one of DOUBLE(9,4) its decimals.
    if (d.is_number() && has_zeros(value.bytes)) d.bytes = value.bytes;
    if (d.form == Form::kFloat && type.fixed) d.scale = type.scale;
    d.origin = Origin::kColumn;
    d.source = name_;
    return d;
  }
  Quick quick(Context& context) const override {
    return index_ < context.row.size() ? quick_from(context.row[index_], known(context).collation)
                                       : Quick();
  }
  bool ask_null(Context& context) const override {
    return index_ < context.row.size() ? context.row[index_].is_null()
                                       : evaluate(context).is_null();
  }
  bool quick_int(const Context& context, int64_t& out) const override {
    if (index_ >= context.row.size()) return false;
    const types::Value& value = context.row[index_];
    return (value.type == Type::kInt64 || value.type == Type::kInt32) &&
           parse_signed(value.bytes, out);
  }
  bool has_quick() const override { return true; }
  bool is_leaf() const override { return true; }
  StaticType type(Context& context) const override {
    StaticType out = known(context);
    out.coercibility = static_cast<uint8_t>(Coercibility::kImplicit);
    if (out.type == Type::kNull && index_ < context.row.size()) out.type = context.row[index_].type;
    if (out.type == Type::kJson && context.env.mariadb) {
      out.type = Type::kText;
      out.collation = kJsonCollation;
      out.json = out.fixed = true;
    }
    // There a column's text has as many decimals as it takes, though its metadata says none.
    if (context.env.mariadb && is_short_text(out.type)) out.fixed = false;
    return out;
  }
  bool is_constant() const override { return false; }
  const std::string& name() const { return name_; }

 private:
  static bool is_short_text(Type t) {
    return t == Type::kVarchar || t == Type::kChar || t == Type::kVarbinary || t == Type::kBinary;
  }
  static bool has_zeros(const std::string& digits) {
    return digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9';
  }
  // A column of JSON is one of text there.
  static Datum json_text(const types::Value& value) {
    Datum out = Datum::of_text(value.bytes, kJsonCollation, Coercibility::kImplicit);
    out.type = Type::kText;
    out.origin = Origin::kColumn;
    out.source = kJsonText;
    return out;
  }

  const StaticType& known(const Context& context) const {
    const bool told = type_.type != Type::kNull || index_ >= context.env.columns.size();
    return told ? type_ : context.env.columns[index_];
  }

  size_t index_;
  StaticType type_;
  std::string name_;  // for messages
};

class BindVariableNode final : public Node {
 public:
  BindVariableNode(std::string name, uint32_t collation)
      : name_(std::move(name)), collation_(collation) {}
  Datum evaluate(Context& context) const override {
    const types::BindVariable& variable = find(context);
    if (variable.type == Type::kTuple) {
      throw SqlError{Error(Code::kInvalidArgument,
                           fmt::format("query argument '{}' cannot be a tuple", name_))};
    }
    return datum_from(variable.value(), collation_, Coercibility::kCoercible);
  }
  StaticType type(Context& context) const override { return literal_type(evaluate(context)); }
  bool is_constant() const override { return false; }
  bool is_bind_variable() const override { return true; }

 private:
  const types::BindVariable& find(Context& context) const {
    const types::BindVariables* variables = context.env.bind_variables;
    if (variables) {
      if (const auto found = variables->find(name_); found != variables->end())
        return found->second;
    }
    throw SqlError{
        Error(Code::kInvalidArgument, fmt::format("query arguments missing for {}", name_))};
  }

  std::string name_;
  uint32_t collation_;
};

class TupleNode final : public Operation {
 public:
  using Operation::Operation;
  // Constants are asked whether they are NULL, up to the first column that is none.
  void resolve(Context& context) const override {
    bool asks = !context.env.mariadb;
    for (const NodePtr& arg : args()) {
      arg->resolve(context);
      asks = asks && arg->is_constant();
      if (asks) ask_columns({&arg, 1}, context);
    }
  }
  Datum evaluate(Context& context) const override {
    return of_each([&](size_t i) { return arg(i, context); });
  }
  Datum evaluate_compared(Context& context) const override {
    return of_each([&](size_t i) { return compared_arg(i, context); });
  }
  StaticType type(Context& context) const override {
    StaticType out = static_type(Type::kTuple);
    out.nullable = either_nullable(args(), context);
    return out;
  }
  size_t width() const override { return args().size(); }
  const std::vector<NodePtr>* columns() const override { return &args(); }

 private:
  template <typename Value>
  Datum of_each(Value value) const {
    Datum out;
    out.form = Form::kTuple;
    out.type = Type::kTuple;
    for (size_t i = 0; i < args().size(); ++i) out.tuple.push_back(value(i));
    return out;
  }
};

// (a, b) = (c, d): all its columns' comparisons.
class RowEqualityNode final : public Operation {
 public:
  RowEqualityNode(std::vector<NodePtr> args, bool negated)
      : Operation(std::move(args)), negated_(negated) {}
  Datum evaluate(Context& context) const override {
    bool unknown = false;
    for (size_t i = 0; i < args().size(); ++i) {
      const Datum one = arg(i, context);
      unknown = unknown || one.is_null();
      if (!one.is_null() && one.i == 0) return Datum::of_bool(negated_);
    }
    return unknown ? Datum() : Datum::of_bool(!negated_);
  }
  StaticType type(Context& context) const override {
    return truth_type(either_nullable(args(), context));
  }

 private:
  bool negated_;
};

class IsNode final : public Operation {
 public:
  IsNode(std::vector<NodePtr> args, sql::IsOp op) : Operation(std::move(args)), op_(op) {}
  void resolve(Context& context) const override {
    Operation::resolve(context);
    if (!asks_null()) warn_before_condition(*args()[0], context);
  }
  Datum evaluate(Context& context) const override {
    // What cannot be NULL is not evaluated.
    if (op_ == sql::IsOp::kNull && !context.env.mariadb && !args()[0]->is_leaf() &&
        !args()[0]->type(context).nullable)
      return Datum::of_bool(op_ == sql::IsOp::kNotNull);
    if (asks_null() && !context.env.mariadb)
      return Datum::of_bool(args()[0]->ask_null(context) == (op_ == sql::IsOp::kNull));
    // MariaDB does not evaluate what cannot be NULL.
    if (asks_null() && context.env.mariadb && !args()[0]->is_leaf()) {
      const bool known = !args()[0]->type(context).nullable;
      return Datum::of_bool((!known && args()[0]->ask_null(context)) == (op_ == sql::IsOp::kNull));
    }
    if (asks_null()) return Datum::of_bool(arg(0, context).is_null() == (op_ == sql::IsOp::kNull));
    const std::optional<bool> truth = condition(*args()[0], context, true);
    switch (op_) {
      case sql::IsOp::kTrue: return Datum::of_bool(truth == true);
      case sql::IsOp::kNotTrue: return Datum::of_bool(truth != true);
      case sql::IsOp::kFalse: return Datum::of_bool(truth == false);
      default: return Datum::of_bool(truth != false);
    }
  }
  Quick quick(Context& context) const override {
    if (asks_null() && is_column())
      return Quick::of_int(args()[0]->ask_null(context) == (op_ == sql::IsOp::kNull));
    const Quick q = args()[0]->quick(context);
    const bool null = q.is_null();
    if (q.kind == Quick::Kind::kNone || (!null && !asks_null() && !q.is_number())) return {};
    switch (op_) {
      case sql::IsOp::kNull: return Quick::of_int(null);
      case sql::IsOp::kNotNull: return Quick::of_int(!null);
      case sql::IsOp::kTrue: return Quick::of_int(!null && q.is_true());
      case sql::IsOp::kNotTrue: return Quick::of_int(null || !q.is_true());
      case sql::IsOp::kFalse: return Quick::of_int(!null && !q.is_true());
      case sql::IsOp::kNotFalse: return Quick::of_int(null || q.is_true());
    }
    return {};
  }
  bool has_quick() const override { return args()[0]->has_quick(); }
  StaticType type(Context&) const override { return truth_type(false); }

 private:
  bool is_column() const { return args()[0]->is_leaf() && !args()[0]->is_constant(); }
  bool asks_null() const { return op_ == sql::IsOp::kNull || op_ == sql::IsOp::kNotNull; }

  sql::IsOp op_;
};

class CollateNode final : public Operation {
 public:
  CollateNode(std::vector<NodePtr> args, uint32_t collation, uint32_t connection,
              Coercibility coercibility = Coercibility::kExplicit)
      : Operation(std::move(args)),
        collation_(collation),
        connection_(connection),
        coercibility_(coercibility) {}
  Datum evaluate(Context& context) const override {
    Datum d = arg(0, context);
    if (d.is_null()) return d;
    if (context.env.mariadb && !d.is_textual())
      check_collation(Datum::of_text("", connection_), collation_, connection_);
    check_collation(d, collation_, connection_);
    d = Datum::of_text(to_text(d), collation_);
    d.coercibility = coercibility_;
    return d;
  }
  StaticType type(Context& context) const override {
    StaticType out = static_type(Type::kVarchar, collation_);
    const StaticType operand = args()[0]->type(context);
    out.size = text_size(operand);
    out.nullable = operand.nullable || is_strict(context);
    out.coercibility = static_cast<uint8_t>(coercibility_);
    return out;
  }

 private:
  uint32_t collation_;
  uint32_t connection_;  // its collation
  Coercibility coercibility_;
};

}  // namespace vif::eval
