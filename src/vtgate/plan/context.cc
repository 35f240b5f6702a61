#include "vtgate/plan/context.h"

#include <algorithm>

#include "sql/conjunction.h"
#include "sql/printer.h"
#include "sql/tree.h"

namespace vif::vtgate::plan {

using engine::ValueExpr;

std::string PlanningContext::reserve(const std::string& base) {
  std::string name = base;
  for (int n = 1; !names.insert(name).second; ++n) name = fmt::format("{}{}", base, n);
  return name;
}

std::string PlanningContext::reserve_numbered(const std::string& base) {
  for (int n = 1;; ++n) {
    std::string name = fmt::format("{}{}", base, n);
    if (names.insert(name).second) return name;
  }
}

sql::Argument* PlanningContext::argument(std::string_view name) {
  auto* argument = arena.make<sql::Argument>();
  argument->name = arena.copy(name);
  return argument;
}

sql::ListArg* PlanningContext::list_argument(std::string_view name) {
  auto* list = arena.make<sql::ListArg>();
  list->name = arena.copy(name);
  return list;
}

sql::Expr* PlanningContext::conjunction(sql::Expr* a, sql::Expr* b) {
  return sql::conjunction(arena, a, b);
}

void unsupported(std::string_view what) {
  throw SqlError{
      Error(Code::kUnimplemented, 1235, "42000", fmt::format("VT12001: unsupported: {}", what))};
}

void fail(Code code, std::string message) { throw SqlError{Error(code, std::move(message))}; }

namespace {

void append_and(sql::Expr* expr, std::vector<sql::Expr*>& out) {
  if (auto* both = sql::as<sql::AndExpr>(expr)) {
    append_and(both->left, out);
    append_and(both->right, out);
  } else if (expr) {
    out.push_back(expr);
  }
}

types::Value literal_value(const sql::Literal& literal) {
  using types::Type;
  using types::Value;
  const std::string text(literal.text);
  switch (literal.type) {
    case sql::LiteralType::kIntVal:
      if (text.size() < 19 || (text.size() == 19 && text <= "9223372036854775807"))
        return {Type::kInt64, text};
      if (text.size() < 20 || (text.size() == 20 && text <= "18446744073709551615"))
        return {Type::kUint64, text};
      return {Type::kDecimal, text};
    case sql::LiteralType::kDecimalVal: return {Type::kDecimal, text};
    case sql::LiteralType::kFloatVal: return {Type::kFloat64, text};
    case sql::LiteralType::kHexNum: return {Type::kHexNum, text};
    case sql::LiteralType::kHexVal: return {Type::kHexVal, fmt::format("x'{}'", text)};
    case sql::LiteralType::kBitNum: return {Type::kBitNum, text};
    case sql::LiteralType::kDateVal: return {Type::kDate, text};
    case sql::LiteralType::kTimeVal: return {Type::kTime, text};
    case sql::LiteralType::kTimestampVal: return {Type::kDatetime, text};
    case sql::LiteralType::kStrVal: break;
  }
  return Value::varchar(text);
}

}  // namespace

std::vector<sql::Expr*> split_and(sql::Expr* expr) {
  std::vector<sql::Expr*> terms;
  append_and(expr, terms);
  return terms;
}

std::string key_of(PlanningContext& context, const sql::Expr* expr) {
  sql::Expr* copy = sql::clone(context.arena, expr);
  sql::walk(static_cast<sql::Node*>(copy), [&](sql::Node& node) {
    if (auto* column = sql::as<sql::ColName>(&node)) {
      if (column->table >= 0) {
        column->qualifier.qualifier = {};
        column->qualifier.name = context.arena.copy(fmt::format("#{}", column->table));
      }
      column->name = context.arena.copy(sql::lowered(column->name));
    }
    return true;
  });
  return sql::print(copy);
}

std::optional<ValueExpr> value_of(const sql::Expr* expr) {
  ValueExpr value;
  value.display = sql::print(expr);
  if (const auto* literal = sql::as<sql::Literal>(expr)) {
    value.constant = literal_value(*literal);
    value.is_number = types::is_number(value.constant.type);
  } else if (sql::is<sql::NullVal>(expr)) {
    value.constant = types::Value::null();
  } else if (const auto* argument = sql::as<sql::Argument>(expr)) {
    value.kind = ValueExpr::Kind::kBind;
    value.name = argument->name;
    value.display = ":" + value.name;
    value.is_number = argument->type != sql::kUnknownType && types::is_number(argument->type);
  } else if (const auto* list = sql::as<sql::ListArg>(expr)) {
    value.kind = ValueExpr::Kind::kBindList;
    value.name = list->name;
  } else if (const auto* unary = sql::as<sql::UnaryExpr>(expr)) {
    if (const auto* turned = sql::as<sql::Argument>(unary->expr);
        turned != nullptr && unary->op == sql::UnaryOp::kMinus) {
      value.kind = ValueExpr::Kind::kBind;
      value.name = turned->name;
      value.negative = true;
      value.is_number = true;
      value.display = "-:" + value.name;
      return value;
    }
    const auto* number = sql::as<sql::Literal>(unary->expr);
    if (unary->op != sql::UnaryOp::kMinus || !number || number->type == sql::LiteralType::kStrVal)
      return std::nullopt;
    value.constant = literal_value(*number);
    if (!types::is_number(value.constant.type)) return std::nullopt;
    value.constant.bytes = "-" + value.constant.bytes;
    value.is_number = true;
  } else if (const auto* tuple = sql::as<sql::ValTuple>(expr)) {
    value.kind = ValueExpr::Kind::kList;
    for (const sql::Expr* item : tuple->exprs) {
      std::optional<ValueExpr> one = value_of(item);
      if (!one || one->kind == ValueExpr::Kind::kList || one->kind == ValueExpr::Kind::kBindList)
        return std::nullopt;
      value.list.push_back(std::move(*one));
    }
  } else {
    return std::nullopt;
  }
  return value;
}

semantics::Options analysis_options(const PlanContext& in) {
  semantics::Options options;
  options.vschema = in.vschema;
  options.keyspace = in.keyspace;
  options.ctes_see_what_was_there = in.flavor == Flavor::kMariaDb;
  return options;
}

engine::Query query_of(const sql::Node* statement) {
  const sql::SqlTemplate text = sql::print_template(statement, sql::PrintStyle::kMysql);
  engine::Query query;
  query.head = text.pieces[0];
  for (size_t i = 0; i < text.slots.size(); ++i) {
    const std::string& name = text.slots[i].name;
    const bool typed =
        name.starts_with("__sq") || name.starts_with("__vtudv") || name == "__lastInsertId";
    query.parts.push_back({{name, text.slots[i].is_list, typed}, text.pieces[i + 1]});
  }
  return query;
}

namespace {

void make_empty(PlanningContext& context, sql::TableStatement* statement);

void make_empty(PlanningContext& context, sql::TableExpr* expr) {
  if (auto* join = sql::as<sql::JoinTableExpr>(expr)) {
    make_empty(context, join->left);
    make_empty(context, join->right);
  } else if (auto* paren = sql::as<sql::ParenTableExpr>(expr)) {
    for (sql::TableExpr* inner : paren->exprs) make_empty(context, inner);
  } else if (auto* aliased = sql::as<sql::AliasedTableExpr>(expr)) {
    if (aliased->derived) make_empty(context, aliased->derived->select);
  }
}

void make_empty(PlanningContext& context, sql::TableStatement* statement) {
  statement->order_by.clear();
  statement->limit = nullptr;
  statement->lock = sql::Lock::kNoLock;
  statement->into = nullptr;
  if (auto* both = sql::as<sql::Union>(statement)) {
    make_empty(context, both->left);
    make_empty(context, both->right);
    return;
  }
  auto* select = sql::as<sql::Select>(statement);
  if (!select) return;
  select->comments.clear();
  select->having = nullptr;
  select->sql_calc_found_rows = false;
  auto* never = context.arena.make<sql::ComparisonExpr>();
  never->op = sql::ComparisonOp::kNotEqual;
  for (sql::Expr** side : {&never->left, &never->right}) {
    auto* one = context.arena.make<sql::Literal>();
    one->type = sql::LiteralType::kIntVal;
    one->text = "1";
    *side = one;
  }
  select->where = never;
  for (sql::TableExpr* expr : select->from) make_empty(context, expr);
}

}  // namespace

engine::Query field_query_of(PlanningContext& context, const sql::TableStatement* statement) {
  auto* copy = sql::clone(context.arena, statement);
  make_empty(context, copy);
  return query_of(copy);
}

// LIMIT 0 and not `1 != 1`: of a WHERE that is never true a server keeps nothing of what equals
// what, which says what groups decide.
engine::Query grouped_field_query_of(PlanningContext& context,
                                     const sql::TableStatement* statement) {
  auto* copy = sql::clone(context.arena, statement);
  copy->lock = sql::Lock::kNoLock;
  copy->into = nullptr;
  auto* none = context.arena.make<sql::Literal>();
  none->type = sql::LiteralType::kIntVal;
  none->text = "0";
  copy->limit = context.arena.make<sql::Limit>();
  copy->limit->rowcount = none;
  return query_of(copy);
}

void strip_keyspaces(PlanningContext& context, sql::Node* root) {
  sql::walk(root, [&](sql::Node& node) {
    if (auto* column = sql::as<sql::ColName>(&node)) {
      if (!column->qualifier.qualifier.empty() && column->table >= 0 &&
          !context.analysis.tables[static_cast<size_t>(column->table)].system_schema) {
        column->qualifier.qualifier = {};
        context.rewritten = true;
      }
    } else if (auto* star = sql::as<sql::StarExpr>(&node)) {
      if (!star->table.qualifier.empty()) context.rewritten = true;
      star->table.qualifier = {};
    }
    return true;
  });
  for (const semantics::Table& table : context.analysis.tables) {
    if (!table.node || !table.table) continue;
    sql::TableName& name = table.node->table;
    if (!name.qualifier.empty()) context.rewritten = true;
    name.qualifier = {};
    if (name.name == table.table->name) continue;
    if (table.node->as.empty()) table.node->as = name.name;
    name.name = context.arena.copy(table.table->name);
    context.rewritten = true;
  }
}

}  // namespace vif::vtgate::plan
