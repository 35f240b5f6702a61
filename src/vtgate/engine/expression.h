// An expression over a row's columns that the gate computes.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "vtgate/engine/bindings.h"
#include "vtgate/engine/row_sink.h"

namespace vif::eval {
class Program;
struct StaticType;
struct Env;
struct Warning;
}  // namespace vif::eval
namespace vif::sql {
struct Expr;
}

namespace vif::vtgate::engine {

class ExecContext;

// What a result does not tell about its text, and whoever plans may know.
struct Collations {
  std::vector<uint32_t> columns;  // 0, and what is beyond the end: not known
  uint32_t connection = 255;      // of literals
};

// Compiled when the plan is made.

class Expression {
 public:
  // `expr` is in column numbers (sql::Offset). `mariadb`: the servers are. Errors: kUnimplemented
  // when eval cannot compute it.
  static Result<Expression> make(const sql::Expr& expr, Collations collations = {},
                                 bool mariadb = false);
  Expression(Expression&&) noexcept;
  Expression& operator=(Expression&&) noexcept;
  ~Expression();

  const std::string& text() const { return text_; }
  // The bind variables that it reads.
  const std::vector<std::string>& variables() const { return variables_; }
  const eval::Program& program() const { return *program_; }
  bool is_mariadb() const { return mariadb_; }
  // Gives text columns their collations.
  void tell_collations(std::span<eval::StaticType> columns) const;

 private:
  Expression();
  std::string text_;
  std::vector<std::string> variables_;
  std::unique_ptr<eval::Program> program_;
  std::vector<uint32_t> column_collations_;
  bool mariadb_ = false;
};

// What expressions see beside the row, for one run.
class Surroundings {
 public:
  Surroundings(ExecContext& context, const Bindings& bindings,
               const std::vector<const Expression*>& expressions);
  ~Surroundings();
  // Errors: kInvalidArgument for a missing bind variable.
  const Status& status() const { return status_; }
  const eval::Env& env() const { return *env_; }
  // The first warning so far that is an error where values are written, if the session's mode is
  // strict.
  Status strict_error() const;

 private:
  ExecContext& context_;
  types::BindVariables variables_;
  std::unique_ptr<eval::Env> env_;
  std::unique_ptr<std::vector<eval::Warning>> warnings_;  // told to the context at the end
  std::unique_ptr<std::vector<const void*>> told_;        // the constants that have warned
  Status status_;
};

}  // namespace vif::vtgate::engine
