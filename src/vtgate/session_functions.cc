#include "vtgate/session_functions.h"

#include "sql/ast.h"
#include "sql/printer.h"
#include "sql/tree.h"

namespace vif::vtgate {

namespace {

// The bind variable that answers a call; empty when a server may answer it.
std::string_view answer_of(const sql::FuncExpr& call) {
  if (!call.qualifier.empty() || !call.exprs.empty()) return {};
  struct Function {
    std::string_view name;
    std::string_view variable;
  };
  constexpr Function kFunctions[] = {
      {"user", "__vtuser"},
      {"current_user", "__vtuser"},
      {"session_user", "__vtuser"},
      {"system_user", "__vtuser"},
      {"connection_id", "__vtconnection_id"},
      {"version", "__vtversion"},
  };
  for (const Function& function : kFunctions) {
    if (sql::equal_ci(call.name, function.name)) return function.variable;
  }
  return {};
}

// The server's name of a variable that the other kind of server calls differently; empty when it is
// the same.
std::string_view other_name(std::string_view variable, plan::Flavor flavor) {
  struct Pair {
    std::string_view mysql;
    std::string_view mariadb;
  };
  constexpr Pair kPairs[] = {
      {"transaction_isolation", "tx_isolation"},
      {"transaction_read_only", "tx_read_only"},
  };
  for (const Pair& pair : kPairs) {
    const bool mariadb = flavor == plan::Flavor::kMariaDb;
    if (sql::equal_ci(variable, mariadb ? pair.mysql : pair.mariadb))
      return mariadb ? pair.mariadb : pair.mysql;
  }
  return {};
}

// Of a server: `@@transaction_isolation` without a scope counts as the next transaction's.
bool is_system(const sql::Variable& variable) {
  return variable.scope != sql::Scope::kVariableScope &&
         variable.scope != sql::Scope::kVitessMetadataScope;
}

bool would_change(const sql::Node* root, plan::Flavor flavor) {
  bool found = false;
  sql::walk(root, [&](const sql::Node& node) {
    const auto* call = sql::as<sql::FuncExpr>(&node);
    const auto* variable = sql::as<sql::Variable>(&node);
    found |= call != nullptr && !answer_of(*call).empty();
    found |=
        variable != nullptr && is_system(*variable) && !other_name(variable->name, flavor).empty();
    return !found;
  });
  return found;
}

}  // namespace

bool put_session_functions(sql::Parsed& parsed, plan::Flavor flavor, std::set<std::string>& needs) {
  if (!would_change(parsed.statement, flavor)) return false;
  sql::Arena& arena = *parsed.arena;
  sql::Node* changed = sql::rewrite(
      parsed.statement,
      [&](sql::Cursor& cursor) {
        // A column without a name of its own is called as it was written.
        auto* item = sql::as<sql::AliasedExpr>(cursor.node);
        if (item != nullptr && item->as.empty() && !item->as_empty &&
            would_change(item->expr, flavor)) {
          item->as = arena.copy(sql::print(item->expr));
        }
        return true;
      },
      [&](sql::Cursor& cursor) {
        if (auto* call = sql::as<sql::FuncExpr>(cursor.node)) {
          const std::string_view variable = answer_of(*call);
          if (variable.empty()) return;
          auto* argument = arena.make<sql::Argument>();
          argument->name = variable;
          needs.emplace(variable);
          cursor.replace(argument);
        } else if (auto* variable = sql::as<sql::Variable>(cursor.node);
                   variable != nullptr && is_system(*variable)) {
          const std::string_view name = other_name(variable->name, flavor);
          if (!name.empty()) variable->name = name;
        }
      });
  parsed.statement = static_cast<sql::Statement*>(changed);
  return true;
}

}  // namespace vif::vtgate
