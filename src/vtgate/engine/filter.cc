#include "vtgate/engine/filter.h"

#include "eval/program.h"
#include "vtgate/engine/description.h"

namespace vif::vtgate::engine {

namespace {

class FilterSink : public RowSink {
 public:
  FilterSink(RowSink& to, const Expression& condition, const eval::Env& env)
      : to_(to), condition_(condition), env_(env) {}

  Status fields(const Fields& fields) override {
    for (const types::Field& field : fields) types_.push_back(eval::static_type(field));
    condition_.tell_collations(types_);
    env_.columns = types_;
    return to_.fields(fields);
  }
  Result<Flow> rows(Rows batch) override {
    Rows kept;
    for (types::Row& row : batch) {
      if (VIF_TRY(condition_.program().matches(row, env_))) kept.push_back(std::move(row));
    }
    return to_.rows(std::move(kept));
  }
  Status end(const mysql::ResultEnd& end) override { return to_.end(end); }

 private:
  RowSink& to_;
  const Expression& condition_;
  eval::Env env_;
  std::vector<eval::StaticType> types_;
};

}  // namespace

Status Filter::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  const Surroundings surroundings(context, bindings, {&condition_});
  VIF_TRY(surroundings.status());
  FilterSink filter(sink, condition_, surroundings.env());
  return input_->execute(context, bindings, filter);
}

Result<Fields> Filter::fields(ExecContext& context, const Bindings& bindings) const {
  return input_->fields(context, bindings);
}

Description Filter::describe() const {
  Description d;
  d.operator_type = "Filter";
  d.other["Predicate"] = condition_.text();
  d.inputs.push_back(input_->describe());
  return d;
}

}  // namespace vif::vtgate::engine
