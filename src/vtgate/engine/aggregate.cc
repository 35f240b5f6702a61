#include "vtgate/engine/aggregate.h"

#include <cstdlib>
#include <optional>

#include "vtgate/engine/description.h"

namespace vif::vtgate::engine {

namespace {

using types::Type;
using types::Value;
using Op = Aggregate::Op;

std::string_view op_name(Op op) {
  switch (op) {
    case Op::kAny: return "any_value";
    case Op::kCountStar: return "count_star";
    case Op::kCount: return "count";
    case Op::kCountDistinct: return "count_distinct";
    case Op::kSum: return "sum";
    case Op::kSumDistinct: return "sum_distinct";
    case Op::kSumCount: return "sum_count";
    case Op::kMin: return "min";
    case Op::kMax: return "max";
    case Op::kAvg: return "avg";
    case Op::kGroupConcat: return "group_concat";
  }
  return "";
}

// Text sums as numbers do in MySQL: as doubles.
bool sums_as_double(Type type) { return types::is_float(type) || !types::is_number(type); }

types::Field result_field(const Aggregate& aggregate, const types::Field& input) {
  types::Field field = input;
  if (!aggregate.name.empty()) field.name = aggregate.name;
  const bool exact = !sums_as_double(input.type);
  auto computed = [&](Type type, uint32_t length, uint32_t decimals) {
    field = {};
    field.name = aggregate.name.empty() ? input.name : aggregate.name;
    field.type = type;
    field.column_length = length;
    field.decimals = decimals;
    field.flags = 128;  // binary, as all numbers are
  };
  constexpr uint32_t kFloatDecimals = 31;
  switch (aggregate.op) {
    case Op::kCountStar:
    case Op::kCount:
    case Op::kCountDistinct:
    case Op::kSumCount:
      computed(Type::kInt64, 21, 0);
      field.flags |= 1;  // never NULL
      break;
    case Op::kSum:
    case Op::kSumDistinct:
      if (exact) computed(Type::kDecimal, input.type == Type::kDecimal ? input.column_length : 32, input.decimals);
      else computed(Type::kFloat64, 23, kFloatDecimals);
      break;
    case Op::kAvg:
      // Pushed down, the input is the sum, whose scale is the argument's.
      if (exact) computed(Type::kDecimal, input.column_length + 4, input.decimals + 4);
      else computed(Type::kFloat64, 23, kFloatDecimals);
      break;
    case Op::kGroupConcat:
      field.type = Type::kText;
      field.flags &= ~1u;
      break;
    case Op::kMin:
    case Op::kMax: field.flags &= ~1u; break;
    case Op::kAny: break;
  }
  return field;
}

// One aggregate of one group, as rows come.
class Accumulator {
 public:
  Accumulator(const Aggregate& aggregate, const types::Field& input, const types::Field& result)
      : aggregate_(aggregate), double_(sums_as_double(input.type)), result_(result) {}

  Status add(const types::Row& row) {
    const Value& value = row[aggregate_.column];
    switch (aggregate_.op) {
      case Op::kAny:
        if (!any_) value_ = value;
        any_ = true;
        break;
      case Op::kCountStar: ++count_; break;
      case Op::kCount: count_ += !value.is_null(); break;
      case Op::kCountDistinct:
        if (is_new(row)) ++count_;
        break;
      case Op::kSumDistinct:
        if (is_new(row)) add_to_sum(value);
        break;
      case Op::kSum:
      case Op::kSumCount: add_to_sum(value); break;
      case Op::kAvg:
        if (aggregate_.count_column >= 0) {
          count_ += VIF_TRY(row[static_cast<size_t>(aggregate_.count_column)].to_uint64());
        } else {
          count_ += !value.is_null();
        }
        add_to_sum(value);
        break;
      case Op::kMin:
      case Op::kMax: keep_extreme(row); break;
      case Op::kGroupConcat:
        if (value.is_null()) break;
        value_ = {Type::kText, any_ ? value_.bytes + aggregate_.separator + value.bytes : value.bytes};
        any_ = true;
        break;
    }
    return {};
  }

  Value finish() const {
    switch (aggregate_.op) {
      case Op::kCountStar:
      case Op::kCount:
      case Op::kCountDistinct: return Value::int64(static_cast<int64_t>(count_));
      case Op::kSumCount: return {Type::kInt64, any_ ? sum_ : "0"};
      case Op::kSum:
      case Op::kSumDistinct: return any_ ? Value{result_.type, sum_text()} : Value::null();
      case Op::kAvg:
        if (count_ == 0) return Value::null();
        if (double_) return {Type::kFloat64, fmt::format("{}", double_sum_ / static_cast<double>(count_))};
        return {Type::kDecimal, divide_decimal(sum_, count_, result_.decimals)};
      case Op::kAny:
      case Op::kMin:
      case Op::kMax:
      case Op::kGroupConcat: return value_;
    }
    return {};
  }

 private:
  OrderBy column() const { return {aggregate_.column, aggregate_.weight_column, false}; }

  void add_to_sum(const Value& value) {
    if (value.is_null()) return;
    if (double_) {
      double_sum_ += std::strtod(value.bytes.c_str(), nullptr);
    } else {
      sum_ = any_ ? add_decimals(sum_, value.bytes) : value.bytes;
    }
    any_ = true;
  }
  std::string sum_text() const { return double_ ? fmt::format("{}", double_sum_) : sum_; }

