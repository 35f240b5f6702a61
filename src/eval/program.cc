#include "eval/program.h"

#include "eval/node.h"

namespace vif::eval {

Program::Program(std::unique_ptr<const Node> root) : root_(std::move(root)) {}
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;
Program::~Program() = default;

Result<types::Value> Program::evaluate(std::span<const types::Value> row, const Env& env) const {
  try {
    Context context{row, env};
    return value_from(root_->evaluate(context));
  } catch (const SqlError& e) {
    return e.error;
  }
}

Result<bool> Program::matches(std::span<const types::Value> row, const Env& env) const {
  try {
    Context context{row, env};
    const Datum d = root_->evaluate(context);
    return !d.is_null() && to_bool(d);
  } catch (const SqlError& e) {
    return e.error;
  }
}

Result<StaticType> Program::type(const Env& env) const {
  try {
    Context context{{}, env};
    return root_->type(context);
  } catch (const SqlError& e) {
    return e.error;
  }
}

bool Program::is_constant() const { return root_->is_constant(); }

}  // namespace vif::eval
