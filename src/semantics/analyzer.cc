#include "semantics/analyzer.h"

#include <set>

#include "semantics/views.h"
#include "sql/conjunction.h"
#include "sql/printer.h"
#include "sql/tree.h"

namespace vif::semantics {

namespace {

// Queries inside each other, counting those that CTEs and views put there.
constexpr size_t kNestingMax = 100;

[[noreturn]] void fail(Code code, std::string message) {
  throw SqlError{Error(code, std::move(message))};
}
[[noreturn]] void unsupported(std::string_view what) {
  throw SqlError{
      Error(Code::kUnimplemented, 1235, "42000", fmt::format("VT12001: unsupported: {}", what))};
}

bool is_system_schema(std::string_view name) {
  for (const std::string_view schema :
       {"information_schema", "performance_schema", "mysql", "sys"}) {
    if (sql::equal_ci(name, schema)) return true;
  }
  return false;
}

// What must stand at the top of a statement only.
void check_nested(const sql::Select& select) {
  for (const sql::SelectExpr* expr : select.exprs) {
    if (sql::is<sql::Nextval>(expr))
      fail(Code::kInvalidArgument, "Incorrect usage/placement of 'NEXT'");
  }
  if (select.sql_calc_found_rows) {
    fail(Code::kInvalidArgument, "Incorrect usage/placement of 'SQL_CALC_FOUND_ROWS'");
  }
}

const sql::Select* first_select(const sql::TableStatement& statement) {
  const sql::TableStatement* at = &statement;
  while (const auto* both = sql::as<sql::Union>(at)) at = both->left;
  return sql::as<sql::Select>(at);
}

}  // namespace

Analysis Analyzer::run(sql::Statement& statement) {
  if (sql::is<sql::Select>(&statement) || sql::is<sql::Union>(&statement) ||
      sql::is<sql::ValuesStatement>(&statement)) {
    table_statement(static_cast<sql::TableStatement&>(statement), nullptr);
  } else if (auto* change = sql::as<sql::Update>(&statement)) {
    update(*change);
  } else if (auto* removal = sql::as<sql::Delete>(&statement)) {
    delete_statement(*removal);
  } else if (auto* addition = sql::as<sql::Insert>(&statement)) {
    insert(*addition);
  }
  return std::move(analysis_);
}

TableSet Analyzer::table_statement(sql::TableStatement& statement, const Scope* parent) {
  if (auto* one = sql::as<sql::Select>(&statement)) return select(*one, parent);
  if (auto* both = sql::as<sql::Union>(&statement)) return union_statement(*both, parent);
  unsupported("VALUES statement");
}

TableSet Analyzer::union_statement(sql::Union& statement, const Scope* parent) {
  frames_.emplace_back();
  Scope scope;
  scope.parent = parent;
  take_ctes(statement, scope);
  for (sql::TableStatement* side : {statement.left, statement.right}) {
    if (auto* nested = sql::as<sql::Select>(side)) {
      if (nested->sql_calc_found_rows) unsupported("SQL_CALC_FOUND_ROWS not supported with union");
    }
    table_statement(*side, &scope);
  }
  Analysis::UnionBlock block;
  const sql::Select* first = first_select(statement);
  for (const sql::Order* order : statement.order_by) {
    int found = -1;
    if (const auto* name = sql::as<sql::ColName>(order->expr)) {
      for (size_t i = 0; first && i < first->exprs.size(); ++i) {
        const auto* item = sql::as<sql::AliasedExpr>(first->exprs[i]);
        if (item && sql::equal_ci(column_name(*item), name->name)) found = static_cast<int>(i);
      }
    } else if (const auto* number = sql::as<sql::Literal>(order->expr)) {
      if (number->type == sql::LiteralType::kIntVal)
        found = std::atoi(std::string(number->text).c_str()) - 1;
    }
    block.order_columns.push_back(found);
  }
  const Frame frame = frames_.back();
  frames_.pop_back();
  block.outer = frame.outer;
  analysis_.unions[&statement] = block;
  return frame.outer;
}

TableSet Analyzer::select(sql::Select& select, const Scope* parent) {
  if (parent || frames_.size() > 1) check_nested(select);
  frames_.emplace_back();
  Scope scope;
  scope.parent = parent;
  take_ctes(select, scope);
  for (sql::TableExpr* expr : select.from) add_tables(*expr, scope);

  Block block;
  block.select = &select;
  for (const size_t table : scope.tables) block.tables |= set_of(table);
  frames_.back().own = block.tables;
  for (sql::TableExpr* expr : select.from) bind_on(*expr, scope);
  bind(select.where, scope);
  for (sql::SelectExpr* expr : select.exprs) {
    if (auto* star = sql::as<sql::StarExpr>(expr); star && !star->table.empty()) {
      bool found = false;
      for (const size_t table : scope.tables)
        found = found || analysis_.tables[table].alias == star->table.name;
      if (!found) fail(Code::kInvalidArgument, fmt::format("Unknown table '{}'", star->table.name));
    }
    bind(expr, scope);
  }
  resolve_clauses(select, scope, block);

  block.aggregates = !block.group_by.empty() || has_aggregate(block.having);
  for (const sql::SelectExpr* expr : select.exprs)
    block.aggregates = block.aggregates || has_aggregate(expr);
  for (const Block::Order& order : block.order_by)
    block.aggregates = block.aggregates || has_aggregate(order.expr);
  block.outer = frames_.back().outer;
  frames_.pop_back();
  const TableSet outer = block.outer;
  analysis_.blocks[&select] = std::move(block);
  return outer;
}

void Analyzer::update(sql::Update& statement) {
  if (statement.with && !statement.with->ctes.empty())
    unsupported("WITH expression in UPDATE statement");
  frames_.emplace_back();
  Scope scope;
  for (sql::TableExpr* expr : statement.tables) add_tables(*expr, scope);
  for (const size_t table : scope.tables) frames_.back().own |= set_of(table);
  for (sql::TableExpr* expr : statement.tables) bind_on(*expr, scope);
  for (sql::UpdateExpr* expr : statement.exprs) bind(expr, scope);
  bind(statement.where, scope);
  for (sql::Order* order : statement.order_by) bind(order, scope);
  bind(statement.limit, scope);
}

void Analyzer::delete_statement(sql::Delete& statement) {
  if (statement.with && !statement.with->ctes.empty())
    unsupported("WITH expression in DELETE statement");
  frames_.emplace_back();
  Scope scope;
  for (sql::TableExpr* expr : statement.tables) add_tables(*expr, scope);
  for (const size_t table : scope.tables) frames_.back().own |= set_of(table);
  for (sql::TableExpr* expr : statement.tables) bind_on(*expr, scope);
  for (const sql::TableName& target : statement.targets) {
    bool found = statement.single_table();
    for (const size_t table : scope.tables)
      found = found || analysis_.tables[table].alias == target.name;
    if (!found)
      fail(Code::kInvalidArgument,
           fmt::format("VT03003: unknown table '{}' in MULTI DELETE", target.name));
  }
  bind(statement.where, scope);
  for (sql::Order* order : statement.order_by) bind(order, scope);
}

void Analyzer::insert(sql::Insert& statement) {
  frames_.emplace_back();
  Scope scope;
  auto* target = arena_.make<sql::AliasedTableExpr>();
  target->table = statement.table;
  add_aliased(*target, scope);
  frames_.back().own = set_of(0);
  for (sql::ValTuple* row : statement.values) {
    sql::walk(static_cast<sql::Node*>(row), [&](sql::Node& node) {
      if (auto* subquery = sql::as<sql::Subquery>(&node)) {
        table_statement(*subquery->select, nullptr);
        return false;
      }
      return true;
    });
  }
  if (statement.select) table_statement(*statement.select, nullptr);
}

void Analyzer::take_ctes(sql::TableStatement& statement, Scope& scope) {
  if (!statement.with) return;
  scope.ctes = scope.visible_ctes();
  if (scope.ctes == nullptr) scope.ctes = &no_ctes_;
  for (const sql::CommonTableExpr* cte : statement.with->ctes) {
    bool names_itself = false;
    sql::for_each_table_name(static_cast<const sql::Node*>(cte->subquery),
                             [&](const sql::TableName& name, const sql::Node&) {
                               names_itself =
                                   names_itself || (name.qualifier.empty() && name.name == cte->id);
                             });
    if (names_itself && statement.with->recursive) unsupported("recursive common table expression");
    if (names_itself) unsupported("do not support CTE that use the CTE alias inside the CTE query");
    ctes_.push_back({cte, statement.with, scope.ctes});
    scope.ctes = &ctes_.back();
  }
  statement.with = nullptr;
}

void Analyzer::add_tables(sql::TableExpr& expr, Scope& scope) {
  switch (expr.kind) {
    case sql::Kind::kAliasedTableExpr:
      add_aliased(sql::to<sql::AliasedTableExpr>(expr), scope);
      break;
    case sql::Kind::kParenTableExpr:
      for (sql::TableExpr* inner : sql::to<sql::ParenTableExpr>(expr).exprs)
        add_tables(*inner, scope);
      break;
    case sql::Kind::kJoinTableExpr: add_join(sql::to<sql::JoinTableExpr>(expr), scope); break;
    default: unsupported("json_table expressions");
  }
}

void Analyzer::add_join(sql::JoinTableExpr& join, Scope& scope) {
  if (join.join == sql::JoinType::kNatural || join.join == sql::JoinType::kNaturalLeft ||
      join.join == sql::JoinType::kNaturalRight) {
    unsupported(sql::to_string(join.join));
  }
  const size_t before = scope.tables.size();
  add_tables(*join.left, scope);
  const size_t between = scope.tables.size();
  add_tables(*join.right, scope);
  if (join.use.empty()) return;
  const std::vector<size_t> left(scope.tables.begin() + static_cast<ptrdiff_t>(before),
                                 scope.tables.begin() + static_cast<ptrdiff_t>(between));
  const std::vector<size_t> right(scope.tables.begin() + static_cast<ptrdiff_t>(between),
                                  scope.tables.end());
  for (const std::string_view name : join.use) {
    sql::ColName bare;
    bare.name = name;
    const int l = find_column(analysis_, left, bare);
    const int r = find_column(analysis_, right, bare);
    if (l < 0 || r < 0) {
      throw SqlError{
          Error(Code::kInvalidArgument, 1054, "42S22", fmt::format("column '{}' not found", name))};
    }
    scope.using_columns[sql::lowered(name)] =
        static_cast<size_t>(join.join == sql::JoinType::kRight ? r : l);
    sql::Expr* predicate = nullptr;
    {
      auto* equal = arena_.make<sql::ComparisonExpr>();
      for (const int side : {l, r}) {
        auto* column = arena_.make<sql::ColName>();
        column->qualifier.name = arena_.copy(analysis_.tables[static_cast<size_t>(side)].alias);
        column->name = name;
        column->table = side;
        (equal->left ? equal->right : equal->left) = column;
      }
      predicate = equal;
    }
    sql::Expr*& all = analysis_.using_predicates[&join];
    all = sql::conjunction(arena_, all, predicate);
  }
}

size_t Analyzer::register_table(Table table, Scope& scope) {
  for (const size_t other : scope.tables) {
    const Table& existing = analysis_.tables[other];
    // The same name in two keyspaces may stand side by side; an alias may not.
    if (existing.alias == table.alias && existing.keyspace == table.keyspace && !table.dual) {
      throw SqlError{Error(Code::kInvalidArgument, 1066, "42000",
                           fmt::format("VT03013: not unique table/alias: '{}'", table.alias))};
    }
  }
  if (analysis_.tables.size() == kTablesMax)
    unsupported(fmt::format("more than {} tables", kTablesMax));
  analysis_.tables.push_back(std::move(table));
  scope.tables.push_back(analysis_.tables.size() - 1);
  return analysis_.tables.size() - 1;
}

const VisibleCte* Analyzer::add_cte(sql::AliasedTableExpr& expr, Scope& scope) {
  if (!expr.table.qualifier.empty()) return nullptr;
  const VisibleCte* found = scope.visible_ctes();
  while (found != nullptr && found->cte != nullptr && found->cte->id != expr.table.name)
    found = found->before;
  if (found == nullptr || found->cte == nullptr) return nullptr;
  if (expr.as.empty()) expr.as = expr.table.name;
  expr.table = {};
  expr.derived = arena_.make<sql::DerivedTable>();
  expr.derived->select = sql::clone(arena_, found->cte->subquery);
  if (expr.columns.empty()) expr.columns = found->cte->columns;
  return seen_by(*found, scope.visible_ctes());
}

// In MariaDB what was there when the CTE was written; in MySQL what is there where it is named, but
// of its own WITH only what stands before it.
const VisibleCte* Analyzer::seen_by(const VisibleCte& cte, const VisibleCte* here) {
  const VisibleCte* seen = cte.before;
  if (options_.ctes_see_what_was_there) return seen;
  std::vector<const VisibleCte*> inner;
  for (; here->with != cte.with; here = here->before) inner.push_back(here);
  for (auto it = inner.rbegin(); it != inner.rend(); ++it) {
    ctes_.push_back({(*it)->cte, (*it)->with, seen});
    seen = &ctes_.back();
  }
  return seen;
}

void Analyzer::add_aliased(sql::AliasedTableExpr& expr, Scope& scope) {
  const VisibleCte* seen_by_cte = expr.derived ? nullptr : add_cte(expr, scope);
  if (expr.derived || expand_view(arena_, options_, expr)) {
    if (expr.derived->lateral) unsupported("lateral derived tables");
    add_derived(expr, scope, seen_by_cte);
    return;
  }
  Table table;
  table.node = &expr;
  table.alias = expr.as.empty() ? expr.table.name : expr.as;
  if (expr.table.qualifier.empty() && expr.table.name == "dual") {
    table.dual = true;
    table.columns_known = true;
  } else if (is_system_schema(expr.table.qualifier) ||
             (expr.table.qualifier.empty() && is_system_schema(options_.keyspace))) {
    table.system_schema = true;
  } else {
    auto found = options_.vschema->find_table_or_vindex(
        expr.table.qualifier.empty() ? options_.keyspace : expr.table.qualifier, expr.table.name,
        options_.tablet_type);
    if (!found.ok()) throw SqlError{found.error()};
    table.table = found->table;
    table.vindex = found->vindex;
    if (table.table) {
      table.keyspace = table.table->keyspace->name;
      table.sharded = table.table->keyspace->sharded;
      table.columns_known = table.table->column_list_authoritative;
    }
  }
  register_table(std::move(table), scope);
}

void Analyzer::add_derived(sql::AliasedTableExpr& expr, Scope& scope, const VisibleCte* ctes) {
  if (expr.as.empty()) {
    throw SqlError{Error(Code::kInvalidArgument, 1248, "42000",
                         "Every derived table must have its own alias")};
  }
  const size_t first = analysis_.tables.size();
  if (frames_.size() > kNestingMax)
    unsupported(fmt::format("more than {} queries inside each other", kNestingMax));
  // A derived table sees the CTEs around it, but no table beside it.
  Scope outside;
  outside.parent = scope.parent;
  outside.ctes = ctes != nullptr ? ctes : scope.ctes;
  if (sql::Select* inner = sql::as<sql::Select>(expr.derived->select)) check_nested(*inner);
  table_statement(*expr.derived->select, &outside);
  Table table;
  table.node = &expr;
  table.alias = expr.as;
  table.derived = expr.derived->select;
  for (size_t i = first; i < analysis_.tables.size(); ++i) table.inside |= set_of(i);
  describe_columns(table, expr.columns);
  register_table(std::move(table), scope);
}

void Analyzer::union_columns(Table& table, const sql::TableStatement& statement) {
  const sql::Select* first = first_select(statement);
  if (!first) return;
  const auto items = expand_stars(arena_, analysis_, *first);
  if (!items) return;
  for (const sql::AliasedExpr* item : *items) {
    table.derived_columns.push_back(
        {column_name(*item), sql::is<sql::Select>(&statement) ? item->expr : nullptr});
  }
  table.columns_known = true;
}

void Analyzer::describe_columns(Table& table, sql::Columns names) {
  union_columns(table, *table.derived);
  if (!table.columns_known) {
    // Names that are there for sure, beside what * may bring.
    const sql::Select* first = first_select(*table.derived);
    for (const sql::SelectExpr* expr : first->exprs) {
      if (const auto* item = sql::as<sql::AliasedExpr>(expr)) {
        table.derived_columns.push_back(
            {column_name(*item), sql::is<sql::Select>(table.derived) ? item->expr : nullptr});
      }
    }
  }
  for (size_t i = 0; i < names.size() && i < table.derived_columns.size(); ++i) {
    table.derived_columns[i].name = names[i];
  }
  std::set<std::string> seen;
  for (const DerivedColumn& column : table.derived_columns) {
    if (table.columns_known && !seen.insert(sql::lowered(column.name)).second) {
      throw SqlError{Error(Code::kInvalidArgument, 1060, "42S21",
                           fmt::format("Duplicate column name '{}'", column.name))};
    }
  }
}

void Analyzer::bind_on(sql::TableExpr& expr, const Scope& scope) {
  if (auto* join = sql::as<sql::JoinTableExpr>(&expr)) {
    bind_on(*join->left, scope);
    bind_on(*join->right, scope);
    bind(join->on, scope);
  } else if (auto* paren = sql::as<sql::ParenTableExpr>(&expr)) {
    for (sql::TableExpr* inner : paren->exprs) bind_on(*inner, scope);
  }
}

void Analyzer::reference(size_t table) {
  for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame) {
    if (frame->own & set_of(table)) return;
    frame->outer |= set_of(table);
  }
}

