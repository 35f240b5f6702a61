// From the syntax tree to nodes.
#include <algorithm>

#include "eval/before_rows.h"
#include "eval/cast_target.h"
#include "eval/charsets.h"
#include "eval/collation_mix.h"
#include "eval/constants.h"
#include "eval/function.h"
#include "eval/leaf_nodes.h"
#include "eval/literals.h"
#include "eval/mariadb.h"
#include "eval/mysql_limits.h"
#include "eval/node.h"
#include "eval/precision.h"
#include "eval/row_order.h"
#include "eval/source_text.h"
#include "eval/static_type.h"
#include "sql/ast_func.h"
#include "sql/printer.h"
#include "types/collation/charset.h"
#include "types/collation/collation.h"
#include "types/float_text.h"

namespace vif::eval {
namespace {

std::vector<NodePtr> list_of(NodePtr node) {
  std::vector<NodePtr> out;
  out.push_back(std::move(node));
  return out;
}

class Compiler {
 public:
  explicit Compiler(const CompileOptions& options) : options_(options) {}
  std::vector<Warning> take_deprecations() { return std::move(deprecations_); }
  NodePtr compile(const sql::Expr& e) {
    const bool named = std::exchange(names_next_, false);
    const bool nested = std::exchange(nested_, true);
    if (sql::is<sql::CastExpr>(&e) || sql::is<sql::ConvertExpr>(&e)) {
      names_cast_ = named;
      cast_text_ = written(e);
    }
    if (const auto* c = sql::as<sql::CastExpr>(&e); c && !nested) whole_ = c->expr;
    if (const auto* c = sql::as<sql::ConvertExpr>(&e); c && !nested) whole_ = c->expr;
    switch (e.kind) {
      case sql::Kind::kLiteral: return literal(sql::to<sql::Literal>(e));
      case sql::Kind::kNullVal: return constant({});
      case sql::Kind::kBoolVal: return constant(Datum::of_bool(sql::to<sql::BoolVal>(e).value));
      case sql::Kind::kArgument: return argument(sql::to<sql::Argument>(e));
      case sql::Kind::kColName: return column(sql::to<sql::ColName>(e));
      case sql::Kind::kOffset: return column_at(static_cast<size_t>(sql::to<sql::Offset>(e).v));
      case sql::Kind::kValTuple: return row(compile_list(sql::to<sql::ValTuple>(e).exprs));
      case sql::Kind::kAndExpr: return logic<sql::AndExpr>(e, Operator::Logic::kAnd);
      case sql::Kind::kOrExpr: return logic<sql::OrExpr>(e, Operator::Logic::kOr);
      case sql::Kind::kXorExpr: return logic<sql::XorExpr>(e, Operator::Logic::kXor);
      case sql::Kind::kNotExpr: return negated(*sql::to<sql::NotExpr>(e).expr);
      case sql::Kind::kComparisonExpr: return comparison(sql::to<sql::ComparisonExpr>(e));
      case sql::Kind::kBetweenExpr: return between(sql::to<sql::BetweenExpr>(e), false);
      case sql::Kind::kIsExpr: {
        const auto& is = sql::to<sql::IsExpr>(e);
        std::vector<NodePtr> asked = list_of(scalar(*is.left));
        const bool null = is.op == sql::IsOp::kNull && !options_.mariadb;
        if (null) resolve_arguments("isnull", asked, options_.sql_mode);
        return std::make_unique<IsNode>(std::move(asked), is.op);
      }
      case sql::Kind::kBinaryExpr: return binary(sql::to<sql::BinaryExpr>(e));
      case sql::Kind::kUnaryExpr: return unary(sql::to<sql::UnaryExpr>(e));
      case sql::Kind::kCaseExpr: return case_expr(sql::to<sql::CaseExpr>(e));
      case sql::Kind::kCollateExpr: return collate(sql::to<sql::CollateExpr>(e));
      case sql::Kind::kIntroducerExpr: return introducer(sql::to<sql::IntroducerExpr>(e));
      case sql::Kind::kCastExpr:
        return cast(*sql::to<sql::CastExpr>(e).expr, *sql::to<sql::CastExpr>(e).type,
                    sql::to<sql::CastExpr>(e).array);
      case sql::Kind::kConvertExpr:
        return cast(*sql::to<sql::ConvertExpr>(e).expr, *sql::to<sql::ConvertExpr>(e).type);
      case sql::Kind::kConvertUsingExpr: return convert_using(sql::to<sql::ConvertUsingExpr>(e));
      case sql::Kind::kFuncExpr: return function(sql::to<sql::FuncExpr>(e));
      default: return special(e);
    }
  }
  // A single column, as results and operands of arithmetic and functions must be.
  NodePtr scalar(const sql::Expr& e) {
    NodePtr node = compile(e);
    if (node->width() != 1) {
      throw SqlError{
          Error(Code::kInvalidArgument, 1241, "21000", "Operand should contain 1 column(s)")};
    }
    return node;
  }

