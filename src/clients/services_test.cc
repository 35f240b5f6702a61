// The tablet manager and the gate's service, client against adaptor.
#include <gtest/gtest.h>

#include "clients/tablet_manager.h"
#include "clients/vtgate_service.h"
#include "mysql/rows.h"
#include "proto/query.pb.h"
#include "proto/replicationdata.pb.h"
#include "proto/tabletmanagerdata.pb.h"
#include "proto/vtgate.pb.h"
#include "rpc/server.h"
#include "rt/fiber.h"

namespace vif::clients {
namespace {

rt::Deadline soon() { return rt::Deadline::in(std::chrono::seconds(20)); }

void run(const std::function<void(rpc::Server&)>& add,
         const std::function<void(const rt::Address&)>& body) {
  const Status status = rt::run({}, [&]() -> Status {
    rpc::Server server;
    add(server);
    auto listener = VIF_TRY(rt::listen(rt::Address::tcp("127.0.0.1", 0)));
    rt::TaskGroup group;
    group.spawn([&] { (void)server.serve(*listener); });
    body(listener->address());
    return {};
  });
  ASSERT_TRUE(status.ok()) << status.error().to_string();
}

// One row, one column: what was asked.
Status answer(const std::string& text, mysql::ResultSink& sink) {
  types::Field field;
  field.name = "asked";
  field.type = types::Type::kVarchar;
  mysql::RowEncoder encoder(sink);
  VIF_TRY(encoder.fields({&field, 1}));
  const types::Value row[] = {types::Value::varchar(text)};
  VIF_TRY(encoder.row(row));
  return encoder.end({});
}

class Rows final : public mysql::DecodingSink {
 public:
  Status on_row(types::Row row) override {
    text += row[0].bytes + ";";
    return {};
  }
  std::string text;
};

class FakeLifecycle final : public TabletLifecycle, public TabletSql {
 public:
  Result<std::string> ping(std::string payload, rt::Deadline) override { return payload; }
  Status change_type(TabletType type, bool semi_sync, rt::Deadline) override {
    did = fmt::format("change {} {}", tablet_type_name(type), semi_sync);
    return {};
  }
  Result<std::map<std::string, std::string>> change_tags(std::map<std::string, std::string> tags,
                                                         bool replace, rt::Deadline) override {
    tags["replace"] = replace ? "1" : "0";
    return tags;
  }
  Status refresh_state(rt::Deadline) override {
    return Error(Code::kUnknown, "no replication status");
  }
  Status run_health_check(rt::Deadline) override { return {}; }
  Status set_read_only(bool read_only, rt::Deadline) override {
    did = read_only ? "read only" : "read write";
    return {};
  }
  Status execute_fetch(const FetchRequest& request, mysql::ResultSink& sink,
                       rt::Deadline) override {
    did = fmt::format("{} {} {} {}", static_cast<int>(request.as), request.db_name,
                      request.max_rows, request.disable_binlogs);
    return answer(request.sql, sink);
  }
  std::string did;
};

TEST(TabletManager, OverGrpc) {
  FakeLifecycle tablet;
  run(
      [&](rpc::Server& server) {
        add_tablet_manager(server, {.lifecycle = &tablet, .sql = &tablet});
      },
      [&](const rt::Address& address) {
        GrpcTabletManager client(std::make_unique<rpc::Channel>(address));
        EXPECT_EQ(client.ping("p", soon()).value(), "p");
        ASSERT_TRUE(client.change_type(TabletType::kPrimary, true, soon()).ok());
        EXPECT_EQ(tablet.did, "change primary true");
        EXPECT_EQ(client.change_tags({{"a", "b"}}, true, soon()).value(),
                  (std::map<std::string, std::string>{{"a", "b"}, {"replace", "1"}}));
        EXPECT_EQ(client.refresh_state(soon()).error().message(),
                  "rpc error: code = Unknown desc = no replication status");
        ASSERT_TRUE(client.set_read_only(false, soon()).ok());
        EXPECT_EQ(tablet.did, "read write");
        for (const FetchAs as : {FetchAs::kDba, FetchAs::kAllPrivs, FetchAs::kApp}) {
          Rows rows;
          ASSERT_TRUE(
              client.execute_fetch({as, "show\xff", "db", 5, true, false, false}, rows, soon())
                  .ok());
          EXPECT_EQ(rows.text, "show\xff;");
        }
        EXPECT_EQ(client.primary_position(soon()).error().code(), Code::kUnimplemented)
            << "not offered";
      });
}

class FakeReplication final : public TabletReplication {
 public:
  Result<replicationdata::Status> replication_status(rt::Deadline) override {
    replicationdata::Status status;
    status.set_position("MariaDB/0-1-5");
    return status;
  }
  Result<replicationdata::PrimaryStatus> primary_status(rt::Deadline) override { return primary(); }
  Result<replicationdata::FullStatus> full_status(rt::Deadline) override {
    replicationdata::FullStatus status;
    status.set_server_id(3);
    return status;
  }
  Result<std::string> primary_position(rt::Deadline) override { return std::string("position"); }
  Status wait_for_position(std::string_view position, rt::Deadline) override {
    return note("wait", position);
  }
  Status stop_replication(rt::Deadline) override { return note("stop"); }
  Result<replicationdata::StopReplicationStatus> stop_replication_and_get_status(
      bool io, rt::Deadline) override {
    replicationdata::StopReplicationStatus status;
    status.mutable_before()->set_position(io ? "io" : "both");
    return status;
  }
  Status start_replication(bool semi_sync, rt::Deadline) override {
    return note("start", semi_sync ? "semi" : "");
  }
  Status set_replication_source(const ReplicationSource& s, rt::Deadline) override {
    return note("source",
                fmt::format("{} {} {} {} {} {}", s.parent.to_string(), s.time_created_ns,
                            s.force_start, s.wait_position, s.semi_sync, s.heartbeat_interval));
  }
  Status reset_replication(rt::Deadline) override { return note("reset"); }
  Status reset_replication_parameters(rt::Deadline) override { return note("reset parameters"); }
  Result<std::vector<std::string>> get_replicas(rt::Deadline) override {
    return std::vector<std::string>{"a", "b"};
  }
  Result<std::string> init_primary(bool, rt::Deadline) override { return std::string("first"); }
  Status init_replica(const ReplicationSource& source, std::string_view position,
                      rt::Deadline) override {
    return note("init replica", source.parent.to_string() + std::string(position));
  }
  Status populate_reparent_journal(const ReparentJournalEntry& entry, rt::Deadline) override {
    return note("journal", entry.action_name + entry.position);
  }
  Result<int32_t> reparent_journal_length(rt::Deadline) override { return 4; }
  Result<replicationdata::PrimaryStatus> demote_primary(rt::Deadline) override { return primary(); }
  Status undo_demote_primary(bool, rt::Deadline) override { return note("undo"); }
  Result<std::string> promote_replica(bool semi_sync, rt::Deadline) override {
    return std::string(semi_sync ? "s" : "n");
  }
  Status replica_was_promoted(rt::Deadline) override { return note("was promoted"); }
  Status replica_was_restarted(const TabletAlias& parent, rt::Deadline) override {
    return note("was restarted", parent.to_string());
  }

