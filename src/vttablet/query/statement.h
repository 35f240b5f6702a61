// What a tablet must know of a statement's text: found from its first words, without a parse, in
// tens of nanoseconds; so there is no plan to cache.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "types/value.h"

namespace vif::vttablet {

enum class StatementKind : uint8_t {
  kSelect,     // with SHOW, EXPLAIN and all else that reads
  kNextValue,  // select next [n] value[s] from <sequence>
  kInsert,     // and REPLACE
  kUpdate,
  kDelete,
  kDdl,  // commits, and changes the schema
  kSet,
  kShow,
  kTransaction,  // BEGIN, START TRANSACTION, COMMIT, ROLLBACK: not by text, but by the service's own calls
  kSavepoint,  // SAVEPOINT, RELEASE SAVEPOINT, ROLLBACK TO
  kLock,       // LOCK TABLES, UNLOCK TABLES, FLUSH ... : need a connection of their own
  kCall,
  kOther,
};
inline constexpr size_t kStatementKinds = static_cast<size_t>(StatementKind::kOther) + 1;

// Vitess's name of the plan: "Select", "Nextval", "Insert", "DDL"...
std::string_view statement_kind_name(StatementKind kind);

// Skips blanks, comments and opening parentheses before the first word.
StatementKind statement_kind(std::string_view sql);
constexpr bool is_dml(StatementKind kind) {
  return kind == StatementKind::kInsert || kind == StatementKind::kUpdate ||
         kind == StatementKind::kDelete;
}

struct NextValue {
  std::string sequence;  // as it is to be written in SQL, with its backticks if it had any
  int64_t count = 1;
};
// REQUIRES: statement_kind(sql) is kNextValue. Errors: kInvalidArgument.
Result<NextValue> parse_next_value(std::string_view sql);

// Puts literals in place of :name and ::list outside of strings and comments. `sql` comes back as
// it is when it names none; otherwise the text is made in `buffer`. The variable __vtschemaname
// stands for `schema_name` when the gate asks for that by sending __replacevtschemaname.
// Errors: kInvalidArgument "missing bind var x".
Result<std::string_view> bind_text(std::string_view sql, const types::BindVariables& variables,
                                   std::string_view schema_name, std::string& buffer);

}  // namespace vif::vttablet