 private:
  static NodePtr constant(Datum value) { return std::make_unique<ConstantNode>(std::move(value)); }

  std::vector<NodePtr> compile_list(const sql::List<sql::Expr*>& list) {
    std::vector<NodePtr> out;
    for (const sql::Expr* e : list) out.push_back(compile(*e));
    return out;
  }

  NodePtr row(std::vector<NodePtr> columns) const {
    if (!options_.mariadb) ask_constants(columns, options_.sql_mode);
    return std::make_unique<TupleNode>(std::move(columns));
  }

  NodePtr literal(const sql::Literal& l) {
    return make_literal(l, options_.connection_collation, options_.mariadb, options_.sql_mode,
                        deprecations_);
  }

  NodePtr negation(const sql::Expr& e) {
    if (!options_.mariadb) {
      NodePtr operand = scalar(e);
      // Whether a constant leaves the integers is known before there are rows.
      if (types::is_integral(type_before_rows(*operand).type))
        (void)evaluated_constant(*operand, options_.sql_mode);
      return make_negation(std::move(operand));
    }
    const std::optional<bool> truth = mariadb_twice_negated_truth(e);
    if (truth) return constant(Datum::of_bool(*truth));
    sql::Literal folded;
    std::string text;
    if (mariadb_negated_literal(e, folded, text)) return literal(folded);
    const sql::Expr* of = &e;
    while (const auto* u = sql::as<sql::UnaryExpr>(of)) of = u->expr;
    const auto* c = sql::as<sql::ComparisonExpr>(of);
    const bool list = c && (c->op == sql::ComparisonOp::kIn || c->op == sql::ComparisonOp::kNotIn);
    return make_negation(scalar(e), c && !list);
  }

  NodePtr argument(const sql::Argument& a) {
    return std::make_unique<BindVariableNode>(std::string(a.name), options_.connection_collation);
  }

  NodePtr column_at(size_t index, std::string name = {}) {
    StaticType type;
    if (index < options_.columns.size()) type = options_.columns[index];
    return std::make_unique<ColumnNode>(index, type, std::move(name));
  }

  NodePtr column(const sql::ColName& c) {
    const std::optional<size_t> index =
        options_.find_column ? options_.find_column(c) : std::nullopt;
    if (!index) {
      throw SqlError{Error(Code::kInvalidArgument, 1054, "42S22",
                           fmt::format("Unknown column '{}' in 'field list'", c.name))};
    }
    return column_at(*index, std::string(c.name));
  }

  template <typename T>
  NodePtr logic(const sql::Expr& e, Operator::Logic op) {
    const auto& expr = sql::to<T>(e);
    NodePtr left = scalar(*expr.left);
    return make_logic(op, std::move(left), scalar(*expr.right));
  }

  NodePtr comparison(const sql::ComparisonExpr& c) {
    using Op = Operator::Comparison;
    if (c.modifier != sql::Modifier::kNone) refuse("comparing with ANY or ALL in the gate");
    switch (c.op) {
      case sql::ComparisonOp::kEqual: return compare(Op::kEqual, c);
      case sql::ComparisonOp::kNotEqual: return compare(Op::kNotEqual, c);
      case sql::ComparisonOp::kLessThan: return compare(Op::kLess, c);
      case sql::ComparisonOp::kLessEqual: return compare(Op::kLessEqual, c);
      case sql::ComparisonOp::kGreaterThan: return compare(Op::kGreater, c);
      case sql::ComparisonOp::kGreaterEqual: return compare(Op::kGreaterEqual, c);
      case sql::ComparisonOp::kNullSafeEqual: return compare(Op::kNullSafeEqual, c);
      case sql::ComparisonOp::kIn:
      case sql::ComparisonOp::kNotIn: return in(c, c.op == sql::ComparisonOp::kNotIn);
      case sql::ComparisonOp::kLike:
      case sql::ComparisonOp::kNotLike: {
        NodePtr text = scalar(*c.left);
        NodePtr pattern = scalar(*c.right);
        NodePtr escape = c.escape ? scalar(*c.escape) : nullptr;
        check_escape(c.escape, escape.get());
        check_mariadb(*text, *pattern);
        const Node* const both[] = {text.get(), pattern.get()};
        check_mix("like", both);
        if (!options_.mariadb) convert_constants(both, options_.sql_mode);
        return make_like(std::move(text), std::move(pattern), std::move(escape),
                         c.op == sql::ComparisonOp::kNotLike);
      }
      case sql::ComparisonOp::kRegexp:
      case sql::ComparisonOp::kNotRegexp: {
        std::vector<NodePtr> args = list_of(scalar(*c.left));
        args.push_back(scalar(*c.right));
        if (!options_.mariadb)
          check_function_mix("regexp_like", args, options_.connection_collation);
        NodePtr matches = make_function(options_.mariadb ? "mariadb regexp_like" : "regexp_like",
                                        std::move(args), options_.connection_collation);
        return c.op == sql::ComparisonOp::kRegexp ? std::move(matches)
                                                  : make_not(std::move(matches));
      }
    }
    return nullptr;
  }

