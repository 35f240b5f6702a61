#include "vtgate/engine/fallback.h"

#include "vtgate/engine/description.h"

namespace vif::vtgate::engine {

namespace {

bool is_unsupported(const Error& error) {
  return error.message().find("VT12001") != std::string::npos;
}

// Whether any row came; the columns wait for it.
class Watch : public RowSink {
 public:
  explicit Watch(RowSink& to) : to_(to) {}
  Status fields(const Fields& fields) override {
    fields_ = fields;
    return {};
  }
  Result<Flow> rows(Rows batch) override {
    if (batch.empty()) return Flow::kMore;
    VIF_TRY(tell());
    return to_.rows(std::move(batch));
  }
  Status end(const mysql::ResultEnd& end) override {
    VIF_TRY(tell());
    return to_.end(end);
  }
  bool came = false;

 private:
  Status tell() {
    if (came) return {};
    came = true;
    return to_.fields(fields_);
  }

  RowSink& to_;
  Fields fields_;
};

}  // namespace

Status Fallback::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  Watch watch(sink);
  Status done = first_->execute(context, bindings, watch);
  if (done.ok() || watch.came || !is_unsupported(done.error())) return done;
  const Status again = second_->execute(context, bindings, sink);
  // Two refusals are told by the first: it names the construct.
  return again.ok() || !is_unsupported(again.error()) ? again : done;
}

Result<Fields> Fallback::fields(ExecContext& context, const Bindings& bindings) const {
  Result<Fields> fields = first_->fields(context, bindings);
  if (fields.ok() || !is_unsupported(fields.error())) return fields;
  return second_->fields(context, bindings);
}

Description Fallback::describe() const { return first_->describe(); }

}  // namespace vif::vtgate::engine
