#include <algorithm>
#include "sql/lexer_inline.h"

#include "sql/print_core.h"

namespace vif::sql {

namespace {

constexpr int kNotPrecedence = 13;
constexpr int kAssignmentPrecedence = 17;

int precedence_of(BinaryOp op) {
  switch (op) {
    case BinaryOp::kBitOr: return kBitOrPrecedence;
    case BinaryOp::kBitAnd: return 9;
    case BinaryOp::kShiftLeft:
    case BinaryOp::kShiftRight: return 8;
    case BinaryOp::kPlus:
    case BinaryOp::kMinus: return kAddPrecedence;
    case BinaryOp::kMult:
    case BinaryOp::kDiv:
    case BinaryOp::kIntDiv:
    case BinaryOp::kMod: return 6;
    case BinaryOp::kBitXor: return 5;
    default: return 0;
  }
}

}  // namespace

int precedence(const Expr* expr) {
  switch (expr->kind) {
    case Kind::kAssignmentExpr: return kAssignmentPrecedence;
    case Kind::kOrExpr: return 16;
    case Kind::kXorExpr: return 15;
    case Kind::kAndExpr: return 14;
    case Kind::kNotExpr: return kNotPrecedence;
    case Kind::kBetweenExpr: return 12;
    case Kind::kComparisonExpr:
    case Kind::kIsExpr:
    case Kind::kMemberOfExpr: return kComparisonPrecedence;
    case Kind::kIntervalDateExpr: {
      const auto syntax = to<IntervalDateExpr>(*expr).syntax;
      // interval 1 day + x: all that follows is of x, up to AND.
      if (syntax == IntervalDateSyntax::kBinaryAddLeft) return kNotPrecedence;
      const bool binary =
          syntax == IntervalDateSyntax::kBinaryAdd || syntax == IntervalDateSyntax::kBinarySub;
      return binary ? kAddPrecedence : 0;
    }
    case Kind::kBinaryExpr: return precedence_of(to<BinaryExpr>(*expr).op);
    case Kind::kChainExpr: return precedence_of(to<ChainExpr>(*expr).ops[0]);
    case Kind::kUnaryExpr: {
      const auto op = to<UnaryExpr>(*expr).op;
      if (op == UnaryOp::kNString) return 0;
      return op == UnaryOp::kPlus || op == UnaryOp::kMinus ? kUnaryPrecedence : 3;
    }
    default: return 0;
  }
}

void Printer::operand(const Expr* child, int most) {
  const bool parens = precedence(child) > most;
  if (parens) raw('(');
  node(child);
  if (parens) raw(')');
}

void Printer::left(const Expr* parent, const Expr* child) { operand(child, precedence(parent)); }
void Printer::right(const Expr* parent, const Expr* child) {
  operand(child, precedence(parent) - 1);
}

bool Printer::expr(const Node& any) {
  return value(any) || logical(any) || operation(any) || operand_expr(any);
}

bool Printer::value(const Node& any) {
  switch (any.kind) {
    case Kind::kLiteral: literal(to<Literal>(any)); return true;
    case Kind::kArgument: argument(to<Argument>(any)); return true;
    case Kind::kListArg: slot(to<ListArg>(any).name, true); return true;
    case Kind::kNullVal: lit("null"); return true;
    case Kind::kBoolVal: raw(to<BoolVal>(any).value ? "true" : "false"); return true;
    case Kind::kColName: {
      const auto& col = to<ColName>(any);
      if (!col.qualifier.empty()) {
        table(col.qualifier);
        raw('.');
      }
      name(col.name);
      return true;
    }
    case Kind::kVariable: variable(to<Variable>(any)); return true;
    default: return false;
  }
}

bool Printer::logical(const Node& any) {
  switch (any.kind) {
    case Kind::kAndExpr: {
      const auto& node_ = to<AndExpr>(any);
      left(&node_, node_.left);
      lit(" and ");
      node_.balanced ? left(&node_, node_.right) : right(&node_, node_.right);
      return true;
    }
    case Kind::kOrExpr: {
      const auto& node_ = to<OrExpr>(any);
      left(&node_, node_.left);
      lit(" or ");
      node_.balanced ? left(&node_, node_.right) : right(&node_, node_.right);
      return true;
    }
    case Kind::kXorExpr: {
      const auto& node_ = to<XorExpr>(any);
      left(&node_, node_.left);
      lit(" xor ");
      node_.balanced ? left(&node_, node_.right) : right(&node_, node_.right);
      return true;
    }
    case Kind::kNotExpr:
      lit("not ");
      operand(to<NotExpr>(any).expr, kNotPrecedence);
      return true;
    case Kind::kComparisonExpr: comparison(to<ComparisonExpr>(any)); return true;
    case Kind::kBetweenExpr: between(to<BetweenExpr>(any)); return true;
    case Kind::kIsExpr: {
      const auto& node_ = to<IsExpr>(any);
      const bool nested = is<IsExpr>(node_.left);
      if (nested) raw('(');
      nested ? node(node_.left) : left(&node_, node_.left);
      if (nested) raw(')');
      raw(' ');
      lit(to_string(node_.op));
      return true;
    }
    case Kind::kExistsExpr:
      lit("exists ");
      node(to<ExistsExpr>(any).subquery);
      return true;
    default: return false;
  }
}

bool Printer::operation(const Node& any) {
  switch (any.kind) {
    case Kind::kBinaryExpr: {
      const auto& node_ = to<BinaryExpr>(any);
      left(&node_, node_.left);
      raw(' ');
      lit(to_string(node_.op));
      raw(' ');
      right(&node_, node_.right);
      return true;
    }
    case Kind::kChainExpr: chain(to<ChainExpr>(any)); return true;
    case Kind::kUnaryExpr: unary(to<UnaryExpr>(any)); return true;
    case Kind::kAssignmentExpr: {
      const auto& node_ = to<AssignmentExpr>(any);
      node(node_.left);
      lit(" := ");
      node(node_.right);
      return true;
    }
    case Kind::kCollateExpr: {
      const auto& node_ = to<CollateExpr>(any);
      operand(node_.expr, 0);
      lit(" collate ");
      // BINARY alone is the operator there.
      const bool quoted = style_ == PrintStyle::kMysql && equal_ci(node_.collation, "binary");
      raw(quoted ? "`binary`" : node_.collation);
      return true;
    }
    case Kind::kIntroducerExpr:
      raw(to<IntroducerExpr>(any).charset);
      raw(' ');
      node(to<IntroducerExpr>(any).expr);
      return true;
    default: return false;
  }
}

bool Printer::operand_expr(const Node& any) {
  switch (any.kind) {
    case Kind::kValTuple:
      raw('(');
      nodes(to<ValTuple>(any).exprs);
      raw(')');
      return true;
    case Kind::kSubquery:
      raw('(');
      node(to<Subquery>(any).select);
      raw(')');
      return true;
    case Kind::kCaseExpr: case_expr(to<CaseExpr>(any)); return true;
    case Kind::kWhen:
      lit("when ");
      node(to<When>(any).cond);
      lit(" then ");
      node(to<When>(any).val);
      return true;
    case Kind::kDefault:
      lit("default");
      if (!to<Default>(any).col_name.empty()) {
        raw('(');
        table(to<Default>(any).table);
        if (!to<Default>(any).table.empty()) raw('.');
        name(to<Default>(any).col_name);
        raw(')');
      }
      return true;
    case Kind::kOffset:
      raw(':');
      number(to<Offset>(any).v);
      return true;
    case Kind::kMemberOfExpr: {
      const auto& node_ = to<MemberOfExpr>(any);
      operand(node_.value, kBitOrPrecedence);
      lit(" member of (");
      node(node_.json_arr);
      raw(')');
      return true;
    }
    case Kind::kMatchExpr: match(to<MatchExpr>(any)); return true;
    default: return false;
  }
}

void Printer::literal(const Literal& value) {
  switch (value.type) {
    case LiteralType::kStrVal: string_literal(value.text); return;
    case LiteralType::kHexVal: raw("X'"); break;
    case LiteralType::kDateVal: lit("date'"); break;
    case LiteralType::kTimeVal: lit("time'"); break;
    case LiteralType::kTimestampVal: lit("timestamp'"); break;
    case LiteralType::kBitNum: value.text == "0b" ? raw("b''") : raw(value.text); return;
    default: raw(value.text); return;
  }
  raw(value.text);
  raw('\'');
}

void Printer::argument(const Argument& arg) {
  const auto cast = [&](std::string_view type, int size) {
    raw("CAST(");
    slot(arg.name, false);
    raw(" AS ");
    raw(type);
    if (size != 0) {
      raw('(');
      number(size);
      raw(')');
    }
    raw(')');
  };
  using types::Type;
  if (arg.type != kUnknownType) {
    if (arg.type == Type::kDecimal && arg.scale == 0) {
      raw("CAST(");
      slot(arg.name, false);
      raw(" AS DECIMAL(");
      number(arg.size);
      raw(", 0))");
      return;
    }
    if (types::is_unsigned(arg.type) && types::is_integral(arg.type)) return cast("UNSIGNED", 0);
    switch (arg.type) {
      case Type::kFloat64: return cast("DOUBLE", 0);
      case Type::kFloat32: return cast("FLOAT", 0);
      case Type::kTimestamp:
      case Type::kDatetime: return cast("DATETIME", arg.size);
      case Type::kDate: return cast("DATE", 0);
      case Type::kTime: return cast("TIME", arg.size);
      default: break;
    }
  }
  slot(arg.name, false);
  if (arg.type == kUnknownType || pieces_ != nullptr || style_ == PrintStyle::kMysql) return;
  raw(" /* ");
  raw(types::type_name(arg.type));
  if (arg.size != 0 || arg.scale != 0) {
    raw('(');
    number(arg.size);
    if (arg.scale != 0) {
      raw(',');
      number(arg.scale);
    }
    raw(')');
  }
  raw(" */");
}

void Printer::chain(const ChainExpr& node_) {
  left(&node_, node_.exprs[0]);
  for (size_t i = 0; i < node_.ops.size(); ++i) {
    raw(' ');
    lit(to_string(node_.ops[i]));
    raw(' ');
    right(&node_, node_.exprs[i + 1]);
  }
}

void Printer::comparison(const ComparisonExpr& node_) {
  const bool plain = node_.op <= ComparisonOp::kNullSafeEqual;
  const bool like = node_.op == ComparisonOp::kLike || node_.op == ComparisonOp::kNotLike;
  // MySQL reads on behind IS NULL only.
  const auto* test = as<IsExpr>(node_.left);
  const bool of_truth = test != nullptr && test->op != IsOp::kNull && test->op != IsOp::kNotNull;
  operand(node_.left, plain && !of_truth ? kComparisonPrecedence : kBitOrPrecedence);
  raw(' ');
  lit(to_string(node_.op));
  if (node_.modifier == Modifier::kAll) lit(" all");
  if (node_.modifier == Modifier::kAny) lit(" any");
  raw(' ');
  operand(node_.right, like ? kUnaryPrecedence : kBitOrPrecedence);
  if (node_.escape != nullptr) {
    lit(" escape ");
    operand(node_.escape, kUnaryPrecedence);
  }
}

void Printer::between(const BetweenExpr& node_) {
  operand(node_.left, kBitOrPrecedence);
  lit(node_.is_between ? " between " : " not between ");
  operand(node_.from, kBitOrPrecedence);
  lit(" and ");
  // Anything but a comparison may follow without parentheses: between 1 and b in (2, 3).
  const auto* test = as<ComparisonExpr>(node_.to);
  const bool is_predicate = test != nullptr && test->op > ComparisonOp::kNullSafeEqual;
  operand(node_.to, is_predicate ? kComparisonPrecedence : kBitOrPrecedence);
}

void Printer::unary(const UnaryExpr& node_) {
  lit(to_string(node_.op));
  const auto* number_below = as<Literal>(node_.expr);
  // N and its string are one word: apart they would be a column and its alias.
  const bool joins = node_.op == UnaryOp::kNString;
  if (!joins && (is<UnaryExpr>(node_.expr) ||
                 (number_below != nullptr && number_below->text.starts_with('-'))))
    raw(' ');
  left(&node_, node_.expr);
}

void Printer::case_expr(const CaseExpr& node_) {
  lit("case ");
  if (node_.expr != nullptr) {
    node(node_.expr);
    raw(' ');
  }
  for (const When* when : node_.whens) {
    node(when);
    raw(' ');
  }
  if (node_.els != nullptr) {
    lit("else ");
    node(node_.els);
    raw(' ');
  }
  lit("end");
}

void Printer::match(const MatchExpr& node_) {
  lit("match(");
  nodes(node_.columns);
  lit(") against (");
  operand(node_.expr, kBitOrPrecedence);
  static constexpr std::string_view kOptions[] = {
      "", " in boolean mode", " in natural language mode",
      " in natural language mode with query expansion", " with query expansion"};
  lit(kOptions[static_cast<size_t>(node_.option)]);
  raw(')');
}

void Printer::variable(const Variable& node_) {
  switch (node_.scope) {
    case Scope::kNoScope: break;
    case Scope::kVariableScope: raw('@'); break;
    case Scope::kSessionScope:
      raw("@@");
      // Without it the name would be read as another.
      if (holds_for_next_transaction(node_.name) || scope_prefix(node_.name) != nullptr ||
          (node_.session_written && style_ == PrintStyle::kMysql))
        lit("session.");
      break;
    case Scope::kGlobalScope: lit("@@global."); break;
    case Scope::kPersistSysScope: lit("@@persist."); break;
    case Scope::kPersistOnlySysScope: lit("@@persist_only."); break;
    case Scope::kVitessMetadataScope: lit("@@vitess_metadata."); break;
    case Scope::kNextTxScope: raw("@@"); break;
  }
  // hot.key_buffer_size, new.a: Vitess takes the whole for one name.
  const size_t dot = node_.name.find('.');
  const bool apart = style_ == PrintStyle::kMysql || node_.scope == Scope::kNoScope;
  if (dot != std::string_view::npos && apart && node_.scope != Scope::kVariableScope) {
    const std::string_view instance = node_.name.substr(0, dot);
    const std::string_view last = node_.name.substr(dot + 1);
    // Behind @@ the lexer reads a whole word, also one of other letters; in backticks it ends
    // there.
    const bool word = std::all_of(instance.begin(), instance.end(), lexing::is_name_char);
    const bool behind_at = node_.scope != Scope::kNoScope;
    const bool whole = instance.empty() || last.empty() ||
                       (behind_at ? !word : scope_prefix(node_.name) != nullptr);
    if (!whole) {
      behind_at ? raw(instance) : name(instance);
      raw('.');
      return name(last);
    }
  }
  // A scope's word is a variable's name in backticks only.
  if (node_.scope == Scope::kNoScope && scope_prefix(std::string(node_.name) + ".x") != nullptr)
    append_quoted_name(out_, node_.name);
  else
    name(node_.name);
}

}  // namespace vif::sql
