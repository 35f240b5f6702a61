#include "vtgate/engine/aggregate.h"

#include <algorithm>
#include <deque>

#include "eval/aggregate.h"
#include "vtgate/engine/description.h"
#include "vtgate/engine/exec_context.h"

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
    case Op::kBitAnd: return "bit_and";
    case Op::kBitOr: return "bit_or";
    case Op::kBitXor: return "bit_xor";
    case Op::kStddevPop: return "stddev_pop";
    case Op::kStddevSamp: return "stddev_samp";
    case Op::kVarPop: return "var_pop";
    case Op::kVarSamp: return "var_samp";
    case Op::kGroupConcat: return "group_concat";
    case Op::kJsonArrayAgg: return "json_arrayagg";
    case Op::kJsonObjectAgg: return "json_objectagg";
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
    case Op::kBitAnd: return Kind::kBitAnd;
    case Op::kBitOr: return Kind::kBitOr;
    case Op::kBitXor: return Kind::kBitXor;
    case Op::kStddevPop: return Kind::kStddevPop;
    case Op::kStddevSamp: return Kind::kStddevSamp;
    case Op::kVarPop: return Kind::kVarPop;
    case Op::kVarSamp: return Kind::kVarSamp;
    case Op::kGroupConcat: return Kind::kGroupConcat;
    case Op::kJsonArrayAgg: return Kind::kJsonArrayAgg;
    case Op::kJsonObjectAgg: return Kind::kJsonObjectAgg;
  }
  return Kind::kAnyValue;
}

eval::AggregateSpec spec_of(const Aggregate& aggregate, size_t concat_length_max) {
  eval::AggregateSpec spec;
  spec.kind = kind_of(aggregate.op);
  if (aggregate.op != Op::kCountStar)
    spec.columns = {{aggregate.column, aggregate.weight_column, false, aggregate.collation}};
  spec.columns.insert(spec.columns.end(), aggregate.more.begin(), aggregate.more.end());
  spec.sorted = aggregate.op == Op::kCountDistinct || aggregate.op == Op::kSumDistinct;
  spec.distinct = spec.sorted || aggregate.distinct;
  spec.count_column = aggregate.count_column;
  spec.partial = aggregate.partial;
  spec.order_by = aggregate.order_by;
  spec.separator = aggregate.separator;
  spec.length_max = concat_length_max;
  spec.mariadb = aggregate.mariadb;
  return spec;
}

bool concatenates(std::span<const Aggregate> aggregates) {
  // MariaDB's JSON is text, as long as that.
  return std::any_of(aggregates.begin(), aggregates.end(), [](const Aggregate& a) {
    return a.op == Op::kGroupConcat ||
           (a.mariadb && (a.op == Op::kJsonArrayAgg || a.op == Op::kJsonObjectAgg));
  });
}

// The same for a run, with what is known then: GROUP_CONCAT's LIMIT.
Result<eval::AggregateSpec> spec_for_run(const Aggregate& aggregate, size_t concat_length_max,
                                         const Bindings& bindings) {
  eval::AggregateSpec spec = spec_of(aggregate, concat_length_max);
  if (aggregate.limit)
    spec.limit = VIF_TRY(VIF_TRY(evaluate(*aggregate.limit, bindings)).to_uint64());
  if (aggregate.offset)
    spec.offset = VIF_TRY(VIF_TRY(evaluate(*aggregate.offset, bindings)).to_uint64());
  return spec;
}

// group_concat_max_len, when one of them wants to know.
Result<size_t> concat_length_max(ExecContext& context, std::span<const Aggregate> aggregates) {
  if (!concatenates(aggregates)) return 0;
  return VIF_TRY(context.concat_length_max());
}

types::Field result_field(const Aggregate& aggregate, const eval::AggregateSpec& spec,
                          const Fields& input) {
  types::Field field;
  if (aggregate.op == Op::kAny) {
    field = input[aggregate.column];  // of a group, it is NULL only when the column is
  } else {
    field = eval::aggregate_field(spec, input);
  }
  const bool computed =
      aggregate.op != Op::kAny && aggregate.op != Op::kMin && aggregate.op != Op::kMax;
  if (computed) field.table = field.org_table = field.database = field.org_name = "";
  field.name = aggregate.name.empty() ? input[aggregate.column].name : aggregate.name;
  return field;
}

