#include "mysql/commands.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mysql/packet.h"

namespace vif::mysql {
namespace {

using types::Type;

std::string bytes(std::initializer_list<int> list) {
  std::string out;
  for (const int b : list) out.push_back(static_cast<char>(b));
  return out;
}

struct ValueCase {
  uint16_t type;
  std::string payload;
  std::string want;
};

TEST(BinaryValue, EveryTypeOfAParameter) {
  std::string one_and_a_half(8, '\0');
  const double d = 1.5;
  std::memcpy(one_and_a_half.data(), &d, 8);
  const ValueCase cases[] = {
      {column::kTiny, bytes({0xff}), "INT8(-1)"},
      {column::kTiny | 0x8000, bytes({0xff}), "UINT8(255)"},
      {column::kShort, bytes({0, 0x80}), "INT16(-32768)"},
      {column::kLong | 0x8000, bytes({0xff, 0xff, 0xff, 0xff}), "UINT32(4294967295)"},
      {column::kLongLong, bytes({1, 0, 0, 0, 0, 0, 0, 0x80}), "INT64(-9223372036854775807)"},
      {column::kLongLong | 0x8000, bytes({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}),
       "UINT64(18446744073709551615)"},
      {column::kDouble, one_and_a_half, "FLOAT64(1.5)"},
      {column::kNewDecimal,
       "\x05"
       "12.30",
       "DECIMAL(12.30)"},
      {column::kVarString,
       "\x03"
       "abc",
       "VARCHAR(\"abc\")"},
      {column::kString, bytes({0}), "VARCHAR(\"\")"},
      {column::kBlob,
       "\x02"
       "ab",
       "VARBINARY(\"ab\")"},
      {column::kNull, "", "NULL"},
      {column::kDate, bytes({4, 0xe8, 7, 2, 29}), "DATE(\"2024-02-29\")"},
      {column::kDate, bytes({0}), "DATE(\"0000-00-00\")"},
      {column::kDatetime, bytes({7, 0xe8, 7, 2, 29, 1, 2, 3}), "DATETIME(\"2024-02-29 01:02:03\")"},
      {column::kTimestamp, bytes({11, 0xe8, 7, 2, 29, 1, 2, 3, 1, 0, 0, 0}),
       "TIMESTAMP(\"2024-02-29 01:02:03.000001\")"},
      {column::kTime, bytes({8, 1, 34, 0, 0, 0, 22, 59, 59}), "TIME(\"-838:59:59\")"},
      {column::kTime, bytes({0}), "TIME(\"00:00:00\")"},
  };
  for (const ValueCase& c : cases) {
    std::string_view rest = c.payload;
    auto value = take_binary_value(rest, c.type);
    ASSERT_TRUE(value.ok()) << c.want;
    EXPECT_EQ(value->value().to_string(), c.want);
    EXPECT_TRUE(rest.empty());
    // Cut short by a byte it must be an error.
    if (c.payload.empty()) continue;
    std::string_view cut = std::string_view(c.payload).substr(0, c.payload.size() - 1);
    EXPECT_FALSE(take_binary_value(cut, c.type).ok()) << c.want;
  }
}

TEST(BinaryValue, RefusesWhatNoClientSends) {
  std::string nan(8, '\0');
  const double d = std::nan("");
  std::memcpy(nan.data(), &d, 8);
  std::string_view rest = nan;
  EXPECT_FALSE(take_binary_value(rest, column::kDouble).ok());
  rest = "xxxx";
  EXPECT_FALSE(take_binary_value(rest, 0x42).ok());
  rest =
      "\x05"
      "12345";
  EXPECT_FALSE(take_binary_value(rest, column::kDatetime).ok());
}

TEST(QueryCommand, WithoutAndWithAttributes) {
  auto plain = parse_query("select 1", 0);
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(plain->sql, "select 1");

  const std::string no_attributes = bytes({0, 1}) + "select 1";
  auto none = parse_query(no_attributes, cap::kQueryAttributes);
  ASSERT_TRUE(none.ok());
  EXPECT_EQ(none->sql, "select 1");
  EXPECT_TRUE(none->attributes.empty());

  const std::string two =
      bytes({2, 1, 2, 1, column::kVarString, 0, 1, 'a', column::kLong, 0, 1, 'b', 2, 'h', 'i'}) +
      "select 1";
  auto some = parse_query(two, cap::kQueryAttributes);
  ASSERT_TRUE(some.ok()) << some.error().to_string();
  EXPECT_EQ(some->sql, "select 1");
  ASSERT_EQ(some->attributes.size(), 2u);
  EXPECT_EQ(some->attributes[0].name, "a");
  EXPECT_EQ(some->attributes[0].value.bytes, "hi");
  EXPECT_EQ(some->attributes[1].value.type, Type::kNull);

  EXPECT_FALSE(parse_query(bytes({2, 1}), cap::kQueryAttributes).ok());
  EXPECT_FALSE(parse_query("", cap::kQueryAttributes).ok());
  EXPECT_FALSE(parse_query(bytes({0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}),
                           cap::kQueryAttributes)
                   .ok());
}

TEST(ExecuteCommand, TypesAreRememberedAndLongDataIsUsedOnce) {
  StatementParameters parameters;
  parameters.count = 2;
  const std::string head = bytes({7, 0, 0, 0, 0, 1, 0, 0, 0});
  const std::string typed = bytes({0, 1, column::kLong, 0, column::kVarString, 0});
  const std::string first_payload = head + typed + bytes({5, 0, 0, 0, 1, 'x'});
  auto first = parse_execute(first_payload, 0, parameters);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->statement_id, 7u);
  EXPECT_EQ(first->values[0].value().to_string(), "INT32(5)");
  EXPECT_EQ(first->values[1].value().to_string(), "VARCHAR(\"x\")");
  EXPECT_EQ(relayed_parameters(*first, parameters),
            bytes({2, 0}) + typed + bytes({5, 0, 0, 0, 1, 'x'}));

