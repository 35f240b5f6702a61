#include "types/value.h"

#include <gtest/gtest.h>

namespace vif::types {
namespace {

std::string sql(Value v) {
  std::string out;
  v.append_sql(out);
  return out;
}

TEST(Value, SqlLiteral) {
  struct Case {
    Value value;
    std::string want;
  };
  const Case cases[] = {
      {Value::null(), "null"},
      {Value::int64(-9223372036854775807 - 1), "-9223372036854775808"},
      {Value::uint64(~0ull), "18446744073709551615"},
      {{Type::kDecimal, "1.50"}, "1.50"},
      {Value::varchar("it's"), "'it\\'s'"},
      {Value::varchar(std::string("\0'\"\b\n\r\t\x1a\\", 9)), "'\\0\\'\"\\b\\n\\r\\t\\Z\\\\'"},
      {Value::varchar("a\\%b\\_c\\d"), "'a\\%b\\_c\\\\d'"},
      {Value::varbinary("a'"), "_binary'a\\''"},
      {{Type::kBit, "\x01\xf0"}, "b'0000000111110000'"},
      {{Type::kHexVal, "x'8a1e'"}, "x'8a1e'"},
      {{Type::kDatetime, "2024-01-02 03:04:05"}, "'2024-01-02 03:04:05'"},
      {{Type::kJson, "{}"}, "'{}'"},
  };
  for (const Case& c : cases) EXPECT_EQ(sql(c.value), c.want);
}

TEST(Value, DebugForm) {
  EXPECT_EQ(Value::null().to_string(), "NULL");
  EXPECT_EQ(Value::int64(12).to_string(), "INT64(12)");
  EXPECT_EQ(Value::varchar("a\"\n\x01é").to_string(), "VARCHAR(\"a\\\"\\n\\x01é\")");
  EXPECT_EQ(Value::varbinary("\xff").to_string(), "VARBINARY(\"\\xff\")");
  EXPECT_EQ((Value{Type::kDecimal, "1.5"}).to_string(), "DECIMAL(1.5)");
}

TEST(Value, Integers) {
  struct Case {
    std::string text;
    std::optional<int64_t> i;
    std::optional<uint64_t> u;
  };
  const Case cases[] = {
      {"12", 12, 12},
      {" 12 ", 12, 12},
      {"+5", 5, 5},
      {"-1", -1, {}},
      {"9223372036854775808", {}, 9223372036854775808ull},
      {"18446744073709551616", {}, {}},
      {"", {}, {}},
      {"1x", {}, {}},
      {"+-1", {}, {}},
  };
  for (const Case& c : cases) {
    const Value v = Value::varchar(c.text);
    ASSERT_EQ(v.to_int64().ok(), c.i.has_value()) << c.text;
    ASSERT_EQ(v.to_uint64().ok(), c.u.has_value()) << c.text;
    if (c.i) {
      EXPECT_EQ(*v.to_int64(), *c.i);
    }
    if (c.u) {
      EXPECT_EQ(*v.to_uint64(), *c.u);
    }
  }
  EXPECT_EQ(Value::varchar("1x").to_int64().error().message(), "could not parse value: '1x'");
}

TEST(Type, NamesAndMysqlBytes) {
  EXPECT_EQ(type_name(Type::kInt24), "INT24");
  EXPECT_EQ(type_from_name("ROW_TUPLE"), Type::kRowTuple);
  EXPECT_EQ(type_from_name("nonsense"), std::nullopt);
  // What a column said as, and read back by its reader, is the same type.
  for (const Type t :
       {Type::kInt8,     Type::kUint8,     Type::kInt16,     Type::kUint16, Type::kInt24,
        Type::kUint24,   Type::kInt32,     Type::kUint32,    Type::kInt64,  Type::kUint64,
        Type::kFloat32,  Type::kFloat64,   Type::kTimestamp, Type::kDate,   Type::kTime,
        Type::kDatetime, Type::kYear,      Type::kDecimal,   Type::kText,   Type::kBlob,
        Type::kVarchar,  Type::kVarbinary, Type::kChar,      Type::kBinary, Type::kBit,
        Type::kEnum,     Type::kSet,       Type::kGeometry,  Type::kJson,   Type::kVector,
        Type::kNull}) {
    const MysqlType m = to_mysql(t);
    EXPECT_EQ(from_mysql(m.type, m.flags, (m.flags & 128) ? 63 : 255), t) << type_name(t);
  }
  // varchar collate utf8mb4_bin has the binary flag and is text all the same.
  EXPECT_EQ(from_mysql(253, 128, 46), Type::kVarchar);
}

}  // namespace
}  // namespace vif::types
