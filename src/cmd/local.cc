#include "cmd/local.h"

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/flags.h"
#include "base/log.h"
#include "local/control.h"
#include "local/folder_lock.h"
#include "local/layout.h"
#include "local/supervised.h"
#include "local/supervisor.h"
#include "rt/fiber.h"

namespace vif::cmd {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string file;
  std::string schema_dir;
  std::string data_dir = local::default_data_dir();
  std::string mysql;
  int mysql_port = 0;
  int port_shift = 0;
  bool wipe = false;
  std::chrono::nanoseconds timeout = std::chrono::minutes(3);
};

void print(FILE* out, const std::string& line) {
  std::fputs((line + "\n").c_str(), out);
  std::fflush(out);
}

int fail(const Error& error) {
  print(stderr, "vif: " + error.message());
  return 1;
}

// Answers --help and complaints itself; then `exit_status` says how to end.
bool parse(std::string_view role, std::string_view summary, Args args, Options& options,
           int& exit_status) {
  FlagSet flags("vif " + std::string(role));
  std::string short_form;
  flags.add("data-dir", &options.data_dir, "folder of the cluster's data, logs and sockets");
  if (role == "up" || role == "supervise") {
    flags.add("file", &options.file,
              "VitessCluster document (also -f); without it the commerce example");
    flags.add("schema-dir", &options.schema_dir,
              "folder with <keyspace>/*.sql and <keyspace>/vschema.json");
    flags.add("mysql", &options.mysql, "mysqld or mariadbd, or a folder that holds one");
    flags.add("mysql-port", &options.mysql_port, "MySQL port of the gate, if not 15306");
    flags.add("port-shift", &options.port_shift,
              "added to every port, to run beside another cluster");
    flags.add("timeout", &options.timeout, "how long to wait until the cluster serves");
  }
  if (role == "up" || role == "down") flags.add("wipe", &options.wipe, "remove the data folder");
  std::vector<std::string_view> rewritten(args.begin(), args.end());
  for (std::string_view& arg : rewritten) {
    if (arg == "-f") arg = "--file";
  }
  const Status parsed = flags.parse(rewritten);
  exit_status = 0;
  if (!parsed.ok()) {
    exit_status = fail(parsed.error());
  } else if (flags.help_wanted()) {
    print(stdout, flags.help_text(summary));
  } else if (!flags.positional().empty()) {
    print(stderr, fmt::format("vif {}: unexpected argument '{}'", role, flags.positional()[0]));
    exit_status = 1;
  } else {
    options.data_dir = fs::absolute(options.data_dir).lexically_normal().string();
    while (options.data_dir.size() > 1 && options.data_dir.back() == '/')
      options.data_dir.pop_back();
    return true;
  }
  return false;
}

Result<local::ClusterSpec> read_spec(const Options& options) {
  local::ClusterSpec spec;
  if (options.file.empty()) {
    spec = local::commerce_example();
  } else {
    std::ifstream in(options.file, std::ios::binary);
    if (!in) return Error(Code::kNotFound, "cannot read " + options.file);
    std::ostringstream text;
    text << in.rdbuf();
    auto parsed = local::parse_vitess_cluster(text.str());
    if (!parsed.ok()) return parsed.error().with_prefix(options.file);
    spec = std::move(*parsed);
  }
  if (!options.schema_dir.empty()) VIF_TRY(local::add_schema_dir(options.schema_dir, spec));
  VIF_TRY(local::assign_ports(spec, options.port_shift));
  if (options.mysql_port != 0) spec.gateway.mysql_port = static_cast<uint16_t>(options.mysql_port);
  return spec;
}

std::string own_path() {
  std::error_code error;
  const fs::path path = fs::read_symlink("/proc/self/exe", error);
  return error ? "vif" : path.string();
}

// What running and half-running clusters have in common to say.
void print_how_to_connect(const local::Report& report) {
  print(stdout,
        fmt::format("\n  mysql -h 127.0.0.1 -P {} -u root\n  http://127.0.0.1:{}/debug/status\n",
                    report.mysql_port, report.web_port));
}