  // Where backslashes are letters, ESCAPE '' stands for no ESCAPE, and cannot be written.
  void check_escape(const sql::Expr* written, const Node* escape) const {
    const auto* l = sql::as<sql::Literal>(written);
    const bool implied = l && l->index < 0 && l->text.empty();
    if (!escape || implied || !names_mode(options_.sql_mode, "NO_BACKSLASH_ESCAPES")) return;
    const std::optional<Datum> value = constant_before_rows(*escape);
    if (!value || value->is_null() || !to_text(*value).empty()) return;
    throw SqlError{Error(Code::kInvalidArgument, 1210, "HY000", "Incorrect arguments to ESCAPE")};
  }

  NodePtr compare(Operator::Comparison op, const sql::ComparisonExpr& c) {
    using Op = Operator::Comparison;
    const auto* left_row = sql::as<sql::ValTuple>(c.left);
    const auto* right_row = sql::as<sql::ValTuple>(c.right);
    const bool rows = left_row && right_row && left_row->exprs.size() == right_row->exprs.size();
    const bool mysql = !options_.mariadb;
    NodePtr left = rows ? nullptr : compile(*c.left);
    NodePtr right = rows ? nullptr : compile(*c.right);
    if (rows) {
      std::vector<NodePtr> lefts = compile_list(left_row->exprs);
      std::vector<NodePtr> rights = compile_list(right_row->exprs);
      if (!options_.mariadb &&
          (op == Op::kEqual || op == Op::kNotEqual || op == Op::kNullSafeEqual))
        return equal_rows(op, std::move(lefts), std::move(rights));
      left = row(std::move(lefts));
      right = row(std::move(rights));
    }
    check_widths(*left, *right);
    resolve_pair(symbol(op), left, right);
    store_beside(*c.left, left, *c.right, right);
    // A column of times beside a constant date: the constant becomes a time.
    if (mysql && is_column_of_times(*left) && right->is_constant() && is_of(*right, Form::kDate))
      right = timed(std::move(right));
    if (mysql && is_column_of_times(*right) && left->is_constant() && is_of(*left, Form::kDate))
      left = timed(std::move(left));
    check_mariadb(*left, *right);
    return make_comparison(op, std::move(left), std::move(right));
  }

  static std::string_view symbol(Operator::Comparison op) {
    constexpr std::string_view kSymbols[] = {"=", "<>", "<", "<=", ">", ">=", "<=>"};
    return kSymbols[static_cast<size_t>(op)];
  }
  void check_mix(std::string_view operation, std::span<const Node* const> nodes,
                 bool compares = true) const {
    if (options_.mariadb) return;
    check_collation_mix(operation, nodes, options_.connection_collation, compares);
  }

  // Column by column, until one decides.
  NodePtr equal_rows(Operator::Comparison op, std::vector<NodePtr> lefts,
                     std::vector<NodePtr> rights) const {
    using Op = Operator::Comparison;
    std::vector<NodePtr> columns;
    for (size_t i = 0; i < lefts.size(); ++i) {
      check_widths(*lefts[i], *rights[i]);
      resolve_pair(symbol(op), lefts[i], rights[i]);
      columns.push_back(make_comparison(op == Op::kNullSafeEqual ? op : Op::kEqual,
                                        std::move(lefts[i]), std::move(rights[i])));
    }
    return std::make_unique<RowEqualityNode>(std::move(columns), op == Op::kNotEqual);
  }

  // Of two that are compared: when one is a column and the other a constant, the constant is
  // stored.
  void store_beside(const sql::Expr& left_expr, NodePtr& left, const sql::Expr& right_expr,
                    NodePtr& right, bool json_only = false) {
    if (!options_.mariadb) store_document(*left, right);
    if (!options_.mariadb) store_document(*right, left);
    if (json_only) return;
    store_constant(left_expr, *left, right, false);
    store_constant(right_expr, *right, left, false);
  }
  void store_constant(const sql::Expr& column_expr, const Node& column, NodePtr& constant,
                      bool texts_only) {
    const bool named = sql::is<sql::ColName>(&column_expr);
    if (options_.mariadb || constant->width() != 1 || !constant->is_constant()) return;
    if (!named && (column.is_constant() || column.width() != 1)) return;
    const Env env;
    Context context{{}, env};
    Type type = Type::kNull;
    Type other = Type::kNull;
    try {
      type = column.type(context).type;
      other = constant->type(context).type;
    } catch (const SqlError&) {
      return;  // the constant's own error comes when it is evaluated
    }
    const bool hex = other == Type::kHexNum || other == Type::kHexVal || other == Type::kBitNum;
    const bool text =
        (types::is_text(other) || types::is_binary(other)) && (!hex || !types::is_number(type));
    const bool number_column =
        type == Type::kDecimal || (types::is_integral(type) && type != Type::kYear);
    if (!named && type != Type::kDecimal) return;
    if (text && (type == Type::kTime || (number_column && !texts_only)))
      constant = make_stored_constant(std::move(constant), type);
  }