  const std::string untyped = bytes({2, 0});  // the second is NULL
  const std::string second_payload = head + untyped + bytes({6, 0, 0, 0});
  auto second = parse_execute(second_payload, 0, parameters);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->values[0].bytes, "6");
  EXPECT_EQ(second->values[1].type, Type::kNull);
  // Another server has not seen the types.
  EXPECT_EQ(relayed_parameters(*second, parameters),
            bytes({2, 0, 2}) + typed.substr(1) + bytes({6, 0, 0, 0}));

  ASSERT_TRUE(add_long_data(bytes({7, 0, 0, 0, 1, 0}) + "long ", parameters, 100).ok());
  ASSERT_TRUE(add_long_data(bytes({7, 0, 0, 0, 1, 0}) + "data", parameters, 100).ok());
  auto third = parse_execute(head + bytes({0, 0}) + bytes({6, 0, 0, 0}), 0, parameters);
  ASSERT_TRUE(third.ok());
  EXPECT_EQ(third->values[1].bytes, "long data");
  EXPECT_FALSE(relayed_parameters(*third, parameters).has_value());
  EXPECT_TRUE(parameters.long_data.empty());

  EXPECT_FALSE(add_long_data(bytes({7, 0, 0, 0, 9, 0}) + "x", parameters, 100).ok());
  EXPECT_FALSE(
      add_long_data(bytes({7, 0, 0, 0, 1, 0}) + std::string(101, 'x'), parameters, 100).ok());

  StatementParameters fresh;
  fresh.count = 2;
  auto never_typed = parse_execute(head + untyped + bytes({6, 0, 0, 0}), 0, fresh);
  ASSERT_FALSE(never_typed.ok());
  EXPECT_EQ(never_typed.error().mysql_errno(), 1210);
}

TEST(ExecuteCommand, AttributesComeAfterTheParameters) {
  StatementParameters parameters;
  parameters.count = 1;
  const std::string payload = bytes({7,
                                     0,
                                     0,
                                     0,
                                     kParameterCountAvailable,
                                     1,
                                     0,
                                     0,
                                     0,
                                     2,
                                     0,
                                     1,
                                     column::kTiny,
                                     0,
                                     0,
                                     column::kVarString,
                                     0,
                                     2,
                                     'q',
                                     'a',
                                     5,
                                     1,
                                     'v'});
  auto command = parse_execute(payload, cap::kQueryAttributes, parameters);
  ASSERT_TRUE(command.ok()) << command.error().to_string();
  ASSERT_EQ(command->values.size(), 1u);
  EXPECT_EQ(command->values[0].bytes, "5");
  ASSERT_EQ(command->attributes.size(), 1u);
  EXPECT_EQ(command->attributes[0].name, "qa");
  EXPECT_EQ(command->attributes[0].value.bytes, "v");
  EXPECT_FALSE(relayed_parameters(*command, parameters).has_value());
}

}  // namespace
}  // namespace vif::mysql
