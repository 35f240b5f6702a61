#include "clients/vitess_statement.h"

#include <gtest/gtest.h>

namespace vif::clients {
namespace {

TEST(VitessStatement, LiteralsThatAreNoUtf8AreHexadecimal) {
  struct Case {
    std::string_view from, to;
  };
  for (const Case& c : {
           Case{"select 'a', _binary'\xc3\xa9'", "select 'a', _binary'\xc3\xa9'"},
           Case{"insert into l values (1, _binary'\x16k@\xb4J\xbaK\xd6')",
                "insert into l values (1, _binary x'166b40b44aba4bd6')"},
           Case{"select '\xff', 'x'", "select x'ff', 'x'"},
           Case{"select '\\0\\'\xff''\\n\\%\\\\'", "select x'0027ff270a5c255c'"},
           Case{"select \"\xff\" from `a'` where b = '\xfe'",
                "select x'ff' from `a'` where b = x'fe'"},
           Case{"select /* it's */ '\xff' -- don't\n, '\xfe'",
                "select /* it's */ x'ff' -- don't\n, x'fe'"},
           Case{"select a--'\xff'", "select a-- x'ff'"},
       }) {
    EXPECT_EQ(with_hex_literals(c.from), c.to);
  }
}

TEST(VitessStatement, OnlyReadsAreStreamed) {
  for (std::string_view sql :
       {"select 1", "SELECT a FROM t", "(select 1) union (select 2)", "/* c */ select 1",
        "with a as (select 1) select 2", "show tables", "explain select 1", "analyze table t"}) {
    EXPECT_TRUE(may_stream(sql)) << sql;
  }
  for (std::string_view sql :
       {"insert into t values (1)", "update t set a = 1", "/* select */ delete from t",
        "-- select\nset @a = 1", "create table t (a int)", "select next 2 values from s",
        "selection", ""}) {
    EXPECT_FALSE(may_stream(sql)) << sql;
  }
}

}  // namespace
}  // namespace vif::clients