  // Of a type that is known before there are values: a time, or a date with or without one.
  static bool is_of(const Node& node, Form form) {
    if (node.width() != 1) return false;
    try {
      const Env env;
      Context context{{}, env};
      const Type type = node.type(context).type;
      if (form == Form::kTime) return type == Type::kTime;
      return type == Type::kDate || type == Type::kDatetime || type == Type::kTimestamp;
    } catch (const SqlError&) {
      return false;  // a bind variable
    }
  }
  static bool is_column_of_times(const Node& node) {
    return node.is_leaf() && !node.is_constant() && is_of(node, Form::kTime);
  }
  static NodePtr timed(NodePtr date) {
    constexpr int kMicroseconds = 6;
    CastTarget target;
    target.kind = CastKind::kTime;
    target.length = kMicroseconds;
    return make_cast(std::move(date), target);
  }
  NodePtr in(const sql::ComparisonExpr& c, bool negated) {
    NodePtr left = compile(*c.left);
    if (const auto* list = sql::as<sql::ListArg>(c.right))
      return make_in_list(std::move(left), std::string(list->name), negated);
    const auto* tuple = sql::as<sql::ValTuple>(c.right);
    if (!tuple) refuse("IN with anything but a list in the gate");
    // The first item of another shape is the error, whatever is wrong in those after it.
    std::vector<NodePtr> items;
    for (const sql::Expr* item : tuple->exprs) {
      items.push_back(compile(*item));
      check_widths(*left, *items.back());
    }
    // A list of one is compared as = does.
    if (items.size() == 1) resolve_pair("=", left, items[0]);
    if (items.size() == 1) store_beside(*c.left, left, *tuple->exprs[0], items[0]);
    const bool dated =
        items.size() == 1 && items[0]->is_constant() && is_of(*items[0], Form::kDate);
    if (!options_.mariadb && dated && is_column_of_times(*left))
      items[0] = timed(std::move(items[0]));
    std::vector<const Node*> all = {left.get()};
    for (const NodePtr& item : items) {
      if (items.size() == 1 || left->width() == 1) check_mariadb(*left, *item);
      all.push_back(item.get());
    }
    if (options_.mariadb) {
      check_mariadb_list(all, options_.connection_collation);
    } else if (items.size() > 1) {
      check_mix(" IN ", all);
      resolve_in(all, options_.sql_mode);
      check_constant_rows(*left, items);
    }
    return make_in(std::move(left), std::move(items), negated);
  }

  void check_mariadb(const Node& left, const Node& right) const {
    if (options_.mariadb) check_mariadb_pair(left, right, options_.connection_collation);
  }
  // What is said of two that are compared, before they are.
  void resolve_pair(std::string_view operation, NodePtr& left, NodePtr& right) const {
    if (options_.mariadb) return;
    write_out_date(*left, right);
    write_out_date(*right, left);
    const Node* const both[] = {left.get(), right.get()};
    check_mix(operation, both);
    resolve_comparison(*left, *right, options_.sql_mode);
  }

  // NOT (... BETWEEN ...) is NOT BETWEEN to MySQL, and NOT TRUE is FALSE to MariaDB.
  NodePtr negated(const sql::Expr& e) {
    const std::optional<bool> truth = options_.mariadb ? mariadb_literal_truth(e) : std::nullopt;
    if (truth) return constant(Datum::of_bool(!*truth));
    const auto* b = sql::as<sql::BetweenExpr>(&e);
    return b && !options_.mariadb ? between(*b, true) : make_not(scalar(e));
  }

  NodePtr between(const sql::BetweenExpr& b, bool not_so) {
    NodePtr value = scalar(*b.left);
    NodePtr low = scalar(*b.from);
    NodePtr high = scalar(*b.to);
    const Node* const all[] = {value.get(), low.get(), high.get()};
    check_mix("between", all);
    const bool negated = b.is_between == not_so;
    if (!options_.mariadb) {
      resolve_between(*value, *low, *high, negated, options_.sql_mode);
      if (!negated && is_string(*low) && is_string(*high) && are_same(*value, *low, *high))
        resolve_comparison(*value, *low, options_.sql_mode);
    }
    if (low->is_constant() && high->is_constant()) {
      store_constant(*b.left, *value, low, false);
      store_constant(*b.left, *value, high, false);
    }
    if (options_.mariadb) check_mariadb_between(*value, *low, *high, options_.connection_collation);
    NodePtr both = make_between(std::move(value), std::move(low), std::move(high), negated);
    return negated ? make_not(std::move(both)) : std::move(both);
  }

