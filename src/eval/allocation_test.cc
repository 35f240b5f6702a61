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
                          {Type::kUint64, "18446744073709551615"}};
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
                              "e > 5 and e > a"};
  StaticType columns[5];
  const Type column_types[5] = {Type::kInt64, Type::kVarchar, Type::kFloat64, Type::kInt64,
                                Type::kUint64};
  for (size_t i = 0; i < 5; ++i) columns[i].type = column_types[i];
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
    ASSERT_EQ(sample().size(), 5u);
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