void Analyzer::bind(sql::Node* root, const Scope& scope) {
  if (!root) return;
  sql::walk(root, [&](sql::Node& node) {
    if (auto* column = sql::as<sql::ColName>(&node)) {
      if (column->table < 0)
        column->table = static_cast<int32_t>(resolve_column(analysis_, scope, *column));
      reference(static_cast<size_t>(column->table));
      return false;
    }
    if (auto* subquery = sql::as<sql::Subquery>(&node)) {
      const bool known = sql::is<sql::Select>(subquery->select) &&
                         analysis_.blocks.count(static_cast<sql::Select*>(subquery->select)) != 0;
      if (!known) {
        // A copy of a bound expression: its tables get numbers of their own.
        sql::walk(static_cast<sql::Node*>(subquery->select), [](sql::Node& inner) {
          if (auto* bound = sql::as<sql::ColName>(&inner)) bound->table = -1;
          return true;
        });
        table_statement(*subquery->select, &scope);
      }
      return false;
    }
    if (const auto* comparison = sql::as<sql::ComparisonExpr>(&node)) {
      if (comparison->modifier != sql::Modifier::kNone)
        unsupported("ANY/ALL/SOME comparison operator");
    }
    return true;
  });
}

void Analyzer::resolve_clauses(sql::Select& select, const Scope& scope, Block& block) {
  for (sql::Expr* expr : select.group_by) {
    sql::Expr* resolved = resolve(select, scope, expr, Clause::kGroupBy);
    if (has_aggregate(resolved)) {
      bool known = true;
      for (const size_t table : scope.tables)
        known = known && analysis_.tables[table].columns_known;
      fail(Code::kInvalidArgument,
           fmt::format("VT03005: cannot group on '{}'", sql::print(known ? expr : resolved)));
    }
    if (has_subquery(resolved)) unsupported("subqueries in GROUP BY");
    block.group_by.push_back(resolved);
  }
  if (select.having) block.having = resolve(select, scope, select.having, Clause::kHaving);
  if (select.qualify) resolve(select, scope, select.qualify, Clause::kHaving);
  for (const sql::Order* order : select.order_by) {
    block.order_by.push_back(
        {resolve(select, scope, order->expr, Clause::kOrderBy), order->descending});
  }
}