  NodePtr binary(const sql::BinaryExpr& b) {
    using A = Operator::Arithmetic;
    using B = Operator::Bits;
    NodePtr left = scalar(*b.left);
    NodePtr right = scalar(*b.right);
    switch (b.op) {
      case sql::BinaryOp::kPlus: return make_arithmetic(A::kAdd, std::move(left), std::move(right));
      case sql::BinaryOp::kMinus:
        return make_arithmetic(A::kSubtract, std::move(left), std::move(right));
      case sql::BinaryOp::kMult:
        return make_arithmetic(A::kMultiply, std::move(left), std::move(right));
      case sql::BinaryOp::kDiv:
        return make_arithmetic(A::kDivide, std::move(left), std::move(right));
      case sql::BinaryOp::kIntDiv:
        return make_arithmetic(A::kIntegerDivide, std::move(left), std::move(right));
      case sql::BinaryOp::kMod:
        return make_arithmetic(A::kModulo, std::move(left), std::move(right));
      case sql::BinaryOp::kBitAnd: return make_bits(B::kAnd, std::move(left), std::move(right));
      case sql::BinaryOp::kBitOr: return make_bits(B::kOr, std::move(left), std::move(right));
      case sql::BinaryOp::kBitXor: return make_bits(B::kXor, std::move(left), std::move(right));
      case sql::BinaryOp::kShiftLeft:
        return make_bits(B::kShiftLeft, std::move(left), std::move(right));
      case sql::BinaryOp::kShiftRight:
        return make_bits(B::kShiftRight, std::move(left), std::move(right));
      default: refuse("JSON paths in the gate");
    }
  }

  NodePtr unary(const sql::UnaryExpr& u) {
    switch (u.op) {
      case sql::UnaryOp::kPlus: return compile(*u.expr);
      case sql::UnaryOp::kMinus: return negation(*u.expr);
      case sql::UnaryOp::kTilda: return make_bit_not(scalar(*u.expr));
      case sql::UnaryOp::kBang: return negated(*u.expr);
      case sql::UnaryOp::kNString: {  // n'...'
        const auto* l = sql::as<sql::Literal>(u.expr);
        if (!l) return compile(*u.expr);
        return constant(introduced(l->text, "utf8mb3", options_.mariadb));
      }
    }
    return nullptr;
  }

  NodePtr case_expr(const sql::CaseExpr& c) {
    std::vector<CaseBranch> branches;
    for (const sql::When* when : c.whens) {
      NodePtr condition = scalar(*when->cond);
      branches.push_back({std::move(condition), scalar(*when->val)});
    }
    NodePtr operand = c.expr ? scalar(*c.expr) : nullptr;
    for (CaseBranch& branch : branches) {
      if (operand) store_constant(*c.expr, *operand, branch.condition, true);
    }
    NodePtr otherwise = c.els ? scalar(*c.els) : nullptr;
    std::vector<const Node*> compared = {operand.get()};
    std::vector<const Node*> values;
    for (const CaseBranch& branch : branches) {
      compared.push_back(branch.condition.get());
      values.push_back(branch.value.get());
    }
    if (otherwise) values.push_back(otherwise.get());
    if (operand) check_mix("case", compared);
    check_mix("case", values, false);
    if (!options_.mariadb) resolve_case(compared, values, options_.sql_mode);
    if (options_.mariadb)
      check_mariadb_case(operand.get(), branches, otherwise.get(), options_.connection_collation);
    return make_case(std::move(operand), std::move(branches), std::move(otherwise));
  }

  NodePtr collate(const sql::CollateExpr& c) {
    const uint32_t id = collation_asked_for(c.collation, options_.mariadb);
    if (sql::is<sql::NullVal>(c.expr) && !options_.mariadb) {
      throw SqlError{Error(Code::kInvalidArgument, 1253, "42000",
                           fmt::format("COLLATION '{}' is not valid for CHARACTER SET 'binary'",
                                       collation_name(id)))};
    }
    NodePtr text = scalar(*c.expr);
    if (!options_.mariadb) check_collation_fits(*text, id);
    return std::make_unique<CollateNode>(list_of(std::move(text)), id,
                                         options_.connection_collation);
  }

  NodePtr introducer(const sql::IntroducerExpr& i) {
    const auto* l = sql::as<sql::Literal>(i.expr);
    if (!l) refuse(fmt::format("{} before anything but a literal in the gate", i.charset));
    const std::string charset = sql::lowered(i.charset.substr(1));
    if (l->text.empty() && options_.mariadb && l->type == sql::LiteralType::kStrVal &&
        names_mode(options_.sql_mode, "EMPTY_STRING_IS_NULL"))
      return constant({});
    if (l->type == sql::LiteralType::kStrVal)
      return constant(introduced(l->text, charset, options_.mariadb));
    Datum bytes;
    if (l->type == sql::LiteralType::kHexNum)
      bytes = datum_from({Type::kHexNum, std::string(l->text)}, 0, Coercibility::kCoercible);
    if (l->type == sql::LiteralType::kHexVal)
      bytes = datum_from({Type::kHexVal, "x'" + std::string(l->text) + "'"}, 0,
                         Coercibility::kCoercible);
    if (l->type == sql::LiteralType::kBitNum)
      bytes = datum_from({Type::kBitNum, std::string(l->text)}, 0, Coercibility::kCoercible);
    if (bytes.is_null()) refuse(fmt::format("{} before such a literal in the gate", i.charset));
    return constant(introduced(bytes.bytes, charset, options_.mariadb));
  }