Status start_supervisor(const Options& options) {
  std::error_code error;
  fs::create_directories(options.data_dir + "/logs", error);
  if (error)
    return Error(Code::kInternal,
                 fmt::format("cannot make {}: {}", options.data_dir, error.message()));
  rt::ProcessOptions process;
  process.argv = {own_path(), "supervise", "--data-dir=" + options.data_dir};
  if (!options.file.empty())
    process.argv.push_back("--file=" + fs::absolute(options.file).string());
  if (!options.schema_dir.empty())
    process.argv.push_back("--schema-dir=" + fs::absolute(options.schema_dir).string());
  if (!options.mysql.empty()) process.argv.push_back("--mysql=" + options.mysql);
  if (options.mysql_port != 0)
    process.argv.push_back(fmt::format("--mysql-port={}", options.mysql_port));
  process.stdout_path = process.stderr_path = options.data_dir + "/logs/supervisor.log";
  process.new_session = true;
  if (options.port_shift != 0)
    process.argv.push_back(fmt::format("--port-shift={}", options.port_shift));
  const auto started = VIF_TRY(rt::Process::start(process));
  // Until its control socket answers, or it has ended with something to say in its log.
  const auto deadline = rt::Deadline::in(std::chrono::seconds(20));
  while (!rt::dial(rt::Address::unix_socket(local::Layout{options.data_dir}.control_socket()),
                   deadline)
              .ok()) {
    if (!started->running() || deadline.passed()) {
      std::ifstream log(process.stdout_path);
      std::string line, last;
      while (std::getline(log, line)) last = line;
      return Error(Code::kUnavailable, fmt::format("the supervisor does not start: {}", last));
    }
    VIF_TRY(rt::sleep_for(std::chrono::milliseconds(20)));
  }
  return {};
}

// Once the supervisor has ended: stops what one that was killed has left behind and, with --wipe,
// removes the folder. Gives how many processes it stopped. Only what looks like a cluster's folder
// is touched.
Result<int> clear_folder(const Options& options) {
  const local::Layout layout{options.data_dir};
  std::error_code error;
  if (!fs::exists(layout.lock_file(), error)) return 0;
  // The supervisor answers until shortly before its end, and has files of its own to remove.
  const auto lock = VIF_TRY(
      local::FolderLock::take(layout.lock_file(), rt::Deadline::in(std::chrono::minutes(1))));
  const int ended =
      VIF_TRY(local::end_leftovers(layout.root, rt::Deadline::in(std::chrono::seconds(30))));
  if (!options.wipe) return ended;
  fs::remove_all(options.data_dir, error);
  if (error)
    return Error(Code::kInternal,
                 fmt::format("cannot remove {}: {}", options.data_dir, error.message()));
  print(stdout, "removed " + options.data_dir);
  return ended;
}

Status up(const Options& options) {
  const local::Layout layout{options.data_dir};
  const rt::Instant begun = rt::now_exact();
  bool running = false;
  (void)local::ask_control(
      layout.control_socket(), "status", [&](const local::Report&) { return !(running = true); },
      rt::Deadline::in(std::chrono::seconds(5)));
  if (!running) {
    // Found out here, where the user sees it, rather than in a log.
    const local::ClusterSpec spec = VIF_TRY(read_spec(options));
    const auto server =
        VIF_TRY(mysqld::find_server(options.mysql, rt::Deadline::in(std::chrono::seconds(20))));
    if (options.wipe) VIF_TRY(clear_folder(options));
    if (!spec.ignored_fields.empty()) {
      print(stdout, fmt::format("ignored, without meaning on one machine: {}",
                                fmt::join(spec.ignored_fields, ", ")));
    }
    print(stdout, fmt::format("cluster '{}' in {}, with {}", spec.name, options.data_dir,
                              server.to_string()));
    if (::geteuid() == 0)
      print(stdout, "running as root: the servers are started with --user=root");
    VIF_TRY(start_supervisor(options));
  }
  size_t shown = 0;
  local::Report last;
  VIF_TRY(local::ask_control(
      layout.control_socket(), "follow",
      [&](const local::Report& report) {
        for (; shown < report.lines.size() && !running; ++shown)
          print(stdout, "  " + report.lines[shown]);
        last = report;
        return true;
      },
      rt::Deadline::in(options.timeout)));
  if (last.phase == local::Phase::kReady) {
    const auto ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(rt::now_exact() - begun).count();
    print(stdout, running ? "the cluster is up already"
                          : fmt::format("ready in {:.1f} s", static_cast<double>(ms) / 1000));
    print_how_to_connect(last);
    return {};
  }
  return Error(
      Code::kUnavailable,
      fmt::format("{}\n  logs are in {}; vif down stops what has started",
                  last.error.empty() ? "the supervisor has ended" : last.error, layout.log_dir()));
}

