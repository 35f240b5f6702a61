#include "semantics/scope.h"

#include "sql/printer.h"

namespace vif::semantics {

namespace {

enum class Has : uint8_t { kNo, kMaybe, kYes };

Has has_column(const Table& table, std::string_view name) {
  if (table.derived) {
    for (const DerivedColumn& column : table.derived_columns) {
      if (sql::equal_ci(column.name, name)) return Has::kYes;
    }
    return table.columns_known ? Has::kNo : Has::kMaybe;
  }
  if (table.dual) return Has::kNo;
  if (!table.table) return Has::kMaybe;
  if (table.table->find_column(name)) return Has::kYes;
  for (const sharding::ColumnVindex& vindex : table.table->column_vindexes) {
    for (const std::string& column : vindex.columns) {
      if (sql::equal_ci(column, name)) return Has::kYes;
    }
  }
  if (table.table->auto_increment && sql::equal_ci(table.table->auto_increment->column, name))
    return Has::kYes;
  return table.columns_known ? Has::kNo : Has::kMaybe;
}

bool qualifies(const Table& table, const sql::TableName& qualifier) {
  if (table.alias != qualifier.name) return false;
  if (qualifier.qualifier.empty()) return true;
  return table.keyspace == qualifier.qualifier ||
         (table.node && table.node->table.qualifier == qualifier.qualifier);
}

[[noreturn]] void ambiguous(const sql::ColName& column) {
  throw SqlError{Error(Code::kInvalidArgument, 1052, "23000",
                       fmt::format("Column '{}' in field list is ambiguous", sql::print(&column)))};
}

}  // namespace

int find_column(const Analysis& analysis, const std::vector<size_t>& tables,
                const sql::ColName& column) {
  if (!column.qualifier.empty()) {
    for (const size_t number : tables) {
      const Table& table = analysis.tables[number];
      if (!qualifies(table, column.qualifier)) continue;
      if (has_column(table, column.name) == Has::kNo) {
        throw SqlError{Error(Code::kInvalidArgument, 1054, "42S22",
                             fmt::format("column '{}' not found", sql::print(&column)))};
      }
      return static_cast<int>(number);
    }
    return -1;
  }
  int certain = -1;
  int possible = -1;
  bool several_possible = false;
  for (const size_t number : tables) {
    switch (has_column(analysis.tables[number], column.name)) {
      case Has::kNo: break;
      case Has::kMaybe:
        // Tables of information_schema go to one server together, which knows.
        if (possible >= 0 && analysis.tables[number].system_schema) break;
        several_possible = several_possible || possible >= 0;
        possible = static_cast<int>(number);
        break;
      case Has::kYes:
        if (certain >= 0) ambiguous(column);
        certain = static_cast<int>(number);
        break;
    }
  }
  if (certain >= 0) return certain;
  if (several_possible) ambiguous(column);
  return possible;
}

size_t resolve_column(const Analysis& analysis, const Scope& scope, const sql::ColName& column) {
  for (const Scope* at = &scope; at; at = at->parent) {
    if (column.qualifier.empty()) {
      auto it = at->using_columns.find(sql::lowered(column.name));
      if (it != at->using_columns.end()) return it->second;
    }
    const int found = find_column(analysis, at->tables, column);
    if (found >= 0) return static_cast<size_t>(found);
  }
  std::string where;
  if (column.qualifier.empty() && scope.tables.size() == 1) {
    where = fmt::format(" in table '{}'", analysis.tables[scope.tables[0]].alias);
  }
  throw SqlError{Error(Code::kInvalidArgument, 1054, "42S22",
                       fmt::format("column '{}' not found{}", sql::print(&column), where))};
}

}  // namespace vif::semantics