  NodePtr cast(const sql::Expr& e, const sql::ConvertType& t, bool array = false) {
    if (array) {
      throw SqlError{Error(Code::kInvalidArgument, 1235, "42000",
                           "This version of MySQL doesn't yet support 'Use of CAST( .. AS .. "
                           "ARRAY) outside of functional index in CREATE(non-SELECT)/ALTER TABLE "
                           "or in general expressions'")};
    }
    CastTarget target = target_of(t, options_);
    check_cast(target, sql::print(&e), options_.mariadb);
    if (target.kind == CastKind::kDecimal)
      target.name = !std::exchange(names_cast_, false) ? "(null)"
                    : !cast_text_.empty()              ? cast_text_
                                                       : decimal_source(e, t);
    if (&e == whole_ && !options_.source.empty()) target.name = trimmed(options_.source);
    NodePtr arg = scalar(e);
    const bool national = sql::lowered(t.type) == "nchar";
    const bool binary = target.kind == CastKind::kChar && t.charset.binary;
    const std::string named = national ? "utf8mb3" : charset_of(t);
    if (target.kind == CastKind::kChar && !options_.mariadb) {
      check_cast_characters(target.length, named.empty() ? target.collation
                                                         : default_collation(charset_named(named)));
    }
    if (target.kind != CastKind::kChar || (named.empty() && !binary))
      return make_cast(std::move(arg), target);
    const types::Charset& charset =
        named.empty() ? *types::find_collation(target.collation)->charset : charset_named(named);
    NodePtr text = named.empty() ? make_cast(std::move(arg), target)
                                 : make_conversion(std::move(arg), charset, target.length, true);
    if (!binary) return text;
    return std::make_unique<CollateNode>(list_of(std::move(text)),
                                         collation_id(fmt::format("{}_bin", charset.name)),
                                         options_.connection_collation, Coercibility::kImplicit);
  }

  NodePtr json_value(const sql::JSONValueExpr& j) {
    if (options_.mariadb) {
      if (j.returning || j.on_empty || j.on_error)
        syntax_of_mysql("JSON_VALUE with a type or an answer for errors");
      std::vector<NodePtr> two = list_of(scalar(*j.doc));
      two.push_back(scalar(*j.path));
      return make_function("mariadb json_value", std::move(two), options_.connection_collation);
    }
    CastTarget target;
    constexpr int kLength = 512;
    target.length = kLength;
    if (j.returning) target = target_of(*j.returning, options_);
    check_cast(target, "JSON_VALUE", false);
    if (target.kind == CastKind::kChar) target.collation = json_value_collation(j.returning);
    if (sql::is<sql::NullVal>(j.path))
      throw SqlError{Error(Code::kInvalidArgument, 1064, "42000", "syntax error near 'NULL'")};
    std::vector<NodePtr> args = list_of(scalar(*j.doc));
    args.push_back(scalar(*j.path));
    const auto fallback = [&](const sql::JtOnResponse* response) {
      if (!response || response->type == sql::JtOnResponseType::kNull) return JsonFallback::kNull;
      if (response->type == sql::JtOnResponseType::kError) return JsonFallback::kError;
      args.push_back(scalar(*response->expr));
      return JsonFallback::kDefault;
    };
    const JsonFallback empty = fallback(j.on_empty);
    const JsonFallback error = fallback(j.on_error);
    return make_json_value(std::move(args), target, empty, error);
  }

  static uint32_t json_value_collation(const sql::ConvertType* t) {
    const bool national = t && sql::lowered(t->type) == "nchar";
    const std::string charset = national ? "utf8mb3" : t ? charset_of(*t) : "";
    if (t && t->charset.binary)
      return collation_id(fmt::format("{}_bin", charset.empty() ? "utf8mb4" : charset));
    return charset.empty() ? collation_id("utf8mb4_0900_bin")
                           : default_collation(charset_named(charset));
  }

  NodePtr weight_string(const sql::WeightStringFuncExpr& w) {
    if (!w.as) return make_weight_string(scalar(*w.expr), std::nullopt);
    const CastTarget target = target_of(*w.as, options_);
    if (target.kind == CastKind::kBinary)
      return make_weight_string(make_cast(scalar(*w.expr), target), std::nullopt);
    return make_weight_string(scalar(*w.expr), target.length);
  }

