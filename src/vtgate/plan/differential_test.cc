// Random queries over a real server: planned over two shards and asked whole, the rows must be
// equal. A query may be refused (VT12001); it may not be answered otherwise than one server does.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "mysql/client_conn.h"
#include "rt/fiber.h"
#include "sharding/vschema.h"
#include "sql/parser.h"
#include "testing/random_query.h"
#include "testing/real_server.h"
#include "vtgate/engine/description.h"
#include "vtgate/engine/exec_context.h"
#include "vtgate/engine/packets.h"
#include "vtgate/plan/gathered.h"
#include "vtgate/plan/planner.h"

namespace vif::vtgate::plan {
namespace {

using mysql::ClientConnection;

constexpr std::string_view kVSchema = R"({"keyspaces": {
  "ks": {"sharded": true, "vindexes": {"hash": {"type": "hash"}},
    "tables": {
      "a": {"column_vindexes": [{"column": "id", "name": "hash"}],
            "columns": [{"name": "id", "type": "INT64"}, {"name": "n", "type": "INT64"}, {"name": "d", "type": "DECIMAL", "size": 10, "scale": 2},
                        {"name": "s", "type": "VARCHAR", "size": 20, "collation_name": "utf8mb4_general_ci"}, {"name": "t", "type": "DATETIME"},
                        {"name": "k", "type": "VARCHAR", "size": 20, "collation_name": "utf8mb4_bin"}, {"name": "e", "type": "ENUM"}],
            "column_list_authoritative": true},
      "b": {"column_vindexes": [{"column": "aid", "name": "hash"}],
            "columns": [{"name": "bid", "type": "INT64"}, {"name": "aid", "type": "INT64"}, {"name": "m", "type": "INT64"},
                        {"name": "f", "type": "FLOAT64"}, {"name": "w", "type": "VARCHAR", "collation_name": "utf8mb4_general_ci"}, {"name": "dd", "type": "DATE"}],
            "column_list_authoritative": true},
      "r": {"type": "reference", "columns": [{"name": "rid", "type": "INT64"}, {"name": "label", "type": "VARCHAR", "collation_name": "utf8mb4_general_ci"}],
            "column_list_authoritative": true}}},
  "main": {"tables": {"u": {"columns": [{"name": "uid", "type": "INT64"}, {"name": "v", "type": "INT64"}],
                            "column_list_authoritative": true}}}}})";

constexpr const char* kTables[] = {
    "create table a (id bigint primary key, n int, d decimal(10,2), s varchar(20) collate "
    "utf8mb4_general_ci, t datetime, "
    "k varchar(20) collate utf8mb4_bin, e enum('red', 'green', 'blue'))",
    "create table b (bid bigint primary key, aid bigint, m int, f double, w varchar(20) collate "
    "utf8mb4_general_ci, dd date)",
    "create table r (rid bigint primary key, label varchar(20) collate utf8mb4_general_ci)",
    "create table u (uid bigint primary key, v int)",
};

rt::Deadline soon() { return rt::Deadline::in(std::chrono::seconds(60)); }

// Databases "d_whole", "d_-80", "d_80-", "d_main" of one server.
class Shards : public engine::ExecContext {
 public:
  std::map<std::string, std::unique_ptr<ClientConnection>> connections;
  mysql::ClientOptions options;

  // A plan that stops in the middle of a result costs its connection.
  Status renew() {
    for (auto& [name, connection] : connections) {
      if (connection->usable()) continue;
      connection = VIF_TRY(ClientConnection::connect(options, soon()));
      VIF_TRY(connection->init_db("plan_" + name, soon()));
    }
    return {};
  }
  std::vector<sharding::ShardReference> two = {{"-80", {"", "\x80"}}, {"80-", {"\x80", ""}}};
  std::vector<sharding::ShardReference> one = {{"main", {}}};

