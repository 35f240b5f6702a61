// Queries: SELECT, VALUES, TABLE, set operations, and their clauses.
#include "sql/parse_core.h"

namespace vif::sql {

bool Parser::at_query() const {
  if (at(Tok::kw_select) || at(Tok::kw_with) || at(Tok::kw_table)) return true;
  if (!at(Tok::kw_values)) return false;
  const Tok then = peek().tok;  // values(col) is a function
  return then == Tok::kw_row || then == Tok::kListArg;
}

bool Parser::at_set_operator() const {
  if (at(Tok::kw_union)) return true;
  if (!at_word("except") && !at_word("intersect")) return false;
  const Tok then = peek().tok;
  return then == Tok::kw_select || then == Tok::kOpen || then == Tok::kw_all ||
         then == Tok::kw_distinct || then == Tok::kw_distinctrow || then == Tok::kw_values ||
         then == Tok::kw_table;
}

bool Parser::at_query_tail() const {
  return at(Tok::kw_order) || at(Tok::kw_limit) || at(Tok::kw_into) || at_locking_clause() ||
         at_set_operator();
}

TableStatement* Parser::select_statement() {
  check_stack();
  return query_expression();
}

TableStatement* Parser::query_expression() {
  With* with = at(Tok::kw_with) ? with_clause() : nullptr;
  if (with != nullptr && at(Tok::kw_with)) fail();
  TableStatement* query;
  if (at(Tok::kOpen)) {
    query = query_parens();
    if (at_set_operator()) query = query_body_from(query);
  } else {
    query = query_primary();
    const auto* select = as<Select>(query);
    const bool next_value = select != nullptr && is<Nextval>(select->exprs[0]);
    if (!next_value) query = query_body_from(query);
  }
  query = query_tail(query);
  if (with != nullptr) query->with = with;
  return query;
}

// select * from (query) as q: a query whose LIMIT stands before what follows.
TableStatement* Parser::as_derived(TableStatement* query) {
  Select* outer = make<Select>();
  push(outer->exprs, static_cast<SelectExpr*>(make<StarExpr>()));
  AliasedTableExpr* derived = make<AliasedTableExpr>();
  derived->derived = make<DerivedTable>();
  derived->derived->select = query;
  derived->as = "q";
  push(outer->from, static_cast<TableExpr*>(derived));
  peak_ += 2;
  return outer;
}

// Clauses after a parenthesized query become the query's own, as in Vitess.
TableStatement* Parser::query_tail(TableStatement* query) {
  if (is<ValuesStatement>(query) && at_locking_clause()) {
    locking_clause(*query);
    fail_with("VALUES does not support LOCK");
  }
  // (select ... limit 5) order by a: the limit comes first.
  const bool again =
      query->limit != nullptr && (at(Tok::kw_order) || at(Tok::kw_limit) || at_fetch());
  if (again) query = as_derived(query);
  if (at(Tok::kw_order)) query->order_by = order_by_opt();
  if (at(Tok::kw_limit)) query->limit = limit_opt();
  if (at_fetch()) query->limit = fetch_clause();
  if (at(Tok::kw_into)) {
    if (query->into != nullptr || in_subquery_) fail();
    query->into = into_clause();
    query->into->at_end = true;
    if (at_locking_clause()) locking_clause(*query);
    return query;
  }
  if (at_locking_clause()) {
    locking_clause(*query);
    while (at_locking_clause()) {
      const Lock first = query->lock;
      const Columns first_of = query->lock_of;
      query->lock_of = {};
      locking_clause(*query);
      LockClause* more = make<LockClause>();
      more->lock = query->lock;
      more->of = query->lock_of;
      push(query->more_locks, more);
      query->lock = first;
      query->lock_of = first_of;
    }
    if (at(Tok::kw_into)) {
      if (query->into != nullptr || in_subquery_) fail();
      query->into = into_clause();
      query->into->at_end = true;
    }
  }
  return query;
}

TableStatement* Parser::query_body_from(TableStatement* left) {
  int chain = 0;
  size_t run = 1;  // queries of the run of UNIONs of one kind that `left` ends in
  SelectInto* into = nullptr;
  const auto operand = [&]() -> TableStatement* {
    if (into != nullptr) fail();
    TableStatement* query = at(Tok::kOpen) ? query_parens() : query_primary();
    if (query->into != nullptr && query->into->at_end) fail();
    // An INTO of the last query is the whole's.
    std::swap(into, query->into);
    return query;
  };
  const auto combine = [&](TableStatement* first, SetOp op, bool distinct, TableStatement* second) {
    Union* node = make<Union>();
    node->op = op;
    node->left = first;
    node->distinct = distinct;
    node->right = second;
    if (run <= kBalanceAbove && ++chain > kLongRun) may_be_high_ = true;
    if (chain > kTreeHeightMax) fail_nesting();
    return node;
  };
  const auto read_distinct = [&] {
    if (accept(Tok::kw_all)) return false;
    if (!accept(Tok::kw_distinct)) accept(Tok::kw_distinctrow);
    return true;
  };
  // INTERSECT binds tighter than the others.
  const auto intersections = [&](TableStatement* first) {
    while (at_word("intersect") && at_set_operator()) {
      advance();
      const bool distinct = read_distinct();
      TableStatement* second = operand();
      first = combine(first, SetOp::kIntersect, distinct, second);
    }
    return first;
  };
  if (at_set_operator() && left->into != nullptr) fail();
  left = intersections(left);
  bool run_distinct = false;
  const auto end_run = [&] {
    if (run > 1) left = end_unions(left);
    run = 1;
  };
  while (at_set_operator()) {
    const SetOp op = at(Tok::kw_union) ? SetOp::kUnion : SetOp::kExcept;
    advance();
    const bool distinct = read_distinct();
    TableStatement* right = intersections(operand());
    if (op != SetOp::kUnion || distinct != run_distinct) end_run();
    left = combine(left, op, distinct, right);
    if (op == SetOp::kUnion) ++run;
    run_distinct = distinct;
  }
  end_run();
  if (into != nullptr) {
    into->of_last = is<Union>(left);
    left->into = into;
  }
  return left;
}

TableStatement* Parser::query_primary() {
  if (at(Tok::kw_select)) return select_body();
  if (at(Tok::kw_values)) return values_statement();
  if (at(Tok::kw_table)) return table_statement();
  fail();
}

TableStatement* Parser::query_parens() {
  check_stack();
  expect(Tok::kOpen);
  if (!at(Tok::kOpen) && !at_query()) fail();
  return finish_parens(select_statement());
}

TableStatement* Parser::finish_parens(TableStatement* inner) {
  expect(Tok::kClose);
  return inner;
}

void Parser::select_options(Select& select) {
  for (;; advance()) {
    switch (token_.tok) {
      case Tok::kw_distinct:
      case Tok::kw_distinctrow: select.distinct = true; break;
      case Tok::kw_all: break;
      case Tok::kw_sql_cache: select.cache = true; break;
      case Tok::kw_sql_no_cache: select.cache = false; break;
      case Tok::kw_high_priority: select.high_priority = true; break;
      case Tok::kw_straight_join: select.straight_join = true; break;
      case Tok::kw_sql_small_result: select.sql_small_result = true; break;
      case Tok::kw_sql_big_result: select.sql_big_result = true; break;
      case Tok::kw_sql_buffer_result: select.sql_buffer_result = true; break;
      case Tok::kw_sql_calc_found_rows: select.sql_calc_found_rows = true; break;
      default: return;
    }
  }
}

Select* Parser::select_body() {
  advance();
  Select* select = make<Select>();
  select->comments = comments();
  select_options(*select);
  if (at(Tok::kw_next) && peek().tok != Tok::kw_from && peek().tok != Tok::kComma &&
      peek().tok != Tok::kDot && peek().tok != Tok::kEnd) {
    push(select->exprs, static_cast<SelectExpr*>(nextval()));
    if (!accept(Tok::kw_for)) expect(Tok::kw_from);
    push(select->from, static_cast<TableExpr*>(table_expr(table_name())));
    return select;
  }
  do {
    push(select->exprs, select_expr());
  } while (accept(Tok::kComma));
  if (at(Tok::kw_into) && !in_subquery_) select->into = into_clause();
  if (accept(Tok::kw_from)) {
    select->from = table_references();
  } else {
    push(select->from, static_cast<TableExpr*>(table_expr(TableName{{}, "dual"})));
  }
  if (accept(Tok::kw_where)) select->where = expression();
  if (accept(Tok::kw_group)) group_by(*select);
  if (accept(Tok::kw_having)) select->having = expression();
  if (at(Tok::kw_window)) select->windows = windows();
  if (accept(Tok::kw_qualify)) select->qualify = expression();
  return select;
}

// GROUP BY ROLLUP(a, b) is what WITH ROLLUP says.
void Parser::group_by(Select& select) {
  expect(Tok::kw_by);
  const bool called = peek().tok == Tok::kOpen;
  if (at(Tok::kw_grouping) && equal_ci(peek().text, "sets")) {
    advance();
    advance();
    expect(Tok::kOpen);
    select.grouping = Grouping::kSets;
    do {
      expect(Tok::kOpen);
      const List<Expr*> set = expressions_until_close();
      push(select.set_sizes, static_cast<int32_t>(set.size()));
      for (Expr* expr : set) push(select.group_by, expr);
    } while (accept(Tok::kComma));
    expect(Tok::kClose);
  } else if (called && (at(Tok::kw_rollup) || at_word("cube"))) {
    if (at_word("cube")) select.grouping = Grouping::kCube;
    advance();
    advance();
    select.group_by = expression_list();
    expect(Tok::kClose);
  } else {
    select.group_by = expression_list();
    if (!at(Tok::kw_with) || peek().tok != Tok::kw_rollup) return;
    advance();
    advance();
  }
  select.with_rollup = true;
}

Nextval* Parser::nextval() {
  advance();
  Nextval* node = make<Nextval>();
  if (at(Tok::kArg)) {
    node->expr = argument();
    expect(Tok::kw_values);
  } else if (at(Tok::kInt)) {
    node->expr = int_literal();
    expect(Tok::kw_values);
  } else {
    if (!at(Tok::kw_value)) fail();
    advance();
    node->expr = literal(LiteralType::kIntVal, "1", -1);
  }
  return node;
}

SelectExpr* Parser::select_expr() {
  if (accept(Tok::kStar)) return make<StarExpr>();
  if (at_name()) {
    size_t next = token_.end;
    while (next < sql_.size() && sql_[next] == ' ') ++next;
    if (next < sql_.size() && sql_[next] == '.') {
      // t.* or k.t.*, else a column.
      Lexer ahead = lexer_;
      ahead.next();
      Token then = ahead.next();
      const bool two = then.tok != Tok::kStar;
      if (two && ahead.next().tok == Tok::kDot) then = ahead.next();
      if (then.tok == Tok::kStar) {
        StarExpr* star = make<StarExpr>();
        star->table.name = name();
        expect(Tok::kDot);
        if (two) {
          star->table.qualifier = star->table.name;
          star->table.name = reserved_name();
          expect(Tok::kDot);
        }
        expect(Tok::kStar);
        return star;
      }
    }
  }
  AliasedExpr* node = make<AliasedExpr>();
  const uint32_t begin = token_.begin;
  node->expr = expression();
  const uint32_t end = token_.prev_end;
  node->as = column_alias_opt();
  node->as_empty = node->as.empty() && token_.prev_end > end;
  if (node->as.empty() && !node->as_empty) node->source = sql_.substr(begin, end - begin);
  return node;
}

std::string_view Parser::column_alias_opt() {
  const bool must = accept(Tok::kw_as);
  if (at(Tok::kString)) return string_value();
  if (must) return name();
  if (at(Tok::kw_returning) && peek().tok != Tok::kComma && peek().tok != Tok::kw_from) return {};
  if (!at_name() || at_set_operator()) return {};
  return name();
}

TableStatement* Parser::values_statement() {
  advance();
  ValuesStatement* node = make<ValuesStatement>();
  node->comments = comments();
  if (at(Tok::kListArg)) {
    node->list_arg = token_.text;
    advance();
    return node;
  }
  do {
    expect(Tok::kw_row);
    expect(Tok::kOpen);
    ValTuple* row = make<ValTuple>();
    row->exprs = values_until_close();
    push(node->rows, row);
  } while (accept(Tok::kComma));
  return node;
}

// TABLE t is SELECT * FROM t.
TableStatement* Parser::table_statement() {
  advance();
  Select* select = make<Select>();
  push(select->exprs, static_cast<SelectExpr*>(make<StarExpr>()));
  push(select->from, static_cast<TableExpr*>(table_expr(table_name())));
  return select;
}

With* Parser::with_clause() {
  advance();
  With* with = make<With>();
  with->recursive = accept(Tok::kw_recursive);
  do {
    CommonTableExpr* cte = make<CommonTableExpr>();
    cte->id = name();
    if (at(Tok::kOpen)) cte->columns = names_in_parens();
    expect(Tok::kw_as);
    const Nested nested(in_subquery_);
    cte->subquery = query_parens();
    push(with->ctes, cte);
  } while (accept(Tok::kComma));
  peak_ += 4;
  return with;
}

List<WindowDefinition*> Parser::windows() {
  List<WindowDefinition*> list;
  advance();
  do {
    accept(Tok::kw_window);
    WindowDefinition* window = make<WindowDefinition>();
    window->name = name();
    expect(Tok::kw_as);
    expect(Tok::kOpen);
    window->spec = window_specification();
    expect(Tok::kClose);
    push(list, window);
  } while (accept(Tok::kComma));
  return list;
}

List<Order*> Parser::order_by_opt() {
  if (!accept(Tok::kw_order)) return {};
  expect(Tok::kw_by);
  return order_list();
}

List<Order*> Parser::order_list() {
  List<Order*> list;
  do {
    Order* order = make<Order>();
    order->expr = expression();
    order->descending = accept(Tok::kw_desc);
    if (!order->descending) accept(Tok::kw_asc);
    push(list, order);
  } while (accept(Tok::kComma));
  return list;
}

Limit* Parser::limit_opt() {
  if (!accept(Tok::kw_limit)) return nullptr;
  Limit* limit = make<Limit>();
  // A whole number, a parameter or a variable of a routine, as in MySQL; Vitess takes any
  // expression.
  const auto count = [&]() -> Expr* {
    if (at(Tok::kInt)) return number();
    if (at(Tok::kArg)) return argument();
    Expr* variable = column_or_call();
    if (!is<ColName>(variable)) fail();
    return variable;
  };
  limit->rowcount = count();
  if (accept(Tok::kComma)) {
    limit->offset = limit->rowcount;
    limit->rowcount = count();
  } else if (accept(Tok::kw_offset)) {
    limit->offset = count();
  }
  return limit;
}

// MariaDB's: offset 5 rows fetch next 3 rows only
bool Parser::at_fetch() const {
  if (!at(Tok::kw_fetch) && !at(Tok::kw_offset)) return false;
  const Tok then = peek().tok;
  return at(Tok::kw_fetch) ? then == Tok::kw_first || then == Tok::kw_next
                           : then == Tok::kInt || then == Tok::kArg;
}

Limit* Parser::fetch_clause() {
  Limit* limit = make<Limit>();
  const auto rows = [&] {
    if (!accept(Tok::kw_rows)) expect(Tok::kw_row);
  };
  if (accept(Tok::kw_offset)) {
    limit->offset = primary();
    rows();
  }
  if (!at_fetch()) fail();
  advance();
  advance();
  limit->rowcount =
      at(Tok::kInt) || at(Tok::kArg) ? primary() : literal(LiteralType::kIntVal, "1", -1);
  rows();
  expect(Tok::kw_only);
  return limit;
}

bool Parser::at_locking_clause() const {
  return at(Tok::kw_for) || (at(Tok::kw_lock) && peek().tok == Tok::kw_in);
}

void Parser::locking_clause(TableStatement& query) {
  if (accept(Tok::kw_lock)) {
    expect(Tok::kw_in);
    expect(Tok::kw_share);
    expect(Tok::kw_mode);
    query.lock = Lock::kShareMode;
    return;
  }
  expect(Tok::kw_for);
  const bool update = at(Tok::kw_update);
  if (!accept(Tok::kw_update)) expect(Tok::kw_share);
  if (accept(Tok::kw_of)) {
    // t, ks.t or t.*: a table of this query is known by its own name.
    do {
      std::string_view table = name();
      if (accept(Tok::kDot) && !accept(Tok::kStar)) {
        table = reserved_name();
        if (accept(Tok::kDot)) expect(Tok::kStar);
      }
      push(query.lock_of, table);
    } while (accept(Tok::kComma));
  }
  query.lock = update ? Lock::kForUpdate : Lock::kForShare;
  if (accept(Tok::kw_nowait)) {
    query.lock = update ? Lock::kForUpdateNoWait : Lock::kForShareNoWait;
  } else if (accept(Tok::kw_skip)) {
    expect(Tok::kw_locked);
    query.lock = update ? Lock::kForUpdateSkipLocked : Lock::kForShareSkipLocked;
  }
}

SelectInto* Parser::into_clause() {
  expect(Tok::kw_into);
  SelectInto* into = make<SelectInto>();
  if (accept(Tok::kw_dumpfile)) {
    into->type = IntoType::kDumpfile;
    into->file_name = sql_string();
    return into;
  }
  if (!accept(Tok::kw_outfile)) {
    into->type = IntoType::kVariables;
    do {
      if (at(Tok::kAtId)) {
        push(into->var_list, static_cast<Expr*>(user_variable()));
      } else {
        ColName* variable_name = make<ColName>();
        // Vitess takes no keyword here; in a body it is a variable as any other.
        variable_name->name = in_body_ ? name() : identifier();
        push(into->var_list, static_cast<Expr*>(variable_name));
      }
    } while (accept(Tok::kComma));
    return into;
  }
  if (accept(Tok::kw_s3)) into->type = IntoType::kOutfileS3;
  into->file_name = sql_string();
  column_charset(into->charset);
  if (into->type == IntoType::kOutfile && at(Tok::kw_format)) {
    // For object stores alone, which no server that can be installed has.
    throw SqlError{Error(Code::kInvalidArgument, 6429, "HY000",
                         "Clause CSV FORMAT is not valid with exporting query result to disk.")};
  }
  if (into->type == IntoType::kOutfileS3 && accept(Tok::kw_format)) {
    const bool csv = at(Tok::kw_csv);
    if (!accept(Tok::kw_csv)) expect(Tok::kw_text);
    const bool header = accept(Tok::kw_header);
    into->format_option = csv ? (header ? " format csv header" : " format csv")
                              : (header ? " format text header" : " format text");
  }
  into->export_option = export_options();
  if (into->type == IntoType::kOutfileS3) {
    const auto on_off = [&](std::string_view on, std::string_view off) {
      const bool is_on = at(Tok::kw_on);
      if (!accept(Tok::kw_on)) expect(Tok::kw_off);
      return is_on ? on : off;
    };
    if (accept(Tok::kw_manifest)) into->manifest = on_off(" manifest on", " manifest off");
    if (accept(Tok::kw_overwrite)) into->overwrite = on_off(" overwrite on", " overwrite off");
  }
  return into;
}

// fields terminated by ',' enclosed by '"' lines terminated by '\n'
std::string_view Parser::export_options() {
  std::string text;
  const auto by_string = [&](std::string_view words) {
    advance();
    expect(Tok::kw_by);
    text += words;
    if (at_any({Tok::kHexNum, Tok::kHexVal, Tok::kBitNum, Tok::kBitVal})) {
      text += sql_.substr(token_.begin, token_.end - token_.begin);
      advance();
    } else {
      text += sql_string();
    }
  };
  if (at(Tok::kw_fields) || at(Tok::kw_columns)) {
    text.append(" ").append(token_.text);
    advance();
    bool any = false;
    for (;; any = true) {
      if (at(Tok::kw_terminated)) {
        by_string(" terminated by ");
      } else if (at(Tok::kw_optionally) || at(Tok::kw_enclosed)) {
        if (accept(Tok::kw_optionally)) text += " optionally";
        if (!at(Tok::kw_enclosed)) fail();
        by_string(" enclosed by ");
      } else if (at(Tok::kw_escaped)) {
        by_string(" escaped by ");
      } else {
        break;
      }
    }
    if (!any) fail();
  }
  if (accept(Tok::kw_lines)) {
    text += " lines";
    bool any = false;
    for (;; any = true) {
      if (at(Tok::kw_starting)) {
        by_string(" starting by ");
      } else if (at(Tok::kw_terminated)) {
        by_string(" terminated by ");
      } else {
        break;
      }
    }
    if (!any) fail();
  }
  return arena_.copy(text);
}

}  // namespace vif::sql
