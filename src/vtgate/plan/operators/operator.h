// A step of a query while it is being planned. Horizons, joins and limits are first operators;
// those that end up above the routes become primitives.
//
// Operators give columns on demand: whoever stands above asks for an expression, and the request
// travels down to where it can be had.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "vtgate/engine/order_by.h"
#include "vtgate/engine/primitive.h"
#include "vtgate/plan/context.h"

namespace vif::vtgate::plan {

// One key of an ORDER BY: the column that has it, and the expression.
struct OrderKey {
  sql::Expr* expr = nullptr;
  size_t column = 0;
  bool descending = false;
};

class Operator {
 public:
  virtual ~Operator() = default;

  // Tables whose columns can be asked for here.
  TableSet tables = 0;

  // Keeps rows only for which `predicate` is true. False: it cannot; a Filter above must.
  virtual bool add_predicate(PlanningContext&, sql::Expr*) { return false; }

  // The number of the column that gives `expr`; it is added when `reuse` is false or there is none
  // yet. nullopt: it cannot be had here as a whole, though its parts may be.
  virtual std::optional<size_t> try_add(PlanningContext& context, sql::Expr* expr,
                                        std::string_view alias, bool reuse) = 0;
  // Is a column of these tables called by the alias it is asked for with?
  virtual bool takes_aliases(TableSet) const { return true; }

  // The column that gives weight_string() of another, for comparing text; -1 when none is needed or
  // possible.
  virtual int add_weight(PlanningContext& context, size_t column) = 0;
  // The collation by which text of the column compares in the gate; 0 where none is known. Asked
  // where add_weight() gave -1.
  virtual uint32_t collation(PlanningContext&, size_t) { return 0; }
  // Would add_weight() add one? Unknown is yes.
  virtual bool needs_weight(PlanningContext&, size_t) { return true; }
  // The same, also where none is needed: for the sides of a UNION, which must look alike.
  virtual int force_weight(PlanningContext&, size_t) {
    unsupported("comparing text of a UNION over several shards");
  }

  // Gives rows in this order from now on. False: it cannot; a sort above must.
  virtual bool push_order(PlanningContext&, const std::vector<OrderKey>&) { return false; }

  // Nobody above looks at more than :__upper_limit rows.
  virtual void push_limit(PlanningContext&) {}

  virtual size_t column_count() const = 0;
  // Calls for the first `count` columns only: the rest served this operator.
  virtual bool truncate(size_t) { return false; }

  virtual engine::PrimitivePtr build(PlanningContext& context) = 0;
};
using OperatorPtr = std::unique_ptr<Operator>;

// `expr` in terms of column numbers of `input` (sql::Offset), asking it for what is needed. Throws
// VT12001 when some part cannot be had.
sql::Expr* to_offsets(PlanningContext& context, Operator& input, sql::Expr* expr);

// The collation of a text column that the schema tells, when the gate compares by it; 0 otherwise.
uint32_t text_collation(const PlanningContext& context, const sql::Expr* expr);

// `argument`, which stands for `column` in an expression whose other columns are those of `beside`
// without `apart`: under the column's collation, where a server comparing the columns themselves
// would go by that. A constant gives way to columns, so that it would go by theirs.
sql::Expr* with_collation(PlanningContext& context, const sql::ColName& column, sql::Expr* argument,
                          const sql::Node& beside, TableSet apart);

// What a server says where two columns are compared whose collations have nothing in common: it
// must be said here when they come from different shards. Errors: 1267.
void refuse_mixed_collations(const PlanningContext& context, const sql::Expr* left,
                             const sql::Expr* right, sql::ComparisonOp op);
// All comparisons of `root`.
void refuse_mixed_collations(const PlanningContext& context, const sql::Node* root);
// Have texts of these two collations none to be compared by?
bool is_illegal_mix(std::string_view one, std::string_view other);

// Does a column with this expression need weight_string() beside it to be compared in the gate?
bool needs_weight(const PlanningContext& context, const sql::Expr* expr);

// A column that is known to be an ENUM or SET.
bool is_member(const PlanningContext& context, const sql::Expr* expr);

// Is the text compared by a PAD SPACE collation, where 'a' equals 'a '? Its weight string tells the
// two apart. When the collation is not known it is taken to be the flavor's default: only MySQL 8's
// is NO PAD.
bool ignores_trailing_spaces(const PlanningContext& context, const sql::Expr* expr);

engine::OrderBy order_column(PlanningContext& context, Operator& input, size_t column,
                             bool descending = false);

}  // namespace vif::vtgate::plan