  Result<std::span<const sharding::ShardReference>> shards(std::string_view keyspace) override {
    return std::span<const sharding::ShardReference>(keyspace == "ks" ? two : one);
  }
  Status execute(const engine::ShardBatch& batch,
                 std::span<mysql::ResultSink* const> sinks) override {
    // What ran before in the same plan may have stopped in the middle.
    VIF_TRY(renew());
    Status first;
    rt::TaskGroup group;
    for (size_t i = 0; i < batch.queries.size(); ++i) {
      group.spawn([&, i] {
        const Status status =
            connections.at(batch.queries[i].shard)->query(batch.queries[i].sql, *sinks[i], soon());
        if (!status.ok() && first.ok()) first = status.error().with_prefix(batch.queries[i].sql);
      });
    }
    VIF_TRY(group.wait());
    return first;
  }
  void warn(int, std::string) override {}
  Result<engine::Collected> query(std::string_view sql, const types::BindVariables&,
                                  bool) override {
    engine::Collected collected;
    engine::DecodingSink decoding(collected);
    VIF_TRY(connections.at("main")->query(sql, decoding, soon()));
    return collected;
  }
  uint32_t collation() const override { return 45; }
};

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::string query() {
    switch (pick(8)) {
      case 0: return joined();
      case 1: return grouped();
      case 2: return scalar();
      case 3: return nested();
      case 4: return set_operation();
      case 5: return joined_groups();
      default: return plain();
    }
  }

 private:
  size_t pick(size_t n) { return random_() % n; }
  std::string of(std::vector<std::string> list) { return list[pick(list.size())]; }

  std::string where_a(const std::string& p = "") {
    return of({"", "", " where " + p + "id = " + std::to_string(pick(30)),
               " where " + p + "id in (1, 2, 7, 11)", " where " + p + "n > 2",
               " where " + p + "s = 'b'", " where " + p + "s is null", " where " + p + "id in (3)",
               " where " + p + "n = 3 and " + p + "id in (1, 4, 5)",
               " where " + p + "id = 4 or " + p + "id = 9", " where " + p + "id = null",
               " where " + p + "d between 1 and 30", " where " + p + "id = 100"});
  }
  std::string limit() {
    return of({"", "", " limit 3", " limit 2, 4", " limit 0", " limit 5 offset 1"});
  }

  std::string plain() {
    const std::string items = of({"id, n, s", "*", "id, s", "n, id, d", "id, upper(s)", "t, id",
                                  "id, n + 1", "id as x, s as y"});
    const std::string order =
        of({" order by id", " order by n desc, id", " order by s, id", " order by d, id desc",
            " order by t desc, id", " order by upper(s), id", " order by n is null, id",
            " order by 1, id"});
    const std::string distinct = pick(6) == 0 ? "distinct " : "";
    if (!distinct.empty())
      return "select distinct " + of({"n", "s", "n, s", "d", "id, n", "lower(s)"}) + " from a" +
             where_a();
    if (pick(3) == 0) return "select " + items + " from a" + where_a();
    return "select " + items + " from a" + where_a() + order + limit();
  }
  std::string grouped() {
    const std::string group = of({"n", "s", "n, s", "d", "id", "n + 1", "lower(s)"});
    const std::string aggregates =
        of({"count(*)", "sum(d), count(n)", "min(s), max(s)", "avg(n), sum(n)", "min(t), max(d)",
            "count(distinct d)", "count(distinct s)", "sum(distinct n), count(*)",
            "count(distinct id)"});
    const std::string having = of({"", "", "", " having count(*) > 1"});
    const std::string order = of({"", " order by " + group, " order by " + group + " desc"});
    if (group.find(',') != std::string::npos)
      return "select " + group + ", " + aggregates + " from a" + where_a() + " group by " + group +
             having;
    return "select " + group + ", " + aggregates + " from a" + where_a() + " group by " + group +
           having + order + (order.empty() ? "" : limit());
  }
  std::string scalar() {
    return "select " +
           of({"count(*)", "sum(n), avg(d)", "min(s)", "max(t), count(s)", "count(distinct n)",
               "sum(id), min(id), max(id)", "avg(n)", "count(distinct s), count(*)",
               "sum(d) / count(*)", "max(n) + 1"}) +
           " from a" + where_a();
  }
  std::string joined() {
    const std::string items =
        of({"a.id, b.bid", "a.s, b.w, b.bid", "b.m, a.n, b.bid", "a.id, b.bid, a.n + b.m", "*"});
    const std::string join =
        of({" join b on a.id = b.aid", " left join b on a.id = b.aid", " join b on a.n = b.m",
            " left join b on a.n = b.m", " join b on b.aid = a.n",
            " left join b on a.id = b.aid and b.m > 2", ", b where a.id = b.aid",
            " join b on a.s = b.w", " left join b on a.s = b.w and a.n = 3",
            " right join b on a.id = b.aid", " right join b on a.n = b.m"});
    if (join[0] == ',') return "select " + items + " from a" + join;
    return "select " + items + " from a" + join +
           of({where_a("a."), " where b.m = 2", " where b.bid is null"}) +
           of({"", " order by a.id, b.bid", " order by b.w, b.bid, a.id" + limit(),
               " order by a.s desc, a.id, b.bid" + limit()});
  }
  std::string joined_groups() {
    return of(
        {"select a.n, count(*) from a join b on a.id = b.aid group by a.n",
         "select b.aid, count(*) from a left join b on a.id = b.aid group by b.aid",
         "select b.aid, count(*) from a left join b on a.id = b.aid and b.m > 3 group by b.aid "
         "order by b.aid",
         "select distinct b.aid from a left join b on a.id = b.aid",
         "select a.s, sum(b.m), avg(b.f) from a join b on a.n = b.m group by a.s",
         "select count(*) from a join b on a.n = b.m",
         "select count(b.bid), max(a.s) from a left join b on a.n = b.m",
         "select r.label, count(*) from a join r on r.rid = a.n group by r.label order by r.label",
         "select r.label, a.id from r left join a on a.n = r.rid",
         "select a.id, r.label from a left join r on a.n = r.rid order by a.id",
         "select u.v, a.id from main.u u join a on a.id = u.uid order by a.id",
         "select u.v, count(*) from main.u u left join a on a.n = u.v group by u.v",
         "select a.id, b.bid, u.v from a join b on a.id = b.aid join main.u u on u.uid = b.m order "
         "by a.id, b.bid",
         "select x.id, y.id from a x join a y on x.n = y.n where x.id < y.id order by x.id, y.id",
         "select count(distinct b.m) from a join b on a.n = b.m",
         "select a.s, count(distinct b.w) from a join b on a.n = b.m group by a.s",
         "select count(*) from a, r", "select count(*) from r",
         "select a.id, b.bid, r.label from a join b on b.aid = a.id left join r on r.rid = b.m "
         "order by b.bid"});
  }
  std::string nested() {
    return of({"select id from a where id in (select aid from b where m = 3)",
               "select id from a where n in (select m from b)",
               "select id from a where n not in (select m from b where m is not null)",
               "select id from a where exists (select 1 from b where b.aid = a.id)",
               "select id from a where not exists (select 1 from b where b.aid = a.id)",
               "select id, (select count(*) from b where b.aid = a.id) from a order by id",
               "select id from a where n = (select max(m) from b)",
               "select x.n, count(*) from (select n from a where id < 20) x group by x.n",
               "select count(*) from (select id from a order by id limit 5) x",
               "select x.s from (select s, n from a) x where x.n = 2",
               "select id from a where exists (select 1 from b where m = 77)",
               "select max(c) from (select n, count(*) c from a group by n) x",
               "select x.id, b.bid from (select id from a where id in (1,2,3)) x join b on b.aid = "
               "x.id order by b.bid",
               "select id from a where n > (select avg(m) from b)",
               "with c as (select id, n from a) select n, count(*) from c group by n",
               "select id from a where (id, n) in ((1, 1), (4, 2), (7, 7))",
               "select s from a where s in (select w from b) order by id",
               "select x.m from (select distinct n as m from a) x order by x.m",
               "select a.id from a where a.id in (select b.aid from b group by b.aid having "
               "count(*) > 1)",
               "select id from a where n in (select v from main.u) order by id",
               "select count(*) from a where id in (select uid from main.u)"});
  }
  std::string set_operation() {
    const std::string all = of({" union ", " union all "});
    return of({"select n from a" + all + "select m from b",
               "select id from a where id = 1" + all + "select id from a where id = 2",
               "select s from a" + all + "select w from b",
               "select id, s from a where n = 2" + all + "select bid, w from b where m = 2",
               "select n from a" + all + "select m from b order by n limit 4",
               "select n from a" + all + "select 3",
               "select s from a" + all + "select w from b order by s",
               "select n, d from a" + all + "select m, f from b",
               "select s from a" + all + "select label from r"});
  }

  std::mt19937 random_;
};

