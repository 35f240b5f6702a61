// What servers answered (recorded by record.py) for edge cases of functions, beside what is
// answered here: values and errors agree or are refused; warnings agree in as many cases as the
// floor says.
#include <filesystem>
#include <fstream>
#include <iostream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "eval/requests.h"

namespace vif::eval {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kAgreedLeast = 2208;
constexpr int kOtherWarningsMost = 6;
constexpr int kMariadbAgreedLeast = 1891;
constexpr int kMariadbOtherWarningsMost = 7;

RequestOptions recorded_options() {
  RequestOptions options;
  options.now_us = 1698141600123456;
  options.sql_mode =
      "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_"
      "ZERO,NO_ENGINE_SUBSTITUTION";
  return options;
}

bool same_value(const Json& answer, const Json& expected) {
  if (answer["value"] == expected) return true;
  if (!answer["value"].is_string() || !expected.is_string() ||
      !answer["type"].get<std::string>().starts_with("FLOAT"))
    return false;
  const double a = std::stod(answer["value"].get<std::string>());
  const double b = std::stod(expected.get<std::string>());
  return std::abs(a - b) <= 1e-14 * std::abs(b);
}

Json warnings_of(const Json& answer) {
  Json out = Json::array();
  for (const Json& w : answer["warnings"]) out.push_back({w["code"], w["message"]});
  return out;
}

RequestOptions mariadb_options() {
  RequestOptions options;
  options.mariadb = true;
  options.collation = "utf8mb4_general_ci";
  options.now_us = 1698141600123456;
  options.sql_mode =
      "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION";
  return options;
}

void expect_answers(const std::filesystem::path& path, const RequestOptions& options,
                    int agreed_least, int other_warnings_most) {
  std::ifstream in(path);
  ASSERT_TRUE(in) << path;
  int agreed = 0;
  int refused = 0;
  int warned = 0;
  for (std::string line; std::getline(in, line);) {
    const Json expected = Json::parse(line);
    const Json answer =
        Json::parse(answer_eval_request(Json{{"expr", expected["expr"]}}.dump(), options));
    if (answer["ok"] == false && answer["error"].get<std::string>().starts_with("VT12001")) {
      ++refused;
      continue;
    }
    ++agreed;
    if (expected.contains("errno")) {
      EXPECT_TRUE(answer["ok"] == false && answer["errno"] == expected["errno"])
          << line << "\n  " << answer;
      continue;
    }
    EXPECT_TRUE(answer["ok"] == true && same_value(answer, expected["value"]))
        << line << "\n  " << answer;
    if (answer["ok"] == true)
      warned += warnings_of(answer) == expected.value("warnings", Json::array()) ? 0 : 1;
  }
  std::cout << agreed << " agree, " << refused << " refused, " << warned
            << " with other warnings\n";
  EXPECT_GE(agreed, agreed_least);
  EXPECT_LE(warned, other_warnings_most);
}

TEST(FunctionsTest, AnswersAreTheServers) {
  expect_answers("src/eval/testdata/functions.jsonl", recorded_options(), kAgreedLeast,
                 kOtherWarningsMost);
}

TEST(FunctionsTest, NothingIsRefusedAndAllWarningsAreTheServers) {
  for (const char* path :
       {"src/eval/testdata/calls.jsonl", "src/eval/testdata/before_rows.jsonl"}) {
    std::ifstream in(path);
    int lines = 0;
    for (std::string line; std::getline(in, line);) ++lines;
    ASSERT_GT(lines, 0);
    expect_answers(path, recorded_options(), lines, 0);
  }
}

// What MySQL 9.7 answers where sql_mode is empty.
TEST(FunctionsTest, WithoutStrictnessWrongBytesAreCutAndZeroDatesAreDates) {
  struct Case {
    const char* expr;
    Json value;
    bool nullable;
  };
  const Case kCases[] = {
      {"upper('p')", "P", false},
      {"upper(nullif('p', 'q'))", "P", true},
      {"repeat('p', -1)", "", true},
      {"collation(nullif('p', 'q'))", "utf8mb4_0900_ai_ci", false},
      {"conv(1, 10, 16)", "1", true},
      {"cast(x'50ff51' as char)", "P", false},
      {"convert(x'50ff51' using utf8mb4)", "P", false},
      {"char(80, 255, 81 using utf8mb4)", "P", false},
      {"date'0000-00-00'", "0000-00-00", false},
      {"timestamp'2024-00-07 10:00:00'", "2024-00-07 10:00:00", false},
      {"cast('2024-07-00' as date)", "2024-07-00", true},
  };
  RequestOptions options = recorded_options();
  options.sql_mode = "";
  for (const Case& c : kCases) {
    const Json answer = Json::parse(answer_eval_request(Json{{"expr", c.expr}}.dump(), options));
    ASSERT_TRUE(answer["ok"]) << c.expr << answer;
    EXPECT_EQ(answer["value"], c.value) << c.expr;
    EXPECT_EQ(answer["field"]["nullable"].get<bool>(), c.nullable) << c.expr;
    const Json strict =
        Json::parse(answer_eval_request(Json{{"expr", c.expr}}.dump(), recorded_options()));
    EXPECT_TRUE(!strict["ok"] || strict["field"]["nullable"] == true) << c.expr;
  }
}

// What MySQL 9.7 answers under modes that change how text is read.
TEST(FunctionsTest, ModesChangeWhatLikeAndSearchesTakeForALetter) {
  struct Case {
    const char* mode;
    const char* expr;
    const char* value;  // null: error 1210
  };
  const Case kCases[] = {
      {"PIPES_AS_CONCAT", "'pq' like 'p' || '%'", "1"},
      {"PIPES_AS_CONCAT", "'p%' like 'p' || '!%' escape '' || '!'", "1"},
      {"", "'pq' like 'p' || '%'", "0"},
      {"NO_BACKSLASH_ESCAPES", "'p%' like 'p\\%'", "0"},
      {"", "'p%' like 'p\\%'", "1"},
      {"NO_BACKSLASH_ESCAPES", "'p' like 'p' escape ''", nullptr},
      {"", "'p' like 'p' escape ''", "1"},
      {"NO_BACKSLASH_ESCAPES", "json_search('[\"p%\"]', 'one', 'p\\%') is null", "1"},
      {"", "json_search('[\"p%\"]', 'one', 'p\\\\%') is null", "0"},
  };
  for (const Case& c : kCases) {
    RequestOptions options = recorded_options();
    options.sql_mode = c.mode;
    const Json answer = Json::parse(answer_eval_request(Json{{"expr", c.expr}}.dump(), options));
    if (c.value) {
      EXPECT_EQ(answer["value"], c.value) << c.mode << " " << c.expr << answer;
    } else {
      EXPECT_EQ(answer["errno"], 1210) << c.mode << " " << c.expr << answer;
    }
  }
}

// What MySQL 9.7 answers.
TEST(FunctionsTest, ModesSayWhichDatesAndDifferencesThereAre) {
  struct Case {
    const char* mode;
    const char* expr;
    Json value;
  };
  const Case kCases[] = {
      {"", "cast(0 as date)", "2000-00-00"},
      {"", "cast(0 as datetime)", "0000-00-00 00:00:00"},
      {"", "cast(7 as date)", "2000-00-07"},
      {"", "cast(7 as datetime)", nullptr},
      {"", "cast(700100 as datetime)", nullptr},
      {"", "cast(20240230 as date)", nullptr},
      {"", "cast(0.5 as datetime)", nullptr},
      {"", "cast(0.5 as datetime(3))", "0000-00-00 00:00:00.500"},
      {"", "date(0)", "2000-00-00"},
      {"", "timestamp(0)", "0000-00-00 00:00:00"},
      {"NO_ZERO_IN_DATE", "cast(0 as date)", nullptr},
      {"NO_ZERO_IN_DATE", "cast(0 as datetime)", "0000-00-00 00:00:00"},
      {"NO_ZERO_IN_DATE", "cast('0000-00-00' as date)", "0000-00-00"},
      {"NO_ZERO_IN_DATE", "cast('2024-00-01' as date)", nullptr},
      {"NO_ZERO_IN_DATE", "str_to_date('0000-00-00', '%Y-%m-%d')", "0000-00-00"},
      {"NO_ZERO_DATE", "cast(10000 as datetime)", "2001-00-00 00:00:00"},
      {"NO_ZERO_DATE", "cast('2024-00-01' as datetime)", "2024-00-01 00:00:00"},
      {"NO_ZERO_DATE", "cast('0000-00-00' as date)", nullptr},
      {"ALLOW_INVALID_DATES", "date'2024-02-30'", "2024-02-30"},
      {"ALLOW_INVALID_DATES", "cast('2024-02-30' as date)", "2024-02-30"},
      {"ALLOW_INVALID_DATES", "cast('2024-02-32' as date)", nullptr},
      {"ALLOW_INVALID_DATES", "day('2024-02-30')", "30"},
      {"ALLOW_INVALID_DATES", "dayofyear('2024-02-30')", nullptr},
      {"ALLOW_INVALID_DATES", "datediff('2024-02-30', '2024-01-01')", "60"},
      {"ALLOW_INVALID_DATES", "date'2024-03-01' > '2024-02-30'", "1"},
      {"ALLOW_INVALID_DATES", "str_to_date('2024-02-30', '%Y-%m-%d')", "2024-02-30"},
      {"TIME_TRUNCATE_FRACTIONAL", "cast(timestamp'1999-12-31 23:59:59.99' as signed)",
       "19991231235959"},
      {"TIME_TRUNCATE_FRACTIONAL", "cast('2024-02-29 12:34:56.9999999' as datetime(6))",
       "2024-02-29 12:34:56.999999"},
      {"", "cast(timestamp'1999-12-31 23:59:59.99' as signed)", "20000101000000"},
      {"NO_UNSIGNED_SUBTRACTION", "cast(1 as unsigned) - 2", "-1"},
      {"NO_UNSIGNED_SUBTRACTION", "9223372036854775807 - 18446744073709551615",
       "-9223372036854775808"},
  };
  for (const Case& c : kCases) {
    RequestOptions options = recorded_options();
    options.sql_mode = c.mode;
    const Json answer = Json::parse(answer_eval_request(Json{{"expr", c.expr}}.dump(), options));
    EXPECT_EQ(answer["value"], c.value) << c.mode << " " << c.expr << answer;
  }
}

// '_' is after 'e' in the connection's collation, but the column's is that of all three.
TEST(FunctionsTest, BetweenComparesInOneCollation) {
  const Json schema = Json::array(
      {{{"name", "c"}, {"type", "VARCHAR"}, {"column_length", 80}, {"collation", "utf8mb4_bin"}}});
  const Json row = Json::array({{{"type", "VARCHAR"}, {"value", "\u00e9"}}});
  const Json request = {{"expr", "'_b_' between '\u00e9' and c"}, {"schema", schema}, {"row", row}};
  const Json answer = Json::parse(answer_eval_request(request.dump(), mariadb_options()));
  EXPECT_EQ(answer["value"], "0") << answer;
  // A list with a double leaves a column of years what it is.
  const Json years = Json::array({{{"name", "y"}, {"type", "YEAR"}}});
  const Json year = Json::array({{{"type", "YEAR"}, {"value", "2001"}}});
  const Json listed = {{"expr", "y in (1e0, 1)"}, {"schema", years}, {"row", year}};
  EXPECT_EQ(Json::parse(answer_eval_request(listed.dump(), mariadb_options()))["value"], "0");
  // An unsigned column beside a literal is a decimal.
  const Json wide = Json::array({{{"name", "u"}, {"type", "UINT64"}}});
  const Json null = Json::array({{{"type", "NULL"}, {"value", nullptr}}});
  const Json choice = {{"expr", "coalesce(u, 128)"}, {"schema", wide}, {"row", null}};
  EXPECT_EQ(Json::parse(answer_eval_request(choice.dump(), mariadb_options()))["type"], "DECIMAL");
}

// What MariaDB 10.11 answers in other sql_modes.
TEST(FunctionsTest, MariadbsAnswersInItsModes) {
  struct Case {
    const char* mode;
    const char* expr;
    Json value;
  };
  const Case kCases[] = {
      {"NO_ZERO_DATE", "from_days(1)", "0000-00-00"},
      {"NO_ZERO_DATE", "from_days(0)", nullptr},
      {"NO_ZERO_DATE", "month(0)", "0"},
      {"NO_ZERO_DATE", "cast(0 as date)", nullptr},
      {"NO_ZERO_DATE", "cast('2024-00-10' as date)", "2024-00-10"},
      {"NO_ZERO_DATE", "least(0, date'2024-01-01')", nullptr},
      {"NO_ZERO_IN_DATE", "least('2024-00-10', date'2024-01-01')", nullptr},
      {"NO_ZERO_IN_DATE", "month('2024-00-10')", "0"},
      {"NO_ZERO_IN_DATE", "last_day('2024-02-00')", nullptr},
      {"NO_ZERO_IN_DATE", "str_to_date('0000-00-00', '%Y-%m-%d')", "0000-00-00"},
      {"ALLOW_INVALID_DATES", "cast('2024-02-30' as date)", "2024-02-30"},
      {"ALLOW_INVALID_DATES", "date'2024-02-30'", "2024-02-30"},
      {"TIME_ROUND_FRACTIONAL", "cast(1e19 as time)", "838:59:59"},
      {"TIME_ROUND_FRACTIONAL", "cast(timestamp'9999-12-31 23:59:59.9' as datetime)",
       "9999-12-31 23:59:59"},
      {"NO_UNSIGNED_SUBTRACTION", "cast(1 as unsigned) - 2", "-1"},
      {"EMPTY_STRING_IS_NULL", "concat('a', '')", nullptr},
      {"EMPTY_STRING_IS_NULL", "_binary'' is null", "1"},
  };
  for (const Case& c : kCases) {
    RequestOptions options = mariadb_options();
    options.sql_mode = c.mode;
    const Json answer = Json::parse(answer_eval_request(Json{{"expr", c.expr}}.dump(), options));
    EXPECT_EQ(answer["value"], c.value) << c.mode << " " << c.expr << answer;
  }
  RequestOptions oracle = mariadb_options();
  oracle.sql_mode = "ORACLE";
  const Json answer = Json::parse(answer_eval_request(R"({"expr":"1 + 1"})", oracle));
  EXPECT_TRUE(answer["error"].get<std::string>().starts_with("VT12001")) << answer;
}

TEST(FunctionsTest, AnswersAreMariadbs) {
  expect_answers("src/eval/testdata/mariadb.jsonl", mariadb_options(), kMariadbAgreedLeast,
                 kMariadbOtherWarningsMost);
}

}  // namespace
}  // namespace vif::eval
