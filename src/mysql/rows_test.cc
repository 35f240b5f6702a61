#include "mysql/rows.h"

#include <gtest/gtest.h>

#include "mysql/error_codes.h"

namespace vif::mysql {
namespace {

using types::Type;
using types::Value;

TEST(Lenenc, RoundTripsAndRefusesNull) {
  for (const uint64_t value :
       {uint64_t{0}, uint64_t{250}, uint64_t{251}, uint64_t{65535}, uint64_t{65536},
        uint64_t{0xffffff}, uint64_t{0x1000000}, UINT64_MAX}) {
    std::string out;
    append_lenenc(out, value);
    EXPECT_EQ(out.size(), lenenc_size(value));
    ByteReader reader(out);
    EXPECT_EQ(read_lenenc(reader), value);
    EXPECT_TRUE(reader.ok() && reader.at_end());
  }
  ByteReader null("\xfb");
  read_lenenc(null);
  EXPECT_FALSE(null.ok());
}

TEST(Packet, SplitsAtTheLimit) {
  for (const size_t size :
       {size_t{0}, size_t{1}, kPacketPayloadMax - 1, kPacketPayloadMax, kPacketPayloadMax + 1}) {
    std::string by_append, by_finish;
    uint8_t a = 250, b = 250;
    const std::string payload(size, 'x');
    append_packet(by_append, payload, a);
    const size_t start = start_packet(by_finish);
    by_finish.append(payload);
    finish_packet(by_finish, start, b);
    EXPECT_TRUE(by_append == by_finish) << size;
    EXPECT_EQ(a, b);
    PacketWalker walker(by_append);
    std::string joined;
    size_t packets = 0;
    for (std::string_view part; walker.next(part); ++packets) joined.append(part);
    EXPECT_TRUE(joined == payload);
    EXPECT_EQ(packets, size / kPacketPayloadMax + 1);
  }
}

TEST(Columns, RoundTrip) {
  std::vector<types::Field> fields(2);
  fields[0] = {.name = "id",
               .type = Type::kUint64,
               .table = "t",
               .org_table = "tt",
               .database = "d",
               .org_name = "iid",
               .column_length = 20,
               .charset = 63,
               .decimals = 0,
               .flags = column::kNotNull | column::kUnsigned,
               .column_type = ""};
  fields[1].name = "name";
  fields[1].type = Type::kVarchar;
  fields[1].charset = 255;
  const std::string packets = make_columns(fields);
  auto parsed = parse_columns(2, packets);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(*parsed, fields);
  EXPECT_FALSE(parse_columns(3, packets).ok());
  EXPECT_FALSE(parse_columns(2, packets.substr(0, packets.size() - 1)).ok());
}

TEST(Rows, TextRoundTrip) {
  std::vector<types::Field> fields(3);
  for (types::Field& field : fields) field.type = Type::kVarchar;
  const types::Row row = {Value::varchar("a"), Value::null(), Value::varchar("")};
  std::string payload;
  append_text_row(payload, row);
  EXPECT_EQ(*decode_text_row(payload, fields), row);
  std::vector<RawColumn> columns;
  ASSERT_TRUE(split_text_row(payload, 3, columns).ok());
  EXPECT_EQ(columns[0].bytes, "a");
  EXPECT_TRUE(columns[1].is_null);
  EXPECT_FALSE(columns[2].is_null);
  EXPECT_FALSE(split_text_row(payload, 2, columns).ok());
  EXPECT_FALSE(split_text_row(payload, 4, columns).ok());
  EXPECT_FALSE(decode_text_row(payload.substr(0, payload.size() - 1), fields).ok());
}

TEST(Rows, SplitterJoinsRowsOverTheLimit) {
  std::string packets;
  uint8_t sequence = 0;
  append_packet(packets, "first", sequence);
  append_packet(packets, std::string(kPacketPayloadMax + 3, 'b'), sequence);
  append_packet(packets, std::string(kPacketPayloadMax, 'c'), sequence);
  append_packet(packets, "last", sequence);
  // Fed packet by packet, as a sink may be.
  std::vector<size_t> sizes;
  RowSplitter splitter;
  for (size_t at = 0; at < packets.size();) {
    const size_t size = kPacketHeaderSize + packet_payload_size(packets.data() + at);
    ASSERT_TRUE(splitter
                    .feed(std::string_view(packets).substr(at, size),
                          [&](std::string_view row) {
                            sizes.push_back(row.size());
                            return Status();
                          })
                    .ok());
    at += size;
  }
  EXPECT_EQ(sizes, (std::vector<size_t>{5, kPacketPayloadMax + 3, kPacketPayloadMax, 4}));
  EXPECT_FALSE(splitter.feed("xyz", [](std::string_view) { return Status(); }).ok());
}

TEST(ErrorCodes, TableIsInOrderAndKnowsItsOwn) {
  // Every number must be found by the binary search: spot checks over the whole range.
  EXPECT_EQ(sqlstate_of(1040), "08004");
  EXPECT_EQ(sqlstate_of(er::kDupEntry), "23000");
  EXPECT_EQ(sqlstate_of(er::kNoSuchTable), "42S02");
  EXPECT_EQ(sqlstate_of(er::kLockDeadlock), "40001");
  EXPECT_EQ(sqlstate_of(er::kQueryInterrupted), "70100");
  EXPECT_EQ(sqlstate_of(er::kInvalidJSONText), "22032");
  EXPECT_EQ(sqlstate_of(9999), "HY000");
  int known = 0;
  for (int number = 1; number < 7000; ++number)
    known += sqlstate_of(number) != "HY000" || code_of(number) != Code::kUnknown;
  EXPECT_GE(known, 240);
  EXPECT_EQ(code_of(er::kLockDeadlock), Code::kAborted);
  EXPECT_EQ(code_of(er::kOptionPreventsStatement), Code::kClusterEvent);
}

struct ClientErrorCase {
  Error error;
  int number;
  std::string_view state;
};

TEST(ErrorCodes, WhatAClientIsTold) {
  const ClientErrorCase cases[] = {
      {mysql_error(er::kDupEntry, "dup"), 1062, "23000"},
      {Error(Code::kUnknown, "x (errno 1146) (sqlstate 42S02) during query"), 1146, "42S02"},
      {Error(Code::kDeadlineExceeded, "late"), 1317, "70100"},
      {Error(Code::kUnauthenticated, "who"), 1045, "28000"},
      {Error(Code::kResourceExhausted, "pool"), 1203, "42000"},
      {Error(Code::kResourceExhausted, "Transaction throttled"), 1041, "HY000"},
      {Error(Code::kUnimplemented, "VT12001: unsupported"), 1235, "42000"},
      {Error(Code::kInvalidArgument, "VT03005: cannot group on 'count(*)'"), 1056, "42000"},
      {Error(Code::kInvalidArgument, "VT03019: column 'x' not found"), 1105, "HY000"},
      {Error(Code::kInternal, "bug"), 1815, "HY000"},
      {Error(Code::kUnavailable, "(errno x) (sqlstate 1)"), 1105, "HY000"},
  };
  for (const ClientErrorCase& c : cases) {
    const ClientError told = client_error(c.error);
    EXPECT_EQ(told.mysql_errno, c.number) << c.error.to_string();
    EXPECT_EQ(told.sqlstate, c.state) << c.error.to_string();
  }
}

}  // namespace
}  // namespace vif::mysql
