// Our query service client against our server, in every dress: packets between our own processes,
// fields and rows as Vitess's peers have them.
#include "clients/grpc_query_service.h"

#include <gtest/gtest.h>

#include "clients/query_service_server.h"
#include "mysql/packet.h"
#include "mysql/rows.h"
#include "mysql/session_track.h"
#include "proto/query.pb.h"
#include "rpc/server.h"
#include "rt/fiber.h"

namespace vif::clients {
namespace {

using std::chrono::seconds;

// Answers by the statement's text, and remembers what it was asked.
class FakeService : public QueryService {
 public:
  Status execute(const ExecuteRequest& request, ExecuteState& state, mysql::ResultSink& sink,
                 rt::Deadline) override {
    sql = request.sql;
    last = request;
    settings.assign(request.settings.begin(), request.settings.end());
    variables =
        request.bind_variables != nullptr ? *request.bind_variables : types::BindVariables();
    caller = request.caller != nullptr ? *request.caller : CallerId();
    if (sql.starts_with("refuse"))
      return Error(Code::kClusterEvent, "operation not allowed in state NOT_SERVING");
    if (request.begin) state.transaction_id = 77;
    if (request.reserve) state.reserved_id = 88;
    if (request.begin || request.reserve) state.alias = {"zone1", 100};
    if (sql.starts_with("fail"))
      return Error(Code::kAlreadyExists, 1062, "23000", "Duplicate entry '\xff'");
    if (sql.starts_with("lock") && !request.reserve) {
      return Error(Code::kInvalidArgument, "get_lock not allowed without reserved connection");
    }
    mysql::RowEncoder encoder(sink);
    if (sql.starts_with("select")) {
      types::Field id, name;
      id.name = "id";
      id.type = types::Type::kInt64;
      id.flags = 0x8001;
      id.column_length = 20;
      name.name = "name";
      name.table = name.org_table = "t";
      name.type = types::Type::kVarchar;
      name.charset = 255;
      const types::Field fields[] = {id, name};
      VIF_TRY(encoder.fields(fields));
      for (int64_t i = 0; i < row_count; ++i) {
        const types::Value row[] = {
            types::Value::int64(i),
            i % 3 == 0 ? types::Value::null()
                       : types::Value::varchar(std::string("\xfe", 1) + name_text)};
        VIF_TRY(encoder.row(row));
      }
      if (sql.starts_with("select broken"))
        return Error(Code::kUnavailable, 2013, "HY000", "Lost connection");
    }
    mysql::ResultEnd end;
    if (!sql.starts_with("select")) {
      end.affected_rows = 3;
      end.last_insert_id = 12;
      end.info = "Records: 3";
      mysql::append_session_change(end.session_state_changes,
                                   {mysql::track::kGtids, "", "uuid:1-5"});
    }
    end.status = mysql::status::kAutocommit | mysql::status::kNoIndexUsed;
    end.warnings = 2;
    return encoder.end(end);
  }
  Result<ExecuteState> begin(const Target&, const BeginOptions& options,
                             std::span<const std::string> with, rt::Deadline) override {
    begin_options = options;
    settings.assign(with.begin(), with.end());
    return ExecuteState{5, 0, {"zone1", 100}, ""};
  }
  Result<int64_t> commit(const Target&, int64_t id, rt::Deadline) override {
    if (id == 9) return Error(Code::kAborted, "transaction 9: ended");
    return 41;
  }
  Result<int64_t> rollback(const Target&, int64_t, rt::Deadline) override { return 42; }
  Status release(const Target& target, int64_t, int64_t id, rt::Deadline) override {
    released = id;
    last.target = target;
    return {};
  }
  Status stream_health(const std::function<Status(const Health&)>& on_health) override {
    Health health;
    health.target = {"ks", "-80", TabletType::kReplica};
    health.alias = {"zone1", 101};
    health.serving = true;
    health.replication_lag_s = 7;
    health.qps = 1.5;
    health.changed_tables = {"a", "b"};
    VIF_TRY(on_health(health));
    health.serving = false;
    health.error = "sick";
    return on_health(health);
  }
  Status get_schema(const Target&, SchemaTableKind kind, std::span<const std::string> names,
                    const std::function<Status(std::map<std::string, std::string>)>& on_tables,
                    rt::Deadline) override {
    if (kind != SchemaTableKind::kTables) return Error(Code::kUnimplemented, "views");
    return on_tables({{names.empty() ? "all" : names[0], "create table x"}});
  }

