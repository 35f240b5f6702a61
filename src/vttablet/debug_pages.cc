#include "vttablet/debug_pages.h"

#include "rpc/debug_endpoints.h"
#include "vttablet/manager/tablet_manager.h"
#include "vttablet/query/query_server.h"

namespace vif::vttablet {
namespace {

using rpc::html_escape;
using rpc::HttpRequest;
using rpc::HttpResponse;

int64_t to_ms(rt::Duration d) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
}

std::string status_part(QueryServer& queries, TabletManager& manager) {
  const clients::Health& health = queries.health().latest();
  return fmt::format(
      "<h2>Tablet {}</h2>\n<table>\n<tr><td>Keyspace/Shard</td><td>{}/{}</td></tr>\n"
      "<tr><td>Tablet type</td><td>{}</td></tr>\n<tr><td>State</td><td>{}</td></tr>\n"
      "<tr><td>Replication lag</td><td>{} s</td></tr>\n<tr><td>QPS</td><td>{:.1f}</td></tr>\n"
      "<tr><td>Trouble</td><td>{}</td></tr>\n</table>",
      html_escape(health.alias.to_string()), html_escape(queries.keyspace()),
      html_escape(queries.shard()), clients::tablet_type_name(manager.type()), queries.state_name(),
      health.replication_lag_s, health.qps,
      html_escape(health.error.empty() ? manager.trouble() : health.error));
}

// What Vitess's status page asks for: a list whose first element says how the tablet is.
std::string status_details(QueryServer& queries) {
  const clients::Health& health = queries.health().latest();
  const char* mood = !health.serving                 ? "unhappy"
                     : health.replication_lag_s > 30 ? "unhappy"
                                                     : "healthy";
  return fmt::format(
      "[\n {{\n  \"Key\": \"Current State\",\n  \"Class\": \"{}\",\n  \"Value\": {}\n }},\n"
      " {{\n  \"Key\": \"Target\",\n  \"Class\": \"\",\n  \"Value\": {}\n }}\n]\n",
      mood,
      json_quote(fmt::format("{}: {}", clients::tablet_type_name(health.target.tablet_type),
                             health.serving ? "Serving" : "Not Serving")),
      json_quote(fmt::format("{}/{}", queries.keyspace(), queries.shard())));
}

std::string live_queries(QueryServer& queries) {
  std::string out =
      "<!DOCTYPE html>\n<title>Live queries</title>\n<table>\n<tr><th>Query</th><th>ms</th>"
      "<th>ConnectionID</th></tr>\n";
  queries.running().each([&](const RunningStatement& statement) {
    out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                       html_escape(statement.sql.substr(0, 500)),
                       to_ms(rt::now() - statement.started), statement.thread_id);
  });
  return out + "</table>\n";
}

std::string live_queries_json(QueryServer& queries) {
  std::string out = "[";
  queries.running().each([&](const RunningStatement& statement) {
    if (out.size() > 1) out += ",";
    out += fmt::format("{{\"Query\":{},\"Duration\":\"{}ms\",\"ConnID\":{}}}",
                       json_quote(statement.sql.substr(0, 500)),
                       to_ms(rt::now() - statement.started), statement.thread_id);
  });
  return out + "]\n";
}

std::string queryz(QueryServer& queries) {
  std::string out =
      "<!DOCTYPE "
      "html>\n<title>queryz</title>\n<table>\n<tr><th>Query</th><th>Plan</th><th>Count</th>"
      "<th>Time ms</th><th>Errors</th></tr>\n";
  for (const auto& [fingerprint, stats] : queries.stats().by_fingerprint()) {
    out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{:.3f}</td><td>{}</td></tr>\n",
                       html_escape(stats.sql), statement_kind_name(stats.kind), stats.count,
                       static_cast<double>(stats.time_ns) / 1e6, stats.errors);
  }
  return out + "</table>\n";
}

