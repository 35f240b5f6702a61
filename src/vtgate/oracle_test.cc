// The same statements on one plain server and through a gate over 1, 2 and 4 shards: what a client
// sees must be equal.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "mysql/auth.h"
#include "mysql/client_conn.h"
#include "mysql/error_codes.h"
#include "proto/topodata.pb.h"
#include "proto/vschema.pb.h"
#include "testing/real_server.h"
#include "testing/server_query_service.h"
#include "topo/memory_store.h"
#include "topo/server.h"
#include "vtgate/gate.h"
#include "vtgate/server.h"

namespace vif::vtgate {
namespace {

using mysql::ClientConnection;

constexpr const char* kSharded[] = {
    "create table users (user_id bigint primary key, name varchar(100), email varchar(100))",
    "create table orders (order_id bigint primary key, user_id bigint, product_id bigint, amount "
    "int, created_at datetime)",
};
// In the unsharded keyspace.
constexpr const char* kProducts =
    "create table products (id bigint primary key, name varchar(100), price decimal(10,2))";
constexpr const char* kNotesSharded =
    "create table notes (id bigint primary key, body varchar(100))";
constexpr const char* kNotesPlain =
    "create table notes (id bigint auto_increment primary key, body varchar(100))";
constexpr const char* kNotesSequence =
    "create table notes_seq (id int primary key, next_id bigint, cache bigint) comment "
    "'vitess_sequence'";

rt::Deadline soon() { return rt::Deadline::in(std::chrono::seconds(60)); }

// Statements that a client would send, one a line.
std::vector<std::string> script() {
  std::ifstream file("src/vtgate/testdata/oracle.sql");
  std::vector<std::string> statements;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && !line.starts_with("--")) statements.push_back(line);
  }
  return statements;
}

// What a client sees of one statement, as text. Rows in no promised order are sorted.
std::string seen(const std::string& sql, const Result<mysql::QueryResult>& result) {
  if (!result.ok()) return fmt::format("error {}", mysql::client_error(result.error()).mysql_errno);
  if (result->fields.empty()) {
    return fmt::format("ok, {} affected, {} warnings", result->end.affected_rows,
                       result->end.warnings);
  }
  std::vector<std::string> rows;
  for (const types::Row& row : result->rows) {
    std::string text;
    for (const types::Value& value : row) text += value.is_null() ? "NULL|" : value.bytes + "|";
    rows.push_back(text);
  }
  if (sql.find("order by") == std::string::npos) std::sort(rows.begin(), rows.end());
  std::string names;
  for (const types::Field& field : result->fields) names += field.name + ",";
  return fmt::format("{}\n{}", names, fmt::join(rows, "\n"));
}

class Oracle : public ::testing::TestWithParam<std::tuple<testing::ServerKind, int>> {
 protected:
  void SetUp() override {
    std::string why;
    server_ = testing::RealServer::shared(std::get<0>(GetParam()), why);
    if (server_ == nullptr) GTEST_SKIP() << "NO SERVER TO COMPARE WITH: " << why;
  }

  std::string database(const std::string& name) const {
    return fmt::format("o{}_{}", std::get<1>(GetParam()), name);
  }

  Result<std::unique_ptr<ClientConnection>> make_database(const std::string& name) {
    std::unique_ptr<ClientConnection> root =
        VIF_TRY(ClientConnection::connect(server_->unix_options(), soon()));
    VIF_TRY(root->execute(fmt::format("drop database if exists `{}`", name), soon()));
    VIF_TRY(root->execute(fmt::format("create database `{}` character set utf8mb4", name), soon()));
    VIF_TRY(root->init_db(name, soon()));
    return root;
  }

  Status add_shard(const std::string& keyspace, const std::string& shard, uint32_t uid,
                   std::span<const char* const> tables) {
    const std::string name = database(keyspace + "_" + std::to_string(uid));
    const std::unique_ptr<ClientConnection> root = VIF_TRY(make_database(name));
    for (const char* table : tables) VIF_TRY(root->execute(table, soon()));
    VIF_TRY(topology_->get_or_create_shard(keyspace, shard));
    topodata::Tablet record;
    record.mutable_alias()->set_cell("zone1");
    record.mutable_alias()->set_uid(uid);
    record.set_keyspace(keyspace);
    record.set_shard(shard);
    record.set_type(topodata::PRIMARY);
    VIF_TRY(topology_->create_tablet(record));
    mysql::ClientOptions options = server_->unix_options();
    options.database = name;
    tablets_.push_back(std::make_unique<testing::ServerQueryService>(
        options, clients::TabletAlias{"zone1", uid},
        clients::Target{keyspace, shard, clients::TabletType::kPrimary}));
    return {};
  }

