#include "local/cluster.h"

#include <filesystem>
#include <fstream>

#include "base/log.h"
#include "local/election.h"
#include "local/sample.h"
#include "local/topology.h"
#include "rpc/http_client.h"
#include "rt/net.h"

namespace vif::local {

namespace {

namespace fs = std::filesystem;

constexpr auto kStartTimeout = std::chrono::seconds(120);
// A statement or row of max_allowed_packet (64 MiB) crosses between gate and tablet whole, and its
// literal may be twice as long once escaped.
constexpr std::string_view kMessageMaxFlag = "--grpc-max-message-size=201326592";

Status make_dirs(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (!error) return {};
  const bool full = error == std::errc::no_space_on_device;
  return Error(full ? Code::kResourceExhausted : Code::kInternal,
               fmt::format("cannot make {}: {}", path, error.message()));
}

Status http_ready(uint16_t port, const char* path, rt::Deadline deadline) {
  const rt::Address address = rt::Address::tcp("127.0.0.1", port);
  while (true) {
    const auto reply =
        rpc::http_get(address, path, deadline.earlier(rt::Deadline::in(std::chrono::seconds(2))));
    if (reply.ok() && reply->status == 200) return {};
    if (deadline.passed())
      return Error(Code::kDeadlineExceeded, fmt::format("no answer from port {}", port));
    VIF_TRY(rt::sleep_for(std::chrono::milliseconds(20)));
  }
}

}  // namespace

struct Cluster::Member {
  const KeyspaceSpec* keyspace = nullptr;
  const ShardSpec* shard = nullptr;
  const TabletSpec* tablet = nullptr;
  std::unique_ptr<mysqld::Instance> server;
  Supervised* server_process = nullptr;
  Supervised* tablet_process = nullptr;
};

Cluster::Cluster(ClusterOptions options, Progress& progress)
    : options_(std::move(options)), progress_(progress) {
  for (const KeyspaceSpec& keyspace : options_.spec.keyspaces) {
    for (const ShardSpec& shard : keyspace.shards) {
      for (const TabletSpec& tablet : shard.tablets) {
        auto member = std::make_unique<Member>();
        member->keyspace = &keyspace;
        member->shard = &shard;
        member->tablet = &tablet;
        mysqld::InstanceOptions server;
        server.server = options_.server;
        server.dir = options_.layout.tablet_dir(tablet.uid);
        server.uid = tablet.uid;
        server.server_id = tablet.uid;
        server.port = tablet.mysql_port;
        server.extra_cnf = tablet.extra_cnf;
        member->server = std::make_unique<mysqld::Instance>(std::move(server));
        members_.push_back(std::move(member));
      }
    }
  }
}

Cluster::~Cluster() { stop(); }

Status Cluster::start() {
  for (const std::string& dir :
       {options_.layout.root, options_.layout.log_dir(), options_.layout.root + "/run"}) {
    VIF_TRY(make_dirs(dir));
  }
  // sun_path holds 108 bytes; the longest of our sockets is a server's.
  if (options_.layout.tablet_dir(0).size() + sizeof "/mysql.sock" > 107) {
    return Error(Code::kInvalidArgument,
                 fmt::format("{} is too long a path for unix sockets; give a shorter --data-dir",
                             options_.layout.root));
  }
  VIF_TRY(end_leftovers(options_.layout.root, rt::Deadline::in(std::chrono::seconds(30))));
  VIF_TRY(check_ports());
  VIF_TRY(write_topology());
  VIF_TRY(start_servers());
  VIF_TRY(start_tablets());
  VIF_TRY(start_gate());
  return load_sample();
}

void Cluster::stop() {
  // The gate first, so that no client meets a half-stopped cluster; servers last. Those of a kind
  // end together.
  const rt::Uncancelled finish;
  for (const char* kind : {"vtgate", "vttablet", "mysqld"}) {
    rt::TaskGroup group;
    for (const auto& process : processes_) {
      if (process->name().starts_with(kind)) group.spawn([&process] { process->stop(); });
    }
    if (group.running() > 0) progress_.step(fmt::format("stopping {}", kind));
    (void)group.wait();
  }
  processes_.clear();
}

Status Cluster::check_ports() const {
  const GatewaySpec& gate = options_.spec.gateway;
  std::vector<std::pair<uint16_t, std::string>> ports = {{gate.mysql_port, "the gate's MySQL port"},
                                                         {gate.web_port, "the gate's web port"},
                                                         {gate.grpc_port, "the gate's gRPC port"}};
  for (const auto& member : members_) {
    const std::string name = alias(*member->tablet);
    ports.emplace_back(member->tablet->web_port, "the web port of tablet " + name);
    ports.emplace_back(member->tablet->grpc_port, "the gRPC port of tablet " + name);
    ports.emplace_back(member->tablet->mysql_port, "the MySQL port of tablet " + name);
  }
  for (const auto& [port, what] : ports) {
    const auto listener = rt::listen(rt::Address::tcp("127.0.0.1", port));
    if (listener.ok()) continue;
    return Error(Code::kAlreadyExists,
                 fmt::format("port {} ({}) cannot be used: {}; stop what listens there", port, what,
                             listener.error().message()));
  }
  return {};
}

Status Cluster::write_topology() {
  progress_.step("topology: " + options_.layout.topo_dir());
  return local::write_topology(options_.spec, options_.layout);
}

Supervised& Cluster::supervise(Supervised::Options options) {
  processes_.push_back(std::make_unique<Supervised>(std::move(options)));
  processes_.back()->start();
  return *processes_.back();
}

Status Cluster::for_each_member(const std::function<Status(Member&)>& work) {
  rt::TaskGroup group;
  Status first;
  for (const auto& member : members_) {
    group.spawn([&] {
      const Status done = work(*member);
      if (!done.ok() && first.ok()) first = done;
    });
  }
  VIF_TRY(group.wait());
  return first;
}

Status Cluster::start_servers() {
  progress_.step(fmt::format("servers: {} of {}", members_.size(), options_.server.to_string()));
  const rt::Deadline deadline = rt::Deadline::in(kStartTimeout);
  const std::string template_dir = options_.layout.template_dir(
      fmt::format("{}-{}", options_.server.flavor == mysqld::Flavor::kMysql ? "mysql" : "mariadb",
                  options_.server.version));
  bool made_template = false;
  for (const auto& member : members_) {
    mysqld::Instance& server = *member->server;
    if (server.initialised()) {
      VIF_TRY(server.write_my_cnf());
    } else {
      if (!made_template) progress_.step("servers: making data folders");
      made_template = true;
      VIF_TRY(server.initialise(template_dir, deadline));
    }
    const std::string name = "mysqld " + alias(*member->tablet);
    Supervised::Options options;
    options.name = name;
    options.command = [&server]() -> Result<rt::ProcessOptions> {
      return server.process_options();
    };
    options.ready = [&server](rt::Deadline until) { return server.wait_ready(until); };
    options.pid_path = options_.layout.pid("mysqld-" + alias(*member->tablet));
    member->server_process = &supervise(std::move(options));
  }
  progress_.step("servers: waiting until they take connections");
  return for_each_member([&](Member& member) -> Status {
    const Status ready = member.server_process->wait_ready(deadline);
    if (ready.ok()) return {};
    return ready.error().with_prefix(
        fmt::format("{} (log: {})", alias(*member.tablet), member.server->error_log_path()));
  });
}

Result<rt::ProcessOptions> Cluster::tablet_command(const Member& member) const {
  const Layout& layout = options_.layout;
  const TabletSpec& tablet = *member.tablet;
  rt::ProcessOptions command;
  command.argv = {
      options_.vif_path, "vttablet", "--topo-implementation=file",
      "--topo-global-server-address=" + layout.topo_dir(), "--topo-global-root=/vitess/global",
      "--tablet-path=" + alias(tablet), "--tablet-hostname=127.0.0.1",
      "--init-keyspace=" + member.keyspace->name, "--init-shard=" + member.shard->name,
      fmt::format("--init-tablet-type={}", tablet.rdonly ? "rdonly" : "replica"),
      fmt::format("--port={}", tablet.web_port), fmt::format("--grpc-port={}", tablet.grpc_port),
      "--bind-address=127.0.0.1", "--grpc-bind-address=127.0.0.1",
      "--grpc-socket-file=" + layout.tablet_socket(tablet.uid),
      "--service-map=grpc-queryservice,grpc-tabletmanager", std::string(kMessageMaxFlag),
      "--mycnf-file=" + member.server->my_cnf_path(), "--db-socket=" + member.server->socket_path(),
      "--health-check-interval=5s",
      // As the Kubernetes operator sets them, below the server's max_connections together.
      "--queryserver-config-pool-size=96", "--queryserver-config-stream-pool-size=96",
      "--queryserver-config-transaction-cap=200",
      fmt::format("--log-queries-to-file={}/vttablet-{}-querylog.txt", layout.log_dir(),
                  alias(tablet))};
  if (!member.keyspace->database.empty())
    command.argv.push_back("--init-db-name-override=" + member.keyspace->database);
  command.argv.insert(command.argv.end(), tablet.extra_flags.begin(), tablet.extra_flags.end());
  command.stdout_path = command.stderr_path = layout.log("vttablet-" + alias(tablet));
  command.env["VTDATAROOT"] = layout.root;
  command.new_session = true;
  return command;
}

Status Cluster::start_tablets() {
  progress_.step("tablets: starting");
  const rt::Deadline deadline = rt::Deadline::in(kStartTimeout);
  for (const auto& member : members_) {
    Supervised::Options options;
    options.name = "vttablet " + alias(*member->tablet);
    const Member* which = member.get();
    options.command = [this, which] { return tablet_command(*which); };
    options.ready = [which](rt::Deadline until) {
      return http_ready(which->tablet->web_port, "/debug/vars", until);
    };
    options.pid_path = options_.layout.pid("vttablet-" + alias(*member->tablet));
    member->tablet_process = &supervise(std::move(options));
  }
  VIF_TRY(for_each_member([&](Member& member) -> Status {
    const Status ready = member.tablet_process->wait_ready(deadline);
    if (ready.ok()) return {};
    return ready.error().with_prefix(
        fmt::format("{} (log: {})", alias(*member.tablet),
                    options_.layout.log("vttablet-" + alias(*member.tablet))));
  }));
  progress_.step("tablets: primaries and replication");
  return elect_primaries(options_.spec, options_.layout, deadline);
}

Result<rt::ProcessOptions> Cluster::gate_command() const {
  const Layout& layout = options_.layout;
  const GatewaySpec& gate = options_.spec.gateway;
  const std::string& cell = options_.spec.cells.front();
  rt::ProcessOptions command;
  command.argv = {
      options_.vif_path, "vtgate", "--topo-implementation=file",
      "--topo-global-server-address=" + layout.topo_dir(), "--topo-global-root=/vitess/global",
      "--cell=" + cell, fmt::format("--cells_to_watch={}", fmt::join(options_.spec.cells, ",")),
      fmt::format("--port={}", gate.web_port), fmt::format("--grpc-port={}", gate.grpc_port),
      fmt::format("--mysql-server-port={}", gate.mysql_port),
      "--mysql-server-socket-path=" + layout.gate_socket(), "--mysql-auth-server-impl=none",
      "--vschema-ddl-authorized-users=%", "--tablet-types-to-wait=PRIMARY",
      "--service-map=grpc-vtgateservice", std::string(kMessageMaxFlag),
      // Drivers and frameworks choose their SQL by it (RETURNING, row aliases, JSON_TABLE).
      "--mysql-server-version=" + options_.server.full_version,
      // Of all queries it would cost a sixth of the gate, and fill the disk.
      "--querylog-mode=error",
      fmt::format("--log-queries-to-file={}/vtgate_querylog.txt", layout.log_dir())};
  command.argv.insert(command.argv.end(), gate.extra_flags.begin(), gate.extra_flags.end());
  command.stdout_path = command.stderr_path = layout.log("vtgate");
  command.new_session = true;
  return command;
}

Status Cluster::start_gate() {
  progress_.step("gate: starting");
  Supervised::Options options;
  options.name = "vtgate";
  options.command = [this] { return gate_command(); };
  options.ready = [this](rt::Deadline until) {
    return http_ready(options_.spec.gateway.web_port, "/debug/health", until);
  };
  options.pid_path = options_.layout.pid("vtgate");
  const Status ready = supervise(std::move(options)).wait_ready(rt::Deadline::in(kStartTimeout));
  if (ready.ok()) return {};
  return ready.error().with_prefix(fmt::format("vtgate (log: {})", options_.layout.log("vtgate")));
}

Status Cluster::load_sample() {
  if (fs::exists(options_.layout.loaded_marker())) return {};
  progress_.step("schema and data: loading through the gate");
  VIF_TRY(local::load_sample(options_.spec, options_.layout, rt::Deadline::in(kStartTimeout)));
  std::ofstream(options_.layout.loaded_marker()) << "\n";
  return {};
}

}  // namespace vif::local
