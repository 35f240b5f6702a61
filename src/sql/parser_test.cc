#include "sql/parser.h"

#include <gtest/gtest.h>

#include "sql/classify.h"
#include "sql/comments.h"
#include "sql/pretty.h"
#include "sql/printer.h"
#include "sql/redact.h"
#include "sql/split.h"
#include "sql/tables.h"
#include "sql/tree.h"

namespace vif::sql {
namespace {

std::string canonical(std::string_view sql, const ParseOptions& options = {}) {
  const Result<Parsed> parsed = parse(sql, options);
  return parsed.ok() ? print(parsed->statement) : parsed.error().message();
}

TEST(Parser, AListOfOneRowStaysARow) {
  for (const char* text :
       {"(a, b) in ((1, 2))", "(a, b) in ((1, 2), (3, 4))", "a in (1, 2)", "a in (1)",
        "(not a) = b", "(not a) + 1", "(a, b) in ((select 1, 2 from t))"}) {
    const auto parsed = parse_expr(text);
    ASSERT_TRUE(parsed.ok()) << text;
    const std::string want = std::string(text).find("((select") == std::string::npos
                                 ? text
                                 : "(a, b) in (select 1, 2 from t)";
    EXPECT_EQ(print(parsed->expr), want);
  }
}

TEST(Parser, ATextThatEndsInAVersionCommentHasItsEnd) {
  for (std::string_view sql : {"show chart /*!80000 of x */", "do 1, 2 /*!80000 + 3 */"}) {
    const auto parsed = parse(sql);
    ASSERT_TRUE(parsed.ok()) << sql;
    EXPECT_EQ(print(parsed->statement, PrintStyle::kMysql), sql);
  }
}

TEST(Parser, MySqlBeyondVitess) {
  const struct {
    std::string_view sql;
    std::string_view text;
  } kCases[] = {
      {"table t", "select * from t"},
      {"select 1 from a intersect select 2 from b", "select 1 from a intersect select 2 from b"},
      {"select 1 from a except all select 2 from b", "select 1 from a except all select 2 from b"},
      {"select 1 from a union select 2 from b intersect select 3 from c",
       "select 1 from a union (select 2 from b intersect select 3 from c)"},
      {"insert into t(a) values (1) returning a, b", "insert into t(a) values (1) returning a, b"},
      {"delete from t where a = 1 returning *", "delete from t where a = 1 returning *"},
      {"create or replace table t (a int)", "create or replace table t (\n\ta int\n)"},
      {"create table t (a int) select 1 as a from b",
       "create table t (\n\ta int\n) as select 1 as a from b"},
      {"select * from t for system_time as of now() where a = 1",
       "select * from t for system_time as of now() where a = 1"},
      {"grant select on a.* to 'u'@'h'", "grant select on a.* to 'u'@'h'"},
      {"handler t read k first where /*!80000 a */", "handler t read k first where /*!80000 a */"},
      {"/*!80000 handler t open */", "handler t open"},
      {"xa start 'x'", "xa start 'x'"},
      {"set @@h\xc3\xa9.a = 1", "set @@`h\xc3\xa9.a` = 1"},
      {"select cast, extract, substr, substring from t",
       "select `cast`, `extract`, `substr`, `substring` from t"},
      {"handler t open", "handler t open"},
      {"create trigger x before insert on t for each row begin set @a = 1; end",
       "create trigger x before insert on t for each row begin set @a = 1; end"},
      {"begin work", "begin"},
      {"select 1 from t for update of t skip locked",
       "select 1 from t for update of t skip locked"},
      {"insert low_priority into t values (1)", "insert low_priority into t values (1)"},
      {"delete low_priority quick from t", "delete low_priority quick from t"},
      {"create table t (a double precision, b nvarchar(3))",
       "create table t (\n\ta double,\n\tb varchar(3) character set utf8mb3\n)"},
      {"commit and chain", "commit and chain"},
      {"alter table t add (a int, key k (a))", "alter table t add key k (a), add column a int"},
      {"alter table t modify a int check (a > 1)",
       "alter table t modify column a int check (a > 1)"},
      {"create procedure p () begin while 1 do set @a = 1; end while; end",
       "create procedure p () begin while 1 do set @a = 1; end while; end"},
      {"select `имя` from t", "select `имя` from t"},
      {"select N'-1', n'x' from t", "select N'-1', N'x' from t"},
      {"create table t (a varchar(9223372036854775807))",
       "create table t (\n\ta varchar(2147483647)\n)"},
      {"alter vitess_migration 'a''b' complete", "alter vitess_migration 'a\\'b' complete"},
      {"revert vitess_migration 'a''b'", "revert vitess_migration 'a\\'b'"},
  };
  for (const auto& [sql, text] : kCases) {
    EXPECT_EQ(canonical(sql), text) << sql;
  }
}

TEST(Parser, ServersOwnSuites) {
  const struct {
    std::string_view sql;
    std::string_view text;
  } kCases[] = {
      {"set timestamp = 5, last_insert_id = 3, sql_buffer_result = 1",
       "set `timestamp` = 5, `last_insert_id` = 3, `sql_buffer_result` = 1"},
      {"set global a = 1, b = 2, session c = 3, d = 4, @u = 5, persist e = 6",
       "set @@global.a = 1, @@global.b = 2, @@c = 3, @@d = 4, @u = 5, @@persist.e = 6"},
      {"drop table now, extract", "drop table `now`, `extract`"},
      {"select now, max from t as substr", "select `now`, `max` from t as `substr`"},
      {"select * from in.t where default.in.a = 1",
       "select * from `in`.t where `default`.`in`.a = 1"},
      {"select 1 from t for update of ks.t, u.* skip locked",
       "select 1 from t for update of t, u skip locked"},
      {"create table t (a int) engine merge union = ()",
       "create table t (\n\ta int\n) engine merge,\n  union ()"},
      {"create table t (a char varying(3), foreign key (a(2) asc) references u (b))",
       "create table t (\n\ta varchar(3),\n\tforeign key (a) references u (b)\n)"},
      {"create table t (a int) tablespace `a b`", "create table t (\n\ta int\n) tablespace `a b`"},
      {"select sum(a) from t group by b with rollup",
       "select sum(a) from t group by b with rollup"},
      {"create view v as select a from t group by a with check option",
       "create view v as select a from t group by a with cascaded check option"},
      {"select weight_string(a, 1, 2, 0xC0), nth_value(a, b) over () from t",
       "select weight_string(a, 1, 2, 0xC0), nth_value(a, b) over () from t"},
      {"select 1 /*!99999 /* */ 2 */", "select 1 from dual"},
      {"handler t read first first", "handler t read first first"},
      {"drop user u@", "drop user u@"},
      {"show char set", "show charset"},
      {"select position(substr in a), cast from t", "select locate(`substr`, a), `cast` from t"},
      {"create trigger x before insert on t for each row signal sqlstate '45000' set message_text "
       "= 'a' 'b'",
       "create trigger x before insert on t for each row signal sqlstate '45000' set message_text "
       "= 'a' 'b'"},
      {"create library l language javascript as $$ 'a; $$",
       "create library l language javascript as $$ 'a; $$"},
      {"create procedure p(n int) language javascript as $x$ f(n) $$ $x$",
       "create procedure p(n int) language javascript as $x$ f(n) $$ $x$"},
      {"create or replace json duality view v as select json_duality_object('_id': a) from t",
       "create or replace json duality view v as select json_duality_object('_id': a) from t"},
      {"/*!50003 create*/ /*!50003 trigger x before insert on t for each row set @a = 1 */",
       "/*!50003 create*/ /*!50003 trigger x before insert on t for each row set @a = 1 */"},
      {"kill query id", "kill query id"},
      {"select `cube`, `library` from t", "select `cube`, `library` from t"},
  };
  for (const auto& [sql, text] : kCases) EXPECT_EQ(canonical(sql), text) << sql;
}

TEST(Parser, MeansWhatMySqlMeans) {
  const struct {
    std::string_view sql;
    std::string_view text;
  } kCases[] = {
      {"select a sounds like b from t", "select soundex(a) = soundex(b) from t"},
      {"select {d '2020-01-02'}, {fn a + b} * 2 from t",
       "select date'2020-01-02', (a + b) * 2 from t"},
      {"select 1 from {oj a left join b on 1}", "select 1 from (a left join b on 1)"},
      {"select d + interval 1 day * 2 from t", "select (d + interval 1 day) * 2 from t"},
      {"select interval 1 day + a = b from t", "select interval 1 day + (a = b) from t"},
      {"select (interval 1 day + a) = b from t", "select (interval 1 day + a) = b from t"},
      {"select 1 from a join b join c on 1 on 2", "select 1 from a join b join c on 1 on 2"},
      {"select 1 from a join b left join c on 1", "select 1 from a join b left join c on 1"},
      {"select 1 from t for update of a for share of b",
       "select 1 from t for update of a for share of b"},
      {"select 1 from a union select 2 from b into @x",
       "select 1 from a union select 2 from b into @x"},
      {"select 1 union select 2 into @x", "select 1 from dual union (select 2 from dual into @x)"},
      {"select sum(all a) over (order by a groups 1 preceding exclude ties) from t",
       "select sum(a) over ( order by a asc groups 1 preceding exclude ties) from t"},
      {"create table t (a int) replace select 1 as a from b",
       "create table t (\n\ta int\n) replace as select 1 as a from b"},
      {"alter table t order by a desc, b", "alter table t order by a desc, b"},
      {"alter table t check partition p0 for upgrade quick",
       "alter table t check partition p0 for upgrade quick"},
      {"create view if not exists v as select 1 from t",
       "create view if not exists v as select 1 from t"},
  };
  for (const auto& [sql, text] : kCases) EXPECT_EQ(canonical(sql), text) << sql;
}

// What MySQL calls a syntax error, and what it reads otherwise than the words suggest.
TEST(Parser, ServersOwnSuitesOfMySqlNine) {
  const struct {
    std::string_view sql;
    std::string_view text;
  } kCases[] = {
      {"select a, sum(b) from t group by grouping sets ((a, c), (a), ())",
       "select a, sum(b) from t group by grouping sets ((a, c), (a), ())"},
      {"select a from t group by cube(a, b) order by 1",
       "select a from t group by cube(a, b) order by 1 asc"},
      {"select a from t group by rollup(a, b)", "select a from t group by a, b with rollup"},
      {"select a from t qualify rank() over (order by a) > 1",
       "select a from t qualify rank() over ( order by a asc) > 1"},
      {"select cast(d at time zone interval '+01:00' as datetime(3)) from t",
       "select cast(d at time zone interval '+01:00' as datetime(3)) from t"},
      {"alter table t secondary_load partition (p0, p1) guided off",
       "alter table t secondary_load partition (p0, p1) guided off"},
      {"select group_concat(a order by b) over w from t window w as ()",
       "select group_concat(a order by b asc) over w from t window w AS ()"},
      {"select json_arrayagg(a null on null), json_objectagg(all a, all b) from t",
       "select json_arrayagg(a), json_objectagg(a, b) from t"},
      {"create table t (a float(10.3), b year(4) unsigned, c int masking policy p)",
       "create table t (\n\ta float(10),\n\tb year(4),\n\tc int masking policy p\n)"},
      {"select @, a as '' from t", "select @``, a as '' from t"},
      {"select {d'2001-01-01'}, {d'x'} from t", "select date'2001-01-01', 'x' from t"},
      {"alter table t engine = ''", "alter table t engine ''"},
      {"set @names = 1, `names` = 2", "set @`names` = 1, `names` = 2"},
      {"alter table t add partition", "alter table t add partition"},
      {"select `current_date`(), `match`(a), `abs`(b) from t",
       "select `current_date`(), `match`(a), abs(b) from t"},
      {"create table t (a int, primary key type type btree (a))",
       "create table t (\n\ta int,\n\tprimary key (a) using btree\n)"},
  };
  for (const auto& [sql, text] : kCases) EXPECT_EQ(canonical(sql), text) << sql;
}

TEST(Parser, RefusesWhatMySqlRefuses) {
  ParseOptions strict;
  strict.strict_ddl = true;
  for (const char* sql : {"select grouping() from t",
                          "select left('a') from t",
                          "select right('a', 1, 2) from t",
                          "select if(1, 2) from t",
                          "select ascii() from t",
                          "select charset('a', 'b') from t",
                          "select coalesce() from t",
                          "select user(1) from t",
                          "select get_format('date', 'USA') from t",
                          "select json_value('{}', '$.a' default (1) on empty) from t",
                          "select a member of (j) member of (j) from t",
                          "set resource group g for 1,",
                          "create user u require issuer 'a' and",
                          "create resource group g type = user vcpu = 0,",
                          "revoke all from u",
                          "set transaction read only, read write",
                          "replace into t values (1) as n",
                          "select * from {x t}",
                          "with x as (select 1) with y as (select 2) select 1",
                          "select @@'version'",
                          "select ?a from t",
                          "select 1 limit 1 + 1",
                          "select 1 limit a, 7 and b",
                          "select 1 limit (5)",
                          "select 1 limit 2 offset f(1)",
                          "select 1 limit 1.5",
                          "create table grant (a int)",
                          "select infile from t",
                          "select a cascade from t",
                          "delete t.* using t",
                          "set global.a = 1",
                          "set persist = 1",
                          "create table count(a int)",
                          "select in.* from t",
                          "select a is true is true from t",
                          "select a is not unknown = b from t",
                          "select default + 1 from t",
                          "insert into t values ((default))",
                          "set @a = default",
                          "(select 1 from t into @a) union select 2",
                          "create table t (a datetime default sysdate)",
                          "create table t (a timestamp on update now)",
                          "create table t (a int) engine = null",
                          "create table t (a timestamp on update curr)",
                          "create table t (a bool(20))",
                          "select sum(a) over (rows a preceding) from t",
                          "select @@session",
                          "select @@global.session.x",
                          "select @@session.",
                          "select @@a.``",
                          "select 1.5e from t",
                          "lock tables t partition (p) write",
                          "alter table t modify a int references u (b)",
                          "select a from t group by grouping sets (a)"}) {
    EXPECT_FALSE(parse(sql, strict).ok()) << sql;
  }
}

TEST(Parser, ReadsAsMySqlReads) {
  const struct {
    std::string_view sql;
    std::string_view text;
  } kCases[] = {
      {"select a between 1 and b member of (j) from t",
       "select a between 1 and (b member of (j)) from t"},
      {"select a = b member of (j) from t", "select a = (b member of (j)) from t"},
      {"select (a = b) member of (j) from t", "select (a = b) member of (j) from t"},
      {"select now, curtime from t", "select `now`, `curtime` from t"},
      {"select now() from t", "select now() from t"},
      {"select n\"x\" from t", "select n as x from t"},
      {"select @a'b' from t", "select @a as b from t"},
      {"select t.1a from t", "select t.`1a` from t"},
      {"select b'' from t", "select b'' from t"},
      {"select json_value(j, '$.a' default -1 on empty default date'2020-01-01' on error) from t",
       "select json_value(j, '$.a' default -1 on empty default date'2020-01-01' on error) from t"},
      {"select get_format(date, 'USA') from t", "select get_format(date, 'USA') from t"},
      {"select get_format(`date`, 'USA') from t", "select get_format(date, 'USA') from t"},
      {"select a between 1 and b in (2) from t", "select a between 1 and b in (2) from t"},
      {"SET NAMES utf8mb4", "set NAMES 'utf8mb4'"},
      {"FLUSH Binary LOGS", "flush Binary LOGS"},
      {"SHOW BINARY LOGS", "show BINARY LOGS"},
  };
  for (const auto& [sql, text] : kCases) {
    const Result<Parsed> parsed = parse(sql);
    ASSERT_TRUE(parsed.ok()) << sql << ": " << parsed.error().message();
    EXPECT_EQ(print(parsed->statement, PrintStyle::kMysql), text) << sql;
    const Result<Parsed> again = parse(text);
    ASSERT_TRUE(again.ok()) << text;
    EXPECT_TRUE(equal(parsed->statement, again->statement)) << sql;
  }
  SqlMode ansi;
  ansi.ansi_quotes = true;
  const Result<Parsed> quoted = parse("select \"a\\n\"\"b\" from \"t\"", {.sql_mode = ansi});
  ASSERT_TRUE(quoted.ok());
  EXPECT_EQ(print(quoted->statement), "select `a\\n\"b` from t");
}

TEST(Parser, MariaDbs) {
  const struct {
    std::string_view sql;
    std::string_view text;
  } kCases[] = {
      {"alter table t add column if not exists a int",
       "alter table t add column if not exists a int"},
      {"alter table t drop column if exists a", "alter table t drop column if exists a"},
      {"create index if not exists i on t(a)", "alter table t add key if not exists i (a)"},
      {"create table t (a uuid default uuid(), b inet6)",
       "create table t (\n\ta uuid default uuid(),\n\tb inet6\n)"},
      {"create table t (a int) with system versioning",
       "create table t (\n\ta int\n) with system versioning"},
      {"select a from t order by a offset 5 rows fetch next 3 rows only",
       "select a from t order by a asc limit 5, 3"},
      {"insert into t values (next value for s)", "insert into t values (nextval(s))"},
      {"create or replace procedure p () select 1", "create or replace procedure p () select 1"},
      {"create sequence s start with 5", "create sequence s start with 5"},
      {"select cast(a as int), cast(a as varchar(3)) from t",
       "select cast(a as int), cast(a as varchar(3)) from t"},
  };
  for (const auto& [sql, text] : kCases) EXPECT_EQ(canonical(sql), text) << sql;
}

// Statements that are kept as written are checked all the same.
TEST(Parser, Shapes) {
  for (std::string_view sql :
       {"create procedure p () l: loop leave l; end loop l",
        "create procedure p () l:begin declare c cursor for select 1; open c; fetch c into x; "
        "close c; end",
        "create trigger t before update on a for each row if new.b > 1 then set new.b = 1; end if",
        "create event e on schedule every 1 day starts now() do delete from t",
        "create function f (a int) returns int deterministic return a + 1",
        "create user 'u'@'%' identified with caching_sha2_password by 'x' require ssl password "
        "expire never",
        "grant select (a, b), insert on k.* to u@h with grant option", "grant 'r' to u",
        "change replication source to source_host = 'h', source_port = 1 for channel 'c'",
        "load data local infile 'f' into table t fields terminated by x'09' ignore 1 lines (a, @b) "
        "set c = @b + 1",
        "kill connection_id()", "analyze table t update histogram on a with 10 buckets auto update",
        "clone instance from u@h:3306 identified by 'p'",
        "explain format=json into @x select 1 from t",
        "set password for u = 'x' retain current password"}) {
    EXPECT_EQ(canonical(sql).find("syntax error"), std::string::npos)
        << sql << ": " << canonical(sql);
  }
  for (std::string_view sql :
       {"create procedure p () l: loop leave l; end",
        "create trigger t on a for each row set @a = 1", "create user", "grant select on to u",
        "load data infile into table t", "change replication source to source_host 'h'",
        "handler t read", "reset persist if a", "xa start", "create function f returns int"}) {
    EXPECT_NE(canonical(sql).find("syntax error"), std::string::npos)
        << sql << ": " << canonical(sql);
  }
}

TEST(Parser, SqlModes) {
  ParseOptions ansi;
  ansi.sql_mode = SqlMode::from_string("ANSI_QUOTES");
  EXPECT_EQ(canonical("select \"a\" from \"t\"", ansi), "select a from t");
  ParseOptions plain;
  plain.sql_mode = SqlMode::from_string("STRICT_TRANS_TABLES,NO_BACKSLASH_ESCAPES");
  EXPECT_EQ(canonical("select 'a\\' from t", plain), "select 'a\\\\' from t");
  EXPECT_EQ(canonical("select a like '\\%' from t", plain), "select a like '\\%' escape '' from t");
  ParseOptions pipes;
  pipes.sql_mode = SqlMode::from_string("PIPES_AS_CONCAT");
  EXPECT_EQ(canonical("select a || b from t", pipes), "select concat(a, b) from t");
  EXPECT_EQ(canonical("select a || b from t"), "select a or b from t");
  ParseOptions high;
  high.sql_mode = SqlMode::from_string("HIGH_NOT_PRECEDENCE");
  EXPECT_EQ(canonical("select not a = b from t", high), "select (not a) = b from t");
  EXPECT_EQ(canonical("select not a between 1 and 2, -not a from t", high),
            "select (not a) between 1 and 2, -(not a) from t");
}

TEST(Parser, VersionComments) {
  EXPECT_EQ(canonical("select /*!80000 straight_join */ a from t"),
            "select straight_join a from t");
  EXPECT_EQ(canonical("select /*!99999 straight_join */ a from t"), "select a from t");
  EXPECT_EQ(canonical("select /*M!100000 straight_join */ a from t"), "select a from t");
  EXPECT_EQ(canonical("select /*+ hint(a) */ /*vt+ X=1 */ a from t"),
            "select /*+ hint(a) */ /*vt+ X=1 */ a from t");
}

TEST(Parser, NestingEndsInAnErrorNotAnOverflow) {
  const auto deep = [](std::string_view open, std::string_view middle, std::string_view close,
                       int levels) {
    std::string sql = "select ";
    for (int i = 0; i < levels; ++i) sql += open;
    sql += middle;
    for (int i = 0; i < levels; ++i) sql += close;
    return sql;
  };
  for (const std::string& sql :
       {deep("(", "1", ")", 10000), deep("not ", "1", "", 10000), deep("- ", "a", "", 10000),
        deep("f(", "1", ")", 10000), deep("case when ", "1", " then 1 end", 10000),
        deep("(select ", "1", ")", 10000), deep("a = ", "1", "", 10000),
        deep("interval(", "1", ", 2)", 10000), deep("exists (select ", "1", ")", 10000),
        deep("1 except select ", "1", "", 10000), deep("binary ", "a", "", 10000),
        deep("@a := ", "1", "", 10000),
        "select 1 from " + std::string(10000, '(') + "t" + std::string(10000, ')')}) {
    const Result<Parsed> parsed = parse(sql);
    ASSERT_FALSE(parsed.ok()) << sql.substr(0, 40);
    EXPECT_NE(parsed.error().message().find("max nesting level reached"), std::string::npos)
        << parsed.error().message();
  }
  EXPECT_TRUE(parse(deep("(", "1", ")", 30)).ok());
}

TEST(Parser, LongRunsStayLow) {
  const auto run = [](std::string text, std::string_view between) {
    for (int i = 1; i < 10000; ++i) text.append(between).append(std::to_string(i));
    return text + " from t";
  };
  for (const std::string& sql :
       {run("select a = 0", " or a = "), run("select 1", " xor "), run("select a", " + "),
        run("select a * 2 + b", " - "), run("select a", " * "), run("select a", " | "),
        run("select 1", " from t union all select "), run("select 1", " from t union select ")}) {
    const Result<Parsed> parsed = parse(sql);
    ASSERT_TRUE(parsed.ok()) << parsed.error().message();
    EXPECT_LT(height(parsed->statement), 40) << sql.substr(0, 40);
    EXPECT_EQ(print(parsed->statement), sql);
    const Result<Parsed> again = parse(print(parsed->statement));
    ASSERT_TRUE(again.ok());
    EXPECT_TRUE(equal(parsed->statement, again->statement)) << sql.substr(0, 40);
  }
  // Parentheses that are not printed make no other tree.
  const auto of = [](std::string_view operand, std::string_view between, int count) {
    std::string text(operand);
    for (int i = 1; i < count; ++i) text.append(between).append(operand);
    return text;
  };
  for (std::string_view between : {" + ", " and ", " or ", " xor ", " * "}) {
    const std::string sql = "select (" + of("a", between, 40) + ")" + std::string(between) +
                            of("b", between, 40) + " from t";
    const Result<Parsed> parsed = parse(sql);
    const Result<Parsed> again = parse(print(parsed->statement));
    EXPECT_TRUE(again.ok() && equal(parsed->statement, again->statement)) << sql;
  }
  for (int count : {2, 40, 100}) {
    const std::string some = of("select 1 from t", " union ", count);
    for (const std::string& sql : {some + " union (" + some + ")", "(" + some + ") union " + some,
                                   "(" + some + ") union (" + some + ") union all " + some}) {
      const Result<Parsed> parsed = parse(sql);
      const Result<Parsed> again = parse(print(parsed->statement));
      EXPECT_TRUE(again.ok() && equal(parsed->statement, again->statement)) << sql;
    }
  }
  ParseOptions pipes;
  pipes.sql_mode = SqlMode::from_string("PIPES_AS_CONCAT");
  const Result<Parsed> joined = parse(run("select a", " || "), pipes);
  ASSERT_TRUE(joined.ok()) << joined.error().message();
  EXPECT_LT(height(joined->statement), 10);
}

TEST(Parser, Positions) {
  const Result<Parsed> parsed = parse("select convert from t");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().mysql_errno(), 1064);
  EXPECT_EQ(parsed.error().sqlstate(), "42000");
  EXPECT_EQ(error_position(parsed.error()), 20);
}

// Parentheses where Vitess's own printing would change the meaning.
TEST(Printer, KeepsMeaning) {
  for (std::string_view sql : {
           "select (a = b) in (1, 2) from t",
           "select (5 between 0 and 10) between 0 and 1 from t",
           "select a like (b + c) from t",
           "select (a + b) collate utf8mb4_bin from t",
           "select (d + interval 1 day) * 2 from t",
           "select (@a := 1) + 2 from t",
           "select a from t union all (select b from t union select c from t)",
       }) {
    EXPECT_EQ(canonical(sql), sql);
  }
}

TEST(Printer, Templates) {
  const Result<Parsed> parsed = parse("select a from t where b = :b and c in ::c limit :l");
  ASSERT_TRUE(parsed.ok());
  const SqlTemplate sql = print_template(parsed->statement);
  ASSERT_EQ(sql.slots.size(), 3u);
  ASSERT_EQ(sql.pieces.size(), 4u);
  EXPECT_EQ(sql.pieces[0], "select a from t where b = ");
  EXPECT_EQ(sql.slots[1].name, "c");
  EXPECT_TRUE(sql.slots[1].is_list);
  EXPECT_EQ(sql.to_string(), "select a from t where b = :b and c in ::c limit :l");
}

TEST(Tree, RewriteReplaces) {
  Result<Parsed> parsed = parse("select a + 1 from t where b = 1");
  ASSERT_TRUE(parsed.ok());
  rewrite(
      parsed->statement, [](Cursor&) { return true; },
      [&](Cursor& cursor) {
        if (!is<Literal>(cursor.node)) return;
        Argument* arg = parsed->arena->make<Argument>();
        arg->name = "x";
        cursor.replace(arg);
      });
  EXPECT_EQ(print(parsed->statement), "select a + :x from t where b = :x");
}

TEST(Split, Statements) {
  const auto pieces = split_statements("select ';' from t; ; select 2 -- ;\n; ");
  ASSERT_TRUE(pieces.ok());
  ASSERT_EQ(pieces->size(), 2u);
  EXPECT_EQ((*pieces)[0], "select ';' from t");
  EXPECT_FALSE(split_statements("select 'a").ok());
}

TEST(Split, Scripts) {
  const std::string_view script =
      "select 1; select 'delimiter x';\nDELIMITER $$\ncreate procedure p() begin select ';$$'; "
      "end$$\n"
      "-- no $$ here\nselect 2 $$\ndelimiter ;\nselect 3; select 4";
  const auto pieces = split_script(script);
  ASSERT_TRUE(pieces.ok());
  const std::vector<std::string_view> want = {"select 1",
                                              "select 'delimiter x'",
                                              "create procedure p() begin select ';$$'; end",
                                              "-- no $$ here\nselect 2",
                                              "select 3",
                                              "select 4"};
  EXPECT_EQ(*pieces, want);
  EXPECT_EQ(split_script(" select 1; select 2")->front(), " select 1");
}

TEST(Pretty, OnlyBlanksChange) {
  const SqlMode mode;
  EXPECT_EQ(pretty("select a, b from t join u on t.x = u.x where a = 1 and b between 2 and 3 or c "
                   "in (select d from v where e = 1) "
                   "group by a order by b asc limit 5",
                   mode),
            "select a, b\nfrom t\n  join u on t.x = u.x\nwhere a = 1\n  and b between 2 and 3\n  "
            "or c in (\n    select d\n"
            "    from v\n    where e = 1\n)\ngroup by a\norder by b asc\nlimit 5");
  EXPECT_EQ(pretty("insert into t(a) values (1), (2) on duplicate key update a = values(a)", mode),
            "insert into t(a)\nvalues (1), (2)\non duplicate key update a = values(a)");
  EXPECT_EQ(pretty("delete from t where a = 1", mode), "delete from t\nwhere a = 1");
  EXPECT_EQ(pretty("select extract(year from a), left(a, 1), group_concat(a order by b asc) from t",
                   mode),
            "select extract(year from a), left(a, 1), group_concat(a order by b asc)\nfrom t");
  EXPECT_EQ(pretty("show tables from k where a = 1", mode), "show tables from k where a = 1");
  EXPECT_EQ(pretty("select 'open", mode), "select 'open");
}

TEST(Redact, HidesSecrets) {
  for (std::string_view sql : {
           "create user a@'h' identified by 's3cret'",
           "alter user 'a'@'h' identified with mysql_native_password as 's3cret'",
           "alter user a identified by 's3cret' replace 's3cret'",
           "set password for a = 's3cret'",
           "set password = password('s3cret')",
           "grant all on *.* to a identified by 's3cret'",
           "change master to master_host = 'h', master_password = 's3cret'",
           "change replication source to source_password='s3cret', source_user='u'",
       }) {
    const Result<std::string> text = redact(sql);
    ASSERT_TRUE(text.ok()) << sql << ": " << text.error().message();
    EXPECT_EQ(text->find("s3cret"), std::string::npos) << *text;
    EXPECT_NE(text->find("<secret>"), std::string::npos) << *text;
  }
  EXPECT_EQ(*redact("create table t (a varchar(9) default 'x')"),
            print(parse("create table t (a varchar(9) default 'x')")->statement));
}

TEST(Redact, HidesLiterals) {
  const Result<std::string> text = redact("/* x */ select a from t where b = 'secret' and c = 5");
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, "/* x */ select a from t where b = :b /* VARCHAR */ and c = :c /* INT64 */");
  EXPECT_EQ(truncate_query("select * from test where name = 'abc'", 22), "select * f [TRUNCATED]");
}