  int64_t row_count = 4;
  std::string name_text = "name";
  std::string sql;
  ExecuteRequest last;
  BeginOptions begin_options;
  std::vector<std::string> settings;
  types::BindVariables variables;
  CallerId caller;
  int64_t released = 0;
};

// Keeps a result as text.
class TextSink : public mysql::DecodingSink {
 public:
  Status on_fields() override {
    for (const auto& field : fields())
      text += field.name + ":" + std::string(types::type_name(field.type)) + " ";
    return {};
  }
  Status on_row(types::Row row) override {
    ++row_count;
    if (row_count <= 4) {
      for (const auto& value : row) text += value.to_string() + " ";
    }
    if (fail_at == row_count) return Error(Code::kCanceled, "the sink has enough");
    return {};
  }
  Status on_end(const mysql::ResultEnd& end) override {
    ended = true;
    last = end;
    return {};
  }
  std::string text;
  int64_t row_count = 0;
  int64_t fail_at = -1;
  bool ended = false;
  mysql::ResultEnd last;
};

struct Dress {
  PeerKind peer;
  bool lean = false;
  operator PeerKind() const { return peer; }
};

class QueryServiceOverGrpc : public testing::TestWithParam<Dress> {
 protected:
  void run(const std::function<void(FakeService&, GrpcQueryService&)>& body) {
    const Status status = rt::run({}, [&]() -> Status {
      FakeService service;
      rpc::ServerOptions options;
      options.lean = GetParam().lean;
      rpc::Server server(options);
      add_query_service(server, service);
      auto listener = VIF_TRY(rt::listen(rt::Address::tcp("127.0.0.1", 0)));
      rt::TaskGroup group;
      group.spawn([&] { (void)server.serve(*listener); });
      GrpcQueryService client(std::make_unique<rpc::Channel>(listener->address()), GetParam());
      // Health tells of lean frames.
      if (GetParam().lean) (void)client.stream_health([](const Health&) { return Status(); });
      EXPECT_EQ(client.by_lean_frames(), GetParam().lean);
      body(service, client);
      return {};
    });
    ASSERT_TRUE(status.ok()) << status.error().to_string();
  }
  static rt::Deadline soon() { return rt::Deadline::in(seconds(20)); }
};

INSTANTIATE_TEST_SUITE_P(Peers, QueryServiceOverGrpc,
                         testing::Values(Dress{PeerKind::kUnknown}, Dress{PeerKind::kVif},
                                         Dress{PeerKind::kVitess}, Dress{PeerKind::kVif, true}),
                         [](const auto& tested) {
                           return std::string(tested.param.lean                   ? "Lean"
                                              : tested.param == PeerKind::kVif    ? "Vif"
                                              : tested.param == PeerKind::kVitess ? "Vitess"
                                                                                  : "Unknown");
                         });

TEST_P(QueryServiceOverGrpc, Select) {
  run([](FakeService& service, GrpcQueryService& client) {
    for (const Workload workload : {Workload::kOltp, Workload::kOlap}) {
      TextSink sink;
      ExecuteState state;
      ExecuteRequest request;
      request.target = {"ks", "-80", TabletType::kReplica};
      request.sql = "select 1";
      request.workload = workload;
      request.fingerprint = 5;
      request.client_found_rows = true;
      const Status status = client.execute(request, state, sink, soon());
      ASSERT_TRUE(status.ok()) << status.error().to_string();
      EXPECT_EQ(sink.text,
                "id:INT64 name:VARCHAR INT64(0) NULL INT64(1) VARCHAR(\"\\xfename\") INT64(2) "
                "VARCHAR(\"\\xfename\") INT64(3) NULL ");
      EXPECT_TRUE(sink.ended);
      EXPECT_EQ(sink.fields()[1].table, "t");
      EXPECT_EQ(sink.fields()[1].charset, 255u);
      EXPECT_EQ(service.last.target, request.target);
      EXPECT_EQ(service.last.workload, workload);
      EXPECT_TRUE(service.last.client_found_rows);
      EXPECT_EQ(state.transaction_id, 0);
      if (GetParam() != PeerKind::kVitess) {
        EXPECT_EQ(service.last.fingerprint, 5u);
        EXPECT_EQ(sink.last.warnings, 2);
        EXPECT_EQ(sink.last.status, mysql::status::kAutocommit | mysql::status::kNoIndexUsed);
      }
    }
  });
}

TEST_P(QueryServiceOverGrpc, ChangesTellTheirCounts) {
  run([](FakeService&, GrpcQueryService& client) {
    TextSink sink;
    ExecuteState state;
    ExecuteRequest request;
    request.sql = "insert";
    ASSERT_TRUE(client.execute(request, state, sink, soon()).ok());
    EXPECT_EQ(sink.text, "");
    EXPECT_EQ(sink.last.affected_rows, 3u);
    EXPECT_EQ(sink.last.last_insert_id, 12u);
    EXPECT_EQ(sink.last.info, "Records: 3");
    EXPECT_EQ(mysql::session_change(sink.last.session_state_changes, mysql::track::kGtids),
              "uuid:1-5");
  });
}

TEST_P(QueryServiceOverGrpc, LargeResultsStream) {
  run([](FakeService& service, GrpcQueryService& client) {
    service.row_count = 3000;
    service.name_text = std::string(1000, 'n');
    TextSink sink;
    ExecuteState state;
    ExecuteRequest request;
    request.sql = "select large";
    request.workload = Workload::kOlap;
    ASSERT_TRUE(client.execute(request, state, sink, soon()).ok());
    EXPECT_EQ(sink.row_count, 3000);

    TextSink choosy;
    choosy.fail_at = 10;
    const Status status = client.execute(request, state, choosy, soon());
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().message(), "the sink has enough");

    request.sql = "select broken";
    TextSink broken;
    EXPECT_EQ(client.execute(request, state, broken, soon()).error().mysql_errno(), 2013);
    EXPECT_FALSE(broken.ended);
  });
}

TEST_P(QueryServiceOverGrpc, ErrorsReadAsVitesss) {
  run([](FakeService&, GrpcQueryService& client) {
    TextSink sink;
    ExecuteState state;
    ExecuteRequest request;
    request.sql = "fail";
    Status status = client.execute(request, state, sink, soon());
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code(), Code::kAlreadyExists);
    EXPECT_EQ(status.error().mysql_errno(), 1062);
    EXPECT_EQ(status.error().sqlstate(), "23000");
    EXPECT_EQ(status.error().message(),
              "vttablet: rpc error: code = AlreadyExists desc = Duplicate entry '\xff' (errno "
              "1062) (sqlstate 23000)");
    request.sql = "refuse";
    request.begin = true;
    status = client.execute(request, state, sink, soon());
    EXPECT_EQ(status.error().code(), Code::kClusterEvent);
    EXPECT_EQ(
        status.error().message(),
        "vttablet: rpc error: code = Code(17) desc = operation not allowed in state NOT_SERVING");
    EXPECT_EQ(state.transaction_id, 0);
  });
}

