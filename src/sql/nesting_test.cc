// Text that is deep or long or both must end in a tree or in an error, never in a dead process:
// each construct that can hold itself is nested 10,000 times, and whatever still parses goes
// through every tool, on a stack of a fiber's size.
#include <gtest/gtest.h>
#include <pthread.h>

#include <functional>
#include <string>

#include "sql/classify.h"
#include "sql/fingerprint.h"
#include "sql/normalize.h"
#include "sql/parser.h"
#include "sql/printer.h"
#include "sql/redact.h"
#include "sql/split.h"
#include "sql/tables.h"
#include "sql/tree.h"

namespace vif::sql {
namespace {

// A fiber's, which is larger where frames are: see rt/context.h.
#if defined(__SANITIZE_ADDRESS__) || defined(VIF_SANITIZE_THREAD)
constexpr size_t kStackBytes = 32 * (256 << 10);
#elif !defined(__OPTIMIZE__)
constexpr size_t kStackBytes = 8 * (256 << 10);
#else
constexpr size_t kStackBytes = 256 << 10;
#endif

void on_small_stack(const std::function<void()>& work) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, kStackBytes), 0);
  pthread_t thread;
  const auto run = [](void* argument) -> void* {
    (*static_cast<const std::function<void()>*>(argument))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, run, const_cast<std::function<void()>*>(&work)),
            0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

// begin open*n core close*n end
struct Construct {
  std::string_view begin;
  std::string_view open;
  std::string_view core;
  std::string_view close;
  std::string_view end;
};

std::string nested(const Construct& construct, size_t depth) {
  std::string text(construct.begin);
  for (size_t i = 0; i < depth; ++i) text += construct.open;
  text += construct.core;
  for (size_t i = 0; i < depth; ++i) text += construct.close;
  text += construct.end;
  return text;
}

