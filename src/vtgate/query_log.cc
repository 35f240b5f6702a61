#include "vtgate/query_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "base/metrics.h"
#include "rt/fiber.h"

namespace vif::vtgate {

namespace {

double seconds(rt::Duration d) { return static_cast<double>(d.count()) / 1e9; }

std::string wall(int64_t us) {
  const time_t second = us / 1'000'000;
  std::tm parts{};
  gmtime_r(&second, &parts);
  char text[32];
  const size_t size = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
  return fmt::format("{}.{:06}", std::string_view(text, size), us % 1'000'000);
}

}  // namespace

struct QueryLog::File {
  explicit File(int descriptor) : fd(descriptor) {}
  ~File() {
    flush();
    ::close(fd);
  }
  void flush() {
    if (lines.empty()) return;
    // A full disk must not stop queries: what cannot be written is lost.
    [[maybe_unused]] const ssize_t written = ::write(fd, lines.data(), lines.size());
    lines.clear();
  }
  const int fd;
  std::string lines;
};

QueryLog::~QueryLog() = default;

Status QueryLog::open() {
  if (options_.path.empty()) return {};
  const int fd = ::open(options_.path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) {
    return Error(Code::kUnavailable,
                 fmt::format("cannot open {}: {}", options_.path, std::strerror(errno)));
  }
  file_ = std::make_shared<File>(fd);
  return {};
}

void QueryLog::add(QueryRecord record) {
  const bool failed = !record.error.empty();
  const bool tagged =
      options_.filter_tag.empty() || record.sql.find(options_.filter_tag) != std::string::npos;
  const bool enough_rows =
      static_cast<int64_t>(record.rows_returned + record.rows_affected) >= options_.row_threshold;
  if (file_ != nullptr && tagged && enough_rows && (failed || !options_.errors_only)) {
    if (file_->lines.empty()) rt::before_poll([file = file_] { file->flush(); });
    file_->lines += options_.format == "json" ? as_json(record) : as_text(record);
  }
  if (!failed && record.total_time < options_.slow) return;
  kept_.push_back(std::move(record));
  if (kept_.size() > options_.kept) kept_.pop_front();
}

// Vitess's columns: Method, CallInfo, Username, ImmediateCaller, Effective Caller, Start, End,
// TotalTime, PlanTime, ExecuteTime, CommitTime, StmtType, SQL, BindVars, ShardQueries,
// RowsAffected, Error, TabletType, SessionUUID, Cached Plan, TablesUsed, ActiveKeyspace.
std::string QueryLog::as_text(const QueryRecord& r) {
  const int64_t end_us = r.start_us + r.total_time.count() / 1000;
  std::vector<std::string> tables;
  for (const std::string& table : r.tables) tables.push_back(json_quote(table));
  return fmt::format(
      "{}\t\t{}\t{}\t\t{}\t{}\t{:.6f}\t{:.6f}\t{:.6f}\t{:.6f}\t{}\t{}\t{{}}\t{}\t{}\t{}\t{}\t{}\t{}"
      "\t[{}]\t{}\n",
      r.method, json_quote(r.user), json_quote(r.user), wall(r.start_us), wall(end_us),
      seconds(r.total_time), seconds(r.plan_time), seconds(r.execute_time), seconds(r.commit_time),
      r.statement_type, json_quote(r.sql), r.shard_queries, r.rows_affected, json_quote(r.error),
      json_quote(r.tablet_type), json_quote(""), r.cached_plan, fmt::join(tables, ","),
      json_quote(r.keyspace));
}

std::string QueryLog::as_json(const QueryRecord& r) {
  const int64_t end_us = r.start_us + r.total_time.count() / 1000;
  std::vector<std::string> tables;
  for (const std::string& table : r.tables) tables.push_back(json_quote(table));
  return fmt::format(
      "{{\"Method\":{},\"CallInfo\":\"\",\"Username\":{},\"ImmediateCaller\":{},\"Effective "
      "Caller\":\"\","
      "\"Start\":{},\"End\":{},\"TotalTime\":{:.6f},\"PlanTime\":{:.6f},\"ExecuteTime\":{:.6f},"
      "\"CommitTime\":{:.6f},"
      "\"StmtType\":{},\"SQL\":{},\"BindVars\":{{}},\"ShardQueries\":{},\"RowsAffected\":{},"
      "\"Error\":{},"
      "\"TabletType\":{},\"SessionUUID\":\"\",\"Cached "
      "Plan\":{},\"TablesUsed\":[{}],\"ActiveKeyspace\":{},"
      "\"PlanType\":{},\"RowsReturned\":{}}}\n",
      json_quote(r.method), json_quote(r.user), json_quote(r.user), json_quote(wall(r.start_us)),
      json_quote(wall(end_us)), seconds(r.total_time), seconds(r.plan_time),
      seconds(r.execute_time), seconds(r.commit_time), json_quote(r.statement_type),
      json_quote(r.sql), r.shard_queries, r.rows_affected, json_quote(r.error),
      json_quote(r.tablet_type), r.cached_plan, fmt::join(tables, ","), json_quote(r.keyspace),
      json_quote(r.plan_type), r.rows_returned);
}

}  // namespace vif::vtgate
