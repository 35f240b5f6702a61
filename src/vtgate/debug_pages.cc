// What the gate shows on its debug port.

#include <algorithm>

#include "rpc/http_server.h"
#include "sql/printer.h"
#include "vtgate/gate.h"
#include "vtgate/vschema_page.h"

namespace vif::vtgate {

namespace {

using rpc::html_escape;

std::string plan_json(const CachedPlan& cached) {
  const plan::Plan& plan = *cached.plan;
  return fmt::format(
      "{{\n\"QueryType\": {},\n\"Type\": {},\n\"Original\": {},\n\"Instructions\": "
      "{},\n\"ExecCount\": {},\n"
      "\"ExecTime\": {},\n\"ShardQueries\": {},\n\"RowsReturned\": {},\n\"RowsAffected\": "
      "{},\n\"Errors\": {}\n}}",
      json_quote(plan::query_type_name(plan.query_type)),
      json_quote(plan::plan_type_name(plan.type)), json_quote(cached.sql),
      plan::instructions_json(plan), cached.executions, cached.time_ns, cached.shard_queries,
      cached.rows_returned, cached.rows_affected, cached.errors);
}

rpc::HttpResponse query_plans(Gate& gate) {
  std::string json = "{";
  gate.executor().plan_cache().each([&](const CachedPlan& cached) {
    json += fmt::format("{}\n{}: {}", json.size() == 1 ? "" : ",", json_quote(cached.sql),
                        plan_json(cached));
  });
  return rpc::HttpResponse::json(json + "\n}\n");
}

std::string table(std::string_view head, const std::string& rows) {
  return fmt::format("<table border=\"1\" cellspacing=\"0\" cellpadding=\"4\">\n{}\n{}</table>\n",
                     head, rows);
}

rpc::HttpResponse query_log_page(const Gate& gate) {
  std::string rows;
  const auto& kept = gate.query_log().kept();
  for (auto record = kept.rbegin(); record != kept.rend(); ++record) {
    const auto ms = [](rt::Duration d) { return static_cast<double>(d.count()) / 1e6; };
    rows += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td>{:.3f}</td><td>{:.3f}</td><td>{:.3f}</"
        "td><td>{:.3f}</td><td>{}</td>"
        "<td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        html_escape(record->user), html_escape(record->keyspace), html_escape(record->tablet_type),
        ms(record->total_time), ms(record->plan_time), ms(record->execute_time),
        ms(record->commit_time), html_escape(record->statement_type),
        html_escape(record->plan_type), html_escape(record->sql), record->shard_queries,
        record->rows_affected, html_escape(record->error));
  }
  return rpc::HttpResponse::html(
      "<!DOCTYPE html>\n<html><head><title>querylogz</title></head><body>\n<h3>The latest slow and "
      "failed queries</h3>\n" +
      table("<tr><th>User</th><th>Keyspace</th><th>Tablet type</th><th>Total ms</th><th>Plan "
            "ms</th><th>Execute ms</th>"
            "<th>Commit ms</th><th>Statement</th><th>Plan</th><th>SQL</th><th>Shard "
            "queries</th><th>Rows affected</th>"
            "<th>Error</th></tr>",
            rows) +
      "</body></html>\n");
}

rpc::HttpResponse queryz(Gate& gate) {
  std::string rows;
  gate.executor().plan_cache().each([&](const CachedPlan& cached) {
    const double total_s = static_cast<double>(cached.time_ns) / 1e9;
    rows += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td>{:.6f}</td><td>{}</td><td>{}</td><td>{}</"
        "td><td>{}</td>"
        "<td>{:.6f}</td></tr>\n",
        html_escape(cached.sql),
        html_escape(fmt::format("{}", fmt::join(cached.plan->tables_used, ", "))),
        cached.executions, total_s, cached.shard_queries, cached.rows_affected,
        cached.rows_returned, cached.errors,
        cached.executions > 0 ? total_s / static_cast<double>(cached.executions) : 0.0);
  });
  return rpc::HttpResponse::html(
      "<!DOCTYPE html>\n<html><head><title>queryz</title></head><body>\n" +
      table("<tr><th>Query</th><th>Tables</th><th>Count</th><th>Time</th><th>Shard "
            "Queries</th><th>RowsAffected</th>"
            "<th>RowsReturned</th><th>Errors</th><th>Time per query</th></tr>",
            rows) +
      "</body></html>\n");
}

