#include "sql/fingerprint.h"

#include <gtest/gtest.h>

#include "sql/normalize.h"
#include "sql/printer.h"

namespace vif::sql {
namespace {

Fingerprint of(std::string_view sql) {
  Fingerprint print_of;
  fingerprint(sql, SqlMode{}, print_of);
  return print_of;
}

TEST(Fingerprint, LiteralsDoNotMatter) {
  const struct {
    std::string_view a;
    std::string_view b;
  } kCases[] = {
      {"select a from t where b = 1", "select a from t where b = 2345"},
      {"select a from t where b = 1", "SELECT a\n FROM t /* x */ WHERE b=7"},
      {"select a from t where b in (1, 2)", "select a from t where b in (3)"},
      {"select a from t where b = -1", "select a from t where b = -9"},
      {"select a from t where b in (1, -1)", "select a from t where b in (5, -5)"},
      {"select a from t where b in (1, 'x')", "select a from t where b in ('a', 5, 6)"},
      {"insert into t values (1, 'a'), (1, 'b')", "insert into t values (2, 'c'), (3, 'c')"},
      {"select a from t limit 5", "select a from t limit 10"},
      {"update t set a = 1 where b = 2", "update t set a = 7 where b = 9"},
      {"select a from t where b = 'x\\'y'", "select a from t where b = 'plain'"},
      {"select a from t where b = 1 and c = 1", "select a from t where b = 2 and c = 2"},
      {"update t set a = (select 1 + b from u) where b in (1, 2) limit 5",
       "update t set a = (select 9 + b from u) where b in (7, 8) limit 6"},
      {"(select a from t where b = 1) union (select 2 from t) limit 3",
       "(select a from t where b = 7) union (select 8 from t) limit 9"},
      {"select group_concat(f(a) order by b) from t where c = 1",
       "select group_concat(f(a) order by b) from t where c = 2"},
  };
  for (const auto& [a, b] : kCases) {
    EXPECT_EQ(of(a).hash, of(b).hash) << a << "\n" << b;
  }
}

TEST(Fingerprint, WhatIsInThePlanMatters) {
  const struct {
    std::string_view a;
    std::string_view b;
  } kCases[] = {
      {"select a from t where b = 1", "select a from t where b = 'x'"},
      {"select a from t where b = 1", "select a from t where c = 1"},
      {"select a from t order by 1", "select a from t order by 2"},
      {"update u, (select 1) as d set a = 5", "update u, (select 2) as d set a = 5"},
      {"select current_user() from t", "select CURRENT_USER() from t"},
      {"select 1 from t for system_time as of now() - interval 1 day",
       "select 1 from t for system_time as of now() - interval 2 day"},
      {"delete z from (select 1) as x, z", "delete z from (select 2) as x, z"},
      {"(select 1 from t limit 2) limit 3", "(select 5 from t limit 2) limit 3"},
      {"select concat(n'a', 'b', c) from t", "select concat(n'a', 'a', c) from t"},
      {"select a from t group by 1", "select a from t group by 2"},
      {"select cast(a as char(10)) from t", "select cast(a as char(20)) from t"},
      {"select cast(a as character(10)) from t", "select cast(a as character(20)) from t"},
      {"select cast(a as nchar(10)) from t", "select cast(a as nchar(20)) from t"},
      {"select cast(a as dec(10, 2)) from t", "select cast(a as dec(10, 3)) from t"},
      {"select cast(a as varchar(10)) from t", "select cast(a as varchar(20)) from t"},
      {"select convert(a, character(10)) from t", "select convert(a, character(20)) from t"},
      {"select a from t where b = 1 and c = 1", "select a from t where b = 1 and c = 2"},
      {"select a from t where b = 1.5", "select a from t where b = 1.25"},
      {"select a from t where b = 1", "select a from t where b = -1"},
      {"(values row(1) limit 1)", "(values row(1) limit 2)"},
      {"(with x as (select 1 from t) values row(1))",
       "(with x as (select 2 from t) values row(1))"},
      {"select (select 1 from t where a = 7) from t where b = 7",
       "select (select 1 from t where a = 7) from t where b = 8"},
      {"select a from t where b = 1 order by c = 1", "select a from t where b = 2 order by c = 1"},
      {"select right(@x, 10) from t", "select right(@x, 12) from t"},
      {"select a from t where b in (1, -1)", "select a from t where b in (5, -6)"},
      {"update t set a = (5) where b = 5", "update t set a = (6) where b = 5"},
      {"update t set a := 5 where b = 5", "update t set a := 6 where b = 5"},
      {"insert into t values (a = 5, b = 5)", "insert into t values (a = 5, b = 6)"},
      {"select now(3) from t", "select now(6) from t"},
      {"select a as 'x' from t", "select a as 'y' from t"},
      {"set a = 1", "set a = 2"},
      {"select * from (select 1 from t) x", "select * from (select 2 from t) x"},
      {"select /*vt+ A=1 */ a from t", "select /*vt+ A=2 */ a from t"},
      {"select a from t where b = 18446744073709551615",
       "select a from t where b = 18446744073709551614"},
      {"select Status from t", "select STATUS from t"},
  };
  for (const auto& [a, b] : kCases) {
    EXPECT_NE(of(a).hash, of(b).hash) << a << "\n" << b;
  }
}

TEST(Fingerprint, Facts) {
  const Fingerprint print_of = of("select /*vt+ X */ a from t where b = 12; select 2");
  EXPECT_EQ(print_of.query_class, QueryClass::kSelect);
  EXPECT_TRUE(print_of.has_directive);
  EXPECT_TRUE(print_of.has_more);
  EXPECT_EQ(print_of.statement_length, 39u);
  ASSERT_EQ(print_of.literals.size(), 1u);
  EXPECT_EQ(print_of.literals[0].offset, 37u);
  EXPECT_EQ(print_of.literals[0].length, 2u);
  EXPECT_EQ(of("with x as (select 1 from t) update t set a = 1").query_class, QueryClass::kUpdate);
  EXPECT_FALSE(of("select 'a").ok);
}

TEST(Fingerprint, PlanOfOneTextRunsAnother) {
  const std::string_view first = "select a from t where b = 5 and c in (1, 2) and d = -7 limit 10";
  const std::string_view second =
      "select a from t where b = 6 and c in (4, 5, 6, 7) and d = -8 limit 11";
  ASSERT_EQ(of(first).hash, of(second).hash);
  Result<Parsed> parsed = parse(first);
  ASSERT_TRUE(parsed.ok());
  const Result<Normalized> normalized = normalize(*parsed);
  ASSERT_TRUE(normalized.ok());
  Result<Parsed> other = parse(second);
  ASSERT_TRUE(other.ok());
  const Result<Normalized> wanted = normalize(*other);
  ASSERT_TRUE(wanted.ok());
  EXPECT_EQ(print(parsed->statement), print(other->statement));
  EXPECT_EQ(bind_literals(normalized->arguments, second, of(second)), wanted->bind_variables);
}

// A string behind one of these is a name, and no part of it.
TEST(Fingerprint, ANameBehindALiteralIsNoPartOfIt) {
  for (std::string_view sql :
       {"select j ->> '$.a' 'x', date'2020-01-01' 'y' from t order by j ->> '$.a'",
        "select j -> '$.a' 'x' from t where a = '$.a'", "select 'a' 'b' 'c' from t where a = 'abc'",
        "select timestamp'2020-01-01 10:11:12' 'now' from t"}) {
    Result<Parsed> parsed = parse(sql);
    ASSERT_TRUE(parsed.ok()) << sql;
    const Result<Normalized> normalized = normalize(*parsed);
    ASSERT_TRUE(normalized.ok()) << sql;
    EXPECT_EQ(bind_literals(normalized->arguments, sql, of(sql)), normalized->bind_variables)
        << sql;
  }
  EXPECT_NE(of("select date'2020-01-01' 'x' from t").hash,
            of("select date'2020-01-01' 'y' from t").hash);
}

}  // namespace
}  // namespace vif::sql
