#include "eval/aggregate.h"

#include <gtest/gtest.h>

namespace vif::eval {
namespace {

using types::Row;
using types::Type;
using types::Value;
using K = AggregateKind;

types::Field field(Type type, uint32_t length = 0, uint32_t decimals = 0, uint32_t charset = 63,
                   uint32_t flags = 0) {
  types::Field f;
  f.type = type;
  f.column_length = length;
  f.decimals = decimals;
  f.charset = charset;
  f.flags = flags;
  return f;
}

AggregateSpec spec_of(K kind) {
  AggregateSpec spec;
  spec.kind = kind;
  spec.columns = {{0, -1, false}};
  return spec;
}

// The result's debug form, or the error's text.
std::string aggregated(const AggregateSpec& spec, std::vector<types::Field> fields,
                       const std::vector<Row>& rows) {
  if (const Status status = Aggregate::check(spec, fields); !status.ok())
    return status.error().message();
  Aggregate aggregate(spec, fields);
  for (const Row& row : rows) {
    const Status status = aggregate.add(row);
    if (!status.ok()) return status.error().message();
  }
  const Result<Value> result = aggregate.result();
  if (!result.ok()) return result.error().message();
  return result->type == Type::kJson ? result->bytes : result->to_string();
}

std::string aggregated(K kind, const types::Field& input,
                       std::initializer_list<const char*> texts) {
  std::vector<Row> rows;
  for (const char* text : texts) rows.push_back({text ? Value{input.type, text} : Value::null()});
  return aggregated(spec_of(kind), {input}, rows);
}

// What MySQL 9.7 answers to the same.
TEST(Aggregate, ResultsAreMysqls) {
  const types::Field i = field(Type::kInt64, 20);
  EXPECT_EQ(aggregated(K::kCountStar, i, {"1", nullptr}), "INT64(2)");
  EXPECT_EQ(aggregated(K::kCount, i, {"1", nullptr}), "INT64(1)");
  EXPECT_EQ(
      aggregated(K::kSum, i,
                 {"9223372036854775807", "9223372036854775807", "9223372036854775807", nullptr}),
      "DECIMAL(27670116110564327421)");
  EXPECT_EQ(aggregated(K::kSum, i, {"-9223372036854775808", "-9223372036854775808"}),
            "DECIMAL(-18446744073709551616)");
  EXPECT_EQ(aggregated(K::kSum, i, {nullptr}), "NULL");
  EXPECT_EQ(aggregated(K::kSumCount, i, {"3", "4"}), "INT64(7)");
  EXPECT_EQ(aggregated(K::kSumCount, i, {}), "INT64(0)");
  EXPECT_EQ(aggregated(K::kAvg, i, {"1", "2", "2"}), "DECIMAL(1.6667)");
  EXPECT_EQ(aggregated(K::kAvg, field(Type::kDecimal, 12, 2), {"1.10", "2.25"}),
            "DECIMAL(1.675000)");
  EXPECT_EQ(aggregated(K::kSum, field(Type::kFloat64, 22, 31), {"1.5", "2"}), "FLOAT64(3.5)");
  EXPECT_EQ(aggregated(K::kSum, field(Type::kFloat32, 12, 31), {"1", "-1.5", "0.1"}),
            "FLOAT64(-0.3999999985098839)");
  EXPECT_EQ(aggregated(K::kSum, field(Type::kDate, 10), {"2001-01-01", "9999-12-31", "1000-01-01"}),
            "DECIMAL(130001433)");
  EXPECT_EQ(aggregated(K::kSum, field(Type::kTime, 14, 3),
                       {"01:01:01.100", "-838:59:59.000", "-00:00:00.500"}),
            "DECIMAL(-8375858.400)");
  EXPECT_EQ(aggregated(K::kAvg, field(Type::kBit, 9), {"\x01\xff", nullptr}), "DECIMAL(511.0000)");
  EXPECT_EQ(aggregated(K::kMin, i, {"10", "9", nullptr}), "INT64(9)");
  EXPECT_EQ(aggregated(K::kMax, i, {"10", "9"}), "INT64(10)");
  EXPECT_EQ(aggregated(K::kBitAnd, i, {}), "UINT64(18446744073709551615)");
  EXPECT_EQ(aggregated(K::kBitXor, i, {"5", "1"}), "UINT64(4)");
  EXPECT_EQ(
      aggregated(K::kBitOr, field(Type::kDate, 10), {"2001-01-01", "9999-12-31", "1000-01-01"}),
      "UINT64(100531967)");
  EXPECT_EQ(aggregated(K::kBitOr, field(Type::kVarbinary, 2), {"12", "@B"}), "VARBINARY(\"qr\")");
  EXPECT_EQ(aggregated(K::kBitOr, field(Type::kVarbinary, 2), {"12", "1"}),
            "Binary operands of bitwise operators must be of equal length");
  EXPECT_EQ(aggregated(K::kStddevPop, i, {"1", "-128", "0"}), "FLOAT64(60.576856600153455)");
  EXPECT_EQ(aggregated(K::kVarSamp, i, {"1"}), "NULL");
  EXPECT_EQ(aggregated(K::kVarPop, i, {"1"}), "FLOAT64(0)");
}

TEST(Aggregate, FieldsAreMysqls) {
  struct Case {
    K kind;
    types::Field input;
    std::string want;
  };
  const Case cases[] = {
      {K::kSum, field(Type::kInt8, 4), "DECIMAL 26 0"},
      {K::kSum, field(Type::kUint64, 20, 0, 63, 32), "DECIMAL 43 0"},
      {K::kSum, field(Type::kDecimal, 12, 2), "DECIMAL 34 2"},
      {K::kSum, field(Type::kDecimal, 67, 30), "DECIMAL 67 30"},
      {K::kSum, field(Type::kDatetime, 26, 6), "DECIMAL 44 6"},
      {K::kSum, field(Type::kVarchar, 80, 31, 255), "FLOAT64 23 31"},
      {K::kAvg, field(Type::kInt32, 11), "DECIMAL 16 4"},
      {K::kAvg, field(Type::kTime, 14, 3), "DECIMAL 16 7"},
      {K::kMin, field(Type::kEnum, 4, 31, 255), "CHAR 4 31"},
      {K::kBitOr, field(Type::kInt8, 4), "UINT64 21 0"},
      {K::kGroupConcat, field(Type::kInt8, 4), "TEXT 16384 31"},
      {K::kGroupConcat, field(Type::kVarbinary, 20, 31), "BLOB 1024 31"},
      {K::kJsonArrayAgg, field(Type::kInt8, 4), "JSON 4294967295 31"},
  };
  for (const Case& c : cases) {
    const types::Field out = aggregate_field(spec_of(c.kind), std::span(&c.input, 1));
    EXPECT_EQ(fmt::format("{} {} {}", types::type_name(out.type), out.column_length, out.decimals),
              c.want)
        << aggregate_name(c.kind) << " of " << types::type_name(c.input.type);
  }
}

TEST(Aggregate, DistinctCountsEqualValuesOnce) {
  AggregateSpec spec = spec_of(K::kCount);
  spec.distinct = true;
  const auto number = [](const char* text) { return Row{Value{Type::kDecimal, text}}; };
  EXPECT_EQ(aggregated(spec, {field(Type::kDecimal, 12, 2)},
                       {number("1.0"), number("1.00"), number("2"), {Value::null()}}),
            "INT64(2)");
  spec.columns = {{0, 1, false}};
  const std::vector<types::Field> text = {field(Type::kVarchar, 80, 31, 255),
                                          field(Type::kVarbinary, 80)};
  EXPECT_EQ(aggregated(spec, text,
                       {{Value::varchar("a"), Value::varbinary("A")},
                        {Value::varchar("A"), Value::varbinary("A")}}),
            "INT64(1)");
  spec.columns = {{0, -1, false}};
  EXPECT_EQ(aggregated(spec, text, {}),
            "VT12001: unsupported: comparing VARCHAR column '' of several shards");
  spec.columns = {{0, -1, false, 309}};
  EXPECT_EQ(aggregated(spec, text, {{Value::varchar("a"), {}}, {Value::varchar("A"), {}}}),
            "INT64(2)");
}

TEST(Aggregate, GroupConcatOrdersSeparatesAndCuts) {
  const std::vector<types::Field> fields = {field(Type::kVarchar, 80, 31, 255),
                                            field(Type::kInt64, 20)};
  const auto row = [](const char* text, int64_t order) {
    return Row{text ? Value::varchar(text) : Value::null(), Value::int64(order)};
  };
  const std::vector<Row> rows = {row("a", 2), row("日本", 1), row(nullptr, 0), row("c", 3)};
  AggregateSpec spec = spec_of(K::kGroupConcat);
  EXPECT_EQ(aggregated(spec, fields, rows), "TEXT(\"a,日本,c\")");
  spec.order_by = {{1, -1, true}};
  spec.separator = "; ";
  EXPECT_EQ(aggregated(spec, fields, rows), "TEXT(\"c; a; 日本\")");
  spec.limit = 1;
  spec.offset = 1;
  EXPECT_EQ(aggregated(spec, fields, rows), "TEXT(\"a\")");

  AggregateSpec cut = spec_of(K::kGroupConcat);
  cut.length_max = 7;  // in the middle of the second character
  Aggregate aggregate(cut, fields);
  for (const Row& r : rows) ASSERT_TRUE(aggregate.add(r).ok());
  EXPECT_EQ(aggregate.result()->to_string(), "VARCHAR(\"a,日\")");
  ASSERT_EQ(aggregate.warnings().size(), 1u);
  EXPECT_EQ(aggregate.warnings()[0].code, 1260);
  EXPECT_EQ(aggregate.warnings()[0].message, "Row 2 was cut by GROUP_CONCAT()");
}

TEST(Aggregate, JsonIsPrintedAsMysqlDoes) {
  const std::vector<types::Field> fields = {field(Type::kVarchar, 80, 31, 255)};
  const std::vector<Row> rows = {{Value{Type::kFloat64, "1"}},
                                 {Value{Type::kFloat32, "0.1"}},
                                 {Value::varchar("a\"\n")},
                                 {Value::null()},
                                 {Value{Type::kJson, "{\"a\": 1}"}},
                                 {Value{Type::kVarbinary, std::string("\xff\0", 2)}},
                                 {Value{Type::kDatetime, "2024-02-29 12:34:56.789"}},
                                 {Value{Type::kDate, "2024-02-29"}}};
  EXPECT_EQ(aggregated(spec_of(K::kJsonArrayAgg), fields, rows),
            "[1.0, 0.10000000149011612, \"a\\\"\\n\", null, {\"a\": 1}, \"base64:type15:/wA=\", "
            "\"2024-02-29 12:34:56.789000\", \"2024-02-29\"]");
  AggregateSpec object = spec_of(K::kJsonObjectAgg);
  object.columns = {{0, -1, false}, {1, -1, false}};
  const std::vector<types::Field> two = {fields[0], field(Type::kInt64, 20)};
  EXPECT_EQ(aggregated(object, two,
                       {{Value::varchar("bb"), Value::int64(1)},
                        {Value::varchar("c"), Value::int64(2)},
                        {Value::varchar("bb"), Value::int64(3)}}),
            "{\"c\": 2, \"bb\": 3}");
  EXPECT_EQ(aggregated(object, two, {{Value::null(), Value::int64(1)}}),
            "JSON documents may not contain NULL member names.");
}

}  // namespace
}  // namespace vif::eval