  Status make_cluster(int shards) {
    topology_ = VIF_TRY(topo::Server::open(std::make_shared<topo::MemoryStore>(), "", ""));
    VIF_TRY(topology_->create_cell_info("zone1", topodata::CellInfo()));
    std::vector<const char*> tables(std::begin(kSharded), std::end(kSharded));
    tables.push_back(kNotesSharded);
    const std::vector<std::string> names = VIF_TRY(sharding::generate_shard_ranges(shards));
    for (int i = 0; i < shards; ++i) VIF_TRY(add_shard("app", names[i], 100 + i, tables));
    const char* const unsharded[] = {kNotesSequence, "insert into notes_seq values (0, 1, 10)",
                                     kProducts};
    VIF_TRY(add_shard("main", "0", 1, unsharded));
    vschema::Keyspace sharded;
    sharded.set_sharded(true);
    (*sharded.mutable_vindexes())["hash"].set_type("hash");
    for (const auto& [table, column] :
         {std::pair("users", "user_id"), {"orders", "user_id"}, {"notes", "id"}}) {
      auto* vindex = (*sharded.mutable_tables())[table].add_column_vindexes();
      vindex->set_column(column);
      vindex->set_name("hash");
    }
    auto* increment = (*sharded.mutable_tables())["notes"].mutable_auto_increment();
    increment->set_column("id");
    increment->set_sequence("main.notes_seq");
    VIF_TRY(topology_->save_vschema("app", sharded));
    vschema::Keyspace main;
    (*main.mutable_tables())["notes_seq"].set_type("sequence");
    (*main.mutable_tables())["products"];
    VIF_TRY(topology_->save_vschema("main", main));
    for (const char* keyspace : {"app", "main"}) VIF_TRY(topology_->rebuild_srv_keyspace(keyspace));
    return topology_->rebuild_srv_vschema();
  }

  // Statements that the gate may refuse. May only fall.
  static constexpr int kRefusedMax = 30;

  Status compare(ClientConnection& plain, ClientConnection& gate) {
    int refused_count = 0;
    for (const std::string& sql : script()) {
      const Result<mysql::QueryResult> want = plain.execute(sql, soon());
      const Result<mysql::QueryResult> got = gate.execute(sql, soon());
      if (!gate.usable()) return got.error().with_prefix(sql);
      if (!got.ok() && got.error().mysql_errno() == mysql::er::kNotSupportedYet) {
        refused_ += sql + ": " + got.error().message() + "\n";
        ++refused_count;
        continue;
      }
      EXPECT_EQ(seen(sql, got), seen(sql, want))
          << sql << (got.ok() ? "" : "\n" + got.error().to_string());
    }
    EXPECT_LE(refused_count, kRefusedMax) << refused_;
    for (const auto& tablet : tablets_) EXPECT_EQ(tablet->open_transactions(), 0u);
    return {};
  }

  Status run(int shards) {
    const std::unique_ptr<ClientConnection> plain = VIF_TRY(make_database(database("plain")));
    for (const char* table : kSharded) VIF_TRY(plain->execute(table, soon()));
    for (const char* table : {kNotesPlain, kProducts}) VIF_TRY(plain->execute(table, soon()));
    VIF_TRY(make_cluster(shards));
    Metrics metrics;
    GateOptions options;
    options.cell = "zone1";
    options.tablet_types_to_wait = {clients::TabletType::kPrimary};
    const std::unique_ptr<Gate> gate = VIF_TRY(Gate::start(*topology_, options, metrics));
    for (const auto& tablet : tablets_) gate->add_local(tablet->alias(), *tablet);
    VIF_TRY(gate->wait_until_ready());
    const std::unique_ptr<mysql::AuthServer> auth = mysql::make_none_auth();
    mysql::ServerOptions server_options;
    server_options.auth = auth.get();
    Server server(server_options, gate->executor(), gate->processes(), metrics);
    const std::string socket = fmt::format("{}/gate{}.sock", server_->folder(), shards);
    const std::unique_ptr<rt::Listener> listener =
        VIF_TRY(rt::listen(rt::Address::unix_socket(socket)));
    rt::TaskGroup tasks;
    tasks.spawn([&] { (void)server.serve(*listener); });
    mysql::ClientOptions client;
    client.address = rt::Address::unix_socket(socket);
    client.user = "someone";
    Status done;
    {
      const std::unique_ptr<ClientConnection> through =
          VIF_TRY(ClientConnection::connect(client, soon()));
      done = compare(*plain, *through);
    }
    listener->close();
    tasks.cancel();
    (void)tasks.wait();
    return done;
  }

  std::string refused_;
  testing::RealServer* server_ = nullptr;
  std::unique_ptr<topo::Server> topology_;
  std::vector<std::unique_ptr<testing::ServerQueryService>> tablets_;
};

TEST_P(Oracle, AClientSeesTheSame) {
  const Status ran = rt::run({}, [&]() -> Status {
    const Status done = run(std::get<1>(GetParam()));
    topology_.reset();
    tablets_.clear();
    return done;
  });
  EXPECT_TRUE(ran.ok()) << ran.error().to_string();
}

std::string case_name(const ::testing::TestParamInfo<Oracle::ParamType>& parameters) {
  return fmt::format("{}{}", testing::server_kind_name(std::get<0>(parameters.param)),
                     std::get<1>(parameters.param));
}

INSTANTIATE_TEST_SUITE_P(Servers, Oracle,
                         ::testing::Combine(::testing::Values(testing::ServerKind::kMariaDb,
                                                              testing::ServerKind::kMysql),
                                            ::testing::Values(1, 2, 4)),
                         case_name);

// The servers are shared by all tests of the program.
class StopServers : public ::testing::Environment {
 public:
  void TearDown() override { testing::RealServer::stop_shared(); }
};
[[maybe_unused]] const auto* const kStopServers =
    ::testing::AddGlobalTestEnvironment(new StopServers);

}  // namespace
}  // namespace vif::vtgate