std::string tablet_json(const discovery::TabletHealth& tablet) {
  return fmt::format(
      "{{\"Cell\": {}, \"Target\": {{\"keyspace\": {}, \"shard\": {}, \"tablet_type\": {}}}, "
      "\"Alias\": {}, "
      "\"Hostname\": {}, \"Serving\": {}, \"ReplicationLagSeconds\": {}, \"PrimaryTermStartTime\": "
      "{}, \"LastError\": {}}}",
      json_quote(tablet.tablet.alias.cell), json_quote(tablet.target.keyspace),
      json_quote(tablet.target.shard), static_cast<int>(tablet.target.tablet_type),
      json_quote(tablet.tablet.alias.to_string()), json_quote(tablet.tablet.hostname),
      tablet.serving, tablet.replication_lag_s, tablet.primary_term_start_s,
      json_quote(tablet.error));
}

rpc::HttpResponse health_api(Gate& gate, const std::string& path) {
  // /api/health-check/{cell,keyspace,tablet}/<name>
  const size_t slash = path.rfind('/');
  const std::string name = path.substr(slash + 1);
  const std::string kind = path.substr(0, slash).substr(path.substr(0, slash).rfind('/') + 1);
  std::string json = "[";
  for (const discovery::TabletHealthPtr& tablet : gate.health().all()) {
    const bool wanted = name.empty() || (kind == "cell" && tablet->tablet.alias.cell == name) ||
                        (kind == "keyspace" && tablet->target.keyspace == name) ||
                        (kind == "tablet" && tablet->tablet.alias.to_string() == name);
    if (wanted) json += (json.size() == 1 ? "" : ",\n") + tablet_json(*tablet);
  }
  return rpc::HttpResponse::json(json + "]\n");
}

std::string tablets_table(Gate& gate) {
  std::string rows;
  for (const discovery::TabletHealthPtr& tablet : gate.health().all()) {
    rows += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</"
        "td></tr>\n",
        html_escape(tablet->tablet.alias.cell), html_escape(tablet->target.keyspace),
        html_escape(tablet->target.shard), discovery::tablet_type_upper(tablet->target.tablet_type),
        html_escape(tablet->tablet.alias.to_string()), html_escape(tablet->tablet.address()),
        tablet->usable() ? "SERVING" : "NOT_SERVING", html_escape(tablet->error));
  }
  return "<h3>Tablets</h3>\n" + table(
                                    "<tr><th>Cell</th><th>Keyspace</th><th>Shard</th><th>Type</"
                                    "th><th>Alias</th><th>Address</th><th>State</th>"
                                    "<th>Error</th></tr>",
                                    rows);
}

}  // namespace

void add_debug_pages(rpc::HttpServer& http, Gate& gate) {
  http.handle("/debug/query_plans", [&gate](const rpc::HttpRequest&) { return query_plans(gate); });
  http.handle("/debug/vschema", [&gate](const rpc::HttpRequest&) {
    return rpc::HttpResponse::json(vschema_json(*gate.catalog().current()->vschema));
  });
  for (const char* path : {"/debug/querylogz", "/querylogz"}) {
    http.handle(path, [&gate](const rpc::HttpRequest&) { return query_log_page(gate); });
  }
  for (const char* path : {"/debug/queryz", "/queryz"}) {
    http.handle(path, [&gate](const rpc::HttpRequest&) { return queryz(gate); });
  }
  http.handle("/debug/gateway", [&gate](const rpc::HttpRequest&) {
    return health_api(gate, "/api/health-check/all/");
  });
  http.handle("/api/health-check/",
              [&gate](const rpc::HttpRequest& request) { return health_api(gate, request.path); });
}

std::vector<std::function<std::string()>> status_parts(Gate& gate) {
  return {
      [&gate] { return tablets_table(gate); },
      [&gate] {
        return fmt::format(
            "<h3>Links</h3>\n<p>Cell {}, {} client connections. <a "
            "href=\"/debug/query_plans\">query "
            "plans</a>, <a href=\"/debug/queryz\">queries</a>, <a href=\"/debug/querylogz\">slow "
            "and "
            "failed queries</a>, <a href=\"/debug/vschema\">vschema</a>, <a href=\"/debug/health\">"
            "health</a></p>\n",
            gate.options().cell, gate.processes().all().size());
      }};
}

}  // namespace vif::vtgate
