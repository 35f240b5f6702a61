// GROUP BY and aggregate functions in the gate (eval/aggregate.h), over rows that come sorted by
// the groups.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vtgate/engine/order_by.h"
#include "vtgate/engine/primitive.h"
#include "vtgate/engine/value_expr.h"

namespace vif::vtgate::engine {

struct Aggregate {
  enum class Op : uint8_t {
    kAny,  // the group's first value: of columns that are the same throughout it
    kCountStar,
    kCount,          // of values that are not NULL
    kCountDistinct,  // REQUIRES: rows come sorted by the column within a group
    kSum,
    kSumDistinct,
    kSumCount,  // of counts; 0 when there are none
    kMin,
    kMax,
    kAvg,  // of the column; or of sums, when count_column has their counts
    kBitAnd,
    kBitOr,
    kBitXor,
    kStddevPop,
    kStddevSamp,
    kVarPop,
    kVarSamp,
    kGroupConcat,
    kJsonArrayAgg,
    kJsonObjectAgg,
  };
  Op op = Op::kAny;
  size_t column = 0;
  int weight_column = -1;
  uint32_t collation = 0;  // of text that compares without a weight
  int count_column = -1;
  bool partial = false;            // of what shards have aggregated already
  bool distinct = false;           // rows come in any order: the values are remembered
  std::vector<OrderBy> more;       // arguments after the first
  std::vector<OrderBy> order_by;   // GROUP_CONCAT's own
  std::optional<ValueExpr> limit;  // likewise
  std::optional<ValueExpr> offset;
  bool mariadb = false;
  std::string name;  // of the result's column; "" keeps the input's
  std::string separator = ",";
};

class OrderedAggregate : public Primitive {
 public:
  // `groups` empty and `scalar`: one row whatever the input.
  OrderedAggregate(PrimitivePtr input, std::vector<OrderBy> groups,
                   std::vector<Aggregate> aggregates, bool scalar)
      : input_(std::move(input)),
        groups_(std::move(groups)),
        aggregates_(std::move(aggregates)),
        scalar_(scalar) {}

  Status execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const override;
  Result<Fields> fields(ExecContext& context, const Bindings& bindings) const override;
  Description describe() const override;

 private:
  PrimitivePtr input_;
  std::vector<OrderBy> groups_;
  std::vector<Aggregate> aggregates_;
  bool scalar_;
};

}  // namespace vif::vtgate::engine