class AggregateSink : public RowSink {
 public:
  AggregateSink(RowSink& to, ExecContext& context, const Bindings& bindings,
                std::span<const OrderBy> groups, std::span<const Aggregate> aggregates, bool scalar,
                size_t concat_length_max)
      : to_(to),
        context_(context),
        bindings_(bindings),
        groups_(groups),
        aggregates_(aggregates),
        scalar_(scalar),
        concat_length_max_(concat_length_max) {}

  Status fields(const Fields& fields) override {
    input_ = fields;
    VIF_TRY(check_sortable(fields, groups_));
    for (const Aggregate& aggregate : aggregates_) {
      const eval::AggregateSpec& spec =
          specs_.emplace_back(VIF_TRY(spec_for_run(aggregate, concat_length_max_, bindings_)));
      VIF_TRY(eval::Aggregate::check(spec, fields));
      output_.push_back(result_field(aggregate, spec, fields));
    }
    for (const eval::AggregateSpec& spec : specs_) accumulators_.emplace_back(spec, input_);
    return to_.fields(output_);
  }

  Result<Flow> rows(Rows batch) override {
    Rows done;
    for (const types::Row& row : batch) {
      if (open_ && !groups_.empty() && compare_rows(group_, row, groups_) != 0)
        VIF_TRY(close(done));
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
    for (eval::Aggregate& accumulator : accumulators_) {
      row.push_back(VIF_TRY(accumulator.result()));
      for (const eval::Warning& w : accumulator.warnings()) context_.warn(w.code, w.message);
    }
    return {};
  }

  RowSink& to_;
  ExecContext& context_;
  const Bindings& bindings_;
  std::span<const OrderBy> groups_;
  std::span<const Aggregate> aggregates_;
  bool scalar_;
  size_t concat_length_max_;
  Fields input_;
  Fields output_;
  std::deque<eval::AggregateSpec>
      specs_;  // they stay where they are: the accumulators look at them
  bool open_ = false;
  types::Row group_;
  std::vector<eval::Aggregate> accumulators_;
};

}  // namespace

namespace {

// "count(distinct 0, 2)", "group_concat((0|3) order by 1 ASC)".
std::string described(const Aggregate& aggregate) {
  std::string out =
      fmt::format("{}({}", op_name(aggregate.op), aggregate.distinct ? "distinct " : "");
  out += aggregate.weight_column < 0
             ? std::to_string(aggregate.column) + collate_suffix(-1, aggregate.collation)
             : fmt::format("{}|{}", aggregate.column, aggregate.weight_column);
  for (const OrderBy& by : aggregate.more) {
    out += ", ";
    out += by.weight_column < 0 ? std::to_string(by.column) + collate_suffix(-1, by.collation)
                                : fmt::format("{}|{}", by.column, by.weight_column);
  }
  if (!aggregate.order_by.empty()) out += " order by " + to_string(aggregate.order_by);
  return out + ")";
}

}  // namespace

Status OrderedAggregate::execute(ExecContext& context, const Bindings& bindings,
                                 RowSink& sink) const {
  const size_t length_max = VIF_TRY(concat_length_max(context, aggregates_));
  AggregateSink aggregating(sink, context, bindings, groups_, aggregates_, scalar_, length_max);
  return input_->execute(context, bindings, aggregating);
}

Result<Fields> OrderedAggregate::fields(ExecContext& context, const Bindings& bindings) const {
  const Fields input = VIF_TRY(input_->fields(context, bindings));
  const size_t length_max = VIF_TRY(concat_length_max(context, aggregates_));
  Fields fields;
  for (const Aggregate& aggregate : aggregates_)
    fields.push_back(result_field(aggregate, spec_of(aggregate, length_max), input));
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
    list += described(aggregate);
    if (!aggregate.name.empty()) list += " AS " + aggregate.name;
  }
  if (!list.empty()) d.other["Aggregates"] = list;
  std::string groups;
  for (const OrderBy& by : groups_) {
    if (!groups.empty()) groups += ", ";
    groups += by.weight_column < 0 ? std::to_string(by.column)
                                   : fmt::format("({}|{})", by.column, by.weight_column);
    groups += collate_suffix(by.weight_column, by.collation);
  }
  if (!groups.empty()) d.other["GroupBy"] = groups;
  d.inputs.push_back(input_->describe());
  return d;
}

}  // namespace vif::vtgate::engine
