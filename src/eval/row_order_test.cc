#include "eval/row_order.h"

#include <gtest/gtest.h>

#include <random>

#include "eval/merge.h"

namespace vif::eval {
namespace {

using types::Row;
using types::Type;
using types::Value;

TEST(RowOrder, ComparesAsTheServerSorts) {
  struct Case {
    Value a, b;
    int want;
  };
  const Case cases[] = {
      {Value::null(), Value::int64(-5), -1},
      {Value::null(), Value::null(), 0},
      {Value::int64(-10), Value::int64(9), -1},
      {Value::int64(10), Value::int64(9), 1},
      {{Type::kInt32, "007"}, Value::int64(7), 0},
      {{Type::kDecimal, "-0.00"}, {Type::kDecimal, "0"}, 0},
      {{Type::kDecimal, "1.50"}, {Type::kDecimal, "1.5"}, 0},
      {{Type::kDecimal, "-1.51"}, {Type::kDecimal, "-1.5"}, -1},
      {{Type::kFloat64, "1e10"}, {Type::kFloat64, "9"}, 1},
      {{Type::kFloat64, "-0"}, {Type::kFloat64, "0"}, 0},
      {{Type::kTime, "-838:59:59"}, {Type::kTime, "00:00:00.5"}, -1},
      {{Type::kTime, "100:00:00"}, {Type::kTime, "99:00:00"}, 1},
      {{Type::kDate, "2024-01-01"}, {Type::kDatetime, "2024-01-01 00:00:00.000"}, 0},
      {{Type::kDate, "2024-01-01"}, {Type::kDatetime, "2024-01-01 00:00:00.001"}, -1},
      {{Type::kVarbinary, "a"}, {Type::kVarbinary, "B"}, 1},
      {{Type::kVarbinary, "\xff"}, {Type::kVarbinary, "a"}, 1},
      {{Type::kVarbinary, "a"}, {Type::kVarbinary, "ab"}, -1},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(compare_plain(c.a, c.b), c.want) << c.a.to_string() << " and " << c.b.to_string();
    EXPECT_EQ(compare_plain(c.b, c.a), -c.want) << c.b.to_string() << " and " << c.a.to_string();
    std::string x, y;
    append_key(c.a, 0, x);
    append_key(c.b, 0, y);
    EXPECT_EQ(x == y, c.want == 0) << c.a.to_string() << " and " << c.b.to_string();
  }
}

TEST(RowOrder, WeightsMembersCollationsAndDirections) {
  const Row a = {Value::varchar("a"), Value::varbinary("X"), {Type::kEnum, "b"}, {Type::kSet, "z"}};
  const Row b = {
      Value::varchar("B"), Value::varbinary("Y"), {Type::kEnum, "a"}, {Type::kSet, "x,y"}};
  const std::vector<std::string> members = {"b", "a"};
  const std::vector<std::string> flags = {"x", "y", "z"};
  const OrderBy weight[] = {{0, 1, false}};
  EXPECT_LT(compare_rows(a, b, weight), 0);
  const OrderBy bytes[] = {{0, -1, false, 309}};
  EXPECT_GT(compare_rows(a, b, bytes), 0);
  const OrderBy descending[] = {{0, 1, true}};
  EXPECT_GT(compare_rows(a, b, descending), 0);
  const OrderBy enums[] = {{2, -1, false, 0, &members}};
  EXPECT_LT(compare_rows(a, b, enums), 0);
  const OrderBy sets[] = {{3, -1, false, 0, &flags}};
  EXPECT_GT(compare_rows(a, b, sets), 0);

  std::vector<types::Field> fields(4);
  fields[0].type = Type::kVarchar;
  fields[2].type = Type::kEnum;
  EXPECT_TRUE(check_sortable(fields, weight).ok());
  EXPECT_TRUE(check_sortable(fields, enums).ok());
  const OrderBy unknown[] = {{0, -1, false}};
  EXPECT_FALSE(check_sortable(fields, unknown).ok());
  const OrderBy nameless[] = {{2, -1, false}};
  EXPECT_FALSE(check_sortable(fields, nameless).ok());
}

TEST(MergeTree, MergesAnyNumberOfStreamsStably) {
  std::mt19937 random(7);
  for (size_t streams = 0; streams < 10; ++streams) {
    std::vector<std::vector<std::pair<int, size_t>>> rows(streams);  // value, stream
    std::vector<std::pair<int, size_t>> all;
    for (size_t s = 0; s < streams; ++s) {
      for (size_t i = random() % 20; i > 0; --i)
        rows[s].push_back({static_cast<int>(random() % 10), s});
      std::sort(rows[s].begin(), rows[s].end());
      all.insert(all.end(), rows[s].begin(), rows[s].end());
    }
    std::sort(all.begin(), all.end());
    std::vector<size_t> at(streams);
    std::vector<char> ready;
    for (const auto& stream : rows) ready.push_back(!stream.empty());
    MergeTree tree(ready,
                   [&](size_t a, size_t b) { return rows[a][at[a]].first < rows[b][at[b]].first; });
    std::vector<std::pair<int, size_t>> merged;
    while (!tree.empty()) {
      const size_t s = tree.top();
      merged.push_back(rows[s][at[s]]);
      tree.advanced(++at[s] < rows[s].size());
    }
    EXPECT_EQ(merged, all) << streams << " streams";
  }
}

}  // namespace
}  // namespace vif::eval
