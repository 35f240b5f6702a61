// SELECT from information_schema and the other system schemas alone: what tools and ORMs ask at
// connect. One server of the keyspace that the statement asks about answers; there the keyspace's
// database has another name.

#include "sql/ast.h"
#include "sql/conjunction.h"
#include "sql/printer.h"
#include "sql/tables.h"
#include "sql/tree.h"
#include "vtgate/mysql_error.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate::statements {

namespace {

// TABLE_SCHEMA, SCHEMA_NAME, CONSTRAINT_SCHEMA, REFERENCED_TABLE_SCHEMA, ...
bool names_a_schema(const sql::Expr* expr) {
  const auto* column = sql::as<sql::ColName>(expr);
  if (column == nullptr) return false;
  const std::string name = sql::lowered(column->name);
  return name.ends_with("_schema") || name == "schema_name";
}

class Rewrite {
 public:
  Rewrite(const Context& context, sql::Arena& arena) : context_(context), arena_(arena) {}

  // Which keyspace the statement asks about; empty when it names none, or only ones that do not
  // exist.
  std::string keyspace;

  // A keyspace's name, in a comparison with a schema column, becomes database(): that is what the
  // servers call it.
  void apply(sql::Statement* statement) {
    sql::rewrite(
        statement,
        [&](sql::Cursor& cursor) {
          auto* comparison = sql::as<sql::ComparisonExpr>(cursor.node);
          if (comparison == nullptr) return true;
          if (comparison->op == sql::ComparisonOp::kLike ||
              comparison->op == sql::ComparisonOp::kNotLike) {
            match_both_names(*comparison);
            return true;
          }
          if (names_a_schema(comparison->left)) comparison->right = changed(comparison->right);
          if (names_a_schema(comparison->right)) comparison->left = changed(comparison->left);
          return true;
        },
        [](sql::Cursor&) {});
  }

 private:
  sql::Expr* changed(sql::Expr* expr) {
    if (auto* list = sql::as<sql::ValTuple>(expr)) {
      for (sql::Expr*& item : list->exprs) item = changed(item);
      return expr;
    }
    std::string name;
    if (const auto* literal = sql::as<sql::Literal>(expr)) name = literal->text;
    if (const auto* argument = sql::as<sql::Argument>(expr)) {
      const auto found = context_.text.variables.find(argument->name);
      if (found != context_.text.variables.end()) name = found->second.bytes;
    }
    if (name.empty() || !context_.executor.parts().catalog.current()->graph->contains(name))
      return expr;
    if (!keyspace.empty() && keyspace != name) return expr;
    keyspace = name;
    return database();
  }

  // `column` like 'comm%': the current keyspace's database is found, or with NOT left out, by
  // either of its names.
  void match_both_names(sql::ComparisonExpr& comparison) {
    const std::string& current = context_.session.keyspace;
    if (!names_a_schema(comparison.left) || (!keyspace.empty() && keyspace != current) ||
        !context_.executor.parts().catalog.current()->graph->contains(current))
      return;
    keyspace = current;
    auto* name = arena_.make<sql::Literal>();
    name->type = sql::LiteralType::kStrVal;
    name->text = arena_.copy(current);
    auto* is_current = arena_.make<sql::ComparisonExpr>();
    is_current->left = comparison.left;
    is_current->right = database();
    auto* by_name = sql::clone(arena_, &comparison);
    by_name->op = sql::ComparisonOp::kLike;
    by_name->left = name;
    auto* either = arena_.make<sql::FuncExpr>();
    either->name = "if";
    for (sql::Expr* part : {sql::conjunction(arena_, is_current, by_name),
                            static_cast<sql::Expr*>(name), sql::clone(arena_, comparison.left)})
      either->exprs.push_back(arena_, part);
    comparison.left = either;
  }

  sql::Expr* database() { return sql::parse_expression(arena_, "database()"); }

  const Context& context_;
  sql::Arena& arena_;
};

// The text with a prepared statement's parameters in their places.
Result<std::string> filled(const Context& context, const sql::Statement* statement) {
  const sql::SqlTemplate parts = sql::print_template(statement, sql::PrintStyle::kMysql);
  std::string text = parts.pieces[0];
  for (size_t i = 0; i < parts.slots.size(); ++i) {
    const auto found = context.text.variables.find(parts.slots[i].name);
    if (found == context.text.variables.end()) {
      return Error(Code::kInvalidArgument, fmt::format("missing bind var {}", parts.slots[i].name));
    }
    found->second.value().append_sql(text);
    text += parts.pieces[i + 1];
  }
  return text;
}

}  // namespace

bool asks_system_schemas_only(const sql::Statement& statement, const Session& session) {
  if (!sql::is<sql::Select>(&statement) && !sql::is<sql::Union>(&statement)) return false;
  const std::vector<sql::TableName> tables = sql::tables_of(statement);
  if (tables.empty()) return false;
  for (const sql::TableName& table : tables) {
    const std::string_view schema =
        table.qualifier.empty() ? std::string_view(session.keyspace) : table.qualifier;
    if (!is_system_schema(schema)) return false;
  }
  return true;
}

Status run_system_schema(Context& context) {
  sql::Arena arena;
  sql::Statement* copy =
      sql::clone(arena, static_cast<const sql::Statement*>(context.parsed.statement));
  Rewrite rewrite(context, arena);
  rewrite.apply(copy);
  if (is_system_schema(context.session.keyspace)) {
    sql::walk(static_cast<sql::Node*>(copy), [&](sql::Node& node) {
      auto* table = sql::as<sql::AliasedTableExpr>(&node);
      if (table != nullptr && table->derived == nullptr && table->table.qualifier.empty()) {
        table->table.qualifier = context.session.keyspace;
      }
      return true;
    });
  }
  const std::string keyspace =
      rewrite.keyspace.empty() ? VIF_TRY(any_keyspace(context)) : rewrite.keyspace;
  return relay(context, keyspace, Where::kAnyShard, VIF_TRY(filled(context, copy)));
}

}  // namespace vif::vtgate::statements