TEST_P(QueryServiceOverGrpc, BeginningAndReservingTellTheIdsEvenOnErrors) {
  run([](FakeService& service, GrpcQueryService& client) {
    struct Case {
      bool begin, reserve;
    };
    for (const Case& c : {Case{true, false}, Case{false, true}, Case{true, true}}) {
      for (const char* sql : {"select", "insert", "fail"}) {
        TextSink sink;
        ExecuteState state;
        ExecuteRequest request;
        request.sql = sql;
        request.begin = c.begin;
        request.reserve = c.reserve;
        request.begin_options.isolation = "READ COMMITTED";
        request.begin_options.read_only = true;
        if (c.begin) request.begin_options.post_begin_queries = {"savepoint a"};
        const Status status = client.execute(request, state, sink, soon());
        EXPECT_EQ(status.ok(), std::string(sql) != "fail");
        if (!status.ok()) {
          // Texts of protobuf must be UTF-8; packed ones are the server's bytes.
          EXPECT_EQ(status.error().message(),
                    fmt::format("vttablet: Duplicate entry '{}' (errno 1062) (sqlstate 23000)",
                                GetParam().lean ? "\xff" : "?"));
          EXPECT_EQ(status.error().mysql_errno(), 1062);
        }
        EXPECT_EQ(state.transaction_id, c.begin ? 77 : 0);
        EXPECT_EQ(state.reserved_id, c.reserve ? 88 : 0) << c.begin << sql;
        EXPECT_EQ(state.alias, (TabletAlias{"zone1", 100}));
        EXPECT_EQ(service.last.begin, c.begin);
        EXPECT_EQ(service.last.begin_options.post_begin_queries,
                  request.begin_options.post_begin_queries);
        if (c.begin) {
          EXPECT_EQ(service.last.begin_options.isolation, "READ COMMITTED");
          EXPECT_TRUE(service.last.begin_options.read_only);
        }
      }
    }
  });
}

