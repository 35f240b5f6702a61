#include "vtgate/engine/concatenate.h"

#include "vtgate/engine/description.h"
#include "vtgate/engine/order_by.h"

namespace vif::vtgate::engine {

namespace {

using types::Type;

bool is_instant(Type type) { return type == Type::kDatetime || type == Type::kTimestamp; }

// The type that holds the values of both; kNull when a column of both is not to be had here.
Type common_type(Type a, Type b, bool mixed_sign_is_decimal) {
  if (a == b || b == Type::kNull) return a == Type::kEnum || a == Type::kSet ? Type::kVarchar : a;
  if (a == Type::kNull) return common_type(b, b, mixed_sign_is_decimal);
  if (types::is_integral(a) && types::is_integral(b)) {
    if (types::is_unsigned(a) == types::is_unsigned(b))
      return types::is_unsigned(a) ? Type::kUint64 : Type::kInt64;
    // Only a signed column and an unsigned one of 64 bits need more room than either has; MariaDB
    // takes it always.
    return mixed_sign_is_decimal || a == Type::kUint64 || b == Type::kUint64 ? Type::kDecimal
                                                                             : Type::kInt64;
  }
  if (types::is_number(a) && types::is_number(b)) {
    // A FLOAT's text has fewer digits than it would have as a DOUBLE.
    if (a == Type::kFloat32 || b == Type::kFloat32) return Type::kNull;
    return types::is_float(a) || types::is_float(b) ? Type::kFloat64 : Type::kDecimal;
  }
  if ((is_instant(a) || a == Type::kDate) && (is_instant(b) || b == Type::kDate))
    return Type::kDatetime;
  const auto odd = [](Type type) {
    return type == Type::kTime || type == Type::kBit || type == Type::kGeometry;
  };
  const auto textual = [](Type type) {
    return types::is_text(type) || type == Type::kEnum || type == Type::kSet;
  };
  if ((odd(a) && !textual(b)) || (odd(b) && !textual(a))) return Type::kNull;
  if (types::is_binary(a) || types::is_binary(b)) return Type::kVarbinary;
  return Type::kVarchar;
}

// "1" as 1.00, "2020-01-02" as 2020-01-02 00:00:00.000.
void pad_fraction(std::string& text, uint32_t decimals) {
  const size_t dot = text.find('.');
  const size_t have = dot == std::string::npos ? 0 : text.size() - dot - 1;
  if (have >= decimals) return;
  if (dot == std::string::npos) text += '.';
  text.append(decimals - have, '0');
}

void convert(types::Value& value, const types::Field& to) {
  const Type from = value.type;
  value.type = to.type;
  constexpr uint32_t kNotFixed = 31;
  if (to.type == Type::kDecimal) {
    if (to.decimals < kNotFixed) pad_fraction(value.bytes, to.decimals);
  } else if (to.type == Type::kFloat64 && from == Type::kDecimal &&
             value.bytes.find('.') != std::string::npos) {
    value.bytes.erase(value.bytes.find_last_not_of('0') + 1);
    if (value.bytes.back() == '.') value.bytes.pop_back();
  } else if (to.type == Type::kDatetime) {
    if (from == Type::kDate) value.bytes += " 00:00:00";
    if (to.decimals < kNotFixed) pad_fraction(value.bytes, to.decimals);
  }
}

class PartSink : public RowSink {
 public:
  PartSink(RowSink& to, const Fields& common) : to_(to), common_(common) {}
  Status fields(const Fields&) override { return {}; }
  Result<Flow> rows(Rows batch) override {
    for (types::Row& row : batch) {
      for (size_t i = 0; i < row.size() && i < common_.size(); ++i) {
        if (!row[i].is_null()) convert(row[i], common_[i]);
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
        return Error(
            Code::kUnimplemented,
            "VT12001: unsupported: comparing text with other types in a UNION of several shards");
      }
    }
    for (size_t c = 0; c < common.size(); ++c) {
      const bool nothing = common[c].type == Type::kNull && other[c].type == Type::kNull;
      const Type both = common_type(common[c].type, other[c].type, mixed_sign_is_decimal_);
      if (both == Type::kNull && !nothing) {
        return Error(
            Code::kUnimplemented, 1235, "42000",
            fmt::format("VT12001: unsupported: UNION of {} and {} over several shards",
                        types::type_name(common[c].type), types::type_name(other[c].type)));
      }
      common[c].type = both;
      constexpr uint32_t kBinaryCollation = 63;
      if (types::is_text(common[c].type) && common[c].charset == kBinaryCollation)
        common[c].charset = other[c].charset;
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
