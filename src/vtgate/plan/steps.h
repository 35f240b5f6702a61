// The steps from a query block to operators, in the order of planner.cc.
#pragma once

#include <vector>

#include "vtgate/engine/uncorrelated_subquery.h"
#include "vtgate/plan/operators/operator.h"
#include "vtgate/plan/operators/route.h"

namespace vif::vtgate::plan {

// FROM and WHERE as routes and joins (from.cc). Conditions with subqueries are left to
// settle_subqueries(); `clauses` are the terms of WHERE.
OperatorPtr plan_from(PlanningContext& context, const sql::List<sql::TableExpr*>& from,
                      const std::vector<sql::Expr*>& clauses);

// A subquery that has to run first.
struct Pulled {
  OperatorPtr query;
  engine::UncorrelatedSubquery::Use use;
  std::string result;
  std::string has_values;
};
// Subqueries of `root` (subqueries.cc): each is merged into a route of `op` that can run it in
// place, or planned by itself, its place taken by a bind variable. Changes `root`. One that needs
// the rows of `op` is put over it, and its place is taken by a column that only the new `op` has.
void settle_subqueries(PlanningContext& context, OperatorPtr& op, sql::Expr*& root,
                       std::vector<Pulled>& pulled);
void settle_subqueries(PlanningContext& context, OperatorPtr& op, sql::Select& select,
                       std::vector<Pulled>& pulled);
// Puts them around the finished query, the first one outermost.
OperatorPtr with_pulled(OperatorPtr op, std::vector<Pulled> pulled);

// A whole query (horizon.cc): SELECT list, GROUP BY, HAVING, DISTINCT, ORDER BY, LIMIT over
// plan_from().
OperatorPtr plan_select(PlanningContext& context, sql::Select& select);
OperatorPtr plan_union(PlanningContext& context, sql::Union& statement);  // union.cc
OperatorPtr plan_query(PlanningContext& context, sql::TableStatement& statement);
OperatorPtr plan_horizon(PlanningContext& context, sql::Select& select, OperatorPtr source);
// ORDER BY and LIMIT over a query whose first columns are its own.
OperatorPtr with_limit(PlanningContext& context, OperatorPtr op, const sql::Limit* limit);

// The routes of a tree of joins, from left to right, and of no other operators.
std::vector<Route*> routes_of(Operator& op);

// Changes (dml.cc, insert.cc).
engine::PrimitivePtr plan_update(PlanningContext& context, sql::Update& statement);
engine::PrimitivePtr plan_delete(PlanningContext& context, sql::Delete& statement);
engine::PrimitivePtr plan_insert(PlanningContext& context, sql::Insert& statement);

// MySQL does not read in a subquery what the statement changes. Errors: 1093.
void refuse_reading_targets(const PlanContext& in, const sql::Statement& statement);

// Statements that go to the shards of a keyspace as they are (send.cc): DDL, EXPLAIN, CALL,
// ANALYZE... Null when the statement is none of them.
engine::PrimitivePtr plan_send(PlanningContext& context, sql::Statement& statement);
// Whatever it is, to the destination that the client named with USE.
engine::PrimitivePtr plan_bypass(PlanningContext& context, sql::Statement& statement);
// Takes keyspaces off all names, for statements that were not analyzed; routed tables get their
// real names.
void strip_all_keyspaces(PlanningContext& context, sql::Statement& statement);
// The one unsharded keyspace that all tables of the statement are in; null when they are not.
std::shared_ptr<const sharding::Keyspace> only_unsharded_keyspace(PlanningContext& context,
                                                                  const sql::Statement& statement);

}  // namespace vif::vtgate::plan