sql::Expr* Analyzer::by_position(const sql::Select& select, const sql::Expr& expr, Clause clause) {
  const auto* number = sql::as<sql::Literal>(&expr);
  if (!number || number->type != sql::LiteralType::kIntVal || clause == Clause::kHaving ||
      number->text.starts_with('-'))
    return nullptr;
  if (number->text.size() > 18)
    fail(Code::kInvalidArgument, fmt::format("error parsing column number: {}", number->text));
  const auto position = static_cast<size_t>(std::atoll(std::string(number->text).c_str()));
  const std::string_view where = clause == Clause::kGroupBy ? "group clause" : "order clause";
  bool stars = false;
  for (const sql::SelectExpr* item : select.exprs) stars = stars || sql::is<sql::StarExpr>(item);
  std::vector<sql::AliasedExpr*> items;
  if (stars) {
    auto expanded = expand_stars(arena_, analysis_, select);
    if (!expanded) {
      throw SqlError{Error(Code::kInvalidArgument, "VT09015: schema tracking required")};
    }
    items = std::move(*expanded);
  } else {
    for (sql::SelectExpr* item : select.exprs) items.push_back(sql::as<sql::AliasedExpr>(item));
  }
  if (position < 1 || position > items.size() || !items[position - 1]) {
    throw SqlError{Error(Code::kInvalidArgument, 1054, "42S22",
                         fmt::format("Unknown column '{}' in '{}'", number->text, where))};
  }
  return sql::clone(arena_, items[position - 1]->expr);
}

