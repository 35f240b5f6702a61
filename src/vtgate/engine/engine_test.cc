// Primitives over made-up shards: each answers a query with rows that the test gave it.
#include <gtest/gtest.h>

#include <map>

#include "rt/fiber.h"
#include "rt/sim.h"
#include "sharding/destination.h"
#include "sharding/vindex.h"
#include "vtgate/engine/aggregate.h"
#include "vtgate/engine/concatenate.h"
#include "vtgate/engine/description.h"
#include "vtgate/engine/distinct.h"
#include "vtgate/engine/dml.h"
#include "vtgate/engine/exec_context.h"
#include "vtgate/engine/gathered.h"
#include "vtgate/engine/insert.h"
#include "vtgate/engine/join.h"
#include "vtgate/engine/limit.h"
#include "vtgate/engine/memory_sort.h"
#include "vtgate/engine/packets.h"
#include "vtgate/engine/route.h"
#include "vtgate/engine/uncorrelated_subquery.h"

namespace vif::vtgate::engine {
namespace {

using types::Row;
using types::Type;
using types::Value;

types::Field field(std::string name, Type type) {
  types::Field f;
  f.name = std::move(name);
  f.type = type;
  f.charset = types::is_text(type) ? 255 : 63;
  f.flags = types::to_mysql(type).flags;
  return f;
}

Row ints(std::initializer_list<int64_t> values) {
  Row row;
  for (const int64_t v : values) row.push_back(Value::int64(v));
  return row;
}

// "-80" and "80-", or one shard "0".
class FakeContext : public ExecContext {
 public:
  struct Answer {
    Fields fields;
    Rows rows;
    mysql::ResultEnd end;
    std::optional<Error> error;
  };
  std::map<std::string, Answer> answers;  // "shard: sql", or "sql"
  std::vector<std::string> log;
  std::vector<sharding::ShardReference> two = {{"-80", {"", "\x80"}}, {"80-", {"\x80", ""}}};
  std::vector<sharding::ShardReference> one = {{"0", {}}};

  Result<std::span<const sharding::ShardReference>> shards(std::string_view keyspace) override {
    if (keyspace == "ks") return std::span<const sharding::ShardReference>(two);
    if (keyspace == "main") return std::span<const sharding::ShardReference>(one);
    return Error(Code::kNotFound, "VT05003: unknown database");
  }

  Status execute(const ShardBatch& batch, std::span<mysql::ResultSink* const> sinks) override {
    Status first;
    rt::TaskGroup group;
    for (size_t i = 0; i < batch.queries.size(); ++i) {
      log.push_back(batch.queries[i].shard + ": " + batch.queries[i].sql);
      group.spawn([this, &batch, &sinks, &first, i] {
        Status status = answer(batch.queries[i], *sinks[i]);
        if (!status.ok() && first.ok()) first = status;
      });
    }
    VIF_TRY(group.wait());
    return first;
  }
  void warn(int, std::string) override {}
  uint32_t collation() const override { return 255; }

