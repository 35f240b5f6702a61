// Aggregates of rows in the gate, over the rows themselves or over the partial aggregates of
// shards: MySQL's arithmetic, result types and warnings.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "eval/program.h"
#include "eval/row_order.h"
#include "types/decimal.h"
#include "types/value.h"

namespace vif::eval {

enum class AggregateKind : uint8_t {
  kCountStar,  // rows
  kCount,      // rows none of whose columns is NULL
  kSum,        // DECIMAL for exact numbers, FLOAT64 for the rest
  kSumCount,   // sum of partial counts: INT64, 0 when there are none
  kAvg,        // DECIMAL with four more decimals, or FLOAT64
  kMin,
  kMax,
  kAnyValue,  // the first row's
  kBitAnd,
  kBitOr,
  kBitXor,
  kStddevPop,  // STD and STDDEV too
  kStddevSamp,
  kVarPop,  // VARIANCE too
  kVarSamp,
  kGroupConcat,
  kJsonArrayAgg,
  kJsonObjectAgg,  // columns: key, value
};

// "sum_count" and the like, as plans show them.
std::string_view aggregate_name(AggregateKind kind);

struct AggregateSpec {
  AggregateKind kind = AggregateKind::kCountStar;
  // The arguments' places in the row. Several for GROUP_CONCAT, COUNT(DISTINCT a, b) and
  // JSON_OBJECTAGG. MIN, MAX and DISTINCT of text need a weight or a collation; `descending` means
  // nothing here.
  std::vector<OrderBy> columns;
  bool distinct = false;
  bool sorted =
      false;  // equal values come one after another, so that DISTINCT needs to remember only one
  int count_column = -1;  // of kAvg: the column holds sums, this one their counts
  bool partial = false;   // of kSum: the column holds sums already
  // GROUP_CONCAT's own clauses.
  std::vector<OrderBy> order_by;
  std::string separator = ",";
  std::optional<uint64_t> limit;  // MariaDB's
  uint64_t offset = 0;
  size_t length_max = 1024;  // group_concat_max_len: bytes of the result
  uint32_t collation = 0;    // the connection's, of what numbers are joined to; 0: the usual one
  bool mariadb = false;      // JSON is printed, and some results are typed, as MariaDB does
};

// The field of the result: type, length, decimals, charset, flags; name and table are the first
// argument's. `max_length` is the spec's group_concat_max_len.
types::Field aggregate_field(const AggregateSpec& spec, std::span<const types::Field> row);

class Aggregate {
 public:
  // `row` tells the types of the rows' columns. Both must outlive this.
  Aggregate(const AggregateSpec& spec, std::span<const types::Field> row);
  // Whether such rows can be aggregated. Errors: VT12001 for what cannot be compared or added here.
  static Status check(const AggregateSpec& spec, std::span<const types::Field> row);

  // Errors: out of range (errno 1690), NULL as a JSON member (3158), bytes of several lengths
  // (3513).
  Status add(const types::Row& row);
  // Of what was added since the start or the last reset, and its warnings.
  Result<types::Value> result();
  const std::vector<Warning>& warnings() const { return warnings_; }
  void reset();

 private:
  struct Item {  // of a GROUP_CONCAT with an order
    std::string text;
    types::Row keys;
  };

  const types::Value& argument(const types::Row& row) const { return row[spec_.columns[0].column]; }
  bool is_new(const types::Row& row);
  Status add_number(const types::Row& row);
  Status add_extreme(const types::Row& row);
  Status add_bits(const types::Value& value);
  Status add_byte_bits(const types::Value& value);
  void warn_of_stored(const types::Value& value);
  void warn_of_overflow(const std::string& number);
  Result<double> number_of(const types::Value& value);
  Result<uint64_t> bits_of(const types::Value& value);
  void add_deviation(double x);
  types::Value joined(const types::Row& row, size_t column) const;
  void add_text(const types::Row& row);
  void append_item(std::string_view text);
  void add_json_value(const types::Row& row);
  Status add_json_member(const types::Row& row);
  double number(const types::Value& value) const;
  Result<types::Value> sum_or_average() const;
  types::Value deviation() const;
  types::Value concatenated();
  types::Value json_object() const;

  const AggregateSpec& spec_;
  std::span<const types::Field> row_;
  types::Field field_;
  bool exact_ = false;  // the sum is a DECIMAL

  uint64_t count_ = 0;
  uint64_t items_seen_ = 0;     // of all groups: a warning tells at which one a text was cut
  __int128 whole_sum_ = 0;      // of the integers
  types::Decimal decimal_sum_;  // of the others
  double float_sum_ = 0;
  double mean_ = 0;
  double squares_ = 0;
  uint64_t bits_ = 0;
  bool has_value_ = false;
  types::Value value_;  // MIN, MAX, ANY_VALUE, bits of bytes
  types::Row best_;     // the row of value_
  std::string text_;    // of what is concatenated
  std::vector<Item> items_;
  std::vector<std::pair<std::string, std::string>> members_;
  bool cut_ = false;
  std::string key_;
  std::string last_key_;
  std::unordered_set<std::string> seen_;
  std::vector<Warning> warnings_;
};

// A number without the zeros that ZEROFILL and YEAR put before it.
std::string without_zeros(const std::string& number);

// The value as a JSON document holds it: numbers as they are, text quoted, bytes in base64 after
// the type of their column, which for a BLOB is told by its `length`.
void append_json(const types::Value& value, bool mariadb, std::string& out,
                 uint32_t length = 65535);

}  // namespace vif::eval
