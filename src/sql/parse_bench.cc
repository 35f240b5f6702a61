// What the front end costs a query, on the machine that runs it.
#include <benchmark/benchmark.h>

#include <string>

#include "sql/fingerprint.h"
#include "sql/normalize.h"
#include "sql/parser.h"
#include "sql/printer.h"

namespace vif::sql {
namespace {

constexpr std::string_view kPointSelect =
    "SELECT id, name, email, created_at, updated_at FROM customers WHERE customer_id = 123456789 "
    "AND status = 'active' LIMIT 1";

constexpr std::string_view kLongest =
    "select supp_nation, cust_nation, l_year, sum(volume) as revenue from (select n1.n_name as "
    "supp_nation, "
    "n2.n_name as cust_nation, extract(year from l_shipdate) as l_year, l_extendedprice * (1 - "
    "l_discount) as volume "
    "from supplier, lineitem, orders, customer, nation n1, nation n2 where s_suppkey = l_suppkey "
    "and o_orderkey = "
    "l_orderkey and c_custkey = o_custkey and s_nationkey = n1.n_nationkey and c_nationkey = "
    "n2.n_nationkey and "
    "((n1.n_name = 'FRANCE' and n2.n_name = 'GERMANY') or (n1.n_name = 'GERMANY' and n2.n_name = "
    "'FRANCE')) and "
    "l_shipdate between date('1995-01-01') and date('1996-12-31')) as shipping group by "
    "supp_nation, cust_nation, "
    "l_year order by supp_nation, cust_nation, l_year";

std::string large_insert() {
  std::string sql = "insert into t(a, b, c) values ";
  for (int i = 0; sql.size() < 1000000; ++i) {
    if (i != 0) sql += ", ";
    sql += "(" + std::to_string(i) + ", 'some text of a row', 12.5)";
  }
  return sql;
}

// The shapes that ProxySQL's ParserSQL publishes its times of, in its order: a simple SELECT, one
// with an order, a join, one with every clause, and a join of four tables.
constexpr std::string_view kSelects[] = {
    "SELECT abc FROM t WHERE id = 1",
    "SELECT id, city, phone, gender FROM people WHERE hidden = 0 ORDER BY city LIMIT 100",
    "SELECT c.id, i.amount FROM clients c JOIN invoice i ON c.id = i.payer_id WHERE i.progress = "
    "'unpaid'",
    "SELECT c.id, c.town, COUNT(i.id) AS invoice_num FROM clients c LEFT JOIN invoice i ON c.id = "
    "i.client_id WHERE "
    "c.status = 'active' AND c.changed_on > '2024-01-01' GROUP BY c.id, c.town HAVING COUNT(i.id) "
    "> 5 ORDER BY "
    "invoice_num DESC LIMIT 50 OFFSET 10",
    "SELECT w.id, x.town, y.value, z.price FROM t1 w JOIN t2 x ON w.id = x.w_id LEFT JOIN t3 y ON "
    "x.id = y.x_id "
    "JOIN t4 z ON y.id = z.y_id WHERE w.hidden = 1 AND z.price > 100 ORDER BY z.price DESC LIMIT "
    "20",
};

// A gate's way: a parse with memory of its own, which the statement's plan may keep.
void BM_ParseSelect(benchmark::State& state) {
  const std::string_view sql = kSelects[state.range(0)];
  for (auto _ : state) benchmark::DoNotOptimize(parse(sql));
}
BENCHMARK(BM_ParseSelect)->DenseRange(0, 4);

void BM_FingerprintPointSelect(benchmark::State& state) {
  Fingerprint print_of;
  for (auto _ : state) {
    fingerprint(kPointSelect, SqlMode{}, print_of);
    benchmark::DoNotOptimize(print_of.hash);
  }
}
BENCHMARK(BM_FingerprintPointSelect);

void BM_ParsePointSelect(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(parse(kPointSelect));
}
BENCHMARK(BM_ParsePointSelect);

void BM_ParseLongest(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(parse(kLongest));
}
BENCHMARK(BM_ParseLongest);

void BM_NormalizePointSelect(benchmark::State& state) {
  for (auto _ : state) {
    Result<Parsed> parsed = parse(kPointSelect);
    benchmark::DoNotOptimize(normalize(*parsed));
  }
}
BENCHMARK(BM_NormalizePointSelect);

void BM_PrintPointSelect(benchmark::State& state) {
  const Result<Parsed> parsed = parse(kPointSelect);
  std::string out;
  for (auto _ : state) {
    out.clear();
    print_to(out, parsed->statement);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(BM_PrintPointSelect);

void BM_FingerprintLargeInsert(benchmark::State& state) {
  const std::string sql = large_insert();
  Fingerprint print_of;
  for (auto _ : state) fingerprint(sql, SqlMode{}, print_of);
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * sql.size()));
}
BENCHMARK(BM_FingerprintLargeInsert);

void BM_ParseLargeInsert(benchmark::State& state) {
  const std::string sql = large_insert();
  for (auto _ : state) benchmark::DoNotOptimize(parse(sql));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * sql.size()));
}
BENCHMARK(BM_ParseLargeInsert);

}  // namespace
}  // namespace vif::sql
