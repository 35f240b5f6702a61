// Names and values of bind variables, where the corpora of Vitess say little.
#include "sql/normalize.h"

#include <gtest/gtest.h>

#include "sql/printer.h"

namespace vif::sql {
namespace {

std::string normal_form(std::string_view sql) {
  Result<Parsed> parsed = parse(sql);
  EXPECT_TRUE(parsed.ok()) << sql;
  NormalizeOptions options;
  options.prefix = "bv";
  const Result<Normalized> normalized = normalize(*parsed, options);
  return normalized.ok() ? print(parsed->statement, PrintStyle::kMysql)
                         : normalized.error().message();
}

TEST(Normalize, Names) {
  const struct {
    std::string_view sql;
    std::string_view text;
  } kCases[] = {
      // A sign is no part of a bind variable's value, so 1 and -1 share one.
      {"select 1, -1, - -1 from t", "select :bv1, -:bv1, - -:bv1 from t"},
      {"select a from t where a = -5 and b = 5", "select a from t where a = -:bv1 and b = :bv1"},
      {"select a from t where a in (1, -2)", "select a from t where a in (:bv1, -:bv2)"},
      {"update t set a = -1 where b = -1", "update t set a = -:bv1 where b = -:bv2"},
      {"insert into t values (-9223372036854775808)",
       "insert into t values (-9223372036854775808)"},
      // Arguments that Vitess walks in another order than they are written in.
      {"select regexp_replace(a, 'b', 'c', 1, 2) from t",
       "select regexp_replace(a, :bv1, :bv2, :bv4, :bv3) from t"},
      {"select regexp_substr(a, 'b', 1, 2) from t",
       "select regexp_substr(a, :bv1, :bv3, :bv2) from t"},
      {"select st_geohash(1, 2, 3), st_geohash(a, 4) from t",
       "select st_geohash(:bv2, :bv1, :bv3), st_geohash(a, :bv4) from t"},
      // Each column that reads a session's value keeps its name, not the first alone.
      {"select @a, @a, @@version, last_insert_id() from t",
       "select :__vtudva as `@a`, :__vtudva as `@a`, :__vtversion as `@@version`, :__lastInsertId "
       "as `last_insert_id()` from t"},
      {"select @`a b` + @1 > @a_b from t",
       "select :__vtudva_b + :__vtudv_ > :__vtudva_b_ as `@``a b`` + @``1`` > @a_b` from t"},
      // Names taken by the statement itself are left out.
      {"select 1 from t where a = 1 or a = 2 or a = 3 or :a2",
       "select :bv1 from t where a = :bv1 or a = :a or a = :a1 or :a2"},
      {"select 1 from t where a = 2 or a = 3 or a = 4 or :a1",
       "select :bv1 from t where a = :a or a = :a2 or a = :a3 or :a1"},
  };
  for (const auto& [sql, text] : kCases) {
    EXPECT_EQ(normal_form(sql), text) << sql;
  }
}

TEST(Normalize, PathsOfJsonTableStay) {
  const std::string text = normal_form(
      "select * from json_table('[]', '$[*]' columns(a int path '$.a')) as j where a = 1");
  EXPECT_NE(text.find("path '$.a'"), std::string::npos) << text;
  EXPECT_NE(text.find("json_table(:bv1, :bv2 "), std::string::npos) << text;
}

}  // namespace
}  // namespace vif::sql
