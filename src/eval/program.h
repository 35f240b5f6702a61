// Expressions that the gate evaluates itself: compiled once from the syntax tree, evaluated per
// row. What is computed is what MySQL computes, or compile() (or, where only values tell,
// evaluate()) refuses with an error.
//
//   Result<Program> program = compile(*expr, options);
//   Result<types::Value> value = program->evaluate(row, env);
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "types/value.h"

namespace vif::sql {
struct Expr;
struct ColName;
}  // namespace vif::sql

namespace vif::eval {

class Node;

// What is known of a column or of a result before there is a value.
struct StaticType {
  types::Type type = types::Type::kNull;  // kNull: not known (a column), or always NULL (a result)
  uint32_t collation = 0;                 // MySQL's collation id, 63 binary; 0: not known
  int64_t size = 0;                       // as in the schema: length, or precision of a decimal
  int32_t scale = 0;                      // decimals; fractional digits of temporals
  bool nullable = true;
  bool fixed =
      false;  // text, bytes and doubles: `scale` is what the column says, not "as many as it takes"
  bool json = false;         // a text that is JSON to MariaDB
  bool signless = false;     // integers and decimals: `size` has no place of a sign
  uint8_t digits = 0;        // of an integer of MariaDB whose length does not tell how many: that
  uint8_t coercibility = 4;  // of its collation: a Coercibility, coercible
  uint32_t searched = 0;     // of an integer that a search in a text gave: that text's collation,
                             // which what is made of its digits has
  const std::vector<std::string>* members =
      nullptr;  // of an ENUM or SET column; must outlive the program
};

// As a column of a result. Length and decimals are 0 where they are not known.
types::Field field_of(const StaticType& type);
// What a column of a result tells. Not its collation: a server names the connection's there,
// whatever the column's is.
StaticType static_type(const types::Field& field);
// How long an expression takes the column to be: TINYINT(1) has four characters there.
int64_t operand_length(const types::Field& field);
// Of DECIMAL, FLOAT and DOUBLE UNSIGNED: there is no place for a sign.
void mark_unsigned(StaticType& type, const types::Field& field);

struct CompileOptions {
  // The row's columns; values are checked against nothing but these types.
  std::span<const StaticType> columns = {};
  // Column names to places in the row. sql::Offset needs none.
  std::function<std::optional<size_t>(const sql::ColName&)> find_column = {};
  // The connection's collation: of literals and of casts. 255 is utf8mb4_0900_ai_ci.
  uint32_t connection_collation = 255;
  // The expression as it was written, if that is known: a name in messages.
  std::string_view source = {};
  // And functions' arguments likewise (sql::ArgumentTexts); may be null.
  const std::unordered_map<const sql::Expr*, std::string_view>* argument_texts = nullptr;
  // MariaDB 10.11 in the place of MySQL: what differs there is refused.
  bool mariadb = false;
  // Which literals are dates, and what REAL is; not known (no data): the server's default.
  std::string_view sql_mode = {};
};

// What the server would show in SHOW WARNINGS, all of level Warning.
struct Warning {
  int code;  // MySQL's errno
  std::string message;
};

// What evaluation may ask for beside the row.
struct Env {
  const types::BindVariables* bind_variables = nullptr;
  int64_t now_us = 0;                     // microseconds since 1970 UTC, for NOW() and its like
  std::string_view time_zone = "+00:00";  // "+02:00", or a named zone; "SYSTEM" is UTC
  std::string_view sql_mode = {};         // no data: it is not known, and the server's default
  bool mariadb = false;                   // as in CompileOptions
  std::string_view user = {};
  std::string_view database = {};
  std::string_view version = {};
  std::span<const StaticType> columns = {};  // of the row's columns, where compile() was not told
  std::vector<Warning>* warnings = nullptr;  // where they are collected; at most kWarningsMax
  // Constants that have warned, where the server converts them once for a statement; may be null.
  std::vector<const void*>* told = nullptr;
  static constexpr size_t kWarningsMax = 1024;
};

class Program {
 public:
  Program(Program&&) noexcept;
  Program& operator=(Program&&) noexcept;
  ~Program();

  // REQUIRES: `row` has the columns given to compile(). Errors: MySQL's (out of range, division in
  // strict places), kUnimplemented when these values cannot be compared or converted exactly,
  // kInvalidArgument for a missing bind variable.
  Result<types::Value> evaluate(std::span<const types::Value> row, const Env& env) const;
  // As a condition: true only when the value is true (not NULL).
  Result<bool> matches(std::span<const types::Value> row, const Env& env) const;
  // The type of the result. Bind variables and columns that compile() was not told of have the
  // types of `env`'s.
  Result<StaticType> type(const Env& env) const;
  // What the server warns of whenever the statement is read: syntax that it will drop.
  std::span<const Warning> deprecations() const { return deprecations_; }
  // What it warns of before there are rows, once for a statement: into `env`'s warnings.
  void resolve(const Env& env) const;
  // The value when it needs neither row nor bind variables nor clock; null otherwise.
  bool is_constant() const;

 private:
  friend Result<Program> compile(const sql::Expr& expr, const CompileOptions& options);
  Program(std::unique_ptr<const Node> root, std::vector<Warning> deprecations);
  std::unique_ptr<const Node> root_;
  std::vector<Warning> deprecations_;
  bool quick_;  // the root may answer without allocating
};

// The tree may go away afterwards. Errors: kUnimplemented "VT12001: unsupported: ..." naming what
// cannot be evaluated here; MySQL's own for wrong numbers of arguments and columns.
Result<Program> compile(const sql::Expr& expr, const CompileOptions& options = {});

}  // namespace vif::eval
