#include <gtest/gtest.h>
#include "sql/parser.h"
#include "sql/printer.h"
namespace vif::sql {
TEST(Smoke, RoundTrip) {
  for (const char* sql : {"select 1 from dual", "select a.b, count(*) from t as x where a = 1 and b in (1, 2) order by a desc limit 5",
                          "insert into t(a, b) values (1, 'x')", "update t set a = 1 where b = 2", "delete from t where id = 5"}) {
    auto parsed = parse(sql);
    ASSERT_TRUE(parsed.ok()) << sql << parsed.error().to_string();
    EXPECT_EQ(print(parsed->statement), sql);
  }
}
}  // namespace vif::sql
