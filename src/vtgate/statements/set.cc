// SET: user variables, what the gate itself minds, and what servers' connections must have.

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "mysql/error_codes.h"
#include "sql/ast.h"
#include "sql/printer.h"
#include "types/collation/collation.h"
#include "vtgate/mysql_error.h"
#include "vtgate/settings.h"
#include "vtgate/statements/statements.h"
#include "vtgate/system_variables.h"

namespace vif::vtgate::statements {

namespace {

Error bad_value(std::string_view name, std::string_view value) {
  return mysql::mysql_error(
      1231, fmt::format("variable '{}' can't be set to the value: {}", name, value));
}

Error bad_type(std::string_view name, types::Type type) {
  return mysql::mysql_error(1232, fmt::format("incorrect argument type to variable '{}': {}", name,
                                              types::type_name(type)));
}

types::Value literal_value(const sql::Literal& literal) {
  using Type = types::Type;
  switch (literal.type) {
    case sql::LiteralType::kIntVal:
      return {literal.text.size() > 18 ? Type::kUint64 : Type::kInt64, std::string(literal.text)};
    case sql::LiteralType::kDecimalVal: return {Type::kDecimal, std::string(literal.text)};
    case sql::LiteralType::kFloatVal: return {Type::kFloat64, std::string(literal.text)};
    default: return {Type::kVarchar, std::string(literal.text)};
  }
}

bool is_plain(const sql::Literal& literal) {
  using Type = sql::LiteralType;
  return literal.type == Type::kStrVal || literal.type == Type::kIntVal ||
         literal.type == Type::kDecimalVal || literal.type == Type::kFloatVal;
}

// The value of the right-hand side; what is no literal is asked as a SELECT of its own.
// `names_are_text`: SET sql_mode = TRADITIONAL.
Result<types::Value> value_of(Context& context, const sql::Expr* expr, bool names_are_text) {
  if (const auto* literal = sql::as<sql::Literal>(expr); literal != nullptr && is_plain(*literal)) {
    return literal_value(*literal);
  }
  if (sql::is<sql::NullVal>(expr)) return types::Value::null();
  if (const auto* boolean = sql::as<sql::BoolVal>(expr))
    return types::Value::int64(boolean->value ? 1 : 0);
  if (const auto* name = sql::as<sql::ColName>(expr); name != nullptr && names_are_text) {
    return types::Value::varchar(std::string(name->name));
  }
  if (const auto* argument = sql::as<sql::Argument>(expr)) {
    const auto found = context.text.variables.find(argument->name);
    if (found != context.text.variables.end()) return found->second.value();
  }
  if (const auto* minus = sql::as<sql::UnaryExpr>(expr);
      minus != nullptr && minus->op == sql::UnaryOp::kMinus) {
    if (const auto* literal = sql::as<sql::Literal>(minus->expr);
        literal != nullptr && is_plain(*literal)) {
      types::Value value = literal_value(*literal);
      value.bytes.insert(0, "-");
      return value;
    }
  }
  if (const auto* variable = sql::as<sql::Variable>(expr);
      variable != nullptr && variable->scope == sql::Scope::kVariableScope) {
    const SessionExtras* extras = context.session.extras_if_any();
    if (extras == nullptr) return types::Value::null();
    const auto found = extras->user_variables.find(sql::lowered(variable->name));
    return found == extras->user_variables.end() ? types::Value::null() : found->second.value();
  }
  const engine::Collected asked = VIF_TRY(context.executor.execute_collected(
      context.session, "select " + sql::print(expr, sql::PrintStyle::kMysql)));
  if (asked.all_rows.size() != 1 || asked.all_rows[0].empty()) {
    return Error(Code::kFailedPrecondition, "should get a single row");
  }
  return asked.all_rows[0][0];
}

Result<bool> as_boolean(std::string_view name, const types::Value& value) {
  const std::string text = sql::lowered(value.bytes);
  if (text == "1" || text == "on" || text == "true") return true;
  if (text == "0" || text == "off" || text == "false") return false;
  return bad_value(name, fmt::format("{} is not a boolean", value.bytes));
}

Result<int64_t> as_integer(std::string_view name, const types::Value& value) {
  if (!types::is_integral(value.type)) return bad_type(name, value.type);
  return VIF_TRY(value.to_int64());
}

Status set_transaction_mode(Session& session, std::string_view value) {
  const std::string mode = sql::lowered(value);
  if (mode == "single") {
    session.transaction_mode = TransactionMode::kSingle;
  } else if (mode == "multi") {
    session.transaction_mode = TransactionMode::kMulti;
  } else if (mode == "twopc") {
    session.transaction_mode = TransactionMode::kTwoPc;
  } else if (mode == "unspecified" || mode.empty()) {
    session.transaction_mode = TransactionMode::kUnspecified;
  } else {
    return mysql::mysql_error(1231, fmt::format("invalid transaction_mode: {}", value));
  }
  return {};
}

Status set_workload(Session& session, std::string_view value) {
  const std::string workload = sql::lowered(value);
  if (workload == "oltp" || workload == "unspecified" || workload.empty()) {
    session.workload = clients::Workload::kOltp;
  } else if (workload == "olap") {
    session.workload = clients::Workload::kOlap;
  } else if (workload == "dba") {
    session.workload = clients::Workload::kDba;
  } else {
    return mysql::mysql_error(1231, fmt::format("invalid workload: {}", value));
  }
  return {};
}

Status set_autocommit(Context& context, bool on) {
  Session& session = context.session;
  // Where it was on already, BEGIN has opened the transaction, and goes on.
  if (on && !session.autocommit && session.in_transaction)
    VIF_TRY(context.executor.parts().tx.commit(session, context.deadline));
  session.autocommit = on;
  return {};
}

// Those that Vitess calls aware.
Status set_gate_variable(Context& context, const std::string& name, const types::Value& value) {
  Session& session = context.session;
  if (name == "autocommit") return set_autocommit(context, VIF_TRY(as_boolean(name, value)));
  if (name == "client_found_rows") {
    session.client_found_rows = VIF_TRY(as_boolean(name, value));
  } else if (name == "skip_query_plan_cache") {
    session.skip_query_plan_cache = VIF_TRY(as_boolean(name, value));
  } else if (name == "transaction_read_only" || name == "tx_read_only") {
    return set_server_variable(context.executor, session, "transaction_read_only",
                               types::Value::int64(VIF_TRY(as_boolean(name, value)) ? 1 : 0),
                               context.deadline);
  } else if (name == "sql_select_limit") {
    // 2^64-1 is MySQL's "none"; Vitess takes what is below zero for it too, where a server would
    // give no row.
    const bool none = value.bytes == "18446744073709551615" || value.bytes.starts_with('-') ||
                      sql::equal_ci(value.bytes, "default");
    session.sql_select_limit = none ? 0 : VIF_TRY(as_integer(name, value));
    session.plan_context = 0;
    return set_server_variable(
        context.executor, session, name,
        none ? types::Value{types::Type::kUint64, "18446744073709551615"} : value,
        context.deadline);
  } else if (name == "transaction_mode") {
    return set_transaction_mode(session, value.bytes);
  } else if (name == "workload") {
    return set_workload(session, value.bytes);
  } else if (name == "query_timeout") {
    session.query_timeout_ms = VIF_TRY(as_integer(name, value));
  } else if (name == "enable_system_settings") {
    VIF_TRY(as_boolean(name, value));
  } else if (name == "session_track_gtids") {
    const std::string mode = sql::lowered(value.bytes);
    if (mode != "off" && mode != "own_gtid") {
      return mysql::mysql_error(
          1231,
          fmt::format("variable 'session_track_gtids' can't be set to the value of '{}'", mode));
    }
    session.extras().gate_variables[name] = value.bytes;
  } else {
    session.extras().gate_variables[name] = value.bytes;
  }
  return {};
}

Status set_next_transaction(Context& context, const std::string& name, const types::Value& value) {
  Session& session = context.session;
  if (session.in_transaction) {
    return mysql::mysql_error(
        1568, "Transaction characteristics can't be changed while a transaction is in progress");
  }
  if (name == "transaction_isolation") {
    session.begin_options.isolation = isolation_words(value.bytes);
  } else {
    session.begin_options.read_only = VIF_TRY(as_boolean(name, value));
  }
  return {};
}

// The servers' value, or the gate's.
Status set_to_default(Context& context, const SystemVariable& known, const std::string& name) {
  Session& session = context.session;
  session.plan_context = 0;
  if (known.variable_class == VariableClass::kServer) {
    return forget_server_variable(context.executor, session, name, context.deadline);
  }
  if (known.variable_class != VariableClass::kGate) {
    session.extras().told_variables.erase(name);
    return {};
  }
  if (name == "autocommit") return set_autocommit(context, true);
  if (name == "charset" || name == "names") {
    set_names_to_default(context);
  } else if (name == "sql_select_limit") {
    session.sql_select_limit = 0;
    return forget_server_variable(context.executor, session, name, context.deadline);
  } else if (name == "transaction_read_only" || name == "tx_read_only") {
    return forget_server_variable(context.executor, session, "transaction_read_only",
                                  context.deadline);
  } else if (name == "client_found_rows") {
    session.client_found_rows = false;
  } else if (name == "skip_query_plan_cache") {
    session.skip_query_plan_cache = false;
  } else if (name == "transaction_mode") {
    session.transaction_mode = TransactionMode::kUnspecified;
  } else if (name == "workload") {
    session.workload = context.executor.options().default_workload;
  } else if (name == "query_timeout") {
    session.query_timeout_ms = 0;
  } else {
    session.extras().gate_variables.erase(name);
  }
  return {};
}

// Nothing that the gate or a pooled connection would act on; reading it gives it back.
Status tell_variable(Context& context, const SystemVariable& known, const std::string& name,
                     types::Value value) {
  if (known.is_boolean) value = types::Value::int64(VIF_TRY(as_boolean(name, value)) ? 1 : 0);
  constexpr std::string_view kNumbers[] = {
      "wait_timeout",    "interactive_timeout", "net_read_timeout",  "net_write_timeout",
      "net_retry_count", "net_buffer_length",   "max_allowed_packet"};
  if (std::find(std::begin(kNumbers), std::end(kNumbers), name) != std::end(kNumbers))
    VIF_TRY(as_integer(name, value));
  context.session.extras().told_variables[name] = types::BindVariable(std::move(value));
  context.session.plan_context = 0;
  return {};
}

// What MySQL says of modes that belong together.
void warn_of_mode(Session& session, plan::Flavor flavor, std::string_view value) {
  if (flavor != plan::Flavor::kMySql) return;
  std::string modes = ",";
  for (const char c : value) modes += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  modes += ',';
  auto has = [&](std::string_view mode) {
    return modes.find(fmt::format(",{},", mode)) != std::string::npos;
  };
  const bool traditional = has("TRADITIONAL");
  const bool strict = traditional || has("STRICT_TRANS_TABLES") || has("STRICT_ALL_TABLES");
  const int with_strict = traditional ? 3
                                      : has("NO_ZERO_DATE") + has("NO_ZERO_IN_DATE") +
                                            has("ERROR_FOR_DIVISION_BY_ZERO");
  auto warn = [&](int code, std::string text) {
    session.warnings.push_back({"Warning", code, std::move(text)});
    ++session.warning_count;
  };
  if (with_strict != (strict ? 3 : 0)) {
    warn(3135,
         "'NO_ZERO_DATE', 'NO_ZERO_IN_DATE' and 'ERROR_FOR_DIVISION_BY_ZERO' sql modes should be "
         "used with strict mode. "
         "They will be merged with strict mode in a future release.");
  }
  if (has("PAD_CHAR_TO_FULL_LENGTH")) {
    warn(3090,
         "Changing sql mode 'PAD_CHAR_TO_FULL_LENGTH' is deprecated. It will be removed in a "
         "future release.");
  }
}

Status set_system_variable(Context& context, const sql::SetExpr& set) {
  const std::string name = sql::lowered(set.var->name);
  if (set.var->scope == sql::Scope::kPersistSysScope ||
      set.var->scope == sql::Scope::kPersistOnlySysScope) {
    return unsupported("setting scope: PERSIST");
  }
  if (set.var->scope == sql::Scope::kVitessMetadataScope)
    return unsupported("setting scope: vitess_metadata");
  const SystemVariable* known = find_system_variable(name);
  if (known == nullptr) return unknown_system_variable(name);
  if (known->variable_class == VariableClass::kReadOnly) return read_only_variable(name);
  if (known->variable_class == VariableClass::kRefused)
    return unsupported("system setting: " + name);
  const bool global = set.var->scope == sql::Scope::kGlobalScope;
  if (sql::is<sql::Default>(set.expr))
    return global ? Status() : set_to_default(context, *known, name);
  const types::Value value = VIF_TRY(value_of(context, set.expr, true));
  if (set.var->scope == sql::Scope::kNextTxScope) return set_next_transaction(context, name, value);
  // A global value is the servers' own affair; it is checked for its form only.
  if (global) return {};
  if (name == "charset" || name == "names") {
    const std::string_view collate =
        set.collate.starts_with('\'') ? set.collate.substr(1, set.collate.size() - 2) : set.collate;
    return set_names(context, value.bytes, collate, name == "names");
  }
  if (name == "character_set_client" || name == "character_set_results" ||
      name == "character_set_connection") {
    return set_one_charset(context, name, value);
  }
  if (known->variable_class == VariableClass::kIgnored ||
      known->variable_class == VariableClass::kChecked) {
    return tell_variable(context, *known, name, value);
  }
  if (known->variable_class == VariableClass::kGate) return set_gate_variable(context, name, value);
  if (known->is_boolean) {
    const bool on = VIF_TRY(as_boolean(name, value));
    return set_server_variable(context.executor, context.session, name,
                               types::Value::int64(on ? 1 : 0), context.deadline);
  }
  VIF_TRY(set_server_variable(context.executor, context.session, name, value, context.deadline));
  if (name == "collation_connection") {
    if (const types::Collation* collation = types::find_collation(value.bytes))
      context.session.collation = collation->id;
  }
  if (name == "sql_mode")
    warn_of_mode(context.session, context.executor.options().flavor, value.bytes);
  return {};
}

}  // namespace

Status run_set(Context& context) {
  const auto& statement = sql::to<sql::Set>(*context.parsed.statement);
  // Right-hand sides see the variables as they were before the statement.
  std::vector<std::pair<std::string, types::BindVariable>> assigned;
  for (const sql::SetExpr* set : statement.exprs) {
    if (set->var->scope == sql::Scope::kVariableScope) {
      types::Value value = VIF_TRY(value_of(context, set->expr, false));
      assigned.emplace_back(sql::lowered(set->var->name),
                            types::BindVariable(as_user_variable(std::move(value))));
    } else {
      VIF_TRY(set_system_variable(context, *set));
    }
  }
  for (auto& [name, value] : assigned)
    context.session.extras().user_variables[name] = std::move(value);
  return answer_ok(context);
}

}  // namespace vif::vtgate::statements
