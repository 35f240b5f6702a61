// Where a query goes, while it is being planned: which vindexes its conditions give values for, and
// which of them is best.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "vtgate/engine/routing.h"
#include "vtgate/plan/context.h"

namespace vif::vtgate::plan {

class Routing {
 public:
  enum class Kind : uint8_t {
    kSharded,
    kUnsharded,
    kAnyShard,  // a reference table: every shard has all of it
    kDual,      // no table: any keyspace, any shard
    kSystem,    // information_schema and its like
    kSequence,
    kTargeted,  // a destination that the client named, or a pinned table's
  };

  static Routing dual(PlanningContext& context);
  static Routing system(PlanningContext& context);
  static Routing table(PlanningContext& context, size_t table);

  Kind kind() const { return kind_; }
  const std::string& keyspace() const { return keyspace_; }
  bool sharded() const { return sharded_; }

  // Takes note of a condition that every row of the result fulfils.
  void add_predicate(PlanningContext& context, sql::Expr* predicate);

  engine::Opcode opcode() const;
  bool is_single_shard() const { return engine::is_single_shard(opcode()) || unique_destination_; }
  // What runs. Puts ::__vals in the place of an IN list that can be cut by shard.
  engine::Routing build(PlanningContext& context) const;
  // A guess for choosing between plans: lower is better.
  int cost() const;

  // Both sides in one query, rows joined by `predicates`. nullopt: they must run apart.
  static std::optional<Routing> merge(PlanningContext& context, const Routing& a, const Routing& b,
                                      const std::vector<sql::Expr*>& predicates, bool left_outer);
  // Two queries' rows in one (UNION), or a subquery inside a query.
  static std::optional<Routing> merge_beside(const Routing& a, const Routing& b,
                                             bool all_scatter_too);

  // The vindex of a sharded table's column, when it is unique and alone decides the shard; null
  // otherwise.
  std::shared_ptr<const sharding::Vindex> unique_vindex(PlanningContext& context,
                                                        const sql::Expr* expr) const;
  // The same, and no outer join puts NULLs in the column's place, which every shard would have.
  bool decides_shard(PlanningContext& context, const sql::Expr* expr) const;
  void mark_nullable(TableSet tables);
  // The query answers the same on any shard where no row can match, which is not to say that it has
  // no rows: an aggregate has one.
  void any_shard_if_none();
  // A condition that holds two columns of one unique vindex equal.
  static bool joins_on_vindex(PlanningContext& context, const Routing& a, const Routing& b,
                              const std::vector<sql::Expr*>& predicates);

 private:
  // A way to find the shards: values for all columns of a vindex.
  struct Option {
    std::shared_ptr<const sharding::Vindex> vindex;
    engine::Opcode opcode = engine::Opcode::kScatter;
    std::vector<engine::ValueExpr> values;
    std::vector<std::string> keys;           // of the values, to tell equal ones
    sql::ComparisonExpr* list_in = nullptr;  // the IN whose list may be cut
    bool unique = false;
    int cost = 0;
  };
  // Values at hand for one vindex of one table, column by column.
  struct Candidate {
    size_t table = 0;
    const sharding::ColumnVindex* vindex = nullptr;
    struct Value {
      engine::ValueExpr value;
      bool is_list = false;
      sql::ComparisonExpr* list_in = nullptr;
      bool from_tuple = false;  // one column's part of (a, b) in (...)
    };
    std::vector<std::optional<Value>> values;
  };

  // Where else a reference table is.
  struct Copy {
    size_t table;
    sharding::TablePtr to;
  };

  static std::optional<Routing> moved_to(const Routing& routing, const Routing& other);
  static std::optional<Routing> merge_sharded(PlanningContext& context, const Routing& a,
                                              const Routing& b,
                                              const std::vector<sql::Expr*>& predicates,
                                              bool left_outer);
  Routing with_tables_of(const Routing& other) const;
  static std::optional<Routing> merge_system(const Routing& a, const Routing& b);
  void add_system_predicate(PlanningContext& context, sql::Expr* predicate);
  void add_equal(PlanningContext& context, const sql::Expr* column, const sql::Expr* value);
  void add_in(PlanningContext& context, sql::ComparisonExpr* predicate);
  void add_tuple_in(PlanningContext& context, const sql::ValTuple& columns, const sql::Expr* list);
  // A column and the values that it can have where a condition is true.
  struct Alternatives {
    const sql::ColName* column = nullptr;
    std::vector<engine::ValueExpr> values;
  };
  static std::vector<Alternatives> alternatives(PlanningContext& context, const sql::Expr* expr);
  void add_between(PlanningContext& context, const sql::BetweenExpr& predicate);
  void add_value(PlanningContext& context, const sql::ColName& column, Candidate::Value value);
  void consider(Option option);

  Kind kind_ = Kind::kDual;
  std::string keyspace_;
  bool sharded_ = false;
  bool none_ = false;  // no row can match
  bool unique_destination_ = false;
  sharding::Destination destination_;
  std::vector<Copy> copies_;                // of its reference tables, in other keyspaces
  std::vector<Copy> switched_;              // those used instead
  std::vector<sharding::TablePtr> tables_;  // keeps what candidates point into
  TableSet own_ = 0;                        // the same, by number
  std::vector<Candidate> candidates_;
  std::optional<Option> best_;
  TableSet nullable_ = 0;  // tables that an outer join may have no row of
  std::optional<engine::ValueExpr> system_schema_;
};

// The column of a base table that an expression is, through derived tables; null when it is more.
const sql::ColName* base_column(const semantics::Analysis& analysis, const sql::Expr* expr);

}  // namespace vif::vtgate::plan
