// What a MySQL server's column definitions say (recorded by record.py --types) of expressions'
// types, beside what is said here.
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "eval/requests.h"

namespace vif::eval {
namespace {

using Json = nlohmann::ordered_json;

// Functions that the gate leaves to servers.
constexpr int kRefusedMost = 27;

TEST(StaticTypeTest, ColumnsAreTheServers) {
  std::ifstream in("src/eval/testdata/types.jsonl");
  ASSERT_TRUE(in);
  RequestOptions options;
  options.now_us = 1698141600123456;
  int refused = 0;
  int seen = 0;
  for (std::string line; std::getline(in, line); ++seen) {
    const Json expected = Json::parse(line);
    const Json answer =
        Json::parse(answer_eval_request(Json{{"expr", expected["expr"]}}.dump(), options));
    if (answer["ok"] == false) {
      EXPECT_TRUE(answer["error"].get<std::string>().starts_with("VT12001"))
          << line << "\n  " << answer;
      ++refused;
      continue;
    }
    for (const char* part : {"type", "length", "decimals", "nullable", "collation"}) {
      EXPECT_EQ(answer["field"][part], expected[part]) << part << " of " << expected["expr"];
    }
  }
  EXPECT_GT(seen, 1000);
  EXPECT_LE(refused, kRefusedMost);
}

}  // namespace
}  // namespace vif::eval
