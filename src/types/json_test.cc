// What MySQL 9.7 answers for the same texts, paths and bytes.
#include <gtest/gtest.h>

#include "types/json.h"
#include "types/json_binary.h"
#include "types/json_path.h"

namespace vif::types {
namespace {

TEST(JsonTest, TextIsReadAndPrintedAsTheServerDoes) {
  const struct {
    std::string_view text;
    std::string_view printed;
  } cases[] = {
      {" { \"bb\" : 1 , \"a\":[1.0,-0, 1e2,true, null ],\"b\":2,\"a\":{}} ",
       "{\"a\": {}, \"b\": 2, \"bb\": 1}"},
      {"-0.0", "-0.0"},
      {"1e15", "1e15"},
      {"100000000000000000000", "1e20"},
      {"2.2250738585072011e-308", "2.225073858507201e-308"},
      {"123456789.987654321987654321", "123456789.98765433"},
      {"[18446744073709551615, 18446744073709551616, -9223372036854775808, -9223372036854775809]",
       "[18446744073709551615, 1.8446744073709552e19, -9223372036854775808, "
       "-9.223372036854776e18]"},
      {R"("\u00e9\ud83d\ude00\/\n\u0001")", "\"é😀/\\n\\u0001\""},
  };
  for (const auto& c : cases) {
    JsonFault fault;
    const std::optional<Json> json = parse_json(c.text, fault);
    ASSERT_TRUE(json) << c.text << ": " << fault.reason;
    EXPECT_EQ(json->to_string(), c.printed);
  }
}

TEST(JsonTest, FaultsHaveTheServersTextAndPlace) {
  const struct {
    std::string_view text;
    std::string_view reason;
    size_t position;
  } cases[] = {
      {"", "The document is empty.", 0},
      {"  ", "The document is empty.", 2},
      {"[1,2", "Missing a comma or ']' after an array element.", 4},
      {"[1,]", "Invalid value.", 3},
      {"{\"a\":1,}", "Missing a name for object member.", 7},
      {"nul", "Invalid value.", 3},
      {"1.", "Miss fraction part in number.", 2},
      {"1e", "Miss exponent in number.", 2},
      {"1e309", "Number too big to be stored in double.", 0},
      {"\"\\u12\"", "Incorrect hex digit after \\u escape in string.", 1},
      {"\"\\ud800\"", "The surrogate pair in string is invalid.", 1},
      {"\"abc", "Missing a closing quotation mark in string.", 4},
      {"1 2", "The document root must not be followed by other values.", 2},
  };
  for (const auto& c : cases) {
    JsonFault fault;
    EXPECT_FALSE(parse_json(c.text, fault)) << c.text;
    EXPECT_EQ(fault.reason, c.reason) << c.text;
    EXPECT_EQ(fault.position, c.position) << c.text;
    EXPECT_FALSE(fault.too_deep);
  }
}

TEST(JsonTest, DepthIsBounded) {
  JsonFault fault;
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + "1" + std::string(depth, ']');
  };
  EXPECT_TRUE(parse_json(nested(100), fault));
  EXPECT_FALSE(parse_json(nested(101), fault));
  EXPECT_TRUE(fault.too_deep);
  EXPECT_FALSE(parse_json(std::string(1000000, '['), fault));
}

TEST(JsonTest, PathsFindWhatTheServerFinds) {
  const struct {
    std::string_view document;
    std::string_view path;
    std::string_view found;
  } cases[] = {
      {R"([1,{"a":[3,4]}])", "$**[last]", R"([{"a": [3, 4]}, 1, 4, 3])"},
      {R"([1,{"a":2}])", "$**[0]", R"([1, {"a": 2}, 2])"},
      {R"([1,{"a":2, "b":{"a":5}}])", "$**.a", "[2, 5]"},
      {"[1,[2,[3]]]", "$[*][0]", "[1, 2]"},
      {"5", "$[0][last]", "[5]"},
      {"5", "$[*]", "[]"},
      {"5", "$[0 to 3]", "[5]"},
      {"[1,2,3,4]", " $ [ last-2 to last - 1 ]", "[2, 3]"},
      {R"({"a":{"b":1,"c":2}})", "$.a.*", "[1, 2]"},
      {R"({"a b":{"b":1}})", "$.\"a b\".b", "[1]"},
  };
  for (const auto& c : cases) {
    JsonFault fault;
    size_t bad_at = 0;
    const std::optional<Json> json = parse_json(c.document, fault);
    const std::optional<JsonPath> path = JsonPath::parse(c.path, bad_at);
    ASSERT_TRUE(json && path) << c.path;
    Json all = Json::array();
    for (const Json* found : path->seek(*json)) all.items().push_back(*found);
    EXPECT_EQ(all.to_string(), c.found) << c.path;
  }
}

TEST(JsonTest, WhatIsNoPathSaysWhere) {
  const struct {
    std::string_view path;
    size_t bad_at;
  } cases[] = {{"", 0},           {"$.", 2},    {"$.a[", 4},     {"$.a[1", 5},
               {"$.a[1 to ]", 9}, {"$**", 3},   {"$.1a", 4},     {"$.a b", 4},
               {"$.a-b", 5},      {"$.\"a", 4}, {"$[last-]", 7}, {"$[3 to 2]", 8}};
  for (const auto& c : cases) {
    size_t bad_at = 99;
    EXPECT_FALSE(JsonPath::parse(c.path, bad_at)) << c.path;
    EXPECT_EQ(bad_at, c.bad_at) << c.path;
  }
}

TEST(JsonTest, KindsAreOrdered) {
  const Json values[] = {Json(),
                         Json::of_int(-1),
                         Json::of_double(0.5),
                         Json::of_decimal(*Decimal::parse("0.75"), 2),
                         Json::of_uint(UINT64_MAX),
                         Json::of_string("a"),
                         Json::of_string("b"),
                         Json::object(),
                         Json::array(),
                         Json::of_bool(false),
                         Json::of_bool(true)};
  for (size_t i = 0; i + 1 < std::size(values); ++i) {
    EXPECT_LT(compare(values[i], values[i + 1]), 0) << i;
    EXPECT_GT(compare(values[i + 1], values[i]), 0) << i;
  }
  EXPECT_EQ(compare(Json::of_int(1), Json::of_double(1)), 0);
  EXPECT_NE(compare(Json::of_int(9007199254740993), Json::of_double(9007199254740992.0)), 0);
}

TEST(JsonTest, BinaryIsReadAndWritten) {
  JsonFault fault;
  const std::string_view texts[] = {
      "null",
      "1",
      "-70000",
      "18446744073709551615",
      "1.5",
      "\"x\"",
      "[]",
      "{}",
      R"({"asdf": {"foo": 123}})",
      R"([true, false, null, 1, -1, 40000, 65536, 5000000000, 1.25, "é", [], {"a": [1, [2, [3]]], "bb": "c"}])",
  };
  for (const std::string_view text : texts) {
    const std::optional<std::string> bytes = json_to_binary(*parse_json(text, fault));
    ASSERT_TRUE(bytes) << text;
    const std::optional<Json> json = json_from_binary(*bytes);
    ASSERT_TRUE(json) << text;
    EXPECT_EQ(json->to_string(), text);
    for (size_t size = 1; size < bytes->size(); ++size)
      (void)json_from_binary(std::string_view(*bytes).substr(0, size));
  }
  // What a server stored: {"asdf": {"foo": 123}}, small; and one that needs the large form.
  const std::string stored(
      "\x00\x01\x00\x1d\x00\x0b\x00\x04\x00\x00\x0f\x00"
      "asdf\x01\x00\x0e\x00\x0b\x00\x03\x00\x05\x7b\x00"
      "foo",
      30);
  EXPECT_EQ(json_to_binary(*parse_json(R"({"asdf": {"foo": 123}})", fault)), stored);
  Json large = Json::array();
  for (int i = 0; i < 30000; ++i) large.items().push_back(Json::of_int(100000 + i));
  const std::optional<std::string> bytes = json_to_binary(large);
  ASSERT_TRUE(bytes);
  EXPECT_EQ((*bytes)[0], 3);
  EXPECT_EQ(json_from_binary(*bytes)->to_string(), large.to_string());
}

TEST(JsonTest, FinerValuesSurviveBinary) {
  Temporal t{2024, 2, 29, 23, 59, 58, 123456, false};
  Temporal time{0, 0, 0, 838, 59, 59, 1, true};
  Json all = Json::array();
  all.items() = {Json::of_date({2024, 2, 29}),
                 Json::of_datetime(t),
                 Json::of_time(time),
                 Json::of_decimal(*Decimal::parse("-12345678901.50"), 2),
                 Json::of_decimal(*Decimal::parse("0.05"), 2),
                 Json::of_opaque(15, "abc")};
  const std::optional<std::string> bytes = json_to_binary(all);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(
      json_from_binary(*bytes)->to_string(),
      R"(["2024-02-29", "2024-02-29 23:59:58.123456", "-838:59:59.000001", -12345678901.50, 0.05, "base64:type15:YWJj"])");
}

// Entries that share one value would make a document of 2^depth values.
TEST(JsonTest, SharedValuesAreNoDocument) {
  std::string bytes;
  bytes += '\x02';
  constexpr int kLevels = 60;
  for (int i = 0; i < kLevels; ++i) {
    // Two elements, both the array that follows at once.
    const auto left = static_cast<uint16_t>((kLevels - i) * 10 + 4);
    bytes += {'\x02',
              '\x00',
              static_cast<char>(left & 0xff),
              static_cast<char>(left >> 8),
              '\x02',
              '\x0a',
              '\x00',
              '\x02',
              '\x0a',
              '\x00'};
  }
  bytes += std::string("\x00\x00\x04\x00", 4);
  EXPECT_FALSE(json_from_binary(bytes));
}

}  // namespace
}  // namespace vif::types
