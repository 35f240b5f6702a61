#include "vtgate/engine/concatenate.h"

#include "vtgate/engine/description.h"
#include "vtgate/engine/order_by.h"

namespace vif::vtgate::engine {

namespace {

using types::Type;

// The type that holds the values of both.
Type common_type(Type a, Type b) {
  if (a == b || b == Type::kNull) return a;
  if (a == Type::kNull) return b;
  if (types::is_integral(a) && types::is_integral(b)) {
    if (types::is_unsigned(a) == types::is_unsigned(b)) return types::is_unsigned(a) ? Type::kUint64 : Type::kInt64;
    // Only a signed 64-bit column and an unsigned one need more room than either has.
    return a == Type::kUint64 || b == Type::kUint64 ? Type::kDecimal : Type::kInt64;
  }
  if (types::is_number(a) && types::is_number(b)) {
    return types::is_float(a) || types::is_float(b) ? Type::kFloat64 : Type::kDecimal;
  }
  if (types::is_binary(a) || types::is_binary(b)) return Type::kVarbinary;
  return Type::kVarchar;
}

class PartSink : public RowSink {
 public:
  PartSink(RowSink& to, const Fields& common) : to_(to), common_(common) {}
  Status fields(const Fields&) override { return {}; }
  Result<Flow> rows(Rows batch) override {
    for (types::Row& row : batch) {
      for (size_t i = 0; i < row.size() && i < common_.size(); ++i) {
        if (!row[i].is_null()) row[i].type = common_[i].type;
      }
    }
    flow = VIF_TRY(to_.rows(std::move(batch)));
    return flow;
  }
  Status end(const mysql::ResultEnd&) override { return {}; }

  Flow flow = Flow::kMore;

 private:
  RowSink& to_;
  const Fields& common_;
};

}  // namespace

Result<Fields> Concatenate::fields(ExecContext& context, const Bindings& bindings) const {
  Fields common = VIF_TRY(sources_[0]->fields(context, bindings));
  for (size_t i = 1; i < sources_.size(); ++i) {
    const Fields other = VIF_TRY(sources_[i]->fields(context, bindings));
    if (other.size() != common.size()) {
      return Error(Code::kFailedPrecondition, 1222, "21000",
                   "The used SELECT statements have a different number of columns");
    }
    for (const size_t c : compared_) {
      const bool known = common[c].type != Type::kNull && other[c].type != Type::kNull;
      if (known && compares_by_itself(common[c].type) != compares_by_itself(other[c].type)) {
        return Error(Code::kUnimplemented, "VT12001: unsupported: comparing text with other types in a UNION of several shards");
      }
    }
    for (size_t c = 0; c < common.size(); ++c) {
      common[c].type = common_type(common[c].type, other[c].type);
      constexpr uint32_t kBinaryCollation = 63;
      if (types::is_text(common[c].type) && common[c].charset == kBinaryCollation) common[c].charset = other[c].charset;
      common[c].column_length = std::max(common[c].column_length, other[c].column_length);
      common[c].decimals = std::max(common[c].decimals, other[c].decimals);
      // A column is NOT NULL when it is in all of them.
      if ((other[c].flags & 1) == 0) common[c].flags &= ~1u;
    }
  }
  return common;
}

Status Concatenate::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  const Fields common = VIF_TRY(fields(context, bindings));
  VIF_TRY(sink.fields(common));
  PartSink part(sink, common);
  for (const PrimitivePtr& source : sources_) {
    VIF_TRY(source->execute(context, bindings, part));
    if (part.flow == Flow::kEnough) break;
  }
  return sink.end({});
}

Description Concatenate::describe() const {
  Description d;
  d.operator_type = "Concatenate";
  for (const PrimitivePtr& source : sources_) d.inputs.push_back(source->describe());
  return d;
}

}  // namespace vif::vtgate::engine
