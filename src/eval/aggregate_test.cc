#include "eval/aggregate.h"

#include <gtest/gtest.h>

namespace vif::eval {
namespace {

using types::Type;
using types::Value;

types::Field field(Type type, uint32_t decimals = 0, uint32_t charset = 63) {
  types::Field f;
  f.type = type;
  f.decimals = decimals;
  f.charset = charset;
  return f;
}

std::string aggregated(AggregateKind kind, const types::Field& input, std::vector<Value> values, AggregateOptions options = {}) {
  Aggregate aggregate(kind, input, options);
  for (const Value& value : values) {
    const Status status = aggregate.add(value);
    if (!status.ok()) return status.error().message();
  }
  return aggregate.result()->to_string();
}

std::vector<Value> ints(std::initializer_list<const char*> texts) {
  std::vector<Value> out;
  for (const char* text : texts) out.push_back(text ? Value{Type::kInt64, text} : Value::null());
  return out;
}

TEST(Aggregate, ResultTypesAreMysqls) {
  const types::Field i = field(Type::kInt64);
  using K = AggregateKind;
  EXPECT_EQ(aggregated(K::kCountStar, i, ints({"1", nullptr})), "INT64(2)");
  EXPECT_EQ(aggregated(K::kCount, i, ints({"1", nullptr})), "INT64(1)");
  EXPECT_EQ(aggregated(K::kSum, i, ints({"9223372036854775807", "1", nullptr})), "DECIMAL(9223372036854775808)");
  EXPECT_EQ(aggregated(K::kSum, i, ints({nullptr})), "NULL");
  EXPECT_EQ(aggregated(K::kSumCount, i, ints({"3", "4"})), "INT64(7)");
  EXPECT_EQ(aggregated(K::kSumCount, i, {}), "INT64(0)");
  EXPECT_EQ(aggregated(K::kAvg, i, ints({"1", "2", "2"})), "DECIMAL(1.6667)");
  EXPECT_EQ(aggregated(K::kAvg, field(Type::kDecimal, 2), {{Type::kDecimal, "1.10"}, {Type::kDecimal, "2.25"}}),
            "DECIMAL(1.675000)");
  EXPECT_EQ(aggregated(K::kSum, field(Type::kFloat64), {{Type::kFloat64, "1.5"}, {Type::kFloat64, "2"}}), "FLOAT64(3.5)");
  EXPECT_EQ(aggregated(K::kMin, i, ints({"10", "9", nullptr})), "INT64(9)");
  EXPECT_EQ(aggregated(K::kMax, i, ints({"10", "9"})), "INT64(10)");
  EXPECT_EQ(aggregated(K::kBitAnd, i, {}), "UINT64(18446744073709551615)");
  EXPECT_EQ(aggregated(K::kBitXor, i, ints({"5", "1"})), "UINT64(4)");
  EXPECT_EQ(aggregated(K::kCount, i, ints({"1", "1", "2"}), {.distinct = true}), "INT64(2)");
  EXPECT_EQ(aggregated(K::kGroupConcat, field(Type::kVarchar, 0, 255), {Value::varchar("a"), Value::null(), Value::varchar("b")},
                       {.separator = "; "}),
            "TEXT(\"a; b\")");
}

TEST(Aggregate, TextGoesByItsCollationOrByAWeight) {
  const types::Field text = field(Type::kVarchar, 0, 255);
  EXPECT_EQ(aggregated(AggregateKind::kMin, text, {Value::varchar("b"), Value::varchar("A")}), "VARCHAR(\"A\")");
  EXPECT_EQ(aggregated(AggregateKind::kMin, text, {Value::varchar("f"), Value::varchar("é")}), "VARCHAR(\"é\")");
  EXPECT_EQ(aggregated(AggregateKind::kMin, field(Type::kVarchar, 0, 2), {Value::varchar("f"), Value::varchar("é")}),
            "VT12001: unsupported: comparing text in the gate under collation 2");
  Aggregate least(AggregateKind::kMin, text);
  const Value heavy = Value::varbinary("\x02");
  const Value light = Value::varbinary("\x01");
  ASSERT_TRUE(least.add(Value::varchar("é"), &heavy).ok());
  ASSERT_TRUE(least.add(Value::varchar("è"), &light).ok());
  EXPECT_EQ(least.result()->bytes, "è");
}

}  // namespace
}  // namespace vif::eval
