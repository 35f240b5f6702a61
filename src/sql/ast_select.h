// Queries: SELECT, set operations, VALUES, and what stands in their FROM, ORDER BY, LIMIT, INTO.
#pragma once

#include "sql/ast_func.h"

namespace vif::sql {

struct TableStatement;
struct ColumnType;

using Comments = List<std::string_view>;  // those right after the verb: hints and directives
using Columns = List<std::string_view>;

struct Order : NodeOf<Kind::kOrder> {
  Expr* expr = nullptr;
  bool descending = false;
  VIF_SQL_FIELDS(expr, descending)
};
struct Limit : NodeOf<Kind::kLimit> {
  Expr* offset = nullptr;  // may be null
  Expr* rowcount = nullptr;
  VIF_SQL_FIELDS(offset, rowcount)
};

struct CommonTableExpr : NodeOf<Kind::kCommonTableExpr> {
  std::string_view id;
  Columns columns;
  TableStatement* subquery = nullptr;
  VIF_SQL_FIELDS(id, columns, subquery)
};
struct With : NodeOf<Kind::kWith> {
  bool recursive = false;
  List<CommonTableExpr*> ctes;
  VIF_SQL_FIELDS(recursive, ctes)
};

enum class Lock : uint8_t {
  kNoLock,
  kForUpdate,
  kForUpdateNoWait,
  kForUpdateSkipLocked,
  kForShare,
  kForShareNoWait,
  kForShareSkipLocked,
  kShareMode,
};
std::string_view to_string(Lock lock);  // "", " for update"

// A second locking clause, and those after it: for update of a for share of b
struct LockClause : NodeOf<Kind::kLockClause> {
  Lock lock = Lock::kNoLock;
  Columns of;
  VIF_SQL_FIELDS(lock, of)
};

enum class IntoType : uint8_t { kOutfile, kOutfileS3, kDumpfile, kVariables };
struct SelectInto : NodeOf<Kind::kSelectInto> {
  IntoType type = IntoType::kOutfile;
  std::string_view file_name;  // as an SQL literal
  List<Expr*> var_list;        // Variable, or ColName in a routine
  ColumnCharset charset;
  std::string_view format_option;  // these four as canonical text, each with its leading blank
  std::string_view export_option;
  std::string_view manifest;
  std::string_view overwrite;
  // Of a union, written right behind the items of its last query: Vitess prints it with that. No
  // field.
  bool of_last = false;
  // Stands behind FROM and all the rest: where other queries are united with this one, MySQL takes
  // it only outside of parentheses. No field.
  bool at_end = false;
  VIF_SQL_FIELDS(type, file_name, var_list, charset, format_option, export_option, manifest,
                 overwrite)
};

// A query: Select, Union or ValuesStatement.
struct TableStatement : Statement {
  using Statement::Statement;
  With* with = nullptr;  // may be null
  List<Order*> order_by;
  Limit* limit = nullptr;  // may be null
  Lock lock = Lock::kNoLock;
  Columns lock_of;  // for update of t1, t2
  List<LockClause*> more_locks;
  SelectInto* into = nullptr;  // may be null
};

struct AliasedExpr : NodeOf<Kind::kAliasedExpr, SelectExpr> {
  Expr* expr = nullptr;
  std::string_view as;
  bool as_empty = false;  // as '': a column without a name
  // The expression as it was written, without an alias: what MySQL calls the column. No part of the
  // tree's meaning.
  std::string_view source;
  VIF_SQL_FIELDS(expr, as, as_empty)
};
struct StarExpr : NodeOf<Kind::kStarExpr, SelectExpr> {
  TableName table;
  VIF_SQL_FIELDS(table)
};
// next 5 values, of a sequence
struct Nextval : NodeOf<Kind::kNextval, SelectExpr> {
  Expr* expr = nullptr;
  VIF_SQL_FIELDS(expr)
};

struct WindowDefinition : NodeOf<Kind::kWindowDefinition> {
  std::string_view name;
  WindowSpecification* spec = nullptr;
  VIF_SQL_FIELDS(name, spec)
};

// group by a, b; cube(a, b); grouping sets ((a, b), (a), ())
enum class Grouping : uint8_t { kPlain, kCube, kSets };

struct Select : NodeOf<Kind::kSelect, TableStatement> {
  Comments comments;
  bool distinct = false;
  std::optional<bool> cache;  // sql_cache, sql_no_cache
  bool high_priority = false;
  bool straight_join = false;
  bool sql_small_result = false;
  bool sql_big_result = false;
  bool sql_buffer_result = false;
  bool sql_calc_found_rows = false;
  List<SelectExpr*> exprs;
  List<TableExpr*> from;  // `dual` when the text has no FROM
  Expr* where = nullptr;  // may be null
  List<Expr*> group_by;
  bool with_rollup = false;  // also of CUBE and GROUPING SETS: there are rows of totals
  Grouping grouping = Grouping::kPlain;
  List<int32_t> set_sizes;  // of kSets: how many of group_by are each set's
  Expr* having = nullptr;   // may be null
  List<WindowDefinition*> windows;
  Expr* qualify = nullptr;  // may be null
  // FROM is walked first, as in Vitess: names of bind variables come from the order.
  VIF_SQL_FIELDS(with, comments, distinct, cache, high_priority, straight_join, sql_small_result,
                 sql_big_result, sql_buffer_result, sql_calc_found_rows, from, exprs, where,
                 group_by, with_rollup, grouping, set_sizes, having, windows, qualify, order_by,
                 limit, lock, lock_of, more_locks, into)
};

enum class SetOp : uint8_t { kUnion, kIntersect, kExcept };
struct Union : NodeOf<Kind::kUnion, TableStatement> {
  TableStatement* left = nullptr;
  TableStatement* right = nullptr;
  SetOp op = SetOp::kUnion;
  bool distinct = true;
  VIF_SQL_FIELDS(with, left, right, op, distinct, order_by, limit, lock, lock_of, more_locks, into)
};

// values row(1, 2), row(3, 4); or values ::list
struct ValuesStatement : NodeOf<Kind::kValuesStatement, TableStatement> {
  Comments comments;
  List<ValTuple*> rows;
  std::string_view list_arg;
  VIF_SQL_FIELDS(with, comments, rows, list_arg, order_by, limit, lock, lock_of, more_locks, into)
};

struct DerivedTable : NodeOf<Kind::kDerivedTable> {
  bool lateral = false;
  TableStatement* select = nullptr;
  VIF_SQL_FIELDS(lateral, select)
};

enum class IndexHintType : uint8_t { kUse, kIgnore, kForce, kUseVindex, kIgnoreVindex };
enum class IndexHintFor : uint8_t { kNone, kJoin, kOrderBy, kGroupBy };
struct IndexHint : NodeOf<Kind::kIndexHint> {
  IndexHintType type = IndexHintType::kUse;
  IndexHintFor for_type = IndexHintFor::kNone;
  Columns indexes;
  VIF_SQL_FIELDS(type, for_type, indexes)
};

// A table, or a derived one, with its alias: exactly one of `table` and `derived` is set.
struct AliasedTableExpr : NodeOf<Kind::kAliasedTableExpr, TableExpr> {
  TableName table;
  DerivedTable* derived = nullptr;
  Columns partitions;
  std::string_view system_time;  // MariaDB's "for system_time ..." as canonical text; else empty
  std::string_view as;
  List<IndexHint*> hints;
  Columns columns;
  std::string_view sample_method;  // of TABLESAMPLE: "system", "bernoulli"; else empty
  Expr* sample = nullptr;
  VIF_SQL_FIELDS(table, derived, partitions, system_time, as, hints, columns, sample_method, sample)
};
struct ParenTableExpr : NodeOf<Kind::kParenTableExpr, TableExpr> {
  List<TableExpr*> exprs;
  VIF_SQL_FIELDS(exprs)
};

enum class JoinType : uint8_t {
  kNormal,
  kStraight,
  kLeft,
  kRight,
  kNatural,
  kNaturalLeft,
  kNaturalRight,
};
std::string_view to_string(JoinType join);  // "join", "natural left join"
struct JoinTableExpr : NodeOf<Kind::kJoinTableExpr, TableExpr> {
  TableExpr* left = nullptr;
  JoinType join = JoinType::kNormal;
  TableExpr* right = nullptr;
  Expr* on = nullptr;  // may be null
  Columns use;         // using (...)
  VIF_SQL_FIELDS(left, join, right, on, use)
};

enum class JtColumnKind : uint8_t { kOrdinal, kPath, kNested };
struct JtColumnDefinition : NodeOf<Kind::kJtColumnDefinition> {
  JtColumnKind column = JtColumnKind::kPath;
  std::string_view name;
  ColumnType* type = nullptr;
  bool exists = false;
  Expr* path = nullptr;
  JtOnResponse* on_empty = nullptr;
  JtOnResponse* on_error = nullptr;
  List<JtColumnDefinition*> columns;  // of a nested path
  VIF_SQL_FIELDS(column, name, type, exists, path, on_empty, on_error, columns)
};
struct JSONTableExpr : NodeOf<Kind::kJSONTableExpr, TableExpr> {
  Expr* expr = nullptr;
  std::string_view alias;
  Expr* filter = nullptr;
  List<JtColumnDefinition*> columns;
  VIF_SQL_FIELDS(expr, alias, filter, columns)
};

}  // namespace vif::sql
