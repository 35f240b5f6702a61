// CREATE PROCEDURE and the compound statements of its body.
#include "sql/parse_core.h"

namespace vif::sql {

Statement* Parser::create_procedure(const Comments& notes, const Definer& by, uint32_t from) {
  const uint32_t begin = token_.begin;
  advance();
  in_body_ = true;
  CreateProcedure* create = make<CreateProcedure>();
  create->comments = notes;
  create->definer = by;
  create->if_not_exists = accept_if_not_exists();
  create->name = table_name();
  expect(Tok::kOpen);
  bool collated = false;
  while (!at(Tok::kClose)) {
    if (!create->params.empty()) expect(Tok::kComma);
    ProcParameter* param = make<ProcParameter>();
    if (accept(Tok::kw_inout)) {
      param->mode = ParamMode::kInout;
    } else if (accept(Tok::kw_out)) {
      param->mode = ParamMode::kOut;
    } else {
      accept(Tok::kw_in);
    }
    param->name = name();
    param->type = column_type();
    if (accept(Tok::kw_collate)) {
      charset_name();
      collated = true;
    }
    push(create->params, param);
  }
  advance();
  const bool opaque =
      collated ||
      at_any({Tok::kw_comment, Tok::kw_language, Tok::kw_not, Tok::kw_no, Tok::kw_sql,
              Tok::kw_deterministic, Tok::kw_reads, Tok::kw_modifies}) ||
      at_word("contains");
  if (!opaque) {
    try {
      create->body = compound_statement();
      return create;
    } catch (const SqlError&) {
      if (!opaque_body_) throw;
    }
  }
  // Loops, cursors and the like are checked, not made into trees.
  restart(begin);
  return shaped(from, "create procedure", "create procedure");
}

// A statement of a body; its ';' is left.
Statement* Parser::compound_statement() {
  check_stack();
  switch (token_.tok) {
    case Tok::kw_begin: {
      advance();
      BeginEndStatement* block = make<BeginEndStatement>();
      block->statements = compound_list({Tok::kw_end});
      expect(Tok::kw_end);
      return block;
    }
    case Tok::kw_if: return if_statement();
    case Tok::kw_declare: return declare_statement();
    case Tok::kw_signal: return signal_statement();
    case Tok::kw_while:
    case Tok::kw_loop:
    case Tok::kw_repeat:
    case Tok::kw_case:
    case Tok::kw_leave:
    case Tok::kw_iterate:
    case Tok::kw_open:
    case Tok::kw_fetch:
    case Tok::kw_resignal:
    case Tok::kw_return: opaque_body_ = true; fail();
    default: break;
  }
  const Tok then = at_name() ? peek().tok : Tok::kEnd;  // a label's colon
  if (at_word("close") || at(Tok::kw_get) || then == Tok::kError || then == Tok::kArg) {
    opaque_body_ = true;
    fail();
  }
  return command();
}

List<Statement*> Parser::compound_list(std::initializer_list<Tok> ends) {
  List<Statement*> list;
  while (!at_any(ends)) {
    push(list, compound_statement());
    expect(Tok::kSemicolon);
  }
  return list;
}

Statement* Parser::if_statement() {
  advance();
  IfStatement* node = make<IfStatement>();
  node->condition = expression();
  expect(Tok::kw_then);
  const auto block = [&] { return compound_list({Tok::kw_elseif, Tok::kw_else, Tok::kw_end}); };
  node->then = block();
  while (accept(Tok::kw_elseif)) {
    ElseIfBlock* branch = make<ElseIfBlock>();
    branch->condition = expression();
    expect(Tok::kw_then);
    branch->then = block();
    push(node->elseifs, branch);
  }
  if (accept(Tok::kw_else)) node->els = block();
  expect(Tok::kw_end);
  expect(Tok::kw_if);
  return node;
}

Statement* Parser::declare_statement() {
  advance();
  if (at_any({Tok::kw_continue, Tok::kw_exit, Tok::kw_undo}) && peek().tok == Tok::kw_handler) {
    DeclareHandler* handler = make<DeclareHandler>();
    handler->action = at(Tok::kw_continue) ? HandlerAction::kContinue
                      : at(Tok::kw_exit)   ? HandlerAction::kExit
                                           : HandlerAction::kUndo;
    advance();
    advance();
    expect(Tok::kw_for);
    do {
      push(handler->conditions, handler_condition());
    } while (accept(Tok::kComma));
    handler->statement = compound_statement();
    return handler;
  }
  const std::string_view first = name();
  if (at(Tok::kw_cursor)) {
    opaque_body_ = true;
    fail();
  }
  if (accept(Tok::kw_condition)) {
    DeclareCondition* condition = make<DeclareCondition>();
    condition->name = first;
    expect(Tok::kw_for);
    condition->condition = handler_condition();
    return condition;
  }
  DeclareVar* variable_node = make<DeclareVar>();
  push(variable_node->names, first);
  while (accept(Tok::kComma)) push(variable_node->names, name());
  variable_node->type = column_type();
  if (at(Tok::kw_collate)) {
    opaque_body_ = true;
    fail();
  }
  variable_node->type->options = make<ColumnTypeOptions>();
  if (accept(Tok::kw_default)) {
    ColumnTypeOptions& options = *variable_node->type->options;
    options.default_val = expression();
    options.default_literal = true;
  }
  return variable_node;
}

HandlerCondition* Parser::handler_condition() {
  HandlerCondition* condition = make<HandlerCondition>();
  if (accept(Tok::kw_sqlstate)) {
    accept(Tok::kw_value);
    condition->type = HandlerConditionType::kSQLState;
    condition->sqlstate = string_literal();
  } else if (accept(Tok::kw_sqlexception)) {
    condition->type = HandlerConditionType::kSQLException;
  } else if (accept(Tok::kw_sqlwarning)) {
    condition->type = HandlerConditionType::kSQLWarning;
  } else if (accept(Tok::kw_not)) {
    expect(Tok::kw_found);
    condition->type = HandlerConditionType::kNotFound;
  } else if (at(Tok::kInt)) {
    condition->type = HandlerConditionType::kErrorCode;
    condition->text = token_.text;
    advance();
  } else {
    condition->text = name();
  }
  return condition;
}

Statement* Parser::signal_statement() {
  advance();
  Signal* signal = make<Signal>();
  signal->condition = handler_condition();
  if (!at(Tok::kw_set)) return signal;
  advance();
  static constexpr Tok kItems[] = {
      Tok::kw_class_origin,    Tok::kw_subclass_origin,    Tok::kw_message_text,
      Tok::kw_mysql_errno,     Tok::kw_constraint_catalog, Tok::kw_constraint_schema,
      Tok::kw_constraint_name, Tok::kw_catalog_name,       Tok::kw_schema_name,
      Tok::kw_table_name,      Tok::kw_column_name,        Tok::kw_cursor_name};
  do {
    bool known = false;
    for (Tok item : kItems) known = known || at(item);
    if (!known) fail();
    SignalSet* item = make<SignalSet>();
    item->name = keyword_text(token_.tok);
    advance();
    expect(Tok::kEq);
    item->value = simple_value();
    push(signal->values, item);
  } while (accept(Tok::kComma));
  return signal;
}

}  // namespace vif::sql
