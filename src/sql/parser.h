// From text to tree: the door of the SQL front end.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "sql/ast.h"

namespace vif::sql {

// The parts of sql_mode that change how text is read.
struct SqlMode {
  bool ansi_quotes = false;
  bool no_backslash_escapes = false;
  bool pipes_as_concat = false;
  bool high_not_precedence = false;
  bool ignore_space = false;
  // From a session's value: "ANSI_QUOTES,STRICT_TRANS_TABLES"; names of no matter here are skipped.
  static SqlMode from_string(std::string_view sql_mode);
  bool operator==(const SqlMode&) const = default;
};

struct ParseOptions {
  SqlMode sql_mode;
  // What /*!80000 ... */ compares with: major * 10000 + minor * 100 + patch.
  int mysql_version = 80040;
  // DDL that cannot be parsed to its end is an error, instead of a statement with fully_parsed =
  // false.
  bool strict_ddl = false;
  // Errors are MySQL's own where Vitess's parser has syntax errors, or none: 1582 for too few or
  // too many arguments of a function, 1439 for a CAST to so long a text.
  bool server_errors = false;
  // Functions' arguments as they were written are kept, of an expression alone.
  bool argument_texts = false;
};

// No expression is higher than this (long AND and OR runs are kept balanced)...
inline constexpr int kTreeHeightMax = 250;
// ... and no statement than this, whatever it is nested of: visitors may recurse on a fiber's
// stack.
inline constexpr int kStatementHeightMax = 300;

// What MySQL warns of while it reads: old operators, charsets, words.
struct ReadWarning {
  int code = 0;
  std::string message;
};

// A statement and the memory that it lives in. The text was copied: it may go away.
struct Parsed {
  std::unique_ptr<Arena> arena;
  Statement* statement = nullptr;
  // The statement's text in the arena, without what follows a ';'.
  std::string_view text;
  // Bytes of the input that were used, with the ';'.
  size_t consumed = 0;
  std::vector<ReadWarning> warnings;
};

// Parses one statement; a ';' and blanks may follow it, and nothing else.
// Errors: kInvalidArgument, errno 1064, SQLSTATE 42000, with Vitess's text ("syntax error at
// position 5 near 'x'"); the position counts bytes as Vitess does, one past the offending token.
// Nesting too deep is "max nesting level reached at position N"; an empty text is "Query was empty"
// (errno 1065).
Result<Parsed> parse(std::string_view sql, const ParseOptions& options = {});

// Arguments of functions as they were written, with their parentheses.
using ArgumentTexts = std::unordered_map<const Expr*, std::string_view>;

// An expression alone. The same errors.
struct ParsedExpr {
  std::unique_ptr<Arena> arena;
  Expr* expr = nullptr;
  std::vector<ReadWarning> warnings;
  ArgumentTexts argument_texts;  // in the arena; none unless asked for
};
Result<ParsedExpr> parse_expr(std::string_view sql, const ParseOptions& options = {});

// The tree inside `arena`, for tree code. The text must outlive the arena's use.
// Throws SqlError.
Statement* parse_statement(Arena& arena, std::string_view sql, const ParseOptions& options = {});
Expr* parse_expression(Arena& arena, std::string_view sql, const ParseOptions& options = {});

// The place in a syntax error's text, or -1 ("syntax error at position 12 near 'x'" gives 12).
int error_position(const Error& error);

}  // namespace vif::sql
