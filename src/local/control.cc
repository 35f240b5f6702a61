#include "local/control.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "rt/fiber.h"

namespace vif::local {
namespace {

using nlohmann::json;

Report make_report(const Cluster& cluster, const Progress& progress) {
  Report report;
  report.phase = progress.phase();
  report.error = progress.error();
  report.lines = progress.lines();
  for (const auto& process : cluster.processes()) {
    report.processes.push_back({process->name(), std::string(process_state_name(process->state())),
                                process->pid(), process->restarts(), process->last_exit()});
  }
  report.server = cluster.options().server.to_string();
  report.mysql_port = cluster.options().spec.gateway.mysql_port;
  report.web_port = cluster.options().spec.gateway.web_port;
  report.supervisor_pid = ::getpid();
  return report;
}

// A line without its newline. Errors: kUnavailable at the end of the stream.
Result<std::string> read_line(rt::Stream& stream, std::string& buffer, rt::Deadline deadline) {
  while (true) {
    const size_t newline = buffer.find('\n');
    if (newline != std::string::npos) {
      std::string line = buffer.substr(0, newline);
      buffer.erase(0, newline + 1);
      return line;
    }
    if (buffer.size() > (1 << 20)) return Error(Code::kInvalidArgument, "line too long");
    char bytes[4096];
    const size_t got = VIF_TRY(stream.read_some(bytes, deadline));
    if (got == 0) return Error(Code::kUnavailable, "the supervisor has ended");
    buffer.append(bytes, got);
  }
}

Status answer(rt::Stream& stream, const Cluster& cluster, Progress& progress, rt::Event& stop) {
  std::string buffer;
  const std::string question =
      VIF_TRY(read_line(stream, buffer, rt::Deadline::in(std::chrono::seconds(10))));
  if (question == "stop") stop.set();
  while (true) {
    const auto deadline = rt::Deadline::in(std::chrono::seconds(10));
    VIF_TRY(stream.write_all(to_json(make_report(cluster, progress)) + "\n", deadline));
    const bool settled = progress.phase() == Phase::kReady || progress.phase() == Phase::kFailed;
    if (question == "status" || (question == "follow" && settled)) return {};
    const Status changed = progress.wait_change(rt::Deadline::in(std::chrono::seconds(1)));
    if (!changed.ok() && changed.error().code() == Code::kCanceled) return changed;
  }
}

}  // namespace

std::string to_json(const Report& report) {
  json out = {{"phase", static_cast<int>(report.phase)},
              {"error", report.error},
              {"lines", report.lines},
              {"server", report.server},
              {"mysql_port", report.mysql_port},
              {"web_port", report.web_port},
              {"supervisor_pid", report.supervisor_pid},
              {"processes", json::array()}};
  for (const ProcessStatus& process : report.processes) {
    out["processes"].push_back({{"name", process.name},
                                {"state", process.state},
                                {"pid", process.pid},
                                {"restarts", process.restarts},
                                {"last_exit", process.last_exit}});
  }
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Report> report_from_json(const std::string& text) {
  const json in = json::parse(text, nullptr, false);
  if (!in.is_object()) return Error(Code::kInvalidArgument, "not a report of a supervisor");
  Report report;
  report.phase = static_cast<Phase>(in.value("phase", 0));
  report.error = in.value("error", "");
  report.lines = in.value("lines", std::vector<std::string>());
  report.server = in.value("server", "");
  report.mysql_port = in.value("mysql_port", uint16_t{0});
  report.web_port = in.value("web_port", uint16_t{0});
  report.supervisor_pid = in.value("supervisor_pid", 0);
  for (const json& process : in.value("processes", json::array())) {
    report.processes.push_back({process.value("name", ""), process.value("state", ""),
                                process.value("pid", 0), process.value("restarts", 0),
                                process.value("last_exit", "")});
  }
  return report;
}

Status serve_control(rt::Listener& listener, const Cluster& cluster, Progress& progress,
                     rt::Event& stop) {
  rt::TaskGroup answers;
  while (true) {
    auto stream = VIF_TRY(listener.accept());
    answers.spawn([&, shared = std::shared_ptr<rt::Stream>(std::move(stream))] {
      (void)answer(*shared, cluster, progress, stop);  // a watcher that went away is no matter
    });
  }
}

Status ask_control(const std::string& socket_path, std::string_view question,
                   const std::function<bool(const Report&)>& on_report, rt::Deadline deadline) {
  const auto stream = VIF_TRY(rt::dial(rt::Address::unix_socket(socket_path), deadline));
  VIF_TRY(stream->write_all(std::string(question) + "\n", deadline));
  std::string buffer;
  while (true) {
    const auto line = read_line(*stream, buffer, deadline);
    if (!line.ok() && line.error().code() == Code::kUnavailable) return {};
    if (!line.ok()) return line.error();
    if (!on_report(VIF_TRY(report_from_json(*line)))) return {};
  }
}

}  // namespace vif::local
