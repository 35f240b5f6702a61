// Values that go to another shard go as literals. Beside a column of a like type a server compares
// a literal as it compares a column; beside others it does not: an integer becomes a date or a
// year first, a text that is no date is an error, '10:11:12' is the number 10.
#pragma once

#include "vtgate/plan/operators/operator.h"

namespace vif::vtgate::plan {

// `value`, whose values go as literals, is compared with `other`. Throws SqlError VT12001 where the
// types of the two columns, as the schema tells them, need to be those of columns. What is no
// column, or not known, is let through.
void refuse_unlike_types(const PlanningContext& context, const sql::Expr* value,
                         const sql::Expr* other);
// All comparisons of `root` between the tables `from`, whose values go, and others.
void refuse_unlike_types(const PlanningContext& context, const sql::Node* root, TableSet from);

// `argument`, which stands for `column` in `parent` (null: in nothing), as of its type, where that
// is no comparison: what functions make of a date's text is another thing than what they make of a
// date, 2001 for a DOUBLE is an integer, NULL has no type at all. Throws SqlError VT12001 for an
// ENUM, SET or BIT in arithmetic or in a choice.
sql::Expr* with_type(PlanningContext& context, const sql::ColName& column, sql::Expr* argument,
                     const sql::Node* parent);

}  // namespace vif::vtgate::plan