struct Outcome {
  int compared = 0;
  int refused = 0;
  std::vector<std::string> wrong;
};

using Rows = engine::Rows;

std::string text_of(const types::Value& value) {
  if (value.is_null()) return "NULL";
  // Sums of doubles differ in their last digits by the order of adding.
  if (types::is_float(value.type))
    return fmt::format("{:.9g}", std::strtod(value.bytes.c_str(), nullptr));
  return value.bytes;
}

std::string shown(const Rows& rows, bool ordered) {
  std::vector<std::string> lines;
  for (const types::Row& row : rows) {
    std::string line;
    for (const types::Value& value : row) line += text_of(value) + "|";
    // Which of 'a' and 'A' stands for a group is the server's choice.
    for (const char* accented : {"\xc3\xa9", "\xc3\x89"}) {
      for (size_t at; (at = line.find(accented)) != std::string::npos;) line.replace(at, 2, "e");
    }
    for (size_t at; (at = line.find(" |")) != std::string::npos;) line.erase(at, 1);
    lines.push_back(sql::lowered(line));
  }
  if (!ordered) std::sort(lines.begin(), lines.end());
  return fmt::format("{}", fmt::join(lines, "\n"));
}

class Differential {
 public:
  explicit Differential(Flavor flavor) : flavor_(flavor) {}

