#include "vttablet/query/statement.h"

#include <gtest/gtest.h>

namespace vif::vttablet {
namespace {

TEST(StatementKind, IsToldByTheFirstWords) {
  const struct {
    const char* sql;
    StatementKind kind;
  } cases[] = {
      {"select 1", StatementKind::kSelect},
      {"  /* c */ -- line\n SELECT 1", StatementKind::kSelect},
      {"(select 1) union (select 2)", StatementKind::kSelect},
      {"with x as (select 1) select * from x", StatementKind::kSelect},
      {"select next 5 values from seq", StatementKind::kNextValue},
      {"select next value from seq", StatementKind::kNextValue},
      {"select nextval from t", StatementKind::kSelect},
      {"insert into t values (1)", StatementKind::kInsert},
      {"replace into t values (1)", StatementKind::kInsert},
      {"UPDATE t set a=1", StatementKind::kUpdate},
      {"delete/**/from t", StatementKind::kDelete},
      {"create table t (a int)", StatementKind::kDdl},
      {"drop table t", StatementKind::kDdl},
      {"create /* c */ temporary table t (a int)", StatementKind::kOther},
      {"drop temporary table t", StatementKind::kOther},
      {"truncate t", StatementKind::kDdl},
      {"set @a = 1", StatementKind::kSet},
      {"begin", StatementKind::kTransaction},
      {"start transaction", StatementKind::kTransaction},
      {"commit", StatementKind::kTransaction},
      {"rollback", StatementKind::kTransaction},
      {"rollback work", StatementKind::kTransaction},
      {"rollback to a", StatementKind::kSavepoint},
      {"rollback work to savepoint a", StatementKind::kSavepoint},
      {"savepoint a", StatementKind::kSavepoint},
      {"lock tables t read", StatementKind::kLock},
      {"call p()", StatementKind::kCall},
      {"", StatementKind::kOther},
      {"/* unfinished", StatementKind::kOther},
      {"analyze table t", StatementKind::kOther},
  };
  for (const auto& c : cases) EXPECT_EQ(statement_kind(c.sql), c.kind) << c.sql;
}

TEST(NextValue, GivesCountAndTable) {
  EXPECT_EQ(parse_next_value("select next value from `my seq`")->sequence, "`my seq`");
  EXPECT_EQ(parse_next_value("select next value from seq")->count, 1);
  EXPECT_EQ(parse_next_value("select next 1000 /* INT64 */ values from ks.seq")->count, 1000);
  EXPECT_EQ(parse_next_value("select next 1000 values from ks.seq")->sequence, "ks.seq");
  for (const char* bad :
       {"select next 0 values from seq", "select next x values from seq", "select next value",
        "select next 99999999999999999999 values from seq"}) {
    EXPECT_EQ(parse_next_value(bad).error().code(), Code::kInvalidArgument) << bad;
  }
}

std::string bound(std::string_view sql, const types::BindVariables& variables) {
  std::string buffer;
  const Result<std::string_view> text = bind_text(sql, variables, "vt_ks", buffer);
  return text.ok() ? std::string(*text) : text.error().message();
}

TEST(BindText, DropsTheTypeThatAGateWritesBehindAVariable) {
  types::BindVariables variables;
  variables["a"] = types::Value::int64(5);
  EXPECT_EQ(bound("select sleep(:a /* DECIMAL(2,1) */), :a /* INT64 */ from t", variables),
            "select sleep(5), 5 from t");
  EXPECT_EQ(bound("select :a /* a remark */, :a /*vt+ X */, :a /* INT64", variables),
            "select 5 /* a remark */, 5 /*vt+ X */, 5 /* INT64");
}

TEST(BindText, PutsLiteralsOutsideOfStringsAndComments) {
  types::BindVariables variables;
  variables["a"] = types::Value::int64(5);
  variables["s"] = types::Value::varchar("it's");
  variables["l"] = types::BindVariable::tuple({types::Value::int64(1), types::Value::varchar("x")});
  EXPECT_EQ(
      bound("select :a, ':a', \":a\", `:a`, /* :a */ :s from t where x in ::l -- :a", variables),
      "select 5, ':a', \":a\", `:a`, /* :a */ 'it\\'s' from t where x in (1, 'x') -- :a");
  EXPECT_EQ(bound("select 'a\\':a' , :a", variables), "select 'a\\':a' , 5");
  EXPECT_EQ(bound("set @x := 1", variables), "set @x := 1");
  EXPECT_EQ(bound("select :nope", variables), "missing bind var nope");
  EXPECT_EQ(bound("where table_schema = :__vtschemaname", variables),
            "missing bind var __vtschemaname");
  variables["__replacevtschemaname"] = types::Value::int64(1);
  EXPECT_EQ(bound("where table_schema = :__vtschemaname", variables),
            "where table_schema = 'vt_ks'");
}

}  // namespace
}  // namespace vif::vttablet
