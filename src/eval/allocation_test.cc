// What is evaluated a row at a time must not allocate: this program's operator new counts.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "eval/aggregate.h"
#include "eval/program.h"
#include "eval/row_order.h"
#include "sql/parser.h"

namespace {
thread_local size_t allocations = 0;

void* counted(size_t size) {
  ++allocations;
  return std::malloc(size);
}
void* counted_or_throw(size_t size) {
  if (void* memory = counted(size)) return memory;
  throw std::bad_alloc();
}
// Not inlined: g++ takes free() of what came from new for a mistake of the caller.
[[gnu::noinline]] void release(void* memory) { std::free(memory); }
}  // namespace

void* operator new(size_t size) { return counted_or_throw(size); }
void* operator new[](size_t size) { return counted_or_throw(size); }
void* operator new(size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new[](size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, size_t) noexcept { release(memory); }
void operator delete[](void* memory, size_t) noexcept { release(memory); }

namespace vif::eval {
namespace {

using types::Row;
using types::Type;
using types::Value;

const Row& sample() {
  static const Row row = {Value::int64(-1234567),
                          Value::varchar("a text that is longer than a short string"),
                          {Type::kFloat64, "12.5"},
                          Value::null(),
                          {Type::kUint64, "18446744073709551615"},
                          {Type::kDate, "2024-02-29"},
                          {Type::kDatetime, "2024-02-29 12:34:56"},
                          {Type::kDecimal, "-1234.50"},
                          {Type::kTime, "-01:02:03"}};
  return row;
}

TEST(Allocations, CommonConditionsMakeNone) {
  const char* conditions[] = {"a < 5",
                              "a = 5 or a < -100",
                              "a between -10000000 and 10 and not a = 3",
                              "a in (1, 2, -1234567)",
                              "b = 'a text that is longer than a short string'",
                              "b <> 'x' and a + 1 < 5",
                              "c * 2e0 > 20e0",
                              "d is null and d <=> null",
                              "e > 5 and e > a",
                              "f = date'2024-02-29' and f < '2024-03-01'",
                              "f between '2024-01-01' and '2024-12-31' and f < g",
                              "f in (date'2023-01-01', '2024-02-29')",
                              "g >= '2024-02-29 12:34:56' and g < '2024-03-01'",
                              "h = -1234.5 and h * 2 - 1 = -2470 and h between -2000 and 0",
                              "h in (1, -1234.5) and h < a + 1234567",
                              "i < time'00:00:00'",
                              "a = '-1234567' and a < 1.5 and c = 12.5 and c > '12'",
                              "b like 'a text%' and b not like '%x'",
                              "case when a > 5 then 0 when f > '2024-01-01' then 1 end = 1",
                              "ifnull(d, 7) = 7 and coalesce(a, 0) < 0 and if(a < 0, 1, 0)",
                              "f is not null and b is not null"};
  constexpr Type kTypes[] = {Type::kInt64,    Type::kVarchar, Type::kFloat64,
                             Type::kInt64,    Type::kUint64,  Type::kDate,
                             Type::kDatetime, Type::kDecimal, Type::kTime};
  StaticType columns[std::size(kTypes)];
  for (size_t i = 0; i < std::size(kTypes); ++i) columns[i].type = kTypes[i];
  columns[1].collation = 309;
  for (const char* condition : conditions) {
    const Result<sql::ParsedExpr> tree = sql::parse_expr(condition);
    ASSERT_TRUE(tree.ok()) << condition;
    CompileOptions options;
    options.columns = columns;
    options.connection_collation = 309;
    options.find_column = [](const sql::ColName& c) {
      return std::optional<size_t>(static_cast<size_t>(c.name[0] - 'a'));
    };
    const Result<Program> program = compile(*tree->expr, options);
    ASSERT_TRUE(program.ok()) << condition;
    const Env env;
    ASSERT_EQ(sample().size(), std::size(kTypes));
    const size_t before = allocations;
    const Result<bool> matched = program->matches(sample(), env);
    EXPECT_EQ(allocations, before) << condition;
    ASSERT_TRUE(matched.ok());
    EXPECT_TRUE(*matched) << condition;
  }
}

TEST(Allocations, ComparingRowsAndAddingThemUpMakesNone) {
  const Row other = {Value::int64(-1234566),
                     Value::varbinary("another text that is longer than that"),
                     {Type::kFloat64, "12.25"},
                     Value::null(),
                     {Type::kDecimal, "-18446744073709551615.00"}};
  const OrderBy by[] = {{3, -1, false}, {0, -1, true}, {2, -1, false}, {4, -1, false}};
  size_t before = allocations;
  EXPECT_GT(compare_rows(sample(), other, by), 0);
  EXPECT_EQ(allocations, before);

  AggregateSpec spec;
  spec.kind = AggregateKind::kSum;
  spec.columns = {{0, -1, false}};
  types::Field field;
  field.type = Type::kInt64;
  Aggregate sum(spec, std::span(&field, 1));
  before = allocations;
  ASSERT_TRUE(sum.add(sample()).ok());
  EXPECT_EQ(allocations, before);

  std::string key;
  key.reserve(200);
  before = allocations;
  for (const OrderBy& column : by) append_key(sample(), column, key);
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace vif::eval