  // CHAR(65, 66 USING utf8mb4)
  NodePtr char_call(const sql::CharExpr& c) {
    const std::string charset = sql::lowered(c.charset);
    std::vector<NodePtr> args;
    for (const sql::Expr* e : c.exprs) args.push_back(scalar(*e));
    NodePtr bytes = make_function(charset == "utf8mb4" ? "char using utf8mb4" : "char",
                                  std::move(args), options_.connection_collation);
    if (charset.empty() || charset == "binary" || charset == "utf8mb4") return bytes;
    if (options_.mariadb) refuse(fmt::format("CHAR to the character set {} in the gate", charset));
    return make_char_text(std::move(bytes), charset_named(charset));
  }

  NodePtr convert_using(const sql::ConvertUsingExpr& c) {
    const std::string charset = sql::lowered(c.charset);
    NodePtr arg = scalar(*c.expr);
    if (charset != "binary")
      return make_conversion(std::move(arg), charset_named(charset), std::nullopt);
    CastTarget target;
    target.kind = CastKind::kBinary;
    target.converts = true;
    return make_cast(std::move(arg), target);
  }

  // As it was written, if that is known.
  std::string written(const sql::Expr& e) const {
    if (!options_.argument_texts) return {};
    const auto found = options_.argument_texts->find(&e);
    return found == options_.argument_texts->end() ? std::string() : std::string(found->second);
  }
  // What messages call the arguments of functions that compare them.
  std::vector<std::string> argument_names(const sql::FuncExpr& f, std::string_view name) const {
    constexpr std::string_view kComparing[] = {"greatest", "least", "nullif", "strcmp"};
    std::vector<std::string> out;
    if (std::find(std::begin(kComparing), std::end(kComparing), name) == std::end(kComparing))
      return out;
    for (const sql::Expr* e : f.exprs) out.push_back(written(*e));
    return out;
  }

  NodePtr function(const sql::FuncExpr& f) {
    const std::string name = sql::lowered(f.name);
    if (name == "get_format" && f.exprs.size() == 2) return get_format(f);
    const bool today = name == "curdate" || name == "current_date" || name == "utc_date";
    if (today && f.exprs.empty() && f.qualifier.empty())
      return make_clock(Form::kDate, 0, name == "utc_date");
    if (f.qualifier.empty() && !options_.mariadb)
      check_argument_count(name, f.name, f.exprs.size());
    std::string source = source_in_messages(f);
    std::vector<NodePtr> args;
    for (const sql::Expr* e : f.exprs) {
      names_next_ = names_arguments(name);
      args.push_back(compile(*e));
    }
    if (name == "ltrim" || name == "rtrim")
      return trim_call(std::move(args), name == "ltrim" ? "leading" : "trailing");
    if (!options_.mariadb) {
      check_function_mix(name, args, options_.connection_collation);
      resolve_arguments(name, args, options_.sql_mode);
      read_weights(name, args, options_.connection_collation);
    }
    if (name == "nullif" && args.size() == 2)
      store_beside(*f.exprs[0], args[0], *f.exprs[1], args[1], true);
    if (name == "mod" && args.size() == 2) {
      return make_arithmetic(Operator::Arithmetic::kModulo, std::move(args[0]), std::move(args[1]));
    }
    if (options_.mariadb && f.qualifier.empty()) {
      if (NodePtr own = make_mariadb_function(name, args, options_.connection_collation))
        return own;
    }
    NodePtr node = f.qualifier.empty()
                       ? make_function(name, std::move(args), options_.connection_collation,
                                       std::move(source), argument_names(f, name))
                       : nullptr;
    if (!node) refuse(fmt::format("the function {} in the gate", name));
    return node;
  }

  // GET_FORMAT(DATE, 'USA'): the first is a word.
  NodePtr get_format(const sql::FuncExpr& f) {
    const auto* word = sql::as<sql::ColName>(f.exprs[0]);
    if (!word) refuse("the function get_format of anything but a kind of date in the gate");
    std::string kind = sql::lowered(sql::print(word));
    std::erase(kind, '`');
    std::vector<NodePtr> args =
        list_of(constant(Datum::of_text(kind, options_.connection_collation)));
    args.push_back(scalar(*f.exprs[1]));
    return make_function("get_format", std::move(args), options_.connection_collation);
  }

  NodePtr trim_call(std::vector<NodePtr> args, std::string_view side) {
    if (args.size() == 1)
      args.push_back(constant(Datum::of_text(" ", options_.connection_collation)));
    if (options_.mariadb) check_mariadb_pair(*args[0], *args[1], options_.connection_collation);
    if (!options_.mariadb) read_weights("trim", args, options_.connection_collation);
    args.push_back(constant(Datum::of_text(std::string(side), options_.connection_collation)));
    return make_function("trim", std::move(args), options_.connection_collation);
  }

