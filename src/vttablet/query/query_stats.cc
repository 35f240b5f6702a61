#include "vttablet/query/query_stats.h"

namespace vif::vttablet {
namespace {

constexpr size_t kFingerprintsMax = 5000;
constexpr size_t kSqlMax = 512;
constexpr size_t kNotedMax = 200;
constexpr rt::Duration kSlow = std::chrono::milliseconds(100);

}  // namespace

QueryStats::QueryStats(Metrics& metrics)
    : kills_(metrics.counters("Kills", "Number of connections being killed", {"query_type"})),
      errors_(metrics.counters("Errors", "Critical errors", {"error_code"})),
      transactions_(metrics.timings("Transactions", "Transaction stats", {"type"})) {
  Timings& queries = metrics.timings("Queries", "MySQL query timings", {"plan_type"});
  for (size_t i = 0; i < kStatementKinds; ++i) {
    times_[i] = &queries.at({statement_kind_name(static_cast<StatementKind>(i))});
  }
}

void QueryStats::record(StatementKind kind, uint64_t fingerprint, std::string_view sql,
                        rt::Duration time, uint64_t rows_affected, const Error* error) {
  ++statements_;
  times_[static_cast<size_t>(kind)]->add(time.count());
  if (error) errors_.at({code_name(error->code())}).add();
  if (error || time >= kSlow) {
    noted_.push_back({rt::wall_now_us(), kind, time, std::string(sql.substr(0, kSqlMax)),
                      error ? error->to_string() : ""});
    if (noted_.size() > kNotedMax) noted_.pop_front();
  }
  if (fingerprint == 0) return;
  auto it = by_fingerprint_.find(fingerprint);
  if (it == by_fingerprint_.end()) {
    if (by_fingerprint_.size() >= kFingerprintsMax) return;
    it = by_fingerprint_
             .emplace(fingerprint,
                      StatementStats{.sql = std::string(sql.substr(0, kSqlMax)), .kind = kind})
             .first;
  }
  StatementStats& stats = it->second;
  ++stats.count;
  stats.time_ns += time.count();
  stats.rows_affected += static_cast<int64_t>(rows_affected);
  stats.errors += error != nullptr;
}

std::string QueryStats::query_stats_json() const {
  std::string out = "[";
  for (const auto& [fingerprint, stats] : by_fingerprint_) {
    if (out.size() > 1) out += ",";
    out += fmt::format(
        "\n {{\n  \"Query\": {},\n  \"Table\": \"\",\n  \"Plan\": \"{}\",\n  \"QueryCount\": {},\n "
        " \"Time\": {},\n"
        "  \"MysqlTime\": {},\n  \"RowsAffected\": {},\n  \"RowsReturned\": 0,\n  \"ErrorCount\": "
        "{}\n }}",
        json_quote(stats.sql), statement_kind_name(stats.kind), stats.count, stats.time_ns,
        stats.time_ns, stats.rows_affected, stats.errors);
  }
  return out + "\n]\n";
}

}  // namespace vif::vttablet
