#include "eval/program.h"

#include "eval/node.h"

namespace vif::eval {

Program::Program(std::unique_ptr<const Node> root, std::vector<Warning> deprecations)
    : root_(std::move(root)), deprecations_(std::move(deprecations)), quick_(root_->has_quick()) {}
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;
Program::~Program() = default;

Result<types::Value> Program::evaluate(std::span<const types::Value> row, const Env& env) const {
  try {
    Context context{row, env};
    if (quick_ && !root_->is_leaf()) {
      const Quick q = root_->quick(context);
      if (q.kind == Quick::Kind::kNull) return types::Value::null();
      if (q.kind == Quick::Kind::kInt) return types::Value::int64(q.i);
    }
    return value_from(shown_by_server(root_->evaluate(context), context));
  } catch (const SqlError& e) {
    return e.error;
  }
}

Result<bool> Program::matches(std::span<const types::Value> row, const Env& env) const {
  try {
    Context context{row, env};
    if (quick_) {
      const Node::Truth t = root_->quick_truth(context);
      if (t != Node::Truth::kNone) return t == Node::Truth::kTrue;
    }
    const Datum d = root_->evaluate(context);
    return !d.is_null() && to_bool(d, context);
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

void Program::resolve(const Env& env) const {
  if (!env.warnings) return;
  try {
    Context context{{}, env};
    root_->resolve(context);
  } catch (const SqlError&) {  // it comes when the value does
    return;
  }
}

bool Program::is_constant() const { return root_->is_constant(); }

}  // namespace vif::eval