  // Calls with a syntax of their own.
  NodePtr special(const sql::Expr& e) {
    switch (e.kind) {
      case sql::Kind::kTrimFuncExpr: {
        const auto& t = sql::to<sql::TrimFuncExpr>(e);
        std::vector<NodePtr> args = list_of(scalar(*t.string_arg));
        if (t.trim_arg) args.push_back(scalar(*t.trim_arg));
        const bool leading = t.type == sql::TrimType::kLeading || t.fn == sql::TrimFuncType::kLTrim;
        const bool trailing =
            t.type == sql::TrimType::kTrailing || t.fn == sql::TrimFuncType::kRTrim;
        return trim_call(std::move(args), leading ? "leading" : trailing ? "trailing" : "both");
      }
      case sql::Kind::kExtractFuncExpr: {
        const auto& x = sql::to<sql::ExtractFuncExpr>(e);
        return make_extract(static_cast<int>(x.unit), scalar(*x.expr));
      }
      case sql::Kind::kIntervalDateExpr: return date_interval(sql::to<sql::IntervalDateExpr>(e));
      case sql::Kind::kTimestampDiffExpr: {
        const auto& d = sql::to<sql::TimestampDiffExpr>(e);
        check_single_unit(d.unit);
        NodePtr from = scalar(*d.expr1);
        return make_timestamp_diff(static_cast<int>(d.unit), std::move(from), scalar(*d.expr2));
      }
      case sql::Kind::kMemberOfExpr: {
        const auto& m = sql::to<sql::MemberOfExpr>(e);
        std::vector<NodePtr> args = list_of(scalar(*m.value));
        args.push_back(scalar(*m.json_arr));
        if (options_.mariadb) syntax_of_mysql("MEMBER OF");
        return make_function("member of", std::move(args), options_.connection_collation);
      }
      case sql::Kind::kAggrFunc: {
        const auto& a = sql::to<sql::AggrFunc>(e);
        if (a.op != sql::AggrOp::kAnyValue || a.args.size() != 1 || a.over)
          refuse("an aggregate within an expression in the gate");
        return make_function("any_value", list_of(scalar(*a.args[0])),
                             options_.connection_collation);
      }
      case sql::Kind::kWeightStringFuncExpr:
        return weight_string(sql::to<sql::WeightStringFuncExpr>(e));
      case sql::Kind::kCurTimeFuncExpr: return clock(sql::to<sql::CurTimeFuncExpr>(e));
      case sql::Kind::kCharExpr: return char_call(sql::to<sql::CharExpr>(e));
      case sql::Kind::kJSONValueExpr: return json_value(sql::to<sql::JSONValueExpr>(e));
      case sql::Kind::kSubquery:
      case sql::Kind::kExistsExpr: refuse("a subquery within an expression in the gate");
      default: refuse(fmt::format("{} in an expression in the gate", sql::kind_name(e.kind)));
    }
  }

  NodePtr date_interval(const sql::IntervalDateExpr& i) {
    using Syntax = sql::IntervalDateSyntax;
    const bool subtract = i.syntax == Syntax::kDateSub || i.syntax == Syntax::kSubdate ||
                          i.syntax == Syntax::kBinarySub;
    if (i.syntax == Syntax::kTimestampadd) check_single_unit(i.unit);
    NodePtr date = scalar(*i.date);
    return make_date_interval(std::move(date), scalar(*i.interval), static_cast<int>(i.unit),
                              subtract, source_text(i));
  }

  NodePtr clock(const sql::CurTimeFuncExpr& c) {
    check_clock(c.name, c.fsp, options_.mariadb);
    struct Known {
      std::string_view name;
      Form form;
      bool utc;
    };
    constexpr Known kClocks[] = {
        {"now", Form::kDatetime, false},       {"current_timestamp", Form::kDatetime, false},
        {"localtime", Form::kDatetime, false}, {"localtimestamp", Form::kDatetime, false},
        {"sysdate", Form::kDatetime, false},   {"utc_timestamp", Form::kDatetime, true},
        {"curdate", Form::kDate, false},       {"current_date", Form::kDate, false},
        {"utc_date", Form::kDate, true},       {"curtime", Form::kTime, false},
        {"current_time", Form::kTime, false},  {"utc_time", Form::kTime, true},
    };
    for (const Known& known : kClocks) {
      if (known.name == c.name) return make_clock(known.form, c.fsp, known.utc);
    }
    refuse(fmt::format("the function {} in the gate", c.name));
  }

  const CompileOptions& options_;
  // What stands alone, or as a plain function's argument, is a column with a name to the server.
  bool names_next_ = true;
  bool names_cast_ = false;
  std::string cast_text_;
  bool nested_ = false;               // all but what is compiled first
  const sql::Expr* whole_ = nullptr;  // what the whole expression casts
  std::vector<Warning> deprecations_;
};

}  // namespace

Result<Program> compile(const sql::Expr& expr, const CompileOptions& options) {
  try {
    // Its grammar and its functions are others.
    if (options.mariadb && names_mode(options.sql_mode, "ORACLE"))
      refuse("an expression in sql_mode ORACLE in the gate");
    Compiler compiler(options);
    std::unique_ptr<const Node> root = compiler.scalar(expr);
    return Program(std::move(root), compiler.take_deprecations());
  } catch (const SqlError& e) {
    return e.error;
  }
}

}  // namespace vif::eval
