#include "sql/print_core.h"

namespace vif::sql {

bool Printer::dml(const Node& any) {
  switch (any.kind) {
    case Kind::kInsert: insert(to<Insert>(any)); return true;
    case Kind::kUpdate: update(to<Update>(any)); return true;
    case Kind::kDelete: del(to<Delete>(any)); return true;
    case Kind::kUpdateExpr:
      node(to<UpdateExpr>(any).name);
      raw(" = ");
      node(to<UpdateExpr>(any).expr);
      return true;
    case Kind::kRowAlias:
      lit(" as ");
      name(to<RowAlias>(any).table);
      if (!to<RowAlias>(any).columns.empty()) {
        raw(' ');
        columns(to<RowAlias>(any).columns);
      }
      return true;
    case Kind::kStream: {
      const auto& stream = to<Stream>(any);
      lit("stream ");
      comments(stream.comments);
      node(stream.expr);
      lit(" from ");
      table(stream.table);
      return true;
    }
    case Kind::kVStream: {
      const auto& stream = to<VStream>(any);
      lit("vstream ");
      comments(stream.comments);
      node(stream.expr);
      lit(" from ");
      table(stream.table);
      if (style_ != PrintStyle::kCanonical) {
        where("where", stream.where);
        limit(stream.limit);
      }
      return true;
    }
    case Kind::kLoad:
      raw(style_ == PrintStyle::kMysql ? to<Load>(any).text : "AST node missing for Load type");
      return true;
    default: return false;
  }
}

void Printer::returning(const List<SelectExpr*>& items) {
  if (items.empty()) return;
  lit(" returning ");
  nodes(items);
}

void Printer::insert(const Insert& insert) {
  lit(insert.replace ? "replace " : "insert ");
  comments(insert.comments);
  if (!insert.priority.empty()) {
    lit(insert.priority);
    raw(' ');
  }
  if (insert.ignore) lit("ignore ");
  lit("into ");
  table(insert.table);
  partitions(insert.partitions);
  if (insert.has_columns) columns(insert.columns);
  raw(' ');
  if (insert.select != nullptr) {
    node(insert.select);
  } else {
    lit("values ");
    nodes(insert.values);
  }
  node(insert.row_alias);
  if (!insert.on_dup.empty()) {
    lit(" on duplicate key update ");
    nodes(insert.on_dup);
  }
  returning(insert.returning);
}

void Printer::update(const Update& update) {
  with(update.with);
  lit("update ");
  comments(update.comments);
  if (update.low_priority) lit("low_priority ");
  if (update.ignore) lit("ignore ");
  nodes(update.tables);
  lit(" set ");
  nodes(update.exprs);
  where("where", update.where);
  order_by(update.order_by);
  limit(update.limit);
}

void Printer::del(const Delete& del) {
  with(del.with);
  lit("delete ");
  comments(del.comments);
  if (del.low_priority) lit("low_priority ");
  if (del.quick) lit("quick ");
  if (del.ignore) lit("ignore ");
  if (!del.single) {
    tables(del.targets);
    raw(' ');
  }
  lit("from ");
  nodes(del.tables);
  partitions(del.partitions);
  where("where", del.where);
  order_by(del.order_by);
  limit(del.limit);
  returning(del.returning);
}

}  // namespace vif::sql
