#include "vtgate/engine/aggregate.h"

#include <deque>
#include <limits>

#include "eval/aggregate.h"
#include "vtgate/engine/description.h"

namespace vif::vtgate::engine {

namespace {

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

eval::AggregateKind kind_of(Op op) {
  using Kind = eval::AggregateKind;
  switch (op) {
    case Op::kAny: return Kind::kAnyValue;
    case Op::kCountStar: return Kind::kCountStar;
    case Op::kCount:
    case Op::kCountDistinct: return Kind::kCount;
    case Op::kSum:
    case Op::kSumDistinct: return Kind::kSum;
    case Op::kSumCount: return Kind::kSumCount;
    case Op::kMin: return Kind::kMin;
    case Op::kMax: return Kind::kMax;
    case Op::kAvg: return Kind::kAvg;
    case Op::kGroupConcat: return Kind::kGroupConcat;
  }
  return Kind::kAnyValue;
}

eval::AggregateSpec spec_of(const Aggregate& aggregate, const Fields& input) {
  eval::AggregateSpec spec;
  spec.kind = kind_of(aggregate.op);
  if (aggregate.op != Op::kCountStar) spec.columns = {{aggregate.column, aggregate.weight_column, false}};
  spec.distinct = spec.sorted = aggregate.op == Op::kCountDistinct || aggregate.op == Op::kSumDistinct;
  spec.count_column = aggregate.count_column;
  spec.separator = aggregate.separator;
  // Each shard has cut its part already.
  spec.length_max = std::numeric_limits<size_t>::max();
  // What a shard computed has no column of a table behind it.
  spec.partial = aggregate.op == Op::kSum && aggregate.column < input.size() && input[aggregate.column].org_name.empty();
  return spec;
}

types::Field result_field(const Aggregate& aggregate, const eval::AggregateSpec& spec, const Fields& input) {
  types::Field field;
  if (aggregate.op == Op::kAny) {
    field = input[aggregate.column];  // of a group, it is NULL only when the column is
  } else if (aggregate.op == Op::kGroupConcat) {
    field = input[aggregate.column];
    field.type = types::is_binary(field.type) ? types::Type::kBlob : types::Type::kText;
    field.flags &= ~1u;
  } else {
    field = eval::aggregate_field(spec, input);
  }
  const bool computed = aggregate.op != Op::kAny && aggregate.op != Op::kMin && aggregate.op != Op::kMax && aggregate.op != Op::kGroupConcat;
  if (computed) field.table = field.org_table = field.database = field.org_name = "";
  field.name = aggregate.name.empty() ? input[aggregate.column].name : aggregate.name;
  return field;
}

class AggregateSink : public RowSink {
 public:
  AggregateSink(RowSink& to, std::span<const OrderBy> groups, std::span<const Aggregate> aggregates, bool scalar)
      : to_(to), groups_(groups), aggregates_(aggregates), scalar_(scalar) {}

  Status fields(const Fields& fields) override {
    input_ = fields;
    VIF_TRY(check_sortable(fields, groups_));
    for (const Aggregate& aggregate : aggregates_) {
      const eval::AggregateSpec& spec = specs_.emplace_back(spec_of(aggregate, fields));
      VIF_TRY(eval::Aggregate::check(spec, fields));
      output_.push_back(result_field(aggregate, spec, fields));
    }
    for (const eval::AggregateSpec& spec : specs_) accumulators_.emplace_back(spec, input_);
    return to_.fields(output_);
  }

  Result<Flow> rows(Rows batch) override {
    Rows done;
    for (const types::Row& row : batch) {
      if (open_ && !groups_.empty() && compare_rows(group_, row, groups_) != 0) VIF_TRY(close(done));
      if (!open_) start(row);
      for (eval::Aggregate& accumulator : accumulators_) VIF_TRY(accumulator.add(row));
    }
    if (done.empty()) return Flow::kMore;
    return to_.rows(std::move(done));
  }

  Status end(const mysql::ResultEnd& end) override {
    Rows done;
    if (!open_ && scalar_) start({});
    if (open_) VIF_TRY(close(done));
    VIF_TRY(to_.rows(std::move(done)));
    return to_.end(end);
  }

 private:
  void start(const types::Row& row) {
    open_ = true;
    group_ = row;
    for (eval::Aggregate& accumulator : accumulators_) accumulator.reset();
  }
  Status close(Rows& done) {
    open_ = false;
    types::Row& row = done.emplace_back();
    for (eval::Aggregate& accumulator : accumulators_) row.push_back(VIF_TRY(accumulator.result()));
    return {};
  }

  RowSink& to_;
  std::span<const OrderBy> groups_;
  std::span<const Aggregate> aggregates_;
  bool scalar_;
  Fields input_;
  Fields output_;
  std::deque<eval::AggregateSpec> specs_;  // they stay where they are: the accumulators look at them
  bool open_ = false;
  types::Row group_;
  std::vector<eval::Aggregate> accumulators_;
};

}  // namespace

Status OrderedAggregate::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  AggregateSink aggregating(sink, groups_, aggregates_, scalar_);
  return input_->execute(context, bindings, aggregating);
}

Result<Fields> OrderedAggregate::fields(ExecContext& context, const Bindings& bindings) const {
  const Fields input = VIF_TRY(input_->fields(context, bindings));
  Fields fields;
  for (const Aggregate& aggregate : aggregates_) fields.push_back(result_field(aggregate, spec_of(aggregate, input), input));
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
