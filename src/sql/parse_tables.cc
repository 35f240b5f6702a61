// What stands in FROM: tables, derived tables, joins, JSON_TABLE.
#include "sql/parse_core.h"

namespace vif::sql {

List<TableExpr*> Parser::table_references() {
  List<TableExpr*> list;
  do {
    push(list, table_reference());
  } while (accept(Tok::kComma));
  return list;
}

TableExpr* Parser::table_reference() {
  check_stack();
  return join_from(table_factor());
}

bool Parser::at_join() const {
  return at_any({Tok::kw_join, Tok::kw_inner, Tok::kw_cross, Tok::kw_straight_join, Tok::kw_left,
                 Tok::kw_right, Tok::kw_natural});
}

namespace {

// `left join-without-condition right`: joins go from left to right, so it is with the first table
// of `right`.
TableExpr* put_first(JoinTableExpr* join, TableExpr* right) {
  TableExpr** place = &right;
  while (auto* inner = as<JoinTableExpr>(*place)) place = &inner->left;
  join->right = *place;
  *place = join;
  return right;
}

}  // namespace

// An ON belongs to the join before it that has none yet: a join b join c on 1 on 2 is a join (b
// join c on 1) on 2.
TableExpr* Parser::join_from(TableExpr* left) {
  for (int joins = 0; at_join(); ++joins) {
    if (joins > kLongRun) may_be_high_ = true;
    if (joins > kTreeHeightMax / 2) fail_nesting();
    JoinTableExpr* node = make<JoinTableExpr>();
    node->left = left;
    const bool natural = accept(Tok::kw_natural);
    const auto side = [&] {
      const bool is_left = at(Tok::kw_left);
      advance();
      accept(Tok::kw_outer);
      expect(Tok::kw_join);
      if (natural) return is_left ? JoinType::kNaturalLeft : JoinType::kNaturalRight;
      return is_left ? JoinType::kLeft : JoinType::kRight;
    };
    const bool to_a_side = at(Tok::kw_left) || at(Tok::kw_right);
    if (natural) {
      if (to_a_side) {
        node->join = side();
      } else {
        accept(Tok::kw_inner);
        expect(Tok::kw_join);
        node->join = JoinType::kNatural;
      }
      if (at(Tok::kError)) fail();  // no { oj ... } here
      node->right = table_factor();
      left = node;
      continue;
    }
    if (to_a_side) {
      node->join = side();
    } else if (accept(Tok::kw_straight_join)) {
      node->join = JoinType::kStraight;
    } else {
      if (accept(Tok::kw_inner) || accept(Tok::kw_cross)) {
        expect(Tok::kw_join);
      } else {
        advance();
      }
    }
    TableExpr* right = table_reference();
    if (accept(Tok::kw_on)) {
      node->on = expression();
    } else if (accept(Tok::kw_using)) {
      node->use = names_in_parens();
    } else if (to_a_side) {
      fail();
    } else {
      may_be_high_ = true;
      left = put_first(node, right);
      continue;
    }
    node->right = right;
    left = node;
  }
  return left;
}

TableExpr* Parser::table_factor() {
  if (at(Tok::kError) && token_.text == "{") {
    // { oj a left join b on ... }: the ODBC form, which is the join.
    advance();
    if (!at_shape_text("oj")) fail();
    advance();
    TableExpr* inside = table_reference();
    if (!at(Tok::kError) || token_.text != "}") fail();
    advance();
    ParenTableExpr* node = make<ParenTableExpr>();
    push(node->exprs, inside);
    return node;
  }
  if (at(Tok::kOpen)) {
    TableStatement* query = nullptr;
    TableExpr* tables = table_parens(&query);
    return query != nullptr ? derived_table(query, false) : tables;
  }
  if (accept(Tok::kw_lateral)) {
    const Nested nested(in_subquery_);
    return derived_table(query_parens(), true);
  }
  if (at(Tok::kw_json_table)) return json_table();
  return aliased_table();
}

// A parenthesized list of tables, or (then `query` is set and null returned) a query.
TableExpr* Parser::table_parens(TableStatement** query) {
  check_stack();
  expect(Tok::kOpen);
  const Nested nested(in_subquery_);
  if (at_query()) {
    *query = finish_parens(select_statement());
    return nullptr;
  }
  TableExpr* first;
  if (at(Tok::kOpen)) {
    TableStatement* inner = nullptr;
    first = table_parens(&inner);
    if (inner != nullptr) {
      if (at(Tok::kClose) || at_query_tail()) {
        if (at_set_operator()) inner = query_body_from(inner);
        *query = finish_parens(query_tail(inner));
        return nullptr;
      }
      first = derived_table(inner, false);
    }
    first = join_from(first);
  } else {
    first = table_reference();
  }
  ParenTableExpr* node = make<ParenTableExpr>();
  push(node->exprs, first);
  while (accept(Tok::kComma)) push(node->exprs, table_reference());
  expect(Tok::kClose);
  return node;
}

TableExpr* Parser::derived_table(TableStatement* select, bool lateral) {
  AliasedTableExpr* node = make<AliasedTableExpr>();
  node->derived = make<DerivedTable>();
  node->derived->lateral = lateral;
  node->derived->select = select;
  accept(Tok::kw_as);
  node->as = name();
  if (at(Tok::kOpen)) node->columns = names_in_parens();
  return node;
}

AliasedTableExpr* Parser::table_expr(TableName table) {
  AliasedTableExpr* node = make<AliasedTableExpr>();
  node->table = table;
  return node;
}

TableExpr* Parser::aliased_table() {
  AliasedTableExpr* node = table_expr(table_name());
  if (accept(Tok::kw_partition)) node->partitions = names_in_parens();
  if (at(Tok::kw_for)) node->system_time = system_time_opt();
  node->as = table_alias_opt();
  node->hints = index_hints();
  if (at_sample()) {
    advance();
    node->sample_method = lower(token_.text);
    advance();
    expect(Tok::kOpen);
    node->sample = expression();
    expect(Tok::kClose);
  }
  return node;
}

bool Parser::at_sample() const {
  if (!at_shape_text("tablesample")) return false;
  const Token then = peek();
  return then.tok == Tok::kw_system || equal_ci(then.text, "bernoulli");
}

// for system_time as of '...' | between a and b | from a to b | all
std::string_view Parser::system_time_opt() {
  if (!equal_ci(peek().text, "system_time")) return {};
  const uint32_t from = token_.begin;
  uint32_t to = from;
  advance();
  advance();
  const auto value = [&] {
    const uint32_t begin = token_.begin;
    expression();
    to = token_.prev_end;
    if (to < begin) fail();
  };
  const auto bit_value = [&] {
    bit_expression();
    to = token_.prev_end;
  };
  if (at(Tok::kw_all)) {
    to = token_.end;
    advance();
  } else if (accept(Tok::kw_as)) {
    expect(Tok::kw_of);
    value();
  } else if (accept(Tok::kw_between)) {
    bit_value();
    expect(Tok::kw_and);
    bit_value();
  } else {
    expect(Tok::kw_from);
    bit_value();
    expect(Tok::kw_to);
    bit_value();
  }
  return sql_.substr(from, to - from);
}

std::string_view Parser::table_alias_opt() {
  if (accept(Tok::kw_as)) return table_alias();
  if (at(Tok::kString)) return table_alias();
  if (!at_name() || at_set_operator() || at_fetch() || at_sample()) return {};
  if (at(Tok::kw_returning)) {
    const Token then = peek();
    if (then.tok == Tok::kStar || then.tok == Tok::kId || then.tok == Tok::kInt) return {};
  }
  return name();
}

std::string_view Parser::table_alias() {
  if (at(Tok::kString)) return string_value();
  return name();
}

List<IndexHint*> Parser::index_hints() {
  List<IndexHint*> hints;
  while (at_any({Tok::kw_use, Tok::kw_ignore, Tok::kw_force})) {
    IndexHint* hint = make<IndexHint>();
    const Tok verb = token_.tok;
    advance();
    if (verb != Tok::kw_force && accept(Tok::kw_vindex)) {
      hint->type = verb == Tok::kw_use ? IndexHintType::kUseVindex : IndexHintType::kIgnoreVindex;
    } else {
      hint->type = verb == Tok::kw_use      ? IndexHintType::kUse
                   : verb == Tok::kw_ignore ? IndexHintType::kIgnore
                                            : IndexHintType::kForce;
      if (!accept(Tok::kw_index)) expect(Tok::kw_key);
      if (accept(Tok::kw_for)) {
        if (accept(Tok::kw_join)) {
          hint->for_type = IndexHintFor::kJoin;
        } else {
          hint->for_type = at(Tok::kw_order) ? IndexHintFor::kOrderBy : IndexHintFor::kGroupBy;
          if (!accept(Tok::kw_order)) expect(Tok::kw_group);
          expect(Tok::kw_by);
        }
      }
    }
    expect(Tok::kOpen);
    if (hint->type != IndexHintType::kUse || !at(Tok::kClose)) {
      do {
        if (at(Tok::kw_primary)) {
          push(hint->indexes, token_.text);
          advance();
        } else {
          push(hint->indexes, name());
        }
      } while (accept(Tok::kComma));
    }
    expect(Tok::kClose);
    push(hints, hint);
  }
  return hints;
}

TableExpr* Parser::json_table() {
  advance();
  JSONTableExpr* node = make<JSONTableExpr>();
  expect(Tok::kOpen);
  node->expr = expression();
  expect(Tok::kComma);
  node->filter = text_literal_or_arg();
  node->columns = jt_columns();
  expect(Tok::kClose);
  node->alias = table_alias_opt();
  return node;
}

List<JtColumnDefinition*> Parser::jt_columns() {
  check_stack();
  expect(Tok::kw_columns);
  expect(Tok::kOpen);
  List<JtColumnDefinition*> columns;
  do {
    push(columns, jt_column());
  } while (accept(Tok::kComma));
  expect(Tok::kClose);
  return columns;
}

JtColumnDefinition* Parser::jt_column() {
  JtColumnDefinition* node = make<JtColumnDefinition>();
  const Token then = peek();
  if (at(Tok::kw_nested) && then.tok == Tok::kw_path) {
    node->column = JtColumnKind::kNested;
    advance();
    expect(Tok::kw_path);
    node->path = text_literal_or_arg();
    node->columns = jt_columns();
    return node;
  }
  node->name = name();
  if (accept(Tok::kw_for)) {
    expect(Tok::kw_ordinality);
    node->column = JtColumnKind::kOrdinal;
    return node;
  }
  node->type = column_type();
  node->type->options = make<ColumnTypeOptions>();
  if (accept(Tok::kw_collate)) node->type->options->collate = charset_name();
  node->exists = accept(Tok::kw_exists);
  expect(Tok::kw_path);
  node->path = text_literal_or_arg();
  while (at_any({Tok::kw_error, Tok::kw_null, Tok::kw_default})) {
    JtOnResponse* response = on_response();
    expect(Tok::kw_on);
    if (node->on_empty == nullptr && accept(Tok::kw_empty)) {
      node->on_empty = response;
    } else {
      if (node->on_error != nullptr) fail();
      expect(Tok::kw_error);
      node->on_error = response;
    }
  }
  return node;
}

}  // namespace vif::sql
