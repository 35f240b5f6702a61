// CREATE PROCEDURE and the compound statements of its body.
#pragma once

#include "sql/ast_ddl.h"

namespace vif::sql {

enum class ParamMode : uint8_t { kIn, kInout, kOut };
struct ProcParameter : NodeOf<Kind::kProcParameter> {
  ParamMode mode = ParamMode::kIn;
  std::string_view name;
  ColumnType* type = nullptr;
  VIF_SQL_FIELDS(mode, name, type)
};
struct CreateProcedure : NodeOf<Kind::kCreateProcedure, Statement> {
  Comments comments;
  Definer definer;
  bool if_not_exists = false;
  TableName name;
  List<ProcParameter*> params;
  Statement* body = nullptr;
  VIF_SQL_FIELDS(comments, definer, if_not_exists, name, params, body)
};
struct DropProcedure : NodeOf<Kind::kDropProcedure, Statement> {
  Comments comments;
  bool if_exists = false;
  TableName name;
  VIF_SQL_FIELDS(comments, if_exists, name)
};

struct BeginEndStatement : NodeOf<Kind::kBeginEndStatement, Statement> {
  List<Statement*> statements;
  VIF_SQL_FIELDS(statements)
};
struct ElseIfBlock : NodeOf<Kind::kElseIfBlock> {
  Expr* condition = nullptr;
  List<Statement*> then;
  VIF_SQL_FIELDS(condition, then)
};
struct IfStatement : NodeOf<Kind::kIfStatement, Statement> {
  Expr* condition = nullptr;
  List<Statement*> then;
  List<ElseIfBlock*> elseifs;
  List<Statement*> els;
  VIF_SQL_FIELDS(condition, then, elseifs, els)
};
struct DeclareVar : NodeOf<Kind::kDeclareVar, Statement> {
  Columns names;
  ColumnType* type = nullptr;
  VIF_SQL_FIELDS(names, type)
};

enum class HandlerConditionType : uint8_t {
  kSQLState,
  kNamed,
  kErrorCode,
  kSQLException,
  kSQLWarning,
  kNotFound,
};
struct HandlerCondition : NodeOf<Kind::kHandlerCondition> {
  HandlerConditionType type = HandlerConditionType::kNamed;
  Literal* sqlstate = nullptr;
  std::string_view text;  // the name or the number
  VIF_SQL_FIELDS(type, sqlstate, text)
};
enum class HandlerAction : uint8_t { kContinue, kExit, kUndo };
struct DeclareHandler : NodeOf<Kind::kDeclareHandler, Statement> {
  HandlerAction action = HandlerAction::kContinue;
  List<HandlerCondition*> conditions;
  Statement* statement = nullptr;
  VIF_SQL_FIELDS(action, conditions, statement)
};
struct DeclareCondition : NodeOf<Kind::kDeclareCondition, Statement> {
  std::string_view name;
  HandlerCondition* condition = nullptr;
  VIF_SQL_FIELDS(name, condition)
};
struct SignalSet : NodeOf<Kind::kSignalSet> {
  std::string_view name;  // lower case
  Expr* value = nullptr;
  VIF_SQL_FIELDS(name, value)
};
struct Signal : NodeOf<Kind::kSignal, Statement> {
  HandlerCondition* condition = nullptr;
  List<SignalSet*> values;
  VIF_SQL_FIELDS(condition, values)
};

}  // namespace vif::sql
