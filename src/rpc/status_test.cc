#include "rpc/status.h"

#include <gtest/gtest.h>

#include "rpc/h2.h"

namespace vif::rpc {
namespace {

TEST(Status, MysqlErrorTravelsInTheText) {
  const Error duplicate(Code::kAlreadyExists, 1062, "23000",
                        "Duplicate entry '1' for key 'PRIMARY'");
  const std::string text = wire_message(duplicate);
  EXPECT_EQ(text, "Duplicate entry '1' for key 'PRIMARY' (errno 1062) (sqlstate 23000)");
  const Error back = error_from_wire(6, text + " (CallerID: user): Sql: \"insert\"");
  EXPECT_EQ(back.code(), Code::kAlreadyExists);
  EXPECT_EQ(back.mysql_errno(), 1062);
  EXPECT_EQ(back.sqlstate(), "23000");
  EXPECT_EQ(wire_message(back), text + " (CallerID: user): Sql: \"insert\"") << "named once";
  EXPECT_EQ(go_text(Error(Code::kClusterEvent, "operation not allowed in state NOT_SERVING")),
            "rpc error: code = Code(17) desc = operation not allowed in state NOT_SERVING");
}

TEST(Status, TextsThatNameNoError) {
  for (const char* text : {"", "(errno ) (sqlstate 23000)", "(errno 1062) (sqlstate 2300)",
                           "(errno 1062)", "(errno 1062) (sqlstate 23-00)",
                           "(errno 99999999999) (sqlstate 23000)", "(errno 65536) (sqlstate 23000)",
                           "(errno 0) (sqlstate 23000)", "(errno -5) (sqlstate 23000)"}) {
    EXPECT_EQ(error_from_wire(2, text).mysql_errno(), 0) << text;
  }
  EXPECT_EQ(error_from_wire(2, "(errno x) then (errno 7) (sqlstate HY000)").mysql_errno(), 7);
  EXPECT_EQ(error_from_wire(99, "x").code(), Code::kUnknown);
}

TEST(Status, LongMessagesAreCutAsVitessCutsThem) {
  const std::string text = wire_message(Error(Code::kInternal, std::string(10'000, 'x')));
  EXPECT_EQ(text.size(), 7680u + 85u);
  EXPECT_TRUE(text.ends_with(
      "xx [...] [remainder of the error is truncated because gRPC has a size limit on errors.]"));
}

TEST(Status, PercentEncoding) {
  for (const std::string text : {"plain", "50% of\nlines", "\xc3\xa9t\xc3\xa9", "", "%41"}) {
    EXPECT_EQ(percent_decode(percent_encode(text)), text);
  }
  EXPECT_EQ(percent_encode("a%\n"), "a%25%0A");
  EXPECT_EQ(percent_decode("a%4"), "a%4");
  EXPECT_EQ(percent_decode("a%zz%41"), "a%zzA");
}

TEST(Metadata, BinaryValues) {
  for (size_t size = 0; size < 70; ++size) {
    std::string bytes;
    for (size_t i = 0; i < size; ++i) bytes += static_cast<char>(i * 37 + size);
    EXPECT_EQ(decode_binary(encode_binary(bytes)), bytes);
  }
  EXPECT_EQ(decode_binary("AAE="), std::string("\0\1", 2)) << "padding is taken too";
}

TEST(Metadata, Timeouts) {
  using std::chrono::hours, std::chrono::milliseconds, std::chrono::nanoseconds,
      std::chrono::seconds;
  EXPECT_EQ(format_timeout(nanoseconds(5)), "5n");
  EXPECT_EQ(format_timeout(seconds(1)), "1000000u");
  EXPECT_EQ(format_timeout(seconds(200)), "200000m");
  EXPECT_EQ(format_timeout(hours(1000)), "3600000S");
  EXPECT_EQ(format_timeout(seconds(-1)), "0n");
  EXPECT_EQ(parse_timeout("20m"), milliseconds(20));
  EXPECT_EQ(parse_timeout("3H"), hours(3));
  EXPECT_EQ(parse_timeout("99999999H"), hours(365 * 24));
  for (const char* text : {"", "m", "5", "5x", "-5m", "123456789m"})
    EXPECT_EQ(parse_timeout(text), std::nullopt) << text;
}

}  // namespace
}  // namespace vif::rpc
