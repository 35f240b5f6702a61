#include "vtgate/engine/limit.h"

#include "vtgate/engine/description.h"
#include "vtgate/engine/exec_context.h"

namespace vif::vtgate::engine {

namespace {

class LimitSink : public RowSink {
 public:
  LimitSink(RowSink& to, uint64_t offset, uint64_t count, bool to_the_end)
      : to_(to), skip_(offset), left_(count), to_the_end_(to_the_end) {}

  Status fields(const Fields& fields) override { return to_.fields(fields); }
  Result<Flow> rows(Rows batch) override {
    seen_ += batch.size();
    const size_t skipped = std::min<uint64_t>(skip_, batch.size());
    skip_ -= skipped;
    batch.erase(batch.begin(), batch.begin() + static_cast<ptrdiff_t>(skipped));
    if (batch.size() > left_) batch.resize(left_);
    left_ -= batch.size();
    if (!batch.empty() && VIF_TRY(to_.rows(std::move(batch))) == Flow::kEnough) left_ = 0;
    return left_ == 0 && !to_the_end_ ? Flow::kEnough : Flow::kMore;
  }
  Status end(const mysql::ResultEnd& end) override { return to_.end(end); }
  uint64_t seen() const { return seen_; }

 private:
  RowSink& to_;
  uint64_t skip_;
  uint64_t left_;
  uint64_t seen_ = 0;
  bool to_the_end_;
};

// What a parameter may be: NULL is no rows.
Result<uint64_t> number_of_rows(const types::Value& value) {
  if (value.is_null()) return 0;
  const Result<uint64_t> number = value.to_uint64();
  if (number.ok()) return number;
  return Error(Code::kInvalidArgument, 1210, "HY000", "Incorrect arguments to EXECUTE");
}

}  // namespace

Status Limit::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  const uint64_t count = VIF_TRY(number_of_rows(VIF_TRY(evaluate(count_, bindings))));
  const uint64_t offset =
      offset_ ? VIF_TRY(number_of_rows(VIF_TRY(evaluate(*offset_, bindings)))) : 0;
  Bindings scope(&bindings);
  const uint64_t upper = count > UINT64_MAX - offset ? UINT64_MAX : count + offset;
  scope.set(std::string(kUpperLimitVariable),
            upper > INT64_MAX ? types::Value::uint64(upper)
                              : types::Value::int64(static_cast<int64_t>(upper)));
  LimitSink limited(sink, offset, count, calc_found_rows_);
  VIF_TRY(input_->execute(context, scope, limited));
  if (calc_found_rows_) context.set_found_rows(limited.seen());
  return {};
}

Result<Fields> Limit::fields(ExecContext& context, const Bindings& bindings) const {
  Bindings scope(&bindings);
  scope.set(std::string(kUpperLimitVariable), types::Value::int64(0));
  return input_->fields(context, scope);
}

Description Limit::describe() const {
  Description d;
  d.operator_type = "Limit";
  d.other["Count"] = count_.display;
  if (offset_) d.other["Offset"] = offset_->display;
  if (calc_found_rows_) d.other["CalcFoundRows"] = true;
  d.inputs.push_back(input_->describe());
  return d;
}

}  // namespace vif::vtgate::engine
