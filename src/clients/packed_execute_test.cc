#include "clients/packed_execute.h"

#include <gtest/gtest.h>

namespace vif::clients {
namespace {

struct Kept final : mysql::ResultSink {
  Status columns(uint32_t count, std::string_view packets) override {
    text += fmt::format("columns {} {};", count, packets);
    return {};
  }
  Status rows(std::string_view packets) override {
    text += fmt::format("rows {};", packets);
    return {};
  }
  Status end(const mysql::ResultEnd& end) override {
    text += fmt::format("end {} {} {} {} {} {}", end.affected_rows, end.last_insert_id, end.status,
                        end.warnings, end.info, end.session_state_changes);
    for (const mysql::Diagnostic& one : end.diagnostics)
      text += fmt::format(" {}:{}:{}", one.level, one.code, one.message);
    return {};
  }
  std::string text;
};

ExecuteRequest full_request(const CallerId& caller, std::span<const std::string> settings) {
  ExecuteRequest request;
  request.target = {"commerce", "-80", TabletType::kRdonly};
  request.sql = "select '\xff'";
  request.fingerprint = 0xfedcba9876543210;
  request.transaction_id = -1;
  request.reserved_id = 1234567890123;
  request.begin = true;
  request.begin_options = {"READ COMMITTED", true, true, {"savepoint a", ""}};
  request.reserve = true;
  request.settings = settings;
  request.workload = Workload::kOlap;
  request.timeout_ms = 5;
  request.fetch_last_insert_id = true;
  request.client_found_rows = true;
  request.caller = &caller;
  request.parameters = std::string_view("\0\1\2", 3);
  return request;
}

TEST(PackedExecute, RequestRoundTripAndMalformed) {
  const CallerId caller = {"p", "c", "s", "u", {"g", "h"}};
  const std::vector<std::string> settings = {"set a = 1", "set b = 2"};
  const ExecuteRequest request = full_request(caller, settings);
  std::string packed = "left over";
  ASSERT_TRUE(pack(request, packed));
  UnpackedRequest read;
  ASSERT_TRUE(unpack(packed, read).ok());
  const ExecuteRequest& got = read.request;
  EXPECT_EQ(got.target, request.target);
  EXPECT_EQ(got.sql, request.sql);
  EXPECT_EQ(got.fingerprint, request.fingerprint);
  EXPECT_EQ(got.transaction_id, -1);
  EXPECT_EQ(got.reserved_id, 1234567890123);
  EXPECT_TRUE(got.begin && got.reserve && got.fetch_last_insert_id && got.client_found_rows);
  EXPECT_EQ(got.begin_options.isolation, "READ COMMITTED");
  EXPECT_TRUE(got.begin_options.read_only && got.begin_options.consistent_snapshot);
  EXPECT_EQ(got.begin_options.post_begin_queries, request.begin_options.post_begin_queries);
  EXPECT_EQ(std::vector(got.settings.begin(), got.settings.end()), settings);
  EXPECT_EQ(got.workload, Workload::kOlap);
  EXPECT_EQ(got.timeout_ms, 5);
  EXPECT_EQ(got.parameters, request.parameters);
  ASSERT_NE(got.caller, nullptr);
  EXPECT_EQ(got.caller->groups, caller.groups);
  EXPECT_EQ(got.caller->username, "u");
  for (size_t size = 0; size < packed.size(); ++size) {
    UnpackedRequest cut;
    EXPECT_FALSE(unpack(std::string_view(packed).substr(0, size), cut).ok()) << size;
  }
  const types::BindVariables variables = {{"a", types::BindVariable()}};
  ExecuteRequest bound = request;
  bound.bind_variables = &variables;
  EXPECT_FALSE(pack(bound, packed));
}

TEST(PackedExecute, PiecesRoundTripAndMalformed) {
  std::string buffer;
  PieceWriter writer(buffer);
  writer.columns(2, "COLS");
  writer.rows("ROW1");
  writer.rows("ROW2");
  const std::string first(writer.finish());
  writer.start();
  writer.rows("ROW3");
  writer.end({1, 2, 3, 4, "info", "track", {{"Warning", 1264, "out of range"}}});
  ExecuteState state;
  state.transaction_id = 7;
  state.alias = {"zone1", 100};
  writer.state(state);
  const std::string last(writer.finish());

  Kept kept;
  ExecuteState got;
  PieceReader reader(kept, got);
  ASSERT_TRUE(reader.take(first).ok());
  ASSERT_TRUE(reader.take(last).ok());
  ASSERT_TRUE(reader.end().ok());
  EXPECT_EQ(
      kept.text,
      "columns 2 COLS;rows ROW1ROW2;rows ROW3;end 1 2 3 4 info track Warning:1264:out of range");
  EXPECT_EQ(got.transaction_id, 7);
  EXPECT_EQ(got.alias, (TabletAlias{"zone1", 100}));
  for (const std::string& piece : {first, last}) {
    for (size_t size = 0; size < piece.size(); ++size) {
      Kept none;
      ExecuteState ignored;
      EXPECT_FALSE(PieceReader(none, ignored).take(std::string_view(piece).substr(0, size)).ok())
          << size;
      EXPECT_EQ(none.text, "");
    }
  }
}

}  // namespace
}  // namespace vif::clients
