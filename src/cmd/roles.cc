#include "cmd/roles.h"

#include <cstdio>

#include "cmd/eval_door.h"
#include "cmd/local.h"
#include "cmd/mysqlctl.h"
#include "cmd/sql_door.h"
#include "cmd/version.h"
#include "cmd/vindex_door.h"
#include "cmd/vtcombo.h"
#include "cmd/vtgate.h"
#include "cmd/vttablet.h"

namespace vif::cmd {
namespace {

constexpr Role kRoles[] = {
    {"up", "start the local cluster", up_main},
    {"down", "stop the local cluster", down_main},
    {"status", "show the local cluster", status_main},
    {"supervise", "keep a local cluster running in the foreground", supervise_main},
    {"vtgate", "route queries to the shards of a keyspace", vtgate_main},
    {"vttablet", "serve and look after one MySQL server", vttablet_main},
    {"vtctld", "control plane server", nullptr},
    {"vtctldclient", "control plane client", nullptr},
    {"vtorc", "failure detection and recovery", nullptr},
    {"mysqlctl", "start, stop and initialise a MySQL server", mysqlctl_main},
    {"mysqlctld", "mysqlctl as a daemon", nullptr},
    {"vtbackup", "make a backup from the last one", nullptr},
    {"vtexplain", "explain what queries would do", nullptr},
    {"vtadmin", "web administration", nullptr},
    {"vttestserver", "a cluster for tests", nullptr},
    {"vtcombo", "gate and tablets in one process", vtcombo_main},
    {"sql", "parse, normalise, split and redact SQL, for scripts", sql_main},
    {"vindex", "map values to keyspace ids, for scripts", vindex_main},
    {"eval", "evaluate expressions as the gate does, for scripts", eval_main},
};

void print_usage(FILE* out) {
  std::fputs("vif: horizontal scaling for MySQL\n\nUsage:\n  vif ROLE [flags]\n\nRoles:\n", out);
  for (const Role& role : kRoles) {
    const std::string line =
        fmt::format("  {:14} {}{}\n", role.name, role.summary, role.main ? "" : " (not built yet)");
    std::fputs(line.c_str(), out);
  }
  std::fputs(
      "\nvif ROLE --help shows the role's flags; a link to vif with the role's name is the role.\n",
      out);
}

int run(const Role& role, Args args) {
  if (role.main) return role.main(args);
  std::fprintf(stderr, "%s: this role is not built yet\n", std::string(role.name).c_str());
  return 2;
}

const Role* find_role(std::string_view name) {
  for (const Role& role : kRoles) {
    if (role.name == name) return &role;
  }
  return nullptr;
}

}  // namespace

std::span<const Role> roles() { return kRoles; }

int run_role(std::string_view executable, Args args) {
  const std::string_view name = executable.substr(executable.rfind('/') + 1);
  if (const Role* role = find_role(name)) return run(*role, args);
  if (args.empty() || args[0] == "-h" || args[0] == "--help" || args[0] == "help") {
    print_usage(args.empty() ? stderr : stdout);
    return args.empty() ? 2 : 0;
  }
  if (args[0] == "-v" || args[0] == "--version" || args[0] == "version") {
    std::puts(version_line().c_str());
    return 0;
  }
  if (const Role* role = find_role(args[0])) return run(*role, args.subspan(1));
  std::fprintf(stderr, "vif: no role '%s'; vif --help lists them\n", std::string(args[0]).c_str());
  return 2;
}

}  // namespace vif::cmd
