#include "vttablet/tablet.h"

#include "base/log.h"
#include "clients/query_service_server.h"
#include "vttablet/debug_pages.h"
#include "vttablet/manager/service.h"
#include "vttablet/manager/tablet_manager.h"
#include "vttablet/query/query_server.h"

namespace vif::vttablet {

struct Tablet::State {
  State(topo::Server& topology, const TabletOptions& given)
      : options(given),
        queries(options.alias, options.keyspace, options.shard,
                options.db_name.empty() ? "vt_" + options.keyspace : options.db_name, options.mysql,
                options.query, metrics),
        manager(topology, options, queries) {}

  TabletOptions options;
  Metrics metrics;
  QueryServer queries;
  TabletManager manager;
};

Tablet::Tablet(std::unique_ptr<State> state) : state_(std::move(state)) {}
Tablet::~Tablet() = default;

Result<std::unique_ptr<Tablet>> Tablet::start(topo::Server& topology, TabletOptions options) {
  VIF_TRY(topo::validate_keyspace_name(options.keyspace));
  options.shard = VIF_TRY(topo::validate_shard_name(options.shard));
  if (options.alias.cell.empty())
    return Error(Code::kInvalidArgument, "a tablet needs a cell and a uid: --tablet-path");
  auto state = std::make_unique<State>(topology, options);
  VIF_TRY(state->manager.init());
  state->manager.start();
  return std::unique_ptr<Tablet>(new Tablet(std::move(state)));
}

const clients::TabletAlias& Tablet::alias() const { return state_->options.alias; }
clients::QueryService& Tablet::query_service() { return state_->queries; }
TabletManager& Tablet::manager() { return state_->manager; }

void Tablet::add_to(rpc::Server& server) {
  clients::add_query_service(server, state_->queries);
  add_tablet_manager(server, state_->manager);
}

void Tablet::add_to(rpc::HttpServer& server) {
  add_debug_pages(server, state_->metrics, state_->queries, state_->manager);
}

Status Tablet::stop(rt::Deadline deadline) { return state_->manager.stop(deadline); }

}  // namespace vif::vttablet
