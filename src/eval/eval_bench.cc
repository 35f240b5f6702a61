// What an expression, a comparison and a merge cost a row.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "eval/aggregate.h"
#include "eval/compare.h"
#include "eval/merge.h"
#include "eval/program.h"
#include "eval/row_order.h"
#include "sql/parser.h"

namespace vif::eval {
namespace {

using types::Row;
using types::Type;
using types::Value;

// Columns: a INT64, b VARCHAR, c FLOAT64, d DATE, e DATETIME, f DECIMAL(10,2).
Program compiled(std::string_view text) {
  const Result<sql::ParsedExpr> tree = sql::parse_expr(text);
  StaticType columns[6];
  columns[0].type = Type::kInt64;
  columns[1].type = Type::kVarchar;
  columns[1].collation = 255;
  columns[2].type = Type::kFloat64;
  columns[3].type = Type::kDate;
  columns[4].type = Type::kDatetime;
  columns[5].type = Type::kDecimal;
  columns[5].size = 10;
  columns[5].scale = 2;
  CompileOptions options;
  options.columns = columns;
  options.find_column = [](const sql::ColName& c) {
    return std::optional<size_t>(static_cast<size_t>(c.name[0] - 'a'));
  };
  Result<Program> program = compile(*tree->expr, options);
  return std::move(*program);
}

void matches(benchmark::State& state, std::string_view text) {
  const Program program = compiled(text);
  const Row rows[2] = {{Value::int64(1234567),
                        Value::varchar("active user, 20 long"),
                        {Type::kFloat64, "12.5"},
                        {Type::kDate, "2024-02-29"},
                        {Type::kDatetime, "2024-02-29 12:34:56"},
                        {Type::kDecimal, "1234.50"}},
                       {Value::int64(3),
                        Value::varchar("someone else"),
                        {Type::kFloat64, "0.25"},
                        {Type::kDate, "2023-12-31"},
                        {Type::kDatetime, "2023-12-31 00:00:00"},
                        {Type::kDecimal, "0.99"}}};
  const Env env;
  size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(program.matches(rows[i++ & 1], env).ok());
}

void BM_IntegerComparison(benchmark::State& state) { matches(state, "a > 5"); }
BENCHMARK(BM_IntegerComparison);

// Five operators over eight leaves: more than five nodes.
void BM_PredicateOfFiveOperators(benchmark::State& state) {
  matches(state, "a > 5 and a < 2000000 and (b = 'active user, 20 long' or a = 3)");
}
BENCHMARK(BM_PredicateOfFiveOperators);

void BM_PredicateOfFiveNodes(benchmark::State& state) { matches(state, "a > 5 and not a < 3"); }
BENCHMARK(BM_PredicateOfFiveNodes);

void BM_PredicateWithArithmetic(benchmark::State& state) {
  matches(state, "a + 1 > 5 and c < 100e0");
}
BENCHMARK(BM_PredicateWithArithmetic);

// One operator or list, as applications write them.
BENCHMARK_CAPTURE(matches, date_beside_text, "d > '2024-01-01'");
BENCHMARK_CAPTURE(matches, dates_of_two_columns, "d = e");
BENCHMARK_CAPTURE(matches, datetime_between, "e between '2024-01-01' and '2024-12-31 23:59:59'");
BENCHMARK_CAPTURE(matches, dates_in_list, "d in ('2024-01-01', '2024-12-31', '2024-02-29')");
BENCHMARK_CAPTURE(matches, decimal_beside_integer, "f > 10");
BENCHMARK_CAPTURE(matches, decimal_arithmetic, "f * 2 + 1 > 10");
BENCHMARK_CAPTURE(matches, integer_beside_text, "a = '3'");
BENCHMARK_CAPTURE(matches, integers_in_list, "a in (1, 2, 3, 4, 5)");
BENCHMARK_CAPTURE(matches, texts_in_list, "b in ('x', 'active', 'active user, 20 long')");
BENCHMARK_CAPTURE(matches, like, "b like 'active%'");
BENCHMARK_CAPTURE(matches, choice, "case when a > 5 then 1 else 0 end = 1");
BENCHMARK_CAPTURE(matches, coalesce, "coalesce(a, 0) > 5");

void BM_Arithmetic(benchmark::State& state) {
  const Program program = compiled("a * 2 + 1");
  const Row row = {Value::int64(1234567), Value::varchar("x"), {Type::kFloat64, "12.5"}};
  const Env env;
  for (auto _ : state) benchmark::DoNotOptimize(program.evaluate(row, env));
}
BENCHMARK(BM_Arithmetic);

std::vector<std::vector<Row>> sorted_streams(size_t streams, size_t rows, Type type) {
  std::mt19937_64 random(1);
  std::vector<std::vector<Row>> out(streams);
  for (auto& stream : out) {
    std::vector<int64_t> keys(rows);
    for (int64_t& key : keys) key = static_cast<int64_t>(random() % 100000000);
    std::sort(keys.begin(), keys.end());
    for (const int64_t key : keys) {
      stream.push_back(
          {type == Type::kInt64 ? Value::int64(key) : Value{type, fmt::format("key{:09}", key)},
           Value::varchar("payload")});
    }
  }
  return out;
}

void merge(benchmark::State& state, Type type, const OrderBy& by) {
  const auto streams = sorted_streams(4, 50000, type);
  for (auto _ : state) {
    std::vector<size_t> at(streams.size());
    MergeTree tree(std::vector<char>(streams.size(), 1), [&](size_t a, size_t b) {
      return compare_rows(streams[a][at[a]], streams[b][at[b]], std::span(&by, 1)) < 0;
    });
    size_t rows = 0;
    while (!tree.empty()) {
      const size_t s = tree.top();
      benchmark::DoNotOptimize(&streams[s][at[s]]);
      ++rows;
      tree.advanced(++at[s] < streams[s].size());
    }
    benchmark::DoNotOptimize(rows);
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * 200000);
}

void BM_MergeFourStreamsByInteger(benchmark::State& state) {
  merge(state, Type::kInt64, {0, -1, false});
}
BENCHMARK(BM_MergeFourStreamsByInteger)->Unit(benchmark::kMillisecond);

void BM_MergeFourStreamsByBytes(benchmark::State& state) {
  merge(state, Type::kVarbinary, {0, -1, false});
}
BENCHMARK(BM_MergeFourStreamsByBytes)->Unit(benchmark::kMillisecond);

void BM_SumOfIntegers(benchmark::State& state) {
  AggregateSpec spec;
  spec.kind = AggregateKind::kSum;
  spec.columns = {{0, -1, false}};
  types::Field field;
  field.type = Type::kInt64;
  field.column_length = 20;
  Aggregate sum(spec, std::span(&field, 1));
  const Row row = {Value::int64(1234567)};
  for (auto _ : state) benchmark::DoNotOptimize(sum.add(row).ok());
}
BENCHMARK(BM_SumOfIntegers);

void BM_GroupingKey(benchmark::State& state) {
  const Row row = {Value::int64(1234567), Value::varbinary("some bytes")};
  const OrderBy by[] = {{0, -1, false}, {1, -1, false}};
  std::string key;
  for (auto _ : state) {
    key.clear();
    for (const OrderBy& column : by) append_key(row, column, key);
    benchmark::DoNotOptimize(std::hash<std::string_view>()(key));
  }
}
BENCHMARK(BM_GroupingKey);

}  // namespace
}  // namespace vif::eval
