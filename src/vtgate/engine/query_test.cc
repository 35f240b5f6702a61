#include "vtgate/engine/query.h"

#include <gtest/gtest.h>

namespace vif::vtgate::engine {
namespace {

using types::Type;
using types::Value;

TEST(Query, SubqueriesResultsKeepTheirTypes) {
  struct Case {
    Value value;
    std::string_view text;
  };
  for (const Case& c : {
           Case{{Type::kDecimal, "55"}, "cast(55 as decimal(2, 0))"},
           Case{{Type::kDecimal, "5.50"}, "5.50"},
           Case{{Type::kUint64, "18446744073709551615"}, "cast(18446744073709551615 as unsigned)"},
           Case{{Type::kFloat64, "3"}, "3e0"},
           Case{{Type::kFloat64, "1e20"}, "1e20"},
           Case{{Type::kDate, "2020-02-03"}, "date '2020-02-03'"},
           Case{{Type::kDate, "2020-00-03"}, "'2020-00-03'"},
           Case{{Type::kTime, "-01:00:00"}, "time '-01:00:00'"},
           Case{{Type::kDatetime, "2020-02-03 00:00:00"}, "timestamp '2020-02-03 00:00:00'"},
           Case{{Type::kInt64, "-7"}, "-7"},
           Case{{Type::kVarchar, "x"}, "'x'"},
           Case{Value::null(), "null"},
       }) {
    const types::BindVariables variables = {{"__sq1", c.value}, {"vtg1", c.value}};
    Query query;
    query.head = "select ";
    query.parts.push_back({{"__sq1", false, true}, ""});
    EXPECT_EQ(fill(query, Bindings(variables)).value(), "select " + std::string(c.text));
    // What the client wrote has the type of its text already.
    query.parts[0].slot = {"vtg1", false, false};
    std::string plain;
    c.value.append_sql(plain);
    EXPECT_EQ(fill(query, Bindings(variables)).value(), "select " + plain);
  }
}

}  // namespace
}  // namespace vif::vtgate::engine