  Status note(std::string_view what, std::string_view with = "") {
    did = fmt::format("{} {}", what, with);
    return {};
  }
  static replicationdata::PrimaryStatus primary() {
    replicationdata::PrimaryStatus status;
    status.set_position("at");
    return status;
  }
  std::string did;
};

TEST(TabletManager, ReplicationOverGrpc) {
  FakeReplication tablet;
  run([&](rpc::Server& server) { add_tablet_manager(server, {.replication = &tablet}); },
      [&](const rt::Address& address) {
        GrpcTabletManager client(std::make_unique<rpc::Channel>(address));
        EXPECT_EQ(client.replication_status(soon()).value().position(), "MariaDB/0-1-5");
        EXPECT_EQ(client.primary_status(soon()).value().position(), "at");
        EXPECT_EQ(client.demote_primary(soon()).value().position(), "at");
        EXPECT_EQ(client.full_status(soon()).value().server_id(), 3u);
        EXPECT_EQ(client.primary_position(soon()).value(), "position");
        EXPECT_EQ(client.init_primary(true, soon()).value(), "first");
        EXPECT_EQ(client.promote_replica(true, soon()).value(), "s");
        EXPECT_EQ(client.reparent_journal_length(soon()).value(), 4);
        EXPECT_EQ(client.get_replicas(soon()).value(), (std::vector<std::string>{"a", "b"}));
        EXPECT_EQ(client.stop_replication_and_get_status(true, soon()).value().before().position(),
                  "io");
        const TabletAlias alias{"z", 7};
        const auto check = [&](const Status& status, const std::string& did) {
          EXPECT_TRUE(status.ok());
          EXPECT_EQ(tablet.did, did);
        };
        check(client.wait_for_position("p", soon()), "wait p");
        check(client.stop_replication(soon()), "stop ");
        check(client.start_replication(true, soon()), "start semi");
        check(client.set_replication_source({alias, 5, true, "w", true, 2.5}, soon()),
              "source z-0000000007 5 true w true 2.5");
        check(client.reset_replication(soon()), "reset ");
        check(client.reset_replication_parameters(soon()), "reset parameters ");
        check(client.init_replica({.parent = alias, .wait_position = {}}, "p", soon()),
              "init replica z-0000000007p");
        check(client.populate_reparent_journal({1, "act", alias, "pos"}, soon()), "journal actpos");
        check(client.undo_demote_primary(false, soon()), "undo ");
        check(client.replica_was_promoted(soon()), "was promoted ");
        check(client.replica_was_restarted(alias, soon()), "was restarted z-0000000007");
      });
}

class FakeGate final : public VtgateService {
 public:
  Status execute(::vtgate::Session& session, const CallerId& caller, const VtgateQuery& query,
                 mysql::ResultSink& sink, rt::Deadline) override {
    session.set_row_count(session.row_count() + 1);
    if (query.sql == "fail") return Error(Code::kInvalidArgument, 1064, "42000", "syntax error");
    return answer(fmt::format("{} {} {}", query.sql, caller.username,
                              query.bind_variables != nullptr ? query.bind_variables->size() : 0),
                  sink);
  }
  Result<std::vector<std::string>> split(std::string_view sql) override {
    std::vector<std::string> out;
    for (size_t at = 0; at <= sql.size();) {
      const size_t end = std::min(sql.find(';', at), sql.size());
      out.emplace_back(sql.substr(at, end - at));
      at = end + 1;
    }
    return out;
  }
  Result<Prepared> prepare(::vtgate::Session&, const CallerId&, const VtgateQuery& query,
                           rt::Deadline) override {
    if (query.sql == "fail") return Error(Code::kInvalidArgument, "no");
    Prepared prepared;
    prepared.fields.resize(1);
    prepared.fields[0].name = "c";
    prepared.parameter_count = 2;
    return prepared;
  }
  Status close_session(::vtgate::Session&, rt::Deadline) override { return {}; }
};

TEST(VtgateServiceTest, OverGrpc) {
  FakeGate gate;
  run([&](rpc::Server& server) { add_vtgate_service(server, gate); },
      [&](const rt::Address& address) {
        rpc::Channel channel(address);
        ::vtgate::ExecuteRequest request;
        ::vtgate::ExecuteResponse response;
        request.mutable_query()->set_sql("select 1");
        (*request.mutable_query()->mutable_bind_variables())["a"].set_value("1");
        ASSERT_TRUE(channel.unary("/vtgateservice.Vitess/Execute", request, response).ok());
        EXPECT_EQ(response.result().rows(0).values(), "select 1 unsecure_grpc_client 1");
        EXPECT_TRUE(response.session().autocommit());
        *request.mutable_session() = response.session();
        request.mutable_query()->set_sql("fail");
        ASSERT_TRUE(channel.unary("/vtgateservice.Vitess/Execute", request, response).ok());
        EXPECT_EQ(response.error().message(), "syntax error (errno 1064) (sqlstate 42000)");
        EXPECT_FALSE(response.has_result());
        EXPECT_EQ(response.session().row_count(), 2);

        ::vtgate::ExecuteBatchRequest batch;
        ::vtgate::ExecuteBatchResponse results;
        for (const char* sql : {"a", "fail", "b"}) batch.add_queries()->set_sql(sql);
        ASSERT_TRUE(channel.unary("/vtgateservice.Vitess/ExecuteBatch", batch, results).ok());
        ASSERT_EQ(results.results_size(), 3);
        EXPECT_TRUE(results.results(1).has_error());
        EXPECT_EQ(results.session().row_count(), 3);

        ::vtgate::StreamExecuteRequest stream_request;
        ::vtgate::StreamExecuteResponse piece;
        stream_request.mutable_query()->set_sql("s");
        auto stream =
            channel.server_stream("/vtgateservice.Vitess/StreamExecute", stream_request).value();
        ASSERT_TRUE(stream->receive(piece).value());
        EXPECT_EQ(piece.result().fields(0).name(), "asked");
        EXPECT_EQ(piece.result().rows_size(), 0);
        ASSERT_TRUE(stream->receive(piece).value());
        EXPECT_EQ(piece.result().rows_size(), 1);
        ASSERT_TRUE(stream->receive(piece).value());
        EXPECT_EQ(piece.session().row_count(), 1);
        EXPECT_FALSE(stream->receive(piece).value());

        ::vtgate::StreamExecuteMultiRequest multi;
        ::vtgate::StreamExecuteMultiResponse part;
        multi.set_sql("x;fail;y");
        auto parts =
            channel.server_stream("/vtgateservice.Vitess/StreamExecuteMulti", multi).value();
        std::string seen;
        while (parts->receive(part).value()) {
          if (part.has_session())
            seen += " session";
          else
            seen +=
                fmt::format(" {}{}{}", part.new_result() ? "new" : "",
                            part.more_results() ? "+" : "", part.result().has_error() ? "!" : "");
        }
        EXPECT_EQ(seen, " new+ + new! session");

        ::vtgate::PrepareRequest prepare;
        ::vtgate::PrepareResponse prepared;
        ASSERT_TRUE(channel.unary("/vtgateservice.Vitess/Prepare", prepare, prepared).ok());
        EXPECT_EQ(prepared.params_count(), 2u);
        EXPECT_EQ(prepared.fields(0).name(), "c");
      });
}

}  // namespace
}  // namespace vif::clients