constexpr Construct kConstructs[] = {
    {"select ", "(", "1", ")", ""},
    {"select ", "not ", "1", "", ""},
    {"select ", "- ", "a", "", ""},
    {"select ", "+ ", "a", "", ""},
    {"select ", "~", "a", "", ""},
    {"select ", "!", "a", "", ""},
    {"select ", "-(", "1", ")", ""},
    {"select ", "binary ", "a", "", ""},
    {"select ", "f(", "1", ")", ""},
    {"select ", "k.f(1, ", "1", ")", ""},
    {"select ", "if(a, ", "1", ", 2)", ""},
    {"select ", "coalesce(1, ", "1", ")", ""},
    {"select ", "count(distinct ", "1", ")", ""},
    {"select ", "group_concat(", "1", " order by 1 separator ',')", ""},
    {"select ", "cast(", "1", " as char(3))", ""},
    {"select ", "convert(", "1", " using utf8mb4)", ""},
    {"select ", "trim(leading 'x' from ", "1", ")", ""},
    {"select ", "substring(", "a", " from 1 for 2)", ""},
    {"select ", "extract(year from ", "a", ")", ""},
    {"select ", "timestampadd(day, 1, ", "a", ")", ""},
    {"select ", "date_add(", "a", ", interval 1 day)", ""},
    {"select ", "date_add(a, interval ", "1", " day)", ""},
    {"select ", "a + interval (", "1", ") day", ""},
    {"select ", "interval(", "1", ", 2)", ""},
    {"select ", "interval 1 day + ", "a", "", ""},
    {"select ", "case when ", "1", " then 1 end", ""},
    {"select ", "case 1 when 2 then ", "1", " end", ""},
    {"select ", "case when 1 then 2 else ", "1", " end", ""},
    {"select ", "(select ", "1", ")", ""},
    {"select ", "exists (select ", "1", ")", ""},
    {"select ", "a in (select ", "1", ")", ""},
    {"select ", "a in (", "1", ", 2)", ""},
    {"select ", "a = any (select ", "1", ")", ""},
    {"select ", "(1, ", "(1, 2)", ")", " = 1"},
    {"select ", "row(1, ", "2", ")", ""},
    {"select ", "a between 1 and (", "2", ")", ""},
    {"select ", "a like (", "2", ") escape 'x'", ""},
    {"select ", "a member of (", "b", ")", ""},
    {"select ", "json_value(", "a", ", '$.x')", ""},
    {"select ", "json_extract(", "a", ", '$.x')", ""},
    {"select ", "sum(a) over (partition by ", "1", ")", ""},
    {"select ", "first_value(", "1", ") over ()", ""},
    {"select ", "match(a) against (", "'x'", ")", ""},
    {"select ", "@a := ", "1", "", ""},
    {"select ", "_utf8mb4 'x' = ", "1", "", ""},
    {"select ", "char(", "1", " using utf8mb4)", ""},
    {"select ", "a.b = ", "1", "", ""},
    {"select 1", " + 1", "", "", ""},
    {"select a", " is null", "", "", ""},
    {"select a", " collate utf8mb4_bin", "", "", ""},
    {"select a", " -> '$.x'", "", "", ""},
    {"select a", " or b = 1 and c", "", "", ""},
    {"select a", " xor b", "", "", ""},
    {"select a", " like b", "", "", ""},
    {"select a", " in (1)", "", "", ""},
    {"select 'a'", " 'b'", "", "", ""},
    {"select a", ".b", "", "", ""},
    {"", "(", "select 1", ")", ""},
    {"", "(select 1) union (", "select 1", ")", ""},
    {"", "select 1 union ", "select 1", "", ""},
    {"select 1", " union all select 1", "", "", ""},
    {"", "(", "select 1", " limit 1)", ""},
    {"select * from ", "(", "t", ")", ""},
    {"select * from ", "(select * from ", "t", ") x", ""},
    {"select * from ", "lateral (select * from ", "t", ") x", ""},
    {"select * from ", "(t join ", "t", ")", ""},
    {"select * from ", "t join (", "t", ") on 1", ""},
    {"select * from t", " join t", "", "", ""},
    {"select * from ", "t join ", "t", " on 1", ""},
    {"select * from t", " left join t on a = b", "", "", ""},
    {"select * from t", ", t", "", "", ""},
    {"select * from json_table('[]', '$' columns (", "nested path '$' columns (", "a int path '$'",
     ")", ")) as t"},
    {"", "with a as (", "select 1", ") select 1", ""},
    {"with recursive a as (select 1)", ", b as (select 1)", " select 1", "", ""},
    {"insert into t values (", "(", "1", ")", ")"},
    {"insert into t values (1)", ", (1)", "", "", ""},
    {"insert into t select * from ", "(select * from ", "t", ") x", ""},
    {"update t set a = ", "(", "1", ")", ""},
    {"delete from t where ", "(", "1", ")", ""},
    {"set a = ", "(", "1", ")", ""},
    {"create table t (a int default (", "(", "1", ")", "))"},
    {"create table t (a int check (", "(", "1", ")", "))"},
    {"create table t (a int as (", "f(", "1", ")", "))"},
    {"create table t (a int) partition by hash (", "(", "a", ")", ")"},
    {"create table t (a int", ", a int", "", "", ")"},
    {"create view v as ", "(", "select 1", ")", ""},
    {"alter table t add column a int", ", add column a int", "", "", ""},
    {"create procedure p() ", "begin ", "select 1;", " end;", ""},
    {"create procedure p() ", "begin if 1 then ", "select 1;", " end if; end;", ""},
    {"create procedure p() begin ", "if 1 then ", "select 1;", " end if;", " end"},
    {"", "explain ", "select 1", "", ""},
    {"", "vexplain ", "select 1", "", ""},
    {"", "/*!80000 ", "select 1", " */", ""},
    {"", "/* ", "select 1", " */", ""},
    {"select 1 ", "/*", "", "*/", ""},
    {"select '", "''", "", "", "'"},
    {"select `", "``", "a", "", "`"},
    {"", ";", "", "", ""},
    {"select 1 where ", "(", "1", "", ""},
    {"select 1 where ", "f((select (", "", "", ""},
    {"call p(", "(", "1", ")", ")"},
    {"lock tables t read", ", t read", "", "", ""},
    {"select 1 from t where a = ", "?", "", "", ""},
};