TEST(Tables, OfStatements) {
  const Result<Parsed> parsed = parse(
      "with c as (select 1 from k.a) select * from c join b on c.x = b.x where exists (select 1 "
      "from d)");
  ASSERT_TRUE(parsed.ok());
  std::string names;
  for (const TableName& table : tables_of(*parsed->statement)) {
    names += std::string(table.qualifier) + "." + std::string(table.name) + " ";
  }
  EXPECT_EQ(names, "k.a .b .d ");
}

TEST(Classify, Statements) {
  const auto read_only = [](std::string_view sql) { return is_read_only(*parse(sql)->statement); };
  EXPECT_TRUE(read_only("select 1 from t"));
  EXPECT_FALSE(read_only("select 1 from t for update"));
  EXPECT_FALSE(read_only("select get_lock('a', 1)"));
  EXPECT_FALSE(read_only("insert into t values (1)"));
  EXPECT_TRUE(needs_reserved_connection(*parse("select get_lock('a', 1)")->statement));
  EXPECT_TRUE(needs_reserved_connection(*parse("create temporary table t (a int)")->statement));
  EXPECT_EQ(preview("  SELECT 1"), StatementType::kSelect);
  EXPECT_EQ(preview("begin; /*...*/"), StatementType::kBegin);
  EXPECT_EQ(preview("begin junk"), StatementType::kUnknown);
}

TEST(Comments, Directives) {
  const Result<Parsed> parsed = parse("select /*vt+ ALLOW_SCATTER QUERY_TIMEOUT_MS=12 */ 1 from t");
  ASSERT_TRUE(parsed.ok());
  const Directives directives = directives_of(*parsed->statement);
  EXPECT_TRUE(directive_is_set(directives, "ALLOW_SCATTER"));
  EXPECT_EQ(directives.at("query_timeout_ms"), "12");
  const MarginComments margins = split_margin_comments("/* a */ foo /* b */ ");
  EXPECT_EQ(margins.query, "foo");
  EXPECT_EQ(margins.leading, "/* a */ ");
  EXPECT_EQ(margins.trailing, " /* b */");
}

}  // namespace
}  // namespace vif::sql
