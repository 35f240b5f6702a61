#include "semantics/analysis.h"

#include "sql/printer.h"
#include "sql/tree.h"

namespace vif::semantics {

TableSet Analysis::outer_of(const sql::TableStatement& statement) const {
  if (const auto* select = sql::as<sql::Select>(&statement)) {
    auto it = blocks.find(select);
    return it == blocks.end() ? 0 : it->second.outer;
  }
  if (const auto* both = sql::as<sql::Union>(&statement)) {
    auto it = unions.find(both);
    return it == unions.end() ? 0 : it->second.outer;
  }
  return 0;
}

namespace {

bool is_copy(const Analysis& analysis, const sql::TableStatement& statement) {
  if (const auto* select = sql::as<sql::Select>(&statement))
    return !analysis.blocks.contains(select);
  const auto* both = sql::as<sql::Union>(&statement);
  return both && !analysis.unions.contains(both);
}

}  // namespace

TableSet tables_of(const Analysis& analysis, const sql::Node* expr) {
  TableSet tables = 0;
  sql::walk(expr, [&](const sql::Node& node) {
    if (const auto* column = sql::as<sql::ColName>(&node)) {
      if (column->table >= 0) tables |= set_of(static_cast<size_t>(column->table));
    } else if (const auto* subquery = sql::as<sql::Subquery>(&node)) {
      // Of a copy nothing is known but what it says; its own tables are nobody's concern outside.
      if (is_copy(analysis, *subquery->select)) return true;
      tables |= analysis.outer_of(*subquery->select);
      return false;
    }
    return true;
  });
  return tables;
}

bool is_aggregate(const sql::Node& node) {
  // ANY_VALUE does not make one row of many.
  if (const auto* function = sql::as<sql::AggrFunc>(&node))
    return !function->over && function->op != sql::AggrOp::kAnyValue;
  if (const auto* count = sql::as<sql::CountStar>(&node)) return count->over == nullptr;
  return sql::is<sql::GroupConcatExpr>(&node);
}

bool has_aggregate(const sql::Node* expr) {
  bool found = false;
  sql::walk(expr, [&](const sql::Node& node) {
    if (sql::is<sql::Subquery>(&node)) return false;
    found = found || is_aggregate(node);
    return !found;
  });
  return found;
}

bool has_subquery(const sql::Node* expr) {
  bool found = false;
  sql::walk(expr, [&](const sql::Node& node) {
    found = found || sql::is<sql::Subquery>(&node);
    return !found;
  });
  return found;
}

std::string column_name(const sql::AliasedExpr& item) {
  if (!item.as.empty() || item.as_empty) return std::string(item.as);
  if (const auto* column = sql::as<sql::ColName>(item.expr)) return std::string(column->name);
  if (sql::is<sql::NullVal>(item.expr)) return "NULL";
  return sql::print(item.expr);
}

std::optional<std::vector<sql::AliasedExpr*>> expand_stars(sql::Arena& arena,
                                                           const Analysis& analysis,
                                                           const sql::Select& select) {
  std::vector<size_t> from;
  // A derived table is listed after its own tables, so its number says nothing; the order of FROM
  // does.
  auto add = [&](const auto& self, const sql::TableExpr* expr) -> void {
    if (const auto* join = sql::as<sql::JoinTableExpr>(expr)) {
      self(self, join->left);
      self(self, join->right);
    } else if (const auto* paren = sql::as<sql::ParenTableExpr>(expr)) {
      for (const sql::TableExpr* inner : paren->exprs) self(self, inner);
    } else {
      for (size_t i = 0; i < analysis.tables.size(); ++i) {
        if (analysis.tables[i].node == expr) from.push_back(i);
      }
    }
  };
  for (const sql::TableExpr* expr : select.from) add(add, expr);

  std::vector<sql::AliasedExpr*> items;
  for (sql::SelectExpr* expr : const_cast<sql::Select&>(select).exprs) {
    const auto* star = sql::as<sql::StarExpr>(expr);
    if (!star) {
      auto* item = sql::as<sql::AliasedExpr>(expr);
      if (!item) return std::nullopt;
      items.push_back(item);
      continue;
    }
    for (const size_t number : from) {
      const Table& table = analysis.tables[number];
      if (!star->table.empty() && table.alias != star->table.name) continue;
      if (!table.columns_known || table.dual) return std::nullopt;
      auto column = [&](std::string_view name) {
        auto* col = arena.make<sql::ColName>();
        col->name = arena.copy(name);
        col->table = static_cast<int32_t>(number);
        if (from.size() > 1) col->qualifier.name = arena.copy(table.alias);
        auto* item = arena.make<sql::AliasedExpr>();
        item->expr = col;
        items.push_back(item);
      };
      for (const DerivedColumn& derived : table.derived_columns) column(derived.name);
      if (table.table) {
        for (const sharding::Column& real : table.table->columns) {
          if (!real.invisible) column(real.name);
        }
      }
    }
  }
  return items;
}

}  // namespace vif::semantics