sql::Expr* Analyzer::by_alias(const sql::Select& select, const sql::ColName& name,
                              bool columns_too) {
  sql::Expr* found = nullptr;
  for (sql::SelectExpr* expr : select.exprs) {
    auto* item = sql::as<sql::AliasedExpr>(expr);
    if (!item) continue;
    const auto* column = sql::as<sql::ColName>(item->expr);
    const bool matches = item->as.empty()
                             ? columns_too && column && sql::equal_ci(column->name, name.name)
                             : sql::equal_ci(item->as, name.name);
    if (!matches) continue;
    if (found && !sql::equal(found, item->expr)) {
      throw SqlError{Error(Code::kInvalidArgument, 1052, "23000",
                           fmt::format("Column '{}' in field list is ambiguous", name.name))};
    }
    found = item->expr;
  }
  return found ? sql::clone(arena_, found) : nullptr;
}

sql::Expr* Analyzer::resolve(const sql::Select& select, const Scope& scope, sql::Expr* original,
                             Clause clause) {
  if (sql::Expr* positioned = by_position(select, *original, clause)) {
    // Its columns are bound, but a copy of a subquery is another one.
    bind(positioned, scope);
    return positioned;
  }
  auto* root = sql::clone(arena_, original);
  int aggregates = 0;
  auto certain_column = [&](const sql::ColName& name) {
    // A block whose tables are all known, or one that lists the name, settles it.
    for (const size_t number : scope.tables) {
      const Table& table = analysis_.tables[number];
      if (table.table && table.table->find_column(name.name)) return true;
      for (const DerivedColumn& column : table.derived_columns) {
        if (sql::equal_ci(column.name, name.name)) return true;
      }
    }
    return false;
  };
  // HAVING means the column that the rows are grouped by, before one of the select list.
  auto groups_by = [&](const sql::ColName& name) {
    return std::any_of(select.group_by.begin(), select.group_by.end(), [&](const sql::Expr* by) {
      const auto* column = sql::as<sql::ColName>(by);
      return column != nullptr && sql::equal_ci(column->name, name.name);
    });
  };
  sql::Node* done = sql::rewrite(
      root,
      [&](sql::Cursor& cursor) {
        if (sql::is<sql::Subquery>(cursor.node)) return false;
        if (is_aggregate(*cursor.node)) ++aggregates;
        const auto* name = sql::as<sql::ColName>(cursor.node);
        if (!name) return true;
        if (!name->qualifier.empty()) return false;
        const bool whole = cursor.parent == nullptr;
        const bool alias_first =
            aggregates == 0 && ((clause == Clause::kOrderBy && whole) || clause == Clause::kHaving);
        const bool column_first = !alias_first || (clause == Clause::kHaving && groups_by(*name));
        if (column_first && certain_column(*name)) return false;
        if (sql::Expr* replaced = by_alias(select, *name, alias_first)) {
          if (aggregates != 0 && has_aggregate(replaced)) return false;
          // It is left again on the way up.
          if (is_aggregate(*replaced)) ++aggregates;
          cursor.replace(replaced);
        }
        return false;
      },
      [&](sql::Cursor& cursor) { aggregates -= is_aggregate(*cursor.node); });
  bind(done, scope);
  return static_cast<sql::Expr*>(done);
}

Analysis analyze(sql::Arena& arena, sql::Statement& statement, const Options& options) {
  return Analyzer(arena, options).run(statement);
}

}  // namespace vif::semantics
