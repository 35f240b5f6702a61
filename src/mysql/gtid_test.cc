#include "mysql/gtid.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

namespace vif::mysql {
namespace {

constexpr std::string_view kA = "00010203-0405-0607-0809-0a0b0c0d0e0f";
constexpr std::string_view kB = "00010203-0405-0607-0809-0a0b0c0d0e10";

GtidSet mysql_set(std::string_view text) {
  auto set = GtidSet::parse(GtidForm::kMysql, text);
  EXPECT_TRUE(set.ok()) << text;
  return set.ok() ? *set : GtidSet();
}
GtidSet maria_set(std::string_view text) {
  auto set = GtidSet::parse(GtidForm::kMariaDb, text);
  EXPECT_TRUE(set.ok()) << text;
  return set.ok() ? *set : GtidSet();
}

struct ParseCase {
  GtidForm form;
  std::string text;
  std::string printed;  // "error": refused
};

TEST(Gtid, ParsesAndPrints) {
  const std::string a(kA), b(kB);
  const ParseCase cases[] = {
      {GtidForm::kMysql, "", ""},
      {GtidForm::kMysql, a + ":12", a + ":12"},
      {GtidForm::kMysql, a + ":6-9:1-5:20", a + ":1-9:20"},
      {GtidForm::kMysql, b + ":1,\n" + a + ":1-5, " + b + ":3", a + ":1-5," + b + ":1:3"},
      {GtidForm::kMysql, "00010203-0405-0607-0809-0A0B0C0D0E0F:1", a + ":1"},
      {GtidForm::kMysql, a + ":1-3:blue:1-2", a + ":1-3," + a + ":blue:1-2"},
      {GtidForm::kMysql, a, "error"},
      {GtidForm::kMysql, a + ":0-5", "error"},
      {GtidForm::kMysql, a + ":x-5", "error"},
      {GtidForm::kMysql, a + ":1-x", "error"},
      {GtidForm::kMysql, a + ":9223372036854775806", a + ":9223372036854775806"},
      {GtidForm::kMysql, a + ":1:5-9223372036854775807", "error"},
      {GtidForm::kMysql, "00010203-0405-060X-0809-0a0b0c0d0e0f:1-5", "error"},
      {GtidForm::kMariaDb, "0-1-5", "0-1-5"},
      {GtidForm::kMariaDb, "3-4321-9876, 1-1234-5678", "1-1234-5678,3-4321-9876"},
      {GtidForm::kMariaDb, "12345", "error"},
      {GtidForm::kMariaDb, "1x-33-142", "error"},
      {GtidForm::kMariaDb, "1-3y-142", "error"},
      {GtidForm::kMariaDb, "1-33-z", "error"},
  };
  for (const ParseCase& c : cases) {
    auto set = GtidSet::parse(c.form, c.text);
    EXPECT_EQ(set.ok() ? set->to_string() : "error", c.printed) << c.text;
  }
}

TEST(Gtid, ContainsAddMinus) {
  const std::string a(kA), b(kB);
  GtidSet set = mysql_set(a + ":20-30:35-40," + b + ":1-5");
  EXPECT_TRUE(set.contains(mysql_set(a + ":25-30")));
  EXPECT_TRUE(set.contains(GtidSet()));
  EXPECT_FALSE(set.contains(mysql_set(a + ":30-31")));
  EXPECT_FALSE(GtidSet().contains(set));
  EXPECT_EQ(set.count(), 22u);
  EXPECT_EQ(set.minus(mysql_set(a + ":22-23:36-50")).to_string(),
            a + ":20-21:24-30:35," + b + ":1-5");
  EXPECT_TRUE(set.minus(set).empty());
  set.add(mysql_set(a + ":31-34"));
  EXPECT_EQ(set.to_string(), a + ":20-40," + b + ":1-5");

  GtidSet maria = maria_set("4-1-123,5-5-24601");
  EXPECT_TRUE(maria.contains(maria_set("4-2-122,5-4-1999")));
  EXPECT_FALSE(maria.contains(maria_set("4-1-124")));
  EXPECT_FALSE(maria.contains(maria_set("6-1-1")));
  EXPECT_FALSE(maria.contains(mysql_set(a + ":1")));
  maria.add(maria_set("4-9-130,7-1-1"));
  EXPECT_EQ(maria.to_string(), "4-9-130,5-5-24601,7-1-1");
}

TEST(Gtid, PositionsCarryTheirFlavor) {
  for (const std::string& text :
       {std::string(), "MySQL56/" + std::string(kA) + ":1-5", std::string("MariaDB/0-1-5")}) {
    auto set = decode_position(text);
    ASSERT_TRUE(set.ok()) << text;
    EXPECT_EQ(encode_position(*set), text);
  }
  auto unknown = decode_position("golf/par");
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().message(), "parse error: unknown GTIDSet flavor \"golf\"");
}

// Vitess's own cases, where they lie beside the checkout.
TEST(Gtid, Corpus) {
  const char* named = std::getenv("VIF_CORPORA");
  const std::filesystem::path path =
      std::filesystem::path(named != nullptr ? named : "../shared/corpora") /
      "open/replication_cases.jsonl";
  std::ifstream file(path);
  if (!file) GTEST_SKIP() << "no corpus at " << path;
  int passed = 0, failed = 0;
  const auto check = [&](bool ok, const std::string& line) {
    ++(ok ? passed : failed);
    EXPECT_TRUE(ok) << line;
  };
  const auto text_of = [](const nlohmann::json& value) {
    return value.is_object()
               ? value.value("mysql56_gtid_set", value.value("mysql56_gtid", std::string()))
               : std::string();
  };
  const auto maria_of = [](const nlohmann::json& value) {
    return value.value("mariadb_gtid_set", std::string());
  };
  for (std::string line; std::getline(file, line);) {
    const auto record = nlohmann::json::parse(line, nullptr, false);
    const std::string test = record.value("test", "");
    if (test == "TestParseMysql56GTIDSetInvalid") {
      check(!GtidSet::parse(GtidForm::kMysql, record["case"].get<std::string>()).ok(), line);
    } else if (test == "TestParseMysql56GTIDSet" && record.contains("key")) {
      check(mysql_set(record["key"].get<std::string>()) == mysql_set(text_of(record["case"])),
            line);
    } else if (test == "TestMysql56GTIDSetString") {
      check(mysql_set(text_of(record["case"])).to_string() == record["key"].get<std::string>(),
            line);
    } else if (test == "TestMysql56GTIDSetContains" || test == "TestMysql56GTIDSetEqual") {
      const std::string other = text_of(record["case"]);
      // A set that is no MySQL set at all (the corpus has a fake flavor) cannot be said here.
      if (other.empty()) continue;
      const GtidSet set = mysql_set(record["set"].get<std::string>());
      const bool got =
          test.ends_with("Equal") ? set == mysql_set(other) : set.contains(mysql_set(other));
      check(got == record["want"].get<bool>(), line);
    } else if (test == "TestMysql56GTIDSetAddGTID") {
      GtidSet set = mysql_set(record["set"].get<std::string>());
      set.add(mysql_set(text_of(record["key"])));
      check(set == mysql_set(text_of(record["case"])), line);
    } else if (test.starts_with("TestMariaGTIDSet") && record.value("method", "") == "Contains" &&
               record["args"][0].is_object() && record["args"][0].contains("mariadb_gtid_set") &&
               !maria_of(record["recv"]).empty()) {
      check(maria_set(maria_of(record["recv"])).contains(maria_set(maria_of(record["args"][0]))) ==
                record["checks"][0]["want"].get<bool>(),
            line);
    }
  }
  EXPECT_GE(passed, 35);
  EXPECT_EQ(failed, 0);
}

}  // namespace
}  // namespace vif::mysql
