#include "local/sample.h"

#include "mysql/client_conn.h"
#include "rt/fiber.h"

namespace vif::local {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())))
    text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())))
    text.remove_suffix(1);
  return text;
}

// The gate serves a keyspace once it has seen its primaries; until then statements fail as
// unavailable.
bool not_serving_yet(const Error& error) {
  return error.code() == Code::kUnavailable ||
         error.message().find("no healthy tablet") != std::string::npos ||
         error.message().find("Unknown database") != std::string::npos;
}

Status run(mysql::ClientConnection& gate, const std::string& statement, rt::Deadline deadline) {
  while (true) {
    const auto result = gate.execute(statement, deadline);
    if (result.ok()) return {};
    if (!not_serving_yet(result.error()) || deadline.passed()) {
      return result.error().with_message(
          fmt::format("{}\n  in: {}", result.error().message(), statement));
    }
    VIF_TRY(rt::sleep_for(std::chrono::milliseconds(50)));
  }
}

}  // namespace

std::vector<std::string> script_statements(std::string_view script) {
  std::vector<std::string> statements;
  std::string current;
  while (!script.empty()) {
    const size_t newline = std::min(script.find('\n'), script.size());
    const std::string_view line = trim(script.substr(0, newline));
    script.remove_prefix(std::min(newline + 1, script.size()));
    if (line.empty() || line.starts_with("--")) continue;
    if (!current.empty()) current += '\n';
    current += line;
    if (line.back() == ';') {
      current.pop_back();
      statements.push_back(std::move(current));
      current.clear();
    }
  }
  if (!current.empty()) statements.push_back(std::move(current));
  return statements;
}

Status load_sample(const ClusterSpec& spec, const Layout& layout, rt::Deadline deadline) {
  mysql::ClientOptions options;
  options.address = rt::Address::unix_socket(layout.gate_socket());
  options.user = "root";
  const auto gate = VIF_TRY(mysql::ClientConnection::connect(options, deadline));
  for (const KeyspaceSpec& keyspace : spec.keyspaces) {
    VIF_TRY(run(*gate, fmt::format("use `{}`", keyspace.name), deadline));
    for (const std::string& statement : script_statements(keyspace.schema_sql))
      VIF_TRY(run(*gate, statement, deadline));
    for (const ShardSpec& shard : keyspace.shards) {
      const auto statements = script_statements(keyspace.every_shard_sql);
      if (!statements.empty())
        VIF_TRY(run(*gate, fmt::format("use `{}:{}`", keyspace.name, shard.name), deadline));
      for (const std::string& statement : statements) VIF_TRY(run(*gate, statement, deadline));
    }
  }
  if (spec.data_sql.empty()) return {};
  VIF_TRY(run(*gate, fmt::format("use `{}`", spec.keyspaces.back().name), deadline));
  for (const std::string& statement : script_statements(spec.data_sql))
    VIF_TRY(run(*gate, statement, deadline));
  return {};
}

}  // namespace vif::local
