#include "semantics/views.h"

#include <set>

#include "sql/parser.h"
#include "sql/tree.h"

namespace vif::semantics {

bool expand_view(sql::Arena& arena, const Options& options, sql::AliasedTableExpr& expr) {
  if (expr.derived || !expr.partitions.empty()) return false;
  const std::string_view keyspace =
      expr.table.qualifier.empty() ? options.keyspace : expr.table.qualifier;
  const auto view = options.vschema->find_view(keyspace, expr.table.name);
  if (!view || !view->keyspace->sharded) return false;
  auto* query =
      static_cast<sql::TableStatement*>(sql::parse_statement(arena, arena.copy(view->statement)));
  std::set<std::string_view> ctes;
  sql::walk(static_cast<const sql::Node*>(query), [&](const sql::Node& node) {
    if (const auto* cte = sql::as<sql::CommonTableExpr>(&node)) ctes.insert(cte->id);
    return true;
  });
  sql::walk(static_cast<sql::Node*>(query), [&](sql::Node& node) {
    auto* table = sql::as<sql::AliasedTableExpr>(&node);
    if (!table || table->derived || !table->table.qualifier.empty() ||
        table->table.name == "dual" || ctes.count(table->table.name) != 0)
      return true;
    table->table.qualifier = arena.copy(view->keyspace->name);
    return true;
  });
  if (expr.as.empty()) expr.as = expr.table.name;
  expr.derived = arena.make<sql::DerivedTable>();
  expr.derived->select = query;
  expr.table = {};
  expr.hints.clear();
  return true;
}

}  // namespace vif::semantics
