// What a statement's names mean: its tables, which table each column belongs to, and what the names
// and numbers of ORDER BY, GROUP BY and HAVING stand for.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "sharding/vschema.h"
#include "sql/ast_dml.h"
#include "sql/ast_select.h"

namespace vif::semantics {

// Tables of one statement, by number: bit n is Analysis::tables[n].
using TableSet = uint64_t;
inline constexpr size_t kTablesMax = 64;
constexpr TableSet set_of(size_t table) { return TableSet{1} << table; }
constexpr bool contains(TableSet outer, TableSet inner) { return (inner & ~outer) == 0; }

struct DerivedColumn {
  std::string name;
  sql::Expr* expr = nullptr;  // in the inner query's terms; null for a union's
};

// A table of some FROM clause, or the target of a change. Exactly one of `table`, `vindex`,
// `derived` is set, or one of the flags.
struct Table {
  std::string alias;  // what its columns may be qualified with
  std::string keyspace;
  bool sharded = false;
  sql::AliasedTableExpr* node = nullptr;
  sharding::TablePtr table;
  std::shared_ptr<const sharding::Vindex> vindex;  // a vindex used as a table
  sql::TableStatement* derived = nullptr;
  bool dual = false;
  bool system_schema = false;  // information_schema, mysql, performance_schema, sys

  bool columns_known = false;  // `derived_columns` or the table's own list is complete
  std::vector<DerivedColumn> derived_columns;
  TableSet inside = 0;  // tables of the derived table's own scopes
};

// One SELECT, after its names were resolved. Expressions are in the FROM clause's terms: aliases
// and positions are replaced by copies of what they stand for.
struct Block {
  sql::Select* select = nullptr;
  TableSet tables = 0;      // of its FROM
  TableSet outer = 0;       // tables of enclosing scopes that it refers to, subqueries included
  bool aggregates = false;  // GROUP BY, or an aggregate function of its own
  std::vector<sql::Expr*> group_by;
  struct Order {
    sql::Expr* expr = nullptr;
    bool descending = false;
  };
  std::vector<Order> order_by;
  sql::Expr* having = nullptr;  // may be null
};

struct Analysis {
  std::vector<Table> tables;
  std::map<const sql::Select*, Block> blocks;
  // For set operations: tables below, outer references, and ORDER BY as numbers of output columns
  // (-1: an expression).
  struct UnionBlock {
    TableSet outer = 0;
    std::vector<int> order_columns;
  };
  std::map<const sql::Union*, UnionBlock> unions;
  // What JOIN ... USING says, as a condition. The tree keeps its USING, which `select *` needs.
  std::map<const sql::JoinTableExpr*, sql::Expr*> using_predicates;

  const Block& block(const sql::Select& select) const { return blocks.at(&select); }
  TableSet outer_of(const sql::TableStatement& statement) const;
};

struct Options {
  const sharding::VSchema* vschema = nullptr;
  std::string_view keyspace;  // the session's; may be empty
  std::string_view tablet_type = "primary";
  bool ctes_see_what_was_there =
      false;  // MariaDB: a CTE's query names CTEs from where it is written
};

// Binds every ColName of `statement` (ColName::table) and puts CTEs where they are named, as
// derived tables. Changes `statement`; new nodes go to `arena`.
// Throws SqlError with MySQL's or Vitess's text: "table t not found", "Column 'c' in field list is
// ambiguous", VT03013 (not unique table/alias), VT09015 (schema tracking required)...
Analysis analyze(sql::Arena& arena, sql::Statement& statement, const Options& options);

// The tables that an expression reads, of its own and of enclosing scopes. REQUIRES: it was bound.
TableSet tables_of(const Analysis& analysis, const sql::Node* expr);

// Does it hold an aggregate function (not inside a subquery, not as a window function)?
bool has_aggregate(const sql::Node* expr);
bool is_aggregate(const sql::Node& node);
bool has_subquery(const sql::Node* expr);
// The columns of a select list, * replaced by names; nullopt when some table's columns are not
// known.
std::optional<std::vector<sql::AliasedExpr*>> expand_stars(sql::Arena& arena,
                                                           const Analysis& analysis,
                                                           const sql::Select& select);
// The name that an item of a select list gives its column.
std::string column_name(const sql::AliasedExpr& item);

}  // namespace vif::semantics