TEST_P(QueryServiceOverGrpc, SettingsAndReservation) {
  run([](FakeService& service, GrpcQueryService& client) {
    const std::vector<std::string> settings = {"set sql_mode = ''"};
    TextSink sink;
    ExecuteState state;
    ExecuteRequest request;
    request.sql = "select";
    request.settings = settings;
    ASSERT_TRUE(client.execute(request, state, sink, soon()).ok());
    EXPECT_EQ(service.settings, settings);
    EXPECT_FALSE(service.last.reserve);
    EXPECT_EQ(state.reserved_id, 0);

    request.sql = "lock";
    TextSink locked;
    const Status status = client.execute(request, state, locked, soon());
    if (GetParam() == PeerKind::kVitess) {
      EXPECT_TRUE(status.ok()) << "the server reserves for callers that cannot say";
      EXPECT_EQ(state.reserved_id, 88);
    } else {
      EXPECT_FALSE(status.ok());
    }

    request.sql = "select";
    request.reserve = true;
    request.transaction_id = 4;
    TextSink reserved;
    ASSERT_TRUE(client.execute(request, state, reserved, soon()).ok());
    EXPECT_EQ(service.last.transaction_id, 4);
    EXPECT_EQ(service.settings, settings);

    request.reserve = false;
    request.settings = {};
    request.reserved_id = 88;
    ASSERT_TRUE(client.execute(request, state, reserved, soon()).ok());
    EXPECT_EQ(service.last.reserved_id, 88);
    EXPECT_EQ(service.last.transaction_id, 4);
  });
}

TEST_P(QueryServiceOverGrpc, BindVariablesCallerAndBytes) {
  run([](FakeService& service, GrpcQueryService& client) {
    types::BindVariables variables;
    variables["a"] = types::Value::int64(-5);
    variables["list"] =
        types::BindVariable::tuple({types::Value::varchar("x"), types::Value::null()});
    const CallerId caller{"principal", "component", "sub", "user", {"g"}};
    TextSink sink;
    ExecuteState state;
    ExecuteRequest request;
    request.sql = "select :a";
    request.bind_variables = &variables;
    request.caller = &caller;
    request.begin = true;
    ASSERT_TRUE(client.execute(request, state, sink, soon()).ok());
    request.begin = false;
    EXPECT_EQ(service.variables, variables);
    EXPECT_EQ(service.caller.principal, "principal");
    EXPECT_EQ(service.caller.username, "user");
    EXPECT_EQ(service.caller.groups, caller.groups);

    request.sql = "select '\xff'";
    ASSERT_TRUE(client.execute(request, state, sink, soon()).ok());
    EXPECT_EQ(service.sql, GetParam() == PeerKind::kVif ? "select '\xff'" : "select x'ff'");
    request.sql = "select 1 as `\xff`";
    const Status status = client.execute(request, state, sink, soon());
    if (GetParam() == PeerKind::kVif)
      EXPECT_TRUE(status.ok());
    else
      EXPECT_EQ(status.error().code(), Code::kInvalidArgument);
  });
}

