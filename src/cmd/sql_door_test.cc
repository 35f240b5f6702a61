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
  const auto answer = ask(
      R"({"op":"normalize","sql":"select a from t where b = 5","prefix":"bv","keyspace":"ks","parameterize":true})");
  EXPECT_EQ(answer["sql"], "select a from t where b = :b /* INT64 */");
  EXPECT_EQ(answer["bindvars"]["b"]["type"], "INT64");
  EXPECT_EQ(answer["fingerprint"],
            ask(R"({"op":"fingerprint","sql":"select a from t where b = 77"})")["fingerprint"]);
}

TEST(SqlDoor, AnswersInOrder) {
  std::istringstream in(
      "{\"op\":\"split\",\"sql\":\"a;b\"}\nrubbish\n{\"op\":\"redact\",\"sql\":\"select 'x' from "
      "t\"}\n");
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

// Whatever is asked, there is one answer a line, and it says what was wrong.
TEST(SqlDoor, BadRequests) {
  const struct {
    std::string line;
    std::string error;
  } kCases[] = {
      {"rubbish", "not a JSON object"},
      {"[1]", "not a JSON object"},
      {"{\"sql\":\"select \xff\"}", "not a JSON object"},
      {"{}", "the request has no sql"},
      {R"({"op":"parse"})", "the request has no sql"},
      {R"({"op":"parse","sql":null})", "sql must be a string"},
      {R"({"op":"parse","sql":7})", "sql must be a string"},
      {R"({"op":7,"sql":"select 1"})", "op must be a string"},
      {R"({"op":"sing","sql":"select 1"})",
       "unknown op 'sing': parse, normalize, split, redact, fingerprint"},
      {R"({"op":"parse","sql":"select 1","sql_mode":5})", "sql_mode must be a string"},
      {R"({"op":"parse","sql":"select 1","strict_ddl":"yes"})", "strict_ddl must be true or false"},
      {R"({"op":"normalize","sql":"select 1","parameterize":1})",
       "parameterize must be true or false"},
      {R"({"op":"normalize","sql":"select 1","prefix":["bv"]})", "prefix must be a string"},
      {R"({"op":"parse","sql":{"$hex":"4g"}})", "sql: $hex must be pairs of hexadecimal digits"},
  };
  for (const auto& [line, error] : kCases) {
    const auto answer = ask(line);
    EXPECT_EQ(answer["ok"], false) << line;
    EXPECT_EQ(answer["error"], error) << line;
    EXPECT_EQ(answer["errno"], 1105) << line;
    EXPECT_EQ(answer["sqlstate"], "HY000") << line;
  }
}

TEST(SqlDoor, BytesThatAreNoText) {
  for (const char* op : {"parse", "normalize", "split", "redact", "fingerprint"}) {
    const auto zero = ask(std::string(R"({"op":")") + op + R"(","sql":"select '\u0000' from t"})");
    EXPECT_EQ(zero["ok"], true) << op << zero;
    const auto bytes =
        ask(std::string(R"({"op":")") + op + R"(","sql":{"$hex":"73656c6563742027ff27"}})");
    EXPECT_EQ(bytes["ok"], true) << op << bytes;
    const auto empty = ask(std::string(R"({"op":")") + op + R"(","sql":""})");
    EXPECT_TRUE(empty.contains("ok")) << op;
  }
  EXPECT_EQ(ask(R"({"sql":{"$hex":"73656c6563742027ff27"}})")["canonical"]["$hex"],
            "73656c6563742027ff272066726f6d206475616c");
}

TEST(SqlDoor, Format) {
  std::istringstream in(
      "-- the first\nSELECT A FROM t WHERE b=1;\ndelimiter //\ncreate procedure p() begin select "
      "1; end//\n");
  std::ostringstream out, errors;
  EXPECT_EQ(sql_format(in, out, errors), 0) << errors.str();
  EXPECT_EQ(out.str(),
            "-- the first\nselect A\nfrom t\nwhere b = 1;\ncreate procedure p () begin select 1 "
            "from dual; end;\n");
  EXPECT_EQ(errors.str(), "");
}

}  // namespace
}  // namespace vif::cmd