  Status prepare(const mysql::ClientOptions& options) {
    shards_.options = options;
    for (const char* name : {"whole", "-80", "80-", "main"}) {
      auto connection = VIF_TRY(ClientConnection::connect(options, soon()));
      const std::string database = fmt::format("`plan_{}`", name);
      VIF_TRY(connection->execute("drop database if exists " + database, soon()));
      VIF_TRY(
          connection->execute("create database " + database + " character set utf8mb4", soon()));
      VIF_TRY(connection->execute("use " + database, soon()));
      for (const char* table : kTables) VIF_TRY(connection->execute(table, soon()));
      shards_.connections[name] = std::move(connection);
    }
    const auto spec = VIF_TRY(sharding::parse_srv_vschema_json(kVSchema));
    vschema_ = sharding::build_vschema(spec);
    return fill();
  }

  Result<engine::Collected> planned(const std::string& sql) {
    const sql::Parsed parsed = VIF_TRY(sql::parse(sql));
    PlanContext context;
    context.vschema = vschema_.get();
    context.keyspace = "ks";
    context.flavor = flavor_;
    const auto plan = VIF_TRY(build_gathering(parsed, context));
    text_ = engine::to_text(plan->root->describe());
    const types::BindVariables none;
    const engine::Bindings bindings(none);
    engine::Collected collected;
    engine::DecodingSink decoding(collected);
    VIF_TRY(plan->root->execute_raw(shards_, bindings, decoding));
    return collected;
  }

  void compare(const std::string& sql, Outcome& outcome) {
    const bool ordered = sql.find("order by") != std::string::npos &&
                         sql.find(") x") == std::string::npos &&
                         sql.find("union") == std::string::npos;
    compare(sql, ordered, outcome);
  }

  void compare(const std::string& sql, bool ordered, Outcome& outcome) {
    std::string plain = sql;
    for (size_t at; (at = plain.find("main.")) != std::string::npos;) plain.erase(at, 5);
    if (!shards_.renew().ok()) return;
    auto want = shards_.connections["whole"]->execute(plain, soon());
    auto got = planned(sql);
    if (!got.ok() && got.error().message().find("VT12001") != std::string::npos) {
      ++outcome.refused;
      if (std::getenv("DIFFERENTIAL_VERBOSE"))
        fmt::print("refused: {}\n  {}\n", sql, got.error().message());
      return;
    }
    ++outcome.compared;
    if (!want.ok() && !got.ok()) return;
    if (!want.ok() || !got.ok()) {
      outcome.wrong.push_back(fmt::format("{}\n  server: {}\n  plan: {}\n{}", sql,
                                          want.ok() ? "ok" : want.error().message(),
                                          got.ok() ? "ok" : got.error().to_string(), text_));
      return;
    }
    const std::string left = shown(want->rows, ordered);
    const std::string right = shown(got->all_rows, ordered);
    if (left != right || want->fields.size() != got->all_fields.size()) {
      outcome.wrong.push_back(
          fmt::format("{}\nserver:\n{}\nplan:\n{}\n{}", sql, left, right, text_));
    }
  }

