// The walk behind analyze(): one object for one statement.
#pragma once

#include <vector>

#include "semantics/scope.h"

namespace vif::semantics {

class Analyzer {
 public:
  Analyzer(sql::Arena& arena, const Options& options) : arena_(arena), options_(options) {}

  Analysis run(sql::Statement& statement);

 private:
  // A query block being analyzed; columns that resolve outside of it are its outer references.
  struct Frame {
    TableSet own = 0;
    TableSet outer = 0;
  };
  enum class Clause : uint8_t { kGroupBy, kOrderBy, kHaving };

  TableSet table_statement(sql::TableStatement& statement, const Scope* parent);
  TableSet select(sql::Select& select, const Scope* parent);
  TableSet union_statement(sql::Union& statement, const Scope* parent);
  void update(sql::Update& statement);
  void delete_statement(sql::Delete& statement);
  void insert(sql::Insert& statement);

  void take_ctes(sql::TableStatement& statement, Scope& scope);
  void add_tables(sql::TableExpr& expr, Scope& scope);
  void add_join(sql::JoinTableExpr& join, Scope& scope);
  void add_aliased(sql::AliasedTableExpr& expr, Scope& scope);
  // `ctes`: what its query may name, where it is a CTE's; null: what `scope` may.
  void add_derived(sql::AliasedTableExpr& expr, Scope& scope, const VisibleCte* ctes);
  // Puts the CTE's query in its name's place. Returns what that may name; null: no CTE is named so.
  const VisibleCte* add_cte(sql::AliasedTableExpr& expr, Scope& scope);
  const VisibleCte* seen_by(const VisibleCte& cte, const VisibleCte* here);
  void bind_on(sql::TableExpr& expr, const Scope& scope);
  void bind(sql::Node* node, const Scope& scope);
  void reference(size_t table);
  size_t register_table(Table table, Scope& scope);

  void resolve_clauses(sql::Select& select, const Scope& scope, Block& block);
  sql::Expr* resolve(const sql::Select& select, const Scope& scope, sql::Expr* expr, Clause clause);
  sql::Expr* by_position(const sql::Select& select, const sql::Expr& expr, Clause clause);
  sql::Expr* by_alias(const sql::Select& select, const sql::ColName& name, bool columns_too);
  void union_columns(Table& table, const sql::TableStatement& statement);
  void describe_columns(Table& table, sql::Columns names);

  sql::Arena& arena_;
  const Options& options_;
  Analysis analysis_;
  std::vector<Frame> frames_;
  std::deque<VisibleCte> ctes_;
  const VisibleCte no_ctes_{nullptr, nullptr, nullptr};
};

}  // namespace vif::semantics
