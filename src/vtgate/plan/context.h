// What all steps of planning one statement share.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "semantics/analysis.h"
#include "sql/ast_select.h"
#include "vtgate/engine/query.h"
#include "vtgate/engine/value_expr.h"
#include "vtgate/plan/planner.h"

namespace vif::vtgate::plan {

using semantics::TableSet;

struct PlanningContext {
  PlanningContext(sql::Arena& a, const PlanContext& c) : arena(a), in(c), rewritten(c.is_own) {}

  sql::Arena& arena;
  const PlanContext& in;
  semantics::Analysis analysis;
  std::set<std::string> names;        // bind variables in use
  bool as_written = false;            // the client's text is what is sent, all of it
  bool rewritten;                     // the text must be printed: it is not what the client wrote
  std::set<std::string> tables_used;  // "keyspace.table", of statements that were not analyzed
  int64_t timeout_ms = 0;             // directives
  bool scatter_errors_as_warnings = false;
  bool allow_scatter = false;
  bool multi_shard_autocommit = false;

  // A bind variable name that is not in use: `base`, or `base` with a number.
  std::string reserve(const std::string& base);
  // "__sq1", "__sq2"...
  std::string reserve_numbered(const std::string& base);

  sql::Argument* argument(std::string_view name);
  sql::ListArg* list_argument(std::string_view name);
  sql::Expr* conjunction(sql::Expr* a, sql::Expr* b);  // either may be null
};

[[noreturn]] void unsupported(std::string_view what);  // VT12001
[[noreturn]] void fail(Code code, std::string message);

// The terms of an AND, in order; nothing for null.
std::vector<sql::Expr*> split_and(sql::Expr* expr);
// The same text for expressions that mean the same: columns by table number, names in lower case.
std::string key_of(PlanningContext& context, const sql::Expr* expr);
// A constant that is known when the statement starts: literal, bind variable, NULL, or a list of
// them.
std::optional<engine::ValueExpr> value_of(const sql::Expr* expr);

// What names are bound by.
semantics::Options analysis_options(const PlanContext& in);

// Text of a tree as a template; tables lose their keyspace, as shards know no keyspaces.
engine::Query query_of(const sql::Node* statement);
// The same query with `where 1 != 1`: for its columns alone.
engine::Query field_query_of(PlanningContext& context, const sql::TableStatement* statement);
// Its WHERE too: what is equal to a constant may be selected beside groups.
engine::Query grouped_field_query_of(PlanningContext& context,
                                     const sql::TableStatement* statement);
// Takes keyspaces off table and column names below `root`, and puts routed tables' real names.
void strip_keyspaces(PlanningContext& context, sql::Node* root);

}  // namespace vif::vtgate::plan
