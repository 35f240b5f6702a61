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

// Does `parent`, which may be null, compare what it holds?
bool is_compared(const sql::Node* parent);
// `argument`, which stands for `column` in something that is no comparison, as of its type: what
// functions make of a date's text is another thing than what they make of a date.
sql::Expr* with_type(PlanningContext& context, const sql::ColName& column, sql::Expr* argument);

}  // namespace vif::vtgate::plan