 private:
  Status answer(const ShardQuery& query, mysql::ResultSink& sink) {
    auto it = answers.find(query.shard + ": " + query.sql);
    if (it == answers.end()) it = answers.find(query.sql);
    if (it == answers.end())
      return Error(Code::kInternal, "unexpected: " + query.shard + ": " + query.sql);
    const Answer& a = it->second;
    if (a.error) return *a.error;
    if (!a.fields.empty()) {
      std::string packets;
      encode_columns(a.fields, packets);
      VIF_TRY(sink.columns(static_cast<uint32_t>(a.fields.size()), packets));
    }
    for (const Row& row : a.rows) {
      rt::yield();  // shards take turns
      std::string packets;
      encode_rows(std::span(&row, 1), packets);
      VIF_TRY(sink.rows(packets));
    }
    return sink.end(a.end);
  }
};

Query text(std::string sql) { return Query(std::move(sql)); }

PrimitivePtr scatter(std::string sql, std::vector<OrderBy> order = {}, size_t columns = 0) {
  Route::Spec spec;
  spec.routing.opcode = Opcode::kScatter;
  spec.routing.keyspace = "ks";
  spec.routing.sharded = true;
  spec.query = text(sql);
  spec.field_query = text(std::move(sql));
  spec.order_by = std::move(order);
  spec.columns = columns;
  return std::make_unique<Route>(std::move(spec));
}

struct Outcome {
  Collected result;
  Status status;
};

Outcome run(const Primitive& plan, FakeContext& context,
            const types::BindVariables& variables = {}) {
  Outcome run;
  const Status ran = rt::sim::run({}, [&]() -> Status {
    const Bindings bindings(variables);
    // Through packets, as a client gets it.
    DecodingSink decoding(run.result);
    run.status = plan.execute_raw(context, bindings, decoding);
    return {};
  });
  EXPECT_TRUE(ran.ok()) << ran.error().to_string();
  return run;
}

std::string show(const Rows& rows) {
  std::string out;
  for (const Row& row : rows) {
    for (const Value& v : row) out += v.is_null() ? "NULL " : v.bytes + " ";
    out += "| ";
  }
  return out;
}

TEST(Route, ScatterGivesAllRowsOnce) {
  FakeContext context;
  const Fields f = {field("id", Type::kInt64)};
  context.answers["-80: q"] = {f, {ints({1}), ints({3})}, {}, {}};
  context.answers["80-: q"] = {f, {ints({2})}, {}, {}};
  const Outcome r = run(*scatter("q"), context);
  ASSERT_TRUE(r.status.ok()) << r.status.error().to_string();
  EXPECT_EQ(r.result.all_fields.size(), 1u);
  EXPECT_EQ(r.result.all_rows.size(), 3u);
}

TEST(Route, OneShardFailingFailsTheQuery) {
  FakeContext context;
  const Fields f = {field("id", Type::kInt64)};
  context.answers["-80: q"] = {f, {ints({1})}, {}, {}};
  context.answers["80-: q"] = {{}, {}, {}, Error(Code::kUnavailable, "gone")};
  for (const auto& order : {std::vector<OrderBy>{}, std::vector<OrderBy>{{0, -1, false}}}) {
    const Outcome r = run(*scatter("q", order), context);
    ASSERT_FALSE(r.status.ok());
    EXPECT_EQ(r.status.error().message(), "gone");
  }
}

TEST(Route, MergesSortedShards) {
  FakeContext context;
  const Fields f = {field("n", Type::kInt64)};
  context.answers["-80: q"] = {f, {{Value::null()}, ints({2}), ints({10})}, {}, {}};
  context.answers["80-: q"] = {f, {ints({-3}), ints({2}), ints({9})}, {}, {}};
  const Outcome r = run(*scatter("q", {{0, -1, false}}), context);
  ASSERT_TRUE(r.status.ok()) << r.status.error().to_string();
  EXPECT_EQ(show(r.result.all_rows), "NULL | -3 | 2 | 2 | 9 | 10 | ");
}

TEST(Route, MergesTextByWeightAndLeavesTheWeightOff) {
  FakeContext context;
  const Fields f = {field("s", Type::kVarchar), field("w", Type::kVarbinary)};
  auto row = [](std::string s, std::string w) {
    return Row{Value::varchar(std::move(s)), Value::varbinary(std::move(w))};
  };
  context.answers["-80: q"] = {f, {row("a", "A"), row("c", "C")}, {}, {}};
  context.answers["80-: q"] = {f, {row("B", "B")}, {}, {}};
  const Outcome r = run(*scatter("q", {{0, 1, false}}, 1), context);
  ASSERT_TRUE(r.status.ok()) << r.status.error().to_string();
  EXPECT_EQ(show(r.result.all_rows), "a | B | c | ");
  EXPECT_EQ(r.result.all_fields.size(), 1u);
}

TEST(Route, RefusesToMergeWhatItCannotCompare) {
  FakeContext context;
  const Fields f = {field("e", Type::kEnum)};
  context.answers["q"] = {f, {}, {}, {}};
  const Outcome r = run(*scatter("q", {{0, -1, false}}), context);
  ASSERT_FALSE(r.status.ok());
  EXPECT_TRUE(r.status.error().message().starts_with("VT12001")) << r.status.error().message();
}

Routing by_hash(Opcode opcode, ValueExpr value) {
  Routing routing;
  routing.opcode = opcode;
  routing.keyspace = "ks";
  routing.sharded = true;
  routing.vindex = *sharding::create_vindex("hash", "hash", {});
  routing.values = {std::move(value)};
  return routing;
}

ValueExpr bound(std::string name, bool list = false) {
  ValueExpr value;
  value.kind = list ? ValueExpr::Kind::kBindList : ValueExpr::Kind::kBind;
  value.name = std::move(name);
  return value;
}

TEST(Route, EqualGoesToOneShardAndNoValueToAny) {
  FakeContext context;
  const Fields f = {field("id", Type::kInt64)};
  context.answers["q"] = {f, {}, {}, {}};
  Route::Spec spec;
  spec.routing = by_hash(Opcode::kEqualUnique, bound("v"));
  spec.query = text("q");
  const Route route(std::move(spec));
  // hash(1) = 166b40b44aba4bd6, hash(4) = d2fd8867d50d2dfe.
  run(route, context, {{"v", Value::int64(1)}});
  run(route, context, {{"v", Value::int64(4)}});
  const Outcome none = run(route, context, {{"v", Value::null()}});
  EXPECT_EQ(context.log, (std::vector<std::string>{"-80: q", "80-: q", "-80: q"}));
  EXPECT_EQ(none.result.all_fields.size(), 1u) << "the columns are known though no shard has a row";
}

// where id = -:v, as the normaliser leaves where id = -4.
TEST(Route, ASignStandsBeforeAVariable) {
  FakeContext context;
  Route::Spec spec;
  ValueExpr value = bound("v");
  value.negative = true;
  spec.routing = by_hash(Opcode::kEqualUnique, value);
  spec.query = text("q");
  const Route route(std::move(spec));
  run(route, context, {{"v", Value::int64(-4)}});
  run(route, context, {{"v", Value::int64(-1)}});
  EXPECT_EQ(context.log, (std::vector<std::string>{"80-: q", "-80: q"}));
}

TEST(Route, ListIsCutByShard) {
  FakeContext context;
  Route::Spec spec;
  spec.routing = by_hash(Opcode::kIn, bound("l", true));
  spec.routing.splits_list = true;
  spec.query.head = "in ";
  spec.query.parts.push_back({{"__vals", true}, ""});
  context.answers["in (1, 2)"] = {{field("id", Type::kInt64)}, {ints({1})}, {}, {}};
  context.answers["in (4)"] = {{field("id", Type::kInt64)}, {ints({4})}, {}, {}};
  const Route route(std::move(spec));
  const Outcome r =
      run(route, context,
          {{"l", types::BindVariable::tuple({Value::int64(1), Value::int64(4), Value::int64(2)})}});
  ASSERT_TRUE(r.status.ok()) << r.status.error().to_string();
  EXPECT_EQ(context.log, (std::vector<std::string>{"-80: in (1, 2)", "80-: in (4)"}));
}

TEST(Limit, CutsAcrossShards) {
  FakeContext context;
  Route::Spec spec;
  spec.routing.opcode = Opcode::kScatter;
  spec.routing.keyspace = "ks";
  spec.query.head = "q limit ";
  spec.query.parts.push_back({{"__upper_limit", false}, ""});
  spec.order_by = {{0, -1, false}};
  const Fields f = {field("n", Type::kInt64)};
  context.answers["-80: q limit 5"] = {f, {ints({1}), ints({3}), ints({5})}, {}, {}};
  context.answers["80-: q limit 5"] = {f, {ints({2}), ints({4}), ints({6})}, {}, {}};
  ValueExpr offset;
  offset.constant = Value::int64(2);
  const Limit limit(std::make_unique<Route>(std::move(spec)), bound("n"), offset);
  const Outcome r = run(limit, context, {{"n", Value::int64(3)}});
  ASSERT_TRUE(r.status.ok()) << r.status.error().to_string();
  EXPECT_EQ(show(r.result.all_rows), "3 | 4 | 5 | ");
}

PrimitivePtr right_by(const std::string& variable) {
  Route::Spec spec;
  spec.routing.opcode = Opcode::kScatter;
  spec.routing.keyspace = "ks";
  spec.query.head = "r ";
  spec.query.parts.push_back({{variable, false}, ""});
  spec.field_query = text("r none");
  return std::make_unique<Route>(std::move(spec));
}

TEST(Join, InnerAndLeft) {
  for (const bool outer : {false, true}) {
    FakeContext context;
    const Fields f = {field("a", Type::kInt64), field("b", Type::kInt64)};
    context.answers["-80: l"] = {f, {ints({1, 10}), ints({2, 20})}, {}, {}};
    context.answers["80-: l"] = {f, {}, {}, {}};
    const Fields g = {field("c", Type::kInt64)};
    context.answers["-80: r 1"] = {g, {ints({7}), ints({8})}, {}, {}};
    context.answers["80-: r 1"] = {g, {}, {}, {}};
    context.answers["r 2"] = {g, {}, {}, {}};
    Join::Spec spec;
    spec.left_outer = outer;
    spec.left = scatter("l");
    spec.right = right_by("x");
    spec.columns = {{false, 0}, {true, 1}};
    spec.variables = {{"x", 0}};
    const Outcome r = run(Join(std::move(spec)), context);
    ASSERT_TRUE(r.status.ok()) << r.status.error().to_string();
    EXPECT_EQ(r.result.all_fields.size(), 2u);
    EXPECT_EQ(r.result.all_fields[0].name, "c");
    EXPECT_EQ(show(r.result.all_rows), outer ? "7 10 | 8 10 | NULL 20 | " : "7 10 | 8 10 | ");
  }
}

TEST(Join, EmptyLeftStillKnowsItsColumns) {
  FakeContext context;
  context.answers["l"] = {{field("a", Type::kInt64)}, {}, {}, {}};
  context.answers["r none"] = {{field("c", Type::kInt64)}, {}, {}, {}};
  Join::Spec spec;
  spec.left = scatter("l");
  spec.right = right_by("x");
  spec.columns = {{true, 0}, {false, 0}};
  spec.variables = {{"x", 0}};
  const Outcome r = run(Join(std::move(spec)), context);
  ASSERT_TRUE(r.status.ok()) << r.status.error().to_string();
  EXPECT_EQ(r.result.all_fields.size(), 2u);
}

TEST(Distinct, NumbersByValue) {
  FakeContext context;
  const Fields f = {field("d", Type::kDecimal)};
  auto d = [](std::string s) { return Row{Value{Type::kDecimal, std::move(s)}}; };
  context.answers["-80: q"] = {f, {d("1.0"), d("2"), {Value::null()}}, {}, {}};
  context.answers["80-: q"] = {f, {d("1.00"), d("-0"), d("0"), {Value::null()}}, {}, {}};
  const Outcome r = run(Distinct(scatter("q"), {{0, -1, false}}, 0), context);
  ASSERT_TRUE(r.status.ok()) << r.status.error().to_string();
  EXPECT_EQ(r.result.all_rows.size(), 4u) << show(r.result.all_rows);
}

TEST(Aggregate, AddsUpShards) {
  FakeContext context;
  const Fields f = {field("g", Type::kInt64), field("c", Type::kInt64), field("s", Type::kDecimal),
                    field("m", Type::kInt64)};
  auto row = [](int64_t g, int64_t c, std::string s, int64_t m) {
    return Row{Value::int64(g), Value::int64(c), Value{Type::kDecimal, std::move(s)},
               Value::int64(m)};
  };
  context.answers["-80: q"] = {
      f, {row(1, 2, "9999999999999999999.50", 4), row(2, 1, "1.00", 5)}, {}, {}};
  context.answers["80-: q"] = {f, {row(1, 1, "0.75", 3), row(3, 1, "-2.00", 1)}, {}, {}};
  using Op = Aggregate::Op;
  auto aggregate = [](Op op, size_t column, int count = -1) {
    Aggregate a;
    a.op = op;
    a.column = column;
    a.count_column = count;
    return a;
  };
  const OrderedAggregate plan(
      scatter("q", {{0, -1, false}}), {{0, -1, false}},
      {aggregate(Op::kAny, 0), aggregate(Op::kSumCount, 1), aggregate(Op::kSum, 2),
       aggregate(Op::kMin, 3), aggregate(Op::kMax, 3), aggregate(Op::kAvg, 2, 1)},
      false);
  const Outcome r = run(plan, context);
  ASSERT_TRUE(r.status.ok()) << r.status.error().to_string();
  EXPECT_EQ(show(r.result.all_rows),
            "1 3 10000000000000000000.25 3 4 3333333333333333333.4167 | 2 1 1.00 5 5 1.0000 | 3 1 "
            "-2.00 1 1 -2.0000 | ");
}

TEST(Aggregate, ScalarOverNothingIsOneRow) {
  FakeContext context;
  context.answers["q"] = {{field("n", Type::kInt64)}, {}, {}, {}};
  Aggregate count;
  count.op = Aggregate::Op::kCount;
  Aggregate sum;
  sum.op = Aggregate::Op::kSum;
  const Outcome r = run(OrderedAggregate(scatter("q"), {}, {count, sum}, true), context);
  ASSERT_TRUE(r.status.ok()) << r.status.error().to_string();
  EXPECT_EQ(show(r.result.all_rows), "0 NULL | ");
}

TEST(Aggregate, CountsDistinctOverSortedRows) {
  FakeContext context;
  const Fields f = {field("n", Type::kInt64)};
  context.answers["-80: q"] = {f, {{Value::null()}, ints({1}), ints({2})}, {}, {}};
  context.answers["80-: q"] = {f, {ints({1}), ints({3})}, {}, {}};
  Aggregate count;
  count.op = Aggregate::Op::kCountDistinct;
  Aggregate sum;
  sum.op = Aggregate::Op::kSumDistinct;
  const Outcome r =
      run(OrderedAggregate(scatter("q", {{0, -1, false}}), {}, {count, sum}, true), context);
  ASSERT_TRUE(r.status.ok()) << r.status.error().to_string();
  EXPECT_EQ(show(r.result.all_rows), "3 6 | ");
}

TEST(MemorySort, SortsAndTrims) {
  FakeContext context;
  const Fields f = {field("a", Type::kInt64), field("b", Type::kFloat64)};
  auto row = [](int64_t a, std::string b) {
    return Row{Value::int64(a), Value{Type::kFloat64, std::move(b)}};
  };
  context.answers["-80: q"] = {f, {row(1, "1e2"), row(2, "-5")}, {}, {}};
  context.answers["80-: q"] = {f, {row(3, "20.5")}, {}, {}};
  const Outcome r = run(MemorySort(scatter("q"), {{1, -1, true}}, 1), context);
  ASSERT_TRUE(r.status.ok()) << r.status.error().to_string();
  EXPECT_EQ(show(r.result.all_rows), "1 | 3 | 2 | ");
}

TEST(Concatenate, TakesACommonType) {
  FakeContext context;
  context.answers["a"] = {{field("x", Type::kInt32)}, {ints({1})}, {}, {}};
  context.answers["b"] = {{field("y", Type::kVarchar)}, {{Value::varchar("t")}}, {}, {}};
  std::vector<PrimitivePtr> sources;
  sources.push_back(scatter("a"));
  sources.push_back(scatter("b"));
  const Outcome r = run(Concatenate(std::move(sources)), context);
  ASSERT_TRUE(r.status.ok()) << r.status.error().to_string();
  EXPECT_EQ(r.result.all_fields[0].name, "x");
  EXPECT_EQ(r.result.all_fields[0].type, Type::kVarchar);
  EXPECT_EQ(show(r.result.all_rows), "1 | 1 | t | t | ");
}

TEST(Dml, SumsWhatShardsChanged) {
  FakeContext context;
  mysql::ResultEnd end;
  end.affected_rows = 2;
  end.info = "Rows matched: 3  Changed: 2  Warnings: 0";
  context.answers["u"] = {{}, {}, end, {}};
  Dml::Spec spec;
  spec.routing.opcode = Opcode::kScatter;
  spec.routing.keyspace = "ks";
  spec.query = text("u");
  const Outcome r = run(Dml(std::move(spec)), context);
  ASSERT_TRUE(r.status.ok()) << r.status.error().to_string();
  EXPECT_EQ(r.result.result_end.affected_rows, 4u);
  EXPECT_EQ(r.result.result_end.info, "Rows matched: 6  Changed: 4  Warnings: 0");
}

TEST(Insert, RowsGoToTheirShardsWithGeneratedValues) {
  FakeContext context;
  context.answers["select next 2 values from seq"] = {
      {field("nextval", Type::kInt64)}, {ints({4})}, {}, {}};
  mysql::ResultEnd end;
  end.affected_rows = 1;
  context.answers["insert (4), (5) x"] = {{}, {}, end, {}};
  context.answers["insert (1) x"] = {{}, {}, end, {}};
  context.answers["insert (4) x"] = {{}, {}, end, {}};
  context.answers["insert (1), (5) x"] = {{}, {}, end, {}};
  Insert::Spec spec;
  spec.keyspace = "ks";
  spec.sharded = true;
  spec.prefix = text("insert ");
  spec.suffix = text(" x");
  Insert::ColumnVindex vindex;
  vindex.vindex = *sharding::create_vindex("hash", "hash", {});
  vindex.columns = {"id"};
  Insert::Generate generate;
  generate.keyspace = "main";
  generate.query.head = "select next ";
  generate.query.parts.push_back({{"n", false}, " values from seq"});
  for (int i = 0; i < 3; ++i) {
    Query row;
    row.head = "(";
    row.parts.push_back({{fmt::format("__seq{}", i), false}, ")"});
    spec.rows.push_back(row);
    vindex.rows.push_back({bound(fmt::format("__seq{}", i))});
    ValueExpr value;
    if (i == 1) value.constant = Value::int64(1);
    generate.rows.push_back(value);
  }
  spec.vindexes.push_back(std::move(vindex));
  spec.generate = std::move(generate);
  const Outcome r = run(Insert(std::move(spec)), context);
  ASSERT_TRUE(r.status.ok()) << r.status.error().to_string();
  EXPECT_EQ(context.log[0], "0: select next 2 values from seq");
  EXPECT_EQ(context.log.size(), 3u);
  EXPECT_EQ(r.result.result_end.affected_rows, 2u);
  EXPECT_EQ(r.result.result_end.last_insert_id, 4u);
}

TEST(UncorrelatedSubquery, BindsItsResult) {
  FakeContext context;
  context.answers["-80: s"] = {{field("n", Type::kInt64)}, {ints({5})}, {}, {}};
  context.answers["80-: s"] = {{field("n", Type::kInt64)}, {}, {}, {}};
  context.answers["r 5"] = {{field("c", Type::kInt64)}, {ints({1})}, {}, {}};
  UncorrelatedSubquery::Spec spec;
  spec.result = "__sq1";
  spec.subquery = scatter("s");
  spec.outer = right_by("__sq1");
  const UncorrelatedSubquery plan(std::move(spec));
  const Outcome good = run(plan, context);
  ASSERT_TRUE(good.status.ok()) << good.status.error().to_string();
  EXPECT_EQ(good.result.all_rows.size(), 2u);
  context.answers["80-: s"].rows = {ints({6})};
  const Outcome bad = run(plan, context);
  ASSERT_FALSE(bad.status.ok());
  EXPECT_EQ(bad.status.error().mysql_errno(), 1242);
}

TEST(Gathered, RowsTravelAsJson) {
  FakeContext context;
  const Fields fields = {field("n", Type::kInt64), field("s", Type::kVarchar),
                         field("b", Type::kBlob), field("d", Type::kDate)};
  context.answers["-80: s"] = {fields,
                               {{Value::int64(1),
                                 Value::varchar("a\"b"),
                                 {Type::kBlob, "\xff"},
                                 {Type::kDate, "2024-01-02"}}},
                               {},
                               {}};
  context.answers["80-: s"] = {fields, {}, {}, {}};
  const std::string json = R"([["1","a\\"b","/w==","2024-01-02"]])";
  context.answers["r '" + json + "'"] = {{field("c", Type::kInt64)}, {ints({7})}, {}, {}};
  Gathered::Spec spec;
  using Form = Gathered::Form;
  spec.inputs.push_back(
      {scatter("s"), "__g", {Form::kText, Form::kText, Form::kBytes, Form::kDate}});
  spec.query = right_by("__g");
  const Gathered plan(std::move(spec));
  const Outcome good = run(plan, context);
  ASSERT_TRUE(good.status.ok()) << good.status.error().to_string();
  EXPECT_EQ(show(good.result.all_rows), show({ints({7}), ints({7})}));
  context.answers["80-: s"].rows = {
      {Value::null(), Value::null(), Value::null(), {Type::kDate, "2024-00-02"}}};
  EXPECT_FALSE(run(plan, context).status.ok());
  context.answers["80-: s"].rows = {{Value::null(),
                                     Value::varchar(std::string(Gathered::kBytesMax, 'x')),
                                     Value::null(), Value::null()}};
  EXPECT_EQ(run(plan, context).status.error().mysql_errno(), 1153);
}

TEST(Packets, RoundTrip) {
  const Fields fields = {field("a", Type::kInt64), field("b", Type::kVarchar),
                         field("c", Type::kBlob)};
  std::string columns;
  encode_columns(fields, columns);
  const Fields back = *decode_columns(3, columns);
  ASSERT_EQ(back.size(), 3u);
  EXPECT_EQ(back[0].type, Type::kInt64);
  EXPECT_EQ(back[1].type, Type::kVarchar);
  const Rows rows = {{Value::int64(1), Value::varchar(std::string(300, 'x')), Value::null()}};
  std::string packets;
  encode_rows(rows, packets);
  Rows decoded;
  ASSERT_TRUE(decode_rows(back, packets, decoded).ok());
  EXPECT_EQ(show(decoded), show(rows));
  EXPECT_FALSE(decode_rows(back, std::string_view(packets).substr(0, 20), decoded).ok());
}

}  // namespace
}  // namespace vif::vtgate::engine
