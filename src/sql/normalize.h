// Literals to bind variables, and the session's values out of the text: what makes queries of one
// shape share one plan. Behaves as Vitess's normaliser does, name for name.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sql/parser.h"
#include "sql/tree.h"
#include "types/value.h"

namespace vif::sql {

// Session values that a rewritten statement reads through bind variables (:__lastInsertId, ...).
struct BindVarNeeds {
  std::set<std::string, std::less<>>
      functions;  // "__lastInsertId", "__vtdbname", "__vtfrows", "__vtrcount"
  std::set<std::string, std::less<>> system_variables;  // "version": read as :__vtversion
  std::map<std::string, std::string> user_variables;    // "x": read as :__vtudvx
  int other_rewrites = 0;
  bool has_rewrites() const {
    return !functions.empty() || !system_variables.empty() || !user_variables.empty() ||
           other_rewrites > 0;
  }
};

struct NormalizeOptions {
  // First letters of made-up names: "vtg" in the gate (:vtg1), "bv" in Vitess's tests.
  std::string prefix = "vtg";
  std::string keyspace;
  bool parameterize = true;
  int64_t select_limit = -1;  // sql_select_limit, -1 when unset
  // An optimizer hint to add ("SET_VAR(sql_mode = ' ')"), or empty.
  std::string set_var_comment;
  // foreign_key_checks, when the session has set it.
  std::optional<bool> foreign_key_checks;
  // Session system variables that may be read from the session, lower case.
  std::set<std::string, std::less<>> system_variables;
  // Finds a view's definition, or null. It is cloned in place of the view's name.
  FunctionRef<const TableStatement*(const TableName&)>* find_view = nullptr;
};

// How a bind variable comes from a text's literals, so that a cached plan can be run from another
// text of the same fingerprint. Literals are counted in groups there: the list of an IN is one.
struct ArgumentSource {
  std::string name;
  bool is_list = false;
  std::vector<int32_t>
      groups;  // one; for a list that the fingerprint does not fold, one an element
  // A value that is the plan's own (sql_select_limit); then there is no group.
  std::optional<types::Value> constant;
};

struct Normalized {
  BindVarNeeds needs;
  std::vector<ArgumentSource> arguments;
  types::BindVariables
      bind_variables;                // what this text's literals give, under the arguments' names
  bool sets_last_insert_id = false;  // it calls LAST_INSERT_ID(expr)
};

// Rewrites `parsed` in place. Bind variables that the text uses already are not reused for new
// names. Errors: Vitess's ("Incorrect DATE value: 'x'", "VT12001: unsupported: Assignment
// expression", ...).
Result<Normalized> normalize(Parsed& parsed, const NormalizeOptions& options = {},
                             const ParseOptions& parsing = {});

// The bind variables of another text with the same fingerprint.
struct Fingerprint;
types::BindVariables bind_literals(const std::vector<ArgumentSource>& arguments,
                                   std::string_view sql, const Fingerprint& print,
                                   const SqlMode& mode = {});

}  // namespace vif::sql
