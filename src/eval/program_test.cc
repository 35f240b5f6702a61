#include "eval/program.h"

#include <gtest/gtest.h>

#include "sql/parser.h"

namespace vif::eval {
namespace {

using types::Type;
using types::Value;

// The value's debug form, or the error's text; columns are a (INT64), b (VARCHAR), c (DECIMAL, 2),
// d (DATE), e (TIMESTAMP), f (DATETIME).
std::string evaluated(std::string_view text, types::Row row = {},
                      types::BindVariables bind_variables = {}) {
  const Result<sql::ParsedExpr> tree = sql::parse_expr(text);
  if (!tree.ok()) return tree.error().message();
  StaticType columns[6];
  columns[0].type = Type::kInt64;
  columns[1].type = Type::kVarchar;
  columns[1].collation = 255;
  columns[2].type = Type::kDecimal;
  columns[2].scale = 2;
  columns[3].type = Type::kDate;
  columns[4].type = Type::kTimestamp;
  columns[5].type = Type::kDatetime;
  CompileOptions options;
  options.columns = columns;
  options.find_column = [](const sql::ColName& c) {
    return std::optional<size_t>(static_cast<size_t>(c.name[0] - 'a'));
  };
  const Result<Program> program = compile(*tree->expr, options);
  if (!program.ok()) return program.error().message();
  Env env;
  env.bind_variables = &bind_variables;
  env.now_us = 1700000000123456;
  const Result<Value> value = program->evaluate(row, env);
  return value.ok() ? value->to_string() : value.error().message();
}

TEST(Program, ValuesAreMysqls) {
  struct Case {
    std::string_view expr;
    std::string_view want;
  };
  const Case cases[] = {
      {"1 + 1", "INT64(2)"},
      {"1 + '2a'", "FLOAT64(3)"},
      {"1 / 3", "DECIMAL(0.3333)"},
      {"1 / 3 * 3", "DECIMAL(0.9999)"},
      {"1 / 3 = 0.3333", "INT64(1)"},
      {"7 div 2", "INT64(3)"},
      {"-7 % 3", "INT64(-1)"},
      {"1 / 0", "NULL"},
      {"9223372036854775807 + 1", "BIGINT value is out of range in '(9223372036854775807 + 1)'"},
      {"18446744073709551615 - 1", "UINT64(18446744073709551614)"},
      {"-18446744073709551615", "DECIMAL(-18446744073709551615)"},
      {"1.50 + 2.5", "DECIMAL(4.00)"},
      {"1.1 * 1.1", "DECIMAL(1.21)"},
      {"1e20", "FLOAT64(1e20)"},
      {"0x41 + 0", "UINT64(65)"},
      {"5 & 3 | 8", "UINT64(9)"},
      {"null and 0", "INT64(0)"},
      {"(1, 2)", "Operand should contain 1 column(s)"},
      {"null or 0", "NULL"},
      {"not 'abc'", "INT64(1)"},
      {"'a' = 'A'", "INT64(1)"},
      {"'a ' = 'a'", "INT64(0)"},
      {"'a' = 'A' collate utf8mb4_bin", "INT64(0)"},
      {"'10' = 10", "INT64(1)"},
      {"1 in (2, null)", "NULL"},
      {"(1, 2) = (1, 2)", "INT64(1)"},
      {"(1, 2) < (1, 3)", "INT64(1)"},
      {"(1, 2) = 1", "Operand should contain 2 column(s)"},
      {"5 between 1 and 10", "INT64(1)"},
      {"'abc' like 'A%'", "INT64(1)"},
      {"'a_c' like 'a\\_c'", "INT64(1)"},
      {"case when false then 1 else 2.5 end", "DECIMAL(2.5)"},
      {"coalesce(null, 1, 2.50)", "DECIMAL(1.00)"},
      {"if(1, 'x', 2)", "VARCHAR(\"x\")"},
      {"cast('12.7abc' as signed)", "INT64(12)"},
      {"cast(2.5 as decimal(3,0))", "DECIMAL(3)"},
      {"concat('a', 1, null)", "NULL"},
      {"concat('a', 1)", "VARCHAR(\"a1\")"},
      {"substring('héllo', 2, 3)", "VARCHAR(\"éll\")"},
      {"round(2.5)", "DECIMAL(3)"},
      {"round(-1.298, 1)", "DECIMAL(-1.3)"},
      {"date_add('2024-01-31', interval 1 month)", "CHAR(\"2024-02-29\")"},
      {"timestamp '2024-01-01 00:00:00' - interval 1 second", "DATETIME(\"2023-12-31 23:59:59\")"},
      {"week('2024-12-31', 1)", "INT64(53)"},
      {"now()", "DATETIME(\"2023-11-14 22:13:20\")"},
      {"now(3)", "DATETIME(\"2023-11-14 22:13:20.123\")"},
  };
  for (const Case& c : cases) EXPECT_EQ(evaluated(c.expr), c.want) << c.expr;
}

TEST(Program, ColumnsAndBindVariables) {
  const types::Row row = {Value::int64(41), Value::varchar("Abc"), {Type::kDecimal, "1.50"}};
  EXPECT_EQ(evaluated("a + 1", row), "INT64(42)");
  EXPECT_EQ(evaluated("b = 'aBC'", row), "INT64(1)");
  EXPECT_EQ(evaluated("c * 2", row), "DECIMAL(3.00)");
  EXPECT_EQ(evaluated("c / a", row), "DECIMAL(0.036585)");
  EXPECT_EQ(evaluated("a = :v", row, {{"v", Value::int64(41)}}), "INT64(1)");
  EXPECT_EQ(evaluated("a in ::l", row,
                      {{"l", types::BindVariable::tuple({Value::int64(1), Value::int64(41)})}}),
            "INT64(1)");
  EXPECT_EQ(evaluated("a = :v", row), "query arguments missing for v");
  EXPECT_EQ(evaluated(":2 + 1", row), "DECIMAL(2.50)");
  EXPECT_EQ(evaluated(":3 + 1", row), "column offset 3 is beyond the row");
}

// What a server stores in the column first, and what it does not.
TEST(Program, ColumnsTakeConstants) {
  const types::Row row = {{},
                          {},
                          {},
                          {Type::kDate, "2001-01-01"},
                          {Type::kTimestamp, "2001-01-01 01:01:01"},
                          {Type::kDatetime, "2001-01-01 01:01:01"}};
  const std::pair<const char*, const char*> cases[] = {
      {"d = '2001-01-01 01:01:01'", "INT64(0)"},
      {"d in ('2001-01-01 01:01:01')", "INT64(0)"},
      {"d in ('2001-01-01 01:01:01', '2001-01-01')", "INT64(1)"},
      {"d = date'2001-01-01' and d < '2001-01-02' and d between '2001-01-01' and '2001-01-01'",
       "INT64(1)"},
      {"d = f", "INT64(0)"},
      {"e = f and e = '2001-01-01 01:01:01' and e > '1969-12-31'", "INT64(1)"},
      {"e < 20240230", "INT64(0)"},
      {"f < 20240230", "INT64(1)"},
      {"e > 691231", "INT64(1)"},
      {"f > 691231", "INT64(0)"},
      {"e < 20010102.5", "INT64(0)"},
      {"f < 20010102.5", "INT64(1)"},
      {"e between 20010101 and 20390102", "INT64(0)"},
      {"e between 10 and date'0001-01-01'", "INT64(0)"},
      {"f between 0 and 1e308", "INT64(1)"},
      {"f between 2001 and -0.0", "INT64(0)"}};
  for (const auto& [expr, want] : cases) EXPECT_EQ(evaluated(expr, row), want) << expr;
}

// What does not fit a packet is NULL, and is not made first.
TEST(Program, LongResultsAreNull) {
  EXPECT_EQ(evaluated("repeat('', 9223372036854775807)"), "VARCHAR(\"\")");
  for (const std::string_view expr :
       {"repeat('abcd', 4611686018427387904)", "space(67108865)", "rpad('a', 16777217, 'b')",
        "cast('a' as binary(67108865))", "cast('a' as binary(9223372036854775807))",
        "replace(repeat('a', 20000000), 'a', repeat('b', 20000000))"}) {
    EXPECT_EQ(evaluated(expr), "NULL") << expr;
  }
}

TEST(Program, TextByItsCollation) {
  EXPECT_EQ(evaluated("upper('éσß')"), "VARCHAR(\"ÉΣß\")");
  EXPECT_EQ(evaluated("lower('ÉΣ')"), "VARCHAR(\"éσ\")");
  EXPECT_EQ(evaluated("'é' = 'e'"), "INT64(1)");
  EXPECT_EQ(evaluated("'é' collate utf8mb4_0900_as_ci = 'e'"), "INT64(0)");
  EXPECT_EQ(evaluated("'Ünïcode' like 'unic_d%'"), "INT64(1)");
  EXPECT_EQ(evaluated("'chat' collate utf8mb4_cs_0900_ai_ci > 'hat'"), "INT64(1)");
  EXPECT_EQ(evaluated("locate('É', 'cafe')"), "INT64(4)");
  EXPECT_EQ(evaluated("locate('e', 'xé' collate utf8mb4_0900_as_ci)"), "INT64(2)");
  EXPECT_EQ(evaluated("locate('ß', 'ass')"), "INT64(2)");
  EXPECT_EQ(evaluated("find_in_set('É', 'a,é,e')"), "INT64(2)");
  EXPECT_EQ(evaluated("_latin2 x'e9' collate latin2_czech_cs < 'f'"), "INT64(1)");
}

TEST(Program, RefusesWhatItCannotDoExactly) {
  EXPECT_EQ(evaluated("no_such_function(1)"),
            "VT12001: unsupported: the function no_such_function in the gate");
  EXPECT_EQ(evaluated("json_schema_valid('{}', '{}')").find("VT12001: unsupported: "), 0u);
  EXPECT_EQ(evaluated("abs(1, 2)"),
            "Incorrect parameter count in the call to native function 'abs'");
}

}  // namespace
}  // namespace vif::eval