 private:
  Status fill() {
    std::mt19937 random(7);
    const char* const words[] = {"'a'",  "'A'",  "'b'",        "'B '", "'c'",
                                 "null", "'zz'", "'\xc3\xa9'", "'e'"};
    auto number = [&](int n) {
      return random() % 8 == 0 ? std::string("null")
                               : std::to_string(random() % static_cast<unsigned>(n));
    };
    for (int i = 1; i <= 30; ++i) {
      const char* const colours[] = {"'red'", "'green'", "'blue'", "null"};
      VIF_TRY(
          both(fmt::format("insert into a(id, n, d, s, t, k, e) values ({}, {}, {}.{}, {}, "
                           "'2024-01-{:02} 10:00:00', {}, {})",
                           i, number(6), random() % 40, random() % 100, words[random() % 9],
                           1 + random() % 20, words[random() % 9], colours[random() % 4])));
    }
    for (int i = 1; i <= 45; ++i) {
      VIF_TRY(both(fmt::format(
          "insert into b(bid, aid, m, f, w, dd) values ({}, {}, {}, {}.5, {}, '2024-01-{:02}')", i,
          1 + random() % 34, number(7), random() % 50, words[random() % 9], 1 + random() % 20)));
    }
    for (int i = 1; i <= 6; ++i) {
      const std::string insert = fmt::format("insert into r values ({}, 'r{}')", i, i % 3);
      for (const char* name : {"whole", "-80", "80-"})
        VIF_TRY(shards_.connections[name]->execute(insert, soon()));
      VIF_TRY(both(fmt::format("insert into main.u(uid, v) values ({}, {})", i * 2, i),
                   fmt::format("insert into u values ({}, {})", i * 2, i)));
    }
    return {};
  }
  // Through the planner, and to the server that has everything.
  Status both(const std::string& sql, const std::string& plain = "") {
    VIF_TRY(planned(sql));
    VIF_TRY(shards_.connections["whole"]->execute(plain.empty() ? sql : plain, soon()));
    return {};
  }

  Flavor flavor_;
  Shards shards_;
  std::shared_ptr<const sharding::VSchema> vschema_;
  std::string text_;
};

class DifferentialTest : public ::testing::TestWithParam<::vif::testing::ServerKind> {};

TEST_P(DifferentialTest, RandomQueries) {
  std::string why;
  auto* server = ::vif::testing::RealServer::shared(GetParam(), why);
  if (!server) GTEST_SKIP() << "NO SERVER TO COMPARE WITH: " << why;
  Outcome outcome;
  const char* seed = std::getenv("VIF_SEED");
  const char* rounds = std::getenv("DIFFERENTIAL_ROUNDS");
  rt::Options one_core;
  one_core.offload_threads = 1;
  const Status ran = rt::run(one_core, [&]() -> Status {
    Differential differential(GetParam() == ::vif::testing::ServerKind::kMariaDb ? Flavor::kMariaDb
                                                                                 : Flavor::kMySql);
    VIF_TRY(differential.prepare(server->unix_options()));
    Generator generator(seed ? static_cast<unsigned>(std::atoi(seed)) : 1);
    std::set<std::string> seen;
    const int count = rounds ? std::atoi(rounds) : 400;
    for (int i = 0; i < count; ++i) {
      const std::string sql = generator.query();
      if (seen.insert(sql).second) differential.compare(sql, outcome);
    }
    ::vif::testing::RandomQueries queries(seed ? static_cast<unsigned>(std::atoi(seed)) : 1);
    for (int i = 0; i < count; ++i) {
      const ::vif::testing::RandomQuery query = queries.next();
      if (seen.insert(query.sql).second) differential.compare(query.sql, query.ordered, outcome);
    }
    return {};
  });
  ASSERT_TRUE(ran.ok()) << ran.error().to_string();
  fmt::print("{} queries compared, {} refused\n", outcome.compared, outcome.refused);
  EXPECT_GT(outcome.compared, outcome.refused);
  for (const std::string& wrong : outcome.wrong) ADD_FAILURE() << wrong;
}

INSTANTIATE_TEST_SUITE_P(Servers, DifferentialTest,
                         ::testing::Values(::vif::testing::ServerKind::kMariaDb,
                                           ::vif::testing::ServerKind::kMysql),
                         [](const auto& kind) {
                           return kind.param == ::vif::testing::ServerKind::kMysql ? "Mysql"
                                                                                   : "MariaDb";
                         });

}  // namespace
}  // namespace vif::vtgate::plan