std::string querylogz(QueryServer& queries) {
  std::string out =
      "<!DOCTYPE html>\n<title>querylogz</title>\n<p>Statements that failed or took long, latest "
      "first.</p>\n"
      "<table>\n<tr><th>Plan</th><th>ms</th><th>Query</th><th>Error</th></tr>\n";
  const std::deque<NotedStatement>& noted = queries.stats().noted();
  for (auto it = noted.rbegin(); it != noted.rend(); ++it) {
    out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                       statement_kind_name(it->kind), to_ms(it->time), html_escape(it->sql),
                       html_escape(it->error));
  }
  return out + "</table>\n";
}

void export_state(Metrics& metrics, QueryServer& queries, TabletManager& manager) {
  metrics.text_function("TabletStateName", [&] { return std::string(queries.state_name()); });
  metrics.text_function("TabletType",
                        [&] { return std::string(clients::tablet_type_name(manager.type())); });
  metrics.text_function("TabletKeyspace", [&] { return queries.keyspace(); });
  metrics.text_function("TabletShard", [&] { return queries.shard(); });
  metrics.text_function("TabletAlias", [&] { return manager.options().alias.to_string(); });
  metrics.gauge_function("TabletState", "2 when serving, 1 when not",
                         [&] { return queries.state_name() == "SERVING" ? 2 : 1; });
  metrics.gauge_function("ReplicationLagSeconds", "Replication lag of this tablet",
                         [&] { return queries.replication_lag_s(); });
  metrics.gauge_function("OpenTransactions", "Transactions open now",
                         [&] { return static_cast<int64_t>(queries.stateful().transactions()); });
  metrics.gauge_function("RunningStatements", "Statements that mysqld works on for us now",
                         [&] { return static_cast<int64_t>(queries.running().count()); });
}

}  // namespace

void add_debug_pages(rpc::HttpServer& server, Metrics& metrics, QueryServer& queries,
                     TabletManager& manager) {
  export_state(metrics, queries, manager);
  const auto healthy = [&queries]() -> Status {
    const clients::Health& health = queries.health().latest();
    if (health.serving) return {};
    return Error(Code::kUnavailable, health.error.empty()
                                         ? "operation not allowed in state NOT_SERVING"
                                         : health.error);
  };
  rpc::DebugEndpoints endpoints;
  endpoints.binary = "vttablet";
  endpoints.cmdline = manager.options().cmdline;
  endpoints.build.version = "23.0.0-SNAPSHOT";
  endpoints.metrics = &metrics;
  endpoints.status_parts.push_back([&] { return status_part(queries, manager); });
  endpoints.healthz = healthy;
  endpoints.health = [healthy]() -> Result<std::string> {
    VIF_TRY(healthy());
    return std::string("ok");
  };
  rpc::add_debug_endpoints(server, std::move(endpoints));
  server.handle("/debug/status_details",
                [&](const HttpRequest&) { return HttpResponse::json(status_details(queries)); });
  server.handle("/debug/query_stats", [&](const HttpRequest&) {
    return HttpResponse::json(queries.stats().query_stats_json());
  });
  server.handle("/querylogz",
                [&](const HttpRequest&) { return HttpResponse::html(querylogz(queries)); });
  server.handle("/queryz", [&](const HttpRequest&) { return HttpResponse::html(queryz(queries)); });
  server.handle("/livequeryz/", [&](const HttpRequest& request) {
    if (request.value("format") == "json") return HttpResponse::json(live_queries_json(queries));
    return HttpResponse::html(live_queries(queries));
  });
  server.handle("/livequeryz/terminate", [&](const HttpRequest& request) {
    const std::string id(request.value("connID"));
    const unsigned long thread = std::strtoul(id.c_str(), nullptr, 10);
    bool found = false;
    queries.running().each(
        [&](const RunningStatement& statement) { found |= statement.thread_id == thread; });
    if (!found) return HttpResponse::text(404, "no such query\n");
    queries.running().kill_connection(static_cast<uint32_t>(thread));
    return HttpResponse::redirect("/livequeryz/");
  });
}

}  // namespace vif::vttablet