// Everything that walks a tree or reads a text.
void use(const std::string& text) {
  Fingerprint print_of;
  fingerprint(text, SqlMode{}, print_of);
  (void)split_statements(text);
  (void)redact(text);
  Result<Parsed> parsed = parse(text);
  if (!parsed.ok()) return;
  for (PrintStyle style : {PrintStyle::kCanonical, PrintStyle::kMysql, PrintStyle::kUpperQuoted}) {
    EXPECT_FALSE(print(parsed->statement, style).empty());
  }
  Arena arena;
  ASSERT_FALSE(higher_than(parsed->statement, kStatementHeightMax)) << text.substr(0, 100);
  const Statement* copy = clone(arena, parsed->statement);
  EXPECT_TRUE(equal(copy, parsed->statement));
  EXPECT_EQ(hash(copy), hash(parsed->statement));
  EXPECT_EQ(size(copy), size(parsed->statement));
  (void)tables_of(*copy);
  (void)statement_type(*copy);
  (void)is_read_only(*copy);
  (void)needs_reserved_connection(*copy);
  (void)print_template(copy);
  rewrite(
      parsed->statement, [](Cursor&) { return true; }, [](Cursor&) {});
  (void)normalize(*parsed);
}

TEST(Nesting, TenThousandLevelsOfAnything) {
  for (const Construct& construct : kConstructs) {
    SCOPED_TRACE(nested(construct, 2));
    on_small_stack([&] { use(nested(construct, 10000)); });
  }
}

// The deepest tree that still parses is the hardest for those that walk it.
TEST(Nesting, TheDeepestThatParses) {
  for (const Construct& construct : kConstructs) {
    SCOPED_TRACE(nested(construct, 2));
    on_small_stack([&] {
      size_t parses = 0, fails = 10000;
      while (fails - parses > 1) {
        const size_t middle = (parses + fails) / 2;
        (parse(nested(construct, middle)).ok() ? parses : fails) = middle;
      }
      use(nested(construct, parses));
    });
  }
}

// What was printed can be read again, however deep: a server or another gate reads it.
TEST(Nesting, WhatIsPrintedParses) {
  for (const Construct& construct : kConstructs) {
    for (size_t depth : {1, 3, 20}) {
      const std::string text = nested(construct, depth);
      const Result<Parsed> parsed = parse(text);
      if (!parsed.ok()) continue;
      const std::string printed = print(parsed->statement, PrintStyle::kMysql);
      const Result<Parsed> again = parse(printed);
      ASSERT_TRUE(again.ok()) << text << "\n" << printed << "\n" << again.error().message();
      EXPECT_EQ(print(again->statement, PrintStyle::kMysql), printed) << text;
    }
  }
}

// Of anything over and over: no time or memory that grows faster than the text.
TEST(Nesting, LongTextsCostTheirLength) {
  for (std::string_view piece : {"(",
                                 ")",
                                 "select ",
                                 "1 ",
                                 "1,",
                                 "a,",
                                 "'x' ",
                                 "'x',",
                                 "`x`,",
                                 "a.",
                                 "/* x */ ",
                                 "/*!80000 x */ ",
                                 "-- x\n",
                                 "/*",
                                 "*/",
                                 "@a:=",
                                 "@a,",
                                 "case ",
                                 "when 1 ",
                                 "(select ",
                                 "union select 1 ",
                                 "or a = 1 ",
                                 "join t ",
                                 "t,",
                                 ";",
                                 "not ",
                                 "- ",
                                 "in (1,2) ",
                                 "::a,",
                                 ":v1 ",
                                 "?,",
                                 "x'00',",
                                 "begin ",
                                 "end ",
                                 "create procedure p() begin ",
                                 "insert into t values (1),",
                                 "(1),",
                                 "with a as (",
                                 "\\",
                                 "'",
                                 "\"",
                                 "`",
                                 "1e",
                                 "0x",
                                 "_utf8mb4 ",
                                 "interval 1 day + ",
                                 "a b, ",
                                 "\xff",
                                 "{",
                                 "values (1),"}) {
    for (std::string_view begin : {"", "select ", "select * from t where a in (",
                                   "insert into t values (1),", "select 1 from "}) {
      std::string text(begin);
      while (text.size() < 60000) text += piece;
      Fingerprint print_of;
      fingerprint(text, SqlMode{}, print_of);
      (void)split_statements(text);
      const Result<Parsed> parsed = parse(text);
      if (!parsed.ok()) continue;
      EXPECT_LE(parsed->arena->bytes_allocated(), text.size() * 200) << begin << piece;
      EXPECT_LE(print(parsed->statement).size(), text.size() * 20) << begin << piece;
    }
  }
}

}  // namespace
}  // namespace vif::sql
