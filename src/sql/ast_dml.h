// Statements that change rows, and those that stream or load them.
#pragma once

#include "sql/ast_select.h"

namespace vif::sql {

struct UpdateExpr : NodeOf<Kind::kUpdateExpr> {
  ColName* name = nullptr;
  Expr* expr = nullptr;
  VIF_SQL_FIELDS(name, expr)
};

struct RowAlias : NodeOf<Kind::kRowAlias> {
  std::string_view table;
  Columns columns;
  VIF_SQL_FIELDS(table, columns)
};

// INSERT or REPLACE. Rows come from `values` or from `select` (then `values` is empty). The SET
// form is kept as columns and one row.
struct Insert : NodeOf<Kind::kInsert, Statement> {
  bool replace = false;
  Comments comments;
  std::string_view priority;  // "low_priority", "delayed", "high_priority"
  bool ignore = false;
  TableName table;
  Columns partitions;
  bool has_columns = false;  // a list was written, perhaps ()
  Columns columns;
  List<ValTuple*> values;
  TableStatement* select = nullptr;
  RowAlias* row_alias = nullptr;
  List<UpdateExpr*> on_dup;
  List<SelectExpr*> returning;  // MariaDB
  VIF_SQL_FIELDS(replace, comments, priority, ignore, table, partitions, has_columns, columns,
                 values, select, row_alias, on_dup, returning)
};

struct Update : NodeOf<Kind::kUpdate, Statement> {
  With* with = nullptr;
  Comments comments;
  bool low_priority = false;
  bool ignore = false;
  List<TableExpr*> tables;
  List<UpdateExpr*> exprs;
  Expr* where = nullptr;
  List<Order*> order_by;
  Limit* limit = nullptr;
  VIF_SQL_FIELDS(with, comments, low_priority, ignore, tables, exprs, where, order_by, limit)
};

// `targets` names the tables to delete from in the multi-table forms; for `delete from t` it holds
// t.
struct Delete : NodeOf<Kind::kDelete, Statement> {
  With* with = nullptr;
  Comments comments;
  bool low_priority = false;
  bool quick = false;
  bool ignore = false;
  List<TableName> targets;
  List<TableExpr*> tables;
  Columns partitions;
  Expr* where = nullptr;
  List<Order*> order_by;
  Limit* limit = nullptr;
  List<SelectExpr*> returning;  // MariaDB
  // Is this `delete from t ...`, one table and no USING?
  bool single_table() const { return single; }
  bool single = true;
  VIF_SQL_FIELDS(with, comments, low_priority, quick, ignore, single, targets, tables, partitions,
                 where, order_by, limit, returning)
};

struct Stream : NodeOf<Kind::kStream, Statement> {
  Comments comments;
  SelectExpr* expr = nullptr;
  TableName table;
  VIF_SQL_FIELDS(comments, expr, table)
};
struct VStream : NodeOf<Kind::kVStream, Statement> {
  Comments comments;
  SelectExpr* expr = nullptr;
  TableName table;
  Expr* where = nullptr;
  Limit* limit = nullptr;
  VIF_SQL_FIELDS(comments, expr, table, where, limit)
};

// LOAD DATA: `text` is all of it.
struct Load : NodeOf<Kind::kLoad, Statement> {
  std::string_view text;
  VIF_SQL_FIELDS(text)
};

}  // namespace vif::sql