  bool is_new(const types::Row& row) {
    if (row[aggregate_.column].is_null()) return false;
    const OrderBy by = column();
    if (!last_.empty() && compare_rows(last_, row, std::span(&by, 1)) == 0) return false;
    last_ = row;
    return true;
  }
  void keep_extreme(const types::Row& row) {
    if (row[aggregate_.column].is_null()) return;
    const OrderBy by = column();
    if (!last_.empty()) {
      const int order = compare_rows(row, last_, std::span(&by, 1));
      if (aggregate_.op == Op::kMin ? order >= 0 : order <= 0) return;
    }
    last_ = row;
    value_ = row[aggregate_.column];
  }

  const Aggregate& aggregate_;
  bool double_;
  const types::Field& result_;
  bool any_ = false;
  uint64_t count_ = 0;
  std::string sum_;
  double double_sum_ = 0;
  Value value_;
  types::Row last_;
};

class AggregateSink : public RowSink {
 public:
  AggregateSink(RowSink& to, std::span<const OrderBy> groups, std::span<const Aggregate> aggregates, bool scalar)
      : to_(to), groups_(groups), aggregates_(aggregates), scalar_(scalar) {}

  Status fields(const Fields& fields) override {
    input_ = fields;
    VIF_TRY(check(fields));
    for (const Aggregate& aggregate : aggregates_) output_.push_back(result_field(aggregate, fields[aggregate.column]));
    return to_.fields(output_);
  }

  Result<Flow> rows(Rows batch) override {
    Rows done;
    for (const types::Row& row : batch) {
      if (open_ && !groups_.empty() && compare_rows(group_, row, groups_) != 0) close(done);
      if (!open_) start(row);
      for (Accumulator& accumulator : accumulators_) VIF_TRY(accumulator.add(row));
    }
    if (done.empty()) return Flow::kMore;
    return to_.rows(std::move(done));
  }

  Status end(const mysql::ResultEnd& end) override {
    Rows done;
    if (!open_ && scalar_) start({});
    if (open_) close(done);
    VIF_TRY(to_.rows(std::move(done)));
    return to_.end(end);
  }

 private:
  Status check(const Fields& fields) const {
    VIF_TRY(check_sortable(fields, groups_));
    for (const Aggregate& aggregate : aggregates_) {
      const bool compares = aggregate.op == Op::kMin || aggregate.op == Op::kMax || aggregate.op == Op::kCountDistinct ||
                            aggregate.op == Op::kSumDistinct;
      if (!compares) continue;
      const OrderBy by{aggregate.column, aggregate.weight_column, false};
      // The least and the greatest member are so as text.
      const bool extreme = aggregate.op == Op::kMin || aggregate.op == Op::kMax;
      const Type type = fields[aggregate.column].type;
      if (extreme && aggregate.weight_column >= 0 && (type == Type::kEnum || type == Type::kSet)) continue;
      VIF_TRY(check_sortable(fields, std::span(&by, 1)));
    }
    return {};
  }
  void start(const types::Row& row) {
    open_ = true;
    group_ = row;
    accumulators_.clear();
    for (size_t i = 0; i < aggregates_.size(); ++i) {
      accumulators_.emplace_back(aggregates_[i], input_[aggregates_[i].column], output_[i]);
    }
  }
  void close(Rows& done) {
    open_ = false;
    types::Row& row = done.emplace_back();
    for (const Accumulator& accumulator : accumulators_) row.push_back(accumulator.finish());
  }

  RowSink& to_;
  std::span<const OrderBy> groups_;
  std::span<const Aggregate> aggregates_;
  bool scalar_;
  Fields input_;
  Fields output_;
  bool open_ = false;
  types::Row group_;
  std::vector<Accumulator> accumulators_;
};

}  // namespace

Status OrderedAggregate::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  AggregateSink aggregating(sink, groups_, aggregates_, scalar_);
  return input_->execute(context, bindings, aggregating);
}

Result<Fields> OrderedAggregate::fields(ExecContext& context, const Bindings& bindings) const {
  const Fields input = VIF_TRY(input_->fields(context, bindings));
  Fields fields;
  for (const Aggregate& aggregate : aggregates_) fields.push_back(result_field(aggregate, input[aggregate.column]));
  return fields;
}

Description OrderedAggregate::describe() const {
  Description d;
  d.operator_type = "Aggregate";
  d.variant = scalar_ ? "Scalar" : "Ordered";
  std::string list;
  for (const Aggregate& aggregate : aggregates_) {
    const bool group = aggregate.op == Op::kAny && aggregate.name.empty();
    if (group) continue;
    if (!list.empty()) list += ", ";
    list += aggregate.weight_column < 0
                ? fmt::format("{}({})", op_name(aggregate.op), aggregate.column)
                : fmt::format("{}({}|{})", op_name(aggregate.op), aggregate.column, aggregate.weight_column);
    if (!aggregate.name.empty()) list += " AS " + aggregate.name;
  }
  if (!list.empty()) d.other["Aggregates"] = list;
  std::string groups;
  for (const OrderBy& by : groups_) {
    if (!groups.empty()) groups += ", ";
    groups += by.weight_column < 0 ? std::to_string(by.column) : fmt::format("({}|{})", by.column, by.weight_column);
  }
  if (!groups.empty()) d.other["GroupBy"] = groups;
  d.inputs.push_back(input_->describe());
  return d;
}

}  // namespace vif::vtgate::engine