Status down(const Options& options) {
  const local::Layout layout{options.data_dir};
  bool was_running = false;
  size_t shown = 0;
  const Status asked = local::ask_control(
      layout.control_socket(), "stop",
      [&](const local::Report& report) {
        if (!was_running) shown = report.lines.size();
        was_running = true;
        for (; shown < report.lines.size(); ++shown) print(stdout, "  " + report.lines[shown]);
        return true;
      },
      rt::Deadline::in(std::chrono::minutes(2)));
  if (was_running && !asked.ok()) return asked;
  const int ended = VIF_TRY(clear_folder(options));
  print(stdout, was_running ? "stopped"
                : ended > 0 ? fmt::format("stopped {} processes whose supervisor had died", ended)
                            : "no cluster runs in " + options.data_dir);
  return {};
}

Status status(const Options& options) {
  bool running = false;
  const auto show = [&](const local::Report& report) {
    running = true;
    constexpr const char* kPhases[] = {"starting", "ready", "failed", "stopping"};
    print(stdout, fmt::format("{}, with {}; supervisor {}", kPhases[static_cast<int>(report.phase)],
                              report.server, report.supervisor_pid));
    for (const auto& process : report.processes) {
      print(stdout,
            fmt::format("  {:30} {:20} pid {:<8} restarts {}{}", process.name, process.state,
                        process.pid, process.restarts,
                        process.last_exit.empty() ? "" : " (last: " + process.last_exit + ")"));
    }
    if (!report.error.empty()) print(stdout, "  " + report.error);
    print_how_to_connect(report);
    return false;
  };
  (void)local::ask_control(local::Layout{options.data_dir}.control_socket(), "status", show,
                           rt::Deadline::in(std::chrono::seconds(5)));
  if (running) return {};
  return Error(Code::kUnavailable, "no cluster runs in " + options.data_dir);
}

Status supervise(const Options& options) {
  local::ClusterOptions cluster;
  cluster.spec = VIF_TRY(read_spec(options));
  cluster.layout.root = options.data_dir;
  cluster.server =
      VIF_TRY(mysqld::find_server(options.mysql, rt::Deadline::in(std::chrono::seconds(20))));
  cluster.vif_path = own_path();
  return local::run_supervisor(std::move(cluster));
}

int run(std::string_view role, std::string_view summary, Args args,
        Status (*work)(const Options&)) {
  ::signal(SIGPIPE, SIG_IGN);
  Options options;
  int exit_status = 0;
  if (!parse(role, summary, args, options, exit_status)) return exit_status;
  const Status done = rt::run({}, [&] { return work(options); });
  return done.ok() ? 0 : fail(done.error());
}

}  // namespace

int up_main(Args args) {
  return run("up", "Starts a local cluster and waits until it serves.", args, up);
}
int down_main(Args args) {
  return run("down", "Stops the local cluster; data stays unless --wipe.", args, down);
}
int status_main(Args args) {
  return run("status", "Shows the processes of the local cluster.", args, status);
}
int supervise_main(Args args) {
  return run("supervise", "Keeps a local cluster running in the foreground.", args, supervise);
}

}  // namespace vif::cmd