TEST_P(QueryServiceOverGrpc, Transactions) {
  run([](FakeService& service, GrpcQueryService& client) {
    const Target target{"ks", "0", TabletType::kPrimary};
    BeginOptions options;
    options.isolation = "SERIALIZABLE";
    options.consistent_snapshot = true;
    auto state = client.begin(target, options, {}, soon());
    ASSERT_TRUE(state.ok());
    EXPECT_EQ(state->transaction_id, 5);
    EXPECT_EQ(state->alias.to_string(), "zone1-0000000100");
    EXPECT_EQ(service.begin_options.isolation, "SERIALIZABLE");
    EXPECT_TRUE(service.begin_options.consistent_snapshot);
    const std::vector<std::string> settings = {"set a = 1"};
    state = client.begin(target, options, settings, soon());
    ASSERT_TRUE(state.ok());
    EXPECT_EQ(service.settings, settings);
    EXPECT_EQ(state->transaction_id, GetParam() == PeerKind::kVif ? 5 : 77);

    EXPECT_EQ(client.commit(target, 1, soon()).value(), 41);
    EXPECT_EQ(client.commit(target, 9, soon()).error().message(),
              "vttablet: rpc error: code = Aborted desc = transaction 9: ended");
    EXPECT_EQ(client.rollback(target, 1, soon()).value(), 42);
    EXPECT_TRUE(client.release(target, 1, 3, soon()).ok());
    EXPECT_EQ(service.released, 3);
    EXPECT_EQ(service.last.target, target);
  });
}

TEST_P(QueryServiceOverGrpc, HealthAndSchema) {
  run([](FakeService&, GrpcQueryService& client) {
    std::vector<Health> seen;
    const Status status = client.stream_health([&](const Health& health) -> Status {
      seen.push_back(health);
      return {};
    });
    EXPECT_EQ(status.error().code(), Code::kUnavailable) << "the stream ended";
    ASSERT_EQ(seen.size(), 2u);
    EXPECT_EQ(seen[0].target, (Target{"ks", "-80", TabletType::kReplica}));
    EXPECT_EQ(seen[0].alias.uid, 101u);
    EXPECT_EQ(seen[0].replication_lag_s, 7u);
    EXPECT_EQ(seen[0].changed_tables, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(seen[1].error, "sick");
    EXPECT_EQ(client.peer(), PeerKind::kVif) << "learned from the stream";

    std::map<std::string, std::string> tables;
    const std::vector<std::string> names = {"t"};
    ASSERT_TRUE(client
                    .get_schema(
                        {}, SchemaTableKind::kTables, names,
                        [&](std::map<std::string, std::string> got) -> Status {
                          tables.merge(got);
                          return {};
                        },
                        soon())
                    .ok());
    EXPECT_EQ(tables, (std::map<std::string, std::string>{{"t", "create table x"}}));
  });
}

TEST(TabletTypes, Names) {
  EXPECT_EQ(tablet_type_name(TabletType::kRdonly), "rdonly");
  EXPECT_EQ(parse_tablet_type("MASTER"), TabletType::kPrimary);
  EXPECT_EQ(parse_tablet_type("Replica"), TabletType::kReplica);
  EXPECT_EQ(parse_tablet_type("x"), std::nullopt);
}

}  // namespace
}  // namespace vif::clients
