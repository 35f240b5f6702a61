// Aggregates of rows in the gate, over values or over the partial aggregates of shards: MySQL's result types
// and MySQL's arithmetic.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "types/decimal.h"
#include "types/value.h"

namespace vif::eval {

enum class AggregateKind : uint8_t {
  kCountStar,  // rows
  kCount,      // values that are not NULL
  kSum,        // DECIMAL for exact numbers, FLOAT64 for the rest
  kSumCount,   // sum of partial counts: INT64, 0 when there are none
  kAvg,        // DECIMAL with four more decimals, or FLOAT64
  kMin,
  kMax,
  kAnyValue,  // the first row's
  kBitAnd,
  kBitOr,
  kBitXor,
  kGroupConcat,
};

// "sum_count" and the like, as plans show them.
std::string_view aggregate_name(AggregateKind kind);

struct AggregateOptions {
  // Values that are equal (by weight string where given) count once.
  bool distinct = false;
  std::string_view separator = ",";         // of kGroupConcat
  size_t group_concat_max_length = 1048576;  // bytes; group_concat_max_len, Vitess's gate has no limit of its own
};

// The field of the result for an input field: type, decimals, charset; name and table are the input's.
types::Field aggregate_field(AggregateKind kind, const types::Field& input);

class Aggregate {
 public:
  Aggregate(AggregateKind kind, const types::Field& input, const AggregateOptions& options = {});

  // `weight` is weight_string() of a text value: MIN, MAX and DISTINCT of text need it. Errors: out of range
  // (errno 1690), kUnimplemented for text without a weight that bytes cannot stand for.
  Status add(const types::Value& value, const types::Value* weight = nullptr);
  // Of what was added since the start or the last reset.
  Result<types::Value> result() const;
  void reset();

 private:
  Status add_number(const types::Value& value);
  Status add_extreme(const types::Value& value, const types::Value* weight);
  Status add_bits(const types::Value& value);
  Result<bool> is_new(const types::Value& value, const types::Value* weight);

  AggregateKind kind_;
  types::Type input_type_;
  uint32_t charset_;
  uint32_t decimals_;
  bool distinct_;
  std::string separator_;
  size_t length_max_;

  int64_t count_ = 0;
  types::Decimal decimal_sum_;
  double float_sum_ = 0;
  uint64_t bits_ = 0;
  bool has_value_ = false;
  types::Value value_;   // MIN, MAX, ANY_VALUE, GROUP_CONCAT
  types::Value weight_;  // of value_
  std::set<std::string> seen_;
};

}  // namespace vif::eval
