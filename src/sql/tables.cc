#include "sql/tables.h"

#include <algorithm>

#include "sql/ast.h"
#include "sql/tree.h"

namespace vif::sql {

std::vector<TableName> tables_of(const Statement& statement) {
  std::vector<TableName> tables;
  std::vector<std::string_view> ctes;
  walk(&statement, [&](const Node& node) {
    if (const auto* cte = as<CommonTableExpr>(&node)) ctes.push_back(cte->id);
    return true;
  });
  for_each_table_name(&statement, [&](const TableName& table, const Node& owner) {
    switch (owner.kind) {
      case Kind::kColName:
      case Kind::kStarExpr:
      case Kind::kCallProc:
      case Kind::kCreateProcedure:
      case Kind::kDropProcedure:
      case Kind::kDelete: return;  // its targets stand in its FROM too
      default: break;
    }
    if (table.qualifier.empty()) {
      if (table.name == "dual") return;
      if (std::find(ctes.begin(), ctes.end(), table.name) != ctes.end()) return;
    }
    if (std::find(tables.begin(), tables.end(), table) == tables.end()) tables.push_back(table);
  });
  return tables;
}

}  // namespace vif::sql
