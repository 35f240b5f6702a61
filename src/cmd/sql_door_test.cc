#include "cmd/sql_door.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace vif::cmd {
namespace {

nlohmann::json ask(const std::string& line) {
  std::istringstream in(line + "\n");
  std::ostringstream out;
  EXPECT_EQ(sql_door(in, out), 0);
  return nlohmann::json::parse(out.str());
}

TEST(SqlDoor, Parse) {
  const auto answer = ask(R"({"op":"parse","sql":"SELECT a FROM ks.t WHERE b=1"})");
  EXPECT_EQ(answer["ok"], true);
  EXPECT_EQ(answer["kind"], "select");
  EXPECT_EQ(answer["canonical"], "select a from ks.t where b = 1");
  EXPECT_EQ(answer["tables"], nlohmann::json::array({"ks.t"}));
}

TEST(SqlDoor, Refusal) {
  const auto answer = ask(R"({"op":"parse","sql":"select convert from t"})");
  EXPECT_EQ(answer["ok"], false);
  EXPECT_EQ(answer["errno"], 1064);
  EXPECT_EQ(answer["sqlstate"], "42000");
  EXPECT_EQ(answer["error"], "syntax error at position 20 near 'from'");
  EXPECT_EQ(answer["position"], 20);
}

TEST(SqlDoor, Normalize) {
  const auto answer =
      ask(R"({"op":"normalize","sql":"select a from t where b = 5","prefix":"bv","keyspace":"ks","parameterize":true})");
  EXPECT_EQ(answer["sql"], "select a from t where b = :b /* INT64 */");
  EXPECT_EQ(answer["bindvars"]["b"]["type"], "INT64");
  EXPECT_EQ(answer["fingerprint"], ask(R"({"op":"fingerprint","sql":"select a from t where b = 77"})")["fingerprint"]);
}

TEST(SqlDoor, AnswersInOrder) {
  std::istringstream in("{\"op\":\"split\",\"sql\":\"a;b\"}\nrubbish\n{\"op\":\"redact\",\"sql\":\"select 'x' from t\"}\n");
  std::ostringstream out;
  sql_door(in, out);
  std::istringstream lines(out.str());
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(nlohmann::json::parse(line)["statements"].size(), 2u);
  std::getline(lines, line);
  EXPECT_EQ(nlohmann::json::parse(line)["ok"], false);
  std::getline(lines, line);
  EXPECT_EQ(nlohmann::json::parse(line)["sql"], "select :redacted1 /* VARCHAR */ from t");
}

TEST(SqlDoor, Format) {
  std::istringstream in("-- the first\nSELECT A FROM t WHERE b=1;\ndelimiter //\ncreate procedure p() begin select 1; end//\n");
  std::ostringstream out, errors;
  EXPECT_EQ(sql_format(in, out, errors), 0) << errors.str();
  EXPECT_EQ(out.str(), "-- the first\nselect A\nfrom t\nwhere b = 1;\ncreate procedure p () begin select 1 from dual; end;\n");
  EXPECT_EQ(errors.str(), "");
}

}  // namespace
}  // namespace vif::cmd
