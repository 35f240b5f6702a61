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

void expect_types(const char* path, const RequestOptions& options, int least, int refused_most) {
  std::ifstream in(path);
  ASSERT_TRUE(in) << path;
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
  EXPECT_GT(seen, least);
  EXPECT_LE(refused, refused_most);
}

RequestOptions recorded_options() {
  RequestOptions options;
  options.now_us = 1698141600123456;
  return options;
}

TEST(StaticTypeTest, ColumnsAreTheServers) {
  expect_types("src/eval/testdata/types.jsonl", recorded_options(), 1000, kRefusedMost);
}

TEST(StaticTypeTest, ColumnsAreMariadbs) {
  RequestOptions options = recorded_options();
  options.mariadb = true;
  options.collation = "utf8mb4_general_ci";
  options.sql_mode =
      "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION";
  expect_types("src/eval/testdata/mariadb_types.jsonl", options, 500, 0);
}

}  // namespace
}  // namespace vif::eval
