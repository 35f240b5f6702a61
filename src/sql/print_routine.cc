#include "sql/print_core.h"

namespace vif::sql {

// A statement of a body, with its ';'.
void Printer::compound(const Statement* statement) {
  node(statement);
  raw(';');
}

void Printer::statements(const List<Statement*>& items) {
  for (const Statement* statement : items) {
    raw(' ');
    compound(statement);
  }
}

void Printer::handler_condition(const HandlerCondition& condition) {
  switch (condition.type) {
    case HandlerConditionType::kSQLState: lit("sqlstate "); return node(condition.sqlstate);
    case HandlerConditionType::kNamed: return name(condition.text);
    case HandlerConditionType::kErrorCode: return raw(condition.text);
    case HandlerConditionType::kSQLException: return lit("sqlexception");
    case HandlerConditionType::kSQLWarning: return lit("sqlwarning");
    case HandlerConditionType::kNotFound: return lit("not found");
  }
}

bool Printer::routine(const Node& any) { return routine_definition(any) || routine_statement(any); }

bool Printer::routine_definition(const Node& any) {
  switch (any.kind) {
    case Kind::kCreateProcedure: {
      const auto& create = to<CreateProcedure>(any);
      lit("create ");
      comments(create.comments);
      definer(create.definer);
      lit(create.if_not_exists ? "procedure if not exists " : "procedure ");
      table(create.name);
      raw(" (");
      nodes(create.params);
      raw(") ");
      compound(create.body);
      return true;
    }
    case Kind::kDropProcedure: {
      const auto& drop = to<DropProcedure>(any);
      lit("drop ");
      comments(drop.comments);
      lit(drop.if_exists ? "procedure if exists " : "procedure ");
      table(drop.name);
      return true;
    }
    case Kind::kProcParameter: {
      const auto& param = to<ProcParameter>(any);
      static constexpr std::string_view kModes[] = {"in ", "inout ", "out "};
      lit(kModes[static_cast<size_t>(param.mode)]);
      name(param.name);
      raw(' ');
      node(param.type);
      return true;
    }
    default: return false;
  }
}

constexpr std::string_view kHandlerActions[] = {"continue", "exit", "undo"};

bool Printer::routine_statement(const Node& any) {
  switch (any.kind) {
    case Kind::kBeginEndStatement:
      lit("begin");
      statements(to<BeginEndStatement>(any).statements);
      lit(" end");
      return true;
    case Kind::kIfStatement: {
      const auto& branch = to<IfStatement>(any);
      lit("if ");
      node(branch.condition);
      lit(" then");
      statements(branch.then);
      for (const ElseIfBlock* block : branch.elseifs) {
        raw(' ');
        node(block);
      }
      if (!branch.els.empty()) {
        lit(" else");
        statements(branch.els);
      }
      lit(" end if");
      return true;
    }
    case Kind::kElseIfBlock:
      lit("elseif ");
      node(to<ElseIfBlock>(any).condition);
      lit(" then");
      statements(to<ElseIfBlock>(any).then);
      return true;
    case Kind::kDeclareVar:
      lit("declare ");
      names(to<DeclareVar>(any).names);
      raw(' ');
      node(to<DeclareVar>(any).type);
      return true;
    case Kind::kDeclareHandler: {
      const auto& handler = to<DeclareHandler>(any);
      lit("declare ");
      lit(kHandlerActions[static_cast<size_t>(handler.action)]);
      lit(" handler for ");
      list(handler.conditions, ", ",
           [&](const HandlerCondition* item) { handler_condition(*item); });
      raw(' ');
      node(handler.statement);
      return true;
    }
    case Kind::kDeclareCondition:
      lit("declare ");
      name(to<DeclareCondition>(any).name);
      lit(" condition for ");
      handler_condition(*to<DeclareCondition>(any).condition);
      return true;
    case Kind::kSignal: {
      const auto& signal = to<Signal>(any);
      lit("signal ");
      handler_condition(*signal.condition);
      if (signal.values.empty()) return true;
      lit(" set ");
      nodes(signal.values);
      return true;
    }
    case Kind::kSignalSet:
      lit(to<SignalSet>(any).name);
      raw(" = ");
      node(to<SignalSet>(any).value);
      return true;
    case Kind::kHandlerCondition: handler_condition(to<HandlerCondition>(any)); return true;
    default: return false;
  }
}

}  // namespace vif::sql
