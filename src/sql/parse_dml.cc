// INSERT, REPLACE, UPDATE, DELETE, and Vitess's streams.
#include "sql/parse_core.h"

namespace vif::sql {

Statement* Parser::with_statement() {
  With* with = with_clause();
  if (at(Tok::kw_with)) fail();
  if (at(Tok::kw_update)) return update_statement(with);
  if (at(Tok::kw_delete)) return delete_statement(with);
  TableStatement* query = select_statement();
  query->with = with;
  return query;
}

Statement* Parser::insert_statement() {
  Insert* insert = make<Insert>();
  insert->replace = at(Tok::kw_replace);
  advance();
  insert->comments = comments();
  for (std::string_view word : {"low_priority", "delayed", "high_priority"}) {
    if (insert->replace && word == "high_priority") continue;
    if (!equal_ci(token_.text, word) || peek().tok == Tok::kOpen || peek().tok == Tok::kw_values)
      continue;
    insert->priority = word;
    advance();
    break;
  }
  insert->ignore = !insert->replace && accept(Tok::kw_ignore);
  accept(Tok::kw_into);
  insert->table = table_name();
  if (accept(Tok::kw_partition)) insert->partitions = names_in_parens();
  if (accept(Tok::kw_set)) {
    insert_set(*insert);
    if (!insert->replace && accept(Tok::kw_as)) insert->row_alias = row_alias();
  } else {
    insert_rows(*insert);
  }
  if (!insert->replace && accept(Tok::kw_on)) {
    expect(Tok::kw_duplicate);
    expect(Tok::kw_key);
    expect(Tok::kw_update);
    insert->on_dup = update_list();
  }
  insert->returning = returning_opt();
  return insert;
}

// [(columns)] values ..., or a query, perhaps in parentheses.
void Parser::insert_rows(Insert& insert) {
  if (at(Tok::kOpen)) {
    Lexer ahead = lexer_;
    Token then = ahead.next();
    if (then.tok != Tok::kOpen && then.tok != Tok::kw_select && then.tok != Tok::kw_with &&
        then.tok != Tok::kw_table && then.tok != Tok::kw_values) {
      advance();
      insert.has_columns = true;
      if (!at(Tok::kClose)) {
        do {
          std::string_view column = name();
          if (at(Tok::kDot)) qualified_column(insert, column);
          push(insert.columns, column);
        } while (accept(Tok::kComma));
      }
      expect(Tok::kClose);
    }
  }
  if (at(Tok::kw_value) || (at(Tok::kw_values) && !at_query())) {
    advance();
    insert.values = value_rows();
    if (!insert.replace && accept(Tok::kw_as)) insert.row_alias = row_alias();
    return;
  }
  if (!at(Tok::kOpen) && !at_query()) fail();
  insert.select = select_statement();
}

// A table or more before a column to be set must be the one inserted into.
void Parser::qualified_column(const Insert& insert, std::string_view& column) {
  const std::string_view first = column;
  advance();
  column = reserved_name();
  if (!at(Tok::kDot)) return check_insert_column(insert, TableName{{}, first}, column);
  advance();
  const TableName table{first, column};
  column = reserved_name();
  check_insert_column(insert, table, column);
}

void Parser::check_insert_column(const Insert& insert, const TableName& table,
                                 std::string_view column) {
  const bool same_schema = table.qualifier.empty() || insert.table.qualifier.empty() ||
                           table.qualifier == insert.table.qualifier;
  if (table.empty() || (table.name == insert.table.name && same_schema)) return;
  std::string whole(table.qualifier);
  if (!whole.empty()) whole += '.';
  whole.append(table.name).append(".").append(column);
  throw SqlError{Error(Code::kInvalidArgument, 1054, "42S22",
                       "Unknown column '" + whole + "' in 'field list'")};
}

List<ValTuple*> Parser::value_rows() {
  List<ValTuple*> rows;
  do {
    expect(Tok::kOpen);
    ValTuple* row = make<ValTuple>();
    row->exprs = values_until_close();
    push(rows, row);
  } while (accept(Tok::kComma));
  return rows;
}

RowAlias* Parser::row_alias() {
  RowAlias* alias = make<RowAlias>();
  alias->table = table_alias();
  if (at(Tok::kOpen)) alias->columns = names_in_parens();
  return alias;
}

void Parser::insert_set(Insert& insert) {
  insert.has_columns = true;
  ValTuple* row = make<ValTuple>();
  for (UpdateExpr* change : update_list()) {
    check_insert_column(insert, change->name->qualifier, change->name->name);
    push(insert.columns, change->name->name);
    push(row->exprs, change->expr);
  }
  push(insert.values, row);
}

List<UpdateExpr*> Parser::update_list() {
  List<UpdateExpr*> list;
  do {
    push(list, update_expr());
  } while (accept(Tok::kComma));
  return list;
}

UpdateExpr* Parser::update_expr() {
  UpdateExpr* change = make<UpdateExpr>();
  change->name = column_name();
  if (!accept(Tok::kAssign)) expect(Tok::kEq);
  change->expr = expression_or_default();
  return change;
}

List<SelectExpr*> Parser::returning_opt() {
  List<SelectExpr*> list;
  if (!accept(Tok::kw_returning)) return list;
  do {
    push(list, select_expr());
  } while (accept(Tok::kComma));
  return list;
}

Statement* Parser::update_statement(With* with) {
  advance();
  Update* update = make<Update>();
  update->with = with;
  update->comments = comments();
  update->low_priority = accept(Tok::kw_low_priority);
  update->ignore = accept(Tok::kw_ignore);
  update->tables = table_references();
  expect(Tok::kw_set);
  update->exprs = update_list();
  if (accept(Tok::kw_where)) update->where = expression();
  update->order_by = order_by_opt();
  update->limit = limit_opt();
  return update;
}

Statement* Parser::delete_statement(With* with) {
  advance();
  Delete* del = make<Delete>();
  del->with = with;
  del->comments = comments();
  for (bool more = true; more;) {
    more = false;
    if (accept(Tok::kw_low_priority)) del->low_priority = more = true;
    if (accept(Tok::kw_ignore)) del->ignore = more = true;
    if (at_word("quick") && peek().tok != Tok::kComma && peek().tok != Tok::kDot &&
        accept_word("quick"))
      del->quick = more = true;
  }
  const auto target = [&] {
    TableName table;
    table.name = name();
    if (accept(Tok::kDot) && !accept(Tok::kStar)) {
      table.qualifier = table.name;
      table.name = reserved_name();
      if (accept(Tok::kDot)) expect(Tok::kStar);
    }
    push(del->targets, table);
  };
  if (!accept(Tok::kw_from)) {
    do {
      target();
    } while (accept(Tok::kComma));
    expect(Tok::kw_from);
    del->single = false;
  } else {
    target();
    if (at(Tok::kComma) || at(Tok::kw_using)) {
      while (accept(Tok::kComma)) target();
      expect(Tok::kw_using);
      del->single = false;
    }
  }
  if (!del->single) {
    del->tables = table_references();
    if (accept(Tok::kw_where)) del->where = expression();
    // delete t from a as t is delete from a as t.
    const auto* only = as<AliasedTableExpr>(del->tables[0]);
    del->single = del->targets.size() == 1 && del->tables.size() == 1 && only != nullptr &&
                  only->derived == nullptr && only->sample == nullptr && only->hints.empty() &&
                  only->partitions.empty() && del->targets[0].qualifier.empty() &&
                  del->targets[0].name == (only->as.empty() ? only->table.name : only->as);
    return del;
  }
  AliasedTableExpr* table = table_expr(del->targets[0]);
  table->as = table_alias_opt();
  if (!table->as.empty()) del->targets[0] = TableName{{}, table->as};
  push(del->tables, static_cast<TableExpr*>(table));
  if (accept(Tok::kw_partition)) del->partitions = names_in_parens();
  if (accept(Tok::kw_where)) del->where = expression();
  del->order_by = order_by_opt();
  del->limit = limit_opt();
  del->returning = returning_opt();
  return del;
}

Statement* Parser::stream_statement() {
  advance();
  Stream* stream = make<Stream>();
  stream->comments = comments();
  stream->expr = select_expr();
  expect(Tok::kw_from);
  stream->table = table_name();
  return stream;
}

Statement* Parser::vstream_statement() {
  advance();
  VStream* stream = make<VStream>();
  stream->comments = comments();
  stream->expr = select_expr();
  expect(Tok::kw_from);
  stream->table = table_name();
  if (accept(Tok::kw_where)) stream->where = expression();
  stream->limit = limit_opt();
  return stream;
}

}  // namespace vif::sql
