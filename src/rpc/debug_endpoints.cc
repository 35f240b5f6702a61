#include "rpc/debug_endpoints.h"

#include <sys/resource.h>

#include "rt/time.h"

namespace vif::rpc {
namespace {

std::string json_list(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const std::string& item : items) out += (out.size() > 1 ? "," : "") + json_quote(item);
  return out + "]";
}

// The few members of Go's memstats that dashboards read and that mean something here.
std::string memory_json() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const int64_t bytes = int64_t{usage.ru_maxrss} * 1024;
  return fmt::format(
      "{{\"Alloc\":{0},\"TotalAlloc\":{0},\"Sys\":{0},\"HeapAlloc\":{0},\"HeapSys\":{0},\"NumGC\":"
      "0}}",
      bytes);
}

std::string vars_json(const DebugEndpoints& endpoints, rt::Instant started) {
  std::map<std::string, std::string> members;
  if (endpoints.metrics != nullptr) members = endpoints.metrics->json_members();
  const BuildInfo& build = endpoints.build;
  members["cmdline"] = json_list(endpoints.cmdline);
  members["memstats"] = memory_json();
  members["Uptime"] = std::to_string((rt::now() - started).count());
  members["BuildVersion"] = json_quote(build.version);
  members["BuildGitRev"] = json_quote(build.git_rev);
  members["BuildGitBranch"] = json_quote(build.git_branch);
  members["BuildHost"] = json_quote(build.host);
  members["BuildUser"] = json_quote(build.user);
  members["BuildTimestamp"] = json_quote(build.timestamp);
  members["BuildNumber"] = std::to_string(build.number);
  members["GoVersion"] = json_quote("none");
  members["GoOS"] = json_quote("linux");
  members["GoArch"] = json_quote("amd64");
  std::string out = "{\n";
  for (const auto& [name, json] : members) {
    if (out.size() > 2) out += ",\n";
    out += json_quote(name) + ": " + json;
  }
  return out + "\n}\n";
}

std::string status_html(const HttpServer& server, const DebugEndpoints& endpoints,
                        rt::Instant started) {
  const auto up = std::chrono::duration_cast<std::chrono::seconds>(rt::now() - started);
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html>\n<head>\n<title>Status for {0}</title>\n"
      "<style>body{{font-family:sans-serif}}h1{{background:#eee;margin:0}}td,th{{padding:0.2em "
      "0.6em;text-align:left}}"
      "</style>\n</head>\n<body>\n<h1>Status for {0}</h1>\n<p>Version: {1}<br>Up for {2} s<br>"
      "Health: <a href=\"/debug/health\">/debug/health</a></p>\n",
      html_escape(endpoints.binary), html_escape(endpoints.build.version), up.count());
  for (const auto& part : endpoints.status_parts) {
    if (std::string html = part(); !html.empty()) out += html + "\n";
  }
  out += "<ul>\n";
  for (const std::string& path : server.paths()) {
    if (path != "/") out += fmt::format("<li><a href=\"{0}\">{0}</a></li>\n", html_escape(path));
  }
  return out + "</ul>\n</body>\n</html>\n";
}

}  // namespace

void add_debug_endpoints(HttpServer& server, DebugEndpoints endpoints) {
  const auto shared = std::make_shared<const DebugEndpoints>(std::move(endpoints));
  const rt::Instant started = rt::now();
  const HttpHandler vars = [shared, started](const HttpRequest&) {
    return HttpResponse::json(vars_json(*shared, started));
  };
  server.handle("/debug/vars", vars);
  server.handle("/debug/vars/", vars);
  server.handle("/metrics", [shared](const HttpRequest&) {
    HttpResponse response = HttpResponse::text(
        200, shared->metrics != nullptr ? shared->metrics->prometheus_text(shared->binary)
                                        : std::string());
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return response;
  });
  server.handle("/debug/status", [&server, shared, started](const HttpRequest&) {
    return HttpResponse::html(status_html(server, *shared, started));
  });
  server.handle("/debug/health", [shared](const HttpRequest&) {
    if (!shared->health) return HttpResponse::text(200, "ok");
    auto body = shared->health();
    return body.ok() ? HttpResponse::text(200, *body)
                     : HttpResponse::text(500, fmt::format("not ok: {}", body.error().message()));
  });
  server.handle("/debug/liveness", [](const HttpRequest&) { return HttpResponse::text(200, ""); });
  server.handle("/debug/config", [shared](const HttpRequest&) {
    return HttpResponse::text(200, shared->config ? shared->config() : "{}");
  });
  server.handle("/debug/flushlogs",
                [](const HttpRequest&) { return HttpResponse::text(200, "flushed"); });
  if (shared->healthz) {
    server.handle("/healthz", [shared](const HttpRequest&) {
      const Status status = shared->healthz();
      return status.ok() ? HttpResponse::text(200, "ok\n")
                         : HttpResponse::text(500, fmt::format("500 internal server error: {}\n",
                                                               status.error().message()));
    });
  }
  server.handle_rest([](const HttpRequest&) { return HttpResponse::redirect("/debug/status"); });
}

}  // namespace vif::rpc
