#include "sql/print_core.h"

namespace vif::sql {

bool needs_parens(const TableStatement& query) {
  return !query.order_by.empty() || query.limit != nullptr || query.lock != Lock::kNoLock ||
         query.into != nullptr || query.with != nullptr;
}

bool Printer::query(const Node& any) { return query_part(any) || table_part(any); }

bool Printer::query_part(const Node& any) {
  switch (any.kind) {
    case Kind::kSelect: select(to<Select>(any)); return true;
    case Kind::kUnion: set_operation(to<Union>(any)); return true;
    case Kind::kValuesStatement: values_statement(to<ValuesStatement>(any)); return true;
    case Kind::kWith: with(&to<With>(any)); return true;
    case Kind::kCommonTableExpr: {
      const auto& cte = to<CommonTableExpr>(any);
      name(cte.id);
      if (!cte.columns.empty()) columns(cte.columns);
      lit(" as (");
      node(cte.subquery);
      raw(") ");
      return true;
    }
    case Kind::kAliasedExpr: {
      const auto& item = to<AliasedExpr>(any);
      node(item.expr);
      if (!item.as.empty()) {
        lit(" as ");
        name(item.as);
      } else if (item.as_empty) {
        lit(" as ");
        raw("''");
      }
      return true;
    }
    case Kind::kStarExpr:
      if (!to<StarExpr>(any).table.empty()) {
        table(to<StarExpr>(any).table);
        raw('.');
      }
      raw('*');
      return true;
    case Kind::kNextval:
      lit("next ");
      node(to<Nextval>(any).expr);
      lit(" values");
      return true;
    default: return false;
  }
}

bool Printer::table_part(const Node& any) {
  switch (any.kind) {
    case Kind::kAliasedTableExpr: aliased_table(to<AliasedTableExpr>(any)); return true;
    case Kind::kDerivedTable:
      if (to<DerivedTable>(any).lateral) lit("lateral ");
      raw('(');
      node(to<DerivedTable>(any).select);
      raw(')');
      return true;
    case Kind::kParenTableExpr:
      raw('(');
      nodes(to<ParenTableExpr>(any).exprs);
      raw(')');
      return true;
    case Kind::kJoinTableExpr: {
      const auto& join = to<JoinTableExpr>(any);
      node(join.left);
      raw(' ');
      lit(to_string(join.join));
      raw(' ');
      node(join.right);
      where("on", join.on);
      if (!join.use.empty()) {
        lit(" using ");
        columns(join.use);
      }
      return true;
    }
    case Kind::kIndexHint: index_hint(to<IndexHint>(any)); return true;
    case Kind::kJSONTableExpr: json_table(to<JSONTableExpr>(any)); return true;
    case Kind::kJtColumnDefinition: jt_column(to<JtColumnDefinition>(any)); return true;
    case Kind::kOrder: {
      const auto& order = to<Order>(any);
      node(order.expr);
      if (is<NullVal>(order.expr)) return true;
      const auto* call = as<FuncExpr>(order.expr);
      if (call != nullptr && equal_ci(call->name, "rand") && !order.descending) return true;
      lit(order.descending ? " desc" : " asc");
      return true;
    }
    case Kind::kLimit: limit(&to<Limit>(any)); return true;
    case Kind::kLockClause: lock(to<LockClause>(any).lock, to<LockClause>(any).of); return true;
    case Kind::kWindowDefinition:
      name(to<WindowDefinition>(any).name);
      raw(" AS (");
      node(to<WindowDefinition>(any).spec);
      raw(')');
      return true;
    case Kind::kSelectInto: into(&to<SelectInto>(any)); return true;
    default: return false;
  }
}

void Printer::with(const With* clause) {
  if (clause == nullptr) return;
  lit("with ");
  if (clause->recursive) lit("recursive ");
  nodes(clause->ctes);
}

void Printer::select(const Select& select) {
  with(select.with);
  lit("select ");
  comments(select.comments);
  if (select.distinct) lit("distinct ");
  if (select.cache.has_value()) lit(*select.cache ? "sql_cache " : "sql_no_cache ");
  if (select.high_priority) lit("high_priority ");
  if (select.straight_join) lit("straight_join ");
  if (select.sql_small_result) lit("sql_small_result ");
  if (select.sql_big_result) lit("sql_big_result ");
  if (select.sql_buffer_result) lit("sql_buffer_result ");
  if (select.sql_calc_found_rows) lit("sql_calc_found_rows ");
  nodes(select.exprs);
  lit(" from ");
  nodes(select.from);
  where("where", select.where);
  group_by(select);
  where("having", select.having);
  if (!select.windows.empty()) {
    lit(" window ");
    nodes(select.windows);
  }
  where("qualify", select.qualify);
  tail(select);
}

void Printer::group_by(const Select& select) {
  if (select.grouping == Grouping::kSets) {
    lit(" group by grouping sets (");
    size_t at = 0;
    list(select.set_sizes, ", ", [&](int32_t size) {
      raw('(');
      for (int32_t i = 0; i < size; ++i) {
        if (i > 0) raw(", ");
        node(select.group_by[at++]);
      }
      raw(')');
    });
    return raw(')');
  }
  if (select.group_by.empty()) return;
  lit(" group by ");
  if (select.grouping == Grouping::kCube) lit("cube(");
  nodes(select.group_by);
  if (select.grouping == Grouping::kCube) return raw(')');
  if (select.with_rollup) lit(" with rollup");
}

void Printer::where(std::string_view word, const Expr* expr) {
  if (expr == nullptr) return;
  raw(' ');
  lit(word);
  raw(' ');
  node(expr);
}

void Printer::tail(const TableStatement& query, bool with_into) {
  order_by(query.order_by);
  limit(query.limit);
  lock(query.lock, query.lock_of);
  for (const LockClause* more : query.more_locks) lock(more->lock, more->of);
  if (with_into) into(query.into);
}

void Printer::lock(Lock how, const Columns& of) {
  std::string_view words = to_string(how);
  if (!of.empty()) {
    const size_t verb = words.find(' ', std::string_view(" for ").size());
    lit(words.substr(0, verb));
    lit(" of ");
    names(of);
    words = verb == std::string_view::npos ? std::string_view() : words.substr(verb);
  }
  lit(words);
}

void Printer::operand_query(const TableStatement* query, bool in_parens) {
  if (in_parens) raw('(');
  node(query);
  if (in_parens) raw(')');
}

void Printer::set_operation(const Union& node_) {
  with(node_.with);
  const auto* left_union = as<Union>(node_.left);
  const auto* right_union = as<Union>(node_.right);
  // A plain UNION is read from left to right, as Vitess prints it; the other operators bind
  // differently.
  operand_query(node_.left, needs_parens(*node_.left) ||
                                (left_union != nullptr && node_.op == SetOp::kIntersect &&
                                 left_union->op != SetOp::kIntersect));
  static constexpr std::string_view kWords[] = {" union ", " intersect ", " except "};
  lit(kWords[static_cast<size_t>(node_.op)]);
  if (!node_.distinct) lit("all ");
  const bool mixed =
      right_union != nullptr && (node_.op != SetOp::kUnion || right_union->op != SetOp::kUnion ||
                                 node_.distinct != right_union->distinct);
  const bool into_last =
      node_.into != nullptr && node_.into->of_last && style_ != PrintStyle::kMysql;
  if (into_last) {
    raw('(');
    node(node_.right);
    into(node_.into);
    raw(')');
    return tail(node_, false);
  }
  operand_query(node_.right, needs_parens(*node_.right) || mixed);
  tail(node_);
}

void Printer::values_statement(const ValuesStatement& values) {
  with(values.with);
  lit("values ");
  comments(values.comments);
  if (!values.list_arg.empty()) slot(values.list_arg, true);
  list(values.rows, ", ", [&](const ValTuple* row) {
    lit("row");
    node(row);
  });
  tail(values);
}

void Printer::order_by(const List<Order*>& orders) {
  if (orders.empty()) return;
  lit(" order by ");
  nodes(orders);
}

void Printer::limit(const Limit* clause) {
  if (clause == nullptr) return;
  lit(" limit ");
  if (clause->offset != nullptr) {
    node(clause->offset);
    raw(", ");
  }
  node(clause->rowcount);
}

void Printer::into(const SelectInto* clause) {
  if (clause == nullptr) return;
  static constexpr std::string_view kWords[] = {" into outfile ", " into outfile s3 ",
                                                " into dumpfile ", " into "};
  lit(kWords[static_cast<size_t>(clause->type)]);
  if (clause->type == IntoType::kVariables) {
    nodes(clause->var_list);
    return;
  }
  raw(clause->file_name);
  if (!clause->charset.name.empty()) {
    lit(" character set ");
    raw(clause->charset.name);
  }
  raw(clause->format_option);
  raw(clause->export_option);
  raw(clause->manifest);
  raw(clause->overwrite);
}

void Printer::partitions(const Columns& list_of) {
  if (list_of.empty()) return;
  lit(" partition ");
  columns(list_of);
}

void Printer::aliased_table(const AliasedTableExpr& item) {
  if (item.derived != nullptr) {
    node(item.derived);
  } else {
    table(item.table);
  }
  partitions(item.partitions);
  if (!item.system_time.empty()) {
    raw(' ');
    raw(item.system_time);
  }
  if (!item.as.empty()) {
    lit(" as ");
    name(item.as);
    if (!item.columns.empty()) columns(item.columns);
  }
  for (const IndexHint* hint : item.hints) index_hint(*hint);
  if (item.sample == nullptr) return;
  lit(" tablesample ");
  lit(item.sample_method);
  raw(" (");
  node(item.sample);
  raw(')');
}

void Printer::index_hint(const IndexHint& hint) {
  static constexpr std::string_view kTypes[] = {" use index ", " ignore index ", " force index ",
                                                " use vindex ", " ignore vindex "};
  static constexpr std::string_view kFor[] = {"", "for join ", "for order by ", "for group by "};
  lit(kTypes[static_cast<size_t>(hint.type)]);
  lit(kFor[static_cast<size_t>(hint.for_type)]);
  columns(hint.indexes);
}

void Printer::json_table(const JSONTableExpr& item) {
  lit("json_table(");
  node(item.expr);
  raw(", ");
  node(item.filter);
  lit(" columns(\n");
  list(item.columns, ",\n", [&](const JtColumnDefinition* column) {
    raw('\t');
    jt_column(*column);
  });
  lit("\n\t)\n)");
  if (item.alias.empty()) return;
  lit(" as ");
  name(item.alias);
}

void Printer::jt_column(const JtColumnDefinition& column) {
  if (column.column == JtColumnKind::kOrdinal) {
    name(column.name);
    lit(" for ordinality");
    return;
  }
  if (column.column == JtColumnKind::kNested) {
    lit("nested path ");
    node(column.path);
    lit(" columns(\n");
    list(column.columns, ",\n", [&](const JtColumnDefinition* inner) {
      raw('\t');
      jt_column(*inner);
    });
    raw("\n)");
    return;
  }
  name(column.name);
  raw(' ');
  node(column.type);
  raw(' ');
  if (column.exists) lit("exists ");
  lit("path ");
  node(column.path);
  raw(' ');
  if (column.on_empty != nullptr) {
    node(column.on_empty);
    lit(" on empty ");
  }
  if (column.on_error != nullptr) {
    node(column.on_error);
    lit(" on error ");
  }
}

}  // namespace vif::sql
